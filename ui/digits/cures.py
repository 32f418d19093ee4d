"""What to do about a run that is in trouble: a sentence, and a click that helps."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from nn_core.slices import Slice
from nn_core.training import gentler
from nn_core.troubles import Trouble, trouble
from ui import theme
from ui.digits.recipes import TUTORIAL
from ui.jobs import Job
from ui.session import training
from ui.words import TITLES, shown

WAY = ("optimizer", "learning_rate", "activation", "initializer", "initial_scale", "dropout", "l2")  # of learning
BY_HEART = {  # to be tried in this order
    "pictures bent anew in each epoch": {"augment": 1.0},
    "units left out at random (dropout 0.2)": {"dropout": 0.2},
}


class Cure(NamedTuple):
    """What is wrong, in a `sentence`, and what a button does about it, if anything can be done in one click. When it is
    `grave`, the network is of no use as it is."""

    sentence: str
    label: str = ""
    act: Callable[[], None] | None = None
    grave: bool = True


def cure(job: Job | None) -> Cure | None:
    """What is wrong with this run, if anything is."""
    run: Slice | None = job.result if job else None
    if job is None or run is None or not (found := trouble(job.task, run)):
        return None
    return {"diverged": _slower, "not learning": _restart, "by heart": _harder}[found.name](job, found)


def _slower(job: Job, _: Trouble) -> Cure:
    rate = gentler(job.task.at(job.state.epoch).learning_rate)
    slower = partial(training.start_with, learning_rate=rate)
    return Cure(job.result.stopped, f"Start again, slower, at {rate:g}", slower)


def _restart(job: Job, found: Trouble) -> Cure:
    guessed = theme.percentage(1 / job.task.data.classes)
    sentence = (
        f"It is not learning: at epoch {found.epoch:.3g} {theme.percentage(found.value)} of the test pictures are read "
        f"right, and guessing would give about {guessed}."
    )
    now = job.task.at(job.state.epoch)
    changes = {name: getattr(TUTORIAL, name) for name in WAY if getattr(now, name) != getattr(TUTORIAL, name)}
    if not changes:
        return Cure(sentence)
    return Cure(sentence, f"Start again with {_named(changes)}", partial(training.start_with, **changes))


def _harder(job: Job, found: Trouble) -> Cure:
    now = job.task.at(job.state.epoch)
    sentence = (
        f"It has begun to learn by heart: the test loss was lowest, {found.value:.3f}, at epoch {found.epoch:.3g}, and "
        "has risen since, while the training loss still falls. That is usual; it still reads "
        f"{theme.percentage(job.result.held.accuracy[-1])} of the test pictures."
    )
    means = next((each for each, to_set in BY_HEART.items() if not any(getattr(now, name) for name in to_set)), None)
    if means is None:
        return Cure(sentence, grave=False)
    when, act = (
        ("From the next epoch on", training.change) if training.live(job) else ("Start again", training.start_with)
    )
    return Cure(sentence, f"{when} with {means}", partial(act, **BY_HEART[means]), grave=False)


def _named(changes: dict[str, Any]) -> str:
    return ", ".join(f"{TITLES[name].lower()} {shown(name, value)}" for name, value in changes.items())

"""A visitor's training run on pictures: its settings and its job, both in the link of the page.

The settings are a Config like the playground's, told apart in the link by where they differ from the tutorial's. The
job is found by an id that cannot be guessed, so that a reload or a second window shows the same run. A link shows a
run; only a click starts one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import partial
from typing import Any, TypeGuard

import streamlit as st

from nn_core import slices
from nn_core.config import CHANGEABLE, Change, Config
from nn_core.digits import Network
from nn_core.evaluation import evaluate
from nn_core.history import State
from nn_core.images import Images
from nn_core.ranges import write
from nn_core.supplies import Missing
from ui import wishes
from ui.digits.recipes import TUTORIAL, how
from ui.jobs import JOBS, Full, Job
from ui.session import shelves, widgets
from ui.session.images import image_sets, shelf
from ui.session.networks import keep_network
from ui.session.widgets import whole_page
from ui.session.windows import owner, window

LONGEST_NAME = 40
MOST_PARAMETERS = 1_500_000  # of a network: its state travels to a worker and back with every slice
MNIST = {name: getattr(TUTORIAL, name) for name in ("dataset", "data_id", "classes")}
FIRST = 0.4  # seconds that the page waits for the first result
GONE = "The run of this link is no longer here, only its settings: press Start to train it again."


def open_training() -> Config:
    """The settings to show, read once by each run of the page: those of the run, or from the link, or as they were.

    A page that shows a run as training is "watching": when `rest` sees its end, the page is drawn once more.
    """
    state, link = st.session_state, _link()
    clicked = state.pop("clicked", False)
    if "training" not in state or (link and link != state.get("training_link") and not clicked):
        state["job"] = link.pop("job", state.get("job"))
        accept({**TUTORIAL.to_query(), **link})
        if live(linked := job()) and linked.task.data_id in shelf():
            shelves.choose("set", linked.task.data_id)
    found = job()
    if live(found):
        state["training"] = found.task
    elif not found and state.pop("job", None):
        state["training_notices"].append(GONE)
    state["watching"] = running()
    return state["training"]


def _link() -> dict[str, str]:
    ours = {"job", *(f.name for f in fields(Config))}
    return {name: value for name, value in st.query_params.to_dict().items() if name in ours}


def write_training_link() -> None:
    """Put the link to these settings and this run into the address bar."""
    now, state = settings(), st.session_state
    names = (f.name for f in fields(Config) if getattr(now, f.name) != getattr(TUTORIAL, f.name))
    link = {name: write(getattr(now, name)) for name in names}
    if state.get("job"):
        link["job"] = state["job"]
    before = _link()
    if link != before:
        others = {name: value for name, value in st.query_params.to_dict().items() if name not in before}
        st.query_params.from_dict({**others, **link})
    state["training_link"] = link


# --- settings ---------------------------------------------------------------------------------------------------------


def settings() -> Config:
    """The visitor's settings: of the run that is on, or of the next one."""
    return st.session_state["training"]


def in_force() -> Config:
    """The same as widgets show them: what holds at the end, without the way there."""
    now = settings()
    return now.at(now.last_epoch).replace(epochs=now.last_epoch)


def notices() -> list[str]:
    """What had to be changed about the last values from outside, one sentence each."""
    return st.session_state.get("training_notices", [])


def accept(texts: Mapping[str, Any]) -> None:
    """Make these settings, from wherever they come, the visitor's: through the gate, a sentence for what it mends."""
    texts = {**texts, "precision": "float32"}
    config, said = Config.from_query(texts)
    if config.data.kind != "pictures":
        config, said = Config.from_query({**texts, **MNIST})
        said.append("Networks learn pictures here: MNIST is used instead.")
    for problem, cure in _unusable(config):
        config, more = Config.from_query({**config.to_query(), **cure})
        said += [problem, *more]
    st.session_state["training"], st.session_state["training_notices"] = config, said


def _unusable(config: Config) -> Iterator[tuple[str, dict[str, str]]]:
    """Why a run by these settings cannot be made here, each with its cure."""
    if config.data_id not in _sets():
        yield "The pictures of this run are no longer here: bring their file again. MNIST is used instead.", MNIST
    if not isinstance(config.activation, str):
        usual = TUTORIAL.activation
        yield f"All hidden layers have the same activation here: {usual} is used instead.", {"activation": write(usual)}
    if not config.batch_size or any(each.name == "batch_size" and not each.value for each in config.changes):
        changes = tuple(each for each in config.changes if each.name != "batch_size")
        cure = {"batch_size": write(TUTORIAL.batch_size), "changes": write(changes)}
        yield f"Pictures are learnt in batches here: batches of {TUTORIAL.batch_size} are used instead.", cure
    if config.n_parameters > MOST_PARAMETERS:
        sizes, most = write(config.hidden_sizes), f"{MOST_PARAMETERS:,}"
        usual = write(TUTORIAL.hidden_sizes)
        said = f"Layers of {sizes} make {config.n_parameters:,} parameters, of which {most} can be trained here: "
        yield f"{said}{usual} are used instead.", {"hidden_sizes": usual}


def change(**changes: Any) -> None:
    """Change some settings and keep the others; of a run that is on, from its next whole epoch on, if it can."""
    now = job()
    if now is None or not live(now):
        accept({**in_force().to_query(), **{name: write(value) for name, value in changes.items()}})
    elif set(changes) <= set(CHANGEABLE):
        _change_on_the_way(now, changes)


def _change_on_the_way(now: Job, changes: dict[str, Any]) -> None:
    """A constant rate has no plan, so another end changes nothing before it; every other change is from an epoch on.
    Which epoch is next is asked when no slice can pass it any more: else a change could come to stand in the past."""

    def decide(config: Config, state: State | None) -> Config:
        begin = _next_epoch(state)
        wanted = {"epochs": max(changes["epochs"], begin + 1)} if "epochs" in changes else changes
        if "epochs" in wanted and config.at(begin).schedule == "constant":
            return _accepted(config, wishes.ending(config, wanted["epochs"]))
        return _accepted(config, {"changes": (*config.changes, *(Change(begin, *each) for each in wanted.items()))})

    JOBS.change(now, decide)


def _accepted(config: Config, wanted: Mapping[str, Any]) -> Config:
    """The settings, now the visitor's, that come of this wish."""
    accept({**config.to_query(), **{name: write(value) for name, value in wanted.items()}})
    return settings()


def _next_epoch(state: State | None) -> int:
    """The epoch from which on a change counts."""
    return state.epoch + 1 if state else 1


def _sets() -> dict[str, Images]:
    """The sets that can be learnt from, by id: the visitor's, and the one of the run, which may have been taken off the
    list since, or never been on it."""
    now = job()
    return ({now.task.data_id: now.supplies()["images"]} if now else {}) | image_sets()


def images() -> Images:
    """The pictures that the settings speak of."""
    return _sets()[settings().data_id]


def learnt() -> Images:
    """The pictures of the run; where there is none, those of the settings."""
    now = job()
    return _sets()[now.task.data_id] if now else images()


def learn_from(pictures: Images) -> None:
    """Learn from this set of pictures, all of it if it is another one than before."""
    config = settings()
    if config.data_id == pictures.id and config.images <= len(pictures.x_train):
        return
    own = {"dataset": "images", "data_id": pictures.id, "classes": len(pictures.classes)}
    change(**(own if pictures.id else MNIST), images=len(pictures.x_train))


bound = partial(widgets.bound, change=change, page="train")  # ties native widgets to these settings


# --- the run ----------------------------------------------------------------------------------------------------------


def job() -> Job | None:
    """The run of this window, on its way or at rest. It rests when no window that shows it is open any more."""
    found = JOBS.find(st.session_state.get("job"))
    if found:
        found.watchers.add(window())
    return found


def still() -> Job | None:
    """The run as it is at this moment, held still: figures and curves to be shown together."""
    now = job()
    return JOBS.still(now) if now else None


def live(job: Job | None) -> TypeGuard[Job]:
    """Whether it is on its way, or paused on it."""
    return job is not None and job.status in ("running", "paused")


def start(until: int | None = None) -> None:
    """Train by the settings as they are, from the first update, to the end or for so many epochs; the run before is
    forgotten, unless another window shows it."""
    pictures = images()
    new = Job(
        slices.work,
        [settings()],
        lambda config, piece: bool(piece.stopped) or piece.state.epoch >= config.last_epoch,
        slices.joined,
        lacks=(Missing,),
        supplies=lambda: {"images": pictures},
        owner=owner(),
        estimate=settings().estimated_seconds,
        watchers={window()},
        until=until,
    )
    try:
        JOBS.start(new, instead_of=job())
    except Full as problem:
        st.session_state["training_notices"] = [str(problem)]
    else:
        st.session_state["job"], st.session_state["training_notices"] = new.id, []
        st.session_state.pop("used", None)


def pause() -> None:
    """Rest; nothing is lost."""
    if now := job():
        JOBS.pause(now)


def go_on() -> None:
    """Go on where it rests."""
    if now := job():
        JOBS.go_on(now)


def go_on_an_epoch() -> None:
    """Go on to the end of the epoch, and rest there."""
    if now := job():
        JOBS.go_on(now, until=_next_epoch(now.state))


def stop() -> None:
    """End it here."""
    if now := job():
        JOBS.stop(now)


def train_more(epochs: int) -> None:
    """So many more epochs for a run that has come to its end."""
    if now := job():
        JOBS.change(now, lambda config, _: _accepted(config, wishes.prolonged(config, epochs)))
        JOBS.go_on(now)


def start_with(**changes: Any) -> None:
    """The same run from its start, with some settings changed."""
    _accepted(in_force(), changes)
    start()


def await_first() -> None:
    """Wait a moment for the first result of a run, so that it is on the screen with the answer to the click."""
    now = job()
    if now and now.status == "running":
        now.first.wait(FIRST)


def draw_examples() -> None:
    """Other training pictures are to be shown."""
    st.session_state["examples_draw"] = examples_draw() + 1


def examples_draw() -> int:
    """The number of the draw of the training pictures that are shown."""
    return st.session_state.get("examples_draw", 0)


def name_box() -> dict[str, Any]:
    """Arguments for the text field with the name that the network is to have."""
    return {"key": "network_name", "max_chars": LONGEST_NAME}


def use() -> None:
    """Make the network, as far as it has learnt, a choice of the digit pages, and the one they look at."""
    now = job()
    if now is None or now.state is None:
        return
    pictures = learnt()
    network = Network(now.state.parameters, now.task, {})
    card = {
        "name": st.session_state.get("network_name", "").strip() or "trained here",
        "data": f"{now.task.images:,} training pictures of {pictures.name}",
        "recipe": how(now.task),
        "accuracy": round(evaluate(network, pictures.x_test, pictures.y_test).accuracy, 4),
        "classes": list(pictures.classes),
    }
    keep_network(network._replace(card=card))
    st.session_state["used"] = card["name"]


def running() -> bool:
    """Whether it is training just now."""
    now = job()
    return now is not None and now.status == "running"


def rest() -> None:
    """The part of the page that watches the run has seen it pause or end: the whole page follows, once."""
    if st.session_state.pop("watching", False):
        whole_page()


def used() -> str | None:
    """The name under which the network was last handed to the digit pages."""
    return st.session_state.get("used")

"""What stands on the page Train: ways to begin, settings, the run on its way, and what becomes of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from typing import Any

import streamlit as st

from nn_core.activations import ACTIVATIONS
from nn_core.config import CHANGEABLE, MAX_NODES_PICTURES, Config
from nn_core.images import Images
from nn_core.initializers import INITIALIZERS
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from nn_core.slices import Points
from ui import fields as widgets
from ui import session, theme, wishes
from ui.components.progress import encode, progress
from ui.digits import cures, layers, pictures
from ui.digits.recipes import RECIPES, beside_keras
from ui.jobs import Job
from ui.session import training
from ui.words import TITLES, changed, shown

DEEPEST = 4  # hidden layers that are offered
MORE_EPOCHS = (1, 5)
FORESEEN = 0.1  # of an epoch, after which the time that is left can be told
LATELY = 0.2  # of an epoch, over which the training accuracy is a mean
STATUS = {"running": "Training", "paused": "Paused", "stopped": "Stopped", "failed": "Failed", "finished": "Finished"}
FAIR = (
    "The test pictures are not learnt from. But whoever watches them while choosing settings chooses what suits them: "
    "in the end they are no fair exam any more, and other pictures are read a little worse."
)
OF_THE_SET = ("dataset", "data_id", "classes")  # settings that say which pictures are learnt


# --- what to train ----------------------------------------------------------------------------------------------------


def recipes(config: Config, images: Images, fixed: bool) -> None:
    """Ways to train that are one click away."""
    to_set = {name: getattr(config, name) for name in (*OF_THE_SET, "seed")}
    here = {name: _fitted(each.config, len(images.x_train), to_set) for name, each in RECIPES.items()}
    current = next((name for name, each in here.items() if each == config), None)
    st.segmented_control(
        "Settings",
        list(RECIPES),
        format_func=lambda name: RECIPES[name].title,
        disabled=fixed,
        width="stretch",
        **training.bound("recipe", current, lambda name: _all(here[name]) if name else {}),
    )
    st.caption(RECIPES[current].about if current else "Your own settings: the address bar is the link to them.")


def _fitted(config: Config, most: int, to_set: dict[str, Any]) -> Config:
    """A recipe for another set of pictures, of which there are at most so many; a batch is no more than all of them."""
    images = min(config.images, most)
    return config.replace(**to_set, images=images, batch_size=min(config.batch_size, images))


def _all(config: Config) -> dict[str, Any]:
    return {f.name: getattr(config, f.name) for f in fields(Config)}


def settings(config: Config, fixed: bool) -> None:
    """All settings. While a run is on its way (`fixed`), those stay open that can change under it."""
    choose, enter = partial(_choose, config, fixed), partial(_enter, config, fixed)
    if fixed:
        st.caption("The run is on its way: what can still be changed counts from its next epoch on.")
    _layers(config, fixed)
    widgets.row(lambda: choose("optimizer", OPTIMIZERS), lambda: choose("schedule", SCHEDULES))
    widgets.row(lambda: enter("learning_rate", 0.0005), lambda: enter("batch_size", 16))
    widgets.row(lambda: enter("epochs", 1), lambda: enter("images", 1000))
    drawer = st.expander("More settings", key="more_settings", on_change="rerun")
    with drawer:
        widgets.row(lambda: enter("augment", 0.25), lambda: enter("dropout", 0.05))
        if drawer.open:
            pictures.bent(training.images(), config.augment)
        widgets.row(lambda: enter("l2", 0.0001), lambda: enter("clip", 0.5))
        for name in OPTIMIZERS[config.optimizer].reads:
            enter(name, 0.01)
        widgets.row(lambda: choose("initializer", INITIALIZERS), lambda: enter("initial_scale", 0.1))
        widgets.seed(config, "seed", fixed, training.bound, training.change)
    st.markdown(beside_keras())


def _choose(config: Config, fixed: bool, name: str, table: Mapping[str, Any]) -> None:
    widgets.pick(config, name, table, bound=training.bound, disabled=fixed and name not in CHANGEABLE)


def _enter(config: Config, fixed: bool, name: str, step: float) -> None:
    widgets.number(config, name, step, fixed and name not in CHANGEABLE, training.bound)


def _layers(config: Config, fixed: bool) -> None:
    """How many hidden layers, how wide each is, and the activation of all."""
    sizes = config.hidden_sizes

    def to_depth(depth: int | None) -> dict[str, Any]:
        longer = ((sizes or (64,)) + (sizes or (64,))[-1:] * DEEPEST)[: depth or 0]
        return {} if depth is None else wishes.with_sizes(config, longer)

    widgets.row(
        lambda: st.segmented_control(
            "Hidden layers",
            list(range(DEEPEST + 1)),
            disabled=fixed,
            help="Cause: features are combined to features again. Effect: a little better, or just slower; 0 is a "
            "network that only adds up pixels.",
            **training.bound("depth", len(sizes), to_depth),
        ),
        lambda: _choose(config, fixed or not sizes, "activation", ACTIVATIONS),
    )
    for i, column in enumerate(
        st.columns(max(1, len(sizes)), gap="medium" if len(sizes) == 2 else "small")[: len(sizes)]
    ):
        column.number_input(
            f"Layer {i + 1}",
            min_value=1,
            max_value=MAX_NODES_PICTURES,
            step=16,
            disabled=fixed,
            help=widgets.SETTINGS["hidden_sizes"]["help"],
            **training.bound(f"size_{i}", sizes[i], lambda n, i=i: {"hidden_sizes": (*sizes[:i], n, *sizes[i + 1 :])}),
        )


# --- the run on its way -----------------------------------------------------------------------------------------------


def watch(classes: tuple[str, ...]) -> None:
    """The run as it is now. To be run again every moment while it trains."""
    _buttons(training.still())
    above = st.container()
    training.await_first()
    job = training.still()
    if job and not training.live(job):
        _other_settings(job.task)
    progress(key="progress", payload=_picture(job, training.settings(), classes))
    if job is None:
        return
    st.caption(FAIR)
    trouble = cures.cure(job)
    _what_happened(job, trouble)
    with st.container() if training.running() else above:  # at rest it is what comes next
        take_away(primary=job.status == "finished" and not (trouble and trouble.grave))
    if not training.running():
        training.rest()


def _other_settings(of_run: Config) -> None:
    if differing := changed(of_run, training.settings()):
        st.caption(
            "This run had other settings than those that are chosen now; Start again trains by the new ones: "
            f"{', '.join(differing)}."
        )


def _buttons(job: Job | None) -> None:
    status = job.status if job else None
    resting = job is not None and (status in ("paused", "stopped") or bool(job.problem))
    with st.container(horizontal=True):
        if status == "running":
            _button("Pause", ":material/pause:", training.pause, here=True)
        elif resting:
            _button("Continue", ":material/play_arrow:", training.go_on, primary=True)
            _button("One epoch", ":material/skip_next:", training.go_on_an_epoch)
        if training.live(job):
            _button("Stop", ":material/stop:", training.stop, here=status == "running")
        else:
            _button("Start again" if job else "Start", ":material/play_arrow:", training.start, primary=not job)
        if job is None:
            _button("One epoch", ":material/skip_next:", partial(training.start, until=1))
        if status == "finished" and not _diverged(job):
            for epochs in MORE_EPOCHS:
                more = partial(training.train_more, epochs)
                _button(f"{epochs} more epoch{'s' if epochs > 1 else ''}", ":material/add:", more)


def _button(label: str, icon: str, act: Callable[[], None], primary: bool = False, here: bool = False) -> None:
    """A button; the page follows, or where the answer is to be seen `here` at once, first what watches the run."""
    key = re.sub(r"\W+", "_", label).lower()
    pressed: dict[str, Any] = {"key": f"here_{key}", "on_click": act} if here else session.action(f"train_{key}", act)
    st.button(label, icon=icon, type="primary" if primary else "secondary", **pressed)


def _diverged(job: Job | None) -> str | None:
    return job.result.stopped if job and job.result else None


def _what_happened(job: Job, trouble: cures.Cure | None) -> None:
    """What went wrong, and what to do about it."""
    if job.problem:
        st.warning(job.problem)
    elif trouble:
        st.warning(trouble.sentence)
        if trouble.act:
            _button(trouble.label, ":material/healing:", trouble.act, primary=trouble.grave)


def _picture(job: Job | None, config: Config, classes: tuple[str, ...]) -> bytes:
    """What the browser needs to paint the run, or the place where it will be."""
    config = job.task if job else config
    nothing = Points.of([])
    batches, held = (job.result.batches, job.result.held) if job and job.result else (nothing, nothing)
    epoch = float(batches.epoch[-1]) if len(batches.epoch) else 0.0
    last = config.last_epoch
    return encode(
        batches,
        held,
        status=_status(job),
        share=min(1.0, epoch / max(1, last)),
        figures=_figures(job, config, epoch, batches, held),
        epochs=last,
        changes=[(epoch, f"{TITLES[name].lower()} {shown(name, value)}") for epoch, name, value in config.changes],
        classes=classes,
    )


def _status(job: Job | None) -> str:
    if job is None:
        return "Not started"
    if job.status == "running" and job.result is None:
        return "Starting"
    return "Stopped by itself" if _diverged(job) else STATUS[job.status]


def _figures(job: Job | None, config: Config, epoch: float, batches: Points, held: Points) -> list[tuple[str, str]]:
    """The figures of the run as titles and texts."""
    last = config.last_epoch
    if job is None or not epoch:
        return [
            ("Parameters", f"{config.n_parameters:,}"),
            ("Epochs", f"{last:,}"),
            ("Takes about", theme.duration(config.estimated_seconds)),
        ]
    left = job.seconds / epoch * (last - epoch)
    return [
        ("Epoch", f"{epoch:.1f} of {last:,}"),
        ("Updates", f"{job.state.update:,}"),
        ("Pictures a second", f"{_two_digits(epoch * config.images / job.seconds):,}"),
        ("Time left", theme.duration(left) if epoch > FORESEEN else "–")
        if training.live(job)
        else ("Took", theme.duration(job.seconds)),
        ("Training accuracy, lately", theme.percentage(batches.accuracy[batches.epoch > epoch - LATELY].mean(), 1)),
        ("Test accuracy", theme.percentage(held.accuracy[-1], 2)),
    ]


def _two_digits(value: float) -> int:
    return int(float(f"{value:.2g}"))


# --- what becomes of it -----------------------------------------------------------------------------------------------


def take_away(primary: bool) -> None:
    """The network as far as it has learnt, for the other digit pages; `primary` when that is the thing to do."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Name of the network", placeholder="trained here", **training.name_box())
        st.button(
            "Use it on the digit pages",
            icon=":material/draw:",
            type="primary" if primary else "secondary",
            help="Cause: the network as it is now, also in the middle of its training, becomes a choice on all digit "
            "pages, and the one they look at. Effect: draw, and see how well it reads you.",
            **session.action("use_network", training.use),
        )
    if used := training.used():
        with st.container(border=True):
            st.markdown(
                f":material/check: “{used}” is now the network of the digit pages, where it can be saved to a file."
            )
            st.page_link("../pages/digits/draw.py", label="Draw a digit for it", icon=":material/draw:")


def layers_of_run() -> None:
    """How the layers are doing, computed while it is open."""
    job = training.still()
    drawer = st.expander("How its layers are doing", key="layers", on_change="rerun")
    if not drawer.open:
        return
    with drawer:
        if job and job.result:
            layers.show(job.result, job.task, training.learnt(), still=not training.running())
        else:
            st.caption("To be seen as soon as it has learnt a little.")

"""Groups of widgets. They show a Config and report changes to the session; names, ranges and help come from Config."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import partial
from typing import Any

import streamlit as st

from nn_core.activations import ACTIVATIONS
from nn_core.config import MAX_LAYERS, MAX_NODES, PRESETS, Config, Number
from nn_core.datasets import DATASETS, FEATURES
from nn_core.initializers import INITIALIZERS
from nn_core.losses import LOSSES, TASKS
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from ui import session
from ui.components.live_slider import chosen, live_slider
from ui.figures.run_chart import run_chart
from ui.figures.run_print import FORMATS, run_print

SETTINGS = {f.name: f.metadata for f in fields(Config)}
PLANE = [name for name, entry in DATASETS.items() if entry.make]


def _face(name: str) -> dict[str, Any]:
    return {"label": SETTINGS[name]["title"], "help": SETTINGS[name]["help"]}


def _pick(config: Config, name: str, titles: Mapping[str, str]) -> None:
    """A choice among names, shown by their titles."""
    st.selectbox(
        **_face(name), options=list(titles), format_func=titles.__getitem__, **session.bound(name, getattr(config, name))
    )


def _titles(table: Mapping[str, Any]) -> dict[str, str]:
    return {name: entry.title for name, entry in table.items()}


def _number(config: Config, name: str, step: float, disabled: bool = False) -> None:
    """A number to type, within the range that Config gives it."""
    allowed: Number = SETTINGS[name]["range"]
    low = 0 if allowed.zero else allowed.low
    kind = int if allowed.whole else float
    places = None if allowed.whole else f"%.{max(0, -int(f'{step:e}'.split('e')[1]))}f"
    st.number_input(
        **_face(name),
        min_value=kind(low),
        max_value=kind(allowed.high),
        step=kind(step),
        format=places,
        disabled=disabled,
        **session.bound(name, getattr(config, name)),
    )


# --- the three that matter most, and how to start ---------------------------------------------------------------------


def preset(config: Config) -> None:
    """Runs worth seeing, one click each; while the settings are untouched, what to look at."""
    current = next((name for name, each in PRESETS.items() if each.config == config), None)
    st.selectbox(
        "Try",
        options=list(PRESETS),
        index=None,
        format_func=lambda name: PRESETS[name].title,
        placeholder="your own settings",
        help="Cause: all settings change to those of a run worth seeing. Effect: one thing to look at, said below.",
        **session.bound("preset", current, lambda name: asdict(PRESETS[name].config) if name else {}),
    )
    st.caption(PRESETS[current].look_at if current else "Your own settings: the address bar is the link to this run.")


def activation(config: Config) -> None:
    """One activation for all hidden layers, or the mixture set layer by layer."""
    titles = _titles(ACTIVATIONS)
    if not isinstance(config.activation, str):
        titles = {"mixed": "by layer: " + ", ".join(titles[name] for name in config.activation)} | titles
    shown = config.activation if isinstance(config.activation, str) else "mixed"
    st.selectbox(
        **_face("activation"),
        options=list(titles),
        format_func=titles.__getitem__,
        disabled=not config.hidden_sizes,
        **session.bound("activation", shown, lambda name: {} if name == "mixed" else {"activation": name}),
    )


def layers(config: Config) -> None:
    """How many hidden layers; new ones are as wide as the last."""

    def to_depth(depth: int | None) -> dict[str, Any]:
        sizes = config.hidden_sizes or (4,)
        if depth is None:  # a click on the chosen one
            return {}
        return _resized(config, (sizes + sizes[-1:] * depth)[:depth])

    st.segmented_control(
        "Hidden layers",
        options=list(range(MAX_LAYERS + 1)),
        help="Cause: features are combined to features again. Effect: depth bends the boundary with fewer nodes, "
        "and is harder to train. 0 is a single neuron.",
        **session.bound("depth", len(config.hidden_sizes), to_depth),
    )


def _resized(config: Config, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Other hidden layers; activations by layer are kept where they still fit."""
    if isinstance(config.activation, str):
        return {"hidden_sizes": sizes}
    names = (config.activation + config.activation[-1:] * len(sizes))[: len(sizes)]
    return {"hidden_sizes": sizes, "activation": names or config.activation[0]}


def seed(config: Config, name: str) -> None:
    """A seed with a dice beside it."""
    number, dice = st.columns([3, 1], vertical_alignment="bottom", wrap=False)
    with number:
        _number(config, name, 1)
    title = SETTINGS[name]["title"].lower()
    dice.button(
        "",
        icon=":material/casino:",
        help=f"Draw a new {title}",
        width="stretch",
        **session.action(f"dice_{name}", lambda: session.change(**{name: session.new_seed()})),
    )


def by_the_picture(config: Config) -> tuple[Any, Any, Any]:
    """The controls one plays with; returns the places of the live sliders: hidden nodes, learning rate, noise."""
    with st.container(key="main"):
        nodes = st.container()
        activation(config)
        rate = st.container()
    with st.container(key="more"):
        layers(config)
        _pick(config, "dataset", {name: DATASETS[name].title for name in PLANE})
        noise = st.container()
        seed(config, "seed")
        preset(config)
    return nodes, rate, noise


def live_sliders(config: Config, nodes: Any, rate: Any, noise: Any) -> None:
    """The sliders that retrain while they are dragged, each in its place. Mounted when the result is on screen."""
    answered = session.turns()
    widths = config.hidden_sizes
    with nodes:
        live_slider(
            "Hidden nodes" if len(widths) < 2 else "Hidden nodes per layer",
            value=widths[0] if widths else 1,
            low=1,
            high=MAX_NODES,
            step=1,
            help=SETTINGS["hidden_sizes"]["help"],
            disabled=not widths,
            answered=answered,
            **session.bound_live("hidden_nodes", chosen, lambda n: {"hidden_sizes": (int(n),) * len(widths)}),
        )
    with rate:
        _live_number(config, "learning_rate", None, answered)
    with noise:
        _live_number(config, "noise", 0.01, answered)


def _live_number(config: Config, name: str, step: float | None, answered: int) -> None:
    allowed: Number = SETTINGS[name]["range"]
    live_slider(
        **_face(name),
        value=getattr(config, name),
        low=float(allowed.low),
        high=float(allowed.high),
        step=step,
        answered=answered,
        **session.bound_live(name, chosen, lambda value: {name: value}),
    )


# --- the rest, by what they belong to ---------------------------------------------------------------------------------


def in_detail(config: Config) -> None:
    """All other settings, in three groups."""
    groups = ("Data", data), ("Network", network), ("Training", training)
    for column, (title, group) in zip(st.columns(3, gap="medium"), groups, strict=True):
        with column:
            st.subheader(title)
            group(config)


def data(config: Config) -> None:
    """What is learnt from what."""
    kind = config.data.kind
    left, right = st.columns(2)
    with left:
        _number(config, "samples", 50, disabled=kind == "corners")
    with right:
        _number(config, "test_share", 0.05, disabled=kind != "plane")
    st.pills(
        **_face("features"),
        options=list(FEATURES),
        format_func=lambda name: FEATURES[name].title,
        selection_mode="multi",
        **session.bound("features", list(config.features), lambda names: {"features": tuple(names)} if names else {}),
    )
    seed(config, "data_seed")


def network(config: Config) -> None:
    """How the network is built and where it starts."""
    _pick(config, "initializer", _titles(INITIALIZERS))
    left, right = st.columns(2)
    with left:
        _number(config, "initial_scale", 0.1)
    with right:
        _number(config, "dropout", 0.05)
    _loss(config)
    if config.hidden_sizes:
        with st.popover("Layer by layer", width="stretch"):
            _layer_by_layer(config)


def _loss(config: Config) -> None:
    natural = TASKS[config.task].loss
    fitting = {name: entry.title for name, entry in LOSSES.items() if config.task in entry.tasks}
    st.selectbox(
        **_face("loss"),
        options=list(fitting),
        format_func=fitting.__getitem__,
        **session.bound("loss", config.loss_name, lambda name: {"loss": "auto" if name == natural else name}),
    )


def _layer_by_layer(config: Config) -> None:
    titles = _titles(ACTIVATIONS)
    for i, (size, name) in enumerate(zip(config.hidden_sizes, config.activations, strict=True)):
        width, curve = st.columns([2, 3], wrap=False)
        width.number_input(
            f"Layer {i + 1}: nodes",
            min_value=1,
            max_value=MAX_NODES,
            **session.bound(f"size_{i}", size, lambda n, i=i: {"hidden_sizes": _with(config.hidden_sizes, i, n)}),
        )
        curve.selectbox(
            "Activation",
            options=list(titles),
            format_func=titles.__getitem__,
            **session.bound(f"activation_{i}", name, lambda n, i=i: {"activation": _with(config.activations, i, n)}),
        )


def _with(values: tuple, i: int, value: Any) -> tuple:
    return (*values[:i], value, *values[i + 1 :])


def training(config: Config) -> None:
    """How it learns."""
    left, right = st.columns(2)
    reads = OPTIMIZERS[config.optimizer].reads
    with left:
        _pick(config, "optimizer", _titles(OPTIMIZERS))
        _number(config, "epochs", 100)
        _number(config, "l1", 0.001)
        _number(config, "clip", 0.5)
    with right:
        _pick(config, "schedule", _titles(SCHEDULES))
        _number(config, "batch_size", 1)
        _number(config, "l2", 0.001)
        for name, step in (("momentum", 0.05), ("rms_decay", 0.001), ("weight_decay", 0.005)):
            if name in reads:
                _number(config, name, step)


def permission(config: Config, seconds: str) -> None:
    """Ask before work that takes a while; refuse what would take far too long."""
    if session.permitted(config):
        return
    if config.estimated_seconds > session.LONGEST:
        st.error(f"This run would take about {seconds}: too long for here. Choose fewer epochs, samples or nodes.")
        return
    text, button = st.columns([3, 1], vertical_alignment="center")
    text.info(f"This run takes about {seconds}, so it waits for you. The picture shows the network before training.")
    button.button(
        "Train it", type="primary", width="stretch", **session.action("permit", lambda: session.permit(config))
    )


def views(run: session.Run) -> None:
    """The same run to zoom into, and as a picture to keep; the chart is only made when its tab is open."""
    picture, chart = st.tabs(["Save picture", "Chart to zoom"], key="views", on_change="rerun")
    history = run.history
    with picture, st.container(horizontal=True):
        for fmt, mime in FORMATS.items():
            st.download_button(
                fmt.upper(),
                data=partial(run_print, history, run.data, fmt),
                file_name=f"{history.config.dataset}.{fmt}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"save_{fmt}",
            )
    if chart.open:
        chart.plotly_chart(run_chart(history), key="chart", config={"displaylogo": False})

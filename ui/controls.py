"""Groups of widgets. They show a Config and report changes to the session; names, ranges and help come from Config."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from functools import partial
from typing import Any

import streamlit as st

from nn_core.activations import ACTIVATIONS
from nn_core.config import MAX_LAYERS, MAX_NODES, Config
from nn_core.datasets import DATASETS, FEATURES
from nn_core.export import EXPORTERS
from nn_core.initializers import INITIALIZERS
from nn_core.losses import LOSSES, TASKS
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from nn_core.presets import PRESETS
from nn_core.ranges import Number
from nn_core.sheets import Sheet
from ui import session, wishes
from ui.components.live_slider import chosen, live_slider
from ui.components.pins import MOST_PARAMETERS, Pin, encode_pins
from ui.components.stage import encode
from ui.figures.run_chart import run_chart
from ui.figures.run_print import FORMATS, run_print
from ui.words import described

SETTINGS = {f.name: f.metadata for f in fields(Config)}
MOST_PASTED = 200_000  # characters
COLUMNS = ("Across (x₁)", "Up (x₂)", "To predict")
PLANE = {name: entry for name, entry in DATASETS.items() if entry.make}


def _face(name: str) -> dict[str, Any]:
    return {"label": SETTINGS[name]["title"], "help": SETTINGS[name]["help"]}


def _pick(
    config: Config, name: str, table: Mapping[str, Any], shown: str | None = None, changes: Any = None, **more: Any
) -> None:
    """A choice among the entries of a table, shown by their titles; the help says what the chosen one is."""
    picked: str = shown or getattr(config, name)
    entry = table[picked]
    about = " ".join((entry[0].__doc__ or "").split())  # the function stands first in every entry
    st.selectbox(
        SETTINGS[name]["title"],
        help=f"{SETTINGS[name]['help']}\n\n**{entry.title}**: {about}",
        options=list(table),
        format_func=lambda option: table[option].title,
        **session.bound(name, picked, changes),
        **more,
    )


def _number(config: Config, name: str, step: float, disabled: bool = False) -> None:
    """A number to type, within the range that Config gives it."""
    allowed: Number = SETTINGS[name]["range"]
    low = 0 if allowed.zero else allowed.low
    kind = int if allowed.whole else float
    st.number_input(
        **_face(name),
        min_value=kind(low),
        max_value=kind(allowed.high),
        step=kind(step),
        format="%d" if allowed.whole else "%g",
        disabled=disabled,
        **session.bound(name, getattr(config, name)),
    )


# --- beside the picture: what one plays with -------------------------------------------------------------------------


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
    """One activation for all hidden layers, or the mixture that was set layer by layer."""
    table, shown = ACTIVATIONS, config.activation
    if not isinstance(shown, str):
        mixture = ", ".join(table[name].title for name in shown)
        table = {"mixed": table["linear"]._replace(value=_by_layer, title=mixture)} | table
        shown = "mixed"
    changes = lambda name: {} if name == "mixed" else {"activation": name}  # noqa: E731
    _pick(config, "activation", table, shown, changes, disabled=not config.hidden_sizes)


def _by_layer() -> None:
    """Each layer has its own, as set under “Network”."""


def dataset(config: Config) -> None:
    """Which problem; own data begin as a copy of the points on screen."""

    def to(name: str) -> dict[str, Any]:
        return {"dataset": name} if name != "own" else wishes.own_data(config, session.own_points())

    _pick(config, "dataset", PLANE, None, to)


def layers(config: Config) -> None:
    """How many hidden layers; new ones are as wide as the last."""

    def to_depth(depth: int | None) -> dict[str, Any]:
        sizes = config.hidden_sizes or (4,)
        if depth is None:  # a click on the chosen one
            return {}
        return wishes.with_sizes(config, (sizes + sizes[-1:] * depth)[:depth])

    st.segmented_control(
        "Hidden layers",
        options=list(range(MAX_LAYERS + 1)),
        help="Cause: features are combined to features again. Effect: depth bends the boundary with fewer nodes, "
        "and is harder to train. 0 is a single neuron.",
        **session.bound("depth", len(config.hidden_sizes), to_depth),
    )


def history() -> None:
    """Back and forth through the settings."""
    with st.container(horizontal=True, gap="small", wrap=False):
        for name, icon, keys, able, act in (
            ("Undo", ":material/undo:", "Ctrl+Z", session.undoable(), session.undo),
            ("Redo", ":material/redo:", "Ctrl+Y", session.redoable(), session.redo),
        ):
            way = "back" if name == "Undo" else "forth"
            words = f"Cause: one step {way}. Effect: the settings are as they were then."
            st.button(name, icon=icon, shortcut=keys, help=words, disabled=not able, **session.action(name, act))


def seed(config: Config, name: str) -> None:
    """A seed with a dice beside it."""
    title = SETTINGS[name]["title"].lower()
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
        _number(config, name, 1)
        st.button(
            "New",
            icon=":material/casino:",
            help=f"Cause: a new {title} is drawn. Effect: {SETTINGS[name]['help'].split('Effect: ')[1]}",
            **session.action(f"dice_{name}", lambda: session.change(**{name: session.new_seed()})),
        )


def to_try(config: Config) -> None:
    """What to begin with, and what to look at."""
    with st.container(key="try"):
        preset(config)


def by_the_picture(config: Config) -> None:
    """The controls one plays with that report a choice at a time."""
    with st.container(key="curve"):
        activation(config)
    with st.container(key="more"):
        dataset(config)
        seed(config, "seed")
        history()


def live_sliders(config: Config) -> None:
    """The sliders that retrain while they are dragged. To be mounted when the result is on screen."""
    answered = session.answer_number()
    widths = config.hidden_sizes
    label = ("No hidden layer", "Hidden nodes", "Hidden nodes per layer")[min(2, len(widths))]
    if len(set(widths)) > 1:
        label = f"Hidden nodes ({'-'.join(map(str, widths))}), all layers to"
    live_slider(
        label,
        value=widths[0] if widths else 1,
        low=1,
        high=MAX_NODES,
        step=1,
        help=SETTINGS["hidden_sizes"]["help"],
        disabled=not widths,
        answered=answered,
        **session.bound_live("hidden_nodes", chosen, lambda n: {"hidden_sizes": (int(n),) * len(widths)}),
    )
    _live_number(config, "learning_rate", None, answered)
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


def in_detail(run: session.Run) -> None:
    """All other settings, and the run to take away: one drawer is open at a time, and only its widgets exist."""
    config = session.in_force()
    drawers = {
        "Data": lambda: data(config),
        "Network": lambda: network(config),
        "Training": lambda: training(config),
        "Large chart": lambda: chart(run),
        "Save": lambda: downloads(run),
    }
    drawer = st.segmented_control("More", list(drawers), key="drawer", label_visibility="collapsed", width="stretch")
    if drawer:
        drawers[drawer]()


def data(config: Config) -> None:
    """What is learnt from what."""
    kind = config.data.kind
    samples, share, features, dice = st.columns([2, 2, 5, 3], gap="medium")
    with samples:
        _number(config, "samples", 50, disabled=kind == "corners" or (kind == "own" and not config.data_id))
    with share:
        _number(config, "test_share", 0.05, disabled=kind != "plane" and not config.data_id)
    features.pills(
        **_face("features"),
        options=list(FEATURES),
        format_func=lambda name: FEATURES[name].title,
        selection_mode="multi",
        **session.bound("features", list(config.features), lambda names: {"features": tuple(names)} if names else {}),
    )
    with dice:
        seed(config, "data_seed")
    own_table()


def own_table() -> None:
    """A table of one's own, as a file or pasted, and which of its columns to learn from."""
    file, text = st.columns(2, gap="medium")
    file.file_uploader(
        "A table of yours, or a saved run",
        type=["csv", "tsv", "txt", "json"],
        help="Cause: the network learns from your numbers: a CSV with two columns of numbers and one to predict, a "
        "label or a number. Effect: the axes keep your units. The table stays on this server for a while, for whoever "
        "has the link.",
        **session.upload(),
    )
    text.text_area(
        "... or paste one",
        placeholder="height;weight;kind\n1,62;54,5;cat\n...",
        max_chars=MOST_PASTED,
        help="Cause: what you copy from a spreadsheet is read like a file. Effect: the same.",
        **session.paste(),
    )
    now = session.brought()
    if now.problem:
        st.error(f"{now.problem} The data in use have stayed.")
    if now.sheet and now.columns:
        columns = (partial(_column, place, title, now.sheet) for place, title in enumerate(COLUMNS))
        _row(*columns, _column_kind)


def _column(place: int, title: str, sheet: Sheet) -> None:
    numeric = [column.name for column in sheet.columns if column.numbers is not None]
    st.selectbox(
        title,
        help="Cause: this column of your table takes the place. Effect: the same rows, seen from another side.",
        **session.column(place, numeric if place < 2 else sheet.names),
    )


def _column_kind() -> None:
    st.selectbox(
        "Taken as",
        help="Cause: labels are classes to tell apart, numbers are values to come close to. Effect: another output, "
        "another loss.",
        **session.kind(("label", "number")),
    )


def network(config: Config) -> None:
    """How the network is built and where it starts."""
    layers(config)
    _row(
        lambda: _pick(config, "initializer", INITIALIZERS),
        lambda: _number(config, "initial_scale", 0.1),
        lambda: _number(config, "dropout", 0.05),
        lambda: _loss(config),
    )
    if config.hidden_sizes:
        _layer_by_layer(config)


def _row(*controls: Callable[[], None]) -> None:
    """Controls side by side."""
    for column, draw in zip(st.columns(len(controls), gap="medium"), controls, strict=True):
        with column:
            draw()


def _loss(config: Config) -> None:
    natural = TASKS[config.task].loss
    fitting = {name: entry for name, entry in LOSSES.items() if config.task in entry.tasks}
    _pick(config, "loss", fitting, config.loss_name, lambda name: {"loss": "auto" if name == natural else name})


def _layer_by_layer(config: Config) -> None:
    for i, column in enumerate(st.columns(MAX_LAYERS)[: len(config.hidden_sizes)]):
        column.number_input(
            f"Layer {i + 1}: nodes",
            min_value=1,
            max_value=MAX_NODES,
            help=SETTINGS["hidden_sizes"]["help"],
            **session.bound(
                f"size_{i}", config.hidden_sizes[i], lambda n, i=i: {"hidden_sizes": _with(config.hidden_sizes, i, n)}
            ),
        )
        column.selectbox(
            f"Layer {i + 1}: activation",
            help=SETTINGS["activation"]["help"],
            options=list(ACTIVATIONS),
            format_func=lambda option: ACTIVATIONS[option].title,
            **session.bound(
                f"activation_{i}",
                config.activations[i],
                lambda name, i=i: {"activation": _with(config.activations, i, name)},
            ),
        )


def _with(values: tuple, i: int, value: Any) -> tuple:
    return (*values[:i], value, *values[i + 1 :])


def training(config: Config) -> None:
    """How it learns."""
    _row(
        lambda: _pick(config, "optimizer", OPTIMIZERS),
        lambda: _pick(config, "schedule", SCHEDULES),
        lambda: _number(config, "epochs", 100),
        lambda: _number(config, "batch_size", 1),
    )
    steps = {"l1": 0.001, "l2": 0.001, "clip": 0.5, "momentum": 0.05, "rms_decay": 0.001, "weight_decay": 0.005}
    for column, name in zip(
        st.columns(6, gap="small"), ["l1", "l2", "clip", *OPTIMIZERS[config.optimizer].reads], strict=False
    ):
        with column:
            _number(config, name, steps[name])


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


def chart(run: session.Run) -> None:
    """The curves to zoom into, and to read side by side."""
    st.plotly_chart(run_chart(run.history), key="chart", config={"displaylogo": False})


def downloads(run: session.Run) -> None:
    """The run to take away, made when asked for: as one would print it, to be opened again, and its data."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("The picture as one would print it, or all that makes the run:", width="content")
        for fmt, mime in FORMATS.items():
            st.download_button(
                fmt.upper(),
                data=partial(run_print, run.history, run.data, fmt),
                file_name=f"{run.config.dataset}.{fmt}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"save_{fmt}",
            )
        for name, exporter in EXPORTERS.items():
            st.download_button(
                exporter.title,
                data=partial(exporter.write, run.config, session.table()),
                file_name=f"{run.config.dataset}.{exporter.suffix}",
                mime=exporter.mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"save_{name}",
            )


def _small(run: session.Run) -> bytes:
    return encode(run.history, run.data, run=0, seconds=run.seconds, most=MOST_PARAMETERS)


def pinned(run: session.Run) -> bytes:
    """The runs kept for comparing, for the browser."""
    kept = session.pinned()
    cards = [Pin(each.name, each.colour, _small(each.run), described(each.config)) for each in kept if each.run]
    shown = next((i for i, each in enumerate(kept) if each.config == run.config), None)
    return encode_pins(cards, described(run.config), shown=shown)

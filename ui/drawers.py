"""The drawers below the picture: all other settings, and the run to take away."""

from functools import partial
from typing import Any

import streamlit as st

from nn_core.activations import ACTIVATIONS
from nn_core.config import MAX_LAYERS, MAX_NODES, Config
from nn_core.datasets import FEATURES
from nn_core.export import EXPORTERS
from nn_core.initializers import INITIALIZERS
from nn_core.losses import LOSSES, TASKS
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from nn_core.sheets import MOST_BYTES, Sheet
from ui import parts, session, wishes
from ui.fields import SETTINGS, face, number, pick, row, seed
from ui.figures.run_chart import run_chart
from ui.figures.run_print import FORMATS, run_print
from ui.networks.diagnosis import diagnosis
from ui.networks.scripting import python

MOST_PASTED = 200_000  # characters
COLUMNS = ("Across (x₁)", "Up (x₂)", "To predict")


def in_detail(run: session.Run) -> None:
    """All other settings, and the run to take away: one drawer is open at a time, and only its widgets exist."""
    config = session.in_force()
    drawers = {
        "Data": lambda: data(config),
        "Network": lambda: network(config),
        "Training": lambda: training(config),
        "Diagnosis": lambda: diagnosis(run),
        "Large chart": lambda: chart(run),
        "Python": lambda: python(run),
        "Save": lambda: downloads(run),
    }
    shown = parts.drawers_shown()
    if not shown:
        return
    drawer = st.segmented_control("More", shown, key="drawer", label_visibility="collapsed", width="stretch")
    if drawer:
        drawers[drawer]()


def data(config: Config) -> None:
    """What is learnt from what."""
    kind = config.data.kind
    samples, share, features, dice = st.columns([2, 2, 5, 3], gap="medium")
    with samples:
        number(config, "samples", 50, disabled=kind == "corners" or (kind == "own" and not config.data_id))
    with share:
        number(config, "test_share", 0.05, disabled=kind != "plane" and not config.data_id)
    features.pills(
        **face("features"),
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
        max_upload_size=MOST_BYTES // 10**6,
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
        row(*columns, _column_kind)


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
    row(
        lambda: pick(config, "initializer", INITIALIZERS),
        lambda: number(config, "initial_scale", 0.1),
        lambda: number(config, "dropout", 0.05),
        lambda: _loss(config),
    )
    if config.hidden_sizes:
        _layer_by_layer(config)


def _loss(config: Config) -> None:
    natural = TASKS[config.task].loss
    fitting = {name: entry for name, entry in LOSSES.items() if config.task in entry.tasks}
    pick(config, "loss", fitting, config.loss_name, lambda name: {"loss": "auto" if name == natural else name})


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
    row(
        lambda: pick(config, "optimizer", OPTIMIZERS),
        lambda: pick(config, "schedule", SCHEDULES),
        lambda: number(config, "epochs", 100),
        lambda: number(config, "batch_size", 1),
    )
    steps = {"l1": 0.001, "l2": 0.001, "clip": 0.5, "momentum": 0.05, "rms_decay": 0.001, "weight_decay": 0.005}
    for column, name in zip(
        st.columns(6, gap="small"), ["l1", "l2", "clip", *OPTIMIZERS[config.optimizer].reads], strict=False
    ):
        with column:
            number(config, name, steps[name])


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
                data=partial(exporter.write, run.history, session.table()),
                file_name=f"{run.config.dataset}.{exporter.suffix}",
                mime=exporter.mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"save_{name}",
            )
    parts.choose()

"""Single widgets for single settings: their names, ranges and help come from Config and its tables."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import streamlit as st

from nn_core.activations import ACTIVATIONS
from nn_core.config import Config
from nn_core.expressions import RULES
from nn_core.ranges import Number
from ui import depth, session

Bound = Callable[..., dict[str, Any]]  # ties a widget to a Config: session.bound, or another page's

FORMULAS: dict[str, Callable[[str], list[str]]] = {  # of the entries of a table that have some
    "activation": lambda name: [rf"\varphi(z) = {ACTIVATIONS[name].formula}"] if name in ACTIVATIONS else [],
    "optimizer": lambda name: [rf"{target} \leftarrow {rule}" for target, rule in RULES[name]],
}
SETTINGS = {f.name: f.metadata for f in fields(Config)}


def face(name: str) -> dict[str, Any]:
    return {"label": SETTINGS[name]["title"], "help": SETTINGS[name]["help"]}


def pick(
    config: Config,
    name: str,
    table: Mapping[str, Any],
    shown: str | None = None,
    changes: Any = None,
    bound: Bound = session.bound,
    **more: Any,
) -> None:
    """A choice among the entries of a table, shown by their titles; the help says what the chosen one is."""
    picked: str = shown or getattr(config, name)
    entry = table[picked]
    code = entry[0]  # the function stands first in every entry
    about = " ".join((code.__doc__ or "").split())
    words = f"{SETTINGS[name]['help']}\n\n**{entry.title}**: {about}"
    st.selectbox(
        SETTINGS[name]["title"],
        help=depth.in_help(words, FORMULAS[name](picked) if name in FORMULAS else (), code),
        options=list(table),
        format_func=lambda option: table[option].title,
        **bound(name, picked, changes),
        **more,
    )


def number(config: Config, name: str, step: float, disabled: bool = False, bound: Bound = session.bound) -> None:
    """A number to type, within the range that Config gives it."""
    allowed: Number = SETTINGS[name]["range"]
    low = 0 if allowed.zero else allowed.low
    kind = int if allowed.whole else float
    st.number_input(
        **face(name),
        min_value=kind(low),
        max_value=kind(allowed.high),
        step=kind(step),
        format="%d" if allowed.whole else "%g",
        disabled=disabled,
        **bound(name, getattr(config, name)),
    )


def seed(
    config: Config,
    name: str,
    disabled: bool = False,
    bound: Bound = session.bound,
    change: Callable[..., None] = session.change,
) -> None:
    """A seed with a dice beside it."""
    title = SETTINGS[name]["title"].lower()
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
        number(config, name, 1, disabled, bound)
        st.button(
            "New",
            icon=":material/casino:",
            help=f"Cause: a new {title} is drawn. Effect: {SETTINGS[name]['help'].split('Effect: ')[1]}",
            disabled=disabled,
            **session.action(f"dice_{name}", lambda: change(**{name: session.new_seed()})),
        )


def row(*controls: Callable[[], None]) -> None:
    """Controls side by side."""
    for column, draw in zip(st.columns(len(controls), gap="medium"), controls, strict=True):
        with column:
            draw()

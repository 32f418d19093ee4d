"""What the visitor has done to a network: a list of operations, which widgets show and change."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from nn_core.surgery import FULL, Noise, Operation, Prune, Quantise, Unit
from ui.session.widgets import whole_page

ORDER = (Unit, Prune, Noise, Quantise)
NOTHING = (Prune(0), Prune(0, by_layer=False), Quantise(FULL))


def operations() -> tuple[Operation, ...]:
    """The operations: those on units first, then at most one of each other kind."""
    return st.session_state.get("operations", ())


def operate(new: Operation) -> None:
    """Add an operation, or change the one of its kind, or on its unit; one that does nothing is taken away."""
    kept = [each for each in operations() if _place(each) != _place(new)]
    kept += [] if _does_nothing(new) else [new]
    st.session_state["operations"] = tuple(sorted(kept, key=_place))


def operate_only(kept: Sequence[Operation]) -> None:
    """Undo all other operations."""
    st.session_state["operations"] = tuple(kept)


def _place(operation: Operation) -> tuple[int, ...]:
    on = (operation.layer, operation.unit) if isinstance(operation, Unit) else ()
    return ORDER.index(type(operation)), *on


def _does_nothing(operation: Operation) -> bool:
    if isinstance(operation, Unit):
        return (operation.scale, operation.shift) == (1, 0)
    return operation in NOTHING or (isinstance(operation, Noise) and operation.sd == 0)


def operated(name: str, value: Any, take: Callable[[Any], object]) -> dict[str, Any]:
    """Arguments for a widget that shows `value`; `take` is given what the visitor makes of it."""
    key = f"operate_{name}"
    st.session_state[key] = value

    def changed() -> None:
        take(st.session_state[key])
        whole_page()

    return {"key": key, "on_change": changed}


def looked_unit(sizes: Sequence[int]) -> tuple[int, int]:
    """The hidden layer and unit that the visitor looks at, in a network with so many units in each."""
    layer, unit = st.session_state.get("looked_unit", (0, 0))
    layer = min(layer, len(sizes) - 1)
    return layer, min(unit, sizes[layer] - 1)


def look_at_unit(layer: int, unit: int) -> None:
    """Look at this unit."""
    st.session_state["looked_unit"] = (layer, unit)


def clicked_chart(key: str, click: Callable[[Any], None]) -> dict[str, Any]:
    """Arguments for a chart; `click` is given its selection."""

    def changed() -> None:
        click(st.session_state[key])
        whole_page()

    return {"key": key, "on_select": changed}

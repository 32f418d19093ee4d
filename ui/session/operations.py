"""What the visitor has done to a network: a list of operations, which widgets show and change, and the link says."""

from collections.abc import Sequence
from functools import reduce

import streamlit as st

from nn_core.surgery import FULL, MOST_OPERATIONS, Noise, Operation, Prune, Quantise, Unit, read_operations, written
from ui.session import shelves

ORDER = (Unit, Prune, Noise, Quantise)
NOTHING = (Prune(0), Prune(0, by_layer=False), Quantise(FULL))
LINK = "operations"  # in the address bar


def operations() -> tuple[Operation, ...]:
    """The operations: those on units first, then at most one of each other kind.

    What the link says is the visitor's wish on arrival and after the back button. But what we wrote into it in a run
    that the next click cut off the browser never got: until it has sent that back, another link is an old one.
    """
    state, linked = st.session_state, st.query_params.get(LINK, "")
    clicked = state.pop("clicked", False)  # then the browser may still send the link from before the click
    known = state.get("linked_operations", "")
    if linked == known:
        state["operations_confirmed"] = True
    elif clicked or (state["turned"] and not linked) or not state.get("operations_confirmed", True):
        _keep(state.get("operations", ()))
    else:
        _open(linked)
    return state.get("operations", ())


def _open(linked: str) -> None:
    st.session_state["linked_operations"] = linked
    try:
        done = reduce(_with, read_operations(linked), ())
    except ValueError as problem:
        shelves.refuse("operations", f"The operations in this link were left out: {problem}.")
    else:
        shelves.refuse("operations", "")
        _keep(done)


def _keep(done: tuple[Operation, ...]) -> None:
    """Make these the operations, and write them into the link."""
    state = st.session_state
    state["operations"], state["linked_operations"], state["operations_confirmed"] = done, written(done), False
    if done:
        st.query_params[LINK] = written(done)
    else:
        st.query_params.pop(LINK, None)


def operations_problem() -> str:
    """What was wrong with the operations in the link, or with one too many, or ""."""
    return shelves.problem("operations")


def operate(new: Operation) -> None:
    """Add an operation, or change the one of its kind, or on its unit; one that does nothing is taken away."""
    done = _with(st.session_state.get("operations", ()), new)
    too_many = len(done) > MOST_OPERATIONS
    shelves.refuse("operations", f"There can be at most {MOST_OPERATIONS} operations." if too_many else "")
    if not too_many:
        _keep(done)


def operate_only(kept: Sequence[Operation]) -> None:
    """Undo all other operations."""
    shelves.refuse("operations", "")
    _keep(tuple(kept))


def _with(done: tuple[Operation, ...], new: Operation) -> tuple[Operation, ...]:
    kept = [each for each in done if _place(each) != _place(new)]
    kept += [] if _does_nothing(new) else [new]
    return tuple(sorted(kept, key=_place))


def _place(operation: Operation) -> tuple[int, ...]:
    on = (operation.layer, operation.unit) if isinstance(operation, Unit) else ()
    return ORDER.index(type(operation)), *on


def _does_nothing(operation: Operation) -> bool:
    if isinstance(operation, Unit):
        return (operation.scale, operation.shift) == (1, 0)
    return operation in NOTHING or (isinstance(operation, Noise) and operation.sd == 0)


def looked_unit(sizes: Sequence[int]) -> tuple[int, int | None]:
    """The hidden layer and unit that the visitor looks at, in a network with so many units in each. The link says it,
    as "1-37" for unit 37 of layer 1; None where it says no unit of this network."""
    layer, _, unit = st.query_params.get("unit", "").partition("-")
    at = int(layer) - 1 if layer.isascii() and layer.isdigit() and len(layer) < 3 else 0
    if not 0 <= at < len(sizes):
        return 0, None
    known = unit.isascii() and unit.isdigit() and len(unit) < 6 and int(unit) < sizes[at]
    return at, int(unit) if known else None


def look_at_unit(layer: int, unit: int | None = None) -> None:
    """Look at this unit, or at no particular one of this layer."""
    st.query_params["unit"] = f"{layer + 1}-{'' if unit is None else unit}"

"""A visitor's gradient check: where in the run, with which epsilon, and what is broken."""

from functools import partial
from typing import NamedTuple

import streamlit as st

from nn_core.activations import Array
from nn_core.bugs import BUGS
from nn_core.checks import Case, Sweep, case, complex_step, sweep
from nn_core.config import MAX_LAYERS, MOST_EPOCHS, Config
from nn_core.ranges import Choice, Number
from nn_core.training import Stand
from ui.session import choices, widgets
from ui.session.runs import Run, stand_of

EPSILONS = {f"1e{exponent}": 10.0**exponent for exponent in range(-16, 1)}


class Checking(NamedTuple):
    """What is chosen: an epoch, -1 for the end of the run; the size of the step; what is broken, and in which hidden
    layer, 0 for all of them."""

    at: int = -1
    epsilon: str = "1e-5"
    bug: str = "none"
    layer: int = 0


CHOICES = choices.Choices(
    "check",
    Checking(),
    {
        "at": ("The epoch", Number(0, MOST_EPOCHS, whole=True)),
        "epsilon": ("Epsilon", Choice(tuple(EPSILONS))),
        "bug": ("What is broken", Choice(("none", *BUGS))),
        "layer": ("The broken layer", Number(0, MAX_LAYERS, whole=True)),
    },
    fitted=("at",),
)
open_check = partial(choices.open_choices, CHOICES)
write_check = partial(choices.write_choices, CHOICES)
check_said = partial(choices.said, CHOICES)
change_check = partial(choices.choose, CHOICES)
bound = partial(widgets.bound, change=change_check, page="check")


def fitting(run: Run) -> tuple[Checking, list[str]]:
    """What is chosen, as near as this run has it, and what is to be said about that."""
    at, sentences = choices.epoch_there(run, choices.chosen(CHOICES).at)
    return choices.fit(CHOICES, sentences, at=at), sentences


class Checked(NamedTuple):
    """Where a run is checked, and what does not depend on what is chosen beside that."""

    stand: Stand
    case: Case
    measured: Array
    sweep: Sweep


def checked(run: Run, at: int) -> Checked:
    """The network of a run at an epoch with its derivatives as measured; the last one looked at is kept."""
    key: tuple[Config, int, int] = run.config, run.number, at
    kept = st.session_state.get("checked")
    if kept is None or kept[0] != key:
        stand = stand_of(run, at)
        of = case(stand.state.parameters, stand.data, stand.config)
        kept = key, Checked(stand, of, complex_step(of), sweep(of))
        st.session_state["checked"] = kept
    return kept[1]

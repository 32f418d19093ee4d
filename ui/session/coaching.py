"""What the coach says of the run on screen, and what became of a cure that was tried."""

from typing import NamedTuple

import streamlit as st

from nn_core.cases import Advice
from nn_core.coach import coach
from nn_core.config import Config
from nn_core.history import History
from nn_core.outcome import Outcome, outcome
from nn_core.vitals import Vitals, vitals
from ui.session.runs import Run
from ui.session.settings import apply, config, open_settings, undo


class Result(NamedTuple):
    """How a run ended."""

    config: Config
    train_loss: float
    test_loss: float
    outcome: Outcome


class Tried(NamedTuple):
    """A cure that was tried: how the run had ended before, and the settings with it."""

    before: Result
    after: Config


class Looked(NamedTuple):
    """What was found in a run."""

    history: History
    vitals: Vitals
    advice: Advice | None


def result(run: Run) -> Result:
    """How this run ended."""
    history = run.history
    return Result(run.config, float(history.train_loss[-1]), float(history.test_loss[-1]), outcome(history))


def vitals_of(run: Run) -> Vitals:
    """How the layers of this run did."""
    return _looked(run).vitals


def advice_on(run: Run) -> Advice | None:
    """What to mend first in this run, if anything; nothing before it has finished."""
    return _looked(run).advice if run.history.finished else None


def _looked(run: Run) -> Looked:
    """Found once for each result."""
    known: Looked | None = st.session_state.get("coach_looked")
    if known is None or known.history is not run.history:
        found = vitals(run.history, run.data)
        known = Looked(run.history, found, coach(run.history, found, run.config, run.data))
        st.session_state["coach_looked"] = known
    return known


def try_cure(run: Run, advice: Advice) -> None:
    """Change the settings of the whole run as advised, and remember how it was before."""
    before = result(run)
    st.session_state["since"] = None
    apply(advice.cure or {})
    st.session_state["coach_tried"] = Tried(before, config())


def tried() -> Tried | None:
    """The cure that was tried last, as long as the settings are those that it made."""
    last: Tried | None = st.session_state.get("coach_tried")
    return last if last and last.after == config() else None


def take_back() -> None:
    """The settings before the cure."""
    last = tried()
    if last is None:
        return
    if st.session_state.get("done", [])[-1:] == [last.before.config]:
        undo()
    else:
        open_settings(last.before.config.to_query())

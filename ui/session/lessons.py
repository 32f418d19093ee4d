"""The run of a lesson: a visitor's last one has a number, as the picture of it wants."""

import time
from functools import lru_cache
from typing import NamedTuple

import streamlit as st

from nn_core.config import Config
from nn_core.data import make_data
from nn_core.datasets import Data
from nn_core.history import History
from nn_core.training import run
from ui.answers import answer
from ui.components.seeds import opened
from ui.session.widgets import choose

REMEMBERED = 64  # runs, of all visitors together


class LessonRun(NamedTuple):
    """A run, the data it learns from, how long it took, and a number that grows with every other run that this visitor
    looks at."""

    history: History
    data: Data
    seconds: float
    number: int


@lru_cache(REMEMBERED)
def lesson_run_of(config: Config) -> tuple[History, Data, float]:
    """A run, its data and the seconds it took: one that is not in the picture."""
    data, begun = make_data(config), time.perf_counter()
    history = run(config, data)
    return history, data, time.perf_counter() - begun


def lesson_run(config: Config) -> LessonRun:
    """The run of these settings, small enough to be made at once."""
    before, number = st.session_state.get("lesson_run", (None, 0))
    if before != config:
        number += 1
        st.session_state["lesson_run"] = config, number
    return LessonRun(*lesson_run_of(config), number)


def lesson_answered() -> bytes:
    """The answer to the picture's last question about the lesson's run."""
    config, number = st.session_state.get("lesson_run", (None, 0))
    question = (st.session_state.get("lesson_line") or {}).get("question")
    if config is None or not question:
        return b""
    history, data, _ = lesson_run_of(config)
    return answer(question, number, config, data, (history.state,))


def choose_seed(key: str, name: str, count: int) -> None:
    """Choose the seed that was clicked on in the picture of many seeds with this key."""
    seed = opened(st.session_state.get(key), range(count))
    if seed is not None:
        choose(name, str(seed))

"""The run on screen: trained as far as one picture may wait, gone on with, asked about."""

import math
import time
from typing import NamedTuple

import streamlit as st

from nn_core.config import Config, Point
from nn_core.data import make_data
from nn_core.datasets import Data
from nn_core.history import History, Snapshot, State, join, record
from nn_core.outcome import outcome
from nn_core.training import Stand, in_common, nearest, stand_at, train
from ui import wishes
from ui.answers import answer
from ui.session.settings import apply, config, note, table_of

LIVE = 2.0  # seconds of estimated work that start by themselves
LONGEST = 1800.0  # seconds of estimated work that are not even offered
LONGEST_EPOCH = 0.05  # seconds of an epoch, the shortest stretch: within it a run gives way to a newer one
PAINT_EVERY = 0.15  # seconds of training between two pictures of a run
STRETCH = 0.03  # seconds of training between two looks at whether something newer is wanted


class Run(NamedTuple):
    """The run on screen: what has been trained so far, the states on the way, the time it took, and a number that grows
    with every result."""

    config: Config
    data: Data
    so_far: Snapshot
    states: tuple[State, ...]
    history: History
    seconds: float
    number: int


def permitted(config: Config) -> bool:
    """Whether training may start: light work by itself, heavy work once the visitor has said so for these settings."""
    longest = max(each.config.seconds_an_epoch for each in config.stretches)
    light = config.estimated_seconds <= LIVE and longest <= LONGEST_EPOCH
    return light or st.session_state.get("permitted") == config


def permit(config: Config) -> None:
    """The visitor wants this run, long as it is."""
    st.session_state["permitted"] = config


def advance(config: Config) -> Run:
    """Train towards the end of this run, for as long as one picture may keep the visitor waiting.

    A finished run is returned as it is. Without permission only its start, epoch 0, is computed.
    """
    before: Run | None = st.session_state.get("run")
    number = before.number + 1 if before else 1
    run = _same_start(before, config) if before else None
    if run and (run.history.finished or not permitted(config)):
        st.session_state["run"] = run if run is before else run._replace(number=number)
        return st.session_state["run"]
    begun = time.perf_counter()
    data = run.data if run else make_data(config, table_of(config))
    parts, states = ([run.so_far], [*run.states]) if run else ([], [])
    stretch = math.ceil(config.last_epoch * min(1.0, STRETCH / max(config.estimated_seconds, 1e-9)))
    for snapshot in train(config, data, run.so_far.state if run else None, every=max(1, stretch)):
        parts.append(snapshot)
        states.append(snapshot.state)
        _give_way()
        if not permitted(config) or time.perf_counter() - begun > PAINT_EVERY:
            break
    seconds = (run.seconds if run else 0.0) + time.perf_counter() - begun
    so_far = join(parts)
    history = record(config, [so_far])
    st.session_state["run"] = Run(config, data, so_far, tuple(states), history, seconds, number)
    return st.session_state["run"]


def stand_of(run: Run, epoch: int) -> Stand:
    """Where a run stands at the end of an epoch, or of its last one, replayed from the nearest state that is known."""
    epoch = min(epoch, run.so_far.state.epoch)
    return stand_at(run.config, run.data, epoch, start=nearest(run.states, epoch))


def _same_start(before: Run, config: Config) -> Run | None:
    """What a run has in common with another that is wanted now, to go on from there; None if nothing."""
    if before.config == config:
        return before
    parts, end = before.config.same_until(config), config.last_epoch
    common = [state for state in before.states if 0 < state.epoch < parts and state.epoch <= end]
    while common and common[-1].epoch == end and end not in before.so_far.epochs:
        common.pop()
    if not common:
        return None
    so_far = in_common(before.so_far, common[-1], config, before.data)
    if so_far is None:
        return None
    share = common[-1].epoch / max(1, before.so_far.state.epoch)
    history = record(config, [so_far])
    return Run(config, before.data, so_far, tuple(common), history, before.seconds * share, before.number)


def _give_way() -> None:
    """Ends this script here if a newer one waits for it: any look at the session does."""
    st.session_state.get("config")


def current_run() -> Run:
    """The run that `advance` last returned."""
    return st.session_state["run"]


def go_on(run: Run) -> None:
    """Come back for the rest of a run that was painted in the middle, or that is to go on until it settles."""
    if not run.history.finished and permitted(run.config):
        st.rerun()
    if st.session_state.get("settling"):
        settle(run)
        st.session_state["clicked"] = True
        st.rerun()


def settle(run: Run) -> None:
    """Make the run twice as long if it is still learning, as long as that starts by itself, and come back for more."""
    now = config()
    twice = wishes.prolonged(now, now.last_epoch)
    longer = now.replace(**twice)
    learning = run.history.finished and outcome(run.history).name == "learning"
    going = learning and permitted(longer) and longer.last_epoch > now.last_epoch
    if going:
        apply(twice)
    elif learning:
        note(f"Still learning at epoch {now.last_epoch:,}; a run twice as long does not start by itself: set Epochs.")
    st.session_state["settling"] = going


def own_points() -> tuple[Point, ...]:
    """The data shown, as points of the visitor's own."""
    run = current_run()
    return wishes.as_points(run.config, run.data)


def asked() -> None:
    """A question has come: the part of the page that shows `answered` runs by itself."""


def answered() -> bytes:
    """The answer to the stage's last question about the run on screen."""
    run: Run | None = st.session_state.get("run")
    asked = (st.session_state.get("line") or {}).get("question")
    return answer(asked, run.number, run.config, run.data, run.states) if run and asked else b""

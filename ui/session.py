"""A visitor's settings and run. The only file that touches st.session_state and st.query_params.

There is one truth, the Config. Widgets show it (`bound`), report changes to it through one gate (`change`), and the
address bar is written from it (`write_link`). The address bar is read when a visitor arrives or goes back.
"""

import math
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from nn_core.config import Config
from nn_core.data import make_data
from nn_core.datasets import Data
from nn_core.history import History, Snapshot, join, record
from nn_core.training import train

LIVE = 2.0  # seconds of estimated work that start by themselves
LONGEST = 1800.0  # seconds of estimated work that are not even offered
LONGEST_EPOCH = 0.05  # seconds of an epoch, the shortest stretch: within it a run gives way to a newer one
PAINT_EVERY = 0.15  # seconds of training between two pictures of a run
STRETCH = 0.03  # seconds of training between two looks at whether something newer is wanted


class Run(NamedTuple):
    """The run on screen: what has been trained so far, the time it took, and a number that grows with every result."""

    config: Config
    data: Data
    so_far: Snapshot
    history: History
    seconds: float
    number: int


# --- the Config and its link ------------------------------------------------------------------------------------------


def turn_to(page: str) -> None:
    """Note which page the visitor is on; called before the page runs."""
    st.session_state["turned"] = st.session_state.get("page") != page
    st.session_state["page"] = page


def open_config() -> Config:
    """The settings to show, read once by each run of the page: from the link on arrival and after the browser's back
    button, else what they were."""
    state, link = st.session_state, st.query_params.to_dict()
    # A browser that reports a click may still send the link from before the last one we wrote; only the back button
    # changes the link and nothing else. And the menu leads here without any settings: from then on no settings in the
    # link mean that they stay what they were.
    clicked = state.pop("clicked", False)
    state["by_menu"] = state.get("by_menu", False) or ("config" in state and state["turned"] and not link)
    says_nothing = state["by_menu"] and not link
    if "config" not in state or (link != state.get("link") and not clicked and not says_nothing):
        _accept(link)
    return state["config"]


def config() -> Config:
    """The visitor's settings as they are now."""
    return st.session_state["config"]


def _accept(settings: Mapping[str, Any]) -> None:
    """Make these settings, from wherever they come, the visitor's: through the gate, a sentence for what it mends."""
    config, said = Config.from_query(settings)
    if config.data.make is None:
        config, more = Config.from_query({**config.to_query(), "dataset": Config().dataset})
        said += ["Data set must be one of the plane here: the first one is used instead.", *more]
    st.session_state["config"], st.session_state["notices"] = config, said


def write_link() -> None:
    """Put the link to this exact run into the address bar. Called by the whole page only, not in the middle of a drag:
    every value on the way would become a step of the back button."""
    link = config().to_query()
    if st.query_params.to_dict() != link:
        st.query_params.from_dict(link)
    st.session_state["link"] = link


def change(**changes: Any) -> None:
    """Change some settings and keep the others."""
    _accept({**st.session_state.get("config", Config()).to_query(), **changes})


def notices() -> list[str]:
    """What had to be changed about the last values from outside, one sentence each."""
    return st.session_state.get("notices", [])


# --- widgets ----------------------------------------------------------------------------------------------------------


def bound(name: str, value: Any, changes: Callable[[Any], Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """Arguments that tie a native widget to the Config: it shows `value`, and what the visitor picks becomes the
    setting `name`, or whatever settings `changes` makes of it."""
    key = f"set_{name}"
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value

    def take() -> None:
        picked = st.session_state[key]
        change(**(changes(picked) if changes else {name: picked}))
        _whole_page()

    return {"key": key, "on_change": take}


def bound_live(
    name: str, read: Callable[[Any], tuple[float | None, bool]], changes: Callable[[float], Mapping[str, Any]]
) -> dict[str, Any]:
    """The same for a live slider: `read` makes (value, still held) of the state that the browser sends. While it is
    held only its own fragment of the page runs; with the hand off, the whole page follows."""
    key = f"live_{name}"

    def take() -> None:
        value, held = read(st.session_state.get(key))
        if value is not None:
            change(**changes(value))
        if not held:
            _whole_page()

    return {"key": key, "on_change": take}


def _whole_page() -> None:
    """After a click or at the end of a drag: run the whole page, also where the widget stands in a fragment of it."""
    st.session_state["clicked"] = True
    st.rerun()


def action(name: str, act: Callable[[], None]) -> dict[str, Any]:
    """Arguments for a button that does something."""

    def take() -> None:
        act()
        _whole_page()

    return {"key": f"do_{name}", "on_click": take}


def new_seed() -> int:
    """A seed nobody chose, short enough to read aloud."""
    return secrets.randbelow(10_000)


def choice(name: str, options: Sequence[str]) -> dict[str, Any]:
    """Arguments that tie a native widget to a choice of its own page, kept for the visit and part of its link."""
    state, key, kept, link = st.session_state, f"choose_{name}", f"chosen_{name}", f"link_{name}"
    linked = st.query_params.get(name)
    if key not in state:  # a visit of this page begins
        state[key] = linked if linked in options else state.get(kept, options[0])
    elif linked != state[link]:  # the browser's back button
        state[key] = linked if linked in options else options[0]
    if state[key] != options[0] and linked != state[key]:
        st.query_params[name] = state[key]
    state[kept], state[link] = state[key], st.query_params.get(name)

    def take() -> None:
        st.query_params[name] = state[link] = state[key]

    return {"key": key, "on_change": take}


def pad_value() -> object:
    """What the drawing pad last reported; it comes from the browser and may be anything."""
    return st.session_state.get("pad")


def answer_number() -> int:
    """Another number each time, so that the browser knows that its last report has been answered."""
    st.session_state["answers"] = st.session_state.get("answers", 0) + 1
    return st.session_state["answers"]


# --- the run ----------------------------------------------------------------------------------------------------------


def permitted(config: Config) -> bool:
    """Whether training may start: light work by itself, heavy work once the visitor has said so for these settings."""
    light = config.estimated_seconds <= LIVE and config.estimated_seconds / config.epochs <= LONGEST_EPOCH
    return light or st.session_state.get("permitted") == config


def permit(config: Config) -> None:
    """The visitor wants this run, long as it is."""
    st.session_state["permitted"] = config


def advance(config: Config) -> Run:
    """Train towards the end of this run, for as long as one picture may keep the visitor waiting.

    A finished run is returned as it is. Without permission only its start, epoch 0, is computed.
    """
    before: Run | None = st.session_state.get("run")
    run = before if before and before.config == config else None
    if run and (run.history.finished or not permitted(config)):
        return run
    begun = time.perf_counter()
    data, parts = (run.data, [run.so_far]) if run else (make_data(config), [])
    stretch = math.ceil(config.epochs * min(1.0, STRETCH / config.estimated_seconds))
    for snapshot in train(config, data, run.so_far.state if run else None, every=stretch):
        parts.append(snapshot)
        _give_way()
        if not permitted(config) or time.perf_counter() - begun > PAINT_EVERY:
            break
    seconds = (run.seconds if run else 0.0) + time.perf_counter() - begun
    so_far = join(parts)
    history = record(config, [so_far])
    st.session_state["run"] = Run(config, data, so_far, history, seconds, before.number + 1 if before else 1)
    return st.session_state["run"]


def _give_way() -> None:
    """Ends this script here if a newer one waits for it: any look at the session does."""
    st.session_state.get("config")


def current_run() -> Run:
    """The run that `advance` last returned."""
    return st.session_state["run"]


def go_on(run: Run) -> None:
    """Come back for the rest of a run that was painted in the middle."""
    if not run.history.finished and permitted(run.config):
        st.rerun()

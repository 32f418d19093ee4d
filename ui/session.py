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
from nn_core.history import History, Snapshot, record
from nn_core.training import train

LIVE = 2.0  # seconds of estimated work that start by themselves
LONGEST = 1800.0  # seconds of estimated work that are not even offered
PAINT_EVERY = 0.15  # seconds of training between two pictures of a run
STRETCH = 0.03  # seconds of training between two looks at whether something newer is wanted
ECHO = 2.0  # seconds during which the browser may still send a link from before the last one we wrote


class Run(NamedTuple):
    """The run on screen: what has been trained so far, the time it took, and a number that grows with every result."""

    config: Config
    data: Data
    snapshots: tuple[Snapshot, ...] = ()
    seconds: float = 0.0
    number: int = 0

    @property
    def history(self) -> History:
        return record(self.config, self.snapshots)

    @property
    def finished(self) -> bool:
        return bool(self.snapshots) and self.snapshots[-1].ends(self.config)


# --- the Config and its link ------------------------------------------------------------------------------------------


def turn_to(page: str) -> None:
    """Note which page the visitor is on; called before the page runs."""
    st.session_state["turned"] = st.session_state.get("page") != page
    st.session_state["page"] = page


def open_config() -> Config:
    """The settings to show: from the link on arrival and after the browser's back button, else what they were."""
    state, link = st.session_state, st.query_params.to_dict()
    if "config" not in state:
        _accept(link)
    elif link != state.get("link") and time.monotonic() - state.get("link_written", 0.0) > ECHO:
        came_by_menu = state["turned"] and not link  # which knows no settings: they stay what they were
        if not came_by_menu:
            _accept(link)
    return state["config"]


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
    state, link = st.session_state, st.session_state["config"].to_query()
    if st.query_params.to_dict() != link:
        st.query_params.from_dict(link)
        state["link_written"] = time.monotonic()
    state["link"] = st.query_params.to_dict()


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
        _at_rest()

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
        st.session_state["held"] = held
        if not held:
            _at_rest()

    return {"key": key, "on_change": take}


def _at_rest() -> None:
    """No control is held: run the whole page, also where the widget stands in a fragment."""
    st.session_state["held"] = False
    st.rerun()


def action(name: str, act: Callable[[], None]) -> dict[str, Any]:
    """Arguments for a button that does something."""

    def take() -> None:
        act()
        _at_rest()

    return {"key": f"do_{name}", "on_click": take}


def new_seed() -> int:
    """A seed nobody chose, short enough to read aloud."""
    return secrets.randbelow(10_000)


def choice(name: str, options: Sequence[str]) -> dict[str, Any]:
    """Arguments that tie a native widget to a choice of its own page, kept for the visit and part of its link."""
    key, kept = f"choose_{name}", f"chosen_{name}"
    if key not in st.session_state:
        linked = st.query_params.get(name)
        st.session_state[key] = linked if linked in options else st.session_state.get(kept, options[0])

    def take() -> None:
        st.session_state[kept] = st.query_params[name] = st.session_state[key]

    return {"key": key, "on_change": take}


def pad_value() -> object:
    """What the drawing pad last reported; it comes from the browser and may be anything."""
    return st.session_state.get("pad")


def turns() -> int:
    """A number that is another one after every run of the page's script."""
    st.session_state["turns"] = st.session_state.get("turns", 0) + 1
    return st.session_state["turns"]


# --- the run ----------------------------------------------------------------------------------------------------------


def permitted(config: Config) -> bool:
    """Whether training may start: light work by itself, heavy work once the visitor has said so for these settings."""
    return config.estimated_seconds <= LIVE or st.session_state.get("permitted") == config


def permit(config: Config) -> None:
    """The visitor wants this run, long as it is."""
    st.session_state["permitted"] = config


def advance(config: Config) -> Run:
    """Train towards the end of this run, for as long as one picture may keep the visitor waiting.

    A finished run is returned as it is. Without permission only its start, epoch 0, is computed.
    """
    state = st.session_state
    run: Run | None = state.get("run")
    if run is None or run.config != config:
        run = Run(config, make_data(config), number=run.number if run else 0)
    state["run"] = run
    if run.finished or (run.snapshots and not permitted(config)):
        return run
    begun = time.perf_counter()
    deadline = begun + (PAINT_EVERY if permitted(config) else 0.0)
    stretch = math.ceil(config.epochs * min(1.0, STRETCH / config.estimated_seconds))
    snapshots = list(run.snapshots)
    for snapshot in train(config, run.data, snapshots[-1].state if snapshots else None, every=stretch):
        snapshots.append(snapshot)
        newer = state["config"] != config  # to look at the session ends this script if a newer one is waiting
        if newer or time.perf_counter() > deadline:
            break
    seconds = run.seconds + time.perf_counter() - begun
    state["run"] = Run(config, run.data, tuple(snapshots), seconds, run.number + 1)
    return state["run"]


def current_run() -> Run:
    """The run that `advance` last returned."""
    return st.session_state["run"]


def go_on(run: Run) -> None:
    """Come back for the rest of a run that was painted in the middle."""
    if not run.finished and permitted(run.config):
        st.rerun()

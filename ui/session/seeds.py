"""Many seeds of the run on screen: asked for with a click, and kept up with what is changed while that is quick."""

from typing import NamedTuple

import streamlit as st

from nn_core import population
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.datasets import Data
from nn_core.outcome import nothing_to_learn
from ui.components.seeds import opened
from ui.session import crowds
from ui.session.settings import change, config, note, table_of
from ui.session.widgets import whole_page

COUNTS = (50, 200, 1000)
USUAL = 200
BY_ITSELF = 0.6  # seconds of estimated work up to which other settings are tried without a click
LONGEST = 900.0  # seconds of estimated work that are not even offered


class Seeds(NamedTuple):
    """The settings that are tried, but for the seed, with how many seeds, and the data they learn from."""

    config: Config
    count: int
    data: Data


def asked_seeds() -> crowds.Crowd | None:
    """The seeds that were asked for, if any."""
    return crowds.crowd("seeds")


def seeds_seconds(count: int) -> float:
    """About how long so many seeds of the settings on screen take."""
    return population.seconds_of_seeds(config(), count)


def most_seeds() -> int:
    """As many of the settings on screen as are offered; 0 if even the fewest take too long."""
    return max((count for count in COUNTS if seeds_seconds(count) <= LONGEST), default=0)


def ask_seeds(count: int) -> None:
    """Train the settings on screen from so many seeds."""
    if _begin(count) and (crowd := asked_seeds()):
        crowd.asked += 1


def _begin(count: int) -> bool:
    now = config()
    if nothing := nothing_to_learn(now):
        note(nothing)
        return False
    if seeds_seconds(count) > LONGEST:
        note(f"{count:,} seeds of this run take too long for here: choose fewer epochs, samples or nodes.")
        return False
    table = table_of(now)
    about = Seeds(now.replace(seed=0), count, make_data(now, table))
    problem = crowds.begin(
        "seeds", about, crowds.Round(_configs(now, count)), sent=table, estimate=seeds_seconds(count)
    )
    if problem:
        note(problem)
    return not problem


def _configs(now: Config, count: int) -> tuple[Config, ...]:
    return tuple(now.from_seed(seed) for seed in range(count))


def follow_seeds() -> bool:
    """Try other settings from the same seeds when they have changed, if that is quick. Returns whether what is shown
    belongs to the settings on screen."""
    crowd = asked_seeds()
    if crowd is None or crowd.about.config == config().replace(seed=0):
        return True
    if seeds_seconds(crowd.about.count) > BY_ITSELF:
        return False
    return _begin(crowd.about.count)


def close_seeds() -> None:
    """Look at one seed alone again."""
    crowds.forget("seeds")


def seed_wished() -> None:
    """Open the seed that the visitor has clicked on."""
    crowd = asked_seeds()
    seed = opened(st.session_state.get("seeds"), range(crowd.about.count)) if crowd else None
    if seed is not None:
        change(seed=seed)
        whole_page()

"""A visitor's landscape: which plane, how much of it, from where in the run, and who walks on it beside the run."""

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import streamlit as st

from nn_core import population, training
from nn_core.config import MAX_SEED, MOST_EPOCHS, Config
from nn_core.history import History
from nn_core.landscape import names as parameter_names
from nn_core.optimizers import OPTIMIZERS
from nn_core.race import RATES
from nn_core.ranges import Choice, Number, Several
from ui.session import choices, widgets
from ui.session.runs import Run
from ui.session.settings import table_of

PLANES = ("main", "random", "weights")
ZOOMS = ("0.1", "0.2", "0.5", "1", "2", "5", "10")
MOST_PLACES = 100_000  # above the parameters that any network has
LIVE = 0.5  # seconds of estimated work up to which rivals start by themselves
LONGEST = 8.0  # seconds that are not even offered


class Look(NamedTuple):
    """What is chosen: the kind of plane, for two weights their places, for random directions their seed; how wide; the
    epoch that it goes through, -1 for the end of the run; the optimizers that race, and whether at own rates."""

    plane: str = "main"
    first: int = 0
    second: int = 1
    draw: int = 0
    zoom: str = "1"
    at: int = -1
    rivals: tuple[str, ...] = ()
    own_rates: int = 1


def _mended(look: Look) -> tuple[Look, list[str]]:
    said = []
    if look.first == look.second:
        look = look._replace(second=look.first + 1 if not look.first else 0)
        said.append("A plane needs two different weights: another one is taken for the second.")
    return look._replace(rivals=tuple(name for name in OPTIMIZERS if name in look.rivals)), said


CHOICES = choices.Choices(
    "landscape",
    Look(),
    {
        "plane": ("The plane", Choice(PLANES)),
        "first": ("The first weight", Number(0, MOST_PLACES, whole=True)),
        "second": ("The second weight", Number(0, MOST_PLACES, whole=True)),
        "draw": ("The directions' seed", Number(0, MAX_SEED, whole=True)),
        "zoom": ("The width", Choice(ZOOMS)),
        "at": ("The epoch", Number(0, MOST_EPOCHS, whole=True)),
        "rivals": ("Optimizers that race", Several(Choice(tuple(OPTIMIZERS)), 0, len(OPTIMIZERS))),
        "own_rates": ("Rates of their own", Number(0, 1, whole=True)),
    },
    _mended,
    ("at", "first", "second"),
)
open_landscape = partial(choices.open_choices, CHOICES)
write_landscape = partial(choices.write_choices, CHOICES)
landscape_said = partial(choices.said, CHOICES)
change_landscape = partial(choices.choose, CHOICES)
bound = partial(widgets.bound, change=change_landscape, page="landscape")


def fitting(run: Run) -> tuple[Look, list[str]]:
    """What is chosen, as near as this run has it, and what is to be said about that."""
    look: Look = choices.chosen(CHOICES)
    at, sentences = choices.epoch_there(run, look.at)
    first, second, last = look.first, look.second, run.config.n_parameters - 1
    if max(first, second) > last:
        first, second = min(first, last), min(second, last)
        second = second if first != second else 0
        called = parameter_names(run.config)
        sentences.append(
            f"This network has {last + 1:,} parameters, in a link 0 to {last:,}: the two weights are {called[first]} "
            f"and {called[second]} instead."
        )
    return choices.fit(CHOICES, sentences, at=at, first=first, second=second), sentences


def draw_directions() -> None:
    """Other random directions."""
    change_landscape(draw=widgets.new_seed())


# --- rivals -----------------------------------------------------------------------------------------------------------


def rival(base: Config, optimizer: str, rate: float) -> Config:
    """The run of a rival: from the same start, with another optimizer, and without what is changed on the way."""
    return base.replace(changes=(), optimizer=optimizer, learning_rate=rate)


def _tried(base: Config, names: Sequence[str]) -> list[Config]:
    return [rival(base, name, rate) for name in names for rate in RATES]


def rivals_seconds(base: Config, look: Look) -> float:
    """About how long those take that have not run yet."""
    names = [name for name in look.rivals if (base, name, look.own_rates) not in _raced()]
    alone = sum(rival(base, name, base.learning_rate).estimated_seconds for name in names)
    return 2 * alone + (population.estimated_seconds(_tried(base, names)) if look.own_rates and names else 0)


def _raced() -> dict[tuple[Config, str, int], History]:
    """The runs of rivals, by the run beside which they are, their optimizer, and whether their rates are their own."""
    return st.session_state.get("rivals_raced", {})


def permit_rivals(base: Config, look: Look) -> None:
    """The visitor wants this race, long as it is."""
    st.session_state["rivals_permitted"] = base, look.rivals, look.own_rates


def rivals_permitted(base: Config, look: Look) -> bool:
    """Whether they may run: quick ones by themselves, others once the visitor has said so."""
    wanted = st.session_state.get("rivals_permitted") == (base, look.rivals, look.own_rates)
    return rivals_seconds(base, look) <= (LONGEST if wanted else LIVE)


def raced(run: Run, look: Look) -> dict[str, History]:
    """The run of each rival, trained if need be. A rate of its own is the one of `RATES` that ends lowest here."""
    base = run.config
    kept = {key: history for key, history in _raced().items() if key[0] == base}
    new = [name for name in look.rivals if (base, name, look.own_rates) not in kept]
    rates = _best_rates(base, new) if look.own_rates else dict.fromkeys(new, base.learning_rate)
    for name in new:
        kept[base, name, look.own_rates] = training.run(rival(base, name, rates[name]), run.data)
    st.session_state["rivals_raced"] = kept
    return {name: kept[base, name, look.own_rates] for name in look.rivals}


def _best_rates(base: Config, names: Sequence[str]) -> dict[str, float]:
    if not names:
        return {}
    final = population.run(_tried(base, names), table_of(base)).final_loss.reshape(len(names), len(RATES))
    best = np.where(np.isfinite(final), final, math.inf).argmin(axis=1)
    return {name: RATES[i] for name, i in zip(names, best.tolist(), strict=True)}

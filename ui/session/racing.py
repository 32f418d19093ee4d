"""A visitor's race: what races against what, in the link of its page, and the networks that have raced."""

from functools import partial
from typing import Any

import streamlit as st

from nn_core.population import Population, estimated_seconds
from nn_core.race import RATES, TRIED, Race, Run, best_rates, final, from_query, heats, results, to_query
from ui.jobs import Job
from ui.session import crowds, link, widgets
from ui.session.settings import run_around, table_of

PURPOSE = "race"
LONGEST = 600.0  # seconds of estimated work that are not even offered
KEYS = ("subject", "runners", "race_seeds", "own_rates")
SEEDS = (20, 50, 200)


def open_race() -> Race:
    """The race to show."""
    state, asked = st.session_state, link.read("race")
    if asked is not None:
        link.open_run(asked, KEYS, run_around)
    if asked is not None or "race" not in state:
        state["race"], state["race_said"] = from_query(asked or {}, run_around())
    state["race"] = state["race"]._replace(base=run_around())
    return state["race"]


def write_race_link() -> None:
    """Put the link to this race into the address bar."""
    race: Race = st.session_state["race"]
    link.write("race", race.base.to_query() | to_query(race))


def race_said() -> list[str]:
    """What had to be changed about the last values, one sentence each."""
    return st.session_state.get("race_said", [])


def change_race(**changes: Any) -> None:
    """Change some of it, and keep the rest."""
    state = st.session_state
    race: Race = state["race"]._replace(**changes)
    state["race_said"] = []
    if len(race.runners) < 2:
        state["race_said"] = ["A race needs two runners: those before stay."]
        return
    state["race"] = race


bound = partial(widgets.bound, change=change_race, page="race")  # ties native widgets to the race


def race_seconds(race: Race) -> float:
    """About how long it takes on one ordinary core."""
    rates = [race.base.learning_rate] * len(race.runners)
    each = estimated_seconds(final(race._replace(seeds=1), rates) * race.seeds)
    tried = min(TRIED, race.seeds) * len(RATES) / race.seeds
    return each * (1 + tried * race.own_rates)


def start_race() -> None:
    """Let them race."""
    race: Race = st.session_state["race"]
    begins = heats(race) if race.own_rates else final(race, _same(race))
    problem = crowds.begin(
        PURPOSE,
        race,
        crowds.Round(begins),
        sent=table_of(race.base),
        estimate=race_seconds(race),
        more=_then(race) if race.own_rates else None,
    )
    st.session_state["race_said"] = [problem] if problem else []


def _same(race: Race) -> tuple[float, ...]:
    return (race.base.learning_rate,) * len(race.runners)


def _then(race: Race) -> crowds.More:
    def more(done: list[Population], before: list[crowds.Round], job: Job) -> crowds.Round | None:
        return crowds.Round(final(race, best_rates(race, done[0]))) if len(before) == 1 else None

    return more


def fresh() -> bool:
    """Whether what has raced is what is chosen now."""
    crowd = crowds.crowd(PURPOSE)
    return crowd is not None and crowd.about == st.session_state["race"]


def raced() -> tuple[Race, list[Run], Population] | None:
    """How they did as far as they have come; None while the rates are still being tried."""
    crowd = crowds.crowd(PURPOSE)
    if crowd is None:
        return None
    race, populations = crowd.about, crowd.populations()
    if race.own_rates and len(populations) < 2:
        return None
    rates = best_rates(race, populations[0]) if race.own_rates else _same(race)
    return race, results(race, rates, populations[-1]), populations[-1]

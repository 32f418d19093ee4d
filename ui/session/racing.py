"""A visitor's race: what races against what, in the link of its page, and the networks that have raced."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from nn_core.config import Config
from nn_core.population import Population, estimated_seconds
from nn_core.race import MOST_SEEDS, RATES, SUBJECTS, TRIED, Race, Run, best_rates, final, heats, results
from ui.jobs import Job
from ui.session import crowds
from ui.session.settings import accept, config, table_of
from ui.session.widgets import tied

PURPOSE = "race"
LONGEST = 600.0  # seconds of estimated work that are not even offered
KEYS = ("subject", "runners", "race_seeds", "own_rates")
USUAL = {"optimizer": tuple(SUBJECTS["optimizer"]), "activation": ("tanh", "sigmoid", "relu", "leaky_relu", "gelu")}
SEEDS = (20, 50, 200)


def open_race() -> Race:
    """The race to show, read once by each run of the page: from the link on arrival and after the back button."""
    state, link = st.session_state, st.query_params.to_dict()
    clicked = state.pop("clicked", False)
    if "race" not in state or (link and link != state.get("race_link") and not clicked):
        base = {name: text for name, text in link.items() if name not in KEYS}
        if base or "config" not in state:
            accept(base)
        state["race"], state["race_said"] = _from_link(link)
    state["race"] = state["race"]._replace(base=_base())
    return state["race"]


def _base() -> Config:
    return config().replace(changes=(), seed=0)


def usual(subject: str) -> tuple[str, ...]:
    """Who races unless told otherwise."""
    return USUAL.get(subject, tuple(SUBJECTS[subject]))


def _from_link(link: Mapping[str, Any]) -> tuple[Race, list[str]]:
    said = []
    subject = str(link.get("subject", "optimizer"))[:40]
    if subject not in SUBJECTS:
        said.append("Only optimizers, activations and first weights can race: optimizers do.")
        subject = "optimizer"
    named = str(link.get("runners", ""))[:400].split(",") if link.get("runners") else usual(subject)
    runners = tuple(name for name in SUBJECTS[subject] if name in named)
    if len(runners) < 2:
        said.append("A race needs two runners: the usual ones race.")
        runners = usual(subject)
    seeds = str(link.get("race_seeds", 50))
    known = seeds.isascii() and seeds.isdigit() and len(seeds) < 10
    kept = min(max(int(seeds), 2), MOST_SEEDS) if known else 50
    if str(kept) != seeds:
        said.append(f"A race has 2 to {MOST_SEEDS} seeds: {kept} are used.")
    return Race(_base(), subject, runners, kept, str(link.get("own_rates", "1")) != "0"), said


def write_race_link() -> None:
    """Put the link to this race into the address bar."""
    race: Race = st.session_state["race"]
    link = race.base.to_query()
    ours = {
        "subject": race.subject,
        "runners": ",".join(race.runners),
        "race_seeds": str(race.seeds),
        "own_rates": str(int(race.own_rates)),
    }
    usual_ones = {
        "subject": "optimizer",
        "runners": ",".join(usual(race.subject)),
        "race_seeds": "50",
        "own_rates": "1",
    }
    link |= {name: text for name, text in ours.items() if text != usual_ones[name]}
    if st.query_params.to_dict() != link:
        st.query_params.from_dict(link)
    st.session_state["race_link"] = link


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


def bound(name: str, value: Any, changes=None) -> dict[str, Any]:
    """Arguments that tie a native widget to the race."""
    take = changes or (lambda picked: {name: picked})
    return tied(f"race_{name}", value, lambda picked: change_race(**take(picked)))


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

"""A visitor's search: what is to be searched, in the link of its page, and the networks that each method has trained.

The link shows what was searched; only a click searches. It is around the run of the playground, or around a small
network that reads digits.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from nn_core import population
from nn_core.config import Config
from nn_core.population import Population
from nn_core.ranges import write
from nn_core.search import Axis, Search, checked, from_query, to_query, usual_search
from nn_core.trials import (
    Sought,
    around,
    judge,
    networks,
    over_rounds,
    ranking_on_the_way,
    rounds,
    seconds,
    survivors,
    trials,
)
from ui.components.search import opened
from ui.jobs import Job
from ui.session import crowds, link, training, widgets
from ui.session.settings import open_settings, run_around, table_of
from ui.session.widgets import whole_page

LONGEST = 600.0  # seconds of estimated work that are not even offered
MODEST = 60.0  # seconds of what is offered instead
AT_A_TIME = 0.1  # seconds of a group: its cells come together
KEYS = ("axes", "method", "steps", "seeds", "draw", "on")
DIGITS = Config(
    dataset="mnist",
    images=2000,
    hidden_sizes=(32,),
    activation="relu",
    optimizer="adam",
    learning_rate=0.001,
    batch_size=32,
    epochs=3,
    precision="float32",
)


class Found(NamedTuple):
    """What a method has found so far, with the networks of its last round and which trials they are of."""

    sought: Sought
    last: Population
    of: list[int]


def plan(search: Search) -> Sought:
    """What would be tried."""
    tried = trials(search)
    return Sought(search, tried, over_rounds([], len(tried)), np.zeros(len(tried), int))


# --- what is searched -------------------------------------------------------------------------------------------------


def open_search() -> Search:
    """The search to show; where it does not fit the playground's run any more, that is mended, and said."""
    state, asked = st.session_state, link.read("search")
    if asked is not None:
        state["search_on"] = "digits" if asked.get("on") == "digits" else "plane"
        if not on_digits() or "config" not in state:
            link.open_run(asked, KEYS, run_around)
    if asked is not None or "search" not in state:
        state["search"], state["search_said"] = from_query(asked or {}, usual_search(_base()))
    state["search"], said = checked(state["search"].replace(base=_base()))
    state["search_said"] = [*search_said(), *said]
    return state["search"]


def on_digits() -> bool:
    """Whether it is around a network that reads digits."""
    return st.session_state.get("search_on") == "digits"


def _base() -> Config:
    return DIGITS if on_digits() else run_around()


def write_search_link() -> None:
    """Put the link to this search into the address bar."""
    search: Search = st.session_state["search"]
    around = {"on": "digits"} if on_digits() else search.base.to_query()
    link.write("search", around | to_query(search, usual_search(search.base)))


def search_said() -> list[str]:
    """What had to be changed about the last values, one sentence each."""
    return st.session_state.get("search_said", [])


def change_search(**changes: Any) -> None:
    """Change some of it, and keep the rest; what makes no sense is mended, and said."""
    state = st.session_state
    state["search"], state["search_said"] = checked(state["search"].replace(**changes))


bound = partial(widgets.bound, change=change_search, page="search")  # ties native widgets to the search


def search_on(what: str) -> None:
    """Search around the run of the playground, "plane", or around a network that reads "digits"."""
    st.session_state["search_on"] = what
    st.session_state["search"], st.session_state["search_said"] = usual_search(_base()), []


def vary(place: int, changed: Axis | None) -> None:
    """Another axis at this place, one more at the end, or none there any more."""
    axes = list(st.session_state["search"].axes)
    axes[place : place + 1] = [changed] if changed else []
    change_search(axes=tuple(axes))


# --- searching --------------------------------------------------------------------------------------------------------


def start_search() -> None:
    """Search by the method that is chosen."""
    search: Search = st.session_state["search"]
    tried = trials(search)
    configs = networks(tried, search.seeds)
    until = rounds(search)[0] if _halves(search) else None
    first = crowds.Round(configs, _groups(configs, until))
    problem = crowds.begin(
        purpose(search.method),
        (search, tried),
        first,
        sent=table_of(search.base),
        estimate=seconds(search),
        more=_more(search, len(tried)) if _halves(search) else None,
    )
    st.session_state["search_said"] = [problem] if problem else []


def _groups(configs: tuple[Config, ...], until: int | None) -> list[population.Group]:
    return population.groups(configs, until, AT_A_TIME, figures_only=True)


def _halves(search: Search) -> bool:
    return search.method == "halving"


def _more(search: Search, count: int) -> crowds.More:
    """The rounds of successive halving: the better third goes on from where it stands."""
    ends = rounds(search)

    def more(done: list[Population], before: list[crowds.Round], job: Job) -> crowds.Round | None:
        number = len(before)
        if number == len(ends):
            return None
        last, of = before[-1], _which(before[-1], count)
        best = ranking_on_the_way(judge(done[-1], search.seeds))[: survivors(count, number)]
        states = {}
        for group, chain in zip(last.groups, job.chains[-len(last.groups) :], strict=True):
            states |= dict(zip(group.places, population.states_of(group, chain.state), strict=True))
        places = [place * search.seeds + seed for place in sorted(best.tolist()) for seed in range(search.seeds)]
        configs = tuple(last.configs[place] for place in places)
        groups = _groups(configs, ends[number])
        starts = [population.state_from(group, [states[places[place]] for place in group.places]) for group in groups]
        return crowds.Round(configs, groups, starts, [of[place] for place in sorted(best.tolist())])

    return more


def _which(part: crowds.Round, count: int) -> list[int]:
    return list(part.of) if part.of else list(range(count))


def purpose(method: str) -> str:
    return f"search_{method}"


def found_by(method: str) -> Found | None:
    """What this method has found so far, if it was asked for."""
    crowd = crowds.crowd(purpose(method))
    if crowd is None:
        return None
    search, tried = crowd.about
    ends = rounds(search) if _halves(search) else [search.base.last_epoch]
    parts, epochs = [], np.zeros(len(tried), int)
    populations = crowd.populations()
    for part, whole, end in zip(crowd.rounds, populations, ends, strict=False):
        which, judged = _which(part, len(tried)), judge(whole, search.seeds)
        epochs[np.array(which)[judged.done > 0]] = end
        parts.append((which, judged))
    judged = over_rounds(parts, len(tried))
    of = _which(crowd.rounds[len(populations) - 1], len(tried))
    return Found(Sought(search, tried, judged, epochs), populations[-1], of)


def fresh(method: str) -> bool:
    """Whether what this method has found belongs to what is chosen now."""
    crowd, now = crowds.crowd(purpose(method)), st.session_state["search"].replace(method=method)
    if crowd is None:
        return False
    before = crowd.about[0]
    return before.replace(base=now.base) == now and around(before) == around(now)


def modest(search: Search) -> Search:
    """A search of the same kind that does not take long: with fewer steps and seeds."""
    while seconds(search) > MODEST and (search.steps > 2 or search.seeds > 1):
        fewer = {"seeds": search.seeds // 2} if search.seeds > 5 else {"steps": max(2, search.steps - 1)}
        search = search.replace(**(fewer if search.steps > 2 or search.seeds > 5 else {"seeds": 1}))
    return search


def open_trial() -> None:
    """Open the trial that the visitor has clicked on: in the playground, or if it reads digits, on the page Train."""
    method = st.session_state["search"].method
    found = found_by(method)
    tried = found.sought.trials if found else trials(st.session_state["search"])
    place = opened(st.session_state.get("search_picture"), len(tried))
    if place is None:
        return
    seed = typical_seed(found, place) if found else 0
    st.session_state["opened_trial"] = tried[place].config.replace(seed=seed)
    whole_page()


def typical_seed(found: Found, place: int) -> int:
    """The seed of a trial with the final loss in the middle."""
    seeds = found.sought.search.seeds
    if place not in found.of:
        return 0
    row = found.of.index(place)
    loss = found.last.final_loss[row * seeds : (row + 1) * seeds]
    order = np.argsort(np.where(np.isfinite(loss), loss, np.inf), kind="stable")
    return int(order[(seeds - 1) // 2])


def turn_to_opened() -> Config | None:
    """The trial that is to be opened now, if any; its settings are made the visitor's."""
    chosen: Config | None = st.session_state.pop("opened_trial", None)
    if chosen is None:
        return None
    texts: Mapping[str, str] = {name: write(value) for name, value in chosen.to_query().items()}
    if chosen.data.kind == "pictures":
        training.accept(texts)
    else:
        open_settings(texts)
    return chosen

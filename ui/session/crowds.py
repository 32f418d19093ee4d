"""Many networks at once that a visitor asked for: the job that trains them, and what has come of it.

They live as long as the visit, and only a click starts them. There is one for each purpose at a time: a new one takes
the place of the one before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from nn_core import population
from nn_core.config import Config
from nn_core.history import State
from nn_core.population import Group, Population
from nn_core.supplies import Missing
from ui.jobs import JOBS, Full, Job, Next, Place
from ui.session.widgets import whole_page
from ui.session.windows import owner, window


@dataclass(eq=False)
class Round:
    """Networks that are trained together, and how they are cut into groups."""

    configs: tuple[Config, ...]
    groups: list[Group] = field(default_factory=list)
    starts: Sequence[State | None] = ()  # of the groups
    of: Sequence[int] = ()  # which of the things that are tried they belong to, if not to all

    def __post_init__(self) -> None:
        self.groups = self.groups or population.groups(self.configs)

    def tasks(self) -> list[Next]:
        starts = self.starts or [None] * len(self.groups)
        return [Next(group, start) for group, start in zip(self.groups, starts, strict=True)]


@dataclass(eq=False)
class Crowd:
    """What was asked for, `about`, in rounds, and the job that trains them. `asked` counts the clicks that asked."""

    about: Any
    rounds: list[Round]
    job: Job
    asked: int

    @property
    def running(self) -> bool:
        return self.job.status == "running"

    @property
    def resting(self) -> bool:
        """Whether it has not come to its end, and can go on."""
        return self.job.status == "paused"

    @property
    def problem(self) -> str:
        """What went wrong, as a sentence, or ""."""
        return self.job.problem

    def populations(self) -> list[Population]:
        """The networks of each round, as far as they have come."""
        return populations(self.rounds, JOBS.still(self.job))

    def done(self) -> float:
        """The share of the work so far begun that is done."""
        parts = [
            (len(group.members), chain.state.epoch / max(1, group.until) if chain.state else 0.0)
            for chain in JOBS.still(self.job).chains
            for group in [chain.task]
        ]
        return sum(count * share for count, share in parts) / max(1, sum(count for count, _ in parts))

    def place(self) -> Place | None:
        """Where it stands in line, or None when its turn has come."""
        return JOBS.place(self.job)


More = Callable[[list[Population], list[Round], Job], Round | None]


def begin(
    purpose: str, about: Any, first: Round, *, sent: Any = None, estimate: float, more: More | None = None
) -> str:
    """Train these networks, and the rounds that follow by `more`. Returns "", or why it cannot be: a sentence.

    `sent` are the data, where they are the visitor's own.
    """
    state, rounds = st.session_state, [first]

    def following(job: Job) -> list[Next]:
        another = more(populations(rounds, job), rounds, job) if more else None
        if another is None:
            return []
        rounds.append(another)
        return another.tasks()

    before = crowd(purpose)
    job = Job(
        population.work,
        first.groups,
        population.ended,
        population.joined,
        more=following,
        lacks=(Missing,),
        supplies=lambda: {"sent": sent},
        owner=owner(),
        estimate=estimate,
        watchers={window()},
    )
    try:
        JOBS.start(job, instead_of=before.job if before else None)
    except Full as problem:
        return str(problem)
    state[f"crowd_{purpose}"] = Crowd(about, rounds, job, before.asked if before else 0)
    state[f"begun_{purpose}"] = True
    return ""


def populations(rounds: list[Round], job: Job) -> list[Population]:
    found, begin = [], 0
    for each in rounds:
        chains = job.chains[begin : begin + len(each.groups)]
        if len(chains) < len(each.groups):  # a round that has just been added is not yet in the job
            break
        begin += len(each.groups)
        found.append(population.gathered(each.configs, each.groups, [chain.result for chain in chains]))
    return found


def crowd(purpose: str) -> Crowd | None:
    """The networks that this visitor asked for, if any."""
    found: Crowd | None = st.session_state.get(f"crowd_{purpose}")
    if found:
        found.job.watchers.add(window())
    return found


def forget(purpose: str) -> None:
    """Stop it, and let go of what it brought."""
    if found := crowd(purpose):
        JOBS.drop(found.job)
        del st.session_state[f"crowd_{purpose}"]


def cancel(purpose: str) -> None:
    """Stop it; what has come stays."""
    if found := crowd(purpose):
        JOBS.stop(found.job)


def go_on(purpose: str) -> None:
    """Go on from where it rests."""
    if found := crowd(purpose):
        JOBS.go_on(found.job)
        whole_page()


def await_crowd(purpose: str, seconds: float) -> None:
    """Wait a moment for the end of it, so that it is on the screen with the answer to the click."""
    if found := _just_begun(purpose):
        found.job.over.wait(seconds)


def await_first(purpose: str, seconds: float) -> None:
    """Wait a moment for its first result, as well."""
    if found := _just_begun(purpose):
        found.job.first.wait(seconds)


def _just_begun(purpose: str) -> Crowd | None:
    return crowd(purpose) if st.session_state.pop(f"begun_{purpose}", False) else None


def watch(purpose: str) -> bool:
    """Whether it is running; to be asked by the page that looks at it again and again while it does."""
    found = crowd(purpose)
    st.session_state[f"watching_{purpose}"] = found is not None and found.running
    return st.session_state[f"watching_{purpose}"]


def rest(purpose: str) -> None:
    """The part of the page that looks at it has seen it end: the whole page follows, once."""
    if st.session_state.pop(f"watching_{purpose}", False):
        whole_page()


def where() -> str:
    """What visitors should know about where their work is done, a sentence or ""."""
    return JOBS.notice

"""The choices of a page that looks at the playground's run: kept for the visit, and part of its link beside the run."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import streamlit as st

from nn_core.config import LONGEST_VALUE
from nn_core.ranges import Number, Range, Unreadable, write
from ui.session import link
from ui.session.runs import Run
from ui.session.settings import config


class Choices(NamedTuple):
    """A page's choices: its name, what they are unless told otherwise (a NamedTuple), and under the same names how each
    is called on the screen, with its range. `mend` makes what fits alone fit together, with a sentence for each
    change. How large those `fitted` may be depends on the run: `fit` says so, not the range."""

    page: str
    usual: Any
    ranges: Mapping[str, tuple[str, Range]]
    mend: Callable[[Any], tuple[Any, list[str]]] = lambda chosen: (chosen, [])
    fitted: tuple[str, ...] = ()


def open_choices(of: Choices) -> Any:
    """What the page is to show; its link may say another run, too."""
    state, asked = st.session_state, link.read(of.page)
    if asked is not None:
        link.open_run(asked, tuple(of.ranges), config)
    if asked is not None or f"{of.page}_chosen" not in state:
        state[f"{of.page}_chosen"], state[f"{of.page}_said"] = from_query(asked or {}, of)
    return chosen(of)


def write_choices(of: Choices) -> None:
    """Put the link to this run and these choices into the address bar."""
    link.write(of.page, config().to_query() | to_query(chosen(of), of))


def chosen(of: Choices) -> Any:
    """What is chosen now."""
    return st.session_state[f"{of.page}_chosen"]


def said(of: Choices) -> list[str]:
    """What had to be changed about the last choices, one sentence each."""
    return st.session_state.get(f"{of.page}_said", [])


def choose(of: Choices, **changes: Any) -> None:
    """Choose something else, and keep the rest."""
    state = st.session_state
    state[f"{of.page}_chosen"], state[f"{of.page}_said"] = of.mend(chosen(of)._replace(**changes))


def fit(of: Choices, sentences: list[str], **changes: Any) -> Any:
    """Put what this run has in the place of what it has not, and keep what is to be said; returns the choices."""
    state = st.session_state
    state[f"{of.page}_chosen"] = chosen(of)._replace(**changes)
    state[f"{of.page}_said"] = said(of) + sentences
    return chosen(of)


def epoch_there(run: Run, at: int) -> tuple[int, list[str]]:
    """The epoch asked for, or -1, the last one, where the run ends before it; and what is to be said."""
    last = run.history.state.epoch
    if not run.history.finished or at <= last:
        return at, []
    return -1, [f"The run ends at epoch {last:,}: that is shown instead."]


def to_query(now: Any, of: Choices) -> dict[str, str]:
    """The link form of choices: those that differ from the usual."""
    return {name: write(getattr(now, name)) for name in of.ranges if getattr(now, name) != getattr(of.usual, name)}


def from_query(mapping: Mapping[str, Any], of: Choices) -> tuple[Any, list[str]]:
    """Choices from any mapping, and a sentence for each that had to be changed. Never raises."""
    found, sentences = of.usual, []
    for name, (title, allowed) in of.ranges.items():
        if name not in mapping:
            continue
        try:
            value, changed = allowed.read(str(mapping[name])[: LONGEST_VALUE + 1].strip())
            found = found._replace(**{name: value})
            above = isinstance(allowed, Number) and name in of.fitted and value == allowed.high
            sentences += [f"{title} {changed}."] if changed and not above else []
        except Unreadable as wanted:
            must = f"{title} must be {wanted}"
            sentences.append(f"{must}: the usual one is used instead of the link's.")
    found, more = of.mend(found)
    return found, sentences + more

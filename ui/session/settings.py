"""A visitor's settings: the one Config, how it changes, and the way back."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from nn_core.config import CHANGEABLE, Config
from nn_core.ranges import write
from nn_core.tables import Table
from ui import wishes

MOST_UNDONE = 100


def config() -> Config:
    """The visitor's settings as they are now."""
    return st.session_state["config"]


def run_around() -> Config:
    """The same as others are tried around them: from the start, with any seed."""
    return config().replace(changes=(), seed=0)


def in_force() -> Config:
    """The settings that widgets show and change: those of the whole run, or while training on, those there."""
    begin, now = since(), config()
    return now if begin is None else now.at(begin).replace(epochs=now.last_epoch or now.epochs)


def since() -> int | None:
    """The epoch from which changes of settings count; None for the whole run."""
    return st.session_state.get("since")


def accept(settings: Mapping[str, Any]) -> None:
    """Make these settings, from wherever they come, the visitor's: through the gate, a sentence for what it mends."""
    config, said = Config.from_query(settings)
    table = table_of(config)
    if table and wishes.classes_of(table) != config.classes:
        config, said = Config.from_query({**config.to_query(), "classes": wishes.classes_of(table)})
    problem = unusable(config)
    if problem:
        of_data = ("dataset", "data_id", "samples", "classes", "points")
        config, more = Config.from_query({k: v for k, v in config.to_query().items() if k not in of_data})
        said += [problem, *more]
    st.session_state["config"], st.session_state["notices"], st.session_state["settling"] = config, said, False


def open_settings(settings: Mapping[str, Any]) -> None:
    """The same with the whole run in view, not what follows on an epoch."""
    st.session_state["since"] = None
    accept(settings)


def unusable(config: Config) -> str | None:
    """Why these data cannot be learnt from here, if so."""
    if config.data.make is None:
        return "Data set must be one of the plane here: the first one is used instead."
    if config.data_id and config.data_id not in tables():
        return "The table of this run is not part of its link, and no longer here: bring it again, under Data."
    return None


def change(**changes: Any) -> None:
    """Change some settings and keep the others: from the epoch on from which changes count, if these can change while
    the network learns, else of the whole run."""
    begin = since()
    if begin is not None and set(changes) <= set(CHANGEABLE):
        changes = wishes.from_epoch(config(), begin, changes)
    elif set(changes) == {"epochs"}:
        changes = wishes.ending(config(), changes["epochs"])
    else:
        st.session_state["since"] = None
    apply(changes)


def apply(changes: dict[str, Any]) -> None:
    """Change these settings of the whole run, and what follows from them."""
    before = st.session_state.get("config", Config())
    texts = {name: write(value) for name, value in wishes.complete(before, changes).items()}
    accept({**before.to_query(), **texts})


def note(sentence: str) -> None:
    """Say this too, until the settings change."""
    st.session_state["notices"] = [*notices(), sentence]


def notices() -> list[str]:
    """What had to be changed about the last values from outside, one sentence each."""
    return st.session_state.get("notices", [])


def table() -> Table | None:
    """The table that is learnt from, if it is one of the visitor's."""
    return table_of(config())


@st.cache_resource(show_spinner=False)
def tables() -> dict[str, Table]:
    """The tables that visitors brought last, by digest: whoever has the link finds them here, also after a reload."""
    return {}


def table_of(config: Config) -> Table | None:
    """The table that these settings learn from."""
    return tables().get(config.data_id)


# --- back and forth ---------------------------------------------------------------------------------------------------


def remember() -> None:
    """Whatever the settings were when the page last rested can be undone to."""
    state, now = st.session_state, config()
    before = state.get("rested", now)
    if before != now:
        state["undone"] = []
        state["done"] = [*state.get("done", []), before][-MOST_UNDONE:]
    state["rested"] = now


def undo() -> None:
    """The settings before the last change."""
    _step("done", "undone")


def redo() -> None:
    """The settings before the last undo."""
    _step("undone", "done")


def _step(back: str, forth: str) -> None:
    state = st.session_state
    if not state.get(back):
        return
    state[forth] = [*state.get(forth, []), config()]
    *state[back], wanted = state[back]
    open_settings(wanted.to_query())
    state["rested"] = config()


def undoable() -> bool:
    """Whether there is something to undo."""
    return bool(st.session_state.get("done"))


def redoable() -> bool:
    """Whether there is something to redo."""
    return bool(st.session_state.get("undone"))

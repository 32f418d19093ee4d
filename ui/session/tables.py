"""Tables that the visitor brings, and the columns chosen of them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st

from nn_core.export import read_run
from nn_core.sheets import Sheet, TableError, read_sheet
from nn_core.tables import Table, choose
from ui import wishes
from ui.session.settings import accept, change, config, notices, table_of, tables
from ui.session.widgets import whole_page

MOST_TABLES = 40  # of all visitors together: at most about 100 MB


class Brought(NamedTuple):
    """A sheet that the visitor brought, the columns chosen of it, and what is wrong with it or them, or ""."""

    sheet: Sheet | None
    columns: tuple[str, str, str] | None
    kind: str | None
    problem: str


def brought() -> Brought:
    """What the visitor brought last."""
    kept = st.session_state.get("brought", Brought(None, None, None, ""))
    return kept if st.session_state.get("problem_at") == config() else kept._replace(problem="")


def bring(raw: bytes | str) -> None:
    """Learn from this table from now on, or open this run; if neither can be, say why and keep the data in use."""
    try:
        if isinstance(raw, bytes) and raw.lstrip()[:1] == b"{":
            settings, table = read_run(raw)
            if table is None and settings.get("data_id", "") not in ("", *tables()):
                raise TableError("This file names a table that it does not hold: save the run where the table is.")
            _know(table)
            st.session_state["since"] = None
            accept(settings)
            st.session_state["brought"] = Brought(None, None, None, "")
        else:
            sheet = read_sheet(raw)
            numeric = [column.name for column in sheet.columns if column.numbers is not None]
            target = next(name for name in reversed(sheet.names) if name not in numeric[:2])
            x1, x2, *_ = [*numeric, *sheet.names]
            choose_columns(Brought(sheet, (x1, x2, target), None, ""))
    except TableError as problem:
        _refuse(brought(), problem)


def choose_columns(wanted: Brought) -> None:
    """Learn from these columns of the sheet; if that cannot be, say why and keep the data in use."""
    if wanted.sheet is None or wanted.columns is None:
        return
    try:
        table = choose(wanted.sheet, *wanted.columns, wanted.kind)
    except TableError as problem:
        return _refuse(wanted, problem)
    st.session_state["brought"] = wanted._replace(problem="")
    _know(table)
    change(**wishes.table_data(table))
    st.session_state["notices"] = [*wanted.sheet.notices, *table.notices, *notices()]


def _refuse(wanted: Brought, problem: TableError) -> None:
    """Say what is wrong, until the settings change."""
    st.session_state["brought"], st.session_state["problem_at"] = wanted._replace(problem=str(problem)), config()


def _know(table: Table | None) -> None:
    if table:
        shelf = tables()
        shelf[table.digest] = table
        for oldest in list(shelf)[:-MOST_TABLES]:
            shelf.pop(oldest, None)


def upload() -> dict[str, Any]:
    """Arguments for a file uploader whose file is brought."""

    def take() -> None:
        if file := st.session_state["upload"]:
            bring(file.getvalue())
        whole_page()

    return {"key": "upload", "on_change": take}


def paste() -> dict[str, Any]:
    """Arguments for a text area whose text is brought."""

    def take() -> None:
        if st.session_state["paste"].strip():
            bring(st.session_state["paste"])
        whole_page()

    return {"key": "paste", "on_change": take}


def column(place: int, options: Sequence[str]) -> dict[str, Any]:
    """Arguments for a choice of one of the three columns of the sheet."""
    columns = brought().columns
    return _chosen(f"column_{place}", columns[place] if columns else None, options)


def kind(options: Sequence[str]) -> dict[str, Any]:
    """Arguments for the choice of what the third column is taken for, "label" or "number"."""
    table = table_of(config())
    taken = brought().kind or ("label" if table is None or table.classes else "number")
    return _chosen("column_kind", taken, options)


def _chosen(key: str, now: str | None, options: Sequence[str]) -> dict[str, Any]:
    if now is not None:
        st.session_state[key] = now

    def take() -> None:
        state = st.session_state
        x1, x2, target = (state[f"column_{place}"] for place in range(3))
        kind = state["column_kind"] if key == "column_kind" else None  # another column is another kind
        choose_columns(brought()._replace(columns=(x1, x2, target), kind=kind))
        whole_page()

    return {"key": key, "options": options, "on_change": take}

"""Where a visitor stands in the walk through one update: epoch, point and step. They are part of the link of its page,
with the run itself."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.operations import Step
from nn_core.shares import Shares, shares
from nn_core.steps import steps
from nn_core.training import Stand
from nn_core.upcoming import next_batch, next_update
from ui.components.walk import encode, wished
from ui.session import link
from ui.session.explaining import depth
from ui.session.look import KEYS, Look, Place, from_query, to_query
from ui.session.runs import Run, stand_of
from ui.session.settings import config
from ui.session.widgets import bound as bound_to


class Walk(NamedTuple):
    """A walk as it is shown: where the run stands, the sample, its steps; of the batch the training points that are in
    it and their shares, None for a point alone."""

    stand: Stand
    sample: Place
    row: int | None
    rate: float
    found: list[Step]
    rows: Array | None
    shares: Shares | None


# --- the link ---------------------------------------------------------------------------------------------------------


def open_walk() -> Look:
    """What to look at; the run is the playground's, or that of the link."""
    state, asked = st.session_state, link.read("step")
    if asked is not None:
        link.open_run(asked, (*KEYS, "pin"), config)
    if asked is not None or "look" not in state:
        state["look"], state["look_said"] = from_query(asked or {})
    if asked is not None or state["turned"]:
        state["walk_asked"] = state.get("walk_asked", 0) + 1
    return state["look"]


def write_walk_link() -> None:
    """Put the link to this run, point and step into the address bar."""
    link.write("step", config().to_query() | to_query(st.session_state["look"]))


def walk_said() -> list[str]:
    """What could not be done as asked, one sentence each."""
    return st.session_state.get("look_said", [])


# --- what is looked at ------------------------------------------------------------------------------------------------


def look_at(**changes: Any) -> None:
    """Look at another epoch or point; the step stays."""
    state = st.session_state
    state["look"], state["look_said"] = state["look"]._replace(**changes), []


bound = partial(bound_to, change=look_at, page="walk")  # ties native widgets to what is looked at


def last_epoch(run: Run) -> int:
    """As far as the run has been trained."""
    return run.so_far.state.epoch


def fitting(run: Run) -> Look:
    """What is looked at, as near to what is wanted as this run has it, with a sentence where that is something else. Of
    a run that waits for its permission nobody knows yet: what is wanted stays wanted."""
    look: Look = st.session_state["look"]
    said, epoch, rows = list(walk_said()), look.epoch, len(run.data.x_train)
    if run.history.finished and epoch > last_epoch(run):
        said.append(f"The run ends at epoch {last_epoch(run):,}: that is shown instead.")
        epoch = last_epoch(run)
    row, place = look.row, look.place
    if not place and rows and row is not None and row >= rows:
        said.append(f"There are {rows:,} training points: the last one is shown instead.")
        row = rows - 1
    if not place and not rows:
        place = Place(0.0, 0.0, 0.0)
    if place and run.config.task != "regression" and not _is_class(place.target, run.config):
        said.append(f"Class must be a whole number from 0 to {_classes(run.config) - 1}: 0 is used instead.")
        place = place._replace(target=0.0)
    fits = look._replace(epoch=epoch, row=row, place=place)
    walk = walk_of(run, fits)
    if fits.row is not None and walk.row not in (None, fits.row):
        said.append(
            f"Training point {fits.row + 1:,} is not in the batch of this update. Point {walk.row + 1:,} is: "
            "it is shown instead."
        )
        fits = fits._replace(row=walk.row)
    count = len(walk.found)
    if fits.step >= count:
        said.append(f"This update has {count:,} steps: the last one is shown instead.")
        fits = fits._replace(step=count - 1)
    if run.history.finished:
        st.session_state["look"], st.session_state["look_said"] = fits, said
    return fits


def _classes(settings: Config) -> int:
    return max(2, settings.layer_sizes[-1])


def _is_class(target: float, settings: Config) -> bool:
    return float(target).is_integer() and 0 <= target < _classes(settings)


def row_of(data: Data, look: Look, rows: Array | None = None) -> int:
    """The training point looked at, of `rows` if they are given: the one that is wanted, else one that is the same,
    else the next; without a choice the first that makes no product zero."""
    rows = np.arange(len(data.x_train)) if rows is None else np.sort(rows)
    if look.row is None:
        return int(rows[(data.x_train[rows] != 0).all(axis=1).argmax()])
    wanted = min(look.row, len(data.x_train) - 1)
    same = (data.x_train[rows] == data.x_train[wanted]).all(axis=1) & (data.y_train[rows] == data.y_train[wanted])
    fits = next((each for each in (rows == wanted, same) if each.any()), rows >= wanted)
    return int(rows[fits.argmax()])


def point_of(data: Data, row: int) -> Place:
    """A training point."""
    return Place(float(data.x_train[row, 0]), float(data.x_train[row, 1]), float(data.y_train[row]))


def walk_of(run: Run, look: Look) -> Walk:
    """The steps of the update that the run makes there, or would make from this one sample. The last one is kept."""
    epoch = min(look.epoch, last_epoch(run))
    key = (run.config, epoch, look.row, look.place, look.by_itself)
    kept = st.session_state.get("walk_kept")
    if kept is None or key not in kept[:2]:
        walk = _walk(run, look, epoch)
        shown = (*key[:2], None if look.row is None else walk.row, *key[3:])  # another row may stand in for the wanted
        st.session_state["walk_kept"] = kept = (key, shown, walk)
    return kept[2]


def _walk(run: Run, look: Look, epoch: int) -> Walk:
    stand = stand_of(run, epoch)
    state, data = stand.state, stand.data
    chosen = None if look.by_itself else next_batch(run.config, run.data, stand)
    rows = chosen.rows if chosen else None
    row = None if look.place else row_of(data, look, rows)
    sample = look.place or point_of(data, row or 0)
    number, rate, masks = next_update(run.config, run.data, stand)
    parts = shares(state.parameters, data, chosen, row or 0, stand.config) if chosen else None
    masks = parts.own_masks if parts else masks
    place, now = np.array(sample[:2]), stand.config
    found = steps(state.parameters, state.memory, place, sample.target, now, number, rate, masks, parts)
    return Walk(stand, sample, row, rate, found, rows, parts)


def payload(walk: Walk) -> bytes:
    """The same for the browser, which knows where it stands once it has been told."""
    state, stand = st.session_state, walk.stand
    key = state["walk_kept"][1], state["walk_asked"], depth()
    if state.get("walk_sent", (None,))[0] != key:
        where = {"row": walk.row, "asked": state["walk_asked"], "at": state["look"].step, "depth": depth()}
        of_batch = {"rows": walk.rows, "shares": walk.shares}
        made = encode(walk.found, stand.state.parameters, stand.config, stand.data, walk.sample, **where, **of_batch)
        state["walk_sent"] = key, made
    return state["walk_sent"][1]


def moved() -> None:
    """The visitor has come to rest at a step, or chosen another point in the picture."""
    state = st.session_state
    sent, kept = state.get("walk"), state.get("walk_kept")
    if kept is None:
        return
    step = wished(sent, "step", len(kept[2].found) - 1)
    row = wished(sent, "row", len(kept[2].stand.data.x_train) - 1)
    if step is not None:
        look_at(step=step)
    if row is not None:
        look_at(row=row, place=None)
    state["clicked"] = True

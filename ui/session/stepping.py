"""Where a visitor stands in the walk through one update: epoch, point and step. They are part of the link of its page,
with the run itself."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from nn_core.config import FARTHEST, Config
from nn_core.datasets import Data
from nn_core.operations import Step
from nn_core.ranges import Number, Unreadable, write
from nn_core.steps import next_update, steps
from nn_core.training import Stand
from ui.components.walk import encode, wished
from ui.session import link
from ui.session.runs import Run, stand_of
from ui.session.settings import config
from ui.session.widgets import bound as bound_to

KEYS = ("epoch", "row", "place", "step")
MOST = 10**6  # epochs, rows and steps that a link may ask for: those there are are fewer


class Place(NamedTuple):
    """A point that was typed: where it lies, in units of the plane, and its class or value."""

    x1: float
    x2: float
    target: float


class Look(NamedTuple):
    """What is looked at: after which epoch; a training point, counted from 0, None for one that is worth it, or a typed
    place; and at which step to begin."""

    epoch: int = 0
    row: int | None = None
    place: Place | None = None
    step: int = 0


class Walk(NamedTuple):
    """A walk as it is shown: where the run stands, the sample, and its steps."""

    stand: Stand
    sample: Place
    row: int | None
    update_number: int
    rate: float
    found: list[Step]


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


def from_query(asked: Mapping[str, Any]) -> tuple[Look, list[str]]:
    """What a link asks for, as far as it can be read, and a sentence for each value that cannot. Never raises."""
    look, said = Look(), []
    for name in KEYS:
        if name not in asked:
            continue
        try:
            value, changed = READERS[name](str(asked[name])[:80])
            look = look._replace(**{name: value})
            said += [changed] if changed else []
        except Unreadable as wanted:
            said.append(f"The link's {name} must be {wanted}: it is left out.")
    return look, said


def _whole(name: str, low: int, text: str) -> tuple[int, str]:
    """A number counted from `low`, and what is to be said if it is below; how many there are, `fitting` knows."""
    try:
        value, moved = Number(low, MOST, whole=True).read(text)
    except Unreadable:
        raise Unreadable(f"a whole number from {low} on") from None
    below = bool(moved) and value == low
    return value - low, f"The link's {name} must be {low} at least: {low} is shown instead." if below else ""


def _place(text: str) -> tuple[Place, str]:
    parts, limits = text.split("~"), f"{-FARTHEST:g} to {FARTHEST:g}".replace("-", "\N{MINUS SIGN}")
    if len(parts) != 3:
        raise Unreadable("x1~x2~class or value")
    try:
        read = [Number(-FARTHEST, FARTHEST).read(part) for part in parts]
    except Unreadable:
        raise Unreadable(f"three numbers x1~x2~class or value, from {limits}") from None
    moved = any(changed for _, changed in read)
    said = f"The numbers of a place go from {limits}: the nearest is used instead." if moved else ""
    return Place(*(value for value, _ in read)), said


READERS = {
    "epoch": partial(_whole, "epoch", 0),
    "row": partial(_whole, "row", 1),
    "place": _place,
    "step": partial(_whole, "step", 1),
}


def to_query(look: Look) -> dict[str, str]:
    """The link form of it: rows and steps count from 1, as on the screen."""
    found = {
        "epoch": str(look.epoch) if look.epoch else "",
        "row": str(look.row + 1) if look.row is not None and not look.place else "",
        "place": "~".join(map(write, look.place)) if look.place else "",
        "step": str(look.step + 1) if look.step else "",
    }
    return {name: text for name, text in found.items() if text}


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
    """What is looked at, as near to what is wanted as this run has it, with a sentence where that is something else."""
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
    count = len(walk_of(run, fits).found)
    if fits.step >= count:
        said.append(f"This update has {count:,} steps: the last one is shown instead.")
        fits = fits._replace(step=count - 1)
    st.session_state["look"], st.session_state["look_said"] = fits, said
    return fits


def _classes(settings: Config) -> int:
    return max(2, settings.layer_sizes[-1])


def _is_class(target: float, settings: Config) -> bool:
    return float(target).is_integer() and 0 <= target < _classes(settings)


def row_of(data: Data, look: Look) -> int:
    """The training point looked at: without a choice the first that makes no product zero."""
    if look.row is not None:
        return min(look.row, len(data.x_train) - 1)
    return int((data.x_train != 0).all(axis=1).argmax())


def point_of(data: Data, row: int) -> Place:
    """A training point."""
    return Place(float(data.x_train[row, 0]), float(data.x_train[row, 1]), float(data.y_train[row]))


def walk_of(run: Run, look: Look) -> Walk:
    """The steps of the update that the run would make there from this one sample. The last one is kept."""
    epoch = min(look.epoch, last_epoch(run))
    key = (run.config, epoch, look.row, look.place)
    kept = st.session_state.get("walk_kept")
    if kept and kept[0] == key:
        return kept[1]
    stand = stand_of(run, epoch)
    row = None if look.place else row_of(stand.data, look)
    sample = look.place or point_of(stand.data, row or 0)
    number, rate, masks = next_update(run.config, run.data, stand)
    state = stand.state
    found = steps(
        state.parameters, state.memory, np.array(sample[:2]), sample.target, stand.config, number, rate, masks
    )
    st.session_state["walk_kept"] = key, Walk(stand, sample, row, number, rate, found)
    return st.session_state["walk_kept"][1]


def payload(walk: Walk) -> bytes:
    """The same for the browser, which knows where it stands once it has been told."""
    state, stand = st.session_state, walk.stand
    key = state["walk_kept"][0], state["walk_asked"]
    if state.get("walk_sent", (None,))[0] != key:
        where = {"row": walk.row, "asked": state["walk_asked"], "at": state["look"].step}
        made = encode(walk.found, stand.state.parameters, stand.config, stand.data, walk.sample, **where)
        state["walk_sent"] = key, made
    return state["walk_sent"][1]


def moved() -> None:
    """The visitor has come to rest at a step, or chosen another point in the picture."""
    state = st.session_state
    sent, kept = state.get("walk"), state.get("walk_kept")
    if kept is None:
        return
    step = wished(sent, "step", len(kept[1].found) - 1)
    row = wished(sent, "row", len(kept[1].stand.data.x_train) - 1)
    if step is not None:
        look_at(step=step)
    if row is not None:
        look_at(row=row, place=None)
    state["clicked"] = True

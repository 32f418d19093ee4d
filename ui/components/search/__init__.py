"""A search as two pictures: its trials on the plane of two settings, and as lines across all settings.

`encode` turns it into the bytes the browser needs, `search` mounts the component, `opened` reads which trial the
visitor wants to see.

The format, version 1: a header and arrays as packed by `ui.components.pack`. The header:

    version     1
    axes        of the settings that are varied: title; ticks, rows place 0 to 1, text; importance: the share of the
                variance that goes with it, null before there is any
    columns     the values of the grid on the first two axes, rows place, text: its cells are equally large, and the
                other methods are drawn on the same plane
    grid        whether the trials are those of the grid
    measures    what colours can say, name -> title: "solved", "loss", "accuracy"; the first one to begin with
    seeds       how many each trial has
    epochs      how many a whole run has
    running     whether more is to come
    best        the best trial so far, or null
    arrays      name -> [offset, length], both in floats:
        order                               the trials from best to worst; and of each one:
        places                              (n, axes) row by row, 0 to 1 along each axis
        done, solved, diverged, low, high   seeds, and the interval of the share that solves it
        loss, spread, accuracy              on data not learnt from, nan before any is done
        trained                             until which epoch
    texts       of each trial its values, one text each axis
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nn_core.search import Axis
from nn_core.trials import Sought, importance
from ui.components import from_folder, pack
from ui.words import shown

VERSION = 1
TICKS = 6  # of an axis that is a number
MEASURES = {"solved": "share of seeds that solve it", "loss": "validation loss", "accuracy": "validation accuracy"}
STAGE = ("page.js", "numbers.js", "forward.js", "paint.js")
SCRIPTS = (*(f"../stage/{name}" for name in STAGE), "heat.js", "lines.js", "search.js")
STYLES = ("../stage/colours.css", "../stage/frame.css", "search.css")

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def search(*, key: str, payload: bytes, on_wish: Callable[[], None]) -> None:
    """Show a search, given as made by `encode`. A click on a trial is state "wish", to be read with `opened`."""
    _mount(key=key, data=payload, on_wish_change=on_wish)


def encode(sought: Sought, *, running: bool) -> bytes:
    """The bytes that show this search as far as it has come, in the format above."""
    asked, tried, judged, trained = sought
    shares = [judged.share(i) for i in range(len(tried))]
    known = judged.done > 0
    order = sought.ranking
    weights = importance(asked, tried, np.where(known, sought.worth, np.nan)) if known.any() else None
    header = {
        "version": VERSION,
        "axes": [
            {"title": each.setting.title, "ticks": ticks(each), "importance": weights[i] if weights else None}
            for i, each in enumerate(asked.axes)
        ],
        "columns": [
            [(each.place(value), written(each, value)) for value in each.values(asked.steps)] for each in asked.axes[:2]
        ],
        "grid": asked.method == "grid",
        "measures": {name: MEASURES[name] for name in (sought.measure, "loss")},
        "seeds": asked.seeds,
        "epochs": asked.base.last_epoch,
        "running": running,
        "best": int(order[0]) if judged.complete.any() else None,
        "texts": [
            [written(each, value) for each, value in zip(asked.axes, trial.values, strict=True)] for trial in tried
        ],
    }
    places = [[each.place(value) for each, value in zip(asked.axes, trial.values, strict=True)] for trial in tried]
    arrays = {
        "places": np.array(places),
        "done": judged.done,
        "solved": judged.solved,
        "diverged": judged.diverged,
        "low": np.array([each.low for each in shares]),
        "high": np.array([each.high for each in shares]),
        "loss": judged.loss,
        "spread": judged.spread,
        "accuracy": judged.accuracy,
        "trained": trained,
        "order": order,
    }
    return pack(header, arrays)


def ticks(axis: Axis) -> list[tuple[float, str]]:
    """Values that are named on an axis, with their places: round ones on a log scale."""
    if axis.choices or axis.setting.whole or not axis.setting.log or axis.low == axis.high:
        return [(axis.place(value), written(axis, value)) for value in axis.values(TICKS)]
    powers = range(math.floor(math.log10(axis.low)), math.ceil(math.log10(axis.high)) + 1)
    factors = (1, 3) if len(powers) < TICKS - 1 else (1,)
    values = [float(f"{factor}e{power}") for power in powers for factor in factors]
    return [(axis.place(value), written(axis, value)) for value in values if axis.low <= value <= axis.high]


def written(axis: Axis, value: Any) -> str:
    """A value as it is written."""
    return shown(axis.name, value)


def opened(state: object, trials: int) -> int | None:
    """The trial that the visitor wants to see, in the browser's untrusted state, if it is one of so many. Never
    raises."""
    wish = state.get("wish") if isinstance(state, dict) else None
    place = wish.get("trial") if isinstance(wish, dict) else None
    return place if type(place) is int and 0 <= place < trials else None

"""The landscape of a loss twice, from above and as hills to turn, with walkers on it that go their ways in step.

The format, version 1: a header and arrays as packed by `ui.components.pack`. Heights are logarithms to base 10 of the
loss. Places are shares of the window, from 0 at its left or lower side to 1. The header:

    version     1
    unit        of the loss, or nothing
    axes        [title, title] of the sides across and up
    domain      [low, high, low, high], where the window reaches across and up
    range       [low, high], the heights that are coloured; what is higher has the last colour
    levels      losses that have a contour line, ascending
    labels      those of them that are named
    star        [across, up], the place of the network that the plane goes through
    walks       in order: name, count of its recorded epochs
    arrays      name -> [offset, length], both in floats: heights (steps, steps), a row for each place up, from below,
                nan where the loss is no number; ways, of all walks end to end, (5, count) each: epoch, across, up, the
                loss that it had, the loss of the map beneath it
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.landscape import Map, Shadow
from ui.components import from_folder, pack

VERSION = 1
STAGE = ("page.js", "numbers.js", "forward.js", "paint.js", "marks.js", "field.js")
OWN = ("ground.js", "walkers.js", "flat.js", "raster.js", "hills.js", "terrain.js")
SCRIPTS = (*(f"../stage/{name}" for name in STAGE), *OWN)
STYLES = ("../stage/colours.css", "../stage/frame.css", "terrain.css")
LEAST = 1e-12  # losses below count as this: a logarithm has no 0
MOST_DECADES = 12  # that are coloured
MOST_LEVELS, MOST_LABELS = 20, 7
ROUND = ((1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1,))  # digits, finest first

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


class Walk(NamedTuple):
    """A way to walk: its name, its shadow on the plane, its recorded epochs (T,) and the losses (T,) that it had."""

    name: str
    shadow: Shadow
    epochs: Array
    loss: Array


def terrain(*, key: str, payload: bytes) -> None:
    """Show a landscape, given as made by `encode`. The same key repaints the same pictures in place."""
    _mount(key=key, data=payload)


def encode(map_: Map, walks: Sequence[Walk], star: tuple[float, float], titles: Sequence[str], unit: str) -> bytes:
    """The bytes that show this map and these walks, in the format above; `star` is in the coordinates of the plane."""
    low_corner = np.array([map_.u[0], map_.v[0]])
    size = np.array([map_.u[-1], map_.v[-1]]) - low_corner
    heights = logarithm(map_.loss)
    low, high = limits(heights)
    header = {
        "version": VERSION,
        "unit": unit,
        "axes": list(titles),
        "domain": [*map_.u[[0, -1]].tolist(), *map_.v[[0, -1]].tolist()],
        "range": [low, high],
        "levels": rounds(low, high, MOST_LEVELS),
        "labels": rounds(low, high, MOST_LABELS),
        "star": ((np.array(star) - low_corner) / size).tolist(),
        "walks": [{"name": walk.name, "count": len(walk.epochs)} for walk in walks],
    }
    with np.errstate(over="ignore"):  # beyond all numbers is outside the window too
        ways = [
            np.stack([walk.epochs, *((walk.shadow.places - low_corner) / size).T, walk.loss, walk.shadow.beneath])
            for walk in walks
        ]
    return pack(header, {"heights": heights, "ways": np.concatenate([way.ravel() for way in ways])})


def logarithm(loss: Array) -> Array:
    """Heights: to base 10, nan where the loss is no number."""
    finite = np.isfinite(loss)
    return np.where(finite, np.log10(np.maximum(np.where(finite, loss, 1), LEAST)), np.nan)


def limits(heights: Array) -> tuple[float, float]:
    """From where to where heights are coloured."""
    finite = heights[np.isfinite(heights)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return low, max(min(high, low + MOST_DECADES), low + 1e-6)


def rounds(low: float, high: float, most: int) -> list[float]:
    """Round losses between 10^low and 10^high: as many as there may be, in equal steps where too few are round."""
    decades, finer = range(math.floor(low), math.ceil(high) + 1), []
    for digits in ROUND:
        values = [digit * 10.0**decade for decade in decades for digit in digits]
        values = [value for value in values if low < math.log10(value) < high]
        if len(values) <= most:
            break
        finer = values
    values = values if len(values) >= 3 else finer
    if len(values) >= 3:
        return values[:: math.ceil(len(values) / most)]
    first, last = 10**low, 10**high
    rough = (last - first) / most
    step = next(size for digit in (1, 2, 5, 10) if (size := digit * 10.0 ** math.floor(math.log10(rough))) >= rough)
    values = [n * step for n in range(math.floor(first / step), math.ceil(last / step) + 1)]
    return [value for value in values if first < value < last]

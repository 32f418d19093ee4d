"""What a chart is made of that `ui.components.curves` paints: panels of two axes, with series of numbers on them.

Colours are names of the style sheet, and marks are numbers of the shapes that the stage gives to classes.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from ui import theme

DASHES = ("solid", "dashed", "dotted", "dashdot", "long")
COLOURS = ("class-1", "class-2", "class-3", "class-4", "class-5", "class-0")
LARGEST = float(np.finfo(np.float32).max)  # what the browser is sent


class Axis(NamedTuple):
    """An axis from `low` to `high`; values below the end of a logarithmic one are drawn there. `kind` is how a value is
    written: "number", "count" or "share". `ticks` (value, text) stand in for round ones, `names` for 0, 1, 2 ..."""

    title: str
    low: float
    high: float
    logarithmic: bool = False
    kind: str = "number"
    ticks: tuple[tuple[float, str], ...] = ()
    names: tuple[str, ...] = ()


class Series(NamedTuple):
    """Numbers `y` over `x`, both (n,), x ascending where the panel is not scattered; what is not finite is a gap.

    A line in one of `DASHES`, or none for ""; a mark, or None, which is `hollow` or filled. A `faint` line is thin and
    behind the others. `told` is what its values are called at the pointer if not by the name, "" where they are not
    told. Not every series stands in the `legend`, where each name has one entry.
    """

    name: str
    x: Array
    y: Array
    colour: str
    dash: str = "solid"
    mark: int | None = None
    hollow: bool = False
    faint: bool = False
    told: str | None = None
    legend: bool = True


class Level(NamedTuple):
    """A thin line at a value of the axis "x" or "y", and what it stands for."""

    axis: str
    at: float
    text: str = ""


class Panel(NamedTuple):
    """A picture: its heading, its axes, what is on them, a sentence below it, and the `summary` for whoever cannot see
    it, where `ends` is no good one. Where it is `scattered`, the pointer asks about the nearest point, elsewhere about
    all series at its x."""

    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    levels: tuple[Level, ...] = ()
    meaning: str = ""
    summary: str = ""
    scattered: bool = False


def span(arrays: Iterable[Array], *, logarithmic: bool = False, zero: bool = False) -> tuple[float, float]:
    """From below the lowest to above the highest of all these values, as far as an axis can show them; with `zero` from
    0, or below."""
    values = np.concatenate([np.empty(0), *(np.ravel(each).astype(float) for each in arrays)])
    values = values[(np.abs(values) <= LARGEST) & ((values > 0) | (not logarithmic))]
    if not len(values):
        return (0.01, 1.0) if logarithmic else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if logarithmic:
        return low / 1.25, high * 1.25
    low = min(low, 0.0) if zero else low
    room = 0.05 * (high - low) or 0.5
    return (low if zero and low == 0 else low - room), high + room


def ends(panel: Panel) -> str:
    """A panel in words: of each series what is told, where it begins and where it ends."""
    said = []
    for each in panel.series:
        finite = each.y[np.isfinite(each.y)]
        if each.told != "" and len(finite):
            first, last = (written(value, panel.y) for value in (finite[0], finite[-1]))
            said.append(f"{each.told or each.name}: from {first} to {last}")
    return f"{panel.title or panel.y.title}, by {panel.x.title}. {'; '.join(said)}."


def written(value: float, axis: Axis) -> str:
    """A value as this axis has it."""
    return theme.percentage(value) if axis.kind == "share" else theme.minus(f"{value:.3g}")

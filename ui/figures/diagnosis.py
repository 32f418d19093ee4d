"""How the layers of a run did, as small charts: a `nn_core.vitals.Vitals` in, a panel out.

Each layer has its colour, its mark and its name, the same in all charts.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.diagnostics import layer_name
from nn_core.mlp import layers
from nn_core.vitals import Vitals
from ui.figures.plots import COLOURS, Axis, Level, Panel, Series, span

HIDDEN = list(zip((*COLOURS[:-1], "compared-1"), (0, 2, 3, 4, 5, 0), strict=True))  # colours and marks of the layers
OUTPUT = COLOURS[-1], 1  # the same however many layers are before it
FAINTEST = 1e-9  # where a logarithmic axis ends: what is below is nothing


class Measure(NamedTuple):
    """Something that is measured of each layer: its name in LayerVitals, the titles of its chart and of its axis, what
    it means, in a sentence, what kind of axis it takes, "log", "share", "cosine" or "plain", and values worth a line.
    """

    name: str
    title: str
    unit: str
    meaning: str
    axis: str = "plain"
    levels: Mapping[float, str] = {}


MEASURES = (
    Measure(
        "gradient",
        "Gradient by a weight",
        "root mean square",
        "How strongly the loss asks a layer to change: one that lies far below the others hardly learns.",
        "log",
    ),
    Measure(
        "step",
        "Step, by the size of the weights",
        "share of their size, in an update",
        "How far an update takes the weights, net: the way from one look to the next by the updates between. Steps "
        "back and forth cancel. Near 1 what was learnt is torn down, far below 0.0001 nothing moves.",
        "log",
        {1e-4: "hardly moves below", 1.0: "torn down"},
    ),
    Measure(
        "weights",
        "Size of the weights",
        "root mean square",
        "Dotted is their distance from the start: a layer that stays where it began has learnt nothing.",
    ),
    Measure(
        "saturated",
        "Answers in the flat ends",
        "share of the answers",
        "Where tanh or sigmoid has less than a twentieth of its steepest slope hardly any gradient gets through.",
        "share",
    ),
    Measure(
        "dead",
        "Dead nodes",
        "share of the nodes",
        "A ReLU that is zero on all training points, or any node whose answer never varies, says nothing.",
        "share",
    ),
    Measure(
        "similar",
        "Most similar pair of nodes",
        "largest cosine",
        "The largest cosine, up to its sign, between the weights and bias of two nodes: at 1 both draw the same line.",
        "cosine",
    ),
)
NOW_AND_START = "Each dot is a weight: on the line it is still where it started, far from it, it was learnt."


def panels(vitals: Vitals, config: Config) -> list[Panel]:
    """All charts of a run."""
    return [*(over_time(vitals, each) for each in present(vitals)), now_and_start(vitals, config)]


def present(vitals: Vitals) -> list[Measure]:
    """The measures that this run has; of shares those that are ever more than nothing."""
    return [each for each in MEASURES if _most(vitals, each) > (0 if each.axis == "share" else -np.inf)]


def absent(vitals: Vitals) -> list[Measure]:
    """The shares that are nothing at all looks."""
    return [each for each in MEASURES if each.axis == "share" and _most(vitals, each) == 0]


def _most(vitals: Vitals, measure: Measure) -> float:
    """The largest value of any layer at any look; minus infinity where no layer has this measure."""
    return max(_largest(getattr(layer, measure.name)) for layer in vitals.layers)


def _largest(values: np.ndarray) -> float:
    return float(np.max(values, where=np.isfinite(values), initial=-np.inf))


def over_time(vitals: Vitals, measure: Measure) -> Panel:
    """A line for each layer that has this measure, over the epochs."""
    series = []
    count = len(vitals.layers)
    for i, layer in enumerate(vitals.layers):
        values = getattr(layer, measure.name)
        if _largest(values) == -np.inf:
            continue
        line = _of_layer(i, count, vitals.epochs, values)
        series.append(line)
        if measure.name == "weights":
            told = f"{line.name}, from the start"
            series.append(line._replace(y=layer.moved, dash="dotted", mark=None, told=told, legend=False))
    epoch = Axis("epoch", 0, max(1.0, float(vitals.epochs[-1])), kind="count")
    levels = tuple(Level("y", *each) for each in measure.levels.items())
    return Panel(measure.title, epoch, _axis(measure, series), tuple(series), levels, measure.meaning)


def _axis(measure: Measure, series: list[Series]) -> Axis:
    """From the floor of what is measured to the highest value."""
    if measure.axis in ("share", "cosine"):
        return Axis(measure.unit, 0, 1, kind="share" if measure.axis == "share" else "number")
    shown = [each.y for each in series]
    if measure.axis == "plain":
        return Axis(measure.unit, *span(shown, zero=True))
    low, high = span(shown, logarithmic=True)
    return Axis(measure.unit, max(low, FAINTEST), max(high, 10 * FAINTEST), logarithmic=True)


def now_and_start(vitals: Vitals, config: Config) -> Panel:
    """A dot for each weight: across where it started, up where it is."""
    starts, nows = ([layer.W.ravel() for layer in layers(each, config)] for each in (vitals.start, vitals.now))
    ends = np.array([min(each.min() for each in starts), max(each.max() for each in starts)])
    series = [Series("unchanged", ends, ends, "neutral", "dotted", told="", legend=False)]
    for i, (start, now) in enumerate(zip(starts, nows, strict=True)):
        series.append(_of_layer(i, len(starts), start, now)._replace(dash=""))
    axes = Axis("first weight", *span([ends])), Axis("weight now", *span([ends, *nows]))
    title, count = "Weights, now and at the start", sum(each.size for each in starts)
    return Panel(title, *axes, tuple(series), (), NOW_AND_START, f"{title}, of {count:,} weights.", scattered=True)


def _of_layer(i: int, count: int, x: Array, y: Array) -> Series:
    """A line with marks in the look of layer `i` of so many."""
    colour, mark = OUTPUT if i == count - 1 else HIDDEN[i]
    return Series(layer_name(i, count), x, y, colour, mark=mark)

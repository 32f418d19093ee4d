"""How the layers of a run did, as small Plotly charts: a `nn_core.vitals.Vitals` in, a chart out.

Each layer has its colour, its mark and its name, the same in all charts.
"""

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from nn_core.config import Config
from nn_core.diagnostics import layer_name
from nn_core.mlp import layers
from nn_core.vitals import Vitals
from ui import theme

COLOURS = (*theme.CLASSES[1:], theme.NEGATIVE)
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "x")
MOST_LINES = 4  # of a logarithmic axis, about
FAINTEST = 1e-9  # what is shown of values that are nothing, where an axis is logarithmic


class Measure(NamedTuple):
    """Something that is measured of each layer: its name in LayerVitals, the title of its chart, what it means, in a
    sentence, and what kind of axis it takes: "log", "share" or "plain"."""

    name: str
    title: str
    meaning: str
    axis: str = "plain"


MEASURES = (
    Measure(
        "gradient",
        "Gradient by a weight",
        "How strongly the loss asks a layer to change: one that lies far below the others hardly learns.",
        "log",
    ),
    Measure(
        "step",
        "Step, by the size of the weights",
        "How far an update moves the weights: near 1 it tears down what was learnt, far below 0.0001 nothing moves.",
        "log",
    ),
    Measure(
        "weights",
        "Size of the weights",
        "Dotted is their distance from the start: a layer that stays where it began has learnt nothing.",
    ),
    Measure(
        "saturated",
        "Answers in the flat ends",
        "Where tanh or sigmoid has less than a twentieth of its steepest slope hardly any gradient gets through.",
        "share",
    ),
    Measure(
        "dead",
        "Dead nodes",
        "A ReLU that is zero on all training points, or any node whose answer never varies, says nothing.",
        "share",
    ),
    Measure(
        "similar",
        "Most similar pair of nodes",
        "The largest cosine, up to its sign, between the weights and bias of two nodes: at 1 both draw the same line.",
    ),
)
NOW_AND_START = "Each dot is a weight: on the line it is still where it started, far from it, it was learnt."


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


def over_time(vitals: Vitals, measure: Measure) -> go.Figure:
    """A line for each layer that has this measure, over the epochs."""
    figure = go.Figure()
    count = len(vitals.layers)
    for i, layer in enumerate(vitals.layers):
        values = getattr(layer, measure.name)
        if _largest(values) == -np.inf:
            continue
        if measure.axis == "log":
            values = np.clip(values, FAINTEST, None)
        look = _look(i, count)
        shown = "%{y:.0%}" if measure.axis == "share" else "%{y:.2g}"
        figure.add_scatter(x=vitals.epochs, y=values, hovertemplate=shown, **look)
        if measure.name == "weights":
            dotted = _look(i, count, dash="dot") | {"mode": "lines", "showlegend": False}
            figure.add_scatter(x=vitals.epochs, y=layer.moved, hovertemplate="%{y:.2g} from the start", **dotted)
    axes: dict[str, dict[str, Any]] = {
        "log": {"type": "log", "exponentformat": "power", "dtick": _decades(figure) if measure.axis == "log" else 1},
        "share": {"tickformat": ".0%", "range": [-0.03, 1.03]},
        "plain": {"rangemode": "tozero"},
    }
    figure.update_yaxes(**axes[measure.axis])
    if measure.name == "similar":
        figure.update_yaxes(range=[-0.03, 1.03])
    figure.update_xaxes(title="epoch", title_standoff=2, rangemode="tozero")
    return _laid_out(figure, hovermode="x unified")


def _decades(figure: go.Figure) -> int:
    """How many powers of ten there are from one line of a logarithmic axis to the next: not too many lines."""
    values = np.concatenate([np.asarray(trace.y, float) for trace in figure.data])  # type: ignore[union-attr]
    values = values[np.isfinite(values) & (values > 0)]
    return max(1, round(float(np.log10(values.max()) - np.log10(values.min())) / MOST_LINES)) if len(values) else 1


def now_and_start(vitals: Vitals, config: Config) -> go.Figure:
    """A dot for each weight: across where it started, up where it is."""
    figure = go.Figure()
    nets = [layers(each, config) for each in (vitals.start, vitals.now)]
    first = np.concatenate([layer.W.ravel() for layer in nets[0]])
    ends = [float(first.min()), float(first.max())]
    line = {"color": theme.TEST, "width": 1}
    figure.add_scatter(x=ends, y=ends, mode="lines", line=line, hoverinfo="skip", showlegend=False)
    for i, (start, now) in enumerate(zip(*nets, strict=True)):
        dots = _look(i, len(nets[0])) | {"mode": "markers", "opacity": 0.75}
        figure.add_scatter(x=start.W.ravel(), y=now.W.ravel(), hovertemplate="%{x:.2f} → %{y:.2f}", **dots)
    figure.update_xaxes(title="first weight", title_standoff=2)
    figure.update_yaxes(title="now", title_standoff=4)
    return _laid_out(figure, hovermode="closest")


def _look(i: int, count: int, dash: str = "solid") -> dict[str, Any]:
    colour = COLOURS[-1] if i == count - 1 else COLOURS[i % (len(COLOURS) - 1)]
    return {
        "name": layer_name(i, count),
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2, "dash": dash},
        "marker": {"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 6, "color": colour, "maxdisplayed": 8},
    }


def _laid_out(figure: go.Figure, hovermode: str) -> go.Figure:
    return figure.update_layout(
        height=220,
        margin={"l": 48, "r": 8, "t": 28, "b": 36},
        hovermode=hovermode,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 11}},
    )

"""A gradient check as charts: the errors against epsilon, and parameter by parameter."""

from collections.abc import Sequence

import numpy as np

from nn_core.activations import Array
from nn_core.checks import EPSILONS, RIGHT, Guides
from nn_core.findings import Block
from ui import theme
from ui.figures.plots import Axis, Level, Panel, Series

LEAST = 1e-17  # errors of 0 are drawn here: a log axis has no 0
MOST = 6.0
CENTRAL, COMPLEX, OTHER = "compared-0", "compared-1", "neutral"


def errors_by_epsilon(central: Array, complex_: Array, between: Array, law: Guides, epsilon: float) -> Panel:
    """The largest error (E,) of backpropagation against each method at each of `EPSILONS`, that `between` the methods
    where it is another, the laws behind them, and the epsilon that is chosen."""
    series = []
    if np.isfinite(law.best):
        laws = (("∝ ε²", law.curved * EPSILONS**2, "dotted"), ("∝ 1/ε", law.rounded / EPSILONS, "dashdot"))
        for name, values, dash in laws:
            shown = (values > LEAST) & (values < MOST)
            series.append(Series(name, EPSILONS[shown], values[shown], OTHER, dash, told=""))
    if len(between):
        series.append(Series("between the two", EPSILONS, between, OTHER))
    series.append(Series("central difference", EPSILONS, central, CENTRAL))
    series.append(Series("complex step", EPSILONS, complex_, COMPLEX, "dashed"))
    near = int(np.abs(np.log(EPSILONS / epsilon)).argmin())
    here = EPSILONS[near : near + 1], central[near : near + 1]
    series.append(Series("central difference", *here, CENTRAL, dash="", mark=0, told="", legend=False))
    across = Axis("ε", float(EPSILONS[0]), float(EPSILONS[-1]), logarithmic=True)
    chosen = Level("x", epsilon, f"ε = {_power(epsilon)}")
    up = _errors("largest relative error")
    summary = f"Largest relative error by ε. {_extremes(series, 'least', [f'{each:.1e}' for each in EPSILONS])}"
    return Panel("", across, up, tuple(series), (chosen,), summary=summary)


def errors_by_parameter(names: Sequence[str], parts: Sequence[Block], central: Array, complex_: Array) -> Panel:
    """The error (m,) of each parameter by both methods, block by block from the input to the output."""
    order = np.concatenate([part.of for part in parts])
    ends = np.cumsum([len(part.of) for part in parts]).tolist()
    places = np.arange(len(order))
    series = (
        Series("central difference", places, central[order], CENTRAL, dash="", mark=0, hollow=True),
        Series("complex step", places, complex_[order], COMPLEX, dash="", mark=3),
    )
    ticks = tuple((end - (len(part.of) + 1) / 2, part.name) for end, part in zip(ends, parts, strict=True))
    ordered = tuple(names[int(place)] for place in order)
    across = Axis("parameter", -0.7, len(order) - 0.3, ticks=ticks, names=ordered)
    right = Level("y", RIGHT, f"right: below {_power(RIGHT)}")
    edges = tuple(Level("x", end - 0.5) for end in ends[:-1])
    summary = f"Relative error of each parameter. {_extremes(series, 'largest', ordered)}"
    return Panel("", across, _errors("relative error"), series, (right, *edges), summary=summary)


def _extremes(series: Sequence[Series], word: str, places: Sequence[str]) -> str:
    """Of each series its "least" or "largest" value in words, and at which of the places that is."""
    said = []
    for each in series:
        y = np.where(np.isfinite(each.y), each.y, np.nan)
        if each.told != "" and not np.isnan(y).all():
            at = int(np.nanargmin(y) if word == "least" else np.nanargmax(y))
            said.append(f"{each.name}: {word} {y[at]:.1e}, at {places[at]}")
    return theme.minus("; ".join(said))


def _errors(title: str) -> Axis:
    return Axis(title, LEAST, MOST, logarithmic=True)


def _power(value: float) -> str:
    """1e−5"""
    return theme.minus(np.format_float_scientific(value, trim="-", exp_digits=1))

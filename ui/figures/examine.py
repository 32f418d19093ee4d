"""What a network makes of a test set, as Plotly charts: figures of `nn_core.evaluation` in, a chart out.

Where two networks are compared, the second is dashed and has other marks.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from nn_core.distortions import Distortion
from nn_core.evaluation import PerClass, Reliability, Thresholds
from ui import theme

DASHES, SYMBOLS = ("solid", "dash"), ("circle", "diamond-open")
PERCENT = ".1%"
FEW = 10  # answers, whose share is chance


def class_bars(shares: PerClass, names: Sequence[str]) -> go.Figure:
    """For each class, what is missing to 100 %: of its own pictures, and of those taken for it."""
    figure = go.Figure()
    bars = (
        ("missed", 1 - shares.recall, theme.COMPARED[0], "", "recall"),
        ("false alarms", 1 - shares.precision, theme.COMPARED[1], "/", "precision"),
    )
    for name, values, colour, pattern, opposite in bars:
        figure.add_bar(
            x=list(names),
            y=values,
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern}},
            text=[f"{value:.1%}" for value in values],
            textposition="outside",
            customdata=1 - values,
            hovertemplate=f"%{{x}}: %{{y:.2%}} {name}, {opposite} %{{customdata:.2%}}<extra></extra>",
        )
    figure.update_xaxes(type="category", title="class")
    figure.update_yaxes(title="share of the pictures", tickformat=PERCENT, rangemode="tozero")
    figure.update_layout(uniformtext={"minsize": 10, "mode": "hide"})  # numbers too small to read are noise
    return _laid_out(figure, hovermode="closest")


def calibration(curves: Mapping[str, Reliability]) -> go.Figure:
    """How often each network is right when it is so sure, beside the line where the two are equal. A point of fewer
    than `FEW` answers is pale."""
    figure = go.Figure()
    straight = {"color": theme.TEST, "width": 1}
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", name="honest", line=straight, hoverinfo="skip")
    for i, (name, curve) in enumerate(curves.items()):
        full, style = curve.count > 0, _style(i)
        style["marker"]["opacity"] = np.where(curve.count[full] < FEW, 0.3, 1)
        figure.add_scatter(
            x=curve.confidence[full],
            y=curve.accuracy[full],
            customdata=curve.count[full],
            mode="lines+markers",
            name=name,
            hovertemplate="%{x:.1%} sure, %{y:.1%} right, %{customdata:,} answers",
            **style,
        )
    figure.update_xaxes(title="how sure it was", tickformat=".0%", range=[-0.02, 1.02])
    figure.update_yaxes(title="how often it was right", tickformat=".0%", range=[-0.03, 1.03])
    return _laid_out(figure, hovermode="closest")


def counts(curves: Mapping[str, Reliability]) -> go.Figure:
    """How many answers there are in each bin of confidence."""
    figure = go.Figure()
    for i, (name, curve) in enumerate(curves.items()):
        bins = len(curve.count)
        figure.add_bar(
            x=[f"{100 * b / bins:g}–{100 * (b + 1) / bins:g}" for b in range(bins)],
            y=curve.count,
            name=name,
            marker={"color": theme.COMPARED[i], "pattern": {"shape": ("", "/")[i]}},
            hovertemplate="%{x} % sure: %{y:,} answers",
        )
    figure.update_xaxes(title="how sure it was (%)", type="category")
    figure.update_yaxes(title="answers (each line ten times as many)", type="log", dtick=1)
    return _laid_out(figure, hovermode="closest")


def threshold_curves(curves: Mapping[str, Thresholds], at: float, part: str, title: str) -> go.Figure:
    """One `part` of Thresholds, "answered" or "right", against the threshold, with a line at the one that is chosen.

    `curves` are by what is read: the sign and dash of a curve go with its place among them.
    """
    figure = go.Figure()
    dashes, symbols = (*DASHES, "dot"), (*SYMBOLS, "x")
    for i, (name, curve) in enumerate(curves.items()):
        line = {"color": (*theme.COMPARED, theme.TRAIN)[i % 3], "dash": dashes[i % 3], "width": 2}
        figure.add_scatter(
            x=curve.threshold,
            y=getattr(curve, part),
            name=name,
            mode="lines",
            line=line,
            hovertemplate="%{y:.1%}",
        )
        near = abs(curve.threshold - at).argmin()
        figure.add_scatter(
            x=[at],
            y=[getattr(curve, part)[near]],
            mode="markers",
            marker={"symbol": symbols[i % 3], "size": 10, "color": line["color"]},
            showlegend=False,
            hoverinfo="skip",
        )
    figure.add_vline(x=at, line={"color": theme.TEST, "width": 1})
    figure.update_xaxes(title="least probability for an answer", tickformat=".0%", range=[0, 1])
    figure.update_yaxes(title=title, tickformat=PERCENT if part == "right" else ".0%")
    return _laid_out(figure)


def robustness_curves(curves: Mapping[str, np.ndarray], kind: Distortion) -> go.Figure:
    """The accuracy of each network at each amount of a distortion."""
    figure = go.Figure()
    for i, (name, accuracy) in enumerate(curves.items()):
        figure.add_scatter(
            x=kind.amounts, y=accuracy, name=name, mode="lines+markers", hovertemplate="%{y:.1%}", **_style(i)
        )
    figure.update_xaxes(title=kind.unit, tickvals=kind.amounts)
    figure.update_yaxes(title="read right", tickformat=".0%", range=[0, 1.02])
    return _laid_out(figure)


def _style(i: int) -> dict:
    colour = theme.COMPARED[i]
    return {
        "line": {"color": colour, "dash": DASHES[i], "width": 2},
        "marker": {"color": colour, "symbol": SYMBOLS[i], "size": 8},
    }


def _laid_out(figure: go.Figure, hovermode: str = "x unified") -> go.Figure:
    figure.update_layout(
        height=380,
        margin={"l": 60, "r": 20, "t": 40, "b": 50},
        hovermode=hovermode,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    return figure

"""A gradient check as Plotly charts: the errors against epsilon, and parameter by parameter."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from nn_core.activations import Array
from nn_core.checks import EPSILONS, RIGHT, Guides
from nn_core.findings import Block
from ui import theme

LEAST = 1e-17  # errors of 0 are drawn here: a log axis has no 0
CENTRAL, COMPLEX = theme.COMPARED


def errors_by_epsilon(central: Array, complex_: Array, between: Array, law: Guides, epsilon: float) -> go.Figure:
    """The largest error (E,) of backpropagation against each method at each of `EPSILONS`, that `between` the methods
    where it is another, the laws behind them, and the epsilon that is chosen."""
    figure = go.Figure()
    if np.isfinite(law.best):
        for name, values in (("∝ ε²", law.curved * EPSILONS**2), ("∝ 1/ε", law.rounded / EPSILONS)):
            shown = (values > LEAST) & (values < 3)
            line = {"color": theme.TEST, "width": 1.5, "dash": "dot" if "²" in name else "dashdot"}
            figure.add_scatter(x=EPSILONS[shown], y=values[shown], name=name, mode="lines", line=line, hoverinfo="skip")
    methods = [("central difference", central, CENTRAL, "solid"), ("complex step", complex_, COMPLEX, "dash")]
    if len(between):
        methods.insert(0, ("between the two", between, theme.TEST, "solid"))
    for name, errors, colour, dash in methods:
        figure.add_scatter(
            x=EPSILONS,
            y=np.maximum(errors, LEAST),
            customdata=errors,
            name=name,
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2.5},
            hovertemplate="%{customdata:.1e}",
        )
    near = int(np.abs(np.log(EPSILONS / epsilon)).argmin())
    figure.add_vline(x=epsilon, line={"color": theme.TRAIN, "width": 1})
    mark = {"size": 11, "color": CENTRAL, "line": {"width": 2, "color": theme.ZERO}}
    figure.add_scatter(
        x=[epsilon], y=[max(central[near], LEAST)], mode="markers", marker=mark, showlegend=False, hoverinfo="skip"
    )
    figure.update_xaxes(title="ε", type="log", exponentformat="power", dtick=4)
    return _laid_out(figure, "x unified", "largest relative error")


def errors_by_parameter(names: Sequence[str], parts: Sequence[Block], central: Array, complex_: Array) -> go.Figure:
    """The error (m,) of each parameter by both methods, block by block from the input to the output."""
    figure = go.Figure()
    order = np.concatenate([part.of for part in parts])
    ends = np.cumsum([len(part.of) for part in parts])
    for name, errors, colour, symbol in (
        ("central difference", central, CENTRAL, "circle-open"),
        ("complex step", complex_, COMPLEX, "diamond"),
    ):
        figure.add_scatter(
            x=np.arange(len(order)),
            y=np.maximum(errors[order], LEAST),
            customdata=np.stack([np.array(names, object)[order], errors[order].astype(object)], axis=-1),
            name=name,
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 8 if len(order) < 80 else 5},
            hovertemplate="%{customdata[0]}: %{customdata[1]:.1e}",
        )
    figure.add_hline(y=RIGHT, line={"color": theme.TRAIN, "width": 1, "dash": "dash"})
    for end in ends[:-1]:
        figure.add_vline(x=end - 0.5, line={"color": theme.TEST, "width": 1})
    figure.update_xaxes(
        tickvals=[end - (len(part.of) + 1) / 2 for end, part in zip(ends, parts, strict=True)],
        ticktext=[part.name for part in parts],
        tickangle=0,
        showgrid=False,
        zeroline=False,
        range=[-0.7, len(order) - 0.3],
    )
    return _laid_out(figure, "closest", "relative error")


def _laid_out(figure: go.Figure, hovermode: str, title: str) -> go.Figure:
    figure.update_yaxes(
        title=title, type="log", exponentformat="power", dtick=4, range=[-17.3, 0.8], zeroline=False, fixedrange=True
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_layout(
        height=340,
        margin={"l": 60, "r": 15, "t": 30, "b": 45},
        hovermode=hovermode,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    return figure

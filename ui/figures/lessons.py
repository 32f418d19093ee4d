"""The charts of the lessons: functions with their slopes, losses by the answer, runs side by side."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from nn_core.activations import ACTIVATIONS
from nn_core.history import History
from nn_core.losses import LINKS, LOSSES
from ui import theme

COLOURS = (*theme.CLASSES[1:], theme.NEGATIVE)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
REACH = 5.0  # of z, on both sides
SHOWN_LOSSES = ("binary_cross_entropy", "mean_squared_error", "mean_absolute_error")
STEEPEST = 4.0  # loss that is shown


def activation(name: str) -> go.Figure:
    """An activation function and its slope."""
    z = np.linspace(-REACH, REACH, 201)
    a = ACTIVATIONS[name].value(z)
    figure = go.Figure()
    figure.add_scatter(x=z, y=a, name="a", line={"color": theme.POSITIVE}, hovertemplate="%{y:.3f}")
    slope = ACTIVATIONS[name].slope(z, a)
    look = {"color": theme.NEGATIVE, "dash": "dash"}
    figure.add_scatter(x=z, y=slope, name="slope da/dz", line=look, hovertemplate="%{y:.3f}")
    figure.update_xaxes(title="z")
    return _laid_out(figure)


def losses() -> go.Figure:
    """What an answer p costs where 1 is right, by three losses."""
    p = np.linspace(0.005, 0.995, 199)
    z, y = np.log(p / (1 - p))[:, None], np.ones((len(p), 1))
    figure = go.Figure()
    for name, colour, dash in zip(SHOWN_LOSSES, COLOURS, DASHES, strict=False):
        loss = LOSSES[name]
        value = loss.value(z, y, LINKS["sigmoid"])
        look = {"color": colour, "dash": dash}
        figure.add_scatter(x=p, y=value, name=loss.title, line=look, hovertemplate="%{y:.3f}")
    figure.update_xaxes(title="answer p, where 1 is right")
    figure.update_yaxes(range=[0, STEEPEST], title="loss")
    return _laid_out(figure)


def side_by_side(runs: Mapping[str, History]) -> go.Figure:
    """The training loss and the accuracy on data not learnt from, of runs by their names."""
    figure = make_subplots(1, 2, subplot_titles=("training loss", "validation accuracy"), horizontal_spacing=0.1)
    for (name, history), colour, dash in zip(runs.items(), COLOURS, DASHES, strict=False):
        look = {"name": name, "legendgroup": name, "line": {"color": colour, "dash": dash}}
        figure.add_scatter(x=history.epochs, y=history.train_loss, hovertemplate="%{y:.3g}", **look, row=1, col=1)
        more = {"showlegend": False, "hovertemplate": "%{y:.1%}"}
        figure.add_scatter(x=history.epochs, y=history.test_accuracy, **more, **look, row=1, col=2)
    figure.update_yaxes(type="log", exponentformat="power", row=1, col=1)
    figure.update_yaxes(tickformat=".0%", row=1, col=2)
    figure.update_xaxes(title="epoch", rangemode="tozero")
    return _laid_out(figure)


def _laid_out(figure: go.Figure) -> go.Figure:
    legend = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.1, "yanchor": "bottom"}
    return figure.update_layout(
        height=300, margin={"l": 50, "r": 10, "t": 60, "b": 40}, hovermode="x unified", legend=legend
    )

"""A run as a Plotly chart: the same curves as on the stage, to zoom into and to save."""

import plotly.graph_objects as go

from nn_core.history import History
from nn_core.losses import LOSSES
from ui import theme


def run_chart(history: History) -> go.Figure:
    """Loss (left axis) and accuracy (right axis) over epochs, for training and test data."""
    config = history.config
    score = "R²" if config.task == "regression" else "accuracy"
    loss = LOSSES[config.loss_name]
    figure = go.Figure()
    curves = (
        (f"{loss.title}, train", history.train_loss, theme.NEGATIVE, "solid", "y"),
        (f"{loss.title}, test", history.test_loss, theme.NEGATIVE, "dash", "y"),
        (f"{score}, train", history.train_accuracy, theme.POSITIVE, "solid", "y2"),
        (f"{score}, test", history.test_accuracy, theme.POSITIVE, "dash", "y2"),
    )
    for name, values, colour, dash, axis in curves:
        figure.add_trace(
            go.Scatter(
                x=history.epochs,
                y=values,
                name=name,
                yaxis=axis,
                line={"color": colour, "dash": dash, "width": 2},
                hovertemplate="%{y:.5g}",
            )
        )
    unit = f" ({loss.unit})" if loss.unit else ""
    figure.update_layout(
        height=420,
        margin={"l": 60, "r": 60, "t": 30, "b": 50},
        hovermode="x unified",
        legend={"orientation": "h", "y": 1.12},
        xaxis={"title": "epoch"},
        yaxis={"title": loss.title + unit, "rangemode": "tozero"},
        yaxis2={"title": score, "overlaying": "y", "side": "right", "range": [-0.02, 1.05], "showgrid": False},
    )
    return figure

"""A run as a Plotly chart: the same curves as on the stage, to zoom into and to save."""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from nn_core.history import History
from nn_core.losses import LOSSES
from ui import theme


def run_chart(history: History) -> go.Figure:
    """Loss above and accuracy below over the same epochs, training solid and test dashed."""
    config = history.config
    loss = LOSSES[config.loss_name]
    figure = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.06)
    rows = (
        (1, history.train_loss, history.test_loss),
        (2, history.train_accuracy, history.test_accuracy),
    )
    for row, train, test in rows:
        for name, values, colour, dash in (("train", train, theme.TRAIN, "solid"), ("test", test, theme.TEST, "dash")):
            line = {"color": colour, "dash": dash, "width": 2}
            figure.add_trace(
                go.Scatter(x=history.epochs, y=values, name=name, line=line, hovertemplate="%{y:.5g}"),
                row=row,
                col=1,
            )
    figure.update_traces(showlegend=False, row=2)  # the same two names
    figure.update_yaxes(title=f"{loss.title} ({loss.unit})" if loss.unit else loss.title, rangemode="tozero", row=1)
    regression = config.task == "regression"
    figure.update_yaxes(title="R²" if regression else "accuracy", tickformat="" if regression else ".0%", row=2)
    figure.update_xaxes(title="epoch", row=2)
    figure.update_layout(
        height=520,
        margin={"l": 60, "r": 20, "t": 40, "b": 50},
        hovermode="x unified",
        hoversubplots="axis",
        legend={"orientation": "h", "y": -0.16, "x": 1, "xanchor": "right"},
    )
    return figure

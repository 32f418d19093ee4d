"""How the layers of a network are doing, as Plotly charts: from look to look, and how their weights are spread."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from nn_core.config import Config
from nn_core.diagnostics import Health, layer_name, spread
from ui import theme

GRADIENT, IDLE = (Health._fields.index(name) for name in ("gradient", "idle"))
FAINTEST = 1e-12  # gradient that is shown: of a dead network it is nothing at all
COLOURS = (*theme.CLASSES[1:], theme.NEGATIVE)
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")


def story(epoch: np.ndarray, layers: np.ndarray) -> go.Figure:
    """Two panels over the epochs: the gradient of each layer, and the share of its units that are idle. `layers` is
    (looks, layers, 5), a `nn_core.diagnostics.Health` each."""
    figure = make_subplots(1, 2, subplot_titles=("gradient", "idle units"), horizontal_spacing=0.12)
    count = layers.shape[1]
    gradients = np.clip(layers[:, :, GRADIENT], FAINTEST, None)
    decades = [np.floor(np.log10(gradients.min())), np.ceil(np.log10(gradients.max()))]
    for i in range(count):
        look = {"name": layer_name(i, count), "mode": "lines+markers", "line": {"color": COLOURS[i % len(COLOURS)]}}
        look["marker"] = {"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 6}
        figure.add_scatter(x=epoch, y=gradients[:, i], hovertemplate="%{y:.2g}", **look, row=1, col=1)
        if i < count - 1:
            shares = layers[:, i, IDLE]
            figure.add_scatter(x=epoch, y=shares, hovertemplate="%{y:.0%}", showlegend=False, **look, row=1, col=2)
    figure.update_yaxes(type="log", range=decades, dtick=1, exponentformat="power", row=1, col=1)
    figure.update_yaxes(tickformat=".0%", range=[-0.03, 1.03], row=1, col=2)
    figure.update_xaxes(title="epoch", rangemode="tozero")
    return _laid_out(figure)


def spreads(parameters: np.ndarray, config: Config) -> go.Figure:
    """A panel for each layer: the share of its weights at each size."""
    found = spread(parameters, config)
    names = [layer_name(i, len(found)) for i in range(len(found))]
    figure = make_subplots(1, len(found), shared_yaxes=True, subplot_titles=names, horizontal_spacing=0.05)
    for column, (edges, now, start) in enumerate(found, start=1):
        middles = (edges[:-1] + edges[1:]) / 2
        for title, shares, colour, dash in (
            ("start", start, theme.TEST, "dash"),
            ("now", now, theme.POSITIVE, "solid"),
        ):
            figure.add_scatter(
                x=middles,
                y=shares,
                name=title,
                showlegend=column == 1,
                mode="lines",
                line={"shape": "hvh", "color": colour, "dash": dash, "width": 1.5},
                hovertemplate=f"%{{x:.2f}}: %{{y:.1%}} of the weights, {title}<extra></extra>",
                row=1,
                col=column,
            )
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    figure.update_xaxes(title="weight", nticks=4)
    return _laid_out(figure)


def _laid_out(figure: go.Figure) -> go.Figure:
    return figure.update_layout(
        height=260,
        margin={"l": 40, "r": 10, "t": 64, "b": 40},
        legend={"orientation": "h", "y": 1.5, "x": 1, "xanchor": "right"},
    )

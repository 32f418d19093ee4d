"""How the weights of each layer are spread, now and at the start, as a Plotly chart."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from nn_core.config import Config
from nn_core.diagnostics import spread
from ui import theme


def spreads(parameters: np.ndarray, config: Config) -> go.Figure:
    """A panel for each layer: the share of its weights at each size."""
    found = spread(parameters, config)
    names = [f"hidden {i + 1}" for i in range(len(config.hidden_sizes))] + ["output"]
    figure = make_subplots(1, len(found), subplot_titles=names, horizontal_spacing=0.06)
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
    figure.update_xaxes(title="weight", nticks=5)
    figure.update_layout(
        height=260,
        margin={"l": 40, "r": 10, "t": 64, "b": 40},
        legend={"orientation": "h", "y": 1.5, "x": 1, "xanchor": "right"},
    )
    return figure

"""The landscape of a loss as Plotly charts: a map with contours, and a surface to turn, with the paths across it."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from nn_core.activations import Array
from nn_core.landscape import Map, Shadow
from ui import theme

SCALE = [[0, theme.ZERO], [0.4, theme.GRID], [0.8, theme.TEST], [1, theme.TRAIN]]  # white is low, as on paper maps
LEAST = 1e-12  # losses below count as this: a log has no 0
MOST_DECADES = 12  # that are coloured
COLOURS = (*theme.CLASSES[:5], *theme.COMPARED)  # readable on the map, and on light and dark pages
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "8px 2px")
SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "star")


class Walk(NamedTuple):
    """A path to draw: its name, its shadow on the plane, its recorded epochs (T,) and the losses (T,) that it had."""

    name: str
    shadow: Shadow
    epochs: Array
    loss: Array


def flat(map_: Map, walks: Sequence[Walk], now: tuple[float, float], titles: Sequence[str], unit: str) -> go.Figure:
    """The map from above; `now` is the place of the network that the plane goes through."""
    figure, z = go.Figure(), _logarithm(map_.loss)
    low, high = _limits(z)
    figure.add_contour(
        x=map_.u,
        y=map_.v,
        z=z,
        customdata=map_.loss,
        colorscale=SCALE,
        zmin=low,
        zmax=high,
        contours={"coloring": "heatmap", "start": low, "end": high, "size": _size(low, high)},
        line={"width": 0.7, "color": theme.TRAIN},
        colorbar=_bar(low, high, unit),
        hovertemplate="loss %{customdata:.4g}<extra></extra>",
    )
    if not np.isfinite(z).all():
        figure.add_heatmap(
            x=map_.u,
            y=map_.v,
            z=np.where(np.isfinite(z), np.nan, 1),
            colorscale=[[0, theme.INK], [1, theme.INK]],
            showscale=False,
            hovertemplate="no longer a number<extra></extra>",
        )
    for i, walk in enumerate(walks):
        _path(figure, i, walk)
    mark = {"symbol": "star", "size": 17, "color": theme.ZERO, "line": {"width": 2, "color": theme.INK}}
    figure.add_scatter(
        x=now[:1], y=now[1:], mode="markers", marker=mark, showlegend=False, hovertemplate="chosen epoch<extra></extra>"
    )
    figure.update_xaxes(title=titles[0], range=[map_.u[0], map_.u[-1]], zeroline=False)
    figure.update_yaxes(title=titles[1], range=[map_.v[0], map_.v[-1]], zeroline=False)
    return _laid_out(figure)


def _path(figure: go.Figure, i: int, walk: Walk) -> None:
    x, y = walk.shadow.places.T
    line = {"color": COLOURS[i], "width": 3, "dash": DASHES[i]}
    halo = {"color": theme.ZERO, "width": 6}
    figure.add_scatter(x=x, y=y, mode="lines", line=halo, opacity=0.7, showlegend=False, hoverinfo="skip")
    figure.add_scatter(
        x=x,
        y=y,
        customdata=np.stack([walk.epochs, walk.loss, walk.shadow.beneath], axis=-1),
        name=walk.name,
        mode="lines",
        line=line,
        legendgroup=walk.name,
        hovertemplate="epoch %{customdata[0]:,}: loss %{customdata[1]:.4g}, here on the map %{customdata[2]:.4g}",
    )
    mark = {"symbol": SYMBOLS[i], "size": 11, "color": COLOURS[i], "line": {"width": 2, "color": theme.ZERO}}
    figure.add_scatter(
        x=x[-1:], y=y[-1:], mode="markers", marker=mark, showlegend=False, legendgroup=walk.name, hoverinfo="skip"
    )
    if not i:
        start = {"symbol": "circle-open", "size": 11, "color": theme.INK, "line": {"width": 3}}
        figure.add_scatter(
            x=x[:1], y=y[:1], mode="markers", marker=start, showlegend=False, hovertemplate="start<extra></extra>"
        )


def surface(map_: Map, walks: Sequence[Walk], titles: Sequence[str], unit: str) -> go.Figure:
    """The same as hills and valleys, the height a logarithm of the loss; paths lie on the ground."""
    z = _logarithm(map_.loss)
    low, high = _limits(z)
    figure = go.Figure()
    figure.add_surface(
        x=map_.u,
        y=map_.v,
        z=np.minimum(z, high),
        customdata=map_.loss,
        colorscale=SCALE,
        cmin=low,
        cmax=high,
        showscale=False,
        contours={
            "z": {"show": True, "color": theme.TRAIN, "width": 1, "start": low, "end": high, "size": _size(low, high)}
        },
        hovertemplate="loss %{customdata:.4g}<extra></extra>",
    )
    lift = 0.01 * (high - low)  # off the ground, so that it is not half under it
    for i, walk in enumerate(walks):
        x, y = walk.shadow.places.T
        inside = (x >= map_.u[0]) & (x <= map_.u[-1]) & (y >= map_.v[0]) & (y <= map_.v[-1])
        height = np.where(inside, np.minimum(_logarithm(walk.shadow.beneath), high) + lift, np.nan)
        dash = DASHES[i] if DASHES[i] in ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot") else "dash"
        figure.add_scatter3d(
            x=x,
            y=y,
            z=height,
            name=walk.name,
            mode="lines",
            line={"color": COLOURS[i], "width": 7, "dash": dash},
            showlegend=False,
            hoverinfo="skip",
        )
    values = _ticks(low, high)
    axes = {"showspikes": False, "gridcolor": theme.TEST, "color": theme.TRAIN}
    figure.update_layout(
        scene={
            "xaxis": {"title": titles[0].partition(", ")[0], **axes},
            "yaxis": {"title": titles[1].partition(", ")[0], **axes},
            "zaxis": {"title": "loss", "tickvals": np.log10(values), "ticktext": [f"{v:.3g}" for v in values], **axes},
            "aspectmode": "manual",
            "aspectratio": {"x": 1, "y": 1, "z": 0.7},
            "camera": {"eye": {"x": 1.7, "y": -1.7, "z": 1.25}, "center": {"x": 0, "y": 0, "z": -0.15}},
        }
    )
    return _laid_out(figure)


def _logarithm(loss: Array) -> Array:
    finite = np.isfinite(loss)
    return np.where(finite, np.log10(np.maximum(np.where(finite, loss, 1), LEAST)), np.nan)


def _limits(z: Array) -> tuple[float, float]:
    finite = z[np.isfinite(z)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return low, max(min(high, low + MOST_DECADES), low + 1e-6)


def _size(low: float, high: float) -> float:
    return max(high - low, 1e-9) / 18


def _ticks(low: float, high: float) -> list[float]:
    """Losses between 10^low and 10^high to name: round ones, seven at most, or if those are too few, five."""
    for digits in ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        decades = range(math.floor(low), math.ceil(high) + 1)
        values = [digit * 10.0**decade for decade in decades for digit in digits]
        values = [value for value in values if low <= math.log10(value) <= high]
        if len(values) < 3:
            return (10 ** np.linspace(low, high, 7)[1:-1]).tolist()
        if len(values) <= 7:
            return values
    return values[:: math.ceil(len(values) / 7)]


def _bar(low: float, high: float, unit: str) -> dict:
    values = _ticks(low, high)
    return {
        "orientation": "h",
        "y": -0.2,
        "yanchor": "top",
        "thickness": 12,
        "title": {"text": f"training loss ({unit})" if unit else "training loss", "side": "bottom"},
        "tickvals": np.log10(values),
        "ticktext": [f"{value:.3g}" for value in values],
    }


def _laid_out(figure: go.Figure) -> go.Figure:
    figure.update_layout(
        height=520,
        margin={"l": 50, "r": 10, "t": 40, "b": 10},
        hovermode="closest",
        legend={"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0},
    )
    return figure

"""What operations do to a network, as Plotly charts."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ui import theme


def worth(lost: np.ndarray, off: Sequence[int], looked: int) -> go.Figure:
    """The accuracy lost without each unit of a layer, the most worth first. Units in `off` are hatched, the one looked
    at is named. The points of the chart are in order; `customdata` has the number of the unit."""
    order = lost.argsort(kind="stable")[::-1]
    figure = go.Figure()
    figure.add_bar(
        x=np.arange(1, len(lost) + 1),
        y=lost[order],
        customdata=order,
        marker={
            "color": [theme.POSITIVE if value >= 0 else theme.NEGATIVE for value in lost[order]],
            "pattern": {"shape": ["x" if unit in off else "" for unit in order]},
            "line": {"width": 0},
        },
        hovertemplate="unit %{customdata}: %{y:.2%} lost without it<extra></extra>",
    )
    figure.add_annotation(
        x=int(np.flatnonzero(order == looked)[0]) + 1,
        y=max(lost[looked], 0),
        text=f"unit {looked}{' (off)' if looked in off else ''}",
        ax=0,
        ay=-28,
        arrowhead=2,
    )
    figure.update_xaxes(title="units, the most worth first", showticklabels=False)
    figure.update_yaxes(title="accuracy lost", tickformat=".1%")
    figure.update_layout(height=300, bargap=0.08, clickmode="event+select", dragmode=False)
    return _laid_out(figure)


def sweep(amounts: Sequence[float], accuracy: np.ndarray, now: float | None, title: str, unit: str = "") -> go.Figure:
    """The accuracy at each amount of an operation; a line where the network stands now."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(amounts),
        y=accuracy,
        mode="lines+markers",
        line={"color": theme.POSITIVE, "width": 2},
        hovertemplate="%{x}: %{y:.1%} right<extra></extra>",
    )
    if now is not None:
        figure.add_vline(x=now, line={"color": theme.NEGATIVE, "dash": "dash", "width": 2}, annotation_text="now")
    figure.update_xaxes(title=title, ticksuffix=unit)
    figure.update_yaxes(title="read right", tickformat=".0%", range=[0, 1.02])
    figure.update_layout(height=300)
    return _laid_out(figure)


def changes(points: np.ndarray, names: Sequence[str]) -> go.Figure:
    """By how many points each class is read better or worse than before."""
    figure = go.Figure()
    figure.add_bar(
        x=list(names),
        y=points,
        text=[theme.signed(float(each)) for each in points],
        textposition="outside",
        cliponaxis=False,
        marker={"color": [theme.POSITIVE if each >= 0 else theme.NEGATIVE for each in points]},
        hovertemplate="class %{x}: %{y:+.2f} points<extra></extra>",
    )
    figure.update_xaxes(type="category", title="class")
    figure.update_yaxes(title="change in points", zeroline=True)
    figure.update_layout(height=300)
    return _laid_out(figure)


def _laid_out(figure: go.Figure) -> go.Figure:
    return figure.update_layout(margin={"l": 60, "r": 20, "t": 30, "b": 50})

"""A run on paper: decision boundary and loss curve by Matplotlib, as PNG, SVG or PDF."""

import io
from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

from nn_core.activations import ACTIVATIONS, Array
from nn_core.datasets import Data
from nn_core.history import History
from nn_core.losses import LOSSES
from nn_core.mlp import predict
from ui import theme

GRID = 241  # points along each axis of the map
FORMATS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}


def run_print(history: History, data: Data, fmt: str) -> bytes:
    """The decision boundary at the end of the run beside its loss curve, as the bytes of a file in this format."""
    with matplotlib.rc_context(theme.PRINT_STYLE):
        figure = Figure(figsize=(9.6, 4.2), layout="constrained")
        boundary, curve = figure.subplots(1, 2)
        _draw_boundary(boundary, history, data)
        _draw_loss(curve, history)
        figure.suptitle(title(history), fontsize=9, color=theme.INK)
        buffer = io.BytesIO()
        # No date in the file: the same run gives the same bytes.
        figure.savefig(buffer, format=fmt, dpi=200, metadata=None if fmt == "png" else {_DATE[fmt]: None})
    return buffer.getvalue()


_DATE = {"svg": "Date", "pdf": "CreationDate"}


def title(history: History) -> str:
    """The run in one line: XOR: random bit pairs, 2-4-1 tanh, gradient descent at 0.5, 1,000 epochs, seed 0."""
    config = history.config
    names = ", ".join(dict.fromkeys(ACTIVATIONS[name].title for name in config.activations))
    sizes = "-".join(map(str, config.layer_sizes))
    return (
        f"{config.data.title}, {sizes} {names}, {config.optimizer.replace('_', ' ')} at {config.learning_rate:g}, "
        f"{history.epochs[-1]:,} epochs, seed {config.seed}"
    )


def grid(low: float, high: float) -> tuple[Array, Array]:
    """Coordinates along one axis (GRID,), and all points of the square (GRID * GRID, 2), x1 running fastest."""
    axis = np.linspace(low, high, GRID)
    x1, x2 = np.meshgrid(axis, axis)
    return axis, np.column_stack([x1.ravel(), x2.ravel()])


def _draw_boundary(axes: Axes, history: History, data: Data) -> None:
    config = history.config
    low, high = config.data.domain
    axis, points = grid(low, high)
    answer = predict(history.state.parameters, points, config).reshape(GRID, GRID, -1)
    if config.task == "multiclass":
        colours = np.array([to_rgb(colour) for colour in theme.CLASSES])
        image = 1 - 0.75 * (answer @ (1 - colours[: answer.shape[-1]]))
        axes.imshow(np.clip(image, 0, 1), extent=(low, high, low, high), origin="lower", interpolation="bilinear")
        axes.contour(axis, axis, answer.argmax(axis=-1), levels=np.arange(answer.shape[-1]) - 0.5, colors=theme.INK)
    else:
        middle, reach = (
            (0.0, max(1.0, float(np.abs(data.y_train).max()))) if config.task == "regression" else (0.5, 0.5)
        )
        colours = LinearSegmentedColormap.from_list("answer", (theme.NEGATIVE, theme.ZERO, theme.POSITIVE))
        mesh = axes.imshow(
            answer[..., 0],
            extent=(low, high, low, high),
            origin="lower",
            cmap=colours,
            vmin=middle - reach,
            vmax=middle + reach,
            interpolation="bilinear",
            alpha=0.75,
        )
        if answer.min() < middle < answer.max():
            axes.contour(axis, axis, answer[..., 0], levels=[middle], colors=theme.INK, linewidths=1.4)
        label = "output" if config.task == "regression" else "probability of class 1"
        axes.figure.colorbar(mesh, ax=axes, label=label, shrink=0.85)
    _draw_points(axes, data)
    axes.set(
        xlim=(low, high), ylim=(low, high), xlabel="$x_1$", ylabel="$x_2$", title="Decision boundary", aspect="equal"
    )
    axes.grid(visible=False)


def _draw_points(axes: Axes, data: Data) -> None:
    if data.task == "regression":
        reach = max(1.0, float(np.abs(data.y_train).max()))
        colours = LinearSegmentedColormap.from_list("target", (theme.NEGATIVE, theme.ZERO, theme.POSITIVE))
        axes.scatter(
            *data.x_train.T,
            c=data.y_train,
            cmap=colours,
            vmin=-reach,
            vmax=reach,
            s=14,
            edgecolors=theme.INK,
            linewidths=0.4,
        )
        return
    for label in np.unique(data.y_train):
        points = np.unique(data.x_train[data.y_train == label], axis=0)
        axes.scatter(
            *points.T,
            marker=theme.MARKERS[int(label) % len(theme.MARKERS)],
            color=theme.CLASSES[int(label) % len(theme.CLASSES)],
            s=60 if len(points) < 10 else 14,
            edgecolors=theme.ZERO,
            linewidths=0.6,
            label=f"class {label}",
        )
    axes.legend(loc="upper right", fontsize=8, frameon=True, framealpha=0.85)


def _draw_loss(axes: Axes, history: History) -> None:
    loss = LOSSES[history.config.loss_name]
    lines: Sequence[tuple[Array, str, str]] = ((history.train_loss, "train", "-"), (history.test_loss, "test", "--"))
    for values, name, style in lines:
        axes.plot(
            history.epochs, values, style, color=theme.POSITIVE if name == "train" else theme.NEGATIVE, label=name
        )
    unit = f" ({loss.unit})" if loss.unit else ""
    axes.set(xlabel="epoch", ylabel=loss.title + unit, title="Loss")
    axes.set_ylim(bottom=0)
    axes.legend()

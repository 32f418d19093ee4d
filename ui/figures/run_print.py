"""A run on paper: decision boundary and loss curve by Matplotlib, as PNG, SVG or PDF."""

import io
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

from nn_core.activations import ACTIVATIONS, Array
from nn_core.data import data_over_time, domain
from nn_core.datasets import Data
from nn_core.history import History
from nn_core.losses import LOSSES
from nn_core.mlp import predict
from ui import theme

GRID = 241  # points along each axis of the map
FORMATS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
UNDATED = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}  # the same run gives the same file
DIVERGING = LinearSegmentedColormap.from_list("diverging", (theme.NEGATIVE, theme.ZERO, theme.POSITIVE))


def run_print(history: History, data: Data, fmt: str) -> bytes:
    """The decision boundary at the end of the run beside its loss curve, as the bytes of a file in one of FORMATS.
    `data` are those of the run's start; shown are those in force at its end."""
    *_, data = data_over_time(history.config, data)
    with matplotlib.rc_context(theme.PRINT_STYLE):
        figure = Figure(figsize=(9.6, 4.2), layout="constrained")
        boundary, curve = figure.subplots(1, 2)
        _draw_map(boundary, history, data)
        _draw_points(boundary, data)
        _draw_loss(curve, history)
        figure.suptitle(title(history), fontsize=9, color=theme.INK)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=fmt, dpi=200, metadata=UNDATED[fmt])
    return buffer.getvalue()


def title(history: History) -> str:
    """The run in one line: XOR: random bit pairs, 2-4-1 tanh, gradient descent at 0.5, 1,000 epochs, seed 0."""
    config = history.config
    names = "".join(f" {name}," for name in dict.fromkeys(ACTIVATIONS[each].title for each in config.activations))
    sizes = "-".join(map(str, config.layer_sizes))
    return (
        f"{config.data.title}, {sizes}{names or ','} {config.optimizer.replace('_', ' ')} at {config.learning_rate:g}, "
        f"{history.epochs[-1]:,} epochs, seed {config.seed}"
    )


def answers(history: History, data: Data) -> tuple[Array, Array, Array]:
    """Coordinates x1 and x2 along the axes (GRID,), and the network's answers at the end of the run (GRID, GRID, k), x1
    along the second axis."""
    left, right, bottom, top = domain(history.config, data)
    x1, x2 = np.linspace(left, right, GRID), np.linspace(bottom, top, GRID)
    points = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
    return x1, x2, predict(history.state.parameters, points, history.config).reshape(GRID, GRID, -1)


def _draw_map(axes: Axes, history: History, data: Data) -> None:
    config = history.config
    x1, x2, answer = answers(history, data)
    across, up, _ = data.axes
    left, right, bottom, top = domain(config, data)
    x1, x2 = across.raw(x1), up.raw(x2)
    borders: Any = {"levels": [0], "colors": theme.INK, "linewidths": 1.4}
    extent = (across.raw(left), across.raw(right), up.raw(bottom), up.raw(top))
    place: Any = {"extent": extent, "origin": "lower", "interpolation": "bilinear", "aspect": "auto"}
    if config.task == "multiclass":
        axes.imshow(_blend(answer), **place)
        for k in range(answer.shape[-1]):
            axes.contour(x1, x2, answer[..., k] - np.delete(answer, k, axis=-1).max(axis=-1), **borders)
    else:
        middle, reach = (0.0, _reach(data)) if config.task == "regression" else (0.5, 0.5)
        image = axes.imshow(
            answer[..., 0], alpha=0.75, cmap=DIVERGING, vmin=middle - reach, vmax=middle + reach, **place
        )
        if answer.min() < middle < answer.max():
            axes.contour(x1, x2, answer[..., 0] - middle, **borders)
        likely = _plain(data.classes[1]) if data.classes else "class 1"
        label = "output" if config.task == "regression" else f"probability of {likely}"
        axes.figure.colorbar(image, ax=axes, label=label, shrink=0.85)
    axes.set(xlabel=_plain(across.title), ylabel=_plain(up.title), box_aspect=1)
    axes.set_title("Output of the network" if config.task == "regression" else "Decision boundary")
    axes.grid(visible=False)


def _blend(answer: Array) -> Array:
    """Class colours mixed by probability and lightened (GRID, GRID, 3)."""
    colours = np.array([to_rgb(colour) for colour in theme.CLASSES[: answer.shape[-1]]])
    return np.clip(1 - 0.75 * (answer @ (1 - colours)), 0, 1)


def _reach(data: Data) -> float:
    """The largest target in size, at least 1: where the colours of a regression end."""
    return max(1.0, float(np.abs(data.y_train).max(initial=0)))


def _plain(words: str) -> str:
    """Words of a visitor, short, and none of them taken for a formula."""
    return words[:30].replace("$", r"\$")


def _draw_points(axes: Axes, data: Data) -> None:
    edge = {"edgecolors": theme.INK, "linewidths": 0.4}
    x = np.column_stack([axis.raw(values) for axis, values in zip(data.axes, data.x_train.T, strict=False)])
    if data.task == "regression":
        reach = _reach(data)
        axes.scatter(*x.T, c=data.y_train, cmap=DIVERGING, vmin=-reach, vmax=reach, s=14, **edge)
        return
    names = dict(enumerate(data.classes))
    for label in np.unique(data.y_train):
        points = np.unique(x[data.y_train == label], axis=0)
        look = {"marker": theme.MARKERS[int(label)], "color": theme.CLASSES[int(label)]}
        said = _plain(names.get(int(label), f"class {label}"))
        axes.scatter(*points.T, s=60 if len(points) < 10 else 14, label=said, **look, **edge)
    if len(data.y_train):
        axes.legend(loc="upper right", fontsize=8, frameon=True, framealpha=0.85)


def _draw_loss(axes: Axes, history: History) -> None:
    loss = LOSSES[history.config.loss_name]
    axes.plot(history.epochs, history.train_loss, "-", color=theme.TRAIN, label="train")
    axes.plot(history.epochs, history.test_loss, "--", color=theme.TEST, label="test")
    axes.set(xlabel="epoch", ylabel=f"{loss.title} ({loss.unit})" if loss.unit else loss.title)
    axes.set_title("Loss")
    axes.set_ylim(bottom=0)
    axes.legend()

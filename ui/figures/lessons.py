"""The charts of the lessons: functions with their slopes, losses by the answer, runs side by side."""

from collections.abc import Collection, Mapping

import numpy as np

from nn_core.activations import ACTIVATIONS, Array
from nn_core.datasets import Data
from nn_core.history import History
from nn_core.losses import LINKS, LOSSES
from ui.figures.plots import COLOURS, DASHES, Axis, Level, Panel, Series, span

REACH = 5.0  # of z, on both sides
SHOWN_LOSSES = ("binary_cross_entropy", "mean_squared_error", "mean_absolute_error")
STEEPEST = 4.0  # loss that is shown


def activation(name: str) -> Panel:
    """An activation function and its slope."""
    z = np.linspace(-REACH, REACH, 201)
    a = ACTIVATIONS[name].value(z)
    slope = ACTIVATIONS[name].slope(z, a)
    series = (Series("a", z, a, COLOURS[0]), Series("slope da/dz", z, slope, COLOURS[-1], "dashed"))
    steepest = float(slope.max())
    levels = (Level("x", 0.0), Level("y", steepest, f"steepest slope: {steepest:.3g}"))
    return Panel("", Axis("z", -REACH, REACH), Axis("activation a, and its slope", *span([a, slope])), series, levels)


def losses() -> Panel:
    """What an answer p costs where 1 is right, by three losses."""
    p = np.linspace(0.005, 0.995, 199)
    z = np.log(p / (1 - p))
    looks = zip(SHOWN_LOSSES, COLOURS, DASHES, strict=False)
    series = tuple(Series(LOSSES[name].title, p, _costs(name, z), colour, dash) for name, colour, dash in looks)
    guessing = Level("y", _guessing(), f"guessing, p = 0.5: {_guessing():.3f}")
    axes = Axis("answer p, where 1 is right", 0, 1), Axis("loss", 0, STEEPEST)
    return Panel("", *axes, series, (Level("x", 0.5), guessing))


def _costs(loss: str, z: Array) -> Array:
    """The loss (n,) of sums z (n,) where 1 is right."""
    return LOSSES[loss].value(z[:, None], np.ones((len(z), 1)), LINKS["sigmoid"])


def _guessing() -> float:
    return float(_costs("binary_cross_entropy", np.zeros(1))[0])


def side_by_side(runs: Mapping[str, History], data: Data, behind: Collection[str] = ()) -> list[Panel]:
    """Two classes of points, and of runs on them by their names the training loss and the accuracy on the points that
    were not learnt from; those `behind` as thin lines behind the others."""
    losses, shares = (
        tuple(
            Series(name, history.epochs, getattr(history, curve), colour, dash, faint=name in behind)
            for (name, history), colour, dash in zip(runs.items(), COLOURS, DASHES, strict=False)
        )
        for curve in ("train_loss", "test_accuracy")
    )
    epoch = Axis("epoch", 0, max(history.config.last_epoch for history in runs.values()), kind="count")
    loss = Axis("training loss", *span([each.y for each in losses], logarithmic=True), logarithmic=True)
    lowest = min(0.4, *(float(each.y.min()) for each in shares))
    share = Axis("validation accuracy", lowest - 0.02, 1, kind="share")
    guessing = Level("y", _guessing(), f"guessing: {_guessing():.3f} = ln 2")
    return [_points(data), Panel("", epoch, loss, losses, (guessing,)), Panel("", epoch, share, shares)]


def _points(data: Data) -> Panel:
    """Points of two classes; those for validation are hollow."""
    series = []
    for k in range(2):
        for x, y, more in ((data.x_train, data.y_train, ""), (data.x_test, data.y_test, ", for validation")):
            here = x[y == k]
            look = {"dash": "", "mark": k, "hollow": bool(more), "legend": False}
            series.append(Series(f"class {k}", here[:, 0], here[:, 1], f"class-{k}", told=f"class {k}{more}", **look))
    across = Axis(data.axes[0].title, *span([each.x for each in series]))
    up = Axis(data.axes[1].title, *span([each.y for each in series]))
    meaning = "Orange circles are class 0, blue squares class 1. Filled is what is learnt from, hollow for validation."
    summary = f"{len(data.x_train)} points to learn from and {len(data.x_test)} for validation, of two classes."
    return Panel("", across, up, tuple(series), meaning=meaning, summary=summary, scattered=True)

"""How much can be learnt from some points, whatever the network: as far as their neighbours tell, and straight lines.

Where the nearest points mostly agree, a boundary can be drawn between the kinds; where they do not, classes overlap or
values are noisy, and no network can do much better on new points. It is an estimate, a low one on few points.
"""

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.engine import with_ones
from nn_core.mlp import inputs, targets

MOST_POINTS = 300  # that are compared with each other, evenly taken
NEIGHBOURS = 5
FEWEST_POINTS = 20  # of fewer it is only looked whether equal ones agree


def reach(config: Config, data: Data, raw: bool = False) -> float:
    """The score on training points that their neighbours give them: the share whose class most of the nearest five
    have, for regression the R² of the mean of the nearest five. Neighbours are near in the input features that the
    network sees, or with `raw` on the plane."""
    n = len(data.x_train)
    chosen = np.unique(np.linspace(0, n - 1, min(n, MOST_POINTS)).round().astype(int))
    x, y = data.x_train[chosen], data.y_train[chosen]
    seen = x if raw else inputs(x, config)
    distance = ((seen[:, None] - seen[None]) ** 2).sum(axis=-1)
    if n < FEWEST_POINTS:
        near = [y[row] for row in distance < 1e-18]  # each point and its copies
    else:
        np.fill_diagonal(distance, np.inf)
        near = y[np.argpartition(distance, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]]
    if config.task == "regression":
        return _explained(np.array([each.mean() for each in near]), y)
    votes = np.array([np.bincount(each, minlength=config.data.classes) for each in near])
    return float((votes.argmax(axis=1) == y).mean())


def best_straight(config: Config, data: Data) -> float:
    """The score on training points of a straight cut, or a plane, through the network's input features: that of least
    squares."""
    seen, y = with_ones(inputs(data.x_train, config)), targets(data.y_train, config)
    answer = seen @ np.linalg.lstsq(seen, y, rcond=None)[0]
    if config.task == "regression":
        return _explained(answer[:, 0], data.y_train)
    chosen = answer.argmax(axis=1) if config.task == "multiclass" else answer[:, 0] > 0.5
    return float((chosen == data.y_train).mean())


def _explained(answer: Array, y: Array) -> float:
    """R²; 1 where there is nothing to explain."""
    spread = float(y.var())
    return float(1 - ((answer - y) ** 2).mean() / spread) if spread > 1e-12 else 1.0

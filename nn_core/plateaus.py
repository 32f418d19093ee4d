"""Plateaus with a name: the losses at which a network rests that answers the same for several inputs.

A network that tells some of its inputs apart and gives the others one answer for all can do no better than answer their
mean; it rests there until it tells them apart as well. On XOR these are the steps on which losses stand: all four
corners share an answer (ln 2, nothing learnt), three of them do (0.477 where all are equally many), or two (0.347).
"""

import math
from itertools import combinations
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.engine import evaluation_rows

MOST_INPUTS = 6  # different ones, whose groups are looked through
NEAR = 0.01  # how near a loss is to a plateau, relatively, that it is called by it
WIDE = 1.25  # the highest by the lowest loss of one plateau: where they lie further apart it has no name


class Plateau(NamedTuple):
    """Losses from `low` to `high`: which of the inputs it is that share an answer makes a small difference where they
    are about equally many. `shared` of `inputs` different inputs share an answer; all of them: nothing is learnt."""

    low: float
    high: float
    shared: int
    inputs: int

    @property
    def value(self) -> float:
        return (self.low + self.high) / 2

    def has(self, loss: float) -> bool:
        """Whether a loss is on it."""
        return self.low * (1 - NEAR) <= loss <= self.high * (1 + NEAR)


def plateaus(config: Config, data: Data) -> list[Plateau]:
    """The named plateaus of a run on these data, highest first; () where the loss has none that are known.

    Of values, and of more than six different inputs, it is one: the loss of the best single answer for all.
    """
    if config.loss_name not in RESTS or not len(data.y_train):
        return []
    rows = evaluation_rows(config, data)
    targets, weight = rows.targets[rows.train > 0], rows.train[rows.train > 0]
    weight = weight / weight.sum()
    n = len(targets)
    sizes = range(n, 1, -1) if n <= MOST_INPUTS and config.task != "regression" else [n]
    found = []
    for size in sizes:
        groups = combinations(range(n), size) if size < n else [range(n)]
        rests = [RESTS[config.loss_name](targets[[*group]], weight[[*group]]) for group in groups]
        rests = [rest for rest in rests if rest > 1e-9]  # those that share an answer want different ones
        if rests and max(rests) <= WIDE * min(rests):
            found.append(Plateau(min(rests), max(rests), size, n))
    return found


def _entropy(targets: Array, weight: Array) -> float:
    """The cross-entropy of the best single answer, the classes' shares, over these rows."""
    shares = weight @ _one_hot(targets) / weight.sum()
    return float(-weight.sum() * sum(p * math.log(p) for p in shares.tolist() if p > 0))


def _variance(targets: Array, weight: Array) -> float:
    """The squared error of the best single answer, the mean, over these rows."""
    mean = weight @ targets / weight.sum()
    return float(weight @ ((targets - mean) ** 2).mean(axis=1))


def _one_hot(targets: Array) -> Array:
    return targets if targets.shape[1] > 1 else np.concatenate([1 - targets, targets], axis=1)


RESTS = {
    "binary_cross_entropy": _entropy,
    "categorical_cross_entropy": _entropy,
    "mean_squared_error": _variance,
}

"""The first tutorial's network, which does not learn: its experiment, what may be changed about it, and what holds it.

Two sigmoid units on XOR, weights of 0.01 x normal, 1,000 random pairs of bits, binary cross-entropy. The tutorial names
no learning rate and no number of epochs: 0.5 and 1,000 are taken here, all pairs at once.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.datasets import CORNERS
from nn_core.history import History
from nn_core.mlp import forward, initial_parameters, layers, loss_and_gradient, predict
from nn_core.population import Population, run
from nn_core.presets import PRESETS

EXPERIMENT = PRESETS["tutorial"].config
SEEDS = 64
REMEMBERED = 128  # experiments, each a few kilobytes of figures and networks
SCALES = (0.01, 0.03, 0.1, 0.3, 1.0)
RATES = (0.5, 1.0, 2.0, 5.0, 10.0)
LONG = 16_000  # epochs at the lowest of these rates; the others have as much rate x epochs
ESCAPED = 0.05  # below the loss of guessing


class Dial(NamedTuple):
    """One thing that may be changed: a setting with the tutorial's value first, each with its words."""

    setting: str
    title: str
    values: dict[Any, str]


DIALS = (
    Dial("learning_rate", "Learning rate", {0.5: "0.5", 1.0: "1", 2.0: "2", 5.0: "5", 10.0: "10"}),
    Dial("initializer", "First weights", {"tutorial": "0.01 × normal", "normal": "normal"}),
    Dial("activation", "Activation", {"sigmoid": "sigmoid", "tanh": "tanh"}),
    Dial("hidden_sizes", "Hidden nodes", {(2,): "2", (4,): "4", (8,): "8"}),
    Dial("epochs", "Epochs", {1000: "1,000", 2000: "2,000", 10_000: "10,000"}),
)


def single_changes() -> list[Config]:
    """The experiment with one thing changed, in every way that is offered."""
    return [EXPERIMENT.replace(**{dial.setting: value}) for dial in DIALS for value in list(dial.values)[1:]]


@lru_cache(REMEMBERED)
def from_many_seeds(config: Config) -> Population:
    """The run from 64 seeds, on the same data."""
    return run(config.from_seed(seed) for seed in range(SEEDS))


def changed(config: Config) -> str:
    """What is other than in the tutorial, in words; "" for nothing."""
    values = ((dial, getattr(config, dial.setting)) for dial in DIALS)
    other = [(dial, value) for dial, value in values if value != getattr(EXPERIMENT, dial.setting)]
    return ", ".join(f"{dial.title.lower()} {dial.values[value]}" for dial, value in other)


# --- what holds it ----------------------------------------------------------------------------------------------------


def corner_answers(history: History, snapshots: Sequence[int]) -> Array:
    """What the network answers at the four corners (len(snapshots), 4), at these of its snapshots."""
    x = np.array([corner[:2] for corner in CORNERS], float)
    return np.array([predict(parameters, x, history.config)[:, 0] for parameters in history.parameters[[*snapshots]]])


class Pull(NamedTuple):
    """At the start, for first weights of this scale: the root mean square of the first layer's gradient, by a weight,
    and of the second layer's weights. Medians over the seeds."""

    scale: float
    gradient: float
    weights: float


@lru_cache
def pulls(config: Config = EXPERIMENT) -> list[Pull]:
    """How strongly the first layer is pulled at the start. Backpropagation sends the error back through the second
    layer's weights, so that small ones let little of it through."""
    data = make_data(config)
    found = []
    for scale in SCALES:
        sizes = []
        for seed in range(SEEDS):
            each = config.replace(initializer="normal", initial_scale=scale, seed=seed)
            parameters = initial_parameters(each)
            _, gradient = loss_and_gradient(parameters, data.x_train, data.y_train, each)
            sizes.append((_rms(layers(gradient, each)[0].W), _rms(layers(parameters, each)[1].W)))
        found.append(Pull(scale, *np.median(sizes, axis=0).tolist()))
    return found


class Escape(NamedTuple):
    """At this rate: the epoch by which each seed has left the loss of guessing (64,), infinity if it has not."""

    rate: float
    epochs: Array


@lru_cache
def escapes(config: Config = EXPERIMENT) -> list[Escape]:
    """How long each of some rates takes to get away from the loss of guessing."""
    return [escape(config, rate) for rate in RATES]


def escape(config: Config, rate: float) -> Escape:
    """How long this one takes."""
    whole = from_many_seeds(config.replace(learning_rate=rate, epochs=round(LONG * RATES[0] / rate)))
    below = whole.train_loss < whole.train_loss[0].min() - ESCAPED
    return Escape(rate, np.where(below.any(axis=0), whole.epochs[below.argmax(axis=0)], math.inf))


def output_curvature(config: Config) -> float:
    """How much the loss curves along the output's weights and bias together, at the start: the mean of
    p (1 - p) (1 + sum of a^2), as all inputs give nearly the same activations a. Gradient descent on a parabola that
    curves by c is steady while rate x c is below 2."""
    trace = forward(initial_parameters(config), make_data(config).x_train, config)
    p, a = trace.output[:, 0], trace.a[-1]
    return float((p * (1 - p) * (1 + (a**2).sum(axis=1))).mean())


def alignment(parameters: Array, config: Config) -> float:
    """How much the hidden units look the same way: the largest |cosine| between what flows into two of them, weights
    and bias. 1 for units that are the same, or opposite."""
    first = layers(parameters, config)[0]
    rows = np.column_stack([first.W, first.b])
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-300)
    cosines = np.abs(rows @ rows.T)
    return float(cosines[np.triu_indices(len(rows), 1)].max())


def alignments(config: Config) -> tuple[Array, Array]:
    """The same at the start and at the end, for each seed (64,)."""
    whole = from_many_seeds(config)
    ends = [alignment(parameters, config) for parameters in whole.parameters if parameters is not None]
    return np.array([alignment(initial_parameters(each), config) for each in whole.configs]), np.array(ends)


def _rms(values: Array) -> float:
    return float(np.sqrt((values**2).mean()))

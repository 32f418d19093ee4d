"""Losses: how wrong the network is, taken from its outputs before the link so that nothing overflows.

The task fixes the link, the function between the last weighted sum `z` and what the network answers: sigmoid for two
classes, softmax for more, none for regression. Every loss is a pair over `z` (n, k), targets `y` (n, k) and the link:
`value -> (n,)`, one number a sample, and `gradient -> (n, k)`, its derivative by z. Leading axes are allowed.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array, sigmoid, softplus

HUBER_DELTA = 1.0  # where the Huber loss turns from a parabola into a line


class Link(NamedTuple):
    """From the last weighted sums to the answer, and a gradient by the answer pulled back to one by the sums."""

    value: Callable[[Array], Array]
    pull_back: Callable[[Array, Array], Array]  # (answer, gradient by the answer) -> gradient by z


def softmax(z: Array) -> Array:
    """exp(z) over its sum, so that the answers are positive and add up to 1."""
    e = np.exp(z - np.maximum.reduce(z.real, axis=-1, keepdims=True))  # subtract the maximum: exp cannot overflow
    return e / np.add.reduce(e, axis=-1, keepdims=True)


LINKS: dict[str, Link] = {
    "sigmoid": Link(sigmoid, lambda p, g: g * p * (1 - p)),
    "softmax": Link(softmax, lambda p, g: p * (g - (g * p).sum(axis=-1, keepdims=True))),
    "linear": Link(lambda z: z, lambda p, g: g),
}


class Loss(NamedTuple):
    """A loss and its derivative; `tasks` are those it fits; `unit` is that of its value."""

    value: Callable[[Array, Array, Link], Array]
    gradient: Callable[[Array, Array, Link], Array]
    title: str
    tasks: tuple[str, ...]
    unit: str = ""


def binary_cross_entropy(z: Array, y: Array, link: Link) -> Array:
    """Surprise at the true class, in nats: 0 if sure and right, ln 2 = 0.693 for a guess, large if sure and wrong."""
    return (softplus(z) - y * z)[..., 0]


def binary_cross_entropy_gradient(z: Array, y: Array, link: Link) -> Array:
    return sigmoid(z) - y


def categorical_cross_entropy(z: Array, y: Array, link: Link) -> Array:
    """Surprise at the true class of several, in nats: ln k when guessing among k classes."""
    top = z.real.max(axis=-1, keepdims=True)
    log_sum = top + np.log(np.exp(z - top).sum(axis=-1, keepdims=True))
    return (y * (log_sum - z)).sum(axis=-1)


def categorical_cross_entropy_gradient(z: Array, y: Array, link: Link) -> Array:
    return softmax(z) * y.sum(axis=-1, keepdims=True) - y


def mean_squared_error(z: Array, y: Array, link: Link) -> Array:
    """The mean over the outputs of (answer - target)^2: large errors count most."""
    return ((link.value(z) - y) ** 2).mean(axis=-1)


def mean_squared_error_gradient(z: Array, y: Array, link: Link) -> Array:
    p = link.value(z)
    return link.pull_back(p, 2 * (p - y) / z.shape[-1])


def mean_absolute_error(z: Array, y: Array, link: Link) -> Array:
    """The mean over the outputs of |answer - target|: an outlier pulls no harder than any other point."""
    error = link.value(z) - y
    return np.where(np.real(error) > 0, error, -error).mean(axis=-1)


def mean_absolute_error_gradient(z: Array, y: Array, link: Link) -> Array:
    p = link.value(z)
    return link.pull_back(p, np.sign(np.real(p - y)) / z.shape[-1])


def _held(error: Array) -> Array:
    """The error, held within +-HUBER_DELTA: the slope of the Huber loss."""
    return np.where(np.abs(error.real) < HUBER_DELTA, error, HUBER_DELTA * np.sign(error.real))


def huber(z: Array, y: Array, link: Link) -> Array:
    """Half the squared error when small, growing like the absolute error beyond 1: smooth, and calm about outliers."""
    error = link.value(z) - y
    held = _held(error)
    return (held * (error - held / 2)).mean(axis=-1)  # error^2 / 2, then |error| - 1/2; no square to overflow


def huber_gradient(z: Array, y: Array, link: Link) -> Array:
    p = link.value(z)
    return link.pull_back(p, _held(p - y) / z.shape[-1])


CLASSES = ("binary", "multiclass")
LOSSES: dict[str, Loss] = {
    "binary_cross_entropy": Loss(
        binary_cross_entropy, binary_cross_entropy_gradient, "binary cross-entropy", ("binary",), "nats"
    ),
    "categorical_cross_entropy": Loss(
        categorical_cross_entropy, categorical_cross_entropy_gradient, "cross-entropy", ("multiclass",), "nats"
    ),
    "mean_squared_error": Loss(
        mean_squared_error, mean_squared_error_gradient, "mean squared error", (*CLASSES, "regression")
    ),
    "mean_absolute_error": Loss(
        mean_absolute_error, mean_absolute_error_gradient, "mean absolute error", (*CLASSES, "regression")
    ),
    "huber": Loss(huber, huber_gradient, "Huber loss", (*CLASSES, "regression")),
}


class Task(NamedTuple):
    """What the network is asked for; it fixes the link and the loss meant by "auto"."""

    link: str
    loss: str


TASKS: dict[str, Task] = {
    "binary": Task("sigmoid", "binary_cross_entropy"),
    "multiclass": Task("softmax", "categorical_cross_entropy"),
    "regression": Task("linear", "mean_squared_error"),
}

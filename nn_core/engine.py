"""The mathematics of mlp.py, arranged for speed: same formulas, same table entries, fewer and cheaper NumPy calls.

What makes it quick on small networks, in order of gain: samples lie side by side in columns, (features, samples), so
that a layer is one matrix product; the bias is a weight on a row of ones; all parameters and all gradients are one flat
array each, with the layers as views; every result is written into a buffer made once; rows that occur several times are
one row with a weight; and losses are not computed while training, but afterwards, for many epochs in one go.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nn_core.activations import ACTIVATIONS, Array
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.history import Curves
from nn_core.losses import LINKS, LOSSES
from nn_core.mlp import inputs, layer_rows, targets

MOST_MERGED = 5000  # rows among which repetitions are looked for
CHUNK = 1 << 19  # numbers worked on at a time when evaluating: stays in the cache


class Rows(NamedTuple):
    """Samples as the engine wants them: inputs (n, d + 1), the last column ones, targets (n, k), and what each row
    counts in the mean over the training and the test data (n,)."""

    inputs: Array
    targets: Array
    train: Array
    test: Array


def evaluation_rows(config: Config, data: Data) -> Rows:
    """Training and test data together, each distinct row once."""
    halves = [(inputs(x, config), targets(y, config)) for x, y in (data[:2], data[2:4])]
    seen, wanted = (np.concatenate(parts) for parts in zip(*halves, strict=True))
    n_train, n_test = len(data.x_train), len(data.x_test)
    train = np.repeat([1 / n_train, 0.0], [n_train, n_test])
    test = np.repeat([0.0, 1 / n_test if n_test else 0.0], [n_train, n_test])
    rows = Rows(with_ones(seen), wanted, train, test)
    return merged(rows) if len(seen) <= MOST_MERGED * 2 and seen.shape[1] < 64 else rows


def merged(rows: Rows) -> Rows:
    """Each distinct (input, target) once, with the weights of its copies added up: the same means, exactly."""
    both = np.concatenate([rows.inputs, rows.targets], axis=1)
    order = np.lexsort(both.T)
    new = np.concatenate([[True], (np.diff(both[order], axis=0) != 0).any(axis=1)])
    if new.all():
        return rows
    first, group = order[new], np.cumsum(new) - 1
    train, test = (np.bincount(group, weight[order]) for weight in (rows.train, rows.test))
    return Rows(rows.inputs[first], rows.targets[first], train, test)


def with_ones(x: Array) -> Array:
    """x (n, d) with a last column of ones, for the bias."""
    return np.concatenate([x, np.ones((len(x), 1), x.dtype)], axis=1)


# --- one pass of training ---------------------------------------------------------------------------------------------


def _tanh_in_place(z: Array, slope: Array) -> None:
    np.tanh(z, out=z)
    np.multiply(z, z, out=slope)
    np.subtract(1, slope, out=slope)


def _sigmoid_in_place(z: Array, slope: Array) -> None:
    z *= 0.5
    np.tanh(z, out=z)
    z *= 0.5
    z += 0.5
    np.multiply(z, z, out=slope)
    np.subtract(z, slope, out=slope)


def _relu_in_place(z: Array, slope: Array) -> None:
    np.greater(z, 0, out=slope, casting="unsafe")
    z *= slope


def _table_entry_in_place(name: str) -> Callable[[Array, Array], None]:
    activation = ACTIVATIONS[name]

    def in_place(z: Array, slope: Array) -> None:
        a = activation.value(z)
        slope[...] = activation.slope(z, a)
        z[...] = a

    return in_place


# The activations worth a version of their own: each turns z into a, and fills in the slope. Held to ACTIVATIONS by a test.
IN_PLACE = {"tanh": _tanh_in_place, "sigmoid": _sigmoid_in_place, "relu": _relu_in_place}


class Pass:
    """One forward and backward pass over `width` samples: from a batch in columns to the flat gradient.

    `parameters` is read and `gradient` written through views, so both stay the arrays they were when this was made.
    """

    def __init__(self, config: Config, parameters: Array, gradient: Array, width: int) -> None:
        dtype = parameters.dtype
        self.config, self.width = config, width
        self.net, self.into = layer_rows(parameters, config), layer_rows(gradient, config)
        self.activate = [IN_PLACE.get(name) or _table_entry_in_place(name) for name in config.activations]
        # Per hidden layer, (units + 1, width): activations above a row of ones, and the error that flows back into them.
        self.a = [np.ones((units + 1, width), dtype) for units in config.hidden_sizes]
        self.back = [np.empty_like(a) for a in self.a]
        self.slope = [np.empty((units, width), dtype) for units in config.hidden_sizes]
        self.output = np.empty((config.layer_sizes[-1], width), dtype)
        self.loss, self.link = LOSSES[config.loss_name], LINKS[config.link]
        # Views used at every step, made once: the units without the row of ones, and the transposes for the products.
        self.units = [a[:-1] for a in self.a]
        self.errors = [back[:-1] for back in self.back]
        self.a_transposed = [a.T for a in self.a]
        self.net_transposed = [rows.T for rows in self.net]

    def __call__(self, batch: Array, wanted: Array, weight: Array, masks: list[Array] | None = None) -> None:
        """Fill the gradient from inputs `batch` (d + 1, width), targets `wanted` (k, width) and each sample's weight."""
        before = batch
        for i, activate in enumerate(self.activate):
            z = self.units[i]
            np.dot(self.net[i], before, out=z)
            activate(z, self.slope[i])
            if masks is not None:
                z *= masks[i]
                self.slope[i] *= masks[i]
            before = self.a[i]
        np.dot(self.net[-1], before, out=self.output)
        delta = self._error_at_output(wanted)
        delta *= weight
        for i in range(len(self.activate), 0, -1):
            np.dot(delta, self.a_transposed[i - 1], out=self.into[i])
            np.dot(self.net_transposed[i], delta, out=self.back[i - 1])
            delta = self.errors[i - 1]
            delta *= self.slope[i - 1]
        np.dot(delta, batch.T, out=self.into[0])

    def _error_at_output(self, wanted: Array) -> Array:
        z = self.output
        if self.config.loss_name == "binary_cross_entropy":  # sigmoid(z) - y, in place
            z *= 0.5
            np.tanh(z, out=z)
            z *= 0.5
            z += 0.5
            z -= wanted
            return z
        return self.loss.gradient(z.T, wanted.T, self.link).T.astype(z.dtype, order="C", copy=False)


# --- curves, for many epochs at once ----------------------------------------------------------------------------------


def outputs(parameters: Array, rows: Array, config: Config) -> Array:
    """The last sums z (T, n, k) of T networks, parameters (T, n_parameters), on rows (n, d + 1) of inputs and ones."""
    *hidden, last = layer_rows(parameters, config)
    a = rows.T.astype(parameters.dtype)
    for weights, name in zip(hidden, config.activations, strict=True):
        z = ACTIVATIONS[name].value(weights[..., :-1] @ a[..., :-1, :] + weights[..., -1:])
        a = np.concatenate([z, np.ones_like(z[..., :1, :])], axis=-2)
    return (last @ a).swapaxes(-1, -2)


def curves(parameters: Array, rows: Rows, config: Config) -> Curves:
    """Loss and accuracy of T networks, parameters (T, n_parameters), on the training and the test data."""
    widest = max(config.layer_sizes[1:]) + 1
    at_once = max(1, CHUNK // (widest * min(len(rows.inputs), MOST_MERGED * 2)))
    return Curves.join(
        _curves(parameters[i : i + at_once], rows, config) for i in range(0, len(parameters), at_once)
    )


def _curves(parameters: Array, rows: Rows, config: Config) -> Curves:
    loss, link = LOSSES[config.loss_name], LINKS[config.link]
    sums = np.zeros((4, len(parameters)))
    step = MOST_MERGED * 2  # digits come in tens of thousands
    for i in range(0, len(rows.inputs), step):
        seen, y, train, test = (part[i : i + step] for part in rows)
        z = outputs(parameters, seen, config)
        value, right = loss.value(z, y, link), _right(z, y, config)
        sums += [(part * weight).sum(axis=-1) for part in (value, right) for weight in (train, test)]
    train_loss, test_loss, train_right, test_right = sums
    if config.task == "regression":  # 1 - squared error / variance
        train_right, test_right = (
            1 - error / max(_variance(rows.targets[:, 0], weight), 1e-12)
            for error, weight in ((train_right, rows.train), (test_right, rows.test))
        )
    return Curves(train_loss, test_loss, train_right, test_right)


def _right(z: Array, y: Array, config: Config) -> Array:
    """1 where the network's class is the target's, else 0 (..., n); for regression the squared error."""
    if config.task == "regression":
        return ((z - y) ** 2)[..., 0]
    if config.task == "binary":
        return ((z > 0) == (y > 0.5))[..., 0].astype(float)
    return (z.argmax(axis=-1) == y.argmax(axis=-1)).astype(float)


def _variance(y: Array, weight: Array) -> float:
    mean = (y * weight).sum()
    return float((weight * (y - mean) ** 2).sum())

"""The mathematics of mlp.py, arranged for speed: same formulas, same table entries, fewer and cheaper NumPy calls.

What makes it quick on small networks, in order of gain: samples lie side by side in columns, (features, samples), so
that a layer is one matrix product; the bias is a weight on a row of ones; all parameters and all gradients are one flat
array each, with the layers as views; every result is written into a buffer made once; rows that occur several times are
one row with a weight; and losses are not computed while training, but afterwards, for many epochs in one go.
"""

import math
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
CHUNK = 1 << 15  # numbers worked on at a time when evaluating: small enough to stay in the cache


class Rows(NamedTuple):
    """Samples as the engine wants them: inputs (n, d + 1), the last column ones, targets (n, k), and how many times
    each row occurs in the training and in the test data (n,). Pictures stay the bytes they are, (n, d)."""

    inputs: Array
    targets: Array
    train: Array
    test: Array


def evaluation_rows(config: Config, data: Data) -> Rows:
    """Training and test data together, each distinct row once."""
    pictures = data.x_train.dtype == np.uint8
    halves = [(x if pictures else inputs(x, config), targets(y, config)) for x, y in (data[:2], data[2:4])]
    seen, wanted = (np.concatenate(parts) for parts in zip(*halves, strict=True))
    train = np.arange(len(seen)) < len(data.x_train)
    rows = Rows(seen if pictures else with_ones(seen), wanted, train.astype(float), (~train).astype(float))
    return rows if pictures or len(seen) > MOST_MERGED * 2 else merged(rows)


def merged(rows: Rows) -> Rows:
    """Each distinct (input, target) once, with the counts of its copies added up: the same means, exactly."""
    both = np.concatenate([rows.inputs, rows.targets], axis=1)
    order = np.lexsort(both.T)
    new = np.ones(len(both), bool)
    new[1:] = (np.diff(both[order], axis=0) != 0).any(axis=1)
    if new.all():
        return rows
    first, group = order[new], np.cumsum(new) - 1
    train, test = (np.bincount(group, count[order]) for count in (rows.train, rows.test))
    return Rows(rows.inputs[first], rows.targets[first], train, test)


def with_ones(x: Array) -> Array:
    """x (n, d) with a last column of ones, for the bias."""
    return np.concatenate([x, np.ones((len(x), 1), x.dtype)], axis=1)


LINE = 64  # bytes of a line of the processor's cache


def aligned(rows: Array) -> Array:
    """A copy of rows (n,) or (k, n) each of which begins with a line of the cache: long ones are worked on faster."""
    each = -(-rows.shape[-1] * rows.itemsize // LINE) * LINE // rows.itemsize
    room = np.empty(rows[..., :1].size * each + LINE // rows.itemsize, rows.dtype)
    begin = -room.ctypes.data % LINE // rows.itemsize
    copy = room[begin : begin + rows[..., :1].size * each].reshape(*rows.shape[:-1], each)[..., : rows.shape[-1]]
    copy[...] = rows
    return copy


# --- one pass of training ---------------------------------------------------------------------------------------------

InPlace = Callable[[Array, Array], None]  # turns sums z into activations, in place, and fills in their slope


def _tanh_in_place(dtype: str) -> InPlace:
    one = np.array(1, dtype)  # a 0-d array is a cheaper operand than a Python number

    def in_place(z: Array, slope: Array) -> None:
        np.tanh(z, z)
        np.multiply(z, z, slope)
        np.subtract(one, slope, slope)

    return in_place


def _sigmoid_in_place(dtype: str) -> InPlace:
    half = np.array(0.5, dtype)

    def in_place(z: Array, slope: Array) -> None:
        np.multiply(z, half, z)
        np.tanh(z, z)
        np.multiply(z, half, z)
        np.add(z, half, z)
        np.multiply(z, z, slope)
        np.subtract(z, slope, slope)

    return in_place


def _relu_in_place(dtype: str) -> InPlace:
    def in_place(z: Array, slope: Array) -> None:
        np.greater(z, 0, slope, casting="unsafe")
        np.multiply(z, slope, z)

    return in_place


# The activations worth a version of their own, held to ACTIVATIONS by a test; the others are taken from the table.
IN_PLACE = {"tanh": _tanh_in_place, "sigmoid": _sigmoid_in_place, "relu": _relu_in_place}


def in_place(name: str, dtype: str) -> InPlace:
    """The activation of this name for arrays of this type."""
    if name in IN_PLACE:
        return IN_PLACE[name](dtype)
    activation = ACTIVATIONS[name]

    def from_table(z: Array, slope: Array) -> None:
        a = activation.value(z)
        slope[...] = activation.slope(z, a)
        z[...] = a

    return from_table


def output_error(config: Config) -> Callable[[Array, Array, Array, Array], Array]:
    """How a batch's error at the output is computed: (sums z, targets (k, width), sample weights, a buffer (k, width))
    -> the weighted gradient of the loss by z, in the buffer where it can. Leaves z as it is."""
    loss, link, half = LOSSES[config.loss_name], LINKS[config.link], np.array(0.5, config.precision)

    def from_table(z: Array, wanted: Array, weight: Array, error: Array) -> Array:
        error = loss.gradient(z.T, wanted.T, link).T.astype(z.dtype, order="C", copy=False)
        return np.multiply(error, weight, error)

    def of_binary_cross_entropy(z: Array, wanted: Array, weight: Array, error: Array) -> Array:
        np.multiply(z, half, error)  # sigmoid(z) - y is tanh(z / 2) / 2 + (1/2 - y); `wanted` holds 1/2 - y
        np.tanh(error, error)
        np.multiply(error, half, error)
        np.add(error, wanted, error)
        return np.multiply(error, weight, error)

    def of_categorical_cross_entropy(z: Array, wanted: Array, weight: Array, error: Array) -> Array:
        np.subtract(z, z.max(axis=0), error)  # softmax(z) - y, the targets of a sample adding up to 1
        np.exp(error, error)
        np.divide(error, error.sum(axis=0), error)
        np.subtract(error, wanted, error)
        return np.multiply(error, weight, error)

    fast = {
        "binary_cross_entropy": of_binary_cross_entropy,
        "categorical_cross_entropy": of_categorical_cross_entropy,
    }
    return fast.get(config.loss_name, from_table)


def wanted_form(y: Array, config: Config) -> Array:
    """Targets (n, k) as `output_error` takes them."""
    return 0.5 - y if config.loss_name == "binary_cross_entropy" else y


class Pass:
    """One forward and backward pass over `width` samples: from a batch in columns to the flat gradient.

    `parameters` is read and `gradient` written through views, so both stay the arrays they were when this was made.
    """

    def __init__(self, config: Config, parameters: Array, gradient: Array, width: int) -> None:
        dtype = parameters.dtype
        self.width = width
        # Per hidden layer, (units + 1, width): activations above a row of ones, and the error flowing back into them.
        a = [np.ones((units + 1, width), dtype) for units in config.hidden_sizes]
        back = [np.empty_like(each) for each in a]
        slope = [np.empty((units, width), dtype) for units in config.hidden_sizes]
        net, into = layer_rows(parameters, config), layer_rows(gradient, config)
        activate = [in_place(name, config.precision) for name in config.activations]
        # What the two loops need of each layer, forwards and backwards, views and transposes made once.
        self.forwards = [(net[i], a[i][:-1], a[i], activate[i], slope[i]) for i in range(len(a))]
        self.backwards = [
            (a[i].T, into[i + 1], net[i + 1].T, back[i], back[i][:-1], slope[i]) for i in reversed(range(len(a)))
        ]
        self.last, self.first_into = net[-1], into[0]
        self.output = np.empty((config.layer_sizes[-1], width), dtype)
        self.error = np.empty_like(self.output)
        self.output_error = output_error(config)

    def __call__(self, batch: Array, wanted: Array, weight: Array, masks: list[Array] | None = None) -> None:
        """Fill the gradient from inputs `batch` (d + 1, width), targets `wanted` (k, width) in their `wanted_form`, and
        sample weights."""
        before = batch
        for i, (rows, z, a, activate, slope) in enumerate(self.forwards):
            rows.dot(before, z)  # the method: np.dot takes twice as long to find its way
            activate(z, slope)
            if masks is not None:
                z *= masks[i]
                slope *= masks[i]
            before = a
        self.last.dot(before, self.output)  # stays for who wants to know the loss of this batch
        delta = self.output_error(self.output, wanted, weight, self.error)
        for a_transposed, into, rows_transposed, back, error, slope in self.backwards:
            delta.dot(a_transposed, into)
            rows_transposed.dot(delta, back)
            np.multiply(error, slope, error)
            delta = error
        delta.dot(batch.T, self.first_into)


# --- curves, for many epochs at once ----------------------------------------------------------------------------------


def outputs(parameters: Array, rows: Array, config: Config) -> Array:
    """The last sums z (T, n, k) of T networks, parameters (T, n_parameters), on rows (n, d + 1) of inputs and ones."""
    *hidden, last = layer_rows(parameters, config)
    a = rows.T.astype(parameters.dtype, copy=False)
    for weights, name in zip(hidden, config.activations, strict=True):
        n_networks, units, _ = weights.shape
        above = np.empty((n_networks, units + 1, a.shape[-1]), parameters.dtype)
        above[:, -1] = 1
        z = np.matmul(weights, a, out=above[:, :-1])
        z[...] = ACTIVATIONS[name].value(z)
        a = above
    return (last @ a).swapaxes(-1, -2)


def curves(parameters: Array, rows: Rows, config: Config) -> Curves:
    """Loss and accuracy of T networks, parameters (T, n_parameters), on the training and the test data."""
    widest = max(config.layer_sizes[1:]) + 1
    at_once = max(1, CHUNK // (widest * max(1, min(len(rows.inputs), MOST_MERGED * 2))))
    return Curves.join(_curves(parameters[i : i + at_once], rows, config) for i in range(0, len(parameters), at_once))


def _curves(parameters: Array, rows: Rows, config: Config) -> Curves:
    loss, link = LOSSES[config.loss_name], LINKS[config.link]
    sums = np.zeros((4, len(parameters)))
    step = MOST_MERGED * 2  # digits come in tens of thousands
    for i in range(0, len(rows.inputs), step):
        seen, y, *counts = (part[i : i + step] for part in rows)
        seen = with_ones(inputs(seen, config)) if seen.dtype == np.uint8 else seen
        z = outputs(parameters, seen, config)
        value, right = loss.value(z, y, link), _right(z, y, config)
        sums += [(part * count).sum(axis=-1) for part in (value, right) for count in counts]
    n_train, n_test = (count.sum() or math.nan for count in rows[2:])  # nothing has no mean
    train_loss, test_loss, train_right, test_right = sums / [[n_train], [n_test], [n_train], [n_test]]
    if config.task == "regression":  # 1 - squared error / variance
        train_right, test_right = (
            1 - error / _variance(rows.targets[:, 0], count)
            for error, count in ((train_right, rows.train), (test_right, rows.test))
        )
    return Curves(train_loss, test_loss, train_right, test_right)


def _right(z: Array, y: Array, config: Config) -> Array:
    """1 where the network's class is the target's, else 0 (..., n); for regression the squared error."""
    if config.task == "regression":
        return ((z - y) ** 2)[..., 0]
    if config.task == "binary":
        return ((z > 0) == (y > 0.5))[..., 0].astype(float)
    return (z.argmax(axis=-1) == y.argmax(axis=-1)).astype(float)


def _variance(y: Array, count: Array) -> float:
    """The variance of the counted targets; nan where they are all the same, which leaves nothing to explain."""
    weight = count / max(count.sum(), 1)
    mean = (y * weight).sum()
    variance = float((weight * (y - mean) ** 2).sum())
    return variance if variance > 1e-12 else math.nan

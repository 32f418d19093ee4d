"""The mathematics of mlp.py, arranged for speed: same formulas, same table entries, fewer and cheaper NumPy calls.

What makes it quick on small networks, in order of gain: samples lie side by side in columns, (features, samples), so
that a layer is one matrix product; the bias is a weight on a row of ones; all parameters and all gradients are one flat
array each, with the layers as views; every result is written into a buffer made once; rows that occur several times are
one row with a weight; and losses are not computed while training, but afterwards, for many epochs in one go.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from nn_core.activations import ACTIVATIONS, Array
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.history import Curves
from nn_core.in_place import in_place
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
UNDECIDED = 1e-9  # sums up to this say the first of two classes: they are nothing but rounding


def room(shape: tuple[int, ...], dtype: str | np.dtype) -> Array:
    """An empty array that begins with a line of the cache: NumPy writes into such twice as fast."""
    size, each = math.prod(shape), np.dtype(dtype).itemsize
    whole = np.empty(size + LINE // each, dtype)
    begin = -whole.ctypes.data % LINE // each
    return whole[begin : begin + size].reshape(shape)


def aligned(rows: Array) -> Array:
    """A copy of rows (n,) or (k, n) each of which begins with a line of the cache."""
    each = -(-rows.shape[-1] * rows.itemsize // LINE) * LINE // rows.itemsize
    copy = room((*rows.shape[:-1], each), rows.dtype)[..., : rows.shape[-1]]
    copy[...] = rows
    return copy


# --- one pass of training ---------------------------------------------------------------------------------------------


def output_error(config: Config) -> Callable[[Array, Array, Array, Array], Array]:
    """How a batch's error at the output is computed: (sums z, targets (k, width), sample weights, a buffer (k, width))
    -> the buffer, with the weighted gradient of the loss by z. Leaves z as it is.

    Targets and weights come in the forms that are made below. There may be one more axis behind, of networks
    trained in lockstep.
    """
    loss, link = LOSSES[config.loss_name], LINKS[config.link]
    half = np.array(0.5, config.precision)

    def from_table(z: Array, wanted: Array, weight: Array, error: Array) -> Array:
        return np.multiply(loss.gradient(z.T, wanted.T, link).T, weight, error)

    def of_binary_cross_entropy(z: Array, wanted: Array, weight: Array, error: Array) -> Array:
        np.multiply(z, half, error)  # sigmoid(z) - y is half of tanh(z / 2) + 1 - 2 y
        np.tanh(error, error)
        np.add(error, wanted, error)
        return np.multiply(error, weight, error)

    def of_categorical_cross_entropy(z: Array, wanted: Array, weight: Array, error: Array) -> Array:
        np.subtract(z, z.max(axis=0), error)  # softmax(z) - y, the targets of a sample adding up to 1
        np.exp(error, error)
        np.divide(error, error.sum(axis=0), error)
        np.subtract(error, wanted, error)
        return np.multiply(error, weight, error)

    if config.loss_name == "binary_cross_entropy":
        return of_binary_cross_entropy
    if config.loss_name == "categorical_cross_entropy":
        return of_categorical_cross_entropy
    return from_table


def wanted_form(y: Array, config: Config) -> Array:
    """Targets (n, k) as `output_error` takes them, in the precision of the run."""
    turned = config.loss_name == "binary_cross_entropy"
    return (1 - 2 * y if turned else y).astype(config.precision, copy=False)


def weight_form(weight: Array | float, config: Config) -> Array:
    """The same for sample weights, or one for all samples."""
    halved = config.loss_name == "binary_cross_entropy"
    return np.multiply(weight, 0.5 if halved else 1, dtype=config.precision)


class Pass:
    """One forward and backward pass over `width` samples: from a batch in columns to the flat gradient.

    `parameters` is read and `gradient` written through views, so both stay the arrays they were when this was made.
    """

    def __init__(self, config: Config, parameters: Array, gradient: Array, width: int) -> None:
        dtype = parameters.dtype
        self.width = width
        # Per hidden layer, (units + 1, width): activations above a row of ones, and the error flowing back into them.
        a, back = ([room((units + 1, width), dtype) for units in config.hidden_sizes] for _ in range(2))
        for each in a:
            each[-1] = 1
        slope = [room((units, width), dtype) for units in config.hidden_sizes]
        net, into = layer_rows(parameters, config), layer_rows(gradient, config)
        activate = [
            in_place(name, s.shape, config.precision) for name, s in zip(config.activations, slope, strict=True)
        ]
        # What the two loops need of each layer, forwards and backwards: views, transposes and products made once. The
        # product is the array's method: np.dot takes twice as long to find its way.
        self.forwards = [(net[i].dot, a[i][:-1], a[i], activate[i], slope[i]) for i in range(len(a))]
        self.backwards = [
            (a[i].T, into[i + 1], net[i + 1].T.dot, back[i], back[i][:-1], slope[i]) for i in reversed(range(len(a)))
        ]
        self.last, self.first_into = net[-1].dot, into[0]
        self.output, self.error = (room((config.layer_sizes[-1], width), dtype) for _ in range(2))
        self.output_error = output_error(config)

    def __call__(self, batch: Array, wanted: Array, weight: Array, masks: list[Array] | None = None) -> None:
        """Fill the gradient from a batch in columns. Its inputs are (d + 1, width), its targets (k, width), and these
        and the sample weights have the forms above."""
        before = batch
        for i, (product, z, a, activate, slope) in enumerate(self.forwards):
            product(before, z)
            activate(z, slope)
            if masks is not None:
                z *= masks[i]
                slope *= masks[i]
            before = a
        self.last(before, self.output)  # stays for who wants to know the loss of this batch
        delta = self.output_error(self.output, wanted, weight, self.error)
        for a_transposed, into, product, back, error, slope in self.backwards:
            delta.dot(a_transposed, into)
            product(delta, back)
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
    sums = np.zeros((4, len(parameters)))
    for part in pieces(rows):
        seen = with_ones(inputs(part.inputs, config)) if part.inputs.dtype == np.uint8 else part.inputs
        sums += summed(outputs(parameters, seen, config), part, config)
    return means(sums, rows, config)


def pieces(rows: Rows) -> Iterator[Rows]:
    """The rows some at a time: digits come in tens of thousands."""
    step = MOST_MERGED * 2
    for i in range(0, len(rows.inputs), step):
        yield Rows(*(each[i : i + step] for each in rows))


def summed(z: Array, rows: Rows, config: Config) -> Array:
    """What T networks with last sums z (T, n, k) lose on these rows, and where they are right, each added up over the
    training and over the test data: (4, T)."""
    loss, right = losses(z, rows.targets, config), _right(z, rows.targets, config)
    return np.stack([added_up(part, n) for part in (loss, right) for n in (rows.train, rows.test)])


def losses(z: Array, y: Array, config: Config) -> Array:
    """What networks with last sums z (T, n, k) lose on each sample with targets y (n, k): (T, n)."""
    return LOSSES[config.loss_name].value(z, y, LINKS[config.link])


def added_up(each: Array, count: Array) -> Array:
    """Numbers (T, n) added up over samples that occur `count` (n,) times: (T,)."""
    # A product of matrices would be quicker still, but its last digits depend on T.
    return np.einsum("tn,n->t", each, count)


def means(sums: Array, rows: Rows, config: Config) -> Curves:
    """The same as loss and accuracy, given the sums over all rows."""
    n_train, n_test = (count.sum() or math.nan for count in (rows.train, rows.test))  # nothing has no mean
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
        return ((z > UNDECIDED) == (y > 0.5))[..., 0].astype(float)
    return (z.argmax(axis=-1) == y.argmax(axis=-1)).astype(float)


def _variance(y: Array, count: Array) -> float:
    """The variance of the counted targets; nan where they are all the same, which leaves nothing to explain."""
    weight = count / max(count.sum(), 1)
    mean = (y * weight).sum()
    variance = float((weight * (y - mean) ** 2).sum())
    return variance if variance > 1e-12 else math.nan

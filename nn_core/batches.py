"""Batches: which samples an update sees, and which hidden units are switched off in it.

Both kinds hand out the same thing: `ahead(update, most)` gives the batches of this update and those that follow, at
most so many, as far as they are at hand. Each is inputs (d + 1, width), targets (k, width) and the weights of the
samples, in the forms of the engine's pass; it is good until the next call.
"""

from collections.abc import Callable, Sequence

import numpy as np

from nn_core.activations import Array
from nn_core.augment import GROUP, augment
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.engine import Rows, wanted_form, weight_form, with_ones
from nn_core.images import SIDE
from nn_core.mlp import inputs, targets
from nn_core.randomness import stream

GATHERED = 1 << 18  # numbers in the shuffled rows gathered at a time

Batch = tuple[Array, Array, Array]


class FullBatch:
    """All samples at every update; repeated rows once, unless dropout treats each copy differently."""

    def __init__(self, config: Config, rows: Rows, scale: float = 1.0) -> None:
        used = rows.train > 0
        weight = weight_form(scale * rows.train[used] / rows.train.sum(), config)
        wanted = wanted_form(rows.targets[used], config)
        columns = rows.inputs[used].T, wanted.T, weight
        self.batch: Batch = tuple(np.ascontiguousarray(part, config.precision) for part in columns)  # type: ignore

    def ahead(self, update: int, most: int) -> Sequence[Batch]:
        return [self.batch] * most


class MiniBatches:
    """Batches of a fresh shuffle each epoch; shuffled rows are gathered some thousands at a time."""

    def __init__(self, config: Config, x: Array, y: Array, first_epoch: int, scale: float = 1.0) -> None:
        self.config, self.x, self.first_epoch, self.scale = config, x, first_epoch, scale
        self.y = wanted_form(y, config)
        self.size = config.batch_size or max(1, len(x))
        self.per_epoch = -(-len(x) // self.size)
        self.batches_gathered = max(1, GATHERED // (self.size * x.shape[1]))
        self.epoch = self.gathered = -1
        rows = min(len(x), self.batches_gathered * self.size)
        self.pictures = x.dtype == np.uint8  # bytes, turned into numbers as they are gathered
        self.raw = np.empty((rows, x.shape[1]), x.dtype)
        self.rows = np.ones((rows, x.shape[1] + 1), config.precision) if self.pictures else self.raw
        self.wanted = np.empty((rows, self.y.shape[1]), self.y.dtype)
        self.views: dict[int, list[Batch]] = {}  # by the number of rows gathered

    def ahead(self, update: int, most: int) -> Sequence[Batch]:
        epoch, batch = divmod(update, self.per_epoch)
        if epoch != self.epoch:
            self.order = stream(self.config.seed, "shuffle", self.first_epoch + epoch).permutation(len(self.x))
            self.epoch, self.gathered = epoch, -1
        chunk, place = divmod(batch, self.batches_gathered)
        if chunk != self.gathered:
            self._gather(chunk)
        if self.n_gathered not in self.views:
            self.views[self.n_gathered] = self._cut(self.n_gathered)
        return self.views[self.n_gathered][place : place + most]

    def _cut(self, n: int) -> list[Batch]:
        """The first n of the gathered rows in batches, as views."""
        pieces = [slice(begin, min(begin + self.size, n)) for begin in range(0, n, self.size)]
        weights = [weight_form(self.scale / (at.stop - at.start), self.config) for at in pieces]
        return [(self.rows[at].T, self.wanted[at].T, weight) for at, weight in zip(pieces, weights, strict=True)]

    def _gather(self, chunk: int) -> None:
        begin = chunk * self.batches_gathered * self.size
        chosen = self.order[begin : begin + len(self.raw)]
        n = self.n_gathered = len(chosen)
        np.take(self.x, chosen, axis=0, out=self.raw[:n], mode="clip")  # "clip": no copy for a safety check
        np.take(self.y, chosen, axis=0, out=self.wanted[:n], mode="clip")
        if self.pictures:
            if self.config.augment:
                self._bend(chunk)
            np.multiply(self.raw[:n], np.array(1 / 255, self.config.precision), out=self.rows[:n, :-1])
        self.gathered = chunk

    def _bend(self, chunk: int) -> None:
        """Bend the gathered pictures. What is bent together stands far apart, so that few of it share a batch."""
        n = self.n_gathered
        apart = np.argsort(np.arange(n) % -(-n // GROUP), kind="stable")
        rng = stream(self.config.seed, "augment", (self.first_epoch + self.epoch) << 32 | chunk)
        self.raw[apart] = augment(self.raw[apart].reshape(n, SIDE, SIDE), rng, self.config.augment)


def batches(
    config: Config, data: Data, rows: Callable[[], Rows], first_epoch: int, scale: float = 1.0
) -> FullBatch | MiniBatches:
    """Batches for a run, or a stretch of it that begins after `first_epoch`; updates count from there. `rows` makes the
    rows of the data, where they are wanted; the weights of a batch's samples add up to `scale`."""
    x = data.x_train
    if not config.batch_size and not config.dropout and x.dtype != np.uint8:
        return FullBatch(config, rows(), scale)
    if x.dtype != np.uint8:
        x = with_ones(inputs(x, config)).astype(config.precision)
    return MiniBatches(config, x, targets(data.y_train, config), first_epoch, scale)


def dropout_masks(config: Config, update: int, width: int) -> list[Array]:
    """The masks (units, width) of one update: 0 for a unit that is switched off, else 1 / (1 - dropout), so that the
    expected sum is unchanged."""
    rng, keep = stream(config.seed, "dropout", update), 1 - config.dropout
    return [((rng.random((units, width)) < keep) / keep).astype(config.precision) for units in config.hidden_sizes]

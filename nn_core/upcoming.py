"""Upcoming: the update that a run would make next: its number, its rate, the samples of its batch, and which units
dropout switches off."""

from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.batches import Batch, MiniBatches, batches, dropout_masks
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.engine import Pass, aligned
from nn_core.optimizers import SCHEDULES
from nn_core.trainer import Leg, legs
from nn_core.training import Stand


class Next(NamedTuple):
    """How a run would make its next update: the number of it, from when the optimizer began to remember, the learning
    rate, and the masks (1, h) that dropout gives a batch of one, None without dropout."""

    update_number: int
    rate: float
    masks: list[Array] | None


class Chosen(NamedTuple):
    """The samples of an update: `rows` (n,) are their places among the training points, in the order of the batch;
    `masks`, (n, h) of each hidden layer, are those of dropout, None without; `batch` is what the engine is given."""

    rows: Array
    masks: list[Array] | None
    batch: Batch


def next_update(config: Config, data: Data, stand: Stand) -> Next:
    """That of the run by `config` on `data`, those of its start, where it stands."""
    leg, now, done = _leg(config, data, stand), stand.config, stand.state.update
    begun = leg.first_update - (leg.stretch.begin - leg.schedule_from) * leg.per_epoch
    total = (now.epochs - leg.schedule_from) * leg.per_epoch
    progress = min(1.0, (done - begun) / total) if total else 1.0
    rate = now.learning_rate * SCHEDULES[now.schedule].factor(progress)
    masks = [mask.T for mask in dropout_masks(now, done, 1)] if now.dropout else None
    return Next(done - leg.memory_from + 1, rate, masks)


def next_batch(config: Config, data: Data, stand: Stand) -> Chosen:
    """The samples of that update."""
    leg, now = _leg(config, data, stand), stand.config
    done, rows = stand.state.update - leg.first_update, np.arange(len(leg.data.x_train))
    made = batches(now, leg.data, lambda: leg.rows, leg.stretch.begin)
    batch = made.ahead(done, 1)[0]
    if isinstance(made, MiniBatches):
        begin = done % made.per_epoch * made.size
        rows = made.order[begin : begin + made.size]
    masks = [mask.T for mask in dropout_masks(now, stand.state.update, len(rows))] if now.dropout else None
    return Chosen(rows, masks, batch)


def mean_gradient(parameters: Array, chosen: Chosen, config: Config) -> Array:
    """The mean of the gradients of these samples (n_parameters,), by the engine that trains: the same bits."""
    gradient = aligned(np.zeros_like(parameters))
    masks = [mask.T for mask in chosen.masks] if chosen.masks else None
    Pass(config, aligned(parameters), gradient, chosen.batch[0].shape[-1])(*chosen.batch, masks)
    return gradient


def _leg(config: Config, data: Data, stand: Stand) -> Leg:
    return next(leg for leg in reversed(legs(config, data)) if leg.stretch.begin <= stand.state.epoch)

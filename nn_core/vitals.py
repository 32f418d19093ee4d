"""How the layers of a network did over a run: measured at some of its snapshots, all of them in one go.

Letters as in mlp.py, and T for the snapshots that are looked at. Every measure is taken on the training data that were
in force at the snapshot, and of the loss alone, without penalties.
"""

from typing import NamedTuple

import numpy as np

from nn_core.activations import ACTIVATIONS, Array
from nn_core.config import Config
from nn_core.data import data_over_time
from nn_core.datasets import Data
from nn_core.diagnostics import IDLE
from nn_core.engine import Rows, evaluation_rows
from nn_core.history import History, evenly
from nn_core.losses import LINKS, LOSSES
from nn_core.mlp import initial_parameters, layer_rows

MOST_LOOKS = 60  # snapshots that are looked at
FEWEST_LOOKS = 8
WORK = 2_000_000  # activations computed for all looks, about: of large networks on many points fewer are looked at
AT_ONCE = 1 << 18  # activations kept at a time
NEARLY_FLAT = 0.05  # a slope below this share of the activation's largest one counts as saturated
SATURATING = {"tanh": 1.0, "sigmoid": 0.25}  # flat at both ends, and the largest slope


class LayerVitals(NamedTuple):
    """One layer, hidden or output, at each look (T,).

    `gradient`: root mean square of the loss's gradient by a weight. `weights`: root mean square of the weights, and
    `moved`: of their distance from the start. `step`: how far an update takes the weights, by their size: the net
    movement from one snapshot to the next, by the number of updates between them, and taken as root mean square. Steps
    back and forth cancel in it, so that it is never more than what the updates themselves move, on average.
    `saturated`: share of units-by-samples where the activation is nearly flat; nan where it is not one that saturates.
    `dead`: share of the units that say nothing: a ReLU that no training sample makes positive, any other whose
    activation does not vary; nan for the output. `similar`: the largest |cosine| between the weights and bias of two of
    its units, 1 if they draw the same line; nan for a single unit.
    """

    gradient: Array
    weights: Array
    moved: Array
    step: Array
    saturated: Array
    dead: Array
    similar: Array


class Vitals(NamedTuple):
    """The looks at a run: their `epochs` (T,), each layer's measures, the `length` (T,) of the whole gradient, biases
    included, as gradient clipping measures it, and the `parameters` at the `start` and `now` (n_parameters,)."""

    epochs: Array
    layers: tuple[LayerVitals, ...]
    length: Array
    start: Array
    now: Array


def vitals(history: History, data: Data) -> Vitals:
    """Look at a run. `data` are those of its start."""
    config = history.config
    kept, begins = history.snapshot_epochs, [stretch.begin for stretch in config.stretches]
    with np.errstate(all="ignore"):  # of a run that diverged: its numbers may be beyond all bounds
        sets = [evaluation_rows(config, each) for each in data_over_time(config, data)]
        looks = evenly(len(kept), _affordable(config, sets))
        stretch = np.searchsorted(begins, kept[looks], side="right") - 1
        found = []
        for number, rows in enumerate(sets):
            found += _parts(history.parameters[looks[stretch == number]], rows, config)
        gradients = np.concatenate([each[0] for each in found])
        activity = np.concatenate([each[1] for each in found])  # (T, hidden layers, 2)
        start = initial_parameters(config)
        rows = (layer_rows(each, config) for each in (gradients, history.parameters[looks], start))
        silent = [*np.moveaxis(activity, 0, -1), np.full((2, len(looks)), np.nan)]
        layers = tuple(map(_layer, *rows, _steps(history, data, looks), silent))
        length = np.sqrt(np.square(gradients, dtype=float).sum(axis=1))
    return Vitals(kept[looks], layers, length, start, history.parameters[-1])


def _layer(slope: Array, now: Array, first: Array, step: Array, silent: Array) -> LayerVitals:
    """The measures of one layer, given its rows (T, units, inputs + 1) and what is already known of it."""
    size, moved = _rms(now[..., :-1]), _rms((now - first)[..., :-1])
    saturated, dead = silent
    return LayerVitals(_rms(slope[..., :-1]), size, moved, step, saturated, dead, _similar(now))


def _affordable(config: Config, sets: list[Rows]) -> int:
    """How many looks there may be."""
    each = max(len(rows.inputs) for rows in sets) * sum(config.layer_sizes[1:])
    return int(np.clip(WORK // max(1, each), FEWEST_LOOKS, MOST_LOOKS))


def _parts(parameters: Array, rows: Rows, config: Config) -> list[tuple[Array, Array]]:
    """Gradients (t, n_parameters) and activity (t, hidden layers, 2) of these networks, some of them at a time."""
    used = rows.train > 0
    if not used.any():
        nothing = np.full((len(parameters), len(config.hidden_sizes), 2), np.nan)
        return [(np.zeros_like(parameters), nothing)]
    weight = rows.train[used] / rows.train.sum()
    each = max(1, AT_ONCE // (len(weight) * sum(config.layer_sizes[1:])))
    parts = (parameters[i : i + each] for i in range(0, len(parameters), each))
    return [_look(part, rows.inputs[used], rows.targets[used], weight, config) for part in parts]


def _look(parameters: Array, seen: Array, y: Array, weight: Array, config: Config) -> tuple[Array, Array]:
    """Forwards and backwards through t networks at once: their gradients (t, n_parameters), and of each hidden layer
    how much of it is saturated and dead (t, layers, 2). Inputs `seen` (n, d + 1), targets y (n, k), shares (n,)."""
    net, gradient = layer_rows(parameters, config), np.empty(parameters.shape)
    into, activity = layer_rows(gradient, config), np.empty((len(parameters), len(config.hidden_sizes), 2))
    before, slopes = [np.broadcast_to(seen.T, (len(parameters), *seen.T.shape))], []
    for i, name in enumerate(config.activations):
        z = net[i] @ before[i]  # (t, units, n)
        a = ACTIVATIONS[name].value(z)
        slopes.append(ACTIVATIONS[name].slope(z, a))
        activity[:, i] = np.stack([_saturated(slopes[i], weight, name), _dead(z, a, weight, name)], axis=1)
        before.append(np.concatenate([a, np.ones_like(a[:, :1])], axis=1))
    z = (net[-1] @ before[-1]).swapaxes(-1, -2)
    delta = (LOSSES[config.loss_name].gradient(z, y, LINKS[config.link]) * weight[:, None]).swapaxes(-1, -2)
    for i in reversed(range(len(net))):
        into[i][:] = delta @ before[i].swapaxes(-1, -2)
        if i:
            delta = (net[i][..., :-1].swapaxes(-1, -2) @ delta) * slopes[i - 1]
    return gradient, activity


def _saturated(slope: Array, weight: Array, name: str) -> Array:
    if name not in SATURATING:
        return np.full(len(slope), np.nan)
    return ((np.abs(slope) < NEARLY_FLAT * SATURATING[name]) @ weight).mean(axis=1)


def _dead(z: Array, a: Array, weight: Array, name: str) -> Array:
    if name == "relu":
        return (z <= 0).all(axis=2).mean(axis=1)
    away = a - (a @ weight)[..., None]
    return (np.sqrt((away * away) @ weight) < IDLE).mean(axis=1)


def _steps(history: History, data: Data, looks: Array) -> list[Array]:
    """Of each layer (T,) the net movement of its weights by update, by their size: from the snapshot looked at to the
    next, from the one before for the last."""
    config, last = history.config, len(history.snapshot_epochs) - 1
    if not last:
        return [np.full(len(looks), np.nan) for _ in config.layer_places]
    at = np.minimum(looks, last - 1)
    epochs, per_epoch = history.snapshot_epochs, [_updates(each.config, data) for each in config.stretches]
    begins = [stretch.begin for stretch in config.stretches]
    updates = np.diff(epochs)[at] * np.array(per_epoch)[np.searchsorted(begins, epochs[at], side="right") - 1]
    moved = layer_rows(history.parameters[at + 1] - history.parameters[at], config)
    size = layer_rows(history.parameters[at], config)
    return [
        _rms(step[..., :-1]) / updates / np.maximum(_rms(now[..., :-1]), 1e-300)
        for step, now in zip(moved, size, strict=True)
    ]


def _updates(config: Config, data: Data) -> int:
    """How many updates make an epoch."""
    return max(1, -(-len(data.x_train) // config.batch_size)) if config.batch_size else 1


def _similar(rows: Array) -> Array:
    """The largest |cosine| between two of the rows (T, units, inputs + 1); two that are both nothing are the same."""
    units = rows.shape[-2]
    if units < 2:
        return np.full(len(rows), np.nan)
    length = np.sqrt((rows * rows).sum(axis=-1, keepdims=True))
    along = rows / np.where(length > 0, length, 1)
    cosines = np.abs(along @ along.swapaxes(-1, -2))
    none = length[..., 0] == 0
    cosines[none[:, :, None] & none[:, None, :]] = 1
    pairs = np.triu_indices(units, 1)
    return np.minimum(cosines[:, pairs[0], pairs[1]].max(axis=1), 1)


def _rms(values: Array) -> Array:
    """The root mean square of each network's (T, units, inputs)."""
    return np.sqrt(np.mean(np.square(values, dtype=float), axis=(-2, -1)))

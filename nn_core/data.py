"""From a Config to the data it trains and is tested on."""

from itertools import pairwise

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config, share_for_training
from nn_core.datasets import Data, Points
from nn_core.randomness import stream
from nn_core.tables import Table


def make_data(config: Config, table: Table | None = None) -> Data:
    """The training and test data of a run, a function of its data settings alone (`data_seed`, not `seed`).

    Bit pairs train on all samples and draw as many again for the test; the four-point tables are tested on their
    clean corners; every other set is split, `test_share` of it for the test. Points set by hand come on top, each for
    training or for the test as it says; where nothing is kept for the test, training points are the test.

    `table` is the visitor's own, for a Config that names its digest in `data_id`. Raises ValueError for any other, and
    for pictures, which are not made but loaded (`nn_core.digits.mnist`).
    """
    digest = table.digest if table else ""
    if config.data_id and digest != config.data_id:
        raise ValueError(f"This run learns from the table {config.data_id}; it was given {digest or 'none'}.")
    train, test = _split(config, table if config.data_id else None)
    if config.points:
        train = _with_points(train, [point for point in config.points if not point.is_test], config)
        test = _with_points(test, [point for point in config.points if point.is_test], config)
    data = Data(*train, *(test if len(test[0]) else train), config.task)
    return data._replace(axes=table.axes, classes=table.classes) if table and config.data_id else data


def _split(config: Config, table: Table | None) -> tuple[Points, Points]:
    """The data set itself, for training and for the test."""
    entry = config.data
    if entry.make is None:
        raise ValueError(f"The data set {config.dataset} is not made here: pass it as data=.")
    rng = stream(config.data_seed, "data")
    if entry.kind == "corners":
        return entry.make(4, config.noise, rng), entry.make(4, 0.0, rng)
    made = entry.make(config.samples, config.noise, rng)
    if entry.kind == "bits":
        return made, entry.make(config.samples, config.noise, stream(config.data_seed, "test data"))
    if entry.kind == "own" and table is None:
        nothing = made[0], made[1].astype(float if config.task == "regression" else int)
        return nothing, nothing
    x, y = (table.x, table.y) if table else made
    order = stream(config.data_seed, "split").permutation(len(x))[: config.samples]
    count = share_for_training(len(order), config.test_share)
    if table and config.task != "regression":
        order = _class_by_class(order, y, count)
    training, test = np.split(order, [count])
    return (x[training], y[training]), (x[test], y[test])


def _class_by_class(order: Array, y: Array, count: int) -> Array:
    """The same samples, so that each class has its share among the first `count`: a small table has few of some."""
    grouped = order[np.argsort(y[order], kind="stable")]
    dealt = np.diff(np.floor(np.arange(len(order) + 1) * count / len(order))) > 0  # evenly, `count` of them in all
    return np.concatenate([grouped[dealt], grouped[~dealt]])


def _with_points(half: Points, points: list, config: Config) -> Points:
    if not points:
        return half
    x1, x2, target, _ = np.array(points, float).T
    y = target if config.task == "regression" else target.astype(int)
    return np.concatenate([half[0], np.column_stack([x1, x2])]), np.concatenate([half[1].astype(y.dtype), y])


def data_over_time(config: Config, data: Data) -> list[Data]:
    """For each stretch of a run the data in force: `data`, those of its start, until a change makes others."""
    first, *others = config.stretches
    sets = [data]
    for before, stretch in pairwise([first, *others]):
        same = stretch.config.noise == before.config.noise or config.data.kind in ("own", "pictures")
        sets.append(sets[-1] if same else make_data(stretch.config))
    return sets


def domain(config: Config, data: Data) -> tuple[float, float, float, float]:
    """The part of the plane to show, x1 low, x1 high, x2 low, x2 high: the data set's own, widened where points lie
    outside, by half units so that it seldom moves."""
    low, high = config.data.domain
    x: Array = np.concatenate([data.x_train, data.x_test, [[low, low], [high, high]]])
    lows = [low if lowest >= low else np.floor(2 * lowest) / 2 for lowest in x.min(axis=0)]
    highs = [high if highest <= high else np.ceil(2 * highest) / 2 for highest in x.max(axis=0)]
    return float(lows[0]), float(highs[0]), float(lows[1]), float(highs[1])

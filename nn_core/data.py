"""From a Config to the data it trains and is tested on."""

import numpy as np

from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.randomness import stream


def make_data(config: Config) -> Data:
    """The training and test data of a run, a function of its data settings alone (`data_seed`, not `seed`).

    Bit pairs train on all samples and draw as many again for the test; the four-point tables are tested on their
    clean corners; every other set is split, `test_share` of it for the test. Raises ValueError for the digits, which
    are not made but loaded (`nn_core.digits.mnist`).
    """
    entry = config.data
    if entry.make is None:
        raise ValueError(f"The data set {config.dataset} is not made here: pass it as data=.")
    rng = stream(config.data_seed, "data")
    if entry.kind == "corners":
        return Data(*entry.make(4, config.noise, rng), *entry.make(4, 0.0, rng), entry.task)
    x, y = entry.make(config.samples, config.noise, rng)
    if entry.kind == "bits":
        held_back = entry.make(config.samples, config.noise, stream(config.data_seed, "test data"))
        return Data(x, y, *held_back, entry.task)
    order = stream(config.data_seed, "split").permutation(len(x))
    training, test = np.split(order, [config.training_samples])
    return Data(x[training], y[training], x[test], y[test], entry.task)


def domain(config: Config, data: Data) -> tuple[float, float, float, float]:
    """The part of the plane to show, x1 low, x1 high, x2 low, x2 high: the data set's own, widened where points lie
    outside, by half units so that it seldom moves."""
    x = np.concatenate([data.x_train, data.x_test])
    low, high = config.data.domain
    lows = [low if lowest >= low else np.floor(2 * lowest) / 2 for lowest in x.min(axis=0)]
    highs = [high if highest <= high else np.ceil(2 * highest) / 2 for highest in x.max(axis=0)]
    return float(lows[0]), float(highs[0]), float(lows[1]), float(highs[1])

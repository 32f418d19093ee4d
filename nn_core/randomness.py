"""Randomness: every random number is a function of (seed, purpose, index), so nothing has to be remembered.

The shuffle of epoch 17 is the same whether the run was stepped, resumed at 16 or played in one go, and a State needs
no generator in it. Philox is a counter-based generator: a new one costs a few microseconds and no warm-up.
"""

from collections.abc import Iterable, Iterator

import numpy as np

PURPOSES = {"weights": 0, "shuffle": 1, "dropout": 2, "data": 3, "split": 4, "test data": 5, "augment": 6, "search": 7}


def stream(seed: int, purpose: str, index: int = 0) -> np.random.Generator:
    """A fresh generator for one purpose; `index` tells its uses apart (the epoch of a shuffle, say)."""
    return np.random.Generator(np.random.Philox(key=seed, counter=(0, 0, PURPOSES[purpose], index)))


def streams(seeds: Iterable[int], purpose: str, index: int = 0) -> Iterator[np.random.Generator]:
    """The same for several seeds, one after the other: a generator that is put to the start of each in turn, which
    takes a tenth of making one. Each is good until the next is asked for."""
    generator = stream(0, purpose, index)
    start = generator.bit_generator.state
    for seed in seeds:
        key = np.array([seed, 0], np.uint64)
        generator.bit_generator.state = {**start, "state": {**start["state"], "key": key}}
        yield generator

"""Randomness: every random number is a function of (seed, purpose, index), so nothing has to be remembered.

The shuffle of epoch 17 is the same whether the run was stepped, resumed at 16 or played in one go, and a State needs
no generator in it. Philox is a counter-based generator: a new one costs a few microseconds and no warm-up.
"""

import numpy as np

PURPOSES = {"weights": 0, "shuffle": 1, "dropout": 2, "data": 3, "split": 4, "test data": 5, "augment": 6}


def stream(seed: int, purpose: str, index: int = 0) -> np.random.Generator:
    """A fresh generator for one purpose; `index` tells its uses apart (the epoch of a shuffle, say)."""
    return np.random.Generator(np.random.Philox(key=seed, counter=(0, 0, PURPOSES[purpose], index)))

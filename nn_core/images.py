"""Sets of small grey pictures with labels: MNIST, and others in its form."""

from typing import NamedTuple

import numpy as np

SIDE = 28  # of a picture, in pixels


class Images(NamedTuple):
    """Training and test pictures (n, 28, 28) and their labels (n,), all uint8 and read-only; a name for each class.

    `id` is "" for MNIST and the digest of its contents for a set that was brought; a run names it in `data_id`.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    classes: tuple[str, ...]
    name: str
    id: str = ""

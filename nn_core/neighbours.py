"""What a network was taught with: the training pictures most like one picture, to the eye or to the network."""

from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.digits import Network, digest
from nn_core.evaluation import BLOCK, layer_values
from nn_core.images import PIXELS, Images
from nn_core.inspection import trace_of

MOST_TABLES = 256_000_000  # bytes of the tables that are kept between calls
NEAREST = ("last_layer", "pixels")  # what `neighbours` can compare by


class Neighbours(NamedTuple):
    """The nearest training pictures, nearest first: `indices`, `distances` and `labels` (count,)."""

    indices: np.ndarray
    distances: np.ndarray
    labels: np.ndarray


def neighbours(network: Network, image: Array, images: Images, count: int = 12, by: str = "last_layer") -> Neighbours:
    """The training pictures most like this one: "pixels", or by what the "last_layer" of hidden units makes of them.

    Distances are roots of sums of squares. The first call runs all training pictures through the network (about half a
    second) and keeps what their last layer does, float32: 31 MB for 60,000 pictures and 128 units; the latest tables
    are kept up to 256 MB. Without hidden layers pixels are compared. Raises ValueError for another `by`.
    """
    if by not in NEAREST:
        raise ValueError(f"by must be one of {', '.join(NEAREST)}, not {by!r}")
    trace, unit = trace_of(network, image), 1
    if by == "pixels" or not trace.a:
        query, unit = trace.inputs[0] * 255, 255
        table = _kept(("pixels", images.id), lambda: images.x_train.reshape(-1, PIXELS))
    else:
        query = trace.a[-1][0]
        last = len(network.config.hidden_sizes)
        table = _kept((digest(network), images.id), lambda: layer_values(network, images.x_train, last))
    query = query.astype(np.float32)
    close = _smallest(table.squares - 2 * _products(table.rows, query), 2 * count)
    distances = np.sqrt(((table.rows[close] - query) ** 2).sum(axis=1)) / unit  # exact for those that may be chosen
    order = np.lexsort((close, distances))[:count]
    return Neighbours(close[order], distances[order], images.y_train[close[order]])


class _Table(NamedTuple):
    """A row (n, d) for each training picture, and the sum of its squares (n,)."""

    rows: np.ndarray
    squares: np.ndarray


_tables: dict[tuple[str, str], _Table] = {}
_lock = Lock()  # visitors share the tables


def _kept(key: tuple[str, str], make: Callable[[], np.ndarray]) -> _Table:
    """The table of that key, of the rows that `make` gives when there is none; those not used for longest make room."""
    with _lock:
        _tables[key] = _tables.pop(key, None) or _with_squares(make())  # now the last
        while len(_tables) > 1 and sum(table.rows.nbytes for table in _tables.values()) > MOST_TABLES:
            del _tables[next(iter(_tables))]
        return _tables[key]


def _with_squares(rows: np.ndarray) -> _Table:
    squares = np.empty(len(rows), np.float32)
    for first in range(0, len(rows), BLOCK):
        block = rows[first : first + BLOCK].astype(np.float32)
        squares[first : first + BLOCK] = np.einsum("ij,ij->i", block, block)
    return _Table(rows, squares)


def _products(rows: np.ndarray, query: Array) -> Array:
    """rows @ query, in blocks: bytes are made floats where they are still in the processor's cache."""
    starts = range(0, len(rows), BLOCK)
    return np.concatenate([rows[first : first + BLOCK].astype(np.float32, copy=False) @ query for first in starts])


def _smallest(values: Array, count: int) -> np.ndarray:
    """The places of the `count` smallest values, in no order."""
    count = min(count, len(values))
    return np.argpartition(values, count - 1)[:count]

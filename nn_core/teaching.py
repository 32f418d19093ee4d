"""Teach a trained network a few drawings of one hand, without it forgetting what it knew.

A short run of Adam on mixed batches. The new drawings come in ever new small bends, each with its label. Beside them
stand familiar pictures, each with the answer that the network gave before: what it knew, and how sure it was, stays
(Z. Li and D. Hoiem, "Learning without forgetting", 2016).
"""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.archives import ArchiveError
from nn_core.augment import augment
from nn_core.digits import CANVAS, MOST_POINTS, MOST_STROKES, Network, preprocess
from nn_core.images import PIXELS
from nn_core.mlp import backward, forward, predict
from nn_core.optimizers import OPTIMIZERS, Settings
from nn_core.strokes import pictures
from nn_core.texts import plain

NEW, OLD = 32, 384  # pictures of a batch
RATE = 1e-3  # of Adam at the first step; it falls in a straight line to 0
WORK, FEWEST, MOST = 90_000_000, 200, 1000  # parameters x steps: two seconds or so; and how many steps there may be
SHOWN = 20  # networks on the way that are given out
DIGITS, JUNK = 1500, 500  # familiar drawings of our own

MOST_EXAMPLES = 500
MOST_FILE = 5_000_000  # bytes
LONGEST_LABEL = 40

Strokes = tuple[tuple[int, ...], ...]


class Example(NamedTuple):
    """A drawing, and the name of the class it belongs to. Each stroke is x, y, x, y, ... in whole pixels of a 280 x 280
    canvas: plain numbers, so that an example can be compared and written to a file."""

    strokes: Strokes
    label: str


def example(strokes: Sequence[Array], label: str) -> Example:
    """An example of drawn strokes, each (n, 2)."""
    return Example(tuple(tuple(np.rint(stroke).astype(int).ravel().tolist()) for stroke in strokes), label)


@lru_cache(4 * MOST_EXAMPLES)
def picture(strokes: Strokes) -> Array:
    """What a network sees of an example's strokes: (28, 28) uint8, read-only."""
    image = preprocess([np.reshape(stroke, (-1, 2)) for stroke in strokes]).image
    image = np.round(255 * image).astype(np.uint8)
    image.setflags(write=False)
    return image


def familiar(taught: Array, seed: int = 0) -> Array:
    """What a network should not forget (n, 28, 28) uint8: the pictures it was `taught` with (m, 28, 28), and our own
    drawings, digits and what is none. Their labels are not needed."""
    labels = np.concatenate([np.arange(DIGITS) % 10, np.full(JUNK, -1)])
    return np.concatenate([taught, pictures(labels, np.random.default_rng(seed))])


def teach(network: Network, images: Array, labels: Array, old: Array, seed: int = 0) -> Iterator[Network]:
    """Teach a network new pictures (m, 28, 28) uint8 with their class numbers (m,), beside `old` ones, see `familiar`.

    Yields `SHOWN` networks on the way, the last of them the taught one; the network itself is not changed. Raises
    ValueError where there is nothing to teach.
    """
    if not len(images):
        raise ValueError("there must be at least one picture to teach")
    rng, config, parameters = np.random.default_rng(seed), network.config, network.parameters.copy()
    memory = np.zeros((OPTIMIZERS["adam"].slots, len(parameters)), parameters.dtype)
    settings = Settings(momentum=0.9, rms_decay=0.999, weight_decay=np.zeros(1))
    wanted = np.eye(config.layer_sizes[-1], dtype=parameters.dtype)[labels]
    steps = int(np.clip(WORK // len(parameters), FEWEST, MOST)) // SHOWN * SHOWN
    for step in range(1, steps + 1):
        mine = rng.integers(len(images), size=NEW)
        known = old[rng.integers(len(old), size=OLD)].reshape(OLD, PIXELS)
        x = np.concatenate([augment(images[mine], rng), known])
        y = np.concatenate([wanted[mine], predict(network.parameters, known, config)])
        gradient = backward(parameters, forward(parameters, x, config), y, config)
        OPTIMIZERS["adam"].update(parameters, gradient, memory, RATE * (1 - step / steps), step, settings)
        if step % (steps // SHOWN) == 0:
            yield network._replace(parameters=parameters.copy())


# A set of examples as a file.


def examples_file(examples: Sequence[Example]) -> bytes:
    """The examples as JSON: {"drawings": [{"label": "7", "strokes": [[x, y, x, y, ...], ...]}, ...]}."""
    return json.dumps({"drawings": [each._asdict() for each in examples]}, ensure_ascii=False).encode()


def read_examples(raw: bytes) -> list[Example]:
    """The examples of a file as `examples_file` writes it. Raises ArchiveError, a sentence, for anything else."""
    if len(raw) > MOST_FILE:
        raise ArchiveError(f"A file of drawings may have at most {MOST_FILE // 10**6} million bytes.")
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        raise ArchiveError("It is no JSON text: choose a file that was downloaded here.") from None
    listed = content.get("drawings") if isinstance(content, dict) else None
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_EXAMPLES:
        raise ArchiveError(f"It must have a list “drawings” of 1 to {MOST_EXAMPLES} drawings.")
    return [_read(each, number) for number, each in enumerate(listed, start=1)]


def _read(entry: Any, number: int) -> Example:
    entry = entry if isinstance(entry, dict) else {}
    label, strokes = entry.get("label"), entry.get("strokes")
    if not isinstance(label, str) or not plain(label, LONGEST_LABEL):
        raise ArchiveError(f"Drawing {number} has no label: a short text such as “7”.")
    if not isinstance(strokes, list) or len(strokes) > MOST_STROKES or not all(map(_is_stroke, strokes)):
        raise ArchiveError(
            f"Drawing {number}: its strokes must be lists x, y, x, y, … of numbers from 0 to {CANVAS}, at most "
            f"{MOST_STROKES} of them."
        )
    if sum(map(len, strokes)) > 2 * MOST_POINTS:
        raise ArchiveError(f"Drawing {number} has more than {MOST_POINTS:,} points.")
    drawn = [np.reshape(stroke, (-1, 2)) for stroke in strokes]
    if problem := preprocess(drawn).problem:
        raise ArchiveError(f"Drawing {number} cannot be read: {problem}.")
    return example(drawn, plain(label, LONGEST_LABEL))


def _is_stroke(stroke: Any) -> bool:
    return (
        isinstance(stroke, list)
        and len(stroke) > 0
        and len(stroke) % 2 == 0
        and all(type(number) in (int, float) and 0 <= number <= CANVAS for number in stroke)
    )

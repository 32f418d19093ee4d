"""A training run on its way: how far it is, its figures, and its curves, repainted in place while it grows.

The format: a header and arrays as packed by `ui.components.pack`. The header:

    version     1
    status      what the run is doing, in a few words
    share       how much of it is done, 0 to 1
    figures     rows title, text
    epochs      the end of the axis
    changes     marks on the curves, rows epoch, text
    guessing    the loss of answering without looking
    classes     names of the classes
    arrays      name -> [offset, length], both in floats: epoch, loss, accuracy of the training batches; held_epoch,
                held_loss, held_accuracy of the test pictures
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nn_core.slices import Points
from ui.components import from_folder, pack

VERSION = 1
MOST_POINTS = 400  # of a curve: more would hide it behind their scatter, and a message every half second stays small
SCRIPTS = (
    *(f"../stage/{name}" for name in ("page.js", "numbers.js", "forward.js", "paint.js", "chart.js")),
    "progress.js",
)
STYLES = ("../stage/colours.css", "progress.css")

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def progress(*, key: str, payload: bytes) -> None:
    """Show a run, given as made by `encode`. The same key repaints the same picture in place."""
    _mount(key=key, data=payload)


def encode(
    batches: Points,
    held: Points,
    *,
    status: str,
    share: float,
    figures: Sequence[tuple[str, str]],
    epochs: int,
    changes: Sequence[tuple[int, str]],
    classes: Sequence[str],
) -> bytes:
    """The bytes that show this run, in the format above. `batches` are measured on training batches, `held` on the test
    pictures; of curves with too many points neighbours are averaged."""
    header = {
        "version": VERSION,
        "status": status,
        "share": share,
        "figures": list(figures),
        "epochs": epochs,
        "changes": list(changes),
        "guessing": math.log(len(classes)),
        "classes": list(classes),
    }
    curves = (("", thinned(batches)), ("held_", thinned(held)))
    return pack(header, {prefix + name: values for prefix, curve in curves for name, values in curve._asdict().items()})


def thinned(points: Points, most: int = MOST_POINTS) -> Points:
    """At most `most` points: means of as many neighbours as it takes, at the last epoch of each group."""
    size = -(-len(points.epoch) // most)
    if size <= 1:
        return points
    starts = np.arange(0, len(points.epoch), size)
    counts = np.diff(np.append(starts, len(points.epoch)))
    loss, accuracy = (np.add.reduceat(values, starts) / counts for values in points[1:])
    return Points(points.epoch[starts + counts - 1], loss, accuracy)

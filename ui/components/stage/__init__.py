"""The stage: the one picture of a run. Decision map, figures, truth table and time line, playing in the browser.

`encode` turns a run into the bytes the browser needs to paint any epoch of it without asking again; `stage` mounts
the component with them. It never sends anything back.

The format, version 1. Little-endian throughout:

    uint32                  length of the header in bytes
    header                  JSON in UTF-8, padded with spaces so that what follows starts at a multiple of four
    float32 ...             all arrays, end to end

The header:

    version                 1
    run                     a number that grows with every new result: the same number means the same run, shown again
    network                 sizes      numbers of input features, of each hidden layer's units, of outputs
                            activations one name per hidden layer
                            features   names of the input features
                            link       "sigmoid", "softmax" or "linear"
    task                    "binary", "multiclass" or "regression"
    classes                 names of the classes, [] for regression
    domain                  the part of the plane to show: x1 low, x1 high, x2 low, x2 high
    loss, unit              what the loss is called, and the unit of its value ("nats" or "")
    guessing                the cross-entropy of answering without looking; null for other losses
    score                   "accuracy" or "R²"
    corners                 truth table as rows x1, x2, expected class, for the logic data sets; else null
    figures                 parameters (how many), seconds (of training), epochs (planned)
    message                 why the run ended before its time, or null
    finished                false while blocks of a long run are still arriving
    arrays                  name -> [offset, length], both in floats:
        epochs, train_loss, test_loss, train_score, test_score      the curves, at most 1,000 points
        snapshot_epochs                                             (T,), each also among epochs
        parameters                                                  (T, n) row by row, laid out as in nn_core.mlp
        points                                                      (P, 5) rows x1, x2, target, is_test, count

Values that are not finite are gaps in the curves.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn_core.config import Config
from nn_core.data import domain
from nn_core.datasets import CORNERS, DATASETS, Data
from nn_core.history import History
from nn_core.losses import LOSSES
from ui.components import from_folder

VERSION = 1
MOST_CURVE_POINTS = 1000
MOST_POINTS = 2000
SCRIPTS = ("forward.js", "paint.js", "map.js", "timeline.js", "words.js", "stage.js")  # one module, in this order

_mount = from_folder(Path(__file__).parent, SCRIPTS)


def stage(*, key: str, payload: bytes) -> None:
    """Show a run, given as made by `encode`. The same key repaints the same picture in place."""
    _mount(key=key, data=payload)


def encode(history: History, data: Data, *, run: int, seconds: float) -> bytes:
    """The bytes that show this run, in the format above.

    `run` must grow with every new result, `seconds` is how long training took.
    """
    config = history.config
    curve = _thinned(history)
    arrays = {
        "epochs": history.epochs[curve],
        "train_loss": history.train_loss[curve],
        "test_loss": history.test_loss[curve],
        "train_score": history.train_accuracy[curve],
        "test_score": history.test_accuracy[curve],
        "snapshot_epochs": history.snapshot_epochs,
        "parameters": history.parameters,
        "points": _points(data),
    }
    header = {
        "version": VERSION,
        "run": run,
        "network": {
            "sizes": config.layer_sizes,
            "activations": config.activations,
            "features": config.features,
            "link": config.link,
        },
        "task": config.task,
        "classes": [] if config.task == "regression" else [str(k) for k in range(max(2, config.layer_sizes[-1]))],
        "domain": domain(config, data),
        "loss": LOSSES[config.loss_name].title,
        "unit": LOSSES[config.loss_name].unit,
        "guessing": _guessing(config, data),
        "score": "R²" if config.task == "regression" else "accuracy",
        "corners": _truth_table(config),
        "figures": {"parameters": config.n_parameters, "seconds": seconds, "epochs": config.epochs},
        "message": history.stopped,
        "finished": history.finished,
        "arrays": _places(arrays),
    }
    text = json.dumps(header, ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    floats = np.concatenate([np.ravel(array) for array in arrays.values()])
    with np.errstate(over="ignore"):  # beyond float32 is a gap in the curve
        return len(text).to_bytes(4, "little") + text + floats.astype("<f4").tobytes()


def _places(arrays: dict[str, NDArray]) -> dict[str, tuple[int, int]]:
    """Where each array starts among the floats, and how long it is."""
    ends = np.cumsum([array.size for array in arrays.values()]).tolist()
    return {name: (end - array.size, array.size) for (name, array), end in zip(arrays.items(), ends, strict=True)}


def _thinned(history: History) -> NDArray:
    """Indices of at most 1,000 recorded epochs: those of the snapshots, and others evenly between first and last."""
    n, of_snapshots = len(history.epochs), np.searchsorted(history.epochs, history.snapshot_epochs)
    if n <= MOST_CURVE_POINTS:
        return np.arange(n)
    others = np.linspace(0, n - 1, MOST_CURVE_POINTS - len(of_snapshots)).round().astype(int)
    return np.union1d(of_snapshots, others)


def _points(data: Data) -> NDArray:
    """Rows x1, x2, target, is_test, count: coincident points of one split and target once, at most 2,000 in all."""
    train = np.column_stack([data.x_train, data.y_train, np.zeros(len(data.x_train))])
    test = np.column_stack([data.x_test, data.y_test, np.ones(len(data.x_test))])
    rows, counts = np.unique(np.concatenate([train, test]), axis=0, return_counts=True)
    drawn = np.linspace(0, len(rows) - 1, min(len(rows), MOST_POINTS)).astype(int)
    return np.column_stack([rows, counts])[drawn]


def _truth_table(config: Config) -> list[list[int]] | None:
    """What the logic data sets expect at the four corners, asked of the data set itself, without noise."""
    entry = DATASETS[config.dataset]
    if entry.kind not in ("bits", "corners") or entry.make is None:
        return None
    x, y = entry.make(64, 0.0, np.random.default_rng(0))  # enough random bits to meet every corner
    expected = {(x1, x2): target for (x1, x2), target in zip(x.tolist(), y.tolist(), strict=True)}
    return [[x1, x2, expected[x1, x2]] for x1, x2 in CORNERS.tolist()]


def _guessing(config: Config, data: Data) -> float | None:
    """What cross-entropy costs whoever answers with the shares of the classes, without looking: ln 2 for two halves."""
    if "cross_entropy" not in config.loss_name:
        return None
    shares = np.unique(data.y_train, return_counts=True)[1] / len(data.y_train)
    return float(-(shares * np.log(shares)).sum())

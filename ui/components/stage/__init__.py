"""The stage: the one picture of a run. Network, plane, figures, truth table and time line, playing in the browser.

`encode` turns a run into the bytes the browser needs to paint any epoch of it without asking again; `stage` mounts
the component with them. What the visitor does to the picture comes back as a wish (the list stands at `stage`).

The format, version 2: a header and arrays as packed by `ui.components.pack`. The header:

    version                 2
    run                     a number that grows with every new result: the same number means the same run, shown again
    network                 sizes      numbers of input features, of each hidden layer's units, of outputs
                            activations one name per hidden layer
                            features   names of the input features
                            link       "sigmoid", "softmax" or "linear"
    task                    "binary", "multiclass" or "regression"
    classes                 names of the classes, [] for regression
    axes                    of x1, x2 and the answer: title, zero, unit; a coordinate v is called zero + unit * v
    domain                  the part of the plane to show: x1 low, x1 high, x2 low, x2 high
    loss, unit              what the loss is called, and the unit of its value ("nats" or "")
    guessing                the cross-entropy of answering without looking; null for other losses
    score                   "accuracy" or "R²"
    corners                 truth table as rows x1, x2, expected class, for the logic data sets; else null
    figures                 parameters (how many), seconds (of training), epochs (planned)
    changes                 marks on the curve, rows epoch, text
    edits                   parameters set by hand, rows epoch, index, value
    since                   the epoch from which changed settings count, or null: the whole run
    outcome                 name and sentence (nn_core.outcome), null while more of the run is arriving
    own                     points: the visitor's own, rows x1, x2, target, is_test; classes: how many a brush may have,
                            0 for numbers; only: whether there are no others; most: how many there may be
    limits                  of what can be wished for: weight (its size), layers (hidden ones), units (of one)
    data_from               the epochs from which each set of points is in force; mostly [0]
    message                 why the run ended before its time, or null
    finished                false while blocks of a long run are still arriving
    fixed                   whether it is only to be looked at: no wishes
    arrays                  name -> [offset, length], both in floats:
        epochs, train_loss, test_loss, train_score, test_score      the curves, at most 1,000 points
        snapshot_epochs                                             (T,), each also among epochs
        parameters                                                  (T, n) row by row, laid out as in nn_core.mlp
        points                                                      (P, 7) rows x1, x2, target, is_test, count, own
                                                                    (index in own.points, or -1), which of data_from

Values that are not finite are gaps in the curves. Of wide networks there are fewer snapshots: a message stays below
500 kB.
"""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn_core.config import LARGEST_WEIGHT, MAX_LAYERS, MAX_NODES, MOST_OWN_POINTS, Config, Stretch
from nn_core.data import data_over_time, domain
from nn_core.datasets import CORNERS, DATASETS, Data
from nn_core.history import History, evenly
from nn_core.losses import LOSSES
from nn_core.outcome import outcome
from nn_core.tables import MOST_CLASSES
from ui.components import from_folder, pack, shape
from ui.words import changed

VERSION = 2
MOST_CURVE_POINTS = 1000
MOST_POINTS = 2000
MOST_PARAMETERS = 100_000  # numbers of all snapshots together: 400 kB
SCRIPTS = (  # one module, in this order
    "page.js",
    "numbers.js",
    "forward.js",
    "paint.js",
    "marks.js",
    "neuron.js",
    "field.js",
    "key.js",
    "map.js",
    "brushbar.js",
    "brush.js",
    "layout.js",
    "builder.js",
    "editor.js",
    "drawing.js",
    "network.js",
    "slice.js",
    "hidden.js",
    "surface.js",
    "chart.js",
    "timeline.js",
    "words.js",
    "questions.js",
    "walk.js",
    "figures.js",
    "panel.js",
    "help.js",
    "stage.js",
)
STYLES = ("colours.css", "stage.css", "key.css", "plane.css", "network.css", "hidden.css", "surface.css")
PLOTLY = files("plotly") / "package_data" / "plotly.min.js"

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES, {"PLOTLY": PLOTLY})


def stage(*, key: str, payload: bytes, on_wish: Callable[[], None]) -> None:
    """Show a run, given as made by `encode`. The same key repaints the same picture in place.

    What the visitor does to the picture is the component's state `wish`, {"n": a counter, "do": ...} and:

        layers      sizes               other hidden layers
        features    names               other input features
        edit        epoch, changes      rows index, value: parameters set by hand at this epoch
        unedit                          back to the trained network
        train_on    epoch               from here on; at the end of the run it is also made longer
        whole                           changes of settings count from the start again
        longer      epochs              a step past the end
        settle                          on until it is solved, on a plateau or diverged
        start_over                      the same first weights, without any change on the way
        points      points              all of the visitor's own points, rows x1, x2, target, is_test
        only_own, take_points           learn from own points only; make the points shown own ones
        pin                             keep this run for comparing
    """
    _mount(key=key, data=payload, on_wish_change=on_wish)


def encode(
    history: History,
    data: Data,
    *,
    run: int,
    seconds: float,
    since: int | None = None,
    most: int = MOST_PARAMETERS,
    fixed: bool = False,
) -> bytes:
    """The bytes that show this run, in the format above.

    `data` are those of the run's start, `run` must grow with every new result, `seconds` is how long training took,
    `since` the epoch from which the visitor's changes count, `most` how many parameters its snapshots may have in all.
    A `fixed` run is to be looked at: nothing that is done to its picture changes it.
    """
    config = history.config
    snapshots = _snapshots(history, most)
    curve = _thinned(history, snapshots)
    sets = data_over_time(config, data)
    tested = np.nan if data.x_test is data.x_train else 1.0  # without points of its own the test says nothing
    arrays = {
        "epochs": history.epochs[curve],
        "train_loss": history.train_loss[curve],
        "test_loss": history.test_loss[curve] * tested,
        "train_score": history.train_accuracy[curve],
        "test_score": history.test_accuracy[curve] * tested,
        "snapshot_epochs": history.snapshot_epochs[snapshots],
        "parameters": history.parameters[snapshots],
        "points": _points(config, sets),
    }
    header = {
        "version": VERSION,
        "run": run,
        "network": shape(config),
        "task": config.task,
        "classes": _class_names(config, data),
        "axes": [axis._asdict() for axis in data.axes],
        "domain": _domain(config, sets),
        "loss": LOSSES[config.loss_name].title,
        "unit": LOSSES[config.loss_name].unit,
        "guessing": _guessing(config, data),
        "score": "R²" if config.task == "regression" else "accuracy",
        "corners": _truth_table(config),
        "figures": {"parameters": config.n_parameters, "seconds": seconds, "epochs": config.last_epoch},
        "changes": _marks(config),
        "edits": [[each.begin, index, value] for each in config.stretches for index, value in each.edits.items()],
        "since": since,
        "outcome": _outcome(history) if history.finished else None,
        "own": _own(config),
        "limits": {"weight": LARGEST_WEIGHT, "layers": MAX_LAYERS, "units": MAX_NODES},
        "data_from": [stretch.begin for stretch, _ in _sets(config, sets)],
        "message": history.stopped,
        "finished": history.finished,
        "fixed": fixed,
    }
    return pack(header, arrays)


def _snapshots(history: History, most: int) -> NDArray:
    """Which snapshots are sent: as many as the message may hold, evenly, and where something was changed. Where so
    much was changed that it would fill more than half of them, an even part of that."""
    room = max(2, most // history.config.n_parameters)
    begins = [stretch.begin for stretch in history.config.stretches[1:]]
    changed = np.flatnonzero(np.isin(history.snapshot_epochs, begins))
    changed = changed[evenly(len(changed), room // 2)]
    return np.union1d(evenly(len(history.parameters), max(2, room - len(changed))), changed)


def _outcome(history: History) -> dict[str, str]:
    found = outcome(history)
    return {"name": found.name, "sentence": found.sentence}


def _class_names(config: Config, data: Data) -> list[str]:
    if config.task == "regression":
        return []
    return list(data.classes) or [str(k) for k in range(max(2, config.layer_sizes[-1]))]


def _marks(config: Config) -> list[tuple[int, str]]:
    """What changes on the way, in words: a mark for each setting, and one for the weights of an epoch together."""
    marks, before = [], config.replace(changes=()) if config.changes else config
    for stretch in config.stretches:
        marks += [(stretch.begin, text) for text in changed(before, stretch.config)]
        if stretch.edits:
            n = len(stretch.edits)
            marks.append((stretch.begin, f"{n} weight{'s' * (n > 1)} set by hand"))
        before = stretch.config
    return marks


def _own(config: Config) -> dict[str, Any]:
    free = config.data.kind == "own" and not config.data_id and config.task != "regression"
    classes = 0 if config.task == "regression" else MOST_CLASSES if free else config.data.classes
    only = config.data.kind == "own" and not config.data_id
    return {"points": config.points, "classes": classes, "only": only, "most": MOST_OWN_POINTS}


def _sets(config: Config, sets: list[Data]) -> list[tuple[Stretch, Data]]:
    """Each set of data once, with the stretch in which it comes into force."""
    pairs = list(zip(config.stretches, sets, strict=True))
    return [pair for i, pair in enumerate(pairs) if not i or pair[1] is not pairs[i - 1][1]]


def _domain(config: Config, sets: list[Data]) -> tuple[float, ...]:
    x1_low, x1_high, x2_low, x2_high = zip(*(domain(config, data) for data in sets), strict=True)
    return min(x1_low), max(x1_high), min(x2_low), max(x2_high)


def _thinned(history: History, snapshots: NDArray) -> NDArray:
    """Indices of at most 1,000 recorded epochs: those of the snapshots, and others evenly between first and last."""
    n, of_snapshots = len(history.epochs), np.searchsorted(history.epochs, history.snapshot_epochs[snapshots])
    most = n if n <= MOST_CURVE_POINTS else MOST_CURVE_POINTS - len(of_snapshots)
    return np.union1d(of_snapshots, evenly(n, most))


def _points(config: Config, sets: list[Data]) -> NDArray:
    """The rows of `points`: coincident points of one split and target once, at most 2,000 of all sets of data."""
    own, rows = {tuple(map(float, point)): i for i, point in enumerate(config.points)}, []
    distinct_sets = _sets(config, sets)
    most = MOST_POINTS // len(distinct_sets)
    for number, (_, data) in enumerate(distinct_sets):
        train = np.column_stack([data.x_train, data.y_train, np.zeros(len(data.x_train))])
        test = np.column_stack([data.x_test, data.y_test, np.ones(len(data.x_test))])
        both = train if data.x_test is data.x_train else np.concatenate([train, test])
        distinct, counts = np.unique(both, axis=0, return_counts=True)
        drawn = evenly(len(distinct), min(len(distinct), most))
        distinct, counts = distinct[drawn], counts[drawn]
        mine = [own.get(tuple(row), -1) for row in distinct.tolist()] if own else np.full(len(distinct), -1)
        rows.append(np.column_stack([distinct, counts, mine, np.full(len(distinct), number)]))
    return np.concatenate(rows)


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
    shares = np.unique(data.y_train, return_counts=True)[1] / max(1, len(data.y_train))
    return float(-(shares * np.log(shares)).sum())

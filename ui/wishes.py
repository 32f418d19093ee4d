"""What a visitor does to the picture, as changes of settings: pure functions of the Config and the wish.

Wishes come from the browser and may be anything. What they ask for passes Config's gate like a link does; a wish whose
form makes no sense raises TypeError, ValueError or KeyError, and is dropped.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nn_core.config import MOST_EPOCHS, MOST_OWN_POINTS, MOST_SAMPLES, Change, Config, Point
from nn_core.datasets import Data
from nn_core.history import evenly
from nn_core.ranges import write
from nn_core.tables import Table

Wish = Mapping[str, Any]
Changes = dict[str, Any]


def layers(config: Config, wish: Wish) -> Changes:
    """Other hidden layers."""
    return with_sizes(config, tuple(int(size) for size in wish["sizes"]))


def with_sizes(config: Config, sizes: tuple[int, ...]) -> Changes:
    """The settings of other hidden layers; activations by layer are kept where they still fit."""
    if isinstance(config.activation, str):
        return {"hidden_sizes": sizes}
    names = (config.activation + config.activation[-1:] * len(sizes))[: len(sizes)]
    return {"hidden_sizes": sizes, "activation": names or config.activation[0]}


def features(config: Config, wish: Wish) -> Changes:
    """Other input features."""
    return {"features": tuple(map(str, wish["names"]))} if wish["names"] else {}


def edit(config: Config, wish: Wish) -> Changes:
    """Parameters set by hand at an epoch."""
    epoch = int(wish["epoch"])
    edits = (Change(epoch, f"parameters[{int(index)}]", float(value)) for index, value in wish["changes"])
    return {"changes": (*config.changes, *edits)}


def unedit(config: Config, wish: Wish) -> Changes:
    """The trained network again."""
    return {"changes": tuple(change for change in config.changes if change.index is None)}


def start_over(config: Config, wish: Wish) -> Changes:
    """The same first weights, and nothing changed on the way."""
    return {"changes": ()}


def longer(config: Config, wish: Wish) -> Changes:
    """So many more epochs."""
    return prolonged(config, int(wish["epochs"]))


def prolonged(config: Config, by: int) -> Changes:
    """The settings of the same run, made longer; a run that cannot begin stays as it is."""
    if not config.training_samples:
        return {}
    return ending(config, config.last_epoch + max(1, by))


def ending(config: Config, end: int) -> Changes:
    """The settings of the same run with another end. A constant rate just goes on; any other schedule begins anew where
    the run ended, and that is a change on the way."""
    end = min(end, MOST_EPOCHS)
    if end > config.last_epoch and config.at(config.last_epoch).schedule != "constant":
        return {"changes": (*config.changes, Change(config.last_epoch, "epochs", end))}
    planned = [change for change in config.changes if change.name == "epochs"]
    if not planned:
        return {"epochs": end}
    return {"changes": (*config.changes, planned[-1]._replace(value=end))}  # the last word on the same thing counts


def points(config: Config, wish: Wish) -> Changes:
    """The visitor's own points, all of them. Own data have as many classes as they need."""
    made = tuple(Point(float(x1), float(x2), float(y), int(is_test)) for x1, x2, y, is_test in wish["points"])
    if config.data.kind != "own" or config.data_id or config.task == "regression":
        return {"points": made}
    return {"points": made, "classes": max([2, *(int(point.target) + 1 for point in made)])}


def only_own(config: Config, wish: Wish) -> Changes:
    """Learn from own points alone."""
    return own_data(config, config.points)


def own_data(config: Config, points: tuple[Point, ...]) -> Changes:
    """These points as all there is."""
    return {"dataset": "own", "data_id": "", "points": points, "classes": config.data.classes}


def as_points(config: Config, data: Data) -> tuple[Point, ...]:
    """The data shown, as own points that can be moved and erased: at most 300, evenly taken."""
    halves = [(data.x_train, data.y_train, 0), (data.x_test, data.y_test, 1)]
    again = data.x_test is data.x_train or config.data.kind in ("bits", "corners")  # tested where it was trained
    rows = [np.column_stack([x, y, np.full(len(x), half)]) for x, y, half in halves[: 1 if again else 2]]
    distinct = np.unique(np.concatenate(rows).round(3), axis=0)  # as exact as a link is
    drawn = distinct[evenly(len(distinct), min(len(distinct), MOST_OWN_POINTS))]
    return tuple(Point(x1, x2, y, int(is_test)) for x1, x2, y, is_test in drawn.tolist())


def table_data(table: Table) -> Changes:
    """A table of the visitor's as all there is; of more than 5,000 rows so many are learnt from and tested on."""
    samples = min(len(table.x), MOST_SAMPLES)
    return {"dataset": "own", "data_id": table.digest, "points": (), "classes": classes_of(table), "samples": samples}


def classes_of(table: Table) -> int:
    """The setting `classes` that a table asks for."""
    return 1 if table.task == "regression" else max(2, len(table.classes))


def from_epoch(config: Config, epoch: int, changes: Changes) -> Changes:
    """Changes of settings counted from this epoch on; the end of the run is its end."""
    end = ending(config, changes["epochs"]) if "epochs" in changes else {}
    late = (Change(epoch, name, value) for name, value in changes.items() if name != "epochs")
    return end | {"changes": (*end.get("changes", config.changes), *late)}


def complete(config: Config, changes: Changes) -> Changes:
    """With what follows from them: another data set has no own points, another network no edited weights."""
    follows: Changes = {}
    if changes.get("dataset", config.dataset) != config.dataset:
        follows |= {"points": (), "data_id": "", "classes": 2}
    follows |= changes
    after, _ = Config.from_query(config.to_query() | {name: write(value) for name, value in follows.items()})
    if (after.layer_sizes, after.features) != (config.layer_sizes, config.features) and "changes" not in changes:
        follows |= unedit(config, {})
    return follows


WISHES: dict[str, Callable[[Config, Wish], Changes]] = {
    "layers": layers,
    "features": features,
    "edit": edit,
    "unedit": unedit,
    "start_over": start_over,
    "longer": longer,
    "points": points,
    "only_own": only_own,
}

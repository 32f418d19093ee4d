"""A run to take away and to bring back: its settings with its data as one file, or the data alone as a table."""

import csv
import io
import json
from collections.abc import Callable
from typing import NamedTuple

from nn_core.config import Config
from nn_core.data import make_data
from nn_core.history import History
from nn_core.mlp import layers
from nn_core.sheets import TableError, read_sheet
from nn_core.tables import Table, choose, guarded, to_csv

FORMAT, VERSION = "neural network playground run", 1
MOST_BRACKETS = 10_000


def run_file(config: Config, table: Table | None = None) -> str:
    """Settings, own points and own table: opened again, the same run to the last bit."""
    content = {"format": FORMAT, "version": VERSION, "settings": config.to_query()}
    if table and config.data_id:
        kind = "label" if table.classes else "number"
        content["table"] = {"columns": [axis.title for axis in table.axes], "kind": kind, "csv": to_csv(table)}
    return json.dumps(content, ensure_ascii=False, indent=1)


def data_file(config: Config, table: Table | None = None) -> str:
    """The points as a table: both coordinates and the target in their own numbers, and what each point is for."""
    data = make_data(config, table)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*(guarded(axis.title) for axis in data.axes), "used for"])
    for x, y, use in ((data.x_train, data.y_train, "training"), (data.x_test, data.y_test, "test")):
        for place, target in zip(x.tolist(), y.tolist(), strict=True):
            x1, x2, value = (axis.raw(v) for axis, v in zip(data.axes, (*place, target), strict=True))
            label = guarded(data.classes[target]) if data.classes else target
            writer.writerow([x1, x2, value if data.task == "regression" else label, use])
    return file.getvalue()


def weights_file(history: History) -> str:
    """The trained network by itself, for another program: what it sees of x1 and x2, and of each layer its weights
    (units, inputs), its biases and what follows on the sums. Numbers are written to the last bit."""
    config = history.config
    after = [*config.activations, config.link]
    net = [
        {"weights": layer.W.tolist(), "biases": layer.b.tolist(), "then": name}
        for layer, name in zip(layers(history.state.parameters, config), after, strict=True)
    ]
    return json.dumps({"inputs": config.features, "epoch": history.state.epoch, "layers": net}, indent=1)


def read_run(raw: bytes) -> tuple[dict, Table | None]:
    """The settings of a run file, for `Config.from_query`, and its table, bounded like any other that is brought.
    Raises TableError, whose sentence says what is wrong."""
    problem = TableError("This file is not a run of the playground: choose one that was saved here, or a table.")
    if raw.count(b"[") + raw.count(b"{") > MOST_BRACKETS:  # nests and heaps take the reader long
        raise problem
    try:
        content = json.loads(raw)
        settings, table = content["settings"], content.get("table")
        if content["format"] != FORMAT or not isinstance(settings, dict):
            raise problem
        if content["version"] != VERSION:
            raise TableError("This run was saved by another version of the playground, in a form unknown here.")
        if table is None:
            return settings, None
        x1, x2, target = table["columns"]
        read = choose(read_sheet(table["csv"]), x1, x2, target, table["kind"])
        return {**settings, "dataset": "own", "data_id": read.digest}, read
    except TableError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise problem from None


class Exporter(NamedTuple):
    """How to write a run, the name of its files, and what they hold."""

    write: Callable[[History, Table | None], str]
    suffix: str
    mime: str
    title: str


EXPORTERS: dict[str, Exporter] = {
    "run": Exporter(lambda run, table: run_file(run.config, table), "json", "application/json", "Run with its data"),
    "data": Exporter(lambda run, table: data_file(run.config, table), "csv", "text/csv", "Data"),
    "weights": Exporter(lambda run, _: weights_file(run), "weights.json", "application/json", "Weights"),
}

"""One update of a network from one sample, walked through step by step: the drawn network with the numbers known so
far, the step's formula in letters and in numbers, the matrices of its layer, and the lines of code that compute it.

`encode` turns the steps into the bytes the browser needs to go to and fro without asking again, `walk` mounts the
component, `wished` reads what comes back.

The format, version 1: a header and arrays as packed by `ui.components.pack`, and behind them the texts, as JSON in
zlib's format. The header:

    version     1
    asked       grows each time the page says at which step to stand; `at`: that step
    network, task, classes, domain, scale   as in the stage: how to paint the map to choose a point from
    dropout     whether the walk has masks
    kinds       of operations: part, title, meaning
    sources     functions: file, name, number of the first line, text
    codes       sets of lines, each rows of source and numbers of its lines, from 0
    target      y of the sample as numbers, one for each output
    packed      how many bytes the texts take
    place       x1, x2 of the sample; row: its place among the training points, or null
    arrays      name -> [offset, length], both in floats:
        kind, layer, unit, source, code, value      of each step; -1 where a step has no such thing
        parameters                                  (n,) before the update
        points                                      (P, 7) as in the stage, and rows (P,): their training points
    texts       names and lines of each step, a line being its formula and the same with numbers
"""

import json
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn_core.config import Config
from nn_core.data import domain
from nn_core.datasets import Data
from nn_core.history import evenly
from nn_core.mlp import targets
from nn_core.operations import OPERATIONS, Step
from ui.components import from_folder, pack, shape

VERSION = 1
MOST_POINTS = 1000  # to choose from
STAGE = ("page", "numbers", "forward", "paint", "marks", "neuron", "field", "small_map", "layout")
OWN = ("tex", "ledger", "graph", "tables", "chooser", "walk")
SCRIPTS = (*(f"../stage/{name}.js" for name in STAGE), *(f"{name}.js" for name in OWN))
STYLES = ("../stage/colours.css", "walk.css")

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def walk(*, key: str, payload: bytes, on_wish: Callable[[], None]) -> None:
    """Show a walk, given as made by `encode`. Where the visitor stands and what is chosen is the state "wish", to be
    read with `wished`."""
    _mount(key=key, data=payload, on_wish_change=on_wish)


def wished(state: object, name: str, most: int) -> int | None:
    """The whole number "step" or "row" from 0 to `most` in the browser's untrusted state. Never raises."""
    wish = state.get("wish") if isinstance(state, dict) else None
    value = wish.get(name) if isinstance(wish, dict) else None
    return value if type(value) is int and 0 <= value <= most else None


def encode(
    found: Sequence[Step],
    parameters: NDArray,
    config: Config,
    data: Data,
    sample: tuple[float, float, float],
    *,
    row: int | None,
    asked: int,
    at: int,
) -> bytes:
    """The bytes that show these steps, in the format above. `parameters` are those before the update, `data` those in
    force, `sample` is x1, x2 and its class or value, `row` its place among the training points."""
    sources = list(dict.fromkeys(reference[:4] for step in found for reference in step.code))
    codes = list(dict.fromkeys(step.code for step in found))
    kinds, points = list(OPERATIONS), distinct(data)
    y = np.array([sample[2]], float if config.task == "regression" else int)
    header = {
        "version": VERSION,
        "asked": asked,
        "at": min(at, len(found) - 1),
        "network": shape(config),
        "task": config.task,
        "classes": list(data.classes) or [str(k) for k in range(max(2, config.layer_sizes[-1]))],
        "domain": domain(config, data),
        "scale": float(np.abs(data.y_train).max(initial=1e-9)),
        "data_from": [0],
        "dropout": any(step.operation == "mask" for step in found),
        "kinds": [[name, *OPERATIONS[name]] for name in kinds],
        "sources": sources,
        "codes": [[[sources.index(each[:4]), each.marked] for each in code] for code in codes],
        "target": targets(y, config)[0].tolist(),
        "place": sample[:2],
        "row": row,
    }
    number = {code: place for place, code in enumerate(codes)}
    arrays = {
        "kind": np.array([kinds.index(step.operation) for step in found]),
        "layer": np.array([step.layer for step in found]),
        "unit": np.array([step.unit for step in found]),
        "source": np.array([step.source for step in found]),
        "code": np.array([number[step.code] for step in found]),
        "value": np.array([step.value for step in found]),
        "parameters": parameters,
        "points": points[:, :7],
        "rows": points[:, 7],
    }
    texts = {"names": [step.name for step in found], "lines": [step.lines for step in found]}
    packed = zlib.compress(json.dumps(texts, ensure_ascii=False).encode(), 6)
    return pack(header | {"packed": len(packed)}, arrays, packed + bytes(-len(packed) % 4))


def distinct(data: Data) -> NDArray:
    """The training points (P, 8), each place once: the columns of the stage, and last the first row that lies there."""
    if not len(data.x_train):
        return np.empty((0, 8))
    both = np.column_stack([data.x_train, data.y_train])
    unique, first, counts = np.unique(both, axis=0, return_index=True, return_counts=True)
    of_train = np.zeros(len(unique))
    points = np.column_stack([unique, of_train, counts, of_train - 1, of_train, first])
    return points[evenly(len(points), MOST_POINTS)]

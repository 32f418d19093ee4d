"""One update of a network, seen from one sample and walked through step by step: the drawn network with the numbers
known so far, the step's formula in letters and in numbers, the matrices of its layer, and the lines of code that
compute it; of a mean over a batch also who pulls on it.

`encode` turns the steps into the bytes the browser needs to go to and fro without asking again, `walk` mounts the
component, `wished` reads what comes back.

The format, version 2: a header and arrays as packed by `ui.components.pack`, and behind them the texts, as JSON in
zlib's format. The header:

    version     2
    asked       grows each time the page says at which step to stand; `at`: that step
    network, task, classes, domain, scale   as in the stage: how to paint the map to choose a point from
    dropout     whether the walk has masks
    kinds       of operations: part, title, meaning
    sources     functions: file, name, number of the first line, text
    codes       sets of lines, each rows of source and numbers of its lines, from 0
    target      y of the sample as numbers, one for each output
    packed      how many bytes the texts take
    depth       of what explains a step: "words" without its letters and its code, "symbols" without its code, "code"
    place       x1, x2 of the sample; row: its place among the training points, or null
    batch       samples: how many, members: how many different ones, own: which of those below is the sample; or null
    arrays      name -> [offset, length], both in floats:
        kind, layer, unit, source, code, value      of each step; -1 where a step has no such thing
        parameters                                  (n,) before the update
        points                                      (P, 7) as in the stage, and rows (P,): their training points
        members                                     (m, 4) x1, x2, target and count of those that pull; of a batch only
        pulling, pulls, pulled                      (n, k) which of them, their shares, and the gradients of each alone
        balance                                     (n, 4) shares of all others, sums above and below zero, what is left
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
from nn_core.shares import Shares, pulls
from ui.components import from_folder, pack, shape

VERSION = 2
MOST_POINTS = 1000  # to choose from
STAGE = ("page", "numbers", "forward", "paint", "marks", "neuron", "field", "small_map", "layout")
OWN = ("tex", "ledger", "graph", "tables", "pulls", "chooser", "walk")
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
    depth: str = "code",
    rows: NDArray | None = None,
    shares: Shares | None = None,
) -> bytes:
    """The bytes that show these steps, in the format above. `parameters` are those before the update, `data` those in
    force, `sample` is x1, x2 and its class or value, `row` its place among the training points; of a batch `rows` are
    those of its points, and `shares` what they have to do with it."""
    sources = list(dict.fromkeys(reference[:4] for step in found for reference in step.code))
    codes = list(dict.fromkeys(step.code for step in found))
    kinds, points = list(OPERATIONS), distinct(data, rows)
    batch, who = _batch(shares) if shares else (None, {})
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
        "batch": batch,
        "depth": depth,
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
        **who,
    }
    texts = {"names": [step.name for step in found], "lines": [step.lines for step in found]}
    packed = zlib.compress(json.dumps(texts, ensure_ascii=False).encode(), 6)
    return pack(header | {"packed": len(packed)}, arrays, packed + bytes(-len(packed) % 4))


def _batch(shares: Shares) -> tuple[dict[str, int], dict[str, NDArray]]:
    """Who is in the batch and pulls on what, for the header and as arrays."""
    told = pulls(shares)
    named, which = np.unique([*told.places.ravel(), shares.own], return_inverse=True)
    header = {"samples": int(shares.counts.sum()), "members": len(shares.counts), "own": int(which[-1])}
    members = np.column_stack([shares.x, shares.y, shares.counts])[named]
    balance = np.column_stack([told.others, told.above, told.below, told.left])
    return header, {
        "members": members,
        "pulling": which[:-1],
        "pulls": told.shares,
        "pulled": told.gradients,
        "balance": balance,
    }


def distinct(data: Data, rows: NDArray | None = None) -> NDArray:
    """The training points (P, 8), or those of them in these rows, each place once: the columns of the stage, and last
    the first row that lies there."""
    rows = np.arange(len(data.x_train)) if rows is None else np.sort(rows)
    if not len(rows):
        return np.empty((0, 8))
    both = np.column_stack([data.x_train, data.y_train])[rows]
    unique, first, counts = np.unique(both, axis=0, return_index=True, return_counts=True)
    of_train = np.zeros(len(unique))
    points = np.column_stack([unique, of_train, counts, of_train - 1, of_train, rows[first]])
    return points[evenly(len(points), MOST_POINTS)]

"""The inside of a network while it reads one picture: every unit of every layer as a cell, the edges that decided drawn
over them, and one unit in numbers. Point at a cell to read it, click it to see what it looks for.

The format: a header and arrays as packed by `ui.components.pack`. The header:

    version     1
    side        of the input picture in pixels
    activations a name for each hidden layer
    names       a name for each output
    label       the output that won, or null where there is no answer
    shares      for each output its probability in words, or ""
    edges       [layer, source, target, contribution], layer 0 is the first; source is a unit of the layer before
    unit        the unit shown: layer, unit, sum (of the products), bias, z, a, activation, picked (by the visitor); and
                of a later layer `rows`, [source, weight, input, product] of the strongest, and `others`, the sum of
                what is not in them

The arrays: `input` (side x side), `layer_0` ... the activations of each hidden layer, `output` the last sums,
`probabilities`; and for a unit of the first layer `weights` and `products`, as large as the input.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nn_core.config import Config
from nn_core.inspection import Edge, UnitView
from nn_core.mlp import Trace
from ui.components import from_folder, pack
from ui.components.pad.words import percent

VERSION = 1
MOST_ROWS = 8  # of a later unit's inputs that are told one by one
SCRIPTS = (*(f"../stage/{name}" for name in ("page.js", "numbers.js", "forward.js", "paint.js")), "inside.js")
STYLES = ("../stage/colours.css", "inside.css")

Place = tuple[int, int]  # layer, 0 is the first, and number of a unit

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def inside(payload: bytes, *, key: str) -> None:
    """Show the inside of a network, given as made by `encode`. The unit that is clicked is the component's state
    "unit", to be read with `chosen`."""
    _mount(key=key, data=payload, on_unit_change=lambda: None)


def encode(
    config: Config,
    names: Sequence[str],
    trace: Trace,
    edges: Sequence[Edge],
    unit: Place,
    view: UnitView,
    picked: bool,
    answered: bool,
) -> bytes:
    """The bytes that show one picture's `trace` (of a batch of one), the `edges` that decided, and the `view` of one
    `unit` (layer, number), in the format above. `names` are those of the outputs.
    `picked` says whether the visitor chose the unit, `answered` whether there is an answer."""
    probabilities = trace.output[0]
    header = {
        "version": VERSION,
        "side": round(trace.inputs.shape[-1] ** 0.5),
        "activations": list(config.activations),
        "names": list(names),
        "label": int(probabilities.argmax()) if answered else None,
        "shares": [percent(p) if answered else "" for p in probabilities],
        "edges": [[edge.layer, edge.source, edge.target, round(edge.contribution, 5)] for edge in edges],
        "unit": {**_told(config, unit, view), "picked": picked},
    }
    arrays = {f"layer_{i}": a[0] for i, a in enumerate(trace.a)}
    arrays |= {"input": trace.inputs[0], "output": trace.z[-1][0], "probabilities": probabilities}
    if unit[0] == 0:
        arrays |= {"weights": view.weights, "products": view.products}
    return pack(header, arrays)


def _told(config: Config, unit: Place, view: UnitView) -> dict[str, Any]:
    layer, number = unit
    told: dict[str, Any] = {
        "layer": layer,
        "unit": number,
        "sum": float(view.products.sum()),
        "bias": view.bias,
        "z": view.z,
        "a": view.a,
        "activation": [*config.activations, config.link][layer],
    }
    if layer > 0:
        strongest = np.argsort(-np.abs(view.products), kind="stable")[:MOST_ROWS]
        columns = (strongest, view.weights[strongest], view.inputs[strongest], view.products[strongest])
        told["rows"] = np.stack(columns, axis=1).tolist()
        told["others"] = told["sum"] - float(view.products[strongest].sum())
    return told


def chosen(state: object, config: Config) -> Place | None:
    """Layer and unit in the browser's untrusted state, if the network of that Config has them. Never raises."""
    value = state.get("unit") if isinstance(state, dict) else None
    if not isinstance(value, dict):
        return None
    layer, unit = value.get("layer"), value.get("unit")
    sizes = config.layer_sizes[1:]
    if type(layer) is not int or not 0 <= layer < len(sizes):
        return None
    return (layer, unit) if type(unit) is int and 0 <= unit < sizes[layer] else None

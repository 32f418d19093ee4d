"""One neuron in your hands: two weights and a bias by slider, the half-plane they make, and the numbers worked out.

`encode` turns truth tables and first weights into the bytes the browser needs, `neuron` mounts the component. Nothing
is asked of the server: what is computed is the forward pass of `stage/forward.js`.

The format, version 2: a header as packed by `ui.components.pack`:

    version     2
    network     of one sigmoid neuron, as the stage has it; task, classes: as there
    tables      rows name, title, corners: rows x1, x2, target
    chosen      the name of the table to begin with
    weights     w1, w2, b to begin with; most: their limit
    domain      the part of the plane to show: x1 low, x1 high, x2 low, x2 high
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from nn_core.config import Config
from nn_core.data import make_data
from nn_core.datasets import DATASETS, UNIT_SQUARE
from ui.components import from_folder, pack, shape

VERSION = 2
MOST = 10.0
STAGE = ("page.js", "numbers.js", "forward.js", "paint.js", "marks.js", "field.js", "key.js", "small_map.js")
SCRIPTS = (*(f"../stage/{name}" for name in STAGE), "neuron.js")
STYLES = ("../stage/colours.css", "../stage/frame.css", "../stage/key.css", "neuron.css")

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def neuron(*, key: str, payload: bytes) -> None:
    """Show a neuron, given as made by `encode`."""
    _mount(key=key, data=payload)


def encode(titles: Mapping[str, str], weights: Sequence[float]) -> bytes:
    """The bytes that show a neuron with these weights w1, w2 and bias, and the truth tables of these data sets."""
    tables = []
    for name, title in titles.items():
        data = make_data(Config(dataset=name))
        rows = np.column_stack([data.x_train, data.y_train])
        tables.append([name, title, rows.tolist()])
    config = Config(dataset=next(iter(titles)), hidden_sizes=())
    assert DATASETS[config.dataset].kind == "corners"
    header = {
        "version": VERSION,
        "network": shape(config),
        "task": config.task,
        "classes": ["0", "1"],
        "tables": tables,
        "chosen": tables[0][0],
        "weights": list(weights),
        "most": MOST,
        "domain": [*UNIT_SQUARE, *UNIT_SQUARE],
    }
    return pack(header)

"""A race as one chart: for each runner the middle of its seeds' losses and the half of them around it, and a table of
how each did.

The format, version 1: a header and arrays as packed by `ui.components.pack`. The header:

    version     1
    loss, unit  what the loss is called, and the unit of its value
    epochs      the end of the axis
    seeds       how many each runner has
    running     whether more is to come
    verb        what a seed does that succeeds: "solve it"
    runners     in order: name, rate, solved [count, of, low, high], epoch by which half of the seeds had, null if
                never, diverged, loss in the middle at the end, null where it is no number
    arrays      name -> [offset, length], both in floats: epoch (E,), and of all runners row by row, (runners, 3, E),
                bands: the quarter, the middle and the three quarters
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nn_core.losses import LOSSES
from nn_core.population import Population
from nn_core.race import Race, Run, title
from ui.components import from_folder, pack

VERSION = 1
STAGE = ("page.js", "numbers.js", "forward.js", "paint.js", "chart.js")
SCRIPTS = (*(f"../stage/{name}" for name in STAGE), "race.js")
STYLES = ("../stage/colours.css", "../stage/frame.css", "race.css")

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def race(*, key: str, payload: bytes) -> None:
    """Show a race, given as made by `encode`. The same key repaints the same picture in place."""
    _mount(key=key, data=payload)


def encode(asked: Race, runs: Sequence[Run], whole: Population, *, running: bool) -> bytes:
    """The bytes that show this race as far as it has come, in the format above."""
    base = asked.base
    header = {
        "version": VERSION,
        "loss": LOSSES[base.loss_name].title,
        "unit": LOSSES[base.loss_name].unit,
        "epochs": base.last_epoch,
        "seeds": asked.seeds,
        "running": running,
        "verb": "reach R² 0.99" if base.task == "regression" else "solve it",
        "runners": [
            {
                "name": title(asked, run),
                "rate": run.rate,
                "solved": run.solved,
                "epoch": _number(run.epoch),
                "diverged": run.diverged,
                "loss": _number(run.loss),
            }
            for run in runs
        ],
    }
    return pack(header, {"epoch": whole.epochs, "bands": np.array([run.bands for run in runs])})


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None

"""Many seeds of one run: what became of them, all their curves and final losses on one axis, and their maps in groups.

`encode` turns them into the bytes the browser needs, `seeds` mounts the component, `opened` reads which one the visitor
wants to see.

The format, version 2: a header and arrays as packed by `ui.components.pack`. The header:

    version     2
    asked       grows with each time they are asked for: with another one the picture comes into sight;
                0 where nobody has asked
    of          how many are asked for; done: how many have ended; running: whether more are to come
    solved      count, of, low, high: the share that solves it and its interval; null before any has ended
    regression  whether solving means R² instead of every point
    fates       what became of them, best first: kind (of nn_core.fates.KINDS: its colour and its mark), title,
                plateau [low, high] or null
    seeds       of each network
    shown       the seed on screen, or null
    epochs      the end of the axis
    loss, unit  what the loss is called, and the unit of its value
    network, task, domain, scale            as in the stage: how to paint their maps
    arrays      name -> [offset, length], both in floats:
        fate, final             of each network: which fate, -1 before it has ended; its final loss, nan if diverged
        curve_epochs            (E,)
        curves, curve_of        (C, E) row by row, losses of C of the networks, and which ones
        middle, low, high       (E,) the median of all, and where the middle eight of ten are
        parameters, map_of      (M, n) row by row, of M of the networks, and which ones
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn_core.data import domain
from nn_core.datasets import Data
from nn_core.fates import Fate
from nn_core.history import evenly
from nn_core.losses import LOSSES
from nn_core.population import Population
from nn_core.statistics import bands, share
from ui.components import from_folder, pack, shape

VERSION = 2
MOST_CURVES = 200  # drawn one by one; of more an even part of each fate
MOST_POINTS = 64  # of a curve
MOST_PARAMETERS = 60_000  # numbers of all networks that are painted
BANDS = (0.1, 0.5, 0.9)
STAGE = ("page.js", "numbers.js", "forward.js", "paint.js", "marks.js", "field.js", "small_map.js", "chart.js")
SCRIPTS = (*(f"../stage/{name}" for name in STAGE), "fan.js", "seeds.js")
STYLES = ("../stage/colours.css", "../stage/frame.css", "seeds.css")

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def seeds(*, key: str, payload: bytes, on_wish: Callable[[], None]) -> None:
    """Show many seeds, given as made by `encode`. A click on one is state "wish", to be read with `opened`."""
    _mount(key=key, data=payload, on_wish_change=on_wish)


def encode(
    whole: Population, fates: Sequence[Fate], data: Data, *, asked: int, running: bool, shown: int | None
) -> bytes:
    """The bytes that show these networks, of one Config but for their seeds, in the format above."""
    config, m = whole.configs[0], len(whole.configs)
    fate = np.full(m, -1)
    for number, each in enumerate(fates):
        fate[each.places] = number
    rows = evenly(len(whole.epochs), MOST_POINTS)
    drawn = some_of(fates, MOST_CURVES)
    painted = some_of([each for each in fates if each.name != "diverged"], MOST_PARAMETERS // config.n_parameters)
    low, middle, high = bands(whole.train_loss[np.ix_(rows, whole.done)], BANDS)
    solved = share(int(whole.solved.sum()), int(whole.done.sum()))
    header = {
        "version": VERSION,
        "asked": asked,
        "of": m,
        "done": int(whole.done.sum()),
        "running": running,
        "solved": [solved.count, solved.of, solved.low, solved.high] if solved.of else None,
        "regression": config.task == "regression",
        "fates": [
            {"kind": each.kind, "title": each.title, "plateau": each.plateau and each.plateau[:2]} for each in fates
        ],
        "seeds": [each.seed for each in whole.configs],
        "shown": shown,
        "epochs": config.last_epoch,
        "loss": LOSSES[config.loss_name].title,
        "unit": LOSSES[config.loss_name].unit,
        "network": shape(config),
        "task": config.task,
        "domain": domain(config, data),
        "scale": float(np.abs(data.y_train).max(initial=1e-9)),
    }
    arrays = {
        "fate": fate,
        "final": whole.final_loss,
        "curve_epochs": whole.epochs[rows],
        "curves": whole.train_loss[np.ix_(rows, drawn)].T,
        "curve_of": drawn,
        "low": low,
        "middle": middle,
        "high": high,
        "parameters": np.array([whole.parameters[place] for place in painted]),
        "map_of": painted,
    }
    return pack(header, arrays)


def some_of(fates: Sequence[Fate], most: int) -> NDArray[np.int_]:
    """Places of at most so many networks: of each fate its share, evenly, and at least one while there is room."""
    total = sum(len(each.places) for each in fates)
    if total <= most:
        return np.concatenate([np.empty(0, int), *(each.places for each in fates)])
    wanted = [max(1, len(each.places) * most // total) for each in fates]
    return np.concatenate(
        [each.places[evenly(len(each.places), count)] for each, count in zip(fates, wanted, strict=True)]
    )


def opened(state: object, among: Sequence[int]) -> int | None:
    """The seed that the visitor wants to see, in the browser's untrusted state, if it is one of these. Never raises."""
    wish = state.get("wish") if isinstance(state, dict) else None
    seed = wish.get("seed") if isinstance(wish, dict) else None
    return seed if type(seed) is int and seed in among else None

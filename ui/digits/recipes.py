"""Ways to train a network on pictures that are one click away, and what Keras makes of the same work."""

import json
from functools import cache
from typing import NamedTuple

from nn_core.config import Config
from nn_core.digits import DATA, load_network
from nn_core.optimizers import OPTIMIZERS
from ui.words import table

TUTORIAL = load_network("tutorial").config


class Recipe(NamedTuple):
    """Settings worth training by, with a `title` and what to expect of them."""

    title: str
    config: Config
    about: str


RECIPES = {
    "tutorial": Recipe(
        "The tutorial's",
        TUTORIAL,
        "The network of the tutorial and what Keras does unless told otherwise: two layers of 64, Adam, batches of 32.",
    ),
    "quick": Recipe(
        "Quick",
        TUTORIAL.replace(images=10_000, epochs=3),
        "The same on a sixth of the pictures, for a few seconds: see how far little data carry.",
    ),
    "ours": Recipe(
        "Ours",
        load_network("best").config.replace(hidden_sizes=(256, 128), augment=1.0),
        "What each half of our best network is made of, but for the pen strokes: wider layers, pictures bent anew in "
        "each epoch, a rate that falls to nothing. Takes a while.",
    ),
}


def how(config: Config) -> str:
    """The way of training in one line, for the card of a network."""
    bent = f", pictures bent by {config.augment:g}" if config.augment else ""
    rate = f"{config.learning_rate:g}" + ("" if config.schedule == "constant" else f" ({config.schedule})")
    changed = f", {len(config.changes)} changes on the way" if config.changes else ""
    return (
        f"{OPTIMIZERS[config.optimizer].title} at {rate}, batches of {config.batch_size or 'all'}, "
        f"{config.last_epoch} epochs{bent}{changed}"
    )


@cache
def beside_keras() -> str:
    """The tutorial's settings trained by this engine and by Keras, as a table in Markdown with where the figures come
    from."""
    known = json.loads((DATA / "keras.json").read_text(encoding="utf-8"))
    seconds, right = known["seconds_per_epoch"], known["accuracy_percent"]
    head = ["The tutorial's settings", "an epoch", f"right after {known['epochs']} epochs"]
    rows = [["here", _seconds(seconds["nn_core, with its curves"]), _spread(right["nn_core"])]]
    for name in sorted((name for name in seconds if name.startswith("Keras")), key=seconds.__getitem__):
        measured = name.lower().endswith(known["accuracy_backend"])
        rows.append([name, _seconds(seconds[name]), _spread(right["Keras"]) if measured else ""])
    origin = (
        f"{known['machine']}, Keras {known['versions']['keras']}, {known['date']}, {known['seeds']} seeds: "
        "benchmarks/mnist.py"
    )
    return f"{table(head, rows, 'lrr')}\n\n:small[:gray[{origin[:1].upper()}{origin[1:]}]]"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _spread(percent: dict[str, float]) -> str:
    return f"{percent['mean']:.2f} ± {percent['sd']:.2f} %"

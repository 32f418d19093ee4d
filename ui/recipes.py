"""Ways to train a network on pictures that are one click away, and what Keras makes of the same work."""

import json
from functools import cache
from typing import Any, NamedTuple

from nn_core.config import Config
from nn_core.digits import DATA, load_network
from nn_core.optimizers import OPTIMIZERS

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
        load_network("best").config.replace(augment=1.0),
        "What our best network is made of, but for the pen strokes: wider layers, pictures bent anew in each epoch, a "
        "rate that falls to nothing. Takes a while.",
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
def keras() -> dict[str, Any] | None:
    """What was measured with Keras on the tutorial's settings, by benchmarks/mnist.py; None before it was."""
    file = DATA / "keras.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

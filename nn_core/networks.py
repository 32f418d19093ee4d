"""Digit networks as files that visitors take away and bring back: the numbers, and a card that tells what they are."""

import io
import json
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np

from nn_core.archives import ArchiveError, Member, look_through
from nn_core.config import Config
from nn_core.digits import Network
from nn_core.images import named
from nn_core.mlp import layers
from nn_core.texts import plain, shown

MOST_BYTES = 8_000_000  # of a file, packed and unpacked
LONGEST_CARD = 20_000  # characters
LARGEST_SUM = 1e30  # that a network from a file may come to: float32 ends at 3e38


def described(network: Network) -> Network:
    """The network with a card that can be trusted and shown: of what it says of itself the facts of `FACTS`, cleaned
    and bounded, and what follows from its settings: layers, number of parameters, names of the classes."""
    card: dict[str, Any] = {
        name: value for name, clean in FACTS.items() if (value := clean(network.card.get(name))) is not None
    }
    sizes = network.config.layer_sizes
    if len(card.get("classes", ())) != sizes[-1]:
        card.pop("classes", None)
    follows = {
        "layers": list(sizes),
        "parameters": network.config.n_parameters,
        "seed": network.config.seed,
        "settings": network.config.to_query(),
    }
    return network._replace(card={"name": "A network"} | card | follows)


def network_file(network: Network) -> bytes:
    """The network as a file to take away: `read_network` gives the same one back, to the last bit."""
    file = io.BytesIO()
    card = json.dumps(described(network).card, ensure_ascii=False)
    np.savez(file, parameters=network.parameters.astype(np.float32), card=np.array(card))
    return file.getvalue()


def read_network(raw: bytes) -> Network:
    """A network from a file that `network_file` or `save_network` wrote, at most 8 million bytes.

    Everything is checked before it is used: sizes, types, the settings by their gate, and that no picture can make the
    network's sums overflow. Raises ArchiveError, whose sentence says what is wrong.
    """
    members = look_through(raw, ("parameters", "card"), MOST_BYTES, "a network")
    for missing in {"parameters", "card"} - set(members):
        raise ArchiveError(f"This file has no “{missing}”: choose a network that was saved here.")
    numbers, card = members["parameters"], _read_card(members["card"])
    settings = card.get("settings")
    config, problems = Config.from_query(settings)
    if problems or not settings:
        raise ArchiveError(f"The settings of this network cannot be read. {' '.join(problems[:1])}".strip())
    if config.data.kind != "pictures" or config.precision != "float32":
        raise ArchiveError(
            "This is not a network that reads pictures of 28 x 28 pixels: choose one that was saved here."
        )
    if numbers.kind != "f" or numbers.shape != (config.n_parameters,):
        sizes = "-".join(map(str, config.layer_sizes))
        raise ArchiveError(
            f"A network {sizes} has {config.n_parameters:,} parameters, and this file {shown(numbers.shape)}: "
            "its settings and its numbers do not belong together."
        )
    parameters = numbers.read()
    if _farthest_sum(parameters, config) > LARGEST_SUM:
        raise ArchiveError("The weights of this network are so large that its sums would overflow: train it again.")
    parameters = parameters.astype(np.float32)
    parameters.setflags(write=False)
    return described(Network(parameters, config, card))


def _read_card(member: Member) -> dict:
    if member.kind != "U" or member.shape or member.nbytes > 4 * LONGEST_CARD:
        raise ArchiveError("The “card” of this file is no short text: choose a network that was saved here.")
    try:
        card = json.loads(member.words()[0])
    except (ValueError, RecursionError):
        card = None
    if not isinstance(card, dict):
        raise ArchiveError("The “card” of this file cannot be read: choose a network that was saved here.")
    return card


def _farthest_sum(parameters: np.ndarray, config: Config) -> float:
    """What no sum of the network can exceed in size, whatever picture it is shown, in the first layer where that is too
    much, else in the last; activations go at most as far as their sum, or one further."""
    farthest = 1.0
    for layer in layers(np.abs(parameters, dtype=np.float64), config):
        with np.errstate(over="ignore"):
            farthest = 1.0 + float((layer.W.sum(axis=1) * farthest + layer.b).max())
        if farthest > LARGEST_SUM:  # weights of 0 in the next layer would hide it
            break
    return farthest


def _text(longest: int) -> Callable[[object], str | None]:
    return lambda value: (plain(value, longest) or None) if isinstance(value, str) else None


def _number(low: float, high: float) -> Callable[[object], float | None]:
    return lambda value: float(value) if isinstance(value, Real) and low <= value <= high else None  # type: ignore[arg-type]


def _names(value: object) -> list[str] | None:
    try:
        return list(named(value, len(value))) if isinstance(value, list | tuple) else None
    except ArchiveError:
        return None


# What a card may say of its network beside what follows from its settings, and how each fact is cleaned.
FACTS: dict[str, Callable[[object], Any]] = {
    "name": _text(40),
    "data": _text(400),
    "recipe": _text(400),
    "licence": _text(100),
    "accuracy": _number(0, 1),
    "accuracy_drawn": _number(0, 1),
    "junk_refused": _number(0, 1),
    "calibration_error": _number(0, 1),
    "calibration_error_drawn": _number(0, 1),
    "temperature": _number(0.01, 100),
    "classes": _names,
}

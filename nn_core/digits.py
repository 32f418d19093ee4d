"""Drawn digits: MNIST itself, the networks that read it, and their answers to a prepared drawing."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nn_core.config import Config
from nn_core.images import PIXELS, Images
from nn_core.mlp import Prepared, answers, prepared
from nn_core.preparation import (
    BRUSH,
    CANVAS,
    MOST_POINTS,
    MOST_STROKES,
    SMALLEST,
    STAGES,
    Drawing,
    Stage,
    preprocess,
    render,
    stages,
)

__all__ = [
    "BRUSH",
    "CANVAS",
    "DATA",
    "MOST_POINTS",
    "MOST_STROKES",
    "NETWORKS",
    "PROBABLE",
    "SMALLEST",
    "STAGES",
    "SURE",
    "Answer",
    "Drawing",
    "Network",
    "Stage",
    "class_names",
    "classify",
    "digest",
    "load_mnist",
    "load_network",
    "mnist",
    "preprocess",
    "probabilities",
    "render",
    "save_network",
    "stages",
]

DATA = Path(__file__).parent.parent / "data"
NETWORKS = ("best", "tutorial")
MOST_READIED = 16
SURE, PROBABLE = 0.8, 0.6  # least probability for a plain answer, and for a cautious one


class Network(NamedTuple):
    """A trained network. `parameters` (n,) float32; `card` says how it was made and how good it is."""

    parameters: np.ndarray
    config: Config
    card: dict


class Answer(NamedTuple):
    """`probabilities` (10,), the likeliest `label`, and a `verdict`: the drawing's problem, or how sure it is."""

    probabilities: np.ndarray
    label: int
    verdict: str


@cache
def load_mnist() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """`(x_train, y_train), (x_test, y_test)` as in Keras: pictures (n, 28, 28) and labels (n,), uint8, read-only."""
    with np.load(DATA / "mnist.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in ("x_train", "y_train", "x_test", "y_test")}
    for array in arrays.values():
        array.setflags(write=False)
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


@cache
def mnist() -> Images:
    """The same as a set of pictures with the names of its classes."""
    (x, y), (x_test, y_test) = load_mnist()
    return Images(x, y, x_test, y_test, tuple("0123456789"), "MNIST")


@cache
def load_network(name: str) -> Network:
    """The shipped network of that name, one of `NETWORKS`. Raises ValueError for any other name."""
    if name not in NETWORKS:
        raise ValueError(f"network must be one of {', '.join(NETWORKS)}, not {name!r}")
    with np.load(DATA / f"{name}.npz", allow_pickle=False) as file:
        card = json.loads(str(file["card"]))
        parameters = file["parameters"].astype(np.float32)
    parameters.setflags(write=False)
    return Network(parameters, Config.from_query(card["settings"])[0], card)


def save_network(path: Path, network: Network) -> None:
    """Write a network as float16 numbers and its card, the form that `load_network` reads."""
    card = json.dumps(network.card, ensure_ascii=False)
    np.savez_compressed(path, parameters=network.parameters.astype(np.float16), card=np.array(card))


def class_names(network: Network) -> tuple[str, ...]:
    """What the network tells apart, a name for each of its outputs: the ten digits, unless its card says otherwise."""
    outputs = network.config.layer_sizes[-1]
    names = tuple(network.card.get("classes", ()))
    return names if len(names) == outputs else tuple(map(str, range(outputs)))


def digest(network: Network) -> str:
    """Twelve hexadecimal digits that stand for exactly this network: parameters and card, which has its settings."""
    told = json.dumps(network.card, sort_keys=True)
    return sha256(network.parameters.tobytes() + told.encode()).hexdigest()[:12]


def probabilities(network: Network, images: np.ndarray) -> np.ndarray:
    """The probability of each digit, (n, 10), for pictures (n, 28, 28) in 0 to 1."""
    x = np.asarray(images, np.float32).reshape(len(images), PIXELS)
    return answers(_ready(network), x, network.config)


_readied: dict[int, tuple[np.ndarray, Prepared]] = {}  # of the networks asked last, by the identity of their parameters


def _ready(network: Network) -> Prepared:
    known = _readied.get(id(network.parameters))
    if known is None or known[0] is not network.parameters:
        if len(_readied) >= MOST_READIED:
            _readied.clear()
        known = _readied[id(network.parameters)] = network.parameters, prepared(network.parameters, network.config)
    return known[1]


def classify(network: Network, drawing: Drawing) -> Answer:
    """Read one drawing. A drawing with a problem has equal probabilities, and its problem as the verdict."""
    if drawing.problem:
        outputs = network.config.layer_sizes[-1]
        return Answer(np.full(outputs, 1 / outputs), 0, drawing.problem)
    p = probabilities(network, drawing.image[None])[0]
    label = int(p.argmax())
    verdict = "sure" if p[label] > SURE else "probably" if p[label] > PROBABLE else "unsure"
    return Answer(p, label, verdict)

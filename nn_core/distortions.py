"""Pictures made harder, and what a network withstands."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from nn_core.augment import MIDDLE, PLACES, thicker
from nn_core.digits import Network
from nn_core.evaluation import evaluate
from nn_core.images import PIXELS, SIDE, Images

X, Y = PLACES  # each pixel's place, from the middle


def _read(images: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pictures read at other places than their pixels', x and y (28, 28) from the middle: between four pixels, each
    counts the more the nearer it is; outside is black. One matrix for all pictures."""
    pixels = np.arange(SIDE) - MIDDLE
    across, down = (np.maximum(1 - np.abs(place.reshape(-1, 1) - pixels), 0) for place in (x, y))
    matrix = (down[:, :, None] * across[:, None, :]).reshape(PIXELS, PIXELS)
    return (images.reshape(-1, PIXELS) @ matrix.T.astype(np.float32)).reshape(-1, SIDE, SIDE)


def _shift(images: np.ndarray, pixels: float) -> np.ndarray:
    shifted = np.empty_like(images)
    for turn, (right, down) in enumerate([(1, 0), (0, 1), (-1, 0), (0, -1)]):
        shifted[turn::4] = _read(images[turn::4], X - pixels * right, Y - pixels * down)
    return shifted


def _turn(images: np.ndarray, degrees: float) -> np.ndarray:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return _read(images, cos * X + sin * Y, cos * Y - sin * X)


def _scale(images: np.ndarray, factor: float) -> np.ndarray:
    return _read(images, X / factor, Y / factor)


def _noise(images: np.ndarray, deviation: float) -> np.ndarray:
    grain = np.random.default_rng(0).standard_normal(images.shape, np.float32)
    return (images + np.float32(deviation) * grain).clip(0, 1)


def _pen(images: np.ndarray, pixels: float) -> np.ndarray:
    ink = (images if pixels > 0 else 1 - images).transpose(1, 2, 0)  # a line is thinner where the ground is thicker
    for _ in range(int(abs(pixels))):
        ink = thicker(ink)
    ink = ink + np.float32(abs(pixels) % 1) * (thicker(ink) - ink)
    return (ink if pixels > 0 else 1 - ink).transpose(2, 0, 1)


class Distortion(NamedTuple):
    """A way to make pictures harder: `title`, `unit` of its amounts and its `sign` behind a number, `help`, the
    `amounts` worth trying (the one that changes nothing among them), the `usual` one, hard and still readable, and
    `apply`, (pictures (n, 28, 28) from 0 to 1, amount) -> pictures."""

    title: str
    unit: str
    sign: str
    help: str
    amounts: tuple[float, ...]
    usual: float
    apply: Callable[[np.ndarray, float], np.ndarray]


DISTORTIONS = {
    "shift": Distortion(
        "Shifted",
        "pixels",
        " px",
        "Moved by so many pixels: one picture to the right, the next down, left, up.",
        (0, 1, 2, 3, 4, 5, 6, 8),
        3,
        _shift,
    ),
    "turn": Distortion(
        "Turned",
        "degrees",
        "°",
        "Turned about the middle; to the right is positive.",
        tuple(range(-90, 91, 15)),
        30,
        _turn,
    ),
    "scale": Distortion(
        "Scaled",
        "times",
        " x",
        "Made larger or smaller about the middle; 1 is as it is.",
        (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.6),
        0.7,
        _scale,
    ),
    "noise": Distortion(
        "Noisy",
        "standard deviation",
        " sd",
        "A random grey added to every pixel, where black is 0 and white is 1.",
        (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1),
        0.2,
        _noise,
    ),
    "pen": Distortion(
        "Another pen",
        "pixels on each side",
        " px",
        "Lines so many pixels thicker on each side, or, below 0, thinner.",
        (-1, -0.75, -0.5, -0.25, 0, 0.5, 1, 1.5, 2, 3),
        2,
        _pen,
    ),
}


def distorted(images: np.ndarray, kind: str, amount: float) -> np.ndarray:
    """Pictures (n, 28, 28) uint8, made harder: float32, 0 to 1. `kind` is one of `DISTORTIONS`."""
    return DISTORTIONS[kind].apply(images / np.float32(255), amount)


def spoilt(images: Images, kind: str, amount: float) -> Images:
    """The set with its test pictures made harder, its `id` told apart from the set as it is."""
    made = np.rint(255 * distorted(images.x_test, kind, amount)).astype(np.uint8)
    return images._replace(x_test=made, id=f"{images.id}:{kind}:{amount:g}")


def robustness(
    network: Network, images: np.ndarray, labels: np.ndarray, kind: str, amounts: Sequence[float]
) -> np.ndarray:
    """The accuracy on pictures (n, 28, 28) uint8 at each amount of a distortion (amounts,)."""
    return np.array([evaluate(network, distorted(images, kind, amount), labels).accuracy for amount in amounts])

"""Data sets of the plane, and the features a network may see of it.

Each entry of DATASETS makes `(n, noise, rng) -> x (n, 2), y (n,)`: coordinates, and class numbers or real targets.
`noise` is the standard deviation of what is added, in units of the plane: to the coordinates, or for regression to
the targets. The logic tables live on the corners of the unit square, everything else within about -1..1.
Data are built from `random`, `integers`, `standard_normal` and rounding alone, the same everywhere.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator

from nn_core.activations import Array

Points = tuple[Array, Array]
Maker = Callable[[int, float, Generator], Points]


class Dataset(NamedTuple):
    """How to make a data set, what it asks for, and the part of the plane it lives on (low, high of both axes)."""

    make: Maker | None
    title: str
    task: str = "binary"
    classes: int = 2
    domain: tuple[float, float] = (-1.3, 1.3)
    # "bits": random corners, all training data; "corners": four points; "own": the visitor's; "pictures": 28 x 28
    kind: str = "plane"


class Axis(NamedTuple):
    """What a coordinate of the plane, or a target, is called and worth outside: raw = zero + unit * coordinate."""

    title: str
    zero: float = 0.0
    unit: float = 1.0

    def raw(self, coordinate: Any) -> Any:
        """A coordinate, or an array of them, in the numbers outside."""
        return self.zero + self.unit * coordinate


class Data(NamedTuple):
    """Training and test data: x (n, d) raw coordinates, y (n,) class numbers or targets, and the task they pose.

    `axes` are those of x1, x2 and the target, `classes` the names of the classes where they have any.
    """

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    task: str
    axes: tuple[Axis, Axis, Axis] = (Axis("x₁"), Axis("x₂"), Axis("y"))
    classes: tuple[str, ...] = ()


CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
UNIT_SQUARE = (-0.4, 1.4)


def _jitter(x: Array, noise: float, rng: Generator) -> Array:
    shaken = x + noise * rng.standard_normal(x.shape) if noise else x.astype(float)
    return np.round(shaken, 6)  # sines differ in their last digit from machine to machine; rounded, they agree


def _labels(n: int, classes: int) -> Array:
    return np.arange(n) % classes  # as balanced as n allows


def _in_words(make: Maker, words: str) -> Maker:
    make.__doc__ = words
    return make


def _corner_table(rule: np.ufunc, words: str) -> Maker:
    def make(n: int, noise: float, rng: Generator) -> Points:
        bits = np.resize(CORNERS, (n, 2))
        return _jitter(bits, noise, rng), rule(bits[:, 0], bits[:, 1])

    return _in_words(make, words)


def xor_bits(n: int, noise: float, rng: Generator) -> Points:
    """The first tutorial's data: pairs of random bits with their exclusive or."""
    bits = rng.integers(0, 2, size=(n, 2))
    return _jitter(bits, noise, rng), np.bitwise_xor(bits[:, 0], bits[:, 1])


def xor_cloud(n: int, noise: float, rng: Generator) -> Points:
    """Points of a square; the class says whether the signs of the two coordinates differ."""
    x = rng.random((n, 2)) * 0.9 + 0.1  # a gap along the axes keeps the classes apart
    quadrant = np.arange(n) % 4
    x *= 1 - 2 * np.column_stack([quadrant // 2, quadrant % 2])
    return _jitter(x, noise, rng), (x[:, 0] * x[:, 1] < 0).astype(int)


def circles(n: int, noise: float, rng: Generator) -> Points:
    """A disc inside a ring: no straight line separates them, one circle does."""
    y = _labels(n, 2)
    radius = np.where(y == 1, 0.5 * np.sqrt(rng.random(n)), 0.7 + 0.3 * rng.random(n))
    return _jitter(_polar(radius, 2 * np.pi * rng.random(n)), noise, rng), y


def moons(n: int, noise: float, rng: Generator) -> Points:
    """Two half circles that reach into each other."""
    y = _labels(n, 2)
    angle = np.pi * rng.random(n)
    upper = np.column_stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25])
    return _jitter(0.65 * np.where(y[:, None] == 1, -upper, upper), noise, rng), y


def _polar(radius: Array, angle: Array) -> Array:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _blobs(classes: int) -> Maker:
    def make(n: int, noise: float, rng: Generator) -> Points:
        y = _labels(n, classes)
        centres = _polar(np.full(classes, 0.65), 2 * np.pi * (np.arange(classes) + 0.5) / classes)
        return _jitter(centres[y] + 0.13 * rng.standard_normal((n, 2)), noise, rng), y

    return _in_words(make, "Round heaps of points, one for each class.")


def _spiral(arms: int) -> Maker:
    def make(n: int, noise: float, rng: Generator) -> Points:
        y = _labels(n, arms)
        along = 0.08 + 0.92 * rng.random(n)
        return _jitter(_polar(along, 2 * np.pi * (1.5 * along + y / arms)), noise, rng), y

    return _in_words(make, "Arms wound around each other: the hardest of the plane, and the case for a second layer.")


def checkerboard(n: int, noise: float, rng: Generator) -> Points:
    """A board of four by four fields, in two colours."""
    field = np.arange(n) % 16
    corner = np.column_stack([field // 4, field % 4])
    x = (corner + 0.06 + 0.88 * rng.random((n, 2))) / 2 - 1
    return _jitter(x, noise, rng), corner.sum(axis=1) % 2


def linear(n: int, noise: float, rng: Generator) -> Points:
    """Two halves of the square on either side of a slanting line: a single neuron is enough."""
    x = 2 * rng.random((n, 2)) - 1
    y = _labels(n, 2)
    side = x[:, 0] + 0.6 * x[:, 1]
    x *= np.where((side > 0) == (y == 1), 1, -1)[:, None]
    x += 0.1 * np.sign(x[:, :1] + 0.6 * x[:, 1:]) * [1, 0.6]
    return _jitter(x, noise, rng), y


def _surface(height: Callable[[Array, Array], Array]) -> Maker:
    def make(n: int, noise: float, rng: Generator) -> Points:
        x = np.round(2 * rng.random((n, 2)) - 1, 6)
        return x, _jitter(height(x[:, 0], x[:, 1]), noise, rng)

    return _in_words(make, height.__doc__ or "")


def plane(x1: Array, x2: Array) -> Array:
    """A tilted plane."""
    return (x1 + x2) / 2


def sine(x1: Array, x2: Array) -> Array:
    """A wave along one axis whose height changes along the other."""
    return np.sin(np.pi * x1) * (0.6 + 0.4 * x2)


def bumps(x1: Array, x2: Array) -> Array:
    """Gaussian hills and hollows."""
    hill = np.exp(-((x1 - 0.45) ** 2 + (x2 - 0.4) ** 2) / 0.12) + np.exp(-((x1 + 0.5) ** 2 + (x2 + 0.45) ** 2) / 0.12)
    return hill - np.exp(-((x1 - 0.45) ** 2 + (x2 + 0.45) ** 2) / 0.12)


def own(n: int, noise: float, rng: Generator) -> Points:
    """Points that you paint, or a table that you bring."""
    return np.empty((0, 2)), np.empty(0)


ONE_BIT = _corner_table(np.bitwise_xor, "1 where exactly one of the two bits is 1: no straight line separates it.")
BOTH_BITS = _corner_table(np.bitwise_and, "1 where both bits are 1: a single neuron can do it.")
EITHER_BIT = _corner_table(np.bitwise_or, "1 where at least one bit is 1: a single neuron can do it.")

DATASETS: dict[str, Dataset] = {
    "xor_bits": Dataset(xor_bits, "XOR: random bit pairs", domain=UNIT_SQUARE, kind="bits"),
    "xor_points": Dataset(ONE_BIT, "XOR: the four points", domain=UNIT_SQUARE, kind="corners"),
    "and": Dataset(BOTH_BITS, "AND: four points", domain=UNIT_SQUARE, kind="corners"),
    "or": Dataset(EITHER_BIT, "OR: four points", domain=UNIT_SQUARE, kind="corners"),
    "xor_cloud": Dataset(xor_cloud, "XOR: a cloud of points"),
    "linear": Dataset(linear, "Two halves"),
    "circles": Dataset(circles, "Circles"),
    "moons": Dataset(moons, "Moons"),
    "two_blobs": Dataset(_blobs(2), "Two blobs"),
    "four_blobs": Dataset(_blobs(4), "Four blobs", "multiclass", 4),
    "spiral": Dataset(_spiral(2), "Spiral, two arms"),
    "three_spiral": Dataset(_spiral(3), "Spiral, three arms", "multiclass", 3),
    "checkerboard": Dataset(checkerboard, "Checkerboard"),
    "plane": Dataset(_surface(plane), "Regression: plane", "regression", 1),
    "sine": Dataset(_surface(sine), "Regression: sine wave", "regression", 1),
    "bumps": Dataset(_surface(bumps), "Regression: Gaussian bumps", "regression", 1),
    "own": Dataset(own, "Your own data", kind="own"),
    "mnist": Dataset(None, "MNIST digits", "multiclass", 10, kind="pictures"),
    "images": Dataset(None, "Your own pictures", "multiclass", 10, kind="pictures"),
}


class Feature(NamedTuple):
    """A number made of the two coordinates, offered to the network as an input."""

    value: Callable[[Array, Array], Array]
    title: str


FEATURES: dict[str, Feature] = {
    "x1": Feature(lambda x1, x2: x1, "x₁"),
    "x2": Feature(lambda x1, x2: x2, "x₂"),
    "x1_squared": Feature(lambda x1, x2: x1 * x1, "x₁²"),
    "x2_squared": Feature(lambda x1, x2: x2 * x2, "x₂²"),
    "x1_times_x2": Feature(lambda x1, x2: x1 * x2, "x₁x₂"),
    "sin_x1": Feature(lambda x1, x2: np.sin(x1), "sin x₁"),
    "sin_x2": Feature(lambda x1, x2: np.sin(x2), "sin x₂"),
}

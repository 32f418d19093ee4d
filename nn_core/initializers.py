"""Initializers: where the weights start. Each is `(rng, fan_in, fan_out) -> W (fan_out, fan_in)`; biases start at zero.

`fan_in` is the number of inputs of a unit, `fan_out` the number of units. The setting `initial_scale` multiplies what
they return, so that "normal with a standard deviation of 0.3" is `normal` at scale 0.3.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from nn_core.activations import Array


class Initializer(NamedTuple):
    """Draws the first weights of one layer."""

    draw: Callable[[Generator, int, int], Array]
    title: str


def xavier(rng: Generator, fan_in: int, fan_out: int) -> Array:
    """Uniform within +-sqrt(6 / (inputs + units)): keeps signals the same size forwards and backwards
    (Glorot and Bengio, 2010). The usual choice for tanh and sigmoid."""
    return (2 * rng.random((fan_out, fan_in)) - 1) * np.sqrt(6 / (fan_in + fan_out))


def xavier_normal(rng: Generator, fan_in: int, fan_out: int) -> Array:
    """Xavier's variance, 2 / (inputs + units), drawn from the normal distribution."""
    return rng.standard_normal((fan_out, fan_in)) * np.sqrt(2 / (fan_in + fan_out))


def he(rng: Generator, fan_in: int, fan_out: int) -> Array:
    """Normal with variance 2 / inputs: makes up for the half that ReLU sets to zero (He et al., 2015)."""
    return rng.standard_normal((fan_out, fan_in)) * np.sqrt(2 / fan_in)


def lecun(rng: Generator, fan_in: int, fan_out: int) -> Array:
    """Normal with variance 1 / inputs: weighted sums start with the variance of their inputs (LeCun et al., 1998)."""
    return rng.standard_normal((fan_out, fan_in)) / np.sqrt(fan_in)


def normal(rng: Generator, fan_in: int, fan_out: int) -> Array:
    """The standard normal distribution: rather large weights; turn the scale down for gentler ones."""
    return rng.standard_normal((fan_out, fan_in))


def uniform(rng: Generator, fan_in: int, fan_out: int) -> Array:
    """Evenly between -1 and 1, whatever the size of the layer."""
    return 2 * rng.random((fan_out, fan_in)) - 1


def tutorial(rng: Generator, fan_in: int, fan_out: int) -> Array:
    """0.01 x normal: nearly zero. The first tutorial starts here, and its network never leaves."""
    return 0.01 * rng.standard_normal((fan_out, fan_in))


def zeros(rng: Generator, fan_in: int, fan_out: int) -> Array:
    """All zero: every hidden unit is the same as every other, and stays so."""
    return np.zeros((fan_out, fan_in))


INITIALIZERS: dict[str, Initializer] = {
    "xavier": Initializer(xavier, "Xavier, uniform"),
    "xavier_normal": Initializer(xavier_normal, "Xavier, normal"),
    "he": Initializer(he, "He"),
    "lecun": Initializer(lecun, "LeCun"),
    "normal": Initializer(normal, "normal"),
    "uniform": Initializer(uniform, "uniform"),
    "tutorial": Initializer(tutorial, "0.01 x normal"),
    "zeros": Initializer(zeros, "zeros"),
}

"""Activation functions: what a hidden unit does with its weighted sum.

Each entry of ACTIVATIONS is a pair: `value(z) -> a` and `slope(z, a) -> da/dz`, both elementwise on arrays of any shape
and any float or complex type. A kink (ReLU at 0, say) branches on the real part, so that a derivative by complex step
is exact beside it. The docstring of `value` is the explanation a visitor reads.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]  # any shape, any float or complex type

LEAK = 0.01  # slope of leaky ReLU on the negative side
GELU_SCALE = math.sqrt(2 / math.pi)  # a Python number: float32 stays float32
GELU_CUBIC = 0.044715


class Activation(NamedTuple):
    """An activation function and its derivative, rule beside function."""

    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]
    title: str
    formula: str


def linear(z: Array) -> Array:
    """Passes the weighted sum on unchanged. Layers of it collapse into a single linear one."""
    return z


def linear_slope(z: Array, a: Array) -> Array:
    return np.ones_like(z)


def sigmoid(z: Array) -> Array:
    """Squeezes any number into 0..1. Flat at both ends, so large sums learn slowly."""
    return 0.5 * np.tanh(0.5 * z) + 0.5  # the same curve as 1 / (1 + exp(-z)), and it cannot overflow


def sigmoid_slope(z: Array, a: Array) -> Array:
    return a * (1 - a)


def tanh(z: Array) -> Array:
    """Squeezes any number into -1..1, centred on zero: usually faster to learn than sigmoid."""
    return np.tanh(z)


def tanh_slope(z: Array, a: Array) -> Array:
    return 1 - a * a


def relu(z: Array) -> Array:
    """Keeps positive sums, turns the rest to zero. Cheap and strong, but a node that is never positive is dead."""
    return np.maximum(z, 0) if z.dtype.kind == "f" else np.where(z.real > 0, z, 0)


def relu_slope(z: Array, a: Array) -> Array:
    return np.where(z.real > 0, 1.0, 0.0).astype(z.dtype)


def leaky_relu(z: Array) -> Array:
    """ReLU that lets 1 % of a negative sum through, so that no node is ever quite dead."""
    return np.where(z.real > 0, z, LEAK * z)


def leaky_relu_slope(z: Array, a: Array) -> Array:
    return np.where(z.real > 0, 1.0, LEAK).astype(z.dtype)


def elu(z: Array) -> Array:
    """ReLU with a smooth exponential tail that levels out at -1 (Clevert et al., 2015)."""
    return np.where(z.real > 0, z, np.expm1(np.where(z.real > 0, 0, z)))  # the inner where: exp cannot overflow


def elu_slope(z: Array, a: Array) -> Array:
    return np.where(z.real > 0, 1.0, a + 1)


def _gelu_tanh(z: Array) -> tuple[Array, Array]:
    u = np.where(np.abs(z.real) < 10, z, np.copysign(10.0, z.real)).astype(z.dtype)  # beyond 10 the tanh is exactly 1
    return u, np.tanh(GELU_SCALE * u * (1 + GELU_CUBIC * u * u))


def gelu(z: Array) -> Array:
    """A smooth ReLU that dips a little below zero; the tanh form of Hendrycks and Gimpel (2016)."""
    return 0.5 * z * (1 + _gelu_tanh(z)[1])


def gelu_slope(z: Array, a: Array) -> Array:
    u, t = _gelu_tanh(z)
    return 0.5 * (1 + t) + 0.5 * u * (1 - t * t) * GELU_SCALE * (1 + 3 * GELU_CUBIC * u * u)


def silu(z: Array) -> Array:
    """The sum times its own sigmoid: smooth, and nearly ReLU far from zero (also called swish)."""
    return z * sigmoid(z)


def silu_slope(z: Array, a: Array) -> Array:
    s = sigmoid(z)
    return s + a * (1 - s)


def softplus(z: Array) -> Array:
    """A rounded ReLU, log(1 + exp z): always positive, and its slope is the sigmoid."""
    positive = np.maximum(z, 0)
    return positive + np.log1p(np.exp(z - 2 * positive))  # that is exp(-|z|): it cannot overflow


def softplus_slope(z: Array, a: Array) -> Array:
    return sigmoid(z)


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation(tanh, tanh_slope, "tanh", r"\tanh z"),
    "sigmoid": Activation(sigmoid, sigmoid_slope, "sigmoid", r"\frac{1}{1 + e^{-z}}"),
    "relu": Activation(relu, relu_slope, "ReLU", r"\max(0, z)"),
    "leaky_relu": Activation(leaky_relu, leaky_relu_slope, "leaky ReLU", r"\max(0.01\,z, z)"),
    "elu": Activation(elu, elu_slope, "ELU", r"z \text{ if } z > 0 \text{ else } e^{z} - 1"),
    "gelu": Activation(
        gelu, gelu_slope, "GELU", r"\tfrac{z}{2}\left(1 + \tanh\sqrt{2/\pi}\,(z + 0.044715\,z^3)\right)"
    ),
    "silu": Activation(silu, silu_slope, "SiLU", r"\frac{z}{1 + e^{-z}}"),
    "softplus": Activation(softplus, softplus_slope, "softplus", r"\ln(1 + e^{z})"),
    "linear": Activation(linear, linear_slope, "linear", "z"),
}

"""The activations once more, worked in place for training: the curves of activations.py, which a test holds them to.

There they can be read; here value and slope share what they have in common, nothing is copied, and branches are sums
and products, because NumPy is quick at those. `in_place(name, shape, dtype)` makes a function that turns sums z, an
array of that shape, into activations and fills in their slopes. Operands are arrays, never Python numbers: cheaper.
"""

from collections.abc import Callable

import numpy as np

from nn_core.activations import ACTIVATIONS, GELU_CUBIC, GELU_SCALE, LEAK, Array

InPlace = Callable[[Array, Array], None]
Maker = Callable[[tuple[int, ...], str], InPlace]


def in_place(name: str, shape: tuple[int, ...], dtype: str) -> InPlace:
    """The activation of this name for arrays of this shape and type."""
    maker = IN_PLACE[name] if name in IN_PLACE else _from_table(name)
    return maker(shape, dtype)


def _from_table(name: str) -> Maker:
    activation = ACTIVATIONS[name]

    def of_table(z: Array, slope: Array) -> None:
        a = activation.value(z)
        slope[...] = activation.slope(z, a)
        z[...] = a

    return lambda shape, dtype: of_table


def _numbers(dtype: str, *values: float) -> list[Array]:
    return [np.array(value, dtype) for value in values]


def tanh(shape: tuple[int, ...], dtype: str) -> InPlace:
    one = np.array(1, dtype)

    def work(z: Array, slope: Array) -> None:
        np.tanh(z, z)
        np.multiply(z, z, slope)
        np.subtract(one, slope, slope)

    return work


def sigmoid(shape: tuple[int, ...], dtype: str) -> InPlace:
    half = np.array(0.5, dtype)

    def work(z: Array, slope: Array) -> None:
        np.multiply(z, half, z)
        np.tanh(z, z)
        np.multiply(z, half, z)
        np.add(z, half, z)
        np.multiply(z, z, slope)
        np.subtract(z, slope, slope)

    return work


def relu(shape: tuple[int, ...], dtype: str) -> InPlace:
    def work(z: Array, slope: Array) -> None:
        np.greater(z, 0, slope, casting="unsafe")
        np.multiply(z, slope, z)

    return work


def leaky_relu(shape: tuple[int, ...], dtype: str) -> InPlace:
    leak, step = _numbers(dtype, LEAK, 1 - LEAK)

    def work(z: Array, slope: Array) -> None:
        np.greater(z, 0, slope, casting="unsafe")
        np.multiply(slope, step, slope)
        np.add(slope, leak, slope)
        np.multiply(z, slope, z)

    return work


def elu(shape: tuple[int, ...], dtype: str) -> InPlace:
    one = np.array(1, dtype)
    zeros = np.zeros(shape, dtype)  # the larger of two arrays is found faster than that of an array and a number

    def work(z: Array, slope: Array) -> None:
        np.minimum(z, zeros, out=slope)
        np.exp(slope, slope)  # the slope: 1 where z > 0
        np.maximum(z, zeros, out=z)
        np.add(z, slope, z)
        np.subtract(z, one, z)

    return work


def gelu(shape: tuple[int, ...], dtype: str) -> InPlace:
    ten, one, half, scale, cubic, three = _numbers(dtype, 10, 1, 0.5, GELU_SCALE, GELU_SCALE * GELU_CUBIC, 3)
    high = np.full(shape, ten)
    low, u, square, t = -high, *(np.empty(shape, dtype) for _ in range(3))

    def work(z: Array, slope: Array) -> None:
        np.minimum(z, high, out=u)
        np.maximum(u, low, out=u)  # beyond 10 the tanh is exactly 1
        np.multiply(u, u, square)
        np.multiply(square, cubic, square)
        np.add(square, scale, t)
        np.multiply(t, u, t)
        np.tanh(t, t)
        np.multiply(square, three, square)
        np.add(square, scale, square)
        np.multiply(square, u, square)
        np.multiply(t, t, slope)
        np.subtract(one, slope, slope)
        np.multiply(slope, square, slope)
        np.add(t, one, t)
        np.add(slope, t, slope)
        np.multiply(slope, half, slope)
        np.multiply(t, half, t)
        np.multiply(z, t, z)

    return work


def silu(shape: tuple[int, ...], dtype: str) -> InPlace:
    half, one = _numbers(dtype, 0.5, 1)
    s = np.empty(shape, dtype)

    def work(z: Array, slope: Array) -> None:
        np.multiply(z, half, s)
        np.tanh(s, s)
        np.multiply(s, half, s)
        np.add(s, half, s)
        np.multiply(z, s, z)
        np.subtract(one, s, slope)
        np.multiply(slope, z, slope)
        np.add(slope, s, slope)

    return work


def softplus(shape: tuple[int, ...], dtype: str) -> InPlace:
    half = np.array(0.5, dtype)
    zeros, e = np.zeros(shape, dtype), np.empty(shape, dtype)

    def work(z: Array, slope: Array) -> None:
        np.abs(z, e)
        np.negative(e, e)
        np.exp(e, e)
        np.log1p(e, e)
        np.multiply(z, half, slope)
        np.tanh(slope, slope)
        np.multiply(slope, half, slope)
        np.add(slope, half, slope)
        np.maximum(z, zeros, out=z)
        np.add(z, e, z)

    return work


def linear(shape: tuple[int, ...], dtype: str) -> InPlace:
    return lambda z, slope: slope.fill(1)


# An activation that is not here is taken from ACTIVATIONS, in more time.
IN_PLACE: dict[str, Maker] = {
    each.__name__: each for each in (tanh, sigmoid, relu, leaky_relu, elu, gelu, silu, softplus, linear)
}

"""Every activation: its slope is its derivative, it stays finite, and its fast version is the same function."""

import numpy as np
import pytest

from nn_core.activations import ACTIVATIONS
from tests.support import derivative

POINTS = np.concatenate([np.linspace(-12, 12, 400), [-300.0, -40.0, -1e-9, 1e-9, 40.0, 300.0]])  # none on a kink
EXTREMES = np.array([-1e300, -1e10, -1e3, -0.0, 0.0, 1e3, 1e10, 1e300])

each = pytest.mark.parametrize("name", ACTIVATIONS)


@each
def test_slope_is_the_derivative(name):
    value, slope, *_ = ACTIVATIONS[name]
    np.testing.assert_allclose(slope(POINTS, value(POINTS)), derivative(value, POINTS), rtol=1e-12, atol=1e-12)


@each
def test_finite_at_extremes(name):
    value, slope, *_ = ACTIVATIONS[name]
    a = value(EXTREMES)
    assert np.isfinite(a).all()
    assert np.isfinite(slope(EXTREMES, a)).all()


@each
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_keeps_shape_and_type(name, dtype):
    value, slope, *_ = ACTIVATIONS[name]
    z = np.linspace(-2, 2, 12).reshape(3, 4).astype(dtype)
    a = value(z)
    assert (a.shape, a.dtype) == (z.shape, z.dtype)
    assert (slope(z, a).shape, slope(z, a).dtype) == (z.shape, z.dtype)


@each
def test_explains_itself(name):
    assert ACTIVATIONS[name].value.__doc__
    assert ACTIVATIONS[name].title
    assert ACTIVATIONS[name].formula


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        ("sigmoid", 0.0, 0.5),
        ("sigmoid", np.log(3), 0.75),  # 1 / (1 + 1/3)
        ("tanh", np.log(2), 0.6),  # (2 - 1/2) / (2 + 1/2)
        ("relu", -2.0, 0.0),
        ("leaky_relu", -2.0, -0.02),
        ("elu", -np.log(2), -0.5),
        ("gelu", 1.0, 0.8411919906082768),  # the tanh form; the exact one would be 0.8413447
        ("silu", np.log(3), 0.75 * np.log(3)),
        ("softplus", np.log(3), np.log(4)),
        ("linear", -7.0, -7.0),
    ],
)
def test_known_values(name, at, expected):
    assert ACTIVATIONS[name].value(np.array(at)) == pytest.approx(expected, rel=1e-14)

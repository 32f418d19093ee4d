"""Activations worked in place are those of the table, everywhere and in both precisions."""

import numpy as np
import pytest

from nn_core.activations import ACTIVATIONS
from nn_core.in_place import IN_PLACE, in_place

SPREAD = np.concatenate([np.linspace(-60, 60, 2001), [0.0, -0.0, 1e-300, -1e-300, 1e300, -1e300, 10, -10]])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_and_slope(name, dtype):
    with np.errstate(over="ignore", under="ignore"):
        z = SPREAD.astype(dtype)
    z = z[np.isfinite(z)]
    expected = ACTIVATIONS[name].value(z)
    expected_slope = ACTIVATIONS[name].slope(z, expected)
    slope = np.full_like(z, np.nan)
    with np.errstate(all="raise", under="ignore"):
        in_place(name, z.shape, dtype)(z, slope)
    digits = 1e-15 if dtype == "float64" else 5e-7
    np.testing.assert_allclose(z, expected, rtol=digits, atol=digits)
    np.testing.assert_allclose(slope, expected_slope, rtol=digits, atol=digits)
    assert z.dtype == slope.dtype == dtype


def test_one_that_has_no_version_of_its_own_is_taken_from_the_table(monkeypatch):
    monkeypatch.delitem(IN_PLACE, "elu")
    z, slope = np.array([[-1.0, 2.0]]), np.empty((1, 2))
    in_place("elu", z.shape, "float64")(z, slope)
    np.testing.assert_array_equal(z, [[np.expm1(-1.0), 2.0]])
    np.testing.assert_allclose(slope, [[np.exp(-1.0), 1.0]])

"""Shares, quantiles and importance, beside the formulas and beside chance."""

import math

import numpy as np
import pytest

from nn_core.statistics import bands, correlation_ratio, share


@pytest.mark.parametrize(("count", "of"), [(0, 10), (1, 10), (5, 10), (10, 10), (164, 200), (1, 1000)])
def test_a_share_lies_where_it_would_not_be_a_surprise(count, of):
    """The ends of Wilson's interval are the shares from which the sample is just 1.96 standard deviations away."""
    found = share(count, of)
    assert found.share == count / of
    assert 0 <= found.low <= found.share <= found.high <= 1
    for end in (found.low, found.high):
        if 0 < end < 1:
            assert abs(end - count / of) == pytest.approx(1.959964 * math.sqrt(end * (1 - end) / of))


def test_shares_of_nothing_of_none_and_of_all():
    assert share(0, 0)[2:] == (0, 1)
    assert math.isnan(share(0, 0).share)
    assert share(0, 20).low == 0
    assert 0.1 < share(0, 20).high < 0.2
    assert share(20, 20).high == 1


def test_the_true_share_is_within_in_95_of_100_samples():
    rng = np.random.default_rng(0)
    for true in (0.1, 0.5, 0.9):
        found = [share(int(count), 100) for count in rng.binomial(100, true, 2000)]
        assert np.mean([each.low <= true <= each.high for each in found]) == pytest.approx(0.95, abs=0.03)


def test_bands_are_quantiles():
    curves = np.random.default_rng(0).random((7, 31))
    expected = np.quantile(curves, [0.1, 0.5, 0.9], axis=1)
    np.testing.assert_allclose(bands(curves, (0.1, 0.5, 0.9)), expected)


def test_what_diverged_counts_as_the_worst():
    curves = np.array([[1.0, 2.0, 3.0, 4.0, np.nan], [1.0, 2.0, np.nan, np.inf, np.nan]])
    low, middle, high = bands(curves, (0.0, 0.5, 1.0))
    np.testing.assert_array_equal(low, [1, 1])
    np.testing.assert_array_equal(middle, [3, np.nan])
    np.testing.assert_array_equal(high, [np.nan, np.nan])
    assert np.isnan(bands(np.empty((2, 0)), (0.5,))).all()


def test_importance_is_the_share_of_the_variance_that_goes_with_the_groups():
    rng = np.random.default_rng(0)
    groups = np.arange(400) % 4
    assert correlation_ratio(groups, groups * 2.0) == pytest.approx(1)
    by_chance = [correlation_ratio(groups, rng.random(400)) for _ in range(200)]
    assert np.mean(by_chance) < 0.01
    half = groups + rng.normal(scale=np.sqrt(1.25), size=400)  # the groups' own variance is 1.25
    assert correlation_ratio(groups, half) == pytest.approx(0.5, abs=0.06)


def test_importance_where_there_is_nothing_to_tell():
    assert correlation_ratio(np.zeros(5), np.arange(5.0)) == 0
    assert correlation_ratio(np.arange(5), np.ones(5)) == 0
    assert correlation_ratio(np.arange(5), np.arange(5.0)) == 0, "one value a group says nothing"
    assert correlation_ratio(np.array([]), np.array([])) == 0
    assert correlation_ratio(np.array([0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, np.nan])) == 1


def test_what_a_sample_cannot_tell_apart():
    assert share(16, 20).may_equal(share(20, 20))
    assert share(20, 20).may_equal(share(16, 20))
    assert not share(8, 20).may_equal(share(20, 20))
    assert not share(160, 200).may_equal(share(200, 200)), "more seeds tell more"

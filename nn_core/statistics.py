"""What can be said about many networks: shares with their intervals, and where the middle of them is."""

import math
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array

SURE = 1.959964  # standard deviations on either side that hold 95 % of a normal distribution


class Share(NamedTuple):
    """`count` of `of`, and between which shares the true one lies in 95 of 100 such samples."""

    count: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else math.nan

    def may_equal(self, other: "Share") -> bool:
        """Whether their intervals overlap: so few do not tell them apart."""
        return self.low <= other.high and other.low <= self.high


def share(count: int, of: int) -> Share:
    """A share with its Wilson score interval (Wilson, 1927), which stays sensible near 0 and 1 and for small samples:

    (p + s²/2n ± s √(p (1 - p) / n + s²/4n²)) / (1 + s²/n), where p is the share, n of how many, s = 1.96.
    """
    if not of:
        return Share(count, of, 0.0, 1.0)
    p, a = count / of, SURE**2 / of
    middle, reach = p + a / 2, SURE * math.sqrt(p * (1 - p) / of + a / (4 * of))
    low = 0.0 if count == 0 else (middle - reach) / (1 + a)
    high = 1.0 if count == of else (middle + reach) / (1 + a)
    return Share(count, of, low, high)


def bands(curves: Array, shares: tuple[float, ...]) -> Array:
    """The quantiles (len(shares), E) of m curves (E, m) at each epoch. What is no number any more counts as larger than
    all numbers; where so large a one is the quantile, it is nan."""
    ranked = np.sort(np.where(np.isfinite(curves), curves, np.inf), axis=1)
    m = ranked.shape[1]
    if not m:
        return np.full((len(shares), len(curves)), np.nan)
    places = np.array(shares) * (m - 1)
    below, above = np.floor(places).astype(int), np.ceil(places).astype(int)
    with np.errstate(invalid="ignore"):  # between two that are infinite
        between = ranked[:, below] + (places - below) * (ranked[:, above] - ranked[:, below])
    found = np.where(below == above, ranked[:, below], between)
    return np.where(np.isfinite(found), found, np.nan).T


def correlation_ratio(groups: Array, values: Array) -> float:
    """How much of the variance of the values (n,) goes with the groups (n,) they belong to: 0 none, 1 all of it.

    Eta squared, less what chance alone would give so many groups (epsilon squared; Kelley, 1935), not below 0.
    """
    known = np.isfinite(values)
    groups, values = groups[known], values[known]
    total = ((values - values.mean()) ** 2).sum() if len(values) else 0.0
    kinds, which = np.unique(groups, return_inverse=True)
    if not total or len(kinds) < 2 or len(values) <= len(kinds):
        return 0.0
    means = np.bincount(which, values) / np.bincount(which)
    within = ((values - means[which]) ** 2).sum()
    return max(0.0, 1 - (within / (len(values) - len(kinds))) / (total / (len(values) - 1)))

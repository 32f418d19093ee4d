"""Trials of a search: what is tried, who goes on in successive halving, and what came of it.

A trial is one choice of values, tried from several seeds. What it is worth is the share of seeds that solve the
problem, and the loss on data that was not learnt from, with its spread.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, product
from typing import Any, NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.population import Population, estimated_seconds
from nn_core.randomness import stream
from nn_core.search import MOST_NETWORKS, Search
from nn_core.statistics import Share, correlation_ratio, share

KEPT = 3  # halving goes on with one in so many
FIRST_EPOCHS = 10  # it begins with so many at least
MOST_ROUNDS = 4
REMEMBERED = 8  # searches, asked about again and again
BINS = 6  # of a setting that is a number, to tell how much it matters


class Trial(NamedTuple):
    """A choice of values, one for each axis, and the Config that it makes (of the first seed)."""

    values: tuple[Any, ...]
    config: Config


@lru_cache(REMEMBERED)
def trials(search: Search) -> tuple[Trial, ...]:
    """What is tried, or in halving, tried first. Random draws are those of `draw`."""
    if search.method == "grid":
        return tuple(_trial(search, values) for values in product(*(axis.values(search.steps) for axis in search.axes)))
    count = search.trials_of_grid if search.method == "random" else trials_of_halving(search)
    rng = stream(search.draw, "search")
    return tuple(
        _trial(search, [axis.at(place) for axis, place in zip(search.axes, row, strict=True)])
        for row in rng.random((count, len(search.axes))).tolist()
    )


def around(search: Search) -> Config:
    """The run that is searched around, the same for all runs that differ only in what is varied."""
    return _trial(search, [axis.at(0.5) for axis in search.axes]).config


def _trial(search: Search, values: Sequence[Any]) -> Trial:
    changes: dict[str, Any] = {}
    for axis, value in zip(search.axes, values, strict=True):
        make = axis.setting.changes
        changes |= make(search.base.replace(**changes), value) if make else {axis.name: value}
    return Trial(tuple(values), search.base.replace(**changes))


def networks(tried: Sequence[Trial], seeds: int) -> tuple[Config, ...]:
    """The networks of these trials: the seeds of the first, then those of the second, and so on."""
    return tuple(trial.config.from_seed(seed) for trial in tried for seed in range(seeds))


@lru_cache(REMEMBERED)
def seconds(search: Search) -> float:
    """About how long it takes on one ordinary core."""
    each = [trial.config for trial in trials(search) for _ in range(search.seeds)]
    return estimated_seconds(each) * spent(search) / (len(each) * search.base.epochs)


@lru_cache(REMEMBERED)
def spent(search: Search) -> int:
    """The epochs of all its networks together: the budget, in halving less where it would begin with too many."""
    if search.method != "halving":
        return search.budget
    return _of_halving(search, trials_of_halving(search)) * search.seeds


# --- successive halving -----------------------------------------------------------------------------------------------


def rounds(search: Search) -> list[int]:
    """The epochs at which successive halving looks who goes on; the last is the end of the run (Jamieson and Talwalkar,
    2016). It thins to a third each time."""
    ends = [search.base.epochs]
    while len(ends) < MOST_ROUNDS and ends[0] // KEPT >= FIRST_EPOCHS:
        ends.insert(0, ends[0] // KEPT)
    return ends


def survivors(count: int, number: int) -> int:
    """How many of so many trials are left in round `number`."""
    return max(1, -(-count // KEPT**number))


def trials_of_halving(search: Search) -> int:
    """How many trials successive halving begins with, so that it spends the epochs of the grid, and not more."""
    count = search.trials_of_grid
    most = max(count, MOST_NETWORKS // search.seeds)
    while count < most and _of_halving(search, count + 1) * search.seeds <= search.budget:
        count += 1
    return count


def _of_halving(search: Search, count: int) -> int:
    """The epochs that halving spends on so many trials, for one seed."""
    lengths = [end - before for before, end in pairwise([0, *rounds(search)])]
    return sum(survivors(count, number) * length for number, length in enumerate(lengths))


# --- what came of it --------------------------------------------------------------------------------------------------


class Judged(NamedTuple):
    """For each of n trials (n,): how many of its seeds are `done`, `solved` and `diverged`, and whether all are done.
    Over those that did not diverge, mean and standard deviation of the `loss` on data not learnt from, and the mean
    `accuracy` there."""

    done: Array
    solved: Array
    diverged: Array
    complete: Array
    loss: Array
    spread: Array
    accuracy: Array

    def share(self, i: int) -> Share:
        """The share of the seeds of trial i that solve it, with its interval."""
        return share(int(self.solved[i]), int(self.done[i]))


def judge(whole: Population, seeds: int) -> Judged:
    """Each trial by its seeds."""
    done, solved, diverged, loss, right = (
        each.reshape(-1, seeds)
        for each in (whole.done, whole.solved, whole.diverged, whole.final_test_loss, whole.final_test_accuracy)
    )
    known = np.isfinite(loss)
    count = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, accuracy = (np.where(known, each, 0).sum(axis=1) / count for each in (loss, right))
        spread = np.sqrt(np.where(known, (loss - mean[:, None]) ** 2, 0).sum(axis=1) / (count - 1))
    done_of, solved_of, diverged_of = (each.sum(axis=1) for each in (done, solved, diverged))
    return Judged(done_of, solved_of, diverged_of, done_of == seeds, mean, spread, accuracy)


def over_rounds(parts: Sequence[tuple[Sequence[int], Judged]], count: int) -> Judged:
    """What is known of `count` trials after some rounds: of each what its last round says. A part is which trials were
    in a round, and how they did in it."""
    counts = (np.zeros(count, kind) for kind in (int, int, int, bool))
    whole = Judged(*counts, *(np.full(count, np.nan) for _ in range(3)))
    for which, judged in parts:
        known = judged.done > 0
        for into, part in zip(whole, judged, strict=True):
            into[np.array(which, int)[known]] = part[known]
    return whole


class Sought(NamedTuple):
    """A search as far as it has come: what is tried, how each trial did, and until which epoch it was trained (n,)."""

    search: Search
    trials: Sequence[Trial]
    judged: Judged
    trained: Array

    @property
    def measure(self) -> str:
        """What trials are measured by first, "solved" or "accuracy": no network reads all pictures right."""
        return "accuracy" if self.search.base.data.kind == "pictures" else "solved"

    @property
    def worth(self) -> Array:
        """What each trial is worth (n,): the accuracy, or the share of its seeds that solve it."""
        judged = self.judged
        return judged.accuracy if self.measure == "accuracy" else judged.solved / np.maximum(judged.done, 1)

    @property
    def ranking(self) -> Array:
        """The trials from best to worst (n,): by their worth, then by fewer that diverged, then by the lower loss.
        Unfinished ones come last."""
        judged = self.judged
        first, loss = (np.where(np.isfinite(each), each, np.inf) for each in (-self.worth, judged.loss))
        return np.lexsort([loss, judged.diverged, first, ~judged.complete])


def ranking_on_the_way(judged: Judged) -> Array:
    """The trials from best to worst in the middle of training, where hardly any has solved it yet: by the loss alone,
    and what has diverged last."""
    loss = np.where(np.isfinite(judged.loss), judged.loss, np.inf)
    return np.lexsort([loss, judged.diverged])


def importance(search: Search, tried: Sequence[Trial], values: Array) -> list[float]:
    """For each axis the share of the variance of what the trials are worth (n,) that goes with its value alone."""
    found = []
    for place, axis in enumerate(search.axes):
        column = [trial.values[place] for trial in tried]
        if axis.choices or len(set(column)) <= BINS:
            kinds = np.array([list(dict.fromkeys(column)).index(value) for value in column])
        else:
            along = np.array([axis.place(value) for value in column])
            kinds = np.minimum((along * BINS).astype(int), BINS - 1)
        found.append(float(correlation_ratio(kinds, np.asarray(values, float))))
    return found

"""What became of a run, in a word and a sentence: solved, on a plateau, diverged, or still learning."""

import math
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.history import History

GOOD_FIT = 0.99  # the R² from which a regression counts as solved
LOOKED_BACK = 0.2  # the share of a run, at its end, in which a plateau must be flat
FEWEST_POINTS = 5
FLAT = 0.005  # a plateau's loss differs by at most this share of itself
FLAT_LOSS = 5e-4  # or by this much
LEVEL = 0.001  # how near a loss is to a named value that it is called by
RESTLESS = 1.5  # highest loss of the last part of the run by its lowest, from which it is said to jump


class Outcome(NamedTuple):
    """`name` is "untrained", "solved", "plateau", "diverged" or "learning"; `epoch` is since when."""

    name: str
    epoch: int
    sentence: str


def outcome(history: History) -> Outcome:
    """What became of this run, judged by its training data.

    Solved: every training point is right (for regression R² >= 0.99) from some epoch to the end. A plateau: over its
    last fifth the training loss changed by less than 0.5 %, or by less than 0.0005.
    """
    end = int(history.epochs[-1])
    if history.stopped is not None:
        return Outcome("diverged", end, history.stopped)
    if not history.config.training_samples:
        return Outcome("untrained", 0, "There is nothing to learn from yet: paint some points for training.")
    if end == 0:
        return Outcome("untrained", 0, "The network is as it was drawn.")
    regression = history.config.task == "regression"
    solved = _since(history.train_accuracy >= (GOOD_FIT if regression else 1))
    if solved is not None:
        what = f"R² is {GOOD_FIT:g} or more" if regression else "Every training point is right"
        epoch = int(history.epochs[solved])
        return Outcome("solved", epoch, f"{what} from epoch {epoch:,} on{_on_test(history)}.")
    last = history.train_loss[history.epochs >= end * (1 - LOOKED_BACK)]
    final = float(history.train_loss[-1])
    if len(last) >= FEWEST_POINTS and np.ptp(last) <= _slack(final):
        return _plateau(history, final)
    if len(last) >= FEWEST_POINTS and last.max() > RESTLESS * last.min() and last[-1] > RESTLESS * last.min():
        return Outcome("learning", end, f"The loss jumps between {last.min():.3g} and {last.max():.3g}.")
    change = (last[0] - final) / last[0] if len(last) > 1 and last[0] else 0.0
    how = f"{'fell' if change >= 0 else 'rose'} by {100 * abs(change):.1f} %"
    return Outcome("learning", end, f"The loss {how} over the last fifth of the epochs.")


def _plateau(history: History, final: float) -> Outcome:
    since = _since(np.abs(history.train_loss - final) <= _slack(final))
    epoch = int(history.epochs[since or 0])
    meaning = ""
    if "cross_entropy" in history.config.loss_name and abs(final - math.log(_classes(history))) < LEVEL:
        meaning = f", which is ln {_classes(history)}: no better than guessing"
    return Outcome("plateau", epoch, f"The loss stays at {final:.3f} from epoch {epoch:,} on{meaning}.")


def _classes(history: History) -> int:
    return max(2, history.config.layer_sizes[-1])


def _slack(loss: float) -> float:
    return max(FLAT * abs(loss), FLAT_LOSS)


def _on_test(history: History) -> str:
    """How the test went, where it went worse."""
    score = float(history.test_accuracy[-1])
    if history.config.task == "regression" or not score < 1:
        return ""
    return f", and {100 * score:.1f} % of the test points are"


def _since(holds: Array) -> int | None:
    """The index from which this holds to the end, or None if it does not hold at the end."""
    if not len(holds) or not holds[-1]:
        return None
    fails = np.flatnonzero(~holds)
    return int(fails[-1]) + 1 if len(fails) else 0

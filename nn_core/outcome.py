"""What became of a run, in a word and a sentence: solved, memorised, on a plateau, restless, diverged, learning.

It says what is so. Why it is, and what to do, is for the coach to say, who has looked at the layers as well; only where
a run broke off its last words name a rate, the coach's.
"""

import math
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.history import History

GOOD_FIT = 0.99  # the R² from which a regression counts as solved
BY_HEART = 0.9  # the score on test points below which training points are said to be learnt by heart
LOOKED_BACK = 0.2  # the share of a run, at its end, in which a plateau must be flat
FEWEST_POINTS = 5
FLAT = 0.005  # a plateau's loss differs by at most this share of itself
FLAT_LOSS = 5e-4  # or by this much
LEVEL = 0.001  # how near a loss is to a named value that it is called by
RESTLESS = 1.5  # highest and last loss of the last part of the run by its lowest, from which it is said to jump
WORSE = 1.2  # the last test loss by its lowest, from which the lowest is worth a word


class Outcome(NamedTuple):
    """`name` is "untrained", "solved", "memorised", "plateau", "restless", "diverged" or "learning"; `epoch` is since
    when."""

    name: str
    epoch: int
    sentence: str


def outcome(history: History) -> Outcome:
    """What became of this run, judged by its training data since the last change on its way.

    Solved: every training point is right (for regression R² >= 0.99) from some epoch to the end; memorised, if few of
    the test points are (less than 0.9). A plateau: over the last fifth the training loss changed by less than 0.5 %, or
    by less than 0.0005. Restless: there it jumps by half of itself and more.
    """
    config, end = history.config, int(history.epochs[-1])
    changed = config.stretches[-1]
    if history.stopped is not None:
        return Outcome("diverged", end, history.stopped)
    if nothing := nothing_to_learn(config):
        return Outcome("untrained", 0, nothing)
    if end == 0:
        return Outcome("untrained", 0, "The network is as it was drawn.")
    if changed.edits and changed.begin == end:
        sentence = "Weights were set by hand here: train on, and see what becomes of them."
        return Outcome("untrained", end, sentence)
    solved = _since(history.train_accuracy >= (GOOD_FIT if config.task == "regression" else 1))
    if solved is not None:
        return _solved(history, solved)
    last, final = lately(history), float(history.train_loss[-1])
    if len(last) >= FEWEST_POINTS and np.ptp(last) <= _slack(final):
        return _plateau(history, final)
    if len(last) >= FEWEST_POINTS and last.max() > RESTLESS * last.min() and last[-1] > RESTLESS * last.min():
        jumps = f"The loss jumps between {last.min():.3g} and {last.max():.3g} over the last fifth of the epochs."
        return Outcome("restless", end, jumps)
    change = (last[0] - final) / last[0] if len(last) > 1 and last[0] else 0.0
    how = f"{'fell' if change >= 0 else 'rose'} by {100 * abs(change):.1f} %"
    return Outcome("learning", end, f"The loss {how} over the last fifth of the epochs.{_best_test(history)}")


def lately(history: History) -> Array:
    """The training loss over the last fifth of the epochs, as far as nothing was changed there."""
    end = history.epochs[-1]
    begin = max((each.begin for each in history.config.stretches if each.begin <= end), default=0)
    return history.train_loss[history.epochs >= max(end * (1 - LOOKED_BACK), begin)]


def nothing_to_learn(config: Config) -> str:
    """Why there is nothing to learn from, or ""."""
    if not config.training_samples:
        return "There is nothing to learn from yet: paint some points for training."
    own = config.data.kind == "own" and not config.data_id and config.task != "regression"
    if own and len({point.target for point in config.points if not point.is_test}) == 1:
        return "All training points are of one class: there is nothing to tell apart. Paint some of another."
    return ""


def _solved(history: History, place: int) -> Outcome:
    regression = history.config.task == "regression"
    what = f"R² is {GOOD_FIT:g} or more" if regression else "Every training point is right"
    epoch, score = int(history.epochs[place]), float(history.test_accuracy[-1])
    from_then_on = f"{what} from {'about ' if _thinned(history, place) else ''}epoch {epoch:,} on"
    on_test = f"R² is {score:.2f} on test points" if regression else f"{100 * score:.1f} % of the test points are"
    if score < BY_HEART:
        return Outcome("memorised", epoch, f"{from_then_on}, but only {on_test}.{_best_test(history)}")
    if regression or not score < 1:
        return Outcome("solved", epoch, f"{from_then_on}.{_best_test(history)}")
    return Outcome("solved", epoch, f"{from_then_on}, and {on_test}.{_best_test(history)}")


def _plateau(history: History, final: float) -> Outcome:
    place = _since(np.abs(history.train_loss - final) <= _slack(final)) or 0
    epoch = int(history.epochs[place])
    classes = _classes(history)
    if "cross_entropy" in history.config.loss_name and abs(final - math.log(classes)) < LEVEL:
        stays = f"The loss stays at {final:.3f} from epoch {epoch:,} on: ln {classes}, no better than guessing."
    elif epoch == 0:
        stays = f"The loss has not moved from {final:.3f} since the start."
    else:
        stays = f"The loss stays at {final:.3f} from {'about ' if _thinned(history, place) else ''}epoch {epoch:,} on."
    return Outcome("plateau", epoch, stays + _best_test(history))


def best_test(history: History) -> int | None:
    """The place in the record where the test loss was lowest, if that was well before the end, and it has risen."""
    tested = history.test_loss
    if not np.isfinite(tested).all() or np.array_equal(tested, history.train_loss):
        return None
    best = int(tested.argmin())
    risen = tested[-1] >= WORSE * tested[best] and history.epochs[best] <= history.epochs[-1] * (1 - LOOKED_BACK)
    return best if risen else None


def _best_test(history: History) -> str:
    best = best_test(history)
    if best is None:
        return ""
    return f" The test loss was lowest, {history.test_loss[best]:.3f}, at epoch {int(history.epochs[best]):,}."


def _thinned(history: History, place: int) -> bool:
    """Whether epochs before this one were left out of the record."""
    return place > 0 and history.epochs[place] - history.epochs[place - 1] > 1


def _classes(history: History) -> int:
    return max(2, history.config.layer_sizes[-1])


def _slack(loss: float) -> float:
    return max(FLAT * abs(loss), FLAT_LOSS)


def _since(holds: Array) -> int | None:
    """The index from which this holds to the end, or None if it does not hold at the end."""
    if not len(holds) or not holds[-1]:
        return None
    fails = np.flatnonzero(~holds)
    return int(fails[-1]) + 1 if len(fails) else 0

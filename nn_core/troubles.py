"""What keeps a run on pictures from becoming good, told early enough to do something about it."""

import math
from typing import NamedTuple

import numpy as np

from nn_core.config import Config
from nn_core.slices import Slice

TRIED = 300  # updates, and an epoch, after which a run should be better than guessing
BETTER = 0.15  # by so large a share of the test pictures at least
PAST_BEST = 3.0  # epochs since the lowest test loss, after which a run is said to learn by heart
WORSE = 1.1  # if the test loss is by so much higher now


class Trouble(NamedTuple):
    """`name` is "diverged", "not learning" or "by heart". `epoch` is where it was seen, by heart where the test loss
    was lowest; `value` is then that loss, and otherwise the share of the test pictures that are right."""

    name: str
    epoch: float
    value: float


def trouble(config: Config, run: Slice) -> Trouble | None:
    """What is wrong with this run, given by all its slices joined; None while it is doing well or has just begun.

    Not learning: after an epoch, and 300 updates, its answers on test pictures are less than 15 points better than
    guessing. By heart: since the last change on the way the test loss was lowest three epochs ago or more, is 10 %
    higher now, and the training loss is lower than it ever was.
    """
    held, state = run.held, run.state
    right = float(held.accuracy[-1]) if len(held.accuracy) else math.nan
    if run.stopped:
        return Trouble("diverged", state.epoch, right)
    if not len(held.epoch) or state.epoch < 1 or state.update < TRIED:
        return None
    if right < 1 / config.data.classes + BETTER:
        return Trouble("not learning", float(held.epoch[-1]), right)
    recent = held.epoch >= config.stretches[-1].begin
    epoch, loss = held.epoch[recent], held.loss[recent]
    if not len(loss):
        return None
    best, now = int(loss.argmin()), epoch[-1]
    learnt = float(np.mean(run.batches.loss[run.batches.epoch > now - 1]))
    if now - epoch[best] >= PAST_BEST and loss[-1] >= WORSE * loss[best] and learnt < loss[best]:
        return Trouble("by heart", float(epoch[best]), float(loss[best]))
    return None

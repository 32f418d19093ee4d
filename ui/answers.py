"""Answers to the stage's questions about one place of a run, without a new run: where exactly it stands, what it costs
there, and which way is down."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.engine import curves
from nn_core.history import State
from nn_core.mlp import loss_and_gradient
from nn_core.training import nearest, stand_at
from ui.components import pack

MOST_UPDATES = 5000  # an epoch has no more


def answer(question: Any, run: int, config: Config, data: Data, states: Sequence[State]) -> bytes:
    """The answer to {"n", "run", "epoch", "updates"}: parameters and their gradient so many updates after an epoch, the
    loss and score there. Empty for a question about another run, or one that makes no sense.

    `data` are those of the run's start, `states` earlier stands of it to begin from. The gradient is that of the loss
    over all training data, penalties included. Packed as n, run, epoch (with its fraction), updates_per_epoch, figures,
    and the arrays parameters and gradient.
    """
    try:
        n, of_run, epoch, updates = (int(question[name]) for name in ("n", "run", "epoch", "updates"))
    except (TypeError, ValueError, KeyError, OverflowError):
        return b""
    if of_run != run or not (0 <= epoch <= config.last_epoch and 0 <= updates <= MOST_UPDATES):
        return b""
    stand = stand_at(config, data, epoch, updates, nearest(states, epoch))
    parameters = stand.state.parameters
    with np.errstate(all="ignore"):
        figures = curves(parameters[None], stand.rows, stand.config)
        _, gradient = loss_and_gradient(parameters, stand.data.x_train, stand.data.y_train, stand.config)
    names = ("train_loss", "test_loss", "train_score", "test_score")
    values = [float(curve[0]) if np.isfinite(curve[0]) else None for curve in figures]
    header = {
        "n": n,
        "run": run,
        "epoch": stand.epoch,
        "updates_per_epoch": stand.per_epoch,
        "figures": dict(zip(names, values, strict=True)),
    }
    return pack(header, {"parameters": parameters, "gradient": gradient})

"""Optimizers: what to do with a gradient. Schedules: how the learning rate changes over the run.

An optimizer works on all parameters at once, because they are one flat array. It changes `p` and its own `memory`
in place and may use the gradient `g` as scratch space:

    update(p, g, memory, rate, t, settings)

`p`, `g` have one shape, (n,), `memory` has `slots` rows of that shape and starts at zero; `rate` is a Python float (so
that float32 stays float32) and `t` counts updates from 1. Of many networks trained in lockstep `p` holds all the
parameters, and rate and settings are arrays like it.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array

EPSILON = 1e-8  # keeps divisions by a root of a mean square finite
FORGETTING = 128  # updates between two looks at what an optimizer may forget


Rate = float | Array


class Settings(NamedTuple):
    """What the optimizers share. `weight_decay` has the shape of the parameters: zero where there is a bias."""

    momentum: Rate
    rms_decay: Rate
    weight_decay: Array


class Optimizer(NamedTuple):
    """An update rule, how many arrays it remembers, and which of the shared settings it reads."""

    update: Callable[[Array, Array, Array, Rate, int, Settings], None]
    slots: int
    title: str
    reads: tuple[str, ...] = ()


def forget(memory: Array, t: int) -> None:
    """Set to zero what has decayed to next to nothing. Numbers so small that they have no full precision any more take
    the processor ten times as long: for weights of pixels that are hardly ever lit they would gather."""
    if t % FORGETTING == 0:
        memory[np.abs(memory) < 1e8 * np.finfo(memory.dtype).tiny] = 0


def gradient_descent(p: Array, g: Array, memory: Array, rate: Rate, t: int, settings: Settings) -> None:
    """One step downhill: rate x gradient."""
    g *= rate
    p -= g


def momentum(p: Array, g: Array, memory: Array, rate: Rate, t: int, settings: Settings) -> None:
    """A ball that keeps part of its speed: v = momentum x v + gradient (Polyak, 1964)."""
    forget(memory, t)
    v = memory[0]
    v *= settings.momentum
    v += g
    p -= rate * v


def nesterov(p: Array, g: Array, memory: Array, rate: Rate, t: int, settings: Settings) -> None:
    """Momentum that looks one step ahead before it turns (Nesterov, 1983; the form of Sutskever et al., 2013)."""
    forget(memory, t)
    v = memory[0]
    v *= settings.momentum
    v += g
    g += settings.momentum * v
    g *= rate
    p -= g


def rmsprop(p: Array, g: Array, memory: Array, rate: Rate, t: int, settings: Settings) -> None:
    """Each parameter's step divided by the recent size of its own gradient (Tieleman and Hinton, 2012)."""
    forget(memory, t)
    s = memory[0]
    s *= settings.rms_decay
    s += (1 - settings.rms_decay) * (g * g)
    g *= rate
    g /= np.sqrt(s) + EPSILON
    p -= g


def adam(p: Array, g: Array, memory: Array, rate: Rate, t: int, settings: Settings) -> None:
    """Momentum and RMSProp together, both corrected for starting at zero (Kingma and Ba, 2015)."""
    forget(memory, t)
    m, s = memory
    fresh = 1 - settings.momentum
    g *= fresh
    m *= settings.momentum
    m += g
    g *= g
    g *= (1 - settings.rms_decay) / fresh**2
    s *= settings.rms_decay
    s += g
    # The two corrections are folded into scalars: rate x (m / c1) / (sqrt(s / c2) + eps).
    root = (1 - settings.rms_decay**t) ** 0.5
    np.sqrt(s, out=g)
    g += EPSILON * root
    np.divide(m, g, out=g)
    g *= rate * root / (1 - settings.momentum**t)
    p -= g


def adamw(p: Array, g: Array, memory: Array, rate: Rate, t: int, settings: Settings) -> None:
    """Adam, and every weight shrinks a little on its own (Loshchilov and Hutter, 2019)."""
    p *= 1 - rate * settings.weight_decay
    adam(p, g, memory, rate, t, settings)


OPTIMIZERS: dict[str, Optimizer] = {
    "gradient_descent": Optimizer(gradient_descent, 0, "gradient descent"),
    "momentum": Optimizer(momentum, 1, "momentum", ("momentum",)),
    "nesterov": Optimizer(nesterov, 1, "Nesterov", ("momentum",)),
    "rmsprop": Optimizer(rmsprop, 1, "RMSProp", ("rms_decay",)),
    "adam": Optimizer(adam, 2, "Adam", ("momentum", "rms_decay")),
    "adamw": Optimizer(adamw, 2, "AdamW", ("momentum", "rms_decay", "weight_decay")),
}


class Schedule(NamedTuple):
    """The factor on the learning rate at a share 0..1 of the run."""

    factor: Callable[[float], float]
    title: str


def constant(progress: float) -> float:
    """The same rate from the first update to the last."""
    return 1.0


def step(progress: float) -> float:
    """The rate is halved after every fifth of the run."""
    return 0.5 ** int(5 * min(progress, 0.999))


def exponential(progress: float) -> float:
    """The rate falls evenly on a log scale, to 1 % at the end."""
    return 0.01**progress


def cosine(progress: float) -> float:
    """The rate falls along half a cosine wave to zero: gentle at both ends (Loshchilov and Hutter, 2017)."""
    return 0.5 * (1 + math.cos(math.pi * progress))


def warm_up(progress: float) -> float:
    """The rate rises in a straight line over the first tenth of the run, then stays."""
    return min(1.0, 10 * progress + 0.01)


SCHEDULES: dict[str, Schedule] = {
    "constant": Schedule(constant, "constant"),
    "step": Schedule(step, "step"),
    "exponential": Schedule(exponential, "exponential"),
    "cosine": Schedule(cosine, "cosine"),
    "warm_up": Schedule(warm_up, "warm-up"),
}

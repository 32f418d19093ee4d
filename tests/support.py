"""What several test files share: derivatives by complex step, and Configs drawn from every setting's range."""

import random
from dataclasses import fields

import numpy as np

from nn_core.config import Choice, Config, Number, Several

STEP = 1e-30  # no difference is taken, so the step may be as small as it likes: the derivative is exact


def derivative(f, x):
    """df/dx of an elementwise f, at every element of x."""
    return f(x + STEP * 1j).imag / STEP


def gradient(f, p):
    """The gradient (n,) of a scalar f at p (n,)."""
    return np.array([f(probe).imag for probe in p + STEP * 1j * np.eye(len(p))]) / STEP


def edges(allowed):
    """The extreme values of a setting's range, or all of them where they are names."""
    match allowed:
        case Number(low, high, whole, zero):
            kind = int if whole else float
            return [kind(low), kind(high)] + [kind(0)] * zero
        case Choice(names):
            return list(names)
        case Several(item, fewest, most, single):
            distinct = edges(item)
            runs = [tuple(distinct[i % len(distinct)] for i in range(n)) for n in range(fewest, most + 1)]
            return runs + distinct * single


def random_value(allowed, rng: random.Random):
    """A value of a setting's range."""
    match allowed:
        case Number(low, high, whole, zero):
            if zero and rng.random() < 0.3:
                return 0
            return rng.randint(low, high) if whole else rng.uniform(low, high)
        case Choice(names):
            return rng.choice(names)
        case Several(item, fewest, most, single):
            values = tuple(random_value(item, rng) for _ in range(rng.randint(fewest, most)))
            return values[0] if single and rng.random() < 0.5 else values


def random_settings(rng: random.Random) -> dict:
    """About half of the settings, each somewhere in its range; they need not fit together."""
    return {f.name: random_value(f.metadata["range"], rng) for f in fields(Config) if rng.random() < 0.5}

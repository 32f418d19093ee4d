"""A walk in steps, for the tests of long work: here, so that processes elsewhere can import it."""

import os
import time
from typing import NamedTuple

import numpy as np

from ui.jobs import Job


class Walk(NamedTuple):
    """A slice of a random walk, or some of them: where it ended after how many steps, and which processes went it."""

    state: tuple[float, int]
    processes: tuple[int, ...]


def walk(steps: int, state: tuple[float, int] | None, seconds: float) -> Walk:
    """One step of `steps`: each a function of its number, as in training."""
    place, number = state or (0.0, 0)
    time.sleep(seconds)
    return Walk((place * 0.9 + np.random.default_rng(number).normal(), number + 1), (os.getpid(),))


def ended(steps: int, result: Walk) -> bool:
    return result.state[1] >= steps


def joined(walks: list[Walk]) -> Walk:
    return Walk(walks[-1].state, sum((each.processes for each in walks), ()))


def steps(walking: Job) -> int:
    return sum(len(chain.result.processes) for chain in walking.chains if chain.result)


def undisturbed(steps: int) -> float:
    state = None
    for _ in range(steps):
        state = walk(steps, state, 0).state
    return state[0]


def until(condition, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def there() -> bool:
    return True


def job(*lengths: int, **more) -> Job:
    return Job(walk, lengths or [20], ended, joined, **{"watchers": {there}, **more})

"""Measuring side by side: each peer in a process of its own, all bound to one core, taking turns.

A peer's first call warms up: what it compiles on the way is told apart. Then come the rounds. In each every peer
repeats its work until that has taken `LEAST` seconds. Times are CPU seconds, so that other work on the machine counts
little; ratios are taken within a round, so that a machine that becomes slower on the way does not matter either.
"""

import math
import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from typing import Any, NamedTuple

MACHINE = "one thread of a shared two-core machine"
LEAST = 0.2  # CPU seconds of a measurement
SLOW_ROUNDS = 3  # for a peer that takes many seconds
ONE_THREAD = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}


class Work(NamedTuple):
    """What is timed, and what came of it as one number, read from the result of the first call: the final loss, say. It
    shows that all peers did the same."""

    do: Callable[[], Any]
    outcome: Callable[[Any], float]


class Peer(NamedTuple):
    """A contestant. `make` prepares its work, in its own process and not timed; there it also imports what it needs.

    One call does `units` things, drawings read or networks trained. A `slow` one sits most rounds out.
    """

    name: str
    make: Callable[[], Work]
    units: int = 1
    slow: bool = False


class Measured(NamedTuple):
    """CPU seconds of the whole first call, and those for one unit by round; what came of the first call."""

    first: float
    rounds: dict[int, float]
    outcome: float

    @property
    def seconds(self) -> float:
        return statistics.median(self.rounds.values())

    def times(self, other: "Measured") -> float:
        """How many times as long as the other this takes: the median over the rounds that both took part in."""
        return statistics.median(self.rounds[i] / other.rounds[i] for i in self.rounds.keys() & other.rounds.keys())


def measure(peers: Sequence[Peer], rounds: int) -> dict[str, Measured]:
    """All peers, by name."""
    os.environ.update(ONE_THREAD)
    processes = [ProcessPoolExecutor(1, get_context("spawn"), _prepare, (peer.make,)) for peer in peers]
    try:
        found = {}
        for peer, process in zip(peers, processes, strict=True):
            first, outcome = process.submit(_first).result()
            found[peer.name] = Measured(first, {}, outcome)
        for number in range(rounds):
            for peer, process in zip(peers, processes, strict=True):
                if not peer.slow or number in _evenly(rounds, SLOW_ROUNDS):
                    found[peer.name].rounds[number] = process.submit(_timed).result() / peer.units
        return found
    finally:
        for process in processes:
            process.shutdown()


def _evenly(rounds: int, most: int) -> Iterable[int]:
    return {round(i * (rounds - 1) / max(1, most - 1)) for i in range(most)}


def bind() -> None:
    """Keep this process on one core, the same for all."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def versions() -> dict[str, str]:
    """What is installed here."""
    found = {}
    for name in ("numpy", "torch", "scikit-learn", "keras", "jax", "tensorflow-cpu"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


# In the process of a peer.

_work: Work
_repeats = 1


def _prepare(make: Callable[[], Work]) -> None:
    global _work
    bind()
    _work = make()


def _first() -> tuple[float, float]:
    begun = time.process_time()
    result = _work.do()
    taken = time.process_time() - begun
    return taken, _work.outcome(result)


def _timed() -> float:
    """CPU seconds of one call."""
    global _repeats
    do = _work.do
    while True:
        begun = time.process_time()
        for _ in range(_repeats):
            do()
        taken = time.process_time() - begun
        if taken >= LEAST:
            return taken / _repeats
        _repeats = math.ceil(_repeats * min(100, 1.5 * LEAST / max(taken, 1e-6)))

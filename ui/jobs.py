"""Long work as chains of slices on an executor: worker processes here, a cluster elsewhere.

A slice is one call of a module-level function, `work(config, state, seconds)`, about 0.2 s long. Its result has a
`state`, with which the next slice begins, and nothing else needs to survive: a worker that dies costs one slice. A job
has at most one slice under way and then queues up again behind the others, so visitors take turns. Nothing is asked of
the executor but `submit`; which one it is, is one argument of `Jobs`.
"""

import copy
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Set
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from loky import get_reusable_executor
from loky.process_executor import ShutdownExecutorError
from threadpoolctl import threadpool_limits

SLICE = 0.2  # seconds of work between two looks at whether it is still wanted; a quarter of it for the first result
LOOK = 0.5  # seconds between two looks at who is there
PATIENCE = 30.0  # seconds without a watcher after which a job rests; a lost connection is back sooner
KEPT = 600.0  # seconds without a watcher after which it is forgotten
MOST_JOBS = 32
TRIES = 5  # workers that may die of a job, one after the other

_LOST = (BrokenExecutor, ShutdownExecutorError, CancelledError)

Watcher = Callable[[], bool]


class Full(Exception):
    """There is no room for another job; the text says so to the visitor."""


@dataclass(eq=False)
class Job:
    """Work on its way. `config` says what is to be done and may be exchanged in the middle, `state` is where the work
    stands (None at the start), `result` is what all slices so far have brought, `joined`, and `seconds` is how long
    they were waited for. `ended(config, result)` says whether a slice was the last. A worker that raises `lacks` is
    told `supplies()`, as further named arguments. `status` is "running", "paused", "stopped", "finished" or "failed";
    `problem` is a sentence where something went wrong. `watchers` say, each of one window that shows the job, whether
    it is still open. `until` is the epoch at which it is to rest, if any: `work` is told, and ends its slice there.
    `first` is set by the first result.
    """

    work: Callable[..., Any]
    config: Any
    ended: Callable[[Any, Any], bool]
    joined: Callable[[list[Any]], Any]
    lacks: tuple[type[Exception], ...] = ()
    supplies: Callable[[], Mapping[str, Any]] = dict
    watchers: set[Watcher] = field(default_factory=set)
    state: Any = None
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    status: str = "running"
    problem: str = ""
    result: Any = None
    seconds: float = 0.0
    seen: float = field(default_factory=time.monotonic)
    resting: bool = False  # since nobody watches any more
    under_way: Future | None = None
    begun: float = 0.0
    lost: int = 0  # slices, since the last result
    until: int | None = None
    first: threading.Event = field(default_factory=threading.Event)

    def watched(self, besides: Set[Watcher] = frozenset()) -> bool:
        """Whether a window that shows it is open, other than these."""
        return any(there() for there in self.watchers.copy() if there not in besides)  # others may come meanwhile


class Jobs:
    """The jobs of all visitors on one executor, asked for by `executor()` before each slice.

    All methods answer at once. One thread hands out the slices and takes their results; it alone speaks with the
    executor, of which loky gives each thread its own.
    """

    def __init__(
        self,
        executor: Callable[[], Executor],
        most: int = MOST_JOBS,
        slice: float = SLICE,
        patience: float = PATIENCE,
        kept: float = KEPT,
    ) -> None:
        self._executor, self._most, self._slice, self._patience, self._kept = executor, most, slice, patience, kept
        self._jobs: dict[str, Job] = {}
        self._lock = threading.RLock()
        self._wake: SimpleQueue[Job] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start the workers, so that the first visitor need not wait for them."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
                self._thread.start()

    def start(self, job: Job, instead_of: Job | None = None) -> None:
        """Take this job up. Its watchers leave the one before, which is forgotten unless others watch it. Raises Full
        where there are too many, and changes nothing then; a job that nobody waits for makes room."""
        with self._lock:
            forgotten = None if instead_of and instead_of.watched(besides=job.watchers) else instead_of
            others = [each for each in self._jobs.values() if each is not forgotten]
            if len(others) >= self._most:
                idle = [each for each in others if each.resting]
                if not idle:
                    raise Full("Many others are training here just now: please try again in a few minutes.")
                self.drop(min(idle, key=lambda each: each.seen))
            if forgotten:
                self.drop(forgotten)
            elif instead_of:
                instead_of.watchers -= job.watchers
            self._jobs[job.id] = job
        self.open()
        self._wake.put(job)

    def find(self, id: str | None) -> Job | None:
        """The job of this id, if there is one, and it is still known."""
        return self._jobs.get(id) if id else None

    def still(self, job: Job) -> Job:
        """The job as it is at this moment, all of it: a copy to be looked at, which the work does not move."""
        with self._lock:
            return copy.copy(job)

    def pause(self, job: Job) -> None:
        """Rest until `go_on`. The slice under way is still taken."""
        with self._lock:
            if job.status == "running":
                job.status = "paused"

    def go_on(self, job: Job, until: int | None = None) -> None:
        """Go on from where it stands, also after it was stopped; to its end, or to an epoch at which it rests."""
        with self._lock:
            job.until = until
            if job.status != "running":
                job.status, job.problem, job.lost = "running", "", 0
        self._wake.put(job)

    def stop(self, job: Job) -> None:
        """End it where it stands. The slice under way is dropped."""
        with self._lock:
            if job.status in ("running", "paused"):
                job.status = "stopped"
                self._abandon(job)

    def change(self, job: Job, decide: Callable[[Any, Any], Any]) -> None:
        """Go on by another config, `decide(config, state)`, where `state` is the one that the next slice begins with.
        The slice under way knows nothing of it and is made again."""
        with self._lock:
            self._abandon(job)
            job.config = decide(job.config, job.state)
        self._wake.put(job)

    def drop(self, job: Job) -> None:
        """Forget it."""
        self.stop(job)
        with self._lock:
            self._jobs.pop(job.id, None)

    def _abandon(self, job: Job) -> None:
        if job.under_way:
            job.under_way.cancel()
            job.under_way = None

    # --- the thread ---

    def _run(self) -> None:
        looked = time.monotonic()
        self._executor().submit(os.getpid)  # starts its workers
        while True:
            with suppress(Empty):
                self._attend(self._wake.get(timeout=LOOK))
            if time.monotonic() - looked > LOOK:
                looked = time.monotonic()
                self._look_around()

    def _look_around(self) -> None:
        """What nobody watches any more rests, and is forgotten after a while; what is watched again goes on."""
        for job in list(self._jobs.values()):
            if job.watched():
                job.seen = time.monotonic()
            away = time.monotonic() - job.seen
            job.resting = away > self._patience
            if away > self._kept:
                self.drop(job)
            self._attend(job)

    def _attend(self, job: Job) -> None:
        """Take the result that has come, if any, and hand out the next slice, if it is wanted."""
        with self._lock:
            done = job.under_way
            if done and not done.done():
                return
            job.under_way = None
            arguments = self._take(job, done) if done else {}
            if job.status != "running" or job.resting or job.id not in self._jobs:
                return
            config, state, seconds = job.config, job.state, self._slice if job.result else self._slice / 4
            if job.until is not None:
                arguments = {**arguments, "until": job.until}
        job.begun = time.monotonic()
        try:
            future = self._executor().submit(job.work, config, state, seconds, **arguments)
        except Exception:  # it broke since it was asked for, or there is none just now: that counts as a lost slice
            future = Future()
            future.cancel()
        with self._lock:
            if job.config is config and job.status == "running":
                job.under_way = future
            else:
                future.cancel()
        future.add_done_callback(lambda _: self._wake.put(job))

    def _take(self, job: Job, done: Future) -> Mapping[str, Any]:
        """Keep what a slice has brought; returns what the next one has to be told."""
        try:
            result = done.result()
        except (*_LOST, *job.lacks) as lost:
            job.lost += 1
            if job.lost == TRIES:
                job.status = "paused"
                job.problem = f"The process that trains has died {TRIES} times. What was learnt is kept: try to go on."
            return job.supplies() if isinstance(lost, job.lacks) else {}
        except Exception:
            logging.getLogger(__name__).exception("a slice of work failed")
            job.status, job.problem = "failed", "Something went wrong in training; what was learnt until then is kept."
        else:
            job.lost, job.state = 0, result.state
            job.result = job.joined([job.result, result]) if job.result else result
            job.seconds += time.monotonic() - job.begun
            job.first.set()
            if job.status == "running" and job.ended(job.config, result):
                job.status = "finished"
            elif job.status == "running" and job.until is not None and result.state.epoch >= job.until:
                job.status, job.until = "paused", None
        return {}


# --- worker processes of this machine ---------------------------------------------------------------------------------


def processes() -> Executor:
    """As many worker processes as there are processors to spare; new ones if they have died."""
    workers = max(1, (os.cpu_count() or 1) - 1)
    never: Any = None  # an idle worker stays
    return get_reusable_executor(workers, timeout=never, initializer=_settle)


def _settle() -> None:
    """What a worker does first: it leaves the pages their processor, and reads what training needs."""
    with suppress(AttributeError):  # not everywhere
        os.nice(10)
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    from nn_core import slices
    from nn_core.digits import load_network

    threadpool_limits(1, "blas")  # after NumPy has come
    slices.work(load_network("tutorial").config, None, 0.0)  # the first one takes twice as long as the others


def _leave_with(parent: int) -> None:
    """End this process when the one that started it has died without a word."""
    while os.getppid() == parent:
        time.sleep(LOOK)
    os._exit(0)


JOBS = Jobs(processes)

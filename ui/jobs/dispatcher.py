"""Jobs: hands slices out to an engine and takes their results, for all visitors.

Nothing is asked of an engine but an executor with `submit`, how many slices it works on at a time, and whether it can
be reached. Slices are handed out only as they can be worked on, so that a turn is decided at the last moment.
"""

import copy
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from ui.jobs import turns
from ui.jobs.engines import Engine
from ui.jobs.job import Chain, Job

SLICE = 0.2  # seconds of work between two looks at whether it is still wanted; a quarter for the first of a long chain
LOOK = 0.5  # seconds between two looks at who is there
PATIENCE = 30.0  # seconds without a watcher after which a job rests; a lost connection is back sooner
KEPT = 600.0  # seconds without a watcher after which it is forgotten
TOO_LONG = 30.0  # seconds after which a slice is given up, and the process that works on it
MOST_JOBS = 256
MOST_OF_ONE = 64  # visitor
TRIES = 5  # slices of a chain that may be lost, one after the other


class Full(Exception):
    """There is no room for another job; the text says so to the visitor."""


class _Slice(NamedTuple):
    job: Job
    chain: Chain
    engine: Engine


class Jobs:
    """The jobs of all visitors, on the first of some engines that can be reached.

    All methods answer at once. One thread hands out the slices and takes their results; it alone speaks with the
    executors, of which loky gives each thread its own.
    """

    def __init__(
        self,
        *engines: Engine,
        most: int = MOST_JOBS,
        most_of_one: int = MOST_OF_ONE,
        slice: float = SLICE,
        patience: float = PATIENCE,
        kept: float = KEPT,
        too_long: float = TOO_LONG,
    ) -> None:
        self._engines, self._most, self._most_of_one = engines, most, most_of_one
        self._slice, self._patience, self._kept, self._too_long = slice, patience, kept, too_long
        self._jobs: dict[str, Job] = {}
        self._under_way: dict[Future, _Slice] = {}
        self._lock = threading.RLock()
        self._wake: SimpleQueue[Future | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start the workers, so that the first visitor need not wait for them."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Let go of what is elsewhere; this machine's processes end with it."""
        for engine in self._engines:
            engine.close()

    @property
    def notice(self) -> str:
        """What visitors should know about where their work is done; "" when all is as it should be."""
        return next((engine.notice for engine in self._engines if engine.notice), "")

    # --- what visitors ask for ---

    def start(self, job: Job, instead_of: Job | None = None) -> None:
        """Take this job up. Its watchers leave the one before, which is forgotten unless others watch it. Raises Full
        where there are too many, and changes nothing then; a job that nobody waits for makes room."""
        with self._lock:
            forgotten = None if instead_of and instead_of.watched(besides=job.watchers) else instead_of
            others = [each for each in self._jobs.values() if each is not forgotten]
            if sum(each.owner == job.owner for each in others) >= self._most_of_one:
                raise Full(f"You have {self._most_of_one} runs here already: please stop some of them first.")
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
        self._wake.put(None)

    def find(self, id: str | None) -> Job | None:
        """The job of this id, if there is one, and it is still known."""
        return self._jobs.get(id) if id else None

    def still(self, job: Job) -> Job:
        """The job as it is at this moment, all of it: a copy to be looked at, which the work does not move."""
        with self._lock:
            held = copy.copy(job)
            held.chains = [copy.copy(chain) for chain in job.chains]
            return held

    def place(self, job: Job) -> turns.Place | None:
        """Where a job stands in line; None when its turn has come, or it is not wanted."""
        with self._lock:
            return turns.place(job, self._jobs.values(), self._engine().width())

    def pause(self, job: Job) -> None:
        """Rest until `go_on`. Slices under way are still taken."""
        with self._lock:
            if job.status == "running":
                job.status = "paused"

    def go_on(self, job: Job, until: int | None = None) -> None:
        """Go on from where it stands, also after it was stopped; to its end, or to an epoch at which it rests."""
        with self._lock:
            job.until = until
            if job.status != "running":
                job.status, job.problem = "running", ""
                job.over.clear()
                for chain in job.chains:
                    chain.lost = 0
        self._wake.put(None)

    def stop(self, job: Job) -> None:
        """End it where it stands. Slices under way are dropped."""
        with self._lock:
            if job.status in ("running", "paused"):
                job.status = "stopped"
                self._abandon(job)
                job.over.set()
        self._wake.put(None)

    def change(self, job: Job, decide: Callable[[Any, Any], Any]) -> None:
        """Go on by another task, `decide(task, state)`, where `state` is the one that the next slice begins with. The
        slice under way knows nothing of it and is made again. For a job of a single chain."""
        with self._lock:
            self._abandon(job)
            (chain,) = job.chains
            chain.task, chain.done = decide(chain.task, chain.state), False
        self._wake.put(None)

    def drop(self, job: Job) -> None:
        """Forget it."""
        self.stop(job)
        with self._lock:
            self._jobs.pop(job.id, None)

    def _abandon(self, job: Job) -> None:
        for future, piece in list(self._under_way.items()):
            if piece.job is job:
                self._give_up(future)

    def _give_up(self, future: Future) -> None:
        self._under_way.pop(future).chain.under_way = None
        future.cancel()

    # --- the thread ---

    def _run(self) -> None:
        looked = time.monotonic()
        for engine in self._engines:
            engine.open()
        while True:
            with suppress(Empty):
                self._collect(self._wake.get(timeout=LOOK))
                while True:
                    self._collect(self._wake.get_nowait())
            if time.monotonic() - looked > LOOK:
                looked = time.monotonic()
                self._look_around()
            self._hand_out()
            for job in list(self._jobs.values()):
                if job.status != "running":
                    job.over.set()

    def _engine(self) -> Engine:
        """The first one that can be reached; the last one always can."""
        return next((engine for engine in self._engines if engine.ready()), self._engines[-1])

    def _look_around(self) -> None:
        """What nobody watches any more rests, and is forgotten after a while; what is watched again goes on. Slices
        that will not come back are given up."""
        for job in list(self._jobs.values()):
            if job.watched():
                job.seen = time.monotonic()
            away = time.monotonic() - job.seen
            job.resting = away > self._patience
            if away > self._kept:
                self.drop(job)
        with self._lock:
            for future, (job, chain, engine) in list(self._under_way.items()):
                if not engine.ready():
                    self._give_up(future)
                elif time.monotonic() - chain.begun > self._too_long:
                    self._give_up(future)
                    engine.renew()
                    self._lose(job, chain)

    def _hand_out(self) -> None:
        """Slices to whoever's turn it is, as many as can be worked on."""
        engine = self._engine()
        while True:
            with self._lock:
                turns.admit(self._jobs.values())
                if len(self._under_way) >= engine.width() or not (job := turns.next_job(self._jobs.values())):
                    return
                chain = job.idle_chain()
                assert chain
                future = self._submit(engine, job, chain)
                chain.under_way, chain.begun, job.served = future, time.monotonic(), time.monotonic()
                self._under_way[future] = _Slice(job, chain, engine)
            future.add_done_callback(self._wake.put)

    def _submit(self, engine: Engine, job: Job, chain: Chain) -> Future:
        begins = len(job.chains) == 1 and not job.first.is_set() and job.estimate > self._slice
        seconds = self._slice / 4 if begins else self._slice
        try:
            more: Mapping[str, Any] = {} if chain.told else job.supplies()
            if job.until is not None:
                more = {**more, "until": job.until}
            return engine.executor().submit(job.work, chain.task, chain.state, seconds, **more)
        except Exception:  # it broke since it was asked for, or there is none just now: that counts as a lost slice
            future = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    def _collect(self, future: Future | None) -> None:
        """Take the result that has come, if it is still wanted, and see what follows from it."""
        if future is None:
            return
        with self._lock:
            piece = self._under_way.pop(future, None)
            if piece is None:
                return
            piece.chain.under_way = None
            with self._ending(piece.job):
                self._take(piece, future)
        with self._ending(piece.job):
            self._follow(piece.job)

    @contextmanager
    def _ending(self, job: Job) -> Iterator[None]:
        """What goes wrong in it ends this job, and no other."""
        try:
            yield
        except Exception:
            logging.getLogger(__name__).exception("a slice of work failed")
            with self._lock:
                job.status, job.problem = "failed", "Something went wrong; what was learnt until then is kept."
                self._abandon(job)

    def _take(self, piece: _Slice, future: Future) -> None:
        job, chain, engine = piece
        try:
            result = future.result()
        except job.lacks:
            chain.told = False
            self._lose(job, chain)
            return
        except (CancelledError, *engine.losses):
            if engine.ready():  # else it is no fault of the work
                self._lose(job, chain)
            return
        chain.told, chain.lost, chain.state = True, 0, result.state
        chain.result = job.joined([chain.result, result]) if chain.result else result
        chain.done = job.ended(chain.task, result)
        job.seconds += time.monotonic() - chain.begun
        if chain.done or len(job.chains) == 1:
            job.first.set()
        if job.until is not None and result.state.epoch >= job.until and not chain.done and job.status == "running":
            job.status, job.until = "paused", None

    def _follow(self, job: Job) -> None:
        """Where all has been done, go on with what follows from it, or finish. Only this thread adds chains."""
        if job.status != "running" or not all(chain.done for chain in job.chains):
            return
        following = job.more(job)  # may take a moment: nobody else waits for it
        with self._lock:
            if job.status == "running" and all(chain.done for chain in job.chains):
                job.chains += [Chain(task, state) for task, state in following]
                if not following:
                    job.status = "finished"

    def _lose(self, job: Job, chain: Chain) -> None:
        """A slice was lost: it is made again, but not for ever."""
        chain.lost += 1
        if chain.lost == TRIES:
            job.status = "paused"
            job.problem = f"The process that trains has died {TRIES} times. What was learnt is kept: try to go on."

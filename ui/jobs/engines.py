"""Engines: where slices are worked on. The worker processes of this machine, or a Dask cluster by its address.

Workers are sent nothing but functions of nn_core, and what those take. The cluster is an extra of the requirements and
is asked for by one setting, the environment variable PLAYGROUND_SCHEDULER. Where it cannot be reached, or its workers
are not made of the same code, this machine works alone, and says so.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor
from contextlib import suppress
from typing import Any, Protocol

from loky import get_reusable_executor
from loky.process_executor import ShutdownExecutorError
from threadpoolctl import threadpool_limits

SETTING = "PLAYGROUND_SCHEDULER"
WATCH = 0.5  # seconds between two looks at the cluster, and at the process that started a worker
ANSWER = 3.0  # seconds in which a scheduler has to answer
AGAIN = 15.0  # seconds until it is tried again

Losses = tuple[type[BaseException], ...]

log = logging.getLogger(__name__)


class Engine(Protocol):
    """`ready` and `width` answer at once: whether it can be reached, and how many slices it works on at a time. `renew`
    ends processes that are stuck. `losses` are the exceptions of a slice that was lost and can be made again; `notice`
    is a sentence for visitors, "" when all is well."""

    losses: Losses
    notice: str

    def open(self) -> None: ...
    def ready(self) -> bool: ...
    def width(self) -> int: ...
    def executor(self) -> Executor: ...
    def renew(self) -> None: ...
    def close(self) -> None: ...


class Local:
    """As many worker processes as there are processors, which give way to the pages; new ones if they have died."""

    losses: Losses = (BrokenExecutor, ShutdownExecutorError)
    notice = ""

    def open(self) -> None:
        self.executor().submit(os.getpid)  # starts them

    def ready(self) -> bool:
        return True

    def width(self) -> int:
        return os.cpu_count() or 1

    def executor(self) -> Executor:
        return self._processes()

    def renew(self) -> None:
        self._processes(kill_workers=True, reuse=False)

    def close(self) -> None:
        """Its processes end with this one."""

    def _processes(self, **how: Any) -> Executor:
        never: Any = None  # an idle worker stays
        return get_reusable_executor(self.width(), timeout=never, initializer=_settle, **how)


def _settle() -> None:
    """What a worker does first: it leaves the pages their processor, and reads what training needs."""
    with suppress(AttributeError):  # not everywhere
        os.nice(10)
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    from nn_core import Config, population, slices
    from nn_core.digits import load_network

    threadpool_limits(1, "blas")  # after NumPy has come
    slices.work(load_network("tutorial").config, None, 0.0)  # the first one takes twice as long as the others
    population.run(Config(epochs=50, seed=seed) for seed in range(50))


def _leave_with(parent: int) -> None:
    """End this process when the one that started it has died without a word."""
    while os.getppid() == parent:
        time.sleep(WATCH)
    os._exit(0)


class Cluster:
    """A Dask cluster by the address of its scheduler. A thread of its own connects, and watches whether it is there."""

    def __init__(self, address: str, connect: Callable[[str], Any] | None = None) -> None:
        self.address, self._connect = address, connect or _client
        self.losses: Losses = (BrokenExecutor,)
        self.notice = f"The cluster at {address} has not answered yet: this machine works alone."
        self._client: Any = None
        self._executor: Executor | None = None
        self._workers = 0
        self._closed = threading.Event()

    def open(self) -> None:
        threading.Thread(target=self._keep, name="cluster", daemon=True).start()

    def ready(self) -> bool:
        return self._executor is not None and self._client.status == "running" and self._workers > 0

    def width(self) -> int:
        return self._workers

    def executor(self) -> Executor:
        if self._executor is None:
            raise ConnectionError(self.notice)
        return self._executor

    def renew(self) -> None:
        """Other visitors' slices run there too: a worker that is stuck is left to the cluster."""

    def close(self) -> None:
        self._closed.set()

    def _keep(self) -> None:
        said = ""
        while not self._closed.is_set():
            try:
                self._join()
            except Exception as problem:  # whatever keeps it away, this machine goes on
                if said != (said := str(problem)):
                    log.warning("the cluster at %s: %s", self.address, said)
                self._leave(said if isinstance(problem, Unfit) else "")
            self._closed.wait(AGAIN)
        self._leave("")

    def _join(self) -> None:
        """Connect, and stay as long as the cluster is there."""
        from distributed.scheduler import KilledWorker

        self.losses = (BrokenExecutor, KilledWorker)
        self._client = client = self._connect(self.address)
        known: set[str] = set()
        while client.status == "running" and not self._closed.is_set():
            workers = client.scheduler_info(n_workers=-1)["workers"]
            if set(workers) - known:
                self.notice = check(client)
                known = set(workers)
            self._workers = sum(each["nthreads"] for each in workers.values())
            self._executor = self._executor or client.get_executor(pure=False)
            if not workers:
                self.notice = f"The cluster at {self.address} has no workers just now: this machine works alone."
                known = set()
            self._closed.wait(WATCH)
        raise ConnectionError("the connection is lost")

    def _leave(self, why: str) -> None:
        client, self._client, self._executor, self._workers = self._client, None, None, 0
        self.notice = why or f"The cluster at {self.address} does not answer: this machine works alone."
        if client is not None:
            with suppress(Exception):
                client.close(timeout=1)


class Unfit(Exception):
    """The cluster cannot be used; the text says why to the visitor."""


def _client(address: str) -> Any:
    from distributed import Client

    return Client(address, timeout=ANSWER, set_as_default=False, name="playground")


def check(client: Any) -> str:
    """What is to be said about the workers of a cluster, "" if nothing. Raises Unfit for other code than ours."""
    from nn_core.fingerprint import fingerprint

    ours = fingerprint()
    try:
        theirs = set(client.run(fingerprint, on_error="raise").values())
    except ImportError:
        raise Unfit("The workers of the cluster do not have nn_core: this machine works alone.") from None
    if any(each.code != ours.code for each in theirs):
        raise Unfit("The workers of the cluster have another version of nn_core or NumPy: this machine works alone.")
    if theirs - {ours}:
        return "The machines of the cluster round differently: last digits may not be those of this machine."
    return ""


def of_this_server() -> list[Engine]:
    """Those of this server, the cluster first if there is one."""
    address = os.environ.get(SETTING, "").strip()
    return [*([Cluster(address)] if address else []), Local()]

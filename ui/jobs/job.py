"""A job: work on its way, as chains of slices.

A slice is one call of a module-level function, `work(task, state, seconds)`, about 0.2 s long. Its result has a
`state`, with which the next slice of the chain begins, and nothing else needs to survive: a worker that dies costs one
slice. Training one network is one chain; many networks are several, which go on at the same time.
"""

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Watcher = Callable[[], bool]


class Next(NamedTuple):
    """Work that follows from results: a task, and the state that it begins with."""

    task: Any
    state: Any = None


@dataclass(eq=False)
class Chain:
    """Slices that follow each other. `task` says what is to be done and may be exchanged in the middle, `state` is
    where the work stands (None at the start), `result` what all slices so far have brought, joined."""

    task: Any
    state: Any = None
    result: Any = None
    done: bool = False
    told: bool = True  # whether a worker may be expected to have what it needs
    lost: int = 0  # slices, since the last result
    under_way: Future | None = None
    begun: float = 0.0


@dataclass(eq=False)
class Job:
    """Work on its way, for a visitor, its `owner`.

    `ended(task, result)` says whether a slice was the last of its chain, `joined` makes one result of several. When all
    chains are done, `more(job)` says what follows from them: nothing, and the job is finished. A worker that raises
    `lacks` is told `supplies()`, as further named arguments. `estimate` is about how many seconds it takes, `seconds`
    how long its slices were waited for.

    `status` is "running", "paused", "stopped", "finished" or "failed"; `problem` is a sentence where something went
    wrong. `active` says that its turn has come: others wait in line. `watchers` say, each of one window that shows the
    job, whether it is still open. `until` is the epoch at which it is to rest, if any: `work` is told, and ends its
    slice there. `first` is set by the first result, with several chains by the first that is done, `over` when it does
    not run any more.
    """

    work: Callable[..., Any]
    tasks: Sequence[Any]
    ended: Callable[[Any, Any], bool]
    joined: Callable[[list[Any]], Any]
    more: Callable[["Job"], Sequence[Next]] = lambda job: ()
    lacks: tuple[type[Exception], ...] = ()
    supplies: Callable[[], Mapping[str, Any]] = dict
    owner: str = ""
    estimate: float = 0.0
    watchers: set[Watcher] = field(default_factory=set)
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    status: str = "running"
    problem: str = ""
    until: int | None = None
    chains: list[Chain] = field(default_factory=list)
    came: float = field(default_factory=time.monotonic)
    active: bool = False
    served: float = 0.0  # when its last slice was handed out
    seconds: float = 0.0
    seen: float = field(default_factory=time.monotonic)
    resting: bool = False  # since nobody watches any more
    first: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.chains = self.chains or [Chain(task) for task in self.tasks]

    @property
    def task(self) -> Any:
        """What is to be done, of a job with a single chain."""
        return self.chains[0].task

    @property
    def state(self) -> Any:
        """Where it stands, of a job with a single chain."""
        return self.chains[0].state

    @property
    def result(self) -> Any:
        """What has come, of a job with a single chain."""
        return self.chains[0].result

    @property
    def under_way(self) -> int:
        """How many of its slices are under way."""
        return sum(chain.under_way is not None for chain in self.chains)

    @property
    def left(self) -> float:
        """About how many seconds of work are left; at least a little."""
        return max(0.05, self.estimate - self.seconds)

    def idle_chain(self) -> Chain | None:
        """The next one of which a slice can be handed out."""
        return next((chain for chain in self.chains if not chain.done and chain.under_way is None), None)

    def watched(self, besides: Set[Watcher] = frozenset()) -> bool:
        """Whether a window that shows it is open, other than these."""
        return any(there() for there in self.watchers.copy() if there not in besides)  # others may come meanwhile

"""What a run leaves behind: where it stands (State), what it did since (Snapshot), and all of it (History)."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config

MOST_SNAPSHOTS = 300
MOST_SNAPSHOT_BYTES = 8_000_000


class State(NamedTuple):
    """Where a run stands: enough to go on with the same bits.

    `parameters` (n,), the optimizer's `memory` (slots, n), whole `epoch`s done and `update`s done. Nothing random is
    kept: every draw is a function of the seed and of these counters.
    """

    parameters: Array
    memory: Array
    epoch: int
    update: int


class Curves(NamedTuple):
    """Per recorded epoch (E,): data loss without penalties, and accuracy (for regression the R², 1 is perfect)."""

    train_loss: Array
    test_loss: Array
    train_accuracy: Array
    test_accuracy: Array

    @staticmethod
    def join(parts: Iterable["Curves"]) -> "Curves":
        return Curves(*map(np.concatenate, zip(*parts, strict=True)))


class Snapshot(NamedTuple):
    """A piece of a run: its recorded epochs (e,), the parameters (e, n) and curves at each, and the state at its end.

    `lasting` (e,) says which of them stay recorded when more of the run follows: of a long run every r-th epoch does,
    and each at which something was changed. When stepping by updates epochs are fractions. `stopped` is None, or the
    sentence that says why the run ends here before its time.
    """

    state: State
    epochs: Array
    parameters: Array
    curves: Curves
    lasting: Array
    stopped: str | None = None

    def only(self, rows: Array) -> "Snapshot":
        """The same with some of its rows."""
        curves = Curves(*(curve[rows] for curve in self.curves))
        return self._replace(
            epochs=self.epochs[rows], parameters=self.parameters[rows], curves=curves, lasting=self.lasting[rows]
        )


def join(parts: Iterable[Snapshot]) -> Snapshot:
    """Pieces that follow each other as one. It records what training in one go would have recorded: what is not lasting
    gives way to what follows."""
    parts = list(parts)
    last = parts[-1]
    epochs, parameters, lasting = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("epochs", "parameters", "lasting")
    )
    kept = lasting.copy()
    kept[-1:] = True
    whole = Snapshot(last.state, epochs, parameters, Curves.join(part.curves for part in parts), lasting, last.stopped)
    return whole.only(kept)


class History(NamedTuple):
    """A whole run, or as much of it as was taken. Curves have a value for every recorded epoch; parameters (T, n) are
    kept for at most about 300 snapshots and 8 MB: first and last always, and where something was changed."""

    config: Config
    epochs: Array
    train_loss: Array
    test_loss: Array
    train_accuracy: Array
    test_accuracy: Array
    snapshot_epochs: Array
    parameters: Array
    state: State
    stopped: str | None = None

    @property
    def finished(self) -> bool:
        """Whether the run came to its end, by its epochs or by stopping."""
        return self.stopped is not None or self.state.epoch >= self.config.last_epoch


def record(config: Config, snapshots: Iterable[Snapshot]) -> History:
    """The History of snapshots that follow each other, from the first one of the run."""
    whole = join(snapshots)
    most = min(MOST_SNAPSHOTS, max(2, MOST_SNAPSHOT_BYTES // whole.parameters[0].nbytes))
    changed = np.isin(whole.epochs, [stretch.begin for stretch in config.stretches])
    kept = np.union1d(evenly(len(whole.epochs), most), np.flatnonzero(changed))
    snapshots_kept = whole.epochs[kept], whole.parameters[kept]
    return History(config, whole.epochs, *whole.curves, *snapshots_kept, whole.state, whole.stopped)


def evenly(n: int, most: int) -> Array:
    """Indices of at most `most` of n things, evenly spread, first and last always among them."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(int))

"""Training: a generator of snapshots. It yields and does nothing else; who takes fewer items has stopped the run.

Play, pause, step and slice are how many items someone takes and how long they are (`every`); `train(start=state)` goes
on from any state with the same bits as the uninterrupted run.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.datasets import Data
from nn_core.engine import Rows, curves, evaluation_rows
from nn_core.history import Curves, History, Snapshot, State, record
from nn_core.trainer import Leg, Trainer

MOST_RECORDED = 1000
CURVE_WORK = 1_000_000  # activations computed for the curves of a run, about; then epochs are skipped


def train(
    config: Config, data: Data | None = None, start: State | None = None, every: int | str = "epoch"
) -> Iterator[Snapshot]:
    """Train to `config.last_epoch`, yielding a Snapshot every `every` epochs ("epoch" is 1), or after every "update",
    and wherever something changes on the way.

    Without `start` the first item is epoch 0, before any update. `data` are those of the run's start (`make_data`). Of
    long runs every r-th epoch is recorded, r as given by `recording_step`, each epoch of a change, and always the last
    of each piece. A run that stops being finite ends with a Snapshot at its last finite recorded epoch (without any
    new epoch if the piece began there) whose `stopped` says so.
    """
    if not (every in ("update", "epoch") or (isinstance(every, int) and every > 0)):
        raise ValueError(f'every is {every!r}; it must be "update", "epoch" or a number of epochs from 1.')
    run = Trainer(config, make_data(config) if data is None else data, start)
    by_update = every == "update"
    if start is None:
        yield _snapshot(run, np.array([0.0 if by_update else 0]), run.parameters[None].copy(), run.leg)
    piece = 1 if isinstance(every, str) else every
    while run.epoch < config.last_epoch:
        before, leg = run.state(), run.leg
        with np.errstate(all="ignore"):  # a diverging run is noticed by its values, not by warnings
            if by_update:
                run.advance(1)
                epochs, recorded = np.array([run.exact_epoch]), run.parameters[None].copy()
            else:
                epochs, recorded = _record(run, min(run.epoch + piece, leg.stretch.end))
            snapshot = _snapshot(run, epochs, recorded, leg)
        finite = np.isfinite(recorded).all(axis=1) & np.isfinite(snapshot.curves.train_loss)
        if finite.all():
            yield snapshot
            continue
        yield _up_to(int(finite.argmin()), snapshot, Trainer(config, run.data, before))
        return


def run(config: Config, data: Data | None = None) -> History:
    """The whole run. It drains `train`, so it gives the bits that stepping gives."""
    return record(config, train(config, data, every=max(1, config.last_epoch)))


class Stand(NamedTuple):
    """One place of a run: its state, the `epoch` with its fraction, and what is in force there: settings (a Config
    without changes), data with their rows for curves, and the number of updates that make an epoch."""

    state: State
    epoch: float
    config: Config
    data: Data
    rows: Rows
    per_epoch: int


def stand_at(config: Config, data: Data, epoch: int, updates: int = 0, start: State | None = None) -> Stand:
    """Where the run stands so many `updates` after the end of `epoch`, never beyond its own end. `data` are those of
    the run's start, `start` is any earlier state of it."""
    run = Trainer(config, data, start)
    with np.errstate(all="ignore"):
        run.advance_to(min(epoch, config.last_epoch))
        for _ in range(updates):
            if run.epoch < config.last_epoch:
                run.advance(1)
    leg = run.leg
    return Stand(run.state(), run.exact_epoch, leg.stretch.config, leg.data, leg.rows, leg.per_epoch)


def nearest(states: Iterable[State], epoch: int) -> State | None:
    """The last of some states of a run that is before an epoch, to go on from there; None if there is none."""
    return max((each for each in states if each.epoch < epoch), key=lambda each: each.epoch, default=None)


def in_common(so_far: Snapshot, state: State, config: Config, data: Data) -> Snapshot | None:
    """As much of a run as another, `config`, has in common with it: up to `state`, recorded as the other would; None if
    it was recorded at fewer epochs."""
    step = recording_step(config, evaluation_rows(config, data))
    wanted = np.arange(state.epoch)
    if not np.isin(wanted[lasting(wanted, config, step)], so_far.epochs).all():
        return None
    marked = so_far._replace(state=state, lasting=lasting(so_far.epochs, config, step), stopped=None)
    return marked.only((so_far.epochs == state.epoch) | marked.lasting & (so_far.epochs < state.epoch))


def recording_step(config: Config, rows: Rows) -> int:
    """Every how many epochs the curves have a point, so that drawing them never costs more than training does. A power
    of three: what a run records it still records when it is made longer, or every third of it, and a loss that jumps up
    and down from epoch to epoch is seen to do so."""
    units = sum(config.layer_sizes[1:])
    affordable = max(200, CURVE_WORK // (max(1, len(rows.inputs)) * units))
    step = 1
    while config.last_epoch > step * min(MOST_RECORDED, affordable):
        step *= 3
    return step


def lasting(epochs: Array, config: Config, step: int) -> Array:
    """Which of these epochs stay recorded when the run goes on."""
    return (epochs % step == 0) | np.isin(epochs, [stretch.begin for stretch in config.stretches])


def _snapshot(run: Trainer, epochs: Array, parameters: Array, leg: Leg) -> Snapshot:
    """These epochs, trained on this leg, as a Snapshot that ends where the run stands."""
    measured = curves(parameters, leg.rows, run.config)
    if run.leg.rows is not leg.rows:  # the last epoch is measured on the data that are in force from there on
        last = curves(parameters[-1:], run.leg.rows, run.config)
        measured = Curves.join([Curves(*(curve[:-1] for curve in measured)), last])
    step = recording_step(run.config, run.legs[0].rows)
    return Snapshot(run.state(), epochs, parameters, measured, lasting(epochs, run.config, step))


def _record(run: Trainer, until: int) -> tuple[Array, Array]:
    """Train to epoch `until`; the lasting epochs on the way, and the last, with their parameters."""
    step = recording_step(run.config, run.legs[0].rows)
    epochs = np.append(np.arange(run.epoch // step * step + step, until, step), until)
    recorded = np.empty((len(epochs), len(run.parameters)), run.parameters.dtype)
    if len(epochs) > 1:
        run.advance_to(int(epochs[0]))
        recorded[0] = run.parameters
    if len(epochs) > 2:
        run.advance((len(epochs) - 2) * step * run.leg.per_epoch, recorded[1:-1])
    run.advance_to(until)
    recorded[-1] = run.parameters  # as they are after what is changed there
    return epochs, recorded


def _up_to(n: int, snapshot: Snapshot, again: Trainer) -> Snapshot:
    """The first `n` recorded epochs of a piece that stopped being finite, and why it ends there. `again`, a run that
    stands where the piece began, is played to their last, for the state there."""
    settings = again.leg.stretch.config
    if n:
        with np.errstate(all="ignore"):
            again.advance_to(int(snapshot.epochs[n - 1]))
    stopped = diverged(settings, again.epoch)
    return snapshot.only(np.arange(len(snapshot.epochs)) < n)._replace(state=again.state(), stopped=stopped)


def gentler(rate: float) -> float:
    """A learning rate to try after this one was too high."""
    return max(min(rate / 10, 0.1), 1e-5)


def diverged(settings: Config, epoch: int) -> str:
    """Why a run by these settings ends after this epoch, and what to do."""
    return (
        f"Training stopped after epoch {epoch:,}: the next steps were so large that the loss is no longer a "
        f"number. Try a learning rate of {gentler(settings.learning_rate):g} or less"
        + ("." if settings.clip else ", and gradient clipping at 1 if that is not enough.")
    )

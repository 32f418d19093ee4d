"""Training: a generator of snapshots. It yields and does nothing else; who takes fewer items has stopped the run.

Play, pause, step and slice are how many items someone takes and how long they are (`every`); `train(start=state)` goes
on from any state with the same bits as the uninterrupted run.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.batches import batches, dropout_masks
from nn_core.config import Config, Stretch
from nn_core.data import data_over_time, make_data
from nn_core.datasets import Data
from nn_core.engine import Pass, Rows, aligned, curves, evaluation_rows
from nn_core.history import Curves, History, Snapshot, State, record
from nn_core.mlp import initial_parameters, weight_mask
from nn_core.optimizers import OPTIMIZERS, SCHEDULES, Settings

MOST_RECORDED = 1000
CURVE_WORK = 2_000_000  # activations computed for the curves of a run, about; then epochs are skipped


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
        yield run.snapshot(np.array([0.0 if by_update else 0]), run.parameters[None].copy())
    piece = 1 if isinstance(every, str) else every
    while run.epoch < config.last_epoch:
        before, leg = run.state(), run.leg
        with np.errstate(all="ignore"):  # a diverging run is noticed by its values, not by warnings
            if by_update:
                run.advance(1)
                epochs, recorded = np.array([run.exact_epoch]), run.parameters[None].copy()
            else:
                epochs, recorded = run.record(min(run.epoch + piece, leg.stretch.end))
            snapshot = run.snapshot(epochs, recorded, leg)
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
    of two: what a run records it still records when it is made longer, or every second of it."""
    units = sum(config.layer_sizes[1:])
    affordable = max(200, CURVE_WORK // (max(1, len(rows.inputs)) * units))
    return 1 << max(0, math.ceil(math.log2(max(1, config.last_epoch) / min(MOST_RECORDED, affordable))))


def lasting(epochs: Array, config: Config, step: int) -> Array:
    """Which of these epochs stay recorded when the run goes on."""
    return (epochs % step == 0) | np.isin(epochs, [stretch.begin for stretch in config.stretches])


def _up_to(n: int, snapshot: Snapshot, again: "Trainer") -> Snapshot:
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


@dataclass
class _Leg:
    """A stretch of the run with what training it needs: data and, when they are asked for, their rows; updates an
    epoch, and the numbers of updates before it and before its optimizer began to remember."""

    stretch: Stretch
    data: Data
    per_epoch: int
    first_update: int = 0
    memory_from: int = 0
    schedule_from: int = 0  # an epoch
    before: "_Leg | None" = None

    @cached_property
    def rows(self) -> Rows:
        if self.before and self.before.data is self.data:
            return self.before.rows
        return evaluation_rows(self.stretch.config, self.data)


def _legs(config: Config, data: Data) -> list[_Leg]:
    legs: list[_Leg] = []
    for stretch, its_data in zip(config.stretches, data_over_time(config, data), strict=True):
        now, before = stretch.config, legs[-1] if legs else None
        n = len(its_data.x_train)
        per_epoch = max(1, -(-n // now.batch_size)) if now.batch_size else 1
        if before is None:
            legs.append(_Leg(stretch, data, per_epoch))
            continue
        old = before.stretch.config
        first = before.first_update + (stretch.begin - before.stretch.begin) * before.per_epoch
        remembers = now.optimizer == old.optimizer
        planned = (now.schedule, now.epochs) == (old.schedule, old.epochs)
        memory_from, schedule_from = before.memory_from if remembers else first, before.schedule_from
        since = schedule_from if planned else stretch.begin
        legs.append(_Leg(stretch, its_data, per_epoch, first, memory_from, since, before))
    return legs


class Trainer:
    """A run in motion: parameters and optimizer memory in place, and the batches that feed them. `watch`, if set, is
    called after every update with the pass that made it and the batch's targets."""

    def __init__(self, config: Config, data: Data, start: State | None) -> None:
        self.config, self.data = config, data
        self.legs = _legs(config, data)
        self.watch: Callable[[Pass, Array], None] | None = None
        self.parameters = aligned(initial_parameters(config) if start is None else start.parameters)
        if self.parameters.dtype != config.precision:
            raise ValueError(f"The start state is {self.parameters.dtype}; this run is {config.precision}.")
        if self.parameters.shape != (config.n_parameters,):
            raise ValueError("The start state does not fit this network.")
        self.gradient = aligned(np.zeros_like(self.parameters))
        self.memory = np.empty((0, 0)) if start is None else aligned(start.memory)
        self.update = 0 if start is None else start.update
        self._enter(max(i for i, leg in enumerate(self.legs) if leg.stretch.begin <= (start.epoch if start else 0)))

    def _enter(self, number: int) -> None:
        """Go on by the settings of this leg."""
        self.number, self.leg = number, self.legs[number]
        config = self.leg.stretch.config
        if self.update == self.leg.first_update:
            for index, value in self.leg.stretch.edits.items():
                self.parameters[index] = value
        shape = (OPTIMIZERS[config.optimizer].slots, config.n_parameters)
        if self.update == self.leg.memory_from:
            self.memory = aligned(np.zeros(shape, config.precision))
        elif self.memory.shape != shape:
            raise ValueError("The start state does not fit this optimizer.")
        leg = self.leg
        self.batches = batches(config, leg.data, lambda: leg.rows, leg.stretch.begin)
        self.passes: dict[int, Pass] = {}
        self.step = self._step_function()

    @cached_property
    def record_every(self) -> int:
        return recording_step(self.config, self.legs[0].rows)

    @property
    def exact_epoch(self) -> float:
        """How many epochs are done, with the fraction."""
        return self.leg.stretch.begin + (self.update - self.leg.first_update) / self.leg.per_epoch

    @property
    def epoch(self) -> int:
        """How many whole epochs are done."""
        return self.leg.stretch.begin + (self.update - self.leg.first_update) // self.leg.per_epoch

    def state(self) -> State:
        return State(self.parameters.copy(), self.memory.copy(), self.epoch, self.update)

    def snapshot(self, epochs: Array, parameters: Array, leg: _Leg | None = None) -> Snapshot:
        """These epochs, trained on this leg, as a Snapshot that ends where the run stands."""
        rows = (leg or self.leg).rows
        measured = curves(parameters, rows, self.config)
        if self.leg.rows is not rows:  # the last epoch is already measured on the data that are in force from there on
            last = curves(parameters[-1:], self.leg.rows, self.config)
            measured = Curves.join([Curves(*(curve[:-1] for curve in measured)), last])
        return Snapshot(self.state(), epochs, parameters, measured, lasting(epochs, self.config, self.record_every))

    def record(self, until: int) -> tuple[Array, Array]:
        """Train to epoch `until`; the lasting epochs on the way, and the last, with their parameters."""
        epochs = np.arange(self.epoch + 1, until + 1)
        epochs = epochs[(epochs % self.record_every == 0) | (epochs == until)]
        recorded = np.empty((len(epochs), len(self.parameters)), self.parameters.dtype)
        for row, epoch in zip(recorded, epochs.tolist(), strict=True):
            self.advance_to(epoch)
            row[:] = self.parameters
        return epochs, recorded

    def advance_to(self, epoch: int) -> None:
        """Train to the end of this epoch, from change to change."""
        while True:
            target = min(epoch, self.leg.stretch.end)
            self.advance(self.leg.first_update + (target - self.leg.stretch.begin) * self.leg.per_epoch - self.update)
            if target == epoch:
                return

    def advance(self, updates: int) -> None:
        """Make so many updates, none beyond the next change; there, make the change."""
        step, passes, take, first = self.step, self.passes, self.batches.take, self.leg.first_update
        for done in range(self.update, self.update + updates):
            batch, wanted, weight = take(done - first)
            width = batch.shape[1]
            if width not in passes:
                passes[width] = Pass(self.config, self.parameters, self.gradient, width)
            step(passes[width], batch, wanted, weight, done)
            if self.watch:
                self.watch(passes[width], wanted)
        self.update += updates
        while self.number + 1 < len(self.legs) and self.epoch == self.leg.stretch.end:
            self._enter(self.number + 1)

    def _step_function(self) -> Callable[[Pass, Array, Array, Array, int], None]:
        """One update: gradient, penalties, clipping, optimizer; what is switched off costs nothing."""
        config, p, g, memory = self.leg.stretch.config, self.parameters, self.gradient, self.memory
        update = OPTIMIZERS[config.optimizer].update
        factor = SCHEDULES[config.schedule].factor
        total = (config.epochs - self.leg.schedule_from) * self.leg.per_epoch
        begun = self.leg.first_update - (self.leg.stretch.begin - self.leg.schedule_from) * self.leg.per_epoch
        remembered = self.leg.memory_from - 1
        mask = weight_mask(config).astype(p.dtype)
        self.l1, self.l2, decay = config.l1 * mask, config.l2 * mask, config.weight_decay * mask
        settings = Settings(config.momentum, config.rms_decay, decay)
        rate, steady = config.learning_rate, config.schedule == "constant"
        self.clip = config.clip
        extras = [extra for on, extra in ((config.l1 or config.l2, self._penalise), (config.clip, self._clip)) if on]

        def step(one_pass: Pass, batch: Array, wanted: Array, weight: Array, done: int) -> None:
            one_pass(batch, wanted, weight, dropout_masks(config, done, one_pass.width) if config.dropout else None)
            for extra in extras:
                extra(g)
            now = rate if steady else rate * factor(min(1.0, (done - begun) / total))
            update(p, g, memory, now, done - remembered, settings)

        return step

    def _penalise(self, gradient: Array) -> None:
        gradient += self.l1 * np.sign(self.parameters)
        gradient += self.l2 * self.parameters

    def _clip(self, gradient: Array) -> None:
        length = math.sqrt(float(gradient @ gradient))
        if length > self.clip:
            gradient *= self.clip / length

"""Training: a generator of snapshots. It yields and does nothing else; who takes fewer items has stopped the run.

Play, pause, step and slice are how many items someone takes and how long they are (`every`); `train(start=state)` goes
on from any state with the same bits as the uninterrupted run.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.datasets import Data
from nn_core.engine import Pass, Rows, curves, evaluation_rows, wanted_form, with_ones
from nn_core.history import Curves, History, Snapshot, State, record
from nn_core.mlp import initial_parameters, inputs, targets, weight_mask
from nn_core.optimizers import OPTIMIZERS, SCHEDULES, Settings
from nn_core.randomness import stream

MOST_RECORDED = 1000
CURVE_WORK = 2_000_000  # activations computed for the curves of a run, about; then epochs are skipped
GATHERED = 1 << 18  # numbers in the shuffled rows gathered at a time


def train(
    config: Config, data: Data | None = None, start: State | None = None, every: int | str = "epoch"
) -> Iterator[Snapshot]:
    """Train to `config.epochs`, yielding a Snapshot every `every` epochs ("epoch" is 1) or after every "update".

    Without `start` the first item is epoch 0, before any update. Of long runs every r-th epoch is recorded, r as given
    by `recording_step`, and always the last of each stretch. A run that stops being finite ends with a Snapshot at its
    last finite recorded epoch (without any new epoch if the stretch began there) whose `stopped` says so.
    """
    if not (every in ("update", "epoch") or (isinstance(every, int) and every > 0)):
        raise ValueError(f'every is {every!r}; it must be "update", "epoch" or a number of epochs from 1.')
    data = make_data(config) if data is None else data
    rows = evaluation_rows(config, data)
    run = _Run(config, data, rows, start)
    by_update = every == "update"
    step = 0 if by_update else recording_step(config, rows)
    if start is None:
        yield _snapshot(run, np.array([0.0 if by_update else 0]), run.parameters[None].copy(), rows, step)
    stretch = 1 if isinstance(every, str) else every
    while run.epoch < config.epochs:
        before = run.state()
        with np.errstate(all="ignore"):  # a diverging run is noticed by its values, not by warnings
            if by_update:
                run.advance(updates=1)
                epochs, recorded = np.array([run.update / run.updates_per_epoch]), run.parameters[None].copy()
            else:
                epochs, recorded = run.record(min(run.epoch + stretch, config.epochs), step)
            snapshot = _snapshot(run, epochs, recorded, rows, step)
        finite = np.isfinite(recorded).all(axis=1) & np.isfinite(snapshot.curves.train_loss)
        if finite.all():
            yield snapshot
            continue
        yield _up_to(int(finite.argmin()), snapshot, _Run(config, data, rows, before))
        return


def run(config: Config, data: Data | None = None) -> History:
    """The whole run. It drains `train`, so it gives the bits that stepping gives."""
    return record(config, train(config, data, every=max(1, config.epochs)))


def recording_step(config: Config, rows: Rows) -> int:
    """Every how many epochs the curves have a point, so that drawing them never costs more than training does."""
    units = sum(config.layer_sizes[1:])
    affordable = max(200, CURVE_WORK // (len(rows.inputs) * units))
    return max(1, math.ceil(config.epochs / min(MOST_RECORDED, affordable)))


def _snapshot(run: "_Run", epochs: Array, parameters: Array, rows: Rows, step: int) -> Snapshot:
    return Snapshot(run.state(), epochs, parameters, curves(parameters, rows, run.config), step)


def _up_to(n: int, snapshot: Snapshot, again: "_Run") -> Snapshot:
    """The first `n` recorded epochs of a stretch that stopped being finite, and why it ends there. `again`, a run that
    stands where the stretch began, is played to their last, for the state there."""
    if n:
        with np.errstate(all="ignore"):
            again.advance_to(int(snapshot.epochs[n - 1]))
    rate, clip = again.config.learning_rate, again.config.clip
    sentence = (
        f"Training stopped after epoch {again.epoch:,}: the next steps were so large that the loss is no longer a "
        f"number. Try a learning rate of {max(min(rate / 10, 0.1), 1e-5):g} or less"
        + ("." if clip else ", and gradient clipping at 1 if that is not enough.")
    )
    kept = Curves(*(curve[:n] for curve in snapshot.curves))
    return Snapshot(again.state(), snapshot.epochs[:n], snapshot.parameters[:n], kept, snapshot.step, sentence)


class _Run:
    """A run in motion: parameters and optimizer memory in place, and the batches that feed them."""

    def __init__(self, config: Config, data: Data, rows: Rows, start: State | None) -> None:
        self.config = config
        self.parameters = initial_parameters(config) if start is None else start.parameters.copy()
        slots = OPTIMIZERS[config.optimizer].slots
        self.memory = np.zeros((slots, config.n_parameters), config.precision) if start is None else start.memory.copy()
        self.epoch, self.update = (0, 0) if start is None else (start.epoch, start.update)
        if self.parameters.dtype != config.precision:
            raise ValueError(f"The start state is {self.parameters.dtype}; this run is {config.precision}.")
        if self.parameters.shape != (config.n_parameters,) or self.memory.shape != (slots, config.n_parameters):
            raise ValueError("The start state does not fit this network and optimizer.")
        self.gradient = np.empty_like(self.parameters)
        self.batches = _batches(config, data, rows)
        self.updates_per_epoch = self.batches.per_epoch
        self.passes: dict[int, Pass] = {}
        self.step = self._step_function()

    def state(self) -> State:
        return State(self.parameters.copy(), self.memory.copy(), self.epoch, self.update)

    def record(self, until: int, step: int) -> tuple[Array, Array]:
        """Train to epoch `until`; the epochs that are multiples of `step`, and the last, with their parameters."""
        epochs = np.arange(self.epoch + 1, until + 1)
        epochs = epochs[(epochs % step == 0) | (epochs == until)]
        recorded = np.empty((len(epochs), len(self.parameters)), self.parameters.dtype)
        for row, epoch in zip(recorded, epochs.tolist(), strict=True):
            self.advance_to(epoch)
            row[:] = self.parameters
        return epochs, recorded

    def advance_to(self, epoch: int) -> None:
        """Train to the end of this epoch."""
        self.advance(epoch * self.updates_per_epoch - self.update)

    def advance(self, updates: int) -> None:
        """Make so many updates."""
        step, passes, take = self.step, self.passes, self.batches.take
        for done in range(self.update, self.update + updates):
            batch, wanted, weight = take(done)
            width = batch.shape[1]
            if width not in passes:
                passes[width] = Pass(self.config, self.parameters, self.gradient, width)
            step(passes[width], batch, wanted, weight, done)
        self.update += updates
        self.epoch = self.update // self.updates_per_epoch

    def _step_function(self) -> Callable[[Pass, Array, Array, Array, int], None]:
        """One update: gradient, penalties, clipping, optimizer; what is switched off costs nothing."""
        config, p, g, memory = self.config, self.parameters, self.gradient, self.memory
        update = OPTIMIZERS[config.optimizer].update
        factor = SCHEDULES[config.schedule].factor
        total = config.epochs * self.updates_per_epoch
        mask = weight_mask(config).astype(p.dtype)
        self.l1, self.l2, decay = config.l1 * mask, config.l2 * mask, config.weight_decay * mask
        settings = Settings(config.momentum, config.rms_decay, decay)
        rate, steady = config.learning_rate, config.schedule == "constant"
        extras = [extra for on, extra in ((config.l1 or config.l2, self._penalise), (config.clip, self._clip)) if on]

        def step(one_pass: Pass, batch: Array, wanted: Array, weight: Array, done: int) -> None:
            one_pass(batch, wanted, weight, dropout_masks(config, done, one_pass.width) if config.dropout else None)
            for extra in extras:
                extra(g)
            update(p, g, memory, rate if steady else rate * factor(min(1.0, done / total)), done + 1, settings)

        return step

    def _penalise(self, gradient: Array) -> None:
        gradient += self.l1 * np.sign(self.parameters)
        gradient += self.l2 * self.parameters

    def _clip(self, gradient: Array) -> None:
        length = math.sqrt(float(gradient @ gradient))
        if length > self.config.clip:
            gradient *= self.config.clip / length


def dropout_masks(config: Config, update: int, width: int) -> list[Array]:
    """The masks (units, width) of one update: 0 for a unit that is switched off, else 1 / (1 - dropout), so that the
    expected sum is unchanged."""
    rng, keep = stream(config.seed, "dropout", update), 1 - config.dropout
    return [((rng.random((units, width)) < keep) / keep).astype(config.precision) for units in config.hidden_sizes]


class _FullBatch:
    """All samples at every update; repeated rows once, unless dropout treats each copy differently."""

    per_epoch = 1

    def __init__(self, config: Config, rows: Rows) -> None:
        used = rows.train > 0
        wanted = wanted_form(rows.targets[used], config)
        columns = (rows.inputs[used].T, wanted.T, rows.train[used] / rows.train.sum())
        self.batch = tuple(np.ascontiguousarray(part, config.precision) for part in columns)

    def take(self, update: int) -> tuple[Array, ...]:
        return self.batch


class _MiniBatches:
    """Batches of a fresh shuffle each epoch; shuffled rows are gathered some thousands at a time."""

    def __init__(self, config: Config, x: Array, y: Array) -> None:
        self.config, self.x, self.y = config, x, y
        self.size = config.batch_size or len(x)
        self.per_epoch = -(-len(x) // self.size)
        self.batches_gathered = max(1, GATHERED // (self.size * x.shape[1]))
        self.weights: dict[int, Array] = {}
        self.epoch = self.gathered = -1
        rows = min(len(x), self.batches_gathered * self.size)
        ones = 1 if x.dtype == np.uint8 else 0  # bytes are turned into numbers as they are gathered
        self.raw = np.empty((rows, x.shape[1]), x.dtype)
        self.rows = np.ones((rows, x.shape[1] + 1), config.precision) if ones else self.raw
        self.wanted = np.empty((rows, y.shape[1]), y.dtype)

    def take(self, update: int) -> tuple[Array, ...]:
        epoch, batch = divmod(update, self.per_epoch)
        if epoch != self.epoch:
            self.order = stream(self.config.seed, "shuffle", epoch).permutation(len(self.x))
            self.epoch, self.gathered = epoch, -1
        chunk, place = divmod(batch, self.batches_gathered)
        if chunk != self.gathered:
            self._gather(chunk)
        begin = place * self.size
        end = min(begin + self.size, self.n_gathered)
        weight = self.weights.setdefault(end - begin, np.array(1 / (end - begin), self.config.precision))
        return self.rows[begin:end].T, self.wanted[begin:end].T, weight

    def _gather(self, chunk: int) -> None:
        begin = chunk * self.batches_gathered * self.size
        chosen = self.order[begin : begin + len(self.raw)]
        n = self.n_gathered = len(chosen)
        np.take(self.x, chosen, axis=0, out=self.raw[:n], mode="clip")  # "clip": no copy for a safety check
        np.take(self.y, chosen, axis=0, out=self.wanted[:n], mode="clip")
        if self.rows is not self.raw:
            np.multiply(self.raw[:n], np.array(1 / 255, self.config.precision), out=self.rows[:n, :-1])
        self.gathered = chunk


def _batches(config: Config, data: Data, rows: Rows) -> _FullBatch | _MiniBatches:
    if not config.batch_size and not config.dropout:
        return _FullBatch(config, rows)
    x = data.x_train
    if x.dtype != np.uint8:
        x = with_ones(inputs(x, config)).astype(config.precision)
    return _MiniBatches(config, x, wanted_form(targets(data.y_train, config), config).astype(config.precision))

"""Long training in slices: a state in, a fraction of a second of work, a state out.

Whoever takes the slices can watch, pause, stop, go on after an accident, and hand each to another process; the bits
are the same however the work is cut. What is watched stands at fixed updates of the run.
"""

import math
import time
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.diagnostics import Health, diagnose
from nn_core.digits import mnist
from nn_core.engine import Pass, Rows, curves
from nn_core.history import State
from nn_core.images import PIXELS, Images
from nn_core.losses import LINKS, LOSSES
from nn_core.mlp import inputs, targets
from nn_core.supplies import supplied
from nn_core.trainer import Trainer
from nn_core.training import diverged

POINTS = 50  # of the curve of the batches, an epoch
SHORTEST = 0.05  # seconds of estimated work between two points: a slice ends at one
SLOW = 2.0  # seconds of an epoch, estimated, from which the test pictures are looked at every quarter of it
JUDGES = 2000  # training pictures, held back to choose among networks
LOOKED_AT = 1000  # training pictures, by which the layers are judged


class Points(NamedTuple):
    """Measured at some moments of a run (p,): the epoch with its fraction, mean loss in nats, accuracy 0 to 1."""

    epoch: Array
    loss: Array
    accuracy: Array

    @staticmethod
    def join(parts: Iterable["Points"]) -> "Points":
        return Points(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    @staticmethod
    def of(rows: list[tuple[float, float, float]]) -> "Points":
        return Points(*np.array(rows, float).reshape(-1, 3).T)


class Slice(NamedTuple):
    """A piece of a run, and the state at its end. `batches`: means over the training batches since the point before.
    `held`: the test pictures, at the start, after each epoch, and within the first one or slow ones at each quarter.
    `layers` (looks, layers, 5): a `diagnostics.Health` for each layer at each of those looks, on training pictures.
    `stopped` is None, or the sentence that says why the run ends here before its time; `seconds` the work took."""

    state: State
    batches: Points
    held: Points
    layers: Array
    stopped: str | None
    seconds: float


def data_of(config: Config, images: Images) -> Data:
    """What a run learns from and is tested on: pictures in rows (n, 784), the first `config.images` of the set.

    Raises ValueError when the run was made for another set, or other classes.
    """
    if config.data.kind != "pictures" or config.data_id != images.id or config.data.classes != len(images.classes):
        raise ValueError(f"This run does not learn from {images.name} with its {len(images.classes)} classes.")
    x, x_test = (pictures.reshape(len(pictures), PIXELS) for pictures in (images.x_train, images.x_test))
    return Data(x[: config.images], images.y_train[: config.images], x_test, images.y_test, config.task)


def held_back(config: Config, images: Images) -> Data:
    """The same, but judged by training pictures that it does not learn from, the last ones of the set: to choose among
    networks, so that the test pictures stay a fair exam. Raises ValueError where none are left."""
    data = data_of(config, images)
    judges = min(JUDGES, len(images.x_train) - config.images)
    if judges < 1:
        raise ValueError(f"Of {len(images.x_train):,} training pictures none is held back to judge by.")
    x = images.x_train[-judges:].reshape(judges, PIXELS)
    return data._replace(x_test=x, y_test=images.y_train[-judges:])


def train_slice(
    config: Config, images: Images, start: State | None = None, seconds: float = 0.2, until: int | None = None
) -> Slice:
    """Train from `start`, or from the beginning, for about so many seconds of time, or to the end of the run, or of
    the epoch `until`."""
    begun = time.perf_counter()
    data = data_of(config, images)
    trainer, batches, looks = Trainer(config, data, start), [], _Looks(config, data)
    if start is None:
        looks.take(0.0, trainer.parameters)
    end = config.last_epoch if until is None else min(until, config.last_epoch)
    epoch, last_good, stopped = trainer.exact_epoch, trainer.state(), None
    while trainer.epoch < end:
        settings, before = trainer.leg.stretch.config, epoch
        trainer.watch = watch = _Watch(settings)
        with np.errstate(all="ignore"):  # a diverging run is noticed by its values, not by warnings
            trainer.advance(_updates_to_point(trainer))
        epoch, (loss, accuracy) = trainer.exact_epoch, watch.means()
        if not (math.isfinite(loss) and np.isfinite(trainer.parameters).all()):
            stopped = diverged(settings, last_good.epoch)
            break
        batches.append((epoch, loss, accuracy))
        parts = 4 if before < 1 or settings.seconds_an_epoch > SLOW else 1  # of an epoch
        if int(epoch * parts) > int(before * parts):
            looks.take(epoch, trainer.parameters)
        if time.perf_counter() - begun > seconds:
            break
    state = last_good if stopped else trainer.state()
    return Slice(state, Points.of(batches), *looks.taken(), stopped, time.perf_counter() - begun)


def joined(slices: Iterable[Slice]) -> Slice:
    """Slices that follow each other as one."""
    slices = list(slices)
    batches, held = (Points.join(getattr(each, name) for each in slices) for name in ("batches", "held"))
    layers = np.concatenate([each.layers for each in slices])
    return Slice(slices[-1].state, batches, held, layers, slices[-1].stopped, sum(each.seconds for each in slices))


def work(
    config: Config, start: State | None, seconds: float, images: Images | None = None, until: int | None = None
) -> Slice:
    """`train_slice` for a worker process: it has MNIST itself, and the sets that it was sent last.

    Raises Missing for a set that it does not have: send it along then.
    """
    pictures = supplied(config.data_id, images) if config.data_id else mnist()
    return train_slice(config, pictures, start, seconds, until)


def updates_per_epoch(config: Config) -> int:
    """How many updates an epoch of a run without changes takes."""
    return -(-config.training_samples // (config.batch_size or config.training_samples))


def _updates_to_point(trainer: Trainer) -> int:
    """How many updates there are to the next point of the curve: so many for each epoch, and the last, of at least half
    as many batches as the others, at its end."""
    leg = trainer.leg
    affordable = SHORTEST * leg.per_epoch / leg.stretch.config.seconds_an_epoch
    stride = max(1, int(min(leg.per_epoch / POINTS, affordable)))
    done = (trainer.update - leg.first_update) % leg.per_epoch
    step, left = stride - done % stride, leg.per_epoch - done
    return left if left - step < stride / 2 else step


class _Watch:
    """Collects what the batches of some updates came out as, to be measured in one go."""

    def __init__(self, config: Config) -> None:
        self.loss, self.link = LOSSES[config.loss_name], LINKS[config.link]
        self.z: list[Array] = []
        self.wanted: list[Array] = []

    def __call__(self, one_pass: Pass, wanted: Array) -> None:
        self.z.append(one_pass.output.T.copy())
        self.wanted.append(wanted.T.copy())  # the next batches are gathered into the same place

    def means(self) -> tuple[float, float]:
        """Mean loss and accuracy over the samples of all these batches, each by the network as it was then."""
        z, wanted = np.concatenate(self.z), np.concatenate(self.wanted)
        right = z.argmax(axis=1) == wanted.argmax(axis=1)
        with np.errstate(all="ignore"):
            return float(self.loss.value(z, wanted, self.link).mean()), float(right.mean())


class _Looks:
    """Looks at a network on its way: at what it makes of the test pictures, and at its layers."""

    def __init__(self, config: Config, data: Data) -> None:
        self.config, n = config, len(data.x_test)
        self.test = Rows(data.x_test, targets(data.y_test, config), np.zeros(n), np.ones(n))
        self.x, self.y = data.x_train[:LOOKED_AT], data.y_train[:LOOKED_AT]
        self.held: list[tuple[float, float, float]] = []
        self.layers: list[list[Health]] = []

    def take(self, epoch: float, parameters: Array) -> None:
        measured = curves(parameters[None], self.test, self.config)
        self.held.append((epoch, float(measured.test_loss[0]), float(measured.test_accuracy[0])))
        with np.errstate(all="ignore"):  # a run that is about to diverge
            self.layers.append(diagnose(parameters, inputs(self.x, self.config), self.y, self.config))

    def taken(self) -> tuple[Points, Array]:
        return Points.of(self.held), np.array(self.layers).reshape(-1, len(self.config.layer_sizes) - 1, 5)

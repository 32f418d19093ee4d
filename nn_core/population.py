"""Many networks at once: trained in lockstep where they are alike, one after the other where that is no quicker.

>>> from nn_core import Config, population
>>> two_hundred = population.run(Config(seed=seed) for seed in range(200))
>>> two_hundred.solved.mean()

Training is cut into groups, and a group's training into slices: `work` takes a state and returns a state, so that it
can be handed to other processes. Groups depend on the networks alone, and the bits do not depend on the slices.
"""

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.datasets import Data
from nn_core.digits import mnist
from nn_core.engine import curves
from nn_core.history import Curves, History, State
from nn_core.images import Images
from nn_core.lockstep import Measure, alike, layout, shallow
from nn_core.outcome import GOOD_FIT
from nn_core.slices import held_back, updates_per_epoch
from nn_core.supplies import supplied
from nn_core.tables import Table
from nn_core.trainer import Trainer
from nn_core.training import run as run_one

MOST_RECORDED = 128  # points of a curve; half as many of a large population
LARGE = 500
FEW = 16  # updates between two looks at the clock, at first
TOGETHER = 20_000  # numbers in the largest array of a group: more would not stay in the cache
AT_A_TIME = 0.3  # seconds that a group should take
FEWEST = 64  # members of a group that is cut for that


class Group(NamedTuple):
    """Networks trained in lockstep, or one alone, to the end of epoch `until`. `places` are theirs in the population;
    every `step` epochs their curves have a point. If only their figures are wanted, the networks are `kept` no longer
    than they are trained."""

    members: tuple[Config, ...]
    places: tuple[int, ...]
    step: int
    until: int
    kept: bool = True


class Piece(NamedTuple):
    """A slice of a group's training: the state at its end, curves (e, m) at some epochs (e,) of it, and which members
    are `finite` (m,) at its end."""

    state: State
    epochs: Array
    curves: Curves
    finite: Array
    seconds: float


class Population(NamedTuple):
    """m networks, as far as they have been trained. Curves (E, m) at `epochs` (E,), nan where a network has no point
    there; `final_...` (m,) at its end, nan for one that `diverged` (m,) or is not `done` (m,).

    `solved` (m,): every training point is right at the end, for regression R² is 0.99 or more. `parameters`: an array
    (n,) for each, None before it is done, or if it was not kept.
    """

    configs: tuple[Config, ...]
    done: Array
    diverged: Array
    solved: Array
    epochs: Array
    train_loss: Array
    test_loss: Array
    train_accuracy: Array
    test_accuracy: Array
    final_loss: Array
    final_test_loss: Array
    final_accuracy: Array
    final_test_accuracy: Array
    parameters: tuple[Array | None, ...]

    def history(self, i: int, table: Table | None = None) -> History:
        """The run of network i by itself, with everything recorded. `table` is the visitor's, where one is learnt."""
        return run_one(self.configs[i], make_data(self.configs[i], table))


def run(configs: Iterable[Config], sent: Table | Images | None = None) -> Population:
    """Train all these networks to their ends; each agrees with `nn_core.run` on the same Config. `sent` are the data,
    where they are the visitor's own."""
    configs = tuple(configs)
    parts = groups(configs)
    return gathered(configs, parts, [work(group, None, math.inf, sent) for group in parts])


def groups(
    configs: Sequence[Config], until: int | None = None, at_a_time: float = AT_A_TIME, figures_only: bool = False
) -> list[Group]:
    """How these networks are trained, to their ends or to an epoch before: each in one group, the widest first. Large
    groups are the quickest; cut into about so many seconds `at_a_time`, the first results come sooner. If it is only
    for the figures at the end, curves have no other points, and the networks are not kept."""
    step = max([1, *(each.last_epoch for each in configs)]) if figures_only else recording_step(configs)

    def group(members: tuple[Config, ...], places: tuple[int, ...]) -> Group:
        end = members[0].last_epoch
        return Group(members, places, step, end if until is None else min(until, end), not figures_only)

    kinds = defaultdict(list)
    for place, config in enumerate(configs):
        kinds[alike(config) if in_lockstep(config) else place].append(place)
    found = []
    for kind, places in kinds.items():
        if isinstance(kind, int):
            found.append(group((configs[kind],), (kind,)))
            continue
        places.sort(key=lambda place: configs[place].hidden_sizes, reverse=True)
        whole = group(tuple(configs[place] for place in places), tuple(places))
        numbers = np.cumsum([_numbers(each) for each in whole.members])
        parts = max(numbers[-1] / TOGETHER, min(_seconds(whole) / at_a_time, len(places) / FEWEST))
        part = (numbers - 1) * math.ceil(parts) // numbers[-1]  # about equal ones
        for chosen in np.split(np.arange(len(places)), np.flatnonzero(np.diff(part)) + 1):
            members, their = (tuple(each[place] for place in chosen.tolist()) for each in whole[:2])
            found.append(group(members, their))
    return found


def in_lockstep(config: Config) -> bool:
    """Whether networks like this one are quicker together: small ones, and none that is told by chance which units to
    switch off."""
    return config.data.kind != "pictures" and not config.ever("dropout") and config.training_samples > 0


def recording_step(configs: Sequence[Config]) -> int:
    """Every how many epochs the curves have a point, the same for all: an odd number, so that a loss that jumps up and
    down from epoch to epoch is seen to do so."""
    longest = max((each.last_epoch for each in configs), default=1)
    most = MOST_RECORDED if len(configs) <= LARGE else MOST_RECORDED // 2
    return math.ceil(max(1, longest) / most) // 2 * 2 + 1


def _numbers(config: Config) -> int:
    """In the largest array of a network's training, about."""
    rows = 4 if config.data.kind in ("bits", "corners") and not config.noise else config.training_samples
    return min(rows, config.batch_size or rows) * max((*config.hidden_sizes, config.layer_sizes[-1]))


def estimated_seconds(configs: Sequence[Config]) -> float:
    """About how long all of them take on one ordinary core; good within a factor of two or three."""
    return sum(_seconds(group) for group in groups(configs))


def seconds_of_seeds(config: Config, count: int) -> float:
    """The same for so many seeds of one Config."""
    return _seconds(Group((config,) * count, (), 1, config.last_epoch))


def _seconds(group: Group) -> float:
    config, m = group.members[0], len(group.members)
    if not in_lockstep(config):
        return 2 * m * config.seconds_an_epoch * group.until  # with the curves
    updates = group.until * updates_per_epoch(config)
    numbers = sum(_numbers(each) for each in group.members)
    parameters = sum(each.n_parameters for each in group.members)
    slow = "adam" in config.optimizer or config.optimizer == "rmsprop"
    per_update = 4e-5 + numbers * 12e-9 + parameters * (7e-9 if slow else 2e-9)
    if not shallow(config):  # a product of matrices for each network and layer
        rows = numbers / max(1, max(config.layer_sizes[1:])) / m
        layers = len(config.layer_sizes) - 1
        per_update += 2e-5 * layers + m * layers * 0.7e-6 + parameters * rows * 0.6e-9
        per_update += numbers * len(config.hidden_sizes) * 8e-9
    if config.batch_size:
        per_update += m * 15e-6 / updates_per_epoch(config) + m * 0.2e-6
    return updates * per_update


# --- training ---------------------------------------------------------------------------------------------------------


def work(group: Group, start: State | None, seconds: float, sent: Table | Images | None = None) -> Piece:
    """Train a group from `start`, or from the beginning, for about so many seconds, or to its end.

    `sent` are the data, where they are a visitor's own: a process that was sent them before has them still, and raises
    Missing if not.
    """
    begun = time.perf_counter()
    config = group.members[0]
    trainer = Trainer(config, _data(config, sent), start, group.members if in_lockstep(config) else ())
    curves = _Curves(trainer)
    with np.errstate(all="ignore"):  # a diverging run is noticed by its values, not by warnings
        if start is None:
            curves.take()
        few = FEW
        while trainer.epoch < group.until:
            point = min((trainer.epoch // group.step + 1) * group.step, group.until)
            trainer.advance(min(few, trainer.updates_to(point)))
            if trainer.epoch == point:
                curves.take()
            spent = time.perf_counter() - begun
            if spent > seconds:
                break
            if spent < seconds / 4:
                few *= 2
    state = trainer.state()
    owner = trainer.layout.owner if trainer.layout else np.zeros(len(state.parameters), int)
    finite = np.isfinite(np.bincount(owner, state.parameters))
    if trainer.epoch == config.last_epoch:  # nothing goes on from here
        state = state._replace(memory=np.empty((0, 0)))
        state = state if group.kept else state._replace(parameters=np.empty(0))
    return Piece(state, *curves.taken(), finite, time.perf_counter() - begun)


class _Curves:
    """The curves of a trainer's networks, a point each time one is taken."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer, self.leg, self.measure = trainer, trainer.leg, _measure(trainer)
        self.epochs: list[int] = []
        self.points: list[Curves] = []

    def take(self) -> None:
        trainer = self.trainer
        if self.leg is not trainer.leg:  # other data may be in force from here on
            self.leg, self.measure = trainer.leg, _measure(trainer)
        self.epochs.append(trainer.epoch)
        self.points.append(self.measure())

    def taken(self) -> tuple[Array, Curves]:
        m = max(1, len(self.trainer.members))
        curves = (np.array([point[k] for point in self.points]).reshape(-1, m) for k in range(len(Curves._fields)))
        return np.array(self.epochs, int), Curves(*curves)


def _measure(trainer: Trainer) -> Callable[[], Curves]:
    if trainer.members:
        return Measure(trainer.members, trainer.parameters, trainer.leg.rows)
    return lambda: curves(trainer.parameters[None], trainer.leg.rows, trainer.config)


def _data(config: Config, sent: Table | Images | None) -> Data:
    """What these networks learn from, and are judged by."""
    if config.data.kind == "pictures":
        return held_back(config, supplied(config.data_id, sent) if config.data_id else mnist())
    return make_data(config, supplied(config.data_id, sent) if config.data_id else None)


def joined(pieces: Iterable[Piece]) -> Piece:
    """Slices of a group that follow each other as one."""
    pieces = list(pieces)
    parts = (np.concatenate(part) for part in zip(*(each.curves for each in pieces), strict=True))
    epochs = np.concatenate([each.epochs for each in pieces])
    last = pieces[-1]
    return Piece(last.state, epochs, Curves(*parts), last.finite, sum(each.seconds for each in pieces))


def ended(group: Group, piece: Piece) -> bool:
    """Whether a slice was the last of its group."""
    return piece.state.epoch >= group.until


# --- gathering --------------------------------------------------------------------------------------------------------


def gathered(configs: Sequence[Config], parts: Sequence[Group], pieces: Sequence[Piece | None]) -> Population:
    """The population, as far as its groups have come: for each what it has brought, or None."""
    m, ends = len(configs), [group.until for group in parts]
    step = max((group.step for group in parts), default=1)
    epochs = np.union1d(np.arange(0, max(ends, default=0) + 1, step), ends).astype(int)
    whole = Curves(*(np.full((len(epochs), m), np.nan) for _ in Curves._fields))
    final = Curves(*(np.full(m, np.nan) for _ in Curves._fields))
    done, diverged = np.zeros(m, bool), np.zeros(m, bool)
    parameters: list[Array | None] = [None] * m
    for group, piece in zip(parts, pieces, strict=True):
        if piece is None:
            continue
        places = list(group.places)
        rows = np.searchsorted(epochs, piece.epochs)
        for curve, its in zip(whole, piece.curves, strict=True):
            curve[rows[:, None], places] = its
        if ended(group, piece):
            done[places] = True
            for value, its in zip(final, piece.curves, strict=True):
                value[places] = its[-1]
            diverged[places] = ~piece.finite
            if piece.state.parameters.size:
                for place, numbers in zip(places, members_of(group, piece.state.parameters), strict=True):
                    parameters[place] = numbers
    diverged |= done & ~np.isfinite(final.train_loss)
    for value in final:
        value[diverged] = np.nan
    good = np.array([GOOD_FIT if each.task == "regression" else 1.0 for each in configs])
    solved = final.train_accuracy >= good
    return Population(tuple(configs), done, diverged, solved, epochs, *whole, *final, tuple(parameters))


def members_of(group: Group, flat: Array) -> list[Array]:
    """A group's parameters, or its optimizers' memory, (..., N) apart: (..., n) for each network."""
    return layout(group.members).apart(flat) if in_lockstep(group.members[0]) else [flat]


def states_of(group: Group, state: State) -> list[State]:
    """Where each network of a group stands, to go on in another group."""
    parts = zip(members_of(group, state.parameters), members_of(group, state.memory), strict=True)
    return [State(parameters, memory, state.epoch, state.update) for parameters, memory in parts]


def state_from(group: Group, states: Sequence[State]) -> State:
    """Where a group stands whose members stand there, all after the same update."""
    if not in_lockstep(group.members[0]):
        return states[0]
    order, first = layout(group.members), states[0]
    slots = [order.flat(each.memory[slot] for each in states) for slot in range(len(first.memory))]
    memory = np.array(slots).reshape(len(slots), len(order.owner))
    return State(order.flat(each.parameters for each in states), memory, first.epoch, first.update)

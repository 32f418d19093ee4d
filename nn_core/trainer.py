"""A run in motion: parameters in place, updated batch by batch, from change to change.

One network alone, or many in lockstep: the parameters are one flat array either way, and optimizers, schedules and
penalties do not know the difference.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np

from nn_core import lockstep
from nn_core.activations import Array
from nn_core.batches import batches, dropout_masks
from nn_core.config import Config, Stretch
from nn_core.data import data_over_time
from nn_core.datasets import Data
from nn_core.engine import Pass, Rows, aligned, evaluation_rows
from nn_core.history import State
from nn_core.lockstep import Members, lockstep_pass
from nn_core.mlp import initial_parameters, weight_mask
from nn_core.optimizers import OPTIMIZERS, SCHEDULES, Settings


@dataclass
class Leg:
    """A stretch of the run with what training it needs: data and, when they are asked for, their rows; the numbers of
    updates before it and before its optimizer began to remember."""

    stretch: Stretch
    data: Data
    first_update: int = 0
    memory_from: int = 0
    schedule_from: int = 0  # an epoch
    before: "Leg | None" = None

    @cached_property
    def per_epoch(self) -> int:
        """Updates an epoch."""
        size = self.stretch.config.batch_size
        return max(1, -(-len(self.data.x_train) // size)) if size else 1

    @cached_property
    def rows(self) -> Rows:
        """The samples of its data, for curves and full batches."""
        if self.before and self.before.data is self.data:
            return self.before.rows
        return evaluation_rows(self.stretch.config, self.data)


def legs(config: Config, data: Data) -> list[Leg]:
    """The stretches of a run on `data`, those of its start."""
    found = [Leg(config.stretches[0], data)]
    if config.changes:
        sets = data_over_time(config, data)
        for stretch, its_data in zip(config.stretches[1:], sets[1:], strict=True):
            found.append(_next_leg(found[-1], stretch, its_data))
    return found


def _next_leg(before: Leg, stretch: Stretch, data: Data) -> Leg:
    """What follows a leg when something changes."""
    now, old = stretch.config, before.stretch.config
    first = before.first_update + (stretch.begin - before.stretch.begin) * before.per_epoch
    remembers = now.optimizer == old.optimizer
    planned = (now.schedule, now.epochs) == (old.schedule, old.epochs)
    memory_from = before.memory_from if remembers else first
    return Leg(stretch, data, first, memory_from, before.schedule_from if planned else stretch.begin, before)


def plain(config: Config, members: Members = ()) -> bool:
    """Whether an update is a step down the gradient and no more. Then the rate is made part of the samples' weights,
    and what comes out as gradient is the step."""
    free = not any(each.l1 or each.l2 or each.clip for each in members or (config,))
    return free and config.optimizer == "gradient_descent" and config.schedule == "constant"


def penalising(p: Array, l1: Any, l2: Any) -> Callable[[Array], None]:
    """Adds to a gradient the slope of the price of large weights."""

    def penalise(g: Array) -> None:
        g += l1 * np.sign(p)
        g += l2 * p

    return penalise


def clipping(longest: float) -> Callable[[Array], None]:
    """Shortens a gradient that is too long."""

    def clip(g: Array) -> None:
        length = math.sqrt(float(g @ g))
        if length > longest:
            g *= longest / length

    return clip


def clipping_each(longest: Array, owner: Array) -> Callable[[Array], None]:
    """The same for the part of each owner; `longest` is one number for each of them."""

    def clip(g: Array) -> None:
        length = np.sqrt(np.bincount(owner, g * g))
        g *= np.minimum(1, longest / length)[owner].astype(g.dtype)

    return clip


class Trainer:
    """A run in motion. `watch`, if set, is called after every update with the pass that made it and the batch's
    targets.

    Of `members` trained in lockstep `config` is the first, for what they have in common; parameters are those of all.
    """

    def __init__(self, config: Config, data: Data, start: State | None = None, members: Members = ()) -> None:
        self.config, self.data = config, data
        self.members = members
        self.layout = lockstep.layout(members) if members else None
        self.watch: Callable[[Any, Array], None] | None = None
        self.legs = legs(config, data)
        if start:
            self._check(start)
            first = start.parameters
        elif self.layout:
            first = lockstep.first_parameters(members, self.layout)
        else:
            first = initial_parameters(config)
        self.parameters = aligned(first)
        self.gradient = aligned(np.zeros_like(self.parameters))
        self.memory = aligned(start.memory) if start else np.empty((0, 0))
        self.update = start.update if start else 0
        self._enter(self._leg_at(start.epoch) if start else 0)

    def _leg_at(self, epoch: int) -> int:
        """The number of the leg that follows the end of this epoch."""
        return max(i for i, leg in enumerate(self.legs) if leg.stretch.begin <= epoch)

    def _check(self, start: State) -> None:
        """Raises ValueError for a state in which this run cannot be."""
        if start.parameters.dtype != self.config.precision:
            raise ValueError(f"The start state is {start.parameters.dtype}; this run is {self.config.precision}.")
        n = sum(each.n_parameters for each in self.members or (self.config,))
        if start.parameters.shape != (n,):
            raise ValueError("The start state does not fit this network.")
        leg = self.legs[self._leg_at(start.epoch)]
        slots = OPTIMIZERS[leg.stretch.config.optimizer].slots
        if start.update != leg.memory_from and start.memory.shape != (slots, n):
            raise ValueError("The start state does not fit this optimizer.")

    def _enter(self, number: int) -> None:
        """Go on by the settings of this leg."""
        self.leg = leg = self.legs[number]
        self.number = number
        config = leg.stretch.config
        members = [each.stretches[number].config for each in self.members]
        if self.update == leg.first_update:
            for index, value in leg.stretch.edits.items():
                self.parameters[self.layout.index == index if self.layout else index] = value
        if self.update == leg.memory_from:
            self.memory = aligned(
                np.zeros((OPTIMIZERS[config.optimizer].slots, len(self.parameters)), config.precision)
            )
        self.passes: dict[int, Any] = {}
        if members:
            rates = np.array([each.learning_rate for each in members], config.precision)
            rates = rates if plain(config, members) else None
            self.batches = lockstep.batches(members, leg.data, leg.rows, leg.stretch.begin, rates)
        else:
            scale = config.learning_rate if plain(config) else 1.0
            self.batches = batches(config, leg.data, lambda: leg.rows, leg.stretch.begin, scale)
        self.step = self._step_function(config, members)

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

    def updates_to(self, epoch: int) -> int:
        """How many updates there are to the end of this epoch, or to the next change if that comes first."""
        leg = self.leg
        return leg.first_update + (min(epoch, leg.stretch.end) - leg.stretch.begin) * leg.per_epoch - self.update

    def advance_to(self, epoch: int) -> None:
        """Train to the end of this epoch, from change to change."""
        while (updates := self.updates_to(epoch)) > 0:
            self.advance(updates)

    def advance(self, updates: int, kept: Array | None = None) -> None:
        """Make so many updates. None goes beyond the next change; there, the change is made. After each of as many
        equal parts of them as `kept` has rows (none: 0), a row of it takes the parameters."""
        step, watch, first = self.step, self.watch, self.leg.first_update
        done, end = self.update, self.update + updates
        part = updates // len(kept) if kept is not None else 0
        rows, at = iter(kept if kept is not None else ()), done + part
        while done < end:
            for batch, wanted, weight in self.batches.ahead(done - first, end - done):
                one_pass = step(batch, wanted, weight, done)
                done += 1
                if watch:
                    watch(one_pass, wanted)
                if part and done == at:
                    next(rows)[:] = self.parameters
                    at += part
        self.update = end
        while self.number + 1 < len(self.legs) and self.epoch == self.leg.stretch.end:
            self._enter(self.number + 1)

    def _weights(self) -> Array:
        """1 for each weight, 0 for each bias."""
        mask = lockstep.masks(self.members, self.layout) if self.layout else weight_mask(self.config)
        return mask.astype(self.parameters.dtype)

    def _make_pass(self, width: int) -> Any:
        arrays = self.parameters, self.gradient, width
        made = self.passes[width] = lockstep_pass(self.members, *arrays) if self.members else Pass(self.config, *arrays)
        return made

    def _step_function(self, config: Config, members: list[Config]) -> Callable[[Array, Array, Array, int], Any]:
        """One update: gradient, penalties, clipping, optimizer; what is switched off costs nothing."""
        p, g, memory, passes, leg = self.parameters, self.gradient, self.memory, self.passes, self.leg
        numbers = self._of_owners(members, config) if members else config
        update, factor = OPTIMIZERS[config.optimizer].update, SCHEDULES[config.schedule].factor
        rate, steady = numbers.learning_rate, config.schedule == "constant"
        total = (config.epochs - leg.schedule_from) * leg.per_epoch
        begun = leg.first_update - (leg.stretch.begin - leg.schedule_from) * leg.per_epoch
        since = leg.memory_from
        reads = OPTIMIZERS[config.optimizer].reads
        settings = Settings(
            numbers.momentum if "momentum" in reads else 0.0,
            numbers.rms_decay if "rms_decay" in reads else 0.0,
            numbers.weight_decay * self._weights() if "weight_decay" in reads else p,
        )
        steps = plain(config, members)
        extras = []
        if any(each.l1 or each.l2 for each in members or (config,)):
            extras.append(penalising(p, numbers.l1 * self._weights(), numbers.l2 * self._weights()))
        if config.clip and self.layout:
            extras.append(clipping_each(np.array([each.clip for each in members]), self.layout.owner))
        elif config.clip:
            extras.append(clipping(config.clip))

        def step(batch: Array, wanted: Array, weight: Array, done: int) -> Any:
            width = batch.shape[-1]
            one_pass = passes.get(width) or self._make_pass(width)
            if config.dropout:
                one_pass(batch, wanted, weight, dropout_masks(config, done, width))
            else:
                one_pass(batch, wanted, weight)
            if steps:  # what comes out as gradient is the step
                np.subtract(p, g, p)
                return one_pass
            for extra in extras:
                extra(g)
            now = rate if steady else rate * factor(min(1.0, (done - begun) / total))
            update(p, g, memory, now, done + 1 - since, settings)
            return one_pass

        return step

    def _of_owners(self, members: list[Config], config: Config) -> Any:
        """Those settings of members in lockstep that are numbers, each as one for each parameter: its owner's."""
        names = ("learning_rate", "l1", "l2", *OPTIMIZERS[config.optimizer].reads)
        each = {name: np.array([getattr(member, name) for member in members], config.precision) for name in names}
        owner = self.layout.owner if self.layout else slice(None)
        return SimpleNamespace(**{name: values[owner] for name, values in each.items()})

"""A finished run as the rules of the coach see it, and what they say: a Rule looks at a Case and may find something."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.data import data_over_time
from nn_core.datasets import Data
from nn_core.history import History
from nn_core.optimizers import OPTIMIZERS
from nn_core.outcome import Outcome, best_test, lately, outcome
from nn_core.reach import best_straight, reach
from nn_core.vitals import LayerVitals, Vitals

SHORT_OF = 0.03  # how far below what can be reached a score is that is worth a word
FEWEST_UPS = 0.15  # of the epochs, in which the loss rises, and
SWING = 0.3  # its largest rise above what it had come down to, by its middle value, from which it is said to jump
STILL = 0.3  # weights that moved by less than this share of their size have stayed where they were
USUAL, USUAL_ADAPTIVE = 0.5, 0.03  # rates that suit: of plain steps, and where each weight moves by about the rate
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

Cure = dict[str, Any]
Found = tuple[str, Cure | None] | None  # what is wrong and why, and settings to try; None where all is well


class Advice(NamedTuple):
    """What a rule, by its `name`, says of a run: what is wrong and why, in a `sentence`, and settings to try, which
    may be none."""

    name: str
    sentence: str
    cure: Cure | None = None


class Rule(NamedTuple):
    """Looks at a run; the docstring of `look` says when it applies."""

    name: str
    look: Callable[["Case"], Found]


class Case:
    """A finished run, with the settings and the data in force where it ended; curves since the last change before
    that."""

    def __init__(self, history: History, found: Vitals, config: Config, data: Data) -> None:
        end = history.epochs[-1]  # before the last change, if it diverged
        begun = [each for each in config.stretches if each.begin <= end]
        last = begun[-1]
        self.history, self.vitals, self.config = history, found, last.config
        self.data = data_over_time(config, data)[len(begun) - 1]
        since = history.epochs >= last.begin
        self.epochs, self.loss, self.test = history.epochs[since], history.train_loss[since], history.test_loss[since]
        self.test_scores = history.test_accuracy[since]
        self.looks = found.epochs >= last.begin
        self.score, self.test_score = float(history.train_accuracy[-1]), float(history.test_accuracy[-1])
        self.hidden: tuple[LayerVitals, ...] = found.layers[:-1]
        self.adaptive = last.config.optimizer in ("rmsprop", "adam", "adamw")  # moves each weight by about the rate

    @cached_property
    def outcome(self) -> Outcome:
        return outcome(self.history)

    @cached_property
    def clean(self) -> bool:
        """Whether nothing was shaken: made data without noise."""
        return self.config.data.kind != "own" and not self.config.noise and not self.config.points

    @cached_property
    def reach(self) -> float:
        """The score that can be reached on the training points: 1 on clean ones, else as their neighbours tell; of
        values, as a straight cut does where that tells more."""
        if self.clean:
            return 1.0
        return max(self.neighbours, self.straight) if self.config.task == "regression" else self.neighbours

    @cached_property
    def short_of(self) -> float:
        """A score so far below what can be reached is worth a word: what few points tell of that is uncertain, by the
        standard deviation of a share of them."""
        counts = not self.clean and self.config.task != "regression"
        return max(SHORT_OF, counts * float(np.sqrt(self.reach * (1 - self.reach) / len(self.data.x_train))))

    @cached_property
    def neighbours(self) -> float:
        """The score of the nearest points on the plane."""
        return reach(self.config, self.data, raw=True)

    @cached_property
    def straight(self) -> float:
        """The score of the best straight cut."""
        return best_straight(self.config, self.data)

    @cached_property
    def learnable(self) -> bool:
        """Whether anything can be reached that one answer for all points does not."""
        y = self.data.y_train
        alone = 0.0 if self.config.task == "regression" else float(np.bincount(y).max() / len(y))
        return self.reach > alone + self.short_of

    @cached_property
    def failing(self) -> bool:
        """Whether less was learnt than can be."""
        fell_short = self.learnable and self.score < self.reach - self.short_of
        return fell_short and self.outcome.name not in ("solved", "memorised")

    @cached_property
    def bent(self) -> bool:
        """Whether a straight cut is not enough."""
        return self.straight < self.reach - self.short_of

    @cached_property
    def usual_rate(self) -> float:
        """A rate that suits the optimizer: momentum adds steps up."""
        carried = self.config.momentum if "momentum" in OPTIMIZERS[self.config.optimizer].reads else 0.0
        return USUAL_ADAPTIVE if self.adaptive else USUAL * (1 - carried)

    @property
    def pace(self) -> float:
        """How many times as large the rate is."""
        return self.config.learning_rate / self.usual_rate

    @cached_property
    def recent(self) -> Array:
        """The training loss over the last fifth of the epochs."""
        return lately(self.history)

    @cached_property
    def best_test(self) -> int | None:
        """The place since the last change where the test loss was lowest, if it has risen; as the outcome says."""
        best, before = best_test(self.history), len(self.history.epochs) - len(self.epochs)
        return None if best is None or best < before else best - before

    @cached_property
    def fall(self) -> float:
        """By which share of itself the training loss fell over the last fifth."""
        return float((self.recent[0] - self.recent[-1]) / self.recent[0]) if self.recent[0] else 0.0

    @property
    def rests(self) -> str:
        """How the training loss ended, where it hardly fell."""
        if abs(self.fall) < 0.01:
            return f"rests at {self.loss[-1]:.3f}"
        how = "fell by only" if self.fall > 0 else "rose by"
        return f"{how} {percent(abs(self.fall))} over the last fifth of the epochs, to {self.loss[-1]:.3f}"

    @cached_property
    def later(self) -> Array:
        """The training loss over the second half of the record."""
        return self.loss[len(self.loss) // 2 :]

    @cached_property
    def jumps(self) -> bool:
        """Whether the training loss goes up and down in its second half."""
        if len(self.later) < 5:
            return False
        ups = float((np.diff(self.later) > 0).mean())
        rise = float((self.later - np.minimum.accumulate(self.later)).max())
        return ups > FEWEST_UPS and rise > SWING * float(np.median(self.later))

    @cached_property
    def first_step(self) -> float:
        """How far an update moved the weights at first, net and by their size, in the layer that was moved most."""
        first = np.flatnonzero(self.looks)[0] if self.looks.any() else -1
        return max(float(layer.step[first]) for layer in self.vitals.layers)

    @cached_property
    def travelled(self) -> float:
        """How far the weights are from their start, by their size there, in the layer that is farthest."""
        return max(float(layer.moved[-1] / max(layer.weights[0], 1e-300)) for layer in self.vitals.layers)

    def in_words(self, score: float) -> str:
        """A score on the training points."""
        return f"R² is {score:.2f}" if self.config.task == "regression" else f"{percent(score)} are right"

    @property
    def scored(self) -> str:
        """How good the network is on the training points."""
        return self.in_words(self.score)

    def layer(self, number: int) -> str:
        """the second hidden layer; the hidden layer where there is one."""
        places = ("first", "second", "third", "fourth", "fifth", "sixth")
        return "the hidden layer" if len(self.hidden) == 1 else f"the {places[number]} hidden layer"


def counted(count: int, noun: str) -> str:
    """one node, three nodes"""
    return f"{in_letters(count)} {noun}{'s'[: count != 1]}"


def in_letters(count: int) -> str:
    """three; 12"""
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"


def capital(words: str) -> str:
    """The same as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def percent(share: float) -> str:
    """97 %"""
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def tidy(value: float) -> float:
    """A number with two digits, as one would type it."""
    return float(f"{value:.2g}")


def slower(rate: float, times: float) -> Cure:
    """A rate so many times as small."""
    return {"learning_rate": max(tidy(rate / times), 1e-5)}


def resized(config: Config, sizes: tuple[int, ...]) -> Cure:
    """Other hidden layers; activations set layer by layer are kept where they still fit."""
    if isinstance(config.activation, str):
        return {"hidden_sizes": sizes}
    names = (config.activation + config.activation[-1:] * len(sizes))[: len(sizes)]
    return {"hidden_sizes": sizes, "activation": names}

"""What became of many networks: gathered by how each of them ended, the best first."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.history import Curves, History, State
from nn_core.outcome import nothing_to_learn, outcome
from nn_core.plateaus import MOST_INPUTS, Plateau
from nn_core.population import Population

NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


class Fate(NamedTuple):
    """Networks that ended alike: `name` as in `nn_core.outcome`, in words in `title`, and which ones, the lowest final
    loss first. `plateau` is the one they rest on, if it has a name."""

    name: str
    title: str
    places: Array
    plateau: Plateau | None = None

    @property
    def kind(self) -> str:
        """What it is, whatever became of the others: one of `KINDS`."""
        if self.plateau is None:
            return self.name
        return "nothing" if self.plateau.shared == self.plateau.inputs else f"share-{self.plateau.shared}"


TITLES = {
    "solved": "solved",
    "memorised": "learnt by heart",
    "learning": "still learning",
    "plateau": "on a plateau",
    "restless": "does not settle",
    "untrained": "untrained",
    "diverged": "diverged",
}
KINDS = (*TITLES, "nothing", *(f"share-{shared}" for shared in range(2, MOST_INPUTS)))


def fates(population: Population, plateaus: Sequence[Plateau] = ()) -> list[Fate]:
    """Those that are done, in groups: solved ones first, then by their final losses, diverged ones last."""
    groups = defaultdict(list)
    for place in np.flatnonzero(population.done).tolist():
        groups[_fate(population, place, plateaus)].append(place)
    found = []
    for (name, plateau), places in groups.items():
        order = np.argsort(population.final_loss[places], kind="stable")
        title = TITLES[name] if plateau is None else resting(plateau)
        found.append(Fate(name, title, np.array(places)[order], plateau))
    rank = list(TITLES)
    worse = {"solved": 0, "memorised": 1, "untrained": 3, "diverged": 4}
    return sorted(
        found,
        key=lambda fate: (
            worse.get(fate.name, 2),
            np.nan_to_num(np.median(population.final_loss[fate.places])),
            rank.index(fate.name),
        ),
    )


def _fate(population: Population, place: int, plateaus: Sequence[Plateau]) -> tuple[str, Plateau | None]:
    if nothing_to_learn(population.configs[place]):
        return "untrained", None
    if population.diverged[place]:
        return "diverged", None
    name = outcome(_seen(population, place)).name
    resting_on = [each for each in plateaus if name == "plateau" and each.has(population.final_loss[place])]
    return name, next(iter(resting_on), None)


def _seen(population: Population, place: int) -> History:
    """The run as far as its curves tell."""
    curves = (population.train_loss, population.test_loss, population.train_accuracy, population.test_accuracy)
    there = np.isfinite(population.train_loss[:, place])
    epochs, parameters = population.epochs[there], population.parameters[place]
    assert parameters is not None
    state = State(parameters, np.empty((0, 0)), int(epochs[-1]), 0)
    values = Curves(*(curve[there, place] for curve in curves))
    return History(population.configs[place], epochs, *values, epochs[-1:], parameters[None], state)


def resting(plateau: Plateau) -> str:
    """The name of a plateau in words."""
    if plateau.shared == plateau.inputs:
        return "nothing learnt: one answer for all"
    return f"{NUMBERS[plateau.shared]} of {NUMBERS[plateau.inputs]} inputs share an answer"

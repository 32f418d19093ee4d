"""What to search: which settings are varied around a run, over which values, by which method, and for what budget.

A grid, random trials and successive halving spend the same, which is counted in epochs of all networks together.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from nn_core.activations import ACTIVATIONS
from nn_core.config import FIELDS, MAX_LAYERS, MAX_NODES, Config
from nn_core.initializers import INITIALIZERS
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from nn_core.ranges import Number, as_number, write

MOST_AXES = 4
MOST_STEPS = 30
MOST_TRIALS = 1000  # of a grid; halving tries more of them, for fewer epochs
MOST_SEEDS = 200
MOST_NETWORKS = 20_000
WIDEST_ON_PICTURES = 128  # hidden nodes: more could be trained, but not so many networks of them
LONGEST = 1000  # characters of axes in a link
METHODS = {"grid": "Grid", "random": "Random", "halving": "Successive halving"}


class Setting(NamedTuple):
    """A setting that can be searched over: a number from `low` to `high`, on a log scale if `log`, or one of `choices`.
    `changes` makes the settings of a Config of a value."""

    title: str
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    whole: bool = False
    choices: tuple[str, ...] = ()
    changes: Callable[[Config, Any], dict[str, Any]] | None = None


def _field(name: str, low: float, high: float, log: bool = True) -> Setting:
    about = FIELDS[name].metadata
    return Setting(about["title"], low, high, log, about["range"].whole)


def _choice(name: str, table: Sequence[str] | dict[str, Any]) -> Setting:
    return Setting(FIELDS[name].metadata["title"], choices=tuple(table))


def _wide(config: Config, nodes: int) -> dict[str, Any]:
    return {"hidden_sizes": (nodes,) * max(1, len(config.hidden_sizes))}


def _deep(config: Config, layers: int) -> dict[str, Any]:
    one = config.activation if isinstance(config.activation, str) else config.activation[0]
    return {"hidden_sizes": (config.hidden_sizes or (4,))[:1] * layers, "activation": one}


# What can be searched over, and over which values unless told otherwise.
SETTINGS: dict[str, Setting] = {
    "hidden_nodes": Setting("Hidden nodes", 1, 16, True, True, changes=_wide),
    "hidden_layers": Setting("Hidden layers", 1, 4, False, True, changes=_deep),
    "learning_rate": _field("learning_rate", 0.01, 10),
    "initial_scale": _field("initial_scale", 0.01, 10),
    "batch_size": _field("batch_size", 1, 128),
    "momentum": _field("momentum", 0, 0.99, log=False),
    "l2": _field("l2", 1e-5, 0.1),
    "l1": _field("l1", 1e-5, 0.1),
    "noise": _field("noise", 0, 0.5, log=False),
    "activation": _choice("activation", ACTIVATIONS),
    "optimizer": _choice("optimizer", OPTIMIZERS),
    "initializer": _choice("initializer", INITIALIZERS),
    "schedule": _choice("schedule", SCHEDULES),
}


ON_PICTURES = {
    "learning_rate": (0.0001, 0.1),
    "hidden_nodes": (4, WIDEST_ON_PICTURES),
    "batch_size": (8, 256),
    "hidden_layers": (1, 3),
}


class Axis(NamedTuple):
    """One setting that is varied: from `low` to `high`, or among `choices`."""

    name: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()

    @property
    def setting(self) -> Setting:
        return SETTINGS[self.name]

    def at(self, place: float) -> Any:
        """The value at a place 0 to 1 along the axis."""
        if self.choices:
            return self.choices[min(int(place * len(self.choices)), len(self.choices) - 1)]
        if self.setting.log:
            value = math.exp(math.log(self.low) + place * (math.log(self.high) - math.log(self.low)))
        else:
            value = self.low + place * (self.high - self.low)
        return round(value) if self.setting.whole else float(f"{value:.3g}")

    def place(self, value: Any) -> float:
        """Where a value stands along the axis, 0 to 1: the other way round."""
        if self.choices:
            return (self.choices.index(value) + 0.5) / len(self.choices)
        if self.low == self.high:
            return 0.5
        scale = math.log if self.setting.log else float
        return (scale(value) - scale(self.low)) / (scale(self.high) - scale(self.low))

    def values(self, steps: int) -> list[Any]:
        """All choices, or at most so many different values, evenly along the axis."""
        if self.choices:
            return list(self.choices)
        wanted = min(steps, int(self.high - self.low) + 1) if self.setting.whole else steps
        for count in range(wanted, 10 * MOST_STEPS):  # rounded, some of them may be the same
            places = [i / (count - 1) for i in range(count)] if count > 1 else [0.5]
            found = list(dict.fromkeys(self.at(place) for place in places))
            if len(found) >= wanted or self.low == self.high:
                break
        return [found[round(i * (len(found) - 1) / max(1, wanted - 1))] for i in range(min(wanted, len(found)))]


def axis(name: str, pictures: bool = False) -> Axis:
    """An axis over the usual values of a setting, of a network of the plane or of one that reads pictures."""
    setting = SETTINGS[name]
    low, high = ON_PICTURES.get(name, setting[1:3]) if pictures else setting[1:3]
    return Axis(name, low, high, setting.choices)


@dataclass(frozen=True)
class Search:
    """What to search: around `base`, along `axes`, with `steps` values for each that is a number, and `seeds` seeds for
    each trial. The budget is that of the grid; other methods spend as many epochs."""

    base: Config
    axes: tuple[Axis, ...] = (axis("learning_rate"), axis("hidden_nodes"))
    method: str = "grid"
    steps: int = 10
    seeds: int = 20
    draw: int = 0

    def replace(self, **changes: Any) -> "Search":
        return replace(self, **changes)

    @property
    def trials_of_grid(self) -> int:
        """How many trials the grid has."""
        return math.prod(len(axis.values(self.steps)) for axis in self.axes)

    @property
    def budget(self) -> int:
        """Epochs of all networks together."""
        return self.trials_of_grid * self.seeds * self.base.epochs


def usual_search(base: Config) -> Search:
    """What is searched around this run unless told otherwise."""
    if base.data.kind != "pictures":
        return Search(base)
    axes = axis("learning_rate", pictures=True), axis("hidden_nodes", pictures=True)
    return Search(base, axes, steps=4, seeds=1)


def to_query(search: Search, usual: Search) -> dict[str, str]:
    """The link form of what is searched, without the base: what differs from `usual`. With the same usual one,
    `from_query` gives it back."""
    texts = {name: str(getattr(search, name)) for name in ("method", "steps", "seeds", "draw")}
    query = {name: text for name, text in texts.items() if text != str(getattr(usual, name))}
    if search.axes != usual.axes:
        query["axes"] = "*".join("~".join([each.name, *_bounds(each)]) for each in search.axes)
    return query


def _bounds(each: Axis) -> list[str]:
    return list(each.choices) if each.setting.choices else [write(each.low), write(each.high)]


def from_query(mapping: Mapping[str, Any], usual: Search) -> tuple[Search, list[str]]:
    """A search from any mapping, the rest as in `usual`, and a sentence for what had to be changed. Never raises."""
    found, said = usual, []
    for name in ("steps", "seeds", "draw"):
        if name in mapping:
            value = _whole(mapping[name])
            said += [] if value is not None else [f"{name.capitalize()} must be a whole number: left out."]
            found = found.replace(**{name: value}) if value is not None else found
    if "method" in mapping:
        method = str(mapping["method"])[:20]
        said += [] if method in METHODS else ["The method must be grid, random or halving: left out."]
        found = found.replace(method=method) if method in METHODS else found
    if "axes" in mapping:
        texts = str(mapping["axes"])[:LONGEST].split("*")
        found = found.replace(axes=tuple(_axis_from(text) for text in texts[: MOST_AXES + 1]))
    kept, more = checked(found)
    return kept, said + more


def _whole(value: Any) -> int | None:
    text = str(value)[:12]
    return int(text) if re.fullmatch(r"\d{1,10}", text, re.ASCII) else None


def _axis_from(text: str) -> Axis:
    name, *bounds = text.split("~")[:32]
    if SETTINGS.get(name) and SETTINGS[name].choices:
        return Axis(name, choices=tuple(bounds))
    try:
        low, high = (as_number(bound) for bound in bounds)
    except ValueError:
        low = high = math.nan
    return Axis(name, low, high)


def checked(search: Search) -> tuple[Search, list[str]]:
    """The same within what makes sense, with a sentence for what had to be changed. Never raises."""
    said: list[str] = []
    axes = []
    for each in search.axes:
        mended, sentence = _mended(each, search.base)
        axes += [mended] if mended else []
        said += [sentence] if sentence else []
    names = [each.name for each in axes]
    if len(set(names)) < len(names):
        said.append("Each setting can be varied once.")
        axes = [each for i, each in enumerate(axes) if each.name not in names[:i]]
    if len(axes) < 2:
        axes = [*axes, *(each for each in usual_search(search.base).axes if each.name not in names)][:2]
        said.append("A search needs two settings to vary: the usual ones are used.")
    if len(axes) > MOST_AXES:
        said.append(f"At most {MOST_AXES} settings can be varied at once: the first are used.")
        axes = axes[:MOST_AXES]
    steps = _within(search.steps, MOST_STEPS, "values an axis", said)
    seeds = _within(search.seeds, MOST_SEEDS, "seeds a trial", said)
    found = replace(search, axes=tuple(axes), steps=steps, seeds=seeds)
    return _affordable(found, said), said


def _within(value: int, most: int, what: str, said: list[str]) -> int:
    kept = min(max(value, 1), most)
    if kept != value:
        said.append(f"{value:,} {what} cannot be: {kept} {'is' if kept == 1 else 'are'} used instead.")
    return kept


def _mended(each: Axis, base: Config) -> tuple[Axis | None, str]:
    setting = SETTINGS.get(each.name)
    if setting is None:
        return None, "One of the settings cannot be varied here: left out."
    if setting.choices:
        known = tuple(dict.fromkeys(choice for choice in each.choices if choice in setting.choices))
        if not known:
            return axis(each.name), f"{setting.title}: there was nothing to try; all of them are tried."
        return each._replace(choices=known), ""
    if not (math.isfinite(each.low) and math.isfinite(each.high)):
        usual, _ = _mended(axis(each.name, base.data.kind == "pictures"), base)
        return usual, f"{setting.title} needs a range of numbers: the usual one is used."
    allowed, wanted, said = _allowed(each.name, base), sorted((each.low, each.high)), ""
    least, scale = (setting.low, " on a log scale") if setting.log and not allowed.low else (allowed.low, "")
    low, high = (min(max(value, least), allowed.high) for value in wanted)
    if [low, high] != wanted:
        said = f"{setting.title} can be {least:g} to {allowed.high:g}{scale}: {low:g} to {high:g} is searched."
    elif each.low > each.high:
        said = f"The range of {setting.title.lower()} was upside down: it is taken from {low:g} to {high:g}."
    kind = round if setting.whole else float
    return Axis(each.name, kind(low), kind(high)), said


def _allowed(name: str, base: Config) -> Number:
    """What Config lets a setting be."""
    if name == "hidden_nodes":
        return Number(1, WIDEST_ON_PICTURES if base.data.kind == "pictures" else MAX_NODES, whole=True)
    if name == "hidden_layers":
        return Number(1, MAX_LAYERS, whole=True)
    allowed: Number = FIELDS[name].metadata["range"]
    if name == "batch_size":
        return allowed._replace(high=min(allowed.high, max(1, base.training_samples)))
    return allowed


def _affordable(search: Search, said: list[str]) -> Search:
    """Fewer steps, then fewer seeds, until there are not too many networks. Where fewer steps do not help, since the
    axes have choices, fewer axes."""
    fewest = min(search.steps, 2)  # with one value it would not be varied
    while len(search.axes) > 2 and replace(search, steps=fewest).trials_of_grid > MOST_TRIALS:
        last = search.axes[-1].setting.title
        said.append(f"{search.trials_of_grid:,} trials are more than {MOST_TRIALS:,}: {last} is not varied.")
        search = replace(search, axes=search.axes[:-1])
    before = search
    while search.steps > fewest and search.trials_of_grid > MOST_TRIALS:
        search = replace(search, steps=search.steps - 1)
    while search.seeds > 1 and search.trials_of_grid * search.seeds > MOST_NETWORKS:
        search = replace(search, seeds=search.seeds - 1)
    if search.steps != before.steps:
        said.append(
            f"{before.trials_of_grid:,} trials are more than {MOST_TRIALS:,}: {search.steps} values an axis are used."
        )
    if search.seeds != before.seeds:
        said.append(f"These are more than {MOST_NETWORKS:,} networks: {search.seeds} seeds a trial are used.")
    return search

"""Config: the one thing that defines a run. Every setting, its default, its range, what it does, and its link form.

A Config is frozen, checked when it is made, hashable (so it is a cache key), and has a link: `to_query` names what
differs from the default, `from_query` is the one gate for values from outside. The gate takes any mapping and always
returns a valid Config and a list of sentences about what it had to change; it never raises.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import accumulate, groupby, islice, pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from nn_core.activations import ACTIVATIONS
from nn_core.datasets import DATASETS, FEATURES, Dataset
from nn_core.initializers import INITIALIZERS
from nn_core.losses import LOSSES, TASKS
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from nn_core.ranges import Choice, Digest, Number, Range, Records, Several, Unreadable, as_number, write
from nn_core.tables import MOST_CLASSES

MAX_LAYERS = 6
MAX_NODES = 16  # of a hidden layer on the plane: what can still be drawn
MAX_NODES_PICTURES = 1024
MOST_PICTURES = 70_000  # that a run learns from
MOST_PICTURE_CLASSES = 64
MAX_SEED = 2**32 - 1
MOST_EPOCHS = 100_000
MOST_SAMPLES = 5000
MOST_OWN_POINTS = 300  # painted points: what a link can carry
MOST_CHANGES = 100
FARTHEST = 10.0  # of a painted point from the middle of the plane
LARGEST_WEIGHT = 1000.0  # of a weight set by hand
LONGEST_VALUE = 256  # characters of a value in a link
LONGEST_LIST = 10_000  # characters of own points, or of changes
MOST_KEYS = 64


class Point(NamedTuple):
    """A point set by hand: its place on the plane, its class number or target, and whether it is kept for testing."""

    x1: float
    x2: float
    target: float
    is_test: int = 0


class Change(NamedTuple):
    """From this epoch on a setting has another value, or one of the parameters, `parameters[3]`, was set to it."""

    epoch: int
    name: str
    value: Any

    @property
    def index(self) -> int | None:
        """Which parameter was set, or None for a setting."""
        found = re.fullmatch(r"parameters\[(\d{1,7})\]", self.name)
        return int(found[1]) if found else None


def _point(x1: Any, x2: Any, target: Any, is_test: Any) -> Point:
    place = Number(-FARTHEST, FARTHEST)
    x1, x2, target = (round(place.check(as_number(value)), 3) + 0.0 for value in (x1, x2, target))
    return Point(x1, x2, target, Number(0, 1, whole=True).check(as_number(is_test)))


def _change(epoch: Any, name: Any, value: Any) -> Change:
    change = Change(Number(0, MOST_EPOCHS, whole=True).check(as_number(epoch)), str(name)[:40], value)
    if change.index is not None:
        return change._replace(value=Number(-LARGEST_WEIGHT, LARGEST_WEIGHT).check(as_number(value)))
    if name not in CHANGEABLE:
        raise Unreadable("a setting that can change while the network learns, or parameters[i]")
    allowed: Range = next(f for f in fields(Config) if f.name == name).metadata["range"]
    read, said = allowed.read(value) if isinstance(value, str) else (value, "")
    if said:
        raise Unreadable(said)
    return change._replace(value=allowed.check(read))


def _by_epoch(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """One form for one meaning: changes by epoch, of each thing at each epoch only the last."""
    last = {each[:2]: each for each in changes}
    return tuple(sorted(last.values(), key=lambda each: (each.epoch, each.name)))


def setting(default: Any, allowed: Range, title: str, help: str) -> Any:
    """A field of Config with its range, its name on the screen, and what it does."""
    return field(default=default, metadata={"range": allowed, "title": title, "help": help})


@dataclass(frozen=True)
class Config:
    """Everything that defines a run. Raises ValueError naming field, value and range when a value does not fit."""

    dataset: str = setting(
        "xor_bits",
        Choice(tuple(DATASETS)),
        "Data set",
        "Cause: another problem for the network. Effect: some need one neuron, some a hidden layer, some several.",
    )
    samples: int = setting(
        1000,
        Number(4, MOST_SAMPLES, whole=True),
        "Samples",
        "Cause: more points. Effect: a steadier picture of the problem, a slower run, less overfitting.",
    )
    noise: float = setting(
        0.0,
        Number(0, 0.5),
        "Noise",
        "Cause: every point is shaken by this much (standard deviation). "
        "Effect: classes overlap; a network that learns the noise does worse on test points.",
    )
    test_share: float = setting(
        0.5,
        Number(0.1, 0.9),
        "Share for testing",
        "Cause: more points are kept from the network. Effect: a fairer test loss, but less to learn from.",
    )
    points: tuple[Point, ...] = setting(
        (),
        Records(Point, _point, MOST_OWN_POINTS),
        "Own points",
        "Cause: points set by hand, for training or for testing, beside those of the data set. "
        "Effect: a problem of your own; or what one outlier does to a boundary.",
    )
    classes: int = setting(
        2,
        Number(1, MOST_PICTURE_CLASSES, whole=True),
        "Classes of own data",
        "Cause: how many kinds of points there are; 1 means numbers to predict. Effect: one output for each class.",
    )
    data_id: str = setting(
        "",
        Digest(12),
        "Own table",
        "Cause: the table, or the set of pictures, with these contents is learnt from. "
        "Effect: other data than these are refused.",
    )
    images: int = setting(
        60_000,
        Number(100, MOST_PICTURES, whole=True),
        "Training pictures",
        "Cause: the network learns from the first so many of the set. "
        "Effect: fewer are learnt sooner, and by heart; more are what makes it right on new ones.",
    )
    augment: float = setting(
        0.0,
        Number(0, 2),
        "Bent pictures",
        "Cause: in each epoch every picture is turned, shifted, scaled and bent anew, by this much (0: not at all). "
        "Effect: nothing can be learnt by heart; slower, and better on digits that people draw.",
    )
    features: tuple[str, ...] = setting(
        ("x1", "x2"),
        Several(Choice(tuple(FEATURES)), 1, len(FEATURES)),
        "Input features",
        "Cause: the network is handed ready-made combinations of the coordinates. "
        "Effect: x₁x₂ alone makes XOR easy for a single neuron.",
    )
    hidden_sizes: tuple[int, ...] = setting(
        (4,),
        Several(Number(1, MAX_NODES_PICTURES, whole=True), 0, MAX_LAYERS),
        "Hidden nodes",
        "Cause: more nodes draw more lines to combine. "
        "Effect: two can solve XOR, four nearly always do; too many can learn the noise by heart.",
    )
    activation: str | tuple[str, ...] = setting(
        "tanh",
        Several(Choice(tuple(ACTIVATIONS)), 1, MAX_LAYERS, single=True),
        "Activation",
        "Cause: another curve between a node's sum and its output. "
        "Effect: smooth curves give round boundaries, ReLU gives straight edges, linear cannot bend at all.",
    )
    initializer: str = setting(
        "xavier",
        Choice(tuple(INITIALIZERS)),
        "First weights",
        "Cause: where the weights start. "
        "Effect: nearly zero learns very slowly, far too large gets stuck; Xavier and He suit the size of the layer.",
    )
    initial_scale: float = setting(
        1.0,
        Number(0.01, 10),
        "Scale of first weights",
        "Cause: the first weights are multiplied by this. Effect: small starts slowly, large starts in the flat ends.",
    )
    loss: str = setting(
        "auto",
        Choice(("auto", *LOSSES)),
        "Loss",
        "Cause: another measure of being wrong. "
        "Effect: cross-entropy punishes confident mistakes hardest and learns fastest on classes.",
    )
    optimizer: str = setting(
        "gradient_descent",
        Choice(tuple(OPTIMIZERS)),
        "Optimizer",
        "Cause: another way to turn the gradient into a step. "
        "Effect: momentum rolls through flat parts, Adam gives every weight its own step size.",
    )
    learning_rate: float = setting(
        0.5,
        Number(1e-5, 100),
        "Learning rate",
        "Cause: larger steps down the slope of the loss. "
        "Effect: learning is faster, until steps overshoot and the loss jumps or explodes.",
    )
    schedule: str = setting(
        "constant",
        Choice(tuple(SCHEDULES)),
        "Rate over time",
        "Cause: the learning rate changes during the run. Effect: large steps early, fine ones late, or a soft start.",
    )
    momentum: float = setting(
        0.9,
        Number(0, 0.999),
        "Momentum",
        "Cause: each step keeps this share of the last one. Effect: speed along valleys, overshooting when too high. "
        "Adam averages its gradients over the same share.",
    )
    rms_decay: float = setting(
        0.999,
        Number(0, 0.9999),
        "Memory of gradient size",
        "Cause: RMSProp and Adam average squared gradients over longer. Effect: steadier step sizes, slower to adapt.",
    )
    weight_decay: float = setting(
        0.01,
        Number(0, 1),
        "Weight decay",
        "Cause: AdamW shrinks every weight by this share of the rate at each step. Effect: smaller, smoother networks.",
    )
    batch_size: int = setting(
        0,
        Number(1, MOST_SAMPLES, whole=True, zero=True),
        "Batch size",
        "Cause: the gradient is taken from this many points at a time (0: all of them). "
        "Effect: small batches make many noisy steps an epoch, all points make one smooth step.",
    )
    epochs: int = setting(
        1000,
        Number(1, MOST_EPOCHS, whole=True),
        "Epochs",
        "Cause: the network sees all training points this many times. Effect: more time to learn, and to overfit.",
    )
    l1: float = setting(
        0.0,
        Number(0, 1),
        "L1 penalty",
        "Cause: every weight pays by its size. Effect: unneeded weights become exactly useless: a sparse network.",
    )
    l2: float = setting(
        0.0,
        Number(0, 1),
        "L2 penalty",
        "Cause: every weight pays by its square. Effect: no weight grows large, and the boundary stays smooth.",
    )
    dropout: float = setting(
        0.0,
        Number(0, 0.9),
        "Dropout",
        "Cause: at each step this share of the hidden nodes is switched off by chance. "
        "Effect: no node can rely on a single other; small networks suffer.",
    )
    clip: float = setting(
        0.0,
        Number(1e-3, 1000, zero=True),
        "Gradient clipping",
        "Cause: a gradient longer than this is shortened to it (0: off). Effect: a wild batch cannot blow up the run.",
    )
    seed: int = setting(
        0,
        Number(0, MAX_SEED, whole=True),
        "Seed",
        "Cause: other first weights and another order of the batches. "
        "Effect: the same settings can succeed or fail: luck is part of training.",
    )
    data_seed: int = setting(
        0,
        Number(0, MAX_SEED, whole=True),
        "Data seed",
        "Cause: other points of the same kind, split anew. Effect: shows what depends on the sample.",
    )
    precision: str = setting(
        "float64",
        Choice(("float64", "float32")),
        "Precision",
        # No widget: networks of the plane are float64, those of the digits float32.
        "Cause: numbers of half the size. Effect: larger networks train about twice as fast; the last digits differ.",
    )
    changes: tuple[Change, ...] = setting(
        (),
        Records(Change, _change, MOST_CHANGES, _by_epoch),
        "Changes on the way",
        "Cause: from an epoch on, a setting or a weight is another. Effect: the run goes on from where it stood.",
    )

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            if value is f.default:
                continue
            try:
                object.__setattr__(self, f.name, f.metadata["range"].check(value))
            except Unreadable as wanted:
                raise ValueError(f"{f.name} is {value!r}; it must be {wanted}.") from None
        for problem, _ in _conflicts(self):
            raise ValueError(problem)

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: the settings, without what was worked out from them."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @cached_property
    def data(self) -> Dataset:
        """The entry of DATASETS; own data are of the task that their classes make."""
        entry = DATASETS[self.dataset]
        if self.dataset == "images":
            return entry._replace(classes=max(2, self.classes))
        if entry.kind != "own":
            return entry
        task = {1: "regression", 2: "binary"}.get(self.classes, "multiclass")
        return entry._replace(task=task, classes=self.classes)

    @cached_property
    def task(self) -> str:
        """ "binary", "multiclass" or "regression"."""
        return self.data.task

    @cached_property
    def link(self) -> str:
        """The name in LINKS of the function from the last sums to the answer."""
        return TASKS[self.task].link

    @cached_property
    def loss_name(self) -> str:
        """The name in LOSSES, "auto" resolved by the task."""
        return TASKS[self.task].loss if self.loss == "auto" else self.loss

    @cached_property
    def activations(self) -> tuple[str, ...]:
        """One name per hidden layer."""
        same = isinstance(self.activation, str)
        return (self.activation,) * len(self.hidden_sizes) if same else self.activation  # type: ignore[return-value]

    @cached_property
    def layer_sizes(self) -> tuple[int, ...]:
        """Inputs, hidden layers, outputs: (2, 4, 1)."""
        inputs = 784 if self.data.kind == "pictures" else len(self.features)
        outputs = self.data.classes if self.task == "multiclass" else 1
        return (inputs, *self.hidden_sizes, outputs)

    @cached_property
    def n_parameters(self) -> int:
        """Weights and biases together."""
        return self.layer_places[-1][1].stop

    @cached_property
    def layer_places(self) -> tuple[tuple[int, slice], ...]:
        """The units of each layer, and where its parameters stand in the flat array of all."""
        shapes = [(units, units * (inputs + 1)) for inputs, units in pairwise(self.layer_sizes)]
        ends = list(accumulate(size for _, size in shapes))
        return tuple((units, slice(end - size, end)) for (units, size), end in zip(shapes, ends, strict=True))

    @property
    def training_samples(self) -> int:
        """How many points the network learns from."""
        return self.made_samples + sum(not point.is_test for point in self.points)

    @property
    def made_samples(self) -> int:
        """Training points without those set by hand."""
        if self.data.kind == "corners":
            return 4
        if self.data.kind == "pictures":
            return self.images
        if self.data.kind == "bits":
            return self.samples
        if self.data.kind == "own" and not self.data_id:
            return 0
        return share_for_training(self.samples, self.test_share)

    @cached_property
    def last_epoch(self) -> int:
        """Where the run ends: at its epochs, as last changed; at once where there is nothing to learn from."""
        if not self.training_samples:
            return 0
        return next((each.value for each in reversed(self.changes) if each.name == "epochs"), self.epochs)

    def ever(self, name: str) -> bool:
        """Whether a setting is anything but 0 or nothing, from the start or from a change on."""
        return bool(getattr(self, name)) or any(each.name == name and each.value for each in self.changes)

    @cached_property
    def stretches(self) -> tuple["Stretch", ...]:
        """The run from change to change."""
        if not self.changes:
            return (Stretch(0, self.last_epoch, self, {}),)
        stretches, now = [], self.replace(changes=())
        begins = {0: []} | {epoch: list(group) for epoch, group in groupby(self.changes, lambda each: each.epoch)}
        for begin, end in zip(begins, [*list(begins)[1:], self.last_epoch], strict=True):
            edits = {each.index: each.value for each in begins[begin] if each.index is not None}
            settings = {each.name: each.value for each in begins[begin] if each.index is None}
            now = now.replace(**settings) if settings else now
            stretches.append(Stretch(begin, end, now, edits))
        return tuple(stretches)

    def at(self, epoch: int) -> "Config":
        """The settings in force from this epoch on, as a Config without changes."""
        return next(each.config for each in reversed(self.stretches) if each.begin <= epoch)

    @cached_property
    def estimated_seconds(self) -> float:
        """About how long the run takes on one ordinary core; good within a factor of two or three."""
        return sum(each.config.seconds_an_epoch * (each.end - each.begin) for each in self.stretches)

    @cached_property
    def seconds_an_epoch(self) -> float:
        """The same for an epoch of a run without changes."""
        if not self.training_samples:
            return 0.0
        rows = min(self.training_samples, self.batch_size or self.training_samples)
        updates = -(-self.training_samples // rows)
        merged = self.batch_size == 0 and self.noise == 0 and self.dropout == 0 and self.data.kind == "bits"
        rows = 4 if merged else rows
        units = sum(self.layer_sizes[1:])
        pictures = self.data.kind == "pictures"  # large matrices: every number costs a tenth
        per_weight, per_step = (1e-10, 2e-9) if pictures else (1e-9, 6e-9)
        per_update = 5e-6 * len(self.layer_sizes) + rows * (units * 8e-9 + self.n_parameters * per_weight)
        extras = (
            (self.dropout, 30e-6),
            (self.l1 + self.l2, 8e-6),
            (self.clip, 3e-6),
            (self.schedule != "constant", 1e-6),
        )
        per_update += sum(cost for on, cost in extras if on) + (8e-6 if "adam" in self.optimizer else 2e-6)
        per_update += self.n_parameters * (1e-9 if self.optimizer == "gradient_descent" else per_step)
        per_update += rows * 12e-6 * (self.augment > 0 and pictures)
        return updates * per_update * 1.3

    def replace(self, **changes: Any) -> "Config":
        """A copy with some settings changed."""
        return replace(self, **changes)

    def from_seed(self, seed: int) -> "Config":
        """The same from another seed; made thousands at a time, so nothing is checked or worked out again."""
        FOLLOWS(self)
        another = object.__new__(Config)
        another.__dict__.update(self.__dict__, seed=FIELDS["seed"].metadata["range"].check(seed))
        another.__dict__.pop("stretches", None)  # they hold the seed
        return another

    def same_until(self, other: "Config") -> float:
        """The epoch before whose end the runs of two Configs are the same, bit by bit: infinity if one only goes on."""
        plain = {"changes": (), "epochs": 1}
        if self.replace(**plain) != other.replace(**plain):
            return 0
        # A schedule spans the epochs that are planned: with others it is another one from its beginning.
        planned = [each.begin for one in (self, other) for each in one.stretches if each.config.schedule != "constant"]
        told = planned if self.epochs != other.epochs else []
        return min([*told, *(each.epoch for each in {*self.changes} ^ {*other.changes})], default=math.inf)

    def to_query(self) -> dict[str, str]:
        """The link form: what differs from the default, as text. `from_query` of it gives this Config back."""
        return {f.name: write(getattr(self, f.name)) for f in fields(self) if getattr(self, f.name) != f.default}

    @staticmethod
    def from_query(mapping: Any) -> tuple["Config", list[str]]:
        """The gate: a valid Config from any mapping, and one sentence for each value that had to be changed.

        Takes text, numbers or lists of them under the field names; clamps numbers into their range, ignores what
        cannot be read (the default holds) and names what it does not know. Never raises.
        """
        try:
            keys = list(islice(mapping, MOST_KEYS + 1)) if isinstance(mapping, Mapping) else None
        except Exception:  # a mapping that cannot even name its keys
            keys = None
        if keys is None:
            return Config(), ["The settings could not be read: the defaults are used."]
        known = {f.name: f for f in fields(Config)}
        values: dict[str, Any] = {}
        notices: list[str] = []
        if len(keys) > MOST_KEYS:
            notices.append(f"A link has at most {MOST_KEYS} settings: the rest is left out.")
        for key in keys[:MOST_KEYS]:
            f = known.get(key) if isinstance(key, str) else None
            if f is None:
                notices.append(f"“{_shown(key)}” is not a setting: left out.")
                continue
            try:
                allowed = f.metadata["range"]
                text = _text(mapping[key], LONGEST_LIST if isinstance(allowed, Records) else LONGEST_VALUE)
                values[f.name], said = allowed.read(text)
                if said:
                    given = "" if isinstance(allowed, Records) else f" “{_shown(text)}”"
                    notices.append(f"{f.metadata['title']}{given} {said}.")
            except Exception as error:  # whatever a hostile mapping does: the default holds
                wanted = str(error) if isinstance(error, Unreadable) else f.metadata["range"].describe()
                notices.append(
                    f"{f.metadata['title']} must be {wanted}: {write(f.default) or 'none'} is used instead of the "
                    "link's value."
                )
        return _settled(values, notices)


FIELDS = {f.name: f for f in fields(Config)}
FOLLOWS = attrgetter("activations", "layer_sizes", "n_parameters", "last_epoch")  # from the settings, whatever the seed


class Stretch(NamedTuple):
    """Part of a run without a change: from the end of epoch `begin` to the end of epoch `end` by the settings `config`.
    It begins by setting the parameters of `edits`, index -> value."""

    begin: int
    end: int
    config: Config
    edits: dict[int, float]


# What may change while the network learns: not what it is made of, nor what it is asked.
CHANGEABLE = (
    *["learning_rate", "optimizer", "schedule", "momentum", "rms_decay", "weight_decay", "batch_size", "epochs"],
    *["l1", "l2", "dropout", "clip", "noise", "augment"],
)


def share_for_training(samples: int, test_share: float) -> int:
    """How many of so many points are learnt from: the others are the test, one each at least."""
    return samples - min(max(1, round(samples * test_share)), samples - 1)


def _settled(values: dict[str, Any], notices: list[str]) -> tuple[Config, list[str]]:
    """Values that fit one by one, made to fit together."""
    draft = object.__new__(Config)
    for f in fields(Config):
        object.__setattr__(draft, f.name, values.get(f.name, f.default))
    for problem, cure in _conflicts(draft):
        values.update(cure)
        for name, value in cure.items():
            object.__setattr__(draft, name, value)
        notices.append(problem)
    return Config(**values), notices


def _conflicts(config: Config):
    """What does not fit together, each with its cure: (sentence, changed settings)."""
    widest = MAX_NODES_PICTURES if config.data.kind == "pictures" else MAX_NODES
    if any(size > widest for size in config.hidden_sizes):
        sizes = tuple(min(size, widest) for size in config.hidden_sizes)
        yield f"A hidden layer has at most {widest} nodes here: {write(sizes)} is used.", {"hidden_sizes": sizes}
    if not isinstance(config.activation, str) and len(config.activation) != len(config.hidden_sizes):
        first = config.activation[0]
        count = f"{len(config.activation)} activations for {len(config.hidden_sizes)} hidden layers"
        yield f"There are {count}: {first} is used for all.", {"activation": first}
    if config.loss != "auto" and config.task not in LOSSES[config.loss].tasks:
        chosen, fitting = LOSSES[config.loss].title, LOSSES[TASKS[config.task].loss].title
        yield f"The loss {chosen} does not fit a {config.task} task: {fitting} is used.", {"loss": "auto"}
    if 0 < config.training_samples < config.batch_size:
        points = f"the {config.training_samples} training points"
        yield f"A batch of {config.batch_size} is more than {points}: all of them are used.", {"batch_size": 0}
    if config.data_id and config.dataset not in ("own", "images"):
        yield f"A table is learnt from as own data only, not with {config.data.title}: left out.", {"data_id": ""}
    if config.dataset == "own" and config.classes > MOST_CLASSES:
        yield f"Own data have at most {MOST_CLASSES} classes: {MOST_CLASSES} are used.", {"classes": MOST_CLASSES}
    if len(set(config.features)) < len(config.features):
        yield "Each input feature can be used once.", {"features": tuple(dict.fromkeys(config.features))}
    fitting = tuple(point for point in config.points if _fits(point, config))
    if len(fitting) < len(config.points):
        lost = f"{len(config.points) - len(fitting)} of your {len(config.points)} points"
        yield f"{lost} do not fit {config.data.title}, {_asked(config)}: left out.", {"points": fitting}
    possible = tuple(_possible(config))
    if len(possible) < len(config.changes):
        lost = f"{len(config.changes) - len(possible)} of {len(config.changes)} changes on the way"
        yield f"{lost} do not fit this run: left out.", {"changes": possible}


def _fits(point: Point, config: Config) -> bool:
    if config.data.kind == "pictures":
        return False
    return config.task == "regression" or (point.target.is_integer() and 0 <= point.target < config.data.classes)


def _asked(config: Config) -> str:
    return "which asks for numbers" if config.task == "regression" else f"which has {config.data.classes} classes"


def _possible(config: Config):
    """The changes that this run can make: within its epochs, of parameters it has, and in batches that exist."""
    epochs = config.epochs
    for change in config.changes:
        if change.epoch > epochs or (change.index or 0) >= config.n_parameters:
            continue
        if change.name == "epochs":
            if change.value <= change.epoch:
                continue
            epochs = change.value
        if change.name == "batch_size" and change.value > config.training_samples > 0:
            continue
        yield change


def _text(raw: Any, longest: int) -> str:
    """The text of one value from outside; the last one where a link repeats its key. Raises ValueError for the rest."""
    parts = raw if isinstance(raw, (list, tuple)) else (raw,)
    if len(parts) > MOST_KEYS or any(isinstance(p, bool) or not isinstance(p, (str, int, float)) for p in parts):
        raise ValueError
    if isinstance(raw, list) and all(isinstance(part, str) for part in parts):
        parts = parts[-1:]
    text = ",".join(map(str, parts)) or "none"
    if len(text) > longest:
        raise Unreadable(f"shorter: {len(text):,} characters are more than {longest:,}")
    return text.strip()


def _shown(text: Any) -> str:
    """Text from outside, safe and short enough to repeat to the visitor and the log."""
    if not isinstance(text, str):
        return "?"
    kept = "".join(c for c in text[:80] if c.isprintable() and c not in "`$[]<>*_\\")
    return kept if len(kept) <= 24 else kept[:24] + "…"

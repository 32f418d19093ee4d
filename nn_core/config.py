"""Config: the one thing that defines a run. Every setting, its default, its range, what it does, and its link form.

A Config is frozen, checked when it is made, hashable (so it is a cache key), and has a link: `to_query` names what
differs from the default, `from_query` is the one gate for values from outside. The gate takes any mapping and always
returns a valid Config and a list of sentences about what it had to change; it never raises.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from nn_core.activations import ACTIVATIONS
from nn_core.datasets import DATASETS, FEATURES, Dataset
from nn_core.initializers import INITIALIZERS
from nn_core.losses import LOSSES, TASKS
from nn_core.optimizers import OPTIMIZERS, SCHEDULES

MAX_LAYERS = 6
MAX_NODES = 16  # of a hidden layer on the plane: what can still be drawn
MAX_NODES_DIGITS = 1024
MAX_SEED = 2**32 - 1
LONGEST_VALUE = 256  # characters of a value in a link
MOST_KEYS = 64
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE)


class Unreadable(ValueError):
    """A value from outside that means nothing for its setting."""


class Number(NamedTuple):
    """A number from `low` to `high`; whole if `whole`. `zero` allows 0 below `low` (off)."""

    low: float
    high: float
    whole: bool = False
    zero: bool = False

    def describe(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.low:g} to {self.high:g}" + (", or 0" if self.zero else "")

    def check(self, value: Any) -> Any:
        kinds = (int,) if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise Unreadable(self.describe())
        if not (self.low <= value <= self.high or (self.zero and value == 0)):
            raise Unreadable(self.describe())
        return value if self.whole else float(value)

    def read(self, text: str) -> tuple[Any, bool]:
        """The number in `text`, moved into the range if need be, and whether it was moved."""
        if not NUMBER.fullmatch(text):
            raise Unreadable(self.describe())
        value = float(text)  # at most 256 characters of a known form: cheap, and 1e999 is infinity
        if self.whole and value == value // 1 and abs(value) < 2**53:
            value = int(value)
        elif self.whole and abs(value) < self.high:
            raise Unreadable(self.describe())
        if self.zero and value == 0:
            return (0 if self.whole else 0.0), False
        kept = min(max(value, self.low), self.high)
        return (int(kept) if self.whole else float(kept)), kept != value


class Choice(NamedTuple):
    """One of some names."""

    names: tuple[str, ...]

    def describe(self) -> str:
        return "one of " + ", ".join(self.names)

    def check(self, value: Any) -> Any:
        if not isinstance(value, str) or value not in self.names:
            raise Unreadable(self.describe())
        return value

    def read(self, text: str) -> tuple[Any, bool]:
        return self.check(text.lower()), False


class Several(NamedTuple):
    """A tuple of values of one kind. With `single`, one value may stand for all (a plain value instead of a tuple)."""

    item: "Number | Choice"
    fewest: int
    most: int
    single: bool = False

    def describe(self) -> str:
        return f"{self.fewest} to {self.most} values, each {self.item.describe()}"

    def check(self, value: Any) -> Any:
        if self.single and isinstance(value, str):
            return self.item.check(value)
        if not isinstance(value, tuple) or not self.fewest <= len(value) <= self.most:
            raise Unreadable(self.describe())
        return self._plain(tuple(self.item.check(part) for part in value))

    def read(self, text: str) -> tuple[Any, bool]:
        parts = [part.strip() for part in text.split(",")] if text not in ("", "none") else []
        if not self.fewest <= len(parts):
            raise Unreadable(self.describe())
        kept = [self.item.read(part) for part in parts[: self.most]]
        moved = len(parts) > self.most or any(changed for _, changed in kept)
        return self._plain(tuple(value for value, _ in kept)), moved

    def _plain(self, values: tuple) -> Any:
        """One form for one meaning: a value that stands alone is not a tuple, so that links and equality agree."""
        return values[0] if self.single and len(values) == 1 else values


Range = Number | Choice | Several


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
        Number(4, 5000, whole=True),
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
    features: tuple[str, ...] = setting(
        ("x1", "x2"),
        Several(Choice(tuple(FEATURES)), 1, len(FEATURES)),
        "Input features",
        "Cause: the network is handed ready-made combinations of the coordinates. "
        "Effect: x₁x₂ alone makes XOR easy for a single neuron.",
    )
    hidden_sizes: tuple[int, ...] = setting(
        (4,),
        Several(Number(1, MAX_NODES_DIGITS, whole=True), 0, MAX_LAYERS),
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
        Number(1, 5000, whole=True, zero=True),
        "Batch size",
        "Cause: the gradient is taken from this many points at a time (0: all of them). "
        "Effect: small batches make many noisy steps an epoch, all points make one smooth step.",
    )
    epochs: int = setting(
        1000,
        Number(1, 100_000, whole=True),
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

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            try:
                object.__setattr__(self, f.name, f.metadata["range"].check(value))
            except Unreadable as wanted:
                raise ValueError(f"{f.name} is {value!r}; it must be {wanted}.") from None
        for problem, _ in _conflicts(self):
            raise ValueError(problem)

    @property
    def data(self) -> Dataset:
        """The entry of DATASETS."""
        return DATASETS[self.dataset]

    @property
    def task(self) -> str:
        """ "binary", "multiclass" or "regression"."""
        return self.data.task

    @property
    def link(self) -> str:
        """The name in LINKS of the function from the last sums to the answer."""
        return TASKS[self.task].link

    @property
    def loss_name(self) -> str:
        """The name in LOSSES, "auto" resolved by the task."""
        return TASKS[self.task].loss if self.loss == "auto" else self.loss

    @property
    def activations(self) -> tuple[str, ...]:
        """One name per hidden layer."""
        same = isinstance(self.activation, str)
        return (self.activation,) * len(self.hidden_sizes) if same else self.activation  # type: ignore[return-value]

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Inputs, hidden layers, outputs: (2, 4, 1)."""
        inputs = 784 if self.data.kind == "digits" else len(self.features)
        outputs = self.data.classes if self.task == "multiclass" else 1
        return (inputs, *self.hidden_sizes, outputs)

    @property
    def n_parameters(self) -> int:
        """Weights and biases together."""
        return sum((a + 1) * b for a, b in zip(self.layer_sizes, self.layer_sizes[1:], strict=False))

    @property
    def training_samples(self) -> int:
        """How many points the network learns from."""
        if self.data.kind == "corners":
            return 4
        if self.data.kind == "digits":
            return 60_000
        if self.data.kind == "bits":
            return self.samples
        return self.samples - min(max(1, round(self.samples * self.test_share)), self.samples - 1)  # one each at least

    @cached_property
    def estimated_seconds(self) -> float:
        """About how long the run takes on one ordinary core; good within a factor of two or three."""
        rows = min(self.training_samples, self.batch_size or self.training_samples)
        updates = self.epochs * -(-self.training_samples // rows)
        merged = self.batch_size == 0 and self.noise == 0 and self.dropout == 0 and self.data.kind == "bits"
        rows = 4 if merged else rows
        units = sum(self.layer_sizes[1:])
        per_update = 5e-6 * len(self.layer_sizes) + rows * (units * 8e-9 + self.n_parameters * 1e-9)
        extras = (
            (self.dropout, 30e-6),
            (self.l1 + self.l2, 8e-6),
            (self.clip, 3e-6),
            (self.schedule != "constant", 1e-6),
        )
        per_update += sum(cost for on, cost in extras if on) + (8e-6 if "adam" in self.optimizer else 2e-6)
        per_update += self.n_parameters * (1e-9 if self.optimizer == "gradient_descent" else 6e-9)
        return updates * per_update * 1.3

    def replace(self, **changes: Any) -> "Config":
        """A copy with some settings changed."""
        return replace(self, **changes)

    def to_query(self) -> dict[str, str]:
        """The link form: what differs from the default, as text. `from_query` of it gives this Config back."""
        return {f.name: _write(getattr(self, f.name)) for f in fields(self) if getattr(self, f.name) != f.default}

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
                text = _text(mapping[key])
                values[f.name], moved = f.metadata["range"].read(text)
                if moved:
                    limit = _write(values[f.name])
                    notices.append(f"{f.metadata['title']} “{_shown(text)}” is out of range: {limit} is used instead.")
            except Exception as error:  # whatever a hostile mapping does: the default holds
                wanted = str(error) if isinstance(error, Unreadable) else f.metadata["range"].describe()
                notices.append(
                    f"{f.metadata['title']} must be {wanted}: {_write(f.default)} is used instead of the link's value."
                )
        return _settled(values, notices)


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
    widest = MAX_NODES_DIGITS if config.data.kind == "digits" else MAX_NODES
    if any(size > widest for size in config.hidden_sizes):
        sizes = tuple(min(size, widest) for size in config.hidden_sizes)
        yield f"A hidden layer has at most {widest} nodes here: {_write(sizes)} is used.", {"hidden_sizes": sizes}
    if not isinstance(config.activation, str) and len(config.activation) != len(config.hidden_sizes):
        first = config.activation[0]
        count = f"{len(config.activation)} activations for {len(config.hidden_sizes)} hidden layers"
        yield f"There are {count}: {first} is used for all.", {"activation": first}
    if config.loss != "auto" and config.task not in LOSSES[config.loss].tasks:
        chosen, fitting = LOSSES[config.loss].title, LOSSES[TASKS[config.task].loss].title
        yield f"The loss {chosen} does not fit a {config.task} task: {fitting} is used.", {"loss": "auto"}
    if config.batch_size > config.training_samples:
        points = f"the {config.training_samples} training points"
        yield f"A batch of {config.batch_size} is more than {points}: all of them are used.", {"batch_size": 0}
    if len(set(config.features)) < len(config.features):
        yield "Each input feature can be used once.", {"features": tuple(dict.fromkeys(config.features))}


def _write(value: Any) -> str:
    """A value in its link form."""
    if isinstance(value, tuple):
        return ",".join(map(_write, value)) or "none"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _text(raw: Any) -> str:
    """The text of one value from outside; the last one where a link repeats its key. Raises ValueError for the rest."""
    parts = raw if isinstance(raw, (list, tuple)) else (raw,)
    if len(parts) > MOST_KEYS or any(isinstance(p, bool) or not isinstance(p, (str, int, float)) for p in parts):
        raise ValueError
    if isinstance(raw, list) and all(isinstance(part, str) for part in parts):
        parts = parts[-1:]
    text = ",".join(map(str, parts)) or "none"
    if len(text) > LONGEST_VALUE:
        raise ValueError
    return text.strip()


def _shown(text: Any) -> str:
    """Text from outside, safe and short enough to repeat to the visitor and the log."""
    if not isinstance(text, str):
        return "?"
    kept = "".join(c for c in text[:80] if c.isprintable() and c not in "`$[]<>*_\\")
    return kept if len(kept) <= 24 else kept[:24] + "…"


class Preset(NamedTuple):
    """A run worth seeing, and what to look at in it."""

    config: Config
    title: str
    look_at: str


PRESETS: dict[str, Preset] = {
    "first": Preset(
        Config(),
        "XOR, solved",
        "Four tanh nodes bend the plane until both 1s lie on the same side of the line.",
    ),
    "tutorial": Preset(
        Config(hidden_sizes=(2,), activation="sigmoid", initializer="tutorial"),
        "The tutorial's network",
        "Two sigmoid nodes that start at 0.01 x normal: the loss never leaves ln 2 = 0.693, the loss of a coin.",
    ),
    "tutorial_cured": Preset(
        Config(hidden_sizes=(4,), activation="tanh", initializer="normal"),
        "The tutorial's network, cured",
        "The same data and rate with larger first weights, tanh and four nodes: watch the loss step down.",
    ),
    "small_batches": Preset(
        Config(
            dataset="circles", samples=500, noise=0.1, hidden_sizes=(4, 2), learning_rate=0.3, batch_size=4, epochs=100
        ),
        "Circles in small batches",
        "Two layers close a ring out of lines; the loss trembles because each step sees only four points.",
    ),
    "perceptron": Preset(
        Config(hidden_sizes=(), epochs=300),
        "No hidden layer",
        "A single neuron draws one straight line, and no line separates XOR.",
    ),
    "spiral": Preset(
        Config(dataset="spiral", samples=400, hidden_sizes=(8, 8), optimizer="adam", learning_rate=0.02, epochs=800),
        "The spiral",
        "Watch the boundary wind itself up, arm by arm; one hidden layer of the same size finds it much harder.",
    ),
    "too_fast": Preset(
        Config(dataset="moons", samples=300, hidden_sizes=(8,), learning_rate=20.0, epochs=300),
        "A rate too high",
        "Steps of this size jump across the valley: the loss leaps about and nothing settles.",
    ),
}

"""Config: what it accepts and what it refuses; its link; and the gate, which nothing gets past and nothing breaks."""

import pickle
import random
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from nn_core.config import LONGEST_LIST, MAX_SEED, Change, Config
from nn_core.losses import LOSSES
from nn_core.presets import PRESETS
from nn_core.ranges import Choice, Number, Several
from nn_core.training import run
from tests.support import edges, random_settings

SETTINGS = {f.name: f for f in fields(Config)}
COMPANIONS = {  # what else has to be set for an extreme value to fit
    "batch_size": {"samples": 5000},
    "hidden_sizes": {"dataset": "mnist"},
}


def gate(**values):
    return Config.from_query(values)


# --- what fits --------------------------------------------------------------------------------------------------------


def test_the_default_is_the_first_run():
    config = Config()
    assert config.layer_sizes == (2, 4, 1)
    assert config.n_parameters == 17
    assert (config.task, config.link, config.loss_name) == ("binary", "sigmoid", "binary_cross_entropy")
    assert config.to_query() == {}
    assert Config.from_query({}) == (config, [])


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_explains_itself(name):
    metadata = SETTINGS[name].metadata
    assert metadata["title"]
    assert metadata["help"].startswith("Cause: ")
    assert "Effect: " in metadata["help"]
    metadata["range"].check(SETTINGS[name].default)


@pytest.mark.parametrize("name", SETTINGS)
def test_extremes_are_accepted_and_survive_the_link(name):
    for value in edges(SETTINGS[name].metadata["range"]):
        companions = dict(COMPANIONS.get(name, {}))
        if name == "loss" and value != "auto":
            task = LOSSES[value].tasks[0]
            companions["dataset"] = {"binary": "moons", "multiclass": "four_blobs"}[task]
        if name == "activation" and isinstance(value, tuple):
            companions["hidden_sizes"] = (3,) * len(value)
        if name == "data_id":
            companions["dataset"] = "own"
        config = Config(**{name: value}, **companions)
        assert Config.from_query(config.to_query()) == (config, [])
        assert hash(config) == hash(Config.from_query(config.to_query())[0])


def test_equal_meaning_is_equal_config():
    assert Config(activation=("relu",)) == Config(activation="relu")
    assert Config(learning_rate=1) == Config(learning_rate=1.0)
    assert isinstance(Config(learning_rate=1).learning_rate, float)


def test_frozen_and_replaced():
    config = Config()
    with pytest.raises(FrozenInstanceError):
        config.epochs = 5  # type: ignore[misc]
    assert config.replace(epochs=5).epochs == 5
    assert config.epochs == 1000


# --- what is refused, by field, value and range ---------------------------------------------------------------------


def wrong(allowed):
    always = [None, b"1", {}, [1], object(), float("nan"), True]
    match allowed:
        case Number(low, high, whole):
            return [*always, "1", low - 2, high + 1, float("inf"), *([low + 0.5] if whole else [])]
        case Choice():
            return [*always, "", "no such name", 1]
        case _:
            return [*always, 3, ("no such name",), (None,), (0.5,), ((4,),), (4,) * 9, ("x1",) * 9]


@pytest.mark.parametrize("name", SETTINGS)
def test_refuses_by_field_value_and_range(name):
    allowed = SETTINGS[name].metadata["range"]
    for value in wrong(allowed):
        with pytest.raises(ValueError) as refusal:
            Config(**{name: value})
        assert str(refusal.value).startswith(f"{name} is {value!r}; it must be ")
        ranges = [allowed.describe(), *([allowed.item.describe()] if isinstance(allowed, Several) else [])]
        assert any(words in str(refusal.value) for words in ranges)


@pytest.mark.parametrize(
    "values",
    [
        {"hidden_sizes": (17,)},
        {"hidden_sizes": (4, 4), "activation": ("relu", "tanh", "relu")},
        {"dataset": "sine", "loss": "binary_cross_entropy"},
        {"dataset": "moons", "loss": "categorical_cross_entropy"},
        {"dataset": "xor_points", "batch_size": 5},
        {"samples": 100, "dataset": "moons", "test_share": 0.5, "batch_size": 51},
        {"features": ("x1", "x2", "x1")},
    ],
)
def test_what_does_not_fit_together_is_refused_here_and_cured_at_the_gate(values):
    with pytest.raises(ValueError):
        Config(**values)
    text = {name: ",".join(map(str, value)) if isinstance(value, tuple) else value for name, value in values.items()}
    config, notices = Config.from_query(text)
    assert len(notices) == 1
    assert Config.from_query(config.to_query()) == (config, [])


# --- the gate ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("hidden_sizes", "", ()),
        ("hidden_sizes", "none", ()),
        ("hidden_sizes", " 8, 4 ", (8, 4)),
        ("hidden_sizes", [], ()),
        ("hidden_sizes", (8, 4), (8, 4)),
        ("activation", " ReLU ", "relu"),
        ("activation", "relu", "relu"),
        ("learning_rate", "1e-3", 0.001),
        ("learning_rate", ".5", 0.5),
        ("learning_rate", 2, 2.0),
        ("learning_rate", ["0.1", "0.2"], 0.2),
        ("epochs", "+7", 7),
        ("epochs", "1e3", 1000),
        ("epochs", 7.0, 7),
        ("seed", str(MAX_SEED), MAX_SEED),
        ("clip", "0", 0.0),
        ("features", "x1_times_x2", ("x1_times_x2",)),
    ],
)
def test_gate_reads(name, text, expected):
    config, notices = gate(**{name: text})
    assert getattr(config, name) == expected
    assert notices == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("learning_rate", "inf", 100.0),
        ("learning_rate", "-inf", 1e-5),
        ("learning_rate", "1e999", 100.0),
        ("learning_rate", float("inf"), 100.0),
        ("learning_rate", 1e300, 100.0),
        ("learning_rate", "-0.5", 1e-5),
        ("learning_rate", "0", 1e-5),
        ("epochs", "99999999999999999999", 100_000),
        ("epochs", "-3", 1),
        ("samples", "0", 4),
        ("samples", "1e7", 5000),
        ("noise", "1e308", 0.5),
        ("dropout", "1.0", 0.9),
        ("momentum", "1.5", 0.999),
        ("seed", "-1", 0),
        ("clip", "1e-9", 0.001),
        ("hidden_sizes", "4,0,2", (4, 1, 2)),
        ("hidden_sizes", "999999", (16,)),
        ("hidden_sizes", "2,2,2,2,2,2,2,2", (2,) * 6),
        ("hidden_sizes", "-3", (1,)),
        ("hidden_sizes", "4.5", (4,)),
        ("epochs", "0.5", 1000),
        ("batch_size", "100000", 0),
        ("loss", "categorical_cross_entropy", "auto"),
        ("activation", "relu,tanh,elu", "relu"),
        ("features", "x1,x1", ("x1",)),
    ],
)
def test_gate_moves_into_range_and_says_so(name, text, expected):
    config, notices = gate(**{name: text})
    assert getattr(config, name) == expected
    assert notices
    assert Config.from_query(config.to_query()) == (config, [])


class Raising(Mapping):
    """A mapping that fails on everything but naming one key."""

    def __init__(self, names_keys: bool) -> None:
        self.names_keys = names_keys

    def __iter__(self):
        if not self.names_keys:
            raise RuntimeError
        return iter(["learning_rate"])

    def __len__(self):
        raise RuntimeError

    def __getitem__(self, key):
        raise RuntimeError


class Endless(Raising):
    """A mapping whose keys never end."""

    def __iter__(self):
        return (f"key {i}" for i in iter(int, 1))


def doubled(times):
    nest: tuple = ("x",)
    for _ in range(times):
        nest = (nest, nest)  # 2^times leaves in a handful of objects
    return nest


NONSENSE = {
    "nan": "nan",
    "nan number": float("nan"),
    "underscore": "1_000",
    "hexadecimal": "0x10",
    "5000 digits": "9" * 5000,
    "200 digits of fraction": "0." + "1" * 300,
    "5000-digit number": 10**5000,
    "Devanagari digits": "१२",
    "fullwidth digits": "\uff11\uff12",
    "superscript": "4²",
    "NUL": "4\x00",
    "control bytes": "\x00\n\x1b[31m",
    "right to left": "\u202e4",
    "two numbers": "4 4",
    "only commas": ",,,",
    "megabytes": "x" * 5_000_000,
    "None": None,
    "boolean": True,
    "complex": 1 + 2j,
    "bytes": b"4",
    "object": object(),
    "list of None": [None],
    "list in list": [[4]],
    "dict": {"4": 4},
    "doubling nest": doubled(60),
    "long list": ["4"] * 1_000_000,
    "array": np.array([4.0, 2.0]),
    "path": "../../etc/passwd",
    "mark-up": "<script>alert(1)</script>",
}


@pytest.mark.parametrize("value", NONSENSE.values(), ids=NONSENSE.keys())
def test_gate_ignores_nonsense_and_names_the_setting(value):
    for name, f in SETTINGS.items():
        sound = {"seed": "7"} if name != "seed" else {"data_seed": "7"}
        config, notices = gate(**{name: value}, **sound)
        assert config == Config().replace(**{key: 7 for key in sound}), "the rest of the link still counts"
        assert len(notices) == 1
        assert f.metadata["title"] in notices[0]


@pytest.mark.parametrize("mapping", [None, 3, "learning_rate=1", [("seed", 1)], object(), Raising(False)])
def test_gate_takes_what_is_no_mapping(mapping):
    config, notices = Config.from_query(mapping)
    assert config == Config()
    assert len(notices) == 1


@pytest.mark.parametrize(
    "mapping",
    [Raising(True), Endless(True), {f"k{i}": "1" for i in range(10_000)}, {3: 4, None: None, (): (), b"seed": b"1"}],
    ids=["raising", "endless", "10,000 keys", "keys that are no text"],
)
def test_gate_outlives_hostile_mappings(mapping):
    config, notices = Config.from_query(mapping)
    assert config == Config()
    assert 1 <= len(notices) <= 100


def test_notices_are_short_safe_single_lines():
    _, notices = gate(**{"<b>`$x$`\n\x00" * 50: "1", "learning_rate": "1e9" + "9" * 90, "epochs": "\n\x1b[31m7"})
    assert len(notices) == 3
    for notice in notices:
        assert notice.isprintable()
        assert not set(notice) & set("`$<>")
        assert len(notice) < 200


def test_random_settings_come_out_valid_and_stay_so():
    rng = random.Random(0)
    for _ in range(500):
        config, _ = Config.from_query(random_settings(rng))
        assert Config.from_query(config.to_query()) == (config, [])
        assert all(isinstance(value, str) and len(value) <= LONGEST_LIST for value in config.to_query().values())
        assert config.estimated_seconds > 0 or not config.training_samples


ALPHABET = "0123456789+-.,eE infnanx_ \x00\n٣²relutanh;=&%'\"\\"


def test_random_text_never_gets_past():
    rng = random.Random(0)
    for _ in range(500):
        link = {name: "".join(rng.choices(ALPHABET, k=rng.randint(0, 12))) for name in SETTINGS}
        config, notices = Config.from_query(link)
        assert Config.from_query(config.to_query()) == (config, [])
        assert all(notice.isprintable() for notice in notices)


# --- presets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
def test_presets_run_and_end_finite(name):
    config, title, look_at = PRESETS[name]
    assert config.estimated_seconds < 2
    history = run(config)
    assert history.finished
    assert np.isfinite(history.parameters).all()
    assert np.isfinite(history.train_loss).all()
    assert Config.from_query(config.to_query()) == (config, [])
    assert title
    assert look_at


def test_first_preset_solves_xor():
    history = run(PRESETS["first"].config)
    assert history.train_accuracy[-1] == history.test_accuracy[-1] == 1.0
    assert history.train_loss[-1] < 0.01


def test_tutorial_preset_is_stuck_at_the_loss_of_a_coin():
    config = PRESETS["tutorial"].config
    assert (config.hidden_sizes, config.activation, config.initializer) == ((2,), "sigmoid", "tutorial")
    history = run(config)
    assert 0.6892 < history.train_loss[-1] < np.log(2) + 1e-4
    assert history.train_accuracy[-1] < 0.6


def test_cured_preset_is_not():
    assert run(PRESETS["tutorial_cured"].config).train_accuracy[-1] == 1.0


def test_the_same_from_another_seed():
    config = Config(hidden_sizes=(3,), changes=(Change(5, "learning_rate", 0.1),))
    assert config.stretches[1].config.seed == 0
    another = config.from_seed(7)
    assert another == config.replace(seed=7)
    assert hash(another) == hash(config.replace(seed=7))
    assert [each.config.seed for each in another.stretches] == [7, 7]
    assert (config.seed, another.n_parameters) == (0, 13)
    with pytest.raises(ValueError, match="from 0"):
        config.from_seed(-1)


def test_pickles_hold_the_settings_alone():
    config = Config(hidden_sizes=(3,))
    before = len(pickle.dumps(config))
    assert config.stretches
    assert config.data.make
    assert len(pickle.dumps(config)) == before
    assert pickle.loads(pickle.dumps(config)) == config

"""A run with its data as a file, and back; the data as a table."""

import json

import numpy as np
import pytest

from nn_core import FEATURES, Config, make_data, predict, run
from nn_core.config import Change, Point
from nn_core.export import data_file, read_run, run_file, weights_file
from nn_core.sheets import TableError, read_sheet
from nn_core.tables import choose

SHEET = read_sheet(
    "size,weight,kind\n" + "\n".join(f"{i / 3},{i * i},{'=big' if i > 9 else 'small'}" for i in range(20))
)
LABELS = choose(SHEET, "size", "weight", "kind")


def own(table, **settings):
    classes = 1 if table.task == "regression" else len(table.classes)
    return Config(dataset="own", data_id=table.digest, classes=classes, samples=20, **settings)


def test_a_run_comes_back_with_points_changes_and_table():
    config = own(LABELS, points=(Point(0.1, 0.2, 1, 0),), changes=(Change(5, "parameters[0]", 0.5),), epochs=9)
    settings, table = read_run(run_file(config, LABELS).encode())
    assert Config.from_query(settings) == (config, [])
    assert table.digest == LABELS.digest
    for once, again in zip(make_data(config, LABELS)[:4], make_data(config, table)[:4], strict=True):
        np.testing.assert_array_equal(once, again)


def test_a_run_without_a_table():
    assert read_run(run_file(Config(seed=4)).encode()) == ({"seed": "4"}, None)


BAD = [
    b"",
    b"{",
    b"[]",
    b"3",
    b"{}",
    b'{"format": "other", "settings": {}}',
    b'{"settings": 3}',
    b"\xff\xfe{",
    b"[" * 100_000,
]


@pytest.mark.parametrize("raw", BAD)
def test_what_is_no_run_is_refused_in_a_sentence(raw):
    with pytest.raises(TableError, match=r"not a run of the playground.*\."):
        read_run(raw)


@pytest.mark.parametrize(
    "change", [{"csv": "x"}, {"csv": 3}, {"columns": ["a"]}, {"columns": ["size", "weight", "none"]}]
)
def test_a_run_whose_table_is_broken_is_refused(change):
    content = json.loads(run_file(own(LABELS), LABELS))
    content["table"] |= change
    with pytest.raises(TableError):
        read_run(json.dumps(content).encode())


def test_data_are_written_in_their_own_numbers():
    lines = data_file(own(LABELS), LABELS).splitlines()
    assert lines[0] == "size,weight,kind,used for"
    assert len(lines) == 21
    written = read_sheet("\n".join(lines))
    np.testing.assert_allclose(np.sort(written.columns[1].values), np.arange(20) ** 2, atol=1e-9)
    assert sum("'=big" in line for line in lines) == 10, "no spreadsheet takes a label for a formula"
    moons = data_file(Config(dataset="moons", samples=10)).splitlines()
    assert moons[0] == "x₁,x₂,y,used for"
    assert {line.split(",")[2] for line in moons[1:]} == {"0", "1"}


@pytest.mark.parametrize(
    "config",
    [
        Config(epochs=40),
        Config(dataset="three_spiral", hidden_sizes=(5, 4), activation=("relu", "sigmoid"), epochs=5),
        Config(dataset="plane", hidden_sizes=(), features=("x1", "x2_squared"), epochs=5),
    ],
    ids=("xor", "spiral", "plane"),
)
def test_weights_answer_as_the_network_does(config):
    history = run(config)
    file = json.loads(weights_file(history))
    x = np.random.default_rng(2).uniform(-1, 1, (20, 2))
    a = np.stack([FEATURES[name].value(x[:, 0], x[:, 1]) for name in file["inputs"]], axis=1)
    functions = {
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
        "linear": lambda z: z,
    }
    for layer in file["layers"]:
        a = functions[layer["then"]](a @ np.array(layer["weights"]).T + layer["biases"])
    np.testing.assert_allclose(a, predict(history.state.parameters, x, config), rtol=1e-12)

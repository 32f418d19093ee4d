"""Every data set: shape, seed, balance, domain; what noise and the settings of a run may change, and what not."""

import numpy as np
import pytest

from nn_core.config import Config
from nn_core.data import make_data
from nn_core.datasets import CORNERS, DATASETS, FEATURES
from nn_core.randomness import stream
from nn_core.sheets import read_sheet
from nn_core.tables import choose

MADE = [name for name, entry in DATASETS.items() if entry.make and entry.kind != "own"]
TABLES = {"xor_points": [0, 1, 1, 0], "and": [0, 0, 0, 1], "or": [0, 1, 1, 1]}  # at 00, 01, 10, 11
N = 480  # divides evenly among 2, 3 and 4 classes and 16 fields

each = pytest.mark.parametrize("name", MADE)


def points(name, n=N, noise=0.0, seed=0):
    return DATASETS[name].make(n, noise, stream(seed, "data"))


@each
def test_shape_and_seed(name):
    x, y = points(name)
    assert (x.shape, y.shape) == ((N, 2), (N,))
    assert x.dtype == float
    assert y.dtype == float if DATASETS[name].task == "regression" else y.dtype.kind == "i"
    for once, again in zip((x, y), points(name), strict=True):
        np.testing.assert_array_equal(once, again)
    assert DATASETS[name].kind == "corners" or (points(name, seed=1)[0] != x).any()


@each
def test_balance(name):
    entry, (_, y) = DATASETS[name], points(name)
    if entry.task == "regression":
        assert y.std() > 0.3, "something to learn"
    elif entry.kind == "corners":
        assert np.bincount(y).tolist() == [N // 4 * (4 - sum(TABLES[name])), N // 4 * sum(TABLES[name])]
    else:
        slack = 4 * np.sqrt(N) / 2 if entry.kind == "bits" else 0  # the bits are tossed, all else is dealt out
        np.testing.assert_allclose(np.bincount(y, minlength=entry.classes), N / entry.classes, atol=slack)


@each
def test_lies_inside_its_domain_on_a_grid(name):
    x, y = points(name)
    low, high = DATASETS[name].domain
    assert low < x.min() < x.max() < high
    for made in (x, y, *points(name, noise=0.2)):
        np.testing.assert_array_equal(made, np.round(made, 6), "the same on every machine")


@each
def test_noise_shakes_coordinates_or_for_regression_values(name):
    (x, y), (noisy_x, noisy_y) = points(name), points(name, noise=0.1)
    shaken, kept = ((y, noisy_y), (x, noisy_x)) if DATASETS[name].task == "regression" else ((x, noisy_x), (y, noisy_y))
    assert np.std(shaken[1] - shaken[0]) == pytest.approx(0.1, rel=0.1)
    np.testing.assert_array_equal(*kept)


def test_bits_are_their_exclusive_or():
    x, y = points("xor_bits", n=1000)
    assert set(map(tuple, x)) == set(map(tuple, CORNERS))
    np.testing.assert_array_equal(y, np.bitwise_xor(*x.astype(int).T))


@pytest.mark.parametrize(("name", "truth"), TABLES.items())
def test_logic_tables_train_on_noisy_corners_and_test_on_clean_ones(name, truth):
    data = make_data(Config(dataset=name, noise=0.3))
    np.testing.assert_array_equal(data.y_train, truth)
    np.testing.assert_array_equal(data.y_test, truth)
    np.testing.assert_array_equal(data.x_test, CORNERS)
    assert (data.x_train != CORNERS).all()


@each
@pytest.mark.parametrize("share", [0.1, 0.25, 0.9])
def test_sizes_of_the_split(name, share):
    config = Config(dataset=name, samples=101, test_share=share)
    data = make_data(config)
    assert len(data.x_train) == len(data.y_train) == config.training_samples
    held_back = {"corners": 4, "bits": 101}.get(config.data.kind, round(101 * share))
    assert len(data.x_test) == len(data.y_test) == held_back
    assert data.task == config.task
    if config.data.kind == "plane":
        together = np.concatenate([data.x_train, data.x_test])
        assert sorted(map(tuple, together)) == sorted(map(tuple, points(name, n=101)[0])), "each point is used once"


@each
def test_data_depend_on_data_settings_alone(name):
    config = Config(dataset=name, samples=60, noise=0.1)
    other = config.replace(seed=5, hidden_sizes=(7, 2), epochs=3, batch_size=2, optimizer="adam", features=("x1",))
    for one, same in zip(make_data(config)[:4], make_data(other)[:4], strict=True):
        np.testing.assert_array_equal(one, same)
    resown = make_data(config.replace(data_seed=1))
    assert (resown.x_train != make_data(config).x_train).any() or (resown.y_train != make_data(config).y_train).any()


def test_a_small_table_is_split_class_by_class():
    rows = [f"{i},{i * i},{'abc'[i // 3]}" for i in range(9)]
    table = choose(read_sheet("\n".join(["x,y,kind", *rows])), "x", "y", "kind")
    config = Config(dataset="own", data_id=table.digest, classes=3, samples=9, test_share=0.3)
    for seed in range(5):
        data = make_data(config.replace(data_seed=seed), table)
        assert np.bincount(data.y_train).tolist() == [2, 2, 2]
        assert np.bincount(data.y_test).tolist() == [1, 1, 1]
    assert config.training_samples == 6


def test_digits_are_not_made_here():
    with pytest.raises(ValueError, match="mnist"):
        make_data(Config(dataset="mnist"))


@pytest.mark.parametrize("name", FEATURES)
def test_features_follow_their_name(name):
    x1, x2 = 0.5, -2.0
    words = {"x1_squared": 0.25, "x2_squared": 4.0, "x1_times_x2": -1.0, "sin_x1": np.sin(0.5), "sin_x2": np.sin(-2.0)}
    assert FEATURES[name].value(x1, x2) == {"x1": x1, "x2": x2, **words}[name]


def test_titles_are_distinct():
    titles = [entry.title for entry in DATASETS.values()]
    assert len(set(titles)) == len(titles)

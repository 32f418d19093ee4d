"""Plateaus with a name are where networks really rest."""

import math

import numpy as np
import pytest

from nn_core import Config, make_data, population
from nn_core.config import Point
from nn_core.plateaus import plateaus


def of(config: Config):
    return plateaus(config, make_data(config))


def test_xor_on_four_points():
    found = of(Config(dataset="xor_points"))
    assert [(each.shared, each.inputs) for each in found] == [(4, 4), (3, 4), (2, 4)]
    thirds = -(math.log(1 / 3) / 3 + 2 * math.log(2 / 3) / 3)
    np.testing.assert_allclose([each.low for each in found], [math.log(2), 0.75 * thirds, math.log(2) / 2])
    assert found[1].value == pytest.approx(0.4774, abs=1e-4)
    assert all(each.high == pytest.approx(each.low) for each in found), "all corners are equally many"


def test_on_random_bits_the_counts_make_a_small_difference():
    config = Config()
    data = make_data(config)
    found = of(config)
    positive = data.y_train.mean()
    entropy = -positive * math.log(positive) - (1 - positive) * math.log(1 - positive)
    assert found[0].low == found[0].high == pytest.approx(entropy)
    for each in found[1:]:
        assert 0 < each.high - each.low < 0.05
    corner = data.x_train @ [2, 1]
    three = data.y_train[corner != 3].mean()
    share = (corner != 3).mean()
    value = -share * (three * math.log(three) + (1 - three) * math.log(1 - three))
    assert found[1].has(value)


def test_of_squares_it_is_the_variance_and_of_many_classes_the_entropy():
    (squares, *_) = of(Config(dataset="xor_points", loss="mean_squared_error"))
    assert squares.value == pytest.approx(0.25)
    (blobs,) = of(Config(dataset="four_blobs", samples=400))
    assert blobs.value == pytest.approx(math.log(4), abs=0.01)
    (sine,) = of(Config(dataset="sine", samples=200))
    assert sine.value == pytest.approx(make_data(Config(dataset="sine", samples=200)).y_train.var())


def test_values_and_unequal_inputs_have_the_highest_alone():
    values = tuple(
        Point(x, 0, target) for x, target in zip((-2, -1, 0, 1, 2, 3), (0, 0.2, 1, 0.4, 0.9, 0.1), strict=True)
    )
    config = Config(dataset="own", points=values, classes=1)
    assert config.task == "regression"
    assert [each.shared for each in of(config)] == [6]
    often = tuple(Point(x, x, target) for x, target in [(0, 0)] * 20 + [(1, 1)] * 2 + [(2, 0)] + [(3, 1)])
    assert [each.shared for each in of(Config(dataset="own", points=often))] == [4]


def test_none_where_none_is_known():
    assert of(Config(loss="huber")) == []
    assert of(Config(dataset="own")) == []
    one_class = tuple(Point(x, 0, 1) for x in (-1, 0, 1))
    assert of(Config(dataset="own", points=one_class)) == []


def test_networks_that_do_not_solve_xor_rest_there():
    """Of two hidden nodes many get stuck: every one of them on a plateau that has a name."""
    config = Config(dataset="xor_points", hidden_sizes=(2,), activation="sigmoid", learning_rate=5.0, epochs=20_000)
    whole = population.run(config.replace(seed=seed) for seed in range(60))
    stuck = whole.final_loss[~whole.solved]
    assert len(stuck) > 2
    named = of(config)
    assert all(any(each.has(loss) for each in named) for loss in stuck)

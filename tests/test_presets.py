"""What the presets say is to be seen in them is really there."""

import math

import numpy as np
import pytest

from nn_core import PRESETS, forward, make_data, run
from nn_core.outcome import outcome

HISTORIES = {name: run(preset.config) for name, preset in PRESETS.items()}


def dead(history, row):
    """How many hidden nodes answer nothing to any training point."""
    trace = forward(history.parameters[row], make_data(history.config).x_train, history.config)
    return int((trace.a[0] <= 0).all(axis=0).sum())


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_live_run_in_one_sentence_or_two(name):
    config, title, look_at = PRESETS[name]
    assert config.estimated_seconds < 2
    assert len(title) <= 40
    assert look_at.endswith(".")
    assert len(look_at) < 200


@pytest.mark.parametrize("name", ["first", "tutorial_cured", "spiral"])
def test_solved(name):
    assert outcome(HISTORIES[name]).name == "solved"


@pytest.mark.parametrize("name", ["tutorial", "perceptron", "zeros"])
def test_stays_at_ln_2(name):
    assert HISTORIES[name].train_loss[-1] == pytest.approx(math.log(2), abs=0.001)
    assert HISTORIES[name].train_loss.min() > 0.69


def test_the_start_page_closes_the_ring():
    assert HISTORIES["start_page"].test_accuracy[-1] > 0.99


def test_one_layer_does_not_wind_up_the_spiral():
    config = PRESETS["spiral"].config
    alone = run(config.replace(hidden_sizes=config.hidden_sizes[:1]))
    assert alone.train_accuracy[-1] < 0.95 < HISTORIES["spiral"].test_accuracy[-1]


def test_two_of_three_relu_nodes_die():
    history = HISTORIES["dead_relu"]
    assert (dead(history, 0), dead(history, -1)) == (0, 2)
    assert outcome(history).name == "plateau"


def test_zeros_stay_alike():
    p = HISTORIES["zeros"].state.parameters
    np.testing.assert_array_equal(p[:12], 0)


def test_the_cure_of_overfitting_helps_the_test():
    assert outcome(HISTORIES["overfit"]).name == "memorised"
    ill, cured = HISTORIES["overfit"], HISTORIES["overfit_cured"]
    assert len(make_data(ill.config).x_train) == 50
    assert ill.config.n_parameters == 337
    assert ill.train_accuracy[-1] == 1 > cured.train_accuracy[-1]
    assert ill.test_loss[-1] > 2 * ill.test_loss.min()
    assert cured.test_accuracy[-1] > ill.test_accuracy[-1]
    assert cured.test_loss[-1] < ill.test_loss[-1] / 3


def test_a_rate_too_high_leaps_about():
    loss = HISTORIES["too_fast"].train_loss
    assert (np.diff(loss) > 0.05).mean() > 0.1
    assert outcome(HISTORIES["too_fast"]).name == "restless"

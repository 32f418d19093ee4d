"""The tutorial's experiment as it says, and what is said about why it does not learn."""

import math

import numpy as np
import pytest

from nn_core import make_data, run
from nn_core.datasets import CORNERS
from nn_core.mlp import initial_parameters, layers, loss_and_gradient, predict
from nn_core.tutorial import (
    DIALS,
    ESCAPED,
    EXPERIMENT,
    RATES,
    SCALES,
    SEEDS,
    alignment,
    alignments,
    changed,
    corner_answers,
    escapes,
    from_many_seeds,
    output_curvature,
    pulls,
    single_changes,
)


def test_it_is_the_tutorials_experiment():
    assert (EXPERIMENT.dataset, EXPERIMENT.samples, EXPERIMENT.hidden_sizes) == ("xor_bits", 1000, (2,))
    assert (EXPERIMENT.activation, EXPERIMENT.loss_name) == ("sigmoid", "binary_cross_entropy")
    assert (EXPERIMENT.learning_rate, EXPERIMENT.epochs, EXPERIMENT.batch_size) == (0.5, 1000, 0)
    first = np.concatenate([initial_parameters(EXPERIMENT.from_seed(seed)) for seed in range(200)])
    weights = first[first != 0]
    assert len(weights) == 200 * 6, "biases start at zero"
    assert weights.std() == pytest.approx(0.01, rel=0.05)


def test_no_seed_learns_anything():
    whole = from_many_seeds(EXPERIMENT)
    assert not whole.solved.any()
    assert ((whole.final_loss > 0.689) & (whole.final_loss <= math.log(2))).all()


def test_a_share_is_counted_over_plain_runs():
    config = EXPERIMENT.replace(initializer="normal")
    solved = [run(config.replace(seed=seed)).train_accuracy[-1] == 1 for seed in range(12)]
    assert from_many_seeds(config).solved[:12].tolist() == solved


def test_each_single_change_changes_one_thing():
    for config in single_changes():
        other = [dial.setting for dial in DIALS if getattr(config, dial.setting) != getattr(EXPERIMENT, dial.setting)]
        assert len(other) == 1
        assert config.replace(**{other[0]: getattr(EXPERIMENT, other[0])}) == EXPERIMENT
        assert changed(config)
    assert changed(EXPERIMENT) == ""
    both = EXPERIMENT.replace(activation="tanh", hidden_sizes=(4,))
    assert changed(both) == "activation tanh, hidden nodes 4"


def test_answers_at_the_corners():
    history = run(EXPERIMENT.replace(epochs=5))
    found = corner_answers(history, range(len(history.parameters)))
    assert found.shape == (len(history.parameters), 4)
    for row, parameters in zip(found, history.parameters, strict=True):
        for value, corner in zip(row, CORNERS, strict=True):
            assert value == predict(parameters, np.array([corner], float), EXPERIMENT)[0, 0]


def test_the_formula_of_the_first_layers_gradient():
    data, config = make_data(EXPERIMENT), EXPERIMENT.replace(initializer="normal", seed=3)
    parameters = initial_parameters(config)
    first, second = layers(parameters, config)
    z = data.x_train @ first.W.T + first.b
    a = 1 / (1 + np.exp(-z))
    p = 1 / (1 + np.exp(-(a @ second.W.T + second.b)))
    by_hand = np.zeros((2, 2))
    for s, (x, y) in enumerate(zip(data.x_train, data.y_train, strict=True)):
        for j in range(2):
            by_hand[j] += (p[s, 0] - y) * second.W[0, j] * a[s, j] * (1 - a[s, j]) * x / len(data.y_train)
    _, gradient = loss_and_gradient(parameters, data.x_train, data.y_train, config)
    np.testing.assert_allclose(layers(gradient, config)[0].W, by_hand, rtol=1e-10)
    loss = -np.mean(data.y_train * np.log(p[:, 0]) + (1 - data.y_train) * np.log(1 - p[:, 0]))
    assert loss_and_gradient(parameters, data.x_train, data.y_train, config)[0] == pytest.approx(loss, rel=1e-12)


def test_the_pull_on_the_first_layer_is_proportional_to_small_weights():
    found = pulls()
    assert [each.scale for each in found] == list(SCALES)
    weights, gradients = (np.array([getattr(each, name) for each in found]) for name in ("weights", "gradient"))
    np.testing.assert_allclose(weights, weights[0] * np.array(SCALES) / SCALES[0])
    assert gradients[2] / gradients[0] == pytest.approx(10, rel=0.2)
    data, sizes = make_data(EXPERIMENT), []
    for seed in range(SEEDS):
        config = EXPERIMENT.replace(initializer="normal", initial_scale=0.1, seed=seed)
        _, gradient = loss_and_gradient(initial_parameters(config), data.x_train, data.y_train, config)
        sizes.append(math.sqrt((layers(gradient, config)[0].W ** 2).mean()))
    assert found[2].gradient == pytest.approx(np.median(sizes))


def test_twice_the_rate_leaves_in_half_the_time_until_it_is_too_large():
    found = {each.rate: each for each in escapes()}
    assert list(found) == list(RATES)
    products = {rate: rate * float(np.median(each.epochs)) for rate, each in found.items()}
    for rate in (1.0, 2.0, 5.0):
        assert products[rate] == pytest.approx(products[0.5], rel=0.03)
    assert products[10.0] < products[0.5] / 2
    history = run(EXPERIMENT.replace(learning_rate=5.0, epochs=1600, seed=7))
    left = history.epochs[np.flatnonzero(history.train_loss < history.train_loss[0] - ESCAPED)[0]]
    assert found[5.0].epochs[7] == pytest.approx(left, abs=30), "the curves of many have a point every so many epochs"


def test_steps_are_steady_while_rate_times_curvature_is_below_two():
    curvature = output_curvature(EXPERIMENT)
    assert curvature == pytest.approx(0.25 * (1 + 0.25 + 0.25), abs=1e-3)
    data, parameters = make_data(EXPERIMENT), initial_parameters(EXPERIMENT)
    h, losses = 1e-3, []
    along = np.array([0.5, 0.5, 1]) / math.sqrt(1.5)  # the output's weights and bias, as the activations weigh them
    for step in (-h, 0, h):
        moved = parameters.copy()
        moved[-3:] += step * along
        losses.append(loss_and_gradient(moved, data.x_train, data.y_train, EXPERIMENT)[0])
    assert (losses[0] - 2 * losses[1] + losses[2]) / h**2 == pytest.approx(curvature, rel=1e-3)
    for rate, steady in ((0.9 * 2 / curvature, True), (1.2 * 2 / curvature, False)):
        history = run(EXPERIMENT.replace(learning_rate=rate, epochs=30))
        biases = np.abs(np.diff(history.parameters[:, -1]))
        assert (biases[-1] < biases[0]) == steady


def test_how_alike_two_units_are():
    config = EXPERIMENT.replace(hidden_sizes=(3,))
    parameters = np.zeros(config.n_parameters)
    rows = layers(parameters, config)[0]
    rows.W[:], rows.b[:] = [[1, 0], [0, 1], [-2, 0]], 0
    assert alignment(parameters, config) == pytest.approx(1), "opposite ways"
    rows.W[2] = [1, 1]
    assert alignment(parameters, config) == pytest.approx(math.sqrt(0.5))
    start, end = alignments(EXPERIMENT)
    assert (start.shape, end.shape) == ((SEEDS,), (SEEDS,))
    assert start[5] == alignment(initial_parameters(EXPERIMENT.from_seed(5)), EXPERIMENT)


def test_what_the_lesson_says_in_short():
    def solved(**changes) -> int:
        return int(from_many_seeds(EXPERIMENT.replace(**changes)).solved.sum())

    helpful = ({"learning_rate": 5.0}, {"initializer": "normal"}, {"activation": "tanh"}, {"epochs": 10_000})
    assert all(solved(**each) > 10 for each in helpful)
    assert solved(hidden_sizes=(4,)) == solved(hidden_sizes=(8,)) == 0
    assert solved(initializer="normal", activation="tanh", hidden_sizes=(4,)) == SEEDS

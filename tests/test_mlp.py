"""The readable network: its gradient is the derivative of its loss, whatever it is made of; its layout and trace."""

import numpy as np
import pytest

from nn_core.activations import ACTIVATIONS
from nn_core.batches import dropout_masks
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.datasets import DATASETS, FEATURES
from nn_core.losses import LOSSES
from nn_core.mlp import (
    data_loss,
    forward,
    gradient_check,
    initial_parameters,
    layers,
    loss_and_gradient,
    predict,
    weight_mask,
)
from tests.support import gradient

TASKS = {"binary": "moons", "multiclass": "three_spiral", "regression": "sine"}
FITTING = [(loss, task) for loss, entry in LOSSES.items() for task in entry.tasks]
REGULARISERS = {
    "plain": {},
    "l1": {"l1": 0.03},
    "l2": {"l2": 0.05},
    "both": {"l1": 0.03, "l2": 0.05},
    "dropout": {"l2": 0.05, "dropout": 0.4},
}


def network(**settings):
    """A Config, parameters with biases off zero, and a few samples."""
    config = Config(samples=18, noise=0.1, **settings)
    data = make_data(config)
    rng = np.random.default_rng(1)
    return config, initial_parameters(config) + 0.3 * rng.normal(size=config.n_parameters), *data[:2]


@pytest.mark.parametrize("regulariser", REGULARISERS)
@pytest.mark.parametrize(("loss", "task"), FITTING)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_by_complex_step(activation, loss, task, regulariser):
    settings = {"dataset": TASKS[task], "hidden_sizes": (3, 2), "activation": activation, "loss": loss}
    config, p, x, y = network(**settings, **REGULARISERS[regulariser])
    masks = [mask.T for mask in dropout_masks(config, 0, len(x))] if config.dropout else None
    analytic = loss_and_gradient(p, x, y, config, masks)[1]
    numeric = gradient(lambda p: loss_and_gradient(p, x, y, config, masks)[0], p)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("depth", range(7))
def test_gradient_check_at_every_depth(depth, task):
    mixed = tuple(list(ACTIVATIONS)[:depth]) or "tanh"
    config, p, x, y = network(dataset=TASKS[task], hidden_sizes=(3, 1, 4, 2, 5, 3)[:depth], activation=mixed, l2=0.01)
    check = gradient_check(p, x, y, config)
    assert check.error.shape == (config.n_parameters,)
    assert check.error.max() <= 1e-10
    np.testing.assert_array_equal(check.analytic, loss_and_gradient(p, x, y, config)[1])


def test_gradient_check_finds_a_mistake(monkeypatch):
    config, p, x, y = network(hidden_sizes=(3,))
    wrong = ACTIVATIONS["tanh"]._replace(slope=lambda z, a: 1 - a)
    monkeypatch.setitem(ACTIVATIONS, "tanh", wrong)
    assert gradient_check(p, x, y, config).error.max() > 1e-3


def test_gradient_with_every_feature():
    config, p, x, y = network(dataset="circles", features=tuple(FEATURES), hidden_sizes=(2,))
    assert config.layer_sizes == (7, 2, 1)
    assert gradient_check(p, x, y, config).error.max() <= 1e-10


def test_xor_by_hand():
    """The two-node ReLU network that solves XOR: h1 = x1 + x2, h2 = x1 + x2 - 1, and z = 4 h1 - 8 h2 - 2."""
    config = Config(dataset="xor_points", hidden_sizes=(2,), activation="relu")
    p = np.array([1, 1, 0, 1, 1, -1, 4, -8, -2], float)  # a row per unit, the bias last
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    trace = forward(p, x, config)
    np.testing.assert_array_equal(trace.z[0], [[0, -1], [1, 0], [1, 0], [2, 1]])
    np.testing.assert_array_equal(trace.a[0], [[0, 0], [1, 0], [1, 0], [2, 1]])
    np.testing.assert_array_equal(trace.z[1], [[-2], [2], [2], [-2]])
    np.testing.assert_allclose(predict(p, x, config)[:, 0], 1 / (1 + np.exp([2, -2, -2, 2])), rtol=1e-15)
    assert data_loss(p, x, np.array([0, 1, 1, 0]), config) == pytest.approx(np.log(1 + np.exp(-2)), rel=1e-14)


def test_layers_are_views():
    config = Config(dataset="four_blobs", hidden_sizes=(5, 3))
    p = np.zeros(config.n_parameters)
    for i, (W, b) in enumerate(layers(p, config)):
        W[:], b[:] = i + 1, -i - 1
    assert [W.shape for W, _ in layers(p, config)] == [(5, 2), (3, 5), (4, 3)]
    assert not (p == 0).any(), "every parameter belongs to a layer"
    np.testing.assert_array_equal(weight_mask(config), p > 0)


def test_parameters_of_another_network_are_refused():
    with pytest.raises(ValueError, match="17 parameters, not 16"):
        predict(np.zeros(16), np.zeros((1, 2)), Config())


@pytest.mark.parametrize("name", [name for name, entry in DATASETS.items() if entry.make])
def test_answers_have_the_form_of_the_task(name):
    config = Config(dataset=name, samples=30, test_share=0.5)
    answers = predict(initial_parameters(config), make_data(config).x_test, config)
    assert answers.shape[1] == config.layer_sizes[-1]
    if config.task == "multiclass":
        np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-14)
    if config.task != "regression":
        assert ((answers > 0) & (answers < 1)).all()


def test_forward_is_single_precision_if_its_inputs_are():
    config, p, x, _ = network(precision="float32")
    assert predict(p.astype("float32"), x.astype("float32"), config).dtype == np.float32


@pytest.mark.parametrize("dataset", ["circles", "four_blobs", "sine"])
def test_answers_in_columns_are_those_of_the_forward_pass(dataset):
    config = Config(dataset=dataset, samples=40, hidden_sizes=(5, 3), activation=("relu", "gelu"), seed=3)
    x = make_data(config).x_train
    parameters = initial_parameters(config)
    for some in (x, x[:1]):
        np.testing.assert_allclose(
            predict(parameters, some, config), forward(parameters, some, config).output, atol=1e-14
        )

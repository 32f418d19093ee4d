"""Every initializer: its shape, its seed, its spread."""

import numpy as np
import pytest

from nn_core.config import Config
from nn_core.initializers import INITIALIZERS
from nn_core.mlp import initial_parameters, layers
from nn_core.randomness import stream

FAN_IN, FAN_OUT = 300, 200
SPREAD = {  # standard deviation of the weights
    "xavier": np.sqrt(2 / (FAN_IN + FAN_OUT)),  # +-sqrt(6 / sum) uniform: its variance is a third of 6 / sum
    "xavier_normal": np.sqrt(2 / (FAN_IN + FAN_OUT)),
    "he": np.sqrt(2 / FAN_IN),
    "lecun": np.sqrt(1 / FAN_IN),
    "normal": 1.0,
    "uniform": np.sqrt(1 / 3),
    "tutorial": 0.01,
    "zeros": 0.0,
}
each = pytest.mark.parametrize("name", INITIALIZERS)


@each
def test_shape_mean_and_spread(name):
    W = INITIALIZERS[name].draw(stream(3, "weights"), FAN_IN, FAN_OUT)
    assert W.shape == (FAN_OUT, FAN_IN)
    assert W.std() == pytest.approx(SPREAD[name], rel=0.02)
    assert abs(W.mean()) <= 5 * SPREAD[name] / np.sqrt(W.size)


@each
def test_explains_itself(name):
    assert INITIALIZERS[name].draw.__doc__
    assert INITIALIZERS[name].title


@each
def test_parameters_follow_seed_scale_and_nothing_else(name):
    config = Config(initializer=name, hidden_sizes=(5, 3))
    first = initial_parameters(config)
    np.testing.assert_array_equal(first, initial_parameters(config.replace(data_seed=9, epochs=7, samples=50)))
    np.testing.assert_allclose(initial_parameters(config.replace(initial_scale=0.5)), first / 2)
    assert name == "zeros" or (first != initial_parameters(config.replace(seed=1))).any()
    assert not any(layer.b.any() for layer in layers(first, config)), "biases start at zero"
    assert initial_parameters(config.replace(precision="float32")).dtype == np.float32

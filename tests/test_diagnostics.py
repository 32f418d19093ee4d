"""How the layers are doing, weight by weight and unit by unit in plain loops."""

import math

import numpy as np
import pytest

from nn_core import diagnostics
from nn_core.config import Config
from nn_core.mlp import forward, initial_parameters, layers, loss_and_gradient
from tests.support import gradient

CONFIG = Config(dataset="four_blobs", hidden_sizes=(5, 3), activation="relu")


def network():
    rng = np.random.default_rng(1)
    parameters = initial_parameters(CONFIG) + rng.normal(0, 0.3, CONFIG.n_parameters)
    first = layers(parameters, CONFIG)[0]
    first.W[2], first.b[2] = 0.0, -1.0  # a unit that is always off
    return parameters, rng.normal(size=(30, 2)), rng.integers(0, 4, 30)


def test_layers_as_loops_find_them():
    parameters, x, y = network()
    found = diagnostics.diagnose(parameters, x, y, CONFIG)
    slopes = gradient(lambda p: loss_and_gradient(p, x, y, CONFIG)[0], parameters)
    nets = [layers(net, CONFIG) for net in (parameters, initial_parameters(CONFIG), slopes)]
    for layer, now, start, slope in zip(found, *nets, strict=True):
        weights = [(now.W[i, j], start.W[i, j], slope.W[i, j]) for i in range(len(now.W)) for j in range(len(now.W[0]))]
        n = len(weights)
        assert layer.weights == pytest.approx(math.sqrt(sum(w * w for w, _, _ in weights) / n))
        assert layer.at_start == pytest.approx(math.sqrt(sum(s * s for _, s, _ in weights) / n))
        assert layer.moved == pytest.approx(math.sqrt(sum((w - s) ** 2 for w, s, _ in weights) / n))
        assert layer.gradient == pytest.approx(math.sqrt(sum(g * g for _, _, g in weights) / n))
    idle = [[np.std([forward(parameters, row[None], CONFIG).a[i][0, u] for row in x]) < 1e-3 for u in range(h)]
            for i, h in enumerate(CONFIG.hidden_sizes)]  # fmt: skip
    assert idle[0][2]
    assert [layer.idle for layer in found[:-1]] == [pytest.approx(np.mean(each)) for each in idle]
    assert math.isnan(found[-1].idle)


def test_spreads_count_every_weight_once():
    parameters, *_ = network()
    start = layers(initial_parameters(CONFIG), CONFIG)
    for (edges, now, before), layer, first in zip(
        diagnostics.spread(parameters, CONFIG, 7), layers(parameters, CONFIG), start, strict=True
    ):
        assert len(now) == 7
        for shares, W in ((now, layer.W), (before, first.W)):
            assert shares.sum() == pytest.approx(1)
            inside = sum(edges[2] <= w < edges[3] for w in W.ravel())
            assert shares[2] == pytest.approx(inside / W.size)

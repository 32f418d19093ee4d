"""What is measured of a run's layers: recomputed one snapshot, unit and sample at a time."""

import math
from itertools import pairwise

import numpy as np
import pytest

from nn_core import ACTIVATIONS, Config, backward, forward, make_data, run, train
from nn_core.config import Change
from nn_core.data import data_over_time
from nn_core.diagnostics import IDLE
from nn_core.mlp import initial_parameters, layers
from nn_core.vitals import MOST_LOOKS, NEARLY_FLAT, SATURATING, vitals

RUNS = {
    "the first": Config(epochs=120),
    "merged rows of a ReLU": Config(hidden_sizes=(3, 2), activation="relu", learning_rate=2.0, seed=4, epochs=90),
    "classes in batches": Config(
        dataset="three_spiral", samples=60, hidden_sizes=(5, 3), activation=("tanh", "silu"), batch_size=8, epochs=20
    ),
    "a surface": Config(dataset="bumps", samples=50, hidden_sizes=(4,), activation="sigmoid", loss="huber", epochs=40),
    "no hidden layer": Config(hidden_sizes=(), epochs=20),
    "noise on the way": Config(
        dataset="moons", samples=40, epochs=30, changes=(Change(10, "noise", 0.3), Change(20, "l2", 0.1))
    ),
}


def looked(config):
    """Vitals, data in force at each look, and the place of each among the snapshots."""
    history, data = run(config), make_data(config)
    found = vitals(history, data)
    sets, begins = data_over_time(config, data), [stretch.begin for stretch in config.stretches]
    in_force = [sets[max(i for i, begin in enumerate(begins) if begin <= epoch)] for epoch in found.epochs]
    return history, found, in_force, np.searchsorted(history.snapshot_epochs, found.epochs)


def rms(values):
    return math.sqrt(sum(float(v) ** 2 for v in np.ravel(values)) / np.size(values))


def size_of_steps(history, place, i):
    """How far an update moves the weights of layer i, by their size: the last snapshot has none after it."""
    at = min(place, len(history.snapshot_epochs) - 2)
    before, after = (layers(history.parameters[k], history.config)[i].W for k in (at, at + 1))
    n, batch = history.config.training_samples, history.config.batch_size
    updates = (history.snapshot_epochs[at + 1] - history.snapshot_epochs[at]) * (math.ceil(n / batch) if batch else 1)
    return rms(after - before) / updates / rms(before)


@pytest.mark.parametrize("name", RUNS)
def test_gradients_weights_and_steps_are_those_of_the_blackboard(name):
    config = RUNS[name]
    history, found, in_force, places = looked(config)
    start = layers(initial_parameters(config), config)
    for look in range(0, len(found.epochs), 7):
        parameters, data = history.parameters[places[look]], in_force[look]
        slope = backward(parameters, forward(parameters, data.x_train, config), data.y_train, config)
        assert found.length[look] == pytest.approx(math.sqrt(sum(g * g for g in slope)))
        for i, (layer, now, into) in enumerate(
            zip(found.layers, layers(parameters, config), layers(slope, config), strict=True)
        ):
            assert layer.gradient[look] == pytest.approx(rms(into.W), abs=1e-15)
            assert layer.weights[look] == pytest.approx(rms(now.W))
            assert layer.moved[look] == pytest.approx(rms(now.W - start[i].W), abs=1e-15)
            assert layer.step[look] == pytest.approx(size_of_steps(history, places[look], i))


def test_a_step_is_net_and_never_more_than_what_the_updates_move():
    config = Config(dataset="moons", samples=60, batch_size=4, learning_rate=1.0, epochs=3)
    _, found, *_ = looked(config)
    nets = [layers(each.state.parameters, config) for each in train(config, every="update")]
    per_epoch = (len(nets) - 1) // config.epochs
    for look in range(config.epochs):
        for i, layer in enumerate(found.layers):
            first, *others = (net[i].W for net in nets[look * per_epoch : (look + 1) * per_epoch + 1])
            moves = [rms(after - before) for before, after in pairwise([first, *others])]
            assert layer.step[look] == pytest.approx(rms(others[-1] - first) / per_epoch / rms(first))
            assert layer.step[look] < np.mean(moves) / rms(first)


@pytest.mark.parametrize("name", RUNS)
def test_idle_units_are_counted_one_by_one(name):
    config = RUNS[name]
    history, found, in_force, places = looked(config)
    for look in range(0, len(found.epochs), 7):
        trace = forward(history.parameters[places[look]], in_force[look].x_train, config)
        for layer, kind, z, a in zip(found.layers, config.activations, trace.z, trace.a, strict=False):
            slopes = ACTIVATIONS[kind].slope(z, a)
            if kind in SATURATING:
                flat = [abs(s) < NEARLY_FLAT * SATURATING[kind] for s in slopes.ravel()]
                assert layer.saturated[look] == pytest.approx(np.mean(flat))
            else:
                assert math.isnan(layer.saturated[look])
            dead = [(z[:, u] <= 0).all() if kind == "relu" else a[:, u].std() < IDLE for u in range(z.shape[1])]
            assert layer.dead[look] == pytest.approx(np.mean(dead))
    assert all(np.isnan(measure).all() for measure in (found.layers[-1].saturated, found.layers[-1].dead))


def test_a_dead_relu_is_found():
    _, found, *_ = looked(RUNS["merged rows of a ReLU"].replace(hidden_sizes=(3,), epochs=1000, initializer="he"))
    assert (found.layers[0].dead[0], found.layers[0].dead[-1]) == (0, pytest.approx(2 / 3))


@pytest.mark.parametrize("name", RUNS)
def test_units_are_compared_pair_by_pair(name):
    config = RUNS[name]
    history, found, _, places = looked(config)
    for look in (0, len(found.epochs) - 1):
        for layer, net in zip(found.layers, layers(history.parameters[places[look]], config), strict=True):
            rows = np.column_stack([net.W, net.b])
            cosines = [
                abs(float(a @ b)) / math.sqrt(float(a @ a) * float(b @ b)) for i, a in enumerate(rows) for b in rows[:i]
            ]
            if cosines:
                assert layer.similar[look] == pytest.approx(max(cosines))
            else:
                assert math.isnan(layer.similar[look])


def test_units_that_are_nothing_are_the_same():
    _, found, *_ = looked(Config(initializer="zeros", epochs=10))
    assert found.layers[0].similar.tolist() == [1.0] * len(found.epochs)


def test_the_activations_that_saturate_are_those_that_are_flat_at_both_ends():
    far, middle = np.array([-50.0, 50.0]), np.linspace(-5, 5, 100_001)
    for name, (value, slope, *_) in ACTIVATIONS.items():
        flat = np.abs(slope(far, value(far))).max() < 1e-6
        assert flat == (name in SATURATING)
        if flat:
            assert np.abs(slope(middle, value(middle))).max() == pytest.approx(SATURATING[name])


def test_looks_are_first_last_and_never_too_many():
    history, data = run(Config()), make_data(Config())
    found = vitals(history, data)
    assert (found.epochs[0], found.epochs[-1], len(found.epochs)) == (0, 1000, MOST_LOOKS)
    large = Config(dataset="spiral", samples=5000, hidden_sizes=(16,) * 6, epochs=12)
    found = vitals(run(large), make_data(large))
    assert (found.epochs[0], found.epochs[-1], len(found.epochs)) == (0, 12, 8)


def test_a_run_that_diverged_can_be_looked_at():
    config = Config(dataset="sine", activation="relu", learning_rate=100.0, samples=200)
    history = run(config)
    assert history.stopped
    found = vitals(history, make_data(config))
    assert np.isfinite(found.layers[0].weights).all()


def test_nothing_to_learn_from_can_be_looked_at():
    config = Config(dataset="own")
    found = vitals(run(config), make_data(config))
    assert found.epochs.tolist() == [0]
    assert np.isnan(found.layers[0].dead).all()

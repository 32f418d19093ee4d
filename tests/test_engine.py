"""The fast engine is the readable mathematics: the same updates to 1e-12, the same curves, the same merged rows."""

import math
from itertools import islice

import numpy as np
import pytest

from nn_core.batches import dropout_masks
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.engine import LINE, aligned, evaluation_rows
from nn_core.mlp import data_loss, forward, initial_parameters, loss_and_gradient, targets, weight_mask
from nn_core.optimizers import OPTIMIZERS, SCHEDULES, Settings
from nn_core.randomness import stream
from nn_core.training import run, train
from tests.support import UPDATES, varied_config


def readable_run(config, data):
    """Training as on the blackboard, a plain loop: yields the parameters after every update."""
    n, size = len(data.x_train), config.batch_size or len(data.x_train)
    per_epoch = math.ceil(n / size)
    p, optimizer = initial_parameters(config), OPTIMIZERS[config.optimizer]
    memory = np.zeros((optimizer.slots, len(p)))
    settings = Settings(config.momentum, config.rms_decay, config.weight_decay * weight_mask(config))
    for done in range(config.epochs * per_epoch):
        epoch, batch = divmod(done, per_epoch)
        chosen = stream(config.seed, "shuffle", epoch).permutation(n)[batch * size : (batch + 1) * size]
        masks = [mask.T for mask in dropout_masks(config, done, len(chosen))] if config.dropout else None
        g = loss_and_gradient(p, data.x_train[chosen], data.y_train[chosen], config, masks)[1]
        if config.clip:
            g *= min(1, config.clip / np.linalg.norm(g))
        rate = config.learning_rate * SCHEDULES[config.schedule].factor(done / (config.epochs * per_epoch))
        optimizer.update(p, g, memory, rate, done + 1, settings)
        yield p.copy()


def accuracy(p, x, y, config):
    """The share of right answers; for regression the share of the variance that is explained."""
    z, y = forward(p, x, config).z[-1], targets(y, config)
    if config.task == "regression":
        return 1 - ((z - y) ** 2).mean() / y.var()
    right = (z > 0) == (y > 0.5) if config.task == "binary" else z.argmax(axis=1) == y.argmax(axis=1)
    return right.mean()


@pytest.mark.parametrize("i", range(48))
def test_engine_takes_the_readable_steps(i):
    config = varied_config(i)
    data = make_data(config)
    fast = islice(train(config, data, every="update"), 1, UPDATES + 1)  # the first is the start
    for snapshot, readable in zip(fast, readable_run(config, data), strict=False):
        np.testing.assert_allclose(snapshot.state.parameters, readable, rtol=1e-12, atol=1e-12)
    assert snapshot.state.update == UPDATES


@pytest.mark.parametrize("i", range(16))
def test_curves_are_the_loss_and_accuracy_of_the_kept_parameters(i):
    config = varied_config(i)
    data = make_data(config)
    history = run(config, data)
    at = np.searchsorted(history.epochs, history.snapshot_epochs)
    for curve, of in ((history.train_loss, data_loss), (history.train_accuracy, accuracy)):
        expected = [of(p, data.x_train, data.y_train, config) for p in history.parameters]
        np.testing.assert_allclose(curve[at], expected, rtol=1e-12, atol=1e-12)
    for curve, of in ((history.test_loss, data_loss), (history.test_accuracy, accuracy)):
        expected = [of(p, data.x_test, data.y_test, config) for p in history.parameters]
        np.testing.assert_allclose(curve[at], expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "config",
    [
        Config(samples=200),
        Config(samples=100, batch_size=10, epochs=60),
        Config(dataset="circles", samples=100, optimizer="adam", learning_rate=0.03, epochs=300),
        Config(dataset="four_blobs", samples=100, hidden_sizes=(6,), activation="sigmoid", batch_size=16, epochs=60),
    ],
    ids=["bits", "bits in batches", "circles", "blobs"],
)
def test_whole_runs_that_solve_end_at_the_readable_loss(config):
    data = make_data(config)
    *_, readable = readable_run(config, data)
    history = run(config, data)
    assert history.train_accuracy[-1] > 0.97
    assert history.train_loss[-1] == pytest.approx(data_loss(readable, *data[:2], config), abs=1e-5)


def test_repeated_rows_are_merged_with_their_counts():
    config = Config(samples=1000)
    rows = evaluation_rows(config, make_data(config))
    assert len(rows.inputs) == 4
    assert rows.train.sum() == rows.test.sum() == 1000
    assert len(evaluation_rows(config, make_data(config.replace(noise=0.1))).inputs) == 2000


@pytest.mark.parametrize("batch_size", [0, 7])
def test_single_precision_stays_single_and_close(batch_size):
    settings = {"l1": 0.01, "l2": 0.01, "clip": 1.0, "optimizer": "adamw", "activation": "gelu"}
    config = Config(dataset="circles", samples=80, batch_size=batch_size, epochs=20, **settings)
    double, single = run(config), run(config.replace(precision="float32"))
    assert single.parameters.dtype == single.state.parameters.dtype == single.state.memory.dtype == np.float32
    np.testing.assert_allclose(single.parameters, double.parameters, atol=1e-3)


@pytest.mark.parametrize("shape", [(7,), (3, 55), (0, 9)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_aligned_rows_are_the_same_rows(shape, dtype):
    rows = np.random.default_rng(0).random(shape).astype(dtype)
    copy = aligned(rows)
    np.testing.assert_array_equal(copy, rows, strict=True)
    assert all(row.ctypes.data % LINE == 0 and row.flags.c_contiguous for row in np.atleast_2d(copy))

"""Runs in trouble, and one that does well: real ones, and made ones at the edges of what the words mean."""

import numpy as np
import pytest

from nn_core.config import Change
from nn_core.history import State
from nn_core.slices import Points, Slice, train_slice
from nn_core.troubles import trouble
from tests.test_slices import IMAGES, RUN


def ran(config):
    return trouble(config, train_slice(config, IMAGES, None, 1e9))


def made(losses, accuracy=0.9, learnt=0.01, update=1000):
    """A run whose test loss at the end of each epoch, from 0 on, is one of these."""
    epoch = np.arange(len(losses), dtype=float)
    held = Points(epoch, np.array(losses), np.full(len(losses), accuracy))
    batches = Points(epoch[1:], np.full(len(losses) - 1, learnt), np.ones(len(losses) - 1))
    state = State(np.zeros(3), np.zeros((0, 3)), len(losses) - 1, update)
    return Slice(state, batches, held, np.zeros((len(losses), 1, 5)), None, 1.0)


def test_a_healthy_run_is_left_alone():
    assert ran(RUN.replace(hidden_sizes=(32,), epochs=20)) is None


def test_a_dead_run_does_not_learn():
    config = RUN.replace(learning_rate=10.0, epochs=12)
    found, run = ran(config), train_slice(config, IMAGES, None, 1e9)
    assert found == ("not learning", 12, run.held.accuracy[-1])
    assert run.held.accuracy[-1] < 0.25


def test_a_diverged_run_is_told_by_where_it_stopped():
    found = ran(RUN.replace(optimizer="gradient_descent", learning_rate=100.0, activation="linear"))
    assert found is not None
    assert found.name == "diverged"


def test_noise_is_learnt_by_heart():
    rng = np.random.default_rng(0)
    y_test = rng.permutation(IMAGES.y_test)
    guesses = IMAGES._replace(
        x_test=IMAGES.x_test, y_test=np.where(rng.random(len(y_test)) < 0.5, y_test, IMAGES.y_test)
    )
    config = RUN.replace(hidden_sizes=(64,), epochs=25)
    run = train_slice(config, guesses, None, 1e9)
    found, best = trouble(config, run), int(run.held.loss.argmin())
    assert found == ("by heart", run.held.epoch[best], run.held.loss[best])


@pytest.mark.parametrize(
    ("run", "name"),
    [
        (made([2.3, 0.5, 0.4, 0.45, 0.45, 0.45]), "by heart"),
        (made([2.3, 0.5, 0.4, 0.45, 0.45]), None),  # two epochs past the best
        (made([2.3, 0.5, 0.4, 0.43, 0.43, 0.43]), None),  # hardly worse
        (made([2.3, 0.5, 0.4, 0.45, 0.45, 0.45], learnt=0.41), None),  # training is no better
        (made([2.3, 2.3], accuracy=0.24), "not learning"),
        (made([2.3, 2.3], accuracy=0.26), None),
        (made([2.3, 2.3], accuracy=0.24, update=299), None),  # hardly begun
        (made([2.3], accuracy=0.1), None),
    ],
)
def test_at_the_edges(run, name):
    found = trouble(RUN.replace(epochs=9), run)
    assert (found and found.name) == name


def test_only_what_came_after_a_change_counts():
    run = made([2.3, 0.5, 0.4, 0.45, 0.45, 0.45])
    for begin, name in ((1, "by heart"), (4, None), (7, None)):
        found = trouble(RUN.replace(epochs=9, changes=(Change(begin, "dropout", 0.2),)), run)
        assert (found and found.name) == name

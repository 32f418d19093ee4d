"""What is said about a run, and whether it is so."""

import math

import numpy as np
import pytest

from nn_core import Config, run
from nn_core.config import Change, Point
from nn_core.history import History, State
from nn_core.outcome import best_test, lately, outcome

CONFIG = Config(dataset="moons", samples=60, epochs=100)


def history(loss, accuracy=None, config=CONFIG, stopped=None):
    """A run with these curves."""
    loss = np.asarray(loss, float)
    accuracy = np.full(len(loss), 0.8) if accuracy is None else np.asarray(accuracy, float)
    epochs, p = np.arange(len(loss)), np.zeros((1, config.n_parameters))
    state = State(p[0], p[:0], len(loss) - 1, len(loss) - 1)
    return History(config, epochs, loss, loss, accuracy, accuracy, epochs[:1], p, state, stopped)


FALLING, N = np.linspace(0.7, 0.1, 101), 101
CASES = [
    ("solved", 31, history(FALLING, np.arange(N) > 30)),
    ("learning", 100, history(FALLING, np.arange(N) == 50)),
    ("plateau", 40, history(np.where(np.arange(N) < 40, 0.6, 0.3))),
    ("plateau", 0, history(np.full(N, math.log(2)))),
    ("learning", 100, history(FALLING)),
    ("restless", 100, history(np.tile([0.2, 0.9], 60)[: N + 1])),
    ("diverged", 4, history(np.ones(5), stopped="It broke.")),
    ("untrained", 0, history([0.7])),
]


@pytest.mark.parametrize(("name", "epoch", "of"), CASES)
def test_names_and_epochs(name, epoch, of):
    found = outcome(of)
    assert (found.name, min(found.epoch, 100)) == (name, epoch)
    assert found.sentence.endswith(".")


def test_sentences_say_the_numbers():
    assert "fell by 54.5 %" in outcome(history(FALLING)).sentence, "from 0.22 to 0.1"
    assert "0.300 from epoch 40 on" in outcome(CASES[2][2]).sentence
    assert "ln 2, no better than guessing" in outcome(CASES[3][2]).sentence
    assert "between 0.2 and 0.9" in outcome(CASES[5][2]).sentence
    assert outcome(CASES[6][2]).sentence == "It broke."


def test_the_last_fifth_begins_where_something_was_changed():
    config = CONFIG.replace(changes=(Change(50, "l2", 0.1), Change(90, "learning_rate", 0.1)))
    assert lately(history(FALLING)).tolist() == FALLING[80:].tolist()
    assert lately(history(FALLING, config=config)).tolist() == FALLING[90:].tolist()
    assert lately(history(FALLING[:80], config=config)).tolist() == FALLING[64:80].tolist(), "it broke off before"


def test_where_the_test_went_best():
    rising = np.where(np.arange(N) < 30, 0.5, 0.7)
    assert best_test(history(FALLING)._replace(test_loss=rising)) == 0
    assert best_test(history(FALLING)._replace(test_loss=np.where(np.arange(N) == 30, 0.4, rising))) == 30
    assert best_test(history(FALLING)._replace(test_loss=rising / rising)) is None, "it has not risen"
    assert best_test(history(FALLING)._replace(test_loss=np.where(np.arange(N) == 90, 0.4, rising))) is None, "just now"
    assert best_test(history(rising)) is None, "the test is the training data"


def test_real_runs():
    assert outcome(run(Config())).name == "solved"
    assert outcome(run(Config(dataset="plane", samples=100, learning_rate=0.3))).name == "solved"
    blown_up = Config(dataset="sine", samples=100, learning_rate=50, activation="relu")
    assert outcome(run(blown_up)).name == "diverged"
    nothing = outcome(run(Config(dataset="own", points=(Point(0, 0, 1, 1),))))
    assert nothing.name == "untrained"
    assert "paint" in nothing.sentence


def test_a_solved_run_says_how_the_test_went():
    found = outcome(run(Config(dataset="moons", samples=40, noise=0.3, hidden_sizes=(16,), optimizer="adam")))
    assert found.name == "memorised"
    assert "% of the test points are" in found.sentence
    assert "The test loss was lowest" in found.sentence


def test_what_is_wrong_is_said():
    jumping = outcome(run(Config(dataset="moons", samples=300, noise=0.1, learning_rate=60)))
    assert jumping.name == "restless"
    slow = outcome(run(Config(learning_rate=1e-5)))
    assert "not moved" in slow.sentence
    one_class = tuple(Point(x1, 0, 1, 0) for x1 in (-1, 0, 1))
    assert "one class" in outcome(run(Config(dataset="own", points=one_class))).sentence
    by_hand = outcome(run(Config(changes=(Change(1000, "parameters[0]", 5.0),))))
    assert "by hand" in by_hand.sentence
    assert "about epoch" in outcome(run(Config(epochs=5000))).sentence, "of a long run not every epoch is recorded"

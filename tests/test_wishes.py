"""What a visitor does to the picture, as settings: pure, and through the gate whatever it was."""

import numpy as np
import pytest

from nn_core import Config, loss_and_gradient, make_data, run, train
from nn_core.config import MOST_EPOCHS, MOST_OWN_POINTS, Change, Point
from nn_core.mlp import data_loss
from nn_core.ranges import write
from tests.support import decode
from ui import wishes
from ui.answers import answer

MOONS = Config(dataset="moons", samples=60, noise=0.1, epochs=40)


def after(config, changes):
    """The Config that follows, and what is said."""
    return Config.from_query({**config.to_query(), **{name: write(value) for name, value in changes.items()}})


def test_layers_keep_the_activations_that_fit():
    config = Config(hidden_sizes=(4, 2), activation=("relu", "tanh"))
    grown, _ = after(config, wishes.layers(config, {"sizes": [4, 2, 2]}))
    assert (grown.hidden_sizes, grown.activation) == ((4, 2, 2), ("relu", "tanh", "tanh"))
    bare, _ = after(config, wishes.layers(config, {"sizes": []}))
    assert (bare.hidden_sizes, bare.activation) == ((), "relu")


def test_edits_come_and_go_and_do_not_outlive_their_network():
    wish = {"epoch": 20, "changes": [[0, 1.5], [3, -2]]}
    edited, _ = after(MOONS, wishes.edit(MOONS, wish))
    assert edited.changes == (Change(20, "parameters[0]", 1.5), Change(20, "parameters[3]", -2.0))
    again, _ = after(edited, wishes.edit(edited, {"epoch": 20, "changes": [[0, 0.5]]}))
    assert again.changes[0].value == 0.5
    assert len(again.changes) == 2
    slower = again.replace(changes=(*again.changes, Change(30, "learning_rate", 0.1)))
    assert after(slower, wishes.unedit(slower, {}))[0].changes == (Change(30, "learning_rate", 0.1),)
    other, _ = after(slower, wishes.complete(slower, {"hidden_sizes": (3,)}))
    assert other.changes == (Change(30, "learning_rate", 0.1),)
    assert after(slower, wishes.start_over(slower, {}))[0] == MOONS


def test_longer():
    longer, _ = after(MOONS, wishes.longer(MOONS, {"epochs": 10}))
    assert longer == MOONS.replace(epochs=50)
    cosine = MOONS.replace(schedule="cosine")
    longer, _ = after(cosine, wishes.longer(cosine, {"epochs": 10}))
    assert (longer.epochs, longer.last_epoch) == (40, 50)
    assert after(longer, wishes.longer(longer, {"epochs": 10}))[0].last_epoch == 60
    longest, _ = after(MOONS, wishes.longer(MOONS, {"epochs": 10**9}))
    assert longest.last_epoch == MOST_EPOCHS


def test_settings_changed_from_an_epoch_on():
    changes = wishes.from_epoch(MOONS, 30, {"learning_rate": 0.1, "epochs": 80})
    config, said = after(MOONS, changes)
    assert not said
    assert (config.learning_rate, config.at(30).learning_rate, config.last_epoch) == (0.5, 0.1, 80)
    assert config.at(29).learning_rate == 0.5


def test_points_and_the_classes_they_need():
    wish = {"points": [[0.1, 0.2, 1, 0], [0.3, -0.4, 0, 1]]}
    config, _ = after(MOONS, wishes.points(MOONS, wish))
    assert config.points == (Point(0.1, 0.2, 1, 0), Point(0.3, -0.4, 0, 1))
    own, _ = after(config, wishes.only_own(config, {}))
    assert (own.dataset, own.points, own.classes) == ("own", config.points, 2)
    three, _ = after(own, wishes.points(own, {"points": [*wish["points"], [0, 0, 2, 0]]}))
    assert (three.classes, three.task) == (3, "multiclass")
    elsewhere, said = after(three, wishes.complete(three, {"dataset": "circles"}))
    assert (elsewhere.points, elsewhere.classes, said) == ((), 2, [])


@pytest.mark.parametrize("dataset", ["xor_bits", "xor_points", "moons", "four_blobs", "sine"])
def test_the_points_shown_become_own_points(dataset):
    config = Config(dataset=dataset, samples=2000)
    data = make_data(config)
    points = wishes.as_points(config, data)
    assert 4 <= len(points) <= MOST_OWN_POINTS
    own, said = after(config, wishes.own_data(config, points))
    assert not said
    assert (own.task, own.points) == (config.task, points)
    assert own.layer_sizes == config.layer_sizes
    there = {tuple(np.round([*x, y], 3)) for x, y in zip(data.x_train, data.y_train, strict=True)}
    assert all((x1, x2, y) in there for x1, x2, y, is_test in points if not is_test)


NONSENSE = [
    {},
    {"sizes": 3},
    {"sizes": ["x"]},
    {"epoch": "z", "changes": [[1, 2]]},
    {"points": [[1, 2]]},
    {"epochs": None},
]


@pytest.mark.parametrize("wish", NONSENSE)
@pytest.mark.parametrize("do", wishes.WISHES)
def test_nonsense_is_refused_or_mended(do, wish):
    try:
        changes = wishes.WISHES[do](MOONS, wish)
    except (TypeError, ValueError, KeyError):
        return
    assert isinstance(after(MOONS, changes)[0], Config)


# --- questions ---


def test_an_answer_is_what_numpy_says():
    config = MOONS.replace(batch_size=10, l2=0.01, changes=(Change(20, "l2", 0.1), Change(20, "noise", 0.3)))
    data = make_data(config)
    *parts, last = train(config, data, every=7)
    states = [part.state for part in (*parts, last)]
    question = {"n": 5, "run": 3, "epoch": 31, "updates": 2}
    header, arrays = decode(answer(question, 3, config, data, states))
    stand = [*train(config, data, every="update")][31 * 3 + 2]
    parameters, shaken = stand.state.parameters, make_data(MOONS.replace(noise=0.3))
    settings = config.at(31)
    assert settings.l2 == 0.1
    loss = data_loss(parameters, shaken.x_train, shaken.y_train, settings)
    _, gradient = loss_and_gradient(parameters, shaken.x_train, shaken.y_train, settings)
    assert (header["n"], header["run"], header["updates_per_epoch"]) == (5, 3, 3)
    assert header["epoch"] == pytest.approx(31 + 2 / 3)
    assert header["figures"]["train_loss"] == pytest.approx(loss, abs=1e-12)
    np.testing.assert_allclose(arrays["parameters"], parameters, rtol=1e-6)
    np.testing.assert_allclose(arrays["gradient"], gradient, rtol=1e-5, atol=1e-9)
    at_the_end = decode(answer({**question, "epoch": 40}, 3, config, data, states))[1]["parameters"]
    np.testing.assert_array_equal(at_the_end, run(config).state.parameters.astype("f4"))


QUESTIONS = [None, 3, "x", {}, {"n": 1}, {"n": 1, "run": 3, "epoch": 41, "updates": 0}]
QUESTIONS += [
    {"n": 1, "run": 3, "epoch": 0, "updates": 10**12},
    {"n": 1, "run": 3, "epoch": float("inf"), "updates": 0},
]
QUESTIONS += [{"n": 1, "run": 2, "epoch": 1, "updates": 0}, {"n": 1, "run": 3, "epoch": -1, "updates": 0}]


@pytest.mark.parametrize("question", QUESTIONS)
def test_nonsense_has_no_answer(question):
    assert answer(question, 3, MOONS, make_data(MOONS), []) == b""

"""What changes on the way: settings and weights from an epoch on, longer runs, places of a run, what two runs share."""

import numpy as np
import pytest

from nn_core import Config, initial_parameters, join, loss_and_gradient, make_data, record, run, train
from nn_core.config import CHANGEABLE, Change, Point
from nn_core.data import data_over_time
from nn_core.mlp import data_loss
from nn_core.optimizers import OPTIMIZERS, Settings
from nn_core.training import in_common, stand_at

SMALL = Config(dataset="moons", samples=60, noise=0.1, hidden_sizes=(3,), epochs=40, learning_rate=0.3)


def changed(config, *changes, **settings):
    return config.replace(changes=tuple(Change(*change) for change in changes), **settings)


def final(config):
    return run(config).state.parameters


def by_hand(config, epochs, parameters, data):
    """Full-batch gradient descent as on the blackboard."""
    for _ in range(epochs):
        _, gradient = loss_and_gradient(parameters, data.x_train, data.y_train, config)
        parameters = parameters - config.learning_rate * gradient
    return parameters


def test_a_rate_changed_on_the_way_is_two_runs_one_after_the_other():
    data = make_data(SMALL)
    half = by_hand(SMALL, 15, initial_parameters(SMALL), data)
    whole = by_hand(SMALL.replace(learning_rate=0.05), 25, half, data)
    np.testing.assert_allclose(final(changed(SMALL, (15, "learning_rate", 0.05))), whole, atol=1e-12)


def test_a_weight_set_by_hand_is_trained_on_from():
    data = make_data(SMALL)
    p = by_hand(SMALL, 15, initial_parameters(SMALL), data)
    p[4] = 2.5
    config = changed(SMALL, (15, "parameters[4]", 2.5))
    history = run(config)
    at = history.snapshot_epochs.tolist().index(15)
    np.testing.assert_allclose(history.parameters[at], p, atol=1e-12)
    np.testing.assert_allclose(history.state.parameters, by_hand(SMALL, 25, p, data), atol=1e-12)


@pytest.mark.parametrize("epoch", [0, 40])
def test_weights_can_be_set_before_the_first_and_after_the_last_epoch(epoch):
    history = run(changed(SMALL, (epoch, "parameters[0]", -1.5)))
    at = history.snapshot_epochs.tolist().index(epoch)
    assert history.parameters[at, 0] == -1.5
    assert (history.state.parameters[0] == -1.5) == (epoch == 40)


def test_an_optimizer_begins_with_an_empty_memory():
    config = changed(SMALL, (10, "optimizer", "adam"), (10, "learning_rate", 0.02))
    data = make_data(SMALL)
    p, memory = by_hand(SMALL, 10, initial_parameters(SMALL), data), np.zeros((2, SMALL.n_parameters))
    settings = Settings(SMALL.momentum, SMALL.rms_decay, np.zeros(SMALL.n_parameters))
    for t in range(1, 31):
        _, gradient = loss_and_gradient(p, data.x_train, data.y_train, SMALL)
        OPTIMIZERS["adam"].update(p, gradient, memory, 0.02, t, settings)
    np.testing.assert_allclose(final(config), p, atol=1e-10)


def test_a_noise_changed_on_the_way_is_other_data_from_there_on():
    config = changed(SMALL, (20, "noise", 0.4))
    first, second = data_over_time(config, make_data(config))
    np.testing.assert_array_equal(second.x_train, make_data(SMALL.replace(noise=0.4)).x_train)
    p = by_hand(SMALL, 20, initial_parameters(SMALL), first)
    np.testing.assert_allclose(final(config), by_hand(SMALL, 20, p, second), atol=1e-12)
    at = (history := run(config)).epochs.tolist().index(20)
    for epoch, data in ((at, second), (at - 1, first)):
        loss = data_loss(history.parameters[epoch], data.x_train, data.y_train, SMALL)
        assert history.train_loss[epoch] == pytest.approx(loss, abs=1e-12), "what is shown is what is measured"


VALUES = {"optimizer": "momentum", "schedule": "cosine", "batch_size": 7, "epochs": 60, "dropout": 0.2, "clip": 0.1}


@pytest.mark.parametrize("name", CHANGEABLE)
@pytest.mark.parametrize("batch_size", [0, 8])
def test_stepping_slicing_and_running_give_the_same_bits(name, batch_size):
    config = changed(SMALL, (13, name, VALUES.get(name, 0.25)), batch_size=batch_size, epochs=30, dropout=0.1)
    whole = run(config)
    assert whole.finished
    data = make_data(config)
    *_, last = train(config, data, every="update")
    np.testing.assert_array_equal(last.state.parameters, whole.state.parameters)
    parts = list(train(config, data, every=7))
    np.testing.assert_array_equal(record(config, parts).parameters, whole.parameters)
    np.testing.assert_array_equal(record(config, parts).train_loss, whole.train_loss)
    for part in parts:
        *_, last = [part, *train(config, data, start=part.state, every=5)]
        np.testing.assert_array_equal(last.state.parameters, whole.state.parameters)


def test_a_longer_run_goes_on_from_the_shorter_with_the_same_bits():
    short, long = run(SMALL), run(SMALL.replace(epochs=80))
    at = long.snapshot_epochs.tolist().index(40)
    np.testing.assert_array_equal(long.parameters[at], short.state.parameters)


def test_a_schedule_begins_anew_where_a_run_is_made_longer():
    cosine = SMALL.replace(schedule="cosine")
    longer = changed(cosine, (40, "epochs", 80))
    assert longer.last_epoch == 80
    half, whole = run(cosine), run(longer)
    assert len(whole.epochs) == 81
    at = whole.snapshot_epochs.tolist().index(40)
    np.testing.assert_array_equal(whole.parameters[at], half.state.parameters)
    moved = np.abs(np.diff(whole.parameters[at - 1 : at + 2], axis=0)).max(axis=1)
    assert moved[1] > 5 * moved[0], "the rate has come down to nothing, and is up again"


PAIRS = [
    (SMALL, SMALL.replace(epochs=60), np.inf),
    (SMALL, SMALL.replace(seed=1), 0),
    (SMALL, changed(SMALL, (12, "l2", 0.1)), 12),
    (changed(SMALL, (12, "l2", 0.1)), changed(SMALL, (12, "l2", 0.1), (30, "parameters[1]", 0.0)), 30),
    (SMALL.replace(schedule="cosine"), SMALL.replace(schedule="cosine", epochs=60), 0),
    (changed(SMALL, (12, "l2", 0.1)), changed(SMALL, (12, "l2", 0.2)), 12),
    (changed(SMALL, (15, "schedule", "cosine")), changed(SMALL, (15, "schedule", "cosine"), epochs=60), 15),
]


@pytest.mark.parametrize(("one", "other", "epoch"), PAIRS)
def test_what_two_runs_share_can_be_taken_over(one, other, epoch):
    assert one.same_until(other) == other.same_until(one) == epoch
    data = make_data(one)
    parts = list(train(one, data, every=5))
    states = [part.state for part in parts if 0 < part.state.epoch < epoch]
    if not states:
        assert epoch == 0
        return
    begun = in_common(join(parts), states[-1], other, data)
    history = record(other, [begun, *train(other, data, start=begun.state)])
    for mine, theirs in zip(history[1:8], run(other)[1:8], strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_one_place_of_a_run():
    config = changed(SMALL, (20, "batch_size", 10), (20, "noise", 0.3))
    data = make_data(config)
    history = run(config, data)
    stand = stand_at(config, data, 33)
    at = history.snapshot_epochs.tolist().index(33)
    np.testing.assert_array_equal(stand.state.parameters, history.parameters[at])
    assert (stand.epoch, stand.per_epoch, stand.config.batch_size) == (33, 3, 10)
    np.testing.assert_array_equal(stand.data.x_train, make_data(SMALL.replace(noise=0.3)).x_train)
    later = stand_at(config, data, 33, updates=2, start=stand.state)
    assert later.epoch == pytest.approx(33 + 2 / 3)
    by_update = list(train(config, data, every="update"))
    np.testing.assert_array_equal(later.state.parameters, by_update[20 + 13 * 3 + 2].state.parameters)
    assert stand_at(config, data, 40, updates=5).epoch == 40, "never beyond the end"


# --- own points ---


def test_own_points_are_learnt_from_or_kept_for_the_test():
    points = (Point(0.5, -0.5, 1, 0), Point(-0.2, 0.3, 0, 1), Point(0.1, 0.1, 0, 0))
    plain, data = make_data(SMALL), make_data(SMALL.replace(points=points))
    np.testing.assert_array_equal(data.x_train, [*plain.x_train, [0.5, -0.5], [0.1, 0.1]])
    np.testing.assert_array_equal(data.y_train, [*plain.y_train, 1, 0])
    np.testing.assert_array_equal(data.x_test, [*plain.x_test, [-0.2, 0.3]])
    assert SMALL.replace(points=points).training_samples == len(data.x_train)


def test_own_points_alone_are_tested_on_themselves_unless_some_are_kept():
    corners = tuple(Point(x1, x2, int(x1 != x2), 0) for x1 in (0, 1) for x2 in (0, 1))
    config = Config(dataset="own", points=corners, seed=3)
    data = make_data(config)
    assert data.x_test is data.x_train
    assert run(config).train_accuracy[-1] == 1
    three = Config(dataset="own", points=corners, classes=3)
    assert (three.task, three.layer_sizes[-1]) == ("multiclass", 3)
    assert Config(dataset="own", points=corners, classes=1).task == "regression"


def test_nothing_to_learn_from_is_a_run_that_never_begins():
    for points in ((), (Point(0, 0, 1, 1),)):
        config = Config(dataset="own", points=points, batch_size=2)
        history = run(config)
        assert history.finished
        assert history.epochs.tolist() == [0]
        assert config.estimated_seconds == 0
        np.testing.assert_array_equal(history.state.parameters, initial_parameters(config))


def test_a_table_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="0a0a0a0a0a0a"):
        make_data(Config(dataset="own", data_id="0a0a0a0a0a0a"))


# --- the gate ---


def test_points_and_changes_travel_in_the_link():
    config = changed(
        SMALL,
        (0, "parameters[0]", 0.1),
        (12, "optimizer", "adam"),
        (30, "parameters[2]", -1e-05),
        points=(Point(0.123, -0.5, 1, 0), Point(-1, 0, 0, 1)),
    )
    assert Config.from_query(config.to_query()) == (config, [])


HALF_BROKEN = [
    ("points", "0.1~0.2~1~0_0.3~0.4~0", 1, "1 of 2 records"),
    ("points", "0.1~0.2~1~0_0.5~x~1~0_0.3~0.4~7~0", 1, "1 of 3 records"),
    ("points", "_".join(["0.1~0.2~1~0"] * 400), 300, "100 of 400 records"),
    ("points", "0.1~1e9~1~0_0.1~0.2~1~0", 1, "1 of 2 records"),
    ("changes", "5~learning_rate~0.1_9~hidden_sizes~3_10~parameters[99]~1_7~optimizer~best", 1, "2 of 4 records"),
    ("changes", "5~learning_rate~0.1_500~learning_rate~0.2", 1, "1 of 2 changes"),
    ("changes", "5~learning_rate~0.1_30~epochs~20", 1, "1 of 2 changes"),
]


@pytest.mark.parametrize(("name", "text", "left", "said"), HALF_BROKEN)
def test_what_is_broken_in_a_link_is_left_out_and_the_rest_opens(name, text, left, said):
    config, notices = Config.from_query({**SMALL.to_query(), name: text})
    assert len(getattr(config, name)) == left
    assert any(said in notice for notice in notices)
    assert config.replace(points=(), changes=()) == SMALL

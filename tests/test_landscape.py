"""The landscape: many losses at once are the losses one by one; planes, paths and maps are where they say they are."""

import numpy as np
import pytest

from nn_core import run
from nn_core.activations import ACTIVATIONS
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.landscape import (
    STEPS,
    WORK,
    Plane,
    Window,
    effort,
    grid,
    losses,
    names,
    principal_plane,
    random_plane,
    seconds,
    shadow,
    training_rows,
    weights_plane,
    window,
)
from nn_core.losses import LOSSES
from nn_core.mlp import data_loss, initial_parameters, layers

TASKS = {"binary": "moons", "multiclass": "three_spiral", "regression": "sine"}
HISTORY = run(Config())
PATH = HISTORY.parameters


def rows_of(config):
    data = make_data(config)
    return data, training_rows(data.x_train, data.y_train, config)


@pytest.mark.parametrize(("loss", "task"), [(loss, task) for loss, entry in LOSSES.items() for task in entry.tasks])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_map_is_the_data_loss_at_its_places(activation, loss, task):
    config = Config(dataset=TASKS[task], samples=40, hidden_sizes=(3, 2), activation=activation, loss=loss, l2=0.1)
    data, rows = rows_of(config)
    plane = random_plane(initial_parameters(config), config, 3)
    view = Window(np.array([0.1, -0.2]), 1.5)
    map_ = grid(plane, view, rows, config, 7)
    rng = np.random.default_rng(0)
    for i, j in rng.integers(0, 7, (6, 2)):
        parameters = plane.origin + map_.u[j] * plane.u + map_.v[i] * plane.v
        expected = data_loss(parameters, data.x_train, data.y_train, config)
        assert map_.loss[i, j] == pytest.approx(expected, rel=1e-12, abs=1e-14)


def test_repeated_points_and_pieces_change_nothing():
    config = Config()  # a thousand samples, four different ones
    data, rows = rows_of(config)
    assert len(rows.train) == 4
    stack = initial_parameters(config) + np.random.default_rng(0).normal(size=(4000, config.n_parameters))
    many = losses(stack, rows, config)
    for i in (0, 1999, 3999):
        assert many[i] == pytest.approx(data_loss(stack[i], data.x_train, data.y_train, config), rel=1e-12)
        assert losses(stack[i : i + 1], rows, config)[0] == pytest.approx(many[i], rel=1e-14)


def test_names():
    called = names(Config(hidden_sizes=(2,)))
    assert called == ["W1[1,1]", "W1[1,2]", "b1[1]", "W1[2,1]", "W1[2,2]", "b1[2]", "W2[1,1]", "W2[1,2]", "b2[1]"]
    config = Config(hidden_sizes=(3, 2))
    numbers = np.arange(config.n_parameters)
    W, b = layers(numbers, config)[1]
    assert names(config)[W[1, 2]] == "W2[2,3]"
    assert names(config)[b[1]] == "b2[2]"


def test_a_place_lies_where_its_projection_says():
    plane = random_plane(PATH[-1], Config(), 5)
    places = np.random.default_rng(0).normal(size=(9, 2))
    np.testing.assert_allclose(plane.project(plane.at(places)), places, atol=1e-12)
    for place, parameters in zip(plane.project(PATH), PATH, strict=True):
        lost = parameters - plane.at(place[None])[0]
        assert abs(lost @ plane.u) < 1e-9, "what is left is at right angles to the plane"
        assert abs(lost @ plane.v) < 1e-9


def test_the_share_outside():
    plane = Plane(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 2.0, 0]))
    assert plane.outside(np.array([[3.0, 4, 0]]), np.zeros(3)) == pytest.approx(0, abs=1e-15)
    assert plane.outside(np.array([[3.0, 0, 4], [0, 0, 0]]), np.zeros(3)) == pytest.approx(16 / 25)
    assert plane.outside(np.array([[0.0, 0, 5]]), np.zeros(3)) == 1
    assert plane.outside(np.zeros((2, 3)), np.zeros(3)) == 0
    assert plane.outside(np.array([[3e200, 0, 4e200]]), np.zeros(3)) == pytest.approx(16 / 25), "no square overflows"


def test_two_weights_have_their_values():
    plane = weights_plane(PATH[-1], 2, 7)
    np.testing.assert_allclose(plane.project(PATH), PATH[:, [2, 7]], atol=1e-12)
    moved = plane.at(np.array([[0.5, -3]]))[0]
    np.testing.assert_array_equal(np.flatnonzero(moved != PATH[-1]), [2, 7])
    assert moved[[2, 7]].tolist() == [0.5, -3]
    with pytest.raises(ValueError, match="two different"):
        weights_plane(PATH[-1], 2, 2)


def test_random_directions_are_as_long_as_layers():
    config = Config(hidden_sizes=(4, 3))
    star = initial_parameters(config) + 0.1
    plane = random_plane(star, config, 0)
    for direction in (plane.u, plane.v):
        for own, layer in zip(layers(star, config), layers(direction, config), strict=True):
            size = lambda part: np.concatenate([part.W, part.b[:, None]], axis=1)  # noqa: E731
            np.testing.assert_allclose(np.linalg.norm(size(layer)), np.linalg.norm(size(own)), rtol=1e-12)
            units = (np.linalg.norm(size(part), axis=1) for part in (layer, own))
            np.testing.assert_allclose(*units, rtol=1e-12)
    again, other = random_plane(star, config, 0), random_plane(star, config, 1)
    np.testing.assert_array_equal(again.u, plane.u)
    np.testing.assert_array_equal(again.v, plane.v)
    assert not np.allclose(other.u, plane.u)
    assert not np.allclose(plane.u, plane.v)
    nowhere = random_plane(np.zeros(config.n_parameters), config, 0)
    np.testing.assert_allclose(np.linalg.norm(layers(nowhere.u, config)[2].W[0]) <= 1, True)
    assert np.isfinite(nowhere.u).all()


def test_main_directions_by_hand():
    found = principal_plane(PATH[-1], [PATH])
    spread = PATH - PATH.mean(axis=0)
    variances, directions = np.linalg.eigh(spread.T @ spread)
    np.testing.assert_allclose(found.shares, variances[:-3:-1] / variances.sum(), rtol=1e-9)
    for mine, direction in zip((found.plane.u, found.plane.v), directions.T[:-3:-1], strict=True):
        assert abs(mine @ direction) == pytest.approx(1, abs=1e-9)
        assert mine @ (PATH[-1] - PATH[0]) >= 0, "the path ends on the larger side"
    _, lengths, _ = np.linalg.svd(spread)
    np.testing.assert_allclose(found.shares, lengths[:2] ** 2 / (lengths**2).sum(), rtol=1e-12)
    centred = Plane(PATH.mean(axis=0), found.plane.u, found.plane.v)
    assert 1 - found.shares.sum() == pytest.approx(centred.outside(PATH, PATH.mean(axis=0)), rel=1e-9)


def test_main_directions_of_several_and_of_none():
    other = run(Config(optimizer="adam", learning_rate=0.05)).parameters
    both = principal_plane(PATH[-1], [PATH, other])
    spread = np.concatenate([PATH, other])
    spread = spread - spread.mean(axis=0)
    lengths = np.linalg.svd(spread, compute_uv=False)
    np.testing.assert_allclose(both.shares, lengths[:2] ** 2 / (lengths**2).sum(), rtol=1e-9)
    for still in (np.repeat(PATH[:1], 5, axis=0), PATH[:1]):
        with pytest.raises(ValueError, match="has not moved"):
            principal_plane(PATH[0], [still])
    step = principal_plane(PATH[0], [PATH[:2]])
    assert step.shares[0] == pytest.approx(1)
    assert np.linalg.norm(step.plane.v) == pytest.approx(1)
    far = principal_plane(PATH[-1], [1e200 * PATH])
    np.testing.assert_allclose(far.shares, principal_plane(PATH[-1], [PATH]).shares, rtol=1e-6)


def test_a_shadow():
    config = Config()
    data, rows = rows_of(config)
    plane = principal_plane(PATH[-1], [PATH]).plane
    cast = shadow(plane, PATH, PATH[-1], rows, config)
    np.testing.assert_allclose(cast.places, plane.project(PATH))
    assert cast.outside == plane.outside(PATH, PATH[-1])
    i = len(PATH) // 2
    beneath = data_loss(plane.at(cast.places[i : i + 1])[0], data.x_train, data.y_train, config)
    assert cast.beneath[i] == pytest.approx(beneath, rel=1e-12)
    assert cast.beneath[-1] == pytest.approx(HISTORY.train_loss[-1], rel=1e-9), "the plane goes through the star"


def test_a_window_shows_what_it_is_asked_to():
    places = [np.array([[0.0, 0], [4, 1]]), np.array([[2.0, -3]])]
    view = window(places)
    assert view.middle.tolist() == [2, -1]
    assert view.half > 2
    alphas, betas = view.sides(5)
    assert alphas[0] < 0 < 4 < alphas[-1]
    assert betas[0] < -3 < 1 < betas[-1]
    assert np.ptp(alphas) == pytest.approx(np.ptp(betas))
    assert window(places, zoom=3).half == pytest.approx(3 * view.half)
    assert window([np.zeros((1, 2))], least=0.7).half == 0.7


def test_places_that_are_no_numbers_stay_so():
    config = Config(dataset="sine", samples=20, hidden_sizes=(2,), activation="linear")
    _, rows = rows_of(config)
    plane = Plane(np.zeros(config.n_parameters), np.ones(config.n_parameters), np.ones(config.n_parameters) / 2)
    map_ = grid(plane, Window(np.zeros(2), 1e160), rows, config, 5)
    assert not np.isfinite(map_.loss[0, 0])
    assert np.isfinite(map_.loss[2, 2])


def test_effort_follows_the_size():
    small = Config()
    assert effort(small, make_data(small)) == (STEPS, 1000)
    large = Config(dataset="circles", samples=5000, hidden_sizes=(16,) * 6)
    data = make_data(large)
    steps, points = effort(large, data)
    assert steps < STEPS
    assert 50 <= points < 2500
    rows = training_rows(data.x_train[:points], data.y_train[:points], large)
    assert seconds(steps**2, len(rows.train), large) <= WORK * 1.01


@pytest.mark.parametrize("zoom", [1.0, 0.5, 0.1])
def test_a_narrow_window_closes_in_on_the_star(zoom):
    star = np.array([[4.0, -3.0]])
    view = window([star, np.array([[-6.0, 1.0], [0.0, 2.0]])], zoom=zoom)
    away = np.abs(star[0] - view.middle)
    assert (away < view.half).all()
    np.testing.assert_allclose(away / view.half, np.abs(star[0] - [-1.0, -0.5]) / (5 * 1.5), rtol=1e-12)

"""Drawn digits: the preparation is MNIST's, the shipped networks are what their cards say, nonsense is met calmly."""

import numpy as np
import pytest

from data.make_mnist import read_idx
from nn_core import strokes
from nn_core.config import Config
from nn_core.digits import (
    DATA,
    MOST_POINTS,
    MOST_STROKES,
    NETWORKS,
    STAGES,
    Drawing,
    Network,
    classify,
    load_mnist,
    load_network,
    preprocess,
    probabilities,
    render,
    stages,
)

CORNER = [np.array([[60.0, 50.0], [180.0, 60.0], [100.0, 200.0]])]  # like a 7
PINNED = (
    (83.31714, 33814.355),
    (81.87045, 33237.899),
)  # ink, and ink x place, of that corner from strokes and from ink
HELD_BACK = 7_000_000  # a seed that no network was trained with


def difference(one: Drawing, other: Drawing) -> float:
    return float(np.abs(one.image - other.image).mean())


def moved(drawing, scale, shift):
    return [points * scale + shift for points in drawing]


def some_digits(n, seed=HELD_BACK):
    rng = np.random.default_rng(seed)
    return [strokes.digit(i % 10, rng) for i in range(n)]


def test_mnist_has_keras_shapes():
    (x_train, y_train), (x_test, y_test) = load_mnist()
    assert x_train.shape == (60_000, 28, 28)
    assert x_test.shape == (10_000, 28, 28)
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    assert np.bincount(y_train).min() == 5421
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    with np.load(DATA / "mnist.npz") as file:
        assert set(file) == {"x_train", "y_train", "x_test", "y_test"}


# The preparation.


def test_strokes_are_read_alike_at_any_place_and_size():
    for drawing in some_digits(20):
        corner = np.min([points.min(axis=0) for points in drawing], axis=0)
        smaller = moved(moved(drawing, 1, -corner), 0.4, (30, 90))
        assert difference(preprocess(drawing), preprocess(smaller)) < 1e-3


def test_strokes_are_read_alike_whatever_the_brush():
    assert (preprocess(CORNER, 8).image == preprocess(CORNER, 30).image).all()


@pytest.mark.parametrize("width", [8, 18, 30])
@pytest.mark.parametrize("size", [140, 280, 500])
def test_ink_is_read_like_the_strokes_that_made_it(width, size):
    wanted = preprocess(CORNER)
    ink = render(CORNER, width, size)
    assert difference(preprocess(ink), wanted) < 0.02
    assert difference(preprocess(ink.astype(np.uint8), width), wanted) < 0.02


def test_ink_of_any_shape_is_read_as_a_square():
    ink = render(CORNER)
    assert difference(preprocess(ink[:, :220]), preprocess(ink)) < 0.005


@pytest.mark.parametrize("way", ["strokes", "ink"])
def test_centre_of_mass_is_pixel_14_and_long_side_is_20(way):
    middles = np.arange(28)
    for drawing in some_digits(20):
        image = preprocess(drawing if way == "strokes" else render(drawing)).image
        centre = np.array([image.sum(axis=0) @ middles, image.sum(axis=1) @ middles]) / image.sum()
        assert image.shape == (28, 28)
        assert image.dtype == np.float32
        assert 0 <= image.min() <= image.max() <= 1 + 1e-6
        assert centre == pytest.approx([14, 14], abs=0.1)
        extent = max(image.max(axis=0).sum(), image.max(axis=1).sum())  # the widest row or column of coverage
        assert 18 < extent < 21


SMALL_LOW_RIGHT = [np.array([[180.0, 150.0], [240.0, 150.0], [200.0, 240.0]])]  # a 7 of 60 x 90


def prepared(way, without, drawing=SMALL_LOW_RIGHT, width=20):
    return preprocess(drawing if way == "strokes" else render(drawing, width), width, without).image


def box(image):
    """Left, right, top and bottom edge of the ink."""
    columns, rows = (np.flatnonzero(image.max(axis=axis) > 0.25) for axis in (0, 1))
    return np.array([columns[0], columns[-1] + 1, rows[0], rows[-1] + 1])


def test_the_preparation_is_the_one_that_networks_learnt_with():
    """Pinned: another preparation would ask for other networks."""
    weights = np.arange(784).reshape(28, 28)
    strokes_, ink = preprocess(CORNER, 18).image, preprocess(render(CORNER, 18), 18).image
    assert [strokes_.sum(), (strokes_ * weights).sum()] == pytest.approx(PINNED[0], rel=1e-5)
    assert [ink.sum(), (ink * weights).sum()] == pytest.approx(PINNED[1], rel=1e-5)


@pytest.mark.parametrize("way", ["strokes", "ink"])
def test_without_any_step_the_canvas_is_only_shrunk(way):
    shrunk = render(SMALL_LOW_RIGHT, 20).reshape(28, 10, 28, 10).mean(axis=(1, 3)) / 255
    assert np.abs(prepared(way, STAGES) - shrunk).mean() < 0.005


@pytest.mark.parametrize("way", ["strokes", "ink"])
def test_each_step_left_out_leaves_its_mark(way):
    left, right, top, bottom = box(prepared(way, {"crop", "scale", "centre"}))  # where it was drawn, by a pen of 2.4
    assert [left, right, top, bottom] == pytest.approx([16.9, 25.3, 13.7, 25.3], abs=1)
    left, right, top, bottom = box(prepared(way, {"scale", "centre"}))  # as small, in the middle
    assert [right - left, bottom - top] == pytest.approx([8.4, 11.4], abs=1)
    assert [left + right, top + bottom] == pytest.approx([29, 29], abs=1.1)
    left, right, top, bottom = box(prepared(way, {"centre"}))  # as large as wanted, its box in the middle
    assert bottom - top == pytest.approx(20, abs=1)
    assert [left + right, top + bottom] == pytest.approx([29, 29], abs=1.1)
    fat = prepared(way, {"pen"})  # a pen of 20 on a digit of 110 that is made 20: 3.6
    assert fat.sum() / prepared(way, ()).sum() == pytest.approx(3.6 / 2.4, rel=0.15)
    assert np.ptp(box(fat)[2:]) == pytest.approx(20, abs=1)
    middles = np.arange(28) + 0.5
    balanced = prepared(way, {"crop", "scale"})
    assert [balanced.sum(axis=0) @ middles, balanced.sum(axis=1) @ middles] / balanced.sum() == pytest.approx(
        [14.5, 14.5], abs=0.1
    )


def test_a_digit_left_in_the_corner_and_enlarged_is_cut_off():
    corner = moved(SMALL_LOW_RIGHT, 0.5, 150)  # the end of it at the edge of the canvas
    for way in ("strokes", "ink"):
        cut = prepared(way, {"crop", "centre"}, corner, 10)
        assert cut.sum() < 0.8 * prepared(way, {"centre"}, corner, 10).sum()
        assert cut[-1].max() > 0.5


@pytest.mark.parametrize("way", ["strokes", "ink"])
def test_stages_show_the_preparation_step_by_step(way):
    drawing = CORNER if way == "strokes" else render(CORNER)
    names = ["canvas", *STAGES]
    found = stages(drawing, 18)
    assert [stage.name for stage in found] == names
    for done, stage in enumerate(found):
        assert (stage.image == preprocess(drawing, 18, names[done + 1 :]).image).all()
    assert (found[-1].image == preprocess(drawing, 18).image).all()
    found = stages(drawing, 18, {"scale"})
    assert (found[2].image == found[1].image).all()
    assert not (found[3].image == found[2].image).all()
    assert (found[-1].image == preprocess(drawing, 18, {"scale"}).image).all()


@pytest.mark.parametrize("left_out", range(16))
def test_whatever_is_left_out_a_drawing_is_a_finite_picture(left_out):
    without = [name for bit, name in enumerate(STAGES) if left_out >> bit & 1]
    hook = [np.array([[0.0, 20.0], [0.0, 0.0], [20.0, 0.0], [20.0, 1.0]])]
    for drawing in (*some_digits(5), moved(CORNER, 0.2, -12), hook, [np.array([[0.0, 0.0]])], []):
        for width in (1, 30, 100):
            for image in (preprocess(drawing, width, without).image, prepared("ink", without, drawing, width)):
                assert image.shape == (28, 28)
                assert image.dtype == np.float32
                assert np.isfinite(image).all()
                assert 0 <= image.min() <= image.max() <= 1 + 1e-6


def test_a_step_that_is_none_is_refused():
    with pytest.raises(ValueError, match="'magic'"):
        preprocess(CORNER, 18, {"crop", "magic"})


def test_mnist_pictures_pass_nearly_unchanged():
    _, (images, labels) = load_mnist()
    prepared = np.array([preprocess(image).image for image in images[:500]])
    assert np.abs(prepared - images[:500] / 255).mean() < 0.05
    answers = probabilities(load_network("best"), prepared).argmax(axis=1)
    assert (answers == labels[:500]).mean() > 0.975


@pytest.mark.parametrize("drawing", [[], [[]], [np.empty((0, 2))], np.zeros((280, 280)), np.full((9, 9), 20)])
def test_nothing_is_empty(drawing):
    assert preprocess(drawing).problem == "empty"


@pytest.mark.parametrize("width", [8, 18, 30])
def test_a_dot_and_a_tiny_digit_are_too_small(width):
    for drawing in ([np.array([[140.0, 140.0]])], moved(CORNER, 0.1, 50)):
        assert preprocess(drawing, width).problem == "too small"
        assert preprocess(render(drawing, width), width).problem == "too small"
    for drawing in (moved(CORNER, 0.2, 50), [np.array([[10.0, 10.0], [10.0, 40.0]])]):
        assert preprocess(drawing, width).problem is None
        assert preprocess(render(drawing, width)).problem is None


def test_a_scribble_over_everything_is_too_much():
    scribble = [np.random.default_rng(0).random((300, 2)) * 280]
    assert preprocess(scribble).problem == "too much"
    assert preprocess(render(scribble)).problem == "too much"
    assert preprocess(np.full((280, 280), 255)).problem == "too much"


def test_digits_have_no_problem():
    assert {preprocess(drawing).problem for drawing in some_digits(100)} == {None}
    _, (images, _) = load_mnist()
    assert {preprocess(image).problem for image in images[:200]} == {None}


@pytest.mark.parametrize(
    "drawing",
    [
        None,
        5,
        "7",
        {},
        [5],
        ["ab"],
        [[1, 2, 3]],
        [[[1, 2], [3]]],
        [[[1, 2, 3]]],
        [[["1", "2"]]],
        [[[1j, 2]]],
        [[[10**400, 1]]],
        [[[np.nan, 1]]],
        [[[np.inf, 1]]],
        [[[1, 2]]] * (MOST_STROKES + 1),
        [np.zeros((MOST_POINTS + 1, 2))],
        np.zeros(0),
        np.zeros(784),
        np.zeros((0, 28)),
        np.zeros((28, 28, 3)),
        np.full((28, 28), np.nan),
        np.full((28, 28), np.inf),
        np.full((28, 28), 1j),
        np.full((28, 28), "x"),
    ],
    ids=lambda drawing: repr(drawing)[:30],
)
def test_what_is_no_drawing_is_refused(drawing):
    with pytest.raises(ValueError, match=r"a drawing must|a stroke must|points of a stroke|ink must"):
        preprocess(drawing)


@pytest.mark.parametrize("width", [0, -1, 1e300, np.nan, np.inf, "18", [18]])
def test_an_absurd_brush_is_refused(width):
    with pytest.raises(ValueError, match="width"):
        preprocess(CORNER, width)


@pytest.mark.parametrize(
    "drawing",
    [
        [np.array([[1e300, -1e300], [-1e300, 5]])],
        [np.full((MOST_POINTS, 2), 7)],
        [np.random.default_rng(1).random((5, 2)) * 280] * MOST_STROKES,
        np.array([[255]]),
        np.full((1, 9000), 255),
        np.full((30, 30), -1e300),
        np.full((30, 30), 1e300),
        np.full((30, 30), 127, np.int8),
        np.random.default_rng(2).random((3000, 100)) * 255,
    ],
    ids=lambda drawing: repr(drawing)[:30],
)
def test_any_other_drawing_is_a_finite_picture(drawing):
    image, _ = preprocess(drawing)
    assert image.shape == (28, 28)
    assert np.isfinite(image).all()


def test_a_ring_is_in_sight_however_fat_its_pen_is_said_to_be():
    turn = np.linspace(0, 2 * np.pi, 60)
    ring = [140 + 55 * np.stack([np.cos(turn), np.sin(turn)], axis=1)]
    assert preprocess(render(ring, 5), 100).problem == "too small"


def test_a_wrong_width_for_the_ink_does_not_wipe_it_out():
    assert preprocess(render(CORNER, 10), 60).image.sum() > 30


# Answers.


def network_answering(p: float) -> Network:
    """A network that answers 3 with probability p whatever it sees."""
    config = Config(dataset="mnist", hidden_sizes=(), precision="float32")
    parameters = np.zeros((10, 785), np.float32)
    parameters[3, -1] = np.log(9 * p / (1 - p))
    return Network(parameters.ravel(), config, {})


@pytest.mark.parametrize(("p", "verdict"), [(0.95, "sure"), (0.81, "sure"), (0.79, "probably"), (0.59, "unsure")])
def test_the_verdict_follows_the_probability(p, verdict):
    answer = classify(network_answering(p), preprocess(CORNER))
    assert answer.label == 3
    assert answer.verdict == verdict
    assert answer.probabilities.shape == (10,)
    assert answer.probabilities[3] == pytest.approx(p, abs=1e-5)


def test_a_drawing_with_a_problem_is_not_read():
    answer = classify(network_answering(0.99), preprocess([]))
    assert answer.verdict == "empty"
    assert answer.probabilities == pytest.approx(np.full(10, 0.1))


# The shipped networks.


@pytest.mark.parametrize("name", NETWORKS)
def test_the_card_tells_the_truth(name):
    network = load_network(name)
    _, (images, labels) = load_mnist()
    p = probabilities(network, images / 255)
    assert p.sum(axis=1) == pytest.approx(np.ones(len(p)), abs=1e-5)
    assert round(float((p.argmax(axis=1) == labels).mean()), 4) == network.card["accuracy"]
    assert len(network.parameters) == network.card["parameters"] == network.config.n_parameters
    assert network.card["name"] == name


def test_the_networks_are_good_and_small():
    assert load_network("tutorial").card["accuracy"] >= 0.972
    assert load_network("best").card["accuracy"] >= 0.991
    assert all((DATA / f"{name}.npz").stat().st_size <= 1_000_000 for name in NETWORKS)


def test_an_unknown_network_is_refused():
    with pytest.raises(ValueError, match="best, tutorial"):
        load_network("../secrets")


@pytest.mark.parametrize("way", ["strokes", "ink"])
def test_best_reads_digits_of_an_unseen_seed(way):
    rng = np.random.default_rng(HELD_BACK)
    digits = some_digits(500 if way == "strokes" else 200)
    drawings = digits if way == "strokes" else [render(each, strokes.brush(rng)) for each in digits]
    answers = [classify(load_network("best"), preprocess(drawing)) for drawing in drawings]
    assert np.mean([answer.label == i % 10 for i, answer in enumerate(answers)]) > 0.95
    assert np.mean([answer.verdict in ("sure", "probably") for answer in answers]) > 0.95


def test_best_is_not_sure_about_junk():
    rng = np.random.default_rng(HELD_BACK)
    answers = [classify(load_network("best"), preprocess(strokes.junk(rng))) for _ in range(300)]
    assert np.mean([answer.verdict not in ("sure", "probably") for answer in answers]) > 0.88


# How the files in data/ are made.


def test_idx_files_are_read(tmp_path):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    file = tmp_path / "idx"
    file.write_bytes(b"\x00\x00\x08\x03" + np.array([2, 3, 4], ">i4").tobytes() + array.tobytes())
    assert (read_idx(file) == array).all()
    file.write_bytes(b"\x89PNG")
    with pytest.raises(ValueError, match="not an IDX file"):
        read_idx(file)

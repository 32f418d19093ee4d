"""Our own pen strokes: on the canvas, drawn from the seed alone, never twice the same."""

import numpy as np
import pytest

from benchmarks.letters import LETTERS
from nn_core import strokes
from nn_core.digits import CANVAS, preprocess


def same(one, other):
    return len(one) == len(other) and all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("label", range(-1, 10))
def test_strokes_are_on_the_canvas(label):
    for drawing in strokes.drawings(np.full(50, label), np.random.default_rng(1)):
        for points in drawing:
            assert points.ndim == 2
            assert points.shape[1] == 2
            assert len(points) > 1
            assert points.min() >= 0
            assert points.max() <= CANVAS


@pytest.mark.parametrize("draw", [lambda rng: strokes.digit(8, rng), strokes.junk])
def test_the_seed_decides(draw):
    assert same(draw(np.random.default_rng(5)), draw(np.random.default_rng(5)))
    assert not same(draw(np.random.default_rng(5)), draw(np.random.default_rng(6)))


@pytest.mark.parametrize("style", [style for styles in strokes.DIGITS.values() for style in styles])
def test_every_style_is_readable_and_varied(style):
    rng = np.random.default_rng(2)
    images = [preprocess([points * 200 + 40 for points in strokes._write(style, rng)]) for _ in range(10)]
    assert {image.problem for image in images} == {None}
    assert np.std([image.image for image in images], axis=0).max() > 0.2


def test_styles_are_many_and_distinct():
    assert set(strokes.DIGITS) == set(range(10))
    styles = [style for styles in strokes.DIGITS.values() for style in styles]
    styles += [*strokes.LETTERS, *strokes.SIGNS]
    assert len(set(styles)) == len(styles)
    assert min(map(len, strokes.DIGITS.values())) >= 4


def test_letters_to_judge_with_are_no_style_that_is_trained_on():
    judged = {style for styles in LETTERS.values() for style in styles}
    assert (
        judged & {*strokes.LETTERS, *strokes.SIGNS, *(s for styles in strokes.DIGITS.values() for s in styles)} == set()
    )
    for style in judged:
        assert preprocess(strokes.drawn(style, np.random.default_rng(4))).problem is None


def test_a_corner_is_sharp_and_other_points_are_passed_smoothly():
    square = np.array([[0.0, 0], [1, 0], [1, 1]])
    smooth = strokes._curve(square)
    sharp = strokes._curve(square.repeat([1, 2, 1], axis=0))
    assert (smooth[:, None] == square).all(axis=2).any(axis=0).all()  # the curve goes through its points
    assert smooth[:, 0].max() > 1.01  # and swings wide at the turn
    assert sharp[:, 0].max() == 1


def test_pictures_are_what_a_network_sees_of_each_drawing():
    labels, rng = np.array([4, -1, 0]), np.random.default_rng(8)
    found = strokes.pictures(labels, np.random.default_rng(8))
    for image, lines in zip(found, (strokes.digit(4, rng), strokes.junk(rng), strokes.digit(0, rng)), strict=True):
        assert np.abs(image - 255 * preprocess(lines).image).max() <= 0.501
    assert found.dtype == np.uint8


def test_brushes_are_those_of_the_drawing_page():
    rng = np.random.default_rng(3)
    assert all(8 <= strokes.brush(rng) <= 30 for _ in range(100))

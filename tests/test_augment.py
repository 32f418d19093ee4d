"""Augmented pictures: as the plain formula has them, as far from their originals as asked, and still readable."""

import numpy as np
import pytest

from nn_core.augment import ELASTIC, GROUP, KNOTS, PEN_CHANGES, SCALE, SHEAR, SHIFT, TURN, augment
from nn_core.digits import load_mnist, load_network, probabilities

(IMAGES, LABELS), _ = load_mnist()


def with_other_pen(images, draw, strength):
    """Half a step thicker: halfway to the brightest of each pixel and its four neighbours; thinner to the darkest."""
    if draw >= PEN_CHANGES * strength:
        return images
    edged = np.pad(images, ((0, 0), (1, 1), (1, 1)), mode="edge")
    cross = [edged[:, 1 + dy : 29 + dy, 1 + dx : 29 + dx] for dx, dy in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))]
    extreme = np.max(cross, axis=0) if draw < PEN_CHANGES * strength / 2 else np.min(cross, axis=0)
    return (images + extreme) / 2


def pixel_by_pixel(images, rng, strength):
    """One group, by the formula: numbers (n, 28, 28), not yet rounded."""
    images = with_other_pen(images.astype(float), rng.random(), strength)
    turn, shear = rng.normal(0, TURN * strength), rng.normal(0, SHEAR * strength)
    wide, high = np.exp(rng.normal(0, SCALE * strength, 2))
    net = rng.normal(0, ELASTIC * strength, (2, KNOTS, KNOTS))
    shift_x, shift_y = rng.normal(0, SHIFT * strength, 2)
    result = np.empty(images.shape)
    for row in range(28):
        for column in range(28):
            near_y = [max(0, 1 - abs(row * (KNOTS - 1) / 27 - knot)) for knot in range(KNOTS)]
            near_x = [max(0, 1 - abs(column * (KNOTS - 1) / 27 - knot)) for knot in range(KNOTS)]
            x, y = (column - 13.5) * wide, (row - 13.5) * high
            x, y = np.cos(turn) * (x + shear * y) - np.sin(turn) * y, np.sin(turn) * (x + shear * y) + np.cos(turn) * y
            x = np.clip(x + 13.5 + shift_x + near_y @ net[0] @ near_x, 0, 26.999)
            y = np.clip(y + 13.5 + shift_y + near_y @ net[1] @ near_x, 0, 26.999)
            left, top = int(x), int(y)
            upper = images[:, top, left] * (left + 1 - x) + images[:, top, left + 1] * (x - left)
            lower = images[:, top + 1, left] * (left + 1 - x) + images[:, top + 1, left + 1] * (x - left)
            result[:, row, column] = upper * (top + 1 - y) + lower * (y - top)
    return result


@pytest.mark.parametrize("strength", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("seed", [0, 2, 3])  # no other pen, a thinner, a thicker one at strength 1
def test_it_is_the_plain_formula(seed, strength):
    rng = np.random.default_rng(seed)
    first, second = (
        pixel_by_pixel(IMAGES[:GROUP], rng, strength),
        pixel_by_pixel(IMAGES[GROUP : GROUP + 3], rng, strength),
    )
    bent = augment(IMAGES[: GROUP + 3], np.random.default_rng(seed), strength)
    assert bent.shape == (GROUP + 3, 784)
    assert bent.dtype == np.uint8
    assert np.abs(bent - np.concatenate([first, second]).reshape(-1, 784)).max() < 0.501  # rounded, and nothing else


def test_no_strength_changes_nothing():
    assert (augment(IMAGES[:500], np.random.default_rng(0), 0.0).reshape(-1, 28, 28) == IMAGES[:500]).all()


def test_no_pictures_are_none():
    assert augment(IMAGES[:0], np.random.default_rng(0)).shape == (0, 784)


def test_augmented_pictures_differ_and_are_still_read():
    bent = augment(IMAGES[:512], np.random.default_rng(0)).reshape(-1, 28, 28)
    assert 5 < np.abs(bent.astype(int) - IMAGES[:512]).mean() < 40
    answers = probabilities(load_network("best"), bent / 255).argmax(axis=1)
    assert (answers == LABELS[:512]).mean() > 0.96

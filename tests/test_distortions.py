"""Pictures made harder: every distortion against a loop, pixel by pixel."""

import math

import numpy as np
import pytest

from nn_core.digits import load_network, mnist
from nn_core.distortions import DISTORTIONS, distorted, robustness, spoilt
from nn_core.evaluation import evaluate, sample


def pictures(n):
    return np.random.default_rng(0).integers(0, 256, (n, 28, 28)).astype(np.uint8)


def pixel_by_pixel(image, place):
    """The picture (28, 28) read at place(x, y), in pixels from its middle, between four pixels; black outside."""
    read = np.zeros((28, 28))
    for row in range(28):
        for column in range(28):
            x, y = place(column - 13.5, row - 13.5)
            left, top = math.floor(x + 13.5), math.floor(y + 13.5)
            for i in (top, top + 1):
                for j in (left, left + 1):
                    if 0 <= i < 28 and 0 <= j < 28:
                        read[row, column] += image[i, j] * (1 - abs(x + 13.5 - j)) * (1 - abs(y + 13.5 - i))
    return read


def turned(degrees):
    radians = math.radians(degrees)
    return lambda x, y: (
        math.cos(radians) * x + math.sin(radians) * y,
        math.cos(radians) * y - math.sin(radians) * x,
    )


@pytest.mark.parametrize(
    ("kind", "amount", "places"),
    [
        (
            "shift",
            2.4,
            [lambda x, y, i=i: (x - 2.4 * [1, 0, -1, 0][i % 4], y - 2.4 * [0, 1, 0, -1][i % 4]) for i in range(6)],
        ),
        ("turn", 33, [turned(33)] * 6),
        ("turn", -90, [turned(-90)] * 6),
        ("scale", 0.6, [lambda x, y: (x / 0.6, y / 0.6)] * 6),
        ("scale", 1.3, [lambda x, y: (x / 1.3, y / 1.3)] * 6),
    ],
)
def test_distortions_pixel_by_pixel(kind, amount, places):
    images = pictures(6)
    for image, result, place in zip(images, distorted(images, kind, amount), places, strict=True):
        np.testing.assert_allclose(result, pixel_by_pixel(image / 255, place), atol=1e-5)


def test_directions_of_the_distortions():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 4, 13:15] = 255  # above the middle
    assert distorted(image, "shift", 3)[0, 4, 16:18].min() == 1, "first to the right"
    assert distorted(image, "turn", 90)[0, 13:15, 23].min() > 0.99, "a turn to the right brings the top to the right"
    assert distorted(image, "scale", 0.5)[0, 8:10].sum() >= 0.5, "smaller is nearer to the middle"


def by_neighbours(image, best):
    """Each pixel becomes the `best` of itself and its four neighbours."""
    cells = [(row, column) for row in range(28) for column in range(28)]
    inside = set(cells)
    near = {
        (r, c): [image[at] for at in ((r, c), (r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)) if at in inside]
        for r, c in cells
    }
    return np.array([best(near[cell]) for cell in cells]).reshape(28, 28)


def test_another_pen_by_neighbours():
    image = pictures(1)[0] / 255
    once = by_neighbours(image, max)
    twice = by_neighbours(once, max)
    thin = by_neighbours(image, min)
    for pixels, expected in [(1, once), (1.25, 0.75 * once + 0.25 * twice), (-0.5, (image + thin) / 2), (-1, thin)]:
        np.testing.assert_allclose(distorted(pictures(1), "pen", pixels)[0], expected, atol=1e-5)


def test_a_spoilt_set_is_another_set():
    images = mnist()._replace(x_test=pictures(6), y_test=np.arange(6, dtype=np.uint8))
    made = spoilt(images, "turn", 30)
    assert np.abs(made.x_test - 255 * distorted(images.x_test, "turn", 30)).max() <= 0.501
    assert made.x_test.dtype == np.uint8
    np.testing.assert_array_equal(images.x_test, pictures(6))
    assert len({each.id for each in (images, made, spoilt(images, "turn", 15), spoilt(images, "shift", 3))}) == 4
    assert made.y_test is images.y_test
    assert made.x_train is images.x_train
    np.testing.assert_array_equal(spoilt(images, "turn", 0).x_test, images.x_test)


@pytest.mark.parametrize("kind", DISTORTIONS)
def test_the_usual_amount_is_one_of_them_and_hurts(kind):
    entry, images, net = DISTORTIONS[kind], mnist(), load_network("tutorial")
    assert entry.usual in entry.amounts
    places = sample(10_000, 300)
    accuracy = robustness(net, images.x_test[places], images.y_test[places], kind, (entry.usual,))[0]
    assert 0.4 < accuracy < 0.9


def test_noise_is_what_it_says():
    grey = np.full((40, 28, 28), 128, np.uint8)
    noisy = distorted(grey, "noise", 0.1)
    assert (noisy - 128 / 255).std() == pytest.approx(0.1, rel=0.02)
    assert noisy.mean() == pytest.approx(128 / 255, abs=0.002)
    np.testing.assert_array_equal(noisy, distorted(grey, "noise", 0.1))
    wild = distorted(grey, "noise", 5)
    assert (wild.min(), wild.max()) == (0, 1)


@pytest.mark.parametrize("kind", DISTORTIONS)
def test_every_distortion_has_an_amount_that_changes_nothing(kind):
    images = pictures(9)
    unchanged = [np.abs(distorted(images, kind, a) - images / 255).max() < 1e-5 for a in DISTORTIONS[kind].amounts]
    assert unchanged.count(True) == 1


def test_robustness_is_the_accuracy_at_each_amount():
    images, net = mnist(), load_network("tutorial")
    places = sample(len(images.x_test), 200)
    x, y = images.x_test[places], images.y_test[places]
    curve = robustness(net, x, y, "shift", (0, 4))
    assert curve[0] == evaluate(net, x, y).accuracy
    shifted = evaluate(net, distorted(x, "shift", 4), y)
    assert curve[1] == sum(p == t for p, t in zip(shifted.predicted, y, strict=True)) / 200
    assert curve[1] < curve[0] - 0.3

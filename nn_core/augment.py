"""Pictures of digits made a little different, as other hands would have written them: more to learn from.

Sixteen pictures share one bend, which makes it sixteen times cheaper and loses nothing, as long as each is given other
companions every time: shuffle them first.
"""

import numpy as np

from nn_core.images import PIXELS, SIDE

GROUP = 16
TURN, SHEAR, SCALE, SHIFT = np.radians(5), 0.15, 0.06, 0.7  # standard deviations; the shift in pixels
ELASTIC, KNOTS = 0.4, 5  # pixels that the knots of a 5 x 5 net over the picture are moved
PEN_CHANGES = 1 / 3  # share of the groups whose lines are made half a step thicker or thinner

MIDDLE = (SIDE - 1) / 2
PLACES = np.mgrid[:SIDE, :SIDE][::-1] - MIDDLE  # x and y of each pixel (2, 28, 28), from the middle
NET = np.maximum(1 - np.abs(np.linspace(0, KNOTS - 1, SIDE)[:, None] - np.arange(KNOTS)), 0)  # knots to pixels


def augment(images: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Pictures (n, 28, 28) uint8, each a little turned, sheared, scaled, shifted, bent, its pen changed: (n, 784).

    `strength` multiplies how far they go, and the share of the changed pens; at 0 the pictures come back as they are.
    """
    result = np.empty((len(images), PIXELS), np.uint8)
    for first in range(0, len(images), GROUP):
        group = images[first : first + GROUP].transpose(1, 2, 0).astype(np.float32, order="C")
        draw = rng.random()
        if draw < PEN_CHANGES * strength / 2:
            group = (group + thicker(group)) / 2
        elif draw < PEN_CHANGES * strength:
            group = (group + 255 - thicker(255 - group)) / 2
        bent = _sample(group, *_bend(rng, strength))
        result[first : first + GROUP] = np.rint(bent, out=bent).T
    return result


def thicker(group: np.ndarray) -> np.ndarray:
    """Pictures (28, 28, n) with lines a pixel wider on each side: each pixel as bright as its brightest neighbour."""
    grown = group.copy()
    np.maximum(grown[1:], group[:-1], out=grown[1:])
    np.maximum(grown[:-1], group[1:], out=grown[:-1])
    np.maximum(grown[:, 1:], group[:, :-1], out=grown[:, 1:])
    np.maximum(grown[:, :-1], group[:, 1:], out=grown[:, :-1])
    return grown


def _bend(rng: np.random.Generator, strength: float) -> np.ndarray:
    """From where each pixel of the new picture is taken: x and y (2, 28, 28), in pixels of the old one."""
    turn, shear = rng.normal(0, TURN * strength), rng.normal(0, SHEAR * strength)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = rotation @ [[1, shear], [0, 1]] * np.exp(rng.normal(0, SCALE * strength, 2))
    elastic = NET @ rng.normal(0, ELASTIC * strength, (2, KNOTS, KNOTS)) @ NET.T
    place = np.tensordot(matrix, PLACES, 1) + MIDDLE + rng.normal(0, SHIFT * strength, (2, 1, 1)) + elastic
    return place.clip(0, SIDE - 1.001)


def _sample(group: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The group (28, 28, n) read between its pixels: (784, n)."""
    left, top = x.astype(int), y.astype(int)
    right_share = (x - left).astype(np.float32).ravel()[:, None]
    low_share = (y - top).astype(np.float32).ravel()[:, None]
    pixels, corner = group.reshape(PIXELS, -1), (top * SIDE + left).ravel()
    upper = _between(pixels.take(corner, 0), pixels.take(corner + 1, 0), right_share)
    lower = _between(pixels.take(corner + SIDE, 0), pixels.take(corner + SIDE + 1, 0), right_share)
    return _between(upper, lower, low_share)


def _between(one: np.ndarray, other: np.ndarray, share: np.ndarray) -> np.ndarray:
    """`one * (1 - share) + other * share`, in the memory of the two."""
    one *= 1 - share
    other *= share
    one += other
    return one

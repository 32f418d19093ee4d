"""What would change a network's answer: why it is this class and not another, and the least change that turns it.

As in `inspection`, a picture is (28, 28) in 0 to 1, and a last sum the number of a class before softmax.
"""

from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.digits import Network
from nn_core.images import SIDE
from nn_core.inspection import derivatives, one_hot, row, trace_of
from nn_core.losses import softmax
from nn_core.mlp import Trace, forward, layers

OVERSHOOT = 0.02  # how far past level a step of `turn` aims, in log odds
BACK = 0.8  # of the way that is kept before it searches on


class Turned(NamedTuple):
    """A picture (28, 28) changed until it is answered otherwise, if `found`; else as far as the search came.

    `distance` is the length of the change (the root of the sum of squares), `mean_change` its mean size a pixel.
    """

    image: Array
    distance: float
    mean_change: float
    found: bool


class Contrast(NamedTuple):
    """Why `label` and not `other`: `margin` is how far the last sum of the one is above that of the other.

    `units` (h,) of the last hidden layer (the pixels, without one) and `bias` add up to the margin. So do `pixels`
    (28, 28), gradient x input of the margin, and `rest`, which is what the biases gave where every activation is ReLU,
    leaky ReLU or linear, and holds what is curved besides where one is not.
    """

    label: int
    other: int
    margin: float
    units: Array
    bias: float
    pixels: Array
    rest: float
    turned: Turned


def why_not(network: Network, image: Array, other: int, steps: int = 30) -> Contrast:
    """Why the network answers as it does and not `other`. Raises ValueError where `other` is its answer."""
    trace = trace_of(network, image)
    z = trace.z[-1][0]
    label = int(z.argmax())
    if other == label:
        raise ValueError(f"the answer is {label} already")
    W, b = layers(network.parameters, network.config)[-1]
    units = (W[label] - W[other]) * [trace.inputs, *trace.a][-1][0]
    slope = derivatives(network, trace, one_hot(trace, label) - one_hot(trace, other))[1][0]
    pixels = (slope * trace.inputs).reshape(SIDE, SIDE)
    margin = float(z[label] - z[other])
    rest = margin - float(pixels.sum())
    turned = turn(network, image, other, steps)
    return Contrast(label, other, margin, units, float(b[label] - b[other]), pixels, rest, turned)


def turn(network: Network, image: Array, other: int, steps: int = 30) -> Turned:
    """The smallest change found that makes the network answer `other`, every pixel staying in 0 to 1.

    Time and again the network is taken for the plane it nearly is around the picture, and the picture moved to where
    that plane says that `other` is as likely as all others together (S. Moosavi-Dezfooli, A. Fawzi, P. Frossard,
    "DeepFool", 2016). Each time that is reached, a part of the way is taken back and the search goes on from there,
    until it saves no more than 1 %.
    """
    start = x = row(network, image)
    best, distance = None, np.inf
    for _ in range(steps):
        trace = forward(network.parameters, x, network.config)
        if trace.z[-1].argmax() == other:
            x = _pulled_towards(network, start, x, other)
            shorter = _length(x - start)
            if shorter > 0.99 * distance:
                break
            best, distance = x, shorter
            x = start + BACK * (x - start)
        else:
            gap, slope = _odds_against(network, trace, other)
            x = x - _least_step(x[0], slope, gap + OVERSHOOT)
    found = best is not None
    change = (best if found else x) - start
    picture = (start + change).reshape(SIDE, SIDE)
    return Turned(picture, _length(change), float(np.abs(change).mean()), found)


def _odds_against(network: Network, trace: Trace, other: int) -> tuple[float, Array]:
    """The log of the odds against `other`, and its derivative by the pixels (784,)."""
    z = trace.z[-1]
    rivals = np.where(np.arange(z.shape[1]) == other, -np.inf, z)
    top = rivals.max()
    odds = top + np.log(np.exp(rivals - top).sum()) - z[0, other]
    _, by_input = derivatives(network, trace, softmax(rivals) - one_hot(trace, other))
    return float(odds), by_input[0][0]


def _length(change: Array) -> float:
    return float(np.sqrt((change * change).sum()))


def _least_step(x: Array, slope: Array, wanted: float) -> Array:
    """The shortest d with slope . d = wanted and x - d in 0 to 1; as near as the box allows where that cannot be."""
    low, high = 0.0, 1.0

    def step(size: float) -> Array:
        return x - np.clip(x - size * slope, 0, 1)

    while step(high) @ slope < wanted and high < 1e6:
        low, high = high, high * 4
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if step(middle) @ slope < wanted else (low, middle)
    return step(high)


def _pulled_towards(network: Network, start: Array, end: Array, other: int) -> Array:
    """The first of 64 pictures on the way from start to end (1, d) that is answered with `other`."""
    way = start + np.linspace(0, 1, 65, dtype=start.dtype)[1:, None] * (end - start)
    return way[[(forward(network.parameters, way, network.config).z[-1].argmax(axis=1) == other).argmax()]]

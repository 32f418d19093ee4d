"""Looking inside a digit network: what one picture does in it, and why it answers as it does.

Everything is a pure function of a network and one picture (28, 28) in 0 to 1, for any depth, activation and number of
classes. `s` is a last sum, the number of a class before softmax; what raises it speaks for that class. A picture takes
a millisecond or a few; only the drawings of `cost_of` are kept between calls.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from nn_core import strokes
from nn_core.activations import ACTIVATIONS, Array
from nn_core.digits import Network, preprocess, probabilities
from nn_core.images import PIXELS, SIDE
from nn_core.mlp import Trace, forward, layers

OWN_DRAWINGS = 1_000_002  # the seed of the drawings of `cost_of`: from 1,000,000 on none is trained with


class Activity(NamedTuple):
    """What a layer did: sums `z` (h,) and activations `a` (h,)."""

    z: Array
    a: Array


class UnitView(NamedTuple):
    """One unit at work: z = sum(products) + bias, products = weights x inputs, a = its activation of z.

    The three arrays are (28, 28) in the first layer, where the inputs are pixels, and (inputs,) in all others.
    """

    weights: Array
    inputs: Array
    products: Array
    bias: float
    z: float
    a: float


class Strong(NamedTuple):
    """A first-layer unit, its activation, what it gave to the answer, and the size of that as a share of all units'."""

    unit: int
    a: float
    contribution: float
    share: float


class Edge(NamedTuple):
    """A weight on the way to the answer: from unit `source` (a pixel, in layer 0) to unit `target` of `layer`.

    `activation` is that of the source; `contribution` what weight x activation added to the answer's last sum.
    """

    layer: int
    source: int
    target: int
    weight: float
    activation: float
    contribution: float


class Certainty(NamedTuple):
    """Softmax in steps (k,): the sums `z` as training left them, `divided` by the `temperature`, `shifted` so that the
    largest is 0, their `powers` of e, and these as shares of their sum: the `probabilities`. `entropy` is in bits."""

    temperature: float
    z: Array
    divided: Array
    shifted: Array
    powers: Array
    probabilities: Array
    entropy: float


class Cost(NamedTuple):
    """Shares of drawings read rightly, `prepared` with every step and with some left out, over `count` of them."""

    prepared: float
    without: float
    count: int


# What the units do.


def layer_activations(network: Network, image: Array) -> list[Activity]:
    """Every layer's sums and activations, the answer's probabilities last."""
    trace = trace_of(network, image)
    return [Activity(z[0], a[0]) for z, a in zip(trace.z, [*trace.a, trace.output], strict=True)]


def unit_view(network: Network, image: Array, layer: int, unit: int) -> UnitView:
    """Unit number `unit` of `layer` (0 is the first) at work. Raises IndexError where there is none."""
    trace = trace_of(network, image)
    W, b = layers(network.parameters, network.config)[layer]
    weights, inputs = W[unit], [trace.inputs, *trace.a][layer][0]
    if layer == 0:
        weights, inputs = weights.reshape(SIDE, SIDE), inputs.reshape(SIDE, SIDE)
    a = [*trace.a, trace.output][layer][0, unit]
    return UnitView(weights, inputs, weights * inputs, float(b[unit]), float(trace.z[layer][0, unit]), float(a))


def strongest_units(network: Network, image: Array, most: int = 12) -> list[Strong]:
    """The first-layer units that did most for or against the answer, strongest first.

    A unit's contribution is a x ds/da: its activation times the slope of the answer's last sum along it. The share is
    the size of that in the sum of all sizes. Without hidden layers the answer's own unit has all of it.
    """
    trace = trace_of(network, image)
    by_sum, by_input = derivatives(network, trace, one_hot(trace, int(trace.z[-1].argmax())))
    a, slope = (trace.a[0][0], by_input[1][0]) if trace.a else (trace.z[0][0], by_sum[0][0])
    contributions = a * slope
    sizes = np.abs(contributions)
    strongest = [unit for unit in np.argsort(-sizes, kind="stable")[:most].tolist() if sizes[unit]]
    total = sizes.sum()
    return [Strong(unit, float(a[unit]), float(contributions[unit]), float(sizes[unit] / total)) for unit in strongest]


def path(network: Network, image: Array, label: int, most: Sequence[int] = (4, 3, 1)) -> list[Edge]:
    """The edges that raised the last sum of `label` most, from the output backwards to the pixels.

    An edge's contribution is w x a x ds/dz: what it brought to its target, times the slope of `s` along the target's
    sum. `most` edges are kept into the output, into each unit these come from, and so on; the last number is repeated.
    Edges that lowered it, or did nothing, are on no path.
    """
    trace = trace_of(network, image)
    by_sum, _ = derivatives(network, trace, one_hot(trace, label))
    net, given = layers(network.parameters, network.config), [trace.inputs, *trace.a]
    edges, targets = [], [label]
    for back, layer in enumerate(reversed(range(len(net)))):
        kept = most[min(back, len(most) - 1)]
        found = [
            Edge(layer, source, target, *numbers)
            for target in targets
            for source, *numbers in _raising(net[layer].W[target], given[layer][0], by_sum[layer][0, target], kept)
        ]
        edges += found
        targets = sorted({edge.source for edge in found})
    return edges


def _raising(weights: Array, a: Array, slope: float, most: int) -> list[tuple[int, float, float, float]]:
    """The inputs of a unit that raised the answer most: number, weight, activation, contribution of each."""
    contributions = weights * a * slope
    strongest = np.argsort(-contributions, kind="stable")[:most]
    numbers = (strongest, weights[strongest], a[strongest], contributions[strongest])
    return [each for each in zip(*(column.tolist() for column in numbers), strict=True) if each[-1] > 0]


# What each pixel does.


def saliency(network: Network, image: Array, label: int) -> Array:
    """The derivative (28, 28) of the log of the probability of `label` by each pixel."""
    trace = trace_of(network, image)
    return derivatives(network, trace, one_hot(trace, label) - trace.output)[1][0].reshape(SIDE, SIDE)


def occlusion(network: Network, image: Array, label: int, size: int = 5) -> Array:
    """By how much the probability of `label` falls (28, 28) when the size x size patch around a pixel is emptied."""
    image = row(network, image).reshape(SIDE, SIDE)
    patches = _patches(size)
    inked = patches[:, image.ravel() > 0].any(axis=1)  # other patches are empty already
    p = probabilities(
        network, np.concatenate([image[None], np.where(patches[inked].reshape(-1, SIDE, SIDE), 0, image)])
    )
    fall = np.zeros(PIXELS, p.dtype)
    fall[inked] = p[0, label] - p[1:, label]
    return fall.reshape(SIDE, SIDE)


@cache
def _patches(size: int) -> np.ndarray:
    """For each pixel which pixels (784, 784) are in the patch around it."""
    near = np.arange(SIDE) - np.arange(SIDE)[:, None] + size // 2
    near = (near >= 0) & (near < size)
    return np.einsum("ij,kl->ikjl", near, near).reshape(PIXELS, PIXELS)


# How sure, and what the preparation is good for.


def calibrated(network: Network) -> float:
    """The temperature by which the network's last sums were divided after training; 1 where nothing was."""
    return float(network.card.get("temperature", 1.0))


def certainty(network: Network, image: Array, temperature: float | None = None) -> Certainty:
    """How the last sums become probabilities, at this temperature or, without one, at the network's own. Below it the
    network is surer, above it less sure; the order of the answers stays. Raises ValueError unless above 0."""
    own = calibrated(network)
    temperature = own if temperature is None else temperature
    if not temperature > 0:
        raise ValueError(f"a temperature is above 0, not {temperature}")
    z = trace_of(network, image).z[-1][0] * own
    divided = z / temperature
    shifted = divided - divided.max()
    powers = np.exp(shifted)
    p = powers / powers.sum()
    entropy = -float((p * np.log2(p, where=p > 0, out=np.zeros_like(p))).sum())
    return Certainty(temperature, z, divided, shifted, powers, p, entropy + 0.0)


def cost_of(network: Network, without: Collection[str], count: int = 500) -> Cost:
    """What leaving out steps of the preparation costs: the share of our own held-back drawings that is read rightly."""
    labels = np.arange(count) % 10
    prepared, other = (
        float((probabilities(network, _own_pictures(each, count)).argmax(axis=1) == labels).mean())
        for each in (frozenset(), frozenset(without))
    )
    return Cost(prepared, other, count)


@cache
def _own_pictures(without: frozenset[str], count: int) -> np.ndarray:
    """Our own drawings as a network sees them (count, 28, 28), prepared without those steps."""
    return np.array([preprocess(lines, width, without).image for lines, width in _own_drawings(count)])


@cache
def _own_drawings(count: int) -> list[tuple[list[np.ndarray], float]]:
    """Strokes of 0 to 9 in turn, each with a brush of its own."""
    rng = np.random.default_rng(OWN_DRAWINGS)
    return [(strokes.digit(i % 10, rng), strokes.brush(rng)) for i in range(count)]


# Shared by all, and by `contrast` and `neighbours`.


def row(network: Network, image: Array) -> Array:
    """A picture as the network reads it: (1, 784), in its precision."""
    return np.asarray(image, network.parameters.dtype).reshape(1, PIXELS)


def trace_of(network: Network, image: Array) -> Trace:
    """The picture's way through the network."""
    return forward(network.parameters, row(network, image), network.config)


def one_hot(trace: Trace, label: int) -> Array:
    """(1, k): the derivative of one last sum by all of them."""
    return np.eye(trace.output.shape[1], dtype=trace.output.dtype)[[label]]


def derivatives(network: Network, trace: Trace, by_last: Array) -> tuple[list[Array], list[Array]]:
    """From the derivative of something by the last sums (n, k): those by each layer's sums, and by each's inputs."""
    config = network.config
    by_sum, by_input = [by_last], []
    for i, layer in reversed(list(enumerate(layers(network.parameters, config)))):
        by_input.insert(0, by_sum[0] @ layer.W)
        if i:
            slope = ACTIVATIONS[config.activations[i - 1]].slope(trace.z[i - 1], trace.a[i - 1])
            by_sum.insert(0, by_input[0] * slope)
    return by_sum, by_input

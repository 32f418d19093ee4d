"""Looking inside a digit network: what one picture does in it, and why it answers as it does.

Everything is a pure function of a network and one picture (28, 28) in 0 to 1, for any depth, activation and number of
classes. `s` is a last sum, the number of a class before softmax; what raises it speaks for that class. A picture takes
a millisecond or a few; only the tables of `neighbours` and the drawings of `cost_of` are kept between calls.
"""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from nn_core import strokes
from nn_core.activations import ACTIVATIONS, Array
from nn_core.digits import Network, preprocess, probabilities
from nn_core.images import SIDE, Images
from nn_core.losses import softmax
from nn_core.mlp import Trace, forward, layers

PIXELS = SIDE * SIDE
OWN_DRAWINGS = 1_000_002  # the seed of the drawings of `cost_of`: from 1,000,000 on none is trained with
MOST_TABLES = 128_000_000  # bytes of the tables that `neighbours` keeps
BLOCK = 4096  # pictures worked on at a time, so that they stay in the processor's cache
NEAREST = ("last_layer", "pixels")  # what `neighbours` can compare by


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


class Turned(NamedTuple):
    """A picture (28, 28) changed until it is answered otherwise, if `found`; else as far as the search came.

    `distance` is the length of the change (the root of the sum of squares), `mean_change` its mean size a pixel;
    `steps` how many times the network was taken for a plane.
    """

    image: Array
    distance: float
    mean_change: float
    steps: int
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


class Neighbours(NamedTuple):
    """The nearest training pictures, nearest first: `indices`, `distances` and `labels` (count,)."""

    indices: np.ndarray
    distances: np.ndarray
    labels: np.ndarray


class Certainty(NamedTuple):
    """Probabilities (k,) as training left them and as they are shown, after division of the sums by `temperature`."""

    before: Array
    after: Array
    temperature: float


class Cost(NamedTuple):
    """Shares of drawings read rightly, `prepared` with every step and with some left out, over `count` of them."""

    prepared: float
    without: float
    count: int


# What the units do.


def layer_activations(network: Network, image: Array) -> list[Activity]:
    """Every layer's sums and activations, the answer's probabilities last."""
    trace = _trace(network, image)
    return [Activity(z[0], a[0]) for z, a in zip(trace.z, [*trace.a, trace.output], strict=True)]


def unit_view(network: Network, image: Array, layer: int, unit: int) -> UnitView:
    """Unit number `unit` of `layer` (0 is the first) at work. Raises IndexError where there is none."""
    trace = _trace(network, image)
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
    trace = _trace(network, image)
    by_sum, by_input = _derivatives(network, trace, _one_hot(trace, int(trace.z[-1].argmax())))
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
    trace = _trace(network, image)
    by_sum, _ = _derivatives(network, trace, _one_hot(trace, label))
    net, given = layers(network.parameters, network.config), [trace.inputs, *trace.a]
    edges, targets = [], [label]
    for back, layer in enumerate(reversed(range(len(net)))):
        W, a, slope = net[layer].W, given[layer][0], by_sum[layer][0]
        found = []
        for target in targets:
            contributions = W[target] * a * slope[target]
            for source in np.argsort(-contributions, kind="stable")[: most[min(back, len(most) - 1)]].tolist():
                if contributions[source] > 0:
                    numbers = W[target, source], a[source], contributions[source]
                    found.append(Edge(layer, source, target, *map(float, numbers)))
        edges += found
        targets = sorted({edge.source for edge in found})
    return edges


# What would change the answer.


def why_not(network: Network, image: Array, other: int, steps: int = 30) -> Contrast:
    """Why the network answers as it does and not `other`. Raises ValueError where `other` is its answer."""
    trace = _trace(network, image)
    z = trace.z[-1][0]
    label = int(z.argmax())
    if other == label:
        raise ValueError(f"the answer is {label} already")
    W, b = layers(network.parameters, network.config)[-1]
    units = (W[label] - W[other]) * [trace.inputs, *trace.a][-1][0]
    slope = _derivatives(network, trace, _one_hot(trace, label) - _one_hot(trace, other))[1][0]
    pixels = (slope * trace.inputs).reshape(SIDE, SIDE)
    margin = float(z[label] - z[other])
    rest = margin - float(pixels.sum())
    turned = turn(network, image, other, steps)
    return Contrast(label, other, margin, units, float(b[label] - b[other]), pixels, rest, turned)


def turn(network: Network, image: Array, other: int, steps: int = 30) -> Turned:
    """The smallest change found that makes the network answer `other`, every pixel staying in 0 to 1.

    Time and again the network is taken for the plane it nearly is around the picture, and the picture moved to where
    that plane says that `other` is level with the class before it (S. Moosavi-Dezfooli, A. Fawzi, P. Frossard,
    "DeepFool", 2016). At the end it goes back towards the beginning as far as the answer stays.
    """
    start = x = _row(network, image)
    for step in range(steps + 1):
        trace = forward(network.parameters, x, network.config)
        z = trace.z[-1][0]
        found = int(z.argmax()) == other
        if found or step == steps:
            break
        rival = int(np.where(np.arange(len(z)) == other, -np.inf, z).argmax())
        slope = _derivatives(network, trace, _one_hot(trace, rival) - _one_hot(trace, other))[1][0][0]
        x = x - _least_step(x[0], slope, float(z[rival] - z[other]) + OVERSHOOT)
    if found:
        x = _pulled_towards(network, start, x, other)
    change = (x - start)[0]
    return Turned(x.reshape(SIDE, SIDE), float(np.sqrt(change @ change)), float(np.abs(change).mean()), step, found)


OVERSHOOT = 0.02  # how far past level a step aims, in units of the last sums


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


# What each pixel does.


def saliency(network: Network, image: Array, label: int) -> Array:
    """The derivative (28, 28) of the log of the probability of `label` by each pixel."""
    trace = _trace(network, image)
    return _derivatives(network, trace, _one_hot(trace, label) - trace.output)[1][0].reshape(SIDE, SIDE)


def occlusion(network: Network, image: Array, label: int, size: int = 5) -> Array:
    """By how much the probability of `label` falls (28, 28) when the size x size patch around a pixel is emptied."""
    image = _row(network, image).reshape(SIDE, SIDE)
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


# What it was taught with.


def neighbours(network: Network, image: Array, images: Images, count: int = 12, by: str = "last_layer") -> Neighbours:
    """The training pictures most like this one: "pixels", or by what the "last_layer" of hidden units makes of them.

    The last layer's activations of all training pictures are kept, 2 bytes each: 15 MB for 60,000 pictures and 128
    units, tables of 128 MB altogether. Without hidden layers pixels are compared. Raises ValueError for another `by`.
    """
    if by not in NEAREST:
        raise ValueError(f"by must be one of {', '.join(NEAREST)}, not {by!r}")
    if by == "pixels" or not network.config.hidden_sizes:
        query, table, unit = _row(network, image)[0] * 255, images.x_train.reshape(-1, PIXELS), 255
    else:
        query, table, unit = _trace(network, image).a[-1][0], _last_layer(network, images), 1
    distances = np.sqrt(_squared_distances(query.astype(np.float32), table)) / unit
    count = min(count, len(distances))
    nearest = np.argpartition(distances, count - 1)[:count]
    nearest = nearest[np.lexsort((nearest, distances[nearest]))]
    return Neighbours(nearest, distances[nearest], images.y_train[nearest])


def _squared_distances(query: Array, table: Array) -> Array:
    """From the query (d,) to every row of the table (n, d)."""
    found = np.empty(len(table), np.float32)
    for first in range(0, len(table), BLOCK):
        apart = table[first : first + BLOCK] - query
        found[first : first + BLOCK] = np.einsum("ij,ij->i", apart, apart)
    return found


_tables: OrderedDict[tuple[bytes, str], np.ndarray] = OrderedDict()


def _last_layer(network: Network, images: Images) -> np.ndarray:
    """The last hidden layer's activations of the training pictures (n, h) float16; the latest tables are kept."""
    mark = str(network.config.to_query()).encode()
    key = blake2b(network.parameters.tobytes() + mark, digest_size=16).digest(), images.id
    table = _tables.get(key)
    if table is None:
        table = np.empty((len(images.x_train), network.config.hidden_sizes[-1]), np.float16)
        for first in range(0, len(table), BLOCK):
            x = images.x_train[first : first + BLOCK].reshape(-1, PIXELS)
            table[first : first + BLOCK] = forward(network.parameters, x, network.config).a[-1]
    _tables[key] = table
    _tables.move_to_end(key)
    while len(_tables) > 1 and sum(each.nbytes for each in list(_tables.values())) > MOST_TABLES:
        _tables.popitem(last=False)
    return table


# How sure, and what the preparation is good for.


def certainty(network: Network, image: Array) -> Certainty:
    """Probabilities before and after calibration: a network whose card has a temperature was divided by it already."""
    z = _trace(network, image).z[-1][0]
    temperature = float(network.card.get("temperature", 1.0))
    return Certainty(softmax(z * temperature), softmax(z), temperature)


def cost_of(network: Network, without: Collection[str], count: int = 500) -> Cost:
    """What leaving out steps of the preparation costs: the share of our own held-back drawings that is read rightly."""
    labels = np.arange(count) % 10
    shares = [
        float((probabilities(network, _own_drawings(each, count)).argmax(axis=1) == labels).mean())
        for each in (frozenset(), frozenset(without))
    ]
    return Cost(*shares, count)


@cache
def _own_drawings(without: frozenset[str], count: int) -> np.ndarray:
    """Drawings (count, 28, 28) of 0 to 9 in turn, each with a brush of its own, prepared without those steps."""
    rng = np.random.default_rng(OWN_DRAWINGS)
    drawn = [(strokes.digit(i % 10, rng), strokes.brush(rng)) for i in range(count)]
    return np.array([preprocess(lines, width, without).image for lines, width in drawn])


# Shared by all.


def _row(network: Network, image: Array) -> Array:
    return np.asarray(image, network.parameters.dtype).reshape(1, PIXELS)


def _trace(network: Network, image: Array) -> Trace:
    return forward(network.parameters, _row(network, image), network.config)


def _one_hot(trace: Trace, label: int) -> Array:
    """(1, k): the derivative of one last sum by all of them."""
    return np.eye(trace.output.shape[1], dtype=trace.output.dtype)[[label]]


def _derivatives(network: Network, trace: Trace, by_last: Array) -> tuple[list[Array], list[Array]]:
    """From the derivative of something by the last sums (n, k): those by each layer's sums, and by each's inputs."""
    config = network.config
    by_sum, by_input = [by_last], []
    for i, layer in reversed(list(enumerate(layers(network.parameters, config)))):
        by_input.insert(0, by_sum[0] @ layer.W)
        if i:
            slope = ACTIVATIONS[config.activations[i - 1]].slope(trace.z[i - 1], trace.a[i - 1])
            by_sum.insert(0, by_input[0] * slope)
    return by_sum, by_input

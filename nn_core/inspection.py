"""Looking inside a digit network: what one picture does in it, and why it answers as it does.

Everything is a pure function of a network and one picture (28, 28) in 0 to 1, for any depth, activation and number of
classes. `s` is a last sum, the number of a class before softmax; what raises it speaks for that class. A picture takes
a millisecond or a few; only the tables of `neighbours` and the drawings of `cost_of` are kept between calls.
"""

from collections.abc import Callable, Collection, Sequence
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
MOST_TABLES = 256_000_000  # bytes of the tables that `neighbours` keeps
BLOCK = 1024  # pictures worked on at a time, so that they stay in the processor's cache
OVERSHOOT = 0.02  # how far past level a step of `turn` aims, in log odds
BACK = 0.8  # of the way that is kept before it searches on
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


class Neighbours(NamedTuple):
    """The nearest training pictures, nearest first: `indices`, `distances` and `labels` (count,)."""

    indices: np.ndarray
    distances: np.ndarray
    labels: np.ndarray


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
    that plane says that `other` is as likely as all others together (S. Moosavi-Dezfooli, A. Fawzi, P. Frossard,
    "DeepFool", 2016). Each time that is reached, a part of the way is taken back and the search goes on from there,
    until it saves no more than 1 %.
    """
    start = x = _row(network, image)
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
    _, by_input = _derivatives(network, trace, softmax(rivals) - _one_hot(trace, other))
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

    Distances are roots of sums of squares. The first call runs all training pictures through the network (about half a
    second) and keeps what their last layer does, float32: 31 MB for 60,000 pictures and 128 units; the latest tables
    are kept up to 256 MB. Without hidden layers pixels are compared. Raises ValueError for another `by`.
    """
    if by not in NEAREST:
        raise ValueError(f"by must be one of {', '.join(NEAREST)}, not {by!r}")
    trace, unit = _trace(network, image), 1
    if by == "pixels" or not trace.a:
        query, unit = trace.inputs[0] * 255, 255
        table = _kept(("pixels", images.id), lambda: _with_squares(images.x_train.reshape(-1, PIXELS)))
    else:
        query = trace.a[-1][0]
        table = _kept((_digest(network), images.id), lambda: _with_squares(_last_layer(network, images)))
    query = query.astype(np.float32)
    close = _smallest(table.squares - 2 * _products(table.rows, query), 2 * count)
    distances = np.sqrt(((table.rows[close] - query) ** 2).sum(axis=1)) / unit  # exact for those that may be chosen
    order = np.lexsort((close, distances))[:count]
    return Neighbours(close[order], distances[order], images.y_train[close[order]])


class _Table(NamedTuple):
    """A row (n, d) for each training picture, and the sum of its squares (n,)."""

    rows: np.ndarray
    squares: np.ndarray


_tables: dict[tuple[str, str], _Table] = {}


def _kept(key: tuple[str, str], make: Callable[[], _Table]) -> _Table:
    """The table of that key, made when there is none; those not used for longest make room for it."""
    table = _tables.get(key) or make()
    _tables.pop(key, None)
    _tables[key] = table  # now the last
    while len(_tables) > 1 and sum(each.rows.nbytes for each in tuple(_tables.values())) > MOST_TABLES:
        _tables.pop(next(iter(_tables)), None)
    return table


def _digest(network: Network) -> str:
    settings = repr(sorted(network.config.to_query().items())).encode()
    return blake2b(settings + network.parameters.tobytes(), digest_size=16).hexdigest()


def _last_layer(network: Network, images: Images) -> np.ndarray:
    """The last hidden layer's activations (n, h) of the training pictures."""
    rows = np.empty((len(images.x_train), network.config.hidden_sizes[-1]), np.float32)
    for first in range(0, len(rows), BLOCK):
        x = images.x_train[first : first + BLOCK].reshape(-1, PIXELS)
        rows[first : first + BLOCK] = forward(network.parameters, x, network.config).a[-1]
    return rows


def _with_squares(rows: np.ndarray) -> _Table:
    squares = np.empty(len(rows), np.float32)
    for first in range(0, len(rows), BLOCK):
        block = rows[first : first + BLOCK].astype(np.float32)
        squares[first : first + BLOCK] = np.einsum("ij,ij->i", block, block)
    return _Table(rows, squares)


def _products(rows: np.ndarray, query: Array) -> Array:
    """rows @ query, in blocks: bytes are made floats where they are still in the processor's cache."""
    starts = range(0, len(rows), BLOCK)
    return np.concatenate([rows[first : first + BLOCK].astype(np.float32, copy=False) @ query for first in starts])


def _smallest(values: Array, count: int) -> np.ndarray:
    """The places of the `count` smallest values, in no order."""
    count = min(count, len(values))
    return np.argpartition(values, count - 1)[:count]


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
    z = _trace(network, image).z[-1][0] * own
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

"""Operations on a trained network: switch a unit off, scale or shift it, prune, add noise, round the weights.

Each is an exact change of the parameters, so that the engine need not know of it. A unit's activation a becomes
s a + t when what the next layer multiplies it with is scaled, W' = s W, and its biases take what was shifted,
b' = b + t W. An operation is a small tuple: a list of them says all about an operated network, and can be undone.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from nn_core.activations import ACTIVATIONS, Array
from nn_core.config import Config
from nn_core.digits import Network
from nn_core.mlp import Layer, forward, layers

FULL = 32  # bits of a weight that was not rounded
MOST_BITS = 16
MOST_OPERATIONS = 100  # that a text may list
NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,12})?(e-[0-9]{1,2})?")


class Unit(NamedTuple):
    """The activation a of one unit becomes scale x a + shift. Hidden layers and their units are counted from 0."""

    layer: int
    unit: int
    scale: float = 0.0
    shift: float = 0.0


class Prune(NamedTuple):
    """The share (0 to 1) of the weights that are smallest in size become 0: of each layer, or of all layers alike."""

    share: float
    by_layer: bool = True


class Noise(NamedTuple):
    """Each weight moves at random, by `sd` times the standard deviation of its layer's weights."""

    sd: float
    seed: int = 0


class Quantise(NamedTuple):
    """Each weight is rounded to one of the values that `bits` (1 to 16) can tell apart: evenly spaced on both sides of
    0, in steps chosen for each layer to move its weights least (mean square). One bit keeps the sign alone, and the
    mean size; a weight of 0 stays 0 (M. Rastegari et al., "XNOR-Net", 2016)."""

    bits: int


Operation = Unit | Prune | Noise | Quantise


def operate(network: Network, operations: Sequence[Operation]) -> Network:
    """A new network, changed by these operations one after the other; its card is the old one's.

    Raises ValueError for a unit that is not there, and for a share, sd or number of bits out of its range.
    """
    parameters = network.parameters.copy()
    for operation in operations:
        CHANGE[type(operation)](layers(parameters, network.config), operation)
    parameters.setflags(write=False)
    return network._replace(parameters=parameters)


def _unit(net: list[Layer], change: Unit) -> None:
    if not (0 <= change.layer < len(net) - 1 and 0 <= change.unit < len(net[change.layer].b)):
        raise ValueError(f"there is no unit {change.unit} in a hidden layer {change.layer}")
    following = net[change.layer + 1]
    following.b[:] += change.shift * following.W[:, change.unit]
    following.W[:, change.unit] *= change.scale


def _prune(net: list[Layer], change: Prune) -> None:
    if not 0 <= change.share <= 1:
        raise ValueError(f"the share to prune must be from 0 to 1, not {change.share}")
    groups = [[layer] for layer in net] if change.by_layer else [net]
    for group in groups:
        sizes = np.concatenate([np.abs(layer.W).ravel() for layer in group])
        order = np.argsort(sizes, kind="stable")[: round(change.share * len(sizes))]
        keep = np.ones(len(sizes), bool)
        keep[order] = False
        for layer in group:
            here, keep = keep[: layer.W.size], keep[layer.W.size :]
            layer.W[:] *= here.reshape(layer.W.shape)


def _noise(net: list[Layer], change: Noise) -> None:
    if not 0 <= change.sd < np.inf:
        raise ValueError(f"noise must be 0 or more, not {change.sd}")
    rng = np.random.default_rng(change.seed)
    for layer in net:
        layer.W[:] += rng.normal(0, change.sd * layer.W.std(), layer.W.shape)


def _quantise(net: list[Layer], change: Quantise) -> None:
    if not 1 <= change.bits <= MOST_BITS:
        raise ValueError(f"bits must be from 1 to {MOST_BITS}, not {change.bits}")
    most = 2 ** (change.bits - 1) - 1  # values on each side of 0
    for layer in net:
        if most:
            widest = np.abs(layer.W).max() / most
            tried = (_rounded(layer.W, widest * share, most) for share in np.linspace(1, 0.1, 19) if widest)
            layer.W[:] = min(tried, key=lambda rounded: ((rounded - layer.W) ** 2).sum(), default=layer.W)
        else:
            layer.W[:] = np.sign(layer.W) * np.abs(layer.W).mean()


def _rounded(W: Array, step: float, most: int) -> Array:
    return np.round(W / step).clip(-most, most) * step


CHANGE: dict[type, Callable[[list[Layer], Any], None]] = {
    Unit: _unit,
    Prune: _prune,
    Noise: _noise,
    Quantise: _quantise,
}


# Operations as a text that a link can carry: "unit_0_37_0_0~prune_0.9_1~noise_0.5_7~bits_4".

NAMES: dict[str, type] = {"unit": Unit, "prune": Prune, "noise": Noise, "bits": Quantise}
RANGES: dict[type, tuple[tuple[float, float], ...]] = {  # of the numbers of each that a text may ask for
    Unit: ((0, 9999), (0, 9999), (-2, 2), (-5, 5)),
    Prune: ((0, 0.99), (0, 1)),
    Noise: ((0, 1.5), (0, 9999)),
    Quantise: ((1, MOST_BITS),),
}


def written(operations: Sequence[Operation]) -> str:
    """The operations as a text of letters, digits and `_~.-`."""
    name = {kind: name for name, kind in NAMES.items()}
    return "~".join("_".join([name[type(each)], *(f"{value:.9g}" for value in each)]) for each in operations)


def read_operations(text: str) -> tuple[Operation, ...]:
    """The operations that a text of anybody's lists; whether a network has their units shows in `operate`. Raises
    ValueError, a sentence, for anything that `written` would not write."""
    parts = text.split("~") if text else []
    if len(parts) > MOST_OPERATIONS:
        raise ValueError(f"there can be at most {MOST_OPERATIONS} operations")
    return tuple(_read_one(part) for part in parts)


def _read_one(part: str) -> Operation:
    name, *numbers = part.split("_")
    kind: Any = NAMES.get(name)
    if kind is None or len(numbers) != len(kind._fields) or not all(map(NUMBER.fullmatch, numbers)):
        raise ValueError(f"“{part[:40]}” is no operation")
    values = [want(float(number)) for want, number in zip(kind.__annotations__.values(), numbers, strict=True)]
    for value, number, (low, high) in zip(values, numbers, RANGES[kind], strict=True):
        if value != float(number) or not low <= value <= high:
            raise ValueError(f"“{part[:40]}” has a number that is out of its range")
    return kind(*values)


# --- what they cost ---


def size(operated: Network, operations: Sequence[Operation] = ()) -> int:
    """Bytes that would hold a network on which these operations were done: every weight in as many bits as it was
    rounded to, or, where that is less, one bit for each weight that says whether it is 0, and the others. Biases have
    32 bits."""
    bits = next((each.bits for each in reversed(operations) if isinstance(each, Quantise)), FULL)
    net = layers(operated.parameters, operated.config)
    weights, others = sum(layer.W.size for layer in net), sum(int(np.count_nonzero(layer.W)) for layer in net)
    biases = sum(layer.b.size for layer in net)
    return -(-(min(weights * bits, weights + others * bits) + biases * FULL) // 8)


def importance(network: Network, images: Array, labels: Array, layer: int) -> Array:
    """The accuracy lost on pictures (n, 28, 28), with labels (n,), when one unit alone of a hidden layer is switched
    off: a share for each of its units (h,). Negative where the network is better without."""
    net, config = layers(network.parameters, network.config), network.config
    trace = forward(network.parameters, images.reshape(len(images), -1), config)
    right = (trace.z[-1].argmax(axis=1) == labels).mean()
    a, z, outgoing = trace.a[layer], trace.z[layer + 1], net[layer + 1].W
    without = (z - np.outer(a[:, unit], outgoing[:, unit]) for unit in range(a.shape[1]))
    return np.array([right - (_likeliest(each, net, config, layer + 1) == labels).mean() for each in without])


def _likeliest(z: Array, net: list[Layer], config: Config, layer: int) -> Array:
    """The likeliest class (n,), from the sums z (n, h) of a layer on."""
    for name, following in zip(config.activations[layer:], net[layer + 1 :], strict=True):
        z = ACTIVATIONS[name].value(z) @ following.W.T + following.b
    return z.argmax(axis=1)

"""Mistakes that people make in backpropagation, for a check to find.

The engine knows nothing of them: `assembled` is `mlp.backward` line by line, but each part can be replaced.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nn_core.activations import ACTIVATIONS, Array
from nn_core.checks import Case
from nn_core.config import Config
from nn_core.losses import LINKS, LOSSES, Link
from nn_core.mlp import Trace, forward, layers, loss_and_gradient, penalty, targets


def _error(z: Array, y: Array, link: Link, config: Config) -> Array:
    return LOSSES[config.loss_name].gradient(z, y, link)


def _slope(name: str, z: Array) -> Array:
    return ACTIVATIONS[name].slope(z, ACTIVATIONS[name].value(z))


class Parts(NamedTuple):
    """What backpropagation is made of, each part to be replaced by a wrong one:

    `error` (z, y, link, config) -> gradient of each sample's loss by the last sums (n, k); `slope` (name, z) -> that of
    an activation (n, h); `before` (trace, i) -> what the weights of layer i are multiplied with (n, inputs); `bias` of
    the error (n, units) -> gradient (units,); `mean` (n) -> what the sum over n samples is divided by; `price`
    (parameters, config) -> slope of the penalties (n_parameters,).
    """

    error: Callable[[Array, Array, Link, Config], Array] = _error
    slope: Callable[[str, Array], Array] = _slope
    before: Callable[[Trace, int], Array] = lambda trace, i: trace.a[i - 1] if i else trace.inputs
    bias: Callable[[Array], Array] = lambda delta: delta.sum(axis=0)
    mean: Callable[[int], float] = float
    price: Callable[[Array, Config], Array] = lambda parameters, config: penalty(parameters, config)[1]


def assembled(parts: Parts, of: Case, layer: int | None = None) -> Array:
    """The gradient (n_parameters,) by backpropagation from these parts: that of `mlp.loss_and_gradient`, line by line,
    when all are right. A wrong slope is used in the hidden `layer` only, counted from 1, or in all of them."""
    config, trace = of.config, forward(of.parameters, of.x, of.config)
    gradient = np.zeros_like(of.parameters)
    into, net = layers(gradient, config), layers(of.parameters, config)
    delta = parts.error(trace.z[-1], targets(of.y, config), LINKS[config.link], config) / parts.mean(len(of.x))
    for i in reversed(range(len(net))):
        into[i].W[:] = delta.T @ parts.before(trace, i)
        into[i].b[:] = parts.bias(delta)
        if i:
            slope = parts.slope if layer in (None, i) else _slope
            delta = delta @ net[i].W * slope(config.activations[i - 1], trace.z[i - 1])
    return gradient + parts.price(of.parameters, config)


def backpropagated(of: Case, bug: str = "", layer: int | None = None) -> Array:
    """The derivatives (m,) by backpropagation: the one that trains, or with one of `BUGS` in it."""
    with np.errstate(all="ignore"):
        if not bug:
            return loss_and_gradient(of.parameters, of.x, of.y, of.config)[1][of.places]
        return assembled(BUGS[bug].parts, of, layer)[of.places]


SQUASHING = {"sigmoid": lambda a: a, "tanh": lambda a: 1 - a}


def _slope_unfinished(name: str, z: Array) -> Array:
    return SQUASHING[name](ACTIVATIONS[name].value(z)) if name in SQUASHING else _slope(name, z)


def _slope_without_leak(name: str, z: Array) -> Array:
    return _slope("relu" if name == "leaky_relu" else name, z)


def _error_at_the_answer(z: Array, y: Array, link: Link, config: Config) -> Array:
    if config.loss_name.endswith("cross_entropy"):  # its slope and that of the output are one formula: p - y
        return _error(z, y, link, config)
    return LOSSES[config.loss_name].gradient(link.value(z), y, LINKS["linear"])


def _price_of_all(parameters: Array, config: Config) -> Array:
    return config.l1 * np.sign(parameters) + config.l2 * parameters


class Bug(NamedTuple):
    """A mistake that people make: its name on the screen, the right line and the wrong one, and the parts that have it.
    `needs` says of a Config what it lacks for the mistake to matter, "" if nothing."""

    title: str
    right: str
    wrong: str
    parts: Parts
    needs: Callable[[Config], str] = lambda config: ""
    in_layers: bool = False


def _hidden(config: Config) -> str:
    curved = any(name != "linear" for name in config.activations)
    return "" if curved else "a hidden layer whose activation is not linear"


def _has(*names: str) -> Callable[[Config], str]:
    titles = " or ".join(ACTIVATIONS[name].title for name in names)
    return lambda config: "" if set(names) & set(config.activations) else f"a hidden layer of {titles}"


def _linked(config: Config) -> str:
    plain = config.link != "linear" and not config.loss_name.endswith("cross_entropy")
    return "" if plain else "classes with a loss other than cross-entropy"


def _priced(config: Config) -> str:
    return "" if config.l1 or config.l2 else "an L1 or L2 penalty"


BUGS: dict[str, Bug] = {
    "slope": Bug(
        "The activation's slope is taken as 1",
        "delta = (delta @ W) * slope(z)",
        "delta = delta @ W",
        Parts(slope=lambda name, z: np.ones_like(z)),
        _hidden,
        True,
    ),
    "factor": Bug(
        "The slope loses a factor",
        "sigmoid: a * (1 - a),  tanh: 1 - a * a",
        "sigmoid: a,  tanh: 1 - a",
        Parts(slope=_slope_unfinished),
        _has("sigmoid", "tanh"),
        True,
    ),
    "leak": Bug(
        "Leaky ReLU leaks forwards only",
        "slope = where(z > 0, 1, 0.01)",
        "slope = where(z > 0, 1, 0)",
        Parts(slope=_slope_without_leak),
        _has("leaky_relu"),
        True,
    ),
    "bias": Bug(
        "The bias's gradient is forgotten",
        "gradient_b = delta.sum(axis=0)",
        "gradient_b = 0",
        Parts(bias=lambda delta: np.zeros(delta.shape[1])),
    ),
    "axis": Bug(
        "The bias's gradient is summed over the units too",
        "gradient_b = delta.sum(axis=0)",
        "gradient_b = delta.sum()",
        Parts(bias=lambda delta: np.full(delta.shape[1], delta.sum())),
        lambda config: "" if max(config.layer_sizes[1:]) > 1 else "a layer of two units or more",
    ),
    "before": Bug(
        "Sums are used where activations belong",
        "gradient_W = delta.T @ a_before",
        "gradient_W = delta.T @ z_before",
        Parts(before=lambda trace, i: trace.z[i - 1] if i else trace.inputs),
        _hidden,
    ),
    "mean": Bug(
        "1/n is forgotten",
        "delta = error / n",
        "delta = error",
        Parts(mean=lambda n: 1.0),
    ),
    "sign": Bug(
        "Target minus answer",
        "error = answer - target",
        "error = target - answer",
        Parts(error=lambda z, y, link, config: -_error(z, y, link, config)),
    ),
    "link": Bug(
        "The output's slope is left out",
        "error = loss'(p) * p * (1 - p)",
        "error = loss'(p)",
        Parts(error=_error_at_the_answer),
        _linked,
    ),
    "price": Bug(
        "The penalty's slope is left out",
        "gradient_W += l1 * sign(W) + l2 * W",
        "",
        Parts(price=lambda parameters, config: np.zeros_like(parameters)),
        _priced,
    ),
    "biases_pay": Bug(
        "The penalty's slope is added to biases too",
        "gradient_W += l2 * W",
        "gradient += l2 * parameters",
        Parts(price=_price_of_all),
        _priced,
    ),
}

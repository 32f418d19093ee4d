"""The multilayer perceptron, as one would write it on a blackboard. The training engine is held to this by a test.

Letters: n samples, d inputs, h units of a layer, k outputs; x inputs, z weighted sums, a activations, W weights,
b biases. All parameters are one flat array: layer by layer a row per unit, the unit's weights and last its bias.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nn_core.activations import ACTIVATIONS, Array
from nn_core.config import Config
from nn_core.datasets import FEATURES
from nn_core.initializers import INITIALIZERS
from nn_core.losses import LINKS, LOSSES
from nn_core.randomness import stream


class Layer(NamedTuple):
    """Views into the flat parameters: W (units, inputs), b (units,)."""

    W: Array
    b: Array


def layers(parameters: Array, config: Config) -> list[Layer]:
    """The weights and biases of each layer, as views into the flat parameters (n_parameters,)."""
    return [Layer(rows[:, :-1], rows[:, -1]) for rows in layer_rows(parameters, config)]


def layer_rows(parameters: Array, config: Config) -> list[Array]:
    """Each layer's parameters as one view (..., units, inputs + 1), the bias in the last column."""
    if parameters.shape[-1] != config.n_parameters:
        raise ValueError(f"This network has {config.n_parameters} parameters, not {parameters.shape[-1]}.")
    shape = parameters.shape[:-1]
    return [parameters[..., at].reshape(*shape, units, -1) for units, at in config.layer_places]


def weight_mask(config: Config) -> Array:
    """1 for each weight, 0 for each bias (n_parameters,)."""
    mask = np.ones(config.n_parameters)
    for layer in layers(mask, config):
        layer.b[:] = 0
    return mask


def initial_parameters(config: Config) -> Array:
    """Where the run starts (n_parameters,): weights by the initializer and the seed, biases zero."""
    parameters = np.zeros(config.n_parameters)
    rng = stream(config.seed, "weights")
    for layer in layers(parameters, config):
        units, inputs = layer.W.shape
        layer.W[:] = config.initial_scale * INITIALIZERS[config.initializer].draw(rng, inputs, units)
    return parameters.astype(config.precision)


def inputs(x: Array, config: Config) -> Array:
    """What the network sees of raw x (n, d): the chosen features of the plane, or pixels scaled to 0..1."""
    if config.data.kind == "pictures":
        return np.divide(x, 255, dtype=config.precision) if x.dtype == np.uint8 else x
    return np.stack([FEATURES[name].value(x[..., 0], x[..., 1]) for name in config.features], axis=-1)


def targets(y: Array, config: Config) -> Array:
    """Targets as the loss wants them (n, k): a column of 0/1 or of values, or one-hot rows. (n, k) passes unchanged."""
    if y.ndim == 2:
        return y
    return (
        np.eye(config.layer_sizes[-1], dtype=config.precision)[y]
        if config.task == "multiclass"
        else y[:, None].astype(float)
    )


class Trace(NamedTuple):
    """Everything one forward pass computed: inputs (n, d); sums z and activations a per layer (n, h); output (n, k).

    The last z is that of the output layer; `masks` are the dropout masks that were applied to the activations.
    """

    inputs: Array
    z: list[Array]
    a: list[Array]
    output: Array
    masks: list[Array] | None = None


def forward(parameters: Array, x: Array, config: Config, masks: list[Array] | None = None) -> Trace:
    """Run samples x (n, d) through the network. `masks` (one (n, h) array per hidden layer) is the only dropout."""
    seen = a = inputs(x, config)
    zs, activations = [], []
    *hidden, last = layers(parameters, config)
    for i, (layer, name) in enumerate(zip(hidden, config.activations, strict=True)):
        z = a @ layer.W.T
        z += layer.b
        a = ACTIVATIONS[name].value(z)
        if masks is not None:
            a = a * masks[i]
        zs.append(z)
        activations.append(a)
    zs.append(a @ last.W.T + last.b)
    return Trace(seen, zs, activations, LINKS[config.link].value(zs[-1]), masks)


def backward(parameters: Array, trace: Trace, y: Array, config: Config) -> Array:
    """The gradient of the mean loss over the traced samples (n_parameters,), without penalties."""
    gradient = np.zeros_like(parameters)
    loss = LOSSES[config.loss_name]
    delta = loss.gradient(trace.z[-1], targets(y, config), LINKS[config.link]) / len(trace.inputs)
    into, net = layers(gradient, config), layers(parameters, config)
    for i in reversed(range(len(net))):
        before = trace.a[i - 1] if i else trace.inputs
        into[i].W[:] = delta.T @ before
        into[i].b[:] = delta.sum(axis=0)
        if i:
            activation, z = ACTIVATIONS[config.activations[i - 1]], trace.z[i - 1]
            delta = delta @ net[i].W
            if trace.masks is not None:
                delta = delta * trace.masks[i - 1]
            delta = delta * activation.slope(z, activation.value(z))
    return gradient


def predict(parameters: Array, x: Array, config: Config) -> Array:
    """The network's answers (n, k): probabilities, or values for regression."""
    return answers(prepared(parameters, config), x, config)


Prepared = list[tuple[Array, Array, Callable[[Array], Array]]]


def prepared(parameters: Array, config: Config) -> Prepared:
    """A network made ready to answer many times: of each layer W (units, inputs), b (units, 1), and what follows."""
    functions = [*(ACTIVATIONS[name].value for name in config.activations), lambda z: z]
    net = layers(parameters, config)
    return [(layer.W, layer.b[:, None].copy(), function) for layer, function in zip(net, functions, strict=True)]


def answers(network: Prepared, x: Array, config: Config) -> Array:
    """What `forward` puts out (n, k), without keeping the way there, and with samples in columns: twice as quick."""
    a = inputs(np.asarray(x), config).T
    for W, b, function in network:
        z = W @ a
        z += b
        a = function(z)
    return LINKS[config.link].value(a.T)


def data_loss(parameters: Array, x: Array, y: Array, config: Config) -> float:
    """The mean loss over the samples, without penalties: what the curves show."""
    return _mean_loss(forward(parameters, x, config), y, config)


def _mean_loss(trace: Trace, y: Array, config: Config):
    return LOSSES[config.loss_name].value(trace.z[-1], targets(y, config), LINKS[config.link]).mean()


def penalty(parameters: Array, config: Config) -> tuple[Array, Array]:
    """The price of large weights and its gradient (n_parameters,): l1 x sum |w| + l2 / 2 x sum w^2, biases free."""
    w = parameters * weight_mask(config)
    sign = np.sign(np.real(w))
    return config.l1 * (sign * w).sum() + config.l2 / 2 * (w * w).sum(), config.l1 * sign + config.l2 * w


def loss_and_gradient(parameters: Array, x: Array, y: Array, config: Config, masks: list[Array] | None = None):
    """The training objective and its gradient: (value, (n_parameters,)), penalties included.

    Parameters may be complex, so that the derivative can be checked by complex step.
    """
    trace = forward(parameters, x, config, masks)
    price, slope = penalty(parameters, config)
    return _mean_loss(trace, y, config) + price, backward(parameters, trace, y, config) + slope


class GradientCheck(NamedTuple):
    """Per parameter: the gradient by backpropagation, by complex step, and their difference (n_parameters,)."""

    analytic: Array
    numeric: Array
    error: Array


def gradient_check(parameters: Array, x: Array, y: Array, config: Config, step: float = 1e-30) -> GradientCheck:
    """Backpropagation against the complex step: the imaginary part of L(w + i step) / step is the derivative, with no
    difference taken and so no digits lost (Squire and Trapp, 1998). The error is absolute where gradients are small,
    relative where they are larger than 1."""
    _, analytic = loss_and_gradient(parameters, x, y, config)
    numeric = np.empty_like(analytic)
    for i in range(len(parameters)):
        probe = parameters.astype(complex)
        probe[i] += step * 1j
        numeric[i] = loss_and_gradient(probe, x, y, config)[0].imag / step
    return GradientCheck(analytic, numeric, np.abs(analytic - numeric) / np.maximum(1, np.abs(numeric)))

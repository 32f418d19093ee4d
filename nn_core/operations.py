"""Operations: the kinds of single steps that an update is made of, and how its parts are called.

A step says what a number is, how it came about, and which lines compute it. Most are made from one `Pass`, forward and
backward. Layers count from 0, the inputs; the last is the output. Units, and the inputs of a unit, count from 0 here
and from 1 in names and formulas.
"""

from collections.abc import Iterator
from typing import NamedTuple

from nn_core import mlp
from nn_core.activations import Array
from nn_core.config import Config
from nn_core.datasets import FEATURES
from nn_core.formulas import Line
from nn_core.losses import LINKS, LOSSES
from nn_core.sources import Reference


class Operation(NamedTuple):
    """A kind of step: the part of the walk it belongs to, its name, and what it is for."""

    part: str
    title: str
    meaning: str


FORWARD, BACKWARD, BATCH, UPDATE = PARTS = ("Forward", "Backward", "Batch", "Update")
OPERATIONS: dict[str, Operation] = {
    "input": Operation(FORWARD, "Input", "What the network is given of the point."),
    "sum": Operation(FORWARD, "Weighted sum", "Every signal times its weight, all added up, and the bias on top."),
    "activation": Operation(FORWARD, "Activation", "The sum, bent by the activation function: the unit's signal."),
    "mask": Operation(FORWARD, "Dropout", "Chance has switched units off; those left are louder to make up for it."),
    "output": Operation(FORWARD, "Answer", "The last sum, turned into what the network says."),
    "loss": Operation(FORWARD, "Loss", "One number for how wrong the answer is."),
    "output_error": Operation(
        BACKWARD, "Error", "How fast the loss grows with the last sum. All else follows from it."
    ),
    "weight": Operation(BACKWARD, "Gradient of a weight", "The error behind the weight times the signal before it."),
    "bias": Operation(BACKWARD, "Gradient of a bias", "The error of its unit: a bias is a weight on a signal of 1."),
    "back": Operation(
        BACKWARD, "Sent back", "Every error it had a part in, times the weight that led there, added up."
    ),
    "mask_back": Operation(BACKWARD, "Dropout, backward", "A unit that was switched off had no part in the error."),
    "error": Operation(
        BACKWARD, "Error", "What was sent back, times the slope of the activation where the unit stands."
    ),
    "batch_loss": Operation(BATCH, "Loss of the batch", "The mean over its points. The update is to make it smaller."),
    "mean": Operation(BATCH, "Mean gradient", "Each point of the batch pulls its own way. The mean is followed."),
    "price": Operation(UPDATE, "Price of the weights", "What large weights add to the loss. Biases are free."),
    "penalty": Operation(UPDATE, "Penalty", "The slope of that price is added to the gradient g of the weight."),
    "clip": Operation(UPDATE, "Clipping", "All gradients together are one arrow: if it is too long, it is shortened."),
    "rate": Operation(UPDATE, "Learning rate", "The schedule says how much of the rate is used at this update."),
    "update": Operation(UPDATE, "New value", "The optimizer takes the gradient g and moves the parameter."),
    "new_loss": Operation(UPDATE, "Loss after the update", "The same point, read by the network as it is now."),
    "new_batch_loss": Operation(
        UPDATE, "Loss of the batch after the update", "The same batch, read by the network as it is now."
    ),
}


class Step(NamedTuple):
    """One operation: its kind (a name of OPERATIONS) and place, what it is called, how its `value` comes about, and the
    lines that compute it. `layer`, `unit` and `source`, the input of a connection (of a bias, the number of inputs),
    are -1 where the step is about no single one."""

    operation: str
    layer: int
    unit: int
    source: int
    name: str
    lines: tuple[Line, ...]
    value: float
    code: tuple[Reference, ...]


class Pass(NamedTuple):
    """What the network computed for one sample x (1, 2) with targets y (1, k): the trace, the loss, and for each layer
    its parameters (`net`) and their gradients (`into`), of the loss of the data alone. `masks` are those of dropout."""

    config: Config
    x: Array
    y: Array
    net: list[mlp.Layer]
    into: list[mlp.Layer]
    trace: mlp.Trace
    loss: float
    gradient: Array

    def signals(self, layer: int) -> Array:
        """What comes out of a layer (h,): the inputs, or activations with dropout."""
        return self.trace.a[layer - 1][0] if layer else self.trace.inputs[0]

    def error(self, layer: int) -> Array:
        """dL/dz of a layer (h,): for one sample it is the gradient of the biases."""
        return self.into[layer - 1].b


def one_pass(parameters: Array, x: Array, y: Array, config: Config, masks: list[Array] | None = None) -> Pass:
    """Forward and backward for one sample."""
    trace = mlp.forward(parameters, x, config, masks)
    gradient = mlp.backward(parameters, trace, y, config)
    value = LOSSES[config.loss_name].value(trace.z[-1], y, LINKS[config.link])[0]
    net, into = mlp.layers(parameters, config), mlp.layers(gradient, config)
    return Pass(config, x, y, net, into, trace, float(value), gradient)


# --- names ------------------------------------------------------------------------------------------------------------


def unit_name(config: Config, layer: int, unit: int) -> str:
    """unit 2 of hidden layer 1, the output, output 3, input x₁"""
    if not layer:
        return f"input {FEATURES[config.features[unit]].title}"
    if layer <= len(config.hidden_sizes):
        return f"unit {unit + 1} of hidden layer {layer}"
    return f"output {unit + 1}" if config.layer_sizes[-1] > 1 else "the output"


def places(config: Config) -> Iterator[tuple[int, int, int, int]]:
    """Every parameter as layer, unit, input (of a bias, the number of inputs) and its place among all."""
    for layer, (units, at) in enumerate(config.layer_places, start=1):
        width = config.layer_sizes[layer - 1] + 1
        for unit in range(units):
            for source in range(width):
                yield layer, unit, source, at.start + unit * width + source


def of_parameter(operation: str, config: Config, layer: int, unit: int, source: int) -> str:
    """The name of a step about a weight or a bias."""
    to, is_bias = unit_name(config, layer, unit), source == config.layer_sizes[layer - 1]
    what = f"bias of {to}" if is_bias else f"{unit_name(config, layer - 1, source)} to {to}"
    return f"{OPERATIONS[operation].title}: {what}"


def symbol(letter: str, layer: int, *places: int) -> str:
    """w of layer 1 from input 2 to unit 3 is w^{(1)}_{3,2}"""
    return rf"{letter}^{{({layer})}}_{{{','.join(str(place + 1) for place in places)}}}"


def signal(seen: Pass, layer: int, unit: int) -> str:
    """The symbol of what comes out of a unit; with a tilde where dropout has had its hand in."""
    masked = seen.trace.masks is not None and layer
    return symbol(r"\tilde{a}" if masked else "a", layer, unit)


def said(config: Config, unit: int) -> str:
    """The symbol of an answer."""
    several = f"p_{{{unit + 1}}}" if config.layer_sizes[-1] > 1 else "p"
    return several if config.task != "regression" else r"\hat{y}"


def slope_of_loss(by: str, of: str = "L") -> str:
    return rf"\frac{{\partial {of}}}{{\partial {by}}}"

"""The example of the lesson from a neuron to a network: one sample forward and back through a network in training, and
a step of it, in numbers."""

from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.mlp import Trace, backward, forward, layers
from ui import session, theme

EXAMPLE = Config(dataset="xor_points", hidden_sizes=(2,), activation="tanh", epochs=300, seed=1)
EARLY = 10  # the example is at a tenth of its run
SAMPLE, TARGET = (1.0, 0.0), 1.0  # that it is worked out for
RATE = 1.0  # of the step


class Passes(NamedTuple):
    """The example's network at its epoch, its pass forward with the sample, and the gradient (n,) that comes of it."""

    epoch: int
    parameters: Array
    trace: Trace
    gradient: Array


def example() -> Passes:
    """Both passes of the example."""
    history, *_ = session.lesson_run_of(EXAMPLE)
    at = len(history.parameters) // EARLY
    parameters = history.parameters[at]
    trace = forward(parameters, np.array([SAMPLE]), EXAMPLE)
    gradient = backward(parameters, trace, np.array([TARGET]), EXAMPLE)
    return Passes(int(history.snapshot_epochs[at]), parameters, trace, gradient)


def worked() -> tuple[list[list[str]], tuple[str, str]]:
    """A row for each unit of the example: its name, z, a, the weight to the output, delta, and the gradients of what
    flows into it; and how the deltas of the first hidden unit and of the output came about."""
    _, parameters, trace, gradient = example()
    hidden, output = layers(gradient, EXAMPLE)
    onward = layers(parameters, EXAMPLE)[1].W[0]
    rows = []
    for j, weight in enumerate(onward):
        numbers = (trace.z[0][0, j], trace.a[0][0, j], weight, hidden.b[j])
        rows.append([f"hidden {j + 1}", *map(_number, numbers), _numbers(hidden.W[j])])
    z, p, delta = trace.z[1][0, 0], trace.output[0, 0], output.b[0]
    rows.append(["output", _number(z), _number(p), "", _number(delta), _numbers(output.W[0])])
    last = f"{p:.4f} − {TARGET:g} = {_number(delta)}"
    first = f"{_number(delta)} × {_number(onward[0])} × (1 − {trace.a[0][0, 0] ** 2:.4f}) = {_number(hidden.b[0])}"
    return rows, (first, last)


def example_link() -> dict[str, str]:
    """The link to the page that walks through the example."""
    place = "~".join(f"{each:g}" for each in (*SAMPLE, TARGET))
    return {**EXAMPLE.to_query(), "epoch": str(example().epoch), "place": place, "alone": "1"}


def one_step() -> str:
    """A step of one weight of the example, in numbers."""
    _, parameters, _, gradient = example()
    weight, slope = (layers(each, EXAMPLE)[1].W[0, 0] for each in (parameters, gradient))
    new = weight - RATE * slope
    return (
        f"the first weight to the output above is {_number(weight)} and has the gradient {_number(slope)}, so at a "
        f"rate of {RATE:g} it becomes {_number(weight)} − {RATE:g} × {_bracketed(slope)} = {_number(new)}."
    )


def _bracketed(value: float) -> str:
    return f"({_number(value)})" if value < 0 else _number(value)


def _number(value: float) -> str:
    return theme.signed(value, 4)


def _numbers(values: np.ndarray) -> str:
    return ", ".join(map(_number, values.tolist()))

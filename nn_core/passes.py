"""Passes: what a network computes for one sample, taken apart number by number, forward and backward.

Nothing is computed a second time: sums and signals are those of `mlp.forward`, gradients those of `mlp.backward`. What
becomes of the gradients stands in steps.py.
"""

from collections.abc import Iterator

import numpy as np

from nn_core import mlp
from nn_core.activations import ACTIVATIONS, Array
from nn_core.expressions import activation, answer, feature, loss, output_error, slope
from nn_core.formulas import Line, equation, operand, total
from nn_core.losses import LINKS, LOSSES
from nn_core.operations import OPERATIONS, Pass, Step, said, signal, slope_of_loss, symbol, unit_name
from nn_core.sources import Reference, lines


def _step(seen: Pass, operation: str, layer: int, unit: int, found: list[Line], value: float, *code: Reference) -> Step:
    name = f"{OPERATIONS[operation].title}: {unit_name(seen.config, layer, unit)}"
    return Step(operation, layer, unit, -1, name, tuple(found), float(value), code)


# --- forward ----------------------------------------------------------------------------------------------------------


def forwards(seen: Pass) -> Iterator[Step]:
    """From the point to the loss."""
    config, last = seen.config, len(seen.net)
    for unit, name in enumerate(config.features):
        value = seen.signals(0)[unit]
        made = feature(name, symbol("a", 0, unit), seen.x[0, 0], seen.x[0, 1], value)
        yield _step(seen, "input", 0, unit, [made], value, lines(mlp.inputs, "return np.stack("))
    for layer in range(1, last + 1):
        for unit in range(config.layer_sizes[layer]):
            yield _sum(seen, layer, unit)
        for unit in range(config.layer_sizes[layer] if layer < last else 0):
            yield _activation(seen, layer, unit)
        if seen.trace.masks is not None and layer < last:
            for unit, mask in enumerate(seen.trace.masks[layer - 1][0]):
                yield _mask(seen, layer, unit, mask)
    z, p = seen.trace.z[-1][0], seen.trace.output[0]
    links = [] if config.link == "linear" else [lines(LINKS[config.link].value)]
    for unit, value in enumerate(p):
        sums, answers = [symbol("z", last, k) for k in range(len(p))], [said(config, k) for k in range(len(p))]
        found = answer(config.link, sums, answers, z, unit, value)
        yield _step(seen, "output", last, unit, found, value, lines(mlp.forward, "return Trace("), *links)
    code = lines(LOSSES[config.loss_name].value), lines(mlp._mean_loss)
    yield Step("loss", last, -1, -1, "Loss", (loss(config, z, p, seen.y[0], seen.loss),), seen.loss, code)


def _sum(seen: Pass, layer: int, unit: int) -> Step:
    weights, bias, before = seen.net[layer - 1].W[unit], seen.net[layer - 1].b[unit], seen.signals(layer - 1)
    value, target = seen.trace.z[layer - 1][0, unit], symbol("z", layer, unit)
    w, a = rf"w^{{({layer})}}_{{{unit + 1},i}}", signal(seen, layer - 1, 0).rpartition("_")[0] + "_i"
    products = [rf"{operand(weight)} \cdot {operand(each)}" for weight, each in zip(weights, before, strict=True)]
    made = Line(
        rf"{target} = \sum_i {w} \cdot {a} + {symbol('b', layer, unit)}",
        equation(total([*products, operand(bias)]), value),
    )
    hidden = layer < len(seen.net)
    code = ("z = a @ layer.W.T", "z += layer.b") if hidden else ("zs.append(a @ last.W.T + last.b)",)
    return _step(seen, "sum", layer, unit, [made], value, lines(mlp.forward, *code))


def _unmasked(seen: Pass, layer: int) -> Array:
    return ACTIVATIONS[seen.config.activations[layer - 1]].value(seen.trace.z[layer - 1][0])


def _activation(seen: Pass, layer: int, unit: int) -> Step:
    name, at, value = seen.config.activations[layer - 1], seen.trace.z[layer - 1][0, unit], _unmasked(seen, layer)[unit]
    made = activation(name, symbol("z", layer, unit), symbol("a", layer, unit), at, value)
    code = lines(mlp.forward, "a = ACTIVATIONS[name].value(z)"), lines(ACTIVATIONS[name].value)
    return _step(seen, "activation", layer, unit, [made], value, *code)


def _mask(seen: Pass, layer: int, unit: int, mask: float) -> Step:
    plain, value = _unmasked(seen, layer)[unit], seen.signals(layer)[unit]
    made = Line(
        rf"{signal(seen, layer, unit)} = {symbol('m', layer, unit)} \cdot {symbol('a', layer, unit)}",
        equation(rf"{operand(mask)} \cdot {operand(plain)}", value),
    )
    return _step(seen, "mask", layer, unit, [made], value, lines(mlp.forward, "a = a * masks[i]"))


# --- backward ---------------------------------------------------------------------------------------------------------


def backwards(seen: Pass) -> Iterator[Step]:
    """From the loss to the gradient of every parameter."""
    for unit in range(seen.config.layer_sizes[-1]):
        yield _output_error(seen, unit)
    for layer in reversed(range(1, len(seen.net) + 1)):
        for unit in range(seen.config.layer_sizes[layer]):
            yield from _gradients(seen, layer, unit)
        if layer > 1:
            yield from _sent_back(seen, layer - 1)


def _output_error(seen: Pass, unit: int) -> Step:
    config, last = seen.config, len(seen.net)
    entry, value = LOSSES[config.loss_name], seen.error(last)[unit]
    names = {"delta": symbol(r"\delta", last, unit), "p": said(config, unit)}
    found = output_error(config, names, seen.trace.output[0], seen.y[0], unit, value)
    code = [lines(mlp.backward, "delta = loss.gradient("), lines(entry.gradient)]
    if len(found) > 1:
        code.append(lines(LINKS[config.link].pull_back))
    return _step(seen, "output_error", last, unit, found, value, *code)


def _gradients(seen: Pass, layer: int, unit: int) -> Iterator[Step]:
    """Of the weights into a unit, and of its bias."""
    into, before = seen.into[layer - 1], seen.signals(layer - 1)
    delta, error, place = symbol(r"\delta", layer, unit), seen.error(layer)[unit], unit_name(seen.config, layer, unit)
    for source, value in enumerate(into.W[unit]):
        target = slope_of_loss(symbol("w", layer, unit, source))
        made = Line(
            rf"{target} = {delta} \cdot {signal(seen, layer - 1, source)}",
            equation(rf"{operand(error)} \cdot {operand(before[source])}", value),
        )
        name = f"Gradient of a weight: {unit_name(seen.config, layer - 1, source)} to {place}"
        code = (lines(mlp.backward, "into[i].W[:] = delta.T @ before"),)
        yield Step("weight", layer, unit, source, name, (made,), float(value), code)
    made = Line(rf"{slope_of_loss(symbol('b', layer, unit))} = {delta}", equation(operand(error), into.b[unit]))
    code = (lines(mlp.backward, "into[i].b[:] = delta.sum(axis=0)"),)
    bias = f"Gradient of a bias: {place}"
    yield Step("bias", layer, unit, len(before), bias, (made,), float(into.b[unit]), code)


def _sent_back(seen: Pass, layer: int) -> Iterator[Step]:
    """The errors of a hidden layer, from those of the layer above."""
    units, masks = range(seen.config.layer_sizes[layer]), seen.trace.masks
    sent = seen.error(layer + 1) @ seen.net[layer].W
    for unit in units:
        yield _back(seen, layer, unit, sent[unit])
    if masks is not None:
        for unit in units:
            mask, value = masks[layer - 1][0, unit], sent[unit] * masks[layer - 1][0, unit]
            made = Line(
                rf"{slope_of_loss(symbol('a', layer, unit))} = {symbol('m', layer, unit)} \cdot "
                + slope_of_loss(signal(seen, layer, unit)),
                equation(rf"{operand(mask)} \cdot {operand(sent[unit])}", value),
            )
            code = lines(mlp.backward, "delta = delta * trace.masks[i - 1]")
            yield _step(seen, "mask_back", layer, unit, [made], value, code)
        sent = sent * masks[layer - 1][0]
    for unit in units:
        yield _error(seen, layer, unit, sent[unit])


def _back(seen: Pass, layer: int, unit: int, value: float) -> Step:
    weights, errors = seen.net[layer].W[:, unit], seen.error(layer + 1)
    w, delta = rf"w^{{({layer + 1})}}_{{k,{unit + 1}}}", rf"\delta^{{({layer + 1})}}_k"
    products = [rf"{operand(weight)} \cdot {operand(error)}" for weight, error in zip(weights, errors, strict=True)]
    target = slope_of_loss(signal(seen, layer, unit))
    made = Line(rf"{target} = \sum_k {w} \cdot {delta}", equation(total(products), value))
    return _step(seen, "back", layer, unit, [made], value, lines(mlp.backward, "delta = delta @ net[i].W"))


def _error(seen: Pass, layer: int, unit: int, sent: float) -> Step:
    name, at, value = seen.config.activations[layer - 1], seen.trace.z[layer - 1][0, unit], seen.error(layer)[unit]
    entry, activated = ACTIVATIONS[name], _unmasked(seen, layer)[unit]
    steep = float(entry.slope(np.array(at), np.array(activated)))
    z, a, delta = (symbol(letter, layer, unit) for letter in ("z", "a", r"\delta"))
    made = Line(
        rf"{delta} = {slope_of_loss(a)} \cdot \varphi'({z})",
        equation(rf"{operand(sent)} \cdot {operand(steep)}", value),
    )
    code = lines(mlp.backward, "delta = delta * activation.slope("), lines(entry.slope)
    return _step(seen, "error", layer, unit, [*slope(name, z, a, at, activated, steep), made], value, *code)

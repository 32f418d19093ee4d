"""Steps: one update of a network from one sample, one operation after the other: a batch of one.

The passes forward and backward stand in passes.py. Here is what becomes of the gradient: penalties, clipping, and
the optimizer's own function; and how a run would make its next update.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nn_core import mlp
from nn_core.activations import Array
from nn_core.batches import dropout_masks
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.expressions import update
from nn_core.formulas import Line, equation, number, operand
from nn_core.operations import OPERATIONS, Pass, Step, one_pass, unit_name
from nn_core.optimizers import EPSILON, OPTIMIZERS, SCHEDULES, Settings, adam, adamw
from nn_core.passes import backwards, forwards
from nn_core.sources import lines
from nn_core.trainer import clipping, legs, penalising
from nn_core.training import Stand

REMEMBERED = {"momentum": "v", "nesterov": "v", "rmsprop": "s", "adam": "ms", "adamw": "ms"}  # letters of the slots


def steps(
    parameters: Array,
    memory: Array,
    x: Array,
    y: float,
    config: Config,
    update_number: int,
    rate: float,
    masks: list[Array] | None = None,
) -> list[Step]:
    """Every operation of the update that one sample makes, in the order in which they are computed.

    `parameters` (n,) and the optimizer's `memory` (slots, n) are those before it and stay as they are; x (2,) is the
    place and y the class or value of the sample; `update_number` counts from 1, from when the optimizer began to
    remember; `rate` is the learning rate in force; `masks`, (1, h) of each hidden layer, are those of dropout.
    """
    place = np.asarray(x, float).reshape(1, 2)
    wanted = mlp.targets(np.array([y], float if config.task == "regression" else int), config)
    with np.errstate(all="ignore"):  # a run that diverges is shown by its values
        seen = one_pass(parameters, place, wanted, config, masks)
        walked, gradient = [*forwards(seen), *backwards(seen)], seen.gradient.copy()
        walked += _penalties(seen, parameters, gradient)
        if config.l1 or config.l2:
            gradient += mlp.penalty(parameters, config)[1]
        if config.clip:
            walked.append(_clip(gradient, config))
            clipping(config.clip)(gradient)
        if config.schedule != "constant":
            walked.append(_rate(rate, config))
        after = updated(parameters, memory, gradient, config, update_number, rate)
        walked += _updates(seen, (parameters, memory, gradient), after, update_number, rate)
        return [*walked, _new_loss(seen, one_pass(after[0], place, wanted, config, masks))]


def updated(
    parameters: Array, memory: Array, gradient: Array, config: Config, update_number: int, rate: float
) -> tuple[Array, Array]:
    """What the optimizer makes of parameters (n,) and memory (slots, n); those given stay as they are."""
    p, m = parameters.copy(), memory.copy()
    settings = Settings(config.momentum, config.rms_decay, config.weight_decay * mlp.weight_mask(config))
    OPTIMIZERS[config.optimizer].update(p, gradient.copy(), m, rate, update_number, settings)
    return p, m


# --- what is done to the gradient -------------------------------------------------------------------------------------


def _penalties(seen: Pass, parameters: Array, gradient: Array) -> Iterator[Step]:
    config = seen.config
    if not (config.l1 or config.l2):
        return
    price, slopes = mlp.penalty(parameters, config)
    w = parameters * mlp.weight_mask(config)
    formula = r"\lambda_1 \sum |w| + \frac{\lambda_2}{2} \sum w^2"
    numbers = rf"{number(config.l1)} \cdot {number(np.abs(w).sum())} + \frac{{{number(config.l2)}}}{{2}} \cdot "
    made = Line(rf"\text{{price}} = {formula}", equation(numbers + operand((w * w).sum()), price))
    code = (lines(mlp.penalty, "return config.l1 * (sign * w).sum()"),)
    yield Step("price", -1, -1, -1, OPERATIONS["price"].title, (made,), float(price), code)
    code = lines(mlp.penalty, "return config.l1 * (sign * w).sum()"), lines(penalising, "g += l1", "g += l2")
    for layer, unit, source, index in _places(config):
        if source == config.layer_sizes[layer - 1]:
            continue
        terms = (
            rf"{number(config.l1)} \cdot {operand(np.sign(w[index]))} + {number(config.l2)} \cdot {operand(w[index])}"
        )
        value = gradient[index] + slopes[index]
        made = Line(
            r"g \leftarrow g + \lambda_1 \cdot \operatorname{sign}(w) + \lambda_2 \cdot w",
            equation(f"{operand(gradient[index])} + {terms}", value),
        )
        name = _of_parameter("penalty", config, layer, unit, source)
        yield Step("penalty", layer, unit, source, name, (made,), float(value), code)


def _clip(gradient: Array, config: Config) -> Step:
    square = float(gradient @ gradient)
    length = math.sqrt(square) if math.isfinite(square) else math.inf
    size = Line(r"\lVert g \rVert = \sqrt{\sum g^2}", equation(rf"\sqrt{{{number(square)}}}", length))
    factor = config.clip / length if length > config.clip else 1.0
    shorter = Line(
        r"\text{longer than } c \text{: all of } g \text{ times } \frac{c}{\lVert g \rVert}",
        equation(rf"\frac{{{number(config.clip)}}}{{{number(length)}}}", factor),
    )
    kept = Line(r"\text{not longer than } c \text{: nothing to do, } c", number(config.clip))
    code = (lines(clipping, "length = math.sqrt(", "if length > longest", "g *= longest / length"),)
    made = (size, shorter if length > config.clip else kept)
    return Step("clip", -1, -1, -1, OPERATIONS["clip"].title, made, factor, code)


def _rate(rate: float, config: Config) -> Step:
    factor = rate / config.learning_rate
    made = Line(r"\eta = \eta_0 \cdot f", equation(rf"{operand(config.learning_rate)} \cdot {operand(factor)}", rate))
    code = (lines(SCHEDULES[config.schedule].factor),)
    return Step("rate", -1, -1, -1, OPERATIONS["rate"].title, (made,), rate, code)


# --- the optimizer ----------------------------------------------------------------------------------------------------


def _places(config: Config) -> Iterator[tuple[int, int, int, int]]:
    """Every parameter as layer, unit, input (of a bias, the number of inputs) and its place among all."""
    for layer, (units, at) in enumerate(config.layer_places, start=1):
        width = config.layer_sizes[layer - 1] + 1
        for unit in range(units):
            for source in range(width):
                yield layer, unit, source, at.start + unit * width + source


def _of_parameter(operation: str, config: Config, layer: int, unit: int, source: int) -> str:
    to, is_bias = unit_name(config, layer, unit), source == config.layer_sizes[layer - 1]
    what = f"bias of {to}" if is_bias else f"{unit_name(config, layer - 1, source)} to {to}"
    return f"{OPERATIONS[operation].title}: {what}"


def _updates(
    seen: Pass, before: tuple[Array, Array, Array], after: tuple[Array, Array], update_number: int, rate: float
) -> Iterator[Step]:
    config, (p, memory, g), (new, remembered) = seen.config, before, after
    name, mask = config.optimizer, mlp.weight_mask(config)
    letters = REMEMBERED.get(name, "")
    share, decay = config.momentum, config.rms_decay
    shared = {r"\eta": rate, r"\mu": share, r"\rho": decay, r"\beta_1": share, r"\beta_2": decay, r"\epsilon": EPSILON}
    code = (lines(adamw), lines(adam)) if name == "adamw" else (lines(OPTIMIZERS[name].update),)
    for layer, unit, source, index in _places(config):
        values = shared | {
            "t": update_number,
            r"\lambda": config.weight_decay * mask[index],
            "w": p[index],
            "g": g[index],
        }
        values |= {letter: memory[slot, index] for slot, letter in enumerate(letters)}
        become = {"w": new[index]} | {letter: remembered[slot, index] for slot, letter in enumerate(letters)}
        called = _of_parameter("update", config, layer, unit, source)
        made = tuple(update(name, "w" if mask[index] else "b", values, become))
        yield Step("update", layer, unit, source, called, made, float(new[index]), code)


def _new_loss(before: Pass, after: Pass) -> Step:
    difference = after.loss - before.loss
    made = (
        Line("L", number(before.loss)),
        Line(r"L_{\text{new}}", number(after.loss)),
        Line(r"L_{\text{new}} - L", equation(f"{number(after.loss)} - {operand(before.loss)}", difference)),
    )
    code = lines(mlp.loss_and_gradient, "trace = forward(parameters, x, config, masks)"), lines(mlp._mean_loss)
    return Step("new_loss", -1, -1, -1, OPERATIONS["new_loss"].title, made, after.loss, code)


# --- of a run ---------------------------------------------------------------------------------------------------------


class Next(NamedTuple):
    """How a run would make its next update: the number of it, from when the optimizer began to remember, the learning
    rate, and the masks (1, h) that dropout gives a batch of one, None without dropout."""

    update_number: int
    rate: float
    masks: list[Array] | None


def next_update(config: Config, data: Data, stand: Stand) -> Next:
    """That of the run by `config` on `data`, those of its start, where it stands."""
    leg = next(leg for leg in reversed(legs(config, data)) if leg.stretch.begin <= stand.state.epoch)
    now, done = stand.config, stand.state.update
    begun = leg.first_update - (leg.stretch.begin - leg.schedule_from) * leg.per_epoch
    total = (now.epochs - leg.schedule_from) * leg.per_epoch
    progress = min(1.0, (done - begun) / total) if total else 1.0
    rate = now.learning_rate * SCHEDULES[now.schedule].factor(progress)
    masks = [mask.T for mask in dropout_masks(now, done, 1)] if now.dropout else None
    return Next(done - leg.memory_from + 1, rate, masks)

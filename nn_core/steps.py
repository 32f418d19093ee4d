"""Steps: one update of a network, one operation after the other, seen from one sample: of a batch, or alone.

The passes forward and backward stand in passes.py, the mean over the batch in shares.py. Here is what becomes of the
gradient: penalties, clipping, and the optimizer's own function.
"""

import math
from collections.abc import Iterator

import numpy as np

from nn_core import mlp
from nn_core.activations import Array
from nn_core.config import Config
from nn_core.expressions import update
from nn_core.formulas import Line, equation, number, operand
from nn_core.operations import OPERATIONS, Pass, Step, of_parameter, one_pass, places
from nn_core.optimizers import EPSILON, OPTIMIZERS, SCHEDULES, Settings, adam, adamw
from nn_core.passes import backwards, forwards
from nn_core.shares import Shares, means, new_batch_loss
from nn_core.sources import lines
from nn_core.trainer import clipping, penalising

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
    shares: Shares | None = None,
) -> list[Step]:
    """Every operation of an update, in the order in which they are computed.

    `parameters` (n,) and the optimizer's `memory` (slots, n) are those before it and stay as they are; x (2,) is the
    place and y the class or value of the sample; `update_number` counts from 1, from when the optimizer began to
    remember; `rate` is the learning rate in force; `masks`, (1, h) of each hidden layer, are those of dropout;
    `shares` are those of the batch that the sample is looked at in: without them it is a batch of one.
    """
    place = np.asarray(x, float).reshape(1, 2)
    wanted = mlp.targets(np.array([y], float if config.task == "regression" else int), config)
    with np.errstate(all="ignore"):  # a run that diverges is shown by its values
        seen = one_pass(parameters, place, wanted, config, masks)
        walked, gradient = [*forwards(seen), *backwards(seen)], seen.gradient.copy()
        if shares:
            walked += means(seen, parameters, shares)
            gradient = shares.mean.copy()
        walked += _penalties(seen, parameters, gradient)
        if config.l1 or config.l2:
            free = mlp.weight_mask(config)
            penalising(parameters, config.l1 * free, config.l2 * free)(gradient)
        if config.clip:
            walked.append(_clip(gradient, config))
            clipping(config.clip)(gradient)
        if config.schedule != "constant":
            walked.append(_rate(rate, config))
        after = updated(parameters, memory, gradient, config, update_number, rate)
        walked += _updates(seen, (parameters, memory, gradient), after, update_number, rate)
        walked.append(_new_loss(seen, one_pass(after[0], place, wanted, config, masks)))
        return [*walked, new_batch_loss(parameters, after[0], shares, config)] if shares else walked


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
    for layer, unit, source, index in places(config):
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
        name = of_parameter("penalty", config, layer, unit, source)
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


def _updates(
    seen: Pass, before: tuple[Array, Array, Array], after: tuple[Array, Array], update_number: int, rate: float
) -> Iterator[Step]:
    config, (p, memory, g), (new, remembered) = seen.config, before, after
    name, mask = config.optimizer, mlp.weight_mask(config)
    letters = REMEMBERED.get(name, "")
    share, decay = config.momentum, config.rms_decay
    shared = {r"\eta": rate, r"\mu": share, r"\rho": decay, r"\beta_1": share, r"\beta_2": decay, r"\epsilon": EPSILON}
    code = (lines(adamw), lines(adam)) if name == "adamw" else (lines(OPTIMIZERS[name].update),)
    for layer, unit, source, index in places(config):
        values = shared | {
            "t": update_number,
            r"\lambda": config.weight_decay * mask[index],
            "w": p[index],
            "g": g[index],
        }
        values |= {letter: memory[slot, index] for slot, letter in enumerate(letters)}
        become = {"w": new[index]} | {letter: remembered[slot, index] for slot, letter in enumerate(letters)}
        called = of_parameter("update", config, layer, unit, source)
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

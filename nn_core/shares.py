"""Shares: the mean over a batch, taken apart by its points: how much of each gradient, and of the loss, is whose.

Points that are the same are one, with the number of times it occurs; with dropout each stands for itself, for other
units are switched off for it.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nn_core import mlp
from nn_core.activations import Array
from nn_core.batches import FullBatch, MiniBatches
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.engine import Pass as EnginePass
from nn_core.formulas import Line, equation, number, operand, total
from nn_core.losses import LINKS, LOSSES
from nn_core.operations import OPERATIONS, Pass, Step, of_parameter, places, slope_of_loss, symbol
from nn_core.sources import lines
from nn_core.upcoming import Chosen, mean_gradient

MOST_TERMS = 4  # points whose numbers all stand in the sum; with more of them those of the others are one
MOST_PULLS = 6  # points that are named of those that pull on a parameter


class Shares(NamedTuple):
    """The P different points of a batch: x (P, 2), y (P,), how often each occurs (`counts`), its dropout masks; which
    of them is looked at (`own`), the gradients of each alone (P, n_parameters), and their mean as the engine has it."""

    x: Array
    y: Array
    counts: Array
    masks: list[Array] | None
    own: int
    gradients: Array
    mean: Array

    @property
    def weights(self) -> Array:
        """How much of the batch each of them is (P,)."""
        return self.counts / self.counts.sum()

    @property
    def own_masks(self) -> list[Array] | None:
        """Those (1, h) of the point looked at."""
        return _masks_of(self.masks, self.own)


def shares(parameters: Array, data: Data, chosen: Chosen, row: int, config: Config) -> Shares:
    """Those of a batch of the training points of `data`, looked at from the training point `row`, which is in it."""
    x, y, masks = data.x_train[chosen.rows], data.y_train[chosen.rows], chosen.masks
    first = kind = np.arange(len(x))
    counts = np.ones(len(x), int)
    if masks is None:
        once = np.unique(np.column_stack([x, y]), axis=0, return_index=True, return_inverse=True, return_counts=True)
        first, kind, counts = once[1], once[2].ravel(), once[3]
    own = int(kind[np.flatnonzero(chosen.rows == row)[0]])
    x, y, masks = x[first], y[first], [mask[first] for mask in masks] if masks else None

    def alone(i: int) -> Array:
        trace = mlp.forward(parameters, x[i : i + 1], config, _masks_of(masks, i))
        return mlp.backward(parameters, trace, y[i : i + 1], config)

    with np.errstate(all="ignore"):
        gradients, mean = np.stack([alone(i) for i in range(len(x))]), mean_gradient(parameters, chosen, config)
    return Shares(x, y, counts, masks, own, gradients, mean)


def _masks_of(masks: list[Array] | None, i: int) -> list[Array] | None:
    return [mask[i : i + 1] for mask in masks] if masks else None


def batch_losses(parameters: Array, found: Shares, config: Config) -> Array:
    """The loss of each point (P,)."""
    z = mlp.forward(parameters, found.x, config, found.masks).z[-1]
    return LOSSES[config.loss_name].value(z, mlp.targets(found.y, config), LINKS[config.link])


# --- as steps ---------------------------------------------------------------------------------------------------------


def means(seen: Pass, parameters: Array, found: Shares) -> Iterator[Step]:
    """The mean over the batch of the loss, and of the gradient of every parameter."""
    config, losses = seen.config, batch_losses(parameters, found, seen.config)
    value = float(found.weights @ losses)
    made = _mean(found, r"\bar{L}", "L_i", losses, value)
    code = (lines(mlp._mean_loss),)
    yield Step("batch_loss", -1, -1, -1, OPERATIONS["batch_loss"].title, made, value, code)
    shuffled = found.masks or config.batch_size
    cut = lines(MiniBatches._cut, "weights = [") if shuffled else lines(FullBatch.__init__, "weight = weight_form(")
    for layer, unit, source, index in places(config):
        is_bias = source == config.layer_sizes[layer - 1]
        by = symbol("b", layer, unit) if is_bias else symbol("w", layer, unit, source)
        value = float(found.mean[index])
        made = _mean(found, "g", slope_of_loss(by, "L_i"), found.gradients[:, index], value)
        blackboard = "into[i].b[:] = delta.sum(axis=0)" if is_bias else "into[i].W[:] = delta.T @ before"
        engine = "delta.dot(a_transposed, into)" if layer > 1 else "delta.dot(batch.T, self.first_into)"
        code = lines(mlp.backward, "/ len(trace.inputs)", blackboard), lines(EnginePass.__call__, engine), cut
        name = of_parameter("mean", config, layer, unit, source)
        yield Step("mean", layer, unit, source, name, made, value, code)


def new_batch_loss(before: Array, after: Array, found: Shares, config: Config) -> Step:
    """What has become of the loss of the batch, from one set of parameters to another."""
    old, new = (float(found.weights @ batch_losses(each, found, config)) for each in (before, after))
    made = (
        Line(r"\bar{L}", number(old)),
        Line(r"\bar{L}_{\text{new}}", number(new)),
        Line(r"\bar{L}_{\text{new}} - \bar{L}", equation(f"{number(new)} - {operand(old)}", new - old)),
    )
    title = OPERATIONS["new_batch_loss"].title
    return Step("new_batch_loss", -1, -1, -1, title, made, new, (lines(mlp._mean_loss),))


def _mean(found: Shares, target: str, symbol_of_one: str, values: Array, value: float) -> tuple[Line, ...]:
    """The mean over the batch of numbers (P,), and how much of it is that of the point looked at."""
    counts, n, own = found.counts, int(found.counts.sum()), found.own
    term = rf"\frac{{{'n_i' if (counts > 1).any() else 1}}}{{n}} \cdot {symbol_of_one}"

    def of(i: int) -> str:
        return rf"\frac{{{counts[i]}}}{{{n}}} \cdot {operand(values[i])}"

    share = float(found.weights[own] * values[own])
    made = [Line(rf"\text{{share of this point}} = {term}", equation(of(own), share))]
    if len(values) <= MOST_TERMS:
        worked = total([of(own), *(of(i) for i in range(len(values)) if i != own)])
    else:
        others = np.arange(len(values)) != own
        rest = float(found.weights[others] @ values[others])
        made.append(Line(r"\text{shares of all others}", number(rest)))
        worked = f"{number(share)} + {operand(rest)}"
    return (*made, Line(rf"{target} = \sum_i {term}", equation(worked, value)))


# --- who pulls --------------------------------------------------------------------------------------------------------


class Pulls(NamedTuple):
    """Who pulls on each of n parameters: the places (n, m) of the points with the largest shares of its mean gradient,
    in that order, their shares and the gradients of each alone, (n, m) both, and the sum of the shares of all others;
    the sum of the shares above zero and of those below; and how much of both is left when they are added up, 0 to 1."""

    places: Array
    shares: Array
    gradients: Array
    others: Array
    above: Array
    below: Array
    left: Array


def pulls(found: Shares) -> Pulls:
    """Of all parameters."""
    with np.errstate(all="ignore"):
        each = (found.weights[:, None] * found.gradients).T
        size, most = np.abs(each), min(MOST_PULLS, len(found.counts))
        largest = np.argpartition(-size, most - 1, axis=1)[:, :most]
        order = np.argsort(-np.take_along_axis(size, largest, axis=1), axis=1, kind="stable")
        places = np.take_along_axis(largest, order, axis=1)
        top, whole = np.take_along_axis(each, places, axis=1), size.sum(axis=1)
        above, below = np.maximum(each, 0).sum(axis=1), np.minimum(each, 0).sum(axis=1)
        left = np.abs(found.mean) / np.where(whole > 0, whole, 1)
    alone = np.take_along_axis(found.gradients.T, places, axis=1)
    return Pulls(places, top, alone, found.mean - top.sum(axis=1), above, below, left)

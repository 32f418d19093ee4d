"""What follows from a gradient check, in words: which derivatives are wrong, and what kind of mistake makes just those
wrong. Every sentence is drawn from the numbers alone; nobody tells it what was broken."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nn_core.activations import ACTIVATIONS, Array
from nn_core.checks import EPSILONS, FLOOR, Case, Kink, apart, guides, relative_error
from nn_core.config import Config
from nn_core.landscape import names
from nn_core.mlp import layers, penalty

ALIKE = 1e-4  # relative difference up to which two patterns are the same


class Block(NamedTuple):
    """The weights or the biases of a layer, counted from 1: which of a case's places are its own, (k,)."""

    name: str
    layer: int
    bias: bool
    of: Array


def blocks(of: Case) -> list[Block]:
    """The checked parameters in their blocks W1, b1, W2, ..., from the input to the output."""
    numbers = np.arange(of.config.n_parameters)
    found = []
    for number, layer in enumerate(layers(numbers, of.config), start=1):
        for letter, own in (("W", layer.W), ("b", layer.b)):
            at = np.flatnonzero(np.isin(of.places, own))
            found.append(Block(f"{letter}{number}", number, letter == "b", at))
    return [block for block in found if len(block.of)]


def digits(error: float) -> str:
    """ "to 9 digits", of a relative error."""
    if not error < 1:
        return "to no digit"
    count = min(16, math.floor(-math.log10(error))) if error > 0 else 16
    return "to the last digit" if count == 16 else f"to {count} digit{'s'[: count != 1]}" if count else "to no digit"


def verdict(of: Case, found: Array, measured: Array) -> tuple[bool | None, str]:
    """Whether these derivatives by backpropagation, (m,), are right by the complex step, None where that cannot be
    checked; and that as a sentence."""
    wrong, unclear, possible = apart(of, found, measured)
    if not possible:
        return None, _impossible(of, found, measured, unclear)
    error = relative_error(found, measured)
    if not wrong.any():
        sure = error[~unclear].max()
        if not unclear.any():
            return True, f"Right: all {len(error):,} derivatives agree with the complex step, the worst {digits(sure)}."
        return True, (
            f"Right: {(~unclear).sum():,} of {len(error):,} derivatives agree with the complex step, the worst "
            f"{digits(sure)}. The rest are too small beside them: rounding leaves nothing of those to check."
        )
    worst = int(np.where(wrong, error, -1).argmax())
    counts = [
        f"{wrong[block.of].sum()} of {len(block.of)} in {block.name}" for block in blocks(of) if wrong[block.of].any()
    ]
    where = names(of.config)[of.places[worst]]
    ours, truth = (f"{value[worst]:.3g}".replace("-", "\N{MINUS SIGN}") for value in (found, measured))
    return False, (
        f"Wrong: {wrong.sum():,} of {len(error):,} derivatives, {listed(counts)}. The worst, {where}, is "
        f"{ours} by backpropagation and measured as {truth}."
    )


def _impossible(of: Case, found: Array, measured: Array, unclear: Array) -> str:
    """Why nothing can be checked."""
    lost = len(found) - int((np.isfinite(found) & np.isfinite(measured)).sum())
    largest = float(np.abs(of.parameters).max())
    if lost:
        return (
            f"No check is possible here: {lost:,} of {len(found):,} derivatives are not numbers, because sums of this "
            f"network overflow. Its largest parameter is {largest:.3g}. That says nothing about backpropagation."
        )
    return (
        "No check is possible here: backpropagation and the complex step differ in "
        f"{unclear.sum():,} of {len(found):,} derivatives, but by no more than rounding or overflow can explain. The "
        "network's numbers are too large for that, or its derivatives too small: the largest parameter is "
        f"{largest:.3g}, the largest derivative measured {np.abs(measured).max():.3g}. That says nothing about "
        "backpropagation."
    )


def deduced(of: Case, found: Array, measured: Array) -> str:
    """What kind of mistake makes these derivatives wrong, and what gives it away; "" if none is wrong."""
    wrong, _, possible = apart(of, found, measured)
    if not possible or not wrong.any():
        return ""
    price = penalty(of.parameters, of.config)[1][of.places]
    return (
        _of_the_penalty(of, found - measured, price)
        or _everywhere(of, found - price, measured - price)
        or _of_one_kind(of, found - price, wrong)
        or _from_a_layer_on(of, found, measured, wrong)
    )


def _alike(one: Array, other: Array) -> bool:
    size = float(np.abs(other).max(initial=0))
    return size > 0 and bool(np.abs(one - other).max() <= ALIKE * size)


def _of_the_penalty(of: Case, difference: Array, price: Array) -> str:
    bias = np.isin(of.places, np.concatenate([layer.b for layer in _numbered(of.config)]))
    own = (of.config.l1 * np.sign(of.parameters) + of.config.l2 * of.parameters)[of.places]
    if _alike(difference, -price):
        return (
            "What is missing depends on the weight alone, by the same law for each, and the biases are right: it is "
            "the slope of the penalty. The loss that is measured pays for its weights, the gradient does not know it."
        )
    if _alike(difference, np.where(bias, own, 0)):
        return (
            "Only biases are wrong, each by what the penalty would be if it had to pay: the slope of the penalty is "
            "added to the biases too, but the loss lets them off."
        )
    return ""


def _numbered(config: Config) -> list:
    return layers(np.arange(config.n_parameters), config)


def _everywhere(of: Case, found: Array, measured: Array) -> str:
    """All derivatives are wrong by the same factor."""
    clear = np.abs(measured) > FLOOR * np.abs(measured).max()
    if not clear.any():
        return ""
    ratio = found[clear] / measured[clear]
    factor, n = float(np.median(ratio)), len(of.x)
    if abs(factor - 1) <= ALIKE or np.abs(ratio - factor).max() > ALIKE * abs(factor):
        return ""
    if abs(factor + 1) <= ALIKE:
        return (
            "All derivatives have the right size and the wrong sign: the error at the output is turned round, target "
            "minus answer. Training would climb."
        )
    same = (
        f"All derivatives are {_number(factor)} times as large as they should be, in every layer: such a factor comes "
    )
    if n > 1 and abs(factor / n - 1) <= ALIKE:
        return f"{same}from outside of the network. There are {n:,} points: a sum over them was not divided by n."
    return f"{same}from where the error starts, at the loss."


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def _of_one_kind(of: Case, found: Array, wrong: Array) -> str:
    """Only biases are wrong, or only weights."""
    parts = blocks(of)
    bad = [block for block in parts if wrong[block.of].any()]
    if all(block.bias for block in bad):
        which = listed([block.name for block in bad])
        if not any(found[block.of].any() for block in bad):
            return f"Only biases are wrong ({which}), and each of their derivatives is 0: they are not computed at all."
        if all(np.ptp(found[block.of]) <= ALIKE * np.abs(found[block.of]).max() for block in bad):
            return (
                f"Only biases are wrong ({which}), and all units of a layer have the same number: it was added up over "
                "the units too, not over the points alone."
            )
        return f"Only biases are wrong ({which}): the error arrives rightly, since the weights are right."
    last = max(block.layer for block in bad)
    biases_right = [block for block in parts if block.bias and block.layer <= last]
    if biases_right and not any(block.bias for block in bad):
        which = listed([block.name for block in bad])
        return (
            f"Only weights are wrong ({which}); the biases of the same layers are right. So the error arrives rightly, "
            "and what it is multiplied with is wrong: what the layer before puts out."
        )
    return ""


def _from_a_layer_on(of: Case, found: Array, measured: Array, wrong: Array) -> str:
    """All is right after some layer."""
    parts, hidden = blocks(of), of.config.activations
    last = max(block.layer for block in parts if wrong[block.of].any())
    if last > len(hidden):
        return (
            "The output layer is wrong already, by other factors here and there. Backpropagation begins there: the "
            "slope of the loss or of the output's own function is wrong, and all layers before inherit it."
        )
    name = ACTIVATIONS[hidden[last - 1]].title
    after = "the output layer is" if last == len(hidden) else "the layers after it are"
    before = "Hidden layer 1 is" if last == 1 else f"The hidden layers 1 to {last} are"
    worst = float(relative_error(found, measured).max())
    little = f" It is at most {100 * worst:.2g} % here: training would hardly show it." if worst < 0.05 else ""
    return (
        f"{before} wrong and {after} right. The error comes from the output: it is spoilt where it goes through the "
        f"activation of hidden layer {last}, {name}, so its slope is wrong.{little}"
    )


# --- about the measuring ----------------------------------------------------------------------------------------------


def of_central(central: Array, measured: Array, epsilon: float) -> str:
    """How good a central difference (m,) is by itself, beside the complex step."""
    error = float(relative_error(central, measured).max())
    if not math.isfinite(error):
        return f"With ε = {epsilon:.0e} the central difference is not a number everywhere."
    return f"The central difference with ε = {epsilon:.0e} agrees with the complex step {digits(error)}."


def of_epsilons(errors: Array) -> str:
    """What errors (E,) against backpropagation, at all of `EPSILONS`, say about the best of them."""
    if not np.isfinite(errors).any():
        return ""
    best = int(np.nanargmin(errors))
    law = guides(errors)
    if errors[best] > 1e-3:
        return (
            f"No ε brings the largest error below {errors[best]:.2g}. An error that does not depend on ε is not one of "
            "measuring: backpropagation is wrong, or a parameter stands on a kink."
        )
    said = f"The best ε is {EPSILONS[best]:.1e}: the largest error is {errors[best]:.1e} there."
    if math.isfinite(law.best):
        said += f" The two laws, ε² and 1/ε, are together least at {law.best:.1e}."
    return said


def of_kinks(of: Case, place: int, found: Sequence[Kink], epsilon: float) -> str:
    """Why a central difference is off that straddles these kinks."""
    more = f" and {len(found) - 2} more" if len(found) > 2 else ""
    where = listed([_kink(of, kink) for kink in found[:2]])
    return f"**{names(of.config)[place]}**, moved by ε = {epsilon:.0e} either way: {where}{more}."


def _kink(of: Case, kink: Kink) -> str:
    at = f"at {kink.points:,} of {len(of.x):,} points"
    if not kink.layer:
        return "the weight itself crosses 0, where the L1 penalty has a kink"
    if kink.layer > len(of.config.activations):
        return f"an answer crosses its target {at}, where the absolute error has a kink"
    name = ACTIVATIONS[of.config.activations[kink.layer - 1]].title
    return f"the sum of unit {kink.unit} in hidden layer {kink.layer} is 0 or crosses it {at}, where {name} has a kink"


def listed(words: Sequence[str]) -> str:
    """a, b and c"""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

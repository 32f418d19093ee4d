"""Expressions: the formulas of all that is computed for one sample: activations and their slopes, answers, losses,
errors at the output, and what an optimizer does to one parameter.

A new entry of those tables needs its formula here: a test names the missing one and works out each.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from nn_core.activations import ACTIVATIONS, GELU_CUBIC, GELU_SCALE, LEAK, Array, sigmoid
from nn_core.config import Config
from nn_core.datasets import FEATURES
from nn_core.formulas import Line, equation, filled, line, number, operand, total
from nn_core.losses import HUBER_DELTA, LINKS, LOSSES

# --- input features and activations -----------------------------------------------------------------------------------


def feature(name: str, target: str, x1: float, x2: float, value: float) -> Line:
    """An input of the network, made of the two coordinates."""
    template = FEATURES[name].title.replace("x₁x₂", r"x₁ \cdot x₂").replace("²", "^2").replace("sin ", r"\sin ")
    in_letters = template.replace("x₁", "x_1").replace("x₂", "x_2")
    with_numbers = template.replace("x₁", operand(x1)).replace("x₂", operand(x2))
    return Line(f"{target} = {in_letters}", equation(with_numbers, value))


class Slope(NamedTuple):
    """The derivative of an activation in z and a, and a part of it that has a letter of its own."""

    template: str
    letter: str = ""
    part: str = ""
    worth: Callable[[Any], Any] = float


SLOPES: dict[str, Slope] = {
    "tanh": Slope("1 - a^2"),
    "sigmoid": Slope(r"a \cdot (1 - a)"),
    "relu": Slope(r"1 \text{ if } z > 0 \text{ else } 0"),
    "leaky_relu": Slope(rf"1 \text{{ if }} z > 0 \text{{ else }} {LEAK}"),
    "elu": Slope(r"1 \text{ if } z > 0 \text{ else } a + 1"),
    "gelu": Slope(
        rf"\frac{{1 + t}}{{2}} + \frac{{z}}{{2}} \cdot (1 - t^2) \cdot \sqrt{{2/\pi}} \cdot "
        rf"(1 + 3 \cdot {GELU_CUBIC} \cdot z^2)",
        "t",
        rf"\tanh(\sqrt{{2/\pi}} \cdot (z + {GELU_CUBIC} \cdot z^3))",
        lambda z: np.tanh(GELU_SCALE * (z + GELU_CUBIC * z**3)),
    ),
    "silu": Slope(r"s + a \cdot (1 - s)", "s", r"\frac{1}{1 + e^{-z}}", sigmoid),
    "softplus": Slope(r"\frac{1}{1 + e^{-z}}"),
    "linear": Slope("1"),
}


def activation(name: str, z: str, a: str, at: float, value: float) -> Line:
    """What a unit makes of its sum: `z` and `a` are the symbols, `at` and `value` their numbers."""
    return line(a, ACTIVATIONS[name].formula, {"z": z}, {"z": at}, value)


def slope(name: str, z: str, a: str, at: float, activated: float, value: float) -> list[Line]:
    """How steep the activation is there."""
    rule, symbols, values, found = SLOPES[name], {"z": z, "a": a}, {"z": at, "a": activated}, []
    if rule.letter:
        part = float(rule.worth(np.array(at)))
        found.append(line(rule.letter, rule.part, symbols, values, part))
        symbols, values = symbols | {rule.letter: rule.letter}, values | {rule.letter: part}
    return [*found, line(rf"\varphi'({z})", rule.template, symbols, values, value)]


# --- the output and its loss ------------------------------------------------------------------------------------------


def answer(link: str, z: list[str], p: list[str], at: Array, unit: int, value: float) -> list[Line]:
    """What an output says, of the sums of all: symbols `z` and `p`, numbers `at` (k,)."""
    if link == "linear":
        return [Line(f"{p[unit]} = {z[unit]}", number(value))]
    if link == "sigmoid":
        return [line(p[unit], r"\frac{1}{1 + e^{-z}}", {"z": z[unit]}, {"z": at[unit]}, value)]
    top = at.max()
    below = total([f"e^{{{number(each)} - {operand(top)}}}" for each in at])
    share = rf"\frac{{e^{{{number(at[unit])} - {operand(top)}}}}}{{{below}}}"
    formula = rf"{p[unit]} = \frac{{e^{{{z[unit]} - m}}}}{{\sum_k e^{{z_k - m}}}}, \quad m = \max_k z_k"
    return [Line(formula, equation(share, value))]


def _pairs(p: Array, y: Array) -> list[str]:
    return [f"{number(each)} - {operand(wanted)}" for each, wanted in zip(p, y, strict=True)]


def _mean(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else rf"\frac{{{total(terms)}}}{{{len(terms)}}}"


def _huber(p: float, wanted: float, pair: str) -> str:
    return rf"\frac{{({pair})^2}}{{2}}" if abs(p - wanted) < HUBER_DELTA else rf"|{pair}| - \frac{{1}}{{2}}"


PIECES = r"h(e) = \frac{e^2}{2} \text{ if } |e| < 1 \text{ else } |e| - \frac{1}{2}"


def loss(config: Config, z: Array, p: Array, y: Array, value: float) -> Line:
    """The loss of one sample: last sums z, answers p and targets y, (k,) each."""
    said, name, pairs = "p" if config.task != "regression" else r"\hat{y}", config.loss_name, _pairs(p, y)
    if name == "binary_cross_entropy":
        template = r"\ln(1 + e^{z}) - y \cdot z"
        numbers = filled(template, {"z": z[0], "y": y[0]})
        return Line(rf"L = -y \ln p - (1 - y) \ln(1 - p) = {template}", equation(numbers, value))
    if name == "categorical_cross_entropy":
        top, right = z.max(), int(y.argmax())
        powers = total([f"e^{{{number(each)} - {operand(top)}}}" for each in z])
        expression = rf"\ln({powers}) + {operand(top)} - {operand(z[right])}"
        formula = (
            rf"L = -\ln p_{{{right + 1}}} = \ln \sum_k e^{{z_k - m}} + m - z_{{{right + 1}}}, \quad m = \max_k z_k"
        )
        return Line(formula, equation(expression, value))
    several = len(p) > 1
    error = f"{said}_k - y_k" if several else f"{said} - y"
    formula, terms = {
        "mean_squared_error": (f"({error})^2", [f"({pair})^2" for pair in pairs]),
        "mean_absolute_error": (f"|{error}|", [f"|{pair}|" for pair in pairs]),
        "huber": (f"h({error})", [_huber(*each) for each in zip(p, y, pairs, strict=True)]),
    }[name]
    formula = rf"\frac{{1}}{{{len(p)}}} \sum_k {formula}" if several else formula
    return Line(f"L = {formula}" + (rf", \quad {PIECES}" if name == "huber" else ""), equation(_mean(terms), value))


def output_error(config: Config, symbols: Mapping[str, str], p: Array, y: Array, k: int, delta: float):
    """dL/dz of output k, as one line or two: `symbols` are those of its "delta" and its answer "p"."""
    answered, target, pair = symbols["p"], symbols["delta"], _pairs(p, y)[k]
    wanted = f"y_{{{k + 1}}}" if len(p) > 1 else "y"
    if "cross_entropy" in config.loss_name:
        return [Line(f"{target} = {answered} - {wanted}", equation(pair, delta))]
    pulls = LOSSES[config.loss_name].gradient(p, y, LINKS["linear"])  # by the answers, not yet by the sums
    share = rf"\frac{{1}}{{{len(p)}}} \cdot " if len(p) > 1 else ""
    error = f"({answered} - {wanted})"
    formula, numbers = {
        "mean_squared_error": (rf"2 \cdot {error}", rf"2 \cdot ({pair})"),
        "mean_absolute_error": (rf"\operatorname{{sign}}{error}", rf"\operatorname{{sign}}({pair})"),
        "huber": (
            rf"\max(-1, \min(1, {answered} - {wanted}))",
            rf"\max(-1, \min(1, {pair}))",
        ),
    }[config.loss_name]
    if config.link == "linear":
        return [Line(f"{target} = {share}{formula}", equation(share + numbers, delta))]
    first = Line(rf"\frac{{\partial L}}{{\partial {answered}}} = {share}{formula}", equation(share + numbers, pulls[k]))
    g = rf"\frac{{\partial L}}{{\partial {answered}}}"
    if config.link == "sigmoid":
        names, values = {"g": g, "p": answered}, {"g": pulls[k], "p": p[k]}
        return [first, line(target, r"g \cdot p \cdot (1 - p)", names, values, delta)]
    carried = total([rf"{operand(g)} \cdot {operand(each)}" for g, each in zip(pulls, p, strict=True)])
    formula = rf"{target} = {answered} \cdot ({g} - \sum_i \frac{{\partial L}}{{\partial p_i}} \cdot p_i)"
    return [first, Line(formula, equation(rf"{operand(p[k])} \cdot ({operand(pulls[k])} - ({carried}))", delta))]


# --- optimizers -------------------------------------------------------------------------------------------------------

Rule = tuple[str, str]  # what becomes new, and of what
CORRECTED = [(r"\hat{m}", r"\frac{m}{1 - \beta_1^{t}}"), (r"\hat{s}", r"\frac{s}{1 - \beta_2^{t}}")]
ADAM = [
    ("m", r"\beta_1 \cdot m + (1 - \beta_1) \cdot g"),
    ("s", r"\beta_2 \cdot s + (1 - \beta_2) \cdot g^2"),
    *CORRECTED,
    ("w", r"w - \frac{\eta \cdot \hat{m}}{\sqrt{\hat{s}} + \epsilon}"),
]
RULES: dict[str, list[Rule]] = {
    "gradient_descent": [("w", r"w - \eta \cdot g")],
    "momentum": [("v", r"\mu \cdot v + g"), ("w", r"w - \eta \cdot v")],
    "nesterov": [("v", r"\mu \cdot v + g"), ("w", r"w - \eta \cdot (g + \mu \cdot v)")],
    "rmsprop": [
        ("s", r"\rho \cdot s + (1 - \rho) \cdot g^2"),
        ("w", r"w - \frac{\eta \cdot g}{\sqrt{s} + \epsilon}"),
    ],
    "adam": ADAM,
    "adamw": [("w", r"(1 - \eta \cdot \lambda) \cdot w"), *ADAM],
}


def update(optimizer: str, letter: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    """One parameter's update line by line. `before` are the numbers by their letters (w, g, \\eta, what the optimizer
    remembers), `after` what w and the remembered become; `letter` is what stands for w: b for a bias."""
    values, found, rules = dict(before), [], RULES[optimizer]
    for place, (target, template) in enumerate(rules):
        numbers = filled(template, values)
        values[target] = _outcome(target, values, after, shrunk=target == "w" and place < len(rules) - 1)
        formula = filled(rf"{target} \leftarrow {template}", {"w": letter}, str)
        found.append(Line(formula, equation(numbers, values[target])))
    return found


def _outcome(target: str, values: Mapping[str, Any], after: Mapping[str, Any], shrunk: bool) -> float:
    if target == r"\hat{m}":
        return values["m"] / (1 - values[r"\beta_1"] ** values["t"])
    if target == r"\hat{s}":
        return values["s"] / (1 - values[r"\beta_2"] ** values["t"])
    return (1 - values[r"\eta"] * values[r"\lambda"]) * values["w"] if shrunk else after[target]

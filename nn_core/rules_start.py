"""What the coach says about how a network is made and where it starts: inputs, layers, first weights."""

import math

from nn_core.cases import STILL, Case, Cure, Found, Rule, capital, counted, percent, tidy
from nn_core.mlp import layers
from nn_core.plateaus import plateaus
from nn_core.reach import reach

BLIND = 0.1  # how much less the chosen features tell than the plane itself, from which they are said to hide something
SMALL = 0.2  # first weights below this share of Xavier's are small
GUESSING = 0.98  # of the loss at the start: a final loss above that has learnt next to nothing
FLAT_START = 0.6  # saturated share
VANISHED = 0.02  # the first layer's gradient at the start by the last one's
DEEP = 3  # hidden layers
BOLD = 2.0  # a rate that suits only tiny weights


def blind(case: Case) -> Found:
    """The network does not see what tells the points apart: in the chosen features neighbours disagree, on the plane
    they agree."""
    config = case.config
    if not case.failing or set(config.features) >= {"x1", "x2"}:
        return None
    seen, there = reach(config, case.data), case.neighbours
    if seen > there - BLIND:
        return None
    if config.task == "regression":
        told = f"the nearest points explain a value with an R² of {seen:.2f}, on the plane of {there:.2f}"
    else:
        told = f"for {percent(seen)} of the points the nearest ones are mostly of the same class"
        told += f", on the plane for {percent(there)}"
    sentence = f"The network does not see enough: by its input features {told}. Hand it both coordinates."
    return sentence, {"features": tuple(dict.fromkeys(("x1", "x2", *config.features)))}


def straight(case: Case) -> Found:
    """No hidden layer, on a problem that takes a bent boundary."""
    if not case.failing or case.config.hidden_sizes or not case.bent:
        return None
    best = case.in_words(case.straight)
    sentence = (
        f"Without a hidden layer the network is one straight cut, and {case.scored}; by the cut of least squares "
        f"{best}. It takes a hidden layer to bend it."
    )
    return sentence, {"hidden_sizes": (8,), "activation": "tanh", "initializer": "xavier", "initial_scale": 1.0}


def collapsed(case: Case) -> Found:
    """Hidden layers whose activations are all linear, on a problem that takes a bent boundary."""
    if not case.failing or set(case.config.activations) != {"linear"} or not case.bent:
        return None
    stack = capital(counted(len(case.hidden), "linear hidden layer"))
    sentence = (
        f"{stack} and the output collapse into one straight cut: {case.scored}, and more nodes cannot change that. "
        "It takes an activation that bends."
    )
    return sentence, {"activation": "tanh", "initializer": "xavier", "initial_scale": 1.0}


def identical(case: Case) -> Found:
    """All units of a layer began with the same weights."""
    if not case.failing:
        return None
    found = [i for i, each in enumerate(case.hidden) if each.similar[-1] > 1 - 1e-9 and _all_alike(case, i)]
    if not found:
        return None
    i = found[0]
    sentence = (
        f"The {counted(case.config.hidden_sizes[i], 'node')} of {case.layer(i)} began with the same weights, so they "
        f"get the same gradient, {case.hidden[i].gradient[0]:.2g} at the start, and stay the same for ever (cosine "
        f"{case.hidden[i].similar[-1]:.3f}): as good as one node. Random first weights make them differ."
    )
    return sentence, {"initializer": _usual(case), "initial_scale": 1.0}


def _all_alike(case: Case, i: int) -> bool:
    W = layers(case.vitals.start, case.config)[i].W
    return bool((W[0] == W).all())


def _usual(case: Case) -> str:
    """The initializer that suits the activations."""
    return "he" if set(case.config.activations) & {"relu", "leaky_relu"} else "xavier"


def tiny_start(case: Case) -> Found:
    """First weights so small that nothing has been learnt: the case of the first tutorial."""
    left = case.loss[-1] / case.loss[0]
    if not case.failing or not case.hidden or left < GUESSING:
        return None
    sizes, found = case.config.layer_sizes, case.vitals.layers
    usual = [math.sqrt(2 / (sizes[i] + sizes[i + 1])) for i in range(len(found))]
    if any(each.weights[0] > SMALL * size for each, size in zip(found, usual, strict=True)):
        return None
    sentence = (
        f"The first weights are too small, {found[-1].weights[0]:.1g} at the output: every point gets nearly the same "
        f"answer, and what flows back through them leaves the first layer a gradient of {found[0].gradient[0]:.1g}. "
        f"The loss rests at {case.loss[-1]:.3f}."
    )
    return sentence, _larger(case)


def _larger(case: Case) -> Cure:
    name = "normal" if _usual(case) == "xavier" and len(case.hidden) == 1 else _usual(case)
    cure: Cure = {"initializer": name, "initial_scale": 1.0}
    if "sigmoid" in case.config.activations:
        cure["activation"] = "tanh"
    if case.config.learning_rate > BOLD and not case.adaptive:
        cure["learning_rate"] = 0.5
    return cure


def flat_start(case: Case) -> Found:
    """First weights so large that tanh or sigmoid nodes begin in their flat ends."""
    found = [i for i, each in enumerate(case.hidden) if each.saturated[0] > FLAT_START]
    if not case.failing or not found:
        return None
    i = found[0]
    layer, name = case.hidden[i], case.config.activations[i]
    sentence = (
        f"The first weights are too large, {layer.weights[0]:.2g} in {case.layer(i)}: "
        f"{percent(float(layer.saturated[0]))} of its {name} answers began in the flat ends, where the slope is "
        "nearly zero and little gets through. Smaller first weights start in the steep part."
    )
    return sentence, {"initializer": "normal" if len(case.hidden) == 1 else "xavier", "initial_scale": 1.0}


def vanishing(case: Case) -> Found:
    """Deep networks whose first layer gets next to no gradient, and stays where it was."""
    found, sizes = case.vitals.layers, case.config.hidden_sizes
    if not case.failing or len(sizes) < DEEP or not found[-1].gradient[0]:
        return None
    first, last = found[0], found[-1]
    away = float(first.moved[-1] / max(first.weights[0], 1e-300))
    if first.gradient[0] > VANISHED * last.gradient[0] or away > STILL:
        return None
    sentence = (
        f"The gradient vanishes on its way back through {counted(len(sizes), 'hidden layer')}: at the start it is "
        f"{last.gradient[0]:.1g} at the output and {first.gradient[0]:.1g} in the first, whose weights are still only "
        f"{percent(away)} away from where they began."
    )
    if "sigmoid" in case.config.activations:
        return f"{sentence} The slope of sigmoid is 1/4 at most, that of tanh 1.", _steeper(case)
    kept = case.config.activations[0]
    return f"{sentence} Two layers lose less.", {"hidden_sizes": sizes[:2], "activation": kept}


def asleep(case: Case) -> Found:
    """Sigmoid nodes in a network that gives all points one answer to the end."""
    level = next(iter(plateaus(case.config, case.data)), None)
    if not case.failing or "sigmoid" not in case.config.activations or not level or not level.has(float(case.loss[-1])):
        return None
    first, last = (each.gradient[0] for each in (case.vitals.layers[0], case.vitals.layers[-1]))
    sentence = (
        f"Nothing has been learnt: the loss is {case.loss[-1]:.3f}, and one answer for all points has "
        f"{level.value:.3f}. The slope of sigmoid is 1/4 at most, so that the first layer got a gradient of "
        f"{first:.1g} at the start, the output {last:.1g}. tanh is four times as steep."
    )
    return sentence, _steeper(case)


def _steeper(case: Case) -> Cure:
    """tanh instead of sigmoid, at a rate that suits what comes through it."""
    cure: Cure = {"activation": "tanh", "initializer": "xavier", "initial_scale": 1.0}
    return cure | ({"learning_rate": tidy(case.usual_rate)} if case.pace > 1 else {})


MADE = (Rule("blind", blind), Rule("collapsed", collapsed), Rule("straight", straight))
BEGUN = (Rule("identical", identical), Rule("tiny start", tiny_start), Rule("flat start", flat_start))
DEEP_DOWN = (Rule("vanishing", vanishing),)
ASLEEP = (Rule("asleep", asleep),)

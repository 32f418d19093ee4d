"""Is the gradient right? Two ways of measuring a derivative, to hold backpropagation against. What goes wrong in that
is in `bugs`, what follows from the numbers in `findings`.

The central difference moves a parameter by epsilon both ways and looks at the loss; the complex step moves it along the
imaginary axis, takes no difference, and so loses no digits. Letters as in `mlp`.
"""

from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.engine import Rows
from nn_core.landscape import losses, seconds, training_rows
from nn_core.mlp import forward, targets, weight_mask

COMPLEX_STEP = 1e-30  # no difference is taken, so it may be as small as it likes
EPSILONS = 10.0 ** np.arange(-16, 0.1, 0.25)  # that are tried
RIGHT = 1e-7  # relative error by complex step up to which a derivative counts as right
FLOOR = 1e-6  # of the largest derivative: smaller ones are compared with that, since rounding is as large everywhere
SMALLEST = 1e-9  # and with this at least: where all derivatives are 0, what is computed is rounding
ROUNDINGS = 8  # of the largest numbers on the way: so many may add up in a derivative
MOST_CHECKED, MOST_SWEPT = 500, 60  # parameters
WORK = 0.12  # seconds that each of the two may take, about
FEWEST_POINTS = 16
COST = 2 + 8  # losses: the central difference takes two, and a complex one costs as much as eight


class Case(NamedTuple):
    """What is checked: the derivatives by the parameters at `places` (m,), at `parameters` (n_parameters,), of the loss
    with penalties on training points x (n, 2), y (n,); `rows` are the same points for the engine. All in float64."""

    config: Config
    parameters: Array
    x: Array
    y: Array
    rows: Rows
    places: Array


def case(parameters: Array, data: Data, config: Config) -> Case:
    """The check of a network on its training data: of all parameters on all points, or of as many parameters, evenly
    spread, on as many points as take about `WORK` seconds."""
    config = config.replace(precision="float64", changes=())
    n = len(parameters)
    places = np.unique(np.linspace(0, n - 1, min(n, MOST_CHECKED)).astype(int))
    x, y = data.x_train, data.y_train
    rows = training_rows(x, y, config)
    share = WORK / seconds(COST * len(places), len(rows.train), config)
    if share < 1:
        kept = min(len(x), max(FEWEST_POINTS, int(share * len(x))))
        x, y = x[:kept], y[:kept]
        rows = training_rows(x, y, config)
    return Case(config, parameters.astype(float), x, y, rows, places)


# --- measured derivatives ---------------------------------------------------------------------------------------------


def objective(stack: Array, of: Case) -> Array:
    """What training makes small, the loss with its penalties, of m networks: parameters (m, n_parameters) -> (m,)."""
    config = of.config
    w: Array = stack * weight_mask(config)
    price = config.l1 * (np.sign(w.real) * w).sum(axis=1) + config.l2 / 2 * (w * w).sum(axis=1)
    return losses(stack, of.rows, config) + price


def central_difference(of: Case, epsilon: float) -> Array:
    """(L(w + epsilon) - L(w - epsilon)) / 2 epsilon for each parameter w in turn (m,). Off by a multiple of epsilon^2,
    because the loss is curved, and by about 1e-16 L / epsilon, because losses are rounded."""
    moved = epsilon * _one_each(of)
    with np.errstate(all="ignore"):
        return (objective(of.parameters + moved, of) - objective(of.parameters - moved, of)) / (2 * epsilon)


def complex_step(of: Case, step: float = COMPLEX_STEP) -> Array:
    """Im L(w + i step) / step for each parameter w in turn (m,): exact to rounding (Squire and Trapp, 1998)."""
    with np.errstate(all="ignore"):
        return objective(of.parameters + 1j * step * _one_each(of), of).imag / step


def _one_each(of: Case) -> Array:
    moved = np.zeros((len(of.places), len(of.parameters)))
    moved[np.arange(len(of.places)), of.places] = 1
    return moved


def relative_error(found: Array, measured: Array) -> Array:
    """|found - measured|, as a share of the larger of the two, or of a millionth of the largest derivative and of 1e-9
    if both are smaller than that: elementwise (m,), from 0 to 2."""
    least = max(FLOOR * float(np.abs(measured).max(initial=0)), SMALLEST)
    scale = np.maximum(np.maximum(np.abs(found), np.abs(measured)), least)
    return np.abs(found - measured) / scale


def rounding(of: Case, measured: Array) -> float:
    """How far apart two right computations of a derivative may be: the slope of a saturated unit is rounded like 1, and
    what it is multiplied with is as large as the weights and the loss. Infinite or nan where these overflow."""
    with np.errstate(all="ignore"):
        loss = float(np.abs(losses(of.parameters[None], of.rows, of.config)[0]))
        size = np.maximum(loss, np.abs(measured).max(initial=0)) * max(1.0, np.abs(of.parameters).max(initial=0))
        return float(ROUNDINGS * np.finfo(float).eps * size)


class Apart(NamedTuple):
    """Which derivatives (m,) are `wrong`, and which are `unclear`: they differ, but rounding or overflow can explain
    that. `possible` is whether they can be checked at all: what is wrong or right can be told from rounding."""

    wrong: Array
    unclear: Array
    possible: bool


def apart(of: Case, found: Array, measured: Array) -> Apart:
    """What can be said about derivatives by backpropagation (m,) beside the measured ones."""
    finite = bool(np.isfinite(found).all() and np.isfinite(measured).all())
    with np.errstate(all="ignore"):
        differ = ~(relative_error(found, measured) <= RIGHT)
        least = rounding(of, measured)
        wrong = differ & (np.abs(found - measured) > least) & finite
        told = bool(least <= RIGHT * np.abs(measured).max(initial=0))
    unclear = differ & ~wrong
    return Apart(wrong, unclear, finite and (bool(wrong.any()) or told or not unclear.any()))


def losses_beside(of: Case, place: int, epsilon: float) -> tuple[float, float]:
    """L(w - epsilon) and L(w + epsilon) of the parameter at `place`."""
    moved = np.zeros((2, len(of.parameters)))
    moved[:, place] = -epsilon, epsilon
    below, above = objective(of.parameters + moved, of)
    return float(below), float(above)


class Sweep(NamedTuple):
    """Central differences (E, s) at each of `EPSILONS`, and complex steps (E, s) of the same sizes, for the parameters
    at `which` (s,) of the case's places."""

    which: Array
    central: Array
    complex: Array


def sweep(of: Case) -> Sweep:
    """The derivative measured with every epsilon: of all parameters, or of so many, evenly spread, as take about `WORK`
    seconds."""
    each = seconds(COST * len(EPSILONS), len(of.rows.train), of.config)
    most = int(min(MOST_SWEPT, max(3, WORK / each)))
    which = np.unique(np.linspace(0, len(of.places) - 1, min(len(of.places), most)).astype(int))
    few = of._replace(places=of.places[which])
    central = np.array([central_difference(few, epsilon) for epsilon in EPSILONS])
    return Sweep(which, central, np.array([complex_step(few, epsilon) for epsilon in EPSILONS]))


def largest_errors(found: Array, swept: Sweep) -> tuple[Array, Array]:
    """The largest error of derivatives (m,) against central differences and against complex steps, for each of
    `EPSILONS` (E,)."""
    ours = found[swept.which]
    by_method = [[relative_error(ours, row).max() for row in rows] for rows in (swept.central, swept.complex)]
    return np.array(by_method[0]), np.array(by_method[1])


class Guides(NamedTuple):
    """The two laws behind the U, fitted to the errors: truncation `curved` x epsilon^2, rounding `rounded` / epsilon;
    their sum is least at `best`. nan where the errors do not follow them."""

    curved: float
    rounded: float
    best: float


def guides(errors: Array) -> Guides:
    """Fitted to errors (E,) at `EPSILONS`, each in the stretch where it should rule."""
    wide, narrow = (EPSILONS >= 1e-3) & (EPSILONS <= 1e-1), (EPSILONS >= 1e-13) & (EPSILONS <= 1e-9)
    with np.errstate(all="ignore"):
        curved = float(np.median(errors[wide] / EPSILONS[wide] ** 2))
        rounded = float(np.median(errors[narrow] * EPSILONS[narrow]))
    if not (_falls_by(errors[wide], EPSILONS[wide], 2) and _falls_by(errors[narrow], EPSILONS[narrow], -1)):
        return Guides(np.nan, np.nan, np.nan)
    return Guides(curved, rounded, (rounded / (2 * curved)) ** (1 / 3))


def _falls_by(errors: Array, epsilons: Array, power: int) -> bool:
    """Whether errors go about with this power of epsilon."""
    if not (np.isfinite(errors).all() and (errors > 0).all()):
        return False
    return bool(abs(np.polyfit(np.log(epsilons), np.log(errors), 1)[0] - power) < 0.4)


# --- kinks ------------------------------------------------------------------------------------------------------------

KINKED = ("relu", "leaky_relu")


class Kink(NamedTuple):
    """What crosses a kink while a parameter is moved from w - epsilon to w + epsilon, and at how many of the points:
    the sum of a unit in a hidden layer, both counted from 1, that crosses 0 or is 0; in the layer after these, an
    answer that crosses its target (absolute error); in layer 0, the weight itself (L1 penalty)."""

    layer: int
    unit: int
    points: int


def kinks(of: Case, place: int, epsilon: float) -> list[Kink]:
    """The kinks that a central difference by the parameter at `place` straddles."""
    config, moved = of.config, epsilon * (np.arange(len(of.parameters)) == place)
    low, high = (forward(of.parameters + sign * moved, of.x, config) for sign in (-1, 1))
    sides = [(low.z[i] > 0) != (high.z[i] > 0) for i, name in enumerate(config.activations) if name in KINKED]
    layers_ = [i + 1 for i, name in enumerate(config.activations) if name in KINKED]
    if config.loss_name == "mean_absolute_error":
        wanted = targets(of.y, config)
        sides.append((low.output > wanted) != (high.output > wanted))
        layers_.append(len(config.activations) + 1)
    found = [Kink(0, 1, len(of.x))] if config.l1 and _small_weight(of, place, epsilon) else []
    for layer, crossed in zip(layers_, sides, strict=True):
        found += [Kink(layer, unit + 1, int(n)) for unit, n in enumerate(crossed.sum(axis=0)) if n]
    return found


def _small_weight(of: Case, place: int, epsilon: float) -> bool:
    return bool(weight_mask(of.config)[place]) and 0 < abs(of.parameters[place]) < epsilon

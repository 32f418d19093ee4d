"""The landscape of the loss: its value at many places around a network, on a plane through its parameters.

A network of n parameters is a point in n dimensions, and training is a walk down. A plane through one point shows a cut
of that space: along two weights, along two random directions (Li et al., 2018), or along the two directions in which
the walk itself went farthest (principal component analysis of its recorded parameters).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nn_core.activations import ACTIVATIONS, Array
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.engine import CHUNK, Rows, evaluation_rows
from nn_core.losses import LINKS, LOSSES
from nn_core.mlp import layer_rows, layers

WORK = 0.2  # seconds that a map may take, about
STEPS, FEWEST_STEPS = 61, 25  # places along each side of a map
FEWEST_ROWS = 50
MARGIN = 1.5  # so much wider than what is to be seen on it
LEAST_SPAN = 1e-6


def training_rows(x: Array, y: Array, config: Config) -> Rows:
    """Training points x (n, 2) with targets y (n,) as the engine wants them, each distinct one once."""
    return evaluation_rows(config, Data(x, y, x[:0], y[:0], config.task))


def losses(stack: Array, rows: Rows, config: Config) -> Array:
    """The mean training loss, without penalties, of m networks at once: parameters (m, n_parameters) -> (m,).

    What `mlp.data_loss` says of each of them, in one pass; complex parameters stay complex, so that a derivative can be
    taken by complex step. What overflows is infinite or nan.
    """
    loss, share = LOSSES[config.loss_name], rows.train / rows.train.sum()
    at_once = max(1, 4 * CHUNK // (len(share) * (max(config.layer_sizes[1:]) + 1)))
    found = np.empty(len(stack), stack.dtype)
    with np.errstate(all="ignore"):
        for i in range(0, len(stack), at_once):
            z = sums(stack[i : i + at_once], rows.inputs[:, :-1], config)
            each = loss.value(z, rows.targets, LINKS[config.link])
            found[i : i + at_once] = np.einsum("mn,n->m", each, share)  # as a product the last digits depend on m
    return found


def sums(stack: Array, seen: Array, config: Config) -> Array:
    """The last sums (m, n, k) of m networks, parameters (m, n_parameters), that see inputs (n, d): `mlp.forward` with
    one more axis, and with the samples in columns."""
    a = seen.T
    *hidden, last = [(rows[..., :-1], rows[..., -1:]) for rows in layer_rows(stack, config)]
    for (W, b), name in zip(hidden, config.activations, strict=True):
        z = W @ a
        z += b  # not a last column of W, as in the engine: after a complex product alone a complex tanh takes 10 times
        a = ACTIVATIONS[name].value(z)  # as long, on processors where it leaves half of the wide registers in use
    W, b = last
    return (W @ a + b).swapaxes(-1, -2)


def seconds(networks: int, rows: int, config: Config) -> float:
    """About how long `losses` takes for so many networks on so many distinct points, on one ordinary core."""
    return networks * rows * (sum(config.layer_sizes[1:]) * 9e-9 + config.n_parameters * 7e-10) + networks * 1e-6


# --- planes -----------------------------------------------------------------------------------------------------------


class Plane(NamedTuple):
    """A plane in the space of parameters: all `origin` + alpha `u` + beta `v`, each an array (n_parameters,)."""

    origin: Array
    u: Array
    v: Array

    def at(self, points: Array) -> Array:
        """The parameters (m, n_parameters) at places (m, 2) of the plane."""
        return self.origin + points @ np.stack([self.u, self.v])

    def project(self, parameters: Array) -> Array:
        """The places (m, 2) of the plane that are nearest to these parameters (m, n_parameters): least squares, since u
        and v need be neither long as 1 nor at right angles."""
        axes = np.stack([self.u, self.v])
        return np.linalg.lstsq(axes.T, (parameters - self.origin).T, rcond=None)[0].T

    def outside(self, parameters: Array, star: Array) -> float:
        """Which share, 0 to 1, of the squared distances of these parameters (m, n_parameters) from the `star`, a point
        of the plane, lies outside the plane; 0 where there is no distance at all."""
        away = parameters - star
        lost = parameters - self.at(self.project(parameters))
        farthest = np.abs(away).max(initial=0)  # divided by, so that no square overflows
        return float(((lost / farthest) ** 2).sum() / ((away / farthest) ** 2).sum()) if farthest else 0.0


def names(config: Config) -> list[str]:
    """What each parameter is called, counted from 1: W1[2,1] is the weight in layer 1 into unit 2 from input 1, b1[2]
    that unit's bias."""
    called = []
    for number, (W, _) in enumerate(layers(np.zeros(config.n_parameters), config), start=1):
        for unit in range(1, len(W) + 1):
            called += [f"W{number}[{unit},{i}]" for i in range(1, W.shape[1] + 1)] + [f"b{number}[{unit}]"]
    return called


def weights_plane(star: Array, first: int, second: int) -> Plane:
    """Along two parameters by their places, through the `star`: all others stay what they are there. The coordinates on
    the plane are the values of the two."""
    if first == second:
        raise ValueError("A plane needs two different parameters.")
    u, v = np.eye(len(star))[[first, second]]
    return Plane(star * (1 - u - v), u, v)


def random_plane(origin: Array, config: Config, seed: int) -> Plane:
    """Along two random directions, each unit's part of which is as long as that unit's own weights and bias.

    Without that a large layer would drown a small one, and a network whose weights are large would look flat (filter
    normalization; Li, Xu, Taylor, Studer and Goldstein, 2018). A unit whose weights are all zero takes the length 1.
    """
    rng = np.random.default_rng(seed)
    u, v = (_as_long(rng.standard_normal(len(origin)), origin, config) for _ in range(2))
    return Plane(origin, u, v)


def _as_long(direction: Array, origin: Array, config: Config) -> Array:
    for rows, own in zip(layer_rows(direction, config), layer_rows(origin, config), strict=True):
        length = np.linalg.norm(own, axis=1, keepdims=True)
        rows *= np.where(length > 0, length, 1) / np.linalg.norm(rows, axis=1, keepdims=True)
    return direction


class Principal(NamedTuple):
    """A plane along the main directions of a walk, and the shares (2,) of the walk's variance that they have."""

    plane: Plane
    shares: Array


def principal_plane(origin: Array, paths: Sequence[Array]) -> Principal:
    """Along the two directions of length 1 in which the recorded parameters of these paths, each (T, n_parameters),
    vary most; through the origin. Each is turned so that the first path ends on its larger side.

    Raises ValueError where nothing has moved.
    """
    points = np.concatenate(paths)
    if not np.ptp(points, axis=0).any():
        raise ValueError("The network has not moved, so its path has no main directions.")
    spread = points - points.mean(axis=0)
    farthest = np.abs(spread).max()  # divided by, so that no square overflows
    _, lengths, directions = np.linalg.svd(spread / farthest, full_matrices=False)
    variance = lengths**2
    moved = paths[0][-1] - paths[0][0]
    u, v = (direction if direction @ moved >= 0 else -direction for direction in directions[:2])
    return Principal(Plane(origin, u, v), variance[:2] / variance.sum())


# --- maps -------------------------------------------------------------------------------------------------------------


class Window(NamedTuple):
    """The part of a plane to look at: a square around a middle place (2,), so far to each side."""

    middle: Array
    half: float

    def sides(self, steps: int) -> tuple[Array, Array]:
        """The coordinates (steps,) along u and along v."""
        alphas, betas = (np.linspace(each - self.half, each + self.half, steps) for each in self.middle)
        return alphas, betas


def window(points: Sequence[Array], least: float = LEAST_SPAN, zoom: float = 1.0) -> Window:
    """A window that shows all these places, each (T, 2), and reaches so far to each side at least; `zoom` times as
    wide as that. The narrower, the nearer it closes in on the very first of the places."""
    places = np.concatenate(points)
    low, high = places.min(axis=0), places.max(axis=0)
    half = max(float((high - low).max()) / 2 * MARGIN, least)
    return Window(places[0] + min(zoom, 1.0) * ((low + high) / 2 - places[0]), half * zoom)


class Map(NamedTuple):
    """The loss (steps, steps) over a window, a row for each place along v and a column for each along u; infinite or
    nan where it is no longer a number."""

    u: Array
    v: Array
    loss: Array


def grid(plane: Plane, view: Window, rows: Rows, config: Config, steps: int = STEPS) -> Map:
    """The map of a plane: all its places in one pass."""
    alphas, betas = view.sides(steps)
    places = np.stack(np.meshgrid(alphas, betas), axis=-1).reshape(-1, 2)
    return Map(alphas, betas, losses(plane.at(places), rows, config).reshape(steps, steps))


class Effort(NamedTuple):
    """What a map is made of: so many steps along each side, and the first so many training points."""

    steps: int
    points: int


def effort(config: Config, data: Data) -> Effort:
    """As fine a map, on as many points, as takes about `WORK` seconds: all of both for small networks."""
    n = len(data.x_train)
    rows = len(training_rows(data.x_train, data.y_train, config).train)
    for steps in (STEPS, 41, 31, FEWEST_STEPS):
        if seconds(steps**2, rows, config) <= WORK:
            return Effort(steps, n)
    share = WORK / seconds(FEWEST_STEPS**2, rows, config)
    return Effort(FEWEST_STEPS, min(n, max(FEWEST_ROWS, int(n * share))))


class Shadow(NamedTuple):
    """A path of recorded parameters as a plane shows it: its nearest places (T, 2), the loss of the plane `beneath`
    them (T,), and which share of the path's squared distances from the star lies `outside` the plane."""

    places: Array
    beneath: Array
    outside: float


def shadow(plane: Plane, path: Array, star: Array, rows: Rows, config: Config) -> Shadow:
    """How a path (T, n_parameters) falls on a plane that goes through the `star` (n_parameters,)."""
    places = plane.project(path)
    return Shadow(places, losses(plane.at(places), rows, config), plane.outside(path, star))

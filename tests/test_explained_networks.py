"""Formulas behind the words about networks: each worked out as it reads, beside the code that stands with it."""

import math
from itertools import combinations

import numpy as np
import pytest

from nn_core import Config, checks, landscape, loss_and_gradient, make_data, plateaus, population, run, vitals
from nn_core.diagnostics import IDLE
from nn_core.mlp import backward, forward, initial_parameters, layers
from nn_core.race import RATES, Race, best_rates, heats
from nn_core.search import Search
from nn_core.statistics import correlation_ratio, share
from nn_core.trials import rounds, survivors
from ui.explained.networks import SUBJECTS

CONFIG = Config(dataset="moons", samples=60, noise=0.1, hidden_sizes=(4, 3), epochs=60, seed=5, learning_rate=0.3)
DATA = make_data(CONFIG)
HISTORY = run(CONFIG)
STAR = HISTORY.parameters[-1]
PATH = HISTORY.parameters
RNG = np.random.default_rng(3)


def of_forward():
    a, found = DATA.x_train[7], forward(STAR, DATA.x_train[7:8], CONFIG)
    wanted = []
    for layer in layers(STAR, CONFIG):
        z = layer.W @ a + layer.b
        a = np.tanh(z)
        wanted += [z, a]
    yield np.concatenate([each[0] for each in found.z]), np.concatenate(wanted[::2])
    yield np.concatenate([each[0] for each in found.a]), np.concatenate(wanted[1:-1:2])


def of_backward():
    net, n = layers(STAR, CONFIG), len(DATA.x_train)
    gradient = layers(np.zeros(len(STAR)), CONFIG)
    deltas = []
    for x, y in zip(DATA.x_train, DATA.y_train, strict=True):
        trace = forward(STAR, x[None], CONFIG)
        delta, of_sample = trace.output[0] - y, []
        for i in reversed(range(len(net))):
            before = trace.a[i - 1][0] if i else x
            gradient[i].W[:] += np.outer(delta, before) / n
            gradient[i].b[:] += delta / n
            of_sample.append(delta)
            if i:
                delta = (net[i].W.T @ delta) * (1 - before**2)
        deltas.append(of_sample)
    trace = forward(STAR, DATA.x_train, CONFIG)
    found = layers(backward(STAR, trace, DATA.y_train, CONFIG), CONFIG)
    mean = [np.mean([each[k] for each in deltas], axis=0) for k in range(len(net))][::-1]
    own = layers(backward(STAR, forward(STAR, DATA.x_train[:1], CONFIG), DATA.y_train[:1], CONFIG), CONFIG)
    yield np.concatenate([each.b for each in own]), np.concatenate(deltas[0][::-1])
    yield tuple(np.concatenate([each.W.ravel() for each in ours]) for ours in (found, gradient))
    yield np.concatenate([each.b for each in found]), np.concatenate(mean)


def of_share():
    n, k, s = 64, 41, 1.959964
    p, found = k / n, share(k, n)
    wide = s * math.sqrt(p * (1 - p) / n + s**2 / (4 * n**2))
    ends = [(p + s**2 / (2 * n) + sign * wide) / (1 + s**2 / n) for sign in (-1, 1)]
    yield found.share, p
    yield (found.low, found.high), ends


def of_plateaus():
    targets, weight = np.array([[0.0], [1.0], [1.0]]), np.array([0.2, 0.25, 0.15])
    omega = weight.sum()
    p = np.array([0.2, 0.4]) / omega
    yield plateaus._entropy(targets, weight), -omega * (p * np.log(p)).sum()


def of_halving():
    ends = rounds(Search(CONFIG.replace(epochs=1000)))
    yield ends[:-1], [end // 3 for end in ends[1:]]
    yield [survivors(100, r) for r in range(4)], [math.ceil(100 / 3**r) for r in range(4)]


def of_importance():
    groups = np.repeat([0, 1, 2], [4, 5, 6])
    values = groups + RNG.normal(size=15)
    means = np.array([values[groups == each].mean() for each in range(3)])
    within, whole = ((values - means[groups]) ** 2).sum() / (15 - 3), ((values - values.mean()) ** 2).sum() / 14
    yield correlation_ratio(groups, values), 1 - within / whole


def of_best_rate():
    race = Race(CONFIG.replace(epochs=20), "optimizer", ("gradient_descent", "adam"), seeds=4)
    tried = population.run(heats(race))
    loss = np.where(np.isfinite(tried.final_loss), tried.final_loss, np.inf).reshape(2, len(RATES), 4)
    reached = np.sort(loss, axis=2)[:, :, 2]  # three of four are at or below it
    yield best_rates(race, tried), [RATES[i] for i in reached.argmin(axis=1)]


CASE = checks.case(STAR, DATA, CONFIG)


def _loss(parameters):
    value, _ = loss_and_gradient(parameters, DATA.x_train, DATA.y_train, CONFIG)
    return value


def _moved(by):
    for i in range(len(STAR)):
        one = np.zeros(len(STAR))
        one[i] = 1
        yield STAR + by * one


def of_central_difference():
    up, down = (np.array([_loss(p) for p in _moved(by)]) for by in (1e-5, -1e-5))
    yield checks.central_difference(CASE, 1e-5), (up - down) / 2e-5
    first, third = _derivatives()
    yield checks.central_difference(CASE, 0.01) - first, 0.01**2 / 6 * third


def of_complex_step():
    yield checks.complex_step(CASE), np.array([_loss(p).imag for p in _moved(1e-30j)]) / 1e-30
    first, third = _derivatives()
    yield checks.complex_step(CASE, 0.01) - first, -(0.01**2) / 6 * third


def _derivatives():
    """The first and the third derivative by each parameter in turn."""
    before, at, after = (np.array([_loss(p).imag for p in _moved(by + 1e-30j)]) / 1e-30 for by in (-1e-3, 0, 1e-3))
    return at, (before - 2 * at + after) / 1e-6


def of_relative_error():
    g, m = np.array([1.0, 2.0, 1e-12, -3.0]), np.array([1.1, 2.0, 0.0, 3.0])
    s = max(1e-6 * 3.0, 1e-9)
    yield checks.relative_error(g, m), [abs(a - b) / max(abs(a), abs(b), s) for a, b in zip(g, m, strict=True)]
    yield checks.relative_error(g, m)[2], 1e-12 / s


def of_u_shape():
    c, r = 0.3, 2e-17
    errors = c * checks.EPSILONS**2 + r / checks.EPSILONS
    found = checks.guides(errors)
    yield (found.curved, found.rounded), (c, r)
    fine = 10 ** np.linspace(-9, -3, 60001)
    yield found.best, fine[(c * fine**2 + r / fine).argmin()]


def of_plane():
    plane = landscape.random_plane(STAR, CONFIG, 1)
    places = RNG.normal(size=(5, 2))
    yield plane.at(places), [STAR + alpha * plane.u + beta * plane.v for alpha, beta in places]
    found = plane.project(PATH)
    for along in (plane.u, plane.v):  # what is left stands upright on the plane: no place of it is nearer
        assert np.abs((PATH - plane.at(found)) @ along).max() < 1e-9
    yield found, (np.linalg.pinv(np.stack([plane.u, plane.v]).T) @ (PATH - STAR).T).T
    lost = ((PATH - plane.at(found)) ** 2).sum()
    yield plane.outside(PATH, STAR), lost / ((PATH - STAR) ** 2).sum()


def of_random_plane():
    plane = landscape.random_plane(STAR, CONFIG, 1)
    drawn = np.random.default_rng(1).standard_normal((2, len(STAR)))
    wanted = []
    for direction in drawn:
        for d, w in zip(layers(direction, CONFIG), layers(STAR, CONFIG), strict=True):
            for j in range(len(d.b)):
                dj, wj = (np.append(each.W[j], each.b[j]) for each in (d, w))
                wanted.append(dj / np.linalg.norm(dj) * np.linalg.norm(wj))
    yield np.concatenate([plane.u, plane.v]), np.concatenate(wanted)


def of_principal_plane():
    found = landscape.principal_plane(STAR, [PATH])
    values, vectors = np.linalg.eigh(np.cov(PATH.T))
    shares = (values / values.sum())[::-1][:2]
    along = [abs(vectors[:, -1] @ found.plane.u), abs(vectors[:, -2] @ found.plane.v)]
    yield np.array([*found.shares, *along]), [*shares, 1, 1]


MEASURED = vitals.vitals(HISTORY, DATA)
LOOK = len(MEASURED.epochs) // 2


def _weights(parameters):
    return [each.W for each in layers(parameters, CONFIG)]


def _rms(values):
    return math.sqrt((values**2).mean())


def _at_look():
    return PATH[np.flatnonzero(HISTORY.snapshot_epochs == MEASURED.epochs[LOOK])[0]]


def of_gradient():
    _, gradient = loss_and_gradient(_at_look(), DATA.x_train, DATA.y_train, CONFIG)
    yield [each.gradient[LOOK] for each in MEASURED.layers], [_rms(W) for W in _weights(gradient)]


def of_step():
    at = np.flatnonzero(HISTORY.snapshot_epochs == MEASURED.epochs[LOOK])[0]
    updates = (HISTORY.snapshot_epochs[at + 1] - HISTORY.snapshot_epochs[at]) * math.ceil(
        len(DATA.x_train) / CONFIG.batch_size if CONFIG.batch_size else 1
    )
    now, after = _weights(PATH[at]), _weights(PATH[at + 1])
    wanted = [_rms(b - a) / updates / _rms(a) for a, b in zip(now, after, strict=True)]
    yield [each.step[LOOK] for each in MEASURED.layers], wanted


def of_weights():
    now, begun = _weights(_at_look()), _weights(initial_parameters(CONFIG))
    yield [each.weights[LOOK] for each in MEASURED.layers], [_rms(W) for W in now]
    wanted = [_rms(W - first) for W, first in zip(now, begun, strict=True)]
    yield [each.moved[LOOK] for each in MEASURED.layers], wanted


def of_saturated():
    steep = CONFIG.replace(initial_scale=6.0, epochs=5)
    history = run(steep)
    measured = vitals.vitals(history, DATA)
    trace = forward(history.parameters[-1], DATA.x_train, steep)
    wanted = [(np.abs(1 - a**2) < 0.05).mean() for a in trace.a]
    assert max(wanted) > 0.1
    yield [each.saturated[-1] for each in measured.layers[:-1]], wanted


def of_dead():
    config = Config(dataset="moons", samples=60, hidden_sizes=(6,), activation="relu", epochs=20, learning_rate=8.0)
    history, data = run(config), make_data(config)
    measured = vitals.vitals(history, data)
    z = forward(history.parameters[-1], data.x_train, config).z[0]
    wanted = [(z <= 0).all(axis=0).mean()]
    assert wanted[0] > 0
    a = forward(STAR, DATA.x_train, CONFIG).a[0]
    wanted.append((a.std(axis=0) < IDLE).mean())
    yield [measured.layers[0].dead[-1], MEASURED.layers[0].dead[-1]], wanted


def of_similar():
    wanted = []
    for layer in layers(_at_look(), CONFIG)[:-1]:
        v = np.concatenate([layer.W, layer.b[:, None]], axis=1)
        cosines = [abs(a @ b) / np.linalg.norm(a) / np.linalg.norm(b) for a, b in combinations(v, 2)]
        wanted.append(max(cosines))
    yield [each.similar[LOOK] for each in MEASURED.layers[:-1]], wanted


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_formula_is_what_its_code_computes(name):
    pairs = list(globals()[f"of_{name}"]())
    assert len(pairs) == len(SUBJECTS[name].symbols), "a pair for each formula"
    for computed, worked_out in pairs:
        rough = name in (
            "u_shape",
            "central_difference",
            "complex_step",
        )  # a minimum on a grid; what the dots stand for
        np.testing.assert_allclose(computed, worked_out, rtol=1e-2 if rough else 1e-7, atol=1e-8 if rough else 1e-12)

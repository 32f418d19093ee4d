"""Formulas behind the words of the digit pages: each worked out as it reads, beside the code that stands with it. On
the pages they stand where they are wanted, and nowhere else."""

import inspect
from itertools import combinations, pairwise
from textwrap import dedent
from unittest import mock

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nn_core import (
    contrast,
    diagnostics,
    digits,
    distortions,
    evaluation,
    inspection,
    numbers,
    preparation,
    strokes,
    surgery,
    teaching,
)
from nn_core.augment import thicker
from nn_core.losses import LINKS, LOSSES
from nn_core.mlp import backward, forward, initial_parameters, layers
from nn_core.neighbours import neighbours
from nn_core.optimizers import OPTIMIZERS
from nn_core.slices import _Watch
from nn_core.surgery import Noise, Prune, Quantise, Unit
from tests.conftest import ROOT
from tests.support import STEP
from tests.test_training_page import SHORT, finished, opened, opened_drawer, press
from ui.digits import examine, insights, operating
from ui.explained import SUBJECTS as ALL
from ui.explained.digits import SUBJECTS
from ui.explained.networks import SUBJECTS as OF_NETWORKS

NETWORK = digits.load_network("tutorial")
CONFIG = NETWORK.config
NET = layers(NETWORK.parameters, CONFIG)
X, Y = digits.mnist().x_test[:400], digits.mnist().y_test[:400]
SEVEN = [np.array([[80, 70], [200, 70], [120, 220]], float)]


@pytest.fixture(scope="module")
def drawing():
    return digits.preprocess(strokes.digit(7, np.random.default_rng(5))).image


@pytest.fixture(scope="module")
def said():
    return evaluation.evaluate(NETWORK, X, Y)


def walked(x, parameters=NETWORK.parameters):
    """By the formulas alone: inputs, sums and activations of each layer, for one picture (784,)."""
    a, seen = [x.ravel()], []
    for layer in layers(parameters, CONFIG):
        seen.append(layer.W @ a[-1] + layer.b)
        a.append(np.where(seen[-1].real > 0, seen[-1], 0))
    return a[:-1], seen


def shares(z):
    powers = np.exp(z - z.real.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def slopes(of, at):
    """The derivative of a function of an array by each of its elements, by complex step."""
    moved = at.astype(complex) + STEP * 1j * np.eye(at.size).reshape(at.size, *at.shape)
    return np.array([np.imag(of(each)) / STEP for each in moved])


def onwards(z, layer):
    """The last sums (k,), given the sums of a layer."""
    for following in NET[layer + 1 :]:
        z = following.W @ np.where(z.real > 0, z, 0) + following.b
    return z


# --- a picture --------------------------------------------------------------------------------------------------------


def path(image):
    a, z = walked(image)
    answer = int(z[-1].argmax())
    edges = inspection.path(NETWORK, image, answer)
    by_sum = [slopes(lambda at, i=i: onwards(at, i)[answer], z[i]) for i in range(len(z))]
    assert len({each.layer for each in edges}) == len(NET)
    wanted = [NET[e.layer].W[e.target, e.source] * a[e.layer][e.source] * by_sum[e.layer][e.target] for e in edges]
    yield [each.contribution for each in edges], wanted


def unit(image):
    view = inspection.unit_view(NETWORK, image, 0, 9)
    yield view.z, (NET[0].W[9] * image.ravel()).sum() + NET[0].b[9]


def strongest(image):
    (_, a, _), z = walked(image)
    answer = int(z[-1].argmax())
    by_a = slopes(lambda at: onwards(NET[1].W @ at + NET[1].b, 1)[answer], a)
    found = inspection.strongest_units(NETWORK, image)
    yield [each.contribution for each in found], [a[each.unit] * by_a[each.unit] for each in found]
    yield [each.share for each in found], [np.abs(a * by_a)[each.unit] / np.abs(a * by_a).sum() for each in found]


def why(image):
    (*_, a), z = walked(image)
    A, B = np.argsort(z[-1])[[-1, -2]]
    found = contrast.why_not(NETWORK, image, int(B))
    last = NET[-1]
    yield found.margin, ((last.W[A] - last.W[B]) * a).sum() + last.b[A] - last.b[B]
    by_pixel = slopes(lambda x: np.subtract(*walked(x)[1][-1][[A, B]]), image.ravel())
    yield found.pixels.ravel(), image.ravel() * by_pixel
    assert walked(found.turned.image)[1][-1].argmax() == B
    yield found.turned.mean_change, np.abs(found.turned.image - image).sum() / 784


def of_slopes(image):
    z = walked(image)[1][-1]
    answer = int(z.argmax())
    by_pixel = slopes(lambda x: walked(x)[1][-1], image.ravel())
    worked_out = by_pixel @ (np.eye(10)[answer] - shares(z))
    of_log = slopes(lambda x: np.log(shares(walked(x)[1][-1])[answer]), image.ravel())
    np.testing.assert_allclose(worked_out, of_log, rtol=1e-5, atol=1e-7)
    yield inspection.saliency(NETWORK, image, answer).ravel(), worked_out


def occlusion(image):
    answer = int(walked(image)[1][-1].argmax())
    wanted = np.zeros((28, 28))
    for row, column in np.ndindex(28, 28):
        emptied = image.copy()
        emptied[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = 0
        wanted[row, column] = np.subtract(*(shares(walked(each)[1][-1])[answer] for each in (image, emptied)))
    yield inspection.occlusion(NETWORK, image, answer), wanted


def nearest(image):
    few = digits.mnist()._replace(x_train=X, y_train=Y, id="the first test pictures")
    others = np.array([walked(x / np.float32(255))[0][-1] for x in X])
    a = walked(image)[0][-1]
    d = np.sqrt(((a - others) ** 2).sum(axis=1))
    found = neighbours(NETWORK, image, few)
    yield found.distances, np.sort(d)[:12]
    order = (others**2).sum(axis=1) - 2 * others @ a
    np.testing.assert_allclose(d**2 - (a**2).sum(), order, rtol=1e-3, atol=1e-3)
    yield found.indices, np.argsort(order)[:12]


def certainty(image):
    found = inspection.certainty(NETWORK, image, 1.7)
    p = np.exp(found.z / 1.7) / np.exp(found.z / 1.7).sum()
    yield found.probabilities, p
    yield found.entropy, -(p * np.log2(p)).sum()


def painted(points):
    """By the formula of the ink: how much of each pixel the pen covers."""
    x, y = np.meshgrid(np.arange(28) + 0.5, np.arange(28) + 0.5)
    d = np.full((28, 28), np.inf)
    for start, end in pairwise(points):
        for share in np.linspace(0, 1, 4001):
            at = start + share * (end - start)
            d = np.minimum(d, np.hypot(x - at[0], y - at[1]))
    return np.minimum(1, np.maximum(0, (2.4 + 1) / 2 - d))


def of_preparation(_):
    (points,) = SEVEN
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    scale = (20 - 2.4) / max(np.ptp(points, axis=0).max(), 24)
    placed = (points - middle) * scale + 14.5
    prepared = digits.preprocess(SEVEN, without=["centre"]).image
    yield np.round(prepared, 4), np.round(painted(placed), 4)
    yield np.round(preparation._paint([placed], 2.4, 28), 4), np.round(painted(placed), 4)
    ink = painted(placed)
    places = np.arange(28) + 0.5
    shift = 14.5 - np.array([(ink * places).sum(), (ink * places[:, None]).sum()]) / ink.sum()
    yield np.round(digits.preprocess(SEVEN).image, 4), np.round(painted(placed + shift), 4)


def of_number(_):
    """Two strokes of a 5 and a 1: every way to share them out is looked at."""
    drawn = [
        np.array([[100, 60], [70, 60], [65, 130], [110, 140], [115, 190], [60, 215]], float),
        np.array([[100, 60], [150, 62]], float),
        np.array([[180, 60], [178, 215]], float),
    ]
    line = numbers._line(drawn)
    left, right = line.low[:, 0], line.high[:, 0]
    wide = np.maximum(right - left, 0.15 * line.height)
    share = np.minimum(right, right[:, None]) - np.maximum(left, left[:, None])
    fines = 2 * np.minimum(1, np.maximum(0, share / np.minimum(wide, wide[:, None])))
    worth = {}
    for group in numbers._groups(line):
        seen = numbers._drawing(line, group)
        p = digits.probabilities(NETWORK, seen.image[None])[0]
        worth[group] = np.log(0.1 if seen.problem else p.max())

    def sum_of(ways):
        apart = [(i, j) for one, other in combinations(ways, 2) for i in one for j in other]
        return sum(worth[group] + 0.2 for group in ways) - sum(fines[i, j] for i, j in apart)

    ways = [((0, 1, 2),), ((0, 1), (2,)), ((0, 2), (1,)), ((0,), (1, 2)), ((0,), (1,), (2,))]
    possible = [each for each in ways if set(each) <= set(worth)]
    assert len(possible) > 2
    found = numbers.read(NETWORK, drawn)
    places = {place: k for k, place in enumerate(line.index)}
    read = tuple(tuple(sorted(places[stroke] for stroke in part.strokes)) for part in found.parts)
    yield sum_of(read), max(map(sum_of, possible))
    yield numbers._overlaps(line), fines
    yield found.certainty, np.prod([part.answer.probabilities.max() for part in found.parts])


# --- while it learns --------------------------------------------------------------------------------------------------


def lesson(image):
    """What a step of the lesson is given as gradient, along a direction: that of the formula, on the same pictures."""
    given, rates = [], []

    def adam(p, g, memory, rate, t, settings):
        given.append(g.copy())
        rates.append(rate)

    batches = []

    def traced(parameters, x, config):
        batches.append(x)
        return forward(parameters, x, config)

    mine = (255 * image[None]).round().astype(np.uint8)
    with (
        mock.patch.dict(OPTIMIZERS, adam=OPTIMIZERS["adam"]._replace(update=adam)),
        mock.patch.object(teaching, "forward", traced),
    ):
        next(teaching.teach(NETWORK, mine, np.array([3]), X))
    x = batches[0] / np.float32(255)
    way = np.random.default_rng(0).normal(size=CONFIG.n_parameters)

    def loss(parameters):
        net, a = layers(parameters, CONFIG), x
        for layer in net[:-1]:
            a = a @ layer.W.T + layer.b
            a = np.where(a.real > 0, a, 0)
        ln_p = np.log(shares(a @ net[-1].W.T + net[-1].b))
        q = evaluation.evaluate(NETWORK, x[32:].reshape(-1, 28, 28), np.zeros(384)).probabilities
        return -(ln_p[:32, 3].sum() + (q * ln_p[32:]).sum()) / 416

    yield given[0] @ way, loss(NETWORK.parameters + STEP * 1j * way).imag / STEP
    t = np.arange(1, len(rates) + 1)
    yield rates, 0.001 * (1 - t / (20 * len(rates)))


def forgotten(said):
    after = evaluation.evaluate(surgery.operate(NETWORK, [Prune(0.8)]), X, Y)
    right = [(each.probabilities.argmax(axis=1) == Y).sum() for each in (said, after)]
    yield 100 * (after.accuracy - said.accuracy), 100 * (right[1] / 400 - right[0] / 400)


def batch_means(said):
    watch = _Watch(CONFIG)
    z = np.array([walked(x / np.float32(255))[1][-1] for x in X])
    watch.z, watch.wanted = [z[:100], z[100:]], [np.eye(10)[Y[:100]], np.eye(10)[Y[100:]]]
    assert (watch.loss, watch.link) == (LOSSES["categorical_cross_entropy"], LINKS["softmax"])
    loss, accuracy = watch.means()
    yield loss, -np.log(shares(z)[np.arange(400), Y]).mean()
    yield accuracy, np.mean([row.argmax() == y for row, y in zip(z, Y, strict=True)])


def health(_):
    x = X.reshape(400, -1) / np.float32(255)
    start = initial_parameters(CONFIG)
    found = diagnostics.diagnose(start, x, Y, CONFIG)
    moved = diagnostics.diagnose(NETWORK.parameters, x, Y, CONFIG)
    gradient = layers(backward(start, forward(start, x, CONFIG), Y, CONFIG), CONFIG)

    def rms(v):
        return np.sqrt((v.astype(float) ** 2).sum() / v.size)

    first = layers(start, CONFIG)
    yield (
        [(each.gradient, each.weights, now.moved) for each, now in zip(found, moved, strict=True)],
        [(rms(g.W), rms(a.W), rms(b.W - a.W)) for g, a, b in zip(gradient, first, NET, strict=True)],
    )
    dead = NETWORK.parameters.copy()
    layers(dead, CONFIG)[0].b[:7] = -1e3
    a = np.array([walked(each, dead)[0][1] for each in x])
    idle = np.sqrt(((a - a.mean(axis=0)) ** 2).mean(axis=0)) < 0.001
    assert idle.sum() >= 7
    yield diagnostics.diagnose(dead, x, Y, CONFIG)[0].idle, idle.mean()


# --- a test -----------------------------------------------------------------------------------------------------------


def of_margin(said):
    p, s, n = said.accuracy, 1.96, 400
    assert p == (said.probabilities.argmax(axis=1) == Y).sum() / n
    yield said.margin, s / (1 + s**2 / n) * np.sqrt(p * (1 - p) / n + s**2 / (4 * n**2))


def mean_loss(said):
    yield said.loss, -np.mean([np.log(p[y]) for p, y in zip(said.probabilities, Y, strict=True)])


def in_tenths(said):
    """How sure and how often right the answers of each tenth that has some are, and how many."""
    sure, right = said.probabilities.max(axis=1), said.probabilities.argmax(axis=1) == Y
    tenth = [(sure >= b / 10) & (sure < (b + 1) / 10 if b < 9 else sure <= 1) for b in range(10)]
    return np.array([(sure[each].mean(), right[each].mean(), each.sum()) for each in tenth if each.any()]).T


def calibration_error(said):
    c, r, n = in_tenths(said)
    yield said.calibration_error, (n / 400 * np.abs(c - r)).sum()


def reliability(said):
    found, (c, r, _) = evaluation.reliability(said), in_tenths(said)
    yield found.confidence[found.count > 0], c
    yield found.accuracy[found.count > 0], r


def counted(said):
    counts = np.zeros((10, 10))
    for p, y in zip(said.probabilities, Y, strict=True):
        counts[y, p.argmax()] += 1
    return counts


def confusion(said):
    yield evaluation.confusion(said), counted(said)


def mistakes(said):
    wrong = [i for i in range(400) if said.probabilities[i].argmax() != Y[i]]
    worst = sorted(wrong, key=lambda i: said.probabilities[i, Y[i]])
    surest = sorted(wrong, key=lambda i: -said.probabilities[i].max())
    found = [evaluation.mistakes(said, order) for order in ("worst", "confident")]
    yield found, [worst, surest]


def per_class(said):
    found, counts = evaluation.per_class(said), counted(said)
    yield 1 - found.recall, [1 - counts[k, k] / counts[k].sum() for k in range(10)]
    yield 1 - found.precision, [1 - counts[k, k] / counts[:, k].sum() for k in range(10)]


def of_thresholds(said):
    found, sure = evaluation.thresholds(said), said.probabilities.max(axis=1)
    right = said.probabilities.argmax(axis=1) == Y
    many = found.threshold < 0.99
    yield found.answered, [(sure > t).mean() for t in found.threshold.astype(np.float32)]
    yield found.right[many], [((sure > t) & right).sum() / (sure > t).sum() for t in found.threshold[many]]


def principal_map(_):
    found = evaluation.principal_map(NETWORK, X, 1)
    v = np.array([walked(x / np.float32(255))[0][1] for x in X], float)
    away = v - v.mean(axis=0)
    C = sum(np.outer(each, each) for each in away)
    values, vectors = np.linalg.eigh(C)
    e = vectors[:, [-1, -2]]
    e = e * np.sign([e[:, k][np.abs(e[:, k]).argmax()] for k in (0, 1)])
    np.testing.assert_allclose(C @ e, values[[-1, -2]] * e, atol=1e-6)
    lengths = np.linalg.norm(found.points - found.points.mean(axis=0), axis=0)
    yield lengths, np.sqrt(values[[-1, -2]])
    yield found.points / lengths, away @ e / lengths
    yield found.shares, values[[-1, -2]] / values.sum()


def read_at(image, u, v):
    """By the formula: a picture read at places from its middle."""
    places = np.arange(28) - 13.5
    across, down = (np.maximum(0, 1 - np.abs(each[..., None] - places)) for each in (u, v))
    return np.einsum("yxj,yxi,ji->yx", down, across, image)


def moved(kind, amount, place):
    made = distortions.distorted(X[:1], kind, amount)[0]
    v, u = np.mgrid[:28, :28] - 13.5
    wanted = read_at(X[0] / 255, *place(u, v))
    yield made, wanted
    yield distortions._read(X[:1] / np.float32(255), *place(u, v))[0], wanted


def harder_shift(_):
    return moved("shift", 2.5, lambda u, v: (u - 2.5, v))


def harder_turn(_):
    c, s = np.cos(np.pi / 6), np.sin(np.pi / 6)
    return moved("turn", 30, lambda u, v: (c * u + s * v, c * v - s * u))


def harder_scale(_):
    return moved("scale", 0.7, lambda u, v: (u / 0.7, v / 0.7))


def harder_noise(_):
    grain = np.random.default_rng(0).standard_normal(X.shape, np.float32)
    yield distortions.distorted(X, "noise", 0.3), np.minimum(1, np.maximum(0, X / 255 + 0.3 * grain))


def harder_pen(_):
    x = X[0] / 255
    around = np.pad(x, 1)
    plus = np.max([x, around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:]], axis=0)
    np.testing.assert_allclose(thicker(x[..., None])[..., 0], plus)
    yield distortions.distorted(X[:1], "pen", 1)[0], plus
    padded = np.pad(1 - x, 1)
    ground = [1 - x, padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]]
    yield distortions.distorted(X[:1], "pen", -1)[0], 1 - np.max(ground, axis=0)
    yield distortions.distorted(X[:1], "pen", 0.5)[0], x + 0.5 * (plus - x)


# --- operations -------------------------------------------------------------------------------------------------------


def weights(*operations):
    return [layer.W for layer in layers(surgery.operate(NETWORK, operations).parameters, CONFIG)]


def flat(arrays):
    return np.concatenate([each.ravel() for each in arrays])


def prune(_):
    wanted = []
    for layer in NET:
        rank = np.empty(layer.W.size)
        rank[np.abs(layer.W).ravel().argsort(kind="stable")] = np.arange(1, layer.W.size + 1)
        wanted.append(layer.W.ravel() * (rank > 0.9 * layer.W.size))
    yield flat(weights(Prune(0.9))), flat(wanted)


def noise(_):
    rng = np.random.default_rng(4)
    wanted = [layer.W + 0.5 * layer.W.std() * rng.standard_normal(layer.W.shape) for layer in NET]
    yield flat(weights(Noise(0.5, 4))), flat(wanted)


def rounding(_):
    wanted = []
    for layer in NET:
        steps = np.abs(layer.W).max() / 7 * np.linspace(1, 0.1, 19)
        tried = [step * np.minimum(7, np.maximum(-7, np.round(layer.W / step))) for step in steps]
        wanted.append(min(tried, key=lambda each: ((each - layer.W) ** 2).sum()))
    yield flat(weights(Quantise(4))), flat(wanted)
    yield flat(weights(Quantise(1))), flat([np.sign(layer.W) * np.abs(layer.W).sum() / layer.W.size for layer in NET])


def size(_):
    operations = [Prune(0.9), Quantise(4)]
    left = flat(weights(*operations))
    n, biases = left.size, CONFIG.n_parameters - left.size
    by_formula = [np.ceil((min(n * b, n + m * b) + 32 * biases) / 8) for b, m in ((4, (left != 0).sum()), (32, n))]
    yield [surgery.size(surgery.operate(NETWORK, operations), operations), surgery.size(NETWORK)], by_formula


def worth(said):
    x = X / np.float32(255)
    right = said.probabilities.argmax(axis=1) == Y
    lost = []
    for j in (3, 30):
        without = evaluation.evaluate(surgery.operate(NETWORK, [Unit(1, j)]), X, Y).probabilities.argmax(axis=1) == Y
        lost.append((right.astype(int) - without).mean())
    yield surgery.importance(NETWORK, x, Y, 1)[[3, 30]], lost


def unit_changed(image):
    (*_, a), _ = walked(image)
    operated = layers(surgery.operate(NETWORK, [Unit(1, 5, 0.4, 2.0)]).parameters, CONFIG)[-1]
    before, other = NET[-1], a.copy()
    other[5] = 0.4 * a[5] + 2.0
    np.testing.assert_allclose(operated.W @ a + operated.b, before.W @ other + before.b, rtol=1e-4, atol=1e-5)
    yield np.r_[operated.W[:, 5], operated.b], np.r_[0.4 * before.W[:, 5], before.b + 2.0 * before.W[:, 5]]


def changed(said):
    after = evaluation.evaluate(surgery.operate(NETWORK, [Prune(0.9)]), X, Y)
    images = digits.mnist()._replace(x_test=X, y_test=Y)
    shown = operating._change(operating.Operated(NETWORK, (), NETWORK, images, (), (said, after)))
    found = [np.diag(each) / each.sum(axis=1) for each in (counted(said), counted(after))]
    yield shown, 100 * (found[1] - found[0])


def sweep(_):
    operated = surgery.operate(NETWORK, [Quantise(3)])
    answers = [walked(x / np.float32(255), operated.parameters)[1][-1].argmax() for x in X]
    yield evaluation.evaluate(operated, X, Y).accuracy, np.mean(answers == Y)


OF_A_PICTURE = {
    "path": path,
    "unit": unit,
    "strongest": strongest,
    "why": why,
    "slopes": of_slopes,
    "occlusion": occlusion,
    "nearest": nearest,
    "certainty": certainty,
    "preparation": of_preparation,
    "number": of_number,
    "lesson": lesson,
    "unit_changed": unit_changed,
}
OF_THE_TEST = {
    "forgotten": forgotten,
    "batch_means": batch_means,
    "health": health,
    "margin": of_margin,
    "mean_loss": mean_loss,
    "calibration_error": calibration_error,
    "confusion": confusion,
    "mistakes": mistakes,
    "per_class": per_class,
    "reliability": reliability,
    "thresholds": of_thresholds,
    "principal_map": principal_map,
    "harder_shift": harder_shift,
    "harder_turn": harder_turn,
    "harder_scale": harder_scale,
    "harder_noise": harder_noise,
    "harder_pen": harder_pen,
    "prune": prune,
    "noise": noise,
    "rounding": rounding,
    "size": size,
    "worth": worth,
    "changed": changed,
    "sweep": sweep,
}
WORKED_OUT = OF_A_PICTURE | OF_THE_TEST


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_formula_is_what_its_code_computes(name, drawing, said):
    pairs = list(WORKED_OUT[name](drawing if name in OF_A_PICTURE else said))
    assert len(pairs) == len(SUBJECTS[name].symbols), "a pair for each formula"
    for computed, worked_out in pairs:
        np.testing.assert_allclose(computed, worked_out, rtol=2e-4, atol=2e-5)


# --- on the pages -----------------------------------------------------------------------------------------------------

HEADLINE = ("margin", "mean_loss", "calibration_error")
OPERATED = ("prune", "noise", "rounding", "size")
SEEN = [
    *(("draw", {"view": name, "picture": "test-247"}, view.subjects) for name, view in insights.VIEWS.items()),
    ("number", {}, ("number",)),
    ("teach", {}, ("lesson", "forgotten")),
    *(
        ("examine", {"show": name}, (*HEADLINE, *(view.subjects or ["harder_shift"])))
        for name, view in examine.VIEWS.items()
    ),
    *(("operate", {"operating": name}, (*OPERATED, *view.subjects)) for name, view in operating.VIEWS.items()),
]
OF_A_RUN = ("batch_means", "health")
ELSEWHERE = {*OF_A_RUN, *(f"harder_{kind}" for kind in distortions.DISTORTIONS)}


def test_every_subject_stands_on_a_page_and_has_one_meaning():
    assert {name for _, _, names in SEEN for name in names} | ELSEWHERE >= SUBJECTS.keys()
    assert not SUBJECTS.keys() & OF_NETWORKS.keys()


def at(address, link, depth):
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
    for key, value in {"network": "tutorial", "depth": depth, **link}.items():
        page.query_params[key] = value
    page.switch_page(f"../pages/digits/{address}.py").run()
    assert not page.exception
    return page


def formulas(page):
    return [each.value.strip("$\n") for each in page.latex]


def sources(names):
    return {dedent(inspect.getsource(function)).rstrip() for name in names for function in ALL[name].code}


@pytest.mark.parametrize(
    ("address", "link", "names"), SEEN, ids=["-".join([address, *link.values()]) for address, link, _ in SEEN]
)
def test_a_page_goes_as_deep_as_is_wanted(address, link, names):
    page = at(address, link, "words")
    assert not page.latex
    assert not page.code
    wanted = [formula for name in names for formula in ALL[name].symbols]
    page = at(address, link, "symbols")
    assert sorted(formulas(page)) == sorted(wanted)
    assert not page.code
    page = at(address, link, "code")
    assert sorted(formulas(page)) == sorted(wanted)
    assert {each.value.rstrip() for each in page.code} == sources(names)


def test_a_run_is_explained_as_deep_as_is_wanted():
    page = opened_drawer(finished(press(opened(**SHORT), "Start")), "layers")
    others = {each.value for each in page.code}
    assert not page.latex
    page.query_params["depth"] = "symbols"
    page.run()
    wanted = {formula for name in OF_A_RUN for formula in ALL[name].symbols}
    assert wanted < set(formulas(page))
    assert r"w \leftarrow w - \frac{\eta \cdot \hat{m}}{\sqrt{\hat{s}} + \epsilon}" in formulas(page)
    assert {each.value for each in page.code} == others
    page.query_params["depth"] = "code"
    page.run()
    assert wanted < set(formulas(page))
    assert sources(OF_A_RUN) < {each.value.rstrip() for each in page.code}

"""Looking inside a network: every number is worked out again, unit by unit, pixel by pixel, or by complex step."""

import math
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from time import sleep

import numpy as np
import pytest

from nn_core import inspection, neighbours, strokes
from nn_core.activations import ACTIVATIONS
from nn_core.config import Config
from nn_core.contrast import turn, why_not
from nn_core.digits import STAGES, Network, load_network, mnist, preprocess, probabilities
from nn_core.evaluation import layer_values
from nn_core.images import Images
from tests.support import gradient

KINDS = {
    "no hidden layer": ((), "tanh", 3),
    "two classes": ((4,), "sigmoid", 2),
    "the tutorial's": ((6, 5), "relu", 10),
    "leaky": ((5, 4, 3), "leaky_relu", 4),
    "deep and mixed": ((5, 4, 6, 3, 4, 5), ("gelu", "tanh", "elu", "silu", "softplus", "linear"), 7),
}
PIECEWISE_LINEAR = ("no hidden layer", "the tutorial's", "leaky")


def network(kind: str, seed: int = 0) -> Network:
    sizes, activation, classes = KINDS[kind]
    config = Config(dataset="images", classes=classes, hidden_sizes=sizes, activation=activation if sizes else "tanh")
    rng = np.random.default_rng(seed)
    blocks = []
    for inputs, units in pairwise(config.layer_sizes):
        rows = rng.normal(0, 2.5 / np.sqrt(inputs), (units, inputs + 1))
        rows[:, -1] = rng.normal(0, 0.3, units)
        blocks.append(rows.ravel())
    return Network(np.concatenate(blocks), config, {})


def picture(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random((28, 28)) < 0.3, rng.random((28, 28)), 0).astype(np.float32)


def by_hand(network: Network, image) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Each layer's rows of weights, inputs, sums and activations, one unit after another (sums in the last layer)."""
    given, begin, found = image.ravel(), 0, []
    names = [*network.config.activations, "linear"]
    for units, name in zip(network.config.layer_sizes[1:], names, strict=True):
        width = len(given) + 1
        rows = network.parameters[begin : begin + units * width].reshape(units, width)
        z = np.array([(row[:-1] * given).sum() + row[-1] for row in rows])
        found.append((rows, given, z, ACTIVATIONS[name].value(z)))
        given, begin = found[-1][-1], begin + units * width
    return found


def last_sums(network: Network, image) -> np.ndarray:
    return by_hand(network, image)[-1][2]


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


def slope_by(network: Network, layer: int, label: int) -> np.ndarray:
    """ds/da of the answer's last sum by what a layer hands on, by complex step; of its sums in the last layer."""
    layers = by_hand(network, picture())

    def sum_of(a):
        for rows, name in zip(
            (each[0] for each in layers[layer + 1 :]), [*network.config.activations, "linear"][layer + 1 :], strict=True
        ):
            a = ACTIVATIONS[name].value(rows[:, :-1] @ a + rows[:, -1])
        return a[label]

    return gradient(sum_of, layers[layer][3])


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def test_activations_of_every_layer(kind):
    layers = by_hand(network(kind), picture())
    found = inspection.layer_activations(network(kind), picture())
    assert len(found) == len(layers)
    for activity, (_, _, z, a) in zip(found[:-1], layers[:-1], strict=True):
        np.testing.assert_allclose(activity.z, z, atol=1e-12)
        np.testing.assert_allclose(activity.a, a, atol=1e-12)
    np.testing.assert_allclose(found[-1].z, layers[-1][2], atol=1e-12)
    np.testing.assert_allclose(found[-1].a, softmax(layers[-1][2]), atol=1e-12)


def test_a_unit_at_work(kind):
    layers = by_hand(network(kind), picture())
    for layer, (rows, given, z, a) in enumerate(layers):
        unit = len(rows) - 1
        view = inspection.unit_view(network(kind), picture(), layer, unit)
        shape = (28, 28) if layer == 0 else given.shape
        assert view.weights.shape == view.inputs.shape == view.products.shape == shape
        np.testing.assert_allclose(view.weights.ravel(), rows[unit, :-1])
        np.testing.assert_allclose(view.inputs.ravel(), given, atol=1e-12)
        assert sum(view.products.ravel()) + view.bias == pytest.approx(z[unit])
        assert view.z == pytest.approx(z[unit])
        assert view.a == pytest.approx(a[unit] if layer < len(layers) - 1 else softmax(z)[unit])


def test_there_is_no_such_unit():
    with pytest.raises(IndexError):
        inspection.unit_view(network("two classes"), picture(), 0, 4)


def test_the_strongest_units_gave_most(kind):
    net = network(kind)
    first, label = by_hand(net, picture())[0][3], int(last_sums(net, picture()).argmax())
    contributions = [a * slope for a, slope in zip(first, slope_by(net, 0, label), strict=True)]
    found = inspection.strongest_units(net, picture(), most=3)
    wanted = sorted((unit for unit, gave in enumerate(contributions) if gave), key=lambda u: -abs(contributions[u]))[:3]
    assert [each.unit for each in found] == wanted
    total = sum(map(abs, contributions))
    for each in found:
        assert each.a == pytest.approx(first[each.unit])
        assert each.contribution == pytest.approx(contributions[each.unit])
        assert each.share == pytest.approx(abs(contributions[each.unit]) / total)


def test_a_silent_network_has_no_strong_units_and_no_path():
    net = network("the tutorial's")
    net.parameters[: 6 * 785] = -1.0  # every unit of the first layer is dead
    assert inspection.strongest_units(net, picture()) == []
    label = int(last_sums(net, picture()).argmax())
    assert all(edge.layer == 2 for edge in inspection.path(net, picture(), label))
    contrast = why_not(net, picture(), (label + 1) % 10)
    assert (contrast.pixels == 0).all()
    assert contrast.rest == pytest.approx(contrast.margin)
    assert not contrast.turned.found
    assert (inspection.saliency(net, picture(), label) == 0).all()


def test_the_path_leads_back_along_what_raised_the_answer(kind):
    net = network(kind)
    layers, label = by_hand(net, picture()), KINDS[kind][2] - 1
    wanted, targets = set(), {label}
    for back, layer in enumerate(reversed(range(len(layers)))):
        rows, given, z, a = layers[layer]
        last = layer == len(layers) - 1
        by_a = np.eye(len(z))[label] if last else slope_by(net, layer, label)
        by_z = by_a if last else by_a * ACTIVATIONS[net.config.activations[layer]].slope(z, a)
        sources = set()
        for target in targets:
            gave = {source: rows[target, source] * given[source] * by_z[target] for source in range(len(given))}
            best = [source for source in sorted(gave, key=lambda s: (-gave[s], s)) if gave[source] > 0]
            sources |= set(best[: (3, 2, 1)[min(back, 2)]])
            wanted |= {(layer, s, target, round(float(gave[s]), 9)) for s in best[: (3, 2, 1)[min(back, 2)]]}
        targets = sources
    edges = inspection.path(net, picture(), label, most=(3, 2, 1))
    assert len(edges) == len(wanted)
    assert {(e.layer, e.source, e.target, round(e.contribution, 9)) for e in edges} == wanted
    for edge in edges:
        assert edge.weight == layers[edge.layer][0][edge.target, edge.source]
        assert edge.activation == pytest.approx(layers[edge.layer][1][edge.source])


def test_a_contrast_adds_up(kind):
    net = network(kind)
    z = last_sums(net, picture())
    other = int(z.argsort()[-2])
    contrast = why_not(net, picture(), other)
    label = int(z.argmax())
    assert (contrast.label, contrast.other) == (label, other)
    assert contrast.margin == pytest.approx(z[label] - z[other])
    assert sum(contrast.units) + contrast.bias == pytest.approx(contrast.margin)
    assert sum(contrast.pixels.ravel()) + contrast.rest == pytest.approx(contrast.margin)
    rows, given, *_ = by_hand(net, picture())[-1]
    np.testing.assert_allclose(contrast.units, (rows[label, :-1] - rows[other, :-1]) * given, atol=1e-12)
    slope = gradient(lambda x: last_sums(net, x)[label] - last_sums(net, x)[other], picture().ravel().astype(float))
    np.testing.assert_allclose(contrast.pixels.ravel(), slope * picture().ravel(), atol=1e-10)


@pytest.mark.parametrize("kind", PIECEWISE_LINEAR)
def test_the_rest_of_a_contrast_is_what_the_biases_gave(kind):
    net = network(kind)
    label, other = last_sums(net, picture()).argsort()[[-1, -2]]
    widths = [inputs + 1 for inputs, units in pairwise(net.config.layer_sizes) for _ in range(units)]
    biases = np.cumsum(widths) - 1

    def margin(b):
        p = net.parameters.astype(complex)
        p[biases] = b
        return np.subtract(*last_sums(net._replace(parameters=p), picture())[[label, other]])

    given = (gradient(margin, net.parameters[biases]) * net.parameters[biases]).sum()
    assert why_not(net, picture(), int(other)).rest == pytest.approx(given)


def test_why_not_the_answer_itself():
    net = network("two classes")
    with pytest.raises(ValueError, match="already"):
        why_not(net, picture(), int(last_sums(net, picture()).argmax()))


def test_a_turned_picture_is_answered_otherwise(kind):
    net, found = network(kind), []
    for other in range(KINDS[kind][2]):
        if other == last_sums(net, picture()).argmax():
            continue
        turned = turn(net, picture(), other)
        change = (turned.image - picture()).ravel()
        assert turned.found == (last_sums(net, turned.image).argmax() == other)
        assert 0 <= turned.image.min() <= turned.image.max() <= 1
        assert turned.distance == pytest.approx(np.sqrt(sum(change**2)))
        assert turned.mean_change == pytest.approx(sum(abs(change)) / 784)
        found.append(turned.found)
    assert any(found)


def test_a_straight_network_is_turned_by_the_least_there_is():
    """Without hidden layers the nearest turning picture is known: among two classes, the foot of the perpendicular."""
    rng = np.random.default_rng(0)
    config = Config(dataset="images", classes=2, hidden_sizes=())
    rows = np.concatenate([rng.normal(0, 0.1, (2, 784)), [[0.5], [0.0]]], axis=1)
    net, image = Network(rows.ravel(), config, {}), np.full((28, 28), 0.5)
    z = last_sums(net, image)
    label, other = z.argsort()[::-1]
    least = (z[label] - z[other]) / np.linalg.norm(rows[label, :-1] - rows[other, :-1])
    turned = turn(net, image, int(other))
    assert turned.found
    assert least <= turned.distance < 1.05 * least


@pytest.mark.parametrize("name", ["tutorial", "best"])
def test_nearly_every_test_digit_can_be_turned_into_any_other(name):
    net = load_network(name)
    images = mnist().x_test[:6] / np.float32(255)
    labels = probabilities(net, images).argmax(axis=1)
    turned = [
        (turn(net, image, other), other)
        for image, label in zip(images, labels, strict=True)
        for other in range(10)
        if other != label
    ]
    assert np.mean([each.found for each, _ in turned]) > 0.97
    for each, other in turned:
        assert not each.found or probabilities(net, each.image[None]).argmax() == other
    assert np.median([each.distance for each, _ in turned]) < 2.5


def test_what_cannot_be_turned_is_said():
    config = Config(dataset="images", classes=2, hidden_sizes=())
    rows = np.zeros((2, 785))
    rows[0, -1] = 1.0  # whatever it sees
    turned = turn(Network(rows.ravel(), config, {}), picture(), 1)
    assert not turned.found
    assert np.isfinite(turned.image).all()


def test_saliency_is_the_slope_of_the_log_probability(kind):
    net, label = network(kind), KINDS[kind][2] - 1

    def log_probability(x):
        z = last_sums(net, x)
        return z[label] - np.log(np.exp(z).sum())

    wanted = gradient(log_probability, picture().ravel().astype(float))
    found = inspection.saliency(net, picture(), label)
    np.testing.assert_allclose(found.ravel(), wanted, atol=1e-11)


@pytest.mark.parametrize("size", [1, 4, 5])
def test_occlusion_empties_patch_by_patch(size):
    net, image = network("the tutorial's"), picture()
    image[:, :20] = 0  # a part without ink too
    wanted = np.zeros((28, 28))
    for row, column in np.ndindex(28, 28):
        emptied = image.copy()
        top, left = row - size // 2, column - size // 2
        emptied[max(top, 0) : top + size, max(left, 0) : left + size] = 0
        wanted[row, column] = softmax(last_sums(net, image))[3] - softmax(last_sums(net, emptied))[3]
    found = inspection.occlusion(net, image, 3, size)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert np.abs(wanted).max() > 1e-3


# The nearest training pictures.


def some_images(n: int = 1100, id: str = "some") -> Images:
    rng = np.random.default_rng(3)
    x = rng.integers(0, 256, (n, 28, 28), np.uint8)
    y = rng.integers(0, 10, n, np.uint8)
    return Images(x, y, x[:5], y[:5], tuple("0123456789"), "some", id)


@pytest.mark.parametrize("by", neighbours.NEAREST)
def test_neighbours_are_the_nearest(by):
    net, images, image = network("the tutorial's"), some_images(), picture()

    def seen(x):
        return x if by == "pixels" else by_hand(net, x)[-2][3]

    distances = [np.sqrt(((seen(x / 255) - seen(image)) ** 2).sum()) for x in images.x_train]
    wanted = np.argsort(distances)[:12]
    found = neighbours.neighbours(net, image, images, by=by)
    assert found.indices.tolist() == wanted.tolist()
    np.testing.assert_allclose(found.distances, np.sort(distances)[:12], rtol=1e-4)
    assert found.labels.tolist() == images.y_train[wanted].tolist()


@pytest.mark.parametrize("by", neighbours.NEAREST)
def test_a_training_picture_is_its_own_nearest(by):
    images = mnist()
    found = neighbours.neighbours(load_network("tutorial"), images.x_train[4321] / 255, images, count=3, by=by)
    assert found.indices[0] == 4321
    assert found.distances[0] == pytest.approx(0, abs=1e-4)
    assert (np.diff(found.distances) >= 0).all()
    assert found.distances[1] > 0.1


def test_neighbours_know_one_network_and_one_set_from_another():
    images, fewer, image = some_images(), some_images(300, "fewer"), picture()
    first = neighbours.neighbours(network("the tutorial's"), image, images)
    assert neighbours.neighbours(network("the tutorial's", seed=1), image, images).indices.tolist() != [*first.indices]
    assert neighbours.neighbours(network("the tutorial's"), image, fewer).indices.max() < 300
    assert len(neighbours.neighbours(network("the tutorial's"), image, some_images(4, "four")).indices) == 4
    assert neighbours.neighbours(network("the tutorial's"), image, images).indices.tolist() == first.indices.tolist()


def test_without_hidden_layers_pixels_are_compared():
    net = network("no hidden layer")
    one, other = (neighbours.neighbours(net, picture(), some_images(), by=by) for by in neighbours.NEAREST)
    assert one.indices.tolist() == other.indices.tolist()


def test_tables_make_room_for_each_other(monkeypatch):
    monkeypatch.setattr(neighbours, "MOST_TABLES", 150_000)
    for seed in range(5):
        neighbours.neighbours(network("the tutorial's", seed), picture(), some_images())
    assert sum(table.rows.nbytes for table in neighbours._tables.values()) <= 150_000


def test_visitors_who_ask_at_once_share_one_table(monkeypatch):
    made = []

    def slow(*given):
        made.append(given)
        sleep(0.05)
        return layer_values(*given)

    monkeypatch.setattr(neighbours, "layer_values", slow)
    net, images = network("the tutorial's", seed=50), some_images()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: neighbours.neighbours(net, picture(), images).indices.tolist(), range(4)))
    assert len(made) == 1
    assert found == 4 * [found[0]]


def test_neighbours_by_something_else():
    with pytest.raises(ValueError, match="last_layer, pixels"):
        neighbours.neighbours(network("two classes"), picture(), some_images(), by="colour")


# How sure, and the steps of the preparation.


@pytest.mark.parametrize("temperature", [None, 0.2, 5.0])
def test_softmax_in_steps(kind, temperature):
    net, z = network(kind), last_sums(network(kind), picture())
    found = inspection.certainty(net._replace(card={"temperature": 1.7}), picture(), temperature)
    t = temperature or 1.7
    assert found.temperature == t
    total = sum(math.exp(1.7 * v / t) for v in z)
    plain = [math.exp(1.7 * v / t) / total for v in z]
    np.testing.assert_allclose(found.z, 1.7 * z, atol=1e-12)
    np.testing.assert_allclose(found.divided, 1.7 * z / t, atol=1e-12)
    np.testing.assert_allclose(found.shifted, 1.7 * (z - max(z)) / t, atol=1e-12)
    np.testing.assert_allclose(found.powers, np.exp(1.7 * (z - max(z)) / t), atol=1e-12)
    np.testing.assert_allclose(found.probabilities, plain, atol=1e-12)
    assert found.entropy == pytest.approx(-sum(p * math.log2(p) for p in plain))


def test_what_the_temperature_can_do():
    net = network("the tutorial's")
    found = [inspection.certainty(net, picture(), t) for t in (0.2, 0.5, 1, 2, 5, 1e-6)]
    assert len({int(each.probabilities.argmax()) for each in found}) == 1
    *steps, frozen = (each.entropy for each in found)
    assert steps == sorted(steps)
    assert frozen == 0  # nothing is left of the others: p is 0, and no logarithm of it is taken
    assert inspection.certainty(net, picture()).temperature == inspection.calibrated(net) == 1
    for wrong in (0, -1, math.nan):
        with pytest.raises(ValueError, match="temperature"):
            inspection.certainty(net, picture(), wrong)


def test_the_cost_of_a_step_is_counted():
    net = load_network("tutorial")
    rng = np.random.default_rng(inspection.OWN_DRAWINGS)
    right = {(): 0, ("scale", "centre"): 0}
    for i in range(60):
        drawing, brush = strokes.digit(i % 10, rng), strokes.brush(rng)
        for without in right:
            right[without] += probabilities(net, preprocess(drawing, brush, without).image[None])[0].argmax() == i % 10
    cost = inspection.cost_of(net, ("centre", "scale"), count=60)
    assert cost == (right[()] / 60, right["scale", "centre"] / 60, 60)
    assert cost.prepared > cost.without


def test_all_steps_together_are_worth_much():
    cost = inspection.cost_of(load_network("best"), STAGES, count=200)
    assert cost.prepared > 0.95
    assert cost.without < 0.8
    assert inspection.cost_of(load_network("best"), (), count=200).without == cost.prepared

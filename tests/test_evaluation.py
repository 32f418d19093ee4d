"""The test set at a glance: every number against a loop, on networks and pictures of random shapes."""

import math

import numpy as np
import pytest

from nn_core.config import Config
from nn_core.digits import NETWORKS, PROBABLE, Network, load_network, mnist
from nn_core.evaluation import (
    BLOCK,
    DISTORTIONS,
    Evaluation,
    confusion,
    distorted,
    evaluate,
    held_back,
    layer_values,
    mistakes,
    next_mistake,
    per_class,
    principal_map,
    reliability,
    robustness,
    sample,
    spoilt,
    sure_mistakes,
    thresholds,
)
from nn_core.mlp import forward, initial_parameters


def said(n=400, k=5, seed=0):
    """Random answers that are right more often than not, with ties and a class that nobody drew."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, k - 1, n)
    p = rng.random((n, k)) + np.eye(k)[labels] * rng.choice([0, 1, 8], n)[:, None]
    p[:3] = 1
    return Evaluation((p / p.sum(axis=1, keepdims=True)).astype(np.float32), labels)


def network(hidden=(7, 5), activation="tanh", seed=3):
    config = Config(dataset="mnist", hidden_sizes=hidden, activation=activation, precision="float32", seed=seed)
    return Network(initial_parameters(config) * 3, config, {"name": "random"})


def pictures(n=BLOCK + 37, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, 28, 28)).astype(np.uint8)


@pytest.mark.parametrize("hidden", [(), (7, 5)])
def test_an_evaluation_is_what_the_network_says(hidden):
    images, net = pictures(), network(hidden)
    labels = np.arange(len(images)) % 10
    evaluation = evaluate(net, images, labels)
    expected = forward(net.parameters, images.reshape(-1, 784) / 255, net.config).output
    np.testing.assert_allclose(evaluation.probabilities, expected, atol=1e-5)
    hits = [max(range(10), key=lambda k: row[k]) == label for row, label in zip(expected, labels, strict=True)]
    assert evaluation.accuracy == sum(hits) / len(hits)
    np.testing.assert_allclose(evaluation.confidence, [max(row) for row in expected], atol=1e-5)
    as_floats = evaluate(net, images / np.float32(255), labels)
    np.testing.assert_array_equal(as_floats.probabilities, evaluation.probabilities)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_cards_say_what_is_measured(name):
    net, images = load_network(name), mnist()
    evaluation = evaluate(net, images.x_test, images.y_test)
    assert round(evaluation.accuracy, 4) == net.card["accuracy"]
    assert round(evaluation.calibration_error, 4) == net.card["calibration_error"]


def test_the_margin_holds_the_truth_in_19_of_20_cases():
    p, n, rng = 0.97, 400, np.random.default_rng(0)
    held = 0
    for hits in rng.binomial(n, p, 2000):
        labels = np.r_[np.zeros(hits, int), np.ones(n - hits, int)]
        held += abs(hits / n - p) <= Evaluation(np.tile([1.0, 0.0], (n, 1)), labels).margin
    assert 0.92 < held / 2000 < 0.98
    assert Evaluation(np.ones((50, 1)), np.zeros(50, int)).margin > 0.01


def test_confusion_and_shares_by_counting():
    evaluation = said()
    counts = confusion(evaluation)
    recall, precision, count = per_class(evaluation)
    for true in range(5):
        of_class = [
            guess for guess, label in zip(evaluation.predicted, evaluation.labels, strict=True) if label == true
        ]
        assert list(counts[true]) == [of_class.count(guess) for guess in range(5)]
        assert count[true] == len(of_class)
        taken = [label for guess, label in zip(evaluation.predicted, evaluation.labels, strict=True) if guess == true]
        assert precision[true] == pytest.approx(taken.count(true) / len(taken))
        assert recall[true] == (
            pytest.approx(of_class.count(true) / len(of_class)) if of_class else pytest.approx(math.nan, nan_ok=True)
        )
    assert math.isnan(recall[4])


def test_mistakes_in_both_orders():
    evaluation = said()
    p = evaluation.probabilities
    wrong = {i for i in range(len(p)) if p[i].argmax() != evaluation.labels[i]}
    worst, confident = mistakes(evaluation), mistakes(evaluation, "confident")
    assert set(worst) == set(confident) == wrong
    assert [p[i, evaluation.labels[i]] for i in worst] == sorted(p[i, evaluation.labels[i]] for i in wrong)
    assert [p[i].max() for i in confident] == sorted((p[i].max() for i in wrong), reverse=True)
    with pytest.raises(ValueError, match="order must be"):
        mistakes(evaluation, "best")


def test_the_mean_loss_by_a_loop():
    evaluation = said()
    losses = [-math.log(row[label]) for row, label in zip(evaluation.probabilities, evaluation.labels, strict=True)]
    assert evaluation.loss == pytest.approx(sum(losses) / len(losses), rel=1e-6)
    impossible = Evaluation(np.array([[0, 1]], np.float32), np.array([0]))
    assert 80 < impossible.loss < 100, "sure and wrong is bad, and still a number"


def test_sure_mistakes_by_counting():
    evaluation = said()
    for least in (0.0, 0.35, 0.9):
        pairs = zip(evaluation.probabilities, evaluation.labels, strict=True)
        expected = sum(row.argmax() != label and row.max() >= least for row, label in pairs)
        assert sure_mistakes(evaluation, least) == expected
    assert sure_mistakes(evaluation, 0) > sure_mistakes(evaluation, 0.35) > 0


def test_from_mistake_to_mistake_and_around():
    evaluation = said()
    place, met = -1, []
    for _ in mistakes(evaluation):
        place = next_mistake(evaluation, place)
        met.append(place)
    assert met == sorted(mistakes(evaluation))
    assert next_mistake(evaluation, met[0] - 1) == met[0]
    assert next_mistake(evaluation, place) == met[0], "after the last comes the first"
    assert next_mistake(Evaluation(np.eye(3), np.arange(3)), 1) is None


@pytest.mark.parametrize("bins", [1, 10, 37])
def test_reliability_by_counting(bins):
    evaluation = said()
    confidence, accuracy, count = reliability(evaluation, bins)
    total = 0
    for b in range(bins):
        inside = [i for i, c in enumerate(evaluation.confidence) if b == min(int(c * bins), bins - 1)]
        assert count[b] == len(inside)
        if inside:
            assert confidence[b] == pytest.approx(np.mean([evaluation.confidence[i] for i in inside]), rel=1e-6)
            assert accuracy[b] == np.mean([evaluation.right[i] for i in inside])
            total += len(inside) * abs(confidence[b] - accuracy[b])
        else:
            assert math.isnan(confidence[b])
            assert math.isnan(accuracy[b])
    if bins == 10:
        assert evaluation.calibration_error == pytest.approx(total / 400)


def test_an_honest_network_has_no_calibration_error():
    p = np.tile([0.75, 0.25], (400, 1))
    assert Evaluation(p, np.arange(400) % 4 // 3).calibration_error == 0
    assert Evaluation(p, np.zeros(400, int)).calibration_error == pytest.approx(0.25)


def test_thresholds_by_counting():
    evaluation = said()
    threshold, answered, right = thresholds(evaluation, steps=20)
    assert (threshold[0], threshold[-1]) == (0, 1)
    assert (answered[0], right[0]) == (1, evaluation.accuracy)
    assert answered[-1] == 0
    assert math.isnan(right[-1])
    for t, share, hits in zip(threshold[:-1], answered, right, strict=False):
        kept = [i for i, c in enumerate(evaluation.confidence) if c > np.float32(t)]
        assert share == len(kept) / 400
        if kept:
            assert hits == pytest.approx(np.mean([evaluation.right[i] for i in kept]))


@pytest.mark.parametrize(("hidden", "layer"), [((), 0), ((), 1), ((7, 5), 0), ((7, 5), 1), ((7, 5), 2), ((7, 5), 3)])
def test_the_map_shows_as_much_as_a_plane_can(hidden, layer):
    net, images = network(hidden), pictures(600)
    trace = forward(net.parameters, images.reshape(-1, 784) / 255, net.config)
    values = [trace.inputs, *trace.a, trace.z[-1]][layer]
    np.testing.assert_allclose(layer_values(net, images, layer), values, atol=1e-4)
    points, shares = principal_map(net, images, layer)
    centred = values - values.mean(axis=0)
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(shares, (singular**2 / (singular**2).sum())[:2], rtol=1e-4)
    np.testing.assert_allclose(points.var(axis=0) / centred.var(axis=0).sum(), shares, rtol=1e-4)
    for i in range(2):
        axis = axes[i] * np.sign(axes[i][np.abs(axes[i]).argmax()])
        np.testing.assert_allclose(points[:, i], centred @ axis, atol=2e-3 * singular[0])
    np.testing.assert_array_equal(principal_map(net, images, layer).points, points)


def test_a_layer_of_one_unit_is_a_line():
    points, shares = principal_map(network((1,)), pictures(50), 1)
    assert points.shape == (50, 2)
    assert np.ptp(points[:, 0]) > 0
    assert np.ptp(points[:, 1]) == 0
    np.testing.assert_allclose(shares, [1, 0])


@pytest.mark.parametrize("layer", [-1, 4])
def test_a_layer_there_is_not(layer):
    with pytest.raises(ValueError, match="layer must be from 0 to 3"):
        layer_values(network(), pictures(2), layer)


def pixel_by_pixel(image, place):
    """The picture (28, 28) read at place(x, y), in pixels from its middle, between four pixels; black outside."""
    read = np.zeros((28, 28))
    for row in range(28):
        for column in range(28):
            x, y = place(column - 13.5, row - 13.5)
            left, top = math.floor(x + 13.5), math.floor(y + 13.5)
            for i in (top, top + 1):
                for j in (left, left + 1):
                    if 0 <= i < 28 and 0 <= j < 28:
                        read[row, column] += image[i, j] * (1 - abs(x + 13.5 - j)) * (1 - abs(y + 13.5 - i))
    return read


def turned(degrees):
    radians = math.radians(degrees)
    return lambda x, y: (
        math.cos(radians) * x + math.sin(radians) * y,
        math.cos(radians) * y - math.sin(radians) * x,
    )


@pytest.mark.parametrize(
    ("kind", "amount", "places"),
    [
        (
            "shift",
            2.4,
            [lambda x, y, i=i: (x - 2.4 * [1, 0, -1, 0][i % 4], y - 2.4 * [0, 1, 0, -1][i % 4]) for i in range(6)],
        ),
        ("turn", 33, [turned(33)] * 6),
        ("turn", -90, [turned(-90)] * 6),
        ("scale", 0.6, [lambda x, y: (x / 0.6, y / 0.6)] * 6),
        ("scale", 1.3, [lambda x, y: (x / 1.3, y / 1.3)] * 6),
    ],
)
def test_distortions_pixel_by_pixel(kind, amount, places):
    images = pictures(6)
    for image, result, place in zip(images, distorted(images, kind, amount), places, strict=True):
        np.testing.assert_allclose(result, pixel_by_pixel(image / 255, place), atol=1e-5)


def test_directions_of_the_distortions():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 4, 13:15] = 255  # above the middle
    assert distorted(image, "shift", 3)[0, 4, 16:18].min() == 1, "first to the right"
    assert distorted(image, "turn", 90)[0, 13:15, 23].min() > 0.99, "a turn to the right brings the top to the right"
    assert distorted(image, "scale", 0.5)[0, 8:10].sum() >= 0.5, "smaller is nearer to the middle"


def by_neighbours(image, best):
    """Each pixel becomes the `best` of itself and its four neighbours."""
    cells = [(row, column) for row in range(28) for column in range(28)]
    inside = set(cells)
    near = {
        (r, c): [image[at] for at in ((r, c), (r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)) if at in inside]
        for r, c in cells
    }
    return np.array([best(near[cell]) for cell in cells]).reshape(28, 28)


def test_another_pen_by_neighbours():
    image = pictures(1)[0] / 255
    once = by_neighbours(image, max)
    twice = by_neighbours(once, max)
    thin = by_neighbours(image, min)
    for pixels, expected in [(1, once), (1.25, 0.75 * once + 0.25 * twice), (-0.5, (image + thin) / 2), (-1, thin)]:
        np.testing.assert_allclose(distorted(pictures(1), "pen", pixels)[0], expected, atol=1e-5)


def test_a_spoilt_set_is_another_set():
    images = mnist()._replace(x_test=pictures(6), y_test=np.arange(6, dtype=np.uint8))
    made = spoilt(images, "turn", 30)
    assert np.abs(made.x_test - 255 * distorted(images.x_test, "turn", 30)).max() <= 0.501
    assert made.x_test.dtype == np.uint8
    np.testing.assert_array_equal(images.x_test, pictures(6))
    assert len({each.id for each in (images, made, spoilt(images, "turn", 15), spoilt(images, "shift", 3))}) == 4
    assert made.y_test is images.y_test
    assert made.x_train is images.x_train
    np.testing.assert_array_equal(spoilt(images, "turn", 0).x_test, images.x_test)


@pytest.mark.parametrize("kind", DISTORTIONS)
def test_the_usual_amount_is_one_of_them_and_hurts(kind):
    entry, images, net = DISTORTIONS[kind], mnist(), load_network("tutorial")
    assert entry.usual in entry.amounts
    places = sample(10_000, 300)
    accuracy = robustness(net, images.x_test[places], images.y_test[places], kind, (entry.usual,))[0]
    assert 0.4 < accuracy < 0.9


def test_noise_is_what_it_says():
    grey = np.full((40, 28, 28), 128, np.uint8)
    noisy = distorted(grey, "noise", 0.1)
    assert (noisy - 128 / 255).std() == pytest.approx(0.1, rel=0.02)
    assert noisy.mean() == pytest.approx(128 / 255, abs=0.002)
    np.testing.assert_array_equal(noisy, distorted(grey, "noise", 0.1))
    wild = distorted(grey, "noise", 5)
    assert (wild.min(), wild.max()) == (0, 1)


@pytest.mark.parametrize("kind", DISTORTIONS)
def test_every_distortion_has_an_amount_that_changes_nothing(kind):
    images = pictures(9)
    unchanged = [np.abs(distorted(images, kind, a) - images / 255).max() < 1e-5 for a in DISTORTIONS[kind].amounts]
    assert unchanged.count(True) == 1


def test_robustness_is_the_accuracy_at_each_amount():
    images, net = mnist(), load_network("tutorial")
    places = sample(len(images.x_test), 200)
    x, y = images.x_test[places], images.y_test[places]
    curve = robustness(net, x, y, "shift", (0, 4))
    assert curve[0] == evaluate(net, x, y).accuracy
    shifted = evaluate(net, distorted(x, "shift", 4), y)
    assert curve[1] == sum(p == t for p, t in zip(shifted.predicted, y, strict=True)) / 200
    assert curve[1] < curve[0] - 0.3


def test_a_sample_is_spread_evenly():
    assert list(sample(5, 9)) == [0, 1, 2, 3, 4]
    places = sample(10_000, 2000)
    assert (len(set(places)), places[0], places[-1]) == (2000, 0, 9999)
    assert set(np.diff(places)) <= {4, 5, 6}


def test_held_back_drawings():
    images, labels = held_back(20, 6)
    assert images.shape == (26, 28, 28)
    assert (images.dtype, images.max()) == (np.uint8, 255)
    assert list(labels) == [*range(10), *range(10), *[-1] * 6]
    evaluation = evaluate(load_network("best"), images, labels)
    assert evaluation.right[:20].mean() > 0.8
    assert (evaluation.confidence[20:] <= PROBABLE).mean() > 0.6, "what is no digit makes it unsure"

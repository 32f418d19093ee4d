"""The test set at a glance: every number against a loop, on networks and pictures of random shapes."""

import math

import numpy as np
import pytest

from nn_core.config import Config
from nn_core.digits import NETWORKS, PROBABLE, Network, load_network, mnist
from nn_core.evaluation import (
    BLOCK,
    Evaluation,
    confusion,
    evaluate,
    held_back,
    layer_values,
    mistakes,
    next_mistake,
    per_class,
    principal_map,
    reliability,
    sample,
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

"""Operations on a network, beside the same done by hand to activations and single weights."""

import numpy as np
import pytest

from nn_core import surgery
from nn_core.activations import ACTIVATIONS
from nn_core.config import Config
from nn_core.digits import Network, load_mnist, load_network
from nn_core.mlp import forward, initial_parameters, layers, predict
from nn_core.surgery import Noise, Prune, Quantise, Unit, importance, operate, read_operations, size, written

CONFIG = Config(dataset="mnist", hidden_sizes=(7, 5), activation=("relu", "tanh"), precision="float64", seed=3)
IMAGES = load_mnist()[1][0][:40]
LABELS = load_mnist()[1][1][:40]


@pytest.fixture
def network():
    parameters = initial_parameters(CONFIG)
    return Network(parameters + np.random.default_rng(0).normal(0, 0.05, len(parameters)), CONFIG, {"name": "small"})


def with_hook(network, layer, unit, hook):
    """The last sums for IMAGES, layer by layer, with one activation replaced by hand."""
    a = IMAGES.reshape(40, 784) / 255
    net = layers(network.parameters, network.config)
    for at, each in enumerate(net[:-1]):
        a = ACTIVATIONS[network.config.activations[at]].value(a @ each.W.T + each.b)
        if at == layer:
            a[:, unit] = hook(a[:, unit])
    return a @ net[-1].W.T + net[-1].b


def sums(network):
    return forward(network.parameters, IMAGES.reshape(40, 784), network.config).z[-1]


@pytest.mark.parametrize(("layer", "unit"), [(0, 0), (0, 6), (1, 2)])
@pytest.mark.parametrize(("scale", "shift"), [(0.0, 0.0), (1.7, 0.0), (1.0, -0.8), (-0.5, 2.0)])
def test_a_unit_is_switched_off_scaled_and_shifted_exactly(network, layer, unit, scale, shift):
    changed = operate(network, [Unit(layer, unit, scale, shift)])
    wanted = with_hook(network, layer, unit, lambda a: scale * a + shift)
    assert np.abs(wanted - sums(network)).max() > 1e-4
    np.testing.assert_allclose(sums(changed), wanted, atol=1e-12)


def test_operations_follow_one_another_and_leave_the_network_alone(network):
    before = network.parameters.copy()
    both = operate(network, [Unit(0, 1, 2.0, 1.0), Unit(0, 1, 3.0, 1.0)])
    np.testing.assert_allclose(sums(both), with_hook(network, 0, 1, lambda a: 2 * (3 * a + 1) + 1), atol=1e-12)
    np.testing.assert_array_equal(network.parameters, before)
    np.testing.assert_array_equal(operate(network, []).parameters, before)
    with pytest.raises(ValueError, match="read-only"):
        both.parameters[0] = 1


@pytest.mark.parametrize("share", [0, 0.3, 0.95, 1])
def test_pruning_takes_the_smallest_weights_of_each_layer(network, share):
    after = layers(operate(network, [Prune(share)]).parameters, CONFIG)
    for was, now in zip(layers(network.parameters, CONFIG), after, strict=True):
        gone = round(share * was.W.size)
        assert (now.W == 0).sum() == gone
        limit = np.sort(np.abs(was.W).ravel())[gone - 1] if gone else -1
        np.testing.assert_array_equal(now.W, np.where(np.abs(was.W) <= limit, 0, was.W))
        np.testing.assert_array_equal(now.b, was.b)


def test_pruning_the_whole_network_has_one_limit(network):
    net = layers(network.parameters, CONFIG)
    net[0].W[:] /= 1000
    after = layers(operate(network, [Prune(0.5, by_layer=False)]).parameters, CONFIG)
    zeros = [int((layer.W == 0).sum()) for layer in after]
    assert sum(zeros) == round(0.5 * sum(layer.W.size for layer in net))
    assert zeros[1:] == [0, 0]


def test_noise_is_as_large_as_it_says_and_comes_again(network):
    noisy, again = operate(network, [Noise(0.5, 7)]), operate(network, [Noise(0.5, 7)])
    np.testing.assert_array_equal(noisy.parameters, again.parameters)
    assert (operate(network, [Noise(0.5, 8)]).parameters != noisy.parameters).any()
    was, now = layers(network.parameters, CONFIG)[0], layers(noisy.parameters, CONFIG)[0]
    assert (now.W - was.W).std() == pytest.approx(0.5 * was.W.std(), rel=0.05)
    np.testing.assert_array_equal(now.b, was.b)


@pytest.mark.parametrize("bits", [2, 3, 5, 8])
def test_rounded_weights_are_few_even_and_near(network, bits):
    after = layers(operate(network, [Quantise(bits)]).parameters, CONFIG)
    for was, now in zip(layers(network.parameters, CONFIG), after, strict=True):
        values = np.unique(now.W)
        assert len(values) <= 2**bits - 1
        step = np.diff(values).min()
        np.testing.assert_allclose(values / step, np.round(values / step), atol=1e-9)
        widest = np.abs(was.W).max() / (2 ** (bits - 1) - 1)
        plain = np.round(was.W / widest) * widest
        assert ((now.W - was.W) ** 2).sum() <= ((plain - was.W) ** 2).sum() + 1e-12


def test_one_bit_keeps_the_sign_and_no_weight_stays_none(network):
    layers(network.parameters, CONFIG)[1].W[2, 3] = 0
    was, now = layers(network.parameters, CONFIG)[1], layers(operate(network, [Quantise(1)]).parameters, CONFIG)[1]
    mean = sum(abs(w) for w in was.W.ravel()) / was.W.size
    np.testing.assert_allclose(now.W, [[mean * (int(w > 0) - int(w < 0)) for w in row] for row in was.W])
    empty = network._replace(parameters=np.zeros_like(network.parameters))
    np.testing.assert_array_equal(operate(empty, [Quantise(4)]).parameters, 0)


@pytest.mark.parametrize(
    "operation",
    [Unit(2, 0), Unit(-1, 0), Unit(0, 7), Unit(0, -1), Prune(-0.1), Prune(1.1), Noise(-1), Noise(np.nan), Quantise(0)],
)
def test_what_cannot_be_done_is_refused(network, operation):
    with pytest.raises(ValueError):
        operate(network, [operation])


def test_size_counts_bits(network):
    weights, biases = 784 * 7 + 7 * 5 + 5 * 10, 7 + 5 + 10
    assert size(network) == 4 * (weights + biases)
    rounded = [Quantise(8)]
    assert size(operate(network, rounded), rounded) == weights + 4 * biases
    left = sum(round(0.1 * n) for n in (784 * 7, 7 * 5, 5 * 10))
    assert size(operate(network, [Prune(0.9)])) == pytest.approx((weights + 32 * left + 32 * biases) / 8, abs=9)


def test_importance_is_the_accuracy_without_each_unit():
    network = load_network("tutorial")
    x, y = (array[:300] for array in load_mnist()[1])

    def accuracy(parameters):
        return (predict(parameters, x.reshape(300, 784), network.config).argmax(axis=1) == y).mean()

    for layer in (0, 1):
        lost = importance(network, x, y, layer)
        for unit in (*range(0, 64, 9), int(lost.argmax())):
            off = operate(network, [Unit(layer, unit)]).parameters
            assert lost[unit] == pytest.approx(accuracy(network.parameters) - accuracy(off), abs=1e-9)
        assert lost.max() > 0


def test_every_operation_can_be_done_and_written():
    kinds = set(surgery.Operation.__args__)
    assert set(surgery.CHANGE) == set(surgery.NAMES.values()) == set(surgery.RANGES) == kinds


DONE = (Unit(0, 37), Unit(1, 2, -0.5, 1.3), Prune(0.9, by_layer=False), Noise(0.35, 77), Quantise(4))


def test_operations_come_back_from_their_text():
    assert written(DONE) == "unit_0_37_0_0~unit_1_2_-0.5_1.3~prune_0.9_0~noise_0.35_77~bits_4"
    assert read_operations(written(DONE)) == DONE
    assert [type(value) for each in read_operations(written(DONE)) for value in each] == [
        type(value) for each in (Unit(0, 37, 0.0, 0.0), *DONE[1:]) for value in each
    ]
    assert read_operations("") == ()


@pytest.mark.parametrize(
    "text",
    [
        "drop",
        "~",
        "unit_1",
        "unit_0_1_0_0_0",
        "unit_0.5_1_0_0",
        "unit_-1_0_0_0",
        "unit_0_0_3_0",
        "prune_1_1",
        "prune_nan_1",
        "prune_0.5_0.5",
        "noise_inf_1",
        "noise_1e300_1",
        "bits_0",
        "bits_17",
        "bits_\u0664",
        "bits_4~" * 100 + "bits_4",
    ],
)
def test_a_text_that_nobody_wrote_gets_a_sentence(text):
    with pytest.raises(ValueError, match=r"^(“.{0,40}” (is no operation|has a number)|there can be at most 100)"):
        read_operations(text)

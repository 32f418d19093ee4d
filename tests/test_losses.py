"""Every loss with every task it fits: its gradient is its derivative, and nothing overflows."""

import numpy as np
import pytest

from nn_core.config import Config
from nn_core.losses import LINKS, LOSSES, TASKS
from nn_core.mlp import penalty, weight_mask
from tests.support import STEP, gradient

OUTPUTS = {"binary": 1, "multiclass": 4, "regression": 1}
FITTING = [(name, task) for name, loss in LOSSES.items() for task in loss.tasks]

each = pytest.mark.parametrize(("name", "task"), FITTING)


def sums_and_targets(task, z):
    """Output sums (n, k) and targets of the task's kind, each class and a mixture."""
    k = OUTPUTS[task]
    z = np.resize(z, (len(z) * k, k))
    if task == "multiclass":
        return z, np.eye(k)[np.arange(len(z)) % k]
    return z, np.resize([0.0, 1.0] if task == "binary" else [-0.7, 0.4, 2.9], z.shape)


@each
def test_gradient_is_the_derivative(name, task):
    loss, link = LOSSES[name], LINKS[TASKS[task].link]
    z, y = sums_and_targets(task, np.random.default_rng(0).normal(size=60) * 3)
    steps = STEP * 1j * np.eye(z.shape[1])
    numeric = np.stack([loss.value(z + step, y, link).imag / STEP for step in steps], axis=1)
    np.testing.assert_allclose(loss.gradient(z, y, link), numeric, rtol=1e-12, atol=1e-12)


@each
def test_finite_at_extremes(name, task):
    largest = 1e150 if task == "regression" else 1e300  # there is no link to tame a regression's square
    loss, link = LOSSES[name], LINKS[TASKS[task].link]
    z, y = sums_and_targets(task, largest * np.array([-1, 0.3, 1]))
    assert np.isfinite(loss.value(z, y, link)).all()
    assert np.isfinite(loss.gradient(z, y, link)).all()


@pytest.mark.parametrize("name", ["mean_absolute_error", "huber"])
def test_straight_losses_bear_what_squares_do_not(name):
    z, y = np.array([[-1e300], [1e300]]), np.zeros((2, 1))
    np.testing.assert_allclose(LOSSES[name].value(z, y, LINKS["linear"]), [1e300, 1e300])


@each
def test_a_perfect_answer_costs_nothing_and_leading_axes_are_allowed(name, task):
    loss, link = LOSSES[name], LINKS[TASKS[task].link]
    z, y = sums_and_targets(task, np.array([0.3, -1.2, 2.0]))
    both = loss.value(np.stack([z, -z]), y, link)
    np.testing.assert_array_equal(both, [loss.value(z, y, link), loss.value(-z, y, link)])
    perfect = y if task == "regression" else 1000 * (2 * y - 1)
    np.testing.assert_allclose(loss.value(perfect, y, link), 0, atol=1e-12)
    np.testing.assert_allclose(loss.gradient(perfect, y, link), 0, atol=1e-12)


@each
def test_keeps_single_precision(name, task):
    z, y = (part.astype("float32") for part in sums_and_targets(task, np.array([0.3, -1.2, 2.0])))
    assert LOSSES[name].value(z, y, LINKS[TASKS[task].link]).dtype == np.float32
    assert LOSSES[name].gradient(z, y, LINKS[TASKS[task].link]).dtype == np.float32


@pytest.mark.parametrize(
    ("name", "task", "z", "y", "expected"),
    [
        ("binary_cross_entropy", "binary", [0.0], [1], np.log(2)),  # a coin
        ("binary_cross_entropy", "binary", [np.log(3)], [0], np.log(4)),  # 75 % on the wrong side
        ("categorical_cross_entropy", "multiclass", [0.0] * 4, [0, 0, 1, 0], np.log(4)),
        ("mean_squared_error", "binary", [0.0], [1], 0.25),
        ("mean_squared_error", "multiclass", [0.0, 0.0], [1, 0], 0.25),  # (0.25 + 0.25) / 2
        ("mean_absolute_error", "regression", [2.0], [5.0], 3.0),
        ("huber", "regression", [0.5], [0.0], 0.125),  # 0.5^2 / 2
        ("huber", "regression", [3.0], [0.0], 2.5),  # 3 - 1/2
    ],
)
def test_known_values(name, task, z, y, expected):
    value = LOSSES[name].value(np.array([z]), np.array([y]), LINKS[TASKS[task].link])
    assert value == pytest.approx([expected], rel=1e-14)


def test_softmax_adds_up_at_extremes():
    p = LINKS["softmax"].value(np.array([[1e300, 1.0, -1e300], [5e299, 5e299, 0.0]]))
    np.testing.assert_array_equal(p, [[1, 0, 0], [0.5, 0.5, 0]])


@pytest.mark.parametrize("task", TASKS)
def test_each_task_has_a_loss_that_fits(task):
    assert task in LOSSES[TASKS[task].loss].tasks
    assert TASKS[task].link in LINKS


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.2), (0.3, 0.2)])
def test_penalties_and_their_gradient(l1, l2):
    config = Config(hidden_sizes=(3, 2), l1=l1, l2=l2)
    p = np.random.default_rng(0).normal(size=config.n_parameters)
    weights = p[weight_mask(config) == 1]
    price, slope = penalty(p, config)
    assert price == pytest.approx(l1 * np.abs(weights).sum() + l2 / 2 * (weights**2).sum(), rel=1e-14)
    np.testing.assert_allclose(slope, gradient(lambda p: penalty(p, config)[0], p), rtol=1e-12, atol=1e-12)
    assert not slope[weight_mask(config) == 0].any(), "biases are free"


@pytest.mark.parametrize("name", LOSSES)
def test_explains_itself(name):
    assert LOSSES[name].value.__doc__
    assert LOSSES[name].title

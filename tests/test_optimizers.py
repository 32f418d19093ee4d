"""Every optimizer against two steps worked by hand, and to the bottom of a bowl; every schedule by its shape."""

import numpy as np
import pytest

from nn_core.config import Config
from nn_core.mlp import weight_mask
from nn_core.optimizers import EPSILON as e
from nn_core.optimizers import OPTIMIZERS, SCHEDULES, Settings

# One parameter at 1, gradients 2 and then 1, rate 0.1, momentum 1/2, rms_decay 3/4, weight decay 1/10.
ADAM_1 = 0.1 * 2 / (2 + e)  # m = 2/2 = 1, s = 4/4 = 1; corrected m = 1 / (1/2) = 2, s = 1 / (1/4) = 4, root 2
ADAM_2 = 0.1 * (1 / 0.75) / ((1 / 0.4375) ** 0.5 + e)  # m = 1/2 + 1/2, s = 3/4 + 1/4; 1 - 1/4 and 1 - 9/16 correct
TWO_STEPS = {
    "gradient_descent": (1 - 0.1 * 2, 0.8 - 0.1 * 1),
    "momentum": (1 - 0.1 * 2, 0.8 - 0.1 * (0.5 * 2 + 1)),
    "nesterov": (1 - 0.1 * (2 + 0.5 * 2), 0.7 - 0.1 * (1 + 0.5 * (0.5 * 2 + 1))),
    "rmsprop": (1 - 0.1 * 2 / (1 + e), 1 - 0.1 * 2 / (1 + e) - 0.1 * 1 / (1 + e)),  # s = 4/4 = 1, then 3/4 + 1/4 = 1
    "adam": (1 - ADAM_1, 1 - ADAM_1 - ADAM_2),
    "adamw": (0.99 * 1 - ADAM_1, 0.99 * (0.99 - ADAM_1) - ADAM_2),  # 1 - 0.1 x 1/10 = 0.99, before each step
}
HAND = Settings(momentum=0.5, rms_decay=0.75, weight_decay=np.array([0.1]))
each = pytest.mark.parametrize("name", OPTIMIZERS)


@each
def test_two_steps_by_hand(name):
    p, memory = np.array([1.0]), np.zeros((OPTIMIZERS[name].slots, 1))
    for t, (g, expected) in enumerate(zip((2.0, 1.0), TWO_STEPS[name], strict=True), start=1):
        OPTIMIZERS[name].update(p, np.array([g]), memory, 0.1, t, HAND)
        assert p == pytest.approx([expected], rel=1e-15)


@each
def test_to_the_bottom_of_a_bowl(name):
    steepness, bottom = np.array([1.0, 10.0, 3.0]), np.array([2.0, -1.0, 0.0])
    p, memory = np.zeros(3), np.zeros((OPTIMIZERS[name].slots, 3))
    for t in range(1, 1001):
        slope, rate = steepness * (p - bottom), 0.05 * (1 - t / 1000)
        OPTIMIZERS[name].update(p, slope, memory, rate, t, Settings(0.8, 0.9, np.zeros(3)))
    np.testing.assert_allclose(p, bottom, atol=1e-4)


@each
def test_keeps_single_precision(name):
    p, g, memory = np.ones(3, "float32"), np.ones(3, "float32"), np.zeros((OPTIMIZERS[name].slots, 3), "float32")
    OPTIMIZERS[name].update(p, g, memory, 0.1, 1, Settings(0.9, 0.999, np.full(3, 0.01, "float32")))
    assert p.dtype == np.float32


def test_adamw_leaves_biases_undecayed():
    config = Config(hidden_sizes=(3,))
    biases = weight_mask(config) == 0
    after = {}
    for name in ("adam", "adamw"):
        p, memory = np.ones(config.n_parameters), np.zeros((2, config.n_parameters))
        settings = Settings(0.9, 0.999, 0.5 * weight_mask(config))
        OPTIMIZERS[name].update(p, np.full_like(p, 0.3), memory, 0.1, 1, settings)
        after[name] = p
    np.testing.assert_array_equal(after["adam"][biases], after["adamw"][biases])
    assert (after["adamw"][~biases] < after["adam"][~biases]).all()


@each
def test_explains_itself_and_reads_real_settings(name):
    assert OPTIMIZERS[name].update.__doc__
    assert OPTIMIZERS[name].title
    assert set(OPTIMIZERS[name].reads) <= set(Settings._fields)


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_stays_a_share_of_the_rate(name):
    factors = [SCHEDULES[name].factor(progress) for progress in np.linspace(0, 1, 1001).tolist()]
    assert min(factors) >= 0
    assert max(factors) <= 1
    assert all(isinstance(factor, float) for factor in factors), "a NumPy number would turn float32 into float64"
    falls = np.diff(factors) <= 0
    assert falls.all() or (name == "warm_up" and not falls[:90].any())
    assert SCHEDULES[name].factor.__doc__


@pytest.mark.parametrize(
    ("name", "start", "middle", "end"),
    [
        ("constant", 1, 1, 1),
        ("step", 1, 1 / 4, 1 / 16),  # halved after each of five fifths: two are over in the middle, four at the end
        ("exponential", 1, 0.1, 0.01),
        ("cosine", 1, 0.5, 0),
        ("warm_up", 0.01, 1, 1),
    ],
)
def test_shape_of_schedules(name, start, middle, end):
    assert [SCHEDULES[name].factor(at) for at in (0.0, 0.5, 1.0)] == pytest.approx([start, middle, end], abs=1e-12)


@pytest.mark.parametrize("name", [name for name, each in OPTIMIZERS.items() if each.slots])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_memories_never_hold_numbers_without_full_precision(name, dtype):
    """After a gradient that came once, in float32, they would for thousands of updates."""
    optimizer, p = OPTIMIZERS[name], np.zeros(3, dtype)
    memory = np.zeros((optimizer.slots, 3), dtype)
    settings = Settings(0.9, 0.9, np.zeros(3, dtype))
    smallest = np.finfo(dtype).tiny
    for t in range(1, 12_000):
        g = np.array([1e-3 * (t == 1), 1e-9 * (t < 3), 0], dtype)
        optimizer.update(p, g, memory, 0.01, t, settings)
        assert not ((memory != 0) & (np.abs(memory) < smallest)).any()
    assert (memory == 0).all()
    assert np.isfinite(p).all()

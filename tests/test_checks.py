"""Gradient checks: what is measured is the derivative, the U has its laws, every mistake is found, words are true."""

import math
import re

import numpy as np
import pytest

from nn_core import run
from nn_core.activations import ACTIVATIONS
from nn_core.bugs import BUGS, Parts, assembled, backpropagated
from nn_core.checks import (
    EPSILONS,
    FLOOR,
    MOST_CHECKED,
    RIGHT,
    SMALLEST,
    case,
    central_difference,
    complex_step,
    guides,
    kinks,
    largest_errors,
    losses_beside,
    objective,
    relative_error,
    sweep,
)
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.findings import blocks, deduced, digits, of_central, of_epsilons, of_kinks, verdict
from nn_core.landscape import names
from nn_core.losses import LOSSES
from nn_core.mlp import gradient_check, initial_parameters, loss_and_gradient

TASKS = {"binary": "moons", "multiclass": "three_spiral", "regression": "sine"}
DEEP = Config(
    dataset="moons", samples=60, noise=0.1, hidden_sizes=(4, 3), activation=("sigmoid", "tanh"), l2=0.01, epochs=30
)
LEAKY = DEEP.replace(activation="leaky_relu", seed=1)
MATTERS = {
    "slope": DEEP,
    "factor": DEEP,
    "leak": LEAKY,
    "bias": DEEP,
    "axis": DEEP,
    "before": DEEP,
    "mean": DEEP,
    "sign": DEEP,
    "link": DEEP.replace(loss="mean_squared_error", dataset="three_spiral"),
    "price": DEEP.replace(l1=0.003),
    "biases_pay": DEEP,
}
TELLS = {  # what the sentence about each mistake must say
    "slope": "its slope is wrong",
    "factor": "its slope is wrong",
    "leak": "its slope is wrong",
    "bias": "they are not computed at all",
    "axis": "added up over the units too",
    "before": "what the layer before puts out",
    "mean": "was not divided by n",
    "sign": "the wrong sign",
    "link": "slope of the loss or of the output's own function",
    "price": "it is the slope of the penalty",
    "biases_pay": "the slope of the penalty is added to the biases too",
}


def trained(config):
    """A case half way through its run."""
    data = make_data(config)
    return case(run(config, data).parameters[-1], data, config)


def network(**settings):
    config = Config(samples=18, noise=0.1, **settings)
    parameters = initial_parameters(config) + 0.3 * np.random.default_rng(1).normal(size=config.n_parameters)
    return case(parameters, make_data(config), config)


@pytest.mark.parametrize(("loss", "task"), [(loss, task) for loss, entry in LOSSES.items() for task in entry.tasks])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_measured_derivatives(activation, loss, task):
    of = network(dataset=TASKS[task], hidden_sizes=(3, 2), activation=activation, loss=loss, l1=0.02, l2=0.03)
    by_the_book = gradient_check(of.parameters, of.x, of.y, of.config)
    np.testing.assert_allclose(complex_step(of), by_the_book.numeric, rtol=1e-9, atol=1e-12)
    assert verdict(of, backpropagated(of), complex_step(of))[0]
    epsilon = 1e-5
    one_by_one = [
        (loss_and_gradient(of.parameters + move, of.x, of.y, of.config)[0]
         - loss_and_gradient(of.parameters - move, of.x, of.y, of.config)[0]) / (2 * epsilon)
        for move in epsilon * np.eye(len(of.parameters))
    ]  # fmt: skip
    np.testing.assert_allclose(central_difference(of, epsilon), one_by_one, atol=1e-9)
    below, above = losses_beside(of, 3, epsilon)
    assert (above - below) / (2 * epsilon) == central_difference(of, epsilon)[3], "to the last digit"


def test_the_objective_is_what_training_makes_small():
    of = network(dataset="moons", hidden_sizes=(3,), l1=0.1, l2=0.2)
    stack = of.parameters + np.random.default_rng(0).normal(size=(5, len(of.parameters)))
    expected = [loss_and_gradient(each, of.x, of.y, of.config)[0] for each in stack]
    np.testing.assert_allclose(objective(stack, of), expected, rtol=1e-12)


def test_relative_error_by_hand():
    found, measured = np.array([2.0, 1.0, 1e-9, 0, 1.0]), np.array([1.0, 1.0, 0, 0, -1.0])
    np.testing.assert_allclose(relative_error(found, measured), [0.5, 0, 1e-9 / FLOOR, 0, 2])
    np.testing.assert_allclose(relative_error(np.array([1e-16]), np.array([0.0])), 1e-16 / SMALLEST)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "gelu", "silu", "softplus"])
def test_the_u(activation):
    of = network(dataset="moons", hidden_sizes=(3, 2), activation=activation)
    swept = sweep(of)
    central, complex_ = largest_errors(backpropagated(of), swept)
    best = EPSILONS[central.argmin()]
    assert 1e-7 <= best <= 1e-4
    rows = [relative_error(backpropagated(of)[swept.which], central_difference(of, e)[swept.which]) for e in EPSILONS]
    np.testing.assert_array_equal(central, [row.max() for row in rows])
    law = guides(central)
    wide, narrow = (EPSILONS >= 1e-3) & (EPSILONS <= 1e-2), (EPSILONS >= 1e-12) & (EPSILONS <= 1e-8)
    assert np.polyfit(np.log(EPSILONS[wide]), np.log(central[wide]), 1)[0] == pytest.approx(2, abs=0.2)
    assert np.polyfit(np.log(EPSILONS[narrow]), np.log(central[narrow]), 1)[0] == pytest.approx(-1, abs=0.3)
    both = law.curved * EPSILONS**2 + law.rounded / EPSILONS
    assert abs(np.log10(EPSILONS[both.argmin()] / law.best)) <= 0.15, "where the two laws are least together"
    assert 1e-7 <= law.best <= 1e-4
    assert complex_[EPSILONS < 1e-8].max() < 1e-12, "flat, at the precision of numbers"
    said = of_epsilons(central)
    assert f"{best:.1e}" in said
    assert f"{central.min():.1e}" in said


def test_every_mistake_has_a_run_where_it_matters():
    assert set(MATTERS) == set(TELLS) == set(BUGS)


def test_put_together_again_it_is_backpropagation():
    for config in (DEEP, LEAKY, MATTERS["link"], MATTERS["price"]):
        of = trained(config)
        np.testing.assert_array_equal(assembled(Parts(), of), loss_and_gradient(of.parameters, of.x, of.y, config)[1])


@pytest.mark.parametrize("bug", BUGS)
def test_every_mistake_is_found(bug):
    config = MATTERS[bug]
    of = trained(config)
    measured = complex_step(of)
    assert BUGS[bug].needs(config) == ""
    assert verdict(of, backpropagated(of), measured)[0]
    assert deduced(of, backpropagated(of), measured) == ""
    found = backpropagated(of, bug)
    right, sentence = verdict(of, found, measured)
    assert not right
    assert TELLS[bug] in deduced(of, found, measured)
    error = relative_error(found, measured)
    assert f"{(error > RIGHT).sum()} of {len(error)} derivatives" in sentence
    assert names(config)[error.argmax()] in sentence
    for block in blocks(of):
        count = int((error[block.of] > RIGHT).sum())
        assert not count or f"{count} of {len(block.of)} in {block.name}" in sentence


def test_what_each_mistake_does():
    of = trained(DEEP)
    right = backpropagated(of)
    parts = {block.name: block.of for block in blocks(of)}
    weights, biases = (np.concatenate([parts[f"{letter}{i}"] for i in (1, 2, 3)]) for letter in "Wb")
    no_price = trained(DEEP.replace(l2=0.0))
    np.testing.assert_allclose(backpropagated(no_price, "mean"), len(of.x) * backpropagated(no_price), rtol=1e-12)
    np.testing.assert_allclose(backpropagated(no_price, "sign"), -backpropagated(no_price), rtol=1e-12)
    forgotten = backpropagated(of, "bias")
    assert not forgotten[biases].any()
    np.testing.assert_array_equal(forgotten[weights], right[weights])
    lost = backpropagated(of, "price") - right
    np.testing.assert_allclose(lost[weights], -0.01 * of.parameters[weights], atol=1e-15)
    np.testing.assert_array_equal(lost[biases], 0)
    extra = backpropagated(of, "biases_pay") - right
    np.testing.assert_allclose(extra[biases], 0.01 * of.parameters[biases], atol=1e-15)


def test_layers_behind_a_broken_slope_stay_right():
    of = trained(DEEP.replace(hidden_sizes=(4, 3, 3), activation="tanh", initial_scale=2.0))
    measured, layer = complex_step(of), {block.name: block.layer for block in blocks(of)}
    for broken in (1, 2, 3):
        found = backpropagated(of, "slope", broken)
        error = relative_error(found, measured)
        wrong = {layer[block.name] for block in blocks(of) if (error[block.of] > RIGHT).any()}
        assert wrong == set(range(1, broken + 1))
        said = deduced(of, found, measured)
        assert f"the activation of hidden layer {broken}, tanh" in said
    assert not np.array_equal(backpropagated(of, "slope"), backpropagated(of, "slope", 3))


@pytest.mark.parametrize(
    ("bug", "config"),
    [
        ("slope", Config(activation="linear")),
        ("factor", Config(activation="relu")),
        ("leak", Config(activation="relu")),
        ("link", Config()),
        ("price", Config()),
        ("axis", Config(hidden_sizes=())),
        ("before", Config(hidden_sizes=())),
    ],
)
def test_what_lacks_makes_a_mistake_harmless(bug, config):
    of = case(initial_parameters(config), make_data(config), config)
    assert BUGS[bug].needs(config)
    assert verdict(of, backpropagated(of, bug), complex_step(of))[0]


def test_a_kink_is_named():
    config = Config(activation="relu", noise=0.0)
    of = case(initial_parameters(config), make_data(config), config)  # biases are 0: (0, 0) lies on every kink
    central, measured = central_difference(of, 1e-5), complex_step(of)
    zeros = int((~of.x.any(axis=1)).sum())
    off = relative_error(central, measured) > 1e-4
    assert {names(config)[i] for i in np.flatnonzero(off)} == {f"b1[{unit}]" for unit in (1, 2, 3, 4)}
    place = names(config).index("b1[2]")
    (kink,) = kinks(of, place, 1e-5)
    assert kink == (1, 2, zeros)
    said = of_kinks(of, place, [kink], 1e-5)
    assert f"unit 2 in hidden layer 1 is 0 or crosses it at {zeros} of 1,000 points" in said
    assert kinks(of, names(config).index("W2[1,1]"), 1e-5) == []
    unit = {i: of.parameters[names(config).index(f"W2[1,{i}]")] for i in (2,)}[2]
    p = 1 / (1 + np.exp(-of.parameters[-1]))
    half = 0.5 * unit * ((p - of.y[~of.x.any(axis=1)]).sum()) / len(of.x)
    assert central[place] - measured[place] == pytest.approx(half, rel=1e-4), "half a slope more at those points"


def test_kinks_of_losses_and_penalties():
    of = network(dataset="moons", hidden_sizes=(2,), l1=0.1)
    small = of._replace(parameters=np.where(np.arange(len(of.parameters)) == 0, 1e-7, of.parameters))
    assert kinks(small, 0, 1e-6) == [(0, 1, len(of.x))]
    assert "the weight itself crosses 0" in of_kinks(small, 0, kinks(small, 0, 1e-6), 1e-6)
    assert kinks(small, 0, 1e-8) == []
    of = network(dataset="sine", hidden_sizes=(2,), loss="mean_absolute_error")
    (kink,) = kinks(of, len(of.parameters) - 1, 0.1)
    answers = of.config.layer_sizes and kink.layer == 2
    assert answers
    assert "an answer crosses its target" in of_kinks(of, len(of.parameters) - 1, [kink], 0.1)


def test_large_networks_are_checked_in_part():
    config = Config(dataset="circles", samples=5000, hidden_sizes=(16,) * 6, activation="relu")
    of = case(initial_parameters(config), make_data(config), config)
    assert len(of.places) == MOST_CHECKED < config.n_parameters
    assert of.places[[0, -1]].tolist() == [0, config.n_parameters - 1]
    assert 16 <= len(of.x) < 2500
    assert len(np.unique(of.places)) == MOST_CHECKED
    assert verdict(of, backpropagated(of), complex_step(of))[0]
    assert len(sweep(of).which) >= 3


def test_float32_runs_are_checked_in_float64():
    config = Config(precision="float32", epochs=5)
    of = trained(config)
    assert of.parameters.dtype == float
    assert verdict(of, backpropagated(of), complex_step(of))[0]


def test_numbers_that_overflow_are_said():
    config = Config(dataset="sine", hidden_sizes=(3,), activation="linear")
    of = case(np.full(config.n_parameters, 1e200), make_data(config), config)
    right, said = verdict(of, backpropagated(of), complex_step(of))
    assert right is None
    assert "not numbers" in said
    assert deduced(of, backpropagated(of), complex_step(of)) == ""
    assert math.isnan(guides(largest_errors(backpropagated(of), sweep(of))[0]).best)


DIVERGED = (
    {"dataset": "plane", "learning_rate": "100", "changes": "500~learning_rate~0.01"},
    {"dataset": "own", "classes": "1", "points": "0~0~1~0_1~1~2.5~0"},
)


@pytest.mark.parametrize("link", DIVERGED)
@pytest.mark.parametrize("bug", ["", "mean"])
def test_nothing_is_deduced_from_a_run_that_diverged(link, bug):
    config, _ = Config.from_query(link)
    history, data = run(config), make_data(config)
    of = case(history.parameters[-1], data, config)
    found, measured = backpropagated(of, bug), complex_step(of)
    right, said = verdict(of, found, measured)
    assert history.stopped
    assert right is None
    assert "No check is possible here" in said
    assert deduced(of, found, measured) == ""


def test_what_overflows_only_where_it_is_measured_is_no_mistake():
    of = trained(DEEP)
    found, measured = backpropagated(of), complex_step(of)
    lost = np.where(np.arange(len(measured)) == 3, np.nan, measured)
    assert verdict(of, found, lost)[0] is None
    assert deduced(of, found, lost) == ""


def test_rounding_is_no_mistake():
    of = trained(Config(dataset="moons", samples=60, epochs=5))
    large = of._replace(parameters=1000 * np.sign(of.parameters))
    measured = np.full(len(of.places), 1e-12)
    assert verdict(large, measured / 2, measured)[0] is None, "all are too small"
    measured[0] = 0.2
    found = np.where(np.arange(len(measured)) == 0, measured, measured / 2)
    right, said = verdict(large, found, measured)
    assert right
    assert "Right: 1 of 17" in said
    assert deduced(large, found, measured) == ""
    found[1] = 0.001
    right, said = verdict(large, found, measured)
    assert right is False
    assert "Wrong: 1 of 17" in said


@pytest.mark.parametrize("bug", BUGS)
def test_rounding_hides_no_mistake_after_long_training(bug):
    config = MATTERS[bug].replace(epochs=1000)
    of = trained(config)
    assert verdict(of, backpropagated(of), complex_step(of))[0]
    assert verdict(of, backpropagated(of, bug), complex_step(of))[0] is False


def test_digits():
    assert digits(2e-8) == "to 7 digits"
    assert digits(0.05) == "to 1 digit"
    assert digits(0) == digits(1e-18) == "to the last digit"
    assert digits(0.5) == digits(2) == digits(math.nan) == "to no digit"
    assert re.search("to 3 digits", of_central(np.array([1.0002]), np.array([1.0]), 1e-3))

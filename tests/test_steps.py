"""One update taken apart: every number beside those of the reference, every formula worked out again, every line of
code found."""

import importlib
import inspect
import math
import re
from functools import partial

import numpy as np
import pytest

from nn_core import expressions, formulas, mlp
from nn_core.activations import ACTIVATIONS
from nn_core.config import Change, Config
from nn_core.data import make_data
from nn_core.datasets import DATASETS, FEATURES, Data
from nn_core.expressions import RULES, SLOPES
from nn_core.formulas import Line, number
from nn_core.losses import LOSSES
from nn_core.operations import OPERATIONS, PARTS
from nn_core.optimizers import OPTIMIZERS
from nn_core.shares import MOST_PULLS, MOST_TERMS, pulls, shares
from nn_core.sources import lines
from nn_core.steps import REMEMBERED, steps
from nn_core.trainer import Trainer
from nn_core.training import stand_at
from nn_core.upcoming import next_batch, next_update
from tests.support import varied_config

MANY = range(60)
PRECISE = 17  # digits with which formulas are worked out


def one_row(config: Config, row: int = 0) -> Data:
    """The data of a run, with a single sample to learn from."""
    data = make_data(config)
    x, y = data.x_train[row : row + 1], data.y_train[row : row + 1]
    return data._replace(x_train=x, y_train=y, x_test=x, y_test=y)


def features_too(i: int) -> Config:
    """The i-th of varied Configs, also with other inputs, and learning from one sample at a time."""
    names = list(FEATURES)
    return varied_config(i).replace(batch_size=0, features=tuple(names[k % 7] for k in range(i, i + 1 + i % 4)))


def walked(i: int, updates: int = 3):
    """Config, data and the stand of a run on one sample, and the steps of its next update."""
    config = features_too(i)
    data = one_row(config, i % 4)
    stand = stand_at(config, data, 0, updates)
    following = next_update(config, data, stand)
    state = stand.state
    found = steps(state.parameters, state.memory, data.x_train[0], data.y_train[0], config, *following)
    return config, data, stand, following, found


def walked_in_batch(config: Config, data: Data, epoch: int = 1, updates: int = 0, member: int = 0):
    """The stand of a run, its next batch, the shares of its points, and the steps seen from one of them."""
    stand = stand_at(config, data, epoch, updates)
    chosen, following, state = next_batch(config, data, stand), next_update(config, data, stand), stand.state
    row = chosen.rows[member % len(chosen.rows)]
    found = shares(state.parameters, stand.data, chosen, row, stand.config)
    sample = stand.data.x_train[row], float(stand.data.y_train[row])
    following = following._replace(masks=found.own_masks)
    return stand, chosen, found, steps(state.parameters, state.memory, *sample, stand.config, *following, found)


def varied_batch(i: int):
    """The i-th of varied Configs with the batches it has, somewhere in an epoch."""
    names = list(FEATURES)
    config = varied_config(i).replace(features=tuple(names[k % 7] for k in range(i, i + 1 + i % 4)))
    data = make_data(config)
    return config, data, *walked_in_batch(config, data, i % 3, i % 2, i)


def of(found, operation, layer=None):
    return np.array([each.value for each in found if each.operation == operation and layer in (None, each.layer)])


@pytest.mark.parametrize("i", MANY)
def test_every_number_is_that_of_the_reference(i):
    config, data, stand, (_, _, masks), found = walked(i)
    parameters = stand.state.parameters
    trace = mlp.forward(parameters, data.x_train, config, masks)
    into = mlp.layers(mlp.backward(parameters, trace, data.y_train, config), config)
    close = partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-12)
    close(of(found, "input"), trace.inputs[0])
    for layer, z in enumerate(trace.z, start=1):
        close(of(found, "sum", layer), z[0])
        close(of(found, "weight", layer), into[layer - 1].W.ravel())
        close(of(found, "bias", layer), into[layer - 1].b)
    for layer, a in enumerate(trace.a, start=1):
        close(of(found, "mask" if masks else "activation", layer), a[0])
    close(of(found, "output"), trace.output[0])
    close(of(found, "loss"), mlp._mean_loss(trace, data.y_train, config))


@pytest.mark.parametrize("i", MANY)
def test_errors_are_the_slopes_of_the_loss_by_the_sums(i):
    """dL/dz by complex step: the loss of a network whose bias, which is a number added to the sum, is moved."""
    config, data, stand, (_, _, masks), found = walked(i)
    index = 0
    for layer, (units, at) in enumerate(config.layer_places, start=1):
        inputs = config.layer_sizes[layer - 1]
        errors = of(found, "output_error" if layer == len(config.layer_places) else "error", layer)
        for unit in range(units):
            probe = stand.state.parameters.astype(complex)
            probe[at.start + unit * (inputs + 1) + inputs] += 1e-30j
            moved = mlp.forward(probe, data.x_train, config, masks)
            slope = mlp._mean_loss(moved, data.y_train, config).imag / 1e-30
            assert errors[unit] == pytest.approx(slope, rel=1e-9, abs=1e-12)
            index += 1
    assert index == sum(config.layer_sizes[1:])


@pytest.mark.parametrize("i", MANY)
def test_new_values_and_the_new_loss_are_those_of_a_trainer(i):
    config, data, stand, (_, _, masks), found = walked(i)
    trainer = Trainer(config, data, stand.state)
    trainer.advance(1)
    np.testing.assert_allclose(of(found, "update"), trainer.parameters, rtol=1e-9, atol=1e-12)
    trace = mlp.forward(trainer.parameters, data.x_train, config, masks)
    assert found[-1].operation == "new_loss"
    assert found[-1].value == pytest.approx(mlp._mean_loss(trace, data.y_train, config), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_after_a_change_on_the_way_the_next_update_is_still_that_of_the_run(optimizer, schedule):
    changes = (Change(3, "optimizer", optimizer), Change(5, "learning_rate", 0.02), Change(5, "schedule", schedule))
    config = Config(dataset="moons", samples=4, epochs=9, learning_rate=0.01, changes=changes)
    data = one_row(config)
    for epoch in (2, 3, 4, 5, 8):
        stand = stand_at(config, data, epoch)
        following = next_update(config, data, stand)
        state = stand.state
        found = steps(state.parameters, state.memory, data.x_train[0], data.y_train[0], stand.config, *following)
        trainer = Trainer(config, data, state)
        trainer.advance(1)
        if epoch + 1 not in (each.epoch for each in changes):
            np.testing.assert_allclose(of(found, "update"), trainer.parameters, rtol=1e-10, atol=1e-14)


# --- the batch of the run ---------------------------------------------------------------------------------------------


def after_the_run(config: Config, data: Data, stand) -> np.ndarray:
    trainer = Trainer(config, data, stand.state)
    trainer.advance(1)
    return trainer.parameters


@pytest.mark.parametrize("i", range(96))
def test_with_the_batch_of_the_run_new_values_are_those_of_the_run(i):
    config, data, stand, _, _, found = varied_batch(i)
    np.testing.assert_allclose(of(found, "update"), after_the_run(config, data, stand), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("epochs", [0, 7, 300])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_also_on_xor_where_the_corners_nearly_cancel(optimizer, epochs):
    for more in ({}, {"batch_size": 32}, {"dropout": 0.2}, {"dataset": "xor_points", "activation": "relu"}):
        config = Config(optimizer=optimizer, learning_rate=0.05, epochs=400, schedule="cosine", clip=0.02).replace(
            **more
        )
        data = make_data(config)
        stand, _, _, found = walked_in_batch(config, data, epochs)
        np.testing.assert_allclose(of(found, "update"), after_the_run(config, data, stand), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("updates", [0, 3])
def test_also_after_changes_on_the_way(updates):
    changes = (Change(2, "batch_size", 7), Change(3, "noise", 0.2), Change(4, "optimizer", "adam"))
    config = Config(dataset="moons", samples=60, epochs=9, learning_rate=0.05, changes=changes)
    data = make_data(config)
    for epoch in range(8):
        if epoch + 1 not in (each.epoch for each in changes):
            stand, _, _, found = walked_in_batch(config, data, epoch, updates if epoch > 1 else 0)
            np.testing.assert_allclose(of(found, "update"), after_the_run(config, data, stand), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("i", range(96))
def test_means_are_those_of_every_point_of_the_batch_each_by_itself(i):
    config, data, stand, chosen, parts, found = varied_batch(i)
    parameters, many = stand.state.parameters, range(len(chosen.rows))
    masks = [[mask[k : k + 1] for mask in chosen.masks] if chosen.masks else None for k in many]
    traces = [mlp.forward(parameters, data.x_train[[chosen.rows[k]]], config, masks[k]) for k in many]
    wanted = [data.y_train[[row]] for row in chosen.rows]
    each = [mlp.backward(parameters, trace, y, config) for trace, y in zip(traces, wanted, strict=True)]
    losses = [mlp._mean_loss(trace, y, config) for trace, y in zip(traces, wanted, strict=True)]
    np.testing.assert_allclose(of(found, "mean"), np.mean(each, axis=0), rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(of(found, "batch_loss"), [np.mean(losses)], rtol=1e-12)
    own = each[i % len(chosen.rows)]
    np.testing.assert_allclose(parts.gradients[parts.own], own, rtol=1e-12, atol=1e-14)
    share = own * parts.counts[parts.own] / len(chosen.rows)
    for step, value in zip((step for step in found if step.operation == "mean"), share, strict=True):
        assert step.lines[0].numbers.split(" = ")[-1] == number(value)


@pytest.mark.parametrize("i", range(96))
def test_the_losses_after_the_update_are_those_of_the_run(i):
    config, data, stand, chosen, _, found = varied_batch(i)
    after = after_the_run(config, data, stand)
    trace = mlp.forward(after, data.x_train[chosen.rows], config, chosen.masks)
    assert found[-1].operation == "new_batch_loss"
    assert found[-1].value == pytest.approx(mlp._mean_loss(trace, data.y_train[chosen.rows], config), rel=1e-9)


def test_a_batch_is_what_the_engine_trains_on():
    """The targets that a trainer's pass was given, told by the trainer itself."""
    for i in range(96):
        config, data, stand, chosen, _, _ = varied_batch(i)
        trainer, seen = Trainer(config, data, stand.state), []
        trainer.watch = lambda _, wanted: seen.append(wanted.copy())  # noqa: B023
        trainer.advance(1)
        if config.batch_size or config.dropout:
            wanted = mlp.targets(data.y_train[chosen.rows], config)
            form = 1 - 2 * wanted if config.loss_name == "binary_cross_entropy" else wanted
            np.testing.assert_array_equal(seen[0].T, form)
        else:
            np.testing.assert_array_equal(chosen.rows, np.arange(len(data.x_train)))


def test_points_that_are_the_same_are_counted_and_with_dropout_are_not_the_same():
    config = Config(batch_size=100)
    data = make_data(config)
    _, chosen, found, _ = walked_in_batch(config, data)
    assert len(found.counts) == 4
    for x, y, count in zip(found.x, found.y, found.counts, strict=True):
        same = (data.x_train[chosen.rows] == x).all(axis=1) & (data.y_train[chosen.rows] == y)
        assert count == same.sum()
    np.testing.assert_array_equal(found.x[found.own], data.x_train[chosen.rows[0]])
    config = config.replace(dropout=0.3)
    _, _, found, _ = walked_in_batch(config, data)
    assert (found.counts == 1).all()
    assert len(found.counts) == 100


@pytest.mark.parametrize("i", MANY)
def test_who_pulls(i):
    _, _, _, _, parts, found = varied_batch(i)
    told = pulls(parts)
    for k, mean in enumerate(of(found, "mean")):
        each = parts.counts * parts.gradients[:, k] / parts.counts.sum()
        largest = sorted(np.abs(each), reverse=True)[:MOST_PULLS]
        np.testing.assert_allclose(np.abs(told.shares[k]), largest, rtol=1e-12)
        np.testing.assert_allclose(told.shares[k], each[told.places[k]], rtol=1e-12)
        np.testing.assert_array_equal(told.gradients[k], parts.gradients[told.places[k], k])
        assert len(set(told.places[k])) == min(MOST_PULLS, len(each))
        assert told.shares[k].sum() + told.others[k] == pytest.approx(mean, rel=1e-9, abs=1e-14)
        assert told.above[k] == pytest.approx(each[each > 0].sum(), abs=1e-14)
        assert told.below[k] == pytest.approx(each[each < 0].sum(), abs=1e-14)
        assert told.left[k] * np.abs(each).sum() == pytest.approx(abs(mean), rel=1e-9, abs=1e-14)


def test_at_the_start_on_xor_little_is_left_of_what_the_corners_pull():
    config = Config(initial_scale=0.1)
    stand, _, found, _ = walked_in_batch(config, make_data(config), 0)
    told = pulls(found)
    assert len(found.counts) <= MOST_TERMS
    assert np.median(told.left) < 0.1
    assert np.abs(found.gradients).max() > 10 * np.abs(found.mean).max()
    assert stand.state.update == 0


def test_nothing_that_is_given_is_changed():
    config = Config(optimizer="adam", l2=0.1, clip=0.01)
    data = make_data(config)
    state = stand_at(config, data, 2).state
    before = state.parameters.copy(), state.memory.copy()
    steps(state.parameters, state.memory, data.x_train[0], data.y_train[0], config, 3, 0.5)
    np.testing.assert_array_equal(before[0], state.parameters)
    np.testing.assert_array_equal(before[1], state.memory)


def test_six_layers_of_sixteen_and_none_at_all():
    for hidden in ((16,) * 6, ()):
        config = Config(hidden_sizes=hidden, dataset="three_spiral")
        p = mlp.initial_parameters(config)
        found = steps(p, np.empty((0, len(p))), np.array([0.3, -0.2]), 2, config, 1, 0.1)
        assert len(of(found, "update")) == len(of(found, "weight")) + len(of(found, "bias")) == config.n_parameters


def test_steps_of_a_run_that_diverges_say_so_and_raise_nothing():
    config = Config(dataset="sine", activation="relu")
    p = np.full(config.n_parameters, 1e200)
    found = steps(p, np.empty((0, len(p))), np.array([1.0, 1.0]), 0.5, config, 1, 0.5)
    assert any(r"\infty" in line.numbers for each in found for line in each.lines)


# --- what is written --------------------------------------------------------------------------------------------------


def read(latex: str) -> float:
    """A number as it is written."""
    mantissa, _, power = latex.strip("()").partition(r" \cdot 10^{")
    return float(mantissa) * 10.0 ** int(power.rstrip("}") or 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.25, "0.25"),
        (-0.0, "0"),
        (-1.30249, "-1.302"),
        (123456.0, "123500"),
        (0.99996, "1"),
        (0.00012345, r"1.234 \cdot 10^{-4}"),
        (-2e7, r"-2 \cdot 10^{7}"),
        (9.9999e-4, "0.001"),
        (math.inf, r"\infty"),
        (math.nan, r"\text{no number}"),
    ],
)
def test_a_number_is_written_with_four_digits(value, text):
    assert number(value) == text


def test_any_number_written_is_the_value_rounded():
    rng = np.random.default_rng(0)
    for value in rng.standard_normal(3000) * 10.0 ** rng.integers(-12, 12, 3000):
        assert read(number(value)) == pytest.approx(float(f"{value:.3e}"), rel=1e-12)


@pytest.mark.parametrize("i", MANY)
def test_the_number_at_the_end_of_a_line_is_the_value_rounded(i):
    for step in [*walked(i)[-1], *varied_batch(i)[-1]]:
        if step.operation not in ("clip", "new_loss", "new_batch_loss"):
            assert step.lines[-1].numbers.split(" = ")[-1] == number(step.value)


def brace(text: str, at: int) -> int:
    """The place behind the brace that closes the one at `at`."""
    depth = 0
    for place in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return place + 1
    raise AssertionError(text)


def python_of(latex: str) -> str:
    """A formula with numbers as an expression of Python, written without knowing what made it."""
    text = latex.replace(r"\left", "").replace(r"\right", "").replace(r"\tfrac", r"\frac")
    text = re.sub(r"\\text\{ (if|else) \}", r" \1 ", text)
    while r"\frac" in text:
        at = text.index(r"\frac")
        middle = brace(text, at + 5)
        end = brace(text, middle)
        over, under = text[at + 6 : middle - 1], text[middle + 1 : end - 1]
        text = f"{text[:at]}(({over})/({under})){text[end:]}"
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = text.replace(r"\sqrt{", "sqrt{").replace(r"\cdot", "*").replace(r"\pi", "pi")
    text = re.sub(r"\\(operatorname\{sign\})", "sign", text)
    text = re.sub(r"\\tanh sqrt\{2/pi\} \* (\(.*\)\))\)?$", r"tanh(sqrt{2/pi} * \1", text)
    text = re.sub(r"\\tanhsqrt\{2/pi\} \* (\(.*?\))\)$", r"tanh(sqrt{2/pi} * \1))", text)
    text = re.sub(r"\\(tanh|ln|sin) ?(\d[\d.]*|\([^()]*\))", r"\1(\2)", text)
    text = text.replace(r"\tanh", "tanh").replace(r"\ln", "ln").replace(r"\max", "max").replace(r"\min", "min")
    text = re.sub(r"\)\(", ")*(", text)
    return text.replace("^", "**").replace("{", "(").replace("}", ")").replace("\\", "")


LETTERS = {
    "sqrt": math.sqrt,
    "pi": math.pi,
    "e": math.e,
    "tanh": np.tanh,
    "ln": np.log,
    "sin": math.sin,
    "sign": np.sign,
}


def worked_out(latex: str) -> float:
    return float(eval(python_of(latex), {"__builtins__": {"abs": abs, "max": max, "min": min}}, LETTERS))


@pytest.fixture
def precise(monkeypatch):
    """Numbers are written with all their digits."""
    monkeypatch.setattr(formulas, "DIGITS", PRECISE)
    formulas.number.cache_clear()
    yield
    formulas.number.cache_clear()


def check(line: Line, about: str) -> bool:
    *ways, outcome = line.numbers.split(" = ")
    for way in ways:
        assert worked_out(way) == pytest.approx(read(outcome), rel=1e-8, abs=1e-13), (about, line.numbers)
    return bool(ways)


@pytest.mark.parametrize("i", MANY)
def test_every_formula_gives_the_number_behind_it(i, precise):
    found = [*walked(i)[-1], *varied_batch(i)[-1]]
    checked = [check(line, step.name) for step in found for line in step.lines]
    assert sum(checked) > len(found) / 2


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("at", [-2.3, -0.4, 0.7, 3.1])
def test_formulas_of_activations_and_their_slopes(name, at, precise):
    entry, z = ACTIVATIONS[name], np.array(at)
    a = entry.value(z)
    slope = float(entry.slope(z, a))
    check(expressions.activation(name, "z", "a", at, float(a)), name)
    *parts, last = expressions.slope(name, "z", "a", at, float(a), slope)
    for line in (*parts, last):
        check(line, name)
    assert read(last.numbers.split(" = ")[-1]) == pytest.approx(slope, rel=1e-12)


def test_every_entry_of_the_tables_has_its_formula():
    assert set(SLOPES) == set(ACTIVATIONS)
    assert set(RULES) == set(OPTIMIZERS)
    assert {name for name, each in OPTIMIZERS.items() if each.slots} == set(REMEMBERED)
    assert all(len(REMEMBERED.get(name, "")) == each.slots for name, each in OPTIMIZERS.items())


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_formulas_of_losses_and_their_slopes(name, task, precise):
    if task not in LOSSES[name].tasks:
        return
    dataset = next(each for each, entry in DATASETS.items() if entry.make and entry.task == task)
    config = Config(dataset=dataset, loss=name, hidden_sizes=())
    rng = np.random.default_rng(1)
    for y in (0, 1):
        p = 1.5 * rng.standard_normal(config.n_parameters)
        found = steps(p, np.empty((0, len(p))), np.array([0.7, -1.2]), y, config, 1, 0.1)
        for step in found:
            for line in step.lines:
                check(line, step.name)


# --- code -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("i", MANY)
def test_every_line_of_code_is_where_it_is_said_to_be(i):
    for reference in {
        reference for found in (walked(i), varied_batch(i)) for step in found[-1] for reference in step.code
    }:
        module = importlib.import_module(reference.file.removesuffix(".py").replace("/", "."))
        source = inspect.getsource(module).split("\n")
        text = reference.text.split("\n")
        assert [line.strip() for line in text] == [
            line.strip() for line in source[reference.first - 1 : reference.first - 1 + len(text)]
        ]
        assert reference.marked
        assert all(text[line].strip() for line in reference.marked)


def test_every_step_has_code_a_name_and_a_kind():
    for i in MANY:
        for step in [*walked(i)[-1], *varied_batch(i)[-1]]:
            assert step.code
            assert step.name
            assert OPERATIONS[step.operation].part in PARTS


def test_a_piece_names_one_line_or_none():
    assert lines(mlp.forward, "z += layer.b").marked != ()
    with pytest.raises(ValueError, match="stands in 0 lines"):
        lines(mlp.forward, "z += layer.bias")
    with pytest.raises(ValueError, match="stands in 5 lines"):
        lines(mlp.forward, "masks")

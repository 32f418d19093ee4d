"""The lessons as a visitor has them: what they say is what was computed, predictions are answered by runs."""

import math
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nn_core import Config, make_data, run
from nn_core.activations import ACTIVATIONS
from nn_core.mlp import forward, layers
from nn_core.tutorial import DIALS, EXPERIMENT, SEEDS, changed, from_many_seeds, single_changes
from tests.conftest import ROOT
from tests.support import decode
from tests.test_curves import drawn, shown
from ui.components.curves import encode
from ui.figures import lessons as charts
from ui.learn import example, failing, path
from ui.session.explaining import DEPTHS
from ui.theme import signed

PAGES = {name: str(ROOT / "pages" / "learn" / f"{name}.py") for name in ("failing", "path")}


def on_page(name: str, **link: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
    page.switch_page(PAGES[name])
    page.query_params.update(link)
    page.run()
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.success, page.warning)
    return "\n".join(each.value for kind in kinds for each in kind)


def payload(page: AppTest, component: str) -> bytes:
    (found,) = [each for each in page.get("bidi_component") if component in each.proto.component_name]
    return found.proto.bytes


def test_the_lesson_begins_with_the_tutorials_experiment():
    page = on_page("failing")
    whole = from_many_seeds(EXPERIMENT)
    assert f"{whole.final_loss.min():.4f}" == f"{whole.final_loss.max():.4f}"
    assert f"As in the tutorial all end at a loss of {whole.final_loss.min():.4f}" in words(page)
    assert "White means 50 %" in words(page)
    header, arrays = decode(payload(page, "stage"))
    assert header["fixed"]
    assert arrays["train_loss"][-1] == pytest.approx(run(EXPERIMENT).train_loss[-1], rel=1e-6)
    header, _ = decode(payload(page, "seeds"))
    assert (header["solved"][:2], header["asked"]) == ([0, SEEDS], 0)


def test_a_dial_changes_the_run_and_the_link():
    page = on_page("failing")
    page.segmented_control(key="choose_learning_rate").set_value("5").run()
    config = EXPERIMENT.replace(learning_rate=5.0)
    header, arrays = decode(payload(page, "stage"))
    assert arrays["train_loss"][-1] == pytest.approx(run(config).train_loss[-1], rel=1e-5)
    assert decode(payload(page, "seeds"))[0]["solved"][0] == from_many_seeds(config).solved.sum()
    assert page.query_params["learning_rate"] == "5"
    number = header["run"]
    page.run()
    assert decode(payload(page, "stage"))[0]["run"] == number, "the same run again"


def test_a_link_sets_the_dials_and_nonsense_leaves_them():
    page = on_page("failing", activation="tanh", hidden_sizes="8", epochs="nonsense", seed="-5", depth="deep")
    assert page.segmented_control(key="choose_activation").value == "tanh"
    config = EXPERIMENT.replace(activation="tanh", hidden_sizes=(8,))
    assert f"of {SEEDS}" in words(page)
    _, arrays = decode(payload(page, "stage"))
    assert arrays["train_loss"][-1] == pytest.approx(run(config).train_loss[-1], rel=1e-5)


def test_every_share_is_counted():
    assert not [each for each in on_page("failing").markdown if each.value.startswith("Most seeds")], "first predict"
    page = on_page("failing", useless="nodes")
    table = next(each.value for each in page.markdown if "Seeds that solve it" in each.value)
    found = re.findall(rf"\| (\d+) of {SEEDS} \|", table)
    assert [int(each) for each in found] == [
        int(from_many_seeds(c).solved.sum()) for c in [EXPERIMENT, *single_changes()]
    ]
    useless = [c for c in single_changes() if not from_many_seeds(c).solved.any()]
    (sentence,) = [each.value for each in page.markdown if each.value.startswith("Most seeds")]
    alone = sentence.split("No seed does with")[1]
    assert all(changed(config) in alone for config in useless)
    assert alone.count(", ") + alone.count(" or ") == len(useless) - 1


@pytest.mark.parametrize("depth", DEPTHS)
def test_explanations_in_three_depths(depth):
    page = on_page("failing", depth=depth)
    assert bool(page.latex) == (depth != "words")
    assert bool(page.code) == (depth == "code")
    if depth == "code":
        assert any("delta = delta @ net[i].W" in each.value for each in page.code)


@pytest.mark.parametrize(
    ("lesson", "question"),
    [
        *(("failing", each) for each in (*failing.BEFORE, *failing.QUESTIONS)),
        *(("path", each) for each in path.QUESTIONS),
    ],
    ids=lambda each: getattr(each, "name", each),
)
def test_every_prediction_is_answered_by_what_was_run(lesson, question):
    answer = question.see()
    assert answer.right
    assert set(answer.right) < set(question.options)
    wrong = next(name for name in question.options if name not in answer.right)
    right = " or ".join(question.options[name] for name in answer.right)
    for option, verdict in ((answer.right[0], "Yes"), (wrong, "No")):
        page = on_page(lesson, **{question.name: option})
        assert f"{verdict}: {right}. {answer.sentence}" in words(page)
        assert ("1 came true" in words(page)) == (verdict == "Yes")
    page = on_page(lesson)
    assert answer.sentence not in words(page), "first the prediction"
    page.button_group(key=f"choose_{question.name}").set_value(wrong).run()
    assert page.query_params[question.name] == wrong


def test_numbers_of_the_causes_are_those_of_the_engine():
    from nn_core.tutorial import corner_answers, escapes, pulls

    said = words(on_page("failing"))
    last = corner_answers(run(EXPERIMENT), (-1,))[0]
    assert f"and all {last.max():.3f} after 1,000 epochs" in said
    cells = re.findall(r"\| ([\d.]+) × normal \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", said)
    for row, each in zip(cells, pulls(), strict=True):
        expected = [each.scale, each.weights, each.gradient, each.gradient / each.weights]
        assert [float(cell) for cell in row] == [float(f"{value:.2g}") for value in expected]
    for each in escapes():
        middle = np.median(each.epochs)
        assert f"{each.rate:g} | {middle:,.0f} | {each.rate * middle:,.0f}" in said


def test_every_dial_begins_with_the_tutorial():
    for dial in DIALS:
        assert next(iter(dial.values)) == getattr(EXPERIMENT, dial.setting)


# --- from a neuron to a network ---------------------------------------------------------------------------------------


def test_the_worked_example_is_what_the_formulas_say():
    config = example.EXAMPLE
    history = run(config)
    parameters = history.parameters[len(history.parameters) // 10]
    first, second = layers(parameters, config)
    x, y = np.array([1.0, 0.0]), 1.0
    z = first.W @ x + first.b
    a = np.tanh(z)
    out = float(second.W[0] @ a + second.b[0])
    p = 1 / (1 + math.exp(-out))
    last = p - y
    delta = second.W[0] * last * (1 - a**2)
    rows, (of_hidden, of_output) = example.worked()
    for j in range(2):
        numbers = (z[j], a[j], second.W[0, j], delta[j])
        gradients = ", ".join(signed(delta[j] * value + 0.0, 4) for value in x)
        assert rows[j] == [f"hidden {j + 1}", *(signed(each, 4) for each in numbers), gradients]
    gradients = ", ".join(signed(last * value, 4) for value in a)
    assert rows[2] == ["output", signed(out, 4), signed(p, 4), "", signed(last, 4), gradients]
    assert of_output == f"{p:.4f} − 1 = {signed(last, 4)}"
    by_hand = f"{signed(last, 4)} × {signed(second.W[0, 0], 4)} × (1 − {a[0] ** 2:.4f}) = {signed(delta[0], 4)}"
    assert of_hidden == by_hand
    said = words(on_page("path"))
    assert all(cell in said for row in rows for cell in (*row, of_hidden, of_output))


def test_a_perceptron_learns_and_and_never_xor():
    page = on_page("path")
    assert decode(payload(page, "stage"))[0]["outcome"]["name"] == "solved"
    page = on_page("path", problem="xor_points")
    header, arrays = decode(payload(page, "stage"))
    assert header["outcome"]["name"] == "plateau"
    page.segmented_control(key="choose_nodes").set_value("2").run()
    assert decode(payload(page, "stage"))[0]["network"]["sizes"] == [2, 2, 1]
    assert arrays["train_loss"][-1] == pytest.approx(math.log(2), abs=1e-3)


def test_runs_side_by_side_say_which_is_best():
    for what, ways in path.COMPARED.items():
        page = on_page("path", compare=what)
        late = {name: run(path.MOONS.replace(**each)).test_accuracy[-path.LATE :] for name, each in ways.items()}
        middle = {name: np.median(each) for name, each in late.items()}
        best = [name for name, value in middle.items() if value == max(middle.values())]
        assert f"Best: **{what.lower()} {' or '.join(best)}**" in words(page)
        jumping = [name for name, each in late.items() if each.max() - each.min() > path.JUMPS]
        assert ("its last value is luck" in words(page)) == bool(jumping)
        *_, points, losses, shares = shown(page)
        for name, loss, share in zip(ways, losses["series"], shares["series"], strict=True):
            history = run(path.MOONS.replace(**ways[name]))
            assert loss["name"] == share["name"] == name
            np.testing.assert_allclose(loss["y"], history.train_loss, rtol=1e-6)
            np.testing.assert_allclose(share["y"], history.test_accuracy, rtol=1e-6)
            np.testing.assert_array_equal(loss["x"], history.epochs)
            assert loss["faint"] == share["faint"] == (name in jumping)
        assert losses["levels"][0]["at"] == pytest.approx(math.log(2))
        data = make_data(path.MOONS)
        for k in range(2):
            learnt, held = points["series"][2 * k : 2 * k + 2]
            for each, x, y in ((learnt, data.x_train, data.y_train), (held, data.x_test, data.y_test)):
                np.testing.assert_allclose(np.column_stack([each["x"], each["y"]]), x[y == k], rtol=1e-6)
                assert each["colour"] == f"class-{k}"


def test_the_network_of_digits_is_counted():
    page = on_page("path", depth="symbols")
    assert any(
        r"64 \times (784 + 1) + 64 \times (64 + 1) + 10 \times (64 + 1) = 55\,050" in each.value for each in page.latex
    )
    assert f"{784 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10:,} weights and biases are learnt" in words(page)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_chart_of_an_activation(name):
    (panel,) = drawn(encode([charts.activation(name)], 260))
    value, slope = panel["series"]
    z = value["x"].astype(float)
    np.testing.assert_allclose(value["y"], ACTIVATIONS[name].value(z), rtol=1e-5, atol=1e-7)
    between = np.abs(z[1:-1]) > 0.1  # off the kink
    by_difference = (value["y"][2:] - value["y"][:-2]) / (z[2:] - z[:-2])
    np.testing.assert_allclose(slope["y"][1:-1][between], by_difference[between], atol=2e-3)
    assert panel["levels"][1]["at"] == pytest.approx(slope["y"].max(), rel=1e-6)


def test_the_chart_of_losses():
    (panel,) = drawn(encode([charts.losses()], 260))
    cross_entropy, squared, absolute = panel["series"]
    p = cross_entropy["x"].astype(float)
    np.testing.assert_allclose(cross_entropy["y"], -np.log(p), rtol=1e-5)
    np.testing.assert_allclose(squared["y"], (1 - p) ** 2, rtol=1e-4)
    np.testing.assert_allclose(absolute["y"], 1 - p, rtol=1e-4)
    assert panel["levels"][1]["text"] == f"guessing, p = 0.5: {math.log(2):.3f}"


@pytest.mark.browser
def test_a_neuron_in_the_hand(visit):
    page = visit("/path")
    box = page.locator(".nn-neuron")
    box.wait_for()
    verdict = box.locator("[data-part=verdict]")
    assert verdict.text_content() == "2 of 4 right"
    for name, value in (("b", "-3"), ("w₁", "2"), ("w₂", "2")):
        box.get_by_role("slider", name=name, exact=True).fill(value)
    assert verdict.text_content() == "4 of 4 right"
    cells = box.locator("tbody tr").nth(1).locator("td").all_text_contents()
    weights = np.array([2.0, 2.0, -3.0])
    config = Config(dataset="and", hidden_sizes=())
    trace = forward(weights, np.array([[0.0, 1.0]]), config)
    assert float(cells[2].replace("\u2212", "-")) == pytest.approx(trace.z[0][0, 0])
    assert float(cells[3].removesuffix(" %")) == pytest.approx(100 * trace.output[0, 0], abs=0.05)
    assert box.locator("[data-part=share]").text_content() == "probability of 1, σ(z)"
    for name in ("b", "w₁", "w₂"):
        box.get_by_role("slider", name=name, exact=True).fill("0")
    edge = """canvas => {
        const row = canvas.getContext("2d").getImageData(0, canvas.height / 2, canvas.width / 4, 1).data;
        return row.some((value, at) => at % 4 === 0 && row[at + 3] > 0 && value < 240);
    }"""
    assert box.locator("canvas").evaluate(edge), "a white plane has a frame"
    box.get_by_role("button", name="XOR").click()
    assert verdict.text_content() != "4 of 4 right"


@pytest.mark.browser
def test_a_lesson_is_looked_at_and_not_changed(visit):
    page = visit("/failing")
    stage = page.locator(".nn-stage")
    stage.wait_for()
    assert stage.get_by_role("button", name="Train on from here").is_hidden()
    assert stage.get_by_role("button", name="Edit weights").is_hidden()
    assert stage.get_by_role("button", name="Paint").is_hidden()
    assert stage.get_by_role("button", name="Play").is_visible()
    before = page.url
    page.get_by_test_id("stMain").get_by_text("tanh", exact=True).first.click()
    page.get_by_text("With activation tanh").wait_for()
    assert "activation=tanh" in page.url != before
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0


def test_one_step_in_numbers():
    history = run(example.EXAMPLE)
    parameters = history.parameters[len(history.parameters) // example.EARLY]
    first, second = layers(parameters, example.EXAMPLE)
    a = np.tanh(first.W @ [1.0, 0.0] + first.b)
    p = 1 / (1 + np.exp(-(second.W[0] @ a + second.b[0])))
    slope = (p - 1) * a[0]
    said = words(on_page("path"))
    weight = second.W[0, 0]
    assert f"is {signed(weight, 4)} and has the gradient {signed(slope, 4)}" in said
    assert f"= {signed(weight - slope, 4)}." in said


def test_the_link_to_the_steps_shows_the_numbers_of_the_lesson():
    rows, _ = example.worked()
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
    page.switch_page(str(ROOT / "pages" / "networks" / "step.py"))
    page.query_params.update(example.example_link())
    page.run()
    assert not page.warning
    _, arrays = decode(payload(page, "walk"))
    shown = {signed(float(value), 4) for value in arrays["value"]}
    assert {rows[0][1], rows[0][2], rows[2][4]} <= shown


@pytest.mark.browser
def test_the_picture_of_a_lesson_is_answered(visit):
    page = visit("/failing")
    stage = page.locator(".nn-stage")
    stage.wait_for()
    page.wait_for_timeout(1000)
    page.evaluate("window.heard = []; addEventListener('nn-answer', ({ detail }) => heard.push(detail.n))")
    stage.evaluate("stage => stage.nnStage.askGradient()")
    page.wait_for_function("heard.length > 0")

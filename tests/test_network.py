"""The network's drawing in a real browser: its maps and numbers beside NumPy's, and what hands and keys do to it."""

import re
from itertools import pairwise

import numpy as np
import pytest

from nn_core import Config, forward, loss_and_gradient, predict
from nn_core.config import LARGEST_WEIGHT, Change
from nn_core.mlp import layers
from tests import test_stage
from tests.support import decode
from tests.test_stage import FOLDER, mount, part, text, trained

page = test_stage.page
pytestmark = pytest.mark.browser

ORANGE, BLUE, GREEN = np.array([0xE8, 0x71, 0x0A]), np.array([0x1D, 0x5F, 0xD1]), np.array([0x13, 0x89, 0x6B])
NUMBER = r"[−-]?\d[\d.,]*(?:e[−-]?\d+)?"


def neurons(page):
    """The places of all neurons, layer by layer, inputs left out: boxes on the page."""
    return [button.bounding_box() for button in page.locator(".drawing button").all()]


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def between(source, target):
    """The middle of the line between two neurons that lie at one height."""
    return (source["x"] + source["width"] + target["x"]) / 2, middle(source)[1]


def numbers(words):
    return [float(found.replace("−", "-").replace(",", "")) for found in re.findall(NUMBER, words)]


def three_digits(value):
    """As the drawing writes it."""
    usual = 1e-3 <= abs(value) < 999.5
    return (f"{value:#.3g}" if usual else f"{value:.2e}".replace("e-0", "e-").replace("e+0", "e")).replace("-", "−")


def last_parameters(history):
    return history.parameters[-1].astype(np.float32).astype(float)


def painted(page, places):
    """The colours at places of the page, on the drawing's canvas before a white page."""
    colours = page.locator(".drawing canvas").evaluate(
        """(canvas, places) => {
            const box = canvas.getBoundingClientRect();
            const pixel = ([x, y]) => canvas.getContext("2d").getImageData(x - box.x, y - box.y, 1, 1).data;
            return places.map((place) => Array.from(pixel(place)));
        }""",
        places,
    )
    colours = np.array(colours, float)
    return 255 + (colours[:, :3] - 255) * colours[:, 3:] / 255


def tint(colour, strength):
    return 255 + (colour - 255) * 0.8 * np.clip(strength, 0, 1)[:, None]


def colours_of(values, white, scale):
    lean = (values - white) / scale
    return np.where(lean[:, None] > 0, tint(BLUE, lean), tint(ORANGE, -lean))


# --- what is drawn ---


MAPS = [
    {"activation": "tanh"},
    {"activation": "sigmoid", "hidden_sizes": (3, 2)},
    {"activation": "relu", "hidden_sizes": (5,)},
    {"dataset": "three_spiral", "hidden_sizes": (4,), "learning_rate": 0.1},
    {"dataset": "sine", "hidden_sizes": (3,)},
]


@pytest.mark.parametrize("settings", MAPS, ids=lambda settings: " ".join(map(str, settings.values())))
def test_the_map_of_every_neuron_is_what_numpy_computes(page, settings):
    payload, history, data = trained(**settings, epochs=80)
    config = history.config
    mount(page, payload)
    page.wait_for_timeout(400)  # at rest the maps are made of up to 160 x 160 places
    header, _ = decode(payload)
    cells = min(160, int((800_000 / sum(config.layer_sizes[1:])) ** 0.5))
    x1_low, x1_high, x2_low, x2_high = header["domain"]
    x1, x2 = np.meshgrid(np.linspace(x1_low, x1_high, cells), np.linspace(x2_high, x2_low, cells))
    trace = forward(last_parameters(history), np.column_stack([x1.ravel(), x2.ravel()]), config)
    largest_target = np.abs(np.concatenate([data.y_train, data.y_test])).max()
    boxes = iter(neurons(page))
    for layer, answers in enumerate([*trace.a, trace.output]):
        kind = (*config.activations, config.link)[layer]
        for unit, values in enumerate(answers.T):
            box = next(boxes)
            pixels = np.round(np.outer([0.52, 0.88, 0.7, 0.55], [1, 1]) * box["width"])
            pixels[:, 1] = np.round(np.array([0.5, 0.4, 0.8, 0.9]) * box["height"])
            columns, rows = np.round(pixels * (cells - 1) / (np.floor(box["width"]) - 1)).astype(int).T
            seen = values[np.minimum(rows, cells - 1) * cells + np.minimum(columns, cells - 1)]
            if kind == "softmax":
                expected = tint((ORANGE, BLUE, GREEN)[unit], seen)
            elif kind == "sigmoid":
                expected = colours_of(seen, 0.5, 0.5)
            else:
                output = layer == len(trace.a)
                expected = colours_of(seen, 0, largest_target if output else max(1, np.abs(values).max()))
            corner = np.floor([box["x"] + 0.5, box["y"] + 0.5])
            np.testing.assert_allclose(painted(page, (corner + pixels).tolist()), expected, atol=5)


def test_parameters_have_the_names_of_their_places(browser):
    """Every index of the flat parameters, in the order of nn_core."""
    config = Config(hidden_sizes=(3, 2), features=("x1", "x2", "x1_times_x2", "sin_x1", "x2_squared"))
    sources = [["x₁", "x₂", "x₁x₂", "sin x₁", "x₂²"], ["hidden 1.1", "hidden 1.2", "hidden 1.3"]]
    sources.append(["hidden 2.1", "hidden 2.2"])
    expected = {}
    for inputs, names, layer in zip(
        sources, [*sources[1:], ["output"]], layers(np.arange(config.n_parameters), config), strict=True
    ):
        for name, weights, bias in zip(names, layer.W, layer.b, strict=True):
            expected |= {index: f"w from {source} to {name}" for index, source in zip(weights, inputs, strict=True)}
            expected[bias] = f"bias of {name}"
    page = browser.new_page()
    for script in ("numbers.js", "forward.js", "neuron.js"):
        page.add_script_tag(content=(FOLDER / script).read_text(encoding="utf-8"))
    names = page.evaluate(
        """([sizes, features, n]) => {
            const run = { task: "binary", classes: ["0", "1"], network: { sizes, features, link: "sigmoid" } };
            const back = (index) => {
                const { input, ...neuron } = parameterPlace(sizes, index);
                return parameterIndex(sizes, neuron, input);
            };
            return Array.from({ length: n }, (_, index) => [back(index), parameterName(run, index)]);
        }""",
        [config.layer_sizes, config.features, config.n_parameters],
    )
    page.close()
    assert names == [[index, expected[index]] for index in range(config.n_parameters)]


def test_negative_weights_are_dashed_and_thicker_where_stronger(page):
    """Along a straight line: its colour everywhere where the weight is positive, gaps where it is negative."""
    payload, history, data = trained(1, hidden_sizes=(1,), epochs=1)
    parameters = np.tile(np.array([1, 1, 0, 3, 0.0]), (len(history.parameters), 1))
    for number, weight in enumerate([3.0, -3.0, 0.1], start=2):
        parameters[:, 3] = weight
        changed = history._replace(parameters=parameters)
        run = test_stage.encode(changed, data, run=number, seconds=0)
        mount(page, payload) if number == 2 else None
        page.evaluate("payload => show(payload)", text(run))
        page.wait_for_timeout(50)
        source, target = neurons(page)
        start, end = source["x"] + source["width"] + 4, target["x"] - 16
        y = middle(source)[1]
        along = painted(page, [[x, y] for x in np.linspace(start, end, 60)])
        across = painted(page, [[(start + end) / 2, y + step] for step in range(-8, 9)])
        coloured = np.abs(along - 255).max(axis=1) > 60
        if weight > 0:
            assert coloured.all()
            assert (along[:, 2] > along[:, 0]).all()  # blue
            width = (np.abs(across - 255).max(axis=1) > 60).sum()
            assert width in ((1, 2) if weight < 1 else (7, 8, 9))
        else:
            assert 0.3 < coloured.mean() < 0.9
            assert (along[coloured, 0] > along[coloured, 2]).all()  # orange


def test_wide_networks_stay_within_the_drawing_and_say_what_is_left_out(page):
    features = ("x1", "x2", "x1_squared", "x2_squared", "x1_times_x2", "sin_x1", "sin_x2")
    sizes = {"hidden_sizes": (16,) * 6, "features": features, "dataset": "spiral", "samples": 100}
    mount(page, trained(**sizes, epochs=2)[0])
    boxes = neurons(page)
    frame = page.locator(".drawing").bounding_box()
    assert len(boxes) == 97
    for box in boxes:
        assert box["width"] >= 8
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
        assert frame["y"] <= box["y"]
        assert box["y"] + box["height"] <= frame["y"] + frame["height"]
    for above, below in pairwise(boxes[:16]):
        assert above["y"] + above["height"] <= below["y"]
    weights = 7 * 16 + 5 * 16 * 16 + 16
    assert page.locator(".rest").inner_text() == f"{weights - 200:,} more, weaker"
    page.mouse.move(*middle(boxes[40]))
    page.wait_for_function(
        "n => !document.querySelector('div').shadowRoot.querySelector('.rest').textContent.startsWith(n)",
        arg=f"{weights - 200:,}",
    )
    assert numbers(page.locator(".rest").inner_text())[0] < weights - 200, "all of a neuron's own weights are drawn"


# --- numbers ---


def test_a_neuron_pointed_at_shows_its_formula(page):
    payload, history, _ = trained(hidden_sizes=(3, 2), epochs=200)
    mount(page, payload)
    parameters = last_parameters(history)
    trace_layers = layers(parameters, history.config)
    boxes = iter(neurons(page))
    for number, layer in enumerate(trace_layers):
        for unit, (weights, bias) in enumerate(zip(layer.W, layer.b, strict=True)):
            page.mouse.move(*middle(next(boxes)))
            output = number == len(trace_layers) - 1
            title = "Output" if output else f"Hidden layer {number + 1}, neuron {unit + 1}"
            page.wait_for_function(
                "title => document.querySelector('div').shadowRoot.querySelector('.explained b').textContent === title",
                arg=title,
            )
            shown = page.locator(".formula .number").all_inner_texts()
            written = [three_digits(value) for value in [*weights, bias]]
            assert shown == [written[0], *(value.lstrip("−") for value in written[1:])]
            signs = "".join(re.findall(r" ([+−]) ", page.locator(".formula").inner_text()))
            assert signs == "".join("−" if value < 0 else "+" for value in [*weights[1:], bias])
            assert ("σ(" if output else "tanh(") in page.locator(".formula").inner_text()


def test_the_formula_is_worked_out_at_a_place_of_the_plane(page):
    payload, history, _ = trained(hidden_sizes=(3,), activation="softplus", epochs=200)
    mount(page, payload)
    page.mouse.click(*middle(neurons(page)[1]))  # stays looked at
    plane = part(page, "map").bounding_box()
    page.mouse.move(plane["x"] + 0.5 * plane["width"], plane["y"] + 0.3 * plane["height"])
    page.wait_for_function(
        "document.querySelector('div').shadowRoot.querySelector('.explained output').textContent.includes('softplus(')"
    )
    x1, x2, z, a = numbers(page.locator(".explained output").inner_text())
    trace = forward(last_parameters(history), np.array([[x1, x2]]), history.config)
    assert z == pytest.approx(trace.z[0][0, 1], abs=0.01)
    assert a == pytest.approx(trace.a[0][0, 1], abs=0.01)
    assert a == pytest.approx(np.log1p(np.exp(z)), abs=0.01)


def test_a_wide_neurons_formula_has_its_largest_terms(page):
    payload, history, _ = trained(hidden_sizes=(16,), epochs=50)
    mount(page, payload)
    output = layers(last_parameters(history), history.config)[-1]
    largest = np.sort(np.argsort(-np.abs(output.W[0]))[:6])
    written = [three_digits(abs(value)) for value in [*output.W[0, largest], output.b[0]]]
    assert [text.lstrip("−") for text in page.locator(".formula .number").all_inner_texts()] == written
    assert "+ 10 smaller terms" in page.locator(".formula").inner_text()
    weakest = np.argmin(np.abs(output.W[0]))
    page.get_by_role("button", name="Edit weights").click()
    for _ in range(weakest):
        page.get_by_role("button", name="The neuron's next weight").click()
    page.wait_for_timeout(100)
    in_hand = page.locator(".formula .marked").inner_text().lstrip("−")
    assert in_hand == three_digits(abs(output.W[0, weakest])), "the term in hand is always there"


ANSWER = """([parameters, gradient]) => {
    window.asked = [];
    addEventListener("nn-ask", ({ detail }) => {
        asked.push(detail);
        const arrays = { parameters: Float32Array.from(parameters), gradient: Float32Array.from(gradient) };
        const figures = { train_loss: 0, test_loss: 0, train_score: 0, test_score: 0 };
        const answer = { ...detail, figures, arrays, updates_per_epoch: 1 };
        dispatchEvent(new CustomEvent("nn-answer", { detail: answer }));
    });
}"""


def test_a_weight_pointed_at_tells_its_value_and_at_rest_its_gradient(page):
    payload, history, data = trained(hidden_sizes=(1,), epochs=100)
    mount(page, payload)
    parameters = last_parameters(history)
    gradient = loss_and_gradient(parameters, data.x_train, data.y_train, history.config)[1]
    page.evaluate(ANSWER, [parameters.tolist(), gradient.tolist()])
    source, target = neurons(page)
    tip = page.locator(".drawing .readout")
    page.mouse.move(*between(source, target))
    page.wait_for_function("asked.length")
    page.wait_for_timeout(100)
    name, value = tip.inner_text().split("\n")
    assert name == "w from hidden 1.1 to output"
    assert value == f"{three_digits(parameters[3])}   dL/dw {three_digits(gradient[3])}"
    page.mouse.move(target["x"], target["y"] + target["height"] - 1)
    page.wait_for_timeout(300)
    assert tip.inner_text() == f"bias of output\n{three_digits(parameters[4])}   dL/db {three_digits(gradient[4])}"
    assert page.evaluate("asked.length") == 1, "one place of the run is asked for once"


# --- editing ---


def edit(page, value):
    source, target = neurons(page)
    page.mouse.click(*between(source, target))
    page.keyboard.press("Control+A")
    page.keyboard.type(value)


PLACES = np.array([[0.2, 0.9], [0.7, 0.1], [0.5, 0.5]])


def answers(page):
    return page.evaluate("places => places.map(([x1, x2]) => stage.output(x1, x2)[0])", PLACES.tolist())


def test_an_edited_weight_answers_as_numpy_does_and_is_kept_by_enter(page):
    payload, history, _ = trained(hidden_sizes=(1,), epochs=100)
    mount(page, payload)
    parameters = last_parameters(history)
    edit(page, "-2,75")
    parameters[3] = -2.75
    np.testing.assert_allclose(answers(page), predict(parameters, PLACES, history.config)[:, 0], rtol=1e-6)
    assert page.evaluate("stage.wishes") == []
    page.wait_for_timeout(50)
    assert "−2.75" in page.locator(".formula").inner_text()
    page.keyboard.press("Enter")
    assert page.evaluate("stage.wishes") == [{"do": "edit", "epoch": 100, "changes": [[3, -2.75]]}]
    assert page.locator(".editor").is_hidden()


def test_escape_takes_an_edit_back_and_nonsense_changes_nothing(page):
    payload, history, _ = trained(hidden_sizes=(1,), epochs=100)
    mount(page, payload)
    expected = predict(last_parameters(history), PLACES, history.config)[:, 0]
    for nonsense in ["abc", "1e", "", "١"]:
        edit(page, nonsense or "-")
        assert page.locator(".editor .problem").inner_text().startswith("Type a number")
        np.testing.assert_allclose(answers(page), expected, rtol=1e-6)
        page.keyboard.press("Escape")
    edit(page, "4")
    assert not np.allclose(answers(page), expected)
    page.keyboard.press("Escape")
    np.testing.assert_allclose(answers(page), expected, rtol=1e-6)
    assert page.evaluate("stage.wishes") == []


def test_a_weight_beyond_the_limit_is_refused_with_a_sentence(page):
    mount(page, trained(hidden_sizes=(1,), epochs=100)[0])
    edit(page, f"{LARGEST_WEIGHT:.0f}")
    assert page.evaluate("stage.parameters()[3]") == LARGEST_WEIGHT
    for beyond in (LARGEST_WEIGHT + 1, -LARGEST_WEIGHT - 1):
        page.locator(".editor .number").fill(f"{beyond:.0f}")
        said = page.locator(".editor .problem").inner_text()
        assert said == "A weight lies between −1,000 and 1,000. The old value stays."
        assert page.evaluate("Math.abs(stage.parameters()[3])") < 100, "the trained one again"
    page.keyboard.press("Enter")
    assert page.evaluate("stage.wishes") == []


def test_the_slider_tries_values_and_keeps_them_on_release(page):
    mount(page, trained(hidden_sizes=(1,), epochs=100)[0])
    edit(page, "1")
    page.locator(".editor [type=range]").focus()
    slider = page.locator(".editor [type=range]").bounding_box()
    page.mouse.move(*middle(slider))
    page.mouse.down()
    page.mouse.move(slider["x"] + slider["width"], middle(slider)[1], steps=4)
    kept = page.evaluate("stage.wishes.length")
    assert page.evaluate("stage.parameters()[3]") == 5
    page.mouse.up()
    assert page.evaluate("stage.wishes.length") == kept + 1
    assert page.evaluate("stage.wishes.at(-1)") == {"do": "edit", "epoch": 100, "changes": [[3, 5]]}


def test_the_editor_goes_through_a_neurons_parameters_by_keyboard(page):
    payload, history, _ = trained(hidden_sizes=(2,), epochs=30)
    mount(page, payload)
    page.locator(".drawing button").nth(1).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Edit weights
    weights, bias = (block[1] for block in layers(last_parameters(history), history.config)[0])
    seen = {}
    for _ in range(3):
        value = float(page.locator(".editor .number").input_value())
        seen[page.locator(".editor b").inner_text()] = value
        page.get_by_role("button", name="The neuron's next weight").press("Enter")
    expected = {
        "w from x₁ to hidden 1.2": weights[0],
        "w from x₂ to hidden 1.2": weights[1],
        "bias of hidden 1.2": bias,
    }
    assert seen == pytest.approx(expected, rel=1e-3)
    page.keyboard.press("Escape")
    assert page.locator(".editor").is_hidden()
    assert page.evaluate("document.querySelector('div').shadowRoot.activeElement.textContent") == "Edit weights"


def test_edited_weights_are_marked_from_their_epoch_on(page):
    changes = (Change(60, "parameters[3]", 4.0),)
    mount(page, trained(hidden_sizes=(1,), epochs=100, changes=changes)[0])
    source, target = neurons(page)
    spot = between(source, target)
    page.evaluate("stage.seek(59)")
    page.wait_for_timeout(50)
    before = painted(page, [spot])[0]
    page.evaluate("stage.seek(80)")
    page.wait_for_timeout(50)
    assert (painted(page, [spot])[0] == 255).all()
    assert not (before == 255).all()
    page.mouse.move(*spot)
    assert page.locator(".drawing .readout").inner_text().endswith("set to 4.00 at epoch 60")


# --- hands and keys ---


def test_neurons_and_layers_are_added_and_taken_away_on_the_drawing(page):
    mount(page, trained(hidden_sizes=(4, 1), epochs=2)[0])
    presses = {
        "One more: neurons in hidden layer 1": [5, 1],
        "One less: neurons in hidden layer 1": [3, 1],
        "One more: neurons in hidden layer 2": [4, 2],
        "One more: hidden layers": [4, 1, 1],
        "One less: hidden layers": [4],
    }
    for number, (name, sizes) in enumerate(presses.items()):
        page.get_by_role("button", name=name).click()
        assert page.evaluate("stage.wishes.length") == number + 1
        assert page.evaluate("stage.wishes.at(-1)") == {"do": "layers", "sizes": sizes}
    assert page.get_by_role("button", name="One less: neurons in hidden layer 2").is_disabled()
    page.evaluate("payload => show(payload)", text(trained(2, hidden_sizes=(16,) * 6, epochs=1)[0]))
    assert page.get_by_role("button", name="One more: hidden layers").is_disabled()
    assert page.get_by_role("button", name="One more: neurons in hidden layer 6").is_disabled()
    page.evaluate("payload => show(payload)", text(trained(3, hidden_sizes=(), epochs=1)[0]))
    assert page.get_by_role("button", name="One less: hidden layers").is_disabled()
    page.get_by_role("button", name="One more: hidden layers").click()
    assert page.evaluate("stage.wishes.at(-1)") == {"do": "layers", "sizes": [4]}


def test_inputs_are_chosen_on_the_drawing(page):
    mount(page, trained(features=("x1", "x2"), epochs=2)[0])
    chooser = page.get_by_role("group", name="Inputs of the network")
    assert chooser.is_hidden()
    page.get_by_role("button", name="Inputs", exact=True).click()
    chooser.get_by_role("button", name="x₁x₂").click()
    assert page.evaluate("stage.wishes.at(-1)") == {"do": "features", "names": ["x1", "x2", "x1_times_x2"]}
    chooser.get_by_role("button", name="x₁", exact=True).click()
    assert page.evaluate("stage.wishes.at(-1)") == {"do": "features", "names": ["x2"]}
    page.evaluate("payload => show(payload)", text(trained(2, features=("x2",), epochs=2)[0]))
    pressed = chooser.get_by_role("button", pressed=True)
    assert pressed.all_inner_texts() == ["x₂"]
    assert pressed.is_disabled(), "a network sees something"
    page.keyboard.press("Escape")
    assert chooser.is_hidden()


def test_arrow_keys_move_between_neurons_and_leave_the_time_line_alone(page):
    mount(page, trained(hidden_sizes=(3, 2), epochs=50)[0])
    assert page.locator(".drawing button[tabindex='0']").count() == 1
    page.locator(".drawing button").first.focus()
    heard = "document.querySelector('div').shadowRoot.activeElement.ariaLabel"
    page.wait_for_timeout(400)  # labels are written at rest
    for key, name in [
        ("ArrowDown", "Hidden layer 1, neuron 2"),
        ("ArrowDown", "Hidden layer 1, neuron 3"),
        ("ArrowDown", "Hidden layer 1, neuron 3"),
        ("ArrowRight", "Hidden layer 2, neuron 2"),
        ("ArrowUp", "Hidden layer 2, neuron 1"),
        ("ArrowRight", "Output"),
        ("ArrowLeft", "Hidden layer 2, neuron"),
    ]:
        page.keyboard.press(key)
        assert page.evaluate(heard).startswith(name)
    assert page.evaluate("stage.epoch") == 50
    assert page.locator(".drawing button[tabindex='0']").count() == 1


def test_labels_say_bias_and_weights(page):
    payload, history, _ = trained(hidden_sizes=(2,), epochs=50)
    mount(page, payload)
    page.wait_for_timeout(400)
    layer = layers(last_parameters(history), history.config)[0]
    weights = [f"{three_digits(value)} from {name}" for value, name in zip(layer.W[0], ["x₁", "x₂"], strict=True)]
    expected = f"Hidden layer 1, neuron 1: bias {three_digits(layer.b[0])}, weights {', '.join(weights)}"
    assert page.locator(".drawing button").first.get_attribute("aria-label") == expected


def test_a_narrow_page_keeps_it_all(browser):
    page = test_stage.open_page(
        browser, viewport={"width": 390, "height": 800}, has_touch=True, reduced_motion="reduce"
    )
    mount(page, trained(hidden_sizes=(8,) * 6, epochs=2)[0])
    for box in [*neurons(page), *(button.bounding_box() for button in page.locator(".network .stepper button").all())]:
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    page.evaluate("payload => show(payload)", text(trained(2, hidden_sizes=(1,), epochs=2)[0]))
    page.locator(".drawing").scroll_into_view_if_needed()
    source, target = neurons(page)
    page.touchscreen.tap(*between(source, target))
    assert page.locator(".editor b").inner_text() == "w from hidden 1.1 to output"
    box = page.locator(".editor").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert not page.problems
    page.close()

"""The inside of a network: its format, the pick out of an untrusted state, and what the browser makes of it."""

import base64

import numpy as np
import pytest

import ui.components.inside as component
from nn_core import inspection
from nn_core.config import Config
from nn_core.digits import Network, load_mnist, load_network
from nn_core.mlp import forward, initial_parameters, layers
from tests.support import decode, mounted
from tests.test_stage import open_page
from ui.components.inside import MOST_ROWS, chosen, encode

NAMES = tuple("0123456789")
DIGIT = load_mnist()[1][0][0].astype(np.float32) / 255  # a 7
BEST = load_network("best")


def deep(*hidden_sizes) -> Network:
    """Untrained, with activations below zero too."""
    config = Config(dataset="mnist", hidden_sizes=hidden_sizes or (12, 7, 30), activation="tanh", seed=3)
    return Network(initial_parameters(config).astype(np.float32), config, {"name": "deep"})


def payload(network=BEST, unit=(0, 5), image=DIGIT, names=NAMES, picked=True):
    trace = forward(network.parameters, image.reshape(1, -1), network.config)
    edges = inspection.path(network, image, int(trace.output.argmax())) if image.any() else []
    view = inspection.unit_view(network, image, *unit)
    return encode(network.config, names, trace, edges, unit, view, picked, bool(image.any()))


def plain_layers(network, image):
    """Every layer's activations (h,), by sums written out, for tanh and ReLU networks; the last sums last."""
    a, found = image.ravel().astype(float), []
    net = layers(network.parameters, network.config)
    for i, (W, b) in enumerate(net):
        z = np.array([sum(w * x for w, x in zip(row, a, strict=True)) + c for row, c in zip(W, b, strict=True)])
        last = i + 1 == len(net)
        a = z if last else np.tanh(z) if network.config.activations[i] == "tanh" else np.where(z > 0, z, 0)
        found.append(a)
    return found


# --- the format ---


@pytest.mark.parametrize("network", [BEST, deep()], ids=["best", "deep"])
def test_every_layer_travels(network):
    header, arrays = decode(payload(network))
    *hidden, last = plain_layers(network, DIGIT)
    assert header["activations"] == list(network.config.activations)
    for i, a in enumerate(hidden):
        np.testing.assert_allclose(arrays[f"layer_{i}"], a, atol=1e-4)
    np.testing.assert_allclose(arrays["output"], last, atol=1e-3)
    assert header["label"] == last.argmax()
    np.testing.assert_array_equal(arrays["input"], DIGIT.ravel())


def test_a_first_layer_unit_travels_with_weights_and_products():
    header, arrays = decode(payload(unit=(0, 29)))
    W, b = layers(BEST.parameters, BEST.config)[0]
    told = header["unit"]
    np.testing.assert_array_equal(arrays["weights"], W[29])
    np.testing.assert_array_equal(arrays["products"], W[29] * DIGIT.ravel())
    assert told["sum"] == pytest.approx(float(W[29] @ DIGIT.ravel()), abs=1e-4)
    assert told["z"] == pytest.approx(told["sum"] + b[29], abs=1e-4)
    assert (told["a"], told["activation"]) == (pytest.approx(max(told["z"], 0)), "relu")
    assert "rows" not in told


def test_a_later_unit_travels_with_its_strongest_inputs():
    header, arrays = decode(payload(unit=(1, 7)))
    W, b = layers(BEST.parameters, BEST.config)[1]
    products = W[7] * arrays["layer_0"]
    told = header["unit"]
    assert [row[0] for row in told["rows"]] == np.argsort(-abs(products), kind="stable")[:MOST_ROWS].tolist()
    for source, weight, value, product in told["rows"]:
        np.testing.assert_allclose([weight, value], [W[7, int(source)], arrays["layer_0"][int(source)]], rtol=1e-6)
        assert product == pytest.approx(weight * value, rel=1e-5)
    assert sum(row[3] for row in told["rows"]) + told["others"] + b[7] == pytest.approx(told["z"], abs=1e-4)
    assert "weights" not in arrays


def test_an_empty_sheet_has_no_answer():
    header, _ = decode(payload(image=np.zeros((28, 28), np.float32)))
    assert (header["label"], header["edges"], set(header["shares"])) == (None, [], {""})


def test_a_network_without_a_path_has_an_answer_too():
    silent = BEST._replace(parameters=np.zeros_like(BEST.parameters))
    header, _ = decode(payload(silent))
    assert (header["label"], header["edges"], header["shares"][0]) == (0, [], "10\N{NO-BREAK SPACE}%")


def test_a_move_costs_a_few_kilobytes():
    assert len(payload()) < 16_000


@pytest.mark.parametrize(
    ("state", "place"),
    [
        ({"unit": {"layer": 0, "unit": 11}}, (0, 11)),
        ({"unit": {"layer": 3, "unit": 9}}, (3, 9)),
        ({"unit": {"layer": 0, "unit": 12}}, None),
        ({"unit": {"layer": 4, "unit": 0}}, None),
        ({"unit": {"layer": -1, "unit": 0}}, None),
        ({"unit": {"layer": True, "unit": 0}}, None),
        ({"unit": {"layer": 0, "unit": 1.0}}, None),
        ({"unit": {"layer": "0"}}, None),
        ({"unit": None}, None),
        ({"unit": [0, 1]}, None),
        ("unit", None),
        (None, None),
    ],
)
def test_only_a_unit_of_this_network_is_chosen(state, place):
    assert chosen(state, deep().config) == place


# --- in the browser ---


LISTEN = "window.picks = []; window.setStateValue = (name, value) => picks.push([name, value]);"


@pytest.fixture
def page(browser):
    page = open_page(browser, viewport={"width": 900, "height": 800})
    yield page
    page.close()
    assert not page.problems


def shown(page, **given):
    mounted(page, component, "inside.html", payload(**given), LISTEN)
    page.wait_for_function("root.querySelector('canvas').style.height")


def step_to(page, layer, unit):
    """Go to a unit with the keys, from the first one of the first layer."""
    page.locator(".picture canvas").focus()
    for key, times in (("ArrowRight", layer), ("ArrowDown", unit)):
        for _ in range(times):
            page.keyboard.press(key)


def number(text):
    return float(text.replace("−", "-"))


@pytest.mark.parametrize(("layer", "unit"), [(0, 3), (1, 6), (2, 20)])
def test_the_readout_is_the_activation(page, layer, unit):
    shown(page, network=deep(), unit=(0, 0))
    step_to(page, layer, unit)
    words, value = page.locator(".readout").inner_text().split(": ")
    assert words == f"layer {layer + 1}, unit {unit}"
    assert number(value) == pytest.approx(plain_layers(deep(), DIGIT)[layer][unit], rel=5e-3)


def test_cells_have_the_colour_of_their_sign(page):
    shown(page, network=deep(), unit=(0, 0))
    values = plain_layers(deep(), DIGIT)[1]
    for sign in (1, -1):
        unit = int((sign * values).argmax())
        step_to(page, 1, unit)
        red, _, blue = cell_under_readout(page)
        assert (blue - red) * sign > 10
        page.locator(".picture canvas").blur()


def cell_under_readout(page):
    """The colour of the cell that the keys are at: found by pointing until its name is read."""
    page.keyboard.press("Enter")
    layer, unit = (page.evaluate("picks.at(-1)[1]")[name] for name in ("layer", "unit"))
    return page.evaluate(
        """([layer, unit]) => {
            const canvas = root.querySelector(".picture canvas");
            const box = canvas.getBoundingClientRect();
            for (let y = 2; y < box.height; y += 3) for (let x = 180; x < box.width; x += 3) {
                canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + x, clientY: box.top + y }));
                const { hidden, textContent } = root.querySelector(".readout");
                if (!hidden && textContent.startsWith(`layer ${layer + 1}, unit ${unit}:`)) {
                    const [i, j] = [x + 5, y + 5].map((at) => Math.round(at * canvas.width / box.width));
                    return [...canvas.getContext("2d").getImageData(i, j, 1, 1).data].slice(0, 3);
                }
            }
        }""",
        [layer, unit],
    )


def test_a_first_layer_unit_in_numbers_and_pictures(page):
    shown(page, unit=(0, 29))
    W, b = layers(BEST.parameters, BEST.config)[0]
    z = float(W[29] @ DIGIT.ravel() + b[29])
    assert page.locator("h4 [data-part=title]").inner_text() == "Layer 1, unit 29"
    *_, told, a = page.locator(".sum").inner_text().replace(", a = relu(z)", "").split(" = ")
    assert number(told) == pytest.approx(z, rel=5e-3)
    assert number(a) == pytest.approx(max(z, 0), rel=5e-3)
    script = """name => { const canvas = root.querySelector(`[data-part=${name}]`);
        return [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data] }"""
    for name, values in (("weights", W[29]), ("products", W[29] * DIGIT.ravel())):
        red, _, blue, _ = np.array(page.evaluate(script, name)).reshape(-1, 4).T
        strong = abs(values) > abs(values).max() / 4
        assert strong.sum() > 5
        np.testing.assert_array_equal(np.sign(blue - red)[strong], np.sign(values)[strong])
    grey = np.array(page.evaluate(script, "input")).reshape(-1, 4)[:, 0]
    np.testing.assert_allclose(grey, DIGIT.ravel() * 255, atol=0.51)


def test_a_pixel_says_what_it_brings_to_the_sum(page):
    shown(page, unit=(0, 29))
    W, _ = layers(BEST.parameters, BEST.config)[0]
    row, column = np.unravel_index(np.abs(W[29] * DIGIT.ravel()).argmax(), (28, 28))
    for name in ("weights", "input", "products"):
        page.mouse.move(1, 1)
        box = page.locator(f".pictures [data-part={name}]").bounding_box()
        page.mouse.move(box["x"] + (column + 0.5) * box["width"] / 28, box["y"] + (row + 0.5) * box["height"] / 28)
        assert told_pixel(page, row, column) == pytest.approx(brought(W[29], row, column), rel=6e-3)
    spot = page.locator(".spot").last.bounding_box()
    assert (spot["x"] - box["x"]) / box["width"] * 28 == pytest.approx(column, abs=0.4)
    assert (spot["y"] - box["y"]) / box["height"] * 28 == pytest.approx(row, abs=0.4)
    page.locator(".pictures").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    assert told_pixel(page, row + 1, column - 1) == pytest.approx(brought(W[29], row + 1, column - 1), rel=6e-3)
    assert page.locator(".spoken").inner_text() == page.locator(".pixel").inner_text()
    for _ in range(40):
        page.keyboard.press("ArrowUp")
    assert told_pixel(page, 0, column - 1)[0] == 0


def told_pixel(page, row, column):
    head, *numbers = page.locator(".pixel").inner_text().split(" = ")
    place, (x, w) = head.removesuffix(": x · w"), numbers[0].split(" · ")
    assert place == f"pixel (row {row}, column {column})"
    return [number(text) for text in (x, w, numbers[1])]


def brought(weights, row, column):
    x, w = float(DIGIT[row, column]), float(weights[28 * row + column])
    return [x, w, x * w]


def test_a_pixel_pointed_at_follows_the_drawing(page):
    shown(page, unit=(0, 29))
    page.locator(".pictures").focus()
    page.keyboard.press("ArrowUp")
    empty = payload(unit=(0, 29), image=np.zeros((28, 28), np.float32))
    page.evaluate("show", base64.b64encode(empty).decode())
    assert told_pixel(page, 13, 14)[0] == 0
    page.evaluate("show", base64.b64encode(payload(unit=(1, 3))).decode())
    assert not page.locator(".pixel").is_visible()


def test_a_later_unit_lists_what_it_adds_up(page):
    shown(page, unit=(2, 7))
    rows = [row.inner_text().split("\t") for row in page.locator("tbody tr").all()]
    W, b = layers(BEST.parameters, BEST.config)[2]
    a = plain_layers(BEST, DIGIT)[1]
    for name, weight, value, product in rows[:-1]:
        source = int(name.split("unit ")[1])
        found = [number(weight), number(value), number(product)]
        assert found == pytest.approx([W[7, source], a[source], W[7, source] * a[source]], rel=6e-3, abs=1e-6)
    total = sum(number(row[-1]) for row in rows) + float(b[7])
    assert total == pytest.approx(float(W[7] @ a + b[7]), abs=0.1)
    page.locator("tbody button").first.click()
    assert page.evaluate("picks") == [["unit", {"layer": 1, "unit": int(rows[0][0].split("unit ")[1])}]]


def test_a_click_picks_the_unit_and_another_lets_it_go(page):
    shown(page, unit=(1, 0), picked=True)
    step_to(page, 0, 0)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.evaluate("picks") == [["unit", {"layer": 1, "unit": 1}], ["unit", None]]


def test_the_same_on_a_phone(page):
    page.set_viewport_size({"width": 360, "height": 900})
    shown(page, unit=(0, 0))
    box = page.locator(".picture canvas").bounding_box()
    assert box["width"] <= 360
    found = set()
    for y in range(0, int(box["height"]), 12):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + y)
        if page.locator(".readout").is_visible():
            found.add(page.locator(".readout").inner_text().split(",")[0].split(":")[0][:7])
    assert {"layer 1", "layer 2", "answer "} <= found


@pytest.mark.parametrize("width", [360, 900])
@pytest.mark.parametrize("sizes", [(1,), (1024,) * 6])
def test_any_size_stays_in_the_picture(page, sizes, width):
    page.set_viewport_size({"width": width, "height": 900})
    shown(page, network=deep(*sizes), unit=(0, 0))
    step_to(page, len(sizes), 9)
    assert page.locator(".readout").inner_text().startswith("answer 9")
    picture, readout = (page.locator(name).bounding_box() for name in (".picture canvas", ".readout"))
    assert picture["x"] <= readout["x"]
    assert readout["x"] + readout["width"] <= picture["x"] + width
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_another_picture_replaces_the_first(page):
    shown(page)
    other = payload(image=np.zeros((28, 28), np.float32))
    page.evaluate("show", base64.b64encode(other).decode())
    assert page.locator(".sum").inner_text().startswith("z = Σ w·x + b = 0 ")

"""The hidden space in a real browser: its directions and cuts beside NumPy's, what is drawn where, and what is said."""

import numpy as np
import pytest

from nn_core import forward
from nn_core.mlp import layers
from tests import test_stage
from tests.test_stage import FOLDER, mount, open_page, part, text, trained

page = test_stage.page
pytestmark = pytest.mark.browser

MARGIN = {"left": 42, "right": 10, "top": 24, "bottom": 36}  # of the picture, in pixels
ROOM = 1.12  # times the range of an activation that has one
WIDE = {"dataset": "circles", "hidden_sizes": (5, 6), "samples": 120, "noise": 0.1}
THREE = {"dataset": "three_spiral", "hidden_sizes": (7,), "samples": 120}


def last_parameters(history):
    return history.parameters[-1].astype(np.float32).astype(float)


def hidden(history, x):
    """The last hidden layer's activations (n, units) at the end of the run."""
    return forward(last_parameters(history), np.asarray(x, float), history.config).a[-1]


def readout(history):
    """Weights (outputs, units) and biases of the output layer at the end of the run."""
    return layers(last_parameters(history), history.config)[-1]


# --- the geometry, alone ---


@pytest.fixture(scope="module")
def geometry(browser):
    """A blank page with the forward pass and the slices."""
    page = open_page(browser)
    for name in ("forward.js", "neuron.js", "slice.js"):
        page.add_script_tag(content=(FOLDER / name).read_text(encoding="utf-8"))
    yield page
    page.close()
    assert not page.problems


ROWS = """([payload, x1, x2, counts, before]) => {
    const run = parsePayload(bytesOf(payload));
    const last = run.arrays.snapshot_epochs.length - 1;
    const parameters = parametersAt(run, last, new Float64Array(run.arrays.parameters.length / (last + 1)));
    const batch = makeBatch(run.network, x1, x2);
    forward(run.network, parameters, batch);
    const rows = batch.layers.at(-2);
    const weights = Float64Array.from(counts);
    const { means, directions, shares = [] } = FIND;
    return [means, ...directions, shares].map((list) => Array.from(list));
}"""
MAIN = ROWS.replace("FIND", "mainDirections(rows, weights, before)")
CUT = ROWS.replace("FIND", "cutDirections(run.network, parameters, rows, weights, before)")


def directions(page, script, payload, x, counts, before=None):
    answer = page.evaluate(script, [text(payload), x[:, 0].tolist(), x[:, 1].tolist(), counts.tolist(), before])
    return [np.array(each) for each in answer]


@pytest.mark.parametrize(
    "settings", [WIDE, THREE, {"hidden_sizes": (2,)}, {"hidden_sizes": (16,), "activation": "relu"}]
)
def test_main_directions_are_those_of_the_singular_values(geometry, settings):
    payload, history, data = trained(**settings, epochs=60)
    counts = np.random.default_rng(0).integers(1, 6, len(data.x_train))
    h = hidden(history, data.x_train)
    mean = np.average(h, axis=0, weights=counts)
    _, singular, expected = np.linalg.svd((h - mean) * np.sqrt(counts)[:, None], full_matrices=False)
    means, one, two, shares = directions(geometry, MAIN, payload, data.x_train, counts)
    np.testing.assert_allclose(means, mean, atol=1e-9)
    np.testing.assert_allclose(np.abs([one @ expected[0], two @ expected[1]]), 1, atol=1e-9)
    np.testing.assert_allclose(shares, singular[:2] ** 2 / (singular**2).sum(), atol=1e-9)
    assert all(each[np.abs(each).argmax()] > 0 for each in (one, two))


def test_directions_keep_sign_and_order(geometry):
    payload, _, data = trained(**WIDE, epochs=60)
    once = np.ones(len(data.x_train))
    _, one, two, shares = directions(geometry, MAIN, payload, data.x_train, once)
    turned = [(-two).tolist(), one.tolist()]
    _, first, second, swapped = directions(geometry, MAIN, payload, data.x_train, once, turned)
    np.testing.assert_allclose([first, second], [-two, one], atol=1e-12)
    np.testing.assert_allclose(swapped, shares[::-1], atol=1e-12)


@pytest.mark.parametrize("settings", [WIDE, THREE])
def test_the_cut_is_seen_edge_on(geometry, settings):
    """Along the two directions nothing of what parts the classes is lost."""
    payload, history, data = trained(**settings, epochs=60)
    h = hidden(history, data.x_train)
    mean, *axes, _ = directions(geometry, CUT, payload, data.x_train, np.ones(len(h)))
    np.testing.assert_allclose(np.array(axes) @ np.array(axes).T, np.eye(2), atol=1e-9)
    on_the_slice = mean + ((h - mean) @ np.array(axes).T) @ np.array(axes)
    W, b = readout(history)
    sums, seen = h @ W.T + b, on_the_slice @ W.T + b
    if len(W) > 1:  # only the differences decide
        sums, seen = sums - sums[:, :1], seen - seen[:, :1]
    np.testing.assert_allclose(seen, sums, atol=1e-9)
    if len(W) == 1:
        np.testing.assert_allclose(axes[0], W[0] / np.linalg.norm(W[0]), atol=1e-12)
        left = (h - mean) - np.outer((h - mean) @ axes[0], axes[0])
        expected = np.linalg.svd(left, full_matrices=False)[2][0]
        assert abs(axes[1] @ expected) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("settings", [WIDE, THREE])
def test_the_output_on_a_slice(geometry, settings):
    payload, history, _ = trained(**settings, epochs=20)
    units = settings["hidden_sizes"][-1]
    base, first, second = np.random.default_rng(2).normal(0, 1, (3, units))
    answer = geometry.evaluate(
        """([payload, base, first, second]) => {
            const run = parsePayload(bytesOf(payload));
            const last = run.arrays.snapshot_epochs.length - 1;
            const parameters = parametersAt(run, last, new Float64Array(run.arrays.parameters.length / (last + 1)));
            return parametersOnSlice(run.network, parameters, { base, first, second });
        }""",
        [text(payload), base.tolist(), first.tolist(), second.tolist()],
    )
    W, b = readout(history)
    np.testing.assert_allclose(answer, np.column_stack([W @ first, W @ second, W @ base + b]).ravel(), atol=1e-9)


def places(x):
    return [{"x1": x1, "x2": x2} for x1, x2 in np.asarray(x, float).tolist()]


def separates(page, some, others):
    return page.evaluate("([some, others]) => lineSeparates(some, others)", [places(some), places(others)])


def test_whether_a_line_separates(geometry):
    assert not separates(geometry, [[0, 0], [1, 1]], [[0, 1], [1, 0]])  # XOR
    assert separates(geometry, [[0, 0], [0, 1], [1, 0]], [[1, 1]])  # AND
    assert not separates(geometry, [[0, 0], [1, 0]], [[1, 0], [2, 0]]), "one place, two classes"
    assert not separates(geometry, [[0, 0], [2, 0]], [[1, 0]]), "between, on one line"
    rng = np.random.default_rng(3)
    for _ in range(20):
        x, normal = rng.uniform(-1, 1, (60, 2)), rng.normal(size=2)
        side = x @ normal > 0.1
        assert separates(geometry, x[~side], x[side])
        inner = x[side].mean(axis=0) if side.any() else x.mean(axis=0)
        assert separates(geometry, np.vstack([x[~side], inner]), x[side]) == (side.sum() < 2)


# --- in the stage ---


def show_hidden(page, payload):
    mount(page, payload)
    part(page, "tab-hidden").click()
    page.wait_for_timeout(300)  # at rest


def canvas_of(page):
    return page.locator(".slice canvas")


def place_on(page, domain, u):
    """Pixels on the canvas, left and top, of places on the slice whose frame is `domain`."""
    box = canvas_of(page).bounding_box()
    width, height = (
        box["width"] - MARGIN["left"] - MARGIN["right"],
        box["height"] - MARGIN["top"] - MARGIN["bottom"],
    )
    low1, high1, low2, high2 = domain
    across, down = (u[:, 0] - low1) / (high1 - low1), (high2 - u[:, 1]) / (high2 - low2)
    return np.column_stack([MARGIN["left"] + width * across, MARGIN["top"] + height * down])


def colours_at(page, pixels, canvas=".slice canvas"):
    return np.array(
        page.locator(canvas).first.evaluate(
            """(canvas, pixels) => {
                const density = canvas.width / canvas.clientWidth;
                const at = ([x, y]) => canvas.getContext("2d").getImageData(x * density, y * density, 1, 1).data;
                return pixels.map((pixel) => Array.from(at(pixel)).slice(0, 3));
            }""",
            pixels.tolist(),
        ),
        float,
    )


def test_xor_is_drawn_where_the_hidden_layer_puts_it(page):
    payload, history, _ = trained(dataset="xor_points", hidden_sizes=(2,), seed=3, epochs=1000)
    show_hidden(page, payload)
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    domain = [-ROOM, ROOM, -ROOM, ROOM]  # tanh
    marks = colours_at(page, np.add(place_on(page, domain, hidden(history, x)), [0, 7]))  # below the hollow middle
    expected = np.array([[0xE8, 0x71, 0x0A], [0x1D, 0x5F, 0xD1]])[[0, 1, 1, 0]]
    np.testing.assert_allclose(marks, expected, atol=6)
    W, b = readout(history)
    u1 = np.linspace(-1, 1, 201)
    line = np.column_stack([u1, -(W[0, 0] * u1 + b[0]) / W[0, 1]])
    free = np.abs(line[:, 1]) < 1
    free &= np.linalg.norm(line[:, None] - hidden(history, x), axis=2).min(axis=1) > 0.25
    assert free.sum() > 20
    np.testing.assert_allclose(
        colours_at(page, place_on(page, domain, line[free])), np.tile([0x16, 0x20, 0x2E], (free.sum(), 1)), atol=60
    )


def test_the_ground_is_what_the_output_says(page):
    payload, history, _ = trained(hidden_sizes=(2,), activation="sigmoid", seed=1, epochs=300)
    show_hidden(page, payload)
    u = np.random.default_rng(5).uniform(0.05, 0.95, (60, 2))
    corners = hidden(history, [[0, 0], [0, 1], [1, 0], [1, 1]])
    W, b = readout(history)
    sums = u @ W[0] + b[0]
    away = (np.linalg.norm(u[:, None] - corners, axis=2).min(axis=1) > 0.2) & (np.abs(sums) / np.linalg.norm(W) > 0.03)
    middle, half = 0.5, 0.5 * ROOM
    domain = [middle - half, middle + half] * 2
    painted = colours_at(page, place_on(page, domain, u[away]))
    p = 1 / (1 + np.exp(-sums[away]))[:, None]
    colour = np.where(p > 0.5, [0x1D, 0x5F, 0xD1], [0xE8, 0x71, 0x0A])
    expected = 255 + (colour - 255) * 0.8 * 0.55 * np.abs(2 * p - 1)
    close = np.abs(painted - expected).max(axis=1) < 6
    assert close.mean() > 0.7, "all but where the warped grid of the plane is drawn"


def test_the_words_count(page):
    show_hidden(page, trained(hidden_sizes=(2,), seed=3, epochs=1000)[0])
    caption = page.locator(".slice .caption")
    assert caption.inner_text() == (
        "No straight line separates the classes in the input plane. "
        "Here one straight line does: all 1,000 training points are on the right side."
    )
    assert canvas_of(page).get_attribute("aria-label") == f"Hidden space. {caption.inner_text()}"
    payload, history, data = trained(2, dataset="circles", hidden_sizes=(3,), epochs=3)
    page.evaluate("payload => show(payload)", text(payload))
    W, b = readout(history)
    said = (hidden(history, data.x_train) @ W[0] + b[0] > 0).astype(int)
    right = (said == data.y_train).sum()
    assert f"{right} of {len(said)} training points on the right side" in caption.inner_text()
    page.evaluate("payload => show(payload)", text(trained(3, dataset="and", hidden_sizes=(2,), epochs=1000)[0]))
    assert caption.inner_text() == "One straight line separates the classes here, as one does in the input plane."
    page.evaluate("payload => show(payload)", text(trained(4, hidden_sizes=(), epochs=3)[0]))
    assert caption.inner_text().startswith("This network has no hidden layer")
    assert not canvas_of(page).is_visible()


def test_axes_are_chosen(page):
    show_hidden(page, trained(**WIDE, epochs=20)[0])
    kind, across, up = (
        page.get_by_label(label) for label in ("What the axes show", "Horizontal axis", "Vertical axis")
    )
    assert kind.input_value() == "cut"
    assert not across.is_visible()
    kind.select_option("directions")
    page.wait_for_timeout(100)
    caption = page.locator(".slice .caption").inner_text()
    assert "of the variance" in caption
    assert "slice" in caption
    kind.select_option("units")
    page.wait_for_timeout(100)
    assert across.locator("option").all_inner_texts() == [f"hidden 2.{unit}" for unit in range(1, 7)]
    before = canvas_of(page).screenshot()
    up.select_option("hidden 2.6")
    page.wait_for_timeout(100)
    assert canvas_of(page).screenshot() != before
    page.evaluate("payload => show(payload)", text(trained(2, hidden_sizes=(3,), epochs=20)[0]))
    assert kind.input_value() == "units", "a choice outlives the run"
    assert [across.input_value(), up.input_value()] == ["0", "2"]


def test_a_point_is_shown_in_both_planes(page):
    payload, history, _ = trained(dataset="xor_points", hidden_sizes=(2,), seed=3, epochs=1000)
    show_hidden(page, payload)
    h = hidden(history, [[0, 1]])
    at = place_on(page, [-ROOM, ROOM, -ROOM, ROOM], h)[0]
    before = part(page, "map").screenshot()
    canvas_of(page).hover(position={"x": at[0] + 3, "y": at[1] + 3})
    page.wait_for_timeout(300)
    readout = page.locator(".slice .readout")
    numbers = [f"hidden 1.{i + 1} {value:.3g}".replace("-", "−") for i, value in enumerate(h[0])]
    assert readout.inner_text() == f"x₁ 0, x₂ 1 (1) → {', '.join(numbers)}"
    assert part(page, "map").screenshot() != before, "a ring around it"
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    assert not readout.is_visible()
    assert part(page, "map").screenshot() == before


@pytest.mark.parametrize(
    "settings",
    [
        {"hidden_sizes": (1,)},
        {"dataset": "sine", "hidden_sizes": (1,)},
        {"dataset": "sine", "hidden_sizes": (2, 3), "activation": "relu"},
        {"dataset": "sine", "hidden_sizes": (12,), "activation": "relu", "learning_rate": 30.0},
        {"dataset": "four_blobs", "hidden_sizes": (16,)},
    ],
)
def test_every_kind_of_run_is_painted(page, settings):
    show_hidden(page, trained(**settings, epochs=20)[0])
    for epoch in (0, 10, 20):
        page.evaluate("epoch => stage.seek(epoch)", epoch)
        page.wait_for_timeout(60)
    assert len(page.locator(".slice .caption").inner_text()) > 20

"""The plane in a real browser: its pixels beside NumPy's, the visitor's own units, points painted by hand and key."""

import numpy as np
import pytest

from nn_core import Config, forward, make_data, predict, run
from nn_core.config import Change, Point
from nn_core.data import data_over_time
from nn_core.datasets import Axis
from tests import test_stage
from tests.support import decode
from tests.test_stage import mount, part, text, trained
from ui.components.stage import encode

page = test_stage.page
pytestmark = pytest.mark.browser

ORANGE, BLUE, GREEN, INK = (
    np.array(colour) for colour in ([0xE8, 0x71, 0x0A], [0x1D, 0x5F, 0xD1], [0x13, 0x89, 0x6B], [0x16, 0x20, 0x2E])
)
CLASSES = np.array([ORANGE, BLUE, GREEN])
LEFT, RIGHT, TOP, BOTTOM = 42, 10, 24, 36  # the margins around the plot
FLAT = 190 / 255
FOUR = (Point(-0.5, -0.5, 0), Point(0.5, 0.5, 0), Point(-0.5, 0.5, 1), Point(0.5, -0.5, 1))
OWN = Config(dataset="own", points=FOUR, epochs=40)


def tint(colours, strength):
    return 255 + (colours - 255) * 0.8 * np.asarray(strength)[:, None]


def last_parameters(history):
    return history.parameters[-1].astype(np.float32).astype(float)


def pixels_of(page, domain, x):
    """Where places of the plane lie on the page, (n, 2)."""
    box = part(page, "map").bounding_box()
    x1_low, x1_high, x2_low, x2_high = domain
    across = (np.asarray(x)[:, 0] - x1_low) / (x1_high - x1_low)
    down = (x2_high - np.asarray(x)[:, 1]) / (x2_high - x2_low)
    width, height = box["width"] - LEFT - RIGHT, box["height"] - TOP - BOTTOM
    return np.column_stack([box["x"] + LEFT + across * width, box["y"] + TOP + down * height])


def colours_at(page, pixels):
    """The colours on the map's canvas at pixels of the page, (n, 3)."""
    painted = part(page, "map").evaluate(
        """(canvas, pixels) => {
            const box = canvas.getBoundingClientRect();
            const context = canvas.getContext("2d");
            return pixels.map(([x, y]) => Array.from(context.getImageData(x - box.x, y - box.y, 1, 1).data));
        }""",
        np.asarray(pixels).tolist(),
    )
    return np.array(painted, float)[:, :3]


def free_places(data, domain, n=40):
    """Places of the plane where no point lies near."""
    x1_low, x1_high, x2_low, x2_high = domain
    x = np.random.default_rng(0).uniform([x1_low, x2_low], [x1_high, x2_high], (4000, 2)) * 0.97
    points = np.concatenate([data.x_train, data.x_test])
    distance = np.sqrt(((x[:, None] - points) ** 2).sum(axis=2)).min(axis=1)
    return x[distance > 0.09 * (x1_high - x1_low)][:n]


def at_rest(page):
    """Wait for the next frame, and then until the fine picture has been painted."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function("performance.now() - stage.lastPaint > 400")


def wishes(page):
    return page.evaluate("stage.wishes")


def own_points(page):
    """The points of the last wish."""
    return [tuple(point) for point in wishes(page)[-1]["points"]]


# --- views ---


def lean(outputs):
    """The class that wins at each place and how far it is ahead."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > 0.5).astype(int), np.abs(2 * outputs[:, 0] - 1)
    ranked = np.sort(outputs, axis=1)
    return outputs.argmax(axis=1), ranked[:, -1] - ranked[:, -2]


VIEWS = {
    "Probability": lambda k, strength: tint(CLASSES[k], strength),
    "Classes": lambda k, strength: tint(CLASSES[k], np.full(len(k), FLAT)),
    "Confidence": lambda k, strength: tint(INK, strength),
}


@pytest.mark.parametrize("settings", [{"dataset": "moons"}, {"dataset": "three_spiral"}], ids=str)
def test_every_view_of_classes_is_what_numpy_computes(page, settings):
    payload, history, data = trained(**settings, samples=60, epochs=80)
    mount(page, payload)
    x = free_places(data, decode(payload)[0]["domain"])
    k, strength = lean(predict(last_parameters(history), x, history.config))
    sure = strength > 0.12  # the line between the classes is a colour of its own
    assert sure.sum() > 20
    for view, colours in VIEWS.items():
        button = page.get_by_role("button", name=view, exact=True)
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        at_rest(page)
        seen = colours_at(page, pixels_of(page, decode(payload)[0]["domain"], x[sure]))
        np.testing.assert_allclose(seen, colours(k, strength)[sure], atol=6, err_msg=view)


def test_the_surface_of_a_regression_and_its_residuals(page):
    payload, history, data = trained(dataset="plane", samples=24, hidden_sizes=(), epochs=2, learning_rate=0.01)
    mount(page, payload)
    at_rest(page)
    domain = decode(payload)[0]["domain"]
    scale = np.abs(np.concatenate([data.y_train, data.y_test])).max()
    x = free_places(data, domain)
    values = predict(last_parameters(history), x, history.config)[:, 0]
    expected = tint(CLASSES[(values > 0).astype(int)], np.minimum(np.abs(values) / scale, 1))
    off_line = np.abs(values) > 0.05
    np.testing.assert_allclose(colours_at(page, pixels_of(page, domain, x))[off_line], expected[off_line], atol=6)
    page.get_by_role("button", name="Residuals").click()
    at_rest(page)
    faded = 255 + (expected - 255) * 0.35
    np.testing.assert_allclose(colours_at(page, pixels_of(page, domain, x))[off_line], faded[off_line], atol=6)

    residuals = predict(last_parameters(history), data.x_train, history.config)[:, 0] - data.y_train
    everyone = pixels_of(page, domain, np.concatenate([data.x_train, data.x_test]))
    compared = 0
    for place, residual in zip(everyone, residuals, strict=False):
        size = 13 * np.sqrt(min(abs(residual) / scale, 1))
        if size < 5 or np.sort(np.hypot(*(everyone - place).T))[1] < 34:
            continue  # too small to measure, or another triangle reaches into it
        offsets = np.stack(np.meshgrid(np.arange(-16, 17), np.arange(-18, 19)), axis=-1).reshape(-1, 2)
        full = BLUE if residual > 0 else ORANGE  # the answer is too high, too low
        filled = np.abs(colours_at(page, place + offsets) - full).max(axis=1) < 40
        sides = np.sign(offsets[filled][:, 1])
        assert abs(np.sqrt(filled.sum() / 2.36) - size) < 1.6  # the area of the triangle, less its light edge
        assert (sides > 0).sum() > (sides < 0).sum() if residual > 0 else (sides < 0).sum() > (sides > 0).sum()
        compared += 1
    assert compared >= 4


def test_errors_and_test_points_can_be_left_out(page):
    """Two of four points are wrong, one is for testing; what is drawn at each place says which is shown."""
    points = (Point(-0.5, 0, 0), Point(0.5, 0, 1), Point(0, 0.8, 1), Point(0, -0.8, 0, is_test=1))
    config = Config(dataset="own", points=points, hidden_sizes=(), epochs=1)
    data = make_data(config)
    history = run(config, data)
    history = history._replace(parameters=np.tile([-8.0, 0.0, 4.0], (len(history.parameters), 1)))  # wrong but for one
    payload = encode(history, data, run=1, seconds=0)
    mount(page, payload)
    at_rest(page)
    places = pixels_of(page, decode(payload)[0]["domain"], [point[:2] for point in points])
    magenta = np.array([0xC2, 0x18, 0x5B])
    is_near = lambda seen, colour: np.abs(seen - colour).max(axis=-1) < 30  # noqa: E731
    assert is_near(colours_at(page, places[:1]), ORANGE).tolist() == [False]
    said = predict(np.array([-8.0, 0.0, 4.0]), np.array([point[:2] for point in points]), config)[:, 0] > 0.5
    wrong = said != np.array([point.target for point in points])
    assert 0 < wrong.sum() < 4
    np.testing.assert_array_equal(is_near(colours_at(page, places), magenta), wrong)
    page.get_by_role("button", name="show wrong points", pressed=True).click()
    page.get_by_role("button", name="show wrong points", pressed=False).wait_for()
    assert not is_near(colours_at(page, places), magenta).any()
    ring = places[3] + np.stack(np.meshgrid(np.arange(-6, 7), np.arange(-6, 7)), axis=-1).reshape(-1, 2)
    assert is_near(colours_at(page, ring), ORANGE).sum() > 10
    page.get_by_role("button", name="show test points", pressed=True).click()
    page.get_by_role("button", name="show test points", pressed=False).wait_for()
    assert not is_near(colours_at(page, ring), ORANGE).any()


# --- one neuron ---

NEURONS = [
    ({"activation": "tanh"}, (0, 1)),
    ({"activation": "relu", "hidden_sizes": (5, 4)}, (1, 2)),
    ({"activation": "softplus"}, (0, 0)),
    ({"activation": "sigmoid"}, (0, 3)),
    ({"activation": "tanh"}, (1, 0)),
]


@pytest.mark.parametrize(("settings", "neuron"), NEURONS, ids=str)
def test_a_neuron_enlarged_and_the_data_it_separates(page, settings, neuron):
    layer, unit = neuron
    payload, history, data = trained(dataset="moons", samples=50, noise=0.1, epochs=60, **settings)
    config = history.config
    mount(page, payload)
    page.evaluate("([layer, unit]) => stage.focus({ layer, unit }, true)", neuron)
    at_rest(page)
    domain = decode(payload)[0]["domain"]
    parameters = last_parameters(history)

    def of_neuron(x):
        """Its sum before the activation and its answer at each place."""
        trace = forward(parameters, x, config)
        answers = [*trace.a, trace.output][layer][:, unit]
        return trace.z[layer][:, unit], answers

    x = free_places(data, domain)
    sums, answers = of_neuron(x)
    probability = settings["activation"] == "sigmoid" or (layer == 1 and config.hidden_sizes == (4,))
    everywhere = of_neuron(np.random.default_rng(1).uniform(domain[0], domain[1], (20_000, 2)))[1]
    zero, scale = (0.5, 0.5) if probability else (0, max(1, np.abs(everywhere).max()))
    strength = np.minimum(np.abs(answers - zero) / scale, 1)
    expected = tint(CLASSES[(answers > zero).astype(int)], strength)
    off_line = np.abs(sums) > 0.15
    assert off_line.sum() > 20
    top = pixels_of(page, domain, x)[:, 1] > part(page, "map").bounding_box()["y"] + 90  # below the words
    shown = off_line & top
    np.testing.assert_allclose(colours_at(page, pixels_of(page, domain, x[shown])), expected[shown], atol=8)

    points, targets = np.concatenate([data.x_train, data.x_test]), np.concatenate([data.y_train, data.y_test])
    positive = of_neuron(points)[0] > 0
    name = "output" if layer == len(config.hidden_sizes) else f"hidden {layer + 1}.{unit + 1}"
    words = page.locator(".neuron-note").inner_text()
    side = "its answer is above one half" if probability else "its sum is above zero"
    count = f"{positive.sum()} of {len(points)} points"
    assert words.startswith(f"{name}: {count} lie on the side of its line where {side}")
    for k in (0, 1):
        count = (positive & (targets == k)).sum()
        assert f"{count} of class {k}" in words if count else f"of class {k}" not in words
    page.evaluate("([layer, unit]) => stage.focus({ layer, unit }, true)", neuron)  # a second time lets it go
    page.locator(".neuron-note").wait_for(state="hidden")


def test_points_on_the_other_side_of_a_neuron_are_faded(page):
    config = OWN.replace(hidden_sizes=(1,), epochs=1)
    data = make_data(config)
    history = run(config, data)
    upright = np.array([0.5, 0.0, 0.0, 1.0, 0.0])  # positive where x1 is
    history = history._replace(parameters=np.tile(upright, (len(history.parameters), 1)))
    payload = encode(history, data, run=1, seconds=0)
    mount(page, payload)
    page.evaluate("stage.focus({ layer: 0, unit: 0 }, true)")
    at_rest(page)
    seen = colours_at(page, pixels_of(page, decode(payload)[0]["domain"], [point[:2] for point in FOUR]))
    own = CLASSES[[int(point.target) for point in FOUR]]
    full = np.array([point.x1 > 0 for point in FOUR])
    assert np.abs(seen - own)[full].max() < 8
    assert np.abs(seen - own)[~full].max(axis=1).min() > 60
    assert page.locator(".neuron-note").inner_text() == (
        "hidden 1.1: 2 of 4 points lie on the side of its line where its sum is above zero: 1 of class 0, 1 of class 1"
    )


def test_each_epoch_shows_the_data_that_were_in_force(page):
    config = Config(dataset="moons", samples=40, epochs=60, changes=(Change(30, "noise", 0.4),))
    data = make_data(config)
    history = run(config, data)
    mount(page, encode(history, data, run=1, seconds=0))
    sets = data_over_time(config, data)
    assert len(sets) == 2
    for epoch, in_force in [(10, sets[0]), (60, sets[1])]:
        page.evaluate("epoch => (stage.seek(epoch), stage.focus({ layer: 0, unit: 0 }, false))", epoch)
        at_rest(page)
        parameters = history.parameters[list(history.snapshot_epochs).index(epoch)].astype(np.float32).astype(float)
        positive = forward(parameters, np.concatenate([in_force.x_train, in_force.x_test]), config).z[0][:, 0] > 0
        assert f" {positive.sum()} of 40 points lie on the side" in page.locator(".neuron-note").inner_text()


# --- the visitor's own units and names ---


def test_axes_and_names_are_the_visitors_own(page):
    config = OWN.replace(epochs=3)
    axes = (
        Axis("sepal length of all flowers that were measured in Gaspé, in centimetres", 5.8, 0.8),
        Axis("year", 2010, 8),
        Axis("y"),
    )
    data = make_data(config)._replace(axes=axes, classes=("setosa", "a flower with a very long name indeed"))
    page.evaluate("""() => {
        window.written = [];
        const fillText = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
            window.written.push(text);
            return fillText.call(this, text, ...rest);
        };
    }""")
    payload = encode(run(config, data), data, run=1, seconds=0)
    mount(page, payload)
    at_rest(page)
    written = page.evaluate("written")
    assert {"5.0", "5.5", "6.0", "6.5", "2000", "2005", "2010", "2015", "2020", "year"} <= set(written)
    title = next(words for words in written if words.startswith("sepal length"))
    assert title.endswith("…")
    assert len(title) < len(axes[0].title)
    key = part(page, "key").inner_text()
    assert "setosa" in key
    assert "a flower with a ver…" in key
    page.mouse.move(*pixels_of(page, decode(payload)[0]["domain"], [(0.5, 0.25)])[0])
    assert ", year 2012.0 → a flower with a ver…, " in part(page, "map-readout").inner_text()
    assert part(page, "map-readout").inner_text().startswith("sepal length of all… 6.2")


TICKS = [
    (0, 1, "0"),
    (2014, 2, "2014"),
    (0.5, 0.5, "0.5"),
    (12_500, 500, "12500"),
    (12_000, 2000, "12K"),
    (2.5e6, 5e5, "2500K"),
    (3e6, 1e6, "3M"),
    (-0.25, 0.05, "−0.25"),
    (2e-6, 1e-6, "2.0e−6"),
]


def test_ticks_can_be_told_apart(page):
    page.add_script_tag(content=(test_stage.FOLDER / "numbers.js").read_text(encoding="utf-8"))
    said = page.evaluate("ticks => ticks.map(([value, step]) => formatTick(value, step))", [tick[:2] for tick in TICKS])
    assert said == [tick[2] for tick in TICKS]


# --- painting ---


class Painter:
    """A hand on the plane of a freshly mounted run, with the panel for painting open."""

    def __init__(self, page, config=OWN, number=1):
        self.page, self.config, self.number = page, config, number
        mount(page, self.payload())
        page.get_by_role("button", name="Paint points").click()

    def payload(self):
        data = make_data(self.config)
        encoded = encode(run(self.config, data), data, run=self.number, seconds=0)
        self.domain = decode(encoded)[0]["domain"]
        return encoded

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def stroke(self, *places, steps=1):
        pixels = pixels_of(self.page, self.domain, places)
        self.page.mouse.move(*pixels[0])
        self.page.mouse.down()
        for pixel in pixels[1:]:
            self.page.mouse.move(*pixel, steps=steps)
        self.page.mouse.up()

    def show(self, points):
        """The run with these points arrives."""
        self.number += 1
        self.config = self.config.replace(points=tuple(Point(*point) for point in points))
        self.page.evaluate("payload => show(payload)", text(self.payload()))

    def status(self):
        return self.page.locator(".brush-panel [role=status]").inner_text()


def close_to(points, expected):
    """Places agree to what a pixel is worth, the rest exactly."""
    assert [point[2:] for point in points] == [point[2:] for point in expected]
    np.testing.assert_allclose([point[:2] for point in points], [point[:2] for point in expected], atol=0.012)


def test_a_click_is_a_point_and_one_wish(page):
    hand = Painter(page)
    hand.stroke((0.1, 0.2))
    assert [wish["do"] for wish in wishes(page)] == ["points"]
    assert own_points(page)[:4] == [tuple(point) for point in FOUR]
    close_to(own_points(page)[4:], [(0.1, 0.2, 1, 0)])
    assert all(round(value, 3) == value for point in own_points(page) for value in point)
    hand.press("3")
    hand.page.get_by_role("group", name="New points are for").get_by_role("button", name="test").click()
    hand.stroke((-0.8, -0.9))
    close_to(own_points(page)[4:], [(0.1, 0.2, 1, 0), (-0.8, -0.9, 3, 1)])
    assert hand.status() == "6 of at most 300 points are yours, 1 of them for testing."
    seen = colours_at(page, pixels_of(page, hand.domain, [(0.1, 0.2)]))[0]
    assert np.abs(seen - BLUE).max() < 30 or np.abs(seen - [0xC2, 0x18, 0x5B]).max() < 30, "drawn before any answer"


def test_a_drag_is_a_line_of_points_and_one_wish(page):
    hand = Painter(page)
    hand.stroke((-0.9, 0.9), (0.9, 0.9), steps=40)
    assert len(wishes(page)) == 1
    line = np.array(own_points(page))[4:, :2]
    apart = np.diff(pixels_of(page, hand.domain, line), axis=0)[:, 0]
    assert len(line) > 10
    assert (apart > 12.5).all()
    np.testing.assert_allclose(line[:, 1], 0.9, atol=0.012)


def test_a_spray_is_several_points_within_its_ring(page):
    hand = Painter(page)
    hand.press("Spray")
    hand.stroke((0.0, 0.0))
    sprayed = pixels_of(page, hand.domain, np.array(own_points(page))[4:, :2])
    assert len(sprayed) == 5
    assert (np.hypot(*(sprayed - pixels_of(page, hand.domain, [(0, 0)])[0]).T) <= 29).all()
    ring = page.locator(".brush-ring").bounding_box()
    assert ring["width"] == 56


def test_erasing_moving_undoing_and_clearing(page):
    hand = Painter(page)
    hand.press("Erase")
    hand.stroke((0.5, 0.5))
    without = [tuple(point) for point in (FOUR[0], *FOUR[2:])]
    assert own_points(page) == without
    hand.press("Move")
    hand.stroke((-0.5, 0.5), (-0.2, 0.9), steps=5)
    close_to(own_points(page), [without[0], (-0.2, 0.9, 1, 0), without[2]])
    hand.stroke((0.9, 0.9), (0.2, 0.2), steps=3)
    hand.stroke((0.52, -0.49))
    assert len(wishes(page)) == 2, "nothing was under the pointer, or nothing was moved: nothing is sent"
    hand.press("Undo")
    assert own_points(page) == without
    hand.press("Undo")
    assert own_points(page) == [tuple(point) for point in FOUR]
    assert page.get_by_role("button", name="Undo", exact=True).is_disabled()
    hand.press("Erase all mine")
    assert own_points(page) == []
    page.keyboard.press("Control+z")
    assert own_points(page) == [tuple(point) for point in FOUR]


def test_a_stroke_that_leaves_the_plane_goes_on_along_its_edge(page):
    hand = Painter(page)
    x1_low, x1_high, x2_low, x2_high = hand.domain
    hand.stroke((0.9, 0), (x1_high + 0.2, 0.3), (x1_high + 0.2, x2_high + 0.2), steps=20)
    assert len(wishes(page)) == 1
    places = np.array(own_points(page))[:, :2]
    assert len(places) > 8
    assert (places > [x1_low, x2_low]).all()
    assert (places < [x1_high, x2_high]).all()
    assert (places[-1] > [x1_high - 0.04, x2_high - 0.04]).all()


def test_no_more_points_than_there_may_be(page):
    grid = np.linspace(-0.9, 0.9, 23).round(3)
    many = tuple(Point(x1, x2, int(x1 * x2 > 0)) for x1 in grid[:13] for x2 in grid)[:298]
    hand = Painter(page, OWN.replace(points=many, epochs=1))
    hand.press("Spray")
    hand.stroke((0.6, 0.6))
    assert len(own_points(page)) == 300
    assert hand.status() == "300 points are the most there can be: erase some to paint others."
    hand.stroke((0.8, 0.6))
    assert len(wishes(page)) == 1, "there is nothing new to send"


def test_keys_paint_too(page):
    hand = Painter(page)
    page.evaluate("stage.seek(20)")
    for key in ("ArrowRight", "Shift+ArrowUp", "Enter"):
        page.keyboard.press(key)
    x1_low, x1_high, x2_low, x2_high = hand.domain
    at = (x1_low + (0.5 + 1 / 40) * (x1_high - x1_low), x2_low + (0.5 + 1 / 8) * (x2_high - x2_low))
    close_to(own_points(page)[4:], [(*at, 1, 0)])
    assert page.evaluate("stage.epoch") == 20, "the arrows did not move the time line"
    page.keyboard.press("Delete")
    assert own_points(page) == [tuple(point) for point in FOUR]
    hand.press("Move")
    page.locator(".frame.painting").focus()
    page.keyboard.press("Control+z")
    for key in ("Enter", "Shift+ArrowLeft", "Enter"):
        page.keyboard.press(key)
    close_to(own_points(page)[4:], [(at[0] - (x1_high - x1_low) / 8, at[1], 1, 0)])
    assert "x₁ " in hand.status() or "5 of at most 300" in hand.status()
    page.keyboard.press("Escape")
    assert page.locator(".brush-panel").is_hidden()
    assert page.evaluate("document.querySelector('div').shadowRoot.activeElement.ariaLabel") == "Paint points"
    sent = len(wishes(page))
    hand.stroke((0, 0))
    assert len(wishes(page)) == sent, "outside the tool the pointer only looks"


def test_a_second_pointer_paints_nothing_and_a_lost_one_keeps_its_stroke(page):
    Painter(page)
    page.evaluate("""() => {
        const canvas = document.querySelector("div").shadowRoot.querySelector("[data-part=map]");
        canvas.setPointerCapture = () => {};
        const box = canvas.getBoundingClientRect();
        const send = (type, pointerId, x, y) => canvas.dispatchEvent(new PointerEvent(type, {
            pointerId, pointerType: "touch", clientX: box.x + x, clientY: box.y + y, bubbles: true, composed: true,
        }));
        send("pointerdown", 5, 100, 100);
        send("pointerdown", 6, 200, 200);
        send("pointermove", 6, 240, 240);
        send("pointerup", 6, 240, 240);
        send("pointermove", 5, 130, 100);
        send("pointercancel", 5, 130, 100);
    }""")
    assert len(wishes(page)) == 1
    assert len(own_points(page)) == 6


def test_values_are_painted_for_regression(page):
    config = Config(dataset="plane", samples=20, epochs=2)
    hand = Painter(page, config)
    slider = page.locator(".brush-panel input[type=range]")
    slider.fill("-0.75")
    assert page.locator(".brush-panel output").inner_text() == "−0.75"
    hand.stroke((0.3, -0.4))
    close_to(own_points(page), [(0.3, -0.4, -0.75, 0)])
    assert page.get_by_role("group", name="Class of new points").count() == 0


def test_after_a_regression_the_brush_paints_a_class_again(page):
    hand = Painter(page, Config(dataset="plane", samples=20, epochs=2))
    hand.config = OWN
    hand.show(FOUR)
    hand.stroke((0, 0))
    close_to(own_points(page)[4:], [(0, 0, 1, 0)])


def test_the_run_brings_back_what_was_sent_and_disturbs_no_stroke(page):
    hand = Painter(page)
    first = [*FOUR, Point(0.9, 0.9, 0)]
    hand.stroke((0, 0))
    hand.stroke((0.2, 0.9))
    both = own_points(page)
    hand.show(both[:5])  # the answer to the first stroke, late
    hand.stroke((-0.2, 0.9))
    assert own_points(page)[:6] == both, "newer points than those of the run stay"
    hand.show(own_points(page))
    hand.show(first)  # someone else, undo of the settings say, has changed them
    assert hand.status() == "5 of at most 300 points are yours."
    assert page.get_by_role("button", name="Undo", exact=True).is_disabled()


def test_only_mine_and_taking_what_is_there(page):
    hand = Painter(page, Config(dataset="moons", samples=30, epochs=2))
    only, take = (page.get_by_role("button", name=name) for name in ("Only my points", "Take these points"))
    assert only.is_disabled(), "there are none yet"
    take.click()
    assert wishes(page)[-1] == {"do": "take_points"}
    hand.stroke((0, 0))
    only.click()
    assert wishes(page)[-1] == {"do": "only_own"}
    assert page.get_by_role("group", name="Class of new points").get_by_role("button").count() == 2
    hand.config = OWN
    hand.show(FOUR)
    assert only.is_disabled()
    assert take.is_disabled()
    assert page.get_by_role("group", name="Class of new points").get_by_role("button").count() == 6


def test_own_points_have_a_dark_ring(page):
    data_points = make_data(Config(dataset="moons", samples=30, noise=0.0))
    free = free_places(data_points, (-1.3, 1.3, -1.3, 1.3), 1)[0].round(2)
    config = Config(dataset="moons", samples=30, epochs=1, points=(Point(free[0], free[1], 1),))
    data = make_data(config)
    payload = encode(run(config, data), data, run=1, seconds=0)
    mount(page, payload)
    at_rest(page)
    around = np.stack(np.meshgrid(np.arange(-9, 10), np.arange(-9, 10)), axis=-1).reshape(-1, 2)
    darkest = [
        colours_at(page, pixels_of(page, decode(payload)[0]["domain"], [place])[0] + around).sum(axis=1).min()
        for place in (free, data_points.x_train[0])
    ]
    assert darkest[0] < 250 < darkest[1]

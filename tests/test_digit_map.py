"""The map of a test set: its format, the pick out of an untrusted state, and the map in a real browser."""

import zlib

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import ui.components.digit_map as component
from nn_core.evaluation import Evaluation
from tests.support import decode, mounted, unpacked
from tests.test_stage import open_page
from ui.components.digit_map import LEVELS, encode, picked, small

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (6, 28, 28), dtype=np.uint8)
POINTS = np.array([[0, 0], [10, 0], [0, 10], [10, 10], [5, 5], [5, 4.9]])
LABELS = np.array([0, 1, 2, 0, 1, 1])
SAID = np.array([[0.9, 0.1, 0], [0.1, 0.9, 0], [0, 0.6, 0.4], [0.5, 0.3, 0.2], [0, 1, 0], [0, 0.75, 0.25]])
EVALUATION = Evaluation(SAID, LABELS)
NAMES = ["0", "shirt", "2"]
LISTEN = "window.picks = []; window.setStateValue = (name, value) => picks.push([name, value]);"


def payload(**more):
    return encode(POINTS, EVALUATION, NAMES, small(IMAGES), "Six.", **more)


def test_the_bytes_say_where_each_point_is_and_what_was_said():
    (header, rest), (_, arrays) = unpacked(payload()), decode(payload())
    for name, values in (("points", POINTS), ("sure", SAID.max(axis=1))):
        np.testing.assert_allclose(arrays[name], values.ravel(), rtol=1e-6)
    assert list(rest[72:78]) == list(LABELS)
    assert list(rest[78:84]) == [0, 1, 1, 0, 1, 1]
    greys = np.frombuffer(zlib.decompress(rest[84:]), np.uint8).reshape(IMAGES.shape)
    np.testing.assert_array_equal(greys, IMAGES // 64)
    assert (header["names"], header["levels"]) == (NAMES, LEVELS)


@pytest.mark.parametrize(
    ("state", "place"),
    [
        ({"picked": 5}, 5),
        ({"picked": 0}, 0),
        ({"picked": 6}, None),
        ({"picked": -1}, None),
        ({"picked": True}, None),
        ({"picked": 1.0}, None),
        ({"picked": [1]}, None),
        ({}, None),
        (None, None),
        ("picked", None),
    ],
)
def test_only_a_pick_among_the_points_counts(state, place):
    assert picked(state, 6) == place


def streamlit_page():
    import numpy as np
    import streamlit as st

    from nn_core.evaluation import Evaluation
    from ui.components.digit_map import digit_map, small

    said = Evaluation(np.eye(2), np.array([0, 1]))
    pictures = small(np.zeros((2, 28, 28), np.uint8))
    st.text(digit_map(np.eye(2), said, ["a", "b"], pictures, key="map", label="Two."))


def test_the_pick_reaches_python():
    app = AppTest.from_function(streamlit_page).run()
    assert not app.exception
    assert app.text[0].value == "None"
    app.session_state["map"] = {"picked": 1}
    assert app.run().text[0].value == "1"


# --- in the browser ---

WIDTH, HEIGHT = 600, 700


@pytest.fixture
def page(browser):
    page = open_page(browser, viewport={"width": WIDTH + 16, "height": HEIGHT})
    mounted(page, component, "digit_map.html", payload(), LISTEN)
    page.wait_for_timeout(300)  # pictures are unpacked, and the map is painted
    yield page
    page.close()
    assert not page.problems


def place_of(page, point):
    """Where a point is on the page while the whole map is seen."""
    box = page.locator(".frame > canvas").bounding_box()
    scale = min((box["width"] - 44) / 10, (box["height"] - 44) / 10)
    x, y = POINTS[point]
    return box["x"] + box["width"] / 2 + (x - 5) * scale, box["y"] + box["height"] / 2 - (y - 5) * scale


def test_pointing_shows_the_picture_and_what_was_said(page):
    page.mouse.move(*place_of(page, 2))
    assert page.locator(".readout span").inner_text() == "2, read as shirt (60.0 %)"
    script = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"
    shown = np.array(page.locator(".readout canvas").evaluate(script)).reshape(28, 28)
    np.testing.assert_array_equal(shown, IMAGES[2] // 64 * 85)
    box = page.locator(".frame > canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
    assert not page.locator(".readout").is_visible()


def test_a_click_picks_and_a_drag_does_not(page):
    page.mouse.click(*place_of(page, 3))
    assert page.evaluate("picks") == [["picked", 3]]
    page.mouse.move(*place_of(page, 0))
    page.mouse.down()
    page.mouse.move(*place_of(page, 1), steps=3)
    page.mouse.up()
    assert page.evaluate("picks") == [["picked", 3]]
    assert page.locator("[role=status]").inner_text() == "0, read as 0 (50.0 %)"


def test_zooming_in_leaves_fewer_in_sight_until_the_whole_is_wanted(page):
    hint = page.locator(".hint")
    assert hint.inner_text().startswith("6 pictures in sight")
    for _ in range(6):
        page.get_by_role("button", name="Zoom in").click()
    page.wait_for_timeout(100)
    assert hint.inner_text().startswith("2 pictures in sight"), "those in the middle"
    page.get_by_role("button", name="The whole map").click()
    page.wait_for_timeout(100)
    assert hint.inner_text().startswith("6 pictures in sight")


def test_the_wheel_zooms_a_map_in_use_and_scrolls_the_page_past_another(page):
    hint = page.locator(".hint")
    page.mouse.move(*place_of(page, 4))
    page.mouse.wheel(0, -2000)
    page.wait_for_timeout(100)
    assert hint.inner_text().startswith("6 pictures")
    page.mouse.click(*place_of(page, 4))
    page.mouse.wheel(0, -2000)
    page.wait_for_timeout(100)
    assert hint.inner_text().startswith("2 pictures")


def test_the_keyboard_does_it_all(page):
    page.locator(".frame > canvas").focus()
    for key in ("+", "+", "+", "+", "+", "+", "+", "+", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("picks") == [["picked", 5]], "of the two in the middle the lower one"
    page.keyboard.press("0")
    page.wait_for_timeout(100)
    assert page.locator(".hint").inner_text().startswith("6 pictures")


def test_classes_are_switched_off_and_mistakes_seen_alone(page):
    page.get_by_role("button", name="1 shirt").click()
    page.wait_for_timeout(100)
    assert page.locator(".hint").inner_text().startswith("3 pictures")
    page.mouse.move(*place_of(page, 4))
    assert not page.locator(".readout").is_visible(), "what is switched off cannot be pointed at"
    page.get_by_role("button", name="Only mistakes").click()
    page.wait_for_timeout(100)
    assert page.locator(".hint").inner_text().startswith("1 picture in sight")


def colours(page):
    script = """canvas => { const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const seen = new Set();
        for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 250) seen.add(data.slice(i, i + 3).join());
        return [...seen] }"""
    return set(page.locator(".frame > canvas").evaluate(script))


def test_close_by_the_pictures_themselves_are_painted(page):
    whites = {"255,255,255", "170,170,170"}
    page.mouse.move(2, 2)
    assert "170,170,170" not in colours(page)
    for _ in range(6):
        page.get_by_role("button", name="Zoom in").click()
    page.wait_for_timeout(200)
    assert whites <= colours(page)


RECORD = """window.setStateValue = () => {}; window.painted = {};
    const paint = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
      painted[text] = [x, y];
      paint.call(this, text, x, y);
    };"""


def test_classes_in_the_same_place_have_their_signs_beside_each_other(browser):
    labels = np.arange(1500) % 10
    points = RNG.normal(size=(150, 2)).repeat(10, axis=0)
    points[labels == 9] += 20
    said = Evaluation(np.eye(10, dtype=np.float32)[labels], labels)
    pictures = small(np.zeros((1500, 28, 28), np.uint8))
    page = open_page(browser, viewport={"width": WIDTH, "height": HEIGHT})
    data = encode(points, said, [str(k) for k in range(10)], pictures, "Many.")
    mounted(page, component, "digit_map.html", data, RECORD)
    page.wait_for_timeout(300)
    places = np.array([page.evaluate("painted")[str(k)] for k in range(10)])
    apart = np.hypot(*(places[:, None] - places).T)[~np.eye(10, dtype=bool)]
    assert 21 < apart.min() < 30
    assert np.hypot(*(places[:9] - places[0]).T).max() < 80, "no farther from their classes than need be"
    assert np.hypot(*(places[9] - places[0])) > 250
    page.close()
    assert not page.problems


def test_two_fingers_zoom_and_one_pushes_the_map_only_then(browser):
    page = open_page(browser, viewport={"width": 390, "height": 700}, has_touch=True)
    mounted(page, component, "digit_map.html", payload(), LISTEN)
    page.wait_for_timeout(300)
    touch = page.context.new_cdp_session(page)
    x, y = place_of(page, 4)
    canvas, hint = page.locator(".frame > canvas"), page.locator(".hint")

    def fingers(kind, *places):
        points = [{"x": at, "y": y, "id": i} for i, at in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    assert canvas.evaluate("node => getComputedStyle(node).touchAction") == "pan-y", "the page scrolls"
    fingers("touchStart", x - 10)
    fingers("touchStart", x - 10, x + 10)
    for apart in range(20, 160, 10):
        fingers("touchMove", x - apart, x + apart)
    fingers("touchEnd")
    page.wait_for_timeout(200)
    assert hint.inner_text().startswith("2 pictures")
    assert canvas.evaluate("node => getComputedStyle(node).touchAction") == "none"
    fingers("touchStart", x)
    for far in range(20, 160, 20):
        fingers("touchMove", x - far)
    fingers("touchEnd")
    page.wait_for_timeout(200)
    assert page.evaluate("picks") == []
    page.touchscreen.tap(x - 140, y)
    assert page.evaluate("picks") == [["picked", 4]], "it has moved with the finger"
    page.close()
    assert not page.problems

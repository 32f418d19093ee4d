"""The wide sheet for numbers: what it says, what it sends to the browser, and what the browser makes of it."""

import base64
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nn_core.digits import class_names, load_network
from nn_core.numbers import SHEET, read
from tests.conftest import AT_REST, ROOT
from tests.support import draw
from tests.test_numbers import ONE, RING, SEVEN, beside, flat, line, number
from ui.components.number import LIKELIEST, WIDE
from ui.components.number.words import ordinal, words
from ui.components.pad import read_ink

BEST = load_network("best")
DIGITS = class_names(BEST)
TICK = [line((0, 0), (3, 40))]
HEART = [line((50, 30), (25, 5), (2, 30), (50, 100), (98, 30), (75, 5), (50, 30))]


def said(strokes):
    headline, note = words(read(BEST, strokes), DIGITS)
    return headline, note.replace("\xa0", " ")


def test_words_of_a_clear_number():
    strokes = beside((ONE, 100), ([RING], 160), (SEVEN, 300))
    assert said(strokes) == ("107", "Sure of every digit; of the whole number >99 %.")
    assert said(beside((SEVEN, 100)))[1].startswith("Sure of it: ")


def test_words_of_a_decimal_point():
    point = [line((0, 138), (3, 140))]
    comma = [line((4, 132), (5, 140), (0, 150))]
    for mark in (point, comma):
        headline, note = said(beside((ONE, 100), (mark, 130), ([RING], 160), (SEVEN, 300)))
        assert headline == "107"
        assert note == "Sure of every digit; of the whole number >99 %. A point or comma is left out."


def test_words_of_doubt_name_the_place():
    headline, note = said(beside((SEVEN, 100), (HEART, 220)))
    assert len(headline) == 2
    assert note.startswith("Not sure of the 2nd digit: ")
    assert note.endswith(" Or it is no digit.")
    _, both = said(beside((HEART, 100), (SEVEN, 230), (HEART, 340)))
    assert both == "Not sure of the 1st and 3rd digit. Or they are no digits."
    tick = beside((SEVEN, 100), (TICK, 260), (SEVEN, 340))
    assert said(tick) == ("7?7", "The 2nd is no digit: it is too small beside the others.")


@pytest.mark.parametrize(
    ("strokes", "headline"),
    [([], "Waiting for a number"), ([line((5, 5))], "Write it larger"), ([ONE[0]] * 99, "That is a lot of")],
)
def test_words_where_nothing_was_read(strokes, headline):
    assert said(strokes)[0].startswith(headline)


def test_ordinals():
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12)] == ["1st", "2nd", "3rd", "4th", "11th", "12th"]


def test_ink_of_the_wide_sheet():
    value = {"ink": {"strokes": [[-5, -5, 900, 300]], "brush": 99, "number": 1}}
    (stroke,), brush, _ = read_ink(value, WIDE)
    np.testing.assert_array_equal(stroke, [[0, 0], SHEET])
    assert brush == WIDE.brushes[-1]


def page():
    return AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60).switch_page("../pages/digits/number.py")


def payload(app):
    (sheet,) = (each for each in app.get("bidi_component") if each.proto.component_name.endswith("number"))
    return json.loads(sheet.proto.json)


def test_the_reading_reaches_the_browser():
    app = page().run()
    assert not app.exception
    blank = payload(app)
    assert (blank["headline"], blank["parts"]) == ("Waiting for a number", [])

    strokes = [np.round(stroke) for stroke in flat(number([2, 0, 2, 6], seed=3))]
    app.session_state["number"] = {
        "ink": {"strokes": [stroke.ravel().tolist() for stroke in strokes], "brush": 10, "number": 5}
    }
    data = payload(app.run())
    assert not app.exception
    assert (data["number"], data["headline"], data["width"], data["height"]) == (5, "2026", *SHEET)
    reading = read(BEST, strokes)
    for part, sent in zip(reading.parts, data["parts"], strict=True):
        p = part.answer.probabilities
        np.testing.assert_allclose(sent["probabilities"], p, atol=1e-3)
        assert sent["likeliest"] == sorted(range(10), key=lambda k: -p[k])[:LIKELIEST]
        np.testing.assert_allclose(sent["box"], part.box, atol=0.5)
        image = np.frombuffer(base64.b64decode(sent["image"]), np.uint8).reshape(28, 28)
        np.testing.assert_allclose(image / 255, part.drawing.image, atol=0.01)


# --- in the browser ---


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_2026_by_mouse(visit, width):
    page = visit("/number", viewport={"width": width, "height": 900})
    page.get_by_text("Waiting for a number").wait_for()
    box = page.locator("canvas.ink").bounding_box()
    assert abs(box["width"] / box["height"] - 3) < 0.05
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    draw(page, flat(number([2, 0, 2, 6], seed=3)), SHEET[0])
    page.locator(".headline", has_text="2026").wait_for()
    page.wait_for_selector(AT_REST)

    frames = page.locator(".frame").evaluate_all("frames => frames.map((frame) => frame.getBoundingClientRect())")
    box = page.locator("canvas.ink").bounding_box()
    assert [frame.inner_text().split()[0].rstrip("?") for frame in page.locator(".frame .name").all()] == list("2026")
    lefts = [frame["x"] for frame in frames]
    assert lefts == sorted(lefts)
    assert all(box["x"] <= frame["x"] and frame["y"] >= box["y"] for frame in frames)

    page.locator(".whole").wait_for(state="hidden")
    third = page.locator(".part").nth(2)
    assert third.bounding_box()["height"] >= 36
    third.focus()
    page.keyboard.press("Enter")
    page.get_by_text("3rd digit: every probability").wait_for()
    assert page.locator(".whole .bars li").count() == 10
    assert page.locator(".whole .best .digit").inner_text() == "2"
    assert page.locator(".frame.chosen").count() == 1

    page.get_by_role("button", name="Undo").click()
    page.locator(".part").nth(3).wait_for(state="detached")
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("Waiting for a number").wait_for()
    assert page.locator(".frame").count() == 0

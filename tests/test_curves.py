"""Charts of lines and marks: what is sent is what was given, and in a real browser it is painted where NumPy says."""

import numpy as np
import pytest

import ui.components.curves as component
from tests.support import decode, mounted
from tests.test_stage import open_page, text
from ui.components.curves import encode
from ui.figures.plots import LARGEST, Axis, Level, Panel, Series, ends, span

X = np.arange(0, 101, 5.0)
RISING = X / 10 + 1
FALLING = np.where(X == 50, np.nan, 10.0 ** -(X / 20))
FALLING[-1] = 0  # on a logarithmic axis at its floor
LEFT, RIGHT, TOP, BOTTOM = 54, 14, 26, 44  # about the plot, in pixels
HEIGHT = 260
LINEAR = Panel(
    "Rising",
    Axis("epoch", 0, 100, kind="count"),
    Axis("height", 0, 12),
    (Series("first", X, RISING, "class-1"), Series("second", X, 12 - RISING, "class-0", "dashed", mark=1)),
    (Level("y", 6, "the middle"), Level("x", 20)),
    "A sentence.",
)
LOG = Panel(
    "Falling",
    Axis("epoch", 0, 100, kind="count"),
    Axis("error", 1e-6, 10, logarithmic=True),
    (Series("first", X, FALLING, "class-1"),),
)
DOTS = Panel(
    "Dots",
    Axis("x₁", -1, 1),
    Axis("x₂", -1, 1),
    (Series("first", np.array([0.5]), np.array([-0.5]), "class-1", dash="", mark=0, told="a dot"),),
    scattered=True,
)


def drawn(payload: bytes) -> list[dict]:
    """The panels of a payload, with the numbers of each series in place of the names of its arrays."""
    header, arrays = decode(payload)
    for panel in header["panels"]:
        for series in panel["series"]:
            series.update(x=arrays[series["x"]], y=arrays[series["y"]])
    return header["panels"]


def shown(page) -> list[dict]:
    """The panels of all charts on a page that is tested headless."""
    found = [each.proto for each in page.get("bidi_component")]
    return [panel for each in found if "curves" in each.component_name for panel in drawn(each.bytes)]


def test_what_is_sent_is_what_was_given():
    header, arrays = decode(encode([LINEAR, LOG], HEIGHT))
    assert (header["version"], header["height"]) == (1, HEIGHT)
    assert len(arrays) == 4, "an array that several series have is sent once"
    for panel, sent in zip((LINEAR, LOG), drawn(encode([LINEAR, LOG], HEIGHT)), strict=True):
        for series, each in zip(panel.series, sent["series"], strict=True):
            np.testing.assert_array_equal(each["x"], series.x.astype(np.float32))
            np.testing.assert_array_equal(each["y"], series.y.astype(np.float32))
            assert (each["name"], each["colour"], each["dash"]) == (series.name, series.colour, series.dash)
        assert sent["x"]["title"] == "epoch"


def test_a_chart_in_words():
    assert ends(LINEAR) == "Rising, by epoch. first: from 1 to 11; second: from 11 to 1."
    assert drawn(encode([LOG], HEIGHT))[0]["summary"] == "Falling, by epoch. first: from 1 to 0."
    share = LINEAR._replace(y=Axis("share", 0, 1, kind="share"), series=(Series("a", X, X / 100, "ink"),))
    assert ends(share) == "Rising, by epoch. a: from 0.0\N{NO-BREAK SPACE}% to 100.0\N{NO-BREAK SPACE}%."


@pytest.mark.parametrize(
    ("values", "how", "low", "high"),
    [
        ([1, 3], {}, 0.9, 3.1),
        ([1, 3], {"zero": True}, 0, 3.15),
        ([-1, 3], {"zero": True}, -1.2, 3.2),
        ([2, 2], {}, 1.5, 2.5),
        ([0, 0.01, 10, np.nan, np.inf], {"logarithmic": True}, 0.008, 12.5),
        ([0, 0], {"logarithmic": True}, 0.01, 1),
        ([np.nan, 1e300], {}, 0, 1),
        ([], {}, 0, 1),
    ],
)
def test_the_span_of_an_axis(values, how, low, high):
    assert span([np.array(values)], **how) == pytest.approx((low, high))


def test_the_largest_number_has_an_axis_and_what_is_larger_none():
    low, high = span([np.array([0.0, LARGEST])])
    assert np.isfinite([low, high]).all()


# --- in a browser -----------------------------------------------------------------------------------------------------

PIXELS = """([panel, left, top]) => {
    const canvas = root.querySelectorAll("canvas")[panel];
    const pixels = canvas.getContext("2d").getImageData(Math.round(left) - 1, Math.round(top) - 1, 3, 3).data;
    return Array.from({ length: 9 }, (_, i) => [...pixels.slice(4 * i, 4 * i + 4)]);
}"""
BLUE, ORANGE = (29, 95, 209), (232, 113, 10)


@pytest.fixture
def page(browser):
    page = open_page(browser, viewport={"width": 1280, "height": 700})
    mounted(page, component, "curves.html", encode([LINEAR, LOG, DOTS], HEIGHT), "window.setStateValue = null")
    yield page
    page.close()
    assert not page.problems


def place(page, number: int, panel: Panel, x: float, y: float) -> tuple[float, float]:
    """Where NumPy says that a value is, in pixels of the canvas."""
    width = page.locator("canvas").nth(number).bounding_box()["width"]

    def share(axis: Axis, value: float) -> float:
        low, high, at = (axis.low, axis.high, value) if not axis.logarithmic else np.log([axis.low, axis.high, value])
        return (at - low) / (high - low)

    plot = (width - LEFT - RIGHT, HEIGHT - TOP - BOTTOM)
    return LEFT + share(panel.x, x) * plot[0], TOP + (1 - share(panel.y, y)) * plot[1]


def has(page, number: int, at: tuple[float, float], colour: tuple[int, ...]) -> bool:
    """Whether this colour is painted about there, as it is."""
    around = page.evaluate(PIXELS, [number, *at])
    return any(np.abs(np.subtract(pixel[:3], colour)).max() < 12 and pixel[3] > 240 for pixel in around)


def point_at(page, number: int, at: tuple[float, float]) -> str:
    box = page.locator("canvas").nth(number).bounding_box()
    page.mouse.move(box["x"] + at[0], box["y"] + at[1])
    readout = page.locator("output").nth(number)
    return readout.inner_text() if readout.is_visible() else ""


@pytest.mark.browser
def test_lines_and_marks_are_where_numpy_says(page):
    for x, y in zip(X[1:-1:3], RISING[1:-1:3], strict=True):
        if abs(x - 50) > 1:  # there the lines cross
            assert has(page, 0, place(page, 0, LINEAR, x, y), BLUE)
    for x, y in zip(X[::3], 12 - RISING[::3], strict=True):  # a mark at every third of the line
        assert has(page, 0, place(page, 0, LINEAR, x, y), ORANGE)
    for x, y in zip(X[1:9:2], FALLING[1:9:2], strict=True):
        assert has(page, 1, place(page, 1, LOG, x, y), BLUE)
    assert not has(page, 1, place(page, 1, LOG, 50, 10**-2.5), BLUE), "a gap"
    assert has(page, 1, place(page, 1, LOG, 97.5, (LOG.y.low * FALLING[-2]) ** 0.5), BLUE), "down to the floor"
    assert has(page, 2, place(page, 2, DOTS, 0.5, -0.5), BLUE)
    assert not has(page, 2, place(page, 2, DOTS, 0.5, 0.5), BLUE)


@pytest.mark.browser
def test_the_values_at_the_pointer(page):
    assert point_at(page, 0, place(page, 0, LINEAR, 21.5, 0.5)) == "epoch 20\nfirst: 3\nsecond: 9"
    assert has(page, 1, place(page, 1, LOG, 20, 0.1), BLUE), "marked in the other panel too"
    assert page.locator("output").nth(1).is_hidden()
    assert point_at(page, 1, place(page, 1, LOG, 99, 1)) == "epoch 100\nfirst: 0"
    assert point_at(page, 1, place(page, 1, LOG, 50, 1)) == "epoch 50\nfirst: –"
    assert point_at(page, 2, place(page, 2, DOTS, 0.45, -0.45)) == "a dot\nx₁ 0.5\nx₂ \N{MINUS SIGN}0.5"
    assert point_at(page, 2, place(page, 2, DOTS, -0.9, 0.9)) == ""
    page.mouse.move(0, 0)
    assert all(each.is_hidden() for each in page.locator("output").all())


@pytest.mark.browser
def test_the_arrow_keys_read_too(page):
    page.locator("canvas").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("output").first.inner_text() == "epoch 0\nfirst: 1\nsecond: 11"
    page.keyboard.press("ArrowRight")
    assert page.locator("output").first.inner_text().startswith("epoch 5\n")
    page.keyboard.press("End")
    assert page.locator("output").first.inner_text().startswith("epoch 100\n")
    page.locator("canvas").nth(2).focus()
    assert page.locator("output").first.is_hidden()
    page.keyboard.press("ArrowRight")
    assert page.locator("output").nth(2).inner_text().startswith("a dot\n")


@pytest.mark.browser
def test_a_line_is_lifted_above_the_others(page):
    first, second = (page.get_by_role("button", name=name) for name in ("first", "second"))
    blue, orange = place(page, 0, LINEAR, 35, 4.5), place(page, 0, LINEAR, 45, 6.5)
    assert has(page, 0, blue, BLUE)
    assert has(page, 0, orange, ORANGE)
    first.hover()
    assert has(page, 0, blue, BLUE)
    assert not has(page, 0, orange, ORANGE), "the other one is behind"
    second.click()
    page.mouse.move(0, 0)
    assert second.get_attribute("aria-pressed") == "true"
    assert not has(page, 0, blue, BLUE), "stays so"
    assert has(page, 0, orange, ORANGE)
    point_at(page, 0, place(page, 0, LINEAR, 35, 4.4))
    assert first.get_attribute("class") == "lifted"
    assert has(page, 0, blue, BLUE), "a line that is pointed at"
    page.mouse.move(0, 0)
    page.evaluate("show", text(encode([LOG], HEIGHT)))
    assert page.locator("canvas").count() == 1
    assert page.locator(".legend").is_hidden(), "one line needs no legend"
    assert has(page, 0, place(page, 0, LOG, 20, 0.1), BLUE)


@pytest.mark.browser
def test_names_sentences_and_a_narrow_page(page):
    assert page.locator("canvas").first.get_attribute("aria-label") == ends(LINEAR)
    assert page.locator("figcaption").all_inner_texts() == ["Rising", "Falling", "Dots"]
    assert page.locator(".hint:visible").all_inner_texts() == ["A sentence."]
    page.set_viewport_size({"width": 360, "height": 700})
    page.wait_for_function("root.querySelector('canvas').clientWidth < 360")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tops = [each.bounding_box()["y"] for each in page.locator("canvas").all()]
    assert tops == sorted(set(tops)), "one below the other"
    page.wait_for_function("root.querySelector('canvas').width < 360")
    assert has(page, 0, place(page, 0, LINEAR, 35, 4.5), BLUE)

"""Small pictures: their format, the pick out of an untrusted state, and the pictures in a real browser."""

import base64

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import ui.components.gallery as component
from tests.support import mounted, unpacked
from tests.test_stage import open_page
from ui.components.gallery import encode, picked, signed_bytes

RNG = np.random.default_rng(0)
DIGITS = RNG.integers(0, 256, (3, 28, 28), dtype=np.uint8)
CAPTIONS = ["7", "7 read as 9", "<b>1</b>"]


# --- the format ---


def test_ink_travels_as_it_is():
    header, rest = unpacked(encode(DIGITS, CAPTIONS, "three", marks=["right", "wrong", ""])[0])
    np.testing.assert_array_equal(np.frombuffer(rest, np.uint8).reshape(3, 28, 28), DIGITS)
    assert (header["captions"], header["marks"]) == (CAPTIONS, ["right", "wrong", ""])
    assert (header["side"], header["signed"], header["outlined"]) == (28, [False] * 3, False)


def test_signed_maps_keep_sign_and_share_of_their_largest():
    maps = RNG.normal(size=(2, 28, 28)) * [[[1]], [[50]]]
    header, rest = unpacked(encode([*maps, DIGITS[1]], ["a", "b", "c"], "three", outline=DIGITS[0] / 255)[0])
    values = np.frombuffer(rest, np.int8)[: maps.size].reshape(maps.shape)
    digit, outline = np.frombuffer(rest, np.uint8)[maps.size :].reshape(2, 28, 28)
    np.testing.assert_allclose(values / 127, maps / abs(maps).max(axis=(1, 2), keepdims=True), atol=0.5 / 127 + 1e-9)
    np.testing.assert_array_equal(digit, DIGITS[1])
    np.testing.assert_array_equal(outline, DIGITS[0] > 127)
    assert header["signed"] == [True, True, False]
    assert header["outlined"]


def test_a_given_scale_has_the_full_colour_and_zero_has_none():
    np.testing.assert_array_equal(signed_bytes(np.array([2.0, 9.0, -1.0, 0.0]), 2.0), [127, 127, -64, 0])
    np.testing.assert_array_equal(signed_bytes(np.zeros(3)), [0, 0, 0])


def test_no_pictures_are_a_gallery_too():
    header, rest = unpacked(encode(DIGITS[:0], [], "none")[0])
    assert (header["captions"], rest) == ([], b"")


@pytest.mark.parametrize(("captions", "marks"), [(["a"], None), (CAPTIONS, ["right"]), (CAPTIONS, ["", "", "maybe"])])
def test_unequal_numbers_and_unknown_marks_are_refused(captions, marks):
    with pytest.raises(ValueError, match="each picture needs"):
        encode(DIGITS, captions, "", marks=marks)


@pytest.mark.parametrize(
    ("state", "place"),
    [
        ({"picked": {"of": 5, "at": 2}}, 2),
        ({"picked": {"of": 5, "at": None}}, None),
        ({"picked": {"of": 4, "at": 2}}, None),
        ({"picked": {"of": 5, "at": 3}}, None),
        ({"picked": {"of": 5, "at": -1}}, None),
        ({"picked": {"of": 5, "at": True}}, None),
        ({"picked": {"of": 5}}, None),
        ({"picked": [5, 2]}, None),
        ({}, None),
        ("picked", None),
        (None, None),
    ],
)
def test_only_a_pick_among_these_pictures_counts(state, place):
    assert picked(state, 5, 3) == place


def test_other_pictures_or_captions_forget_the_pick():
    of = {encode(*given, "")[1] for given in [(DIGITS, CAPTIONS), (DIGITS[::-1], CAPTIONS), (DIGITS, CAPTIONS[::-1])]}
    assert len(of) == 3


def streamlit_page():
    import numpy as np
    import streamlit as st

    from ui.components.gallery import gallery

    st.text(gallery(np.zeros((2, 28, 28), np.uint8), ["a", "b"], key="few", label="two"))


def test_the_pick_reaches_python():
    app = AppTest.from_function(streamlit_page).run()
    assert not app.exception
    assert app.text[0].value == "None"
    _, of = encode(np.zeros((2, 28, 28), np.uint8), ["a", "b"], "two")
    app.session_state["few"] = {"picked": {"of": of, "at": 1}}
    assert app.run().text[0].value == "1"


# --- in the browser ---


LISTEN = "window.picks = []; window.setStateValue = (name, value) => picks.push([name, value]);"


@pytest.fixture
def page(browser):
    page = open_page(browser, viewport={"width": 400, "height": 500})
    yield page
    page.close()
    assert not page.problems


def shown(page, *given, **more):
    """Mount a gallery; returns what a pick of it has to name."""
    payload, of = encode(*given, **more)
    mounted(page, component, "gallery.html", payload, LISTEN)
    return of


def pixels(page, place):
    """The colours (side, side, 3) of one canvas."""
    script = """at => { const canvas = root.querySelectorAll("canvas")[at];
        return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data] }"""
    values = np.array(page.evaluate(script, place)).reshape(-1, 4)
    side = int(len(values) ** 0.5)
    return values[:, :3].reshape(side, side, 3)


def test_pictures_are_painted_with_captions_and_marks(page):
    shown(page, DIGITS, CAPTIONS, "three", marks=["right", "wrong", ""])
    for place, digit in enumerate(DIGITS):
        np.testing.assert_array_equal(pixels(page, place), np.repeat(digit[..., None], 3, axis=2))
    assert page.locator(".caption").all_inner_texts() == ["✓ 7", "✗ 7 read as 9", "<b>1</b>"]
    heard = [button.get_attribute("aria-label") for button in page.locator("button.picture").all()]
    assert heard == ["right: 7", "wrong: 7 read as 9", "<b>1</b>"]


def test_signed_maps_are_blue_above_zero_orange_below_white_at_zero(page):
    shown(page, np.array([[[1.0, 0.0], [-1.0, 0.5]]]), ["map"], "one")
    (blue, white), (orange, light) = pixels(page, 0).astype(int)
    assert blue[2] > blue[0] + 100
    assert orange[0] > orange[2] + 100
    assert white.tolist() == [255, 255, 255]
    assert blue[0] < light[0] < 255


def test_the_outline_stands_around_the_ink(page):
    ink = np.zeros((4, 4))
    ink[1:3, 1:3] = 1
    shown(page, np.zeros((1, 4, 4)), ["map"], "one", outline=ink)
    dark = pixels(page, 0).sum(axis=2) < 600
    assert dark[4:12, 3:5].any(axis=1).all()
    assert not dark[6:10, 6:10].any()
    assert not dark[:3].any()


def test_a_click_picks_and_picks_no_more(page):
    of = shown(page, DIGITS, CAPTIONS, "three")
    second = page.locator("button.picture").nth(1)
    second.click()
    assert second.get_attribute("aria-pressed") == "true"
    second.click()
    assert second.get_attribute("aria-pressed") == "false"
    assert page.evaluate("picks") == [["picked", {"of": of, "at": 1}], ["picked", {"of": of, "at": None}]]


def test_arrow_keys_and_enter_pick(page):
    of = shown(page, DIGITS, CAPTIONS, "three")
    for key in ("Tab", "ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("picks") == [["picked", {"of": of, "at": 2}]]


def test_fewer_and_other_pictures_take_their_places(page):
    shown(page, DIGITS, CAPTIONS, "three")
    page.locator("button.picture").nth(1).click()
    payload, _ = encode(DIGITS[2:], ["alone"], "one")
    page.evaluate("show", base64.b64encode(payload).decode())
    assert page.locator(".caption").all_inner_texts() == ["alone"]
    assert page.locator("[aria-pressed=true]").count() == 0
    np.testing.assert_array_equal(pixels(page, 0)[..., 0], DIGITS[2])


def test_pictures_that_cannot_be_picked_are_no_buttons(page):
    shown(page, DIGITS, CAPTIONS, "three", pick=False)
    assert page.locator("button").count() == 0
    page.locator(".picture").nth(1).click()
    assert page.evaluate("picks") == []

"""The app in a real browser, used as a visitor would: dragging, playing, drawing, sharing, going back."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from nn_core import Config, digits, run
from nn_core.strokes import digit
from tests.conftest import AT_REST, running_app, turn_to
from tests.support import draw

pytestmark = pytest.mark.browser

STAGE = ".nn-stage"


def stage(page, expression: str):
    element = page.locator(STAGE).element_handle()
    page.wait_for_function("element => element.nnStage", arg=element)
    return element.evaluate(f"element => element.nnStage.{expression}")


def rest(page) -> None:
    page.wait_for_timeout(300)  # long enough for the browser to have said that it is busy
    page.wait_for_selector(AT_REST)


def drag(page, slider, *shares: float, release: bool = True) -> None:
    """Move the thumb to these shares of its way, one after the other."""
    box = slider.bounding_box()
    x, y = (lambda share: box["x"] + 8 + (box["width"] - 16) * share), box["y"] + box["height"] / 2
    page.mouse.move(x(shares[0]), y)
    page.mouse.down()
    for share in shares[1:]:
        page.mouse.move(x(share), y, steps=6)
        page.wait_for_timeout(150)
    if release:
        page.mouse.up()


@pytest.mark.parametrize(
    ("path", "heading"), [("/draw?network=tutorial", "Draw a digit"), ("/?seed=3", "Neural network")]
)
def test_a_deep_link_is_the_first_visit_of_a_fresh_server(browser, tmp_path, path, heading):
    with running_app(tmp_path / "log") as address:
        page = browser.new_page()
        page.goto(address + path)
        page.get_by_role("heading", name=heading).wait_for()
        page.wait_for_selector(AT_REST)
        assert page.url == address + path
        assert page.locator("[data-testid=stException]").count() == 0
        page.close()


def test_first_visit_moves_and_ends_solved(visit):
    page = visit(reduced_motion="no-preference")
    page.locator(STAGE).wait_for()
    assert stage(page, "playing")
    page.wait_for_function("document.querySelector('[data-testid=stApp]')")
    while stage(page, "playing"):
        page.wait_for_timeout(200)
    assert stage(page, "epoch") == Config().epochs
    assert page.locator("[data-part=corners] .wrong").count() == 0


def test_dragging_retrains_while_the_hand_moves(visit):
    page = visit()
    before = stage(page, "run")
    slider = page.get_by_role("slider", name="Learning rate")
    drag(page, slider, 0.66, 0.7, 0.5, 0.4, release=False)
    assert stage(page, "run") > before + 1, "pictures arrive before the slider is released"
    assert "learning_rate" not in page.url, "the values on the way are no steps of the back button"
    page.mouse.up()
    page.wait_for_url(re.compile("learning_rate="))
    rest(page)
    rate = float(re.search(r"learning_rate=([^&]+)", page.url)[1])
    assert slider.get_attribute("aria-valuetext").startswith(f"{rate:g}")
    expected = run(Config(learning_rate=rate)).train_loss[-1]
    expect(page.locator("[data-part=train-loss]")).to_have_text(f"{expected:.4f}")


def test_sliders_by_keyboard_and_typing(visit):
    page = visit()
    nodes = page.get_by_role("slider", name="Hidden nodes")
    nodes.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("hidden_sizes=5"))
    rest(page)
    assert "21 parameters" in page.locator("[data-part=cost]").inner_text()
    number = page.get_by_role("textbox", name="Noise")
    number.fill("a lot")
    number.press("Enter")
    page.get_by_text("Please type a number").wait_for()
    number.fill("0.2")
    number.press("Enter")
    page.wait_for_url(re.compile("noise=0.2"))


def test_playback_needs_no_server(visit):
    page = visit()
    rest(page)
    page.wait_for_load_state("networkidle")
    sent = page.evaluate("performance.getEntriesByType('resource').length")
    page.context.set_offline(True)
    frames = stage(page, "frames")
    page.get_by_role("button", name="First epoch").click()
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("element => !element.nnStage.playing", arg=page.locator(STAGE).element_handle())
    assert stage(page, "epoch") == 1000
    assert stage(page, "frames") - frames > 60
    page.context.set_offline(False)
    assert page.evaluate("performance.getEntriesByType('resource').length") == sent, "nothing was asked for"


def test_the_chosen_epoch_survives_a_retrain(visit):
    page = visit()
    stage(page, "seek(200)")
    page.get_by_role("button", name="New").first.click()
    page.wait_for_url(re.compile("[?&]seed="))
    rest(page)
    assert abs(stage(page, "epoch") - 200) < 5


def test_a_second_window_shows_the_same_numbers(visit):
    page = visit("/?dataset=moons&hidden_sizes=6&noise=0.1&samples=300&seed=5")
    other = visit(page.url.removeprefix(page.url.split("/?")[0]))
    for part in ("train-loss", "test-loss", "train-score", "test-score"):
        expect(page.locator(f"[data-part={part}]")).not_to_be_empty()
        expect(other.locator(f"[data-part={part}]")).to_have_text(page.locator(f"[data-part={part}]").inner_text())


def test_back_reload_and_the_other_page_lose_nothing(visit):
    page = visit()
    page.get_by_role("combobox", name="Try").click()
    page.get_by_role("option", name="The tutorial's network", exact=True).click()
    page.wait_for_url(re.compile("initializer=tutorial"))
    rest(page)
    link = page.url
    assert page.locator("[data-part=train-loss]").inner_text().startswith("0.69")
    page.reload()
    page.wait_for_selector(AT_REST)
    assert page.url == link
    turn_to(page, "Draw a digit")
    page.get_by_role("heading", name="Draw a digit").wait_for()
    turn_to(page, "Playground")
    page.get_by_role("heading", name="Neural network playground").wait_for()
    page.wait_for_url(re.compile("initializer=tutorial"))
    page.get_by_role("combobox", name="Try").click()
    page.get_by_role("option", name="The spiral", exact=True).click()
    page.wait_for_url(re.compile("dataset=spiral"))
    rest(page)
    page.go_back()
    page.wait_for_url(re.compile("initializer=tutorial"))
    page.get_by_text("Two sigmoid nodes that start").wait_for()


def test_the_picture_can_be_saved_and_the_chart_opened(visit):
    page = visit()
    page.get_by_role("radio", name="Save").click()
    files = {"PNG": b"\x89PNG", "SVG": b"<?xml", "PDF": b"%PDF", "Run with its data": b"{", "Data": "x₁,x₂,y".encode()}
    for name, begins in files.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        assert download.value.path().read_bytes().startswith(begins)
    page.get_by_role("radio", name="Large chart").click()
    page.locator(".js-plotly-plot .main-svg").first.wait_for()


# --- drawing ---


def test_digits_drawn_by_mouse_are_read(visit):
    page = visit("/draw")
    rng = np.random.default_rng(2718)
    network = digits.load_network("best")
    right = 0
    for label in range(10):
        strokes = [np.clip(stroke, 10, 270) for stroke in digit(label, rng)]
        draw(page, strokes)
        rest(page)
        expected = digits.classify(network, digits.preprocess(strokes, 18)).label
        right += page.locator(".bars .best .digit").inner_text() == str(expected)
        page.get_by_role("button", name="Clear").click()
        rest(page)
    assert right >= 9


def test_the_bars_move_before_the_pen_is_lifted(visit):
    page = visit("/draw")
    canvas = page.locator("canvas.ink").bounding_box()
    x, y = canvas["x"] + canvas["width"] / 2, canvas["y"]
    page.mouse.move(x, y + canvas["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(x + 3, y + canvas["height"] * 0.8, steps=15)
    page.get_by_text(re.compile(r"It is a 1|Probably 1|Not sure")).first.wait_for()
    page.mouse.up()


def test_blank_dot_and_scribble_get_honest_words(visit):
    page = visit("/draw")
    page.get_by_text("Waiting for a digit").wait_for()
    canvas = page.locator("canvas.ink").bounding_box()
    x, y, size = canvas["x"], canvas["y"], canvas["width"]
    page.mouse.click(x + size / 2, y + size / 2)
    page.get_by_text("Draw it larger").wait_for()
    page.mouse.move(x + 5, y + 5)
    page.mouse.down()
    for i in range(24):
        page.mouse.move(x + (size - 10) * (i % 2) + 5, y + 5 + (size - 10) * i / 24, steps=3)
    page.mouse.up()
    page.get_by_text("That is a lot of ink").wait_for()
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("Waiting for a digit").wait_for()

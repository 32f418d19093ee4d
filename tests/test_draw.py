"""The page for drawing: every view headless, over a drawing and over pictures of the set, and in a real browser."""

import base64
import json

import numpy as np
import pytest

from nn_core import inspection
from nn_core.contrast import why_not
from nn_core.digits import (
    PROBABLE,
    STAGES,
    SURE,
    Drawing,
    classify,
    load_mnist,
    load_network,
    preprocess,
    probabilities,
)
from nn_core.strokes import digit
from tests.conftest import ROOT
from tests.test_app_in_browser import draw, rest
from tests.test_pages import opened
from ui.components.levels import share
from ui.digits.insights import VIEWS

PAGE = str(ROOT / "pages" / "digits" / "draw.py")
SEVEN = [80, 70, 200, 70, 120, 220]
INK = {"ink": {"strokes": [SEVEN], "brush": 18, "number": 4}}
IMAGE = preprocess([np.array(SEVEN).reshape(-1, 2)], 18).image
BEST, TUTORIAL = load_network("best"), load_network("tutorial")


def drawn(ink=INK, **link):
    """The page with this drawing on its pad, or with an empty one."""
    page = opened()
    if ink:
        page.session_state["pad"] = ink
    page.switch_page("../pages/digits/draw.py")
    for key, value in link.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def component(page, name):
    """What the newest component of that name was given."""
    protos = [each.proto for each in page.get("bidi_component")]
    (proto,) = (proto for proto in protos if proto.component_name.endswith(name))
    return proto


def header(proto):
    length = int.from_bytes(proto.bytes[:4], "little")
    return json.loads(proto.bytes[4 : 4 + length])


def galleries(page):
    return [header(each.proto) for each in page.get("bidi_component") if each.proto.component_name.endswith("gallery")]


def turn(page, key, value):
    """Choose in the row of buttons with that key."""
    (row,) = (each for each in page.get("button_group") if each.key == key)
    row.set_value(value).run()
    assert not page.exception


def pad(page):
    return json.loads(component(page, "pad").json)


def test_at_first_sight_no_view_is_open():
    page = drawn()
    assert [each.proto.component_name for each in page.get("bidi_component")] == [component(page, "pad").component_name]
    assert pad(page)["label"] == 7


@pytest.mark.parametrize("network", ["best", "tutorial"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_by_its_link(view, network):
    for link in ({}, {"picture": "test-0"}, {"picture": "train-59999"}):
        page = drawn(view=view, network=network, **link)
        assert VIEWS[view].sentence in [caption.value for caption in page.caption]
        assert pad(page)["label"] is not None
    assert not page.warning


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_can_wait_for_a_drawing(view):
    page = drawn(None, view=view)
    assert pad(page)["label"] is None


def test_a_picture_by_its_number_as_the_tutorial_predicts_one():
    x, y = load_mnist()[1]
    shown = pad(drawn(picture="test-247"))
    read = int(inspection.layer_activations(BEST, x[247].astype(np.float32) / 255)[-1].a.argmax())
    assert (shown["label"], shown["picture"]) == (read, True)
    doubt = {"sure": "", "probably": ". It is not quite sure.", "unsure": ". It is not sure."}
    verdict = classify(BEST, Drawing(x[247].astype(np.float32) / 255, None)).verdict
    assert shown["note"] == f"Test picture 247, labelled {y[247]}{doubt[verdict]}"
    assert shown["headline"].startswith("Right" if read == y[247] else "Wrong")


def test_a_wrong_reading_is_called_wrong():
    x, y = load_mnist()[1]
    read = probabilities(BEST, x[:1000] / 255).argmax(axis=1)
    number = int(np.flatnonzero(read != y[:1000])[0])
    headline = pad(drawn(picture=f"test-{number}"))["headline"]
    assert headline.startswith(f"Wrong: read as {'an' if read[number] == 8 else 'a'} {read[number]} ")


@pytest.mark.parametrize("link", ["test-", "test--1", "7", "validation-3", "test-1e3", "test-²", "x" * 10_000])
def test_a_link_to_no_picture_shows_the_drawing(link):
    assert pad(drawn(picture=link))["picture"] is False


def test_a_number_beyond_the_set_is_its_last_picture():
    assert pad(drawn(picture="test-99999"))["note"].startswith("Test picture 9,999,")


def test_the_number_and_the_part_are_the_link():
    page = drawn(picture="test-7")
    page.number_input(key="look_number").set_value(12).run()
    assert page.query_params["picture"] in ("test-12", ["test-12"])
    assert pad(page)["note"].startswith("Test picture 12,")
    turn(page, "look_part", "draw")
    assert "picture" not in page.query_params
    assert pad(page)["picture"] is False


def test_units_in_the_order_of_what_they_did():
    weights, products = galleries(drawn(view="units"))
    strong = inspection.strongest_units(BEST, IMAGE, 8)
    assert weights["captions"] == [f"unit {each.unit}" for each in strong]
    assert [caption.split()[-1] for caption in products["captions"]] == [
        "for" if each.contribution > 0 else "against" for each in strong
    ]


def test_why_not_tells_the_margin_and_turns_the_answer():
    page = drawn(view="why")
    order = np.argsort(inspection.layer_activations(BEST, IMAGE)[-1].z)
    contrast = why_not(BEST, IMAGE, int(order[-2]))
    (shown,) = galleries(page)
    assert shown["signed"] == [True, True, False]
    assert shown["captions"][-1] == f"With this change it is read as {order[-2]}"
    assert any(f"**{contrast.margin:.2f}**" in each.value for each in page.markdown)


def test_a_small_change_is_told_by_what_it_makes_of_the_answer():
    x, y = load_mnist()[1]
    read = probabilities(BEST, x / 255).argmax(axis=1)
    wrong = next(i for i in np.flatnonzero(read != y) if why_not(BEST, x[i] / 255, y[i]).turned.mean_change < 0.02)
    page = drawn(picture=f"test-{wrong}", view="why")
    turn(page, "why_not", str(y[wrong]))
    assert any("it was nearly right" in each.value for each in page.markdown)
    page = drawn(picture="test-0", view="why")
    assert not any("it was nearly right" in each.value for each in page.markdown)


def test_the_runner_up_stands_in_for_a_choice_that_is_the_answer_now():
    page = drawn(view="why")
    runner_up = galleries(page)[0]["label"]
    turn(page, "why_not", "2")
    assert galleries(page)[0]["label"] == "Why not 2"
    turn(page, "why_not", "7")
    assert galleries(page)[0]["label"] == runner_up


def test_the_runner_up_is_marked_in_the_row_until_another_is_chosen():
    page = drawn(view="why")
    order = np.argsort(inspection.layer_activations(BEST, IMAGE)[-1].z)
    assert page.button_group(key="why_not").value == str(order[-2])
    turn(page, "why_not", "2")
    turn(page, "why_not", None)
    assert page.button_group(key="why_not").value == str(order[-2])


def test_on_an_empty_sheet_a_button_brings_something_to_look_at():
    page = drawn(None, view="units")
    page.button(key="look_any").click().run()
    assert not page.exception
    assert pad(page)["note"].startswith("Test picture ")
    assert galleries(page)


def test_from_mistake_to_mistake():
    (x, y), at = load_mnist()[1], 0
    page = drawn(None, picture="test-0", network="tutorial")
    for _ in range(2):
        page.button(key="look_mistake").click().run()
        assert not page.exception
        at = next(i for i in range(at + 1, len(y)) if classify(TUTORIAL, Drawing(x[i] / 255, None)).label != y[i])
        assert page.query_params["picture"] in (f"test-{at}", [f"test-{at}"])
    assert not any(button.key == "look_mistake" for button in drawn(None, picture="train-0").button)


def noisy(image, deviation):
    grain = np.random.default_rng(0).standard_normal((1, 28, 28), np.float32)[0]
    return np.round(np.clip(image + deviation * grain, 0, 1) * 255)


def test_noise_is_the_same_grain_each_time_and_only_while_its_slider_is_there():
    page = drawn(view="preparation")
    whole = pad(page)["image"]
    for deviation, sent in ((0.3, 0.3), (0.6, 7.0), (0.0, -1)):
        page.session_state["noise"] = {"value": [sent, 1, True]}
        page.run()
        seen = np.frombuffer(base64.b64decode(pad(page)["image"]), np.uint8).reshape(28, 28)
        np.testing.assert_allclose(seen, noisy(IMAGE, deviation), atol=1)
    page.session_state["noise"] = {"value": [0.6, 2, False]}
    page.run()
    assert pad(page)["image"] != whole
    turn(page, "choose_view", "layers")
    assert pad(page)["image"] == whole


def test_noise_on_a_picture_of_the_set_and_none_on_an_empty_sheet():
    for link, changes in (({"picture": "test-0"}, True), ({}, False)):
        page = drawn(None, view="preparation", **link)
        before = pad(page)["image"]
        page.session_state["noise"] = {"value": [0.5, 1, True]}
        page.run()
        assert (pad(page)["image"] != before) == changes


def test_the_bars_fold_while_a_view_is_open():
    page = drawn()
    assert not pad(page)["folded"]
    turn(page, "choose_view", "units")
    assert pad(page)["folded"]


def test_a_layer_shows_the_unit_that_did_most_or_the_one_that_is_picked():
    page = drawn(view="layers")
    most = next(each for each in inspection.strongest_units(BEST, IMAGE) if each.contribution > 0)
    unit = header(component(page, "inside"))["unit"]
    assert (unit["layer"], unit["unit"], unit["picked"]) == (0, most.unit, False)
    page.session_state["inside"] = {"unit": {"layer": 1, "unit": 9}}
    page.run()
    unit = header(component(page, "inside"))["unit"]
    assert (unit["layer"], unit["unit"], unit["picked"]) == (1, 9, True)


@pytest.mark.parametrize("moved", [None, 0.2, 3.1, 1e9])
def test_softmax_in_steps_at_the_temperature_of_the_slider(moved):
    own = BEST.card["temperature"]
    page = drawn(view="certainty")
    if moved:
        page.session_state[f"temperature_{own}"] = {"value": [moved, 1, False]}
        page.run()
    slider = json.loads(component(page, "live_slider").json)
    shown = json.loads(component(page, "levels").json)
    temperature = min(moved or own, 5)
    assert slider["value"] == temperature
    assert slider["mark"] == [own, "calibrated"]
    assert own in slider["stops"]
    z = inspection.layer_activations(BEST, IMAGE)[-1].z.astype(float) * own
    powers = np.exp((z - z.max()) / temperature)
    p = powers / powers.sum()
    np.testing.assert_allclose([row["share"] for row in shown["rows"]], p, atol=1e-5)
    for k, row in enumerate(shown["rows"]):
        sums = [float(text.replace("\N{MINUS SIGN}", "-")) for text in row["steps"][:3]]
        assert sums == pytest.approx([z[k], z[k] / temperature, (z[k] - z.max()) / temperature], abs=0.0051)
        assert float(row["steps"][3].strip("<")) == pytest.approx(powers[k], abs=1.1e-4)
    assert [zone["from"] for zone in shown["zones"]] == [0, PROBABLE, SURE]
    entropy = -(p * np.log2(p)).sum()
    assert any(f"**{entropy:.2f} bits**" in each.value for each in page.markdown)
    assert pad(page)["label"] == 7


def test_a_network_that_was_not_calibrated_says_so():
    page = drawn(view="certainty", network="tutorial")
    assert json.loads(component(page, "live_slider").json)["mark"] == [1, "as trained"]
    assert any("nothing was calibrated" in each.value for each in page.markdown)


def test_what_is_nearly_nothing_or_all_is_not_rounded_to_it():
    told = [share(p).replace("\N{NO-BREAK SPACE}", " ") for p in (0.0, 0.00009, 0.12346, 0.9998, 0.99999, 1.0)]
    assert told == ["<0.01 %", "<0.01 %", "12.35 %", "99.98 %", ">99.99 %", ">99.99 %"]


def test_the_nearest_pictures_are_those_of_the_engine():
    (shown,) = galleries(drawn(view="nearest", by="pixels"))
    x, y = load_mnist()[0]
    distances = np.sqrt(((x.reshape(-1, 784) / np.float32(255) - IMAGE.ravel()) ** 2).sum(axis=1))
    nearest = np.argsort(distances, kind="stable")[:12]
    assert shown["captions"] == [f"{y[k]} · {distances[k]:.1f}" for k in nearest]
    assert shown["marks"] == ["right" if y[k] == 7 else "wrong" for k in nearest]


def test_a_step_switched_off_changes_what_is_seen_and_only_while_its_switch_is_there():
    page = drawn(view="preparation")
    whole = pad(page)["image"]
    page.toggle(key="step_scale").set_value(False).run()
    without = frozenset({"scale"})
    cost = inspection.cost_of(BEST, without)
    assert pad(page)["image"] != whole
    assert galleries(page)[0]["captions"][1:] == [
        *(f"{step.title} (off)" if name in without else step.title for name, step in STAGES.items()),
        "With noise",
    ]
    assert any(f"{100 * cost.without:.1f}" in each.value for each in page.markdown)
    turn(page, "choose_view", "answer")
    assert pad(page)["image"] == whole


# --- in the browser ---


def test_a_view_follows_the_pen(visit):
    page = visit("/draw?view=layers")
    strokes = [np.clip(stroke, 10, 270) for stroke in digit(3, np.random.default_rng(3))]
    draw(page, strokes)
    rest(page)
    drawing = preprocess([np.round(stroke) for stroke in strokes], 18)
    assert page.locator(".bars .best .digit").inner_text() == str(classify(BEST, drawing).label)
    page.get_by_text("did most for the answer").wait_for()
    page.get_by_role("radio", name="Nearest").or_(page.get_by_role("button", name="Nearest")).first.click()
    page.locator("button.picture").nth(11).wait_for()
    assert "view=nearest" in page.url
    page.locator("button.picture").first.click()
    page.get_by_role("button", name="Look inside training picture").click()
    page.get_by_text("Training picture").nth(1).wait_for()
    page.wait_for_url("**picture=train-*")

"""The page on the test set: every view by its link, its numbers those of nn_core, and a click from cell to picture."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from nn_core.digits import load_network, mnist
from nn_core.distortions import DISTORTIONS, spoilt
from nn_core.evaluation import (
    confusion,
    evaluate,
    held_back,
    mistakes,
    per_class,
    principal_map,
    reliability,
    thresholds,
)
from tests.conftest import AT_REST, ROOT
from ui.components.matrix import most_mistaken
from ui.digits import examine
from ui.figures import examine as figures

PAGE = str(ROOT / "pages" / "digits" / "examine.py")


@pytest.fixture(scope="module")
def said():
    return {name: evaluate(load_network(name), mnist().x_test, mnist().y_test) for name in ("best", "tutorial")}


def opened(**link: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=120)
    for key, value in link.items():
        page.query_params[key] = value
    page.switch_page(PAGE).run()
    assert not page.exception
    return page


def header(page: AppTest, name: str) -> dict:
    (payload,) = (each.proto.bytes for each in page.get("bidi_component") if each.proto.component_name.endswith(name))
    return json.loads(payload[4 : 4 + int.from_bytes(payload[:4], "little")])


def numbers(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value.replace("\xa0", " ") for metric in page.metric}


@pytest.mark.parametrize("view", examine.VIEWS)
@pytest.mark.parametrize("other", ["", "tutorial"])
def test_every_view_opens_by_its_link(view, other):
    page = opened(show=view, compare=other)
    assert page.title[0].value == "The test set"
    assert page.button_group(key="choose_show").value == view


def test_the_headline(said):
    shown = numbers(opened(compare="tutorial"))
    for name, evaluation in said.items():
        share = f"{100 * evaluation.right.sum() / 10_000:.2f} % ± {100 * evaluation.margin:.2f}"
        assert shown[f"{name.title()}: right on 10,000 test pictures"] == share
    assert numbers(opened())["Mistakes"] == str((said["best"].predicted != mnist().y_test).sum())


def test_what_the_headline_says_of_mistakes(said):
    shown = numbers(opened(network="tutorial"))
    wrong = said["tutorial"].predicted != mnist().y_test
    assert shown["Sure (90 % or more) and wrong"] == str((wrong & (said["tutorial"].confidence >= 0.9)).sum())
    assert shown["Mean loss"] == f"{said['tutorial'].loss:.3f}"


@pytest.mark.parametrize("kind", DISTORTIONS)
def test_spoilt_pictures_are_what_every_view_is_about(kind):
    amount = DISTORTIONS[kind].amounts[1]
    page = opened(network="tutorial", spoil=kind, amount=f"{amount:g}", show="mistakes")
    images = spoilt(mnist(), kind, amount)
    evaluation = evaluate(load_network("tutorial"), images.x_test, images.y_test)
    assert numbers(page)["Mistakes"] == f"{(~evaluation.right).sum():,}"
    first = mistakes(evaluation)[0]
    assert header(page, "gallery")["captions"][0].startswith(
        f"{evaluation.labels[first]} → {evaluation.predicted[first]} "
    )
    page.session_state["mistakes"] = {"picked": {"of": header(page, "gallery")["of"], "at": 0}}
    page.run()
    (link,) = page.get("page_link")
    assert "as it was" in link.proto.label, "the page that looks inside knows no spoilt pictures"


@pytest.mark.parametrize("view", examine.VIEWS)
def test_every_view_of_spoilt_pictures(view):
    assert opened(show=view, spoil="turn", compare="tutorial").button_group(key="choose_show").value == view


def test_another_way_to_spoil_begins_with_its_usual_amount():
    page = opened(spoil="turn", amount="-75")
    assert page.select_slider(key="choose_amount").value == "-75"
    page.selectbox(key="choose_spoil").set_value("scale").run()
    assert page.select_slider(key="choose_amount").value == "0.7"
    page.selectbox(key="choose_spoil").set_value("").run()
    assert not page.exception
    assert numbers(page) == numbers(opened())


@pytest.mark.parametrize("link", [{"spoil": "salt"}, {"spoil": "", "amount": "3"}, {"of": "third", "least": "x"}])
def test_nonsense_spoils_nothing(link):
    assert numbers(opened(**link)) == numbers(opened())


@pytest.mark.parametrize("view", ["confusion", "mistakes", "classes", "map"])
def test_a_view_of_one_network_shows_the_one_chosen(view, said):
    page = opened(show=view, compare="tutorial", of="second")
    assert page.button_group(key="choose_of").value == "second"
    if view == "confusion":
        assert header(page, "matrix")["counts"] == confusion(said["tutorial"]).tolist()


def test_mistakes_that_the_other_network_does_not_make(said):
    page = opened(show="mistakes", compare="tutorial", order="alone")
    alone = [i for i in mistakes(said["best"]) if said["tutorial"].right[i]]
    assert f"{len(alone)} of them by this network alone" in " ".join(each.value for each in page.markdown)
    assert len(header(page, "gallery")["captions"]) == min(len(alone), examine.MOST_SHOWN)
    assert opened(show="mistakes", order="alone").button_group(key="choose_order").value == "worst"


def test_a_nonsense_link_is_the_first_view():
    page = opened(show="nonsense", compare="nonsense", network="nonsense")
    assert page.button_group(key="choose_show").value == "confusion"


def test_the_matrix_and_the_pictures_of_its_cell(said):
    page = opened(network="tutorial")
    counts = confusion(said["tutorial"])
    assert header(page, "matrix")["counts"] == counts.tolist()
    row, column = most_mistaken(counts)
    assert len(header(page, "gallery")["captions"]) == counts[row, column]
    page.session_state["matrix"] = {"cell": [3, 3]}
    page.run()
    assert len(header(page, "gallery")["captions"]) == examine.MOST_SHOWN
    assert set(header(page, "gallery")["marks"]) == {"right"}


@pytest.mark.parametrize("order", ["worst", "confident"])
def test_mistakes_in_both_orders(said, order):
    page = opened(show="mistakes", network="tutorial")
    page.button_group(key="choose_order").set_value(order).run()
    evaluation = said["tutorial"]
    first = mistakes(evaluation, order)[0]
    caption = header(page, "gallery")["captions"][0]
    assert caption.startswith(f"{evaluation.labels[first]} → {evaluation.predicted[first]} ")


def test_a_mistake_leads_to_the_page_that_looks_inside(said):
    page = opened(show="mistakes")
    page.session_state["mistakes"] = {"picked": {"of": header(page, "gallery")["of"], "at": 0}}
    page.run()
    place = mistakes(said["best"])[0]
    (link,) = page.get("page_link")
    assert link.proto.query_string == f"picture=test-{place}"
    assert f"Test picture {place:,}" in " ".join(markdown.value for markdown in page.markdown)


def test_the_threshold_moves_its_numbers(said):
    page = opened(show="thresholds")
    drawn = evaluate(load_network("best"), *held_back(examine.DRAWN, examine.JUNK))
    for at in (0.6, 0.9):
        page.select_slider(key="choose_least").set_value(f"{100 * at:g}").run()
        shown = numbers(page)
        refused = (drawn.confidence[drawn.labels < 0] <= np.float32(at)).mean()
        assert shown["Junk drawings refused"] == f"{100 * refused:.1f} %"
        assert shown["Test pictures answered"] == f"{100 * (said['best'].confidence > np.float32(at)).mean():.1f} %"


def test_the_map_of_a_layer():
    page = opened(show="map")
    for layer in (2, 0):
        page.button_group(key="choose_layer").set_value(f"{layer}").run()
        (payload,) = (each.proto.bytes for each in page.get("bidi_component"))
        start = 4 + int.from_bytes(payload[:4], "little")
        points, _ = principal_map(load_network("best"), mnist().x_test, layer)
        np.testing.assert_array_equal(np.frombuffer(payload, "<f4", 20_000, start), points.ravel())


@pytest.mark.parametrize("kind", DISTORTIONS)
def test_one_picture_made_harder(kind):
    page = opened(show="robustness")
    page.button_group(key="choose_harder").set_value(kind).run()
    page.number_input(key="harder_picture").set_value(7).run()
    assert not page.exception
    shown = header(page, "gallery")
    assert len(shown["captions"]) == len(DISTORTIONS[kind].amounts)
    assert shown["marks"][DISTORTIONS[kind].amounts.index(kind == "scale")] == "right"


def test_a_set_of_other_classes_is_not_read_as_drawn_digits():
    images = mnist()._replace(classes=tuple("abcdefghij"))
    assert list(examine._threshold_curves(load_network("best"), images)) == ["test pictures"]


def test_a_network_that_has_gone_is_compared_with_no_more():
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=120)
    page.session_state["chosen_compare"] = "0123456789ab"  # one of the visitor's own, removed meanwhile
    page.switch_page(PAGE).run()
    assert not page.exception
    assert page.selectbox(key="choose_compare").value == examine.NOBODY


# --- the charts ---


def test_bars_are_what_is_missing_to_all(said):
    shares = per_class(said["best"])
    missed, alarms = figures.class_bars(shares, mnist().classes).data
    np.testing.assert_allclose(missed.y, 1 - shares.recall)
    np.testing.assert_allclose(alarms.y, 1 - shares.precision)


def test_bins_without_answers_are_no_points(said):
    curves = {name: reliability(each) for name, each in said.items()}
    _, *lines = figures.calibration(curves).data
    for line, curve in zip(lines, curves.values(), strict=True):
        assert len(line.x) == (curve.count > 0).sum()
        assert not np.isnan(line.y).any()
        np.testing.assert_array_equal(line.marker.opacity == 1, curve.count[curve.count > 0] >= 10)
    assert len({line.line.dash for line in lines}) == len({line.marker.symbol for line in lines}) == 2


def test_the_mark_on_a_threshold_curve_is_at_the_threshold(said):
    curve = thresholds(said["best"])
    line, mark = figures.threshold_curves({"a": curve}, 0.37, "right", "share").data
    np.testing.assert_array_equal(line.y, curve.right)
    assert (mark.x[0], mark.y[0]) == (0.37, curve.right[37])


# --- in the browser ---


@pytest.mark.browser
def test_from_a_cell_to_its_pictures_and_inside_one(visit, said):
    counts = confusion(said["tutorial"])
    first = most_mistaken(counts)
    row, column = most_mistaken(np.where(counts == counts[first], 0, counts))
    page = visit("/examine?network=tutorial")
    pictures = page.locator(".nn-gallery button")
    expect(pictures).to_have_count(int(counts[first]), timeout=30_000)
    page.get_by_role("button", name=f"{row} read as {column}: {counts[row, column]}").click()
    expect(pictures).to_have_count(int(counts[row, column]))
    pictures.first.click()
    page.get_by_role("link", name="Look inside it").click()
    page.get_by_role("heading", name="Draw a digit").wait_for()
    page.wait_for_selector(AT_REST)
    evaluation = said["tutorial"]
    place = int(re.search(r"picture=test-(\d+)", page.url)[1])
    assert (evaluation.labels[place], evaluation.predicted[place]) == (row, column)


@pytest.mark.browser
def test_the_view_is_in_the_link_and_fits_a_phone(visit):
    page = visit("/examine", viewport={"width": 390, "height": 844})
    page.get_by_role("radio", name="Map").click()
    page.wait_for_url("**/examine?show=map")
    page.locator(".nn-map canvas").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= 390")

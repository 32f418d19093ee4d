"""The table from sums to probabilities, in a real browser."""

import itertools
import json
from pathlib import Path

import pytest

import ui.components.levels as component
from tests.support import MOUNT

DATA = {
    "heads": [{"head": "z", "sentence": "the last sum"}, {"head": "e", "sentence": "to its power"}],
    "rows": [
        {"name": "0", "steps": ["1.00", "2.72"], "share": 0.7, "told": "70.00 %"},
        {"name": "<b>1</b>", "steps": ["0.15", "1.17"], "share": 0.3, "told": "30.00 %"},
    ],
    "zones": [{"word": "not sure", "from": 0, "to": 0.6}, {"word": "sure", "from": 0.6, "to": 1}],
}


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 900, "height": 600})
    problems = []
    page.on("pageerror", lambda error: problems.append(error))
    page.add_script_tag(content="const bytesOf = JSON.parse;")  # its data are no bytes
    yield page
    page.close()
    assert not problems


def mount(page, data):
    folder = Path(component.__file__).parent
    files = (("levels.html",), component.STYLES, component.SCRIPTS)
    parts = ("\n".join((folder / name).read_text(encoding="utf-8") for name in names) for names in files)
    page.evaluate(MOUNT, [*parts, json.dumps(data), "window.setStateValue = null"])


@pytest.mark.parametrize("width", [340, 900])
def test_a_row_for_each_class_with_its_steps_and_its_bar(page, width):
    page.set_viewport_size({"width": width, "height": 600})
    mount(page, DATA)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    track = page.locator(".track").first.bounding_box()
    for row, shown in enumerate(DATA["rows"]):
        cells = page.get_by_role("row").nth(row + 1).locator("[role=rowheader], [role=cell]").all_inner_texts()
        assert cells == [shown["name"], *shown["steps"], shown["told"]]
        bar = page.locator(".bar").nth(row).bounding_box()
        assert bar["width"] / track["width"] == pytest.approx(shown["share"], abs=0.01)
    assert page.get_by_role("columnheader").nth(1).inner_text().split("\n") == ["z", "the last sum"]
    assert page.locator(".best .name").all_inner_texts() == ["0"]
    edge = page.locator(".edge").first.bounding_box()
    assert (edge["x"] - track["x"]) / track["width"] == pytest.approx(0.6, abs=0.01)
    beside = page.locator(".told").nth(1).bounding_box()["y"] < track["y"] + track["height"] / 2
    assert beside  # the number of a row is never below its bar


@pytest.mark.parametrize("name", ["0", "ankle boot"])
def test_on_a_phone_no_number_runs_into_the_next(page, name):
    page.set_viewport_size({"width": 360, "height": 600})
    steps = ["\N{MINUS SIGN}14.66", "\N{MINUS SIGN}14.28", "\N{MINUS SIGN}13.44", "<0.0001"]
    row = {"name": name, "steps": steps, "share": 0.5, "told": ">99.99 %"}
    mount(page, {"heads": DATA["heads"] * 2, "rows": [row], "zones": DATA["zones"]})
    texts = page.locator(".row:not(.heads)").locator(".step, .told")
    script = """node => { const range = new Range(); range.selectNodeContents(node);
        return range.getBoundingClientRect().toJSON() }"""
    boxes = [texts.nth(k).evaluate(script) for k in range(5)]
    assert len({box["top"] for box in boxes}) == 1
    assert all(a["right"] <= b["left"] for a, b in itertools.pairwise(boxes))

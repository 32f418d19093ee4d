"""Bars before and after, in a real browser."""

import json
from pathlib import Path

import pytest

import ui.components.levels as component
from tests.support import MOUNT

DATA = {
    "rows": [
        {"name": "0", "before": 0.9, "after": 0.7, "told": ["90.00 %", "70.00 %"]},
        {"name": "<b>1</b>", "before": 0.1, "after": 0.3, "told": ["10.00 %", "30.00 %"]},
    ],
    "zones": [{"word": "not sure", "from": 0, "to": 0.6}, {"word": "sure", "from": 0.6, "to": 1}],
}


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 600, "height": 400})
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


def test_bars_are_as_long_as_the_probabilities(page):
    mount(page, DATA)
    track = page.locator(".track").first.bounding_box()
    for row, shown in enumerate(DATA["rows"]):
        for kind in ("before", "after"):
            bar = page.locator(f"li .{kind}").nth(row).bounding_box()
            assert bar["width"] / track["width"] == pytest.approx(shown[kind], abs=0.01)
    assert page.locator(".name").all_inner_texts() == ["0", "<b>1</b>"]
    assert page.locator("li.best .name").all_inner_texts() == ["0"]
    edge = page.locator(".edge").first.bounding_box()
    assert (edge["x"] - track["x"]) / track["width"] == pytest.approx(0.6, abs=0.01)

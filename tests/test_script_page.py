"""The drawer Python: the script of the run on screen, what a control changes in it, and what it prints."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from nn_core import Config, run
from nn_core.script import script
from tests.support import unpacked
from tests.test_pages import config, opened
from ui.components.script import coloured, difference, encode

IN_VIEW = """(listing) => {
    const box = listing.getBoundingClientRect();
    const rows = [...listing.querySelectorAll(".row.new")].map((row) => row.getBoundingClientRect());
    return rows.flatMap(({ top, bottom }, place) => (top >= box.top && bottom <= box.bottom ? [place] : []));
}"""  # which of the marked lines are
FOLDER = Path(__file__).parent.parent / "ui" / "components" / "script"


def with_drawer(**link: str) -> AppTest:
    page = opened(**link)
    page.button_group(key="drawer").set_value("Python").run()
    assert not page.exception
    return page


def shown(page: AppTest):
    """What the component was given."""
    (payload,) = (
        each.proto.bytes for each in page.get("bidi_component") if each.proto.component_name.endswith("script")
    )
    return unpacked(payload)[0]


def text(header) -> str:
    return "".join(f"{''.join(piece for _, piece in row)}\n" for row in header["rows"])


def test_it_is_the_script_of_the_run_and_what_it_prints():
    page = with_drawer(learning_rate="0.3", epochs="40")
    header, history = shown(page), run(config(page))
    assert text(header) == script(config(page), history)
    assert header["prints"] == repr(float(history.train_loss[-1]))
    assert (header["new"], header["gone"]) == ([], [])


def test_what_is_shown_prints_what_is_said(tmp_path):
    page = with_drawer(dataset="moons", samples="60", epochs="30", dropout="0.1", batch_size="7", optimizer="adam")
    header = shown(page)
    (tmp_path / "run.py").write_text(text(header))
    done = subprocess.run([sys.executable, "-I", "run.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == header["prints"]


def test_there_are_a_script_and_a_notebook_to_take_away():
    page = with_drawer(epochs="40")
    assert [each.proto.label for each in page.get("download_button")] == ["Script", "Notebook"]


def test_a_changed_control_marks_its_line():
    page = with_drawer(epochs="40")
    page.selectbox(key="set_activation").set_value("sigmoid").run()
    header = shown(page)
    marked = [text(header).splitlines()[row] for row in header["new"]]
    assert any(line.startswith("Activation: sigmoid;") for line in marked)
    assert "Marked" in header["said"]
    page.run()
    assert shown(page) == header, "the marks stay until the run is another"


def test_a_setting_that_the_run_does_not_use_changes_no_line():
    before = script(Config(epochs=3))
    after = script(Config(epochs=3, momentum=0.5))
    assert difference(before, after) == ([], [], 0)
    assert "does not use" in unpacked(encode(after, before, "0.1"))[0]["said"]


def test_lines_that_are_gone_are_counted():
    before, after = script(Config(epochs=3, clip=1.0)), script(Config(epochs=3))
    found = difference(before, after)
    assert found.count > len(found.new)
    assert difference("a\nb\nc\n", "a\nc\n") == ([], [1], 1)
    assert "1 line of the script before is gone" in unpacked(encode("a\nc\n", "a\nb\nc\n", "0.1"))[0]["said"]


def test_without_the_drawer_no_script_is_made():
    page = opened()
    assert "scripted" not in page.session_state


def test_a_run_that_waits_for_permission_has_none_yet():
    page = with_drawer(hidden_sizes="16,16,16,16", samples="5000", dataset="spiral", epochs="100000")
    assert any("when the run is done" in each.value for each in page.caption)


def test_colours_leave_the_text_as_it_is():
    source = script(Config(epochs=3))
    rows = coloured(source)
    assert "".join(f"{''.join(piece for _, piece in row)}\n" for row in rows) == source
    kinds = {piece: kind for row in rows for kind, piece in row}
    assert (kinds["def"], kinds["Trainer"], kinds["1000"]) == ("keyword", "name", "number")
    assert kinds["# Learning rate"] == "comment"
    assert kinds['"float64"'] == "text"


@pytest.mark.browser
def test_marked_lines_come_into_view_inside_the_listing_and_the_script_is_copied(visit):
    page = visit("/?epochs=40")
    page.get_by_role("radio", name="Python").click()
    page.wait_for_selector(".nn-script .row")
    assert page.locator(".nn-script .row.new").count() == 0
    page.locator(".st-key-set_activation").get_by_role("combobox").click()
    page.get_by_role("option", name="sigmoid", exact=True).click()
    page.wait_for_selector(".nn-script .row.new")
    assert "Activation: sigmoid" in page.locator(".nn-script .row.new").first.inner_text()
    listing = page.locator(".nn-script .listing")
    assert 0 in listing.evaluate(IN_VIEW)
    page.get_by_role("button", name="Next mark").click()
    assert 0 not in listing.evaluate(IN_VIEW)
    assert listing.evaluate(IN_VIEW)
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("window.copied") == script(Config(epochs=40, activation="sigmoid"))


def test_the_component_has_its_files():
    assert {path.suffix for path in FOLDER.iterdir() if path.is_file()} == {".py", ".js", ".css", ".html"}
    assert json.dumps(coloured("x = 1\n")) == '[[["", "x = "], ["number", "1"]]]'

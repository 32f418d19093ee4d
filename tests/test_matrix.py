"""The confusion matrix: its format, the cell out of an untrusted state, and the table in a real browser."""

import base64

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import ui.components.matrix as component
from tests.support import mounted, unpacked
from tests.test_stage import open_page
from ui.components.matrix import encode, most_mistaken, picked

COUNTS = np.array([[90, 0, 3], [1, 1200, 0], [7, 2, 80]])
NAMES = ["0", "1", "<b>"]
LISTEN = "window.cells = []; window.setStateValue = (name, value) => cells.push([name, value]);"


def test_the_header_has_all_there_is():
    payload = encode(COUNTS, NAMES, "Confusion")
    header, rest = unpacked(payload)
    assert (header["names"], header["counts"], header["first"]) == (NAMES, COUNTS.tolist(), [2, 0])
    assert (header["label"], rest) == ("Confusion", b"")


def test_the_most_mistaken_cell_is_off_the_diagonal():
    assert most_mistaken(COUNTS) == (2, 0)
    assert most_mistaken(np.diag([5, 6])) == (0, 1), "without mistakes any cell beside the diagonal"


@pytest.mark.parametrize(
    ("state", "cell"),
    [
        ({"cell": [2, 0]}, (2, 0)),
        ({"cell": [1, 1]}, (1, 1)),
        ({"cell": [3, 0]}, None),
        ({"cell": [0, -1]}, None),
        ({"cell": [True, 0]}, None),
        ({"cell": [0.0, 0]}, None),
        ({"cell": ["0", 0]}, None),
        ({"cell": [0]}, None),
        ({"cell": [0, 0, 0]}, None),
        ({"cell": {"0": 0, "1": 1}}, None),
        ({"cell": None}, None),
        ({}, None),
        ([2, 0], None),
        (None, None),
    ],
)
def test_only_a_cell_of_the_table_counts(state, cell):
    assert picked(state, 3) == cell


def streamlit_page():
    import numpy as np
    import streamlit as st

    from ui.components.matrix import matrix

    st.text(matrix(np.array([[5, 4], [9, 5]]), ["a", "b"], key="m", label="two"))


def test_the_cell_reaches_python():
    app = AppTest.from_function(streamlit_page).run()
    assert not app.exception
    assert app.text[0].value == "(1, 0)"
    app.session_state["m"] = {"cell": [0, 0]}
    assert app.run().text[0].value == "(0, 0)"


# --- in the browser ---


@pytest.fixture
def page(browser):
    page = open_page(browser, viewport={"width": 390, "height": 500})
    mounted(page, component, "matrix.html", encode(COUNTS, NAMES, "Confusion"), LISTEN)
    yield page
    page.close()
    assert not page.problems


def cell(page, row, column):
    return page.locator("tbody tr").nth(row).locator("button").nth(column)


def test_counts_stand_in_their_cells(page):
    texts = [[cell(page, i, j).inner_text() for j in range(3)] for i in range(3)]
    assert texts == [["90", "", "3"], ["1", "1,200", ""], ["7", "2", "80"]]
    assert page.locator("thead th").all_inner_texts() == page.locator("tbody th").all_inner_texts() == NAMES
    assert cell(page, 2, 0).get_attribute("aria-label") == "<b> read as 0: 7"


def test_more_mistakes_are_darker_and_what_is_right_is_not(page):
    light = "button => getComputedStyle(button).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number)"
    shades = [sum(cell(page, *place).evaluate(light)) for place in [(0, 1), (1, 0), (2, 1), (0, 2), (2, 0)]]
    assert shades == sorted(shades, reverse=True)
    assert len(set(shades)) == 5
    assert cell(page, 1, 1).get_attribute("class") == "right"


def test_one_cell_is_always_picked(page):
    assert page.locator("[aria-pressed=true]").count() == 1
    assert cell(page, 2, 0).get_attribute("aria-pressed") == "true"
    cell(page, 0, 2).click()
    assert cell(page, 0, 2).get_attribute("aria-pressed") == "true"
    assert page.locator("[aria-pressed=true]").count() == 1
    assert page.evaluate("cells") == [["cell", [0, 2]]]


def test_arrow_keys_and_enter_pick(page):
    for key in ("Tab", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("cells") == [["cell", [2, 2]]]
    assert page.locator("button[tabindex='0']").count() == 1


def test_other_counts_keep_the_cell_and_other_classes_do_not(page):
    cell(page, 2, 1).click()
    page.evaluate("show", base64.b64encode(encode(COUNTS.T, NAMES, "Confusion")).decode())
    assert cell(page, 2, 1).get_attribute("aria-pressed") == "true"
    assert cell(page, 0, 2).inner_text() == "7"
    page.evaluate("show", base64.b64encode(encode(COUNTS[:2, :2], NAMES[:2], "Confusion")).decode())
    assert page.locator("tbody button").count() == 4
    assert cell(page, 1, 0).get_attribute("aria-pressed") == "true"


def test_ten_classes_fit_a_phone(page):
    ten = encode(np.full((10, 10), 1000), [str(k) for k in range(10)], "Confusion")
    page.evaluate("show", base64.b64encode(ten).decode())
    table = page.locator(".nn-matrix")
    assert table.evaluate("node => node.scrollWidth <= node.clientWidth")

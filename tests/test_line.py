"""The line: one question under way at a time, the newest waits, and every answer is heard once."""

from pathlib import Path

import numpy as np
import pytest

import ui.components.line as component
from tests.test_stage import open_page, text
from ui.components import pack

FOLDER = Path(component.__file__).parent
MOUNT = """async (js) => {
    const { default: show } = await import(URL.createObjectURL(new Blob([js], { type: "text/javascript" })));
    const parentElement = document.createElement("div");
    document.body.append(parentElement);
    window.sent = [];
    window.heard = [];
    window.addEventListener("nn-answer", ({ detail }) => heard.push([detail.n, ...detail.arrays.parameters]));
    window.addEventListener("nn-hello", () => ask(1));
    window.ask = (n) => dispatchEvent(new CustomEvent("nn-ask", { detail: { n } }));
    const setStateValue = (name, question) => sent.push([name, question.n]);
    window.answer = (text) => (window.leave = show({ parentElement, data: bytesOf(text), setStateValue }));
    window.goAway = () => (parentElement.remove(), leave());
    answer("");
}"""


def answer(n):
    return text(pack({"n": n}, {"parameters": np.array([n / 4])}))


@pytest.fixture
def page(browser):
    page = open_page(browser)
    page.evaluate(MOUNT, "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in component.SCRIPTS))
    yield page
    page.close()
    assert not page.problems


@pytest.mark.browser
def test_the_newest_question_waits_for_the_answer_to_the_one_under_way(page):
    assert page.evaluate("sent") == [["question", 1]], "a question asked before the line was there is repeated"
    page.evaluate("[2, 3, 4].forEach(ask)")
    assert len(page.evaluate("sent")) == 1
    page.evaluate("answer", answer(1))
    assert page.evaluate("sent") == [["question", 1], ["question", 4]]
    page.evaluate("answer", answer(1))
    assert page.evaluate("heard") == [[1, 0.25]], "the same answer, shown again, is not news"
    page.evaluate("answer", answer(4))
    page.evaluate("ask(5)")
    assert page.evaluate("heard") == [[1, 0.25], [4, 1.0]]
    assert page.evaluate("sent.at(-1)") == ["question", 5]


@pytest.mark.browser
def test_a_lost_answer_does_not_block_the_line(page):
    page.evaluate("ask(2)")
    page.wait_for_function("sent.length === 2")
    page.evaluate("answer", answer(1))
    assert page.evaluate("heard") == [[1, 0.25]], "late is better than never"


@pytest.mark.browser
def test_a_line_taken_away_is_silent(page):
    page.evaluate("answer", answer(1))
    page.evaluate("goAway()")
    page.evaluate("ask(2)")
    assert page.evaluate("sent.length") == 1

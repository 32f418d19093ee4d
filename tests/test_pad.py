"""The drawing pad: what it makes of untrusted ink, what it says, and what it sends to the browser."""

import base64
import json
import math

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nn_core.digits import CANVAS, MOST_STROKES, NETWORKS, load_network, preprocess
from ui.components.pad import BRUSHES, POINTS, read_ink
from ui.components.pad.words import percent, words
from ui.digits import cards

SEVEN = [80, 70, 200, 70, 120, 220]


def ink(**value):
    return read_ink({"ink": {"strokes": [SEVEN], "brush": 20, "number": 3, **value}})


def test_ink_as_drawn():
    strokes, brush, number = ink()
    np.testing.assert_array_equal(strokes, [[[80, 70], [200, 70], [120, 220]]])
    assert (brush, number) == (20, 3)


NO_INK = [None, [1], {}, {"strokes": "no"}, {"strokes": {}}]


@pytest.mark.parametrize("state", [None, 7, "ink", [], {}, *({"ink": value} for value in NO_INK)])
def test_nonsense_is_an_empty_pad(state):
    assert read_ink(state) == ([], BRUSHES[1], 0)


NO_STROKES = [None, 5, "80,70", {}, [], [1], [1, 2, 3], [[80, 70]], ["80", "70"], [1, math.nan], [1, None]]


@pytest.mark.parametrize("stroke", NO_STROKES)
def test_strokes_that_are_none_are_dropped_and_the_others_kept(stroke):
    assert len(ink(strokes=[stroke, SEVEN]).strokes) == 1


def test_points_outside_come_to_the_edge():
    (stroke,) = ink(strokes=[[-1e9, 10**400, math.inf, -math.inf]]).strokes
    np.testing.assert_array_equal(stroke, [[0, CANVAS], [CANVAS, 0]])


@pytest.mark.parametrize(
    ("given", "brush"), [(1, 8), (1e300, 30), (10**400, 30), (math.nan, 18), ("9", 18), (None, 18), ([9], 18)]
)
def test_brush_stays_in_its_range(given, brush):
    assert ink(brush=given).brush == brush


@pytest.mark.parametrize("number", [-1, 2**60, 1.5, math.nan, "3", None])
def test_strange_numbers_count_as_none(number):
    assert ink(number=number).number == 0


@pytest.mark.parametrize("strokes", [[[5] * 200_000], [[5, 5]] * 50_000, [SEVEN, [5] * 200_000, SEVEN]])
def test_ink_is_bounded(strokes):
    assert sum(map(len, ink(strokes=strokes).strokes)) <= POINTS


def test_whatever_is_read_can_be_preprocessed():
    for strokes in ([], [SEVEN], [[0, 0]], [[-1e9, 1e9, 5, 5]], [[5] * 10_000]):
        assert preprocess(*ink(strokes=strokes)[:2]).image.shape == (28, 28)


def likely(**shares):
    rest = (1 - sum(shares.values())) / (10 - len(shares))
    return [shares.get(f"d{digit}", rest) for digit in range(10)]


@pytest.mark.parametrize(
    ("verdict", "probabilities", "headline", "note"),
    [
        ("sure", likely(d7=0.94, d1=0.04), "It is a 7 (94 %)", "Runner-up: 1 (4 %)"),
        ("sure", likely(d8=0.999, d3=0.001), "It is an 8 (>99 %)", "Runner-up: 3 (<1 %)"),
        ("probably", likely(d7=0.7, d1=0.25), "Probably 7, could be 1", "7 (70 %), then 1 (25 %)"),
        ("unsure", likely(d7=0.4, d1=0.3), "Not sure: 7 or 1?", "Or not a digit. 7 (40 %), then 1 (30 %)"),
        ("empty", [0.1] * 10, "Waiting for a digit", "The answer comes while you draw."),
        ("too small", [0.1] * 10, "Draw it larger", "It is too small to be read."),
        ("too much", [0.1] * 10, "That is a lot of ink", "Draw one digit."),
    ],
)
def test_words(verdict, probabilities, headline, note):
    said = words(verdict, probabilities)
    assert (said.headline.replace("\xa0", " "), said.note.replace("\xa0", " ")) == (headline, note)


def test_a_network_of_clothes_says_nothing_of_digits():
    clothes = [f"c{k}" for k in range(10)]
    said = [words(verdict, [0.1] * 10, clothes) for verdict in ("empty", "too small", "too much", "unsure")]
    assert not any("digit" in text for each in said for text in each)
    assert said[-1].note.startswith("Or none of these. ")


def test_percent_is_never_certain():
    assert [percent(p)[:-2] for p in (0, 0.009, 0.05, 0.99, 0.991, 1)] == ["<1", "<1", "5", "99", ">99", ">99"]


def page():
    import numpy as np
    import streamlit as st

    from nn_core.digits import Answer, preprocess
    from ui.components.pad import pad, read_ink

    ink = read_ink(st.session_state.get("pad"))
    drawing = preprocess(ink.strokes, ink.brush)
    shares = np.array([0.01] * 7 + [0.9, 0.02, 0.01])
    pad(ink, drawing, Answer(shares, 7, drawing.problem or "sure"), key="pad")


def payload(app):
    return json.loads(app.get("bidi_component")[0].proto.json)


def test_the_answer_reaches_the_browser():
    app = AppTest.from_function(page).run()
    blank = payload(app)
    assert (blank["number"], blank["label"], blank["headline"]) == (0, None, "Waiting for a digit")
    assert blank["probabilities"] == [0] * 10

    app.session_state["pad"] = {"ink": {"strokes": [SEVEN], "brush": 18, "number": 5}}
    drawn = payload(app.run())
    assert not app.exception
    assert (drawn["number"], drawn["label"], drawn["probabilities"][7]) == (5, 7, 0.9)
    seen = np.frombuffer(base64.b64decode(drawn["image"]), np.uint8).reshape(28, 28)
    assert seen.max() > 200
    assert seen[:, :3].max() == 0  # the margin MNIST has


def test_cards_in_words():
    shipped = [load_network(name).card for name in NETWORKS]
    assert all(f"{100 * card['accuracy']:.1f}" in cards.summary(card) for card in shipped)
    lines = cards.table(shipped).splitlines()
    assert len(lines) == 2 + len(cards.ROWS)
    assert {line.count("|") for line in lines} == {2 + len(shipped)}


def test_more_strokes_than_the_engine_reads_are_left_out():
    ink = read_ink({"ink": {"strokes": [[10, 10, 200, 200]] * 5000, "brush": 18, "number": 1}})
    assert len(ink.strokes) == MOST_STROKES
    assert preprocess(ink.strokes, ink.brush).image.shape == (28, 28)

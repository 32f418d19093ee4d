"""The live slider: its scale, what it makes of untrusted states, and what it tells Python."""

import itertools
import json
import math

import pytest
from streamlit.testing.v1 import AppTest

from ui.components.live_slider import chosen, stops


def test_even_scale_has_both_ends_and_no_rounding_errors():
    assert stops(1, 16, 1) == list(range(1, 17))
    assert stops(0.0, 0.5, 0.1) == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    assert stops(0, 10, 4) == [0, 4, 8, 10]


def test_logarithmic_scale_goes_by_round_numbers():
    scale = stops(0.0001, 10)
    assert (scale[0], scale[-1], len(scale)) == (0.0001, 10, 101)
    assert {0.0003, 0.001, 0.03, 0.3, 0.5, 1.2, 3} <= set(scale)
    ratios = [b / a for a, b in itertools.pairwise(scale)]
    assert min(ratios) > 1.05
    assert max(ratios) < 1.2
    assert stops(0.021, 0.029) == [0.021, 0.022, 0.025, 0.028, 0.029]


@pytest.mark.parametrize("scale", [(0, 1, None), (-1, 1, None), (1, 1, 1), (0, 1, 0), (0, 1, -1), (math.nan, 1, 1)])
def test_impossible_scales_are_refused(scale):
    with pytest.raises(ValueError, match="no scale"):
        stops(*scale)


@pytest.mark.parametrize(
    ("value", "number", "held"),
    [
        ([0.3, 7, True], 0.3, True),
        ([4, 1, False], 4, False),
        ([4, 1, "yes"], 4, False),
        ([10**400, 1, True], None, True),
        ([math.nan, 1, False], None, False),
        ([-math.inf, 1, False], None, False),
        ([True, 1, False], None, False),
        (["0.3", 1, False], None, False),
        ([0.3], None, False),
        ([], None, False),
        ({"0": 1}, None, False),
        (None, None, False),
    ],
)
def test_only_a_finite_number_counts(value, number, held):
    assert chosen({"value": value}) == (number, held)


@pytest.mark.parametrize("state", [None, {}, [], 3, "value"])
def test_a_state_that_is_none_chooses_nothing(state):
    assert chosen(state) == (None, False)


def marked():
    from ui.components.live_slider import live_slider

    live_slider("T", key="slider", value=1.09, low=0.2, high=5.0, answered=1, on_change=print, mark=(1.09, "best"))


def test_a_mark_is_a_stop():
    sent = json.loads(AppTest.from_function(marked).run().get("bidi_component")[0].proto.json)
    assert sent["mark"] == [1.09, "best"]
    assert sent["stops"] == sorted([*stops(0.2, 5.0), 1.09])


def page():
    import streamlit as st

    from ui.components.live_slider import chosen, live_slider

    def take():
        st.session_state.rate, _ = chosen(st.session_state.slider)

    rate = st.session_state.setdefault("rate", 0.3)
    live_slider("Rate", key="slider", value=rate, low=0.0001, high=10.0, answered=1, on_change=take, help="Why")


def test_the_browser_gets_the_scale_and_python_the_choice():
    app = AppTest.from_function(page).run()
    sent = json.loads(app.get("bidi_component")[0].proto.json)
    assert (sent["label"], sent["value"], sent["whole"], len(sent["stops"])) == ("Rate", 0.3, False, 101)
    app.session_state["slider"] = {"value": [0.05, 1, False]}
    app.run()
    assert not app.exception
    assert chosen(app.session_state["slider"]) == (0.05, False)

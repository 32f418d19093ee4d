"""What a teacher hides by a link: gone for whoever opens it, never a setting, and shown again by a click."""

import pytest

from tests.support import decode
from tests.test_depth import on_page
from ui.parts import DRAWERS, PARTS

WIDGETS = {  # a key that each part has on the page, where it is a widget of Streamlit's own
    "try": "set_preset",
    "activation": "set_activation",
    "dataset": "set_dataset",
    "seed": "set_seed",
    "seeds": "do_seeds",
    "undo": "do_Undo",
    "depth": "choose_depth",
}
SLIDERS = {"hidden_nodes", "learning_rate", "noise"}


def keys(page):
    kinds = ("selectbox", "number_input", "button", "button_group", "segmented_control")
    return {each.key for kind in kinds for each in page.get(kind)}


def sliders(page):
    mounted = [each.proto.component_name for each in page.get("bidi_component")]
    return sum("live_slider" in name for name in mounted)


@pytest.mark.parametrize("part", WIDGETS)
def test_one_part_is_hidden_and_the_others_stay(part):
    shown = keys(on_page("playground", hide=part))
    assert WIDGETS[part] not in shown
    assert {key for name, key in WIDGETS.items() if name != part} <= shown


@pytest.mark.parametrize("part", sorted(SLIDERS))
def test_a_live_slider_is_hidden(part):
    assert sliders(on_page("playground", hide=part)) == len(SLIDERS) - 1


def test_all_is_hidden_but_the_picture():
    page = on_page("playground", hide=",".join(PARTS), seed="3")
    assert keys(page) == {"do_show_all"}
    assert not sliders(page)
    (picture,) = [each for each in page.get("bidi_component") if "stage" in each.proto.component_name]
    header, _ = decode(picture.proto.bytes)
    assert header["fixed"], "nor can it be changed by hand"
    assert page.query_params["seed"] == "3"
    page.button(key="do_show_all").click().run()
    assert set(WIDGETS.values()) <= keys(page)
    assert "hide" not in page.query_params
    assert page.query_params["seed"] == "3", "the run stays"


def test_it_is_chosen_in_the_drawer_save_and_becomes_the_link():
    page = on_page("playground")
    page.session_state["drawer"] = "Save"
    page.run()
    page.button_group(key="choose_hidden").set_value(["noise", "undo"]).run()
    assert page.query_params["hide"] == "noise,undo"
    assert sliders(page) == 2
    assert "do_Undo" not in keys(page)
    page.number_input(key="set_seed").set_value(5).run()
    assert (page.query_params["hide"], page.query_params["seed"]) == ("noise,undo", "5")


def test_drawers_are_hidden_by_their_names():
    page = on_page("playground", hide="python,chart")
    assert page.segmented_control(key="drawer").options == [
        each for each in DRAWERS if each not in ("Python", "Large chart")
    ]


def test_a_depth_can_be_fixed_by_hiding_its_switch():
    page = on_page("failing", hide="depth", depth="code")
    assert page.code
    assert "choose_depth" not in keys(page)
    assert page.query_params["depth"] == "code"
    page.button(key="do_show_all").click().run()
    assert "choose_depth" in keys(page)
    assert page.code


def test_back_and_forward():
    page = on_page("playground", hide="noise")
    page.button(key="do_show_all").click().run()
    page.query_params["hide"] = "noise"  # the browser's back button
    page.run()
    assert sliders(page) == 2
    del page.query_params["hide"]  # and forward
    page.run()
    assert sliders(page) == 3


def test_names_that_nothing_has_are_told():
    page = on_page("playground", hide="noise,everything,<b>")
    assert [each.value for each in page.warning] == [
        "The link hides 2 of the controls by names that none of them has: those are shown."
    ]
    assert page.query_params["hide"] == "noise"
    assert not on_page("playground", hide="").warning

"""The depth of explanations: one switch for all pages, part of every link, and never a setting of a run."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from nn_core.optimizers import OPTIMIZERS
from tests.conftest import AT_REST, ROOT
from ui.explained import SUBJECTS
from ui.session.explaining import DEPTHS

PAGES = sorted(str(path) for path in (ROOT / "pages").glob("*/*.py"))
NETWORKS = ("playground", "search", "race", "check", "landscape")


def on_page(name, **link):
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=120)
    page.switch_page(next(path for path in PAGES if path.endswith(f"/{name}.py")))
    page.query_params.update(link)
    page.run()
    assert not page.exception
    return page


def test_every_page_has_the_switch_and_says_nothing_of_it():
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=120)
    page.query_params["depth"] = "symbols"
    for path in PAGES:
        page.switch_page(path).run()
        assert not page.exception
        assert page.segmented_control(key="choose_depth").value == "symbols", path
        assert page.query_params["depth"] == "symbols", path
        assert not page.warning, path


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("depth", DEPTHS)
def test_formulas_and_code_come_with_the_depth(name, depth):
    page = on_page(name, depth=depth)
    formulas = "\n".join(each.value for each in page.latex)
    shown = [each for subject in SUBJECTS.values() for each in subject.symbols if each in formulas]
    assert bool(shown) == (depth != "words")
    assert bool([each for each in page.code if "def " in each.value]) == (depth == "code")


def test_no_formula_is_cut_off_by_a_percent_sign():
    assert not [each for subject in SUBJECTS.values() for each in subject.symbols if re.search(r"(?<!\\)%", each)]


@pytest.mark.browser
@pytest.mark.parametrize("name", [*NETWORKS, "failing", "path"])
def test_every_formula_can_be_drawn(visit, name):
    page = visit(f"/{name if name != 'playground' else ''}?depth=symbols")
    page.locator(".katex").first.wait_for()
    page.wait_for_selector(AT_REST)
    assert page.locator(".katex-error").all_inner_texts() == []


def test_it_stays_in_the_link_while_the_run_changes():
    page = on_page("playground", depth="code", seed="7")
    assert page.segmented_control(key="choose_depth").value == "code"
    page.number_input(key="set_seed").set_value(9).run()
    assert (page.query_params["depth"], page.query_params["seed"]) == ("code", "9")
    page.segmented_control(key="choose_depth").set_value("words").run()
    assert page.query_params["depth"] == "words"
    assert page.number_input(key="set_seed").value == 9
    assert not page.latex


def test_back_to_before_it_was_chosen():
    page = on_page("playground")
    page.segmented_control(key="choose_depth").set_value("code").run()
    assert page.code
    del page.query_params["depth"]  # the browser's back button
    page.run()
    assert not page.code
    assert page.segmented_control(key="choose_depth").value == "words"
    page.query_params["depth"] = "code"  # and forward
    page.run()
    assert page.code


def test_the_menu_keeps_it():
    page = on_page("playground", depth="code")
    for name in ("failing", "check", "playground"):
        page.switch_page(next(path for path in PAGES if path.endswith(f"/{name}.py")))
        page.query_params.clear()
        page.run()
        assert page.segmented_control(key="choose_depth").value == "code"
        assert page.query_params["depth"] == "code"


def test_a_walk_shows_all_until_less_is_chosen():
    assert on_page("step").segmented_control(key="choose_depth").value == "code"
    assert on_page("step", depth="words").segmented_control(key="choose_depth").value == "words"


def test_help_goes_as_deep():
    for depth in DEPTHS:
        page = on_page("playground", depth=depth, activation="gelu")
        said = page.selectbox(key="set_activation").help
        assert ("0.044715" in said) == (depth != "words")
        assert ("def gelu" in said) == (depth == "code")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_run_in_symbols_is_that_of_its_settings(optimizer):
    link = {"optimizer": optimizer, "activation": "relu", "loss": "mean_squared_error", "hidden_sizes": "5,3"}
    page = on_page("playground", depth="code", **link)
    formulas, code = "\n".join(each.value for each in page.latex), "\n".join(each.value for each in page.code)
    assert r"W^{(1)} : 5 \times 2, \quad W^{(2)} : 3 \times 5, \quad W^{(3)} : 1 \times 3" in formulas
    assert r"L = (p - y)^2" in formulas
    assert f"def {OPTIMIZERS[optimizer].update.__name__}(" in code
    assert "def relu_slope(" in code
    assert "def tanh" not in code


def test_the_coach_shows_its_rule():
    page = on_page("playground", depth="code", learning_rate="30")
    assert any("-> Found:" in each.value for each in page.code)


def test_a_link_to_what_there_is_not_is_told_and_mended():
    page = on_page("failing", depth="deep", epochs="nonsense`", seed="-5")
    said = [each.value for each in page.warning]
    assert said == [
        "The link asks for `depth=deep`, which is none of words, symbols, code. It is left out.",
        "The link asks for `epochs=nonsense`, which is none of 1,000, 2,000, 10,000. It is left out.",
        "The link asks for `seed=-5`, which is none of 0, 1, ..., 63. It is left out.",
    ]
    assert not page.query_params
    page.segmented_control(key="choose_epochs").set_value("2,000").run()
    assert len(page.warning) == 2, "what was chosen since is no longer told"
    page.switch_page(next(path for path in PAGES if path.endswith("/path.py"))).run()
    assert not page.warning, "another page's link"

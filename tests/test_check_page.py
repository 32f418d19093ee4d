"""The page Gradient check: what it shows is what nn_core computes, its link says it all, and nothing in it can hurt."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nn_core import Config, make_data, run
from nn_core.bugs import BUGS, backpropagated
from nn_core.checks import (
    EPSILONS,
    RIGHT,
    case,
    central_difference,
    complex_step,
    largest_errors,
    relative_error,
    sweep,
)
from nn_core.findings import deduced, verdict
from nn_core.landscape import names
from tests.conftest import AT_REST, ROOT
from tests.test_curves import shown

PAGE = str(ROOT / "pages" / "networks" / "check.py")


def on_page(name: str = PAGE, **link: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
    page.switch_page(name)
    for key, value in link.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.info, page.warning, page.error, page.success)
    return "\n".join(each.value for kind in kinds for each in kind)


def expected(config: Config | None = None, epoch: int | None = None):
    config = config or Config()
    history = run(config)
    at = -1 if epoch is None else int(np.flatnonzero(history.snapshot_epochs == epoch)[0])
    return case(history.parameters[at], make_data(config), config)


def rows(page: AppTest) -> list[list[str]]:
    """The table of all parameters."""
    (text,) = (each.value for each in page.markdown if each.value.startswith("|  | Parameter"))
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    return [[cell.replace("\\", "").replace("\N{MINUS SIGN}", "-") for cell in line] for line in lines[2:]]


def test_the_first_look_shows_that_backpropagation_is_right():
    page = on_page()
    of = expected()
    assert [each.value for each in page.success] == [verdict(of, backpropagated(of), complex_step(of))[1]]
    assert not page.error
    table = {line[1]: line for line in rows(page)}
    assert set(table) == set(names(of.config))
    central = central_difference(of, 1e-5)
    for i, name in enumerate(names(of.config)):
        assert table[name][0] == "✓"
        shown = [float(cell) for cell in table[name][2:]]
        np.testing.assert_allclose(shown[:2], [backpropagated(of)[i], complex_step(of)[i]], rtol=1e-8)
        np.testing.assert_allclose(shown[3], central[i], rtol=1e-8)
        assert shown[4] == pytest.approx(relative_error(backpropagated(of), central)[i], rel=0.1)
    assert page.query_params == {}


def test_the_worst_is_first():
    page = on_page(bug="axis")
    of = expected()
    error = relative_error(backpropagated(of, "axis"), complex_step(of))
    first = [line[1] for line in rows(page)][: (error > 1e-7).sum()]
    assert first == [names(of.config)[i] for i in np.argsort(-error)[: len(first)]]


@pytest.mark.parametrize("bug", [name for name, each in BUGS.items() if not each.needs(Config())])
def test_a_mistake_is_shown_and_explained(bug):
    page = on_page()
    page.selectbox(key="check_bug").set_value(bug).run()
    of = expected()
    found, measured = backpropagated(of, bug), complex_step(of)
    assert [each.value for each in page.error] == [verdict(of, found, measured)[1]]
    assert deduced(of, found, measured) in words(page)
    assert BUGS[bug].wrong in page.code[0].value
    assert page.query_params == {"bug": bug}
    page.selectbox(key="check_bug").set_value("none").run()
    assert not page.error


def test_the_charts_hold_what_was_measured():
    page = on_page(bug="axis", epsilon="1e-4")
    of = expected()
    found, measured = backpropagated(of, "axis"), complex_step(of)
    by_epsilon, by_parameter = shown(page)
    lines = {each["name"]: each for each in by_epsilon["series"] if each["told"] != ""}
    swept = sweep(of)
    assert len(swept.which) == len(of.places)
    pairs = zip(("central difference", "complex step"), largest_errors(found, swept), strict=True)
    for name, errors in (*pairs, ("between the two", largest_errors(measured, swept)[0])):
        np.testing.assert_allclose(lines[name]["x"], EPSILONS, rtol=1e-6)
        np.testing.assert_allclose(lines[name]["y"], errors, rtol=1e-6, atol=1e-18)
    assert by_epsilon["levels"][0]["at"] == 1e-4
    central, complex_ = by_parameter["series"]
    places = [names(of.config).index(name) for name in by_parameter["x"]["names"]]
    assert sorted(places) == list(range(of.config.n_parameters))
    for each, by in ((central, central_difference(of, 1e-4)), (complex_, measured)):
        np.testing.assert_allclose(each["y"], relative_error(found, by)[places], rtol=1e-6, atol=1e-18)
    for begin, (at, block) in zip((0, 8, 12, 16), by_parameter["x"]["ticks"], strict=True):
        assert begin <= at < begin + 8
        assert by_parameter["x"]["names"][begin].startswith(block[0])
    assert by_parameter["levels"][0]["at"] == RIGHT
    worst = by_parameter["x"]["names"][int(np.argmax(complex_["y"]))]
    assert f"complex step: largest {complex_['y'].max():.1e}, at {worst}." in by_parameter["summary"] + "."


def test_what_cannot_matter_says_what_it_takes():
    page = on_page(bug="leak")
    assert "it takes a hidden layer of leaky ReLU" in words(page)
    assert page.success


def test_epoch_and_epsilon():
    page = on_page(at="0", epsilon="1e-9", activation="relu")
    config = Config(activation="relu")
    of = expected(config, 0)
    assert "On a kink" in words(page)
    table = {line[1]: float(line[5]) for line in rows(page)}
    np.testing.assert_allclose(
        [table[name] for name in names(config)], central_difference(of, 1e-9), rtol=1e-8, atol=1e-14
    )
    page.slider(key="check_at").set_value(1000).run()
    page.select_slider(key="check_epsilon").set_value("1e-5").run()
    assert page.query_params == {"activation": "relu"}, "the usual choices are not in the link"


def test_by_hand_is_the_table():
    page = on_page(epsilon="1e-4")
    shown = next(each.value for each in page.markdown if "L(w + ε)" in each.value)
    numbers = re.findall(r"-?\d\.\d+(?:e-\d+)?", shown.replace("\N{MINUS SIGN}", "-"))
    above, below, quotient = map(float, numbers)
    assert (above - below) / 2e-4 == pytest.approx(quotient, rel=1e-8)
    assert rows(page)[0][5] == numbers[2]


def test_a_layer_of_its_own():
    page = on_page(bug="slope", layer="1", hidden_sizes="3,3")
    assert "activation of hidden layer 1, tanh" in words(page)
    page = on_page(bug="slope", layer="6", hidden_sizes="3,3")
    assert "activation of hidden layer 2, tanh" in words(page), "there is no layer 6: all of them"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"bug": "<script>"}, "What is broken must be"),
        ({"epsilon": "0"}, "Epsilon must be"),
        ({"at": "99999999999"}, "The run ends at epoch 1,000"),
        ({"at": "x"}, "The epoch must be a whole number from 0 to 100,000"),
        ({"layer": "-5"}, "The broken layer is out of range"),
        ({"learning_rate": "x"}, "Learning rate must be"),
        ({"bug": "a" * 10_000}, "What is broken must be"),
    ],
)
def test_bad_links(link, said):
    page = on_page(**link)
    assert said in words(page)
    assert rows(page)


@pytest.mark.parametrize("at", ["5000", "99999999", "inf"])
def test_an_epoch_behind_the_end_is_said_once_and_mended(at):
    page = on_page(at=at)
    assert [each.value for each in page.warning] == ["The run ends at epoch 1,000: that is shown instead."]
    assert page.query_params == {}
    page.run()
    assert [each.value for each in page.warning] == ["The run ends at epoch 1,000: that is shown instead."]
    page.slider(key="check_at").set_value(5).run()
    assert not page.warning


def test_an_epoch_that_is_not_yet_there_stays_in_the_link():
    link = {"epochs": "100000", "samples": "5000", "dataset": "circles", "hidden_sizes": "16,16,16", "at": "5000"}
    page = on_page(**link)
    assert page.query_params["at"] == "5000"
    assert not page.warning


OVERFLOW = {
    "dataset": "or", "samples": "4", "features": "sin_x2", "activation": "sigmoid", "initializer": "normal",
    "learning_rate": "100", "schedule": "exponential", "batch_size": "4", "epochs": "300", "l1": "0.01", "l2": "1",
    "dropout": "0.5", "seed": "90",
}  # fmt: skip


@pytest.mark.parametrize(
    "link", [OVERFLOW, {"dataset": "plane", "learning_rate": "100", "changes": "500~learning_rate~0.01"}]
)
def test_numbers_that_allow_no_check_accuse_nothing(link):
    page = on_page(**link)
    assert not page.error
    assert not page.success
    assert "No check is possible here" in words(page)
    assert "gives it away" not in words(page)
    assert "backpropagation is wrong" not in words(page)
    assert "nan" not in words(page)
    assert "\N{BALLOT X}" not in words(page)


def test_a_link_to_it_says_which_run():
    page = on_page(learning_rate="0.7", seed="3", bug="mean")
    assert page.session_state["config"] == Config(learning_rate=0.7, seed=3)
    assert page.query_params == {"learning_rate": "0.7", "seed": "3", "bug": "mean"}


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"dataset": "own"}, "There are no training points yet"),
        ({"precision": "float32", "epochs": "20"}, "float64"),
        ({"dropout": "0.3", "epochs": "20"}, "Dropout is off"),
        ({"epochs": "100000", "samples": "5000", "dataset": "circles", "hidden_sizes": "16,16,16"}, "waits for you"),
        ({"dataset": "circles", "samples": "5000", "hidden_sizes": "16,16,16,16,16,16", "epochs": "1"}, "large"),
        ({"dataset": "sine", "learning_rate": "100", "activation": "linear", "epochs": "400"}, "Training stopped"),
        ({"hidden_sizes": "none"}, "Right: all 3"),
        ({"initializer": "zeros"}, "Right: all 17"),
    ],
)
def test_runs_of_every_kind(link, said):
    assert said in words(on_page(**link))


def test_in_a_browser(visit):
    page = visit("/check?hidden_sizes=3,2")
    page.get_by_text("Right: all").wait_for()
    page.locator(".nn-curves canvas").nth(1).wait_for()
    page.get_by_role("combobox", name="Break a derivative").click()
    page.get_by_role("option", name="1/n is forgotten").click()
    page.get_by_text("was not divided by n").wait_for()
    page.wait_for_url("**/check?hidden_sizes=3%2C2&bug=mean")
    page.wait_for_selector(AT_REST)
    page.go_back()
    page.get_by_text("Right: all").wait_for()

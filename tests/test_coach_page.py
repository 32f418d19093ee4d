"""The coach and the diagnosis on the playground: what is said, tried and taken back, and what the charts hold."""

import numpy as np
import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from nn_core import PRESETS, Config, make_data, run
from nn_core.coach import coach
from nn_core.config import Point
from nn_core.fates import TITLES
from nn_core.mlp import layers
from nn_core.outcome import outcome
from nn_core.vitals import vitals
from tests.test_app_in_browser import drag, rest
from tests.test_curves import shown
from tests.test_pages import config, opened
from ui.figures.diagnosis import MEASURES, NOW_AND_START, absent, now_and_start, over_time, present
from ui.figures.plots import COLOURS, LARGEST

SILENT = "The coach has nothing to mend in this run."
TUTORIAL = PRESETS["tutorial"].config
RUNS = {
    "the first": Config(epochs=60),
    "dead ReLUs": PRESETS["dead_relu"].config,
    "no hidden layer": Config(hidden_sizes=(), epochs=30),
    "zeros": Config(initializer="zeros", epochs=30),
    "classes, deep": Config(dataset="three_spiral", samples=60, hidden_sizes=(5,) * 6, activation="sigmoid", epochs=20),
    "values": Config(dataset="sine", samples=60, activation="gelu", epochs=20),
    "diverged": Config(dataset="sine", activation="relu", learning_rate=100.0, samples=200),
    "diverged at once": Config(dataset="own", classes=1, points=(Point(0, 0, 1), Point(1, 1, 2.5))),
    "nothing to learn from": Config(dataset="own"),
}


def advice_on(of: Config):
    data = make_data(of)
    history = run(of, data)
    return coach(history, vitals(history, data), of, data)


def said(page: AppTest) -> str:
    return "\n".join(each.value for each in (*page.markdown, *page.caption))


def buttons(page: AppTest) -> list[str]:
    return [each.label for each in page.button if each.label in ("Try it", "Take it back")]


def click(page: AppTest, key: str) -> AppTest:
    page.button(key=f"do_{key}").click().run()
    assert not page.exception
    return page


def ended(of: Config) -> list[str]:
    """The losses at the end of a run and what became of it, as the card shows them."""
    history = run(of)
    return [f"{history.train_loss[-1]:.3f}", f"{history.test_loss[-1]:.3f}", TITLES[outcome(history).name]]


def test_a_run_that_is_well_is_left_alone():
    page = opened()
    assert SILENT in said(page)
    assert buttons(page) == []


def test_one_thing_is_said_tried_and_taken_back():
    page = opened(**TUTORIAL.to_query())
    advice = advice_on(TUTORIAL)
    assert advice is not None
    assert advice.sentence in said(page)
    assert "Try activation sigmoid → tanh, first weights 0.01 x normal → normal." in said(page)
    assert buttons(page) == ["Try it"]
    cured = TUTORIAL.replace(**advice.cure or {})
    click(page, "try_cure")
    assert config(page) == cured
    (train, test, end), (new_train, new_test, new_end) = ended(TUTORIAL), ended(cured)
    assert (end, new_end) == ("on a plateau", "on a plateau")
    assert f"**{end}** as before, training loss {train} → {new_train}, test loss {test} → {new_test}." in said(page)
    click(page, "try_cure")  # two nodes are too few: the next thing to mend
    best = cured.replace(hidden_sizes=(8,))
    assert config(page) == best
    assert f"**on a plateau → solved**, training loss {new_train} → {ended(best)[0]}" in said(page)
    assert buttons(page) == ["Take it back"]
    click(page, "take_back")
    assert config(page) == cured
    assert buttons(page) == ["Try it"]
    assert "You tried" not in said(page)


def test_to_redo_is_to_try_again():
    page = opened(**PRESETS["zeros"].config.to_query())
    click(page, "try_cure")
    click(page, "take_back")
    click(page, "Redo")
    assert "You tried first weights zeros → Xavier, uniform: **on a plateau → solved**" in said(page)
    click(page, "Undo")
    assert config(page) == PRESETS["zeros"].config


def test_what_came_of_a_cure_is_gone_with_other_settings():
    page = opened(**PRESETS["zeros"].config.to_query())
    click(page, "try_cure")
    page.selectbox(key="set_activation").set_value("sigmoid").run()
    assert "You tried" not in said(page)


def test_a_cure_is_for_the_whole_run_also_while_training_on():
    page = opened(**PRESETS["too_fast"].config.to_query())
    page.session_state["since"] = 100
    page.run()
    click(page, "try_cure")
    assert config(page) == PRESETS["too_fast"].config.replace(learning_rate=6.0)


def test_another_loss_has_other_numbers():
    page = opened(samples="300", loss="mean_absolute_error", learning_rate="1", seed="3")
    click(page, "try_cure")
    assert "loss mean absolute error → auto" in said(page)
    assert "(of another kind)" in said(page)


def test_noise_gets_a_sentence_and_no_button():
    page = opened(dataset="moons", samples="600", noise="0.35")
    assert "about as good as it gets" in said(page)
    assert buttons(page) == []


def test_a_run_that_waits_or_is_on_its_way_hears_nothing():
    page = opened(hidden_sizes="16,16", epochs="3000", batch_size="10", dataset="spiral", drawer="Diagnosis")
    assert "The coach looks at the run when it is done." in said(page)
    assert buttons(page) == []


def test_a_cure_that_takes_long_waits_for_the_visitor():
    slow = Config(dataset="spiral", samples=2000, hidden_sizes=(8, 8), optimizer="adam", learning_rate=0.01, epochs=150)
    advice = advice_on(slow)
    assert advice is not None
    assert advice.name == "early"
    page = opened(**slow.replace(epochs=150).to_query())
    page.session_state["permitted"] = slow
    page.run()
    click(page, "try_cure")
    assert config(page).epochs == 450
    assert "You tried" in said(page) or "when it is done" in said(page)


@pytest.mark.parametrize("link", [{"dataset": "own"}, {"learning_rate": "nan"}, {"changes": "7~parameters[0]~1000"}])
def test_whatever_the_link_says_the_card_is_there(link):
    page = opened(**link)
    assert not page.exception


# --- the diagnosis ----------------------------------------------------------------------------------------------------


def of(name):
    history, data = run(RUNS[name]), make_data(RUNS[name])
    return vitals(history, data), RUNS[name]


@pytest.mark.parametrize("name", RUNS)
def test_the_charts_hold_what_was_measured(name):
    found, _ = of(name)
    for measure in present(found):
        panel = over_time(found, measure)
        measured = [getattr(layer, measure.name) for layer in found.layers]
        measured = [values for values in measured if np.isfinite(values).any()]
        for line, values in zip((each for each in panel.series if each.legend), measured, strict=True):
            np.testing.assert_array_equal(line.x, found.epochs)
            np.testing.assert_array_equal(line.y, values)
            assert panel.x.high >= line.x[-1]
            finite = values[np.abs(values) < LARGEST]
            assert panel.y.high >= finite.max(initial=0)
            assert panel.y.low <= 1e-9 or panel.y.low <= finite.min(where=finite > 0, initial=np.inf)
        moved = [each.y for each in panel.series if not each.legend]
        for values, layer in zip(moved, found.layers if measure.name == "weights" else (), strict=True):
            np.testing.assert_array_equal(values, layer.moved)
    assert {each.name for each in present(found)}.isdisjoint(each.name for each in absent(found))


@pytest.mark.parametrize("name", RUNS)
def test_every_weight_is_a_dot(name):
    found, config = of(name)
    _, *dots = now_and_start(found, config).series
    inputs = zip(config.layer_sizes, config.layer_sizes[1:], strict=False)
    assert [len(each.x) for each in dots] == [a * b for a, b in inputs]
    for each, start, now in zip(dots, *(layers(net, config) for net in (found.start, found.now)), strict=True):
        np.testing.assert_array_equal(each.x, start.W.ravel())
        np.testing.assert_array_equal(each.y, now.W.ravel())


def test_every_measure_is_one_of_the_vitals_and_explained_in_a_sentence():
    found, _ = of("the first")
    for measure in MEASURES:
        assert hasattr(found.layers[0], measure.name)
        assert measure.meaning.endswith(".")
    assert len(set(COLOURS)) == len(COLOURS) >= 6


@pytest.mark.parametrize("name", RUNS)
def test_the_drawer_shows_a_chart_for_each_measure(name):
    page = opened(**RUNS[name].to_query())
    page.session_state["drawer"] = "Diagnosis"
    page.run()
    assert not page.exception
    found, config = of(name)
    *over_epochs, now = shown(page)
    assert len(over_epochs[0]["series"]) == len(config.layer_sizes) - 1
    for panel, measure in zip(over_epochs, present(found), strict=True):
        assert (panel["title"], panel["meaning"], panel["y"]["title"]) == (measure.title, measure.meaning, measure.unit)
    assert now["meaning"] == NOW_AND_START
    none = " or ".join(measure.title.lower() for measure in absent(found))
    assert (f"There were never any {none} in this run." in said(page)) == bool(none)


# --- in a browser -----------------------------------------------------------------------------------------------------


def steady(part) -> dict:
    """Where it is once the page about it has been laid out."""
    boxes = [part.bounding_box()]
    while len(boxes) < 4 or boxes[-1] != boxes[-3]:
        part.page.wait_for_timeout(300)
        boxes.append(part.bounding_box())
    return boxes[-1]


@pytest.mark.browser
def test_the_coach_waits_for_the_hand_to_leave_the_slider(visit):
    page = visit()
    card = page.locator(".st-key-coach")
    expect(card).to_contain_text(SILENT)
    before = steady(card)
    drag(page, page.get_by_role("slider", name="Learning rate"), 0.66, 0.4, 0.2, release=False)
    expect(card).to_contain_text(SILENT)
    assert card.bounding_box() == before
    page.mouse.up()
    expect(card).to_contain_text("The rate is too small")
    rest(page)
    page.get_by_role("button", name="Try it").click()
    expect(card).to_contain_text("You tried learning rate")
    rest(page)
    page.get_by_role("button", name="Take it back").click()
    expect(card).to_contain_text("The rate is too small")

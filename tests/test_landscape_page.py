"""The page Landscape: its map, paths and figures are those of nn_core, its link says it all, nothing can hurt it."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nn_core import Config, make_data, population, run
from nn_core.landscape import losses, names, principal_plane, training_rows
from nn_core.mlp import data_loss
from nn_core.race import RATES
from tests.conftest import AT_REST, ROOT
from tests.support import decode
from tests.test_check_page import on_page, words
from tests.test_many_pages import payloads
from ui.theme import short

PAGE = str(ROOT / "pages" / "networks" / "landscape.py")


class Shown(NamedTuple):
    """What the page has sent to the picture: header, heights (steps, steps), and of each walk by name its epochs (T,),
    places (T, 2), losses (T,) and those of the map beneath (T,)."""

    header: dict[str, Any]
    u: np.ndarray
    v: np.ndarray
    heights: np.ndarray
    walks: dict[str, tuple[np.ndarray, ...]]


def shown(page: AppTest) -> Shown:
    (payload,) = payloads(page, "terrain")
    header, arrays = decode(payload)
    steps = int(len(arrays["heights"]) ** 0.5)
    low, high = np.array(header["domain"]).reshape(2, 2).T
    walks, start = {}, 0
    for walk in header["walks"]:
        way = arrays["ways"][start : start + 5 * walk["count"]].reshape(5, -1).astype(float)
        walks[walk["name"]] = way[0], low + way[1:3].T * (high - low), way[3], way[4]
        start += way.size
    u, v = np.linspace(low, high, steps).T
    return Shown(header, u, v, arrays["heights"].reshape(steps, steps), walks)


def here(**link: str) -> AppTest:
    return on_page(PAGE, **link)


def lines(page: AppTest) -> dict[str, list[str]]:
    (text,) = (each.value for each in page.markdown if each.value.startswith("|  | Learning rate"))
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    return {line[0]: line[1:] for line in cells}


def test_the_first_look_is_along_the_path():
    page = here()
    history = run(Config())
    plane, shares = principal_plane(history.parameters[-1], [history.parameters])
    assert f"{100 * shares[0]:.1f}" in words(page)
    told, data = shown(page), make_data(Config())
    epochs, places, loss, _ = told.walks["this run"]
    np.testing.assert_array_equal(epochs, history.snapshot_epochs)
    np.testing.assert_allclose(places, plane.project(history.parameters), atol=1e-5)
    np.testing.assert_allclose(loss, history.train_loss[np.searchsorted(history.epochs, epochs)], rtol=1e-6)
    for i, j in ((0, 0), (30, 11), (60, 60)):
        parameters = plane.at(np.array([[told.u[j], told.v[i]]]))[0]
        expected = data_loss(parameters, data.x_train, data.y_train, Config())
        assert told.heights[i, j] == pytest.approx(np.log10(expected), rel=1e-6, abs=1e-6)
    assert told.header["unit"] == "nats"
    assert lines(page)["this run"][1] == short(history.train_loss[-1])
    assert page.query_params == {}


def test_two_weights():
    page = here(plane="weights", first="1", second="6")
    called = names(Config())
    told, path = shown(page), run(Config()).parameters
    assert told.header["axes"] == [called[1], called[6]]
    np.testing.assert_allclose(told.walks["this run"][1], path[:, [1, 6]], atol=1e-5)
    page.selectbox(key="landscape_first").set_value(4).run()
    assert page.query_params == {"plane": "weights", "first": "4", "second": "6"}
    assert shown(page).header["axes"] == [called[4], called[6]]


def test_random_directions_by_seed():
    one, same, other = here(plane="random", draw="5"), here(plane="random", draw="5"), here(plane="random", draw="6")
    np.testing.assert_array_equal(shown(one).heights, shown(same).heights)
    assert not np.array_equal(shown(one).heights, shown(other).heights)
    one.button(key="do_landscape_draw").click().run()
    assert one.session_state["landscape_chosen"].draw != 5


def test_width_and_epoch():
    page = here()
    before = shown(page).u
    page.select_slider(key="landscape_zoom").set_value("5").run()
    assert np.ptp(shown(page).u) == pytest.approx(5 * np.ptp(before))
    page.slider(key="landscape_at").set_value(0).run()
    assert page.query_params == {"zoom": "5", "at": "0"}
    told = shown(page)
    star = [told.u[0] + told.header["star"][0] * np.ptp(told.u), told.v[0] + told.header["star"][1] * np.ptp(told.v)]
    np.testing.assert_allclose(star, told.walks["this run"][1][0], atol=1e-5)


def test_a_race_from_the_same_start():
    page = here(rivals="momentum,adam")
    told, table = shown(page), lines(page)
    data = make_data(Config())
    rows = training_rows(data.x_train, data.y_train, Config())
    histories = [run(Config()), *_rivals(table)]
    plane = principal_plane(histories[0].parameters[-1], [history.parameters for history in histories]).plane
    assert list(told.walks) == ["this run", "momentum", "Adam"]
    for title, history in zip(("momentum", "Adam"), histories[1:], strict=True):
        tried = population.run(history.config.replace(learning_rate=rate) for rate in RATES).final_loss
        assert history.config.learning_rate == RATES[int(np.nanargmin(tried))]
        assert table[title][:2] == [f"{history.config.learning_rate:g}", short(history.train_loss[-1])]
        _, places, _, beneath = told.walks[title]
        expected = plane.project(history.parameters)
        np.testing.assert_allclose(places, expected, atol=1e-4)
        np.testing.assert_allclose(beneath, losses(plane.at(expected), rows, Config()), rtol=1e-5)
        assert table[title][2] == short(losses(plane.at(expected[-1:]), rows, Config())[0])
    page.button_group(key="landscape_own_rates").set_value(0).run()
    assert lines(page)["Adam"][0] == "0.5"
    assert page.query_params == {"rivals": "momentum,adam", "own_rates": "0"}


def _rivals(told):
    for name, title in (("momentum", "momentum"), ("adam", "Adam")):
        yield run(Config(optimizer=name, learning_rate=float(told[title][0])))


def test_a_long_race_waits_for_a_click():
    page = here(rivals="momentum,nesterov,rmsprop,adam,adamw", epochs="3000")
    assert list(lines(page)) == ["this run"]
    page.button(key="do_landscape_race").click().run()
    assert len(lines(page)) == 6
    assert not page.exception
    page = here(rivals="momentum,nesterov,rmsprop,adam,adamw", epochs="100000")
    assert "too long for here" in words(page)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"plane": "z"}, "The plane must be one of"),
        ({"first": "4", "second": "4"}, "two different weights"),
        ({"first": "99999", "second": "100000", "plane": "weights"}, "All other parameters"),
        ({"zoom": "1e9"}, "The width must be one of"),
        ({"rivals": "adam,<b>"}, "Optimizers that race must be"),
        ({"draw": "-1"}, "The directions' seed is out of range"),
        ({"own_rates": "7"}, "Rates of their own is out of range"),
        ({"noise": "x"}, "Noise must be"),
    ],
)
def test_bad_links(link, said):
    page = here(**link)
    assert said in words(page)
    assert payloads(page, "terrain")


@pytest.mark.parametrize(
    ("first", "second", "weights"),
    [("99999", "16", ("16", "0")), ("inf", "3", ("16", "3")), ("2", "17", ("2", "16"))],
)
def test_weights_that_are_not_there_are_said_and_mended(first, second, weights):
    page = here(plane="weights", first=first, second=second)
    called = names(Config())
    (said,) = [each.value for each in page.warning]
    assert "This network has 17 parameters, in a link 0 to 16" in said
    assert f"{called[int(weights[0])]} and {called[int(weights[1])]} instead" in said
    assert shown(page).header["axes"] == [called[int(at)] for at in weights]
    assert page.query_params == {
        "plane": "weights",
        **{name: at for name, at, usual in zip(("first", "second"), weights, "01", strict=True) if at != usual},
    }


def test_an_epoch_behind_the_end_is_said_and_mended():
    page = here(at="5000")
    assert [each.value for each in page.warning] == ["The run ends at epoch 1,000: that is shown instead."]
    assert page.query_params == {}


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"dataset": "own"}, "There are no training points yet"),
        ({"initializer": "zeros", "epochs": "5", "hidden_sizes": "none", "learning_rate": "0.00001"}, "variance"),
        ({"initializer": "zeros", "epochs": "5", "dataset": "xor_points"}, "has not moved"),
        ({"epochs": "1"}, "variance"),
        ({"precision": "float32", "epochs": "20"}, "variance"),
        ({"hidden_sizes": "none", "features": "x1", "plane": "weights"}, "0 of them"),
        ({"epochs": "100000", "samples": "5000", "dataset": "circles", "hidden_sizes": "16,16,16"}, "has not moved"),
        ({"dataset": "circles", "samples": "5000", "hidden_sizes": "16,16,16,16,16,16", "epochs": "1"}, "large"),
        ({"dataset": "sine", "learning_rate": "100", "activation": "linear", "epochs": "400"}, "Training stopped"),
        ({"dataset": "sine", "learning_rate": "100", "activation": "linear", "epochs": "400", "plane": "random"}, ""),
    ],
)
def test_runs_of_every_kind(link, said):
    page = here(**link)
    assert said in words(page)


def test_in_a_browser(visit):
    page = visit("/landscape")
    walkers = page.locator(".walkers li")
    page.get_by_role("button", name="Adam", exact=True).click()
    walkers.nth(1).wait_for()
    assert walkers.nth(1).inner_text().startswith("Adam")
    page.wait_for_url("**/landscape?rivals=adam")
    page.get_by_role("radio", name="Random").click()
    page.get_by_text("Both directions are random").wait_for()
    page.wait_for_selector(AT_REST)
    assert "first random direction across" in page.locator("[data-part=flat]").get_attribute("aria-label")
    assert not page.evaluate("'Plotly' in window")

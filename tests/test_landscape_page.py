"""The page Landscape: its map, paths and figures are those of nn_core, its link says it all, nothing can hurt it."""

import base64

import numpy as np
import plotly.io
import pytest
from streamlit.testing.v1 import AppTest

from nn_core import Config, make_data, population, run
from nn_core.landscape import losses, names, principal_plane, training_rows
from nn_core.mlp import data_loss
from nn_core.race import RATES
from tests.conftest import AT_REST, ROOT
from tests.test_check_page import on_page, words

PAGE = str(ROOT / "pages" / "networks" / "landscape.py")


def here(**link: str) -> AppTest:
    return on_page(PAGE, **link)


def figure(page: AppTest, n: int = 0):
    """The n-th chart."""
    return plotly.io.from_json(page.get("plotly_chart")[n].proto.spec)


def array(values) -> np.ndarray:
    """An array of a chart, as Plotly packs it."""
    if isinstance(values, dict):
        packed = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).astype(float)
        return packed.reshape([int(n) for n in str(values.get("shape", len(packed))).split(",")])
    return np.array(values, float)


def trace(chart, name: str):
    return next(chart.select_traces({"name": name, "mode": "lines"}))


def lines(page: AppTest) -> dict[str, list[str]]:
    (text,) = (each.value for each in page.markdown if each.value.startswith("|  | Learning rate"))
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    return {line[0]: line[1:] for line in cells}


def test_the_first_look_is_along_the_path():
    page = here()
    history = run(Config())
    plane, shares = principal_plane(history.parameters[-1], [history.parameters])
    assert f"{100 * shares[0]:.1f}" in words(page)
    chart, data = figure(page), make_data(Config())
    map_, walk = chart.data[0], trace(chart, "this run")
    np.testing.assert_allclose(
        np.column_stack([array(walk.x), array(walk.y)]), plane.project(history.parameters), atol=1e-9
    )
    x, y, z = array(map_.x), array(map_.y), array(map_.z)
    for i, j in ((0, 0), (20, 7), (40, 40)):
        parameters = plane.at(np.array([[x[j], y[i]]]))[0]
        expected = data_loss(parameters, data.x_train, data.y_train, Config())
        assert 10 ** z[i, j] == pytest.approx(expected, rel=1e-9)
    assert lines(page)["this run"][1] == f"{history.train_loss[-1]:.3g}"
    assert page.query_params == {}
    assert figure(page, 1).data[0].type == "surface"


def test_two_weights():
    page = here(plane="weights", first="1", second="6")
    called = names(Config())
    chart, path = figure(page), run(Config()).parameters
    assert chart.layout.xaxis.title.text == called[1]
    walk = trace(chart, "this run")
    np.testing.assert_allclose(array(walk.x), path[:, 1], atol=1e-9)
    np.testing.assert_allclose(array(walk.y), path[:, 6], atol=1e-9)
    page.selectbox(key="landscape_first").set_value(4).run()
    assert page.query_params == {"plane": "weights", "first": "4", "second": "6"}
    assert figure(page).layout.xaxis.title.text == called[4]


def test_random_directions_by_seed():
    one, same, other = here(plane="random", draw="5"), here(plane="random", draw="5"), here(plane="random", draw="6")
    np.testing.assert_array_equal(array(figure(one).data[0].z), array(figure(same).data[0].z))
    assert not np.array_equal(array(figure(one).data[0].z), array(figure(other).data[0].z))
    one.button(key="do_landscape_draw").click().run()
    assert one.session_state["landscape_chosen"].draw != 5


def test_width_and_epoch():
    page = here()
    before = array(figure(page).data[0].x)
    page.select_slider(key="landscape_zoom").set_value("5").run()
    assert np.ptp(array(figure(page).data[0].x)) == pytest.approx(5 * np.ptp(before))
    page.slider(key="landscape_at").set_value(0).run()
    assert page.query_params == {"zoom": "5", "at": "0"}
    chart = figure(page)
    star = next(each for each in chart.select_traces({"mode": "markers"}) if each.marker.symbol == "star")
    walk = trace(chart, "this run")
    assert (star.x[0], star.y[0]) == pytest.approx((array(walk.x)[0], array(walk.y)[0]), abs=1e-9)


def test_a_race_from_the_same_start():
    page = here(rivals="momentum,adam")
    told = lines(page)
    for name, title in (("momentum", "momentum"), ("adam", "Adam")):
        tried = population.run(Config(optimizer=name, learning_rate=rate) for rate in RATES).final_loss
        rate = RATES[int(np.nanargmin(tried))]
        history = run(Config(optimizer=name, learning_rate=rate))
        assert told[title][:2] == [f"{rate:g}", f"{history.train_loss[-1]:.3g}"]
        walk = trace(figure(page), title)
        data = make_data(Config())
        rows = training_rows(data.x_train, data.y_train, Config())
        beneath = array(walk.customdata)[:, 2]
        plane = principal_plane(
            run(Config()).parameters[-1],
            [trained.parameters for trained in (run(Config()), *_rivals(told))],
        ).plane
        np.testing.assert_allclose(
            np.column_stack([array(walk.x), array(walk.y)]), plane.project(history.parameters), atol=1e-7
        )
        np.testing.assert_allclose(
            beneath, losses(plane.at(plane.project(history.parameters)), rows, Config()), rtol=1e-6
        )
    looks = {(each.line.color, each.line.dash) for each in figure(page).select_traces({"mode": "lines"}) if each.name}
    assert len(looks) == 3
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
    assert page.get("plotly_chart")


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [("99999", "16", ("16", "0")), ("inf", "3", ("16", "3")), ("2", "17", ("2", "16"))],
)
def test_weights_that_are_not_there_are_said_and_mended(first, second, shown):
    page = here(plane="weights", first=first, second=second)
    called = names(Config())
    (said,) = [each.value for each in page.warning]
    assert "This network has 17 parameters, in a link 0 to 16" in said
    assert f"{called[int(shown[0])]} and {called[int(shown[1])]} instead" in said
    assert figure(page).layout.xaxis.title.text == called[int(shown[0])]
    assert figure(page).layout.yaxis.title.text == called[int(shown[1])]
    assert page.query_params == {
        "plane": "weights",
        **{name: at for name, at, usual in zip(("first", "second"), shown, "01", strict=True) if at != usual},
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
    page.locator(".js-plotly-plot").nth(1).wait_for()
    page.get_by_role("button", name="Adam", exact=True).click()
    page.get_by_role("cell", name="Adam", exact=True).wait_for()
    page.wait_for_url("**/landscape?rivals=adam")
    page.get_by_role("radio", name="Random").click()
    page.get_by_text("Both directions are random").wait_for()
    page.wait_for_selector(AT_REST)

"""The surface in a real browser: its heights beside NumPy's, the camera, and where its library comes from."""

import numpy as np
import pytest

from nn_core import forward, predict
from tests import test_stage
from tests.test_stage import decode, mount, part, text, trained
from ui.components import SCRIPTS, pack
from ui.components.stage import PLOTLY

page = test_stage.page
pytestmark = pytest.mark.browser

TRACES = """plot => plot.data.map(({ type, x, y, z, cmin, cmax }) => ({
    type, x: Array.from(x), y: Array.from(y), z: Array.from(z, (row) => (row.length ? Array.from(row) : row)),
    cmin, cmax,
}))"""
EYE = "plot => (({ x, y, z }) => [x, y, z])(plot._fullLayout.scene._scene.getCamera().eye)"
TITLES = "plot => ['xaxis', 'yaxis', 'zaxis'].map((name) => plot.layout.scene[name].title.text)"
NO_WEBGL = """() => {
    const original = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
        return kind.startsWith("webgl") ? null : original.call(this, kind, ...more);
    };
}"""


def last_parameters(history):
    return history.parameters[-1].astype(np.float32).astype(float)


def show_surface(page, payload):
    page.add_script_tag(path=str(PLOTLY))
    mount(page, payload)
    part(page, "tab-surface").click()
    page.locator(".plot canvas").first.wait_for()
    at_rest(page)


def plotted(page, script):
    return page.locator(".plot").evaluate(script)


def at_rest(page):
    page.wait_for_timeout(300)  # until the stage has painted its fine grid
    page.locator(".plot[aria-busy=false]").wait_for()


def grid(trace):
    """The places of a surface (n, 2) and its heights (n,)."""
    x1, x2 = np.meshgrid(trace["x"], trace["y"])
    return np.column_stack([x1.ravel(), x2.ravel()]), np.array(trace["z"], float).ravel()


def test_heights_are_the_answers(page):
    payload, history, data = trained(epochs=80)
    show_surface(page, payload)
    surface, points = plotted(page, TRACES)
    x, heights = grid(surface)
    assert len(heights) > 1500
    np.testing.assert_allclose(heights, predict(last_parameters(history), x, history.config)[:, 0], atol=1e-6)
    assert [surface["cmin"], surface["cmax"]] == [0, 1]
    placed = {(x1, x2): target for x1, x2, target in zip(points["x"], points["y"], points["z"], strict=True)}
    assert placed == {(x1, x2): y for (x1, x2), y in zip(data.x_train.tolist(), data.y_train.tolist(), strict=True)}
    page.evaluate("stage.seek(0)")
    at_rest(page)
    first = predict(history.parameters[0].astype(np.float32).astype(float), x, history.config)[:, 0]
    np.testing.assert_allclose(grid(plotted(page, TRACES)[0])[1], first, atol=1e-6)


def test_a_neuron_is_chosen_and_the_data_lie_on_it(page):
    payload, history, _ = trained(hidden_sizes=(3, 2), epochs=80)
    show_surface(page, payload)
    choice = page.get_by_label("Surface of")
    names = ["output", "hidden 1.1", "hidden 1.2", "hidden 1.3", "hidden 2.1", "hidden 2.2"]
    assert choice.locator("option").all_inner_texts() == names
    choice.select_option("hidden 2.1")
    at_rest(page)
    surface, points = plotted(page, TRACES)
    x, heights = grid(surface)
    np.testing.assert_allclose(heights, forward(last_parameters(history), x, history.config).a[1][:, 0], atol=1e-6)
    on_it = forward(last_parameters(history), np.column_stack([points["x"], points["y"]]), history.config).a[1][:, 0]
    np.testing.assert_allclose(points["z"], on_it, atol=1e-6)
    page.evaluate("stage.focus({ layer: 0, unit: 2 }, true)")
    at_rest(page)
    assert choice.input_value() == "0.2", "whichever neuron is looked at"
    choice.select_option("output")
    at_rest(page)
    heights = grid(plotted(page, TRACES)[0])[1]
    np.testing.assert_allclose(heights, predict(last_parameters(history), x, history.config)[:, 0], atol=1e-6)


def test_several_classes_are_a_sheet_each(page):
    payload, history, _ = trained(dataset="three_spiral", hidden_sizes=(8,), epochs=200, learning_rate=0.5)
    show_surface(page, payload)
    *sheets, points = plotted(page, TRACES)
    assert [sheet["type"] for sheet in sheets] == ["surface"] * 3
    x, _ = grid(sheets[0])
    p = predict(last_parameters(history), x, history.config)
    heights = np.column_stack([grid(sheet)[1] for sheet in sheets])
    drawn = np.isfinite(heights)
    np.testing.assert_allclose(heights[drawn], p[drawn], atol=1e-6)
    assert drawn[np.arange(len(p)), p.argmax(axis=1)].all(), "the highest is always there"
    assert not drawn.all()
    assert set(points["z"]) == {1}


def test_a_regression_is_told_in_the_visitors_numbers(page):
    payload, history, data = trained(dataset="sine", hidden_sizes=(4,), epochs=50)
    header, arrays = decode(payload)
    header["axes"] = [  # as a table of the visitor's would bring them
        {"title": "<b>km</b>", "zero": 10.0, "unit": 2.0},
        {"title": "kg", "zero": -1.0, "unit": 1.0},
        {"title": "euro", "zero": 100.0, "unit": 50.0},
    ]
    show_surface(page, pack(header, arrays))
    surface, points = plotted(page, TRACES)
    x, heights = grid(surface)
    answers = predict(last_parameters(history), (x - [10, -1]) / [2, 1], history.config)[:, 0]
    np.testing.assert_allclose(heights, 100 + 50 * answers, atol=1e-4)
    largest = np.abs(np.concatenate([data.y_train, data.y_test])).max()
    np.testing.assert_allclose([surface["cmin"], surface["cmax"]], [100 - 50 * largest, 100 + 50 * largest], rtol=1e-5)
    assert min(points["z"]) > 0
    assert plotted(page, TITLES) == ["‹b>km‹/b>", "kg", "euro"], "a name is no mark-up"


def test_the_camera_is_the_visitors(page):
    show_surface(page, trained(epochs=100)[0])
    start = plotted(page, EYE)
    box = page.locator(".plot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y + 20, steps=5)
    page.mouse.up()
    page.wait_for_timeout(200)
    turned = np.array(plotted(page, EYE))
    angles = [np.arctan2(eye[1], eye[0]) for eye in (start, turned)]
    assert angles[1] - angles[0] == pytest.approx(-0.5, abs=0.02)
    assert np.linalg.norm(turned) == pytest.approx(np.linalg.norm(start)), "no nearer, no farther"
    assert turned[2] > start[2]
    page.evaluate("stage.seek(10)")
    at_rest(page)
    page.evaluate("payload => show(payload)", text(trained(2, epochs=50, hidden_sizes=(3,))[0]))
    at_rest(page)
    np.testing.assert_allclose(plotted(page, EYE), turned, atol=1e-6)
    page.get_by_role("button", name="From above").click()
    page.wait_for_timeout(200)
    assert plotted(page, EYE)[2] > 1.8
    page.get_by_role("button", name="As at first").click()
    page.wait_for_timeout(200)
    np.testing.assert_allclose(plotted(page, EYE), start, atol=1e-6)


def test_without_webgl_or_library_there_is_a_sentence(page):
    mount(page, trained(epochs=5)[0])
    part(page, "tab-surface").click()  # on a blank page there is no address to fetch from
    page.wait_for_timeout(100)
    assert page.locator(".surface-view .note").inner_text().startswith("The 3-D library could not be loaded.")
    page.evaluate(NO_WEBGL)
    part(page, "tab-surface").click()
    page.wait_for_timeout(100)
    assert page.locator(".surface-view .note").inner_text().startswith("This browser shows no 3-D pictures")


def test_the_app_serves_the_library_when_it_is_asked_for(visit):
    page = visit("/")
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    part(page, "tab-hidden").click()
    page.wait_for_timeout(200)
    assert not [url for url in fetched if "plotly" in url]
    part(page, "tab-surface").click()
    page.locator(".plot canvas").first.wait_for()
    (file,) = (name for name in SCRIPTS if name.startswith("plotly-"))
    assert any(url.endswith(f"/scripts/{file}") for url in fetched)
    assert page.locator(".surface-view .note").inner_text() == ""

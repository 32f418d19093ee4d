"""The playground's picture and the server together: what a visitor does to the drawing, the plane and the time line
becomes part of the run, and every number on the screen is what nn_core says."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from nn_core import Config, loss_and_gradient, make_data, run, train
from nn_core.config import Change, Point
from tests.test_app_in_browser import STAGE, rest, stage

pytestmark = pytest.mark.browser


def link(page) -> Config:
    """The settings in the address bar."""
    from urllib.parse import parse_qsl, urlsplit

    config, notices = Config.from_query({k: v for k, v in parse_qsl(urlsplit(page.url).query) if k != "pin"})
    assert not notices
    return config


def figures(page) -> tuple[str, str]:
    return tuple(page.locator(f"{STAGE} [data-part={part}]").inner_text() for part in ("train-loss", "test-loss"))


def shown(config: Config, row: int = -1) -> tuple[str, str]:
    history = run(config)
    return f"{history.train_loss[row]:.4f}", f"{history.test_loss[row]:.4f}"


def test_a_weight_edited_on_the_drawing_is_part_of_the_run(visit):
    page = visit()
    page.get_by_role("button", name="Edit weights").click()
    field = page.locator(".nn-stage .editor input").first
    field.fill("2,5")
    field.press("Enter")
    page.wait_for_url(re.compile("changes="))
    rest(page)
    (change,) = link(page).changes
    assert (change.epoch, change.value) == (1000, 2.5)
    np.testing.assert_allclose(stage(page, "parameters()")[change.index], 2.5)
    assert figures(page) == shown(link(page))
    page.get_by_role("button", name=re.compile("Back to the trained")).click()
    page.wait_for_url(lambda url: "changes=" not in url)
    rest(page)
    assert figures(page) == shown(Config())


def test_the_drawing_grows_and_shrinks(visit):
    page = visit()
    for name, sizes in (("One more: hidden layers", (4, 4)), ("One less: hidden layers", (4,))):
        page.get_by_role("button", name=re.compile(name)).first.click()
        rest(page)
        assert link(page).hidden_sizes == sizes
        assert figures(page) == shown(link(page))


def test_gradients_and_steps_between_recorded_epochs_come_from_the_server(visit):
    config = Config(dataset="moons", samples=200, noise=0.1, batch_size=10, epochs=900, learning_rate=0.1)
    page = visit("/?dataset=moons&samples=200&noise=0.1&batch_size=10&epochs=900&learning_rate=0.1")
    data, updates = make_data(config), list(train(config.replace(epochs=2), every="update"))
    page.get_by_role("button", name="First epoch").click()
    page.get_by_role("button", name="1 update").click()
    element = page.locator(".nn-stage").element_handle()
    for step in (1, 2, 3):
        page.get_by_role("button", name="Step forward").click()
        page.wait_for_function("([s, e]) => Math.abs(s.nnStage.epoch - e) < 1e-6", arg=[element, step / 10])
        parameters = updates[step].state.parameters
        np.testing.assert_allclose(stage(page, "parameters()"), parameters, rtol=1e-6)
    stage(page, "askGradient()")
    page.wait_for_function("s => s.nnStage.gradient()", arg=element)
    _, gradient = loss_and_gradient(parameters, data.x_train, data.y_train, config)
    np.testing.assert_allclose(stage(page, "gradient()"), gradient, rtol=1e-4, atol=1e-8)


def test_training_on_with_another_rate_marks_the_curve(visit):
    page = visit()
    stage(page, "seek(400)")
    at = round(stage(page, "epoch"))
    page.get_by_role("button", name="Train on from here").click()
    page.get_by_text(re.compile("Changes count from epoch")).first.wait_for()
    rate = page.get_by_role("textbox", name="Learning rate")
    rate.fill("0.05")
    rate.press("Enter")
    page.wait_for_url(re.compile("changes="))
    rest(page)
    assert link(page) == Config(changes=(Change(at, "learning_rate", 0.05),))
    page.get_by_role("button", name="Last epoch").click()
    expect(page.locator("[data-part=train-loss]")).to_have_text(shown(link(page))[0])
    page.get_by_role("button", name="from the start again").click()
    rest(page)
    expect(rate).to_have_value("0.5")


def test_until_settled_goes_on_until_there_is_a_verdict(visit):
    page = visit("/?dataset=circles&samples=200&epochs=20&learning_rate=0.3")
    page.get_by_role("button", name="Until settled").click()
    page.get_by_text(re.compile("^Solved$|^Plateau$", re.I)).first.wait_for()
    rest(page)
    assert link(page).epochs > 20
    assert figures(page) == shown(link(page))


def test_a_painted_point_is_learnt_from_and_travels(visit):
    page = visit("/?dataset=xor_points")
    page.get_by_role("button", name="Paint").click()
    box = page.locator("canvas[data-part=map]").bounding_box()
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.wait_for_url(re.compile("points="))
    rest(page)
    (point,) = link(page).points
    assert isinstance(point, Point)
    assert abs(point.x1 - 0.5) < 0.3
    assert figures(page) == shown(link(page))
    other = visit(page.url.removeprefix(page.url.split("/?")[0]))
    assert figures(other) == figures(page)


def test_pins_are_compared_and_restored(visit):
    page = visit("/?hidden_sizes=2&activation=sigmoid")
    page.get_by_role("button", name="Pin this run").click()
    page.wait_for_url(re.compile("pin="))
    rest(page)
    nodes = page.get_by_role("textbox", name="Hidden nodes")
    nodes.fill("6")
    nodes.press("Enter")
    page.wait_for_url(re.compile("hidden_sizes=6"))
    rest(page)
    row = page.get_by_role("row", name=re.compile("Hidden nodes"))
    assert "2" in row.inner_text()
    assert "6" in row.inner_text()
    page.get_by_role("button", name=re.compile("^Restore")).first.click()
    page.wait_for_url(re.compile("hidden_sizes=2"))
    rest(page)
    assert figures(page) == shown(link(page))


def test_an_uploaded_table(visit, tmp_path):
    rows = [f"{i / 10:.1f};{(i % 7) / 10:.1f};{'yes' if i % 7 > 3 else 'no'}".replace(".", ",") for i in range(60)]
    file = tmp_path / "own.csv"
    file.write_text("speed;weight;safe\n" + "\n".join(rows), encoding="utf-16")
    page = visit()
    page.get_by_role("radio", name="Data").click()
    page.locator("input[type=file]").set_input_files(file)
    page.wait_for_url(re.compile("data_id="))
    rest(page)
    assert "yes" in page.locator("[data-part=key]").inner_text()
    other = visit(page.url.removeprefix(page.url.split("/?")[0]))
    assert figures(other) == figures(page), "a second window finds the table"

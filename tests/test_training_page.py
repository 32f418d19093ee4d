"""The page Train: settings and their link, a run on its way, changes on the way, and the network it leaves."""

import json
import time
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from nn_core.config import Config
from nn_core.digits import Network, mnist
from nn_core.images import Images, mean_pictures
from nn_core.slices import Points, train_slice
from tests.conftest import AT_REST, ROOT
from ui.components.progress import MOST_POINTS, encode, thinned
from ui.digits.recipes import RECIPES, TUTORIAL, beside_keras
from ui.figures.layers import story
from ui.jobs import JOBS, Job
from ui.session.images import shelf as image_shelf
from ui.session.networks import shelf

SHORT = {"images": "500", "epochs": "2", "hidden_sizes": "8"}


def opened(**link: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
    page.run()
    for key, value in link.items():
        page.query_params[key] = value
    page.switch_page("../pages/digits/train.py").run()
    assert not page.exception
    return page


def settings(page: AppTest) -> Config:
    return page.session_state["training"]


def job(page: AppTest) -> Job:
    found = JOBS.find(page.session_state["job"])
    assert found is not None
    return found


def link(page: AppTest) -> dict[str, str]:
    return {key: value if isinstance(value, str) else value[-1] for key, value in page.query_params.items()}


def press(page: AppTest, label: str) -> AppTest:
    (button,) = (each for each in page.button if each.label == label)
    button.click().run()
    assert not page.exception
    return page


def wait(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def used(page: AppTest) -> Network:
    """The network that the digit pages look at."""
    return shelf()[link(page)["network"]]


def finished(page: AppTest) -> AppTest:
    wait(lambda: job(page).status != "running")
    return page.run()


def picture(page: AppTest):
    """Header and arrays of the run on the screen."""
    (payload,) = (
        each.proto.bytes for each in page.get("bidi_component") if each.proto.component_name.endswith("progress")
    )
    told, floats = header(payload), np.frombuffer(payload, "<f4", offset=4 + int.from_bytes(payload[:4], "little"))
    return told, {name: floats[at : at + size] for name, (at, size) in told["arrays"].items()}


def header(payload: bytes) -> dict[str, Any]:
    return json.loads(payload[4 : 4 + int.from_bytes(payload[:4], "little")])


def test_it_begins_with_the_tutorials_settings_and_nothing_runs():
    page = opened()
    assert settings(page) == TUTORIAL
    assert page.segmented_control(key="train_recipe").value == "tutorial"
    told, arrays = picture(page)
    assert (told["status"], told["epochs"], told["share"]) == ("Not started", 20, 0)
    assert not len(arrays["loss"])
    assert link(page) == {}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_one_click_and_a_link(name):
    page = opened()
    page.segmented_control(key="train_recipe").set_value("quick" if name == "tutorial" else "tutorial").run()
    page.segmented_control(key="train_recipe").set_value(name).run()
    assert settings(page) == RECIPES[name].config
    assert settings(opened(**link(page))) == RECIPES[name].config


def test_a_link_shows_settings_and_starts_nothing():
    page = opened(**SHORT, dropout="0.2")
    now = settings(page)
    assert (now.images, now.epochs, now.hidden_sizes, now.dropout) == (500, 2, (8,), 0.2)
    assert "job" not in page.query_params
    assert "job" not in page.session_state


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"dataset": "moons"}, "pictures"),
        ({"dataset": "images", "data_id": "0a" * 6}, "no longer here"),
        ({"hidden_sizes": "1024,1024,1024"}, "parameters"),
        ({"activation": "relu,tanh"}, "the same activation"),
        ({"batch_size": "0"}, "batches of 32"),
        ({"changes": "1~batch_size~0"}, "batches of 32"),
        ({"learning_rate": "fast"}, "Learning rate"),
        ({"job": "nobody's"}, "no longer here"),
    ],
)
def test_what_a_link_cannot_have_gets_a_sentence(given, said):
    page = opened(**given)
    assert settings(page).n_parameters == TUTORIAL.n_parameters
    assert settings(page).batch_size == TUTORIAL.batch_size
    assert any(said in each.value for each in page.warning), [each.value for each in page.warning]


def test_a_run_shows_what_the_engine_gives_and_leaves_a_network():
    page = finished(press(opened(**SHORT), "Start"))
    config = settings(page)
    expected = train_slice(config, mnist(), None, 1e9)
    told, arrays = picture(page)
    assert (told["status"], told["share"]) == ("Finished", 1)
    for prefix, points in (("", expected.batches), ("held_", expected.held)):
        for name, values in points._asdict().items():
            np.testing.assert_array_equal(arrays[prefix + name], values.astype(np.float32))
    page.text_input(key="network_name").set_value("mine").run()
    press(page, "Use it on the digit pages")
    page.switch_page("../pages/digits/draw.py").run()
    assert not page.exception
    network = used(page)
    assert network.card["name"] == "mine"
    assert (network.config, network.card["seed"]) == (config, config.seed)
    assert np.array_equal(network.parameters, expected.state.parameters)
    assert network.card["accuracy"] == pytest.approx(expected.held.accuracy[-1], abs=1e-4)
    assert "Mine" in [option for radio in page.radio for option in radio.options]


def test_paused_changed_continued_stopped_and_prolonged():
    page = press(opened(**SHORT | {"epochs": "200", "images": "2000"}), "Start")
    wait(lambda: job(page).state)
    press(page, "Pause")
    assert job(page).status == "paused"
    assert page.number_input(key="train_images").disabled
    page.number_input(key="train_learning_rate").set_value(0.0003).run()
    (change,) = settings(page).changes
    assert (change.name, change.value) == ("learning_rate", 0.0003)
    assert change.epoch == job(page).state.epoch + 1
    assert picture(page)[0]["changes"] == [[change.epoch, "learning rate 0.0003"]]
    assert f"{change.epoch}~learning_rate~0.0003" in page.query_params["changes"]
    press(page, "Continue")
    wait(lambda: job(page).state.epoch > change.epoch)
    press(page, "Stop")
    assert job(page).status == "stopped"
    before = job(page)
    press(page, "Start again")
    assert job(page) is not before
    assert JOBS.find(before.id) is None
    JOBS.drop(job(page))


def test_a_finished_run_can_be_prolonged_to_the_same_bits():
    page = finished(press(opened(**SHORT), "Start"))
    finished(press(page, "5 more epochs"))
    whole = train_slice(settings(page).replace(epochs=7, changes=()), mnist(), None, 1e9)
    assert job(page).state.epoch == 7
    assert np.array_equal(job(page).state.parameters, whole.state.parameters)


def test_a_change_under_a_quick_run_is_in_its_link_at_the_epoch_it_was_made():
    page = press(opened(**SHORT | {"epochs": "5000"}), "Start")
    for rate in (0.002, 0.003, 0.004):
        passed = settings(page).changes[-1].epoch if settings(page).changes else 0
        wait(lambda: job(page).state and job(page).state.epoch > passed)  # noqa: B023
        page.number_input(key="train_learning_rate").set_value(rate).run()
    press(page, "Stop")
    finished(press(page, "One epoch"))
    now = JOBS.still(job(page))
    whole = train_slice(settings(opened(**link(page))), mnist(), None, 1e9, until=now.state.epoch)
    assert len(now.task.changes) == 3
    assert now.state.update == whole.state.update
    assert np.array_equal(now.state.parameters, whole.state.parameters)
    JOBS.drop(job(page))


def test_start_again_leaves_a_run_that_somebody_else_watches():
    page = press(opened(**SHORT | {"epochs": "5000"}), "Start")
    shared = job(page)
    wait(lambda: shared.state)
    shared.watchers.add(lambda: True)
    press(page, "Stop")
    press(page, "Start again")
    assert JOBS.find(shared.id) is shared is not job(page)
    assert len(shared.watchers) == 1
    for each in (shared, job(page)):
        JOBS.drop(each)


def test_where_there_is_no_room_the_run_before_is_kept(monkeypatch):
    page = finished(press(opened(**SHORT), "Start"))
    before = job(page)
    before.watchers.add(lambda: True)
    monkeypatch.setattr(JOBS, "_most", 1)
    press(page, "Start again")
    assert job(page) is before
    assert any("try again" in each.value for each in page.warning)
    JOBS.drop(before)


def test_an_edited_setting_starts_from_what_is_shown():
    page = finished(press(opened(**SHORT), "Start"))
    assert not any("other settings" in each.value for each in page.caption)
    page.number_input(key="train_dropout").set_value(0.1).run()
    assert settings(page) == Config.from_query({**TUTORIAL.to_query(), **SHORT, "dropout": "0.1"})[0]
    assert any("other settings" in each.value and "dropout 0 → 0.1" in each.value for each in page.caption)
    assert picture(page)[0]["status"] == "Finished", "the run stays on the screen"


def test_a_run_that_diverges_says_so_and_offers_a_lower_rate():
    page = finished(press(opened(**SHORT, learning_rate="100", optimizer="gradient_descent", l2="1"), "Start"))
    assert picture(page)[0]["status"] == "Stopped by itself"
    assert any("learning rate" in each.value for each in page.warning)
    press(page, "Start again, slower, at 0.1")
    assert settings(page).learning_rate == 0.1
    JOBS.drop(job(page))


def test_a_run_that_does_not_learn_is_told_and_begins_again_as_the_tutorial_does():
    page = finished(press(opened(images="10000", epochs="1", hidden_sizes="8", learning_rate="10"), "Start"))
    assert any("It is not learning" in each.value for each in page.warning)
    press(page, "Start again with learning rate 0.001")
    assert settings(page).learning_rate == 0.001
    finished(page)
    assert not page.warning


def test_what_is_learnt_by_heart_begins_again_with_bent_pictures():
    page = finished(press(opened(images="500", epochs="30", hidden_sizes="64", learning_rate="0.003"), "Start"))
    assert any("by heart" in each.value for each in page.warning)
    press(page, "Start again with pictures bent anew in each epoch")
    assert settings(page).augment == 1
    JOBS.drop(job(page))


def test_epoch_by_epoch():
    page = finished(press(opened(**SHORT | {"epochs": "3"}), "One epoch"))
    assert (job(page).status, job(page).state.epoch) == ("paused", 1)
    finished(press(page, "One epoch"))
    assert (job(page).status, job(page).state.epoch) == ("paused", 2)
    finished(press(page, "Continue"))
    finished(press(page, "1 more epoch"))
    assert (job(page).status, job(page).state.epoch) == ("finished", 4)
    whole = train_slice(settings(page), mnist(), None, 1e9)
    assert np.array_equal(job(page).state.parameters, whole.state.parameters)


def test_another_window_finds_the_run_by_its_link():
    page = press(opened(**SHORT | {"epochs": "300"}), "Start")
    other = opened(job=page.session_state["job"])
    assert job(other) is job(page)
    assert settings(other) == settings(page)
    press(other, "Stop")
    assert job(page).status == "stopped"


def brought(count: int = 200, classes: int = 3) -> Images:
    """A small set that somebody brought."""
    x, y = mnist().x_train[:count], np.arange(count, dtype=np.uint8) % classes
    images = Images(x, y, x, y, tuple(map(str, range(classes))), "Own", f"{count:012}")
    image_shelf()[images.id] = images
    return images


def test_a_set_smaller_than_a_batch_can_be_learnt():
    page = opened(set=brought(100).id)
    assert (settings(page).images, settings(page).batch_size) == (100, 32)
    page.segmented_control(key="train_recipe").set_value("ours").run()
    assert not page.exception
    assert settings(page).batch_size <= 100


def test_a_run_keeps_its_pictures_when_they_are_taken_off_the_list_and_for_who_has_only_its_link():
    images = brought()
    page = press(opened(set=images.id, images="200", epochs="1000", hidden_sizes="8"), "Start")
    wait(lambda: job(page).result)
    other = opened(job=job(page).id)
    assert settings(other).data_id == images.id == link(other)["set"]
    press(page, "Pause")
    press(page, "Take “Own” off the list")
    page.number_input(key="train_learning_rate").set_value(0.002).run()
    assert settings(page).data_id == job(page).task.data_id == images.id
    assert len(settings(page).changes) == 1
    press(page, "Use it on the digit pages")
    assert used(page).config.data_id == images.id
    press(page, "Stop")
    assert settings(page.run()).dataset == "mnist"
    assert picture(page)[0]["classes"] == ["0", "1", "2"]


def galleries(page: AppTest) -> list[bytes]:
    return [each.proto.bytes for each in page.get("bidi_component") if each.proto.component_name.endswith("gallery")]


def opened_drawer(page: AppTest, key: str) -> AppTest:
    page.session_state[key] = True
    return page.run()


def test_the_pictures_are_there_to_be_looked_at():
    page = opened(images="500")
    assert galleries(page) == []
    means, examples = galleries(opened_drawer(page, "look_at_pictures"))
    labels = mnist().y_train[:500]
    assert means.endswith(mean_pictures(mnist().x_train[:500], labels, 10)[0].tobytes())
    captions = [f"{label}: {int((labels == label).sum())}" for label in range(10)]
    assert header(means)["captions"] == captions
    places = [int(text.replace(",", "")) for text in header(examples)["captions"]]
    assert set(labels[places]) == {0}
    assert examples.endswith(mnist().x_train[places].tobytes())
    press(page, "Others")
    assert header(galleries(page)[1])["captions"] != header(examples)["captions"]


def test_bent_pictures_are_shown_as_they_are_learnt():
    page = opened_drawer(opened(), "more_settings")
    (straight,) = galleries(page)
    assert straight.endswith(mnist().x_train[:8].tobytes())
    page.number_input(key="train_augment").set_value(1.0).run()
    (bent,) = galleries(page)
    assert header(bent)["captions"] == header(straight)["captions"]
    assert bent[-8 * 784 :] != straight[-8 * 784 :]


def test_the_story_of_the_layers_is_what_the_run_measured():
    page = finished(press(opened(**SHORT), "Start"))
    run = train_slice(settings(page), mnist(), None, 1e9)
    figure: Any = story(run.held.epoch, run.layers)
    gradients = {trace.name: trace.y for trace in figure.data if trace.yaxis == "y"}
    idle = {trace.name: trace.y for trace in figure.data if trace.yaxis == "y2"}
    assert (list(gradients), list(idle)) == (["hidden 1", "output"], ["hidden 1"])
    np.testing.assert_array_equal(gradients["output"], run.layers[:, 1, 0])
    np.testing.assert_array_equal(idle["hidden 1"], run.layers[:, 0, 4])
    opened_drawer(page, "layers")
    assert not page.exception
    assert len(page.get("plotly_chart")) == 2


def test_long_curves_are_thinned_by_means():
    n = 2 * MOST_POINTS + 1
    points = Points(np.arange(n) / 10, np.random.default_rng(0).random(n), np.arange(n) / n)
    few = thinned(points)
    assert len(few.epoch) <= MOST_POINTS
    assert few.epoch[-1] == points.epoch[-1]
    for i in (0, 7, len(few.epoch) - 1):
        group = slice(3 * i, 3 * i + 3)
        assert few.loss[i] == pytest.approx(points.loss[group].mean())
        assert few.epoch[i] == points.epoch[group][-1]
    payload = encode(points, points, status="", share=0.5, figures=[], epochs=9, changes=[], classes=["a", "b"])
    assert len(payload) < 60_000
    assert thinned(few) is few


def test_the_table_beside_keras_says_where_it_comes_from():
    table = beside_keras()
    assert "benchmarks/mnist.py" in table
    measured = json.loads((ROOT / "data" / "keras.json").read_text(encoding="utf-8"))["seconds_per_epoch"]
    for name, seconds in measured.items():
        if name.startswith("Keras"):
            assert f"| {name} | {seconds:.2f} s" in table


@pytest.mark.browser
def test_a_run_in_the_browser_grows_survives_a_reload_and_becomes_a_choice(visit):
    page = visit("/train?images=3000&epochs=40&hidden_sizes=32")
    updates = page.locator(".nn-progress dd").nth(1)
    count = lambda: int(updates.inner_text().replace(",", ""))  # noqa: E731
    page.get_by_role("button", name="Start").click()
    page.locator(".nn-progress dt", has_text="Updates").wait_for()
    first = count()
    wait(lambda: page.wait_for_timeout(50) or count() > first)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-part=status]")).to_have_text("Paused")
    page.reload()
    page.wait_for_selector(AT_REST)
    expect(page.locator("[data-part=status]")).to_have_text("Paused")
    assert count() >= first
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-part=status]")).to_have_text("Finished", timeout=60_000)
    page.get_by_role("textbox", name="Name of the network").fill("grown here")
    page.get_by_role("button", name="Use it on the digit pages").click()
    page.get_by_role("link", name="Draw a digit for it").click()
    page.get_by_text("Grown here").first.wait_for()

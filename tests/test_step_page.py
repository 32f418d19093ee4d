"""The page Step through: the point and the epoch in its link, what the browser is sent, and the walk in a browser."""

import json
import zlib
from dataclasses import asdict

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import ui.components.walk as component
from nn_core import Config, make_data
from nn_core.mlp import initial_parameters
from nn_core.operations import OPERATIONS
from nn_core.shares import pulls, shares
from nn_core.steps import steps
from nn_core.training import stand_at
from nn_core.upcoming import next_batch, next_update
from tests.conftest import AT_REST, ROOT
from tests.support import decode, mounted, unpacked, varied_config
from tests.test_many_pages import back, payloads, words
from tests.test_stage import open_page
from ui.components.walk import distinct, encode, wished
from ui.session.explaining import DEPTHS

PAGES = {name: str(ROOT / "pages" / "networks" / f"{name}.py") for name in ("playground", "step")}
LISTEN = "window.sent = []; window.setStateValue = (name, value) => sent.push(value)"
ADAM = Config(optimizer="adamw", l2=0.01, clip=0.05, dropout=0.3, schedule="cosine", hidden_sizes=(3, 2))


def on_page(**link: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
    page.switch_page(PAGES["step"])
    page.query_params.update(link)
    page.run()
    assert not page.exception
    return page


def values(found) -> np.ndarray:
    return np.array([step.value for step in found], np.float32)


def address(page: AppTest) -> dict[str, str]:
    return {name: text if isinstance(text, str) else text[-1] for name, text in page.query_params.items()}


def sent(page: AppTest) -> bytes:
    (payload,) = payloads(page, "walk")
    return payload


def texts(payload: bytes) -> dict:
    header, rest = unpacked(payload)
    begin = 4 * sum(size for _, size in header["arrays"].values())
    return json.loads(zlib.decompress(rest[begin : begin + header["packed"]]))


def expected(config: Config, epoch: int, x=None, y=None, row: int = 0, alone: bool = False):
    """The steps seen from a training point in the batch of the run, or from a point alone, as is each other place."""
    if x is None and not alone:
        return in_batch(config, epoch, row)[0]
    data = make_data(config)
    stand = stand_at(config, data, epoch)
    state, place = stand.state, data.x_train[row] if x is None else np.array(x)
    target = float(data.y_train[row]) if y is None else y
    return steps(state.parameters, state.memory, place, target, stand.config, *next_update(config, data, stand))


def in_batch(config: Config, epoch: int, row: int = 0):
    """Steps, training points of the batch, and their shares."""
    data = make_data(config)
    stand = stand_at(config, data, epoch)
    state, chosen = stand.state, next_batch(config, data, stand)
    row = row if row in chosen.rows else chosen.rows[0]
    parts = shares(state.parameters, data, chosen, row, stand.config)
    following = next_update(config, data, stand)._replace(masks=parts.own_masks)
    sample = data.x_train[row], float(data.y_train[row])
    found = steps(state.parameters, state.memory, *sample, stand.config, *following, parts)
    return found, chosen.rows, parts


# --- the page ---------------------------------------------------------------------------------------------------------


def test_a_first_visit_walks_the_first_update_of_a_point_without_zeros():
    page = on_page()
    header, arrays = of_walk(page)
    row = int((make_data(Config()).x_train == 1).all(axis=1).argmax())
    found = expected(Config(), 0, row=row)
    np.testing.assert_array_equal(arrays["value"], values(found))
    assert texts(sent(page))["names"] == [step.name for step in found]
    assert (header["row"], header["at"]) == (row, 0)
    assert address(page) == {}
    assert not page.warning


def of_walk(page: AppTest):
    """Header and arrays of what was sent; behind the arrays stand the texts."""
    return decode(sent(page))


@pytest.mark.parametrize(
    "link",
    [
        {"epoch": "3", "row": "7", "step": "9"},
        {"epoch": "1", "place": "0.3~-0.2~1", "step": "2"},
        {"epoch": "200", "row": "1"},
        {"epoch": "2", "row": "3", "alone": "1", "step": "9"},
    ],
)
def test_epoch_point_and_step_are_in_the_link(link):
    page = on_page(**ADAM.replace(epochs=300).to_query(), **link)
    header, arrays = of_walk(page)
    place = [float(part) for part in link["place"].split("~")] if "place" in link else None
    row = int(link.get("row", 1)) - 1
    found = expected(
        ADAM.replace(epochs=300), int(link["epoch"]), place and place[:2], place and place[2], row, "alone" in link
    )
    np.testing.assert_array_equal(arrays["value"], values(found))
    assert header["at"] == int(link.get("step", 1)) - 1
    assert header["row"] == (None if place else row)
    assert address(page) == ADAM.replace(epochs=300).to_query() | link


@pytest.mark.parametrize("i", range(0, 64, 5))
def test_whatever_the_playground_can_make_is_walked(i):
    config = varied_config(i)
    page = on_page(**config.to_query(), epoch=str(config.epochs), row="1")
    header, arrays = of_walk(page)
    found, rows, _ = in_batch(config, config.epochs, header["row"])
    np.testing.assert_array_equal(arrays["value"], values(found))
    data = make_data(config)
    lie_there = {(*data.x_train[row], data.y_train[row]) for row in rows}
    assert len(arrays["rows"]) == len(lie_there)
    assert {*arrays["rows"].astype(int)} <= {*rows}


@pytest.mark.parametrize(
    "link",
    [
        {"epoch": "-3"},
        {"epoch": "99999"},
        {"epoch": "nan"},
        {"row": "0"},
        {"row": "5000"},
        {"row": "1e999"},
        {"step": "99999"},
        {"step": "x"},
        {"place": "1~2"},
        {"place": "1~2~nan"},
        {"place": "1~2~7"},
        {"place": "1~2~0.5"},
        {"place": "~" * 5000},
        {"alone": "7"},
        {"place": "99~99~1"},
        {"epoch": "<b>", "row": "$", "place": "[x](y)", "step": "\u2028"},
    ],
)
def test_a_hostile_link_loses_nothing(link):
    page = on_page(hidden_sizes="3", **link)
    assert page.session_state["config"] == Config(hidden_sizes=(3,))
    header, _ = of_walk(page)
    assert header["network"]["sizes"] == [2, 3, 1]


def test_what_is_not_there_is_said():
    assert "The run ends at epoch 1,000" in words(on_page(epoch="2000"))
    assert "There are 1,000 training points" in words(on_page(row="1001"))
    assert "Class must be a whole number from 0 to 1" in words(on_page(place="0~0~3"))
    assert "epoch must be a whole number" in words(on_page(epoch="soon"))


@pytest.mark.parametrize(
    ("link", "said", "mended"),
    [
        ({"epoch": "-1"}, "The link's epoch must be 0 at least: 0 is shown instead.", {}),
        ({"epoch": "inf"}, "The run ends at epoch 1,000: that is shown instead.", {"epoch": "1000"}),
        ({"row": "0"}, "The link's row must be 1 at least: 1 is shown instead.", {"row": "1"}),
        ({"row": "1e9"}, "There are 1,000 training points: the last one is shown instead.", {"row": "1000"}),
        ({"row": "x"}, "The link's row must be a whole number from 1 on: it is left out.", {}),
        ({"alone": "yes"}, "The link's alone must be 1 for this point alone, or 0: it is left out.", {}),
        ({"step": "0"}, "The link's step must be 1 at least: 1 is shown instead.", {}),
        ({"place": "inf~0~1"}, "The numbers of a place go from \N{MINUS SIGN}10 to 10", {"place": "10~0~1"}),
    ],
)
def test_what_is_moved_is_said_once_and_mended(link, said, mended):
    page = on_page(**link)
    (warning,) = [each.value for each in page.warning]
    assert said in warning
    assert address(page) == mended


@pytest.mark.parametrize("step", ["1000000", "99999999999"])
def test_a_step_behind_the_last_is_said_and_mended(step):
    page = on_page(step=step)
    count = len(values(expected(Config(), 0)))
    assert [each.value for each in page.warning] == [f"This update has {count:,} steps: the last one is shown instead."]
    assert address(page) == {"step": str(count)}
    assert of_walk(page)[0]["at"] == count - 1


def test_controls_choose_epoch_and_point():
    page = on_page(row="1")
    page.slider[0].set_value(20).run()
    assert address(page)["epoch"] == "20"
    found = expected(Config(), 20)
    np.testing.assert_array_equal(of_walk(page)[1]["value"], values(found))
    page.number_input(key="walk_row").set_value(3).run()
    assert address(page)["row"] == "3"
    found = expected(Config(), 20, row=2)
    np.testing.assert_array_equal(of_walk(page)[1]["value"], values(found))
    page.button_group(key="walk_own").set_value(True).run()
    x1, x2 = make_data(Config()).x_train[2]
    assert address(page)["place"] == f"{x1:g}~{x2:g}~{make_data(Config()).y_train[2]:g}"
    page.number_input(key="walk_place_0").set_value(0.25).run()
    page.selectbox(key="walk_class").set_value(1).run()
    assert address(page)["place"] == f"0.25~{x2:g}~1"
    assert not page.exception


def test_what_the_update_is_made_from_is_chosen():
    page = on_page(row="3")
    np.testing.assert_array_equal(of_walk(page)[1]["value"], values(expected(Config(), 0, row=2)))
    page.button_group(key="walk_alone").set_value(True).run()
    assert address(page) == {"row": "3", "alone": "1"}
    np.testing.assert_array_equal(of_walk(page)[1]["value"], values(expected(Config(), 0, row=2, alone=True)))
    assert "Here the batch is this one point." in page.caption[-1].value
    page.button_group(key="walk_alone").set_value(False).run()
    assert address(page) == {"row": "3"}
    assert "the mean over all 1,000 training points; 4 of them are different" in page.caption[-1].value


def test_a_place_of_ones_own_is_in_no_batch():
    page = on_page(place="0.3~0.2~1")
    assert page.button_group(key="walk_alone").value is True
    page.button_group(key="walk_alone").set_value(False).run()
    assert address(page) == {}
    assert of_walk(page)[0]["batch"]["samples"] == 1000


def test_from_a_late_step_of_the_batch_a_place_of_ones_own_is_chosen_without_a_warning():
    page = on_page(row="3", step="76")
    page.button_group(key="walk_own").set_value(True).run()
    x1, x2 = make_data(Config()).x_train[2]
    assert address(page)["place"].startswith(f"{x1:g}~{x2:g}~")
    assert not page.warning


def test_a_point_that_is_not_in_the_batch_is_said_and_another_one_taken():
    config = Config(dataset="moons", samples=100, batch_size=10)
    batch = set(
        in_batch(config, 0, next_batch(config, make_data(config), stand_at(config, make_data(config), 0)).rows[0])[1]
    )
    absent = min(set(range(50)) - batch)
    following = min((row for row in batch if row > absent), default=min(batch))
    page = on_page(**config.to_query(), row=str(absent + 1))
    (warning,) = [each.value for each in page.warning]
    assert warning == (
        f"Training point {absent + 1} is not in the batch of this update. Point {following + 1} is: "
        "it is shown instead."
    )
    assert address(page)["row"] == str(following + 1)
    np.testing.assert_array_equal(of_walk(page)[1]["value"], values(expected(config, 0, row=following)))
    assert [int(each) - 1 for each in page.selectbox(key="walk_row_of_batch").options] == sorted(batch)
    assert "10 points, the first of 5 batches of its epoch" in page.caption[-1].value
    page.selectbox(key="walk_row_of_batch").set_value(max(batch)).run()
    assert address(page)["row"] == str(max(batch) + 1)
    assert not page.warning


def test_an_equal_point_stands_in_for_one_that_is_not_in_the_batch():
    config = Config(batch_size=100)
    data = make_data(config)
    rows = next_batch(config, data, stand_at(config, data, 0)).rows
    absent = min(set(range(1000)) - set(rows))
    row = of_walk(on_page(**config.to_query(), row=str(absent + 1)))[0]["row"]
    assert row in rows
    np.testing.assert_array_equal(data.x_train[row], data.x_train[absent])
    assert data.y_train[row] == data.y_train[absent]


def test_a_long_run_waits_and_its_beginning_can_be_walked():
    config = Config(dataset="moons", samples=5000, hidden_sizes=(16,) * 6, epochs=50_000, optimizer="adam")
    page = on_page(**config.to_query())
    assert any(button.label == "Train it" for button in page.button)
    parameters = initial_parameters(config)
    np.testing.assert_array_equal(of_walk(page)[1]["parameters"], np.float32(parameters))


def test_without_training_points_a_place_can_be_walked():
    page = on_page(dataset="own")
    header, _ = of_walk(page)
    assert header["row"] is None
    assert header["place"] == [0, 0]


def test_the_back_button_returns_to_the_point_before():
    page = on_page(epoch="5")
    back(page, epoch="7", step="3")
    header, _ = of_walk(page)
    assert header["at"] == 2
    assert page.slider[0].value == 7


def test_the_run_of_the_link_becomes_the_visitors_and_stays_on_the_playground():
    page = on_page(**ADAM.to_query())
    page.switch_page(PAGES["playground"])
    page.query_params.clear()
    page.run()
    assert page.session_state["config"] == ADAM
    assert asdict(page.session_state["run"].config) == asdict(ADAM)


# --- what travels -----------------------------------------------------------------------------------------------------


def payload(
    config: Config = ADAM, epoch: int = 50, row: int = 0, at: int = 0, asked: int = 1, alone: bool = False, **more: str
) -> bytes:
    data = make_data(config)
    parameters = stand_at(config, data, epoch).state.parameters
    found, rows, parts = (
        (expected(config, epoch, row=row, alone=True), None, None) if alone else in_batch(config, epoch, row)
    )
    sample = float(data.x_train[row, 0]), float(data.x_train[row, 1]), float(data.y_train[row])
    of_batch = {"rows": rows, "shares": parts}
    return encode(found, parameters, config, data, sample, row=row, asked=asked, at=at, **of_batch, **more)


def test_who_pulls_travels():
    config = Config(dataset="moons", samples=60)
    header, arrays = decode(payload(config, 7, 3))
    _, rows, parts = in_batch(config, 7, 3)
    told, n = pulls(parts), config.n_parameters
    assert header["batch"]["samples"] == header["batch"]["members"] == len(rows) == 30
    members = arrays["members"].reshape(-1, 4)
    np.testing.assert_array_equal(members[header["batch"]["own"], :2], np.float32(make_data(config).x_train[3]))
    named = members[arrays["pulling"].astype(int)].reshape(n, -1, 4)
    np.testing.assert_array_equal(named[..., :2], np.float32(parts.x[told.places]))
    np.testing.assert_array_equal(named[..., 2], parts.y[told.places])
    np.testing.assert_array_equal(named[..., 3], parts.counts[told.places])
    np.testing.assert_array_equal(arrays["pulls"].reshape(n, -1), np.float32(told.shares))
    np.testing.assert_array_equal(arrays["pulled"].reshape(n, -1), np.float32(told.gradients))
    balance = np.column_stack([told.others, told.above, told.below, told.left])
    np.testing.assert_array_equal(arrays["balance"].reshape(n, -1), np.float32(balance))
    assert decode(payload(config, 7, 3, alone=True))[0]["batch"] is None


def test_steps_travel():
    header, arrays = decode(payload())
    found = expected(ADAM, 50)
    for name in ("layer", "unit", "source"):
        np.testing.assert_array_equal(arrays[name], [getattr(step, name) for step in found])
    assert [header["kinds"][int(kind)][0] for kind in arrays["kind"]] == [step.operation for step in found]
    assert header["dropout"]
    for step, code in zip(found, arrays["code"], strict=True):
        for reference, (source, marked) in zip(step.code, header["codes"][int(code)], strict=True):
            assert tuple(header["sources"][source]) == reference[:4]
            assert tuple(marked) == reference.marked
    assert [[tuple(line) for line in lines] for lines in texts(payload())["lines"]] == [
        [tuple(line) for line in step.lines] for step in found
    ]


def test_the_widest_network_stays_below_a_megabyte():
    features = ("x1", "x2", "x1_squared", "x2_squared", "x1_times_x2", "sin_x1", "sin_x2")
    config = Config(
        dataset="three_spiral", hidden_sizes=(16,) * 6, features=features, optimizer="adamw", l2=0.1, samples=5000
    )
    assert len(payload(config, 1)) < 1_000_000


def test_each_place_is_a_point_once():
    data = make_data(Config())
    points = distinct(data)
    assert len(points) == 4
    assert points[:, 4].sum() == 1000
    for x1, x2, target, *_, row in points:
        assert (*data.x_train[int(row)], data.y_train[int(row)]) == (x1, x2, target)


@pytest.mark.parametrize(
    ("state", "value"),
    [
        ({"wish": {"n": 1, "step": 7}}, 7),
        ({"wish": {"step": 0}}, 0),
        ({"wish": {"step": 11}}, None),
        ({"wish": {"step": -1}}, None),
        ({"wish": {"step": True}}, None),
        ({"wish": {"step": 7.0}}, None),
        ({"wish": {"step": "7"}}, None),
        ({"wish": {"row": 7}}, None),
        ({"wish": [7]}, None),
        ({}, None),
        (None, None),
        ("step", None),
    ],
)
def test_only_steps_that_are_there_can_be_told(state, value):
    assert wished(state, "step", 10) == value


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture
def page(browser):
    page = open_page(browser, reduced_motion="reduce", viewport={"width": 1300, "height": 1100})
    yield page
    page.close()
    assert not page.problems


def show(page, *args, **more):
    mounted(page, component, "walk.html", payload(*args, **more), LISTEN)
    page.wait_for_selector(".nn-walk h3:not(:empty)")


def plain(math: str) -> str:
    return "".join(math.split())


def test_buttons_keys_and_slider_walk_to_and_fro(page):
    show(page)
    names = [step.name for step in expected(ADAM, 50)]
    heading = page.locator("h3")
    assert heading.inner_text() == names[0]
    page.get_by_role("button", name="Next").click()
    assert heading.inner_text() == names[1]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert heading.inner_text() == names[2]
    page.keyboard.press("End")
    assert heading.inner_text() == names[-1]
    assert page.get_by_role("button", name="Next").is_disabled()
    page.locator("input[type=range]").fill("10")
    assert heading.inner_text() == names[10]
    page.get_by_role("button", name="Backward").click()
    first = next(i for i, step in enumerate(expected(ADAM, 50)) if OPERATIONS[step.operation].part == "Backward")
    assert heading.inner_text() == names[first]
    assert f"step {first + 1} of {len(names)}" in page.locator(".where").inner_text()


def test_keys_work_before_anything_is_clicked_and_not_in_a_field_of_the_page(page):
    show(page)
    names = [step.name for step in expected(ADAM, 50)]
    page.keyboard.press("ArrowRight")
    assert page.locator("h3").inner_text() == names[1]
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), { id: 'other' }))")
    page.locator("#other").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("h3").inner_text() == names[1]


def test_every_step_shows_its_formula_its_number_and_its_lines_of_code(page):
    show(page)
    found = expected(ADAM, 50)
    seen = page.evaluate(
        """async (count) => {
            const seen = [];
            const slider = root.querySelector("input[type=range]");
            for (let at = 0; at < count; at++) {
                slider.value = at;
                slider.dispatchEvent(new Event("input"));
                seen.push({
                    lines: [...root.querySelectorAll(".lines p")].map((node) => node.textContent),
                    marks: [...root.querySelectorAll("mark")].map((node) => node.textContent),
                    math: root.querySelectorAll(".lines p math").length,
                });
            }
            return seen;
        }""",
        len(found),
    )
    for step, shown in zip(found, seen, strict=True):
        assert len(shown["lines"]) == 2 * len(step.lines)
        assert shown["math"] >= 2 * len(step.lines)
        marked = [each.text.split("\n")[number] for each in step.code for number in each.marked]
        assert shown["marks"] == marked
        for line, written in zip(step.lines, shown["lines"][1::2], strict=True):
            digits = [part for part in line.numbers.replace("\\", " ").replace("{", " ").replace("}", " ").split()]
            figures = [part.strip("()^_-") for part in digits if part.strip("()^_-").replace(".", "").isdigit()]
            assert all(figure in plain(written) for figure in figures), (line.numbers, written)


@pytest.mark.parametrize("i", range(0, 64, 7))
def test_every_formula_that_is_written_can_be_drawn(page, i):
    config = varied_config(i)
    show(page, config, 3)
    count = len(expected(config, 3))
    page.evaluate(
        """(count) => {
            const slider = root.querySelector("input[type=range]");
            for (let at = 0; at < count; at++) {
                slider.value = at;
                slider.dispatchEvent(new Event("input"));
            }
        }""",
        count,
    )
    assert page.locator("h3").inner_text() == "Loss of the batch after the update"


def test_a_step_of_a_unit_or_a_layer_is_several_numbers(page):
    show(page)
    found = expected(ADAM, 50)
    page.get_by_role("button", name="Layer").click()
    assert page.locator("h3").inner_text() == "Input: all inputs"
    page.keyboard.press("ArrowRight")
    assert page.locator("h3").inner_text() == "Weighted sum: hidden layer 1"
    assert page.locator(".lines .numbers").count() == sum(step.operation == "sum" and step.layer == 1 for step in found)
    page.keyboard.press("ArrowLeft")
    assert page.locator("h3").inner_text() == "Input: all inputs"


def test_the_page_is_told_where_one_rests_and_which_point_is_chosen(page):
    show(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("sent") == []
    page.wait_for_timeout(1200)
    assert page.evaluate("sent") == [{"n": 1, "step": 2}]
    box = page.locator(".choose canvas").bounding_box()
    low, high = -0.4, 1.4
    place = (1 - low) / (high - low)
    page.mouse.click(box["x"] + place * box["width"], box["y"] + (1 - place) * box["height"])
    row = page.evaluate("sent")[-1]["row"]
    np.testing.assert_array_equal(make_data(ADAM).x_train[row], [1, 1])


def test_another_point_keeps_the_step_and_a_link_sets_it(page):
    import base64

    show(page)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.evaluate("(bytes) => show(bytes)", base64.b64encode(payload(row=1)).decode())
    page.wait_for_timeout(300)
    assert "step 5 of" in page.locator(".where").inner_text()
    page.evaluate("(bytes) => show(bytes)", base64.b64encode(payload(row=1, asked=2, at=8)).decode())
    page.wait_for_timeout(300)
    assert "step 9 of" in page.locator(".where").inner_text()


def test_another_way_to_update_keeps_the_kind_of_step(page):
    import base64

    found = expected(ADAM, 50)
    at = next(i for i, step in enumerate(found) if step.operation == "update" and step.layer == 2)
    show(page, at=at)
    assert page.get_by_role("button", name="Batch").is_visible()
    page.evaluate("(bytes) => show(bytes)", base64.b64encode(payload(alone=True)).decode())
    page.wait_for_timeout(300)
    assert page.locator("h3").inner_text() == found[at].name
    assert page.get_by_role("button", name="Batch").is_hidden()
    alone = [step.name for step in expected(ADAM, 50, alone=True)]
    assert page.evaluate("sent") == [{"n": 1, "step": alone.index(found[at].name)}]


def test_who_pulls_stands_below_a_mean(page):
    config = Config()
    found, _, parts = in_batch(config, 300)
    at = next(i for i, step in enumerate(found) if step.operation == "mean")
    show(page, config, 300, at=at)
    told, rows = pulls(parts), page.locator(".pulls tbody tr")
    assert rows.count() == 4
    for i, who in enumerate(told.places[0]):
        place, wanted, times, *_ = rows.nth(i).locator("td").all_inner_texts()
        assert place == f"{parts.x[who, 0]:g}, {parts.x[who, 1]:g}"
        assert (wanted, times) == (f"{parts.y[who]:g}", str(parts.counts[who]))
        assert (rows.nth(i).get_attribute("class") == "marked") == (who == parts.own)
    assert f"{100 * told.left[0]:.1f} % is left" in page.locator(".pulls").inner_text()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".pulls").inner_text() == ""


@pytest.mark.parametrize("depth", DEPTHS)
def test_formula_and_code_are_shown_as_deep_as_is_wanted(page, depth):
    show(page, depth=depth)
    seen = {part: page.locator(f".nn-walk [data-part={part}]").first.is_visible() for part in ("letters", "code")}
    assert seen == {"letters": depth != "words", "code": depth == "code"}
    assert page.locator(".nn-walk [data-part=numbers]").first.is_visible()
    assert page.locator(".nn-walk [data-part=meaning]").is_visible()


def test_the_next_step_is_there_at_once(page):
    """No server and no waiting: heading, formula and drawing are changed when the click returns."""
    show(page, Config(dataset="three_spiral", hidden_sizes=(16,) * 6, optimizer="adam"), 2, at=1500)
    changed = page.evaluate("""() => {
        const canvas = root.querySelector("canvas"), heading = root.querySelector("h3");
        const before = [heading.textContent, canvas.toDataURL()];
        root.querySelector(".main").click();
        return [heading.textContent !== before[0], canvas.toDataURL() !== before[1]];
    }""")
    assert changed == [True, True]


def test_the_app_walks_and_writes_the_link(visit):
    page = visit("/step?hidden_sizes=3&epoch=40&row=2")
    page.wait_for_selector(".nn-walk h3:not(:empty)")
    page.locator("h1").click()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    name = page.locator(".nn-walk h3").inner_text()
    page.wait_for_url("**step=6**")
    assert "row=2" in page.url
    page.wait_for_selector(AT_REST)
    assert page.locator(".nn-walk h3").inner_text() == name
    page.reload()
    page.wait_for_selector(".nn-walk h3:not(:empty)")
    assert page.locator(".nn-walk h3").inner_text() == name


def test_a_run_that_waits_keeps_what_its_link_asks_for():
    link = {"batch_size": "10", "epoch": "1000", "row": "511", "step": "30"}
    page = on_page(**link)
    assert address(page) == link
    assert not [each.value for each in page.warning if "batch" in each.value]
    page.button(key="do_permit").click().run()
    while "epoch" not in address(page) or page.session_state["run"].history.finished is False:
        page.run()
    assert address(page)["row"] == "511"
    assert not page.warning

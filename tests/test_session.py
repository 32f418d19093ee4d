"""The visitor's session headless: training on, undo, pins, tables, files, and links that are only half good."""

import numpy as np
import pytest

from nn_core import Config, make_data, run
from nn_core.config import Change, Point
from nn_core.export import run_file
from tests.test_pages import config, opened, picture
from ui.session.settings import tables

TABLE = "height;weight;kind\n" + "\n".join(f"1,{i:02};{50 + i},5;{'cat' if i % 3 else 'dog'}" for i in range(40))


TABLES = tables()


def change(page, key, value):
    page.number_input(key=key).set_value(value).run()
    assert not page.exception


def drawer(page, name):
    page.segmented_control(key="drawer").set_value(name).run()


def test_undo_and_redo_walk_through_the_settings():
    page = opened()
    seeds = [3, 5, 8]
    for seed in seeds:
        change(page, "set_seed", seed)
    for expected in (5, 3, 0):
        page.button(key="do_Undo").click().run()
        assert config(page).seed == expected
    assert page.button(key="do_Undo").disabled
    page.button(key="do_Redo").click().run()
    assert config(page).seed == 3
    change(page, "set_seed", 13)
    assert page.button(key="do_Redo").disabled, "a new change ends what was undone"
    page.button(key="do_Undo").click().run()
    assert config(page).seed == 3


def test_training_on_counts_changes_from_its_epoch():
    page = opened()
    page.session_state["since"] = 400
    drawer(page, "Training")
    page.selectbox(key="set_optimizer").set_value("adam").run()
    change(page, "set_l2", 0.01)
    assert config(page) == Config(changes=(Change(400, "l2", 0.01), Change(400, "optimizer", "adam")))
    assert page.selectbox(key="set_optimizer").value == "adam"
    header, arrays = picture(page)
    assert header["since"] == 400
    assert [mark[0] for mark in header["changes"]] == [400, 400]
    np.testing.assert_allclose(arrays["parameters"][-17:], run(config(page)).state.parameters, rtol=1e-6)
    change(page, "set_seed", 4)
    assert page.session_state["since"] is None, "another start is another run"


def test_what_two_runs_share_is_not_trained_again():
    page = opened(dataset="spiral", hidden_sizes="8,8", epochs="3000", learning_rate="0.1")
    whole = page.session_state["run"]
    page.session_state["since"] = 2900
    drawer(page, "Training")
    change(page, "set_l2", 0.1)
    after = page.session_state["run"]
    assert after.states[0] is whole.states[1]
    np.testing.assert_array_equal(after.history.parameters, run(config(page)).parameters)


def test_a_link_with_points_changes_and_pins_opens_and_stays_the_same():
    link = {
        "points": "0.5~0.5~1~0_0.25~0.75~0~1",
        "changes": "300~learning_rate~0.1_500~parameters[3]~2.5",
        "pin": ["name=First&seed=4", "name=Second&dataset=moons&hidden_sizes=2"],
    }
    page = opened(**link)
    assert not page.warning
    assert config(page).points == (Point(0.5, 0.5, 1, 0), Point(0.25, 0.75, 0, 1))
    names = [(pin.name, pin.config) for pin in page.session_state["pins"]]
    assert names == [("First", Config(seed=4)), ("Second", Config(hidden_sizes=(2,), dataset="moons"))]
    assert all(pin.run.history.finished for pin in page.session_state["pins"])
    assert {name: page.query_params[name] for name in link} == link


BROKEN = [
    ({"pin": ["name=Good&seed=4", "", "dataset=mnist"]}, 1, "2 of 3 pinned runs"),
    ({"pin": [f"seed={k}" for k in range(12)]}, 8, "4 of 12 pinned runs"),
    ({"pin": ["name=Slow&epochs=100000&hidden_sizes=16,16,16&dataset=spiral&samples=5000"]}, 0, "1 of 1 pinned runs"),
    ({"pin": ["seed=1&" * 5000]}, 0, "1 of 1 pinned runs"),
    ({"pin": ["name=Cut&dataset=spiral&hidden_sizes=8,8&poi", "seed=3"]}, 1, "1 of 2 pinned runs"),
    ({"pin": ["dataset=own&data_id=0123456789ab"]}, 0, "1 of 1 pinned runs"),
    ({"points": "0.1~0.2~1~0_0.3~", "pin": ["seed=2"]}, 1, "1 of 2 records"),
    ({"changes": "500~parameters[3]~2.5_700~param"}, 0, "1 of 2 records"),
    ({"points": "9" * 20_000}, 0, "Own points must be shorter"),
    ({"dataset": "own", "data_id": "0123456789ab"}, 0, "not part of its link"),
]


@pytest.mark.parametrize(("link", "pins", "said"), BROKEN)
def test_the_rest_of_a_broken_link_opens(link, pins, said):
    page = opened(seed="7", **link)
    assert config(page).seed == 7
    assert len(page.session_state["pins"]) == pins
    assert any(said in warning.value for warning in page.warning)
    assert picture(page)[0]["finished"]


def paste(page, text):
    drawer(page, "Data")
    page.text_area(key="paste").set_value(text).run()
    assert not page.exception


def test_a_pasted_table_is_learnt_from_in_its_own_units():
    page = opened(hidden_sizes="3")
    paste(page, TABLE)
    assert (config(page).dataset, config(page).classes, config(page).samples) == ("own", 2, 40)
    assert config(page).hidden_sizes == (3,), "the network stays"
    header, arrays = picture(page)
    assert [axis["title"] for axis in header["axes"]] == ["height", "weight", "kind"]
    assert set(header["classes"]) == {"cat", "dog"}
    points = arrays["points"].reshape(-1, 7)
    heights = header["axes"][0]["zero"] + header["axes"][0]["unit"] * points[:, 0]
    np.testing.assert_allclose(np.sort(heights), 1 + np.arange(40) / 100, atol=1e-6)
    assert points[:, 3].sum() == 20
    page.selectbox(key="column_0").set_value("weight").run()
    page.selectbox(key="column_1").set_value("height").run()
    assert [axis["title"] for axis in picture(page)[0]["axes"]] == ["weight", "height", "kind"]
    page.selectbox(key="column_kind").set_value("number").run()
    assert "kind" in page.error[0].value, "words are no numbers"
    assert config(page).task == "binary"


def test_few_whole_numbers_are_labels_unless_taken_as_numbers():
    page = opened()
    paste(page, "a,b,grade\n" + "\n".join(f"{i},{i * i},{1 + i % 3}" for i in range(30)))
    assert config(page).task == "multiclass"
    page.selectbox(key="column_kind").set_value("number").run()
    assert config(page).task == "regression"
    assert not page.error


def test_a_bad_table_is_refused_and_the_data_stay():
    page = opened()
    paste(page, TABLE)
    before = config(page)
    for text in ("only one line", "1,2,3\n" * 2, "a,b,c\n" + "1,2,same\n" * 9):
        paste(page, text)
        assert "have stayed" in page.error[0].value
        assert config(page) == before
    paste(page, TABLE)
    assert not page.error


def upload(page, content):
    drawer(page, "Data")
    page.file_uploader(key="upload").set_value([("run.json", content.encode(), "application/json")]).run()
    assert not page.exception


def test_a_run_file_without_its_table_is_refused_and_the_data_stay():
    page = opened(seed="5")
    upload(page, run_file(Config(dataset="own", data_id="0123456789ab")))
    assert "does not hold" in page.error[0].value
    assert config(page) == Config(seed=5)
    page.selectbox(key="set_dataset").set_value("moons").run()
    assert not page.error, "that was about other settings"


def test_a_table_is_still_there_after_a_reload():
    page = opened()
    paste(page, TABLE)
    again = opened(**config(page).to_query())
    assert config(again) == config(page)
    assert not again.warning
    other_classes = opened(**config(page).to_query() | {"classes": "5"})
    assert config(other_classes).classes == 2


NOTHING = [
    {"dataset": "own"},
    {"dataset": "own", "classes": "3"},
    {"dataset": "own", "classes": "1"},
    {"dataset": "own", "dropout": "0.2"},
    {"dataset": "own", "classes": "4", "points": "0~0~2~1", "batch_size": "3"},
    {"pin": ["name=A&dataset=own&classes=3"]},
]


@pytest.mark.parametrize("link", NOTHING)
def test_nothing_to_learn_from_is_a_page_like_any_other(link):
    page = opened(**link)
    page.session_state["since"] = 0
    page.run()
    assert not page.exception
    drawer(page, "Training")
    change(page, "set_l2", 0.1)


def test_until_settled_ends_where_work_would_need_permission():
    page = opened(dataset="bumps", samples="500", hidden_sizes="8", epochs="2000", learning_rate="0.02")
    page.session_state["settling"] = True
    page.run()
    assert not page.session_state["settling"]
    assert config(page).epochs > 2000
    assert any("does not start by itself" in warning.value for warning in page.warning)


def test_a_run_file_brings_back_settings_and_table(monkeypatch):
    page = opened(learning_rate="0.1")
    paste(page, TABLE)
    kept, table = config(page), TABLES[config(page).data_id]
    monkeypatch.delitem(TABLES, kept.data_id)  # another server, which has not seen this table
    other = opened()
    upload(other, run_file(kept, table))
    assert config(other) == kept
    np.testing.assert_array_equal(picture(other)[1]["parameters"], picture(page)[1]["parameters"])


def test_own_data_begin_as_a_copy_of_what_is_shown():
    page = opened(dataset="moons", samples="80")
    page.selectbox(key="set_dataset").set_value("own").run()
    assert (config(page).dataset, len(config(page).points)) == ("own", 80)
    data = make_data(Config(dataset="moons", samples=80))
    assert sum(point.is_test for point in config(page).points) == len(data.x_test)
    page.selectbox(key="set_dataset").set_value("circles").run()
    assert (config(page).dataset, config(page).points) == ("circles", ())

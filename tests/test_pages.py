"""Every page headless: it renders, shows what nn_core computes, and survives what a link can say."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nn_core import PRESETS, Config, run
from tests.conftest import ROOT
from tests.support import decode

FRAME = str(ROOT / "ui" / "frame.py")


def opened(**link: str) -> AppTest:
    page = AppTest.from_file(FRAME, default_timeout=60)
    for key, value in link.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def picture(page: AppTest):
    """Header and arrays of the run on the stage."""
    (payload,) = (
        each.proto.bytes for each in page.get("bidi_component") if each.proto.component_name.endswith("stage")
    )
    return decode(payload)


def config(page: AppTest) -> Config:
    return page.session_state["config"]


def test_first_visit_shows_xor_solved():
    page = opened()
    header, arrays = picture(page)
    history = run(Config())
    assert arrays["train_loss"][-1] == np.float32(history.train_loss[-1])
    assert arrays["train_score"][-1] == 1
    assert header["finished"]
    assert page.title[0].value == "Neural network playground"
    assert not page.warning


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_one_click_and_a_link(name):
    page = opened()
    page.selectbox(key="set_preset").set_value(name).run()
    assert config(page) == PRESETS[name].config
    assert PRESETS[name].look_at in [caption.value for caption in page.caption]
    shared = opened(**PRESETS[name].config.to_query())
    np.testing.assert_array_equal(picture(shared)[1]["parameters"], picture(page)[1]["parameters"])


def test_the_tutorials_network_is_stuck_at_ln_2():
    _, arrays = picture(opened(**PRESETS["tutorial"].config.to_query()))
    assert abs(arrays["train_loss"] - np.log(2)).max() < 0.005


def test_the_address_bar_is_the_link_to_this_run():
    page = opened(hidden_sizes="3", learning_rate="2.5", seed="11")
    page.selectbox(key="set_activation").set_value("sigmoid").run()
    assert config(page) == Config(hidden_sizes=(3,), learning_rate=2.5, seed=11, activation="sigmoid")
    link = {key: values[0] if isinstance(values, list) else values for key, values in page.query_params.items()}
    assert Config.from_query(link) == (config(page), [])


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"learning_rate": "nan"}, "Learning rate must be"),
        ({"hidden_sizes": "999999"}, "Hidden nodes"),
        ({"learning_rate": "nan", "hidden_sizes": "999999"}, "Learning rate must be"),
        ({"loss": "categorical_cross_entropy"}, "does not fit"),
        ({"colour": "<script>alert(1)</script>"}, "is not a setting"),
        ({"seed": "9" * 5000}, "Seed must be"),
        ({"dataset": "mnist"}, "Data set"),
    ],
)
def test_an_absurd_link_gets_a_sentence_and_a_run(link, words):
    page = opened(**link)
    assert any(words in warning.value for warning in page.warning)
    assert picture(page)[0]["finished"]


def test_a_link_never_starts_heavy_work():
    heavy = {"hidden_sizes": "16,16", "epochs": "3000", "batch_size": "10", "dataset": "spiral"}
    page = opened(**heavy)
    header, arrays = picture(page)
    assert arrays["epochs"].tolist() == [0]
    assert not header["finished"]
    assert "waits for you" in page.info[0].value
    absurd = opened(**heavy | {"hidden_sizes": "16," * 5 + "16", "epochs": "100000", "batch_size": "1"})
    assert "too long" in absurd.error[0].value
    assert "Train it" not in [button.label for button in absurd.button]


def test_heavy_work_runs_in_blocks_once_it_is_wanted():
    page = opened(hidden_sizes="8,8", epochs="2000", batch_size="10", dataset="spiral", samples="1000")
    page.button(key="do_permit").click().run()
    header, arrays = picture(page)
    assert header["finished"]
    expected = run(config(page))
    np.testing.assert_array_equal(arrays["parameters"][-5:], expected.parameters[-1].astype(np.float32)[-5:])


def test_a_diverging_rate_is_explained_and_loses_nothing():
    page = opened(dataset="sine", activation="relu", learning_rate="100", samples="200")
    header, arrays = picture(page)
    assert "learning rate" in header["message"]
    assert np.isfinite(arrays["parameters"]).all()
    assert config(page).learning_rate == 100


def test_settings_that_fit_together_by_themselves():
    page = opened(loss="binary_cross_entropy")
    page.selectbox(key="set_dataset").set_value("four_blobs").run()
    assert config(page).loss == "auto"
    assert "does not fit" in page.warning[0].value
    page.segmented_control(key="drawer").set_value("Network").run()
    page.segmented_control(key="set_depth").set_value(3).run()
    assert config(page).hidden_sizes == (4, 4, 4)
    page.number_input(key="set_size_1").set_value(9).run()
    page.selectbox(key="set_activation_2").set_value("relu").run()
    assert (config(page).hidden_sizes, config(page).activation) == ((4, 9, 4), ("tanh", "tanh", "relu"))
    page.segmented_control(key="set_depth").set_value(0).run()
    assert config(page).layer_sizes == (2, 4)
    page.segmented_control(key="set_depth").set_value(2).run()
    assert len(config(page).hidden_sizes) == 2


def test_a_dice_draws_a_new_seed(monkeypatch):
    monkeypatch.setattr("ui.session.new_seed", lambda: 77)
    page = opened()
    page.button(key="do_dice_seed").click().run()
    assert config(page) == Config(seed=77)


def test_the_drawing_page_opens_and_keeps_the_settings_of_the_other():
    page = opened(seed="7")
    page.switch_page(str(ROOT / "pages" / "digits" / "draw.py")).run()
    assert not page.exception
    assert page.title[0].value == "Draw a digit"


@pytest.mark.parametrize("drawer", ["Data", "Network", "Training"])
def test_every_control_is_explained_by_cause_and_effect(drawer):
    page = opened(hidden_sizes="4,4", optimizer="adamw")
    page.segmented_control(key="drawer").set_value(drawer).run()
    kinds = ("selectbox", "number_input", "button", "segmented_control")
    controls = [each for kind in kinds for each in page.get(kind) if each.key != "drawer"]
    assert len(controls) > 8
    for control in controls:
        assert "Cause: " in control.help, control.label
        assert "Effect: " in control.help, control.label


def test_typed_settings_show_the_number_that_is_used():
    page = opened(optimizer="adam", rms_decay="0.9999", l1="0.0004", initial_scale="0.03")
    page.segmented_control(key="drawer").set_value("Training").run()
    assert page.number_input(key="set_l1").value == 0.0004
    assert page.number_input(key="set_l1").proto.format == "%g"

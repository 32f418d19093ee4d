"""Teaching: a personal digit is learnt from five examples and nothing is forgotten; files of drawings; the pages."""

import json

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from nn_core.archives import ArchiveError
from nn_core.augment import augment
from nn_core.digits import load_mnist, load_network, preprocess, probabilities
from nn_core.evaluation import evaluate, sample
from nn_core.mlp import loss_and_gradient
from nn_core.strokes import drawn
from nn_core.surgery import Prune, importance, operate
from nn_core.teaching import (
    MOST_EXAMPLES,
    NEW,
    OLD,
    RATE,
    Example,
    example,
    examples_file,
    familiar,
    picture,
    read_examples,
    teach,
)
from tests.conftest import AT_REST, ROOT
from tests.support import draw

FRAME = str(ROOT / "ui" / "frame.py")
GAMMA = "0,100 0,0! 90,0 90,25"  # somebody's 7: as few networks read it
LIKE_A_P = "15,100 15,0! 75,5 90,28 70,52 15,52"  # somebody's 9


def written(style, count, seed):
    """Strokes in that style, each time in another hand."""
    rng = np.random.default_rng(seed)
    return [drawn(style, rng) for _ in range(count)]


def pictures(style, count, seed):
    return np.array([np.round(255 * preprocess(each).image) for each in written(style, count, seed)], np.uint8)


def taught(network, images, labels, old, seed=0):
    *_, last = teach(network, images, labels, old, seed)
    return last


@pytest.fixture(scope="module")
def old():
    return familiar(load_mnist()[0][0])


@pytest.mark.parametrize("name", ["tutorial", "best"])
@pytest.mark.parametrize(("style", "label"), [(GAMMA, 7), (LIKE_A_P, 9)])
def test_five_examples_are_enough_and_nothing_is_forgotten(old, name, style, label):
    network = load_network(name)
    new, labels = pictures(style, 50, 1), np.full(50, label)
    after = taught(network, pictures(style, 5, 2), np.full(5, label), old)
    assert evaluate(network, new, labels).accuracy < 0.7
    assert evaluate(after, new, labels).accuracy >= 0.9
    test = load_mnist()[1]
    assert evaluate(after, *test).accuracy >= evaluate(network, *test).accuracy - 0.003


def test_teaching_is_seeded_and_leaves_the_network_alone():
    network = load_network("tutorial")
    before, old = network.parameters.copy(), load_mnist()[0][0][:500]
    first, again, other = (next(teach(network, pictures(GAMMA, 3, 0), np.full(3, 7), old, seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.parameters, again.parameters)
    assert (first.parameters != other.parameters).any()
    np.testing.assert_array_equal(network.parameters, before)
    assert first.parameters.dtype == network.parameters.dtype
    with pytest.raises(ValueError, match="at least one"):
        next(teach(network, np.empty((0, 28, 28), np.uint8), np.empty(0, int), old))


def test_a_step_is_adams_on_new_pictures_with_labels_and_old_ones_with_old_answers(monkeypatch):
    monkeypatch.setattr("nn_core.teaching.WORK", 0)
    monkeypatch.setattr("nn_core.teaching.FEWEST", 2)
    monkeypatch.setattr("nn_core.teaching.SHOWN", 2)
    network, old, mine = load_network("tutorial"), load_mnist()[0][0][:300], pictures(GAMMA, 4, 0)
    labels = np.array([7, 7, 7, 2])
    first, _ = teach(network, mine, labels, old, seed=1)

    rng = np.random.default_rng(1)
    chosen = rng.integers(4, size=NEW)
    known = old[rng.integers(300, size=OLD)] / 255
    x = np.concatenate([augment(mine[chosen], rng) / 255, known.reshape(OLD, 784)])
    y = np.concatenate([np.eye(10)[labels[chosen]], probabilities(network, known)])
    _, gradient = loss_and_gradient(network.parameters.astype(float), x, y, network.config)
    step = RATE / 2 * gradient / (np.abs(gradient) + 1e-8)  # Adam's first step is the rate times the sign
    clear = np.abs(gradient) > 1e-4
    np.testing.assert_allclose((network.parameters - first.parameters)[clear], step[clear], rtol=0.02, atol=2e-6)


def test_familiar_pictures_hold_the_training_set_digits_and_junk(old):
    x = load_mnist()[0][0]
    np.testing.assert_array_equal(old[: len(x)], x)
    generated = old[len(x) :]
    assert len(generated) == 2000
    p = probabilities(load_network("best"), generated.astype(np.float32) / 255)
    assert (p[:1500].argmax(axis=1) == np.arange(1500) % 10).mean() > 0.95
    assert (p[1500:].max(axis=1) < 0.6).mean() > 0.9


def test_what_a_network_sees_of_an_example():
    (strokes,) = written(GAMMA, 1, 0)
    each = example(strokes, "7")
    rounded = [np.rint(stroke) for stroke in strokes]
    np.testing.assert_array_equal(picture(each.strokes), np.round(255 * preprocess(rounded).image))
    assert each == example(rounded, "7")


def test_examples_come_back_from_their_file():
    kept = [example(strokes, label) for label, strokes in zip(("7", "Ä", "0"), written(GAMMA, 3, 1), strict=True)]
    assert read_examples(examples_file(kept)) == kept


STROKE = [80, 70, 200, 70, 120, 220]


def file_of(**entry):
    return json.dumps({"drawings": [{"label": "7", "strokes": [STROKE], **entry}]}).encode()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no JSON"),
        (b"\x80\x04.", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[1, 2]", "must have a list"),
        (b'{"drawings": []}', "must have a list"),
        (json.dumps({"drawings": [{"label": "7", "strokes": [STROKE]}] * (MOST_EXAMPLES + 1)}).encode(), "1 to 500"),
        (b" " * 6_000_000, "million bytes"),
        (b'{"drawings": [7]}', "Drawing 1 has no label"),
        (file_of(label=7), "no label"),
        (file_of(label="  "), "no label"),
        (file_of(strokes=None), "strokes must be lists"),
        (file_of(strokes=[[1, 2, 3]]), "strokes must be lists"),
        (file_of(strokes=[[1, "2"]]), "strokes must be lists"),
        (file_of(strokes=[[True, False]]), "strokes must be lists"),
        (file_of(strokes=[[1, float("nan")]]), "strokes must be lists"),
        (file_of(strokes=[[1, 281]]), "strokes must be lists"),
        (file_of(strokes=[STROKE] * 201), "at most 200"),
        (file_of(strokes=[[5] * 20_000]), "more than 5,000 points"),
        (file_of(strokes=[[5, 5]]), "too small"),
        (file_of(strokes=[]), "empty"),
    ],
)
def test_nonsense_gets_a_sentence(raw, words):
    with pytest.raises(ArchiveError, match=words):
        read_examples(raw)


def test_labels_of_a_file_are_plain_and_short():
    (read,) = read_examples(file_of(label="<b>sev\nen</b>" + "x" * 100))
    assert "<" not in read.label
    assert "\n" not in read.label
    assert len(read.label) <= 40


# --- the pages -------------------------------------------------------------------------------------------------------


def opened(page, **state):
    app = AppTest.from_file(FRAME, default_timeout=60)
    for name, value in state.items():
        app.session_state[name] = value
    app.run().switch_page(str(ROOT / "pages" / "digits" / page)).run()
    assert not app.exception
    return app


def drawings(count=6):
    return tuple(example(strokes, "7") for strokes in written(GAMMA, count, 3))


def test_a_lesson_on_the_page(monkeypatch):
    monkeypatch.setattr("nn_core.teaching.WORK", 0)
    app = opened("teach.py", examples=drawings())
    assert "“7” × 6" in " ".join(each.value for each in app.markdown)
    app.toggle(key="keep_back").set_value(True).run()
    next(each for each in app.button if each.label == "Teach it").click().run()
    assert not app.exception
    table = next(each.value for each in app.markdown if "Read right" in each.value)
    assert "4 drawings of yours, taught" in table
    assert "2 drawings of yours, kept back" in table
    assert "10,000 test pictures of MNIST | 99." in table
    next(each for each in app.button if each.label == "Draw with the taught network").click().run()
    assert app.session_state["chosen_network"] not in ("best", "tutorial")


def test_a_lesson_that_a_click_ends_says_so(monkeypatch):
    def cut_off(*_):
        st.stop()
        yield

    app = opened("teach.py", examples=drawings())
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("ui.digits.lessons.teach", cut_off)
        next(each for each in app.button if each.label == "Teach it").click().run()
    app.run()
    assert "The lesson was interrupted" in app.warning[0].value
    monkeypatch.setattr("nn_core.teaching.WORK", 0)
    next(each for each in app.button if each.label == "Teach it").click().run()
    assert not app.warning


def test_nobody_labels_a_drawing_unasked():
    app = opened("teach.py")
    keep = app.button(key="keep_drawing")
    assert (keep.label, keep.disabled) == ("Say first what it is", True)
    app.segmented_control(key="drawn_label").set_value("7").run()
    assert app.button(key="keep_drawing").label == "Keep it as 7"


def test_drawings_of_other_classes_are_left_out():
    app = opened("teach.py", examples=(*drawings(2), Example(drawings(1)[0].strokes[:1], "Trouser")))
    assert "1 drawing of yours" in app.info[0].value
    assert "**2 drawings**" in " ".join(each.value for each in app.markdown)


def test_a_page_without_drawings_says_how_to_begin():
    app = opened("teach.py")
    assert "No drawings yet" in app.info[0].value
    assert next(each for each in app.button if each.label == "Teach it").disabled


def metrics(app):
    return {each.label.split()[0]: each.value for each in app.metric}


def kilobytes(app):
    return float(metrics(app)["Size"].split()[0].replace(",", ""))


def test_operations_on_the_page_can_be_undone_and_kept():
    app = opened("operate.py")
    size = kilobytes(app)
    app.slider(key="operate_prune").set_value(90).run()
    app.select_slider(key="operate_bits").set_value(4).run()
    app.number_input(key="operate_unit").set_value(5).run()
    app.slider(key="operate_scale").set_value(0.0).run()
    assert not app.exception
    done = app.multiselect(key="operate_done")
    assert done.value == ["unit 5 of layer 1 off", "90% of the weights of each layer pruned", "4 bits for a weight"]
    assert float(metrics(app)["Right"][:4]) < 80
    for view in ("changed", "sweeps"):
        app.segmented_control(key="choose_operating").set_value(view).run()
        assert not app.exception
    app.multiselect(key="operate_done").set_value(done.value[:1]).run()
    assert app.slider(key="operate_prune").value == 0
    assert kilobytes(app) == pytest.approx(size, rel=0.01)
    next(each for each in app.button if each.label == "Keep it as a network").click().run()
    assert not app.exception
    assert app.multiselect(key="operate_nothing_done").value == []
    assert app.session_state["chosen_network"] not in ("best", "tutorial")
    assert "Best, operated" in app.radio(key="choose_network").options


def at_link(page, **link):
    """That page, opened by a link, in a new visit."""
    app = AppTest.from_file(FRAME, default_timeout=60)
    app.run()
    app.query_params.update(link)
    app.switch_page(str(ROOT / "pages" / "digits" / page)).run()
    assert not app.exception
    return app


def linked(app, name):
    value = app.query_params.get(name, "")
    return value if isinstance(value, str) else value[0]


def test_the_link_has_the_operations_and_the_unit():
    app = opened("operate.py")
    app.slider(key="operate_prune").set_value(90).run()
    app.number_input(key="operate_unit").set_value(5).run()
    app.toggle(key="operate_off").set_value(True).run()
    assert linked(app, "operations") == "unit_0_5_0_0~prune_0.9_1"
    assert linked(app, "unit") == "1-5"
    again = at_link("operate.py", operations=linked(app, "operations"), unit="2-7")
    assert again.multiselect(key="operate_done").value == app.multiselect(key="operate_done").value
    assert metrics(again) == metrics(app)
    assert again.segmented_control(key="operate_layer").value == 1
    assert again.number_input(key="operate_unit").value == 7
    again.multiselect(key="operate_done").set_value([]).run()
    assert linked(again, "operations") == ""
    assert again.slider(key="operate_prune").value == 0


def test_a_link_of_nonsense_gets_a_sentence():
    app = at_link("operate.py", operations="unit_0_5_0_0~drop", unit="9-x")
    assert "“drop” is no operation" in app.warning[0].value
    assert app.multiselect(key="operate_nothing_done").value == []
    lost = importance(load_network("best"), *(part[sample(10_000)] for part in load_mnist()[1]), 0)
    assert app.number_input(key="operate_unit").value == lost.argmax()


def test_operations_wait_for_a_network_that_has_their_units():
    app = at_link("operate.py", operations="unit_0_200_0_0~bits_4", network="tutorial")
    assert "no unit 200 of layer 1" in app.info[0].value
    assert app.multiselect(key="operate_done").value == ["4 bits for a weight"]
    app.multiselect(key="operate_done").set_value([]).run()
    app.radio(key="choose_network").set_value("best").run()
    assert app.multiselect(key="operate_done").value == ["unit 200 of layer 1 off"]


def readings(app):
    table = next(each.value for each in app.markdown if "| then |" in each.value)
    return [row.split("|")[2].strip(" *") for row in table.splitlines()[2:]]


def test_one_picture_is_watched_while_the_network_changes():
    app = at_link("operate.py", picture="test-7", operations="prune_0.95_1")
    network, image = load_network("best"), load_mnist()[1][0][7:8] / np.float32(255)
    pruned = operate(network, [Prune(0.95)])
    for told, each in zip(readings(app), (network, pruned), strict=True):
        p = probabilities(each, image)[0]
        assert told.startswith(f"{p.argmax()} (")
        assert "%" in told
    assert probabilities(network, image).argmax() != probabilities(pruned, image).argmax()


def test_the_last_drawing_is_watched():
    (strokes,) = written(GAMMA, 1, 0)
    ink = {"ink": {"strokes": [stroke.ravel().tolist() for stroke in strokes]}}
    app = opened("operate.py", last_pad=ink)
    assert app.segmented_control(key="look_part").value == "draw"
    p = probabilities(load_network("best"), preprocess(strokes).image[None])[0]
    assert readings(app)[0].startswith(f"{p.argmax()} (")


def test_drawings_survive_a_reload_and_a_link_to_them_is_a_copy():
    app = opened("teach.py", examples=drawings())
    name = linked(app, "drawings")
    assert len(name) == 16
    again = at_link("teach.py", drawings=name)
    assert "“7” × 6" in " ".join(each.value for each in again.markdown)
    again.button(key="do_remove_drawings").click().run()
    assert linked(again, "drawings") != name
    assert "“7” × 6" in " ".join(each.value for each in at_link("teach.py", drawings=name).markdown)
    gone = at_link("teach.py", drawings="x" * 16)
    assert "not on this server any more" in gone.warning[0].value


def draw_and_wait(page, strokes):
    """Draw on the sheet with the mouse, and wait until the network has read it."""
    draw(page, strokes)
    page.locator(".headline:not(:has-text('Waiting'))").wait_for()
    page.wait_for_timeout(300)
    page.wait_for_selector(AT_REST)


def test_correct_teach_and_be_read(visit):
    page = visit("/draw")
    *shown, new = written(GAMMA, 6, 2)
    for count, strokes in enumerate(shown, start=1):
        draw_and_wait(page, strokes)
        page.locator(".st-key-correction button", has_text="7").click()
        page.get_by_text(f"Kept as 7: {count} drawing").wait_for()
        page.locator("button.clear").click()
        page.get_by_text("Waiting for a digit").first.wait_for()
    draw_and_wait(page, new)
    assert "a 7" not in page.locator(".headline").text_content()
    page.locator("button.clear").click()
    page.get_by_role("link", name="Teach it").last.click()
    page.get_by_text("5 drawings").first.wait_for()
    page.get_by_role("button", name="Teach it", exact=True).click()
    page.get_by_role("button", name="Draw with the taught network").click(timeout=120_000)
    page.get_by_text("Best, taught").first.wait_for()
    page.wait_for_selector(AT_REST)
    draw_and_wait(page, new)
    page.locator(".headline:has-text('It is a 7')").wait_for()


def test_keys_in_quick_succession_move_a_slider_and_nothing_else(visit):
    page = visit("/operate?network=tutorial")
    network = page.locator("[data-testid=stRadio] label:has(input:checked)", has_text="Tutorial")
    network.wait_for()
    page.wait_for_selector(AT_REST)
    page.get_by_role("slider", name="Prune the smallest weights").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(150)
    page.get_by_text("of the weights of each layer pruned").wait_for()
    page.wait_for_timeout(500)
    page.wait_for_selector(AT_REST)
    page.get_by_text("Changed answers", exact=True).click()
    page.wait_for_url("**operating=changed**")
    page.wait_for_selector(AT_REST)
    assert "network=tutorial" in page.url
    assert "operations=prune_0.0" in page.url
    assert network.count() == 1
    assert page.locator("[data-testid=stException]").count() == 0

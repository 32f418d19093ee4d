"""The stage's hub: steps and the questions they ask, training on, weights being edited, marks, pins, tabs, focus."""

import numpy as np
import pytest

from nn_core import Config, make_data, predict, run
from nn_core.config import Change
from nn_core.datasets import Axis
from tests.test_stage import decode, mount, open_page, part, text
from ui.answers import answer
from ui.components.stage import encode


class Scene:
    """A stage in a blank page, beside a server that answers its questions when told to."""

    def __init__(self, page):
        self.page, self.number = page, 0

    def show(self, since=None, **settings):
        self.number += 1
        self.config = Config(**settings)
        self.data = make_data(self.config)
        self.history = run(self.config, self.data)
        payload = encode(self.history, self.data, run=self.number, seconds=0.01, since=since)
        if self.number == 1:
            self.page.evaluate("window.asked = []; addEventListener('nn-ask', ({ detail }) => asked.push(detail))")
            mount(self.page, payload)
        else:
            self.page.evaluate("payload => show(payload)", text(payload))

    def answer(self):
        """Answer the newest question, as the server does."""
        header, arrays = decode(answer(self.page.evaluate("asked.at(-1)"), self.number, self.config, self.data, ()))
        arrays = {name: values.tolist() for name, values in arrays.items()}
        self.page.evaluate(
            """([header, arrays]) => {
                for (const name in arrays) arrays[name] = Float32Array.from(arrays[name]);
                dispatchEvent(new CustomEvent("nn-answer", { detail: { ...header, arrays } }));
            }""",
            [header, arrays],
        )
        return header, arrays

    @property
    def epoch(self):
        return self.page.evaluate("stage.epoch")

    @property
    def asked(self):
        return [(each["epoch"], each["updates"]) for each in self.page.evaluate("asked")]

    @property
    def wishes(self):
        return self.page.evaluate("stage.wishes")

    def click(self, name):
        part(self.page, name).click()

    def says(self, name):
        self.page.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
        return part(self.page, name).inner_text()


@pytest.fixture
def scene(browser):
    page = open_page(browser, reduced_motion="reduce", viewport={"width": 1100, "height": 1000})
    yield Scene(page)
    page.close()
    assert not page.problems


# --- steps ---


@pytest.mark.browser
def test_a_step_to_an_epoch_that_was_not_recorded_asks_and_shows_the_answer(scene):
    scene.show(epochs=1000)
    assert not {988, 998, 999} & set(scene.history.snapshot_epochs.tolist())
    scene.click("back")
    assert (scene.epoch, scene.asked) == (1000, [(999, 0)])
    header, arrays = scene.answer()
    assert scene.epoch == header["epoch"] == 999
    assert scene.page.evaluate("stage.parameters()") == arrays["parameters"]
    scene.page.wait_for_function("stage.gradient()")
    assert scene.page.evaluate("stage.gradient()") == arrays["gradient"]
    assert scene.says("epoch") == "999"
    assert scene.says("train-loss") == f"{header['figures']['train_loss']:.4f}"
    scene.click("back")
    scene.click("stride-epochs")
    scene.click("back")
    assert scene.asked[1:] == [(998, 0), (988, 0)], "a step counts from where the last one leads"
    scene.answer()
    assert scene.epoch == 988


@pytest.mark.browser
def test_strides(scene):
    scene.show(epochs=40)
    for name, pressed, epoch in [("stride-epochs", "back", 30), ("stride-epoch", "forward", 31)]:
        scene.click(name)
        scene.click(pressed)
        assert (scene.epoch, scene.asked) == (epoch, [])
        assert part(scene.page, name).get_attribute("aria-pressed") == "true"
    scene.page.keyboard.press("Shift+ArrowLeft")
    assert scene.epoch == 21


@pytest.mark.browser
def test_one_update_back_from_the_start_of_an_epoch(scene):
    scene.show(epochs=10, batch_size=32)
    scene.page.evaluate("stage.seek(5)")
    scene.click("stride-update")
    scene.click("back")
    per_epoch = scene.answer()[0]["updates_per_epoch"]
    assert per_epoch > 10
    assert scene.asked == [(4, 0), (4, per_epoch - 1)], "how long an epoch is, any answer tells"
    scene.answer()
    assert scene.epoch == pytest.approx(5 - 1 / per_epoch)
    assert scene.says("last-epoch") == f"+ {per_epoch - 1} of {per_epoch} updates"
    scene.click("forward")
    assert scene.epoch == 5, "a recorded place needs no question"
    scene.click("forward")
    scene.answer()
    assert scene.epoch == pytest.approx(5 + 1 / per_epoch)
    scene.click("stride-epoch")
    scene.click("back")
    assert scene.epoch == 5, "back from within an epoch is to its start"


@pytest.mark.browser
def test_an_answer_to_an_older_question_is_ignored(scene):
    scene.show(epochs=1000)
    scene.click("back")
    scene.page.evaluate("stage.seek(0)")
    scene.answer()
    assert scene.epoch == 0


@pytest.mark.browser
def test_silence_is_mentioned(scene):
    scene.show(epochs=1000)
    scene.click("back")
    part(scene.page, "notice").wait_for()
    assert "not answered" in scene.says("notice")
    scene.click("back")
    scene.answer()
    assert part(scene.page, "notice").is_hidden()


@pytest.mark.browser
def test_a_place_between_recorded_ones_is_found_again_in_the_next_run(scene):
    scene.show(epochs=1000)
    scene.click("back")
    scene.answer()
    scene.show(epochs=1000, learning_rate=0.4)
    assert scene.epoch == 1000
    scene.page.wait_for_function("asked.length === 2")
    assert scene.answer()[0]["run"] == 2
    assert scene.epoch == 999


# --- training on ---


@pytest.mark.browser
def test_a_step_past_the_end_trains_longer(scene):
    scene.show(epochs=20)
    scene.click("forward")
    scene.show(epochs=21)
    assert scene.epoch == 21
    scene.click("stride-epochs")
    scene.click("forward")
    scene.show(epochs=31)
    scene.click("stride-update")
    scene.click("forward")
    scene.show(epochs=32)
    assert scene.asked == [(31, 1)]
    wanted = [{"do": "longer", "epochs": epochs} for epochs in (1, 10, 1)]
    assert scene.wishes == wanted
    sent = scene.page.evaluate("sent")
    assert [wish["do"] for _, wish in sent] == ["longer"] * 3
    assert len({wish["n"] for _, wish in sent}) == 3, "each wish is a new state, equal or not"


@pytest.mark.browser
def test_train_on_settle_and_start_over(scene):
    scene.show(epochs=20)
    scene.page.evaluate("stage.seek(7)")
    scene.click("train-on")
    assert scene.wishes == [{"do": "train_on", "epoch": 7}]
    scene.show(epochs=20, since=7)
    assert scene.says("since").startswith("Changes count from epoch 7 on")
    scene.click("whole")
    scene.show(epochs=20)
    assert part(scene.page, "since").is_hidden()
    scene.click("settle")
    scene.show(epochs=300)
    assert scene.epoch == 300
    scene.click("start-over")
    assert scene.epoch == 0
    assert [wish["do"] for wish in scene.wishes] == ["train_on", "whole", "settle", "start_over"]


@pytest.mark.browser
def test_training_on_from_the_end_plays_what_is_new(browser):
    page = open_page(browser)
    scene = Scene(page)
    scene.show(epochs=100)
    scene.page.evaluate("stage.seek(100)")
    scene.click("train-on")
    scene.show(epochs=200, since=100)
    assert 100 <= scene.epoch < 200
    assert page.evaluate("stage.playing")
    scene.click("start-over")
    page.wait_for_function("stage.playing && stage.epoch > 3 && stage.epoch < 100")
    page.close()


@pytest.mark.browser
def test_verdicts_in_words(scene):
    for settings, word in [({"epochs": 1000}, "Solved"), ({"epochs": 3}, None), ({"learning_rate": 1e-5}, "Plateau")]:
        scene.show(**settings)
        header, _ = decode(encode(scene.history, scene.data, run=1, seconds=0))
        assert scene.says("outcome-sentence") == header["outcome"]["sentence"]
        assert word is None or scene.says("outcome-name") == word
        settled = header["outcome"]["name"] in ("solved", "plateau", "diverged")
        assert part(scene.page, "settle").is_disabled() == settled
    assert scene.page.wait_for_function("document.querySelector('div').shadowRoot.textContent.includes('Plateau:')")


# --- weights by hand ---


@pytest.mark.browser
def test_weights_tried_out_and_committed(scene):
    scene.show(epochs=50)
    before = scene.page.evaluate("stage.parameters()")
    scene.page.evaluate("stage.edit(3, 1.25)")
    assert scene.page.evaluate("stage.parameters()[3]") == 1.25
    edited = np.array(before)
    edited[3] = 1.25
    expected = predict(edited, np.array([[0.3, 0.8]]), scene.config)[0, 0]
    assert scene.page.evaluate("stage.output(0.3, 0.8)")[0] == pytest.approx(expected, abs=1e-9)
    assert scene.says("train-loss") == "–", "nobody has worked out what it costs"
    scene.page.evaluate("stage.edit(3, null)")
    assert scene.page.evaluate("stage.parameters()") == before
    assert scene.wishes == []
    scene.page.evaluate("stage.seek(20); stage.commit([[3, 1.25], [4, -2]])")
    assert scene.wishes == [{"do": "edit", "epoch": 20, "changes": [[3, 1.25], [4, -2]]}]
    assert scene.page.evaluate("stage.parameters()[4]") == -2, "shown until the run is there"
    scene.show(epochs=50, changes=(Change(20, "parameters[3]", 1.25), Change(20, "parameters[4]", -2.0)))
    assert scene.epoch == 20
    assert scene.says("edits-text") == "2 weights edited at epoch 20"
    scene.click("unedit")
    assert scene.wishes[-1] == {"do": "unedit"}


@pytest.mark.browser
def test_the_gradient_is_asked_for_once_a_place_and_at_rest(scene):
    scene.show(epochs=50)
    scene.page.evaluate("stage.askGradient(); stage.askGradient()")
    assert scene.asked == []
    scene.page.wait_for_function("asked.length")
    _, arrays = scene.answer()
    scene.page.wait_for_function("stage.gradient()")
    assert scene.page.evaluate("stage.gradient()") == arrays["gradient"]
    scene.page.evaluate("stage.seek(10)")
    scene.page.wait_for_function("stage.gradient() === null")
    scene.page.evaluate("stage.seek(50)")
    scene.page.wait_for_function("stage.gradient()")
    scene.page.evaluate("stage.askGradient()")
    scene.page.wait_for_timeout(300)
    assert scene.asked == [(50, 0)]


# --- in the visitor's own numbers ---


@pytest.mark.browser
def test_questions_and_answers_are_in_the_units_of_the_data(scene):
    scene.show(dataset="sine", epochs=200)
    axes = (Axis("age", 40, 20), Axis("height in cm", 170, 15), Axis("income", 30_000, 12_000))
    payload = encode(scene.history, scene.data._replace(axes=axes), run=2, seconds=0)
    scene.page.evaluate("payload => show(payload)", text(payload))
    part(scene.page, "ask-x1").fill("50")
    part(scene.page, "ask-x2").fill("162,5")
    value = predict(scene.history.parameters[-1], np.array([[0.5, -0.5]]), scene.config)[0, 0]
    assert scene.says("ask-x1-title") == "age"
    assert float(scene.says("said").removeprefix("→ ")) == pytest.approx(30_000 + 12_000 * value, abs=1)


# --- the time line ---


@pytest.mark.browser
def test_flags_tell_what_was_changed(scene):
    changes = [(20, "learning_rate", 0.1), (20, "l2", 0.01), (60, "learning_rate", 1.0)]
    scene.show(epochs=100, changes=tuple(Change(*each) for each in changes))
    flags = scene.page.locator(".flags button")
    assert flags.count() == 2
    words = flags.first.get_attribute("aria-label")
    assert words.startswith("epoch 20: ")
    assert words.count("→") == 2
    flags.first.focus()
    assert scene.says("time-readout") == words
    flags.last.click()
    assert scene.epoch == 60


def pinned(page, *runs):
    """Pins as the component of pinned runs reports them: name, colour and payload of each."""
    page.evaluate(
        """(pins) => {
            const read = (values) => Float32Array.from(values);
            for (const pin of pins) {
                for (const name in pin.run.arrays) pin.run.arrays[name] = read(pin.run.arrays[name]);
            }
            dispatchEvent(new CustomEvent("nn-pins", { detail: pins }));
        }""",
        [
            {
                "name": name,
                "colour": f"--pin-{colour}",
                "run": header | {"arrays": {k: v.tolist() for k, v in arrays.items()}},
            }
            for name, colour, (header, arrays) in runs
        ],
    )


@pytest.mark.browser
def test_curves_of_pinned_runs(scene):
    scene.show(epochs=100)
    time = part(scene.page, "time")
    config = Config(epochs=200, learning_rate=0.001)
    data = make_data(config)
    slow = run(config, data)
    pinned(scene.page, ("slow one", 1, decode(encode(slow, data, run=1, seconds=0))))
    scene.page.wait_for_timeout(100)
    seen = time.evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let i = 0; i < data.length; i += 4) count += data[i] < 60 && data[i + 1] > 100 && data[i + 2] > 100;
            return count;
        }"""
    )
    assert seen > 200, "the curve is drawn in its colour"
    box = time.bounding_box()
    loss = np.interp(150, slow.epochs, slow.train_loss)
    down = 12 + (box["height"] - 38) * (1 - loss / 0.8)  # between the margins; the axis reaches from 0 to 0.8
    scene.page.mouse.move(box["x"] + 52 + 0.75 * (box["width"] - 66), box["y"] + down)
    assert scene.says("time-readout").endswith("slow one"), "also where its epochs go beyond those of the run shown"
    assert "epoch 100" in scene.says("time-readout")


@pytest.mark.browser
def test_pins_and_stage_find_each_other(scene):
    scene.page.evaluate("window.heard = []; addEventListener('nn-epoch', ({ detail }) => heard.push(detail))")
    scene.show(epochs=30)
    assert scene.page.evaluate("heard") == [30]
    scene.page.evaluate("dispatchEvent(new CustomEvent('nn-hello'))")
    assert scene.page.evaluate("heard") == [30, 30]
    scene.page.evaluate("stage.seek(12)")
    scene.page.wait_for_function("heard.at(-1) === 12")


# --- tabs and focus ---


@pytest.mark.browser
def test_tabs_by_key(scene):
    scene.show(epochs=30)
    part(scene.page, "tab-network").focus()
    for key, name in [
        ("ArrowRight", "hidden"),
        ("ArrowLeft", "network"),
        ("ArrowLeft", "surface"),
        ("Home", "network"),
    ]:
        scene.page.keyboard.press(key)
        assert part(scene.page, f"tab-{name}").get_attribute("aria-selected") == "true"
        assert part(scene.page, name).is_visible()
        assert sum(part(scene.page, each).is_visible() for each in ("network", "hidden", "surface")) == 1
    assert scene.epoch == 30, "these arrows are not the time line's"


@pytest.mark.browser
def test_focus_is_kept_until_it_is_taken_back(scene):
    scene.show(epochs=30)
    looked = {"layer": 0, "unit": 3}
    steps = [
        ("stage.focus({ layer: 0, unit: 3 }, true)", looked),
        ("stage.focus({ layer: 1, unit: 0 })", {"layer": 1, "unit": 0}),
        ("stage.focus(null)", looked),
        ("stage.focus({ layer: 0, unit: 3 }, true)", None),
        ("stage.focus({ layer: 0, unit: 3 }, true)", looked),
    ]
    for step, focus in steps:
        scene.page.evaluate(step)
        assert scene.page.evaluate("stage.focused") == focus
    scene.show(epochs=30, hidden_sizes=(3,))
    assert scene.page.evaluate("stage.focused") is None, "there is no such neuron any more"

"""The stage: its data format, its forward pass beside NumPy's in a real browser, and how it moves."""

import base64
from pathlib import Path

import numpy as np
import pytest

import ui.components.stage as component
from nn_core import ACTIVATIONS, DATASETS, FEATURES, Config, make_data, predict, record, run, train
from nn_core.config import Change
from tests.support import decode, mounted
from ui.components.stage import encode

FOLDER = Path(component.__file__).parent


def trained(run_number=1, **settings):
    """A run's payload with its history and data."""
    config = Config(**settings)
    data = make_data(config)
    history = run(config, data)
    return encode(history, data, run=run_number, seconds=0.006), history, data


# --- the format ---


def test_payload_holds_the_run():
    payload, history, data = trained(epochs=1000)
    header, arrays = decode(payload)
    assert len(payload) < 60_000
    network = {"sizes": [2, 4, 1], "activations": ["tanh"], "features": ["x1", "x2"], "link": "sigmoid"}
    assert header["network"] == network
    assert header["corners"] == [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
    assert header["guessing"] == pytest.approx(np.log(2), abs=1e-3)
    assert len(arrays["epochs"]) <= component.MOST_CURVE_POINTS
    assert arrays["epochs"][[0, -1]].tolist() == [0, 1000]
    assert set(arrays["snapshot_epochs"]) <= set(arrays["epochs"])
    parameters = arrays["parameters"].reshape(-1, history.config.n_parameters)
    np.testing.assert_array_equal(parameters, history.parameters.astype(np.float32))
    points = arrays["points"].reshape(-1, 7)
    assert len(points) == 8  # four corners, train and test
    assert points[points[:, 3] == 0, 4].sum() == len(data.x_train)


def test_points_are_thinned_and_stay_in_the_picture():
    header, arrays = decode(trained(dataset="moons", samples=5000, noise=0.5, epochs=1)[0])
    points = arrays["points"].reshape(-1, 7)
    assert len(points) == component.MOST_POINTS
    x1_low, x1_high, x2_low, x2_high = header["domain"]
    assert (points[:, :2] >= [x1_low, x2_low]).all()
    assert (points[:, :2] <= [x1_high, x2_high]).all()


def test_many_changes_do_not_make_the_message_long():
    noise = tuple(Change(epoch, "noise", 0.1 + epoch / 1000) for epoch in range(1, 31))
    payload, _, _ = trained(dataset="moons", samples=2500, epochs=40, changes=noise)
    header, arrays = decode(payload)
    assert len(payload) < 500_000
    assert len(header["data_from"]) == 31
    assert set(arrays["points"].reshape(-1, 7)[:, 6]) == set(range(31)), "a share of each set of points"
    edits = tuple(Change(10 * epoch, "parameters[0]", 0.5) for epoch in range(1, 100))
    payload, history, _ = trained(
        dataset="spiral", hidden_sizes=(16,) * 6, samples=100, noise=0.1, epochs=1000, changes=edits
    )
    header, arrays = decode(payload)
    assert len(payload) < 500_000
    assert len(header["edits"]) == 99
    sent = arrays["snapshot_epochs"]
    assert len(arrays["parameters"]) <= component.MOST_PARAMETERS
    assert sent[[0, -1]].tolist() == [0, 1000]
    assert np.diff(sent).max() <= 1000 * 4 / len(sent), "evenly all the way"
    assert len(history.parameters) > len(sent)


TRUTH = [("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("xor_points", [0, 1, 1, 0])]


@pytest.mark.parametrize(("dataset", "expected"), TRUTH)
def test_truth_tables(dataset, expected):
    header, _ = decode(trained(dataset=dataset, noise=0.3, epochs=1)[0])
    assert [row[2] for row in header["corners"]] == expected


def test_values_that_are_not_finite_are_gaps():
    _, history, data = trained(epochs=3)
    broken = history._replace(train_loss=np.array([0.7, np.nan, np.inf, 1e300]))
    _, arrays = decode(encode(broken, data, run=1, seconds=0))
    assert np.isfinite(arrays["train_loss"]).tolist() == [True, False, False, False]


# --- in the browser ---


def open_page(browser, **options):
    """A blank page that can turn a payload as text into bytes, and notes its errors in `page.problems`."""
    page = browser.new_page(**options)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(error))
    page.add_script_tag(content="const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));")
    return page


@pytest.fixture(scope="module")
def forward_page(browser):
    """A blank page with the forward pass alone."""
    page = open_page(browser)
    page.add_script_tag(content=(FOLDER / "forward.js").read_text(encoding="utf-8"))
    yield page
    page.close()


@pytest.fixture
def page(browser):
    """A blank page for those who asked for stillness: the stage does not play by itself."""
    page = open_page(browser, reduced_motion="reduce", viewport={"width": 1000, "height": 900})
    yield page
    page.close()
    assert not page.problems


def text(payload):
    return base64.b64encode(payload).decode()


CONTRACT = (
    [{"activation": name} for name in ACTIVATIONS]
    + [{"features": (name,)} for name in FEATURES]
    + [{"features": tuple(FEATURES), "hidden_sizes": ()}]
    + [{"hidden_sizes": (3, 5, 2), "activation": ("relu", "gelu", "sigmoid")}, {"hidden_sizes": (8,) * 6}]
    + [{"dataset": name} for name, entry in DATASETS.items() if entry.kind != "pictures"]
)


@pytest.mark.browser
@pytest.mark.parametrize("settings", CONTRACT, ids=lambda settings: " ".join(map(str, settings.values())))
def test_forward_agrees_with_numpy(forward_page, settings):
    """Every activation, input feature and task, near the data and far outside, to 1e-6."""
    _, history, data = trained(**settings, epochs=1)
    rng = np.random.default_rng(1)
    parameters = rng.normal(0, 1.5, history.parameters.shape).astype(np.float32)
    payload = encode(history._replace(parameters=parameters), data, run=1, seconds=0)
    x = np.concatenate([rng.uniform(-2, 2, (60, 2)), rng.uniform(-300, 300, (20, 2))])
    answers = forward_page.evaluate(
        """([payload, x1, x2]) => {
            const run = parsePayload(bytesOf(payload));
            const n = run.arrays.parameters.length / run.arrays.snapshot_epochs.length;
            const parameters = parametersAt(run, run.arrays.snapshot_epochs.length - 1, new Float64Array(n));
            return Array.from(forward(run.network, parameters, makeBatch(run.network, x1, x2)));
        }""",
        [text(payload), x[:, 0].tolist(), x[:, 1].tolist()],
    )
    expected = predict(parameters[-1].astype(float), x, history.config).T.ravel()
    np.testing.assert_allclose(answers, expected, rtol=1e-6, atol=1e-6)


LISTEN = """window.sent = [];
window.setStateValue = (name, value) => sent.push([name, value]);"""


def mount(page, payload):
    mounted(page, component, "stage.html", payload, LISTEN)
    page.evaluate("() => void (window.stage = root.querySelector('.nn-stage').nnStage)")


def part(page, name):
    return page.locator(f"[data-part={name}]")


@pytest.mark.browser
def test_a_new_run_keeps_the_chosen_epoch_or_the_end(page):
    mount(page, trained(1, epochs=200)[0])
    assert page.evaluate("stage.epoch") == 200  # nothing moves by itself for those who asked for stillness
    page.evaluate("payload => show(payload)", text(trained(2, epochs=300)[0]))
    assert page.evaluate("[stage.run, stage.epoch]") == [2, 300]
    page.evaluate("stage.seek(40)")
    assert page.evaluate("stage.epoch") == 40
    page.evaluate("payload => show(payload)", text(trained(3, epochs=300, learning_rate=1.0)[0]))
    assert page.evaluate("[stage.run, stage.epoch]") == [3, 40]
    page.evaluate("payload => show(payload)", text(trained(4, epochs=20)[0]))
    page.evaluate("payload => show(payload)", text(trained(5, epochs=300)[0]))
    assert page.evaluate("stage.epoch") == 40, "the wish outlives a run that was too short for it"


@pytest.mark.browser
def test_hands_and_keys_move_it(page):
    mount(page, trained(epochs=100)[0])
    page.locator(".nn-stage").focus()
    for key, epoch in [("ArrowLeft", 99), ("Shift+ArrowLeft", 89), ("Home", 0), ("ArrowRight", 1), ("End", 100)]:
        page.keyboard.press(key)
        assert page.evaluate("stage.epoch") == epoch
    page.get_by_role("button", name="First epoch").click()
    assert page.evaluate("stage.epoch") == 0
    line = part(page, "time").bounding_box()
    page.mouse.move(line["x"] + line["width"] / 3, line["y"] + 60)
    page.mouse.down()
    page.mouse.move(line["x"] + line["width"] / 2, line["y"] + 60, steps=4)
    page.mouse.up()
    assert 40 < page.evaluate("stage.epoch") < 60
    assert part(page, "time-readout").inner_text().startswith("epoch ")


@pytest.mark.browser
def test_it_plays_to_the_end_and_waits_while_a_control_is_held(page):
    mount(page, trained(epochs=1000)[0])
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("stage.epoch > 100 && stage.playing")
    page.evaluate("dispatchEvent(new CustomEvent('nn-hold', { detail: true }))")
    held = page.evaluate("stage.epoch")
    page.wait_for_timeout(200)
    assert page.evaluate("stage.epoch") == held
    before = page.evaluate("stage.frames")
    page.evaluate("dispatchEvent(new CustomEvent('nn-hold', { detail: false }))")
    page.wait_for_function("!stage.playing", timeout=15_000)
    assert page.evaluate("stage.epoch") == 1000
    assert page.evaluate("stage.frames") - before > 60


@pytest.mark.browser
def test_it_greets_once_by_playing(browser):
    page = open_page(browser)
    mount(page, trained(1, epochs=300)[0])
    assert page.evaluate("stage.playing")
    page.wait_for_function("stage.epoch > 5")
    page.evaluate("payload => show(payload)", text(trained(1, epochs=300)[0]))
    assert page.evaluate("stage.playing"), "the same run, shown again, disturbs nothing"
    page.evaluate("payload => show(payload)", text(trained(2, epochs=300)[0]))
    assert page.evaluate("[stage.playing, stage.epoch]") == [False, 300]
    page.close()


@pytest.mark.browser
def test_words_and_answers(page):
    payload, history, _ = trained(epochs=1000)
    mount(page, payload)
    final = predict(history.parameters[-1], np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), history.config)[:, 0]
    answers = part(page, "corners").locator("tr b").all_inner_texts()
    assert answers == [str(int(p > 0.5)) for p in final]
    assert part(page, "train-loss").inner_text() == f"{history.train_loss[-1]:.4f}"
    assert "17 parameters" in part(page, "cost").inner_text()
    part(page, "ask-x1").fill("0,25")
    p = predict(history.parameters[-1], np.array([[0.25, 1.0]]), history.config)[0, 0]
    assert part(page, "said-share").inner_text() == f"probability of 1: {100 * p:.1f} %"
    assert part(page, "corner-share").inner_text() == "probability of 1", "the same number in the table"
    chances = page.locator(".chance").all_inner_texts()
    assert chances == [f"{100 * p:.1f} %" for p in final]
    assert part(page, "axis").inner_text() == "binary cross-entropy, in nats"
    assert part(page, "axis-hint").inner_text() == f"({np.log(2):.3f} = ln 2: a coin flip)"
    for nonsense in ["", "abc", "1e", "nan", "0x10", "1 2", "٣"]:
        part(page, "ask-x1").fill(nonsense)
        assert part(page, "said-share").inner_text() == "Type two numbers, such as 0 and 1."
    page.wait_for_function("document.querySelector('div').shadowRoot.querySelector('[data-part=summary]').textContent")
    assert part(page, "summary").text_content().startswith("Epoch 1,000. Loss 0.00")
    assert "Decision map" in part(page, "map").get_attribute("aria-label")


@pytest.mark.browser
def test_every_button_says_what_it_does(page):
    """Under the pointer by its title, and beside it when the keyboard comes to it."""
    changes = (Change(20, "parameters[0]", 0.5), Change(30, "learning_rate", 0.1))
    config = Config(epochs=60, changes=changes)
    data = make_data(config)
    page.add_script_tag(path=str(component.PLOTLY))
    mount(page, encode(run(config, data), data, run=1, seconds=0, since=30))
    opened = {"Inputs": ".chooser", "Edit weights": ".editor", "Paint points": ".brush-panel"}
    opened |= {"Hidden space": ".slice", "Surface": ".turns"}
    for name, inside in opened.items():
        opener = page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("tab", name=name))
        opener.press("Enter")
        page.locator(inside).wait_for()
        told = page.evaluate(
            """() => [...root.querySelectorAll("button")].map((button) => {
                button.focus();
                const help = root.querySelector("[data-part=help]");
                const reached = root.activeElement === button;
                return [button.textContent || button.ariaLabel, button.title, reached, help.hidden, help.textContent];
            })"""
        )
        for name, title, reached, hidden, text_of_help in told:
            assert len(title.split()) > 3, name
            assert not reached or (not hidden and text_of_help == title), name
        assert sum(reached for _, _, reached, *_ in told) > 20
    page.mouse.click(5, 5)
    assert part(page, "help").is_hidden()


@pytest.mark.browser
def test_pixels_are_the_answers(page):
    """The colour painted at a place is the tint of the probability that NumPy computes there."""
    payload, history, _ = trained(epochs=60)
    mount(page, payload)
    page.wait_for_timeout(400)  # at rest
    low, high = history.config.data.domain
    x = np.array([[0.31, 0.2], [0.8, 0.62], [0.1, 0.55], [1.3, -0.3], [-0.35, 1.35]])
    painted = page.evaluate(
        """([x, low, high]) => {
            const canvas = document.querySelector("div").shadowRoot.querySelector("[data-part=map]");
            const density = canvas.width / canvas.clientWidth;
            const side = canvas.clientWidth - 52; // left and right margins
            return x.map(([x1, x2]) => {
                const across = 42 + side * (x1 - low) / (high - low);
                const down = 24 + side * (high - x2) / (high - low);
                return Array.from(canvas.getContext("2d").getImageData(across * density, down * density, 1, 1).data);
            });
        }""",
        [x.tolist(), low, high],
    )
    p = predict(history.parameters[-1].astype(np.float32).astype(float), x, history.config)
    orange, blue = np.array([0xE8, 0x71, 0x0A]), np.array([0x1D, 0x5F, 0xD1])
    colour = np.where(p > 0.5, blue, orange)
    expected = 255 + (colour - 255) * 0.8 * np.abs(2 * p - 1)
    np.testing.assert_allclose(np.array(painted)[:, :3], expected, atol=4)


@pytest.mark.browser
def test_every_kind_of_run_is_painted(page):
    mount(page, trained(1)[0])
    kinds = [
        {"dataset": "three_spiral", "hidden_sizes": (8,)},
        {"dataset": "sine", "hidden_sizes": ()},
        {"dataset": "sine", "hidden_sizes": (12,), "activation": "relu", "learning_rate": 30.0},
        {"dataset": "spiral", "hidden_sizes": (16,) * 6, "samples": 200},
    ]
    for number, settings in enumerate(kinds, start=2):
        page.evaluate("payload => show(payload)", text(trained(number, **settings, epochs=20)[0]))
        for name in ("show-score", "show-loss", "log", "linear"):
            part(page, name).click()
        part(page, "map").hover()
        assert "→" in part(page, "map-readout").inner_text()
        assert page.evaluate("stage.run") == number


@pytest.mark.browser
def test_it_leaves_nothing_behind(page):
    mount(page, trained()[0])
    page.evaluate("leave()")
    assert page.evaluate("(stage.seek(10), stage.epoch)") == 10, "a superseded call's goodbye leaves the stage in use"
    page.evaluate("document.querySelector('div').remove(), leave()")
    frames = page.evaluate("stage.frames")
    page.evaluate("dispatchEvent(new CustomEvent('nn-hold', { detail: false }))")
    page.wait_for_timeout(300)
    assert page.evaluate("stage.frames") == frames


@pytest.mark.browser
def test_the_greeting_goes_on_while_more_of_its_run_arrives(browser):
    page = open_page(browser)
    config = Config(epochs=400)
    data = make_data(config)
    whole = list(train(config, data, every=100))
    partial, finished = record(config, whole[:3]), record(config, whole)
    mount(page, encode(partial, data, run=1, seconds=0.1))
    page.wait_for_function("stage.epoch > 5")
    page.evaluate("payload => show(payload)", text(encode(finished, data, run=2, seconds=0.2)))
    assert page.evaluate("stage.playing && stage.epoch < 400")
    page.close()

"""Pinned runs: their format, what is made of untrusted wishes, and the cards in a real browser."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import ui.components.pins as component
from nn_core import predict
from tests.conftest import ROOT
from tests.support import mounted, unpacked
from tests.test_stage import open_page, part, text, trained
from ui.components.pins import LONGEST_NAME, MOST, MOST_PARAMETERS, Pin, Wish, encode_pins, wished
from ui.components.stage import encode

NOW = {"Learning rate": "0.5", "Hidden layers": "4", "Noise": "0"}


def pin(colour=0, name="A run", settings=NOW, **config):
    """A short run, pinned."""
    return Pin(name, colour, trained(colour + 1, **{"epochs": 60, **config})[0], settings)


# --- the format ---


def test_payload_holds_the_runs_in_order():
    pinned = [pin(3, "first", epochs=20), pin(0, "second" * 20, epochs=10)]
    header, rest = unpacked(encode_pins(pinned, NOW, shown=1))
    assert [entry["colour"] for entry in header["pins"]] == [3, 0]
    assert [entry["name"] for entry in header["pins"]] == ["first", ("second" * 20)[:LONGEST_NAME]]
    lengths = [entry["length"] for entry in header["pins"]]
    assert [rest[: lengths[0]], rest[lengths[0] :]] == [entry.payload for entry in pinned]
    assert (header["shown"], header["most"], header["differences"]) == (1, MOST, [])


def test_only_settings_that_differ_are_told():
    others = {"Learning rate": "0.5", "Hidden layers": "8, 8", "Optimizer": "Adam"}
    header, _ = unpacked(encode_pins([pin(0), pin(1, settings=others)], NOW))
    assert header["differences"] == [
        ["Hidden layers", ["4", "8, 8"], "4"],
        ["Noise", ["0", None], "0"],
        ["Optimizer", [None, "Adam"], None],
    ]
    assert unpacked(encode_pins([pin(0)], NOW))[0]["differences"] == []
    assert unpacked(encode_pins([], NOW))[0]["differences"] == []


def test_eight_wide_runs_stay_below_one_megabyte():
    _, history, data = trained(dataset="xor_cloud", hidden_sizes=(16,) * 4, epochs=60)
    payload = encode(history, data, run=1, seconds=0, most=MOST_PARAMETERS)
    assert len(encode_pins([Pin("wide", k, payload, NOW) for k in range(MOST)], NOW)) < 1_000_000
    header, _ = unpacked(payload)
    assert header["arrays"]["snapshot_epochs"][1] == MOST_PARAMETERS // history.config.n_parameters


def test_too_many_runs_and_two_of_one_colour_are_refused():
    runs = [pin()._replace(colour=colour) for colour in range(MOST)]
    encode_pins(runs, NOW)
    for refused in ([*runs, runs[0]._replace(colour=8)], [runs[0], runs[0]]):
        with pytest.raises(ValueError, match="at most 8 runs can be pinned"):
            encode_pins(refused, NOW)


@pytest.mark.parametrize(
    ("wish", "pinned", "meant"),
    [
        ({"n": 1, "do": "pin"}, 0, Wish("pin")),
        ({"n": 1, "do": "pin"}, MOST, None),
        ({"n": 2, "do": "restore", "at": 1}, 2, Wish("restore", 1)),
        ({"n": 2, "do": "remove", "at": 0}, 1, Wish("remove", 0)),
        ({"n": 2, "do": "remove", "at": 1}, 1, None),
        ({"n": 2, "do": "remove", "at": -1}, 1, None),
        ({"n": 2, "do": "remove", "at": True}, 2, None),
        ({"n": 2, "do": "restore", "at": 0.0}, 1, None),
        ({"n": 2, "do": "restore"}, 1, None),
        ({"n": 3, "do": "move", "at": 0, "to": 1}, 2, Wish("move", 0, to=1)),
        ({"n": 3, "do": "move", "at": 0, "to": 2}, 2, None),
        ({"n": 3, "do": "move", "at": 0}, 2, None),
        ({"n": 4, "do": "rename", "at": 0, "name": "  a \n b "}, 1, Wish("rename", 0, name="a b")),
        ({"n": 4, "do": "rename", "at": 0, "name": "x" * 10_000}, 1, Wish("rename", 0, name="x" * LONGEST_NAME)),
        ({"n": 4, "do": "rename", "at": 0, "name": " "}, 1, None),
        ({"n": 4, "do": "rename", "at": 0, "name": 7}, 1, None),
        ({"n": 5, "do": "explode", "at": 0}, 1, None),
        ({"n": 5, "do": [], "at": 0}, 1, None),
        ({}, 1, None),
        ([], 1, None),
        ("pin", 1, None),
        (None, 1, None),
    ],
)
def test_wishes(wish, pinned, meant):
    assert wished({"wish": wish}, pinned) == meant


@pytest.mark.parametrize("state", [None, [], "wish", {}, 3])
def test_a_state_that_is_none_wishes_nothing(state):
    assert wished(state, 1) is None


def streamlit_page():
    import streamlit as st

    from ui.components.pins import encode_pins, pins, wished

    def take():
        st.session_state.did = wished(st.session_state.pins, 0)

    pins(key="pins", payload=encode_pins([], {}), on_wish=take)


def test_the_wish_reaches_python():
    app = AppTest.from_function(streamlit_page).run()
    assert not app.exception
    assert app.get("bidi_component")[0].proto.bytes == encode_pins([], {})
    app.session_state["pins"] = {"wish": {"n": 1, "do": "pin"}}
    app.run()
    assert wished(app.session_state["pins"], 0) == Wish("pin")


def test_a_link_brings_its_runs_trained():
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
    page.query_params["pin"] = [
        "name=as+it+comes",
        "name=slow&learning_rate=0.01&epochs=50",
        "name=wide&hidden_sizes=8",
    ]
    page.run()
    assert not page.exception
    assert not page.warning
    (payload,) = (each.proto.bytes for each in page.get("bidi_component") if each.proto.component_name.endswith("pins"))
    header, _ = unpacked(payload)
    assert [entry["name"] for entry in header["pins"]] == ["as it comes", "slow", "wide"]
    assert header["shown"] == 0
    assert [title for title, *_ in header["differences"]] == ["Hidden nodes", "Learning rate", "Epochs"]


# --- in the browser ---


LISTEN = """[window.wishes, window.told] = [[], []];
const plain = ({ run, ...rest }) => ({ run: run.run, ...rest });
addEventListener("nn-pins", ({ detail }) => told.push(detail.map(plain)));
window.setStateValue = (name, { n, ...wish }) => wishes.push([name, wish]);
window.focused = () => root.activeElement?.ariaLabel;"""


@pytest.fixture
def page(browser):
    page = open_page(browser, viewport={"width": 1000, "height": 900})
    yield page
    page.close()
    assert not page.problems


def mount(page, pinned, **more):
    mounted(page, component, "pins.html", encode_pins(pinned, NOW, **more), LISTEN)


def show(page, pinned, now=NOW, **more):
    page.evaluate("payload => show(payload)", text(encode_pins(pinned, now, **more)))


def names(page):
    return page.locator(".card button.name").all_inner_texts()


def button(page, label):
    return page.get_by_role("button", name=label, exact=True)


@pytest.mark.browser
def test_with_nothing_pinned_it_is_one_slim_line(page):
    mount(page, [])
    assert page.locator(".nn-pins").bounding_box()["height"] < 50
    assert "to compare" in part(page, "hint").inner_text()
    assert not part(page, "comparison").is_visible()
    button(page, "Pin this run").click()
    assert page.evaluate("wishes") == [["wish", {"do": "pin"}]]


@pytest.mark.browser
def test_cards_show_the_end_of_each_run(page):
    payload, history, _ = trained(1, epochs=200)
    mount(page, [Pin("mine", 2, payload, NOW), pin(0, "sine", dataset="sine")])
    card = page.locator(".card").first
    assert card.locator(".number").inner_text() == "3"
    assert part(card, "train-loss").inner_text() == f"{history.train_loss[-1]:.4f}"
    assert part(card, "test-loss").inner_text() == f"{history.test_loss[-1]:.4f}"
    assert part(card, "train-score").inner_text().startswith(f"{100 * history.train_accuracy[-1]:.0f}")
    assert part(page.locator(".card").last, "score").inner_text() == "R²"
    page.wait_for_function("() => document.querySelector('div').shadowRoot.querySelector('canvas').ariaLabel")
    assert part(card, "map").get_attribute("aria-label") == "Decision map of mine, epoch 200"


PIXELS = """([number, places]) => {
    const canvas = document.querySelector("div").shadowRoot.querySelectorAll("canvas")[number];
    const paper = canvas.getContext("2d");
    return places.map(([x, y]) => Array.from(paper.getImageData(x, y, 1, 1).data));
}"""


@pytest.mark.browser
def test_small_maps_follow_the_time_line(page):
    """Their pixels are the tint of what NumPy computes at the epoch shown; beyond the end of a run, its end."""
    runs = [trained(1, epochs=100), trained(2, epochs=300, seed=3)]
    mount(page, [Pin("short", 0, runs[0][0], NOW), Pin("long", 1, runs[1][0], NOW)])
    side = part(page, "map").first.evaluate("canvas => canvas.clientWidth")
    places = np.array([[0.1, 0.1], [0.1, 0.85], [0.35, 0.2], [0.95, 0.97], [0.6, 0.5]])
    for epoch, shown in [(None, [100, 300]), (0, [0, 0]), (40, [40, 40]), (200, [100, 200])]:
        if epoch is not None:
            page.evaluate("epoch => dispatchEvent(new CustomEvent('nn-epoch', { detail: epoch }))", epoch)
        page.wait_for_function(
            """texts => [...document.querySelector("div").shadowRoot.querySelectorAll("[data-part=epoch]")]
                .map((node) => node.textContent).join() === texts""",
            arg=",".join(f"epoch {at}" for at in shown),
        )
        for number, (payload, history, _) in enumerate(runs):
            x1_low, x1_high, x2_low, x2_high = unpacked(payload)[0]["domain"]
            pixels = (places * side).astype(int)
            across, down = (pixels.T + 0.5) / side
            x = np.column_stack([x1_low + across * (x1_high - x1_low), x2_high - down * (x2_high - x2_low)])
            parameters = (
                history.parameters[history.snapshot_epochs == shown[number]][0].astype(np.float32).astype(float)
            )
            p = predict(parameters, x, history.config)
            colour = np.where(p > 0.5, [[0x1D, 0x5F, 0xD1]], [[0xE8, 0x71, 0x0A]])
            expected = 255 + (colour - 255) * 0.8 * np.abs(2 * p - 1)
            painted = np.array(page.evaluate(PIXELS, [number, pixels.tolist()]))[:, :3]
            border = painted.sum(axis=1) < 200  # the line between the classes hides the tint
            assert border.sum() < 2
            np.testing.assert_allclose(painted[~border], expected[~border], atol=6)


@pytest.mark.browser
def test_where_a_run_has_diverged_its_map_is_blank(page):
    _, history, data = trained(epochs=20)
    parameters = history.parameters.copy()
    parameters[-1] = np.nan
    broken = encode(history._replace(parameters=parameters), data, run=1, seconds=0)
    mount(page, [Pin("broken", 0, broken, NOW)])
    said = "said => document.querySelector('div').shadowRoot.querySelector('[data-part=epoch]').textContent === said"
    for epoch, text_then, blank in [(None, "epoch 20", True), (0, "epoch 0", False), (20, "epoch 20", True)]:
        if epoch is not None:
            page.evaluate("epoch => dispatchEvent(new CustomEvent('nn-epoch', { detail: epoch }))", epoch)
        page.wait_for_function(said, arg=text_then)
        painted = page.evaluate(PIXELS, [0, [[20, 20], [60, 30], [100, 100]]])
        assert (np.array(painted) == 255).all() == blank


@pytest.mark.browser
def test_every_button_sends_its_wish(page):
    mount(page, [pin(0, "a"), pin(1, "b"), pin(2, "c")], shown=2)
    for label in ("Restore: b", "Remove: a", "Move left: c", "Move right: b"):
        button(page, label).click()
    assert [wish for _, wish in page.evaluate("wishes")] == [
        {"do": "restore", "at": 1},
        {"do": "remove", "at": 0},
        {"do": "move", "at": 2, "to": 1},
        {"do": "move", "at": 1, "to": 2},
    ]
    for label in ("Move left: a", "Move right: c", "Restore: c", "Pin this run"):
        assert button(page, label).get_attribute("aria-disabled") == "true"
        button(page, label).click(force=True)
    assert len(page.evaluate("wishes")) == 4
    assert part(page, "hint").inner_text() == "The run on screen is pinned."


@pytest.mark.browser
def test_a_name_is_typed_in_its_place(page):
    hostile = "<img src=x onerror=alert(1)>"
    mount(page, [pin(0, "a"), pin(1, hostile)])
    assert names(page) == ["a", hostile]
    field = part(page, "field").first
    for keys, name in [("Escape", "a"), ("Enter", "new"), ("Tab", "newer")]:
        page.locator("button.name").first.click()
        assert field.evaluate("field => field.matches(':focus')")
        field.fill("newer" if keys == "Tab" else "new")
        page.keyboard.press(keys)
        assert names(page)[0] == name
        assert not field.is_visible()
    page.locator("button.name").first.click()
    field.fill("   ")
    page.keyboard.press("Enter")
    assert page.evaluate("focused()") == "Rename: a", "the keyboard stays where it was"
    renames = [{"do": "rename", "at": 0, "name": name} for name in ("new", "newer")]
    assert [wish for _, wish in page.evaluate("wishes")] == renames
    page.locator("button.name").first.click()
    page.keyboard.type("x" * 50)
    assert len(field.input_value()) == LONGEST_NAME


@pytest.mark.browser
def test_the_focus_stays_with_the_card(page):
    a, b, c = (pin(colour, name) for colour, name in enumerate("abc"))
    mount(page, [a, b, c])
    button(page, "Move right: a").focus()
    show(page, [b, a, c])
    assert names(page) == ["b", "a", "c"]
    assert page.evaluate("focused()") == "Move right: a"
    button(page, "Remove: c").focus()
    show(page, [b, a])
    assert page.evaluate("focused()") == "Remove: a"
    show(page, [b])
    show(page, [])
    assert part(page, "pin").evaluate("button => button.matches(':focus')")


@pytest.mark.browser
def test_a_rerun_does_not_disturb_typing(page):
    pinned = [pin(0, "a"), pin(1, "b")]
    mount(page, pinned)
    page.locator("button.name").last.click()
    page.keyboard.type("half")
    show(page, pinned)
    show(page, pinned, {**NOW, "Noise": "0.2"})
    page.keyboard.type(" typed")
    page.keyboard.press("Enter")
    assert page.evaluate("wishes.at(-1)[1]") == {"do": "rename", "at": 1, "name": "half typed"}


@pytest.mark.browser
def test_settings_that_differ_stand_in_a_table(page):
    mount(page, [pin(0, "a"), pin(1, "b", {"Hidden layers": "8", "Learning rate": "0.5"})])
    rows = [row.inner_text().split("\t") for row in part(page, "table").locator("tr").all()]
    assert [cell.split() for cell in rows[0][1:]] == [["1", "a"], ["2", "b"], ["now"]]
    assert rows[1:] == [["Hidden layers", "4", "8", "4"], ["Noise", "0", "–", "0"]]
    assert part(page, "table").locator(".differs").all_inner_texts() == ["8", "–"]
    show(page, [pin(0, "a")])
    assert not part(page, "comparison").is_visible()


@pytest.mark.browser
def test_eight_and_no_more(page):
    kinds = [{}, {"dataset": "three_spiral"}, {"dataset": "sine"}, {"hidden_sizes": (16,) * 6, "epochs": 5}]
    mount(page, [pin(colour, f"run {colour}", **kinds[colour % 4]) for colour in range(MOST)])
    assert len(names(page)) == MOST
    assert "remove one" in part(page, "hint").inner_text()
    button(page, "Pin this run").click(force=True)
    assert page.evaluate("wishes") == []
    lines = part(page, "line").evaluate_all("lines => lines.map((line) => line.getAttribute('stroke-dasharray'))")
    assert len(set(lines)) == MOST, "told apart without colour"
    show(page, [pin(5, "the last")])
    assert names(page) == ["the last"]
    assert part(page, "status").text_content() == "1 of 8 runs pinned."


@pytest.mark.browser
def test_the_stage_is_told(page):
    page.evaluate("addEventListener('nn-hello', () => { window.greeted = true; })")
    mount(page, [pin(4, "a"), pin(1, "b")])
    assert page.evaluate("greeted"), "a stage that was here before says its epoch again"
    expected = [{"run": 5, "name": "a", "colour": "--pin-4"}, {"run": 2, "name": "b", "colour": "--pin-1"}]
    assert page.evaluate("told.at(-1)") == expected
    page.evaluate("told.length = 0, dispatchEvent(new CustomEvent('nn-hello'))")
    assert page.evaluate("told") == [expected]
    page.evaluate("leave()")
    assert page.evaluate("told") == [expected], "a superseded call's goodbye leaves the board in use"
    page.evaluate("document.querySelector('div').remove(), leave()")
    assert page.evaluate("told") == [expected, []]
    page.evaluate("dispatchEvent(new CustomEvent('nn-hello'))")
    assert len(page.evaluate("told")) == 2


@pytest.mark.browser
def test_cards_fit_a_phone(browser):
    page = open_page(browser, viewport={"width": 390, "height": 800}, has_touch=True)
    mount(page, [pin(colour, "a name that is longer than a card is wide") for colour in range(3)])
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    for place in page.locator(".nn-pins button:visible").all():
        box = place.bounding_box()
        assert min(box["width"], box["height"]) >= 36
    page.close()
    assert not page.problems

"""Pictures of many networks: seeds, a search, a race. Their formats, what comes out of untrusted states, and what is
seen in a real browser beside what NumPy says."""

import base64
import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest

import ui.components.race as race_component
import ui.components.search as search_component
import ui.components.seeds as seeds_component
import ui.components.stage as stage_component
from nn_core import Config, make_data, population, predict
from nn_core.fates import KINDS, fates
from nn_core.plateaus import plateaus
from nn_core.population import Population
from nn_core.race import Race, final, results
from nn_core.search import Search, axis
from nn_core.statistics import share
from nn_core.trials import Judged, Sought, importance, judge, networks, trials
from tests.support import decode, mounted
from tests.test_stage import open_page
from ui.components import race as race_picture
from ui.components import search as search_picture
from ui.components import seeds as seeds_picture

LISTEN = "window.sent = []; window.setStateValue = (name, value) => sent.push(value)"
TWO_NODES = Config(hidden_sizes=(2,), epochs=600)


@pytest.fixture
def page(browser):
    page = open_page(browser, reduced_motion="reduce", viewport={"width": 1000, "height": 1400})
    yield page
    page.close()
    assert not page.problems


def crowd(config: Config, count: int) -> tuple[Population, list, object]:
    whole = population.run(config.from_seed(seed) for seed in range(count))
    data = make_data(config)
    return whole, fates(whole, plateaus(config, data)), data


@pytest.fixture(scope="module")
def two_nodes():
    return crowd(TWO_NODES, 60)


def seeds_payload(of, **more) -> bytes:
    whole, found, data = of
    return seeds_picture.encode(whole, found, data, **{"asked": 1, "running": False, "shown": 3, **more})


def add_scripts(page) -> None:
    """The functions of the picture of seeds by themselves, to be asked."""
    folder = Path(seeds_component.__file__).parent
    scripts = "\n".join((folder / name).read_text(encoding="utf-8") for name in seeds_component.SCRIPTS)
    page.add_script_tag(content=scripts.replace("export default", "window.shown ="))


# --- seeds ------------------------------------------------------------------------------------------------------------


def test_seeds_and_what_became_of_them_travel(two_nodes):
    whole, found, _ = two_nodes
    header, arrays = decode(seeds_payload(two_nodes))
    solved = share(int(whole.solved.sum()), 60)
    assert header["solved"] == list(solved)
    assert (header["of"], header["done"], header["shown"]) == (60, 60, 3)
    assert [each["title"] for each in header["fates"]] == [each.title for each in found]
    assert [each["kind"] for each in header["fates"]] == [each.kind for each in found]
    for number, each in enumerate(found):
        assert (arrays["fate"][each.places] == number).all()
    np.testing.assert_array_equal(arrays["final"], whole.final_loss.astype(np.float32))
    of = arrays["curve_of"].astype(int)
    curves = arrays["curves"].reshape(len(of), -1)
    rows = np.searchsorted(whole.epochs, arrays["curve_epochs"].astype(int))
    np.testing.assert_array_equal(curves, whole.train_loss[rows][:, of].T.astype(np.float32))
    np.testing.assert_allclose(arrays["middle"], np.median(whole.train_loss[rows], axis=1), rtol=1e-6)
    parameters = arrays["parameters"].reshape(-1, TWO_NODES.n_parameters)
    for row, place in enumerate(arrays["map_of"].astype(int)):
        np.testing.assert_array_equal(parameters[row], whole.parameters[place].astype(np.float32))


def test_a_thousand_wide_ones_stay_below_half_a_megabyte():
    config = Config(dataset="xor_points", hidden_sizes=(16,) * 6, epochs=2)
    payload = seeds_payload(crowd(config, 300))
    header, arrays = decode(payload)
    assert len(payload) < 500_000
    assert seeds_component.MOST_CURVES - 10 < len(arrays["curve_of"]) <= seeds_component.MOST_CURVES
    assert 0 < len(arrays["map_of"]) < 60
    assert header["of"] == 300
    many = seeds_payload(crowd(TWO_NODES.replace(epochs=2), 1000))
    assert len(many) < 500_000


def test_of_each_fate_some_are_shown(two_nodes):
    _, found, _ = two_nodes
    chosen = seeds_picture.some_of(found, 12)
    assert len(chosen) <= 12 + len(found)
    assert all(set(chosen) & set(each.places) for each in found)


@pytest.mark.parametrize(
    ("state", "seed"),
    [
        ({"wish": {"n": 1, "seed": 7}}, 7),
        ({"wish": {"n": 1, "seed": 60}}, None),
        ({"wish": {"n": 1, "seed": True}}, None),
        ({"wish": {"n": 1, "seed": 7.0}}, None),
        ({"wish": {"n": 1, "seed": [7]}}, None),
        ({"wish": 7}, None),
        ({}, None),
        (None, None),
        ("7", None),
    ],
)
def test_only_seeds_that_are_there_can_be_opened(state, seed):
    assert seeds_picture.opened(state, range(60)) == seed


def test_the_picture_of_seeds_says_what_numpy_says(page, two_nodes):
    whole, found, _ = two_nodes
    mounted(page, seeds_component, "seeds.html", seeds_payload(two_nodes), LISTEN)
    count = int(whole.solved.sum())
    assert page.locator(".headline").inner_text().split() == f"{count} of 60 seeds solve it".split()
    interval = share(count, 60)
    assert f"between {100 * interval.low:.1f} and {100 * interval.high:.1f} %" in page.locator(".interval").inner_text()
    legend = [f"{each.title} ({len(each.places)})" for each in found]
    assert page.locator(".legend li").all_inner_texts() == legend
    groups = page.locator(".group")
    assert groups.count() == len(found)
    for number, each in enumerate(found):
        head = groups.nth(number).locator("h3").inner_text()
        assert each.title in head
        assert f"{len(each.places)} of 60" in head
        bar = page.locator(".stack i").nth(number).bounding_box()["width"]
        whole_bar = page.locator(".stack").bounding_box()["width"]
        assert bar / whole_bar == pytest.approx(len(each.places) / 60, abs=0.01)


def test_a_click_on_a_map_opens_its_seed_and_its_map_is_that_of_the_network(page, two_nodes):
    whole, found, _ = two_nodes
    mounted(page, seeds_component, "seeds.html", seeds_payload(two_nodes), LISTEN)
    first = page.locator(".group").first.locator(".maps button").first
    seed = int(first.inner_text())
    assert seed == found[0].places[0], "the lowest loss first"
    first.click()
    assert page.evaluate("sent") == [{"n": 1, "seed": seed}]
    page.wait_for_timeout(100)
    pixel = """([canvas, x, y]) => [...canvas.getContext("2d")
        .getImageData(x * canvas.width, y * canvas.height, 1, 1).data]"""
    handle = first.locator("canvas").element_handle()
    for x1, x2 in ((0, 0), (1, 0), (0, 1), (1, 1)):
        red, _, blue, _ = page.evaluate(pixel, [handle, (x1 + 0.4) / 1.8, 1 - (x2 + 0.4) / 1.8])
        answer = predict(whole.parameters[seed], np.array([[x1, x2]]), TWO_NODES)[0, 0]
        assert (blue > red) == (answer > 0.5)


def test_what_is_pointed_at_is_lit_up_everywhere_and_keys_walk_through_all(page, two_nodes):
    whole, found, _ = two_nodes
    mounted(page, seeds_component, "seeds.html", seeds_payload(two_nodes), LISTEN)
    page.locator("canvas[data-part=fan]").focus()
    page.keyboard.press("ArrowUp")
    best = int(np.nanargmin(whole.final_loss))
    assert page.locator("output").inner_text().startswith(f"Seed {best}: {found[0].title}, loss")
    assert page.locator("button.pointed").get_attribute("data-member") == str(best)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("sent.at(-1).seed") == best
    box = page.locator("canvas[data-part=fan]").bounding_box()
    said = set()
    for across, down in itertools.product((0.73, 0.83), np.linspace(0.02, 0.98, 60)):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
        if page.locator("output").is_visible():
            said.add(page.locator("output").inner_text().split(": ")[1].split(", loss")[0])
    assert said == {each.title for each in found}, "dots of each fate stand beside the curves"


def test_each_kind_of_fate_has_its_own_colour_and_mark(page, two_nodes):
    folder = Path(seeds_component.__file__).parent
    colours = dict(re.findall(r"--fate-([\w-]+): (#\w{6});", (folder / "seeds.css").read_text(encoding="utf-8")))
    assert set(colours) == set(KINDS)
    assert len(set(colours.values())) == len(KINDS)
    add_scripts(page)
    marks = page.evaluate("FATE_MARKS")
    assert set(marks) == set(KINDS)
    assert len(set(marks.values())) == len(KINDS)
    _, found, _ = two_nodes
    for fates_shown in (found, found[1:], found[::-1]):
        expected = [f"--fate-{each.kind}" for each in fates_shown]
        kinds = [{"kind": each.kind} for each in fates_shown]
        assert page.evaluate("kinds => kinds.map(fateColour)", kinds) == expected, "whatever the others are"


def test_plateaus_are_called_by_their_losses(page):
    tutorial = Config(hidden_sizes=(2,), activation="sigmoid", initializer="tutorial", epochs=20)
    add_scripts(page)
    header, _ = decode(seeds_payload(crowd(tutorial, 3)))
    assert [each["kind"] for each in header["fates"]] == ["nothing"]
    for plateau in plateaus(tutorial, make_data(tutorial)):
        kind = "nothing" if plateau.shared == 4 else f"share-{plateau.shared}"
        rest = {"kind": kind, "low": plateau.low, "high": plateau.high, "value": plateau.value}
        ranged = plateau.high - plateau.low > 5e-4
        usual = f"{plateau.low:.3f} to {plateau.high:.3f}" if ranged else f"{plateau.value:.3f}"
        words = page.evaluate("([crowd, rest]) => restText(crowd, rest)", [header, rest])
        assert words == ("0.693 = ln 2" if kind == "nothing" else usual)
        assert page.evaluate("rest => restTick(rest)", rest) == f"{plateau.value:.{2 if ranged else 3}f}"
    scene = """([header, width]) => fanScene({ ...header, order: [], arrays: { curves: [0.69], final: [0.69] },
        fates: [{ kind: "nothing", plateau: [0.6931, 0.6931] }] }, width, 470)"""
    for width in (340, 900):
        found = page.evaluate(scene, [header, width])
        assert len(found["axis"]["ticks"]) >= 2, "a narrow axis has ticks too"
        assert found["stacked"] == (width < 560)
        plot, dots = found["plot"], found["dots"]
        assert plot["width"] > 250
        assert dots["y"] > plot["y"] + plot["height"] if width < 560 else dots["x"] == plot["x"] + plot["width"]


def test_all_maps_of_a_group_on_demand(page, two_nodes):
    mounted(page, seeds_component, "seeds.html", seeds_payload(two_nodes), LISTEN)
    _, found, _ = two_nodes
    group = page.locator(".group").first
    assert group.locator(".maps button[data-member]").count() == 12
    group.get_by_role("button", name=f"All {len(found[0].places)}").click()
    assert group.locator(".maps button[data-member]").count() == len(found[0].places)
    group.get_by_role("button", name="Fewer").click()
    assert group.locator(".maps button[data-member]").count() == 12


def test_seeds_on_their_way_and_seeds_that_diverged(page):
    sine = Config(dataset="sine", samples=60, activation="relu", epochs=200)
    configs = [sine.replace(seed=seed, learning_rate=100.0 if seed < 3 else 0.05) for seed in range(6)]
    parts = population.groups(configs)
    pieces = [population.work(each, None, math.inf) for each in parts]
    whole, data = population.gathered(configs, parts, pieces), make_data(sine)
    payload = seeds_picture.encode(whole, fates(whole), data, asked=1, running=False, shown=None)
    mounted(page, seeds_component, "seeds.html", payload, LISTEN)
    assert (
        "reach R² 0.99" in page.locator(".headline").inner_text() or "reaches" in page.locator(".headline").inner_text()
    )
    lost = page.locator(".group", has_text="diverged")
    assert "3 of 6" in lost.inner_text()
    assert lost.locator(".maps button[data-member]").count() == 0
    none = population.gathered(configs, parts, [None] * len(parts))
    waiting = seeds_picture.encode(none, [], data, asked=1, running=True, shown=None)
    page.evaluate("payload => show(payload)", base64.b64encode(waiting).decode())
    assert page.locator(".headline").inner_text().strip() == "6 seeds are being trained …"


@pytest.mark.parametrize("width", [340, 760])
def test_seeds_fit_a_phone(page, two_nodes, width):
    page.set_viewport_size({"width": width, "height": 900})
    mounted(page, seeds_component, "seeds.html", seeds_payload(two_nodes), LISTEN)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# --- a search ---------------------------------------------------------------------------------------------------------


def sought(search: Search) -> Sought:
    tried = trials(search)
    whole = population.run(networks(tried, search.seeds))
    return Sought(search, tried, judge(whole, search.seeds), np.full(len(tried), search.base.epochs))


@pytest.fixture(scope="module")
def found() -> Sought:
    return sought(Search(Config(epochs=200), steps=4, seeds=5))


def test_trials_travel_with_what_they_are_worth(found):
    header, arrays = decode(search_picture.encode(found, running=False))
    judged = found.judged
    assert header["best"] == found.ranking[0]
    assert [each["title"] for each in header["axes"]] == ["Learning rate", "Hidden nodes"]
    assert header["texts"][0] == ["0.01", "1"]
    weights = importance(found.search, found.trials, judged.solved / 5)
    assert [each["importance"] for each in header["axes"]] == pytest.approx(weights)
    assert [text for _, text in header["columns"][1]] == ["1", "3", "6", "16"]
    np.testing.assert_array_equal(arrays["solved"], judged.solved)
    np.testing.assert_allclose(arrays["loss"], judged.loss, rtol=1e-6)
    places = arrays["places"].reshape(-1, 2)
    np.testing.assert_allclose(places[0], [0, 0])
    np.testing.assert_allclose(places[-1], [1, 1])


def test_round_values_are_named_on_a_log_axis():
    assert [text for _, text in search_picture.ticks(axis("learning_rate"))] == [
        "0.01",
        "0.03",
        "0.1",
        "0.3",
        "1",
        "3",
        "10",
    ]
    assert [text for _, text in search_picture.ticks(axis("l2"))] == ["1e-05", "0.0001", "0.001", "0.01", "0.1"]
    assert search_picture.ticks(axis("optimizer"))[-1][1] == "AdamW"


@pytest.mark.parametrize(
    ("state", "trial"),
    [({"wish": {"trial": 2}}, 2), ({"wish": {"trial": 16}}, None), ({"wish": {"trial": -1}}, None), (3, None)],
)
def test_only_trials_that_are_there_can_be_opened(state, trial):
    assert search_picture.opened(state, 16) == trial


def pointed_cells(page, columns: int, rows: int) -> list[str]:
    """What is said of each cell, column by column from below."""
    box = page.locator("canvas[data-part=heat]").bounding_box()
    left, top, right, bottom = box["x"] + 64, box["y"] + 10, box["x"] + box["width"] - 14, box["y"] + box["height"] - 46
    said = []
    for i in range(columns):
        for j in range(rows):
            x = left + (right - left) * (i + 0.5) / columns
            page.mouse.move(x, bottom - (bottom - top) * (j + 0.5) / rows)
            said.append(page.locator("[data-part=heat-readout]").inner_text())
    return said


def test_every_cell_says_how_its_trial_did_and_a_click_opens_it(page, found):
    mounted(page, search_component, "search.html", search_picture.encode(found, running=False), LISTEN)
    said = pointed_cells(page, 4, 4)
    for i, (text, trial) in enumerate(zip(said, found.trials, strict=True)):
        lines = text.split("\n")
        assert lines[0] == f"Learning rate {trial.values[0]:g}, Hidden nodes {trial.values[1]}"
        each = found.judged.share(i)
        assert (
            lines[1] == f"{each.count} of 5 seeds solve it ({each.low * 100:.0f} to {each.high * 100:.0f} %, 95 % sure)"
        )
        assert float(lines[2].split()[2]) == pytest.approx(found.judged.loss[i], rel=6e-3)
    page.mouse.down()
    page.mouse.up()
    assert page.evaluate("sent") == [{"n": 1, "trial": 15}]


def test_the_colour_of_a_cell_is_its_share(page, found):
    mounted(page, search_component, "search.html", search_picture.encode(found, running=False), LISTEN)
    page.mouse.move(5, 5)
    colour = """([x, y]) => {
        const canvas = root.querySelector("[data-part=heat]");
        const scale = canvas.width / canvas.clientWidth;
        return [...canvas.getContext("2d").getImageData(x * scale, y * scale, 1, 1).data];
    }"""
    box = page.locator("canvas[data-part=heat]").bounding_box()
    width, height = box["width"] - 78, box["height"] - 56
    for i in range(16):
        column, row = divmod(i, 4)
        x, y = 64 + width * (column + 0.15) / 4, 10 + height * (1 - (row + 0.85) / 4)
        red, green, blue, _ = page.evaluate(colour, [x, y])
        worth = found.judged.solved[i] / 5
        expected = [255 + (full - 255) * 0.8 * round(255 * worth) / 255 for full in (0x1D, 0x5F, 0xD1)]
        assert [red, green, blue] == pytest.approx(expected, abs=2)


def test_keys_move_over_the_plane_and_enter_opens(page, found):
    mounted(page, search_component, "search.html", search_picture.encode(found, running=False), LISTEN)
    page.locator("canvas[data-part=heat]").focus()
    page.keyboard.press("ArrowRight")
    best = int(found.ranking[0])
    assert (
        page.locator("[data-part=heat-readout]")
        .inner_text()
        .startswith(f"Learning rate {found.trials[best].values[0]:g}, Hidden nodes {found.trials[best].values[1]}")
    )
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("sent.at(-1).trial") == 0


def test_a_brush_keeps_only_what_crosses_it(page, found):
    mounted(page, search_component, "search.html", search_picture.encode(found, running=False), LISTEN)
    lines, said = page.locator("canvas[data-part=lines]"), page.locator("[data-part=lines-readout]")
    box = lines.bounding_box()
    left, middle = box["x"] + 46, box["x"] + box["width"] / 2  # the axes of learning rate and hidden nodes
    top, height = box["y"] + 52, box["height"] - 70
    between = left + 0.25 * (middle - left)  # where no other line is near that of all the lowest, or all the highest
    lowest, highest = top + height, top

    def told(y: float) -> str:
        page.mouse.move(between, y)
        return said.inner_text().split("\n")[0] if said.is_visible() else ""

    assert told(lowest) == "Learning rate 0.01, Hidden nodes 1"
    page.mouse.move(middle, top - 2)
    page.mouse.down()
    page.mouse.move(middle, top + 0.2 * height, steps=4)
    page.mouse.up()
    assert told(highest) == "Learning rate 10, Hidden nodes 16"
    assert told(lowest) == "", "its line is outside the brush"
    page.mouse.click(between, lowest)
    assert page.evaluate("sent") == []
    page.mouse.click(middle, top + 0.5 * height)
    assert page.evaluate("sent") == [], "a click on an axis takes its brush away"
    assert told(lowest) == "Learning rate 0.01, Hidden nodes 1"
    page.mouse.click(between, lowest)
    assert page.evaluate("sent") == [{"n": 1, "trial": 0}]


def dots(page, search: Search, payload: bytes) -> np.ndarray:
    """Where the trials stand on the page, (n, 2): the values of the grid are in the middles of equal cells, and what is
    between two of them is evenly between."""
    box = page.locator("canvas[data-part=heat]").bounding_box()
    places = decode(payload)[1]["places"].reshape(-1, len(search.axes))
    cells = (np.arange(search.steps) + 0.5) / search.steps
    grid = [[each.place(value) for value in each.values(search.steps)] for each in search.axes[:2]]
    across, up = (np.interp(places[:, k], grid[k], cells) for k in (0, 1))
    x, y = 64 + across * (box["width"] - 78), 10 + (1 - up) * (box["height"] - 56)
    return np.column_stack([box["x"] + x, box["y"] + y])


@pytest.mark.parametrize("method", ["grid", "random", "halving"])
def test_all_methods_are_drawn_on_the_same_plane(page, found, method):
    other = sought(Search(Config(epochs=60), steps=4, seeds=3, method=method))
    payload = search_picture.encode(other, running=False)
    assert decode(payload)[0]["columns"] == decode(search_picture.encode(found, running=False))[0]["columns"]
    mounted(page, search_component, "search.html", payload, LISTEN)
    readout = page.locator("[data-part=heat-readout]")
    at = dots(page, other.search, payload)
    values = [[search_picture.written(axis("learning_rate"), rate), width] for (rate, width), _ in other.trials]
    titles = [f"Learning rate {rate}, Hidden nodes {width}" for rate, width in values]
    far = abs(at[:, None] - at).max(axis=2) > 8  # no dot reaches the middle of another
    alone = np.flatnonzero(far.sum(axis=1) == len(at) - 1)
    assert len(alone) > len(at) / 2
    for i in alone:
        page.mouse.move(*at[i])
        assert readout.inner_text().split("\n")[0] == titles[i]
    page.locator("canvas[data-part=heat]").focus()
    for _ in titles:
        page.keyboard.press("ArrowLeft")
    assert readout.inner_text().split("\n")[0] in [titles[i] for i in np.flatnonzero(at[:, 0] < at[:, 0].min() + 1)]


def test_of_dots_in_one_place_the_longest_trained_then_the_best_is_on_top(page):
    search = Search(Config(epochs=60), steps=4, seeds=1, method="random")
    one, none, nan = np.ones(3, int), np.zeros(3, int), np.full(3, np.nan)
    judged = Judged(one, none, none, one > 0, np.array([0.3, 0.2, 0.1]), nan, nan)
    three = Sought(search, trials(search)[:1] * 3, judged, np.array([60, 60, 20]))
    payload = search_picture.encode(three, running=False)
    mounted(page, search_component, "search.html", payload, LISTEN)
    page.mouse.move(*dots(page, search, payload)[0])
    assert "validation loss 0.2" in page.locator("[data-part=heat-readout]").inner_text()


def test_the_first_measure_decides_everywhere_which_is_best(page):
    """Of digits that is the accuracy, also where the loss and the share that is solved say otherwise."""
    axes = (axis("learning_rate", pictures=True), axis("hidden_nodes", pictures=True), axis("l2", pictures=True))
    search = Search(Config(dataset="mnist"), axes, steps=2, seeds=1)
    n = len(trials(search))
    accuracy = np.array([0.5, 0.9, 0.9, 0.5, 0.8, 0.8, 0.6, 0.6])  # in each cell of the plane two values of L2
    loss = np.array([0.1, 0.7, 0.2, 0.0, 0.1, 0.0, 0.3, 0.2])
    solved = (accuracy < 0.6).astype(int)
    one, none = np.ones(n, int), np.zeros(n, int)
    judged = Judged(one, solved, none, one > 0, loss, np.full(n, np.nan), accuracy)
    found = Sought(search, trials(search), judged, np.full(n, search.base.epochs))
    payload = search_picture.encode(found, running=False)
    header, arrays = decode(payload)
    assert arrays["order"].tolist() == [2, 1, 5, 4, 7, 6, 3, 0] == found.ranking.tolist()
    assert header["best"] == 2
    mounted(page, search_component, "search.html", payload, LISTEN)
    best_of_cells = [1, 2, 5, 7]
    for said, i in zip(pointed_cells(page, 2, 2), best_of_cells, strict=True):
        assert said.split("\n")[0].endswith(f"L2 penalty {header['texts'][i][2]}")
        assert float(said.split("\n")[2].split()[2]) == pytest.approx(loss[i])


def test_losses_are_a_second_measure_and_what_diverged_is_marked(page):
    base = Config(dataset="sine", samples=60, activation="relu", epochs=100)
    found = sought(Search(base, (axis("learning_rate")._replace(high=100.0), axis("hidden_nodes")), steps=3, seeds=2))
    assert found.judged.diverged.max() == 2
    mounted(page, search_component, "search.html", search_picture.encode(found, running=False), LISTEN)
    page.get_by_role("button", name="validation loss").click()
    assert page.get_by_role("button", name="validation loss").get_attribute("aria-pressed") == "true"
    assert page.locator("[data-part=lost]").is_visible()
    said = pointed_cells(page, 3, 3)
    assert "2 of 2 diverged" in said[-1]


@pytest.mark.parametrize("width", [340, 760])
def test_a_search_fits_a_phone(page, found, width):
    page.set_viewport_size({"width": width, "height": 900})
    mounted(page, search_component, "search.html", search_picture.encode(found, running=False), LISTEN)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# --- a race -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("losses", "labels"),
    [
        ([0.0002, 0.005], ["0.003", "0.001", "3e−4"]),
        ([0.0002, 0.002], ["0.002", "0.001", "5e−4", "2e−4"]),
        ([2e-6, 3e5], ["1e5", "1,000", "10", "0.1", "0.001", "1e−5"]),
    ],
)
def test_a_loss_axis_says_where_its_ticks_are(page, losses, labels):
    for name in ("numbers.js", "chart.js"):
        page.add_script_tag(path=Path(stage_component.__file__).parent / name)
    told = "(losses) => { const axis = fineAxis([losses]); return axis.ticks.map((tick) => [tick, axis.label(tick)]); }"
    ticks, texts = zip(*page.evaluate(told, losses), strict=True)
    assert list(texts) == labels
    assert [float(text.replace("−", "-").replace(",", "")) for text in texts] == pytest.approx(ticks)


@pytest.fixture(scope="module")
def raced():
    race = Race(Config(epochs=200, hidden_sizes=(3,)), "optimizer", ("gradient_descent", "momentum", "adam"), 9)
    rates = (1.0, 0.3, 0.1)
    whole = population.run(final(race, rates))
    return race, results(race, rates, whole), whole


def test_a_race_says_what_numpy_says(page, raced):
    race, runs, whole = raced
    payload = race_picture.encode(race, runs, whole, running=False)
    header, arrays = decode(payload)
    np.testing.assert_array_equal(arrays["epoch"], whole.epochs)
    bands = arrays["bands"].reshape(3, 3, -1)
    np.testing.assert_array_equal(bands[1], runs[1].bands.astype(np.float32))
    mounted(page, race_component, "race.html", payload, LISTEN)
    for row, run in enumerate(runs):
        cells = page.locator("tbody tr").nth(row).locator("th, td").all_inner_texts()
        assert cells[0].strip() == header["runners"][row]["name"]
        assert cells[2] == f"{run.solved.count} of 9"
        assert cells[4] == ("–" if math.isnan(run.epoch) else f"{run.epoch:,.0f}")
        bar = page.locator("tbody tr").nth(row).locator(".share")
        part = bar.locator("i").bounding_box()["width"] / bar.bounding_box()["width"]
        assert part == pytest.approx(run.solved.share, abs=0.02)
    box = page.locator("canvas[data-part=chart]").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 15, box["y"] + 100)
    told = page.locator("output").inner_text().split("\n")
    assert told[0] == "epoch 200"
    finals = sorted((run.loss, header["runners"][row]["name"]) for row, run in enumerate(runs))
    assert [line.rsplit(" ", 1)[0] for line in told[1:]] == [name for _, name in finals]


@pytest.mark.parametrize("width", [340, 760])
def test_a_race_fits_a_phone(page, raced, width):
    page.set_viewport_size({"width": width, "height": 900})
    mounted(page, race_component, "race.html", race_picture.encode(*raced, running=False), LISTEN)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

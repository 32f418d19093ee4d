"""The landscape as it is drawn: its format, its round numbers, and both pictures in a real browser beside what NumPy
says."""

import math
import re
from typing import NamedTuple

import numpy as np
import pytest

import ui.components.terrain as terrain_component
from nn_core import Config, make_data, run
from nn_core.landscape import Map, grid, principal_plane, shadow, training_rows, window
from tests.support import decode, mounted
from tests.test_stage import open_page
from ui.components.terrain import LEAST, MOST_DECADES, Walk, encode, limits, logarithm, rounds

STEPS = 21


class Scene(NamedTuple):
    map: Map
    walks: list[Walk]
    star: tuple[float, float]


def made_of(config: Config, *others: Config) -> Scene:
    """The run of a config and others beside it, on the main directions of all."""
    data, histories = make_data(config), [run(each) for each in (config, *others)]
    rows = training_rows(data.x_train, data.y_train, config)
    star = histories[0].parameters[-1]
    plane = principal_plane(star, [history.parameters for history in histories]).plane
    walks = []
    for name, history in zip(("this run", "Adam"), histories, strict=False):
        loss = history.train_loss[np.searchsorted(history.epochs, history.snapshot_epochs)]
        cast = shadow(plane, history.parameters, star, rows, config)
        walks.append(Walk(name, cast, history.snapshot_epochs, loss))
    view = window([walk.shadow.places for walk in walks])
    return Scene(grid(plane, view, rows, config, STEPS), walks, (0.0, 0.0))


def payload(scene: Scene, unit: str = "nats") -> bytes:
    return encode(*scene, ("first direction", "second direction"), unit)


@pytest.fixture(scope="module")
def scene():
    return made_of(Config(), Config(optimizer="adam", learning_rate=0.05))


@pytest.fixture
def page(browser):
    page = open_page(browser, reduced_motion="reduce", viewport={"width": 1000, "height": 900})
    yield page
    page.close()
    assert not page.problems


# --- the format -------------------------------------------------------------------------------------------------------


def test_the_map_and_the_ways_travel(scene):
    header, arrays = decode(payload(scene))
    map_ = scene.map
    np.testing.assert_array_equal(arrays["heights"].reshape(STEPS, STEPS), np.log10(map_.loss).astype(np.float32))
    assert header["range"] == [np.log10(map_.loss).min(), np.log10(map_.loss).max()]
    assert header["domain"] == [map_.u[0], map_.u[-1], map_.v[0], map_.v[-1]]
    start = 0
    for walk, told in zip(scene.walks, header["walks"], strict=True):
        assert told == {"name": walk.name, "count": len(walk.epochs)}
        way = arrays["ways"][start : start + 5 * told["count"]].reshape(5, -1)
        start += way.size
        np.testing.assert_array_equal(way[0], walk.epochs)
        across = map_.u[0] + way[1] * (map_.u[-1] - map_.u[0])
        up = map_.v[0] + way[2] * (map_.v[-1] - map_.v[0])
        np.testing.assert_allclose(np.stack([across, up], axis=-1), walk.shadow.places, atol=1e-5)
        np.testing.assert_array_equal(way[3:], np.stack([walk.loss, walk.shadow.beneath]).astype(np.float32))
    assert start == len(arrays["ways"])


def test_what_is_no_number_has_no_height():
    loss = np.array([[np.nan, np.inf], [0, 1e-3]])
    heights = logarithm(loss)
    assert np.isnan(heights[0]).all()
    assert heights[1].tolist() == [math.log10(LEAST), -3]
    assert limits(np.full((2, 2), np.nan)) == (0, 1)
    assert limits(np.array([-2.0, 300])) == (-2, MOST_DECADES - 2)
    low, high = limits(np.zeros(4))
    assert low < high


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (-2.1, 0.1, 7, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]),
        (-4, 0.5, 7, [0.001, 0.01, 0.1, 1]),
        (-11.5, 0.5, 7, [1e-11, 1e-9, 1e-7, 1e-5, 1e-3, 1e-1]),
        (math.log10(0.6), math.log10(0.72), 7, [0.62, 0.64, 0.66, 0.68, 0.7]),
    ],
)
def test_contour_lines_are_at_round_losses(low, high, most, expected):
    np.testing.assert_allclose(rounds(low, high, most), expected, rtol=1e-12)


@pytest.mark.parametrize("low", [-12, -3.3, -0.2, 25.7, 300])
@pytest.mark.parametrize("span", [1e-6, 1e-3, 0.05, 0.3, 1, 2.7, 6, 12])
@pytest.mark.parametrize("most", [7, 20])
def test_there_are_never_too_many_of_them(low, span, most):
    values = rounds(low, min(low + span, 308), most)
    assert 2 <= len(values) <= most
    assert values == sorted(values)
    assert 10**low < values[0]
    assert values[-1] < 10 ** min(low + span, 308)


# --- in a browser -----------------------------------------------------------------------------------------------------

SILENT = "window.setStateValue = () => {}"
OF_TERRAIN = "root.querySelector('.nn-terrain').nnTerrain"
PIXEL = """([part, x, y]) => {
    const canvas = root.querySelector(`[data-part=${part}]`), ratio = canvas.width / canvas.clientWidth;
    return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3);
}"""


def show(page, scene, **options):
    mounted(page, terrain_component, "terrain.html", payload(scene, **options), SILENT)
    page.wait_for_timeout(300)


def asked(page, script):
    return page.evaluate(f"{OF_TERRAIN}.{script}")


def numbers(text: str) -> list[float]:
    return [float(each) for each in re.findall(r"[\d.]+(?:e-?\d+)?", text.replace("\N{MINUS SIGN}", "-"))]


def digits(*values: float) -> list[float]:
    return [float(f"{value:.3g}") for value in values]


def shares(map_: Map, place) -> list[float]:
    return [(place[0] - map_.u[0]) / np.ptp(map_.u), (place[1] - map_.v[0]) / np.ptp(map_.v)]


def at_epoch(walk: Walk, epoch: float) -> np.ndarray:
    return np.array([np.interp(epoch, walk.epochs, each) for each in walk.shadow.places.T])


@pytest.mark.browser
def test_the_higher_the_loss_the_darker(page, scene):
    show(page, scene)
    map_ = scene.map
    by_place = {}
    for i in range(1, STEPS - 1, 3):
        for j in range(1, STEPS - 1, 3):
            x, y = asked(page, f"onMap({j / (STEPS - 1)}, {i / (STEPS - 1)})")
            near = [sum(page.evaluate(PIXEL, ["flat", x + dx, y + dy])) for dx in (-2, 0, 2) for dy in (-2, 0, 2)]
            by_place[i, j] = float(np.median(near)), math.log10(map_.loss[i, j])
    light, height = np.array(list(by_place.values())).T
    order = np.argsort(height)
    assert np.corrcoef(light, height)[0, 1] < -0.9
    assert light[order[:5]].min() > light[order[-5:]].max()


@pytest.mark.browser
def test_pointing_and_keys_tell_the_loss_of_a_place(page, scene):
    show(page, scene)
    map_, readout = scene.map, page.locator("output")
    box = page.locator("[data-part=flat]").bounding_box()
    x, y = asked(page, "onMap(0.1, 0.9)")
    page.mouse.move(box["x"] + x, box["y"] + y)
    assert numbers(readout.inner_text()) == digits(map_.loss[18, 2])
    page.locator("[data-part=flat]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert numbers(readout.inner_text()) == digits(map_.loss[13, 3])
    walk, i = scene.walks[1], 40
    x, y = asked(page, "onMap({}, {})".format(*shares(map_, walk.shadow.places[i])))
    page.mouse.move(box["x"] + x, box["y"] + y)
    name, told = readout.inner_text().split("\n")
    epoch = int(name.removeprefix("Adam, epoch "))
    at = int(np.flatnonzero(walk.epochs == epoch)[0])
    assert abs(at - i) <= 1, "the nearest recorded place"
    assert numbers(told) == digits(walk.loss[at], walk.shadow.beneath[at])


@pytest.mark.browser
def test_walkers_are_where_numpy_says(page, scene):
    show(page, scene)
    assert asked(page, "epoch") == 1000, "who asked for stillness sees the end"
    for epoch in (0, 51.5, 400, 1000):
        asked(page, f"seek({epoch})")
        page.wait_for_timeout(100)
        for walk, told in zip(scene.walks, asked(page, "walkers()"), strict=True):
            expected = shares(scene.map, at_epoch(walk, epoch))
            np.testing.assert_allclose([told["u"], told["v"]], expected, atol=1e-5)
        recorded = scene.walks[0].epochs[scene.walks[0].epochs <= epoch][-1]
        assert page.locator(".epoch").inner_text() == f"epoch {recorded:,}"
        at = int(np.flatnonzero(scene.walks[0].epochs == recorded)[0])
        shown = numbers(" ".join(page.locator(".walkers b").all_inner_texts()))
        np.testing.assert_allclose(shown, [walk.loss[at] for walk in scene.walks], atol=6e-5)
    red, green, _ = page.evaluate(PIXEL, ["flat", *asked(page, "onMap({}, {})".format(*expected))])
    assert green > red + 60, "the mark of the second walker"


@pytest.mark.browser
def test_the_time_line_and_play_move_them(page, scene):
    show(page, scene)
    slider = page.get_by_role("slider", name="Epoch of the walkers")
    slider.fill("0")
    assert asked(page, "epoch") == 0
    slider.press("ArrowRight")
    assert asked(page, "epoch") == scene.walks[0].epochs[1]
    assert slider.get_attribute("aria-valuetext") == f"epoch {scene.walks[0].epochs[1]}"
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"{OF_TERRAIN}.epoch > 20")
    page.get_by_role("button", name="Pause").click()
    rests = asked(page, "epoch")
    page.wait_for_timeout(200)
    assert asked(page, "epoch") == rests < 1000


@pytest.mark.browser
def test_walkers_go_by_themselves_where_motion_is_welcome(browser, scene):
    page = open_page(browser, viewport={"width": 1000, "height": 900})
    mounted(page, terrain_component, "terrain.html", payload(scene), SILENT)
    page.wait_for_function(f"{OF_TERRAIN}.playing && {OF_TERRAIN}.epoch > 5")
    assert not page.problems
    page.close()


@pytest.mark.browser
def test_the_hills_turn_by_keys_and_hands_and_come_back(page, scene):
    show(page, scene)
    hills = page.locator("[data-part=hills]")
    first = asked(page, "look")
    hills.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    look = asked(page, "look")
    assert look["turn"] - first["turn"] == pytest.approx(np.pi / 12)
    assert look["lift"] - first["lift"] == pytest.approx(np.pi / 24)
    for _ in range(40):
        page.keyboard.press("ArrowUp")
    assert asked(page, "look")["lift"] == pytest.approx(np.pi / 2), "no farther than straight above"
    box = hills.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 180)
    page.mouse.up()
    assert asked(page, "look")["turn"] - look["turn"] == pytest.approx(-0.6, abs=0.02)
    page.get_by_role("button", name="Reset").click()
    assert asked(page, "look") == first


@pytest.mark.browser
def test_the_hills_are_as_high_as_the_loss_says(page, scene):
    """Seen nearly from the side, a place stands higher on the picture by the logarithm of its loss."""
    show(page, scene)
    page.locator("[data-part=hills]").focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.wait_for_timeout(400)
    lift, heights = asked(page, "look")["lift"], np.log10(scene.map.loss)
    rises = (heights - heights.min()) / np.ptp(heights)
    expected, seen = [], []
    for i, j in ((5, 5), (10, 10), (15, 3), (4, 16), (18, 18)):
        across, up = j / (STEPS - 1), i / (STEPS - 1)
        scale = asked(page, "onHills(0.5, 0.5)")[1], asked(page, f"onHills({across}, {up})")[1]
        expected.append((rises[i, j] - rises[10, 10]) * 0.55 * np.cos(lift))
        turn = asked(page, "look")["turn"]
        away = -(across - 0.5) * np.sin(turn) + (up - 0.5) * np.cos(turn)
        seen.append((scale[0] - scale[1], away * np.sin(lift)))
    pixels, flat = np.array(seen).T
    total = np.array(expected) + flat
    size = (pixels @ total) / (total @ total)
    np.testing.assert_allclose(pixels, size * total, atol=0.5)
    assert size > 100


@pytest.mark.browser
def test_what_is_no_number_is_dark_and_a_hole(page, scene):
    loss = scene.map.loss.copy()
    loss[12:, 12:] = np.nan
    show(page, scene._replace(map=scene.map._replace(loss=loss)))
    x, y = asked(page, "onMap(0.9, 0.9)")
    dark = page.evaluate(PIXEL, ["flat", x, y])
    assert sum(dark) < 150
    box = page.locator("[data-part=flat]").bounding_box()
    page.mouse.move(box["x"] + x, box["y"] + y)
    assert page.locator("output").inner_text() == "loss is no longer a number"


@pytest.mark.browser
@pytest.mark.parametrize("of", [np.nan, 0.0, 1e300])
def test_level_and_missing_ground_can_be_shown(page, scene, of):
    show(page, scene._replace(map=scene.map._replace(loss=np.full((STEPS, STEPS), of))), unit="")
    assert page.get_by_text("training loss", exact=True).is_visible()


@pytest.mark.browser
def test_it_fits_a_phone(page, scene):
    page.set_viewport_size({"width": 390, "height": 844})
    show(page, scene)
    flat, hills = (page.locator(f"[data-part={part}]").bounding_box() for part in ("flat", "hills"))
    assert flat["width"] > 340
    assert hills["y"] > flat["y"] + flat["height"]
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390

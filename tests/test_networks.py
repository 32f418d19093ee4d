"""Networks of the visitor's own: to a file and back to the last bit, on the shelf, in the link, in every choice."""

import io
import json
import zipfile

import numpy as np
import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from nn_core.archives import ArchiveError
from nn_core.config import Config
from nn_core.digits import DATA, NETWORKS, Network, class_names, digest, load_network, probabilities
from nn_core.networks import LARGEST_SUM, described, network_file, read_network
from tests.conftest import ROOT, turn_to
from ui.digits import cards
from ui.session import shelves
from ui.session.networks import shelf

DRAW = str(ROOT / "pages" / "digits" / "draw.py")
SETTINGS = Config(dataset="mnist", hidden_sizes=(5, 4), activation=("relu", "tanh"), precision="float32", seed=3)
CLOTHES = ("shirt", "shoe", "bag")


def small(name="mine", seed=0, config=SETTINGS, **facts) -> Network:
    parameters = np.random.default_rng(seed).normal(0, 0.1, config.n_parameters).astype(np.float32)
    return Network(parameters, config, {"name": name, **facts})


def of_clothes() -> Network:
    return small(
        "clothes", config=SETTINGS.replace(dataset="images", data_id="0123456789ab", classes=3), classes=CLOTHES
    )


def file_of(parameters=None, card=None, **settings) -> bytes:
    """A network file with something else in it."""
    network = described(small())
    file = io.BytesIO()
    kept = card if card is not None else {**network.card, "settings": network.card["settings"] | settings}
    text = np.array(kept if isinstance(kept, str) else json.dumps(kept))
    np.savez(file, parameters=network.parameters if parameters is None else parameters, card=text)
    return file.getvalue()


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "network", [*map(load_network, NETWORKS), small(), of_clothes()], ids=lambda each: each.card["name"]
)
def test_a_network_comes_back_from_its_file_to_the_last_bit(network):
    back = read_network(network_file(network))
    assert back.parameters.dtype == np.float32
    assert back.parameters.tobytes() == network.parameters.tobytes()
    assert not back.parameters.flags.writeable
    assert back.config == network.config
    assert back.card == described(network).card
    assert read_network(network_file(back)).card == back.card
    assert digest(back) == digest(described(network))
    assert class_names(back) == class_names(network)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_shipped_file_can_be_brought(name):
    network = read_network((DATA / f"{name}.npz").read_bytes())
    np.testing.assert_array_equal(network.parameters, load_network(name).parameters)
    assert cards.table([network.card]) == cards.table([described(load_network(name)).card])


def test_the_digest_tells_networks_apart():
    one = described(small())
    assert digest(one) == digest(described(small()))
    others = [small(seed=1), small("another"), small(config=SETTINGS.replace(seed=4)), small(accuracy=0.5)]
    assert len({digest(described(each)) for each in [one, *others]}) == 5


def test_of_a_card_only_what_is_known_and_clean_is_kept():
    hostile = {
        "name": "<b>*net*</b> " + "x" * 100,
        "accuracy": np.float32(0.5),
        "calibration_error": float("nan"),
        "junk_refused": 7,
        "temperature": "hot",
        "recipe": ["a", "list"],
        "licence": "",
        "classes": ["a"] * 10,
        "parameters": -1,
        "layers": "many",
        "evil": "x" * 10**6,
    }
    card = described(small()._replace(card=hostile)).card
    assert card == {
        "name": ("b net /b " + "x" * 100)[:40],
        "accuracy": 0.5,
        "layers": [784, 5, 4, 10],
        "parameters": SETTINGS.n_parameters,
        "seed": 3,
        "settings": SETTINGS.to_query(),
    }
    assert described(small()._replace(card={})).card["name"] == "A network"


def test_cards_tell_what_they_know():
    table = cards.table([load_network("best").card, described(small(accuracy=0.5)).card])
    assert "| **Layers** | 784-512-256-10 | 784-5-4-10 |" in table
    assert "50.0\N{NO-BREAK SPACE}%" in table
    assert "| **Licence** | CC BY-SA 3.0, as MNIST, on which it was trained | – |" in table
    alone = cards.table([described(small()).card])
    assert "Licence" not in alone
    assert cards.summary(described(small()).card) == f"{SETTINGS.n_parameters:,} parameters"
    assert cards.summary(described(small(accuracy=0.5)).card).startswith("right: 50.0\N{NO-BREAK SPACE}% on MNIST")


P = small().parameters
FIRST = 784 * 5  # weights of the first layer; nothing of what it sums comes through where all others are 0
HOSTILE = {
    "a single array": (b"\x93NUMPY" + bytes(100), "single NumPy array"),
    "too large": (bytes(8_000_001), "a network may have 8 million"),
    "nothing": (b"", "not a complete"),
    "too few numbers": (file_of(P[1:]), "its settings and its numbers do not belong together"),
    "numbers in a table": (file_of(P[None]), "do not belong together"),
    "whole numbers": (file_of(P.astype(int)), "do not belong together"),
    "other layers": (file_of(hidden_sizes="6,4"), "A network 784-6-4-10 has 4,788 parameters"),
    "not a number": (file_of(np.append(P[1:], np.nan)), "not finite"),
    "numbers that overflow": (file_of(P * np.float32(1e15)), "sums would overflow"),
    "an overflow that zeros hide": (file_of(np.where(np.arange(len(P)) < FIRST, 3e38, 0)), "sums would overflow"),
    "one beyond all counting": (file_of(np.where(np.arange(len(P)) < FIRST, 1e308, 0)), "sums would overflow"),
    "an unknown activation": (file_of(activation="evil"), "The settings of this network cannot be read. Activation"),
    "an unknown setting": (file_of(evil="1"), "“evil” is not a setting"),
    "too many nodes": (file_of(hidden_sizes="9999,4"), "settings of this network cannot be read"),
    "a network of the plane": (file_of(dataset="spiral"), "not a network that reads pictures"),
    "float64": (file_of(precision="float64"), "not a network that reads pictures"),
    "no settings": (file_of(card={"name": "x"}), "settings of this network cannot be read"),
    "settings that are a list": (file_of(card={"settings": ["mnist"]}), "settings of this network cannot be read"),
    "a card that is a list": (file_of(card="[1, 2]"), "“card” of this file cannot be read"),
    "a card that is no JSON": (file_of(card="{"), "“card” of this file cannot be read"),
    "a card that nests": (file_of(card="[" * 15_000), "“card” of this file cannot be read"),
    "a long card": (file_of(card="x" * 20_001), "“card” of this file is no short text"),
}


@pytest.mark.parametrize(("raw", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_gets_a_sentence(raw, words):
    with pytest.raises(ArchiveError) as refusal:
        read_network(raw)
    assert words in str(refusal.value)


@pytest.mark.parametrize("name", ["parameters", "card"])
def test_a_file_without_its_half_gets_a_sentence(name):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file_of())) as whole, zipfile.ZipFile(file, "w") as half:
        half.writestr(f"{name}.npy", whole.read(f"{name}.npy"))
    with pytest.raises(ArchiveError, match="This file has no “"):
        read_network(file.getvalue())


def test_the_largest_weights_that_are_taken_cannot_overflow():
    factor = np.float32(1)
    while True:
        try:
            network = read_network(file_of(np.abs(P) * factor * 2))
        except ArchiveError:
            break
        factor *= 2
        with np.errstate(over="raise", invalid="raise"):
            assert np.isfinite(probabilities(network, np.ones((1, 28, 28)))).all()
    assert factor > 1e8  # the bound is far above any network that has learnt something
    assert np.isfinite(np.float32(LARGEST_SUM))


# --- the shelf, the choice and the link -------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def empty_shelf():
    shelf().clear()


def test_a_shelf_makes_room_by_bytes():
    kept = {}
    for key, size in [("a", 4), ("b", 4), ("c", 1), ("d", 3)]:
        shelves.put(kept, key, size, lambda size: size, 10)
    assert list(kept) == ["b", "c", "d"]
    shelves.put(kept, "b", 4, lambda size: size, 10)
    shelves.put(kept, "e", 99, lambda size: size, 10)
    assert list(kept) == ["e"], "the newest always stays"


def drawing(**link) -> AppTest:
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60).run()
    page.switch_page(DRAW)
    for name, value in link.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def link(page: AppTest, name: str) -> str:
    value = page.query_params.get(name, "")
    return value[-1] if isinstance(value, list) else value


def bring(page: AppTest, raw: bytes, number=0) -> AppTest:
    page.file_uploader(key=f"upload_network_{number}").set_value([("net.npz", raw, "application/zip")]).run()
    assert not page.exception
    return page


def test_a_network_that_was_brought_is_chosen_and_read_with():
    page = bring(drawing(), network_file(small("my *net*", accuracy=0.5)))
    choice = page.radio(key="choose_network")
    assert choice.options[-1] == "My net"
    key = link(page, "network")
    assert choice.value == key == digest(described(small("my *net*", accuracy=0.5)))
    again = drawing(network=key)
    assert again.radio(key="choose_network").value == key, "a second window finds it on the server"
    assert not again.warning


def test_all_networks_of_the_visitors_are_in_the_link():
    page = bring(bring(drawing(), network_file(small("one"))), network_file(small("two", 1)), 1)
    page.radio(key="choose_network").set_value("tutorial").run()
    again = drawing(network=link(page, "network"), own_network=link(page, "own_network"))
    assert again.radio(key="choose_network").options == ["Best", "Tutorial", "One", "Two"]
    assert again.radio(key="choose_network").value == "tutorial"


def test_many_networks_are_a_list_and_few_stand_side_by_side():
    page = drawing()
    for number in range(3):
        bring(page, network_file(small(f"net {number}", number)), number)
    choice = page.selectbox(key="choose_network")
    assert choice.options[-1] == f"Net 2: {SETTINGS.n_parameters:,} parameters"
    assert choice.value == link(page, "network") == digest(described(small("net 2", 2)))
    choice.set_value("tutorial").run()
    assert link(page, "network") == "tutorial"
    page.selectbox(key="choose_network").set_value(digest(described(small("net 0")))).run()
    page.button(key="do_remove_network").click().run()
    assert not page.exception
    assert page.radio(key="choose_network").value == "best"
    assert page.radio(key="choose_network").options == ["Best", "Tutorial", "Net 1", "Net 2"]


def test_the_same_network_twice_is_one():
    page = bring(bring(drawing(), network_file(small())), network_file(small()), 1)
    assert len(page.radio(key="choose_network").options) == len(NETWORKS) + 1


def test_a_network_can_be_taken_off_the_list():
    page = bring(drawing(), network_file(small()))
    page.button(key="do_remove_network").click().run()
    assert not page.exception
    assert page.radio(key="choose_network").options == ["Best", "Tutorial"]
    assert page.radio(key="choose_network").value == "best"
    assert link(page, "network") == link(page, "own_network") == ""


def test_a_link_to_a_network_that_is_gone_says_so():
    page = drawing(network="0123456789ab")
    assert "not on this server any more" in page.warning[0].value
    assert page.radio(key="choose_network").value == "best"
    page.radio(key="choose_network").set_value("tutorial").run()
    assert not page.warning


def test_a_file_that_is_no_network_gets_a_sentence_and_changes_nothing():
    page = bring(drawing(network="tutorial"), b"\x80\4 evil")
    assert "“net.npz” was not read. This file is a Python pickle" in page.error[0].value
    assert page.radio(key="choose_network").value == "tutorial"
    bring(page, network_file(small()), 1)
    assert not page.error


def test_a_network_of_other_classes_is_shown_on_the_drawing_page():
    page = bring(drawing(), network_file(of_clothes()))
    assert page.radio(key="choose_network").options[-1] == "Clothes"


def test_the_choice_stays_from_page_to_page(visit):
    page = visit("/draw?network=tutorial")
    for title, name in {"Draw a number": "number", "Teach it": "teach", "Operate": "operate"}.items():
        turn_to(page, title)
        page.wait_for_url(f"**/{name}?network=tutorial")
        expect(page.get_by_role("radio", name="Tutorial")).to_be_checked()

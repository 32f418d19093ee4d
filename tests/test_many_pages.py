"""Many networks as a visitor has them: seeds on the playground, the pages Search and Race, also in a browser."""

import csv
import io
import re

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import ui.many.seeds
import ui.many.sought
from nn_core import population, run
from nn_core.config import Config
from nn_core.outcome import nothing_to_learn
from nn_core.race import RATES
from nn_core.statistics import share
from tests.conftest import AT_REST, ROOT, turn_to
from tests.support import decode
from tests.test_pages import config, opened
from ui.jobs import JOBS, Job
from ui.many.sought import as_csv
from ui.session import crowds
from ui.session.crowds import Crowd

PAGES = {name: str(ROOT / "pages" / "networks" / f"{name}.py") for name in ("playground", "search", "race")}


def crowd(page: AppTest, purpose: str) -> Crowd:
    return page.session_state[f"crowd_{purpose}"]


def asked_for(page: AppTest) -> list[str]:
    purposes = ("seeds", "search_grid", "search_random", "search_halving", "race")
    return [purpose for purpose in purposes if f"crowd_{purpose}" in page.session_state]


def wish(page: AppTest, component: str, **wanted: int) -> AppTest:
    """As a click in the picture would, which is a button here: see `clickable`."""
    page.session_state[component] = {"wish": {"n": 1, **wanted}}
    page.button(key="wish").click().run()
    assert not page.exception
    return page


def finish(page: AppTest, purpose: str) -> AppTest:
    """Let the work end, and draw the page once more."""
    assert crowd(page, purpose).job.over.wait(60)
    page.run()
    assert not page.exception
    return page


def payloads(page: AppTest, component: str) -> list[bytes]:
    found = page.get("bidi_component")
    return [each.proto.bytes for each in found if each.proto.component_name.endswith(component) and each.proto.bytes]


def on_page(name: str, **link: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
    page.switch_page(PAGES[name])
    for key, value in link.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def turn(page: AppTest, name: str) -> AppTest:
    """To another page by the menu, which leads there without any settings."""
    page.switch_page(PAGES[name])
    return back(page)


def back(page: AppTest, **link: str) -> AppTest:
    """To an address from before, as by the browser's back button."""
    page.query_params.clear()
    page.query_params.update(link)
    page.run()
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.info, page.warning, page.error)
    return "\n".join(each.value for kind in kinds for each in kind)


@pytest.fixture
def clickable(monkeypatch):
    """The pictures are buttons."""

    def button(*, key, payload, on_wish):
        if payload:
            st.button("wish", key="wish", on_click=on_wish)

    monkeypatch.setattr(ui.many.seeds, "seeds", button)
    monkeypatch.setattr(ui.many.sought, "search", button)


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    for job in list(JOBS._jobs.values()):
        JOBS.drop(job)


# --- seeds ------------------------------------------------------------------------------------------------------------


def test_one_click_trains_two_hundred_seeds_of_the_run_on_screen():
    page = opened(hidden_sizes="2", seed="5")
    assert asked_for(page) == []
    page.button(key="do_seeds").click().run()
    finish(page, "seeds")
    (payload,) = payloads(page, "seeds")
    header, arrays = decode(payload)
    whole = population.run(Config(hidden_sizes=(2,)).from_seed(seed) for seed in range(200))
    assert header["solved"] == list(share(int(whole.solved.sum()), 200))
    np.testing.assert_array_equal(arrays["final"], whole.final_loss.astype(np.float32))
    assert (header["shown"], header["running"], header["asked"]) == (5, False, 1)


def test_seeds_follow_what_is_changed_while_that_is_quick():
    page = opened(hidden_sizes="2")
    page.button(key="do_seeds").click().run()
    finish(page, "seeds")
    first = crowd(page, "seeds")
    page.selectbox(key="set_activation").set_value("sigmoid").run()
    finish(page, "seeds")
    second = crowd(page, "seeds")
    assert second is not first
    assert second.about.config == Config(hidden_sizes=(2,), activation="sigmoid")
    assert JOBS.find(first.job.id) is None
    assert decode(payloads(page, "seeds")[0])[0]["asked"] == 1, "the page does not jump to it again"
    page.number_input(key="set_seed").set_value(77).run()
    assert crowd(page, "seeds") is second, "another seed is among them"
    page.segmented_control(key="drawer").set_value("Training").run()
    page.number_input(key="set_epochs").set_value(40_000).run()
    assert crowd(page, "seeds") is second, "that would take seconds: the visitor is asked"
    assert "The settings have changed" in words(page)
    assert decode(payloads(page, "seeds")[0])[0]["shown"] is None


def test_other_counts_and_an_end_to_it():
    page = opened()
    page.button(key="do_seeds").click().run()
    page.segmented_control(key="seeds_count").set_value(50).run()
    finish(page, "seeds")
    assert decode(payloads(page, "seeds")[0])[0]["of"] == 50
    job = crowd(page, "seeds").job
    page.button(key="do_close_seeds").click().run()
    assert asked_for(page) == []
    assert JOBS.find(job.id) is None
    assert not payloads(page, "seeds")


def test_a_seed_is_opened_where_it_was_asked_for(clickable):
    page = opened(hidden_sizes="2", noise="0.1")
    page.button(key="do_seeds").click().run()
    finish(page, "seeds")
    wish(page, "seeds", seed=42)
    assert config(page) == Config(hidden_sizes=(2,), noise=0.1, seed=42)
    wish(page, "seeds", seed=4242)
    assert config(page).seed == 42


def test_seeds_of_heavy_runs_are_fewer_or_none():
    page = opened(hidden_sizes="16,16,16", dataset="spiral", samples="1000", epochs="5000")
    label = page.button(key="do_seeds").label
    assert re.search(r"seeds \(about \d+ minutes\)", label)
    absurd = opened(hidden_sizes="16,16,16,16,16,16", dataset="spiral", samples="5000", epochs="100000", batch_size="1")
    assert absurd.button(key="do_seeds").disabled
    assert "too long" in absurd.button(key="do_seeds").help


def test_stopped_seeds_stay_as_far_as_they_came():
    page = opened(hidden_sizes="16", dataset="circles", samples="1000", epochs="5000", learning_rate="0.1")
    page.button(key="do_seeds").click().run()
    job = crowd(page, "seeds").job
    assert job.status == "running", "it takes long enough to be stopped"
    page.button(key="do_stop_seeds").click().run()
    assert job.status == "stopped"
    header, _ = decode(payloads(page, "seeds")[0])
    assert header["done"] < header["of"]
    assert not header["running"]
    page.run()
    assert decode(payloads(page, "seeds")[0])[0]["done"] == header["done"]


# --- search -----------------------------------------------------------------------------------------------------------


def test_a_link_shows_a_search_and_starts_none():
    page = on_page("search", method="random", steps="5", axes="l2~0.001~0.1*noise~0~0.2", hidden_sizes="6")
    assert page.session_state["search"].method == "random"
    assert [each.name for each in page.session_state["search"].axes] == ["l2", "noise"]
    assert page.session_state["search"].base.hidden_sizes == (6,)
    assert asked_for(page) == []
    assert "Nothing has been searched" in words(page)
    assert page.button(key="do_search").label == "Search"


def test_a_search_of_a_hundred_cells():
    page = on_page("search")
    page.button(key="do_search").click().run()
    finish(page, "search_grid")
    header, arrays = decode(payloads(page, "search")[0])
    assert (len(header["texts"]), header["grid"], header["running"]) == (100, True, False)
    assert arrays["done"].tolist() == [20] * 100
    trial = header["texts"].index(["1", "3"])
    whole = population.run(Config(learning_rate=1.0, hidden_sizes=(3,)).from_seed(seed) for seed in range(20))
    assert arrays["solved"][trial] == whole.solved.sum()
    assert arrays["loss"][trial] == pytest.approx(whole.final_test_loss.mean(), rel=1e-5)
    assert "The best trials" in words(page)
    assert re.search(r"matters most: its value alone goes with \d+", words(page))


def test_every_method_spends_the_same_and_their_best_stand_side_by_side():
    page = on_page("search", steps="5", seeds="6", epochs="120")
    spent = {}
    for method in ("grid", "random", "halving"):
        page.segmented_control(key="search_method").set_value(method).run()
        page.button(key="do_search").click().run()
        finish(page, f"search_{method}")
        job = crowd(page, f"search_{method}").job
        spent[method] = sum(len(chain.task.members) * chain.result.epochs[-1] for chain in job.chains)
    assert spent["grid"] == spent["random"] == 25 * 6 * 120
    before = {chain.task.until: 0 for chain in job.chains}
    ends = sorted(before)
    lengths = dict(zip(ends, np.diff([0, *ends]), strict=True))
    halving = sum(len(chain.task.members) * lengths[chain.task.until] for chain in job.chains)
    assert 0.7 * spent["grid"] < halving <= spent["grid"]
    assert "The best trial of each method" in words(page)


def test_halving_goes_on_with_the_better_third_and_with_its_bits():
    page = on_page("search", method="halving", steps="3", seeds="4", epochs="90")
    page.button(key="do_search").click().run()
    finish(page, "search_halving")
    found = crowd(page, "search_halving")
    sizes = [len(each.configs) // 4 for each in found.rounds]
    assert sizes == sorted(sizes, reverse=True)
    assert all(after == -(-sizes[0] // 3**number) for number, after in enumerate(sizes))
    last = found.populations()[-1]
    alone = population.run(last.configs)
    np.testing.assert_allclose(last.final_loss, alone.final_loss, rtol=1e-10, atol=1e-12)
    header, arrays = decode(payloads(page, "search")[0])
    assert sorted(set(arrays["trained"].tolist())) == [10, 30, 90]
    assert arrays["trained"][header["best"]] == 90


def test_a_round_that_is_not_yet_in_the_job_is_not_looked_at():
    """Who looks while the next round is being added sees those before it."""
    first, second = (crowds.Round(tuple(Config(epochs=5, seed=seed) for seed in seeds)) for seeds in ((0, 1, 2), (0,)))
    job = Job(population.work, first.groups, population.ended, population.joined)
    assert [len(each.configs) for each in crowds.populations([first, second], job)] == [3]


@pytest.mark.parametrize("points", ["0~0~1~1_1~1~0~1", "0~0~1~0"])
def test_nothing_is_begun_where_there_is_nothing_to_learn(points):
    page = opened(dataset="own", points=points)
    assert page.button(key="do_seeds").disabled
    sentence = nothing_to_learn(config(page))
    assert sentence in page.button(key="do_seeds").help
    for name in ("search", "race"):
        page = on_page(name, dataset="own", points=points)
        assert page.button(key=f"do_{name}").disabled
        assert sentence in words(page)


def test_a_search_can_be_stopped_while_another_method_is_chosen():
    page = on_page("search", steps="4", seeds="20", epochs="20000")
    page.button(key="do_search").click().run()
    job = crowd(page, "search_grid").job
    page.segmented_control(key="search_method").set_value("random").run()
    assert "Grid is still searching." in words(page)
    page.button(key="do_stop_search_grid").click().run()
    assert job.status == "stopped"
    assert "still searching" not in words(page)


def test_what_rests_after_trouble_can_go_on():
    page = on_page("search", steps="3", seeds="4", epochs="20000")
    page.button(key="do_search").click().run()
    job = crowd(page, "search_grid").job
    JOBS.pause(job)
    job.problem = "It has died."
    page.run()
    assert "It has died." in words(page)
    page.button(key="do_go_on_search_grid").click().run()
    assert job.status == "running"
    assert "It has died." not in words(page)
    JOBS.drop(job)


def test_results_can_be_taken_away():
    page = on_page("search", steps="2", seeds="3", epochs="50", axes="learning_rate~0.1~1*activation~tanh~relu")
    page.button(key="do_search").click().run()
    finish(page, "search_grid")
    from nn_core.trials import Sought
    from ui.session.searching import judge

    found = crowd(page, "search_grid")
    search, tried = found.about
    judged = judge(found.populations()[0], 3)
    rows = list(csv.DictReader(io.StringIO(as_csv(Sought(search, tried, judged, np.full(4, 50))))))
    assert len(rows) == 4
    assert [(row["learning_rate"], row["activation"]) for row in rows] == [
        (rate, name) for rate in ("0.1", "1.0") for name in ("tanh", "relu")
    ]
    for row, solved, loss in zip(rows, judged.solved, judged.loss, strict=True):
        assert (int(row["solved"]), int(row["seeds"])) == (solved, 3)
        assert float(row["loss"]) == pytest.approx(loss)


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"steps": "1000"}, "1,000 values an axis cannot be: 30 are used instead."),
        ({"steps": "0"}, "0 values an axis cannot be"),
        ({"axes": "learning_rate~10~0.1*hidden_nodes~1~16"}, "upside down"),
        ({"axes": "evil~1~2"}, "cannot be varied here"),
        ({"seeds": "999999999"}, "seeds a trial cannot be"),
        ({"method": "magic"}, "must be grid, random or halving"),
    ],
)
def test_absurd_budgets_get_a_sentence_and_start_nothing(link, sentence):
    page = on_page("search", **link)
    assert sentence in words(page)
    assert asked_for(page) == []


def test_what_takes_too_long_is_refused_with_an_offer():
    page = on_page(
        "search", hidden_sizes="16,16,16,16,16,16", dataset="spiral", samples="2000", epochs="20000", seeds="200"
    )
    assert page.button(key="do_search").disabled
    assert "too long for here. With" in words(page)
    page.button(key="do_modest").click().run()
    assert page.session_state["search"].seeds < 200


def test_axes_are_added_changed_and_taken_away():
    page = on_page("search")
    page.button(key="do_axis_more").click().run()
    assert len(page.session_state["search"].axes) == 3
    page.selectbox(key="axis_2").set_value("activation").run()
    page.button_group(key="axis_2_choices").set_value(["tanh", "relu"]).run()
    assert page.session_state["search"].axes[2].choices == ("tanh", "relu")
    page.number_input(key="axis_0_high").set_value(1.0).run()
    assert page.session_state["search"].axes[0].high == 1
    page.number_input(key="axis_0_low").set_value(5.0).run()
    assert "upside down" in words(page)
    page.button(key="do_axis_away_1").click().run()
    assert [each.name for each in page.session_state["search"].axes] == ["learning_rate", "activation"]
    assert not page.exception


def test_a_search_around_digits_is_judged_by_pictures_held_back():
    page = on_page("search", on="digits", steps="2", axes="learning_rate~0.001~0.01*hidden_nodes~4~16")
    assert "judged by 2,000 others of the training set" in words(page)
    page.button(key="do_search").click().run()
    finish(page, "search_grid")
    header, arrays = decode(payloads(page, "search")[0])
    assert list(header["measures"]) == ["accuracy", "loss"]
    assert arrays["accuracy"].max() > 0.8
    assert page.query_params["on"] in ("digits", ["digits"])


def test_the_link_to_a_search_around_digits_brings_it_back():
    page = on_page("search", on="digits", steps="10", seeds="20")
    link = {"on": "digits", "steps": "10", "seeds": "20"}
    assert page.query_params == link
    assert (page.session_state["search"].steps, page.session_state["search"].seeds) == (10, 20)
    broken = on_page("search", on="digits", axes="learning_rate~a~b*hidden_nodes~4~16")
    assert "needs a range of numbers: the usual one is used" in words(broken)
    assert broken.session_state["search"].axes[0][1:3] == (0.0001, 0.1)


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.selectbox(key="set_dataset").set_value("xor_points"),
        lambda page: (
            page.segmented_control(key="drawer").set_value("Data").run().number_input(key="set_samples").set_value(5)
        ),
    ],
    ids=["data set", "samples"],
)
def test_what_is_varied_is_made_to_fit_the_playgrounds_run(change):
    page = on_page("search", axes="batch_size~1~128*l1~0.001~0.1")
    turn(page, "playground")
    change(page).run()
    turn(page, "search")
    most = config(page).training_samples
    assert most < 128
    assert page.session_state["search"].axes[0].high == most
    assert f"Batch size can be 1 to {most}: 1 to {most} is searched." in words(page)
    page.run()
    assert "Batch size can be" in words(page), "until something else is changed"


@pytest.mark.parametrize("on", ["plane", "digits"])
def test_a_trial_is_opened_where_its_run_belongs(on, clickable):
    small = {"plane": {"epochs": "60"}, "digits": {"axes": "learning_rate~0.001~0.01*hidden_nodes~4~8"}}[on]
    page = on_page("search", steps="2", seeds="3", on=on, **small)
    page.button(key="do_search").click().run()
    finish(page, "search_grid")
    found = crowd(page, "search_grid")
    wish(page, "search_picture", trial=3)
    chosen = found.about[1][3].config
    if on == "digits":
        assert page.session_state["training"].replace(seed=0) == chosen
    else:
        assert config(page).replace(seed=0) == chosen
        losses = [run(chosen.from_seed(seed)).train_loss[-1] for seed in range(3)]
        assert config(page).seed == int(np.argsort(losses)[1]), "the one in the middle"


# --- race -------------------------------------------------------------------------------------------------------------


def test_a_race_finds_rates_runs_and_says_what_follows():
    page = on_page("race", hidden_sizes="3", epochs="200", race_seeds="20")
    assert "Nothing has raced yet" in words(page)
    page.button(key="do_race").click().run()
    finish(page, "race")
    header, _ = decode(payloads(page, "race")[0])
    assert [each["name"] for each in header["runners"]] == [
        "gradient descent", "momentum", "Nesterov", "RMSProp", "Adam", "AdamW",
    ]  # fmt: skip
    for each in header["runners"]:
        assert each["rate"] in RATES
        assert each["solved"][1] == 20
    assert "of 20 seeds" in words(page)


def test_a_race_of_activations_at_one_rate():
    page = on_page("race", subject="activation", runners="tanh,relu", own_rates="0", epochs="100", learning_rate="0.7")
    page.button(key="do_race").click().run()
    finish(page, "race")
    header, _ = decode(payloads(page, "race")[0])
    assert [(each["name"], each["rate"]) for each in header["runners"]] == [("tanh", 0.7), ("ReLU", 0.7)]
    assert "All ran at the same rate, 0.7" in words(page)
    page.segmented_control(key="race_subject").set_value("initializer").run()
    assert "This race was of the settings before" in words(page)
    assert "subject" in page.query_params


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"subject": "horses"}, "Only optimizers, activations and first weights can race"),
        ({"runners": "adam"}, "needs two runners"),
        ({"race_seeds": "1000000"}, "A race has 2 to 200 seeds: 200 are used."),
        ({"race_seeds": "nan"}, "A race has 2 to 200 seeds: 50 are used."),
        ({"learning_rate": "nan"}, "Learning rate must be a number"),
    ],
)
def test_an_absurd_race_gets_a_sentence_and_does_not_start(link, sentence):
    page = on_page("race", **link)
    assert sentence in words(page)
    assert asked_for(page) == []


def test_a_race_needs_two():
    page = on_page("race")
    page.button_group(key="race_runners").set_value(["adam"]).run()
    assert "needs two runners" in words(page)
    assert len(page.session_state["race"].runners) == 6


@pytest.mark.parametrize("name", ["search", "race"])
def test_what_it_is_around_is_told_in_brief(name):
    assert "XOR: the four points, 2-3-1, 1 epoch." in words(
        on_page(name, dataset="xor_points", hidden_sizes="3", epochs="1")
    )


# --- back -------------------------------------------------------------------------------------------------------------


def test_back_at_an_address_without_settings_all_is_as_usual():
    page = on_page("search")
    page.segmented_control(key="search_method").set_value("random").run()
    assert page.query_params == {"method": "random"}
    assert back(page).session_state["search"].method == "grid"
    turn(page, "race")
    page.segmented_control(key="race_subject").set_value("activation").run()
    assert page.query_params == {"subject": "activation"}
    assert back(page).session_state["race"].subject == "optimizer"
    turn(page, "playground")
    page.selectbox(key="set_activation").set_value("relu").run()
    assert config(back(page)) == Config()


@pytest.mark.parametrize("name", ["search", "race"])
def test_by_the_menu_all_stays(name):
    own = {"search": {"method": "random"}, "race": {"subject": "activation"}}[name]
    page = on_page(name, learning_rate="0.7", **own)
    before = page.session_state[name]
    turn(page, "playground")
    assert page.query_params == {"learning_rate": "0.7"}
    turn(page, name)
    assert page.session_state[name] == before
    assert back(page).session_state[name] == before, "that is what no settings have meant"
    assert page.query_params == {"learning_rate": "0.7", **own}


@pytest.mark.parametrize("name", ["search", "race"])
def test_a_link_says_which_run_it_is_around(name):
    own = {"search": {"method": "random"}, "race": {"subject": "activation"}}[name]
    page = on_page(name, learning_rate="0.7", **own)
    assert config(back(page, **own)) == Config()
    page = turn(opened(seed="5", learning_rate="0.7"), name)
    back(page, learning_rate="0.7", **own)
    assert config(page) == Config(seed=5, learning_rate=0.7), "around the same run, from any seed"
    if name == "search":
        back(page, on="digits")
        assert config(page) == Config(seed=5, learning_rate=0.7), "it is not around this run"


# --- in a browser -----------------------------------------------------------------------------------------------------


def test_seeds_in_a_browser(visit):
    page = visit("/?hidden_sizes=2")
    page.get_by_role("button", name="Try 200 seeds").click()
    page.locator(".nn-seeds .headline", has_text="of 200 seeds solve it").wait_for()
    page.locator(".nn-seeds .group").nth(1).locator(".maps button").first.click()
    page.wait_for_function("location.search.includes('seed=')")
    page.wait_for_selector(AT_REST)
    seed = int(re.search(r"seed=(\d+)", page.url)[1])
    assert page.locator(f".nn-seeds button[data-member='{seed}']").get_attribute("aria-pressed") == "true"
    assert page.locator(".nn-stage").evaluate("stage => stage.nnStage.run") > 1
    page.get_by_role("button", name="Close").click()
    page.locator(".nn-seeds .headline", has_text="seeds").wait_for(state="hidden")


def test_a_search_in_a_browser_and_back(visit):
    page = visit("/search?steps=4&seeds=5")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name="All trials as CSV").wait_for()
    page.wait_for_selector(AT_REST)
    heat = page.locator("canvas[data-part=heat]")
    heat.focus()
    page.keyboard.press("ArrowUp")
    told = page.locator("[data-part=heat-readout]").inner_text()
    page.keyboard.press("Enter")
    page.locator(".nn-stage").wait_for()
    page.wait_for_selector(AT_REST)
    rate, nodes = re.match(r"Learning rate ([\d.]+), Hidden nodes (\d+)", told).groups()
    link = page.url.partition("?")[2]
    assert rate == "0.5" or f"learning_rate={float(rate):g}" in link
    assert nodes == "4" or f"hidden_sizes={nodes}" in link
    turn_to(page, "Search")
    page.get_by_role("button", name="Search again").wait_for()
    page.locator("canvas[data-part=heat]").wait_for()
    assert page.get_by_text("of the settings before").count() == 0, "what is varied does not matter"


def test_back_in_a_browser(visit):
    page = visit("/search")
    page.get_by_role("radio", name="Random").click()
    page.wait_for_url("**/search?method=random")
    page.wait_for_selector(AT_REST)
    page.go_back()
    page.get_by_text("Every combination of evenly spaced values").wait_for()
    assert page.url.endswith("/search")
    turn_to(page, "Race")
    page.get_by_role("radio", name="Activations").click()
    page.wait_for_url("**/race?subject=activation")
    page.wait_for_selector(AT_REST)
    page.go_back()
    page.get_by_role("button", name="Adam", exact=True).wait_for()
    assert page.url.endswith("/race")


def test_another_visitor_is_answered_while_one_searches(visit):
    page, other = visit("/search?steps=30&seeds=20"), visit("/")
    page.get_by_role("button", name="Search", exact=True).click()
    stop = page.get_by_test_id("stMain").get_by_role("button", name="Stop")
    stop.wait_for()
    before = other.locator(".nn-stage").evaluate("stage => stage.nnStage.run")
    other.get_by_role("slider", name="Learning rate").focus()
    other.keyboard.press("ArrowRight")
    other.wait_for_function("([stage, run]) => stage.nnStage.run > run", arg=[
        other.locator(".nn-stage").element_handle(), before,
    ])  # fmt: skip
    stop.click()
    stop.wait_for(state="detached")
    page.get_by_role("button", name="All trials as CSV").wait_for()

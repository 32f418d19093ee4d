"""What is searched, tried and judged: the values of a grid, the budget of all methods, and the gate before them."""

import math
import random

import numpy as np
import pytest

from nn_core import population
from nn_core.config import Config
from nn_core.population import Population
from nn_core.search import (
    METHODS,
    MOST_AXES,
    MOST_NETWORKS,
    MOST_SEEDS,
    MOST_STEPS,
    MOST_TRIALS,
    SETTINGS,
    Axis,
    Search,
    axis,
    checked,
    from_query,
    to_query,
    usual_search,
)
from nn_core.trials import (
    Judged,
    Sought,
    around,
    importance,
    judge,
    networks,
    over_rounds,
    ranking_on_the_way,
    rounds,
    seconds,
    spent,
    survivors,
    trials,
    trials_of_halving,
)

XOR = Search(Config())
DIGITS = usual_search(Config(dataset="mnist", images=2000, hidden_sizes=(32,), batch_size=32, epochs=3))
CHOICES = ("activation", "optimizer", "initializer", "schedule")


# --- what is tried ----------------------------------------------------------------------------------------------------


def test_the_usual_grid_has_ten_by_ten_cells_on_log_scales():
    tried = trials(XOR)
    assert len(tried) == 100
    rates, widths = (sorted({trial.values[k] for trial in tried}) for k in (0, 1))
    assert (rates[0], rates[-1], len(rates)) == (0.01, 10, 10)
    np.testing.assert_allclose(np.diff(np.log(rates)), math.log(1000) / 9, rtol=0.02)
    assert widths == [1, 2, 3, 4, 5, 6, 8, 10, 12, 16]
    for trial in tried:
        assert (trial.config.learning_rate, trial.config.hidden_sizes) == (trial.values[0], (trial.values[1],))
        assert trial.config.replace(learning_rate=0.5, hidden_sizes=(4,)) == Config()


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_can_be_varied_and_its_places_are_those_of_its_values(name):
    usual = axis(name)
    values = usual.values(7)
    assert len(values) == len(set(values)) > 1
    places = [usual.place(value) for value in values]
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in places)
    for value in values:
        again = usual.at(usual.place(value))
        assert again == value if isinstance(value, (str, int)) else again == pytest.approx(value, rel=0.01)
    base = Config(hidden_sizes=(4, 4), activation=("tanh", "relu"), samples=1000)
    for trial in trials(Search(base, (usual, axis("l2" if name != "l2" else "l1")), steps=3)):
        assert trial.config.n_parameters > 0


@pytest.mark.parametrize("steps", [1, 2, 9, 16, 30])
def test_whole_numbers_are_tried_once(steps):
    values = axis("hidden_nodes").values(steps)
    assert len(values) == min(steps, 16)
    assert values == sorted(set(values))


def test_depth_comes_before_width():
    search = Search(
        Config(activation=("relu", "tanh"), hidden_sizes=(3, 3)), (axis("hidden_layers"), axis("hidden_nodes"))
    )
    for trial in trials(search):
        assert trial.config.hidden_sizes == (trial.values[1],) * trial.values[0]
        assert trial.config.activation == "relu"


def test_random_trials_lie_within_their_ranges_and_follow_the_draw():
    search = XOR.replace(method="random", axes=(*XOR.axes, axis("activation")))
    tried = trials(search)
    assert len(tried) == search.trials_of_grid == 900
    rates, widths, names = zip(*(trial.values for trial in tried), strict=True)
    assert 0.01 <= min(rates) < 0.02
    assert 5 < max(rates) <= 10
    assert len(set(rates)) > 400
    assert set(widths) == set(range(1, 17))
    assert len(set(names)) == 9
    assert np.mean(np.log10(rates)) == pytest.approx(-0.5, abs=0.1), "evenly on the log scale"
    assert trials(search) == tried != trials(search.replace(draw=1))


def test_networks_come_trial_by_trial_and_seed_by_seed():
    tried = trials(XOR)[:3]
    found = networks(tried, 4)
    assert [each.seed for each in found] == [0, 1, 2, 3] * 3
    assert [each.replace(seed=0) for each in found[::4]] == [trial.config for trial in tried]


def test_a_search_is_around_the_same_whatever_is_varied():
    other = XOR.replace(base=Config(learning_rate=3.0, hidden_sizes=(9,)))
    assert around(other) == around(XOR)
    assert around(XOR.replace(base=Config(noise=0.1))) != around(XOR)


# --- the same budget --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("epochs", [3, 20, 100, 1000, 50_000])
@pytest.mark.parametrize("steps", [2, 10])
def test_halving_spends_the_epochs_of_the_grid_and_no_more(epochs, steps):
    search = Search(Config(epochs=epochs), steps=steps, method="halving")
    ends, count = rounds(search), trials_of_halving(search)
    assert ends[-1] == epochs
    assert ends == sorted(set(ends))
    lengths = np.diff([0, *ends])
    assert (
        spent(search) == sum(survivors(count, number) * length for number, length in enumerate(lengths)) * search.seeds
    )
    assert spent(search) <= search.budget
    assert len(trials(search)) == count >= search.trials_of_grid
    assert spent(search) > 0.9 * search.budget or search.trials_of_grid < 10


@pytest.mark.parametrize("seeds", [50, 200])
def test_halving_of_many_seeds_begins_with_no_more_networks_than_are_allowed_and_counts_what_it_spends(seeds):
    search = Search(Config(), seeds=seeds, method="halving")
    assert len(trials(search)) == MOST_NETWORKS // seeds
    assert spent(search) < 0.5 * search.budget
    assert seconds(search) < 0.5 * seconds(search.replace(method="grid"))


def test_estimates_grow_with_what_is_asked():
    small, large = XOR.replace(steps=4, seeds=5), XOR.replace(steps=10, seeds=50)
    assert 0 < seconds(small) < seconds(large)


# --- what came of it --------------------------------------------------------------------------------------------------


def made_up(solved, loss, diverged) -> Population:
    """A population of six networks, as far as it is judged."""
    m = len(solved)
    nothing = np.full((1, m), np.nan)
    known = np.array(loss, float)
    return Population(
        (Config(),) * m,
        np.array([True] * (m - 1) + [False]),
        np.array(diverged),
        np.array(solved),
        np.array([0]),
        *[nothing] * 4,
        *[known] * 2,
        *[known] * 2,
        (None,) * m,
    )


def test_a_trial_is_judged_by_its_seeds():
    nan = np.nan
    whole = made_up([1, 0, 0, 0, 1, 0], [0.1, 0.3, nan, 0.5, 0.2, nan], [0, 0, 1, 0, 0, 0])
    judged = judge(whole, 3)
    assert judged.done.tolist() == [3, 2]
    assert judged.solved.tolist() == [1, 1]
    assert judged.diverged.tolist() == [1, 0]
    assert judged.complete.tolist() == [True, False]
    np.testing.assert_allclose(judged.loss, [0.2, 0.35])
    np.testing.assert_allclose(judged.spread, [np.std([0.1, 0.3], ddof=1), np.std([0.5, 0.2], ddof=1)])
    assert judged.share(0)[:2] == (1, 3)


def verdicts(**columns) -> Judged:
    n = len(columns["loss"])
    usual = {"done": [4] * n, "solved": [0] * n, "diverged": [0] * n, "complete": [True] * n}
    values = usual | {"spread": [0.0] * n, "accuracy": [0.5] * n} | columns
    return Judged(*(np.array(values[name]) for name in Judged._fields))


def test_the_best_solve_most_often_then_have_the_lowest_loss():
    nan = np.nan
    judged = verdicts(
        solved=[4, 4, 2, 0, 4, 4],
        loss=[0.2, 0.0, 0.01, nan, 0.0, 0.05],
        diverged=[0, 0, 0, 4, 0, 1],
        complete=[True, True, True, True, False, True],
    )
    judged = judged._replace(accuracy=np.array([0.9, 0.9, 0.95, nan, 0.99, 0.9]))
    assert Sought(XOR, (), judged, np.zeros(6)).ranking.tolist() == [1, 0, 5, 2, 3, 4]
    pictures = Search(Config(dataset="mnist"))
    assert Sought(pictures, (), judged, np.zeros(6)).ranking.tolist() == [2, 1, 0, 5, 3, 4], "by accuracy"
    on_the_way = verdicts(loss=[0.3, 0.1, 0.2, 0.15], diverged=[0, 0, 0, 1])
    assert ranking_on_the_way(on_the_way).tolist() == [1, 2, 0, 3]


def test_of_rounds_the_last_one_counts():
    first = verdicts(loss=[0.3, 0.2, 0.1], solved=[0, 0, 1])
    second = verdicts(loss=[0.05], solved=[4], done=[4])
    whole = over_rounds([([0, 1, 2], first), ([2], second)], 3)
    np.testing.assert_array_equal(whole.loss, [0.3, 0.2, 0.05])
    assert whole.solved.tolist() == [0, 0, 4]
    begun = verdicts(loss=[np.nan], done=[0], complete=[False])
    assert over_rounds([([0, 1, 2], first), ([2], begun)], 3).loss[2] == 0.1, "nothing is known of the last one yet"


def test_importance_tells_what_matters():
    tried = trials(XOR)
    by_rate = np.array([math.log(trial.values[0]) for trial in tried])
    assert importance(XOR, tried, by_rate) == pytest.approx([1, 0], abs=0.05)
    by_chance = np.random.default_rng(0).random(100)
    assert max(importance(XOR, tried, by_chance)) < 0.1
    search = XOR.replace(method="random")
    tried = trials(search)
    by_width = np.array([trial.values[1] > 3 for trial in tried], float)
    found = importance(search, tried, by_width)
    assert found[1] > 0.8 > 0.1 > found[0]


def test_a_search_on_xor_finds_that_two_nodes_seldom_do():
    search = Search(Config(epochs=300), steps=5, seeds=10)
    tried = trials(search)
    judged = judge(population.run(networks(tried, search.seeds)), search.seeds)
    by_width = {trial.values[1]: [] for trial in tried}
    for trial, solved in zip(tried, judged.solved, strict=True):
        by_width[trial.values[1]].append(solved)
    assert max(by_width[1]) == 0
    assert max(by_width[2]) < 10
    assert max(by_width[16]) == 10
    assert judged.solved[Sought(search, tried, judged, np.zeros(len(tried))).ranking[0]] == 10


# --- the gate ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"steps": 1000}, "1,000 values an axis cannot be: 30 are used instead."),
        ({"steps": 0}, "0 values an axis cannot be: 1 is used instead."),
        ({"seeds": 10**9}, "1,000,000,000 seeds a trial cannot be: 200 are used instead."),
        ({"seeds": 0}, "0 seeds a trial cannot be"),
        ({"axes": ()}, "needs two settings"),
        ({"axes": (axis("l1"),)}, "needs two settings"),
        ({"axes": (Axis("learning_rate", 10, 0.1), axis("hidden_nodes"))}, "upside down: it is taken from 0.1 to 10."),
        ({"axes": (Axis("learning_rate", 0, 1e9), axis("l1"))}, "Learning rate can be 1e-05 to 100"),
        ({"axes": (Axis("hidden_nodes", 1, 1e6), axis("l1"))}, "Hidden nodes can be 1 to 16"),
        ({"axes": (Axis("noise", math.nan, math.inf), axis("l1"))}, "Noise needs a range of numbers"),
        ({"axes": (Axis("activation", choices=()), axis("l1"))}, "nothing to try"),
        ({"axes": (Axis("colour", 0, 1), axis("l1"), axis("l2"))}, "cannot be varied here"),
        ({"axes": (axis("l1"), axis("l1"), axis("l2"))}, "varied once"),
        ({"axes": tuple(axis(name) for name in list(SETTINGS)[:6])}, "At most 4 settings"),
        ({"axes": tuple(axis(n) for n in ("l1", "l2", "noise")), "steps": 30}, "27,000 trials are more than 1,000: 10"),
        ({"axes": tuple(axis(n) for n in ("l1", "l2", "noise")), "seeds": 200}, "20 seeds a trial are used."),
        ({"base": Config(dataset="xor_points"), "axes": (axis("batch_size"), axis("l1"))}, "Batch size can be 1 to 4"),
        (
            {"base": Config(dataset="xor_points"), "axes": (Axis("batch_size", 1, math.nan), axis("l1"))},
            "needs a range",
        ),
        ({"axes": (Axis("l2", 0, 0.1), axis("l1"))}, "can be 1e-05 to 1 on a log scale: 1e-05 to 0.1 is searched."),
        ({"axes": (Axis("momentum", 0, 2), axis("l1"))}, "Momentum can be 0 to 0.999: 0 to 0.999 is searched."),
        ({"axes": (Axis("learning_rate", 1e9, 0.1), axis("l1"))}, "can be 1e-05 to 100: 0.1 to 100 is searched."),
        ({"axes": tuple(axis(n) for n in CHOICES)}, "2,160 trials are more than 1,000: Rate over time is not varied."),
        ({"axes": tuple(axis(n) for n in (*CHOICES[:3], "l1"))}, "4,320 trials are more than 1,000: 2 values an axis"),
    ],
)
def test_what_makes_no_sense_is_mended_and_said(asked, words):
    search, said = checked(XOR.replace(**asked))
    assert any(words in sentence for sentence in said), said
    assert 1 <= search.steps <= MOST_STEPS
    assert 1 <= search.seeds <= MOST_SEEDS
    assert search.trials_of_grid <= MOST_TRIALS
    assert search.trials_of_grid * search.seeds <= MOST_NETWORKS
    assert trials(search)
    assert checked(search) == (search, [])


@pytest.mark.parametrize("usual", [XOR, DIGITS], ids=["plane", "digits"])
def test_the_usual_ones_pass_unchanged(usual):
    for method in METHODS:
        assert checked(usual.replace(method=method)) == (usual.replace(method=method), [])


def test_steps_and_seeds_stay_where_fewer_would_not_help():
    search, said = checked(XOR.replace(axes=tuple(axis(name) for name in CHOICES)))
    assert (search.steps, search.seeds, len(said)) == (XOR.steps, XOR.seeds, 1)
    assert [each.name for each in search.axes] == list(CHOICES[:3])


@pytest.mark.parametrize("usual", [XOR, DIGITS], ids=["plane", "digits"])
def test_the_usual_range_is_that_of_what_is_searched_around(usual):
    rate, nodes = usual.axes
    for axes in ((rate._replace(high=math.nan), nodes), (nodes._replace(low=math.inf), rate), ()):
        search, said = checked(usual.replace(axes=axes))
        assert set(search.axes) == {rate, nodes}
        assert "usual" in said[0]


def test_a_link_brings_a_search_back():
    search = Search(
        Config(),
        (axis("l2"), Axis("activation", choices=("tanh", "relu")), Axis("momentum", 0, 0.5)),
        "halving",
        7,
        3,
        5,
    )
    assert from_query(to_query(search, XOR), XOR) == (search, [])
    for usual in (XOR, DIGITS):
        assert to_query(usual, usual) == {}
        assert from_query({}, usual) == (usual, [])


def any_search(rng: random.Random, usual: Search) -> Search:
    """Axes over parts of the usual ranges and beyond them, and numbers of all sizes."""
    axes = []
    for name in rng.sample(list(SETTINGS), rng.randint(2, MOST_AXES)):
        low, high, choices = axis(name)[1:]
        bounds = sorted(rng.uniform(0.5, 2) * end for end in (low, high))
        axes.append(Axis(name, *bounds, tuple(rng.sample(choices, rng.randint(1, len(choices))) if choices else ())))
    numbers = {"steps": rng.randint(1, MOST_STEPS), "seeds": rng.randint(1, MOST_SEEDS), "draw": rng.randint(0, 10**9)}
    return checked(usual.replace(axes=tuple(axes), method=rng.choice(list(METHODS)), **numbers))[0]


@pytest.mark.parametrize("usual", [XOR, DIGITS], ids=["plane", "digits"])
@pytest.mark.parametrize("seed", range(40))
def test_a_link_brings_any_search_back(usual, seed):
    search = any_search(random.Random(seed), usual)
    for each in (search, search.replace(axes=usual.axes, steps=10, seeds=20)):
        assert from_query(to_query(each, usual), usual) == (each, [])


@pytest.mark.parametrize("seed", range(40))
def test_a_search_fits_another_run_once_it_is_checked(seed):
    rng = random.Random(seed)
    bases = [
        Config(dataset="xor_points"),
        Config(dataset="moons", samples=20),
        Config(dataset="own"),
        Config(hidden_sizes=()),
        Config(hidden_sizes=(2, 3), activation=("tanh", "relu")),
    ]
    search, _ = checked(any_search(rng, XOR).replace(base=rng.choice(bases), method="grid"))
    assert len(trials(search)) == search.trials_of_grid


@pytest.mark.parametrize("seed", range(60))
def test_no_link_breaks_it(seed):
    rng = random.Random(seed)
    junk = [
        "",
        "nan",
        "1e999",
        "-5",
        "learning_rate~5",
        "*~*~*",
        "activation~tanh~evil",
        "x" * 5000,
        "l1~1~0*l2~a~b",
        "١٢",
    ]
    link = {key: rng.choice(junk) for key in ("axes", "method", "steps", "seeds", "draw") if rng.random() < 0.7}
    search, said = from_query(link, XOR)
    assert checked(search) == (search, [])
    assert all(isinstance(sentence, str) for sentence in said)
    assert trials(search)[0].config.n_parameters

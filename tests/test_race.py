"""A race: who starts where, which rate suits whom, how each did, and sentences that are true."""

import numpy as np
import pytest

from nn_core import population, run
from nn_core.config import Config
from nn_core.mlp import initial_parameters
from nn_core.race import (
    RATES,
    SUBJECTS,
    TRIED,
    Race,
    Run,
    best_rates,
    final,
    from_query,
    heats,
    listed,
    results,
    solved_since,
    to_query,
    usual,
    verdict,
)
from nn_core.statistics import share

BASE = Config(epochs=300, hidden_sizes=(3,))
RACE = Race(BASE, "optimizer", ("gradient_descent", "momentum", "adam"), 12)


@pytest.fixture(scope="module")
def raced():
    tried = population.run(heats(RACE))
    rates = best_rates(RACE, tried)
    whole = population.run(final(RACE, rates))
    return tried, rates, whole, results(RACE, rates, whole)


def test_all_start_from_the_same_weights():
    starts = final(RACE, (0.1, 0.2, 0.3))
    assert len(starts) == 36
    for k in range(12):
        of_seed = [initial_parameters(starts[runner * 12 + k]) for runner in range(3)]
        np.testing.assert_array_equal(of_seed[0], of_seed[1])
        np.testing.assert_array_equal(of_seed[0], of_seed[2])
    assert [each.learning_rate for each in starts[::12]] == [0.1, 0.2, 0.3]
    assert {each.optimizer for each in starts[12:24]} == {"momentum"}


def test_heats_try_every_rate_from_some_seeds():
    tried = heats(RACE)
    assert len(tried) == 3 * len(RATES) * TRIED
    assert {each.learning_rate for each in tried} == set(RATES)
    assert {each.seed for each in tried} == set(range(TRIED))


def test_the_best_rate_is_the_one_with_the_lowest_loss_of_three_in_four(raced):
    tried, rates, *_ = raced
    for number, rate in enumerate(rates):
        losses = np.where(np.isnan(tried.final_loss), np.inf, tried.final_loss).reshape(3, len(RATES), TRIED)[number]

        def enough(each: float, losses=losses) -> float:
            """The lowest loss that so many seeds get to, or below."""
            of = losses[RATES.index(each)].tolist()
            return min(loss for loss in of if sum(other <= loss for other in of) >= 0.75 * len(of))

        assert enough(rate) == min(enough(each) for each in RATES)
    assert rates[2] < rates[0], "Adam's steps are as long as its rate, whatever the gradient"


def test_how_each_did_beside_plain_runs(raced):
    _, rates, whole, runs = raced
    assert [each.runner for each in runs] == list(RACE.runners)
    for number, each in enumerate(runs):
        histories = [run(config) for config in final(RACE, rates)[number * 12 : (number + 1) * 12]]
        finals = [history.train_loss[-1] for history in histories]
        assert each.solved.count == sum(history.train_accuracy[-1] == 1 for history in histories)
        assert each.loss == pytest.approx(np.median(finals), rel=1e-4)
        losses = np.array([history.train_loss[whole.epochs] for history in histories])
        np.testing.assert_allclose(each.bands, np.quantile(losses, [0.25, 0.5, 0.75], axis=0), rtol=1e-3, atol=1e-5)
        wrong = [np.flatnonzero(history.train_accuracy < 1) for history in histories]
        since = sorted(float(rows[-1] + 1) if len(rows) else 0.0 for rows in wrong)
        half = since[5]
        assert np.isnan(each.epoch) if half > 300 else 0 <= each.epoch - half <= 4, "curves have a point every 4 epochs"


def test_solved_since_the_last_time_it_was_wrong():
    whole = population.run([BASE.replace(seed=seed, epochs=100) for seed in range(6)])
    for k, epoch in enumerate(solved_since(whole, np.arange(6))):
        if np.isfinite(epoch):
            at = int(np.flatnonzero(whole.epochs == epoch)[0])
            assert (whole.train_accuracy[at:, k] == 1).all()
            assert at == 0 or whole.train_accuracy[at - 1, k] < 1
        else:
            assert whole.train_accuracy[-1, k] < 1


def made_up(*runners: tuple[int, float], seeds: int = 50, **more) -> tuple[Race, list[Run]]:
    """A race of which so many seeds of each solved it, half of them by that epoch."""
    names = tuple(SUBJECTS["optimizer"])[: len(runners)]
    race = Race(Config(), "optimizer", names, seeds, **more)
    nothing = np.zeros((3, 2))
    each = zip(names, runners, strict=True)
    return race, [Run(name, 0.1, nothing, share(count, seeds), epoch, 0, 0.3) for name, (count, epoch) in each]


def test_no_more_is_said_than_the_numbers_say():
    clear = verdict(*made_up((50, 100), (47, 40), (3, np.nan)))
    assert clear[0] == (
        "Gradient descent solves it most often, from 50 of 50 seeds; momentum (47) may be as good: these are too few "
        "seeds to tell. Clearly less often: Nesterov (3)."
    )
    assert (
        clear[1]
        == "Half of the seeds are there by epoch 40 with momentum; gradient descent takes 2.5 times as long, until 100."
    )
    alike = verdict(*made_up((30, 50), (25, 50)))
    assert alike[0] == "They solve it about equally often, from 25 to 30 of 50 seeds: too few to tell them apart."
    assert "no difference" in alike[1]
    assert verdict(*made_up((50, 9), (50, 9)))[0] == "All of them solve it from 50 of 50 seeds."
    none = verdict(*made_up((0, np.nan), (0, np.nan)))
    assert none[0].startswith("None of them solves it from any of 50 seeds.")
    assert len(none) == 2


def test_where_all_diverge_no_loss_is_told():
    race, runs = made_up((0, np.nan), (0, np.nan))
    lost = [run._replace(loss=np.nan, diverged=50) for run in runs]
    assert verdict(race, lost)[0] == "All of them diverge, from half of 50 seeds or more."


def test_rates_and_losses_are_told():
    race, runs = made_up((40, 10), (40, 10), own_rates=False)
    assert "All ran at the same rate, 0.5" in verdict(race, runs)[-1]
    race, runs = made_up((40, 10), (40, 10))
    assert verdict(race, runs)[-1] == f"Of {len(RATES)} rates tried, 0.1 suited each of them best."
    runs[1] = runs[1]._replace(rate=0.3, diverged=2)
    said = verdict(race, runs)
    assert said[-1].endswith("gradient descent 0.1 and momentum 0.3.")
    assert "Some seeds diverged: momentum (2)." in said
    regression = Race(Config(dataset="sine"), "optimizer", race.runners, 50)
    assert "reach R² 0.99" in verdict(regression, runs)[0]


def test_the_sentences_of_a_real_race_are_true(raced):
    *_, runs = raced
    said = verdict(RACE, runs)
    counts = {each.runner: each.solved.count for each in runs}
    assert f"{max(counts.values())} of 12" in said[0]
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in said)


def test_lists_in_words():
    assert [listed(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_can_race(subject):
    race = Race(Config(epochs=40), subject, tuple(SUBJECTS[subject]), 4)
    tried = population.run(heats(race))
    whole = population.run(final(race, best_rates(race, tried)))
    assert len(verdict(race, results(race, best_rates(race, tried), whole))) >= 2


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_link_brings_a_race_back(subject):
    usual_one = Race(BASE, subject, usual(subject))
    for race in (usual_one, usual_one._replace(runners=tuple(SUBJECTS[subject])[1:3], seeds=7, own_rates=False)):
        assert from_query(to_query(race), BASE) == (race, [])
    assert len(to_query(usual_one)) == (subject != "optimizer"), "only what differs from the usual"

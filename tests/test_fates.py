"""How many networks ended, and under which names."""

import numpy as np
import pytest

from nn_core import Config, make_data, population
from nn_core.config import Point
from nn_core.fates import fates, resting
from nn_core.plateaus import Plateau, plateaus


def ended(*configs: Config):
    whole = population.run(configs)
    return whole, fates(whole, plateaus(configs[0], make_data(configs[0])))


def test_two_nodes_end_in_three_ways():
    config = Config(hidden_sizes=(2,), activation="sigmoid", learning_rate=5.0, epochs=1000)
    whole, found = ended(*(config.replace(seed=seed) for seed in range(60)))
    titles = [each.title for each in found]
    assert titles == ["solved", "two of four inputs share an answer", "three of four inputs share an answer"]
    assert sorted(np.concatenate([each.places for each in found]).tolist()) == list(range(60))
    assert whole.solved[found[0].places].all()
    for each in found:
        losses = whole.final_loss[each.places]
        assert (np.diff(losses) >= 0).all()
        if each.plateau:
            assert all(each.plateau.has(loss) for loss in losses)


def test_who_passes_a_plateau_does_not_rest_there():
    config = Config(hidden_sizes=(2,), activation="sigmoid", learning_rate=5.0, epochs=100)
    whole, found = ended(*(config.replace(seed=seed) for seed in range(200)))
    for each in found:
        at = whole.train_loss[np.isfinite(whole.train_loss[:, 0])][:, each.places]
        late = at[-len(at) // 5 :]
        fell = (late[0] - late[-1]) / late[0]
        assert each.plateau is None or (fell < 0.01).all()
        assert each.name != "learning" or each.title == "still learning"
    assert any(each.name == "learning" for each in found)


def test_the_tutorials_network_learns_nothing():
    config = Config(hidden_sizes=(2,), activation="sigmoid", initializer="tutorial")
    _, (only,) = ended(*(config.replace(seed=seed) for seed in range(8)))
    assert (only.title, len(only.places)) == ("nothing learnt: one answer for all", 8)


def test_the_diverged_come_last_and_the_unfinished_not_at_all():
    sine = Config(dataset="sine", samples=60, activation="relu", epochs=400, learning_rate=0.05)
    configs = [sine, sine.replace(learning_rate=100.0), sine.replace(learning_rate=1e-5)]
    _, found = ended(*configs)
    assert found[-1].name == "diverged"
    assert found[-1].places.tolist() == [1]
    parts = population.groups(configs)
    assert fates(population.gathered(configs, parts, [None] * len(parts))) == []


def test_memorised_ones_are_no_solution():
    config = Config(dataset="moons", samples=40, noise=0.3, hidden_sizes=(16,), optimizer="adam")
    _, found = ended(*(config.replace(seed=seed) for seed in range(3)))
    assert found[0].name == "memorised"


def test_plateaus_in_words():
    assert resting(Plateau(0.69, 0.69, 4, 4)) == "nothing learnt: one answer for all"
    assert resting(Plateau(0.69, 0.69, 200, 200)) == "nothing learnt: one answer for all"
    assert resting(Plateau(0.3, 0.3, 2, 3)) == "two of three inputs share an answer"


@pytest.mark.parametrize("points", [(Point(0, 0, 1, 1), Point(1, 1, 0, 1)), (Point(0, 0, 1),)])
def test_with_nothing_to_learn_they_are_untrained(points):
    _, (only,) = ended(*(Config(dataset="own", points=points, epochs=20, seed=seed) for seed in range(4)))
    assert (only.name, len(only.places)) == ("untrained", 4)

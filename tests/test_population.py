"""Many networks at once are the same networks: each agrees with its run alone, whatever it is trained beside."""

import math
import random
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from nn_core import lockstep, population
from nn_core.config import CHANGEABLE, Change, Config, Point
from nn_core.data import make_data
from nn_core.images import Images
from nn_core.population import Population
from nn_core.sheets import read_sheet
from nn_core.slices import JUDGES, held_back
from nn_core.supplies import Missing
from nn_core.tables import choose
from nn_core.training import run, train
from tests.support import UPDATES, varied_config

OPTIMIZING = ("learning_rate", "momentum", "rms_decay", "weight_decay", "l1", "l2")


def relatives(config: Config, rng: random.Random, count: int = 4) -> list[Config]:
    """Configs that can be trained beside this one, different in all that may differ."""
    made = []
    for _ in range(count):
        changes = {name: getattr(config, name) * rng.uniform(0.5, 1) for name in OPTIMIZING}
        changes |= {"seed": rng.randrange(1000), "initial_scale": rng.uniform(0.5, 1.5)}
        changes |= {"initializer": rng.choice(["xavier", "normal"]), "clip": config.clip * rng.uniform(0.5, 2)}
        if lockstep.shallow(config):
            changes["hidden_sizes"] = (rng.randint(1, 6),)
        made.append(config.replace(**changes))
    return made


@pytest.mark.parametrize("i", range(48))
def test_each_member_takes_the_steps_it_takes_alone(i):
    rng = random.Random(i)
    first = varied_config(i).replace(dropout=0)
    first = first.replace(epochs=max(1, UPDATES * (first.batch_size or 24) // 24))  # 20 updates, or 24
    members = [first, *relatives(first, rng)]
    rng.shuffle(members)
    (group,) = population.groups(members)
    assert len(group.members) == len(members), "they are trained in one group"
    whole = population.run(members)
    assert whole.epochs.tolist() == list(range(first.epochs + 1))
    for k, config in enumerate(members):
        *_, alone = train(config, every=UPDATES)
        np.testing.assert_allclose(whole.parameters[k], alone.state.parameters, rtol=1e-12, atol=1e-12)
        history = run(config)
        for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy"):
            expected = getattr(history, name)
            np.testing.assert_allclose(getattr(whole, name)[:, k], expected, rtol=1e-11, atol=1e-11)


MIXED = [
    *(Config(hidden_sizes=(w,), activation=a, seed=s) for w in (2, 4) for a in ("tanh", "sigmoid") for s in range(3)),
    *(Config(dataset="moons", samples=60, hidden_sizes=(5, 3), batch_size=7, epochs=200, seed=s) for s in range(3)),
    *(Config(dataset="sine", samples=60, learning_rate=0.05, epochs=600, optimizer="adam", seed=s) for s in range(2)),
    Config(dataset="four_blobs", samples=60, epochs=300, dropout=0.1),
    Config(dataset="and", hidden_sizes=(), epochs=400),
    Config(dataset="xor_points", learning_rate=2.0, momentum=0.5, optimizer="nesterov"),
]


@pytest.fixture(scope="module")
def mixed() -> Population:
    return population.run(MIXED)


def test_a_mixture_ends_where_each_ends_alone(mixed):
    assert mixed.configs == tuple(MIXED)
    assert mixed.done.all()
    assert not mixed.diverged.any()
    for k, config in enumerate(MIXED):
        history = run(config)
        solved = history.train_accuracy[-1] >= (0.99 if config.task == "regression" else 1)
        assert mixed.solved[k] == solved
        if solved:
            assert mixed.final_loss[k] == pytest.approx(history.train_loss[-1], abs=1e-5)
            assert mixed.final_test_accuracy[k] == pytest.approx(history.test_accuracy[-1], abs=1e-5)
    assert 8 < mixed.solved.sum() < len(MIXED)


def test_curves_stand_at_common_epochs_and_end_with_each_run(mixed):
    assert (np.diff(mixed.epochs) > 0).all()
    assert mixed.train_loss.shape == (len(mixed.epochs), len(MIXED))
    for k, config in enumerate(MIXED):
        there = np.isfinite(mixed.train_loss[:, k])
        assert mixed.epochs[there][-1] == config.epochs
        assert mixed.train_loss[there, k][-1] == mixed.final_loss[k]
        history = run(config)
        both = np.isin(mixed.epochs[there], history.epochs)
        at = np.searchsorted(history.epochs, mixed.epochs[there][both])
        np.testing.assert_allclose(mixed.train_loss[there, k][both], history.train_loss[at], atol=1e-5)


def test_the_history_of_one_is_its_run(mixed):
    history = mixed.history(3)
    np.testing.assert_array_equal(history.parameters, run(MIXED[3]).parameters)


def pieces(configs, seconds: float) -> list:
    found = []
    for group in population.groups(configs):
        parts = [population.work(group, None, seconds)]
        while not population.ended(group, parts[-1]):
            parts.append(population.work(group, parts[-1].state, seconds))
        found.append((population.joined(parts), len(parts)))
    return found


def test_slices_change_no_bit():
    changing = Config(dataset="moons", samples=40, noise=0.1, epochs=60, batch_size=9, schedule="cosine")
    on_the_way = (Change(20, "learning_rate", 0.1), Change(33, "noise", 0.2), Change(40, "optimizer", "adam"))
    configs = [
        *(
            Config(hidden_sizes=(w,), seed=s, epochs=100, optimizer="adam", learning_rate=0.05)
            for w in (2, 3)
            for s in (0, 1)
        ),
        *(changing.replace(changes=(*on_the_way, Change(50, "parameters[2]", 1.5)), seed=s) for s in range(3)),
        Config(dropout=0.2, batch_size=100, epochs=20),
    ]
    whole, sliced = pieces(configs, math.inf), pieces(configs, 0)
    assert all(count > 10 for _, count in sliced)
    for (one, _), (other, _) in zip(whole, sliced, strict=True):
        np.testing.assert_array_equal(one.state.parameters, other.state.parameters)
        np.testing.assert_array_equal(one.state.memory, other.state.memory)
        np.testing.assert_array_equal(one.epochs, other.epochs)
        for a, b in zip(one.curves, other.curves, strict=True):
            np.testing.assert_array_equal(a, b)


def test_changes_on_the_way_are_made_by_all():
    changes = (Change(10, "learning_rate", 0.05), Change(15, "noise", 0.3), Change(20, "parameters[1]", -2.0))
    configs = [Config(dataset="circles", samples=60, epochs=30, seed=s, changes=changes) for s in range(3)]
    whole = population.run(configs)
    for k, config in enumerate(configs):
        np.testing.assert_allclose(whole.parameters[k], run(config).parameters[-1], rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(whole.train_loss[:, k], run(config).train_loss, rtol=1e-9)


ON_THE_WAY = {
    "learning_rate": 0.03,
    "optimizer": "adam",
    "schedule": "cosine",
    "momentum": 0.5,
    "rms_decay": 0.8,
    "weight_decay": 0.2,
    "batch_size": 7,
    "epochs": 50,
    "l1": 0.01,
    "l2": 0.02,
    "dropout": 0.4,
    "clip": 0.05,
    "noise": 0.3,
    "augment": 0.5,
}


@pytest.mark.parametrize("name", CHANGEABLE)
@pytest.mark.parametrize("sizes", [(4,), (3, 3)])
def test_whatever_changes_on_the_way_changes_for_each_as_it_does_alone(name, sizes):
    start = Config(dataset="circles", samples=40, hidden_sizes=sizes, epochs=30, learning_rate=0.02)
    for first in (start, start.replace(optimizer="adamw", batch_size=5, clip=0.1)):
        config = first.replace(changes=(Change(8, name, ON_THE_WAY[name]),))
        whole = population.run(config.replace(seed=seed) for seed in range(3))
        for k, each in enumerate(whole.configs):
            history = run(each)
            np.testing.assert_allclose(whole.parameters[k], history.parameters[-1], rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(whole.final_loss[k], history.train_loss[-1], rtol=1e-9)


IN_COMMON = {
    "dataset": "moons",
    "samples": 30,
    "noise": 0.2,
    "test_share": 0.3,
    "points": (Point(0, 0, 1),),
    "classes": 3,
    "data_id": "0123456789ab",
    "data_seed": 1,
    "features": ("x1",),
    "activation": "relu",
    "loss": "huber",
    "precision": "float32",
    "changes": (Change(1, "noise", 0.5),),
}
DIFFERS = {*OPTIMIZING, "seed", "initial_scale", "initializer", "hidden_sizes", "clip"}
NEVER_IN_LOCKSTEP = {"images", "augment", "dropout"}


@pytest.mark.parametrize("name", sorted({each.name for each in fields(Config)} - DIFFERS - NEVER_IN_LOCKSTEP))
def test_what_may_not_differ_is_trained_apart(name):
    """A setting is one of three: `relatives` differ in it, it keeps networks apart, or from lockstep."""
    config = Config(dataset="own" if name == "data_id" else "circles", samples=40)
    other = config.replace(**{name: {**ON_THE_WAY, **IN_COMMON}[name]})
    assert lockstep.alike(config) != lockstep.alike(other)


def test_where_only_figures_are_wanted_no_network_is_kept():
    configs = [Config(seed=seed, optimizer="adam", learning_rate=0.05, epochs=40) for seed in range(5)]
    (group,) = population.groups(configs, figures_only=True)
    half = population.work(group._replace(until=20), None, math.inf)
    assert (half.state.parameters.size, half.state.memory.size) == (5 * 17, 2 * 5 * 17), "it can go on"
    piece = population.work(group, half.state, math.inf)
    assert (piece.state.parameters.size, piece.state.memory.size) == (0, 0)
    found = population.gathered(configs, [group], [population.joined([half, piece])])
    kept = population.run(configs)
    np.testing.assert_array_equal(found.final_loss, kept.final_loss)
    np.testing.assert_array_equal(found.diverged, kept.diverged)
    assert found.parameters == (None,) * 5


def test_the_bits_are_the_same_in_another_process():
    script = (
        "from nn_core import Config, population\n"
        "whole = population.run(Config(seed=s, hidden_sizes=(2 + s % 3,), epochs=200) for s in range(20))\n"
        "print(whole.final_loss.tobytes().hex())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script], cwd=Path(__file__).parents[1], capture_output=True, check=True
        ).stdout
        for _ in range(2)
    }
    configs = [Config(seed=s, hidden_sizes=(2 + s % 3,), epochs=200) for s in range(20)]
    assert found == {population.run(configs).final_loss.tobytes().hex().encode() + b"\n"}


def test_large_populations_are_cut_into_groups_by_the_networks_alone():
    configs = [Config(dataset="circles", samples=400, hidden_sizes=(w,), seed=s) for s in range(60) for w in (3, 8)]
    parts = population.groups(configs)
    assert len(parts) > 2
    assert sorted(place for part in parts for place in part.places) == list(range(len(configs)))
    for part in parts:
        widths = [each.hidden_sizes[0] for each in part.members]
        assert widths == sorted(widths, reverse=True)
        assert tuple(configs[place] for place in part.places) == part.members
        assert sum(200 * width for width in widths) < 2 * population.TOGETHER
    assert population.groups(configs) == parts


def test_one_that_diverges_disturbs_no_other():
    sine = Config(dataset="sine", samples=40, activation="relu", epochs=200, learning_rate=0.05)
    wild = sine.replace(learning_rate=100.0)
    whole, calm = population.run([wild, sine, wild.replace(seed=1)]), run(sine)
    assert whole.diverged.tolist() == [True, False, True]
    assert np.isnan(whole.final_loss[[0, 2]]).all()
    assert not whole.solved[[0, 2]].any()
    assert whole.final_loss[1] == pytest.approx(calm.train_loss[-1], abs=1e-9)
    assert run(wild).stopped


def test_what_has_not_come_is_not_known():
    configs = [Config(epochs=50, seed=s, hidden_sizes=(4, w)) for s in range(2) for w in (2, 3)]
    parts = population.groups(configs)
    assert len(parts) == 2
    half = population.work(parts[1], None, 0)
    whole = population.gathered(configs, parts, [population.work(parts[0], None, math.inf), half])
    there = np.zeros(4, bool)
    there[list(parts[0].places)] = True
    np.testing.assert_array_equal(whole.done, there)
    np.testing.assert_array_equal(np.isfinite(whole.final_loss), there)
    assert [each is None for each in whole.parameters] == [not done for done in there]
    assert not whole.solved[~there].any()
    assert np.isfinite(whole.train_loss[0]).all(), "what there is of the other is shown"
    nothing = population.gathered(configs, parts, [None, None])
    assert not nothing.done.any()
    assert population.run([]).train_loss.shape[1] == 0


def test_nothing_to_learn_from_is_no_trouble():
    whole = population.run([Config(dataset="own", seed=s) for s in range(2)])
    assert whole.done.all()
    assert not whole.solved.any()


def test_points_by_hand_and_a_table_are_learnt():
    by_hand = Config(dataset="own", points=(Point(-0.5, 0, 0), Point(0.5, 0, 1)), epochs=300)
    assert population.run([by_hand, by_hand.replace(seed=1)]).solved.all()
    text = "a;b;kind\n" + "\n".join(f"{i};{i * i};{'x' if i < 8 else 'y'}" for i in range(16))
    table = choose(read_sheet(text), "a", "b", "kind", "label")
    config = Config(dataset="own", data_id=table.digest, samples=16, epochs=50)
    with pytest.raises(Missing):
        population.run([config])
    whole = population.run([config, config.replace(seed=1)], table)
    assert whole.final_loss[1] == pytest.approx(
        run(config.replace(seed=1), make_data(config, table)).train_loss[-1], abs=1e-9
    )
    assert population.run([config]).final_loss[0] == whole.final_loss[0], "it was sent before"
    np.testing.assert_allclose(whole.history(0, table).train_loss[-1], whole.final_loss[0], atol=1e-9)


def some_pictures() -> Images:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, 400).astype(np.uint8)
    x = (rng.random((400, 28, 28)) * 60).astype(np.uint8)
    x[np.arange(400), y * 2] = 250
    return Images(x, y, x[:20], y[:20], tuple("0123456789"), "bars", "0c" * 6)


def test_pictures_are_judged_by_those_held_back():
    pictures = some_pictures()
    config = Config(
        dataset="images",
        classes=10,
        data_id=pictures.id,
        images=300,
        hidden_sizes=(8,),
        batch_size=20,
        epochs=2,
        optimizer="adam",
        learning_rate=0.01,
        precision="float32",
    )
    data = held_back(config, pictures)
    assert (len(data.x_train), len(data.x_test)) == (300, min(JUDGES, 100))
    np.testing.assert_array_equal(data.x_test, pictures.x_train[300:].reshape(100, 784))
    whole = population.run([config, config.replace(seed=1, hidden_sizes=(4,))], pictures)
    *_, alone = train(config, data, every=2)
    np.testing.assert_array_equal(whole.parameters[0], alone.state.parameters)
    assert whole.final_test_accuracy[0] == alone.curves.test_accuracy[-1]
    with pytest.raises(ValueError, match="none is held back"):
        held_back(config.replace(images=400), pictures)


@pytest.mark.parametrize(
    "config",
    [Config(epochs=60, optimizer="adam", learning_rate=0.02), Config(hidden_sizes=(3, 2), epochs=60, batch_size=100)],
)
def test_some_go_on_in_another_group_with_the_bits_of_going_on_at_all(config):
    configs = [config.replace(seed=seed, schedule="cosine") for seed in range(6)]
    (first,) = population.groups(configs, until=20)
    begun = population.work(first, None, math.inf)
    assert population.ended(first, begun)
    assert begun.state.epoch == 20
    states = population.states_of(first, begun.state)
    chosen = [4, 1, 2]
    (second,) = population.groups([configs[place] for place in chosen])
    start = population.state_from(second, [states[chosen[place]] for place in second.places])
    rest = population.work(second, start, math.inf)
    assert rest.state.epoch == 60
    whole = population.run(configs)
    for place, found in zip(second.places, population.members_of(second, rest.state.parameters), strict=True):
        np.testing.assert_allclose(found, whole.parameters[chosen[place]], rtol=1e-11, atol=1e-12)

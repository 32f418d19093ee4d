"""Training: stepped, run, sliced or sent to another process, the bits are the same; a run that explodes ends well."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest

from nn_core import batches
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.history import MOST_SNAPSHOT_BYTES, MOST_SNAPSHOTS, Curves, Snapshot, State, record
from nn_core.mlp import initial_parameters
from nn_core.optimizers import OPTIMIZERS
from nn_core.training import run, train

ROOT = Path(__file__).parents[1]
WAYS = ["update", "epoch", 7]
BATCHES = {
    "all points": {},
    "all points, merged": {"dataset": "xor_bits"},
    "a partial last batch": {"batch_size": 9},
    "one by one": {"batch_size": 1},
    "dropout": {"dropout": 0.3},
    "dropout in batches": {"batch_size": 16, "dropout": 0.3},
}


def small(**settings):
    return Config(**{"dataset": "moons", "samples": 40, "noise": 0.1, "learning_rate": 0.05, "epochs": 16} | settings)


def assert_same_state(one, other):
    np.testing.assert_array_equal(one.parameters, other.parameters)
    np.testing.assert_array_equal(one.memory, other.memory)
    assert (one.epoch, one.update) == (other.epoch, other.update)


def assert_same_where_both_recorded(one, other):
    """Equal bits of curves and parameters at the epochs that both Histories have."""
    _, i, j = np.intersect1d(one.epochs, other.epochs, return_indices=True)
    assert len(i) > 2
    for name in Curves._fields:
        np.testing.assert_array_equal(getattr(one, name)[i], getattr(other, name)[j])
    _, i, j = np.intersect1d(one.snapshot_epochs, other.snapshot_epochs, return_indices=True)
    assert len(i) > 2
    np.testing.assert_array_equal(one.parameters[i], other.parameters[j])


# --- one engine -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", WAYS)
@pytest.mark.parametrize("batches", BATCHES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_stepping_gives_the_bits_of_running(optimizer, batches, every):
    config = small(optimizer=optimizer, schedule="cosine", l1=0.001, clip=0.5, **BATCHES[batches])
    data = make_data(config)
    whole, stepped = run(config, data), record(config, train(config, data, every=every))
    assert_same_state(whole.state, stepped.state)
    assert_same_where_both_recorded(whole, stepped)
    assert whole.finished
    assert whole.epochs[-1] == stepped.epochs[-1] == config.epochs


@pytest.mark.parametrize("every", ["epoch", 7, 700])
def test_stepping_a_run_too_long_to_record_every_epoch(every):
    config = Config(dataset="xor_points", epochs=2500)
    whole, stepped = run(config), record(config, train(config, every=every))
    assert len(whole.epochs) < config.epochs
    assert whole.epochs[[0, -1]].tolist() == [0, 2500]
    assert_same_state(whole.state, stepped.state)
    assert_same_where_both_recorded(whole, stepped)


@pytest.mark.parametrize("settings", [{}, {"batch_size": 9}, {"batch_size": 9, "dropout": 0.3}], ids=str)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_going_on_from_any_state_gives_the_bits_of_the_uninterrupted_run(optimizer, settings):
    config = small(optimizer=optimizer, schedule="exponential", epochs=4, **settings)
    data = make_data(config)
    steps = list(train(config, data, every="update"))
    for snapshot in steps[:-1]:
        for every in WAYS:
            *_, last = train(config, data, start=snapshot.state, every=every)
            assert_same_state(last.state, steps[-1].state)
            np.testing.assert_array_equal(last.curves.train_loss[-1], steps[-1].curves.train_loss[-1])
    assert list(train(config, data, start=steps[-1].state)) == [], "nothing is left to do"


def test_batches_are_the_same_however_they_are_gathered(monkeypatch):
    config = small(batch_size=7, epochs=3)
    whole = run(config)
    monkeypatch.setattr(batches, "GATHERED", 50)  # two batches of seven rows of three numbers at a time
    assert_same_state(run(config).state, whole.state)


def test_training_on_reaches_the_longer_run():
    config = small(batch_size=9, epochs=5)
    longer = config.replace(epochs=9)
    *_, last = train(longer, start=run(config).state)
    assert_same_state(last.state, run(longer).state)


def test_taking_fewer_items_stops_and_states_are_nobody_elses():
    config = small()
    steps = train(config)
    first, second = next(steps), next(steps)
    kept = second.state.parameters.copy()
    next(steps)
    np.testing.assert_array_equal(first.state.parameters, initial_parameters(config))
    np.testing.assert_array_equal(second.state.parameters, kept)
    assert not np.shares_memory(second.state.parameters, second.parameters)


@pytest.mark.parametrize("every", [0, -1, 1.5, "year", None])
def test_refuses_a_strange_pace(every):
    with pytest.raises(ValueError, match="every is"):
        next(train(Config(), every=every))


def test_refuses_the_state_of_another_network():
    with pytest.raises(ValueError, match="does not fit"):
        next(train(small(hidden_sizes=(3,)), start=run(small()).state))
    with pytest.raises(ValueError, match="does not fit"):
        next(train(small(optimizer="adam"), start=run(small()).state))


# --- the link is the save file ----------------------------------------------------------------------------------------

LINKS = [
    urlencode(small(**settings).to_query())
    for settings in ({}, {"optimizer": "adam", "batch_size": 7, "dropout": 0.2}, {"dataset": "sine", "noise": 0.2})
]
SCRIPT = "import sys; from tests.test_training import digest; print(*map(digest, sys.argv[1:]))"


def digest(link: str) -> str:
    """A hash of every array in the History of a link."""
    config, notices = Config.from_query(dict(parse_qsl(link)))
    assert notices == []
    arrays = (part for part in run(config) if isinstance(part, np.ndarray))
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def test_the_same_link_gives_the_same_bits_in_another_process():
    there = subprocess.run([sys.executable, "-c", SCRIPT, *LINKS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert there.stdout.split() == [digest(link) for link in LINKS]


# --- exploding runs ---------------------------------------------------------------------------------------------------


def exploding(**settings):
    return Config(
        dataset="sine", samples=40, hidden_sizes=(8, 8), activation="relu", learning_rate=10.0, epochs=400, **settings
    )


@pytest.mark.parametrize("every", [*WAYS, 400])
@pytest.mark.parametrize(
    "settings", [{}, {"batch_size": 7}, {"optimizer": "momentum"}, {"precision": "float32"}], ids=str
)
def test_a_run_that_explodes_stops_at_its_last_finite_state(settings, every):
    config = exploding(**settings)
    *_, last = snapshots = list(train(config, every=every))
    history = record(config, snapshots)
    assert history.finished
    assert "Training stopped after epoch" in history.stopped
    assert "learning rate of 0.1 or less" in history.stopped
    assert "clipping" in history.stopped
    assert last.state.epoch < config.epochs
    for array in (*last.state[:2], *(part for part in history if isinstance(part, np.ndarray))):
        assert np.isfinite(array).all()
    assert history.parameters.dtype == config.precision
    np.testing.assert_array_equal(history.parameters[-1], last.state.parameters)
    *_, onward = train(config.replace(learning_rate=1e-5, clip=0.001), start=last.state, every=every)
    assert np.isfinite(onward.state.parameters).all(), "it goes on from there, or says again that it cannot"


def test_clipping_tames_it():
    history = run(exploding(clip=0.01))
    assert history.stopped is None
    assert history.state.epoch == 400


# --- what a History keeps ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("epochs", [1, 2, 299, 300, 1000, 5000])
def test_history_keeps_first_and_last_and_not_too_many(epochs):
    config = Config(dataset="xor_points", epochs=epochs)
    history = run(config)
    assert history.snapshot_epochs[[0, -1]].tolist() == history.epochs[[0, -1]].tolist() == [0, epochs]
    assert len(history.snapshot_epochs) == len(history.parameters) == min(epochs + 1, MOST_SNAPSHOTS)
    assert (np.diff(history.epochs) > 0).all()
    assert len(history.epochs) <= 1002
    assert all(len(getattr(history, name)) == len(history.epochs) for name in Curves._fields)
    np.testing.assert_array_equal(history.parameters[0], initial_parameters(config))
    np.testing.assert_array_equal(history.parameters[-1], history.state.parameters)


@pytest.mark.parametrize(("hidden_sizes", "kept"), [((64, 64), 18), ((1024, 512), 2)])
def test_history_of_large_networks_stays_within_its_bytes(hidden_sizes, kept):
    config = Config(dataset="mnist", hidden_sizes=hidden_sizes)
    n, epochs = config.n_parameters, 20

    def snapshot(epoch):
        p = np.full(n, float(epoch))
        return Snapshot(
            State(p, p[None][:0], epoch, epoch), np.array([epoch]), p[None], Curves(*np.zeros((4, 1))), np.array([True])
        )

    history = record(config, map(snapshot, range(epochs)))
    assert len(history.parameters) == kept == max(2, MOST_SNAPSHOT_BYTES // (8 * n)), "first and last always"
    assert history.parameters[[0, -1], 0].tolist() == [0, epochs - 1]
    assert len(history.epochs) == epochs


@pytest.mark.parametrize("dataset", ["moons", "sine", "four_blobs"])
def test_a_handful_of_points_is_enough(dataset):
    history = run(Config(dataset=dataset, samples=4, test_share=0.9, epochs=3))
    assert np.isfinite(history.train_loss).all()
    assert np.isfinite(history.test_loss).all()


def test_the_advice_after_a_divergence_works():
    config = Config(dataset="plane", learning_rate=100.0, samples=200)
    stopped = run(config).stopped
    assert stopped
    rate = float(re.search(r"learning rate of ([\d.e-]+) or less", stopped)[1])
    assert run(config.replace(learning_rate=rate)).stopped is None

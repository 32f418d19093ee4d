"""Slices: the same bits however the work is cut, curves that a plain loop measures too, and runs that go wrong."""

import numpy as np
import pytest

from nn_core import slices
from nn_core.augment import augment
from nn_core.config import Change, Config
from nn_core.diagnostics import diagnose
from nn_core.images import Images
from nn_core.mlp import data_loss, initial_parameters, predict
from nn_core.randomness import stream
from nn_core.supplies import Missing
from nn_core.trainer import Trainer

RUN = Config(
    dataset="mnist",
    hidden_sizes=(12, 8),
    activation="relu",
    optimizer="adam",
    learning_rate=0.003,
    batch_size=16,
    images=500,
    epochs=3,
    precision="float32",
)


def some_images(n=600, classes=10, id=""):
    """Noise with a bright bar at a place that tells the class."""
    rng = np.random.default_rng(3)
    y = (np.arange(n) % classes).astype(np.uint8)
    x = rng.integers(0, 120, (n, 28, 28), dtype=np.uint8)
    x[np.arange(n), 2 * y % 28] = 250
    return Images(x, y, x[::3], y[::3], tuple(map(str, range(classes))), "bars", id)


IMAGES = some_images()


def in_slices(config, seconds=0.0, images=IMAGES):
    """The run, each slice as short as can be."""
    parts = [slices.train_slice(config, images, None, 1e-9)]
    while parts[-1].state.epoch < config.last_epoch and not parts[-1].stopped:
        parts.append(slices.train_slice(config, images, parts[-1].state, seconds or 1e-9))
    return parts


CONFIGS = {
    "plain": RUN,
    "bent": RUN.replace(augment=1.0),
    "dropout": RUN.replace(dropout=0.2, l2=1e-4, clip=1.0),
    "a schedule": RUN.replace(schedule="cosine", optimizer="adamw"),
    "changes": RUN.replace(changes=(Change(1, "learning_rate", 0.01), Change(2, "batch_size", 50))),
    "an odd batch": RUN.replace(batch_size=23, optimizer="momentum", learning_rate=0.01),
}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_slicing_changes_no_bit(config):
    whole = slices.train_slice(config, IMAGES, None, 1e9)
    parts = in_slices(config)
    assert len(parts) > 10
    pieces = slices.joined(parts)
    for one, other in ((whole.batches, pieces.batches), (whole.held, pieces.held)):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert np.array_equal(whole.state.parameters, pieces.state.parameters)
    assert np.array_equal(whole.state.memory, pieces.state.memory)
    assert whole.state[2:] == pieces.state[2:] == (3, whole.state.update)


def test_points_are_means_over_their_batches():
    """Replayed update by update: the mean of what each batch's own network made of it, and of the test pictures."""
    part = slices.train_slice(RUN, IMAGES, None, 1e9)
    data = slices.data_of(RUN, IMAGES)
    trainer, losses, right, points = Trainer(RUN, data, None), [], [], []
    per_epoch = slices.updates_per_epoch(RUN)
    assert per_epoch == 32
    for update in range(RUN.epochs * per_epoch):
        before = trainer.parameters.copy()
        order = stream(RUN.seed, "shuffle", update // per_epoch).permutation(500)
        chosen = order[update % per_epoch * 16 :][:16]
        x, y = data.x_train[chosen], data.y_train[chosen]
        losses += [data_loss(before, x, y, RUN)] * len(y)
        right += (predict(before, x, RUN).argmax(axis=1) == y).tolist()
        trainer.advance(1)
        if np.isclose(part.batches.epoch, trainer.exact_epoch).any():
            points.append((trainer.exact_epoch, np.mean(losses), np.mean(right)))
            losses, right = [], []
        if np.isclose(part.held.epoch, trainer.exact_epoch).any():
            i = int(np.isclose(part.held.epoch, trainer.exact_epoch).argmax())
            assert part.held.loss[i] == pytest.approx(
                data_loss(trainer.parameters, data.x_test, data.y_test, RUN), rel=1e-4
            )
            now = predict(trainer.parameters, data.x_test, RUN).argmax(axis=1)
            assert part.held.accuracy[i] == pytest.approx((now == data.y_test).mean())
    np.testing.assert_allclose(part.batches, np.array(points).T, rtol=1e-4)
    np.testing.assert_allclose(part.held.epoch, [0, 0.25, 0.5, 0.75, 1, 2, 3])


def test_points_over_batches_that_were_gathered_apart(monkeypatch):
    """How many batches are gathered at a time changes nothing."""
    config = RUN.replace(batch_size=2, epochs=1)
    whole = slices.train_slice(config, IMAGES, None, 1e9)
    assert len(whole.batches.epoch) < slices.updates_per_epoch(config)
    monkeypatch.setattr("nn_core.batches.GATHERED", 2 * 784)
    apart = slices.train_slice(config, IMAGES, None, 1e9)
    np.testing.assert_array_equal(whole.batches, apart.batches)


@pytest.mark.parametrize("size", [2, 3, 5, 7])
def test_no_point_stands_for_a_few_batches_only(size):
    points = slices.train_slice(RUN.replace(batch_size=size, epochs=2), IMAGES, None, 1e9).batches
    steps = np.diff(points.epoch, prepend=0)
    assert steps.min() >= steps.max() / 3
    assert {1.0, 2.0} <= set(points.epoch.round(9))


def test_layers_are_looked_at_whenever_the_test_pictures_are():
    part, x, y = slices.train_slice(RUN, IMAGES, None, 1e9), IMAGES.x_train.reshape(-1, 784)[:500], IMAGES.y_train[:500]
    assert part.layers.shape == (len(part.held.epoch), 3, 5)
    for layers, parameters in ((part.layers[0], initial_parameters(RUN)), (part.layers[-1], part.state.parameters)):
        np.testing.assert_allclose(layers, diagnose(parameters, x / np.float32(255), y, RUN), rtol=1e-5)
    assert not np.array_equal(part.layers[0], part.layers[-1])
    np.testing.assert_array_equal(slices.joined(in_slices(RUN)).layers, part.layers)


def test_a_slice_ends_at_the_epoch_it_is_told():
    whole, first = slices.train_slice(RUN, IMAGES, None, 1e9), slices.train_slice(RUN, IMAGES, None, 1e9, until=2)
    assert (first.state.epoch, first.batches.epoch[-1]) == (2, 2.0)
    rest = slices.train_slice(RUN, IMAGES, first.state, 1e9, until=99)
    assert rest.state.epoch == 3
    assert np.array_equal(rest.state.parameters, whole.state.parameters)


def test_a_run_learns_its_bars():
    assert slices.train_slice(RUN.replace(hidden_sizes=(32,), epochs=20), IMAGES, None, 1e9).held.accuracy[-1] > 0.9


def test_bent_pictures_are_bent_anew_in_each_epoch():
    config = RUN.replace(augment=1.0, images=400, batch_size=400)
    trainer = Trainer(config, slices.data_of(config, IMAGES), None)
    firsts = []
    for epoch in range(2):
        rows = trainer.batches.ahead(epoch, 1)[0][0].T[:, :-1] * 255
        order = stream(config.seed, "shuffle", epoch).permutation(400)
        apart = np.argsort(np.arange(400) % 25, kind="stable")
        bent = augment(IMAGES.x_train[order][apart], stream(config.seed, "augment", epoch << 32))
        np.testing.assert_allclose(rows[apart], bent, atol=1e-3)
        firsts.append(rows[np.argsort(order)][0])
    assert np.abs(firsts[0] - firsts[1]).max() > 50


def test_a_diverging_run_keeps_its_last_finite_state():
    wild = RUN.replace(optimizer="gradient_descent", learning_rate=100.0, activation="linear")
    part = slices.joined(in_slices(wild))
    assert "learning rate of 0.1" in part.stopped
    assert np.isfinite(part.state.parameters).all()
    assert np.isfinite(part.batches.loss).all()


def test_a_run_learns_from_its_own_set_only():
    own = some_images(classes=3, id="0a" * 6)
    config = RUN.replace(dataset="images", classes=3, data_id=own.id)
    assert slices.train_slice(config, own, None, 0.01).state.parameters.size == config.n_parameters
    with pytest.raises(ValueError, match="does not learn from bars"):
        slices.train_slice(config, IMAGES, None, 0.01)
    with pytest.raises(ValueError, match="does not learn from bars"):
        slices.train_slice(RUN, own, None, 0.01)


def test_a_worker_asks_for_a_set_it_has_not_seen():
    own = some_images(classes=3, id="0b" * 6)
    config = RUN.replace(dataset="images", classes=3, data_id=own.id)
    with pytest.raises(Missing):
        slices.work(config, None, 0.01)
    first = slices.work(config, None, 1e-9, own)
    again = slices.work(config, first.state, 1e-9)
    assert again.state.update > first.state.update > 0

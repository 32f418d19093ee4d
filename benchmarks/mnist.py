"""The tutorial's network on MNIST: nn_core beside its peers.

    python -m benchmarks.mnist speed [ROUNDS]               one epoch each, prints a table
    python -m benchmarks.mnist accuracy BACKEND [SEEDS]     20 epochs each, nn_core and Keras on that back end

One epoch is 784-64-64-10 on the 60,000 pictures, Adam at 0.001, batches of 32 in a new order, float32. Each peer goes
on from where it was. What came of it is the share of test pictures that it reads right after its first epoch. What was
measured is kept in data/keras.json.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from typing import Any

import numpy as np

from benchmarks.measure import MACHINE, ONE_THREAD, Peer, Work, bind, measure, versions
from nn_core.digits import DATA, load_network, mnist
from nn_core.images import PIXELS
from nn_core.mlp import predict
from nn_core.slices import data_of, train_slice
from nn_core.trainer import Trainer

RESULTS = DATA / "keras.json"
CONFIG = load_network("tutorial").config
BATCH, RATE, EPOCHS = CONFIG.batch_size, CONFIG.learning_rate, CONFIG.epochs


def scaled(pictures: np.ndarray) -> np.ndarray:
    """Pictures as the peers want them: (n, 784) float32 in 0 to 1."""
    return pictures.reshape(-1, PIXELS).astype(np.float32) / np.float32(255)


def floats() -> tuple[np.ndarray, np.ndarray]:
    """Training pictures and labels."""
    images = mnist()
    return scaled(images.x_train), images.y_train.astype(int)


def right(answer: Callable[[np.ndarray], Any]) -> float:
    """The share of test pictures that are read right; `answer` gives probabilities (n, 10), or sums."""
    images = mnist()
    return float((np.asarray(answer(scaled(images.x_test))).argmax(axis=1) == images.y_test).mean())


# One way for each peer to come by an epoch. They import what they need themselves: no process has more than one.


def ours() -> Work:
    trainer = Trainer(CONFIG.replace(epochs=1000), data_of(CONFIG, mnist()), None)
    return Work(
        lambda: trainer.advance_to(trainer.epoch + 1), lambda _: right(lambda x: predict(trainer.parameters, x, CONFIG))
    )


def ours_watched() -> Work:
    """As the Train page does it: with the curve of the batches, and a look at the test pictures after each epoch."""
    state = None

    def train() -> float:
        nonlocal state
        config = CONFIG.replace(epochs=1 if state is None else state.epoch + 1)
        piece = train_slice(config, mnist(), state, seconds=60)
        state = piece.state
        return float(piece.held.accuracy[-1])

    return Work(train, float)


def pytorch(fused: bool) -> Work:
    import torch  # pyright: ignore[reportMissingImports]
    from torch import nn  # pyright: ignore[reportMissingImports]

    torch.set_num_threads(1)
    x, y = map(torch.tensor, floats())
    sizes = CONFIG.layer_sizes
    network = nn.Sequential(nn.Linear(*sizes[:2]), nn.ReLU(), nn.Linear(*sizes[1:3]), nn.ReLU(), nn.Linear(*sizes[2:]))
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE, fused=fused)
    criterion = nn.CrossEntropyLoss()

    def train() -> None:
        for batch in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            criterion(network(x[batch]), y[batch]).backward()
            optimizer.step()

    return Work(train, lambda _: right(lambda x: network(torch.tensor(x)).detach()))


def scikit_learn() -> Work:
    import warnings

    from sklearn.neural_network import MLPClassifier  # pyright: ignore[reportMissingImports]

    warnings.filterwarnings("ignore", module="sklearn")
    x, y = floats()
    network = MLPClassifier(
        CONFIG.hidden_sizes, batch_size=BATCH, learning_rate_init=RATE, alpha=0, max_iter=1, warm_start=True
    )
    return Work(lambda: network.fit(x, y), lambda network: right(network.predict_proba))


def keras_model(seed: int):
    """The tutorial's model, as it is written there, compiled."""
    import keras  # pyright: ignore[reportMissingImports]

    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(size, activation="relu") for size in CONFIG.hidden_sizes]
    model = keras.Sequential([keras.Input((PIXELS,)), *layers, keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def keras(backend: str) -> Work:
    os.environ["KERAS_BACKEND"] = backend
    model, (x, y) = keras_model(0), floats()
    train = partial(model.fit, x, y, batch_size=BATCH, epochs=1, verbose=0)
    return Work(train, lambda _: right(partial(model.predict, verbose=0)))


def jax() -> Work:
    """An epoch as one compiled function, Adam written out."""
    import jax  # pyright: ignore[reportMissingImports]
    import jax.numpy as jnp  # pyright: ignore[reportMissingImports]

    x, y = map(jnp.array, floats())
    sizes, draw = CONFIG.layer_sizes, jax.nn.initializers.glorot_uniform()
    keys = iter(jax.random.split(jax.random.key(0), 1000))
    parts = [(draw(next(keys), pair, jnp.float32), jnp.zeros(pair[1])) for pair in pairwise(sizes)]

    def network(parts, x):
        for W, b in parts[:-1]:
            x = jax.nn.relu(x @ W + b)
        W, b = parts[-1]
        return x @ W + b

    def loss(parts, x, y):
        return -jnp.take_along_axis(jax.nn.log_softmax(network(parts, x)), y[:, None], axis=1).mean()

    def update(state, rows):
        parts, m, v, t = state
        gradient, t = jax.grad(loss)(parts, x[rows], y[rows]), t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradient)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradient)
        rate = RATE * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        return (jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), parts, m, v), m, v, t), None

    @jax.jit
    def epoch(state, key):
        return jax.lax.scan(update, state, jax.random.permutation(key, len(x)).reshape(-1, BATCH))[0]

    state = parts, *(jax.tree.map(jnp.zeros_like, parts) for _ in range(2)), jnp.zeros(())

    def train() -> None:
        nonlocal state
        state = jax.block_until_ready(epoch(state, next(keys)))

    return Work(train, lambda _: right(lambda x: network(state[0], x)))


PEERS = [
    Peer("nn_core", ours),
    Peer("nn_core, with its curves", ours_watched),
    Peer("PyTorch, default Adam", partial(pytorch, fused=False)),
    Peer("PyTorch, fused Adam", partial(pytorch, fused=True)),
    Peer("scikit-learn", scikit_learn),
    Peer("Keras on JAX", partial(keras, "jax")),
    Peer("JAX, an epoch compiled", jax),
]
OTHER_BACK_ENDS = [
    Peer("Keras on TensorFlow", partial(keras, "tensorflow")),
    Peer("Keras on PyTorch", partial(keras, "torch")),
]


def speed(rounds: int) -> None:
    measured = measure([*PEERS, *OTHER_BACK_ENDS], rounds)
    print(f"{'one epoch of 784-64-64-10, batches of 32':<42} {'seconds':>8} {'times nn_core':>14} {'right, %':>9}")
    for name, each in measured.items():
        print(f"{name:<42} {each.seconds:8.2f} {each.times(measured['nn_core']):14.1f} {100 * each.outcome:9.1f}")
    keep(seconds_per_epoch={name: round(each.seconds, 3) for name, each in measured.items()}, rounds=rounds)


def our_accuracy(seed: int) -> float:
    state = train_slice(CONFIG.replace(seed=seed), mnist(), seconds=1e9)
    return float(state.held.accuracy[-1])


def keras_accuracy(seed: int) -> float:
    model, (x, y) = keras_model(seed), floats()
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return right(partial(model.predict, verbose=0))


def accuracy(backend: str, seeds: int) -> None:
    os.environ.update(ONE_THREAD, KERAS_BACKEND=backend)
    found = {}
    for name, trained in {"nn_core": our_accuracy, "Keras": keras_accuracy}.items():
        with ProcessPoolExecutor(1, get_context("spawn"), bind) as process:
            percent = [100 * each for each in process.map(trained, range(seeds))]
        found[name] = {"mean": round(statistics.mean(percent), 3), "sd": round(statistics.stdev(percent), 3)}
        print(f"{name:<10} {EPOCHS} epochs, {seeds} seeds: {found[name]}", flush=True)
    keep(accuracy_percent=found, accuracy_backend=backend, epochs=EPOCHS, seeds=seeds)


def keep(**measured: Any) -> None:
    """Add to what is known, and by which versions, when and where."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    known |= measured | {"versions": versions(), "date": time.strftime("%B %Y"), "machine": MACHINE}
    RESULTS.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["speed", *rest]:
            speed(int(rest[0]) if rest else 7)
        case ["accuracy", backend, *rest]:
            accuracy(backend, int(rest[0]) if rest else 5)
        case _:
            sys.exit(__doc__)

"""The tutorial's network on MNIST: nn_core beside its peers.

    python -m benchmarks.mnist speed [ROUNDS]               one epoch each, prints a table
    python -m benchmarks.mnist accuracy BACKEND [SEEDS]     20 epochs each, nn_core and Keras on that back end

One epoch is 784-64-64-10 on the 60,000 pictures, Adam at 0.001, batches of 32 in a new order, float32. Each peer has a
process of its own, bound to one core with one thread; they train in turn, in interleaved rounds, each going on from
where it was; the first round warms up. Times are medians of CPU time. What was measured is kept in data/keras.json.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from typing import Any

import numpy as np

from nn_core.digits import DATA, load_network, mnist
from nn_core.images import PIXELS
from nn_core.slices import data_of, train_slice
from nn_core.trainer import Trainer

RESULTS = DATA / "keras.json"
MACHINE = "one thread of a shared two-core machine"
CONFIG = load_network("tutorial").config
BATCH, RATE, EPOCHS = CONFIG.batch_size, CONFIG.learning_rate, CONFIG.epochs
ONE_THREAD = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}
Epoch = Callable[[], Any]  # trains for an epoch


def floats() -> tuple[np.ndarray, np.ndarray]:
    """Training pictures as the peers want them: (60000, 784) float32 in 0 to 1, and the labels."""
    images = mnist()
    return images.x_train.reshape(-1, PIXELS).astype(np.float32) / np.float32(255), images.y_train.astype(int)


# One way for each peer to come by an epoch. They import what they need themselves: no process has more than one.


def ours() -> Epoch:
    trainer = Trainer(CONFIG.replace(epochs=1000), data_of(CONFIG, mnist()), None)
    return lambda: trainer.advance_to(trainer.epoch + 1)


def ours_watched() -> Epoch:
    """As the Train page does it: with the curve of the batches, and a look at the test pictures after each epoch."""
    state = None

    def train() -> None:
        nonlocal state
        config = CONFIG.replace(epochs=1 if state is None else state.epoch + 1)
        state = train_slice(config, mnist(), state, seconds=60).state

    return train


def pytorch(fused: bool) -> Epoch:
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

    return train


def scikit_learn() -> Epoch:
    import warnings

    from sklearn.neural_network import MLPClassifier  # pyright: ignore[reportMissingImports]

    warnings.filterwarnings("ignore", module="sklearn")
    x, y = floats()
    network = MLPClassifier(
        CONFIG.hidden_sizes, batch_size=BATCH, learning_rate_init=RATE, alpha=0, max_iter=1, warm_start=True
    )
    return lambda: network.fit(x, y)


def keras_model(seed: int):
    """The tutorial's model, as it is written there, compiled."""
    import keras  # pyright: ignore[reportMissingImports]

    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(size, activation="relu") for size in CONFIG.hidden_sizes]
    model = keras.Sequential([keras.Input((PIXELS,)), *layers, keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def keras(backend: str) -> Epoch:
    os.environ["KERAS_BACKEND"] = backend
    model, (x, y) = keras_model(0), floats()
    return lambda: model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)


PEERS: dict[str, Callable[[], Epoch]] = {
    "nn_core": ours,
    "nn_core, with its curves": ours_watched,
    "PyTorch, default Adam": partial(pytorch, fused=False),
    "PyTorch, fused Adam": partial(pytorch, fused=True),
    "scikit-learn": scikit_learn,
    "Keras on JAX": partial(keras, "jax"),
    "Keras on TensorFlow": partial(keras, "tensorflow"),
    "Keras on PyTorch": partial(keras, "torch"),
}


# Measuring.

_epoch: Epoch


def _bind() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _prepare(make: Callable[[], Epoch]) -> None:
    global _epoch
    _bind()
    _epoch = make()


def _timed() -> float:
    begun = time.process_time()
    _epoch()
    return time.process_time() - begun


def speed(rounds: int) -> None:
    os.environ.update(ONE_THREAD)
    processes = {name: ProcessPoolExecutor(1, get_context("spawn"), _prepare, (make,)) for name, make in PEERS.items()}
    times: dict[str, list[float]] = {name: [] for name in PEERS}
    for _ in range(rounds + 1):
        for name, process in processes.items():
            times[name].append(process.submit(_timed).result())
    medians = {name: statistics.median(each[1:]) for name, each in times.items()}
    print(f"{'one epoch of 784-64-64-10, batches of 32':<42} {'seconds':>8} {'times nn_core':>14}")
    for name, seconds in medians.items():
        print(f"{name:<42} {seconds:8.2f} {seconds / medians['nn_core']:14.1f}")
    keep(seconds_per_epoch={name: round(seconds, 3) for name, seconds in medians.items()}, rounds=rounds)


def our_accuracy(seed: int) -> float:
    state = train_slice(CONFIG.replace(seed=seed), mnist(), seconds=1e9)
    return float(state.held.accuracy[-1])


def keras_accuracy(seed: int) -> float:
    model, (x, y), images = keras_model(seed), floats(), mnist()
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    x_test = images.x_test.reshape(-1, PIXELS).astype(np.float32) / np.float32(255)
    return float((model.predict(x_test, verbose=0).argmax(axis=1) == images.y_test).mean())


def accuracy(backend: str, seeds: int) -> None:
    os.environ.update(ONE_THREAD, KERAS_BACKEND=backend)
    found = {}
    for name, trained in {"nn_core": our_accuracy, "Keras": keras_accuracy}.items():
        with ProcessPoolExecutor(1, get_context("spawn"), _bind) as process:
            percent = [100 * each for each in process.map(trained, range(seeds))]
        found[name] = {"mean": round(statistics.mean(percent), 3), "sd": round(statistics.stdev(percent), 3)}
        print(f"{name:<10} {EPOCHS} epochs, {seeds} seeds: {found[name]}", flush=True)
    keep(accuracy_percent=found, accuracy_backend=backend, epochs=EPOCHS, seeds=seeds)


def keep(**measured: Any) -> None:
    """Add to what is known, and by which versions, when and where."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    versions = {}
    for name in ("numpy", "torch", "scikit-learn", "keras", "jax", "tensorflow-cpu"):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    known |= measured | {"versions": versions, "date": time.strftime("%B %Y"), "machine": MACHINE}
    RESULTS.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["speed", *rest]:
            speed(int(rest[0]) if rest else 7)
        case ["accuracy", backend, *rest]:
            accuracy(backend, int(rest[0]) if rest else 5)
        case _:
            sys.exit(__doc__)

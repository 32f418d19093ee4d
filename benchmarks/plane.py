"""Training 2-4-1 tanh on points of the plane, with its loss curve: the engine, its reference, a C loop and the peers.

All go the same number of epochs of plain gradient descent at the same rate, from the same first weights; scikit-learn
draws its own. Each is written as its own tutorials do. What came of it is the loss of the trained network on the
training points, computed for all of them by `nn_core.mlp`.
"""

import os
import warnings
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from benchmarks import limit
from benchmarks.measure import Peer, Work
from nn_core import Config, Data, History, initial_parameters, loss_and_gradient, make_data, run
from nn_core.engine import evaluation_rows
from nn_core.mlp import data_loss, layers
from nn_core.training import recording_step

BITS = Config()
POINTS = Config(dataset="circles", samples=400, test_share=0.5)
BATCHES = POINTS.replace(batch_size=10, learning_rate=0.03)


def distinct(config: Config) -> Data:
    """The data of a run, moved by less than any digit shown, so that no two rows are equal and none are merged; and
    nearly without a test set, as the peers compute no test curve."""
    data = make_data(config)
    shift = np.arange(len(data.x_train))[:, None] * 1e-12
    return data._replace(x_train=data.x_train + shift, x_test=data.x_test[:4], y_test=data.y_test[:4])


def weights(config: Config) -> list[tuple[np.ndarray, np.ndarray]]:
    """The first weights (inputs, units) and biases (units,) of each layer."""
    return [(layer.W.T, layer.b) for layer in layers(initial_parameters(config), config)]


def loss_of(parts: Iterable[Any], config: Config, data: Data) -> float:
    """The loss of a network given as W (inputs, units), b (units,), W, b..."""
    parts = [np.asarray(part, float) for part in parts]
    rows = [np.column_stack([W.T, b]).ravel() for W, b in zip(parts[::2], parts[1::2], strict=True)]
    return float(data_loss(np.concatenate(rows), data.x_train, data.y_train, config))


def ours(config: Config, merge: bool = False) -> Work:
    data = make_data(config) if merge else distinct(config)

    def loss(history: History) -> float:
        return float(history.train_loss[-1])

    return Work(lambda: run(config, data), loss)


def reference(config: Config) -> Work:
    """The mathematics as on a blackboard, in the shortest loop that trains with it."""
    data = distinct(config)

    def train() -> np.ndarray:
        p, losses = initial_parameters(config), []
        for _ in range(config.epochs):
            loss, gradient = loss_and_gradient(p, data.x_train, data.y_train, config)
            p = p - config.learning_rate * gradient
            losses.append(loss)
        return p

    return Work(train, lambda p: float(data_loss(p, data.x_train, data.y_train, config)))


def c(config: Config, merge: bool = False) -> Work:
    data, first = make_data(config) if merge else distinct(config), initial_parameters(config)
    rows = evaluation_rows(config, data)
    if merge:
        x, y, weight = rows.inputs[:, :-1], rows.targets[:, 0], rows.train / rows.train.sum()
    else:
        x, y = data.x_train, data.y_train
        size = config.batch_size or len(x)
        weight = np.full(size, 1 / size)
    train = limit.compiled(x, y, weight, len(weight))
    step = recording_step(config, rows)
    work = partial(train, first, config.learning_rate, config.epochs, step, config.activations[0])
    return Work(work, lambda p: float(data_loss(p, data.x_train, data.y_train, config)))


def pytorch(config: Config, precision: str) -> Work:
    """Keeps the loss of every batch."""
    import torch  # pyright: ignore[reportMissingImports]

    torch.set_num_threads(1)
    data, dtype = distinct(config), getattr(torch, precision)
    x, y = torch.tensor(data.x_train, dtype=dtype), torch.tensor(data.y_train, dtype=dtype)[:, None]

    def batches() -> Iterable[Sequence[Any]]:
        if not config.batch_size:
            return [(x, y)]
        order = torch.randperm(len(x))
        return zip(x[order].split(config.batch_size), y[order].split(config.batch_size), strict=True)

    def train() -> list[Any]:
        hidden, out = torch.nn.Linear(2, 4, dtype=dtype), torch.nn.Linear(4, 1, dtype=dtype)
        with torch.no_grad():
            for module, (W, b) in zip((hidden, out), weights(config), strict=True):
                module.weight.copy_(torch.tensor(W.T))
                module.bias.copy_(torch.tensor(b))
        network = torch.nn.Sequential(hidden, torch.nn.Tanh(), out)
        optimizer = torch.optim.SGD(network.parameters(), lr=config.learning_rate)
        criterion, losses = torch.nn.BCEWithLogitsLoss(), []
        for _ in range(config.epochs):
            for seen, wanted in batches():
                optimizer.zero_grad()
                loss = criterion(network(seen), wanted)
                loss.backward()
                optimizer.step()
                losses.append(loss.detach())
        return [part.detach().numpy().T for part in network.parameters()]

    return Work(train, lambda parts: loss_of(parts, config, data))


def scikit_learn(config: Config) -> Work:
    """Averages the losses of the batches."""
    from sklearn.neural_network import MLPClassifier  # pyright: ignore[reportMissingImports]

    warnings.filterwarnings("ignore", module="sklearn")
    data = distinct(config)
    network = MLPClassifier(
        config.hidden_sizes,
        activation="tanh",
        solver="sgd",
        alpha=0,
        batch_size=config.batch_size or len(data.x_train),
        learning_rate_init=config.learning_rate,
        max_iter=config.epochs,
        shuffle=bool(config.batch_size),
        momentum=0,
        tol=0,
        n_iter_no_change=config.epochs,
        random_state=config.seed,
    )

    def loss(network: Any) -> float:
        pairs = zip(network.coefs_, network.intercepts_, strict=True)
        return loss_of([part for pair in pairs for part in pair], config, data)

    return Work(lambda: network.fit(data.x_train, data.y_train), loss)


def keras(config: Config) -> Work:
    """Averages the losses of the batches."""
    os.environ["KERAS_BACKEND"] = "jax"
    import keras  # pyright: ignore[reportMissingImports]

    data, first = distinct(config), [part for pair in weights(config) for part in pair]
    layers = [keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(keras.optimizers.SGD(config.learning_rate), "binary_crossentropy")
    size = config.batch_size or len(data.x_train)
    how = {"batch_size": size, "epochs": config.epochs, "shuffle": bool(config.batch_size), "verbose": 0}

    def train() -> list[np.ndarray]:
        model.set_weights(first)
        model.fit(data.x_train, data.y_train, **how)
        return model.get_weights()

    return Work(train, lambda parts: loss_of(parts, config, data))


def jax(config: Config, whole: bool) -> Work:
    """Averages the losses of the batches. Either an epoch is compiled, or the `whole` run."""
    import jax  # pyright: ignore[reportMissingImports]
    import jax.numpy as jnp  # pyright: ignore[reportMissingImports]

    data = distinct(config)
    x, y = jnp.array(data.x_train, jnp.float32), jnp.array(data.y_train, jnp.float32)[:, None]
    size = config.batch_size or len(x)
    first = [jnp.array(part, jnp.float32) for pair in weights(config) for part in pair]

    def loss(parts, batch):
        (W, b, V, c), (seen, wanted) = parts, batch
        z = jnp.tanh(seen @ W + b) @ V + c
        return jnp.mean(jax.nn.softplus(z) - wanted * z)

    def update(parts, batch):
        value, gradient = jax.value_and_grad(loss)(parts, batch)
        return jax.tree.map(lambda p, g: p - config.learning_rate * g, parts, gradient), value

    def epoch(parts, key):
        if not config.batch_size:
            return update(parts, (x, y))
        order = jax.random.permutation(key, len(x))
        parts, losses = jax.lax.scan(update, parts, [part[order].reshape(-1, size, part.shape[1]) for part in (x, y)])
        return parts, losses.mean()

    compiled_epoch, compiled_run = jax.jit(epoch), jax.jit(lambda parts, keys: jax.lax.scan(epoch, parts, keys))
    keys = jax.random.split(jax.random.key(config.seed), config.epochs)
    one_by_one = list(keys)

    def by_epoch() -> Any:
        parts, losses = first, []
        for key in one_by_one:
            parts, loss = compiled_epoch(parts, key)
            losses.append(loss)
        return jax.block_until_ready(parts)

    work = (lambda: jax.block_until_ready(compiled_run(first, keys))[0]) if whole else by_epoch
    return Work(work, lambda parts: loss_of(parts, config, data))


REFERENCE, DISTINCT = "nn_core.mlp, the reference", ", no two rows equal"


def contest(config: Config) -> list[Peer]:
    """All of them on one task; those who merge equal rows, where there are any, also without that."""
    bits, slow = config.data.kind == "bits", bool(config.batch_size)
    peers = [
        Peer("nn_core", partial(ours, config, bits)),
        Peer("PyTorch, float32", partial(pytorch, config, "float32"), slow=slow),
        Peer("PyTorch, float64", partial(pytorch, config, "float64"), slow=slow),
        Peer("scikit-learn", partial(scikit_learn, config), slow=slow),
        Peer("Keras on JAX", partial(keras, config), slow=True),
        Peer("JAX, an epoch compiled", partial(jax, config, whole=False)),
        Peer("JAX, the run compiled", partial(jax, config, whole=True)),
    ]
    if limit.available():
        peers.append(Peer("C", partial(c, config, bits)))
    if bits:
        peers += [Peer("nn_core" + DISTINCT, partial(ours, config)), Peer(REFERENCE, partial(reference, config))]
    if bits and limit.available():
        peers.append(Peer("C" + DISTINCT, partial(c, config)))
    return peers

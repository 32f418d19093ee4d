"""Asking a trained network: one drawn digit, and 10,000 places of the plane; the engine beside the peers.

All have the same weights, are handed a NumPy array and hand one back. What came of it is one of the answers.
"""

import os
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np

from benchmarks.measure import Peer, Work
from nn_core import Config, digits, predict, run, strokes
from nn_core.mlp import layers


class Question(NamedTuple):
    """A network (`parameters` in its precision) and what it is asked, x (n, inputs); which of the answers is told."""

    config: Config
    parameters: np.ndarray
    x: np.ndarray
    told: tuple[int, int]

    @property
    def weights(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """W (inputs, units) and b (units,) of each layer."""
        parts = layers(self.parameters, self.config)
        return [(np.ascontiguousarray(layer.W.T), np.ascontiguousarray(layer.b)) for layer in parts]

    def work(self, answer: Callable[[], Any]) -> Work:
        """`answer` gives the probabilities (n, k); of a binary task (n, 1), or (n, 2) with the other class first."""
        return Work(answer, lambda p: float(np.asarray(p)[self.told]))


def a_drawing() -> Question:
    """The tutorial's network and a 7 drawn by our own pen strokes."""
    network, drawing = digits.load_network("tutorial"), _drawing()
    return Question(network.config, network.parameters, drawing.image.reshape(1, -1).astype(np.float32), (0, 7))


def _drawing() -> digits.Drawing:
    return digits.preprocess(strokes.digit(7, np.random.default_rng(0)))


def a_map() -> Question:
    """The trained network of the bit pairs at the places of a grid of 100 by 100 that covers its part of the plane."""
    axis = np.linspace(*Config().data.domain, 100)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    return Question(Config(), run(Config()).state.parameters, grid, (5050, -1))


# One way for each peer. They import what they need themselves: no process has more than one.


def ours(question: Callable[[], Question]) -> Work:
    asked = question()
    return asked.work(lambda: predict(asked.parameters, asked.x, asked.config))


def our_classify() -> Work:
    network, drawing = digits.load_network("tutorial"), _drawing()
    return Work(lambda: digits.classify(network, drawing), lambda answer: float(answer.probabilities[7]))


def our_probabilities() -> Work:
    network, image, asked = digits.load_network("tutorial"), _drawing().image, a_drawing()
    return asked.work(lambda: digits.probabilities(network, image[None]))


def pytorch(question: Callable[[], Question], precision: str) -> Work:
    import torch  # pyright: ignore[reportMissingImports]

    torch.set_num_threads(1)
    asked, dtype = question(), getattr(torch, precision)
    linear = [torch.nn.Linear(*sizes, dtype=dtype) for sizes in pairwise(asked.config.layer_sizes)]
    with torch.no_grad():
        for module, (W, b) in zip(linear, asked.weights, strict=True):
            module.weight.copy_(torch.tensor(W.T))
            module.bias.copy_(torch.tensor(b))
    between = torch.nn.Tanh() if asked.config.task == "binary" else torch.nn.ReLU()
    last = torch.nn.Sigmoid() if asked.config.task == "binary" else torch.nn.Softmax(dim=1)
    network = torch.nn.Sequential(*chain.from_iterable((module, between) for module in linear[:-1]), linear[-1], last)
    x = asked.x.astype(precision)

    @torch.inference_mode()
    def answer() -> np.ndarray:
        return network(torch.from_numpy(x)).numpy()

    return asked.work(answer)


def scikit_learn(question: Callable[[], Question]) -> Work:
    from sklearn.neural_network import MLPClassifier  # pyright: ignore[reportMissingImports]

    warnings.filterwarnings("ignore", module="sklearn")
    asked = question()
    classes = np.arange(max(2, asked.config.layer_sizes[-1]))
    activation = "tanh" if asked.config.task == "binary" else "relu"
    network = MLPClassifier(asked.config.hidden_sizes, activation=activation, max_iter=1)
    network.fit(np.zeros((len(classes), asked.x.shape[1]), asked.x.dtype), classes)  # for the shapes
    network.coefs_, network.intercepts_ = (list(parts) for parts in zip(*asked.weights, strict=True))
    return asked.work(lambda: network.predict_proba(asked.x))


def keras(question: Callable[[], Question], predicts: bool) -> Work:
    """By `predict`, or by calling the model."""
    os.environ["KERAS_BACKEND"] = "jax"
    import keras  # pyright: ignore[reportMissingImports]

    asked = question()
    *hidden, outputs = asked.config.layer_sizes[1:]
    binary = asked.config.task == "binary"
    dense = [keras.layers.Dense(size, "tanh" if binary else "relu") for size in hidden]
    last = keras.layers.Dense(outputs, "sigmoid" if binary else "softmax")
    model = keras.Sequential([keras.Input((asked.x.shape[1],)), *dense, last])
    model.set_weights(list(chain.from_iterable(asked.weights)))
    if predicts:
        return asked.work(lambda: model.predict(asked.x, batch_size=len(asked.x), verbose=0))
    return asked.work(lambda: np.asarray(model(asked.x)))


def jax(question: Callable[[], Question]) -> Work:
    import jax  # pyright: ignore[reportMissingImports]
    import jax.numpy as jnp  # pyright: ignore[reportMissingImports]

    asked = question()
    binary = asked.config.task == "binary"
    between, last = (jnp.tanh, jax.nn.sigmoid) if binary else (jax.nn.relu, jax.nn.softmax)
    weights = [(jnp.array(W, jnp.float32), jnp.array(b, jnp.float32)) for W, b in asked.weights]
    x = asked.x.astype(np.float32)

    @jax.jit
    def network(weights, x):
        for W, b in weights[:-1]:
            x = between(x @ W + b)
        W, b = weights[-1]
        return last(x @ W + b)

    return asked.work(lambda: np.asarray(network(weights, x)))


def _peers(question: Callable[[], Question]) -> Iterable[Peer]:
    return [
        Peer("PyTorch, float32", partial(pytorch, question, "float32")),
        Peer("scikit-learn", partial(scikit_learn, question)),
        Peer("Keras on JAX, predict", partial(keras, question, predicts=True)),
        Peer("Keras on JAX, called", partial(keras, question, predicts=False)),
        Peer("JAX, compiled", partial(jax, question)),
    ]


def drawing_contest() -> list[Peer]:
    own = [Peer("nn_core", our_probabilities), Peer("nn_core, with label and verdict", our_classify)]
    return [*own, *_peers(a_drawing)]


def map_contest() -> list[Peer]:
    own = [Peer("nn_core", partial(ours, a_map)), Peer("PyTorch, float64", partial(pytorch, a_map, "float64"))]
    return [*own, *_peers(a_map)]

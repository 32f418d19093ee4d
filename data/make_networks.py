"""Train the two networks that are shipped, and write them with their cards: data/tutorial.npz and data/best.npz.

    python data/make_networks.py              both; about a quarter of an hour on one core
    python data/make_networks.py tutorial     one of them

Everything is drawn from the seeds below, and trained by nn_core itself.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads are slower on small matrices, and round differently

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from nn_core.augment import augment
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.digits import (
    DATA,
    PROBABLE,
    Network,
    load_mnist,
    load_network,
    save_network,
)
from nn_core.evaluation import HELD_BACK, evaluate, held_back
from nn_core.images import PIXELS, SIDE
from nn_core.losses import LINKS, categorical_cross_entropy
from nn_core.mlp import forward, layers
from nn_core.strokes import pictures
from nn_core.trainer import Trainer
from nn_core.training import train

TUTORIAL = Config(
    dataset="mnist",
    hidden_sizes=(64, 64),
    activation="relu",
    initializer="xavier",
    optimizer="adam",
    learning_rate=1e-3,
    batch_size=32,
    epochs=20,
    precision="float32",
    seed=0,
)
BEST = TUTORIAL.replace(
    hidden_sizes=(256, 128),
    optimizer="adamw",
    weight_decay=0.05,
    learning_rate=1.5e-3,
    schedule="cosine",
    batch_size=128,
    epochs=45,
)

SEEDS = (0, 1)  # of the two that make up the best
DIGITS, JUNK = 22_000, 16_000  # drawings of our own making, beside MNIST's 60,000 pictures
INKED = 11  # every eleventh is seen as the ink of some brush, the others as strokes
REDRAWN = 15  # epochs after which they are drawn anew


def make_tutorial() -> Network:
    """The tutorial's network: plain MNIST, and what Keras does when told nothing else."""
    (x, y), (x_test, y_test) = load_mnist()
    data = Data(_flat(x), y, _flat(x_test), y_test, TUTORIAL.task)
    *_, last = train(TUTORIAL, data, every=TUTORIAL.epochs)
    return _with_card(
        "tutorial",
        Network(last.state.parameters, TUTORIAL, {}),
        temperature=1.0,
        data="MNIST's 60,000 training pictures, as they are",
        recipe="the tutorial's settings: Adam at 0.001, batches of 32, 20 epochs",
    )


def make_best() -> Network:
    """Our best: two networks side by side as one, whose sums are the means of theirs: what only one of them believes,
    in a scribble say, has less weight."""
    network = side_by_side([trained(BEST.replace(seed=seed)) for seed in SEEDS])
    temperature = fit_temperature(network)
    layers(network.parameters, network.config)[-1].W[:] /= temperature
    layers(network.parameters, network.config)[-1].b[:] /= temperature
    return _with_card(
        "best",
        network,
        temperature,
        data=f"MNIST's 60,000 training pictures, {DIGITS:,} digits and {JUNK:,} junk drawings (scribbles, letters, "
        f"signs, several digits) of our own generator, drawn anew every {REDRAWN} epochs; junk has the target 1/10 for "
        "each digit",
        recipe="two networks of 256-128, of two seeds, side by side, their last sums averaged; every picture turned, "
        "sheared, scaled, shifted and bent a little, anew in each epoch; AdamW from 0.0015 along a cosine to 0, weight "
        f"decay 0.05, batches of 128, {BEST.epochs} epochs",
    )


def trained(config: Config) -> Network:
    """One of the two: MNIST in ever new bends, pen strokes of our own making, and junk it should not be sure about."""
    (x, y), (x_test, y_test) = load_mnist()
    rng = np.random.default_rng(config.seed)
    images, targets = np.empty((0, SIDE, SIDE), np.uint8), np.empty((0, 10))
    state = None
    for epoch in range(config.epochs):
        if epoch % REDRAWN == 0:
            drawn, wanted = own_drawings(DIGITS, JUNK, rng)
            images, targets = np.concatenate([x, drawn]), np.concatenate([np.eye(10)[y], wanted])
        order = rng.permutation(len(images))  # other companions for each picture: they are bent in groups
        data = Data(augment(images[order], rng), targets[order], _flat(x_test), y_test, config.task)
        trainer = Trainer(config, data, state)
        trainer.advance_to(epoch + 1)
        state = trainer.state()
        print(f"seed {config.seed}: epoch {epoch + 1} of {config.epochs}", flush=True)
    return Network(trainer.parameters, config, {})


def side_by_side(networks: list[Network]) -> Network:
    """Networks of the same depth as one as wide as all of them: no weights between them, sums averaged at the end."""
    n = len(networks)
    wide = [n * units for units in networks[0].config.hidden_sizes]
    config = networks[0].config.replace(hidden_sizes=tuple(wide))
    parameters = np.zeros(config.n_parameters, np.float32)
    for i, (whole, *parts) in enumerate(
        zip(layers(parameters, config), *(layers(each.parameters, each.config) for each in networks), strict=True)
    ):
        if i == len(wide):
            whole.W[:] = np.concatenate([part.W for part in parts], axis=1) / n
            whole.b[:] = np.mean([part.b for part in parts], axis=0)
            continue
        whole.b[:] = np.concatenate([part.b for part in parts])
        for k, part in enumerate(parts):
            units, inputs = part.W.shape
            columns = slice(None) if i == 0 else slice(k * inputs, (k + 1) * inputs)
            whole.W[k * units : (k + 1) * units, columns] = part.W
    return Network(parameters, config, {})


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), PIXELS)


def own_drawings(digits: int, junk: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (n, 28, 28) uint8 of drawings as a network sees them, and targets (n, 10): one-hot, or all 1/10."""
    labels = np.concatenate([np.arange(digits) % 10, np.full(junk, -1)])
    return pictures(labels, rng, INKED), np.where(labels[:, None] < 0, 0.1, np.eye(10)[labels])


# Calibration and the card.


def fit_temperature(network: Network) -> float:
    """The number that, dividing the last sums, makes the network as sure as it should be, on held back drawings.

    One in seven of them is junk. On digits alone, and still more on MNIST alone, the network would be made too sure for
    hands it has never seen; with as much junk as in training, not sure enough.
    """
    images, targets = own_drawings(4000, 667, np.random.default_rng(HELD_BACK + 1))
    z = forward(network.parameters, _flat(images), network.config).z[-1]

    def surprise(temperature: float) -> float:
        return float(categorical_cross_entropy(z / temperature, targets, LINKS["softmax"]).mean())

    return min(np.round(np.arange(0.5, 2.0, 0.01), 2).tolist(), key=surprise)


def _with_card(name: str, network: Network, temperature: float, data: str, recipe: str) -> Network:
    """The network rounded to the float16 it is shipped in, and the card with what was measured on that."""
    save_network(DATA / f"{name}.npz", network._replace(card={"settings": network.config.to_query()}))
    load_network.cache_clear()
    network = load_network(name)
    tested, (images, labels) = evaluate(network, *load_mnist()[1]), held_back()
    drawn, junk = (evaluate(network, images[kind], labels[kind]) for kind in (labels >= 0, labels < 0))
    card = {
        "name": name,
        "layers": list(network.config.layer_sizes),
        "parameters": len(network.parameters),
        "data": data,
        "recipe": recipe,
        "seed": network.config.seed,
        "accuracy": round(tested.accuracy, 4),
        "accuracy_drawn": round(drawn.accuracy, 3),
        "junk_refused": round(float((junk.confidence <= PROBABLE).mean()), 3),
        "calibration_error": round(tested.calibration_error, 4),
        "calibration_error_drawn": round(drawn.calibration_error, 4),
        "temperature": temperature,
        "licence": "CC BY-SA 3.0, as MNIST, on which it was trained",
        "settings": network.config.to_query(),
    }
    return network._replace(card=card)


NETWORKS = {"tutorial": make_tutorial, "best": make_best}

if __name__ == "__main__":
    for name in sys.argv[1:] or NETWORKS:
        network = NETWORKS[name]()
        save_network(DATA / f"{name}.npz", network)
        print(network.card, flush=True)

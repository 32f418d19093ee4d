"""Runs worth seeing: one Config each, and one sentence on what to look at."""

from typing import NamedTuple

from nn_core.config import Config


class Preset(NamedTuple):
    """A run worth seeing, and what to look at in it."""

    config: Config
    title: str
    look_at: str


OVERFIT = Config(
    dataset="moons",
    samples=100,
    noise=0.2,
    data_seed=4,
    hidden_sizes=(16, 16),
    optimizer="adam",
    learning_rate=0.02,
    epochs=600,
)

PRESETS: dict[str, Preset] = {
    "first": Preset(
        Config(),
        "XOR, solved",
        "Four tanh nodes bend the plane until both 1s lie on the same side of the line.",
    ),
    "tutorial": Preset(
        Config(hidden_sizes=(2,), activation="sigmoid", initializer="tutorial"),
        "The tutorial's network",
        "Two sigmoid nodes that start at 0.01 x normal: the loss never leaves ln 2 = 0.693, the loss of a coin.",
    ),
    "tutorial_cured": Preset(
        Config(hidden_sizes=(4,), activation="tanh", initializer="normal"),
        "The tutorial's network, cured",
        "The same data and rate with larger first weights, tanh and four nodes: watch the loss step down.",
    ),
    "start_page": Preset(
        Config(dataset="circles", samples=500, hidden_sizes=(4, 2), learning_rate=0.03, batch_size=10, epochs=150),
        "TensorFlow Playground's start page",
        "The known picture: a circle in a ring, layers of four and two tanh nodes, batches of ten at a rate of 0.03. "
        "Watch three or four straight lines close to a ring.",
    ),
    "small_batches": Preset(
        Config(
            dataset="circles", samples=500, noise=0.1, hidden_sizes=(4, 2), learning_rate=0.3, batch_size=4, epochs=100
        ),
        "Circles in small batches",
        "Two layers close a ring out of lines; the loss trembles because each step sees only four points.",
    ),
    "perceptron": Preset(
        Config(hidden_sizes=(), epochs=300),
        "No hidden layer",
        "A single neuron draws one straight line, and no line separates XOR.",
    ),
    "spiral": Preset(
        Config(dataset="spiral", samples=400, hidden_sizes=(6, 6), optimizer="adam", learning_rate=0.02, epochs=400),
        "The spiral",
        "Watch the boundary wind itself up, arm by arm. Then take one layer away: six nodes alone do not get there.",
    ),
    "dead_relu": Preset(
        Config(hidden_sizes=(3,), activation="relu", initializer="he", learning_rate=2.0, seed=4),
        "A dead ReLU",
        "Steps this large push two of three ReLU nodes below zero on all data: their maps go blank, no gradient "
        "reaches them, and they never come back.",
    ),
    "zeros": Preset(
        Config(initializer="zeros"),
        "A network of zeros",
        "All weights start at zero, so all four nodes get the same gradient, which is none: the loss stays at ln 2, "
        "whatever the rate.",
    ),
    "overfit": Preset(
        OVERFIT,
        "Overfitting",
        "Fifty noisy points and 337 parameters: every training point is right, islands grow around single points, and "
        "the test loss climbs while the training loss falls.",
    ),
    "overfit_cured": Preset(
        OVERFIT.replace(l2=0.003),
        "Overfitting, cured",
        "The same with a small L2 penalty: the boundary is smooth, some training points are wrong, and more test "
        "points are right.",
    ),
    "too_fast": Preset(
        Config(dataset="moons", samples=300, noise=0.1, hidden_sizes=(4,), learning_rate=60.0, epochs=300),
        "A rate too high",
        "Steps of this size jump across the valley: the loss leaps about and nothing settles.",
    ),
}

"""Runs worth seeing: one Config each, and one sentence on what to look at."""

from typing import NamedTuple

from nn_core.config import Config


class Preset(NamedTuple):
    """A run worth seeing, and what to look at in it."""

    config: Config
    title: str
    look_at: str


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
        Config(dataset="spiral", samples=400, hidden_sizes=(8, 8), optimizer="adam", learning_rate=0.02, epochs=800),
        "The spiral",
        "Watch the boundary wind itself up, arm by arm; one hidden layer of the same size finds it much harder.",
    ),
    "too_fast": Preset(
        Config(dataset="moons", samples=300, hidden_sizes=(8,), learning_rate=20.0, epochs=300),
        "A rate too high",
        "Steps of this size jump across the valley: the loss leaps about and nothing settles.",
    ),
}

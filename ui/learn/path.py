"""The lesson from a neuron to a network: the way of both tutorials, each step alive."""

from functools import lru_cache
from itertools import pairwise

import numpy as np
import streamlit as st

from nn_core.activations import ACTIVATIONS, sigmoid
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.digits import load_network
from nn_core.history import History
from nn_core.losses import binary_cross_entropy
from nn_core.mlp import backward, forward, layers
from nn_core.optimizers import OPTIMIZERS
from nn_core.outcome import outcome
from nn_core.population import run as run_many
from nn_core.trainer import Trainer
from ui import session, theme
from ui.components.neuron import encode as encode_neuron
from ui.components.neuron import neuron
from ui.components.stage import encode, stage
from ui.digits.shared import chart
from ui.figures import lessons as charts
from ui.learn.depth import explain, tabulated
from ui.learn.questions import Answer, Question

TABLES = {"and": "AND", "or": "OR", "xor_points": "XOR"}
FIRST_WEIGHTS = (2.0, 2.0, -1.0)
WIDTHS = {"0": (), "1": (1,), "2": (2,), "4": (4,)}
EXAMPLE = Config(dataset="xor_points", hidden_sizes=(2,), activation="tanh", epochs=300, seed=1)
MOONS = Config(dataset="moons", samples=200, noise=0.2, hidden_sizes=(8,), epochs=300)
COMPARED = {
    "Learning rate": {f"{rate:g}": {"learning_rate": rate} for rate in (0.01, 0.1, 1.0, 10.0)},
    "Hidden nodes": {str(units): {"hidden_sizes": (units,)} for units in (1, 2, 8, 16)},
    "Optimizer": {OPTIMIZERS[name].title: {"optimizer": name, "learning_rate": rate}
                  for name, rate in (("gradient_descent", 0.3), ("momentum", 0.3), ("adam", 0.03))},
}  # fmt: skip


def one_neuron() -> None:
    """Weights and a bias in the reader's hands."""
    st.header("A neuron", anchor=False)
    explain(
        "A neuron multiplies each input by a **weight**, adds them up with a **bias**, and bends the sum into an "
        "answer between 0 and 1. Where the sum is zero it cannot decide: that is a straight line, with yes on one "
        "side and no on the other. Move the weights: they turn the line and sharpen it. Move the bias: it shifts. Can"
        " you get all four right, for AND, for OR, for XOR?",
        [r"z = w_1 x_1 + w_2 x_2 + b, \qquad p = \sigma(z) = \frac{1}{1 + e^{-z}}"],
        [sigmoid],
    )
    neuron(key="neuron", payload=encode_neuron(TABLES, FIRST_WEIGHTS))


def perceptron() -> None:
    """Why one neuron is not enough, and that a hidden layer is."""
    st.header("From one neuron to a layer", anchor=False)
    explain(
        "Nobody has to set the weights by hand: they are learnt. A neuron by itself, the **perceptron**, learns AND "
        "and OR. It cannot learn XOR, and that can be proved: it would need a sum above zero at (0, 1) and at (1, 0),"
        " and not above zero at (0, 0) and (1, 1). Added up, the first two are the same as the last two. **Hidden "
        "nodes** in between draw several lines, and the output combines them.",
        [
            r"\underbrace{(w_2 + b) + (w_1 + b)}_{> \, 0} = \underbrace{b + (w_1 + w_2 + b)}_{\le \, 0}",
            r"a = g(W_1 x + b_1), \qquad p = \sigma(w_2 \cdot a + b_2)",
        ],
        [forward],
    )
    with st.container(horizontal=True, gap="medium"):
        st.segmented_control(
            "Problem", list(TABLES), format_func=TABLES.__getitem__, required=True,
            **session.choice("problem", tuple(TABLES)),
        )  # fmt: skip
        st.segmented_control("Hidden nodes", list(WIDTHS), required=True, **session.choice("nodes", tuple(WIDTHS)))
    config = Config(
        dataset=session.chosen("problem") or "and",
        hidden_sizes=WIDTHS[session.chosen("nodes") or "0"],
        learning_rate=1.0,
    )
    shown = session.lesson_run(config)
    payload = encode(shown.history, shown.data, run=shown.number, seconds=shown.seconds, fixed=True)
    stage(key="lesson_stage", payload=payload, on_wish=lambda: None)


def activations() -> None:
    """What a hidden node does with its sum."""
    st.header("Activation functions", anchor=False)
    explain(
        "Without a bend between the layers, all of them together would be one layer: sums of sums are sums. The "
        "**activation function** is that bend, and its **slope** is how much of the error gets back through it. Where"
        " the slope is nearly zero, nothing is learnt: sigmoid and tanh when the sum is large, ReLU when it is "
        "negative. Leaky ReLU keeps a little slope there.",
    )
    name = session.choice("bend", tuple(ACTIVATIONS))
    st.segmented_control(
        "Activation", list(ACTIVATIONS), format_func=lambda each: ACTIVATIONS[each].title, required=True, **name
    )
    chosen = ACTIVATIONS[session.chosen("bend") or next(iter(ACTIVATIONS))]
    explain(" ".join((chosen.value.__doc__ or "").split()), code=[chosen.value, chosen.slope])
    chart(charts.activation(session.chosen("bend") or next(iter(ACTIVATIONS))), key="bend_chart")


def loss() -> None:
    """What is minimised."""
    st.header("Loss", anchor=False)
    explain(
        "The **loss** says how wrong an answer is, in one number that training makes small. Cross-entropy charges the"
        " surprise: a sure and wrong answer costs without limit. The squared error and the absolute error (L1) charge"
        " the distance: they are flat where the answer is sure, so that a network that is sure and wrong learns "
        "slowly from them.",
        [r"-\ln p, \qquad (1 - p)^2, \qquad |1 - p| \qquad \text{where 1 is right}"],
        [binary_cross_entropy],
    )
    chart(charts.losses(), key="loss_chart")


# --- forward and backward ---------------------------------------------------------------------------------------------


def passes() -> None:
    """One sample forward and back, in numbers."""
    st.header("Forward, and backward", anchor=False)
    explain(
        "**Forward propagation** computes the sums z and activations a from layer to layer. **Backpropagation** goes "
        "the other way: it asks of each sum how much the loss would change with it, **delta**. At the output that is "
        "the answer less the target. A hidden node's is what the nodes behind it report, by their weights, times the "
        "slope. A weight's gradient is the delta behind it times the activation before it. Here for one sample, (1, "
        "0), of a 2-2-1 network in training:",
        [
            r"\delta^{out} = p - y, \qquad \delta_j = w_j \, \delta^{out} \, g'(z_j), \qquad "
            r"\frac{\partial L}{\partial W_{ji}} = \delta_j \, a_i, \qquad \frac{\partial L}{\partial b_j} = \delta_j"
        ],
        [backward],
    )
    tabulated("passes", ["", "z", "a", "delta", "gradient of its weights"], worked(), "lrrrr")


def worked(x: tuple[float, float] = (1.0, 0.0), y: float = 1.0) -> list[list[str]]:
    """A row for each unit of the example: its name, z, a, delta, and the gradient of what flows into it."""
    history, *_ = session.lesson_run_of(EXAMPLE)
    parameters = history.parameters[len(history.parameters) // 10]
    trace = forward(parameters, np.array([x]), EXAMPLE)
    slopes = layers(backward(parameters, trace, np.array([y]), EXAMPLE), EXAMPLE)
    rows = []
    for name, z, a, slope in zip(("hidden", "output"), trace.z, [*trace.a, trace.output], slopes, strict=True):
        for unit in range(z.shape[1]):
            weights = ", ".join(theme.signed(value, 4) for value in slope.W[unit])
            title = f"{name} {unit + 1}" if z.shape[1] > 1 else name
            figures_ = (theme.signed(value, 4) for value in (z[0, unit], a[0, unit], slope.b[unit]))
            rows.append([title, *figures_, weights])
    return rows


def loop() -> None:
    """Training."""
    st.header("The training loop", anchor=False)
    explain(
        "Training repeats four steps: forward, loss, backward, and a small step against the gradient. Once over all "
        "training data is an **epoch**; with **batches** there are several steps in each. Optimizers differ in how "
        "they make a step of the gradient: plain gradient descent takes it as it is, momentum adds up the last ones, "
        "Adam divides by how large it usually is.",
        [r"w \leftarrow w - \eta \, \frac{\partial L}{\partial w}"],
        [Trainer.advance, OPTIMIZERS["gradient_descent"].update, OPTIMIZERS["adam"].update],
    )


@lru_cache
def compared(what: str) -> dict[str, History]:
    """Runs that differ in one hyperparameter, by its values."""
    data = make_data(MOONS)
    assert len(data.x_test)
    return {name: session.lesson_run_of(MOONS.replace(**changes))[0] for name, changes in COMPARED[what].items()}


def hyperparameters() -> None:
    """Found by comparing."""
    st.header("Hyperparameters", anchor=False)
    explain(
        "What training cannot learn by itself, its **hyperparameters**, is found by trying: runs that differ in one of "
        "them, compared by the loss they learn by, and by the accuracy on data they never learnt from, the "
        "**validation** data. Two moons with noise, 300 epochs, one hidden layer:",
    )
    st.segmented_control("Compare", list(COMPARED), required=True, **session.choice("compare", tuple(COMPARED)))
    runs = compared(session.chosen("compare") or next(iter(COMPARED)))
    chart(charts.side_by_side(runs), key="compare_chart")
    ends = {name: float(history.test_accuracy[-1]) for name, history in runs.items()}
    best = [name for name, end in ends.items() if end == max(ends.values())]
    told = ", ".join(f"{name}: {theme.percentage(end)}" for name, end in ends.items())
    st.markdown(f"On validation data at the end: {told}. Highest: **{' and '.join(best)}**.")
    st.page_link("../pages/networks/search.py", label="Search does this for hundreds of runs", icon=":material/search:")


def digits() -> None:
    """The network of the second tutorial."""
    st.header("The network that reads digits", anchor=False)
    network = load_network("tutorial")
    sizes = network.config.layer_sizes
    counts = [units * (inputs + 1) for inputs, units in pairwise(sizes)]
    explain(
        f"It is the same thing, only larger. The second tutorial's network has {'-'.join(map(str, sizes))} nodes: a "
        f"pixel each for input, a digit each for output, and {network.config.n_parameters:,} parameters. The output is "
        "a **softmax**: ten shares that add up to 1. It learns the 60,000 pictures of MNIST with Adam for "
        f"{network.config.epochs} epochs, and reads {theme.percentage(network.card['accuracy'], 2)} of 10,000 "
        "others right.",
        [
            " + ".join(rf"{units} \times ({inputs} + 1)" for inputs, units in pairwise(sizes))
            + rf" = {sum(counts):,}".replace(",", r"\,"),
            r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}",
        ],
    )
    with st.container(horizontal=True):
        st.page_link("../pages/digits/draw.py", label="Draw a digit", icon=":material/draw:")
        st.page_link("../pages/digits/train.py", label="Train it", icon=":material/model_training:")


# --- questions --------------------------------------------------------------------------------------------------------


@lru_cache
def _one_line() -> Answer:
    config = Config(dataset="xor_points", hidden_sizes=(), learning_rate=1.0)
    whole = run_many(config.from_seed(seed) for seed in range(64))
    most = round(4 * float(whole.train_accuracy[np.isfinite(whole.train_accuracy)].max()))
    return Answer([str(most)], f"Of 64 neurons trained from different weights, none ever has more than {most} right.")


def _slope_at(z: float = 3.0) -> Answer:
    slopes = {}
    for name in ("sigmoid", "tanh", "relu"):
        entry, at = ACTIVATIONS[name], np.array([z])
        slopes[name] = float(entry.slope(at, entry.value(at))[0])
    told = ", ".join(f"{ACTIVATIONS[name].title} {slope:.3f}" for name, slope in slopes.items())
    return Answer([max(slopes, key=slopes.__getitem__)], f"Their slopes at z = {z:g}: {told}.")


def _too_fast() -> Answer:
    usual, fast = (session.lesson_run_of(MOONS.replace(learning_rate=rate))[0] for rate in (0.3, 60.0))
    low, high = (float(each.train_loss[-1]) for each in (usual, fast))
    right = (
        "better" if high < low / 1.1 else "worse" if high > low * 1.1 or outcome(fast).name == "diverged" else "same"
    )
    return Answer([right], f"At 0.3 the loss ends at {low:.3f}, at 60 at {high:.3f}. {outcome(fast).sentence}")


QUESTIONS = (
    Question(
        "line",
        "How many of XOR's four corners can one neuron get right at most?",
        {"2": "two", "3": "three", "4": "four"},
        _one_line,
    ),
    Question(
        "slope",
        "A hidden node's sum is 3. With which activation does it learn most?",
        {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"},
        _slope_at,
    ),
    Question(
        "fast",
        "The moons again, at a learning rate of 60 instead of 0.3: in the end the training loss is ...",
        {"better": "lower", "same": "about the same", "worse": "higher"},
        _too_fast,
    ),
)

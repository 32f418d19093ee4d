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
from nn_core.mlp import backward, forward
from nn_core.optimizers import OPTIMIZERS
from nn_core.outcome import outcome
from nn_core.population import run as run_many
from nn_core.trainer import Trainer
from ui import session, theme
from ui.components.curves import curves
from ui.components.neuron import encode as encode_neuron
from ui.components.neuron import neuron
from ui.depth import explain
from ui.explained.subject import told
from ui.figures import lessons as charts
from ui.learn.example import example_link, one_step, worked
from ui.learn.pictures import picture
from ui.learn.questions import Answer, Question
from ui.learn.tables import tabulated

TABLES = {"and": "AND", "or": "OR", "xor_points": "XOR"}
FIRST_WEIGHTS = (1.0, -1.0, 0.0)
RATE = 1.0
LATE = 50  # epochs at the end
JUMPS = 0.1  # of the accuracy within them
WIDTHS = {"0": (), "1": (1,), "2": (2,), "4": (4,)}
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
        "side and no on the other. Move the weights: they turn the line and sharpen it. Move the bias: it shifts. How"
        " many corners can you get right, for AND, for OR, for XOR?",
        [
            told(r"z = w_1 x_1 + w_2 x_2 + b", "the sum of the inputs $x$ by their weights $w$, and the bias $b$"),
            told(r"p = \sigma(z) = \frac{1}{1 + e^{-z}}", "the answer, a probability of 1; $\\sigma$ is the sigmoid"),
        ],
        [sigmoid],
    )
    neuron(key="neuron", payload=encode_neuron(TABLES, FIRST_WEIGHTS))


def perceptron() -> None:
    """Why one neuron is not enough, and that a hidden layer is."""
    st.header("From one neuron to a layer", anchor=False)
    explain(
        "Nobody has to set the weights by hand: they are learnt. A neuron by itself, the **perceptron**, learns AND "
        "and OR. It cannot learn XOR, and that can be proved. Add its sums at (0, 1) and (1, 0): w₁ + w₂ + 2b. Add "
        "those at (0, 0) and (1, 1): the same. But the first must be above zero, and the second not: impossible. "
        "**Hidden nodes** in between draw several lines, and the output combines them. Try it: choose XOR. How few "
        "hidden nodes do it? Press play to watch the lines being learnt.",
        [
            r"\underbrace{(w_2 + b) + (w_1 + b)}_{> \, 0} = \underbrace{b + (w_1 + w_2 + b)}_{\le \, 0}",
            told(
                r"a_j = \varphi(w_j \cdot x + b_j), \qquad p = \sigma(v \cdot a + c)",
                "each hidden node $j$ has weights $w_j$ and a bias $b_j$ of its own,",
                r"the output has the weights $v$ and the bias $c$; $\varphi$ bends the sum",
            ),
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
        learning_rate=RATE,
    )
    shown = session.lesson_run(config)
    hidden = (
        f"Hidden nodes are {ACTIVATIONS[config.activations[0]].title}." if config.hidden_sizes else "One neuron alone."
    )
    st.caption(f"{hidden} Learning rate {config.learning_rate:g}, {config.epochs:,} epochs.")
    picture(shown)


def activations() -> None:
    """What a hidden node does with its sum."""
    st.header("Activation functions", anchor=False)
    explain(
        "Without a bend between the layers, a weighted sum of weighted sums is again one weighted sum: ten layers "
        "could do no more than one. The **activation function** is that bend, and its **slope** is how much of the "
        "error gets back through it. Where the slope is nearly zero, nothing is learnt: sigmoid and tanh far from "
        "zero, ReLU where the sum is negative. Leaky ReLU keeps a little slope there.",
    )
    name = session.choice("bend", tuple(ACTIVATIONS))
    st.segmented_control(
        "Activation", list(ACTIVATIONS), format_func=lambda each: ACTIVATIONS[each].title, required=True, **name
    )
    chosen = ACTIVATIONS[session.chosen("bend") or next(iter(ACTIVATIONS))]
    explain(" ".join((chosen.value.__doc__ or "").split()), code=[chosen.value, chosen.slope])
    curves([charts.activation(session.chosen("bend") or next(iter(ACTIVATIONS)))], key="bend_chart")


def loss() -> None:
    """What is minimised."""
    st.header("Loss", anchor=False)
    explain(
        "The **loss** says how wrong an answer is, in one number that training makes small. Cross-entropy charges the"
        " surprise: a sure and wrong answer costs without limit. The squared error and the absolute error (L1) charge"
        " the distance, 1 at most. The answer itself comes out of a sigmoid, which is flat where it is sure: so their "
        "slope by the *sum* is nearly zero there, and a network that is sure and wrong learns slowly from them. "
        "Cross-entropy rises fast enough to make up for that: its slope by the sum is the answer less the target.",
        [
            r"-\ln p, \qquad (1 - p)^2, \qquad |1 - p| \qquad \text{where 1 is right}",
            r"\frac{d}{dz} (-\ln \sigma(z)) = p - 1, \qquad \frac{d}{dz} (1 - \sigma(z))^2 = -2\,(1 - p)\; p\,(1 - p)",
        ],
        [binary_cross_entropy],
    )
    curves([charts.losses()], key="loss_chart")


# --- forward and backward ---------------------------------------------------------------------------------------------


def passes() -> None:
    """One sample forward and back, in numbers."""
    st.header("Forward, and backward", anchor=False)
    explain(
        "**Forward propagation** goes from layer to layer: each node adds up its sum z, and bends it to its answer "
        "a. **Backpropagation** goes the other way, to find out of each weight how much the loss would change with "
        "it: that is its **gradient**. On the way it finds the **delta** of each node, how much the loss changes "
        "when the node's sum does:\n\n1. At the output: the answer less the target.\n2. At a hidden node: the "
        "output's delta, times the weight that leads there, times the slope of the node's own activation (of tanh: "
        "1 − a²).\n3. The gradient of a weight: what comes in through it, times the delta of the node that it leads "
        "to.\n\nHere for one sample, (1, 0) with target 1, of a network in training with two hidden nodes; these "
        "are tanh, the output is a sigmoid:",
        [
            told(r"\delta = p - y", "at the output, of answer $p$ and target $y$"),
            told(r"\delta_j = v_j \, \delta \, \varphi'(z_j)", r"at hidden node $j$; $\varphi'$ is the slope"),
            told(
                r"\frac{\partial L}{\partial w_{ji}} = \delta_j x_i, \quad \frac{\partial L}{\partial b_j} = \delta_j",
                "the gradients of what leads into it",
            ),
        ],
        [backward],
    )
    head = ["", "z", "a", "weight to the output", "delta", "gradients of its weights"]
    rows, (first, last) = worked()
    tabulated("passes", head, rows, "lrrrrr")
    st.markdown(f"In numbers, at the output: {last}. At the first hidden node: {first}.")
    st.page_link(
        "../pages/networks/step.py",
        label="Walk through these very numbers, one at a time",
        icon=":material/stairs:",
        query_params=example_link(),
    )


def loop() -> None:
    """Training."""
    st.header("The training loop", anchor=False)
    explain(
        "Training repeats four steps: forward, loss, backward, and a small step against the gradient. Once over all "
        "training data is an **epoch**; with **batches** there are several steps in each. How long a step is, for "
        f"the same gradient, is the **learning rate**: {one_step()} Optimizers differ in how they make a step of "
        "the gradient: plain gradient descent takes it as it is, momentum keeps some of the direction of the steps "
        "before, Adam scales the step of each weight by how large its gradient has been lately.",
        [told(r"w \leftarrow w - \eta \, \frac{\partial L}{\partial w}", r"$\eta$ is the learning rate")],
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
        "What training cannot learn by itself, its **hyperparameters** (learning rate, number of nodes ...), is "
        "found by trying: runs that differ in one of them, compared by training loss, and by the accuracy on data "
        "they never learnt from, the **validation** data (elsewhere in this app: test). Here two moons, one of each "
        f"class, with noise; {MOONS.epochs} epochs, and unless it is compared: a hidden layer of "
        f"{MOONS.hidden_sizes[0]} nodes, {OPTIMIZERS[MOONS.optimizer].title}, learning rate {MOONS.learning_rate:g}.",
    )
    st.segmented_control("Compare", list(COMPARED), required=True, **session.choice("compare", tuple(COMPARED)))
    what = session.chosen("compare") or next(iter(COMPARED))
    runs = compared(what)
    late = {name: history.test_accuracy[-LATE:] for name, history in runs.items()}
    middle = {name: float(np.median(each)) for name, each in late.items()}
    best = [name for name, value in middle.items() if value == max(middle.values())]
    shares = ", ".join(f"{name}: {theme.percentage(value)}" for name, value in middle.items())
    jumps = [name for name, each in late.items() if np.ptp(each) > JUMPS]
    curves(charts.side_by_side(runs, make_data(MOONS), jumps), key="compare_chart")
    st.markdown(
        f"On validation data, the median of the last {LATE} epochs: {shares}. "
        f"Best: **{what.lower()} {' or '.join(best)}**."
        + (f" {' and '.join(jumps)} jumps: its last value is luck." if jumps else "")
    )
    st.page_link("../pages/networks/search.py", label="Search does this for hundreds of runs", icon=":material/search:")


def digits() -> None:
    """The network of the second tutorial."""
    st.header("The network that reads digits", anchor=False)
    network = load_network("tutorial")
    sizes = network.config.layer_sizes
    counts = [units * (inputs + 1) for inputs, units in pairwise(sizes)]
    explain(
        f"It is the same thing, only larger. Its inputs are the {sizes[0]} pixels of a picture of a handwritten "
        f"digit; then come two hidden layers of {sizes[1]} nodes, and ten outputs, one for each digit. Their "
        "answers are shares that add up to 1, a **softmax**: the largest is the digit it reads. Its "
        f"{network.config.n_parameters:,} weights and biases are learnt with Adam from MNIST, 60,000 pictures that "
        f"people wrote, in {network.config.epochs} epochs. It reads {theme.percentage(network.card['accuracy'], 2)} "
        "of 10,000 others right.",
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
    each = ", ".join(f"{ACTIVATIONS[name].title} {slope:.3f}" for name, slope in slopes.items())
    return Answer([max(slopes, key=slopes.__getitem__)], f"Their slopes at z = {z:g}: {each}.")


def _too_fast() -> Answer:
    usual, fast = (session.lesson_run_of(MOONS.replace(learning_rate=rate))[0] for rate in (0.3, 60.0))
    low, high = (float(each.train_loss[-1]) for each in (usual, fast))
    right = (
        "better" if high < low / 1.1 else "worse" if high > low * 1.1 or outcome(fast).name == "diverged" else "same"
    )
    rises = int((np.diff(fast.train_loss) > 0).sum())
    return Answer(
        [right],
        f"At 0.3 the loss ends at {low:.3f}, at 60 at {high:.3f}. There it rose in {rises} of "
        f"{len(fast.train_loss) - 1} steps: a step that is too long lands beyond the valley that it was to go down "
        "into.",
    )


FIRST = (
    Question(
        "line",
        "How many of XOR's four corners can one neuron get right at most?",
        {"2": "two", "3": "three", "4": "four"},
        _one_line,
    ),
)
QUESTIONS = (
    Question(
        "slope",
        "A hidden node's sum is 3. Which activation lets most of the error through?",
        {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"},
        _slope_at,
    ),
    Question(
        "fast",
        "The moons again, at a learning rate of 60 instead of 0.3 (neither is in the chart): in the end the training "
        "loss is ...",
        {"better": "lower", "same": "about the same", "worse": "higher"},
        _too_fast,
    ),
)

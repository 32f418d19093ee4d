"""Why the tutorial's network does not learn, as measured: its answers, the pull on its weights, how long it takes."""

import numpy as np
import streamlit as st

from nn_core.data import make_data
from nn_core.fates import resting
from nn_core.mlp import backward
from nn_core.plateaus import plateaus
from nn_core.tutorial import (
    ESCAPED,
    EXPERIMENT,
    RATES,
    SEEDS,
    alignment,
    alignments,
    corner_answers,
    escapes,
    output_curvature,
    pulls,
)
from ui import session
from ui.depth import explain
from ui.explained.subject import told
from ui.learn.tables import tabulated

ALIKE = 0.9  # the |cosine| from which two nodes look the same way


def why() -> None:
    """What was measured about it."""
    st.header("Why the tutorial's run does not move", anchor=False)
    st.write("This is about the tutorial's settings, whatever you have chosen above.")
    _outputs()
    _pull()
    _escape()
    _alignment()


def _outputs() -> None:
    history, *_ = session.lesson_run_of(EXPERIMENT)
    first, last = (_all_of(answers) for answers in corner_answers(history, (0, -1)))
    st.markdown(
        f"**Its answers stay near one half.** For the four inputs they are {first} at the start, and {last} after "
        f"{EXPERIMENT.last_epoch:,} epochs: small weights let no input make a difference."
    )


def _all_of(answers: np.ndarray) -> str:
    low, high = f"{answers.min():.3f}", f"{answers.max():.3f}"
    return f"all {low}" if low == high else f"between {low} and {high}"


def _pull() -> None:
    found = pulls()
    explain(
        "**The first layer hardly feels the error.** The **gradient** of a weight says how much the loss would change "
        "with it: training moves each weight against it. Backpropagation computes it by sending the error back through "
        "the weights of the second layer. Where these are small, little arrives:",
        [
            r"\frac{\partial L}{\partial W_{1,ji}} = \frac{1}{n} \sum_{s=1}^{n} (p_s - y_s) \; w_{2,j} \; "
            r"\sigma'(z_{sj}) \; x_{si}"
        ],
        [backward],
    )
    head = ["First weights", "second layer's weights", "first layer's gradient", "gradient ÷ weight"]
    rows = [[f"{each.scale:g} × normal", *_sizes(each.weights, each.gradient)] for each in found]
    tabulated("pulls", head, rows, "lrrr")
    first, then, last = found[0], found[2], found[-1]
    st.markdown(
        f"From {first.scale:g} to {then.scale:g} the weights grow {then.weights / first.weights:.3g} times, and the "
        f"gradient {then.gradient / first.gradient:.2g} times. From there to {last.scale:g} they grow "
        f"{last.weights / then.weights:.3g} times, and the gradient {last.gradient / then.gradient:.2g} times: by then "
        f"the inputs make a difference. (Sizes are root mean squares, a kind of average; medians of {SEEDS} seeds.) "
        "And the second layer learns nothing either, as long as the hidden nodes answer the same to every input."
    )


def _sizes(weights: float, gradient: float) -> list[str]:
    return [
        np.format_float_positional(float(f"{each:.2g}"), trim="-") for each in (weights, gradient, gradient / weights)
    ]


def _escape() -> None:
    st.markdown(
        "**So it is not stuck: it is slow.** Both layers grow by what the other one lets through, as money grows by "
        "interest. Given time, the loss does leave ln 2, and the sooner, the larger the steps:"
    )
    head = ["Learning rate", "half of the seeds have left by epoch", "rate × epochs", "seeds that left"]
    rows, products = [], {}
    for each in escapes():
        middle = float(np.median(each.epochs))
        products[each.rate] = each.rate * middle
        there = int(np.isfinite(each.epochs).sum())
        rows.append([f"{each.rate:g}", f"{middle:,.0f}", f"{each.rate * middle:,.0f}", f"{there} of {SEEDS}"])
    tabulated("escapes", head, rows, "rrrr")
    had = EXPERIMENT.learning_rate * EXPERIMENT.epochs
    st.markdown(
        f"The tutorial's run has a rate × epochs of {had:,.0f}. It would need about {products[RATES[0]]:,.0f}, "
        f"{products[RATES[0]] / had:.1f} times as much. To have left is to be {ESCAPED:g} below the loss of guessing."
    )
    highest, curvature = RATES[-1], output_curvature(EXPERIMENT)
    if highest * curvature > 2 and products[highest] < products[RATES[0]] / 2:
        explain(
            f"At {highest:g} it leaves much sooner, but by being thrown: like a ball that is kicked too hard across "
            "a valley, it lands higher up on the other side, and the next time higher still. Here that begins at "
            f"rates above {2 / curvature:.1f}, later sooner, as the valley grows narrower: hence the spikes that "
            "you may see at a rate of 5, on its way down.",
            [
                told(
                    r"c = p\,(1 - p)\,\Bigl(1 + \sum_j a_j^2\Bigr)"
                    rf" \approx \tfrac14 \, \bigl(1 + \tfrac14 + \tfrac14\bigr) = {curvature:.3f}",
                    "how strongly the loss bends along the output's weights and bias;",
                    "it grows with the answers $a_j$ of the hidden nodes",
                ),
                told(r"\eta < \frac{2}{c}" + f" = {2 / curvature:.1f}", "rates at which steps do not grow"),
            ],
        )


def _alignment() -> None:
    start, end = alignments(EXPERIMENT)
    begun, ended = _alike(start), _alike(end)
    explain(
        "**Are its two hidden nodes copies of each other?** One often reads so. We measured it: two nodes count as "
        "alike if their weights and bias point almost along the same line. "
        f"That holds for {begun} of {SEEDS} seeds at the start, and for {ended} at the end."
        + (" So for most seeds it is not the reason." if max(begun, ended) < SEEDS / 2 else ""),
        [
            rf"\Bigl| \frac{{v_1 \cdot v_2}}{{|v_1| \, |v_2|}} \Bigr| > {ALIKE:g}, \qquad "
            r"v_j = (W_{1,j1}, W_{1,j2}, b_{1,j})"
        ],
        [alignment],
    )


def _alike(cosines: np.ndarray) -> int:
    return int((cosines > ALIKE).sum())


def steps() -> None:
    """The plateaus, by name."""
    st.header("Steps on the way down", anchor=False)
    data = make_data(EXPERIMENT)
    ones = int(data.y_train.sum())
    st.markdown(
        "A network that gives several inputs the same answer can do no better than give the share of 1s among them. "
        "Its loss rests on such a step until it tells them apart: the dotted lines in the chart of the seeds above. "
        f"Of these {len(data.y_train):,} pairs {ones} are 1, so the steps are at (a range where it depends on which "
        "inputs share):"
    )
    rows = [
        [resting(each), f"{each.low:.3f}" + (f" to {each.high:.3f}" if each.high - each.low > 5e-4 else "")]
        for each in plateaus(EXPERIMENT, data)
    ]
    tabulated("steps", ["What it does", "loss"], rows, "lr")

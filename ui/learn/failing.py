"""The lesson about the tutorial's network that would not learn: what is tried, what holds it, what one predicts."""

import math
from functools import lru_cache, partial

import numpy as np
import streamlit as st

from nn_core.config import Config
from nn_core.data import make_data
from nn_core.fates import fates, resting
from nn_core.initializers import tutorial as tutorial_weights
from nn_core.losses import binary_cross_entropy
from nn_core.mlp import backward
from nn_core.plateaus import plateaus
from nn_core.statistics import share
from nn_core.tutorial import (
    DIALS,
    ESCAPED,
    EXPERIMENT,
    RATES,
    SEEDS,
    alignments,
    changed,
    corner_answers,
    escapes,
    from_many_seeds,
    output_curvature,
    pulls,
    single_changes,
)
from ui import session, theme
from ui.components.seeds import encode as encode_seeds
from ui.components.seeds import seeds
from ui.components.stage import encode, stage
from ui.learn.depth import explain, tabulated
from ui.learn.questions import Answer, Question

ALIKE = 0.9  # the |cosine| from which two units look the same way
SEED = "seed"


def beginners() -> None:
    """Where those begin to whom a network is new."""
    words = "New to networks? Begin with a single neuron"
    st.page_link("../pages/learn/path.py", label=words, icon=":material/school:")


def experiment() -> None:
    """What the tutorial does."""
    explain(
        "**XOR** is true when exactly one of two bits is 1. A tutorial builds the smallest network that could learn "
        "it: two hidden nodes and an output, each with a **sigmoid** that turns its sum into a number between 0 and "
        "1. It draws 1,000 random pairs of bits, starts from tiny random weights, 0.01 × normal, and makes the "
        "**binary cross-entropy** small, which is the surprise at the right answers. It ends in disappointment: **the "
        "loss never moves from ln 2 = 0.693**, the loss of somebody who tosses a coin.\n\n"
        "The tutorial gives no learning rate and no number of epochs (rounds over the data); we take 0.5 and 1,000, "
        "all pairs at once. Here is that experiment. Change one thing at a time, and see what becomes of it.",
        [
            r"a = \sigma(W_1 x + b_1), \qquad p = \sigma(w_2 \cdot a + b_2), \qquad \sigma(z) = \frac{1}{1 + e^{-z}}",
            r"L = -\frac{1}{n} \sum_{i=1}^{n} \bigl[ y_i \ln p_i + (1 - y_i) \ln (1 - p_i) \bigr]",
        ],
        [tutorial_weights, binary_cross_entropy],
    )


# --- trying -----------------------------------------------------------------------------------------------------------


def chosen() -> Config:
    """The experiment as the visitor has changed it."""
    changes = {}
    for dial in DIALS:
        named = {text: value for value, text in dial.values.items()}
        changes[dial.setting] = named[session.chosen(dial.setting) or next(iter(named))]
    return EXPERIMENT.replace(seed=int(session.chosen(SEED) or 0), **changes)


def dials() -> None:
    """What may be changed."""
    with st.container(key="dials", horizontal=True, gap="medium"):
        for dial in DIALS:
            st.segmented_control(
                dial.title,
                list(dial.values.values()),
                required=True,
                **session.choice(dial.setting, tuple(dial.values.values())),
            )
        numbers = tuple(map(str, range(SEEDS)))
        st.selectbox("Seed", numbers, width=90, **session.choice(SEED, numbers))


def trial() -> None:
    """The run as it is set now, and the same from 64 seeds."""
    config = chosen()
    shown = session.lesson_run(config)
    payload = encode(shown.history, shown.data, run=shown.number, seconds=shown.seconds, fixed=True)
    stage(key="lesson_stage", payload=payload, on_wish=lambda: None)
    whole = from_many_seeds(config.replace(seed=0))
    st.markdown(f"**The same from {SEEDS} seeds**: {_ends(config)}")
    found = fates(whole, plateaus(config, shown.data))
    many = encode_seeds(whole, found, shown.data, asked=0, running=False, shown=config.seed)
    seeds(key="lesson_seeds", payload=many, on_wish=partial(session.choose_seed, "lesson_seeds", SEED, SEEDS))


def _ends(config: Config) -> str:
    whole, words = from_many_seeds(config.replace(seed=0)), changed(config)
    low, high = np.nanmin(whole.final_loss), np.nanmax(whole.final_loss)
    what = f"with {words}" if words else "as in the tutorial"
    return f"{what}, they end at losses from {low:.4f} to {high:.4f} (ln 2 is {math.log(2):.4f})."


# --- what helps -------------------------------------------------------------------------------------------------------


def what_helps() -> None:
    """Each change by itself."""
    st.header("What helps, and what does not", anchor=False)
    lines, counts = [], {}
    for config in [EXPERIMENT, *single_changes()]:
        whole = from_many_seeds(config)
        solved = share(int(whole.solved.sum()), SEEDS)
        counts[changed(config) or "nothing"] = solved.count
        interval = f"{theme.percentage(solved.low, 0)} to {theme.percentage(solved.high, 0)}"
        lines.append([changed(config) or "nothing", f"{solved.count} of {SEEDS}", interval, *_range(whole.final_loss)])
    head = ["Changed", "Seeds that solve it", "95 % sure", "lowest loss", "highest loss"]
    tabulated("helps", head, lines, "lrrrr")
    none = [words for words, count in counts.items() if not count and words != "nothing"]
    most = max(counts.values())
    best = [words for words, count in counts.items() if count == most]
    st.markdown(
        f"**{_listed(best).capitalize()}** helps most: {most} of {SEEDS} seeds solve it. "
        + (f"By itself, **{_listed(none)}** helps none of them." if none else "")
    )


def _range(losses: np.ndarray) -> list[str]:
    return [f"{np.nanmin(losses):.3g}", f"{np.nanmax(losses):.3g}"]


def _listed(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


# --- why --------------------------------------------------------------------------------------------------------------


def why() -> None:
    """What was measured about it."""
    st.header("Why it does not move", anchor=False)
    _outputs()
    _pull()
    _escape()
    _alignment()


def _outputs() -> None:
    history, *_ = session.lesson_run_of(EXPERIMENT)
    first, last = (answers for answers in corner_answers(history)[[0, -1]])
    st.markdown(
        f"**Its answers stay near one half.** At the start they lie between {first.min():.3f} and {first.max():.3f}, "
        f"after {EXPERIMENT.last_epoch:,} epochs between {last.min():.3f} and {last.max():.3f}, whatever the input: "
        "small weights let no input make a difference."
    )


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
    head = ["First weights", "second layer's weights", "first layer's gradient", "gradient by weight"]
    rows = [[f"{each.scale:g} × normal", *_sizes(each.weights, each.gradient)] for each in found]
    tabulated("pulls", head, rows, "lrrr")
    first, then = found[0], found[2]
    st.markdown(
        f"From {first.scale:g} to {then.scale:g} the weights grow {then.weights / first.weights:.1f} times, and the "
        f"gradient {then.gradient / first.gradient:.1f} times (sizes are root mean squares, the middle of {SEEDS} "
        "seeds). And the second layer in turn learns nothing from units that do not tell inputs apart."
    )


def _sizes(weights: float, gradient: float) -> list[str]:
    return [f"{weights:.2g}", f"{gradient:.2g}", f"{gradient / weights:.2g}"]


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
            f"At {highest:g} it leaves much sooner, and not by learning: along the output's weights and bias the loss "
            f"curves by {curvature:.3f}, and at a rate above 2 / {curvature:.3f} = {2 / curvature:.1f} each step "
            "swings wider than the one before. That throws it off the plateau.",
            [
                r"c = p\,(1 - p)\,\Bigl(1 + \sum_j a_j^2\Bigr) \approx \tfrac14 \, \bigl(1 + \tfrac14 + \tfrac14\bigr)"
                r", \qquad \text{steady while } \eta\, c < 2"
            ],
        )


def _alignment() -> None:
    start, end = alignments(EXPERIMENT)
    learnt, cured = alignments(EXPERIMENT.replace(learning_rate=5.0))
    assert len(learnt) == len(start)
    st.markdown(
        "**Do its two units see the same?** One often reads that they do. Looked at, not assumed: weights and bias "
        f"that flow into them point the same way, or opposite ways (|cosine| above {ALIKE:g}), for {_alike(start)} of "
        f"{SEEDS} seeds at the start, and for {_alike(end)} at the end. With a rate of 5 it is {_alike(cured)} at the "
        "end. The first weights are small, not alike."
    )


def _alike(cosines: np.ndarray) -> int:
    return int((cosines > ALIKE).sum())


def steps() -> None:
    """The plateaus, by name."""
    st.header("Steps on the way down", anchor=False)
    data = make_data(EXPERIMENT)
    ones = int(data.y_train.sum())
    st.markdown(
        "A network that answers the same for several inputs can do no better than answer their mean. It rests on such "
        f"a step until it tells them apart. Of these {len(data.y_train):,} pairs {ones} are 1, so the steps are at:"
    )
    rows = [
        [resting(each), f"{each.low:.3f}" + (f" to {each.high:.3f}" if each.high - each.low > 5e-4 else "")]
        for each in plateaus(EXPERIMENT, data)
    ]
    tabulated("steps", ["What it does", "loss"], rows, "lr")


# --- questions --------------------------------------------------------------------------------------------------------


def _useless() -> Answer:
    tried = {"rate": {"learning_rate": 5.0}, "nodes": {"hidden_sizes": (8,)}, "epochs": {"epochs": 10_000}}
    counts = {name: int(from_many_seeds(EXPERIMENT.replace(**each)).solved.sum()) for name, each in tried.items()}
    sentence = f"Of {SEEDS} seeds {counts['rate']} solve it at a rate of 5, {counts['nodes']} with eight nodes, "
    return Answer(
        [name for name, count in counts.items() if not count], f"{sentence}{counts['epochs']} in 10,000 epochs."
    )


def _twice() -> Answer:
    by_rate = {each.rate: float(np.median(each.epochs)) for each in escapes()}
    times = by_rate[1.0] / by_rate[2.0]
    right = "half" if 1.7 < times < 2.3 else "same" if times < 1.3 else "other"
    return Answer(
        [right], f"Half of the seeds are away by epoch {by_rate[1.0]:,.0f} at 1, by {by_rate[2.0]:,.0f} at 2."
    )


@lru_cache
def _together() -> tuple[int, int, int]:
    both = EXPERIMENT.replace(initializer="normal", hidden_sizes=(4,))
    counts = [int(from_many_seeds(each).solved.sum()) for each in (EXPERIMENT.replace(hidden_sizes=(4,)), both)]
    return counts[0], int(from_many_seeds(EXPERIMENT.replace(initializer="normal")).solved.sum()), counts[1]


def _nodes() -> Answer:
    alone, weights, both = _together()
    sentence = f"Four nodes alone: {alone}. Normal weights alone: {weights}. Both: {both} of {SEEDS} seeds."
    return Answer(["more" if both > weights else "fewer" if both < weights else "same"], sentence)


QUESTIONS = (
    Question(
        "useless",
        "Which change by itself leaves every seed unsolved?",
        {"rate": "a learning rate of 5", "nodes": "eight hidden nodes", "epochs": "10,000 epochs"},
        _useless,
    ),
    Question(
        "twice",
        "At a learning rate of 2 instead of 1, leaving ln 2 takes ...",
        {"same": "as long", "half": "half as long", "other": "something else"},
        _twice,
    ),
    Question(
        "nodes",
        "Four nodes alone help nobody. With normal first weights, do four nodes help more seeds than two?",
        {"fewer": "fewer", "same": "as many", "more": "more"},
        _nodes,
    ),
)

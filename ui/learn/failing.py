"""The lesson about the tutorial's network that would not learn: what is tried, what holds it, what one predicts."""

import math
from functools import lru_cache, partial

import numpy as np
import streamlit as st

from nn_core.config import Config
from nn_core.fates import fates
from nn_core.history import History
from nn_core.initializers import tutorial as tutorial_weights
from nn_core.losses import binary_cross_entropy
from nn_core.plateaus import plateaus
from nn_core.statistics import share
from nn_core.tutorial import (
    DIALS,
    EXPERIMENT,
    SEEDS,
    changed,
    corner_answers,
    escape,
    escapes,
    from_many_seeds,
    single_changes,
)
from ui import session, theme
from ui.components.seeds import encode as encode_seeds
from ui.components.seeds import seeds
from ui.depth import explain
from ui.learn.pictures import picture
from ui.learn.questions import Answer, Question
from ui.learn.tables import tabulated

SEED = "seed"
ABOUT_SEED = "The number that the random first weights are drawn from: another seed, another start."
HALF = 0.25  # of the tutorial's rate
TIMES = {"half": 0.5, "same": 1.0, "twice": 2.0}
UNDECIDED = 0.1  # by how much its answers may differ


def beginners() -> None:
    """Where those begin to whom a network is new."""
    st.write("If weight, bias and sigmoid are new to you, read the first two sections of the other lesson before:")
    st.page_link("../pages/learn/path.py", label="From a neuron to a network", icon=":material/school:")


def experiment() -> None:
    """What the tutorial does."""
    explain(
        "**XOR** is true when exactly one of two bits is 1. A tutorial builds the smallest network that could learn "
        "it: two hidden nodes and an output, each with a **sigmoid** that turns its sum into a number between 0 and "
        "1. It draws 1,000 random pairs of bits and starts from tiny random weights, about ±0.01 (0.01 × normal: "
        "numbers from a bell curve around 0, mostly within ±1). Training makes one number small, the **loss**: here "
        "the **binary cross-entropy**, −ln of the probability that the network gave to the right answer, on "
        "average. Whoever always says 50 % pays −ln ½ = ln 2 = 0.693, and **the tutorial's loss never moves from "
        "there**.\n\nThe tutorial gives no learning rate (how large a step against the error is) and no number of "
        "epochs (rounds over the data); we take 0.5 and 1,000, all pairs at once. Here is that experiment. Change "
        "one thing at a time, and see what becomes of it.",
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
        st.selectbox("Seed", numbers, width=90, help=ABOUT_SEED, **session.choice(SEED, numbers))


def trial() -> None:
    """The run as it is set now, and the same from 64 seeds."""
    config = chosen()
    shown = session.lesson_run(config)
    picture(shown)
    st.caption(_seen(shown.history))
    whole = from_many_seeds(config.replace(seed=0))
    st.markdown(
        f"A **seed** is the number that the random first weights are drawn from: another seed, another start. One run "
        f"could be luck, so here are {SEEDS}. A seed **solves** it when all training points are right. {_ends(config)}"
    )
    found = fates(whole, plateaus(config, shown.data))
    many = encode_seeds(whole, found, shown.data, asked=0, running=False, shown=config.seed)
    seeds(key="lesson_seeds", payload=many, on_wish=partial(session.choose_seed, "lesson_seeds", SEED, SEEDS))


def _seen(history: History) -> str:
    """What the pictures mean."""
    said = "Each box is a neuron, with its answers over the whole plane: blue is high, orange low. σ is the sigmoid. "
    said += "The test points are never learnt from."
    if np.ptp(corner_answers(history, (-1,))) < UNDECIDED:
        said += " White means 50 %: undecided, everywhere. That is the failure."
    return said


def _ends(config: Config) -> str:
    whole, words = from_many_seeds(config.replace(seed=0)), changed(config)
    low, high = (f"{each(whole.final_loss):.4f}" for each in (np.nanmin, np.nanmax))
    where = f"all end at a loss of {low}" if low == high else f"they end at losses from {low} to {high}"
    what = f"With {words} {where}" if words else f"As in the tutorial {where}"
    return f"{what} (ln 2 is {math.log(2):.4f})."


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
    head = ["Changed", "Seeds that solve it", "all seeds, 95 % confidence", "lowest loss", "highest loss"]
    made = session.chosen(BEFORE[0].name) is not None
    with st.expander("Every change by itself" + ("" if made else ": first your prediction"), expanded=made):
        tabulated("helps", head, lines, "lrrrr")
    none = [words for words, count in counts.items() if not count and words != "nothing"]
    most = max(counts.values())
    best = [words for words, count in counts.items() if count == most]
    if not made:
        return
    st.markdown(
        f"Most seeds, {most} of {SEEDS}, solve it with **{_listed(best)}**. "
        + (f"No seed does with **{_listed(none)}** alone." if none else "")
    )


def in_short() -> None:
    """What is to be kept of it."""
    st.header("In short", anchor=False)
    st.markdown(
        "- Small first weights make learning slow, not impossible: each layer waits for the other.\n"
        "- Larger steps, larger first weights, a steeper activation or more time help; more nodes alone do not.\n"
        "- One run is an anecdote: count seeds."
    )
    with st.container(horizontal=True):
        st.page_link("../pages/networks/step.py", label="See one step of it in numbers", icon=":material/stairs:")
        st.page_link("../pages/networks/playground.py", label="Go on in the playground", icon=":material/science:")


def _range(losses: np.ndarray) -> list[str]:
    return [f"{np.nanmin(losses):.3g}", f"{np.nanmax(losses):.3g}"]


def _listed(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


# --- questions --------------------------------------------------------------------------------------------------------


def _useless() -> Answer:
    tried = {"rate": {"learning_rate": 5.0}, "nodes": {"hidden_sizes": (8,)}, "epochs": {"epochs": 10_000}}
    counts = {name: int(from_many_seeds(EXPERIMENT.replace(**each)).solved.sum()) for name, each in tried.items()}
    sentence = f"Of {SEEDS} seeds {counts['rate']} solve it at a rate of 5, {counts['nodes']} with eight nodes, "
    return Answer(
        [name for name, count in counts.items() if not count], f"{sentence}{counts['epochs']} in 10,000 epochs."
    )


@lru_cache
def _half_the_rate() -> Answer:
    slow = escape(EXPERIMENT, HALF)
    usual = next(each for each in escapes() if each.rate == EXPERIMENT.learning_rate)
    half, whole = (float(np.median(each.epochs)) for each in (slow, usual))
    right = min(TIMES, key=lambda name: abs(TIMES[name] - half / whole))
    sentence = f"Half of the seeds have left by epoch {half:,.0f} at {HALF:g}, and by {whole:,.0f} at {usual.rate:g}."
    return Answer([right], sentence)


@lru_cache
def _together() -> tuple[int, int, int]:
    both = EXPERIMENT.replace(initializer="normal", hidden_sizes=(4,))
    counts = [int(from_many_seeds(each).solved.sum()) for each in (EXPERIMENT.replace(hidden_sizes=(4,)), both)]
    return counts[0], int(from_many_seeds(EXPERIMENT.replace(initializer="normal")).solved.sum()), counts[1]


def _nodes() -> Answer:
    alone, weights, both = _together()
    sentence = f"Four nodes alone: {alone}. Normal weights alone: {weights}. Both: {both} of {SEEDS} seeds."
    return Answer(["more" if both > weights else "fewer" if both < weights else "same"], sentence)


BEFORE = (
    Question(
        "useless",
        "Which change by itself leaves every seed unsolved?",
        {"rate": "a learning rate of 5", "nodes": "eight hidden nodes", "epochs": "10,000 epochs"},
        _useless,
    ),
)
QUESTIONS = (
    Question(
        "half",
        f"At a learning rate of {HALF:g}, half of 0.5, leaving ln 2 takes ...",
        {"half": "half as long", "same": "as long", "twice": "twice as long"},
        _half_the_rate,
    ),
    Question(
        "nodes",
        "Four nodes alone help nobody. With normal first weights, do four nodes help more seeds than two?",
        {"fewer": "fewer", "same": "as many", "more": "more"},
        _nodes,
    ),
)

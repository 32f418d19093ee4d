"""The coach below the picture: one thing to mend at a time, a button that tries it, and what came of that."""

from pathlib import Path

import streamlit as st

from nn_core.cases import Advice
from nn_core.coach import RULES
from nn_core.fates import TITLES
from ui import depth, session
from ui.session import coaching
from ui.session.coaching import Result
from ui.words import changed

STYLE = Path(__file__).with_suffix(".css")


def below(run: session.Run) -> None:
    """One quiet card. It says nothing of a run that is still on its way."""
    advice, tried = coaching.advice_on(run), coaching.tried()
    st.html(STYLE)
    with st.container(key="coach"):
        if not run.history.finished:
            st.caption("The coach looks at the run when it is done.")
            return
        if tried:
            _what_came(tried.before, coaching.result(run))
        if advice:
            _advised(run, advice)
            depth.add((), [rule.look for rule in RULES if rule.name == advice.name])
        elif not tried:
            st.caption("The coach has nothing to mend in this run.")


def _advised(run: session.Run, advice: Advice) -> None:
    """What is wrong, and the button that tries the cure."""
    words, button = st.columns([5, 1], vertical_alignment="center")
    if not advice.cure:
        words.markdown(f":material/lightbulb: {advice.sentence}")
        return
    to_try = _listed(changed(run.config, run.config.replace(**advice.cure)))
    words.markdown(f":material/lightbulb: {advice.sentence} **Try {to_try}.**")
    button.button(
        "Try it",
        icon=":material/healing:",
        width="stretch",
        help=f"Cause: {to_try}. Effect: the run is trained anew, and you see below the picture what became better. One "
        "click takes it back.",
        **session.action("try_cure", lambda: coaching.try_cure(run, advice)),
    )


def _what_came(before: Result, after: Result) -> None:
    """What was changed, and how the run ended before and after."""
    words, button = st.columns([5, 1], vertical_alignment="center")
    ends = [TITLES[each.outcome.name] for each in (before, after)]
    same_loss = before.config.loss_name == after.config.loss_name
    losses = [
        f"{name} loss {_number(old)} → {_number(new)}"
        for name, old, new in (
            ("training", before.train_loss, after.train_loss),
            ("test", before.test_loss, after.test_loss),
        )
    ]
    words.markdown(
        f":material/compare_arrows: You tried {_listed(changed(before.config, after.config))}: "
        + (f"**{ends[0]} → {ends[1]}**, " if ends[0] != ends[1] else f"**{ends[1]}** as before, ")
        + ", ".join(losses)
        + ("." if same_loss else " (of another kind).")
    )
    button.button(
        "Take it back",
        icon=":material/undo:",
        width="stretch",
        help="Cause: the settings are those before the cure again. Effect: the run is as it was.",
        **session.action("take_back", coaching.take_back),
    )


def _listed(settings: list[str]) -> str:
    return ", ".join(settings) or "the same again"


def _number(loss: float) -> str:
    return f"{loss:.3f}" if 0.0005 <= loss < 1000 else f"{loss:.1g}"

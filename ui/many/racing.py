"""What stands on the page Race: what races against what, and how it ended."""

import streamlit as st

from nn_core.outcome import nothing_to_learn
from nn_core.race import RATES, SUBJECTS, Race, usual, verdict
from ui import session, theme
from ui.components.race import encode, race
from ui.many.status import on_its_way
from ui.session import crowds
from ui.session import racing as asked
from ui.words import in_brief

LOOK = 0.25  # seconds between two looks
FIRST = 0.5  # seconds that the page waits for all of it
TITLES = {"optimizer": "Optimizers", "activation": "Activations", "initializer": "First weights"}
RATES_OF = {True: "The best for each", False: "The same for all"}


def settings(now: Race) -> None:
    """Who races, and how."""
    what, button = st.columns([5, 2], vertical_alignment="bottom")
    what.segmented_control(
        "What races",
        list(TITLES),
        format_func=TITLES.__getitem__,
        width="stretch",
        help="Cause: runs that differ in nothing else start from the same seeds. Effect: what this one choice does.",
        **asked.bound("subject", now.subject, lambda name: _subject(name) if name else {}),
    )
    takes, nothing = asked.race_seconds(now), nothing_to_learn(now.base)
    button.button(
        "Race again" if asked.fresh() else "Start the race",
        type="primary",
        icon=":material/flag:",
        width="stretch",
        disabled=takes > asked.LONGEST or bool(nothing),
        **session.action("race", asked.start_race),
    )
    if nothing:
        st.error(nothing)
    table = SUBJECTS[now.subject]
    st.pills(
        "Runners",
        list(table),
        selection_mode="multi",
        format_func=lambda name: table[name].title,
        **asked.bound("runners", list(now.runners), lambda names: {"runners": _in_order(now.subject, names)}),
    )
    seeds, rates = st.columns(2, gap="large")
    seeds.segmented_control(
        "Seeds",
        sorted({*asked.SEEDS, now.seeds}),
        help="Cause: each runner starts from so many seeds. Effect: the more, the smaller the differences it can show.",
        **asked.bound("seeds", now.seeds, lambda count: {"seeds": count} if count else {}),
    )
    rates.segmented_control(
        "Learning rate",
        list(RATES_OF),
        format_func=RATES_OF.__getitem__,
        help=f"Cause: each first tries {len(RATES)} rates and takes the one that suits it, or all take the "
        "playground's. Effect: a rate that is right for one optimizer is far too large for another.",
        **asked.bound("own_rates", now.own_rates, lambda own: {"own_rates": own} if own is not None else {}),
    )
    run = in_brief(now.base)
    st.caption(f"Around the run of the playground: {run}. It takes about {theme.duration(takes)} on one core.")
    if takes > asked.LONGEST:
        st.error("That is too long for here: choose fewer seeds or runners, or fewer epochs in the playground.")


def _subject(name: str) -> dict:
    return {"subject": name, "runners": usual(name)}


def _in_order(subject: str, names: list[str]) -> tuple[str, ...]:
    return tuple(name for name in SUBJECTS[subject] if name in names)


def results() -> None:
    """How it goes, and how it ended."""
    if crowds.crowd(asked.PURPOSE) is None:
        st.info("Nothing has raced yet.")
        return
    crowds.await_crowd(asked.PURPOSE, FIRST)
    st.fragment(show, run_every=LOOK if crowds.watch(asked.PURPOSE) else None)()


def show() -> None:
    """All of it as it is now."""
    crowd = crowds.crowd(asked.PURPOSE)
    if crowd is None:
        return
    running = crowd.running
    with st.container():
        if not asked.fresh():
            st.info("This race was of the settings before: start one of those that are chosen now.")
        on_its_way(crowd, asked.PURPOSE)
    raced = asked.raced()
    if raced is None:
        if running:
            st.caption("Each is looking for the rate that suits it best …")
        return
    of, runs, whole = raced
    with st.container(key="finish"):
        if not running and whole.done.all():
            st.markdown(" ".join(verdict(of, runs)))
        race(key="race_picture", payload=encode(of, runs, whole, running=running))
    if not running:
        crowds.rest(asked.PURPOSE)

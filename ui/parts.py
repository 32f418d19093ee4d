"""The parts of the playground that a link may hide, so that a class sees what the lesson needs and no more."""

import streamlit as st

from ui import session

DRAWERS = {
    "Data": "data",
    "Network": "network",
    "Training": "training",
    "Diagnosis": "diagnosis",
    "Large chart": "chart",
    "Python": "python",
    "Save": "save",
}  # by their titles, and as parts
BESIDE = ("try", "hidden_nodes", "learning_rate", "noise", "activation", "dataset", "seed", "seeds", "undo")
PARTS = {
    "try": "Try",
    "hidden_nodes": "Hidden nodes",
    "learning_rate": "Learning rate",
    "noise": "Noise",
    "activation": "Activation",
    "dataset": "Data set",
    "seed": "Seed",
    "seeds": "Try 200 seeds",
    "undo": "Undo and redo",
    "touch": "Changing the picture itself",
    "coach": "Coach",
    "pins": "Pinned runs",
    "depth": "Words, symbols, code",
    **{part: f"Drawer {title}" for title, part in DRAWERS.items()},
}


def drawers_shown() -> list[str]:
    """The drawers that are not hidden."""
    return [title for title, part in DRAWERS.items() if not session.hides(part)]


def cockpit() -> str:
    """The key of the container of picture and controls: with nothing beside it the picture has all the room."""
    return "picture_alone" if all(map(session.hides, BESIDE)) else "cockpit"


def choose() -> None:
    """Which parts a link of one's own hides."""
    st.pills(
        "For a class: hide",
        list(PARTS),
        format_func=PARTS.__getitem__,
        selection_mode="multi",
        help="Cause: these parts of the playground are gone. Effect: whoever opens the link in the address bar sees "
        "the rest, with your settings. A line at the foot of the page shows all of them again.",
        **session.hidden_bound(),
    )


def foot() -> None:
    """Where something is hidden, the way back."""
    if session.hides_something():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("This link hides some of the controls.", width="content")
            st.button("Show all", type="tertiary", **session.action("show_all", lambda: session.hide(())))

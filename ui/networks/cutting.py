"""What is chosen on the page Landscape: the plane, how much of it, the epoch it goes through, who else walks there."""

import streamlit as st

from nn_core.history import History
from nn_core.landscape import names
from nn_core.optimizers import OPTIMIZERS
from nn_core.race import RATES
from ui import session, theme
from ui.session import landscape as asked
from ui.session.landscape import Look

TITLES = {"main": "Main", "random": "Random", "weights": "Two weights"}


def plane(run: session.Run, now: Look) -> None:
    """Along which directions."""
    st.segmented_control(
        "Directions of the plane",
        list(TITLES),
        format_func=TITLES.__getitem__,
        help="Cause: the loss is computed on another plane through the network. Effect: main directions show where the "
        "run went, random ones how it looks around it, two weights what they do while all others rest.",
        **asked.bound("plane", now.plane, lambda name: {"plane": name} if name else {}),
    )
    if now.plane == "weights":
        _weights(run, now)
    elif now.plane == "random":
        st.button(
            "Other directions",
            icon=":material/casino:",
            help="Cause: two other random directions are drawn. Effect: what is alike in all of them is no accident.",
            **session.action("landscape_draw", asked.draw_directions),
        )


def _weights(run: session.Run, now: Look) -> None:
    called, first, second = names(run.config), now.first, now.second
    for column, name, value in zip(st.columns(2), ("first", "second"), (first, second), strict=True):
        other = second if name == "first" else first
        column.selectbox(
            {"first": "Across", "second": "Up"}[name],
            [place for place in range(len(called)) if place != other],
            format_func=called.__getitem__,
            help="Cause: this one is varied, all others stay. Effect: see how much it matters, and with which others.",
            **asked.bound(name, value),
        )


def where(run: session.Run, now: Look) -> None:
    """How much of it, and through which network."""
    st.select_slider(
        "Width",
        asked.ZOOMS,
        format_func=lambda zoom: f"{zoom} ×",
        help="Cause: more or less of the plane is shown; 1 × is as much as the run has walked. Effect: near, every "
        "valley looks smooth; far, you see what it lies between.",
        **asked.bound("zoom", now.zoom),
    )
    last = run.history.state.epoch
    if last:
        st.slider(
            "Epoch of the star",
            0,
            last,
            help="Cause: the plane goes through the network as it is after this epoch, the star. Effect: there the map "
            "is exact; the further a path is off the plane, the less it has to do with what is drawn beneath it.",
            **asked.bound("at", last if now.at < 0 else min(now.at, last), lambda at: {"at": -1 if at == last else at}),
        )


def rivals(run: session.Run, now: Look) -> dict[str, History]:
    """Who else walks, trained."""
    st.pills(
        "Race from the same start",
        list(OPTIMIZERS),
        selection_mode="multi",
        format_func=lambda name: OPTIMIZERS[name].title,
        wrap=True,
        help="Cause: these optimizers train the same network from the same first weights. Effect: see their ways "
        "through the same landscape, and where they end.",
        **asked.bound("rivals", list(now.rivals), lambda picked: {"rivals": tuple(picked)}),
    )
    if not now.rivals:
        return {}
    st.segmented_control(
        "Learning rate",
        [1, 0],
        format_func={1: "The best for each", 0: "The same for all"}.__getitem__,
        help=f"Cause: each takes the one of {len(RATES)} rates that ends lowest on this run, or all take the "
        "playground's. Effect: a rate that is right for one optimizer is far too large for another.",
        **asked.bound("own_rates", now.own_rates, lambda own: {"own_rates": own} if own is not None else {}),
    )
    if asked.rivals_permitted(run.config, now):
        return asked.raced(run, now)
    takes = asked.rivals_seconds(run.config, now)
    if takes > asked.LONGEST:
        st.info(
            f"This race takes about {theme.duration(takes)}: too long for here. Fewer epochs or optimizers are quicker."
        )
        return {}
    st.button(
        f"Let them run (about {theme.duration(takes)})",
        type="primary",
        icon=":material/flag:",
        **session.action("landscape_race", lambda: asked.permit_rivals(run.config, now)),
    )
    return {}

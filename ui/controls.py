"""What stands beside the picture: the widgets one plays with, and what belongs to the run as a whole."""

from dataclasses import asdict
from typing import Any

import streamlit as st

from nn_core.activations import ACTIVATIONS
from nn_core.config import MAX_NODES, Config
from nn_core.datasets import DATASETS
from nn_core.presets import PRESETS
from nn_core.ranges import Number
from ui import session, wishes
from ui.components.live_slider import chosen, live_slider
from ui.components.pins import MOST_PARAMETERS, Pin, encode_pins
from ui.components.stage import encode
from ui.fields import SETTINGS, face, pick, seed
from ui.many import seeds
from ui.words import described

PLANE = {name: entry for name, entry in DATASETS.items() if entry.make}


def preset(config: Config) -> None:
    """Runs worth seeing, one click each; while the settings are untouched, what to look at."""
    current = next((name for name, each in PRESETS.items() if each.config == config), None)
    st.selectbox(
        "Try",
        options=list(PRESETS),
        index=None,
        format_func=lambda name: PRESETS[name].title,
        placeholder="your own settings",
        help="Cause: all settings change to those of a run worth seeing. Effect: one thing to look at, said below.",
        **session.bound("preset", current, lambda name: asdict(PRESETS[name].config) if name else {}),
    )
    st.caption(PRESETS[current].look_at if current else "Your own settings: the address bar is the link to this run.")


def activation(config: Config) -> None:
    """One activation for all hidden layers, or the mixture that was set layer by layer."""
    table, shown = ACTIVATIONS, config.activation
    if not isinstance(shown, str):
        mixture = ", ".join(table[name].title for name in shown)
        table = {"mixed": table["linear"]._replace(value=_by_layer, title=mixture)} | table
        shown = "mixed"
    changes = lambda name: {} if name == "mixed" else {"activation": name}  # noqa: E731
    pick(config, "activation", table, shown, changes, disabled=not config.hidden_sizes)


def _by_layer() -> None:
    """Each layer has its own, as set under “Network”."""


def dataset(config: Config) -> None:
    """Which problem; own data begin as a copy of the points on screen."""

    def to(name: str) -> dict[str, Any]:
        return {"dataset": name} if name != "own" else wishes.own_data(config, session.own_points())

    pick(config, "dataset", PLANE, None, to)


def history() -> None:
    """Back and forth through the settings."""
    with st.container(horizontal=True, gap="small", wrap=False):
        for name, icon, keys, able, act in (
            ("Undo", ":material/undo:", "Ctrl+Z", session.undoable(), session.undo),
            ("Redo", ":material/redo:", "Ctrl+Y", session.redoable(), session.redo),
        ):
            way = "back" if name == "Undo" else "forth"
            words = f"Cause: one step {way}. Effect: the settings are as they were then."
            st.button(name, icon=icon, shortcut=keys, help=words, disabled=not able, **session.action(name, act))


def to_try(config: Config) -> None:
    """What to begin with, and what to look at."""
    if not session.hides("try"):
        with st.container(key="try"):
            preset(config)


def by_the_picture(config: Config) -> None:
    """The controls one plays with that report a choice at a time."""
    if not session.hides("activation"):
        with st.container(key="curve"):
            activation(config)
    more = {
        "dataset": lambda: dataset(config),
        "seed": lambda: seed(config, "seed"),
        "seeds": seeds.button,
        "undo": history,
    }
    with st.container(key="more"):
        for name, draw in more.items():
            if not session.hides(name):
                draw()


def live_sliders(config: Config) -> None:
    """The sliders that retrain while they are dragged. To be mounted when the result is on screen."""
    answered = session.answer_number()
    if not session.hides("hidden_nodes"):
        _live_nodes(config, answered)
    for name, step in (("learning_rate", None), ("noise", 0.01)):
        if not session.hides(name):
            _live_number(config, name, step, answered)


def _live_nodes(config: Config, answered: int) -> None:
    widths = config.hidden_sizes
    label = ("No hidden layer", "Hidden nodes", "Hidden nodes per layer")[min(2, len(widths))]
    if len(set(widths)) > 1:
        label = f"Hidden nodes ({'-'.join(map(str, widths))}), all layers to"
    live_slider(
        label,
        value=widths[0] if widths else 1,
        low=1,
        high=MAX_NODES,
        step=1,
        help=SETTINGS["hidden_sizes"]["help"],
        disabled=not widths,
        answered=answered,
        **session.bound_live("hidden_nodes", chosen, lambda n: {"hidden_sizes": (int(n),) * len(widths)}),
    )


def _live_number(config: Config, name: str, step: float | None, answered: int) -> None:
    allowed: Number = SETTINGS[name]["range"]
    live_slider(
        **face(name),
        value=getattr(config, name),
        low=float(allowed.low),
        high=float(allowed.high),
        step=step,
        answered=answered,
        **session.bound_live(name, chosen, lambda value: {name: value}),
    )


def permission(config: Config, seconds: str) -> None:
    """Ask before work that takes a while; refuse what would take far too long."""
    if session.permitted(config):
        return
    if config.estimated_seconds > session.LONGEST:
        st.error(f"This run would take about {seconds}: too long for here. Choose fewer epochs, samples or nodes.")
        return
    text, button = st.columns([3, 1], vertical_alignment="center")
    text.info(f"This run takes about {seconds}, so it waits for you. The picture shows the network before training.")
    button.button(
        "Train it", type="primary", width="stretch", **session.action("permit", lambda: session.permit(config))
    )


def _small(run: session.Run) -> bytes:
    return encode(run.history, run.data, run=0, seconds=run.seconds, most=MOST_PARAMETERS)


def pins_payload(run: session.Run) -> bytes:
    """The runs kept for comparing, for the browser."""
    kept = session.trained_pins()
    cards = [Pin(each.name, each.colour, _small(each.run), described(each.config)) for each in kept if each.run]
    shown = next((i for i, each in enumerate(kept) if each.config == run.config), None)
    return encode_pins(cards, described(run.config), shown=shown)

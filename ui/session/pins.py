"""Runs kept for comparing, and how they travel in the link."""

import time
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from nn_core.config import MOST_KEYS, Config
from nn_core.data import make_data
from nn_core.history import join, record
from nn_core.training import train
from ui.components.pins import LONGEST_NAME, wished
from ui.components.pins import MOST as MOST_PINS
from ui.session.runs import LIVE, Run, current_run
from ui.session.settings import accept, note, table_of, unusable
from ui.session.widgets import whole_page

LONGEST_PIN = 1500  # characters of a pinned run in the link


class Pinned(NamedTuple):
    """A run kept for comparing, under a name and in a colour of its own; `run` is None until it is trained."""

    name: str
    colour: int
    config: Config
    run: Run | None


def pins_kept() -> list[Pinned]:
    """The runs kept for comparing, in order."""
    return st.session_state.get("pins", [])


def trained_pins() -> list[Pinned]:
    """The same, trained: the one on screen as far as it has come, those of a link when they are first looked at."""
    for place, each in enumerate(pins_kept()):
        run = current_run() if each.config == current_run().config else each.run
        if run is None or (not run.history.finished and each.config.estimated_seconds <= LIVE):
            run = _trained(each.config)
        _keep([*pins_kept()[:place], each._replace(run=run), *pins_kept()[place + 1 :]])
    return pins_kept()


def _trained(config: Config) -> Run:
    begun = time.perf_counter()
    data = make_data(config, table_of(config))
    so_far = join(train(config, data, every=max(1, config.last_epoch)))
    return Run(config, data, so_far, (), record(config, [so_far]), time.perf_counter() - begun, 0)


def pin() -> None:
    """Keep the run on screen for comparing, if there is room."""
    run = current_run()
    if len(pins_kept()) < MOST_PINS:
        _keep([*pins_kept(), Pinned("", _free_colour(pins_kept()), run.config, run)])
        if len(pin_text(pins_kept()[-1])) > LONGEST_PIN:
            note("This run is pinned for your visit, but too long for the link: save it to keep it.")


def _keep(pins: list[Pinned]) -> None:
    st.session_state["pins"] = [each._replace(name=each.name or f"Run {each.colour + 1}") for each in pins]


def _free_colour(pins: list[Pinned]) -> int:
    return next(k for k in range(MOST_PINS) if k not in {each.colour for each in pins})


def pin_text(pin: Pinned) -> str:
    return urlencode({"name": pin.name, **pin.config.to_query()})


def accept_pins(texts: list[str]) -> None:
    """Pinned runs from a link: those that can be read and trained at once, and a sentence about the others."""
    known, kept, lost = {pin_text(each): each for each in pins_kept()}, [], 0
    for text in texts[:MOST_PINS]:
        readable = len(text) <= LONGEST_PIN and text.count("&") < MOST_KEYS
        settings = dict(parse_qsl(text, keep_blank_values=True)) if readable else {}
        name = settings.pop("name", "")[:LONGEST_NAME]
        config, said = Config.from_query(settings)
        if text in known:
            kept.append(known[text]._replace(colour=_free_colour(kept)))
        elif (name or settings) and not said and not unusable(config) and config.estimated_seconds <= LIVE:
            kept.append(Pinned(name, _free_colour(kept), config, None))
        else:
            lost += 1
    lost += len(texts[MOST_PINS:])
    if lost:
        sentence = f"{lost} of {len(texts)} pinned runs in the link cannot be read or take too long: left out."
        note(sentence)
    _keep(kept)


def pins_wished() -> None:
    """Do what the visitor did to the pinned runs."""
    pins = list(pins_kept())
    wish = wished(st.session_state.get("pins_card"), len(pins))
    if wish is None:
        return
    if wish.do == "pin":
        pin()
    elif wish.do == "restore":
        st.session_state["since"] = None
        accept(pins[wish.at].config.to_query())
    else:
        one = pins.pop(wish.at)
        if wish.do == "rename":
            pins.insert(wish.at, one._replace(name=wish.name))
        elif wish.do == "move":
            pins.insert(wish.to, one)
        _keep(pins)
    whole_page()

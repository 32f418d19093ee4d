"""What the visitor does to the picture."""

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui import wishes
from ui.session.pins import pin
from ui.session.runs import current_run, own_points, settle
from ui.session.settings import apply, config
from ui.session.widgets import whole_page

HEAD_START = 0.04  # seconds that the browser has for the new picture before the rest of the page keeps it busy


def wished() -> None:
    """Do what the visitor did to the picture; whatever makes no sense is dropped."""
    wish: Any = (st.session_state.get("stage") or {}).get("wish")
    try:
        _fulfil(wish["do"], wish)
    except (TypeError, ValueError, KeyError, OverflowError):
        return
    st.session_state["wished"] = True


def follow() -> None:
    """After what was done to the picture the whole page follows: called when the new picture is on its way."""
    if st.session_state.pop("wished", False):
        time.sleep(HEAD_START)
        whole_page()


def _fulfil(do: str, wish: Mapping[str, Any]) -> None:
    state, now = st.session_state, config()
    state["settling"] = False  # whatever is done ends what went on by itself
    if do in wishes.WISHES:
        if do in ("start_over", "only_own"):
            state["since"] = None
        apply(wishes.WISHES[do](now, wish))
    elif do == "take_points":
        apply(wishes.own_data(now, own_points()))
    elif do == "train_on":
        epoch = max(0, min(int(wish["epoch"]), now.last_epoch))
        if epoch == now.last_epoch:
            apply(wishes.prolonged(now, now.epochs))
        state["since"] = epoch
    elif do == "whole":
        state["since"] = None
    elif do == "settle":
        settle(current_run())
    elif do == "pin":
        pin()
    else:
        raise ValueError(do)

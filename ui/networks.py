"""Which network the digit pages look at: one choice for all of them."""

import streamlit as st

from nn_core.digits import Network
from ui import cards, session


def pick() -> Network:
    """The choice among the networks there are; returns the chosen one."""
    networks = session.networks()
    name = st.radio(
        "Network",
        networks,
        format_func=lambda key: cards.title(networks[key].card),
        captions=[cards.summary(network.card) for network in networks.values()],
        horizontal=True,
        **session.choice("network", tuple(networks)),
    )
    return networks[name or next(iter(networks))]

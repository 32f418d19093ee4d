"""The digit networks a visitor can choose from: those shipped, and the visitor's own."""

from functools import partial
from typing import Any

import streamlit as st

from nn_core.digits import NETWORKS, Network, digest, load_network
from nn_core.networks import described, read_network
from ui.session import shelves
from ui.session.widgets import action

MOST_BYTES = 400_000_000  # of all visitors' networks together


@st.cache_resource(show_spinner=False)
def shelf() -> dict[str, Network]:
    """The networks that visitors brought or made last, by digest."""
    return {}


def networks() -> dict[str, Network]:
    """By the name they have in links: the shipped ones, then the visitor's own."""
    return {name: load_network(name) for name in NETWORKS} | shelves.own("network", shelf())


def keep_network(network: Network) -> str:
    """Make a network one of the visitor's, and the choice of the digit pages from the next run on; its key in links.
    The same network kept twice is one."""
    network = described(network)
    key = digest(network)
    shelves.put(shelf(), key, network, lambda each: each.parameters.nbytes, MOST_BYTES)
    shelves.choose("network", key)
    return key


def network_gone() -> bool:
    """Whether the link names a network that is not here any more."""
    return shelves.gone("network", networks())


def network_upload() -> dict[str, Any]:
    """Arguments for a file uploader whose file becomes a network of the visitor's."""
    return shelves.upload("network", lambda raw, _: keep_network(read_network(raw)))


def network_problem() -> str:
    """What was wrong with the last file, or ""."""
    return shelves.problem("network")


def network_removal(key: str) -> dict[str, Any]:
    """Arguments for a button that takes one of the visitor's networks off the list."""
    return action("remove_network", partial(shelves.forget, "network", key))

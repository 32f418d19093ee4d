"""Which network the digit pages look at: one choice for all of them."""

import streamlit as st

from nn_core.digits import NETWORKS, Network
from nn_core.networks import MOST_BYTES, network_file
from ui import session
from ui.digits import cards

MOST_SIDE_BY_SIDE = 4  # networks; more would push what they do out of sight


def pick() -> Network:
    """The choice among the networks there are, with a drawer to load and save one; returns the chosen network."""
    networks = session.networks()
    choice, drawer = st.columns([5, 1], vertical_alignment="bottom")
    with choice:
        key = _choice(networks)
    key = key or next(iter(networks))
    with drawer.popover("Load or save", width="stretch"):
        _load()
        _save(key, networks[key])
    if session.network_gone():
        st.warning("The network of this link is not on this server any more: load its file, or choose another.")
    return networks[key]


def _choice(networks: dict[str, Network]) -> str | None:
    title = {key: cards.title(network.card) for key, network in networks.items()}
    told = {key: cards.summary(network.card) for key, network in networks.items()}
    tied = session.choice("network", tuple(networks), doubted=False)
    if len(networks) <= MOST_SIDE_BY_SIDE:
        return st.radio("Network", title, format_func=title.get, captions=[*told.values()], horizontal=True, **tied)
    return st.selectbox("Network", title, format_func=lambda key: f"{title[key]}: {told[key]}", **tied)


def _load() -> None:
    st.file_uploader(
        "Load a network",
        type=["npz"],
        max_upload_size=MOST_BYTES // 10**6,
        help="A network that was saved here. Only its numbers and its card are read; nothing in it is run.",
        **session.network_upload(),
    )
    if problem := session.network_problem():
        st.error(problem)


def _save(key: str, network: Network) -> None:
    title = cards.title(network.card)
    st.download_button(
        f"Save “{title}”",
        data=lambda: network_file(network),
        file_name=f"{'-'.join(title.lower().split())}.npz",
        mime="application/octet-stream",
        on_click="ignore",
        disabled=4 * len(network.parameters) > MOST_BYTES,
        width="stretch",
        help="Its weights and its card, to the last bit. At most 8 million bytes: two million parameters.",
    )
    if key in NETWORKS:
        return
    st.button(f"Take “{title}” off the list", width="stretch", **session.network_removal(key))
    st.caption(
        "Your own networks stay on this server for a while, for whoever has the link. Save what you want to keep."
    )

"""Which set of pictures is learnt from or looked at: one choice for all digit pages."""

import streamlit as st

from nn_core.digits import Network
from nn_core.images import Images
from ui import session


def pick(network: Network | None = None) -> Images:
    """The set that the network was trained on; without a network, the visitor's choice among those there are.

    Where the set of a network is not here, says so and ends the page, or the fragment, there.
    """
    if network is not None:
        return _of(network)
    sets = session.image_sets()
    if len(sets) == 1:
        return sets[""]
    chosen = st.radio(
        "Pictures",
        sets,
        format_func=lambda key: sets[key].name,
        horizontal=True,
        **session.choice("images", tuple(sets)),
    )
    return sets[chosen or ""]


def _of(network: Network) -> Images:
    images = session.images_of(network)
    if images is None:
        st.warning("The pictures that this network learnt are not here: bring their file again, on the page Train.")
        st.stop()
    return images

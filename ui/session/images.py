"""The sets of pictures a visitor can choose from: MNIST, and those the visitor brought."""

import streamlit as st

from nn_core.digits import Network, mnist
from nn_core.images import Images
from ui.session import shelves

MOST_BYTES = 300_000_000  # of all visitors' sets together


@st.cache_resource(show_spinner=False)
def _shelf() -> dict[str, Images]:
    return {}


def image_sets() -> dict[str, Images]:
    """By id: MNIST, whose id is "", then the visitor's own."""
    return {"": mnist()} | shelves.own("images", _shelf())


def keep_images(images: Images) -> None:
    """Make a set one of the visitor's, and the choice from the next run on."""
    shelves.put(_shelf(), images.id, images, lambda each: each.x_train.nbytes + each.x_test.nbytes, MOST_BYTES)
    shelves.choose("images", images.id)


def images_of(network: Network) -> Images | None:
    """The set that the network was trained on; None if it is not here."""
    wanted = network.config.data_id
    return mnist() if network.config.dataset == "mnist" else _shelf().get(wanted)

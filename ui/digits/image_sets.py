"""Which set of pictures is learnt from or looked at: one choice for all digit pages."""

import streamlit as st

from nn_core.digits import Network
from nn_core.images import FASHION, MOST_BYTES, Images
from ui import session

HOW = """np.savez_compressed("my_set.npz",
    x_train=x_train, y_train=y_train,
    x_test=x_test, y_test=y_test)"""


def pick(network: Network | None = None, fixed: bool = False) -> Images:
    """The set that the network was trained on; without a network, the visitor's choice among those there are, unless it
    is `fixed` just now, with a drawer to bring another.

    Where the set of a network is not here, says so, asks for it, and ends the page or the fragment there.
    """
    return _choice(fixed) if network is None else _of(network)


def _choice(fixed: bool) -> Images:
    sets = session.image_sets()
    choice, drawer = st.columns([5, 1], vertical_alignment="bottom")
    chosen = choice.radio(
        "Pictures",
        sets,
        format_func=lambda key: sets[key].name,
        captions=[_summary(images) for images in sets.values()],
        horizontal=True,
        disabled=fixed,
        **session.choice("set", tuple(sets), doubted=False),
    )
    with drawer.popover("Bring pictures", width="stretch"):
        _bring()
        if chosen:
            _names(sets[chosen])
    if session.images_gone():
        st.warning("The pictures of this link are not on this server any more: bring their file, or choose others.")
    return sets[chosen or ""]


def _summary(images: Images) -> str:
    return f"{len(images.x_train):,} to learn from, {len(images.x_test):,} to test on; {len(images.classes)} classes"


def _bring() -> None:
    st.file_uploader(
        "A set of grey pictures, 28 x 28",
        type=["npz"],
        max_upload_size=MOST_BYTES // 10**6,
        help="Fashion-MNIST, KMNIST or your own, in the form Keras has MNIST: pictures of 28 x 28 pixels from 0 to 255 "
        "and their labels from 0, at most 70,000 to learn from and 20,000 to test on, 2 to 64 classes. An array of "
        "text, “classes”, may name them. Nothing in the file is run.",
        **session.images_upload(),
    )
    if problem := session.images_problem():
        st.error(problem)
    st.caption("From Keras's arrays, in Python:")
    st.code(HOW, language="python")


def _names(images: Images) -> None:
    st.text_area("Names of its classes, in order", **session.naming(images))
    if len(images.classes) == len(FASHION) and images.classes != FASHION:
        st.button("These are Fashion-MNIST's", width="stretch", **session.naming_button(images, FASHION))
    st.button(f"Take “{images.name}” off the list", width="stretch", **session.images_removal(images.id))
    st.caption("Pictures stay on this server for a while, for whoever has the link.")


def _of(network: Network) -> Images:
    images = session.images_of(network)
    if images is None:
        st.warning("The pictures that this network learnt from are not on this server: bring their file again.")
        _bring()
        st.stop()
    return images

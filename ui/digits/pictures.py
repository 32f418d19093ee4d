"""Training pictures to look at: what a set has of each class, and what becomes of them when they are bent."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from nn_core.augment import augment
from nn_core.images import SIDE, Images, mean_pictures
from nn_core.randomness import stream
from ui.components.gallery import gallery
from ui.session import training

EXAMPLES = 22
BENT = 8


class Learnt(NamedTuple):
    """The first `count` training pictures of a set: what a run learns from."""

    images: Images
    count: int


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs={Learnt: lambda learnt: (learnt.images.id, learnt.count)})
def _means(learnt: Learnt) -> tuple[np.ndarray, np.ndarray]:
    images, count = learnt
    return mean_pictures(images.x_train[:count], images.y_train[:count], len(images.classes))


def look(images: Images, count: int) -> None:
    """The pictures that are learnt from, while the drawer is open: the mean of each class, and some of one of them."""
    drawer = st.expander("Look at the pictures", key="look_at_pictures", on_change="rerun")
    if not drawer.open:
        return
    with drawer:
        means, counts = _means(Learnt(images, count))
        st.caption(
            f"The mean of the training pictures of each class, and how many there are, {count:,} in all: bright is "
            "what they have in common, blurred is where they differ. Pick one to see some of its pictures."
        )
        captions = [f"{name}: {n:,}" for name, n in zip(images.classes, counts, strict=True)]
        label = gallery(means, captions, key="means", label="The mean picture of each class", size=60) or 0
        if counts[label]:
            _examples(images, count, label)


def _examples(images: Images, count: int, label: int) -> None:
    """Some training pictures of a class, and a dice for others."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**Some of class {images.classes[label]}**, with their numbers", width="content")
        st.button("Others", icon=":material/casino:", key="other_examples", on_click=training.draw_examples)
    places = np.flatnonzero(images.y_train[:count] == label)
    rng = np.random.default_rng((training.examples_draw(), label))
    drawn = np.sort(rng.choice(places, min(EXAMPLES, len(places)), replace=False))
    gallery(images.x_train[drawn], [f"{place:,}" for place in drawn], key="examples", label="Examples", pick=False)


def bent(images: Images, strength: float) -> None:
    """The first training pictures, bent by this much."""
    st.caption("So bent are pictures learnt, each epoch otherwise:" if strength else "Learnt as they are:")
    first = images.x_train[:BENT]
    apart = [augment(picture[None], stream(0, "augment", i), strength) for i, picture in enumerate(first)]
    names = [images.classes[label] for label in images.y_train[:BENT]]
    shown = np.concatenate(apart).reshape(-1, SIDE, SIDE)
    gallery(shown, names, key="bent", label="Training pictures, bent", size=44, pick=False)

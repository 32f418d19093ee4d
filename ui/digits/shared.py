"""What the digit pages share: the addresses of two of them, what is computed once and kept, and how formulas fold."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from nn_core import evaluation
from nn_core.digits import Network, digest
from nn_core.evaluation import Evaluation
from nn_core.images import Images
from ui import depth, session

DRAW, TEACH = "../pages/digits/draw.py", "../pages/digits/teach.py"

# Kept by the digest of a network and the id of a set of pictures.
kept: Callable[..., Any] = partial(
    st.cache_resource, max_entries=12, hash_funcs={Network: digest, Images: lambda images: images.id}
)
READING: dict[str, Any] = {"max_entries": 24, "show_spinner": "Reading the pictures…"}


@kept(**READING)
def evaluated(network: Network, images: Images) -> Evaluation:
    """The network on all test pictures."""
    return evaluation.evaluate(network, images.x_test, images.y_test)


def folded(*subjects: str) -> None:
    """What goes deeper than words about what stands above, folded: what follows stays near it."""
    if session.depth() != "words":
        with st.expander("How it is computed"):
            depth.deeper(*subjects)

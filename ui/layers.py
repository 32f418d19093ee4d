"""How the layers of a network in training are doing: figures, what its first units look for, how its weights are
spread."""

import numpy as np
import streamlit as st

from nn_core.config import Config
from nn_core.diagnostics import IDLE, Layer, diagnose
from nn_core.images import SIDE, Images
from nn_core.mlp import inputs, layers
from ui.components.gallery import gallery
from ui.figures.layers import spreads

LOOKED_AT = 1000  # training pictures
MOST_SHOWN = 64  # units


def show(parameters: np.ndarray, config: Config, images: Images, still: bool) -> None:
    """A row for each layer, and the weights of the first one as pictures; when the network is `still`, also how the
    weights are spread."""
    x = inputs(images.x_train[:LOOKED_AT].reshape(-1, SIDE * SIDE), config)
    found = diagnose(parameters, x, images.y_train[:LOOKED_AT], config)
    st.markdown(_table(found, config))
    st.caption(
        f"Root mean squares over the weights of a layer, and the gradient on {LOOKED_AT:,} training pictures: layers "
        "that learn at very different speeds, or hardly move, ask for another start, rate or activation. An idle unit "
        f"answers the same, within {IDLE:g}, whatever it sees."
    )
    first = layers(parameters, config)[0].W[:MOST_SHOWN].reshape(-1, SIDE, SIDE)
    st.markdown("**What the first units look for**: ink where it is blue, none where it is orange.")
    gallery(
        first,
        [str(unit) for unit in range(len(first))],
        key="first_units",
        label="The weights of the first units",
        size=44,
        scale=float(np.abs(first).max()),
        pick=False,
    )
    if still:
        st.plotly_chart(spreads(parameters, config), key="spreads", config={"displayModeBar": False})


def _table(found: list[Layer], config: Config) -> str:
    """One row per layer, in Markdown."""
    rows = [
        ["", "units", "gradient", "weights now", "at the start", "moved by", "idle units"],
        ["---", *["---:"] * 6],
    ]
    for i, (layer, units) in enumerate(zip(found, config.layer_sizes[1:], strict=True)):
        name = "output" if i == len(config.hidden_sizes) else f"hidden {i + 1}"
        idle = "–" if np.isnan(layer.idle) else f"{layer.idle:.0%}"
        sizes = (layer.gradient, layer.weights, layer.at_start, layer.moved)
        rows.append([name, f"{units:,}", *(f"{size:.2g}" for size in sizes), idle])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)

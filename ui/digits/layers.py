"""How the layers of a network in training are doing: figures, what its first units look for, how its weights are
spread."""

import numpy as np
import streamlit as st

from nn_core.config import Config
from nn_core.diagnostics import IDLE, Health, diagnose, layer_name
from nn_core.images import PIXELS, SIDE, Images
from nn_core.mlp import inputs, layers
from nn_core.slices import LOOKED_AT, Slice
from ui import depth
from ui.charts import chart
from ui.components.gallery import gallery
from ui.figures.layers import spreads, story
from ui.words import table

MOST_SHOWN = 64  # units


def show(run: Slice, config: Config, images: Images, still: bool) -> None:
    """A row for each layer, and the weights of the first one as pictures; when the network is `still`, also the story
    of the layers until now, and how their weights are spread."""
    parameters = run.state.parameters
    x = inputs(images.x_train[:LOOKED_AT].reshape(-1, PIXELS), config)
    found = diagnose(parameters, x, images.y_train[:LOOKED_AT], config)
    st.markdown(_table(found, config))
    st.caption(
        f"Root mean squares over the weights of a layer, and the gradient on {LOOKED_AT:,} training pictures. A "
        "layer whose gradient is a thousand times smaller than the next one's hardly learns. An idle unit "
        f"answers the same, within {IDLE:g}, whatever it sees."
    )
    first = layers(parameters, config)[0].W[:MOST_SHOWN].reshape(-1, SIDE, SIDE)
    st.markdown(
        "**What the first units look for**: ink where it is blue, none where it is orange. "
        "After few epochs most of it is still the random start."
    )
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
        if len(run.held.epoch) > 1:
            st.markdown("**How it went**: the gradient of each layer, and its idle units, from look to look.")
            chart(story(run.held.epoch, run.layers), key="story")
        st.markdown("**How the weights are spread**, at the start and now.")
        chart(spreads(parameters, config), key="spreads")
    depth.deeper("health")


def _table(found: list[Health], config: Config) -> str:
    """One row per layer, in Markdown."""
    rows = []
    for i, (layer, units) in enumerate(zip(found, config.layer_sizes[1:], strict=True)):
        name = layer_name(i, len(found))
        idle = "–" if np.isnan(layer.idle) else f"{layer.idle:.0%}"
        weights = f"{layer.at_start:.2g} → {layer.weights:.2g}"
        rows.append([name, f"{units:,}", f"{layer.gradient:.2g}", weights, f"{layer.moved:.2g}", idle])
    return table(["", "units", "gradient", "weights, from → to", "moved by", "idle"], rows, "lrrrrr")

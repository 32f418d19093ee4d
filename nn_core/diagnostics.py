"""How the layers of a network are doing: how strongly they learn, how far they have come, which units are idle."""

from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.mlp import backward, forward, initial_parameters, layers

IDLE = 1e-3  # a unit whose activation varies less than this (standard deviation over the samples) says nothing


class Health(NamedTuple):
    """One layer, hidden or output. Root mean squares, so that large layers compare with small ones: of the loss's
    `gradient` by a weight, of the `weights` now, and `at_start`; of how far they have `moved`. `idle` is the share of
    the units that answer the same whatever they see; nan for the output, whose sums have no activation."""

    gradient: float
    weights: float
    at_start: float
    moved: float
    idle: float


def layer_name(i: int, count: int) -> str:
    """The name of layer `i` of so many: hidden 1, hidden 2, output."""
    return "output" if i == count - 1 else f"hidden {i + 1}"


def diagnose(parameters: Array, x: Array, y: Array, config: Config) -> list[Health]:
    """Each layer of a network, on samples x (n, d) and their targets y (n,)."""
    trace = forward(parameters, x, config)
    nets = (parameters, initial_parameters(config), backward(parameters, trace, y, config))
    idle = [float((a.std(axis=0) < IDLE).mean()) for a in trace.a] + [np.nan]
    found = []
    for now, start, slope, share in zip(*(layers(net, config) for net in nets), idle, strict=True):
        found.append(Health(_rms(slope.W), _rms(now.W), _rms(start.W), _rms(now.W - start.W), share))
    return found


def spread(parameters: Array, config: Config, bins: int = 40) -> list[tuple[Array, Array, Array]]:
    """For each layer how its weights are spread: edges (bins + 1,), and the share of the weights in each bin (bins,),
    now and at the start."""
    spreads = []
    for now, start in zip(layers(parameters, config), layers(initial_parameters(config), config), strict=True):
        both = np.concatenate([now.W.ravel(), start.W.ravel()])
        edges = np.histogram_bin_edges(both, bins)
        shares = (np.histogram(W, edges)[0] / W.size for W in (now.W, start.W))
        spreads.append((edges, *shares))
    return spreads


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=float))))

"""The digit networks a visitor can choose from: those shipped, and the visitor's own."""

from nn_core.digits import NETWORKS, Network, load_network


def networks() -> dict[str, Network]:
    """By the name they have in links."""
    return {name: load_network(name) for name in NETWORKS}

"""The contests: what is done in each, and by whom."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from benchmarks import many, mnist, plane, reading
from benchmarks.measure import Peer


class Contest(NamedTuple):
    """`title` in the summary, `task` and what the `outcome` is in the full tables; `per` says what a time is for."""

    title: str
    peers: Callable[[], list[Peer]]
    task: str
    outcome: str
    per: str = ""


LOSS = "final loss"
CONTESTS = {
    "bits": Contest(
        "XOR, 1,000 bit pairs, 1,000 epochs",
        partial(plane.contest, plane.BITS),
        "2-4-1 tanh, full batch, rate 0.5, 1,000 epochs with the loss curve. `nn_core` finds that only four rows are "
        "distinct and trains on these, with weights; the C loop is given them. All others train on 1,000 rows. Where "
        "no two rows are equal, `nn_core` and C keep a point of the loss curve every ninth epoch.",
        LOSS,
    ),
    "points": Contest(
        "200 points, 1,000 epochs",
        partial(plane.contest, plane.POINTS),
        "The same network and epochs on 200 points of a disc in a ring. `nn_core` and C keep a point of the loss curve "
        "every third epoch.",
        LOSS,
    ),
    "minibatch": Contest(
        "200 points in batches of 10, 20,000 updates",
        partial(plane.contest, plane.BATCHES),
        "The same points in batches of 10, in a fresh order each epoch, rate 0.03, 1,000 epochs. `nn_core` and C "
        "measure the loss of all points after every third epoch; scikit-learn, Keras and JAX average those of the "
        "batches, PyTorch keeps them.",
        LOSS,
    ),
    "mnist": Contest(
        "MNIST, an epoch of 784-64-64-10 in batches of 32",
        lambda: mnist.PEERS,
        "60,000 pictures, Adam at 0.001, float32; each goes on from where it was.",
        "right on the test pictures after the first epoch",
    ),
    "drawing": Contest(
        "a drawn digit read by 784-64-64-10",
        reading.drawing_contest,
        "From a prepared picture in a NumPy array to ten probabilities in one; the same weights, float32.",
        "probability of the 7",
        "a drawing",
    ),
    "map": Contest(
        "a map of 100 x 100 places by 2-4-1 tanh",
        reading.map_contest,
        "From the coordinates in a NumPy array to the probabilities in one; the same weights. `nn_core` and "
        "scikit-learn compute in float64, Keras and JAX in float32.",
        "probability at one place",
        "a map",
    ),
    "population": Contest(
        "4,800 networks on XOR, 1,000 epochs each",
        many.contest,
        "Five activations, widths 1 to 8, six rates, twenty seeds, on the four distinct bit pairs with weights; "
        f"scikit-learn without weights. Who trains one after the other trains {many.SAMPLE} of them, scikit-learn "
        f"{many.SKLEARN_SAMPLE}, C {many.C_SAMPLE}. `nn_core` and C keep a point of the curve every 17th epoch, the "
        "others none. PyTorch and JAX compute in float32.",
        "share that gets all four right",
        "a network",
    ),
}

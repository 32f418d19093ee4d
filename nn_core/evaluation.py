"""A network on many pictures at once: how often it is right, where it errs, and whether it knows.

Letters: n pictures, k classes.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from nn_core.digits import Network, probabilities
from nn_core.images import PIXELS
from nn_core.mlp import forward
from nn_core.strokes import pictures

BLOCK = 500  # pictures at a time, so that what is between the layers stays in the processor's cache
HELD_BACK = 1_000_000  # seeds from here on: drawings that nothing was trained on
Z95 = 1.96  # standard errors to each side of 95 % of a normal distribution


class Evaluation(NamedTuple):
    """What a network said to pictures: `probabilities` (n, k), and the true `labels` (n,); -1 belongs to no class."""

    probabilities: np.ndarray
    labels: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """The likeliest class of each picture (n,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def confidence(self) -> np.ndarray:
        """The probability it gave to that class (n,)."""
        return self.probabilities.max(axis=1)

    @property
    def right(self) -> np.ndarray:
        """Whether that class is the true one (n,)."""
        return self.predicted == self.labels

    @property
    def accuracy(self) -> float:
        """The share it read right."""
        return float(self.right.mean())

    @property
    def loss(self) -> float:
        """The mean of -ln of the probability of the true class (cross-entropy, nats); no label may be -1."""
        of_truth = self.probabilities[np.arange(len(self.labels)), self.labels].astype(float)
        return float(-np.log(np.maximum(of_truth, np.finfo(np.float32).tiny)).mean())

    @property
    def margin(self) -> float:
        """How far the accuracy on endlessly many such pictures may be from this one: half the width of the interval
        that holds it in 95 of 100 cases (E. B. Wilson, 1927); never 0, also where all answers are right."""
        n, p = len(self.labels), self.accuracy
        return float(Z95 / (1 + Z95**2 / n) * np.sqrt(p * (1 - p) / n + Z95**2 / (4 * n**2)))

    @property
    def calibration_error(self) -> float:
        """How far confidence and accuracy are apart, over ten bins of confidence (C. Guo et al., 2017): 0 is honest."""
        confidence, accuracy, count = reliability(self)
        return float(np.nansum(count * np.abs(confidence - accuracy)) / len(self.labels))


def evaluate(network: Network, images: np.ndarray, labels: np.ndarray) -> Evaluation:
    """Let the network read pictures (n, 28, 28), uint8, or floats from 0 to 1, with labels (n,)."""
    return Evaluation(np.concatenate([probabilities(network, block) for block in _blocks(images)]), labels)


def _blocks(images: np.ndarray):
    """The pictures as rows (m, 784) from 0 to 1, some at a time."""
    for first in range(0, len(images), BLOCK):
        block = images[first : first + BLOCK].reshape(-1, PIXELS)
        yield block / np.float32(255) if block.dtype == np.uint8 else block


@cache
def held_back(digits: int = 2000, junk: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """Drawings of our own generator, as a network sees them, that none was trained on: pictures (n, 28, 28) uint8 and
    labels (n,), all ten digits equally often, and -1 for junk (scribbles, letters, signs, several digits)."""
    labels = np.concatenate([np.arange(digits) % 10, np.full(junk, -1)])
    images = pictures(labels, np.random.default_rng(HELD_BACK))
    for array in (images, labels):
        array.setflags(write=False)
    return images, labels


# Where it errs.


def confusion(evaluation: Evaluation) -> np.ndarray:
    """How many pictures of the class of each row were taken for that of each column (k, k)."""
    k = evaluation.probabilities.shape[1]
    return np.bincount(evaluation.labels.astype(int) * k + evaluation.predicted, minlength=k * k).reshape(k, k)


def sure_mistakes(evaluation: Evaluation, confidence: float = 0.9) -> int:
    """How many pictures it read wrong with this much confidence or more."""
    return int((~evaluation.right & (evaluation.confidence >= confidence)).sum())


def next_mistake(evaluation: Evaluation, place: int) -> int | None:
    """The first picture after this place that it read wrong, from the beginning again after the last; None if there
    is none."""
    wrong = np.flatnonzero(~evaluation.right)
    return int(wrong[np.searchsorted(wrong, place, side="right") % len(wrong)]) if len(wrong) else None


def mistakes(evaluation: Evaluation, order: str = "worst") -> np.ndarray:
    """The places of the pictures it read wrong: "worst" begins with the least probability for the true class,
    "confident" with the largest for the wrong one. Raises ValueError for any other order."""
    wrong = np.flatnonzero(~evaluation.right)
    if order == "worst":
        return wrong[evaluation.probabilities[wrong, evaluation.labels[wrong]].argsort(kind="stable")]
    if order == "confident":
        return wrong[(-evaluation.confidence[wrong]).argsort(kind="stable")]
    raise ValueError(f"order must be worst or confident, not {order!r}")


class PerClass(NamedTuple):
    """For each class (k,): `recall`, the share of its pictures that were found; `precision`, the share of the pictures
    taken for it that were; `count`, its pictures. Shares of nothing are nan."""

    recall: np.ndarray
    precision: np.ndarray
    count: np.ndarray


def per_class(evaluation: Evaluation) -> PerClass:
    """How well each class is read."""
    counts = confusion(evaluation)
    found, of_class, taken = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    return PerClass(_share(found, of_class), _share(found, taken), of_class)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)


# Whether it knows.


class Reliability(NamedTuple):
    """For each bin of confidence (bins,): mean `confidence` and `accuracy`, both nan where it is empty, and `count`."""

    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray


def reliability(evaluation: Evaluation, bins: int = 10) -> Reliability:
    """Answers sorted by how sure they were: an honest network is right as often as it is sure."""
    of_bin = np.minimum((evaluation.confidence * bins).astype(int), bins - 1)
    count = np.bincount(of_bin, minlength=bins)
    sure, right = (np.bincount(of_bin, each, bins) for each in (evaluation.confidence, evaluation.right))
    return Reliability(_share(sure, count), _share(right, count), count)


class Thresholds(NamedTuple):
    """For each least confidence `threshold` that an answer needs (t,): the share of pictures `answered`, and the share
    of the answers that are `right`, nan where there are none."""

    threshold: np.ndarray
    answered: np.ndarray
    right: np.ndarray


def thresholds(evaluation: Evaluation, steps: int = 100) -> Thresholds:
    """What saying "not sure" more often costs, and what it buys, at thresholds from 0 to 1."""
    threshold = np.linspace(0, 1, steps + 1)
    answers = evaluation.confidence[:, None] > threshold.astype(evaluation.confidence.dtype)
    right = answers & evaluation.right[:, None]
    return Thresholds(threshold, answers.mean(axis=0), _share(right.sum(axis=0), answers.sum(axis=0)))


# A map of all pictures.


class Map(NamedTuple):
    """`points` (n, 2), one for each picture, and the `shares` (2,) of all differences that each axis shows."""

    points: np.ndarray
    shares: np.ndarray


def principal_map(network: Network, images: np.ndarray, layer: int) -> Map:
    """Pictures as points of a plane, by what they are in one layer: 0 is the picture itself, 1 the activations of the
    first hidden layer, and the last, one more than there are hidden layers, the output sums.

    The axes are the two directions in which they differ most (principal component analysis: the eigenvectors of the
    covariance with the largest values), each turned so that its largest part is positive.
    """
    values = layer_values(network, images, layer)
    if values.shape[1] == 1:
        values = np.pad(values, ((0, 0), (0, 1)))  # a single unit makes a line
    values -= values.mean(axis=0)
    variances, directions = np.linalg.eigh((values.T @ values).astype(float))
    axes = directions[:, :-3:-1]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    return Map(values @ axes.astype(np.float32), variances[:-3:-1] / max(variances.sum(), np.finfo(float).tiny))


def layer_values(network: Network, images: np.ndarray, layer: int) -> np.ndarray:
    """What each picture is in that layer, counted as in `principal_map` (n, units), float32."""
    hidden = len(network.config.hidden_sizes)
    if not 0 <= layer <= hidden + 1:
        raise ValueError(f"layer must be from 0 to {hidden + 1}, not {layer}")
    if layer == 0:
        return np.concatenate(list(_blocks(images)), dtype=np.float32)
    traces = (forward(network.parameters, block, network.config) for block in _blocks(images))
    values = [trace.z[-1] if layer > hidden else trace.a[layer - 1] for trace in traces]
    return np.concatenate(values, dtype=np.float32)


def sample(n: int, most: int = 2000) -> np.ndarray:
    """At most so many of n places, spread evenly."""
    return np.linspace(0, n - 1, min(n, most)).astype(int)

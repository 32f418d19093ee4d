"""Sets of small grey pictures with labels: MNIST, and others in its form."""

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from nn_core.archives import ArchiveError, Member, look_through
from nn_core.config import MOST_PICTURE_CLASSES, MOST_PICTURES
from nn_core.texts import plain, shown

SIDE = 28  # of a picture, in pixels
PIXELS = SIDE * SIDE
SHAPES = ((SIDE, SIDE), (SIDE, SIDE, 1), (PIXELS,))  # of a picture in a file
MOST_BYTES = 75_000_000  # of a file, packed and unpacked
MOST_TEST, FEWEST_TRAINING, FEWEST_TEST = 20_000, 100, 10  # pictures
LONGEST_NAME = 24  # characters, of a class or a set
FASHION = ("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


class Images(NamedTuple):
    """Training and test pictures (n, 28, 28) and their labels (n,), all uint8 and read-only; a name for each class.

    `id` is "" for MNIST and the digest of its contents for a set that was brought; a run names it in `data_id`.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    classes: tuple[str, ...]
    name: str
    id: str = ""


def read_images(raw: bytes, classes: Sequence[str] | None = None, name: str = "Own pictures") -> Images:
    """A set from the .npz file that Keras's arrays make: np.savez(file, x_train=, y_train=, x_test=, y_test=).

    Pictures are (n, 28, 28), (n, 28, 28, 1) or (n, 784), uint8; labels (n,) or (n, 1), whole numbers from 0 to 63. An
    array of text, `classes`, may name the classes; names given here go before it, and without any the numbers are
    the names. Raises ArchiveError, whose sentence says what is wrong.
    """
    names = ("x_train", "y_train", "x_test", "y_test", "classes")
    members = look_through(raw, names, MOST_BYTES, "a set of pictures")
    for missing in names[:4]:
        if missing not in members:
            raise ArchiveError(
                f"This file has no “{missing}”: save x_train, y_train, x_test and y_test, as Keras has them."
            )
    _check_pictures(members["x_train"], members["y_train"], FEWEST_TRAINING, MOST_PICTURES)
    _check_pictures(members["x_test"], members["y_test"], FEWEST_TEST, MOST_TEST)
    y, y_test = _labels(members["y_train"]), _labels(members["y_test"])  # first what is read quickly
    count = int(max(y.max(), y_test.max())) + 1
    if count < 2:
        raise ArchiveError("All labels of this file are 0: bring pictures of two classes at least.")
    given = classes or (_names(members["classes"]) if "classes" in members else tuple(map(str, range(count))))
    kept = named(given, max(count, len(given)))
    arrays = _pictures(members["x_train"]), y, _pictures(members["x_test"]), y_test
    digest = blake2b(digest_size=6)
    for array in arrays:
        array.setflags(write=False)
        digest.update(f"{array.shape}".encode())
        digest.update(array.data)
    return Images(*arrays, kept, plain(name, LONGEST_NAME) or "Own pictures", digest.hexdigest())


def mean_pictures(pictures: np.ndarray, labels: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The mean picture of each of `count` classes (count, 28, 28) uint8, black where a class has none, and how many
    each has (count,)."""
    means = np.zeros((count, SIDE, SIDE), np.uint8)
    for label in range(count):
        of_class = pictures[labels == label]
        if len(of_class):
            means[label] = np.rint(of_class.mean(axis=0))
    return means, np.bincount(labels, minlength=count)


def named(names: Sequence[str] | str, count: int) -> tuple[str, ...]:
    """Names for so many classes, cleaned; a text has them with commas between. Raises ArchiveError."""
    parts = re.split(r"[,;\n]\s*", names.strip(" ,;\n")) if isinstance(names, str) else names
    kept = tuple(plain(part, LONGEST_NAME) for part in parts[: MOST_PICTURE_CLASSES + 1])
    if len(kept) != count:
        raise ArchiveError(
            f"There are {count} classes and {len(kept)} names: give a name to each, with commas between."
        )
    if not 2 <= count <= MOST_PICTURE_CLASSES:
        raise ArchiveError(f"There are {count} classes: bring 2 to {MOST_PICTURE_CLASSES}.")
    if not all(kept) or len(set(kept)) < count:
        raise ArchiveError("Two classes have the same name, or one has none: give each a name of its own.")
    return kept


def _check_pictures(x: Member, y: Member, fewest: int, most: int) -> None:
    if (x.kind, x.size) != ("u", 1):
        raise ArchiveError(f"“{x.name}” is not of the type uint8: save pictures as whole numbers from 0 to 255.")
    if x.shape[1:] not in SHAPES:
        raise ArchiveError(f"“{x.name}” has the shape {shown(x.shape)}: bring grey pictures of 28 x 28 pixels.")
    if not fewest <= x.shape[0] <= most:
        raise ArchiveError(f"“{x.name}” has {x.shape[0]:,} pictures: bring {fewest} to {most:,}.")
    if y.kind not in "ui":
        raise ArchiveError(
            f"“{y.name}” does not hold whole numbers: give each picture the number of its class, from 0."
        )
    if y.shape not in (x.shape[:1], (*x.shape[:1], 1)):
        raise ArchiveError(
            f"“{y.name}” has the shape {shown(y.shape)}, and “{x.name}” {x.shape[0]:,} pictures: give each one label."
        )


def _labels(member: Member) -> np.ndarray:
    labels = member.read().ravel()
    low, high = labels.min(), labels.max()
    if low < 0 or high >= MOST_PICTURE_CLASSES:
        raise ArchiveError(f"“{member.name}” has labels from {low} to {high}: number the classes from 0 to 63 at most.")
    return labels.astype(np.uint8)


def _names(member: Member) -> tuple[str, ...]:
    if member.kind != "U" or len(member.shape) != 1 or member.nbytes > 100_000:
        raise ArchiveError('“classes” is not a short list of names: save it as np.array(["T-shirt", "Trouser", ...]).')
    return member.words()


def _pictures(member: Member) -> np.ndarray:
    pictures = member.read().reshape(-1, SIDE, SIDE)
    if pictures.max() <= 1:
        raise ArchiveError(f"“{member.name}” has no number above 1: save pictures from 0 to 255, times 255.")
    return pictures

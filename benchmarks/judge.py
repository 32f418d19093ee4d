"""Judge the shipped networks: on MNIST, on letters they should refuse, and on drawings of real people.

    python -m benchmarks.judge PATH ...       PATH: an .npz file, or a folder of them (make judge STROKES=PATH)

A file holds pen strokes: `points` (N, 2) in the unit square, y down; sample i has the strokes `sample_off[i]` to
`sample_off[i + 1]`, and stroke k the points `stroke_off[k]` to `stroke_off[k + 1]`; `label` is a string; `width` is the
brush, `size` the long side and `cx`, `cy` the centre, on a 280 x 280 canvas. Each sample goes through the real
preprocessing twice: as strokes, and as the ink those strokes leave on the canvas. Every third is also drawn small with
a fat pen, slanted, and in a corner, to see how much that costs.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.letters import LETTERS
from nn_core.digits import (
    CANVAS,
    NETWORKS,
    PROBABLE,
    Drawing,
    Network,
    load_mnist,
    load_network,
    preprocess,
    probabilities,
    render,
)
from nn_core.evaluation import Evaluation, evaluate
from nn_core.strokes import brush, drawn

Strokes = list[np.ndarray]
WAYS = ("strokes", "ink")
SMALL, FAT = 100.0, 26.0  # pixels of the canvas
SLANT = 0.35  # to the side, per pixel of height
EACH = 20  # drawings of each style of a letter


class Sample(NamedTuple):
    """Strokes in pixels of the canvas, and the brush."""

    strokes: Strokes
    width: float


def samples(file: dict[str, np.ndarray]) -> Iterator[Sample]:
    for i, (first, last) in enumerate(zip(file["sample_off"], file["sample_off"][1:], strict=False)):
        strokes = (file["points"][file["stroke_off"][k] : file["stroke_off"][k + 1]] for k in range(first, last))
        centre = np.array([file["cx"][i], file["cy"][i]])
        yield Sample([(points - 0.5) * file["size"][i] + centre for points in strokes], float(file["width"][i]))


def archives(paths: list[str]) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """The files there are in these places, by name."""
    found = sorted(file for path in map(Path, paths) for file in (path.glob("*.npz") if path.is_dir() else [path]))
    for path in found:
        with np.load(path, allow_pickle=False) as archive:
            yield path.name, dict(archive)


# The same drawing in places and hands that are hard to read.


def small_and_fat(sample: Sample) -> Sample:
    return _resized(Sample(sample.strokes, FAT), SMALL, CANVAS / 2)


def in_a_corner(sample: Sample) -> Sample:
    return _resized(sample, SMALL, (SMALL + sample.width) / 2 + 2)


def slanted(slant: float) -> Callable[[Sample], Sample]:
    def slant_it(sample: Sample) -> Sample:
        return Sample([points + points[:, 1:] * [[-slant, 0]] for points in sample.strokes], sample.width)

    return lambda sample: _resized(slant_it(sample), 0.6 * CANVAS, CANVAS / 2)


def _resized(sample: Sample, size: float, middle: float) -> Sample:
    every = np.vstack(sample.strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    scale = size / (high - low).max()
    return Sample([(points - (low + high) / 2) * scale + middle for points in sample.strokes], sample.width)


PLACEMENTS = {
    "as it is": lambda sample: sample,
    "small, fat": small_and_fat,
    "to the left": slanted(-SLANT),
    "to the right": slanted(SLANT),
    "in a corner": in_a_corner,
}


# Reading and reporting, in percent.


def seen(sample: Sample, way: str) -> Drawing:
    return preprocess(sample.strokes if way == "strokes" else render(*sample))


def read(network: Network, shown: list[Drawing], labels: np.ndarray) -> Evaluation:
    """What it says to drawings; of one with a problem it is told nothing, so all digits are alike."""
    p = probabilities(network, np.array([drawing.image for drawing in shown]))
    p[[drawing.problem is not None for drawing in shown]] = 0.1
    return Evaluation(p, labels)


def answered(evaluation: Evaluation) -> np.ndarray:
    return evaluation.confidence > PROBABLE


def line(name: str, way: str, result: Evaluation) -> str:
    answers = answered(result)
    shares = (result.right.mean(), answers.mean(), result.right[answers].mean(), result.calibration_error)
    by_digit = " ".join(f"{100 * result.right[result.labels == digit].mean():5.1f}" for digit in range(10))
    return f"{name:9} {way:8}" + "".join(f"{100 * share:9.2f}" for share in shares) + f"     {by_digit}"


HEADER = "network   from        right answered of those calibration error   right, digit by digit"


def on_mnist() -> None:
    _, (images, labels) = load_mnist()
    print(f"MNIST test\n{HEADER}")
    for name in NETWORKS:
        print(line(name, "pictures", evaluate(load_network(name), images, labels)))


def on_letters() -> None:
    """Letters that no digit is like, in styles that were not trained on."""
    rng = np.random.default_rng(0)
    letters = [
        (letter, Sample(drawn(style, rng), brush(rng)))
        for letter, styles in LETTERS.items()
        for style in styles
        for _ in range(EACH)
    ]
    names = np.array([letter for letter, _ in letters])
    print(f"\n{len(names):,} letters\nnetwork   from      refused     and the ten letters refused least")
    for way in WAYS:
        shown = [seen(sample, way) for _, sample in letters]
        for name in NETWORKS:
            refused = ~answered(read(load_network(name), shown, names))
            shares = {letter: 100 * refused[names == letter].mean() for letter in LETTERS}
            weak = " ".join(f"{letter} {shares[letter]:.0f}" for letter in sorted(shares, key=shares.__getitem__)[:10])
            print(f"{name:9} {way:8} {100 * refused.mean():8.2f}     {weak}")


def on_people(title: str, file: dict[str, np.ndarray]) -> None:
    labels, people = file["label"].astype(int), list(samples(file))
    print(f"\n{title}: {len(labels):,} drawings\n{HEADER}")
    for way in WAYS:
        shown = [seen(sample, way) for sample in people]
        for name in NETWORKS:
            print(line(name, way, read(load_network(name), shown, labels)))
    print("every third of them, right:  " + "".join(f"{placement:>14}" for placement in PLACEMENTS))
    for way in WAYS:
        placed = [[seen(place(sample), way) for sample in people[::3]] for place in PLACEMENTS.values()]
        for name in NETWORKS:
            results = (read(load_network(name), shown, labels[::3]) for shown in placed)
            print(f"{name:9} {way:8}{'':11} " + "".join(f"{100 * result.accuracy:14.2f}" for result in results))


def main(paths: list[str]) -> None:
    on_mnist()
    on_letters()
    for title, file in archives(paths):
        on_people(title, file)


if __name__ == "__main__":
    main(sys.argv[1:])

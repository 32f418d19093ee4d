"""Judge the shipped networks on drawings of real people.

    python benchmarks/judge.py PATH ...       PATH: an .npz file, or a folder of them (make judge STROKES=PATH)

A file holds pen strokes: `points` (N, 2) in the unit square, y down; sample i has the strokes `sample_off[i]` to
`sample_off[i + 1]`, and stroke k the points `stroke_off[k]` to `stroke_off[k + 1]`; `label` is a string; `width` is the
brush, `size` the long side and `cx`, `cy` the centre, on a 280 x 280 canvas. Each sample goes through the real
preprocessing twice: as strokes, and as the ink those strokes leave on the canvas.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from nn_core.digits import NETWORKS, PROBABLE, Drawing, Network, load_network, preprocess, probabilities, render

SMALL, FAT = 130, 20  # a digit smaller than this drawn with a brush wider than this is hard to read


class Judged(NamedTuple):
    """Answers for n drawings: `label` (n,), `right` and `answered` and `hard` (n,) booleans."""

    label: np.ndarray
    right: np.ndarray
    answered: np.ndarray
    hard: np.ndarray


def samples(file) -> list[list[np.ndarray]]:
    """The strokes of each sample, in pixels of the canvas."""
    placed = []
    for i, (first, last) in enumerate(zip(file["sample_off"], file["sample_off"][1:], strict=False)):
        strokes = (file["points"][file["stroke_off"][k] : file["stroke_off"][k + 1]] for k in range(first, last))
        centre = np.array([file["cx"][i], file["cy"][i]])
        placed.append([(points - 0.5) * file["size"][i] + centre for points in strokes])
    return placed


def judge(network: Network, drawings: list[Drawing], label: np.ndarray, hard: np.ndarray) -> Judged:
    """A drawing with a problem is not answered, and not right."""
    readable = np.array([drawing.problem is None for drawing in drawings])
    p = probabilities(network, np.array([drawing.image for drawing in drawings]))
    return Judged(label, readable & (p.argmax(axis=1) == label), readable & (p.max(axis=1) > PROBABLE), hard)


def report(judged: Judged) -> str:
    def share(which: np.ndarray) -> str:
        return f"{100 * which.mean():6.2f}" if which.size else "     -"

    by_digit = " ".join(f"{100 * judged.right[judged.label == digit].mean():5.1f}" for digit in np.unique(judged.label))
    return (
        f"{share(judged.right)}  {share(judged.answered)}  {share(judged.right[judged.answered])}  "
        f"{share(judged.right[judged.hard])}   {by_digit}"
    )


def main(paths: list[str]) -> None:
    files = sorted(file for path in map(Path, paths) for file in (path.glob("*.npz") if path.is_dir() else [path]))
    if not files:
        sys.exit("Give a file of pen strokes, or a folder of them: make judge STROKES=path")
    for path in files:
        with np.load(path, allow_pickle=False) as archive:
            file = dict(archive)
        label, hard = file["label"].astype(int), (file["size"] < SMALL) & (file["width"] > FAT)
        strokes = samples(file)
        ink = [render(each, width) for each, width in zip(strokes, file["width"], strict=True)]
        ways = {"strokes": [preprocess(each) for each in strokes], "ink": [preprocess(each) for each in ink]}
        print(f"\n{path.name}: {len(label):,} drawings, {hard.sum()} of them small and fat (percent)")
        print("network   from       right  answered  of those   small      right, digit by digit")
        for name in NETWORKS:
            for way, drawings in ways.items():
                print(f"{name:9} {way:8} {report(judge(load_network(name), drawings, label, hard))}")


if __name__ == "__main__":
    main(sys.argv[1:])

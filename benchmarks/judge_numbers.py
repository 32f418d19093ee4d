"""Judge the reading of numbers, composed of drawings of real people.

    python -m benchmarks.judge_numbers PATH ...       PATH: an .npz file of pen strokes, or a folder of them

The files are those of benchmarks/judge.py. A number is composed of three to five samples side by side, at a common
height, with a gap between them from touching boxes to a wide space, some slant for the whole line and some trembling
of the baseline; half of the numbers are of one writer, half of several. In a third of them the second strokes of the
digits (a hat, a bar, a stem) are drawn last.
"""

import sys
from typing import NamedTuple

import numpy as np

from benchmarks.judge import archives, samples
from nn_core.digits import NETWORKS, Network, load_network
from nn_core.numbers import read
from nn_core.strokes import side_by_side

LENGTHS = (3, 4, 5)
GAPS = ((0.03, 0.1), (0.1, 0.25), (0.25, 0.6))  # in shares of the height: narrow, usual, wide
NUMBERS = 100  # of each length and gap


class Count(NamedTuple):
    """Digits and numbers, and how many of them were read right."""

    digits: int = 0
    right: int = 0
    numbers: int = 0
    all_right: int = 0

    def __add__(self, other):  # not the tuple's own, which joins
        return Count(*(a + b for a, b in zip(self, other, strict=True)))


def mistakes(truth: str, text: str) -> int:
    """The fewest digits to put in, leave out or change to make one of the other (V. Levenshtein, 1966)."""
    row = list(range(len(text) + 1))
    for i, digit in enumerate(truth, 1):
        above, row = row, [i]
        for j, other in enumerate(text, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (digit != other)))
    return row[-1]


def numbers(file, length: int, gap: tuple[float, float], rng: np.random.Generator):
    """What stands there, and its strokes in the order they are drawn."""
    drawn = [sample.strokes for sample in samples(file)]
    label, writer = file["label"], file["writer"]
    by_writer = [np.flatnonzero(writer == name) for name in np.unique(writer)]
    everybody = np.arange(len(label))
    for number in range(NUMBERS):
        chosen = rng.choice(by_writer[rng.integers(len(by_writer))] if number % 2 else everybody, length)
        placed = side_by_side([drawn[i] for i in chosen], rng.uniform(*gap), rng)
        if number % 3 == 0:
            placed = [[strokes[0] for strokes in placed], [stroke for strokes in placed for stroke in strokes[1:]]]
        yield "".join(label[chosen]), [stroke for strokes in placed for stroke in strokes]


def judge(network: Network, file, length: int, gap: tuple[float, float]) -> Count:
    """The same numbers for every network."""
    total = Count()
    for truth, strokes in numbers(file, length, gap, np.random.default_rng(length)):
        wrong = mistakes(truth, read(network, strokes).text)
        total += Count(length, max(0, length - wrong), 1, wrong == 0)
    return total


def main(paths: list[str]) -> None:
    for title, file in archives(paths):
        print(f"\n{title}: digits and, in brackets, whole numbers read right (percent)")
        print("network  " + "".join(f"{f'gap {low:g}-{high:g}':>18}" for low, high in GAPS) + f"{'all':>18}")
        for name in NETWORKS:
            whole = Count()
            for length in LENGTHS:
                counts = [judge(load_network(name), file, length, gap) for gap in GAPS]
                row = sum(counts, Count())
                whole += row
                print(f"{name:9}{length} digits " + "".join(map(told, [*counts, row])))
            print(f"{name:9}all      " + told(whole))


def told(count: Count) -> str:
    return f"{100 * count.right / count.digits:9.1f} ({100 * count.all_right / count.numbers:5.1f})"


if __name__ == "__main__":
    main(sys.argv[1:])

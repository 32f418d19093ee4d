"""Numbers: strokes are shared out among digits as they should be, in any order of drawing, and always in bounds."""

import numpy as np
import pytest

from nn_core.digits import CANVAS, Network, classify, load_network, preprocess
from nn_core.numbers import DIGIT_WORTH, MOST_DIGITS, MOST_STROKES, _best, read
from nn_core.strokes import digit, side_by_side

HELD_BACK = 3_000_000  # seeds from here were never trained on
BEST = load_network("best")


def number(labels, seed, gap=0.2):
    """The strokes of each digit."""
    rng = np.random.default_rng(HELD_BACK + seed)
    return side_by_side([digit(int(label), rng) for label in labels], gap, rng)


def flat(digits):
    return [stroke for strokes in digits for stroke in strokes]


def line(*points):
    return np.array(points, float)


# By hand, each about 100 wide at most and 140 high, with its upper left corner at (0, 0).
ONE = [line((0, 0), (0, 140))]
SMALL_ONE = [line((0, 60), (0, 140))]
SEVEN = [line((0, 0), (80, 0), (30, 140))]
CROSSED_SEVEN = [*SEVEN, line((20, 70), (80, 70))]
FOUR = [line((30, 0), (0, 80), (90, 80)), line((70, 40), (62, 140))]
RING = line(*((45 - 45 * np.sin(t), 70 - 70 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 40)))
SLASHED_ZERO = [RING, line((95, 0), (-5, 140))]
FIVE = [
    line((10, 0), (5, 60), (40, 52), (75, 80), (70, 120), (40, 140), (0, 130)),
    line((10, 0), (110, 0)),  # its hat reaches far to the right
]


def beside(*placed):
    """Digits at their places from left to right: pairs of strokes and left edge."""
    return [np.add(stroke, (x, 70)) for strokes, x in placed for stroke in strokes]


@pytest.mark.parametrize(("name", "least"), [("best", 0.93), ("tutorial", 0.60)])
@pytest.mark.parametrize("length", [3, 4, 5])
@pytest.mark.parametrize("gap", [0.06, 0.2, 0.5])
def test_numbers_of_held_back_drawings(name, least, length, gap):
    network = load_network(name)
    right = total = 0
    for seed in range(30):
        labels = np.random.default_rng([HELD_BACK, length, seed]).integers(0, 10, length)
        text = read(network, flat(number(labels, seed, gap))).text
        total += length
        right += sum(a == b for a, b in zip(text, map(str, labels), strict=True)) if len(text) == length else 0
    assert right / total >= least


@pytest.mark.parametrize(
    ("truth", "strokes"),
    [
        ("17", beside((ONE, 100), (SEVEN, 125))),
        ("71", beside((SEVEN, 100), (ONE, 200))),
        ("11", beside((ONE, 100), (ONE, 130))),
        ("711", beside((CROSSED_SEVEN, 100), (ONE, 215), (ONE, 260))),
        ("17", beside((SMALL_ONE, 100), (SEVEN, 125))),
        ("701", beside((SEVEN, 100), ([RING], 200), (SMALL_ONE, 320))),
        ("100", beside((ONE, 100), (SLASHED_ZERO, 140), (SLASHED_ZERO, 270))),
        ("57", beside((FIVE, 100), (SEVEN, 230))),
        ("51", beside((FIVE, 100), (ONE, 203))),  # the hat ends above the 1
        ("41", beside((FOUR, 100), (ONE, 200))),
        ("44", beside((FOUR, 100), (FOUR, 185))),  # the one's bar ends under the other's roof
        ("14", beside((ONE, 100), (FOUR, 125))),
    ],
)
def test_neighbours_that_come_close(truth, strokes):
    assert read(BEST, strokes).text == truth


def test_the_order_of_drawing_does_not_matter():
    strokes = flat(number([4, 5, 7, 0], seed=5))
    assert len(strokes) > 4
    first = read(BEST, strokes)
    order = np.random.default_rng(1).permutation(len(strokes))
    again = read(BEST, [strokes[i] for i in order])
    assert again.text == first.text
    assert [sorted(order[list(part.strokes)]) for part in again.parts] == [sorted(part.strokes) for part in first.parts]


def test_parts_tell_where_and_what_they_are():
    strokes = flat(number([2, 4, 7], seed=7))
    reading = read(BEST, strokes)
    assert sorted(i for part in reading.parts for i in part.strokes) == list(range(len(strokes)))
    for part in reading.parts:
        own = [strokes[i] for i in part.strokes]
        low, high = np.vstack(own).min(axis=0), np.vstack(own).max(axis=0)
        np.testing.assert_allclose(part.box, [*low, *high])
        alone = preprocess([stroke - (low + high) / 2 + CANVAS / 2 for stroke in own])
        np.testing.assert_allclose(part.drawing.image, alone.image, atol=1e-5)
        np.testing.assert_allclose(part.answer.probabilities, classify(BEST, alone).probabilities, atol=1e-4)
    product = 1.0
    for part in reading.parts:
        product *= part.answer.probabilities.max()
    assert reading.certainty == pytest.approx(product)
    assert reading.problem is None


def partitions(strokes, worth):
    """Every way to share strokes out among the groups that have a worth."""
    if not strokes:
        yield []
        return
    for group in worth:
        if group[0] == strokes[0] and set(group) <= set(strokes):
            for others in partitions([stroke for stroke in strokes if stroke not in group], worth):
                yield [group, *others]


@pytest.mark.parametrize("seed", range(10))
def test_the_best_way_is_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    count = 6
    groups = [(i,) for i in range(count)] + [(i, j) for i in range(count) for j in range(i + 1, min(i + 4, count))]
    groups += [(i, i + 1, i + 3) for i in range(count - 3)]
    worth = {group: float(-rng.exponential()) for group in groups}
    overlaps = rng.random((count, count)) * (rng.random((count, count)) < 0.4)
    overlaps = (overlaps + overlaps.T).tolist()

    def value(partition):
        total = sum(worth[group] + DIGIT_WORTH for group in partition)
        for one in partition:
            for other in partition:
                if one < other:
                    total -= sum(overlaps[i][j] for i in one for j in other)
        return total

    best = max(partitions(list(range(count)), worth), key=value)
    assert _best(worth, overlaps) == tuple(best)


def test_a_speck_is_left_out():
    strokes = flat(number([3, 8], seed=2))
    (x, y) = strokes[-1][-1]
    assert (read(BEST, strokes).text, read(BEST, strokes).specks) == ("38", 0)
    specks = [line((x + 30, y)), line((x + 40, y), (x + 43, y + 2))]
    for count in (1, 2):
        reading = read(BEST, [*strokes, *specks[:count]])
        assert (reading.text, reading.specks) == ("38", count)


def test_a_tick_is_no_digit():
    reading = read(BEST, beside((SEVEN, 100), ([line((0, 0), (3, 40))], 260), (SEVEN, 340)))
    assert reading.text == "7?7"
    assert reading.parts[1].answer.verdict == "too small"
    assert reading.certainty < 0.2


def test_nothing_and_too_little():
    assert read(BEST, []) == ("", (), 0.0, "empty", 0)
    assert read(BEST, [line((100, 100)), line((110, 104), (112, 108))]).problem == "too small"


def test_at_most_twelve_digits():
    ones = [(ONE, 60.0 * i) for i in range(MOST_DIGITS + 1)]
    assert read(BEST, beside(*ones[:-1])).text == "1" * MOST_DIGITS
    assert read(BEST, beside(*ones)).problem == "too much"


def test_scribbles_are_refused_before_they_are_work():
    rng = np.random.default_rng(0)
    many = [rng.uniform(0, CANVAS, (3, 2)) for _ in range(MOST_STROKES + 1)]
    assert read(BEST, many).problem == "too much"
    assert read(BEST, [rng.uniform(0, CANVAS, (2000, 2))]).problem == "too much"


def test_any_place_and_size_will_do():
    strokes = flat(number([5, 0, 9], seed=11))
    here = read(BEST, strokes)
    for scale, shift in ((0.4, 20), (3.0, -500)):
        there = read(BEST, [stroke * scale + shift for stroke in strokes])
        assert there.text == here.text == "509"
        np.testing.assert_allclose(there.certainty, here.certainty, rtol=1e-3)


def test_names_of_other_classes():
    names = ["coat", *"123456789"]
    network = Network(BEST.parameters, BEST.config, {**BEST.card, "classes": names})
    assert read(network, beside((ONE, 100), ([RING], 160), (SEVEN, 300))).text == "1 coat 7"


@pytest.mark.parametrize("stroke", [[], [1, 2, 3], [[1, 2, 3]], [["a", "b"]], [[np.nan, 1]], [[np.inf, 1], [2, 3]]])
def test_what_is_no_stroke_is_refused(stroke):
    with pytest.raises(ValueError, match="stroke"):
        read(BEST, [ONE[0], np.array(stroke)])

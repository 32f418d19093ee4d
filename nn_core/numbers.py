"""Several digits side by side: which pen strokes belong together, and what number they make.

A digit is the leftmost stroke not yet read, alone or with some of the next few. The network reads every such group at
once, and because it has learnt to be unsure about what is no digit, half a digit or two of them give themselves away.
Of all the ways to share the strokes out, the best is found by dynamic programming: it has the greatest sum of log
probabilities, each with a little added, less a fine for strokes that stand one above the other in two groups.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from math import log
from typing import NamedTuple

import numpy as np

from nn_core.digits import (
    CANVAS,
    SMALLEST,
    Answer,
    Drawing,
    Network,
    class_names,
    classify,
    preprocess,
    probabilities,
)

SHEET = (3 * CANVAS, CANVAS)  # width and height of the sheet that numbers are drawn on, in the canvas's pixels
MOST_DIGITS = 12
MOST_STROKES = 3 * MOST_DIGITS  # read as a number; more are a scribble
MOST_INK = 6 * MOST_DIGITS  # likewise: the way the pen has gone, in heights of the line; an 8 takes about 3

REACH = 3  # a digit's strokes are among the leftmost one and this many next ones
# All lengths below are shares of the line's height.
SPECK = 0.15  # what is smaller in both directions is no part of a digit
TICK = 0.35  # a group smaller than this in both directions is no digit
WIDEST = 1.6  # strokes farther apart than this, from edge to edge, are no one digit
GAP = 0.3  # nor are strokes with a wider empty space between them
DIGIT_WORTH = 0.2  # of each digit: several fair probabilities multiply to little, which must not speak for fewer digits
OVERLAP_COST = 2.0  # of two strokes in different groups, one wholly above the other
THINNEST = 0.15  # a stroke counts as at least this wide where strokes are held above each other


class Part(NamedTuple):
    """One digit of a number: which `strokes` (their places in the drawing), their `box` (left, top, right, bottom) on
    the sheet, the `drawing` the network saw and its `answer`."""

    strokes: tuple[int, ...]
    box: tuple[float, float, float, float]
    drawing: Drawing
    answer: Answer


class Reading(NamedTuple):
    """The number's `text`, its `parts` from left to right, and the `certainty` that all of them are right: the product
    of their probabilities. `problem` is None, "empty", "too small" or "too much"; then there are no parts. `specks`
    says how many strokes were too small to be part of a digit."""

    text: str
    parts: tuple[Part, ...]
    certainty: float
    problem: str | None
    specks: int = 0


class _Line(NamedTuple):
    """Strokes from left to right: `points` (n, 2) of each, their places `index` in the drawing, `low` and `high`
    (s, 2) corners of their boxes, and the line's `height`."""

    points: list[np.ndarray]
    index: list[int]
    low: np.ndarray
    high: np.ndarray
    height: float


def read(network: Network, strokes: Sequence[np.ndarray]) -> Reading:
    """Read a number of up to 12 digits from its pen strokes, arrays (n, 2), x right and y down, in pixels of a canvas
    280 high. Specks, small beside the other strokes, are counted and left out.

    Raises ValueError for what is no list of strokes.
    """
    strokes = [_checked(stroke) for stroke in strokes]
    if not strokes:
        return _nothing("empty")
    if len(strokes) > MOST_STROKES:
        return _nothing("too much")
    line = _line(strokes)
    if line.height < SMALLEST:
        return _nothing("too small")
    if sum(np.hypot(*np.diff(points, axis=0).T).sum() for points in line.points) > MOST_INK * line.height:
        return _nothing("too much")
    parts = _parts(line, network)
    if len(parts) > MOST_DIGITS:
        return _nothing("too much")
    classes = class_names(network)
    between = "" if all(len(name) == 1 for name in classes) else " "
    text = between.join("?" if part.drawing.problem else classes[part.answer.label] for part in parts)
    certainty = float(np.prod([part.answer.probabilities.max() for part in parts]))
    return Reading(text, parts, certainty, None, len(strokes) - len(line.points))


def _nothing(problem: str) -> Reading:
    return Reading("", (), 0.0, problem)


def _checked(stroke: np.ndarray) -> np.ndarray:
    points = np.asarray(stroke)
    if points.dtype.kind not in "iuf" or points.ndim != 2 or points.shape[1:] != (2,) or not len(points):
        raise ValueError("a stroke must be an array (n, 2) of numbers")
    if not np.isfinite(points).all():
        raise ValueError("the points of a stroke must be finite")
    return points.astype(float)


def _line(strokes: list[np.ndarray]) -> _Line:
    low = np.array([stroke.min(axis=0) for stroke in strokes])
    high = np.array([stroke.max(axis=0) for stroke in strokes])
    size = (high - low).max(axis=1)
    height = float(np.quantile(size, 0.75))
    order = [int(i) for i in np.argsort((low + high)[:, 0], kind="stable") if size[i] >= SPECK * height]
    return _Line([strokes[i] for i in order], order, low[order], high[order], height)


def _groups(line: _Line) -> Iterator[tuple[int, ...]]:
    """What may be one digit: each stroke, alone and with any of the next ones that are near enough."""
    count = len(line.points)
    for first in range(count):
        following = range(first + 1, min(first + 1 + REACH, count))
        for size in range(REACH + 1):
            for others in combinations(following, size):
                group = (first, *others)
                if not others or _near(line, group):
                    yield group


def _near(line: _Line, group: tuple[int, ...]) -> bool:
    left, right = np.array(sorted((line.low[i, 0], line.high[i, 0]) for i in group)).T
    reached = np.maximum.accumulate(right)
    return reached[-1] - left[0] <= WIDEST * line.height and (left[1:] - reached[:-1]).max() <= GAP * line.height


def _drawing(line: _Line, group: tuple[int, ...]) -> Drawing:
    """The group as the network sees it: in the middle of the canvas, made smaller where it is too wide for it."""
    strokes = [line.points[i] for i in group]
    low, high = _box(line, group)
    size = (high - low).max()
    scale = min(1.0, CANVAS / max(size, 1.0))
    drawing = preprocess([(stroke - (low + high) / 2) * scale + CANVAS / 2 for stroke in strokes])
    return drawing if size >= TICK * line.height else drawing._replace(problem="too small")


def _box(line: _Line, group: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    return line.low[list(group)].min(axis=0), line.high[list(group)].max(axis=0)


def _overlaps(line: _Line) -> list[list[float]]:
    """What it costs to put two strokes (s, s) into different groups: much where one stands above the other."""
    left, right = line.low[:, 0], line.high[:, 0]
    shared = np.minimum(right, right[:, None]) - np.maximum(left, left[:, None])
    width = np.maximum(right - left, THINNEST * line.height)
    return (OVERLAP_COST * (shared / np.minimum(width, width[:, None])).clip(0, 1)).tolist()


def _best(worth: dict[tuple[int, ...], float], overlaps: list[list[float]]) -> tuple[tuple[int, ...], ...]:
    """The groups, each stroke in one of them, that are worth most together; each is a digit, which counts as well."""
    starting: dict[int, list[tuple[int, ...]]] = {}
    for group in worth:
        starting.setdefault(group[0], []).append(group)

    @cache
    def rest(unread: tuple[int, ...]) -> tuple[float, tuple[tuple[int, ...], ...]]:
        if not unread:
            return 0.0, ()
        ways = []
        for group in starting[unread[0]]:
            if set(group) <= set(unread):
                left = tuple(stroke for stroke in unread if stroke not in group)
                total, groups = rest(left)
                cost = sum(overlaps[i][j] for i in group for j in left)
                ways.append((worth[group] + DIGIT_WORTH - cost + total, (group, *groups)))
        return max(ways)

    return rest(tuple(range(len(overlaps))))[1]


def _parts(line: _Line, network: Network) -> tuple[Part, ...]:
    """The groups that are worth most together, as the network reads them."""
    groups = list(_groups(line))
    drawings = [_drawing(line, group) for group in groups]
    p = probabilities(network, np.array([drawing.image for drawing in drawings]))
    sure = [1 / p.shape[1] if drawing.problem else float(row.max()) for drawing, row in zip(drawings, p, strict=True)]
    worth = {group: log(share) for group, share in zip(groups, sure, strict=True)}
    seen = dict(zip(groups, drawings, strict=True))
    parts = []
    for group in _best(worth, _overlaps(line)):
        low, high = _box(line, group)
        left, top, right, bottom = (float(edge) for edge in (*low, *high))
        strokes, answer = tuple(line.index[i] for i in group), classify(network, seen[group])
        parts.append(Part(strokes, (left, top, right, bottom), seen[group], answer))
    return tuple(parts)

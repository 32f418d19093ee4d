"""A drawing made into a picture like MNIST's.

A network knows only what it was shown, so a drawing is prepared exactly as the training pictures were: the long side
of the digit brought to 20 pixels, the aspect kept, and the centre of mass put on pixel 14 of 28. The pen is brought to
one width too, whatever brush was used. (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".)
"""

from collections.abc import Collection, Sequence
from numbers import Real
from typing import NamedTuple

import numpy as np

from nn_core.images import SIDE

CANVAS = 280  # the side of the drawing canvas that strokes are measured on
BRUSH = 18.0  # the brush on that canvas, unless another is given
SMALLEST = 24.0  # the pen must have moved this far on the canvas, in one direction, to have drawn a digit
LONG_SIDE, CENTRE = 20.0, 14.5  # MNIST's digit in its picture; pixel 14 spans 14 to 15, so its middle is at 14.5
SHRUNK = 0.1  # pixels of the picture to one of the canvas, where nothing scales it
PEN = 2.4  # the mean width of MNIST's lines, in pixels of that picture
MOST_INK = 225.0  # painted pixels of a picture; a bold 8 or 0 has about 150

STEP = 0.4  # strokes are thinned to a point every 0.4 pixels of the picture
MOST_SEGMENTS = 500  # or more sparsely, to have no more pieces than this
MOST_STROKES, MOST_POINTS = 200, 5_000  # of a drawing; more are refused
WIDTHS = (1, 100)  # of a brush, in pixels of the canvas
MOST_PIXELS = 400  # ink with longer sides is read with every second, third, ... pixel
FINE = 6  # ink is worked on at 6 x 6 points to a pixel of the picture
MOST_STEPS = 24.0  # of growing or thinning, in those points; what is fatter than this is no line


class Drawing(NamedTuple):
    """What a network sees: `image` (28, 28) float32, 0 to 1, white on black; `problem` None or what is wrong."""

    image: np.ndarray
    problem: str | None


class Step(NamedTuple):
    """A step of the preparation, by name and in plain words."""

    title: str
    help: str


STAGES = {
    "crop": Step(
        "Crop", "Finds the box around the ink and puts it in the middle. Left out: the digit stays where it was drawn."
    ),
    "scale": Step(
        "Scale",
        "Makes its long side 20 of the 28 pixels, without stretching it. Left out: the canvas is shrunk ten times.",
    ),
    "pen": Step(
        "Pen",
        f"Makes every line {PEN} pixels wide, as MNIST's are on average. Left out: as thick as your brush drew it.",
    ),
    "centre": Step(
        "Centre",
        "Moves the centre of mass of the ink to the middle of the picture. Left out: the box is in the middle.",
    ),
}


class Stage(NamedTuple):
    """The picture (28, 28) after a step, one of `STAGES`, or before all of them: "canvas"."""

    name: str
    image: np.ndarray


def preprocess(drawing: np.ndarray | Sequence, width: float | None = None, without: Collection[str] = ()) -> Drawing:
    """Make a drawing into a picture like MNIST's.

    `drawing` is either ink, an array (h, w) of 0 to 255, white on black, of any size, read as one square; or strokes, a
    list of arrays (n, 2) of points, x right and y down, in pixels of a 280 x 280 canvas. `width` is the brush on that
    canvas: the width of the lines in the ink (measured when not given). Strokes are drawn with MNIST's own pen,
    whatever the brush was, so it changes nothing there. Steps named in `without`, of `STAGES`, are left out; without
    any of them the canvas is only shrunk to 28 x 28.

    `problem` is "empty", "too small" (the pen moved less than 24 pixels of the canvas) or "too much" (ink).
    Raises ValueError for what is neither ink nor strokes, for numbers that are not finite, for more than 200 strokes or
    5,000 points, for a width outside 1 to 100, and for a step that is none.
    """
    if not STAGES.keys() >= set(without):
        raise ValueError(f"the steps are {', '.join(STAGES)}, not {', '.join(map(repr, set(without) - STAGES.keys()))}")
    if width is not None and not (isinstance(width, Real) and WIDTHS[0] <= width <= WIDTHS[1]):
        raise ValueError(f"width must be a number from {WIDTHS[0]} to {WIDTHS[1]}, not {width!r}")
    if isinstance(drawing, np.ndarray):
        return _from_ink(drawing, width, without)
    return _from_strokes(_read(drawing), width or BRUSH, without)


def stages(drawing: np.ndarray | Sequence, width: float | None = None, without: Collection[str] = ()) -> list[Stage]:
    """What each step does to a drawing: the shrunk canvas, and the picture after each of `STAGES` in turn.

    A step left out leaves the picture as it was; the last picture is that of `preprocess` with the same arguments.
    """
    names = list(STAGES)
    later = [{*names[done:], *without} for done in range(len(names) + 1)]
    images = [preprocess(drawing, width, left_out).image for left_out in later]
    return [Stage(*pair) for pair in zip(["canvas", *names], images, strict=True)]


def render(strokes: Sequence, width: float = BRUSH, size: int = CANVAS) -> np.ndarray:
    """Ink (size, size) float32, 0 to 255, of strokes drawn with a round brush, antialiased.

    Strokes and width are in pixels of a 280 x 280 canvas, as `preprocess` takes them.
    """
    scale = size / CANVAS
    read = [stroke * scale for stroke in _read(strokes)]
    return 255 * _paint(read, width * scale, size) if read else np.zeros((size, size), np.float32)


# From strokes: the points are scaled and moved, then drawn with MNIST's pen.


def _read(strokes: Sequence) -> list[np.ndarray]:
    """The strokes that have points, as floats (n, 2), kept on the canvas."""
    if not isinstance(strokes, list | tuple):
        raise ValueError("a drawing must be an array of ink or a list of strokes")
    if len(strokes) > MOST_STROKES:
        raise ValueError(f"a drawing must have at most {MOST_STROKES:,} strokes")
    wrong = ValueError("a stroke must be an array (n, 2) of numbers")
    try:
        read = [np.asarray(stroke) for stroke in strokes]
    except ValueError:  # rows of different lengths
        raise wrong from None
    read = [points for points in read if points.size]
    for points in read:
        if points.dtype.kind not in "iuf" or points.ndim != 2 or points.shape[1] != 2:
            raise wrong
        if not np.isfinite(points).all():
            raise ValueError("the points of a stroke must be finite")
    if sum(map(len, read)) > MOST_POINTS:
        raise ValueError(f"a drawing must have at most {MOST_POINTS:,} points")
    return [points.clip(0, CANVAS).astype(float) for points in read]


def _from_strokes(strokes: list[np.ndarray], width: float, without: Collection[str]) -> Drawing:
    if not strokes:
        return Drawing(np.zeros((SIDE, SIDE), np.float32), "empty")
    every = np.concatenate(strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    extent, middle = float((high - low).max()), (low + high) / 2
    scale = (LONG_SIDE - PEN) / max(extent, SMALLEST)  # what is too small is shown as small as it is
    if "scale" in without:
        scale = SHRUNK
    elif "pen" in without:
        scale = LONG_SIDE / (max(extent, SMALLEST) + width)
    pen = width * scale if "pen" in without else PEN
    strokes = _thin([(stroke - middle) * scale + _place(middle, without) for stroke in strokes])
    image = _paint(strokes, pen, SIDE)
    if "centre" not in without and image.any():
        shift = CENTRE - _centre_of_mass(image)
        image = _paint([stroke + shift for stroke in strokes], pen, SIDE)
    return _judged(image, extent, without)


def _thin(strokes: list[np.ndarray]) -> list[np.ndarray]:
    """Keep a point every `STEP` along each stroke, or more sparsely if that is still more than `MOST_SEGMENTS`."""
    lengths = [np.concatenate([[0.0], np.hypot(*np.diff(stroke, axis=0).T).cumsum()]) for stroke in strokes]
    step = max(STEP, sum(length[-1] for length in lengths) / MOST_SEGMENTS)
    kept = []
    for stroke, length in zip(strokes, lengths, strict=True):
        mark = np.floor(length / step)
        keep = np.append(mark[1:] != mark[:-1], True)  # the last point before each mark, and the end
        keep[0] = True
        kept.append(stroke[keep])
    return kept


def _paint(strokes: list[np.ndarray], width: float, size: int) -> np.ndarray:
    """How much of each pixel (size, size) a round pen of that width covers, 0 to 1, float32. All in pixels."""
    starts = np.concatenate([stroke[:-1] if len(stroke) > 1 else stroke for stroke in strokes])
    ends = np.concatenate([stroke[1:] if len(stroke) > 1 else stroke for stroke in strokes])
    along = (ends - starts).astype(np.float32)
    squared_length = np.maximum((along**2).sum(axis=1), 1e-12)
    pixels = np.arange(size, dtype=np.float32) + 0.5
    x = pixels - starts[:, :1].astype(np.float32)
    y = pixels - starts[:, 1:].astype(np.float32)
    nearest = np.full((size, size), np.inf, np.float32)  # squared distance from each pixel to the nearest segment
    block = max(1, 50_000 // size**2)  # segments at a time, so that the arrays stay in the processor's cache
    for first in range(0, len(starts), block):
        part = slice(first, first + block)
        dx, dy = along[part, 0, None, None], along[part, 1, None, None]
        px, py = x[part, None, :], y[part, :, None]
        share = (px * dx + py * dy) / squared_length[part, None, None]  # the nearest point's place on the segment
        np.clip(share, 0, 1, out=share)
        distance = (px - share * dx) ** 2 + (py - share * dy) ** 2
        np.minimum(nearest, distance.min(axis=0), out=nearest)
    return np.clip(width / 2 + 0.5 - np.sqrt(nearest), 0, 1)


# From ink: the pixels are enlarged or reduced to one fine size, the lines thickened or thinned there, and the result
# reduced to the picture and put in its place by one averaging.


def _from_ink(ink: np.ndarray, width: float | None, without: Collection[str]) -> Drawing:
    if ink.ndim != 2 or ink.size == 0 or ink.dtype.kind not in "iuf":
        raise ValueError("ink must be an array (h, w) of numbers, 0 to 255")
    skip = -(-max(ink.shape) // MOST_PIXELS)
    ink = ink[::skip, ::skip].astype(float)
    if not np.isfinite(ink).all():
        raise ValueError("ink must be finite")
    ink = (ink.clip(0, 255) / 255).astype(np.float32)
    if ink.max() < 0.5:
        return Drawing(np.zeros((SIDE, SIDE), np.float32), "empty")
    unit = max(ink.shape) / CANVAS  # pixels of this array to a pixel of the canvas
    (left, right), (top, bottom) = _box(ink)
    place = _place(np.array([left + right, top + bottom]) / 2 / unit, without)
    ink = ink[int(top) : int(bottom) + 1, int(left) : int(right) + 1]  # the rest is only work
    middle_x, middle_y = (left + right) / 2 - int(left), (top + bottom) / 2 - int(top)
    pen = width * unit if width else _line_width(ink)
    long_side = max(right - left, bottom - top)
    extent = max(long_side - pen, 0.0)
    scale = FINE * min((LONG_SIDE - PEN) / max(extent, SMALLEST * unit), SIDE / long_side)  # and all of it in sight
    if "scale" in without:
        scale = FINE * SHRUNK / unit
    size = FINE * SIDE
    rows = _averaging(ink.shape[0], size, middle_y, 1 / scale)
    columns = _averaging(ink.shape[1], size, middle_x, 1 / scale)
    fine = rows @ ink @ columns.T
    fine /= fine.max()  # a line thinner than a point would be grey
    radius = 0 if "pen" in without else (FINE * PEN - pen * scale) / 2
    drawn = _thicken(fine, min(max(radius, -MOST_STEPS), MOST_STEPS))
    if drawn.max() < 0.5:  # a width far from the truth would thin the lines away
        drawn = fine
    scaled = "scale" not in without and extent > SMALLEST * unit
    block = max(np.ptp(edges) for edges in _box(drawn)) / LONG_SIDE if scaled else FINE
    x, y = size / 2 - (place - SIDE / 2) * block  # the fine point that is brought to the middle of the picture
    if "centre" not in without:
        seen = drawn if "crop" not in without else _in_sight(drawn, x, y, block)
        if seen.any():
            x, y = _centre_of_mass(seen) - (CENTRE - SIDE / 2) * block
    image = _averaging(size, SIDE, y, block) @ drawn @ _averaging(size, SIDE, x, block).T
    return _judged(image, extent / unit, without)


def _in_sight(fine: np.ndarray, x: float, y: float, block: float) -> np.ndarray:
    """Only that of the fine points which a picture of such blocks around (x, y) shows."""
    middles = np.arange(len(fine)) + 0.5
    across, down = (np.abs(middles - centre) < SIDE / 2 * block for centre in (x, y))
    return fine * down[:, None] * across


def _box(ink: np.ndarray) -> list[tuple[float, float]]:
    """Where ink begins and ends, from left to right and from top to bottom: a half covered pixel counts half."""
    edges = []
    for profile in (ink.max(axis=0), ink.max(axis=1)):
        inked = np.flatnonzero(profile > 0.1)
        first, last = inked[0], inked[-1]
        edges.append((float(first + 1 - profile[first]), float(last + profile[last])))
    return edges


def _line_width(ink: np.ndarray) -> float:
    """2 x area / perimeter. The perimeter is the sum of the slopes: it counts each edge once, however soft."""
    ink = np.pad(ink, 1)
    slopes = np.hypot(np.diff(ink, axis=0)[:, 1:], np.diff(ink, axis=1)[1:])
    return float(2 * ink.sum() / slopes.sum())


def _averaging(pixels: int, size: int, centre: float, block: float) -> np.ndarray:
    """The matrix (size, pixels) that averages one axis over blocks of pixels, with `centre` brought to the middle."""
    start = centre + (np.arange(size)[:, None] - size / 2) * block
    pixel = np.arange(pixels)
    overlap = np.minimum(pixel + 1, start + block) - np.maximum(pixel, start)
    return (overlap.clip(0) / block).astype(np.float32)


def _thicken(ink: np.ndarray, radius: float) -> np.ndarray:
    """Grow every line by `radius` points on each side, or thin it when negative."""
    if radius < 0:
        return 1 - _thicken(1 - ink, -radius)
    whole = int(radius)
    for step in range(whole):
        ink = _grow(ink, step)
    return ink + (radius - whole) * (_grow(ink, whole) - ink)


def _grow(ink: np.ndarray, step: int) -> np.ndarray:
    """Grow by one point: a cross in even steps and a square in odd ones, together nearly a disc."""
    grown = ink.copy()
    np.maximum(grown[1:], ink[:-1], out=grown[1:])
    np.maximum(grown[:-1], ink[1:], out=grown[:-1])
    sideways = grown.copy() if step % 2 else ink
    np.maximum(grown[:, 1:], sideways[:, :-1], out=grown[:, 1:])
    np.maximum(grown[:, :-1], sideways[:, 1:], out=grown[:, :-1])
    return grown


# Shared by both.


def _centre_of_mass(image: np.ndarray) -> np.ndarray:
    """(x, y), in pixels from the left and upper edge."""
    middles = np.arange(len(image)) + 0.5
    return np.array([image.sum(axis=0) @ middles, image.sum(axis=1) @ middles]) / image.sum()


def _place(middle: np.ndarray, without: Collection[str]) -> np.ndarray:
    """Where in the picture (x, y) the middle of the box goes, given where on the canvas it is."""
    return middle * SHRUNK if "crop" in without else np.array([CENTRE, CENTRE])


def _judged(image: np.ndarray, extent: float, without: Collection[str]) -> Drawing:
    too_much = image.sum() > MOST_INK and "pen" not in without  # a fat pen left as it is may cover more
    return Drawing(image, "too small" if extent < SMALLEST else "too much" if too_much else None)

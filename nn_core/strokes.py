"""Pen strokes of our own making: digits in the styles people write them, and drawings that are no digit.

A style is written as the points a pen passes, `x,y` in percent of a box, x right and y down. The pen goes through them
in a smooth curve, turns sharply at a point marked `!`, and is lifted at `/`. What makes one 4 differ from the next
(shaky points, slant, proportions, bends, place and size) is drawn at random.
"""

import numpy as np

from nn_core.digits import CANVAS, preprocess, render

DIGITS = {
    0: (
        "50,0 12,22 10,75 50,100 90,75 88,22 50,0",
        "65,4 25,8 5,50 20,92 55,100 92,72 92,28 62,2 38,6",  # overshoots its beginning
        "80,12 45,0 6,40 14,86 50,100 90,72 92,30 66,4 46,16",  # ends in a small loop
        "35,5 80,5 97,45 75,95 30,97 4,60 12,20 45,2",  # clockwise
        "50,0 12,22 10,75 50,100 90,75 88,22 50,0 / 88,8 12,92",  # slashed
        "50,0 12,22 10,75 50,100 90,75 88,22 50,0 / 104,-6 -4,106",  # slashed from corner to corner
        "55,3 15,22 8,75 50,98 92,70 85,20 45,2 / 54,-14 48,114",  # slashed upright
        "50,0 12,22 10,75 50,100 90,75 88,22 50,0 / -10,56 110,44",  # struck through
    ),
    1: (
        "50,0 50,100",
        "52,0 48,50 50,100",
        "28,22 52,0! 52,100",  # with a flag
        "5,40 55,0! 55,100",  # with a long flag
        "28,22 52,0! 52,100 / 25,100 80,100",  # on a base
        "28,22 52,0! 52,100 / 5,98 98,100",  # on a wide base
        "30,24 54,0! 52,98! 22,100 85,97",  # flag and base, one stroke
        "10,52 50,8 55,0! 40,100",  # a flag half as long as the stem
        "30,26 56,0! 54,82 40,98 14,96",  # a curled foot
    ),
    2: (
        "5,25 28,2 62,0 86,22 72,52 38,78 5,100! 95,98",
        "5,22 30,0 70,2 86,26 66,60 26,93 6,93 14,80 40,86 72,99 100,90",  # a loop at the foot
        "8,18 45,0 85,18 74,52 22,90 16,98 50,93 96,98",  # a round foot
        "8,10 50,0 84,12 80,36 5,98! 35,92 65,100 95,94",  # a wave as foot
        "5,6 85,3! 8,96! 92,97",  # like a Z
        "10,30 20,5 60,0 80,25 60,62 4,98! 90,88",
        "28,28 38,4 66,2 78,26 55,66 8,94 20,80 44,92 96,98",  # a small loop, a long foot
    ),
    3: (
        "10,14 45,0 80,16 74,38 38,48! 80,58 90,80 55,100 4,88",
        "10,2! 86,0! 44,40! 84,54 88,84 45,100 4,88",  # a flat top
        "10,10 52,0 80,20 58,45 34,51 42,43 62,49 90,72 64,98 8,92",  # a loop in the middle
        "8,12 50,0 82,22 48,47 52,51 90,76 50,100 6,90",  # a soft middle
        "5,8 60,0 85,15 60,42 30,48! 70,52 95,72 70,98 20,100 0,85",
        "12,12 48,0 78,18 40,44! 74,60 66,88 10,102",
        "12,15 50,0 78,20 45,45! 85,65 70,98 22,94 14,78 40,76",  # a curled end
    ),
    4: (
        "20,0 8,55! 92,55 / 70,18 66,100",  # open
        "34,0 4,62! 96,60 / 70,30 68,100",
        "64,0! 4,66! 96,66 / 64,0 64,100",  # closed
        "74,100 74,0! 5,66! 96,66",  # closed, one stroke
        "12,2 10,46 44,58 82,44! 86,0! 76,100",  # open, one stroke
        "10,4 10,44 40,57 84,42 / 90,0 80,100",  # a round arm
        "30,0 5,48! 60,52 95,44 / 75,5 50,100",
        "44,0 10,70! 92,66 / 60,46 57,100",  # a short stem
        "70,0 20,48 26,66 88,58 / 62,36 56,100",
        "46,0 16,58 22,70 78,64 / 62,50 58,98",  # narrow
        "60,0 20,40 8,58 40,60 95,54 / 62,30 52,100",
    ),
    5: (
        "20,0 15,45! 55,38 90,65 60,98 4,90 / 20,0 92,0",
        "92,0! 20,0! 15,46! 55,38 92,66 60,100 4,92",  # one stroke
        "92,3 45,0 18,24 50,45 86,68 60,99 4,92",  # like an S
        "86,0! 14,0! 14,48! 74,47 88,75 60,100 4,97",
        "25,10 14,48! 60,40 92,70 50,100 4,90 / 36,3 104,0",  # the hat lifted off
        "80,0 30,4! 20,44! 60,46 78,68 55,95 0,100",
        "94,6 34,2 16,42! 58,36 90,62 62,97 18,96 6,82",  # a curled end
        "16,6 14,46! 50,40 76,64 50,96 2,90 / 14,6 60,4 100,-4",
    ),
    6: (
        "70,0 25,30 5,72 40,100 86,80 70,53 35,56 8,76",
        "55,0 14,42 10,82 50,100 90,80 64,55 14,74",
        "45,0 4,76 45,100 86,80 60,56 12,74",
        "86,10 50,0 10,46 14,88 55,100 92,76 60,50 14,68",  # a curled top
        "60,0 10,50 24,98 76,95 86,66 50,55 32,78",  # ends inside
        "95,0 40,25 4,70 30,99 70,95 80,70 50,60 10,85",
        "95,10 50,0 8,50 40,100 90,86 86,54! 38,60",  # like a G
    ),
    7: (
        "5,5 92,5! 35,100",
        "4,5 92,3! 56,45 45,100",
        "5,5 92,5! 36,100 / 28,52 82,50",  # crossed
        "4,22 10,3! 92,5! 36,100",  # with a hook
        "4,22 10,3! 92,5! 50,50 40,100 / 26,52 82,48",
        "4,12 50,3 94,8 62,50 40,100",  # a round shoulder
        "2,16 14,4 50,8 90,4! 58,54 46,100 / 22,62 84,58",  # a wavy roof, crossed low
        "8,10 84,4! 52,60 48,100 / 18,56 92,54",
        "6,18 18,3 58,10 80,4! 52,52 45,100 / 12,68 90,63",
        "5,24 5,4! 90,4! 40,100",  # a serif
    ),
    8: (
        "80,12 45,0 12,22 50,48 90,75 50,100 10,75 50,48 86,22 80,12",
        "50,0 20,22 50,46 80,22 50,0 / 50,46 10,73 50,100 90,73 50,46",  # two rings
        "75,15 40,0 15,22 80,70 58,99 18,88 22,68 80,30 88,4",
        "88,5 30,4 20,30 80,65 64,98 20,95 15,70 75,35 96,0",  # an open top
        "20,20 80,76 50,100 20,76 80,20 50,0 20,20",  # like an X, closed
        "50,46 18,25 50,0 82,22 50,46 8,75 50,100 92,75 50,46",
    ),
    9: (
        "86,20 50,0 12,22 40,50 86,25! 80,100",
        "86,20 50,0 10,25 40,52 86,20 86,70 60,100 14,92",  # hooked
        "80,14 45,0 12,28 45,50 86,18! 64,100",
        "92,4 40,2 8,28 40,54 90,10! 70,100",
        "88,25 55,0 10,20 30,50 88,30 90,60 70,95 30,100 5,85",
        "60,6 20,10 10,38 50,46 82,18 58,2 84,30! 62,100",  # a ring and a leg
        "84,8 50,2 22,22 46,44 82,14! 84,70 74,96! 4,98",  # a flat hook
        "78,8 44,2 26,20 46,38 76,12! 88,66 60,98 6,92 2,80",  # a small ring, a wide hook
        "76,12 46,2 28,22 48,40 76,14 78,60 68,90 30,100 2,94",
        "88,12 60,2 24,28 42,40 90,12! 22,100",  # leaning, a flat ring
        "80,10 52,0 24,20 44,40 78,18! 84,52 92,78 60,94 4,100",  # a foot that swings out
    ),
}

LETTERS = (
    "0,100 50,0! 100,100 / 18,65 82,65",  # A
    "90,0! 10,0! 10,100! 90,100 / 10,50 70,50",  # E
    "95,0! 10,0! 10,100 / 10,48 75,48",  # F
    "5,0 5,100 / 95,0 95,100 / 5,50 95,50",  # H
    "8,0 8,100 / 90,0 8,55! 95,100",  # K
    "0,100 8,0! 50,70! 92,0! 100,100",  # M
    "5,100 5,0! 95,100! 95,0",  # N
    "10,100 10,0! 70,3 92,25 70,50 10,52",  # P
    "10,100 10,0! 70,3 90,25 70,48 10,50! 95,100",  # R
    "0,0 100,0 / 50,0 50,100",  # T
    "5,0 8,75 50,100 92,75 95,0",  # U
    "0,0 50,100! 100,0",  # V
    "0,0 22,100! 50,30! 78,100! 100,0",  # W
    "0,0 100,100 / 100,0 0,100",  # X
    "85,15 50,0 5,30 5,72 50,100 88,82",  # C
    "95,5 40,0 5,50 40,100 95,95 / 5,50 80,50",  # euro, e
    "80,38 40,30 8,65 40,100 80,70 / 84,0 84,100",  # d
    "5,55 90,52 80,20 40,10 5,50 30,95 92,85",  # e
    "80,8 45,2 40,40 40,100 / 10,40 80,40",  # f
    "10,0 10,100! 20,55 60,42 85,62 85,100",  # h
    "5,20 8,100! 15,40 40,22 48,50 48,100! 55,40 80,22 95,45 95,100",  # m
    "8,20 10,100! 25,35 65,20 88,45 90,100",  # n
    "15,20 18,100! 25,45 60,20 90,28",  # r
    "45,0 42,75 60,100 90,92 / 10,30 85,28",  # t
    "75,45 45,35 10,60 30,95 78,62 80,40! 80,85 100,98",  # a
    "0,100 18,25 50,0 82,25 100,100 / 5,62 95,60",  # a round A
    "0,100 45,0! 95,100! 20,55! 75,60",  # A in one stroke
    "90,20 55,0 15,30 12,70 50,100 95,80",  # C
    "12,0! 12,100! 62,94 92,50 62,6 12,0",  # D
    "15,0! 15,100 / 2,4 55,2 98,50 60,97 2,98",  # D in two strokes
    "90,12 55,0 20,20 52,46! 12,72 45,100 95,86",  # a round E
    "10,0 10,100! 85,100 / 10,0 85,0 / 10,52 65,50",  # E
    "15,0 15,100 / 85,0 85,100! 15,50",
    "50,0 50,100 / 15,0 85,0 / 15,100 85,100",  # I
    "20,0 95,0 / 62,0 62,78 42,100 8,82",  # J
    "12,0! 12,100! 92,100",  # L
    "40,20 62,2 50,0 38,30 35,90! 20,98 40,90 95,98",  # a looped L
    "5,100 20,5 50,60! 80,5 95,100",  # a round M
    "8,100 12,15 30,0! 80,98 92,85 95,0",  # a round N
    "15,0 15,100 / 2,6 70,0 95,25 70,50 15,54",  # P
    "50,0 10,25 10,75 50,96 90,75 90,25 50,0 / 58,68 100,108",  # Q
    "10,100 18,0 / 0,10 60,-4 90,20 60,46 20,52! 100,100",  # R
    "4,6 96,0 / 50,2 46,60 52,100",  # T
    "8,0 8,70 40,100 85,75 90,0! 90,85 105,100",  # U
    "0,4 40,96 60,96 100,0",  # V
    "0,0 20,92 35,92 50,35! 65,92 80,92 100,0",  # a round W
    "0,0 40,15 60,85 100,98 / 100,0 0,100",  # X
    "0,0 50,52! 100,0 / 50,52 50,100",  # Y
    "18,12 50,0 80,22 80,98 / 80,44 35,46 10,74 38,98 80,74",  # a, as in print
    "78,25 42,12 8,55 35,92 74,66 80,18! 82,70 108,92",
    "90,25 50,5 8,50 45,95 95,82",  # c
    "78,50 42,42 10,70 36,100 74,78 82,0! 84,90 100,100",  # d in one stroke
    "12,52 60,42 82,22 52,4 20,30 22,82 60,98 96,78",
    "95,8 70,-4 48,20 42,100! 42,60 / 15,44 82,40",
    "60,70 82,20 62,0 45,30 42,110 52,140 66,112 46,74 95,66",  # a looped f
    "18,100! 30,40 45,5 32,0 22,40 18,100! 32,56 62,46 72,70 76,100",  # a looped h
    "50,35 48,80 60,100 80,90 / 48,5 51,9",  # i
    "60,32 62,95 40,120 8,100 / 60,2 63,6",  # j
    "14,0 14,100 / 82,36 16,70! 84,100",  # k
    "10,100 25,20 15,0 10,60! 60,45 50,70 15,72! 80,100",  # a looped k
    "10,98 55,35 60,5 40,2 38,70 55,98 90,85",  # a looped l
    "0,40 12,25 14,100! 20,40 35,22 46,35 46,100! 54,40 70,22 84,40 84,90 100,98",
    "0,35 15,22 18,100! 30,40 60,20 80,40 82,90 100,98",
    "12,22 14,130! 14,45 50,20 88,50 56,84 14,76",  # p
    "5,30 22,22 24,100! 30,45 60,24 92,34",
    "5,40 30,10 40,30 75,28 65,80 90,98",  # r as in handwriting
    "50,0 48,82 62,98 85,86 / 15,30 85,26",
    "8,12 10,76 38,96 74,76 80,12! 80,84 104,98",  # u
    "5,10 25,20 42,95 70,60 84,12 100,18",  # v
    "4,10 14,88 44,90 50,36! 56,90 86,88 96,10 108,16",  # w
    "8,12 36,16 62,86 95,92 / 92,8 8,96",
    "90,5! 45,50 40,90 5,100 / 5,5 95,98",
)

SIGNS = (
    "0,50 100,50",
    "0,35 100,35 / 0,65 100,65",
    "50,0 50,100 / 0,50 100,50",  # plus
    "0,60 35,100! 100,0",  # tick
    "0,0! 100,0! 100,100! 0,100! 0,0",  # square
    "50,0! 100,95! 0,95! 50,0",  # triangle
    "50,30 25,5 2,30 50,100! 98,30 75,5 50,30",  # heart
    "20,100! 50,0! 80,100! 0,38! 100,38! 20,100",  # star
    "0,50 100,50 / 65,20 100,50! 65,80",  # arrow
    "55,50 45,42 40,55 60,65 72,45 45,25 22,55 50,88 92,60 80,10 30,5",  # spiral
    "50,0 8,20 8,80 50,100 92,80 92,20 50,0 / 35,35 35,42 / 65,35 65,42 / 30,65 50,78 70,65",  # face
    "0,50 15,20 30,50 50,80 65,50 80,20 100,50",  # wave
    "10,20 45,0 80,15 75,40 48,55 48,75 / 48,95 48,98",  # question mark
    "0,60 0,100! 100,100! 100,60! 50,10! 0,60! 100,60",  # house
    "35,0 20,100 / 80,0 65,100 / 0,35 100,35 / 0,70 95,70",  # hash
    "50,0 50,100 / 8,25 92,75 / 92,25 8,75",  # asterisk
    "90,60 30,95 5,75 60,30 45,5 25,25 90,98",  # ampersand
    "10,0! 90,50! 10,100",  # greater
    "90,0! 10,50! 90,100",  # less
    "0,50! 25,25! 50,50! 75,25! 100,50",  # zigzag
    "70,0 45,20 60,45! 30,52! 60,58 45,85 72,100",  # brace
)


def digit(label: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Strokes of that digit, arrays (n, 2) in pixels of a 280 x 280 canvas, in a random style, hand and place."""
    return drawn(_choice(DIGITS[label], rng), rng)


def drawn(style: str, rng: np.random.Generator) -> list[np.ndarray]:
    """Strokes of one style in a random hand and place, as `digit` gives them."""
    return _place(_write(style, rng), rng)


def junk(rng: np.random.Generator) -> list[np.ndarray]:
    """Strokes of something that is no digit: a scribble, a letter, a sign, or several digits, as `digit` gives them."""
    return _place(_choice(JUNK, rng)(rng), rng)


def side_by_side(digits: list[list[np.ndarray]], gap: float, rng: np.random.Generator) -> list[list[np.ndarray]]:
    """Digits (strokes as `digit` gives them) written as a number: the strokes of each digit, in pixels of a sheet
    840 x 280, x right and y down, as large as it allows up to half its height.

    All are brought to one height, give or take a twentieth, with about `gap` heights of empty space between their
    boxes, a baseline that trembles and one slant for the line.
    """
    slant, placed, right = rng.normal(0, 0.12), [], 0.0
    for strokes in digits:
        low, high = np.vstack(strokes).min(axis=0), np.vstack(strokes).max(axis=0)
        scale = rng.normal(1, 0.05) / max(high[1] - low[1], 0.3 * (high[0] - low[0]))
        foot = np.array([low[0], high[1]])
        strokes = [(stroke - foot) * scale + [right, rng.normal(0, 0.03)] for stroke in strokes]
        placed.append(strokes)
        right = max(stroke[:, 0].max() for stroke in strokes) + gap * rng.uniform(0.8, 1.2)
    placed = [[stroke @ [[1, 0], [-slant, 1]] for stroke in strokes] for strokes in placed]
    every = np.vstack([stroke for strokes in placed for stroke in strokes])
    low, high = every.min(axis=0), every.max(axis=0)
    scale = min(0.5 * CANVAS, 2.9 * CANVAS / (high - low)[0])
    corner = (np.array([3 * CANVAS, CANVAS]) - (high - low) * scale) / 2
    return [[(stroke - low) * scale + corner for stroke in strokes] for strokes in placed]


def drawings(labels: np.ndarray, rng: np.random.Generator) -> list[list[np.ndarray]]:
    """One drawing for each label; a label of -1 asks for junk."""
    return [junk(rng) if label < 0 else digit(int(label), rng) for label in labels]


def pictures(labels: np.ndarray, rng: np.random.Generator, inked: int = 0) -> np.ndarray:
    """The same as a network sees them: (n, 28, 28) uint8; every so many (`inked`) as the ink of some brush."""
    shown: list = drawings(labels, rng)
    if inked:
        shown[::inked] = [render(strokes, brush(rng)) for strokes in shown[::inked]]
    return np.round([255 * preprocess(drawing).image for drawing in shown]).astype(np.uint8)


def brush(rng: np.random.Generator) -> float:
    """A brush for a drawing, 8 to 30 pixels of the canvas."""
    return rng.uniform(8, 30)


def _letter(rng: np.random.Generator) -> list[np.ndarray]:
    return _write(_choice(LETTERS, rng), rng)


def _sign(rng: np.random.Generator) -> list[np.ndarray]:
    return _write(_choice(SIGNS, rng), rng)


def _scribble(rng: np.random.Generator) -> list[np.ndarray]:
    """One to three wild curves, or zigzags."""
    sharp = rng.random() < 0.3
    return [_curve(rng.random((rng.integers(5, 16), 2)).repeat(1 + sharp, axis=0)) for _ in range(rng.integers(1, 4))]


def _several_digits(rng: np.random.Generator) -> list[np.ndarray]:
    """Two to four digits side by side."""
    strokes = []
    for place in range(rng.integers(2, 5)):
        shift = (place * rng.uniform(0.85, 1.3), rng.normal(0, 0.08))
        strokes += [stroke + shift for stroke in _write(_choice(DIGITS[int(rng.integers(10))], rng), rng)]
    return strokes


JUNK = (_letter, _letter, _scribble, _several_digits, _sign)


def _choice(options, rng: np.random.Generator):
    return options[rng.integers(len(options))]


def _write(style: str, rng: np.random.Generator) -> list[np.ndarray]:
    """One hand's version of a style: strokes (n, 2), about a unit box."""
    shake = rng.uniform(0.005, 0.045)
    strokes = []
    for part in style.split("/"):
        points = [point.rstrip("!").split(",") for point in part.split()]
        points = np.array(points, float) / 100
        points += rng.normal(0, shake, points.shape)
        sharp = [point.endswith("!") for point in part.split()]
        strokes.append(_curve(points.repeat(np.where(sharp, 2, 1), axis=0)))
    bends = rng.normal(0, 0.04, (2, 3, 2))
    turn = rng.normal(0, 0.1)
    hand = np.array([[rng.lognormal(-0.3, 0.25), 0], [rng.normal(-0.15, 0.22), 1]])  # proportions, slant
    hand = hand @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return [_bend(stroke, bends) @ hand for stroke in strokes]


def _curve(points: np.ndarray) -> np.ndarray:
    """The smooth curve through points (n, 2) (E. Catmull and R. Rom, 1974); a point given twice is a sharp corner."""
    if len(points) < 3:
        return points
    before, after = np.vstack([points[:1], points[:-1]]), np.vstack([points[1:], points[-1:]])
    slope = (after - before) / 2
    corner = (points[1:] == points[:-1]).all(axis=1)
    slope[:-1][corner] = slope[1:][corner] = 0
    t = np.linspace(0, 1, 9)[:-1, None, None]
    start, end = points[:-1], points[1:]
    curve = (
        start * (1 - t) ** 2 * (1 + 2 * t)
        + end * t**2 * (3 - 2 * t)
        + slope[:-1] * t * (1 - t) ** 2
        - slope[1:] * t**2 * (1 - t)
    )
    return np.vstack([curve.transpose(1, 0, 2).reshape(-1, 2), points[-1:]])


def _bend(stroke: np.ndarray, bends: np.ndarray) -> np.ndarray:
    """Move each point by slow waves over the box: `bends` (2, 3, 2) are their heights by phase, slope and direction."""
    wave = np.pi * (stroke[:, :1] + stroke[:, 1:] * [[1.0, 0.5, -1.0]])
    return stroke + np.sin(wave) @ bends[0] + np.cos(wave) @ bends[1]


def _place(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Bring strokes to a random size and place on the canvas."""
    every = np.vstack(strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    size = rng.uniform(0.3, 0.85) * CANVAS
    scale = size / (high - low).max()
    margin = CANVAS * 0.04
    corner = margin + rng.random(2) * (CANVAS - 2 * margin - (high - low) * scale)
    return [(stroke - low) * scale + corner for stroke in strokes]

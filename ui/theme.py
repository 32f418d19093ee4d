"""Colours, chart styles and number formats. The only Python file with a colour in it.

Blue is positive or class 1, orange is negative or class 0, white is zero; the same in light and dark, screen and print.
"""

import math
from typing import Any

POSITIVE = "#1d5fd1"
NEGATIVE = "#e8710a"
ZERO = "#ffffff"
INK = "#16202e"
GRID = "#d5dde8"
TRAIN = "#64748b"  # the curves, readable on light and on dark; solid, and the test curve dashed
TEST = "#94a3b8"
CLASSES = (NEGATIVE, POSITIVE, "#13896b", "#8e44c9", "#b3871b", "#4b5a6b")  # of a task with several, in order
COMPARED = ("#0c8f8f", "#d1437c")  # two networks side by side, readable on light and on dark
MARKERS = ("o", "s", "^", "D", "P", "v")  # Matplotlib's names of the shapes on the stage

PRINT_STYLE: Any = {  # Matplotlib's settings
    "font.size": 10,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "legend.frameon": False,
}


def duration(seconds: float) -> str:
    """6 ms, 0.9 s, 40 s, 3 minutes, 2 hours."""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 6000 else f"{seconds / 3600:.0f} hours"


def percentage(share: float, digits: int = 1) -> str:
    """97.3 %; where there is no share (nan), a dash."""
    return "\N{EN DASH}" if share != share else f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


def spread(mean: float, deviation: float) -> str:
    """0.34 ± 0.05: the deviation with two digits, the mean with as many places; without one, the mean alone."""
    if not math.isfinite(deviation) or not deviation:
        return f"{mean:.3g}"
    places = max(0, 1 - math.floor(math.log10(deviation)))
    if places > 6:
        return f"{mean:.2g} ± {deviation:.2g}"
    return f"{mean:.{places}f} ± {deviation:.{places}f}"


def signed(value: float, digits: int = 2) -> str:
    """+1.96, −0.86"""
    return minus(f"{value:+.{digits}f}")


def short(value: float, digits: int = 3) -> str:
    """So many digits of a number: 0.00374, 5.95e−5."""
    number, _, power = f"{value:.{digits}g}".partition("e")
    return minus(f"{number}e{int(power)}" if power else number)


def minus(number: str) -> str:
    """A formatted number with a minus sign as wide as the plus sign."""
    return number.replace("-", "\N{MINUS SIGN}")

"""Formulas: what an operation computes, in LaTeX with letters, and once more with the numbers in their places.

A template is LaTeX in which some names stand for values, `1 - a^2` say. `filled` with symbols makes the formula, with
numbers the sum a student can check by hand. Numbers are rounded to DIGITS significant digits, for reading only.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

DIGITS = 4  # significant ones


class Line(NamedTuple):
    """One line of LaTeX with letters, and the same with numbers."""

    formula: str
    numbers: str


@lru_cache(maxsize=1 << 14)  # rates and weights come again and again
def number(value: Any) -> str:
    """A number in LaTeX with DIGITS significant digits, without trailing zeros: 0.25, -1.302, 2.1 \\cdot 10^{-5}."""
    value = float(value)
    if not math.isfinite(value):
        return r"\text{no number}" if math.isnan(value) else r"\infty" if value > 0 else r"-\infty"
    mantissa, exponent = f"{value:.{DIGITS - 1}e}".split("e")
    power = int(exponent)
    if value == 0:
        return "0"
    if -4 < power < 6:
        text = f"{float(mantissa + 'e' + exponent):.{max(0, DIGITS - 1 - power)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return rf"{mantissa.rstrip('0').rstrip('.')} \cdot 10^{{{power}}}"


def operand(value: Any) -> str:
    """The same where something stands before or behind it: in brackets if it has a sign or a power of ten."""
    text = number(value)
    return f"({text})" if text[0] == "-" or text[-1] == "}" else text


def bracketed(value: Any) -> str:
    """The same as text that stays together where a power is taken of it."""
    return f"{{{value}}}"


def filled(template: str, names: Mapping[str, Any], write: Callable[[Any], str] = operand) -> str:
    """The template with values, as they are to be written, in the places of these names, each read as a whole: z, not
    the z of \\zeta."""
    return _pattern(tuple(names)).sub(lambda found: write(names[found[1]]), template)


@lru_cache(maxsize=256)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z\\])({'|'.join(map(re.escape, longest))})(?![A-Za-z])")


def line(target: str, template: str, symbols: Mapping[str, str], values: Mapping[str, Any], value: Any) -> Line:
    """`target` = the template: with symbols, and with numbers, whose outcome is `value`."""
    numbers = filled(template.replace(r"\,", r" \cdot "), values)
    return Line(f"{target} = {filled(template, symbols, bracketed)}", equation(numbers, value))


def equation(expression: str, value: Any) -> str:
    """What is worked out and what comes out; once, where there is nothing to work out."""
    result = number(value)
    return result if expression in (result, f"({result})") else f"{expression} = {result}"


def total(terms: list[str]) -> str:
    return " + ".join(terms) or "0"

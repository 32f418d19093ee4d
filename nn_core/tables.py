"""Tables that visitors bring: three columns of a sheet, scaled to the plane, and the way back.

`choose` makes a `Table` of two coordinates and what is to be predicted, at about -1..1 as networks like it; its axes
say what they are in the visitor's own numbers. `to_csv` writes it as it came.
"""

import csv
import hashlib
import io
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array
from nn_core.datasets import Axis
from nn_core.sheets import (
    DECIMAL_POINT,
    FEWEST_ROWS,
    FORMULA,
    Column,
    Sheet,
    TableError,
    first_text,
    numbers,
    shown,
)

MOST_CLASSES = 6  # as many colours and shapes as can be told apart
UNITS = [Decimal(each) for each in ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10")]  # of axes, times 10ⁿ
ROUND = [Decimal(each) for each in ("10", "5", "2", "1", "0.5", "0.2")]  # steps of their zeros, times the same
MOST_OUTSIDE = Decimal("1.15")  # the plane is shown to 1.3; more than 1.1, or the finest step might not do


class Table(NamedTuple):
    """Data for the plane: `x` (n, 2) scaled to about -1..1, `y` (n,) class numbers or scaled targets, and their task.

    `classes` names the classes (empty for regression); `axes` are those of x1, x2 and the target; `digest` is the same
    for the same table on every machine. `raw` (n, 3) are the numbers as they were read, with class numbers for labels.
    """

    x: Array
    y: Array
    task: str
    classes: tuple[str, ...]
    axes: tuple[Axis, Axis, Axis]
    digest: str
    raw: Array
    notices: tuple[str, ...]


def choose(sheet: Sheet, x1: str, x2: str, target: str, kind: str | None = None) -> Table:
    """The Table of three columns of a sheet, by name: two coordinates, and a "label" or "number" to be predicted.

    Without a `kind`, words and few distinct whole numbers are labels. Rows in which one of the three is missing are
    left out. A coordinate may be the same everywhere, the target not. Raises TableError, also for fewer than four rows
    and more than six labels.
    """
    names = (x1, x2, target)
    if len(set(names)) < 3:
        raise TableError("Choose three different columns: two coordinates, and what is to be predicted.")
    chosen = [_find(sheet, name) for name in names]
    values = np.column_stack([column.values for column in chosen])
    used = np.flatnonzero(~np.isnan(values).any(axis=1))
    left_out = len(values) - len(used)
    if len(used) < FEWEST_ROWS:
        raise TableError(f"{len(used)} of {len(values)} rows have all three values, and {FEWEST_ROWS} are needed.")
    raw, classes = values[used] + 0.0, ()  # -0 becomes 0
    labels = _looks_like_labels(raw[:, 2]) if kind is None else kind == "label"
    for column in chosen[:2] if labels else chosen:
        if column.numbers is None:
            raise TableError(f"{first_text(column, sheet)} Correct it, or choose another column.")
    if labels:
        raw[:, 2], classes = _classes(target, [chosen[2].words[row] for row in used])
    elif np.ptp(raw[:, 2]) == 0:
        raise TableError(f"Column {shown(target)} is the same in every row: there is nothing to predict.")
    axes = (_axis(x1, raw[:, 0]), _axis(x2, raw[:, 1]), Axis(target) if labels else _axis(target, raw[:, 2]))
    scaled = (raw - [axis.zero for axis in axes]) / [axis.unit for axis in axes]
    y = raw[:, 2].astype(int) if labels else scaled[:, 2]
    task = "regression" if not labels else "binary" if len(classes) == 2 else "multiclass"
    rows = "1 row lacks a value and is" if left_out == 1 else f"{left_out:,} rows lack a value and are"
    notices = (f"{rows} left out.",) if left_out else ()
    return Table(scaled[:, :2], y, task, classes, axes, _digest(raw, names, classes), raw, notices)


def to_csv(table: Table) -> str:
    """The table as CSV, numbers in full: read and chosen again, as the same kind, it is the same table.

    Its words are `guarded`.
    """
    targets = table.raw[:, 2].tolist()
    if table.classes:
        names = [guarded(name) for name in table.classes]
        targets = [names[int(target)] for target in targets]
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([guarded(axis.title) for axis in table.axes])
    writer.writerows(zip(*table.raw[:, :2].T.tolist(), targets, strict=True))
    return file.getvalue()


def guarded(word: str) -> str:
    """The word as a CSV may hold it: with an apostrophe, which `read_sheet` takes away, if it might be a formula."""
    return "'" + word if word.startswith(FORMULA) and np.isinf(numbers([word], DECIMAL_POINT)[word]) else word


def _find(sheet: Sheet, name: str) -> Column:
    found = [column for column in sheet.columns if column.name == name]
    if not found:
        raise TableError(f"This table has no column {shown(name)}: choose another.")
    return found[0]


def _looks_like_labels(values: Array) -> bool:
    distinct = np.unique(values)
    return bool(np.isinf(distinct).any() or (len(distinct) <= MOST_CLASSES and (distinct == np.round(distinct)).all()))


def _classes(name: str, words: list[str]) -> tuple[Array, tuple[str, ...]]:
    """The class number (n,) of each word, and what the classes are called: in the order of numbers, or of the alphabet.

    Numbers with a decimal comma are words here, so that they are called what the visitor calls them.
    """
    values = numbers(set(words), DECIMAL_POINT)
    if np.isfinite([*values.values()]).all():
        called = {word: repr(value + 0.0).removesuffix(".0") for word, value in values.items()}  # 1 and 1.0 are one
        order = sorted(set(called.values()), key=float)
    else:
        called, order = {word: word for word in values}, sorted(values)
    if len(order) > MOST_CLASSES:
        raise TableError(
            f"Column {shown(name)} has {len(order):,} different labels, and at most {MOST_CLASSES} are told apart: "
            "read it as numbers, or choose another column."
        )
    if len(order) == 1:
        raise TableError(f"Column {shown(name)} says {shown(order[0])} in every row: there is nothing to tell apart.")
    place = {word: float(order.index(name)) for word, name in called.items()}
    return np.array([place[word] for word in words]), tuple(order)


def _axis(title: str, values: Array) -> Axis:
    """The axis that brings the values to about -1..1, at least three quarters of it, with round numbers on it.

    Its unit is the next of `UNITS`; its zero the roundest number near enough to the middle of the values. Decimals,
    because binary fractions are not round.
    """
    low, high = Decimal(repr(float(values.min()))), Decimal(repr(float(values.max())))
    half, middle = (high - low) / 2, (high + low) / 2
    if not half:
        return Axis(title, float(low))
    power = Decimal(1).scaleb(half.adjusted())
    unit = next(each * power for each in UNITS if each * power >= half)
    zeros = ((middle / (step * power)).quantize(Decimal(1)) * step * power for step in ROUND)
    zero = next(each for each in zeros if max(high - each, each - low) <= MOST_OUTSIDE * unit)
    return Axis(title, float(zero) + 0.0, float(unit))  # never -0


def _digest(raw: Array, titles: tuple[str, ...], classes: tuple[str, ...]) -> str:
    contents = "\0".join([*titles, *classes]).encode() + raw.astype("<f8").tobytes()
    return hashlib.sha256(contents).hexdigest()[:12]

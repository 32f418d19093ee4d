"""Text that visitors bring: bounded reading of CSV and its relatives into columns.

Whatever cannot be read is a `TableError`, whose message is a sentence for the visitor: what is wrong, where, and what
to do. What a check costs decides its place: first the size, then how the file begins, then its lines, and only then
the cells.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import dropwhile, islice
from math import isfinite, isinf
from typing import NamedTuple

import numpy as np

from nn_core.activations import Array

MOST_BYTES = 5_000_000
MOST_ROWS, FEWEST_ROWS = 50_000, 4
MOST_COLUMNS, FEWEST_COLUMNS = 64, 3
MOST_CELLS = 500_000  # bounds the memory and the time
MOST_CHARACTERS, LONGEST_LINE = 200, 5_000  # of a value, and of a line
LARGEST = 1e100  # what is larger is infinite, and infinite is missing

SEPARATORS = ("\t", ";", "|", ",", " ")  # where several fit equally, the earlier is meant
DECIMAL_POINT = str.maketrans("−_", "-?")  # to what float() reads; it would take 1_000 for a number
DECIMAL_COMMA = str.maketrans("−_,.", "-?.,")
MISSING = {"", "-", "?", "na", "n/a", "#n/a", "nan", "null", "none"}
PREAMBLE = ("#", "sep=")  # how lines above a table begin that are not part of it
FORMULA = ("=", "+", "-", "@")  # a spreadsheet would run words that begin so; an apostrophe before them prevents it
GUARDED = tuple("'" + sign for sign in FORMULA)
BLANK = " \t\r\n;|,"  # a line of nothing else is an empty row

BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
OTHER_FILES = {
    "an Excel, OpenDocument or zip file": (b"pk\x03\x04", b"\xd0\xcf\x11\xe0"),
    "a PDF file": (b"%pdf",),
    "a picture": (b"\x89png", b"\xff\xd8\xff", b"gif8"),
    "a packed file": (b"\x1f\x8b", b"bzh", b"7z\xbc\xaf", b"\xfd7zxz"),
    "a NumPy, Parquet or SQLite file": (b"\x93numpy", b"par1", b"sqlite format"),
    "a text document": (b"{\\rtf",),
    "a web page or XML": (b"<!doctype", b"<html", b"<?xml", b"<svg", b"<table"),
    "JSON": (b"{", b"[{", b"[["),
}
TOO_MANY_ROWS = f"This table has more than {MOST_ROWS:,} rows: keep at most so many."
CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")


class TableError(ValueError):
    """What is wrong with a table and what to do, in one sentence for the visitor."""


class Column(NamedTuple):
    """A column: its `words` (n), stripped, and their `values` (n,), nan where missing and inf where text."""

    name: str
    words: tuple[str, ...]
    values: Array

    @property
    def numbers(self) -> Array | None:
        """The values (n,), nan where missing; None if any word is text."""
        return None if np.isinf(self.values).any() else self.values


class Sheet(NamedTuple):
    """What was read: `columns`, the `lines` (n) their rows stand in, counted from 1, and sentences on what was done."""

    columns: tuple[Column, ...]
    lines: tuple[int, ...]
    notices: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def read_sheet(raw: bytes | str) -> Sheet:
    """Read the contents of a file, or a pasted text: one row a line, with or without a row of names above them.

    Tabs, semicolons, bars, commas or blanks separate; decimal commas are understood where commas do not separate, and
    thousands are not guessed. Bytes are UTF-8, UTF-16 or else Windows-1252. A row that is too short lacks its last
    values. Raises TableError.
    """
    if len(raw) > MOST_BYTES:
        size = f"{len(raw) / 1e6:,.1f} million {'bytes' if isinstance(raw, bytes) else 'characters'}"
        raise TableError(f"This table has {size}, and at most {MOST_BYTES // 10**6} million are read: shorten it.")
    text, notices = _decoded(raw if isinstance(raw, bytes) else raw.encode("utf-8", "replace"))
    lines = _lines(text)
    separator, decimal = _form(lines)
    records = _records(lines, separator)
    start, first = next(records)
    width, header = len(first), not np.isfinite([*numbers(first, decimal).values()]).any()
    _check_size(start, width, len(lines) - header)
    rows = [] if header else [(start, first)]
    rows += [(start, _fitted(row, width, start)) for start, row in records]
    if len(rows) < FEWEST_ROWS:
        raise TableError(f"This table has {_count(len(rows), 'row')} of values, and at least {FEWEST_ROWS} are needed.")
    starts, cells = zip(*rows, strict=True)
    names = _distinct(first if header else [""] * width)
    columns = [_column(name, words, decimal, starts) for name, *words in zip(names, *cells, strict=True)]
    kept = tuple(column for column in columns if not np.isnan(column.values).all())
    _demand_columns("This table", len(kept))
    if len(kept) < width:
        notices += ("Columns without a single value are left out.",)
    sheet = Sheet(kept, starts, notices)
    return sheet._replace(notices=notices + _doubts(sheet))


# From bytes to lines.


def _decoded(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, in which invisible characters are blanks, and a notice where its encoding was a guess."""
    start = raw[:64].lstrip().lower()
    for kind, starts in OTHER_FILES.items():
        if start.startswith(starts):
            raise TableError(f"This is {kind}, not a table in plain text: save the table as CSV and take that file.")
    text, notices = _text(raw)
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise TableError(
            f"Line {line:,} has a control character (number {ord(found[0])}): this is not a table in text."
        )
    if not text.isascii():
        invisible = {ord(each): " " for each in set(text) if not each.isprintable() and each not in "\t\r\n"}
        text = text.translate(invisible)
    return text, notices


def _text(raw: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace"), ()
    even, odd = raw[:2000:2], raw[1:2000:2]  # Latin letters in UTF-16: every second byte is zero
    if odd.count(0) > len(odd) / 2 > even.count(0) * 10:
        return raw.decode("utf-16-le", "replace"), ()
    if even.count(0) > len(even) / 2 > odd.count(0) * 10:
        return raw.decode("utf-16-be", "replace"), ()
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), ("The file is not UTF-8: it was read as Western European text.",)


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines that hold something, with their numbers from 1, from the first one of the table on."""
    text = text.rstrip(BLANK)  # spreadsheets may end in a million empty rows
    filled = (line for line in enumerate(io.StringIO(text, newline=None), 1) if line[1].strip(BLANK))
    lines = list(islice(dropwhile(lambda line: line[1].lower().startswith(PREAMBLE), filled), MOST_ROWS + 2))
    if not lines:
        raise TableError("This table is empty: it needs rows of numbers.")
    if len(lines) > MOST_ROWS + 1:
        raise TableError(TOO_MANY_ROWS)
    place, line = max(lines, key=lambda line: len(line[1]))
    if len(line) > LONGEST_LINE:
        raise TableError(
            f"Line {place:,} has {len(line):,} characters, and at most {LONGEST_LINE:,} are read: put each row on a "
            "line of its own."
        )
    return lines


# From lines to columns.


def _form(lines: list[tuple[int, str]]) -> tuple[str, dict]:
    """The separator, and how numbers are written: so that most cells of about 30 lines are numbers."""
    sample = [line for _, line in lines[:: 1 + len(lines) // 30]]
    best, form = 0, (",", DECIMAL_POINT)
    for separator in SEPARATORS:
        rows = [row for line in sample for row in _reader([line], separator)]
        width = Counter(map(len, rows)).most_common(1)[0][0]
        if not 1 < width <= MOST_COLUMNS:
            continue
        words = [" ".join(word.split()) for row in rows if len(row) == width for word in row]
        for decimal in (DECIMAL_POINT,) if separator == "," else (DECIMAL_POINT, DECIMAL_COMMA):
            values = numbers(words, decimal)
            fit = 1 + sum(isfinite(values[word]) for word in words)
            if fit > best:
                best, form = fit, (separator, decimal)
    return form


def _reader(lines: Iterable[str], separator: str, strict: bool = False):
    if separator == " ":
        lines = (" ".join(line.split()) for line in lines)
    return csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=strict)


def _records(lines: list[tuple[int, str]], separator: str) -> Iterator[tuple[int, list[str]]]:
    """The line each row begins in, and its words."""
    reader, read = _reader((line for _, line in lines), separator, strict=True), 0
    try:
        for row in reader:
            words = [" ".join(word.split()) for word in row]
            yield lines[read][0], [word[1:] if word.startswith(GUARDED) else word for word in words]
            read = reader.line_num
    except csv.Error:
        raise TableError(f"Line {lines[read][0]:,} has a quotation mark without its partner: delete it.") from None


def _check_size(line: int, width: int, rows: int) -> None:
    if width > MOST_COLUMNS:
        raise TableError(f"Line {line:,} has {width:,} columns, and at most {MOST_COLUMNS} are read: delete some.")
    _demand_columns(f"Line {line:,}", width)
    if rows > MOST_ROWS:
        raise TableError(TOO_MANY_ROWS)
    if rows * width > MOST_CELLS:
        raise TableError(
            f"This table has {rows:,} rows of {width} columns, and at most {MOST_CELLS:,} values are read: delete the "
            "columns that are not needed."
        )


def _demand_columns(what: str, count: int) -> None:
    if count < FEWEST_COLUMNS:
        raise TableError(
            f"{what} has {_count(count, 'column')}, and three are needed, separated by commas, semicolons or tabs: "
            "two coordinates, and what is to be predicted."
        )


def _fitted(row: list[str], width: int, line: int) -> list[str]:
    """The row with as many words as the first one has: what is too short lacks values."""
    if any(row[width:]):
        raise TableError(f"Line {line:,} has {len(row)} values, and the first row has {width}: make them equal.")
    return row[:width] + [""] * (width - len(row))


def _distinct(words: list[str]) -> list[str]:
    """Names for the columns, none of which is empty, a number or there twice."""
    names: list[str] = []
    values = numbers(words, DECIMAL_POINT)
    for place, word in enumerate(words, 1):
        name = word if isinf(values[word]) else f"column {word or place}"
        again = (f"{name} ({count})" for count in range(2, len(words) + 2))
        names.append(name if name not in names else next(each for each in again if each not in names + words))
    return names


def _column(name: str, words: Sequence[str], decimal: dict, lines: Sequence[int]) -> Column:
    longest = max(words, key=len)
    if len(longest) > MOST_CHARACTERS:
        raise TableError(
            f"Column {shown(name)}, line {lines[words.index(longest)]:,} has {len(longest):,} characters, and at most "
            f"{MOST_CHARACTERS} are read: shorten {shown(longest)}."
        )
    values = numbers(set(words), decimal)
    return Column(name, tuple(words), np.array([values[word] for word in words]))


def numbers(words: Collection[str], decimal: dict) -> dict[str, float]:
    """The number that each word says, by `DECIMAL_POINT` or `DECIMAL_COMMA`: nan where missing, inf where text."""
    readable = "\n".join(words).translate(decimal).lower().split("\n")  # all at once, which is much faster
    return {word: _number(text) for word, text in zip(words, readable, strict=True)}


def _number(text: str) -> float:
    if text in MISSING:
        return np.nan
    try:
        value = float(text)
    except ValueError:
        return np.inf
    return value if abs(value) <= LARGEST else np.nan


def _doubts(sheet: Sheet) -> tuple[str, ...]:
    """A notice for each column that is all but numbers. Raises TableError where less than two are numbers."""
    texts = [column for column in sheet.columns if column.numbers is None]
    texts.sort(key=lambda column: np.isinf(column.values).mean())
    if len(sheet.columns) - len(texts) < 2:
        hint = f" {first_text(texts[0], sheet)}" if texts else ""
        raise TableError(f"This table needs at least two columns of numbers.{hint}")
    almost = [column for column in texts if np.isinf(column.values).mean() < 0.5]
    return tuple(f"{first_text(column, sheet)} The column is read as words." for column in almost)


def first_text(column: Column, sheet: Sheet) -> str:
    """A sentence on the first word of a column that is no number."""
    row = int(np.isinf(column.values).argmax())
    return f"Column {shown(column.name)}, line {sheet.lines[row]:,}: {shown(column.words[row])} is not a number."


def shown(word: str) -> str:
    """A visitor's word in a sentence: in quotation marks, cut short."""
    printable = word.encode("utf-8", "replace").decode()  # half a character pair cannot be sent to a browser
    return f"“{printable if len(printable) <= 30 else printable[:29] + '…'}”"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"

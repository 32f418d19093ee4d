"""Sheets: what visitors bring is read as it was meant, or refused in a sentence that names the place."""

import random
from contextlib import suppress

import numpy as np
import pytest

from nn_core import sheets
from nn_core.sheets import TableError, read_sheet

PLAIN = "x,y,label\n1.5,-2,a\n2,1e-3,b\n3,0.25,a\n4,7,b\n"
SEMICOLONS = "x;y;label\n1,5;-2;a\n2;1e-3;b\n3;0,25;a\n4;7;b\n"
SPOILT = "x,y,label\n1,2,3\n4,five,6\n7,8,9\n1,1,1\n"

SAME_AS_PLAIN = {
    "plain": PLAIN,
    "bytes": PLAIN.encode(),
    "byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "pasted byte order mark": "\ufeff" + PLAIN,
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "UTF-16 without a mark": PLAIN.encode("utf-16-le"),
    "UTF-16 without a mark, big end first": PLAIN.encode("utf-16-be"),
    "Windows": PLAIN.replace("\n", "\r\n"),
    "old Mac": PLAIN.replace("\n", "\r"),
    "semicolons": PLAIN.replace(",", ";"),
    "semicolons and decimal commas": SEMICOLONS,
    "tabs": PLAIN.replace(",", "\t"),
    "tabs and decimal commas": SEMICOLONS.replace(";", "\t"),
    "bars": PLAIN.replace(",", "|"),
    "a bar at both ends": "".join(f"| {line} |\n" for line in PLAIN.replace(",", " | ").splitlines()),
    "blanks": PLAIN.replace(",", "   "),
    "blanks, aligned to the right": "\n".join("  " + line for line in PLAIN.replace(",", " \t ").splitlines()),
    "blanks after commas": PLAIN.replace(",", ", "),
    "quoted": "".join('"' + line.replace(",", '","') + '"\n' for line in PLAIN.splitlines()),
    "comments": "# made by hand\n\n# on a Sunday, for fun\n" + PLAIN,
    "a spreadsheet's hint": "sep=,\n" + PLAIN,
    "no line end": PLAIN[:-1],
    "empty lines": "\n\n" + PLAIN.replace("\n", "\n\n") + "\n \n",
    "empty rows": PLAIN + ",,\n" * 70_000,
    "empty columns": PLAIN.replace("\n", ",,\n"),
    "unicode minus": PLAIN.replace("-2", "−2"),
    "non-breaking blanks": PLAIN.replace(",", "\u00a0,\u202f"),
    "a plus": PLAIN.replace("1.5", "+1.50"),
}


@pytest.mark.parametrize("raw", SAME_AS_PLAIN.values(), ids=SAME_AS_PLAIN)
def test_the_same_table_in_other_clothes(raw):
    sheet = read_sheet(raw)
    assert sheet.names == ("x", "y", "label")
    x, y, label = sheet.columns
    np.testing.assert_array_equal(x.numbers, [1.5, 2, 3, 4])
    np.testing.assert_array_equal(y.numbers, [-2, 0.001, 0.25, 7])
    assert label.words == ("a", "b", "a", "b")
    assert label.numbers is None


REFUSED = {
    "empty": ("", "empty"),
    "blank": (" \n\t\n", "empty"),
    "only comments": ("# x\n# y\n", "empty"),
    "only a header": ("x,y,label\n", "0 rows"),
    "three rows": ("1,2,3\n" * 3, "3 rows of values, and at least 4"),
    "one column": ("1\n2\n3\n4\n5\n", "1 column, and three"),
    "two columns": ("x,y\n1,2\n3,4\n5,6\n7,8\n", "2 columns, and three"),
    "two columns and an empty one": ("x,y,\n1,2,\n3,4,\n5,6,\n7,8,\n", "This table has 2 columns, and three"),
    "too many columns": (",".join(["1"] * 65) + "\n", "Line 1 has 65 columns, and at most 64"),
    "too many rows": ("1,2,3\n" * 50_001, "more than 50,000 rows"),
    "too many rows, named": ("x,y,z\n" + "1,2,3\n" * 50_001, "more than 50,000 rows"),
    "too many lines": ("1\n" * 2_000_000, "more than 50,000 rows"),
    "too many values": ((",".join(["1"] * 60) + "\n") * 9_000, "9,000 rows of 60 columns, and at most 500,000"),
    "ten million commas": ("," * 10_000_000, "10.0 million characters, and at most 5 million"),
    "ten million bytes": (b"," * 10_000_000, "10.0 million bytes, and at most 5 million"),
    "commas": ("," * 4_900_000, "empty"),
    "one long line": ("1" * 4_900_000, "Line 1 has 4,900,000 characters, and at most 5,000"),
    "a long value": (PLAIN + "1,2," + "z" * 201, "Column “label”, line 6 has 201 characters, and at most 200"),
    "a long row": (PLAIN + "1,2,a,4\n", "Line 6 has 4 values, and the first row has 3"),
    "a title above": ("My table\n" + PLAIN, "Line 1 has 1 column, and three"),
    "an open quotation mark": (PLAIN + '1,2,"a\n', "Line 6 has a quotation mark"),
    "an open quotation mark, long": (PLAIN + '1,2,"a\n' + PLAIN * 9_000, "Line 6 has a quotation mark"),
    "half a quotation": (PLAIN + '1,2,"a"b\n', "Line 6 has a quotation mark"),
    "an open quotation mark in the header": ('"' + PLAIN, "Line 1 has a quotation mark"),
    "no numbers": ("a,b,c\nd,e,f\n" * 4, "at least two columns of numbers. Column “a”, line 2: “d” is not a number"),
    "text in a number column": (SPOILT.replace("6", "z"), "Column “y”, line 3: “five” is not a number"),
    "thousands": ("x,y,z\n" + "1 000,1_000,7\n" * 4, "line 2: “1 000” is not a number"),
    "a point among decimal commas": ("1,5;1.000,5;a\n" * 4, "“1.000,5” is not a number"),
    "long text": (PLAIN.replace("-2", "<b>" + "z" * 100), "“<b>zzzzzzzzzzzzzzzzzzzzzzzzzz…” is not a number"),
    "a null byte": (PLAIN + "1,2,\0\n", "Line 6 has a control character (number 0)"),
    "a bell": (PLAIN.replace(",b", ",\a"), "Line 3 has a control character (number 7)"),
    "UTF-32": (PLAIN.encode("utf-32"), "control character"),
    "junk": (bytes(range(256)) * 100, "control character"),
    "Excel": (b"PK\x03\x04\x14\0\x06\0" + b"[Content_Types].xml", "This is an Excel, OpenDocument or zip file"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
    "PDF": (b"%PDF-1.7\n1 2 3\n", "PDF"),
    "PNG": (b"\x89PNG\r\n\x1a\n", "picture"),
    "gzip": (b"\x1f\x8b\x08\0", "packed"),
    "web page": ("\n<!DOCTYPE html><html><body>1,2,3", "web page"),
    "JSON": ('[{"x": 1, "y": 2}]', "JSON"),
}


@pytest.mark.parametrize(("raw", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused_in_a_sentence(raw, sentence):
    with pytest.raises(TableError) as refusal:
        read_sheet(raw)
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith(".")
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 250


@pytest.mark.parametrize(
    "word", ["", " ", "NA", "n/a", "NaN", "null", "None", "-", "−", "?", "inf", "-Infinity", "1e999", '""']
)
def test_missing_values(word):
    sheet = read_sheet(PLAIN.replace("-2", word))
    np.testing.assert_array_equal(sheet.columns[1].numbers, [np.nan, 0.001, 0.25, 7])


def test_short_rows_lack_their_last_values():
    sheet = read_sheet(PLAIN + "5\n6,1\n")
    assert [len(column.words) for column in sheet.columns] == [6, 6, 6]
    np.testing.assert_array_equal(np.isnan(sheet.columns[1].values), [0, 0, 0, 0, 1, 0])
    assert sheet.columns[2].words[-2:] == ("", "")


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("", ("column 1", "column 2", "column 3")),
        ("a,a,a\n", ("a", "a (2)", "a (3)")),
        ("a,a (2),a\n", ("a", "a (2)", "a (3)")),
        (",x,?\n", ("column 1", "x", "column ?")),
        ('"the ""x""",größe,"a, b"\n', ('the "x"', "größe", "a, b")),
        ("'=x,<b>y</b>,z\u200bw\n", ("=x", "<b>y</b>", "z w")),
        ('"two\nlines",x,y\n', ("two lines", "x", "y")),
    ],
)
def test_names(header, names):
    sheet = read_sheet(header + "1,2,3\n" * 4)
    assert sheet.names == names
    assert [len(column.words) for column in sheet.columns] == [4, 4, 4]


def test_lines_are_those_of_the_file():
    sheet = read_sheet('# comment\n\nx,y,label\n1,2,a\n\n3,4,"b\nb"\n5,6,c\n7,8,d')
    assert sheet.lines == (4, 6, 8, 9)
    assert sheet.columns[2].words == ("a", "b b", "c", "d")


def test_the_form_is_that_of_the_whole_file():
    whole = "1;2;0\n" * 1000
    sheet = read_sheet(whole + "1,5;2,5;1\n" * 1000)
    assert sheet.columns[0].numbers is not None
    assert sheet.columns[0].numbers.sum() == 2500


def test_what_was_guessed_or_doubtful_is_told():
    assert read_sheet(PLAIN).notices == ()
    sheet = read_sheet(PLAIN.replace("label", "größe").encode("cp1252"))
    assert sheet.names[2] == "größe"
    assert "not UTF-8" in sheet.notices[0]
    (notice,) = read_sheet(SPOILT).notices
    assert notice == "Column “y”, line 3: “five” is not a number. The column is read as words."
    assert "without a single value" in read_sheet("x,y,z,w\n" + "1,2,3,\n" * 4).notices[0]


def test_at_its_limits():
    assert len(read_sheet("x,y,z\n" + "1,2,3\n" * 50_000).lines) == 50_000
    assert len(read_sheet("1,2,3\n" * 50_000).lines) == 50_000
    assert len(read_sheet((",".join(["1"] * 64) + "\n") * 7_000).columns) == 64
    assert read_sheet(PLAIN + "1,2," + "z" * 200).columns[2].words[-1] == "z" * 200


def mutated(raw: bytes, rng: random.Random) -> bytes:
    """The file with a few accidents: bytes lost, changed, doubled, and what tables stumble over put in."""
    pieces = [
        b'"',
        b",",
        b";",
        b"\t",
        b"\n",
        b"\r",
        b"\0",
        b"-",
        b"1e999",
        b"NA",
        b"'=",
        b"\xff",
        b"\xc3",
        b" ",
        b"#",
        b"0" * 300,
    ]
    for _ in range(rng.randint(1, 3)):
        at, to = sorted(rng.randrange(len(raw) + 1) for _ in range(2))
        raw = rng.choice(
            [
                raw[:at] + raw[at + 1 :],
                raw[:at] + bytes([rng.randrange(256)]) + raw[at + 1 :],
                raw[:at] + rng.choice(pieces) + raw[at:],
                raw[:to] + raw[at:],
                raw[:at] + raw[to:],
            ]
        )
    return raw


def accidents(seed: int, count: int):
    """Sheets read from damaged files; what cannot be read is refused and nothing worse."""
    rng = random.Random(seed)
    files = [raw if isinstance(raw, bytes) else raw.encode() for raw in SAME_AS_PLAIN.values() if len(raw) < 1000]
    for _ in range(count):
        with suppress(TableError):
            yield read_sheet(mutated(rng.choice(files), rng))


def test_no_accident_is_more_than_a_refusal():
    survivors = list(accidents(seed=0, count=3000))
    assert 500 < len(survivors) < 2500
    for sheet in survivors:
        n = len(sheet.lines)
        assert n >= sheets.FEWEST_ROWS
        assert sorted(set(sheet.lines)) == list(sheet.lines)
        assert len(set(sheet.names)) == len(sheet.columns) >= sheets.FEWEST_COLUMNS
        assert sum(column.numbers is not None for column in sheet.columns) >= 2
        for column in sheet.columns:
            assert len(column.words) == n
            assert column.values.shape == (n,)
            assert all(word.isprintable() and word == word.strip() for word in (column.name, *column.words))

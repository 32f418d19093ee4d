"""Tables: three columns of a sheet on the plane, their axes in the visitor's numbers, and the way back."""

import random

import numpy as np
import pytest

from nn_core.datasets import Axis
from nn_core.sheets import TableError, read_sheet
from nn_core.tables import choose, to_csv
from tests.test_sheets import accidents

ROWS = [(1.5, -2, "b"), (2, 1e-3, "a"), (3, 0.25, "b"), (4, 7, "a"), (2.5, 3, "b")]


def csv(rows, names=("x", "y", "z")):
    return "\n".join(",".join(map(str, row)) for row in [names, *rows])


def table(rows, kind=None):
    return choose(read_sheet(csv(rows)), "x", "y", "z", kind)


def with_targets(*targets):
    """Rows with these targets, in turn."""
    return [(x, y, targets[i % len(targets)]) for i, (x, y, _) in enumerate(ROWS * 2)]


def test_labels():
    made = table(ROWS)
    assert made.task == "binary"
    assert made.classes == ("a", "b")
    np.testing.assert_array_equal(made.y, [1, 0, 1, 0, 1])
    assert made.y.dtype.kind == "i"
    assert made.axes == (Axis("x", 3, 1.5), Axis("y", 2, 5), Axis("z"))
    np.testing.assert_array_equal(made.raw[:, :2], [row[:2] for row in ROWS])


def test_numbers():
    made = table(with_targets(0.5, 10, 20.25))
    assert (made.task, made.classes) == ("regression", ())
    assert made.axes[2] == Axis("z", 10, 10)
    np.testing.assert_allclose(made.y[:3], [-0.95, 0, 1.025])


@pytest.mark.parametrize(
    ("targets", "task", "classes"),
    [
        ((0, 1), "binary", ("0", "1")),
        (("yes", "no"), "binary", ("no", "yes")),
        (("1.0", "1", "-2"), "binary", ("-2", "1")),
        ((10, 9, 1), "multiclass", ("1", "9", "10")),
        (("10", "9", "x"), "multiclass", ("10", "9", "x")),
        (tuple(range(6)), "multiclass", tuple("012345")),
        (tuple(range(7)), "regression", ()),
        ((0.5, 1), "regression", ()),
        (("=1+2", "@x", "a,b", 'say "x"'), "multiclass", ("=1+2", "@x", "a,b", 'say "x"')),
    ],
)
def test_what_the_target_is(targets, task, classes):
    names = ['"' + target.replace('"', '""') + '"' if isinstance(target, str) else target for target in targets]
    made = table(with_targets(*names))
    assert (made.task, made.classes) == (task, classes)


def test_the_kind_may_be_asked_for():
    assert table(with_targets(0.5, 1), "label").classes == ("0.5", "1")
    assert table(with_targets(0, 1), "number").task == "regression"


def test_columns_in_any_order():
    sheet = read_sheet(csv(ROWS))
    np.testing.assert_array_equal(choose(sheet, "y", "x", "z").x, choose(sheet, "x", "y", "z").x[:, ::-1])


def test_rows_that_lack_a_value_are_left_out():
    made = table([*ROWS, (1, 2, "NA"), ("", 2, "c"), (1, "inf", "c")])
    assert made.classes == ("a", "b")
    assert len(made.x) == len(made.y) == len(ROWS)
    assert made.notices == ("3 rows lack a value and are left out.",)
    assert made.digest == table(ROWS).digest
    assert table([*ROWS, (1, 2, "")]).notices == ("1 row lacks a value and is left out.",)


REFUSED = {
    "few rows": ([*ROWS[:3], (1, "", "a"), (1, 2, "")], None, "3 of 5 rows have all three values, and 4 are needed"),
    "one label": (with_targets("a"), None, "Column “z” says “a” in every row"),
    "one number": (with_targets(3), "number", "Column “z” is the same in every row"),
    "seven labels": (with_targets(*"abcdefg"), None, "Column “z” has 7 different labels, and at most 6"),
    "numbers of words": (ROWS, "number", "Column “z”, line 2: “b” is not a number"),
    "many numbers as labels": (with_targets(*np.arange(8) / 2), "label", "8 different labels"),
}


@pytest.mark.parametrize(("rows", "kind", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused_in_a_sentence(rows, kind, sentence):
    with pytest.raises(TableError) as refusal:
        table(rows, kind)
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_columns_that_will_not_do():
    sheet = read_sheet(csv([(*row, 1, i if i else "oops") for i, row in enumerate(ROWS)], [*"xyz", "w", "v"]))
    for names, sentence in [
        (("x", "x", "z"), "three different columns"),
        (("x", "y", "x"), "three different columns"),
        (("x", "q" * 99, "z"), "no column “qqq"),
        (("x", "v", "z"), "Column “v”, line 2: “oops” is not a number. Correct it, or choose another column."),
    ]:
        with pytest.raises(TableError, match=sentence):
            choose(sheet, *names)
    assert choose(sheet, "x", "w", "z").axes[1] == Axis("w", 1, 1)  # the same everywhere


@pytest.mark.parametrize(
    ("low", "high", "zero", "unit"),
    [
        (-1, 1, 0, 1),
        (0, 1, 0.5, 0.5),
        (0, 100, 50, 50),
        (4.3, 7.9, 6, 2),
        (1, 6.9, 4, 3),
        (0.1, 0.3, 0.2, 0.1),
        (1990, 2020, 2005, 15),
        (-273.15, 1000, 500, 800),
        (1e99, 3e99, 2e99, 1e99),
        (1.6e9, 1.6e9 + 3, 1.6e9 + 1.5, 1.5),
        (7, 7, 7, 1),
    ],
)
def test_axes_have_round_numbers(low, high, zero, unit):
    axis = table([(x, i, i % 2) for i, x in enumerate([low, high, low, high])]).axes[0]
    assert axis == Axis("x", zero, unit)


def test_axes_undo_the_scaling_and_fill_the_plane():
    rng = random.Random(1)
    for _ in range(300):
        size, offset = 10 ** rng.uniform(-90, 90), rng.choice([0, rng.uniform(-1e6, 1e6)])
        made = table([(rng.uniform(-1, 1) * size + offset * size, i, i % 3) for i in range(10)])
        axis = made.axes[0]
        np.testing.assert_allclose(axis.zero + axis.unit * made.x[:, 0], made.raw[:, 0], rtol=1e-12, atol=1e-12 * size)
        assert 0.7 < np.abs(made.x[:, 0]).max() <= 1.15 + 1e-9
        assert len(f"{axis.unit:g}") <= len("1.2e-100")


def test_to_csv():
    rows = [(0.1, 1e-17, "=cmd"), (1 / 3, -0.0, "a,b"), (2, 5, 'say "x"'), (3, 6, "-"), (4, 7, "-1"), (5, 8, "-x")]
    sheet = read_sheet(csv([(x, y, '"' + z.replace('"', '""') + '"') for x, y, z in rows], ['"#a"', "'+b", "1c"]))
    assert to_csv(choose(sheet, "#a", "+b", "1c")) == (
        '"#a","\'+b","1c"\n0.1,1e-17,"\'=cmd"\n0.3333333333333333,0.0,"a,b"\n2.0,5.0,"say ""x"""\n4.0,7.0,"-1"\n'
        '5.0,8.0,"\'-x"\n'
    )


def same(one, other):
    return (one.task, one.classes, one.axes, one.digest) == (
        other.task,
        other.classes,
        other.axes,
        other.digest,
    ) and all(np.array_equal(a, b) for a, b in ((one.x, other.x), (one.y, other.y), (one.raw, other.raw)))


def again(made):
    """The table after a journey through CSV."""
    return choose(
        read_sheet(to_csv(made)),
        *(axis.title for axis in made.axes),
        "number" if made.task == "regression" else "label",
    )


def test_there_and_back():
    rng = np.random.default_rng(2)
    for exponent in (-50, -3, 0, 3, 50):
        numbers = rng.standard_normal((50, 3)) * 10.0**exponent
        made = table(numbers.tolist())
        assert made.task == "regression"
        assert same(again(made), made)


def test_the_digest_tells_tables_apart_and_is_the_same_everywhere():
    digest = table(ROWS).digest
    assert digest == "f176642e9468"
    assert table(ROWS[::-1]).digest != digest
    assert table([*ROWS[:-1], (2.5, 3 + 1e-15, "b")]).digest != digest
    assert table([(x, y, z.replace("b", "c")) for x, y, z in ROWS]).digest != digest
    assert choose(read_sheet(csv(ROWS, ("x", "q", "z"))), "x", "q", "z").digest != digest


def test_no_accident_is_more_than_a_refusal():
    rng = random.Random(3)
    made, refused = 0, 0
    for sheet in accidents(seed=4, count=3000):
        try:
            one = choose(sheet, *rng.sample(sheet.names, 3), rng.choice([None, "label", "number"]))
        except TableError:
            refused += 1
            continue
        made += 1
        assert one.x.shape == (len(one.y), 2)
        assert np.abs(one.x).max() <= 1.2
        assert (one.task == "regression") == (one.classes == ())
        assert one.task == "regression" or set(one.y) == set(range(len(one.classes)))
        assert same(again(one), one)
    assert min(made, refused) > 100

"""The numbers of a gradient check: every parameter in a table, as a file, and one of them worked out by hand."""

import csv
import io
import math

import numpy as np
import streamlit as st

from nn_core.activations import Array
from nn_core.checks import COMPLEX_STEP, RIGHT, Case, apart, losses_beside, relative_error
from nn_core.landscape import names
from ui import theme
from ui.depth import deeper
from ui.session.checking import Checked
from ui.words import table

HEAD = ("", "Parameter", "Backpropagation", "Complex step", "Error", "Central difference", "Error")


def called(of: Case) -> list[str]:
    """The names of the parameters that are checked."""
    every = names(of.config)
    return [every[place] for place in of.places]


def every_parameter(checked: Checked, found: Array, central: Array) -> None:
    """Every parameter, the worst first."""
    which = called(checked.case)
    errors = relative_error(found, checked.measured), relative_error(found, central)
    order = worst_first(*errors)
    wrong, unclear, _ = apart(checked.case, found, checked.measured)
    lines = [
        [
            "✗" if wrong[i] else "?" if unclear[i] else "✓",
            which[i].replace("[", "\\["),
            *(_shown(value[i], 9) for value in (found, checked.measured)),
            _shown(errors[0][i], 2),
            _shown(central[i], 9),
            _shown(errors[1][i], 2),
        ]
        for i in order
    ]
    st.markdown("**Every parameter**, the worst first")
    with st.container(key="found", height=min(420, 80 + 38 * len(lines)), border=False):
        st.markdown(table(HEAD, lines, "llrrrrr"))
    if unclear.any():
        st.caption("? differs by no more than rounding or overflow can explain. – is not a number.")
    st.download_button(
        "All as CSV",
        data=lambda: as_csv(checked, found, central),
        file_name="gradient_check.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="save_check",
    )


def _shown(value: Array | float, places: int) -> str:
    return theme.minus(f"{value:.{places}g}") if np.isfinite(value) else "–"


def worst_first(by_complex: Array, by_central: Array) -> Array:
    """The order of parameters (m,): the wrong ones by their errors, then the others by the central difference."""
    wrong = np.where(by_complex <= RIGHT, 0, np.nan_to_num(by_complex, nan=np.inf))
    return np.lexsort((-by_central, -wrong))


def as_csv(checked: Checked, found: Array, central: Array) -> str:
    """All checked derivatives in the order of the parameters."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["parameter", "value", "backpropagation", "complex_step", "central_difference"])
    of = checked.case
    rows = zip(called(of), of.parameters[of.places], found, checked.measured, central, strict=True)
    writer.writerows(rows)
    return file.getvalue()


def by_hand(checked: Checked, found: Array, central: Array, epsilon: float) -> None:
    """Both ways of measuring with the numbers of one parameter in them: the one with the largest error."""
    of = checked.case
    worst = int(worst_first(relative_error(found, checked.measured), relative_error(found, central))[0])
    below, above = losses_beside(of, int(of.places[worst]), epsilon)
    st.markdown(f"**By hand**, for {called(of)[worst].replace('[', chr(92) + '[')}, the first in the table")
    deeper("central_difference")
    if math.isfinite(above) and math.isfinite(below):
        quotient = theme.minus(f"{central[worst]:.9g}")
        _numbers({"L(w + ε)": f"{above:.17f}", "L(w − ε)": f"{below:.17f}", "difference / 2ε": quotient})
        st.caption(f"{_equal(below, above)} Of the about 16 digits of a number, these are lost in the difference.")
    deeper("complex_step")
    measured, ours = (_shown(value[worst], 15) for value in (checked.measured, found))
    _numbers({"Im L(w + iε) / ε": measured, "backpropagation": ours})
    st.caption(f"Nothing is subtracted, so ε may be as small as it likes: here it is {COMPLEX_STEP:.0e}.")
    deeper("relative_error")
    st.caption(
        "Errors are relative: to the larger of the two, or, where both are nearly 0 and rounding is all there is, to a "
        "millionth of the largest derivative."
    )


def _numbers(named: dict[str, str]) -> None:
    """Long numbers below each other, in digits of one width; not as code, for which the browser fetches a megabyte."""
    st.markdown("  \n".join(f"`{number}`  {name}" for name, number in named.items()))


def _equal(below: float, above: float) -> str:
    same = 0
    for one, other in zip(f"{below:.17f}", f"{above:.17f}", strict=False):
        if one != other:
            break
        same += one.isdigit() and (same > 0 or one != "0")
    return (
        f"The first {same} digits of the two losses are the same."
        if same
        else "The two losses differ from the first digit on."
    )

"""A slider that reports while it is dragged, and waits for each result before it reports again.

Streamlit's own slider stays silent until it is released. This one sends its newest value whenever the result of the one
before it is on screen, so pictures follow the hand as fast as they can be made and no value queues up behind another.
"""

import math
import sys
from collections.abc import Callable
from pathlib import Path

from ui.components import from_folder

_mount = from_folder(Path(__file__).parent)

# Twenty round numbers to a decade, each 7 to 17 % above the one before: 0.3 and 0.5 are on the scale, 0.316 is not.
_ROUND = (10, 11, 12, 14, 16, 18, 20, 22, 25, 28, 30, 35, 40, 45, 50, 55, 60, 70, 80, 90)


def live_slider(
    label: str,
    *,
    key: str,
    value: float,
    low: float,
    high: float,
    step: float | None = None,
    answered: int,
    on_change: Callable[[], None],
    help: str = "",
    disabled: bool = False,
    mark: tuple[float, str] | None = None,
) -> None:
    """Show a slider from `low` to `high` that reports while it is dragged; its number can also be typed.

    `step` is the distance between two stops, `None` for round numbers on a logarithmic scale. Integers for `low` and
    `step` allow whole numbers only; otherwise any number between the limits may be typed.
    `answered` names the result on screen: a number that differs after every finished run of the script. Mount the
    slider after that result (its place on the page may come earlier, by a container), or it asks for more before the
    picture is there.
    `mark` is a number between the limits and its name: a stop of its own, shown below the slider.
    `value` is shown whenever the hand is off and nothing is under way. The choice is state "value"; `on_change` takes
    it from the session with `chosen`. While the slider is held the window hears "nn-hold", detail true, then false.
    """
    data = {
        "label": label,
        "help": help,
        "value": value,
        "stops": sorted({*stops(low, high, step), *(mark[:1] if mark else ())}),
        "whole": isinstance(low, int) and isinstance(step, int),
        "answered": answered,
        "disabled": disabled,
        "mark": mark,
    }
    _mount(key=key, data=data, on_value_change=on_change)


def chosen(state: object) -> tuple[float | None, bool]:
    """The number in the browser's untrusted state of a live slider, or `None` where there is none, and whether the hand
    is still on it. Never raises."""
    report = state.get("value") if isinstance(state, dict) else None
    if not isinstance(report, list) or len(report) != 3:  # number, a count that makes each report a new one, held
        return None, False
    number, held = report[0], report[2] is True
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None, held
    return (number if abs(number) <= sys.float_info.max else None), held  # refuses nan, inf and huge integers alike


def stops(low: float, high: float, step: float | None = None) -> list[float]:
    """The values a slider halts at, both ends included: `step` apart, or round numbers a factor of about 1.12 apart.

    Raises ValueError unless low < high, step > 0, and low > 0 on the logarithmic scale.
    """
    if not low < high or (low <= 0 if step is None else step <= 0):
        raise ValueError(f"no scale from {low} to {high} with step {step}")
    if step is None:
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)))
        # Written as text and read again, so that 3e-05 is 3e-05 and not 3.0000000000000004e-05.
        inner = [float(f"{digits}e{decade - 1}") for decade in decades for digits in _ROUND]
    else:
        inner = [round(low + i * step, 10) for i in range(math.ceil((high - low) / step))]
    return [low, *(stop for stop in inner if low < stop < high), high]

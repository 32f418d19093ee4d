"""A chart of lines and marks, in one panel or several with a legend for all: what `ui.figures.plots` describes.

Point at a panel, or step through it with the arrow keys, to read its values; point at a line or its name in the legend
to lift it above the others, click the name to keep it there.

The format, version 1: a header and arrays as packed by `ui.components.pack`. The header:

    version     1
    height      of a panel in pixels
    panels      the fields of `plots.Panel`, but with the x and y of a series as names of arrays
    arrays      name -> [offset, length], both in floats
"""

from collections.abc import Sequence
from pathlib import Path

from nn_core.activations import Array
from ui.components import from_folder, pack
from ui.figures.plots import Panel, ends

VERSION = 1
STAGE = ("page.js", "numbers.js", "forward.js", "paint.js", "marks.js", "chart.js")
SCRIPTS = (*(f"../stage/{name}" for name in STAGE), "panel.js", "places.js", "curves.js")
STYLES = ("../stage/colours.css", "../stage/frame.css", "curves.css")

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def curves(panels: Sequence[Panel], *, key: str, height: int = 260) -> None:
    """Show a chart. The same key repaints the same picture in place."""
    _mount(key=key, data=encode(panels, height))


def encode(panels: Sequence[Panel], height: int) -> bytes:
    """The bytes that show these panels, in the format above. An array that several series have is sent once."""
    arrays: dict[int, tuple[str, Array]] = {}

    def name(array: Array) -> str:
        return arrays.setdefault(id(array), (str(len(arrays)), array))[0]

    def described(panel: Panel) -> dict:
        series = [each._asdict() | {"x": name(each.x), "y": name(each.y)} for each in panel.series]
        axes = {"x": panel.x._asdict(), "y": panel.y._asdict(), "levels": [each._asdict() for each in panel.levels]}
        return panel._asdict() | axes | {"series": series, "summary": panel.summary or ends(panel)}

    header = {"version": VERSION, "height": height, "panels": [described(panel) for panel in panels]}
    return pack(header, dict(arrays.values()))

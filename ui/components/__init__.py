"""The browser's parts of the app. A folder each: a typed Python wrapper, and its HTML, CSS and JavaScript.

A script handed to Streamlit travels to the browser again with every update of the component. Ours are fetched once:
what travels is a line that imports the script from the app's own address, where app.py serves SCRIPTS.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

SCRIPTS: dict[str, str] = {}  # file name, which changes with the text, -> text

_LOADER = """const {{ default: mount }} = await import(new URL("scripts/{file}", document.baseURI));
export default mount;
"""


def from_folder(folder: Path, scripts: Sequence[str] = ()) -> ComponentRenderer:
    """The component whose HTML, CSS and script stand in `folder` under the folder's own name. Several `scripts` are
    joined, in this order, to one module; only the last may export."""
    name = folder.name
    text = "\n".join((folder / script).read_text(encoding="utf-8") for script in scripts or (f"{name}.js",))
    file = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.js"
    SCRIPTS[file] = text
    html, css = ((folder / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css"))
    return component(name, html=html, css=css, js=_LOADER.format(file=file))

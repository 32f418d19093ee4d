"""The browser's parts of the app. A folder each: a typed Python wrapper, and its HTML, CSS and JavaScript.

What is handed to Streamlit, HTML, CSS or script, travels to the browser again with every update of the component. Ours
is fetched once: what travels are the few lines of _LOADER, which import the rest from the app's own address, where
app.py serves SCRIPTS.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from nn_core.config import Config

SCRIPTS: dict[str, bytes] = {}  # file name, which changes with the text, -> text

_LOADER = """const {{ default: mount, PAGE }} = await import(new URL("scripts/{file}", document.baseURI));
export default (component) => {{
  const {{ parentElement }} = component;
  if (!parentElement.querySelector("[data-page]")) {{ // once; it is called again with every update
    const page = document.createElement("template");
    page.innerHTML = PAGE;
    parentElement.append(page.content);
  }}
  return mount(component);
}};
"""
_PAGE = """<div data-page><style>{css}</style>
{html}</div>"""


def from_folder(
    folder: Path,
    scripts: Sequence[str] = (),
    styles: Sequence[str] = (),
    libraries: Mapping[str, Traversable] | None = None,
) -> ComponentRenderer:
    """The component whose HTML, CSS and script stand in `folder` under the folder's own name. Several `scripts` are
    joined, in this order, to one module; only the last may export. Several `styles` are joined likewise. Both are paths
    from `folder`, so one component may use a part of another. `libraries` are scripts for it to fetch when it needs
    them: constants of the module, which hold the names under which they are served."""
    name = folder.name
    files = {constant: _serve(constant.lower(), path.read_bytes()) for constant, path in (libraries or {}).items()}
    constants = [f"const {constant} = {json.dumps(file)};" for constant, file in files.items()]
    page = _PAGE.format(css=_joined(folder, styles or (f"{name}.css",)), html=_joined(folder, (f"{name}.html",)))
    constants.append(f"export const PAGE = {json.dumps(page)};")
    text = "\n".join([*constants, _joined(folder, scripts or (f"{name}.js",))])
    return component(name, js=_LOADER.format(file=_serve(name, text.encode())))


def _serve(name: str, text: bytes) -> str:
    """Put a script among those that are served; returns the name of its file."""
    file = f"{name}-{hashlib.sha256(text).hexdigest()[:12]}.js"
    SCRIPTS[file] = text
    return file


def _joined(folder: Path, files: Sequence[str]) -> str:
    return "\n".join((folder / file).read_text(encoding="utf-8") for file in files)


def shape(config: Config) -> dict[str, Any]:
    """What forward() in the browser has to know of a network beside its parameters: sizes, the numbers of input
    features, of each hidden layer's units, of outputs; activations, a name for each hidden layer; features; link."""
    return {
        "sizes": config.layer_sizes,
        "activations": config.activations,
        "features": config.features,
        "link": config.link,
    }


def pack(header: Mapping[str, Any], arrays: Mapping[str, NDArray] | None = None, rest: bytes = b"") -> bytes:
    """A header and what belongs to it as one piece for the browser, where parsePayload() takes it apart.

    uint32        length of the header in bytes, little-endian as everything here
    header        JSON in UTF-8, padded with spaces so that what follows starts at a multiple of four; its `arrays` say
                  where each one stands: name -> [offset, length], both in floats
    float32 ...   all arrays, end to end
    rest          bytes of whatever kind
    """
    arrays = arrays or {}
    ends = np.cumsum([array.size for array in arrays.values()]).tolist()
    places = {name: (end - array.size, array.size) for (name, array), end in zip(arrays.items(), ends, strict=True)}
    text = json.dumps({**header, "arrays": places}, ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    floats = np.concatenate([np.empty(0), *map(np.ravel, arrays.values())])
    with np.errstate(over="ignore"):  # beyond float32 is a gap in the curve
        return len(text).to_bytes(4, "little") + text + floats.astype("<f4").tobytes() + rest

"""Small square pictures in rows that wrap, each with a caption: digits as white ink on black, or maps of signed
numbers, blue above zero and orange below. One of them can be picked, by click or key.

The format: a header as packed by `ui.components.pack`, and behind it the pictures, end to end, one byte a pixel: 0 to
255, or for signed ones -127 to 127. The header:

    version     1
    label       what is shown, for those who hear the page
    side        of a picture in pixels
    size        of a picture on the screen in CSS pixels
    signed      for each picture whether its bytes have a sign
    outlined    whether one more picture follows: where it is 1 is outlined on all signed ones
    pick        whether a picture can be picked
    of          what a pick has to name: it counts for these pictures only
    captions    a text for each picture, may be empty
    marks       for each picture "right", "wrong" or ""
"""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ui.components import from_folder, pack

VERSION = 1
SIZE = 56
SIGNS = ("right", "wrong", "")
SCRIPTS = (*(f"../stage/{name}" for name in ("page.js", "forward.js", "paint.js")), "gallery.js")
STYLES = ("../stage/colours.css", "gallery.css")

Pictures = np.ndarray | Sequence[np.ndarray]

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def gallery(
    images: Pictures,
    captions: Sequence[str],
    *,
    key: str,
    label: str,
    marks: Sequence[str] | None = None,
    size: int = SIZE,
    outline: np.ndarray | None = None,
    scale: float | None = None,
    pick: bool = True,
) -> int | None:
    """Show pictures (n, side, side), and return the place of the one that is picked, or None.

    uint8 pictures are white ink on black. Others are signed maps: `scale` has the full colour, by default each map's
    own largest size. `outline` (side, side), 0 to 1, is a drawing whose edge is drawn over the maps. `marks` are
    "right", "wrong" or "" for each picture; `size` is in CSS pixels. A pick is forgotten when the pictures or captions
    change. Raises ValueError where pictures, captions and marks are not equally many.
    """
    payload, of = encode(images, captions, label, marks=marks, size=size, outline=outline, scale=scale, pick=pick)
    result: Any = _mount(key=key, data=payload, on_picked_change=lambda: None)
    return picked(result, of, len(captions))


def encode(
    images: Pictures,
    captions: Sequence[str],
    label: str,
    *,
    marks: Sequence[str] | None = None,
    size: int = SIZE,
    outline: np.ndarray | None = None,
    scale: float | None = None,
    pick: bool = True,
) -> tuple[bytes, int]:
    """The bytes that show these pictures, in the format above, and what a pick among them has to name."""
    captions = list(captions)
    marks = [""] * len(captions) if marks is None else list(marks)
    if not len(images) == len(captions) == len(marks) or set(marks) - set(SIGNS):
        raise ValueError("each picture needs a caption, and a mark: right, wrong or none")
    signed = [image.dtype != np.uint8 for image in images]
    shown = (signed_bytes(image, scale) if sign else image for image, sign in zip(images, signed, strict=True))
    pixels = b"".join(image.tobytes() for image in shown)
    if outline is not None:
        pixels += (np.asarray(outline) > 0.5).astype(np.uint8).tobytes()
    of = zlib.crc32(pixels + "\n".join(captions).encode())
    header = {
        "version": VERSION,
        "label": label,
        "side": images[0].shape[-1] if len(images) else 0,
        "size": size,
        "signed": signed,
        "outlined": outline is not None,
        "pick": pick,
        "of": of,
        "captions": captions,
        "marks": marks,
    }
    return pack(header, rest=pixels), of


def signed_bytes(values: np.ndarray, scale: float | None = None) -> np.ndarray:
    """Numbers as int8, 127 where they are as large as `scale`, by default the largest size there is."""
    scale = scale or float(np.abs(values).max(initial=0)) or 1.0
    return np.rint(np.clip(np.asarray(values) / scale, -1, 1) * 127).astype(np.int8)


def picked(state: object, of: int, count: int) -> int | None:
    """The pick in the browser's untrusted state, if it was made among these `count` pictures. Never raises."""
    pick = state.get("picked") if isinstance(state, dict) else None
    if not isinstance(pick, dict) or pick.get("of") != of:
        return None
    at = pick.get("at")
    return at if type(at) is int and 0 <= at < count else None

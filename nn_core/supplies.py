"""Data that a worker process is sent once: tables and sets of pictures that visitors brought, by their digest."""

from typing import Any

MOST_KEPT = 4

_kept: dict[str, Any] = {}  # what was sent to this process last, newest at the end


class Missing(Exception):
    """The data of this run are not here: send them along."""


def supplied(digest: str, sent: Any = None) -> Any:
    """The data of this digest: those that are `sent` now are kept, others must have been sent before, or it raises
    Missing."""
    if sent is not None:
        _kept[digest] = _kept.pop(digest, sent)
        while len(_kept) > MOST_KEPT:
            del _kept[next(iter(_kept))]
    if digest not in _kept:
        raise Missing(digest)
    return _kept[digest]

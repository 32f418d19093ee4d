"""Arrays that visitors bring: bounded reading of .npz files, the zip archives that NumPy writes.

Nothing is unpacked before the whole file has been looked through: the zip's directory, then the first bytes of each
array, which say its type and shape, and so its size to the byte. No pickle is ever opened. Whatever cannot be read is
an `ArchiveError`, whose message is a sentence for the visitor: what is wrong, and what to do.
(NumPy's format: numpy.lib.format; the zip's: PKWARE, APPNOTE.TXT.)
"""

import io
import re
import sys
import zipfile
import zlib
from collections.abc import Collection
from contextlib import contextmanager
from itertools import pairwise
from math import prod
from struct import unpack_from
from typing import Literal, NamedTuple

import numpy as np

from nn_core.texts import plain, shown

MOST_DIRECTORY = 4_000  # bytes of the zip's directory, about 70 for each array
LONGEST_HEADER = 1_000  # bytes before the numbers of an array, in which its type and shape stand
END, END_SIZE, LONG_END, LONG_END_SIZE = b"PK\5\6", 22, b"PK\6\7", 20  # how a zip ends, also one beyond 4 GB
HEADER = re.compile(
    r"\{ *'descr': *'([<>|=]?)([a-zA-Z])(\d{0,6})', *'fortran_order': *(True|False), *"
    r"'shape': *\(((?:\d{1,10}(?:, *\d{1,10}){0,3})?),? *\),? *\} *\n?",
    re.ASCII,
)
NUMBERS = {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"}
OTHER_FILES = {
    "a single NumPy array (.npy)": b"\x93NUMPY",
    "a Python pickle, which could run anything and is never opened": (b"\x80\2", b"\x80\3", b"\x80\4", b"\x80\5"),
    "an HDF5 file, as Keras saves models (.h5)": b"\x89HDF",
    "packed by gzip": b"\x1f\x8b",
}


class ArchiveError(ValueError):
    """What is wrong with a file and what to do, in one sentence for the visitor."""


class Member(NamedTuple):
    """An array of an archive, looked at but not unpacked: its name, the type and shape it claims to have.

    `kind` is the letter of the type (u, i, f, b, U) and `size` the bytes of an element. `read` unpacks it.
    """

    name: str
    kind: str
    size: int
    shape: tuple[int, ...]
    order: Literal["C", "F"]
    descr: str
    start: int
    raw: bytes
    info: zipfile.ZipInfo

    @property
    def nbytes(self) -> int:
        """Of its numbers when unpacked."""
        return prod(self.shape) * self.size

    def read(self) -> np.ndarray:
        """The array, unpacked, finite, in this machine's order of bytes. Raises ArchiveError."""
        with _as_sentences(), zipfile.ZipFile(io.BytesIO(self.raw)) as file, file.open(self.info) as content:
            packed = content.read(self.start + self.nbytes)  # to its end, where the checksum is compared
            array = np.frombuffer(packed, self.descr, offset=self.start)
            array = np.ascontiguousarray(array.reshape(self.shape, order=self.order))
        if self.kind == "f" and not np.isfinite(array).all():
            raise ArchiveError(f"“{self.name}” holds numbers that are not finite (nan or infinity): mend them first.")
        return array.astype(array.dtype.newbyteorder("="), copy=False)

    def words(self) -> tuple[str, ...]:
        """The texts of an array of text, flat. Raises ArchiveError."""
        array = self.read().ravel()
        if (array.view(np.uint32) > sys.maxunicode).any():  # from such numbers Python cannot make text
            raise ArchiveError(f"“{self.name}” holds text that is damaged: save it again.")
        return tuple(array.tolist())


def look_through(raw: bytes, names: Collection[str], most: int, what: str) -> dict[str, Member]:
    """The arrays of an .npz file by name, without unpacking any of them.

    `names` are those there may be, `most` is how many bytes the file may have, packed and unpacked, and `what` says
    what kind of file is wanted ("a network"). Raises ArchiveError for anything else than a plain file of such arrays.
    """
    for kind, start in OTHER_FILES.items():
        if raw.startswith(start):
            raise ArchiveError(f"This file is {kind}: {what} is an .npz file, which np.savez writes.")
    if len(raw) > most:
        raise ArchiveError(
            f"This file has {len(raw) / 1e6:,.1f} million bytes, and {what} may have {most / 1e6:,.0f} million."
        )
    if not raw.startswith(b"PK") or raw[-END_SIZE:][: len(END)] != END or not raw.endswith(b"\0\0"):
        raise ArchiveError(f"This file is not a complete .npz file, which np.savez writes: {what} is one.")
    entries, directory = unpack_from("<HI", raw, len(raw) - END_SIZE + 10)
    long_end = raw[-END_SIZE - LONG_END_SIZE :][: len(LONG_END)] == LONG_END
    if long_end or directory > MOST_DIRECTORY or entries > 2 * len(names):
        raise ArchiveError(f"This file holds more than {what} has: save only {_listed(names)}.")
    with _as_sentences(), zipfile.ZipFile(io.BytesIO(raw)) as file:
        infos = file.infolist()
        _check_directory(infos, raw, names, most, what)
        return {name: _member(name, info, file, raw) for info in infos for name in [info.filename[:-4]]}


def _check_directory(infos: list[zipfile.ZipInfo], raw: bytes, names: Collection[str], most: int, what: str) -> None:
    for info in infos:
        if info.filename.removesuffix(".npy") not in names or not info.filename.endswith(".npy"):
            raise ArchiveError(f"“{plain(info.filename, 40)}” is no part of {what}: save only {_listed(names)}.")
        if info.flag_bits & 0x41:
            raise ArchiveError("This file is encrypted: save it without a password.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArchiveError("This file is packed in a way NumPy does not use: save it with np.savez_compressed.")
    if len({info.filename for info in infos}) < len(infos):
        raise ArchiveError("This file holds two arrays of one name: save each once.")
    unpacked = sum(info.file_size for info in infos)
    if unpacked > most + LONGEST_HEADER * len(infos):
        raise ArchiveError(
            f"This file would unpack to {unpacked / 1e6:,.0f} million bytes, and {what} may have {most / 1e6:,.0f} "
            "million: bring fewer or smaller arrays."
        )
    spans = sorted((info.header_offset, info.header_offset + 30 + info.compress_size) for info in infos)
    if spans and (any(end > begin for (_, end), (begin, _) in pairwise(spans)) or spans[-1][1] > len(raw)):
        raise ArchiveError("This file is damaged, or made to mislead: its parts lie over each other. Save it again.")


def _member(name: str, info: zipfile.ZipInfo, file: zipfile.ZipFile, raw: bytes) -> Member:
    """An array by its first bytes: a magic word, the version, the length of the header, and the header."""
    with file.open(info) as content:
        start = content.read(LONGEST_HEADER)
    if start[:6] != b"\x93NUMPY" or start[6:7] not in (b"\1", b"\2") or len(start) < 12:
        raise ArchiveError(f"“{name}” is no NumPy array: save it with np.savez.")
    first, length = (10, unpack_from("<H", start, 8)[0]) if start[6] == 1 else (12, unpack_from("<I", start, 8)[0])
    header = start[first : first + length].decode("latin-1")
    if re.search(r"'[|<>=]?O\d*'", header):
        raise ArchiveError(
            f"“{name}” holds Python objects (a pickle), never opened here: save plain arrays of numbers."
        )
    found = HEADER.fullmatch(header)
    if length > LONGEST_HEADER - first or not found:
        raise ArchiveError(f"“{name}” is no plain array of numbers or text: save it with np.savez.")
    order, kind, size, fortran, shape = found.groups()
    if kind + size not in NUMBERS and kind != "U":
        raise ArchiveError(f"“{name}” is of the type “{kind}{size}”: save whole numbers, numbers or text.")
    member = Member(
        name,
        kind,
        int(size or 0) * (4 if kind == "U" else 1),
        tuple(map(int, re.findall(r"\d+", shape))),
        "F" if fortran == "True" else "C",
        order + kind + size,
        first + length,
        raw,
        info,
    )
    if member.size == 0 or member.start + member.nbytes != info.file_size:
        raise ArchiveError(
            f"“{name}” says it has the shape {shown(member.shape)}, and has another number of bytes: save it again."
        )
    return member


@contextmanager
def _as_sentences():
    """Whatever Python's own reader of zip files objects to."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError("This file is damaged: save or load it down again.") from None


def _listed(names: Collection[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last

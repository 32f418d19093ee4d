"""Archives: arrays are read as they were saved, or refused in a sentence, before anything of them is unpacked."""

import io
import pickle
import random
import struct
import tracemalloc
import zipfile
from contextlib import suppress

import numpy as np
import pytest

from nn_core.archives import ArchiveError, look_through
from nn_core.texts import plain

NAMES, MOST = ("x", "y", "words"), 1_000_000
X, Y, WORDS = np.arange(24, dtype=np.uint8).reshape(4, 6), np.array([0.5, -2.0]), np.array(["a", "bé", "ß"])


def read(raw: bytes) -> list:
    members = look_through(raw, NAMES, MOST, "a test").values()
    return [member.words() if member.kind == "U" else member.read() for member in members]


def npz(save=np.savez_compressed, **arrays) -> bytes:
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def zipped(*members: tuple[str, bytes], method=zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def headed(header: str, content: bytes = b"", version: bytes = b"\1\0", length: int | None = None) -> bytes:
    """An array by hand: whatever its header says."""
    text = header.encode("latin-1")
    form = "<H" if version[0] == 1 else "<I"
    return b"\x93NUMPY" + version + struct.pack(form, len(text) if length is None else length) + text + content


def saying(descr: str = "'|u1'", shape: str = "(4, 6)", content: bytes = bytes(24)) -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
    return zipped(("x.npy", headed(header, content)))


def patched(raw: bytes, before: bytes, after: bytes) -> bytes:
    assert before in raw
    return raw.replace(before, after)


def in_directory(raw: bytes, offset: int, form: str, value: int) -> bytes:
    """The same zip, whose directory says something else about its first member."""
    at = raw.index(b"PK\1\2") + offset
    return raw[:at] + struct.pack(form, value) + raw[at + struct.calcsize(form) :]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("array", [X, X.T, X[None, :, 1:], X.astype(">i8"), X.astype("<i2"), Y, Y.astype(">f4")])
@pytest.mark.filterwarnings("error")
def test_arrays_are_read_as_they_were_saved(save, array):
    member = look_through(npz(save, x=array), NAMES, MOST, "a test")["x"]
    assert (member.shape, member.kind, member.size) == (array.shape, array.dtype.kind, array.itemsize)
    read = member.read()
    assert read.dtype == array.dtype.newbyteorder("=")
    assert read.flags.c_contiguous
    np.testing.assert_array_equal(read, array)


def test_text_is_read_as_it_was_saved():
    members = look_through(npz(words=WORDS, x=np.array("one")), NAMES, MOST, "a test")
    assert members["words"].words() == ("a", "bé", "ß")
    assert members["x"].words() == ("one",)


def test_arrays_are_found_by_name():
    members = look_through(npz(x=X, y=Y), NAMES, MOST, "a test")
    assert set(members) == {"x", "y"}
    np.testing.assert_array_equal(members["y"].read(), Y)


def test_an_empty_archive_has_no_arrays():
    assert look_through(b"PK\5\6" + bytes(18), NAMES, MOST, "a test") == {}


class Harm:
    """What a pickle could do."""

    def __reduce__(self):
        return pytest.fail, ("a pickle was opened",)


HARM = pickle.dumps(Harm())
GOOD = npz(x=X)
PLAIN_HEADER = "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 6), }"
BOMB = zipped(("x.npy", bytes(50_000_000)))
TWO = npz(np.savez, x=X, y=Y)

HOSTILE = {
    "nothing": (b"", "not a complete"),
    "text": (b"hello, I am a network\n" * 20, "not a complete"),
    "a picture": (b"\x89PNG\r\n" + bytes(100), "not a complete"),
    "a single array": (npy(X), "a single NumPy array"),
    "a pickle": (HARM, "a Python pickle"),
    "an old pickle": (pickle.dumps(Harm(), protocol=0), "not a complete"),
    "an HDF5 file": (b"\x89HDF\r\n" + bytes(100), "as Keras saves models"),
    "a gzip file": (b"\x1f\x8b" + bytes(100), "packed by gzip"),
    "a Keras model": (zipped(("config.json", b"{}"), ("model.weights.h5", b"")), "“config.json” is no part"),
    "half a file": (GOOD[: len(GOOD) // 2], "not a complete"),
    "too many bytes": (bytes(MOST + 1), "1.0 million bytes, and a test may have 1 million"),
    "a pickled array": (npz(x=np.array([Harm()], object)), "“x” holds Python objects (a pickle)"),
    "a pickle under an array's name": (zipped(("x.npy", HARM)), "no NumPy array"),
    "a pickle without .npy": (zipped(("x", HARM)), "“x” is no part"),
    "a pickle behind a header": (saying("'|O'", "(1,)", HARM), "a pickle"),
    "another name": (npz(z=X), "“z.npy” is no part of a test: save only x, y and words"),
    "a name that climbs": (zipped(("../../x.npy", npy(X))), "is no part"),
    "two of one name": (patched(TWO, b"y.npy", b"x.npy"), "two arrays of one name"),
    "10,000 members": (zipped(*((f"{i}.npy", b"") for i in range(10_000))), "more than a test has"),
    "10,000 members, and says 2": (
        b"".join(
            [(many := zipped(*((f"{i}.npy", b"") for i in range(10_000))))[:-14], struct.pack("<HH", 2, 2), many[-10:]]
        ),
        "more than a test has",
    ),
    "a bomb": (BOMB, "would unpack to 50 million bytes"),
    "a bomb that says it is small": (in_directory(BOMB, 24, "<I", 128), "damaged"),
    "a bomb behind a true header": (
        in_directory(zipped(("x.npy", headed(PLAIN_HEADER, bytes(50_000_000)))), 24, "<I", 10 + len(PLAIN_HEADER) + 24),
        "damaged",
    ),
    "a bomb of two": (zipped(*((f"{name}.npy", bytes(900_000)) for name in "xy")), "would unpack to 2 million"),
    "a bomb in a bomb": (zipped(("x.npy", zipped(("x.npy", bytes(10_000_000))))), "no NumPy array"),
    "4 GB unpacked": (in_directory(GOOD, 24, "<I", 0xFFFFFFF0), "would unpack to 4,295 million"),
    "beyond 4 GB": (in_directory(GOOD, 24, "<I", 0xFFFFFFFF), "would unpack to 4,295 million"),
    "16 exabytes": (
        in_directory(patched(zipped(("x.npy", npy(X))), b"PK\5\6", b"PK\5\6"), 30, "<H", 0)[:-22]
        + b"PK\6\6"
        + bytes(52)
        + b"PK\6\7"
        + bytes(16)
        + GOOD[-22:],
        "more than a test has",
    ),
    "parts over each other": (in_directory(TWO, 20, "<I", len(TWO) - 200), "lie over each other"),
    "a part beyond the end": (in_directory(GOOD, 20, "<I", 10_000_000), "lie over each other"),
    "a part that begins nowhere": (in_directory(GOOD, 42, "<I", 5_000), "lie over each other"),
    "encrypted": (in_directory(GOOD, 8, "<H", 1), "encrypted"),
    "packed another way": (zipped(("x.npy", npy(X)), method=zipfile.ZIP_LZMA), "packed in a way"),
    "another checksum": (in_directory(GOOD, 16, "<I", 12345), "damaged"),
    "an unknown version": (zipped(("x.npy", headed(PLAIN_HEADER, bytes(24), b"\3\0"))), "no NumPy array"),
    "a header of 4 GB": (zipped(("x.npy", headed(PLAIN_HEADER, bytes(24), b"\2\0", 2**32 - 16))), "no plain array"),
    "a header that is long": (zipped(("x.npy", headed(PLAIN_HEADER + " " * 60_000, bytes(24)))), "no plain array"),
    "a header that nests": (zipped(("x.npy", headed("(" * 900, bytes(24)))), "no plain array"),
    "a header that computes": (saying("__import__('os').system('true')"), "no plain array"),
    "no header": (zipped(("x.npy", headed("", bytes(24)))), "no plain array"),
    "four bytes": (zipped(("x.npy", b"\x93NUM")), "no NumPy array"),
    "a shape too large": (saying(shape="(4, 7)"), "4 x 7, and has another"),
    "a shape too small": (saying(shape="(4, 5)"), "4 x 5, and has another"),
    "10 billion rows": (saying(shape="(9999999999, 9999999999)"), "another number of bytes"),
    "a negative shape": (saying(shape="(-4, -6)"), "no plain array"),
    "nine dimensions": (saying(shape="(1, 1, 1, 1, 1, 1, 1, 4, 6)"), "no plain array"),
    "numbers of no bytes": (saying("'|V0'", "(99999999,)", b""), "of the type “V0”"),
    "text of no letters": (saying("'<U0'", "(99999999,)", b""), "another number of bytes"),
    "records": (saying("[('a', '|u1'), ('b', '|u1')]", "(12,)"), "no plain array"),
    "dates": (npz(x=np.array(["2026-01-01"], "M8[s]")), "no plain array"),
    "complex numbers": (npz(x=Y + 1j), "of the type “c16”"),
    "bytes": (npz(x=np.array([b"abc"])), "of the type “S3”"),
    "not a number": (npz(x=np.array([1, np.nan])), "not finite"),
    "infinity": (npz(x=np.array([1, -np.inf], np.float16)), "not finite"),
    "text that is none": (saying("'<U1'", "(1,)", b"\xff\xff\xff\xff"), "damaged"),
}


@pytest.mark.parametrize(("raw", "words"), HOSTILE.values(), ids=HOSTILE)
@pytest.mark.filterwarnings("error")
def test_a_hostile_file_gets_a_sentence(raw, words):
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError) as refusal:
            read(raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert words in str(refusal.value)
    assert str(refusal.value).endswith(".")
    assert peak < 3_000_000


def test_no_spoilt_byte_does_more_than_spoil():
    rng, whole = random.Random(0), npz(x=X, y=Y, words=WORDS)
    for _ in range(2000):
        raw = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            raw[rng.randrange(len(raw))] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
        raw = bytes(raw[: rng.choice([len(raw), rng.randrange(len(raw))])])
        with suppress(ArchiveError):
            assert all(map(len, read(raw)))


def test_text_from_outside_can_stand_in_any_label():
    assert plain("  A *net* [x](http://y) $1$ :material/home: <b> | T-shirt/top\n#1 ", 60) == (
        "A net x (http //y) 1 material/home: b T-shirt/top 1"
    )
    assert plain("a" * 100, 10) == "a" * 10
    assert plain("\ud800\u202e\0ok: yes", 10) == "ok: yes"
    assert plain("Größe (cm), 手", 40) == "Größe (cm), 手"
    assert plain(7, 5) == "7"

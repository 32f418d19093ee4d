"""Pack MNIST's four IDX files into data/mnist.npz, under the names Keras uses.

    python data/make_mnist.py FOLDER

The folder holds the files named below, unpacked.
"""

import sys
from pathlib import Path

import numpy as np

FILES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}


def read_idx(path: Path) -> np.ndarray:
    """The uint8 array in an IDX file: two zero bytes, type, number of axes, each axis's length (big-endian), data.

    Raises ValueError when the file is not an IDX file of unsigned bytes.
    """
    content = path.read_bytes()
    if content[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path} is not an IDX file of unsigned bytes")
    axes = content[3]
    shape = np.frombuffer(content, ">i4", axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    arrays = {name: read_idx(folder / file) for name, file in FILES.items()}
    np.savez_compressed(Path(__file__).with_name("mnist.npz"), **arrays)  # type: ignore[arg-type]

"""What a process computes with: machines with the same fingerprint give the same bits."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nn_core import population
from nn_core.config import Config


class Fingerprint(NamedTuple):
    """`code` is a digest of these files, and of NumPy's version; `bits` is one of what some small networks come to, and
    of products as large as those of digits."""

    code: str
    bits: str


@cache
def fingerprint() -> Fingerprint:
    """That of this process."""
    code = sha256(np.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        code.update(path.read_bytes())
    tried = [
        Config(seed=seed, hidden_sizes=sizes, activation=name, epochs=50)
        for seed in range(5)
        for sizes in ((3,), (8, 5))
        for name in ("tanh", "gelu")
    ]
    bits = sha256(population.run(tried).final_loss.tobytes())
    rng = np.random.default_rng(0)
    images, weights = (rng.random(shape, np.float32) for shape in ((32, 784), (784, 64)))
    sums = images @ weights
    bits.update(sums.tobytes() + (images.T @ sums).tobytes())
    return Fingerprint(code.hexdigest()[:16], bits.hexdigest()[:16])

"""A package, so that tests share helpers from `tests.support` under one name wherever pytest starts."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy comes: more threads are slower on small matrices

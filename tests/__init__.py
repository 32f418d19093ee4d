"""The tests: contracts over the tables, so that a new entry is tested by itself."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy comes: more threads are slower on small matrices

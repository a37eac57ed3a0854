"""Shared fixtures of the test suite."""

import os

# One BLAS thread a process: the tests run in parallel already.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

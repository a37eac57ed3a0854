"""Stacks of small matrices, and single calls."""

import numpy as np

from scikit import linalg


class Stacks:
    """A matrix a vector lane; the limit is reading and writing the stack."""

    params = ((2, 3, 4, 8), ("float64", "complex128"))
    param_names = ("n", "dtype")

    def setup(self, n, dtype):
        rng = np.random.default_rng(0)
        self.a = (rng.normal(size=(100_000, n, n)) + 2 * np.eye(n)).astype(dtype)
        self.s = self.a + self.a.conj().swapaxes(1, 2)
        self.b = rng.normal(size=(100_000, n, 1)).astype(dtype)

    def time_inv(self, n, dtype):
        linalg.inv(self.a)

    def time_solve(self, n, dtype):
        linalg.solve(self.a, self.b)

    def time_eigh(self, n, dtype):
        linalg.eigh(self.s)

    def time_expm(self, n, dtype):
        linalg.expm(self.a)


class Single:
    """What one call costs beside the arithmetic."""

    params = (3, 32, 200)
    param_names = ("n",)

    def setup(self, n):
        self.a = np.random.default_rng(0).normal(size=(n, n)) + 2 * np.eye(n)

    def time_inv(self, n):
        linalg.inv(self.a)

    def time_expm(self, n):
        linalg.expm(self.a)

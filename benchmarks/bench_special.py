"""Time of the special functions for 100 000 numbers (asv)."""

import numpy as np

from scikit import special

RANGES = {
    "erf": (-5, 5),
    "erfc": (-5, 20),
    "gamma": (0.1, 30),
    "gammaln": (0.1, 300),
    "j0": (0, 60),
    "i0e": (0, 60),
    "ellipk": (0, 0.999),
}


class Special:
    """Ordinary arguments, float64 and float32."""

    params = (list(RANGES), ["float64", "float32"])
    param_names = ("function", "dtype")

    def setup(self, function, dtype):
        rng = np.random.default_rng(0)
        self.call = getattr(special, function)
        self.x = rng.uniform(*RANGES[function], 100_000).astype(dtype)
        self.out = np.empty_like(self.x)

    def time_contiguous(self, *_):
        self.call(self.x, out=self.out)

    def time_strided(self, *_):
        self.call(self.x[::2], out=self.out[::2])


class Rare:
    """Arguments that leave the vector kernels."""

    params = ("gamma negative", "gammaln negative", "j0 large")

    def setup(self, case):
        rng = np.random.default_rng(0)
        self.call = getattr(special, case.split()[0])
        self.x = (
            rng.uniform(1e6, 1e9, 10_000) if case == "j0 large" else rng.uniform(-20, 0, 10_000)
        )

    def time_rare(self, _):
        self.call(self.x)


class Costly:
    """Functions of two arguments or of complex ones."""

    params = ("zeta", "zeta of negative", "zeta with q", "zeta of complex", "stdtrit")

    def setup(self, case):
        rng = np.random.default_rng(0)
        x, q, p = rng.uniform(1.5, 40, 3000), rng.uniform(0.1, 50, 3000), rng.uniform(0, 1, 3000)
        self.call = {
            "zeta": lambda: special.zeta(x),
            "zeta of negative": lambda: special.zeta(-x),
            "zeta with q": lambda: special.zeta(x, q),
            "zeta of complex": lambda: special.zeta(0.5 + 1j * q),
            "stdtrit": lambda: special.stdtrit(q, p),
        }[case]

    def time_costly(self, _):
        self.call()

"""Boundary value problems, double exponential and cubature rules: ours and SciPy's on the same work.

Run as a script, it prints both times and their ratio.
"""

import time

import numpy as np
import scipy.integrate

import scikit.integrate

LIBRARIES = {"scikit": scikit.integrate, "scipy": scipy.integrate}


def bratu(x, y):
    return np.vstack((y[1], -np.exp(y[0])))


def both_zero(ya, yb):
    return np.array([ya[0], yb[0]])


def shock(x, y, eps=1e-3):
    force = eps * np.pi**2 * np.cos(np.pi * x) + np.pi * x * np.sin(np.pi * x)
    return np.vstack((y[1], -(x * y[1] + force) / eps))


def shock_ends(ya, yb):
    return np.array([ya[0] + 2, yb[0]])


def swirl(x, y, eps=0.01):
    g, dg, f, df, ddf, dddf = y
    return np.vstack((dg, (g * df - f * dg) / eps, df, ddf, dddf, (-f * dddf - g * dg) / eps))


def swirl_ends(ya, yb):
    return np.array([ya[0] + 1, ya[2], ya[3], yb[0] - 1, yb[2], yb[3]])


def coupled(x, y):
    f = np.empty_like(y)
    f[::2] = y[1::2]
    f[1::2] = y[::2] * (1 + 0.1 * np.sin(y[::2]))
    return f


def coupled_ends(ya, yb):
    return np.hstack((ya[::2], yb[::2] - 1))


def periodic(x, y):
    return np.vstack((y[1], 50 * y[0] - np.cos(2 * np.pi * x)))


def periodic_ends(ya, yb):
    return ya - yb


X20 = np.linspace(0, 1, 20)
PROBLEMS = {
    "Bratu": (bratu, both_zero, np.linspace(0, 1, 5), np.zeros((2, 5)), {}),
    "shock layer": (shock, shock_ends, np.linspace(-1, 1, 5), np.zeros((2, 5)), {}),
    "shock layer, tol=1e-8": (
        shock,
        shock_ends,
        np.linspace(-1, 1, 5),
        np.zeros((2, 5)),
        {"tol": 1e-8, "max_nodes": 100_000},
    ),
    "periodic, tol=1e-9": (
        periodic,
        periodic_ends,
        np.linspace(0, 1, 9),
        np.zeros((2, 9)),
        {"tol": 1e-9, "max_nodes": 100_000},
    ),
    "swirling flow, n=6": (
        swirl,
        swirl_ends,
        X20,
        np.vstack((2 * X20 - 1, np.full(20, 2.0), np.zeros((4, 20)))),
        {"tol": 1e-6, "max_nodes": 20_000},
    ),
    "coupled, n=60": (
        coupled,
        coupled_ends,
        np.linspace(0, 5, 11),
        np.zeros((60, 11)),
        {"tol": 1e-6, "max_nodes": 20_000},
    ),
}


class BoundaryValues:
    """Newton's method on a mesh that is refined."""

    params = (tuple(PROBLEMS), tuple(LIBRARIES))
    param_names = ("problem", "library")

    def time_solve_bvp(self, problem, library):
        fun, bc, x, y, options = PROBLEMS[problem]
        LIBRARIES[library].solve_bvp(fun, bc, x, y, **options)


class DoubleExponential:
    """One integral, many integrals, a sum."""

    params = (tuple(LIBRARIES),)
    param_names = ("library",)
    c = np.linspace(1, 100, 1000)

    def time_one(self, library):
        LIBRARIES[library].tanhsinh(lambda x: np.exp(-x * x), -np.inf, np.inf)

    def time_one_by_logarithms(self, library):
        LIBRARIES[library].tanhsinh(lambda x: -x * x, -np.inf, np.inf, log=True)

    def time_many(self, library):
        LIBRARIES[library].tanhsinh(lambda x, c: np.sin(c * x), 0, 1, args=(self.c,))

    def time_sum(self, library):
        LIBRARIES[library].nsum(lambda k: 1 / k**2, 1, np.inf)


def gauss(x):
    return np.exp(-np.sum(x**2, axis=-1))


def peak(x):
    return 1 / np.prod(1e-2 + (x - 0.3) ** 2, axis=-1)


class Cubature:
    """Smooth and peaked functions in two to five dimensions."""

    params = (tuple(LIBRARIES),)
    param_names = ("library",)

    def time_plane(self, library):
        LIBRARIES[library].cubature(gauss, [-np.inf] * 2, [np.inf] * 2)

    def time_peak_2d(self, library):
        LIBRARIES[library].cubature(peak, [0, 0], [1, 1], rule="genz-malik", rtol=1e-6)

    def time_peak_3d(self, library):
        LIBRARIES[library].cubature(peak, [0] * 3, [1] * 3, rule="gk15", rtol=1e-5)

    def time_gauss_5d(self, library):
        LIBRARIES[library].cubature(gauss, [-2] * 5, [2] * 5, rule="genz-malik", rtol=1e-4)


def best(function, repeats=5):
    """The shortest time of a call, after one that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    for suite in (BoundaryValues, DoubleExponential, Cubature):
        for name in [n for n in dir(suite) if n.startswith("time_")]:
            cases = suite.params[0] if len(suite.params) == 2 else (None,)
            for case in cases:
                run = getattr(suite(), name)
                head = () if case is None else (case,)
                ours, theirs = (best(lambda k=key: run(*head, k)) for key in LIBRARIES)  # noqa: B023
                label = f"{name[5:]} {case or ''}"
                print(
                    f"{label:38}{ours * 1e3:9.2f} ms {theirs * 1e3:9.2f} ms {theirs / ours:6.1f}x"
                )


if __name__ == "__main__":
    main()

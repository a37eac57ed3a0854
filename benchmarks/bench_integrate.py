"""Initial value problems with a Python and with a compiled right-hand side."""

import math

import numpy as np

from scikit.integrate import solve_ivp


def lotka_volterra(t, y):
    return (1.5 * y[0] - y[0] * y[1], -3.0 * y[1] + y[0] * y[1])


def compiled_kepler():
    """The two-body problem as a numba function of the library's signature."""
    import numba

    real = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))
    def kepler(t, y, dydt, data):
        r = (y[0] * y[0] + y[1] * y[1]) ** -1.5
        dydt[0], dydt[1], dydt[2], dydt[3] = y[2], y[3], -y[0] * r, -y[1] * r
        return 0

    return kepler


class PythonFunction:
    """What remains beside the calls of the user's function."""

    params = ("RK45", "DOP853")
    param_names = ("method",)

    def time_lotka_volterra(self, method):
        solve_ivp(lotka_volterra, (0, 10), [1.0, 1.0], method=method, rtol=1e-7, atol=1e-10)


class CompiledFunction:
    """No Python code runs in the loop."""

    def setup(self):
        self.kepler = compiled_kepler()
        self.y0 = np.array([0.1, 0.0, 0.0, math.sqrt(19.0)])
        self.points = np.linspace(0, 20, 10_000)

    def time_kepler(self):
        solve_ivp(self.kepler, (0, 20), self.y0, method="DOP853", rtol=1e-7, atol=1e-11)

    def time_kepler_dense(self):
        solve_ivp(
            self.kepler, (0, 20), self.y0, method="DOP853", rtol=1e-7, atol=1e-11, dense_output=True
        )

    def time_kepler_at_many_points(self):
        solve_ivp(
            self.kepler,
            (0, 20),
            self.y0,
            method="DOP853",
            rtol=1e-7,
            atol=1e-11,
            t_eval=self.points,
        )


class LargeSystem:
    """Bound by memory: the stages of a system that does not fit into the cache."""

    def setup(self):
        self.y0 = np.ones(300_000)

    def time_decay(self):
        solve_ivp(lambda t, y: -y, (0, 1), self.y0, method="RK45")

"""Fully implicit systems, and the adjoint of a Rosenbrock method."""

import numba
import numpy as np

from scikit.integrate import adjoint_gradient, solve_dae

RATES = np.array([0.04, 1e4, 3e7])
OPTIONS = {"rtol": 1e-6, "atol": [1e-14, 1e-18, 1e-10]}


def robertson(t, y, yp):
    slow, back, fast = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
    return [yp[0] + slow - back, yp[1] - slow + back + fast, y[0] + y[1] + y[2] - 1]


def compiled_robertson():
    real = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.int32(numba.types.float64, real, real, real, numba.types.voidptr))
    def residual(t, y, yp, r, data):
        slow, back, fast = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
        r[0] = yp[0] + slow - back
        r[1] = yp[1] - slow + back + fast
        r[2] = y[0] + y[1] + y[2] - 1
        return 0

    return residual


def rates(t, y, p):
    slow, back, fast = p[0] * y[0], p[1] * y[1] * y[2], p[2] * y[1] ** 2
    return np.array([-slow + back, slow - back - fast, fast])


class Implicit:
    """Robertson's reaction to 1e11 with the conservation of mass as an equation."""

    def setup(self):
        self.compiled = compiled_robertson()

    def time_python(self):
        solve_dae(robertson, (0, 1e11), [1, 0, 0], **OPTIONS)

    def time_compiled(self):
        solve_dae(self.compiled, (0, 1e11), [1, 0, 0], **OPTIONS)


class ImplicitBanded:
    """Diffusion with equations at the ends: bound by memory."""

    def setup(self):
        self.u0 = np.sin(np.pi * np.linspace(0, 1, 100_000))

    def fun(self, t, u, up):
        r = np.empty(len(u))
        r[0], r[-1] = u[0], u[-1]
        r[1:-1] = up[1:-1] - np.diff(u, 2) * (len(u) - 1.0) ** 2
        return r

    def time_diffusion(self):
        solve_dae(self.fun, (0, 0.1), self.u0, lband=1, uband=1, rtol=1e-6, atol=1e-8, t_eval=[0.1])


class RosenbrockAdjoint:
    def time_robertson(self):
        adjoint_gradient(
            rates, (0, 40), [1, 0, 0], RATES, [1.0, 0, 0], method="Rodas5P", rtol=1e-6, atol=1e-10
        )

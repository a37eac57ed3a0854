"""Integrators that make use of a problem's structure: stiff and nonstiff parts, diffusion, energy, linearity."""

import math

import numpy as np

from scikit.integrate import solve_ivp, solve_linear, solve_symplectic


def heat(n):
    """u_t = u_xx on n points of the unit interval, and a start."""
    scale = (n + 1.0) ** 2

    def fun(t, y):
        out = np.empty_like(y)
        out[1:-1] = y[2:] - 2 * y[1:-1] + y[:-2]
        out[0], out[-1] = y[1] - 2 * y[0], y[-2] - 2 * y[-1]
        return out * scale

    return fun, np.sin(np.pi * np.arange(1, n + 1) / (n + 1))


def signature():
    import numba

    real = numba.types.CPointer(numba.types.float64)
    return numba.types.int32(numba.types.float64, real, real, numba.types.voidptr)


def compiled_van_der_pol():
    import numba

    @numba.cfunc(signature())
    def fun(t, y, dydt, data):
        dydt[0] = y[1]
        dydt[1] = ((1 - y[0] * y[0]) * y[1] - y[0]) * 1e6
        return 0

    return fun


def compiled_attraction():
    import numba

    @numba.cfunc(signature())
    def force(t, q, out, data):
        r = (q[0] * q[0] + q[1] * q[1]) ** -1.5
        out[0], out[1] = -q[0] * r, -q[1] * r
        return 0

    return force


class Stiff:
    """Van der Pol's oscillator with mu = 1e6 in its own time, compiled."""

    params = (("KenCarp4", "KenCarp5", "Radau", "Rodas5P"), (1e-4, 1e-8))
    param_names = ("method", "rtol")

    def setup(self, method, rtol):
        self.fun = compiled_van_der_pol()

    def time_van_der_pol(self, method, rtol):
        solve_ivp(self.fun, (0, 2), [2.0, 0.0], method=method, rtol=rtol, atol=rtol / 1000)


class ReactionDiffusion:
    """Diffusion on 400 points with a reaction: one implicit function, or a pair."""

    params = (("pair", "whole", "explicit"),)
    param_names = ("form",)

    def setup(self, form):
        self.heat, self.y0 = heat(400)

    def time_reaction_diffusion(self, form):
        def reaction(t, y):
            return 10 * y * (1 - y)

        def whole(t, y):
            return self.heat(t, y) + reaction(t, y)

        kwargs = {"rtol": 1e-5, "atol": 1e-7}
        if form == "pair":
            solve_ivp(
                (self.heat, reaction),
                (0, 0.1),
                self.y0,
                method="KenCarp4",
                lband=1,
                uband=1,
                **kwargs,
            )
        elif form == "whole":
            solve_ivp(whole, (0, 0.1), self.y0, method="KenCarp4", lband=1, uband=1, **kwargs)
        else:
            solve_ivp(whole, (0, 0.1), self.y0, method="RKC", **kwargs)


class Diffusion:
    """What the spectral radius costs an explicit method."""

    params = (("RKC", "ROCK2", "ROCK4", "RK45"), (100, 300))
    param_names = ("method", "points")

    def setup(self, method, points):
        self.fun, self.y0 = heat(points)

    def time_heat(self, method, points):
        solve_ivp(self.fun, (0, 0.02), self.y0, method=method, rtol=1e-4, atol=1e-6)


class Orbits:
    """A thousand revolutions, compiled."""

    params = (("VelocityVerlet", "Yoshida4", "Yoshida6", "Yoshida8"),)
    param_names = ("method",)

    def setup(self, method):
        self.force = compiled_attraction()

    def time_kepler(self, method):
        q0, v0 = [0.8, 0.0], [0.0, math.sqrt(1.5)]
        span = (0, 2000 * np.pi)
        solve_symplectic(self.force, span, q0, v0, step=0.05, method=method, every=1000)


class Bloch:
    """A pulse of 10000 samples acting on one spin."""

    params = (("piecewise", "Magnus4", "Magnus6"),)
    param_names = ("method",)

    def setup(self, method):
        self.n = 10000

    def time_pulse(self, method):
        def a(t):
            out = np.zeros((len(t), 3, 3))
            out[:] = np.diag([-12.5, -12.5, -1.0])
            out[:, 1, 2] = 3000 * np.exp(-(((t - 1.5e-3) / 5e-4) ** 2))
            out[:, 2, 1] = -out[:, 1, 2]
            return out

        solve_linear(a, (0, 3e-3), [0, 0, 1], b=[0, 0, 1], n_steps=self.n, method=method)

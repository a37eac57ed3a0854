"""Quadrature beside SciPy's: integrands in Python and compiled, and sampled functions."""

import math

import numpy as np
import scipy
import scipy.integrate

import scikit.integrate

LIBRARIES = {"scikit": scikit.integrate, "scipy": scipy.integrate}


def square(x):
    return x * x


def singular(x):
    return math.exp(-x) / math.sqrt(x)


def compiled():
    """A numba function as each library takes it."""
    import numba

    @numba.cfunc("float64(float64)")
    def function(x):
        return math.log(x) / math.sqrt(x)

    return {"scikit": function, "scipy": scipy.LowLevelCallable(function.ctypes)}


class Quad:
    """One integral at a time: the calls of the integrand, and what is beside them."""

    params = ("scikit", "scipy")
    param_names = ("library",)

    def setup(self, library):
        self.quad = LIBRARIES[library].quad
        self.dblquad = LIBRARIES[library].dblquad
        self.quad_vec = LIBRARIES[library].quad_vec
        self.compiled = compiled()[library]
        self.rates = np.arange(10.0)

    def time_smooth(self, library):
        self.quad(square, 0, 1)

    def time_builtin(self, library):
        self.quad(math.sin, 0, 1)

    def time_singular_infinite(self, library):
        self.quad(singular, 0, math.inf)

    def time_oscillating(self, library):
        self.quad(singular, 1, 10, weight="cos", wvar=20.0)

    def time_compiled(self, library):
        self.quad(self.compiled, 0, 1)

    def time_double(self, library):
        self.dblquad(lambda y, x: x * y, 0, 1, 0, lambda x: x)

    def time_vector(self, library):
        self.quad_vec(lambda x: np.exp(-self.rates * x), 0, 1)


class Sampled:
    """A million samples: bound by memory."""

    params = (
        ("scikit", "scipy"),
        ("trapezoid", "simpson", "cumulative_trapezoid", "cumulative_simpson"),
    )
    param_names = ("library", "rule")

    def setup(self, library, rule):
        rng = np.random.default_rng(0)
        self.function = getattr(LIBRARIES[library], rule)
        self.y = rng.random(10**6)
        self.x = np.cumsum(rng.random(10**6))
        self.columns = rng.random((1000, 1000))

    def time_equal(self, library, rule):
        self.function(self.y)

    def time_placed(self, library, rule):
        self.function(self.y, x=self.x)

    def time_columns(self, library, rule):
        self.function(self.columns, axis=0)

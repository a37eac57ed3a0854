"""Piecewise polynomials: the solution of a boundary value problem as a function."""

import math

import numpy as np


class PiecewisePolynomial:
    """A vector-valued function that is a polynomial between neighbouring breakpoints.

    On x[i] <= t < x[i + 1] its value is ``sum(c[k, i] * (t - x[i])**(len(c) - 1 - k))``.

    Parameters
    ----------
    c : ndarray (degree + 1, m - 1, n)
        Coefficients, the highest power first.
    x : ndarray (m,)
        Breakpoints, strictly increasing.
    extrapolate : bool
        Whether the outermost polynomials go on outside; else values there are NaN.
    """

    axis = 1

    def __init__(self, c, x, extrapolate=True):
        self.c, self.x, self.extrapolate = c, x, extrapolate

    @classmethod
    def hermite(cls, x, y, yp):
        """The cubic that has values y (n, m) and derivatives yp (n, m) at x."""
        h = np.diff(x)
        slope = np.diff(y, axis=1) / h
        bend = (yp[:, :-1] + yp[:, 1:] - 2 * slope) / h
        c = np.empty((4, len(h), len(y)), y.dtype)
        c[0] = (bend / h).T
        c[1] = ((slope - yp[:, :-1]) / h - bend).T
        c[2] = yp[:, :-1].T
        c[3] = y[:, :-1].T
        return cls(c, x)

    def __call__(self, x, nu=0, extrapolate=None):
        """Values of the derivative of order `nu` at x.

        Parameters
        ----------
        x : array_like of float
        nu : int
            0 for the function itself; negative for antiderivatives.
        extrapolate : bool, optional
            Instead of the object's own.

        Returns
        -------
        ndarray
            Shape (n,) + x.shape.
        """
        if nu:
            return self.derivative(nu)(x, extrapolate=extrapolate)
        x = np.asarray(x, np.float64)
        points = x.ravel()
        segment = np.searchsorted(self.x, points, side="right") - 1
        segment = np.clip(segment, 0, len(self.x) - 2)
        t = (points - self.x[segment])[:, np.newaxis]
        value = self.c[0, segment]
        for c in self.c[1:]:
            value = value * t + c[segment]
        if not (self.extrapolate if extrapolate is None else extrapolate):
            value[(points < self.x[0]) | (points > self.x[-1])] = np.nan
        value[np.isnan(points)] = np.nan
        return np.ascontiguousarray(value.T).reshape(self.c.shape[2], *x.shape)

    def derivative(self, nu=1):
        """The derivative of order `nu`, a PiecewisePolynomial."""
        if nu < 0:
            return self.antiderivative(-nu)
        degree = len(self.c) - 1
        if nu > degree:
            c = np.zeros((1, *self.c.shape[1:]), self.c.dtype)
        else:
            factors = [math.perm(k, nu) for k in range(degree, nu - 1, -1)]
            c = self.c[: degree + 1 - nu] * np.array(factors, float)[:, np.newaxis, np.newaxis]
        return type(self)(c, self.x, self.extrapolate)

    def antiderivative(self, nu=1):
        """The antiderivative of order `nu` that is 0 at x[0], a PiecewisePolynomial."""
        if nu < 0:
            return self.derivative(-nu)
        result = self
        for _ in range(nu):
            result = result._integrated()
        return result

    def _integrated(self):
        powers = np.arange(len(self.c), 0, -1.0)[:, np.newaxis, np.newaxis]
        c = np.concatenate((self.c / powers, np.zeros((1, *self.c.shape[1:]), self.c.dtype)))
        h = np.diff(self.x)[:, np.newaxis]
        whole = np.zeros(c.shape[1:], c.dtype)
        for row in c:
            whole = whole * h + row
        c[-1, 1:] = np.cumsum(whole, axis=0)[:-1]
        return type(self)(c, self.x, self.extrapolate)

    def integrate(self, a, b, extrapolate=None):
        """The integral from a to b, shape (n,)."""
        whole = self.antiderivative()
        return whole(b, extrapolate=extrapolate) - whole(a, extrapolate=extrapolate)

"""The collocation equations of a boundary value problem, their derivatives, and the damped Newton iteration."""

from typing import NamedTuple

import numpy as np

from scikit.integrate._bvp_cy import CollocationSystem, Mesh

_SQRT_EPS = float(np.sqrt(np.finfo(float).eps))
#: Values in one call of the right-hand side for finite differences, unless one component needs more.
_VALUES_PER_CALL = 2**17
#: The Newton iteration stops when the residual is this part of the tolerance.
_NEWTON_PART = 0.05
_MAX_ITERATIONS, _MAX_JACOBIANS, _MAX_TRIALS = 8, 4, 4
_DECREASE = 0.2  # Armijo's condition on the affine-invariant cost


class Point(NamedTuple):
    """An approximate solution and its residuals."""

    y: np.ndarray  # (n, m)
    p: np.ndarray  # (k,)
    f: np.ndarray  # (n, m): derivatives at the nodes
    raw: np.ndarray  # (n, m): the user's function there, without the singular term
    y_middle: np.ndarray  # (n, m - 1)
    f_middle: np.ndarray
    raw_middle: np.ndarray
    residual: np.ndarray  # (n, m - 1)
    boundary: np.ndarray  # (n + k,)


class Problem:
    """The user's functions, with their results checked.

    Parameters
    ----------
    fun, bc, fun_jac, bc_jac : callable
        As for `solve_bvp`; the derivatives may be None.
    a : float
        Left end.
    n, k : int
        Numbers of equations and parameters.
    S : ndarray (n, n) or None
    dtype : dtype
        float64 or complex128.
    with_p : bool
        Whether the functions take the parameters.
    """

    def __init__(self, functions, a, n, k, S, dtype, with_p):
        self.fun, self.bc, self.fun_jac, self.bc_jac = functions
        self.a, self.n, self.k, self.dtype, self.with_p = a, n, k, dtype, with_p
        self.S = S
        if S is not None:
            inverse = np.linalg.pinv(S)
            self.at_a = np.linalg.pinv(np.eye(n) - S)  # y'(a) = at_a @ f(a, y(a))
            self.null = np.eye(n) - inverse @ S  # onto S y(a) = 0

    def raw(self, x, y, p):
        """The user's function at x (q,), y (n, q)."""
        value = self.fun(x, y, p) if self.with_p else self.fun(x, y)
        return self._checked(value, (self.n, len(x)), "fun")

    def _checked(self, value, shape, name):
        value = np.asarray(value)
        if value.shape != shape:
            raise ValueError(
                f"`{name}` return is expected to have shape {shape}, but actually has {value.shape}."
            )
        if value.dtype != self.dtype and (
            value.dtype.kind not in "biufc" or not np.can_cast(value.dtype, self.dtype, "same_kind")
        ):
            raise TypeError(f"`{name}` returned {value.dtype}, which does not fit {self.dtype}")
        return np.array(
            value, self.dtype, order="C"
        )  # a copy: the function may fill one array again and again

    def full(self, x, y, raw):
        """The whole right-hand side, with the singular term."""
        if self.S is None:
            return raw
        first = x == self.a
        distance = np.where(first, 1, x - self.a)
        value = raw + (self.S @ y) / distance
        value[:, first] = self.at_a @ raw[:, first]
        return value

    def boundary(self, ya, yb, p):
        """The residual of the boundary conditions."""
        value = self.bc(ya, yb, p) if self.with_p else self.bc(ya, yb)
        return self._checked(value, (self.n + self.k,), "bc")

    def jacobian(self, x, y, p, raw):
        """Derivatives (n, n, q) and (n, k, q) of the whole right-hand side at q points."""
        if self.fun_jac is None:
            by_y, by_p = self._differences(x, y, p, raw)
        else:
            by_y, by_p = self._given(x, y, p)
        if self.S is not None:
            first = x == self.a
            distance = np.where(first, 1, x - self.a)
            full = by_y + self.S[:, :, np.newaxis] / distance
            full[:, :, first] = np.einsum("ij,jkq->ikq", self.at_a, by_y[:, :, first])
            by_y = full
            by_p[:, :, first] = np.einsum("ij,jkq->ikq", self.at_a, by_p[:, :, first])
        return by_y, by_p

    def _given(self, x, y, p):
        n, k, q = self.n, self.k, len(x)
        value = self.fun_jac(x, y, p) if self.with_p else self.fun_jac(x, y)
        if not self.with_p:
            return self._checked(value, (n, n, q), "fun_jac").copy(), np.empty(
                (n, 0, q), self.dtype
            )
        by_y, by_p = value
        by_y = self._checked(by_y, (n, n, q), "fun_jac` (by y) `")
        return by_y.copy(), self._checked(by_p, (n, k, q), "fun_jac` (by p) `").copy()

    def _differences(self, x, y, p, raw):
        n, k, q = self.n, self.k, len(x)
        moved = y + _SQRT_EPS * (1 + np.abs(y))
        step = moved - y
        by_y = np.empty((n, n, q), self.dtype)
        some = max(1, min(n, _VALUES_PER_CALL // (n * q)))
        for start in range(0, n, some):
            j = np.arange(start, min(start + some, n))
            many = np.repeat(y[:, np.newaxis, :], len(j), axis=1)
            many[j, j - start] = moved[j]
            value = self.raw(np.tile(x, len(j)), many.reshape(n, -1), p).reshape(n, len(j), q)
            by_y[:, j] = (value - raw[:, np.newaxis, :]) / step[j]
        by_p = np.empty((n, k, q), self.dtype)
        for j in range(k):
            p_moved = p.copy()
            p_moved[j] += _SQRT_EPS * (1 + abs(p[j]))
            by_p[:, j] = (self.raw(x, y, p_moved) - raw) / (p_moved[j] - p[j])
        return by_y, by_p

    def boundary_jacobian(self, ya, yb, p, residual):
        """Derivatives (n + k, n), (n + k, n) and (n + k, k) of the boundary conditions."""
        n, k = self.n, self.k
        if self.bc_jac is not None:
            value = self.bc_jac(ya, yb, p) if self.with_p else self.bc_jac(ya, yb)
            parts = [*value] if self.with_p else [*value, np.empty((n + k, 0))]
            if len(parts) != 3:
                raise ValueError(f"`bc_jac` must return {3 if self.with_p else 2} arrays")
            shapes = ((n + k, n), (n + k, n), (n + k, k))
            return [
                np.ascontiguousarray(self._checked(v, s, "bc_jac"))
                for v, s in zip(parts, shapes, strict=True)
            ]
        arguments, result = [ya, yb, p], []
        for i, value in enumerate(arguments):
            derivative = np.empty((n + k, len(value)), self.dtype)
            for j in range(len(value)):
                moved = value.copy()
                moved[j] += _SQRT_EPS * (1 + abs(value[j]))
                other = [*arguments[:i], moved, *arguments[i + 1 :]]
                derivative[:, j] = (self.boundary(*other) - residual) / (moved[j] - value[j])
            result.append(derivative)
        return result


class Newton:
    """The collocation equations on one mesh.

    U. Ascher, R. Mattheij, R. Russell, Numerical Solution of Boundary Value Problems for Ordinary Differential
    Equations, SIAM 1995, doi:10.1137/1.9781611971231, section 8.1: damped steps that lessen the next correction's norm,
    a measure that does not depend on how the equations are scaled.
    """

    def __init__(self, problem, x, tol, bc_tol):
        self.problem, self.x, self.tol, self.bc_tol = problem, x, tol, bc_tol
        self.mesh = Mesh(x, problem.n, problem.dtype)
        self.h = self.mesh.h
        self.x_middle = x[:-1] + self.h / 2
        self.x_all = np.concatenate((x, self.x_middle))

    def evaluate(self, y, p):
        """The residuals of Simpson's rule with the Hermite cubic's value in mid-interval."""
        problem, mesh = self.problem, self.mesh
        raw = problem.raw(self.x, y, p)
        f = problem.full(self.x, y, raw)
        y_middle = mesh.middle(y, f)
        raw_middle = problem.raw(self.x_middle, y_middle, p)
        f_middle = problem.full(self.x_middle, y_middle, raw_middle)
        residual = mesh.residual(y, f, f_middle)
        boundary = problem.boundary(y[:, 0].copy(), y[:, -1].copy(), p)
        return Point(y, p, f, raw, y_middle, f_middle, raw_middle, residual, boundary)

    def _system(self, point):
        m = len(self.x)
        y = np.concatenate((point.y, point.y_middle), axis=1)
        raw = np.concatenate((point.raw, point.raw_middle), axis=1)
        by_y, by_p = self.problem.jacobian(self.x_all, y, point.p, raw)
        ends = point.y[:, 0].copy(), point.y[:, -1].copy()
        of_boundary = self.problem.boundary_jacobian(*ends, point.p, point.boundary)
        parts = (by_y[:, :, :m], by_y[:, :, m:], by_p[:, :, :m], by_p[:, :, m:])
        return CollocationSystem(self.h, *map(np.ascontiguousarray, parts), *of_boundary)

    @staticmethod
    def _correction(system, point):
        return system.solve(point.residual, point.boundary)

    @staticmethod
    def _cost(correction):
        dy, dp = correction
        return float(np.vdot(dy, dy).real + np.vdot(dp, dp).real)

    def _solved(self, point):
        # the middle residual of the spline is 3/2 of the collocation's over h
        allowed = self.h * (2 / 3 * _NEWTON_PART * self.tol)
        return bool(
            (np.abs(point.residual) < allowed * (1 + np.abs(point.f_middle))).all()
            and (np.abs(point.boundary) < self.bc_tol).all()
        )

    def _step(self, system, point, correction, cost):
        """A damped step: the new point, its own correction and cost, and the damping."""
        dy, dp = correction
        damping = 1.0
        for trial in range(_MAX_TRIALS + 1):
            y = point.y - damping * dy
            if self.problem.S is not None:
                y[:, 0] = self.problem.null @ y[:, 0]
            new = self.evaluate(y, point.p - damping * dp)
            new_correction = self._correction(system, new)
            new_cost = self._cost(new_correction)
            if new_cost < (1 - 2 * damping * _DECREASE) * cost or trial == _MAX_TRIALS:
                break
            damping /= 2
        return new, new_correction, new_cost, damping

    def run(self, y, p):
        """Iterate from y, p: the point reached, and whether a Jacobian was singular."""
        point = self.evaluate(y, p)
        jacobians, fresh = 0, True
        for _ in range(_MAX_ITERATIONS):
            if fresh:
                system = self._system(point)
                jacobians += 1
                if system.singular:
                    return point, True
                correction = self._correction(system, point)
                cost = self._cost(correction)
            point, correction, cost, damping = self._step(system, point, correction, cost)
            if self._solved(point):
                break
            fresh = damping < 1  # a full step was good: the Jacobian serves again
            if fresh and jacobians == _MAX_JACOBIANS:
                break
        return point, False

    def rms_residuals(self, point):
        """Root mean squares of (s' - f) / (1 + |f|) over each interval; see sk_integrate_bvp_mesh.f90.in."""
        x, value, slope = self.mesh.lobatto(point.y, point.f)
        f = self.problem.full(x, value, self.problem.raw(x, value, point.p))
        return self.mesh.rms(point.residual, point.f_middle, slope, f)

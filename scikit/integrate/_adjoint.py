"""Discrete adjoints: the steps of an integration, taken backwards."""

import numpy as np

from scikit.integrate import _ode_parts_cy
from scikit.integrate._tableau import tableau

#: Steps of differences of fourth order, relative to what they change.
_RELATIVE = float(np.finfo(float).eps) ** 0.2
#: Central and one-sided differences of fourth order: multiples of the step, and weights.
_CENTRAL = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))
_ONE_SIDED = ((0, -25 / 12), (1, 48 / 12), (2, -36 / 12), (3, 16 / 12), (4, -3 / 12))


def sweep_back(model, method, t, y, jumps):
    """The adjoints of y0 and params, from those of the solution at some of the steps.

    Parameters
    ----------
    model : object
        With ``rate(t, y)``, ``jacobian(t, y)``, ``by_params(t, y)``, the sizes ``n`` and ``m`` and ``floor``.
    method : str
    t : ndarray (k,)
        Ends of the steps.
    y : ndarray (n, k)
    jumps : dict
        Adjoints of the solution that are added at ``t[k]``.

    Returns
    -------
    by_y0, by_params : ndarray
    """
    if method.startswith("Ro"):
        step_back = _RosenbrockBack(model, _ode_parts_cy.describe_rosenbrock(method))
    else:
        step_back = _ExplicitBack(model, tableau(method))
    adjoint, gradient = np.zeros(model.n), np.zeros(model.m)
    for k in range(len(t) - 1, 0, -1):
        adjoint = adjoint + jumps.get(k, 0.0)
        if adjoint.any():
            adjoint = step_back(t[k - 1], t[k] - t[k - 1], y[:, k - 1], adjoint, gradient)
    return adjoint + jumps.get(0, 0.0), gradient


class _ExplicitBack:
    """A step of an explicit Runge-Kutta method backwards.

    A step is Y_i = y + h sum_j a_ij k_j, k_i = f(Y_i), y_new = y + h sum_i b_i k_i. Reversed, the adjoint of k_i is
    h (b_i lambda + sum_j a_ji v_j) with v_j = (df/dy)' of Y_j times the adjoint of k_j.
    """

    def __init__(self, model, table):
        self.model, self.table = model, table
        self.stages = np.empty((len(table.B), model.n))
        self.weighted = np.empty((len(table.B), model.n))

    def __call__(self, t, h, y, adjoint, gradient):
        """The adjoint of y from that of the step's end; `gradient` by the parameters grows."""
        model, stages, weighted = self.model, self.stages, self.weighted
        a, b, c = self.table.A, self.table.B, self.table.C
        points = []
        for i in range(len(b)):
            points.append((t + c[i] * h, y + h * (a[i, :i] @ stages[:i])))
            stages[i] = model.rate(points[i][0], points[i][1].copy()) if i < len(b) - 1 else 0.0
        for i in range(len(b) - 1, -1, -1):
            slope = h * (b[i] * adjoint + a[i + 1 :, i] @ weighted[i + 1 :])
            weighted[i] = model.jacobian(*points[i]).T @ slope
            gradient += model.by_params(*points[i]).T @ slope
        return adjoint + weighted.sum(axis=0)


class _RosenbrockBack:
    """A step of a Rosenbrock method backwards.

    A step solves W U_i = f(t + alpha_i h, Y_i) + sum_j (c_ij / h) U_j + d_i h f_t with W = 1 / (h gamma) - J and
    Y_i = y + sum_j a_ij U_j, J and f_t at (t, y); y_new = y + sum_i m_i U_i. With u_i the adjoint of U_i and
    v_i = W'^-1 u_i, reversed: u_j gets a_ij J_i' v_i + (c_ij / h) v_i, and the adjoint of y J_i' v_i,
    d_i h (df_t/dy)' v_i, and the gradient of v_i' J U_i by y, which is the derivative of J' v_i in the direction U_i.
    """

    def __init__(self, model, table):
        self.model, self.table = model, table

    def __call__(self, t, h, y, adjoint, gradient):
        """The adjoint of y from that of the step's end; `gradient` by the parameters grows."""
        model, (gamma, alpha, d, m, a, c) = self.model, self.table
        count = len(m)
        system = np.eye(model.n) / (h * gamma) - _dense(model.jacobian(t, y.copy()))
        late = [(t + k * h / 256, 256 / h * weight) for k, weight in _ONE_SIDED]
        f_t = sum(weight * model.rate(s, y.copy()) for s, weight in late)
        stages, points = np.empty((count, model.n)), []
        for i in range(count):
            points.append((t + alpha[i] * h, y + a[i, :i] @ stages[:i]))
            right = model.rate(points[i][0], points[i][1].copy())
            right = right + c[i, :i] / h @ stages[:i] + d[i] * h * f_t
            stages[i] = np.linalg.solve(system, right)
        found, by_time = np.array(adjoint), np.zeros(model.n)
        back = np.outer(m, adjoint)
        for i in range(count - 1, -1, -1):
            v = np.linalg.solve(system.T, back[i])
            by_stage = model.jacobian(*points[i]).T @ v
            back[:i] += np.outer(a[i, :i], by_stage) + np.outer(c[i, :i] / h, v)
            found += by_stage
            gradient += model.by_params(*points[i]).T @ v
            by_time += d[i] * h * v
            self._curvature(t, y, stages[i], v, found, gradient)
        for s, weight in late:
            found += weight * (model.jacobian(s, y.copy()).T @ by_time)
            gradient += weight * (model.by_params(s, y.copy()).T @ by_time)
        return found

    def _curvature(self, t, y, direction, v, found, gradient):
        """Add the derivatives of J' v and of (df/dparams)' v in a direction."""
        size = np.max(np.abs(direction) / np.maximum(np.abs(y), self.model.floor))
        if not size > 0:
            return
        step = _RELATIVE / size
        for k, weight in _CENTRAL:
            point = y + k * step * direction
            found += weight / step * (self.model.jacobian(t, point.copy()).T @ v)
            gradient += weight / step * (self.model.by_params(t, point.copy()).T @ v)


def _dense(matrix):
    return matrix.toarray() if hasattr(matrix, "toarray") else matrix

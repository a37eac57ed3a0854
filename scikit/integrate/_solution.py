"""What an integration returns: the result, and the solution as a function of time."""

import numpy as np

from scikit.integrate import _rk_cy


class OdeResult(dict):
    """The result of an integration: a dict whose items are attributes too.

    See `solve_ivp` for the fields.

    Examples
    --------
    >>> from scikit.integrate import OdeResult
    >>> OdeResult(status=0).status
    0
    """

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    __setattr__ = dict.__setitem__
    __delattr__ = dict.__delitem__

    def __dir__(self):
        return [*super().__dir__(), *self]

    def __repr__(self):
        if not self:
            return "OdeResult()"
        width = max(map(len, self)) + 1
        lines = []
        for name, value in self.items():
            text = repr(value).replace("\n", "\n" + " " * (width + 2))
            lines.append(f"{name:>{width}}: {text}")
        return "\n".join(lines)


class DenseOutput:
    """The solution within one step.

    Attributes
    ----------
    t_old, t : float
        Where the step begins and ends.

    Examples
    --------
    >>> from scikit.integrate import solve_ivp
    >>> step = solve_ivp(lambda t, y: [2 * t], (0, 1), [0.0], dense_output=True).sol.interpolants[0]
    >>> bool(abs(step(step.t)[0] - step.t**2) < 1e-12)
    True
    """

    def __init__(self, t_old, t, y_old, terms, is_complex):
        self.t_old, self.t = t_old, t
        self.t_min, self.t_max = min(t_old, t), max(t_old, t)
        self._y_old, self._terms, self._is_complex = y_old, terms, is_complex

    def __call__(self, t):
        """The solution at `t`: shape (n,), or (n, m) for m points."""
        t = np.asarray(t, dtype=np.float64)
        if t.ndim > 1:
            raise ValueError("`t` must be a float or a 1-D array.")
        points = np.atleast_1d(t)
        length = self.t - self.t_old
        x = (
            np.ascontiguousarray((points - self.t_old) / length)
            if length
            else np.zeros(points.shape)
        )
        segment = np.zeros(points.shape, np.int64)
        y = _rk_cy.interpolate(self._terms[None], self._y_old[None], segment, x)
        if self._is_complex:
            y = y.view(np.complex128)
        return y[0] if t.ndim == 0 else y.T


class OdeSolution:
    """A continuous solution, made of the interpolants of all steps.

    Attributes
    ----------
    ts : ndarray (m + 1,)
        Ends of the steps, from t0 on.
    interpolants : list of DenseOutput
        One for every step.
    t_min, t_max : float
        The range that the steps cover; outside of it the outermost interpolants are continued.

    Examples
    --------
    >>> from scikit.integrate import solve_ivp
    >>> sol = solve_ivp(lambda t, y: -y, (0, 1), [1.0], dense_output=True, rtol=1e-8, atol=1e-10).sol
    >>> print(f"{sol(0.5)[0]:.6f}")
    0.606531
    """

    def __init__(self, ts, interpolants):
        ts = np.asarray(ts, dtype=np.float64)
        if ts.ndim != 1 or len(ts) != len(interpolants) + 1 or len(ts) < 2:
            raise ValueError("`ts` must hold one point more than there are `interpolants`")
        steps = np.diff(ts)
        if not ((steps >= 0).all() or (steps <= 0).all()):
            raise ValueError("`ts` must be strictly increasing or decreasing.")
        first = interpolants[0]
        self._fill(
            ts,
            np.stack([p._y_old for p in interpolants]),
            np.stack([p._terms for p in interpolants]),
            first._is_complex,
            np.array([[p.t_old, p.t] for p in interpolants]),
        )

    @classmethod
    def _from_arrays(cls, t, y, dense, is_complex):
        """From the kernel's output: t (m + 1,), y (m + 1, n) and dense (m, terms, n)."""
        self = cls.__new__(cls)
        if len(t) == 1:  # not one step was taken
            t, y = np.repeat(t, 2), np.repeat(y, 2, axis=0)
            dense = np.zeros((1, 1, y.shape[1]))
        self._fill(
            t, np.ascontiguousarray(y[:-1]), dense, is_complex, np.stack((t[:-1], t[1:]), axis=1)
        )
        return self

    def _fill(self, ts, y_old, terms, is_complex, steps):
        self.ts, self._y_old, self._terms, self._is_complex = ts, y_old, terms, is_complex
        self._steps = steps  # (m, 2): each interpolant's own step, which may reach beyond ts
        self.t_min, self.t_max = float(min(ts[0], ts[-1])), float(max(ts[0], ts[-1]))
        self.n_segments = len(terms)

    @property
    def interpolants(self):
        """The steps' interpolants, made when asked for."""
        return [
            DenseOutput(float(t_old), float(t), y, f, self._is_complex)
            for (t_old, t), y, f in zip(self._steps, self._y_old, self._terms, strict=True)
        ]

    def __call__(self, t):
        """The solution at `t`.

        Parameters
        ----------
        t : float or array_like (m,)
            In any order.

        Returns
        -------
        ndarray
            Shape (n,) or (n, m).
        """
        t = np.asarray(t, dtype=np.float64)
        if t.ndim > 1:
            raise ValueError("`t` must be a float or a 1-D array.")
        points = np.atleast_1d(t)
        # a point between two steps belongs to the one that ends there
        if self.ts[-1] >= self.ts[0]:
            segment = np.searchsorted(self.ts, points, side="left") - 1
        else:
            segment = np.searchsorted(-self.ts, -points, side="left") - 1
        segment = np.clip(segment, 0, self.n_segments - 1).astype(np.int64)
        begin, end = self._steps[segment, 0], self._steps[segment, 1]
        length = end - begin
        x = (points - begin) / np.where(length == 0, 1.0, length)
        y = _rk_cy.interpolate(self._terms, self._y_old, segment, x)
        if self._is_complex:
            y = y.view(np.complex128)
        return y[0] if t.ndim == 0 else y.T

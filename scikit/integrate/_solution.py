"""What an integration returns: the result, and the solution as a function of time."""

from typing import NamedTuple

import numpy as np

from scikit.integrate import _dae_cy, _ode_parts_cy
from scikit.integrate._result import Field, RichResult


class End(NamedTuple):
    """Where an integration ended, of what `restart` needs of its integrator."""

    t: float
    y: np.ndarray
    is_complex: bool
    h_abs: float


class OdeResult(RichResult):
    """The result of an integration: a dict whose items are attributes too.

    See `solve_ivp` for the fields.

    Examples
    --------
    >>> from scikit.integrate import OdeResult
    >>> OdeResult(status=0).status
    0
    """

    __slots__ = ("_end",)  # the integrator or an `End`; None where `restart` cannot go on

    t, y, success, status = Field("t"), Field("y"), Field("success"), Field("status")

    def _restart(self):
        """What `restart` begins with, or None."""
        try:
            return RESULT_END.__get__(self)
        except AttributeError:
            return None

    def __reduce__(self):
        end = self._restart()
        kept = None if end is None else End(end.t, end.y, end.is_complex, end.h_abs)
        return _restored, (dict(self), kept)


#: The slot; attributes of a result are its items.
RESULT_END = OdeResult.__dict__["_end"]


def _restored(items, end):
    """A result that was pickled or copied."""
    result = OdeResult(items)
    RESULT_END.__set__(result, end)
    return result


class DenseOutput:
    """The solution within one step.

    Parameters
    ----------
    t_old, t : float
        Where the step begins and ends.

    Attributes
    ----------
    t_min, t_max : float
        The smaller and the larger of both.

    Examples
    --------
    >>> from scikit.integrate import solve_ivp
    >>> step = solve_ivp(lambda t, y: [2 * t], (0, 1), [0.0], dense_output=True).sol.interpolants[0]
    >>> bool(abs(step(step.t)[0] - step.t**2) < 1e-12)
    True
    """

    def __init__(self, t_old, t):
        self.t_old, self.t = t_old, t
        self.t_min, self.t_max = min(t_old, t), max(t_old, t)

    def __call__(self, t):
        """The solution at `t`: shape (n,), or (n, m) for m points."""
        t = np.asarray(t, dtype=np.float64)
        if t.ndim > 1:
            raise ValueError("`t` must be a float or a 1-D array.")
        return self._call_impl(t)

    def _call_impl(self, t):
        raise NotImplementedError(f"{type(self).__name__} does not define _call_impl")


class StepOutput(DenseOutput):
    """The polynomial of one step in the kernel's nested form, `terms` (terms + 1, n)."""

    def __init__(self, t_old, t, terms, is_complex):
        super().__init__(t_old, t)
        self._terms, self._is_complex = terms, is_complex

    def _call_impl(self, t):
        length = self.t - self.t_old
        points = np.atleast_1d(t)
        x = (points - self.t_old) / length if length else np.zeros(points.shape)
        segment = np.zeros(points.shape, np.int64)
        y = _ode_parts_cy.interpolate(self._terms[None], segment, np.ascontiguousarray(x))
        if self._is_complex:
            y = y.view(np.complex128)
        return y[0] if t.ndim == 0 else y.T

    def derivative(self, t):
        """The polynomial's derivative at t, shape (n,), or (n, m) for m points; of real solutions."""
        length = self.t - self.t_old
        x = (np.atleast_1d(t) - self.t_old) / length
        slope = _dae_cy.slopes(self._terms, x) / length
        return slope[0] if np.ndim(t) == 0 else slope.T


class ConstantOutput(DenseOutput):
    """A solution that does not change."""

    def __init__(self, t_old, t, value):
        super().__init__(t_old, t)
        self.value = value

    def _call_impl(self, t):
        return self.value.copy() if t.ndim == 0 else np.repeat(self.value[:, None], len(t), axis=1)


class OdeSolution:
    """A continuous solution, made of the interpolants of all steps.

    Parameters
    ----------
    ts : array_like (m + 1,)
        Ends of the steps, from t0 on.
    interpolants : list of DenseOutput
        One for every step.
    alt_segment : bool
        Whether a point between two steps belongs to the one that begins there, not to the one that ends there.

    Attributes
    ----------
    t_min, t_max : float
        The range that the steps cover; outside of it the outermost interpolants are continued.

    Examples
    --------
    >>> from scikit.integrate import solve_ivp
    >>> sol = solve_ivp(lambda t, y: -y, (0, 1), [1.0], dense_output=True, rtol=1e-8, atol=1e-10).sol
    >>> print(f"{sol(0.5)[0]:.6f}")
    0.606531
    """

    def __init__(self, ts, interpolants, alt_segment=False):
        ts = np.asarray(ts, dtype=np.float64)
        if ts.ndim != 1 or len(ts) != len(interpolants) + 1 or len(ts) < 2:
            raise ValueError("`ts` must hold one point more than there are `interpolants`")
        self._fill(ts, alt_segment)
        self._interpolants = list(interpolants)
        self._terms = None

    @classmethod
    def _from_arrays(cls, t, y0, dense, is_complex):
        """From the kernel's output: t (m + 1,), y0 (n,) and dense (m, terms + 1, n)."""
        self = cls.__new__(cls)
        if len(t) == 1:  # not one step was taken
            t, dense = np.repeat(t, 2), y0[None, None]
        self._fill(t, False)
        self._interpolants, self._terms, self._is_complex = None, dense, is_complex
        return self

    def _fill(self, ts, alt_segment):
        steps = np.diff(ts)
        if not ((steps >= 0).all() or (steps <= 0).all()):
            raise ValueError("`ts` must be increasing or decreasing.")
        self.ts, self._side = ts, "right" if alt_segment else "left"
        self.t_min, self.t_max = float(min(ts[0], ts[-1])), float(max(ts[0], ts[-1]))
        self.n_segments = len(ts) - 1

    @property
    def interpolants(self):
        """The steps' interpolants: a list of `DenseOutput`."""
        if self._interpolants is None:
            self._interpolants = [
                StepOutput(float(t_old), float(t), f, self._is_complex)
                for t_old, t, f in zip(self.ts[:-1], self.ts[1:], self._terms, strict=True)
            ]
        return self._interpolants

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
        if self.ts[-1] >= self.ts[0]:
            segment = np.searchsorted(self.ts, points, side=self._side) - 1
        else:
            segment = np.searchsorted(-self.ts, -points, side=self._side) - 1
        segment = np.clip(segment, 0, self.n_segments - 1).astype(np.int64)
        y = self._listed(points, segment) if self._terms is None else self._stored(points, segment)
        return y[:, 0] if t.ndim == 0 else y

    def _stored(self, points, segment):
        begin, end = self.ts[segment], self.ts[segment + 1]
        length = end - begin
        x = (points - begin) / np.where(length == 0, 1.0, length)
        y = _ode_parts_cy.interpolate(self._terms, segment, x)
        return (y.view(np.complex128) if self._is_complex else y).T

    def _listed(self, points, segment):
        values = None
        order = np.argsort(segment, kind="stable")
        ends = np.flatnonzero(np.diff(segment[order])) + 1
        for which in np.split(order, ends):
            if len(which) == 0:
                continue
            part = self._interpolants[segment[which[0]]](points[which])
            if values is None:
                values = np.empty((len(part), len(points)), part.dtype)
            values[:, which] = part
        if values is None:  # no points
            first = self._interpolants[0](self.ts[:1])
            values = np.empty((len(first), 0), first.dtype)
        return values

"""What a user passes to an integrator, checked: times, start values, tolerances, steps."""

import operator
import warnings
from math import inf, isfinite, isnan
from typing import NamedTuple

import numpy as np

from scikit._core._arrays import to_numpy
from scikit.integrate import _ode_cy, _ode_parts_cy
from scikit.integrate._ode_parts_cy import LEAST_RTOL


class Problem(NamedTuple):
    """A checked problem; complex `y0` as complex, arrays of tolerances with one value a real number."""

    t0: float
    tf: float
    y0: np.ndarray
    is_complex: bool
    rtol: float | np.ndarray
    atol: float | np.ndarray
    max_step: float
    first_step: float

    @property
    def real_y0(self):
        """The start values as the kernel takes them: complex ones as pairs."""
        return self.y0.view(np.float64) if self.is_complex else self.y0

    def integrator(self, callback, method, settings, **further):
        """The kernel's integration of this problem; `settings` is an IntegratorOptions or None."""
        return _ode_cy.Integrator(
            callback, method, self.t0, self.tf, self.real_y0, self.is_complex, self.rtol, self.atol, self.max_step,
            self.first_step, settings, **further,
        )  # fmt: skip


def check_span(t_span):
    """Start and end as two floats."""
    try:
        t0, tf = t_span
        t0, tf = float(t0), float(tf)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"`t_span` must be two numbers, not {t_span!r}") from None
    if not isfinite(t0) or isnan(tf):
        raise ValueError(f"`t_span` must begin at a finite time, and is {t_span!r}")
    return t0, tf


def check_problem(t_span, y0, rtol, atol, max_step, first_step):
    """The arguments as a `Problem`; raises for what is out of its domain, naming it."""
    t0, tf = check_span(t_span)
    if type(y0) is not np.ndarray:
        y0 = to_numpy(y0, "y0")
    if y0.ndim != 1:
        raise ValueError(f"`y0` must be 1-dimensional, not {y0.ndim}-dimensional")
    is_complex = y0.dtype.kind == "c"
    if not is_complex and y0.dtype.kind not in "biuf":
        raise TypeError(f"`y0` must hold real or complex numbers, not {y0.dtype}")
    y0 = np.array(y0, dtype=np.complex128 if is_complex else np.float64)
    if not _ode_parts_cy.all_finite(y0):
        raise ValueError("All components of the initial state `y0` must be finite.")
    if max_step != inf:
        max_step = number(max_step, "max_step")
        if not max_step > 0:
            raise ValueError(f"`max_step` must be positive, not {max_step!r}")
    if first_step is None:
        first_step = 0.0
    else:
        first_step = number(first_step, "first_step")
        if not first_step > 0:
            raise ValueError(f"`first_step` must be positive, not {first_step!r}")
        if first_step > abs(tf - t0):
            raise ValueError(
                f"`first_step` exceeds bounds: {first_step!r} for an interval of {abs(tf - t0)!r}"
            )
    rtol, atol = check_tolerances(rtol, atol, len(y0), is_complex)
    return Problem(t0, tf, y0, is_complex, rtol, atol, max_step, first_step)


def number(value, name):
    """`value` as a float."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` must be a number, not {value!r}") from None


def integer(value, name):
    """`value` as an int."""
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"`{name}` must be an integer, not {type(value).__name__}") from None


def numbers(value, name):
    """A copy of `value` as an array of float64; TypeError for what holds no real numbers."""
    array = to_numpy(value, name)
    if array.dtype.kind not in "biufO":
        raise TypeError(f"`{name}` must hold real numbers, not {array.dtype}")
    try:
        return np.array(array, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` must hold real numbers") from None


def check_tolerances(rtol, atol, n, is_complex):
    """Two floats, or two arrays of float64 with one value a real number."""
    rtol = _tolerance(rtol, n, "rtol")
    atol = _tolerance(atol, n, "atol")
    if not (rtol >= LEAST_RTOL if type(rtol) is float else (rtol >= LEAST_RTOL).all()):
        if not np.any(rtol) and not np.any(atol):
            raise ValueError("`rtol` and `atol` must not both be zero")
        warnings.warn(
            f"At least one element of `rtol` is too small. Setting `rtol = np.maximum(rtol, {LEAST_RTOL})`.",
            stacklevel=4,
        )
        rtol = np.maximum(rtol, LEAST_RTOL)
        rtol = rtol if rtol.ndim else float(rtol)
    if type(rtol) is type(atol) is float:
        return rtol, atol
    width = 2 if is_complex else 1
    return tuple(np.repeat(np.broadcast_to(tol, n), width).astype(float) for tol in (rtol, atol))


def _tolerance(value, n, name):
    if type(value) is not float:
        value = numbers(value, name)
        if value.ndim > 0 and value.shape != (n,):
            raise ValueError(f"`{name}` has wrong shape: {value.shape} for {n} equations")
        if value.ndim == 0:
            value = float(value)
    if not (value >= 0 if type(value) is float else (value >= 0).all()):
        # SciPy's words come first: programs look for them
        raise ValueError(f"`{name}` must be positive, and is {value!r}")
    return value


def check_args(args):
    """`args` as a tuple."""
    if args is None:
        return ()
    try:
        return tuple(args)
    except TypeError:
        raise TypeError(
            f"Supplied 'args' cannot be unpacked. It must be a tuple, not {type(args).__name__}; "
            "for one argument write args=(value,)"
        ) from None


def check_t_eval(t_eval, t0, tf):
    """`t_eval` as an array of float64, ordered from t0 to tf."""
    points = numbers(t_eval, "t_eval")
    if points.ndim != 1:
        raise ValueError("`t_eval` must be 1-dimensional.")
    within, ordered = _ode_parts_cy.within_and_ordered(points, t0, tf)
    if not within:
        raise ValueError("Values in `t_eval` are not within `t_span`.")
    if not ordered:
        raise ValueError("Values in `t_eval` are not properly sorted.")
    return points

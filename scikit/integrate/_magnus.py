"""Linear systems with coefficients that change in time: solve_linear."""

import operator
from math import inf, isfinite, sqrt

import numpy as np

from scikit._core._arrays import as_array, to_numpy
from scikit.integrate import _chain_cy
from scikit.integrate._problem import check_t_eval, number
from scikit.integrate._result import RichResult
from scikit.linalg import expm

#: Gauss nodes of a step that a method evaluates A and b at.
NODES = {
    "Magnus4": (0.5 - sqrt(3) / 6, 0.5 + sqrt(3) / 6),
    "Magnus6": (0.5 - sqrt(15) / 10, 0.5, 0.5 + sqrt(15) / 10),
    "piecewise": (0.5,),
}
#: Numbers in the stack of matrices that is exponentiated at once.
_BLOCK = 2**18
_MOST_STEPS = 2**53


def solve_linear(A, t_span, y0, *, b=None, step=None, n_steps=None, method="Magnus4", t_eval=None):
    """Integrate a linear system ``y' = A(t) y + b(t)`` by exponentials of matrices.

    Parameters
    ----------
    A : array_like or callable
        A constant matrix (n, n); or matrices (n_intervals, n, n), one for each of as many equal parts of `t_span`
        (with ``method="piecewise"``); or a function ``A(t)`` of an array of times (m,) that returns (m, n, n). Real or
        complex.
    t_span : (float, float)
        Start and end; the end may lie before the start.
    y0 : array_like, shape (n,)
        Real or complex.
    b : array_like or callable, optional
        Constant (n,), one for each part (n_intervals, n), or a function of the times that returns (m, n).
    step : float, optional
        The largest size of a step, positive; the interval is cut into equal steps.
    n_steps : int, optional
        The number of steps instead. Neither is needed where everything is constant or given for each part.
    method : {"Magnus4", "Magnus6", "piecewise"}
        Magnus expansions of order 4 and 6, which take A and b at 2 and 3 points of every step; or A and b as constant
        within a step: exact for data that are, of order 2 for functions, which are taken at the middle of every step.
    t_eval : array_like (m,), optional
        Where to store the solution, ordered from start to end; by default at the ends of all steps. Between these it
        is found by a shorter step, with the method's full order.

    Returns
    -------
    RichResult
        With the fields ``t`` (m,), ``y`` (n, m), ``nsteps``, ``nexp`` (the number of exponentials), ``success`` and
        ``message``; not successful where the solution overflows.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it; also for what `A` or `b` return.
    BaseException
        Whatever `A` or `b` raised, as the same object.

    Notes
    -----
    The steps' exponents are those of [1]_, sections 5.4 and 5.5, on Gauss points; b enters as a further column of A. A
    step is taken by the exponential of the exponent, many at once (see `scikit.linalg.expm`), so that what is constant
    is integrated exactly whatever the step, however stiff or oscillatory. Skew-Hermitian A keep the norm of y to
    rounding errors. There is no error control: halve the step and compare. The expansion converges for steps with
    a norm of A times step below pi. Thread-safe; Ctrl-C ends it between blocks of steps.

    References
    ----------
    .. [1] S. Blanes, F. Casas, J. A. Oteo, J. Ros, Phys. Rep. 470 (2009) 151-238,
       :doi:`10.1016/j.physrep.2008.11.001`.

    Examples
    --------
    The Bloch equation in the rotating frame: a Gaussian pulse of 3 ms turns the magnetisation of water with T1 = 1 s
    and T2 = 80 ms, 20 Hz off resonance, by 90 degrees:

    >>> import numpy as np
    >>> from scikit.integrate import solve_linear
    >>> t1, t2, offset = 1.0, 0.08, 2 * np.pi * 20
    >>> def pulse(t):
    ...     return np.pi / 2 * np.exp(-(((t - 0.0015) / 0.0005) ** 2)) / (0.0005 * np.pi**0.5)
    >>> def bloch(t):
    ...     a = np.zeros((len(t), 3, 3))
    ...     a[:] = np.diag([-1 / t2, -1 / t2, -1 / t1])
    ...     a[:, 0, 1], a[:, 1, 0] = offset, -offset
    ...     a[:, 1, 2], a[:, 2, 1] = pulse(t), -pulse(t)
    ...     return a
    >>> sol = solve_linear(bloch, (0, 0.003), [0, 0, 1], b=[0, 0, 1 / t1], n_steps=100, method="Magnus6")
    >>> sol.y[:, -1].round(4).tolist()
    [0.2033, 0.9603, 0.0079]
    """
    if not isinstance(method, str) or method not in NODES:
        raise ValueError(f"`method` must be one of {', '.join(NODES)}, not {method!r}")
    t0, tf = _check_span(t_span)
    y0 = _numbers(y0, "y0")
    if y0.ndim != 1 or y0.size == 0:
        raise ValueError(f"`y0` must be 1-dimensional and not empty, not of the shape {y0.shape}")
    n = len(y0)
    matrix = _Coefficient(A, "A", (n, n), method)
    vector = None if b is None else _Coefficient(b, "b", (n,), method)
    n_steps = _count_steps([c for c in (matrix, vector) if c is not None], step, n_steps, tf - t0)
    points = None if t_eval is None else check_t_eval(t_eval, t0, tf)
    h = (tf - t0) / n_steps
    dtype = np.result_type(y0, matrix.dtype(t0), vector.dtype(t0) if b is not None else y0)
    equation = _Equation(matrix, vector, n, n_steps, t0, h, method, dtype)
    state = np.append(y0, 1).astype(dtype) if b is not None else y0.astype(dtype)
    if points is None:
        y = equation.at_all(state)
        t = t0 + h * np.arange(n_steps + 1)
        t[-1] = tf
    else:
        t, y = points, equation.at_points(state, points)
    success = bool(np.isfinite(y).all())
    return RichResult(
        t=t, y=y[:, :n].T, nsteps=n_steps, nexp=equation.nexp, success=success,
        message="The end of the interval was reached." if success else "The solution is not finite.",
    )  # fmt: skip


class _Equation:
    """The steps' exponents and what they do to a state."""

    def __init__(self, matrix, vector, n, n_steps, t0, h, method, dtype):
        self.matrix, self.vector = matrix, vector
        self.n, self.size = n, n + (vector is not None)
        self.n_steps, self.t0, self.h, self.method, self.dtype = n_steps, t0, h, method, dtype
        self.block = max(1, _BLOCK // self.size**2)
        self.nexp = 0

    def at_all(self, state):
        """The states at the ends of all steps, (n_steps + 1, size)."""
        y = np.empty((self.n_steps + 1, self.size), self.dtype)
        y[0] = state
        for begin in range(0, self.n_steps, self.block):
            steps = np.arange(begin, min(begin + self.block, self.n_steps))
            y[begin : begin + len(steps) + 1] = self.follow(y[begin], steps)
        return y

    def at_points(self, state, points):
        """The states at ordered points, (points, size)."""
        out = np.empty((len(points), self.size), self.dtype)
        place = (points - self.t0) / self.h if self.h else np.zeros(len(points))
        # a point that differs from a step's end by rounding errors only is taken there
        whole = np.minimum((place + 1e-9).astype(np.int64), self.n_steps)
        part = np.where(np.abs(place - whole) > 1e-9, place - whole, 0.0)
        first = 0
        for begin in range(0, self.n_steps, self.block):
            steps = np.arange(begin, min(begin + self.block, self.n_steps))
            last = int(np.searchsorted(whole, steps[-1], side="right"))
            chain = self.follow(state, steps)
            for low in range(first, last, self.block):
                some = slice(low, min(low + self.block, last))
                u = self.propagators(whole[some], part[some])
                out[some] = np.matmul(u, chain[whole[some] - begin, :, None])[..., 0]
            first, state = last, chain[-1]
        out[first:] = state
        return out

    def follow(self, state, steps):
        return _chain_cy.chain(self.propagators(steps, np.ones(len(steps))), state)

    def propagators(self, steps, part):
        """Exponentials of the parts of the steps, (steps, size, size)."""
        t, h = self.t0 + steps * self.h, part * self.h
        one = len(h) > 1 and self.matrix.constant and (self.vector is None or self.vector.constant)
        if one and (h == h[0]).all():
            return np.repeat(self.propagators(steps[:1], part[:1]), len(h), axis=0)
        self.nexp += len(h)
        nodes = [self.coefficients(steps, t + c * h) for c in NODES[self.method]]
        return expm(_EXPONENTS[self.method](h[:, None, None], *nodes))

    def coefficients(self, steps, t):
        """A, with b as a further column."""
        matrix = self.matrix.at(steps, t)
        if self.vector is None:
            return np.asarray(matrix, self.dtype)
        wide = np.zeros((len(t), self.size, self.size), self.dtype)
        wide[:, :-1, :-1] = matrix
        wide[:, :-1, -1] = self.vector.at(steps, t)
        return wide


def _commutator(a, b):
    return np.matmul(a, b) - np.matmul(b, a)


def _magnus4(h, a1, a2):
    """Blanes et al. (2009), equation (253)."""
    return h / 2 * (a1 + a2) - (sqrt(3) / 12) * h**2 * _commutator(a1, a2)


def _magnus6(h, a1, a2, a3):
    """Blanes et al. (2009), equations (256) and (257)."""
    first = h * a2
    second = (sqrt(15) / 3) * h * (a3 - a1)
    third = (10 / 3) * h * (a3 - 2 * a2 + a1)
    c1 = _commutator(first, second)
    c2 = _commutator(first, 2 * third + c1) / -60
    return first + third / 12 + _commutator(-20 * first - third + c1, second + c2) / 240


def _piecewise(h, a):
    return h * a


_EXPONENTS = {"Magnus4": _magnus4, "Magnus6": _magnus6, "piecewise": _piecewise}


class _Coefficient:
    """A or b, in any of the forms."""

    def __init__(self, value, name, shape, method):
        self.name, self.shape, self.value = name, shape, value
        self.function = callable(value)
        self.count = None  # of the parts that values are given for
        if not self.function:
            self.value = _numbers(value, name)
            if self.value.shape != shape:
                if self.value.shape[1:] != shape or len(self.value) == 0:
                    raise ValueError(
                        f"`{name}` must have the shape {shape} or (n_intervals, {str(shape)[1:]}, or be a function, "
                        f"but has the shape {self.value.shape}"
                    )
                if method != "piecewise":
                    raise ValueError(
                        f"`{name}` has values for intervals, which needs method='piecewise'"
                    )
                self.count = len(self.value)
        self.constant = not self.function and self.count is None

    def dtype(self, t0):
        return self.at(np.zeros(1, np.int64), np.array([t0])).dtype

    def at(self, steps, t):
        """Values for as many steps and times, (m, ...)."""
        if self.count is not None:
            return self.value[steps]
        if not self.function:
            return np.broadcast_to(self.value, (len(t), *self.shape))
        value = _numbers(self.value(t.copy()), f"{self.name}(t)")
        if value.shape != (len(t), *self.shape):
            raise ValueError(
                f"`{self.name}` must return an array of the shape {(len(t), *self.shape)} for {len(t)} times, "
                f"not {value.shape}"
            )
        return value


def _numbers(value, name):
    value = to_numpy(value, name)
    if value.dtype.kind == "c":
        return as_array(value, name, np.complex128, finite=True)
    return as_array(value, name, np.float64, finite=True)


def _check_span(t_span):
    try:
        t0, tf = t_span
        t0, tf = float(t0), float(tf)
    except (TypeError, ValueError):
        raise ValueError(f"`t_span` must be two numbers, not {t_span!r}") from None
    if not (isfinite(t0) and isfinite(tf) and isfinite(tf - t0)):
        raise ValueError(f"`t_span` must be finite, and is {t_span!r}")
    return t0, tf


def _count_steps(coefficients, step, n_steps, length):
    """The number of steps, at least 1."""
    counts = {c.count for c in coefficients if c.count is not None}
    if len(counts) > 1:
        raise ValueError("`A` and `b` have values for different numbers of intervals")
    if counts:
        if step is not None or n_steps is not None:
            raise ValueError("`step` and `n_steps` must not be given with values for intervals")
        return counts.pop()
    if step is not None:
        if n_steps is not None:
            raise ValueError("`step` and `n_steps` cannot both be given")
        step = number(step, "step")
        if not 0 < step < inf:
            raise ValueError(f"`step` must be positive and finite, not {step!r}")
        if not abs(length) / step < _MOST_STEPS:
            raise ValueError(f"`step` is too small: {step!r} for an interval of {abs(length)!r}")
        return max(1, int(np.ceil(abs(length) / step * (1 - 1e-14))))
    if n_steps is None:
        if all(c.constant for c in coefficients):
            return 1
        raise ValueError("`step` or `n_steps` must be given")
    try:
        n_steps = operator.index(n_steps)
    except TypeError:
        raise TypeError(f"`n_steps` must be an integer, not {type(n_steps).__name__}") from None
    if not 0 < n_steps < _MOST_STEPS:
        raise ValueError(f"`n_steps` must be positive, not {n_steps}")
    return n_steps

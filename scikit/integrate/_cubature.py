"""Adaptive integration of array-valued functions over boxes: cubature."""

import heapq
import math
from dataclasses import dataclass

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._threads import check_workers, run_slabs
from scikit.integrate._cubature_rules import named_rule
from scikit.integrate._elementwise import check_tolerance, float_dtype
from scikit.integrate._result import RichResult

#: Points of one call of the integrand, unless a single box needs more. Never a function of `workers`.
_POINTS_PER_CALL = 2**14
#: Boxes that are divided in one round.
_BOXES_PER_ROUND = 256


@dataclass
class CubatureRegion:
    """A box of the final subdivision, in the transformed coordinates where limits are infinite."""

    a: np.ndarray
    b: np.ndarray
    estimate: np.ndarray
    error: np.ndarray


def cubature(
    f,
    a,
    b,
    *,
    rule="gk21",
    rtol=1e-8,
    atol=0,
    max_subdivisions=10000,
    args=(),
    workers=1,
    points=None,
):
    """Integrate an array-valued function over a box of any number of dimensions.

    Parameters
    ----------
    f : callable
        ``f(x, *args)`` with x of shape (npoints, ndim) returns shape (npoints, ...).
    a, b : array_like, shape (ndim,)
        Corners of the box, in any order; they may be infinite.
    rule : {"gk21", "gk15", "gauss-kronrod", "genz-malik"} or object
        The product of Gauss-Kronrod rules of 21 or 15 points ("gauss-kronrod" is "gk21"), or Genz and Malik's rule of
        degree 7 for 2 dimensions and more, whose number of nodes grows as ``2**ndim``. An object must have the methods
        ``estimate(f, a, b, args)`` and ``estimate_error(f, a, b, args)``.
    rtol, atol : float
        Every component's error is brought below ``atol + rtol * abs(estimate)``.
    max_subdivisions : int or None
        Largest number of boxes to divide; None for no limit.
    args : tuple
        Further arguments of `f`.
    workers : int or callable
        Threads on which `f` is called; -1 for all processors. Or a function like `map`, called as
        ``workers(function, iterable)``. The result does not depend on it.
    points : list of array_like, optional
        Points of shape (ndim,) where `f` must not be evaluated: they are made corners of boxes.

    Returns
    -------
    RichResult
        With the fields ``estimate`` and ``error`` (arrays of the shape of f's components), ``status`` ("converged"
        or "not_converged"), ``subdivisions``, ``regions`` (list of objects with ``a``, ``b``, ``estimate`` and
        ``error``), ``atol`` and ``rtol``.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it.
    BaseException
        Whatever `f` raised, as the same object.

    Notes
    -----
    The boxes with the largest errors are halved, several in a round, along the axis that the rule finds worst: by
    the fourth difference for Genz and Malik's rule [1]_, by the error of the rule along one axis for the products.
    The error is the difference from the embedded rule. Infinite limits are mapped by ``x = a + (1 - t)/t`` and ``x =
    (1 - abs(t))/t``.

    References
    ----------
    .. [1] A. C. Genz, A. A. Malik, J. Comput. Appl. Math. 6 (1980) 295-302, :doi:`10.1016/0771-050X(80)90039-X`.
    .. [2] R. Piessens, E. de Doncker-Kapenga, C. W. Ueberhuber, D. K. Kahaner, QUADPACK, Springer, 1983.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.integrate import cubature
    >>> res = cubature(lambda x: np.exp(-np.sum(x**2, axis=-1)), [-np.inf, -np.inf], [np.inf, np.inf])
    >>> bool(abs(res.estimate - np.pi) < 1e-7)
    True
    """
    if not callable(f):
        raise TypeError("`f` must be callable.")
    tolerances = (
        check_tolerance(atol, "atol", 0.0, False),
        check_tolerance(rtol, "rtol", 0.0, False),
    )
    limit = _check_limit(max_subdivisions)
    domain = _Domain(a, b)
    args = args if isinstance(args, tuple | list) else (args,)
    boxes = _split_at(domain.box(), domain.check_points(points))
    make = _NamedRule if isinstance(rule, str) else _CustomRule
    evaluate = make(rule, f, tuple(args), domain, _mapper(workers))
    state = _Subdivision(evaluate, boxes, tolerances)
    converged = state.run(limit)
    sign = domain.sign
    return RichResult(
        estimate=(sign * state.estimate)[()],
        error=state.error[()],
        status="converged" if converged else "not_converged",
        regions=state.regions(sign),
        subdivisions=state.subdivisions,
        atol=atol,
        rtol=rtol,
    )


def _check_limit(value):
    if value is None:
        return math.inf
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"`max_subdivisions` must be an integer, not {type(value).__name__}")
    if not value >= 0:
        raise ValueError("`max_subdivisions` must not be negative")
    return value


def _mapper(workers):
    """function, pieces -> list of results."""
    if callable(workers):
        return lambda function, pieces: list(workers(function, pieces))
    count = check_workers(workers)
    return lambda function, pieces: run_slabs(function, [(p,) for p in pieces], count)


class _Domain:
    """The box (a, b), as a finite one in other coordinates where limits are infinite."""

    def __init__(self, a, b):
        arrays = [to_numpy(a, "a"), to_numpy(b, "b")]
        for name, x in zip("ab", arrays, strict=True):
            if x.dtype.kind not in "biuf":
                raise TypeError(f"`{name}` must hold real numbers, not {x.dtype}")
        if any(x.ndim != 1 for x in arrays):
            raise ValueError("`a` and `b` must be 1D arrays")
        if arrays[0].shape != arrays[1].shape:
            raise ValueError("`a` and `b` must have the same length")
        if arrays[0].size == 0:
            raise ValueError("`a` and `b` must be nonempty")
        for name, x in zip("ab", arrays, strict=True):
            if np.isnan(x).any():
                raise ValueError(f"`{name}` must not contain NaNs")
        self.dtype = float_dtype(arrays, arrays)
        a, b = (x.astype(self.dtype) for x in arrays)
        self.ndim = len(a)
        self.sign = -1 if np.count_nonzero(b < a) % 2 else 1
        a, b = np.minimum(a, b), np.maximum(a, b)
        self.both = np.isneginf(a) & np.isposinf(b)
        self.up = np.isposinf(b) & np.isfinite(a)
        self.down = np.isneginf(a) & np.isfinite(b)
        same = np.isinf(a) & (a == b)
        self.a, self.b = np.where(same, 0, a), np.where(same, 0, b)
        self.infinite = bool((self.both | self.up | self.down).any())

    def box(self):
        """Corners in the transformed coordinates."""
        half = self.up | self.down
        low = np.where(self.both, -1, np.where(half, 0, self.a)).astype(self.dtype)
        high = np.where(self.both | half, 1, self.b).astype(self.dtype)
        return low, high

    def check_points(self, points):
        """Transformed points to divide at; 0 stands for both infinities at once."""
        wanted = []
        if self.both.any():
            low, _ = self.box()
            wanted.append(np.where(self.both, 0, low).astype(self.dtype))
        for i, point in enumerate(() if points is None else points):
            x = to_numpy(point, f"points[{i}]")
            if x.dtype.kind not in "biuf" or x.shape != (self.ndim,):
                raise ValueError(f"`points`: each must hold {self.ndim} real numbers")
            wanted.append(self._inverse(x.astype(self.dtype)))
        return wanted

    def _inverse(self, x):
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(self.up, 1 / (x - self.a + 1), x)
            t = np.where(self.down, 1 / (self.b - x + 1), t)
            t = np.where(self.both, np.where(x < 0, 1 / (x - 1), 1 / (x + 1)), t)
        return t.astype(self.dtype)

    def map(self, t):
        """Points x of transformed ones t (m, ndim), and the mapping's Jacobian (m,)."""
        if not self.infinite:
            return t, None
        x = t.copy()
        bent = self.both | self.up | self.down
        with np.errstate(divide="ignore", over="ignore"):
            s = t[:, bent]
            y = (1 - np.abs(s)) / s
            y = np.where(self.up[bent], self.a[bent] + y, y)
            x[:, bent] = np.where(self.down[bent], self.b[bent] - y, y)
            return x, np.prod(1 / s / s, axis=1)


def _split_at(box, points):
    """Boxes that have none of the points inside."""
    boxes = [box]
    for point in points:
        divided = []
        for low, high in boxes:
            pieces = [(low, high)]
            if ((low <= point) & (point <= high)).all():
                for axis in np.flatnonzero((low < point) & (point < high)):
                    pieces = [half for p in pieces for half in _cut(p, axis, point[axis])]
            divided += pieces
        boxes = divided
    return boxes


def _cut(box, axis, at):
    low, high = box
    middle_low, middle_high = low.copy(), high.copy()
    middle_low[axis] = middle_high[axis] = at
    return (low, middle_high), (middle_low, high)


class _NamedRule:
    """Estimates for boxes by one of our own rules."""

    def __init__(self, name, f, args, domain, mapper):
        rule = named_rule(name, domain.ndim)
        self.f, self.args, self.domain, self.mapper = f, args, domain, mapper
        self.nodes = rule.nodes.astype(domain.dtype)
        self.weights = rule.weights
        self.per_call = max(1, _POINTS_PER_CALL // len(self.nodes))

    def __call__(self, low, high):
        """Boxes (k, ndim): estimates, errors and the axis to divide, for each."""
        k = self.per_call
        pieces = [(low[i : i + k], high[i : i + k]) for i in range(0, len(low), k)]
        parts = self.mapper(self._some, pieces)
        return tuple(np.concatenate(p) for p in zip(*parts, strict=True))

    def _some(self, boxes):
        low, high = boxes
        count, size = len(low), len(self.nodes)
        half = (high - low) / 2
        center = low / 2 + high / 2
        t = self.nodes * half[:, np.newaxis, :] + center[:, np.newaxis, :]
        x, jacobian = self.domain.map(t.reshape(count * size, -1))
        value = _integrand(self.f, x, self.args)
        shape = value.shape[1:]
        value = value.reshape(count, size, -1)
        if jacobian is not None:
            value = value * jacobian.reshape(count, size, 1)
        result = np.result_type(value.dtype, self.domain.dtype)
        with np.errstate(invalid="ignore", over="ignore"):
            sums = np.matmul(self.weights.astype(np.finfo(result).dtype), value)
        volume = np.prod(half, axis=1).reshape(-1, 1)
        estimate, error = sums[:, 0] * volume, np.abs(sums[:, 1]) * np.abs(volume)
        axis = self._worst_axis(np.abs(sums[:, 2:]).max(axis=2, initial=0), half)
        return estimate.reshape(count, *shape), error.reshape(count, *shape), axis

    @staticmethod
    def _worst_axis(need, half):
        """The axis of the largest need; of those about equal to it, the one where the box is widest."""
        largest = need.max(axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):
            equal = need >= 0.999 * largest
        equal |= ~equal.any(axis=1, keepdims=True)  # NaNs
        return np.argmax(np.where(equal, half, -1), axis=1)


class _CustomRule:
    """Estimates for boxes by an object with methods."""

    def __init__(self, rule, f, args, domain, mapper):
        if not (
            callable(getattr(rule, "estimate", None))
            and callable(getattr(rule, "estimate_error", None))
        ):
            raise TypeError(
                f"`rule` must be a name or have the methods estimate and estimate_error, not {type(rule).__name__}"
            )
        self.rule, self.f, self.args, self.domain, self.mapper = rule, f, args, domain, mapper

    def _transformed(self, t, *args):
        x, jacobian = self.domain.map(np.asarray(t))
        value = _integrand(self.f, x, args)
        if jacobian is None:
            return value
        return value * jacobian.reshape(-1, *[1] * (value.ndim - 1))

    def _one(self, box):
        estimate = np.asarray(self.rule.estimate(self._transformed, *box, self.args))
        error = np.asarray(self.rule.estimate_error(self._transformed, *box, self.args))
        return estimate, np.broadcast_to(
            np.abs(error), np.broadcast_shapes(error.shape, estimate.shape)
        )

    def __call__(self, low, high):
        parts = self.mapper(self._one, list(zip(low, high, strict=True)))
        estimate, error = (np.stack(p) for p in zip(*parts, strict=True))
        return estimate, error, np.argmax(high - low, axis=1)


def _integrand(f, x, args):
    value = np.asarray(f(x, *args))
    if value.dtype.kind not in "biufc":
        raise TypeError(f"`f` must return numbers, not an array of {value.dtype}")
    if value.ndim == 0 or value.shape[0] != x.shape[0]:
        raise ValueError(
            f"`f` must return an array of shape ({x.shape[0]}, ...), not {value.shape}"
        )
    return value


class _Subdivision:
    """The boxes of a subdivision, the worst ones in a heap."""

    def __init__(self, evaluate, boxes, tolerances):
        self.evaluate, self.tolerances = evaluate, tolerances
        self.subdivisions = 0
        self.low, self.high = (np.stack(x) for x in zip(*boxes, strict=True))
        self.estimates, self.errors, self.axes = evaluate(self.low, self.high)
        self.count = len(self.low)
        self.heap = []
        self._push(range(self.count))
        self._add_up()

    def _add_up(self):
        n = self.count
        self.estimate = self.estimates[:n].sum(axis=0)
        self.error = self.errors[:n].sum(axis=0)

    def _push(self, indices):
        size = self.errors.reshape(len(self.errors), -1)
        for i in indices:
            key = float(size[i].max()) if size.shape[1] else 0.0
            heapq.heappush(self.heap, (-math.inf if math.isnan(key) else -key, i))

    def _small(self, error, share=1.0):
        atol, rtol = self.tolerances
        return bool((error <= share * (atol + rtol * np.abs(self.estimate))).all())

    def run(self, limit):
        """Divide boxes until the error is small enough; whether it became so."""
        while True:
            if self._small(self.error):
                self._add_up()  # without the rounding of the running sums
                if self._small(self.error):
                    return True
            if self.subdivisions >= limit:
                self._add_up()
                return False
            self._divide(self._choose(min(_BOXES_PER_ROUND, limit - self.subdivisions)))

    def _choose(self, most):
        """The boxes whose errors are at least half of the largest, as long as what is left is too much."""
        chosen, rest, top = [], self.error.copy(), self.heap[0][0]
        while self.heap and len(chosen) < most and (not chosen or self.heap[0][0] <= 0.5 * top):
            chosen.append(heapq.heappop(self.heap)[1])
            rest = rest - self.errors[chosen[-1]]
            if self._small(rest, 0.5):
                break
        return np.array(chosen)

    def _divide(self, chosen):
        k, n = len(chosen), self.count
        axis, rows = self.axes[chosen], np.arange(k)
        middle = self.low[chosen, axis] / 2 + self.high[chosen, axis] / 2
        low, high = (np.concatenate((x[chosen], x[chosen])) for x in (self.low, self.high))
        high[rows, axis] = middle
        low[rows + k, axis] = middle
        estimate, error, axes = self.evaluate(low, high)
        with np.errstate(invalid="ignore"):
            self.estimate = self.estimate + (
                estimate.sum(axis=0) - self.estimates[chosen].sum(axis=0)
            )
            self.error = self.error + (error.sum(axis=0) - self.errors[chosen].sum(axis=0))
        new = {"low": low, "high": high, "estimates": estimate, "errors": error, "axes": axes}
        for name, value in new.items():
            kept = getattr(self, name)
            if len(kept) < n + k:
                kept = np.concatenate((kept, np.zeros((max(n, k), *kept.shape[1:]), kept.dtype)))
                setattr(self, name, kept)
            kept[chosen], kept[n : n + k] = value[:k], value[k:]
        self.count = n + k
        self.subdivisions += k
        if not (np.isfinite(self.estimate).all() and np.isfinite(self.error).all()):
            self._add_up()
        self._push([*chosen, *range(n, n + k)])

    def regions(self, sign):
        """The boxes as objects."""
        n = self.count
        columns = (self.low[:n], self.high[:n], sign * self.estimates[:n], self.errors[:n])
        return [CubatureRegion(*row) for row in zip(*columns, strict=True)]

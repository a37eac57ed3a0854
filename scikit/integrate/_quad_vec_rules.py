"""What `quad_vec` does on one panel: rules, norms, maps of infinite ranges, and who does it."""

import contextlib
import functools
import math
import sys

import numpy as np

from scikit._core._threads import check_workers, run_slabs
from scikit.integrate import _quad_cy

_EPS = sys.float_info.epsilon
_TINY = sys.float_info.min


class Plain:
    """f over a finite range."""

    def __init__(self, f, args):
        self.f, self.args = f, args

    def __call__(self, x):
        return np.asarray(self.f(x, *self.args))


class HalfLine(Plain):
    """f from `start` to infinity in the direction `sign`, as a function of t in (0, 1]: x = start +- (1-t)/t."""

    def __init__(self, f, args, start, sign):
        super().__init__(f, args)
        self.start, self.sign = start, sign

    def __call__(self, t):
        if t < _TINY:
            return np.asarray(0.0)
        value = np.asarray(self.f(self.start + self.sign * (1 - t) / t, *self.args))
        return value / t / t


class WholeLine(Plain):
    """f over the line as a function of t in [-1, 1], infinity being at t = 0: x = (1-abs(t))/t."""

    def __call__(self, t):
        if abs(t) < _TINY:
            return np.asarray(0.0)
        return np.asarray(self.f((1 - abs(t)) / t, *self.args)) / t / t


class Panel:
    """A subinterval: its integral, error, rounding error and, for the trapezoidal rule, three values of f.

    Parameters
    ----------
    a, b : float
    value : ndarray or number, or None if it is not kept
    error, rounding : float
    ends : tuple or None
        f at a, the middle and b.
    """

    __slots__ = ("a", "b", "ends", "error", "rounding", "value")

    def __init__(self, a, b, value, error, rounding, ends=None):
        self.a, self.b, self.value = a, b, value
        self.error, self.rounding, self.ends = error, rounding, ends

    def without_values(self):
        return Panel(self.a, self.b, None, self.error, self.rounding)


def find_norm(norm):
    """The function that measures vectors."""
    if callable(norm):
        return norm
    if norm in ("2", "max"):
        return _norm_2 if norm == "2" else _norm_max
    raise ValueError(f"unknown `norm` {norm!r}: '2', 'max' or a function is needed")


def _norm_2(x):
    x = np.ravel(x)
    return math.sqrt(np.vdot(x, x).real)


def _norm_max(x):
    return float(np.max(np.abs(x), initial=0.0))


def find_rule(quadrature, infinite):
    """The rule of that name."""
    names = {"gk21": "gk21", "gk15": "gk15", "trapezoid": "trapezoid", "trapz": "trapezoid"}
    if quadrature is None:
        return "gk15" if infinite else "gk21"
    if not isinstance(quadrature, str) or quadrature not in names:
        raise ValueError(f"unknown `quadrature` {quadrature!r}")
    return names[quadrature]


def first_panel(work):
    """([panel], evaluations) of a piece of work (function, rule, norm, None, (a, b))."""
    function, rule, norm, _, (a, b) = work
    if rule == "trapezoid":
        values = (function(a), function(0.5 * (a + b)), function(b))
        return [_trapezoid(a, b, values, norm)], 3
    return [_kronrod(function, rule, norm, a, b)], _nodes(rule)[0].size


def bisect_panel(work):
    """([half, half], evaluations) of a piece of work (function, rule, norm, panel, None)."""
    function, rule, norm, panel, _ = work
    a, b = panel.a, panel.b
    middle = 0.5 * (a + b)
    if rule == "trapezoid" and panel.ends is not None:
        low, centre, high = panel.ends
        left = (low, function(0.5 * (a + middle)), centre)
        right = (centre, function(0.5 * (middle + b)), high)
        return [_trapezoid(a, middle, left, norm), _trapezoid(middle, b, right, norm)], 2
    found = [first_panel((function, rule, norm, None, ends)) for ends in ((a, middle), (middle, b))]
    return [panels[0] for panels, _ in found], sum(neval for _, neval in found)


@functools.lru_cache
def _nodes(rule):
    """Nodes on [-1, 1], Kronrod weights, and Kronrod minus Gauss weights."""
    return _quad_cy.kronrod_rule(21 if rule == "gk21" else 15)


def _kronrod(function, rule, norm, a, b):
    nodes, weights, difference = _nodes(rule)
    centre, half = 0.5 * (a + b), 0.5 * (b - a)
    values = np.array([function(centre + half * x) for x in nodes.tolist()])
    shape = values.shape[1:]
    flat = values.reshape(len(nodes), -1)
    value = weights @ flat
    size = weights @ np.abs(flat)
    spread = weights @ np.abs(flat - 0.5 * value)
    error = float(norm((half * (difference @ flat)).reshape(shape)))
    deviation = float(norm((half * spread).reshape(shape)))
    if deviation != 0 and error != 0:
        error = deviation * min(1.0, (200 * error / deviation) ** 1.5)
    rounding = float(norm((50 * _EPS * half * size).reshape(shape)))
    if rounding > _TINY:
        error = max(error, rounding)
    return Panel(a, b, (half * value).reshape(shape)[()], error, rounding)


def _trapezoid(a, b, values, norm):
    low, centre, high = values
    width = b - a
    fine = 0.25 * width * (low + 2 * centre + high)
    coarse = 0.5 * width * (low + high)
    error = float(norm(fine - coarse)) / 3
    size = 0.25 * width * (np.abs(low) + 2 * np.abs(centre) + np.abs(high))
    return Panel(a, b, fine[()], error, float(norm(_EPS * size)), values)


@contextlib.contextmanager
def mapping(workers):
    """`map` as `workers` wants it: in this thread, in several, or by the user's function."""
    if callable(workers):
        yield lambda function, work: list(workers(function, work))
        return
    count = check_workers(workers)
    yield lambda function, work: run_slabs(function, [(piece,) for piece in work], count)

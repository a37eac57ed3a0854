"""Rules of fixed order: Gauss-Legendre and Newton-Cotes."""

import functools
import math
import operator
from fractions import Fraction

import numpy as np

_NUMBERS = (float, int)


@functools.lru_cache(64)
def _gauss(n):
    x, w = np.polynomial.legendre.leggauss(n)
    x.flags.writeable = w.flags.writeable = False
    return x, w


def fixed_quad(func, a, b, args=(), n=5):
    """Definite integral by Gauss-Legendre quadrature of fixed order.

    Parameters
    ----------
    func : callable
        ``func(x, *args)`` for an array x of shape (n,); the last axis of what it returns belongs to x.
    a, b : float
        Ends of the range, finite.
    args : tuple, optional
        Further arguments of `func`.
    n : int, optional
        Number of points.

    Returns
    -------
    val : float or ndarray
        The integral.
    none : None
        No error is estimated.

    Raises
    ------
    TypeError
        If `func` is not callable, or an argument is of a wrong type.
    ValueError
        If `n` is not positive, or an end is infinite.

    See Also
    --------
    quad, quad_vec : Adaptive, with an error estimate.

    Notes
    -----
    Exact for polynomials of degree 2 n - 1. `func` is called once; threads do not disturb each other.

    References
    ----------
    .. [1] P. J. Davis, P. Rabinowitz, Methods of Numerical Integration, 2nd ed., Academic Press, 1984, sec. 2.7.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.integrate import fixed_quad
    >>> val, none = fixed_quad(np.cos, 0.0, np.pi / 2)
    >>> round(float(val), 9)
    1.0
    """
    if not callable(func):
        raise TypeError(f"`func` must be callable, not {type(func).__name__}")
    try:
        points = operator.index(n)
    except TypeError:
        raise ValueError(f"`n` must be a positive integer, not {n!r}") from None
    if points < 1:
        raise ValueError(f"`n` must be a positive integer, not {n}")
    try:
        if type(a) in _NUMBERS and type(b) in _NUMBERS:
            infinite = math.isinf(a) or math.isinf(b)
        else:
            infinite = bool(np.any(np.isinf(a)) or np.any(np.isinf(b)))
    except TypeError:
        raise TypeError(f"`a` and `b` must be numbers, not {a!r} and {b!r}") from None
    if infinite:
        raise ValueError("Gaussian quadrature is only available for finite limits `a` and `b`.")
    x, w = _gauss(points)
    values = func((b - a) * (x + 1) / 2.0 + a, *args)
    return (b - a) / 2.0 * np.sum(w * values, axis=-1), None


def newton_cotes(rn, equal=0):
    """Weights and error coefficient of a Newton-Cotes rule.

    Parameters
    ----------
    rn : int or sequence of float
        The number N of intervals of an equally spaced rule, or the places of N + 1 samples in units of their
        mean distance, from 0 to N.
    equal : bool or int, optional
        Take the places as equally spaced, whatever `rn` holds.

    Returns
    -------
    an : ndarray
        N + 1 weights: the integral from the first to the last sample is ``dx * sum(an * f)``.
    B : float
        The error is ``B * dx**(p+1) * (p-th derivative of f somewhere in the range)`` with p = N + 2 for equally
        spaced samples and even N, N + 1 otherwise.

    Raises
    ------
    TypeError
        If `rn` is neither an integer nor a sequence of numbers.
    ValueError
        If there are fewer than two samples, or they do not reach from 0 to N.

    See Also
    --------
    simpson, trapezoid : Composite rules.

    Notes
    -----
    Equally spaced weights are computed in rational arithmetic and rounded once. From N = 8 on weights of both signs
    appear, and rules of high order amplify rounding errors. Threads do not disturb each other.

    References
    ----------
    .. [1] P. J. Davis, P. Rabinowitz, Methods of Numerical Integration, 2nd ed., Academic Press, 1984, sec. 2.5.

    Examples
    --------
    >>> from scikit.integrate import newton_cotes
    >>> an, B = newton_cotes(2)
    >>> an * 3, round(B * 90, 10)
    (array([1., 4., 1.]), -1.0)
    """
    try:
        n = operator.index(rn)
    except TypeError:
        places = _sample_places(rn)
        n = len(places) - 1
        if not equal and not np.all(np.diff(places) == 1):
            return _unequal(places, n)
    if n < 1:
        raise ValueError(f"`rn` must be at least 1 interval, not {n}")
    weights, error = _equal(n)
    return weights.copy(), error


def _sample_places(rn):
    try:
        places = np.asarray(rn, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"`rn` must be an integer or a sequence of numbers, not {rn!r}") from None
    if places.ndim != 1:
        raise TypeError(f"`rn` must be an integer or a sequence of numbers, not {rn!r}")
    if len(places) < 2:
        raise ValueError("`rn` must hold at least two places")
    if places[0] != 0 or places[-1] != len(places) - 1:
        raise ValueError("The sample positions in `rn` must start at 0 and end at N")
    if len(np.unique(places)) != len(places) or not np.isfinite(places).all():
        raise ValueError("The sample positions in `rn` must be finite and differ")
    return places


def _error_coefficient(n, places, weights, power):
    """(integral of s**power - the rule's value) / power!"""
    exact = Fraction(n ** (power + 1), power + 1)
    rule = sum((Fraction(w) * Fraction(s) ** power for w, s in zip(weights, places, strict=True)))
    return float((exact - rule) / math.factorial(power))


@functools.lru_cache(64)
def _equal(n):
    """Integrals of the Lagrange polynomials of the places 0 ... n, exactly."""
    # prod_k (s - k), lowest power first
    product = [1]
    for k in range(n + 1):
        product = [low - k * high for low, high in zip([0, *product], [*product, 0], strict=True)]
    weights = []
    for k in range(n + 1):
        # divide by (s - k), Horner's scheme from the highest power
        quotient, carry = [0] * (n + 1), 0
        for power in range(n + 1, 0, -1):
            carry = product[power] + k * carry
            quotient[power - 1] = carry
        scale = math.factorial(k) * math.factorial(n - k) * (-1) ** (n - k)
        integral = sum(Fraction(c * n ** (p + 1), p + 1) for p, c in enumerate(quotient))
        weights.append(integral / scale)
    power = n + 2 if n % 2 == 0 else n + 1
    error = _error_coefficient(n, range(n + 1), weights, power)
    return np.array([float(w) for w in weights]), error


def _unequal(places, n):
    """Integrals of the Lagrange polynomials by a Gauss rule that is exact for them."""
    x, w = _gauss(n // 2 + 1)
    s = (x + 1) * (n / 2)
    weights = np.empty(n + 1)
    for k in range(n + 1):
        others = np.delete(places, k)
        basis = np.prod((s[:, None] - others) / (places[k] - others), axis=1)
        weights[k] = n / 2 * np.sum(w * basis)
    return weights, _error_coefficient(n, places, weights, n + 1)

"""Lebedev's quadrature on the unit sphere."""

import functools
import itertools
import math
import operator

import numpy as np

from scikit.integrate._lebedev_tables import RULES


def lebedev_rule(n):
    """Points and weights of Lebedev's quadrature on the unit sphere.

    The integral of f over the sphere is ``w @ f(x)``, exactly so for polynomials in the coordinates of degree `n` and
    less.

    Parameters
    ----------
    n : int
        Degree of exactness: an odd number from 3 to 31, or 35, 41, 47 and so on in steps of 6 up to 131.

    Returns
    -------
    x : ndarray (3, m) of float64
        Points on the sphere. From degree 3 on m is 6, 14, 26, 38, 50, 74, 86, 110, 146, 170, 194, 230, 266, 302, 350,
        and from degree 35 on 434, 590, 770, 974, 1202, 1454, 1730, 2030, 2354, 2702, 3074, 3470, 3890, 4334, 4802,
        5294, 5810: about ``(n + 1)**2 / 3``.
    w : ndarray (m,) of float64
        Weights; their sum is 4 pi. Some are negative for n = 13, 25 and 27.

    Raises
    ------
    NotImplementedError
        For an integer that is none of these.
    TypeError
        If `n` is no integer.

    Notes
    -----
    The points are unions of orbits of the octahedral group [1]_. One point of each orbit is kept, from the published
    tables, refined in many digits; coordinates and weights are right to the last bit or two, so that integrals
    lose nothing to the published rounding. The first call for a degree takes up to 10 milliseconds. The arrays are
    the caller's own. Threads may call it at the same time.

    References
    ----------
    .. [1] V. I. Lebedev, D. N. Laikov, A quadrature formula for the sphere of the 131st algebraic order of accuracy,
           Doklady Mathematics 59 (1999) 477-481.
    .. [2] S. L. Sobolev, Cubature formulas on the sphere which are invariant under transformations of finite rotation
           groups, Dokl. Akad. Nauk SSSR 146 (1962) 310-313.

    Examples
    --------
    The signal of diffusion along all directions, for a tensor with the eigenvalues 1.7, 0.3 and 0.3 um2/ms at
    b = 1 ms/um2:

    >>> import numpy as np
    >>> from scipy.special import erf
    >>> from scikit.integrate import lebedev_rule
    >>> x, w = lebedev_rule(17)
    >>> mean = w @ np.exp(-0.3 - 1.4 * x[0] ** 2) / (4 * np.pi)
    >>> exact = np.exp(-0.3) * np.sqrt(np.pi / 1.4) / 2 * erf(np.sqrt(1.4))
    >>> bool(abs(mean - exact) < 1e-10)
    True
    """
    try:
        degree = int(n) if isinstance(n, float) and n.is_integer() else operator.index(n)
    except TypeError:
        if isinstance(n, float):
            raise NotImplementedError(_missing(n)) from None
        raise TypeError(f"`n` must be an integer, not {type(n).__name__}") from None
    if degree not in RULES or isinstance(n, bool):
        raise NotImplementedError(_missing(n))
    x, w = _rule(degree)
    return x.copy(), w.copy()


def _missing(n):
    return f"Order n={n} not available. Available orders are {list(RULES)}."


@functools.lru_cache(8)
def _rule(degree):
    points, weights = [], []
    for kind, *numbers, weight in RULES[degree]:
        orbit = _orbit(_generator(kind, numbers))
        points.append(orbit)
        weights.append(np.full(orbit.shape[1], weight))
    return np.concatenate(points, axis=1), np.concatenate(weights)


def _generator(kind, known):
    """One point of the orbit from what the table gives of it, its coordinates not negative and in ascending order."""
    rest = 1.0 - sum(v * v for v in known)
    if kind == "xxz":
        x = known[0]
        return x, x, math.sqrt(rest - x * x)
    if kind == "xzz":
        z = math.sqrt(rest / 2)
        return known[0], z, z
    if kind == "0yz":
        return 0.0, known[0], math.sqrt(rest)
    if kind == "xyz":
        return *known, math.sqrt(rest)
    return tuple(math.sqrt(int(c) / kind.count("1")) for c in kind)


def _orbit(point):
    """The distinct points that permutations and changes of sign make of one, shape (3, 6 to 48)."""
    places = sorted(set(itertools.permutations(point)), reverse=True)
    signs = list(itertools.product((1.0, -1.0), repeat=3))
    images = [
        [s * v for s, v in zip(sign, place, strict=True)]
        for place in places
        for sign in signs
        if all(s > 0 or v > 0 for s, v in zip(sign, place, strict=True))
    ]
    return np.array(images).T

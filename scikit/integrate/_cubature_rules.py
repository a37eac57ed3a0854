"""Rules for integrals over boxes: products of Gauss-Kronrod rules, and Genz and Malik's.

A rule is a set of nodes on (-1, 1)**ndim and a matrix of weights whose rows are linear functionals of the integrand:
the integral, its difference from that of an embedded rule, and one row an axis that tells how much the integrand asks
for a division along it.
"""

import functools
import itertools

import numpy as np

from scikit.integrate._cubature_tables import GAUSS_KRONROD

#: Most nodes of a rule, in one box.
MAX_NODES = 2**22


class Rule:
    """Nodes (m, ndim) and weights (2 + ndim, m)."""

    def __init__(self, nodes, weights):
        self.nodes, self.weights = nodes, weights
        nodes.flags.writeable = weights.flags.writeable = False


def _too_large(name, ndim, count):
    return ValueError(
        f"`rule` {name!r} has {count} nodes in {ndim} dimensions, which is too many"
        + ("; 'genz-malik' has fewer" if name != "genz-malik" else "")
    )


@functools.lru_cache(maxsize=16)
def gauss_kronrod(name, points, ndim):
    """The product of a Gauss-Kronrod rule of so many points with itself."""
    if points**ndim > MAX_NODES:
        raise _too_large(name, ndim, f"{points}**{ndim}")
    x, kronrod, gauss = np.array(GAUSS_KRONROD[points]).T
    nodes = np.stack(np.meshgrid(*[x] * ndim, indexing="ij"), axis=-1).reshape(-1, ndim)
    full = _product([kronrod] * ndim)
    rows = [full, full - _product([gauss] * ndim)]
    for axis in range(ndim):
        # what the embedded rule misses along this axis alone
        rows.append(_product([kronrod - gauss if i == axis else kronrod for i in range(ndim)]))
    return Rule(nodes, np.stack(rows))


def _product(factors):
    return functools.reduce(np.multiply.outer, factors).ravel()


@functools.lru_cache(maxsize=16)
def genz_malik(ndim):
    """The rule of degree 7 with an embedded one of degree 5.

    A. C. Genz, A. A. Malik, J. Comput. Appl. Math. 6 (1980) 295-302, doi:10.1016/0771-050X(80)90039-X, section 2.
    """
    if ndim < 2:
        raise ValueError("`rule` 'genz-malik': the Genz-Malik rule is only defined for ndim >= 2")
    count = 2**ndim + 2 * ndim**2 + 2 * ndim + 1
    if count > MAX_NODES:
        raise _too_large("genz-malik", ndim, count)
    n, volume = ndim, 2.0**ndim
    l2, l4, l5 = np.sqrt([9 / 70, 9 / 10, 9 / 19])
    unit = np.eye(n)
    center = np.zeros((1, n))
    near = np.concatenate((l2 * unit, -l2 * unit))
    far = np.concatenate((l4 * unit, -l4 * unit))
    pairs = np.array(
        [
            l4 * (s * unit[i] + t * unit[j])
            for i, j in itertools.combinations(range(n), 2)
            for s in (1, -1)
            for t in (1, -1)
        ]
    )
    corners = l5 * np.array(list(itertools.product((1.0, -1.0), repeat=n)))
    groups = (center, near, far, pairs, corners)
    seven = (
        volume * (12824 - 9120 * n + 400 * n**2) / 19683,
        volume * 980 / 6561,
        volume * (1820 - 400 * n) / 19683,
        volume * 200 / 19683,
        6859 / 19683,
    )
    five = (
        volume * (729 - 950 * n + 50 * n**2) / 729,
        volume * 245 / 486,
        volume * (265 - 100 * n) / 1458,
        volume * 25 / 729,
        0.0,
    )
    sizes = [len(g) for g in groups]
    high, low = np.repeat(seven, sizes), np.repeat(five, sizes)
    # the fourth difference along each axis: zero for a cubic
    ratio = l2**2 / l4**2
    fourth = np.zeros((n, count))
    fourth[:, 0] = -2 + 2 * ratio
    for axis in range(n):
        fourth[axis, [1 + axis, 1 + n + axis]] = 1
        fourth[axis, [1 + 2 * n + axis, 1 + 3 * n + axis]] = -ratio
    return Rule(np.concatenate(groups), np.concatenate((np.stack((high, high - low)), fourth)))


def named_rule(name, ndim):
    """The rule of that name in so many dimensions."""
    if name in ("gk21", "gauss-kronrod"):
        return gauss_kronrod(name, 21, ndim)
    if name == "gk15":
        return gauss_kronrod(name, 15, ndim)
    if name == "genz-malik":
        return genz_malik(ndim)
    raise ValueError(
        f"`rule` must be 'gauss-kronrod', 'gk21', 'gk15' or 'genz-malik', not {name!r}"
    )

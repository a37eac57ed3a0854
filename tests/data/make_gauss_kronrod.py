"""Make scikit/integrate/_cubature_tables.py: Gauss-Kronrod nodes and weights, computed with mpmath.

The Kronrod nodes added to the n Gauss nodes are the zeros of Stieltjes' polynomial E of degree n + 1, which is
orthogonal to all polynomials of lower degree with respect to the weight P_n on (-1, 1). The weights make the rule exact
for the Legendre polynomials up to the number of nodes.
"""

import pathlib

import mpmath
import numpy as np

mp = mpmath.mp.clone()  # a precision of its own: mpmath's is shared by all threads
mp.dps = 60

ROOT = pathlib.Path(__file__).parents[2]


def legendre(n):
    """Coefficients of P_n, the lowest power first."""
    p, q = [mp.mpf(1)], [mp.mpf(0), mp.mpf(1)]
    if n == 0:
        return p
    for k in range(1, n):
        r = [mp.mpf(0)] + [(2 * k + 1) * c / (k + 1) for c in q]
        for i, c in enumerate(p):
            r[i] -= k * c / (k + 1)
        p, q = q, r
    return q


def moment(power):
    return mp.mpf(2) / (power + 1) if power % 2 == 0 else mp.mpf(0)


def stieltjes(n):
    """Coefficients of the monic E of degree n + 1, the lowest power first."""
    p = legendre(n)
    size = n + 1
    a, b = mp.matrix(size), mp.matrix(size, 1)
    for k in range(size):
        for j in range(size):
            a[k, j] = mp.fsum(c * moment(i + j + k) for i, c in enumerate(p))
        b[k] = -mp.fsum(c * moment(i + size + k) for i, c in enumerate(p))
    return [*mp.lu_solve(a, b), mp.mpf(1)]


def horner(coefficients, x):
    value = mp.mpf(0)
    for c in reversed(coefficients):
        value = value * x + c
    return value


def zeros(coefficients):
    starts = np.polynomial.polynomial.polyroots([float(c) for c in coefficients])
    return sorted(mp.findroot(lambda x: horner(coefficients, x), float(r.real)) for r in starts)


def weights(nodes):
    size = len(nodes)
    a, b = mp.matrix(size), mp.matrix(size, 1)
    for k in range(size):
        p = legendre(k)
        for j, x in enumerate(nodes):
            a[k, j] = horner(p, x)
    b[0] = 2
    return list(mp.lu_solve(a, b))


def rule(n):
    """Nodes of the Kronrod rule, its weights, and the Gauss weights (0 at the nodes that it lacks)."""
    gauss = zeros(legendre(n))
    nodes = sorted(gauss + zeros(stieltjes(n)))
    kronrod = weights(nodes)
    inner = dict(zip(map(str, gauss), weights(gauss), strict=True))
    return nodes, kronrod, [inner.get(str(x), mp.mpf(0)) for x in nodes]


def text():
    """The file's text."""
    lines = [
        '"""Gauss-Kronrod rules on (-1, 1): nodes, weights, and weights of the Gauss rule within.',
        "",
        "Made by tests/data/make_gauss_kronrod.py; do not edit.",
        '"""',
        "",
    ]
    lines.append("GAUSS_KRONROD = {")
    for n in (7, 10):
        nodes, kronrod, gauss = rule(n)
        lines.append(f"    {2 * n + 1}: (")
        for row in zip(nodes, kronrod, gauss, strict=True):
            numbers = ", ".join(repr(float(mp.chop(v, mp.mpf(10) ** -50))) for v in row)
            lines.append(f"        ({numbers}),")
        lines.append("    ),")
    lines.append("}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "scikit/integrate/_cubature_tables.py").write_text(text())

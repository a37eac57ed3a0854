"""Nodes and weights of the quadrature rules: make_quad_tables.py > c/integrate/sk_quad_tables.h (needs mpmath).

Gauss nodes are the zeros of the Legendre polynomial P_n. Kronrod's added nodes are the zeros of the Stieltjes
polynomial E_{n+1}, which is orthogonal to all polynomials of degree n under the weight P_n; its coefficients are
found from that definition in rational arithmetic. Weights follow from exactness for the monomials.
"""

from fractions import Fraction

import mpmath as mp

mp.mp.dps = 80

HEAD = """/* Nodes and weights, rounded once to double precision. Written by tools/make_quad_tables.py; do not edit. */
#ifndef SK_QUAD_TABLES_H
#define SK_QUAD_TABLES_H
"""


def legendre(n):
    """Coefficients of P_n, lowest power first."""
    before, now = [Fraction(1)], [Fraction(0), Fraction(1)]
    if n == 0:
        return before
    for k in range(1, n):
        shifted = [Fraction(0)] + [Fraction(2 * k + 1, k + 1) * c for c in now]
        before = before + [Fraction(0)] * (len(shifted) - len(before))
        before, now = (
            now,
            [s - Fraction(k, k + 1) * b for s, b in zip(shifted, before, strict=True)],
        )
    return now


def moment(coefficients, power):
    """Integral of p(x) x**power over [-1, 1]."""
    terms = enumerate(coefficients)
    return sum((2 * c / (k + power + 1) for k, c in terms if (k + power) % 2 == 0), Fraction(0))


def solve(matrix, right):
    """Gaussian elimination in rational arithmetic."""
    n = len(right)
    rows = [[*row, r] for row, r in zip(matrix, right, strict=True)]
    for i in range(n):
        pivot = next(r for r in range(i, n) if rows[r][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for r in range(n):
            if r != i and rows[r][i] != 0:
                rows[r] = [v - rows[r][i] * w for v, w in zip(rows[r], rows[i], strict=True)]
    return [row[n] for row in rows]


def stieltjes(n):
    """Coefficients of the monic Stieltjes polynomial of degree n + 1; it has one parity."""
    p = legendre(n)
    powers = list(range((n + 1) % 2, n + 1, 2))  # the unknown coefficients
    tests = [k for k in range(n + 1) if (n + n + 1 + k) % 2 == 0]
    matrix = [[moment(p, k + power) for power in powers] for k in tests]
    unknown = solve(matrix, [-moment(p, k + n + 1) for k in tests])
    out = [Fraction(0)] * (n + 2)
    out[n + 1] = Fraction(1)
    for power, value in zip(powers, unknown, strict=True):
        out[power] = value
    return out


def roots(coefficients):
    """Zeros that are not negative, largest first."""
    highest_first = [mp.mpf(c.numerator) / c.denominator for c in reversed(coefficients)]
    found = mp.polyroots(highest_first, maxsteps=500, extraprec=400)
    found = [mp.re(r) for r in found]
    return sorted((r if abs(r) > 1e-30 else mp.mpf(0) for r in found if r > -1e-30), reverse=True)


def weights(nodes):
    """Weights of the symmetric interpolatory rule on +-nodes."""
    n = len(nodes)
    matrix = mp.matrix(n, n)
    right = mp.matrix(n, 1)
    for row in range(n):
        for column, x in enumerate(nodes):
            matrix[row, column] = (1 if x == 0 else 2) * x ** (2 * row) if row or x else 1
        right[row] = mp.mpf(2) / (2 * row + 1)
    return list(mp.lu_solve(matrix, right))


def array(name, values):
    numbers = [mp.nstr(v, 20) if v else "0.0" for v in values]
    lines = [", ".join(numbers[i : i + 4]) for i in range(0, len(numbers), 4)]
    return f"static const double {name}[{len(numbers)}] = {{\n    " + ",\n    ".join(lines) + "};\n"


def cosine(k):
    """cos(k pi / 24)"""
    return mp.mpf(0) if k % 24 == 12 else mp.cos(mp.pi * k / 24)


def gauss_kronrod(n):
    gauss, added = roots(legendre(n)), roots(stieltjes(n))
    nodes = sorted(gauss + added, reverse=True)
    size = 2 * n + 1
    yield f"/* Kronrod's {size} points, the largest node first; every second one from the second is a Gauss node. */\n"
    yield array(f"sk_kronrod{size}_x", nodes)
    yield array(f"sk_kronrod{size}_w", weights(nodes))
    yield f"/* Weights of the {n} Gauss points among them. */\n"
    yield array(f"sk_gauss{n}_w", weights(gauss))


def main():
    print(HEAD)
    for n in (7, 10):
        for text in gauss_kronrod(n):
            print(text)
    nodes = roots(legendre(44))
    print("/* The 44-point Gauss rule: positive nodes, the largest first. */")
    print(array("sk_gauss44_x", nodes))
    print(array("sk_gauss44_w", weights(nodes)))
    print("/* cos(k pi / 24) for k = 0 ... 24. */")
    print(array("sk_cos24", [cosine(k) for k in range(25)]))
    print("/* Rows j = 0, 1, ...: cos(j k pi / 24) of the even k, then of the odd k. */")
    print(array("sk_cos24_even", [cosine(j * k) for j in range(13) for k in range(0, 25, 2)]))
    print(array("sk_cos24_odd", [cosine(j * k) for j in range(12) for k in range(1, 25, 2)]))
    print("#endif")


main()

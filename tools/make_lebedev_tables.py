"""Write scikit/integrate/_lebedev_tables.py: python tools/make_lebedev_tables.py (needs scipy and python-flint).

A rule of Lebedev and Laikov is a union of orbits of the octahedral group with one weight each. The published points,
as SciPy has them, are reduced to one point an orbit, and points and weights are refined by Newton's method in many
digits: the rule is exact if it is so for the invariants sigma2**a sigma3**b with 4 a + 6 b <= n, sigma2 and sigma3 the
elementary symmetric polynomials of the squares of the coordinates (S. L. Sobolev, Sibirsk. Mat. Zh. 3 (1962) 769).
"""

import pathlib
from fractions import Fraction
from math import comb

import numpy as np
from flint import arb, arb_mat, ctx, fmpq
from scipy.integrate import lebedev_rule

ctx.prec = 900
DEGREES = (*range(3, 32, 2), *range(35, 132, 6))
HEAD = '''"""Lebedev's rules, an orbit a row. Written by tools/make_lebedev_tables.py; do not edit.

Degree -> rows of a kind, the kind's coordinates, and the weight of a point for weights that sum to 4 pi:
"100", "011" and "111" are these directions, "xxz" the points (x, x, z) by x or ("xzz") (x, z, z) by x, "0yz" by y and
"xyz" by x and y; what is not given follows from the length 1, and is the largest coordinate.
"""

RULES = {
'''
TAIL = "}\n"
#: What a kind's free squares of coordinates are, as a map from the unknowns to the three squares.
SIZES = {"100": 6, "011": 12, "111": 8, "xxz": 24, "xzz": 24, "0yz": 24, "xyz": 48}


def squares(kind, u):
    third, half = arb(1) / 3, arb(1) / 2
    return {
        "100": lambda: [arb(0), arb(0), arb(1)],
        "011": lambda: [arb(0), half, half],
        "111": lambda: [third, third, third],
        "xxz": lambda: [u[0], u[0], 1 - 2 * u[0]],
        "xzz": lambda: [u[0], (1 - u[0]) / 2, (1 - u[0]) / 2],
        "0yz": lambda: [arb(0), u[0], 1 - u[0]],
        "xyz": lambda: [u[0], u[1], 1 - u[0] - u[1]],
    }[kind]()


#: Derivatives of the three squares with respect to each unknown.
SLOPES = {
    "100": [], "011": [], "111": [],
    "xxz": [(1, 1, -2)], "xzz": [(1, Fraction(-1, 2), Fraction(-1, 2))], "0yz": [(0, 1, -1)],
    "xyz": [(1, 0, -1), (0, 1, -1)],
}  # fmt: skip


def orbits(n):
    """Kind, unknowns and weight of every orbit of the published rule."""
    points, weights = lebedev_rule(n)
    folded = np.sort(np.abs(points.T), axis=1)
    _, first = np.unique(np.round(folded, 9), axis=0, return_index=True)
    for k in first:
        x, y, z = folded[k]
        near = [abs(a - b) < 1e-8 for a, b in ((x, 0), (x, y), (y, z))]
        if near[0]:
            kind = "100" if near[1] else "011" if near[2] else "0yz"
        else:
            kind = (
                "111" if near[1] and near[2] else "xxz" if near[1] else "xzz" if near[2] else "xyz"
            )
        u = {"0yz": [y], "xyz": [x, y], "xxz": [x], "xzz": [x]}.get(kind, [])
        yield kind, [arb(float(v)) ** 2 for v in u], arb(float(weights[k])) / (4 * arb.pi())


def odd_factorials(count):
    """1, 1!!, 3!!, 5!!, ..."""
    out = [1]
    for k in range(count):
        out.append(out[-1] * (2 * k + 1))
    return out


def moments(n):
    """{(a, b): the mean of (3 sigma2)**a (27 sigma3)**b over the sphere}."""
    odd = odd_factorials(n + 2)

    def mean(a, b):
        total = 0  # sigma2**a = sum of (xy)**i (yz)**j (zx)**k
        for i in range(a + 1):
            for j in range(a + 1 - i):
                k = a - i - j
                p, q, r = b + i + k, b + i + j, b + j + k
                total += comb(a, i) * comb(a - i, j) * odd[p] * odd[q] * odd[r]
        value = Fraction(total * 3**a * 27**b, odd[2 * a + 3 * b + 1])
        return arb(fmpq(value.numerator, value.denominator))

    return {(a, b): mean(a, b) for a in range(n // 4 + 1) for b in range((n - 4 * a) // 6 + 1)}


def columns(orbit, powers):
    """The orbit's values of the invariants, and their derivatives with respect to its unknowns."""
    kind, u, _ = orbit
    x, y, z = squares(kind, u)
    s2, s3 = 3 * (x * y + y * z + z * x), 27 * (x * y * z)
    by_square = [(3 * (y + z), 27 * y * z), (3 * (z + x), 27 * z * x), (3 * (x + y), 27 * x * y)]
    p2, p3 = [arb(1)], [arb(1)]
    for _ in range(1 + max(max(p) for p in powers)):
        p2.append(p2[-1] * s2)
        p3.append(p3[-1] * s3)
    values = [p2[a] * p3[b] for a, b in powers]
    slopes = []
    for rates in SLOPES[kind]:
        rates = [arb(fmpq(Fraction(r).numerator, Fraction(r).denominator)) for r in rates]
        d2 = sum((d[0] * r for d, r in zip(by_square, rates, strict=True)), arb(0))
        d3 = sum((d[1] * r for d, r in zip(by_square, rates, strict=True)), arb(0))
        slopes.append([
            (a * p2[a - 1] * p3[b] * d2 if a else 0) + (b * p2[a] * p3[b - 1] * d3 if b else 0)
            for a, b in powers
        ])  # fmt: skip
    return values, slopes


def refined(n):
    found = [list(o) for o in orbits(n)]
    exact = moments(n)
    powers = list(exact)
    for step in range(6):
        rows = []  # the transposed Jacobian
        residual = [exact[p] for p in powers]
        for orbit in found:
            kind, _, weight = orbit
            values, slopes = columns(orbit, powers)
            total = SIZES[kind] * weight
            residual = [(r - total * v).mid() for r, v in zip(residual, values, strict=True)]
            rows.append([(SIZES[kind] * v).mid() for v in values])
            rows += [[(total * v).mid() for v in s] for s in slopes]
        error = max(abs(float(r)) for r in residual)
        print(
            n,
            "equations",
            len(powers),
            "unknowns",
            len(rows),
            "step",
            step,
            "error",
            error,
            flush=True,
        )
        if error < 1e-60:
            break
        transposed, right = arb_mat(rows), arb_mat([[r] for r in residual])
        if len(rows) == len(powers):
            change = transposed.transpose().solve(right)
        elif len(rows) < len(powers):
            change = (transposed * transposed.transpose()).solve(transposed * right)
        else:
            change = transposed * (transposed.transpose() * transposed).solve(right)
        change = iter([row[0].mid() for row in change.tolist()])
        for orbit in found:
            orbit[2] = (orbit[2] + next(change)).mid()
            orbit[1] = [(v + next(change)).mid() for v in orbit[1]]
    assert error < 1e-60, n
    return found


def text(orbit):
    kind, u, weight = orbit
    x, y, z = (float(v) for v in squares(kind, u))
    assert x <= y <= z
    numbers = [*(float(v.sqrt()) for v in u), float(weight * 4 * arb.pi())]
    return f'("{kind}", {", ".join(map(repr, numbers))})'


def main():
    order = list(SIZES)
    body = ""
    for n in DEGREES:
        rows = sorted(refined(n), key=lambda o: (order.index(o[0]), [float(v) for v in o[1]]))
        lines = [f"        {text(o)},\n" for o in rows]
        body += (
            f"    {n}: ({text(rows[0])},),\n" if n == 3 else f"    {n}: (\n{''.join(lines)}    ),\n"
        )
    target = pathlib.Path(__file__).parent.parent / "scikit" / "integrate" / "_lebedev_tables.py"
    target.write_text(HEAD + body + TAIL)


if __name__ == "__main__":
    main()

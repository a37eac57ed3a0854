"""Compute the stability polynomials of ROCK2 and ROCK4: rock_tables.py > wrappers/gen/rock.toml.

Needs numpy. R(z) = w(x) P(x), x = a + z / scale, has order 2 or 4 at z = 0 (x = a, a little above 1). w has one or two
pairs of complex zeros, P is orthogonal for w(x)**2 / sqrt(1 - x**2) on [-1, 1], so that R oscillates there between
nearly the same bounds (S. Bernstein; A. Abdulle, A. A. Medovikov, Numer. Math. 90 (2001) 1-18,
doi:10.1007/s002110100292; A. Abdulle, SIAM J. Sci. Comput. 23 (2002) 2041-2054, doi:10.1137/S1064827500379549).
Unknown are the zeros of w, near = scale * (a - 1) and scale; the equations are the order conditions, and that the
first extremum of |R| inside and the last, at x = -1, have the height DAMPED, which makes the interval of stability
[-2 scale - near, 0] about the longest. Newton's method, from a number of stages to the next one.
"""

import math
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "wrappers" / "gen"))
from make_rock_tables import recurrence

DAMPED = 0.95
GROWTH = 1.08  # from a number of stages to the next one
# order: first number of stages to solve for, its start (zeros, near, log of scale), fewest and most stages
STARTS = {
    2: (10, [-1.31, 1.35, 2.2, math.log(39)], 3, 200),
    4: (20, [-0.29, 3.54, -2.47, 1.31, 4.5, math.log(66.5)], 5, 152),
}


def value(row, stages, z, order):
    """Derivatives of w P by z up to an order, shape (order + 1, ...)."""
    z = np.asarray(z, float)
    zeros, near, scale = row["zeros"], row["near"], row["scale"]
    x = 1 + (z + near) / scale
    p, before = np.zeros((order + 1, *z.shape)), 0.0
    p[0] = 1
    for alpha, beta in zip(*recurrence(zeros, near, scale, stages - order), strict=True):
        new = 2 * (x - alpha) * p - beta * before
        for j in range(1, order + 1):
            new[j] += 2 * j / scale * p[j - 1]
        p, before = new, p
    w = np.poly1d([1.0])
    for re, im in zeros:
        w *= np.poly1d([1, -2 * re, re**2 + im**2])
    return np.array(
        [
            sum(math.comb(j, i) * p[i] * w.deriv(j - i)(z) for i in range(j + 1))
            for j in range(order + 1)
        ]
    )


def as_row(unknown):
    *zeros, near, log_scale = map(float, unknown)
    pairs = list(zip(zeros[::2], zeros[1::2], strict=True))
    return {"zeros": pairs, "near": near, "scale": math.exp(log_scale)}


def residual(unknown, stages, order):
    row = as_row(unknown)
    at_zero = value(row, stages, 0.0, order)
    conditions = at_zero[1:] / at_zero[0] - 1
    angles = np.linspace(0, min(np.pi, 4 * np.pi / (stages - order)), 400)
    inside = [*(-2 * row["scale"] * np.sin(angles / 2) ** 2), -2 * row["scale"]]
    values = np.abs(value(row, stages, np.array(inside) - row["near"], order)[0] / at_zero[0])
    rising = np.diff(values[:-1]) > 0
    k = 1 + np.flatnonzero(rising[:-1] & ~rising[1:])[0]
    y = values[k - 1 : k + 2]  # the first maximum inside, by a parabola
    first = y[1] - (y[0] - y[2]) ** 2 / 8 / (y[0] - 2 * y[1] + y[2])
    return np.array([*conditions, first - DAMPED, values[-1] - DAMPED])


def newton(unknown, stages, order):
    unknown = np.array(unknown, float)
    for _ in range(50):
        r = residual(unknown, stages, order)
        jacobian = np.empty((len(r), len(r)))
        for j in range(len(r)):
            moved = unknown.copy()
            moved[j] += 1e-6
            jacobian[:, j] = (residual(moved, stages, order) - r) / 1e-6
        step = np.linalg.solve(jacobian, -r)
        size = np.abs(step).max()
        unknown = unknown + step * min(1, 0.3 / size)
        if size < 1e-8:
            return unknown
    raise RuntimeError(f"no convergence for {stages} stages")


def ladder(least, most):
    stages = [least]
    while stages[-1] < most:
        stages.append(min(most, max(stages[-1] + 1, round(GROWTH * stages[-1]))))
    return stages


def solutions(order):
    """{stages: unknowns}."""
    middle, start, least, most = STARTS[order]
    steps = ladder(least, most)
    found = {middle: newton(start, middle, order)}
    for way in (
        [s for s in steps if s > middle],
        [s for s in reversed(steps) if s < middle],
    ):
        before = middle
        for stages in way:
            guess = found[before].copy()
            guess[-1] += 2 * math.log(stages / before)
            found[stages] = newton(guess, stages, order)
            before = stages
    return {s: found[s] for s in steps}


def main():
    print(
        "# Made by tools/rock_tables.py, which says what the numbers mean; zeros, near and scale are in units of z."
    )
    for order in STARTS:
        print(f"\nrock{order} = [")
        for stages, unknown in solutions(order).items():
            row = as_row(unknown)
            zeros = ", ".join(f"[{re:.16g}, {im:.16g}]" for re, im in row["zeros"])
            print(
                f"  {{stages = {stages}, near = {row['near']:.16g}, scale = {row['scale']:.16g}, "
                f"zeros = [{zeros}]}},"
            )
        print("]")


if __name__ == "__main__":
    main()

"""Write the ROCK methods as constants of a Fortran module: make_rock_tables.py OUTPUT.f90 ROCK.toml.

The table holds, for every number of stages, what the stability polynomial R(z) = w(x) P(x), x = a + z / scale, is made
of: the zeros of w in the plane of z, near = scale * (a - 1), and scale; tools/rock_tables.py tells how they are found.
Here follow from it:

- the three-term recurrence of P, orthogonal for w(x)**2 / sqrt(1 - x**2), by Stieltjes' procedure with the
  Gauss-Chebyshev rule, which is exact here: stage j + 1 is (1 + kappa) g_j - kappa g_(j-1) + mu h f(g_j);
- the last stages, whose stability polynomial is w and which make the whole a method of order 2 or 4: A. Abdulle,
  A. A. Medovikov, Numer. Math. 90 (2001) 1-18, doi:10.1007/s002110100292, section 4.1, and A. Abdulle, SIAM J. Sci.
  Comput. 23 (2002) 2041-2054, doi:10.1137/S1064827500379549, section 3 (the composition of two methods).
"""

import math
import pathlib
import sys
import tomllib

HEAD = """!> The ROCK methods as data. Generated from wrappers/gen/rock.toml; do not edit.
module sk_integrate_rock_tables
    use sk_kinds, only: dp
    implicit none
    private

    !> First the numbers of stages in use, then where a method's recurrence begins in mu and kappa, the length of its
    !> interval of stability, and the coefficients of its last stages.
"""
TAIL = "\nend module sk_integrate_rock_tables\n"

#: Where the second, third and fifth of ROCK4's last stages lie, between the end of the recurrence (0) and of the step
#: (1). They may be chosen; here all weights are small.
NODES = 0.35, 0.6, 0.9
#: The largest of what the estimate makes of the trees of order 4.
ERROR_4 = 1 / 60

# The rooted trees up to order 4, and 1 / gamma(t), what their weights are for the exact solution:
# ., [.], [..], [[.]], [...], [.[.]], [[..]], [[[.]]]
EXACT = (1.0, 1 / 2, 1 / 3, 1 / 6, 1 / 4, 1 / 8, 1 / 12, 1 / 24)


def recurrence(zeros, near, scale, degree):
    """Coefficients of p[k + 1] = 2 (x - alpha[k]) p[k] - beta[k] p[k - 1], orthogonal for w**2 / sqrt(1 - x**2)."""
    n = degree + 2 * len(zeros) + 2
    angles = [(2 * i + 1) * math.pi / (2 * n) for i in range(n)]
    x = [math.cos(angle) for angle in angles]
    # without the cancellation of cos - a
    z = [-2 * scale * math.sin(angle / 2) ** 2 - near for angle in angles]
    weight = [math.prod(((t - re) ** 2 + im**2) ** 2 for re, im in zeros) for t in z]
    alpha, beta, before, now, square_before = [], [], [0.0] * n, [1.0] * n, 0.0
    for _ in range(degree):
        parts = [w * p * p for w, p in zip(weight, now, strict=True)]
        square = math.fsum(parts)
        a = math.fsum(t * part for t, part in zip(x, parts, strict=True)) / square
        b = square / square_before if square_before else 0.0
        alpha.append(a)
        beta.append(b)
        now, before = (
            [2 * (t - a) * p - b * q for t, p, q in zip(x, now, before, strict=True)],
            now,
        )
        square_before = square
    return alpha, beta


def stages_of(row):
    """mu and kappa of the recurrence, normalised to P = 1 at z = 0."""
    scale, near = row["scale"], row["near"]
    a = 1 + near / scale
    degree = row["stages"] - 2 * len(row["zeros"])
    mu, kappa, ratio = [], [], 0.0  # ratio: p[k - 1] / p[k] at a
    for alpha, beta in zip(*recurrence(row["zeros"], near, scale, degree), strict=True):
        grown = 2 * (a - alpha) - beta * ratio
        mu.append(2 / scale / grown)
        kappa.append(beta * ratio / grown)
        ratio = 1 / grown
    return mu, kappa


def weights_of_f(g):
    """Weights by trees of h f(y), from those of y."""
    return (1.0, g[0], g[0] ** 2, g[1], g[0] ** 3, g[0] * g[1], g[2], g[3])


def tree_weights(mu, kappa):
    """Weights by trees of what the recurrence ends with."""
    before, now = (0.0,) * 8, (0.0,) * 8
    for m, k in zip(mu, kappa, strict=True):
        f = weights_of_f(now)
        now, before = (
            tuple(y + k * (y - old) + m * df for y, old, df in zip(now, before, f, strict=True)),
            now,
        )
    return now


def finish_2(p):
    """sigma, tau: two stages with w = 1 + 2 sigma z + tau z**2 such that the whole is of order 2."""
    sigma = (1 - p[0]) / 2
    tau = 1 / 2 - p[1] - 2 * sigma * p[0]
    return [sigma, tau]


def moments(p):
    """What sums over the last four stages' b, c and A must be for order 4, c counted from the recurrence's end.

    sum b, bc, bc**2, bc**3, b(Ac), bc(Ac), b(Ac**2), b(AAc)."""
    p0, p1, p2, p3, p4, p5, p6, p7 = p
    b0 = 1 - p0
    s1 = 1 / 2 - p1  # sums with C = p0 + c
    s2 = 1 / 3 - p2
    s3 = 1 / 4 - p4
    b1 = s1 - p0 * b0
    b2 = s2 - 2 * p0 * b1 - p0**2 * b0
    b3 = s3 - 3 * p0 * b2 - 3 * p0**2 * b1 - p0**3 * b0
    u1 = 1 / 6 - p3 - p1 * b0 - p0 * b1
    cu = 1 / 8 - p5 - p1 * s1 - p0**2 * b1 - p0 * b2 - p0 * u1
    v = 1 / 12 - p6 - p2 * b0 - p0**2 * b1 - 2 * p0 * u1
    au = 1 / 24 - p7 - p3 * b0 - p1 * b1 - p0 * u1
    return b0, b1, b2, b3, u1, cu, v, au


def finish_4(p, nodes=NODES):
    """c (5), the lower triangle of A by rows (6), b (5) of the last stages, and `error_weights`.

    Four stages alone would have c4 beyond the step's end. The fifth, an Euler step c5 h from the recurrence's end, gets
    the weight that makes them end there; it also serves the estimate of the error."""
    b0, b1, b2, b3, u1, cu, v, au = moments(p)
    c2, c3, c5 = (x * b0 for x in nodes)
    c4 = b0
    g = au / (v - c2 * u1)
    fifth = (c4 * (u1 - g * (b2 - c2 * b1)) - (cu - g * (b3 - c2 * b2))) / (
        g * c5 * (c5 - c2) * (c5 - c4)
    )
    b0, b1, b2, b3 = (m - fifth * c5**k for k, m in enumerate((b0, b1, b2, b3)))
    c = [0.0, c2, c3, c4]

    def lagrange(i):
        j, k = (m for m in (1, 2, 3) if m != i)
        return (b3 - (c[j] + c[k]) * b2 + c[j] * c[k] * b1) / (c[i] * (c[i] - c[j]) * (c[i] - c[k]))

    b = [0.0, lagrange(1), lagrange(2), lagrange(3)]
    b[0] = b0 - sum(b)
    u4 = (cu - c3 * u1) / (b[3] * (c4 - c3))
    a32 = g * c3 * (c3 - c2) / c2
    a43 = (v - c2 * u1) / (c3 * (c3 - c2)) / b[3]
    a42 = (u4 - a43 * c3) / c2
    a = [c2, c3 - a32, a32, c4 - a42 - a43, a42, a43]
    c, b = [*c, c5], [*b, fifth]
    return c, a, b, error_weights(p, c, a, [0.0, 0.0, a32 * c2, u4])


def error_weights(p, c, a, u):
    """Weights of the five derivatives that find the error of a method of order 3; u: A c of the last stages.

    For a linear problem the estimate is a multiple of z**4 P(z); the derivative at the step's end instead of the fifth
    stage would add another power of z, which multiplies rounding errors."""
    c5 = c[-1]
    a21, a31, a32, a41, a42, a43 = a
    u = [*u, 0.0]
    rows = [[1.0] * 5, c, [x * x for x in c], u]
    e = [*solve([row[:4] for row in rows], [-row[4] for row in rows]), 1.0]
    # what the weights make of the trees [...], [.[.]], [[..]] and [[[.]]]
    stages = []
    for row in ((), (a21,), (a31, a32), (a41, a42, a43), (c5,)):
        derivatives = [weights_of_f(y) for y in stages]
        stages.append(
            tuple(
                y + sum(w * k[i] for w, k in zip(row, derivatives, strict=False))
                for i, y in enumerate(p)
            )
        )
    found = [sum(w * weights_of_f(y)[i] for w, y in zip(e, stages, strict=True)) for i in range(8)]
    size = max(map(abs, found[4:]))
    return [w * ERROR_4 / size for w in e]


def solve(a, b):
    """The solution of a small linear system, with pivoting."""
    a = [[*row, right] for row, right in zip(a, b, strict=True)]
    n = len(a)
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(a[i][k]))
        a[k], a[best] = a[best], a[k]
        for i in range(n):
            if i != k:
                factor = a[i][k] / a[k][k]
                a[i] = [x - factor * y for x, y in zip(a[i], a[k], strict=True)]
    return [a[k][n] / a[k][k] for k in range(n)]


def number(value):
    return f"{value!r}_dp" if isinstance(value, float) else str(value)


def array(name, values, shape=""):
    kind = "real(dp)" if isinstance(values[0], float) else "integer"
    wide = 4 if len(values) <= 1000 else 16  # a statement has at most 255 lines
    rows = [", ".join(map(number, values[i : i + wide])) for i in range(0, len(values), wide)]
    text = "[" + ", &\n        ".join(rows) + "]"
    size = shape or str(len(values))
    if shape:
        text = f"reshape({text}, [{shape}])"
    return f"    {kind}, parameter, public :: {name}({size}) = {text}\n"


def family(name, rows, finish):
    text, mus, kappas, first, length, last = "", [], [], [1], [], []
    for row in rows:
        mu, kappa = stages_of(row)
        mus += mu
        kappas += kappa
        first.append(len(mus) + 1)
        length.append(2 * row["scale"] + row["near"])
        last.append(finish(tree_weights(mu, kappa)))
    text += array(f"{name}_stages", [row["stages"] for row in rows])
    text += array(f"{name}_first", first)
    text += array(f"{name}_length", length)
    text += array(f"{name}_mu", mus) + array(f"{name}_kappa", kappas)
    size = len(last[0])
    return text + array(
        f"{name}_last", [x for values in last for x in values], f"{size}, {len(rows)}"
    )


def main(output, source):
    table = tomllib.loads(pathlib.Path(source).read_text())

    def four(p):
        return [x for part in finish_4(p) for x in part]

    text = (
        HEAD
        + family("rock2", table["rock2"], finish_2)
        + "\n"
        + family("rock4", table["rock4"], four)
    )
    pathlib.Path(output).write_text(text + TAIL)


if __name__ == "__main__":
    main(*sys.argv[1:])

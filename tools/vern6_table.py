"""More digits for Verner's pair of order 6(5): vern6_table.py wrappers/gen/rk_tables/vern6.toml prints rows for it.

Needs mpmath. The nodes and the first rows are published as rationals or with 34 digits, stages 7 and 8, the weights and
the error estimate with 16. These digits start Newton's iteration for the conditions of order 6 on rooted trees
(E. Hairer, S. P. Norsett, G. Wanner, Solving Ordinary Differential Equations I, 2nd ed., Springer 1993, theorem
II.2.13), the conditions of stage order 3 and the simplifying assumption D(1), of which there are more than
unknowns, and whose Jacobian has full rank: the solution is unique.
"""

import sys
import tomllib
from functools import cache
from itertools import product
from math import prod

import mpmath as mp

mp.mp.dps = 60
DIGITS = 34
#: Stages from 0 on: those whose weights are sought, and of which stages.
UNKNOWN = {6: (0, 2, 3, 4, 5), 7: (0, 2, 3, 4, 5, 6), 8: (0, 3, 4, 5, 6, 7)}


def number(text):
    parts = [mp.mpf(part) for part in str(text).split("/")]
    return parts[0] / parts[1] if len(parts) == 2 else parts[0]


@cache
def rooted_trees(order):
    if order == 1:
        return ((),)
    found = set()
    for sizes in partitions(order - 1, order - 1):
        for branches in product(*(rooted_trees(k) for k in sizes)):
            found.add(tuple(sorted(branches)))
    return tuple(sorted(found))


def partitions(total, largest):
    if total == 0:
        yield ()
    for first in range(min(total, largest), 0, -1):
        for rest in partitions(total - first, first):
            yield (first, *rest)


def size(tree):
    return 1 + sum(map(size, tree))


def density(tree):
    return size(tree) * prod(map(density, tree))


def weights(a, tree, known):
    if tree not in known:
        out = [mp.mpf(1)] * len(a)
        for branch in tree:
            inner = weights(a, branch, known)
            out = [x * mp.fdot(row, inner) for x, row in zip(out, a, strict=True)]
        known[tree] = out
    return known[tree]


def conditions(a, c):
    """The residuals of all conditions; a's last row holds the weights of the solution."""
    b, known = a[-1], {}
    for order in range(1, 7):
        for tree in rooted_trees(order):
            yield mp.fdot(b, weights(a, tree, known)) - mp.mpf(1) / density(tree)
    for i in (6, 7):
        for k in range(3):
            yield mp.fdot(a[i], [x**k for x in c]) - c[i] ** (k + 1) / (k + 1)
    for j in range(8):
        yield mp.fsum(b[i] * a[i][j] for i in range(8)) - b[j] * (1 - c[j])


def newton(unknown, residuals, steps=3):
    """Improve the numbers at the places (row, index) until `residuals()` vanish."""
    for _ in range(steps):
        start = list(residuals())
        jacobian = mp.matrix(len(start), len(unknown))
        for k, (row, j) in enumerate(unknown):
            old, row[j] = row[j], row[j] + mp.mpf(10) ** -25
            for q, (x, y) in enumerate(zip(residuals(), start, strict=True)):
                jacobian[q, k] = (x - y) * mp.mpf(10) ** 25
            row[j] = old
        change = mp.lu_solve(jacobian, mp.matrix([-x for x in start]))  # least squares
        for (row, j), x in zip(unknown, change, strict=True):
            row[j] += x
    assert max(map(abs, residuals())) < mp.mpf(10) ** -30


def main(path):
    with open(path, "rb") as file:
        table = tomllib.load(file)
    c = [number(x) for x in table["c"]] + [mp.mpf(1)]
    a = [[mp.mpf(0)] * 9 for _ in range(9)]
    for row, entries in zip(a[1:], [*table["a"], table["b"]], strict=True):
        for k, text in entries.items():
            row[int(k) - 1] = number(text)
    newton([(a[i], j) for i, places in UNKNOWN.items() for j in places], lambda: conditions(a, c))
    error = [mp.mpf(0)] * 9
    for k, text in table["error"][0].items():
        error[int(k) - 1] = number(text)
    known = {}
    low = [weights(a, tree, known) for order in range(1, 6) for tree in rooted_trees(order)]
    newton([(error, j) for j in UNKNOWN[8]], lambda: (mp.fdot(error, x) for x in low), 1)
    for name, row in (("a7", a[6]), ("a8", a[7]), ("b", a[8]), ("error", error)):
        print(name, ", ".join(f'{j + 1} = "{mp.nstr(x, DIGITS)}"' for j, x in enumerate(row) if x))


if __name__ == "__main__":
    main(sys.argv[1])

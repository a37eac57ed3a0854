"""Compute the Radau IIA methods of 3, 5 and 7 stages: radau_tables.py > wrappers/gen/radau.toml.

Needs mpmath. The coefficients follow from the nodes: A is the collocation matrix at the zeros of the Radau polynomial
(E. Hairer, G. Wanner, Solving Ordinary Differential Equations II, 2nd ed., Springer 1996, sections IV.5 and IV.8), and
T**-1 A**-1 T is block diagonal. `error` gives the weights of the embedded formula, equation (IV.8.17).
"""

import mpmath as mp

mp.mp.dps = 60


def radau_nodes(s):
    # zeros of d^(s-1)/dx^(s-1) [x^(s-1) (x - 1)^s]
    p = [mp.mpf(0)] * (s - 1) + [mp.binomial(s, k) * (-1) ** (s - k) for k in range(s + 1)]
    for _ in range(s - 1):
        p = [k * c for k, c in enumerate(p)][1:]
    roots = mp.polyroots(p[::-1], maxsteps=500, extraprec=500)
    return sorted(mp.re(r) for r in roots)


def nested(powers):
    """Coefficients of x, x**2, ... as those of the nested form (sk_integrate_core: nested_from_power)."""
    p, terms = list(powers), len(powers)
    for first in range(0, terms - 1, 2):
        for j in range(terms - 2, first - 1, -1):
            p[j] += p[j + 1]
        for j in range(first + 1, terms):
            p[j] = -p[j]
    return p


def method(s):
    c = radau_nodes(s)
    c[-1] = mp.mpf(1)
    powers = mp.matrix(s, s)  # c_i**k
    for i in range(s):
        for k in range(s):
            powers[i, k] = c[i] ** (k + 1)
    inverse = powers**-1
    # A = integrals of the Lagrange polynomials, b its last row
    v = mp.matrix(s, s)
    q = mp.matrix(s, s)
    for i in range(s):
        for k in range(s):
            v[i, k] = c[i] ** k
            q[i, k] = c[i] ** (k + 1) / (k + 1)
    a = q * v**-1
    values, vectors = mp.eig(a**-1)
    real = [k for k in range(s) if abs(mp.im(values[k])) < mp.mpf(10) ** -30]
    pairs = [k for k in range(s) if mp.im(values[k]) < -(mp.mpf(10) ** -30)]
    assert len(real) == 1
    pairs.sort(key=lambda k: mp.im(values[k]))
    gamma = mp.re(values[real[0]])
    columns = [[mp.re(vectors[i, real[0]] / vectors[s - 1, real[0]]) for i in range(s)]]
    for k in pairs:
        column = [vectors[i, k] / vectors[s - 1, k] for i in range(s)]
        columns.append([mp.re(x) for x in column])
        columns.append([mp.im(x) for x in column])
    t = mp.matrix(s, s)
    for j, column in enumerate(columns):
        for i in range(s):
            t[i, j] = column[i]
    # the weights of f at the nodes 0 and c_i that integrate the powers, that of 0 being 1 / gamma
    right = mp.matrix([mp.mpf(1) / (k + 1) - (1 / gamma if k == 0 else 0) for k in range(s)])
    b_low = mp.lu_solve(v.T, right)
    difference = mp.matrix([[b_low[i] - a[s - 1, i] for i in range(s)]])
    error = gamma * difference * a**-1
    rows = [nested([inverse[k, i] for k in range(s)]) for i in range(s)]
    return {
        "c": c,
        "gamma": [gamma],
        "shift_real": [mp.re(values[k]) for k in pairs],
        "shift_imag": [-mp.im(values[k]) for k in pairs],
        "t": [x for column in columns for x in column],  # by columns
        "t_inverse": [(t**-1)[i, j] for j in range(s) for i in range(s)],
        "a_inverse": [(a**-1)[i, j] for j in range(s) for i in range(s)],
        "error": list(error),
        "dense": [x for row in rows for x in row],  # by columns: a stage's weights in F1, F2, ...
    }


print(
    "# Made by tools/radau_tables.py. Matrices by columns; see sk_integrate_radau.f90 for what they mean."
)
for s in (3, 5, 7):
    print(f"\n[stages_{s}]")
    for name, numbers in method(s).items():
        print(
            f"{name} = [{', '.join(repr(mp.nstr(mp.chop(x, tol=mp.mpf(10) ** -40), 20)) for x in numbers)}]".replace(
                "'", '"'
            )
        )

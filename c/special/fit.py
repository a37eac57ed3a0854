"""Near-minimax fits in many digits, and their text as C: used by make_coefficients.py.

The fit is linear least squares on Chebyshev points in 700-bit ball arithmetic, with Lawson's weights, which
drive it to the minimax solution (C. L. Lawson, PhD thesis, UCLA, 1961; J. R. Rice and K. H. Usow,
doi:10.1090/S0025-5718-1968-0227666-X).
"""

from flint import arb, arb_mat, ctx
from mpmath import mp, mpf

ctx.prec = 700
mp.prec = 400


def to_arb(v):
    sign, man, exp, _ = mpf(v)._mpf_
    return arb(-int(man) if sign else int(man)) * arb(2) ** int(exp)


def to_mp(v):
    man, exp = v.mid().man_exp()
    return mpf(int(man)) * mpf(2) ** int(exp)


def nodes(lo, hi, count):
    """Chebyshev points of [lo, hi], ends included."""
    lo, hi = mpf(lo), mpf(hi)
    return [(lo + hi) / 2 - (hi - lo) / 2 * mp.cos(mp.pi * k / (count - 1)) for k in range(count)]


def lawson(rows, values, scales, rounds=12):
    """Coefficients c that make max |scale * (row . c - value)| small, and that maximum."""
    columns = len(rows[0])
    a = [[to_arb(v * s) for v in row] for row, s in zip(rows, scales, strict=True)]
    b = [to_arb(v * s) for v, s in zip(values, scales, strict=True)]
    weight = [arb(1)] * len(rows)
    best = None
    for _ in range(rounds):
        normal = [
            [
                sum((w * r[i] * r[j] for r, w in zip(a, weight, strict=True)), arb(0))
                for j in range(columns)
            ]
            for i in range(columns)
        ]
        right = [
            [sum((w * r[i] * v for r, v, w in zip(a, b, weight, strict=True)), arb(0))]
            for i in range(columns)
        ]
        solution = [x.mid() for row in arb_mat(normal).solve(arb_mat(right)).tolist() for x in row]
        error = [
            abs(float(sum((u * c for u, c in zip(r, solution, strict=True)), arb(0)) - v))
            for r, v in zip(a, b, strict=True)
        ]
        worst = max(error)
        if best is None or worst < best[0]:
            best = (worst, solution)
        total = sum(float(w) * e for w, e in zip(weight, error, strict=True)) or 1.0
        weight = [
            arb(float(w) * e / total * len(rows) + 1e-30)
            for w, e in zip(weight, error, strict=True)
        ]
    return [to_mp(c) for c in best[1]], best[0]


def polynomial(
    function,
    lo,
    hi,
    bound,
    scale=lambda _, f: 1 / f,
    degrees=range(1, 45),
    variable=lambda x: x,
    points=None,
):
    """The polynomial in variable(x) of least degree with scale * |error| < bound on [lo, hi]."""
    x = points or nodes(lo, hi, 90)
    f = [function(v) for v in x]
    s = [abs(scale(v, w)) for v, w in zip(x, f, strict=True)]
    u = [variable(v) for v in x]
    for degree in degrees:
        coefficients, error = lawson([[v**k for k in range(degree + 1)] for v in u], f, s, rounds=2)
        if error < 4 * bound:
            coefficients, error = lawson([[v**k for k in range(degree + 1)] for v in u], f, s)
        if error < bound:
            return coefficients, error
    raise ArithmeticError(f"error {error} at degree {degree}")


def rounded(value, single):
    """The nearest double (or float) as a Python float."""
    with mp.workprec(24 if single else 53):
        return float(+value)


def literal(value, single):
    return rounded(value, single).hex() + ("f" if single else "")


def horner(coefficients, variable):
    text = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        text = f"{c} + {variable} * ({text})"
    return text


def as_function(name, coefficients, single, error):
    """An inline C function; a long polynomial's terms but the first as an even and an odd
    part, for two chains of additions."""
    real = "float" if single else "double"
    c = [literal(v, single) for v in coefficients]
    head = f"/* degree {len(c) - 1}, error {error:.1e} */\nSK_INLINE {real} {name}({real} t)\n{{\n"
    if single or len(c) < 7:  # in float the square's rounding would tell
        return head + f"    return {horner(c, 't')};\n}}\n"
    rest = c[1:]
    return (
        head + f"    const {real} u = t * t;\n    const {real} even = {horner(rest[::2], 'u')};\n"
        f"    const {real} odd = {horner(rest[1::2], 'u')};\n    return {c[0]} + t * (even + t * odd);\n}}\n"
    )

"""Write sk_special_coefficients.h and sk_special_j0_tables.h: python make_coefficients.py (needs mpmath, python-flint).

Every function is fitted here from its definition in mpmath; `bound` is the largest error allowed before rounding
to double (float): 2^-57 (2^-28) of the value where nothing else is said. Takes about a minute.
"""

import pathlib
from fractions import Fraction

from fit import as_function, lawson, literal, nodes, polynomial, rounded
from mpmath import (
    atan2,
    atanh,
    besseli,
    besselj,
    besseljzero,
    bessely,
    ellipk,
    erf,
    erfc,
    exp,
    log,
    loggamma,
    mp,
    mpf,
    nint,
    pi,
    sin,
    sqrt,
)  # fmt: skip

HERE = pathlib.Path(__file__).parent
TINY = mpf(10) ** -60
FAR = mpf(2) ** -40  # "infinity", as its reciprocal
NOTE = "/* Written by make_coefficients.py; do not edit. */\n"


def stirling(y):
    """log gamma less Stirling's leading terms, DLMF 5.11.1."""
    return loggamma(y) - ((y - mpf(1) / 2) * log(y) - y + log(2 * pi) / 2)


def modulus(u):
    """x (J0^2 + Y0^2) = 2 / pi + u modulus(u) for u = 1 / x^2, DLMF 10.18.1."""
    x = 1 / sqrt(u)
    return ((besselj(0, x) ** 2 + bessely(0, x) ** 2) * x - 2 / pi) / u


def phase(u):
    """The phase of J0 + i Y0 beyond x - pi/4 and the first term -1 / (8 x), times x^3; DLMF 10.18.18."""
    x = 1 / sqrt(u)
    theta = atan2(bessely(0, x), besselj(0, x)) - (x - pi / 4)
    return ((theta - 2 * pi * nint(theta / (2 * pi))) * x + mpf(1) / 8) / u


J0_MIDDLE = mpf(7) / 2048


def j0_small(z):
    """J0 over the factors of its first zeros, less a middle value: what is left is small, and so is its rounding."""
    return (
        besselj(0, sqrt(z)) / ((z - besseljzero(0, 1) ** 2) * (z - besseljzero(0, 2) ** 2))
        - J0_MIDDLE
    )


def erfcx(v):
    """exp(a^2) erfc(a) (a + 2) for v = 1 / (a + 2)."""
    a = 1 / v - 2
    return erfc(a) * exp(a * a) / v


FITS = [  # name, function, range, keywords of fit.polynomial, extra bits
    ("sk_exp_tail", lambda r: (exp(r) - 1 - r) / r**2 if r else mpf(1) / 2, (-mpf("0.348"), mpf("0.348")),
     {"scale": lambda r, _: r * r}, 2),
    ("sk_log_tail", lambda z: (2 * atanh(sqrt(z)) - 2 * sqrt(z)) / z**1.5, (TINY, mpf("0.0296")),
     {"scale": lambda z, _: z}, 5),
    ("sk_sinc_tail", lambda z: (1 - sin(pi * sqrt(z)) / (pi * sqrt(z))) / z, (TINY, mpf("0.2501")),
     {"scale": lambda z, _: z}, 1),
    ("sk_sin_tail", lambda z: (sin(sqrt(z)) - sqrt(z)) / z**1.5, (TINY, mpf("2.55")),
     {"scale": lambda z, _: z}, 1),
    ("sk_erf_ratio", lambda z: erf(sqrt(z)) / sqrt(z) - 1, (TINY, 1), {"scale": lambda *_: 1}, 0),
    ("sk_erfc_ratio", erfcx, (mpf(1) / 30, mpf(1) / mpf("2.5")), {"variable": lambda v: v * 5 - 1}, 0),
    ("sk_stirling", lambda u: stirling(1 / sqrt(u)) / sqrt(u), (FAR, mpf(1) / 16), {"scale": lambda u, _: sqrt(u)}, 2),
    ("sk_stirling_wide", lambda u: stirling(1 / sqrt(u)) / sqrt(u), (FAR, mpf("2.25") ** -2),
     {"scale": lambda u, _: sqrt(u)}, 3),
    ("sk_i0_small", lambda z: (besseli(0, sqrt(z)) - 1) / z, (TINY, 64),
     {"scale": lambda z, f: z / (1 + z * f)}, 0),
    ("sk_i0e_large", lambda v: besseli(0, 1 / v) * exp(-1 / v) / sqrt(v), (FAR, mpf(1) / 8),
     {"variable": lambda v: v * 16 - 1}, 0),
    ("sk_j0_small", j0_small, (0, 25), {"variable": lambda z: z / 16 - mpf(25) / 32,
     "scale": lambda _, f: 1 / (f + J0_MIDDLE)}, 0),
    ("sk_j0_modulus", modulus, (mpf(2) ** -24, mpf(1) / 25), {"scale": lambda u, f: u / (2 / pi + u * f)}, 0),
    ("sk_j0_phase", phase, (mpf(2) ** -24, mpf(1) / 25), {"scale": lambda u, _: sqrt(u) ** 3}, 3),
]  # fmt: skip


def polynomials(single):
    suffix, bits = ("_f32", 28) if single else ("_f64", 57)
    for name, function, (lo, hi), keywords, extra in FITS:
        coefficients, error = polynomial(function, lo, hi, 2.0 ** -(bits + extra), **keywords)
        yield as_function(name + suffix, coefficients, single, error)


def gammaln_rational(single):
    """log gamma(x) / ((x - 1) (x - 2)) - 31/64 on [3/4, 9/4] as a quotient: at most 0.17, which spares its rounding."""
    suffix, top, bottom = ("_f32", 4, 4) if single else ("_f64", 7, 7)
    x = [v for v in nodes(mpf(3) / 4, mpf(9) / 4, 120) if min(abs(v - 1), abs(v - 2)) > 1e-12]
    whole = [loggamma(v) / ((v - 1) * (v - 2)) for v in x]
    f = [v - mpf(31) / 64 for v in whole]
    below = [mpf(1)] * len(x)
    for rounds in (1, 1, 1, 15):  # the denominator of one fit weighs the next
        rows = [
            [v**i for i in range(top + 1)] + [-g * v**i for i in range(1, bottom + 1)]
            for v, g in zip(x, f, strict=True)
        ]
        scales = [1 / abs(g * b) for g, b in zip(whole, below, strict=True)]
        c, error = lawson(rows, f, scales, rounds)
        under = [mpf(1), *c[top + 1 :]]
        below = [sum(q * v**i for i, q in enumerate(under)) for v in x]
    yield as_function("sk_gammaln_above" + suffix, c[: top + 1], single, error)
    yield as_function("sk_gammaln_below" + suffix, under, single, error)


def ellipk_pair(single):
    """K(1 - p) = log(4) + A(p) - log(p) (1/2 + B(p)) on (0, 1], A(0) = B(0) = 0.

    The form is that of C. Hastings, Approximations for Digital Computers, 1955, p. 170.
    """
    suffix, terms = ("_f32", 5) if single else ("_f64", 10)
    p = [t**4 for t in nodes(mpf(2) ** -14, 1, 140)]
    values = [ellipk(1 - v) if v < 1 else pi / 2 for v in p]
    powers = range(1, terms + 1)
    rows = [[v**i for i in powers] + [-log(v) * v**i for i in powers] for v in p]
    rest = [k - log(4) + log(v) / 2 for k, v in zip(values, p, strict=True)]
    c, error = lawson(rows, rest, [1 / k for k in values], rounds=25)
    yield as_function("sk_ellipk_smooth" + suffix, c[:terms], single, error)
    yield as_function("sk_ellipk_log" + suffix, c[terms:], single, error)


def words(value, sizes, single):
    """value as a sum of numbers with so many bits each."""
    out = []
    for bits in sizes:
        with mp.workprec(bits):
            part = +value
        out.append(part)
        value = value - part
    return [literal(v, single) for v in out]


def array(name, values, real):
    return f"static const {real} {name}[{len(values)}] = {{{', '.join(values)}}};\n"


def constants(single):
    real, suffix, bits = ("float", "_f32", 24) if single else ("double", "_f64", 53)
    parts = [12, 12, 24] if single else [33, 33, 53]
    squares = [w for k in (1, 2) for w in words(besseljzero(0, k) ** 2, [bits, bits], single)]
    yield array("sk_j0_squares" + suffix, squares, real)
    yield array("sk_quarter_pi" + suffix, words(pi / 4, parts, single), real)
    yield array("sk_half_log_two_pi" + suffix, words(log(2 * pi) / 2, [bits, bits], single), real)
    yield array("sk_two_over_pi" + suffix, words(2 / pi, [bits, bits], single), real)
    yield array("sk_log_four" + suffix, words(log(4), [bits, bits], single), real)


def phase_series(count):
    """Exact coefficients of the phase of J0 in 1/x, 1/x^3, ...: the integral of 1 / (series of DLMF 10.18.17)."""
    m = [Fraction(1)]
    for k in range(1, count + 1):
        m.append(m[-1] * Fraction(2 * k - 1, 2 * k) * Fraction(-((2 * k - 1) ** 2), 4))
    inverse = [Fraction(1)]
    for k in range(1, count + 1):
        inverse.append(-sum(m[j] * inverse[k - j] for j in range(1, k + 1)))
    return [inverse[k] / (1 - 2 * k) for k in range(1, count + 1)]


def j0_tables(zeros=20, terms=18):
    yield "/* Zeros of J0 as a sum of two doubles, and J0' there. */\n"
    rows = []
    for k in range(1, zeros + 1):
        z = besseljzero(0, k)
        rows.append(
            "    {"
            + ", ".join([*words(z, [53, 53], False), literal(-besselj(1, z), False)])
            + "},\n"
        )
    yield f"static const double sk_j0_zeros[{zeros}][3] = {{\n{''.join(rows)}}};\n"
    yield "/* The phase of J0 in odd powers of 1/x, DLMF 10.18.18, as sums of two doubles. */\n"
    rows = [
        "    {" + ", ".join(words(mpf(c.numerator) / c.denominator, [53, 53], False)) + "},\n"
        for c in phase_series(terms)
    ]
    yield f"static const double sk_j0_phase_terms[{terms}][2] = {{\n{''.join(rows)}}};\n"
    yield array("sk_pi_words", words(pi, [53, 53], False), "double")
    yield "/* 1/pi after the binary point, behind one word of zeros. */\n"
    with mp.workprec(1500):
        digits = int(mp.floor((1 / +pi) * mpf(2) ** 1280))
    limbs = [0] + [(digits >> (1280 - 64 * (k + 1))) & (2**64 - 1) for k in range(20)]
    yield f"static const uint64_t sk_inverse_pi[{len(limbs)}] = {{\n    "
    yield ",\n    ".join(f"UINT64_C(0x{v:016x})" for v in limbs) + "};\n"


def main():
    text = NOTE + "#ifndef SK_SPECIAL_COEFFICIENTS_H\n#define SK_SPECIAL_COEFFICIENTS_H\n\n"
    for single in (False, True):
        for part in (polynomials, gammaln_rational, ellipk_pair, constants):
            text += "\n".join(part(single)) + "\n"
    (HERE / "sk_special_coefficients.h").write_text(text + "#endif\n")
    assert rounded(mpf(1) / 3, True) != rounded(mpf(1) / 3, False)
    (HERE / "sk_special_j0_tables.h").write_text(
        NOTE + "#include <stdint.h>\n\n" + "".join(j0_tables())
    )


if __name__ == "__main__":
    main()

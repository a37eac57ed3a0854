"""Write zeta.json: python make_zeta_table.py (mpmath alone; seconds).

For each function rows of the arguments, as hexadecimal floats, and for each component of the value two doubles
hi and lo with an exponent e: (hi + lo) 2**e.
"""

import json
import math
import pathlib
import random

from mpmath import betainc, log, mp, mpc, mpf, zeta

mp.dps = 60


def scaled(value):
    e = int(mp.floor(log(abs(value), 2))) if value else 0
    value = mp.ldexp(value, -e)
    hi = float(value)
    return [hi.hex(), float(value - hi).hex(), e]


def quantile(df, p):
    """The t with the distribution function p, by bisection in asinh(t / sqrt(df)) and Newton's method."""
    df, p = mpf(df), mpf(p)
    side = min(p, 1 - p)
    beta = mp.beta(df / 2, mpf(1) / 2)

    def excess(w):
        return betainc(df / 2, mpf(1) / 2, 0, 1 / mp.cosh(w) ** 2, regularized=True) / 2 - side

    lo, hi = mpf(0), mpf(1)
    while excess(hi) > 0:
        lo, hi = hi, 2 * hi
    for _ in range(30):
        middle = (lo + hi) / 2
        lo, hi = (middle, hi) if excess(middle) > 0 else (lo, middle)
    w = (lo + hi) / 2
    for _ in range(6):
        w += excess(w) * beta * mp.cosh(w) ** df
    assert abs(excess(w)) < side * mpf(10) ** -40
    return (1 if p > 0.5 else -1) * mp.sqrt(df) * mp.sinh(w)


def hurwitz(x, q):
    """mpmath's values are absolutely accurate for positive q, and not right for negative q."""
    with mp.workdps(400):
        x, q = mpf(x), mpf(q)
        shift = max(0, int(mp.ceil(-q)))
        return sum((q + k) ** -x for k in range(shift)) + zeta(x, q + shift).real


def riemann_points(rng):
    yield from (rng.uniform(0, 4) for _ in range(60))
    yield from (rng.uniform(4, 70) for _ in range(40))
    yield from (rng.uniform(-40, 0) for _ in range(60))
    yield from (rng.uniform(-255, -40) for _ in range(20))
    for x in (1.0, -2.0, -4.0, -20.0, -100.0):
        yield from (math.nextafter(x, -math.inf), math.nextafter(x, math.inf), x + 2.0**-30)
    yield from (1e-300, -1e-300, -5e-324, 0.5, 2.0, 3.0, -1.0, -171.5, 52.5, 80.0, 81.0)


def hurwitz_points(rng):
    for _ in range(90):
        yield 1 + 10 ** rng.uniform(-5, 2), 10 ** rng.uniform(-3, 6)
    for _ in range(30):
        yield float(rng.randint(2, 40)), -(10 ** rng.uniform(-3, 3))
    yield from [
        (2.0, 1e-200),
        (3.0, -1e-30),
        (2.0, 1e300),
        (1e5, 1.5),
        (300.0, 250.0),
        (700.0, 2.0),
        (2.0, -3e4 - 0.25),
    ]
    yield from [(2.0, 1.0), (1 + 2.0**-52, 1.0), (1e4, 0.9999)]


def complex_points(rng):
    for _ in range(60):
        yield rng.uniform(-30, 30), rng.uniform(-50, 50)
    for _ in range(30):
        yield rng.uniform(-1, 2), rng.uniform(-300, 300)
    yield from [
        (0.5, 14.1),
        (0.5, 1000.0),
        (-2.0, 1e-9),
        (1.0, 1e-200),
        (1.0, 1e-5),
        (-0.0, 3.0),
        (1e-300, 1e-300),
    ]


def quantile_points(rng):
    for _ in range(60):
        yield (
            10 ** rng.uniform(-0.7, 4),
            rng.choice((rng.uniform(0, 1), 10 ** rng.uniform(-20, -1))),
        )
    for _ in range(20):
        yield 10 ** rng.uniform(-0.7, 3), 0.5 + rng.choice((-1, 1)) * 10 ** rng.uniform(-12, -2)
    yield from [
        (3.0, 5e-324),
        (1.0, 1e-300),
        (0.05, 0.01),
        (2.0, 0.3),
        (1.0, 1 - 2.0**-53),
        (50.0, 1e-300),
    ]


def main():
    rng = random.Random(20261)
    tables = {
        "riemann": [((x,), [zeta(mpf(x))]) for x in riemann_points(rng)],
        "hurwitz": [((x, q), [hurwitz(x, q)]) for x, q in hurwitz_points(rng)],
        "complex": [((u, v), (lambda z: [z.real, z.imag])(zeta(mpc(u, v)))) for u, v in complex_points(rng)],
        "stdtrit": [((df, p), [quantile(df, p)]) for df, p in quantile_points(rng)],
    }  # fmt: skip
    text = ",\n".join(
        f'"{name}": [\n'
        + ",\n".join(json.dumps([[float(v).hex() for v in a], [scaled(v) for v in values]]) for a, values in rows)
        + "\n]"
        for name, rows in tables.items()
    )  # fmt: skip
    pathlib.Path(__file__).with_name("zeta.json").write_text("{\n" + text + "\n}\n")


if __name__ == "__main__":
    main()

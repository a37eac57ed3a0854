"""Write special.json: python make_tables.py (mpmath alone; a few seconds).

For each function the points, as hexadecimal floats, and the values as a sum of two doubles times 2**e.
Points: ordinary ones, next to zeros, poles and extrema, tails, subnormal numbers, where kernels change formula.
"""

import json
import math
import pathlib
import random

from mpmath import (
    besseli,
    besselj,
    besseljzero,
    ellipk,
    erf,
    erfc,
    exp,
    findroot,
    gamma,
    ldexp,
    log,
    loggamma,
    mp,
    mpf,
)

mp.dps = 400  # besselj(0, 1e15) and erfc(27) need many


def around(*values, steps=(-3, -1, 0, 1, 3)):
    for v in values:
        for step in steps:
            x = v
            for _ in range(abs(step)):
                x = math.nextafter(x, math.copysign(math.inf, step))
            yield x


def spread(rng, lo, hi, count):
    yield from (rng.uniform(lo, hi) for _ in range(count))


def powers(rng, lo, hi, count):
    yield from (rng.choice((-1, 1)) * 10 ** rng.uniform(lo, hi) for _ in range(count))


def points(rng):
    tiny = [5e-324, -5e-324, 1e-310, -1e-310, 2.3e-308]
    zeros = [float(besseljzero(0, k)) for k in (1, 2, 3, 7, 20, 21, 64, 300)]
    extrema = [float(findroot(lambda t: besselj(1, t), mpf(3.83))), 7.015586669815619]
    yield "erf", erf, [*tiny, *spread(rng, -6, 6, 120), *powers(rng, -20, 0, 20), *around(1.0, 0.5)]
    yield (
        "erfc",
        erfc,
        [*tiny, *spread(rng, -6, 27.2, 150), 26.6, 26.9, 27.2, *around(0.5, -0.5, 26.54)],
    )
    yield (
        "gamma", gamma,
        [1e-308, -1e-308, 6e-309, *spread(rng, 0, 30, 80), *spread(rng, -30, 0, 60), *spread(rng, -178, 171, 60),
         171.6, *around(1.4616321449683622, 4.0, -3.0 + 2.0**-50, -0.504083008264455, 1.0, 2.0)],
    )  # fmt: skip
    yield (
        "gammaln", lambda x: log(abs(gamma(x))) if x < 0 else loggamma(x),
        [*tiny, *spread(rng, 0, 3, 80), *spread(rng, 3, 1000, 40), *spread(rng, -30, 0, 60), 1e5, 1e17, 1e100, 1e305,
         *around(1.0, 2.0, 0.75, 2.25), *(x for x in powers(rng, -300, -1, 30))],
    )  # fmt: skip
    yield (
        "j0", lambda x: besselj(0, x),
        [*tiny, *spread(rng, -10, 80, 150), *(abs(x) for x in powers(rng, 2, 15, 60)), *around(*zeros, *extrema, 5.0),
         2.0**60, 1e22, 1.5e300],
    )  # fmt: skip
    yield (
        "i0e", lambda x: besseli(0, x) * exp(-abs(x)),
        [*tiny, *spread(rng, -60, 60, 150), *powers(rng, -10, 5, 20), *around(8.0, -8.0)],
    )  # fmt: skip
    yield (
        "ellipk", ellipk,
        [*tiny, *spread(rng, 0, 1, 80), *spread(rng, -20, 0, 60), *(1 - 2.0**-k for k in range(2, 54)),
         *(-abs(x) for x in powers(rng, 1, 300, 30)), *around(0.0)],
    )  # fmt: skip


def row(function, x):
    value = function(mpf(x))
    e = int(mp.floor(mp.log(abs(value), 2))) if value else 0
    scaled = ldexp(value, -e)
    hi = float(scaled)
    return [x.hex(), hi.hex(), float(scaled - hi).hex(), e]


def main():
    rng = random.Random(20260)
    tables = {name: [row(f, x) for x in xs if x != 0] for name, f, xs in points(rng)}
    text = ",\n".join(
        f'"{name}": [\n' + ",\n".join(json.dumps(r) for r in rows) + "\n]"
        for name, rows in tables.items()
    )
    pathlib.Path(__file__).with_name("special.json").write_text("{\n" + text + "\n}\n")


if __name__ == "__main__":
    main()

"""Initial value problems with known ends, for any kind of number.

Each entry of PROBLEMS builds a problem from ``num``, which turns a decimal literal into a number: ``float`` for the
tests, ``mpmath.mpf`` for the table of references. The stiff problems are those of E. Hairer, G. Wanner, Solving
Ordinary Differential Equations II, 2nd ed., Springer, 1996, chapter IV.10, and of F. Mazzia, C. Magherini, Test Set
for Initial Value Problem Solvers, University of Bari, 2008; Arenstorf's orbit and the Pleiades are those of volume I,
chapter II.0 and II.10; the orbits of Kepler, the rigid body and van der Pol's equation with mu = 1 are D2, D5, B5 and
E2 of T. E. Hull et al., SIAM J. Numer. Anal. 9 (1972) 603-637, doi:10.1137/0709052.
"""

import math
from dataclasses import dataclass


@dataclass
class Problem:
    """``mass * y' = fun(t, y)``, ``y(0) = y0``, until ``t1``."""

    fun: object
    y0: list
    t1: object
    stiff: bool = False
    mass: list | None = None  # its diagonal, where it is not all ones


def lotka_volterra(num):
    def fun(t, y):
        return (y[0] * 3 / 2 - y[0] * y[1], -3 * y[1] + y[0] * y[1])

    return Problem(fun, [num("1"), num("1")], num("10"))


def kepler_fun(t, y):
    r3 = (y[0] * y[0] + y[1] * y[1]) ** 1.5
    return (y[2], y[3], -y[0] / r3, -y[1] / r3)


def kepler(eccentricity):
    def build(num):
        e = num(eccentricity)
        y0 = [1 - e, num("0"), num("0"), ((1 + e) / (1 - e)) ** 0.5]
        return Problem(kepler_fun, y0, num("20"))

    return build


def arenstorf(num):
    mu = num("0.012277471")

    def fun(t, y):
        d1 = ((y[0] + mu) ** 2 + y[1] * y[1]) ** 1.5
        d2 = ((y[0] - 1 + mu) ** 2 + y[1] * y[1]) ** 1.5
        a, b = (1 - mu) / d1, mu / d2
        return (
            y[2],
            y[3],
            y[0] + 2 * y[3] - a * (y[0] + mu) - b * (y[0] - 1 + mu),
            y[1] - 2 * y[2] - a * y[1] - b * y[1],
        )

    y0 = [num("0.994"), num("0"), num("0"), num("-2.00158510637908252240537862224")]
    return Problem(fun, y0, num("17.0652165601579625588917206249"))


def pleiades(num):
    def fun(t, z):
        x, y = z[:7], z[7:14]
        ax, ay = [0 * v for v in x], [0 * v for v in y]
        for i in range(7):
            for j in range(i):
                dx, dy = x[j] - x[i], y[j] - y[i]
                r3 = (dx * dx + dy * dy) ** 1.5
                dx, dy = dx / r3, dy / r3
                ax[i] = ax[i] + (j + 1) * dx
                ay[i] = ay[i] + (j + 1) * dy
                ax[j] = ax[j] - (i + 1) * dx
                ay[j] = ay[j] - (i + 1) * dy
        return [*z[14:28], *ax, *ay]

    y0 = [3, 3, -1, -3, 2, -2, 2, 3, -3, 2, 0, 0, -4, 4]
    y0 += [0, 0, 0, 0, 0, "1.75", "-1.5", 0, 0, 0, "-1.25", 1, 0, 0]
    return Problem(fun, [num(str(v)) for v in y0], num("3"))


def henon_heiles(num):
    def fun(t, y):
        return (y[2], y[3], -y[0] - 2 * y[0] * y[1], -y[1] - y[0] * y[0] + y[1] * y[1])

    return Problem(fun, [num("0"), num("0.1"), num("0.5"), num("0")], num("100"))


def brusselator(num):
    def fun(t, y):
        w = y[0] * y[0] * y[1]
        return (1 + w - 4 * y[0], 3 * y[0] - w)

    return Problem(fun, [num("1.5"), num("3")], num("20"))


def rigid_body(num):
    def fun(t, y):
        return (y[1] * y[2], -y[0] * y[2], -51 * y[0] * y[1] / 100)

    return Problem(fun, [num("0"), num("1"), num("1")], num("20"))


def lorenz(num):
    def fun(t, y):
        return (10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 * y[2] / 3)

    return Problem(fun, [num("1"), num("0"), num("0")], num("10"))


def bloch(num):
    """Off resonance by 10 rad per unit of time, T2 = 0.1, T1 = 1, and a Gaussian pulse about x."""

    def fun(t, m):
        x = -8 * (t - 1) ** 2
        b = 8 * (math.exp(x) if isinstance(x, float) else x.context.exp(x))
        return (10 * m[1] - 10 * m[0], -10 * m[0] + b * m[2] - 10 * m[1], -b * m[1] - (m[2] - 1))

    return Problem(fun, [num("0"), num("0"), num("1")], num("2"))


def van_der_pol(num):
    def fun(t, y):
        return (y[1], (1 - y[0] * y[0]) * y[1] - y[0])

    return Problem(fun, [num("2"), num("0")], num("20"))


def van_der_pol_1000(num):
    def fun(t, y):
        return (y[1], 1000 * (1 - y[0] * y[0]) * y[1] - y[0])

    return Problem(fun, [num("2"), num("0")], num("3000"), stiff=True)


def van_der_pol_scaled(num):
    def fun(t, y):
        return (y[1], ((1 - y[0] * y[0]) * y[1] - y[0]) * 10**6)

    return Problem(fun, [num("2"), num("0")], num("2"), stiff=True)


def robertson(t1):
    def build(num):
        def fun(t, y):
            a, b, c = y[0] / 25, 10**4 * y[1] * y[2], 3 * 10**7 * y[1] * y[1]
            return (b - a, a - b - c, c)

        return Problem(fun, [num("1"), num("0"), num("0")], num(t1), stiff=True)

    return build


def hires(num):
    k = [num(v) for v in ("1.71", "0.43", "8.32", "0.0007", "8.75", "10.03", "0.035", "1.12")]
    k = (*k, *(num(v) for v in ("1.745", "0.69", "1.81")))

    def fun(t, y):
        w = 280 * y[5] * y[7]
        return (
            -k[0] * y[0] + k[1] * y[1] + k[2] * y[2] + k[3],
            k[0] * y[0] - k[4] * y[1],
            -k[5] * y[2] + k[1] * y[3] + k[6] * y[4],
            k[2] * y[1] + k[0] * y[2] - k[7] * y[3],
            -k[8] * y[4] + k[1] * y[5] + k[1] * y[6],
            -w + k[9] * y[3] + k[0] * y[4] - k[1] * y[5] + k[9] * y[6],
            w - k[10] * y[6],
            k[10] * y[6] - w,
        )

    y0 = [num("1"), *[num("0")] * 6, num("0.0057")]
    return Problem(fun, y0, num("321.8122"), stiff=True)


def oregonator(num):
    s, q, w = num("77.27"), num("8.375e-6"), num("0.161")

    def fun(t, y):
        return (
            s * (y[1] + y[0] * (1 - q * y[0] - y[1])),
            (y[2] - (1 + y[0]) * y[1]) / s,
            w * (y[0] - y[2]),
        )

    return Problem(fun, [num("1"), num("2"), num("3")], num("360"), stiff=True)


#: Rates and partners of the 25 reactions of the air pollution model (J. G. Verwer, SIAM J. Sci. Comput. 15 (1994)
#: 1243-1250, doi:10.1137/0915076): rate, the species that react (from 1).
POLLU = """0.35 1|26.6 2 4|12300 5 2|0.00086 7|0.00082 7|15000 7 6|0.00013 9|24000 9 6|16500 11 2|9000 11 1|0.022 13|
12000 10 2|1.88 14|16300 1 6|4800000 3|0.00035 4|0.0175 4|1e8 16|4.44e11 16|1240 17 6|2.1 19|5.78 19|0.0474 1 4|
1780 19 1|3.12 20"""
#: By species: the reactions that make it (twice where it counts double) and those that use it up.
POLLU_BALANCE = """2 3 9 11 12 22 25 -1 -10 -14 -23 -24|1 21 -2 -3 -9 -12|1 17 19 22 -15|15 -2 -16 -17 -23|
4 4 6 7 13 20 -3|3 18 18 -6 -8 -14 -20|13 -4 -5 -6|4 5 6 7|-7 -8|7 9 -12|8 11 -9 -10|9|10 -11|12 -13|14|16 -18 -19|
-20|20|23 25 -21 -22 -24|24 -25"""


def pollu(num):
    reactions = [row.split() for row in POLLU.split("|")]
    rates = [num(row[0]) for row in reactions]
    partners = [[int(v) - 1 for v in row[1:]] for row in reactions]
    balance = [[int(v) for v in row.split()] for row in POLLU_BALANCE.split("|")]

    def fun(t, y):
        r = [
            k * y[p[0]] if len(p) == 1 else k * y[p[0]] * y[p[1]]
            for k, p in zip(rates, partners, strict=True)
        ]
        return [sum(r[i - 1] if i > 0 else -r[-i - 1] for i in row) for row in balance]

    start = {2: "0.2", 4: "0.04", 7: "0.1", 8: "0.3", 9: "0.01", 17: "0.007"}
    return Problem(fun, [num(start.get(i, "0")) for i in range(1, 21)], num("60"), stiff=True)


def akzo_nobel(num):
    """Chemical Akzo Nobel problem: five differential equations and an algebraic one."""
    k1, k2, k3, k4 = (num(v) for v in ("18.7", "0.58", "0.09", "0.42"))
    big_k, kla, ks, pressure, henry = (num(v) for v in ("34.4", "3.3", "115.83", "0.9", "737"))

    def fun(t, y):
        root = y[1] ** 0.5
        r1, r2, r3 = k1 * y[0] ** 4 * root, k2 * y[2] * y[3], k2 / big_k * y[0] * y[4]
        r4, r5 = k3 * y[0] * y[3] ** 2, k4 * y[5] ** 2 * root
        return [
            -2 * r1 + r2 - r3 - r4,
            -r1 / 2 - r4 - r5 / 2 + kla * (pressure / henry - y[1]),
            r1 - r2 + r3,
            -r2 + r3 - 2 * r4,
            r2 - r3 + r5,
            ks * y[0] * y[3] - y[5],
        ]

    y0 = [num(v) for v in ("0.444", "0.00123", "0", "0.007", "0")]
    y0.append(ks * y0[0] * y0[3])
    return Problem(fun, y0, num("180"), stiff=True, mass=[1, 1, 1, 1, 1, 0])


PROBLEMS = {
    "lotka_volterra": lotka_volterra,
    "kepler_0.3": kepler("0.3"),
    "kepler_0.9": kepler("0.9"),
    "arenstorf": arenstorf,
    "pleiades": pleiades,
    "henon_heiles": henon_heiles,
    "brusselator": brusselator,
    "rigid_body": rigid_body,
    "lorenz": lorenz,
    "bloch": bloch,
    "van_der_pol": van_der_pol,
    "van_der_pol_1000": van_der_pol_1000,
    "van_der_pol_scaled": van_der_pol_scaled,
    "robertson_40": robertson("40"),
    "robertson_1e5": robertson("1e5"),
    "robertson_1e11": robertson("1e11"),
    "hires": hires,
    "oregonator": oregonator,
    "pollu": pollu,
    "akzo_nobel": akzo_nobel,
}

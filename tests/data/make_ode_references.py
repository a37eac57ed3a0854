"""Write ode_references.json: the ends of the problems of ode_problems.py, to 22 digits.

Every problem, stiff or not, is integrated twice with Radau IIA collocation (Hairer & Wanner II, chapter IV.5) in 45
digits: 11 stages with steps chosen for a relative truncation of 1e-19, then 13 stages and 1e-22. The systems of the
stages are solved by Newton's method in double precision on residuals of full precision. The digits in which the two
runs agree are stored, too. Kepler's orbits come from Kepler's equation, and check the integrator.

Run: python tests/data/make_ode_references.py [names]; it takes about a quarter of an hour, needs mpmath, and is faster
with gmpy2 installed. The names given are computed anew, the others stay.
"""

import json
import math
import pathlib
import sys
import warnings

import mpmath
import numpy as np
from ode_problems import PROBLEMS

mpmath.mp.dps = 45
mpf = mpmath.mpf
PATH = pathlib.Path(__file__).with_name("ode_references.json")
RUNS = ((11, 1e-19), (13, 1e-22))


class Radau:
    """Nodes and weights of the method with `s` stages."""

    def __init__(self, s):
        # the nodes are the zeros of P_s - P_{s-1} on [0, 1], the last of which is 1 (IV.5, after Theorem 5.3)
        shifted = [self.legendre(s)[k] - ([*self.legendre(s - 1), mpf(0)])[k] for k in range(s + 1)]
        roots = mpmath.polyroots(shifted[::-1], maxsteps=500, extraprec=400)
        c = np.array(sorted(mpmath.re(r) for r in roots))
        powers = np.array([[x**k for k in range(s)] for x in c])
        integrals = np.array([[x ** (k + 1) / (k + 1) for k in range(s)] for x in c])
        inverse = np.array(mpmath.inverse(mpmath.matrix(powers.tolist())).tolist())
        self.s, self.c = s, c
        self.a = integrals @ inverse
        # the leading coefficient of the polynomial through the start and the stages, in Legendre's basis
        nodes = [mpf(0), *c]
        lead = self.legendre(s)[s]
        self.top = np.array(
            [1 / (mpmath.fprod(x - z for z in nodes if z is not x) * lead) for x in nodes]
        )
        self.nodes = np.array([float(x) for x in nodes])

    @staticmethod
    def legendre(n):
        """Coefficients of Legendre's polynomial on [0, 1], from the constant up."""
        return [mpf((-1) ** (n + k) * math.comb(n, k) * math.comb(n + k, k)) for k in range(n + 1)]

    def extrapolated(self, steps, factor):
        """Values of the last step's polynomial (from its start) in a next step `factor` as long."""
        x = 1 + factor * self.nodes[1:]
        weights = np.array(
            [
                [
                    np.prod([(x_k - z) / (w - z) for z in self.nodes if z != w])
                    for w in self.nodes[1:]
                ]
                for x_k in x
            ]
        )
        return weights @ steps


def jacobian(fun, t, y):
    """By forward differences in full precision, rounded."""
    n = len(y)
    base = np.array(fun(t, list(y)))
    out = np.empty((n, n))
    for j in range(n):
        moved = list(y)
        delta = (abs(y[j]) + mpf("1e-20")) * mpf("1e-20")
        moved[j] = y[j] + delta
        out[:, j] = (np.array(fun(t, moved)) - base) / delta
    return out


def step(method, problem, mass, t, y, h, guess):
    """The stages' increments, or None where Newton's method fails."""
    s, n = method.s, len(y)
    z = guess
    a = method.a.astype(float)
    matrix = None
    for it in range(30):
        stages = y + z
        f = np.array(
            [problem.fun(t + c * h, list(v)) for c, v in zip(method.c, stages, strict=True)]
        )
        residual = h * (method.a @ f) - mass * z
        if it in (0, 2, 4) or it % 6 == 0:
            jacs = [
                jacobian(problem.fun, t + c * h, v) for c, v in zip(method.c, stages, strict=True)
            ]
            scale = np.abs(stages).astype(float).max(axis=0)
            scale = np.tile(np.where(scale > 0, scale, 1.0), s)
            matrix = np.kron(np.eye(s), np.diag(mass.astype(float)))
            for i in range(s):
                for j in range(s):
                    matrix[i * n : (i + 1) * n, j * n : (j + 1) * n] -= float(h) * a[i, j] * jacs[j]
            matrix *= scale
            rows = np.abs(matrix).max(axis=1)
            matrix /= rows[:, None]
            if not np.isfinite(matrix).all():
                return None
            matrix = np.linalg.inv(matrix)
        right = residual.ravel() / rows
        size = float(max(abs(v) for v in right)) or 1.0
        change = matrix @ (right / size).astype(float)
        moved = np.abs(change).max() * size
        z = z + ((change * scale).reshape(s, n) * mpf(size))
        if not moved < 1e3:
            return None
        if moved < 1e-33:
            return z
    return None


def integrate(problem, s, tol):
    method = Radau(s)
    y, t = np.array(problem.y0), mpf(0)
    mass = np.array([mpf(m) for m in problem.mass or [1] * len(y)])
    h = mpf(min(1e-4, float(problem.t1) * 1e-3))
    last = h_last = None
    count = 0
    while t < problem.t1:
        h = min(h, problem.t1 - t)
        guess = np.array([[mpf(0)] * len(y)] * s)
        if last is not None:
            moved = method.extrapolated(last.astype(float), float(h / h_last))
            guess = guess + (moved - last[-1].astype(float))
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                z = step(method, problem, mass, t, y, h, guess)
            except (ZeroDivisionError, TypeError, np.linalg.LinAlgError):
                z = None  # a stage far off
        if z is None:
            h, last = h / 4, None
            continue
        top = np.abs(method.top[1:] @ z)  # the increments: their value at the start is 0
        scale = np.abs(y + z).max(axis=0)
        error = float(max(a / b if b else a for a, b in zip(top, scale, strict=True)))
        factor = 0.9 * (tol / max(error, 1e-60)) ** (1 / (s + 1))
        if error > 10 * tol:
            h = h * max(0.2, factor)
            continue
        count += 1
        t, y, last, h_last = t + h, y + z[-1], z, h
        if problem.t1 - t < mpf("1e-30") * problem.t1:
            break
        h = h * min(3.0, factor)
    return y, count


def kepler_exact(e, t):
    anomaly = mpmath.findroot(lambda x: x - e * mpmath.sin(x) - t, t)
    slow = 1 - e * mpmath.cos(anomaly)
    b = mpmath.sqrt(1 - e * e)
    return [
        mpmath.cos(anomaly) - e,
        b * mpmath.sin(anomaly),
        -mpmath.sin(anomaly) / slow,
        b * mpmath.cos(anomaly) / slow,
    ]


def agreement(a, b):
    """Digits in which two ends agree, relative to each component, for those near zero to the largest."""
    largest = max(abs(v) for v in b)
    return min(
        45.0 if x == z else float(-mpmath.log10(abs(x - z) / max(abs(z), largest * mpf("1e-30"))))
        for x, z in zip(a, b, strict=True)
    )


def main(names):
    for name in names or PROBLEMS:
        problem = PROBLEMS[name](mpf)
        ends = [integrate(problem, s, tol) for s, tol in RUNS]
        (first, _), (end, count) = ends
        digits = agreement(first, end)
        if name.startswith("kepler"):
            exact = kepler_exact(mpf(name.split("_")[1]), problem.t1)
            digits, end = agreement(end, exact), exact
        if name == "arenstorf":  # periodic: the second and third component end at 0
            digits = agreement([first[0], first[3]], [end[0], end[3]])
        table = json.loads(PATH.read_text()) if PATH.exists() else {}
        table[name] = {
            "t1": mpmath.nstr(problem.t1, 30),
            "y1": [mpmath.nstr(v, 24) for v in end],
            "digits": int(digits),
        }
        sys.stdout.write(f"{name}: {count} steps, {digits:.1f} digits\n")
        sys.stdout.flush()
        ordered = {key: table[key] for key in PROBLEMS if key in table}
        PATH.write_text(json.dumps(ordered, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

"""ROCK2 and ROCK4: their polynomials, order, diffusion, the spectral radius, dense output."""

import importlib.util
import itertools
import math
import pathlib
import tomllib

import numba
import numpy as np
import pytest

from scikit.integrate import solve_ivp

GEN = pathlib.Path(__file__).parents[2] / "wrappers" / "gen"
TABLE = tomllib.loads((GEN / "rock.toml").read_text())
ROWS = [(order, row) for order in (2, 4) for row in TABLE[f"rock{order}"]]
IDS = [f"{order}-{row['stages']}" for order, row in ROWS]
SHARE = {2: 0.80, 4: 0.35}  # of the square of the number of stages


def generator():
    spec = importlib.util.spec_from_file_location("make_rock_tables", GEN / "make_rock_tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKE = generator()


class Series:
    """Taylor series of polynomials in z, up to z**4."""

    def __init__(self):
        self.one = np.zeros(5)
        self.one[0] = 1

    def times_z(self, p):
        return np.concatenate([[0.0], p[:-1]])


class Values:
    """Polynomials in z by their values."""

    def __init__(self, z):
        self.z, self.one = z, np.ones_like(z)

    def times_z(self, p):
        return self.z * p


def stability(order, row, ring):
    """The method's answer to y' = z y after one step of length 1, and its estimate of the error."""
    mu, kappa = MAKE.stages_of(row)
    old, y = 0 * ring.one, ring.one
    for m, k in zip(mu, kappa, strict=True):
        y, old = y + k * (y - old) + m * ring.times_z(y), y
    weights = MAKE.tree_weights(mu, kappa)
    if order == 2:
        sigma, tau = MAKE.finish_2(weights)
        first = ring.times_z(y)
        last = ring.times_z(y + sigma * first)
        return y + (2 * sigma - tau / sigma) * first + tau / sigma * last, None
    c, a, b, e = MAKE.finish_4(weights)
    rows = [(), a[:1], a[1:3], a[3:], c[4:]]
    k = []
    for coefficients in rows:
        k.append(
            ring.times_z(y + sum((w * x for w, x in zip(coefficients, k, strict=False)), 0 * y))
        )
    return (
        y + sum(w * x for w, x in zip(b, k, strict=True)),
        sum(w * x for w, x in zip(e, k, strict=True)),
    )


@pytest.mark.parametrize(("order", "row"), ROWS, ids=IDS)
def test_polynomial_has_its_order_and_its_interval(order, row):
    series, error = stability(order, row, Series())
    exact = 1 / np.cumprod([1.0, 1, 2, 3, 4])
    np.testing.assert_allclose(series[: order + 1], exact[: order + 1], atol=1e-10)
    if order == 4:
        np.testing.assert_allclose(error[:4], 0, atol=1e-10)
        assert 0.2 / 60 < abs(error[4]) <= 1.0001 / 60
    length = 2 * row["scale"] + row["near"]
    inside = -length * (1 - np.cos(np.linspace(0, np.pi, 40 * row["stages"]))) / 2
    values = np.abs(stability(order, row, Values(inside[1:]))[0])
    assert values.max() < 1
    assert values[inside[1:] < -row["near"]].max() < 0.96  # damped
    assert abs(stability(order, row, Values(np.array([-1.01 * length])))[0][0]) > 1
    if row["stages"] >= 35:
        assert length > SHARE[order] * row["stages"] ** 2


@pytest.mark.parametrize("row", TABLE["rock4"], ids=[str(r["stages"]) for r in TABLE["rock4"]])
def test_trees_of_order_4(row):
    """All eight order conditions of the composition: weights of the rooted trees against 1 / gamma."""
    weights = MAKE.tree_weights(*MAKE.stages_of(row))
    c, a, b, _ = MAKE.finish_4(weights)
    stages, derivatives = [], []
    for coefficients in ((), a[:1], a[1:3], a[3:], c[4:]):
        y = np.array(weights) + sum(
            (w * k for w, k in zip(coefficients, derivatives, strict=False)), np.zeros(8)
        )
        stages.append(y)
        derivatives.append(np.array(MAKE.weights_of_f(y)))
    end = np.array(weights) + sum(w * k for w, k in zip(b, derivatives, strict=True))
    np.testing.assert_allclose(
        end, [1, 1 / 2, 1 / 3, 1 / 6, 1 / 4, 1 / 8, 1 / 12, 1 / 24], atol=1e-11
    )
    times = [y[0] for y in stages]
    np.testing.assert_allclose(times, weights[0] + np.array(c), rtol=1e-12)
    assert 0 < min(times) < max(times) < 1 + 1e-12  # no stage beyond the step's end


def test_ladder():
    for order, most in ((2, 200), (4, 152)):
        stages = [row["stages"] for row in TABLE[f"rock{order}"]]
        assert stages[0] == order + 1
        assert stages[-1] == most
        assert all(a < b <= max(a + 1, math.ceil(1.09 * a)) for a, b in itertools.pairwise(stages))


def driven(t, y):
    return [y[1], -y[0] + 0.1 * y[0] ** 3 + np.sin(t)]


@pytest.mark.parametrize("radius", [0, 20, 300, 2000])
@pytest.mark.parametrize(("method", "order"), [("ROCK2", 2), ("ROCK4", 4)])
def test_order_of_convergence(method, order, radius):
    reference = solve_ivp(driven, (0, 2), [1, 0.0], method="DOP853", rtol=1e-13, atol=1e-15).y[
        :, -1
    ]
    sizes = np.array([0.2, 0.1, 0.05])
    errors = []
    for h in sizes:
        sol = solve_ivp(driven, (0, 2), [1, 0.0], method=method, adaptive=False, first_step=h,
                        spectral_radius=radius / h)  # fmt: skip
        errors.append(np.abs(sol.y[:, -1] - reference).max())
    assert np.polyfit(np.log(sizes), np.log(errors), 1)[0] == pytest.approx(order, abs=0.15)


def heat(n):
    """u_t = u_xx + g on n inner points, non-autonomous: the exact solution is exp(-t) sin(pi x) + t."""
    x = np.arange(1, n + 1) / (n + 1)
    rate = 4 * (n + 1) ** 2 * np.sin(np.pi / 2 / (n + 1)) ** 2

    def fun(t, u):
        ends = np.concatenate([[t], u, [t]])
        return np.diff(ends, 2) * (n + 1) ** 2 + (rate - 1) * np.exp(-t) * np.sin(np.pi * x) + 1

    def exact(t):
        return np.exp(-t) * np.sin(np.pi * x) + t

    return fun, exact


@pytest.mark.parametrize(("method", "limit"), [("ROCK2", 3000), ("ROCK4", 3000)])
def test_error_goes_with_the_tolerance(method, limit):
    fun, exact = heat(100)
    errors = []
    for tol in (1e-3, 1e-5, 1e-7):
        sol = solve_ivp(fun, (0, 0.5), exact(0.0), method=method, rtol=tol, atol=tol)
        errors.append(np.abs(sol.y[:, -1] - exact(0.5)).max())
        assert sol.nfev < limit  # an explicit method of order 5 needs 30 000
        assert errors[-1] < 30 * tol
    assert errors[0] > 8 * errors[1] > 64 * errors[2]


@pytest.mark.parametrize("method", ["ROCK2", "ROCK4"])
def test_dense_output_and_t_eval(method):
    fun, exact = heat(50)
    at = np.linspace(0.01, 0.49, 17)
    sol = solve_ivp(fun, (0, 0.5), exact(0.0), method=method, rtol=1e-6, atol=1e-6, t_eval=at,
                    dense_output=True)  # fmt: skip
    np.testing.assert_allclose(sol.y, exact(at[:, None]).T, atol=3e-5)
    np.testing.assert_array_equal(sol.sol(at), sol.y)


def brusselator(n):
    """The Brusselator in two dimensions, periodic (Hairer & Wanner II, section IV.10, with alpha = 0.1), compiled."""
    real = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))
    def fun(t, y, dydt, data):
        m = n * n
        c = 0.1 * n * n
        for i in range(n):
            for j in range(n):
                k = i * n + j
                up, down = ((i + 1) % n) * n + j, ((i + n - 1) % n) * n + j
                right, left = i * n + (j + 1) % n, i * n + (j + n - 1) % n
                u, v = y[k], y[m + k]
                near = t >= 1.1 and (i / n - 0.3) ** 2 + (j / n - 0.6) ** 2 <= 0.01
                dydt[k] = (1 + u * u * v - 4.4 * u + (5.0 if near else 0.0)
                           + c * (y[up] + y[down] + y[right] + y[left] - 4 * u))  # fmt: skip
                dydt[m + k] = (3.4 * u - u * u * v
                               + c * (y[m + up] + y[m + down] + y[m + right] + y[m + left] - 4 * v))  # fmt: skip
        return 0

    x = np.arange(n) / n
    u = 22 * x * (1 - x) ** 1.5
    v = 27 * x * (1 - x) ** 1.5
    return fun, np.concatenate([np.tile(u[:, None], n).T.ravel(), np.tile(v[:, None], n).ravel()])


def test_brusselator():
    fun, y0 = brusselator(24)
    kwargs = {"tstops": [1.1]}
    reference = solve_ivp(fun, (0, 2), y0, method="DOP853", rtol=1e-10, atol=1e-10, **kwargs).y[
        :, -1
    ]
    work = {}
    for method, tol in (("RKC", 1e-5), ("ROCK2", 1e-5), ("ROCK4", 1e-5), ("ROCK4", 1e-7)):
        sol = solve_ivp(fun, (0, 2), y0, method=method, rtol=tol, atol=tol, **kwargs)
        assert np.abs(sol.y[:, -1] - reference).max() < 20 * tol
        work[method, tol] = sol.nfev
    assert work["ROCK4", 1e-7] < solve_ivp(fun, (0, 2), y0, method="RKC", rtol=1e-7, atol=1e-7).nfev


@pytest.mark.parametrize("method", ["ROCK2", "ROCK4"])
def test_radius_from_the_user_complex_and_backwards(method):
    fun, exact = heat(60)
    bound = 4.0 * 61**2
    given = solve_ivp(
        fun, (0, 0.1), exact(0.0), method=method, rtol=1e-5, spectral_radius=lambda t, y: bound
    )
    assert np.abs(given.y[:, -1] - exact(0.1)).max() < 1e-4
    assert given.nfev < solve_ivp(fun, (0, 0.1), exact(0.0), method=method, rtol=1e-5).nfev
    sol = solve_ivp(
        lambda t, y: (-50 + 1j) * y, (0, 1), [1 + 0j], method=method, rtol=1e-7, atol=1e-12
    )
    np.testing.assert_allclose(sol.y[0, -1], np.exp(-50 + 1j), atol=1e-11)
    back = solve_ivp(lambda t, y: y, (1, 0), [np.e], method=method, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(back.y[0, -1], 1, rtol=1e-4)


@pytest.mark.parametrize("method", ["ROCK2", "ROCK4"])
def test_more_stages_than_the_table_has(method):
    """The steps become smaller; nothing is unstable."""
    sol = solve_ivp(lambda t, y: [-1e6 * (y[0] - 1), -y[1]], (0, 1), [1.0, 1.0], method=method, rtol=1e-3,
                    atol=1e-3, spectral_radius=1e6)  # fmt: skip
    assert sol.success
    assert np.diff(sol.t).max() * 1e6 < 2 * TABLE[method.lower()][-1]["scale"] + 10
    np.testing.assert_allclose(sol.y[:, -1], [1, np.exp(-1)], atol=2e-3)

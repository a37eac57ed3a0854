"""solve_dae against closed forms, published values and other integrators."""

import numba
import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import scipy.sparse

from scikit.integrate import OdeSolution, solve_dae, solve_ivp
from scikit.testing import array_layouts

#: End values of the IVP test set (F. Mazzia, C. Magherini, 2008), chemical Akzo Nobel problem.
AKZO = [
    0.1150794920661702, 0.1203831471567715e-2, 0.1611562887407974, 0.3656156421249283e-3, 0.1708010885264404e-1,
    0.4873531310307455e-2,
]  # fmt: skip
KS, GRAVITY = 115.83, 9.81


def akzo_rates(y):
    r1, r2 = 18.7 * y[0] ** 4 * np.sqrt(y[1]), 0.58 * y[2] * y[3]
    r3, r4 = 0.58 / 34.4 * y[0] * y[4], 0.09 * y[0] * y[3] ** 2
    r5 = 0.42 * y[5] ** 2 * np.sqrt(y[1])
    inflow = 3.3 * (0.9 / 737 - y[1])
    return np.array([
        -2 * r1 + r2 - r3 - r4, -0.5 * r1 - r4 - 0.5 * r5 + inflow, r1 - r2 + r3, -r2 + r3 - 2 * r4, r2 - r3 + r5,
    ])  # fmt: skip


def akzo(t, y, yp):
    return np.append(yp[:5] - akzo_rates(y), KS * y[0] * y[3] - y[5])


def robertson(t, y, yp):
    a, b, c = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
    return [yp[0] + a - b, yp[1] - a + b + c, y.sum() - 1]


def robertson_jac(t, y, yp):
    by_y = [
        [0.04, -1e4 * y[2], -1e4 * y[1]],
        [-0.04, 1e4 * y[2] + 6e7 * y[1], 1e4 * y[1]],
        [1.0, 1.0, 1.0],
    ]
    return by_y, np.diag([1.0, 1.0, 0.0])


def pendulum(t, z, zp):
    """Index 1: the force from the twice differentiated constraint."""
    x, y, u, v, force = z
    return [
        zp[0] - u, zp[1] - v, zp[2] + force * x, zp[3] + force * y + GRAVITY,
        u * u + v * v - force * (x * x + y * y) - GRAVITY * y,
    ]  # fmt: skip


def linear(t, y, yp):
    """y0' = -y0 + y1, 0 = y0 + y1 - sin t: y0 = (exp(-2 t) c + 2 sin t - cos t) / 5."""
    return [yp[0] + y[0] - y[1], y[0] + y[1] - np.sin(t)]


def linear_solution(t):
    first = (6 * np.exp(-2 * t) + 2 * np.sin(t) - np.cos(t)) / 5
    return np.array([first, np.sin(t) - first])


def prey(t, y):
    return np.array([1.5 * y[0] - y[0] * y[1], -3 * y[1] + y[0] * y[1]])


@pytest.mark.parametrize("tol", [1e-4, 1e-6, 1e-8, 1e-10])
def test_linear_system_error_goes_with_the_tolerance(tol):
    sol = solve_dae(linear, (0, 5), [1.0, 0.0], rtol=tol, atol=tol)
    assert sol.success
    np.testing.assert_allclose(sol.y[:, 0], [1, -1], rtol=1e-12)  # y1 was made consistent
    assert np.abs(sol.y - linear_solution(sol.t)).max() < 20 * tol
    residual = [linear(*point) for point in zip(sol.t, sol.y.T, sol.yp.T, strict=True)]
    assert (
        np.abs(residual).max() < 2000 * tol
    )  # an error in y counts in dy/dt as divided by the step


def test_the_highest_order_is_the_cheapest_at_small_tolerances():
    steps = [
        solve_dae(linear, (0, 5), [1.0, 0.0], rtol=1e-8, atol=1e-8, max_order=k).nsteps
        for k in (1, 2, 3, 5)
    ]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] > 20 * steps[-1]


@pytest.mark.parametrize(
    "derivatives", [{}, {"jac": robertson_jac}, {"jac_sparsity": np.ones((3, 3))}]
)
def test_robertson(derivatives):
    """To 1e11, where the first concentration is 2e-8; conservation of mass is the third equation."""
    sol = solve_dae(
        robertson, (0, 1e11), [1, 0, 0], rtol=1e-8, atol=[1e-14, 1e-18, 1e-12], **derivatives
    )
    assert sol.success
    assert sol.nsteps < 3000
    np.testing.assert_allclose(sol.yp[:, 0], [-0.04, 0.04, 0])
    # of the IVP test set
    expected = [0.2083340149701255e-7, 0.8333360770334713e-13, 0.9999999791665050]
    np.testing.assert_allclose(sol.y[:, -1], expected, rtol=1e-5)
    assert np.abs(sol.y.sum(axis=0) - 1).max() < 1e-11


def test_chemical_akzo_nobel():
    sol = solve_dae(akzo, (0, 180), [0.444, 0.00123, 0, 0.007, 0, 0], rtol=1e-10, atol=1e-13)
    assert sol.y[5, 0] == pytest.approx(KS * 0.444 * 0.007, rel=1e-12)
    np.testing.assert_allclose(sol.y[:, -1], AKZO, rtol=1e-9)
    best = solve_dae(akzo, (0, 180), [0.444, 0.00123, 0, 0.007, 0, 0], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(best.y[:, -1], AKZO, rtol=1e-10)


def test_pendulum_of_index_one():
    sol = solve_dae(pendulum, (0, 3), [1, 0, 0, 0, 99], rtol=1e-9, atol=1e-9)
    x, y, u, v, force = sol.y
    assert force[0] == pytest.approx(0, abs=1e-9)
    assert np.abs(x * x + y * y - 1).max() < 1e-6
    assert np.abs((u * u + v * v) / 2 + GRAVITY * y).max() < 1e-5
    angle = scipy.integrate.solve_ivp(
        lambda t, a: [a[1], -GRAVITY * np.cos(a[0])], (0, 3), [0, 0], "DOP853", rtol=1e-12, atol=1e-12
    ).y[0, -1]  # fmt: skip
    np.testing.assert_allclose([x[-1], y[-1]], [np.cos(angle), np.sin(angle)], atol=1e-6)


def test_pendulum_of_index_two():
    """The velocities' constraint; the force is left out of the error test."""

    def fun(t, z, zp):
        return [*pendulum(t, z, zp)[:4], z[0] * z[2] + z[1] * z[3]]

    good = solve_dae(pendulum, (0, 3), [1, 0, 0, 0, 0], rtol=1e-9, atol=1e-9).y[:, -1]
    sol = solve_dae(
        fun, (0, 3), [1, 0, 0, 0, 0], [0, 0, 0, -GRAVITY, 0], rtol=1e-9, atol=1e-9, consistent=False,
        suppress_algebraic=True, differential_vars=[True, True, True, True, False],
    )  # fmt: skip
    assert sol.success
    np.testing.assert_allclose(sol.y[:4, -1], good[:4], atol=1e-5)


@pytest.mark.parametrize("span", [(0, 10), (10, 2.5)])
def test_ordinary_equations_as_solve_ivp_solves_them(span):
    sol = solve_dae(lambda t, y, yp: yp - prey(t, y), span, [1, 1], rtol=1e-9, atol=1e-9)
    other = solve_ivp(prey, span, [1, 1], "BDF", rtol=1e-9, atol=1e-9)
    exact = solve_ivp(prey, span, [1, 1], "Vern9", rtol=1e-13, atol=1e-13).y[:, -1]
    np.testing.assert_allclose(sol.y[:, -1], exact, atol=1e-6)
    assert sol.nsteps < 1.3 * other.nsteps
    assert sol.nfev < 1.3 * other.nfev
    rates = [prey(t, y) for t, y in zip(sol.t, sol.y.T, strict=True)]
    np.testing.assert_allclose(sol.yp.T, rates, atol=1e-5)


def test_nonlinear_in_the_derivative():
    """y'**2 + y**2 = 1, y = sin: index 0, and the derivative's sign comes from the guess."""

    def fun(t, y, yp):
        return [yp[0] ** 2 + y[0] ** 2 - 1]

    for sign in (1, -1):
        sol = solve_dae(fun, (0, 1), [0.0], [0.7 * sign], rtol=1e-8, atol=1e-8)
        assert sol.yp[0, 0] == pytest.approx(sign)
        assert sol.y[0, -1] == pytest.approx(sign * np.sin(1), abs=1e-6)


def test_starts():
    inconsistent = [0.3, 0.7]
    sol = solve_dae(linear, (0, 1), inconsistent, differential_vars=[1, 0])
    np.testing.assert_allclose(sol.y[:, 0], [0.3, -0.3], atol=1e-12)
    np.testing.assert_allclose(sol.yp[0, 0], -0.6)
    kept = solve_dae(linear, (0, 1), [0.3, -0.3], consistent="yp")
    np.testing.assert_array_equal(kept.y[:, 0], [0.3, -0.3])
    np.testing.assert_allclose(kept.yp[0, 0], -0.6)
    given = solve_dae(linear, (0, 1), [0.3, -0.3], [-0.6, 1.6], consistent=False)
    np.testing.assert_array_equal(given.yp[:, 0], [-0.6, 1.6])
    np.testing.assert_allclose(given.y[:, -1], sol.y[:, -1], rtol=1e-2)
    with pytest.raises(ValueError, match="no consistent values"):
        solve_dae(linear, (0, 1), inconsistent, consistent="yp")
    with pytest.raises(ValueError, match="no consistent values"):  # index 2
        solve_dae(lambda t, y, yp: [yp[0] - y[1], y[0] - t], (0, 1), [0, 1])
    with pytest.raises(ValueError, match="no consistent values"):  # no real solution
        solve_dae(lambda t, y, yp: [yp[0] - 1, y[1] ** 2 + 1], (0, 1), [0, 1])


def test_start_far_from_the_solution():
    """Newton's full steps would overflow."""

    def fun(t, y, yp):
        return [yp[0] + y[0], np.arctan(y[1] - y[0])]

    sol = solve_dae(fun, (0, 1), [1.0, 20.0], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(sol.y[:, 0], 1, rtol=1e-9)
    np.testing.assert_allclose(sol.y[:, -1], np.exp(-1), rtol=1e-4)


def test_points_and_dense_output():
    points = np.linspace(0, 5, 11)
    steps = solve_dae(linear, (0, 5), [1, -1], rtol=1e-8, atol=1e-8)
    sol = solve_dae(linear, (0, 5), [1, -1], t_eval=points, dense_output=True, rtol=1e-8, atol=1e-8)
    exact = linear_solution(points)
    np.testing.assert_array_equal(sol.t, points)
    np.testing.assert_allclose(sol.y, exact, atol=1e-6)
    np.testing.assert_array_equal(sol.y, sol.sol(points))
    np.testing.assert_array_equal(sol.yp[:, 0], steps.yp[:, 0])
    d = 1e-4
    slope = (linear_solution(points + d) - linear_solution(points - d)) / (2 * d)
    np.testing.assert_allclose(sol.yp[:, 1:], slope[:, 1:], atol=1e-4)
    assert isinstance(sol.sol, OdeSolution)
    assert solve_dae(linear, (0, 5), [1, -1], t_eval=[]).yp.shape == (2, 0)


def test_events():
    """Through Python, step by step: the same steps, and dy/dt at zeros and after changes of the state."""

    def high(t, y):
        return y[0] - 0.5

    plain = solve_dae(linear, (0, 5), [1, -1], rtol=1e-8, atol=1e-8)
    sol = solve_dae(linear, (0, 5), [1, -1], rtol=1e-8, atol=1e-8, events=high)
    np.testing.assert_array_equal(sol.t, plain.t)
    np.testing.assert_array_equal(sol.yp, plain.yp)
    root = scipy.optimize.brentq(lambda t: linear_solution(t)[0] - 0.5, 0, 1)
    assert sol.t_events[0][0] == pytest.approx(root, abs=1e-7)

    high.terminal = True
    sol = solve_dae(linear, (0, 5), [1, -1], rtol=1e-8, atol=1e-8, events=high, dense_output=True)
    assert sol.status == 1
    assert sol.yp.shape == sol.y.shape
    assert np.abs(linear(sol.t[-1], sol.y[:, -1], sol.yp[:, -1])).max() < 1e-4
    assert sol.sol(root)[0] == pytest.approx(0.5, abs=1e-7)


def test_state_changed_by_an_event_is_made_consistent():
    def now(t, y):
        return t - 1

    now.affect = lambda t, y: [2.0, 50.0]
    points = np.array([0.5, 1.5])
    options = {"rtol": 1e-9, "atol": 1e-9, "events": now}
    sol = solve_dae(linear, (0, 2), [1, -1], **options)
    k = np.flatnonzero(sol.t == 1)[-1]
    np.testing.assert_allclose(sol.y[:, k], [2, np.sin(1) - 2], rtol=1e-12)
    np.testing.assert_allclose(sol.yp[0, k], np.sin(1) - 4, rtol=1e-12)
    at = solve_dae(linear, (0, 2), [1, -1], t_eval=points, **options)
    again = solve_dae(linear, (1, 1.5), [2, 0], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(at.y[:, 1], again.y[:, -1], atol=1e-7)
    np.testing.assert_allclose(at.y[:, 0], linear_solution(0.5), atol=1e-7)


def test_stops_and_calls():
    """A kink of the algebraic equation at a stop."""

    def fun(t, y, yp):
        return [yp[0] + y[0], y[1] - (1 + 2 * max(t - 1, 0)) * y[0]]

    seen, told = [], []
    sol = solve_dae(
        fun, (0, 2), [1, 1], tstops=[1.0], rtol=1e-8, atol=1e-10,
        step_callback=lambda t, y: seen.append(t), progress=lambda *now: told.append(now),
    )  # fmt: skip
    assert sol.success
    assert 1.0 in sol.t
    np.testing.assert_array_equal(seen, sol.t[1:])
    assert told[-1] == (1000, 1000)
    np.testing.assert_allclose(sol.y[:, -1], np.exp(-2) * np.array([1, 3]), rtol=1e-6)
    assert solve_dae(fun, (0, 2), [1, 1], step_callback=lambda t, y: t > 0.5).status == 2


def test_nothing_to_integrate():
    sol = solve_dae(linear, (0, 0), [1, 5], dense_output=True, events=lambda t, y: t)
    np.testing.assert_array_equal(sol.t, [0, 0])
    np.testing.assert_allclose(sol.y, [[1, 1], [-1, -1]])
    assert sol.yp.shape == (2, 2)
    assert sol.t_events[0].shape == (0,)
    np.testing.assert_allclose(sol.sol(0.0), [1, -1])


REAL = numba.types.CPointer(numba.types.float64)
NUMBERS = (numba.types.float64, REAL, REAL, REAL)


@numba.cfunc(numba.types.int32(*NUMBERS, numba.types.voidptr))
def compiled_linear(t, y, yp, r, data):
    k = numba.carray(data, (1,), numba.float64)[0]
    r[0] = yp[0] + y[0] - y[1]
    r[1] = y[0] + y[1] - k * np.sin(t)
    return 0


@numba.cfunc(numba.types.void(*NUMBERS, numba.types.voidptr))
def compiled_void(t, y, yp, r, data):
    r[0] = yp[0] + y[0] - y[1]
    r[1] = y[0] + y[1] - np.sin(t)


@numba.cfunc(numba.types.void(*NUMBERS, REAL, numba.types.voidptr))
def compiled_jac(t, y, yp, by_y, by_yp, data):
    by_y[0] = by_y[1] = by_y[3] = 1.0
    by_y[2] = -1.0
    by_yp[0] = 1.0
    by_yp[1] = by_yp[2] = by_yp[3] = 0.0


@numba.cfunc(numba.types.int32(*NUMBERS, numba.types.voidptr))
def compiled_failure(t, y, yp, r, data):
    r[0] = yp[0] + y[0] - y[1]
    r[1] = y[0] + y[1]
    return t > 0.5


def test_compiled_residuals():
    plain = solve_dae(linear, (0, 5), [1, 0], rtol=1e-8, atol=1e-8)
    for fun, args in ((compiled_linear, (1.0,)), (compiled_void, None)):
        sol = solve_dae(fun, (0, 5), [1, 0], rtol=1e-8, atol=1e-8, args=args)
        np.testing.assert_allclose(sol.y, plain.y, rtol=1e-9)
    sol = solve_dae(compiled_void, (0, 5), [1, 0], rtol=1e-8, atol=1e-8, jac=compiled_jac)
    np.testing.assert_allclose(sol.y[:, -1], linear_solution(5.0), atol=1e-7)
    failed = solve_dae(compiled_failure, (0, 5), [1, -1])
    assert failed.status == -1
    assert "failure" in failed.message
    assert solve_dae(compiled_failure, (1, 5), [1, -1], differential_vars=[1, 0]).status == -1


@pytest.mark.parametrize("kind", ["pair", "callable", "sparse", "sparse pair", "sparsity"])
def test_jacobians(kind):
    by_y, by_yp = np.array([[1.0, -1.0], [1.0, 1.0]]), np.diag([1.0, 0.0])
    sparse = scipy.sparse.csr_array(by_y), scipy.sparse.csr_array(by_yp)
    given = {
        "pair": {"jac": (by_y, by_yp)},
        "callable": {"jac": lambda t, y, yp, k: (by_y * k, by_yp), "args": (1.0,)},
        "sparse": {"jac": lambda t, y, yp: sparse},
        "sparse pair": {"jac": sparse},
        "sparsity": {"jac_sparsity": by_y},
    }[kind]
    fun = (lambda t, y, yp, k: linear(t, y, yp)) if "args" in given else linear
    sol = solve_dae(fun, (0, 5), [1, 0], rtol=1e-8, atol=1e-8, **given)
    assert np.abs(sol.y - linear_solution(sol.t)).max() < 1e-6
    assert sol.njev > 0


def heat(n):
    def fun(t, u, up):
        r = np.empty(n)
        r[0], r[-1] = u[0], u[-1]
        r[1:-1] = up[1:-1] - np.diff(u, 2) * (n - 1.0) ** 2
        return r

    return fun


def heat_jac(n):
    def jac(t, u, up):
        by_y, by_yp = np.zeros((3, n)), np.zeros((3, n))
        by_y[0, 2:] = by_y[2, :-2] = -((n - 1.0) ** 2)
        by_y[1, 1:-1] = 2 * (n - 1.0) ** 2
        by_y[1, [0, -1]] = 1
        by_yp[1, 1:-1] = 1
        return by_y, by_yp

    return jac


@pytest.mark.parametrize("given", ["differences", "jac"])
def test_banded_large_system(given, resident_memory):
    """Diffusion with its boundary values as equations: memory in proportion to n."""
    n = 40_000
    x = np.linspace(0, 1, n)
    jac = heat_jac(n) if given == "jac" else None
    before = resident_memory()
    sol = solve_dae(
        heat(n), (0, 0.1), np.sin(np.pi * x), lband=1, uband=1, jac=jac, rtol=1e-6, atol=1e-8, t_eval=[0.1],
    )  # fmt: skip
    assert sol.success
    assert resident_memory() - before < 64 * 2**20  # a full matrix would take 12.8 GB
    exact = np.exp(-0.1 * np.pi**2) * np.sin(np.pi * x)
    assert np.abs(sol.y[:, 0] - exact).max() < 1e-5
    small = solve_dae(
        heat(50), (0, 0.1), np.sin(np.pi * np.linspace(0, 1, 50)), rtol=1e-6, atol=1e-8
    )
    assert small.success


def test_layouts():
    plain = solve_dae(linear, (0, 1), np.array([1.0, -1.0]), np.array([-2.0, 0.0]))
    for y0 in array_layouts(np.array([1.0, -1.0])).values():
        for yp0 in array_layouts(np.array([-2.0, 0.0])).values():
            sol = solve_dae(linear, (0, 1), y0, yp0)
            np.testing.assert_array_equal(sol.y, plain.y)
            np.testing.assert_array_equal([y0, yp0], [[1, -1], [-2, 0]])

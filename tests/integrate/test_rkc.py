"""RKC: order, stages, diffusion, the spectral radius, bad input."""

import numba
import numpy as np
import pytest

from scikit.integrate import solve_ivp


def heat(n):
    """u_t = u_xx on n inner points: the function, a start of two eigenvectors, and its exact solution."""
    x = np.arange(1, n + 1) / (n + 1)
    modes = [(1.0, np.sin(np.pi * x), 1), (0.5, np.sin(3 * np.pi * x), 3)]

    def fun(t, y):
        out = np.empty_like(y)
        out[1:-1] = y[2:] - 2 * y[1:-1] + y[:-2]
        out[0], out[-1] = y[1] - 2 * y[0], y[-2] - 2 * y[-1]
        return out * (n + 1) ** 2

    def exact(t):
        rate = -4 * (n + 1) ** 2
        return sum(
            a * u * np.exp(rate * np.sin(k * np.pi / 2 / (n + 1)) ** 2 * t) for a, u, k in modes
        )

    return fun, exact(0.0), exact


def driven(t, y):
    return [y[1], -y[0] + 0.1 * y[0] ** 3 + np.sin(t)]


@pytest.mark.parametrize("stages", [2, 5, 30])
def test_order_of_convergence(stages):
    reference = solve_ivp(driven, (0, 2), [1, 0.0], method="DOP853", rtol=1e-13, atol=1e-15).y[
        :, -1
    ]
    sizes = np.array([0.05, 0.025, 0.0125])
    errors, counts = [], []
    for h in sizes:
        radius = ((stages - 0.5) ** 2 - 1) / 1.54 / h  # the same number of stages for every size
        sol = solve_ivp(
            driven,
            (0, 2),
            [1, 0.0],
            method="RKC",
            adaptive=False,
            first_step=h,
            spectral_radius=radius,
        )
        errors.append(np.abs(sol.y[:, -1] - reference).max())
        counts.append((sol.nfev - 1) / sol.nsteps)
    assert np.polyfit(np.log(sizes), np.log(errors), 1)[0] == pytest.approx(2, abs=0.15)
    np.testing.assert_allclose(counts, stages, rtol=0.05)


def test_heat_equation():
    fun, y0, exact = heat(1000)
    for tol, limit in ((1e-3, 5000), (1e-5, 10000)):
        sol = solve_ivp(fun, (0, 0.1), y0, method="RKC", rtol=tol, atol=tol / 100)
        assert sol.success
        assert np.abs(sol.y[:, -1] - exact(0.1)).max() < 2 * tol
        assert sol.nfev < limit  # the explicit methods of order 5 need 850000
    at = solve_ivp(fun, (0, 0.1), y0, method="RKC", rtol=1e-5, atol=1e-7, t_eval=[0.013, 0.07])
    np.testing.assert_allclose(at.y.T, [exact(0.013), exact(0.07)], atol=5e-5)


def test_stages_grow_like_the_root_of_the_spectral_radius():
    sizes = np.array([50, 100, 200, 400])
    stages = []
    for n in sizes:
        fun, y0, _ = heat(n)
        sol = solve_ivp(fun, (0, 0.05), y0, method="RKC", rtol=1e-4, atol=1e-6)
        stages.append(sol.nfev / (sol.nsteps + sol.nrejected))
    # the radius grows like n**2
    assert np.polyfit(np.log(sizes), np.log(stages), 1)[0] == pytest.approx(1, abs=0.15)


def test_less_work_than_an_explicit_method():
    fun, y0, _ = heat(100)
    kwargs = {"rtol": 1e-4, "atol": 1e-6}
    rkc = solve_ivp(fun, (0, 0.1), y0, method="RKC", **kwargs)
    rk45 = solve_ivp(fun, (0, 0.1), y0, method="RK45", **kwargs)
    assert rkc.nfev < rk45.nfev / 10


def test_spectral_radius_from_the_user():
    n = 100
    fun, y0, exact = heat(n)
    bound = 4.0 * (n + 1) ** 2
    real = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))
    def compiled(t, y, out, data):
        out[0] = 4.0 * 101**2
        return 0

    kwargs = {"method": "RKC", "rtol": 1e-4, "atol": 1e-6}
    runs = [
        solve_ivp(fun, (0, 0.1), y0, spectral_radius=r, **kwargs)
        for r in (bound, lambda t, y: bound, compiled)
    ]
    for sol in runs:
        np.testing.assert_array_equal(sol.y, runs[0].y)
        np.testing.assert_allclose(sol.y[:, -1], exact(0.1), atol=2e-4)
    assert runs[0].nfev < solve_ivp(fun, (0, 0.1), y0, **kwargs).nfev
    seen = []

    def radius(t, y, k):
        seen.append((t, len(y), k))
        return bound

    solve_ivp(lambda t, y, k: fun(t, y), (0, 0.01), y0, args=(7,), spectral_radius=radius, **kwargs)
    assert {entry[1:] for entry in seen} == {(n, 7)}
    assert seen[0][0] == 0


def test_complex_backwards_events_and_controllers():
    sol = solve_ivp(
        lambda t, y: (-50 + 1j) * y, (0, 1), [1 + 0j], method="RKC", rtol=1e-7, atol=1e-12
    )
    np.testing.assert_allclose(sol.y[0, -1], np.exp(-50 + 1j), atol=1e-11)
    back = solve_ivp(lambda t, y: y, (1, 0), [np.e], method="RKC", rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(back.y[0, -1], 1, rtol=1e-4)
    fun, y0, _ = heat(50)
    found = solve_ivp(
        fun, (0, 1), y0, method="RKC", rtol=1e-6, atol=1e-9, events=lambda t, y: y[25] - 0.1
    )
    assert len(found.t_events[0]) == 1
    steps = {
        c: solve_ivp(fun, (0, 0.1), y0, method="RKC", rtol=1e-5, controller=c).nsteps
        for c in ("I", "PI", "Gustafsson")
    }
    assert len(set(steps.values())) > 1


def test_nothing_moves_and_what_is_not_finite():
    still = solve_ivp(lambda t, y: 0 * y, (0, 1), [0.0, 0.0], method="RKC")
    assert still.success
    assert not still.y.any()
    sol = solve_ivp(lambda t, y: [np.nan if t > 0.5 else -y[0]], (0, 1), [1.0], method="RKC")
    assert sol.status == -1
    assert sol.t[-1] <= 0.5 + 1e-6


def test_exceptions_come_out():
    problem = RuntimeError("radius")

    def radius(t, y):
        if t > 0.5:
            raise problem
        return 10.0

    with pytest.raises(RuntimeError) as info:
        solve_ivp(lambda t, y: -y, (0, 1), [1.0], method="RKC", spectral_radius=radius)
    assert info.value is problem


@pytest.mark.parametrize(
    ("radius", "error"),
    [
        (-1.0, ValueError),
        (np.nan, ValueError),
        (np.inf, ValueError),
        ("large", TypeError),
        (lambda t, y: np.nan, ValueError),
        (lambda t, y: -1.0, ValueError),
        (lambda t, y: None, TypeError),
        (lambda t, y: [1.0, 2.0], TypeError),
    ],
)
def test_bad_radius_is_named(radius, error):
    with pytest.raises(error, match="`spectral_radius`"):
        solve_ivp(lambda t, y: -y, (0, 1), [1.0, 2.0], method="RKC", spectral_radius=radius)


def test_other_methods_have_no_use_for_it():
    with pytest.warns(UserWarning, match="`spectral_radius`"):
        solve_ivp(lambda t, y: -y, (0, 1), [1.0], spectral_radius=3.0)

"""The method "auto": where it goes over to an implicit method and back, what it costs, every option."""

import numba
import numpy as np
import pytest
from ode_problems import PROBLEMS

from scikit.integrate import solve_ensemble, solve_ivp


def van_der_pol(t, y, mu=1e3):
    return [y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]]


scaled_van_der_pol, robertson, hires, oregonator, lotka_volterra, lorenz, kepler = (
    PROBLEMS[name](float).fun
    for name in (
        "van_der_pol_scaled",
        "robertson_1e5",
        "hires",
        "oregonator",
        "lotka_volterra",
        "lorenz",
        "kepler_0.9",
    )
)


def fast_oscillator(t, y):  # place and speed in units that differ much
    return [y[1], -1e6 * y[0]]


#: End points: from implicit Radau methods of orders 11 and 13 in quadruple precision.
STIFF = {
    "van der Pol, 1e3": (van_der_pol, 3000, [2, 0], [-1.51060693674411, 1.178380000730911e-03]),
    "van der Pol, 1e6": (scaled_van_der_pol, 2, [2, 0], [1.706167732170465, -0.892809701024816]),
    "Robertson": (
        robertson, 1e5, [1, 0, 0], [1.786592114209946e-02, 7.274751468436318e-08, 9.821340061103858e-01]
    ),
    "HIRES": (
        hires, 321.8122, [1, 0, 0, 0, 0, 0, 0, 0.0057],
        [7.371312573325667e-04, 1.442485726316184e-04, 5.888729740967575e-05, 1.175651343283149e-03,
         2.386356198831330e-03, 6.238968252742795e-03, 2.849998395185768e-03, 2.850001604814231e-03],
    ),
    "Oregonator": (
        oregonator, 360, [1, 2, 3], [1.000814870318522, 1.228178521549887e03, 1.320554942846508e02]
    ),
}  # fmt: skip
IMPLICIT = {"Rodas5P", "Radau", "BDF"}


@pytest.mark.parametrize("tol", [1e-3, 1e-5, 1e-8])
@pytest.mark.parametrize("name", STIFF)
def test_stiff_problems(name, tol):
    fun, end, y0, exact = STIFF[name]
    exact = np.array(exact)
    sol = solve_ivp(fun, (0, end), y0, method="auto", rtol=tol, atol=tol * 1e-4 * np.abs(exact))
    assert sol.success
    assert len(sol.methods) == 2
    assert sum(sol.methods.values()) == sol.nsteps == len(sol.t) - 1
    assert np.abs(sol.y[:, -1] / exact - 1).max() < 50 * tol
    alone = [solve_ivp(fun, (0, end), y0, method=m, rtol=tol, atol=tol * 1e-4 * np.abs(exact)).nfev
             for m in ("Rodas5P", "Radau")]  # fmt: skip
    assert sol.nfev < 1.8 * max(alone)


@pytest.mark.parametrize("name", ["HIRES", "Oregonator"])
def test_tight_tolerances_do_not_hide_stiffness(name):
    """There the explicit steps are well within their interval of stability, and many all the same."""
    fun, end, y0, _ = STIFF[name]
    options = {"rtol": 1e-10, "atol": 1e-14}
    sol = solve_ivp(fun, (0, end), y0, method="auto", **options)
    assert sol.nfev < 4 * solve_ivp(fun, (0, end), y0, method="Radau", **options).nfev


@pytest.mark.parametrize("tol", [1e-3, 1e-5, 1e-8, 1e-11])
@pytest.mark.parametrize(
    ("fun", "end", "y0"),
    [
        (lotka_volterra, 40, [1, 1]),
        (lorenz, 30, [1.0, 0, 0]),
        (kepler, 40, [0.1, 0, 0, 19**0.5]),
        (fast_oscillator, 0.5, [1.0, 0]),
    ],
    ids=["Lotka-Volterra", "Lorenz", "Kepler", "oscillator"],
)
def test_without_stiffness_it_is_the_explicit_method(fun, end, y0, tol):
    explicit = "Tsit5" if tol >= 1e-6 else "Vern7"
    auto = solve_ivp(fun, (0, end), y0, method="auto", rtol=tol, atol=tol, dense_output=True)
    alone = solve_ivp(fun, (0, end), y0, method=explicit, rtol=tol, atol=tol, dense_output=True)
    assert set(auto.methods) == {explicit}
    assert auto.nfev == alone.nfev
    np.testing.assert_array_equal(auto.y, alone.y)
    at = np.linspace(0, end, 50)
    np.testing.assert_array_equal(auto.sol(at), alone.sol(at))


def alternating(t, y):
    """Stiff in every second unit of time; without jumps."""
    rate = 1 + 1e5 * np.sin(np.pi * t / 2) ** 40
    return [-rate * (y[0] - np.cos(t)) - np.sin(t), y[0] - y[1]]


@pytest.mark.parametrize("tol", [1e-4, 1e-7])
def test_there_and_back_again(tol):
    sol = solve_ivp(
        alternating, (0, 8), [1.0, 0.5], method="auto", rtol=tol, atol=tol, dense_output=True
    )
    assert len(sol.methods) == 2
    t = np.linspace(0, 8, 400)
    exact = [np.cos(t), (np.cos(t) + np.sin(t)) / 2]
    np.testing.assert_allclose(sol.sol(t), exact, atol=50 * tol)
    explicit = solve_ivp(alternating, (0, 8), [1.0, 0.5], method="RK45", rtol=tol, atol=tol)
    assert sol.nfev < explicit.nfev / 10
    assert min(sol.methods.values()) > 15


OPTIONS = {"method": "auto", "rtol": 1e-6, "atol": 1e-9}


def test_one_solution_in_dense_output_and_t_eval():
    sol = solve_ivp(van_der_pol, (0, 2000), [2, 0], dense_output=True, **OPTIONS)
    radau = solve_ivp(
        van_der_pol, (0, 2000), [2, 0], method="Radau", dense_output=True, rtol=1e-10, atol=1e-12
    )
    assert len(sol.methods) == 2
    np.testing.assert_allclose(sol.sol(sol.t), sol.y, rtol=1e-12)
    at = np.linspace(0, 790, 300)
    np.testing.assert_allclose(sol.sol(at)[0], radau.sol(at)[0], rtol=1e-4)
    there = solve_ivp(van_der_pol, (0, 2000), [2, 0], t_eval=at, **OPTIONS)
    np.testing.assert_array_equal(there.y, sol.sol(at))
    stepwise = solve_ivp(
        van_der_pol, (0, 2000), [2, 0], step_callback=lambda t, y: False, **OPTIONS
    )
    np.testing.assert_array_equal(stepwise.t, sol.t)
    np.testing.assert_array_equal(stepwise.y, sol.y)
    assert stepwise.methods == sol.methods


def test_events_and_stops_do_not_start_all_over():
    def crossing(t, y):
        return y[0]

    sol = solve_ivp(van_der_pol, (0, 2000), [2, 0], events=crossing, **OPTIONS)
    radau = solve_ivp(
        van_der_pol, (0, 2000), [2, 0], method="Radau", events=crossing, rtol=1e-10, atol=1e-12
    )
    np.testing.assert_allclose(sol.t_events[0], radau.t_events[0], rtol=1e-5)
    crossing.terminal = True
    ended = solve_ivp(van_der_pol, (0, 2000), [2, 0], events=crossing, **OPTIONS)
    assert ended.status == 1
    stops = np.linspace(100, 700, 30)
    stopped = solve_ivp(van_der_pol, (0, 790), [2, 0], tstops=stops, **OPTIONS)
    assert set(stops) <= set(stopped.t)
    assert stopped.methods["Tsit5"] < 60  # the implicit method goes on after a stop
    np.testing.assert_allclose(
        stopped.y[0, -1], sol.y[0, np.searchsorted(sol.t, 790) - 1], atol=0.1
    )
    more = solve_ivp(van_der_pol, (790, 2000), None, restart=stopped, **OPTIONS)
    np.testing.assert_allclose(more.y[:, -1], sol.y[:, -1], rtol=1e-3)


def test_args_jac_and_backwards():
    seen = []

    def jac(t, y, mu):
        seen.append(mu)
        return [[0, 1], [-2 * mu * y[0] * y[1] - 1, mu * (1 - y[0] ** 2)]]

    fun, end, y0, exact = STIFF["van der Pol, 1e3"]
    sol = solve_ivp(fun, (0, end), y0, args=(1e3,), jac=jac, **OPTIONS)
    np.testing.assert_allclose(sol.y[:, -1], exact, rtol=1e-3)
    assert seen
    assert set(seen) == {1e3}
    back = solve_ivp(lambda t, y: [1e4 * (y[0] - np.cos(t)), y[1]], (5, 0), [0.0, 1.0], **OPTIONS)
    assert len(back.methods) == 2
    np.testing.assert_allclose(back.y[:, -1], [1, np.exp(-5)], atol=2e-4)


def test_complex_state():
    sol = solve_ivp(
        lambda t, y: [-1e4 * (y[0] - np.exp(1j * t)), 1j * y[1]], (0, 10), [0j, 1], **OPTIONS
    )
    assert len(sol.methods) == 2
    np.testing.assert_allclose(
        sol.y[:, -1], [1e4 * np.exp(10j) / (1e4 + 1j), np.exp(10j)], atol=1e-5
    )


def test_compiled_function():
    real = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))
    def fun(t, y, dydt, data):
        dydt[0] = y[1]
        dydt[1] = 1e3 * (1 - y[0] ** 2) * y[1] - y[0]
        return 0

    python = solve_ivp(van_der_pol, (0, 2000), [2, 0], **OPTIONS)
    compiled = solve_ivp(fun, (0, 2000), [2, 0], **OPTIONS)
    assert compiled.methods.keys() == python.methods.keys()
    np.testing.assert_allclose(compiled.y[:, -1], python.y[:, -1], rtol=1e-4)


def test_mass_matrix_is_implicit_from_the_start():
    def algebraic(t, y):
        return [-0.04 * y[0] + 1e4 * y[1] * y[2], 0.04 * y[0] - 1e4 * y[1] * y[2] - 3e7 * y[1] ** 2,
                y[0] + y[1] + y[2] - 1]  # fmt: skip

    sol = solve_ivp(
        algebraic, (0, 1e5), [1, 0, 0], mass=[1, 1, 0], method="auto", rtol=1e-6, atol=1e-11
    )
    assert set(sol.methods) <= IMPLICIT
    np.testing.assert_allclose(sol.y[:, -1], STIFF["Robertson"][3], rtol=1e-4)


@pytest.mark.parametrize("further", [{}, {"lband": 1, "uband": 1}, {"linear_solver": "gmres"}])
def test_many_equations(further):
    n = 150
    x = np.arange(1, n + 1) / (n + 1)

    def diffusion(t, u):
        return np.diff(np.concatenate([[0.0], u, [0.0]]), 2) * (n + 1) ** 2

    rate = 4 * (n + 1) ** 2 * np.sin(np.pi / 2 / (n + 1)) ** 2
    sol = solve_ivp(
        diffusion, (0, 0.1), np.sin(np.pi * x), method="auto", rtol=1e-5, atol=1e-8, **further
    )
    assert sol.methods["BDF"] > 0
    assert sol.nfev < 2000
    np.testing.assert_allclose(sol.y[:, -1], np.exp(-0.1 * rate) * np.sin(np.pi * x), atol=1e-4)


def test_an_ensemble():
    mu = np.array([1.0, 100.0, 1000.0])
    sol = solve_ensemble(lambda t, y, p: van_der_pol(t, y, p[0]), (0, 50), [2.0, 0.0], params=mu[:, None],
                         method="auto", rtol=1e-6, atol=1e-9)  # fmt: skip
    assert sol.success
    for k, value in enumerate(mu):
        one = solve_ivp(van_der_pol, (0, 50), [2, 0], args=(value,), **OPTIONS)
        np.testing.assert_array_equal(sol.y[k, :, -1], one.y[:, -1])


def test_steps_of_the_first_method_are_not_too_large_for_single_precision():
    """The first trial step of Robertson's problem has an error beyond 1e38."""
    sol = solve_ivp(
        robertson, (0, 1e5), [1, 0, 0], method="Tsit5", rtol=1e-3, atol=1e-6, max_steps=50
    )
    assert sol.nsteps > 20


def test_limits():
    sol = solve_ivp(van_der_pol, (0, 2000), [2, 0], max_steps=100, **OPTIONS)
    assert sol.status == -1
    assert sol.nsteps + sol.nrejected == 100
    with pytest.warns(UserWarning, match="`adaptive`"):
        solve_ivp(lotka_volterra, (0, 1), [1, 1], method="auto", adaptive=False, first_step=0.1)
    with pytest.raises(ValueError, match="KenCarp4"):
        solve_ivp((lotka_volterra, lotka_volterra), (0, 1), [1, 1], method="auto")
    problem = RuntimeError("in the implicit part")

    def fails(t, y):
        if t > 300:
            raise problem
        return van_der_pol(t, y)

    with pytest.raises(RuntimeError) as info:
        solve_ivp(fails, (0, 2000), [2, 0], **OPTIONS)
    assert info.value is problem
    controlled = solve_ivp(van_der_pol, (0, 2000), [2, 0], controller="PI", **OPTIONS)
    assert len(controlled.methods) == 2

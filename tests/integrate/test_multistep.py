"""BDF, Adams and LSODA: reference values, orders, switching, mass matrices, dense output, callbacks."""

import itertools
import math
import threading

import numba
import numpy as np
import pytest
import scipy.integrate

from scikit._core._callback import rhs_callback
from scikit.integrate import _ode_cy, solve_ivp
from scikit.integrate._options import IntegratorOptions, jacobian_callback

METHODS = ["BDF", "Adams", "LSODA"]


def integrator(
    fun, t0, t1, y0, method, rtol=1e-8, atol=1e-12, *, first_step=0.0, max_step=math.inf, **options
):
    y0 = np.array(y0)
    is_complex = y0.dtype.kind == "c"
    y0 = y0.astype(complex if is_complex else float).view(float)
    n = len(y0) // 2 if is_complex else len(y0)
    if options.get("jac") is not None:
        options["jac"] = jacobian_callback(
            options["jac"], (), n, is_complex, options.get("lower", -1), options.get("upper", -1)
        )
    callback = rhs_callback(fun, (), n, is_complex)
    return _ode_cy.Integrator(
        callback,
        method,
        float(t0),
        float(t1),
        y0,
        is_complex,
        rtol,
        atol,
        max_step,
        first_step,
        IntegratorOptions(**options),
    )


def robertson(t, y):
    a, b, c = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]
    return [b - a, a - b - c, c]


def robertson_jac(t, y):
    return [
        [-0.04, 1e4 * y[2], 1e4 * y[1]],
        [0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1]],
        [0, 6e7 * y[1], 0],
    ]


def hires(t, y):
    r = 280 * y[5] * y[7]
    return [
        -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007,
        1.71 * y[0] - 8.75 * y[1],
        -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4],
        8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3],
        -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6],
        -r + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6],
        r - 1.81 * y[6],
        -r + 1.81 * y[6],
    ]


def oregonator(t, y):
    return [
        77.27 * (y[1] + y[0] * (1 - 8.375e-6 * y[0] - y[1])),
        (y[2] - (1 + y[0]) * y[1]) / 77.27,
        0.161 * (y[0] - y[2]),
    ]


def lotka_volterra(t, y):
    return [1.5 * y[0] - y[0] * y[1], -3 * y[1] + y[0] * y[1]]


def henon_heiles(t, y):
    return [y[2], y[3], -y[0] - 2 * y[0] * y[1], -y[1] - y[0] ** 2 + y[1] ** 2]


# End values in quadruple precision (Radau IIA of orders 11 and 13, or extrapolation), equal to all digits at two
# tolerances.
STIFF = {
    "robertson 40": (robertson, 40, [1, 0, 0], [7.158270687194050e-01, 9.185534764557763e-06, 2.841637457458303e-01]),
    "robertson 1e5": (
        robertson, 1e5, [1, 0, 0], [1.786592114209946e-02, 7.274751468436318e-08, 9.821340061103858e-01],
    ),
    "robertson 1e11": (
        robertson, 1e11, [1, 0, 0], [2.083340149701294e-08, 8.333360770334783e-14, 9.999999791665151e-01],
    ),
    "hires": (
        hires, 321.8122, [1, 0, 0, 0, 0, 0, 0, 0.0057],
        [7.371312573325667e-04, 1.442485726316184e-04, 5.888729740967575e-05, 1.175651343283149e-03,
         2.386356198831330e-03, 6.238968252742795e-03, 2.849998395185768e-03, 2.850001604814231e-03],
    ),
    "oregonator": (oregonator, 360, [1, 2, 3], [1.000814870318522e00, 1.228178521549887e03, 1.320554942846508e02]),
    "van der Pol": (
        lambda t, y: [y[1], ((1 - y[0] ** 2) * y[1] - y[0]) / 1e-6], 2, [2, 0],
        [1.706167732170465e00, -8.92809701024816e-01],
    ),
}  # fmt: skip
NONSTIFF = {
    "lotka volterra": (lotka_volterra, 10, [1, 1], [1.026344767575089e00, 9.096910781360416e-01]),
    "van der Pol 1": (
        lambda t, y: [y[1], (1 - y[0] ** 2) * y[1] - y[0]], 20, [2, 0],
        [2.008149762174948e00, -4.25088752732021e-02],
    ),
    "henon heiles": (
        henon_heiles, 100, [0, 0.1, 0.5, 0],
        [2.251469891854318e-01, 3.920106535852880e-01, 1.881879739924355e-01, -1.41325670961727e-01],
    ),
}  # fmt: skip


@pytest.mark.parametrize("method", ["BDF", "LSODA"])
@pytest.mark.parametrize("name", STIFF)
def test_stiff_references(name, method):
    fun, t1, y0, reference = STIFF[name]
    res = solve_ivp(fun, (0, t1), y0, method=method, rtol=1e-9, atol=1e-15, t_eval=[t1])
    assert res.success
    np.testing.assert_allclose(res.y[:, -1], reference, rtol=1e-6)
    assert res.nsteps < 10_000
    assert 0 < res.njev <= res.nlu < res.nsteps


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", NONSTIFF)
def test_nonstiff_references(name, method):
    fun, t1, y0, reference = NONSTIFF[name]
    res = solve_ivp(fun, (0, t1), y0, method=method, rtol=1e-10, atol=1e-12, t_eval=[t1])
    np.testing.assert_allclose(res.y[:, -1], reference, rtol=2e-6 if method == "BDF" else 3e-7)
    if method == "BDF":
        assert res.njev > 0
    else:  # LSODA may try BDF where a component passes zero
        assert res.njev <= (res.nsteps / 50 if method == "LSODA" else 0)


@pytest.mark.parametrize("method", METHODS)
def test_error_follows_the_tolerance(method):
    errors = []
    for tol in (1e-4, 1e-6, 1e-8, 1e-10):
        res = solve_ivp(lotka_volterra, (0, 10), [1, 1], method=method, rtol=tol, atol=tol)
        errors.append(abs(res.y[0, -1] - 1.026344767575089))
    assert errors[0] < 3e-2
    for loose, tight in itertools.pairwise(errors):
        assert tight < loose / 4
    assert errors[-1] < errors[0] / 1e4


@pytest.mark.parametrize(
    ("method", "order"), [("BDF", q) for q in range(1, 6)] + [("Adams", q) for q in range(1, 7)]
)
def test_order_at_fixed_steps(method, order):
    # the errors of the first steps, of lower order, die out
    def fun(t, y):
        return -3 * (y - np.cos(t)) - np.sin(t)

    errors = []
    for steps in (256, 512):
        solver = integrator(
            fun,
            0,
            16,
            [1.0],
            method,
            1e-13,
            1e-13,
            first_step=16 / steps,
            jac=[[-3.0]],
            fixed=True,
            max_order=order,
        )
        solver.run(False, False, None)
        assert solver.counts()[3] == steps
        assert abs(solver.order) == order
        errors.append(abs(solver.y[0] - math.cos(16)))
    assert math.log2(errors[0] / errors[1]) > order - 0.3


def test_highest_orders_are_used():
    used = {method: set() for method in METHODS}
    for method in METHODS:
        solver = integrator(lambda t, y: [y[1], -y[0]], 0, 20, [1.0, 0.0], method, 1e-12, 1e-12)
        while solver.t < 20:
            assert solver.step() == 0
            used[method].add(solver.order)
    assert used["BDF"] == {-1, -2, -3, -4, -5}
    assert max(used["Adams"]) >= 8
    assert min(used["Adams"]) == 1
    assert used["LSODA"] == used["Adams"] or max(used["LSODA"]) >= 8


def test_max_order():
    for method, limit in (("BDF", 2), ("Adams", 3), ("LSODA", 3 + 256 * 2)):
        fun, y0 = (lotka_volterra, [1.0, 1]) if method == "Adams" else (robertson, [1.0, 0, 0])
        solver = integrator(fun, 0, 5, y0, method, 1e-5, 1e-10, max_order=limit)
        orders = set()
        while solver.t < 5:
            assert solver.step() == 0
            orders.add(solver.order)
        assert max(orders) <= 3
        assert min(orders) >= -2


def test_lsoda_switches_both_ways():
    # stiff until t = 1, then an oscillation
    def fun(t, y):
        if t <= 1:
            return [-1e5 * (y[0] - math.cos(t)) - math.sin(t), -y[1]]
        return [30 * y[1], -30 * y[0]]

    solver = integrator(fun, 0, 1, [1.0, 1.0], "LSODA", 1e-6, 1e-6)
    orders = []
    while solver.t < 1:
        assert solver.step() == 0
        orders.append(solver.order)
    assert orders[0] > 0 > orders[-1]
    solver.t_bound = 30.0
    while solver.t < 30:
        assert solver.step() == 0
        orders.append(solver.order)
    assert np.mean(np.array(orders[-500:]) > 0) > 0.9
    nfev, njev, nlu, nsteps, nrejected = solver.counts()
    assert 0 < njev <= nlu
    assert nlu < nsteps < 5000
    assert nrejected < nsteps
    assert nfev < 3 * (nsteps + nrejected)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("direction", [1, -1])
def test_dense_output(method, direction):
    def fun(t, y):
        return [y[1], -y[0]]

    t1 = 6.0 * direction
    res = solve_ivp(
        fun, (0, t1), [0.0, 1.0], method=method, rtol=1e-8, atol=1e-10, dense_output=True
    )
    t = np.linspace(0, t1, 500)
    np.testing.assert_allclose(res.sol(t)[0], np.sin(t), atol=2e-6)
    np.testing.assert_allclose(res.sol(res.t), res.y, rtol=1e-14, atol=1e-15)
    np.testing.assert_array_equal(res.t[[0, -1]], [0, t1])
    # continuous where two steps meet
    for k in range(1, len(res.t) - 1):
        side = res.sol(np.nextafter(res.t[k], [-100, 100]))
        np.testing.assert_allclose(side[:, 0], side[:, 1], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_t_eval_and_events(method):
    def fun(t, y):
        return [y[1], -y[0]]

    t_eval = np.linspace(0, 5, 77)
    res = solve_ivp(fun, (0, 5), [0.0, 1.0], method=method, rtol=1e-9, atol=1e-9, t_eval=t_eval,
                    events=lambda t, y: y[1])  # fmt: skip
    np.testing.assert_allclose(res.y[0], np.sin(t_eval), atol=3e-7)
    np.testing.assert_allclose(res.t_events[0], [math.pi / 2, 3 * math.pi / 2], atol=3e-7)


@pytest.mark.parametrize("method", METHODS)
def test_the_end_moves_on(method):
    solver = integrator(lotka_volterra, 0, 0.5, [1.0, 1.0], method, 1e-9, 1e-12)
    steps = []
    for end in (0.5, 0.50001, 4.0, 10.0):
        solver.t_bound = end
        while solver.t < end:
            assert solver.step() == 0
        assert solver.t == end
        steps.append(solver.counts()[3])
    np.testing.assert_allclose(solver.y, [1.026344767575089, 0.9096910781360416], rtol=1e-5)
    assert steps[1] - steps[0] == 1


@pytest.mark.parametrize("method", METHODS)
def test_complex(method):
    a = np.array([[-1 + 2j, 0.5], [0.25j, -3]])
    y0 = np.array([1 + 1j, 2])
    values, vectors = np.linalg.eig(a)
    expected = vectors @ (np.exp(values * 2) * np.linalg.solve(vectors, y0))
    solver = integrator(
        lambda t, y: a @ y, 0, 2, y0, method, 1e-10, 1e-12, jac=a if method == "BDF" else None
    )
    solver.run(False, False, None)
    np.testing.assert_allclose(solver.y.view(complex), expected, rtol=1e-7)
    assert solver.counts()[1] == 0


def test_adams_with_a_jacobian_takes_newton_steps():
    jac = [[-2000.0, 0], [0, -1]]
    fun = lambda t, y: [-2000 * (y[0] - math.cos(t)) - math.sin(t), -y[1]]  # noqa: E731
    newton = integrator(fun, 0, 2, [1.0, 1], "Adams", 1e-4, 1e-7, jac=jac, max_order=2)
    newton.run(False, False, None)
    functional = integrator(fun, 0, 2, [1.0, 1], "Adams", 1e-4, 1e-7, max_order=2)
    functional.run(False, False, None)
    np.testing.assert_allclose(newton.y, [math.cos(2), math.exp(-2)], rtol=2e-3)
    assert newton.counts()[2] > 0
    assert functional.counts()[2] == 0
    assert newton.counts()[0] < functional.counts()[0] / 10


@pytest.mark.parametrize("method", ["BDF", "LSODA"])
@pytest.mark.parametrize("banded", [False, True])
def test_singular_mass_matrix(method, banded):
    # Robertson's problem with the conservation of mass in place of the third equation
    def fun(t, y):
        f = robertson(t, y)
        return [f[0], f[1], y[0] + y[1] + y[2] - 1]

    mass = np.asfortranarray(np.diag([1.0, 1.0, 0.0]))

    def jac(t, y):
        full = np.array([*robertson_jac(t, y)[:2], [1.0, 1.0, 1.0]])
        if not banded:
            return full
        packed = np.zeros((5, 3))
        for i in range(3):
            for j in range(3):
                packed[2 + i - j, j] = full[i, j]
        return packed

    options = {"mass": mass}
    if banded:
        packed = np.zeros((5, 3), order="F")
        packed[2] = [1, 1, 0]
        options = {"mass": packed, "lower": 2, "upper": 2}
    solver = integrator(fun, 0, 1e5, [1.0, 0, 0], method, 1e-8, 1e-14, jac=jac, **options)
    solver.run(False, False, None)
    np.testing.assert_allclose(solver.y, STIFF["robertson 1e5"][3], rtol=1e-5)


def test_full_mass_matrix():
    mass = np.array([[2.0, 1.0], [0.5, 3.0]])
    a = np.array([[-3.0, 1.0], [2.0, -40.0]])
    values, vectors = np.linalg.eig(np.linalg.solve(mass, a))
    expected = vectors @ (np.exp(values) * np.linalg.solve(vectors, [1.0, 2.0]))
    for method in METHODS:
        solver = integrator(
            lambda t, y: a @ y, 0, 1, [1.0, 2.0], method, 1e-9, 1e-12, mass=np.asfortranarray(mass)
        )
        solver.run(False, False, None)
        np.testing.assert_allclose(solver.y, expected, rtol=1e-6)


def test_step_bounds():
    solver = integrator(lotka_volterra, 0, 10, [1.0, 1.0], "Adams", 1e-3, 1e-6, max_step=0.05)
    _, t, _, _, _ = solver.run(True, False, None)
    assert np.diff(t).max() <= 0.05 + 1e-12
    solver = integrator(robertson, 0, 40, [1.0, 0, 0], "BDF", 1e-6, 1e-12, max_steps=20)
    assert solver.run(False, False, None)[0] == 11
    assert solver.counts()[3] <= 20
    # y = 1 / (1 - t) ends at t = 1
    solver = integrator(lambda t, y: y * y, 0, 2, [1.0], "BDF", 1e-6, 1e-9, min_step=1e-5)
    assert solver.run(False, False, None)[0] == 10
    assert 0.9 < solver.t < 1.1


@pytest.mark.parametrize("method", METHODS)
def test_not_finite(method):
    def fun(t, y):
        return [math.nan if t > 0.5 else -y[0]]

    res = solve_ivp(fun, (0, 1), [1.0], method=method)
    assert not res.success
    assert 0.4 < res.t[-1] <= 0.5
    assert np.isfinite(res.y).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("call", [1, 2, 20, "last"])
def test_exceptions_come_out(method, call):
    class Own(Exception):
        pass

    error = Own("from the right-hand side")
    total = 0

    def fun(t, y):
        nonlocal total
        total += 1
        if total == limit:
            raise error
        return robertson(t, y)

    limit = -1
    solve_ivp(fun, (0, 1), [1.0, 0, 0], method=method)
    limit, total = total if call == "last" else call, 0
    with pytest.raises(Own) as caught:
        solve_ivp(fun, (0, 1), [1.0, 0, 0], method=method)
    assert caught.value is error
    assert total == limit


def test_nested_and_concurrent():
    def inner(t):
        return solve_ivp(
            robertson, (0, 1 + t), [1.0, 0, 0], method="LSODA", rtol=1e-6, atol=1e-10
        ).y[0, -1]

    def outer(t, y):
        return [inner(t) * y[0]]

    expected = solve_ivp(outer, (0, 0.1), [1.0], method="Adams").y
    found = [None] * 4

    def work(k):
        found[k] = solve_ivp(outer, (0, 0.1), [1.0], method="Adams").y

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for y in found:
        np.testing.assert_array_equal(y, expected)


def test_compiled_equals_python():
    real = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))
    def compiled(t, y, dydt, data):
        dydt[0] = 1.5 * y[0] - y[0] * y[1]
        dydt[1] = -3 * y[1] + y[0] * y[1]
        return 0

    for method in METHODS:
        a = solve_ivp(compiled, (0, 10), [1.0, 1.0], method=method, rtol=1e-6)
        b = solve_ivp(lotka_volterra, (0, 10), [1.0, 1.0], method=method, rtol=1e-6)
        np.testing.assert_allclose(a.y[:, -1], b.y[:, -1], rtol=1e-3)


def test_as_accurate_as_scipy_with_as_few_calls():
    for fun, t1, y0, reference in (STIFF["robertson 1e5"], STIFF["hires"]):
        ours = solve_ivp(fun, (0, t1), y0, method="LSODA", rtol=1e-6, atol=1e-10)
        theirs = scipy.integrate.solve_ivp(fun, (0, t1), y0, method="BDF", rtol=1e-6, atol=1e-10)
        error = [np.max(np.abs(r.y[:, -1] / reference - 1)) for r in (ours, theirs)]
        assert error[0] < max(error[1], 1e-4)
        assert ours.nfev < 1.5 * theirs.nfev


@pytest.mark.parametrize("method", ["BDF", "LSODA"])
def test_interrupt(method, interrupt):
    code = (
        "import numpy as np\nfrom scikit.integrate import solve_ivp\n"
        "f = lambda t, y: [1e3 * (np.cos(1e4 * t) - y[0])]\n"
        f"solve_ivp(f, (0, 1e-3), [0.0], method='{method}')\nprint('ready', flush=True)\n"
        f"try:\n    solve_ivp(f, (0, 1e9), [0.0], method='{method}', t_eval=[1e9])\n"
        "except KeyboardInterrupt:\n    print('interrupted', flush=True)\n"
    )
    answer, seconds = interrupt(code)
    assert answer == "interrupted"
    assert seconds < 1.0

"""solve_ivp: closed forms, SciPy, orders of convergence, options, events, bad input."""

import math

import numba
import numpy as np
import pytest
import scipy.integrate
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit.integrate import OdeSolution, solve_ivp
from scikit.testing import array_layouts

METHODS = ["RK23", "RK45", "DOP853"]
ORDERS = {"RK23": 3, "RK45": 5, "DOP853": 8}


def kepler(t, y):
    r3 = (y[0] * y[0] + y[1] * y[1]) ** 1.5
    return [y[2], y[3], -y[0] / r3, -y[1] / r3]


def kepler_start(e):
    return np.array([1 - e, 0, 0, math.sqrt((1 + e) / (1 - e))])


def kepler_exact(t, e):
    """Position on the orbit of eccentricity e and period 2 pi, by Kepler's equation."""
    anomaly = t
    for _ in range(100):
        anomaly -= (anomaly - e * math.sin(anomaly) - t) / (1 - e * math.cos(anomaly))
    return np.array([math.cos(anomaly) - e, math.sqrt(1 - e * e) * math.sin(anomaly)])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("tol", [1e-4, 1e-7, 1e-10])
def test_kepler_against_kepler_s_equation(method, tol):
    if method == "RK23" and tol < 1e-7:
        tol = 1e-7
    sol = solve_ivp(kepler, (0, 7), kepler_start(0.3), method=method, rtol=tol, atol=tol)
    assert sol.success
    assert np.abs(sol.y[:2, -1] - kepler_exact(7, 0.3)).max() < 300 * tol


@pytest.mark.parametrize("method", METHODS)
def test_order_of_convergence(method):
    """Steps of a fixed size: the error falls with the method's order."""
    order = ORDERS[method]
    errors = []
    sizes = np.array([0.2, 0.1]) * (2 if method == "DOP853" else 1)
    for h in sizes:
        sol = solve_ivp(
            lambda t, y: [y[1], -y[0]],
            (0, 4),
            [1, 0],
            method=method,
            first_step=h,
            max_step=h,
            rtol=1e3,
            atol=1e3,
        )
        errors.append(np.hypot(*(sol.y[:, -1] - [np.cos(4), -np.sin(4)])))
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.35)


@pytest.mark.parametrize("method", METHODS)
def test_order_of_the_interpolant(method):
    """The continuous solution of one step converges at least with the order that the method promises."""
    promised = {"RK23": 3, "RK45": 4, "DOP853": 7}[method]
    errors = []
    for h in (0.8, 0.4):
        sol = solve_ivp(
            lambda t, y: y,
            (0, h),
            [1.0],
            method=method,
            first_step=h,
            rtol=1e3,
            atol=1e3,
            dense_output=True,
        ).sol
        x = np.linspace(0, h, 21)
        errors.append(np.abs(sol(x)[0] - np.exp(x)).max())
    assert math.log2(errors[0] / errors[1]) > promised


@pytest.mark.parametrize("method", ["RK23", "RK45"])
@pytest.mark.parametrize("span", [(0, 10), (10, -2)])
def test_takes_scipy_s_steps(method, span):
    def lotka(t, y):
        return [1.5 * y[0] - y[0] * y[1], -3 * y[1] + y[0] * y[1]]

    kwargs = {"method": method, "rtol": 1e-6, "atol": 1e-9}
    ours = solve_ivp(lotka, span, [1, 1], **kwargs)
    theirs = scipy.integrate.solve_ivp(lotka, span, [1, 1], **kwargs)
    assert ours.nfev == theirs.nfev
    # sizes of steps are computed in single precision
    np.testing.assert_allclose(ours.t, theirs.t, rtol=1e-4)
    np.testing.assert_allclose(ours.y, theirs.y, rtol=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_t_eval_and_dense_output_agree(method):
    points = np.linspace(0.3, 6.9, 57)
    kwargs = {"method": method, "rtol": 1e-6, "atol": 1e-8}
    at = solve_ivp(kepler, (0, 7), kepler_start(0.5), t_eval=points, **kwargs)
    dense = solve_ivp(kepler, (0, 7), kepler_start(0.5), dense_output=True, **kwargs)
    np.testing.assert_array_equal(at.t, points)
    np.testing.assert_allclose(at.y, dense.sol(points), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(dense.sol(dense.t), dense.y, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(dense.sol(dense.t[3]), dense.sol(dense.t)[:, 3])
    assert len(dense.sol.interpolants) == len(dense.t) - 1 == dense.nsteps
    np.testing.assert_allclose(dense.sol.interpolants[2](dense.t[2]), dense.y[:, 2], rtol=1e-14)


def test_t_eval_backwards_with_both_ends():
    points = np.linspace(3, -1, 9)
    sol = solve_ivp(lambda t, y: y, (3, -1), [np.exp(3.0)], t_eval=points, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(sol.y[0], np.exp(points), rtol=1e-8)
    assert sol.y[0, 0] == np.exp(3.0)


def test_empty_t_eval():
    sol = solve_ivp(lambda t, y: -y, (0, 1), [1.0, 2.0], t_eval=[])
    assert sol.t.shape == (0,)
    assert sol.y.shape == (2, 0)
    assert sol.success


@pytest.mark.parametrize("method", METHODS)
def test_complex(method):
    sol = solve_ivp(
        lambda t, y: 1j * y,
        (0, 5),
        [1 + 0j],
        method=method,
        rtol=1e-7,
        atol=1e-9,
        dense_output=True,
    )
    assert sol.y.dtype == complex
    np.testing.assert_allclose(sol.y[0], np.exp(1j * sol.t), rtol=1e-5)
    np.testing.assert_allclose(sol.sol(2.5), [np.exp(2.5j)], rtol=1e-5)
    theirs = scipy.integrate.solve_ivp(
        lambda t, y: 1j * y, (0, 5), [1 + 0j], method=method, rtol=1e-7, atol=1e-9
    )
    if method != "DOP853":
        assert sol.nfev == theirs.nfev


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 8, 9, 31])
def test_any_number_of_equations(n):
    """Every remainder of the kernels' blocks."""
    rates, points = np.linspace(0.1, 2.0, n), np.linspace(0, 1, 301)
    options = {"method": "DOP853", "rtol": 1e-10, "atol": 1e-12}
    sol = solve_ivp(
        lambda t, y: -rates * y, (0, 1), np.ones(n), t_eval=points, dense_output=True, **options
    )
    np.testing.assert_allclose(sol.y, np.exp(-np.outer(rates, points)), rtol=1e-9)
    some = solve_ivp(lambda t, y: -rates * y, (0, 1), np.ones(n), t_eval=points[5::7], **options)
    np.testing.assert_array_equal(some.y, sol.y[:, 5::7])
    np.testing.assert_allclose(sol.sol(points), sol.y, rtol=1e-14)


def test_many_steps_grow_the_buffers():
    sol = solve_ivp(lambda t, y: [np.cos(t)], (0, 2), [0.0], max_step=2 / 1500, dense_output=True)
    assert len(sol.t) > 1500
    assert np.all(np.diff(sol.t) > 0)
    np.testing.assert_allclose(sol.y[0], np.sin(sol.t), atol=1e-9)
    x = np.linspace(0, 2, 777)
    np.testing.assert_allclose(sol.sol(x)[0], np.sin(x), atol=1e-9)


def test_vectorized_and_args():
    sol = solve_ivp(
        lambda t, y, a, b: a * y + b,
        (0, 1),
        [1.0, 2.0],
        vectorized=True,
        args=(0.5, 0.0),
        rtol=1e-8,
    )
    np.testing.assert_allclose(sol.y[:, -1], np.exp(0.5) * np.array([1, 2]), rtol=1e-6)


def test_atol_may_differ_by_component():
    def fun(t, y):
        return [-y[0], 1e-6 * np.cos(10 * t)]

    loose = solve_ivp(fun, (0, 2), [1.0, 0.0], atol=1e-6)
    tight = solve_ivp(fun, (0, 2), [1.0, 0.0], atol=[1e-6, 1e-14])
    assert tight.nsteps > loose.nsteps


@pytest.mark.parametrize("option", ["max_step", "first_step", "rtol", "atol"])
def test_every_option_has_an_effect(option):
    value = {"max_step": 0.01, "first_step": 1e-5, "rtol": 1e-9, "atol": 1e-12}[option]
    base = {"rtol": 1e-10} if option == "atol" else {}
    plain = solve_ivp(lambda t, y: -y, (0, 3), [1.0], **base)
    other = solve_ivp(lambda t, y: -y, (0, 3), [1.0], **base, **{option: value})
    assert other.nsteps > plain.nsteps
    if option == "first_step":
        assert other.t[1] == value
    if option == "max_step":
        assert np.diff(other.t).max() <= value * (1 + 1e-12)


def falling(t, y):
    return [y[1], -9.81]


def hit(t, y):
    return y[0]


hit.terminal = True
hit.direction = -1


def apex(t, y):
    return y[1]


@pytest.mark.parametrize("method", METHODS)
def test_events_of_a_throw(method):
    sol = solve_ivp(
        falling,
        (0, 100),
        [0, 10.0],
        method=method,
        events=[hit, apex],
        dense_output=True,
        rtol=1e-9,
        atol=1e-9,
    )
    assert sol.status == 1
    assert sol.message == "A termination event occurred."
    np.testing.assert_allclose(sol.t_events[0], [20 / 9.81], rtol=1e-9)
    np.testing.assert_allclose(sol.t_events[1], [10 / 9.81], rtol=1e-9)
    np.testing.assert_allclose(sol.y_events[1], [[50 / 9.81, 0]], atol=1e-7)
    assert sol.t[-1] == sol.t_events[0][0]
    np.testing.assert_allclose(sol.sol(sol.t[-1]), sol.y[:, -1], atol=1e-12)
    assert sol.sol.t_max == sol.t[-1]


def test_terminal_counts_direction_and_t_eval():
    def crossing(t, y):
        return y[0]

    crossing.terminal = 3
    crossing.direction = 1
    sol = solve_ivp(
        lambda t, y: [y[1], -y[0]], (0, 100), [1.0, 0.0], events=crossing, t_eval=np.linspace(0, 100, 201), rtol=1e-8,
        atol=1e-10,
    )  # fmt: skip
    np.testing.assert_allclose(sol.t_events[0], np.pi * np.array([1.5, 3.5, 5.5]), rtol=1e-6)
    assert sol.t[-1] <= sol.t_events[0][-1] < sol.t[-1] + 0.5
    np.testing.assert_allclose(sol.y[0], np.cos(sol.t), atol=1e-5)


def test_events_with_args_backwards_and_complex():
    sol = solve_ivp(
        lambda t, y, w: 1j * w * y,
        (0, -3),
        [1 + 0j],
        args=(2.0,),
        events=lambda t, y, w: y[0].real,
        rtol=1e-8,
    )
    np.testing.assert_allclose(sol.t_events[0], [-np.pi / 4, -3 * np.pi / 4], rtol=1e-5)
    assert sol.y_events[0].dtype == complex


def test_no_event_found():
    sol = solve_ivp(lambda t, y: -y, (0, 1), [1.0], events=lambda t, y: y[0] + 1)
    assert sol.t_events[0].shape == (0,)
    assert sol.y_events[0].shape == (0,)


def test_an_event_s_exception_comes_out():
    problem = RuntimeError("event")

    def event(t, y):
        if t > 0.5:
            raise problem
        return 1.0

    with pytest.raises(RuntimeError) as info:
        solve_ivp(lambda t, y: -y, (0, 1), [1.0], events=event)
    assert info.value is problem


@pytest.mark.parametrize("events", [None, lambda t, y: 1.0])
def test_a_singularity_ends_with_a_message(events):
    sol = solve_ivp(lambda t, y: y * y, (0, 2), [1.0], events=events)
    assert sol.status == -1
    assert not sol.success
    assert "step size" in sol.message
    assert sol.t[-1] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_right_hand_side_that_is_not_finite_ends(bad):
    sol = solve_ivp(lambda t, y: [bad if t > 0.5 else -y[0]], (0, 1), [1.0])
    assert sol.status == -1
    assert sol.t[-1] <= 0.5 + 1e-9


def test_zero_length_and_no_equations():
    sol = solve_ivp(lambda t, y: -y, (1, 1), [2.0], dense_output=True)
    assert sol.success
    np.testing.assert_array_equal(sol.y, [[2.0, 2.0]])
    assert sol.sol(1.0) == [2.0]
    for end in (5, np.inf):
        assert solve_ivp(lambda t, y: y, (0, end), np.zeros(0)).y.shape == (0, 2)


def test_zero_solution_with_zero_atol():
    sol = solve_ivp(lambda t, y: [0 * y[0], -y[1]], (0, 1), [0.0, 1.0], atol=0)
    assert sol.success
    assert not sol.y[0].any()


@pytest.mark.parametrize(
    ("kwargs", "error", "text"),
    [
        ({"method": "RK46"}, ValueError, "`method` must be one of"),
        ({"t_span": (0,)}, ValueError, "`t_span` must be two numbers"),
        ({"t_span": (0, np.inf)}, ValueError, "`t_span` is infinite"),
        ({"y0": [[1.0]]}, ValueError, "`y0` must be 1-dimensional"),
        ({"y0": 1.0}, ValueError, "`y0` must be 1-dimensional"),
        ({"y0": [np.nan]}, ValueError, "initial state `y0` must be finite"),
        ({"y0": ["a"]}, TypeError, "`y0` must hold"),
        ({"y0": [None]}, TypeError, "`y0` must hold"),
        ({"rtol": -1.0}, ValueError, "`rtol`"),
        ({"rtol": np.nan}, ValueError, "`rtol`"),
        ({"rtol": [1e-3, 1e-3]}, ValueError, "`rtol` has wrong shape"),
        ({"atol": -1.0}, ValueError, "`atol`"),
        ({"atol": [1.0, 1.0]}, ValueError, "`atol` has wrong shape"),
        ({"max_step": 0.0}, ValueError, "`max_step`"),
        ({"first_step": 2.0}, ValueError, "`first_step` exceeds"),
        ({"first_step": -1.0}, ValueError, "`first_step` must be positive"),
        ({"t_eval": [0.5, 0.2]}, ValueError, "`t_eval` are not properly sorted"),
        ({"t_eval": [0.5, 2.0]}, ValueError, "`t_eval` are not within"),
        ({"t_eval": [[0.5]]}, ValueError, "`t_eval` must be 1-dimensional"),
        ({"t_eval": [np.nan]}, ValueError, "`t_eval`"),
        ({"args": 3.0}, TypeError, "cannot be unpacked"),
        ({"events": "now"}, TypeError, r"`events\[0\]` must be callable"),
    ],
)
def test_bad_arguments_are_named(kwargs, error, text):
    arguments = {"fun": lambda t, y: -y, "t_span": (0, 1), "y0": [1.0], **kwargs}
    with pytest.raises(error, match=text):
        solve_ivp(**arguments)


def test_bad_terminal():
    def event(t, y):
        return y[0]

    event.terminal = -2
    with pytest.raises(ValueError, match="terminal"):
        solve_ivp(lambda t, y: -y, (0, 1), [1.0], events=event)


def test_warnings_point_at_the_caller():
    with pytest.warns(UserWarning, match="`rtol` is too small") as found:
        solve_ivp(lambda t, y: -y, (0, 1e-3), [1.0], rtol=1e-17)
    assert found[0].filename == __file__
    with pytest.warns(UserWarning, match="`jac`, `lband`") as found:
        solve_ivp(lambda t, y: -y, (0, 1e-3), [1.0], jac=[[1.0]], lband=1)
    assert found[0].filename == __file__


def test_layouts_of_the_start():
    expected = solve_ivp(lambda t, y: -y, (0, 1), [1.0, 2.0, 3.0]).y
    for y0 in array_layouts(np.array([1.0, 2.0, 3.0])).values():
        np.testing.assert_array_equal(solve_ivp(lambda t, y: -y, (0, 1), y0).y, expected)


@settings(max_examples=40, deadline=None)
@given(
    e=st.floats(0, 0.7),
    t1=st.floats(0.1, 6.0),
    method=st.sampled_from(METHODS[1:]),
    tol=st.sampled_from([1e-5, 1e-8]),
)
def test_energy_and_momentum_of_any_orbit(e, t1, method, tol):
    y = solve_ivp(kepler, (0, t1), kepler_start(e), method=method, rtol=tol, atol=tol).y[:, -1]
    energy = 0.5 * (y[2] ** 2 + y[3] ** 2) - 1 / math.hypot(y[0], y[1])
    assert energy == pytest.approx(-0.5, abs=3000 * tol)
    assert y[0] * y[3] - y[1] * y[2] == pytest.approx(math.sqrt(1 - e * e), abs=3000 * tol)


def test_result_is_a_dict_with_attributes():
    sol = solve_ivp(lambda t, y: -y, (0, 1), [1.0])
    assert sol["t"] is sol.t
    assert "message: " in repr(sol)
    assert {"t", "y", "nfev", "nsteps", "nrejected"} <= set(dir(sol))
    with pytest.raises(AttributeError):
        sol.nothing  # noqa: B018


def test_solution_checks_its_pieces():
    sol = solve_ivp(lambda t, y: -y, (0, 1), [1.0], dense_output=True).sol
    again = OdeSolution(sol.ts, sol.interpolants)
    np.testing.assert_array_equal(again(0.4), sol(0.4))
    with pytest.raises(ValueError, match="`ts`"):
        OdeSolution(sol.ts[:-1], sol.interpolants)
    with pytest.raises(ValueError, match="`t` must be"):
        sol([[0.1]])


def test_ctrl_c_stops_a_compiled_integration(interrupt):
    code = (
        "import numba, sys\nfrom scikit.integrate import solve_ivp\n"
        "p = numba.types.CPointer(numba.types.float64)\n"
        "@numba.cfunc(numba.types.int32(numba.types.float64, p, p, numba.types.voidptr))\n"
        "def f(t, y, dydt, data):\n    dydt[0] = y[1]\n    dydt[1] = -y[0]\n    return 0\n"
        "solve_ivp(f, (0, 1), [1.0, 0.0])\n"
        "print('ready', flush=True)\n"
        "try:\n    solve_ivp(f, (0, 1e9), [1.0, 0.0], t_eval=[1e9])\n"
        "except KeyboardInterrupt:\n    print('interrupted', solve_ivp(f, (0, 1), [1.0, 0.0]).success)\n"
    )
    answer, seconds = interrupt(code)
    assert answer == "interrupted True"
    assert seconds < 1.0


def test_compiled_equals_python():
    real = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))
    def compiled(t, y, dydt, data):
        dydt[0] = y[1]
        dydt[1] = -y[0]
        return 0

    for method in METHODS:
        a = solve_ivp(compiled, (0, 10), [1.0, 0.0], method=method)
        b = solve_ivp(lambda t, y: [y[1], -y[0]], (0, 10), [1.0, 0.0], method=method)
        np.testing.assert_array_equal(a.y, b.y)
        assert a.nfev == b.nfev

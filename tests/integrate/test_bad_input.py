"""Bad input of every method gives an error that names the argument, or the documented result."""

import numpy as np
import pytest

from scikit import integrate
from scikit.integrate import RK45, _ode_cy, odeint, solve_ensemble, solve_ivp

METHODS = tuple(_ode_cy.METHODS)
IMPLICIT = ("BDF", "Radau", "Rodas5P", "Rosenbrock23")
CLASSES = ("RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA")


def decay(t, y):
    return -y


BAD = {
    "y0 is not finite": ({"y0": [np.nan, 1.0]}, ValueError, "`y0`"),
    "y0 is infinite": ({"y0": [np.inf, 1.0]}, ValueError, "`y0`"),
    "y0 is a number": ({"y0": 1.0}, ValueError, "`y0`"),
    "y0 is a matrix": ({"y0": [[1.0, 2.0]]}, ValueError, "`y0`"),
    "y0 holds text": ({"y0": ["a", "b"]}, TypeError, "`y0`"),
    "y0 holds objects": ({"y0": np.array([object(), 1])}, TypeError, "`y0`"),
    "y0 holds a huge integer": ({"y0": [10**400, 1]}, TypeError, "`y0`"),
    "y0 is None": ({"y0": None}, ValueError, "`y0`"),
    "fun gives None": ({"fun": lambda t, y: None}, TypeError, "`fun`"),
    "fun gives three": ({"fun": lambda t, y: [1.0, 2.0, 3.0]}, ValueError, "`fun`"),
    "fun gives a matrix": ({"fun": lambda t, y: [[1.0, 2.0]]}, ValueError, "`fun`"),
    "fun is a number": ({"fun": 3}, TypeError, "`fun`"),
    "fun is None": ({"fun": None}, TypeError, "`fun`"),
    "t_span is NaN": ({"t_span": (0, np.nan)}, ValueError, "`t_span`"),
    "t_span has no end": ({"t_span": (0, np.inf)}, ValueError, "`t_span`"),
    "t_span has no start": ({"t_span": (-np.inf, 0)}, ValueError, "`t_span`"),
    "t_span has three": ({"t_span": (0, 1, 2)}, ValueError, "`t_span`"),
    "t_span is text": ({"t_span": "ab"}, ValueError, "`t_span`"),
    "t_span is complex": ({"t_span": (0, 1j)}, ValueError, "`t_span`"),
    "both tolerances zero": ({"rtol": 0, "atol": 0}, ValueError, "`rtol` and `atol`"),
    "rtol is negative": ({"rtol": -1}, ValueError, "`rtol`"),
    "rtol is NaN": ({"rtol": np.nan}, ValueError, "`rtol`"),
    "rtol has three": ({"rtol": [1e-3] * 3}, ValueError, "`rtol`"),
    "atol is NaN": ({"atol": np.nan}, ValueError, "`atol`"),
    "atol has three": ({"atol": [1e-3] * 3}, ValueError, "`atol`"),
    "max_step is zero": ({"max_step": 0}, ValueError, "`max_step`"),
    "max_step is NaN": ({"max_step": np.nan}, ValueError, "`max_step`"),
    "max_step is text": ({"max_step": "a"}, TypeError, "`max_step`"),
    "first_step is too large": ({"first_step": 5.0}, ValueError, "`first_step`"),
    "first_step is zero": ({"first_step": 0.0}, ValueError, "`first_step`"),
    "min_step is negative": ({"min_step": -1.0}, ValueError, "`min_step`"),
    "max_steps is zero": ({"max_steps": 0}, ValueError, "`max_steps`"),
    "max_steps is no integer": ({"max_steps": 1.5}, TypeError, "`max_steps`"),
    "t_eval lies outside": ({"t_eval": [5.0]}, ValueError, "`t_eval`"),
    "t_eval is unordered": ({"t_eval": [0.5, 0.1]}, ValueError, "`t_eval`"),
    "t_eval is a matrix": ({"t_eval": [[0.1]]}, ValueError, "`t_eval`"),
    "t_eval is NaN": ({"t_eval": [np.nan]}, ValueError, "`t_eval`"),
    "args is a number": ({"args": 3}, TypeError, "args"),
    "events is a number": ({"events": 3}, TypeError, "`events`"),
    "an event is text": ({"events": ["a"]}, TypeError, r"`events\[0\]`"),
    "an event gives two": ({"events": lambda t, y: [1.0, 2.0]}, TypeError, "event"),
    "an event gives None": ({"events": lambda t, y: None}, TypeError, "event"),
    "an event is complex": ({"events": lambda t, y: 1j}, TypeError, "event"),
    "tstops lie outside": ({"tstops": [5.0]}, ValueError, "`tstops`"),
    "step_callback is a number": ({"step_callback": 3}, TypeError, "`step_callback`"),
    "restart is a number": ({"restart": 3}, TypeError, "`restart`"),
    "progress is a number": ({"progress": 3}, TypeError, "`progress`"),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", BAD)
def test_solve_ivp(method, case):
    change, error, text = BAD[case]
    arguments = {"fun": decay, "t_span": (0, 1), "y0": [1.0, 2.0], "method": method, **change}
    with pytest.raises(error, match=text):
        solve_ivp(**arguments)


@pytest.mark.parametrize("method", METHODS)
def test_fixed_steps_without_a_size(method):
    if method in ("BDF", "Adams", "LSODA", "auto"):  # whose steps and orders belong together
        with pytest.warns(UserWarning, match="no effect for a chosen solver: `adaptive`"):
            solve_ivp(decay, (0, 1), [1.0, 2.0], method=method, adaptive=False)
    else:
        with pytest.raises(ValueError, match="`first_step`"):
            solve_ivp(decay, (0, 1), [1.0, 2.0], method=method, adaptive=False)


def test_a_user_s_solver_class_is_run_with_what_was_asked_of_it():
    steps = []

    class Mine(RK45):
        def _step_impl(self):
            steps.append(self.rtol)
            return super()._step_impl()

    sol = solve_ivp(decay, (0, 1), [1.0, 2.0], method=Mine, rtol=1e-7)
    assert set(steps) == {1e-7}
    assert len(steps) == sol.nsteps


@pytest.mark.parametrize("method", ["Radau", "BDF", "Rodas5P", "KenCarp4", "LSODA", "Vern9"])
def test_an_infinite_interval_ends_with_max_steps_or_the_range_of_numbers(method):
    sol = solve_ivp(decay, (0, np.inf), [1.0, 2.0], method=method, max_steps=1000)
    assert sol.status == -1


@pytest.mark.parametrize("value", [[1j, 2j], ["a", "b"], "ab", {}])
@pytest.mark.parametrize("method", METHODS)
def test_right_hand_side_of_another_type(method, value):
    with pytest.raises((TypeError, ValueError)):
        solve_ivp(lambda t, y: value, (0, 1), [1.0, 2.0], method=method)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_no_error(method):
    empty = solve_ivp(decay, (0, 1), [], method=method)
    assert empty.success
    assert empty.y.shape == (0, 2)
    still = solve_ivp(decay, (1, 1), [2.0], method=method)
    np.testing.assert_array_equal(still.y, [[2.0, 2.0]])
    back = solve_ivp(decay, (1, 0), [1.0], method=method, rtol=1e-6, atol=1e-9)
    assert back.y[0, -1] == pytest.approx(np.e, rel=1e-3)
    one = solve_ivp(lambda t, y: 1.0, (0, 1), [1.0, 2.0], method=method)  # one for all, as NumPy
    np.testing.assert_allclose(one.y[:, -1], [2.0, 3.0], rtol=1e-3)
    failed = solve_ivp(lambda t, y: [None, None], (0, 1), [1.0, 2.0], method=method)  # NaN
    assert failed.status == -1
    quiet = solve_ivp(decay, (0, 1), [1.0], method=method, events=lambda t, y: np.nan)
    assert quiet.success
    assert quiet.t_events[0].size == 0


BAD_MATRICES = {
    "jac has another shape": ({"jac": [[1.0, 2.0, 3.0]]}, ValueError, "`jac`"),
    "jac is a vector": ({"jac": [1.0, 2.0]}, ValueError, "`jac`"),
    "jac gives another shape": ({"jac": lambda t, y: np.zeros((3, 3))}, ValueError, "`jac`"),
    "jac gives None": ({"jac": lambda t, y: None}, TypeError, "`jac`"),
    "jac gives complex": ({"jac": lambda t, y: 1j * np.eye(2)}, TypeError, "`jac`"),
    "jac is not banded": ({"jac": np.ones((3, 3)), "lband": 1, "uband": 0}, ValueError, "`jac`"),
    "lband is too large": ({"lband": 5}, ValueError, "`lband`"),
    "uband is negative": ({"uband": -1}, ValueError, "`uband`"),
    "sparsity of another shape": ({"jac_sparsity": np.ones((3, 3))}, ValueError, "`jac_sparsity`"),
    "unknown linear solver": ({"linear_solver": "x"}, ValueError, "`linear_solver`"),
    "preconditioner is a number": (
        {"linear_solver": "gmres", "preconditioner": 3},
        TypeError,
        "`preconditioner`",
    ),
    "mass has another shape": ({"mass": np.ones((3, 3))}, ValueError, "`mass`"),
    "mass is not finite": ({"mass": [np.nan, 1.0]}, ValueError, "`mass`"),
    "mass is text": ({"mass": "ab"}, TypeError, "`mass`"),
    "mass is complex": ({"mass": [1j, 1.0]}, TypeError, "`mass`"),
}


@pytest.mark.parametrize("method", IMPLICIT)
@pytest.mark.parametrize("case", BAD_MATRICES)
def test_matrices_of_implicit_methods(method, case):
    change, error, text = BAD_MATRICES[case]
    with pytest.raises(error, match=text):
        solve_ivp(decay, (0, 1), [1.0, 2.0], method=method, **change)


@pytest.mark.parametrize("method", IMPLICIT)
def test_a_jacobian_of_nan_ends(method):
    jac = np.full((2, 2), np.nan)
    for form in (jac, lambda t, y: jac):
        assert solve_ivp(decay, (0, 1), [1.0, 2.0], method=method, jac=form).status == -1


@pytest.mark.parametrize("name", CLASSES)
def test_classes(name):
    solver = getattr(integrate, name)
    for y0 in (1.0, [[1.0]], [np.nan]):
        with pytest.raises(ValueError, match="y0"):
            solver(decay, 0, y0, 1)
    for key, value in (("rtol", -1.0), ("atol", [1.0, 2.0]), ("max_step", 0.0), ("first_step", 9)):
        with pytest.raises(ValueError, match=f"`{key}`"):
            solver(decay, 0, [1.0], 1, **{key: value})
    with pytest.raises(TypeError, match="`fun`"):
        solver(lambda t, y: None, 0, [1.0], 1).step()
    done = solver(decay, 0, [1.0], 0)
    done.step()
    assert done.status == "finished"
    with pytest.raises(RuntimeError, match="finished"):
        done.step()


@pytest.mark.parametrize("method", METHODS)
def test_solve_ensemble(method):
    base = {"fun": decay, "t_span": (0, 1), "y0": [[1.0, 2.0]], "method": method}
    cases = [
        ({"y0": [[np.nan, 1.0]]}, ValueError, "`y0`"),
        ({"y0": np.ones((1, 1, 1))}, ValueError, "`y0`"),
        ({"y0": np.ones((0, 2))}, ValueError, "`y0`"),
        ({"y0": np.ones((2, 0))}, ValueError, "`y0`"),
        ({"y0": ["a"]}, TypeError, "`y0`"),
        ({"params": [1.0]}, ValueError, "`params`"),
        ({"params": np.ones((3, 1))}, ValueError, "`params`"),
        ({"t_span": (1, 1)}, ValueError, "`t_span`"),
        ({"t_span": (0, np.nan)}, ValueError, "`t_span`"),
        ({"rtol": -1.0}, ValueError, "`rtol`"),
        ({"t_eval": [2.0]}, ValueError, "`t_eval`"),
        ({"max_steps": 0}, ValueError, "`max_steps`"),
        ({"fun": lambda t, y: None}, TypeError, "`fun`"),
        ({"fun": lambda t, y: np.ones(3)}, ValueError, "`fun`"),
    ]
    for change, error, text in cases:
        with pytest.raises(error, match=text):
            solve_ensemble(**{**base, **change})


def test_odeint():
    t = [0.0, 1.0]
    cases = [
        ((decay, [np.nan], t), {}, "y0"),
        ((decay, [[1.0]], t), {}, "y0"),
        ((decay, [1.0], [[0.0]]), {}, "t"),
        ((decay, [1.0], [0.0, np.nan]), {}, "t"),
        ((decay, [1.0], [0.0, 2.0, 1.0]), {}, "t"),
        ((decay, [1.0], t), {"rtol": -1.0}, "rtol"),
        ((decay, [1.0], t), {"atol": [1.0, 2.0]}, "atol"),
        ((decay, [1.0], t), {"mxordn": 0}, "mxordn"),
        ((decay, [1.0], t), {"ml": 3}, "ml"),
    ]
    for positional, named, text in cases:
        with pytest.raises(ValueError, match=f"`{text}`"):
            odeint(*positional, tfirst=True, **named)
    with pytest.raises(TypeError, match="`func`"):
        odeint(3, [1.0], t)
    with pytest.raises((TypeError, RuntimeError), match="fun"):
        odeint(lambda y, t: None, [1.0], t)
    with pytest.raises(RuntimeError, match="`func`"):
        odeint(lambda y, t: [1.0, 2.0, 3.0], [1.0, 2.0], t)
    with pytest.raises(RuntimeError, match="`Dfun`"):
        odeint(lambda y, t: -1e6 * y, [1.0, 2.0], [0, 10.0], Dfun=lambda y, t: np.eye(3))

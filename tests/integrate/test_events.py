"""Events: two crossings within one step, wherever they lie; attributes; what an event makes of the state."""

import numpy as np
import pytest
import scipy.integrate

import scikit.integrate
from scikit.integrate import RK45, solve_dae, solve_ivp

METHODS = ["RK45", "DOP853", "Vern9", "Radau", "BDF", "LSODA"]


def oscillator(t, y):
    return [y[1], -y[0]]


def event(function, **attributes):
    for name, value in attributes.items():
        setattr(function, name, value)
    return function


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("backwards", [False, True])
def test_a_short_visit_is_found_anywhere_in_a_step(method, seed, backwards):
    rng = np.random.default_rng(seed)
    middle, half = rng.uniform(0.3, 9.7), 10.0 ** rng.uniform(-4, -1)
    span = (10, 0) if backwards else (0, 10)
    sol = solve_ivp(
        oscillator, span, [1.0, 0.0], method, rtol=1e-6, atol=1e-8,
        events=lambda t, y: (t - middle) ** 2 - half**2,
    )  # fmt: skip
    np.testing.assert_allclose(np.sort(sol.t_events[0]), [middle - half, middle + half], atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("height", [1e-2, 1e-4, 3e-6])
@pytest.mark.parametrize("phase", [0.3, 1.7, 2.9, 4.4, 5.8])
def test_a_peak_that_just_crosses_is_found(method, height, phase):
    # such as the methods with a costly interpolant, too, whose outline of a step is rough
    sol = solve_ivp(
        oscillator, (0, 10), [np.cos(phase), -np.sin(phase)], method, rtol=1e-9, atol=1e-10,
        events=lambda t, y: y[0] - (1 - height),
    )  # fmt: skip
    width = np.arccos(1 - height)
    peaks = 2 * np.pi * np.arange(1, 3) - phase
    exact = np.sort(np.concatenate([peaks - width, peaks + width]))
    exact = exact[exact < 10]
    assert len(sol.t_events[0]) == len(exact)
    np.testing.assert_allclose(sol.t_events[0], exact, atol=2e-5)


def test_a_double_crossing_beside_a_single_one_in_the_same_step():
    sol = solve_ivp(
        lambda t, y: [1.0], (0, 10), [0.0], first_step=10,
        events=lambda t, y: (t - 5.01) * (t - 5.02) * (t - 9.5),
    )  # fmt: skip
    np.testing.assert_allclose(sol.t_events[0], [5.01, 5.02, 9.5], rtol=1e-12)


@pytest.mark.parametrize(
    ("error", "attributes"),
    [
        (TypeError, {"terminal": "yes"}),
        (TypeError, {"terminal": np.nan}),
        (ValueError, {"terminal": 1.5}),
        (ValueError, {"terminal": -1}),
        (TypeError, {"direction": "up"}),
        (TypeError, {"affect": 3}),
        (ValueError, {"affect": lambda t, y: [np.nan]}),
        (ValueError, {"affect": lambda t, y: [1.0, 2.0]}),
        (TypeError, {"affect": lambda t, y: "state"}),
        (TypeError, {"affect": lambda t, y: [1j]}),
    ],
)
def test_bad_attributes_are_named(error, attributes):
    zero = event(lambda t, y: y[0] - 0.5, **attributes)
    with pytest.raises(error, match=f"`{next(iter(attributes))}`"):
        solve_ivp(lambda t, y: -y, (0, 2), [1.0], events=[zero])


def test_an_infinite_interval_needs_an_event_that_can_end_it():
    zero = event(lambda t, y: y[0] - 0.5)
    with pytest.raises(ValueError, match="`t_span` is infinite"):
        solve_ivp(lambda t, y: -y, (0, np.inf), [1.0], events=zero)
    with pytest.raises(ValueError, match="`t_span` is infinite"):
        solve_dae(lambda t, y, yp: y + yp, (0, np.inf), [1.0], events=zero)
    sol = solve_ivp(
        lambda t, y: -y, (0, np.inf), [1.0], events=event(zero, terminal=True), rtol=1e-8
    )
    assert sol.t[-1] == pytest.approx(np.log(2), rel=1e-6)


@pytest.mark.parametrize("name", ["RK45", "DOP853", "Radau", "BDF", "LSODA"])
def test_a_solver_class_of_scipy(name):
    # whose t is a NumPy number
    method = getattr(scipy.integrate, name)
    kwargs = {"t_eval": [0.5, 1.0], "dense_output": True, "events": lambda t, y: y[0] - 0.5}
    theirs = scipy.integrate.solve_ivp(oscillator, (0, 5), [1.0, 0.0], method, **kwargs)
    ours = solve_ivp(oscillator, (0, 5), [1.0, 0.0], method, **kwargs)
    assert ours.nfev == theirs.nfev
    np.testing.assert_array_equal(ours.y, theirs.y)
    np.testing.assert_allclose(ours.t_events[0], theirs.t_events[0], rtol=1e-12)
    np.testing.assert_array_equal(ours.sol(0.7), theirs.sol(0.7))


def test_what_a_solver_class_cannot_do_is_told():
    class Own(RK45):
        pass

    with pytest.warns(UserWarning, match="no effect.*`tstops`, `step_callback`"):
        solve_ivp(
            oscillator, (0, 1), [1.0, 0.0], Own, tstops=[0.5], step_callback=lambda t, y: True
        )
    with pytest.raises(ValueError, match="`t_span` is infinite"):
        solve_ivp(oscillator, (0, np.inf), [1.0, 0.0], Own)


@pytest.mark.parametrize("name", ["RK45", "DOP853"])
def test_a_solver_tells_its_steps(name):
    ours = getattr(scikit.integrate, name)(oscillator, 0.0, np.array([1.0, 0.0]), 5.0)
    theirs = getattr(scipy.integrate, name)(oscillator, 0.0, np.array([1.0, 0.0]), 5.0)
    assert ours.y_old is None
    for _ in range(3):
        assert ours.h_abs == pytest.approx(theirs.h_abs, rel=1e-12)
        ours.step()
        theirs.step()
        np.testing.assert_allclose(ours.y_old, theirs.y_old, rtol=1e-12, atol=1e-12)
    assert ours.TOO_SMALL_STEP == theirs.TOO_SMALL_STEP

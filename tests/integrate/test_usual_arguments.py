"""The short way of solve_ivp, for arguments of the usual types, gives what the long way gives."""

import numpy as np
import pytest

from scikit.integrate import solve_ivp

METHODS = ("RK23", "RK45", "Tsit5", "DOP853", "Vern9", "Rodas5P", "Radau", "BDF", "LSODA", "auto")
FINITE = 1e300  # a `max_step` that limits nothing, but takes the long way


def swing(t, y):
    return [y[1], -np.sin(y[0]) - 0.1 * t * y[1]]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "t_eval", [None, [0, 0.5, 3], np.linspace(0, 3, 7)], ids=("steps", "list", "array")
)
@pytest.mark.parametrize("y0", [np.array([1.0, 0.5]), [1, 0.5]], ids=("array", "list"))
def test_both_ways_give_the_same_bits(method, t_eval, y0):
    short, long = (
        solve_ivp(swing, (0, 3), y0, method, t_eval, rtol=1e-6, max_step=limit)
        for limit in (np.inf, FINITE)
    )
    # np.inf is another object than the default
    shortest = solve_ivp(swing, [np.float64(0), 3], y0, method, t_eval, rtol=np.float64(1e-6))
    for result in (short, shortest):
        np.testing.assert_array_equal(result.t, long.t)
        np.testing.assert_array_equal(result.y, long.y)
        assert set(result) == set(long)
        for name in (
            "nfev",
            "njev",
            "nlu",
            "nsteps",
            "nrejected",
            "methods",
            "status",
            "message",
            "success",
        ):
            assert result[name] == long[name], name
    assert shortest.t is not t_eval


def test_backward_and_restart():
    forth = solve_ivp(swing, (0, 3), [1.0, 0.5], "Vern9", rtol=1e-10, atol=1e-12)
    back = solve_ivp(swing, (3, 0), forth.y[:, -1], "Vern9", rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(back.y[:, -1], [1, 0.5], rtol=1e-8)
    further = solve_ivp(swing, 4.0, None, "Vern9", rtol=1e-10, atol=1e-12, restart=forth)
    np.testing.assert_allclose(
        further.y[:, -1],
        solve_ivp(swing, (0, 4), [1.0, 0.5], "Vern9", rtol=1e-10, atol=1e-12).y[:, -1],
        rtol=1e-8,
    )


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (((0, 1, 2), [1.0, 0.0]), "t_span"),
        (((0, "x"), [1.0, 0.0]), "t_span"),
        (((0, 1), [1.0, np.nan]), "y0"),
        (((0, 1), [1.0, "x"]), "y0"),
        (((0, 1), [[1.0, 0.0]]), "y0"),
        (((0, 1), [1.0, 0.0], "RK45", [0.5, 0.25]), "t_eval"),
        (((0, 1), [1.0, 0.0], "RK45", [0.5, 2]), "t_eval"),
        (((0, 1), [1.0, 0.0], "RK45", np.array([0.5, np.nan])), "t_eval"),
        (((0, 1), [1.0, 0.0], "RK46"), "method"),
        (((0, 10**400), [1.0, 0.0]), "t_span"),
    ],
)
def test_what_is_unusual_is_still_looked_at(arguments, name):
    with pytest.raises((ValueError, TypeError), match=name):
        solve_ivp(swing, *arguments)


def test_the_users_arrays_are_not_kept():
    y0, t_eval = np.array([1.0, 0.5]), np.array([0.0, 1.0])
    result = solve_ivp(swing, (0.0, 1.0), y0, "Tsit5", t_eval)
    before = result.y.copy()
    y0[:] = t_eval[:] = 7
    np.testing.assert_array_equal(result.y, before)
    np.testing.assert_array_equal(result.t, [0, 1])

"""Stops: steps end there, and see one side of a jump only."""

import numba
import numpy as np
import pytest

from scikit.integrate import solve_ivp


def oscillator(t, y):
    return [y[1], -y[0]]


@pytest.mark.parametrize("method", ["RK45", "DOP853", "Radau", "BDF", "LSODA"])
def test_tstops_are_hit_and_help_with_jumps(method):
    def switched(t, y):
        return [1.0 if t < 0.3 else -1.0]

    sol = solve_ivp(
        switched, (0, 1), [0.0], method=method, tstops=[0.3, 0.7], rtol=1e-10, atol=1e-12
    )
    assert {0.3, 0.7} <= set(sol.t)
    assert abs(sol.y[0, -1] - (0.3 - 0.7)) < 1e-9
    backwards = solve_ivp(oscillator, (1, 0), [1.0, 0.0], method=method, tstops=[0.25, 0.5])
    assert list(backwards.t[np.isin(backwards.t, [0.25, 0.5])]) == [0.5, 0.25]
    with pytest.raises(ValueError, match="`tstops` must lie within"):
        solve_ivp(oscillator, (0, 1), [1.0, 0.0], tstops=[2.0])


STEPPERS = [
    "RK23",
    "RK45",
    "DOP853",
    "Tsit5",
    "Vern7",
    "Radau",
    "Rodas5P",
    "KenCarp4",
    "RKC",
    "ROCK2",
    "ROCK4",
    "auto",
]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("open_side", ["right", "left"])
@pytest.mark.parametrize("method", STEPPERS)
def test_a_step_sees_one_side_of_a_stop(method, open_side, compiled):
    """y' = +-y with a jump at 0.3: the same steps and the full order, whichever side the jump belongs to."""
    left = open_side == "left"
    if compiled:
        real = numba.types.CPointer(numba.types.float64)

        @numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))
        def fun(t, y, dydt, data):
            before = t <= 0.3 if left else t < 0.3
            dydt[0] = y[0] if before else -y[0]
            return 0
    else:

        def fun(t, y):
            before = t <= 0.3 if left else t < 0.3
            return [y[0] if before else -y[0]]

    smooth = solve_ivp(lambda t, y: y, (0, 0.3), [1.0], method=method, rtol=1e-9, atol=1e-11)
    kwargs = {"method": method, "rtol": 1e-9, "atol": 1e-11, "tstops": [0.3]}
    sol = solve_ivp(fun, (0, 1), [1.0], **kwargs)
    np.testing.assert_allclose(
        sol.y[0, np.flatnonzero(sol.t == 0.3)[0]], smooth.y[0, -1], rtol=1e-14
    )
    assert sol.y[0, -1] == pytest.approx(np.exp(-0.4), rel=2e-7)
    back = solve_ivp(fun, (1, 0), [np.exp(-0.4)], **kwargs)
    assert back.y[0, -1] == pytest.approx(1, rel=2e-7)


@pytest.mark.parametrize(
    ("method", "order"), [("RK23", 3), ("RK45", 5), ("Vern6", 6), ("Rodas5P", 5), ("ROCK4", 4)]
)
def test_full_order_across_a_jump(method, order):
    def forced(t, y):
        return [y[1], -y[0] + (3.0 if t >= 0.5 else np.cos(t) * y[1])]

    end = solve_ivp(
        forced, (0, 1), [1.0, 0], method="Radau", rtol=1e-13, atol=1e-15, tstops=[0.5]
    ).y[:, -1]
    sizes = 0.5 / np.array([2, 4, 8])
    errors = [
        np.abs(
            solve_ivp(
                forced, (0, 1), [1.0, 0], method=method, adaptive=False, first_step=h, tstops=[0.5]
            ).y[:, -1]
            - end
        ).max()
        for h in sizes
    ]
    assert np.polyfit(np.log(sizes), np.log(errors), 1)[0] > order - 0.3

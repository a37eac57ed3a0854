"""odeint: closed forms, SciPy, options, statistics, bad input."""

import math
import warnings

import numba
import numpy as np
import pytest
import scipy.integrate
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit.integrate import ODEintWarning, odeint


def decay(y, t):
    return [-0.5 * y[0], -50 * y[1]]


def robertson(t, y):
    a, b, c = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]
    return [b - a, a - b - c, c]


def expected(t):
    t = np.asarray(t)[:, None]
    return np.hstack([np.exp(-0.5 * t), np.exp(-50 * t)])


@pytest.mark.parametrize("t", [np.linspace(0, 3, 50), np.linspace(0, -0.05, 9), [0.0, 1.0], (0, 2)])
def test_closed_form(t):
    y = odeint(decay, [1.0, 1.0], t)
    np.testing.assert_allclose(y, expected(t), rtol=1e-5, atol=3e-7)


@given(st.lists(st.floats(0, 2), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_any_times(times):
    t = np.sort(np.array([0.0, *times]))
    plain = odeint(decay, [1.0, 1.0], t)
    np.testing.assert_allclose(plain, expected(t), rtol=1e-5, atol=3e-7)
    stepwise, info = odeint(decay, [1.0, 1.0], t, full_output=True)
    np.testing.assert_allclose(plain, stepwise, rtol=1e-14)
    assert len(info["hu"]) == len(t) - 1


def test_equals_scipy():
    t = np.linspace(0, 40, 11)
    ours, info = odeint(
        robertson, [1.0, 0, 0], t, rtol=1e-9, atol=1e-12, tfirst=True, full_output=True
    )
    theirs = scipy.integrate.odeint(robertson, [1.0, 0, 0], t, rtol=1e-11, atol=1e-14, tfirst=True)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    assert info["message"] == "Integration successful."
    assert info["mused"][-1] == 2
    assert 1 <= info["nqu"][-1] <= 5
    assert 0 < info["tsw"][-1] < 40


def test_statistics():
    t = np.linspace(0, 2, 9)
    y, info = odeint(decay, [1.0, 1.0], t, full_output=True)
    assert set(info) == set(scipy.integrate.odeint(decay, [1.0, 1.0], t, full_output=True)[1])
    assert (np.diff(info["nst"]) >= 0).all()
    assert (info["nfe"] >= info["nst"]).all()
    assert (info["tcur"] >= t[1:]).all()
    assert info["tcur"][-1] == t[-1]
    assert (info["hu"] > 0).all()
    assert info["lenrw"] > 0 < info["leniw"]
    assert y.shape == (9, 2)


@pytest.mark.parametrize("col_deriv", [False, True])
@pytest.mark.parametrize("banded", [False, True])
def test_jacobian(banded, col_deriv):
    a = np.array([[-500.0, 2, 0], [1, -3, 1], [0, 4, -40]])
    packed = np.array([[0, 2, 1.0], [-500, -3, -40], [1, 4, 0]])
    calls = []

    def jac(y, t, scale):
        calls.append(t)
        matrix = scale * (packed if banded else a)
        return matrix.T if col_deriv else matrix

    t = [0, 0.5, 3.0]
    bands = {"ml": 1, "mu": 1} if banded else {}
    y = odeint(
        lambda y, t, scale: scale * (a @ y),
        [1.0, 1, 1],
        t,
        (0.5,),
        jac,
        col_deriv=col_deriv,
        **bands,
    )
    import scipy.linalg

    np.testing.assert_allclose(y[-1], scipy.linalg.expm(a * 1.5) @ np.ones(3), rtol=1e-5)
    assert calls


def test_critical_times():
    # a jump of the right-hand side: with tcrit no step crosses it
    seen = []

    def fun(y, t):
        seen.append(t)
        return [1.0 if t < 1 else -2.0]

    t = [0.0, 0.7, 1.5, 2.0]
    y, info = odeint(fun, 0.0, t, tcrit=[1.0, 5.0], full_output=True)
    np.testing.assert_allclose(y[:, 0], [0, 0.7, 0, -1], atol=1e-6)
    assert 1.0 in seen
    np.testing.assert_allclose(odeint(fun, 0.0, t, tcrit=1.0), y, atol=1e-14)
    assert (np.diff(info["nst"]) >= 0).all()


def test_step_options():
    steps = []

    def fun(y, t):
        steps.append(t)
        return -y

    _, info = odeint(fun, 1.0, [0, 1.0], hmax=0.01, h0=1e-3, full_output=True)
    assert info["nst"][-1] >= 100
    _, info = odeint(fun, 1.0, [0, 20.0], mxordn=1, rtol=1e-4, atol=1e-4, full_output=True)
    assert info["nqu"][-1] == 1
    _, info = odeint(
        robertson, [1.0, 0, 0], [0, 40.0], mxords=2, rtol=1e-5, tfirst=True, full_output=True
    )
    assert info["nqu"][-1] <= 2
    assert info["mused"][-1] == 2


def test_messages(capsys):
    with pytest.warns(ODEintWarning, match="mxstep"):
        y = odeint(decay, [1.0, 1.0], [0, 0.1, 50.0], mxstep=12)
    assert np.isnan(y[-1]).all()
    assert np.isfinite(y[0]).all()
    with pytest.warns(ODEintWarning, match="mxstep"):
        _, info = odeint(decay, [1.0, 1.0], [0, 50.0], mxstep=12, full_output=True)
    assert "Excess work" in info["message"]
    with pytest.warns(ODEintWarning, match="Integration successful"):
        odeint(decay, [1.0, 1.0], [0, 1.0], printmessg=True)
    with pytest.warns(ODEintWarning, match="too small"):
        y = odeint(lambda y, t: y * y, 1.0, [0, 0.5, 2.0], rtol=1e-6, atol=1e-6, mxstep=10**5)
    np.testing.assert_allclose(y[1], 2, rtol=1e-4)
    assert np.isnan(y[2]).all()
    odeint(robertson, [1.0, 0, 0], [0, 40.0], tfirst=True, ixpr=True)
    assert "BDF" in capsys.readouterr().out


def test_the_limit_of_steps_holds_for_each_interval():
    t = np.linspace(0, 20, 200)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y, info = odeint(lambda y, t: [y[1], -y[0]], [0.0, 1.0], t, mxstep=40, full_output=True)
        np.testing.assert_array_equal(
            odeint(lambda y, t: [y[1], -y[0]], [0.0, 1.0], t, mxstep=40), y
        )
    assert info["nst"][-1] > 40
    np.testing.assert_allclose(y[:, 0], np.sin(t), atol=1e-5)


def test_compiled():
    real = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))
    def compiled(t, y, dydt, data):
        dydt[0] = -0.5 * y[0]
        dydt[1] = -50 * y[1]
        return 0

    t = np.linspace(0, 3, 7)
    np.testing.assert_allclose(odeint(compiled, [1.0, 1.0], t), expected(t), rtol=1e-5, atol=3e-7)


def test_exceptions():
    error = OSError("mine")

    def fun(y, t):
        if t > 0.2:
            raise error
        return -y

    def jac(y, t):
        raise error

    with pytest.raises(OSError) as caught:
        odeint(fun, 1.0, [0, 1])
    assert caught.value is error
    with pytest.raises(OSError) as caught:
        odeint(lambda y, t: -1e4 * (y - math.cos(t)), 0.0, [0, 1], Dfun=jac)
    assert caught.value is error


def test_trivial():
    assert odeint(decay, [1.0, 2.0], []).shape == (0, 2)
    y, info = odeint(decay, [1.0, 2.0], [3.0], full_output=True)
    np.testing.assert_array_equal(y, [[1, 2]])
    assert info["nst"].shape == (0,)
    np.testing.assert_array_equal(odeint(decay, [1.0, 2.0], [1.0] * 4), [[1, 2]] * 4)
    assert odeint(lambda y, t: y, [], [0, 1.0]).shape == (2, 0)


@pytest.mark.parametrize(
    ("changes", "error", "name"),
    [
        ({"y0": [[1.0, 2.0]]}, ValueError, "y0"),
        ({"y0": [1j, 0]}, TypeError, "y0"),
        ({"y0": [np.nan, 0]}, ValueError, "y0"),
        ({"y0": ["a", "b"]}, TypeError, "y0"),
        ({"t": [0, 1, 0.5]}, ValueError, "t"),
        ({"t": [0, np.inf]}, ValueError, "t"),
        ({"t": 1.0}, ValueError, "t"),
        ({"func": 3}, TypeError, "func"),
        ({"Dfun": 3}, TypeError, "Dfun"),
        ({"func": lambda y, t: [1.0, 2, 3]}, RuntimeError, "func"),
        ({"rtol": -1.0}, ValueError, "rtol"),
        ({"atol": [1.0, 2, 3]}, ValueError, "atol"),
        ({"ml": 2}, ValueError, "ml"),
        ({"h0": -1.0}, ValueError, "h0"),
        ({"hmax": np.nan}, ValueError, "hmax"),
        ({"mxordn": 0}, ValueError, "mxordn"),
        ({"tcrit": [np.nan]}, ValueError, "tcrit"),
    ],
)
def test_bad_input(changes, error, name):
    arguments = {"func": decay, "y0": [1.0, 1.0], "t": [0, 1.0]} | changes
    with pytest.raises(error, match=f"`{name}`"):
        odeint(**arguments)


def test_inputs_stay():
    y0, t = np.array([1.0, 1.0]), np.linspace(0, 1, 5)
    for array in (y0, t):
        array.flags.writeable = False
    result = odeint(decay, y0, t)
    np.testing.assert_array_equal(odeint(decay, y0.astype(">f8"), np.repeat(t, 2)[::2]), result)
    assert odeint(decay, np.float32([1, 1]), t).dtype == np.float64


@pytest.mark.parametrize(
    ("error", "name", "call"),
    [
        (TypeError, "func", lambda: odeint(lambda y, t: None, [1.0], [0, 1])),
        (RuntimeError, "func", lambda: odeint(lambda y, t: [1, 2], [1.0, 2.0, 3.0], [0, 1])),
        (TypeError, "t", lambda: odeint(decay, [1.0, 1.0], [0, 1j])),
        (TypeError, "t", lambda: odeint(decay, [1.0, 1.0], ["a", "b"])),
        (TypeError, "mxstep", lambda: odeint(decay, [1.0, 1.0], [0, 1], mxstep=2.5)),
        (TypeError, "mxordn", lambda: odeint(decay, [1.0, 1.0], [0, 1], mxordn=2.5)),
        (TypeError, "ml", lambda: odeint(decay, [1.0, 1.0], [0, 1], ml=0.5, mu=0)),
        (TypeError, "h0", lambda: odeint(decay, [1.0, 1.0], [0, 1], h0="small")),
        (TypeError, "rtol", lambda: odeint(decay, [1.0, 1.0], [0, 1], rtol="small")),
        (TypeError, "tcrit", lambda: odeint(decay, [1.0, 1.0], [0, 1], tcrit="late")),
    ],
)
def test_bad_arguments_are_named(error, name, call):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error, match=f"`{name}`"):
            call()

"""quad: closed forms, mpmath, SciPy, every weight, details, faults, bad input."""

import math
import warnings

import mpmath
import numpy as np
import pytest
import scipy.integrate
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scikit.integrate import IntegrationWarning, quad

INF = math.inf
EULER = 0.5772156649015328606


def close(found, exact, tol=1.49e-8):
    """The error is within its estimate (and rounding), and the estimate within the tolerance."""
    value, error = found[:2]
    assert abs(value - exact) <= error + 4e-15 * abs(exact) + 1e-300
    assert error <= max(tol, tol * abs(exact)) * 2


CLOSED = {
    "exp": (math.exp, 0, 1, math.e - 1),
    "backwards": (math.exp, 1, 0, 1 - math.e),
    "root": (math.sqrt, 0, 4, 16 / 3),
    "inverse root": (lambda x: 1 / math.sqrt(x), 0, 1, 2.0),
    "logarithm": (math.log, 0, 1, -1.0),
    "log over root": (lambda x: math.log(x) / math.sqrt(x), 0, 1, -4.0),
    "step": (lambda x: float(x > 0.3), 0, 1, 0.7),
    "peak": (lambda x: 1 / (1e-4 + (x - 0.3) ** 2), 0, 1, 100 * (math.atan(70) + math.atan(30))),
    "wave": (lambda x: math.cos(100 * x), 0, 1, math.sin(100) / 100),
    "nothing": (lambda x: 0.0, -3, 5, 0.0),
    "half line": (lambda x: math.exp(-x), 0, INF, 1.0),
    "Euler": (lambda x: -math.exp(-x) * math.log(x), 0, INF, EULER),
    "other half line": (lambda x: x * math.exp(x), -INF, 0, -1.0),
    "line": (lambda x: math.exp(-x * x), -INF, INF, math.sqrt(math.pi)),
    "line backwards": (lambda x: 1 / (1 + x * x), INF, -INF, -math.pi),
    "tail": (lambda x: x**-3, 2, INF, 0.125),
}


@pytest.mark.parametrize("name", CLOSED)
def test_closed_forms(name):
    func, a, b, exact = CLOSED[name]
    close(quad(func, a, b), exact)


@pytest.mark.parametrize("name", ["log over root", "root", "half line", "peak"])
def test_tight_tolerance(name):
    func, a, b, exact = CLOSED[name]
    value, error = quad(func, a, b, epsabs=0, epsrel=1e-12, limit=200)
    assert abs(value - exact) <= max(1e-12 * abs(exact), error)


def reference(func, a, b, *breaks):
    with mpmath.workdps(30):
        return float(mpmath.quad(func, [a, *breaks, b]))


@pytest.mark.parametrize("omega", [0.3, 2.0, 3.7, 25.0, -25.0, 60.0])
@pytest.mark.parametrize("weight", ["cos", "sin"])
def test_oscillating_weight_against_mpmath(omega, weight):
    wave = mpmath.cos if weight == "cos" else mpmath.sin
    breaks = [k / 20 for k in range(1, 40)]
    exact = reference(lambda x: mpmath.exp(x) / (x + 0.1) * wave(omega * x), 0, 2, *breaks)
    close(quad(lambda x: math.exp(x) / (x + 0.1), 0, 2, weight=weight, wvar=omega), exact)


@pytest.mark.parametrize("omega", [0.1, 1.0, 3.0, -3.0, 12.5])
def test_fourier_integrals(omega):
    def decay(x):
        return math.exp(-2 * x)

    total = 4 + omega * omega
    close(quad(decay, 0, INF, weight="cos", wvar=omega), 2 / total)
    close(quad(decay, 0, INF, weight="sin", wvar=omega), omega / total)
    close(quad(lambda x: math.exp(2 * x), -INF, 0, weight="cos", wvar=omega), 2 / total)
    close(quad(lambda x: math.exp(2 * x), -INF, 0, weight="sin", wvar=omega), -omega / total)
    close(quad(decay, INF, 0, weight="cos", wvar=omega), -2 / total)


def test_fourier_integral_without_absolute_convergence():
    close(quad(lambda x: 1 / x if x else 1.0, 1, INF, weight="sin", wvar=1.0), 0.6247132564277136)


def test_fourier_integral_of_frequency_zero():
    close(quad(lambda x: math.exp(-x), 1, INF, weight="cos", wvar=0.0), math.exp(-1))
    assert quad(math.exp, 1, INF, weight="sin", wvar=0.0) == (0.0, 0.0)


POWERS = [(-0.5, -0.5), (0, 0), (0.3, -0.9), (2, 1.5), (-0.99, 0)]


@pytest.mark.parametrize(("alpha", "beta"), POWERS)
@pytest.mark.parametrize("weight", ["alg", "alg-loga", "alg-logb", "alg-log"])
def test_end_point_weights_of_a_constant(weight, alpha, beta):
    """Beta function and its derivatives, on a range of length 3."""
    with mpmath.workdps(30):
        p, q, length = mpmath.mpf(alpha) + 1, mpmath.mpf(beta) + 1, mpmath.mpf(3)
        area = mpmath.beta(p, q) * length ** (p + q - 1)
        log_a = mpmath.digamma(p) - mpmath.digamma(p + q) + mpmath.log(length)
        log_b = mpmath.digamma(q) - mpmath.digamma(p + q) + mpmath.log(length)
        both = log_a * log_b - mpmath.psi(1, p + q)
        exact = float(
            area * {"alg": 1, "alg-loga": log_a, "alg-logb": log_b, "alg-log": both}[weight]
        )
    value, error = quad(lambda x: 1.0, -1, 2, weight=weight, wvar=(alpha, beta))
    assert abs(value - exact) <= max(1e-9 * abs(exact), 1e-12)
    assert error < 1e-7 * max(1.0, abs(exact))


def test_end_point_weight_of_a_function():
    close(
        quad(lambda x: 1 / (1.5 + x), -1, 1, weight="alg", wvar=(-0.5, -0.5)),
        math.pi / math.sqrt(1.25),
    )


@pytest.mark.parametrize("c", [-0.99, -0.3, 0.0, 0.7, 1.6, -2.0])
def test_principal_values(c):
    exact = sum(
        # x^2 / (x - c) = x + c + c^2 / (x - c)
        (1.5**2 / 2 - 0.5, c * 2.5, c * c * math.log(abs((1.5 - c) / (-1 - c)))),
    )
    close(quad(lambda x: x * x, -1, 1.5, weight="cauchy", wvar=c), exact)
    close(quad(lambda x: x * x, 1.5, -1, weight="cauchy", wvar=c), -exact)


def test_points():
    def kink(x):
        return abs(x - 0.37) ** 0.5 + (x > 0.8)

    exact = (0.37**1.5 + 0.63**1.5) * 2 / 3 + 0.2
    value, error, info = quad(kink, 0, 1, points=[0.8, 0.37, 5.0, 0.37], full_output=1)
    close((value, error), exact)
    np.testing.assert_array_equal(info["pts"], [0, 0.37, 0.8, 1])
    assert info["neval"] < quad(kink, 0, 1, full_output=1)[2]["neval"]
    assert quad(math.exp, 0, 1, points=[]) == quad(math.exp, 0, 1)


def test_details_describe_the_panels():
    _value, _error, info = quad(lambda x: math.log(x) * x**-0.5, 0, 1, full_output=1, limit=80)
    n = info["last"]
    order = np.argsort(info["alist"][:n])
    left, right = info["alist"][order], info["blist"][order]
    assert left[0] == 0
    assert right[-1] == 1
    np.testing.assert_array_equal(left[1:], right[:-1])
    assert all(len(info[k]) == 80 for k in ("alist", "blist", "rlist", "elist", "iord"))
    sizes = info["elist"][info["iord"][:n]]
    assert (np.diff(sizes) <= 0).all()
    assert info["neval"] == 21 * (2 * n - 1)


def test_chebyshev_moments_are_used_again():
    def func(x):
        return math.exp(-x) * math.sqrt(x)

    kwargs = {"weight": "sin", "wvar": 90.0, "full_output": 1, "maxp1": 6}
    first = quad(func, 0, 2, **kwargs)
    info = first[2]
    given = info["chebmo"].copy()
    given.flags.writeable = False
    again = quad(func, 3, 5, wopts=(info["momcom"], given), **kwargs)
    plain = quad(func, 3, 5, **kwargs)
    assert again[:2] == plain[:2]
    assert info["chebmo"].shape == (25, 6)
    assert info["momcom"] >= 1
    # the moments themselves, of the whole range: integral of T_2(t) cos(90 t)
    with mpmath.workdps(20):
        exact = mpmath.quad(
            lambda t: (2 * t * t - 1) * mpmath.cos(90 * t), mpmath.linspace(-1, 1, 61)
        )
    assert abs(given[2, 0] - float(exact)) < 1e-15


def test_complex_function():
    value, error = quad(lambda x: np.exp(1j * x), 0, math.pi / 2, complex_func=True)
    assert abs(value - (1 + 1j)) < 1e-14
    assert isinstance(error, complex)
    assert quad(lambda x: x, 0, 1, complex_func=True)[0] == pytest.approx(0.5, rel=1e-15)
    info = quad(lambda x: x * 1j, 0, 1, complex_func=True, full_output=True)[2]
    assert info["real"][0]["neval"] == info["imag"][0]["neval"] == 21


def test_empty_range():
    assert quad(math.exp, 2, 2) == (0.0, 0.0)
    assert quad(math.exp, INF, INF) == (0.0, 0.0)
    info = quad(math.exp, 2, 2, full_output=1, limit=3)[2]
    assert info["neval"] == 0
    assert np.isnan(info["alist"]).all()


FAULTS = {
    "maximum number of subdivisions": (lambda x: math.sin(1 / x), 0, 1, {"limit": 3}),
    "roundoff error is detected, which": (lambda x: math.nan, 0, 1, {}),
    "divergent": (lambda x: x**-1.5, 0, 1, {}),
    "maximum number of cycles": (
        lambda x: 1 / x,
        1,
        INF,
        {"weight": "cos", "wvar": 1.0, "limlst": 3},
    ),
}


@pytest.mark.parametrize("text", FAULTS)
def test_faults_are_warned_of_or_returned(text):
    func, a, b, kwargs = FAULTS[text]
    with pytest.warns(IntegrationWarning, match=text) as caught:
        found = quad(func, a, b, **kwargs)
    assert len(found) == 2
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        full = quad(func, a, b, full_output=1, **kwargs)
    np.testing.assert_equal(full[:2], found)
    assert text in full[3]
    assert len(full) == (5 if "weight" in kwargs else 4)


def test_extreme_behaviour_at_a_point():
    def spike(x):
        return 1 / abs(x - 1 / 3) if x != 1 / 3 else 1e300

    with pytest.warns(IntegrationWarning):
        quad(spike, 0, 1, limit=2000)


def test_points_with_a_weight_are_ignored_with_a_warning():
    with pytest.warns(IntegrationWarning, match="points"):
        found = quad(math.exp, 0, 1, weight="cos", wvar=3.0, points=[0.5])
    assert found == quad(math.exp, 0, 1, weight="cos", wvar=3.0)


FUNCTIONS = [
    math.exp,
    lambda x: abs(x) ** 0.5,
    lambda x: math.cos(9 * x * x),
    lambda x: 1 / (0.01 + x * x),
    lambda x: float(x > 0.2),
    lambda x: math.log(abs(x) + 1e-3),
]
KEYWORDS = st.sampled_from(
    [
        {},
        {"points": [0.2, 0.0]},
        {"weight": "cos", "wvar": 17.0},
        {"weight": "sin", "wvar": -2.0},
        {"weight": "alg", "wvar": (-0.4, 0.6)},
        {"weight": "alg-log", "wvar": (0.5, -0.2)},
        {"weight": "cauchy", "wvar": 0.123456},
    ]
)
ENDS = st.floats(-4, 4).map(lambda x: round(x, 3))


@settings(max_examples=120, deadline=None)
@given(func=st.sampled_from(FUNCTIONS), a=ENDS, b=ENDS, kwargs=KEYWORDS, limit=st.integers(2, 60))
def test_agrees_with_scipy(func, a, b, kwargs, limit):
    assume(limit > len(kwargs.get("points", ())))
    ours = quad(func, a, b, limit=limit, full_output=1, **kwargs)
    theirs = scipy.integrate.quad(func, a, b, limit=limit, full_output=1, **kwargs)
    assert abs(ours[0] - theirs[0]) <= ours[1] + theirs[1] + 1e-12 * abs(theirs[0])
    assert set(ours[2]) == set(theirs[2])
    if not kwargs:  # the same bisections, but for rounding near the tolerance
        assert abs(ours[2]["last"] - theirs[2]["last"]) <= 6


BAD = [
    (TypeError, "func", {"func": 3}),
    (TypeError, "func", {"func": None}),
    (TypeError, "`a`", {"a": "x"}),
    (TypeError, "`a`", {"a": None}),
    (TypeError, "`b`", {"b": 1j}),
    (TypeError, "`b`", {"b": [0.0, 1.0]}),
    (TypeError, "epsabs", {"epsabs": "small"}),
    (ValueError, "epsrel", {"epsabs": 0, "epsrel": 1e-20}),
    (TypeError, "limit", {"limit": 5.5}),
    (ValueError, "limit", {"limit": 0}),
    (ValueError, "limit", {"limit": 2**40}),
    (TypeError, "points", {"points": ["a"]}),
    (TypeError, "points", {"points": [1j]}),
    (ValueError, "limit", {"points": [0.1, 0.2, 0.3], "limit": 2}),
    (ValueError, "points", {"points": [0.5], "b": INF}),
    (ValueError, "weight", {"weight": "cosine", "wvar": 1}),
    (ValueError, "weight", {"weight": 7, "wvar": 1}),
    (TypeError, "wvar", {"weight": "cos"}),
    (TypeError, "wvar", {"weight": "alg", "wvar": 1}),
    (ValueError, "wvar", {"weight": "alg", "wvar": (-1, 0)}),
    (ValueError, "wvar", {"weight": "alg", "wvar": (math.nan, 0)}),
    (ValueError, "wvar", {"weight": "cauchy", "wvar": 1.0}),
    (ValueError, "wvar", {"weight": "cauchy", "wvar": math.nan}),
    (ValueError, "wvar", {"weight": "cos", "wvar": math.nan}),
    (ValueError, "wvar", {"weight": "sin", "wvar": INF, "b": INF}),
    (ValueError, "limit", {"weight": "alg", "wvar": (0, 0), "limit": 1}),
    (ValueError, "weight", {"weight": "alg", "wvar": (0, 0), "b": INF}),
    (ValueError, "weight", {"weight": "cos", "wvar": 1, "a": -INF, "b": INF}),
    (ValueError, "maxp1", {"weight": "cos", "wvar": 1, "maxp1": 0}),
    (ValueError, "limlst", {"weight": "cos", "wvar": 1, "b": INF, "limlst": 2}),
    (ValueError, "epsabs", {"weight": "cos", "wvar": 1, "b": INF, "epsabs": 0}),
    (TypeError, "wopts", {"weight": "cos", "wvar": 1, "wopts": 3}),
    (ValueError, "wopts", {"weight": "cos", "wvar": 1, "wopts": (0, np.zeros((2, 2)))}),
    (ValueError, "wopts", {"weight": "cos", "wvar": 1, "wopts": (99, np.zeros((25, 50)))}),
]


@pytest.mark.parametrize(("error", "text", "change"), BAD)
def test_bad_input(error, text, change):
    def func(x):
        raise AssertionError("called")

    arguments = {"func": func, "a": 0.0, "b": 1.0, **change}
    with pytest.raises(error, match=text):
        quad(**arguments)


@pytest.mark.parametrize("value", ["a", None, 1j, [1.0, 2.0], np.zeros(2)])
def test_values_that_are_no_numbers(value):
    with pytest.raises(TypeError):
        quad(lambda x: value, 0, 1)


def test_nan_ends_give_nan():
    with pytest.warns(IntegrationWarning):
        assert math.isnan(quad(math.exp, math.nan, 1)[0])


def test_numpy_numbers_and_odd_callables():
    class Callable:
        def __call__(self, x, a=1):
            return np.float32(a * x)

    assert quad(Callable(), np.float32(0), np.int64(2), args=3)[0] == pytest.approx(6)
    assert quad(np.exp, 0, True)[0] == pytest.approx(math.e - 1)
    assert quad(np.array, 0, 1)[0] == pytest.approx(0.5, rel=1e-15)

"""quad_vec and fixed_quad, newton_cotes: closed forms, NumPy, SciPy, bad input."""

import math
import multiprocessing.dummy

import numpy as np
import pytest
import scipy.integrate
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit.integrate import fixed_quad, newton_cotes, quad, quad_vec

RULES = [None, "gk21", "gk15", "trapezoid"]
INF = math.inf


@pytest.mark.parametrize("norm", ["2", "max", lambda v: float(np.abs(v).sum())])
@pytest.mark.parametrize("rule", RULES)
def test_powers(rule, norm):
    power = np.arange(6.0)
    tol = 1e-4 if rule == "trapezoid" else 1e-10
    for a, b in ((0, 2), (2, 0)):
        value, error = quad_vec(lambda x: x**power, a, b, epsabs=tol, norm=norm, quadrature=rule)
        exact = (b ** (power + 1) - a ** (power + 1)) / (power + 1)
        assert np.abs(value - exact).sum() < tol
        assert error <= 3 * tol


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("a", "b", "exact"),
    [
        (0, INF, math.pi / 2),
        (-INF, 1, 3 * math.pi / 4),
        (-INF, INF, math.pi),
        (INF, -INF, -math.pi),
        (1, INF, math.pi / 4),
        (INF, INF, 0),
    ],
)
def test_infinite_ranges(rule, a, b, exact):
    tol = 1e-3 if rule == "trapezoid" else 1e-9
    value, _ = quad_vec(lambda x: 1 / (1 + np.float64(x) ** 2), a, b, epsabs=tol, quadrature=rule)
    assert abs(value - exact) < tol


def test_shapes_and_types():
    matrix = np.arange(6.0).reshape(2, 3)
    value, _error = quad_vec(lambda x: np.exp(1j * x * matrix), 0, 1)
    expected = [
        [quad(lambda x, m=m: np.exp(1j * x * m), 0, 1, complex_func=True)[0] for m in row]
        for row in matrix
    ]
    assert value.shape == (2, 3)
    assert value.dtype == complex
    np.testing.assert_allclose(value, expected, rtol=1e-13)
    assert quad_vec(lambda x: [x, 2 * x], 0, 1)[0].tolist() == pytest.approx([0.5, 1.0])
    assert np.ndim(quad_vec(math.exp, 0, 1)[0]) == 0
    assert quad_vec(lambda x: np.zeros(0), 0, 1)[0].shape == (0,)
    assert quad_vec(lambda x, a, b: a * x + b, 0, 1, args=(2, 3))[0] == pytest.approx(4)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("cache_size", [100e6, 0, 300])
def test_details(rule, cache_size):
    calls = [0]

    def func(x):
        calls[0] += 1
        return np.array([abs(x - 0.3), x])

    kwargs = {"epsabs": 1e-5, "quadrature": rule, "points": [0.6, 9.0]}
    value, error, info = quad_vec(func, 0, 1, full_output=True, **kwargs)
    assert info.neval == calls[0]
    assert info.success
    assert info.status == 0
    order = np.argsort(info.intervals[:, 0])
    assert info.intervals[order][0, 0] == 0
    assert info.intervals[order][-1, 1] == 1
    np.testing.assert_array_equal(info.intervals[order][1:, 0], info.intervals[order][:-1, 1])
    assert 0.6 in info.intervals
    np.testing.assert_allclose(info.integrals.sum(0), value, rtol=1e-12)
    assert info.errors.sum() <= error * (1 + 1e-12)
    again = quad_vec(func, 0, 1, cache_size=cache_size, **kwargs)
    np.testing.assert_allclose(again[0], value, rtol=1e-13)


def test_ends_of_the_search():
    assert quad_vec(lambda x: math.nan, 0, 1, full_output=True)[2].status == 3
    found = quad_vec(lambda x: np.sin(1e3 * x) * 1e9, 0, 1, full_output=True, epsrel=1e-17)
    assert found[2].status == 2
    assert not found[2].success
    found = quad_vec(lambda x: abs(x - 0.3) ** -0.5, 0, 1, full_output=True, limit=4)
    assert found[2].status == 1
    assert len(found[2].errors) >= 4


def test_workers_change_nothing():
    def func(x):
        return np.cos(np.arange(5) * 40 * x) * np.sqrt(x)

    alone = quad_vec(func, 0, 3, full_output=True)
    with multiprocessing.dummy.Pool(3) as pool:
        for workers in (2, 4, -1, pool.map):
            found = quad_vec(func, 0, 3, full_output=True, workers=workers)
            assert found[0].tobytes() == alone[0].tobytes()
            assert found[1] == alone[1]
            assert found[2].neval == alone[2].neval


@pytest.mark.parametrize("workers", [1, 3])
def test_exceptions_come_out(workers):
    error = RuntimeError("mine")
    calls = [0]

    def func(x):
        calls[0] += 1
        if calls[0] > 50:
            raise error
        return math.sqrt(x)

    with pytest.raises(RuntimeError) as caught:
        quad_vec(func, 0, 1, workers=workers)
    assert caught.value is error


@settings(max_examples=40, deadline=None)
@given(a=st.floats(-2, 2), width=st.floats(0.1, 3), k=st.integers(1, 30))
def test_agrees_with_scipy(a, width, k):
    def func(x):
        return np.array([math.cos(k * x), abs(x) ** 0.5, math.exp(-k * x * x)])

    ours, theirs = quad_vec(func, a, a + width), scipy.integrate.quad_vec(func, a, a + width)
    np.testing.assert_allclose(ours[0], theirs[0], atol=ours[1] + theirs[1] + 1e-13)


@pytest.mark.parametrize(
    ("error", "text", "change"),
    [
        (TypeError, "`f`", {"f": 3}),
        (TypeError, "`a`", {"a": "x"}),
        (ValueError, "`b`", {"b": math.nan}),
        (ValueError, "norm", {"norm": "3"}),
        (ValueError, "quadrature", {"quadrature": "gauss"}),
        (TypeError, "workers", {"workers": 1.5}),
        (ValueError, "workers", {"workers": 0}),
        (TypeError, "points", {"points": 3}),
        (TypeError, "limit", {"limit": 2.5}),
        (TypeError, "epsabs", {"epsabs": "x"}),
        (TypeError, "cache_size", {"cache_size": None}),
    ],
)
def test_bad_input(error, text, change):
    with pytest.raises(error, match=text):
        quad_vec(**{"f": math.exp, "a": 0, "b": 1, **change})


@pytest.mark.parametrize("n", [1, 2, 5, 20])
def test_fixed_quad_is_exact_for_polynomials(n):
    power = np.arange(2 * n)
    value, none = fixed_quad(lambda x: x ** power[:, None], -1, 2, n=n)
    assert none is None
    np.testing.assert_allclose(
        value, (2.0 ** (power + 1) - (-1.0) ** (power + 1)) / (power + 1), rtol=1e-12
    )
    assert fixed_quad(lambda x, a: a * x, 0, 1, args=(3,))[0] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("error", "text", "args"),
    [
        (TypeError, "func", (3, 0, 1)),
        (ValueError, "finite", (np.sin, 0, INF)),
        (ValueError, "finite", (np.sin, -np.inf, 1.0)),
        (ValueError, "`n`", (np.sin, 0, 1, (), 0)),
        (ValueError, "`n`", (np.sin, 0, 1, (), 2.5)),
        (TypeError, "`a`", (np.sin, "x", 1)),
    ],
)
def test_fixed_quad_bad_input(error, text, args):
    with pytest.raises(error, match=text):
        fixed_quad(*args)


@pytest.mark.parametrize("n", range(1, 15))
def test_newton_cotes_agrees_with_scipy(n):
    ours, theirs = newton_cotes(n, 1), scipy.integrate.newton_cotes(n, 1)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-9)
    assert ours[1] == pytest.approx(theirs[1], rel=1e-6)
    ours[0][:] = 0  # a copy
    assert newton_cotes(n)[0].any()


def test_newton_cotes_of_unequal_places():
    places = np.array([0, 0.4, 2.2, 3.0, 4.0])
    weights, coefficient = newton_cotes(places)
    for power in range(5):
        assert weights @ places**power == pytest.approx(4.0 ** (power + 1) / (power + 1))
    # the error of x^5 is coefficient * 5!
    assert 4.0**6 / 6 - weights @ places**5 == pytest.approx(coefficient * 120)
    np.testing.assert_allclose(newton_cotes(places, equal=1)[0], newton_cotes(4)[0])


@pytest.mark.parametrize(
    ("error", "rn"),
    [
        (ValueError, 0),
        (ValueError, -3),
        (TypeError, 2.5),
        (TypeError, "ab"),
        (TypeError, [[0, 1]]),
        (ValueError, [0]),
        (ValueError, [0, 1, 3]),
        (ValueError, [0, 1.5, 1.5, 3]),
        (ValueError, [0, math.nan, 2]),
    ],
)
def test_newton_cotes_bad_input(error, rn):
    with pytest.raises(error, match="rn"):
        newton_cotes(rn)

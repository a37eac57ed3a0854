"""tanhsinh and nsum against closed forms, mpmath's values and SciPy."""

import math

import numpy as np
import pytest
import scipy.integrate
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from scikit.integrate import nsum, tanhsinh

inf = math.inf

# integrand, limits, exact value: D. H. Bailey, K. Jeyabalan, X. S. Li, Exp. Math. 14 (2005) 317-329, section 3
BAILEY = [
    (lambda t: t * np.log(1 + t), 0, 1, 0.25),
    (lambda t: t**2 * np.arctan(t), 0, 1, (math.pi - 2 + 2 * math.log(2)) / 12),
    (lambda t: np.exp(t) * np.cos(t), 0, math.pi / 2, (math.exp(math.pi / 2) - 1) / 2),
    (lambda t: np.sqrt(t) * np.log(t), 0, 1, -4 / 9),
    (lambda t: np.sqrt(1 - t**2), 0, 1, math.pi / 4),
    (lambda t: np.log(t) ** 2, 0, 1, 2.0),
    (lambda t: 1 / (1 + t**2), 0, inf, math.pi / 2),
    (lambda t: np.exp(-t) / np.sqrt(t), 0, inf, math.sqrt(math.pi)),
    (lambda t: np.exp(-(t**2) / 2), 0, inf, math.sqrt(math.pi / 2)),
    (lambda t: np.exp(-t) * np.cos(t), 0, inf, 0.5),
    (lambda t: 1 / (1 + t**2), -inf, inf, math.pi),
    (lambda t: np.exp(t) / (1 + np.exp(2 * t)), -inf, 0, math.pi / 4),
]


@pytest.mark.parametrize("case", BAILEY)
def test_closed_forms(case):
    f, a, b, exact = case
    res = tanhsinh(f, a, b)
    assert res.success
    assert res.status == 0
    assert abs(res.integral - exact) < 2e-11 * abs(exact)  # the estimates are no bounds
    assert res.error < 2e-12 * abs(exact)
    turned = tanhsinh(f, b, a)
    assert turned.integral == -res.integral


@pytest.mark.parametrize(
    ("f", "a", "b"),
    [
        (lambda x: np.cos(30 * x) + 2, 0.0, 3.0),
        (lambda x: x**2 * np.arctan(x), 0.0, 1.0),
        (lambda x: np.exp(-x * x), -inf, inf),
        (lambda x: np.exp(-x * x), 20.0, 30.0),
        (lambda x: 1 / (1e-2 + x * x), -1.0, 1.0),
        (lambda x: np.exp(1j * x), 0.0, 2.0),
        (lambda x: 1 / x, 0.0, 1.0),
        (lambda x: x, 3.0, 3.0),
    ],
)
def test_same_as_scipy(f, a, b):
    with np.errstate(all="ignore"):
        ours, theirs = tanhsinh(f, a, b), scipy.integrate.tanhsinh(f, a, b)
    for name in ("success", "status", "nfev", "maxlevel"):
        assert ours[name] == theirs[name], name
        assert ours[name].dtype == theirs[name].dtype
    # where it diverges, the two differ in which of the last points they can use
    assert_allclose(ours.integral, theirs.integral, rtol=1e-14 if ours.success else 1e-2)
    assert_allclose(ours.error, theirs.error, rtol=1e-6 if ours.success else 1, atol=1e-15)


def test_many_at_once_and_compression():
    calls = []

    def f(x, c):
        calls.append(np.broadcast_shapes(x.shape, c.shape))
        return np.sin(c * x)

    c = np.array([1, 10, 30, 100.0])
    res = tanhsinh(f, 0, 1, args=(c,), minlevel=1)
    assert_allclose(res.integral, (1 - np.cos(c)) / c, rtol=1e-12)
    assert_array_equal(res.nfev, [67, 131, 259, 515])
    assert calls[0] == (4,)
    assert calls[1] == (4, 34)
    assert calls[-1] == (1, 256)
    single = [tanhsinh(lambda x, v=v: np.sin(v * x), 0, 1).integral for v in c]
    assert_allclose(res.integral, single, rtol=1e-15)


def test_very_many():
    c = np.linspace(0.5, 40, 20_001)
    largest = 0

    def f(x, c):
        nonlocal largest
        largest = max(largest, x.size)
        return np.exp(-c * x)

    res = tanhsinh(f, 0, np.inf, args=(c,), minlevel=4)
    assert res.success.all()
    assert_allclose(res.integral, 1 / c, rtol=1e-11)
    assert largest < 2**23
    assert_array_equal(
        res.integral[::5000], tanhsinh(f, 0, np.inf, args=(c[::5000],), minlevel=4).integral
    )


def test_keyword_arguments():
    res = tanhsinh(lambda x, p, *, q: q * x**p, 0, [1, 2], args=(2,), kwargs={"q": [[3.0], [6.0]]})
    assert_allclose(res.integral, [[1, 8], [2, 16]])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-5, 5), min_size=1, max_size=6),
    st.floats(-10, 10),
    st.floats(-10, 10),
)
def test_polynomials(coefficients, a, b):
    p = np.polynomial.Polynomial(coefficients)
    exact = p.integ()(b) - p.integ()(a)
    res = tanhsinh(p, a, b)
    scale = abs(b - a) * np.abs(p(np.linspace(a, b, 30))).max()
    assert abs(res.integral - exact) <= 1e-11 * scale + 1e-300


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_types(dtype):
    def f(x):
        assert x.dtype == dtype
        return np.exp(x)

    res = tanhsinh(f, dtype(0), np.array([1, 2], dtype))
    assert res.integral.dtype == dtype
    assert res.error.dtype == dtype
    assert res.success.all()
    assert_allclose(res.integral, np.expm1(np.array([1, 2])), rtol=50 * np.finfo(dtype).eps)
    swapped = np.array([1.0, 2.0]).astype(">f8")
    assert tanhsinh(np.exp, 0, swapped).integral.dtype == np.float64
    wide = np.zeros(6)[::2]
    wide.flags.writeable = False
    assert_allclose(tanhsinh(np.exp, wide, 1).integral, math.e - 1)


def test_logarithms():
    res = tanhsinh(lambda x: -(x**2), [20, -inf], [30, inf], log=True)
    # the first from mpmath: log(sqrt(pi) / 2 * (erfc(20) - erfc(30)))
    assert_allclose(res.integral, [-403.69012557173948, math.log(math.pi) / 2], rtol=1e-13)
    assert res.integral.dtype == np.float64
    tiny = tanhsinh(lambda x: -(x**2) - 5000, -inf, inf, log=True)
    assert_allclose(tiny.integral, math.log(math.pi) / 2 - 5000, rtol=1e-15)
    negative = tanhsinh(lambda x: -(x**2), inf, -inf, log=True)
    assert_allclose(negative.integral, math.log(math.pi) / 2 + math.pi * 1j)


def test_preserve_shape():
    shapes = []

    def f(x):
        shapes.append(x.shape)
        return [x[0], np.sin(10 * x[1]), np.cos(30 * x[2])]

    res = tanhsinh(f, np.zeros(3), 1, preserve_shape=True)
    assert_allclose(res.integral, [0.5, (1 - math.cos(10)) / 10, math.sin(30) / 30], rtol=1e-11)
    assert shapes[0] == (3,)
    assert all(s[0] == 3 and len(s) == 2 for s in shapes[1:])
    more = tanhsinh(lambda x: np.stack([x, x**2]), 0, 3, preserve_shape=True)
    assert_allclose(more.integral, [4.5, 9])


def test_callback_and_levels():
    seen = []

    def stop(res):
        seen.append(res)
        if len(seen) == 4:
            raise StopIteration

    res = tanhsinh(lambda x: np.exp(-x * x), -inf, inf, minlevel=0, rtol=1e-15, callback=stop)
    assert res.status == -4
    assert res.maxlevel == 2
    assert [int(s.maxlevel) for s in seen] == [-1, 0, 1, 2]
    assert [int(s.status) for s in seen] == [1, 1, 1, 1]
    assert seen[-1].integral == res.integral
    direct = tanhsinh(lambda x: np.exp(-x * x), -inf, inf, minlevel=2, maxlevel=2, rtol=1e-15)
    assert_allclose(direct.integral, res.integral, rtol=1e-15)


@pytest.mark.parametrize(
    ("change", "error", "name"),
    [
        ({"f": 3}, ValueError, "`f`"),
        ({"a": 1j}, ValueError, "`a`"),
        ({"b": "x"}, ValueError, "`b`"),
        ({"b": np.array([object()])}, ValueError, "`b`"),
        ({"a": [1, 2], "b": [1, 2, 3]}, ValueError, "`a`"),
        ({"log": 1}, ValueError, "`log`"),
        ({"preserve_shape": "no"}, ValueError, "`preserve_shape`"),
        ({"maxlevel": 1.5}, ValueError, "`maxlevel`"),
        ({"maxlevel": inf}, ValueError, "`maxlevel`"),
        ({"minlevel": -1}, ValueError, "`minlevel`"),
        ({"atol": math.nan}, ValueError, "`atol`"),
        ({"rtol": [1e-3, 1e-3]}, ValueError, "`rtol`"),
        ({"rtol": inf, "log": True}, ValueError, "`rtol`"),
        ({"callback": 1}, ValueError, "`callback`"),
        ({"kwargs": [1]}, TypeError, "`kwargs`"),
        ({"f": lambda x: "text"}, TypeError, "`f`"),
        ({"f": lambda x: None}, TypeError, "`f`"),
        ({"f": lambda x: np.zeros(7), "a": [0, 0]}, ValueError, "`f`"),
    ],
)
def test_bad_input(change, error, name):
    arguments = {"f": np.sin, "a": 0.0, "b": 1.0} | change
    with pytest.raises(error, match=name):
        tanhsinh(**arguments)


def test_exceptions_come_out_as_themselves():
    problem = KeyError("mine")

    def f(x):
        if x.ndim > 1:
            raise problem
        return x

    with pytest.raises(KeyError) as caught:
        tanhsinh(f, 0, 1)
    assert caught.value is problem

    def callback(res):
        raise problem

    with pytest.raises(KeyError) as caught:
        tanhsinh(np.sin, 0, 1, callback=callback)
    assert caught.value is problem


def test_nan_and_empty():
    res = tanhsinh(lambda x, c: x * c, [math.nan, 0, 0], 1, args=([1, math.nan, 1],))
    assert_array_equal(res.status, [-3, -3, 0])
    assert_array_equal(res.nfev[:2], [1, 1])
    assert_allclose(res.integral[2], 0.5)
    assert tanhsinh(np.sin, np.zeros((0, 3)), 1).integral.shape == (0, 3)


# sums ---------------------------------------------------------------------------------------------


def test_zeta():
    p = np.array([2, 3, 4, 6.0])
    exact = [math.pi**2 / 6, 1.2020569031595942, math.pi**4 / 90, math.pi**6 / 945]
    res = nsum(lambda k, p: k**-p, 1, inf, args=(p,))
    assert res.success.all()
    assert_allclose(res.sum, exact, rtol=1e-10)
    assert (np.abs(res.sum - exact) <= res.error).all()
    logs = nsum(lambda k, p: -p * np.log(k), 1, inf, args=(p,), log=True)
    assert_allclose(np.exp(logs.sum), exact, rtol=1e-10)
    assert_allclose(
        nsum(lambda k: 1 / k - 1 / (k + 1), 1, inf, step=2).sum, math.log(2), rtol=1e-12
    )


def test_all_integers():
    # Jacobi's theta function at exp(-1), from mpmath: nsum(lambda k: exp(-k**2), [-inf, inf])
    res = nsum(lambda k: np.exp(-k * k), [-inf, -inf, 1], [inf, -1, inf])
    assert_allclose(
        res.sum, [1.772637204826652, 0.38631860241332608, 0.38631860241332608], rtol=1e-10
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(-20, 20), st.integers(1, 60), st.sampled_from([0.25, 0.5, 1.0, 3.0]))
def test_finite_sums(a, count, step):
    x = a + step * np.arange(count)
    res = nsum(lambda k: np.exp(-k / 10), a, x[-1] + step / 2, step=step)
    assert_allclose(res.sum, np.exp(-x / 10).sum(), rtol=1e-14)
    assert res.nfev == count + 1


@pytest.mark.parametrize(
    ("f", "options"),
    [
        (lambda k: 1 / k**2, {}),
        (lambda k: 1 / k**2, {"maxterms": 1000}),
        (lambda k: 1 / k**2, {"tolerances": {"atol": 1e-3}}),
        (lambda k: 1 / k, {"maxterms": 100}),
        (lambda k: k**-1.1, {"maxterms": 1000}),
        (lambda k: np.exp(-((k - 30) ** 2) / 50), {}),
    ],
)
def test_sums_same_as_scipy(f, options):
    with np.errstate(all="ignore"):
        ours, theirs = nsum(f, 1, inf, **options), scipy.integrate.nsum(f, 1, inf, **options)
    assert ours.status == theirs.status
    rtol = 1e-12 if ours.status != -2 else 1
    assert_allclose(ours.sum, theirs.sum, rtol=rtol)
    if ours.status != -2:
        assert_allclose(ours.error, theirs.error, rtol=1e-3)
        assert abs(ours.nfev - theirs.nfev) <= 4  # where to look for a small term


def test_sums_that_fail():
    with np.errstate(all="ignore"):
        res = nsum(
            lambda k, p: k**-p,
            [0, 1, 1, math.nan, 5],
            [10, inf, inf, 3, 1],
            args=([2, 0.9, 1.1, 2, 2],),
            maxterms=100,
        )
    assert_array_equal(res.status, [-3, -2, -4, -1, 0])
    assert_array_equal(res.success, [False, False, False, False, True])
    assert res.sum[4] == 0


@pytest.mark.parametrize(
    ("change", "error", "name"),
    [
        ({"f": 3}, ValueError, "`f`"),
        ({"a": 1j}, ValueError, "`a`"),
        ({"step": "x"}, ValueError, "`step`"),
        ({"log": 3}, ValueError, "`log`"),
        ({"maxterms": -1}, ValueError, "`maxterms`"),
        ({"maxterms": inf}, ValueError, "`maxterms`"),
        ({"maxterms": 2.5}, ValueError, "`maxterms`"),
        ({"tolerances": 3}, TypeError, "`tolerances`"),
        ({"tolerances": {"tol": 3}}, ValueError, "`tolerances`"),
        ({"tolerances": {"rtol": -1}}, ValueError, "rtol"),
    ],
)
def test_bad_sums(change, error, name):
    arguments = {"f": np.exp, "a": -5, "b": 1} | change
    with pytest.raises(error, match=name):
        nsum(**arguments)


def test_a_divergent_integral_beside_others_warns_of_nothing():
    res = tanhsinh(lambda x: x, 0, np.array([1.0, np.inf, 2.0]))  # warnings are errors
    assert_array_equal(res.success, [True, False, True])
    assert_allclose(res.integral[[0, 2]], [0.5, 2.0], rtol=1e-14)

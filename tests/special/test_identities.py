"""Identities of the functions, at points that hypothesis chooses."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from scikit.special import ellipk, erf, erfc, gamma, gammaln, i0e, j0


def reals(lo, hi):
    return st.floats(lo, hi, allow_nan=False)


@given(reals(-30, 30))
def test_erf_and_its_complement(x):
    assert_allclose(erf(x) + erfc(x), 1, rtol=1e-15)
    assert erf(-x) == -erf(x)
    assert_allclose(erfc(-x), 2 - erfc(x), atol=1e-15)
    assert abs(erf(x)) <= 1
    assert 0 <= erfc(x) <= 2


@given(reals(-6, 26), reals(0.001, 1))
def test_erf_and_erfc_are_monotonic(x, step):
    assert erf(x) <= erf(x + step)
    assert erfc(x) >= erfc(x + step)


@given(reals(1e-3, 170))
def test_gamma_recurrence(x):
    up = x + 1
    assume(up - 1 == x)
    assert_allclose(gamma(up), x * gamma(x), rtol=2e-15)


@given(reals(1e-3, 100))
def test_gamma_reflection(x):
    r = x - np.round(x)
    assume(abs(r) > 1e-6)
    sine = np.sin(np.pi * r) * (-1) ** int(np.round(x))
    assert_allclose(gamma(-x) * gamma(x), -np.pi / (x * sine), rtol=3e-15)


@given(reals(-100, 170))
def test_gammaln_is_the_logarithm_of_gamma(x):
    assume(abs(x - np.round(x)) > 1e-6 or x > 0.1)
    assert_allclose(gammaln(x), np.log(abs(gamma(x))), rtol=1e-13, atol=1e-14)


@given(st.integers(1, 20))
def test_gamma_of_integers_is_exact(n):
    assert gamma(float(n)) == float(np.prod(np.arange(1, n, dtype=object)) if n > 1 else 1)


@given(reals(1e-10, 1e10))
def test_even_functions(x):
    assert j0(-x) == j0(x)
    assert i0e(-x) == i0e(x)
    assert abs(j0(x)) <= min(1, np.sqrt(2 / (np.pi * x)) * (1 + 1e-15))
    assert 0 < i0e(x) <= 1


@given(reals(0.1, 200))
def test_bessel_equation(x):
    # J0(x) is the mean of cos(x sin t): the trapezoidal rule is exact to rounding with enough points
    t = np.arange(512) * (np.pi / 512)
    assert_allclose(j0(x), np.cos(x * np.sin(t)).mean(), atol=1e-13)
    assert_allclose(i0e(x), np.exp(x * (np.cos(t * 2) - 1)).mean(), rtol=1e-12, atol=1e-14)


@given(reals(-1e6, 0.999))
def test_ellipk_by_the_arithmetic_geometric_mean(m):
    a, g = 1.0, np.sqrt(1 - m)
    for _ in range(12):
        a, g = (a + g) / 2, np.sqrt(a * g)
    assert_allclose(ellipk(m), np.pi / (2 * a), rtol=5e-15)

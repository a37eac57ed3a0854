"""lebedev_rule: exactness on spherical harmonics, symmetry, SciPy's points, bad input."""

import itertools

import numpy as np
import pytest
import scipy.integrate
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import sph_harm_y

from scikit.integrate import lebedev_rule

DEGREES = [*range(3, 32, 2), *range(35, 132, 6)]
POINTS = [6, 14, 26, 38, 50, 74, 86, 110, 146, 170, 194, 230, 266, 302, 350, 434, 590, 770, 974, 1202, 1454, 1730, 2030,
          2354, 2702, 3074, 3470, 3890, 4334, 4802, 5294, 5810]  # fmt: skip
EVERY = pytest.mark.parametrize("n", DEGREES)


@pytest.mark.parametrize(("n", "m"), list(zip(DEGREES, POINTS, strict=True)))
def test_shapes_and_weights(n, m):
    x, w = lebedev_rule(n)
    assert x.shape == (3, m)
    assert w.shape == (m,)
    assert x.dtype == w.dtype == np.float64
    assert_allclose(w.sum(), 4 * np.pi, rtol=1e-15)
    assert_allclose((x**2).sum(axis=0), 1, rtol=4e-16)
    assert len(np.unique(np.round(x, 9) + 0.0, axis=1).T) == m
    assert (w > 0).all() == (n not in (13, 25, 27))


@pytest.mark.parametrize("n", DEGREES[:18])
def test_every_spherical_harmonic(n):
    x, w = lebedev_rule(n)
    polar, azimuth = np.arccos(np.clip(x[2], -1, 1)), np.arctan2(x[1], x[0])
    degree, order = np.array([(k, m) for k in range(n + 1) for m in range(k + 1)]).T
    moments = sph_harm_y(degree[:, None], order[:, None], polar, azimuth) @ w
    expected = np.where(degree == 0, np.sqrt(4 * np.pi), 0)
    assert_allclose(moments, expected, atol=1e-13)


@EVERY
def test_zonal_harmonics_in_any_direction(n):
    x, w = lebedev_rule(n)
    direction = np.random.default_rng(n).normal(size=(6, 3))
    t = direction / np.linalg.norm(direction, axis=1)[:, None] @ x
    before, now = np.zeros_like(t), np.ones_like(t)
    for k in range(1, n + 1):  # Legendre's polynomial of degree k
        before, now = now, ((2 * k - 1) * t * now - (k - 1) * before) / k
        assert_allclose(now @ w, 0, atol=2e-14)
    misses = []
    for k in range(n + 1, n + 6):
        before, now = now, ((2 * k - 1) * t * now - (k - 1) * before) / k
        misses.append(np.abs(now @ w).max())
    assert max(misses) > 1e-9  # the degree is the one that was asked for


@EVERY
def test_symmetry(n):
    x, w = lebedev_rule(n)
    points = {tuple(p): v for p, v in zip(x.T, w, strict=True)}
    assert len(points) == len(w)
    for places, signs in itertools.product(
        itertools.permutations(range(3)), itertools.product((1, -1), repeat=3)
    ):
        image = x[list(places)] * np.array(signs)[:, None]
        assert all(points[tuple(p)] == v for p, v in zip(image.T, w, strict=True))


@EVERY
def test_scipys_points(n):
    ours, theirs = (
        np.array(sorted(map(tuple, np.round(np.vstack(rule).T, 9) + 0.0)))
        for rule in (lebedev_rule(n), scipy.integrate.lebedev_rule(n))
    )
    assert_allclose(ours, theirs, atol=2e-9)


def test_exponential_function():
    x, w = lebedev_rule(21)
    assert_allclose(w @ np.exp(x[0]), 4 * np.pi * np.sinh(1), rtol=1e-15)


@pytest.mark.parametrize("n", [-1, 0, 1, 2, 4, 33, 36, 133, 10**30, True, 3.5, np.inf, np.nan])
def test_no_such_rule(n):
    with pytest.raises(NotImplementedError, match=r"Order n=.* not available"):
        lebedev_rule(n)


@pytest.mark.parametrize("n", ["3", None, [3], 3j, object(), np.array([3, 5])])
def test_no_integer(n):
    with pytest.raises(TypeError, match="`n`"):
        lebedev_rule(n)


def test_other_integers_and_own_arrays():
    x, w = lebedev_rule(5)
    for n in (np.int8(5), np.array(5), 5.0, np.float64(5)):
        assert_array_equal(lebedev_rule(n)[0], x)
    x[:] = w[:] = 0
    assert lebedev_rule(5)[0].any()

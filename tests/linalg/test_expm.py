"""expm: mpmath's exponentials, closed forms, group properties, extremes."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit.linalg import expm
from scikit.testing import assert_layout_independent

TYPES = [np.float32, np.float64, np.complex64, np.complex128]


def by_mpmath(a):
    mp = mpmath.MPContext()  # of its own: the precision of mpmath.mp is shared by all threads
    mp.dps = 60
    e = mp.expm(mp.matrix(a.tolist()), method="taylor")
    return np.array([[complex(e[i, j]) for j in range(len(a))] for i in range(len(a))])


def error(a, dtype):
    """Relative error in units of roundoff and max(1, |a|), the condition number of normal matrices."""
    a = a.astype(dtype)
    expected = by_mpmath(a)
    got = expm(a)
    assert got.dtype == dtype
    return (
        np.linalg.norm(got - expected)
        / np.linalg.norm(expected)
        / np.finfo(dtype).eps
        / max(1, np.linalg.norm(a, 1))
    )


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 8, 9, 14])
@pytest.mark.parametrize("norm", [1e-9, 0.01, 0.3, 1.0, 2.2, 6.0, 30.0])
def test_against_mpmath(dtype, n, norm):
    rng = np.random.default_rng(n)
    a = rng.normal(size=(n, n))
    if np.dtype(dtype).kind == "c":
        a = a + 1j * rng.normal(size=(n, n))
    a *= norm / np.linalg.norm(a, 1)
    assert error(a, dtype) < 10 * n


@pytest.mark.parametrize("n", [2, 3, 10])
def test_nilpotent_matrices_are_exact_to_rounding(n):
    """Far from normal: the powers vanish though the norm is large (Al-Mohy & Higham 2009, section 1)."""
    a = np.triu(np.full((n, n), 1e3), 1)
    expected = by_mpmath(a).real
    np.testing.assert_allclose(expm(a), expected, rtol=1e-12)
    np.testing.assert_allclose(expm(a.T), expected.T, rtol=1e-12)


def test_overscaling_is_avoided():
    """The example of Al-Mohy & Higham 2009, (1.3)."""
    a = np.array([[1.0, 1e6], [0.0, -1.0]])
    np.testing.assert_allclose(expm(a), [[np.e, 1e6 * np.sinh(1)], [0, 1 / np.e]], rtol=1e-13)


@pytest.mark.parametrize("n", [2, 5, 12])
def test_diagonal_and_zero(n):
    d = np.linspace(-30, 5, n)
    np.testing.assert_allclose(np.diag(expm(np.diag(d))), np.exp(d), rtol=1e-13)
    np.testing.assert_array_equal(expm(np.zeros((n, n))), np.eye(n))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 12), st.floats(0.01, 20), st.integers(0, 2**32 - 1))
def test_rotations_stay_orthogonal_and_invert(n, norm, seed):
    a = np.random.default_rng(seed).normal(size=(n, n))
    a = a - a.T
    a *= norm / np.linalg.norm(a, 2)
    r = expm(a)
    np.testing.assert_allclose(r @ r.T, np.eye(n), atol=1e-13 * max(1, norm))
    np.testing.assert_allclose(expm(-a), r.T, atol=1e-13 * max(1, norm))


@pytest.mark.parametrize("n", [3, 9])
def test_stacks_are_one_by_one(n):
    a = np.random.default_rng(1).normal(size=(2, 19, n, n)) * np.logspace(-3, 1, 19)[:, None, None]
    e = expm(a)
    for i in range(2):
        for j in range(19):
            np.testing.assert_allclose(
                e[i, j], expm(a[i, j]), rtol=1e-12, atol=1e-13 * np.abs(e[i, j]).max()
            )
    assert expm(np.zeros((0, n, n))).shape == (0, n, n)
    assert expm(np.zeros((0, 0))).shape == (0, 0)


@pytest.mark.parametrize("n", [2, 9])
def test_huge_matrices(n):
    big = -1e12 * np.eye(n)
    np.testing.assert_array_equal(expm(big), np.zeros((n, n)))
    assert np.isnan(expm(np.full((n, n), np.nan))).all()
    with np.errstate(all="ignore"):
        assert not np.isfinite(expm(1e12 * np.eye(n))).all()


def test_layouts_and_integers():
    a = np.random.default_rng(2).normal(size=(3, 4, 4))
    assert_layout_independent(expm, a)
    assert_layout_independent(expm, np.random.default_rng(2).normal(size=(10, 10)))
    np.testing.assert_allclose(expm([[0, 1], [0, 0]]), [[1, 1], [0, 1]], rtol=1e-15)


@pytest.mark.parametrize(
    ("a", "error_type"), [([[1.0, 2.0]], ValueError), (3.0, ValueError), ([["x"]], TypeError)]
)
def test_bad_input_is_named(a, error_type):
    with pytest.raises(error_type, match="`A`"):
        expm(a)

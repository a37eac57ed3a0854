"""eigh: residuals, orthonormality, LAPACK's eigenvalues, subsets, the generalised problem."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit.linalg import LinAlgError, eigh
from scikit.testing import assert_layout_independent

TYPES = [np.float32, np.float64, np.complex64, np.complex128]


def hermitian(rng, shape, dtype):
    a = rng.normal(size=shape)
    if np.dtype(dtype).kind == "c":
        a = a + 1j * rng.normal(size=shape)
    return (a + a.conj().swapaxes(-1, -2)).astype(dtype)


def check(a, w, v, factor=20):
    n, eps = a.shape[-1], np.finfo(a.dtype).eps
    a, v = a.astype(np.complex128), v.astype(np.complex128)
    scale = np.linalg.norm(a, axis=(-2, -1))[..., None, None] + np.finfo(np.float64).tiny
    assert (np.diff(w, axis=-1) >= 0).all()
    assert np.abs((a @ v - v * w[..., None, :]) / scale).max(initial=0) < factor * n * eps
    assert np.abs(v.conj().swapaxes(-1, -2) @ v - np.eye(n)).max(initial=0) < factor * n * eps
    assert np.abs((w - np.linalg.eigvalsh(a)) / scale[..., 0]).max(initial=0) < factor * n * eps


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 16])
@pytest.mark.parametrize("count", [0, 1, 21])
def test_random_stacks(dtype, n, count):
    a = hermitian(np.random.default_rng(n), (count, n, n), dtype)
    w, v = eigh(a)
    assert w.dtype == np.finfo(dtype).dtype
    assert v.dtype == dtype
    check(a, w, v)
    np.testing.assert_array_equal(eigh(a, eigvals_only=True).shape, w.shape)
    np.testing.assert_allclose(
        eigh(a, eigvals_only=True), w, atol=50 * np.finfo(dtype).eps * max(1, n)
    )


@settings(max_examples=100, deadline=None)
@given(
    st.integers(2, 4),
    st.lists(st.sampled_from([0.0, 1.0, 1.0, -1.0, 1e-8, 1e8, 1 + 1e-13]), min_size=4, max_size=4),
    st.integers(0, 2**32 - 1),
)
def test_clustered_and_graded_spectra(n, values, seed):
    """Equal, nearly equal and widely spread eigenvalues."""
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))
    a = (q * values[:n]) @ q.T
    a = (a + a.T) / 2
    w, v = eigh(a)
    check(a, w, v)


@pytest.mark.parametrize("scale", [1e-160, 1e-30, 1e30, 1e150])
def test_extreme_scales(scale):
    a = hermitian(np.random.default_rng(0), (5, 3, 3), np.float64)
    np.testing.assert_allclose(
        eigh(a * scale)[0] / scale, np.linalg.eigvalsh(a), rtol=1e-13, atol=1e-13
    )


@pytest.mark.parametrize("n", [3, 7])
@pytest.mark.parametrize("dtype", TYPES)
def test_only_one_triangle_is_looked_at(n, dtype):
    a = hermitian(np.random.default_rng(5), (4, n, n), dtype)
    lower = np.tril(a) + 99 * np.triu(np.ones((n, n)), 1).astype(dtype)
    upper = np.triu(a) + 99 * np.tril(np.ones((n, n)), -1).astype(dtype)
    check(a, *eigh(lower, lower=True))
    check(a, *eigh(upper, lower=False))


@pytest.mark.parametrize("n", [4, 9])
def test_subsets(n):
    a = hermitian(np.random.default_rng(6), (n, n), np.float64)
    w, v = eigh(a)
    w1, v1 = eigh(a, subset_by_index=(1, 2))
    np.testing.assert_array_equal(w1, w[1:3])
    np.testing.assert_array_equal(v1, v[:, 1:3])
    w2 = eigh(a, subset_by_value=((w[0] + w[1]) / 2, (w[2] + w[3]) / 2), eigvals_only=True)
    np.testing.assert_allclose(w2, w[1:3], rtol=1e-13)
    expected = scipy.linalg.eigh(a, subset_by_index=(1, 2), eigvals_only=True)
    np.testing.assert_allclose(w1, expected, atol=1e-13)


@pytest.mark.parametrize("kind", [1, 2, 3])
@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize("n", [3, 6])
def test_generalised_problem(kind, dtype, n):
    rng = np.random.default_rng(8)
    a = hermitian(rng, (n, n), dtype)
    b = hermitian(rng, (n, n), dtype)
    b = b @ b.conj().T + n * np.eye(n)
    w, v = eigh(a, b, type=kind)
    left, right = {1: (a @ v, b @ v * w), 2: (a @ b @ v, v * w), 3: (b @ a @ v, v * w)}[kind]
    np.testing.assert_allclose(left, right, atol=1e-10)
    np.testing.assert_allclose(
        w, scipy.linalg.eigh(a, b, type=kind, eigvals_only=True), rtol=1e-10, atol=1e-12
    )
    np.testing.assert_allclose(eigh(a, b, type=kind, eigvals_only=True), w)


@pytest.mark.parametrize(
    ("kwargs", "text"),
    [
        ({"driver": "fast"}, "`driver` must be one of"),
        ({"subset_by_index": (2, 1)}, "`subset_by_index`"),
        ({"subset_by_index": (0, 3)}, "`subset_by_index`"),
        ({"subset_by_value": (1, 0)}, "`subset_by_value`"),
        ({"subset_by_index": (0, 1), "subset_by_value": (0, 1)}, "cannot be given together"),
        ({"b": np.eye(3), "type": 4}, "`type` must be"),
        ({"b": np.eye(2)}, "`b` of shape"),
    ],
)
def test_bad_options_are_named(kwargs, text):
    with pytest.raises(ValueError, match=text):
        eigh(np.eye(3), **kwargs)


@pytest.mark.parametrize("n", [2, 5])
def test_bad_matrices(n):
    a = np.eye(n)
    a[n - 1, 0] = np.nan
    with pytest.raises(ValueError, match="`a` must not contain"):
        eigh(a)
    with pytest.raises(LinAlgError, match="`b` is not positive definite"):
        eigh(np.eye(n), -np.eye(n))
    with pytest.raises(ValueError, match="`a` must be square"):
        eigh(np.ones((2, 3)))


@pytest.mark.parametrize("n", [3, 6])
def test_layouts(n):
    a = hermitian(np.random.default_rng(9), (3, n, n), np.float64)
    assert_layout_independent(eigh, a)

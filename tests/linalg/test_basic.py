"""solve and inv: residuals, LAPACK's answers, structures, singular and ill-conditioned matrices, bad input."""

import warnings

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit.linalg import LinAlgError, LinAlgWarning, inv, solve
from scikit.testing import assert_layout_independent

TYPES = [np.float32, np.float64, np.complex64, np.complex128]
SIZES = [1, 2, 3, 4, 5, 8, 9, 17]


def matrices(rng, shape, dtype):
    a = rng.normal(size=shape)
    if np.dtype(dtype).kind == "c":
        a = a + 1j * rng.normal(size=shape)
    return a.astype(dtype)


def backward_error(a, x, b):
    """max |a x - b| / (|a| |x|), in units of roundoff and the order."""
    a, x, b = (np.asarray(v, np.complex128) for v in (a, x, b))
    scale = np.linalg.norm(a, axis=(-2, -1)) * np.linalg.norm(x, axis=(-2, -1))
    return (np.linalg.norm(a @ x - b, axis=(-2, -1)) / scale).max()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("count", [0, 1, 7, 33])
def test_inverse_of_random_stacks(dtype, n, count):
    a = matrices(np.random.default_rng(n), (count, n, n), dtype)
    x = inv(a)
    assert x.dtype == dtype
    assert x.shape == a.shape
    if count:
        eps = np.finfo(dtype).eps
        product = np.asarray(x, np.complex128) @ a
        error = np.linalg.norm(product - np.eye(n), axis=(1, 2))
        assert (error <= 10 * n * eps * np.linalg.cond(a.astype(np.complex128))).all()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("m", [1, 2, 8, 11])
def test_solve_is_backward_stable(dtype, n, m):
    rng = np.random.default_rng(n * m)
    a, b = matrices(rng, (13, n, n), dtype), matrices(rng, (13, n, m), dtype)
    x = solve(a, b)
    assert x.dtype == dtype
    assert backward_error(a, x, b) < 20 * n * np.finfo(dtype).eps


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 8), st.integers(0, 2**32 - 1), st.integers(-12, 12))
def test_small_kernel_and_lapack_agree(n, seed, power):
    """Scaled rows and columns force pivoting; the scaling itself changes no digit."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(3, n, n)) * 2.0 ** rng.integers(-3, 4, size=(3, n, 1)) * 2.0**power
    b = rng.normal(size=(3, n, 2))
    cond = np.linalg.cond(a).max()
    if cond > 1e10:
        return
    x = solve(a, b)
    expected = np.linalg.solve(a, b)
    np.testing.assert_allclose(x, expected, atol=1e-14 * cond * np.abs(expected).max())
    np.testing.assert_allclose(
        inv(a), np.linalg.inv(a), atol=1e-14 * cond * np.abs(np.linalg.inv(a)).max()
    )


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-30, 1e30, 1e150, 1e300])
@pytest.mark.parametrize("n", [2, 3, 4])
def test_extreme_scales(scale, n):
    a = np.random.default_rng(3).normal(size=(n, n)) + 3 * np.eye(n)
    np.testing.assert_allclose(inv(a * scale) * scale, np.linalg.inv(a), rtol=1e-12, atol=1e-14)


def test_permutations_need_pivots():
    a = np.eye(4)[[2, 0, 3, 1]]
    np.testing.assert_array_equal(inv(a), a.T)
    np.testing.assert_array_equal(solve(a, np.arange(4.0)), a.T @ np.arange(4.0))


@pytest.mark.parametrize(
    ("sa", "sb", "sx"),
    [
        ((3, 3), (3,), (3,)),
        ((3, 3), (3, 2), (3, 2)),
        ((5, 3, 3), (3,), (5, 3)),
        ((5, 3, 3), (3, 2), (5, 3, 2)),
        ((3, 3), (5, 3, 2), (5, 3, 2)),
        ((2, 1, 3, 3), (5, 3, 1), (2, 5, 3, 1)),
        ((0, 3, 3), (3, 2), (0, 3, 2)),
        ((0, 0), (0, 2), (0, 2)),
        ((4, 9, 9), (9, 3), (4, 9, 3)),
    ],
)
def test_shapes_broadcast(sa, sb, sx):
    rng = np.random.default_rng(1)
    a = rng.normal(size=sa) + 3 * np.eye(sa[-1])
    b = rng.normal(size=sb)
    x = solve(a, b)
    assert x.shape == sx
    right = b[:, None] if b.ndim == 1 else b
    product = a @ (x[..., None] if b.ndim == 1 else x)
    np.testing.assert_allclose(product, np.broadcast_to(right, product.shape), atol=1e-12)


@pytest.mark.parametrize("n", [3, 12])
@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize(
    "name",
    [
        "sym",
        "her",
        "pos",
        "diagonal",
        "tridiagonal",
        "upper triangular",
        "lower triangular",
        "gen",
        "banded",
    ],
)
def test_structures_look_only_at_their_part(n, lower, name):
    rng = np.random.default_rng(7)
    full = rng.normal(size=(2, n, n)) + 1j * rng.normal(size=(2, n, n))
    full = full @ full.conj().swapaxes(1, 2) + n * np.eye(n)
    if name == "sym":
        full = full + 2 * np.triu(full, 1).swapaxes(1, 2)
        full = (full + full.swapaxes(1, 2)) / 2
    if name == "diagonal":
        seen = np.eye(n, dtype=bool)
    elif name == "tridiagonal":
        seen = abs(np.subtract.outer(np.arange(n), np.arange(n))) <= 1
    elif name == "upper triangular":
        seen = np.triu(np.ones((n, n), bool))
    elif name == "lower triangular":
        seen = ~np.triu(np.ones((n, n), bool), 1)
    elif name in ("gen", "banded"):
        seen = np.ones((n, n), bool)
    else:
        seen = np.tril(np.ones((n, n), bool)) if lower else np.triu(np.ones((n, n), bool))
    symmetric = name in ("sym", "her", "pos")
    true = full if symmetric else np.where(seen, full, 0)
    given_ = np.where(seen, full, 77.0)
    b = rng.normal(size=(n, 2))
    np.testing.assert_allclose(
        solve(given_, b, assume_a=name, lower=lower),
        np.linalg.solve(true, np.broadcast_to(b, (2, n, 2))),
        rtol=1e-9,
    )
    np.testing.assert_allclose(
        inv(given_, assume_a=name, lower=lower), np.linalg.inv(true), rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(
        solve(given_[0], b, assume_a=name, lower=lower, transposed=True),
        np.linalg.solve(true[0].T, b),
        rtol=1e-9,
    )


@pytest.mark.parametrize("n", [1, 2, 3, 8, 12])
def test_singular_matrices_are_errors(n):
    a = np.random.default_rng(0).normal(size=(4, n, n))
    a[2] = 0
    for call in (lambda: inv(a), lambda: solve(a, np.ones(n))):
        with pytest.raises(
            LinAlgError, match=r"`a` is a singular matrix \(matrix 2 of the stack\)"
        ):
            call()
    with pytest.raises(LinAlgError, match=r"`a` is a singular matrix$"):
        inv(a[2])


def test_exactly_singular():
    a = np.array([[1.0, 2.0], [2.0, 4.0]])
    with pytest.raises(LinAlgError):
        inv(a)


@pytest.mark.parametrize("n", [2, 3, 12])
def test_ill_conditioned_matrices_warn(n):
    a = np.eye(n)
    a[0, 0] = 1e-17
    with pytest.warns(LinAlgWarning, match="ill-conditioned") as found:
        x = inv(a)
    assert found[0].filename == __file__
    assert x[0, 0] == 1e17
    with pytest.warns(LinAlgWarning, match="ill-conditioned"):
        solve(a, np.ones(n))


def test_small_pivots_alone_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inv(np.diag([1.0, 1e-14]))
        inv(np.array([[1e-14, 1.0], [1.0, 0.0]]))


@pytest.mark.parametrize("n", [2, 3, 8, 9])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_every_place_of_a_bad_number_is_found(n, bad):
    for i in range(n):
        for j in range(n):
            a = np.eye(n)
            a[i, j] = bad
            with pytest.raises(ValueError, match="`a` must not contain infs or NaNs"):
                inv(a)
            with pytest.raises(ValueError, match="`a` must not contain infs or NaNs"):
                solve(a, np.ones(n))
    b = np.ones(n)
    b[n - 1] = bad
    with pytest.raises(ValueError, match="`b` must not contain infs or NaNs"):
        solve(np.eye(n), b)


@pytest.mark.parametrize("call", [inv, lambda a: solve(a, np.ones(2))])
@pytest.mark.parametrize(
    ("a", "error"),
    [
        (1.0, ValueError),
        ([1.0, 2.0], ValueError),
        ([[1.0, 2.0]], ValueError),
        (np.zeros((2, 2), object), TypeError),
        ([["a", "b"], ["c", "d"]], TypeError),
        (None, TypeError),
        (np.eye(2, dtype=np.longdouble), TypeError),
    ],
)
def test_bad_matrices_are_named(call, a, error):
    with pytest.raises(error, match="`a`"):
        call(a)


def test_bad_right_hand_sides_and_options():
    with pytest.raises(ValueError, match="`b` has shape"):
        solve(np.eye(2), np.ones(3))
    with pytest.raises(ValueError, match="do not broadcast"):
        solve(np.zeros((2, 3, 3)) + np.eye(3), np.ones((4, 3, 1)))
    with pytest.raises(ValueError, match="`assume_a` must be one of"):
        inv(np.eye(2), assume_a="nice")
    with pytest.raises(LinAlgError, match="not positive definite"):
        solve(-np.eye(3), np.ones(3), assume_a="pos")


@pytest.mark.parametrize("n", [3, 10])
def test_layouts(n):
    a = np.random.default_rng(2).normal(size=(5, n, n)) + 4 * np.eye(n)
    assert_layout_independent(inv, a)
    assert_layout_independent(lambda v: solve(v, np.ones((n, 2))), a)
    assert_layout_independent(
        lambda v: solve(a, v), np.random.default_rng(3).normal(size=(5, n, 2))
    )


def test_integers_and_scipy():
    a = [[4, 1], [2, 3]]
    np.testing.assert_allclose(inv(a), scipy.linalg.inv(a), rtol=1e-14)
    assert solve(np.int8(a), np.int8([1, 2])).dtype == np.float64
    assert solve(np.float32(a), np.complex64([1, 2])).dtype == np.complex64
    assert inv(np.float16(a)).dtype == np.float32

"""Users' Jacobians: full, banded, complex, constant, compiled; checks and exceptions."""

import math

import numba
import numpy as np
import pytest
import scipy.linalg

from scikit._core._callback import rhs_callback
from scikit.integrate import _ode_cy, solve_ivp
from scikit.integrate._options import IntegratorOptions, jacobian_callback, real_bandwidths

N = 6
rng = np.random.default_rng(20)
BAND = np.triu(np.tril(rng.normal(size=(N, N)), 1), -2) - 4 * np.eye(N)  # lower 2, upper 1
PACKED = np.zeros((4, N))
for _i in range(N):
    for _j in range(max(0, _i - 2), min(N, _i + 2)):
        PACKED[1 + _i - _j, _j] = BAND[_i, _j]


def solve(matrix, jac, lower=-1, upper=-1, *, method="BDF", transposed=False, args=()):
    """exp(matrix) times ones, and the integrator."""
    is_complex = np.iscomplexobj(matrix)
    n = len(matrix)
    y0 = np.ones(n, dtype=complex if is_complex else float).view(float)
    callback = jacobian_callback(jac, args, n, is_complex, lower, upper, transposed=transposed)
    lower, upper = real_bandwidths(lower, upper, is_complex)
    options = IntegratorOptions(jac=callback, lower=lower, upper=upper)
    fun = rhs_callback(lambda t, y: matrix @ y, (), n, is_complex)
    solver = _ode_cy.Integrator(
        fun, method, 0.0, 1.0, y0, is_complex, 1e-9, 1e-12, math.inf, 0.0, options
    )
    solver.run(False, False, None)
    return solver.y.view(complex) if is_complex else solver.y, solver


def check(matrix, y):
    np.testing.assert_allclose(
        y, scipy.linalg.expm(matrix) @ np.ones(len(matrix)), rtol=1e-6, atol=1e-9
    )


@pytest.mark.parametrize("factor", [1.0, 1 - 0.5j])
@pytest.mark.parametrize("method", ["BDF", "Adams", "Rodas5P"])
@pytest.mark.parametrize("constant", [True, False])
def test_full_and_banded(factor, method, constant):
    matrix = factor * BAND
    counts = []
    for jac, bands in ((matrix, (-1, -1)), (factor * PACKED, (2, 1))):
        y, solver = solve(matrix, jac if constant else lambda t, y, j=jac: j, *bands, method=method)
        check(matrix, y)
        counts.append(solver.counts())
        y, _ = solve(
            matrix,
            jac.T if constant else lambda t, y, j=jac: j.T,
            *bands,
            method=method,
            transposed=True,
        )
        check(matrix, y)
    # but for rounding: one is solved with an inverse, the other with factors
    assert counts[0][0] == pytest.approx(counts[1][0], rel=0.05)
    assert (counts[0][1] == 0) == constant


@pytest.mark.parametrize("factor", [1.0, 1 - 0.5j])
@pytest.mark.parametrize("bands", [(-1, -1), (2, 1), (5, 5)])
def test_differences(factor, bands):
    y, solver = solve(factor * BAND, None, *bands)
    check(factor * BAND, y)
    assert solver.counts()[1] > 0


@pytest.mark.parametrize("layout", [np.asfortranarray, lambda a: a.astype(">f8"), lambda a: a.tolist(), np.float32,
                                    lambda a: np.repeat(a, 2, axis=1)[:, ::2]])  # fmt: skip
def test_layouts(layout):
    matrix = np.float32(BAND).astype(float)
    jac = layout(matrix)
    y, _ = solve(matrix, lambda t, y: jac)
    check(matrix, y)


def test_sparse_matrices_are_taken():
    import scipy.sparse

    y, _ = solve(BAND, scipy.sparse.csc_matrix(BAND))
    check(BAND, y)


def test_compiled():
    real = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.void(numba.types.float64, real, real, numba.types.voidptr))
    def returns_nothing(t, y, jac, data):
        for k, value in enumerate((-1.0, 2.0, 0.5, -3.0)):  # column by column
            jac[k] = value

    @numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))
    def fails(t, y, jac, data):
        return 1

    matrix = np.array([[-1.0, 0.5], [2.0, -3.0]])
    y, solver = solve(matrix, returns_nothing)
    check(matrix, y)
    assert solver.counts()[1] > 0
    _, solver = solve(matrix, fails)
    assert solver.t < 1

    @numba.cfunc(numba.types.float64(numba.types.float64))
    def wrong(t):
        return t

    with pytest.raises(ValueError, match="`jac`"):
        solve(matrix, wrong)
    with pytest.raises(ValueError, match=r"`jac`.*complex"):
        solve(matrix * 1j, returns_nothing)


@pytest.mark.parametrize(
    ("jac", "error"),
    [
        (np.ones((2, 3)), ValueError),
        (np.ones(6), ValueError),
        (1.0, ValueError),
        ([["a", "b"], ["c", "d"]], ValueError),
        (np.ones((N, N)) * 1j, TypeError),
        ([[1, 2], [3]], ValueError),
        (object(), (TypeError, ValueError)),
    ],
)
def test_wrong_matrices(jac, error):
    with pytest.raises(error):
        solve(BAND, jac)
    with pytest.raises(error):
        solve(BAND, lambda t, y: jac)


def test_wrong_shapes_name_the_argument():
    with pytest.raises(ValueError, match=r"`jac`.*\(6, 6\).*\(4, 6\)"):
        solve(BAND, lambda t, y: PACKED)
    with pytest.raises(ValueError, match=r"`jac`.*\(4, 6\).*\(6, 6\)"):
        solve(BAND, BAND, 2, 1)
    with pytest.raises(TypeError, match="`jac` returned None"):
        solve(BAND, lambda t, y: None)


def test_exceptions_and_arguments():
    error = KeyError("mine")
    calls = []

    def jac(t, y, a, b):
        calls.append((a, b))
        y[:] = 0  # its own copy
        if len(calls) == 2:
            raise error
        return BAND

    check(BAND, solve(BAND, lambda t, y, a, b: a * b, args=(BAND, 1.0))[0])
    with pytest.raises(KeyError) as caught:
        solve(BAND, jac, args=(1, 2), method="Rodas5P")
    assert caught.value is error
    assert calls == [(1, 2)] * 2


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_not_finite(value):
    # useless for Newton's iteration: the steps get too small, and nothing worse happens
    _, solver = solve(BAND, lambda t, y: np.full((N, N), value))
    assert solver.t < 1
    assert np.isfinite(solver.y).all()


def test_a_bad_jacobian_costs_steps_not_accuracy():
    y, solver = solve(BAND, 0.8 * BAND)
    check(BAND, y)
    assert solver.counts()[4] < solver.counts()[3]


@pytest.mark.parametrize("n", range(1, 14))
@pytest.mark.parametrize("method", ["Radau", "Rodas5P", "BDF"])
def test_systems_of_every_size(method, n):
    """Inverses, own factors and LAPACK's; a diagonal of zeros makes them interchange rows."""
    shuffle = np.roll(np.eye(n), 1, axis=0)
    rates = np.diag(-(10.0 ** np.linspace(0, 4, n)))
    matrix = shuffle @ rates
    sol = solve_ivp(lambda t, y: matrix @ y, (0, 1), np.ones(n), method=method, mass=shuffle, jac=matrix, rtol=1e-8,
                    atol=1e-10)  # fmt: skip
    assert sol.success
    np.testing.assert_allclose(sol.y[:, -1], np.exp(np.diag(rates)), rtol=1e-5, atol=1e-7)

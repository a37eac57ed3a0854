"""The solver classes' coefficients, stages and error estimates."""

import numpy as np
import pytest
import scipy.integrate
from numpy.testing import assert_allclose, assert_array_equal

import scikit.integrate
from scikit.integrate import DOP853, RK23, RK45

METHODS = pytest.mark.parametrize("method", [RK23, RK45, DOP853])


def peer(method):
    return getattr(scipy.integrate, method.__name__)


@METHODS
def test_order_conditions(method):
    a, b, c = method.A, method.B, method.C
    assert a.shape == (method.n_stages, method.n_stages)
    assert not np.triu(a).any()
    assert_allclose(a.sum(axis=1), c, rtol=1e-14, atol=1e-15)
    for k in range(method.order):
        assert_allclose(b @ c**k, 1 / (k + 1), rtol=1e-14)
    assert_allclose(b @ a @ c, 1 / 6, rtol=1e-14)


@METHODS
def test_scipys_coefficients(method):
    theirs = peer(method)
    assert (method.n_stages, method.order) == (theirs.n_stages, theirs.order)
    assert method.error_estimator_order == theirs.error_estimator_order
    assert_allclose(method.A[:, : theirs.A.shape[1]], theirs.A, rtol=1e-13)
    assert_allclose(method.B, theirs.B, rtol=1e-13)
    assert_allclose(method.C, theirs.C, rtol=1e-13)
    for name in ("E3", "E5") if method is DOP853 else ("E",):
        assert_allclose(getattr(method, name), getattr(theirs, name), rtol=1e-12, atol=1e-16)


@METHODS
def test_error_weights_vanish_on_constants(method):
    for name in ("E3", "E5") if method is DOP853 else ("E",):
        weights = getattr(method, name)
        assert weights.shape == (method.n_stages + 1,)
        assert abs(weights.sum()) < 1e-14


@pytest.mark.parametrize("method", [RK23, RK45])
def test_interpolant(method):
    solver = method(lambda t, y: [y[1], -y[0] * t], 0, [1.0, 0.5], 2, rtol=1e-6)
    solver.step()
    t_old, y_old = solver.t, solver.y
    solver.step()
    for x in (0.0, 0.3, 0.9, 1.0):
        powers = x ** np.arange(1, method.P.shape[1] + 1)
        y = y_old + solver.step_size * solver.K.T @ method.P @ powers
        assert_allclose(y, solver.dense_output()(t_old + x * solver.step_size), rtol=1e-13)


@METHODS
@pytest.mark.parametrize("y0", [[1.0, -0.5, 2.0], [1.0 + 2j, 3j]])
def test_stages(method, y0):
    def fun(t, y):
        return -y * np.cos(t) + 0.1 * y[::-1]

    solver = method(fun, 0.2, y0, 3.0)
    first = solver.K
    assert first.shape == (method.n_stages + 1, len(y0))
    assert_allclose(first[0], fun(0.2, np.array(y0)), rtol=1e-15)
    for _ in range(3):
        y, t = solver.y, solver.t
        solver.step()
        h, k = solver.step_size, solver.K
        assert k.dtype == solver.y.dtype
        for i in range(method.n_stages):
            stage = y + h * k[:i].T @ method.A[i, :i]
            assert_allclose(k[i], fun(t + method.C[i] * h, stage), rtol=1e-12, atol=1e-14)
        assert_allclose(y + h * k[:-1].T @ method.B, solver.y, rtol=1e-14)
        assert_allclose(k[-1], fun(solver.t, solver.y), rtol=1e-14)
        solver.dense_output()
        assert_array_equal(solver.K, k)


@METHODS
def test_error_estimates_are_scipys(method):
    rng = np.random.default_rng(1)
    k, scale = rng.normal(size=(method.n_stages + 1, 4)), rng.uniform(0.1, 1, 4)
    ours, theirs = (m(lambda t, y: -y, 0, np.ones(4), 1) for m in (method, peer(method)))
    assert_allclose(ours._estimate_error(k, 0.1), theirs._estimate_error(k, 0.1), rtol=1e-12)
    assert_allclose(
        ours._estimate_error_norm(k, 0.1, scale), theirs._estimate_error_norm(k, 0.1, scale), rtol=1e-12
    )  # fmt: skip
    assert ours._estimate_error_norm(0 * k, 0.1, scale) == 0
    assert np.isrealobj(ours._estimate_error_norm(1j * k, 0.1, scale))
    assert_array_equal(ours._estimate_error(0 * k, 0.1), np.zeros(4))


@METHODS
def test_estimate_bounds_the_error(method):
    solver = method(lambda t, y: y, 0, [1.0], 1, first_step=0.2)
    solver.step()
    error = np.abs(solver.y - np.exp(0.2))
    assert (error < np.abs(solver._estimate_error(solver.K, 0.2))).all()


@METHODS
def test_coefficients_are_read_only_and_of_instances_too(method):
    solver = method(lambda t, y: -y, 0, np.zeros(0), 1)
    assert solver.A is method.A
    assert solver.K.shape == (method.n_stages + 1, 0)
    with pytest.raises(ValueError, match="read-only"):
        method.B[0] = 1


def test_implicit_methods_have_no_stages():
    solver = scikit.integrate.Radau(lambda t, y: -y, 0, [1.0], 1)
    with pytest.raises(ValueError, match="explicit"):
        solver._integrator.stages  # noqa: B018

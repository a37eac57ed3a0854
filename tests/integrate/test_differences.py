"""Jacobians by differences: as good as the exact one where components differ by many orders of magnitude."""

import numpy as np
import pytest
import scipy.sparse

from scikit.integrate import solve_dae, solve_ivp

#: Robertson's reaction at t = 1e11, by Taylor series of 25 digits.
END = 2.083340149701255e-08


def robertson(t, y):
    a, b, c = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
    return [b - a, a - b - c, c]


def exact(t, y):
    return [
        [-0.04, 1e4 * y[2], 1e4 * y[1]],
        [0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1]],
        [0.0, 6e7 * y[1], 0.0],
    ]


def conserved(t, y, yp):
    a, b, c = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
    return [b - a - yp[0], a - b - c - yp[1], y[0] + y[1] + y[2] - 1]


def solve(method, **kwargs):
    return solve_ivp(
        robertson, (0, 1e11), [1, 0, 0], method, rtol=1e-7, atol=1e-18, max_steps=4000, **kwargs
    )


@pytest.mark.parametrize("method", ["Rodas5P", "Radau", "KenCarp5", "BDF"])
@pytest.mark.parametrize(
    "kwargs",
    [{}, {"lband": 2, "uband": 2}, {"jac_sparsity": scipy.sparse.csc_array(np.ones((3, 3)))}],
    ids=["full", "banded", "sparse"],
)
def test_steps_are_those_with_the_exact_jacobian(method, kwargs):
    # y[1] becomes 1e-13: its increment must be felt by sums with y[2] = 1, and is large against y[1] itself
    known, found = solve(method, jac=exact), solve(method, **kwargs)
    assert found.success
    assert found.nsteps <= 1.1 * known.nsteps
    assert found.nrejected <= known.nrejected + 0.03 * known.nsteps
    assert abs(found.y[0, -1] / END - 1) < {"BDF": 1e-4}.get(method, 3e-6)


@pytest.mark.parametrize("kwargs", [{}, {"jac_sparsity": np.ones((3, 3))}], ids=["full", "sparse"])
def test_of_residuals(kwargs):
    def jac(t, y, yp):
        return [*exact(t, y)[:2], [1.0, 1.0, 1.0]], np.diag([-1.0, -1.0, 0.0])

    def run(**given):
        return solve_dae(conserved, (0, 1e9), [1, 0, 0], rtol=1e-7, atol=[1e-12, 1e-18, 1e-12], **given)  # fmt: skip

    known, found = run(jac=jac), run(**kwargs)
    assert found.success
    assert found.nsteps <= 1.1 * known.nsteps
    np.testing.assert_allclose(found.y[:2, -1], known.y[:2, -1], rtol=1e-4)


@pytest.mark.parametrize("sparse", [False, True])
def test_increments_stay_on_one_side(sparse):
    # a root of the smallest component must not be asked for at negative values
    def fun(t, y):
        assert y[0] >= 0
        return [-1e3 * np.sqrt(y[0]), -y[1]]

    pattern = {"jac_sparsity": np.eye(2)} if sparse else {}
    sol = solve_ivp(
        fun, (0, 1e-9), [1e-12, 1.0], "Rodas5P", first_step=1e-12, atol=1e-20, **pattern
    )
    assert sol.success
    np.testing.assert_allclose(np.sqrt(sol.y[0, -1]), 1e-6 - 500e-9, rtol=1e-2)

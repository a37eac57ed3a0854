"""The discrete adjoint of the Rosenbrock methods: against the discrete map, differences and forward sensitivities."""

import itertools

import numpy as np
import pytest
import scipy.sparse
from parameter_problems import (
    RATES,
    P,
    forced,
    forced_jac,
    forced_params,
    prey,
    prey_jac,
    prey_params,
    robertson,
    robertson_jac,
    robertson_params,
)

from scikit.integrate import adjoint_gradient, solve_ivp, solve_sensitivity
from scikit.integrate._ode_parts_cy import describe_rosenbrock

METHODS = ["Rosenbrock23", "Rodas5P"]

MODELS = {
    "prey": (prey, prey_jac, prey_params, P, [1.0, 1.0], (0, 2)),
    "forced": (forced, forced_jac, forced_params, np.array([1.3, 0.7]), [1.0, 0.5], (0, 2)),
    "backwards": (forced, forced_jac, forced_params, np.array([1.3, 0.7]), [1.0, 0.5], (1.5, -0.5)),
}


def discrete_map(method, fun, jac, t, y, p):
    """The steps of an autonomous system between the times t, for complex numbers too."""
    gamma, _, _, m, a, c = describe_rosenbrock(method)
    for start, end in itertools.pairwise(t):
        h, stages = end - start, []
        system = np.eye(len(y)) / (h * gamma) - jac(start, y, p)
        for i in range(len(m)):
            trial = y + sum((w * u for w, u in zip(a[i], stages, strict=False)), 0 * y)
            right = fun(start, trial, p) + sum(
                (w / h * u for w, u in zip(c[i], stages, strict=False)), 0 * y
            )
            stages.append(np.linalg.solve(system, right))
        y = y + sum(w * u for w, u in zip(m, stages, strict=True))
    return y


def complex_step(f, x):
    x = np.asarray(x, dtype=complex)
    return np.array([f(x + 1e-30j * e).imag / 1e-30 for e in np.eye(len(x))])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["prey", "robertson"])
def test_derivative_of_the_steps(method, name):
    y0, p, span = np.array([1.0, 0.8]), P, (0, 3)
    fun, jac, by_params = prey, prey_jac, prey_params
    weight, near = np.array([1.0, -2.0]), 1e-10
    if name == "robertson":
        fun, jac, by_params = robertson, robertson_jac, robertson_params
        y0, p, span, weight = np.array([1.0, 0.0, 0.0]), RATES, (0, 10), np.array([1, 1e4, -2])
        near = 1e-8  # the condition number of its steps
    found = adjoint_gradient(
        fun, span, y0, p, weight, jac=jac, jac_params=by_params, method=method, rtol=1e-4, atol=1e-8
    )
    end = discrete_map(method, fun, jac, found.steps, y0, p)
    np.testing.assert_allclose(found.y, end, rtol=1e-11)
    by_y0 = complex_step(lambda x: weight @ discrete_map(method, fun, jac, found.steps, x, p), y0)
    by_p = complex_step(lambda x: weight @ discrete_map(method, fun, jac, found.steps, y0, x), p)
    np.testing.assert_allclose(found.gradient_y0, by_y0, rtol=near)
    np.testing.assert_allclose(found.gradient_params * p, by_p * p, atol=near * np.abs(by_p * p).max())  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("exact", [True, False])
def test_fixed_steps(method, name, exact):
    """Against differences of the very integration, whose steps do not move."""
    fun, jac, by_params, p0, y0, span = MODELS[name]
    weight, y0 = np.array([1.0, -2.0]), np.array(y0)
    options = {"method": method, "adaptive": False, "first_step": 0.05}
    given = {"jac": jac, "jac_params": by_params} if exact else {}
    found = adjoint_gradient(fun, span, y0, p0, weight, **given, **options)

    def loss(x):
        y, q = x[:2], x[2:]
        run = solve_ivp(lambda t, y: fun(t, y, q), span, y, jac=lambda t, y: jac(t, y, q), **options)  # fmt: skip
        return weight @ run.y[:, -1]

    x, d = np.concatenate([y0, p0]), 1e-3
    expected = [
        (8 * (loss(x + d * e) - loss(x - d * e)) - loss(x + 2 * d * e) + loss(x - 2 * d * e)) / (12 * d)
        for e in np.eye(len(x))
    ]  # fmt: skip
    assert found.nsteps == 40
    gradient = np.concatenate([found.gradient_y0, found.gradient_params])
    near = 1e-9 if exact and name == "prey" else 1e-7
    np.testing.assert_allclose(gradient, expected, rtol=near, atol=near)


def test_stiff_problem_agrees_with_forward_sensitivities():
    weight = np.array([1.0, 0.0, -1.0])
    options = {"method": "Rodas5P", "rtol": 1e-7, "atol": 1e-11}
    forward = solve_sensitivity(robertson, (0, 40), [1, 0, 0], RATES, **options)
    expected = weight @ forward.sensitivity[:, :, -1] * RATES
    exact = {"jac": robertson_jac, "jac_params": robertson_params}
    for given in (exact, {}):
        found = adjoint_gradient(robertson, (0, 40), [1, 0, 0], RATES, weight, **given, **options)
        assert found.nsteps < 300
        near = 1e-5 * np.abs(expected).max()
        np.testing.assert_allclose(found.gradient_params * RATES, expected, atol=near)


def test_points_and_sparse_jacobians():
    t = np.array([0.0, 0.7, 1.9])
    data = np.linspace(0.5, 2, 6).reshape(2, 3)
    options = {"method": "Rodas5P", "t_eval": t, "rtol": 1e-8, "atol": 1e-10}
    forward = solve_sensitivity(prey, (0, 5), [1, 1], P, **options)
    expected = np.einsum("ik,ijk->j", forward.y - data, forward.sensitivity)
    for wrap in (np.asarray, scipy.sparse.csr_array):
        found = adjoint_gradient(
            prey, (0, 5), [1, 1], P, lambda t, y: y - data, jac=lambda *x, w=wrap: w(prey_jac(*x)),
            jac_params=lambda *x, w=wrap: w(prey_params(*x)), **options,
        )  # fmt: skip
        np.testing.assert_array_equal(found.t, t)
        np.testing.assert_allclose(found.gradient_params, expected, rtol=1e-6)


class Fault(BaseException):
    pass


@pytest.mark.parametrize("place", ["fun", "jac", "jac_params", "loss_gradient"])
def test_exceptions_come_out_as_themselves(place):
    fault = Fault()

    def raises(t, y, p=None):
        raise fault

    given = {"fun": prey, "jac": prey_jac, "jac_params": prey_params, "loss_gradient": [1, 1]}
    given[place] = raises
    with pytest.raises(Fault) as caught:
        adjoint_gradient(t_span=(0, 1), y0=[1, 1], params=P, method="Rodas5P", **given)
    assert caught.value is fault

"""solve_sensitivity and adjoint_gradient: closed forms, accurate differences, the discrete map, bad input."""

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
)

from scikit.integrate import RK45, adjoint_gradient, solve_ivp, solve_sensitivity
from scikit.integrate._tableau import tableau
from scikit.testing import array_layouts

EXPLICIT = ["RK23", "RK45", "Tsit5", "Vern6", "Vern7", "DOP853", "Vern8", "Vern9"]
STIFF = ["Radau", "BDF", "LSODA", "Rodas5P", "Rosenbrock23", "KenCarp4", "KenCarp5"]


EXACT = {"jac": prey_jac, "jac_params": prey_params}


def discrete_map(method, fun, t, y0, p):
    """The Runge-Kutta steps between the times t, for complex numbers too: the solution at all of them."""
    table = tableau(method)
    ys = [np.asarray(y0)]
    for start, end in itertools.pairwise(t):
        h, k = end - start, []
        for a, c in zip(table.A, table.C, strict=True):
            y = ys[-1] + h * sum((w * s for w, s in zip(a, k, strict=False)), 0 * ys[-1])
            k.append(fun(start + c * h, y, p))
        ys.append(ys[-1] + h * sum(b * s for b, s in zip(table.B, k, strict=True)))
    return np.stack(ys, axis=1)


def complex_step(loss, x):
    x = np.asarray(x, dtype=complex)
    return np.array([loss(x + 1e-30j * e).imag / 1e-30 for e in np.eye(len(x))])


@pytest.mark.parametrize("method", [*EXPLICIT, *STIFF, "Adams", "RKC"])
def test_decay(method):
    """y = y0 exp(-p t): by p and, with y0 = q, by q."""
    t = np.linspace(0, 2, 5)
    found = solve_sensitivity(
        lambda t, y, p: -p[0] * y, (0, 2), [2.0], [0.7, 2.0], y0_params=[[0.0, 1.0]], method=method, t_eval=t,
        rtol=1e-8, atol=1e-10,
    )  # fmt: skip
    assert found.success
    assert found.sensitivity.shape == (1, 2, 5)
    np.testing.assert_allclose(found.y[0], 2 * np.exp(-0.7 * t), rtol=2e-6)
    np.testing.assert_allclose(found.sensitivity[0, 0], -2 * t * np.exp(-0.7 * t), atol=2e-6)
    np.testing.assert_allclose(found.sensitivity[0, 1], np.exp(-0.7 * t), atol=2e-6)


def differences(fun, span, y0, p, size, **options):
    def end(q):
        return solve_ivp(lambda t, y: fun(t, y, q), span, y0, **options).y[:, -1]

    steps = size * np.diag(p)
    return np.stack([(end(p + s) - end(p - s)) / (2 * s.sum()) for s in steps], axis=1)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    "method", ["RK45", "Tsit5", "DOP853", "Vern7", "Adams", "Radau", "BDF", "Rodas5P"]
)
def test_lotka_volterra(method, exact):
    expected = differences(prey, (0, 5), [1, 1], P, 1e-5, method="Vern9", rtol=1e-13, atol=1e-13)
    found = solve_sensitivity(
        prey, (0, 5), [1, 1], P, method=method, rtol=1e-7, atol=1e-9, **EXACT if exact else {}
    )
    assert np.abs(found.sensitivity[:, :, -1] - expected).max() < 5e-6 * np.abs(expected).max()
    assert (found.njev > 0) == exact


@pytest.mark.parametrize("method", STIFF)
def test_robertson(method):
    expected = differences(
        robertson, (0, 400), [1, 0, 0], RATES, 1e-4, method="Radau", rtol=1e-12, atol=1e-15
    )
    found = solve_sensitivity(
        robertson, (0, 400), [1, 0, 0], RATES, method=method, rtol=1e-6, atol=1e-10
    )
    assert found.success
    assert found.nsteps < 1000  # not the hundred thousands of an explicit method
    largest = np.abs(expected * RATES).max(axis=1, keepdims=True)
    assert (np.abs((found.sensitivity[:, :, -1] - expected) * RATES) < 1e-5 * largest).all()
    # mass is conserved, whatever the rates are
    assert np.abs(found.sensitivity.sum(axis=0) * RATES[:, None]).max() < 1e-8


@pytest.mark.parametrize("method", ["Radau", "Rodas5P"])
@pytest.mark.parametrize("whole", [False, True])
def test_differential_algebraic_equations(method, whole):
    """Robertson's last equation as the conservation of mass."""

    def fun(t, y, p):
        return np.append(robertson(t, y, p)[:2], y.sum() - 1)

    mass = np.array([1.0, 1.0, 0.0])
    options = {"method": method, "rtol": 1e-7, "atol": 1e-11}
    found = solve_sensitivity(
        fun, (0, 40), [1, 0, 0], RATES, mass=np.diag(mass) if whole else mass, **options
    )
    plain = solve_sensitivity(robertson, (0, 40), [1, 0, 0], RATES, **options)
    scaled = plain.sensitivity[:, :, -1] * RATES
    np.testing.assert_allclose(
        found.sensitivity[:, :, -1] * RATES, scaled, atol=1e-5 * np.abs(scaled).max()
    )


def test_control_by_the_solution_alone():
    """Then the steps are those of solve_ivp; with control there are more of them."""
    free = solve_sensitivity(prey, (0, 5), [1, 1], P, control_sensitivities=False)
    plain = solve_ivp(lambda t, y: prey(t, y, P), (0, 5), [1, 1], "Tsit5", rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(free.t, plain.t, rtol=1e-9)
    np.testing.assert_allclose(free.y, plain.y, rtol=1e-9)
    assert solve_sensitivity(prey, (0, 5), [1, 1], P).nsteps > free.nsteps
    with pytest.raises(ValueError, match="`control_sensitivities`"):
        solve_sensitivity(prey, (0, 5), [1, 1], P, method="BDF", control_sensitivities=False)


def test_counts_and_fields():
    calls = [0, 0]

    def fun(t, y, p):
        calls[0] += 1
        assert not p.flags.writeable
        return prey(t, y, p)

    def jac(t, y, p):
        calls[1] += 1
        return scipy.sparse.csr_array(prey_jac(t, y, p))

    found = solve_sensitivity(fun, (0, 1), [1, 1], P, jac=jac, jac_params=prey_params, tstops=[0.5])
    assert [found.nfev, found.njev] == calls
    assert 0.5 in found.t
    assert found.y.shape == (2, len(found.t))
    assert found.sensitivity.shape == (2, 4, len(found.t))
    calls[:] = 0, 0
    found = adjoint_gradient(fun, (0, 1), [1, 1], P, [1, 0], jac=jac, jac_params=prey_params)
    assert [found.nfev, found.njev] == calls
    assert found.nsteps == len(found.steps) - 1


@pytest.mark.parametrize("span", [(0.0, 1.5), (1.5, -0.5)])
@pytest.mark.parametrize("method", EXPLICIT)
def test_adjoint_is_the_derivative_of_the_steps(method, span):
    y0, p = np.array([1.0, 0.5]), np.array([1.3, 0.7])
    found = adjoint_gradient(
        forced, span, y0, p, lambda t, y: np.cos(y), jac=forced_jac, jac_params=forced_params, method=method,
        rtol=1e-4,
    )  # fmt: skip

    def loss(y0, p):
        return np.sin(discrete_map(method, forced, found.steps, y0, p)[:, -1]).sum()

    # weights of some hundreds that cancel make these two methods' rounding errors larger
    near = 1e-10 if method in ("Vern6", "Vern8") else 1e-12
    y = discrete_map(method, forced, found.steps, y0, p)[:, -1]
    np.testing.assert_allclose(found.y, y, rtol=near)
    by_y0 = complex_step(lambda x: loss(x, p), y0)
    by_p = complex_step(lambda x: loss(y0, x), p)
    np.testing.assert_allclose(found.gradient_y0, by_y0, rtol=near, atol=near)
    np.testing.assert_allclose(found.gradient_params, by_p, rtol=near, atol=near)


def test_adjoint_of_fixed_steps():
    """Against differences of the very integration, whose steps do not move."""
    weight = np.array([1.0, -2.0])
    options = {"method": "RK45", "adaptive": False, "first_step": 0.05}
    found = adjoint_gradient(prey, (0, 2), [1, 1], P, weight, **EXACT, **options)

    def loss(q):
        return weight @ solve_ivp(lambda t, y: prey(t, y, q), (0, 2), [1, 1], **options).y[:, -1]

    d = 1e-3
    expected = [
        (8 * (loss(P + d * e) - loss(P - d * e)) - loss(P + 2 * d * e) + loss(P - 2 * d * e)) / (12 * d)
        for e in np.eye(4)
    ]  # fmt: skip
    assert found.nsteps == 40
    np.testing.assert_allclose(found.gradient_params, expected, rtol=1e-9)


@pytest.mark.parametrize("method", ["Tsit5", "DOP853", "Vern9"])
@pytest.mark.parametrize("exact", [False, True])
def test_adjoint_is_the_contraction_of_the_forward_one(method, exact):
    derivatives = EXACT if exact else {}
    t = np.array([0.0, 0.7, 1.9, 4.0])
    data = np.linspace(0.5, 2, 8).reshape(2, 4)
    options = {"method": method, "t_eval": t, "rtol": 1e-9, "atol": 1e-11}
    start = np.eye(2, 6, 4)  # the last two parameters are the start values

    def fun(t, y, p):
        return prey(t, y, p[:4])

    forward = solve_sensitivity(fun, (0, 5), [1, 1], [*P, 1, 1], y0_params=start, **options)
    back = adjoint_gradient(prey, (0, 5), [1, 1], P, lambda t, y: y - data, **options, **derivatives)  # fmt: skip
    assert back.y.shape == data.shape
    np.testing.assert_array_equal(back.t, t)
    expected = np.einsum("ik,ijk->j", forward.y - data, forward.sensitivity)
    found = np.concatenate([back.gradient_params, back.gradient_y0])
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max())


def test_adjoint_looks_at_points_only():
    """What lies behind the last time has no influence, and the loss's points are ends of steps."""
    t = [0.25, 1.0]
    found = adjoint_gradient(prey, (0, 5), [1, 1], P, np.ones((2, 2)), t_eval=t, tstops=[0.5, 3.0])
    assert found.steps[-1] == 1.0
    assert {0.25, 0.5} <= set(found.steps)
    only = adjoint_gradient(prey, (0, 5), [1, 1], P, [[3.0], [4.0]], t_eval=[0.0])
    np.testing.assert_array_equal(only.gradient_y0, [3, 4])
    np.testing.assert_array_equal(only.gradient_params, 0)


@pytest.mark.parametrize("method", ["Tsit5", "Radau", "Rodas5P"])
def test_nothing_to_integrate(method):
    start = np.arange(8.0).reshape(2, 4)
    found = solve_sensitivity(prey, (1, 1), [1, 2], P, y0_params=start, method=method)
    np.testing.assert_array_equal(found.sensitivity[:, :, -1], start)
    none = solve_sensitivity(prey, (0, 1), [1, 2], P, t_eval=[], method=method)
    assert none.sensitivity.shape == (2, 4, 0)
    back = adjoint_gradient(prey, (1, 1), [1, 2], P, [3.0, 4.0])
    np.testing.assert_array_equal(back.gradient_y0, [3, 4])
    np.testing.assert_array_equal(back.gradient_params, 0)


def test_backwards_in_time():
    """There and back again: y0 does not depend on the parameters."""
    end = solve_sensitivity(prey, (0, 2), [1, 1], P, rtol=1e-10, atol=1e-12)
    back = solve_sensitivity(
        prey, (2, 0), end.y[:, -1], P, y0_params=end.sensitivity[:, :, -1], rtol=1e-10, atol=1e-12
    )
    assert np.abs(back.sensitivity[:, :, -1]).max() < 1e-7
    weight, t = np.ones((2, 2)), [1.5, 0.25]
    adjoint = adjoint_gradient(prey, (2, 0), [1, 1], P, weight, t_eval=t, rtol=1e-10, atol=1e-12)
    forward = solve_sensitivity(prey, (2, 0), [1, 1], P, t_eval=t, rtol=1e-10, atol=1e-12)
    expected = forward.sensitivity.sum(axis=(0, 2))
    np.testing.assert_allclose(adjoint.gradient_params, expected, rtol=1e-7)


def test_sparse_derivatives():
    def jac(t, y, p):
        return scipy.sparse.csr_array(prey_jac(t, y, p))

    def jac_params(t, y, p):
        return scipy.sparse.csc_array(prey_params(t, y, p))

    dense = adjoint_gradient(prey, (0, 2), [1, 1], P, [1, 1], **EXACT)
    sparse = adjoint_gradient(prey, (0, 2), [1, 1], P, [1, 1], jac=jac, jac_params=jac_params)
    np.testing.assert_allclose(sparse.gradient_params, dense.gradient_params, rtol=1e-13)
    for method in ("Tsit5", "BDF", "Rodas5P"):
        dense = solve_sensitivity(prey, (0, 2), [1, 1], P, method=method, **EXACT)
        sparse = solve_sensitivity(prey, (0, 2), [1, 1], P, method=method, jac=jac, jac_params=jac_params)  # fmt: skip
        np.testing.assert_allclose(sparse.sensitivity, dense.sensitivity, atol=1e-6)


def test_layouts():
    expected = solve_sensitivity(prey, (0, 1), [1.0, 2.0], P).sensitivity
    gradient = adjoint_gradient(prey, (0, 1), [1.0, 2.0], P, [1.0, 2.0]).gradient_params
    for y0 in array_layouts(np.array([1.0, 2.0])).values():
        np.testing.assert_array_equal(solve_sensitivity(prey, (0, 1), y0, P).sensitivity, expected)
        found = adjoint_gradient(prey, (0, 1), y0, P, y0)
        np.testing.assert_array_equal(found.gradient_params, gradient)
    for params in array_layouts(P).values():
        found = solve_sensitivity(prey, (0, 1), [1.0, 2.0], params)
        np.testing.assert_array_equal(found.sensitivity, expected)


BAD = [
    ({"params": []}, ValueError, "`params`"),
    ({"params": 1.0}, ValueError, "`params`"),
    ({"params": [np.nan]}, ValueError, "`params`"),
    ({"params": [1j]}, TypeError, "`params`"),
    ({"params": [None]}, TypeError, "`params`"),
    ({"y0": [1j]}, TypeError, "`y0`"),
    ({"y0": []}, ValueError, "`y0`"),
    ({"y0": 1.0}, ValueError, "`y0`"),
    ({"y0": [np.inf]}, ValueError, "`y0`"),
    ({"t_span": (0, np.nan)}, ValueError, "`t_span`"),
    ({"t_span": (0, np.inf)}, ValueError, "`t_span`"),
    ({"t_span": 3}, ValueError, "`t_span`"),
    ({"fun": 1}, TypeError, "`fun`"),
    ({"fun": lambda t, y, p: [1.0, 2.0]}, ValueError, "`fun`"),
    ({"fun": lambda t, y, p: [1j]}, TypeError, "`fun`"),
    ({"fun": lambda t, y, p: None}, TypeError, "`fun`"),
    ({"jac": 1}, TypeError, "`jac`"),
    ({"jac": lambda t, y, p: [1.0]}, ValueError, "`jac`"),
    ({"jac": lambda t, y, p: [[1j]]}, TypeError, "`jac`"),
    ({"jac_params": 1}, TypeError, "`jac_params`"),
    ({"jac_params": lambda t, y, p: [[1.0, 2.0]]}, ValueError, "`jac_params`"),
    ({"method": "Euler"}, ValueError, "`method`"),
    ({"method": None}, ValueError, "`method`"),
    ({"method": []}, ValueError, "`method`"),
    ({"rtol": -1.0}, ValueError, "`rtol`"),
    ({"atol": [1.0, 1.0]}, ValueError, "`atol`"),
    ({"t_eval": [2.0]}, ValueError, "`t_eval`"),
    ({"t_eval": [[0.0]]}, ValueError, "`t_eval`"),
    ({"first_step": -1.0}, ValueError, "`first_step`"),
    ({"tstops": [3.0]}, ValueError, "`tstops`"),
    ({"events": []}, TypeError, "`events`"),
]


@pytest.mark.parametrize(("change", "error", "name"), BAD)
@pytest.mark.parametrize("adjoint", [False, True])
def test_bad_input(change, error, name, adjoint):
    given = {"fun": lambda t, y, p: -p[0] * y, "t_span": (0, 1), "y0": [1.0], "params": [1.0], **change}  # fmt: skip
    message = name if name != "`t_eval`" else "t_eval"
    call = solve_sensitivity
    if adjoint:
        call, given["loss_gradient"] = adjoint_gradient, lambda t, y: y
    with pytest.raises(error, match=message):
        call(**given)


@pytest.mark.parametrize("bad", [None, [1.0, 2.0], [np.nan], "x", lambda t, y: None, lambda t, y: [y, y]])  # fmt: skip
def test_bad_loss_gradient(bad):
    with pytest.raises((TypeError, ValueError), match="`loss_gradient`"):
        adjoint_gradient(lambda t, y, p: -p[0] * y, (0, 1), [1.0], [1.0], bad)


def test_bad_input_of_one():
    def fun(t, y, p):
        return -p[0] * y

    with pytest.raises(ValueError, match="`y0_params`"):
        solve_sensitivity(fun, (0, 1), [1.0], [1.0], y0_params=[1.0])
    with pytest.raises(ValueError, match="`mass`"):
        solve_sensitivity(fun, (0, 1), [1.0], [1.0], method="BDF", mass=[1.0, 1.0])
    with pytest.raises(TypeError, match="`spectral_radius`"):
        solve_sensitivity(fun, (0, 1), [1.0], [1.0], method="RKC", spectral_radius=abs)
    with pytest.raises(
        ValueError, match=r"RK23, RK45, Tsit5.*Vern9, Rosenbrock23, Rodas5P, not 'Radau'"
    ):
        adjoint_gradient(fun, (0, 1), [1.0], [1.0], [1.0], method="Radau")
    with pytest.raises(ValueError, match="`t_eval`"):
        adjoint_gradient(fun, (0, 1), [1.0], [1.0], np.ones((1, 0)), t_eval=[])
    with pytest.raises(RuntimeError, match="max_steps"):
        adjoint_gradient(fun, (0, 1), [1.0], [1.0], [1.0], max_steps=2)
    assert not solve_sensitivity(fun, (0, 1), [1.0], [1.0], max_steps=2).success
    assert adjoint_gradient(fun, (0, 1), [1.0], [1.0], [1.0], method=RK45).nsteps > 0


class Fault(BaseException):
    pass


@pytest.mark.parametrize("place", ["fun", "jac", "jac_params"])
@pytest.mark.parametrize("method", ["Tsit5", "BDF", "Rodas5P"])
def test_exceptions_come_out_as_themselves(place, method):
    fault = Fault()

    def raises(t, y, p):
        raise fault

    given = {"fun": prey, **EXACT, place: raises}
    with pytest.raises(Fault) as caught:
        solve_sensitivity(t_span=(0, 1), y0=[1, 1], params=P, method=method, **given)
    assert caught.value is fault


@pytest.mark.parametrize("place", ["fun", "jac", "jac_params", "loss_gradient"])
def test_exceptions_of_the_adjoint(place):
    fault = Fault()

    def raises(t, y, p=None):
        raise fault

    given = {"fun": prey, "loss_gradient": [1, 1], **EXACT, place: raises}
    with pytest.raises(Fault) as caught:
        adjoint_gradient(t_span=(0, 1), y0=[1, 1], params=P, **given)
    assert caught.value is fault

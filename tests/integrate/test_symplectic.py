"""solve_symplectic: orders, energy, reversibility, Henon and Heiles' system, output, bad input."""

import math

import numba
import numpy as np
import pytest

from scikit.integrate import solve_symplectic
from scikit.testing import array_layouts

ORDERS = {"VelocityVerlet": 2, "Yoshida4": 4, "Yoshida6": 6, "Yoshida8": 8}
SIZES = {
    "VelocityVerlet": [0.02, 0.01, 0.005],
    "Yoshida4": [0.05, 0.025, 0.0125],
    "Yoshida6": [0.1, 0.05, 0.025],
    "Yoshida8": [0.1, 0.07, 0.05],
}
REAL = numba.types.CPointer(numba.types.float64)
SIGNATURE = numba.types.int32(numba.types.float64, REAL, REAL, numba.types.voidptr)


def attraction(t, q):
    return -q / (q[0] * q[0] + q[1] * q[1]) ** 1.5


def orbit(e):
    """Start at the nearest point of an orbit of period 2 pi."""
    return np.array([1 - e, 0.0]), np.array([0.0, math.sqrt((1 + e) / (1 - e))])


def henon_heiles(t, q):
    return [-q[0] - 2 * q[0] * q[1], -q[1] - q[0] ** 2 + q[1] ** 2]


#: The solution at t = 100 from q = (0, 0.1), v = (0.5, 0), by extrapolation in quadruple precision.
HENON_HEILES = [0.2251469891854318, 0.3920106535852880, 0.1881879739924355, -0.141325670961727]


@pytest.mark.parametrize("method", ORDERS)
def test_order_of_convergence(method):
    q0, v0 = orbit(0.2)
    errors = []
    for h in SIZES[method]:
        sol = solve_symplectic(attraction, (0, 2 * np.pi), q0, v0, step=h, method=method)
        assert abs(sol.step) <= h
        errors.append(np.hypot(*(sol.q[:, -1] - q0)))
    slope = np.polyfit(np.log(SIZES[method]), np.log(errors), 1)[0]
    assert slope == pytest.approx(ORDERS[method], abs=0.15)


@pytest.mark.parametrize(("method", "step", "limit"), [("VelocityVerlet", 0.02, 2e-4), ("Yoshida4", 0.1, 2e-3),
                                                       ("Yoshida6", 0.1, 2e-5), ("Yoshida8", 0.1, 3e-7)])  # fmt: skip
def test_energy_does_not_drift(method, step, limit):
    """The energy error of the last of 200 revolutions is that of the first ones; the momentum is exact."""
    q0, v0 = orbit(0.2)

    @numba.cfunc(SIGNATURE)
    def force(t, q, out, data):
        r = (q[0] * q[0] + q[1] * q[1]) ** -1.5
        out[0] = -q[0] * r
        out[1] = -q[1] * r
        return 0

    sol = solve_symplectic(force, (0, 400 * np.pi), q0, v0, step=step, method=method)
    energy = (sol.v**2).sum(axis=0) / 2 - 1 / np.hypot(*sol.q)
    deviation = np.abs(energy + 0.5)
    tenth = len(deviation) // 10
    assert deviation.max() < limit
    assert deviation[-tenth:].max() < 1.1 * deviation[:tenth].max() + 1e-13
    momentum = sol.q[0] * sol.v[1] - sol.q[1] * sol.v[0]
    np.testing.assert_allclose(momentum, math.sqrt(1 - 0.2**2), rtol=1e-11)


@pytest.mark.parametrize(("method", "step", "tol"), [("VelocityVerlet", 1e-3, 1e-4), ("Yoshida4", 0.02, 1e-4),
                                                     ("Yoshida6", 0.05, 1e-6), ("Yoshida8", 0.1, 1e-8)])  # fmt: skip
def test_henon_heiles(method, step, tol):
    sol = solve_symplectic(
        henon_heiles, (0, 100), [0, 0.1], [0.5, 0], step=step, method=method, every=1000
    )
    np.testing.assert_allclose([*sol.q[:, -1], *sol.v[:, -1]], HENON_HEILES, atol=tol)


@pytest.mark.parametrize("method", ORDERS)
def test_reversible(method):
    there = solve_symplectic(henon_heiles, (0, 30), [0, 0.1], [0.5, 0], step=0.1, method=method)
    back = solve_symplectic(
        henon_heiles, (30, 0), there.q[:, -1], there.v[:, -1], step=0.1, method=method
    )
    assert back.step == -there.step
    np.testing.assert_allclose(back.q[:, -1], [0, 0.1], atol=1e-12)
    np.testing.assert_allclose(back.v[:, -1], [0.5, 0], atol=1e-12)
    turned = solve_symplectic(
        henon_heiles, (0, 30), there.q[:, -1], -there.v[:, -1], step=0.1, method=method
    )
    np.testing.assert_allclose(turned.v[:, -1], [-0.5, 0], atol=1e-12)


@pytest.mark.parametrize("method", ORDERS)
def test_verlet_by_hand(method):
    """One step of the composition, written out with half kicks and drifts."""
    from scikit.integrate._symplectic import METHODS

    q, v = np.array([0.0, 0.1]), np.array([0.5, 0.0])
    for w in METHODS[method]:
        v = v + w * 0.05 * np.array(henon_heiles(0, q))
        q = q + w * 0.1 * v
        v = v + w * 0.05 * np.array(henon_heiles(0, q))
    sol = solve_symplectic(henon_heiles, (0, 0.1), [0, 0.1], [0.5, 0], step=0.1, method=method)
    np.testing.assert_allclose(sol.q[:, -1], q, rtol=1e-13)
    np.testing.assert_allclose(sol.v[:, -1], v, rtol=1e-13)
    assert sol.nfev == 1 + len(METHODS[method])


def test_masses():
    q0, v0 = [1.0, 2.0], [0.0, 0.5]
    kwargs = {"step": 0.1, "method": "Yoshida6"}
    sol = solve_symplectic(lambda t, q: -q, (0, 5), q0, v0, mass=[1.0, 4.0], **kwargs)
    w = np.array([1.0, 0.5])[:, None]
    exact = np.array(q0)[:, None] * np.cos(w * sol.t) + np.array(v0)[:, None] / w * np.sin(
        w * sol.t
    )
    np.testing.assert_allclose(sol.q, exact, atol=1e-6)
    one = solve_symplectic(lambda t, q: -q, (0, 5), q0, v0, mass=4.0, **kwargs)
    np.testing.assert_allclose(one.q[1], sol.q[1], atol=1e-13)


@pytest.mark.parametrize("method", ["Yoshida4", "Yoshida8"])
def test_time_dependent_force(method):
    """q'' = -q + cos(2 t), a resonance-free drive with a closed form."""
    sol = solve_symplectic(
        lambda t, q: -q + np.cos(2 * t), (1, 7), [0.0], [0.0], step=0.02, method=method
    )
    s = sol.t - 1
    a, b = np.cos(2) / 3, -2 * np.sin(2) / 3  # cancel the particular solution's start
    exact = -np.cos(2 * sol.t) / 3 + a * np.cos(s) + b * np.sin(s)
    np.testing.assert_allclose(sol.q[0], exact, atol=1e-6 if method == "Yoshida4" else 1e-12)


def test_every_and_t_eval():
    kwargs = {"step": 0.1, "method": "Yoshida6"}
    full = solve_symplectic(henon_heiles, (0, 10.3), [0, 0.1], [0.5, 0], **kwargs)
    assert full.nsteps == 103
    assert full.t[-1] == 10.3
    some = solve_symplectic(henon_heiles, (0, 10.3), [0, 0.1], [0.5, 0], every=10, **kwargs)
    np.testing.assert_array_equal(some.q[:, :-1], full.q[:, ::10])
    np.testing.assert_array_equal(some.v[:, -1], full.v[:, -1])
    assert some.q.shape == (2, 12)
    ends = solve_symplectic(henon_heiles, (0, 10.3), [0, 0.1], [0.5, 0], every=10**6, **kwargs)
    np.testing.assert_array_equal(ends.q, full.q[:, [0, -1]])
    at = solve_symplectic(
        henon_heiles, (0, 10.3), [0, 0.1], [0.5, 0], t_eval=full.t[3:50:2], **kwargs
    )
    np.testing.assert_array_equal(at.q, full.q[:, 3:50:2])
    assert at.nsteps == 103
    between = np.array([0.0, 0.03, 0.07, 5.55, 10.3])
    at = solve_symplectic(henon_heiles, (0, 10.3), [0, 0.1], [0.5, 0], t_eval=between, **kwargs)
    fine = solve_symplectic(henon_heiles, (0, 10.3), [0, 0.1], [0.5, 0], step=0.01, method="Yoshida8",
                            t_eval=between)  # fmt: skip
    np.testing.assert_allclose(at.q, fine.q, atol=1e-7)
    assert at.nfev == 1 + 7 * (103 + 3)
    assert solve_symplectic(
        henon_heiles, (0, 1), [0, 0.1], [0.5, 0], t_eval=[], **kwargs
    ).q.shape == (2, 0)


def test_no_interval():
    sol = solve_symplectic(henon_heiles, (2, 2), [0, 0.1], [0.5, 0], step=0.1)
    assert sol.nsteps == 0
    np.testing.assert_array_equal(sol.q[:, -1], [0, 0.1])


def test_compiled_equals_python_and_args():
    @numba.cfunc(SIGNATURE)
    def spring(t, q, out, data):
        k = numba.carray(data, 1, numba.types.float64)
        out[0] = -k[0] * q[0]
        return 0

    kwargs = {"step": 0.1, "args": (2.5,)}
    a = solve_symplectic(spring, (0, 10), [1.0], [0.0], **kwargs)
    b = solve_symplectic(lambda t, q, k: -k * q, (0, 10), [1.0], [0.0], **kwargs)
    np.testing.assert_array_equal(a.q, b.q)


def test_inputs_are_kept_and_layouts_work():
    expected = solve_symplectic(lambda t, q: -q, (0, 1), [1.0, 2.0, 3.0], [0.0, 1.0, 0.5], step=0.1)
    for q0 in array_layouts(np.array([1.0, 2.0, 3.0])).values():
        sol = solve_symplectic(lambda t, q: -q, (0, 1), q0, [0.0, 1.0, 0.5], step=0.1)
        np.testing.assert_array_equal(sol.q, expected.q)
        np.testing.assert_array_equal(q0, [1.0, 2.0, 3.0])


def test_exceptions_and_failures():
    problem = RuntimeError("force")

    def bad(t, q):
        if t > 0.5:
            raise problem
        return -q

    for options in ({}, {"t_eval": [0.1, 0.9]}):
        with pytest.raises(RuntimeError) as info:
            solve_symplectic(bad, (0, 1), [1.0], [0.0], step=0.1, **options)
        assert info.value is problem

    @numba.cfunc(SIGNATURE)
    def fails(t, q, out, data):
        return 1

    with pytest.raises(RuntimeError, match="failure"):
        solve_symplectic(fails, (0, 1), [1.0], [0.0], step=0.1)
    sol = solve_symplectic(lambda t, q: [np.nan], (0, 1), [1.0], [0.0], step=0.1)
    assert not sol.success


@pytest.mark.parametrize(
    ("kwargs", "error", "text"),
    [
        ({"method": "RK45"}, ValueError, "`method` must be one of"),
        ({"method": ["Verlet"]}, ValueError, "`method` must be one of"),
        ({"step": 0.0}, ValueError, "`step` must be positive"),
        ({"step": np.nan}, ValueError, "`step` must be positive"),
        ({"step": 1e-300}, ValueError, "`step` is too small"),
        ({"step": "a"}, TypeError, "`step` must be a number"),
        ({"q0": []}, ValueError, "`q0` must be 1-dimensional"),
        ({"q0": 1.0}, ValueError, "`q0` must be 1-dimensional"),
        ({"q0": [np.nan]}, ValueError, "q0"),
        ({"q0": [1j]}, TypeError, "q0"),
        ({"q0": [None]}, TypeError, "q0"),
        ({"v0": [1.0, 2.0]}, ValueError, "`v0` must have the shape"),
        ({"mass": 0.0}, ValueError, "`mass` must be positive"),
        ({"mass": [1.0, 2.0]}, ValueError, "`mass` must be a number or"),
        ({"every": 0}, ValueError, "`every` must be positive"),
        ({"every": 1.5}, TypeError, "every|integer"),
        ({"every": 2, "t_eval": [0.5]}, ValueError, "`every` and `t_eval`"),
        ({"t_eval": [2.0]}, ValueError, "`t_eval`"),
        ({"t_span": (0, np.inf)}, ValueError, "`t_span` must be finite"),
        ({"t_span": 3}, ValueError, "`t_span` must be two numbers"),
        ({"force": 3}, TypeError, "`force` must be callable"),
        ({"force": lambda t, q: [1.0, 2.0]}, ValueError, "must return an array"),
        ({"args": 3}, TypeError, "args"),
    ],
)
def test_bad_arguments_are_named(kwargs, error, text):
    arguments = {
        "force": lambda t, q: -q,
        "t_span": (0, 1),
        "q0": [1.0],
        "v0": [0.0],
        "step": 0.1,
        **kwargs,
    }
    with pytest.raises(error, match=text):
        solve_symplectic(**arguments)

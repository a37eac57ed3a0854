"""Every option of solve_ivp does something."""

import copy
import math
import pickle

import numpy as np
import pytest
import scipy.sparse

from scikit.integrate import BDF, Radau, solve_ensemble, solve_ivp

EXPLICIT = ["RK23", "RK45", "DOP853", "Tsit5", "Vern6", "Vern7", "Vern8", "Vern9"]
IMPLICIT = ["Rosenbrock23", "Rodas5P", "Radau", "BDF", "LSODA"]


def oscillator(t, y):
    return [y[1], -y[0]]


def robertson(t, y):
    a, b, c = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
    return [b - a, a - b - c, c]


def robertson_jac(t, y):
    return [
        [-0.04, 1e4 * y[2], 1e4 * y[1]],
        [0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1]],
        [0, 6e7 * y[1], 0],
    ]


#: Integrated in 128-bit arithmetic by Radau IIA methods of orders 11 and 13, which agree in 22 digits.
ROBERTSON_40 = [7.158270687194050e-01, 9.185534764557763e-06, 2.841637457458303e-01]


def chain(n, stiffness=1e3):
    """A diffusion chain y' = A y with three diagonals; A, and y(t) by its eigenvectors."""
    a = stiffness * (
        np.diag(np.full(n, -2.0)) + np.diag(np.ones(n - 1), 1) + np.diag(np.ones(n - 1), -1)
    )
    values, vectors = np.linalg.eigh(a)
    y0 = np.sin(np.pi * np.arange(1, n + 1) / (n + 1))
    return a, y0, lambda t: vectors @ (np.exp(values * t) * (vectors.T @ y0))


@pytest.mark.parametrize("method", EXPLICIT + IMPLICIT)
def test_max_steps_ends_the_integration(method):
    sol = solve_ivp(oscillator, (0, 1000), [1.0, 0.0], method=method, max_steps=20)
    assert sol.status == -1
    assert "max_steps" in sol.message
    assert sol.nsteps + sol.nrejected <= 21
    assert sol.t[-1] < 1000


@pytest.mark.parametrize("method", EXPLICIT + IMPLICIT)
def test_min_step_fails_where_smaller_steps_were_needed(method):
    jump = lambda t, y: [1e6 * (t > 0.5) * math.cos(1e6 * t)]  # noqa: E731
    sol = solve_ivp(jump, (0, 1), [0.0], method=method, min_step=0.01, rtol=1e-8, atol=1e-10)
    assert sol.status == -1
    assert "step size" in sol.message


@pytest.mark.parametrize("method", ["RK45", "Vern9", "Rodas5P"])
def test_fixed_steps(method):
    sol = solve_ivp(oscillator, (0, 1), [1.0, 0.0], method=method, adaptive=False, first_step=0.125)
    np.testing.assert_allclose(np.diff(sol.t), 0.125, rtol=1e-14)
    assert sol.nrejected == 0


@pytest.mark.parametrize("method", ["RK45", "DOP853", "Rodas5P"])
def test_controllers_take_other_steps_to_the_same_solution(method):
    steps = {}
    for controller in ("I", "PI", "PID", "Gustafsson"):
        sol = solve_ivp(
            oscillator,
            (0, 20),
            [1.0, 0.0],
            method=method,
            controller=controller,
            rtol=1e-6,
            atol=1e-8,
        )
        np.testing.assert_allclose(sol.y[:, -1], [math.cos(20), -math.sin(20)], atol=1e-4)
        steps[controller] = tuple(sol.t)
    assert len(set(steps.values())) == 4


@pytest.mark.parametrize("method", IMPLICIT)
@pytest.mark.parametrize("kind", ["none", "callable", "sparse", "pattern"])
def test_jacobian_in_every_form(method, kind):
    forms = {
        "none": {},
        "callable": {"jac": robertson_jac},
        "sparse": {"jac": lambda t, y: scipy.sparse.csc_array(robertson_jac(t, y))},
        "pattern": {"jac_sparsity": np.ones((3, 3))},
    }
    sol = solve_ivp(
        robertson, (0, 40), [1.0, 0, 0], method=method, rtol=1e-6, atol=1e-10, **forms[kind]
    )
    assert sol.success
    np.testing.assert_allclose(
        sol.y[:, -1], ROBERTSON_40, rtol=3e-4 if method == "Rosenbrock23" else 2e-5
    )
    assert sol.njev > 0 or method == "LSODA"


@pytest.mark.parametrize("method", IMPLICIT)
def test_bands_constant_and_matrix_free_jacobians(method):
    n = 40
    a, y0, exact = chain(n)
    fun = lambda t, y: a @ y  # noqa: E731
    packed = np.zeros((3, n))
    packed[0, 1:], packed[1], packed[2, :-1] = np.diag(a, 1), np.diag(a), np.diag(a, -1)
    tolerances = {"method": method, "rtol": 1e-5, "atol": 1e-8}
    full = solve_ivp(fun, (0, 0.1), y0, **tolerances)
    calls = []

    def counted(t, y):
        calls.append(t)
        return a @ y

    bands = solve_ivp(counted, (0, 0.1), y0, lband=1, uband=1, **tolerances)
    # three evaluations a Jacobian, which are not in nfev
    assert len(calls) <= bands.nfev + 3 * bands.njev + 1
    others = [
        solve_ivp(fun, (0, 0.1), y0, jac=a, **tolerances),
        solve_ivp(fun, (0, 0.1), y0, jac=packed, lband=1, uband=1, **tolerances),
        solve_ivp(fun, (0, 0.1), y0, jac=scipy.sparse.csc_array(a), **tolerances),
        solve_ivp(fun, (0, 0.1), y0, linear_solver="gmres", **tolerances),
    ]
    for sol in (full, bands, *others):
        assert sol.success
        np.testing.assert_allclose(sol.y[:, -1], exact(0.1), atol=5e-5)
    for sol in others[:3]:
        assert sol.njev == 0  # a constant one is taken, not evaluated


@pytest.mark.parametrize("method", ["Radau", "BDF", "Rodas5P"])
def test_preconditioner_of_gmres_is_used(method):
    n = 60
    a, y0, exact = chain(n, 1e4)
    products = []

    class Counted:
        def __matmul__(self, v):
            products.append(1)
            return a @ v

    def preconditioner(t, y, shift):
        inverse = np.linalg.inv(shift * np.eye(n) - a)
        return lambda r: inverse @ r

    counts = []
    for given in (None, preconditioner):
        products.clear()
        sol = solve_ivp(lambda t, y: a @ y, (0, 0.01), y0, method=method, jac=lambda t, y: Counted(), rtol=1e-4,
                        atol=1e-7, linear_solver="gmres", preconditioner=given)  # fmt: skip
        assert sol.success
        np.testing.assert_allclose(sol.y[:, -1], exact(0.01), atol=1e-3)
        counts.append(len(products))
    assert counts[1] < counts[0] / 3


def test_complex_systems_with_complex_jacobians():
    a = np.array([[-1 + 2j, 0.5], [0.1j, -3.0]])
    values, vectors = np.linalg.eig(a)
    y0 = np.array([1.0, 1j])
    exact = vectors @ (np.exp(values * 2) * np.linalg.solve(vectors, y0))
    for method in IMPLICIT:
        for jac in (None, a, lambda t, y: a, scipy.sparse.csc_array(a)):
            sol = solve_ivp(
                lambda t, y: a @ y, (0, 2), y0, method=method, jac=jac, rtol=1e-6, atol=1e-9
            )
            np.testing.assert_allclose(sol.y[:, -1], exact, atol=1e-4)


@pytest.mark.parametrize("method", ["Rodas5P", "Radau", "BDF"])
@pytest.mark.parametrize("mass", ["diagonal", "full", "banded", "sparse jacobian"])
def test_mass_matrix_and_index_one_dae(method, mass):
    """Robertson's third equation replaced by the conservation of mass."""

    def dae(t, y):
        return [*robertson(t, y)[:2], y[0] + y[1] + y[2] - 1]

    diagonal = np.array([1.0, 1.0, 0.0])
    given = {
        "diagonal": {"mass": diagonal},
        "full": {"mass": np.diag(diagonal)},
        "banded": {"mass": diagonal, "lband": 2, "uband": 2},
        "sparse jacobian": {"mass": diagonal, "jac_sparsity": np.ones((3, 3))},
    }[mass]
    sol = solve_ivp(dae, (0, 40), [1.0, 0, 0], method=method, rtol=1e-6, atol=1e-10, **given)
    assert sol.success
    np.testing.assert_allclose(sol.y[:, -1], ROBERTSON_40, rtol=2e-5)
    np.testing.assert_allclose(sol.y.sum(axis=0), 1, atol=1e-9)


@pytest.mark.parametrize("method", ["Rodas5P", "Radau", "BDF"])
@pytest.mark.parametrize("bands", [{}, {"lband": 1, "uband": 1}])
def test_start_values_of_a_dae_are_made_consistent(method, bands):
    """y' = -z, 0 = z**3 - y: z follows from y, whatever z was given."""
    fun = lambda t, y: [-y[1], y[1] ** 3 - y[0]]  # noqa: E731
    sol = solve_ivp(
        fun, (0, 1), [8.0, 1.5], method=method, mass=[1, 0], rtol=1e-7, atol=1e-9, **bands
    )
    assert sol.y[0, 0] == 8
    assert abs(sol.y[1, 0] - 2) < 1e-9
    np.testing.assert_allclose(sol.y[0, -1], (8 ** (2 / 3) - 2 / 3) ** 1.5, rtol=1e-5)
    with pytest.raises(ValueError, match="does not satisfy the algebraic equations"):
        solve_ivp(
            lambda t, y: [-y[1], y[1] ** 2 + 1],
            (0, 1),
            [8.0, 1.5],
            method=method,
            mass=[1, 0],
            **bands,
        )


@pytest.mark.parametrize("solver_class", [Radau, BDF])
def test_consistent_start_of_the_solver_classes(solver_class):
    """y1 = 2 y0, y0' = -y1, from a y1 that is wrong."""
    options = {"mass": [1, 0], "rtol": 1e-7, "atol": 1e-9}

    def fun(t, y):
        return [-y[1], 2 * y[0] - y[1]]

    solver = solver_class(fun, 0.0, [1.0, 99.0], 1.0, **options)
    np.testing.assert_allclose(solver.y, [1, 2], rtol=1e-9)
    whole = solve_ivp(fun, (0, 1), [1.0, 99.0], method=solver_class.method, **options)
    while solver.status == "running":
        assert solver.step() is None
    np.testing.assert_array_equal(solver.y, whole.y[:, -1])
    kept = solver_class(fun, 0.0, [1.0, 99.0], 1.0, consistent=False, **options)
    np.testing.assert_array_equal(kept.y, [1, 99])
    with pytest.raises(ValueError, match="`y0` does not satisfy"):
        solver_class(lambda t, y: [y[1], 1 + y[0] ** 2], 0.0, [1.0, 0.0], 1.0, **options)


@pytest.mark.parametrize("method", ["Radau", "Rodas5P", "BDF"])
def test_consistent_state_after_an_event(method):
    """y1 = 2 y0 holds again after y0 alone was changed."""

    def now(t, y):
        return t - 0.5

    now.affect = lambda t, y: [3.0, y[1]]
    sol = solve_ivp(
        lambda t, y: [-y[1], 2 * y[0] - y[1]], (0, 1), [1.0, 2.0], method=method, mass=[1, 0], events=now,
        rtol=1e-7, atol=1e-9,
    )  # fmt: skip
    k = np.flatnonzero(sol.t == sol.t_events[0][0])[-1]
    np.testing.assert_allclose(sol.y[:, k], [3, 6], rtol=1e-9)
    np.testing.assert_allclose(sol.y[:, -1], np.exp(-1) * np.array([3, 6]), rtol=1e-5)


@pytest.mark.parametrize("method", ["Radau", "Rodas5P", "BDF"])
def test_consistent_start_of_ensembles(method):
    options = {"method": method, "mass": [1, 0], "rtol": 1e-7, "atol": 1e-9}
    rates = np.array([[1.0], [2.0], [4.0]])

    def fun(t, y, p):
        return [-y[1], p[0] * y[0] - y[1]]

    sol = solve_ensemble(fun, (0, 1), [1.0, 99.0], params=rates, **options)
    assert sol.success
    one = np.exp(-rates[:, 0])
    np.testing.assert_allclose(sol.y[:, :, -1], np.stack([one, one * rates[:, 0]], 1), rtol=1e-5)


def test_mass_matrix_that_couples_the_derivatives():
    mass = np.array([[2.0, 1.0], [1.0, 3.0]])
    fun = lambda t, y: np.array([-y[0], -2 * y[1]])  # noqa: E731
    expected = solve_ivp(lambda t, y: np.linalg.solve(mass, fun(t, y)), (0, 3), [1.0, 2.0], method="Vern8", rtol=1e-11,
                         atol=1e-12).y[:, -1]  # fmt: skip
    for method in ("Rodas5P", "Radau", "BDF", "Rosenbrock23"):
        sol = solve_ivp(fun, (0, 3), [1.0, 2.0], method=method, mass=mass, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(sol.y[:, -1], expected, rtol=1e-3)
    with (
        pytest.raises(ValueError, match="`mass` needs one of the methods"),
        pytest.warns(UserWarning, match="mass"),
    ):
        solve_ivp(fun, (0, 3), [1.0, 2.0], mass=mass)


def test_orders_of_radau():
    errors = {}
    for order in (5, 9, 13):
        sol = solve_ivp(
            robertson,
            (0, 40),
            [1.0, 0, 0],
            method="Radau",
            max_order=order,
            min_order=order,
            rtol=1e-9,
            atol=1e-13,
        )
        errors[order] = sol.nsteps
    assert errors[5] > errors[9] > errors[13]


def test_step_callback_sees_every_step_and_ends_the_integration():
    seen = []

    def callback(t, y):
        seen.append((t, y.copy()))
        y[:] = np.nan  # a copy: the solver's own state stays
        return t > 2

    sol = solve_ivp(oscillator, (0, 10), [1.0, 0.0], step_callback=callback)
    assert sol.status == 2
    assert sol.success
    np.testing.assert_array_equal([t for t, _ in seen], sol.t[1:])
    np.testing.assert_array_equal(np.stack([y for _, y in seen], axis=1), sol.y[:, 1:])
    with pytest.raises(TypeError, match="`step_callback` must be callable"):
        solve_ivp(oscillator, (0, 1), [1.0, 0.0], step_callback=3)


def test_progress_counts_up():
    seen = []
    solve_ivp(
        oscillator, (0, 10), [1.0, 0.0], progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (1000, 1000)
    assert [d for d, _ in seen] == sorted(d for d, _ in seen)


def test_restart_goes_on_where_a_solution_ended():
    first = solve_ivp(
        oscillator, (0, 3), [1.0, 0.0], method="DOP853", rtol=1e-8, atol=1e-10, t_eval=[1.0]
    )
    second = solve_ivp(
        oscillator, (3, 5), None, method="DOP853", rtol=1e-8, atol=1e-10, restart=first
    )
    np.testing.assert_allclose(second.y[:, -1], [math.cos(5), -math.sin(5)], atol=1e-7)
    assert second.nfev < 12 * (second.nsteps + second.nrejected) + 2  # no search for a first step
    with pytest.raises(ValueError, match="must begin where the earlier solution ended"):
        solve_ivp(oscillator, (4, 5), None, restart=first)
    with pytest.raises(TypeError, match="`restart` must be"):
        solve_ivp(oscillator, (4, 5), None, restart=3)


def test_two_crossings_in_one_step_are_found():
    def dip(t, y):
        return y[0] - 0.02  # y = (t - 1)**2 is below only between 0.86 and 1.14

    for method in EXPLICIT + IMPLICIT:
        # a multistep method is not exact for polynomials; the tolerance is then what places the zeros
        tight = {"rtol": 1e-9, "atol": 1e-12} if method in ("BDF", "LSODA") else {}
        sol = solve_ivp(
            lambda t, y: [2 * (t - 1)], (0, 2), [1.0], method=method, events=dip, **tight
        )
        np.testing.assert_allclose(
            sol.t_events[0], [1 - math.sqrt(0.02), 1 + math.sqrt(0.02)], rtol=1e-6
        )


def test_affect_changes_the_state():
    """A ball that loses a fifth of its speed at every bounce: times of the bounces in closed form."""

    def ground(t, y):
        return y[0]

    ground.direction = -1
    ground.affect = lambda t, y: [0.0, -0.8 * y[1]]
    ground.terminal = 5
    sol = solve_ivp(
        lambda t, y: [y[1], -9.81],
        (0, 100),
        [1.0, 0.0],
        events=ground,
        rtol=1e-9,
        atol=1e-11,
        dense_output=True,
    )
    fall = math.sqrt(2 / 9.81)
    expected = fall + 2 * fall * np.cumsum([0, 0.8, 0.8**2, 0.8**3, 0.8**4])
    np.testing.assert_allclose(sol.t_events[0], expected, rtol=1e-8)
    assert sol.status == 1
    assert abs(sol.sol(fall / 2)[0] - (1 - 9.81 * (fall / 2) ** 2 / 2)) < 1e-8


def test_options_that_a_method_lacks_are_warned_of():
    with pytest.warns(UserWarning, match="no effect for a chosen solver: `lband`, `uband`"):
        solve_ivp(oscillator, (0, 1), [1.0, 0.0], lband=1, uband=1)


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ({"controller": "XY"}, ValueError, "`controller` must be one of"),
        ({"adaptive": False}, ValueError, "`adaptive=False` needs"),
        ({"max_steps": 0}, ValueError, "`max_steps` must be positive"),
        ({"max_steps": "many"}, TypeError, "`max_steps` must be an integer"),
        ({"min_step": -1}, ValueError, "`min_step` must not be negative"),
        ({"method": "Radau", "lband": 2}, ValueError, "`lband` must lie between"),
        ({"method": "Radau", "jac": np.zeros((3, 3))}, ValueError, "`jac` must have shape"),
        (
            {"method": "Radau", "jac": lambda t, y: np.zeros(3)},
            ValueError,
            "`jac` must return an array of shape",
        ),
        (
            {"method": "Radau", "jac_sparsity": np.ones((3, 2))},
            ValueError,
            "`jac_sparsity` must have the shape",
        ),
        ({"method": "Radau", "mass": np.ones((3, 2))}, ValueError, "`mass` must have the shape"),
        ({"method": "Radau", "linear_solver": "lu"}, ValueError, "`linear_solver` must be"),
        (
            {"method": "Radau", "preconditioner": 3, "linear_solver": "gmres"},
            TypeError,
            "`preconditioner` must be",
        ),
        ({"rtol": 0.0, "atol": 0.0}, ValueError, "`rtol` and `atol` must not both be zero"),
    ],
)
def test_bad_options_are_named(given, error, text):
    with pytest.raises(error, match=text):
        solve_ivp(oscillator, (0, 1), [1.0, 0.0], **given)


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))]
)
def test_a_result_that_was_copied_or_pickled_goes_on(again):
    kwargs = {"method": "DOP853", "rtol": 1e-8, "atol": 1e-10}
    first = solve_ivp(oscillator, (0, 3), [1.0, 0.0], **kwargs)
    copied = again(first)
    assert copied.keys() == first.keys()
    np.testing.assert_array_equal(copied.y, first.y)
    then = solve_ivp(oscillator, (3, 5), None, restart=copied, **kwargs)
    same = solve_ivp(oscillator, (3, 5), None, restart=first, **kwargs)
    np.testing.assert_array_equal(then.y, same.y)
    del copied.y
    assert not hasattr(copied, "y")

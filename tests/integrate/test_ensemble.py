"""solve_ensemble and compile_rhs: against solve_ivp, closed forms, and the promise of the same bits."""

import math
import pickle

import numba
import numpy as np
import pytest

from scikit.integrate import compile_rhs, solve_ensemble, solve_ivp

REAL = numba.types.CPointer(numba.types.float64)
SIGNATURE = numba.types.int32(numba.types.float64, REAL, REAL, numba.types.voidptr)


@numba.cfunc(SIGNATURE)
def bloch(t, y, dydt, data):
    p = numba.carray(data, 1, numba.float64)
    b = 8.0 * math.exp(-8.0 * (t - 1.0) ** 2)
    dydt[0] = p[0] * y[1] - 10.0 * y[0]
    dydt[1] = -p[0] * y[0] + b * y[2] - 10.0 * y[1]
    dydt[2] = -b * y[1] - (y[2] - 1.0)
    return 0


@numba.cfunc(SIGNATURE)
def blow_up(t, y, dydt, data):
    p = numba.carray(data, 1, numba.float64)
    dydt[0] = p[0] * y[0] * y[0]
    return 0


@numba.cfunc(SIGNATURE)
def sometimes_fails(t, y, dydt, data):
    p = numba.carray(data, 1, numba.float64)
    dydt[0] = -y[0]
    if p[0] > 0.5 and t > 0.5:
        return 1
    return 0


def lotka(t, y, a):
    u, v = y
    return [a * u - u * v, u * v - 3 * v]


OFFSETS = np.linspace(-50, 50, 37)


@pytest.mark.parametrize("lanes", [False, True])
@pytest.mark.parametrize("method", ["Tsit5", "DOP853", "Vern7", "Vern9"])
def test_equals_solve_ivp(method, lanes):
    points = np.linspace(0, 2, 7)
    options = {"method": method, "rtol": 1e-7, "atol": 1e-9, "t_eval": points}
    many = solve_ensemble(
        bloch, (0, 2), [0, 0, 1.0], params=OFFSETS[:, None], lanes=lanes, **options
    )
    assert many.success
    assert many.y.shape == (37, 3, 7)
    for k in (0, 5, 36):
        one = solve_ivp(bloch, (0, 2), [0, 0, 1.0], args=(OFFSETS[k],), **options)
        np.testing.assert_allclose(many.y[k], one.y, atol=1e-8)
        assert abs(many.nsteps[k] - one.nsteps) <= 2
        assert many.nfev[k] > 0


@pytest.mark.parametrize("method", ["Rodas5P", "Radau", "BDF", "LSODA"])
def test_methods_without_lanes(method):
    many = solve_ensemble(
        bloch, (0, 2), [0, 0, 1.0], params=OFFSETS[::9, None], method=method, rtol=1e-6, atol=1e-8
    )
    for k, offset in enumerate(OFFSETS[::9]):
        one = solve_ivp(
            bloch, (0, 2), [0, 0, 1.0], args=(offset,), method=method, rtol=1e-6, atol=1e-8
        )
        np.testing.assert_array_equal(many.y[k, :, -1], one.y[:, -1])


@pytest.mark.parametrize("lanes", [False, True])
def test_the_same_bits_for_any_number_of_workers_and_any_neighbours(lanes):
    offsets = np.linspace(-50, 50, 1500)[:, None]
    options = {"method": "Vern7", "rtol": 1e-5, "atol": 1e-7, "lanes": lanes}
    one = solve_ensemble(bloch, (0, 2), [0, 0, 1.0], params=offsets, **options)
    two = solve_ensemble(bloch, (0, 2), [0, 0, 1.0], params=offsets, workers=2, **options)
    np.testing.assert_array_equal(one.y, two.y)
    part = solve_ensemble(bloch, (0, 2), [0, 0, 1.0], params=offsets[700:711], **options)
    np.testing.assert_array_equal(one.y[700:711], part.y)


def test_a_failing_trajectory_does_not_stop_the_others():
    rates = np.array([0.1, 5.0, 0.2, 50.0, 0.3])
    sol = solve_ensemble(blow_up, (0, 1), [1.0], params=rates[:, None], rtol=1e-8, atol=1e-10)
    np.testing.assert_array_equal(sol.status, [0, -1, 0, -1, 0])
    assert not sol.success
    assert "step size" in sol.message[1]
    np.testing.assert_allclose(sol.y[::2, 0, -1], 1 / (1 - rates[::2]), rtol=1e-6)
    assert np.isnan(sol.y[1::2, 0, -1]).all()
    sol = solve_ensemble(sometimes_fails, (0, 1), [1.0], params=np.array([[0.0], [1.0]]))
    np.testing.assert_array_equal(sol.status, [0, -1])
    assert "failure" in sol.message[1]
    sol = solve_ensemble(bloch, (0, 2), [0, 0, 1.0], params=OFFSETS[:, None], max_steps=3)
    assert (sol.status == -1).all()


def test_python_functions_and_vector_tolerances():
    rates = np.linspace(0.5, 2, 5)
    sol = solve_ensemble(
        lambda t, y, p: -p[0] * y,
        (0, 1),
        np.ones((5, 2)),
        params=rates[:, None],
        rtol=1e-8,
        atol=[1e-9, 1e-10],
    )
    np.testing.assert_allclose(sol.y[:, :, -1], np.exp(-rates)[:, None] * np.ones(2), rtol=1e-6)
    problem = RuntimeError("no")

    def raises(t, y):
        raise problem

    with pytest.raises(RuntimeError) as found:
        solve_ensemble(raises, (0, 1), np.ones((3, 1)))
    assert found.value is problem


def test_backwards_and_first_step():
    sol = solve_ensemble(
        bloch, (2, 0), [0, 0, 1.0], params=[[1.0]], first_step=0.01, rtol=1e-9, atol=1e-9
    )
    one = solve_ivp(
        bloch,
        (2, 0),
        [0, 0, 1.0],
        args=(1.0,),
        method="Tsit5",
        first_step=0.01,
        rtol=1e-9,
        atol=1e-9,
    )
    np.testing.assert_allclose(sol.y[0, :, -1], one.y[:, -1], rtol=1e-6)


def test_progress():
    seen = []
    solve_ensemble(
        bloch,
        (0, 1),
        [0, 0, 1.0],
        params=np.ones((1200, 1)),
        progress=lambda d, n: seen.append((d, n)),
    )
    assert seen[-1] == (3, 3)


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ({"y0": np.ones((2, 3, 1))}, ValueError, "`y0` must have the shape"),
        ({"y0": np.empty((0, 3))}, ValueError, "no rows"),
        ({"y0": np.empty((2, 0))}, ValueError, "nor a row of `y0`"),
        ({"y0": [[np.nan, 0, 0]]}, ValueError, "`y0`"),
        ({"params": np.ones(3)}, ValueError, "`params` must have the shape"),
        ({"y0": np.ones((2, 3)), "params": np.ones((3, 1))}, ValueError, "`params` has 3 rows"),
        ({"method": "Euler"}, ValueError, "`method` must be one of"),
        ({"t_span": (1, 1)}, ValueError, "`t_span` must not be empty"),
        ({"t_eval": [5.0]}, ValueError, "`t_eval` are not within"),
        ({"max_steps": 0}, ValueError, "`max_steps` must be positive"),
        ({"workers": 0}, ValueError, "`workers` must not be zero"),
    ],
)
def test_bad_arguments_are_named(given, error, text):
    given = {
        "y0": np.ones((1, 3)),
        "t_span": (0, 1),
        "params": np.ones((len(given.get("y0", [0])), 1)),
        **given,
    }
    with pytest.raises(error, match=text):
        solve_ensemble(bloch, given.pop("t_span"), given.pop("y0"), **given)


def test_compile_rhs_equals_python_and_survives_pickling():
    compiled = compile_rhs(lotka)
    options = {"args": (1.5,), "method": "DOP853", "rtol": 1e-8, "atol": 1e-8}
    expected = solve_ivp(lotka, (0, 5), [1.0, 1.0], **options)
    np.testing.assert_allclose(
        solve_ivp(compiled, (0, 5), [1.0, 1.0], **options).y, expected.y, rtol=1e-12
    )
    again = pickle.loads(pickle.dumps(compiled))
    np.testing.assert_allclose(
        solve_ivp(again, (0, 5), [1.0, 1.0], **options).y, expected.y, rtol=1e-12
    )
    assert compiled(0.0, (1.0, 2.0), 1.5) == [-0.5, -4.0]


def test_compile_rhs_in_lanes():
    rates = np.linspace(1, 2, 20)[:, None]
    options = {"params": rates, "method": "Vern7", "rtol": 1e-8, "atol": 1e-8}
    lanes = solve_ensemble(
        compile_rhs(lotka, lanes=True), (0, 5), [1.0, 1.0], lanes=True, **options
    )
    plain = solve_ensemble(compile_rhs(lotka), (0, 5), [1.0, 1.0], **options)
    np.testing.assert_allclose(lanes.y, plain.y, rtol=1e-9)


def test_functions_of_the_lanes_against_libm():
    def functions(t, y):
        x = y[0]
        return (
            math.exp(-x),
            math.sin(x) + math.cos(x),
            math.sqrt(x) + math.log(x),
            abs(-x) ** 3 + x**0.5 + x**-1.5,
        )

    y0 = np.column_stack((np.linspace(0.1, 30, 50), np.zeros((50, 3))))
    options = {"method": "Tsit5", "rtol": 1e-9, "atol": 1e-9}
    lanes = solve_ensemble(compile_rhs(functions, lanes=True), (0, 0.1), y0, lanes=True, **options)
    plain = solve_ensemble(compile_rhs(functions), (0, 0.1), y0, **options)
    np.testing.assert_allclose(lanes.y, plain.y, rtol=1e-12)


def test_what_cannot_be_compiled_says_why():
    def branches(t, y):
        return (-y[0] if y[0] > 0.5 else -1.0,)

    with pytest.raises(ValueError, match="no form in lanes"):
        solve_ensemble(compile_rhs(branches, lanes=True), (0, 1), [[1.0]])
    assert solve_ensemble(compile_rhs(branches), (0, 0.5), [[1.0]], lanes=True).success
    with pytest.raises(ValueError, match="numba cannot compile `fun`"):
        solve_ivp(compile_rhs(lambda t, y: [undefined_name]), (0, 1), [1.0])  # noqa: F821
    with pytest.raises(TypeError, match="`fun` must be a Python function"):
        compile_rhs(3)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(compile_rhs(eval("lambda t, y: (-y[0],)")))


def test_an_inconsistent_start_fails_its_trajectory_alone():
    sol = solve_ensemble(
        lambda t, y, p: [-y[0], y[1] ** 2 - p[0]],
        (0, 1),
        [1.0, 1.0],
        params=[[1.0], [-1.0], [4.0]],
        method="Radau",
        mass=[1, 0],
    )
    assert sol.status.tolist() == [0, -1, 0]
    assert "algebraic" in sol.message[1]
    assert np.isnan(sol.y[1]).all()
    np.testing.assert_allclose(sol.y[[0, 2], 1, -1], [1, 2])


def test_the_interval_must_be_finite_and_the_steps_a_number():
    with pytest.raises(ValueError, match="`t_span`"):
        solve_ensemble(lambda t, y: -y, (0, np.inf), np.ones((2, 1)))
    with pytest.raises(TypeError, match="`max_steps`"):
        solve_ensemble(lambda t, y: -y, (0, 1), np.ones((2, 1)), max_steps=2.5)


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_within_long_trajectories(workers, interrupt):
    code = (
        "import numpy as np\nimport numba\nfrom scikit.integrate import solve_ensemble\n"
        "real = numba.types.CPointer(numba.types.float64)\n"
        "@numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))\n"
        "def f(t, y, dydt, data):\n    dydt[0] = -y[0]\n    return 0\n"
        "y0 = np.ones((1000, 1))\n"
        "print('ready', flush=True)\n"
        f"try:\n    solve_ensemble(f, (0, 1e7), y0, max_step=1e-3, workers={workers})\n"
        "except KeyboardInterrupt:\n    print('interrupted', flush=True)\n"
    )
    answer, seconds = interrupt(code)
    assert answer == "interrupted"
    assert seconds < 1.0

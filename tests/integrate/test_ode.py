"""ode and complex_ode: closed forms, options, parameters, solout, failures, bad input."""

import math
import threading
import warnings

import numpy as np
import pytest
import scipy.integrate

from scikit.integrate import complex_ode, ode

MULTISTEP = ["vode", "lsoda"]
EXPLICIT = ["dopri5", "dop853"]


def oscillator(t, y):
    return [y[1], -y[0]]


def robertson(t, y):
    a, b, c = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]
    return [b - a, a - b - c, c]


@pytest.mark.parametrize("name", [*MULTISTEP, *EXPLICIT])
@pytest.mark.parametrize("direction", [1, -1])
def test_closed_form(name, direction):
    solver = ode(oscillator).set_integrator(name, rtol=1e-9, atol=1e-11)
    solver.set_initial_value([0.0, 1.0], 0.0)
    for t in direction * np.linspace(0.1, 5, 30):
        y = solver.integrate(t)
        assert solver.t == t
        assert solver.successful()
        np.testing.assert_allclose(y, [math.sin(t), math.cos(t)], atol=2e-7)
        assert y is solver.y
    assert solver.get_return_code() == (1 if name in EXPLICIT else 2)


@pytest.mark.parametrize(("name", "options"), [("vode", {"method": "bdf"}), ("lsoda", {})])
def test_stiff(name, options):
    solver = ode(robertson).set_integrator(name, rtol=1e-9, atol=1e-13, nsteps=3000, **options)
    y = solver.set_initial_value([1.0, 0, 0]).integrate(40)
    np.testing.assert_allclose(
        y, [7.158270687194050e-01, 9.185534764557763e-06, 2.841637457458303e-01], rtol=1e-6
    )
    nst, nfe, nje = solver._integrator.iwork[10:13]
    assert 0 < nje < nst < nfe


def test_as_accurate_as_scipy():
    for name, options in (
        ("vode", {"method": "adams"}),
        ("vode", {"method": "bdf"}),
        ("lsoda", {}),
    ):
        error = []
        for module in (scipy.integrate.ode, ode):
            solver = module(oscillator).set_integrator(name, rtol=1e-7, atol=1e-9, **options)
            y = solver.set_initial_value([0.0, 1.0]).integrate(20.0)
            error.append(np.abs(y - [math.sin(20), math.cos(20)]).max())
        assert error[1] < 10 * error[0] + 1e-7


@pytest.mark.parametrize("jac", [None, "full", "banded"])
def test_zvode(jac):
    a = np.array([[-1 + 2j, 0.5, 0], [0.25j, -300, 0.1], [0, 1, -2j]])
    packed = np.zeros((3, 3), complex)
    for i in range(3):
        for j in range(max(0, i - 1), min(3, i + 2)):
            packed[1 + i - j, j] = a[i, j]
    values, vectors = np.linalg.eig(a)
    expected = vectors @ (np.exp(values) * np.linalg.solve(vectors, np.ones(3)))
    bands = {"lband": 1, "uband": 1} if jac == "banded" else {}
    given = {None: None, "full": lambda t, y: a, "banded": lambda t, y: packed}[jac]
    solver = ode(lambda t, y: a @ y, given)
    solver.set_integrator("zvode", method="bdf", rtol=1e-9, atol=1e-11, **bands)
    y = solver.set_initial_value(np.ones(3), 0).integrate(1.0)
    assert y.dtype == complex
    np.testing.assert_allclose(y, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", [*MULTISTEP, *EXPLICIT])
def test_complex_ode(name):
    solver = complex_ode(lambda t, y, w: 1j * w * y, lambda t, y, w: [[1j * w]])
    solver.set_integrator(name, rtol=1e-9, atol=1e-11).set_f_params(2.0).set_jac_params(2.0)
    solver.set_initial_value([1.0 + 0.5j])
    for t in (0.5, 1.0, 3.0):
        y = solver.integrate(t)
        np.testing.assert_allclose(y, (1 + 0.5j) * np.exp(2j * t), rtol=2e-7)
    with pytest.raises(ValueError, match="zvode"):
        solver.set_integrator("zvode")


@pytest.mark.parametrize("name", [*MULTISTEP, *EXPLICIT])
def test_parameters_take_effect_at_once(name):
    solver = ode(lambda t, y, rate: [rate]).set_integrator(name, rtol=1e-8, atol=1e-10)
    solver.set_initial_value(0.0).set_f_params(1.0)
    assert solver.integrate(1.0)[0] == pytest.approx(1, abs=1e-8)
    solver.set_f_params(-2.0)
    assert solver.integrate(1.5)[0] == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize("name", MULTISTEP)
def test_step_and_relax(name):
    solver = ode(oscillator).set_integrator(name, rtol=1e-6, atol=1e-8)
    solver.set_initial_value([0.0, 1.0])
    times = [0.0]
    while solver.t < 3:
        y = solver.integrate(3.0, step=True)
        times.append(solver.t)
        np.testing.assert_allclose(y, [math.sin(solver.t), math.cos(solver.t)], atol=1e-4)
    assert len(times) > 10
    assert (np.diff(times) > 0).all()
    solver.set_initial_value([0.0, 1.0]).integrate(3.0, relax=True)
    assert solver.t >= 3


@pytest.mark.parametrize("name", EXPLICIT)
def test_solout(name):
    seen = []

    def solout(t, y):
        seen.append((t, y[0]))
        return -1 if t > 2 else 0

    solver = ode(oscillator).set_integrator(name)
    solver.set_solout(solout)
    solver.set_initial_value([0.0, 1.0]).integrate(5.0)
    assert 2 < solver.t < 5
    assert solver.successful()
    assert solver.get_return_code() == 2
    assert seen[0] == (0.0, 0.0)
    assert seen[-1] == (solver.t, solver.y[0])
    solver.set_integrator("vode")
    with pytest.raises(ValueError, match="solout"):
        solver.set_solout(solout)


@pytest.mark.parametrize("name", EXPLICIT)
def test_control_options(name):
    base = {"rtol": 1e-8, "atol": 1e-10, "nsteps": 5000}
    for options in ({}, {"beta": 0.04}, {"safety": 0.6}, {"ifactor": 1.5}, {"dfactor": 0.5}, {"max_step": 0.01},
                    {"first_step": 1e-6}):  # fmt: skip
        solver = ode(oscillator).set_integrator(name, **base, **options)
        y = solver.set_initial_value([0.0, 1.0]).integrate(5.0)
        np.testing.assert_allclose(y, [math.sin(5), math.cos(5)], atol=1e-6)


@pytest.mark.parametrize("name", [*MULTISTEP, *EXPLICIT])
def test_failures_warn(name):
    solver = ode(oscillator).set_integrator(name, nsteps=3, rtol=1e-10, atol=1e-12)
    solver.set_initial_value([0.0, 1.0])
    with pytest.warns(UserWarning, match=f"{name}: Excess work"):
        solver.integrate(50.0)
    assert not solver.successful()
    assert solver.get_return_code() < 0
    assert 0 <= solver.t < 50
    solver = ode(lambda t, y: y * y).set_integrator(name, nsteps=10**5)
    with pytest.warns(UserWarning, match="too small"):
        solver.set_initial_value(1.0).integrate(2.0)
    assert 0.9 < solver.t < 1.1
    solver.set_initial_value(1.0)
    assert solver.successful()


@pytest.mark.parametrize("name", [*MULTISTEP, *EXPLICIT])
def test_exceptions(name):
    error = RuntimeError("mine")
    broken = True

    def fun(t, y):
        if broken and t > 0.5:
            raise error
        return -y

    solver = ode(fun).set_integrator(name, rtol=1e-8).set_initial_value(1.0)
    solver.integrate(0.25)
    with pytest.raises(RuntimeError) as caught:
        solver.integrate(1.0)
    assert caught.value is error
    assert not solver.successful()
    broken = False
    assert solver.integrate(1.0)[0] == pytest.approx(math.exp(-1), rel=1e-6)


def test_default_integrator_and_objects_of_their_own():
    solvers = [ode(lambda t, y, k=k: -k * y).set_initial_value(1.0) for k in (1, 2, 3)]
    for t in (0.2, 0.4, 1.0):
        for k, solver in enumerate(solvers, 1):
            assert solver.integrate(t)[0] == pytest.approx(math.exp(-k * t), rel=1e-4)


def test_threads():
    def work(k):
        solver = ode(robertson).set_integrator("lsoda", rtol=1e-8, atol=1e-12, nsteps=5000)
        found[k] = solver.set_initial_value([1.0, 0, 0]).integrate(40.0)

    found = [None] * 4
    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for y in found[1:]:
        np.testing.assert_array_equal(y, found[0])


@pytest.mark.parametrize(
    "options",
    [
        {"method": "euler"},
        {"nsteps": 0},
        {"order": 0},
        {"max_step": -1.0},
        {"first_step": math.nan},
        {"min_step": -1},
        {"lband": -1},
    ],
)
def test_bad_options(options):
    with pytest.raises(ValueError, match="`" + next(iter(options))):
        ode(oscillator).set_integrator("vode", **options)
    with pytest.raises(TypeError):
        ode(oscillator).set_integrator("vode", nonsense=1)


def test_bad_input():
    with pytest.raises(TypeError, match="`f`"):
        ode(3)
    with pytest.warns(UserWarning, match="No integrator name match"):
        ode(oscillator).set_integrator("nonsense")
    solver = ode(oscillator).set_integrator("vode")
    with pytest.raises(TypeError, match="`y` is complex"):
        solver.set_initial_value([1j, 0])
    for y in ([[1.0]], ["a"]):
        with pytest.raises(ValueError, match="`y`"):
            solver.set_initial_value(y)
    with pytest.raises(ValueError, match="`y` and `t`"):
        solver.set_initial_value([math.nan, 1.0])
    solver.set_initial_value([0.0, 1.0])
    with pytest.raises(ValueError, match="`t`"):
        solver.integrate(math.inf)
    for name, value in (("rtol", -1.0), ("atol", [1.0, 2, 3])):
        with pytest.raises(ValueError, match=f"`{name}`"):
            ode(oscillator).set_integrator("lsoda", **{name: value}).set_initial_value(
                [0.0, 1]
            ).integrate(1)
    with pytest.raises(ValueError, match="bandwidths"):
        ode(oscillator).set_integrator("vode", method="bdf", lband=2, uband=0).set_initial_value(
            [0.0, 1]
        ).integrate(1)


def test_no_warnings_on_success():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ode(oscillator).set_integrator("lsoda").set_initial_value([0.0, 1.0]).integrate(3)

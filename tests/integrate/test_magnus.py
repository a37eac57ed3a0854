"""solve_linear: orders, a Bloch equation with a reference of 16 digits, exactness, output, bad input."""

import numpy as np
import pytest
import scipy.linalg

from scikit.integrate import solve_ivp, solve_linear
from scikit.testing import array_layouts

ORDERS = {"Magnus4": 4, "Magnus6": 6, "piecewise": 2}
#: M' = bloch(t) M + (0, 0, 1) at t = 2 from (0, 0, 1), by extrapolation in quadruple precision (26 digits agree).
BLOCH = np.array([1.140558020182667e-04, -2.64339880592067e-04, 6.923654742457370e-01])


def bloch(t):
    pulse = 8 * np.exp(-8 * (t - 1) ** 2)
    a = np.zeros((len(t), 3, 3))
    a[:] = np.diag([-10.0, -10.0, -1.0])
    a[:, 0, 1], a[:, 1, 0] = 10, -10
    a[:, 1, 2], a[:, 2, 1] = pulse, -pulse
    return a


def rabi(t):
    """A driven two-level system: skew-Hermitian."""
    a = np.zeros((len(t), 2, 2), complex)
    a[:, 0, 0], a[:, 1, 1] = -1j, 1j
    a[:, 0, 1] = -1j * np.exp(1j * t * t)
    a[:, 1, 0] = -1j * np.exp(-1j * t * t)
    return a


@pytest.mark.parametrize("method", ORDERS)
def test_bloch_reference(method):
    counts = {
        "Magnus4": [80, 160, 320],
        "Magnus6": [40, 56, 80],
        "piecewise": [200, 400, 800],
    }[method]
    errors = []
    for n_steps in counts:
        sol = solve_linear(bloch, (0, 2), [0, 0, 1], b=[0, 0, 1], n_steps=n_steps, method=method)
        assert sol.success
        errors.append(np.abs(sol.y[:, -1] - BLOCH).max())
    slope = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    assert slope == pytest.approx(ORDERS[method], abs=0.15)


def test_bloch_to_rounding_errors():
    sol = solve_linear(bloch, (0, 2), [0, 0, 1], b=[0, 0, 1], n_steps=2000, method="Magnus6")
    np.testing.assert_allclose(sol.y[:, -1], BLOCH, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("method", ORDERS)
def test_order_of_complex_systems_and_their_norm(method):
    exact = solve_ivp(
        lambda t, y: rabi(np.array([t]))[0] @ y, (0, 3), [1 + 0j, 0], method="DOP853", rtol=1e-13, atol=1e-15
    ).y[:, -1]  # fmt: skip
    counts = [60, 120, 240] if method != "Magnus6" else [40, 60, 80]
    errors = []
    for n_steps in counts:
        sol = solve_linear(rabi, (0, 3), [1, 0], n_steps=n_steps, method=method)
        np.testing.assert_allclose(np.linalg.norm(sol.y, axis=0), 1, rtol=1e-13)
        errors.append(np.abs(sol.y[:, -1] - exact).max())
    slope = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    assert slope == pytest.approx(ORDERS[method], abs=0.15)


@pytest.mark.parametrize("method", ["Magnus4", "Magnus6"])
def test_functions_b_and_backwards(method):
    """y' = A y + b(t) with y = (sin t, t**2) as its solution."""
    a = np.array([[1.0, 2.0], [-3.0, 0.5]])

    def exact(t):
        return np.stack([np.sin(t), t**2], axis=-1)

    def b(t):
        return np.stack([np.cos(t), 2 * t], axis=-1) - exact(t) @ a.T

    for span in ((0.5, 2.0), (2.0, 0.5)):
        sol = solve_linear(a, span, exact(np.array(span[0])), b=b, step=0.01, method=method)
        assert sol.nsteps == 150
        assert sol.t[-1] == span[1]
        np.testing.assert_allclose(
            sol.y.T, exact(sol.t), atol=1e-7 if method == "Magnus4" else 1e-12
        )


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("n", [1, 3, 9])
def test_piecewise_constant_is_exact(kind, n):
    rng = np.random.default_rng(n)
    a, b = rng.standard_normal((7, n, n)), rng.standard_normal((7, n))
    y0 = rng.standard_normal(n)
    if kind is complex:
        a = a + 1j * rng.standard_normal(a.shape)
    y = [y0]
    h = 1.3 / 7
    for matrix, vector in zip(a, b, strict=True):
        wide = np.block([[matrix, vector[:, None]], [np.zeros((1, n + 1))]])
        y.append((scipy.linalg.expm(h * wide) @ np.append(y[-1], 1))[:n])
    sol = solve_linear(a, (0.2, 1.5), y0, b=b, method="piecewise")
    assert sol.nsteps == 7
    np.testing.assert_allclose(sol.y.T, y, rtol=1e-11, atol=1e-12)
    # half of the fourth part
    at = solve_linear(a, (0.2, 1.5), y0, b=b, method="piecewise", t_eval=[0.2, 0.2 + 3.5 * h, 1.5])
    wide = np.block([[a[3], b[3][:, None]], [np.zeros((1, n + 1))]])
    half = (scipy.linalg.expm(h / 2 * wide) @ np.append(y[3], 1))[:n]
    np.testing.assert_allclose(at.y.T, [y0, half, y[-1]], rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("method", ORDERS)
def test_constant_coefficients_need_one_step(method):
    a = np.array([[-1e6, 1e6], [0.0, -2.0]])
    sol = solve_linear(a, (0, 1), [1.0, 1.0], method=method)
    assert sol.nsteps == 1
    np.testing.assert_allclose(sol.y[:, -1], scipy.linalg.expm(a) @ [1.0, 1.0], rtol=1e-9)
    many = solve_linear(a, (0, 1), [1.0, 1.0], method=method, n_steps=50)
    assert many.nexp == 1
    np.testing.assert_allclose(many.y[1], np.exp(-2 * many.t), rtol=1e-10)
    at = solve_linear(a, (0, 1), [1.0, 1.0], method=method, t_eval=[0.1, 0.7])
    np.testing.assert_allclose(at.y[1], np.exp([-0.2, -1.4]), rtol=1e-10)


@pytest.mark.parametrize("method", ORDERS)
def test_t_eval(method):
    kwargs = {"b": [0, 0, 1], "n_steps": 100, "method": method}
    full = solve_linear(bloch, (0, 2), [0, 0, 1], **kwargs)
    at = solve_linear(bloch, (0, 2), [0, 0, 1], t_eval=full.t[::7], **kwargs)
    np.testing.assert_allclose(at.y, full.y[:, ::7], rtol=1e-13, atol=1e-16)
    points = np.array([0.0, 0.013, 0.999, 1.001, 1.9999, 2.0])
    at = solve_linear(bloch, (0, 2), [0, 0, 1], t_eval=points, **kwargs)
    fine = solve_linear(
        bloch, (0, 2), [0, 0, 1], b=[0, 0, 1], n_steps=2000, method="Magnus6", t_eval=points
    )
    np.testing.assert_allclose(
        at.y, fine.y, atol={"Magnus4": 1e-6, "Magnus6": 1e-9, "piecewise": 1e-3}[method]
    )
    np.testing.assert_array_equal(at.y[:, -1], full.y[:, -1])
    assert solve_linear(bloch, (0, 2), [0, 0, 1], t_eval=[], **kwargs).y.shape == (3, 0)


def test_many_steps_in_blocks(monkeypatch):
    from scikit.integrate import _magnus

    expected = solve_linear(bloch, (0, 2), [0, 0, 1], b=[0, 0, 1], n_steps=100)
    points = np.linspace(0, 2, 77)
    at = solve_linear(bloch, (0, 2), [0, 0, 1], b=[0, 0, 1], n_steps=100, t_eval=points)
    sizes = []

    def watched(t):
        sizes.append(len(t))
        return bloch(t)

    step = _magnus._BLOCK // 16
    long = solve_linear(watched, (0, 2), [0, 0, 1], b=[0, 0, 1], n_steps=step + 100)
    assert max(sizes) == step
    np.testing.assert_allclose(long.y[:, -1], BLOCH, rtol=1e-10)
    long = solve_linear(bloch, (0, 2), [0, 0, 1], b=[0, 0, 1], n_steps=step + 100, t_eval=points)
    np.testing.assert_allclose(long.y, at.y, atol=1e-5)
    assert expected.y.shape == (3, 101)


def test_no_interval_and_kept_inputs():
    sol = solve_linear(np.eye(2), (1, 1), [1.0, 2.0], t_eval=[1.0])
    np.testing.assert_array_equal(sol.y[:, 0], [1, 2])
    a = np.array([[0.0, 1.0], [-1.0, 0.0]])
    expected = solve_linear(a, (0, 1), [1.0, 2.0]).y
    for layout in array_layouts(a).values():
        np.testing.assert_array_equal(solve_linear(layout, (0, 1), [1.0, 2.0]).y, expected)
        np.testing.assert_array_equal(layout, a)

    def changes_its_argument(t):
        t[:] = np.nan
        return np.zeros((len(t), 2, 2))

    assert solve_linear(changes_its_argument, (0, 1), [1.0, 2.0], n_steps=3).success


def test_overflow_is_told():
    sol = solve_linear([[1000.0]], (0, 1), [1.0])
    assert not sol.success
    assert "not finite" in sol.message


def test_exceptions_come_out():
    problem = RuntimeError("coefficients")

    def bad(t):
        raise problem

    for kwargs in ({"A": bad}, {"b": bad}):
        with pytest.raises(RuntimeError) as info:
            solve_linear(**{"A": np.eye(1), "t_span": (0, 1), "y0": [1.0], "n_steps": 4, **kwargs})
        assert info.value is problem


@pytest.mark.parametrize(
    ("kwargs", "error", "text"),
    [
        ({"method": "Magnus8"}, ValueError, "`method` must be one of"),
        ({"method": 4}, ValueError, "`method` must be one of"),
        ({"A": np.eye(3)}, ValueError, "`A` must have the shape"),
        ({"A": np.zeros((0, 2, 2))}, ValueError, "`A` must have the shape"),
        ({"A": np.zeros((5, 2, 2))}, ValueError, "needs method='piecewise'"),
        ({"A": [[np.nan, 0], [0, 1]]}, ValueError, "A"),
        ({"A": None}, TypeError, "A"),
        ({"A": "ab"}, TypeError, "A"),
        ({"A": lambda t: np.eye(2)}, ValueError, "`A` must return an array of the shape"),
        ({"A": lambda t: np.full((len(t), 2, 2), np.nan)}, ValueError, "A"),
        (
            {"A": lambda t: np.zeros((len(t), 2, 2)), "n_steps": None},
            ValueError,
            "`step` or `n_steps`",
        ),
        ({"b": [1.0]}, ValueError, "`b` must have the shape"),
        ({"b": np.zeros((3, 2))}, ValueError, "`b` has values for intervals"),
        ({"b": lambda t: t}, ValueError, "`b` must return"),
        ({"A": np.zeros((5, 2, 2)), "method": "piecewise"}, ValueError, "must not be given"),
        (
            {
                "A": np.zeros((5, 2, 2)),
                "b": np.zeros((4, 2)),
                "method": "piecewise",
                "n_steps": None,
            },
            ValueError,
            "different numbers of intervals",
        ),
        ({"y0": [[1.0, 2.0]]}, ValueError, "`y0` must be 1-dimensional"),
        ({"y0": []}, ValueError, "`y0` must be 1-dimensional"),
        ({"y0": [np.inf, 1]}, ValueError, "y0"),
        ({"t_span": (0, np.nan)}, ValueError, "`t_span` must be finite"),
        ({"t_span": 1}, ValueError, "`t_span` must be two numbers"),
        ({"n_steps": 0}, ValueError, "`n_steps` must be positive"),
        ({"n_steps": 2.5}, TypeError, "`n_steps` must be an integer"),
        ({"step": 0.1}, ValueError, "`step` and `n_steps` cannot both"),
        ({"step": -0.1, "n_steps": None}, ValueError, "`step` must be positive"),
        ({"step": 1e-300, "n_steps": None}, ValueError, "`step` is too small"),
        ({"t_eval": [3.0]}, ValueError, "`t_eval`"),
    ],
)
def test_bad_arguments_are_named(kwargs, error, text):
    arguments = {"A": np.eye(2), "t_span": (0, 1), "y0": [1.0, 2.0], "n_steps": 4, **kwargs}
    with pytest.raises(error, match=text):
        solve_linear(**arguments)

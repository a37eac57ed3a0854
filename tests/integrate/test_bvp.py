"""solve_bvp: closed forms, SciPy, order of convergence, the linear systems, bad input."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.interpolate
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import erf

from scikit.integrate import solve_bvp
from scikit.integrate._bvp_cy import CollocationSystem, Mesh


def bratu(x, y):
    return np.vstack((y[1], -np.exp(y[0])))


def both_zero(ya, yb):
    return np.array([ya[0], yb[0]])


def wave(x, y, p):
    return np.vstack((y[1], -(p[0] ** 2) * y[0]))


def wave_ends(ya, yb, p):
    return np.array([ya[0], yb[0], ya[1] - p[0]])


def shock(x, y, eps=1e-3):
    force = eps * np.pi**2 * np.cos(np.pi * x) + np.pi * x * np.sin(np.pi * x)
    return np.vstack((y[1], -(x * y[1] + force) / eps))


def shock_ends(ya, yb):
    return np.array([ya[0] + 2, yb[0]])


def swirl(x, y, eps=0.01):
    g, dg, f, df, ddf, dddf = y
    return np.vstack((dg, (g * df - f * dg) / eps, df, ddf, dddf, (-f * dddf - g * dg) / eps))


def swirl_ends(ya, yb):
    return np.array([ya[0] + 1, ya[2], ya[3], yb[0] - 1, yb[2], yb[3]])


def swirl_guess(m=20):
    x = np.linspace(0, 1, m)
    return x, np.vstack((2 * x - 1, np.full(m, 2.0), np.zeros((4, m))))


# the linear systems -------------------------------------------------------------------------------


def dense_jacobian(h, fy, fym, fp, fpm, dya, dyb, dp):
    """The collocation equations' matrix, row by row from their definition."""
    n, _, m = fy.shape
    k = fp.shape[1]
    eye = np.eye(n)
    matrix = np.zeros((n * m + k, n * m + k), fy.dtype)
    for i, hi in enumerate(h):
        before, after, middle = fy[:, :, i], fy[:, :, i + 1], fym[:, :, i]
        rows = matrix[n * i : n * i + n]
        rows[:, n * i : n * i + n] = -eye - hi / 6 * (
            before + 4 * middle @ (eye / 2 + hi / 8 * before)
        )
        rows[:, n * i + n : n * i + 2 * n] = eye - hi / 6 * (
            after + 4 * middle @ (eye / 2 - hi / 8 * after)
        )
        of_middle = fpm[:, :, i] - hi / 8 * middle @ (fp[:, :, i + 1] - fp[:, :, i])
        rows[:, n * m :] = -hi / 6 * (fp[:, :, i] + fp[:, :, i + 1] + 4 * of_middle)
    matrix[n * (m - 1) :, :n] = dya
    matrix[n * (m - 1) :, n * (m - 1) : n * m] = dyb
    matrix[n * (m - 1) :, n * m :] = dp
    return matrix


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize(
    ("n", "k", "m", "left"),
    [
        (1, 0, 2, None),
        (1, 0, 2, 0),
        (1, 0, 2, 1),
        (2, 0, 5, None),
        (2, 0, 5, 1),
        (3, 2, 7, None),
        (3, 2, 7, 2),
        (3, 2, 7, 5),
        (1, 3, 4, None),
        (1, 3, 4, 2),
        (9, 1, 30, None),
        (9, 1, 30, 4),
    ],
)
def test_linear_systems(dtype, n, k, m, left):
    rng = np.random.default_rng(n + 10 * m)

    def random(*shape):
        value = rng.normal(size=shape)
        return value + 1j * rng.normal(size=shape) if dtype is complex else value

    dya, dyb = random(n + k, n), random(n + k, n)
    if left is not None:  # conditions of one end each, in any order
        order = rng.permutation(n + k)
        dya[order[left:]] = 0
        dyb[order[:left]] = 0
    parts = (random(n, n, m), random(n, n, m - 1), random(n, k, m), random(n, k, m - 1))
    arrays = (rng.random(m - 1) + 0.1, *parts, dya, dyb, random(n + k, k))
    system = CollocationSystem(*arrays)
    assert not system.singular
    residual, boundary = random(n, m - 1), random(n + k)
    y, p = system.solve(residual, boundary)
    x = np.concatenate((y.T.ravel(), p))
    matrix, right = dense_jacobian(*arrays), np.concatenate((residual.T.ravel(), boundary))
    scale = np.abs(matrix).sum(axis=1).max() * np.abs(x).max()
    assert np.abs(matrix @ x - right).max() < 1e-13 * scale


def test_singular_systems():
    n, m = 2, 6
    zero, none = np.zeros((n, n, m)), np.empty((n, 0, m))
    arrays = [np.full(m - 1, 0.2), zero, zero[:, :, 1:].copy(), none, none[:, :, 1:].copy()]
    first = np.array([[1.0, 0], [0, 0]])
    for dya, dyb in (
        (first, first[::-1].copy()),
        (first, np.full((2, 2), np.nan)),
        (0 * first, 0 * first),
    ):
        system = CollocationSystem(*arrays, dya, dyb, np.empty((n, 0)))
        assert system.singular
        with pytest.raises(np.linalg.LinAlgError):
            system.solve(np.zeros((n, m - 1)), np.zeros(n))
    with pytest.raises(TypeError):
        CollocationSystem(*arrays, first[:, ::-1], first, np.empty((n, 0)))


def test_growing_modes_with_coupled_ends():
    # S. J. Wright, SIAM J. Sci. Comput. 14 (1993) 231-238: elimination with row exchanges fails here
    matrix = np.array([[-1 / 6, 1], [1, -1 / 6]])
    end = 60.0
    rates, modes = np.linalg.eigh(matrix)
    # the growing mode is measured at the end, so that nothing overflows
    coefficients = np.linalg.solve(
        modes @ np.diag([1 + math.exp(rates[0] * end), 1 + math.exp(-rates[1] * end)]), [1.0, 1.0]
    )
    x = np.linspace(0, end, 1201)
    exact = modes @ np.stack(
        (coefficients[0] * np.exp(rates[0] * x), coefficients[1] * np.exp(rates[1] * (x - end)))
    )
    res = solve_bvp(
        lambda x, y: matrix @ y,
        lambda ya, yb: ya + yb - 1,
        x,
        np.zeros((2, len(x))),
        tol=1e-4,
        max_nodes=5000,
    )
    assert res.success
    assert np.abs(res.sol(x) - exact).max() < 1e-5


# closed forms -------------------------------------------------------------------------------------


def test_bratu():
    # y = -2 log(cosh((x - 1/2) c / 2) / cosh(c / 4)) with c = sqrt(2) cosh(c / 4)
    x = np.linspace(0, 1, 5)
    for start, guess in ((1.5, 0.0), (11.0, 3.0)):
        c = start
        for _ in range(100):
            c -= (c - math.sqrt(2) * math.cosh(c / 4)) / (1 - math.sqrt(2) * math.sinh(c / 4) / 4)
        y = np.zeros((2, 5))
        y[0] = guess
        res = solve_bvp(bratu, both_zero, x, y, tol=1e-8, max_nodes=5000)
        assert res.success
        t = np.linspace(0, 1, 41)
        exact = -2 * np.log(np.cosh((t - 0.5) * c / 2) / math.cosh(c / 4))
        assert_allclose(res.sol(t)[0], exact, atol=1e-8)


def test_order_of_convergence():
    errors = []
    for m in (9, 17, 33, 65):
        x = np.linspace(0, 1, m)
        res = solve_bvp(
            lambda x, y: np.vstack((y[1], 25 * y[0])),
            lambda ya, yb: np.array([ya[0] - 1, yb[0]]),
            x,
            np.zeros((2, m)),
            tol=1e3,
        )
        assert len(res.x) == m
        errors.append(np.abs(res.y[0] - np.sinh(5 * (1 - x)) / math.sinh(5)).max())
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert (orders > 3.7).all()
    assert (orders < 4.3).all()


def test_parameters_and_derivatives():
    x = np.linspace(0, 1, 5)
    y = np.zeros((2, 5))
    y[0, 1], y[0, 3] = 1, -1

    def fun_jac(x, y, p):
        by_y = np.zeros((2, 2, len(x)))
        by_y[0, 1], by_y[1, 0] = 1, -(p[0] ** 2)
        by_p = np.zeros((2, 1, len(x)))
        by_p[1, 0] = -2 * p[0] * y[0]
        return by_y, by_p

    def bc_jac(ya, yb, p):
        return [[1, 0], [0, 0], [0, 1]], [[0, 0], [1, 0], [0, 0]], [[0], [0], [-1]]

    t = np.linspace(0, 1, 33)
    for given in (
        {},
        {"fun_jac": fun_jac},
        {"bc_jac": bc_jac},
        {"fun_jac": fun_jac, "bc_jac": bc_jac},
    ):
        res = solve_bvp(wave, wave_ends, x, y, p=[6], tol=1e-7, **given)
        assert res.success
        assert_allclose(res.p, [2 * math.pi], rtol=1e-8)
        assert_allclose(res.sol(t)[0], np.sin(2 * math.pi * t), atol=1e-7)
        assert (res.rms_residuals < 1e-7).all()


def test_shock_layer():
    res = solve_bvp(
        shock, shock_ends, np.linspace(-1, 1, 5), np.zeros((2, 5)), tol=1e-6, max_nodes=3000
    )
    t = np.linspace(-1, 1, 501)
    k = math.sqrt(2e-3)
    assert res.success
    assert_allclose(res.sol(t)[0], np.cos(np.pi * t) + erf(t / k) / erf(1 / k), atol=1e-6)


@pytest.mark.parametrize("with_jacobian", [False, True])
def test_singular_term(with_jacobian):
    # Emden's equation y'' + 2 y' / x + y**5 = 0: y = (1 + x**2 / 3)**-0.5
    def jacobian(x, y):
        value = np.zeros((2, 2, len(x)))
        value[0, 1], value[1, 0] = 1, -5 * y[0] ** 4
        return value

    x = np.linspace(0, 1, 10)
    y = np.full((2, 10), math.sqrt(3) / 2)
    res = solve_bvp(
        lambda x, y: np.vstack((y[1], -(y[0] ** 5))),
        lambda ya, yb: np.array([ya[1], yb[0] - math.sqrt(3) / 2]),
        x,
        y,
        S=[[0, 0], [0, -2]],
        tol=1e-6,
        fun_jac=jacobian if with_jacobian else None,
    )
    t = np.linspace(0, 1, 50)
    assert res.success
    assert_allclose(res.sol(t)[0], (1 + t**2 / 3) ** -0.5, atol=1e-7)
    assert res.y[1, 0] == 0


def test_complex():
    x = np.linspace(0, 1, 5)
    z = 1 + 2j
    res = solve_bvp(
        lambda x, y: np.vstack((y[1], z**2 * y[0])),
        lambda ya, yb: np.array([ya[0] - 1j, yb[0]]),
        x,
        np.zeros((2, 5), complex),
        tol=1e-6,
    )
    t = np.linspace(0, 1, 40)
    assert_allclose(res.sol(t)[0], 1j * np.sinh(z * (1 - t)) / np.sinh(z), atol=1e-7)
    assert res.y.dtype == complex


def test_mesh_kernels():
    rng = np.random.default_rng(5)
    x = np.cumsum(rng.random(9))
    for dtype in (float, complex):
        y, f = (
            rng.normal(size=(3, 9)) + rng.normal(size=(3, 9)) * dtype(1j if dtype is complex else 1)
            for _ in "yf"
        )
        mesh, h = Mesh(x, 3, np.dtype(dtype)), np.diff(x)
        spline = scipy.interpolate.CubicHermiteSpline(x, y, f, axis=1)
        assert_allclose(mesh.middle(y, f), spline(x[:-1] + h / 2), rtol=1e-12, atol=1e-13)
        place, value, slope = mesh.lobatto(y, f)
        nodes = np.sqrt(3 / 7) * np.array([-1, 1])[:, None] * h / 2 + (x[:-1] + h / 2)
        assert_allclose(place, nodes.ravel(), rtol=1e-14)
        assert_allclose(value, spline(place), rtol=1e-12, atol=1e-13)
        assert_allclose(slope, spline(place, 1), rtol=1e-11, atol=1e-12)
        middle = rng.normal(size=(3, 8)).astype(dtype)
        residual = mesh.residual(y, f, middle)
        assert_allclose(
            residual,
            np.diff(y) - h / 6 * (f[:, 1:] + f[:, :-1] + 4 * middle),
            rtol=1e-12,
            atol=1e-13,
        )
        there = rng.normal(size=(3, 16)).astype(dtype)
        outer = np.abs((slope - there) / (1 + np.abs(there))) ** 2
        inner = np.abs(1.5 * residual / h / (1 + np.abs(middle))) ** 2
        mean = 49 / 90 * outer.sum(axis=0).reshape(2, 8).sum(axis=0) + 32 / 45 * inner.sum(axis=0)
        assert_allclose(mesh.rms(residual, middle, slope, there), np.sqrt(mean / 2), rtol=1e-12)
        insert = np.array([0, 1, 2, 0, 2, 1, 1, 0], np.int8)
        new, values = mesh.refine(y, f, insert)
        parts = [
            np.linspace(a, b, k + 2)[:-1] for a, b, k in zip(x[:-1], x[1:], insert, strict=True)
        ]
        assert_allclose(new, np.append(np.concatenate(parts), x[-1]), rtol=1e-14)
        assert_allclose(values, spline(new), rtol=1e-12, atol=1e-13)
        with pytest.raises(TypeError):
            mesh.middle(y[:, ::-1], f)
        with pytest.raises(ValueError, match="interval"):
            mesh.refine(y, f, insert - 1)


# SciPy --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fun", "bc", "guess", "options"),
    [
        (bratu, both_zero, (np.linspace(0, 1, 5), np.zeros((2, 5))), {}),
        (shock, shock_ends, (np.linspace(-1, 1, 5), np.zeros((2, 5))), {"tol": 1e-5}),
        (
            wave,
            wave_ends,
            (np.linspace(0, 1, 5), np.array([[0, 1, 0, -1, 0], [0] * 5])),
            {"p": [6.0]},
        ),
        (swirl, swirl_ends, swirl_guess(), {"tol": 1e-5}),
        (bratu, both_zero, (np.linspace(0, 1, 2), np.zeros((2, 2))), {"tol": 1e-7, "max_nodes": 9}),
        (
            lambda x, y: 0 * y,
            lambda a, b: np.array([a[0], b[0] - 1]),
            (np.arange(5.0), np.zeros((2, 5))),
            {},
        ),
        (lambda x, y: np.nan * y, both_zero, (np.arange(5.0), np.zeros((2, 5))), {}),
        (bratu, both_zero, (np.linspace(0, 1, 5), np.zeros((2, 5))), {"bc_tol": 0.0}),
    ],
)
def test_same_as_scipy(fun, bc, guess, options):
    ours = solve_bvp(fun, bc, *guess, **options)
    theirs = scipy.integrate.solve_bvp(fun, bc, *guess, **options)
    assert set(ours) == set(theirs)
    for name in ("status", "success", "message", "niter"):
        assert ours[name] == theirs[name], name
    if ours.status == 2:
        return
    assert_allclose(ours.x, theirs.x, atol=1e-14)
    t = np.linspace(ours.x[0], ours.x[-1], 77)
    assert_allclose(ours.sol(t), theirs.sol(t), rtol=1e-8, atol=1e-8)
    assert_allclose(ours.sol(t, 1), theirs.sol(t, 1), rtol=1e-7, atol=1e-7)
    assert_allclose(ours.rms_residuals, theirs.rms_residuals, rtol=1e-4, atol=1e-9)
    assert ours.sol.c.shape == theirs.sol.c.shape


def test_solution_object():
    res = solve_bvp(bratu, both_zero, np.linspace(0, 1, 9), np.zeros((2, 9)))
    sol, theirs = res.sol, scipy.interpolate.PPoly(res.sol.c[:, :, 0], res.sol.x)
    t = np.array([[-0.1, 0, 0.3], [0.5, 1, 1.2]])
    assert sol(t).shape == (2, 2, 3)
    for nu in (0, 1, 2, 3, 4):
        assert_allclose(sol(t, nu)[0], theirs(t, nu), rtol=1e-12, atol=1e-15)
        assert_allclose(sol(t, -nu)[0], theirs.antiderivative(nu)(t), rtol=1e-12, atol=1e-15)
    assert_allclose(sol.derivative()(t)[0], theirs(t, 1), rtol=1e-12)
    assert_allclose(sol.integrate(0.1, 0.8)[0], theirs.integrate(0.1, 0.8), rtol=1e-12)
    assert np.isnan(sol(1.5, extrapolate=False)).all()
    assert np.isnan(sol(math.nan)).all()
    assert_allclose(sol(res.x), res.y, atol=1e-15)
    assert_allclose(sol(res.x, 1), res.yp, atol=1e-13)


# arguments ----------------------------------------------------------------------------------------


def test_inputs_stay_as_they_are():
    x = np.linspace(0, 2, 9)[::2].astype(">f8") / 2
    y = np.zeros((5, 2)).T.astype(">f8")
    copies = x.copy(), y.copy()
    for array in (x, y):
        array.flags.writeable = False
    res = solve_bvp(bratu, both_zero, x, y)
    assert res.success
    assert_array_equal(x, copies[0])
    assert_array_equal(y, copies[1])


def test_function_with_one_buffer():
    buffers = {}

    def fun(x, y):
        f = buffers.setdefault(len(x), np.empty((2, len(x)), order="F"))
        f[0], f[1] = y[1], -np.exp(y[0])
        return f

    guess = np.linspace(0, 1, 5), np.zeros((2, 5))
    assert_array_equal(solve_bvp(fun, both_zero, *guess).y, solve_bvp(bratu, both_zero, *guess).y)


def test_lists_and_integers():
    res = solve_bvp(
        lambda x, y: [y[1], 0 * y[0]], lambda a, b: [a[0], b[0] - 2], [0, 1, 2], [[0] * 3] * 2
    )
    assert_allclose(res.sol(0.5)[0], 0.5)


@pytest.mark.parametrize(
    ("change", "error", "name"),
    [
        ({"fun": 3}, TypeError, "`fun`"),
        ({"bc": None}, TypeError, "`bc`"),
        ({"fun_jac": 3}, TypeError, "`fun_jac`"),
        ({"x": [0, 1, 0.5, 2, 3]}, ValueError, "`x`"),
        ({"x": [[0, 1]]}, ValueError, "`x`"),
        ({"x": [0], "y": [[0], [0]]}, ValueError, "`x`"),
        ({"x": [0, 1, 2, 3, math.nan]}, ValueError, "`x`"),
        ({"x": 1j * np.arange(5)}, TypeError, "`x`"),
        ({"y": np.zeros((2, 4))}, ValueError, "`y`"),
        ({"y": np.zeros(5)}, ValueError, "`y`"),
        ({"y": np.zeros((0, 5))}, ValueError, "`y`"),
        ({"y": np.full((2, 5), object())}, TypeError, "`y`"),
        ({"p": 1}, ValueError, "`p`"),
        ({"p": ["x"]}, TypeError, "`p`"),
        ({"S": [[0, 0]]}, ValueError, "`S`"),
        ({"S": [[0, 0], [0, math.inf]]}, ValueError, "`S`"),
        ({"tol": -1}, ValueError, "`tol`"),
        ({"tol": math.nan}, ValueError, "`tol`"),
        ({"bc_tol": "x"}, ValueError, "`bc_tol`"),
        ({"max_nodes": "x"}, ValueError, "`max_nodes`"),
        ({"verbose": 3}, ValueError, "`verbose`"),
        ({"fun": lambda x, y: y[:1]}, ValueError, "`fun`"),
        ({"fun": lambda x, y: 1j * y}, TypeError, "`fun`"),
        ({"fun": lambda x, y: "x"}, ValueError, "`fun`"),
        ({"bc": lambda a, b: a[:1]}, ValueError, "`bc`"),
        ({"bc_jac": lambda a, b: [a]}, ValueError, "`bc_jac`"),
        ({"fun_jac": lambda x, y: y}, ValueError, "`fun_jac`"),
    ],
)
def test_bad_input(change, error, name):
    arguments = {
        "fun": bratu,
        "bc": both_zero,
        "x": np.linspace(0, 1, 5),
        "y": np.zeros((2, 5)),
    } | change
    with pytest.raises(error, match=name):
        solve_bvp(**arguments)


def test_tolerance_too_low():
    with pytest.warns(UserWarning, match="`tol`"):
        solve_bvp(bratu, both_zero, np.linspace(0, 1, 5), np.zeros((2, 5)), tol=1e-20, max_nodes=10)


@pytest.mark.parametrize("where", ["fun", "bc", "fun_jac", "bc_jac"])
def test_exceptions_come_out_as_themselves(where):
    problem = KeyError("mine")

    def bad(*args):
        raise problem

    arguments = {
        "fun": bratu,
        "bc": both_zero,
        "x": np.linspace(0, 1, 5),
        "y": np.zeros((2, 5)),
        where: bad,
    }
    with pytest.raises(KeyError) as caught:
        solve_bvp(**arguments)
    assert caught.value is problem


def test_report(capsys):
    for verbose, words in ((0, ()), (1, ("Solved in",)), (2, ("Max residual", "Solved in"))):
        solve_bvp(bratu, both_zero, np.linspace(0, 1, 5), np.zeros((2, 5)), verbose=verbose)
        text = capsys.readouterr().out
        assert bool(text) == bool(verbose)
        assert all(word in text for word in words)
    zero = np.zeros((2, 5))
    solve_bvp(
        lambda x, y: 0 * y, lambda a, b: np.array([a[0], b[0] - 1]), np.arange(5.0), zero, verbose=1
    )
    assert "singular" in capsys.readouterr().out

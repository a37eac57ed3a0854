"""KenCarp4 and KenCarp5: tables, orders, stiff references, pairs of right-hand sides, options, bad input."""

import pathlib
import tomllib
from fractions import Fraction

import numba
import numpy as np
import pytest

from scikit.integrate import solve_ivp

METHODS = {"KenCarp4": 4, "KenCarp5": 5}
TABLES = pathlib.Path(__file__).parents[2] / "wrappers/gen/esdirk_tables"


def hires(t, y):
    d7 = 280 * y[5] * y[7] - 1.81 * y[6]
    return [
        -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007,
        1.71 * y[0] - 8.75 * y[1],
        -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4],
        8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3],
        -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6],
        -280 * y[5] * y[7] + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6],
        d7,
        -d7,
    ]


def robertson(t, y):
    a, b, c = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
    return [-a + b, a - b - c, c]


def van_der_pol(t, y):
    return [y[1], ((1 - y[0] ** 2) * y[1] - y[0]) / 1e-6]


#: Solutions computed in quadruple precision by Radau IIA methods of two orders that agree to 22 digits.
REFERENCES = {
    "van der Pol": (
        van_der_pol,
        2.0,
        [2.0, 0.0],
        [1.706167732170465, -0.892809701024816],
    ),
    "Robertson 40": (
        robertson,
        40.0,
        [1.0, 0.0, 0.0],
        [7.158270687194050e-01, 9.185534764557763e-06, 2.841637457458303e-01],
    ),
    "Robertson 1e5": (
        robertson,
        1e5,
        [1.0, 0.0, 0.0],
        [1.786592114209946e-02, 7.274751468436318e-08, 9.821340061103858e-01],
    ),
    "HIRES": (
        hires,
        321.8122,
        [1.0, 0, 0, 0, 0, 0, 0, 0.0057],
        [
            *(7.371312573325667e-04, 1.442485726316184e-04, 5.888729740967575e-05),
            *(1.175651343283149e-03, 2.386356198831330e-03, 6.238968252742795e-03),
            *(2.849998395185768e-03, 2.850001604814231e-03),
        ],
    ),
}


@pytest.mark.parametrize("name", ["kencarp4", "kencarp5"])
def test_tables_satisfy_the_order_conditions(name):
    table = tomllib.loads((TABLES / f"{name}.toml").read_text())
    order = METHODS[table["name"]]
    c = np.array([float(Fraction(x)) for x in table["c"]])
    s, gamma = len(c), float(Fraction(table["gamma"]))
    halves = []
    for half in ("implicit", "explicit"):
        a = np.zeros((s, s))
        for i, row in enumerate(table[half]):
            a[i, :i] = [float(Fraction(x)) for x in row]
        halves.append(a)
    halves[0] += gamma * np.diag(np.arange(s) > 0)
    b = halves[0][-1]
    embedded = np.array([float(Fraction(x)) for x in table["embedded"]])
    for a in halves:
        np.testing.assert_allclose(a.sum(axis=1), c, atol=1e-14)
    for weights, p in ((b, order), (embedded, order - 1)):
        for k in range(p):
            assert weights @ c**k == pytest.approx(1 / (k + 1), abs=1e-13)
        # every tree of the third and fourth order, with every choice of the halves
        for a in halves:
            if p >= 3:
                assert weights @ a @ c == pytest.approx(1 / 6, abs=1e-13)
            if p >= 4:
                assert (weights * c) @ a @ c == pytest.approx(1 / 8, abs=1e-13)
                assert weights @ a @ c**2 == pytest.approx(1 / 12, abs=1e-13)
                for other in halves:
                    assert weights @ a @ other @ c == pytest.approx(1 / 24, abs=1e-13)
    dense = np.array([[float(Fraction(x)) for x in row] for row in table["dense"]])
    np.testing.assert_allclose(dense.sum(axis=1), b, atol=1e-14)
    np.testing.assert_allclose(dense.sum(axis=0), [1, 0, 0], atol=1e-14)
    np.testing.assert_allclose(c @ dense, [0, 0.5, 0], atol=1e-14)
    np.testing.assert_allclose(c**2 @ dense, [0, 0, 1 / 3], atol=1e-14)


def duffing(t, y):
    return [y[1], -y[0] + 0.1 * y[0] ** 3]


HALVES = (lambda t, y: [0.0, -y[0]], lambda t, y: [y[1], 0.1 * y[0] ** 3])


@pytest.mark.parametrize(
    ("fun", "options"),
    [
        (duffing, {}),
        (HALVES, {}),
        (lambda t, y: [2 * y[1], 3 * duffing(t, y)[1]], {"mass": [2.0, 3.0]}),
        (
            lambda t, y: [2 * y[1] + duffing(t, y)[1], 3 * duffing(t, y)[1]],
            {"mass": [[2, 1], [0, 3]]},
        ),
    ],
    ids=["plain", "pair", "diagonal mass", "full mass"],
)
@pytest.mark.parametrize("method", METHODS)
def test_order_of_convergence(method, fun, options):
    reference = solve_ivp(duffing, (0, 2), [1, 0.0], method="DOP853", rtol=1e-13, atol=1e-15)
    sizes = np.array([0.2, 0.1, 0.05])
    errors = []
    for h in sizes:
        sol = solve_ivp(fun, (0, 2), [1, 0.0], method=method, adaptive=False, first_step=h, rtol=1e-12,
                        atol=1e-13, **options)  # fmt: skip
        assert abs(sol.nsteps - 2 / h) < 1.1  # a last step of the size of rounding errors
        errors.append(np.abs(sol.y[:, -1] - reference.y[:, -1]).max())
    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    assert slope == pytest.approx(METHODS[method], abs=0.15)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fun", [duffing, HALVES], ids=["plain", "pair"])
def test_order_of_the_interpolant(method, fun):
    errors = []
    for h in (0.2, 0.1):
        x = np.linspace(0, h, 11)
        exact = solve_ivp(
            duffing, (0, h), [1, 0.0], method="DOP853", rtol=1e-13, atol=1e-15, t_eval=x
        ).y
        sol = solve_ivp(fun, (0, h), [1, 0.0], method=method, adaptive=False, first_step=h, rtol=1e-12,
                        atol=1e-13, dense_output=True)  # fmt: skip
        errors.append(np.abs(sol.sol(x) - exact).max())
        np.testing.assert_allclose(sol.sol(h), sol.y[:, -1], rtol=1e-15)
    # the published interpolant serves both halves; that of the implicit half alone has one order more
    assert np.log2(errors[0] / errors[1]) > (3.8 if fun is HALVES else 4.8)


@pytest.mark.parametrize("name", REFERENCES)
def test_stiff_references(name):
    fun, end, y0, expected = REFERENCES[name]
    sol = solve_ivp(
        fun, (0, end), y0, method="KenCarp5", rtol=1e-10, atol=1e-16 if "Rob" in name else 1e-13
    )
    assert sol.success
    np.testing.assert_allclose(sol.y[:, -1], expected, rtol=1e-7)
    assert sol.njev < sol.nsteps  # the Jacobian serves for several steps
    rough = solve_ivp(
        fun, (0, end), y0, method="KenCarp4", rtol=1e-6, atol=1e-12 if "Rob" in name else 1e-9
    )
    assert rough.nsteps < 1000
    np.testing.assert_allclose(rough.y[:, -1], expected, rtol=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_interpolants_of_stiff_problems(method):
    points = np.linspace(1, 300, 400)
    y0 = REFERENCES["HIRES"][2]
    exact = solve_ivp(hires, (0, 300), y0, method="Radau", rtol=1e-11, atol=1e-14, t_eval=points).y
    sol = solve_ivp(hires, (0, 300), y0, method=method, rtol=1e-6, atol=1e-9, t_eval=points)
    error = np.abs(sol.y - exact).max(axis=1) / np.abs(exact).max(axis=1)
    assert error[:6].max() < 1e-5
    assert error[6:].max() < 3e-4  # these follow the others within milliseconds


def heat(n):
    grid = np.arange(1, n + 1) / (n + 1)

    def fun(t, y):
        padded = np.concatenate([[0.0], y, [0.0]])
        return np.diff(padded, 2) * (n + 1) ** 2

    eigenvalue = -4 * (n + 1) ** 2 * np.sin(np.pi / (2 * (n + 1))) ** 2
    return fun, np.sin(np.pi * grid), eigenvalue


@pytest.mark.parametrize("method", METHODS)
def test_jacobians_agree(method):
    fun, y0, eigenvalue = heat(40)
    matrix = np.array([fun(0.0, column) for column in np.eye(40)]).T
    packed = np.zeros((3, 40))
    packed[0, 1:], packed[1], packed[2, :-1] = (
        np.diag(matrix, 1),
        np.diag(matrix),
        np.diag(matrix, -1),
    )
    kwargs = {"method": method, "rtol": 1e-8, "atol": 1e-10}
    expected = y0 * np.exp(eigenvalue * 0.1)
    for options in (
        {},
        {"lband": 1, "uband": 1},
        {"jac": matrix},
        {"jac": lambda t, y: matrix},
        {"jac": lambda t, y: packed, "lband": 1, "uband": 1},
        {"jac_sparsity": matrix != 0},
        {"linear_solver": "gmres"},
    ):
        sol = solve_ivp(fun, (0, 0.1), y0, **kwargs, **options)
        np.testing.assert_allclose(sol.y[:, -1], expected, rtol=1e-6)
        assert sol.nsteps < 100
    assert solve_ivp(fun, (0, 0.1), y0, jac=matrix, **kwargs).njev == 0


@pytest.mark.parametrize("method", METHODS)
def test_a_pair_needs_the_stiff_half_s_jacobian_only(method):
    """Diffusion implicitly, a reaction explicitly: u_t = u_xx + u (exact factor e**t)."""
    fun, y0, eigenvalue = heat(60)
    matrix = np.array([fun(0.0, column) for column in np.eye(60)]).T
    pair = (fun, lambda t, y: y)
    sol = solve_ivp(
        pair, (0, 0.2), y0, method=method, rtol=1e-8, atol=1e-10, jac=matrix, t_eval=[0.0, 0.2]
    )
    np.testing.assert_allclose(sol.y, y0[:, None] * np.exp((eigenvalue + 1) * sol.t), rtol=2e-6)
    assert sol.nsteps < 100


def test_pair_with_args_vectorized_complex_and_compiled():
    kwargs = {"method": "KenCarp4", "rtol": 1e-8, "atol": 1e-10}
    sol = solve_ivp(
        (lambda t, y, a, b: -a * y, lambda t, y, a, b: b * y),
        (0, 1),
        [1.0],
        args=(3.0, 1.0),
        **kwargs,
    )
    np.testing.assert_allclose(sol.y[0, -1], np.exp(-2), rtol=1e-7)
    sol = solve_ivp((lambda t, y: -3 * y, lambda t, y: y), (0, 1), [1.0], vectorized=True, **kwargs)
    np.testing.assert_allclose(sol.y[0, -1], np.exp(-2), rtol=1e-7)
    sol = solve_ivp((lambda t, y: -3 * y, lambda t, y: 1j * y), (0, 1), [1.0 + 0j], **kwargs)
    np.testing.assert_allclose(sol.y[0, -1], np.exp(-3 + 1j), rtol=1e-7)
    real = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))
    def stiff(t, y, dydt, data):
        dydt[0] = -3 * y[0]
        return 0

    mixed = solve_ivp((stiff, lambda t, y: y), (0, 1), [1.0], **kwargs)
    np.testing.assert_allclose(mixed.y[0, -1], np.exp(-2), rtol=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_singular_mass_matrix(method):
    """Robertson's problem with the conservation law in place of an equation: an algebraic equation."""

    def fun(t, y):
        return [*robertson(t, y)[:2], y[0] + y[1] + y[2] - 1]

    def jac(t, y):
        return [
            [-0.04, 1e4 * y[2], 1e4 * y[1]],
            [0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1]],
            [1.0, 1.0, 1.0],
        ]

    _, end, y0, expected = REFERENCES["Robertson 40"]
    sol = solve_ivp(
        fun, (0, end), y0, method=method, mass=[1.0, 1.0, 0.0], jac=jac, rtol=1e-8, atol=1e-14
    )
    np.testing.assert_allclose(sol.y[:, -1], expected, rtol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_options_have_an_effect(method):
    kwargs = {"method": method, "rtol": 1e-6, "atol": 1e-9}
    plain = solve_ivp(hires, (0, 50), REFERENCES["HIRES"][2], **kwargs)
    for controller in ("I", "PI", "PID", "Gustafsson"):
        sol = solve_ivp(hires, (0, 50), REFERENCES["HIRES"][2], controller=controller, **kwargs)
        np.testing.assert_allclose(sol.y[:, -1], plain.y[:, -1], rtol=1e-3, atol=1e-6)
    pid = solve_ivp(hires, (0, 50), REFERENCES["HIRES"][2], controller="PID", **kwargs)
    assert pid.nsteps != plain.nsteps
    assert (
        np.diff(solve_ivp(hires, (0, 5), REFERENCES["HIRES"][2], max_step=0.1, **kwargs).t).max()
        <= 0.1 + 1e-12
    )
    assert not solve_ivp(hires, (0, 50), REFERENCES["HIRES"][2], max_steps=3, **kwargs).success
    with pytest.warns(UserWarning, match="`max_order`"):
        solve_ivp(hires, (0, 1), REFERENCES["HIRES"][2], max_order=3, **kwargs)


def test_backwards_events_and_restart():
    kwargs = {"method": "KenCarp5", "rtol": 1e-9, "atol": 1e-12}
    back = solve_ivp(lambda t, y: [y[1], -y[0]], (1, -2), [np.sin(1), np.cos(1)], **kwargs)
    np.testing.assert_allclose(back.y[:, -1], [np.sin(-2), np.cos(2)], rtol=1e-7)
    found = solve_ivp(
        lambda t, y: [y[1], -y[0]], (0, 10), [0.0, 1.0], events=lambda t, y: y[1], **kwargs
    )
    np.testing.assert_allclose(found.t_events[0], np.pi * np.array([0.5, 1.5, 2.5]), rtol=1e-5)
    first = solve_ivp(hires, (0, 10), REFERENCES["HIRES"][2], **kwargs)
    then = solve_ivp(hires, 321.8122, None, restart=first, **kwargs)
    np.testing.assert_allclose(then.y[:, -1], REFERENCES["HIRES"][3], rtol=1e-6)


@pytest.mark.parametrize("side", [0, 1])
def test_exceptions_of_both_halves_come_out(side):
    problem = RuntimeError("half")

    def bad(t, y):
        if t > 0.5:
            raise problem
        return -y

    pair = [lambda t, y: -y, lambda t, y: -y]
    pair[side] = bad
    with pytest.raises(RuntimeError) as info:
        solve_ivp(tuple(pair), (0, 1), [1.0], method="KenCarp4")
    assert info.value is problem


def test_what_is_not_finite_ends_the_integration():
    sol = solve_ivp(lambda t, y: [np.nan if t > 0.5 else -y[0]], (0, 1), [1.0], method="KenCarp4")
    assert sol.status == -1
    assert sol.t[-1] <= 0.5 + 1e-6
    sol = solve_ivp(lambda t, y: y * y, (0, 2), [1.0], method="KenCarp5")
    assert not sol.success


@pytest.mark.parametrize(
    ("kwargs", "error", "text"),
    [
        ({"method": "RK45"}, ValueError, "`fun` is a pair"),
        ({"method": "Radau"}, ValueError, "`fun` is a pair"),
        ({"fun": (abs,)}, ValueError, "not 1 of them"),
        ({"fun": (abs, 3)}, TypeError, r"`fun\[1\]` must be callable"),
        ({"fun": (None, abs)}, TypeError, r"`fun\[0\]` must be callable"),
        ({"mass": [2.0]}, ValueError, "`mass` cannot be given together"),
    ],
)
def test_bad_pairs_are_named(kwargs, error, text):
    arguments = {"fun": (lambda t, y: -y, lambda t, y: y), "method": "KenCarp4", **kwargs}
    with pytest.raises(error, match=text):
        solve_ivp(t_span=(0, 1), y0=[1.0], **arguments)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("first_step", [1.0, 0.99, 0.5, 0.3, 1e-3])
@pytest.mark.parametrize("start", [0.0, 1.0])
@pytest.mark.parametrize("atol", [1e-6, 1e-12])
def test_corrections_that_are_rounding_errors_end_the_iteration(method, first_step, start, atol):
    # the first iterate is the solution, and the corrections after it do not become smaller
    sol = solve_ivp(
        lambda t, y: [5.0], (2, 3), [start], method, first_step=first_step, rtol=1e-6, atol=atol
    )
    assert sol.success
    assert sol.nsteps <= 10
    assert sol.nrejected == 0
    assert abs(sol.y[0, -1] - start - 5) < 1e-13


@pytest.mark.parametrize("method", METHODS)
def test_a_jump_to_a_constant_rate(method):
    def fun(t, y):
        return [1.0 if t < 1 else -1.0 if t < 2 else 5.0]

    sol = solve_ivp(fun, (0, 3), [0.0], method, tstops=[1, 2], rtol=1e-6, atol=1e-9)
    assert sol.success
    assert abs(sol.y[0, -1] - 5) < 1e-13

"""The form in lanes of right-hand sides: its functions against NumPy's in extended precision and the C library's."""

import ctypes
import math

import numba
import numpy as np
import pytest

from scikit.integrate._lanes import GROUPS, lane_function
from scikit.integrate._lanes_type import LANES

ROWS = GROUPS * LANES
ODD = [
    0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -5e-324, 1e308, -1e308, 1.0, -1.0, 1e6, -1.5e9, 709.78, 710.0,
    -707.5, -745.0, 0.5, 2.0, 2.0**-1022, np.pi, 1e5 * np.pi,
]  # fmt: skip


def values(seed=0):
    rng = np.random.default_rng(seed)
    x = np.concatenate([
        rng.uniform(-2, 2, 300), rng.uniform(-40, 40, 300), rng.uniform(-1e6, 1e6, 300),
        rng.choice([-1, 1], 300) * 10.0 ** rng.uniform(-300, 300, 300), np.pi / 2 * np.arange(-100, 100), ODD,
    ])  # fmt: skip
    return rng.permutation(x)


def in_lanes(expressions, y):
    """The expressions of y[0], y[1], ... for every row of y, by a compiled form in lanes: shape (rows, expressions)."""
    n = max(len(expressions), y.shape[1])
    lines = "".join(f"    dydt[{i}] = {e}\n" for i, e in enumerate(expressions))
    scope = {"math": math, "np": np}
    exec(f"def f(t, y, dydt, data):\n{lines}    return 0", scope)
    compiled = lane_function(scope["f"], n, 0)
    if compiled is None:
        return None
    call = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_void_p] * 4)(compiled.address)
    memory = [ctypes.create_string_buffer(8 * ROWS * n + 64) for _ in range(3)]
    t, state, slope = (
        np.frombuffer(m, float, ROWS * n, -ctypes.addressof(m) % 64).reshape(GROUPS, n, LANES) for m in memory
    )  # fmt: skip
    found = np.empty((len(y), n))
    for k in range(0, len(y), ROWS):
        part = np.resize(y[k : k + ROWS], (ROWS, y.shape[1]))
        state[:, : y.shape[1]] = part.reshape(GROUPS, LANES, -1).swapaxes(1, 2)
        assert call(t.ctypes.data, state.ctypes.data, slope.ctypes.data, None) == 0
        found[k : k + ROWS] = slope.swapaxes(1, 2).reshape(ROWS, n)[: len(y) - k]
    return found[:, : len(expressions)]


def check(found, exact, units):
    """Within so many units in the last place; what is below 1e-307 may be 0."""
    rounded = exact.astype(float)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(rounded))
    known = np.isfinite(rounded) & ~(np.abs(rounded) < 1e-307)
    np.testing.assert_array_equal(found[np.isinf(rounded)], rounded[np.isinf(rounded)])
    assert np.all(np.abs(found[np.abs(rounded) < 1e-307]) <= 1e-307)
    error = np.abs(found[known] - exact[known]) / np.spacing(np.abs(rounded[known]))
    assert error.max() <= units, (float(error.max()), found[known][error.argmax()])


VECTOR_FUNCTIONS = (
    "exp",
    "log",
    "log2",
    "log10",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "sqrt",
    "floor",
    "ceil",
)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_functions_of_vectors_are_exact_to_a_few_units_in_the_last_place():
    x = values()
    found = in_lanes([f"math.{name}(y[0])" for name in VECTOR_FUNCTIONS], x[:, None])
    for column, name in enumerate(VECTOR_FUNCTIONS):
        check(found[:, column], getattr(np, name)(x.astype(np.longdouble)), 4)


def test_what_a_lane_holds_does_not_depend_on_its_neighbours():
    x, order = values(), np.random.default_rng(1).permutation(len(values()))
    expressions = [f"np.{name}(y[0])" for name in VECTOR_FUNCTIONS]
    found = in_lanes(expressions, x[:, None])
    np.testing.assert_array_equal(in_lanes(expressions, x[order, None]), found[order])


BY_LANE = (
    "asin",
    "acos",
    "atan",
    "asinh",
    "acosh",
    "atanh",
    "expm1",
    "log1p",
    "erf",
    "erfc",
    "gamma",
    "lgamma",
)
BY_LANE_OF_TWO = (
    "math.atan2({})",
    "math.hypot({})",
    "math.copysign({})",
    "min({})",
    "max({})",
)


def test_other_functions_are_those_of_single_numbers():
    x = np.stack((values(), values(1)), 1)
    expressions = [f"math.{name}(y[0])" for name in BY_LANE]
    expressions += [call.format("y[0], y[1]") for call in BY_LANE_OF_TWO]
    expressions += ["y[0] % y[1]", "y[0] // y[1]", "np.sign(y[0])", "-y[0] + 2", "abs(y[0])"]
    found = in_lanes(expressions, x)
    for column, expression in enumerate(expressions):
        scope = {"math": math, "np": np}
        single = numba.njit(eval(f"lambda y: {expression}", scope), error_model="numpy")
        np.testing.assert_array_equal(found[:, column], [single(row) for row in x], expression)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_powers():
    rng = np.random.default_rng(2)
    x = np.concatenate((10.0 ** rng.uniform(-20, 20, 200), rng.uniform(-3, 3, 200), ODD))
    y = np.concatenate((rng.uniform(-8, 8, 200), rng.integers(-4, 5, 200), np.roll(ODD, 5)))
    constants = (2, -3, 0, 0.5, -1.5, 3.0, 1.4, -0.3)
    found = in_lanes(
        [f"y[0]**{k}" for k in constants] + ["y[0]**y[1]", "1.7**y[1]"], np.stack((x, y), 1)
    )
    wide, exponents = x.astype(np.longdouble), y.astype(np.longdouble)
    usual = (np.abs(x) > 1e-30) & (np.abs(x) < 1e30)
    for column, k in enumerate(constants):
        check(found[usual, column], wide[usual] ** np.longdouble(k), 16 if abs(k) < 1.3 else 110)
    exact = wide**exponents
    check(found[:, -2], exact, 720)
    np.testing.assert_allclose(found[:200, -2], exact[:200].astype(float), rtol=1e-13)
    check(found[:, -1], np.longdouble(1.7) ** exponents, 720)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_choices_without_branches():
    x = values()
    found = in_lanes(
        [
            "np.where((y[0] > 1) & (y[0] < 3), y[0], -1)",
            "np.where(~(y[0] >= 0) | (y[0] == 2), 0.5, y[0] * 2)",
            "(y[0] != 1) * 3.0",
            "np.where((y[0] <= 0) ^ (y[0] > 5), 1, 0)",
        ],
        x[:, None],
    )
    np.testing.assert_array_equal(found[:, 0], np.where((x > 1) & (x < 3), x, -1))
    np.testing.assert_array_equal(found[:, 1], np.where(~(x >= 0) | (x == 2), 0.5, x * 2))
    np.testing.assert_array_equal(found[:, 2], (x != 1) * 3.0)
    np.testing.assert_array_equal(found[:, 3], (x <= 0) ^ (x > 5))


@pytest.mark.parametrize("expression", ["1.0 if y[0] > 0 else 2.0", "int(y[0])", "np.sort(y[0])"])
def test_what_has_no_form(expression):
    assert in_lanes([expression], np.ones((1, 1))) is None

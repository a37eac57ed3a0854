"""stdtrit: a multiprecision table, special values, SciPy, properties, types and layouts."""

import importlib.util
import pathlib

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal, assert_array_less

from scikit.special import stdtrit
from scikit.testing import assert_layout_independent

SPEC = importlib.util.spec_from_file_location(
    "tables", pathlib.Path(__file__).with_name("tables.py")
)
tables = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tables)

INF, NAN = np.inf, np.nan


def test_against_the_table():
    (df, p), hi, lo, e = tables.load_several("stdtrit")
    assert_array_less(tables.ulps(stdtrit(df, p), hi[0], lo[0], e[0]), 0.55)


@pytest.mark.parametrize(
    ("df", "p", "value"),
    [
        (1, 0, -INF), (1, 1, INF), (INF, 0, -INF), (1, 0.5, 0), (5e-324, 0.5, 0), (0, 0.3, NAN), (-1, 0.3, NAN),
        (NAN, 0.3, NAN), (1, NAN, NAN), (1, -0.1, NAN), (1, 1.1, NAN), (-INF, 0.3, NAN), (1e-300, 0.3, -INF),
        (1e-300, 0.9, INF), (1, 0.75, 1), (1, 0.25, -1), (2, 0.5 + 0.125, np.sqrt(2 / 15)),
    ],
)  # fmt: skip
def test_special_values(df, p, value):
    with np.errstate(all="raise"):
        assert_allclose(stdtrit(df, p), value, rtol=2e-16, atol=0)


def test_many_degrees_of_freedom_are_the_normal_distribution():
    p = np.concatenate([np.logspace(-300, -1, 50), np.linspace(0.1, 0.9, 30)])
    for df in (1e25, 1e300, INF):
        assert_allclose(stdtrit(df, p), scipy.special.ndtri(p), rtol=1e-14)


def test_closed_forms():
    p = np.linspace(0.001, 0.999, 301)
    assert_allclose(stdtrit(1, p), np.tan(np.pi * (p - 0.5)), rtol=1e-13, atol=1e-15)
    assert_allclose(stdtrit(2, p), (2 * p - 1) / np.sqrt(2 * p * (1 - p)), rtol=1e-14, atol=1e-16)


@given(st.floats(0.5, 1e6), st.floats(1e-10, 1 - 1e-10))
def test_inverts_scipys_distribution_function(df, p):
    assert_allclose(scipy.special.stdtr(df, stdtrit(df, p)), p, rtol=1e-9)


@given(st.floats(0.1, 1e8), st.floats(0, 0.5))
def test_antisymmetric(df, p):
    assert stdtrit(df, 1 - p) == -stdtrit(df, 1 - (1 - p))


@given(st.floats(0.1, 1e8), st.floats(1e-300, 1), st.floats(0, 0.5))
def test_monotonic(df, p, step):
    assert stdtrit(df, p) <= stdtrit(df, min(p + step, 1))


def test_types():
    assert isinstance(stdtrit, np.ufunc)
    assert set(stdtrit.types) == {"dd->d", "ff->f"}
    assert stdtrit(np.float32(3), np.float32(0.3)).dtype == np.float32
    assert stdtrit(3, [[0.3], [0.4]]).shape == (2, 1)
    assert stdtrit(np.zeros((0, 2)), 0.5).shape == (0, 2)
    for bad in ("a", 1j, None, object(), np.longdouble(1)):
        with pytest.raises(TypeError):
            stdtrit(bad, 0.5)
        with pytest.raises(TypeError):
            stdtrit(2.0, bad)
    with pytest.raises(ValueError, match="broadcast"):
        stdtrit(np.ones(2), np.ones(3))


def test_layouts_and_out():
    rng = np.random.default_rng(3)
    p = rng.uniform(0, 1, (5, 130))
    assert_layout_independent(lambda q: stdtrit(3.5, q), p)
    assert_layout_independent(lambda df: stdtrit(df, 0.3), 5 * p)
    value = stdtrit(2.5, p)
    assert stdtrit(2.5, p, out=p) is p
    assert_array_equal(p, value)

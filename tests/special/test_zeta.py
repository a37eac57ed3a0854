"""zeta: multiprecision tables, special values, SciPy, identities, types and layouts."""

import importlib.util
import os
import pathlib
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal, assert_array_less

from scikit import special
from scikit.special import zeta
from scikit.testing import assert_layout_independent

SPEC = importlib.util.spec_from_file_location(
    "tables", pathlib.Path(__file__).with_name("tables.py")
)
tables = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tables)

INF, NAN = np.inf, np.nan


def test_riemann_against_the_table():
    (x,), hi, lo, e = tables.load_several("riemann")
    assert_array_less(tables.ulps(zeta(x), hi[0], lo[0], e[0]), 0.52)


def test_hurwitz_against_the_table():
    (x, q), hi, lo, e = tables.load_several("hurwitz")
    assert_array_less(tables.ulps(zeta(x, q), hi[0], lo[0], e[0]), 0.55)


def test_complex_against_the_table():
    (u, v), hi, lo, e = tables.load_several("complex")
    exact = np.ldexp(hi[0], e[0]) + 1j * np.ldexp(hi[1], e[1])
    error = np.hypot(*(np.ldexp(lo[k], e[k]) + np.ldexp(hi[k], e[k]) - part
                       for k, part in enumerate((zeta(u + 1j * v).real, zeta(u + 1j * v).imag))))  # fmt: skip
    assert_array_less(error, 2 * np.finfo(float).eps * np.abs(exact))


@pytest.mark.parametrize("level", ["base", "v3", "v4"])
def test_every_level_gives_the_same(level):
    x, q = np.linspace(-30.1, 30, 500), np.linspace(0.1, 40, 500)
    code = """
import numpy as np
from scikit.special import zeta
x, q = np.linspace(-30.1, 30, 500), np.linspace(0.1, 40, 500)
print(np.concatenate([zeta(x), zeta(abs(x) + 1, q)]).tobytes().hex())
"""
    run = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "SCIKIT_ISA": level}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    here = np.concatenate([zeta(x), zeta(abs(x) + 1, q)])
    assert run.stdout.strip() == here.tobytes().hex()


RIEMANN = [
    (1, INF), (0.0, -0.5), (-0.0, -0.5), (INF, 1), (-INF, NAN), (NAN, NAN), (-2, 0), (-300, 0), (-1e300, 0), (1e308, 1),
    (-260.5, -INF), (-263, INF), (-301, -INF), (2, np.pi**2 / 6), (-1, -1 / 12), (5e-324, -0.5),
]  # fmt: skip
HURWITZ = [
    (1, 2, INF), (1, NAN, INF), (0.5, 1, NAN), (-1, 1, NAN), (2, 0, INF), (2, -1, INF), (2.5, -1, INF),
    (2.5, -1.5, NAN), (2, NAN, NAN), (NAN, 2, NAN), (2, INF, 0), (INF, INF, 0), (INF, 1, 1), (INF, 0.5, INF),
    (INF, 2, 0), (0.5, -2, NAN), (1e3, 1e300, 0), (1e300, 2, 0), (1e10, 1, 1), (1e10, 0.5, INF),
    (3, -1e-200, -INF), (2, -1e15 - 0.5, np.pi**2),
]  # fmt: skip


def test_special_values():
    x, y = np.array(RIEMANN).T
    assert_array_equal(zeta(x), y)
    x, q, y = np.array(HURWITZ).T
    assert_allclose(zeta(x, q), y, rtol=1e-15, atol=1e-30)


@pytest.mark.parametrize(
    ("s", "value"),
    [
        (1 + 0j, complex(INF, 0)), (-2 + 0j, 0), (complex(INF, 1), 1), (complex(2, INF), complex(NAN, NAN)),
        (complex(-INF, 1), complex(NAN, NAN)), (complex(1, NAN), complex(NAN, NAN)), (0.5 + 1e8j, complex(NAN, NAN)),
    ],
)  # fmt: skip
def test_complex_special_values(s, value):
    assert_array_equal(zeta(s), value)


def test_no_warning_for_any_input():
    with np.errstate(all="raise"):
        for x in [NAN, INF, -INF, 0.0, 1, -3, -1e4, 1e4, 1e-40]:
            zeta(x), zeta(np.float32(x)), zeta(complex(x, 2))
            zeta(x, [0.5, -1.5, 0, INF, NAN, 1e300])


def test_agrees_with_scipy():
    rng = np.random.default_rng(2)
    x = rng.uniform(-30, 40, 3000)
    assert_allclose(zeta(x), scipy.special.zeta(x), rtol=3e-13)
    x, q = rng.uniform(1.1, 20, 3000), rng.uniform(0.1, 100, 3000)
    assert_allclose(zeta(x, q), scipy.special.zeta(x, q), rtol=1e-13)
    s = rng.uniform(-10, 10, 500) + 1j * rng.uniform(-30, 30, 500)
    assert_allclose(zeta(s), scipy.special.zeta(s), rtol=1e-11)


@given(st.floats(1.01, 60), st.floats(1e-3, 1e6))
def test_one_step_of_the_sum(x, q):
    # subnormal results have steps of 5e-324
    assert_allclose(zeta(x, q), zeta(x, q + 1) + q**-x, rtol=1e-9 * x, atol=2e-323)


@given(st.floats(1.01, 60))
def test_the_half_gives_riemanns_function(x):
    assert_allclose(zeta(x, 0.5), (2**x - 1) * zeta(x), rtol=1e-12)
    assert zeta(x, 1) == zeta(x)


@given(st.floats(-20, 20), st.floats(0.1, 50))
def test_conjugate_symmetry(u, v):
    assert zeta(complex(u, -v)) == np.conj(zeta(complex(u, v)))


@given(st.integers(2, 25), st.floats(-50, -0.01))
def test_negative_q_is_a_longer_sum(n, q):
    first = int(np.ceil(-q)) + 1
    with np.errstate(over="ignore", divide="ignore"):
        terms = (q + np.arange(first)) ** -float(n)
    if not np.isfinite(terms).all():
        assert np.isinf(zeta(n, q))
        return
    assert_allclose(
        zeta(n, q), sum(terms) + zeta(n, q + first), rtol=1e-10, atol=1e-10 * np.abs(terms).max()
    )


def test_types_and_broadcasting():
    assert zeta(np.float32(2)).dtype == np.float32
    assert zeta(np.complex64(2)).dtype == np.complex64
    assert zeta(np.float32(2), np.float32(3)).dtype == np.float32
    assert zeta(2).dtype == np.float64
    assert isinstance(zeta(2.0), np.float64)
    assert zeta(np.ones((3, 1)) * 2, np.ones(4)).shape == (3, 4)
    assert zeta(np.zeros((0, 3))).shape == (0, 3)
    assert_array_equal(zeta(np.array([2.0], ">f8")), zeta([2.0]))
    x = np.linspace(-5, 20, 100)
    assert_allclose(zeta(x.astype(np.float32)), zeta(x.astype(np.float32).astype(float)), rtol=1e-7)


def test_layouts_and_out():
    rng = np.random.default_rng(3)
    x = rng.uniform(-3, 12, (5, 130))
    assert_layout_independent(zeta, x)
    assert_layout_independent(zeta, x + 1j)
    assert_layout_independent(lambda q: zeta(3.5, q), abs(x))
    y = zeta(x)
    assert zeta(x, out=x) is x
    assert_array_equal(x, y)
    q = rng.uniform(1, 9, 1000)
    value = zeta(2.5, q)
    assert_array_equal(zeta(2.5, q[::-1], q), value[::-1])


@pytest.mark.parametrize(
    "bad", ["a", None, object(), Decimal(1), np.longdouble(2), np.array([1, "a"], object)]
)
def test_bad_input(bad):
    with pytest.raises(TypeError):
        zeta(bad)
    if bad is not None:
        with pytest.raises(TypeError):
            zeta(2.0, bad)


def test_complex_argument_with_a_q():
    with pytest.raises(TypeError):
        zeta(2 + 1j, 2.0)


def test_it_is_listed():
    assert "zeta" in special.__all__
    assert "zeta" in dir(special)

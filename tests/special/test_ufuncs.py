"""What every ufunc of the subpackage does: special values, types, keywords, layouts, threads, bad input."""

import pickle
import threading
from decimal import Decimal

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from scikit import special
from scikit.testing import array_layouts, assert_layout_independent

INF, NAN = np.inf, np.nan
VALUES = {
    "erf": [(0.0, 0.0), (-0.0, -0.0), (INF, 1), (-INF, -1), (5e-324, 5e-324), (1e308, 1), (-30, -1)],
    "erfc": [(0.0, 1), (-0.0, 1), (INF, 0), (-INF, 2), (5e-324, 1), (28, 0), (-28, 2), (-1e308, 2)],
    "gamma": [
        (0.0, INF), (-0.0, -INF), (INF, INF), (-INF, NAN), (-1, NAN), (-2, NAN), (-1e300, NAN), (1, 1), (2, 1),
        (5, 24), (171.7, INF), (1e308, INF), (5e-324, INF), (-5e-324, -INF), (-200.5, -0.0), (-201.5, 0.0),
    ],
    "gammaln": [
        (0.0, INF), (-0.0, INF), (INF, INF), (-INF, -INF), (-1, INF), (-3, INF), (-1e300, INF), (1, 0), (2, 0),
        (1e308, INF), (1.7e308, INF),
    ],
    "j0": [(0.0, 1), (-0.0, 1), (INF, 0), (-INF, 0), (5e-324, 1), (1e-8, 1)],
    "i0e": [(0.0, 1), (-0.0, 1), (INF, 0), (-INF, 0), (5e-324, 1)],
    "ellipk": [
        (0.0, np.pi / 2), (1, INF), (-INF, 0), (INF, NAN), (1.0000000000000002, NAN), (2, NAN),
        (-5e-324, np.pi / 2),
    ],
}  # fmt: skip
UNARY = list(VALUES)  # zeta and stdtrit: test_zeta.py, test_stdtrit.py
EVERY = pytest.mark.parametrize("function", [getattr(special, n) for n in UNARY], ids=UNARY)


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("real", [np.float64, np.float32])
def test_special_values(name, real):
    with np.errstate(over="ignore", under="ignore"):
        x, y = (np.array(v).astype(real) for v in zip(*VALUES[name], (NAN, NAN), strict=True))
    x64 = np.array([v for v, _ in VALUES[name]] + [NAN])
    same = (x == x64) | np.isnan(x)  # what float32 can hold
    got = getattr(special, name)(x[same])
    assert_array_equal(got, y[same])
    assert_array_equal(np.signbit(got[got == 0]), np.signbit(y[same][got == 0]))


@EVERY
@pytest.mark.parametrize("real", [np.float64, np.float32])
def test_no_warning_for_any_input(function, real):
    x = np.array(
        [NAN, INF, -INF, 0.0, -0.0, -1, -2.5, 1, 2, 1e-40, 1e38, -1e38, 30, -30, 500, -500], real
    )
    with np.errstate(all="raise"):
        function(x)
        function(np.tile(x, 100)[::3])
        function(real(NAN))


def test_every_ufunc_of_one_argument_is_tested():
    functions = {name: getattr(special, name) for name in special.__all__}
    assert {n for n, f in functions.items() if isinstance(f, np.ufunc) and f.nin == 1} == set(UNARY)


def test_flags_of_the_caller_survive():
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        np.divide(special.erf(1.0), np.zeros(3))


@EVERY
def test_types(function):
    assert isinstance(function, np.ufunc)
    assert set(function.types) == {"d->d", "f->f"}
    assert (function.nin, function.nout) == (1, 1)
    for code in "?bBhHiIlLqQed":
        assert function(np.zeros(3, code)).dtype == np.float64
    assert function(np.zeros(3, "f")).dtype == np.float32
    assert isinstance(function(0.5), np.float64)
    assert function(np.zeros((0, 4))).shape == (0, 4)
    assert function(np.float32(0.5)).dtype == np.float32
    assert function([[0.25, 0.5]]).shape == (1, 2)
    assert_array_equal(function(np.array([0, 1])), function(np.array([0.0, 1.0])))


@EVERY
@pytest.mark.parametrize("bad", [1j, np.ones(2, "F"), np.longdouble(1), "a", b"a", None, object(), Decimal(1),
                                 np.array([1, "a"], object), np.zeros(2, "M8[s]"), [[1], [1, 2]]])  # fmt: skip
def test_bad_input_is_a_typed_error(function, bad):
    with pytest.raises((TypeError, ValueError)):
        function(bad)


@EVERY
def test_wrong_calls(function):
    with pytest.raises(TypeError):
        function()
    with pytest.raises(TypeError):
        function(1.0, 2.0, 3.0)
    with pytest.raises(TypeError):
        function(1.0, nonsense=1)
    with pytest.raises(ValueError, match="broadcast"):
        function(np.ones(3), out=np.ones(4))
    frozen = np.ones(3)
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        function(np.ones(3), out=frozen)
    with pytest.raises(TypeError):
        function(np.ones(3), out=np.ones(3, int))


@EVERY
def test_keywords(function):
    x = np.linspace(0.1, 0.9, 7)
    y = function(x)
    out = np.full(7, -1.0)
    assert function(x, out=out) is out
    assert_array_equal(out, y)
    out[:] = -1
    mask = np.arange(7) % 2 == 0
    function(x, out=out, where=mask)
    assert_array_equal(out, np.where(mask, y, -1))
    single = function(x, dtype=np.float32, casting="same_kind")
    assert single.dtype == np.float32
    assert_array_equal(single, function(x.astype(np.float32)))
    with pytest.raises(TypeError):
        function(x, dtype=np.float32, casting="no")
    into = np.empty(7, np.float32)
    function(x, out=into)
    assert_array_equal(into, y.astype(np.float32))


@EVERY
@pytest.mark.parametrize("real", [np.float64, np.float32])
def test_layouts(function, real):
    rng = np.random.default_rng(3)
    x = rng.uniform(-3, 12, (7, 150)).astype(real)
    assert_layout_independent(function, x)
    assert_array_equal(function(np.broadcast_to(x[0], (5, 150))), np.tile(function(x[0]), (5, 1)))
    assert_array_equal(
        function(np.full(2000, real(0.5))), np.broadcast_to(function(real(0.5)), 2000)
    )
    for layout in array_layouts(x).values():
        out = np.empty((7, 300), real)[:, ::2]
        assert_array_equal(function(layout, out=out), function(x))


@EVERY
@pytest.mark.parametrize("count", [0, 1, 7, 63, 64, 65, 511, 512, 513, 1500])
def test_value_does_not_depend_on_the_neighbours(function, count):
    rng = np.random.default_rng(count)
    x = rng.uniform(-40, 40, count) * rng.choice([1e-8, 0.02, 1, 1, 1e7], count)
    one_by_one = np.array([function(v) for v in x]).reshape(count)
    assert_array_equal(function(x), one_by_one)


@EVERY
def test_out_overlaps_the_input(function):
    x = np.random.default_rng(9).uniform(-3, 9, 3000)
    y = function(x)
    same = x.copy()
    function(same, out=same)
    assert_array_equal(same, y)
    shifted = np.concatenate([x, [0.0]])
    function(shifted[:-1], out=shifted[1:])
    assert_array_equal(shifted[1:], y)
    turned = x.copy()
    function(turned, out=turned[::-1])
    assert_array_equal(turned[::-1], y)
    strided = np.repeat(x, 2)
    function(strided[::2], out=strided[::2])
    assert_array_equal(strided[::2], y)
    assert_array_equal(strided[1::2], x)


@EVERY
def test_threads(function):
    x = np.random.default_rng(4).uniform(-5, 50, 20_000)
    y = function(x)
    wrong = []

    def work():
        for _ in range(5):
            if not np.array_equal(function(x), y, equal_nan=True):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


@EVERY
def test_is_a_citizen(function):
    assert pickle.loads(pickle.dumps(function)) is function
    assert function.__name__ in special.__all__
    assert function.__name__ in dir(special)
    for section in ("Parameters", "Returns", "Raises", "Notes", "References", "Examples"):
        assert f"{section}\n{'-' * len(section)}\n" in function.__doc__

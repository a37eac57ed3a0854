"""Integrals of samples: exact sums in rational arithmetic, SciPy, layouts, bad input."""

import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.integrate
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import scikit.integrate
from scikit.integrate import (
    cumulative_simpson,
    cumulative_trapezoid,
    romb,
    simpson,
    trapezoid,
)
from scikit.testing import array_layouts

TOTALS = {"trapezoid": trapezoid, "simpson": simpson}
RUNNING = {"cumulative_trapezoid": cumulative_trapezoid, "cumulative_simpson": cumulative_simpson}
ALL = {**TOTALS, **RUNNING}


def exact_trapezoid(y, x):
    total = sum(
        (Fraction(x[i + 1]) - Fraction(x[i])) * (Fraction(y[i]) + Fraction(y[i + 1])) / 2
        for i in range(len(y) - 1)
    )
    return float(total)


def test_rounding_error_does_not_grow_with_length():
    rng = np.random.default_rng(1)
    y = rng.random(200_001) - 0.3
    exact = float(sum(map(Fraction, y)) - (Fraction(y[0]) + Fraction(y[-1])) / 2)
    assert abs(trapezoid(y) - exact) < 4e-16 * np.abs(y).sum()
    x = np.cumsum(rng.random(2001))
    assert trapezoid(y[:2001], x) == pytest.approx(exact_trapezoid(y[:2001], x), rel=1e-14)
    third = sum(Fraction(v) * w for v, w in zip(y, [1] + [4, 2] * 99_999 + [4, 1], strict=True)) / 3
    assert abs(simpson(y) - float(third)) < 4e-16 * np.abs(y).sum()


@pytest.mark.parametrize("n", [3, 5, 21])
def test_simpson_is_exact_for_parabolas_at_any_places(n):
    x = np.sort(np.random.default_rng(n).random(n))
    y = 3 * x**2 - x + 2
    exact = x**3 - x**2 / 2 + 2 * x
    assert simpson(y, x) == pytest.approx(exact[-1] - exact[0], rel=1e-12)
    np.testing.assert_allclose(cumulative_simpson(y, x=x), (exact - exact[0])[1:], rtol=1e-10)


SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=9)
VALUES = st.floats(-10, 10)


@settings(max_examples=150, deadline=None)
@given(
    data=st.data(),
    name=st.sampled_from(sorted(ALL)),
    shape=SHAPES,
    mode=st.sampled_from(["dx", "x", "xn"]),
)
def test_agrees_with_scipy(data, name, shape, mode):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    dtype = data.draw(st.sampled_from(["f8", "f4", "c16", "i4", ">f8"]))
    y = data.draw(hnp.arrays("f8", shape, elements=VALUES)).astype(dtype)
    if dtype == "c16":
        y = y + 1j * y[..., ::-1]
    n = shape[axis]
    kwargs = {"axis": axis}
    if mode == "dx":
        kwargs["dx"] = data.draw(st.floats(0.1, 3))
    else:
        x = np.cumsum(data.draw(hnp.arrays("f8", n, elements=st.floats(0.1, 2))))
        if mode == "xn":
            x = np.broadcast_to(
                x.reshape([-1 if k == axis % len(shape) else 1 for k in range(len(shape))]), shape
            )
            x = x * (
                1 + np.arange(math.prod(shape[:-1])).reshape(*shape[:-1], 1) / 7
                if axis % len(shape) == len(shape) - 1
                else 1
            )
        kwargs["x"] = x
    if name.startswith("cum"):
        kwargs["initial"] = data.draw(st.sampled_from([None, 0]))
    ours = ALL[name](y, **kwargs)
    if name == "simpson" and n == 1:  # SciPy 1.18 gives an empty array for one sample with `x`
        np.testing.assert_array_equal(ours, np.zeros(np.delete(shape, axis)))
        return
    theirs = getattr(scipy.integrate, name)(y, **kwargs)
    tol = 1e-5 if dtype == "f4" else 1e-12
    scale = 1 + np.abs(y).max() * np.abs(kwargs.get("x", n * kwargs.get("dx", 1.0))).max()
    np.testing.assert_allclose(ours, theirs, rtol=tol, atol=tol * scale)
    assert np.shape(ours) == np.shape(theirs)
    if name != "cumulative_simpson":
        assert ours.dtype == theirs.dtype or dtype in ("f4", ">f8")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "c8", "c16"])
def test_floating_types_stay(name, dtype):
    assert ALL[name](np.ones((3, 4), dtype)).dtype == np.dtype(dtype)


@pytest.mark.parametrize("name", ALL)
def test_layouts(name):
    rng = np.random.default_rng(2)
    y, x = rng.random((4, 5, 6)), np.cumsum(rng.random(5))
    expected = ALL[name](y, x=x, axis=1)
    for label, array in array_layouts(y).items():
        found = ALL[name](array, x=x, axis=1)
        np.testing.assert_allclose(found, expected, rtol=1e-14, err_msg=label)
        np.testing.assert_array_equal(array, y)
    for array in array_layouts(x).values():
        np.testing.assert_array_equal(ALL[name](y, x=array, axis=1), expected)


@pytest.mark.parametrize("name", ALL)
def test_infinities_and_nans(name):
    y = np.ones(40)
    y[20] = np.inf
    if name != "cumulative_simpson":  # whose parabolas have weights of both signs
        assert np.atleast_1d(ALL[name](y))[-1] == np.inf
    y[20] = np.nan
    assert np.isnan(np.atleast_1d(ALL[name](y))[-1])


@pytest.mark.parametrize("name", ALL)
def test_columns_and_rows_agree(name):
    y = np.random.default_rng(3).random((33, 700))
    x = np.cumsum(np.random.default_rng(4).random(33))
    for kwargs in ({}, {"dx": 0.3}, {"x": x}):
        expected = ALL[name](y.T, axis=1, **kwargs)
        np.testing.assert_allclose(ALL[name](y, axis=0, **kwargs), expected.T, rtol=1e-12)


def test_masked_arrays():
    x = np.arange(5)
    y = np.ma.array(x * x, mask=x == 2)
    assert trapezoid(y, x) == 13
    assert trapezoid(x * x, np.ma.array(x, mask=x == 2)) == 13
    with pytest.raises(TypeError, match="masked"):
        simpson(y)


def test_paths_in_the_complex_plane():
    circle = np.exp(2j * np.pi * np.linspace(0, 1, 4001))
    assert trapezoid(1 / circle, circle) == pytest.approx(2j * np.pi, rel=1e-6)
    assert simpson(1 / circle, x=circle.real) == pytest.approx(
        scipy.integrate.simpson(1 / circle, x=circle.real)
    )
    assert cumulative_trapezoid(1 / circle, circle)[-1] == pytest.approx(2j * np.pi, rel=1e-6)


def test_spacing_of_each_line():
    y = np.random.default_rng(5).random((3, 7))
    dx = np.array([[0.5], [1.0], [2.0]])
    start = np.array([[1.0], [2.0], [3.0]])
    found = cumulative_simpson(y, dx=dx, initial=start)
    for k in range(3):
        alone = cumulative_simpson(y[k], dx=dx[k, 0], initial=start[k, 0])
        np.testing.assert_allclose(found[k], alone, rtol=1e-14)
    np.testing.assert_allclose(trapezoid(y, dx=dx), trapezoid(y) * dx[:, 0])


def test_spacing_of_each_interval():
    y = np.random.default_rng(5).random((3, 7))
    x = np.cumsum(np.random.default_rng(6).random(7))
    for samples in (y, y[0], y + 1j * y[::-1]):
        expected = scipy.integrate.trapezoid(samples, dx=np.diff(x))
        np.testing.assert_allclose(trapezoid(samples, dx=np.diff(x)), expected, rtol=1e-14)
        np.testing.assert_allclose(expected, trapezoid(samples, x), rtol=1e-14)
    with pytest.raises(ValueError, match="`dx`"):
        simpson(y, dx=np.ones((3, 1)))


def test_the_running_integral_is_of_native_byte_order():
    y = np.linspace(0, 1, 5)
    assert cumulative_simpson(y.astype(">f8")).dtype == np.dtype(np.float64)


@pytest.mark.parametrize("k", range(6))
def test_romb(k):
    y = np.random.default_rng(k).random((2**k + 1, 3))
    np.testing.assert_allclose(
        romb(y, 0.3, axis=0), scipy.integrate.romb(y, 0.3, axis=0), rtol=1e-13
    )


def test_romb_shows_its_table(capsys):
    romb(np.arange(5.0) ** 2, show=True)
    assert "21.33333" in capsys.readouterr().out


@pytest.mark.parametrize("name", [*ALL, "romb"])
@pytest.mark.parametrize(
    ("error", "text", "args", "kwargs"),
    [
        (TypeError, "`y`", (["a", "b", "c"],), {}),
        (TypeError, "`y`", (np.array([1, None, 2], object),), {}),
        (ValueError, "`y`|ragged", ([[1, 2], [3]],), {}),
        (ValueError, "`y`", (1.0,), {}),
        (ValueError, "axis", (np.ones(3),), {"axis": 2}),
        (TypeError, "axis|interpreted", (np.ones(3),), {"axis": 0.0}),
        (TypeError, "dx", (np.ones(3),), {"dx": "a"}),
    ],
)
def test_bad_samples(name, error, text, args, kwargs):
    with pytest.raises(error, match=text):
        getattr(scikit.integrate, name)(*args, **kwargs)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("error", "x"),
    [
        (TypeError, ["a", "b", "c"]),
        (ValueError, np.arange(4.0)),
        (ValueError, np.arange(8.0).reshape(2, 4)),
        (ValueError, np.ones((2, 2, 3)).cumsum(-1)),
        (ValueError, 3.0),
    ],
)
def test_bad_places(name, error, x):
    with pytest.raises(error, match="`x`"):
        ALL[name](np.ones((2, 3)), x=x)


def test_other_bad_input():
    with pytest.raises(ValueError, match="2, not 4"):
        romb(np.ones(4))
    with pytest.raises(ValueError, match="initial"):
        cumulative_trapezoid(np.ones(3), initial=1)
    with pytest.raises(ValueError, match="initial"):
        cumulative_simpson(np.ones(3), initial=np.ones(2))
    with pytest.raises(ValueError, match="increasing"):
        cumulative_simpson(np.ones(3), x=[0, 2, 1])
    with pytest.raises(ValueError, match="increasing"):
        cumulative_simpson(np.ones(3), x=[0, 2, np.nan])
    for func in (cumulative_trapezoid, cumulative_simpson, simpson):
        with pytest.raises(ValueError, match="`y`"):
            func(np.empty(0))


@pytest.mark.parametrize(("shape", "axis"), [((0, 3), 1), ((3, 0), 0), ((2, 0, 3), 2)])
def test_no_lines(shape, axis):
    for name, func in ALL.items():
        assert func(np.ones(shape), axis=axis).size == 0, name

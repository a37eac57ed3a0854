"""Spline interpolation against SciPy, the definition of the spline, and what splines reproduce."""

import ctypes
import functools
import itertools
import warnings

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BSpline

import scikit.ndimage as ndimage

TYPES = ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8", "c8", "c16"]
#: For 'reflect' SciPy's filter is inexact on short lines: it has a test of its own below.
SCIPY_MODES = ["constant", "grid-constant", "nearest", "mirror", "grid-wrap", "wrap"]
MODES = ["reflect", "grid-mirror", *SCIPY_MODES]
GAIN = [1, 1, 2, 3, 4.8, 7.5]
FUNCTIONS = ["map_coordinates", "affine_transform", "diagonal", "shift", "zoom", "rotate"]


@st.composite
def images(draw, types=TYPES, most=4):
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=most, max_side=7))
    dtype = np.dtype(draw(st.sampled_from(types)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    image = rng.integers(0, 100, shape).astype(dtype)
    if dtype.kind == "c":
        image += 1j * rng.integers(0, 100, shape).astype(image.real.dtype)
    layout = draw(st.sampled_from(["C", "F", "swapped", "reversed"]))
    if layout == "F":
        image = np.asfortranarray(image)
    elif layout == "swapped":
        image = image.astype(dtype.newbyteorder())
    elif layout == "reversed":
        image = image[::-1]
    image.flags.writeable = False
    return image, rng


def arguments(name, image, rng):
    """(name of the function, arguments after the image)."""
    n = image.ndim
    if name == "map_coordinates":
        return name, (rng.uniform(-12, 18, (n, 3, 5)),)
    if name == "affine_transform":
        return name, (rng.normal(size=(n, n)), rng.normal(size=n) * 3)
    if name == "diagonal":
        return "affine_transform", (rng.normal(size=n), rng.normal(size=n) * 3)
    if name == "zoom":
        return name, (rng.uniform(0.4, 2.5, n),)
    if name == "rotate":
        return name, (rng.uniform(0, 360), (0, n - 1))
    return name, (rng.normal(size=n) * 4,)


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=60, deadline=None)
@given(
    case=images(),
    order=st.integers(0, 5),
    mode=st.sampled_from(SCIPY_MODES),
    prefilter=st.booleans(),
    output=st.sampled_from([None, "f4", "f8", "u1", "i2"]),
)
def test_equals_scipy(name, case, order, mode, prefilter, output):
    image, rng = case
    if name == "rotate":
        # where the image has jumps, the last bit of a sine may decide on which side a voxel lies
        image = np.stack([image] * 3) if image.ndim == 1 else image
        order, mode = max(order, 1), {"constant": "mirror", "wrap": "grid-wrap"}.get(mode, mode)
    if image.dtype.kind == "c":
        output = None
    name, args = arguments(name, image, rng)
    options = {"order": order, "mode": mode, "cval": 1, "prefilter": prefilter, "output": output}
    expected = getattr(scipy.ndimage, name)(
        image.astype(image.dtype.newbyteorder("=")), *args, **options
    )
    found = getattr(ndimage, name)(image, *args, **options)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    if found.dtype.kind in "biu":  # the last bit may decide where a value is rounded to
        fine = getattr(ndimage, name)(image.astype("f8"), *args, **{**options, "output": "f8"})
        step = np.abs(fine) + (0 if found.dtype.kind == "b" else 0.5)
        sure = np.abs(step - np.round(step)) > 1e-9
        np.testing.assert_array_equal(found[sure], expected[sure])
        assert found.dtype.kind == "b" or np.abs(found - expected.astype("f8")).max(initial=0) <= 1
    else:
        tolerance = 1e-10 if found.real.dtype == "f8" else 2e-4
        np.testing.assert_allclose(found, expected, rtol=0, atol=100 * tolerance)


@settings(max_examples=60, deadline=None)
@given(case=images(["f8"], 3), order=st.integers(2, 5), mode=st.sampled_from(MODES))
def test_coefficients_equal_scipy(case, order, mode):
    image, _ = case
    if mode in ("reflect", "grid-mirror", "nearest"):
        image = np.pad(image, 25)  # so that SciPy is exact
    expected = scipy.ndimage.spline_filter(image.astype("=f8"), order, mode=mode)
    np.testing.assert_allclose(ndimage.spline_filter(image, order, mode=mode), expected, atol=1e-9)


def basis(order):
    element = BSpline.basis_element(np.arange(order + 2) - (order + 1) / 2, extrapolate=False)
    return lambda x: np.nan_to_num(element(x))


def source(i, n, mode):
    """Where sample i of a line of n comes from; None: from outside."""
    if mode in ("reflect", "grid-mirror"):
        i %= 2 * n
        return min(i, 2 * n - 1 - i)
    if mode == "grid-wrap":
        return i % n
    if mode == "nearest":
        return min(max(i, 0), n - 1)
    if mode == "grid-constant":
        return i if 0 <= i < n else None
    period = max(1, 2 * n - 2)
    i %= period
    return min(i, period - i) if n > 1 else 0


@pytest.mark.parametrize("order", range(2, 6))
@pytest.mark.parametrize("n", [2, 3, 6, 20])
@pytest.mark.parametrize("mode", ["mirror", "reflect", "grid-wrap"])
def test_coefficients_solve_the_interpolation(order, n, mode):
    samples = np.random.default_rng(n).normal(size=(n, 7))
    b = basis(order)
    matrix = np.zeros((n, n))
    for i in range(n):
        for j in range(i - 3, i + 4):
            matrix[i, source(j, n, mode)] += b(i - j)
    expected = np.linalg.solve(matrix, samples)
    found = ndimage.spline_filter1d(samples, order, 0, mode=mode)
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-14 * np.abs(expected).max())
    found = ndimage.spline_filter1d(samples.T, order, mode=mode)
    np.testing.assert_allclose(found.T, expected, rtol=0, atol=2e-14 * np.abs(expected).max())


@pytest.mark.parametrize("order", range(6))
@pytest.mark.parametrize("mode", ["mirror", "reflect", "grid-wrap", "nearest", "grid-constant"])
def test_values_are_sums_of_the_basis(order, mode):
    rng = np.random.default_rng(order)
    coefficients = rng.normal(size=(4, 5))
    places = rng.uniform(-0.45, 3.4, (2, 40))
    found = ndimage.map_coordinates(
        coefficients, places, order=order, mode=mode, cval=2, prefilter=False
    )
    b = basis(order)
    for (y, x), value in zip(places.T, found, strict=True):
        total = 0
        for i, j in itertools.product(range(-4, 10), repeat=2):
            p, q = source(i, 4, mode), source(j, 5, mode)
            total += b(y - i) * b(x - j) * (2 if p is None or q is None else coefficients[p, q])
        assert value == pytest.approx(total, abs=1e-13)


@pytest.mark.parametrize("order", range(1, 6))
def test_polynomials_are_reproduced(order):
    x, y = np.meshgrid(np.arange(60.0), np.arange(50.0), indexing="ij")
    surface = (x / 30 - 1) ** order + (x / 30 - 1) * (y / 25 - 1) ** (order - 1)
    places = np.random.default_rng(0).uniform(22, 28, (2, 50))
    exact = (places[0] / 30 - 1) ** order + (places[0] / 30 - 1) * (places[1] / 25 - 1) ** (
        order - 1
    )
    found = ndimage.map_coordinates(surface, places, order=order)
    np.testing.assert_allclose(found, exact, atol=2e-8)  # of the ends' continuation little is left


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=30, deadline=None)
@given(case=images(["f8", "f4", "c16"], 3), order=st.integers(0, 5))
def test_samples_are_interpolated(mode, case, order):
    image, _ = case
    grid = np.indices(image.shape)
    found = ndimage.map_coordinates(image, grid, order=order, mode=mode)
    np.testing.assert_allclose(found, image, rtol=0, atol=1e-11 if image.itemsize > 4 else 1e-3)


@settings(max_examples=60, deadline=None)
@given(case=images(["f4"], 3), order=st.integers(0, 5), mode=st.sampled_from(MODES))
def test_error_in_float32(case, order, mode):
    image, rng = case
    places = rng.uniform(-5, 12, (image.ndim, 60))
    run = functools.partial(ndimage.map_coordinates, image, places, order=order, mode=mode)
    bound = (image.ndim * GAIN[order] ** image.ndim + 2 * image.ndim + 1) * 2.0**-24
    difference = np.abs(run() - run(output="f8")).max()
    assert difference <= bound * max(np.abs(image).max(), 1e-30)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("order", [0, 1, 3, 4])
@pytest.mark.parametrize("mode", ["constant", "reflect", "nearest"])
def test_workers_and_layouts_give_the_same_bits(name, order, mode):
    rng = np.random.default_rng(0)
    image = rng.normal(size=(21, 40, 130)).astype("f4")
    name, args = arguments(name, image, np.random.default_rng(3))
    run = functools.partial(getattr(ndimage, name), order=order, mode=mode)
    one = run(image, *args, workers=1)
    np.testing.assert_array_equal(one, run(image, *args, workers=3))
    np.testing.assert_array_equal(one, run(np.asfortranarray(image), *args))
    np.testing.assert_array_equal(one, run(image.astype(">f4"), *args))
    wide = np.zeros((*one.shape, 2), "f4")[..., 0]
    assert run(image, *args, output=wide) is wide
    np.testing.assert_array_equal(one, wide)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16", "i2"])
@pytest.mark.parametrize("order", [0, 1, 3])
def test_output_may_overlap_the_input(order, dtype):
    rng = np.random.default_rng(0)
    start = rng.integers(0, 50, (9, 8)).astype(dtype)
    calls = {
        "affine": lambda x, **k: ndimage.affine_transform(x, [[0.9, 0.1], [-0.1, 0.9]], **k),
        "shift": lambda x, **k: ndimage.shift(x, (0.3, -1.2), **k),
        "coordinates": lambda x, **k: ndimage.map_coordinates(x, np.indices(x.shape) + 0.4, **k),
        "rotate": lambda x, **k: ndimage.rotate(x, 180, reshape=False, **k),
        "spline": lambda x, order, **k: ndimage.spline_filter1d(x, order, **{"output": dtype, **k}),
    }
    for call in calls.values():
        expected = call(start.copy(), order=order)
        image = start.copy()
        assert call(image, order=order, output=image) is image
        np.testing.assert_array_equal(image, expected)
        buffer = np.zeros((10, 8), dtype)
        buffer[:9] = start
        call(buffer[:9], order=order, output=buffer[1:])
        np.testing.assert_array_equal(buffer[1:], expected)


def test_output_may_overlap_the_coordinates():
    image = np.random.default_rng(0).normal(size=(6, 7))
    places = np.random.default_rng(1).uniform(0, 5, (2, 300))
    expected = ndimage.map_coordinates(image, places)
    ndimage.map_coordinates(image, places, output=places[0])
    np.testing.assert_array_equal(places[0], expected)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("order", range(6))
def test_coordinates_that_are_no_places(mode, order):
    image = np.random.default_rng(0).normal(size=(5, 6))
    x = np.array([np.nan, np.inf, -np.inf, 1e300, -1e300, 1e18, -1e18, 2.0])
    found = ndimage.map_coordinates(image, [x, np.full(8, 2.0)], order=order, mode=mode, cval=9)
    assert found[0] == 9
    assert found[-1] == pytest.approx(image[2, 2])
    if mode == "nearest":
        np.testing.assert_allclose(found[1:7], image[[4, 0, 4, 0, 4, 0], 2], atol=1e-3)
    elif "constant" in mode:
        np.testing.assert_array_equal(found[:7], 9)
    else:
        np.testing.assert_array_equal(found[1:3], 9)
        assert np.abs(found[3:7]).max() < 10 * np.abs(image).max()
    swapped = ndimage.map_coordinates(image, [np.full(8, 2.0), x], order=order, mode=mode, cval=9)
    assert swapped[0] == 9


def test_integers_are_rounded_and_kept_in_range():
    values = np.array([-1.5, 2.5, -2.5, 0.49, 0.5, 300, -300, np.nan])
    run = functools.partial(ndimage.map_coordinates, values, [np.arange(8)], order=0)
    np.testing.assert_array_equal(run(output="i1"), [-2, 3, -3, 0, 1, 127, -128, 0])
    np.testing.assert_array_equal(run(output="u1"), [0, 3, 0, 0, 1, 255, 0, 0])
    huge = np.array([1e300, -1e300, 2.0**63, -(2.0**63), 2.0**64])
    run = functools.partial(ndimage.map_coordinates, huge, [np.arange(5)], order=0)
    for dtype in ("i1", "u2", "i4", "u4", "i8", "u8"):
        most, least = np.iinfo(dtype).max, np.iinfo(dtype).min
        found = run(output=dtype)
        np.testing.assert_array_equal(found[[0, 1, 3, 4]], [most, least, least, most])
    np.testing.assert_array_equal(
        ndimage.map_coordinates([0.0, 0.9, 1, -1, 2], [np.arange(5)], order=1, output=bool),
        [False, False, True, True, True],
    )


@pytest.mark.parametrize("dtype", ["i8", "u8", "f4", "?"])
def test_order_0_moves_samples_unchanged(dtype):
    image = (np.arange(12).reshape(3, 4) % 5 + (2**60 if "8" in dtype else 0)).astype(dtype)
    np.testing.assert_array_equal(
        ndimage.zoom(image, 2, order=0, grid_mode=True, mode="nearest"),
        image.repeat(2, 0).repeat(2, 1),
    )
    np.testing.assert_array_equal(ndimage.rotate(image, 90, order=0), np.rot90(image))
    np.testing.assert_array_equal(
        ndimage.shift(image, (1, 0), order=3, mode="grid-wrap"), np.roll(image, 1, 0)
    )


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_grids_equal_points(order):
    image = np.random.default_rng(0).normal(size=(5, 1, 6, 7, 3))
    factors = (1.7, 1, 0.6, 1.3, 2.2)
    found = ndimage.zoom(image, factors, order=order, mode="grid-wrap", grid_mode=True)
    grid = np.indices(found.shape).reshape(5, -1)
    scale = np.array(image.shape) / found.shape
    places = (grid + 0.5) * scale[:, None] - 0.5
    expected = ndimage.map_coordinates(image, places, order=order, mode="grid-wrap")
    np.testing.assert_allclose(found.reshape(-1), expected, atol=1e-12)


def test_a_rotation_of_planes_leaves_the_others_apart():
    image = np.random.default_rng(0).normal(size=(4, 9, 5, 8))
    found = ndimage.rotate(image, 25, axes=(3, 1), mode="mirror")
    for i, j in itertools.product(range(4), range(5)):
        expected = scipy.ndimage.rotate(image[i, :, j], 25, mode="mirror")
        np.testing.assert_allclose(found[i, :, j], expected, atol=1e-12)


@pytest.mark.parametrize("order", [0, 1, 3])
def test_rotation_is_the_affine_map_of_its_definition(order):
    image = np.random.default_rng(0).normal(size=(9, 12))
    c, s = np.cos(np.radians(30.0)), np.cos(np.radians(60.0))
    turn = np.array([[c, s], [-s, c]])
    shape = (int(9 * c + 12 * s + 0.5), int(9 * s + 12 * c + 0.5))
    offset = np.array([4, 5.5]) - turn @ ((np.array(shape) - 1) / 2)
    expected = scipy.ndimage.affine_transform(image, turn, offset, shape, order=order, cval=2)
    found = ndimage.rotate(image, 30, order=order, cval=2)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_matrix_forms():
    image = np.random.default_rng(0).normal(size=(6, 7))
    matrix, offset = np.array([[0.9, 0.2], [-0.1, 1.1]]), np.array([0.3, -0.2])
    expected = ndimage.affine_transform(image, matrix, offset)
    wide = np.column_stack([matrix, offset])
    np.testing.assert_array_equal(expected, ndimage.affine_transform(image, wide))
    full = np.vstack([wide, [0, 0, 1]])
    np.testing.assert_array_equal(expected, ndimage.affine_transform(image, full, offset=7))
    found = ndimage.affine_transform(image, [[1.0], [2.0]], [0, 0.5], output_shape=(3,))
    places = np.array([[0, 1, 2], [0.5, 2.5, 4.5]])
    np.testing.assert_allclose(found, ndimage.map_coordinates(image, places))


def test_a_users_mapping():
    image = np.random.default_rng(0).normal(size=(6, 7))
    expected = ndimage.affine_transform(image, [[0.5, 0.1], [0.2, 0.7]], [0.3, 0.1], (4, 5))

    def place(point, scale, *, offset):
        i, j = point
        return scale * i + 0.1 * j + offset, 0.2 * i + 0.7 * j + 0.1

    found = ndimage.geometric_transform(
        image, place, (4, 5), extra_arguments=(0.5,), extra_keywords={"offset": 0.3}
    )
    np.testing.assert_allclose(found, expected, atol=1e-13)
    kind = ctypes.CFUNCTYPE(
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_long),
        ctypes.POINTER(ctypes.c_double),
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_void_p,
    )

    @kind
    def compiled(point, at, rank, ndim, _):
        at[0] = 0.5 * point[0] + 0.1 * point[1] + 0.3
        at[1] = 0.2 * point[0] + 0.7 * point[1] + 0.1
        return point[0] < 4 and rank == ndim == 2

    found = ndimage.geometric_transform(image, compiled, (4, 5))
    np.testing.assert_allclose(found, expected, atol=1e-13)
    with pytest.raises(RuntimeError, match="mapping"):
        ndimage.geometric_transform(image, compiled, (5, 5))
    with pytest.raises(ZeroDivisionError):
        ndimage.geometric_transform(image, lambda p: (1 / p[0], 0))
    with pytest.raises(RuntimeError, match="mapping"):
        ndimage.geometric_transform(image, lambda p: (0,))
    with pytest.raises(TypeError, match="mapping"):
        ndimage.geometric_transform(image, 3)


def test_empty_arrays():
    empty = np.zeros((0, 3))
    assert ndimage.zoom(empty, 2).shape == (0, 6)
    assert ndimage.zoom(np.ones((2, 3)), 0).shape == (0, 0)
    assert ndimage.spline_filter(empty).shape == (0, 3)
    assert ndimage.map_coordinates(np.ones(3), np.zeros((1, 0))).shape == (0,)
    np.testing.assert_array_equal(ndimage.map_coordinates(empty, [[0], [0]], cval=4), [4])
    with pytest.raises(ValueError, match="input"):
        ndimage.map_coordinates(empty, [[0], [0]], mode="nearest")


BAD = {
    "order": (RuntimeError, lambda: ndimage.zoom([1.0], 2, order=6)),
    "order ": (RuntimeError, lambda: ndimage.spline_filter([1.0], 1)),
    "order   ": (ValueError, lambda: ndimage.map_coordinates(np.ones((1,) * 30), np.ones((30, 2)))),
    "order  ": (TypeError, lambda: ndimage.shift([1.0], 2, order=1.5)),
    "mode": (RuntimeError, lambda: ndimage.shift([1.0], 2, mode="around")),
    "mode ": (RuntimeError, lambda: ndimage.spline_filter1d([1.0], mode=3)),
    "input": (RuntimeError, lambda: ndimage.zoom(1.0, 2)),
    "input ": (TypeError, lambda: ndimage.zoom(["a"], 2)),
    "input  ": (RuntimeError, lambda: ndimage.zoom(np.ones(3, "f2"), 2)),
    "input   ": (TypeError, lambda: ndimage.map_coordinates(np.array([None]), [[0]])),
    "cval": (ValueError, lambda: ndimage.shift([1.0], 2, cval=1j)),
    "cval ": (TypeError, lambda: ndimage.shift([1.0], 2, cval="a")),
    "zoom": (ValueError, lambda: ndimage.zoom([1.0], np.nan)),
    "zoom ": (ValueError, lambda: ndimage.zoom([1.0], -1)),
    "zoom   ": (ValueError, lambda: ndimage.zoom([1.0, 1.0], 1e300)),
    "output_shape ": (ValueError, lambda: ndimage.affine_transform([1.0], [[1]], 0, (2**70,))),
    "zoom  ": (RuntimeError, lambda: ndimage.zoom([1.0], [1, 2])),
    "shift": (TypeError, lambda: ndimage.shift([1.0], "a")),
    "coordinates": (RuntimeError, lambda: ndimage.map_coordinates([1.0], [[0], [0]])),
    "coordinates ": (RuntimeError, lambda: ndimage.map_coordinates([1.0], [0])),
    "coordinates  ": (TypeError, lambda: ndimage.map_coordinates([1.0], [[1j]])),
    "matrix": (RuntimeError, lambda: ndimage.affine_transform([1.0], np.ones((3, 3)))),
    "matrix ": (ValueError, lambda: ndimage.affine_transform(np.ones((2, 2)), np.ones((3, 3)))),
    "matrix  ": (RuntimeError, lambda: ndimage.affine_transform([1.0], [[1]], 0, (2, 2))),
    "offset": (RuntimeError, lambda: ndimage.affine_transform([1.0], [[1]], [1, 2])),
    "offset ": (TypeError, lambda: ndimage.affine_transform([1.0], [[1]], "a")),
    "output_shape": (ValueError, lambda: ndimage.affine_transform([1.0], [[1]], 0, (-1,))),
    "output": (RuntimeError, lambda: ndimage.zoom([1.0], 2, output=np.zeros(3))),
    "output ": (ValueError, lambda: ndimage.shift([1.0], 2, output=np.broadcast_to(0.0, 1))),
    "axes": (ValueError, lambda: ndimage.rotate(np.ones((2, 2)), 3, axes=(0, 0))),
    "axes ": (ValueError, lambda: ndimage.rotate(np.ones((2, 2)), 3, axes=(0, 2))),
    "angle": (ValueError, lambda: ndimage.rotate(np.ones((2, 2)), np.inf)),
    "workers": (ValueError, lambda: ndimage.shift([1.0], 2, workers=0)),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_names_the_argument(name):
    error, call = BAD[name]
    with pytest.raises(error, match=f"`{name.strip()}`"):
        call()


def test_the_recommendation_of_scipy():
    with pytest.warns(UserWarning, match="grid-constant"):
        ndimage.zoom([1.0, 2.0], 2, grid_mode=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ndimage.zoom([1.0, 2.0], 2, grid_mode=True, mode="reflect")


def test_spline_coefficients_of_complex_samples_may_overlap_them():
    memory = np.zeros(2 * 900 + 1)
    samples, output = memory[:-1].view(complex), memory[1:].view(complex)
    samples[:] = np.random.default_rng(2).normal(size=900) + 1j * np.arange(900)
    expected = ndimage.spline_filter1d(samples.copy(), 3, output=complex)
    ndimage.spline_filter1d(samples, 3, output=output)
    np.testing.assert_array_equal(output, expected)

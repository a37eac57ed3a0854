"""Filters of a window against SciPy, brute force and their own definitions."""

import functools

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

import scikit.ndimage as ndimage

TYPES = ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"]
MODES = ["reflect", "mirror", "nearest", "wrap", "constant"]
FILTERS = {
    "minimum_filter": {},
    "maximum_filter": {},
    "median_filter": {},
    "rank_filter": {"rank": 1},
    "percentile_filter": {"percentile": 30},
    "correlate": {},
    "convolve": {},
}


@st.composite
def images_and_windows(draw):
    ndim = draw(st.integers(1, 4))
    shape = draw(st.tuples(*[st.integers(1, 7)] * ndim))
    dtype = np.dtype(draw(st.sampled_from(TYPES)))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    low, high = (0, 2) if dtype.kind in "b" else (0, 100) if dtype.kind == "u" else (-100, 100)
    image = rng.integers(low, high, shape).astype(dtype)
    if draw(st.booleans()):
        image = image.T.copy().T  # Fortran order
    if draw(st.booleans()):
        image = image.astype(dtype.newbyteorder())
    if draw(st.booleans()):
        image = image[tuple(slice(None, None, -1) for _ in shape)]
    window = rng.random(draw(st.tuples(*[st.integers(1, 4)] * ndim))) > 0.3
    if not window.any():
        window[...] = True
    origin = [draw(st.integers(-(n // 2), (n - 1) // 2)) for n in window.shape]
    return image, window, origin, rng


@pytest.mark.parametrize("name", FILTERS)
@settings(max_examples=60, deadline=None)
@given(case=images_and_windows(), mode=st.sampled_from(MODES), cval=st.sampled_from([0, 1, 7]))
def test_windows_of_any_shape_equal_scipy(name, case, mode, cval):
    image, window, origin, rng = case
    if image.ndim == 1:  # SciPy takes no notice of the footprint of a 1-d rank filter
        image, window, origin = image[:, None], window[:, None], [*origin, 0]
    kwargs = dict(FILTERS[name], mode=mode, cval=cval, origin=origin)
    if name in ("correlate", "convolve"):
        kwargs["weights"] = np.where(window, rng.integers(-8, 9, window.shape) / 8, 0)
    else:
        kwargs["footprint"] = window
    if name == "rank_filter":
        kwargs["rank"] = int(rng.integers(0, np.count_nonzero(window)))
    ours = getattr(ndimage, name)(image, **kwargs)
    theirs = getattr(scipy.ndimage, name)(image, **kwargs)
    assert ours.dtype == theirs.dtype.newbyteorder("=")
    assert ours.shape == theirs.shape
    np.testing.assert_array_equal(ours, theirs)  # weights are eighths: nothing is rounded


@pytest.mark.parametrize("name", ["minimum_filter", "maximum_filter", "uniform_filter"])
@settings(max_examples=60, deadline=None)
@given(case=images_and_windows(), mode=st.sampled_from(MODES), cval=st.sampled_from([0, 1]))
def test_boxes_equal_scipy(name, case, mode, cval):
    image, window, origin, _ = case
    if image.dtype.kind == "b" and name == "uniform_filter":
        image = image.astype(np.uint8)
    kwargs = {"size": window.shape, "mode": mode, "cval": cval, "origin": origin}
    ours = getattr(ndimage, name)(image, **kwargs)
    theirs = getattr(scipy.ndimage, name)(image, **kwargs)
    if image.dtype == np.float32 or (image.dtype.kind == "f" and name == "uniform_filter"):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-4)
    else:
        np.testing.assert_array_equal(ours, theirs)


@settings(max_examples=60, deadline=None)
@given(
    image=hnp.arrays(
        np.int16, hnp.array_shapes(max_dims=3, max_side=6), elements=st.integers(-99, 99)
    ),
    size=st.integers(1, 60),
    mode=st.sampled_from(MODES),
)
def test_long_windows_along_an_axis(image, size, mode):
    for axis in range(image.ndim):
        for name in ("minimum_filter1d", "maximum_filter1d", "uniform_filter1d"):
            np.testing.assert_array_equal(
                getattr(ndimage, name)(image, size, axis, mode=mode, cval=3),
                getattr(scipy.ndimage, name)(image, size, axis, mode=mode, cval=3),
            )


def brute_force_rank(image, window, rank):
    """By definition, mode 'nearest'."""
    result = np.empty_like(image)
    offsets = np.argwhere(window) - np.array(window.shape) // 2
    for index in np.ndindex(image.shape):
        at = np.clip(np.array(index) + offsets, 0, np.array(image.shape) - 1)
        result[index] = np.sort(image[tuple(at.T)])[rank]
    return result


@pytest.mark.parametrize("dtype", [*TYPES[1:], "f2"])
@pytest.mark.parametrize("size", [(3, 3, 3), (7, 1, 4), (1, 12, 12)])
def test_ranks_by_brute_force_for_each_type(dtype, size):
    rng = np.random.default_rng(7)
    dtype = np.dtype(dtype)
    shape = (5, 6, 9)
    if dtype.kind == "f":
        image = (rng.normal(size=shape) * 100).astype(dtype)
    else:  # the whole range of the type
        info = np.iinfo(dtype)
        image = rng.integers(info.min, info.max, shape, dtype, endpoint=True)
    window = rng.random(size) > 0.2
    count = np.count_nonzero(window)
    for rank in (1, count // 2, count - 2):
        ours = ndimage.rank_filter(image, rank, footprint=window, mode="nearest")
        np.testing.assert_array_equal(ours, brute_force_rank(image, window, rank))


@pytest.mark.parametrize("dtype", ["i8", "u8"])
def test_extremes_of_the_widest_integers_are_exact(dtype):
    """SciPy compares them as doubles."""
    info = np.iinfo(dtype)
    image = np.array([info.max, info.max - 1, info.min + 1, info.min, info.max], dtype)
    for size in (3, 5):
        pad = np.pad(image, size // 2, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(pad, size)
        np.testing.assert_array_equal(
            ndimage.minimum_filter(image, size, mode="nearest"), windows.min(axis=1)
        )
        np.testing.assert_array_equal(
            ndimage.grey_dilation(image, size, mode="nearest"), windows.max(axis=1)
        )
        np.testing.assert_array_equal(
            ndimage.median_filter(image, size, mode="nearest"), np.sort(windows)[:, size // 2]
        )


def test_footprint_of_a_line_counts():
    """SciPy ranks the whole length of a 1-d footprint."""
    image = np.array([5, 1, 9, 3, 7, 2, 8])
    footprint = [1, 0, 1, 0, 1]
    expected = brute_force_rank(image, np.array(footprint, bool), 1)
    np.testing.assert_array_equal(
        ndimage.median_filter(image, footprint=footprint, mode="nearest"), expected
    )


@pytest.mark.parametrize("cval", [-1, 300, 2.5, np.nan])
def test_value_outside_need_not_fit_the_type(cval):
    image = np.array([[4, 7, 9], [1, 3, 8]], np.uint8)
    pad = np.pad(image.astype(float), 1, constant_values=cval)
    windows = np.lib.stride_tricks.sliding_window_view(pad, (3, 3)).reshape(2, 3, 9)
    ours = ndimage.median_filter(image, 3, mode="constant", cval=cval, output=float)
    np.testing.assert_array_equal(ours, np.sort(windows, axis=-1)[..., 4])


def test_nan_stays_in_its_windows():
    """SciPy's running mean smears it to the end of the line."""
    line = np.arange(20.0)
    line[5] = np.nan
    for dtype in (np.float32, np.float64):
        for size in (3, 40):
            ours = ndimage.uniform_filter1d(line.astype(dtype), size, mode="constant")
            touched = np.abs(np.arange(20) - 5 + (size % 2 == 0) / 2) <= size / 2
            np.testing.assert_array_equal(np.isnan(ours), touched)


@pytest.mark.parametrize("kinds", ["fc", "cf", "cc"])
@pytest.mark.parametrize("name", ["correlate", "convolve", "correlate1d", "convolve1d"])
def test_complex_images_and_weights(kinds, name):
    rng = np.random.default_rng(0)

    def numbers(kind, *shape):
        part = rng.normal(size=shape)
        return part + 1j * rng.normal(size=shape) if kind == "c" else part

    weights = numbers(kinds[1], 3) if name.endswith("1d") else numbers(kinds[1], 2, 3)
    image = numbers(kinds[0], 6, 7)
    cval = 0.5 - 2j if kinds[0] == "c" else 0.5
    for mode in ("mirror", "constant"):
        ours = getattr(ndimage, name)(image, weights, mode=mode, cval=cval)
        theirs = getattr(scipy.ndimage, name)(image, weights, mode=mode, cval=cval)
        np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("dtype", ["u1", "i4", "f4", "f8"])
@pytest.mark.parametrize("name", ["sobel", "prewitt", "laplace"])
def test_differences_equal_scipy(name, dtype):
    image = np.random.default_rng(1).integers(0, 99, (5, 6, 7)).astype(dtype)
    np.testing.assert_array_equal(
        getattr(ndimage, name)(image, mode="mirror"),
        getattr(scipy.ndimage, name)(image, mode="mirror"),
    )


@pytest.mark.parametrize("name", ["gaussian_laplace", "gaussian_gradient_magnitude"])
@pytest.mark.parametrize("kwargs", [{}, {"mode": "wrap"}, {"truncate": 2.0}])
def test_gaussian_derivatives_equal_scipy(name, kwargs):
    image = np.random.default_rng(2).normal(size=(9, 8, 7))
    kwargs = {"sigma": 1.5} | kwargs
    np.testing.assert_allclose(
        getattr(ndimage, name)(image, **kwargs),
        getattr(scipy.ndimage, name)(image, **kwargs),
        rtol=1e-12,
        atol=1e-14,
    )


def test_gaussian_derivatives_along_some_axes():
    """The others are left alone (SciPy's gradient magnitude smooths them too)."""
    image = np.random.default_rng(2).normal(size=(9, 8, 7))
    for name in ("gaussian_laplace", "gaussian_gradient_magnitude"):
        function = getattr(ndimage, name)
        ours = function(image, (1, 2), axes=(0, 2))
        planes = [function(image[:, k], (1, 2)) for k in range(8)]
        np.testing.assert_allclose(ours, np.stack(planes, axis=1), rtol=1e-13, atol=1e-15)


def test_gaussian_laplace_of_a_parabola():
    """The Laplacian of x**2 + 2 y**2 is 6 wherever the ends are far."""
    y, x = np.mgrid[-30:31, -30:31].astype(float)
    inner = ndimage.gaussian_laplace(x**2 + 2 * y**2, 2.0, truncate=8)[20:-20, 20:-20]
    np.testing.assert_allclose(inner, 6, rtol=1e-8)


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("name", ["median_filter", "maximum_filter", "uniform_filter", "correlate"])
def test_the_same_bits_for_any_number_of_workers(name, workers):
    image = np.random.default_rng(3).normal(size=(40, 50, 60))
    argument = {"correlate": {"weights": np.ones((3, 3, 3)) / 7}}.get(name, {"size": 5})
    function = functools.partial(getattr(ndimage, name), image, **argument)
    np.testing.assert_array_equal(function(workers=workers), function())


@pytest.mark.parametrize("name", ["median_filter", "maximum_filter", "uniform_filter", "sobel"])
def test_output_may_overlap_the_image(name):
    argument = {} if name == "sobel" else {"size": 3}
    memory = np.random.default_rng(4).normal(size=(9, 8))
    expected = getattr(ndimage, name)(memory[1:].copy(), **argument)
    result = getattr(ndimage, name)(memory[1:], output=memory[:-1], **argument)
    assert np.shares_memory(result, memory)
    np.testing.assert_array_equal(memory[:-1], expected)
    expected = getattr(ndimage, name)(memory.copy(), **argument)
    getattr(ndimage, name)(memory, output=memory, **argument)
    np.testing.assert_array_equal(memory, expected)


@pytest.mark.parametrize("dtype", [np.uint8, ">f8", np.int32])
@pytest.mark.parametrize("name", ["median_filter", "maximum_filter", "uniform_filter", "correlate"])
def test_output_of_another_type_or_layout(name, dtype):
    argument = {"correlate": {"weights": np.ones((3, 3))}}.get(name, {"size": 3})
    image = np.random.default_rng(5).integers(0, 20, (6, 7)).astype(float)
    expected = getattr(scipy.ndimage, name)(
        image, **argument, output=np.dtype(dtype).newbyteorder("=")
    )
    output = np.zeros((12, 14), dtype)[::2, ::-2]
    assert getattr(ndimage, name)(image, **argument, output=output) is output
    np.testing.assert_allclose(output, expected, rtol=1e-15)


def test_axes_and_modes_of_a_box():
    image = np.random.default_rng(6).normal(size=(5, 6, 7))
    kwargs = {"axes": (2, 0), "size": (3, 2), "mode": ["wrap", "mirror"], "origin": (1, 0)}
    for name in ("maximum_filter", "uniform_filter"):
        np.testing.assert_allclose(
            getattr(ndimage, name)(image, **kwargs),
            getattr(scipy.ndimage, name)(image, **kwargs),
            rtol=1e-13,
            atol=1e-15,
        )


def test_an_image_longer_than_a_tile():
    """Tiles are cut along each axis; windows reach over their borders."""
    rng = np.random.default_rng(8)
    for shape, size in (
        ((9000,), (7,)),
        ((3, 5000), (2, 9)),
        ((700, 300), (5, 5)),
        ((2, 130, 140, 150), (1, 3, 3, 3)),
    ):
        image = rng.integers(0, 1000, shape).astype(np.int16)
        weights = rng.integers(0, 4, size).astype(float)
        np.testing.assert_array_equal(
            ndimage.correlate(image, weights), scipy.ndimage.correlate(image, weights)
        )
        cross = np.ones(size, bool)
        cross[(0,) * len(size)] = False
        np.testing.assert_array_equal(
            ndimage.maximum_filter(image, footprint=cross),
            scipy.ndimage.maximum_filter(image, footprint=cross),
        )


@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2)])
def test_images_of_no_extent(shape):
    image = np.ones(shape)
    for name in ("median_filter", "maximum_filter", "uniform_filter"):
        assert getattr(ndimage, name)(image, size=3).shape == shape
    assert ndimage.correlate(image, np.ones((1,) * len(shape))).shape == shape


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["minimum_filter1d", "median_filter", "uniform_filter1d"])
def test_fractions_are_truncated_to_booleans_whatever_the_type(name, dtype):
    image = np.array([[0.5, -0.5, 1.5, -2.5, 0.0]], dtype)
    found = getattr(ndimage, name)(image, 1, output=bool)
    np.testing.assert_array_equal(found, [[False, False, True, True, False]])


@pytest.mark.parametrize("mode", [3, None, ["reflect"] * 3])
def test_a_rank_takes_one_mode_or_one_an_axis(mode):
    with pytest.raises(RuntimeError, match="`mode`"):
        ndimage.rank_filter(np.zeros((4, 4)), 0, 3, mode=mode, axes=(1,))
    with pytest.raises(RuntimeError, match="`mode`"):
        ndimage.median_filter(np.zeros((4, 4)), 3, mode=mode, axes=(1,))


def test_ranks_of_long_doubles_are_refused():
    with pytest.raises(RuntimeError, match="`input`"):
        ndimage.median_filter(np.arange(5, dtype=np.longdouble), 3)


@pytest.mark.parametrize(
    "name", ["morphological_laplace", "morphological_gradient", "white_tophat", "black_tophat"]
)
def test_residues_of_floats_into_booleans(name):
    image = np.eye(5)
    output = np.zeros((5, 5), bool)
    getattr(ndimage, name)(image, 3, output=output)
    np.testing.assert_array_equal(output, getattr(ndimage, name)(image, 3) != 0)


@pytest.mark.parametrize("kind", ["none", "empty", "axes"])
def test_vectorized_filter_fills_its_output(kind):
    image = np.array(3.0) if kind == "none" else np.zeros((0, 3) if kind == "empty" else (2, 3))
    axes = () if kind == "axes" else None
    size = () if kind != "empty" else 1
    output = np.full(image.shape, 7.0, np.float32)
    assert ndimage.vectorized_filter(image, np.sum, size=size, axes=axes, output=output) is output
    np.testing.assert_array_equal(output, image)


@pytest.mark.parametrize("size", [3, 9])
def test_vectorized_filter_of_windows_inside_names_what_does_not_fit(size):
    with pytest.raises((RuntimeError, ValueError), match=r"`output`|`size`"):
        ndimage.vectorized_filter(
            np.zeros((7, 7)), np.sum, size=size, mode="valid", output=np.zeros((7, 7))
        )


@pytest.mark.parametrize("shape", [(40, 50, 3), (7, 300, 2), (300, 7), (60, 40, 1), (3, 2, 400, 1)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_rows_of_few_voxels(shape, order, dtype):
    image = (np.random.default_rng(len(shape)).random(shape) * 99).astype(dtype, order=order)
    weights = np.arange(3.0 ** len(shape)).reshape((3,) * len(shape)) % 4 - 1
    calls = {
        "median_filter": {"size": 3, "mode": "mirror"},
        "maximum_filter": {"footprint": weights, "origin": 1, "cval": 7, "mode": "constant"},
        "correlate": {"weights": weights, "origin": [-1] + [0] * (len(shape) - 1)},
        "grey_dilation": {"structure": weights + 1},
        "uniform_filter": {"size": [5, *(3,) * (len(shape) - 1)], "mode": "wrap"},
        "gaussian_filter": {"sigma": 1.5},
        "correlate1d": {"weights": [1, 2, 4]},
        "sobel": {"axis": 0},
    }
    for name, arguments in calls.items():
        output = np.zeros(shape[::-1], dtype).T
        getattr(ndimage, name)(image, output=output, **arguments)
        expected = getattr(scipy.ndimage, name)(image, **arguments)
        np.testing.assert_allclose(output, expected, rtol=2e-6, atol=1e-5, err_msg=name)

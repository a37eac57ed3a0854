"""Dask arrays give what NumPy arrays give, whatever the chunks."""

import numpy as np
import pytest

import scikit.ndimage as ndimage

dask_array = pytest.importorskip("dask.array")

RNG = np.random.default_rng(0)
IMAGE = RNG.normal(size=(23, 30, 17))
MASK = RNG.random((23, 30, 17)) > 0.6
CHUNKS = [(8, 11, 17), (23, 7, 6), (5, 30, 9)]
CASES = {
    "gaussian_filter": {"sigma": (1.0, 0.5, 1.2), "mode": "nearest"},
    "gaussian_filter1d": {"sigma": 1.5, "axis": 1},
    "gaussian_laplace": {"sigma": 1.0},
    "gaussian_gradient_magnitude": {"sigma": 1.0, "truncate": 3.0},
    "uniform_filter": {"size": (3, 4, 5), "mode": "mirror"},
    "uniform_filter1d": {"size": 5, "axis": 0},
    "correlate": {"weights": np.arange(27.0).reshape(3, 3, 3)},
    "convolve": {"weights": np.arange(12.0).reshape(2, 3, 2), "origin": (0, 1, -1)},
    "correlate1d": {"weights": [1.0, 2.0, 4.0], "axis": 2},
    "sobel": {"axis": 1},
    "prewitt": {"mode": "constant", "cval": 2.0},
    "laplace": {},
    "median_filter": {"size": 3},
    "rank_filter": {"rank": 2, "size": (3, 1, 3)},
    "percentile_filter": {"percentile": 30, "footprint": np.ones((1, 3, 5))},
    "minimum_filter": {"size": 4, "origin": 1},
    "maximum_filter1d": {"size": 6, "axis": 1},
    "grey_opening": {"size": (3, 3, 2)},
    "grey_closing": {"structure": np.arange(9.0).reshape(1, 3, 3)},
    "morphological_gradient": {"size": 3},
    "white_tophat": {"size": 3},
    "generic_filter": {"function": np.sum, "size": (1, 2, 2)},
}
BINARY = {
    "binary_erosion": {"structure": np.ones((3, 3, 3)), "border_value": 1},
    "binary_dilation": {"iterations": 3},
    "binary_opening": {"iterations": 2},
    "binary_closing": {"structure": np.ones((2, 3, 1))},
    "binary_hit_or_miss": {},
}


@pytest.mark.parametrize("chunks", CHUNKS)
@pytest.mark.parametrize("name", [*CASES, *BINARY])
def test_filters_chunk_by_chunk(name, chunks):
    image, kwargs = (IMAGE, CASES[name]) if name in CASES else (MASK, BINARY[name])
    function = getattr(ndimage, name)
    lazy = function(dask_array.from_array(image, chunks=chunks), **kwargs)
    assert isinstance(lazy, dask_array.Array)
    expected = function(image, **kwargs)
    assert lazy.dtype == expected.dtype
    np.testing.assert_allclose(
        lazy.compute(scheduler="synchronous"), expected, rtol=1e-13, atol=1e-13
    )


@pytest.mark.parametrize("chunks", CHUNKS)
@pytest.mark.parametrize("connectivity", [1, 2, 3])
@pytest.mark.parametrize("density", [0.1, 0.3, 0.7])
def test_labels_are_those_of_the_whole(chunks, connectivity, density):
    mask = np.random.default_rng(1).random((23, 30, 17)) < density
    structure = ndimage.generate_binary_structure(3, connectivity)
    expected, count = ndimage.label(mask, structure)
    labels, lazy_count = ndimage.label(dask_array.from_array(mask, chunks=chunks), structure)
    assert labels.dtype == expected.dtype
    np.testing.assert_array_equal(labels.compute(scheduler="synchronous"), expected)
    assert int(lazy_count.compute(scheduler="synchronous")) == count


def test_the_image_by_name():
    lazy = ndimage.gaussian_filter(input=dask_array.from_array(IMAGE, chunks=8), sigma=1)
    assert isinstance(lazy, dask_array.Array)
    expected = ndimage.gaussian_filter(IMAGE, 1)
    np.testing.assert_allclose(
        lazy.compute(scheduler="synchronous"), expected, rtol=1e-13, atol=1e-13
    )


def test_what_is_not_local_is_refused():
    mask = dask_array.from_array(MASK, chunks=8)
    with pytest.raises(ValueError, match="iterations"):
        ndimage.binary_dilation(mask, iterations=0)
    with pytest.raises(ValueError, match="mode"):
        ndimage.uniform_filter(mask, mode="wrap")
    with pytest.raises(TypeError, match="output"):
        ndimage.median_filter(mask, 3, output=np.zeros(MASK.shape))
    with pytest.raises(TypeError, match="output"):
        ndimage.label(mask, output=np.zeros(MASK.shape, int))
    with pytest.raises(TypeError, match="mask"):
        ndimage.binary_erosion(mask, mask=MASK)

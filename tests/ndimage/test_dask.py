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
LABELS = np.where(MASK, RNG.choice([3, 2**60, -7, 1], (23, 30, 17)), 0)
LABELLED = {
    "find_boundaries": {"mode": "outer", "connectivity": 2},
    "label_erosion": {"structure": np.ones((3, 1, 2))},
    "label_dilation": {"iterations": 2},
    "label_opening": {"iterations": 2, "erode_border": False},
    "label_closing": {"structure": np.ones((2, 3, 5))},
}
STRUCTURE = {
    "hessian_matrix": {"sigma": (1.0, 0.5, 0.8), "spacing": (2.0, 1.0, 1.0)},
    "hessian_eigenvalues": {"sigma": 0.7, "mode": "constant", "cval": 2.0},
    "structure_tensor": {"sigma": 0.6, "gradient_sigma": 0.5, "mode": "mirror"},
    "frangi": {"sigmas": (0.5, 1.0), "gamma": 2.0, "spacing": (1.0, 1.0, 2.0)},
}
ALL = CASES | BINARY | LABELLED | STRUCTURE


def unseen(image, chunks):
    """A dask array, and a list of the chunks that have been computed."""
    seen = []

    def look(block):
        seen.append(block.shape)
        return block

    lazy = dask_array.from_array(image, chunks=chunks)
    return lazy.map_blocks(look, dtype=image.dtype, meta=image[:0, :0, :0]), seen


@pytest.mark.parametrize("chunks", CHUNKS)
@pytest.mark.parametrize("name", ALL)
def test_filters_chunk_by_chunk(name, chunks):
    image = MASK if name in BINARY else LABELS if name in LABELLED else IMAGE
    kwargs, function = ALL[name], getattr(ndimage, name)
    lazy, seen = unseen(image, chunks)
    lazy = function(lazy, **kwargs)
    assert not seen
    assert isinstance(lazy, dask_array.Array)
    expected = function(image, **kwargs)
    assert (lazy.dtype, lazy.shape) == (expected.dtype, expected.shape)
    np.testing.assert_allclose(
        lazy.compute(scheduler="synchronous"), expected, rtol=1e-12, atol=1e-13
    )


@pytest.mark.parametrize("chunks", CHUNKS)
def test_labels_expand_across_chunks(chunks):
    seeds = np.where(RNG.random(IMAGE.shape) < 0.002, LABELS, 0)
    spacing = (1.7, 1.0, 0.61)  # hardly any voxel is as far from two seeds
    lazy = ndimage.expand_labels(dask_array.from_array(seeds, chunks=chunks), 2.5, spacing)
    assert lazy.dtype == seeds.dtype
    expected = ndimage.expand_labels(seeds, 2.5, spacing)
    found = lazy.compute(scheduler="synchronous")
    np.testing.assert_array_equal(found != 0, expected != 0)
    assert (found != expected).mean() < 0.002


@pytest.mark.parametrize("chunks", [*CHUNKS, ((4, 0, 19), (30,), (16, 1))])
@pytest.mark.parametrize("connectivity", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["u8", ">i8", "?", "i1"])
def test_components_of_each_value(chunks, connectivity, dtype):
    image = RNG.choice([0, 0, 2, 3], IMAGE.shape).repeat(2, 0)[: len(IMAGE)]
    if dtype in ("u8", ">i8"):
        image = image * 2**60  # no double tells 2 ** 61 + 1
        image[3:9] += image[3:9] != 0
    image = image.astype(dtype)
    structure = ndimage.generate_binary_structure(3, connectivity)
    lazy, seen = unseen(image, chunks)
    labels, lazy_count = ndimage.label(lazy, structure, "i8", multilabel=True)
    assert not seen
    expected, count = ndimage.label(image, structure, "i8", multilabel=True)
    assert labels.dtype == expected.dtype
    np.testing.assert_array_equal(labels.compute(scheduler="synchronous"), expected)
    assert int(lazy_count.compute(scheduler="synchronous")) == count


def test_chunks_of_single_voxels():
    mask = MASK[:4, :5, :6]
    structure = np.ones((3, 3, 3))
    lazy = dask_array.from_array(mask, chunks=(1, 2, 1))
    expected, _ = ndimage.label(mask, structure)
    labels = ndimage.label(lazy, structure)[0].compute(scheduler="synchronous")
    np.testing.assert_array_equal(labels, expected)
    eroded = ndimage.label_erosion(lazy, structure).compute(scheduler="synchronous")
    np.testing.assert_array_equal(eroded, ndimage.label_erosion(mask, structure))


def test_a_type_too_small_for_the_labels():
    spots = dask_array.from_array(np.arange(600) % 2, chunks=100)
    labels, _ = ndimage.label(spots, output="u1")
    with pytest.raises(RuntimeError, match="output"):
        labels.compute(scheduler="synchronous")
    labels, _ = ndimage.label(spots[:400], output="u1")
    assert labels.compute(scheduler="synchronous").max() == 200


def test_empty_and_0d_arrays():
    assert ndimage.hessian_matrix(dask_array.zeros((0, 4))).compute().shape == (3, 0, 4)
    assert ndimage.gaussian_filter(dask_array.from_array(np.array(2.0)), 1).compute() == 2
    labels, count = ndimage.label(dask_array.from_array(np.array(True)))
    assert labels.compute() == count.compute() == 1
    labels, count = ndimage.label(dask_array.zeros((0, 3), dtype=bool))
    assert labels.compute().shape == (0, 3)
    assert count.compute() == 0


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
    with pytest.raises(TypeError, match="output"):
        ndimage.label(mask, output=complex)
    with pytest.raises(TypeError, match="input"):
        ndimage.label(mask.astype(complex))
    with pytest.raises(TypeError, match="input"):
        ndimage.label(mask.astype(float), multilabel=True)
    with pytest.raises(ValueError, match="gamma"):
        ndimage.frangi(mask)
    with pytest.raises(ValueError, match="distance"):
        ndimage.expand_labels(mask, np.inf)
    with pytest.raises(TypeError, match="sigma"):
        ndimage.gaussian_filter(mask, "a")
    unknown = mask[mask[:, 0, 0]]
    with pytest.raises(ValueError, match="input"):
        ndimage.label(unknown)
    with pytest.raises(ValueError, match="image"):
        ndimage.hessian_matrix(unknown)
    with pytest.raises(TypeError, match="mask"):
        ndimage.binary_erosion(mask, mask=MASK)

"""Resampling to a voxel size against brute force, and what it must keep."""

import functools
import itertools

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

import scikit.ndimage as ndimage


@pytest.mark.parametrize("order", range(6))
@pytest.mark.parametrize("dtype", ["f4", "f8", "i2", "c16"])
def test_intensities_equal_a_zoom_of_grids(order, dtype):
    image = np.random.default_rng(0).integers(0, 99, (5, 6, 7)).astype(dtype)
    found = ndimage.resample(image, (1.5, 1, 2), (1, 1.3, 1), order=order)
    factors = [1.5, 1 / 1.3, 2]
    scale = functools.partial(
        scipy.ndimage.zoom, zoom=factors, order=order, mode="nearest", grid_mode=True
    )
    # SciPy's zoom forgets grid_mode for complex images
    expected = scale(image.real) + 1j * scale(image.imag) if dtype == "c16" else scale(image)
    assert found.volume.dtype == image.dtype
    assert found.volume.shape == expected.shape
    np.testing.assert_allclose(found.volume, expected, atol=1 if dtype == "i2" else 1e-3)


@settings(max_examples=100, deadline=None)
@given(
    shape=hnp.array_shapes(max_dims=4, max_side=20),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_box_stays(shape, seed):
    rng = np.random.default_rng(seed)
    old, new = rng.uniform(0.3, 3, (2, len(shape)))
    volume, spacing, offset = ndimage.resample(np.ones(shape), old, new)
    assert volume.shape == tuple(
        max(1, round(n * a / b)) for n, a, b in zip(shape, old, new, strict=True)
    )
    np.testing.assert_allclose(volume, 1)
    for n, m, a, b, o in zip(shape, volume.shape, old, spacing, offset, strict=True):
        assert m * b == pytest.approx(n * a)
        assert o - b / 2 == pytest.approx(-a / 2)  # the first face, seen from the first old middle


def test_places_in_millimetres_are_kept():
    """A linear function of the place has at each new voxel the value of that voxel's place."""
    old, new = np.array([2.0, 0.7]), np.array([1.1, 1.9])
    i, j = np.indices((30, 40))
    image = 3 * i * old[0] - 2 * j * old[1]
    volume, spacing, offset = ndimage.resample(image, old, new)
    i, j = np.indices(volume.shape)
    exact = 3 * (i * spacing[0] + offset[0]) - 2 * (j * spacing[1] + offset[1])
    np.testing.assert_allclose(volume[2:-2, 2:-2], exact[2:-2, 2:-2])


@settings(max_examples=100, deadline=None)
@given(
    shape=hnp.array_shapes(max_dims=3, max_side=7),
    dtype=st.sampled_from(["?", "u1", "i2", "u4", "i8", ">i4"]),
    antialias=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_labels_are_voted_for(shape, dtype, antialias, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, shape).astype(dtype)
    old, new = rng.uniform(0.4, 2, (2, len(shape)))
    found = ndimage.resample(labels, old, new, label=True, antialias=antialias)
    assert found.volume.dtype == labels.dtype.newbyteorder("=")
    votes = []
    values = np.unique(labels)
    for value in values:  # the indicator of each label, one axis after the other
        share = (labels == value).astype(float)
        for axis, (n, m) in enumerate(zip(shape, found.volume.shape, strict=True)):
            reach = max(1.0, n / m) if antialias else 1.0
            places = (np.arange(m) + 0.5) * n / m - 0.5
            matrix = np.zeros((m, n))
            for k in range(-30, n + 30):
                matrix[:, min(max(k, 0), n - 1)] += np.maximum(0, 1 - abs(places - k) / reach)
            matrix /= matrix.sum(1, keepdims=True)
            share = np.moveaxis(np.tensordot(matrix, share, (1, axis)), 0, axis)
        votes.append(share)
    won = np.take_along_axis(np.array(votes), np.searchsorted(values, found.volume)[None], 0)[0]
    np.testing.assert_allclose(won, np.max(votes, axis=0), rtol=0, atol=1e-9)


@pytest.mark.parametrize("dtype", ["i8", ">i8", "u8", ">u8", ">i2", "?"])
def test_labels_of_order_0_are_the_nearest(dtype):
    high = np.iinfo(dtype).max if dtype != "?" else 1
    labels = np.random.default_rng(0).integers(0, high, (5, 6, 4), "u8").astype(dtype)
    found = ndimage.resample(labels, (3, 2, 1), (1, 1, 1), order=0, label=True).volume
    assert found.dtype == labels.dtype.newbyteorder("=")
    np.testing.assert_array_equal(found, labels.repeat(3, 0).repeat(2, 1))
    with pytest.raises(RuntimeError, match="output"):
        ndimage.resample(labels, 1, 2, order=0, label=True, output="f4")


@pytest.mark.parametrize("label", [False, True])
def test_workers_layouts_and_outputs(label):
    image = np.random.default_rng(0).integers(0, 9, (30, 40, 50)).astype("u2")
    run = functools.partial(
        ndimage.resample, spacing=(2, 1, 1), new_spacing=(1, 1.7, 0.9), label=label, antialias=True
    )
    one = run(image).volume
    np.testing.assert_array_equal(one, run(image, workers=3).volume)
    np.testing.assert_array_equal(one, run(np.asfortranarray(image)).volume)
    np.testing.assert_array_equal(one, run(image.astype(">u2")).volume)
    wide = np.zeros((*one.shape, 2), ">u2")[..., 1]
    assert run(image, output=wide).volume is wide
    np.testing.assert_array_equal(one, wide)
    same = image.copy()
    shifted = ndimage.resample(same, 1, 1, label=label, output=same).volume
    assert shifted is same
    np.testing.assert_array_equal(same, image)


def test_antialias_takes_out_what_the_new_grid_cannot_hold():
    x = np.arange(400)
    fine, coarse = np.sin(2 * np.pi * x / 3), np.sin(2 * np.pi * x / 80)
    plain = ndimage.resample(fine, 1, 4).volume
    smooth = ndimage.resample(fine, 1, 4, antialias=True).volume
    assert np.abs(smooth).max() < 0.05 < 0.3 < np.abs(plain).max()
    kept = ndimage.resample(coarse, 1, 4, antialias=True).volume
    assert np.abs(kept).max() > 0.95
    assert ndimage.resample(np.ones(9, "i4"), 1, 4, antialias=True).volume.tolist() == [1, 1]


def test_empty_and_short():
    assert ndimage.resample(np.zeros((0, 3)), 1, 2).volume.shape == (0, 2)
    assert ndimage.resample(np.zeros((0, 3), int), 1, 2, label=True).volume.shape == (0, 2)
    assert ndimage.resample([5.0], 1, 100).volume.tolist() == [5.0]


BAD = [
    ("spacing", ValueError, {"spacing": 0}),
    ("spacing", ValueError, {"spacing": np.nan}),
    ("new_spacing", ValueError, {"new_spacing": -1}),
    ("new_spacing", ValueError, {"spacing": 1e300, "new_spacing": 1e-300}),
    ("new_spacing", RuntimeError, {"new_spacing": [1, 2, 3]}),
    ("spacing", TypeError, {"spacing": "a"}),
    ("order", ValueError, {"label": True, "order": 3}),
    ("mode", ValueError, {"label": True, "mode": "reflect"}),
    ("volume", TypeError, {"label": True, "volume": np.ones((2, 2))}),
    ("output", RuntimeError, {"label": True, "output": "f4"}),
    ("output", RuntimeError, {"label": True, "order": 0, "output": "f4"}),
    ("mode", RuntimeError, {"mode": "around"}),
    ("volume", RuntimeError, {"volume": 3}),
]


@pytest.mark.parametrize(("name", "error", "wrong"), BAD)
def test_bad_input_names_the_argument(name, error, wrong):
    with pytest.raises(error, match=f"`{name}`"):
        ndimage.resample(
            **{"volume": np.ones((2, 2), int), "spacing": 1, "new_spacing": 2, **wrong}
        )


def test_votes_of_many_labels_in_one_pass():
    labels = np.arange(4**3).reshape(4, 4, 4)
    found = ndimage.resample(labels, 1, 0.5, label=True).volume
    for corner in itertools.product((0, 1), repeat=3):
        part = found[tuple(slice(c, None, 2) for c in corner)]
        np.testing.assert_array_equal(part, labels)

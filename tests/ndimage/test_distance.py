"""Distance transforms against SciPy, brute force and closed forms."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

import scikit.ndimage as ndimage

masks = hnp.array_shapes(max_dims=4, max_side=9).flatmap(
    lambda shape: hnp.arrays(bool, shape, elements=st.floats(0, 1).map(lambda x: x > 0.2))
)


def spacings(ndim, seed):
    if seed % 3 == 0:
        return None
    return 0.5 if seed % 3 == 1 else np.random.default_rng(seed).uniform(0.3, 3, ndim)


def brute_force(labels, spacing):
    """Distance to the nearest voxel of another value, 0 where the value is 0."""
    points = np.argwhere(np.ones(labels.shape)) * np.broadcast_to(
        1 if spacing is None else spacing, labels.ndim
    )
    values = labels.ravel()
    distance = np.zeros(labels.size)
    for k in np.flatnonzero(values):
        others = points[values != values[k]]
        squares = ((others - points[k]) ** 2.0).sum(axis=1)
        distance[k] = np.sqrt(squares.min(initial=np.inf))
    return distance.reshape(labels.shape)


@settings(max_examples=150, deadline=None)
@given(mask=masks, seed=st.integers(0, 100))
def test_edt_equals_scipy_and_its_indices_are_nearest(mask, seed):
    mask.flat[seed % mask.size] = False
    spacing = spacings(mask.ndim, seed)
    distance, index = ndimage.distance_transform_edt(mask, spacing, return_indices=True)
    np.testing.assert_allclose(
        distance, scipy.ndimage.distance_transform_edt(mask, spacing), rtol=1e-14
    )
    assert not mask[tuple(index)].any()
    step = index - np.indices(mask.shape)
    scale = np.broadcast_to(1 if spacing is None else spacing, mask.ndim)
    length = np.sqrt(((step.T * scale) ** 2).sum(axis=-1)).T
    np.testing.assert_allclose(length, distance, rtol=1e-14)


@settings(max_examples=100, deadline=None)
@given(
    labels=hnp.arrays(
        np.int16, hnp.array_shapes(max_dims=3, max_side=7), elements=st.integers(0, 3)
    ),
    seed=st.integers(0, 100),
)
def test_multilabel_edt_by_brute_force(labels, seed):
    spacing = spacings(labels.ndim, seed)
    distance, index = ndimage.distance_transform_edt(
        labels, spacing, multilabel=True, return_indices=True
    )
    np.testing.assert_allclose(distance, brute_force(labels, spacing), rtol=1e-14)
    reached = (labels != 0) & np.isfinite(distance)
    assert (labels[tuple(index)] != labels)[reached].all()


@pytest.mark.parametrize("multilabel", [False, True])
@pytest.mark.parametrize("spacing", [None, (1.0, 0.7)])
def test_long_distances_take_the_envelope(multilabel, spacing):
    """More than 64 steps along a line, beside lines that need few."""
    rng = np.random.default_rng(0)
    image = np.ones((500, 300), np.int32)
    image[:, 200:] = rng.integers(1, 3, (500, 100)) if multilabel else 1
    image[10, 3] = image[400, 250] = 0
    distance = ndimage.distance_transform_edt(image, spacing, multilabel=multilabel)
    wide, near = (1.0, 1.0) if spacing is None else spacing
    y, x = np.mgrid[:500, :300]
    part = (slice(None), slice(0, 100 if multilabel else 300))
    expected = np.minimum(
        np.hypot((y - 10) * wide, (x - 3) * near), np.hypot((y - 400) * wide, (x - 250) * near)
    )
    if multilabel:  # the nearest voxel of the other value may be at the border of the noise
        first = np.argmax(image[:, 200:] != 1, axis=1) + 200
        for row in range(500):
            to = np.hypot((y[part] - row) * wide, (x[part] - first[row]) * near)
            expected[part] = np.minimum(expected[part], to)
    np.testing.assert_allclose(distance[part], expected[part], rtol=1e-13)


@pytest.mark.parametrize("spacing", [None, 2.0, (1.0, 2.0)])
def test_nothing_to_reach(spacing):
    distance, index = ndimage.distance_transform_edt(np.ones((3, 4)), spacing, return_indices=True)
    assert np.isinf(distance).all()
    assert (index == -1).all()
    signed = ndimage.signed_distance_transform(np.ones((3, 4)), spacing)
    assert (signed == -np.inf).all()


def test_signed_distance_of_a_half_plane():
    mask = np.arange(12)[:, None] + np.zeros(5) >= 7
    expected = np.where(mask, -(np.arange(12)[:, None] - 6), 7 - np.arange(12)[:, None]) * 1.5
    np.testing.assert_array_equal(ndimage.signed_distance_transform(mask, (1.5, 4.0)), expected)


@pytest.mark.parametrize("workers", [2, 3])
def test_the_same_bits_for_any_number_of_workers(workers):
    mask = np.random.default_rng(1).random((50, 60, 70)) > 0.01
    for spacing in (None, (1.0, 2.0, 0.5)):
        one = ndimage.distance_transform_edt(mask, spacing, return_indices=True)
        many = ndimage.distance_transform_edt(mask, spacing, return_indices=True, workers=workers)
        for a, b in zip(one, many, strict=True):
            np.testing.assert_array_equal(a, b)


def test_float32_is_the_rounded_distance():
    mask = np.random.default_rng(2).random((20, 30)) > 0.05
    for spacing in (None, (1.0, 2.5)):
        double = ndimage.distance_transform_edt(mask, spacing)
        single = ndimage.distance_transform_edt(mask, spacing, dtype=np.float32)
        assert single.dtype == np.float32
        np.testing.assert_array_equal(single, double.astype(np.float32))


@pytest.mark.parametrize("metric", ["euclidean", "taxicab", "cityblock", "chessboard"])
def test_brute_force_equals_scipy(metric):
    mask = np.random.default_rng(3).random((9, 10)) > 0.2
    spacing = (1.0, 2.0) if metric == "euclidean" else None
    ours = ndimage.distance_transform_bf(mask, metric, spacing, return_indices=True)
    theirs = scipy.ndimage.distance_transform_bf(mask, metric, spacing, return_indices=True)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == b.dtype


@settings(max_examples=80, deadline=None)
@given(mask=masks)
def test_steps_equal_scipy(mask):
    cross = np.zeros((3,) * mask.ndim, bool)
    cross[(slice(None), *[1] * (mask.ndim - 1))] = True
    for metric in ("taxicab", "chessboard", cross):
        ours = ndimage.distance_transform_cdt(mask, metric, return_indices=True)
        theirs = scipy.ndimage.distance_transform_cdt(mask, metric, return_indices=True)
        np.testing.assert_array_equal(ours[0], theirs[0])
        reached = ours[0] > 0
        assert not mask[tuple(ours[1])][reached].any()


def test_given_arrays_are_filled():
    mask = np.random.default_rng(4).random((6, 7)) > 0.3
    expected = ndimage.distance_transform_edt(mask, return_indices=True)
    distances = np.zeros((12, 7))[::2]
    indices = np.zeros((2, 6, 7), np.int32)
    result = ndimage.distance_transform_edt(
        mask, return_indices=True, distances=distances, indices=indices
    )
    assert result is None
    np.testing.assert_array_equal(distances, expected[0])
    np.testing.assert_array_equal(indices, expected[1])


@pytest.mark.parametrize("layout", ["big-endian", "reversed", "read-only", "fortran"])
def test_layouts(layout):
    image = np.random.default_rng(5).integers(0, 3, (5, 6, 7)).astype(np.int32)
    expected = ndimage.distance_transform_edt(image, multilabel=True)
    if layout == "big-endian":
        image = image.astype(">i4")
    elif layout == "reversed":
        image = image[::-1, :, ::-1].copy()[::-1, :, ::-1]
    elif layout == "fortran":
        image = np.asfortranarray(image)
    else:
        image.flags.writeable = False
    np.testing.assert_array_equal(ndimage.distance_transform_edt(image, multilabel=True), expected)


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
def test_labels_beyond_32_bits(dtype):
    labels = np.array([[0, 2**40, 2**40], [1, 1, 2**40 + 1]], dtype)
    np.testing.assert_allclose(
        ndimage.distance_transform_edt(labels, multilabel=True), brute_force(labels, None)
    )


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"input": np.ones(3, complex)}, TypeError, "input"),
        ({"input": ["a"]}, TypeError, "input"),
        ({"sampling": (1, 2, 3)}, RuntimeError, "sampling"),
        ({"sampling": 0}, ValueError, "sampling"),
        ({"sampling": np.nan}, ValueError, "sampling"),
        ({"sampling": "x"}, TypeError, "sampling"),
        ({"dtype": int}, ValueError, "dtype"),
        ({"return_distances": False}, RuntimeError, "return_"),
        ({"distances": np.zeros((2, 2), np.float32)}, RuntimeError, "distances"),
        ({"distances": np.zeros((3, 2))}, RuntimeError, "distances"),
        ({"distances": 3}, TypeError, "distances"),
        ({"indices": np.zeros((2, 2, 2), np.int32)}, RuntimeError, "return_indices"),
        ({"multilabel": True, "input": np.ones((2, 2))}, TypeError, "input"),
        ({"workers": 0}, ValueError, "workers"),
    ],
)
def test_bad_arguments(arguments, error, words):
    with pytest.raises(error, match=words):
        ndimage.distance_transform_edt(**{"input": np.ones((2, 2), int)} | arguments)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0, 2)])
def test_empty_images(shape):
    assert ndimage.distance_transform_edt(np.ones(shape)).shape == shape
    assert ndimage.distance_transform_cdt(np.ones(shape)).shape == shape


@pytest.mark.parametrize("turn", [np.asfortranarray, lambda a: a[::-1].copy()[::-1]])
@pytest.mark.parametrize("metric", ["taxicab", "chessboard"])
def test_cdt_of_any_layout(turn, metric):
    mask = np.random.default_rng(3).random((9, 7, 70)) < 0.9
    found = ndimage.distance_transform_cdt(turn(mask), metric)
    np.testing.assert_array_equal(found, scipy.ndimage.distance_transform_cdt(mask, metric))


@pytest.mark.parametrize(
    "shape", [(300,), (64, 65), (7, 500, 3), (1, 40, 1), (3, 2, 1, 9), (0, 4), ()]
)
def test_cdt_with_any_structure(shape):
    rng = np.random.default_rng(sum(shape))
    mask = rng.random(shape) < 0.9
    structure = rng.random((3,) * len(shape)) < 0.6
    structure = np.asarray(structure)
    found, places = ndimage.distance_transform_cdt(mask, structure, return_indices=True)
    if shape:  # SciPy gives 0-d images no distance
        wanted = scipy.ndimage.distance_transform_cdt(mask, structure)
        np.testing.assert_array_equal(found, wanted)
    steps = np.argwhere(structure) - 1
    for at in np.argwhere(found == 1):
        assert tuple(places[(slice(None), *at)] - at) in {(*s,) for s in (*steps, *-steps)}


@pytest.mark.parametrize("metric", ["euclidean", "taxicab"])
def test_bf_of_one_voxel_of_no_extent_is_far(metric):
    far = ndimage.distance_transform_bf(np.array(True), metric)
    assert far == ndimage.distance_transform_bf([True], metric)[0] > 1e9

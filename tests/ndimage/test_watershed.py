"""The watershed against the definition of its costs and against SciPy where that keeps all voxels."""

import heapq

import numpy as np
import pytest
import scipy.ndimage as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit import ndimage


def costs(image, seeds, structure):
    """The least greatest step on a way from a seed to each voxel, by Dijkstra's method."""
    cost = np.full(image.shape, np.inf)
    steps = [tuple(s - 1) for s in np.argwhere(structure) if (s != 1).any()]
    waiting = [(0, tuple(p)) for p in np.argwhere(seeds)]
    for _, place in waiting:
        cost[place] = 0
    while waiting:
        c, here = heapq.heappop(waiting)
        if c > cost[here]:
            continue
        for step in steps:
            there = tuple(a + b for a, b in zip(here, step, strict=True))
            if all(0 <= a < n for a, n in zip(there, image.shape, strict=True)):
                d = max(c, abs(int(image[here]) - int(image[there])))
                if d < cost[there]:
                    cost[there] = d
                    heapq.heappush(waiting, (d, there))
    return cost


@st.composite
def problems(draw):
    ndim = draw(st.integers(1, 3))
    shape = tuple(draw(st.integers(1, {1: 60, 2: 12, 3: 6}[ndim])) for _ in range(ndim))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    top = draw(st.sampled_from([1, 3, 200, 255, 65535]))
    image = rng.integers(0, top, shape, endpoint=True).astype(np.uint16 if top > 255 else np.uint8)
    choice = draw(st.sampled_from([[1, 2, 3], [-1, 1, 2], [-2, -1]]))
    markers = rng.choice([0] * 6 + choice, shape).astype(draw(st.sampled_from(["i1", "i4", ">i8"])))
    structure = peer.generate_binary_structure(ndim, draw(st.integers(1, ndim)))
    return image, markers, structure


@settings(max_examples=80, deadline=None)
@given(problem=problems())
def test_every_voxel_joins_a_region_of_least_cost(problem):
    image, markers, structure = problem
    found = ndimage.watershed_ift(image, markers, structure)
    assert found.dtype == markers.dtype.newbyteorder("=")
    best = costs(image, markers != 0, structure)
    np.testing.assert_array_equal(found == 0, np.isinf(best))
    np.testing.assert_array_equal(found[markers != 0], markers[markers != 0])
    for label in np.unique(markers[markers != 0]):
        mine = costs(image, markers == label, structure)
        assert (mine[found == label] == best[found == label]).all()


@settings(max_examples=60, deadline=None)
@given(problem=problems(), label=st.sampled_from([-3, 4]))
def test_one_marker_takes_all(problem, label):
    image, markers, structure = problem
    markers = np.zeros_like(markers)
    markers.reshape(-1)[0] = label
    assert (ndimage.watershed_ift(image, markers, structure) == label).all()


def test_basins_go_to_their_markers():
    image = np.zeros((9, 11), np.uint8)
    image[:, 5] = image[3] = 7
    markers = np.zeros(image.shape, np.int16)
    markers[0, 0], markers[8, 0], markers[0, 10], markers[8, 10] = 1, 2, -3, -4
    want = np.zeros(image.shape, int)
    want[:3, :5], want[4:, :5], want[:3, 6:], want[4:, 6:] = 1, 2, -3, -4
    for structure in (None, np.ones((3, 3))):
        found = ndimage.watershed_ift(image, markers, structure)
        np.testing.assert_array_equal(found[image == 0], want[image == 0])


def test_order_of_equal_ways_is_scipys():
    # no voxel is alone in a queue when its cost falls, where SciPy would lose its place
    image = np.array([[256, 0], [0, 0]], np.uint16)
    for markers in ([[1, 0], [0, 0]], [[1, 0], [0, -2]], [[1, 0], [0, 2]]):
        np.testing.assert_array_equal(
            ndimage.watershed_ift(image, np.array(markers)),
            peer.watershed_ift(image, np.array(markers)),
        )
    rng = np.random.default_rng(4)
    flat = np.zeros((20, 20), np.uint8)
    markers = np.zeros(flat.shape, int)
    markers[tuple(rng.integers(0, 20, (2, 6)))] = [1, -1, 2, 3, -2, 4]
    np.testing.assert_array_equal(
        ndimage.watershed_ift(flat, markers), peer.watershed_ift(flat, markers)
    )


def test_output_and_layouts():
    rng = np.random.default_rng(2)
    image = rng.integers(0, 255, (8, 9), np.uint8)
    markers = rng.choice([0, 0, 0, 1, 2], (8, 9))
    want = ndimage.watershed_ift(image, markers)
    output = np.zeros((9, 8), np.int16).T
    assert ndimage.watershed_ift(image, markers, output=output) is output
    np.testing.assert_array_equal(output, want)
    assert ndimage.watershed_ift(image, markers, output=np.int8).dtype == np.int8
    np.testing.assert_array_equal(ndimage.watershed_ift(image.astype(">u2"), markers), want)
    held = markers.copy()
    ndimage.watershed_ift(image, held, output=held)
    np.testing.assert_array_equal(held, want)
    assert ndimage.watershed_ift(np.array(3, np.uint8), np.array(2)) == 2
    assert ndimage.watershed_ift(np.zeros((0, 2), np.uint8), np.zeros((0, 2), int)).shape == (0, 2)


@pytest.mark.parametrize(
    ("args", "error", "text"),
    [
        (([1], [1]), TypeError, "input"),
        ((np.array([1], np.uint8), [1.0]), RuntimeError, "markers"),
        ((np.array([1], np.uint8), [1, 2]), RuntimeError, "markers"),
        ((np.array([1], np.uint8), [1], [[1]]), RuntimeError, "structure"),
        ((np.array([1], np.uint8), [1], [1, 1]), RuntimeError, "structure"),
        ((np.array([1], np.uint8), [1], None, np.float32), RuntimeError, "output"),
    ],
)
def test_bad_input(args, error, text):
    with pytest.raises(error, match=text):
        ndimage.watershed_ift(*args)

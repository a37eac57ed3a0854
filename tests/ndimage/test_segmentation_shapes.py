"""Watersheds, skeletons, hulls, paths and thickness, against definitions and scikit-image."""

import heapq
import os
import subprocess
import sys

import numpy as np
import pytest
import scipy.ndimage
import scipy.sparse
import scipy.sparse.csgraph
import skimage.morphology as peer
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.segmentation import watershed as peer_watershed

from scikit import ndimage

SHAPES = st.lists(st.integers(1, 9), min_size=1, max_size=3)
SEEDS = st.integers(0, 2**32 - 1)


def neighbours(ndim, connectivity):
    offsets = np.argwhere(ndimage.generate_binary_structure(ndim, connectivity)) - 1
    offsets = offsets[offsets.any(axis=1)]
    return offsets[np.argsort((offsets**2).sum(axis=1), kind="stable")]


def flooded(image, markers, connectivity, mask):
    """The definition: a queue ordered by (highest value on the way, age)."""
    labels = np.where(mask, markers, 0)
    queue = [(image[p], 0, i, p) for i, p in enumerate(map(tuple, np.argwhere(labels)))]
    heapq.heapify(queue)
    age = 0
    while queue:
        level, _, _, p = heapq.heappop(queue)
        for offset in neighbours(image.ndim, connectivity):
            q = tuple(int(i) for i in offset + p)
            inside = all(0 <= i < n for i, n in zip(q, image.shape, strict=True))
            if inside and mask[q] and labels[q] == 0:
                labels[q] = labels[p]
                age += 1
                heapq.heappush(queue, (max(level, image[q]), age, 0, q))
    return labels


@settings(max_examples=100, deadline=None)
@given(
    shape=SHAPES, seed=SEEDS, top=st.sampled_from([2, 5, 1000]), data=st.data(),
    dtype=st.sampled_from(["u1", "i2", "u2", "i4", "i8", "f4", "f8", ">f4"]),
)  # fmt: skip
def test_watershed_by_its_queue(shape, seed, top, dtype, data):
    rng = np.random.default_rng(seed)
    image = rng.integers(0, top, shape).astype(dtype)
    markers = rng.integers(1, 4, shape) * (rng.random(shape) < 0.1)
    mask = rng.random(shape) < 0.8
    connectivity = data.draw(st.integers(1, image.ndim))
    want = flooded(image, markers, connectivity, mask)
    got = ndimage.watershed(image, markers, connectivity, mask=mask)
    np.testing.assert_array_equal(got, want)
    assert got.dtype == markers.dtype


@settings(max_examples=100, deadline=None)
@given(shape=SHAPES, seed=SEEDS, data=st.data())
def test_watershed_equals_scikit_image(shape, seed, data):
    """Markers of different values: those of the same value have no order there."""
    rng = np.random.default_rng(seed)
    image = rng.integers(0, data.draw(st.sampled_from([2, 6, 1000])), shape).astype(float)
    at = rng.choice(image.size, min(4, image.size), replace=False)
    markers = np.zeros(shape, int)
    markers.flat[at] = np.arange(1, at.size + 1)
    image.flat[at] = -1.0 - rng.permutation(at.size)
    connectivity = data.draw(st.integers(1, image.ndim))
    mask = rng.random(shape) < 0.9
    for keywords in (
        {}, {"mask": mask}, {"watershed_line": True}, {"mask": mask, "watershed_line": True},
        {"compactness": 0.7}, {"compactness": 100.0, "mask": mask},
    ):  # fmt: skip
        want = peer_watershed(image, markers, connectivity, **keywords)
        got = ndimage.watershed(image, markers, connectivity, **keywords)
        np.testing.assert_array_equal(got, want, str(keywords))
    other = rng.permutation(image.size).reshape(shape)
    for count in (None, 1, 3, 50):
        want = peer_watershed(other, count, connectivity)
        np.testing.assert_array_equal(ndimage.watershed(other, count, connectivity), want)


def test_watershed_values():
    image = [1, np.nan, 2, np.inf, 3, -np.inf, 4]
    markers = [1, 0, 0, 0, 0, 0, 2]
    assert ndimage.watershed(image, markers).tolist() == [1, 1, 2, 2, 2, 2, 2]
    big = np.array([-5, 0, 0, 2**40], np.int64)
    got = ndimage.watershed([0, 1, 2, 0], big)
    assert got.tolist() == [-5, -5, 2**40, 2**40]
    assert got.dtype == np.int64
    assert ndimage.watershed([0, 1, 2, 0], np.array([0, 0, 0, 1], bool)).tolist() == [1] * 4
    lines = ndimage.watershed(
        np.zeros((3, 7)), [[1, 0, 0, 0, 0, 0, 2]] * 3, compactness=1, watershed_line=True
    )
    assert lines.tolist() == [[1, 1, 1, 0, 2, 2, 2]] * 3
    wide = ndimage.watershed(np.zeros((1, 5)), [[1, 0, 0, 0, 2]], compactness=1, spacing=(1, 3))
    assert wide.tolist() == [[1, 1, 1, 2, 2]]
    custom = ndimage.watershed(np.zeros((2, 2)), [[1, 0], [0, 0]], [[0, 1, 1]], [0, 1])
    assert custom.tolist() == [[1, 1], [0, 0]]


@pytest.mark.parametrize("shape", [(0,), (2, 0), ()])
def test_watershed_of_nothing(shape):
    assert ndimage.watershed(np.zeros(shape)).shape == shape
    assert ndimage.watershed(np.zeros(shape), np.ones(shape, int)).shape == shape


def euler_and_components(mask):
    """Euler number of the voxels as closed cubes, and number of components."""
    cells = np.zeros([2 * n + 1 for n in mask.shape], bool)
    for corner in np.ndindex(*(3,) * mask.ndim):
        cells[
            tuple(slice(c, c + 2 * n - 1, 2) for c, n in zip(corner, mask.shape, strict=True))
        ] |= mask
    parity = np.indices(cells.shape).sum(axis=0) % 2
    count = int((cells & (parity == 0)).sum()) - int((cells & (parity == 1)).sum())
    return count, ndimage.label(mask, np.ones((3,) * mask.ndim))[1]


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, sigma=st.sampled_from([0.3, 1, 2]), data=st.data())
def test_skeletons(seed, sigma, data):
    rng = np.random.default_rng(seed)
    shape = data.draw(st.lists(st.integers(1, 20), min_size=2, max_size=3))
    mask = ndimage.gaussian_filter(rng.standard_normal(shape), sigma) > data.draw(
        st.sampled_from([-0.1, 0, 0.1])
    )
    for method in [None, "lee"] + ["zhang"] * (mask.ndim == 2):
        got, want = ndimage.skeletonize(mask, method=method), peer.skeletonize(mask, method=method)
        assert not (got & ~mask).any()
        if method != "zhang" and (mask.ndim == 2 or shape[0] > 1):
            assert ndimage.label(got, np.ones((3,) * mask.ndim))[1] == euler_and_components(mask)[1]
        if euler_and_components(want)[1] == euler_and_components(mask)[1]:  # it may lose some
            np.testing.assert_array_equal(got, want)
    if mask.ndim == 3 and shape[0] > 1:
        assert euler_and_components(got) == euler_and_components(mask)


def inside_hull(mask, faces):
    """By linear programming's dual, done by brute force: separating directions of small whole numbers do not suffice,
    so each voxel is tested against all half-spaces through the points."""
    points = np.argwhere(mask) * 2
    if faces:
        steps = np.concatenate([np.eye(mask.ndim, dtype=int), -np.eye(mask.ndim, dtype=int)])
        points = (points[:, None] + steps).reshape(-1, mask.ndim)
    at = np.argwhere(np.ones_like(mask)) * 2
    inside = np.ones(len(at), bool)
    for i, p in enumerate(points):
        for q in points[i + 1 :]:
            normals = [np.array([q[1] - p[1], p[0] - q[0]])]
            if mask.ndim == 3:
                normals = [np.cross(q - p, r - p) for r in points]
            for normal in normals:
                side, where = (points - p) @ normal, (at - p) @ normal
                if (side <= 0).all() and normal.any():
                    inside &= where <= 0
                if (side >= 0).all() and normal.any():
                    inside &= where >= 0
    return inside.reshape(mask.shape)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, data=st.data())
def test_hull_by_half_spaces(seed, data):
    rng = np.random.default_rng(seed)
    shape = data.draw(st.sampled_from([(5, 7), (3, 3, 4), (1, 6), (4, 1, 3), (2, 5, 2)]))
    mask = np.zeros(shape, bool)
    count = data.draw(st.integers(3, 5))
    mask.flat[rng.choice(mask.size, count, replace=False)] = True
    np.testing.assert_array_equal(ndimage.convex_hull_image(mask), inside_hull(mask, True))
    got = ndimage.convex_hull_image(mask, offset_coordinates=False)
    points = np.argwhere(mask)
    if np.linalg.matrix_rank(points - points[0]) == mask.ndim:
        np.testing.assert_array_equal(got, inside_hull(mask, False))
    assert not (mask & ~got).any()
    np.testing.assert_array_equal(ndimage.convex_hull_image(got, offset_coordinates=False), got)


def test_hull_of_flat_masks_in_space():
    mask = np.zeros((5, 5, 5))
    mask[0, 0, 0] = mask[4, 4, 4] = 1
    got = ndimage.convex_hull_image(mask, offset_coordinates=False)
    assert np.argwhere(got).tolist() == [[k] * 3 for k in range(5)]
    mask[4, 0, 0] = 1  # the plane y = x
    got = np.argwhere(ndimage.convex_hull_image(mask, offset_coordinates=False))
    assert got.tolist() == [[z, k, k] for z in range(5) for k in range(z + 1)]
    mask[:] = 0
    assert not ndimage.convex_hull_image(mask).any()
    mask[2, 3, 1] = 1
    np.testing.assert_array_equal(ndimage.convex_hull_image(mask, offset_coordinates=False), mask)
    assert ndimage.convex_hull_image([0, 1, 0, 0, 1, 0]).tolist() == [0, 1, 1, 1, 1, 0]


def test_hull_equals_scikit_image():
    rng = np.random.default_rng(0)
    for n in (4, 9, 50):
        for shape in ((40, 50), (20, 24, 30)):
            mask = np.zeros(shape, bool)
            mask.flat[rng.choice(mask.size, n)] = True
            np.testing.assert_array_equal(
                ndimage.convex_hull_image(mask), peer.convex_hull_image(mask)
            )


@settings(max_examples=50, deadline=None)
@given(shape=st.lists(st.integers(1, 6), min_size=1, max_size=3), seed=SEEDS, data=st.data())
def test_geodesic_distance_by_scipy(shape, seed, data):
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 9, shape) / 4
    cost[rng.random(shape) < 0.1] = np.inf
    mask, seeds = rng.random(shape) < 0.8, rng.random(shape) < 0.1
    spacing = [0.5 + 0.75 * k for k in range(cost.ndim)]
    connectivity = data.draw(st.integers(1, cost.ndim))
    free = mask & np.isfinite(cost)
    number = np.arange(cost.size).reshape(shape)
    graph = scipy.sparse.lil_array((cost.size + 1, cost.size + 1))
    for p in map(tuple, np.argwhere(free)):
        for offset in neighbours(cost.ndim, connectivity):
            q = tuple(int(i) for i in offset + p)
            if all(0 <= i < n for i, n in zip(q, shape, strict=True)) and free[q]:
                graph[number[p], number[q]] = (
                    np.linalg.norm(offset * spacing) * (cost[p] + cost[q]) / 2
                )
    want = np.full(cost.size + 1, np.inf)
    sources = number[seeds & free]
    if sources.size:
        want = scipy.sparse.csgraph.dijkstra(graph.tocsr(), indices=sources, min_only=True)
    got = ndimage.geodesic_distance(
        cost, seeds, spacing=spacing, mask=mask, connectivity=connectivity
    )
    np.testing.assert_allclose(got.ravel(), want[:-1], rtol=1e-12)


def test_geodesic_distance_of_booleans_goes_around():
    free = np.array([[1, 1, 1], [0, 0, 1], [1, 1, 1]], bool)
    seeds = np.zeros((3, 3))
    seeds[0, 0] = 1
    got = ndimage.geodesic_distance(free, seeds, spacing=(2, 1), connectivity=1)
    np.testing.assert_array_equal(got, [[0, 1, 2], [np.inf, np.inf, 4], [8, 7, 6]])
    assert ndimage.geodesic_distance(1, 1) == 0
    assert ndimage.geodesic_distance(np.ones((0, 2)), np.ones((0, 2))).shape == (0, 2)


def thickness_by_balls(mask, spacing):
    at = np.argwhere(np.ones_like(mask)) * np.array(spacing)
    squared = ((at[:, None] - at[None]) ** 2).sum(axis=-1)
    flat = mask.ravel()
    to_outside = squared[:, ~flat].min(axis=1)
    holds = squared < to_outside[:, None] * (1 - 1e-12)  # ball of the first holds the second
    radius = np.where(holds & flat[:, None], np.sqrt(to_outside)[:, None], 0).max(axis=0)
    return 2 * radius.reshape(mask.shape)


@settings(max_examples=80, deadline=None)
@given(shape=st.lists(st.integers(1, 9), min_size=1, max_size=3), seed=SEEDS, data=st.data())
def test_local_thickness_by_balls(shape, seed, data):
    rng = np.random.default_rng(seed)
    mask = rng.random(shape) < data.draw(st.sampled_from([0.5, 0.9, 0.98]))
    mask.flat[0] = False
    spacing = [data.draw(st.sampled_from([1.0, 0.5, 0.7, 3.0])) for _ in shape]
    got = ndimage.local_thickness(mask, spacing=spacing)
    np.testing.assert_allclose(got, thickness_by_balls(mask, spacing), rtol=1e-12)


def test_local_thickness_of_large_shapes_by_levels():
    """Radii and ends of every kind; for each radius, what lies within it of the voxels that have it."""
    z, y, x = np.mgrid[:30, :41, :90]
    mask = np.hypot(z - 14.2, y - 20.1) < 1 + 0.15 * x
    mask[3:9, 5:30, 60:66] ^= True
    squared = np.rint(scipy.ndimage.distance_transform_edt(mask) ** 2)
    want = np.zeros(mask.shape)
    for level in np.unique(squared)[1:]:  # the largest are last
        near = np.rint(scipy.ndimage.distance_transform_edt(squared != level) ** 2) < level
        want[near] = 2 * np.sqrt(level)
    got = ndimage.local_thickness(mask)
    np.testing.assert_allclose(got, want, rtol=1e-14)
    for workers in (2, 3):
        np.testing.assert_array_equal(ndimage.local_thickness(mask, workers=workers), got)


@pytest.mark.parametrize("spacing", [1.0, (0.7, 2.0, 1.0)])
@pytest.mark.parametrize("shape", [(2, 1, 39), (1, 40, 2), (3, 2, 50), (33, 2, 3), (5, 6, 7)])
def test_local_thickness_of_balls_larger_than_the_image(shape, spacing):
    """Neighbours whose balls hold the same voxels: one of them must stay."""
    for hole in (0, 7, 19, -2):
        mask = np.ones(shape, bool)
        mask.flat[hole] = False
        got = ndimage.local_thickness(mask, spacing=spacing)
        want = thickness_by_balls(mask, np.broadcast_to(spacing, 3))
        np.testing.assert_allclose(got, want, rtol=1e-12)


@pytest.mark.parametrize("spacing", [1.0, (1.0, 0.6, 2.0)])
def test_local_thickness_of_large_balls_in_many_tiles(spacing):
    """More balls than a list or a table takes; a voxel outside is the nearest one to each."""
    mask = np.ones((3, 260, 150), bool)
    mask[1, 100, 70] = False
    got = ndimage.local_thickness(mask, spacing=spacing)
    at = np.stack(np.nonzero(np.ones_like(mask)), axis=1) * np.broadcast_to(spacing, 3)
    squared = ((at - at[np.flatnonzero(~mask)[0]]) ** 2).sum(axis=1)
    order = np.argsort(-squared)
    for p in np.random.default_rng(0).choice(np.flatnonzero(mask), 60):
        holds = ((at[order] - at[p]) ** 2).sum(axis=1) < squared[order] * (1 - 1e-12)
        assert got.flat[p] == pytest.approx(2 * squared[order[holds.argmax()]] ** 0.5, rel=1e-12)


def test_local_thickness_closed_forms():
    mask = np.zeros((21, 40, 40))
    mask[5:12] = 1
    assert set(ndimage.local_thickness(mask, spacing=0.5).ravel()) == {0, 4}
    assert np.isinf(ndimage.local_thickness(np.ones((2, 3)))).all()
    assert not ndimage.local_thickness(np.zeros((2, 3))).any()
    assert ndimage.local_thickness(np.zeros((0, 3))).shape == (0, 3)


def test_ball():
    for radius, spacing in ((0, 1.0), (2.5, (1.0, 0.7, 2.0)), (0.3, 0.1), (4, (1, 2))):
        sizes = np.broadcast_to(spacing, 3 if np.ndim(spacing) == 0 else len(spacing))
        got = ndimage.ball(radius, spacing)
        assert got.dtype == bool
        assert got.shape == tuple(2 * int(radius / s + 1e-9) + 1 for s in sizes)
        at = (np.indices(got.shape).T - np.array(got.shape) // 2) * sizes
        np.testing.assert_array_equal(got.T, np.linalg.norm(at, axis=-1) <= radius * (1 + 1e-12))
    np.testing.assert_array_equal(ndimage.ball(5), peer.ball(5))


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: ndimage.watershed([1], [0.5]), TypeError, "markers"),
        (lambda: ndimage.watershed([1], "a"), TypeError, "markers"),
        (lambda: ndimage.watershed([1], 0), ValueError, "markers"),
        (lambda: ndimage.watershed([1, 2], [1]), ValueError, "markers"),
        (lambda: ndimage.watershed([1, 2], mask=[1]), ValueError, "mask"),
        (lambda: ndimage.watershed([1, 2], connectivity=2), ValueError, "connectivity"),
        (lambda: ndimage.watershed([1, 2], [1, 0], [1, 1]), ValueError, "odd"),
        (lambda: ndimage.watershed([1, 2], compactness=-1), ValueError, "compactness"),
        (lambda: ndimage.watershed([1, 2], compactness=np.nan), ValueError, "compactness"),
        (lambda: ndimage.watershed([1, 2], spacing=0), ValueError, "spacing"),
        (lambda: ndimage.skeletonize([1]), ValueError, "dimensions"),
        (lambda: ndimage.skeletonize(np.ones((2, 2, 2)), method="zhang"), ValueError, "method"),
        (lambda: ndimage.skeletonize([[1]], method="thin"), ValueError, "method"),
        (lambda: ndimage.skeletonize([[1j]]), TypeError, "image"),
        (lambda: ndimage.convex_hull_image(np.ones((1,) * 4)), ValueError, "dimensions"),
        (lambda: ndimage.convex_hull_image(1), ValueError, "dimensions"),
        (lambda: ndimage.convex_hull_image(np.zeros((2**18, 1))), ValueError, "axes"),
        (lambda: ndimage.geodesic_distance([-1.0], [1]), ValueError, "cost"),
        (lambda: ndimage.geodesic_distance([np.nan], [1]), ValueError, "cost"),
        (lambda: ndimage.geodesic_distance([1, 2], [1]), ValueError, "seeds"),
        (lambda: ndimage.geodesic_distance([1], [1], mask=[1, 1]), ValueError, "mask"),
        (lambda: ndimage.geodesic_distance([1], [1], spacing=np.inf), ValueError, "spacing"),
        (lambda: ndimage.geodesic_distance([1], [1], spacing=[1, 1]), RuntimeError, "spacing"),
        (lambda: ndimage.local_thickness(1), ValueError, "dimensions"),
        (lambda: ndimage.local_thickness([1], spacing="a"), TypeError, "spacing"),
        (lambda: ndimage.local_thickness([1], workers=0), ValueError, "workers"),
        (lambda: ndimage.ball(-1), ValueError, "radius"),
        (lambda: ndimage.ball(np.inf), ValueError, "radius"),
        (lambda: ndimage.ball("a"), TypeError, "radius"),
        (lambda: ndimage.ball(1e9), ValueError, "radius"),
        (lambda: ndimage.ball(1, 0), ValueError, "spacing"),
    ],
)
def test_wrong_arguments(call, error, match):
    with pytest.raises(error, match=match):
        call()


SCRIPT = """
import hashlib
import numpy as np
from scikit import ndimage
rng = np.random.default_rng(0)
for t in ("u1", "i2", "i4", "f4", "f8"):
    x = ndimage.gaussian_filter(rng.standard_normal((9, 20, 77)) * 300, 1).clip(0, 255).astype(t)
    results = [ndimage.local_maxima(x), ndimage.reconstruction(x * x.dtype.type(0.5) if t[0] == "f" else x // 2, x),
               ndimage.h_maxima(x, 9), ndimage.watershed(x), ndimage.area_opening(x),
               ndimage.local_thickness(x > 9), ndimage.local_thickness(x > 9, spacing=(1, 2, 0.7))]
    print(hashlib.sha256(b"".join(r.tobytes() for r in results)).hexdigest())
"""


def test_the_same_at_every_instruction_set():
    found = set()
    for level in ("base", "v3", "v4"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True, timeout=100,
            env={**os.environ, "SCIKIT_ISA": level},
        )  # fmt: skip
        found.add(done.stdout)
    assert len(found) == 1

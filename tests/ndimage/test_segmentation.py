"""Reconstruction, extrema and area openings, against their definitions and scikit-image."""

import itertools
import threading

import numpy as np
import pytest
import skimage.morphology as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit import ndimage

TYPES = [bool, "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", ">i2", ">f8"]


@st.composite
def images(draw, longest=7, lowest_ndim=1):
    ndim = draw(st.integers(lowest_ndim, 4))
    shape = [draw(st.integers(1, longest if ndim < 4 else 3)) for _ in range(ndim)]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = np.dtype(draw(st.sampled_from(TYPES)))
    values = rng.integers(0, draw(st.sampled_from([2, 4, 100])), shape)
    if dtype.kind in "if":
        values -= 50
    image = values.astype(dtype)
    if dtype.kind == "f":
        image[rng.random(shape) < 0.05] = draw(st.sampled_from([np.inf, -np.inf, -0.0]))
    return image, rng, draw(st.integers(1, ndim))


def shifts(structure):
    """Offsets of the elements, without 0."""
    middle = [n // 2 for n in structure.shape]
    found = [tuple(int(k) for k in p - middle) for p in np.argwhere(structure)]
    return [p for p in found if any(p)]


def shifted(image, offset, fill):
    """The image moved by an offset, as its values at the voxels before."""
    moved = np.full(image.shape, fill, image.dtype.newbyteorder("="))
    to = tuple(slice(max(o, 0), n + min(o, 0)) for o, n in zip(offset, image.shape, strict=True))
    of = tuple(slice(max(-o, 0), n - max(o, 0)) for o, n in zip(offset, image.shape, strict=True))
    if all(abs(o) < n for o, n in zip(offset, image.shape, strict=True)):
        moved[to] = image[of]
    return moved


def dilated_until_stable(seed, mask, offsets):
    value = seed.copy()
    while True:
        new = value.copy()
        for offset in offsets:
            new = np.maximum(new, shifted(value, offset, value.min()))
        new = np.minimum(new, mask)
        if np.array_equal(new, value):
            return value
        value = new


@settings(max_examples=100, deadline=None)
@given(problem=images(), data=st.data())
def test_reconstruction_is_repeated_dilation(problem, data):
    mask, rng, connectivity = problem
    seed = np.where(rng.random(mask.shape) < 0.3, mask, mask.min())
    structure = ndimage.generate_binary_structure(mask.ndim, connectivity)
    keywords = {"connectivity": connectivity}
    if data.draw(st.booleans()):
        shape = [data.draw(st.sampled_from([1, 3, 5])) for _ in mask.shape]
        structure = rng.random(shape) < 0.4
        keywords = {"footprint": structure}
    want = dilated_until_stable(seed, mask, shifts(structure))
    got = ndimage.reconstruction(seed, mask, **keywords)
    np.testing.assert_array_equal(got, want)
    assert got.dtype == mask.dtype.newbyteorder("=")
    if (
        mask.dtype.kind in "if"
        and (mask != np.iinfo(mask.dtype).min if mask.dtype.kind == "i" else mask == mask).all()
    ):
        got = ndimage.reconstruction(-seed, -mask, method="erosion", **keywords)
        np.testing.assert_array_equal(got, -want)


def test_reconstruction_with_an_offset_and_long_way_back():
    mask = np.ones((9, 9), "u1")
    mask[1:8, 1:8] = 0
    mask[0, 4] = 0
    seed = np.zeros_like(mask)
    seed[0, 3] = 1
    want = np.array(mask)
    np.testing.assert_array_equal(ndimage.reconstruction(seed, mask), want)
    right = ndimage.reconstruction([1, 0, 0], [1, 1, 1], footprint=[1, 1], offset=[0])
    assert right.tolist() == [1, 1, 1]
    left = ndimage.reconstruction([0, 0, 1], [1, 1, 1], footprint=[1, 1], offset=[0])
    assert left.tolist() == [0, 0, 1]


def test_reconstruction_of_a_spiral_needs_the_queue():
    n = 61
    mask = np.zeros((n, n), np.int32)
    at, step, way = [0, 0], [0, 1], n - 1
    value = 10**6
    for leg in range(2 * (n // 2)):
        for _ in range(way):
            mask[tuple(at)] = value = value - 1
            at = [a + s for a, s in zip(at, step, strict=True)]
        step = [step[1], -step[0]]
        way -= 2 if leg >= 2 and leg % 2 == 0 else 0
        if way <= 0:
            break
    seed = np.where(mask == mask.max(), mask, 0)
    got = ndimage.reconstruction(seed, mask, connectivity=1)
    want = peer.reconstruction(seed, mask, footprint=ndimage.generate_binary_structure(2, 1))
    np.testing.assert_array_equal(got, want)


def maxima_by_plateaus(image, offsets, allow_borders):
    """Every voxel's plateau by a search of its own."""
    found = np.zeros(image.shape, bool)
    for start in np.ndindex(image.shape):
        plateau, todo, good = {start}, [start], image[start] > image.min()
        while todo:
            p = todo.pop()
            if not allow_borders and any(
                i in (0, n - 1) for i, n in zip(p, image.shape, strict=True)
            ):
                good = False
            for offset in offsets:
                q = tuple(i + o for i, o in zip(p, offset, strict=True))
                if any(not 0 <= i < n for i, n in zip(q, image.shape, strict=True)):
                    continue
                good = good and not image[q] > image[p]
                if image[q] == image[p] and q not in plateau:
                    plateau.add(q)
                    todo.append(q)
        found[start] = good
    return found


@settings(max_examples=100, deadline=None)
@given(problem=images(4), borders=st.booleans())
def test_extrema_are_plateaus(problem, borders):
    image, _, connectivity = problem
    offsets = shifts(ndimage.generate_binary_structure(image.ndim, connectivity))
    want = maxima_by_plateaus(image, offsets, borders)
    got = ndimage.local_maxima(image, connectivity=connectivity, allow_borders=borders)
    assert got.dtype == bool
    np.testing.assert_array_equal(got, want)
    indices = ndimage.local_maxima(
        image, connectivity=connectivity, allow_borders=borders, indices=True
    )
    for a, b in zip(indices, np.nonzero(want), strict=True):
        np.testing.assert_array_equal(a, b)
    if image.dtype.kind == "f":
        low = ndimage.local_minima(-image, connectivity=connectivity, allow_borders=borders)
    elif image.dtype.kind == "b":
        low = ndimage.local_minima(~image, connectivity=connectivity, allow_borders=borders)
    else:
        low = ndimage.local_minima(
            200 - image.astype(np.int16), connectivity=connectivity, allow_borders=borders
        )
    np.testing.assert_array_equal(low, want)


@pytest.mark.parametrize("dtype", ["u1", "i2", "i8", "f4", "f8"])
@pytest.mark.parametrize("seed", range(4))
def test_equal_to_scikit_image(dtype, seed):
    rng = np.random.default_rng(seed)
    image = ndimage.gaussian_filter(rng.standard_normal((11, 14, 70)), 1.5)
    image = (
        (image * 200 + (60 if dtype == "u1" else 0))
        .clip(0 if dtype == "u1" else -999)
        .astype(dtype)
    )
    np.testing.assert_array_equal(ndimage.local_maxima(image), peer.local_maxima(image))
    np.testing.assert_array_equal(
        ndimage.local_minima(image, connectivity=1), peer.local_minima(image, connectivity=1)
    )
    np.testing.assert_array_equal(ndimage.h_maxima(image, 3), peer.h_maxima(image, 3))
    np.testing.assert_array_equal(ndimage.h_minima(image, 3), peer.h_minima(image, 3))
    low = np.where(rng.random(image.shape) < 0.1, image, image.min())
    np.testing.assert_array_equal(
        ndimage.reconstruction(low, image), peer.reconstruction(low, image)
    )
    np.testing.assert_array_equal(
        ndimage.area_opening(image, 20, 2), peer.area_opening(image, 20, 2)
    )
    if image.dtype.kind != "f":  # scikit-image rounds max - image
        np.testing.assert_array_equal(ndimage.area_closing(image, 20), peer.area_closing(image, 20))


def heights(image, offsets):
    """How far down from each voxel, at least, to get to a higher one: by lowering a threshold."""
    result = np.zeros(image.shape)
    structure = np.zeros((3,) * image.ndim, bool)
    structure[(1,) * image.ndim] = True
    for offset in offsets:
        structure[tuple(o + 1 for o in offset)] = True
    for start in np.ndindex(image.shape):
        result[start] = float(image.max()) - float(image.min())
        for level in np.unique(image)[::-1]:
            if level > image[start]:
                continue
            labels, _ = ndimage.label(image >= level, structure)
            if image[labels == labels[start]].max() > image[start]:
                result[start] = float(image[start]) - float(level)
                break
    return result


@settings(max_examples=40, deadline=None)
@given(
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    seed=st.integers(0, 2**32 - 1),
    h=st.sampled_from([1, 2, 2.5, 3, 7, 300]),
    dtype=st.sampled_from(["u1", "i1", "i4", "u8", "f4", "f8", ">u2"]),
    data=st.data(),
)
def test_h_extrema_by_heights(shape, seed, h, dtype, data):
    rng = np.random.default_rng(seed)
    top = data.draw(st.sampled_from([4, 12, 60]))
    image = rng.integers(0, top, shape).astype(dtype)
    connectivity = data.draw(st.integers(1, image.ndim))
    offsets = shifts(ndimage.generate_binary_structure(image.ndim, connectivity))
    want = heights(image, offsets) >= h
    want &= maxima_by_plateaus(image, offsets, True)
    np.testing.assert_array_equal(ndimage.h_maxima(image, h, connectivity=connectivity), want)
    np.testing.assert_array_equal(
        ndimage.h_minima((top - image).astype(dtype), h, connectivity=connectivity), want
    )


def test_h_extrema_at_the_ends_of_types():
    image = np.array([0, 2**64 - 1, 2**64 - 3, 2**64 - 1], np.uint64)
    assert ndimage.h_maxima(image, 2).tolist() == [False, True, False, True]
    assert ndimage.h_maxima(image, 2**64 - 1).tolist() == [False, True, False, True]
    image[3] -= 1  # lower than the other top, which is one above the saddle
    assert ndimage.h_maxima(image, 1).tolist() == [False, True, False, True]
    assert ndimage.h_maxima(image, 2).tolist() == [False, True, False, False]
    assert ndimage.h_maxima(image[:2], 2**64 - 1).tolist() == [False, True]
    image = np.array([-128, 127, -128, 100], np.int8)
    assert ndimage.h_maxima(image, 255).tolist() == [False, True, False, False]
    assert ndimage.h_minima(np.array([np.inf, -np.inf, 0, -np.inf]), 1e300).tolist() == [
        False, True, False, True,
    ]  # fmt: skip


def opened_by_levels(image, area, connectivity):
    structure = ndimage.generate_binary_structure(image.ndim, connectivity)
    result = np.full(image.shape, image.min(), image.dtype.newbyteorder("="))
    for level in np.unique(image):
        labels, _ = ndimage.label(image >= level, structure)
        large = np.bincount(labels.ravel()) >= area
        large[0] = False
        result[large[labels]] = level
    return result


@settings(max_examples=150, deadline=None)
@given(problem=images(), area=st.sampled_from([0, 1, 2, 3, 5, 9, 50, 2.5, np.inf]))
def test_area_opening_by_levels(problem, area):
    image, _, connectivity = problem
    want = opened_by_levels(image, area, connectivity)
    got = ndimage.area_opening(image, area, connectivity)
    np.testing.assert_array_equal(got, want)
    assert got.dtype == want.dtype
    if image.dtype.kind == "f":
        np.testing.assert_array_equal(ndimage.area_closing(-image, area, connectivity), -want)
    if image.dtype.kind == "b":
        np.testing.assert_array_equal(ndimage.area_closing(~image, area, connectivity), ~want)


def test_nan_is_above_infinity():
    image = np.array([0, np.nan, 1, np.inf, 1, np.nan, np.nan, 0])
    assert ndimage.local_maxima(image).tolist() == [0, 1, 0, 1, 0, 1, 1, 0]
    np.testing.assert_array_equal(
        ndimage.area_opening(image, 2), [0, 1, 1, 1, 1, np.nan, np.nan, 0]
    )
    low = np.where(np.isnan(image), 5, image.clip(0, 5))
    np.testing.assert_array_equal(ndimage.reconstruction(low, image), [0, 5, 1, 5, 1, 5, 5, 0])
    assert ndimage.h_maxima(image, 2).tolist() == [0, 1, 0, 1, 0, 1, 1, 0]


CALLS = {
    "local_maxima": ndimage.local_maxima,
    "local_minima": lambda x: ndimage.local_minima(x, connectivity=1),
    "h_maxima": lambda x: ndimage.h_maxima(x, 2),
    "h_minima": lambda x: ndimage.h_minima(x, 2),
    "reconstruction": lambda x: ndimage.reconstruction(x // 2, x),
    "area_opening": lambda x: ndimage.area_opening(x, 5),
    "area_closing": lambda x: ndimage.area_closing(x, 5),
    "watershed": ndimage.watershed,
    "skeletonize": lambda x: ndimage.skeletonize(x > 3),
    "convex_hull_image": lambda x: ndimage.convex_hull_image(x > 5),
    "geodesic_distance": lambda x: ndimage.geodesic_distance(x, x == x.min()),
    "local_thickness": lambda x: ndimage.local_thickness(x > 2),
}


@pytest.mark.parametrize("name", CALLS)
def test_any_layout(name):
    call = CALLS[name]
    image = np.random.default_rng(3).integers(0, 9, (6, 7, 8)).astype(np.int32)
    want = call(image)
    wide = np.zeros((12, 14, 16), np.int32)
    wide[::2, ::2, ::2] = image
    fixed = image.copy()
    fixed.flags.writeable = False
    layouts = [
        np.asfortranarray(image), wide[::2, ::2, ::2], np.flip(image.copy())[::-1, ::-1, ::-1],
        fixed, image.astype(">i4"),
    ]  # fmt: skip
    for other in layouts:
        before = other.copy()
        np.testing.assert_array_equal(call(other), want)
        np.testing.assert_array_equal(other, before)


@pytest.mark.parametrize("name", CALLS)
def test_threads_do_not_meet(name):
    call = CALLS[name]
    inputs = [np.random.default_rng(k).integers(0, 9, (8, 9, 10)) for k in range(4)]
    want, got = [call(x) for x in inputs], [None] * 4

    def work(k):
        for _ in range(5):
            got[k] = call(inputs[k])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for a, b in zip(got, want, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "name", [n for n in CALLS if n not in ("skeletonize", "convex_hull_image")]
)
@pytest.mark.parametrize("bad", [np.ones(3, complex), np.array(["a"]), np.array([None, 1])])
def test_wrong_types(name, bad):
    functions = {
        "reconstruction": lambda x: ndimage.reconstruction(x, x),
        "h_maxima": lambda x: ndimage.h_maxima(x, 1),
        "h_minima": lambda x: ndimage.h_minima(x, 1),
        "geodesic_distance": lambda x: ndimage.geodesic_distance(x, x),
    }
    with pytest.raises(TypeError, match="`"):
        functions.get(name, getattr(ndimage, name))(bad)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: ndimage.reconstruction([1, 2], [2, 1]), ValueError, "seed"),
        (lambda: ndimage.reconstruction([1], [2], method="erosion"), ValueError, "seed"),
        (lambda: ndimage.reconstruction([1], [2], method="open"), ValueError, "method"),
        (lambda: ndimage.reconstruction([1], [2], method=3), ValueError, "method"),
        (lambda: ndimage.reconstruction([1], [2, 3]), ValueError, "seed"),
        (lambda: ndimage.reconstruction([1], [2], footprint=[1, 1]), ValueError, "odd"),
        (lambda: ndimage.reconstruction([1], [2], footprint=[1, 1], offset=[2]), ValueError, "offset"),
        (lambda: ndimage.reconstruction([1], [2], footprint=[1, 1], offset=[0.5]), TypeError, "offset"),
        (lambda: ndimage.reconstruction([1], [2], footprint=[[1]]), ValueError, "footprint"),
        (lambda: ndimage.reconstruction([1], [2], footprint=[1], connectivity=1), ValueError, "both"),
        (lambda: ndimage.reconstruction(np.uint64([1]), np.int64([2])), TypeError, "seed"),
        (lambda: ndimage.local_maxima([1], connectivity=0), ValueError, "connectivity"),
        (lambda: ndimage.local_maxima([1], connectivity=1.5), TypeError, "connectivity"),
        (lambda: ndimage.local_maxima(np.ones(2, "g")), TypeError, "image"),
        (lambda: ndimage.local_maxima(np.broadcast_to(np.int8(1), (2**31,))), ValueError, "image"),
        (lambda: ndimage.h_maxima([1], 0), ValueError, "h"),
        (lambda: ndimage.h_maxima([1], np.nan), ValueError, "h"),
        (lambda: ndimage.h_minima([1], "a"), TypeError, "h"),
        (lambda: ndimage.area_opening([1], -1), ValueError, "area_threshold"),
        (lambda: ndimage.area_opening([1], np.nan), ValueError, "area_threshold"),
        (lambda: ndimage.area_closing([1], None), TypeError, "area_threshold"),
        (lambda: ndimage.area_opening([1], 1, 2), ValueError, "connectivity"),
    ],
)  # fmt: skip
def test_wrong_arguments(call, error, match):
    with pytest.raises(error, match=match):
        call()


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (1,), (1, 1, 1)])
def test_trivial_shapes(shape):
    x = np.full(shape, 3, np.int16)
    for function in (ndimage.local_maxima, ndimage.local_minima):
        assert not function(x).any()
        assert function(x).shape == shape
        assert len(function(x, indices=True)) == len(shape)
    for function in (ndimage.h_maxima, ndimage.h_minima):
        np.testing.assert_array_equal(function(x, 1), np.zeros(shape, bool))
    for function in (ndimage.area_opening, ndimage.area_closing):
        np.testing.assert_array_equal(function(x, 2), x)
    np.testing.assert_array_equal(ndimage.reconstruction(x - 1, x), x - 1)


def test_footprint_wider_than_the_image():
    x = np.array([[1, 2, 1, 0, 2, 0]])
    footprint = np.ones((7, 5))
    want = peer.reconstruction(x - 1, x, footprint=footprint)
    np.testing.assert_array_equal(ndimage.reconstruction(x - 1, x, footprint=footprint), want)
    offsets = list(itertools.product((0,), (-2, -1, 1, 2)))
    np.testing.assert_array_equal(
        ndimage.local_maxima(x, footprint), maxima_by_plateaus(x, offsets, True)
    )

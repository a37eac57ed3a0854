"""Tools for label images against brute force and closed forms."""

import itertools
import sys

import numpy as np
import pytest
import scipy.ndimage as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit import ndimage

KINDS = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", ">i4", ">u2"]


@st.composite
def label_images(draw, least=0, most_dims=4):
    ndim = draw(st.integers(1, most_dims))
    longest = {1: 200, 2: 24, 3: 9, 4: 5}[ndim]
    shape = tuple(draw(st.integers(1, longest)) for _ in range(ndim))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = np.dtype(draw(st.sampled_from(KINDS)))
    most = draw(st.sampled_from([1, 2, 4]))
    labels = rng.integers(0, most + 1, shape)
    if draw(st.booleans()):
        labels[rng.random(shape) < 0.6] = 0
    if draw(st.booleans()):
        labels = np.kron(labels, np.ones((2,) * ndim, int))
    if dtype.kind == "i" and least < 0 and draw(st.booleans()):
        labels[labels == 1] = -7
    if dtype.itemsize == 8 and draw(st.booleans()):
        labels[labels == 2] = 2**40
    labels = labels.astype(dtype)
    return draw(
        st.sampled_from([labels, np.asfortranarray(labels), labels[..., ::-1], labels[::2].copy()])
    )


def around(labels, structure, outside):
    """For each voxel the values under a structure, one array for each of its elements."""
    radius = [n // 2 + 1 for n in structure.shape]
    wide = np.pad(labels.astype(object), [(r, r) for r in radius], constant_values=outside)
    for index in np.argwhere(structure):
        at = [r + i - n // 2 for r, i, n in zip(radius, index, structure.shape, strict=True)]
        yield wide[tuple(slice(a, a + n) for a, n in zip(at, labels.shape, strict=True))]


def flood(labels, structure):
    """Components of equal values by following neighbours, numbered by their first voxels."""
    found = np.zeros(labels.shape, int)
    steps = np.argwhere(structure) - 1
    count = 0
    for start in np.ndindex(labels.shape):
        if labels[start] == 0 or found[start]:
            continue
        count += 1
        found[start], waiting = count, [start]
        while waiting:
            here = waiting.pop()
            for step in steps:
                there = tuple(a + b for a, b in zip(here, step, strict=True))
                inside = all(0 <= a < n for a, n in zip(there, labels.shape, strict=True))
                if inside and labels[there] == labels[start] and not found[there]:
                    found[there] = count
                    waiting.append(there)
    return found, count


@settings(max_examples=120, deadline=None)
@given(labels=label_images(-7), data=st.data())
def test_components_of_equal_values(labels, data):
    structure = ndimage.generate_binary_structure(
        labels.ndim, data.draw(st.integers(1, labels.ndim))
    )
    if data.draw(st.booleans()):
        structure = np.random.default_rng(1).random(structure.shape) < 0.4
        structure |= np.flip(structure)
    found, count = ndimage.label(labels, structure, multilabel=True)
    want, want_count = flood(labels, structure)
    assert count == want_count
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, want)


def test_components_of_long_rows():
    labels = np.repeat(np.arange(9001) % 5, 3).reshape(1, -1)
    found, count = ndimage.label(labels, multilabel=True)
    change = np.diff(labels[0], prepend=0) != 0
    numbers = np.cumsum(change & (labels[0] != 0))
    assert count == numbers[-1]
    np.testing.assert_array_equal(found[0], np.where(labels[0], numbers, 0))
    with pytest.raises(TypeError, match="multilabel"):
        ndimage.label([1.0], multilabel=True)


@st.composite
def structures(draw, ndim):
    if draw(st.booleans()):
        return ndimage.generate_binary_structure(ndim, draw(st.integers(1, ndim)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.random([draw(st.integers(1, 4)) for _ in range(ndim)]) < 0.7


def brute_dilation(labels, structure):
    out = labels.copy()
    offsets = -(np.argwhere(structure) - [n // 2 for n in structure.shape])
    for here in np.ndindex(labels.shape):
        if labels[here]:
            continue
        met = {}
        for step in offsets:
            there = tuple(a + b for a, b in zip(here, step, strict=True))
            if all(0 <= a < n for a, n in zip(there, labels.shape, strict=True)) and labels[there]:
                met[int(labels[there])] = met.get(int(labels[there]), 0) + 1
        if met:
            out[here] = min(met, key=lambda v: (-met[v], v < 0, v))
    return out


@settings(max_examples=100, deadline=None)
@given(labels=label_images(-7, 3), data=st.data())
def test_dilation_takes_the_commonest_label(labels, data):
    structure = data.draw(structures(labels.ndim))
    found = ndimage.label_dilation(labels, structure)
    assert found.dtype == labels.dtype.newbyteorder("=")
    np.testing.assert_array_equal(found, brute_dilation(labels, structure))
    twice = ndimage.label_dilation(labels, structure, 2)
    np.testing.assert_array_equal(twice, brute_dilation(found, structure))


@settings(max_examples=100, deadline=None)
@given(labels=label_images(-7, 3), data=st.data(), border=st.booleans())
def test_erosion_keeps_what_is_alone(labels, data, border):
    structure = data.draw(structures(labels.ndim))
    found = ndimage.label_erosion(labels, structure, erode_border=border)
    keep = np.ones(labels.shape, bool)
    for there in around(labels, structure, None):
        outside = np.equal(there, None).astype(bool)
        keep &= np.where(outside, not border, there == labels).astype(bool)
    np.testing.assert_array_equal(found, np.where(keep, labels, 0))


@settings(max_examples=60, deadline=None)
@given(labels=label_images(0, 3), data=st.data(), times=st.integers(1, 3))
def test_one_label_is_as_binary(labels, data, times):
    mask = (labels != 0).astype(labels.dtype)
    structure = ndimage.generate_binary_structure(
        labels.ndim, data.draw(st.integers(1, labels.ndim))
    )
    for name in ("erosion", "dilation", "opening"):
        found = getattr(ndimage, "label_" + name)(mask, structure, times)
        want = getattr(peer, "binary_" + name)(mask, structure, times)
        np.testing.assert_array_equal(found, want)
    wide = np.pad(mask, 2 * times)
    want = peer.binary_closing(wide, structure, times)[(slice(2 * times, -2 * times),) * mask.ndim]
    np.testing.assert_array_equal(ndimage.label_closing(mask, structure, times), want)


@settings(max_examples=40, deadline=None)
@given(labels=label_images(0, 3))
def test_opening_and_closing_are_ordered(labels):
    opened, closed = ndimage.label_opening(labels), ndimage.label_closing(labels)
    assert np.all((opened == labels) | (opened == 0))
    assert np.all((closed == labels) | (labels == 0))
    np.testing.assert_array_equal(
        ndimage.label_dilation(labels, workers=2), ndimage.label_dilation(labels)
    )


@settings(max_examples=60, deadline=None)
@given(labels=label_images(-7), data=st.data(), background=st.booleans())
def test_adjacency_counts_neighbours(labels, data, background):
    connectivity = data.draw(st.integers(1, labels.ndim))
    step = [data.draw(st.sampled_from([0.5, 1.0, 3.0])) for _ in range(labels.ndim)]
    want = {}
    for way in itertools.product((-1, 0, 1), repeat=labels.ndim):
        if way <= (0,) * labels.ndim or sum(map(abs, way)) > connectivity:
            continue
        here = tuple(
            slice(max(0, -w), n - max(0, w)) for w, n in zip(way, labels.shape, strict=True)
        )
        there = tuple(
            slice(max(0, w), n + min(0, w)) for w, n in zip(way, labels.shape, strict=True)
        )
        face = np.prod(step) / np.abs(way).dot(step) if sum(map(abs, way)) == 1 else 0
        for a, b in zip(labels[here].ravel().tolist(), labels[there].ravel().tolist(), strict=True):
            if a != b and (background or (a and b)):
                entry = want.setdefault((min(a, b), max(a, b)), [0, 0])
                entry[0] += face
                entry[1] += 1
    pairs, area, count = ndimage.region_adjacency(labels, connectivity, step, background=background)
    assert [tuple(p) for p in pairs.tolist()] == sorted(want)
    np.testing.assert_allclose(area, [want[k][0] for k in sorted(want)])
    assert count.tolist() == [want[k][1] for k in sorted(want)]


def test_adjacency_of_many_labels():
    labels = np.arange(1, 2001).reshape(40, 50)
    pairs, area, _ = ndimage.region_adjacency(labels)
    assert len(pairs) == 39 * 50 + 40 * 49
    assert (area == 1).all()


@settings(max_examples=60, deadline=None)
@given(labels=label_images(-7, 3), data=st.data())
def test_boundaries(labels, data):
    connectivity = data.draw(st.integers(1, labels.ndim))
    structure = ndimage.generate_binary_structure(labels.ndim, connectivity)

    def neighbours(which):
        for there in around(labels, which, None):
            yield np.where(np.equal(there, None), labels, there)

    thick = np.zeros(labels.shape, bool)
    for there in neighbours(structure):
        thick |= (there != labels).astype(bool)
    np.testing.assert_array_equal(ndimage.find_boundaries(labels, "thick", connectivity), thick)
    inner = ndimage.find_boundaries(labels, "inner", connectivity)
    np.testing.assert_array_equal(inner, thick & (labels != 0))
    several = np.zeros(labels.shape, bool)
    for there in neighbours(np.ones((3,) * labels.ndim, bool)):
        several |= ((there != labels) & (there != 0)).astype(bool)
    outer = ndimage.find_boundaries(labels, "outer", connectivity)
    np.testing.assert_array_equal(outer, thick & ((labels == 0) | several))


@settings(max_examples=40, deadline=None)
@given(labels=label_images(0, 3), data=st.data())
def test_expansion_takes_a_nearest_label(labels, data):
    step = np.array([data.draw(st.sampled_from([0.5, 1.0, 2.0])) for _ in range(labels.ndim)])
    reach = data.draw(st.sampled_from([0, 1, 1.5, 4]))
    found = ndimage.expand_labels(labels, reach, step)
    assert found.dtype == labels.dtype.newbyteorder("=")
    places = np.argwhere(labels != 0)
    for here in np.ndindex(labels.shape):
        if labels[here] or not len(places):
            assert found[here] == labels[here]
            continue
        away = np.sqrt((((places - here) * step) ** 2).sum(1))
        if away.min() > reach:
            assert found[here] == 0
        else:
            near = places[away <= away.min() + 1e-9]
            assert found[here] in labels[tuple(near.T)]


@settings(max_examples=60, deadline=None)
@given(labels=label_images(-7, 3), least=st.integers(0, 9), n=st.integers(0, 3))
def test_sizes(labels, least, n):
    want = labels.astype(labels.dtype.newbyteorder("="))
    for value in np.unique(labels):
        if value and (labels == value).sum() < least:
            want[labels == value] = 0
    np.testing.assert_array_equal(ndimage.remove_small_objects(labels, least), want)

    mask = labels != 0
    parts, count = peer.label(mask)
    size = np.bincount(parts.ravel(), minlength=count + 1)
    np.testing.assert_array_equal(
        ndimage.remove_small_objects(mask, least), (size[parts] >= least) & mask
    )
    holes, count = peer.label(~mask)
    size = np.bincount(holes.ravel(), minlength=count + 1)
    np.testing.assert_array_equal(
        ndimage.remove_small_holes(mask, least), mask | (size[holes] <= least)
    )

    want = np.zeros_like(labels)
    for value in np.unique(labels[labels != 0]):
        parts, count = peer.label(labels == value)
        size = np.bincount(parts.ravel())[1:]
        for k in np.argsort(-size, kind="stable")[:n]:
            want[parts == k + 1] = value
    np.testing.assert_array_equal(ndimage.largest_components(labels, n), want)


@settings(max_examples=60, deadline=None)
@given(labels=label_images(-7, 3), buffer=st.integers(0, 3))
def test_clear_border(labels, buffer):
    inside = np.zeros(labels.shape, bool)
    inside[tuple(slice(buffer + 1, max(0, n - buffer - 1)) for n in labels.shape)] = True
    want = labels.astype(labels.dtype.newbyteorder("="))
    want[np.isin(labels, labels[~inside])] = 0
    np.testing.assert_array_equal(ndimage.clear_border(labels, buffer), want)
    np.testing.assert_array_equal(ndimage.clear_border(labels, mask=inside), want)
    mask = labels != 0
    parts, _ = peer.label(mask)
    np.testing.assert_array_equal(
        ndimage.clear_border(mask, buffer), mask & ~np.isin(parts, parts[~inside])
    )


@settings(max_examples=60, deadline=None)
@given(labels=label_images(-7), offset=st.sampled_from([1, 5, 126]))
def test_relabelling(labels, offset):
    found, old = ndimage.relabel_sequential(labels, offset)
    values = np.unique(labels[labels != 0])
    np.testing.assert_array_equal(old, values)
    want = np.zeros(labels.shape, int)
    for k, value in enumerate(values):
        want[labels == value] = offset + k
    np.testing.assert_array_equal(found, want)
    if len(values) and offset + len(values) - 1 <= np.iinfo(labels.dtype).max:
        assert found.dtype == labels.dtype.newbyteorder("=")


@settings(max_examples=60, deadline=None)
@given(labels=label_images(), data=st.data())
def test_statistics(labels, data):
    step = np.array([data.draw(st.sampled_from([0.5, 1.0, 2.5])) for _ in range(labels.ndim)])
    image = np.random.default_rng(0).normal(size=labels.shape)
    names = ["count", "volume", "bbox", "centroid", "centroid_mm", "covariance", "axes"]
    names += ["axis_lengths", "sum", "mean", "standard_deviation", "minimum", "maximum"]
    names += ["face_area"] if labels.ndim < 4 else []
    found = ndimage.label_statistics(labels, image, spacing=step, properties=names)
    assert list(found) == ["label", *names]
    assert found["label"].tolist() == np.unique(labels[labels > 0]).tolist()
    for k, value in enumerate(found["label"]):
        where = np.argwhere(labels == value)
        inside = image[labels == value]
        assert found["count"][k] == len(where)
        assert found["volume"][k] == pytest.approx(len(where) * step.prod())
        box = np.stack([where.min(0), where.max(0) + 1], -1)
        np.testing.assert_array_equal(found["bbox"][k], box)
        np.testing.assert_allclose(found["centroid"][k], where.mean(0), atol=1e-12)
        np.testing.assert_allclose(found["centroid_mm"][k], where.mean(0) * step, atol=1e-12)
        spread = np.cov((where * step).T, bias=True).reshape(labels.ndim, labels.ndim)
        np.testing.assert_allclose(found["covariance"][k], spread, atol=1e-10)
        lengths, axes = found["axis_lengths"][k], found["axes"][k]
        power = (lengths / 2) ** 2 / (labels.ndim + 2)
        np.testing.assert_allclose(axes.T @ np.diag(power) @ axes, spread, atol=1e-10)
        assert (np.diff(lengths) <= 1e-12).all()
        assert found["mean"][k] == pytest.approx(inside.mean(), abs=1e-12)
        assert found["standard_deviation"][k] == pytest.approx(inside.std(), abs=1e-12)
        assert found["minimum"][k] == inside.min()
        assert found["maximum"][k] == inside.max()
        if labels.ndim < 4:
            mine = np.pad(labels == value, 1).astype(int)
            faces = [np.abs(np.diff(mine, axis=a)).sum() for a in range(labels.ndim)]
            assert found["face_area"][k] == pytest.approx((faces / step).sum() * step.prod())


def test_surface_of_balls_and_boxes():
    for step, close in (((1, 1, 1), 0.01), ((2, 1, 1), 0.02), ((1, 3, 2), 0.03)):
        reach = [int(20 / s) + 2 for s in step]
        grid = np.ogrid[tuple(slice(-r, r + 1) for r in reach)]
        ball = sum((g * s) ** 2 for g, s in zip(grid, step, strict=True)) <= 400
        found = ndimage.label_statistics(
            ball, spacing=step, properties=["surface_area", "axis_lengths"]
        )
        assert found["surface_area"][0] == pytest.approx(4 * np.pi * 400, rel=close)
        np.testing.assert_allclose(found["axis_lengths"][0], 40, rtol=0.03)
    grid = np.ogrid[-40:41, -40:41]
    disk = ndimage.label_statistics(grid[0] ** 2 + grid[1] ** 2 <= 1225, properties="surface_area")
    assert disk["surface_area"][0] == pytest.approx(2 * np.pi * 35, rel=0.02)
    ends = ndimage.label_statistics([1, 1, 0, 1], properties="surface_area")
    assert ends["surface_area"][0] == 4


def test_weights_of_the_isotropic_grid():
    # Lehmann and Legland 2012, table 1: shares of the sphere of the 26 directions
    from scikit.ndimage._boundaries import half_neighbours
    from scikit.ndimage._crofton import surface_factors

    ways = half_neighbours(3, 3)
    length = np.linalg.norm(ways, axis=1)
    share = surface_factors(ways, (1, 1, 1)) * length / 4
    want = {1: 0.04577789120476, 2: 0.03698062787608, 3: 0.03519563978232}
    np.testing.assert_allclose(share, [want[n] for n in np.abs(ways).sum(1)], rtol=1e-10)


def test_statistics_of_chosen_labels():
    labels = np.array([[1, 1, 0, 2**40], [7, 1, 0, 0]])
    found = ndimage.label_statistics(
        labels, labels, index=[7, 3, 2**40], properties=["count", "centroid", "face_area", "mean"]
    )
    assert found["count"].tolist() == [1, 0, 1]
    np.testing.assert_array_equal(found["centroid"], [[1, 0], [np.nan, np.nan], [0, 3]])
    assert found["face_area"].tolist() == [4, 0, 4]
    np.testing.assert_array_equal(found["mean"], [7, np.nan, 2**40])
    frame = ndimage.label_statistics(labels, as_frame=True)
    assert frame["label"].tolist() == [1, 7, 2**40]
    assert frame["bbox_0_1"].tolist() == [2, 2, 1]


def test_frame_needs_pandas(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"scikit\[frame\]"):
        ndimage.label_statistics([1], as_frame=True)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0, 4)])
def test_empty_images(shape):
    labels = np.zeros(shape, int)
    for name in ("largest_components", "remove_small_objects", "clear_border", "expand_labels"):
        assert getattr(ndimage, name)(labels).shape == shape
    for name in ("erosion", "dilation", "opening", "closing"):
        assert getattr(ndimage, "label_" + name)(labels).shape == shape
    assert ndimage.find_boundaries(labels).shape == shape
    assert ndimage.relabel_sequential(labels)[0].shape == shape
    assert len(ndimage.region_adjacency(labels)[0]) == 0
    assert ndimage.label_statistics(labels)["count"].shape == (0,)
    assert ndimage.label_statistics(labels, index=[1], properties="face_area")["face_area"] == [0]
    assert ndimage.label(labels, multilabel=True)[1] == 0


def test_0d_images():
    labels = np.array(5)
    assert ndimage.largest_components(labels) == 5
    assert ndimage.label_dilation(labels) == 5
    assert ndimage.expand_labels(labels) == 5
    assert ndimage.relabel_sequential(labels)[0] == 1
    assert not ndimage.find_boundaries(labels)
    assert ndimage.label(labels, multilabel=True)[1] == 1


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: ndimage.largest_components([1.0]), TypeError, "labels"),
        (lambda: ndimage.largest_components([1], -1), ValueError, "n"),
        (lambda: ndimage.remove_small_objects([1.5]), TypeError, "image"),
        (lambda: ndimage.remove_small_objects([1], "a"), TypeError, "min_size"),
        (lambda: ndimage.remove_small_holes([1j]), TypeError, "mask"),
        (lambda: ndimage.clear_border([1], -1), ValueError, "buffer"),
        (lambda: ndimage.clear_border([1], mask=[1, 1]), ValueError, "mask"),
        (lambda: ndimage.relabel_sequential([1], 0), ValueError, "offset"),
        (lambda: ndimage.relabel_sequential([1], 2**64), ValueError, "offset"),
        (lambda: ndimage.find_boundaries([1], "thin"), ValueError, "mode"),
        (lambda: ndimage.find_boundaries([1], connectivity=2), ValueError, "connectivity"),
        (lambda: ndimage.expand_labels([1], np.nan), ValueError, "distance"),
        (lambda: ndimage.expand_labels([1], 1, 0), ValueError, "spacing"),
        (lambda: ndimage.expand_labels([1], 1, [1, 2]), RuntimeError, "spacing"),
        (lambda: ndimage.region_adjacency([1], spacing="x"), TypeError, "spacing"),
        (lambda: ndimage.label_erosion([1], iterations=0), ValueError, "iterations"),
        (lambda: ndimage.label_erosion([1], [[1]]), RuntimeError, "structure"),
        (lambda: ndimage.label_dilation([1], []), RuntimeError, "structure"),
        (lambda: ndimage.label_dilation([1], workers=0), ValueError, "workers"),
        (lambda: ndimage.label_statistics(np.array(1)), ValueError, "labels"),
        (lambda: ndimage.label_statistics([1], [1, 2]), ValueError, "image"),
        (lambda: ndimage.label_statistics([1], properties="mean"), ValueError, "image"),
        (lambda: ndimage.label_statistics([1], properties="size"), ValueError, "properties"),
        (
            lambda: ndimage.label_statistics(np.ones((1,) * 4, int), properties="surface_area"),
            ValueError,
            "dimensions",
        ),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error, match=text):
        call()


@pytest.mark.parametrize("kind", ["u8", "i8", ">i8"])
@pytest.mark.parametrize("asked", ["u8", "i8"])
def test_surfaces_of_labels_that_no_double_tells_apart(kind, asked):
    labels = np.array([2**53, 2**53 + 1, 2**53 + 1, 0]).astype(kind)
    index = np.array([2**53 + 1, 2**53, 2**53 + 2, 0], asked)
    found = ndimage.label_statistics(labels, index=index, properties=["count", "face_area"])
    assert found["count"].tolist() == [2, 1, 0, 1]
    assert found["face_area"].tolist() == [2, 2, 0, 0]

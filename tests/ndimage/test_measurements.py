"""Measurements of labelled regions against SciPy's and against brute force."""

import math
import os
import subprocess
import sys
import warnings
from fractions import Fraction

import numpy as np
import pytest
import scipy.ndimage as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit import ndimage

NUMBERS = ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"]
LABELS = ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4"]
REDUCTIONS = ["sum_labels", "sum", "mean", "variance", "standard_deviation"]


def layout(array, how):
    """The same values, otherwise in memory."""
    if how == "fortran":
        return np.asfortranarray(array)
    if how == "strided" and array.ndim:
        wide = np.zeros(tuple(2 * n for n in array.shape), array.dtype)
        view = wide[tuple(slice(None, None, 2) for _ in array.shape)]
        view[...] = array
        return view
    if how == "swapped" and array.dtype.kind != "b":
        return array.astype(array.dtype.newbyteorder())
    if how == "reversed" and array.ndim:
        return np.ascontiguousarray(array[..., ::-1])[..., ::-1]
    frozen = array.copy()
    frozen.flags.writeable = False
    return frozen


@st.composite
def problems(draw, numbers=NUMBERS):
    ndim = draw(st.integers(0, 4))
    longest = {0: 1, 1: 5000, 2: 60, 3: 14, 4: 6}[ndim]
    shape = tuple(draw(st.integers(1, longest)) for _ in range(ndim))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = np.dtype(draw(st.sampled_from(numbers)))
    if dtype.kind == "f":
        values = rng.normal(1e3, 10, shape).astype(dtype)
    elif dtype.kind == "b":
        values = rng.random(shape) < 0.5
    else:
        info = np.iinfo(dtype)
        values = rng.integers(info.min, info.max, shape, dtype, endpoint=True)
        if draw(st.booleans()):
            values = (values % 5).astype(dtype)
    most = draw(st.sampled_from([1, 3, 20]))
    kind = np.dtype(draw(st.sampled_from(LABELS)))
    labels = rng.integers(0, most + 1, shape)
    if draw(st.booleans()) and ndim:
        labels = np.sort(labels, -1)  # long runs
    labels = labels.astype(kind)
    far = 10**6 if kind.kind in "iu" and kind.itemsize >= 4 and draw(st.booleans()) else 0
    labels = np.where(labels == 2, labels + kind.type(far), labels).astype(kind)
    index = draw(
        st.sampled_from([[1], [1, 2, 3], [3, 1, 1, 0], [[1, 7], [0, 2]], [2 + far, 1, 5], []])
    )
    how = draw(st.sampled_from(["", "fortran", "strided", "swapped", "reversed"]))
    return layout(np.asarray(values), how), layout(np.asarray(labels), how), np.array(index, int)


def groups(values, labels, index):
    """The values of each region in raster order, as Python numbers, and where they are."""
    flat, lab = np.asarray(values).ravel(), np.asarray(labels).ravel()
    return [(np.flatnonzero(lab == i), flat[lab == i]) for i in np.asarray(index).ravel()]


@settings(max_examples=150, deadline=None)
@given(problem=problems())
def test_sums_and_variances_are_those_of_fractions(problem):
    values, labels, index = problem
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        total = ndimage.sum_labels(values, labels, index)
        mean = ndimage.mean(values, labels, index)
        variance = ndimage.variance(values, labels, index)
    assert total.shape == mean.shape == variance.shape == index.shape
    for k, (_, inside) in enumerate(groups(values, labels, index)):
        exact = [Fraction(v.item()) for v in inside]
        want = sum(exact, Fraction(0))
        scale = float(sum(map(abs, exact), Fraction(0)))
        assert abs(total.flat[k] - float(want)) <= 2**-52 * scale
        if not exact:
            assert math.isnan(mean.flat[k])
            assert math.isnan(variance.flat[k])
            continue
        centre = want / len(exact)
        spread = sum(((v - centre) ** 2 for v in exact), Fraction(0)) / len(exact)
        assert mean.flat[k] == pytest.approx(float(centre), rel=1e-15, abs=2**-52 * scale)
        slack = (2**-50 * max(map(abs, map(float, exact)))) ** 2
        assert variance.flat[k] == pytest.approx(float(spread), rel=1e-13, abs=slack)


@settings(max_examples=150, deadline=None)
@given(problem=problems())
def test_extremes_are_the_first_ones(problem):
    values, labels, index = problem
    low, high, low_at, high_at = ndimage.extrema(values, labels, index)
    assert low.dtype == high.dtype == values.dtype.newbyteorder("=")
    assert len(low_at) == len(high_at) == index.size
    for k, (where, inside) in enumerate(groups(values, labels, index)):
        if not inside.size:
            assert low.flat[k] == high.flat[k] == 0
            continue
        for found, places, at in ((low, low_at, inside.argmin()), (high, high_at, inside.argmax())):
            assert found.flat[k] == inside[at]
            assert places[k] == tuple(np.unravel_index(where[at], values.shape))


@settings(max_examples=100, deadline=None)
@given(problem=problems())
def test_medians(problem):
    values, labels, index = problem
    found = ndimage.median(values, labels, index)
    assert found.shape == index.shape
    for k, (_, inside) in enumerate(groups(values, labels, index)):
        if inside.size:
            assert found.flat[k] == pytest.approx(np.median(inside.astype(float)), rel=1e-6)
        else:
            assert math.isnan(found.flat[k])


@settings(max_examples=100, deadline=None)
@given(problem=problems(["?", "u1", "i2", "u4", "f4", "f8"]))
def test_centres(problem):
    values, labels, index = problem
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = ndimage.center_of_mass(values, labels, index)
    for k, (where, inside) in enumerate(groups(values, labels, index)):
        weights = inside.astype(float)
        if not values.ndim:
            assert found[k] == ()
        elif weights.sum() == 0:
            assert all(not math.isfinite(c) for c in found[k])
        else:
            places = np.array(np.unravel_index(where, values.shape), float)
            scale = np.abs(weights).sum() / abs(weights.sum())
            want = places @ weights / weights.sum()
            np.testing.assert_allclose(found[k], want, rtol=1e-12 * scale, atol=1e-12 * scale)


@settings(max_examples=100, deadline=None)
@given(problem=problems())
def test_single_regions_equal_scipy(problem):
    values, labels, index = problem
    if values.dtype.kind not in "biu":
        values = np.round(values)
    scalar = int(index.flat[0]) if index.size else 1
    for args in [(), (labels,), (labels, scalar)]:
        chosen = values if not args else values[labels > 0 if len(args) == 1 else labels == scalar]
        if not chosen.size:
            continue
        # SciPy's float32 sums are inexact
        tolerance = 1e-5 if values.dtype == np.float32 else 1e-12
        for name in REDUCTIONS:
            if "variance" in name or "dev" in name:
                with np.errstate(over="ignore"):
                    want = np.var(chosen.astype(np.longdouble))
                want = np.sqrt(want) if "dev" in name else want
                slack = 1e-12 * float(np.abs(chosen.astype(float)).max()) + 1e-300
                found = getattr(ndimage, name)(values, *args)
                assert float(found) == pytest.approx(float(want), rel=1e-9, abs=slack)
                continue
            want, found = getattr(peer, name)(values, *args), getattr(ndimage, name)(values, *args)
            assert np.dtype(type(found)) == np.dtype(type(want))
            wraps = name == "mean" and values.dtype.itemsize == 8 and values.dtype.kind in "iu"
            if not wraps:
                np.testing.assert_allclose(found, want, rtol=tolerance)
        for name in ["minimum", "maximum", "minimum_position", "maximum_position", "median"]:
            assert getattr(ndimage, name)(values, *args) == getattr(peer, name)(values, *args)


@settings(max_examples=100, deadline=None)
@given(problem=problems(["i2"]))
def test_objects_values_and_comprehensions_equal_scipy(problem):
    values, labels, index = problem
    if labels.dtype.kind in "iu":
        assert ndimage.find_objects(labels) == peer.find_objects(labels)
        assert ndimage.find_objects(labels, 2) == peer.find_objects(labels, 2)
        native = labels.astype(labels.dtype.newbyteorder("="))  # SciPy misreads the others
        found, want = ndimage.value_indices(labels), peer.value_indices(native)
        assert list(found) == list(want)
        for key, places in found.items():
            for a, b in zip(places, want[key], strict=True):
                np.testing.assert_array_equal(a, b)
    if index.size and labels.dtype.itemsize > 1:
        args = values, labels, index.ravel(), lambda v, p: float(v[0]) - p.max(), float, -1.5, True
        want = [
            float(v[0]) - p.max() if v.size else -1.5
            for p, v in groups(values, labels, index.ravel())
        ]
        np.testing.assert_array_equal(ndimage.labeled_comprehension(*args), want)
        found = ndimage.histogram(values, -1000, 1000, 7, labels, index.ravel())
        want = peer.histogram(values, -1000, 1000, 7, labels, index.ravel())
        for a, b in zip(found, want, strict=True):
            assert (a is None and b is None) or (a == b).all()


@pytest.mark.parametrize("name", [*REDUCTIONS, "minimum", "maximum", "median"])
def test_labels_are_broadcast(name):
    values = np.arange(24.0).reshape(4, 6)
    labels = np.array([0, 0, 1, 1, 2, 2])
    found = getattr(ndimage, name)(values, labels, [0, 1, 2])
    np.testing.assert_allclose(found, getattr(peer, name)(values, labels, [0, 1, 2]))


@pytest.mark.parametrize("name", ["mean", "variance", "standard_deviation", "center_of_mass"])
@pytest.mark.parametrize("index", [9, [1, 9]])
def test_missing_labels_are_nan_with_a_warning(name, index):
    with pytest.warns(RuntimeWarning, match="invalid value"):
        found = getattr(ndimage, name)([1.0, 2.0], [1, 1], index)
    assert np.isnan(np.ravel(found)[-1])


def test_missing_labels_without_a_warning():
    values, labels = [4, 2], [1, 1]
    assert ndimage.sum_labels(values, labels, 9) == 0
    assert ndimage.minimum(values, labels, [9]).tolist() == [0]
    assert ndimage.maximum_position(values, labels, [9]) == [(0,)]
    with pytest.raises(ValueError, match="labels"):
        ndimage.minimum(values, labels, 9)


def test_nan_and_infinities():
    values = np.array([1, np.nan, -2, np.nan, np.nan, np.inf, -np.inf, np.inf] + 20 * [3.0])
    labels = np.array([1, 1, 1, 2, 2, 3, 3, 4] + 20 * [5])
    low, high, low_at, high_at = ndimage.extrema(values, labels, [1, 2, 3, 4, 5])
    np.testing.assert_array_equal(low, [-2, np.nan, -np.inf, np.inf, 3])
    np.testing.assert_array_equal(high, [np.nan, np.nan, np.inf, np.inf, 3])
    assert [p[0] for p in low_at] == [2, 3, 6, 7, 8]
    assert [p[0] for p in high_at] == [1, 3, 5, 7, 8]
    found = ndimage.sum_labels(values, labels, [1, 3, 4, 5])
    np.testing.assert_array_equal(found, [np.nan, np.nan, np.inf, 60])
    assert np.isnan(ndimage.maximum(values, labels, 1))
    assert ndimage.minimum_position(values, labels, 1) == (1,)
    wide = np.full(100, np.inf)
    wide[77] = np.nan
    assert ndimage.maximum_position(wide) == (77,)


def test_sums_do_not_lose_small_values():
    values = np.tile([1e16, 1.0, -1e16], 3000)
    labels = np.tile([1, 1, 1], 3000)
    assert ndimage.sum_labels(values, labels, [1])[0] == 3000
    shifted = np.arange(10000.0) % 7 + 1e9
    assert ndimage.variance(shifted) == pytest.approx(np.var(np.arange(10000) % 7), rel=1e-12)


def test_wide_integers_do_not_wrap():
    values = np.full(6, 2**63, np.uint64)
    assert ndimage.sum_labels(values, np.ones(6, int), [1])[0] == 6 * 2.0**63
    assert ndimage.mean(values, [1, 1, 1, 1, 2, 2], [1, 2]).tolist() == [2.0**63] * 2


@pytest.mark.parametrize("labels", [[2**40, 0, 2**40, 7], [-5, 2**62, 2**62, -5]])
def test_labels_may_be_far_apart(labels):
    index = sorted(set(labels))
    values = [1, 2, 4, 8]
    np.testing.assert_array_equal(
        ndimage.sum_labels(values, np.array(labels), index),
        [sum(v for v, m in zip(values, labels, strict=True) if m == i) for i in index],
    )
    assert ndimage.sum_labels(values, np.array(labels), [2**50, *index, -1])[0] == 0


def test_unsigned_labels_beyond_int64():
    labels = np.array([2**64 - 1, 1, 2**63, 2**64 - 1], np.uint64)
    index = np.array([2**64 - 1, 2**63], np.uint64)
    np.testing.assert_array_equal(ndimage.sum_labels([1, 2, 4, 8], labels, index), [9, 4])


def test_index_that_no_label_can_have():
    labels = np.array([1, 2, 2], np.uint8)
    np.testing.assert_array_equal(
        ndimage.sum_labels([1, 2, 3], labels, [1.0, 1.5, 258, -1, np.nan, 2]), [1, 0, 0, 0, 0, 5]
    )


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_complex_values(dtype):
    rng = np.random.default_rng(3)
    values = (rng.normal(size=50) + 1j * rng.normal(size=50)).astype(dtype)
    labels = rng.integers(0, 3, 50)
    for k in (1, 2):
        inside = values[labels == k].astype(complex)
        np.testing.assert_allclose(ndimage.mean(values, labels, [k])[0], inside.mean(), rtol=1e-6)
        np.testing.assert_allclose(ndimage.variance(values, labels, k), inside.var(), rtol=1e-5)
        assert ndimage.maximum(values, labels, k) == values[labels == k].max()
        centre = (np.flatnonzero(labels == k) * inside).sum() / inside.sum()
        np.testing.assert_allclose(ndimage.center_of_mass(values, labels, k)[0], centre, rtol=1e-5)


def test_find_objects_of_far_labels():
    far = np.array([0, 2**40, 5])
    with pytest.raises(ValueError, match="relabel_sequential"):
        ndimage.find_objects(far)
    assert ndimage.find_objects(far, 5) == [None] * 4 + [(slice(2, 3),)]
    found = ndimage.find_objects(np.array([[0, 10**6]]))
    assert len(found) == 10**6
    assert found[-1] == (slice(0, 1), slice(1, 2))
    assert ndimage.find_objects(np.array([-3, -1])) == []


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: ndimage.sum_labels(["a"]), TypeError, "input"),
        (lambda: ndimage.mean([1, 2], [1j, 1]), TypeError, "labels"),
        (lambda: ndimage.mean([1, 2], [1, 1], "x"), TypeError, "index"),
        (lambda: ndimage.mean([1, 2], [1, 1, 1]), ValueError, "labels"),
        (lambda: ndimage.minimum([]), ValueError, "region"),
        (lambda: ndimage.find_objects([1.0]), TypeError, "input"),
        (lambda: ndimage.find_objects(np.zeros((0,), int)), ValueError, "input"),
        (lambda: ndimage.find_objects([1], 2.5), TypeError, "max_label"),
        (lambda: ndimage.value_indices([1.5]), ValueError, "arr"),
        (lambda: ndimage.labeled_comprehension([1], None, 1, len, int, 0), ValueError, "index"),
        (lambda: ndimage.histogram([1j], 0, 1, 2), TypeError, "input"),
        (lambda: ndimage.histogram([1], 0, 1, -2), ValueError, "bins"),
        (lambda: ndimage.histogram([1], "a", 1, 2), TypeError, "min"),
        (lambda: ndimage.find_objects([1], 10**12), ValueError, "max_label"),
        (lambda: ndimage.sum_labels(np.array([None])), TypeError, "input"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_empty_arrays():
    empty = np.zeros((0, 3))
    assert ndimage.sum_labels(empty) == 0
    assert ndimage.sum_labels(empty, np.zeros((0, 3), int), [1, 2]).tolist() == [0, 0]
    assert ndimage.value_indices(np.zeros((0,), int)) == {}
    assert ndimage.maximum_position(empty, np.zeros((0, 3), int), [1]) == [(0, 0)]


SCRIPT = """
import hashlib, numpy as np
from scikit import ndimage as nd
rng = np.random.default_rng(5)
labels = np.sort(rng.integers(0, 40, (30, 300)), 1).astype("i2")
digest = hashlib.sha256()
for dtype in ("?", "u1", "i2", "i4", "u8", "f4", "f8"):
    values = (rng.normal(size=labels.shape) * 50 + 60).astype(dtype)
    index = np.arange(1, 40)
    for name in ("sum_labels", "minimum", "maximum", "maximum_position"):
        digest.update(np.asarray(getattr(nd, name)(values, labels, index)).tobytes())
    for name in ("standard_deviation", "center_of_mass"):
        got = np.asarray(getattr(nd, name)(values, labels, index))
        digest.update(np.round(got, 9).tobytes())
digest.update(str(nd.find_objects(labels)).encode())
digest.update(nd.label_dilation(nd.label_erosion(labels)).tobytes())
digest.update(nd.label(labels, multilabel=True)[0].tobytes())
digest.update(nd.region_adjacency(labels, 2)[1].tobytes())
print(digest.hexdigest())
"""


def test_every_instruction_set_gives_the_same():
    found = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "SCIKIT_ISA": level},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for level in ("base", "v3", "v4")
    }
    assert len(found) == 1


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i4", "u4", "i8", "u8"])
@pytest.mark.parametrize("at", [0, 63, 64, 2047, 2048, 4999])
def test_a_rare_label_is_found_wherever_it_is(dtype, at):
    labels = np.full(5000, 3, dtype)
    labels[100:4000:7] = 9
    labels[at] = 5
    values = np.arange(5000.0)
    for index in (5, [5], [5, 6], [4, 5]):
        np.testing.assert_array_equal(
            ndimage.sum_labels(values, labels, index),
            peer.sum_labels(values, labels, index),
        )
    assert ndimage.maximum_position(values, labels, 5) == (at,)
    assert ndimage.find_objects(labels)[4] == (slice(at, at + 1),)


@pytest.mark.parametrize("size", [1, 3, 700])
def test_medians_of_many_regions(size):
    rng = np.random.default_rng(size)
    labels = rng.permutation(np.repeat(np.arange(40), size))
    values = rng.normal(size=labels.size)
    values[::50] = np.inf
    index = np.arange(-2, 45)
    found = ndimage.median(values, labels, index)
    for name, median in zip(index, found, strict=True):
        mine = values[labels == name]
        np.testing.assert_equal(median, np.median(mine) if mine.size else np.nan)


def test_objects_of_an_empty_image():
    assert ndimage.find_objects(np.zeros((0, 3), int), max_label=2) == [None, None]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [5, 16, 33, 5000])
def test_extremes_of_all_kinds_of_floats(dtype, size):
    rng = np.random.default_rng(size)
    tiny = np.finfo(dtype).smallest_subnormal
    kinds = [0.0, -0.0, tiny, -tiny, np.inf, -np.inf, 1.5, -1.5, np.finfo(dtype).max]
    for some in (kinds[:2], kinds[:4], kinds[6:], [-3.0, -2.0], kinds):
        values = rng.choice(np.array(some, dtype), size)
        low, high, low_at, high_at = ndimage.extrema(values)
        assert (low, high) == (values.min(), values.max())
        assert (low_at, high_at) == ((values.argmin(),), (values.argmax(),))
        values[size // 2] = np.nan
        assert np.isnan(ndimage.maximum(values))
        assert ndimage.maximum_position(values) == (size // 2,)

"""Labels against SciPy's, whose numbering they share, and closed forms."""

import numpy as np
import pytest
import scipy.ndimage as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit import ndimage


@st.composite
def problems(draw):
    ndim = draw(st.integers(1, 5))
    longest = {1: 300, 2: 80, 3: 20, 4: 8, 5: 5}[ndim]
    shape = [draw(st.integers(1, longest)) for _ in range(ndim)]
    if ndim < 4:
        shape[-1] = draw(st.sampled_from([shape[-1], 63, 64, 65, 128, 129]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.random(shape) < draw(st.sampled_from([0.05, 0.3, 0.6, 0.95]))
    s = rng.random((3,) * ndim) < draw(st.sampled_from([0.1, 0.3, 0.7]))
    if draw(st.booleans()):
        s = peer.generate_binary_structure(ndim, draw(st.integers(1, ndim)))
    return x, s | np.flip(s)


@settings(max_examples=200, deadline=None)
@given(problem=problems())
def test_equals_scipy(problem):
    x, structure = problem
    labels, count = ndimage.label(x, structure)
    want, want_count = peer.label(x, structure)
    assert count == want_count
    assert labels.dtype == want.dtype
    np.testing.assert_array_equal(labels, want)


@pytest.mark.parametrize("dtype", "?bBhHiIlLefdg")
def test_input_of_any_type(dtype):
    x = np.random.default_rng(0).integers(-1, 2, (9, 70)).astype(dtype)
    np.testing.assert_array_equal(ndimage.label(x)[0], peer.label(x != 0)[0])


def test_nan_is_set():
    labels, count = ndimage.label([np.nan, 0.0, -0.0, np.inf])
    assert labels.tolist() == [1, 0, 0, 2]
    assert count == 2


@pytest.mark.parametrize(
    "dtype", [bool, np.uint8, np.int16, np.int64, np.float32, ">i4", np.float16]
)
def test_output_type(dtype):
    x = np.array([[1, 1, 0, 0], [0, 0, 0, 0]])
    labels, count = ndimage.label(x, output=dtype)
    assert count == 1
    assert labels.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(labels, x)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint16, np.float64, ">i8"])
@pytest.mark.parametrize("shape", [(6, 7), (3, 4, 66), (3, 1, 5), (4, 5, 1)])
def test_output_array_of_any_layout(dtype, shape):
    x = np.random.default_rng(1).random(shape) < 0.4
    doubled = np.full([2 * n for n in shape], 3).astype(dtype)
    outputs = [
        np.full(shape, 3).astype(dtype),
        np.asfortranarray(np.full(shape, 3).astype(dtype)),
        doubled[tuple(slice(None, None, 2) for _ in shape)],
        np.moveaxis(np.full(shape[1:] + shape[:1], 3).astype(dtype), -1, 0),
    ]
    for output in outputs:
        want = np.empty_like(output, output.dtype.newbyteorder("="))  # SciPy takes no others
        want_count = peer.label(x, output=want)
        assert ndimage.label(x, output=output) == want_count
        np.testing.assert_array_equal(output, want)


def test_output_overlaps_input():
    x = np.random.default_rng(2).integers(0, 2, (20, 66)).astype(np.int32)
    want, count = ndimage.label(x)
    assert ndimage.label(x, output=x) == count
    np.testing.assert_array_equal(x, want)
    base = np.random.default_rng(3).integers(0, 2, (20, 66)).astype(np.int32)
    want, _ = ndimage.label(base[:-1])
    ndimage.label(base[:-1], output=base[1:])
    np.testing.assert_array_equal(base[1:], want)


def test_too_many_components_leave_output_alone():
    x = np.zeros(1024, bool)
    x[::2] = True
    output = np.full(1024, 7, np.uint8)
    with pytest.raises(RuntimeError, match=r"`output`.*bit-depth"):
        ndimage.label(x, output=output)
    assert (output == 7).all()
    with pytest.raises(RuntimeError, match=r"`output`"):
        ndimage.label(x, output=np.int8)
    assert ndimage.label(x[:510], output=np.uint8)[1] == 255


def test_spiral_is_one_component():
    n = 201
    x = np.zeros((n, n), bool)
    for k in range(0, n // 2, 2):
        x[k, k : n - k] = x[n - 1 - k, k : n - k] = True
        x[k : n - k, k] = x[k : n - k, n - 1 - k] = True
    rings = ndimage.label(x)[1]
    assert rings == len(range(0, n // 2, 2)) + 0
    for k in range(0, n // 2 - 2, 2):
        x[k + 1, k + 2] = True
    assert ndimage.label(x)[1] == 1


def test_checkerboard():
    x = np.indices((12, 13, 65)).sum(axis=0) % 2 == 0
    labels, count = ndimage.label(x)
    assert count == x.sum()
    np.testing.assert_array_equal(labels[x], np.arange(1, count + 1))
    assert ndimage.label(x, np.ones((3, 3, 3)))[1] == 1


@pytest.mark.parametrize("shape", [(0,), (0, 4), (3, 0, 2)])
def test_empty(shape):
    labels, count = ndimage.label(np.zeros(shape))
    assert labels.shape == shape
    assert labels.dtype == np.int32
    assert count == 0
    assert ndimage.label(np.zeros(shape), output=labels) == 0


def test_scalar():
    labels, count = ndimage.label(3.0)
    assert labels.shape == ()
    assert (int(labels), count) == (1, 1)
    assert ndimage.label(0)[1] == 0


@pytest.mark.parametrize(
    ("error", "text", "arguments"),
    [
        (TypeError, "input", (np.zeros(3, complex),)),
        (TypeError, "input", (np.array(["a"]),)),
        (TypeError, "input", (np.array([None]),)),
        (RuntimeError, "structure", (np.zeros((3, 3)), np.ones(3))),
        (ValueError, "structure", (np.zeros(3), np.ones(5))),
        (ValueError, "structure", (np.zeros(3), np.ones(2))),
        (ValueError, "structure", (np.zeros(3), [1, 1, 0])),
        (ValueError, "output", (np.zeros(3), None, np.zeros(4, int))),
        (TypeError, "output", (np.zeros(3), None, np.zeros(3, complex))),
        (TypeError, "output", (np.zeros(3), None, object)),
        (ValueError, "output", (np.zeros(3), None, np.broadcast_to(np.int32(0), 3))),
    ],
)
def test_bad_input(error, text, arguments):
    with pytest.raises(error, match=f"`{text}`"):
        ndimage.label(*arguments)


@pytest.mark.parametrize("ndim", range(7))
def test_structures(ndim):
    for connectivity in range(8):
        got = ndimage.generate_binary_structure(ndim, connectivity)
        want = peer.generate_binary_structure(ndim, connectivity)
        assert got.dtype == bool
        np.testing.assert_array_equal(got, want)
    if 0 < ndim < 4:
        base = peer.generate_binary_structure(ndim, 1)
        for iterations in (-1, 1, 2, 5):
            want = peer.iterate_structure(base, iterations)
            np.testing.assert_array_equal(ndimage.iterate_structure(base, iterations), want)
        got, origin = ndimage.iterate_structure(base, 3, origin=1)
        want, want_origin = peer.iterate_structure(base, 3, origin=1)
        np.testing.assert_array_equal(got, want)
        assert origin == want_origin


def test_bad_structure_arguments():
    with pytest.raises(ValueError, match="`rank`"):
        ndimage.generate_binary_structure(10**6, 1)
    with pytest.raises(TypeError, match="`rank`"):
        ndimage.generate_binary_structure(2.5, 1)
    with pytest.raises(TypeError, match="`iterations`"):
        ndimage.iterate_structure([1, 1, 1], 2.5)
    with pytest.raises(RuntimeError, match="`origin`"):
        ndimage.iterate_structure([1, 1, 1], 2, origin=(0, 0))


@pytest.mark.parametrize("width", [63, 64, 65, 128, 200])
@pytest.mark.parametrize("values", [2, 4])
@pytest.mark.parametrize("dtype", ["u1", "i2", ">i4", "u8"])
def test_components_of_values_in_rows_of_several_words(width, values, dtype):
    """Runs that end and start at the ends of words, with all kinds of rows of neighbours."""
    rng = np.random.default_rng(width + values)
    image = rng.integers(0, values, (4, 5, width)).astype(dtype)
    image[1:, :, width // 3 : width // 2] = image[:1, :1, :1]  # long runs, covered ones
    structures = [ndimage.generate_binary_structure(3, c) for c in (1, 2, 3)]
    one = rng.random((3, 3, 3)) < 0.4
    structures.append(one | np.flip(one))
    for structure in structures:
        expected, first = np.zeros(image.shape, int), []
        for value in np.unique(image[image != 0]):
            found, count = peer.label(image == value, structure)
            for k in range(1, count + 1):
                first.append((np.flatnonzero(found == k)[0], found == k))
        for number, (_, where) in enumerate(sorted(first, key=lambda f: f[0])):
            expected[where] = number + 1
        got, count = ndimage.label(image, structure, multilabel=True)
        np.testing.assert_array_equal(got, expected)
        assert count == len(first)


@settings(max_examples=150, deadline=None)
@given(problem=problems(), data=st.data())
def test_values_equal_scipy_value_by_value(problem, data):
    """Rows of many and of few runs, zeros among them, voxels of each width, any structure."""
    where, structure = problem
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    values = rng.integers(0, data.draw(st.integers(2, 5)), where.shape)
    if data.draw(st.booleans()):
        values = np.repeat(values, data.draw(st.integers(2, 60)), -1)[..., : where.shape[-1]]
    structure[(1,) * where.ndim] = True
    want = np.zeros(where.shape, int)
    for value in range(1, 5):
        labels, _ = peer.label(values == value, structure)
        want += np.where(labels > 0, labels + want.max(), 0)
    present, first = np.unique(want[want > 0], return_index=True)
    number = np.zeros(want.max() + 1, int)
    number[present[np.argsort(first)]] = np.arange(1, len(present) + 1)
    image = values.astype(data.draw(st.sampled_from([np.uint8, np.int16, np.uint32, np.int64])))
    output = data.draw(st.sampled_from([None, np.int64, np.uint32]))
    got, count = ndimage.label(image, structure, output, multilabel=True)
    assert count == len(present)
    np.testing.assert_array_equal(got, number[want])

"""Argument checks: what is used without a copy, what is converted, what is refused."""

import sys

import numpy as np
import pytest

from scikit._core._arrays import as_array, c_order, to_numpy


class OnDevice:
    """Looks like an array on a GPU."""

    def __dlpack_device__(self):
        return (2, 0)

    def __dlpack__(self, **kwargs):
        raise AssertionError("must not be asked for")


class OnHost:
    """A CPU array of another library."""

    def __init__(self, array):
        self.array = array

    def __dlpack_device__(self):
        return (1, 0)

    def __dlpack__(self, **kwargs):
        return self.array.__dlpack__(**kwargs)


def test_fitting_arrays_are_not_copied():
    a = np.arange(6.0).reshape(2, 3)
    assert as_array(a, "a", np.float64) is a
    assert np.shares_memory(as_array(memoryview(a), "a", np.float64), a)
    assert np.shares_memory(to_numpy(OnHost(a), "a"), a)


@pytest.mark.parametrize(
    "layout",
    [
        lambda a: a.copy(),
        lambda a: a.T.copy().T,
        lambda a: np.repeat(a, 2, axis=0)[::2],
        lambda a: a.astype(">f8"),
        lambda a: np.frombuffer(b"x" + a.tobytes(), np.float64, offset=1).reshape(a.shape),
    ],
)
def test_layouts_give_the_same_values(layout):
    a = np.arange(12.0).reshape(3, 4)
    b = as_array(layout(a), "a", np.float64)
    assert b.flags.c_contiguous
    assert b.flags.aligned
    assert b.dtype.isnative
    np.testing.assert_array_equal(a, b)


def test_read_only_input_stays_read_only():
    a = np.arange(3.0)
    a.flags.writeable = False
    assert as_array(a, "a", np.float64) is a


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (OnDevice(), TypeError, "copy it to the host"),
        (np.ma.masked_array([1.0], [True]), TypeError, "masked array"),
        (np.array([object()]), TypeError, "must hold numbers"),
        (["a", "b"], TypeError, "must hold numbers"),
        ([[1.0], [1.0, 2.0]], ValueError, "cannot be made into an array"),
        (np.array([1 + 2j]), TypeError, "without loss"),
        (np.array(["2020-01-01"], "M8[D]"), TypeError, "must hold numbers"),
        (np.array([1.0], np.longdouble), TypeError, "must hold numbers"),
    ],
)
def test_bad_input_names_the_argument(value, error, text):
    with pytest.raises(error, match=text) as info:
        as_array(value, "field", np.float64)
    assert "`field`" in str(info.value)


def test_shape_and_dimensions():
    a = np.zeros((2, 3))
    as_array(a, "a", ndim=2, shape=(None, 3))
    with pytest.raises(ValueError, match=r"`a` must have shape \(any, 4\), not \(2, 3\)"):
        as_array(a, "a", shape=(None, 4))
    with pytest.raises(ValueError, match="`a` must have 1 or 3 dimensions, not 2"):
        as_array(a, "a", ndim=(1, 3))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_finite(bad):
    with pytest.raises(ValueError, match="infs or NaNs"):
        as_array([1.0, bad], "a", np.float64, finite=True)


def test_dtype_choices():
    choices = [np.float32, np.float64, np.complex128]
    assert as_array(np.float32([1]), "a", choices).dtype == np.float32
    assert as_array(np.int32([1]), "a", choices).dtype == np.float64
    assert as_array(np.int8([1]), "a", choices).dtype == np.float32
    assert as_array(np.complex64([1]), "a", choices).dtype == np.complex128
    with pytest.raises(TypeError, match="fits none of"):
        as_array(np.complex64([1]), "a", [np.float64])


@pytest.mark.parametrize("dtype", ["?", "u1", "i2", ">i2", "f4", "i8", "f8", "c8", "c16", "O"])
@pytest.mark.parametrize(
    "shape",
    [(0, 3), (1, 1), (300,), (70, 90), (7, 65, 129), (40, 1, 64), (3, 5, 2, 130, 9), (200, 0, 3)],
)
def test_c_order(shape, dtype):
    values = np.arange(int(np.prod(shape))).reshape(shape) % 251
    array = np.asfortranarray(values.astype(dtype))
    result = c_order(array)
    assert result.flags.c_contiguous
    assert result.dtype == array.dtype
    np.testing.assert_array_equal(result, array)
    array.flags.writeable = False
    np.testing.assert_array_equal(c_order(array), values.astype(dtype))


def test_c_order_counts_references():
    thing = object()
    array = np.full((60, 70), thing, order="F")
    before = sys.getrefcount(thing)
    result = c_order(array)
    assert sys.getrefcount(thing) == before + 60 * 70
    del result
    assert sys.getrefcount(thing) == before


def test_c_order_copies_only_where_it_must():
    array = np.zeros((100, 200), np.float32)
    assert c_order(array) is array
    turned = c_order(array.T)
    assert not np.shares_memory(turned, array)
    strided = np.arange(80000.0).reshape(200, 400)[::2, ::2]
    np.testing.assert_array_equal(c_order(strided), strided)
    buffer = np.zeros(64 * 512 + 1, np.uint8)[1:].view()
    unaligned = buffer[: 64 * 512].view(np.float32).reshape((64, 128), order="F")
    assert c_order(unaligned).flags.c_contiguous

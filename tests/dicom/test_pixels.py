"""Stored values, against pydicom's and against arrays that the tests pack themselves."""

import contextlib
import io
import warnings

import numpy as np
import pydicom
import pytest

from scikit.dicom import Dataset, DicomError, _parse_cy, dcmread, dcmwrite, pixel_array

from .conftest import NATIVE, ROOT, installed_files


def native_images():
    found = []
    for path in installed_files():
        with warnings.catch_warnings(), contextlib.suppress(Exception):
            warnings.simplefilter("ignore")  # no image, or none that pydicom reads, is no case
            ds = pydicom.dcmread(path)
            if ds.file_meta.TransferSyntaxUID in NATIVE and len(pydicom.pixels.pixel_array(ds)):
                found.append(path)
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", native_images(), ids=lambda path: path.stem)
@pytest.mark.parametrize("raw", [False, True])
def test_equals_pydicom(path, raw):
    want = pydicom.pixels.pixel_array(pydicom.dcmread(path), raw=raw)
    got = pixel_array(path, raw=raw)
    assert got.dtype == want.dtype
    assert np.array_equal(got, want)
    frames = int(dcmread(path).get("NumberOfFrames") or 1)
    for index in {0, frames // 2, frames - 1}:
        want = pydicom.pixels.pixel_array(pydicom.dcmread(path), raw=raw, index=index)
        assert np.array_equal(pixel_array(dcmread(path), raw=raw, index=index), want)


def image(array, *, bits=None, stored=None, planar=None, photometric=None, syntax=NATIVE[1]):
    """A data set of an array (frames, rows, columns, samples), packed here."""
    frames, rows, columns, samples = array.shape
    ds = Dataset()
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.NumberOfFrames = rows, columns, samples, frames
    ds.PhotometricInterpretation = photometric or ("RGB" if samples == 3 else "MONOCHROME2")
    ds.BitsAllocated = bits or array.itemsize * 8
    ds.BitsStored = stored or ds.BitsAllocated
    if array.dtype.kind == "f":
        name = {4: "FloatPixelData", 8: "DoubleFloatPixelData"}[array.itemsize]
        setattr(ds, name, array.astype(f"<f{array.itemsize}").tobytes())
    else:
        ds.PixelRepresentation = int(array.dtype.kind == "i")
        data = np.moveaxis(array, -1, 1) if planar else array
        if bits == 1:
            ds.PixelData = np.packbits(data.ravel(), bitorder="little").tobytes()
        else:
            ds.PixelData = data.astype(data.dtype.newbyteorder("<")).tobytes()
    if samples > 1:
        ds.PlanarConfiguration = int(bool(planar))
    ds.file_meta.TransferSyntaxUID = syntax
    out = io.BytesIO()
    dcmwrite(out, ds)
    return dcmread(out.getvalue())


@pytest.mark.parametrize("syntax", NATIVE)
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
@pytest.mark.parametrize("frames", [1, 3])
def test_layouts(dtype, planar, syntax, frames):
    rng = np.random.default_rng(5)
    for samples in (1, 3):
        array = rng.integers(0, 100, (frames, 3, 5, samples)).astype(dtype)
        if array.dtype.kind == "i":
            array -= 50
        if dtype in ("f4", "f8") and planar:
            continue
        ds = image(array, planar=planar, syntax=syntax)
        got = pixel_array(ds, raw=True)
        want = array[0] if frames == 1 else array
        want = want[..., 0] if samples == 1 else want
        assert got.shape == want.shape
        assert got.dtype.newbyteorder("=") == array.dtype
        assert np.array_equal(got, want)
        if frames > 1:
            assert np.array_equal(pixel_array(ds, raw=True, index=1), want[1])


@pytest.mark.parametrize("syntax", NATIVE)
@pytest.mark.parametrize("shape", [(1, 3, 3, 1), (5, 3, 3, 1), (2, 8, 8, 1), (3, 5, 7, 1)])
def test_single_bits(shape, syntax):
    array = np.random.default_rng(1).integers(0, 2, shape).astype("u1")
    ds = image(array, bits=1, syntax=syntax)
    want = array[..., 0]
    for k in range(shape[0]):
        assert np.array_equal(pixel_array(ds, index=k), want[k])
    got = pixel_array(ds)
    assert np.array_equal(got, want[0] if shape[0] == 1 else want)
    assert got.dtype == np.uint8


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"])
@pytest.mark.parametrize("size", [1, 7, 64, 5000])
def test_unused_bits(dtype, size):
    """A bit at a time, by the definition of two's complement."""
    rng = np.random.default_rng(size)
    width = np.dtype(dtype).itemsize * 8
    array = np.frombuffer(rng.bytes(size * width // 8), dtype)
    signed = dtype[0] == "i"
    for stored in {1, width // 2 + 1, width - 1, width}:
        want = []
        for value in array.tolist():
            low = value & ((1 << stored) - 1)
            want.append(low - (1 << stored) if signed and low >> (stored - 1) else low)
        got = array.copy()
        clear = _parse_cy.unused_clear(got.view("u1"), width // 8, stored, signed)
        assert clear == (got.tolist() == want)
        _parse_cy.clear_unused(got.view("u1"), width // 8, stored, signed)
        assert got.tolist() == want
        assert _parse_cy.unused_clear(got.view("u1"), width // 8, stored, signed)


@pytest.mark.parametrize("syntax", NATIVE)
def test_bits_above_the_stored_ones(syntax):
    array = np.array([0xF123, 0x0FFF, 0x8000, 0x07FF], "u2").reshape(1, 2, 2, 1)
    got = pixel_array(image(array, stored=12, syntax=syntax))
    assert got.tolist() == [[0x123, 0xFFF], [0, 0x7FF]]
    got = pixel_array(image(array.view("i2"), stored=12, syntax=syntax))
    assert got.tolist() == [[0x123, -1], [0, 0x7FF]]


def test_views_where_possible(small_ct):
    ds = dcmread(small_ct)
    got = pixel_array(ds)
    assert not got.flags.writeable
    assert not got.flags.owndata
    assert np.shares_memory(got, np.frombuffer(small_ct, "u1"))
    value = ds.PixelData
    assert np.shares_memory(pixel_array(ds), np.frombuffer(value, "u1"))
    del ds
    assert got.sum() == pixel_array(small_ct).sum()


def test_excess_frames_and_padding():
    array = np.arange(12, dtype="u2").reshape(3, 2, 2, 1)
    ds = image(array)
    ds.NumberOfFrames = 1
    assert pixel_array(ds).shape == (3, 2, 2)
    ds.PixelData = ds.PixelData[:14]
    assert pixel_array(ds).tolist() == [[0, 1], [2, 3]]


def test_half_chroma_must_fit():
    ds = image(np.zeros((1, 4, 4, 3), "u1"), photometric="YBR_FULL_422")
    with pytest.raises(DicomError, match="too long"):
        pixel_array(ds)
    ds.Columns = 3
    with pytest.raises(DicomError, match="even number"):
        pixel_array(ds)


def test_colours_of_wide_samples_stay():
    ds = image(np.zeros((1, 2, 2, 3), "u2"), photometric="YBR_FULL")
    with pytest.raises(DicomError, match="raw=True"):
        pixel_array(ds)
    assert pixel_array(ds, raw=True).shape == (2, 2, 3)


def test_index():
    ds = image(np.zeros((2, 2, 2, 1), "u1"))
    for bad in (-1, 2, 10**20):
        with pytest.raises(IndexError, match="`index`"):
            pixel_array(ds, index=bad)
    for bad in ("0", 0.0, [0]):
        with pytest.raises(TypeError, match="`index`"):
            pixel_array(ds, index=bad)
    assert pixel_array(ds, index=np.int64(1)).shape == (2, 2)


def test_no_pixels():
    ds = dcmread(ROOT / "test_files" / "rtplan.dcm")
    with pytest.raises(DicomError, match="no pixel data"):
        pixel_array(ds)
    ds = image(np.zeros((1, 2, 2, 1), "u1"))
    ds.FloatPixelData = bytes(16)
    with pytest.raises(DicomError, match="more than one"):
        pixel_array(ds)

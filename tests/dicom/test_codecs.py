"""Encapsulated pixel data: fragments and offset tables, and the codecs behind the transfer syntaxes."""

import contextlib
import struct
import sys
import zlib

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pydicom.pixels.decoders import rle as pydicom_rle

from scikit.dicom import (
    CodecError,
    DamagedError,
    DicomError,
    LimitError,
    MissingCodecError,
    PixelDataError,
    _rle_cy,
    dcmread,
    iter_pixels,
    limits,
    pixel_array,
    uid,
)
from scikit.dicom._frames import Frames, encapsulate

from .conftest import ROOT
from .images import image, written

RLE = "1.2.840.10008.1.2.5"
JPEG_2000 = "1.2.840.10008.1.2.4.90"
ITEM = b"\xfe\xff\x00\xe0"


def value(table, *fragments):
    """An encapsulated value by hand."""
    pieces = [table, *fragments]
    return b"".join(ITEM + struct.pack("<I", len(piece)) + piece for piece in pieces)


def frames_of(data, number, extended=None):
    found = Frames(data, 0, len(data), number, extended)
    return [bytes(found[k]) for k in range(len(found))]


# -- frames --


def test_fragments_to_frames():
    a, b, c = b"aa", b"bbbb", b"cc\xff\xd9"
    assert frames_of(value(b"", a, b), 2) == [a, b]
    assert frames_of(value(b"", a, b, c), 1) == [a + b + c]
    # a table of 32-bit offsets: the second frame begins with the third fragment
    table = struct.pack("<2I", 0, 8 + len(a) + 8 + len(b))
    assert frames_of(value(table, a, b, c), 2) == [a + b, c]
    # the extended one goes before it
    extended = struct.pack("<2Q", 0, 8 + len(a)), struct.pack("<2Q", 2, 8)
    assert frames_of(value(b"", a, b, c), 2, extended) == [a, b + c]
    # without any, a codestream's end ends a frame
    assert frames_of(value(b"", a, c, b, b + b"\xff\xd9\0"), 2) == [a + c, b + b + b"\xff\xd9\0"]
    assert frames_of(value(b"", a, b"", c), 2) == [a, c]


def test_an_offset_table_that_is_wrong():
    a, b, c = b"aa", b"bb\xff\xd9", b"cc\xff\xd9"
    with pytest.warns(UserWarning, match="offset table"):
        assert frames_of(value(struct.pack("<2I", 0, 7), a, b, c), 2) == [a + b, c]
    assert frames_of(value(struct.pack("<2I", 0, 7), b, c), 2) == [b, c]


def test_frames_that_cannot_be_found():
    with pytest.raises(PixelDataError, match=r"1 fragment.*2 frame"):
        frames_of(value(b"", b"aa"), 2)
    with pytest.raises(PixelDataError, match="no fragments"):
        frames_of(b"", 1)
    with pytest.raises(PixelDataError, match="told apart"):
        frames_of(value(b"", b"aa", b"bb", b"cc"), 2)
    with pytest.raises(DamagedError):
        frames_of(value(b"", b"aa")[:-1], 1)


@given(st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=6))
def test_encapsulate_as_pydicom(frames):
    data, extended = encapsulate(frames)
    assert data == pydicom.encaps.encapsulate(frames)
    assert extended is None
    padded = [frame + b"\0" * (len(frame) % 2) for frame in frames]
    assert frames_of(data, len(frames)) == padded


def test_the_extended_offset_table_of_a_file():
    array = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5, 1)
    codes = [_rle_cy.encode(frame.reshape(-1), 4, 5, 1, 1) for frame in array]
    ds = image(array, RLE, codes)
    data, offsets, lengths = pydicom.encaps.encapsulate_extended(codes)
    ds.PixelData, ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = data, offsets, lengths
    np.testing.assert_array_equal(pixel_array(written(ds)), array[..., 0])


# -- RLE --

shapes = st.tuples(st.integers(1, 9), st.integers(1, 300), st.sampled_from([1, 3]))
samples = st.sampled_from([np.uint8, np.uint16, np.int16, np.uint32])


@given(
    st.tuples(shapes, samples).flatmap(
        lambda t: hnp.arrays(t[1], t[0], elements={"min_value": 0, "max_value": 3})
    )
)
def test_rle_both_ways_and_by_pydicom(array):
    rows, columns, count = array.shape
    size = array.dtype.itemsize
    code = _rle_cy.encode(array.reshape(-1).view(np.uint8), rows, columns, count, size)
    out = np.empty_like(array)
    _rle_cy.decode(code, out.reshape(-1).view(np.uint8), count, size)
    np.testing.assert_array_equal(out, array)
    # planes of samples, little-endian
    other = pydicom_rle._rle_decode_frame(code, rows, columns, count, 8 * size)
    planes = np.frombuffer(other, array.dtype).reshape(count, rows, columns)
    np.testing.assert_array_equal(np.moveaxis(planes, 0, -1), array)


def test_rle_of_pydicom_is_read():
    array = np.random.default_rng(0).integers(0, 30, (2, 40, 60, 3)).astype(np.uint16)
    ds = image(array)
    ds.compress(RLE, encoding_plugin="pydicom")
    np.testing.assert_array_equal(pixel_array(written(ds), raw=True), array)


def test_rle_rows_do_not_run_into_each_other():
    code = _rle_cy.encode(np.zeros(8, np.uint8), 4, 2, 1, 1)
    assert code[64:] == bytes([255, 0] * 4)


def test_rle_of_single_bits():
    bits = np.random.default_rng(1).integers(0, 2, (2, 5, 7, 1)).astype(np.uint8)
    codes = []
    for frame in bits:
        packed = np.packbits(frame.reshape(-1), bitorder="little")
        codes.append(_rle_cy.encode(packed, 1, packed.size, 1, 1))
    ds = image(bits, RLE, codes)
    ds.BitsAllocated = ds.BitsStored = 1
    ds.HighBit = 0
    np.testing.assert_array_equal(pixel_array(written(ds)), bits[..., 0])


@pytest.mark.parametrize("cut", range(0, 90, 3))
def test_rle_cut_short(cut):
    code = _rle_cy.encode(np.arange(50, dtype=np.uint8), 5, 10, 1, 1)
    out = np.empty(50, np.uint8)
    with pytest.raises(CodecError, match="RLE frame"):
        _rle_cy.decode(code[:cut], out, 1, 1)


@given(st.binary(max_size=200), st.integers(1, 4), st.sampled_from([1, 2, 4]))
def test_rle_of_noise(data, count, size):
    out = np.empty(20 * count * size, np.uint8)
    for head in (b"", struct.pack("<16I", count * size, *[64] * 15)):
        with contextlib.suppress(CodecError):
            _rle_cy.decode(head + data, out, count, size)


# -- the other transfer syntaxes --


def plain_frames(array):
    return [frame.astype(frame.dtype.newbyteorder("<")).tobytes() for frame in array]


def deflated(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("dtype", [np.uint8, np.int16])
def test_uncompressed_and_deflated_frames(dtype):
    array = np.random.default_rng(2).integers(0, 99, (3, 6, 4, 1)).astype(dtype)
    plain = plain_frames(array)
    for syntax, codes in (
        ("1.2.840.10008.1.2.1.98", plain),
        ("1.2.840.10008.1.2.8.1", list(map(deflated, plain))),
    ):
        data = written(image(array, syntax, codes))
        np.testing.assert_array_equal(pixel_array(data), array[..., 0])
        np.testing.assert_array_equal(pixel_array(data, index=2), array[2, ..., 0])


def test_a_deflated_frame_that_is_damaged_or_too_short():
    array = np.zeros((1, 6, 4, 1), np.uint8)
    for code, message in ((b"\xff" * 8, "damaged"), (deflated(bytes(5)), "cut short")):
        with pytest.raises(CodecError, match=f"frame 0: .*{message}"):
            pixel_array(written(image(array, "1.2.840.10008.1.2.8.1", [code])))


@pytest.mark.parametrize("signed", [False, True])
def test_jpeg_2000_by_the_extra(signed):
    imagecodecs = pytest.importorskip("imagecodecs")
    dtype = np.int16 if signed else np.uint16
    array = np.random.default_rng(3).integers(-500 * signed, 500, (2, 16, 20, 1)).astype(dtype)
    codes = [
        imagecodecs.jpeg2k_encode(frame[..., 0], level=0, reversible=True, codecformat="J2K")
        for frame in array
    ]
    ds = image(array, "1.2.840.10008.1.2.4.90", codes)
    np.testing.assert_array_equal(pixel_array(written(ds)), array[..., 0])
    # a codestream whose sign is not that of Pixel Representation
    unsigned = [
        imagecodecs.jpeg2k_encode(
            frame[..., 0].view(np.uint16), level=0, reversible=True, codecformat="J2K"
        )
        for frame in array
    ]
    ds = image(array, "1.2.840.10008.1.2.4.90", unsigned)
    np.testing.assert_array_equal(pixel_array(written(ds)), array[..., 0])


def test_a_codec_that_is_not_installed_names_the_extra(monkeypatch):
    array = np.zeros((1, 16, 16, 1), np.uint8)
    codec = pytest.importorskip("imagecodecs")
    data = written(
        image(array, JPEG_2000, [codec.jpeg2k_encode(array[0, ..., 0], codecformat="J2K")])
    )
    for name in ("imagecodecs", "openjpeg"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingCodecError, match=r"pip install 'scikit\[jpeg2000\]'"):
        pixel_array(data)


@pytest.mark.parametrize("shape", [(8, 8), (16, 24), (300, 200), (100, 150), (9, 5000)])
def test_jpeg_xl_by_the_extra(shape):
    codec = pytest.importorskip("imagecodecs")
    array = np.random.default_rng(6).integers(0, 4000, (1, *shape, 1)).astype(np.uint16)
    code = codec.jpegxl_encode(array[0, ..., 0], lossless=True)
    ds = image(array, "1.2.840.10008.1.2.4.110", [code])
    np.testing.assert_array_equal(pixel_array(written(ds)), array[0, ..., 0])
    ds.Columns += 1
    with pytest.raises(PixelDataError, match=f"{shape[0]} x {shape[1]} x 1 samples"):
        pixel_array(written(ds))


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.110"])
def test_other_packages_see_no_frame_of_another_size(syntax):
    """A frame that claims to be huge must not make them ask for memory."""
    size = struct.pack(">HHH8IH", 0xFF51, 41, 0, 65535, 65535, 0, 0, 65535, 65535, 0, 0, 1)
    huge = {"90": b"\xff\x4f" + size + bytes(3), "10": b"\xff\x0a" + b"\xff" * 16}[syntax[-2:]]
    data = written(image(np.zeros((1, 4, 4, 1), np.uint8), syntax, [huge]))
    with pytest.raises(PixelDataError, match="the data set describes 4 x 4 x 1"):
        pixel_array(data)
    with pytest.raises(CodecError, match="codestream"):
        pixel_array(written(image(np.zeros((1, 4, 4, 1), np.uint8), syntax, [b"abcd"])))


def test_a_transfer_syntax_without_codec():
    data = written(image(np.zeros((1, 4, 4, 1), np.uint8), "1.2.840.10008.1.2.4.100", [b"ab"]))
    with pytest.raises(MissingCodecError, match=r"1\.2\.840\.10008\.1\.2\.4\.100 \(MPEG2"):
        pixel_array(data)


COLOURED = sorted((ROOT / "test_files").glob("SC_*j*.dcm")) + sorted(
    (ROOT / "test_files").glob("SC_rgb_dcmtk*.dcm")
)


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
@pytest.mark.parametrize("path", COLOURED, ids=lambda path: path.stem)
def test_colours_of_jpeg_as_pydicom(path):
    expected = pydicom.pixels.pixel_array(pydicom.dcmread(path))
    got = pixel_array(path)
    assert got.shape == expected.shape
    # two levels of the cosine transform and the chroma's filter, 1.772 times in RGB
    assert np.abs(got.astype(int) - expected).max() <= 4


def test_a_frame_that_is_not_what_the_data_set_says():
    for name in ("JPEGLSNearLossless_08", "SC_rgb_jpeg_gdcm", "MR_small_RLE"):
        ds = dcmread(ROOT / "test_files" / f"{name}.dcm")
        ds.Rows += 1
        with pytest.raises(CodecError if "RLE" in name else PixelDataError) as caught:
            pixel_array(ds)
        if "RLE" not in name:
            assert f"the data set describes {ds.Rows} x" in str(caught.value)


# -- indices, order, limits --


def test_one_frame_and_all_and_in_turn():
    array = np.random.default_rng(4).integers(0, 9, (5, 8, 8, 1)).astype(np.uint16)
    codes = [_rle_cy.encode(f.reshape(-1).view(np.uint8), 8, 8, 1, 2) for f in array]
    codes[3] = codes[3][:70]  # damaged
    ds = dcmread(written(image(array, RLE, codes)))
    np.testing.assert_array_equal(pixel_array(ds, index=4), array[4, ..., 0])
    turn = iter_pixels(ds)
    for k in range(3):
        np.testing.assert_array_equal(next(turn), array[k, ..., 0])
    with pytest.raises(CodecError, match="frame 3"):
        next(turn)
    with pytest.raises(CodecError, match="frame 3"):
        pixel_array(ds)
    chosen = list(iter_pixels(ds, indices=[4, 0]))
    np.testing.assert_array_equal(chosen, array[[4, 0], ..., 0])
    with pytest.raises(IndexError, match="`indices` is 5"):
        iter_pixels(ds, indices=[5])
    with pytest.raises(IndexError, match="`index` is -1"):
        pixel_array(ds, index=-1)
    with pytest.raises(TypeError, match="`index`"):
        pixel_array(ds, index="0")


def test_any_number_of_workers_gives_the_same():
    array = np.random.default_rng(5).integers(0, 9, (6, 50, 40, 1)).astype(np.uint16)
    codes = [_rle_cy.encode(f.reshape(-1).view(np.uint8), 50, 40, 1, 2) for f in array]
    data = written(image(array, RLE, codes))
    for workers in (1, 2, 5):
        np.testing.assert_array_equal(pixel_array(data, workers=workers), array[..., 0])


def test_limits_of_pixels():
    array = np.zeros((2, 50, 40, 1), np.uint16)
    codes = [_rle_cy.encode(f.reshape(-1).view(np.uint8), 50, 40, 1, 2) for f in array]
    data = written(image(array, RLE, codes))
    with limits(pixels=7999), pytest.raises(LimitError, match="8000 bytes"):
        pixel_array(data)
    with limits(pixels=8000):
        assert pixel_array(data).nbytes == 8000
    with limits(pixels=4000):
        assert pixel_array(data, index=0).nbytes == 4000


def test_flipped_bits_in_a_compressed_file():
    """A typed error, or pixels of the right shape; never a crash."""
    array = np.arange(48, dtype=np.uint8).reshape(1, 6, 8, 1)
    good = written(image(array, RLE, [_rle_cy.encode(array.reshape(-1), 6, 8, 1, 1)]))
    for k in range(len(good)):
        data = bytearray(good)
        data[k] ^= 1 << k % 8
        with contextlib.suppress(DicomError):
            pixel_array(bytes(data))


def test_the_module_of_uids_names_the_codecs():
    assert uid.RLELossless == RLE

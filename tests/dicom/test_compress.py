"""compress and decompress: what is written, read back by pydicom."""

import io

import numpy as np
import pydicom
import pytest

from scikit.dicom import (
    Dataset,
    MissingCodecError,
    PixelDataError,
    compress,
    dcmread,
    dcmwrite,
    decompress,
    pixel_array,
    uid,
)

from .conftest import ROOT
from .images import image, written

LOSSLESS = {
    "RLE": uid.RLELossless,
    "JPEG lossless": uid.JPEGLosslessSV1,
    "JPEG lossless 14": uid.JPEGLossless,
    "JPEG-LS": uid.JPEGLSLossless,
    "uncompressed": "1.2.840.10008.1.2.1.98",
    "deflated": "1.2.840.10008.1.2.8.1",
}
#: What pydicom and its plugins decode.
KNOWN = ("RLE", "JPEG lossless", "JPEG lossless 14", "JPEG-LS")


def noise(dtype, stored, shape, seed=0):
    info = np.iinfo(dtype)
    low, high = (0, 1 << stored) if info.min == 0 else (-(1 << (stored - 1)), 1 << (stored - 1))
    smooth = np.linspace(low, high - 1, int(np.prod(shape))).reshape(shape)
    wobble = np.random.default_rng(seed).normal(0, (high - low) / 100, shape)
    return np.clip(smooth + wobble, low, high - 1).astype(dtype)


def saved(ds):
    file = io.BytesIO()
    dcmwrite(file, ds)
    return file.getvalue()


@pytest.mark.parametrize("name", LOSSLESS)
@pytest.mark.parametrize(
    ("dtype", "stored", "samples"),
    [(np.uint8, 8, 1), (np.uint8, 8, 3), (np.uint16, 12, 1), (np.uint16, 16, 1), (np.int16, 12, 1),
     (np.int16, 16, 1)],
)  # fmt: skip
def test_lossless_both_ways(name, dtype, stored, samples):
    array = noise(dtype, stored, (3, 17, 23, samples))
    ds = dcmread(written(image(array, stored=stored)))
    squeezed = array if samples > 1 else array[..., 0]
    assert compress(ds, LOSSLESS[name]) is ds
    data = saved(ds)
    np.testing.assert_array_equal(pixel_array(data), squeezed)
    if name in KNOWN:
        other = pydicom.dcmread(io.BytesIO(data))
        np.testing.assert_array_equal(pydicom.pixels.pixel_array(other, raw=True), squeezed)
    plain = decompress(dcmread(data))
    assert plain.file_meta.TransferSyntaxUID == uid.ExplicitVRLittleEndian
    assert plain.get("PlanarConfiguration", 0) == 0
    again = pydicom.dcmread(io.BytesIO(saved(plain)))
    np.testing.assert_array_equal(again.pixel_array, squeezed)


@pytest.mark.parametrize("name", ["RLE", "deflated", "uncompressed"])
def test_single_bits_both_ways(name):
    bits = np.random.default_rng(1).integers(0, 2, (2, 5, 7)).astype(np.uint8)
    ds = dcmread(written(image(bits[..., None])))
    ds.BitsAllocated = ds.BitsStored = 1
    ds.HighBit = 0
    compress(ds, LOSSLESS[name], bits)
    np.testing.assert_array_equal(pixel_array(saved(ds)), bits)
    decompress(ds)
    np.testing.assert_array_equal(pixel_array(saved(ds)), bits)


def test_methods_of_the_data_set():
    array = noise(np.uint16, 12, (2, 8, 9, 1))
    ds = dcmread(written(image(array, stored=12)))
    assert ds.compress(uid.JPEGLSLossless, workers=1) is None
    assert ds.file_meta.TransferSyntaxUID == uid.JPEGLSLossless
    ds.decompress(generate_instance_uid=False)
    np.testing.assert_array_equal(ds.pixel_array, array[..., 0])


def test_from_one_compression_to_another():
    ds = dcmread(ROOT / "test_files" / "MR_small_RLE.dcm")
    before = pixel_array(ds)
    compress(ds, uid.JPEGLSLossless)
    np.testing.assert_array_equal(pixel_array(saved(ds)), before)


@pytest.mark.parametrize("error", [1, 3])
def test_near_lossless(error):
    array = noise(np.uint16, 12, (1, 40, 50, 1))
    ds = dcmread(written(image(array, stored=12)))
    compress(ds, uid.JPEGLSNearLossless, jls_error=error)
    got = pydicom.dcmread(io.BytesIO(saved(ds))).pixel_array
    difference = np.abs(got.astype(int) - array[0, ..., 0]).max()
    assert 0 < difference <= error
    assert ds.LossyImageCompression == "01"
    assert ds.LossyImageCompressionMethod == "ISO_14495_1"
    assert ds.LossyImageCompressionRatio > 1


def test_baseline_of_colours():
    y, x = np.mgrid[:48, :64]
    array = np.stack([3 * x, 5 * y, 255 - 2 * x - y], -1).astype(np.uint8)[None]
    ds = dcmread(written(image(array)))
    compress(ds, uid.JPEGBaseline8Bit, quality=95)
    assert ds.PhotometricInterpretation == "YBR_FULL"
    data = saved(ds)
    assert np.abs(pixel_array(data).astype(int) - array[0]).mean() < 2
    other = pydicom.pixels.pixel_array(pydicom.dcmread(io.BytesIO(data)))
    assert np.abs(other.astype(int) - array[0]).mean() < 2
    smaller = len(
        compress(dcmread(written(image(array))), uid.JPEGBaseline8Bit, quality=30).PixelData
    )
    assert smaller < len(ds.PixelData)
    # the record of losses grows
    decompress(ds)
    assert ds.PhotometricInterpretation == "RGB"
    compress(ds, uid.JPEGBaseline8Bit)
    assert list(ds.LossyImageCompressionMethod) == ["ISO_10918_1"] * 2


def test_the_instance_is_a_new_one_unless_asked():
    array = noise(np.uint8, 8, (1, 4, 4, 1))
    ds = dcmread(written(image(array)))
    compress(ds, uid.RLELossless, generate_instance_uid=False)
    assert ds.SOPInstanceUID == "1.2.3"
    decompress(ds)
    assert ds.SOPInstanceUID != "1.2.3"
    assert ds.file_meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID


def test_new_values():
    array = noise(np.uint16, 16, (2, 4, 5, 1))
    ds = dcmread(written(image(array)))
    other = array[..., 0][::-1].astype(">u2")
    compress(ds, uid.RLELossless, other)
    np.testing.assert_array_equal(pixel_array(ds), other)


def test_what_is_not_compressed_stays():
    ds = dcmread(written(image(noise(np.uint8, 8, (1, 4, 4, 1)))))
    before = saved(ds)
    assert decompress(ds) is ds
    assert saved(ds) == before


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_any_number_of_workers_gives_the_same(workers):
    array = noise(np.uint16, 12, (5, 30, 40, 1))
    ds = dcmread(written(image(array, stored=12)))
    one = compress(dcmread(written(image(array, stored=12))), uid.JPEGLSLossless, workers=1)
    assert compress(ds, uid.JPEGLSLossless, workers=workers).PixelData == one.PixelData


def test_bad_input():
    ds = dcmread(written(image(noise(np.int16, 16, (1, 4, 5, 1)))))
    before = saved(ds)
    cases = [
        ((None, uid.RLELossless), {}, TypeError, "`ds`"),
        ((Dataset(), uid.RLELossless), {}, PixelDataError, "no pixel data"),
        ((ds, uid.JPEG2000), {}, MissingCodecError, "cannot be written.*RLE Lossless"),
        ((ds, uid.ImplicitVRLittleEndian), {}, MissingCodecError, "cannot be written"),
        ((ds, uid.RLELossless, np.zeros((4, 5))), {}, TypeError, "`arr` must hold int16"),
        ((ds, uid.RLELossless, np.zeros((5, 4), np.int16)), {}, ValueError, "`arr`.*shape"),
        ((ds, uid.JPEGBaseline8Bit), {}, PixelDataError, "16 bits"),
        ((ds, uid.RLELossless), {"jls_error": 1}, ValueError, "`jls_error`"),
        ((ds, uid.JPEGLSNearLossless), {"jls_error": 2}, PixelDataError, "signs"),
        ((ds, uid.JPEGLSNearLossless), {"jls_error": -1}, ValueError, "near"),
        ((ds, uid.RLELossless), {"workers": 0}, ValueError, "`workers`"),
    ]
    for args, kwargs, error, message in cases:
        with pytest.raises(error, match=message):
            compress(*args, **kwargs)
    assert saved(ds) == before
    with pytest.raises(TypeError, match="`ds`"):
        decompress("file")
    with pytest.raises(PixelDataError):
        decompress(Dataset())

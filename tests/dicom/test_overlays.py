"""Overlays, against pydicom's."""

import numpy as np
import pydicom
import pytest

from scikit.dicom import Dataset, LimitError, PixelDataError, dcmread, limits, overlay_array

from .conftest import ROOT


def test_overlay_of_a_file():
    path = ROOT / "test_files" / "examples_overlay.dcm"
    expected = pydicom.dcmread(path).overlay_array(0x6000)
    assert expected.any()
    np.testing.assert_array_equal(overlay_array(path), expected)
    np.testing.assert_array_equal(dcmread(path).overlay_array(0x6000), expected)


def overlay(frames, rows, columns, data):
    ds = Dataset()
    for element, vr, value in (
        (0x10, "US", rows), (0x11, "US", columns), (0x15, "IS", frames), (0x3000, "OB", data),
    ):  # fmt: skip
        if value is not None:
            ds.add_new((0x6002, element), vr, value)
    return ds


def test_frames():
    bits = np.random.default_rng(0).integers(0, 2, (3, 5, 7)).astype(np.uint8)
    data = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    np.testing.assert_array_equal(overlay_array(overlay(3, 5, 7, data), 0x6002), bits)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 5, 7, b"abcd"), "cut short: 4 bytes for 35 bits"),
        ((1, None, 7, b"abcd"), "None rows"),
        ((0, 5, 7, b"abcdef"), "0 frames"),
        ((1, 5, 7, None), "no overlay data in group 6002"),
    ],
)
def test_damaged(arguments, message):
    with pytest.raises(PixelDataError, match=message):
        overlay_array(overlay(*arguments), 0x6002)


def test_what_is_no_overlay():
    for group in (0x6001, 0x5FFE, 0x6100, 0):
        with pytest.raises(ValueError, match="`group`"):
            overlay_array(Dataset(), group)
    with limits(pixels=34), pytest.raises(LimitError):
        overlay_array(overlay(1, 5, 7, bytes(6)), 0x6002)

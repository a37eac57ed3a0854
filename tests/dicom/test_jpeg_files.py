"""The JPEG and JPEG-LS files of pydicom's wheel, against what pydicom's plugins decode."""

import warnings

import numpy as np
import pydicom
import pytest
import SimpleITK
from pydicom.encaps import generate_frames
from pydicom.pixels import pixel_array

from scikit.dicom import _jpeg_cy, _jpegls_cy

from .conftest import installed_files
from .jpeg_streams import decoded

SYNTAXES = {f"1.2.840.10008.1.2.4.{k}": _jpeg_cy for k in (50, 51, 57, 70)}
SYNTAXES |= {f"1.2.840.10008.1.2.4.{k}": _jpegls_cy for k in (80, 81)}


def read(path):
    """The data set, or None if it is not of these transfer syntaxes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds = pydicom.dcmread(path, force=True)
    syntax = ds.file_meta.get("TransferSyntaxUID") if "file_meta" in dir(ds) else None
    return ds if syntax in SYNTAXES and "PixelData" in ds else None


FILES = [path for path in installed_files() if read(path) is not None]


def test_there_are_such_files():
    assert len(FILES) >= 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file(path):
    ds = read(path)
    syntax = ds.file_meta.TransferSyntaxUID
    codec = SYNTAXES[syntax]
    frames = generate_frames(ds.PixelData, number_of_frames=int(ds.get("NumberOfFrames", 1)))
    got = np.squeeze(np.stack([decoded(codec, f, f"u{ds.BitsAllocated // 8}") for f in frames]))
    if path.stem in ("JPEG-lossy", "JPGExtended"):  # 12 bits: pydicom's plugins refuse them
        want = np.squeeze(SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path)))
        assert np.abs(got.astype(int) - want).max() <= 1
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = pixel_array(ds, raw=True, decoding_plugin="gdcm")
    most = 2 if syntax.endswith(("50", "51")) else 0
    assert np.abs(got.view(want.dtype).astype(int) - want.squeeze()).max() <= most

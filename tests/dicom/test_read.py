"""Reading, against pydicom: every element of every file that its wheel ships."""

import contextlib
import io
import mmap
import os
import struct
import warnings

import numpy as np
import pydicom
import pytest

from scikit.dicom import DicomError, _read, dcmread, dcmwrite

from .conftest import NATIVE, ROOT, element, installed_files, start


def flat(ds, prefix=""):
    for elem in ds:
        if elem.VR == "SQ":
            for k, item in enumerate(elem.value or []):
                yield from flat(item, f"{prefix}{int(elem.tag):08x}[{k}].")
        else:
            yield f"{prefix}{int(elem.tag):08x}", (str(elem.VR), plain(elem.value))


def plain(value):
    """A value as what both libraries have in common."""
    if value is None or isinstance(value, bytes):
        return value or b""
    if isinstance(value, (list, tuple)) or type(value).__name__ == "MultiValue":
        return [plain(v) for v in value]
    if isinstance(value, (int, float)):
        return float(value)
    return str(value).rstrip(" \0") or b""


def by_pydicom(source):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dict(flat(pydicom.dcmread(source, force=True)))


@pytest.mark.parametrize("path", installed_files(), ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")
def test_every_element_equals_pydicoms(path):
    try:
        want = by_pydicom(path)
    except Exception:  # what pydicom cannot read is no reference, but must not surprise
        with contextlib.suppress(DicomError):
            dict(flat(dcmread(path, force=True)))
        return
    assert dict(flat(dcmread(path, force=True))) == want


@pytest.mark.filterwarnings("ignore")
def test_dicomdirs():
    for path in sorted((ROOT / "test_files" / "dicomdirtests").rglob("DICOMDIR*")):
        assert dict(flat(dcmread(path, force=True))) == by_pydicom(path), path


def test_sources_agree(small_ct, tmp_path):
    path = tmp_path / "ct.dcm"
    path.write_bytes(small_ct)
    want = dcmread(path)
    assert want.filename == str(path)
    assert want == dcmread(str(path)) == dcmread(small_ct) == dcmread(bytearray(small_ct))
    assert want == dcmread(io.BytesIO(small_ct)) == dcmread(memoryview(small_ct))
    with open(path, "rb") as file:
        assert want == dcmread(file)


def test_mapped_file(small_ct, tmp_path, monkeypatch):
    monkeypatch.setattr(_read, "MAP_FROM", 1000)
    path = tmp_path / "ct.dcm"
    path.write_bytes(small_ct)
    ds = dcmread(path)
    assert isinstance(ds._source.data, mmap.mmap)
    assert ds == dcmread(small_ct)
    assert np.array_equal(ds.pixel_array, dcmread(small_ct).pixel_array)


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm", "JPEG2000.dcm", "rtplan.dcm"])
def test_stop_before_pixels(name):
    path = ROOT / "test_files" / name
    ds, want = dcmread(path, stop_before_pixels=True), dcmread(path)
    assert ds.keys() == [e.tag for e in want if e.tag < 0x7FE00008]
    assert all(a == want[a.tag] for a in ds)


def test_stop_before_pixels_behind_a_long_header(tmp_path):
    for size in (100, 1 << 14, 1 << 18, 1 << 20):
        data = start() + element(8, 0x60, b"CS", b"CT") + element(9, 0x1001, b"OB", bytes(size))
        data += element(0x28, 0x10, b"US", b"\1\0") + element(0x7FE0, 0x10, b"OW", bytes(1 << 16))
        path = tmp_path / "long.dcm"
        path.write_bytes(data)
        ds = dcmread(path, stop_before_pixels=True)
        assert (ds.Modality, ds.Rows, len(ds[9, 0x1001].value)) == ("CT", 1, size)
        assert "PixelData" not in ds


def test_specific_tags(small_ct):
    ds = dcmread(small_ct, specific_tags=["PatientName", (0x28, 0x10), 0x00280011])
    assert [e.keyword for e in ds] == ["SpecificCharacterSet", "PatientName", "Rows", "Columns"]
    with pytest.raises(DicomError, match="specific_tags"):
        dcmread(small_ct, specific_tags=["NoSuchKeyword"])


@pytest.mark.parametrize("bad", [None, 3, object(), ["a"], io.StringIO("text")])
def test_wrong_types(bad):
    with pytest.raises(TypeError, match="`fp`"):
        dcmread(bad)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        dcmread(tmp_path / "none.dcm")
    with pytest.raises(IsADirectoryError):
        dcmread(tmp_path)


def test_pipe(small_ct):
    ours, theirs = os.pipe()
    with open(theirs, "wb") as sink:
        sink.write(small_ct[:20000])
    with open(ours, "rb") as source:
        assert dcmread(source, force=False, stop_before_pixels=True).Modality == "CT"


@pytest.mark.parametrize("syntax", NATIVE[:3])
def test_without_transfer_syntax_the_data_tell(syntax):
    ds = pydicom.dcmread(ROOT / "test_files" / "CT_small.dcm")
    out = io.BytesIO()
    implicit, little = syntax == NATIVE[0], syntax != NATIVE[2]
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.preamble = None
    if not little:
        for tag in [e.tag for e in ds if e.VR == "OW"]:
            del ds[tag]
    pydicom.dcmwrite(out, ds, implicit_vr=implicit, little_endian=little, force_encoding=True)
    with pytest.raises(DicomError, match="DICM"):
        dcmread(out.getvalue())
    got = dcmread(out.getvalue(), force=True)
    assert dict(flat(got)) == by_pydicom(io.BytesIO(out.getvalue()))


@pytest.mark.parametrize("syntax", NATIVE[:2])
@pytest.mark.parametrize(
    ("vr", "value"),
    [(b"US", b"abc"), (b"AT", b"ab"), (b"FD", b"12345 "), (b"SL", b"a\\b")],
)
def test_no_whole_number_of_numbers(vr, value, syntax, monkeypatch):
    """The bytes, as UN: what pydicom gives where it is told not to fail."""
    tag = {b"US": 0x00280010, b"AT": 0x00280009, b"FD": 0x00189087, b"SL": 0x00186020}[vr]
    data = start(syntax)
    if syntax == NATIVE[0]:
        data += struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value)) + value
    else:
        data += element(tag >> 16, tag & 0xFFFF, vr, value)
    ds = dcmread(data)
    assert (ds[tag].VR, ds[tag].value) == ("UN", value)
    out = io.BytesIO()
    dcmwrite(out, ds)
    assert dcmread(out.getvalue())[tag].value == value


@pytest.mark.parametrize(
    ("vr", "value"), [(b"IS", b"1A\\2 "), (b"DS", b"one "), (b"IS", b"1e999 ")]
)
@pytest.mark.filterwarnings("ignore")
def test_text_that_is_no_number(vr, value):
    data = start() + element(9, 0x1001, vr, value)
    ds = dcmread(data)
    if value != b"1e999 ":  # which pydicom does not survive
        assert dict(flat(ds)) == by_pydicom(io.BytesIO(data))
    assert vr.decode() == ds[9, 0x1001].VR
    out = io.BytesIO()
    dcmwrite(out, ds)
    assert dcmread(out.getvalue())[9, 0x1001].value == ds[9, 0x1001].value

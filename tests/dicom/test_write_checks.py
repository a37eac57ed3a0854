"""What is checked on writing, and files as DCMTK sees them."""

import io
import os
import warnings

import numpy as np
import pydicom
import pytest

from scikit.dicom import Dataset, DicomError, ValueFitError, _read, _validate, dcmread, dcmwrite

from .conftest import NATIVE, ROOT, dcmtk, element, installed_files, start

GOOD = {
    "AE": ["STORE SCP"], "AS": ["034Y", "001D"], "CS": ["ORIGINAL", "A_B 1"],
    "DA": ["20240229", "20240101-20240201", "-20240101"], "DS": ["1", "-1.5e-10", " +.5 "],
    "DT": ["2024", "202402291200", "20240229120000.123456+0100"], "IS": ["12", "-2147483648"],
    "LO": ["x" * 64], "LT": ["x" * 10240], "PN": ["A^B=C=D", "x" * 64 + "=" + "y" * 64],
    "SH": ["x" * 16], "ST": ["x" * 1024], "TM": ["23", "2359", "235960.1"], "UI": ["1.2.0.3"],
    "UR": ["http://x"], "UC": ["x" * 100000], "UT": ["x" * 100000],
}  # fmt: skip
BAD = {
    "AE": ["x" * 17], "AS": ["34Y", "034X"], "CS": ["lower", "x" * 17, "A-B"],
    "DA": ["2024-02-29", "20241301", "20240132", "2024"], "DS": ["1.2.3", "1" * 17, "1,5"],
    "DT": ["20241301", "x"], "IS": ["2147483648", "1.5", "1" * 13], "LO": ["x" * 65],
    "LT": ["x" * 10241], "PN": ["A=B=C=D", "x" * 65], "SH": ["x" * 17], "ST": ["x" * 1025],
    "TM": ["24", "2360", "12:00"], "UI": ["1.02", "1..2", "1." * 33, "a"], "UR": [" http://x"],
}  # fmt: skip


@pytest.mark.parametrize("vr", GOOD)
def test_text_of_each_value_representation(vr):
    for text in GOOD[vr]:
        assert _validate.fault(vr, text) is None, text
    for text in BAD.get(vr, []):
        assert _validate.fault(vr, text), text
        assert _validate.fault(vr, [GOOD[vr][0], text])
        assert _validate.fault(vr, ["", GOOD[vr][0]]) is None


@pytest.mark.parametrize("vr", BAD)
def test_like_pydicom(vr):
    """What pydicom's own checks accept or refuse is accepted or refused here."""
    for text in GOOD[vr] + BAD[vr]:
        if vr in ("DT", "TM", "DA") and text in ("20240101-20240201", "-20240101", "2024-02-29"):
            continue  # pydicom checks parts of a range less strictly
        if text == "2147483648":
            continue  # pydicom checks the range of IS elsewhere
        found, _ = pydicom.valuerep.VALIDATORS[vr](vr, text)
        assert found == (_validate.fault(vr, text) is None), text


def test_what_is_complained_of():
    ds = Dataset()
    ds.Modality, ds.PatientID = "lower case", "x" * 65
    with pytest.warns(UserWarning, match=r"(?s)Modality.*CS.*and 1 more.*0008,0060"):
        dcmwrite(io.BytesIO(), ds)
    with pytest.raises(ValueFitError, match="Modality") as caught:
        dcmwrite(io.BytesIO(), ds, validate="error")
    assert caught.value.tag == 0x00080060
    dcmwrite(io.BytesIO(), ds, validate="ignore")
    with pytest.raises(DicomError, match="validate"):
        dcmwrite(io.BytesIO(), ds, validate="maybe")
    data = start() + element(8, 0x60, b"CS", b"lower ") + element(0x10, 0x20, b"LO", b"x" * 70)
    read = dcmread(data)
    list(read)
    read.PatientName = "A"  # the texts of the file are the file's affair
    dcmwrite(io.BytesIO(), read, validate="error")


def test_enforced_format_and_overwriting(tmp_path):
    ds = Dataset()
    ds.PatientID = "1"
    with pytest.raises(ValueFitError, match="MediaStorageSOPClassUID"):
        dcmwrite(io.BytesIO(), ds, enforce_file_format=True)
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", "1.2.3"
    path = tmp_path / "x.dcm"
    ds.save_as(path, enforce_file_format=True, overwrite=False)
    with pytest.raises(FileExistsError):
        ds.save_as(path, overwrite=False)
    ds.PatientID = "2"
    ds.save_as(path)
    assert dcmread(path).PatientID == "2"


def test_encapsulated_pixels_need_their_syntax():
    path = ROOT / "test_files" / "MR_small_RLE.dcm"
    ds = dcmread(path)
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    with pytest.raises(ValueFitError, match="decompress"):
        dcmwrite(io.BytesIO(), ds)
    ds = dcmread(ROOT / "test_files" / "MR_small.dcm")
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.5"
    with pytest.raises(ValueFitError, match="encapsulated"):
        dcmwrite(io.BytesIO(), ds)


def test_odd_values_of_a_file_become_even():
    data = start() + element(8, 0x60, b"CS", b"CTX") + element(9, 0x1001, b"OB", b"abc")
    data += element(0x20, 0xD, b"UI", b"1.2")
    out = io.BytesIO()
    dcmwrite(out, dcmread(data))
    assert b"CTX " in out.getvalue()
    assert dcmread(out.getvalue())[9, 0x1001].value == b"abc"  # bytes stay as they are
    assert b"1.2\0" in out.getvalue()


def test_a_mapped_file_written_over_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(_read, "MAP_FROM", 1000)
    path = tmp_path / "ct.dcm"
    path.write_bytes((ROOT / "test_files" / "CT_small.dcm").read_bytes())
    ds = dcmread(path)
    pixels = ds.pixel_array
    want = pixels.copy()
    ds.PatientID = "new"
    for _ in range(2):
        ds.save_as(path)
    assert np.array_equal(pixels, want)
    again = dcmread(path)
    assert again.PatientID == "new"
    assert np.array_equal(again.pixel_array, want)
    assert os.listdir(tmp_path) == ["ct.dcm"]


def dcmdump(path):
    run = dcmtk("dcmdump", path)
    lines = run.stderr.decode("latin_1").splitlines()
    # A private sequence in implicit data cannot be told in any other way than CP-246's.
    return run.returncode, [line for line in lines if "(CP-246)" not in line]


@pytest.mark.parametrize("syntax", NATIVE)
def test_dcmtk_reads_new_files(tmp_path, syntax):
    ds = dcmread(ROOT / "test_files" / "rtplan.dcm")
    list(ds.iterall())
    ds.PatientName, ds.PatientID = "Doe^Jane", "x" * 63
    ds.private_block(0x0029, "ACME", create=True).add_new(1, "SQ", [Dataset(), ds.BeamSequence[0]])
    ds.add_new(0x0029_1002, "UT", "y" * 70001)
    ds.file_meta.TransferSyntaxUID = syntax
    path = tmp_path / "new.dcm"
    ds.save_as(path, enforce_file_format=True)
    assert dcmdump(path) == (0, [])


@pytest.mark.parametrize("path", installed_files(), ids=lambda path: path.stem)
def test_dcmtk_reads_what_it_read_before(path, tmp_path):
    """A file that DCMTK reads without a word, it reads so too once we have written it."""
    if dcmdump(path) != (0, []):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds = dcmread(path, force=True)
        list(ds.iterall())
        ds.save_as(tmp_path / "again.dcm")
    assert dcmdump(tmp_path / "again.dcm") == (0, [])

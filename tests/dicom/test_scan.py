"""Headers of many files as columns, against reading them one by one."""

import os
import pathlib
import struct
import zipfile

import numpy as np
import pandas
import pydicom
import pytest

from scikit.dicom import Dataset, DicomError, ScanTable, dcmread, dcmwrite, scan, write_volume

from .conftest import ROOT, element, installed_files, start

TAGS = ["InstanceNumber", "PixelSpacing", (0x28, 0x11), "EchoTime", "ImageType", "PatientName"]


def made(tmp_path):
    files = write_volume(tmp_path / "s", np.zeros((70, 2, 3)), spacing=(3, 2, 1))
    (tmp_path / "s" / "notes.txt").write_text("x")
    return tmp_path / "s", files


def edit(path, **changes):
    ds = dcmread(path)
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    dcmwrite(path, ds)


def test_columns(tmp_path):
    folder, files = made(tmp_path)
    for workers in (None, 1, 2):
        table = scan(folder, tags=TAGS, workers=workers)
        assert table["path"].tolist() == files
        assert np.array_equal(table["InstanceNumber"], np.arange(1, 71))
        assert table["InstanceNumber"].dtype == np.int64
        assert np.array_equal(table["PixelSpacing"], [[2, 1]] * 70)
        assert table["(0028,0011)"].tolist() == [3] * 70
        assert np.isnan(table["EchoTime"]).all()
        assert table["ImageType"][3] == ("DERIVED", "SECONDARY", "OTHER")
        assert table["PatientName"].tolist() == [None] * 70
        assert len(table) == 70
        assert next(iter(table)) == "path"
        assert [os.path.basename(path) for path, _ in table.skipped] == ["notes.txt"]
        assert not table.errors


def test_missing_values(tmp_path):
    folder, files = made(tmp_path)
    edit(files[3], InstanceNumber="", EchoTime=2.5)
    edit(files[4], PixelSpacing="")
    table = scan(folder, tags=TAGS)
    assert table["InstanceNumber"].mask.tolist() == [k == 3 for k in range(70)]
    assert table["EchoTime"][3] == 2.5
    assert np.isnan(table["PixelSpacing"][4]).all()
    frame = table.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["InstanceNumber"].isna().sum() == 1
    assert frame["InstanceNumber"].dtype == "Int64"
    assert frame["PixelSpacing"][0] == (2.0, 1.0)
    assert frame["PixelSpacing"][4] is None


def test_irregular_columns(tmp_path):
    folder, files = made(tmp_path)
    edit(files[0], ImageType=["ORIGINAL", "PRIMARY", "M"], PixelSpacing=[1, 2])
    ds = dcmread(files[1])
    del ds.PixelSpacing
    ds.add_new(0x00280030, "DS", "1")
    dcmwrite(files[1], ds)
    table = scan(folder, tags=TAGS)
    assert table["ImageType"][0] == ("ORIGINAL", "PRIMARY", "M")
    assert table["PixelSpacing"].dtype == object
    assert table["PixelSpacing"][1] == 1.0


def test_rows_series_and_text(tmp_path):
    _, files = made(tmp_path)
    template = Dataset()
    template.SeriesNumber, template.SeriesDescription = 7, "<b>T1</b>"
    write_volume(tmp_path / "t", np.ones((2, 2, 2)), template=template)
    table = scan(tmp_path)
    first, second = sorted(table.series(), key=len)
    assert (len(first), len(second)) == (2, 70)
    assert (first.number, first.modality, first.description) == (7, "MR", "<b>T1</b>")
    assert second.paths == files
    part = table[table["SeriesNumber"] == 7]
    assert isinstance(part, ScanTable)
    assert len(part) == len(part.series()[0].paths) == 2
    assert table[0]["path"] == files[0]
    assert len(table[:3]) == 3
    text = repr(table)
    assert "72 files in all" in text
    assert "1 skipped" in text
    shown = table[table["SeriesNumber"] == 7]._repr_html_()
    assert "&lt;b&gt;T1" in shown
    assert "<b>" not in shown
    for bad in (3.5, None, {}):
        with pytest.raises(TypeError):
            table[bad]
    with pytest.raises(KeyError, match="no column"):
        table["Nonsense"]
    with pytest.raises(ValueError, match="`columns`"):
        ScanTable({"path": np.array(["a"], object), "x": np.zeros(2)})


def test_empty_folder(tmp_path):
    table = scan(tmp_path, tags=["Rows", "PatientID"])
    assert len(table) == 0
    assert table.series() == []
    assert table["Rows"].dtype == np.int64
    assert "Rows" in repr(table)
    assert len(table.to_pandas()) == 0


def test_errors_are_listed(tmp_path):
    folder, files = made(tmp_path)
    data = pathlib.Path(files[5]).read_bytes()
    pathlib.Path(files[5]).write_bytes(data[:200])
    cut = start() + element(8, 0x60, b"CS", b"MR", length=60)
    (folder / "zz.dcm").write_bytes(cut)
    os.mkfifo(folder / "pipe")
    table = scan(folder, tags=TAGS)
    assert len(table) == 69
    assert {os.path.basename(path) for path, _ in table.errors} == {"IM00006.dcm", "zz.dcm"}
    assert all(isinstance(error, DicomError) for _, error in table.errors)
    assert dict(table.skipped)[str(folder / "pipe")] == "not a regular file"
    assert "2 with errors" in repr(table)
    table = scan([folder / "notes.txt", files[0], folder / "none"], tags=TAGS)
    assert len(table) == 1
    assert [type(error) for _, error in table.errors] == [DicomError, FileNotFoundError]


def test_directory_is_skipped():
    folder = ROOT / "test_files" / "dicomdirtests"
    table = scan(folder, tags=["PatientID", "InstanceNumber"])
    names = [path for path, why in table.skipped if why == "a DICOMDIR"]
    assert names
    assert all(os.path.basename(name).startswith("DICOMDIR") for name in names)
    want = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        ds = pydicom.dcmread(path, force=True)
        if ds.file_meta.get("MediaStorageSOPClassUID") not in (None, "1.2.840.10008.1.3.10"):
            want.append((str(path), ds.PatientID, ds.InstanceNumber))
    got = zip(table["path"], table["PatientID"], table["InstanceNumber"], strict=True)
    assert sorted(got) == sorted(want)


def test_zip(tmp_path):
    folder, files = made(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [*files, folder / "notes.txt"]:
            archive.write(path, "../../" + os.path.basename(path))  # names lead nowhere
    table, other = scan(tmp_path / "a.zip", tags=TAGS), scan(folder, tags=TAGS)
    for name in TAGS[:2]:
        assert np.array_equal(table[name], other[name])
    assert len(table.skipped) == 1
    assert sorted(os.listdir(tmp_path)) == ["a.zip", "s"]
    (tmp_path / "b.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:-40])
    with pytest.raises(DicomError, match="archive"):
        scan(tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(200 << 20))
        archive.write(files[0], "good")
    table = scan(tmp_path / "c.zip", tags=TAGS)
    assert len(table) == 1
    assert "inflates" in str(table.errors[0][1])


def padded(count, size):
    """Explicit elements in group 9 that a reader must step over."""
    return b"".join(
        element(9, 0x1000 + k, b"OB", bytes([255, 254, 221, 224] * (size // 4)))
        for k in range(count)
    )


@pytest.mark.parametrize("size", [0, 4, 3900, 4000, 4090, 16300, 16380, 20000, 70000])
def test_windows(tmp_path, size):
    """Elements lie across the blocks that a head is read in, at every offset."""
    for shift in range(0, 40, 2):
        body = element(8, 0x60, b"CS", b"MR")
        body += element(9, 0x10, b"LO", b"X" * (2 + shift))
        body += padded(2, size)
        nested = element(8, 0x100, b"SH", b"CODE" + b" " * shift)
        item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + nested
        item += struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
        end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
        body += element(0x10, 0x1002, b"SQ", item * 20 + end, length=0xFFFFFFFF)
        body += element(0x20, 0x13, b"IS", b"12")
        body += element(0x20, 0x32, b"DS", b"1\\2\\3 ")
        path = tmp_path / "f.dcm"
        path.write_bytes(start() + body)
        table = scan([path], tags=["InstanceNumber", "ImagePositionPatient", "Modality"])
        assert not table.errors
        assert table["InstanceNumber"].tolist() == [12]
        assert table["ImagePositionPatient"].tolist() == [[1, 2, 3]]
        assert table["Modality"].tolist() == ["MR"]


def test_truncation_at_every_byte(tmp_path, small_ct):
    """An error or the values that are there, as reading says."""
    path = tmp_path / "f.dcm"
    tags = ["Modality", "InstanceNumber", "Rows", "PixelSpacing"]
    for size in [*range(0, 400), *range(400, 6000, 37)]:
        path.write_bytes(small_ct[:size])
        table = scan([path], tags=tags)
        assert len(table) + len(table.errors) == 1
        if not len(table):
            continue
        try:
            ds = dcmread(path, stop_before_pixels=True)
        except DicomError:
            continue  # what stands behind the last wanted element is not looked at
        assert table["Modality"][0] == ds.get("Modality")


@pytest.mark.filterwarnings("ignore")
def test_scan_equals_reading():
    tags = ["PatientName", "Modality", "Rows", "SmallestImagePixelValue", "SOPClassUID"]
    tags += ["PixelSpacing", "SpecificCharacterSet", "WindowCenter", "TransferSyntaxUID"]
    count = 0
    for path in installed_files():
        try:
            ds = dcmread(path, stop_before_pixels=True)
        except DicomError:
            continue
        table = scan([path], tags=tags)
        assert not table.errors, path
        for tag in tags:
            home = ds.file_meta if tag == "TransferSyntaxUID" else ds
            want = home.get(tag)
            want = tuple(want) if isinstance(want, list) else want
            got = table[tag][0]
            got = None if got is np.ma.masked else got
            got = tuple(got) if isinstance(got, np.ndarray) else got
            if want in (None, "") or (isinstance(want, tuple) and not want):
                assert got is None or np.all(np.isnan(got)), (path, tag)
            else:
                assert got == want, (path, tag)
        count += 1
    assert count > 80


def test_sequences_and_bytes():
    path = ROOT / "test_files" / "rtplan.dcm"
    table = scan([path], tags=["BeamSequence", "RTPlanLabel"])
    assert table["BeamSequence"][0] == dcmread(path).BeamSequence


def test_bad_arguments(tmp_path):
    folder, _ = made(tmp_path)
    with pytest.raises(KeyError):
        scan(folder, tags=["Nonsense"])
    for bad in ([], ["Rows"] * 101):
        with pytest.raises(ValueError, match="`tags`"):
            scan(folder, tags=bad)
    for bad in ("Rows", 3, None.__class__):
        with pytest.raises(TypeError):
            scan(folder, tags=bad)
    for bad in (3, None, [3], b"x", {}):
        with pytest.raises(TypeError):
            scan(bad)
    with pytest.raises(FileNotFoundError):
        scan(tmp_path / "none")
    for bad in ("2", 1.5):
        with pytest.raises(TypeError):
            scan(folder, workers=bad)
    with pytest.raises(TypeError):
        scan(folder, progress=3)


def test_progress_and_interrupt(tmp_path):
    folder, _ = made(tmp_path)
    seen = []
    scan(folder, progress=lambda done, total: seen.append((done, total)), workers=2)
    assert seen[-1] == (2, 2)

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(folder, progress=stop)


def test_an_empty_first_tag_is_no_padding(tmp_path):
    """(0000,0000) with a value representation and no value: the parser must go on."""
    path = tmp_path / "f.dcm"
    path.write_bytes(start() + element(0, 0, b"SY", b"") + element(8, 0x60, b"CS", b"MR"))
    assert scan([path], tags=["Modality"])["Modality"].tolist() == ["MR"]
    assert dcmread(path).Modality == "MR"

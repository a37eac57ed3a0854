"""DICOMDIRs: read, written, damaged and hostile."""

import contextlib
import copy
import io
import os
import shutil
import warnings

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.fileset import FileSet as PydicomFileSet

from scikit.dicom import (
    DamagedError,
    Dataset,
    DicomError,
    FileReferenceError,
    NotDicomError,
    ValueFitError,
    _dicomdir,
    dcmread,
    dcmwrite,
    read_dicomdir,
    write_dicomdir,
    write_volume,
)

from .conftest import ROOT, dcmtk


@contextlib.contextmanager
def by_pydicom(path):
    """pydicom's FileSet, its temporary folder removed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = PydicomFileSet(pydicom.dcmread(path, force=True))
        yield theirs
        theirs._stage["t"].cleanup()


TREES = ROOT / "test_files" / "dicomdirtests"


@pytest.mark.parametrize(
    "name", ["DICOMDIR", "DICOMDIR-bigEnd", "DICOMDIR-implicit", "DICOMDIR-reordered"]
)
@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_like_pydicom(name):
    ours = read_dicomdir(TREES / name)
    with by_pydicom(TREES / name) as theirs:
        want = sorted(instance.path for instance in theirs)
        assert sorted(map(str, ours.paths())) == want
        assert len(ours) == len(want) > 20
        assert {r.get("PatientID") for r in ours.records} == set(theirs.find_values("PatientID"))
        for modality in theirs.find_values("Modality"):
            assert len(ours.find(Modality=modality)) == len(theirs.find(Modality=modality))
    kinds = {r.kind for r in ours.walk()}
    assert {"PATIENT", "STUDY", "SERIES", "IMAGE"} <= kinds
    first = next(iter(ours))
    assert first.load().SOPInstanceUID == first.dataset.ReferencedSOPInstanceUIDInFile
    assert first.kind == "IMAGE"
    assert "file(s)" in repr(ours)
    assert "IMAGE" in repr(first)


def test_a_folder_is_enough():
    assert len(read_dicomdir(TREES)) == len(read_dicomdir(str(TREES / "DICOMDIR")))


def test_no_dicomdir(tmp_path):
    with pytest.raises(NotDicomError, match="no DICOMDIR"):
        read_dicomdir(ROOT / "test_files" / "CT_small.dcm")
    with pytest.raises(FileNotFoundError):
        read_dicomdir(tmp_path)


@pytest.fixture
def media(tmp_path):
    """A file set of two patients, written by us; (DICOMDIR, its folder)."""
    source = tmp_path / "source"
    source.mkdir()
    for patient in ("A", "B"):
        files = write_volume(source / patient, np.zeros((2, 4, 4)), spacing=(3, 1, 1))
        for number, file in enumerate(files):
            ds = dcmread(file)
            ds.PatientID, ds.PatientName = patient, "M\u00fcller^" + patient
            ds.SpecificCharacterSet = "ISO_IR 192"
            ds.InstanceNumber = 5 - number
            ds.save_as(file)
    for name, sub in (("rtplan.dcm", "x"), ("rtdose.dcm", "y"), ("test-SR.dcm", "z")):
        shutil.copy(ROOT / "test_files" / name, source / sub)
    (source / "notes.txt").write_text("none")
    out = tmp_path / "media"
    return write_dicomdir(source, out, file_set_id="SET_1"), out


def test_written(media):
    path, folder = media
    ours = read_dicomdir(path)
    assert ours.dataset.FileSetID == "SET_1"
    assert len(ours) == 7
    assert {r.kind for r in ours} == {"IMAGE", "RT PLAN", "RT DOSE", "SR DOCUMENT"}
    of_b = ours.find(PatientID="B")
    assert [r.get("InstanceNumber") for r in of_b] == [4, 5]
    assert str(of_b[0].get("PatientName")) == "M\u00fcller^B"
    for record in ours:
        ds = record.load()
        assert ds.SOPInstanceUID == record.dataset.ReferencedSOPInstanceUIDInFile
        assert ds.get("PatientID") == record.get("PatientID")
    with by_pydicom(path) as theirs:
        assert sorted(i.path for i in theirs) == sorted(map(str, ours.paths()))
        assert len(theirs.find(PatientID="B")) == 2
        assert all(i.load().SOPInstanceUID == i.SOPInstanceUID for i in theirs)
    again = dcmread(path)
    assert again.file_meta.MediaStorageSOPClassUID == "1.2.840.10008.1.3.10"
    assert not any("Mueller" in name for _, _, names in os.walk(folder) for name in names)


def test_dcmtk_accepts_it(media):
    run = dcmtk("dcmdump", media[0])
    assert (run.returncode, run.stderr) == (0, b"")


def test_in_place(tmp_path):
    files = write_volume(tmp_path / "MR", np.zeros((2, 4, 4)), spacing=(3, 1, 1))
    with pytest.raises(ValueFitError, match="no file ID"):
        write_dicomdir(tmp_path)
    for number, file in enumerate(files):
        os.rename(file, tmp_path / "MR" / f"IM{number}")
    for _ in range(2):
        made = read_dicomdir(write_dicomdir(tmp_path))
        assert [r.file_id for r in made] == [("MR", "IM0"), ("MR", "IM1")]


def test_what_cannot_be_written(tmp_path):
    with pytest.raises(NotADirectoryError):
        write_dicomdir(tmp_path / "none")
    with pytest.raises(NotDicomError, match="no DICOM files"):
        write_dicomdir(tmp_path)
    ds = Dataset()
    ds.PatientID = "1"
    ds.save_as(tmp_path / "A")
    with pytest.raises(DicomError, match="SOPClassUID"):
        write_dicomdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("")
    with pytest.raises(FileExistsError):
        write_dicomdir(tmp_path, tmp_path / "full")


def changed(media, change, to):
    """A copy of a DICOMDIR, its data set changed, written to `to`."""
    ds = copy.deepcopy(dcmread(media[0]))
    change(ds)
    dcmwrite(to, ds, validate="ignore")
    return read_dicomdir(to)


@pytest.mark.parallel_threads(1)  # files of one folder
@pytest.mark.filterwarnings("ignore:the records of the DICOMDIR")
@pytest.mark.parametrize(
    "file_id",
    [["..", "secret"], ["/etc/passwd"], ["A", "..", "..", "secret"], ["C:", "X"], ["."],
     ["A", "", "B"], ["A/../../secret"], [".."], ["x"] * 9],
)  # fmt: skip
def test_files_outside(media, file_id):
    (media[1].parent / "secret").write_bytes(b"")

    def change(ds):  # the links go too: their places change
        ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
        for record in ds.DirectoryRecordSequence:
            if "ReferencedFileID" in record:
                record.ReferencedFileID = file_id

    bad = changed(media, change, media[1] / "BAD")
    for record in bad:
        with pytest.raises(FileReferenceError) as caught:
            record.load()
        assert caught.value.tag == 0x00041500
    with pytest.raises(FileReferenceError):
        bad.paths()


@pytest.mark.parallel_threads(1)  # files of one folder
def test_links_that_lead_out(media, tmp_path):
    shutil.copy(ROOT / "test_files" / "CT_small.dcm", tmp_path / "outside.dcm")
    os.symlink(tmp_path / "outside.dcm", media[1] / "LINK")
    os.symlink(tmp_path, media[1] / "DIR")
    for parts in (("LINK",), ("DIR", "outside.dcm")):
        with pytest.raises(FileReferenceError, match="outside"):
            _dicomdir.resolve(media[1], parts)
    inside = media[1] / "INSIDE"
    os.symlink(media[0], inside)
    assert _dicomdir.resolve(media[1], ("INSIDE",)) == str(inside)
    assert _dicomdir.resolve(media[1], ("inside",)) == str(inside)
    record = next(iter(read_dicomdir(media[0])))
    os.unlink(record.path)
    with pytest.raises(FileReferenceError, match="not there"):
        record.load()


@pytest.mark.parallel_threads(1)  # files of one folder
def test_without_links(media):
    def unlink(ds):
        ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0

    with pytest.warns(UserWarning, match="order counts"):
        loose = changed(media, unlink, media[1] / "LOOSE")
    want = read_dicomdir(media[0])
    assert [r.kind for r in loose.walk()] == [r.kind for r in want.walk()]
    assert len(loose.find(PatientID="B")) == 2
    assert len(read_dicomdir(TREES / "DICOMDIR-empty.dcm")) == 0
    with pytest.raises(DamagedError):  # an item that is longer than its sequence
        read_dicomdir(TREES / "DICOMDIR-nooffset")


@pytest.mark.parallel_threads(1)  # files of one folder
def test_circles_and_loose_ends(media):
    first = dcmread(media[0]).OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity
    next_, below = "OffsetOfTheNextDirectoryRecord", "OffsetOfReferencedLowerLevelDirectoryEntity"
    for keyword in (next_, below):
        for place in (first, 3, 2**32 - 1, first + 1):

            def change(ds, keyword=keyword, place=place):
                setattr(ds.DirectoryRecordSequence[-1], keyword, place)

            with pytest.raises(DamagedError, match=r"circle|not where"):
                changed(media, change, media[1] / "BAD")

    def out_of_use(ds):
        ds.DirectoryRecordSequence[0].RecordInUseFlag = 0

    assert (
        len(changed(media, out_of_use, media[1] / "BAD").records)
        == len(read_dicomdir(media[0]).records) - 1
    )


DATA = (TREES / "DICOMDIR").read_bytes()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(132, 6000), st.integers(0, 255)), max_size=6))
def test_random_damage(tmp_path_factory, changes):
    data = bytearray(DATA)
    for place, value in changes:
        data[place] = value
    path = tmp_path_factory.mktemp("damaged", numbered=True) / "DICOMDIR"
    path.write_bytes(bytes(data))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for record in read_dicomdir(path):
                with contextlib.suppress(FileReferenceError):
                    assert str(record.path).startswith(str(path.parent))
        except DicomError:
            pass


def test_long_chain(tmp_path):
    """Very many records, each below the last one: no recursion."""
    records = []
    for k in range(3000):
        record = Dataset()
        record.DirectoryRecordType = "PRIVATE"
        record.OffsetOfReferencedLowerLevelDirectoryEntity = 0
        record.ReferencedFileID = f"F{k}"
        records.append(record)
    ds = _dicomdir.new_directory(records, "")
    out = io.BytesIO()
    ds.file_meta.MediaStorageSOPClassUID = _dicomdir.DIRECTORY
    dcmwrite(out, ds)
    places = _dicomdir.offsets_of(dcmread(out.getvalue()).DirectoryRecordSequence)
    ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = places[0]
    for record, place in zip(records, places[1:], strict=False):
        record.OffsetOfReferencedLowerLevelDirectoryEntity = place
    dcmwrite(tmp_path / "DICOMDIR", ds)
    made = read_dicomdir(tmp_path)
    assert len(made) == 3000

"""De-identification by PS3.15 annex E."""

import io
import re

import numpy as np
import pydicom
import pytest

from scikit.dicom import (
    DataElement,
    Dataset,
    DicomError,
    dcmread,
    dcmwrite,
    deidentify,
    deidentify_folder,
    write_volume,
)
from scikit.dicom import _confidentiality as rules

from .conftest import ROOT, installed_files

# Rows of PS3.15 table E.1-1 (2024), by hand: tag, basic profile, some options.
ROWS = [
    ("AccessionNumber", "Z", {}),
    ("StudyDescription", "X", {"descriptors": "C"}),
    ("StudyDate", "Z", {"full_dates": "K", "modified_dates": "C"}),
    ("AcquisitionDateTime", "D", {"full_dates": "K", "modified_dates": "C"}),  # X/Z/D
    ("PatientBirthDate", "Z", {"full_dates": "Z"}),
    ("PatientSex", "Z", {"patient": "K"}),
    ("PatientWeight", "X", {"patient": "K"}),
    ("SOPInstanceUID", "U", {"uids": "K"}),
    ("DeviceSerialNumber", "D", {"device": "K"}),
    ("InstitutionName", "D", {"institution": "K"}),
    ("ReferencedImageSequence", "U", {"uids": "K"}),  # X/Z/U*
    ("ContentSequence", "D", {"structured": "C"}),
    (0x60023000, "X", {"graphics": "C"}),
    (0x50120010, "X", {"graphics": "C"}),
    (0x60023001, None, {}),
    ("Modality", None, {}),
]


@pytest.mark.parametrize(("key", "basic", "options"), ROWS)
def test_actions(key, basic, options):
    tag = key if isinstance(key, int) else int(DataElement(key, "UN", b"").tag)
    assert rules.action_of(tag, set()) == basic
    for name in rules.OPTIONS:
        assert rules.action_of(tag, {name}) == options.get(name, basic)


def test_the_table_is_whole():
    """621 attributes and the private ones, in the edition of 2024."""
    rows, masks = rules._table()
    assert len(rows) + len(masks) == 622
    assert {action for row in rows.values() for action in row.values()} == {
        "X", "Z", "D", "U", "K", "C", "X/Z", "X/D", "Z/D", "X/Z/D", "X/Z/U*",
    }  # fmt: skip


def patient():
    ds = dcmread(ROOT / "test_files" / "CT_small.dcm")
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = "Doe^Jane", "4711-08", "19700101"
    ds.OtherPatientIDs = ["4711", "4712"]
    ds.InstitutionName, ds.AccessionNumber = "St. Elsewhere", "A99"
    ds.StudyDate, ds.ContentDate, ds.AcquisitionDateTime = "20240229", "20240301", "20240229101500"
    ds.StudyDescription = "MRI of Jane DOE, born 1970-01-01, phone 030 1234567"
    reference = Dataset()
    reference.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    reference.ReferencedSOPInstanceUID = ds.SOPInstanceUID
    reference.PatientName = "Doe^Jane"
    ds.ReferencedImageSequence = [reference]
    ds.RequestAttributesSequence = [Dataset()]
    ds.RequestAttributesSequence[0].RequestedProcedureDescription = "for Doe"
    ds.add_new(0x60003000, "OW", bytes(8))
    ds.add_new(0x00080071, "LO", "of no known edition: Doe")
    return ds


def text_of(ds):
    out = io.BytesIO()
    dcmwrite(out, ds, validate="error")
    return out.getvalue()


def test_basic_profile():
    ds = patient()
    before = text_of(ds)
    clean, report = deidentify(ds, secret="s")
    assert text_of(ds) == before
    data = text_of(clean)
    for word in (b"Doe", b"Jane", b"4711", b"Elsewhere", b"A99", b"1970", b"20240229", b"GEMS"):
        assert word not in data
    assert not any(e.tag.is_private for e in clean.iterall())
    assert clean.PatientID == clean.PatientName == rules.Secret(b"s").pseudonym("4711-08")
    assert clean.AccessionNumber == ""
    assert (clean.StudyDate, clean.ContentDate) == ("", "19000101")
    for gone in ("OtherPatientIDs", "StudyDescription", "OverlayData", 0x00080071):
        assert gone not in clean
    assert clean.SOPInstanceUID != ds.SOPInstanceUID
    item = clean.ReferencedImageSequence[0]
    assert item.ReferencedSOPInstanceUID == clean.SOPInstanceUID
    assert item.ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert item.PatientName == ""
    assert clean.SOPClassUID == ds.SOPClassUID
    assert (clean.PatientIdentityRemoved, clean.LongitudinalTemporalInformationModified) == (
        "YES",
        "REMOVED",
    )
    assert clean.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
    assert clean.PixelData == ds.PixelData
    assert np.array_equal(clean.pixel_array, ds.pixel_array)
    assert report.actions["00081140.00081155", "ReferencedSOPInstanceUID", "U"] == 1
    assert report.actions["00081030", "StudyDescription", "X"] == 1
    assert "StudyDescription" in str(report)
    assert not re.search("Doe|4711", str(report))
    meta = pydicom.dcmread(io.BytesIO(data)).file_meta
    assert meta.MediaStorageSOPInstanceUID == clean.SOPInstanceUID
    assert clean.preamble is None


def test_secrets():
    ds = patient()
    one, two, other = (deidentify(ds, secret=s)[0] for s in ("s", b"s", "t"))
    assert one == two
    assert one.SOPInstanceUID != other.SOPInstanceUID
    assert one.PatientID != other.PatientID
    assert deidentify(ds)[0].SOPInstanceUID != deidentify(ds)[0].SOPInstanceUID
    assert one.SOPInstanceUID.is_valid
    assert deidentify(ds, patient_id="subject 1")[0].PatientName == "subject 1"


def test_dates():
    ds = patient()
    kept, _ = deidentify(ds, options=["full_dates"])
    assert (kept.StudyDate, kept.AcquisitionDateTime) == ("20240229", "20240229101500")
    assert kept.PatientBirthDate == ""
    assert kept.LongitudinalTemporalInformationModified == "UNMODIFIED"
    moved, _ = deidentify(ds, options="modified_dates", shift_days=-366)
    assert (moved.StudyDate, moved.ContentDate) == ("20230228", "20230301")
    assert moved.AcquisitionDateTime == "20230228101500"
    first, second = (deidentify(ds, options=["modified_dates"], secret="s")[0] for _ in range(2))
    assert first.StudyDate == second.StudyDate < "20230301"
    ds.StudyDate, ds.ContentDate = "unknown", ["20240101", "20240102"]
    odd, _ = deidentify(ds, options=["modified_dates"], shift_days=1)
    assert "StudyDate" not in odd
    assert odd.ContentDate == ["20240102", "20240103"]


@pytest.mark.parametrize(
    ("vr", "text", "moved"),
    [
        ("DA", "20240101", "20231231"), ("DT", "2024", "2023"), ("DT", "202401", "202312"),
        ("DT", "20240101120000.5+0100", "20231231120000.5+0100"), ("TM", "1200", "1200"),
        ("DA", "x", None), ("DA", "00010101", None), ("DT", "2024x", None), ("DA", "", ""),
    ],
)  # fmt: skip
def test_moving(vr, text, moved):
    assert rules.shifted(vr, text, -1) == moved


def test_options_that_keep():
    ds = patient()
    ds.PatientSex, ds.PatientAge, ds.StationName = "F", "054Y", "ROOM1"
    kept, _ = deidentify(ds, options=["uids", "device", "institution", "patient"])
    assert kept.SOPInstanceUID == ds.SOPInstanceUID
    assert (kept.PatientSex, kept.PatientAge) == ("F", "054Y")
    assert (kept.InstitutionName, kept.StationName) == ("St. Elsewhere", "ROOM1")
    codes = [item.CodeValue for item in kept.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113110", "113109", "113112", "113108"]


def test_cleaned_text():
    ds = patient()
    clean, report = deidentify(ds, options=["descriptors"])
    assert clean.StudyDescription == "MRI of *** ***, born ***, phone ***"
    assert report.actions["00081030", "StudyDescription", "C"] == 1
    own, _ = deidentify(
        ds,
        options=["descriptors", "graphics"],
        clean=lambda e: None if e.keyword == "StudyDescription" else e.value,
    )
    assert "StudyDescription" not in own
    assert own[0x60003000].value == bytes(8)


def test_private_elements():
    ds = Dataset()
    block = ds.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", "1000")
    block.add_new(0x08, "CS", "Doe")
    other = ds.private_block(0x0021, "ACME", create=True)
    other.add_new(0x01, "LO", "kept")
    assert not [e for e in deidentify(ds)[0] if e.tag.is_private]
    safe, _ = deidentify(ds, options=["safe_private"])
    assert [e.value for e in safe if e.tag.is_private] == ["SIEMENS MR HEADER", 1000]
    chosen, _ = deidentify(ds, options=["safe_private"], safe_private=lambda c, g, e: c == "ACME")
    assert [e.value for e in chosen if e.tag.is_private] == ["ACME", "kept"]
    item = Dataset()
    item.PrivateGroupReference, item.PrivateCreatorReference = 0x21, "ACME"
    item.BlockIdentifyingInformationStatus = "SAFE"
    ds.PrivateDataElementCharacteristicsSequence = [item]
    declared, _ = deidentify(ds, options=["safe_private"])
    assert declared[0x00211001].value == "kept"


def report_of_a_finding():
    name, finding, code = Dataset(), Dataset(), Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "1", "X", "Finding"
    finding.ValueType, finding.TextValue = "TEXT", "Jane Doe has a cold"
    finding.ConceptNameCodeSequence = [code]
    name.ValueType, name.PersonName = "PNAME", "Doe^Jane"
    ds = Dataset()
    ds.PatientName, ds.ContentSequence = "Doe^Jane", [finding, name]
    return ds


def test_structured_reports():
    clean, _ = deidentify(report_of_a_finding())
    first, second = clean.ContentSequence
    assert (first.TextValue, second.PersonName) == ("ANONYMIZED", "ANONYMIZED")
    assert first.ConceptNameCodeSequence[0].CodeMeaning == "Finding"
    kept, _ = deidentify(report_of_a_finding(), options=["structured"])
    assert kept.ContentSequence[0].TextValue == "*** *** has a cold"
    assert "Doe" not in str(kept)
    seen = []
    hooked, _ = deidentify(
        report_of_a_finding(), options=["structured"], clean=lambda e: seen.append(e) or e.value
    )
    assert [e.keyword for e in seen] == ["ContentSequence"]
    assert hooked.ContentSequence[1].PersonName == "ANONYMIZED"


def test_warnings():
    ds = Dataset()
    ds.BurnedInAnnotation, ds.RecognizableVisualFeatures = "YES", "YES"
    ds.EncapsulatedDocument = b"%PDF"
    with pytest.warns(UserWarning, match=".") as caught:
        clean, report = deidentify(ds)
    assert len(caught) == len(report.warnings) == 3
    assert clean.EncapsulatedDocument == b"\0\0"
    ds = Dataset()
    ds.SOPClassUID, ds.PixelData = "1.2.840.10008.5.1.4.1.1.6.1", b"\0\0"
    with pytest.warns(UserWarning, match="may be burned"):
        deidentify(ds)
    ds.BurnedInAnnotation = "NO"
    assert deidentify(ds)[1].warnings == []


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"options": ["nothing"]}, DicomError),
        ({"options": ["full_dates", "modified_dates"]}, DicomError),
        ({"options": ["graphics"]}, DicomError),
        ({"secret": 3}, TypeError),
        ({"secret": b""}, TypeError),
        ({"clean": 3}, TypeError),
        ({"safe_private": 3}, TypeError),
    ],
)
def test_bad_arguments(options, kind):
    with pytest.raises(kind, match=next(iter(options))):
        deidentify(Dataset(), **options)
    with pytest.raises(TypeError, match="ds"):
        deidentify(3)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", installed_files(), ids=lambda path: path.stem)
def test_names_are_gone_from_every_file(path):
    """No name of a person, no ID and no UID of an instance is left in what is written."""
    try:
        ds = dcmread(path, force=True)
        text_of(ds)
    except DicomError:
        return
    clean, _ = deidentify(ds, secret="s")
    out = io.BytesIO()
    dcmwrite(out, clean, validate="ignore")
    data = out.getvalue()
    for element in ds.iterall():
        if element.VR == "PN" or element.keyword in ("PatientID", "SOPInstanceUID"):
            values = element.value if isinstance(element.value, list) else [element.value]
            for value in values:
                if len(str(value)) > 6:
                    assert str(value).encode("latin_1", "replace") not in data


@pytest.mark.filterwarnings("ignore")
def test_folder(tmp_path):
    source = tmp_path / "Doe Jane"
    source.mkdir()
    files = write_volume(source / "mr", np.zeros((3, 4, 4)), spacing=(3, 1, 1))
    for file in files:
        ds = dcmread(file)
        ds.PatientName, ds.PatientID = "Doe^Jane", "4711"
        ds.save_as(file)
    (source / "notes.txt").write_text("of Jane Doe")
    (source / "DICOMDIR").write_bytes(
        (ROOT / "test_files" / "dicomdirtests" / "DICOMDIR").read_bytes()
    )
    results = []
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        report = deidentify_folder(source, out, secret="s", workers=workers)
        results.append([(tmp_path / new).read_bytes() for _, new in report.files])
        assert (
            sorted(p.name for p in out.iterdir()) == [f"IM{k:06d}.dcm" for k in range(2, 5)]
            or len(list(out.iterdir())) == 3
        )
        assert not any("Doe" in p.name for p in out.iterdir())
        assert len(report.skipped) == 2
        assert "3 file(s) written, 2 skipped" in str(report)
    assert results[0] == results[1]
    made = [dcmread(data) for data in results[0]]
    assert len({ds.SeriesInstanceUID for ds in made}) == 1
    assert len({ds.SOPInstanceUID for ds in made}) == 3
    assert len({ds.PatientID for ds in made}) == 1
    assert made[0].SeriesInstanceUID != dcmread(files[0]).SeriesInstanceUID
    with pytest.raises(FileExistsError, match="empty"):
        deidentify_folder(source, tmp_path / "out1")

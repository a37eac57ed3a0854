"""What users of pydicom expect, and what goes beyond."""

import copy
import datetime
import gc
import io
import os
import pickle
import re
import tracemalloc

import numpy as np
import pydicom
import pytest

import scikit.dicom as sd
from scikit.dicom import DataElement, Dataset, Sequence, _read

from .conftest import ROOT, installed_files

FILES = ["CT_small", "rtplan", "MR_small_bigendian", "chrH31", "chrKoreanMulti", "test-SR"]


def path_of(stem):
    return next(path for path in installed_files() if path.stem == stem)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("stem", FILES)
def test_to_and_from_pydicom(stem):
    path = path_of(stem)
    ours, theirs = sd.dcmread(path), pydicom.dcmread(path)
    made = ours.to_pydicom()
    assert made == theirs
    assert made.file_meta == theirs.file_meta
    assert made.original_encoding == theirs.original_encoding
    back = Dataset.from_pydicom(theirs)
    assert back.file_meta == ours.file_meta
    if stem != "MR_small_bigendian":
        assert back == ours
    out = io.BytesIO()
    back.file_meta.TransferSyntaxUID = sd.uid.ExplicitVRLittleEndian
    back.save_as(out)
    again = sd.dcmread(out.getvalue())
    assert np.array_equal(again.get("PixelData"), sd.dcmread(path).get("PixelData")) or stem in (
        "MR_small_bigendian",
    )
    if "PixelData" in ours:
        assert np.array_equal(again.pixel_array, ours.pixel_array)
    with pytest.raises(TypeError, match="pydicom"):
        Dataset.from_pydicom(3)


def test_mapping_habits():
    ds = Dataset()
    assert ds.setdefault("PatientID", "1").value == "1"
    assert ds.setdefault("PatientID", "2").value == "1"
    assert ds.setdefault((0x9, 0x10), DataElement((0x9, 0x10), "LO", "ACME")).value == "ACME"
    assert ds.setdefault(0x00091001, b"ab").VR == "UN"
    ds.Rows = 3
    assert ds.popitem()[0] == 0x00280010
    assert ds.pop("PatientID").value == "1"
    assert ds.pop("PatientID", None) is None
    with pytest.raises(KeyError):
        ds.pop("PatientID")
    ds.clear()
    assert len(ds) == 0
    with pytest.raises(KeyError):
        ds.popitem()
    with ds as same:
        assert same is ds
    ds.update({"PatientID": DataElement("PatientID", "LO", "5")})
    assert [e.value for e in ds.elements()] == ["5"]


def test_views_of_a_file():
    path = path_of("CT_small")
    ours, theirs = sd.dcmread(path), pydicom.dcmread(path)
    assert ours.dir() == theirs.dir()
    assert ours.dir("Patient", "STUDY") == theirs.dir("Patient", "STUDY")
    group = ours.group_dataset(0x28)
    assert [int(e.tag) for e in group] == [int(e.tag) for e in theirs.group_dataset(0x28)]
    assert "Patient's Name" in ours.top()
    assert "item 1" not in ours.top()
    assert ours.original_encoding == (False, True)
    assert Dataset().original_encoding == (None, None)
    creator = ours.private_creators(0x0009)[0]
    assert creator == theirs.private_creators(0x0009)[0]
    assert ours.get_private_item(9, 1, creator).value == theirs[0x00091001].value
    for ds in (ours, theirs):
        ds.remove_private_tags()
    assert [int(t) for t in ours.keys()] == [int(t) for t in theirs.keys()]  # noqa: SIM118
    seen = []
    sd.dcmread(path_of("rtplan")).walk(lambda d, e: seen.append(e.tag), recursive=False)
    assert len(seen) == len(sd.dcmread(path_of("rtplan")))


def test_misspelt_keywords():
    ds = Dataset()
    for name, meant in (("PatientsName", "PatientName"), ("PixelSpaceing", "PixelSpacing")):
        with pytest.raises(AttributeError, match=f"did you mean '{meant}'"):
            getattr(ds, name)
        with pytest.raises(AttributeError, match=f"did you mean '{meant}'"):
            setattr(ds, name, "A")
    with pytest.raises(AttributeError, match="add_new"):
        ds.qqq = 1
    assert not hasattr(ds, "PatientName")


def test_html_is_escaped():
    ds = Dataset()
    ds.PatientName = "<script>alert(1)</script>"
    ds.ReferencedStudySequence = [Dataset(), Dataset()]
    ds.ReferencedStudySequence[1].StudyDescription = "a & b"
    text = ds._repr_html_()
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "a &amp; b" in text
    assert "2 item(s)" in text
    assert text.count("<tr>") == 6
    big = Dataset()
    big.ReferencedStudySequence = [Dataset() for _ in range(5000)]
    assert "more than 2000 rows" in big._repr_html_()


def test_sequences():
    ds = sd.dcmread(path_of("rtplan"))
    beams = ds.BeamSequence
    points = beams[0].ControlPointSequence
    assert isinstance(points, Sequence)
    assert points[-1] is points[len(points) - 1]
    assert [p.ControlPointIndex for p in points[0:2]] == [0, 1]
    assert copy.deepcopy(points) == points == list(points)
    assert points != list(points)[:1]
    assert points != 3
    assert pickle.loads(pickle.dumps(points)) == points
    first = points[0]
    points.append(Dataset())
    points.insert(0, Dataset())
    del points[0]
    assert points[0] is first
    points[0] = Dataset()
    points[1:] = []
    assert points == [Dataset()]
    assert repr(points) == "<Sequence of 1 item(s)>"
    for wrong in (3, "x", {}):
        with pytest.raises(sd.DicomError):
            points.append(wrong)
    with pytest.raises(IndexError):
        points[5]
    with pytest.raises(IndexError):
        ds.BeamSequence[len(ds.BeamSequence)]


def test_an_item_keeps_what_is_around_it():
    path = path_of("chrSQEncoding1")
    want = str(sd.dcmread(path)[0x00321064].value[0].PatientName)
    item = sd.dcmread(path)[0x00321064].value[0]
    gc.collect()
    assert str(item.PatientName) == want == str(pydicom.dcmread(path)[0x00321064][0].PatientName)


def test_names():
    ours = sd.PersonName("Adams^John Robert Quincy^^Rev.^B.A. M.Div.=a=b")
    theirs = pydicom.valuerep.PersonName(str(ours))
    assert ours.family_comma_given() == theirs.family_comma_given()
    pattern = "%(name_prefix)s %(given_name)s %(family_name)s, %(name_suffix)s"
    assert ours.formatted(pattern) == theirs.formatted(pattern)
    made = sd.PersonName.from_named_components("Doe", "Jane", name_prefix="Dr", phonetic="x")
    assert made == "Doe^Jane^^Dr==x"
    with pytest.raises(ValueError, match="parts of a name"):
        sd.PersonName.from_named_components("A^B")


@pytest.mark.parametrize(
    ("kind", "text", "want"),
    [
        ("DA", "20240229", datetime.date(2024, 2, 29)),
        ("DA", "1999.12.31", datetime.date(1999, 12, 31)),
        ("TM", "07", datetime.time(7)),
        ("TM", "0730", datetime.time(7, 30)),
        ("TM", "07:30:15", datetime.time(7, 30, 15)),
        ("TM", "235960", datetime.time(23, 59, 59)),
        ("TM", "073015.5", datetime.time(7, 30, 15, 500000)),
        ("DT", "2024", datetime.datetime(2024, 1, 1)),
        ("DT", "20240229073015.000001", datetime.datetime(2024, 2, 29, 7, 30, 15, 1)),
    ],
)
def test_dates(kind, text, want):
    made = getattr(sd, kind)(text)
    assert made == want
    assert str(made) == text
    assert str(pickle.loads(pickle.dumps(made))) == text
    assert getattr(sd, kind)(want) == want
    element = DataElement({"DA": "StudyDate", "TM": "StudyTime", "DT": "AcquisitionDateTime"}[kind],
                          kind, want)  # fmt: skip
    assert element.dates == want
    assert isinstance(element.value, str)


def test_dates_with_a_zone_and_several():
    moment = sd.DT("20240301120000-0530")
    assert moment.utcoffset() == datetime.timedelta(hours=-5, minutes=-30)
    assert str(sd.DT(datetime.datetime.fromisoformat("2024-03-01T12:00:00-05:30"))) == str(moment)
    assert str(moment + datetime.timedelta(hours=1)) == "20240301130000-0530"
    assert str(sd.DA("20240101") - datetime.timedelta(days=1)) == "20231231"
    assert str(sd.DA("20240131").replace(month=3)) == "20240331"
    assert str(sd.TM("1200").replace(minute=5, microsecond=7)) == "120500.000007"
    element = DataElement("StudyDate", "DA", ["20240101", ""])
    assert element.dates == [datetime.date(2024, 1, 1), None]
    assert DataElement("StudyDate", "DA", "").dates is None
    with pytest.raises(sd.DicomError, match="no date"):
        DataElement("PatientID", "LO", "x").dates  # noqa: B018


@pytest.mark.parametrize("text", ["", "2024", "20241301", "20240230", "x", "2024022", "20240101x"])
def test_no_dates(text):
    with pytest.raises(sd.ValueFitError):
        sd.DA(text)


@pytest.mark.parametrize("text", ["", "7", "24", "0760", "073061", "07301", "073015.", "-7"])
def test_no_times(text):
    with pytest.raises(sd.ValueFitError):
        sd.TM(text)
    with pytest.raises(sd.ValueFitError):
        sd.DT("20240101" + (text or "x"))


def test_decimals():
    value = sd.DSdecimal("1.20")
    assert value + 1 == sd.DSdecimal("2.20")
    assert (str(value), repr(value), value == "1.20") == ("1.20", "'1.20'", True)
    assert hash(sd.DSdecimal("2")) == hash(2)
    assert str(sd.DSdecimal(sd.DSfloat("1.50"))) == "1.50"
    ds = Dataset()
    ds.PatientWeight = sd.DSdecimal("70.123456789012")
    assert str(ds.PatientWeight) == "70.123456789012"
    with pytest.raises(ValueError, match="number"):
        sd.DSdecimal("x")


def test_uids():
    made = {sd.generate_uid() for _ in range(100)}
    assert len(made) == 100
    assert all(u.is_valid and u.startswith("2.25.") for u in made)
    a, b = (sd.generate_uid("1.2.3.", ["x", y]) for y in ("y", "z"))
    assert a != b
    assert a == sd.generate_uid("1.2.3.", ["x", "y"])
    assert sd.generate_uid(entropy_srcs=["ab", "c"]) != sd.generate_uid(entropy_srcs=["a", "bc"])
    assert sd.generate_uid("1." * 27).is_valid
    for wrong in ("1.2", "1..", "01.", "a.", "1." * 28, 3, "", "1.2.3 ."):
        with pytest.raises(sd.ValueFitError):
            sd.generate_uid(wrong)
    assert not sd.UID("1.02").is_valid
    assert not sd.UID("1." * 40).is_valid
    assert sd.uid.CTImageStorage == pydicom.uid.CTImageStorage
    assert sd.uid.JPEGLSLossless == pydicom.uid.JPEGLSLossless
    assert sd.uid.JPEGLSLossless.type == "Transfer Syntax"
    assert "MRImageStorage" in dir(sd.uid)
    with pytest.raises(AttributeError, match="NoSuch"):
        sd.uid.NoSuch  # noqa: B018


def test_lookups():
    from pydicom import datadict

    for key in (0x00100010, 0x60023000, 0x00080016, "PixelSpacing"):
        assert sd.dictionary_VR(key) == datadict.dictionary_VR(key)
        assert sd.dictionary_VM(key) == datadict.dictionary_VM(key)
        assert sd.dictionary_description(key) == datadict.dictionary_description(key)
        assert sd.dictionary_keyword(key) == datadict.dictionary_keyword(key)
        assert sd.dictionary_is_retired(key) == datadict.dictionary_is_retired(key)
    assert sd.tag_for_keyword("Rows") == 0x00280010
    assert sd.tag_for_keyword("Nothing") is None
    assert sd.keyword_for_tag(0x00090010) == ""
    assert not sd.dictionary_has_tag("Nothing")
    for wrong in (0x00090010, "Nothing"):
        with pytest.raises(KeyError):
            sd.dictionary_VR(wrong)
    with pytest.raises(KeyError):
        sd.private_dictionary_VR((0x29, 0x1099), "NOBODY")


def holds(path):
    """Is the file open or mapped by this process?"""
    links = []
    for name in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            continue
    with open("/proc/self/maps") as maps:
        return str(path) in links, bool(re.search(re.escape(str(path)), maps.read()))


@pytest.mark.parallel_threads(1)
def test_nothing_is_held(tmp_path, monkeypatch):
    monkeypatch.setattr(_read, "MAP_FROM", 1000)
    path = tmp_path / "mapped.dcm"
    path.write_bytes((ROOT / "test_files" / "CT_small.dcm").read_bytes())
    gc.disable()  # nothing may wait for the collector
    try:
        ds = sd.dcmread(path)
        assert holds(path)[1]
        pixels = ds.pixel_array
        list(ds.iterall())
        str(ds)
        want = pixels.copy()
        del ds
        assert holds(path)[1]
        path.write_bytes(path.read_bytes())
        assert np.array_equal(pixels, want)
        del pixels
        assert holds(path) == (False, False)
        sd.dcmread(path, stop_before_pixels=True)
        with open(path, "r+b") as file:
            file.truncate(3000)
        with pytest.raises(sd.DicomError):
            sd.dcmread(path)
        assert holds(path) == (False, False)
    finally:
        gc.enable()


@pytest.mark.parallel_threads(1)
def test_long_values_are_not_copied(tmp_path):
    """Showing, comparing, copying and writing a data set of 64 MB takes no 64 MB."""
    path = tmp_path / "long.dcm"
    ds = Dataset()
    ds.Rows = ds.Columns = 8192
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.PixelData = bytes(1 << 26)
    ds.save_as(path)
    del ds
    tracemalloc.start()
    try:
        ds = sd.dcmread(path)
        assert "Array of 67108864 elements" in str(ds)
        assert copy.deepcopy(ds) == sd.dcmread(path)
        ds["PixelData"].VR = "OB"
        ds.save_as(tmp_path / "again.dcm")
        image = ds.pixel_array
        assert not image.flags.writeable
        assert tracemalloc.get_traced_memory()[1] < 1 << 23
        assert len(ds.PixelData) == 1 << 26
        assert type(ds.PixelData) is bytes
    finally:
        tracemalloc.stop()
    assert sd.dcmread(tmp_path / "again.dcm")["PixelData"].VR == "OB"
    with pytest.raises(sd.DicomError, match="no bytes"):
        ds["Rows"].buffer  # noqa: B018

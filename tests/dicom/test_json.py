"""The DICOM JSON model, against pydicom and PS3.18 annex F."""

import base64
import io
import json
import math
import warnings

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scikit.dicom import DamagedError, Dataset, DicomError, LimitError, dcmread, dcmwrite, limits

from .conftest import ROOT, dcmtk, installed_files


def by_pydicom(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(path, force=True).to_json_dict(1 << 30, suppress_invalid_tags=True)


def same(ours, theirs):
    """Equal, numbers by value, absent and empty values alike."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        keys = {k for k in ours if ours[k] != []} | {k for k in theirs if theirs[k] != []}
        keys -= {"00080005"}  # pydicom leaves the file's, though the text is another one now
        return all(same(ours.get(k), theirs.get(k)) for k in keys)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, float) and isinstance(theirs, float) and math.isnan(theirs):
        return math.isnan(ours)
    return ours == theirs or (ours in (None, {}) and theirs in (None, {}, ""))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", installed_files(), ids=lambda path: path.stem)
def test_round_trip_and_pydicoms(path):
    try:
        theirs = by_pydicom(path)
    except Exception:  # not read, or not convertible, by pydicom
        return
    ds = dcmread(path, force=True)
    ours = ds.to_json_dict()
    again = Dataset.from_json(ds.to_json()).to_json_dict()
    assert ours == again
    # pydicom leaves out what it cannot convert, and leaves words of big-endian files as they are
    swapped = ds.original_encoding[1] is False
    differing = [
        tag
        for tag in theirs
        if tag != "00080005"
        and not same(ours[tag], theirs[tag])
        and not (swapped and "InlineBinary" in ours[tag])
    ]
    assert not differing, [(ours[t], theirs.get(t)) for t in differing[:2]]


def alike(ours, theirs):
    """Equal but for what is a matter of taste: digits of floats, empty ends of names."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if theirs.get("vr") == "UN" != ours.get("vr"):  # a private element that only we know
            return True
        if ours.get("vr") == "PN":
            ours = {"vr": "PN", "Value": [trimmed(name) for name in ours.get("Value", [])]}
            theirs = {"vr": "PN", "Value": [trimmed(name) for name in theirs.get("Value", [])]}
            ours, theirs = (m if any(m["Value"]) else {"vr": "PN"} for m in (ours, theirs))
        if "InlineBinary" in ours and "InlineBinary" in theirs:  # DCMTK pads odd ones
            a, b = (base64.b64decode(m["InlineBinary"]) for m in (ours, theirs))
            return a.rstrip(b"\0") == b.rstrip(b"\0")
        if theirs.get("Value") == ["ISO_IR 192"] and ours == {"vr": "CS"}:
            return True
        return ours.keys() == theirs.keys() and all(alike(ours[k], theirs[k]) for k in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    if isinstance(ours, float) and isinstance(theirs, (int, float)):
        return math.isclose(ours, theirs, rel_tol=1e-6)
    return ours == theirs


def trimmed(name):
    return {group: part.rstrip("^") for group, part in (name or {}).items() if part.rstrip("^")}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", installed_files(), ids=lambda path: path.stem)
def test_like_dcmtk(path):
    run = dcmtk("dcm2json", "-fc", path)
    try:
        theirs = json.loads(run.stdout)
    except ValueError:  # not read, or of a character set that DCMTK does not convert
        return
    ours = dcmread(path, force=True).to_json_dict()
    both = {tag for tag in ours.keys() & theirs.keys() if not tag.endswith("0000")}
    assert both or not theirs
    differing = [tag for tag in both if not alike(ours[tag], theirs[tag])]
    assert not differing, [(ours[t], theirs[t]) for t in differing[:2]]


def test_examples_of_the_standard():
    """PS3.18 section F.2.2 to F.4, by hand."""
    ds = Dataset()
    ds.PatientName = "Wang^XiaoDong=\u738b^\u5c0f\u6771"
    ds.PatientWeight = ["70.5"]
    ds.FrameIncrementPointer = [0x00181063, 0x00181065]
    ds.OtherPatientNames = ["A", "", "B"]
    ds.ReferencedStudySequence = [Dataset()]
    ds.StudyDate = ""
    ds.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    ds.add_new(0x00720080, "FD", [float("nan"), float("-inf"), 1.5])
    model = ds.to_json_dict()
    assert model["00100010"] == {
        "vr": "PN",
        "Value": [{"Alphabetic": "Wang^XiaoDong", "Ideographic": "\u738b^\u5c0f\u6771"}],
    }
    assert model["00101030"] == {"vr": "DS", "Value": [70.5]}
    assert model["00280009"] == {"vr": "AT", "Value": ["00181063", "00181065"]}
    assert model["00101001"]["Value"] == [{"Alphabetic": "A"}, None, {"Alphabetic": "B"}]
    assert model["00081110"] == {"vr": "SQ", "Value": [{}]}
    assert model["00080020"] == {"vr": "DA"}
    assert model["00080005"] == {"vr": "CS", "Value": ["ISO_IR 192"]}
    assert model["00720080"]["Value"] == ["NaN", "-inf", 1.5]
    json.dumps(model, allow_nan=False)
    back = Dataset.from_json(json.dumps(model))
    assert back.PatientName == ds.PatientName
    assert math.isnan(back[0x00720080].value[0])


def test_bulk_data():
    ds = dcmread(ROOT / "test_files" / "CT_small.dcm")
    kept = {}

    def handler(element):
        kept[f"urn:{element.tag}"] = element.value
        return f"urn:{element.tag}"

    model = ds.to_json_dict(1000, handler)
    assert model["7FE00010"] == {"vr": "OW", "BulkDataURI": "urn:(7FE0,0010)"}
    for fetch in (lambda tag, vr, uri: kept[uri], lambda vr, uri: kept[uri], lambda uri: kept[uri]):
        assert Dataset.from_json(model, fetch).PixelData == ds.PixelData
    assert Dataset.from_json(model).PixelData is None
    assert "InlineBinary" in ds.to_json_dict()["7FE00010"]
    assert ds.to_json(dump_handler=lambda model: f"{len(model)}") == str(len(ds))


def test_meta_and_writing():
    model = {
        "00020010": {"vr": "UI", "Value": ["1.2.840.10008.1.2.1"]},
        "00100020": {"vr": "LO", "Value": ["7"]},
    }
    ds = Dataset.from_json(model)
    assert (len(ds), ds.file_meta.TransferSyntaxUID) == (1, "1.2.840.10008.1.2.1")
    out = io.BytesIO()
    dcmwrite(out, ds)
    assert dcmread(out.getvalue()).PatientID == "7"


@pytest.mark.parametrize(
    "model",
    [
        "", "[", "3", "[]", b"\xff", {"0010": {}}, {"0010001g": {"vr": "LO"}}, {"00100020": 3},
        {"00100020": {}}, {"00100020": {"vr": "ZZ"}}, {"00100020": {"vr": "LO", "Value": 3}},
        {"00100020": {"vr": "LO", "Value": [{}]}}, {"00280010": {"vr": "US", "Value": ["x"]}},
        {"00280010": {"vr": "US", "Value": [1.5]}}, {"00280010": {"vr": "US", "Value": [[1]]}},
        {"7FE00010": {"vr": "OW", "InlineBinary": "?"}}, {"7FE00010": {"vr": "OW", "Value": [1]}},
        {"7FE00010": {"vr": "OW", "BulkDataURI": 3}}, {"00100010": {"vr": "PN", "Value": [3]}},
        {"00100010": {"vr": "PN", "Value": [{"Alphabetic": 3}]}}, {"-0100020": {"vr": "LO"}},
        {"00081110": {"vr": "SQ", "Value": [3]}}, {"7FE00010": {"vr": "OW", "InlineBinary": 7}},
        {"7FE00010": {"vr": "OW", "InlineBinary": "", "Value": []}},
        {"00280010": {"vr": "US or SS", "Value": [1]}},
    ],
)  # fmt: skip
def test_no_model(model):
    with pytest.raises(DicomError):
        Dataset.from_json(model)


def test_depth():
    text = '{"00081110":{"vr":"SQ","Value":['
    for depth, kind in ((65, LimitError), (100_000, DamagedError)):
        with pytest.raises(kind):
            Dataset.from_json(text * depth + "{}" + "]}}" * depth)
    with limits(depth=2), pytest.raises(LimitError):
        Dataset.from_json(text * 3 + "{}" + "]}}" * 3)
    with limits(elements=0), pytest.raises(LimitError):
        Dataset.from_json(text + "{}" + "]}}")


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["vr", "Value", "Alphabetic", "00080005"]), inner)
    ),
    max_leaves=6,
)
elements = st.fixed_dictionaries(
    {"vr": st.sampled_from(["PN", "US", "DS", "IS", "SQ", "AT", "OW", "UI", "DA", "FD", "UT"])},
    optional={"Value": st.lists(values, max_size=3) | values, "InlineBinary": st.text(max_size=4)},
)
models = st.dictionaries(st.sampled_from(["00080005", "00100010", "00280010"]), elements | values)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(models)
def test_anything(model):
    try:
        ds = Dataset.from_json(model)
        ds.to_json()
        dcmwrite(io.BytesIO(), ds)
    except DicomError:
        pass

"""Writing: what pydicom writes we read, and what we write pydicom reads."""

import contextlib
import io
import os
import struct

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit.dicom import DataElement, Dataset, DicomError, Sequence, dcmread, dcmwrite

from .conftest import NATIVE, installed_files
from .test_read import by_pydicom, flat, plain

BOUNDS = {"US": (0, 2**16), "SS": (-(2**15), 2**15), "UL": (0, 2**32), "SL": (-(2**31), 2**31)}
BOUNDS |= {"UV": (0, 2**64), "SV": (-(2**63), 2**63)}
WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ", max_size=12).map(str.strip)


def several(values):
    return st.lists(values, min_size=1, max_size=4)


def number(vr):
    low, high = BOUNDS[vr]
    return several(st.integers(low, high - 1))


VALUES = {
    **{vr: number(vr) for vr in BOUNDS},
    "FD": several(st.floats(allow_nan=False)),
    "FL": several(st.floats(allow_nan=False, width=32)),
    "AT": several(st.integers(0, 2**32 - 1)),
    "DS": several(st.integers(-(10**6), 10**6).map(lambda n: n / 64)),
    "IS": several(st.integers(-(2**31), 2**31 - 1)),
    "CS": several(WORDS),
    "AE": several(WORDS),
    "LO": several(st.text("abcäöüßéç", min_size=1, max_size=10)),
    "SH": several(st.text("xyzñø", min_size=1, max_size=8)),
    "PN": several(st.text("Ångström", min_size=1, max_size=8).map(lambda s: s + "^B")),
    "UC": several(st.text("longå", min_size=1, max_size=300)),
    "LT": st.text("text\\ ä\n", max_size=40),
    "UT": st.text("text\\ ä\n", max_size=70000),
    "UI": several(st.integers(0, 10**9).map(lambda n: f"1.2.{n}")),
    "UR": st.just("https://example.org/a?b=c"),
    "DA": several(st.dates().map(lambda d: f"{d.year:04d}{d.month:02d}{d.day:02d}")),
    "TM": several(st.times().map(lambda t: t.strftime("%H%M%S"))),
    "DT": several(st.datetimes().map(lambda t: f"{t.year:04d}0102030405")),
    "AS": st.just("042Y"),
    "OB": st.binary(max_size=40).map(lambda b: b + b"\0" * (len(b) % 2)),
    "OW": st.binary(max_size=40).map(lambda b: b[: len(b) // 2 * 2]),
    "OF": st.binary(max_size=40).map(lambda b: b[: len(b) // 4 * 4]),
    "OD": st.binary(max_size=40).map(lambda b: b[: len(b) // 8 * 8]),
    "OL": st.binary(max_size=40).map(lambda b: b[: len(b) // 4 * 4]),
    "OV": st.binary(max_size=40).map(lambda b: b[: len(b) // 8 * 8]),
    "UN": st.binary(max_size=40).map(lambda b: b + b"\0" * (len(b) % 2)),
}


def elements():
    """(VR, value) pairs; lists of one are the value itself."""
    pairs = st.sampled_from(sorted(VALUES)).flatmap(lambda vr: st.tuples(st.just(vr), VALUES[vr]))
    return pairs.map(
        lambda p: (p[0], p[1][0] if isinstance(p[1], list) and len(p[1]) == 1 else p[1])
    )


TREES = st.recursive(
    st.lists(elements(), max_size=6),
    lambda inner: st.lists(
        st.one_of(elements(), st.tuples(st.just("SQ"), st.lists(inner, max_size=3))), max_size=5
    ),
    max_leaves=20,
)


def build(tree, module, undefined=False):
    """The tree as a data set of either library, in private elements (any VR may stand there)."""
    ds = module.Dataset()
    ds.add_new(0x00090010, "LO", "SOMEBODY")
    for k, (vr, value) in enumerate(tree):
        tag = 0x00091000 + k
        if vr != "SQ":
            ds.add_new(tag, vr, value)
            continue
        items = [build(inner, module, undefined) for inner in value]
        if undefined:
            for item in items:
                item.is_undefined_length_sequence_item = True
        ds.add_new(tag, "SQ", items)
        if undefined:
            ds[tag].is_undefined_length = True
    return ds


def written_by_pydicom(tree, syntax, undefined):
    ds = build(tree, pydicom, undefined)
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.preamble = bytes(128)
    out = io.BytesIO()
    pydicom.dcmwrite(out, ds)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60, deadline=None)
@given(TREES, st.sampled_from(NATIVE), st.booleans())
def test_what_pydicom_writes(tree, syntax, undefined):
    data = written_by_pydicom(tree, syntax, undefined)
    ds = dcmread(data)
    assert dict(flat(ds)) == by_pydicom(io.BytesIO(data))
    again = io.BytesIO()
    dcmwrite(again, ds)  # now all elements have been looked at
    assert by_pydicom(io.BytesIO(again.getvalue())) == by_pydicom(io.BytesIO(data))


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60, deadline=None)
@given(TREES, st.sampled_from(NATIVE[1:]))
def test_what_we_write(tree, syntax):
    import scikit.dicom as module

    ds = build(tree, module)
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.file_meta.TransferSyntaxUID = syntax
    out = io.BytesIO()
    dcmwrite(out, ds)
    want = {key: (vr, plain(v)) for key, (vr, v) in flat(ds)}
    swapped = ("OW", "OF", "OD", "OL", "OV") if syntax == NATIVE[2] else ()
    for got in (dict(flat(dcmread(out.getvalue()))), by_pydicom(io.BytesIO(out.getvalue()))):
        assert got.keys() == want.keys()
        for key, (vr, value) in got.items():
            assert vr == want[key][0] or (vr == "UN" and want[key][0] in ("LT", "LO", "SH"))
            if vr not in swapped and vr != "UN":
                assert value == want[key][1]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", installed_files(), ids=lambda path: path.stem)
def test_untouched_files_keep_every_byte_of_their_elements(path):
    try:
        ds = dcmread(path)
    except DicomError:
        assert path.read_bytes()[128:132] != b"DICM" or "truncated" in path.name
        return
    out = io.BytesIO()
    if any(tag >> 16 in (0, 2) for tag in ds._elements()):
        with pytest.raises(DicomError, match="group"):
            dcmwrite(out, ds)
        return
    dcmwrite(out, ds)
    with contextlib.suppress(Exception):  # where pydicom can read it
        want = {k: v for k, v in by_pydicom(path).items() if not k.endswith("0000")}
        assert by_pydicom(io.BytesIO(out.getvalue())) == want
    ds, again = dcmread(path), dcmread(out.getvalue())
    for tag, (vr, _, start, length) in ds._elements().items():
        if tag & 0xFFFF:
            _, _, begin, size = again._elements()[tag]
            assert ds._source.bytes(start, length) == again._source.bytes(begin, size), (tag, vr)


def test_file_meta_is_completed():
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", "1.2.3"
    out = io.BytesIO()
    dcmwrite(out, ds)
    data = out.getvalue()
    assert data[:132] == bytes(128) + b"DICM"
    meta = pydicom.dcmread(io.BytesIO(data)).file_meta
    assert meta.MediaStorageSOPClassUID == ds.SOPClassUID
    assert meta.MediaStorageSOPInstanceUID == "1.2.3"
    assert meta.TransferSyntaxUID == NATIVE[1]
    assert meta.FileMetaInformationVersion == b"\0\1"
    assert meta.ImplementationClassUID.startswith("2.25.")
    first = data.index(b"SOP", 144) if b"SOP" in data else len(data)
    (length,) = struct.unpack_from("<I", data, 140)
    assert data[144 + length : 146 + length] == b"\x08\0"
    assert first > 144
    assert len(ds.file_meta) == 0  # what was written is not changed


def test_preamble_is_never_kept(small_ct):
    out = io.BytesIO()
    dcmwrite(out, dcmread(b"MZ" + small_ct[2:]))
    assert out.getvalue()[:128] == bytes(128)


def test_file_is_replaced_only_when_all_is_written(tmp_path):
    path = tmp_path / "a.dcm"
    ds = Dataset()
    ds.PatientID = "1"
    dcmwrite(path, ds)
    before = path.read_bytes()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.PatientName = "王^小東"
    with pytest.raises(DicomError, match="does not fit"):
        dcmwrite(path, ds)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.dcm"]
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.save_as(path)
    assert dcmread(path).PatientName == "王^小東"
    assert os.listdir(tmp_path) == ["a.dcm"]
    assert os.stat(path).st_mode & 0o444


def test_targets(tmp_path):
    ds = Dataset()
    with pytest.raises(TypeError, match="`path`"):
        dcmwrite(3, ds)
    with pytest.raises(TypeError, match="`ds`"):
        dcmwrite(tmp_path / "x", {})
    with pytest.raises(IsADirectoryError):
        dcmwrite(tmp_path, ds)
    with pytest.raises(FileNotFoundError):
        dcmwrite(tmp_path / "no" / "x.dcm", ds)


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (0x00280010, "US", 70000),
        (0x00280010, "US", -1),
        (0x00091001, "FL", 1e300),
        (0x00091001, "SL", 2**31),
        (0x00080060, "CS", "\u4e00"),
        (0x00091001, "OB", b"a"),
    ],
)
def test_values_that_do_not_fit(tag, vr, value):
    ds = Dataset()
    ds.add_new(tag, vr, value)
    if vr == "OB":  # an odd length is padded
        out = io.BytesIO()
        dcmwrite(out, ds)
        assert dcmread(out.getvalue())[tag].value == b"a\0"
        return
    with pytest.raises(DicomError, match="fit"):
        dcmwrite(io.BytesIO(), ds)


def test_long_text_becomes_unknown():
    ds = Dataset()
    ds.add_new(0x00081030, "LO", "x" * 70000)
    out = io.BytesIO()
    with pytest.warns(UserWarning, match="70000 characters; 64 are allowed"):
        dcmwrite(out, ds)
    assert out.getvalue().count(b"UN\0\0") == 1
    assert pydicom.dcmread(io.BytesIO(out.getvalue())).get_item(0x00081030).VR == "UN"
    assert dcmread(out.getvalue())[0x00081030].value in (b"x" * 70000, "x" * 70000)


def test_pixels_must_be_encapsulated():
    ds = Dataset()
    ds.PixelData = bytes(8)
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.5"
    with pytest.raises(DicomError, match="encapsulated"):
        dcmwrite(io.BytesIO(), ds)
    ds.PixelData = pydicom.encaps.encapsulate([b"abcd"])
    out = io.BytesIO()
    dcmwrite(out, ds)
    got = pydicom.dcmread(io.BytesIO(out.getvalue()))["PixelData"]
    assert (got.VR, got.is_undefined_length, got.value) == ("OB", True, ds.PixelData)


@pytest.mark.parametrize("syntax", NATIVE)
def test_words_follow_the_byte_order(syntax):
    ds = Dataset()
    ds.Rows, ds.Columns, ds.SamplesPerPixel = 2, 3, 1
    ds.PhotometricInterpretation, ds.PixelRepresentation = "MONOCHROME2", 0
    ds.BitsAllocated = ds.BitsStored = 16
    want = np.arange(6, dtype="<u2").reshape(2, 3) * 1000
    ds.PixelData = want.tobytes()
    ds.file_meta.TransferSyntaxUID = syntax
    for _ in range(2):
        out = io.BytesIO()
        dcmwrite(out, ds)
        assert np.array_equal(pydicom.dcmread(io.BytesIO(out.getvalue())).pixel_array, want)
        ds = dcmread(out.getvalue())
        assert np.array_equal(ds.pixel_array, want)
        list(ds)


def test_a_data_set_inside_itself():
    ds = Dataset()
    ds.add_new(0x0040A730, "SQ", [Dataset()])
    ds[0x0040A730].value.append(ds)
    with pytest.raises(DicomError, match="deep"):
        dcmwrite(io.BytesIO(), ds)


def test_groups_that_do_not_belong():
    ds = Dataset()
    ds.add(DataElement(0x00020010, "UI", "1.2"))
    with pytest.raises(DicomError, match="group"):
        dcmwrite(io.BytesIO(), ds)
    ds = Dataset()
    ds.file_meta.add(DataElement(0x00100010, "PN", "A"))
    with pytest.raises(DicomError, match="file_meta"):
        dcmwrite(io.BytesIO(), ds)
    ds = Dataset()
    ds.add_new(0x0040A730, "SQ", [])
    with pytest.raises(DicomError, match="data sets"):
        ds[0x0040A730].value.append({})
    with pytest.raises(DicomError, match="data sets"):
        Sequence([1])

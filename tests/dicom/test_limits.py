"""Limits and the kinds of errors."""

import pickle
import struct
import threading

import pytest

import scikit.dicom as sd
from scikit._core._threads import run_slabs
from scikit.dicom import _limits

from .conftest import element, start
from .test_hostile import nested


def test_defaults_and_nesting_of_blocks():
    assert _limits.current() == sd.Limits()
    with sd.limits(depth=5) as outer:
        assert (outer.depth, outer.elements) == (5, sd.Limits().elements)
        with sd.limits(elements=7) as inner:
            assert (inner.depth, inner.elements) == (5, 7)
            assert _limits.current() is inner
        assert _limits.current() is outer
    assert _limits.current() == sd.Limits()


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"depht": 3}, TypeError),
        ({"depth": -1}, sd.DicomError),
        ({"depth": 65}, sd.DicomError),
        ({"depth": 2.5}, sd.DicomError),
        ({"pixels": "many"}, sd.DicomError),
        ({"elements": True}, sd.DicomError),
        ({"inflated_ratio": float("nan")}, sd.DicomError),
    ],
)
def test_bad_limits(changes, kind):
    with pytest.raises(kind, match=next(iter(changes))), sd.limits(**changes):
        pass
    assert _limits.current() == sd.Limits()


def test_threads_have_their_own_and_workers_the_callers():
    seen = []
    with sd.limits(depth=3):
        thread = threading.Thread(target=lambda: seen.append(_limits.current().depth))
        thread.start()
        thread.join()
        depths = run_slabs(lambda k: _limits.current().depth, [(k,) for k in range(8)], 2)
    assert seen == [64]
    assert depths == [3] * 8


@pytest.mark.parametrize("defined", [False, True])
def test_depth(defined):
    def look():
        ds = sd.dcmread(nested(9, defined))
        return sum(1 for _ in ds.iterall())

    assert look() == 9
    with sd.limits(depth=8), pytest.raises(sd.LimitError, match="8 deep") as caught:
        look()
    assert caught.value.offset > 132


def test_a_data_set_keeps_its_limits():
    with sd.limits(depth=8):
        ds = sd.dcmread(nested(9, True))
    with pytest.raises(sd.LimitError):
        list(ds.iterall())


def test_elements_items_and_values():
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    data = start() + element(8, 0x60, b"CS", b"CT") + element(8, 0x1115, b"SQ", item * 5)
    with sd.limits(elements=1), pytest.raises(sd.LimitError, match="1 elements"):
        sd.dcmread(data)
    with sd.limits(items=4), pytest.raises(sd.LimitError, match="4 items"):
        sd.dcmread(data)["ReferencedSeriesSequence"]
    long = data + element(0x10, 0x10, b"PN", b"A" * 30)
    with sd.limits(value_bytes=29), pytest.raises(sd.LimitError, match="30 bytes"):
        sd.dcmread(long)["PatientName"]
    assert len(sd.dcmread(data).ReferencedSeriesSequence) == 5


def test_errors_by_cause(tmp_path):
    path = tmp_path / "x.dcm"
    path.write_bytes(bytes(200))
    with pytest.raises(sd.NotDicomError, match=r"at byte 128, file .*x\.dcm\)$") as caught:
        sd.dcmread(path)
    assert caught.value.filename == str(path)
    assert caught.value.reason.endswith("missing")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again), again.offset) == (sd.NotDicomError, str(caught.value), 128)
    path.write_bytes(start() + element(8, 0x60, b"CS", b"CT", 40))
    with pytest.raises(sd.DamagedError, match="40 bytes"):
        sd.dcmread(path)
    for name in sd.__all__:
        if name.endswith("Error"):
            assert issubclass(getattr(sd, name), sd.DicomError)
            assert issubclass(getattr(sd, name), ValueError)
    error = sd.DicomError("wrong", 3, 0x00280010)
    assert str(error) == "wrong (at byte 3, element (0028,0010))"

"""Enhanced multi-frame images: functional groups, stacks, fourth axes, single frames."""

import os
import struct
import time

import numpy as np
import pydicom
import pytest

from scikit.dicom import (
    DicomError,
    _groups_cy,
    compress,
    dcmread,
    frame_positions,
    pixel_array,
    read_volume,
    uid,
)

from .series import enhanced, group, mark, numbers


def frames_of(times, slices, extra=None, order=None):
    """Functional groups of frames, slice by slice of each volume; ``extra(t, k)`` adds some."""
    frames = []
    for t in range(times):
        for k in range(slices):
            frame = {
                "PlanePositionSequence": {"ImagePositionPatient": [-7, 11, 2.5 * k]},
                "FrameContentSequence": {
                    "TemporalPositionIndex": t + 1,
                    "InStackPositionNumber": k + 1,
                    "StackID": "1",
                    "DimensionIndexValues": [1, k + 1, t + 1],
                },
            }
            frame.update(extra(t, k) if extra else {})
            frames.append(frame)
    return [frames[k] for k in order] if order is not None else frames


VARIANTS = [
    {},
    {"undefined": True},
    {"syntax": "1.2.840.10008.1.2"},
    {"undefined": True, "syntax": "1.2.840.10008.1.2"},
]


@pytest.mark.parametrize("variant", VARIANTS)
def test_frames_in_any_order(tmp_path, variant):
    array = numbers(times=3)
    order = np.random.default_rng(1).permutation(15)
    path = tmp_path / "e.dcm"
    enhanced(path, array.reshape(15, 6, 8)[order], frames_of(3, 5, order=order), **variant)
    volume = read_volume(path)
    assert np.array_equal(volume.array, array)
    assert np.allclose(volume.affine[:3, 3], (-7, 11, 0))
    assert volume.spacing == pytest.approx((2.5, 1.5, 0.75))
    assert volume.axis == "time"
    assert volume.labels["temporal"].tolist() == [1, 2, 3]
    places = frame_positions(path)
    assert np.allclose(places[:, 2], 2.5 * (order % 5))
    assert np.array_equal(places, frame_positions(dcmread(path)))
    touched = dcmread(path)
    assert len(touched.PerFrameFunctionalGroupsSequence) == 15
    assert np.array_equal(places, frame_positions(touched))  # no longer bytes
    assert np.array_equal(places, frame_positions(path.read_bytes()))
    assert np.array_equal(pixel_array(path, index=4), array.reshape(15, 6, 8)[order[4]])


def test_big_endian(tmp_path):
    array = numbers(times=2)
    path = tmp_path / "e.dcm"

    def extra(t, k):
        return {"MREchoSequence": {"EffectiveEchoTime": 7.5 * (t + 1)}}

    ds = enhanced(path, array.reshape(10, 6, 8), frames_of(2, 5, extra))
    ds.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRBigEndian
    ds.PixelData = array.astype(">u2").tobytes()
    ds["PixelData"].VR = "OW"
    ds.save_as(path, implicit_vr=False, little_endian=False, enforce_file_format=True)
    volume = read_volume(path)
    assert np.array_equal(volume.array, array)
    assert volume.labels["echo"].tolist() == [7.5, 15]


def echo(t, k):
    return {"MREchoSequence": {"EffectiveEchoTime": [2.5, 5.0][t]}, "FrameContentSequence": {}}


def weight(t, k):
    direction = group(DiffusionGradientOrientation=[0.0, 0.6, 0.8])
    content = {"DiffusionBValue": 1000.0 * t}
    if t:
        content["DiffusionGradientDirectionSequence"] = direction
    return {"MRDiffusionSequence": content}


def phase(t, k):
    return {
        "MRImageFrameTypeSequence": {
            "FrameType": ["ORIGINAL", "PRIMARY", "NONE", "NONE"],
            "ComplexImageComponent": ["PHASE", "MAGNITUDE"][t],
        }
    }


def cardiac(t, k):
    return {"CardiacSynchronizationSequence": {"NominalCardiacTriggerDelayTime": 30.0 * t}}


@pytest.mark.parametrize(
    ("extra", "axis", "label", "values"),
    [
        (echo, "echo", "echo", [2.5, 5.0]),
        (weight, "b-value", "bvalue", [0, 1000]),
        (phase, "component", "component", ["magnitude", "phase"]),
        (cardiac, "time", "trigger", [0, 30]),
    ],
)
def test_fourth_axis(tmp_path, extra, axis, label, values):
    array = numbers(times=2)
    enhanced(tmp_path / "e.dcm", array.reshape(10, 6, 8), frames_of(2, 5, extra))
    volume = read_volume(tmp_path / "e.dcm")
    assert volume.axis == axis
    assert volume.labels[label].tolist() == values
    want = array[::-1] if extra is phase else array
    assert np.array_equal(volume.array, want)
    if extra is weight:
        assert np.allclose(volume.labels["gradient"][1], (0, 0.6, 0.8))
    if extra is cardiac:
        assert np.allclose(volume.times, (0, 0.03))


def test_times_of_frames(tmp_path):
    array = numbers(times=3)
    frames = frames_of(3, 5)
    for n, frame in enumerate(frames):
        t, k = divmod(n, 5)
        frame["FrameContentSequence"]["FrameAcquisitionDateTime"] = f"2026022823595{7 + t}.{k:06d}"
    enhanced(tmp_path / "e.dcm", array.reshape(15, 6, 8), frames)
    assert np.allclose(read_volume(tmp_path / "e.dcm").times, [0, 1, 2])
    shared = {"MRTimingAndRelatedParametersSequence": {"RepetitionTime": 1010}}
    enhanced(tmp_path / "e.dcm", array.reshape(15, 6, 8), frames, shared=shared)
    volume = read_volume(tmp_path / "e.dcm")
    assert np.allclose(volume.times, [0, 1.01, 2.02])  # more precise than the clock


def test_scales_of_frames_and_shared_ones(tmp_path):
    array = numbers()
    shared = {"PixelValueTransformationSequence": {"RescaleSlope": 2, "RescaleIntercept": 1}}
    enhanced(tmp_path / "a.dcm", array[0], frames_of(1, 5), shared=shared)
    assert np.allclose(read_volume(tmp_path / "a.dcm").array, 2 * array[0] + 1)

    def extra(t, k):
        return {"PixelValueTransformationSequence": {"RescaleSlope": k + 1, "RescaleIntercept": k}}

    enhanced(tmp_path / "b.dcm", array[0], frames_of(1, 5, extra), shared=shared)
    k = np.arange(5)[:, None, None]
    assert np.allclose(read_volume(tmp_path / "b.dcm").array, array[0] * (k + 1) + k)


def test_two_stacks(tmp_path):
    array = numbers()

    def extra(t, k):
        turned = {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}
        return {"PlaneOrientationSequence": turned} if k > 2 else {}

    enhanced(tmp_path / "e.dcm", array[0], frames_of(1, 5, extra))
    with pytest.raises(DicomError, match=r"3 of 6 x 8.*2 of 6 x 8"):
        read_volume(tmp_path / "e.dcm")
    with pytest.warns(UserWarning, match="2 different grids"):
        volume = read_volume(tmp_path / "e.dcm", strict=False)
    assert np.array_equal(volume.array, array[0, :3])


@pytest.mark.parametrize(
    "syntax", [uid.RLELossless, uid.JPEGLosslessSV1, uid.JPEGLSLossless], ids=lambda u: u[-2:]
)
def test_compressed_frames(tmp_path, syntax):
    array = numbers(times=4)
    path = tmp_path / "e.dcm"
    enhanced(path, array.reshape(20, 6, 8), frames_of(4, 5))
    ds = dcmread(path)
    compress(ds, syntax)
    ds.save_as(tmp_path / "c.dcm")
    for workers in (1, 2):
        volume = read_volume(tmp_path / "c.dcm", workers=workers)
        assert np.array_equal(volume.array, array)
    assert np.allclose(volume.affine, read_volume(path).affine)


def test_contradictions(tmp_path):
    path = tmp_path / "e.dcm"
    enhanced(path, numbers()[0], frames_of(1, 4))
    with pytest.raises(DicomError, match="5 frames, but functional groups of 4"):
        read_volume(path)
    ds = dcmread(path)
    del ds.PerFrameFunctionalGroupsSequence
    with pytest.raises(DicomError, match="no functional groups"):
        frame_positions(ds)
    frames = frames_of(1, 5)
    del frames[2]["PlanePositionSequence"]
    enhanced(path, numbers()[0], frames)
    places = frame_positions(path)
    assert np.isnan(places[2]).all()
    assert not np.isnan(places[[0, 1, 3, 4]]).any()
    with pytest.raises(DicomError, match="without position"):
        read_volume(path)
    for bad in (3, None, []):
        with pytest.raises(TypeError):
            frame_positions(bad)


def test_damage_at_every_byte(tmp_path):
    """Each byte of the functional groups turned over: positions or a typed error."""
    path = tmp_path / "e.dcm"
    for undefined in (False, True):
        enhanced(path, numbers()[0], frames_of(1, 5), undefined=undefined)
        data = path.read_bytes()
        begin, end = data.index(b"\x00\x52\x30\x92"), data.index(b"\xe0\x7f\x10\x00")
        for place in range(begin, min(end, begin + 700)):
            broken = bytearray(data)
            broken[place] ^= 0xFF
            try:
                places = frame_positions(bytes(broken))
            except DicomError:
                continue
            assert places.ndim == 2
            assert places.shape[1] == 3
        for size in range(begin, end, 7):
            try:
                frame_positions(data[:size])
            except DicomError:
                continue


def test_a_large_image_is_not_read_for_one_frame(tmp_path):
    """One frame and all positions cost no more than what they need."""
    path = tmp_path / "e.dcm"
    count = 300
    enhanced(path, np.zeros((count, 4, 4)), frames_of(1, count))
    ds = pydicom.dcmread(path)
    ds.Rows = ds.Columns = 512
    ds.PixelData = b""
    mark(ds)
    ds.save_as(path)
    size = count * 512 * 512 * 2
    head = path.read_bytes()[:-4] + size.to_bytes(4, "little")
    with open(path, "wb") as file:  # a sparse file: reading all of it takes long
        file.write(head)
        file.truncate(len(head) + size)
    with open(path, "r+b") as file:
        file.seek(len(head) + 200 * 512 * 512 * 2)
        file.write(b"\x07\x00" * 5)
    best = []
    for _ in range(3):
        start = time.perf_counter()
        frame = pixel_array(path, index=200)
        places = frame_positions(path)
        best.append(time.perf_counter() - start)
    assert frame[0, :5].tolist() == [7] * 5
    assert places.shape == (count, 3)
    assert min(best) < 0.05
    assert os.path.getsize(path) > 1.5e8


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize(
    ("vr", "code", "values"),
    [
        ("FD", "d", (-1.5, 1e300, np.inf)),
        ("FL", "f", (-1.5, 2.0**100, 0.0)),
        ("UL", "I", (0, 1, 2**32 - 1)),
        ("SL", "i", (-(2**31), -1, 2**31 - 1)),
        ("US", "H", (0, 255, 65535)),
        ("SS", "h", (-32768, -1, 32767)),
    ],
)
def test_numbers_of_functional_groups(vr, code, values, big):
    data = struct.pack((">" if big else "<") + 3 * code, *values)
    place = np.zeros(1, np.int64), np.array([len(data)])
    got = _groups_cy.numbers(data, *place, vr.encode(), 3, big)
    assert got.tolist() == [list(map(float, values))]
    assert np.isnan(_groups_cy.numbers(data, *place, vr.encode(), 4, big)).all()

"""Volumes of every kind of series that pydicom can write, against closed forms and ITK."""

import re
import warnings

import numpy as np
import pytest
import SimpleITK

from scikit.dicom import DicomError, read_volume

from . import series
from .series import AXIAL, CORONAL, SAGITTAL, classic, numbers, oblique

ORIENTATIONS = {"ax": AXIAL, "sag": SAGITTAL, "cor": CORONAL, "obl": oblique()}


@pytest.mark.parametrize("name", ORIENTATIONS)
@pytest.mark.parametrize("back", [False, True])
def test_orientations(tmp_path, name, back):
    array, orientation = numbers(), ORIENTATIONS[name]
    normal = np.cross(*np.array(orientation).reshape(2, 3))
    step = normal * (-2.5 if back else 2.5)
    affine = classic(tmp_path / "s", array, orientation, origin=(-7, 11, 13), step=step)
    volume = read_volume(tmp_path / "s")
    want = array[0]
    if back:  # slices ascend along the normal
        want = want[::-1]
        affine[:3, 3] += affine[:3, 0] * 4
        affine[:3, 0] *= -1
    assert np.array_equal(volume.array, want)
    assert np.allclose(volume.affine, affine, atol=1e-5)
    assert np.allclose(volume.spacing, (2.5, 1.5, 0.75))
    assert volume.tilt < 1e-3
    assert volume.report.geometry
    assert not volume.report.notes


@pytest.mark.parametrize("name", ORIENTATIONS)
def test_geometry_is_that_of_itk(tmp_path, name):
    array = numbers()
    classic(tmp_path / "s", array, ORIENTATIONS[name], origin=(-7, 11, 13))
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path / "s")))
    theirs = reader.Execute()
    volume = read_volume(tmp_path / "s")
    for k, j, i in ((0, 0, 0), (4, 5, 7), (1, 2, 3)):
        # ITK may go through the slices the other way: the same place, the same value.
        place = (volume.affine @ (k, j, i, 1))[:3]
        index = theirs.TransformPhysicalPointToIndex(place.tolist())
        assert np.allclose(theirs.TransformIndexToPhysicalPoint(index), place, atol=1e-3)
        assert theirs[index] == volume.array[k, j, i]
    ours = volume.to_sitk()
    assert np.allclose(ours.GetSpacing(), theirs.GetSpacing(), atol=1e-5)
    assert ours.GetSize() == theirs.GetSize()
    assert np.allclose(ours.GetOrigin(), volume.origin)
    assert np.array_equal(SimpleITK.GetArrayFromImage(ours), volume.array)
    point = (volume.affine @ (2, 3, 4, 1))[:3]
    assert ours.TransformPhysicalPointToIndex(point.tolist()) == (4, 3, 2)


def test_tilt(tmp_path):
    angle = np.radians(15)
    orientation = (1, 0, 0, 0, np.cos(angle), -np.sin(angle))
    affine = classic(tmp_path / "s", numbers(), orientation, step=(0, 0, 5), kind="CT")
    with pytest.warns(UserWarning, match=r"sheared by 15\.00 degrees"):
        volume = read_volume(tmp_path / "s")
    assert np.allclose(volume.affine, affine, atol=1e-5)
    assert volume.report.tilt == pytest.approx(15, abs=1e-4)
    assert volume.tilt == pytest.approx(15, abs=1e-4)
    with pytest.raises(DicomError, match="sheared"):
        volume.to_sitk()


def echoes(ds, t, k):
    ds.EchoTime = 10 * (t + 1)


def components(ds, t, k):
    ds.ImageType = ["ORIGINAL", "PRIMARY", "PM"[t]]


def dynamics(ds, t, k):
    ds.AcquisitionNumber, ds.AcquisitionDate = t + 1, "20260131"
    ds.AcquisitionTime = f"2359{58 + t if t < 2 else 0:02d}.{10 * k:06d}"
    if t >= 2:
        ds.AcquisitionDate, ds.AcquisitionTime = "20260201", f"0000{t - 2:02d}.{10 * k:06d}"


def triggers(ds, t, k):
    ds.TriggerTime, ds.RepetitionTime = 40.0 * t + 3 * k, 5


def weights(ds, t, k):
    ds.DiffusionBValue = [0.0, 700.0, 700.0, 1400.0][t]
    ds.DiffusionGradientOrientation = np.eye(4)[t][1:].tolist()
    ds.RepetitionTime = 3000


def repetitions(ds, t, k):
    ds.TemporalPositionIdentifier, ds.RepetitionTime = t + 1, 1500


@pytest.mark.parametrize("slice_first", [False, True])
@pytest.mark.parametrize(
    ("change", "times", "axis", "labels", "seconds"),
    [
        (echoes, 3, "echo", {"echo": [10, 20, 30]}, None),
        (components, 2, "component", {"component": ["magnitude", "phase"]}, None),
        (dynamics, 4, "time", {"acquisition": [1, 2, 3, 4]}, [0, 1, 2, 3]),
        (triggers, 3, "time", {"trigger": [0, 40, 80]}, [0, 0.04, 0.08]),
        (weights, 4, "b-value", {"bvalue": [0, 700, 700, 1400]}, [0, 3, 6, 9]),
        (repetitions, 3, "time", {"temporal": [1, 2, 3]}, [0, 1.5, 3]),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_fourth_axis(tmp_path, slice_first, change, times, axis, labels, seconds):
    array = numbers(times=times)
    classic(tmp_path / "s", array, change=change, slice_first=slice_first)
    volume = read_volume(tmp_path / "s")
    if change is components:
        array = array[::-1]  # the magnitude first
    assert np.array_equal(volume.array, array)
    assert volume.axis == axis
    for name, values in labels.items():
        assert volume.labels[name].tolist() == values
    if change is weights:
        assert np.array_equal(volume.labels["gradient"], np.eye(4)[:, 1:])
    if seconds is None:
        assert volume.times is None
    else:
        assert np.allclose(volume.times, seconds)
        assert volume.time_step == pytest.approx(seconds[1])


def test_echoes_of_a_time_series(tmp_path):
    array = numbers(times=6)  # time is the faster: t = 3 echo + time

    def change(ds, t, k):
        ds.EchoTime, ds.RepetitionTime = [12, 35][t // 3], 2000
        ds.TemporalPositionIdentifier = t % 3 + 1
        ds.InstanceNumber = 1 + 2 * (t % 3) + t // 3  # as scanned: echo by echo

    classic(tmp_path / "s", array, change=change)
    volume = read_volume(tmp_path / "s")
    assert volume.axis == "echo x time"
    assert np.array_equal(volume.array, array)
    assert volume.labels["echo"].tolist() == [12] * 3 + [35] * 3
    assert np.allclose(volume.times, [0, 2, 4] * 2)
    assert volume.time_step == 2


def test_unlike_weights_of_slices(tmp_path):
    """The order of instances does not tell the volumes; the b-values do."""
    array = numbers(times=3)

    def change(ds, t, k):
        ds.DiffusionBValue = [0.0, 500.0, 1000.0][t]
        ds.InstanceNumber = 1 + 3 * k + (t + k) % 3

    classic(tmp_path / "s", array, change=change)
    assert np.array_equal(read_volume(tmp_path / "s").array, array)


def test_siemens_and_ge_b_values(tmp_path):
    array = numbers(times=2)

    def siemens(ds, t, k):
        block = ds.private_block(0x19, "SIEMENS MR HEADER", create=True)
        block.add_new(0x0C, "IS", str(800 * t))

    def ge(ds, t, k):
        block = ds.private_block(0x43, "GEMS_PARM_01", create=True)
        block.add_new(0x39, "IS", [1000000000 + 800 * t, 8, 0, 0])

    def philips(ds, t, k):
        block = ds.private_block(0x2001, "Philips Imaging DD 001", create=True)
        block.add_new(0x03, "FL", 800.0 * t)

    def nobody(ds, t, k):
        ds.private_block(0x19, "SOMEONE ELSE", create=True).add_new(0x0C, "IS", str(t))

    for change in (siemens, ge, philips):
        classic(tmp_path / change.__name__, array, change=change)
        volume = read_volume(tmp_path / change.__name__)
        assert volume.labels["bvalue"].tolist() == [0, 800]
    classic(tmp_path / "nobody", array, change=nobody)
    assert "bvalue" not in read_volume(tmp_path / "nobody").labels


def test_interrupted_scan(tmp_path):
    array = numbers(times=4)

    def change(ds, t, k):
        ds.TemporalPositionIdentifier = t + 1
        return t == 3 and k > 1

    classic(tmp_path / "s", array, change=change)
    with pytest.raises(DicomError, match="missing or duplicate"):
        read_volume(tmp_path / "s")
    with pytest.warns(UserWarning, match="missing or duplicate"):
        volume = read_volume(tmp_path / "s", strict=False)
    assert np.array_equal(volume.array, array[:3])


def test_jitter_of_positions(tmp_path):
    """Positions of repetitions that differ in the last digits are the same place."""
    array = numbers(times=3)
    rng = np.random.default_rng(5)

    def change(ds, t, k):
        ds.ImagePositionPatient = [0, 0, f"{2.5 * k + rng.uniform(-0.002, 0.002):.6f}"]

    classic(tmp_path / "s", array, change=change)
    assert np.array_equal(read_volume(tmp_path / "s").array, array)


def test_fine_slices(tmp_path):
    """Distances below the tolerance for repetitions are still distances."""
    array = numbers()
    classic(tmp_path / "s", array, spacing=(0.02, 0.01, 0.01))
    volume = read_volume(tmp_path / "s")
    assert np.array_equal(volume.array, array[0])
    assert volume.spacing[0] == pytest.approx(0.02)


def moved(ds, t, k):
    if k == 2:
        x, y, z = ds.ImagePositionPatient
        ds.ImagePositionPatient = [x + 3, y, z]


def wandering(ds, t, k):
    x, y, z = ds.ImagePositionPatient
    ds.ImagePositionPatient = [x + 2 * t, y, z]


def larger(ds, t, k):
    if k == 2:
        ds.Rows, ds.Columns = ds.Columns, ds.Rows


def coarser(ds, t, k):
    if k == 2:
        ds.PixelSpacing = [3, 3]


def localizer(ds, t, k):
    if k == 2:
        ds.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]


def inverted(ds, t, k):
    if k == 2:
        ds.PhotometricInterpretation = "MONOCHROME1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (moved, "shifted sideways by up to"),
        (wandering, "positions change with time by up to 2 mm"),
        (larger, r"2 different grids.*2 of 8 x 6"),
        (coarser, r"2 different grids.*2 of .*spacing 3 x 3"),
        (localizer, r"2 different grids.*a localizer"),
        (inverted, "mix MONOCHROME1 and MONOCHROME2"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
@pytest.mark.parallel_threads(1)
def test_what_does_not_fit(tmp_path, change, message):
    classic(tmp_path / "s", numbers(times=2), change=change)
    with pytest.raises(DicomError, match=message):
        read_volume(tmp_path / "s")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        volume = read_volume(tmp_path / "s", strict=False)
    assert re.search(message, str(caught[0].message))
    assert volume.array.ndim == 4
    assert any(message[:6] in note or "grids" in note for note in volume.report.notes)


def test_private_frames_of_reference(tmp_path):
    def change(ds, t, k):
        ds.FrameOfReferenceUID = f"1.2.9.{k}"

    classic(tmp_path / "s", numbers(), change=change)
    assert "frames of reference" in repr(read_volume(tmp_path / "s").report)


def test_own_scales(tmp_path):
    array = numbers()

    def change(ds, t, k):
        ds.RescaleSlope, ds.RescaleIntercept = 0.5 + k, -k

    classic(tmp_path / "s", array, change=change)
    volume = read_volume(tmp_path / "s")
    k = np.arange(5)[:, None, None]
    assert np.allclose(volume.array, array[0] * (0.5 + k) - k)
    assert "of their own" in repr(volume.report)
    with pytest.raises(DicomError, match="not applied"):
        read_volume(tmp_path / "s", rescale=False)


def test_colours(tmp_path):
    rng = np.random.default_rng(0)
    array = rng.integers(0, 256, (1, 3, 4, 5, 3)).astype("u1")

    def planes(planar):
        def change(ds, t, k):
            ds.SamplesPerPixel, ds.PhotometricInterpretation = 3, "RGB"
            ds.BitsAllocated = ds.BitsStored = 8
            ds.HighBit, ds.PlanarConfiguration = 7, int(planar)
            if planar:
                ds.PixelData = np.moveaxis(array[t, k], -1, 0).tobytes()
            ds.PixelData += bytes(len(ds.PixelData) % 2)
            ds["PixelData"].VR = "OB"

        return change

    for planar in (False, True):
        folder = tmp_path / str(planar)
        classic(folder, array, change=planes(planar))
        volume = read_volume(folder)
        assert np.array_equal(volume.array, array[0])
        assert volume.samples == 3
        image = volume.to_sitk()
        assert image.GetNumberOfComponentsPerPixel() == 3
        assert image[4, 3, 2] == tuple(array[0, 2, 3, 4])


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.2"])
def test_encodings(tmp_path, syntax):
    array = numbers(dtype="i2") - np.int16(1000)

    def change(ds, t, k):
        ds.file_meta.TransferSyntaxUID = syntax
        ds.DiffusionBValue = 500.0
        if syntax.endswith(".2.2"):
            ds.PixelData = array[t, k].astype(">i2").tobytes()
            ds["PixelData"].VR = "OW"

    folder = tmp_path / "s"
    write = series.Dataset.save_as

    def save(self, path, **_):
        implicit = syntax == "1.2.840.10008.1.2"
        big = syntax.endswith(".2.2")
        write(self, path, implicit_vr=implicit, little_endian=not big, enforce_file_format=True)

    class Patched(series.Dataset):
        save_as = save

    def changed(ds, t, k):
        change(ds, t, k)
        ds.__class__ = Patched

    classic(folder, array, change=changed)
    volume = read_volume(folder)
    assert np.array_equal(volume.array, array[0])
    assert volume.array.dtype == np.int16


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_unused_bits(tmp_path, bits):
    """Bits above Bits Stored hold no value; the intercept is added without them."""
    array = numbers() & ((1 << bits) - 1)

    def change(ds, t, k):
        ds.BitsStored, ds.HighBit = bits, bits - 1
        ds.RescaleSlope, ds.RescaleIntercept = 1, -100
        ds.PixelData = (array[t, k] | np.uint16(0xFFFF << bits & 0xFFFF)).tobytes()

    classic(tmp_path / "s", array, change=change)
    assert np.array_equal(read_volume(tmp_path / "s").array, array[0].astype(int) - 100)
    assert np.array_equal(read_volume(tmp_path / "s", rescale=False).array, array[0])


def test_types_of_the_result(tmp_path):
    array = numbers()

    def change(ds, t, k):
        ds.RescaleSlope, ds.RescaleIntercept = 1, -1024

    classic(tmp_path / "s", array, change=change)
    want = array[0].astype(int) - 1024
    assert read_volume(tmp_path / "s").array.dtype == np.int32
    for dtype in ("i2", "f4", "f8", np.int64, ">i4"):
        volume = read_volume(tmp_path / "s", dtype=dtype)
        assert volume.array.dtype == np.dtype(dtype).newbyteorder("=")
        assert np.array_equal(volume.array, want)
    for dtype in ("u2", "i1"):
        with pytest.raises(DicomError, match="`dtype`"):
            read_volume(tmp_path / "s", dtype=dtype)
    for bad in ("?", "c8", "U3", object, "nonsense"):
        with pytest.raises(TypeError, match="`dtype`"):
            read_volume(tmp_path / "s", dtype=bad)
    for bad in (3, b"1.2"):
        with pytest.raises(TypeError, match="`series`"):
            read_volume(tmp_path / "s", series=bad)


def test_files_of_frames_and_detectors(tmp_path):
    """Enhanced images, one a volume, in the order of their instance numbers."""
    array = numbers(times=3)
    for t in (2, 0, 1):
        frames = [
            {"PlanePositionSequence": {"ImagePositionPatient": [0, 0, 2.5 * k]}} for k in range(5)
        ]
        ds = series.enhanced(tmp_path / f"{9 - t}.dcm", array[t], frames)
        ds.InstanceNumber, ds.SOPInstanceUID = t + 1, f"1.2.3.4.{t}"
        ds.save_as(tmp_path / f"{9 - t}.dcm", enforce_file_format=True)
    volume = read_volume(tmp_path)
    assert np.array_equal(volume.array, array)

    def change(ds, t, k):
        del ds.PixelSpacing
        ds.ImagerPixelSpacing = [0.2, 0.3]

    classic(tmp_path / "x", numbers(slices=1), change=change)
    volume = read_volume(tmp_path / "x")
    assert volume.spacing[1:] == (0.2, 0.3)
    assert "at the detector" in repr(volume.report)


def test_more_frames_than_bytes(tmp_path):
    """A compressed image that claims more frames than its file could hold costs nothing."""
    path = tmp_path / "f.dcm"
    ds = series.base("MR", "1.2.3.4.1", (4, 4))
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.5"
    ds.NumberOfFrames = 2**31 - 1
    ds.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0\x02\0\0\0ab"
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    ds.save_as(path, enforce_file_format=True)
    with pytest.raises(DicomError, match="frames cannot be in a file"):
        read_volume(path)


@pytest.mark.filterwarnings("ignore")
def test_bytes_turned_over(tmp_path):
    """Damage of any kind: a volume, or a typed error."""
    classic(tmp_path / "s", numbers(slices=1))
    (path,) = (tmp_path / "s").iterdir()
    data = path.read_bytes()
    rng = np.random.default_rng(0)
    begin = data.index(b"\x08\x00", 132)
    for place in range(begin, len(data) - 100):
        broken = bytearray(data)
        broken[place] = rng.integers(256)
        path.write_bytes(broken)
        try:
            assert read_volume(path, strict=False).array.size
        except DicomError:
            continue

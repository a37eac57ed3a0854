"""Volumes: written here, read back; geometry by its definition; NIfTI through NiBabel."""

import os
import pathlib
import tempfile

import nibabel
import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit.dicom import Dataset, DicomError, dcmread, dcmwrite, read_volume, write_volume

from .conftest import ROOT


def rotation(a, b, c):
    """A rotation matrix of three angles."""
    out = np.eye(3)
    for axis, angle in enumerate((a, b, c)):
        i, j = (axis + 1) % 3, (axis + 2) % 3
        turn = np.eye(3)
        turn[i, i] = turn[j, j] = np.cos(angle)
        turn[i, j], turn[j, i] = -np.sin(angle), np.sin(angle)
        out = out @ turn
    return out


def affine_of(turn, spacing, origin):
    """From (slice, row, column) to LPS; slices ascend along the normal."""
    affine = np.eye(4)
    along, down = turn[:, 0], turn[:, 1]
    affine[:3, 0] = np.cross(along, down) * spacing[0]
    affine[:3, 1], affine[:3, 2], affine[:3, 3] = down * spacing[1], along * spacing[2], origin
    return affine


ANGLES = st.floats(-3.0, 3.0)


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(ANGLES, ANGLES, ANGLES),
    st.tuples(*[st.floats(0.2, 9)] * 3),
    st.tuples(*[st.floats(-400, 400)] * 3),
    st.sampled_from(["i2", "u2", "u1", "i1", "?", "f4", "f8", "i4", ">i2"]),
    st.integers(1, 3),
    st.integers(0, 2**32),
)
def test_round_trip(angles, spacing, origin, dtype, times, seed):
    rng = np.random.default_rng(seed)
    shape = (times, 4, 3, 5) if times > 1 else (4, 3, 5)
    array = (rng.integers(-100, 100, shape) * (1.37 if "f" in dtype else 1)).astype(dtype)
    affine = affine_of(rotation(*angles), spacing, origin)
    with tempfile.TemporaryDirectory() as parent:  # pytest's factory is not for threads
        folder = pathlib.Path(parent) / "out"
        files = write_volume(folder, array, affine=affine)
        os.rename(files[0], folder / "zz")  # names tell nothing
        volume = read_volume(folder)
        assert volume.array.shape == shape
        step = np.ptp(array.astype(float)) / 65535 if "f" in dtype else 0
        assert np.abs(volume.array.astype(float) - array).max() <= step * 0.51 + 1e-4 * step + 1e-5
        assert np.allclose(volume.affine, affine, atol=1e-3)
        assert np.allclose(volume.spacing, spacing, rtol=1e-4)
        assert volume.report.files == len(files)
        assert not volume.report.notes
        stored = read_volume(folder, rescale=False)
        assert stored.array.dtype.kind in "iu"


def small(folder, count=5, **changes):
    array = np.arange(count * 6, dtype="i2").reshape(count, 2, 3)
    return write_volume(folder, array, spacing=(2.5, 1, 0.5), **changes), array


def edit(path, **changes):
    ds = dcmread(path)
    for keyword, value in changes.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    dcmwrite(path, ds)


def test_files_are_ordered_by_place(tmp_path):
    files, array = small(tmp_path / "s")
    for order in (files, files[::-1], sorted(files, key=lambda f: hash(f) % 97)):
        volume = read_volume(order)
        assert np.array_equal(volume.array, array)
    for k, path in enumerate(files):
        edit(path, InstanceNumber=10 - k)
    assert np.array_equal(read_volume(tmp_path / "s").array, array)


def test_workers_and_progress(tmp_path):
    small(tmp_path / "s", count=40)
    one = read_volume(tmp_path / "s").array
    seen = []
    two = read_volume(
        tmp_path / "s", workers=2, progress=lambda done, total: seen.append((done, total))
    ).array
    assert np.array_equal(one, two)
    assert seen[-1][0] == seen[-1][1] > 0


def test_rescaling(tmp_path):
    files, array = small(tmp_path / "s", modality="CT")
    for path in files:
        edit(path, RescaleSlope=1, RescaleIntercept=-1024)
    volume = read_volume(tmp_path / "s")
    assert volume.array.dtype == np.int32 if volume.array.itemsize == 4 else np.int16
    assert np.array_equal(volume.array, array.astype(int) - 1024)
    assert np.array_equal(read_volume(tmp_path / "s", rescale=False).array, array)
    for k, path in enumerate(files):  # a PET scanner's slices have slopes of their own
        edit(path, RescaleSlope=0.5 * (k + 1), RescaleIntercept=k)
    volume = read_volume(tmp_path / "s")
    assert volume.array.dtype == np.float32
    slopes = np.arange(1, 6)[:, None, None] * 0.5
    assert np.allclose(volume.array, array * slopes + np.arange(5)[:, None, None])


def test_time(tmp_path):
    template = Dataset()
    template.RepetitionTime, template.PatientName = 2000, "A^B"
    array = np.arange(3 * 4 * 2 * 2).reshape(3, 4, 2, 2)
    write_volume(tmp_path / "s", array, spacing=(2, 1, 1), template=template)
    volume = read_volume(tmp_path / "s")
    assert np.array_equal(volume.array, array)
    assert volume.time_step == 2.0
    assert volume.header.PatientName == "A^B"
    assert "2 s" in repr(volume)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
@pytest.mark.parametrize("times", [1, 3])
def test_nifti(tmp_path, ending, times):
    template = Dataset()
    template.RepetitionTime = 1500
    affine = affine_of(rotation(0.3, -0.2, 0.5), (3, 2, 1.5), (10, -20, 30))
    array = np.random.default_rng(0).integers(0, 999, (times, 4, 3, 5)).astype("i2")
    array = array[0] if times == 1 else array
    write_volume(tmp_path / "s", array, affine=affine, template=template)
    volume = read_volume(tmp_path / "s")
    path = tmp_path / f"v{ending}"
    volume.to_nifti(path)
    image = nibabel.load(path)
    assert image.get_data_dtype() == np.int16
    assert np.array_equal(np.asarray(image.dataobj).T[..., ::-1, :], array)
    assert image.header.get_xyzt_units() == ("mm", "sec")
    if times > 1:
        assert image.header.get_zooms()[3] == 1.5
    for index in ((0, 0, 0), (3, 2, 4), (1, 0, 2)):  # the same voxel at the same place
        lps = affine @ (*index, 1)
        ras = image.affine @ (index[2], 2 - index[1], index[0], 1)
        assert np.allclose(ras, lps * (-1, -1, 1, 1), atol=1e-3)
    assert np.allclose(image.get_qform(), image.get_sform(), atol=1e-3)
    assert sorted(os.listdir(tmp_path)) == ["s", f"v{ending}"]


def test_nifti_faults(tmp_path, monkeypatch):
    small(tmp_path / "s")
    volume = read_volume(tmp_path / "s")
    with pytest.raises(DicomError, match=r"\.nii"):
        volume.to_nifti(tmp_path / "v.img")
    with pytest.raises(FileNotFoundError):
        volume.to_nifti(tmp_path / "none" / "v.nii")
    assert os.listdir(tmp_path) == ["s"]


# -- what is wrong with a folder --


def test_empty_folder(tmp_path):
    with pytest.raises(DicomError, match="no DICOM images"):
        read_volume(tmp_path)
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(DicomError, match=r"no DICOM images .*1 files"):
        read_volume(tmp_path)
    with pytest.raises(DicomError, match="no DICOM images"):
        read_volume([])
    with pytest.raises(FileNotFoundError):
        read_volume(tmp_path / "none")
    for bad in (3, None, [3]):
        with pytest.raises(TypeError):
            read_volume(bad)


def test_two_series(tmp_path):
    template = Dataset()
    template.SeriesDescription = "first one"
    files, array = small(tmp_path / "a", template=template)
    template.SeriesDescription = "second one"
    small(tmp_path / "b", template=template, count=3)
    with pytest.raises(DicomError, match=r"2 series") as caught:
        read_volume(tmp_path)
    uid = dcmread(files[0]).SeriesInstanceUID
    for part in (uid, "first one", "second one", "5 images", "3 images"):
        assert part in str(caught.value)
    assert np.array_equal(read_volume(tmp_path, series=uid).array, array)
    with pytest.raises(DicomError, match=r"no images of series 1\.2"):
        read_volume(tmp_path, series="1.2")


def test_what_is_no_image_is_skipped(tmp_path):
    _, array = small(tmp_path / "s")
    (tmp_path / "s" / "readme.txt").write_text("x")
    ds = Dataset()
    ds.PatientID = "no image"
    ds.save_as(tmp_path / "s" / "DICOMDIR")
    volume = read_volume(tmp_path / "s")
    assert np.array_equal(volume.array, array)
    reasons = {os.path.basename(path): why for path, why in volume.report.skipped}
    assert "not a DICOM file" in reasons["readme.txt"]
    assert "no pixel data" in reasons["DICOMDIR"]
    with pytest.raises(DicomError, match=r"readme\.txt"):
        read_volume([tmp_path / "s" / "readme.txt"])


def test_damaged_slice(tmp_path):
    files, _ = small(tmp_path / "s")
    data = pathlib.Path(files[2]).read_bytes()
    with open(files[2], "wb") as file:
        file.write(data[:-6])
    with pytest.raises(DicomError, match="IM00003"):
        read_volume(tmp_path / "s")


def test_damage_in_another_series(tmp_path):
    files, array = small(tmp_path / "a")
    template = Dataset()
    template.PatientID = "other"
    others, _ = small(tmp_path / "b", template=template)
    edit(others[4], BitsAllocated=12)  # the header can be read, the image cannot
    uids = [dcmread(paths[0]).SeriesInstanceUID for paths in (files, others)]
    assert np.array_equal(read_volume(tmp_path, series=uids[0]).array, array)
    with pytest.raises(DicomError, match="IM00005"):
        read_volume(tmp_path, series=uids[1])
    with pytest.raises(DicomError, match="2 series"):
        read_volume(tmp_path)
    with pytest.warns(UserWarning, match="Bits Allocated"):
        volume = read_volume(tmp_path, series=uids[1], strict=False)
    assert len(volume.array) == 4
    assert len(volume.report.skipped) == 1
    path = pathlib.Path(files[4])
    path.write_bytes(path.read_bytes()[:200])  # nothing can be read: it may be of any series
    with pytest.raises(DicomError, match="IM00005"):
        read_volume(tmp_path, series=uids[0])


def test_missing_slice(tmp_path):
    files, array = small(tmp_path / "s")
    os.unlink(files[2])
    with pytest.raises(DicomError, match=r"1 slice\(s\) missing, at 5\.00 mm"):
        read_volume(tmp_path / "s")
    with pytest.warns(UserWarning, match="missing"):
        volume = read_volume(tmp_path / "s", strict=False)
    assert volume.report.missing == [5.0]
    assert np.array_equal(volume.array, np.delete(array, 2, axis=0))
    assert "missing" in repr(volume.report)


def test_irregular_slices(tmp_path):
    files, _ = small(tmp_path / "s")
    edit(files[2], ImagePositionPatient=[0, 0, 5.9])
    with pytest.raises(DicomError, match="irregular"):
        read_volume(tmp_path / "s")
    with pytest.warns(UserWarning, match="irregular"):
        assert len(read_volume(tmp_path / "s", strict=False).array) == 5


def test_duplicate_slice(tmp_path):
    files, array = small(tmp_path / "s")
    data = pathlib.Path(files[1]).read_bytes()
    (tmp_path / "s" / "again.dcm").write_bytes(data)
    with pytest.raises(DicomError, match=r"duplicate .*2 at 2\.50 mm"):
        read_volume(tmp_path / "s")
    with pytest.warns(UserWarning, match="duplicate"):
        assert np.array_equal(read_volume(tmp_path / "s", strict=False).array, array)


def test_missing_time(tmp_path):
    files = write_volume(tmp_path / "s", np.zeros((3, 4, 2, 2)))
    os.unlink(files[5])
    with pytest.raises(DicomError, match="most positions have 3"):
        read_volume(tmp_path / "s")
    with pytest.warns(UserWarning, match=r".*"):
        assert read_volume(tmp_path / "s", strict=False).array.shape == (2, 4, 2, 2)


def test_mixed_orientation(tmp_path):
    files, array = small(tmp_path / "s")
    edit(files[0], ImageOrientationPatient=[0, 1, 0, 0, 0, -1])
    with pytest.raises(DicomError, match="2 different grids"):
        read_volume(tmp_path / "s")
    with pytest.warns(UserWarning, match="grids"):
        assert np.array_equal(read_volume(tmp_path / "s", strict=False).array, array[1:])


def test_gantry_tilt(tmp_path):
    angle = np.radians(18.5)
    affine = np.eye(4)[:, [2, 1, 0, 3]] * 1.0
    affine[1, 0], affine[2, 0] = 3 * np.tan(angle), 3.0
    write_volume(tmp_path / "s", np.zeros((4, 2, 2)), affine=affine)
    with pytest.warns(UserWarning, match=r"sheared by 18\.50 degrees"):
        volume = read_volume(tmp_path / "s")
    assert volume.report.tilt == pytest.approx(18.5)
    assert np.allclose(volume.affine, affine)


@pytest.mark.parametrize("keyword", ["ImagePositionPatient", "ImageOrientationPatient"])
def test_no_place(tmp_path, keyword):
    files, array = small(tmp_path / "s")
    for path in files:
        edit(path, **{keyword: None})
    with pytest.raises(DicomError, match="without position or orientation"):
        read_volume(tmp_path / "s")
    with pytest.warns(UserWarning, match="without position"):
        assert np.array_equal(read_volume(tmp_path / "s", strict=False).array, array)


@pytest.mark.parametrize("value", [[0, 0], [0, 0, "nan"], ["x", 0, 0], None])
def test_bad_positions(tmp_path, value):
    files, _ = small(tmp_path / "s")
    ds = dcmread(files[1])
    del ds.ImagePositionPatient
    if value is not None:
        ds.add_new(0x00200032, "LO", [str(v) for v in value])
    dcmwrite(files[1], ds)
    with pytest.raises(DicomError, match="position"):
        read_volume(tmp_path / "s")


def test_single_slice(tmp_path):
    files, array = small(tmp_path / "s", count=1)
    volume = read_volume(files[0])
    assert volume.array.shape == (1, 2, 3)
    assert volume.spacing == (2.5, 1.0, 0.5)
    assert np.array_equal(volume.array, array)


@pytest.mark.parametrize(
    "name", ["MR_small", "MR_small_bigendian", "MR_small_implicit", "image_dfl"]
)
def test_other_transfer_syntaxes(name):
    path = ROOT / "test_files" / f"{name}.dcm"
    kwargs = {"strict": False, "rescale": False}
    volume = read_volume(path, **kwargs)
    assert np.array_equal(volume.array[0], pydicom.dcmread(path).pixel_array)


def test_dose_grid():
    path = ROOT / "test_files" / "rtdose.dcm"
    ds = pydicom.dcmread(path)
    volume = read_volume(path)
    assert np.array_equal(volume.array, ds.pixel_array)
    assert volume.spacing[0] == pytest.approx(np.diff(ds.GridFrameOffsetVector)[0])


# -- writing --


def test_written_series_is_sound(tmp_path):
    files, array = small(tmp_path / "s", modality="CT")
    sets = [pydicom.dcmread(path) for path in files]
    assert len({ds.SOPInstanceUID for ds in sets}) == 5
    assert len({ds.SeriesInstanceUID for ds in sets}) == 1
    for k, ds in enumerate(sets):
        assert ds.SOPClassUID == pydicom.uid.CTImageStorage
        assert ds.file_meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID
        assert np.array_equal(ds.pixel_array, array[k])
        assert ds.ImagePositionPatient == [0, 0, 2.5 * k]
        assert ds.RescaleType == "HU"
        assert ds.SOPInstanceUID.is_valid


def test_written_bytes_are_the_same_each_time(tmp_path):
    files, _ = small(tmp_path / "a")
    again, _ = small(tmp_path / "b")
    others, _ = small(tmp_path / "c", unique=True)
    for a, b, c in zip(files, again, others, strict=True):
        read = [pathlib.Path(path).read_bytes() for path in (a, b, c)]
        assert read[0] == read[1] != read[2]


def test_target_folder(tmp_path):
    (tmp_path / "empty").mkdir()
    small(tmp_path / "empty")
    with pytest.raises(FileExistsError, match="not an empty folder"):
        small(tmp_path / "empty")
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileExistsError):
        small(tmp_path / "file")
    with pytest.raises(FileNotFoundError):
        small(tmp_path / "none" / "s")
    assert sorted(os.listdir(tmp_path)) == ["empty", "file"]


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 2)),
        np.zeros((0, 2, 2)),
        np.zeros((2, 0, 2)),
        np.zeros((1, 1, 1, 1, 1)),
        np.float64(3),
        np.zeros((2, 2, 2), complex),
        np.array([[["a"]]]),
        np.array([[[None]]]),
        np.full((2, 2, 2), np.nan),
        np.array([[[np.inf, 0]]]),
        np.array([[[1.7e308, -1.7e308]]]),
        np.zeros((1, 1, 65536)),
    ],
)
def test_bad_arrays(tmp_path, array):
    with pytest.raises(DicomError, match="`array`"):
        write_volume(tmp_path / "s", array)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "bad",
    [
        {"spacing": (1, 1)},
        {"spacing": (0, 1, 1)},
        {"spacing": (-1, 1, 1)},
        {"spacing": (np.nan, 1, 1)},
        {"affine": np.eye(3)},
        {"affine": np.zeros((4, 4))},
        {"affine": np.full((4, 4), np.inf)},
        {"affine": np.diag([1, 1, 0, 1])},
        {"affine": [[1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0, 1]]},
        {"affine": np.eye(4), "spacing": (1, 1, 1)},
        {"modality": "US"},
    ],
)
def test_bad_geometry(tmp_path, bad):
    with pytest.raises(DicomError, match="`"):
        write_volume(tmp_path / "s", np.zeros((2, 2, 2)), **bad)
    with pytest.raises(TypeError, match="`template`"):
        write_volume(tmp_path / "s", np.zeros((2, 2, 2)), template=3)
    assert os.listdir(tmp_path) == []


def test_layouts_of_the_input(tmp_path):
    array = np.arange(60, dtype="i2").reshape(3, 4, 5)
    before = array.copy()
    views = [array, np.asfortranarray(array), array.astype(">i2"), np.repeat(array, 2, 2)[..., ::2]]
    for k, view in enumerate(views):
        view.flags.writeable = False
        write_volume(tmp_path / str(k), view)
        assert np.array_equal(read_volume(tmp_path / str(k)).array, before)
    constant = np.full((2, 2, 2), 3.25)
    write_volume(tmp_path / "c", constant)
    assert np.allclose(read_volume(tmp_path / "c").array, 3.25)

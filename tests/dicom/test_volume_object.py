"""What a Volume can become: NIfTI, ITK, xarray, pictures, a DICOM series."""

import base64
import io
import os
import re
import zipfile

import matplotlib.figure
import matplotlib.image
import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK
import xarray

from scikit.dicom import (
    Dataset,
    DicomError,
    Volume,
    VolumeReport,
    dcmread,
    read_volume,
    scan,
    uid,
)

from .conftest import dcmtk
from .series import classic, numbers, oblique


def affine_of(orientation, spacing=(2.5, 1.5, 0.75), origin=(-7, 11, 13), shear=0.0):
    axes = np.array(orientation, float).reshape(2, 3)
    affine = np.eye(4)
    affine[:3, 0] = np.cross(*axes) * spacing[0] + shear * axes[1]
    affine[:3, 1], affine[:3, 2] = axes[1] * spacing[1], axes[0] * spacing[2]
    affine[:3, 3] = origin
    return affine


def test_from_an_array():
    volume = Volume(np.zeros((2, 3, 4, 5)), affine_of(oblique()), times=[0, 2])
    assert volume.shape == (2, 3, 4, 5)
    assert volume.axis == "time"
    assert volume.time_step == 2
    assert np.allclose(volume.spacing, (2.5, 1.5, 0.75))
    assert "2 s" in repr(volume)
    assert Volume(np.zeros((2, 2, 2))).spacing == (1, 1, 1)
    assert Volume(np.zeros((2, 2, 2))).time_step is None
    assert Volume(np.zeros((3, 2, 2, 2)), times=[0, 1, 5]).time_step is None


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((np.zeros((2, 2)),), {}),
        ((np.zeros((0, 2, 2)),), {}),
        ((np.zeros((1, 1, 1, 1, 1)),), {}),
        ((np.zeros((2, 2, 2), complex),), {}),
        ((np.array([[["a"]]]),), {}),
        ((np.zeros((2, 2, 2)), np.eye(3)), {}),
        ((np.zeros((2, 2, 2)), np.zeros((4, 4))), {}),
        ((np.zeros((2, 2, 2)), np.full((4, 4), np.nan)), {}),
        ((np.zeros((2, 2, 2)), np.eye(4)), {"spacing": (1, 1, 1)}),
        ((np.zeros((2, 2, 2)),), {"spacing": (1, 1)}),
        ((np.zeros((2, 2, 2)),), {"spacing": (1, 0, 1)}),
        ((np.zeros((2, 2, 2)),), {"times": [1, 2]}),
        ((np.zeros((2, 2, 2, 2)),), {"times": [1, 2, 3]}),
        ((np.zeros((2, 2, 2, 2)),), {"labels": {"echo": [1]}}),
        ((np.zeros((2, 2, 2, 2)),), {"samples": 3}),
    ],
)
def test_bad_volumes(args, kwargs):
    with pytest.raises(DicomError, match="`"):
        Volume(*args, **kwargs)


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u2", "i4", "u4", "f4", "f8", "?", ">i2"])
@pytest.mark.parametrize("times", [1, 3])
def test_nifti_is_what_nibabel_reads(tmp_path, dtype, times):
    rng = np.random.default_rng(0)
    shape = (times, 4, 3, 5) if times > 1 else (4, 3, 5)
    array = rng.integers(0, 2, shape) * rng.integers(0, 100, shape)
    array = array.astype(dtype)
    volume = Volume(array, affine_of(oblique(0.7, 1.1)), times=1.5 * np.arange(times))
    for name in ("v.nii", "v.nii.gz"):
        volume.to_nifti(tmp_path / name)
        image = nibabel.load(tmp_path / name)
        data = np.asarray(image.dataobj)
        assert np.array_equal(data.T[..., ::-1, :], array)
        assert data.dtype.itemsize <= max(2, array.dtype.itemsize)
        for index in ((0, 0, 0), (3, 2, 4), (1, 0, 2)):
            lps = volume.affine @ (*index, 1)
            ras = image.affine @ (index[2], 2 - index[1], index[0], 1)
            assert np.allclose(ras, lps * (-1, -1, 1, 1), atol=1e-4)
        assert np.allclose(image.get_qform(), image.affine, atol=1e-4)
        assert (image.header["qform_code"], image.header["sform_code"]) == (1, 1)
        assert image.header.get_xyzt_units() == ("mm", "sec")
        if times > 1:
            assert image.header.get_zooms()[3] == 1.5


@pytest.mark.parametrize("seed", range(20))
def test_quaternions(tmp_path, seed):
    """qform of any rotation, also by half a turn, is sform."""
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    if seed < 6:
        q = np.diag(
            [[1, 1, 1], [-1, -1, 1], [1, -1, -1], [-1, 1, -1], [-1, 1, 1], [1, 1, -1]][seed]
        )
    affine = np.eye(4)
    affine[:3, :3] = q * (2, 3, 4)
    Volume(np.zeros((2, 2, 2)), affine).to_nifti(tmp_path / "v.nii")
    image = nibabel.load(tmp_path / "v.nii")
    assert np.allclose(image.get_qform(), image.get_sform(), atol=1e-5)


def test_nifti_of_a_tilt_and_of_stored_values(tmp_path):
    volume = Volume(numbers()[0], affine_of(oblique(), shear=0.8), slope=0.5, intercept=-3)
    volume.to_nifti(tmp_path / "v.nii")
    image = nibabel.load(tmp_path / "v.nii")
    assert np.allclose(np.asarray(image.dataobj).T[:, ::-1], volume.array * 0.5 - 3)
    assert image.get_data_dtype() == np.int16
    flip = np.diag([1.0, -1, 1, 1])
    flip[1, 3] = 5
    assert np.allclose(image.get_sform(), volume.affine_ras @ flip, atol=1e-4)
    q = image.get_qform()[:3, :3]
    q /= np.linalg.norm(q, axis=0)
    assert np.allclose(q.T @ q, np.eye(3), atol=1e-5)  # without the shear


def test_nifti_of_colours(tmp_path):
    array = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 3)).astype("u1")
    Volume(array, samples=3).to_nifti(tmp_path / "v.nii")
    data = np.asarray(nibabel.load(tmp_path / "v.nii").dataobj)
    assert np.array_equal(np.stack([data[c].T[:, ::-1] for c in "RGB"], -1), array)


def test_what_nifti_cannot_hold(tmp_path):
    for volume in (
        Volume(np.zeros((1, 1, 40000))),
        Volume(np.zeros((2, 2, 2), np.longdouble)),
        Volume(np.zeros((2, 2, 2, 4)), samples=4),
    ):
        with pytest.raises(DicomError, match="NIfTI"):
            volume.to_nifti(tmp_path / "v.nii")
    assert os.listdir(tmp_path) == []


def test_itk_and_xarray():
    volume = Volume(
        numbers(times=3), affine_of(oblique()), times=[0, 1, 2],
        labels={"bvalue": [0, 1, 2], "gradient": np.eye(3)},
    )  # fmt: skip
    image = volume.to_sitk()
    assert image.GetDimension() == 4
    assert image.GetSpacing()[3] == 1
    assert np.array_equal(SimpleITK.GetArrayFromImage(image), volume.array)
    one = Volume(volume.array[0], volume.affine).to_sitk()
    point = one.TransformIndexToPhysicalPoint((4, 3, 2))
    assert np.allclose(point, (volume.affine @ (2, 3, 4, 1))[:3])
    assert np.allclose(np.reshape(one.GetDirection(), (3, 3)), volume.direction)
    data = volume.to_xarray()
    assert isinstance(data, xarray.DataArray)
    assert data.dims == ("t", "k", "j", "i")
    assert data.t.values.tolist() == [0, 1, 2]
    assert data.k.values.tolist() == [0, 2.5, 5, 7.5, 10]
    assert data.bvalue.values.tolist() == [0, 1, 2]
    assert np.array_equal(data.attrs["affine"], volume.affine)
    assert np.array_equal(data.attrs["gradient"], np.eye(3))
    assert Volume(np.zeros((2, 2, 2, 3)), samples=3).to_xarray().dims[-1] == "sample"


@pytest.mark.thread_unsafe(reason="pyplot's figures belong to the process")
def test_pictures():
    array = np.zeros((4, 5, 6))
    array[2, 2, 3] = 1
    report = VolumeReport(notes=["<script>alert(1)</script>"])
    volume = Volume(array, affine_of(oblique()), report=report, series="<b>")
    page = volume._repr_html_()
    assert "<script>" not in page
    assert "<b>" not in page
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    images = [matplotlib.image.imread(io.BytesIO(base64.b64decode(p))) for p in pictures]
    assert [im.shape[:2] for im in images] == [(5, 6), (4, 6), (4, 5)]
    assert all(im.max() > im.min() for im in images)
    figure = volume.plot()
    assert len(figure.axes) == 3
    own = matplotlib.figure.Figure()
    assert volume.plot(own) is own
    colours = Volume(np.full((2, 2, 2, 3), 9, "u1"), samples=3)
    assert "data:image/png" in colours._repr_html_()
    assert len(colours.plot().axes) == 3
    assert "png" in Volume(np.full((2, 2, 2), np.nan))._repr_html_()
    matplotlib.pyplot.close("all")


# Attributes of the modules of the MR and CT image objects (PS3.3 tables A.3-1 and A.4-1): type 1
# must have a value, type 2 must be there.
COMMON_1 = (
    "StudyInstanceUID", "Modality", "SeriesInstanceUID", "FrameOfReferenceUID", "SOPClassUID",
    "SOPInstanceUID", "ImageType", "PixelSpacing", "ImageOrientationPatient",
    "ImagePositionPatient", "SamplesPerPixel", "PhotometricInterpretation", "Rows", "Columns",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelData",
)  # fmt: skip
COMMON_2 = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime",
    "ReferringPhysicianName", "StudyID", "AccessionNumber", "SeriesNumber", "PatientPosition",
    "PositionReferenceIndicator", "Manufacturer", "InstanceNumber", "SliceThickness",
)  # fmt: skip
OWN_1 = {
    "MR": ["ScanningSequence", "SequenceVariant"],
    "CT": ["RescaleIntercept", "RescaleSlope", "RescaleType"],
}
OWN_2 = {
    "MR": ["ScanOptions", "MRAcquisitionType", "RepetitionTime", "EchoTime", "EchoTrainLength"],
    "CT": ["KVP", "AcquisitionNumber"],
}


@pytest.mark.parametrize("modality", ["MR", "CT"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_saved_series_is_valid(tmp_path, modality, times):
    template = Dataset()
    template.Modality, template.PatientName = modality, "A^B"
    array = (numbers(times=times) - 1000.0).astype("i2")
    array = array[0] if times == 1 else array
    volume = Volume(array, affine_of(oblique()), times=None if times == 1 else [0, 3])
    files = volume.save_dicom(tmp_path / "s", template=template)
    sets = [pydicom.dcmread(path) for path in files]
    assert len({ds.SOPInstanceUID for ds in sets}) == len(files) == 5 * times
    for ds in sets:
        for keyword in (*COMMON_1, *OWN_1[modality]):
            assert ds.get(keyword) not in (None, ""), keyword
        for keyword in (*COMMON_2, *OWN_2[modality]):
            assert keyword in ds, keyword
        assert ds.SOPClassUID.name == f"{modality} Image Storage"
        assert ds.ImageType[:2] == ["DERIVED", "SECONDARY"]
        assert ds.ImageType[2] == {"MR": "OTHER", "CT": "AXIAL"}[modality]
        if times > 1:
            assert "ContentDate" in ds
            assert "ContentTime" in ds
    again = read_volume(tmp_path / "s")
    assert np.array_equal(again.array, array)
    assert np.allclose(again.affine, volume.affine, atol=1e-4)
    if times > 1:
        assert again.times.tolist() == [0, 3]
    done = dcmtk("dcmdump", "-q", files[0])
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"PixelSpacing" in done.stdout


@pytest.mark.parametrize(
    "syntax",
    [
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.1.99",
        uid.RLELossless,
        uid.JPEGLosslessSV1,
        uid.JPEGLSLossless,
    ],
)
def test_transfer_syntaxes(tmp_path, syntax):
    volume = Volume(numbers()[0], affine_of(oblique()))
    files = volume.save_dicom(tmp_path / "s", transfer_syntax=syntax)
    assert pydicom.dcmread(files[0]).file_meta.TransferSyntaxUID == syntax
    again = read_volume(tmp_path / "s", workers=2)
    assert np.array_equal(again.array, volume.array)


def test_labels_come_back(tmp_path):
    labels = {"echo": [5.0, 10.0]}
    volume = Volume(numbers(times=2), labels=labels, axis="echo")
    volume.save_dicom(tmp_path / "e")
    again = read_volume(tmp_path / "e")
    assert again.axis == "echo"
    assert again.labels["echo"].tolist() == [5, 10]
    labels = {"bvalue": [0.0, 700.0], "gradient": [[0, 0, 0], [0, 0.6, 0.8]]}
    Volume(numbers(times=2), labels=labels, axis="b-value").save_dicom(tmp_path / "b")
    again = read_volume(tmp_path / "b")
    assert again.labels["bvalue"].tolist() == [0, 700]
    assert again.labels["gradient"].tolist() == labels["gradient"]
    labels = {"component": np.array(["magnitude", "phase"])}
    Volume(numbers(times=2), labels=labels, axis="component").save_dicom(tmp_path / "c")
    assert read_volume(tmp_path / "c").labels["component"].tolist() == ["magnitude", "phase"]


def test_stored_values_stay(tmp_path):
    def change(ds, t, k):
        ds.RescaleSlope, ds.RescaleIntercept = 0.25, -8

    classic(tmp_path / "a", numbers(), change=change)
    raw = read_volume(tmp_path / "a", rescale=False)
    assert (raw.slope, raw.intercept) == (0.25, -8)
    files = raw.save_dicom(tmp_path / "b")
    assert np.array_equal(dcmread(files[0]).pixel_array, raw.array[0])
    assert np.allclose(read_volume(tmp_path / "b").array, read_volume(tmp_path / "a").array)


def test_what_cannot_be_saved(tmp_path):
    volume = Volume(np.zeros((2, 2, 2)))
    with pytest.raises(DicomError, match="cannot be written"):
        volume.save_dicom(tmp_path / "s", transfer_syntax="1.2.3")
    with pytest.raises(DicomError, match="cannot be written"):
        volume.save_dicom(tmp_path / "s", transfer_syntax=uid.JPEG2000Lossless)
    for bad in ({"transfer_syntax": 3}, {"template": 3}):
        with pytest.raises(TypeError):
            volume.save_dicom(tmp_path / "s", **bad)
    with pytest.raises(DicomError, match="samples"):
        Volume(np.zeros((2, 2, 2, 3), "u1"), samples=3).save_dicom(tmp_path / "s")
    with pytest.raises(DicomError, match="perpendicular"):
        Volume(np.zeros((2, 2, 2)), np.eye(4) + 0.3 * np.eye(4, k=1)[:, [0, 1, 2, 3]] * [
            [1], [1], [0], [0]
        ]).save_dicom(tmp_path / "s")  # fmt: skip
    assert os.listdir(tmp_path) == []


def test_archives_and_series(tmp_path):
    array = numbers(times=2)
    affine = classic(tmp_path / "s", array)
    with zipfile.ZipFile(tmp_path / "s.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(os.listdir(tmp_path / "s")):
            archive.write(tmp_path / "s" / name, f"../{name}")
    for workers in (1, 2):
        volume = read_volume(tmp_path / "s.zip", workers=workers)
        assert np.array_equal(volume.array, array)
        assert np.allclose(volume.affine, affine)
    (series,) = scan(tmp_path).series()
    assert np.array_equal(read_volume(series).array, array)
    (series,) = scan(tmp_path / "s.zip").series()
    assert np.array_equal(read_volume(series).array, array)
    os.unlink(tmp_path / "s.zip")
    assert np.array_equal(read_volume(series).array, array)  # the handle is still open
    assert sorted(os.listdir(tmp_path)) == ["s"]


def test_workers_progress_and_interrupt(tmp_path):
    rng = np.random.default_rng(0)
    array = rng.integers(0, 2000, (1, 40, 512, 512)).astype("u2")
    classic(tmp_path / "s", array)
    for workers in (None, 1, 2, -1):
        assert np.array_equal(read_volume(tmp_path / "s", workers=workers).array, array[0])
    seen = []
    read_volume(tmp_path / "s", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)

    def stop(done, total):
        if total == 3:
            raise KeyboardInterrupt

    for workers in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            read_volume(tmp_path / "s", progress=stop, workers=workers)
    for bad in ({"workers": 0}, {"workers": "2"}, {"progress": 3}):
        with pytest.raises((TypeError, ValueError)):
            read_volume(tmp_path / "s", **bad)


def test_no_handle_stays_open(tmp_path):
    classic(tmp_path / "s", numbers())
    before = len(os.listdir("/proc/self/fd"))
    kept = [read_volume(tmp_path / "s") for _ in range(3)]
    scan(tmp_path / "s")
    assert len(os.listdir("/proc/self/fd")) <= before + 1
    assert len(kept) == 3


test_no_handle_stays_open = pytest.mark.parallel_threads(1)(test_no_handle_stays_open)

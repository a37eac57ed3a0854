"""Enhanced multi-frame images and Siemens mosaics, made here."""

import io
import os

import numpy as np
import pytest

from scikit.dicom import Dataset, DicomError, _csa, dcmread, read_volume, write_volume

from .test_volume import edit


def enhanced(path, array, positions, order):
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4.1", "1.2.3"
    ds.SeriesInstanceUID, ds.Modality = "1.2.3.4", "MR"
    ds.Rows, ds.Columns, ds.SamplesPerPixel = *array.shape[1:], 1
    ds.NumberOfFrames = len(array)
    ds.PhotometricInterpretation, ds.PixelRepresentation = "MONOCHROME2", 0
    ds.BitsAllocated = ds.BitsStored = 16
    shared, plane, measures = Dataset(), Dataset(), Dataset()
    plane.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    measures.PixelSpacing, measures.SliceThickness = [0.9, 0.8], 3
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [plane], [measures]
    ds.SharedFunctionalGroupsSequence = [shared]
    groups = []
    for k in order:
        group, place, scale = Dataset(), Dataset(), Dataset()
        place.ImagePositionPatient = [1, 2, positions[k]]
        scale.RescaleSlope, scale.RescaleIntercept = 2, 1
        group.PlanePositionSequence, group.PixelValueTransformationSequence = [place], [scale]
        groups.append(group)
    ds.PerFrameFunctionalGroupsSequence = groups
    ds.PixelData = array[order].astype("<u2").tobytes()
    ds.save_as(path)


def test_enhanced_multi_frame(tmp_path):
    array = np.random.default_rng(2).integers(0, 500, (6, 3, 4))
    positions = 4.0 * np.arange(6)
    enhanced(tmp_path / "e.dcm", array, positions, [3, 0, 5, 1, 4, 2])
    volume = read_volume(tmp_path / "e.dcm")
    assert np.array_equal(volume.array, 2 * array + 1)
    assert volume.spacing == (4.0, 0.9, 0.8)
    assert np.allclose(volume.affine[:3, 3], (1, 2, 0))
    ds = dcmread(tmp_path / "e.dcm")
    ds.NumberOfFrames = 5
    ds.PixelData = ds.PixelData[: 5 * 24]
    ds.save_as(tmp_path / "e.dcm")
    with pytest.raises(DicomError, match="5 frames"):
        read_volume(tmp_path / "e.dcm")


def mosaic(path, tiles, number, normal=1.0):
    """A Siemens mosaic of `tiles` (n, rows, columns), with the CSA entries that matter."""
    count, rows, columns = tiles.shape
    side = int(np.ceil(np.sqrt(count)))
    sheet = np.zeros((side * rows, side * columns), "u2")
    for k, tile in enumerate(tiles):
        j, i = divmod(k, side)
        sheet[j * rows : (j + 1) * rows, i * columns : (i + 1) * columns] = tile
    write_volume(path.parent / "scratch", sheet[None], spacing=(3, 2, 2))
    ds = dcmread(path.parent / "scratch" / "IM00001.dcm")
    os.unlink(path.parent / "scratch" / "IM00001.dcm")
    os.rmdir(path.parent / "scratch")
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    ds.SeriesInstanceUID, ds.InstanceNumber, ds.RepetitionTime = "1.2.9", number, 3000
    ds.SpacingBetweenSlices = 3.6
    ds.ImagePositionPatient = [-100, -100, 7]
    csa = csa_header({"NumberOfImagesInMosaic": [count], "SliceNormalVector": [0, 0, normal]})
    ds.private_block(0x0029, "SIEMENS CSA HEADER", create=True).add_new(0x10, "OB", csa)
    ds.save_as(path)


def csa_header(entries):
    """The bytes of a CSA2 header."""
    out = io.BytesIO()
    out.write(b"SV10\4\3\2\1" + np.array([len(entries), 77], "<u4").tobytes())
    for name, values in entries.items():
        out.write(name.encode().ljust(64, b"\0") + np.array([len(values)], "<u4").tobytes())
        out.write(b"FD\0\0" + np.array([0, len(values), 77], "<u4").tobytes())
        for value in values:
            text = f"{value:.8f}".encode() + b"\0"
            out.write(np.array([0, len(text), 77, 0], "<u4").tobytes())
            out.write(text + bytes(-len(text) % 4))
    data = out.getvalue()
    return data + bytes(len(data) % 2)


@pytest.mark.parametrize("normal", [1.0, -1.0])
def test_mosaics(tmp_path, normal):
    rng = np.random.default_rng(4)
    times = [rng.integers(0, 900, (5, 4, 6)) for _ in range(2)]
    for k, tiles in enumerate(times):
        mosaic(tmp_path / f"m{k}.dcm", tiles, k + 1, normal)
    volume = read_volume(tmp_path)
    want = np.array(times) if normal > 0 else np.array(times)[:, ::-1]
    assert np.array_equal(volume.array, want)
    assert volume.spacing == pytest.approx((3.6, 2, 2))
    # The centre of the sheet is the centre of the first slice.
    first = np.array([-100 + 2 * (18 - 6) / 2, -100 + 2 * (12 - 4) / 2, 7.0])
    if normal < 0:
        first[2] -= 4 * 3.6
    assert np.allclose(volume.affine[:3, 3], first)


def test_damaged_csa_headers():
    good = csa_header({"NumberOfImagesInMosaic": [9], "SliceNormalVector": [0, 1, 0]})
    wanted = {"NumberOfImagesInMosaic", "SliceNormalVector"}
    assert _csa.numbers(good, wanted) == {
        "NumberOfImagesInMosaic": [9.0],
        "SliceNormalVector": [0.0, 1.0, 0.0],
    }
    rng = np.random.default_rng(0)
    for stop in range(len(good)):
        found = _csa.numbers(good[:stop], wanted)
        assert set(found) <= wanted
        broken = bytearray(good)
        broken[stop] = rng.integers(256)
        assert set(_csa.numbers(bytes(broken), wanted)) <= wanted


def test_mosaic_that_does_not_divide(tmp_path):
    mosaic(tmp_path / "m.dcm", np.zeros((5, 4, 6), int), 1)
    edit(tmp_path / "m.dcm", Rows=11, PixelData=bytes(11 * 18 * 2))
    with pytest.raises(DicomError, match="mosaic of 5 tiles"):
        read_volume(tmp_path)

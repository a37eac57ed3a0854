"""Folders of slices as volumes in space."""

import dataclasses
import os

import numpy as np

from scikit._core._extras import require
from scikit._core._threads import run_slabs
from scikit.dicom import _mosaic, _slices, _stack
from scikit.dicom._errors import DicomError

_BATCH = 16  # slices a thread reads in one piece of work


@dataclasses.dataclass(repr=False)
class VolumeReport:
    """What was found on the way from files to a volume.

    Parameters
    ----------
    files : int
        Files whose slices are in the volume.
    skipped : list of (str, str)
        Files that are not, and why.
    notes : list of str
        What deserves attention: missing, duplicate or irregular slices, a gantry tilt, other
        stacks.
    missing : list of float
        Positions along the slice normal, in mm, where a slice is missing.
    tilt : float
        Angle between the stack's direction and the slice normal, degrees.

    Examples
    --------
    >>> from scikit.dicom import VolumeReport
    >>> VolumeReport(files=3, notes=["1 slice(s) missing"])
    3 files, 0 skipped
    1 slice(s) missing
    """

    files: int = 0
    skipped: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)
    missing: list = dataclasses.field(default_factory=list)
    tilt: float = 0.0

    def __repr__(self):
        lines = [f"{self.files} files, {len(self.skipped)} skipped", *self.notes]
        return "\n".join(lines)


@dataclasses.dataclass(repr=False)
class Volume:
    """Voxels and where they are in the patient.

    Parameters
    ----------
    array : ndarray
        (slices, rows, columns), with time first if there are several volumes, with samples last
        if there are several. Slices ascend along the slice normal (the cross product of the
        directions of rows and columns).
    affine : ndarray
        (4, 4), mm: ``affine @ (slice, row, column, 1)`` is the voxel's centre in DICOM's patient
        coordinates, LPS (x to the patient's left, y to the back, z to the head).
    spacing : tuple of float
        Between slices, rows and columns, mm.
    time_step : float or None
        Between volumes, seconds, if the series tells it (Repetition Time).
    series : str
        Series instance UID.
    header : Dataset
        Of the first slice, without pixels.
    report : VolumeReport
        What was found on the way.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from scikit.dicom import read_volume, write_volume
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_volume(folder + "/mr", np.zeros((3, 2, 2), int), spacing=(4, 1, 1))
    ...     volume = read_volume(folder + "/mr")
    >>> volume.affine @ (2, 0, 1, 1)
    array([1., 0., 8., 1.])
    """

    array: np.ndarray
    affine: np.ndarray
    spacing: tuple
    time_step: float | None
    series: str
    header: object
    report: VolumeReport

    def __repr__(self):
        step = "" if self.time_step is None else f", {self.time_step:g} s"
        spacing = " x ".join(f"{s:.4g}" for s in self.spacing)
        kind = f"{self.array.shape} {self.array.dtype}"
        return f"Volume {kind}, {spacing} mm{step}, series {self.series}"

    @property
    def affine_ras(self):
        """(4, 4), mm: from (column, row, slice, 1) to RAS coordinates, as NIfTI and NiBabel have
        it."""
        return np.diag([-1.0, -1.0, 1.0, 1.0]) @ self.affine[:, [2, 1, 0, 3]]

    def to_nifti(self, path):
        """Write a NIfTI-1 file.

        Parameters
        ----------
        path : str or path
            Ends in ``.nii`` or ``.nii.gz``; replaced only when all is written. Axes are column,
            row, slice (, time).

        Raises
        ------
        ImportError
            If NiBabel is not installed; it comes with ``pip install 'scikit[nifti]'``.
        DicomError
            If the ending is another or the voxels have several samples.
        OSError
            If the file cannot be written.
        """
        from scikit.dicom._write import replacing

        name = os.fspath(path)
        if not name.endswith((".nii", ".nii.gz")):
            raise DicomError(f"`path` must end in .nii or .nii.gz, not {name!r}")
        nibabel = require("nibabel", "nifti", "Volume.to_nifti")
        times = 1 if self.array.ndim == 4 and not self._has_samples else 0
        if self._has_samples:
            raise DicomError("voxels of several samples cannot be written as NIfTI")
        data = np.transpose(self.array)
        if data.dtype.kind == "b" or data.dtype in (np.int64, np.uint64):
            data = data.astype(np.float64 if data.dtype.kind != "b" else np.uint8)
        image = nibabel.Nifti1Image(data, self.affine_ras)
        image.set_sform(self.affine_ras, 1)
        image.set_qform(self.affine_ras, 1, strip_shears=True)
        image.header.set_xyzt_units("mm", "sec")
        if times and self.time_step:
            image.header["pixdim"][4] = self.time_step
        image.header["descrip"] = b"scikit.dicom"
        with replacing(path) as file:
            if name.endswith(".gz"):
                import gzip

                with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, compresslevel=6) as zipped:
                    image.to_stream(zipped)
            else:
                image.to_stream(file)

    @property
    def _has_samples(self):
        return int(self.header.get("SamplesPerPixel") or 1) > 1


def read_volume(
    folder_or_files, *, series=None, rescale=True, strict=True, workers=1, progress=False
):
    """Read the slices of a series as a volume with its place in the patient.

    Parameters
    ----------
    folder_or_files : str, path, or sequence of them
        A folder (searched with its subfolders; what is no DICOM image is skipped) or files.
    series : str, optional
        Series instance UID; needed where there are several.
    rescale : bool
        Apply Rescale Slope and Intercept. Stored integers stay integers where slope and intercept
        are whole and the slope is 1; otherwise the result is float32 (float64 for more than 16
        bits).
    strict : bool
        Missing, duplicate or irregular slices are errors; otherwise they are warned about and the
        slices that form the largest regular-looking stack are used.
    workers : int
        Threads that read slices; see `scipy.fft`. The result does not depend on it.
    progress : bool or callable
        True shows a bar (needs tqdm); a callable gets (done, total) in pieces of work.

    Returns
    -------
    Volume
        Slices are sorted by the projection of Image Position (Patient) on the slice normal,
        images at the same position by Temporal Position Identifier or Instance Number into a 4-D
        volume. Enhanced multi-frame images and Siemens mosaics are taken apart.

    Raises
    ------
    DicomError
        If there is no image, there are several series (the message names them), slices do not fit
        together, are damaged, or are compressed.
    OSError
        If a file or folder cannot be read.

    Notes
    -----
    The distance between slices is that of their positions, never Slice Thickness (except for a
    single slice). A gantry tilt becomes a shear of the affine and a warning. Stored values are
    read straight into the volume: the memory needed is that of the result. Thread-safe.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from scikit.dicom import read_volume, write_volume
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_volume(folder + "/ct", np.arange(24).reshape(4, 2, 3), spacing=(2, 1, 1))
    ...     volume = read_volume(folder + "/ct")
    >>> volume.array.shape, volume.spacing
    ((4, 2, 3), (2.0, 1.0, 1.0))
    """
    report = VolumeReport()
    found = _stack.collect(folder_or_files, series, strict, report)
    stack = _stack.arrange(found, strict, report)
    array = _read(stack, rescale, workers, progress)
    kind = stack.slices[0].kind
    report.files = len({one.path for one in stack.slices})
    affine, spacing = _stack.geometry(stack, strict, report)
    return Volume(array, affine, spacing, _time_step(stack, kind), kind.series, kind.header, report)


def _time_step(stack, kind):
    if stack.times == 1:
        return None
    value = kind.header.get("RepetitionTime")
    return float(value) / 1000 if isinstance(value, (int, float)) and value > 0 else None


def _result_type(slices, rescale):
    """dtype of the volume, and is there anything to rescale?"""
    layouts = {id(one.kind.layout): one.kind.layout for one in slices}.values()
    stored = np.result_type(*(layout.dtype.newbyteorder("=") for layout in layouts))
    slopes = {(one.slope, one.intercept) for one in slices}
    if not rescale or slopes == {(1.0, 0.0)} or stored.kind == "f":
        if rescale and slopes != {(1.0, 0.0)}:
            return stored, True
        return stored, False
    if any(slope != 1 or intercept != int(intercept) for slope, intercept in slopes):
        return np.dtype(np.float32 if stored.itemsize <= 2 else np.float64), True
    low = min(-(1 << (layout.stored - 1)) if layout.signed else 0 for layout in layouts)
    high = max((1 << (layout.stored - layout.signed)) - 1 for layout in layouts)
    low += int(min(intercept for _, intercept in slopes))
    high += int(max(intercept for _, intercept in slopes))
    for candidate in (np.int16, np.int32, np.int64):
        if np.iinfo(candidate).min <= low and high <= np.iinfo(candidate).max:
            return np.dtype(candidate), True
    return np.dtype(np.float64), True


def _read(stack, rescale, workers, progress):
    """All slices of a stack as one array."""
    slices = stack.slices
    dtype, rescaled = _result_type(slices, rescale)
    shape = slices[0].kind.shape
    try:
        out = np.empty((len(slices), *shape), dtype)
    except (MemoryError, ValueError):
        raise DicomError(
            f"a volume of {len(slices)} slices of {shape} does not fit into memory"
        ) from None
    jobs = _jobs(slices)

    def work(first, last):
        for job in jobs[first:last]:
            _read_job(job, slices, out, rescaled)

    pieces = [(k, min(k + _BATCH, len(jobs))) for k in range(0, len(jobs), _BATCH)]
    run_slabs(work, pieces, workers, progress, "reading")
    if stack.times > 1:
        out = out.reshape(stack.times, len(slices) // stack.times, *shape)
    return out


def _jobs(slices):
    """Lists of places in the volume that are read together: a mosaic's tiles, or one slice."""
    jobs, mosaics = [], {}
    for k, one in enumerate(slices):
        if one.kind.tile is None:
            jobs.append([k])
        elif one.path in mosaics:
            mosaics[one.path].append(k)
        else:
            mosaics[one.path] = [k]
            jobs.append(mosaics[one.path])
    return jobs


def _read_job(job, slices, out, rescaled):
    first = slices[job[0]]
    layout = first.kind.layout
    stored = layout.dtype.newbyteorder("=")
    if first.kind.tile is None and stored == out.dtype:
        image = out[job[0]]
        _slices.read_stored(first, image)
        if not rescaled:
            return
    else:
        shape = (layout.rows, layout.columns) + ((layout.samples,) if layout.samples > 1 else ())
        image = np.empty(shape, stored)
        _slices.read_stored(first, image)
    for k in job:
        one = slices[k]
        part = image if one.kind.tile is None else _mosaic.cut(image, one.kind.tile, one.frame)
        if not rescaled or (one.slope == 1 and one.intercept == 0):
            out[k] = part
        elif out.dtype.kind in "iu":
            np.add(part, int(one.intercept), out=out[k], dtype=out.dtype, casting="unsafe")
        else:
            out[k] = part * np.float64(one.slope) + one.intercept

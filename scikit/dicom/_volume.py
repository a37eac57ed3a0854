"""Voxels and where they are in the patient."""

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._extras import require
from scikit.dicom._errors import DicomError
from scikit.dicom._report import VolumeReport


class Volume:
    """Voxels and where they are in the patient.

    Parameters
    ----------
    array : array_like
        (slices, rows, columns), with the fourth axis first if there are several volumes, with
        samples last if `samples` is more than 1.
    affine : array_like, optional
        (4, 4), mm: ``affine @ (slice, row, column, 1)`` is the voxel's centre in DICOM's patient
        coordinates, LPS (x to the patient's left, y to the back, z to the head).
    spacing : sequence of 3 float, optional
        Between slices, rows and columns, mm, instead of `affine`: an axial volume that begins at
        the origin. Without both, voxels of 1 mm.
    times : array_like, optional
        Seconds of each volume from the first one.
    axis : str, optional
        What the fourth axis is: "time", "echo", "component", "b-value" ..., or several joined by
        " x ", the slowest first. By default "time" where there are several volumes.
    labels : dict of str to array_like, optional
        What is known of each volume along the fourth axis: echo times in ms, b-values in s/mm^2,
        gradient directions ...
    series : str
        Series instance UID.
    header : Dataset, optional
        Of the first slice, without pixels.
    report : VolumeReport, optional
        What was found on the way.
    slope, intercept : float or None
        What stored values are still to be multiplied with, and what to be added; None: slices
        differ.
    samples : int
        Values of a voxel, 3 for colours.

    Attributes
    ----------
    array, affine, times, axis, labels, series, header, report, slope, intercept, samples
        As given.

    Raises
    ------
    DicomError
        If the shapes do not fit or the affine is singular.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.dicom import Volume
    >>> volume = Volume(np.zeros((3, 2, 2), int), spacing=(4, 1, 1))
    >>> volume
    Volume (3, 2, 2) int64, 4 x 1 x 1 mm
    >>> volume.affine @ (2, 0, 1, 1)
    array([1., 0., 8., 1.])
    """

    def __init__(
        self, array, affine=None, *, spacing=None, times=None, axis=None, labels=None, series="",
        header=None, report=None, slope=1.0, intercept=0.0, samples=1,
    ):  # fmt: skip
        self.array = array = to_numpy(array, "array")
        if array.dtype.kind not in "biuf":
            raise DicomError(f"`array` must hold real numbers, not {array.dtype}")
        self.samples = int(samples)
        last = () if self.samples == 1 else (self.samples,)
        space = array.ndim - len(last)
        if space not in (3, 4) or not array.size or array.shape[space:] != last:
            raise DicomError(
                f"`array` must be ([volumes,] slices, rows, columns{', samples' * bool(last)}), "
                f"not of shape {array.shape}"
            )
        self.affine = checked_affine(affine, spacing)
        count = array.shape[0] if space == 4 else 1
        self.times = None if times is None else np.asarray(to_numpy(times, "times"), float)
        if self.times is not None and self.times.shape != (count,):
            raise DicomError(f"`times` must be of shape ({count},), not {self.times.shape}")
        self.axis = axis if axis is not None or space == 3 else "time"
        self.labels = {name: np.asarray(values) for name, values in (labels or {}).items()}
        for name, values in self.labels.items():
            if len(values) != count:
                raise DicomError(f"`labels`: {name!r} must have {count} values, not {len(values)}")
        self.series, self.header, self.slope, self.intercept = series, header, slope, intercept
        self.report = VolumeReport() if report is None else report

    def __repr__(self):
        step = self.time_step
        spacing = " x ".join(f"{s:.4g}" for s in self.spacing)
        parts = [f"Volume {self.array.shape} {self.array.dtype}", f"{spacing} mm"]
        if self.axis is not None and self.axis != "time":
            parts.append(f"fourth axis {self.axis}")
        if step is not None:
            parts.append(f"{step:.6g} s")
        if self.series:
            parts.append(f"series {self.series}")
        return ", ".join(parts)

    def _repr_html_(self):
        from scikit.dicom import _planes

        return _planes.page(self)

    # -- geometry --

    @property
    def shape(self):
        """Of the array."""
        return self.array.shape

    @property
    def spacing(self):
        """Between slices (along their stack), rows and columns, mm."""
        return tuple(np.linalg.norm(self.affine[:3, :3], axis=0).round(12).tolist())

    @property
    def time_step(self):
        """Between volumes, seconds; None if it is unknown or not the same for all."""
        if self.times is None or len(self.times) < 2:
            return None
        steps = np.diff(self.times)
        if self.axis is not None and " x " in self.axis:
            steps = steps[steps > 0]
        usual = float(np.median(steps)) if len(steps) else 0.0
        even = len(steps) and np.abs(steps - usual).max() <= 0.05 * usual
        return usual if usual > 0 and even else None

    @property
    def affine_ras(self):
        """(4, 4), mm: from (column, row, slice, 1) to RAS coordinates, as NIfTI and NiBabel have
        it."""
        return np.diag([-1.0, -1.0, 1.0, 1.0]) @ self.affine[:, [2, 1, 0, 3]]

    @property
    def tilt(self):
        """Angle between the stack of slices and their normal, degrees: 0 unless it is sheared."""
        normal = np.cross(self.affine[:3, 2], self.affine[:3, 1])
        step = self.affine[:3, 0]
        cosine = abs(normal @ step) / (np.linalg.norm(normal) * np.linalg.norm(step))
        return float(np.degrees(np.arccos(min(1.0, cosine))))

    @property
    def origin(self):
        """Of the first voxel, mm, LPS: ITK's origin."""
        return tuple(self.affine[:3, 3].tolist())

    @property
    def direction(self):
        """(3, 3): unit vectors of columns, rows and slices as the matrix's columns: ITK's
        direction. Not orthogonal where the volume is tilted."""
        matrix = self.affine[:3, [2, 1, 0]]
        return matrix / np.linalg.norm(matrix, axis=0)

    # -- other libraries --

    def to_nifti(self, path):
        """Write a NIfTI-1 file.

        Parameters
        ----------
        path : str or path
            Ends in ``.nii`` or ``.nii.gz``; replaced only when all is written.

        Raises
        ------
        DicomError
            If the ending is another or NIfTI cannot hold the voxels.
        ImportError
            If NiBabel is not installed; it comes with ``pip install 'scikit[nifti]'``.
        OSError
            If the file cannot be written.

        Notes
        -----
        Axes are column, row from the bottom up, slice (, the fourth axis), as in the files of
        dcm2niix; voxels stay at their places in the patient. sform is the affine with a shear
        that it may have, qform the nearest without. Values that were not rescaled stay integers,
        with ``scl_slope`` and ``scl_inter``.
        """
        from scikit.dicom import _nifti

        _nifti.write(path, self)

    def to_sitk(self):
        """The volume as a SimpleITK image.

        Returns
        -------
        SimpleITK.Image
            With origin, direction and spacing, LPS; 4-D where there are several volumes.

        Raises
        ------
        DicomError
            If the volume is sheared by a gantry tilt: ITK's geometry has no shear.
        ImportError
            If SimpleITK is not installed; it comes with ``pip install 'scikit[itk]'``.
        """
        sitk = require("SimpleITK", "itk", "Volume.to_sitk")
        if self.tilt > 0.1:
            raise DicomError(
                f"the volume is sheared by {self.tilt:.2f} degrees; an ITK image cannot be"
            )
        array = self.array
        if array.dtype.kind == "b":
            array = array.astype(np.uint8)
        array = np.ascontiguousarray(array, array.dtype.newbyteorder("="))
        four = array.ndim - (self.samples > 1) == 4
        # SimpleITK takes 4-D arrays as 3-D images of vectors unless told otherwise.
        image = sitk.GetImageFromArray(array, isVector=self.samples > 1)
        spacing, origin = self.spacing[::-1], self.origin
        direction = np.eye(4 if four else 3)
        direction[:3, :3] = self.direction
        if four:
            spacing, origin = (*spacing, self.time_step or 1.0), (*origin, 0.0)
        image.SetSpacing(spacing)
        image.SetOrigin(origin)
        image.SetDirection(direction.reshape(-1).tolist())
        return image

    def to_xarray(self):
        """The volume as an xarray DataArray.

        Returns
        -------
        xarray.DataArray
            Dimensions ([t,] k, j, i [, sample]); coordinates: mm along each axis from the first
            voxel, seconds where they are known, and the labels of the fourth axis; attributes
            ``affine``, ``axis``, ``series`` and labels of several numbers (``gradient``).

        Raises
        ------
        ImportError
            If xarray is not installed; it comes with ``pip install 'scikit[xarray]'``.
        """
        xarray = require("xarray", "xarray", "Volume.to_xarray")
        dims = ["k", "j", "i"]
        shape = self.array.shape[: self.array.ndim - (self.samples > 1)]
        sizes = zip(dims, self.spacing, shape[-3:], strict=True)
        coords = {dim: (dim, np.arange(size) * step, {"units": "mm"}) for dim, step, size in sizes}
        if len(shape) == 4:
            dims = ["t", *dims]
            if self.times is not None:
                coords["t"] = ("t", self.times, {"units": "s"})
            coords.update({k: ("t", v) for k, v in self.labels.items() if v.ndim == 1})
        if self.samples > 1:
            dims.append("sample")
        attrs = {"affine": self.affine.copy(), "axis": self.axis or "", "series": self.series}
        attrs.update({k: v for k, v in self.labels.items() if v.ndim > 1})
        return xarray.DataArray(self.array, dims=dims, coords=coords, attrs=attrs)

    def save_dicom(self, folder, *, template=None, transfer_syntax=None):
        """Write the volume as a DICOM series, one file a slice.

        Parameters
        ----------
        folder : str or path
            Folder to make; it must not exist or be empty. It appears when all files are written.
        template : Dataset, optional
            Patient, study and acquisition are taken from it; by default from `header`.
        transfer_syntax : str, optional
            Its UID: a native one, or one that `compress` writes; explicit little-endian by
            default.

        Returns
        -------
        list of str
            The files, in the order of the fourth axis and slices.

        Raises
        ------
        DicomError, OSError, TypeError
            As `write_volume`.
        """
        from scikit.dicom._volume_write import save

        return save(self, folder, template, transfer_syntax)

    def plot(self, figure=None):
        """Draw the three planes through the middle.

        Parameters
        ----------
        figure : matplotlib.figure.Figure, optional
            Where to; a new one by default.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            If matplotlib is not installed; it comes with ``pip install 'scikit[plot]'``.
        """
        from scikit.dicom import _planes

        return _planes.plot(self, figure)


def checked_affine(affine, spacing):
    """The affine that is meant, as float64; an error unless it is one."""
    if affine is not None and spacing is not None:
        raise DicomError("pass `affine` or `spacing`, not both")
    if affine is None:
        steps = np.array(
            [1.0, 1.0, 1.0] if spacing is None else to_numpy(spacing, "spacing"), float
        )
        if steps.shape != (3,) or not (np.isfinite(steps).all() and (steps > 0).all()):
            raise DicomError("`spacing` must be three positive numbers")
        affine = np.zeros((4, 4))
        affine[[2, 1, 0, 3], [0, 1, 2, 3]] = [*steps.tolist(), 1.0]
        return affine
    affine = np.array(to_numpy(affine, "affine"), float)
    if affine.shape != (4, 4) or not np.isfinite(affine).all() or np.any(affine[3] != (0, 0, 0, 1)):
        raise DicomError("`affine` must be a 4 x 4 matrix of numbers with the last row 0 0 0 1")
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if lengths.min() <= 0 or abs(np.linalg.det(affine[:3, :3])) < 1e-9 * lengths.prod():
        raise DicomError("`affine` is singular")
    return affine

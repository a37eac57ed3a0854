"""Folders of slices as volumes in space."""

import os
import threading

import numpy as np

import scikit.dicom._files_cy as _files_cy
from scikit._core._blocks_cy import empty
from scikit._core._threads import available_cpus, run_slabs
from scikit.dicom import _mosaic, _parse_cy, _pixels, _read, _stack
from scikit.dicom._errors import DicomError
from scikit.dicom._report import Critic, VolumeReport
from scikit.dicom._volume import Volume

_PIECE = 1 << 23  # bytes that a thread reads in one piece of work
#: Volumes from this size on are read by several threads unless `workers` says otherwise.
_LARGE, _USUAL_WORKERS = 1 << 26, 4
_FRAMES = 8  # compressed frames of a file in one piece of work


def read_volume(
    folder_or_files, *, series=None, strict=True, rescale=True, dtype=None, workers=None,
    progress=None,
):  # fmt: skip
    """Read the slices of a series as a volume with its place in the patient.

    Parameters
    ----------
    folder_or_files : str, path, ScanSeries, or sequence of str or path
        A folder (searched with its subfolders; what is no DICOM image is skipped), a zip archive,
        a series of `scan`, or files.
    series : str, optional
        Series instance UID; needed where there are several.
    strict : bool
        Missing, duplicate, irregular or mixed slices and damaged files are errors; otherwise they
        are warned about, named in the report, and the slices that form the largest stack are
        used.
    rescale : bool
        Apply Rescale Slope and Intercept. Stored integers stay integers where slope and intercept
        are whole and the slope is 1; otherwise the result is float32 (float64 for more than 16
        bits).
    dtype : dtype, optional
        Of the result, instead; values are rounded if it is an integer type, and must fit.
    workers : int, optional
        Threads that read slices; see `scipy.fft`. By default 1, up to 4 for volumes of 64 MiB and
        more. The result does not depend on it.
    progress : bool or callable, optional
        True shows a bar (needs tqdm); a callable gets (done, total) in pieces of work, first of
        headers, then of slices.

    Returns
    -------
    Volume
        Slices are sorted by the projection of Image Position (Patient) on the slice normal.
        Images at the same position form a fourth axis: time, echoes, components of complex
        images, b-values; `Volume.axis` says which. Enhanced multi-frame images and Siemens
        mosaics are taken apart.

    Raises
    ------
    DicomError
        If there is no image, there are several series (the message names them), slices do not fit
        together, are damaged, do not fit `dtype`, or are compressed in a way that cannot be
        decoded.
    OSError
        If a file or folder cannot be read.
    TypeError
        If an argument is of another type.

    Notes
    -----
    The distance between slices is that of their positions, never Slice Thickness (except for a
    single slice). A gantry tilt becomes a shear of the affine and a warning. Stored values are
    read straight into the volume: the memory needed is that of the result. Images at one place
    are told apart by component, image type, echo, inversion time and flip angle (the slower axes,
    where each value comes as often at every place), then by temporal position and instance
    number. Thread-safe.

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
    dtype = _checked_dtype(dtype)
    if series is not None and not isinstance(series, str):
        raise TypeError(f"`series` must be a UID, not {type(series).__name__}")
    report = VolumeReport()
    critic = Critic(strict, report)
    progress = progress or False
    table = _stack.collect(folder_or_files, series, critic, workers, progress)
    stack = _stack.arrange(table, critic)
    affine, _ = _stack.geometry(stack, critic)
    times, source = stack.fourth.times(stack.kind.header)
    report.time = source
    plan = _Plan(stack, rescale, dtype, critic)
    array = plan.read(workers, progress)
    report.files = len(np.unique(stack.table.file[stack.index]))
    return Volume(
        array, affine, times=times, axis=stack.fourth.axis, labels=stack.fourth.labels,
        series=stack.kind.series, header=stack.kind.header, report=report, slope=plan.slope,
        intercept=plan.intercept, samples=stack.kind.layout.samples,
    )  # fmt: skip


def _checked_dtype(dtype):
    if dtype is None:
        return None
    try:
        dtype = np.dtype(dtype)
    except TypeError:
        raise TypeError(f"`dtype` must be a type of numbers, not {dtype!r:.40}") from None
    if dtype.kind not in "iuf":
        raise TypeError(f"`dtype` must be a type of integers or floats, not {dtype}")
    return dtype.newbyteorder("=")


class _Plan:
    """How the stored values become the array.

    Attributes
    ----------
    slope, intercept : float or None
        Of all values of the array, where they are still to be applied; None where slices differ.
    """

    def __init__(self, stack, rescale, dtype, critic):
        self.stack, self.table = stack, stack.table
        self.order = stack.index.reshape(-1)
        self.rescale = rescale
        self.lock, self.layouts_of = threading.Lock(), {}
        pairs = np.column_stack([self.table.slope, self.table.intercept])[self.order]
        self.pairs = np.unique(pairs, axis=0)
        self.layouts = [self.table.kinds[k].layout for k in np.unique(self.table.kind[self.order])]
        usual, self.rescaled = self._usual(rescale)
        self.dtype = usual if dtype is None else dtype
        self.guarded = self._might_overflow(dtype)
        self.slope, self.intercept = 1.0, 0.0
        if len(self.pairs) > 1:
            text = "the slices have rescale slopes and intercepts of their own"
            critic.note(text) if rescale else critic.complain(f"{text}, which are not applied")
        if not rescale:
            one = len(self.pairs) == 1
            self.slope, self.intercept = map(float, self.pairs[0]) if one else (None, None)
        _vendor_notes(stack.kind.header, critic)

    def _usual(self, rescale):
        """dtype of the volume where none is asked for, and is there anything to rescale?"""
        stored = np.result_type(*(layout.dtype.newbyteorder("=") for layout in self.layouts))
        if not rescale or np.array_equal(self.pairs, [[1.0, 0.0]]):
            return stored, False
        if stored.kind == "f":
            return stored, True
        slopes, intercepts = self.pairs.T
        if (slopes != 1).any() or (intercepts != np.rint(intercepts)).any():
            return np.dtype(np.float32 if stored.itemsize <= 2 else np.float64), True
        low, high = self._stored_range()
        low, high = low + int(intercepts.min()), high + int(intercepts.max())
        for candidate in (np.int16, np.int32, np.int64):
            if np.iinfo(candidate).min <= low and high <= np.iinfo(candidate).max:
                return np.dtype(candidate), True
        return np.dtype(np.float64), True

    def _stored_range(self):
        low = min(-(1 << (x.stored - 1)) if x.signed else 0 for x in self.layouts)
        return low, max((1 << (x.stored - x.signed)) - 1 for x in self.layouts)

    def _might_overflow(self, dtype):
        """Can an integer type not hold all values that could be stored?"""
        if dtype is None or dtype.kind == "f":
            return False
        if any(layout.dtype.kind == "f" for layout in self.layouts):
            return True
        ends = np.array(self._stored_range(), float)
        pairs = self.pairs if self.rescale else np.array([[1.0, 0.0]])
        values = np.rint(pairs[:, :1] * ends + pairs[:, 1:])
        return bool(values.min() < np.iinfo(dtype).min or values.max() > np.iinfo(dtype).max)

    def read(self, workers, progress):
        """All slices as one array."""
        shape = self.stack.kind.shape
        try:
            out = empty((len(self.order), *shape), self.dtype)
        except (MemoryError, ValueError):
            raise DicomError(
                f"a volume of {len(self.order)} slices of {shape} does not fit into memory"
            ) from None
        if workers is None and out.nbytes >= _LARGE:
            workers = min(_USUAL_WORKERS, available_cpus())
        pieces = [
            (work, part, out) for work, groups in self._groups() for part in self._pieces(groups)
        ]
        run_slabs(self._run, pieces, workers, progress, "reading slices")
        if len(self.stack.index) > 1:
            out = out.reshape(*self.stack.index.shape, *shape)
        return out

    def _run(self, work, part, out):
        work(part, out)

    def _groups(self):
        """(function, list of lists of places in the array): what is read together, and how."""
        table, order = self.table, self.order
        kinds, files = table.kind[order].tolist(), table.file[order].tolist()
        straight_kinds = {k: self._is_straight(table.kinds[k]) for k in set(kinds)}
        whole = self._adds_whole_number().tolist()
        plain = [isinstance(file, str) for file in table.files]
        starts, frames = table.start[order].tolist(), table.frame[order].tolist()
        straight, single, shared = [], [], {}
        for place, (k, file, start) in enumerate(zip(kinds, files, starts, strict=True)):
            direct = plain[file] and start >= 0
            if direct and table.kinds[k].tile is None:
                (straight if straight_kinds[k] and whole[place] else single).append([place])
            elif direct or table.kinds[k].tile is not None or not plain[file]:
                shared.setdefault((file, 0), []).append(place)
            else:  # frames are decoded in threads, some in one piece of work
                shared.setdefault((file, frames[place] // _FRAMES), []).append(place)
        return (
            (self._straight, straight),
            (self._single, single),
            (self._shared, list(shared.values())),
        )

    def _is_straight(self, kind):
        """Are the stored bytes those of the array, up to adding a whole number?"""
        layout = kind.layout
        if layout.planar or not layout.dtype.isnative or self.guarded:
            return False
        if not self.rescaled:
            return layout.dtype == self.dtype
        whole = layout.dtype.kind in "iu" and self.dtype.kind in "iu"
        return whole and layout.dtype.itemsize == self.dtype.itemsize

    def _adds_whole_number(self):
        """Of each slice: is a whole number added, if anything is done?"""
        if not self.rescaled:
            return np.ones(len(self.order), bool)
        slope, intercept = self.table.slope[self.order], self.table.intercept[self.order]
        return (slope == 1) & (intercept == np.rint(intercept))

    def _pieces(self, groups):
        """Groups in pieces of work."""
        size = max(1, int(np.prod(self.stack.kind.shape)) * self.dtype.itemsize)
        pieces, piece, total = [], [], 0
        for group in groups:
            piece.append(group)
            total += size * len(group)
            if total >= _PIECE:
                pieces.append(piece)
                piece, total = [], 0
        return [*pieces, piece] if piece else pieces

    def _straight(self, groups, out):
        """Slices whose bytes are those of the array: read where they belong, the intercept added
        modulo the size of the type (the result fits, or the type would be another)."""
        places = np.array([group[0] for group in groups])
        rows = self.order[places]
        flat = out.reshape(len(out), -1).view(np.uint8)
        add = self.table.intercept[rows] if self.rescaled else np.zeros(len(rows))
        alike = np.column_stack([self.table.kind[rows], add])
        one = (alike == alike[0]).all()  # as a rule; np.unique would take longer than reading
        for k, intercept in alike[:1] if one else np.unique(alike, axis=0):
            chosen = (alike == (k, intercept)).all(axis=1)
            layout = self.table.kinds[int(k)].layout
            files = [self.table.files[f] for f in self.table.file[rows[chosen]]]
            failed = _files_cy.read_images(
                files, np.ascontiguousarray(self.table.start[rows[chosen]]),
                np.ascontiguousarray(places[chosen]), layout.bits_per_frame // 8, flat,
                layout.dtype.itemsize,
                layout.bits if layout.dtype.kind == "f" else layout.stored, layout.signed,
                int(intercept),
            )  # fmt: skip
            if failed is not None:
                raise _unreadable(files[failed[0]], failed[1])

    def _single(self, groups, out):
        """Slices of files that are converted on their way."""
        for (place,) in groups:
            row = self.order[place]
            kind = self.table.kinds[self.table.kind[row]]
            name, start = self.table.files[self.table.file[row]], int(self.table.start[row])
            with open(name, "rb") as file:
                data = os.pread(file.fileno(), kind.layout.bits_per_frame // 8, start)
            self._put(out, place, _image(kind.layout, data, name))

    def _shared(self, groups, out):
        """Slices of files that are decoded, inflated, or cut into tiles."""
        for places in groups:
            rows = self.order[places]
            file = int(self.table.file[rows[0]])
            name = self.table.files[file]
            data = None if isinstance(name, str) else name.read()
            layout = last = parts = None
            for place, row in zip(places, rows, strict=True):
                kind = self.table.kinds[self.table.kind[row]]
                start, frame = int(self.table.start[row]), int(self.table.frame[row])
                if last != frame:
                    if start < 0:
                        layout = layout or self._decoder(file, name if data is None else data)
                        image, _ = _pixels.stored(layout, frame, 1)
                        image = image.astype(image.dtype.newbyteorder("="), copy=False)
                    else:
                        size = kind.layout.bits_per_frame // 8
                        if data is None:
                            with open(name, "rb") as opened:
                                part = os.pread(opened.fileno(), size, start)
                        else:
                            part = data[start : start + size]
                        image = _image(kind.layout, part, name)
                    parts = image[None] if kind.tile is None else _mosaic.cut(image, kind.tile)
                    last = frame
                self._put(out, place, parts[max(int(self.table.tile[row]), 0)])

    def _decoder(self, file, source):
        """Where frames are decoded from: the layout of a data set with its pixels. Kept while
        several pieces of work need it."""
        with self.lock:
            layout = self.layouts_of.get(file)
        if layout is None:
            layout = _pixels.Layout(_read.dcmread(source))
            if layout.frames > 1:
                with self.lock:
                    layout = self.layouts_of.setdefault(file, layout)
        return layout

    def _put(self, out, place, image):
        """An image's values into its place, rescaled and converted."""
        row = self.order[place]
        slope, intercept = self.table.slope[row], self.table.intercept[row]
        target = out[place]
        if self.guarded:
            self._put_guarded(target, image, (slope, intercept) if self.rescale else (1.0, 0.0))
        elif not self.rescale or (slope == 1 and intercept == 0):
            if image is not target:
                np.copyto(target, image, casting="unsafe")
        elif target.dtype.kind in "iu" and slope == 1 and intercept == int(intercept):
            np.add(image, int(intercept), out=target, dtype=target.dtype, casting="unsafe")
        elif target.dtype.kind in "iu":
            np.copyto(target, np.rint(image * slope + intercept), casting="unsafe")
        else:
            target[...] = image * np.float64(slope) + intercept

    def _put_guarded(self, target, image, pair):
        """The same, where the values might not fit the type."""
        values = np.rint(image * pair[0] + pair[1])
        low, high = values.min(), values.max()
        ends = np.iinfo(target.dtype)
        if not (ends.min <= low and high <= ends.max):
            raise DicomError(f"`dtype` {target.dtype} cannot hold values from {low:g} to {high:g}")
        np.copyto(target, values, casting="unsafe")


def _unreadable(name, error):
    if error:
        return OSError(error, os.strerror(error), str(name))
    return DicomError(f"{name}: the pixel data are cut short")


def _image(layout, data, name):
    """Stored values of a frame from its bytes, in native byte order."""
    if len(data) < layout.bits_per_frame // 8:
        raise _unreadable(name, 0)
    image = np.frombuffer(data, layout.dtype).astype(layout.dtype.newbyteorder("="))
    if layout.stored < layout.bits and image.dtype.kind != "f":
        _parse_cy.clear_unused(image.view("u1"), image.itemsize, layout.stored, layout.signed)
    if layout.samples == 1:
        return image.reshape(layout.rows, layout.columns)
    if layout.planar:
        planes = image.reshape(layout.samples, layout.rows, layout.columns)
        return np.ascontiguousarray(np.moveaxis(planes, 0, -1))
    return image.reshape(layout.rows, layout.columns, layout.samples)


def _vendor_notes(header, critic):
    """Scales that are not applied."""
    if "RealWorldValueMappingSequence" in header:
        critic.note("real world value mapping present; it is not applied")
    scale = header.get((0x2005, 0x100E))
    if scale is not None and isinstance(scale.value, (int, float)):
        critic.note(f"Philips private scale slope {scale.value:g}; it is not applied")

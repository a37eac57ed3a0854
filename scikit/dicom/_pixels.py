"""Pixel data as arrays (PS3.3 section C.7.6.3, PS3.5 section 8 and annex A)."""

import operator

import numpy as np

import scikit.dicom._parse_cy as _parse_cy
from scikit.dicom import _codecs, _read, _source
from scikit.dicom._color import convert_color_space
from scikit.dicom._errors import PixelDataError
from scikit.dicom._frames import Frames
from scikit.dicom._types import EXPLICIT_BIG, UID

_PLACES = {
    "PixelData": 0x7FE00010,
    "FloatPixelData": 0x7FE00008,
    "DoubleFloatPixelData": 0x7FE00009,
}
_PHOTOMETRIC = frozenset(
    (
        "MONOCHROME1", "MONOCHROME2", "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT",
        "HSV", "ARGB", "CMYK", "YBR_PARTIAL_422", "YBR_PARTIAL_420", "PALETTE COLOR", "XYB",
    )
)  # fmt: skip


class Layout:
    """How the pixel data of a data set are laid out; every element of it is checked.

    Parameters
    ----------
    ds : Dataset
        The image.
    place : tuple, optional
        Keyword, VR, whether the length is undefined, bytes, start and length of the pixel data,
        where `ds` was read without them.

    Attributes
    ----------
    rows, columns, samples, frames, bits, stored : int
        As in the image pixel module.
    dtype : numpy.dtype
        Of the stored values, in the byte order of the data.
    keyword : str
        Of the element that holds the pixels.
    start, length : int
        Of its value in ``data``.
    data : bytes-like or None
        Where the value lies.
    encapsulated : bool
        Are the frames compressed?
    compressed : Frames or None
        They, where `data` is there.

    Raises
    ------
    PixelDataError
        If there is no image, or the elements that describe it contradict each other or the data.
    """

    def __init__(self, ds, place=None):
        present = [keyword for keyword in _PLACES if keyword in ds]
        if place is not None:
            self.keyword, vr, self.undefined, self.data, self.start, self.length = place
        elif len(present) == 1:
            self.keyword = present[0]
            vr = self._locate(ds)
        else:
            what = "more than one kind of pixel data" if present else "no pixel data"
            raise PixelDataError(f"the data set has {what}")
        self.syntax = UID(_read.transfer_syntax(ds))
        self._describe(ds)
        self.swapped_bytes = vr == "OW" and self.bits == 8 and self.syntax == EXPLICIT_BIG
        self.pixels = self.rows * self.columns * self.samples
        self.bits_per_frame = self.pixels * self.bits
        self.half_chroma = False
        self.encapsulated = self.syntax.is_compressed
        self.compressed = None
        if not self.encapsulated:
            self._fit()
        elif self.data is not None:
            self.compressed = self._frames(ds)

    def _describe(self, ds):
        self.rows = _whole(ds, "Rows", 1, 65535)
        self.columns = _whole(ds, "Columns", 1, 65535)
        self.samples = _whole(ds, "SamplesPerPixel", 1, 4)
        if self.samples not in (1, 3, 4):
            raise PixelDataError(f"Samples per Pixel is {self.samples}; it must be 1, 3 or 4")
        self.frames = _whole(ds, "NumberOfFrames", 1, 2**31 - 1, default=1)
        self.bits = _whole(ds, "BitsAllocated", 1, 64)
        if self.bits not in (1, 8, 16, 32, 64):
            raise PixelDataError(f"Bits Allocated is {self.bits}; it must be 1, 8, 16, 32 or 64")
        self.photometric = str(ds.get("PhotometricInterpretation") or "").strip()
        if self.photometric not in _PHOTOMETRIC:
            raise PixelDataError(f"unknown Photometric Interpretation {self.photometric!r}")
        self.planar = _whole(ds, "PlanarConfiguration", 0, 1) if self.samples > 1 else 0
        if self.keyword != "PixelData":
            wanted = 32 if self.keyword == "FloatPixelData" else 64
            if self.bits != wanted:
                raise PixelDataError(
                    f"Bits Allocated is {self.bits}; with {self.keyword} it must be {wanted}"
                )
            self.signed, self.stored = False, self.bits
            kind = f"f{self.bits // 8}"
        else:
            self.stored = _whole(ds, "BitsStored", 1, self.bits)
            self.signed = bool(_whole(ds, "PixelRepresentation", 0, 1)) and self.bits > 1
            kind = "u1" if self.bits == 1 else f"{'i' if self.signed else 'u'}{self.bits // 8}"
        self.dtype = np.dtype((">" if self.syntax == EXPLICIT_BIG else "<") + kind)

    def _locate(self, ds):
        """Find the value among the data set's bytes; gives its VR."""
        tag = _PLACES[self.keyword]
        entry = ds._elements()[tag]
        if type(entry) is tuple:
            vr, flags, self.start, self.length = entry
            self.data = ds._source.view
            self.undefined = bool(flags & _source.UNDEFINED)
            return vr
        value = entry.buffer
        self.data, self.start, self.length = value, 0, len(value)
        self.undefined = entry.is_undefined_length
        return entry.VR

    def _frames(self, ds):
        """The compressed frames; more than the announced ones count, as with native data."""
        _codecs.codec_of(self.syntax)
        extended = tuple(
            ds.get(keyword) for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths")
        )
        frames = Frames(self.data, self.start, self.length, self.frames, extended)
        self.frames = len(frames)
        return frames

    def _fit(self):
        """Do the data hold what is described? Whole frames beyond the announced ones count."""
        if self.undefined:
            raise PixelDataError(
                f"the pixel data are encapsulated, but the transfer syntax is {self.syntax.name}"
            )
        self.half_chroma = self.photometric == "YBR_FULL_422"
        if self.half_chroma and (self.samples != 3 or self.columns % 2 or self.bits != 8):
            raise PixelDataError(
                "YBR_FULL_422 needs 8 bits, three samples and an even number of columns"
            )
        if self.half_chroma:
            self.bits_per_frame = self.bits_per_frame * 2 // 3
        needed = (self.bits_per_frame * self.frames + 7) // 8
        if self.length < needed:
            raise PixelDataError(
                f"the pixel data are cut short: {self.length} bytes, but {self.frames} frame(s) of "
                f"{self.rows} x {self.columns} x {self.samples}, {self.bits} bits, are {needed}",
                self.start,
            )
        if self.half_chroma and self.length >= needed // 2 * 3:
            raise PixelDataError(
                "the pixel data are too long for YBR_FULL_422; they seem not to be subsampled"
            )
        if self.length > needed + needed % 2 and not self.half_chroma:
            self.frames = max(self.frames, self.length * 8 // self.bits_per_frame)


def _whole(ds, keyword, low, high, default=None):
    """The value of a whole number that the image pixel module needs."""
    value = ds.get(keyword)
    if value is None or value == "":
        if default is None:
            raise PixelDataError(f"the image has no {keyword}")
        return default
    if not isinstance(value, int) or not low <= value <= high:
        raise PixelDataError(
            f"{keyword} is {value!r:.40}; it must be a whole number from {low} to {high}"
        )
    return int(value)


def pixel_array(src, *, raw=False, index=None, workers=None):
    """The image of a data set as an array.

    Parameters
    ----------
    src : Dataset, str, path, bytes-like or binary file
        A data set, or what `dcmread` takes.
    raw : bool
        Leave colours as they are stored; otherwise YBR_FULL and YBR_FULL_422 become RGB.
    index : int, optional
        One frame only, counted from 0; the others are not touched.
    workers : int, optional
        Threads that decode compressed frames; by default one for small images, otherwise all
        processors.

    Returns
    -------
    ndarray
        Stored values, shape (rows, columns), (rows, columns, samples), (frames, rows, columns) or
        (frames, rows, columns, samples). Integers as Bits Allocated and Pixel Representation say
        (bits above Bits Stored are cleared or sign-extended), one-bit data as uint8 0 and 1,
        float and double pixel data as float32 and float64. In the byte order of the file; a
        read-only view of its bytes where they can stay as they are, otherwise a new array.

    Raises
    ------
    PixelDataError
        If there is no image, its description is inconsistent, or the data are too short.
    CodecError
        If compressed data are damaged; `MissingCodecError`, which names the extra, if no codec is
        installed for their transfer syntax.
    LimitError
        If they decode to more than the `limits` allow.
    IndexError
        If there is no such frame.
    OSError
        If a file cannot be read.

    Notes
    -----
    Modality and VOI look-up tables and palettes are not applied (see `apply_modality_lut`,
    `apply_voi_lut` and `apply_color_lut`; for rescaled volumes `read_volume`). Sub-sampled chroma
    is brought to full size, also with ``raw=True``. Where the markers of a JPEG frame contradict
    Photometric Interpretation, the markers tell what is RGB. Compressed transfer syntaxes: RLE,
    JPEG (baseline, extended, progressive, lossless), JPEG-LS, deflated and uncompressed frames;
    JPEG 2000, HTJ2K and JPEG XL with the extra ``scikit[jpeg2000]``. Thread-safe.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.dicom import Dataset, pixel_array
    >>> ds = Dataset()
    >>> ds.Rows, ds.Columns, ds.SamplesPerPixel = 2, 3, 1
    >>> ds.PhotometricInterpretation = "MONOCHROME2"
    >>> ds.BitsAllocated, ds.BitsStored, ds.PixelRepresentation = 16, 12, 0
    >>> ds.PixelData = np.arange(6, dtype="<u2").tobytes()
    >>> pixel_array(ds)
    array([[0, 1, 2],
           [3, 4, 5]], dtype=uint16)
    """
    layout = Layout(_read.as_dataset(src))
    if index is not None:
        index = _checked(index, layout.frames, "index")
    return _shown(layout, index, raw, workers)


def iter_pixels(src, *, raw=False, indices=None):
    """The frames of an image, one after the other.

    Parameters
    ----------
    src : Dataset, str, path, bytes-like or binary file
        As for `pixel_array`.
    raw : bool
        As for `pixel_array`.
    indices : iterable of int, optional
        Which frames, in which order; by default all.

    Returns
    -------
    iterator of ndarray, shape (rows, columns) or (rows, columns, samples)
        Frames as ``pixel_array(src, index=k)`` gives them. Only one is decoded at a time.

    Raises
    ------
    DicomError
        As `pixel_array`; for a damaged frame when its turn comes.
    IndexError
        If there is no such frame.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.dicom import Dataset, iter_pixels
    >>> ds = Dataset()
    >>> ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.NumberOfFrames = 1, 2, 1, 2
    >>> ds.PhotometricInterpretation = "MONOCHROME2"
    >>> ds.BitsAllocated, ds.BitsStored, ds.PixelRepresentation = 8, 8, 0
    >>> ds.PixelData = bytes([1, 2, 3, 4])
    >>> for frame in iter_pixels(ds):
    ...     print(frame)
    [[1 2]]
    [[3 4]]
    """
    layout = Layout(_read.as_dataset(src))
    if indices is None:
        indices = range(layout.frames)
    chosen = [_checked(k, layout.frames, "indices") for k in indices]
    return (_shown(layout, k, raw) for k in chosen)


def _checked(index, frames, name):
    try:
        index = operator.index(index)
    except TypeError:
        raise TypeError(f"`{name}` must be an integer, not {type(index).__name__}") from None
    if not 0 <= index < frames:
        raise IndexError(f"`{name}` is {index}; there are {frames} frame(s)")
    return index


def _shown(layout, index, raw, workers=None):
    array, photometric = stored(layout, index, workers)
    if raw or photometric not in ("YBR_FULL", "YBR_FULL_422"):
        return array
    if array.dtype.itemsize != 1:
        raise PixelDataError(f"YBR_FULL of {layout.bits} bits cannot become RGB; use raw=True")
    return convert_color_space(array, photometric, "RGB")


def stored(layout, index, workers=None):
    """(array in its final shape, photometric interpretation) of one frame or all."""
    frames = layout.frames if index is None else 1
    if layout.encapsulated:
        indices = range(layout.frames) if index is None else (index,)
        flat = _codecs.decode(layout, layout.compressed, indices, workers).reshape(-1)
        photometric = _codecs.photometric(layout, layout.compressed[indices[0]])
    else:
        photometric = layout.photometric
        flat = _flat(layout, index, frames)
    if layout.stored < layout.bits and layout.bits > 1 and flat.dtype.kind != "f":
        flat = clear_unused(flat, layout.stored, layout.signed)
    if layout.half_chroma:
        flat, photometric = _full_chroma(flat), "YBR_FULL"
    lead = (frames,) if frames > 1 else ()
    if layout.samples == 1:
        return flat.reshape(*lead, layout.rows, layout.columns), photometric
    if layout.planar and not layout.encapsulated:
        planes = flat.reshape(*lead, layout.samples, layout.rows, layout.columns)
        return np.moveaxis(planes, -3, -1), photometric
    return flat.reshape(*lead, layout.rows, layout.columns, layout.samples), photometric


def _flat(layout, index, frames):
    """The samples of one frame or all, one after the other."""
    first = (index or 0) * layout.bits_per_frame
    count = frames * layout.bits_per_frame
    if layout.swapped_bytes:
        # Bytes in 16-bit words of a big-endian data set stand pairwise swapped, also across frames.
        low, high = first // 16 * 2, -(-(first + count) // 16) * 2
        high = min(high, layout.length)
        words = np.frombuffer(layout.data, "u1", high - low, layout.start + low)
        words = np.concatenate([words, words[:0] if len(words) % 2 == 0 else np.zeros(1, "u1")])
        skip = first // 8 - low
        return words.view("u2").byteswap().view(layout.dtype)[skip : skip + count // 8]
    if layout.bits == 1:
        low, high = first // 8, (first + count + 7) // 8
        packed = np.frombuffer(layout.data, "u1", high - low, layout.start + low)
        return np.unpackbits(packed, bitorder="little")[first % 8 : first % 8 + count]
    number = count // layout.bits
    array = np.frombuffer(layout.data, layout.dtype, number, layout.start + first // 8)
    array.flags.writeable = False
    return array


def clear_unused(flat, stored, signed):
    """Samples with the bits above `stored` cleared or sign-extended; the input itself where they
    are already."""
    size = flat.dtype.itemsize
    if flat.dtype.isnative and _parse_cy.unused_clear(flat.view("u1"), size, stored, signed):
        return flat
    native = flat.astype(flat.dtype.newbyteorder("="))
    _parse_cy.clear_unused(native.view("u1"), size, stored, signed)
    return native.astype(flat.dtype, copy=False)


def _full_chroma(flat):
    """Y1 Y2 Cb Cr to Y1 Cb Cr Y2 Cb Cr (PS3.3 section C.7.6.3.1.2)."""
    quads = flat.reshape(-1, 4)
    return quads[:, [0, 2, 3, 1, 2, 3]].reshape(-1)

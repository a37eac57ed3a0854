"""Changing the transfer syntax of pixel data: compress and decompress."""

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._threads import available_cpus, run_slabs
from scikit.dicom import _codecs, _pixels
from scikit.dicom._dataset import Dataset
from scikit.dicom._element import DataElement
from scikit.dicom._errors import PixelDataError
from scikit.dicom._frames import encapsulate
from scikit.dicom._types import EXPLICIT_LITTLE, UID
from scikit.dicom._uid import generate_uid

_PIXEL_DATA = 0x7FE00010
_TABLES = ("ExtendedOffsetTable", "ExtendedOffsetTableLengths")


def compress(
    ds,
    transfer_syntax_uid,
    arr=None,
    *,
    jls_error=0,
    quality=90,
    generate_instance_uid=True,
    workers=None,
):
    """Compress the pixel data of a data set, in place.

    Parameters
    ----------
    ds : Dataset
        An image; compressed pixel data are decoded first.
    transfer_syntax_uid : str
        RLE Lossless, JPEG Lossless (process 14, also selection value 1), JPEG Baseline, JPEG-LS
        (lossless or near-lossless), Deflated Image Frame or Encapsulated Uncompressed; constants
        are in `scikit.dicom.uid`.
    arr : array_like, optional
        New stored values, in place of the data set's; of the shape and type that it describes.
    jls_error : int
        Largest difference of a decoded sample, for JPEG-LS near-lossless.
    quality : int
        1 to 100, for JPEG Baseline.
    generate_instance_uid : bool
        Give the data set a new SOP Instance UID, as pydicom does.
    workers : int, optional
        Threads; by default one for small images, otherwise all processors.

    Returns
    -------
    Dataset
        `ds`, with ``file_meta``, pixel data and their description changed. Nothing is changed
        where an error is raised.

    Raises
    ------
    PixelDataError, CodecError
        If there is no image, or the transfer syntax does not hold one of its kind.
    MissingCodecError
        If this library does not write the transfer syntax.
    TypeError, ValueError
        If another argument is wrong.

    Notes
    -----
    RGB images become YBR_FULL before JPEG Baseline. Lossy compression is recorded (Lossy Image
    Compression, its Ratio and Method). Frames are encoded on threads.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.dicom import Dataset, compress, pixel_array, uid
    >>> ds = Dataset()
    >>> ds.Rows, ds.Columns, ds.SamplesPerPixel = 64, 64, 1
    >>> ds.PhotometricInterpretation = "MONOCHROME2"
    >>> ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    >>> ds.PixelData = bytes(2 * 64 * 64)
    >>> len(compress(ds, uid.JPEGLSLossless).PixelData) < 100
    True
    >>> int(pixel_array(ds).max())
    0
    """
    if not isinstance(ds, Dataset):
        raise TypeError(f"`ds` must be a Dataset, not {type(ds).__name__}")
    syntax = UID(transfer_syntax_uid)
    encode = _codecs.encoder_of(syntax, near=jls_error, quality=quality)
    layout, image, photometric = _image(ds, arr, workers)
    if photometric == "RGB" and syntax == _codecs.JPEG_BASELINE:
        image, photometric = _pixels.convert_color_space(image, "RGB", "YBR_FULL"), "YBR_FULL"
    if workers is None:
        workers = available_cpus() if image.nbytes >= _codecs.PARALLEL_FROM else 1
    frames = run_slabs(lambda frame: encode(frame, layout), [(frame,) for frame in image], workers)
    value, extended = encapsulate(frames)
    _finish(ds, syntax, layout, image, photometric, generate_instance_uid)
    ds[_PIXEL_DATA] = DataElement(_PIXEL_DATA, "OB", value)
    ds[_PIXEL_DATA].is_undefined_length = True
    for keyword, table in zip(_TABLES, extended or (), strict=False):
        setattr(ds, keyword, table)
    if _codecs.is_lossy(syntax):
        _record_loss(ds, syntax, image.nbytes / sum(map(len, frames)))
    return ds


def decompress(ds, *, as_rgb=True, generate_instance_uid=True, workers=None):
    """Decode the compressed pixel data of a data set, in place.

    Parameters
    ----------
    ds : Dataset
        An image; one that is not compressed stays as it is.
    as_rgb : bool
        Convert YBR_FULL and YBR_FULL_422 to RGB.
    generate_instance_uid : bool
        Give the data set a new SOP Instance UID, as pydicom does.
    workers : int, optional
        Threads; by default one for small images, otherwise all processors.

    Returns
    -------
    Dataset
        `ds`, in explicit little-endian. Nothing is changed where an error is raised.

    Raises
    ------
    DicomError
        As `pixel_array`.

    Examples
    --------
    >>> from scikit.dicom import Dataset, compress, decompress, uid
    >>> ds = Dataset()
    >>> ds.Rows, ds.Columns, ds.SamplesPerPixel = 2, 2, 1
    >>> ds.PhotometricInterpretation = "MONOCHROME2"
    >>> ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    >>> ds.PixelData = b"abcd"
    >>> decompress(compress(ds, uid.RLELossless)).PixelData
    b'abcd'
    """
    if not isinstance(ds, Dataset):
        raise TypeError(f"`ds` must be a Dataset, not {type(ds).__name__}")
    if not UID(_pixels.Layout(ds).syntax).is_compressed:
        return ds
    layout, image, photometric = _image(ds, None, workers)
    if as_rgb and photometric in ("YBR_FULL", "YBR_FULL_422") and image.dtype.itemsize == 1:
        image, photometric = _pixels.convert_color_space(image, photometric, "RGB"), "RGB"
    elif photometric == "YBR_FULL_422":
        photometric = "YBR_FULL"
    _finish(ds, EXPLICIT_LITTLE, layout, image, photometric, generate_instance_uid)
    if layout.bits == 1:
        value = np.packbits(image.reshape(-1), bitorder="little").tobytes()
    else:
        value = image.astype(image.dtype.newbyteorder("<"), copy=False).tobytes()
    vr = "OW" if layout.bits > 8 else "OB"
    ds[_PIXEL_DATA] = DataElement(_PIXEL_DATA, vr, value + b"\0" * (len(value) % 2))
    return ds


def _image(ds, arr, workers):
    """(layout, stored values of shape (frames, rows, columns, samples) in native byte order, their
    photometric interpretation)."""
    if arr is None:
        layout = _pixels.Layout(ds)
        if layout.keyword != "PixelData":
            raise PixelDataError(f"{layout.keyword} cannot be compressed")
        array, photometric = _pixels.stored(layout, None, workers)
    else:
        array = to_numpy(arr, "arr")
        size = (array.size + 7) // 8 if ds.get("BitsAllocated") == 1 else array.nbytes
        layout = _pixels.Layout(ds, ("PixelData", "OW", False, None, 0, size))
        photometric = layout.photometric
        if layout.half_chroma:
            raise PixelDataError("`arr` cannot stand for subsampled YBR_FULL_422")
        if array.dtype.newbyteorder("=") != layout.dtype.newbyteorder("="):
            raise TypeError(f"`arr` must hold {layout.dtype.name}, not {array.dtype}")
    shape = (layout.frames, layout.rows, layout.columns, layout.samples)
    lead, last = shape[:1] if layout.frames > 1 else (), shape[3:] if layout.samples > 1 else ()
    if array.shape != (*lead, *shape[1:3], *last):
        raise ValueError(
            f"`arr` must have the shape {(*lead, *shape[1:3], *last)}, not {array.shape}"
        )
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    return layout, np.ascontiguousarray(array).reshape(shape), photometric


def _finish(ds, syntax, layout, image, photometric, generate_instance_uid):
    """What is said of the pixels, after their transfer syntax changed."""
    ds.file_meta.TransferSyntaxUID = syntax
    ds.PhotometricInterpretation = photometric
    if layout.samples > 1:
        ds.PlanarConfiguration = 1 if syntax == _codecs.RLE else 0
    if "NumberOfFrames" in ds or layout.frames > 1:
        ds.NumberOfFrames = len(image)
    for keyword in _TABLES:
        if keyword in ds:
            delattr(ds, keyword)
    if generate_instance_uid:
        ds.SOPInstanceUID = generate_uid()
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID


def _record_loss(ds, syntax, ratio):
    """PS3.3 section C.7.6.1.1.5: lossy compression stays recorded, the steps in their order."""
    ratios, methods = ds.get("LossyImageCompressionRatio"), ds.get("LossyImageCompressionMethod")
    ratios, methods = ([x] if not isinstance(x, list) else list(x) for x in (ratios, methods))
    ds.LossyImageCompression = "01"
    ds.LossyImageCompressionRatio = [x for x in ratios if x is not None] + [round(ratio, 3)]
    method = "ISO_10918_1" if syntax == _codecs.JPEG_BASELINE else "ISO_14495_1"
    ds.LossyImageCompressionMethod = [x for x in methods if x is not None] + [method]

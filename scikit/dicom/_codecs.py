"""Transfer syntaxes of compressed pixel data and what decodes and encodes their frames."""

import zlib
from typing import NamedTuple

import numpy as np

import scikit.dicom._rle_cy as _rle_cy
from scikit._core._extras import require
from scikit._core._threads import available_cpus, run_slabs
from scikit.dicom._errors import DicomError

UNCOMPRESSED = "1.2.840.10008.1.2.1.98"
RLE = "1.2.840.10008.1.2.5"
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
JPEG_2000 = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")
JPEG_2000_MULTI = ("1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93")
HTJ2K = tuple(f"1.2.840.10008.1.2.4.{k}" for k in (201, 202, 203))
JPEG_XL = tuple(f"1.2.840.10008.1.2.4.{k}" for k in (110, 111, 112))

#: Frames of fewer bytes than this together are decoded on one thread.
PARALLEL_FROM = 1 << 20


class Codec(NamedTuple):
    """What is done with the frames of a transfer syntax.

    ``decode(frame, layout, out)`` fills `out`, shape (rows, columns, samples) in the layout's type and
    native byte order, from the bytes of a frame. ``encode(image, layout)`` gives them; None where
    this library does not write the transfer syntax. `largest` is how many times its own size a frame
    can decode to, None where the format sets no bound.
    """

    decode: object
    encode: object = None
    largest: float | None = None


def _rle_decode(frame, layout, out):
    if layout.bits == 1:
        packed = np.empty((out.size + 7) // 8, np.uint8)
        _rle_cy.decode(frame, packed, 1, 1)
        _unpack_bits(packed, out)
    else:
        _rle_cy.decode(frame, out.reshape(-1).view(np.uint8), layout.samples, layout.bits // 8)


def _rle_encode(image, layout):
    if layout.bits == 1:
        packed = np.packbits(image.reshape(-1), bitorder="little")
        return _rle_cy.encode(packed, 1, packed.size, 1, 1)
    flat = np.ascontiguousarray(image).reshape(-1).view(np.uint8)
    return _rle_cy.encode(flat, layout.rows, layout.columns, layout.samples, layout.bits // 8)


def _unpack_bits(packed, out):
    out.reshape(-1)[:] = np.unpackbits(packed, bitorder="little", count=out.size)


def _plain_decode(frame, layout, out):
    """A frame of native pixels (PS3.5 sections A.4.11 and A.4.13)."""
    needed = (layout.bits_per_frame + 7) // 8
    if len(frame) < needed:
        raise DicomError(f"the frame is cut short: {len(frame)} of {needed} bytes")
    if layout.bits == 1:
        _unpack_bits(np.frombuffer(frame, np.uint8, needed), out)
        return
    if layout.half_chroma:
        raise DicomError("an encapsulated frame cannot hold subsampled native YBR_FULL_422")
    values = np.frombuffer(frame, layout.dtype, layout.pixels)
    if layout.planar:
        planes = values.reshape(layout.samples, layout.rows, layout.columns)
        out[...] = np.moveaxis(planes, 0, -1)
    else:
        out.reshape(-1)[:] = values


def _plain_encode(image, layout):
    if layout.bits == 1:
        return np.packbits(image.reshape(-1), bitorder="little").tobytes()
    if layout.planar:
        image = np.moveaxis(image, -1, 0)
    return image.astype(layout.dtype, copy=False).tobytes()


def _deflated_decode(frame, layout, out):
    """A frame of native pixels, deflated by itself."""
    needed = (layout.bits_per_frame + 7) // 8
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(frame, needed)
    except zlib.error as error:
        raise DicomError(f"the deflated frame is damaged: {error}") from None
    _plain_decode(plain, layout, out)


def _deflated_encode(image, layout):
    deflater = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflater.compress(_plain_encode(image, layout)) + deflater.flush()


def _optional(names, purpose):
    """The first of imagecodecs' functions that is there; without imagecodecs an ImportError."""
    package = require("imagecodecs", "jpeg2000", purpose)
    for name in names:
        if (function := getattr(package, name, None)) is not None:
            return function
    raise ImportError(f"{purpose} needs a build of imagecodecs with {names[0]}")


def _jpeg_2000_decode(frame, layout, out):
    purpose = f"pixel data in the transfer syntax {layout.syntax.name}"
    try:
        decode = _optional(("jpeg2k_decode",), purpose)
    except ImportError:
        try:
            decode = require("openjpeg", "jpeg2000", purpose).decode
        except ImportError:
            raise DicomError(_missing(layout, "jpeg2000")) from None
    _place(_foreign(decode, frame, layout), out)


def _jpeg_xl_decode(frame, layout, out):
    try:
        decode = _optional(("jpegxl_decode",), "JPEG XL")
    except ImportError:
        raise DicomError(_missing(layout, "jpeg2000")) from None
    _place(_foreign(decode, frame, layout), out)


def _missing(layout, extra):
    return (
        f"pixel data compressed in the transfer syntax {layout.syntax} ({layout.syntax.name}) need "
        f"an optional package; install it with: pip install 'scikit[{extra}]'"
    )


def _foreign(decode, frame, layout):
    """What a codec of another package gives; its exceptions become ours."""
    try:
        return decode(bytes(frame))
    except Exception as error:
        raise DicomError(f"the {layout.syntax.name} frame is damaged: {error}") from error


def _place(image, out):
    """Put an image that another package decoded where it belongs, with wrap-around for signs: the codestream's sign
    need not be that of Pixel Representation (pydicom issue 1149)."""
    if image.size != out.size:
        raise DicomError(
            f"the frame holds {image.shape} values; {out.shape} are described by the data set"
        )
    if image.dtype.kind not in "iub" or image.dtype.itemsize > 4:
        raise DicomError(f"the frame decodes to values of type {image.dtype}")
    out[...] = image.reshape(out.shape).astype(out.dtype, copy=False)


_PLAIN = Codec(_plain_decode, _plain_encode, 8.0)
_CODECS = {
    UNCOMPRESSED: _PLAIN,
    DEFLATED_FRAMES: Codec(_deflated_decode, _deflated_encode, 8 * 1032.0),
    # two bytes make 128 at most
    RLE: Codec(_rle_decode, _rle_encode, 8 * 64.0),
    **dict.fromkeys((*JPEG_2000, *JPEG_2000_MULTI, *HTJ2K), Codec(_jpeg_2000_decode)),
    **dict.fromkeys(JPEG_XL, Codec(_jpeg_xl_decode)),
}


def codec_of(syntax):
    """The codec of a transfer syntax; DicomError if there is none."""
    codec = _CODECS.get(str(syntax))
    if codec is None:
        raise DicomError(
            f"pixel data compressed in the transfer syntax {syntax} ({syntax.name}) cannot be decoded"
        )
    return codec


def decode(layout, frames, indices, workers=None):
    """Decode compressed frames.

    Parameters
    ----------
    layout : Layout
        Of the image.
    frames : Frames
        Its compressed frames.
    indices : sequence of int
        Which ones.
    workers : int, optional
        Threads; by default one for little work, otherwise all processors.

    Returns
    -------
    ndarray (len(indices), rows, columns, samples)
    """
    codec = codec_of(layout.syntax)
    size = layout.pixels * max(1, layout.bits // 8)
    for k in indices:
        if codec.largest is not None and size > max(64, codec.largest * len(frames[k])):
            raise DicomError(
                f"frame {k} has {len(frames[k])} bytes, which cannot hold the {size} that "
                f"{layout.rows} x {layout.columns} x {layout.samples} samples take"
            )
    out = np.empty(
        (len(indices), layout.rows, layout.columns, layout.samples), layout.dtype.newbyteorder("=")
    )

    def one(place, k):
        try:
            codec.decode(frames[k], layout, out[place])
        except DicomError as error:
            raise type(error)(f"frame {k}: {error}") from error

    if workers is None:
        workers = available_cpus() if out.nbytes >= PARALLEL_FROM else 1
    run_slabs(one, list(enumerate(indices)), workers)
    return out

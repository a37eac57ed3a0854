"""Transfer syntaxes of compressed pixel data and what decodes and encodes their frames."""

import functools
import struct
import zlib
from typing import NamedTuple

import numpy as np

import scikit.dicom._jpeg_cy as _jpeg_cy
import scikit.dicom._jpegls_cy as _jpegls_cy
import scikit.dicom._parse_cy as _parse_cy
import scikit.dicom._rle_cy as _rle_cy
from scikit._core._blocks_cy import empty
from scikit._core._extras import require
from scikit._core._threads import available_cpus, run_slabs
from scikit.dicom import _limits
from scikit.dicom._errors import (
    CodecError,
    DicomError,
    LimitError,
    MissingCodecError,
    PixelDataError,
)
from scikit.dicom._types import UID

UNCOMPRESSED = "1.2.840.10008.1.2.1.98"
RLE = "1.2.840.10008.1.2.5"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_LS_NEAR = "1.2.840.10008.1.2.4.81"
#: Retired ones (PS3.5 before 2001) with processes that the decoder knows.
JPEG_RETIRED = tuple(f"1.2.840.10008.1.2.4.{k}" for k in (52, 53, 54, 55, 56, 58))
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
JPEG_2000 = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")
JPEG_2000_MULTI = ("1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93")
HTJ2K = tuple(f"1.2.840.10008.1.2.4.{k}" for k in (201, 202, 203))
JPEG_XL = tuple(f"1.2.840.10008.1.2.4.{k}" for k in (110, 111, 112))

#: Frames of fewer bytes than this together are decoded on one thread.
PARALLEL_FROM = 1 << 20


class Codec(NamedTuple):
    """What is done with the frames of a transfer syntax.

    ``check(frame, layout)`` raises what is known to be wrong before room is made for pixels.
    ``decode(frame, layout, out)`` fills `out`, shape (rows, columns, samples) in the layout's type and
    native byte order, from the bytes of a frame. ``encode(image, layout)`` gives them; None where
    this library does not write the transfer syntax. `largest` is how many times its own size a frame
    can decode to, None where the format sets no bound.
    """

    decode: object
    encode: object = None
    largest: float | None = None
    check: object = None


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
        raise CodecError(f"the frame is cut short: {len(frame)} of {needed} bytes")
    if layout.bits == 1:
        _unpack_bits(np.frombuffer(frame, np.uint8, needed), out)
        return
    if layout.half_chroma:
        raise PixelDataError("an encapsulated frame cannot hold subsampled native YBR_FULL_422")
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
        raise CodecError(f"the deflated frame is damaged: {error}") from None
    _plain_decode(plain, layout, out)


def _deflated_encode(image, layout):
    deflater = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflater.compress(_plain_encode(image, layout)) + deflater.flush()


def _jpeg_kind(frame):
    """The module that decodes a frame of the JPEG family, by its frame header; the transfer syntax may name another."""
    view, at = memoryview(frame), 2
    while at + 4 <= len(view) and view[at] == 0xFF:
        marker = view[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == 0xF7:
            return _jpegls_cy
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            break
        at += 2 + (view[at + 2] << 8 | view[at + 3])
    return _jpeg_cy


def _jpeg_check(frame, layout):
    header = _jpeg_kind(frame).header(frame)
    if header.rows:  # where it is 0, the number follows the first scan
        _compare((header.rows, header.columns, header.samples), layout)
    if header.precision > layout.bits:
        raise PixelDataError(
            f"the frame holds samples of {header.precision} bits; Bits Allocated is {layout.bits}"
        )
    return header


def _jpeg_decode(frame, layout, out):
    precision = _jpeg_check(frame, layout).precision
    if layout.bits in (8, 16):
        _jpeg_kind(frame).decode(frame, out.view(f"u{layout.bits // 8}"))
    else:
        samples = np.empty(out.shape, np.uint8 if precision <= 8 else np.uint16)
        _jpeg_kind(frame).decode(frame, samples)
        out[...] = samples
    if layout.signed and precision < layout.stored:
        flat = out.reshape(-1).view(np.uint8)
        _parse_cy.clear_unused(flat, out.dtype.itemsize, precision, True)


def _bits_of(image, layout, most):
    """(samples as unsigned integers without the bits that are not stored, how many are)."""
    if not 2 <= layout.bits <= most or layout.dtype.kind == "f":
        raise PixelDataError(
            f"samples of {layout.bits} bits do not go into this transfer syntax; {most} is the most"
        )
    image = image.view(f"u{layout.bits // 8}")
    if layout.stored == layout.bits or not layout.signed:
        return image, max(2, layout.stored)
    return image & image.dtype.type((1 << layout.stored) - 1), max(2, layout.stored)


def _lossless_encode(image, layout):
    samples, precision = _bits_of(image, layout, 16)
    return _jpeg_cy.encode_lossless(samples, precision=precision)


def _baseline_encode(image, layout, quality):
    samples, _ = _bits_of(image, layout, 8)
    if layout.signed:
        raise PixelDataError("JPEG Baseline holds unsigned samples only")
    return _jpeg_cy.encode_baseline(samples, quality=quality)


def _ls_encode(image, layout, near=0):
    samples, precision = _bits_of(image, layout, 16)
    if near and layout.signed and (image < 0).any():
        raise PixelDataError("JPEG-LS near-lossless would spoil the signs of negative samples")
    return _jpegls_cy.encode(
        samples, precision=precision, near=near, interleave=2 if layout.samples > 1 else 0
    )


def _foreign_codec(layout, *places):
    """The first function of other packages that is installed, of (package, name) pairs."""
    for package, name in places:
        try:
            return getattr(require(package, "jpeg2000", layout.syntax.name), name)
        except (ImportError, AttributeError):
            continue
    raise MissingCodecError(
        f"pixel data compressed in the transfer syntax {layout.syntax} ({layout.syntax.name}) need "
        "an optional package; install it with: pip install 'scikit[jpeg2000]'"
    )


def _jpeg_2000_check(frame, layout):
    """The size in the SIZ marker segment (ITU-T T.800 section A.5.1), before another package makes room for it."""
    data = bytes(frame)
    at = data.find(b"\xff\x4f\xff\x51")
    if at < 0 or at + 42 > len(data):
        raise CodecError("the frame holds no JPEG 2000 codestream")
    right, bottom, left, top, *_, samples = struct.unpack_from(">8IH", data, at + 8)
    _compare((bottom - top, right - left, samples), layout)


def _compare(found, layout):
    wanted = (layout.rows, layout.columns, layout.samples)
    if found != wanted:
        raise PixelDataError(
            "the frame holds {} x {} x {} samples; ".format(*found)
            + "the data set describes {} x {} x {}".format(*wanted)
        )


def _jpeg_2000_decode(frame, layout, out):
    _jpeg_2000_check(frame, layout)
    decode = _foreign_codec(layout, ("imagecodecs", "jpeg2k_decode"), ("openjpeg", "decode"))
    _place(_foreign(decode, frame, layout), out)


def _jpeg_xl_check(frame, layout):
    """The size in the codestream's header (ISO/IEC 18181-1, SizeHeader), bits from the lowest up."""
    data = bytes(frame)
    at = data.find(b"\xff\x0a", 0, 4096)  # a container's boxes may stand in front
    bits = int.from_bytes(data[at + 2 : at + 18], "little")

    def take(count):
        nonlocal bits
        value = bits & ((1 << count) - 1)
        bits >>= count
        return value

    def length():
        if small:
            return 8 * (take(5) + 1)
        return 1 + take((9, 13, 18, 30)[take(2)])

    if at < 0:
        raise CodecError("the frame holds no JPEG XL codestream")
    small = take(1)
    rows = length()
    ratio = take(3)
    over = ((0, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))[ratio]
    columns = rows * over[0] // over[1] if ratio else length()
    _compare((rows, columns, layout.samples), layout)


def _jpeg_xl_decode(frame, layout, out):
    _jpeg_xl_check(frame, layout)
    decode = _foreign_codec(layout, ("imagecodecs", "jpegxl_decode"))
    _place(_foreign(decode, frame, layout), out)


def _foreign(decode, frame, layout):
    """What a codec of another package gives; its exceptions become ours."""
    try:
        return decode(bytes(frame))
    except Exception as error:
        raise CodecError(f"the {layout.syntax.name} frame is damaged: {error}") from error


def _place(image, out):
    """Put an image that another package decoded where it belongs, with wrap-around for signs: the codestream's sign
    need not be that of Pixel Representation (pydicom issue 1149)."""
    if image.size != out.size:
        raise PixelDataError(
            f"the frame holds {image.shape} values; {out.shape} are described by the data set"
        )
    if image.dtype.kind not in "iub" or image.dtype.itemsize > 4:
        raise CodecError(f"the frame decodes to values of type {image.dtype}")
    out[...] = image.reshape(out.shape).astype(out.dtype, copy=False)


#: A progressive frame spends at least a bit on every block of 64 samples, of two bytes; chroma may be halved twice.
_JPEG = Codec(_jpeg_decode, None, 8 * 64 * 2 * 2.0, _jpeg_check)
_JPEG_LS = Codec(_jpeg_decode, _ls_encode, None, _jpeg_check)
_PLAIN = Codec(_plain_decode, _plain_encode, 8.0)
_CODECS = {
    UNCOMPRESSED: _PLAIN,
    DEFLATED_FRAMES: Codec(_deflated_decode, _deflated_encode, 8 * 1032.0),
    # two bytes make 128 at most
    RLE: Codec(_rle_decode, _rle_encode, 8 * 64.0),
    **dict.fromkeys((JPEG_EXTENDED, *JPEG_RETIRED), _JPEG),
    JPEG_BASELINE: _JPEG._replace(encode=_baseline_encode),
    **dict.fromkeys((JPEG_LOSSLESS, JPEG_LOSSLESS_SV1), _JPEG._replace(encode=_lossless_encode)),
    **dict.fromkeys((JPEG_LS, JPEG_LS_NEAR), _JPEG_LS),
    **dict.fromkeys(
        (*JPEG_2000, *JPEG_2000_MULTI, *HTJ2K), Codec(_jpeg_2000_decode, check=_jpeg_2000_check)
    ),
    **dict.fromkeys(JPEG_XL, Codec(_jpeg_xl_decode, check=_jpeg_xl_check)),
}


def codec_of(syntax):
    """The codec of a transfer syntax; DicomError if there is none."""
    codec = _CODECS.get(str(syntax))
    if codec is None:
        raise MissingCodecError(
            f"pixel data compressed in the transfer syntax {syntax} ({syntax.name}) cannot be decoded"
        )
    return codec


def encoder_of(syntax, *, near=0, quality=90):
    """What makes a frame of (image, layout) in a transfer syntax."""
    encode = getattr(_CODECS.get(str(syntax)), "encode", None)
    if encode is None:
        known = ", ".join(sorted(UID(uid).name for uid, codec in _CODECS.items() if codec.encode))
        raise MissingCodecError(
            f"pixel data cannot be written in the transfer syntax {syntax} ({syntax.name}); there are: {known}"
        )
    if near and syntax != JPEG_LS_NEAR:
        raise ValueError(f"`jls_error` must be 0 in the transfer syntax {syntax.name}")
    if syntax == JPEG_LS_NEAR:
        return functools.partial(encode, near=near)
    if syntax == JPEG_BASELINE:
        return functools.partial(encode, quality=quality)
    return encode


def is_lossy(syntax):
    """Does a transfer syntax change values?"""
    return syntax in (JPEG_BASELINE, JPEG_LS_NEAR)


def photometric(layout, frame):
    """The photometric interpretation of what a frame decodes to, with chroma at full size."""
    stated = layout.photometric
    if layout.samples != 3:
        return stated
    if stated in ("YBR_RCT", "YBR_ICT"):
        return "RGB"
    if _CODECS[str(layout.syntax)].decode is not _jpeg_decode:
        return stated
    module = _jpeg_kind(frame)
    if module is not _jpeg_cy:
        return stated
    header = module.header(frame)
    # The component identifiers of ASCII "RGB", Adobe's segment and JFIF's each define the colours
    # (ITU-T T.872 section 6.5.3, ITU-T T.871).
    if header.ids in ((82, 71, 66), (114, 103, 98)):
        return "RGB"
    if header.process == "lossless":
        return stated
    if header.adobe is not None:
        return "RGB" if header.adobe == 0 else "YBR_FULL"
    return "YBR_FULL" if header.jfif or stated.startswith("YBR") else stated


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
    sizes = [len(frames[k]) for k in indices]
    most = _limits.current().decoded(sum(sizes))
    if size * len(indices) > most:
        raise LimitError(
            f"{size * len(indices)} bytes of pixels in {sum(sizes)} compressed bytes; see `limits`"
        )
    for k, compressed in zip(indices, sizes, strict=True):
        if codec.largest is not None and size > max(64, codec.largest * compressed):
            raise CodecError(
                f"frame {k} has {compressed} bytes, which cannot hold the {size} that "
                f"{layout.rows} x {layout.columns} x {layout.samples} samples take"
            )
    if codec.check is not None and indices:
        codec.check(frames[indices[0]], layout)
    shape = (len(indices), layout.rows, layout.columns, layout.samples)
    out = empty(shape, layout.dtype.newbyteorder("="))

    def one(place, k):
        try:
            codec.decode(frames[k], layout, out[place])
        except DicomError as error:
            error.reason = f"frame {k}: {error.reason}"
            raise

    if workers is None:
        workers = available_cpus() if out.nbytes >= PARALLEL_FROM else 1
    run_slabs(one, list(enumerate(indices)), workers)
    return out

"""Encapsulated pixel data: fragments, offset tables, frames (PS3.5 section A.4)."""

import itertools
import struct
import warnings

from scikit.dicom._errors import CodecError, PixelDataError
from scikit.dicom._source import Source

_ITEM = b"\xfe\xff\x00\xe0"
#: Largest value of the basic offset table's 32-bit entries, and of an item's length.
_LARGEST = 0xFFFFFFFE


class Frames:
    """The compressed frames of an encapsulated value, found without being decoded.

    Parameters
    ----------
    data : bytes-like
        Where the value lies.
    start, length : int
        Of the value, the basic offset table's item first.
    number : int
        Number of Frames.
    extended : tuple of bytes, optional
        Extended Offset Table and Extended Offset Table Lengths.

    Raises
    ------
    DamagedError, PixelDataError
        If the fragments are damaged or do not make that many frames.

    Notes
    -----
    A frame may be spread over fragments. Where both offset tables are absent or wrong, every
    fragment is a frame if the numbers agree; otherwise a frame begins with the first fragment
    after one that ends a codestream (marker FFD9), as the JPEG family's do.
    """

    def __init__(self, data, start, length, number, extended=None):
        self.view = memoryview(data)
        if self.view.format != "B":
            self.view = self.view.cast("B")
        level = Source(self.view).items(start, start + length, 0, 0)
        found = level.elements
        if not len(found):
            raise PixelDataError("the encapsulated pixel data hold no fragments", start)
        table, *pieces = [found.item(k)[1:] for k in range(len(found))]
        self.pieces = [piece for piece in pieces if piece[1]]
        self.spans = self._group(table, number, extended)

    def __len__(self):
        return len(self.spans)

    def __getitem__(self, k):
        """The bytes of a frame: a view where it is one fragment."""
        span = self.spans[k]
        if len(span) == 1:
            begin, size = span[0]
            return self.view[begin : begin + size]
        return memoryview(b"".join(self.view[begin : begin + size] for begin, size in span))

    def _group(self, table, number, extended):
        """For every frame the places of its fragments."""
        if len(self.pieces) < number:
            raise PixelDataError(
                f"the pixel data have {len(self.pieces)} fragment(s) for {number} frame(s)",
                table[0],
            )
        for offsets in (self._extended(extended), self._basic(table)):
            if offsets is None or (len(self.pieces) == len(offsets) == number):
                continue
            spans = self._cut(offsets)
            if spans is not None and len(spans) >= number:
                return spans
            if number > 1:
                warnings.warn(
                    "the offset table of the pixel data does not fit their fragments; it is ignored",
                    stacklevel=2,
                )
        if len(self.pieces) == number:
            return [[piece] for piece in self.pieces]
        if number == 1:
            return [self.pieces]
        return self._by_marker(number)

    def _basic(self, table):
        begin, size = table
        if not size or size % 4:
            return None
        return struct.unpack(f"<{size // 4}I", self.view[begin : begin + size])

    def _extended(self, extended):
        if not extended or not extended[0] or len(extended[0]) % 8:
            return None
        return struct.unpack(f"<{len(extended[0]) // 8}Q", extended[0])

    def _cut(self, offsets):
        """The fragments from each offset to the next; None if an offset is none of a fragment's."""
        # an offset counts from the first item after the table, to an item's own first byte
        origin = self.pieces[0][0]
        numbers = {begin - origin: k for k, (begin, _) in enumerate(self.pieces)}
        try:
            first = [numbers[offset] for offset in offsets]
        except KeyError:
            return None
        if first[0] != 0 or any(b <= a for a, b in itertools.pairwise(first)):
            return None
        return [
            self.pieces[a:b] for a, b in zip(first, [*first[1:], len(self.pieces)], strict=True)
        ]

    def _by_marker(self, number):
        spans, current = [], []
        for begin, size in self.pieces:
            current.append((begin, size))
            # the marker, and perhaps padding behind it
            if b"\xff\xd9" in bytes(self.view[begin + max(0, size - 10) : begin + size]):
                spans.append(current)
                current = []
        if current:
            spans.append(current)
        if len(spans) < number:
            raise PixelDataError(
                f"{len(self.pieces)} fragments cannot be told apart into {number} frames: there is "
                "no offset table, and too few of them end a codestream",
                self.pieces[0][0],
            )
        return spans


def encapsulate(frames):
    """The value that holds compressed frames, a fragment each, with its offset table.

    Parameters
    ----------
    frames : iterable of bytes
        The codestreams.

    Returns
    -------
    value : bytes
        Without the sequence delimiter that ends it.
    extended : tuple of bytes or None
        Extended Offset Table and Extended Offset Table Lengths, where 32 bits do not do; the basic
        offset table is empty then.
    """
    frames = [bytes(frame) for frame in frames]
    for k, frame in enumerate(frames):
        if len(frame) > _LARGEST:
            raise CodecError(f"frame {k} has {len(frame)} bytes; a fragment holds {_LARGEST}")
    offsets, position = [], 0
    for frame in frames:
        offsets.append(position)
        position += 8 + len(frame) + len(frame) % 2
    number, extended = len(frames), None
    if offsets and (offsets[-1] > _LARGEST or 4 * number > _LARGEST):
        lengths = struct.pack(f"<{number}Q", *map(len, frames))
        extended = struct.pack(f"<{number}Q", *offsets), lengths
        offsets = []
    pieces = [_ITEM, struct.pack(f"<I{len(offsets)}I", 4 * len(offsets), *offsets)]
    for frame in frames:
        pieces += [_ITEM, struct.pack("<I", len(frame) + len(frame) % 2), frame]
        if len(frame) % 2:
            pieces.append(b"\0")
    return b"".join(pieces), extended

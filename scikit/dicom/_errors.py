"""What goes wrong with DICOM data, by cause."""


class DicomError(ValueError):
    """A DICOM file or data set is damaged, hostile, or of a kind that this library does not handle.

    Parameters
    ----------
    message : str
        What is wrong, in one line.
    offset : int, optional
        The byte at which it is wrong, counted from the start of the file (of the inflated data
        set, for the deflated transfer syntax).
    tag : int, optional
        The data element that is wrong.
    filename : str, optional
        The file.

    Attributes
    ----------
    reason : str
        The message alone; ``str()`` of the error adds what else is known.
    offset, tag, filename : int, int, str or None
        As given. `dcmread` adds the file's name to errors of files that it opens.

    Notes
    -----
    Subclasses tell the causes apart: `NotDicomError`, `DamagedError`, `LimitError`,
    `PixelDataError`, `CodecError`, `MissingCodecError`, `CharacterSetError`, `ValueFitError` and
    `FileReferenceError`.

    Examples
    --------
    >>> from scikit.dicom import DicomError
    >>> raise DicomError("the value is cut short", offset=132, tag=0x00280010)
    Traceback (most recent call last):
    ...
    scikit.dicom.DicomError: the value is cut short (at byte 132, element (0028,0010))
    """

    def __init__(self, message, offset=None, tag=None, filename=None):
        self.reason, self.offset, self.tag, self.filename = message, offset, tag, filename
        super().__init__(message)

    def __str__(self):
        known = []
        if self.offset is not None:
            known.append(f"at byte {self.offset}")
        if self.tag is not None:
            known.append(f"element ({self.tag >> 16:04X},{self.tag & 0xFFFF:04X})")
        if self.filename is not None:
            known.append(f"file {self.filename}")
        return f"{self.reason} ({', '.join(known)})" if known else str(self.reason)


class NotDicomError(DicomError):
    """The data are no DICOM file; ``dcmread(..., force=True)`` tries all the same."""


class DamagedError(DicomError):
    """The data are cut short, or lengths, items and delimiters in them contradict each other."""


class LimitError(DicomError):
    """The data ask for more than the `limits` allow: depth, elements, bytes or pixels."""


class PixelDataError(DicomError):
    """There is no image, or the elements that describe it contradict each other or its bytes."""


class CodecError(DicomError):
    """Compressed pixel data are damaged, or use what their codec does not handle."""


class MissingCodecError(CodecError):
    """No installed codec handles the transfer syntax; the message names the extra that does."""


class CharacterSetError(DicomError):
    """Text does not fit the data set's Specific Character Set."""


class ValueFitError(DicomError):
    """A value does not fit its value representation or the transfer syntax."""


class FileReferenceError(DicomError):
    """A DICOMDIR refers to a file outside its folder, or to one that is not there."""


for _kind in (
    DicomError, NotDicomError, DamagedError, LimitError, PixelDataError, CodecError,
    MissingCodecError, CharacterSetError, ValueFitError, FileReferenceError,
):  # fmt: skip
    _kind.__module__ = "scikit.dicom"

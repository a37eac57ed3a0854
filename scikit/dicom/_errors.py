"""The one exception of this subpackage."""


class DicomError(ValueError):
    """A DICOM file or data set is damaged, hostile, or of a kind that this library does not handle.

    Parameters
    ----------
    message : str
        What is wrong, in one line.
    offset : int, optional
        The byte at which it is wrong, counted from the start of the file (of the inflated data
        set, for the deflated transfer syntax).

    Attributes
    ----------
    offset : int or None
        As given.

    Examples
    --------
    >>> from scikit.dicom import DicomError
    >>> raise DicomError("the value is cut short", offset=132)
    Traceback (most recent call last):
    ...
    scikit.dicom.DicomError: the value is cut short (at byte 132)
    """

    def __init__(self, message, offset=None):
        self.offset = offset
        super().__init__(message if offset is None else f"{message} (at byte {offset})")


DicomError.__module__ = "scikit.dicom"

"""How much a file may ask for."""

import contextlib
import contextvars
import dataclasses

import scikit.dicom._parse_cy as _parse_cy
from scikit.dicom._errors import DicomError

_ALWAYS = 1 << 25


@dataclasses.dataclass(frozen=True)
class Limits:
    """What data may ask for before a `LimitError` is raised.

    Attributes
    ----------
    depth : int
        Levels of sequences inside sequences; at most 64.
    elements : int
        Elements of one data set, those of nested ones not counted.
    items : int
        Items of one sequence, or fragments of one image.
    value_bytes : int
        Bytes of one value that becomes a Python object.
    inflated_bytes : int
        Bytes that a deflated data set may inflate to ...
    inflated_ratio : float
        ... or this many times its deflated size, whichever is less; 32 MiB are always allowed
        within `inflated_bytes`.
    pixels : int
        Bytes of decoded pixels ...
    pixels_ratio : float
        ... or this many times their compressed size, whichever is less; 32 MiB are always allowed
        within `pixels`.

    Examples
    --------
    >>> from scikit.dicom import Limits
    >>> Limits().depth
    64
    """

    depth: int = 64
    elements: int = 100_000
    items: int = 10_000_000
    value_bytes: int = 1 << 32
    inflated_bytes: int = 1 << 32
    inflated_ratio: float = 16.0
    pixels: int = 1 << 34
    pixels_ratio: float = 10_000.0

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            whole = isinstance(value, int) and not isinstance(value, bool)
            if not whole and not (field.name.endswith("_ratio") and isinstance(value, float)):
                raise DicomError(f"`{field.name}` must be a number, not {type(value).__name__}")
            if not value >= 0:
                raise DicomError(f"`{field.name}` must not be negative, but is {value}")
        if self.depth > _parse_cy.MAX_DEPTH:
            raise DicomError(f"`depth` must be at most {_parse_cy.MAX_DEPTH}, but is {self.depth}")

    def inflated(self, deflated):
        """The most bytes that `deflated` bytes may inflate to."""
        return int(min(self.inflated_bytes, max(_ALWAYS, self.inflated_ratio * deflated)))

    def decoded(self, compressed):
        """The most bytes of pixels that `compressed` bytes may decode to."""
        return int(min(self.pixels, max(_ALWAYS, self.pixels_ratio * compressed)))


_DEFAULT = Limits()
_CURRENT: contextvars.ContextVar[Limits] = contextvars.ContextVar("limits", default=_DEFAULT)


def current():
    """The limits that are in force here."""
    return _CURRENT.get()


@contextlib.contextmanager
def limits(**changes):
    """Change what data may ask for, within a ``with`` block.

    Parameters
    ----------
    **changes : int
        Attributes of `Limits`; what is not named stays as it is around the block.

    Yields
    ------
    Limits
        What is in force in the block.

    Raises
    ------
    TypeError
        If there is no limit of a name.
    DicomError
        If a limit is no number, negative, or deeper than 64 levels.

    Notes
    -----
    The block counts for the thread or the asynchronous task that runs it, and for the worker
    threads that this subpackage starts from it. A data set that was read in the block keeps the
    limits for the sequences and values that are looked into later.

    Examples
    --------
    >>> from scikit.dicom import limits
    >>> with limits(pixels=1 << 30, inflated_ratio=1000) as here:
    ...     here.depth
    64
    """
    new = dataclasses.replace(current(), **changes)
    token = _CURRENT.set(new)
    try:
        yield new
    finally:
        _CURRENT.reset(token)

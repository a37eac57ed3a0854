"""Dates and times (DA, TM, DT; PS3.5 section 6.2) as those of Python's datetime module."""

import datetime
import re

from scikit.dicom._errors import ValueFitError

_DA = re.compile(r"(\d{4})(\d\d)(\d\d)|(\d{4})\.(\d\d)\.(\d\d)")
_TM = re.compile(r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6}))?)?)?")
_DT = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,6}))?)?)?)?)?)?([+-]\d{4})?"
)


def _parse(pattern, text, vr):
    match = pattern.fullmatch(str(text).strip(" \0"))
    if not match:
        raise ValueFitError(f"{text!r:.40} is no value of the value representation {vr}")
    return [part for part in match.groups() if part is not None], match


def _micro(digits):
    return int(digits.ljust(6, "0")) if digits else 0


def _made(make, text, vr):
    try:
        return make()
    except ValueError as error:
        raise ValueFitError(
            f"{text!r:.40} is no value of the value representation {vr}: {error}"
        ) from None


class DA(datetime.date):
    """A date (DA) as a `datetime.date` that keeps its text.

    Parameters
    ----------
    value : str or datetime.date
        ``YYYYMMDD``, or the old ``YYYY.MM.DD``.

    Attributes
    ----------
    original_string : str
        The text; also what ``str()`` gives.

    Examples
    --------
    >>> from scikit.dicom import DA
    >>> (DA("20240301") - DA("20240228")).days
    2
    """

    def __new__(cls, value):
        if isinstance(value, datetime.date):
            self = super().__new__(cls, value.year, value.month, value.day)
            self.original_string = self.strftime("%Y%m%d")
            return self
        parts, _ = _parse(_DA, value, "DA")
        self = _made(lambda: datetime.date.__new__(cls, *map(int, parts)), value, "DA")
        self.original_string = str(value)
        return self

    def __str__(self):
        return self.original_string

    def __reduce_ex__(self, protocol):
        return type(self), (self.original_string,)


class TM(datetime.time):
    """A time of day (TM) as a `datetime.time` that keeps its text.

    Parameters
    ----------
    value : str or datetime.time
        ``HH``, ``HHMM``, ``HHMMSS`` or ``HHMMSS.F`` with up to six decimals; colons are accepted.

    Attributes
    ----------
    original_string : str
        The text; also what ``str()`` gives.

    Notes
    -----
    A leap second (60) becomes the 59th: datetime has none.

    Examples
    --------
    >>> from scikit.dicom import TM
    >>> TM("1530").hour, TM("153000.25").microsecond
    (15, 250000)
    """

    def __new__(cls, value):
        if isinstance(value, datetime.time):
            made = super().__new__(cls, value.hour, value.minute, value.second, value.microsecond)
            text = made.strftime("%H%M%S")
            made.original_string = f"{text}.{value.microsecond:06d}" if value.microsecond else text
            return made
        _, match = _parse(_TM, value, "TM")
        hour, minute, second, micro = match.groups()
        numbers = (int(hour), int(minute or 0), min(int(second or 0), _leap(second)), _micro(micro))
        self = _made(lambda: datetime.time.__new__(cls, *numbers), value, "TM")
        self.original_string = str(value)
        return self

    def __str__(self):
        return self.original_string

    def __reduce_ex__(self, protocol):
        return type(self), (self.original_string,)


def _leap(second):
    return 59 if second == "60" else 99


class DT(datetime.datetime):
    """A date and time (DT) as a `datetime.datetime` that keeps its text.

    Parameters
    ----------
    value : str or datetime.datetime
        ``YYYYMMDDHHMMSS.FFFFFF+ZZXX``; all behind the year may be absent.

    Attributes
    ----------
    original_string : str
        The text; also what ``str()`` gives.

    Examples
    --------
    >>> from scikit.dicom import DT
    >>> DT("20240301153000+0100").utcoffset().total_seconds()
    3600.0
    """

    def __new__(cls, value, *rest, **options):
        if not isinstance(value, (str, datetime.datetime)):  # datetime's own arithmetic
            self = super().__new__(cls, value, *rest, **options)
            self.original_string = _text(self)
            return self
        if isinstance(value, datetime.datetime):
            numbers = value.timetuple()[:6]
            self = super().__new__(cls, *numbers, value.microsecond, value.tzinfo)
            self.original_string = _text(self)
            return self
        _, match = _parse(_DT, value, "DT")
        year, month, day, hour, minute, second, micro, offset = match.groups()
        numbers = [int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0)]
        numbers += [min(int(second or 0), _leap(second)), _micro(micro)]
        self = _made(lambda: datetime.datetime.__new__(cls, *numbers, _zone(offset)), value, "DT")
        self.original_string = value
        return self

    def __str__(self):
        return self.original_string

    def __reduce_ex__(self, protocol):
        return type(self), (self.original_string,)


def _zone(offset):
    if not offset:
        return None
    minutes = int(offset[1:3]) * 60 + int(offset[3:])
    return datetime.timezone(datetime.timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def _text(moment):
    text = moment.strftime("%Y%m%d%H%M%S")
    if moment.microsecond:
        text += f".{moment.microsecond:06d}"
    return text + (moment.strftime("%z")[:5] if moment.tzinfo else "")


KINDS = {"DA": DA, "TM": TM, "DT": DT}

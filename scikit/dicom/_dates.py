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


class _Text:
    """Mixin: the text that a value was made from, or one of its own."""

    @property
    def original_string(self):
        """The text; also what ``str()`` gives."""
        return self.__dict__.get("_text") or self._plain()

    def __str__(self):
        return self.original_string

    def __reduce_ex__(self, protocol):
        return type(self), (self.original_string,)


class DA(_Text, datetime.date):
    """A date (DA) as a `datetime.date` that keeps its text.

    Parameters
    ----------
    value : str or datetime.date
        ``YYYYMMDD``, or the old ``YYYY.MM.DD``.

    Examples
    --------
    >>> from scikit.dicom import DA
    >>> (DA("20240301") - DA("20240228")).days
    2
    """

    def __new__(cls, value, *rest):
        if isinstance(value, (int, datetime.date)):  # numbers come from datetime's own arithmetic
            numbers = (value, *rest) if isinstance(value, int) else value.timetuple()[:3]
            return super().__new__(cls, *numbers)
        parts, _ = _parse(_DA, value, "DA")
        self = _made(lambda: datetime.date.__new__(cls, *map(int, parts)), value, "DA")
        self._text = str(value)
        return self

    def _plain(self):
        return self.strftime("%Y%m%d")


class TM(_Text, datetime.time):
    """A time of day (TM) as a `datetime.time` that keeps its text.

    Parameters
    ----------
    value : str or datetime.time
        ``HH``, ``HHMM``, ``HHMMSS`` or ``HHMMSS.F`` with up to six decimals; colons are accepted.

    Notes
    -----
    A leap second (60) becomes the 59th: datetime has none.

    Examples
    --------
    >>> from scikit.dicom import TM
    >>> TM("1530").hour, TM("153000.25").microsecond
    (15, 250000)
    """

    def __new__(cls, value, *rest, **options):
        if isinstance(value, (int, datetime.time)):
            numbers = (value, *rest)
            if isinstance(value, datetime.time):
                numbers = (value.hour, value.minute, value.second, value.microsecond)
            return super().__new__(cls, *numbers, **options)
        _, match = _parse(_TM, value, "TM")
        hour, minute, second, micro = match.groups()
        numbers = (int(hour), int(minute or 0), min(int(second or 0), _leap(second)), _micro(micro))
        self = _made(lambda: datetime.time.__new__(cls, *numbers), value, "TM")
        self._text = str(value)
        return self

    def _plain(self):
        text = self.strftime("%H%M%S")
        return f"{text}.{self.microsecond:06d}" if self.microsecond else text


def _leap(second):
    return 59 if second == "60" else 99


class DT(_Text, datetime.datetime):
    """A date and time (DT) as a `datetime.datetime` that keeps its text.

    Parameters
    ----------
    value : str or datetime.datetime
        ``YYYYMMDDHHMMSS.FFFFFF+ZZXX``; all behind the year may be absent.

    Examples
    --------
    >>> from scikit.dicom import DT
    >>> DT("20240301153000+0100").utcoffset().total_seconds()
    3600.0
    """

    def __new__(cls, value, *rest, **options):
        if not isinstance(value, (str, datetime.datetime)):  # datetime's own arithmetic
            return super().__new__(cls, value, *rest, **options)
        if isinstance(value, datetime.datetime):
            numbers = value.timetuple()[:6]
            return super().__new__(cls, *numbers, value.microsecond, value.tzinfo)
        _, match = _parse(_DT, value, "DT")
        year, month, day, hour, minute, second, micro, offset = match.groups()
        numbers = [int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0)]
        numbers += [min(int(second or 0), _leap(second)), _micro(micro)]
        self = _made(lambda: datetime.datetime.__new__(cls, *numbers, _zone(offset)), value, "DT")
        self._text = value
        return self

    def _plain(self):
        text = self.strftime("%Y%m%d%H%M%S")
        if self.microsecond:
            text += f".{self.microsecond:06d}"
        return text + (self.strftime("%z")[:5] if self.tzinfo else "")


def _zone(offset):
    if not offset:
        return None
    minutes = int(offset[1:3]) * 60 + int(offset[3:])
    return datetime.timezone(datetime.timedelta(minutes=-minutes if offset[0] == "-" else minutes))


KINDS = {"DA": DA, "TM": TM, "DT": DT}

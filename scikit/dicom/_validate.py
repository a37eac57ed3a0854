"""What text fits each value representation (PS3.5 table 6.2-1)."""

import re

_LENGTH = {"AE": 16, "CS": 16, "LO": 64, "LT": 10240, "SH": 16, "ST": 1024, "UI": 64, "DS": 16,
           "IS": 12}  # fmt: skip
_FORM = {
    "AS": re.compile(r"\d{3}[DWMY]"),
    "CS": re.compile(r"[A-Z0-9 _]*"),
    "DA": re.compile(r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"),
    "DS": re.compile(r" *[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)? *"),
    "DT": re.compile(
        r"\d{4}((0[1-9]|1[0-2])((0[1-9]|[12]\d|3[01])(([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)"
        r"(\.\d{1,6})?)?)?)?)?)?([+-][01]\d[0-5]\d)? *"
    ),
    "IS": re.compile(r" *[+-]?\d+ *"),
    "TM": re.compile(r"([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)(\.\d{1,6})?)?)? *"),
    "UI": re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))*"),
    "UR": re.compile(r"[^ \\].*"),
}
# Dates and times in queries are ranges, with wildcards.
_RANGED = frozenset(("DA", "TM", "DT"))


def fault(vr, value):
    """What is wrong with a value, or None.

    Parameters
    ----------
    vr : str
        Value representation.
    value : object
        The value, or a list of them; values that are no text are taken to fit.
    """
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, str) and not hasattr(one, "original_string"):
            continue
        text = str(one)
        wrong = _fault(vr, text) if text else None
        if wrong:
            return wrong
    return None


def _fault(vr, text):
    if vr == "PN":
        groups = text.split("=")
        if len(groups) > 3:
            return "more than three representations of a name"
        long = max(map(len, groups))
        return f"{long} characters; 64 are allowed" if long > 64 else None
    if len(text) > _LENGTH.get(vr, len(text)):
        return f"{len(text)} characters; {_LENGTH[vr]} are allowed"
    form = _FORM.get(vr)
    parts = text.split("-") if vr in _RANGED and text != "-" else [text]
    if len(parts) == 2 and all(not part or form.fullmatch(part) for part in parts):
        return None
    if form is not None and not form.fullmatch(text):
        return "the text is not of its form"
    if vr == "IS" and not -(2**31) <= int(text) < 2**31:
        return "it needs more than 32 bits"
    return None

"""Specific Character Set (0008,0005): between bytes and text.

PS3.3 section C.12.1.1.2 and PS3.5 section 6.1.

A data set names one character set, or several that escape sequences switch between (ISO 2022 code
extension). Each has a Python codec; an encoding here is the tuple of codecs, the first one being
in force at the start of a value and after each delimiter.
"""

import codecs
import functools
import re
import warnings

from scikit.dicom._errors import CharacterSetError

#: What text without a character set is read as: latin-1, as most writers mean it.
DEFAULT = ("latin_1",)

_SINGLE = {
    6: "latin_1", 13: "shift_jis", 100: "latin_1", 101: "iso8859_2", 109: "iso8859_3",
    110: "iso8859_4", 126: "iso8859_7", 127: "iso8859_6", 138: "iso8859_8", 144: "iso8859_5",
    148: "iso8859_9",
    166: "iso8859_11", 203: "iso8859_15",
}  # fmt: skip
_EXTENDED = {87: "iso2022_jp", 149: "euc_kr", 159: "iso2022_jp_2", 58: "gb2312"}
_ALONE = {"ISO_IR 192": "utf_8", "GB18030": "gb18030", "GBK": "gbk"}
_ALSO = {"ISO 2022 GBK": "gbk", "ISO 2022 58": "gb2312"}

_ESCAPES = {  # PS3.3 tables C.12-3 and C.12-4
    b"\x1b(B": "latin_1", b"\x1b-A": "latin_1", b"\x1b)I": "shift_jis", b"\x1b(J": "shift_jis",
    b"\x1b$B": "iso2022_jp", b"\x1b-B": "iso8859_2", b"\x1b-C": "iso8859_3", b"\x1b-D": "iso8859_4",
    b"\x1b-F": "iso8859_7", b"\x1b-G": "iso8859_6", b"\x1b-H": "iso8859_8", b"\x1b-L": "iso8859_5",
    b"\x1b-M": "iso8859_9", b"\x1b-T": "iso8859_11", b"\x1b-b": "iso8859_15", b"\x1b$)C": "euc_kr",
    b"\x1b$(D": "iso2022_jp_2", b"\x1b$)A": "gb2312",
}  # fmt: skip
_INTRODUCE = {
    codec: escape for escape, codec in _ESCAPES.items() if escape not in (b"\x1b(J", b"\x1b(B")
}
_INTRODUCE["latin_1"] = b"\x1b-A"
# Names of Python's codecs that are taken as they stand; others do more than to map characters.
_PLAIN_CODEC = re.compile(r"cp\d+|iso8859-\d+|utf-8|ascii|gb\w+|big5\w*|euc_\w+|shift_jis|koi8-\w")
_STATEFUL = ("iso2022_jp", "iso2022_jp_2")  # these codecs know the escape sequences themselves
_OF_STATEFUL = {"iso2022_jp": b"\x1b$B", "iso2022_jp_2": b"\x1b$(D"}
_RESETS = frozenset(b"\r\n\t\f")


@functools.lru_cache(256)
def _codec(term):
    """The codec of one value of Specific Character Set, or None."""
    term = term.strip()
    if not term:
        return "latin_1"
    if term in _ALONE or term in _ALSO:
        return _ALONE.get(term) or _ALSO.get(term)
    # Writers misspell: "ISO-IR 100", "ISO IR 100", "ISO2022 IR 87", "ISO 2022-IR-87".
    plain = re.fullmatch(r"ISO.IR.?(\d+)", term)
    extended = re.fullmatch(r"ISO.?2022.IR.?(\d+)", term)
    if plain:
        number = int(plain[1])
        return "utf_8" if number == 192 else _SINGLE.get(number)
    if extended:
        return _SINGLE.get(int(extended[1])) or _EXTENDED.get(int(extended[1]))
    try:
        name = codecs.lookup(term).name
    except (LookupError, ValueError):
        return None
    return name if _PLAIN_CODEC.fullmatch(name) else None


def encodings(*terms):
    """The codecs of the values of Specific Character Set.

    Parameters
    ----------
    *terms : str
        The element's values; none or an empty one means the default. An unknown one gives a
        warning, and counts as latin-1.

    Returns
    -------
    tuple of str
        At least one codec.
    """
    found, unknown = _encodings(terms)
    for term in unknown:
        warnings.warn(f"unknown Specific Character Set {term!r}: read as latin-1", stacklevel=3)
    return found


@functools.lru_cache(256)
def _encodings(terms):
    """(codecs, unknown terms)."""
    found, unknown = [], []
    for position, term in enumerate(terms or ("",)):
        codec = _codec(term)
        if codec is None:
            unknown.append(term)
            codec = "latin_1"
        alone = term.strip() in _ALONE
        if position and alone:
            continue  # cannot be switched to
        found.append(codec)
        if alone:
            break  # cannot be switched from
    return tuple(found), tuple(unknown)


def decode(value, codecs_):
    """Text of the bytes `value`; what cannot be decoded becomes U+FFFD."""
    if b"\x1b" not in value:
        return value.decode(codecs_[0], "replace")
    return "".join(
        _decode_part(part, codecs_) for part in re.findall(rb"^[^\x1b]+|\x1b[^\x1b]*", value)
    )


def _decode_part(part, codecs_):
    """Text of a run that begins with an escape sequence, or of the run before the first one."""
    if not part.startswith(b"\x1b"):
        return part.decode(codecs_[0], "replace")
    length = 4 if part[:3] in (b"\x1b$(", b"\x1b$)") else 3
    if part in _ESCAPES:  # nothing between two escape sequences
        return "" if _ESCAPES[part] in codecs_ or part == b"\x1b(B" else part.decode(codecs_[0])
    codec = _ESCAPES.get(part[:length])
    if codec is None or (codec not in codecs_ and part[:length] != b"\x1b(B"):
        return part.decode(codecs_[0], "replace")
    if codec in _STATEFUL:
        try:
            return part.decode(codec)
        except UnicodeDecodeError:
            return part.decode(codecs_[0], "replace")
    body = part[length:]
    stop = next((i for i, byte in enumerate(body) if byte in _RESETS), len(body))
    return body[:stop].decode(codec, "replace") + body[stop:].decode(codecs_[0], "replace")


def encode(text, codecs_, delimiters="\\\r\n\t\f"):
    """Bytes of `text`, with escape sequences where the first codec does not suffice.

    Raises
    ------
    CharacterSetError
        If a character is in none of the character sets.
    """
    if codecs_[0] in _STATEFUL:  # ASCII is in force before the first escape sequence
        codecs_ = ("ascii", *codecs_)
    try:
        return text.encode(codecs_[0])
    except UnicodeEncodeError:
        if len(codecs_) == 1:
            raise CharacterSetError(_cannot(text, codecs_)) from None
    # Each delimiter resets to the first codec, but not every reader does that: once another set was
    # switched to, the first one is switched back to explicitly.
    out, switched = [], False
    for piece in re.split(f"([{re.escape(delimiters)}])", text):
        position = 0
        while position < len(piece):
            codec, stop = _longest(piece, position, codecs_)
            if codec is None:
                raise CharacterSetError(_cannot(piece, codecs_))
            out.append(_chunk(piece[position:stop], codec, codec == codecs_[0] and not switched))
            switched |= codec != codecs_[0]
            position = stop
    return b"".join(out)


def _cannot(text, codecs_):
    return f"the text {text[:40]!r} does not fit the Specific Character Set ({', '.join(codecs_)})"


def _has(codec, character):
    """Is a character in the one set of a codec that a data set names?"""
    try:
        data = character.encode(codec)
    except UnicodeEncodeError:
        return False
    # Python's codecs of this kind switch to further sets, which the data set does not name.
    return codec not in _STATEFUL or data.startswith(_OF_STATEFUL[codec]) or character.isascii()


def _longest(piece, start, codecs_):
    """The codec that encodes most of piece[start:], and where that ends."""
    best, best_stop = None, start
    for codec in codecs_:
        stop = start
        while stop < len(piece) and _has(codec, piece[stop]):
            stop += 1
        if stop > best_stop:
            best, best_stop = codec, stop
    return best, best_stop


def _chunk(text, codec, in_force):
    """A run of characters of one codec, with its escape sequence unless it is `in_force`."""
    # ASCII is in force beside each of the sets that switch the upper half of the code table.
    if in_force or codec in _STATEFUL or text.isascii():
        return text.encode(codec)
    if codec == "shift_jis":
        body = text.encode(codec)
        return (b"\x1b)I" if body[0] >= 0x80 else b"\x1b(J") + body
    return _INTRODUCE[codec] + text.encode(codec)

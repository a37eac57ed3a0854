"""New unique identifiers (PS3.5 section 9 and annex B)."""

import hashlib
import re
import uuid

from scikit.dicom._errors import ValueFitError
from scikit.dicom._types import UID

_PREFIX = re.compile(r"(?:(?:0|[1-9]\d*)\.)+")


def generate_uid(prefix=None, entropy_srcs=None):
    """A new unique identifier.

    Parameters
    ----------
    prefix : str, optional
        Root of an organisation, with a dot at its end, at most 54 characters. Without one the UID
        is made of a UUID (``2.25.``).
    entropy_srcs : sequence of str, optional
        Texts that the UID is made from: the same ones give the same UID. Otherwise it is random.

    Returns
    -------
    UID
        Of at most 64 characters.

    Raises
    ------
    ValueFitError
        If the prefix is no root.

    Notes
    -----
    Texts are hashed by SHA-512; a short list of possible texts can be tried out by anybody, so
    that such a UID hides nothing.

    Examples
    --------
    >>> from scikit.dicom import generate_uid
    >>> generate_uid(entropy_srcs=["a", "b"]) == generate_uid(entropy_srcs=["a", "b"])
    True
    >>> generate_uid("1.2.3.").startswith("1.2.3.")
    True
    """
    if prefix is not None and (
        not isinstance(prefix, str) or len(prefix) > 54 or not _PREFIX.fullmatch(prefix)
    ):
        raise ValueFitError(
            f"`prefix` must be numbers with a dot behind each, at most 54 characters: {prefix!r}"
        )
    if entropy_srcs is None:
        number = uuid.uuid4().int
    else:
        texts = "".join(f"{len(text)}:{text}" for text in map(str, entropy_srcs))
        digest = hashlib.sha512(texts.encode("utf-8", "surrogatepass")).digest()
        # RFC 9562 section 5.8: version 8 is for UUIDs of one's own making.
        number = uuid.UUID(bytes=digest[:16], version=4).int & ~(0xF << 76) | 8 << 76
    if prefix is None:
        return UID(f"2.25.{number}")
    room = 64 - len(prefix)
    text = str(number)
    return UID(prefix + (text if len(text) <= room else text[-room:].lstrip("0") or "0"))

"""Questions to the data dictionary."""

from scikit.dicom import _dictionary
from scikit.dicom._element import Tag, to_tag


def _entry(tag):
    found = _dictionary.entry(to_tag(tag))
    if found is None:
        raise KeyError(f"the data dictionary has no element {Tag(to_tag(tag))}")
    return found


def tag_for_keyword(keyword):
    """The tag of a keyword of the data dictionary.

    Parameters
    ----------
    keyword : str
        As in PS3.6.

    Returns
    -------
    Tag or None
        None if there is no such keyword.

    Examples
    --------
    >>> from scikit.dicom import tag_for_keyword
    >>> tag_for_keyword("PatientName")
    (0010,0010)
    """
    tag = _dictionary.tag_of(keyword)
    return None if tag is None else Tag(tag)


def keyword_for_tag(tag):
    """The keyword of a tag of the data dictionary.

    Parameters
    ----------
    tag : int or (int, int)
        The tag; repeating groups (overlays, curves) are known.

    Returns
    -------
    str
        Empty if the dictionary has no such tag.

    Examples
    --------
    >>> from scikit.dicom import keyword_for_tag
    >>> keyword_for_tag(0x60023000)
    'OverlayData'
    """
    found = _dictionary.entry(to_tag(tag))
    return found.keyword if found else ""


def dictionary_has_tag(tag):
    """Tell whether the data dictionary has an element.

    Parameters
    ----------
    tag : int, (int, int) or str
        Tag or keyword.

    Returns
    -------
    bool
        True if it does.

    Examples
    --------
    >>> from scikit.dicom import dictionary_has_tag
    >>> dictionary_has_tag(0x00100010), dictionary_has_tag(0x00100011)
    (True, False)
    """
    try:
        return _dictionary.entry(to_tag(tag)) is not None
    except KeyError:
        return False


_DOC = """{summary}

    Parameters
    ----------
    tag : int, (int, int) or str
        Tag or keyword.

    Returns
    -------
    {kind}
        {returns}

    Raises
    ------
    KeyError
        If the dictionary has no such element.

    Examples
    --------
    >>> from scikit.dicom import {name}
    >>> {name}({example})
    {answer}
    """


def _column(name, field, summary, returns, example, answer, kind="str"):
    """A function that gives one column of the dictionary."""

    def lookup(tag):
        return getattr(_entry(tag), field)

    lookup.__name__ = lookup.__qualname__ = name
    lookup.__doc__ = _DOC.format(
        name=name, summary=summary, kind=kind, returns=returns, example=example, answer=answer
    )
    return lookup


dictionary_VR = _column(
    "dictionary_VR", "VR", "The value representation of an element of the data dictionary.",
    'Two letters, or such as ``"US or SS"``.', '"PixelSpacing"', "'DS'",
)  # fmt: skip
dictionary_VM = _column(
    "dictionary_VM", "VM", "The value multiplicity of an element of the data dictionary.",
    'A number, or such as ``"1-n"``.', '"ImageType"', "'2-n'",
)  # fmt: skip
dictionary_keyword = _column(
    "dictionary_keyword", "keyword",
    "The keyword of an element of the data dictionary; see `keyword_for_tag`.",
    "The keyword.", "0x00280030", "'PixelSpacing'",
)  # fmt: skip
dictionary_description = _column(
    "dictionary_description", "name", "The name of an element of the data dictionary.",
    "As in PS3.6.", '"PatientName"', '"Patient\'s Name"',
)  # fmt: skip
dictionary_is_retired = _column(
    "dictionary_is_retired", "retired", "Tell whether the standard has retired an element.",
    "True if it has.", '"CurveDate"', "True", kind="bool",
)  # fmt: skip


def private_dictionary_VR(tag, private_creator):
    """The value representation that a manufacturer's documentation gives a private element.

    Parameters
    ----------
    tag : int, (int, int) or str
        The tag; its block number does not count.
    private_creator : str
        The block's private creator.

    Returns
    -------
    str
        Two letters.

    Raises
    ------
    KeyError
        If the dictionary has no such element.

    Examples
    --------
    >>> from scikit.dicom import private_dictionary_VR
    >>> private_dictionary_VR((0x0029, 0x1010), "SIEMENS CSA HEADER")
    'OB'
    """
    found = _dictionary.private_vr(to_tag(tag), private_creator)
    if found is None:
        raise KeyError(f"no element {Tag(to_tag(tag))} of {private_creator!r} is known")
    return found

"""The data dictionary of the standard (PS3.6), read from its table when first needed."""

import functools
import pathlib
import typing

_HERE = pathlib.Path(__file__).parent


class Entry(typing.NamedTuple):
    """One row of the data dictionary."""

    VR: str
    VM: str
    keyword: str
    name: str
    retired: bool


def _rows(file):
    with open(_HERE / file, encoding="utf-8") as lines:
        next(lines)  # the edition
        yield from lines


@functools.cache
def _tables():
    """(tag -> entry, keyword -> tag, masks of repeating groups)."""
    entries, keywords, masks = {}, {}, []
    for line in _rows("_elements.tsv"):
        key, vr, vm, keyword, name, retired = [*line.rstrip("\n").split("\t"), "", "", ""][:6]
        entry = Entry(vr, vm, keyword, name, retired == "R")
        if "x" in key:
            fixed = int(key.replace("x", "0"), 16)
            mask = int("".join("0" if c == "x" else "F" for c in key), 16)
            masks.append((mask, fixed, entry))
        else:
            entries[tag := int(key, 16)] = entry
            if keyword:
                keywords[keyword] = tag
    return entries, keywords, masks


#: keyword -> tag, once `tag_of` has been asked for the first time.
TAGS: dict[str, int] = {}


@functools.lru_cache(4096)
def entry(tag):
    """The dictionary's entry of a tag, or None; repeating groups (50xx, 60xx) included."""
    entries, _, masks = _tables()
    found = entries.get(tag)
    if found is None and not tag >> 16 & 1:
        for mask, fixed, row in masks:
            if tag & mask == fixed:
                return row
    return found


def tag_of(keyword):
    """The tag of a keyword, or None."""
    if not TAGS:
        TAGS.update(_tables()[1])
    return TAGS.get(keyword)


def keywords():
    """All keywords."""
    return _tables()[1].keys()


@functools.cache
def _private():
    """creator -> {key: VR}; a key has xx where the block number stands."""
    table, current = {}, {}
    for line in _rows("_private.tsv"):
        line = line.rstrip("\n")
        if line.startswith("#"):
            current = table.setdefault(line[1:], {})
        else:
            key, vr = line.split("\t")
            current[key] = vr
    return table


def private_vr(tag, creator):
    """The value representation that a manufacturer gives a private element, or None."""
    table = _private().get(creator)
    if not table:
        return None
    group, element = f"{tag >> 16:04X}", f"{tag & 0xFFFF:04X}"
    for key in (group + element, f"{group}xx{element[2:]}", f"{group[:2]}xxxx{element[2:]}"):
        if key in table:
            return table[key]
    return None


@functools.cache
def uids():
    """UID -> (name, type, keyword, is it retired?) (PS3.6 annex A)."""
    table = {}
    for line in _rows("_uids.tsv"):
        value, name, kind, keyword, retired = [*line.rstrip("\n").split("\t"), "", "", ""][:5]
        table[value] = (name, kind, keyword, retired == "R")
    return table

"""Write the tables of facts that scikit.dicom looks tags and UIDs up in, and a report of the
cross-check: make_dicom_dictionary.py FOLDER [--dcmtk FOLDER] [--report FILE].

The facts (tag, value representation, multiplicity, keyword, name, whether retired) are those of
the DICOM standard's data dictionary, PS3.6 chapters 6 to 8, and of PS3.6 annex A (UIDs); the
private elements are those that manufacturers' conformance statements publish. They are taken from
the tables that the installed pydicom ships and, for rows of the standard that it does not have,
from the data file of an installed DCMTK (dicom.dic, private.dic; Debian's libdcmtk17). Where both
have a row they are compared, and every difference is in the report.
"""

import argparse
import pathlib
import re

import pydicom
from pydicom import _dicom_dict, _private_dict, _uid_dict

#: What DCMTK calls value representations that the standard leaves open, or names otherwise.
OPEN = {
    "ox": {"OB or OW"}, "px": {"OB or OW"}, "xs": {"US or SS"}, "up": {"UL"}, "na": {"NONE"},
    "lt": {"US or OW", "US or SS or OW"},
}  # fmt: skip
ORIGINS = ("DICOM", "DICOM/retired", "DICOM/DICONDE", "DICOM/DICOS")


def row(key, entry):
    vr, vm, name, retired, keyword = entry
    return "\t".join([key, vr, vm, keyword, name, "R" if retired else ""]).rstrip() + "\n"


def pydicoms():
    """{key of eight hexadecimal digits or x: (VR, VM, name, retired, keyword)}."""
    table = {f"{tag:08X}": entry for tag, entry in _dicom_dict.DicomDictionary.items()}
    return table | dict(_dicom_dict.RepeatersDictionary)


def dcmtks(folder):
    """The same of DCMTK's file, names made from the keywords."""
    table = {}
    for line in (folder / "dicom.dic").read_text("latin_1").splitlines():
        fields = line.split("\t")
        if line.startswith("#") or len(fields) < 5 or fields[4] not in ORIGINS:
            continue
        tag, vr, keyword, vm, origin = fields[:5]
        found = re.fullmatch(
            r"\(([0-9A-Fa-f]{4})(-[ou]?-?[0-9A-Fa-f]{4})?,([0-9A-Fa-f]{4})(-[ou]?-?[0-9A-Fa-f]{4})?\)",
            tag,
        )
        group, groups, element, several = found.groups()
        key = (group[:2] + "xx" if groups else group) + (element[:2] + "xx" if several else element)
        retired = origin == "DICOM/retired"
        keyword = keyword.removeprefix("RETIRED_")
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", keyword)
        key = "".join(c if c == "x" else c.upper() for c in key)
        table[key] = (vr, vm, name, "Retired" if retired else "", keyword)
    return table


def merged(first, second):
    """The first table with the rows that only the second has, where their VR is settled."""
    masks = [re.compile(key.replace("x", ".")) for key in first if "x" in key]
    more = {
        key: entry
        for key, entry in second.items()
        if key not in first
        and entry[0] == entry[0].upper()
        and not any(mask.fullmatch(key) for mask in masks)
    }
    return first | more, more


def differences(first, second):
    """(what, key, first's, second's) where both tables have a row."""
    for key in sorted(first.keys() & second.keys()):
        a, b = first[key], second[key]
        if a[0] not in OPEN.get(b[0], {b[0]}):
            yield "VR", key, a[0], b[0]
        if a[1] != b[1]:
            yield "VM", key, a[1], b[1]
        if a[4] != b[4]:
            yield "keyword", key, a[4], b[4]
        if bool(a[3]) != bool(b[3]):
            yield "retired", key, a[3] or "-", b[3] or "-"


def elements(table):
    """Lines of the table of elements: tags first, then repeating groups."""
    for key in sorted(table, key=lambda key: ("x" in key, key)):
        yield row(key, table[key])


def uids():
    for value, (name, kind, _, retired, keyword) in sorted(_uid_dict.UID_dictionary.items()):
        yield "\t".join([value, name, kind, keyword, "R" if retired else ""]).rstrip() + "\n"


def private():
    for creator, table in sorted(_private_dict.private_dictionaries.items()):
        yield f"#{creator}\n"
        for mask, (vr, *_) in sorted(table.items()):
            yield f"{mask}\t{vr}\n"


def private_differences(folder):
    """(rows of DCMTK's private dictionary, rows that both have, differing VRs)."""
    total, common, differing = 0, 0, []
    for line in (folder / "private.dic").read_text("latin_1").splitlines():
        found = re.match(r'\(([0-9A-Fa-f]{4}),"(.+)",([0-9A-Fa-f]{2})\)\t(\w\w)\t', line)
        if not found:
            continue
        total += 1
        group, creator, element, vr = found.groups()
        theirs = _private_dict.private_dictionaries.get(creator, {})
        entry = theirs.get(f"{group.upper()}xx{element.upper()}")
        if entry is None:
            continue
        common += 1
        if entry[0] not in OPEN.get(vr, {vr}):
            differing.append((creator, f"({group.upper()},xx{element.upper()})", entry[0], vr))
    return total, common, differing


def report(first, second, more, folder):
    """The cross-check as a page."""
    found = list(differences(first, second))
    total, common, private_found = private_differences(folder)
    edition = f"pydicom {pydicom.__version__}"
    yield "# Where the data dictionary comes from\n\n"
    yield "Written by `tools/make_dicom_dictionary.py`; do not edit.\n\n"
    yield f"The rows are those of {edition} ({len(first)} elements) and, where only it has them, of "
    yield f"DCMTK's `dicom.dic` ({len(second)} elements, `{folder.name}`). "
    yield f"Both have {len(first.keys() & second.keys())}; {edition} alone has "
    yield f"{len(first.keys() - second.keys())}, mostly of newer editions of the standard.\n\n"
    yield "## Rows that only DCMTK has\n\n| tag | VR | VM | keyword |\n| --- | --- | --- | --- |\n"
    yield from (f"| {k} | {e[0]} | {e[1]} | {e[4]} |\n" for k, e in sorted(more.items()))
    yield "\n## Rows that differ\n\nThe first column of values is the one that is used.\n\n"
    yield f"| what | tag | {edition} | DCMTK |\n| --- | --- | --- | --- |\n"
    yield from (f"| {what} | {key} | {a} | {b} |\n" for what, key, a, b in found)
    yield "\n## Private elements\n\n"
    yield f"{edition} has {sum(map(len, _private_dict.private_dictionaries.values()))} elements of "
    yield f"{len(_private_dict.private_dictionaries)} creators, DCMTK {total}; {common} are in "
    yield f"both, and {len(private_found)} of them differ in VR:\n\n"
    yield f"| creator | tag | {edition} | DCMTK |\n| --- | --- | --- | --- |\n"
    yield from (f"| {c} | {t} | {a} | {b} |\n" for c, t, a, b in private_found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--dcmtk", type=pathlib.Path, default=pathlib.Path("/usr/share/libdcmtk17"))
    parser.add_argument("--report", type=pathlib.Path)
    args = parser.parse_args()
    first, second = pydicoms(), dcmtks(args.dcmtk)
    table, more = merged(first, second)
    source = f"pydicom {pydicom.__version__} and DCMTK; tools/make_dicom_dictionary.py"
    edition = f"! DICOM data dictionary as in {source}\n"
    for name, rows in (("elements", elements(table)), ("uids", uids()), ("private", private())):
        (args.folder / f"_{name}.tsv").write_text(edition + "".join(rows), encoding="utf-8")
    if args.report:
        args.report.write_text("".join(report(first, second, more, args.dcmtk)), encoding="utf-8")


if __name__ == "__main__":
    main()

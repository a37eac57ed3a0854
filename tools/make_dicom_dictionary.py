"""Write the tables of facts that scikit.dicom looks tags and UIDs up in: make_dicom_dictionary.py
FOLDER.

The facts (tag, value representation, multiplicity, keyword, name, whether retired) are those of
the DICOM standard's data dictionary, PS3.6 chapters 6 to 8, and of PS3.6 annex A (UIDs); the
private elements are those that manufacturers' conformance statements publish. They are taken from
the tables that the installed pydicom ships, whose edition of the standard is written into the
first line.
"""

import pathlib
import sys

import pydicom
from pydicom import _dicom_dict, _private_dict, _uid_dict


def row(key, entry):
    vr, vm, name, retired, keyword = entry
    return "\t".join([key, vr, vm, keyword, name, "R" if retired else ""]).rstrip() + "\n"


def elements():
    plain = sorted(_dicom_dict.DicomDictionary.items())
    masked = sorted(_dicom_dict.RepeatersDictionary.items())
    for tag, entry in plain:
        yield row(f"{tag:08X}", entry)
    for mask, entry in masked:
        yield row(mask, entry)


def uids():
    for value, (name, kind, _, _, keyword) in sorted(_uid_dict.UID_dictionary.items()):
        yield "\t".join([value, name, kind, keyword]).rstrip() + "\n"


def private():
    for creator, table in sorted(_private_dict.private_dictionaries.items()):
        yield f"#{creator}\n"
        for mask, (vr, *_) in sorted(table.items()):
            yield f"{mask}\t{vr}\n"


def main(folder):
    folder = pathlib.Path(folder)
    source = f"pydicom {pydicom.__version__}; tools/make_dicom_dictionary.py"
    edition = f"! DICOM data dictionary as in {source}\n"
    for name, rows in (("elements", elements), ("uids", uids), ("private", private)):
        (folder / f"_{name}.tsv").write_text(edition + "".join(rows()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

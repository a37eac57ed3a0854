"""Write the table of facts that scikit.dicom de-identifies by: make_deidentify_table.py OUT
--json FILE --rules FILE.

The facts (tag, action of the basic profile, actions of the options) are those of the DICOM
standard's table E.1-1, PS3.15 annex E. Two extractions of that table are read and compared: the
JSON file confidentiality_profile_attributes.json of the wheel ``dicom-standard`` 0.1.0 (edition of
2020), and the rules of the wheel ``idiscore`` 1.2.0 (its module _public_dicom.py; edition of
September 2024). The newer one counts where both have a row; rows that only the older one has are
of retired elements and are kept. What differs is printed.
"""

import argparse
import ast
import json
import pathlib
import re

#: Columns behind tag and basic profile: our name, the JSON's, the code of CID 7050.
OPTIONS = [
    ("safe_private", "rtnSafePrivOpt", "113111"),
    ("uids", "rtnUIDsOpt", "113110"),
    ("device", "rtnDevIdOpt", "113109"),
    ("institution", "rtnInstIdOpt", "113112"),
    ("patient", "rtnPatCharsOpt", "113108"),
    ("full_dates", "rtnLongFullDatesOpt", "113106"),
    ("modified_dates", "rtnLongModifDatesOpt", "113107"),
    ("descriptors", "cleanDescOpt", "113105"),
    ("structured", "cleanStructContOpt", "113104"),
    ("graphics", "cleanGraphOpt", "113103"),
]
BASIC = "113100"
ACTIONS = {
    "REMOVE": "X", "EMPTY": "Z", "DUMMY": "D", "UID": "U", "KEEP": "K", "CLEAN": "C",
    "REMOVE_OR_EMPTY": "X/Z", "REMOVE_OR_DUMMY": "X/D", "EMPTY_OR_DUMMY": "Z/D",
    "REMOVE_OR_EMPTY_OR_DUMMY": "X/Z/D", "REMOVE_OR_EMPTY_OR_UID": "X/Z/U*",
}  # fmt: skip


def from_json(path):
    """{tag: {column: action}} of the JSON file."""
    table = {}
    for entry in json.loads(path.read_text("utf-8")):
        key = entry["id"].upper().replace("X", "x")
        row = {"basic": entry["basicProfile"].strip()}
        row |= {name: entry[theirs] for name, theirs, _ in OPTIONS if theirs in entry}
        if re.fullmatch(r"[0-9A-Fx]{8}", key):
            table[key] = row
    return table


def from_rules(path):
    """The same of the module's lists of (tag, action)."""
    columns = {code: name for name, _, code in OPTIONS} | {BASIC: "basic"}
    table = {}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "RawNemaRuleSet"):
            continue
        given = {word.arg: word.value for word in node.keywords}
        column = columns[given["code"].value]
        for rule in given["rules"].elts:
            tag, action = rule.elts
            if tag.args:
                key = tag.args[0].value.upper().replace("X", "x")
                table.setdefault(key, {})[column] = ACTIONS[action.attr]
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path, required=True)
    parser.add_argument("--rules", type=pathlib.Path, required=True)
    args = parser.parse_args()
    older, newer = from_json(args.json), from_rules(args.rules)
    names = ["basic", *(name for name, _, _ in OPTIONS)]
    for key in sorted(older.keys() & newer.keys()):
        for name in names:
            a, b = older[key].get(name, "-"), newer[key].get(name, "-")
            if a != b:
                print(f"{key} {name}: {a} in the older edition, {b} in the newer one, which counts")
    for key in sorted(older.keys() - newer.keys()):
        print(f"{key}: in the older edition only, kept")
    print(f"{len(older)} rows, {len(newer)} rows, {len(older.keys() | newer.keys())} together")
    table = older | newer
    lines = ["! PS3.15 table E.1-1, editions of 2020 and 2024; tools/make_deidentify_table.py"]
    lines.append("\t".join(["tag", *names]))
    for key in sorted(table, key=lambda key: ("x" in key, key)):
        if "basic" in table[key]:
            lines.append("\t".join([key, *(table[key].get(name, "") for name in names)]).rstrip())
    args.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

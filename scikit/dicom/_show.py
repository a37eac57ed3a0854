"""Data sets as text and as a table of HTML."""

import html

#: A data set of more elements, sequences included, is shown in HTML up to here.
MOST_ROWS = 2000


def lines(ds, indent=0, nested=True):
    """The elements of a data set, one a line."""
    for element in ds:
        yield f"{'   ' * indent}{element!r}"
        if nested and element.VR == "SQ":
            for item in element.value:
                yield from lines(item, indent + 1)
                yield f"{'   ' * (indent + 1)}---------"


def text(ds):
    """The file meta information and the elements of a data set, as lines."""
    head = []
    if ds._file_meta:
        head = ["File meta information", *lines(ds.file_meta), ""]
    return "\n".join([*head, *lines(ds)])


def _rows(ds, indent=0):
    for element in ds:
        is_sequence = element.VR == "SQ"
        value = f"{len(element.value)} item(s)" if is_sequence else element.repval
        yield indent, str(element.tag), element.name, element.VR, value
        if is_sequence:
            for number, item in enumerate(element.value):
                yield indent + 1, "", f"item {number}", "", ""
                yield from _rows(item, indent + 1)


def table(ds):
    """A data set as a table of HTML; every text is escaped."""
    out = ["<table><thead><tr><th>tag</th><th>name</th><th>VR</th><th>value</th></tr></thead>"]
    out.append("<tbody>")
    parts = [ds.file_meta, ds] if ds._file_meta else [ds]
    rows = (row for part in parts for row in _rows(part))
    for count, (indent, *cells) in enumerate(rows):
        if count == MOST_ROWS:
            out.append(f"<tr><td colspan='4'>more than {MOST_ROWS} rows</td></tr>")
            break
        tag, name, vr, value = map(html.escape, cells)
        out.append(
            f"<tr><td style='padding-left:{indent + 1}em'>{tag}</td><td>{name}</td>"
            f"<td>{vr}</td><td style='text-align:left'>{value}</td></tr>"
        )
    return "".join([*out, "</tbody></table>"])

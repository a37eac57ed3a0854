"""What `scan` gives: columns of header elements."""

import dataclasses
import html
import itertools

import numpy as np

from scikit._core._extras import require

_SHOWN = 10  # rows of a table that is printed
_WIDTH = 24  # characters of a cell
_LINE = 120  # characters of a line


@dataclasses.dataclass(repr=False)
class ScanSeries:
    """The files of one series.

    Parameters
    ----------
    uid, study : str
        Series and Study Instance UID.
    number : int or None
        Series Number.
    modality, description : str
        Of the series.
    paths : list of str
        Its files. `read_volume` takes the object as it is.

    Examples
    --------
    >>> from scikit.dicom import ScanSeries
    >>> ScanSeries("1.2.3", "1.2", 4, "MR", "t1", ["a.dcm", "b.dcm"])
    series 4 'MR' 't1', 2 files, 1.2.3
    """

    uid: str
    study: str
    number: int | None
    modality: str
    description: str
    paths: list

    def __repr__(self):
        number = "without number" if self.number is None else self.number
        count = f"{len(self.paths)} file{'s' if len(self.paths) != 1 else ''}"
        return f"series {number} {self.modality!r} {self.description!r}, {count}, {self.uid}"

    def __len__(self):
        return len(self.paths)


class ScanTable:
    """Elements of many files, a row a file and a column an element.

    Parameters
    ----------
    columns : dict of str to ndarray
        Columns of the same length; ``"path"`` is the first.
    series : list of ScanSeries, optional
        The series that the files form.
    errors : list of (str, Exception), optional
        Files that are damaged or cannot be read; they have no row.
    skipped : list of (str, str), optional
        Files that are no DICOM files, and why.

    Attributes
    ----------
    errors, skipped : list
        As given.

    Notes
    -----
    A column is, by what its values are:

    - float64 of shape (files,), or (files, m) where all files have m numbers: NaN where a file has
      none;
    - int64 of these shapes where all are whole: a `numpy.ma.MaskedArray` where a file has none;
    - otherwise an object array: text, bytes, tuples of several values, sequences; None where a
      file has no such element, or an empty one.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.dicom import ScanTable
    >>> table = ScanTable({"path": np.array(["a", "b"], object), "Rows": np.array([4, 5])})
    >>> len(table), table["Rows"].max()
    (2, np.int64(5))
    >>> table[table["Rows"] > 4]
    path  Rows
    ----  ----
    b        5
    """

    def __init__(self, columns, series=None, errors=None, skipped=None):
        lengths = {name: len(column) for name, column in columns.items()}
        if "path" not in lengths or len(set(lengths.values())) > 1:
            raise ValueError(f"`columns` must have 'path' and one length, not {lengths}")
        self._columns = dict(columns)
        self._series = list(series or ())
        self.errors = list(errors or ())
        self.skipped = list(skipped or ())

    def __len__(self):
        return len(self._columns["path"])

    def __iter__(self):
        return iter(self._columns)

    def __contains__(self, name):
        return name in self._columns

    def keys(self):
        """Names of the columns."""
        return self._columns.keys()

    def items(self):
        """(name, column) pairs."""
        return self._columns.items()

    def __getitem__(self, key):
        if isinstance(key, str):
            try:
                return self._columns[key]
            except KeyError:
                names = ", ".join(self._columns)
                raise KeyError(f"no column {key!r}; there are {names}") from None
        if isinstance(key, (int, np.integer)):
            return {name: column[key] for name, column in self._columns.items()}
        if not isinstance(key, (slice, list, np.ndarray)):
            raise TypeError(f"a column's name, a row or rows, not {type(key).__name__}")
        part = {name: column[key] for name, column in self._columns.items()}
        kept, series = set(part["path"]), []
        for one in self._series:
            paths = [path for path in one.paths if path in kept]
            if paths:
                series.append(dataclasses.replace(one, paths=paths))
        return ScanTable(part, series, self.errors, self.skipped)

    def series(self):
        """The series that the files form, in the order of study and series number.

        Returns
        -------
        list of ScanSeries
        """
        return list(self._series)

    def to_pandas(self):
        """The table as a DataFrame.

        Returns
        -------
        pandas.DataFrame
            Whole numbers that are missing in places are of pandas' type Int64; columns of several
            numbers hold tuples.

        Raises
        ------
        ImportError
            If pandas is not installed; it comes with ``pip install 'scikit[frame]'``.
        """
        pandas = require("pandas", "frame", "ScanTable.to_pandas")
        columns = {}
        for name, column in self._columns.items():
            if column.ndim > 1:
                columns[name] = pandas.Series(list(_cells(column)), dtype=object)
            elif isinstance(column, np.ma.MaskedArray):
                values = column.astype(object).filled(pandas.NA)
                columns[name] = pandas.array(values, dtype="Int64")
            else:
                columns[name] = column
        return pandas.DataFrame(columns)

    # -- shown --

    def _shown(self):
        """Texts of the first rows, column by column, and is a column of numbers?"""
        for name, column in self._columns.items():
            cells = [_text(cell) for cell in itertools.islice(_cells(column), _SHOWN)]
            yield name, cells, column.dtype.kind in "fi" and column.ndim == 1

    def _rest(self):
        lines = []
        if len(self) > _SHOWN:
            lines.append(f"... {len(self)} files in all")
        if self.skipped:
            lines.append(f"{len(self.skipped)} skipped; see .skipped")
        if self.errors:
            lines.append(f"{len(self.errors)} with errors; see .errors")
        return lines

    def __repr__(self):
        parts, hidden, total = [], [], 0
        for name, cells, right in self._shown():
            width = max(len(name), *map(len, cells)) if cells else len(name)
            total += width + 2
            if total > _LINE + 2 and parts:
                hidden.append(name)
                continue
            put = str.rjust if right else str.ljust
            parts.append([put(name, width), "-" * width, *(put(cell, width) for cell in cells)])
        lines = ["  ".join(cells).rstrip() for cells in zip(*parts, strict=True)]
        if hidden:
            lines.append(f"... columns without room: {', '.join(hidden)}")
        return "\n".join([*lines, *self._rest()])

    def _repr_html_(self):
        shown = list(self._shown())
        head = "".join(f"<th>{html.escape(name)}</th>" for name, _, _ in shown)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
            for cells in zip(*(cells for _, cells, _ in shown), strict=True)
        )
        rest = "".join(f"<p>{html.escape(line)}</p>" for line in self._rest())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{rest}"


def _cells(column):
    """The values of a column as Python objects; None where there is none."""
    if column.ndim == 1:
        for value in column.tolist() if column.dtype.kind in "fi" else column:
            yield None if isinstance(value, float) and value != value else value
        return
    for row in column:
        values = tuple(row.tolist())
        yield None if values[0] is None or values[0] != values[0] else values


def _text(cell):
    if cell is None:
        text = ""
    elif isinstance(cell, float):
        text = f"{cell:.6g}"
    elif isinstance(cell, tuple):
        text = "\\".join(_text(value) for value in cell)
    elif isinstance(cell, bytes):
        text = f"{len(cell)} bytes"
    else:
        text = "".join(c if c.isprintable() else "?" for c in str(cell))
    return text if len(text) <= _WIDTH else "..." + text[3 - _WIDTH :]

"""The text of a Pulseq file: sections, rows of numbers, shapes. What the rows mean is _pulseq's work."""

import math
import warnings

import numpy as np

#: Most samples of all shapes, and of all readouts; keeps a garbled count from filling the memory.
MAX_SAMPLES = 50_000_000


class PulseqError(ValueError):
    """A Pulseq file is not valid.

    Attributes
    ----------
    line : int or None
        Number of the line at fault, from 1.
    """

    def __init__(self, message, line=None, path=None):
        place = [str(path)] * (path is not None) + [f"line {line}"] * (line is not None)
        super().__init__(": ".join([*place, message]))
        self.message, self.line = message, line


class Row:
    """The words of one line, turned into numbers with errors that name the line."""

    def __init__(self, line, words):
        self.line = line
        self.words = words

    def __len__(self):
        return len(self.words)

    def fail(self, message):
        raise PulseqError(message, self.line)

    def number(self, i, what):
        """Word `i` as a finite float."""
        try:
            value = float(self.words[i])
        except ValueError:
            self.fail(f"{what} must be a number, not {self.words[i][:40]!r}")
        if not math.isfinite(value):
            self.fail(f"{what} must be finite, not {self.words[i]!r}")
        return value

    def integer(self, i, what, low=0, high=2**53):
        """Word `i` as an int of at least `low`."""
        value = self.number(i, what)
        if value != int(value) or not low <= value <= high:
            self.fail(f"{what} must be an integer of at least {low}, not {self.words[i]!r}")
        return int(value)

    def time(self, i, what, unit=1e-6):
        """Word `i`, a time that is not negative, in seconds."""
        value = self.number(i, what)
        if value < 0:
            self.fail(f"{what} must not be negative, but is {self.words[i]}")
        if value * unit > 1e7:
            self.fail(f"{what} is {self.words[i]}, longer than any sequence")
        return value * unit

    def need(self, *counts):
        """Fail unless the line has one of these numbers of words."""
        if len(self.words) not in counts:
            text = " or ".join(map(str, counts))
            self.fail(f"{text} columns are needed here, but there are {len(self.words)}")


def read_sections(path):
    """Split a file into its sections.

    Returns
    -------
    dict of str to list of Row
        The key is the section's name in capitals; lines without comments and blanks.
    """
    with open(path, "rb") as file:
        head = file.read(4096)
        if b"\0" in head:
            raise PulseqError("this is not a Pulseq file: it holds binary data", 1)
        data = head + file.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    sections, rows = {}, None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        if line.startswith("["):
            name = line[1:-1].strip().upper()
            if not line.endswith("]") or not name:
                raise PulseqError(f"a section's name must stand in brackets: {line[:40]!r}", number)
            if name in sections:
                raise PulseqError(f"the section [{name}] comes twice", number)
            rows = sections[name] = []
        elif rows is None:
            raise PulseqError(
                f"a section must begin here, not {line[:40]!r}; not a Pulseq file?", number
            )
        else:
            rows.append(Row(number, line.split()))
    if "VERSION" not in sections:
        raise PulseqError("this is not a Pulseq file: the section [VERSION] is missing")
    return sections


def read_version(rows):
    """(major, minor, revision) of the section [VERSION]; revision letters are left out."""
    found = {}
    for row in rows:
        row.need(2)
        if row.words[0] == "revision":
            digits = "".join(c for c in row.words[1] if c.isdigit())
            found["revision"] = int(digits or 0)
        else:
            found[row.words[0]] = row.integer(1, row.words[0])
    if "major" not in found or "minor" not in found:
        line = rows[-1].line if rows else None
        raise PulseqError("the section [VERSION] must give major and minor", line)
    version = (found["major"], found["minor"], found.get("revision", 0))
    if not (1, 2) <= version[:2] <= (1, 5):
        raise PulseqError(
            f"Pulseq version {version[0]}.{version[1]} is not supported; versions 1.2 to 1.5 are",
            rows[0].line,
        )
    return version


def read_definitions(rows):
    """The section [DEFINITIONS]: a number, an array of numbers, or a string for each name."""
    found = {}
    for row in rows:
        name, words = row.words[0], row.words[1:]
        try:
            values = [float(word) for word in words]
        except ValueError:
            found[name] = " ".join(words)
            continue
        found[name] = values[0] if len(values) == 1 else np.array(values) if values else ""
    return found


def read_table(rows, what):
    """Rows by the number in their first column."""
    table = {}
    for row in rows:
        key = row.integer(0, f"the number of a {what}", low=1)
        if key in table:
            row.fail(f"the {what} {key} is defined twice")
        table[key] = row
    return table


def read_shapes(rows, version):
    """The section [SHAPES], decompressed: number of the shape to (n,) float64."""
    shapes, i, total = {}, 0, 0
    while i < len(rows):
        row = rows[i]
        if row.words[0].lower() not in ("shape_id", "shape"):
            row.fail(f"'shape_id' must stand here, not {row.words[0][:40]!r}")
        row.need(2)
        key = row.integer(1, "shape_id", low=1)
        if key in shapes:
            row.fail(f"the shape {key} is defined twice")
        i += 1
        if i == len(rows) or rows[i].words[0].lower() != "num_samples":
            row.fail(f"the shape {key} has no num_samples")
        rows[i].need(2)
        count = rows[i].integer(1, "num_samples", low=0, high=MAX_SAMPLES)
        total += count
        if total > MAX_SAMPLES:
            rows[i].fail(f"the shapes have more than {MAX_SAMPLES} samples together")
        head = rows[i]
        i += 1
        begin = i
        while i < len(rows) and len(rows[i]) == 1:
            i += 1
        packed = np.array([r.number(0, "a sample") for r in rows[begin:i]])
        if version >= (1, 4) and packed.size == count:
            shapes[key] = packed
        else:
            shapes[key] = decompress(packed, count, key, head)
    return shapes


def decompress(packed, count, key, row):
    """Undo the run-length code of the derivative.

    Two equal numbers after one another are followed by how often the number comes besides.
    """
    pieces, i, have = [], 0, 0
    n = packed.size
    while i < n:
        # Up to the next pair of equal numbers all stand for themselves.
        equal = np.flatnonzero(packed[i : n - 1] == packed[i + 1 : n][: n - 1 - i])
        stop = i + int(equal[0]) if equal.size else n
        pieces.append(packed[i:stop])
        have += stop - i
        i = stop
        if i < n:
            if i + 2 >= n:
                # The end of the list: a pair without a count is itself.
                pieces.append(packed[i:])
                have += n - i
                break
            more = packed[i + 2]
            if more != int(more) or more < 0 or have + 2 + more > count:
                row.fail(
                    f"the shape {key} is not well compressed: a run of {more:g} samples does not fit"
                )
            pieces.append(np.full(int(more) + 2, packed[i]))
            have += int(more) + 2
            i += 3
    if have != count:
        row.fail(f"the shape {key} has {have} samples, but num_samples is {count}")
    return np.cumsum(np.concatenate(pieces)) if pieces else np.zeros(0)


def warn(message):
    """A warning at the user's call of Sequence.read."""
    warnings.warn(message, UserWarning, stacklevel=2)

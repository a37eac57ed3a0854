"""Data sets: elements by tag or keyword, converted when they are first used."""

import copy

import scikit.dicom._parse_cy as _parse_cy
from scikit.dicom import _charset, _dictionary, _private, _source, _values
from scikit.dicom._conveniences import Conveniences
from scikit.dicom._element import DataElement, Tag, to_tag
from scikit.dicom._errors import DicomError, LimitError
from scikit.dicom._parse_cy import SLOW, Table
from scikit.dicom._sequence import Sequence as Sequence

_TAGS = _dictionary.TAGS
_CHARSET = 0x00080005
_PIXEL_REPRESENTATION = 0x00280103
_LUT_DESCRIPTORS = frozenset((0x00281101, 0x00281102, 0x00281103, 0x00283002))
# Bytes that stay where they are until they are used.
_LATE = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "UN", "OB or OW"))
_OWN = frozenset(("preamble", "filename", "is_undefined_length"))


def _suggest(message, name):
    """The message with the keyword that may have been meant."""
    import difflib

    close = difflib.get_close_matches(name, _dictionary.keywords(), 1, 0.75)
    return f"{message} {name!r}" + (f"; did you mean {close[0]!r}?" if close else "; see add_new")


class Dataset(Conveniences):
    """A DICOM data set: data elements by tag or keyword.

    Elements that were read from a file stay bytes until they are used, and sequences are parsed
    when they are first looked into; an error in their bytes shows then, as a `DicomError`.

    Parameters
    ----------
    elements : Dataset or mapping of tag to DataElement, optional
        What the new data set starts with.

    Attributes
    ----------
    file_meta : Dataset
        Group 2 of the file: transfer syntax, class and instance. Empty for a new data set.
    preamble : bytes or None
        The first 128 bytes of the file.
    filename : str or None
        Where the data set was read from.

    Notes
    -----
    Reading from several threads is safe; changing a data set while others use it is not.

    Examples
    --------
    >>> from scikit.dicom import Dataset
    >>> ds = Dataset()
    >>> ds.PatientName, ds.Rows = "Doe^Jane", 256
    >>> ds["Rows"].value, ds[0x0010, 0x0010].VR, "Columns" in ds, ds.get("Columns", 0)
    (256, 'PN', False, 0)
    >>> for element in ds:
    ...     print(element)
    (0010,0010) Patient's Name                      PN: 'Doe^Jane'
    (0028,0010) Rows                                US: 256
    """

    # What a data set is made of besides its table; class attributes are the values of a new one.
    _source = None  # bytes that it was read from
    _place = None  # (start, length, depth) of an item in them
    _outer = (_charset.DEFAULT, 0)  # text encoding and pixel representation of what is around it
    _implicit = False
    _read_codecs = None  # encoding of the text that is still bytes
    _syntax = None  # transfer syntax that it was read in
    _stopped = None  # where the parser stopped
    _file_meta = None
    preamble = None
    filename = None
    is_undefined_length = False

    def __init__(self, elements=None):
        self.__dict__["_table"] = {}
        if elements is not None:
            self.update(elements)

    @property
    def original_encoding(self):
        """(implicit?, little-endian?) of the bytes the data set was read from; None for a new
        one."""
        source = self._source
        return (None, None) if source is None else (self._implicit, not source.big)

    @classmethod
    def _from_level(cls, source, table, implicit):
        """The data set of a level that was scanned."""
        self = cls.__new__(cls)
        own = self.__dict__
        own["_table"], own["_source"], own["_implicit"] = table, source, implicit
        return self

    @classmethod
    def _from_place(cls, level, start, length, undefined):
        """The data set of an item, scanned when first used."""
        source, implicit, depth, outer = level
        self = cls._from_level(source, None, implicit)
        own = self.__dict__
        own["_outer"], own["_place"] = outer, (start, length, depth)
        if undefined:
            own["is_undefined_length"] = True
        return self

    @property
    def file_meta(self):
        """Group 2 of the file; empty for a new data set."""
        meta = self._file_meta
        if not isinstance(meta, Dataset):
            meta = Dataset() if meta is None else Dataset._from_level(*meta)
            self.__dict__["_file_meta"] = meta
        return meta

    # -- the table: tag -> DataElement, or what the parser gave (VR, flags, start, length) --

    def _elements(self):
        table = self._table
        if table is None:
            start, length, depth = self._place
            source = self._source
            options = source.options(self._implicit, detect=not self._implicit)
            level = source.check(source.scan(start, start + length, options, depth))
            self.__dict__["_implicit"] = bool(level.options & _source.IMPLICIT)
            self.__dict__["_table"] = table = level.elements
        return table

    @property
    def _depth(self):
        return self._place[2] if self._place else 0

    def _codecs(self):
        """The encoding that the text was read in."""
        if self._read_codecs is None:
            source, own = self._source, self.get("SpecificCharacterSet", SLOW)
            if source is not None and source.codecs is not None:
                codecs = source.codecs
            else:
                codecs = self._outer[0] if own is SLOW else self._codecs_of(own)
            self.__dict__["_read_codecs"] = codecs
        return self._read_codecs

    @staticmethod
    def _codecs_of(value):
        terms = value if isinstance(value, list) else [value or ""]
        return _charset.encodings(*map(str, terms))

    def _pixel_representation(self):
        """0 or 1, from here or the nearest data set outside."""
        entry = self._elements().get(_PIXEL_REPRESENTATION)
        value = None if entry is None else self._element(_PIXEL_REPRESENTATION, entry).value
        if isinstance(value, int):
            return value
        return self._outer[1]

    def _vr(self, tag, vr, flags, length):
        """The value representation of an element as read (PS3.5 section 6.2.2)."""
        if flags & _source.SEQUENCE:
            return "SQ"
        if vr is not None and vr != "UN":
            return vr if vr in _values.KNOWN else "UN"
        if vr == "UN" and length >= 0xFFFF and not tag >> 16 & 1:
            return vr
        entry = _dictionary.entry(tag)
        if entry is not None and entry.VR:
            if entry.VR not in _values.KNOWN:
                return "UN"
            if vr is None and len(entry.VR) == 2:
                _parse_cy.imply(tag, entry.VR)
            return entry.VR
        if not tag >> 16 & 1:
            return "UL" if vr is None and not tag & 0xFFFF else "UN"
        return _private.vr_of(self, tag)

    def _element(self, tag, entry):
        """The table's entry as a DataElement."""
        if type(entry) is not tuple:
            return entry
        vr, flags, start, length = entry
        source = self._source
        undefined = bool(flags & _source.UNDEFINED)
        vr = self._vr(tag, vr, flags, length)
        if vr == "SQ":
            value = self._sequence(start, length)
        elif not length and not undefined:
            vr = self._settle(tag, vr, None, False)[0] if len(vr) > 2 else vr
            value = _values.empty(vr)
        elif length > _source.Later.LONG and vr in _LATE:
            value = _source.Later(source, start, length)
            if len(vr) > 2:
                vr, value = self._settle(tag, vr, value, undefined)
        else:
            codecs = (
                _charset.DEFAULT if tag == _CHARSET or vr not in _values.TEXT else self._codecs()
            )
            value = _values.decode(vr, source.bytes(start, length), source.big, codecs)
            if len(vr) > 2:
                vr, value = self._settle(tag, vr, value, undefined)
            if type(value) is bytes and vr not in _values.BYTES:
                vr = "UN"  # no whole number of numbers
            if tag in _LUT_DESCRIPTORS and isinstance(value, list) and value and value[0] < 0:
                value[0] += 65536  # the number of entries is unsigned whatever the VR says
        element = DataElement._read(tag, vr, value, undefined)
        self._table[tag] = element
        return element

    def _settle(self, tag, vr, value, undefined):
        """VR and value of an element whose VR the dictionary leaves open."""
        if vr == "OB or OW":
            if tag >> 16 == 0x7FE0 and undefined:
                return "OB", value
            return "OW", value
        if vr == "US or OW":
            descriptor = self.get("LUTDescriptor")
            if not (isinstance(descriptor, list) and descriptor[0] == 1):
                return "OW", value
            vr = "US"
        elif vr == "US or SS":
            vr = "SS" if self._pixel_representation() else "US"
        else:
            return vr, value
        if not value:
            return vr, None
        return vr, _values.decode(vr, value, self._source.big, _charset.DEFAULT)

    def _sequence(self, start, length):
        source, depth = self._source, self._depth + 1
        if depth > source.limits.depth:
            raise LimitError(f"sequences are nested more than {source.limits.depth} deep", start)
        options = source.options(self._implicit, detect=False)
        found = source.items(start, start + length, options, depth - 1)
        outer = (self._codecs(), self._pixel_representation())
        return Sequence._read(found.elements, (source, self._implicit, depth, outer), Dataset)

    # -- by tag --

    def __getitem__(self, key):
        table = self._elements()
        if isinstance(key, slice):
            low = 0 if key.start is None else to_tag(key.start)
            high = 0x100000000 if key.stop is None else to_tag(key.stop)
            part = Dataset()
            part._table.update({tag: self[tag] for tag in table if low <= tag < high})
            return part
        tag = key if type(key) is int else to_tag(key)
        entry = table.element(tag) if type(table) is Table else table[tag]
        return self._element(tag, entry) if type(entry) is tuple else entry

    def __setitem__(self, key, element):
        tag = to_tag(key)
        if not isinstance(element, DataElement):
            raise DicomError(f"assign a DataElement to [{Tag(tag)}], not {type(element).__name__}")
        if element.tag != tag:
            raise DicomError(f"the element {element.tag} cannot stand at {Tag(tag)}")
        if tag == _CHARSET:
            self._codecs()  # what is still bytes stays in the old one
        self._elements()[tag] = element

    def __delitem__(self, key):
        tag = to_tag(key)
        if tag == _CHARSET:
            self._codecs()
        del self._elements()[tag]

    def __contains__(self, key):
        try:
            return to_tag(key) in self._elements()
        except KeyError:
            return False

    def __iter__(self):
        for tag in sorted(self._elements()):
            yield self[tag]

    def __len__(self):
        return len(self._elements())

    def keys(self):
        """The tags, in order."""
        return self._tags_sorted()

    def values(self):
        """The elements, in order of their tags."""
        return list(self)

    def items(self):
        """(tag, element) pairs, in order."""
        return [(element.tag, element) for element in self]

    def get(self, key, default=None):
        """The value of a keyword, or the element of a tag, or `default` if there is none.

        Parameters
        ----------
        key : str, int or (int, int)
            Keyword or tag.
        default : object
            What to return when the element is absent.
        """
        if type(key) is str and (tag := _TAGS.get(key)) is not None:
            table = self._table
            if (
                type(table) is Table
            ):  # `_value`, without its call: this is what loops over headers do
                value = table.quick(tag, default)
                if value is not SLOW:
                    return value
            return self._value(tag, default)
        tag = _dictionary.tag_of(key) if isinstance(key, str) else None
        if tag is None:
            try:
                element = self[key]
            except KeyError:
                return default
            return element.value if isinstance(key, str) else element
        return self._value(tag, default)

    def _value(self, tag, default):
        """The value of an element, or `default` if there is none."""
        table = self._table
        if type(table) is Table:
            value = table.quick(tag, default)
            if value is not SLOW:
                return value
        entry = self._elements().get(tag)
        if entry is None:
            return default
        return (self._element(tag, entry) if type(entry) is tuple else entry).value

    def pop(self, key, *default):
        """Remove and return an element; `default` instead of a KeyError if given."""
        try:
            element = self[key]
        except KeyError:
            if default:
                return default[0]
            raise
        del self[key]
        return element

    def update(self, other):
        """Take over all elements of another data set or mapping."""
        source = other if isinstance(other, Dataset) else other.values()
        for element in source:
            self[element.tag] = element

    def add(self, element):
        """Put in an element in the place of its tag."""
        self[element.tag] = element

    def add_new(self, tag, VR, value):
        """Put in a new element; see `DataElement`."""
        self.add(DataElement(tag, VR, value))

    def data_element(self, keyword):
        """The element of a keyword, or None."""
        try:
            return self[keyword]
        except KeyError:
            return None

    # -- by keyword --

    def __getattr__(self, name):
        if name[:1] != "_":
            tag = _dictionary.tag_of(name)
            if tag is None:
                raise AttributeError(_suggest(f"{type(self).__name__!r} has no attribute", name))
            value = self._value(tag, SLOW)
            if value is not SLOW:
                return value
            raise AttributeError(f"the data set has no {name}")
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")

    def __setattr__(self, name, value):
        if name == "file_meta":
            if not isinstance(value, Dataset):
                raise DicomError(f"file_meta is a Dataset, not {type(value).__name__}")
            self.__dict__["_file_meta"] = value
            return
        if name in _OWN:
            self.__dict__[name] = value
            return
        tag = _dictionary.tag_of(name)
        if tag is None:
            raise AttributeError(_suggest("the data dictionary has no keyword", name))
        self[tag] = DataElement(tag, self._vr_for(tag, value), value)

    def _vr_for(self, tag, value):
        """The VR of a new element."""
        entry = _dictionary.entry(tag)
        if entry is None or not entry.VR:
            return _private.vr_of(self, tag) if tag >> 16 & 1 else "UN"
        return self._open_vr(tag, entry.VR, value) if " or " in entry.VR else entry.VR

    def _open_vr(self, tag, vr, value):
        """The VR of a new element where the dictionary leaves it open."""
        if vr == "OB or OW":
            return "OW" if self.get("BitsAllocated", 16) > 8 or tag >> 16 != 0x7FE0 else "OB"
        if isinstance(value, bytes):
            return "OW" if "OW" in vr else "UN"
        return "SS" if vr.startswith("US or SS") and self._pixel_representation() else "US"

    def __delattr__(self, name):
        tag = _dictionary.tag_of(name)
        if tag is None or tag not in self._elements():
            raise AttributeError(f"the data set has no {name}")
        del self[tag]

    def __dir__(self):
        present = (_dictionary.entry(tag) for tag in self._elements())
        return sorted({*super().__dir__(), *(entry.keyword for entry in present if entry)} - {""})

    # -- the whole --

    def __eq__(self, other):
        if not isinstance(other, Dataset):
            return NotImplemented
        return self.keys() == other.keys() and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def copy(self):
        """A data set with the same elements."""
        new = Dataset()
        new.__dict__.update(self.__dict__, _table=dict(self._elements()))
        return new

    __copy__ = copy

    def __deepcopy__(self, memo):
        new = self.copy()
        memo[id(self)] = new
        table = new._table
        for tag, entry in table.items():
            table[tag] = entry if type(entry) is tuple else copy.deepcopy(entry, memo)
        if self._file_meta is not None:
            new.__dict__["_file_meta"] = copy.deepcopy(self.file_meta, memo)
        return new

"""The items of a sequence."""

import collections.abc
import copy

from scikit.dicom._errors import DicomError


class Sequence(collections.abc.MutableSequence):
    """The items of a sequence: a mutable sequence of `Dataset`, with the methods of a list.

    Parameters
    ----------
    items : iterable of Dataset
        The items.

    Notes
    -----
    Items of a sequence that was read become data sets when they are asked for, so that one item
    among very many is found at once.

    Examples
    --------
    >>> from scikit.dicom import Dataset, Sequence
    >>> len(Sequence([Dataset(), Dataset()]))
    2
    """

    __slots__ = ("_items", "_kind", "_level", "_table")

    def __init__(self, items=()):
        self._table = self._level = self._kind = None
        self._items = [_checked(item) for item in items]

    @classmethod
    def _read(cls, table, level, kind):
        """The sequence of the items in a table, which become data sets of a kind at a level."""
        self = cls.__new__(cls)
        self._table, self._level, self._kind = table, level, kind
        self._items = [None] * len(table)
        return self

    def _item(self, index):
        item = self._items[index]
        if item is None:
            flags, start, length = self._table.item(index % len(self._items))
            item = self._kind._from_place(self._level, start, length, flags & 1)
            self._items[index] = item
        return item

    def _all(self):
        """The list of all items, made; the table is not needed any more."""
        if self._table is not None:
            for index in range(len(self._items)):
                self._item(index)
            self._table = self._level = None
        return self._items

    def __len__(self):
        return len(self._items)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(self._item(k) for k in range(*index.indices(len(self._items))))
        return self._item(index)

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            self._all()[index] = [_checked(item) for item in value]
        else:
            self._all()[index] = _checked(value)

    def __delitem__(self, index):
        del self._all()[index]

    def insert(self, index, value):
        """Put an item in before the one of an index."""
        self._all().insert(index, _checked(value))

    def __eq__(self, other):
        if not isinstance(other, (Sequence, list, tuple)):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self):
        return f"<Sequence of {len(self)} item(s)>"

    def __reduce__(self):
        return type(self), (list(self._all()),)

    def __deepcopy__(self, memo):
        new = type(self)()
        memo[id(self)] = new
        new._items = [copy.deepcopy(item, memo) for item in self._all()]
        return new


def _checked(item):
    from scikit.dicom._dataset import Dataset

    if not isinstance(item, Dataset):
        raise DicomError(f"a sequence holds data sets, not {type(item).__name__}")
    return item

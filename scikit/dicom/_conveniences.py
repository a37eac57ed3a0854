"""What a data set offers beyond access to its elements."""

import json

from scikit.dicom import _convert, _json, _private, _show
from scikit.dicom._element import DataElement, Tag, to_tag


class Conveniences:
    """Base class of `Dataset`: methods that stand on its elements alone."""

    def setdefault(self, key, default=None):
        """The element of a key; if there is none, one is put in.

        Parameters
        ----------
        key : str, int or (int, int)
            Keyword or tag.
        default : DataElement or object
            The new element, or the value of one of the dictionary's VR (UN if it has none).
        """
        tag = to_tag(key)
        if tag not in self:
            if not isinstance(default, DataElement):
                default = DataElement(tag, self._vr_for(tag, default), default)
            self[tag] = default
        return self[tag]

    def clear(self):
        """Remove all elements."""
        for tag in self.keys():
            del self[tag]

    def popitem(self):
        """Remove and return the last element, as (tag, element)."""
        if not len(self):
            raise KeyError("the data set is empty")
        tag = self.keys()[-1]
        return tag, self.pop(tag)

    def elements(self):
        """The elements of the top level, in order."""
        yield from self

    def group_dataset(self, group):
        """A data set of the elements of one group, which it shares with this one.

        Parameters
        ----------
        group : int
            Group number.
        """
        return self[(group, 0) : (group + 1, 0)]

    def dir(self, *filters):
        """The keywords of the elements, sorted.

        Parameters
        ----------
        *filters : str
            Keep those that have one of these texts in them, in small or capital letters.
        """
        found = {element.keyword for element in self} - {""}
        wanted = [text.casefold() for text in filters]
        return sorted(
            k for k in found if not wanted or any(text in k.casefold() for text in wanted)
        )

    def top(self):
        """The elements of the top level as text; sequences not opened."""
        return "\n".join(_show.lines(self, nested=False))

    def iterall(self):
        """All elements, those of sequences after the sequence's own."""
        for element in self:
            yield element
            if element.VR == "SQ":
                for item in element.value:
                    yield from item.iterall()

    def walk(self, callback, recursive=True):
        """Call ``callback(dataset, element)`` for every element.

        Parameters
        ----------
        callback : callable
            It may change or delete the element.
        recursive : bool
            Also for the elements of sequences.
        """
        for tag in self.keys():
            if tag not in self:  # an earlier call took it away
                continue
            callback(self, self[tag])
            element = self.get(tag)
            if recursive and element is not None and element.VR == "SQ":
                for item in list(element.value):
                    item.walk(callback)

    def remove_private_tags(self):
        """Remove the private elements, those of sequences too."""
        self.walk(lambda ds, element: ds.pop(element.tag) if element.tag.is_private else None)

    def private_creators(self, group):
        """Names of the creators of private blocks of a group."""
        return _private.creators(self, group)

    def private_block(self, group, private_creator, create=False):
        """The private block of a creator; see `PrivateBlock`.

        Parameters
        ----------
        group : int
            Odd group number.
        private_creator : str
            Name that the block is reserved for.
        create : bool
            Reserve a block if there is none.

        Raises
        ------
        KeyError
            If there is no such block.
        """
        return _private.block(self, group, private_creator, create)

    def get_private_item(self, group, element_offset, private_creator):
        """The element of a private block; KeyError if there is none.

        Parameters
        ----------
        group : int
            Odd group number.
        element_offset : int
            Place in the block, 0 to 0xFF.
        private_creator : str
            Name that the block is reserved for.
        """
        return self.private_block(group, private_creator)[element_offset]

    def to_json_dict(self, bulk_data_threshold=1024, bulk_data_element_handler=None):
        """The data set in the DICOM JSON model (PS3.18 annex F), as dicts, lists and texts.

        Parameters
        ----------
        bulk_data_threshold : int
            Binary values of more bytes than this go to the handler.
        bulk_data_element_handler : callable, optional
            Gets such an element and gives the URI that stands for it; without a handler all
            binary values are put in as base64.

        Returns
        -------
        dict
            Keys are tags of eight hexadecimal digits.
        """
        return _json.to_model(self, bulk_data_threshold, bulk_data_element_handler)

    def to_json(self, bulk_data_threshold=1024, bulk_data_element_handler=None, dump_handler=None):
        """The data set in the DICOM JSON model as text; see `to_json_dict`.

        Parameters
        ----------
        bulk_data_threshold, bulk_data_element_handler
            As for `to_json_dict`.
        dump_handler : callable, optional
            Makes the text of the dict, instead of `json.dumps`.

        Returns
        -------
        str
            JSON.
        """
        model = self.to_json_dict(bulk_data_threshold, bulk_data_element_handler)
        return (dump_handler or json.dumps)(model)

    @classmethod
    def from_json(cls, json_dataset, bulk_data_uri_handler=None):
        """A data set from the DICOM JSON model (PS3.18 annex F).

        Parameters
        ----------
        json_dataset : str, bytes or dict
            JSON text, or what `json.loads` makes of it. Elements of group 2 go to ``file_meta``.
        bulk_data_uri_handler : callable, optional
            Gets tag, VR and URI of a value that is elsewhere (or VR and URI, or the URI, if it
            takes two arguments or one) and gives the value. Without it such values are empty;
            nothing is ever fetched.

        Returns
        -------
        Dataset
            New.

        Raises
        ------
        DicomError
            If it is no such model.
        """
        return _json.from_model(cls, json_dataset, bulk_data_uri_handler)

    def to_pydicom(self):
        """The data set as a `pydicom.dataset.FileDataset`; needs pydicom."""
        return _convert.to_pydicom(self)

    @classmethod
    def from_pydicom(cls, ds):
        """A data set from a `pydicom.Dataset`.

        Parameters
        ----------
        ds : pydicom.Dataset
            It is not changed.
        """
        return _convert.from_pydicom(cls, ds)

    @property
    def pixel_array(self):
        """The image; see `scikit.dicom.pixel_array`."""
        from scikit.dicom._pixels import pixel_array

        return pixel_array(self)

    def overlay_array(self, group=0x6000):
        """One of the image's overlays; see `scikit.dicom.overlay_array`.

        Parameters
        ----------
        group : int
            The overlay's group.
        """
        from scikit.dicom._overlays import overlay_array

        return overlay_array(self, group)

    def compress(self, transfer_syntax_uid, arr=None, **options):
        """Compress the pixel data, in place; see `scikit.dicom.compress`.

        Parameters
        ----------
        transfer_syntax_uid : str
            The new transfer syntax.
        arr : array_like, optional
            New stored values.
        **options
            As for `compress`.
        """
        from scikit.dicom._compress import compress

        compress(self, transfer_syntax_uid, arr, **options)

    def decompress(self, **options):
        """Decode the pixel data, in place; see `scikit.dicom.decompress`.

        Parameters
        ----------
        **options
            As for `decompress`.
        """
        from scikit.dicom._compress import decompress

        decompress(self, **options)

    def save_as(self, path, **options):
        """Write to a file; see `scikit.dicom.dcmwrite`.

        Parameters
        ----------
        path : str, path or binary file
            Where to write.
        **options
            As for `dcmwrite`.
        """
        from scikit.dicom._write import dcmwrite

        dcmwrite(path, self, **options)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def __str__(self):
        return _show.text(self)

    def __repr__(self):
        return _show.text(self)

    def _repr_html_(self):
        return _show.table(self)

    def _tags_sorted(self):
        return [Tag(tag) for tag in sorted(self._elements())]

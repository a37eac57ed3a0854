"""Private blocks (PS3.5 section 7.8)."""

from scikit.dicom import _dictionary, _values
from scikit.dicom._element import DataElement, Tag


class PrivateBlock:
    """The 256 elements that a creator has reserved in a private group.

    Parameters
    ----------
    dataset : Dataset
        Where the block lies.
    group : int
        Odd group number.
    private_creator : str
        Name of the creator.
    number : int
        The block's number, 0x10 to 0xFF.

    Examples
    --------
    >>> from scikit.dicom import Dataset
    >>> ds = Dataset()
    >>> block = ds.private_block(0x0019, "ACME", create=True)
    >>> block.add_new(0x01, "LO", "fast")
    >>> ds[0x0019, 0x1001].value
    'fast'
    """

    def __init__(self, dataset, group, private_creator, number):
        self.dataset, self.group, self.private_creator = dataset, group, private_creator
        self.block_start = number << 8

    def get_tag(self, offset):
        """The tag of an offset 0 to 0xFF."""
        if not 0 <= offset <= 0xFF:
            raise ValueError(f"`offset` must be from 0 to 0xFF, not {offset:#x}")
        return self.group << 16 | self.block_start | offset

    def __contains__(self, offset):
        return self.get_tag(offset) in self.dataset

    def __getitem__(self, offset):
        return self.dataset[self.get_tag(offset)]

    def __delitem__(self, offset):
        del self.dataset[self.get_tag(offset)]

    def add_new(self, offset, VR, value):
        """Put in a new element."""
        self.dataset.add(DataElement(self.get_tag(offset), VR, value))


def vr_of(dataset, tag):
    """The value representation of a private element that was read without one."""
    if 0x10 <= tag & 0xFFFF < 0x100:
        return "LO"
    creator = dataset.get((tag >> 16, tag >> 8 & 0xFF)) if tag & 0xFF00 else None
    if creator is None or not isinstance(creator.value, str):
        return "UN"
    found = _dictionary.private_vr(tag, creator.value)
    return found if found in _values.KNOWN else "UN"


def _reserved(dataset, group):
    """{block number: creator} of a group."""
    if not group & 1:
        raise ValueError(f"`group` must be odd, not {group:#06x}")
    return {
        tag.element: dataset[int(tag)].value
        for tag in map(Tag, sorted(dataset._elements()))
        if tag.group == group and 0x10 <= tag.element < 0x100
    }


def creators(dataset, group):
    """See Dataset.private_creators."""
    return [name for name in _reserved(dataset, group).values() if name]


def block(dataset, group, private_creator, create):
    """See Dataset.private_block."""
    if not private_creator:
        raise ValueError("`private_creator` must be a name")
    reserved = _reserved(dataset, group)
    for number, name in reserved.items():
        if name == private_creator:
            return PrivateBlock(dataset, group, private_creator, number)
    if not create:
        raise KeyError(f"no private block of {private_creator!r} in group {group:04x}")
    number = next((n for n in range(0x10, 0x100) if n not in reserved), None)
    if number is None:
        raise KeyError(f"all private blocks of group {group:04x} are taken")
    dataset.add_new((group, number), "LO", private_creator)
    return PrivateBlock(dataset, group, private_creator, number)

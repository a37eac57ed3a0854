"""Read and write DICOM files, their pixels, and folders of slices as volumes in space.

The names and habits are pydicom's: `dcmread`, ``ds.PatientName``, ``ds[0x10, 0x10]``, `dcmwrite`.
The parser is a small C kernel that neither recurses nor trusts a declared length; values are
converted when they are used. Transfer syntaxes: implicit and explicit little-endian, explicit
big-endian, deflated; files with compressed pixels are read and written with their fragments as
they are.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

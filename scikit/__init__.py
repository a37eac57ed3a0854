"""Simulate and process medical images, with the names that users of SciPy and pydicom know.

Subpackages, each imported when first used:

integrate
    Ordinary differential equations.
special
    Special functions, as NumPy ufuncs.
linalg
    Dense linear algebra for one matrix and for stacks of small ones.
ndimage
    Filters, morphology and labelling of N-dimensional images.
dicom
    Read and write DICOM files, pixels and volumes.
mri
    Pulse sequences, phantoms and Bloch simulation.
testing
    What this library's own tests use and other packages may.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

"""Filters, morphology and labelling of N-dimensional images, with SciPy's names and signatures.

Binary images are worked on as bits, 64 voxels at a time.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

"""Dense linear algebra for one matrix and for stacks (..., n, n); stacks of small matrices by kernels of their own."""

import lazy_loader as _lazy

from scikit._core import _blas as _blas  # before any extension that links to the BLAS

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

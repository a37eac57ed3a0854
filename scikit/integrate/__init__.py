"""Integration: differential equations, ensembles of them, boundary values, quadrature; SciPy's names and more.

The step loops are compiled and take Python and compiled right-hand sides. docs/integrate/which_method.md helps to
choose.
"""

import lazy_loader as _lazy

from scikit._core import _blas as _blas  # before any extension that links to the BLAS

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

"""Loads the BLAS library that the extensions link to; imported before any of them.

The library is opened by path with RTLD_LOCAL. That satisfies the extensions' need of it by its soname,
also in an editable install (where they have no run path), and keeps its symbols out of the global scope:
importing ``scipy_openblas32`` instead would load it with RTLD_GLOBAL, and the libraries of SciPy, which
use the same symbol names, would bind to this copy.
"""

import ctypes
import importlib.util
import pathlib

from scikit._core import _build_info


def _preload():
    if _build_info.BLAS != "scipy-openblas":
        return None
    spec = importlib.util.find_spec("scipy_openblas32")
    if spec is None or spec.origin is None:
        raise ImportError(
            "scikit needs the package scipy-openblas32 (its BLAS and LAPACK); pip install scipy-openblas32"
        )
    folder = pathlib.Path(spec.origin).parent / "lib"
    return ctypes.CDLL(str(folder / "libscipy_openblas.so"), mode=ctypes.RTLD_LOCAL)


library = _preload()

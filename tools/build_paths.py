"""Print, a line each, the folders that the build needs: NumPy's headers, f2py's, the BLAS library's."""

import importlib.util
import pathlib

import numpy as np
import numpy.f2py

print(np.get_include())
print(numpy.f2py.get_include())
spec = importlib.util.find_spec("scipy_openblas32")  # found, not imported: see meson.build
print(pathlib.Path(spec.origin).parent / "lib" if spec and spec.origin else "")

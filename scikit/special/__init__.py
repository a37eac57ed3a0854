"""Special functions as NumPy ufuncs, with SciPy's names.

The list of functions is the table wrappers/gen/special.toml, from which the module of ufuncs is generated.
"""

from . import _ufuncs
from ._ufuncs import *  # noqa: F403

__all__ = list(_ufuncs.__all__)


def __dir__():
    return sorted(__all__)

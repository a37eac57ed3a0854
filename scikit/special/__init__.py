"""Special functions as NumPy ufuncs, with SciPy's names.

The list of ufuncs is the table wrappers/gen/special.toml, from which their module is generated.
"""

from . import _ufuncs
from ._ufuncs import *  # noqa: F403
from ._zeta import zeta

__all__ = list(_ufuncs.__all__)
__all__ += ["zeta"]


def __dir__():
    return sorted(__all__)

from ._ufuncs import *  # noqa: F403
from ._ufuncs import __all__ as __all__
from ._zeta import zeta as zeta

__all__ += ["zeta"]

from ._ufuncs import *
from ._ufuncs import __all__ as __all__

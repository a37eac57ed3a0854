from ._basic import inv, solve
from ._common import LinAlgError, LinAlgWarning
from ._decomp import eigh
from ._matfuncs import expm

__all__ = ["LinAlgError", "LinAlgWarning", "eigh", "expm", "inv", "solve"]

# cython: language_level=3, freethreading_compatible=True
"""The instruction-set level in force (see c/core/sk_isa.h)."""

cdef extern from "sk_isa.h" nogil:
    int sk_isa_level()
    int sk_isa_best()

cdef dict _NAMES = {0: "base", 3: "v3", 4: "v4"}


def level():
    """Name of the level that the hot kernels run at: 'base', 'v3' or 'v4'."""
    return _NAMES[sk_isa_level()]


def best():
    """Name of the highest level that this build and this processor have."""
    return _NAMES[sk_isa_best()]

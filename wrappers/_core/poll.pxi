# How a kernel asks whether to go on: Ctrl-C is answered within a long call. Included, because a C function cannot be
# shared between extension modules at no cost.

from cpython.exc cimport PyErr_CheckSignals

ctypedef int (*sk_poll)(void *) noexcept


cdef int _poll(void *kept) noexcept with gil:
    """Look at pending signals; what a handler raises is kept in the list `kept`."""
    try:
        PyErr_CheckSignals()
    except BaseException as error:
        (<list>kept).append(error)
        return 1
    return 0

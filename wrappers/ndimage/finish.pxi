# How a kernel's call ends, for the modules whose kernels poll. Included, as poll.pxi is.

from scikit._core._errors import check_status

include "poll.pxi"


cdef _finish(int status, list kept):
    """Raise what a signal handler raised while the kernel polled, or what the status says."""
    if kept:
        raise kept[0]
    check_status(status)

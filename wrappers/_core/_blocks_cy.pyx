# cython: language_level=3, freethreading_compatible=True
"""Large new arrays whose memory is kept for the next one (see c/core/sk_blocks.h)."""

import numpy as np

from scikit._core._config import keep_limit

cimport numpy as cnp
from cpython.pycapsule cimport PyCapsule_New
from libc.string cimport strcpy

cdef extern from "numpy/arrayobject.h":
    ctypedef struct PyDataMemAllocator:
        void *ctx
        void *(*malloc)(void *, size_t)
        void *(*calloc)(void *, size_t, size_t)
        void *(*realloc)(void *, void *, size_t)
        void (*free)(void *, void *, size_t)

    ctypedef struct PyDataMem_Handler:
        char name[127]
        unsigned char version
        PyDataMemAllocator allocator

    object PyDataMem_SetHandler(object)

cdef extern from "sk_blocks.h" nogil:
    void *sk_blocks_malloc(void *, size_t)
    void *sk_blocks_calloc(void *, size_t, size_t)
    void *sk_blocks_realloc(void *, void *, size_t)
    void sk_blocks_free(void *, void *, size_t)
    void sk_blocks_limit(size_t)
    size_t sk_blocks_kept()

cnp.import_array()

#: Arrays from this many bytes on come from blocks; NumPy's own memory is as fast for smaller ones.
LARGE = 4 << 20

cdef object _empty = np.empty, _zeros = np.zeros, _dtype = np.dtype
cdef PyDataMem_Handler handler
strcpy(handler.name, b"scikit_blocks")
handler.version = 1
handler.allocator = PyDataMemAllocator(
    NULL, sk_blocks_malloc, sk_blocks_calloc, sk_blocks_realloc, sk_blocks_free
)
cdef object capsule = PyCapsule_New(&handler, "mem_handler", NULL)  # the name that NumPy asks for


def empty(shape, dtype=np.float64):
    """As `numpy.empty`."""
    return _new(_empty, shape, dtype)


def zeros(shape, dtype=np.float64):
    """As `numpy.zeros`."""
    return _new(_zeros, shape, dtype)


cdef object _new(object maker, object shape, object dtype):
    if not isinstance(dtype, cnp.dtype):
        dtype = _dtype(dtype)
    cdef double size = dtype.itemsize
    for n in shape if isinstance(shape, tuple) else (shape,):
        size *= n
    if size < LARGE or dtype.hasobject:
        return maker(shape, dtype)
    before = PyDataMem_SetHandler(capsule)
    try:
        return maker(shape, dtype)
    finally:
        PyDataMem_SetHandler(before)


def limit(most):
    """Set how many bytes are kept at most; what is kept now is given back."""
    sk_blocks_limit(most)


def kept():
    """How many bytes are kept."""
    return sk_blocks_kept()


limit(keep_limit())

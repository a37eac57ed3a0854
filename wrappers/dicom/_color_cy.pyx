# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Colour spaces of 8-bit pixels (see c/dicom/sk_dicom.h)."""

from libc.stdint cimport int64_t, uint8_t


cdef extern from "sk_dicom.h" nogil:
    ctypedef void (*kernel_t)(const uint8_t *x, uint8_t *out, int64_t pixels) noexcept nogil
    kernel_t ybr_to_rgb_kernel "SK_PICK(sk_ybr_to_rgb)"
    kernel_t rgb_to_ybr_kernel "SK_PICK(sk_rgb_to_ybr)"


def convert(const uint8_t[::1] pixels, uint8_t[::1] out, bint to_rgb):
    """YBR_FULL to RGB, or back, three bytes a pixel; `out` may be `pixels`."""
    cdef int64_t n = pixels.shape[0] // 3
    if pixels.shape[0] % 3 or out.shape[0] != pixels.shape[0]:
        raise ValueError(f"no pixels of three bytes: {pixels.shape[0]} bytes to {out.shape[0]}")
    if n:
        with nogil:
            if to_rgb:
                ybr_to_rgb_kernel(&pixels[0], &out[0], n)
            else:
                rgb_to_ybr_kernel(&pixels[0], &out[0], n)

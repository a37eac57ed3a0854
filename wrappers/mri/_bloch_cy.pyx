# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""The Bloch kernel on one slab of spins (see fortran/mri/sk_mri_run.inc)."""

from libc.stdint cimport int64_t

import numpy as np

ctypedef fused real:
    float
    double

cdef extern from *:
    """
    #include <stdint.h>
    #include "sk_isa.h"
    #define SK_RUN_ARGS(real) (int64_t n, int64_t ldp, const double *props, int64_t lds, real *state, \
        int64_t nev, const int64_t *ev, const double *evr, const double *rows, const int64_t *grp, \
        const double *grpr, const double *smp, int64_t want, int64_t ldm, double *sig, real *mag, \
        int64_t ncache, real *work, int64_t *done)
    SK_DECLARE(void, sk_mri_run_f64, SK_RUN_ARGS(double));
    SK_DECLARE(void, sk_mri_run_f32, SK_RUN_ARGS(float));
    #define sk_run_f64 SK_PICK(sk_mri_run_f64)
    #define sk_run_f32 SK_PICK(sk_mri_run_f32)
    """
    void sk_run_f64(int64_t n, int64_t ldp, const double *props, int64_t lds, double *state, int64_t nev,
                    const int64_t *ev, const double *evr, const double *rows, const int64_t *grp,
                    const double *grpr, const double *smp, int64_t want, int64_t ldm, double *sig, double *mag,
                    int64_t ncache, double *work, int64_t *done) nogil
    void sk_run_f32(int64_t n, int64_t ldp, const double *props, int64_t lds, float *state, int64_t nev,
                    const int64_t *ev, const double *evr, const double *rows, const int64_t *grp,
                    const double *grpr, const double *smp, int64_t want, int64_t ldm, double *sig, float *mag,
                    int64_t ncache, float *work, int64_t *done) nogil

LANES = 128
ROW = 18


def run(const double[:, ::1] props, real[:, ::1] state, Py_ssize_t start, Py_ssize_t stop,
        const int64_t[:, ::1] ev, const double[:, ::1] evr, const double[:, ::1] rows,
        const int64_t[:, ::1] grp, const double[:, ::1] grpr, const double[:, ::1] smp,
        double[:, ::1] sig, real[:, :, ::1] mag, Py_ssize_t cached):
    """Take the spins ``start:stop`` through the events.

    Parameters
    ----------
    props : (10, n) float64
        x, y, z, velocity x, y, z, off-resonance, R1, R2, density.
    state : (3, n) float32 or float64
        Magnetization, changed in place.
    ev, evr : (events, 5) int64, (events, 7) float64
    rows, grp, grpr, smp
        See the kernel.
    sig : (samples, 2) float64
        The signal is added to it, unless there is `mag`.
    mag : (samples, n, 3) float32 or float64
        The magnetization at the samples is written to it, if it is not empty.
    cached : int
        Number of repeated pulses.
    """
    cdef Py_ssize_t spins = props.shape[1]
    if not (0 <= start < stop <= spins and state.shape[1] == spins and props.shape[0] == 10 and state.shape[0] == 3):
        raise ValueError("the slab does not fit its arrays")
    if ev.shape[1] != 5 or evr.shape[1] != 7 or ev.shape[0] != evr.shape[0] or rows.shape[1] != 18:
        raise ValueError("the events do not fit their arrays")
    if grp.shape[1] != 3 or grpr.shape[1] != 7 or smp.shape[1] != 7 or sig.shape[1] != 2:
        raise ValueError("the samples do not fit their arrays")
    cdef int64_t want = mag.shape[0] > 0
    if want and (mag.shape[1] != spins or mag.shape[2] != 3 or mag.shape[0] < smp.shape[0]):
        raise ValueError("the output does not fit the samples")
    if ev.shape[0] == 0:
        return
    cdef real[::1] work = np.empty(max(cached, 1) * 12 * LANES, dtype=np.asarray(state).dtype)
    cdef int64_t[::1] done = np.zeros(max(cached, 1), dtype=np.int64)
    # An empty array has no first element to point to.
    cdef double nothing[18]
    cdef int64_t none[4]
    cdef real no_mag[4]
    cdef const double *p_rows = &rows[0, 0] if rows.shape[0] > 0 else &nothing[0]
    cdef const int64_t *p_grp = &grp[0, 0] if grp.shape[0] > 0 else &none[0]
    cdef const double *p_grpr = &grpr[0, 0] if grpr.shape[0] > 0 else &nothing[0]
    cdef const double *p_smp = &smp[0, 0] if smp.shape[0] > 0 else &nothing[0]
    cdef double *p_sig = &sig[0, 0] if sig.shape[0] > 0 else &nothing[0]
    cdef real *p_mag = &mag[0, start, 0] if want else &no_mag[0]
    with nogil:
        if real is double:
            sk_run_f64(stop - start, spins, &props[0, start], spins, &state[0, start], ev.shape[0], &ev[0, 0],
                       &evr[0, 0], p_rows, p_grp, p_grpr, p_smp, want, spins, p_sig, p_mag, cached, &work[0],
                       &done[0])
        else:
            sk_run_f32(stop - start, spins, &props[0, start], spins, &state[0, start], ev.shape[0], &ev[0, 0],
                       &evr[0, 0], p_rows, p_grp, p_grpr, p_smp, want, spins, p_sig, p_mag, cached, &work[0],
                       &done[0])

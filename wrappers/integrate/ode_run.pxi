# Integrator.run: the kernel's steps into arrays that grow.

#: Steps that the first buffer holds, of a few equations and of many; it doubles when it is full.
cdef int64_t FIRST_CAPACITY = 512
cdef int64_t LEAST_CAPACITY = 64
cdef int64_t FIRST_NUMBERS = 4096


cdef cnp.ndarray grown(cnp.ndarray old, int64_t rows, int64_t kept, int64_t n, int64_t terms):
    """A larger array (rows, terms, n), without the last or the last two axes where n or terms is 0."""
    cdef cnp.npy_intp shape[3]
    cdef cnp.ndarray new
    shape[0] = rows
    shape[1] = terms if terms else n
    shape[2] = n
    new = cnp.PyArray_EMPTY(1 + (n > 0) + (terms > 0), shape, cnp.NPY_FLOAT64, 0)
    if old is not None and kept > 0:
        new[:kept] = old[:kept]
    return new


cdef tuple _run_all(Integrator integrator, bint record, bint dense, t_eval, bint rates):
    cdef sk_ode_output out
    cdef int64_t n = integrator.state.n, terms = integrator.state.terms + 1
    cdef int status = SK_MORE
    cdef cnp.ndarray t = None, y = None, f = None, y_eval = None, yp = None, yp_eval = None
    cdef const double[::1] points
    out.t = out.y = out.dense = out.y_eval = out.rate = out.rate_eval = NULL
    out.t_eval = NULL
    out.i_eval = out.n_eval = out.count = 0
    out.all_dense = dense
    out.capacity = max(LEAST_CAPACITY, min(FIRST_CAPACITY, FIRST_NUMBERS // max(n, 1))) if record else 1
    if t_eval is not None and len(t_eval) > 0:
        points = t_eval
        y_eval = np.empty((points.shape[0], n))
        out.n_eval = points.shape[0]
        out.t_eval = &points[0]
        out.y_eval = <double *> cnp.PyArray_DATA(y_eval)
        if rates:
            yp_eval = np.empty((points.shape[0], n))
            out.rate_eval = <double *> cnp.PyArray_DATA(yp_eval)
    while status == SK_MORE:
        if record:
            if t is not None:
                out.capacity *= 2
            # the first rows hold the start
            t = grown(t, out.capacity + 1, out.count + 1, 0, 0)
            y = grown(y, out.capacity + 1, out.count + 1, n, 0)
            out.t = <double *> cnp.PyArray_DATA(t) + 1
            out.y = <double *> cnp.PyArray_DATA(y) + n
            if out.count == 0:
                (out.t - 1)[0] = integrator.state.t
                memcpy(out.y - n, integrator.state.work, n * sizeof(double))
            if rates:
                yp = grown(yp, out.capacity + 1, out.count + 1, n, 0)
                out.rate = <double *> cnp.PyArray_DATA(yp) + n
                if out.count == 0:
                    sk_ode_rate(&integrator.state, out.rate - n)
        if dense or (out.n_eval > 0 and f is None):
            f = grown(f, out.capacity if dense else 1, out.count if dense else 0, n, terms)
            out.dense = <double *> cnp.PyArray_DATA(f)
        with nogil:
            status = sk_ode_run(&integrator.state, &out)
        status = integrator._finish(status)
    found = (status, None if t is None else t[:out.count + 1], None if y is None else y[:out.count + 1],
             f[:out.count] if dense else None, None if y_eval is None else y_eval[:out.i_eval])
    if not rates:
        return found
    return *found, None if yp is None else yp[:out.count + 1], None if yp_eval is None else yp_eval[:out.i_eval]

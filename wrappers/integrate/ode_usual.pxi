# The short way of solve_ivp: what it checks and converts in Python for all arguments takes as long as a short integration.

cdef double _LEAST_RTOL = LEAST_RTOL


def run_usual(fun, t_span, y0, method, rtol, atol, t_eval):
    """An integration with nothing but the arguments that every one has, and these of the usual types.

    Returns
    -------
    tuple or None
        The integrator, its points (a copy of `t_eval`, or None) and what its `run` returned; None for arguments that
        must be looked at more closely.
    """
    cdef Integrator integrator
    cdef cnp.ndarray start, points = None
    if type(method) is not str or method not in METHODS or not (isinstance(rtol, float) and isinstance(atol, float)):
        return None
    rtol, atol = <double> rtol, <double> atol  # NumPy's are floats, too
    if not (<double> rtol >= _LEAST_RTOL and <double> atol >= 0.0) or type(fun) is tuple or type(fun) is list:
        return None  # a list: a pair of right-hand sides
    if type(t_span) is not tuple and type(t_span) is not list or len(t_span) != 2:
        return None
    t0, t_bound = _usual_number(t_span[0]), _usual_number(t_span[1])
    if t0 is None or t_bound is None or <double> t0 == <double> t_bound:
        return None
    start = _usual_array(y0)
    if start is None or not all_finite(start):
        return None
    if t_eval is not None:
        points = _usual_array(t_eval)
        if points is None or within_and_ordered(points, t0, t_bound) != (True, True):
            return None
        if points is t_eval:
            points = cnp.PyArray_NewCopy(points, cnp.NPY_CORDER)
    callback = rhs_callback(fun, (), cnp.PyArray_DIM(start, 0), False)
    integrator = Integrator.__new__(Integrator)
    integrator.state.max_step = INFINITY
    integrator.state.t_least, integrator.state.t_most = -INFINITY, INFINITY
    integrator._begin(callback, METHODS[method], t0, t_bound, start, rtol, atol, None)
    return integrator, points, _run_all(integrator, points is None, False, points, False)


cdef object _usual_number(value):
    """A finite float, from itself or an integer that one holds; None for anything else."""
    if type(value) is int and -(1 << 53) <= value <= 1 << 53:
        return float(value)
    return <double> value if isinstance(value, float) and isfinite(<double> value) else None


cdef cnp.ndarray _usual_array(value):
    """One-dimensional, contiguous and of float64: an array that is so, or one of a list of floats and integers.

    None for anything else, and for what is empty.
    """
    cdef cnp.ndarray array
    cdef cnp.npy_intp n, i
    if type(value) is np.ndarray:
        array = <cnp.ndarray> value
        if cnp.PyArray_NDIM(array) != 1 or cnp.PyArray_TYPE(array) != cnp.NPY_FLOAT64 or cnp.PyArray_DIM(array, 0) == 0:
            return None
        return array if cnp.PyArray_ISCARRAY_RO(array) else None
    if type(value) is not list or not value:
        return None
    n = len(<list> value)
    array = cnp.PyArray_EMPTY(1, &n, cnp.NPY_FLOAT64, 0)
    for i in range(n):
        number = _usual_number((<list> value)[i])
        if number is None:
            return None
        (<double *> cnp.PyArray_DATA(array))[i] = <double> number
    return array

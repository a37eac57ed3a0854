"""Integrals over several variables: `quad` inside `quad`."""

import math

from scikit.integrate._quad import quad


def dblquad(func, a, b, gfun, hfun, args=(), epsabs=1.49e-8, epsrel=1.49e-8):
    """Integral of ``func(y, x)`` over x from a to b and y from gfun(x) to hfun(x).

    Parameters
    ----------
    func : callable or compiled function
        ``func(y, x, *args) -> float``; for compiled functions see `quad`.
    a, b : float
        Ends of the range of x.
    gfun, hfun : callable or float
        Ends of the range of y, functions of x or numbers.
    args : tuple, optional
        Further arguments of `func`.
    epsabs, epsrel : float, optional
        Tolerances of every one-dimensional integral, see `quad`.

    Returns
    -------
    result : float
        The integral.
    abserr : float
        The largest error estimate of all one-dimensional integrals.

    Raises
    ------
    TypeError, ValueError
        See `quad`.

    See Also
    --------
    tplquad, nquad : More variables.

    Notes
    -----
    Cost: at least 441 evaluations of `func`. See `quad` for the method; as there, threads do not disturb each other.

    References
    ----------
    .. [1] R. Piessens et al., QUADPACK, Springer, 1983. :doi:`10.1007/978-3-642-61786-7`

    Examples
    --------
    The area of a quarter of the unit disc, times x y:

    >>> import math
    >>> from scikit.integrate import dblquad
    >>> result, error = dblquad(lambda y, x: x * y, 0, 1, 0, lambda x: math.sqrt(1 - x * x))
    >>> round(result, 10)
    0.125
    """
    inner = _range(gfun, hfun, 1)
    return nquad(func, [inner, (a, b)], args=args, opts={"epsabs": epsabs, "epsrel": epsrel})


def tplquad(func, a, b, gfun, hfun, qfun, rfun, args=(), epsabs=1.49e-8, epsrel=1.49e-8):
    """Integral of ``func(z, y, x)`` over x, y in (gfun(x), hfun(x)) and z in (qfun(x, y), rfun(x, y)).

    Parameters
    ----------
    func : callable or compiled function
        ``func(z, y, x, *args) -> float``; for compiled functions see `quad`.
    a, b : float
        Ends of the range of x.
    gfun, hfun : callable or float
        Ends of the range of y, functions of x or numbers.
    qfun, rfun : callable or float
        Ends of the range of z, functions of (x, y) or numbers.
    args : tuple, optional
        Further arguments of `func`.
    epsabs, epsrel : float, optional
        Tolerances of every one-dimensional integral, see `quad`.

    Returns
    -------
    result : float
        The integral.
    abserr : float
        The largest error estimate of all one-dimensional integrals.

    Raises
    ------
    TypeError, ValueError
        See `quad`.

    See Also
    --------
    dblquad, nquad : Fewer, or any number of variables.

    Notes
    -----
    Cost: at least 9261 evaluations of `func`. See `quad` for the method; as there, threads do not disturb each other.

    References
    ----------
    .. [1] R. Piessens et al., QUADPACK, Springer, 1983. :doi:`10.1007/978-3-642-61786-7`

    Examples
    --------
    >>> from scikit.integrate import tplquad
    >>> result, error = tplquad(lambda z, y, x: x * y * z, 0, 1, 0, 2, 0, lambda x, y: 1.0)
    >>> round(result, 10)
    0.5
    """
    z_range = _range(qfun, rfun, 2)
    y_range = _range(gfun, hfun, 1)
    opts = {"epsabs": epsabs, "epsrel": epsrel}
    return nquad(func, [z_range, y_range, (a, b)], args=args, opts=opts)


def nquad(func, ranges, args=None, opts=None, full_output=False):
    """Integral over any number of variables.

    Parameters
    ----------
    func : callable or compiled function
        ``func(x0, x1, ..., xn, *args) -> float``; for compiled functions see `quad`.
    ranges : sequence of pairs of float or of callables
        The range of each variable, x0 (the innermost) first. A callable gets the variables that come after its own,
        ``ranges[i](x[i+1], ..., xn, *args)``, and returns the pair.
    args : tuple, optional
        Further arguments of `func` and of callables in `ranges` and `opts`.
    opts : dict, callable, or sequence of these, optional
        Keyword arguments of `quad`, the same for all variables or one entry for each, in the order of `ranges`.
        Callables are called as those of `ranges`, and return the dictionary.
    full_output : bool, optional
        Also return a dictionary; `quad` gives no warnings then.

    Returns
    -------
    result : float
        The integral.
    abserr : float
        The largest error estimate of all one-dimensional integrals.
    out_dict : dict
        With `full_output`: ``neval``, the number of evaluations of `func`.

    Raises
    ------
    TypeError
        If `ranges` or `opts` hold something else than described.
    ValueError
        If the numbers of `ranges` and `opts` differ; see also `quad`.

    See Also
    --------
    quad : One variable, and all options.
    dblquad, tplquad : Two and three variables.

    Notes
    -----
    The cost grows as a power of the number of variables, with at least 21 evaluations for each. Calls may nest, and
    run in several threads.

    References
    ----------
    .. [1] R. Piessens et al., QUADPACK, Springer, 1983. :doi:`10.1007/978-3-642-61786-7`

    Examples
    --------
    >>> from scikit.integrate import nquad
    >>> result, error = nquad(lambda x, y: x * y, [lambda y: (0, 1 - 2 * y), (0, 0.5)])
    >>> round(result * 96, 10)
    1.0
    """
    try:
        ranges = list(ranges)
    except TypeError:
        raise TypeError(f"`ranges` must be a sequence, not {type(ranges).__name__}") from None
    if not ranges:
        raise ValueError("`ranges` is empty")
    if args is None:
        args = ()
    elif not isinstance(args, tuple):
        args = (args,)
    if opts is None:
        opts = {}
    if isinstance(opts, dict) or callable(opts):
        opts = [opts] * len(ranges)
    opts = list(opts)
    if len(opts) != len(ranges):
        raise ValueError(f"`opts` has {len(opts)} entries, but `ranges` has {len(ranges)}")
    for entry in opts:
        if not isinstance(entry, dict) and not callable(entry):
            raise TypeError(
                f"`opts` must hold dictionaries and callables, not {type(entry).__name__}"
            )
    return _Nested(func, ranges, opts, args, bool(full_output)).run()


def _range(low, high, variables):
    """The range of a variable whose ends are functions of the later ones (in reverse order) or numbers."""
    if not callable(low) and not callable(high):
        return low, high

    def ends(*later):
        later = later[:variables][::-1]
        return (
            low(*later) if callable(low) else low,
            high(*later) if callable(high) else high,
        )

    return ends


class _Nested:
    """One integral over several variables while it is computed."""

    def __init__(self, func, ranges, opts, args, full_output):
        self.func, self.ranges, self.opts, self.args = func, ranges, opts, args
        self.full_output = full_output
        self.abserr = 0.0
        self.neval = 0
        self.inner = [lambda *later, i=i: self.integral(i, later) for i in range(len(ranges) - 1)]

    def run(self):
        value = self.integral(len(self.ranges) - 1, self.args)
        if self.full_output:
            return value, self.abserr, {"neval": self.neval}
        return value, self.abserr

    def integral(self, index, later):
        """The integral over variables 0 ... index, the `later` ones (and args) given."""
        ends = self.ranges[index]
        try:
            low, high = ends(*later) if callable(ends) else ends
        except (TypeError, ValueError):
            if callable(ends):
                raise
            raise TypeError(
                f"`ranges` must hold pairs of numbers and callables, not {ends!r}"
            ) from None
        options = self.opts[index]
        options = dict(options(*later)) if callable(options) else dict(options)
        if "points" in options:
            options["points"] = [x for x in options["points"] if low <= x <= high]
        func = self.inner[index - 1] if index else self.func
        found = quad(func, low, high, args=later, full_output=self.full_output, **options)
        error = found[1]
        # a NaN must not be lost among other errors
        if not (error <= self.abserr or math.isnan(self.abserr)):
            self.abserr = error
        if self.full_output and index == 0:
            self.neval += found[2]["neval"]
        return found[0]

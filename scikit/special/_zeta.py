"""The zeta functions of Riemann and Hurwitz."""

from scikit.special import _ufuncs


def zeta(x, q=None, out=None):
    """Riemann or Hurwitz zeta function.

    The sum over k >= 0 of ``(k + q)**-x``, with q = 1 for Riemann's function, which is continued to all `x`.

    Parameters
    ----------
    x : array_like
        Without `q` real or complex, of any value; with `q` real and at least 1. Any shape; float32 and complex64 are
        computed in double precision and rounded.
    q : array_like of real numbers, optional
        The function of Hurwitz; it broadcasts with `x`. May be negative where `x` is an integer.
    out : ndarray, optional
        Where the result is put; it may be `x` or `q` itself.

    Returns
    -------
    ndarray or scalar
        Type float32 for float32, complex for complex input, float64 otherwise. Infinity at the poles, x = 1 and the `q`
        that are 0 or negative integers; NaN below 1 with a `q`, for negative `q` and fractional `x`, for
        complex `x` with an imaginary part above 1e7 and a real part between -3 and 4, which would take seconds an
        element, and at -inf.

    Raises
    ------
    TypeError
        If `x` or `q` is no number of these types: text, objects, long double, or complex with a `q`.

    Notes
    -----
    Euler-Maclaurin summation [1]_ with twenty corrections; the functional equation for negative `x`, and for
    negative `q` the sums on both sides of the nearest pole. The largest error measured is 0.51 ulp for real
    arguments, next to the zeros at the negative even integers too, and 2 units of 2**-52 of the modulus for
    complex arguments below 1000; beyond, the error grows as that of a rounded argument does. These figures need
    a long double of 64 bits.

    About a microsecond an element for real arguments, ``0.1 * abs(x)`` for complex ones. Threads may call it at
    the same time; it holds no lock.

    References
    ----------
    .. [1] NIST Digital Library of Mathematical Functions, sections 25.2, 25.4 and 25.11, https://dlmf.nist.gov/25.11

    Examples
    --------
    >>> from scikit.special import zeta
    >>> zeta([2.0, 0.0, -1.0])
    array([ 1.64493407, -0.5       , -0.08333333])
    >>> zeta(3.0, [0.5, 2.0])
    array([8.41439832, 0.2020569 ])
    >>> bool(abs(zeta(0.5 + 14.134725141734693j)) < 1e-14)
    True
    """
    if q is None:
        return _ufuncs._riemann_zeta(x, out)
    return _ufuncs._hurwitz_zeta(x, q, out)

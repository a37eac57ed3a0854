"""Spline coefficients of images."""

import math

import numpy as np

from scikit._core._blocks_cy import empty
from scikit._core._threads import check_workers, run_slabs, slabs
from scikit.ndimage._correlate1d_cy import UNIT
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._interp_cy import spline
from scikit.ndimage._support import (
    MODES,
    apart,
    as_numbers,
    check_axis,
    check_mode,
    integer,
    numeric_image,
    result_array,
    type_code,
)

#: Poles of the filters within the unit circle: roots of the polynomials of the B-splines' values at integers.
POLES = {
    2: [-0.171572875253809902396622551581],
    3: [-0.267949192431122706472553658494],
    4: [-0.361341225900220177092212841325, -0.013725429297339121360331226939],
    5: [-0.430575347099973791851434783493, -0.043096288203264653822712376822],
}
#: How the kernel continues lines for each boundary mode, by the codes of `MODES`.
_CONTINUATION = {
    "nearest": MODES["reflect"],
    "reflect": MODES["reflect"],
    "grid-mirror": MODES["reflect"],
    "grid-wrap": MODES["wrap"],
    "wrap": MODES["mirror"],
    "mirror": MODES["mirror"],
    "constant": MODES["mirror"],
    "grid-constant": MODES["mirror"],
}
_SLAB_OPERATIONS = 1 << 22


def check_order(order, least=0):
    """`order` as an int.

    Raises
    ------
    RuntimeError
        If it is not in least..5.
    """
    order = integer(order, "order")
    if not least <= order <= 5:
        raise RuntimeError(f"`order`: spline order not supported: {order} is not in {least}..5")
    return order


def working_type(image, output):
    """The type that is computed in: float32 from float32 to float32, else float64."""
    narrow = image.dtype.newbyteorder("=") == output.dtype.newbyteorder("=") == np.float32
    return np.dtype(np.float32 if narrow else np.float64)


def filter_splines(array, axes, order, mode, workers):
    """Turn samples into spline coefficients along `axes`, in place.

    Parameters
    ----------
    array : ndarray
        C-contiguous, float32 or float64.
    axes : iterable of int
    order : int
    mode : str
    workers : int
    """
    if order < 2 or array.size == 0:
        return
    code = type_code(array.dtype, "input")
    poles = np.array(POLES[order])
    for axis in axes:
        n = array.shape[axis]
        if n == 1:
            continue
        shape = math.prod(array.shape[:axis]), n, math.prod(array.shape[axis + 1 :])
        units = -(-array.size // n // UNIT)
        piece = max(1, _SLAB_OPERATIONS // (UNIT * n * 8))
        run_slabs(
            lambda u0, u1, shape=shape: spline(
                array, code, shape, poles, _CONTINUATION[mode], u0, u1
            ),
            slabs(units, piece),
            workers,
        )


@shares_docs
def spline_filter1d(input, order=3, axis=-1, output=np.float64, mode="mirror", *, workers=None):
    """Coefficients of the spline through the samples along one axis.

    Parameters
    ----------
    %(input_complex)s
    %(spline_order)s
    axis : int, optional
        The axis to filter along.
    %(output)s
    %(mode_spline)s
    %(workers)s

    Returns
    -------
    ndarray, shape of `input`
        The coefficients; `output` itself if it is an array.

    Raises
    ------
    RuntimeError
        If `order` is not in 0..5, `mode` is unknown, `output` has the wrong shape or is not complex
        for a complex image, or a type has no kernel (float16, long double).
    TypeError
        If `input` does not hold numbers.
    AxisError
        If `axis` is out of range.

    See Also
    --------
    spline_filter : Along all axes.

    Notes
    -----
    Orders 0 and 1 copy: there the samples are the coefficients. Others are a recursive filter, twice
    along each line for each of its one or two poles [1]_, in float64; where `input` and `output`
    are float32 the coefficients are rounded to float32 after each axis. A line of one sample stays
    as it is. Memory: `input` and the coefficients. Thread-safe.

    References
    ----------
    .. [1] M. Unser: Splines, a perfect fit for signal and image processing. IEEE Signal Process. Mag.
       16(6), 22-38 (1999), doi:10.1109/79.799930

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.spline_filter1d([0, 0, 6, 0, 0], mode="mirror").round(3)
    array([ 1.5, -3. , 10.5, -3. ,  1.5])
    """
    order = check_order(order)
    image = numeric_image(input, "input")
    output = result_array(output, image, image.dtype.kind == "c")
    check_mode(mode)
    workers = check_workers(workers)
    if order > 1:
        axis = check_axis(axis, image.ndim)
    return _filtered(image, [axis], order, output, mode, workers)


@shares_docs
def spline_filter(input, order=3, output=np.float64, mode="mirror", *, workers=None):
    """Coefficients of the spline through the samples of an image.

    Parameters
    ----------
    %(input_complex)s
    order : int, optional
        Degree of the spline, 2 to 5.
    %(output)s
    %(mode_spline)s
    %(workers)s

    Returns
    -------
    ndarray, shape of `input`
        The coefficients; `output` itself if it is an array.

    Raises
    ------
    RuntimeError
        If `order` is not in 2..5, `mode` is unknown, `output` has the wrong shape or is not complex
        for a complex image, or a type has no kernel (float16, long double).
    TypeError
        If `input` does not hold numbers.

    See Also
    --------
    spline_filter1d : Along one axis; accuracy and cost are told there.

    Notes
    -----
    What is between the axes is never rounded to the type of `output`. Thread-safe.

    Examples
    --------
    The functions that interpolate take coefficients with ``prefilter=False``:

    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> image = np.arange(16.0).reshape(4, 4) ** 2
    >>> coefficients = ndimage.spline_filter(image, order=3)
    >>> ndimage.map_coordinates(coefficients, [[1, 2.5], [1, 2.5]], prefilter=False).round(3)
    array([ 25.  , 178.58])
    """
    order = check_order(order, 2)
    image = numeric_image(input, "input")
    output = result_array(output, image, image.dtype.kind == "c")
    check_mode(mode)
    return _filtered(image, range(image.ndim), order, output, mode, check_workers(workers))


def _filtered(image, axes, order, output, mode, workers):
    if image.dtype.kind == "c":
        image = apart(image, output)  # the imaginary part must outlast the real one's result
        for part, result in ((image.real, output.real), (image.imag, output.imag)):
            _filtered(part, axes, order, result, mode, workers)
        return output
    type_code(image.dtype, "input")
    if output.dtype.kind != "c":
        type_code(output.dtype, "output")
    if order < 2:
        output[...] = image
        return output
    work = working_type(image, output)
    direct = (
        output.flags.carray
        and output.dtype == work
        and output.dtype.isnative
        and not np.may_share_memory(image, output)
    )
    coefficients = output if direct else empty(image.shape, work)
    coefficients[...] = as_numbers(image)
    filter_splines(coefficients, axes, order, mode, workers)
    if not direct:
        with np.errstate(invalid="ignore", over="ignore"):
            output[...] = coefficients
    return output

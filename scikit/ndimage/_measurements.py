"""Sums, means, variances and centres of labelled regions."""

import numpy as np

from scikit.ndimage._docs import shares_docs
from scikit.ndimage._regions import Selection
from scikit.ndimage._support import numeric_image, type_code


def number_sum_variance(input, labels, index, squares=False):
    """Number, sum and variance for each region; those of a single one as scalars.

    Returns
    -------
    count : int64
    total : ndarray
        For a single region of the type that NumPy sums in, else float64 (complex128).
    variance : float64 ndarray or None
    """
    dtype = numeric_image(input, "input").dtype.newbyteorder("=")
    selection = Selection(input, labels, index)
    values = selection.values
    parts = [values] if values.dtype.kind != "c" else [values.real, values.imag]
    found = [_part(selection.kernel, part, squares) for part in parts]
    count = selection.spread(found[0][0])
    if len(found) == 2:
        total = found[0][1] + 1j * found[1][1]
        variance = found[0][3] + found[1][3]
    else:
        _, total, wrapped, variance = found[0]
        if selection.single and dtype.kind in "biu":
            total = wrapped if dtype.kind == "u" else wrapped.view(np.int64)
    if selection.single and dtype.kind in "fc":
        with np.errstate(over="ignore"):
            total = total.astype(dtype)
    return count, selection.spread(total)[()], selection.spread(variance)


def _part(kernel, part, squares):
    part = np.ascontiguousarray(part)
    kind = 0 if part.dtype.kind == "f" else 1 if part.dtype.itemsize <= 4 else 2
    code = type_code(part.dtype, "input")
    return kernel.sums(part.reshape(-1).view(np.uint8), code, kind, squares)


@shares_docs
def sum_labels(input, labels=None, index=None):
    """Sum of the values of each region.

    Parameters
    ----------
    %(input_complex)s
    %(labels)s
    %(index)s

    Returns
    -------
    scalar or ndarray, shape of `index`
        The sums; 0 for labels that do not occur. A single one has the type that ``input.sum()`` has;
        several are float64, or complex128.

    Raises
    ------
    %(raises_labels)s

    See Also
    --------
    mean : The mean values.
    label_statistics : Many measures at once.

    Notes
    -----
    Integers are summed exactly (a single sum is taken mod 2**64, as in NumPy), floating-point values
    in double with the rounding errors carried along. %(notes_labels)s

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.sum_labels([1, 2, 3, 4, 5], [1, 1, 0, 2, 2], [1, 2, 3])
    array([3., 9., 0.])
    """
    return number_sum_variance(input, labels, index)[1]


@shares_docs
def sum(input, labels=None, index=None):
    """Sum of the values of each region: another name of `sum_labels`.

    Parameters
    ----------
    %(input_complex)s
    %(labels)s
    %(index)s

    Returns
    -------
    scalar or ndarray, shape of `index`
        The sums.

    Raises
    ------
    %(raises_labels)s

    See Also
    --------
    sum_labels : The same.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.sum([1.0, 2.0, 3.0], [1, 1, 0], 1)
    np.float64(3.0)
    """
    return sum_labels(input, labels, index)


@shares_docs
def mean(input, labels=None, index=None):
    """Mean value of each region.

    Parameters
    ----------
    %(input_complex)s
    %(labels)s
    %(index)s

    Returns
    -------
    scalar or ndarray, shape of `index`
        The means, float64 or complex128; NaN, with a RuntimeWarning, for labels that do not occur.

    Raises
    ------
    %(raises_labels)s

    See Also
    --------
    sum_labels : The sums, with notes on accuracy.
    median : The middle value.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.mean([1, 2, 3, 4, 5], [1, 1, 0, 2, 2], [1, 2])
    array([1.5, 4.5])
    """
    count, total, _ = number_sum_variance(input, labels, index)
    return total / np.asanyarray(count).astype(np.float64)


@shares_docs
def variance(input, labels=None, index=None):
    """Variance of the values of each region: the mean squared deviation from their mean.

    Parameters
    ----------
    %(input_complex)s
    %(labels)s
    %(index)s

    Returns
    -------
    scalar or ndarray of float64, shape of `index`
        The variances, real for complex values too; NaN, with a RuntimeWarning, for labels that do not
        occur.

    Raises
    ------
    %(raises_labels)s

    See Also
    --------
    standard_deviation : Its square root.

    Notes
    -----
    From exact sums of squares where `input` holds integers of up to 32 bits, else from deviations, in
    a second pass. %(notes_labels)s

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.variance([1, 2, 3, 4, 8], [1, 1, 0, 2, 2], [1, 2])
    array([0.25, 4.  ])
    """
    count, _, power = number_sum_variance(input, labels, index, squares=True)
    count = np.asanyarray(count).astype(np.float64)
    return power * count / count  # NaN and a warning where there is no voxel


@shares_docs
def standard_deviation(input, labels=None, index=None):
    """Standard deviation of the values of each region: the root of their variance.

    Parameters
    ----------
    %(input_complex)s
    %(labels)s
    %(index)s

    Returns
    -------
    scalar or ndarray of float64, shape of `index`
        NaN, with a RuntimeWarning, for labels that do not occur.

    Raises
    ------
    %(raises_labels)s

    See Also
    --------
    variance : Its square, with notes on accuracy.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.standard_deviation([1, 2, 3, 4, 8], [1, 1, 0, 2, 2], [1, 2])
    array([0.5, 2. ])
    """
    return np.sqrt(variance(input, labels, index))


@shares_docs
def center_of_mass(input, labels=None, index=None):
    """Centre of mass of each region: the mean index of its voxels, weighted with their values.

    Parameters
    ----------
    %(input_complex)s
    %(labels)s
    %(index)s

    Returns
    -------
    tuple of float, or list of them
        An index along each axis, in voxels; NaN, with a RuntimeWarning, for labels that do not occur
        and where the values add to 0. A list for several regions.

    Raises
    ------
    %(raises_labels)s

    See Also
    --------
    label_statistics : Centroids without weights, also in mm.

    Notes
    -----
    %(notes_labels)s

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.center_of_mass([[0, 1, 1, 0], [0, 1, 1, 0]])
    (np.float64(0.5), np.float64(1.5))
    """
    selection = Selection(numeric_image(input, "input"), labels, index, by_axis=True)
    values = selection.values
    parts = [values] if values.dtype.kind != "c" else [values.real, values.imag]
    moments = 0
    for part, unit in zip(parts, (1, 1j), strict=False):
        part = np.ascontiguousarray(part)
        code = type_code(part.dtype, "input")
        found = selection.kernel.centres(part.reshape(-1).view(np.uint8), code)
        moments = moments + found * unit if unit != 1 else found
    moments = selection.spread(moments)
    centres = moments[..., 1:] / moments[..., :1]
    centres = centres[..., : len(selection.image_shape)]
    if selection.single:
        return tuple(centres)
    return [tuple(c) for c in centres.reshape(moments[..., 0].size, len(selection.image_shape))]

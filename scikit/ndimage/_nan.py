"""What is done with NaNs: the `nan_policy=` of filters."""

import numpy as np

from scikit.ndimage._support import one_of

_POLICIES = ("propagate", "omit", "raise")


def omits_nan(image, nan_policy):
    """Whether NaNs are there and to be left out.

    Raises
    ------
    ValueError
        If the policy is unknown, or it is 'raise' and there are NaNs.
    """
    one_of(nan_policy, _POLICIES, "nan_policy")
    if nan_policy == "propagate" or image.dtype.kind not in "fc" or not np.isnan(image).any():
        return False
    if nan_policy == "raise":
        raise ValueError("`input` has NaNs, and `nan_policy` is 'raise'")
    return True


def mean_without_nan(image, output, cval, smooth):
    """A mean with weights over what is no NaN, into `output`; NaN where nothing is left.

    Parameters
    ----------
    smooth : callable
        ``smooth(image, cval)`` is the mean of an image without NaNs.
    """
    gone = np.isnan(image)
    values = smooth(np.where(gone, 0, image), cval)
    weights = smooth((~gone).astype(image.real.dtype), 1.0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        values /= weights
    values[weights <= 64 * np.finfo(weights.dtype).eps] = np.nan
    output[...] = values


def extreme_without_nan(image, maximum, output, cval, find):
    """The largest or smallest of what is no NaN, into `output`; NaN where nothing is left.

    Parameters
    ----------
    find : callable
        ``find(image, cval)`` gives the extremes of an image without NaNs.
    """
    gone = np.isnan(image)
    found = find(np.where(gone, image.dtype.type(-np.inf if maximum else np.inf), image), cval)
    # whether the window holds something: the largest of (is a value), or not the smallest of (is none)
    mask = gone ^ maximum
    empty = find(mask, float(maximum)) != maximum
    found[empty] = np.nan
    output[...] = found

"""Paragraphs that many docstrings share, written once."""

PARAGRAPHS = {
    "input": """input : array_like
        Image of real numbers or booleans, any shape.""",
    "input_complex": """input : array_like
        Image of real or complex numbers or booleans, any shape.""",
    "axis": """axis : int, optional
        The axis to filter along.""",
    "size": """size : int or sequence of int, optional
        Lengths of a window that is a box, for each of `axes`. Either this or `footprint` is needed.""",
    "footprint": """footprint : array_like, optional
        The window: what is not 0 belongs to it. Its middle is the element ``shape // 2``. It has as
        many dimensions as there are `axes`, in ascending order of these.""",
    "footprint_or": """footprint : array_like, optional
        The neighbours of a voxel: what is not 0, of odd lengths, in as many dimensions as the image
        has. Either this or `connectivity`.""",
    "output": """output : dtype, str or ndarray, optional
        Type of the result, or an array of the shape of `input` that takes it, which may overlap
        `input`. The default is the type of `input`.""",
    "mode": """mode : str, optional
        How the image goes on beyond its ends: 'reflect' or 'grid-mirror' (d c b a | a b c d),
        'mirror' (d c b | a b c d), 'nearest' (a a a | a b c d), 'wrap' or 'grid-wrap'
        (b c d | a b c d), 'constant' or 'grid-constant' (the value of `cval`).""",
    "modes": """mode : str or sequence of str, optional
        How the image goes on beyond its ends, for each of `axes`: 'reflect' or 'grid-mirror'
        (d c b a | a b c d), 'mirror' (d c b | a b c d), 'nearest' (a a a | a b c d), 'wrap' or
        'grid-wrap' (b c d | a b c d), 'constant' or 'grid-constant' (the value of `cval`).""",
    "cval": """cval : scalar, optional
        Value beyond the ends with mode 'constant'.""",
    "origin": """origin : int, optional
        Shift of the window's middle; a positive one moves the window to lower indices.""",
    "origins": """origin : int or sequence of int, optional
        Shift of the window's middle along each of `axes`; a positive one moves the window to lower
        indices.""",
    "axes": """axes : int or sequence of int, optional
        The axes to filter along; the default is all.""",
    "nan_policy": """nan_policy : {'propagate', 'omit', 'raise'}, optional
        What is done with NaNs: they are numbers like others (which may give any result in their
        windows), they are left out, or they are a ValueError.""",
    "workers": """workers : int, optional
        Number of threads; -1 means all processors. The result has the same bits for any.""",
    "spline_order": """order : int, optional
        Degree of the spline, 0 (nearest sample) to 5; 1 is linear, 3 cubic.""",
    "output_any": """output : dtype, str or ndarray, optional
        Type of the result, or an array of its shape that takes it, which may overlap `input`. The
        default is the type of `input`. Integers are rounded, halves away from zero, and kept within
        the range of their type; booleans are true from 1 on.""",
    "mode_spline": """mode : str, optional
        How the image goes on beyond its ends: 'reflect', 'grid-mirror' or 'nearest' (d c b a | a b c d),
        'grid-wrap' (b c d | a b c d), all others (d c b | a b c d).""",
    "mode_interpolation": """mode : str, optional
        How the image goes on beyond its ends: 'reflect' or 'grid-mirror' (d c b a | a b c d), 'mirror'
        (d c b | a b c d), 'nearest' (a a a | a b c d), 'grid-wrap' (b c d | a b c d), 'wrap' (the last
        sample is the first one again), 'grid-constant' (samples beyond are `cval`), 'constant' (all
        beyond the outermost samples is `cval`, and nothing is interpolated there).""",
    "cval_interpolation": """cval : scalar, optional
        Value beyond the ends with the modes 'constant' and 'grid-constant', and where a coordinate is
        NaN; with all modes but 'nearest' also where one is infinite.""",
    "prefilter": """prefilter : bool, optional
        Whether `input` holds samples. If not, it holds the coefficients of `spline_filter`; with orders
        0 and 1 these are the same.""",
    "raises_interpolation": """RuntimeError
        If `order` is not in 0..5, `mode` is unknown, `input` is 0-d, `output` has the wrong shape or
        is not complex for a complex image, or a type has no kernel (float16, long double).
    TypeError
        If `input` does not hold numbers.
    ValueError
        If `cval` is complex and `input` is not, or `input` is empty, the output is not, and the mode
        is not constant.""",
    "notes_interpolation": """Computed in float64. Where `input` and `output` are float32, the
    coefficients are float32 (with orders 0 and 1 the sums too): the error is then at most ``(ndim * g
    ** ndim + 2 * ndim + 1) * 2**-24`` of the largest sample, g = 1, 1, 2, 3, 4.8, 7.5 for orders 0 to
    5; some 2e-7 is usual. Coordinates are always float64. Order 0 moves samples unchanged where the types
    are the same. The modes 'nearest' and 'grid-constant' fit the spline, for orders above 1, to the
    image continued by 12 samples. Memory: `input`, the result and, for orders above 1, the
    coefficients in the type that is computed in; an `input` of another type, or not in C order, is
    copied in it for the lower orders. Thread-safe.""",
    "input_fourier": """input : array_like
        Fourier transform, of real or complex numbers, at least 1-d.""",
    "n_fourier": """n : int, optional
        If positive, `input` is the half that a real transform (``numpy.fft.rfft``) gives along `axis`,
        of an image of n voxels; if negative, it is the whole one.""",
    "axis_fourier": """axis : int, optional
        The axis of the real transform.""",
    "output_fourier": """output : dtype or ndarray, optional
        Type of the result (float32, float64, complex64 or complex128), or an array of the shape of
        `input` that takes it, which may be `input`. The default is the type of `input` if it is one of
        these, else float64.""",
    "returns_fourier": """ndarray, shape of `input`
        The product; `output` itself if it is an array.""",
    "raises_fourier": """ValueError
        If `n` is 0, or `axis` is out of range.
    TypeError
        If `input` does not hold numbers, or a parameter is no number.
    RuntimeError
        If a sequence has not one entry for each axis, or a type is not supported.""",
    "notes_fourier": """Computed in double and rounded to the type of the result once. Memory: `input`,
    the result and some hundred kilobytes. Thread-safe.""",
    "extra": """extra_arguments : tuple, optional
        Further arguments of the function.
    extra_keywords : dict, optional
        Further keyword arguments of the function.""",
    "labels": """labels : array_like of int, optional
        Which region each voxel belongs to; its shape is that of `input` or can be broadcast with it.
        The default is one region with all voxels.""",
    "index": """index : int or array_like of int, optional
        The labels of the regions to measure. The default is one region with all voxels whose label
        is above 0. Ignored without `labels`.""",
    "raises_labels": """TypeError
        If `input`, `labels` or `index` is of no type of numbers that this can be measured of.
    ValueError
        If the shapes of `input` and `labels` do not fit.""",
    "returns_extreme": """scalar or ndarray of the type of `input`, shape of `index`
        0 for labels of an array `index` that do not occur.""",
    "returns_place": """tuple of int, or list of them
        An index along each axis, of the first voxel in raster order that has the value. A list for
        several regions; zeros for labels that do not occur.""",
    "notes_labels": """Cost: one reading of `labels` and of the values in the regions. Thread-safe; the
    GIL is released.""",
    "mask_or_labels": """labels : array_like of bool or int
        A mask or a label image, any shape; what is 0 is background.""",
    "label_image": """labels : array_like of int
        Label image, any shape; what is 0 is background.""",
    "neighbours": """structure : array_like, shape (3,) * ndim, optional
        Which neighbours belong together, symmetric about its middle; the default is
        ``generate_binary_structure(ndim, 1)``.""",
    "label_structure": """structure : array_like, optional
        The structure: what is not 0 belongs to it, the element ``shape // 2`` is its middle. The
        default is ``generate_binary_structure(ndim, 1)``.
    iterations : int, optional
        How often, 1 or more.""",
    "raises_label_structure": """TypeError
        If `labels` does not hold integers or booleans.
    RuntimeError
        If `structure` is empty or has another number of dimensions.
    ValueError
        If `iterations` is below 1.""",
    "raises_labels_only": """TypeError
        If the image is of no type that this can be made of, or an integer is none.
    RuntimeError
        If a structure or a sequence does not fit the image's dimensions.
    ValueError
        If a structure is not 3 wide along each axis or not symmetric.""",
    "returns": """ndarray, shape of `input`
        The filtered image; `output` itself if it is an array.""",
    "raises_window": """ValueError
        If the window is empty, or `origin` moves its middle out of it, or `axes` are not those of
        `input`.
    TypeError
        If `input` is complex or not numeric.
    RuntimeError
        If neither `size` nor `footprint` is given, a sequence has not one entry for each axis,
        `mode` is unknown, `output` has the wrong shape, or a type has no kernel (long double).""",
    "surface": """a, b : array_like
        Masks of the same shape, of at least one dimension; what is not 0 is inside.
    spacing : float or sequence of float, optional
        Spacing of the voxels along each axis, for instance in mm. The default is 1.""",
    "surface_raises": """ValueError
        If the shapes differ or `spacing`, `surface` or another argument is out of its domain.
    TypeError
        If `a` or `b` does not hold real numbers or booleans.""",
    "image": """image : array_like
        Image of real numbers or booleans, any shape but 0-d.""",
    "spacing": """spacing : float or sequence of float, optional
        Spacing of the voxels along each axis, for instance in mm. The default is 1.""",
    "raises_structure": """ValueError
        If the image has not the dimensions that are needed, or a standard deviation, a spacing or
        another number is not positive and finite.
    TypeError
        If the image is complex or not numeric.
    RuntimeError
        If a sequence has not one entry for each axis, or `mode` is unknown.""",
    "raises_grey": """ValueError
        If none of `size`, `footprint` and `structure` is given, the window is empty, `origin` moves
        its middle out of it, or `axes` are not those of `input`.
    TypeError
        If `input` is complex or not numeric.
    RuntimeError
        If a sequence has not one entry for each axis, the window has another number of dimensions
        than there are axes, `mode` is unknown, `output` has the wrong shape, or a type has no
        kernel (long double).""",
    "raises_linear": """ValueError
        If `origin` moves the middle of the weights out of them, or an axis is out of range.
    TypeError
        If `input` does not hold numbers.
    RuntimeError
        If there are no weights, `mode` is unknown, `output` has the wrong shape or is not complex
        for a complex image, or a type has no kernel (float16, long double).""",
}


def _together(*names):
    """Paragraphs one after the other."""
    return "\n    ".join(PARAGRAPHS[name] for name in names)


def _result(returns, raises):
    """The sections on what is returned and what is raised."""
    return (
        f"Returns\n    -------\n    {PARAGRAPHS[returns]}\n\n"
        f"    Raises\n    ------\n    {PARAGRAPHS[raises]}"
    )


PARAGRAPHS["raises_extreme"] = f"{PARAGRAPHS['raises_labels']} Or if a single region has no voxel."
PARAGRAPHS |= {
    "placing": _together("output", "modes", "cval", "origins", "axes"),
    "measured": _together("input_complex", "labels", "index"),
    "line": _together("axis", "output", "mode", "cval", "origin"),
    "result_extreme": _result("returns_extreme", "raises_extreme"),
    "result_place": _result("returns_place", "raises_extreme"),
    "result_fourier": _result("returns_fourier", "raises_fourier"),
    "result_grey": _result("returns", "raises_grey"),
    "result_linear": _result("returns", "raises_linear"),
    "result_window": _result("returns", "raises_window"),
}


def shares_docs(function):
    """Put the shared paragraphs into a function's docstring, where it has ``%(name)s``."""
    if function.__doc__:  # none under python -OO
        function.__doc__ = function.__doc__ % PARAGRAPHS
    return function

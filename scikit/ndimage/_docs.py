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
    "workers": """workers : int, optional
        Number of threads; -1 means all processors. The result has the same bits for any.""",
    "extra": """extra_arguments : tuple, optional
        Further arguments of the function.
    extra_keywords : dict, optional
        Further keyword arguments of the function.""",
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


def shares_docs(function):
    """Put the shared paragraphs into a function's docstring, where it has ``%(name)s``."""
    if function.__doc__:  # none under python -OO
        function.__doc__ = function.__doc__ % PARAGRAPHS
    return function

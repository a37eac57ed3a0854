"""Right-hand sides in the lanes of vectors: numba code that computes eight trajectories at once.

Needs numba, and is imported only with it. A user's function is compiled once more with a number type of its own, eight
numbers in a vector, in place of float: what it does with its arguments is then done to eight trajectories. A function
that branches on its state has no such form; its compilation fails, and the caller goes on without.
"""

import types as python_types

from numba import carray, cfunc, njit, types
from numba.core import errors
from numba.extending import intrinsic

from scikit.integrate import _ensemble_cy, _lanes_math  # noqa: F401  (the functions of vectors)
from scikit.integrate._lanes_type import lanes

GROUPS = _ensemble_cy.GROUPS
_pointer = types.CPointer(lanes)


@njit
def _as_is(pointer, shape, dtype=None):
    """In the place of numba.carray: the lanes' pointers are indexed as they are."""
    return pointer


@intrinsic
def _at(typingctx, pointer, index):
    """pointer + index."""

    def code(context, builder, signature, args):
        return builder.gep(args[0], [args[1]])

    return pointer(pointer, types.int64), code


def lane_function(function, n, n_params):
    """A function ``f(t, y, dydt, data)`` of the compiled signature in the form for lanes.

    Parameters
    ----------
    function : python function
        As it was handed to ``numba.cfunc``.
    n, n_params : int
        Numbers of equations and of parameters.

    Returns
    -------
    numba cfunc or None
        ``int f(const double *t, const double *y, double *dydt, const double *params)`` of GROUPS times
        LANES trajectories; None where the function has no such form.
    """
    scope = {
        name: _as_is if value is carray else value for name, value in function.__globals__.items()
    }
    copy = python_types.FunctionType(
        function.__code__, scope, function.__name__, function.__defaults__, function.__closure__
    )
    inner = njit(copy, forceinline=True, error_model="numpy")

    def all_lanes(t, y, dydt, params):
        failed = 0
        for g in range(GROUPS):
            failed |= inner(t[g], _at(y, g * n), _at(dydt, g * n), _at(params, g * n_params))
        return failed

    try:
        return cfunc(types.int32(_pointer, _pointer, _pointer, _pointer))(all_lanes)
    except errors.NumbaError:
        return None

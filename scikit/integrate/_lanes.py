"""Right-hand sides in the lanes of vectors: numba code that computes eight trajectories at once.

Needs numba, and is imported only with it. A user's function is compiled once more with a number type of its own, eight
numbers in a vector, in place of float: what it does with its arguments is then done to eight trajectories. A function
that branches on its state has no such form; its compilation fails, and the caller goes on without.
"""

import math
import operator
import types as python_types

import numpy as np
from llvmlite import ir
from numba import carray, cfunc, njit, types
from numba.core import cgutils, errors
from numba.extending import intrinsic, models, overload, register_model

from scikit.integrate import _ensemble_cy

LANES, GROUPS = _ensemble_cy.LANES, _ensemble_cy.GROUPS
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_BITS = ir.VectorType(ir.IntType(64), LANES)


class LanesType(types.Type):
    """Eight float64, one a trajectory."""

    def __init__(self):
        super().__init__(name="Lanes")


lanes = LanesType()
_pointer = types.CPointer(lanes)


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, fe_type):
        super().__init__(manager, fe_type, _VECTOR)


def _is_number(kind):
    return isinstance(kind, types.Integer | types.Float | types.Boolean)


@intrinsic
def _splat(typingctx, x):
    if not _is_number(x):
        return None

    def code(context, builder, signature, args):
        value = context.cast(builder, args[0], signature.args[0], types.float64)
        vector = builder.insert_element(
            ir.Constant(_VECTOR, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
        )
        mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(vector, vector, mask)

    return lanes(x), code


def _binary_instruction(name):
    @intrinsic
    def instruction(typingctx, a, b):
        def code(context, builder, signature, args):
            return getattr(builder, name)(*args, flags=("contract",))

        return lanes(lanes, lanes), code

    return instruction


def _llvm_function(name):
    """An LLVM intrinsic of one vector; what the processor lacks becomes calls of the C library."""

    @intrinsic
    def call(typingctx, x):
        def code(context, builder, signature, args):
            kind = ir.FunctionType(_VECTOR, [_VECTOR])
            function = cgutils.get_or_insert_function(
                builder.module, kind, f"llvm.{name}.v{LANES}f64"
            )
            return builder.call(function, args)

        return lanes(lanes), code

    return call


def _overload_binary(function, instruction):
    @overload(function)
    def operation(a, b):
        if isinstance(a, LanesType) and isinstance(b, LanesType):
            return lambda a, b: instruction(a, b)
        if isinstance(a, LanesType) and _is_number(b):
            return lambda a, b: instruction(a, _splat(b))
        if _is_number(a) and isinstance(b, LanesType):
            return lambda a, b: instruction(_splat(a), b)
        return None


_add, _sub, _mul, _div = (_binary_instruction(name) for name in ("fadd", "fsub", "fmul", "fdiv"))
for _functions, _instruction in (
    ((operator.add, operator.iadd), _add), ((operator.sub, operator.isub), _sub),
    ((operator.mul, operator.imul), _mul), ((operator.truediv, operator.itruediv), _div),
):  # fmt: skip
    for _function in _functions:
        _overload_binary(_function, _instruction)


def _overload_unary(functions, body):
    for function in functions:

        @overload(function)
        def operation(x):
            return body if isinstance(x, LanesType) else None


_floor, _sqrt, _fabs, _log, _sin, _cos = (
    _llvm_function(name) for name in ("floor", "sqrt", "fabs", "log", "sin", "cos")
)


@intrinsic
def _power_of_two(typingctx, k):
    """2**k for whole k between -1022 and 1023, from the bits of the result."""

    def code(context, builder, signature, args):
        bits = builder.fptosi(args[0], _BITS)
        bits = builder.add(bits, ir.Constant(_BITS, [1023] * LANES))
        return builder.bitcast(builder.shl(bits, ir.Constant(_BITS, [52] * LANES)), _VECTOR)

    return lanes(lanes), code


def _bounded(low, high):
    """An instruction (x, y): y, but 0 where x < low and infinity where x > high."""

    @intrinsic
    def instruction(typingctx, x, y):
        def code(context, builder, signature, args):
            value = args[1]
            for comparison, bound, result in (("<", low, 0.0), (">", high, float("inf"))):
                limit = ir.Constant(_VECTOR, [bound] * LANES)
                beyond = builder.fcmp_ordered(comparison, args[0], limit)
                value = builder.select(beyond, ir.Constant(_VECTOR, [result] * LANES), value)
            return value

        return lanes(lanes, lanes), code

    return instruction


#: What lies below 1e-307 is 0; the largest number is exp(709.78...).
_within_range = _bounded(-707.0, 709.782712893384)


#: 1/k!: the series of exp(r) for |r| <= ln(2)/2 ends below 1e-17 with k = 13. Globals are constants to numba.
_C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11, _C12, _C13 = (
    1.0 / math.factorial(k) for k in range(3, 14)
)
_LOG2_E = 1 / math.log(2)
_LN2_HIGH, _LN2_LOW = (
    6.93147180369123816490e-01,
    1.90821492927058770002e-10,
)  # ln 2 in 32 and 53 bits


@njit
def _exp(x):
    """exp(x) without a branch or a loop, so that LLVM can move it and compute equal ones once."""
    k = _floor(x * _LOG2_E + 0.5)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    # Estrin's scheme: short chains
    r2 = r * r
    r4 = r2 * r2
    low = (r * _C3 + 0.5) + r2 * (r * _C5 + _C4)
    middle = (r * _C7 + _C6) + r2 * (r * _C9 + _C8)
    high = (r * _C11 + _C10) + r2 * (r * _C13 + _C12)
    p = r2 * (low + r4 * (middle + r4 * high)) + r + 1.0
    return _within_range(x, p * _power_of_two(k - 1.0) * 2.0)  # 2**k itself may be too large


@njit
def _power(x, k):
    """x**k by squaring."""
    result, base, count = _splat(1.0), x, abs(k)
    while count > 0:
        if count % 2:
            result = result * base
        base = base * base
        count //= 2
    return 1.0 / result if k < 0 else result


@njit
def _real_power(x, k):
    """x**k; halves by the root, which is exact."""
    twice = int(2 * k)
    if 2 * k == twice:
        if twice % 2 == 0:
            return _power(x, twice // 2)
        whole = (twice - 1) // 2
        return _power(x, whole) * _sqrt(x)
    return _exp(_log(x) * k)


_overload_unary((operator.neg,), lambda x: x * -1.0)
_overload_unary((operator.pos,), lambda x: x)
_overload_unary((abs, math.fabs, np.abs), lambda x: _fabs(x))
_overload_unary((math.sqrt, np.sqrt), lambda x: _sqrt(x))
_overload_unary((math.exp, np.exp), lambda x: _exp(x))
_overload_unary((math.log, np.log), lambda x: _log(x))
_overload_unary((math.sin, np.sin), lambda x: _sin(x))
_overload_unary((math.cos, np.cos), lambda x: _cos(x))
_overload_unary((math.floor, np.floor), lambda x: _floor(x))


@overload(operator.pow)
def _pow(x, k):
    if isinstance(x, LanesType) and isinstance(k, types.Integer):
        return lambda x, k: _power(x, k)
    if isinstance(x, LanesType) and isinstance(k, types.Float):
        return lambda x, k: _real_power(x, k)
    return None


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

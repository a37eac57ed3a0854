"""A number type of eight float64 in a vector for numba, its arithmetic, comparisons and choices.

Needs numba, and is imported only with it.
"""

import itertools
import operator

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, overload, register_model

from scikit.integrate import _ensemble_cy

LANES = _ensemble_cy.LANES
_INDEX = ir.IntType(32)
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_BITS = ir.VectorType(ir.IntType(64), LANES)


class LanesType(types.Type):
    """Eight float64, one a trajectory."""

    def __init__(self):
        super().__init__(name="Lanes")


class MaskType(types.Type):
    """Eight truth values, each 0 or -1 in 64 bits. They decide no branch, they choose."""

    def __init__(self):
        super().__init__(name="LanesMask")


lanes, mask = LanesType(), MaskType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, fe_type):
        super().__init__(manager, fe_type, _VECTOR)


@register_model(MaskType)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager, fe_type):
        super().__init__(manager, fe_type, _BITS)


NUMBERS = (types.Integer, types.Float, types.Boolean)


def is_number(kind):
    return isinstance(kind, NUMBERS)


def in_lanes(kind):
    return isinstance(kind, LanesType | MaskType)


def instruction(result, *arguments):
    """Make of ``code(builder, *values)`` an instruction of these types for jitted functions."""

    def decorate(code):
        def generate(context, builder, typed, args):
            return code(builder, *args)

        form = result(*arguments), generate
        forms = {
            1: lambda typingctx, a: form,
            2: lambda typingctx, a, b: form,
            3: lambda typingctx, a, b, c: form,
        }
        return intrinsic(forms[len(arguments)])

    return decorate


def every(kind, value):
    """A constant in all lanes of a vector."""
    return ir.Constant(kind, [value] * LANES)


def _vector(context, builder, kind, value):
    """A vector as it is, a number in all lanes, and 1 or 0 for the truth values of a mask."""
    if isinstance(kind, LanesType):
        return value
    if isinstance(kind, MaskType):
        ones = builder.bitcast(every(_VECTOR, 1.0), _BITS)
        return builder.bitcast(builder.and_(value, ones), _VECTOR)
    number = context.cast(builder, value, kind, types.float64)
    first = builder.insert_element(
        ir.Constant(_VECTOR, ir.Undefined), number, ir.Constant(_INDEX, 0)
    )
    return builder.shuffle_vector(first, first, every(ir.VectorType(_INDEX, LANES), 0))


@intrinsic
def as_lanes(typingctx, x):
    """The vector of a vector, of a number, or of a mask."""
    if not (in_lanes(x) or is_number(x)):
        return None

    def generate(context, builder, typed, args):
        return _vector(context, builder, x, args[0])

    return lanes(x), generate


def of_hardware(name):
    """An instruction of one vector that the processor has."""

    @instruction(lanes, lanes)
    def call(builder, x):
        kind = ir.FunctionType(_VECTOR, [_VECTOR])
        function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{LANES}f64")
        return builder.call(function, [x])

    return call


@instruction(lanes, mask, lanes, lanes)
def choose(builder, which, a, b):
    """Lane by lane a where the mask is set, else b."""
    return builder.select(builder.icmp_signed("!=", which, every(_BITS, 0)), a, b)


@instruction(types.boolean, mask)
def any_of(builder, which):
    """Whether the mask is set in any lane."""
    set_lanes = builder.icmp_signed("!=", which, every(_BITS, 0))
    return builder.icmp_unsigned(
        "!=", builder.bitcast(set_lanes, ir.IntType(LANES)), ir.Constant(ir.IntType(LANES), 0)
    )


@instruction(types.float64, lanes, types.int64)
def lane_of(builder, x, index):
    return builder.extract_element(x, index)


@instruction(lanes, lanes, types.int64, types.float64)
def with_lane(builder, x, index, value):
    return builder.insert_element(x, value, index)


def bits_of(code):
    """An instruction of one vector by ``code(builder, bits)`` of its bits."""

    @instruction(lanes, lanes)
    def call(builder, x):
        return builder.bitcast(code(builder, builder.bitcast(x, _BITS)), _VECTOR)

    return call


def constant_bits(value):
    return every(_BITS, value)


def overload_binary(function, operation):
    """Make `function` of two vectors, or of a vector and a number, the jitted function `operation`."""

    @overload(function)
    def form(a, b):
        kinds = (a, b)
        if not any(map(in_lanes, kinds)) or not all(in_lanes(k) or is_number(k) for k in kinds):
            return None
        return lambda a, b: operation(as_lanes(a), as_lanes(b))


def overload_unary(function, operation):
    """Make `function` of one vector the jitted function `operation`."""
    overload(function)(lambda x: operation.py_func if isinstance(x, LanesType) else None)


def _operator(functions, result, code, kinds=(LanesType, MaskType, *NUMBERS)):
    """Make `functions` of two values, one of them in lanes, ``code(builder, a, b)`` of their vectors or masks.

    (Typed and lowered by hand: overloads would be compiled one by one, which takes longer than all the rest.)
    """

    class Template(AbstractTemplate):
        def generic(self, args, kws):
            fits = (
                len(args) == 2
                and any(map(in_lanes, args))
                and all(isinstance(a, kinds) for a in args)
            )
            return signature(result, *args) if fits else None

    def lower(context, builder, typed, args):
        if kinds != (MaskType,):
            args = [_vector(context, builder, *pair) for pair in zip(typed.args, args, strict=True)]
        return code(builder, *args)

    for function in functions:
        infer_global(function)(Template)
        for pair in itertools.product(kinds, kinds):
            if not all(kind in NUMBERS for kind in pair):
                lower_builtin(function, *pair)(lower)


for _functions, _name in (
    ((operator.add, operator.iadd), "fadd"),
    ((operator.sub, operator.isub), "fsub"),
    ((operator.mul, operator.imul), "fmul"),
    ((operator.truediv, operator.itruediv), "fdiv"),
):
    _operator(
        _functions,
        lanes,
        # it may be fused with another one
        lambda builder, a, b, name=_name: getattr(builder, name)(a, b, flags=("contract",)),
    )
for _function, _sign in (
    (operator.lt, "<"),
    (operator.le, "<="),
    (operator.gt, ">"),
    (operator.ge, ">="),
    (operator.eq, "=="),
):
    _operator(
        (_function,),
        mask,
        lambda builder, a, b, sign=_sign: builder.sext(builder.fcmp_ordered(sign, a, b), _BITS),
    )
_operator(
    (operator.ne,),
    mask,
    lambda builder, a, b: builder.sext(builder.fcmp_unordered("!=", a, b), _BITS),
)
for _function, _name in ((operator.and_, "and_"), (operator.or_, "or_"), (operator.xor, "xor")):
    _operator(
        (_function,),
        mask,
        lambda builder, a, b, name=_name: getattr(builder, name)(a, b),
        kinds=(MaskType,),
    )


@overload(operator.invert)
def _not(x):
    return (lambda x: _opposite(x)) if isinstance(x, MaskType) else None


_opposite = instruction(mask, mask)(lambda builder, which: builder.not_(which))


@overload(np.where)
def _where(condition, x, y):
    if not isinstance(condition, MaskType):
        return None
    return lambda condition, x, y: choose(condition, as_lanes(x), as_lanes(y))

"""Elementary functions of the lanes' vectors for numba: what is common in equations of motion without a branch or a
loop, so that LLVM can move it and compute equal ones once; the rest lane by lane with the C library's functions.

The errors are below 4 units in the last place, those of powers that are neither whole nor halves below
4 + abs(log(result)). What lies outside the
arguments that a formula holds for is taken from the C library, lane by lane, whatever the other lanes hold.
"""

import math
import operator

import numpy as np
from numba import njit, types
from numba.extending import overload

from scikit.integrate._lanes_type import (
    LANES,
    any_of,
    as_lanes,
    bits_of,
    choose,
    constant_bits,
    in_lanes,
    instruction,
    lane_of,
    lanes,
    of_hardware,
    overload_binary,
    overload_unary,
    with_lane,
)

floor, ceil, sqrt, absolute = (of_hardware(name) for name in ("floor", "ceil", "sqrt", "fabs"))

#: Added to a number below 2**51, this leaves the nearest whole number in the last bits.
_ROUND = 1.5 * 2.0**52
#: pi/2 in 33, 33 and 53 bits: the products of the first two with numbers below 2**20 are exact.
_QUARTER_1, _QUARTER_2, _QUARTER_3 = (
    1.57079632673412561417,
    6.07710050630396597660e-11,
    2.02226624879595063154e-21,
)
_LARGEST_ANGLE = 1e6
_TWO_OVER_PI = 2 / math.pi
#: ln 2 in 32 and 53 bits.
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_LOG2_E, _LOG10_E = 1 / math.log(2), 1 / math.log(10)
_SMALLEST, _LARGEST = 2.0**-1022, 1.7976931348623157e308
#: 1/k!; globals are constants to numba.
_F3, _F4, _F5, _F6, _F7, _F8, _F9, _F10, _F11, _F12, _F13, _F14, _F15, _F16, _F17 = (
    1.0 / math.factorial(k) for k in range(3, 18)
)


@njit
def _two_to(k):
    """2**k of whole k between -1022 and 1023, from the bits of the result."""
    return _shifted_exponent(k + (_ROUND + 1023.0))


_shifted_exponent = bits_of(lambda builder, bits: builder.shl(bits, constant_bits(52)))


@njit
def _series_of_exp(r):
    """exp(r) - 1 for abs(r) <= ln(2)/2 by its series (Estrin's scheme: short chains)."""
    r2 = r * r
    r4 = r2 * r2
    low = (r * _F3 + 0.5) + r2 * (r * _F5 + _F4)
    middle = (r * _F7 + _F6) + r2 * (r * _F9 + _F8)
    high = (r * _F11 + _F10) + r2 * (r * _F13 + _F12)
    return r2 * (low + r4 * (middle + r4 * high)) + r


@njit
def _exp(x):
    """What lies below 1e-307 is 0."""
    k = floor(x * _LOG2_E + 0.5)
    p = _series_of_exp((x - k * _LN2_HIGH) - k * _LN2_LOW) + 1.0
    value = p * _two_to(k - 1.0) * 2.0  # 2**k itself may be too large
    value = choose(x < -707.0, as_lanes(0.0), value)
    return choose(x > 709.782712893384, as_lanes(np.inf), value)


@njit
def _expm1_moderate(x):
    """exp(x) - 1 for abs(x) < 700."""
    k = floor(x * _LOG2_E + 0.5)
    scale = _two_to(k)
    return _series_of_exp((x - k * _LN2_HIGH) - k * _LN2_LOW) * scale + (scale - 1.0)


@njit
def _tanh(x):
    size = absolute(x)
    e = _expm1_moderate(choose(size > 22.0, as_lanes(44.0), size * 2.0))
    return _with_sign(e / (e + 2.0), x)


@instruction(lanes, lanes, lanes)
def _with_sign(builder, size, x):
    """abs(size) with the sign of x."""
    bits = constant_bits(-(2**63))
    sign = builder.and_(builder.bitcast(x, bits.type), bits)
    rest = builder.and_(builder.bitcast(size, bits.type), builder.not_(bits))
    return builder.bitcast(builder.or_(sign, rest), size.type)


_exponent_bits = bits_of(
    lambda builder, bits: builder.or_(
        builder.lshr(bits, constant_bits(52)), constant_bits(0x4330000000000000)
    )
)
_mantissa = bits_of(
    lambda builder, bits: builder.or_(
        builder.and_(bits, constant_bits(0xFFFFFFFFFFFFF)), constant_bits(0x3FF0000000000000)
    )
)


@njit
def _log_normal(x):
    """log(x) of normal positive numbers, by 2 artanh((m - 1) / (m + 1))."""
    e = _exponent_bits(x) - (2.0**52 + 1023.0)
    m = _mantissa(x)
    large = m > 1.4142135623730951
    m = choose(large, m * 0.5, m)
    e = choose(large, e + 1.0, e)
    u = (m - 1.0) / (m + 1.0)
    v = u * u
    w = v * v
    low = (v * (2 / 5) + 2 / 3) + w * (v * (2 / 9) + 2 / 7)
    high = (v * (2 / 13) + 2 / 11) + w * (v * (2 / 17) + 2 / 15)
    series = low + (w * w) * (high + (w * w) * (2 / 19))
    return e * _LN2_HIGH + (u * 2.0 + (u * (v * series) + e * _LN2_LOW))


@njit
def _is_normal(x):
    return (x >= _SMALLEST) & (x <= _LARGEST)


@njit
def _quarter_turns(x):
    """Numbers in whose last bits the nearest multiple of pi/2 to x stands, and the rest of x."""
    turns = x * _TWO_OVER_PI + _ROUND
    k = turns - _ROUND
    return turns, ((x - k * _QUARTER_1) - k * _QUARTER_2) - k * _QUARTER_3


@njit
def _sin_series(r):
    z = r * r
    z2 = z * z
    low = (z * _F5 - _F3) + z2 * (z * _F9 - _F7)
    high = (z * _F13 - _F11) + z2 * (z * _F17 - _F15)
    return r + (r * z) * (low + (z2 * z2) * high)


@njit
def _cos_series(r):
    z = r * r
    z2 = z * z
    low = (_F4 - z * _F6) + z2 * (_F8 - z * _F10)
    high = (_F12 - z * _F14) + z2 * _F16
    return (1.0 - z * 0.5) + z2 * (low + (z2 * z2) * high)


@instruction(lanes, lanes, lanes, lanes)
def _in_quadrant(builder, turns, sine, cosine):
    """The sine, cosine, -sine or -cosine of the rest, by the last two bits of `turns`."""
    bits = builder.bitcast(turns, constant_bits(0).type)
    odd = builder.icmp_signed("!=", builder.and_(bits, constant_bits(1)), constant_bits(0))
    value = builder.bitcast(builder.select(odd, cosine, sine), bits.type)
    sign = builder.shl(builder.and_(bits, constant_bits(2)), constant_bits(62))
    return builder.bitcast(builder.xor(value, sign), sine.type)


@njit
def _sin_moderate(x):
    turns, r = _quarter_turns(x)
    return _in_quadrant(turns, _sin_series(r), _cos_series(r))


@njit
def _cos_moderate(x):
    turns, r = _quarter_turns(x)
    return _in_quadrant(turns + 1.0, _sin_series(r), _cos_series(r))


@njit
def _tan_moderate(x):
    return _sin_moderate(x) / _cos_moderate(x)


@njit
def _cosh_moderate(x):
    e = _exp(x)
    return e * 0.5 + 0.5 / e


@njit
def _sinh_moderate(x):
    e = _expm1_moderate(absolute(x))
    return _with_sign((e + e / (e + 1.0)) * 0.5, x)


@njit
def _sign(x):
    return choose(x > 0.0, as_lanes(1.0), choose(x < 0.0, as_lanes(-1.0), x))


def _lane_by_lane(function):
    @njit(error_model="numpy")
    def each(x):
        result = x
        for lane in range(LANES):
            result = with_lane(result, lane, function(lane_of(x, lane)))
        return result

    return each


def _lane_by_lane_of_two(function):
    @njit(error_model="numpy")
    def each(x, y):
        result = x
        for lane in range(LANES):
            result = with_lane(result, lane, function(lane_of(x, lane), lane_of(y, lane)))
        return result

    return each


def _where_it_holds(formula, holds, function):
    """`formula` in the lanes where `holds`, else the scalar `function`."""
    each = _lane_by_lane(function)

    @njit
    def whole(x):
        value, usual = formula(x), holds(x)
        if any_of(~usual):
            value = choose(usual, value, each(x))
        return value

    return whole


@njit
def _is_angle(x):
    return absolute(x) <= _LARGEST_ANGLE


@njit
def _is_moderate(x):
    return absolute(x) < 700.0


_log = _where_it_holds(_log_normal, _is_normal, math.log)


@njit
def _log10(x):
    return _log(x) * _LOG10_E


@njit
def _log2(x):
    return _log(x) * _LOG2_E


@njit
def _whole_power(x, k):
    """x**k by squaring."""
    result, base, count = as_lanes(1.0), x, abs(k)
    while count > 0:
        if count % 2:
            result = result * base
        base = base * base
        count //= 2
    return 1.0 / result if k < 0 else result


_libm_power = _lane_by_lane_of_two(math.pow)


@njit
def _any_power(x, y):
    exponent = y * _log_normal(x)
    usual = _is_normal(x) & (absolute(exponent) < 700.0)
    value = _exp(exponent)
    if any_of(~usual):
        value = choose(usual, value, _libm_power(x, y))
    return value


@njit
def _constant_power(x, k):
    """x**k; halves by the root, which is exact."""
    twice = int(2 * k)
    if 2 * k == twice and abs(k) < 64:
        if twice % 2 == 0:
            return _whole_power(x, twice // 2)
        return _whole_power(x, (twice - 1) // 2) * sqrt(x)
    return _any_power(x, as_lanes(k))


for _function in (operator.pow, operator.ipow, math.pow, np.power):

    @overload(_function)
    def _power(x, k):
        if not (in_lanes(x) or in_lanes(k)):
            return None
        if isinstance(k, types.Integer):
            return lambda x, k: _whole_power(as_lanes(x), k)
        if isinstance(k, types.Float):
            return lambda x, k: _constant_power(as_lanes(x), k)
        return lambda x, k: _any_power(as_lanes(x), as_lanes(k))


@njit
def _larger(x, y):
    return choose(y > x, y, x)


@njit
def _smaller(x, y):
    return choose(y < x, y, x)


@njit
def _remainder(x, y):
    return x % y


@njit
def _whole_quotient(x, y):
    return x // y


@njit
def _negative(x):
    return x * -1.0


@njit
def _same(x):
    return x


def _jitted(instruction):
    return njit(lambda x: instruction(x))


for _operation, _functions in (
    (_negative, (operator.neg,)),
    (_same, (operator.pos, float)),
    (_jitted(absolute), (abs, math.fabs, np.abs)),
    (_jitted(sqrt), (math.sqrt, np.sqrt)),
    (_jitted(floor), (math.floor, np.floor)),
    (_jitted(ceil), (math.ceil, np.ceil)),
    (_exp, (math.exp, np.exp)),
    (_log, (math.log, np.log)),
    (_log2, (math.log2, np.log2)),
    (_log10, (math.log10, np.log10)),
    (_where_it_holds(_sin_moderate, _is_angle, math.sin), (math.sin, np.sin)),
    (_where_it_holds(_cos_moderate, _is_angle, math.cos), (math.cos, np.cos)),
    (_where_it_holds(_tan_moderate, _is_angle, math.tan), (math.tan, np.tan)),
    (_where_it_holds(_sinh_moderate, _is_moderate, math.sinh), (math.sinh, np.sinh)),
    (_where_it_holds(_cosh_moderate, _is_moderate, math.cosh), (math.cosh, np.cosh)),
    (_tanh, (math.tanh, np.tanh)),
    (_sign, (np.sign,)),
    *(
        (_lane_by_lane(_function), (_function, *_more))
        for _function, *_more in (
            (math.asin, np.arcsin), (math.acos, np.arccos), (math.atan, np.arctan),
            (math.asinh, np.arcsinh), (math.acosh, np.arccosh), (math.atanh, np.arctanh),
            (math.expm1, np.expm1), (math.log1p, np.log1p), (math.erf,), (math.erfc,),
            (math.gamma,), (math.lgamma,),
        )
    ),
):  # fmt: skip
    for _function in _functions:
        overload_unary(_function, _operation)

for _operation, _functions in (
    (_larger, (max, np.maximum)),
    (_smaller, (min, np.minimum)),
    (_with_sign, (math.copysign, np.copysign)),
    (_lane_by_lane_of_two(math.atan2), (math.atan2, np.arctan2)),
    (_lane_by_lane_of_two(math.hypot), (math.hypot, np.hypot)),
    (_lane_by_lane_of_two(_remainder), (operator.mod,)),
    (_lane_by_lane_of_two(_whole_quotient), (operator.floordiv,)),
):
    for _function in _functions:
        overload_binary(_function, _operation)

!> The number kinds of every kernel.
module sk_kinds
    use, intrinsic :: iso_c_binding, only: c_double, c_float, c_int, c_int8_t, c_int64_t
    implicit none
    private
    integer, parameter, public :: dp = c_double
    integer, parameter, public :: sp = c_float
    integer, parameter, public :: i1 = c_int8_t
    integer, parameter, public :: i4 = c_int
    integer, parameter, public :: i8 = c_int64_t
end module sk_kinds

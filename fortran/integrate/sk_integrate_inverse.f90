!> Inverses of the iteration matrices of a few equations: a product with one runs in vector registers. See sk_small.h.
module sk_integrate_inverse
    use, intrinsic :: iso_c_binding, only: c_f_procpointer, c_funptr, c_int, c_ptr
    use sk_kinds, only: dp, i8
    use sk_status, only: sk_memory, sk_ok
    implicit none
    private
    public :: inverses, inverses_create, smallest

    !> Up to here; SK_SMALL of sk_small.h.
    integer(i8), parameter :: smallest = 8

    type :: inverses
        real(dp), allocatable :: inverse(:, :, :), zinverse(:, :, :, :) ! (smallest, n, slot), (smallest, 2, n, slot)
        procedure(invert_interface), pointer, nopass :: invert => null()
        procedure(invert_complex_interface), pointer, nopass :: invert_complex => null()
        procedure(apply_interface), pointer, nopass :: apply => null(), apply_complex => null()
        procedure(sum_interface), pointer, nopass :: sum => null()
        procedure(stage_interface), pointer, nopass :: stage => null()
    end type inverses

    abstract interface
        function invert_interface(n, jac, mass, shift, inverse) bind(c) result(info)
            import :: c_int, dp, i8
            integer(i8), value :: n
            real(dp), intent(in) :: jac(*)
            real(dp), intent(in), optional :: mass(*)
            real(dp), value :: shift
            real(dp), intent(inout) :: inverse(*)
            integer(c_int) :: info
        end function invert_interface

        function invert_complex_interface(n, jac, mass, re, im, inverse) bind(c) result(info)
            import :: c_int, dp, i8
            integer(i8), value :: n
            real(dp), intent(in) :: jac(*)
            real(dp), intent(in), optional :: mass(*)
            real(dp), value :: re, im
            real(dp), intent(inout) :: inverse(*)
            integer(c_int) :: info
        end function invert_complex_interface

        subroutine apply_interface(n, inverse, x) bind(c)
            import :: c_ptr, dp, i8
            integer(i8), value :: n
            real(dp), intent(in) :: inverse(*)
            type(c_ptr), value :: x
        end subroutine apply_interface

        subroutine sum_interface(count, weight, u, y, out) bind(c)
            import :: dp, i8
            integer(i8), value :: count
            real(dp), intent(in) :: weight(*), u(*), y(*)
            real(dp), intent(inout) :: out(*)
        end subroutine sum_interface

        subroutine stage_interface(n, inverse, count, weight, u, scale, slope_scale, slope, x) bind(c)
            import :: dp, i8
            integer(i8), value :: n, count
            real(dp), intent(in) :: inverse(*), weight(*), u(*), slope(*)
            real(dp), value :: scale, slope_scale
            real(dp), intent(inout) :: x(*)
        end subroutine stage_interface
    end interface

    type, bind(c) :: small_kernels
        type(c_funptr) :: invert, invert_complex, apply, apply_complex, sum, stage
    end type small_kernels

    interface
        subroutine small_pick(kernels) bind(c, name="sk_small_pick")
            import :: small_kernels
            type(small_kernels), intent(out) :: kernels
        end subroutine small_pick
    end interface

contains

    !> Storage for `reals` real and `complexes` complex inverses of n equations.
    subroutine inverses_create(a, n, reals, complexes, status)
        type(inverses), intent(inout) :: a
        integer(i8), intent(in) :: n
        integer, intent(in) :: reals, complexes
        integer(c_int), intent(out) :: status
        type(small_kernels) :: kernels
        integer :: flag
        call small_pick(kernels)
        call c_f_procpointer(kernels%invert, a%invert)
        call c_f_procpointer(kernels%invert_complex, a%invert_complex)
        call c_f_procpointer(kernels%apply, a%apply)
        call c_f_procpointer(kernels%apply_complex, a%apply_complex)
        call c_f_procpointer(kernels%sum, a%sum)
        call c_f_procpointer(kernels%stage, a%stage)
        allocate (a%inverse(smallest, n, reals), a%zinverse(smallest, 2, n, complexes), stat=flag)
        status = merge(sk_ok, sk_memory, flag == 0)
    end subroutine inverses_create

end module sk_integrate_inverse

!> Jacobians by differences of f, full or banded.
!>
!> Increments follow A. C. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363-396, section 2.1,
!> doi:10.1145/1089014.1089020, and are never so small that a sum of all y does not feel them. For the smallest of y that
!> is far more than y itself: there a third point makes the difference exact for quadratic f, such as rates of reactions.
module sk_integrate_differences
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_int
    use sk_kinds, only: dp, i8
    use sk_status, only: sk_ok
    use sk_integrate_core, only: evaluate, evaluate_residual, ode_state
    implicit none
    private
    public :: jacobian_matrix, differences, residual_differences, shares

    type :: jacobian_matrix
        integer(i8) :: n = 0, lower = -1, upper = -1
        real(dp), allocatable :: jac(:, :)                 ! n x n, or (lower + upper + 1) x n
        real(dp), allocatable :: trial(:), f_trial(:), increment(:)
        real(dp), allocatable :: trial_rate(:)             ! of F(t, y, y') = 0
    end type jacobian_matrix

contains

    !> One column of J, or every (lower + upper + 1)-th at once, by a forward difference. Not counted in nfev.
    subroutine differences(a, s, t, y, f, status)
        type(jacobian_matrix), intent(inout) :: a
        type(ode_state), intent(inout) :: s
        real(dp), intent(in) :: t, y(s%ld), f(s%ld)
        integer(c_int), intent(out) :: status
        integer(i8) :: group, stride, j, calls
        calls = s%nfev
        status = sk_ok
        call increments(a, s, y, f)
        stride = column_stride(a)
        do group = 1, stride
            a%trial = y
            do j = group, a%n, stride
                a%trial(j) = y(j) + a%increment(j)
            end do
            call evaluate(s, t, a%trial, a%f_trial, status)
            if (status /= sk_ok) exit
            call store_columns(a, s%ld, group, stride, f)
            if (.not. any(wide(a%increment(group:a%n:stride), y(group:a%n:stride)))) cycle
            a%trial(group:a%n:stride) = y(group:a%n:stride) + 2 * a%increment(group:a%n:stride)
            call evaluate(s, t, a%trial, a%f_trial, status)
            if (status /= sk_ok) exit
            call store_columns(a, s%ld, group, stride, f, y)
        end do
        s%nfev = calls
    end subroutine differences

    !> That matrix by forward differences in a%jac. Not counted in nfev.
    subroutine residual_differences(a, s, t, y, rate, r, shift, starting, status)
        type(jacobian_matrix), intent(inout) :: a
        type(ode_state), intent(inout) :: s
        real(dp), intent(in) :: t, y(s%ld), rate(s%ld), r(s%ld), shift
        logical, intent(in) :: starting
        integer(c_int), intent(out) :: status
        real(dp) :: weight(2), largest
        integer(i8) :: group, stride, j, calls
        calls = s%nfev
        status = sk_ok
        call increments(a, s, y, rate)
        stride = column_stride(a)
        largest = sqrt(epsilon(largest)) * maxval(abs(r(1:a%n)))
        if (starting) then ! how much F changes with y tells which changes of y' it feels
            a%trial = y
            a%trial(1:a%n) = y(1:a%n) + a%increment
            call evaluate_residual(s, t, a%trial, rate, a%f_trial, status)
            if (status == sk_ok) largest = max(largest, maxval(abs(a%f_trial(1:a%n) - r(1:a%n))))
        end if
        if (.not. largest <= huge(largest)) largest = 0
        do group = 1, stride
            a%trial = y
            a%trial_rate = rate
            if (status /= sk_ok) exit
            do j = group, a%n, stride
                weight = shares(s, j, shift, starting)
                if (weight(1) > 0) then
                    a%trial(j) = y(j) + a%increment(j)
                else
                    a%increment(j) = max(sqrt(epsilon(largest)) * abs(rate(j)), largest)
                    if (.not. a%increment(j) > 0) a%increment(j) = 1
                    a%increment(j) = (rate(j) + a%increment(j)) - rate(j)
                end if
                a%trial_rate(j) = rate(j) + weight(2) * a%increment(j)
            end do
            call evaluate_residual(s, t, a%trial, a%trial_rate, a%f_trial, status)
            if (status /= sk_ok) exit
            call store_columns(a, s%ld, group, stride, r)
            if (.not. any(wide(a%increment(group:a%n:stride), y(group:a%n:stride)))) cycle
            a%trial = 2 * a%trial - y
            a%trial_rate = 2 * a%trial_rate - rate
            call evaluate_residual(s, t, a%trial, a%trial_rate, a%f_trial, status)
            if (status /= sk_ok) exit
            call store_columns(a, s%ld, group, stride, r, y)
        end do
        s%nfev = calls
    end subroutine residual_differences

    !> The factors of dF/dy and dF/dy' in column j.
    function shares(s, j, shift, starting) result(weight)
        type(ode_state), intent(in) :: s
        integer(i8), intent(in) :: j
        real(dp), intent(in) :: shift
        logical, intent(in) :: starting
        real(dp) :: weight(2)
        real(dp), pointer, contiguous :: differential(:)
        weight = [1.0_dp, shift]
        if (.not. starting) return
        weight = [0.0_dp, 1.0_dp]
        if (.not. c_associated(s%differential)) return
        call c_f_pointer(s%differential, differential, [s%n])
        weight = [1 - differential(j), differential(j)]
    end function shares

    !> Whether J changes along this increment of y, so that a difference needs a third point (one-sided, as y may
    !> not be free to change its sign).
    elemental function wide(increment, y)
        real(dp), intent(in) :: increment, y
        logical :: wide
        wide = abs(increment) > 1e-4_dp * abs(y)
    end function wide

    !> Columns this far apart share no row.
    pure function column_stride(a) result(stride)
        type(jacobian_matrix), intent(in) :: a
        integer(i8) :: stride
        stride = a%n
        if (a%lower >= 0) stride = min(a%n, a%lower + a%upper + 1)
    end function column_stride

    !> Columns group, group + stride, ... of J from f_trial, their increments being in increment. With y given, f_trial is
    !> that of twice the increments, and the columns with wide ones, which hold a difference, become of second order.
    pure subroutine store_columns(a, ld, group, stride, f, y)
        type(jacobian_matrix), intent(inout) :: a
        integer(i8), intent(in) :: ld, group, stride
        real(dp), intent(in) :: f(ld)
        real(dp), intent(in), optional :: y(ld)
        integer(i8) :: j, first, last, top
        first = 1
        last = a%n
        top = 0
        do j = group, a%n, stride
            if (a%lower >= 0) then
                first = max(1_i8, j - a%upper)
                last = min(a%n, j + a%lower)
                top = a%upper + 1 - j
            end if
            associate (column => a%jac(top + first:top + last, j), change => a%f_trial(first:last))
                if (.not. present(y)) then
                    column = (change - f(first:last)) * (1 / a%increment(j))
                else if (wide(a%increment(j), y(j))) then
                    column = 2 * column - (change - f(first:last)) * (0.5_dp / a%increment(j))
                end if
            end associate
        end do
    end subroutine store_columns

    !> Increments of y, exact in binary.
    subroutine increments(a, s, y, f)
        type(jacobian_matrix), intent(inout) :: a
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: y(s%ld), f(s%ld)
        real(dp), pointer, contiguous :: atol(:), rtol(:)
        real(dp) :: scale, least, norm, floor, side
        integer(i8) :: j
        call c_f_pointer(s%atol, atol, [s%n])
        call c_f_pointer(s%rtol, rtol, [s%n])
        norm = 0
        do j = 1, a%n
            if (c_associated(s%atol)) then
                scale = atol(j) + rtol(j) * abs(y(j))
            else
                scale = s%atol_all + s%rtol_all * abs(y(j))
            end if
            a%increment(j) = max(scale, tiny(scale) / epsilon(scale))
            norm = norm + (f(j) / a%increment(j))**2
        end do
        norm = sqrt(norm / real(a%n, dp))
        ! a sum of all y (a conservation law) must feel the change of the smallest of them
        floor = 1e-11_dp * maxval(abs(y(1:a%n)))
        least = 1000 * s%h_abs * epsilon(least) * real(a%n, dp) * norm
        if (.not. (least > 0 .and. least <= huge(least))) least = 1
        do j = 1, a%n
            scale = max(sqrt(epsilon(scale)) * abs(y(j)), least * a%increment(j), floor)
            side = f(j) * s%direction
            ! a small value may not be free to change its sign
            if (wide(scale, y(j)) .and. abs(y(j)) > 0) side = y(j)
            scale = sign(max(scale, tiny(scale) / epsilon(scale)), side)
            a%increment(j) = (y(j) + scale) - y(j)
            if (.not. abs(a%increment(j)) > 0) a%increment(j) = scale
        end do
    end subroutine increments

end module sk_integrate_differences

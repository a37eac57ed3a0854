!> Explicit Runge-Kutta methods with adaptive steps: one engine, the method is a table.
!>
!> E. Hairer, S. P. Norsett, G. Wanner: Solving Ordinary Differential Equations I, 2nd ed., Springer 1993, section II.4.
!> The interpolant is kept in the nested form of section II.6, equation (6.13).
module sk_integrate_rk
    use, intrinsic :: iso_c_binding, only: c_f_procpointer, c_int
    use sk_kinds, only: dp, i4, i8, sp
    use sk_status, only: sk_ok
    use sk_integrate_core, only: accept, aim, col_y, col_y_new, col_y_old, combine_interface, evaluate, &
        first_step, least_spacing, n_common_columns, next_factor, next_size, ode_state, poll_user, &
        scaled_squares, set_control, set_strictness, stages_interface
    use sk_integrate_rk_tables, only: rk_sizes_of, rk_table
    implicit none
    private
    public :: rk_columns, rk_start, rk_advance, rk_interpolant, rk_hermite, strict_rk

    !> The rule for tight tolerances (sk_integrate_core: strictness_of): its exponent, and the least tolerance, which the
    !> rounding errors of the tables with the largest coefficients allow.
    real(dp), parameter :: strict_rk(2) = [0.9_dp, 5e-14_dp]

    ! Columns of the workspace; the stages follow.
    integer, parameter :: col_error = n_common_columns + 1, col_error_low = n_common_columns + 2
    integer, parameter :: n_fixed_columns = n_common_columns + 2
    !> The first stage, and a column that is free after a step of a method with one error estimate.
    integer, parameter, public :: rk_first_stage = n_fixed_columns + 1, rk_scratch = col_error_low

contains

    pure function rk_columns(method) result(count)
        integer(i4), intent(in) :: method
        integer :: count, sizes(3)
        sizes = rk_sizes_of(method)
        count = n_fixed_columns + sizes(1) + 1 + sizes(2)
    end function rk_columns

    !> f(t0, y0), the control and the first step's size.
    subroutine rk_start(table, s, w, status)
        type(rk_table), intent(in) :: table
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        call set_strictness(s, w(:, col_y), strict_rk)
        call set_control(s, table%error_order, table%safety, table%beta, table%max_factor)
        call first_step(s, table%error_order, w(:, col_y), w(:, n_fixed_columns + 1), w(:, col_y_new), &
            w(:, n_fixed_columns + 2), status)
    end subroutine rk_start

    !> One accepted step from s%t; on return s%t_old, w(:, col_y_old) and the stages describe it.
    subroutine rk_advance(table, s, w, status)
        type(rk_table), intent(in) :: table
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        procedure(combine_interface), pointer :: combine
        real(dp) :: h, h_abs, t_new, high, low, factor, spacing
        logical :: rejected

        call c_f_procpointer(s%combine, combine)
        call poll_user(s, 4_i8, status) ! reading the clock costs as much as a small system
        if (status /= sk_ok) return
        ! the derivative at the end of the last step begins this one (kept until now for its interpolant)
        if (s%begun /= 0) w(:s%ld, n_fixed_columns + 1) = w(:s%ld, n_fixed_columns + 1 + table%n_stages)
        spacing = max(least_spacing(s), s%min_step)
        h_abs = next_size(s, spacing)
        rejected = .false.
        do
            call aim(s, spacing, h_abs, t_new, h, status)
            if (status /= sk_ok) return
            call attempt(table, s, w, combine, h, t_new, high, low, status)
            if (status /= sk_ok) return
            ! an error of at most 1, without the root and the quotient
            if (high * high <= high + 0.01_dp * low .or. s%fixed /= 0) exit
            ! a NaN also comes here, and what single precision cannot hold: they shrink the step the most
            factor = s%min_factor
            if (high + low <= huge(1.0_sp)) factor = max(factor, s%safety * exp(-real(s%gain(1), sp) * log_error(high, low)))
            h_abs = h_abs * factor
            rejected = .true.
            s%nrejected = s%nrejected + 1
        end do
        call accept(s, w, t_new, h, h_abs * next_factor(s, h, log_error(high, low), rejected))
    end subroutine rk_advance

    !> The logarithm of a step's error from `attempt`'s squares; single precision is enough for the size of a step.
    pure function log_error(high, low) result(error)
        real(dp), intent(in) :: high, low
        real(sp) :: error
        error = 0.5_sp * log(max(real(high * (high / max(high + 0.01_dp * low, tiny(high))), sp), tiny(error)))
    end function log_error

    !> The stages of a step of size h, the new solution, and the mean squares of its error relative to the tolerance.
    !> The error is high / sqrt(high + 0.01 low): with two estimates the fifth order one damped by the third order one
    !> (Hairer et al., II.10, equation (10.17)); with one, low is 0 and it is the root of the mean square.
    subroutine attempt(table, s, w, combine, h, t_new, high, low, status)
        type(rk_table), intent(in) :: table
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        procedure(combine_interface), pointer, intent(in) :: combine
        real(dp), intent(in) :: h, t_new
        real(dp), intent(out) :: high, low
        integer(c_int), intent(out) :: status
        procedure(stages_interface), pointer :: stages
        integer :: i, row, k

        k = n_fixed_columns + 1
        high = 0
        low = 0
        call c_f_procpointer(s%stages, stages)
        status = stages(s, table%n_stages, table%first, table%column, table%weight, table%c, w(1, col_y), h, t_new, w(1, k), &
            w(1, col_y_new))
        if (status /= sk_ok) return
        do i = 1, table%n_error
            row = table%first(table%n_stages + table%n_extra + i)
            call combine(s%n, s%ld, table%first(table%n_stages + table%n_extra + i + 1) - row, table%column(row), &
                table%weight(row), w(1, k), h=h, out=w(1, col_error + i - 1))
        end do
        call scaled_squares(s, w(:, col_error), w(:, col_error_low), w(:, col_y), w(:, col_y_new), high, low)
        if (table%n_error == 1) low = 0
    end subroutine attempt

    !> The last step's interpolant in nested form.
    subroutine rk_interpolant(table, s, w, dense, status)
        type(rk_table), intent(in) :: table
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(out) :: dense(s%n, 0:*)
        integer(c_int), intent(out) :: status
        procedure(combine_interface), pointer :: combine
        integer :: i, row, k

        call c_f_procpointer(s%combine, combine)
        status = sk_ok
        k = n_fixed_columns + 1
        do i = 1, table%n_extra
            row = table%first(table%n_stages + i)
            call combine(s%n, s%ld, table%first(table%n_stages + i + 1) - row, table%column(row), table%weight(row), w(1, k), &
                w(1, col_y_old), s%h, w(1, col_y_new))
            call evaluate(s, s%t_old + table%c(table%n_stages + 1 + i) * s%h, w(:, col_y_new), &
                w(:, k + table%n_stages + i), status)
            if (status /= sk_ok) return
        end do
        call rk_hermite(table, s, w, dense)
        do i = 1, table%n_dense
            row = table%first(table%n_stages + table%n_extra + table%n_error + i)
            call combine(s%n, s%ld, table%first(table%n_stages + table%n_extra + table%n_error + i + 1) - row, &
                table%column(row), table%weight(row), w(1, k), h=s%h, out=w(1, col_error))
            dense(:, 3 + i) = w(1:s%n, col_error)
        end do
    end subroutine rk_interpolant

    !> The first terms of every interpolant: the cubic through y and dy/dt at both ends.
    subroutine rk_hermite(table, s, w, dense)
        type(rk_table), intent(in) :: table
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: w(s%ld, *)
        real(dp), intent(inout) :: dense(s%n, 0:3)
        associate (n => s%n, f_old => w(:, n_fixed_columns + 1), f_new => w(:, n_fixed_columns + 1 + table%n_stages))
            dense(:, 0) = w(1:n, col_y_old)
            dense(:, 1) = w(1:n, col_y) - w(1:n, col_y_old)
            dense(:, 2) = s%h * f_old(1:n) - dense(:, 1)
            dense(:, 3) = 2 * dense(:, 1) - s%h * (f_old(1:n) + f_new(1:n))
        end associate
    end subroutine rk_hermite

end module sk_integrate_rk

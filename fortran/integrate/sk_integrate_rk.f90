!> Explicit Runge-Kutta methods with adaptive steps: one engine, the method is a table.
!>
!> Step control and the first step's size follow E. Hairer, S. P. Norsett, G. Wanner: Solving Ordinary
!> Differential Equations I, 2nd ed., Springer 1993, section II.4, and II (with G. Wanner), section IV.2. The interpolant is kept in the nested form of section II.6, equation (6.13).
module sk_integrate_rk
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_f_procpointer, c_funptr, c_int, c_ptr
    use sk_kinds, only: dp, i4, i8, sp
    use sk_status, only: sk_callback, sk_interrupt, sk_ok, sk_step
    use sk_integrate_rk_tables, only: rk_table
    implicit none
    private
    public :: rk_state, rk_start, rk_advance, rk_interpolant, nested_value
    public :: col_y, col_y_old, n_fixed_columns

    !> The same layout as struct sk_rk_state in sk_integrate.h, where the members are explained.
    type, bind(c) :: rk_state
        integer(i8) :: n, ld
        integer(i8) :: nfev, nsteps, nrejected
        integer(i4) :: method, is_complex
        real(dp) :: t, t_old, t_bound, direction
        real(dp) :: h, h_abs, log_error_old
        real(dp) :: max_step, rtol, atol_all
        type(c_ptr) :: atol
        type(c_ptr) :: work
        type(c_funptr) :: rhs
        type(c_ptr) :: data
        type(c_funptr) :: poll
        type(c_ptr) :: poll_data
        type(c_funptr) :: combine
    end type rk_state

    ! Columns of the workspace; the stages follow.
    integer, parameter :: col_y = 1, col_y_old = 2, col_y_new = 3, col_error = 4, col_error_low = 5
    integer, parameter :: n_fixed_columns = 5

    real(dp), parameter :: min_factor = 0.2_dp, least_log_error = log(1e-4_dp)

    abstract interface
        function rhs_interface(t, y, dydt, data) bind(c) result(status)
            import :: c_int, c_ptr, dp
            real(dp), value :: t
            real(dp), intent(in) :: y(*)
            real(dp), intent(inout) :: dydt(*)
            type(c_ptr), value :: data
            integer(c_int) :: status
        end function rhs_interface

        function poll_interface(data) bind(c) result(status)
            import :: c_int, c_ptr
            type(c_ptr), value :: data
            integer(c_int) :: status
        end function poll_interface

        subroutine combine_interface(n, ld, n_terms, column, weight, k, y, h, out) bind(c)
            import :: dp, i4, i8
            integer(i8), value :: n, ld
            integer(i4), value :: n_terms
            integer(i4), intent(in) :: column(n_terms)
            real(dp), intent(in) :: weight(n_terms), k(ld, *)
            real(dp), intent(in), optional :: y(ld)
            real(dp), value :: h
            real(dp), intent(inout) :: out(ld)
        end subroutine combine_interface
    end interface

contains

    !> f(t0, y0), and the first step's size unless the caller set it (Hairer et al., II.4, algorithm page 169).
    subroutine rk_start(table, s, w, status)
        type(rk_table), intent(in) :: table
        type(rk_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        integer :: k1, k2
        real(dp) :: d0, d1, d2, h0, h1, span

        s%log_error_old = least_log_error
        k1 = n_fixed_columns + 1
        k2 = n_fixed_columns + 2
        call evaluate(s, s%t, w(:, col_y), w(:, k1), status)
        span = abs(s%t_bound - s%t)
        if (status /= sk_ok .or. s%h_abs > 0 .or. .not. span > 0) return
        associate (y => w(:, col_y), f => w(:, k1))
            d0 = scaled_norm(s, y, y)
            d1 = scaled_norm(s, f, y)
            h0 = merge(1e-6_dp, 0.01_dp * d0 / d1, d0 < 1e-5_dp .or. d1 < 1e-5_dp)
            h0 = min(h0, span)
            w(:, col_y_new) = y + h0 * s%direction * f
            call evaluate(s, s%t + h0 * s%direction, w(:, col_y_new), w(:, k2), status)
            if (status /= sk_ok) return
            w(:, col_error) = w(:, k2) - f
            d2 = scaled_norm(s, w(:, col_error), y) / h0
        end associate
        if (d1 <= 1e-15_dp .and. d2 <= 1e-15_dp) then
            h1 = max(1e-6_dp, h0 * 1e-3_dp)
        else
            h1 = (0.01_dp / max(d1, d2))**(1.0_dp / (table%error_order + 1))
        end if
        s%h_abs = min(100 * h0, h1, span, s%max_step)
    end subroutine rk_start

    !> One accepted step from s%t; on return s%t_old, w(:, col_y_old) and the stages describe it.
    subroutine rk_advance(table, s, w, status)
        type(rk_table), intent(in) :: table
        type(rk_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        procedure(combine_interface), pointer :: combine
        procedure(poll_interface), pointer :: poll
        real(dp) :: h, h_abs, t_new, high, low, factor, spacing
        real(sp) :: this, exponent
        logical :: rejected

        call c_f_procpointer(s%combine, combine)
        if (c_associated(s%poll) .and. mod(s%nsteps, 4_i8) == 0) then ! reading the clock costs as much as a small system
            call c_f_procpointer(s%poll, poll)
            if (poll(s%poll_data) /= 0) then
                status = sk_interrupt
                return
            end if
        end if
        ! the derivative at the end of the last step begins this one (kept until now for its interpolant)
        if (s%nsteps > 0) w(:s%ld, n_fixed_columns + 1) = w(:s%ld, n_fixed_columns + 1 + table%n_stages)
        spacing = 10 * abs(nearest(s%t, s%direction) - s%t)
        h_abs = max(spacing, min(s%h_abs, s%max_step))
        ! proportional-integral control, Hairer & Wanner II, IV.2; beta = 0 is the classical control of I, II.4
        exponent = real(1.0_dp / (table%error_order + 1) - 0.2_dp * table%beta, sp)
        rejected = .false.
        do
            if (.not. h_abs >= spacing) then
                status = sk_step
                return
            end if
            t_new = s%t + h_abs * s%direction
            if (s%direction * (t_new - s%t_bound) > 0) t_new = s%t_bound
            h = t_new - s%t
            h_abs = abs(h)
            call attempt(table, s, w, combine, h, t_new, high, low, status)
            if (status /= sk_ok) return
            ! an error of at most 1, without the root and the quotient
            if (high * high <= high + 0.01_dp * low) exit
            ! a NaN also comes here, and shrinks the step until it is too small
            factor = min_factor
            if (high + low <= huge(high)) factor = max(factor, table%safety * exp(-exponent * log_error(high, low)))
            h_abs = h_abs * factor
            rejected = .true.
            s%nrejected = s%nrejected + 1
        end do
        this = log_error(high, low)
        factor = table%safety * exp(real(table%beta * s%log_error_old, sp) - exponent * this)
        factor = max(min_factor, min(table%max_factor, factor))
        if (rejected) factor = min(1.0_dp, factor)
        s%log_error_old = max(real(this, dp), least_log_error)
        call accept(s, w, t_new, h, h_abs * factor)
    end subroutine rk_advance

    !> The logarithm of a step's error from `attempt`'s squares; single precision is enough for the size of a step.
    pure function log_error(high, low) result(error)
        real(dp), intent(in) :: high, low
        real(sp) :: error
        error = log(max(real(high, sp), tiny(error))) - 0.5_sp * log(max(real(high + 0.01_dp * low, sp), tiny(error)))
    end function log_error

    !> The stages of a step of size h, the new solution, and the mean squares of its error relative to the tolerance.
    !> The error is high / sqrt(high + 0.01 low): with two estimates the fifth order one damped by the third order one
    !> (Hairer et al., II.10, equation (10.17)); with one, low is 0 and it is the root of the mean square.
    subroutine attempt(table, s, w, combine, h, t_new, high, low, status)
        type(rk_table), intent(in) :: table
        type(rk_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        procedure(combine_interface), pointer, intent(in) :: combine
        real(dp), intent(in) :: h, t_new
        real(dp), intent(out) :: high, low
        integer(c_int), intent(out) :: status
        integer :: i, row, k

        k = n_fixed_columns + 1
        high = 0
        low = 0
        do i = 2, table%n_stages + 1
            row = table%first(i - 1)
            call combine(s%n, s%ld, table%first(i) - row, table%column(row), table%weight(row), w(1, k), w(1, col_y), h, &
                w(1, col_y_new))
            if (i <= table%n_stages) then
                call evaluate(s, s%t + table%c(i) * h, w(:, col_y_new), w(:, k + i - 1), status)
            else
                call evaluate(s, t_new, w(:, col_y_new), w(:, k + i - 1), status)
            end if
            if (status /= sk_ok) return
        end do
        do i = 1, table%n_error
            row = table%first(table%n_stages + table%n_extra + i)
            call combine(s%n, s%ld, table%first(table%n_stages + table%n_extra + i + 1) - row, table%column(row), &
                table%weight(row), w(1, k), h=h, out=w(1, col_error + i - 1))
        end do
        call scaled_squares(s, w(:, col_error), w(:, col_error_low), w(:, col_y), w(:, col_y_new), high, low)
        if (table%n_error == 1) low = 0
    end subroutine attempt

    !> Make the attempted step the current one.
    subroutine accept(s, w, t_new, h, h_next)
        type(rk_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(in) :: t_new, h, h_next
        integer(i8) :: i
        do i = 1, s%ld
            w(i, col_y_old) = w(i, col_y)
            w(i, col_y) = w(i, col_y_new)
        end do
        s%t_old = s%t
        s%t = t_new
        s%h = h
        s%h_abs = h_next
        s%nsteps = s%nsteps + 1
    end subroutine accept

    !> dydt = f(t, y); counts the call.
    subroutine evaluate(s, t, y, dydt, status)
        type(rk_state), intent(inout) :: s
        real(dp), intent(in) :: t
        real(dp), intent(in) :: y(s%ld)
        real(dp), intent(inout) :: dydt(s%ld)
        integer(c_int), intent(out) :: status
        procedure(rhs_interface), pointer :: rhs
        call c_f_procpointer(s%rhs, rhs)
        s%nfev = s%nfev + 1
        status = sk_ok
        if (rhs(t, y, dydt, s%data) /= 0) status = sk_callback
    end subroutine evaluate

    !> Root mean square of x(i) / (atol(i) + rtol * |y(i)|).
    function scaled_norm(s, x, y) result(norm)
        type(rk_state), intent(in) :: s
        real(dp), intent(in) :: x(s%ld), y(s%ld)
        real(dp) :: norm, unused
        call scaled_squares(s, x, x, y, y, norm, unused)
        norm = sqrt(norm)
    end function scaled_norm

    !> Mean squares of u(i) and v(i) / (atol(i) + rtol * max(|a(i)|, |b(i)|)); a complex value counts as one.
    subroutine scaled_squares(s, u, v, a, b, mean_u, mean_v)
        type(rk_state), intent(in) :: s
        real(dp), intent(in) :: u(s%ld), v(s%ld), a(s%ld), b(s%ld)
        real(dp), intent(out) :: mean_u, mean_v
        real(dp), pointer, contiguous :: atol(:)
        real(dp) :: scale, tolerance
        integer(i8) :: i, j, width
        width = merge(2_i8, 1_i8, s%is_complex /= 0)
        call c_f_pointer(s%atol, atol, [s%n])
        mean_u = 0
        mean_v = 0
        tolerance = s%atol_all
        if (width == 1) then
            do i = 1, s%n
                if (c_associated(s%atol)) tolerance = atol(i)
                scale = tolerance + s%rtol * max(abs(a(i)), abs(b(i)))
                ! no error counts as none even where the scale is 0; a NaN goes through
                if (abs(u(i)) <= 0 .and. abs(v(i)) <= 0) cycle
                scale = 1 / scale
                mean_u = mean_u + (u(i) * scale)**2
                mean_v = mean_v + (v(i) * scale)**2
            end do
        else
            do i = 1, s%n, 2
                j = i + 1
                if (c_associated(s%atol)) tolerance = atol(i)
                scale = tolerance + s%rtol * max(hypot(a(i), a(j)), hypot(b(i), b(j)))
                if (all(abs(u(i:j)) <= 0) .and. all(abs(v(i:j)) <= 0)) cycle
                mean_u = mean_u + (u(i)**2 + u(j)**2) / scale**2
                mean_v = mean_v + (v(i)**2 + v(j)**2) / scale**2
            end do
        end if
        mean_u = mean_u * width / real(s%n, dp)
        mean_v = mean_v * width / real(s%n, dp)
    end subroutine scaled_squares

    !> The terms of the last step's interpolant, [n, terms].
    subroutine rk_interpolant(table, s, w, dense, status)
        type(rk_table), intent(in) :: table
        type(rk_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(out) :: dense(s%n, *)
        integer(c_int), intent(out) :: status
        procedure(combine_interface), pointer :: combine
        integer :: i, row, k, first_stage, last_stage

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
        first_stage = k
        last_stage = k + table%n_stages
        associate (n => s%n, f_old => w(:, first_stage), f_new => w(:, last_stage))
            dense(:, 1) = w(1:n, col_y) - w(1:n, col_y_old)
            dense(:, 2) = s%h * f_old(1:n) - dense(:, 1)
            dense(:, 3) = 2 * dense(:, 1) - s%h * (f_old(1:n) + f_new(1:n))
            do i = 1, table%n_dense
                row = table%first(table%n_stages + table%n_extra + table%n_error + i)
                call combine(s%n, s%ld, table%first(table%n_stages + table%n_extra + table%n_error + i + 1) - row, &
                    table%column(row), table%weight(row), w(1, k), h=s%h, out=w(1, col_error))
                dense(:, 3 + i) = w(1:n, col_error)
            end do
        end associate
    end subroutine rk_interpolant

    !> y_old + x (F1 + (1-x) (F2 + x (F3 + (1-x) (F4 + ...)))), Hairer et al., equation (II.6.13).
    pure subroutine nested_value(n, terms, dense, y_old, x, y)
        integer(i8), intent(in) :: n, terms
        real(dp), intent(in) :: dense(n, terms), y_old(n), x
        real(dp), intent(out) :: y(n)
        integer(i8) :: j
        y = 0
        do j = terms, 1, -1
            y = (y + dense(:, j)) * merge(x, 1 - x, mod(j, 2_i8) == 1)
        end do
        y = y_old + y
    end subroutine nested_value

end module sk_integrate_rk

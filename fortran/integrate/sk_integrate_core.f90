!> What every integrator shares: the state, evaluation, error norms, step control, the first step, interpolants.
!>
!> The first step's size and the control follow E. Hairer, S. P. Norsett, G. Wanner: Solving Ordinary Differential
!> Equations I, 2nd ed., Springer 1993, section II.4, and II (E. Hairer, G. Wanner), section IV.2.
module sk_integrate_core
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_f_procpointer, c_funptr, c_int, c_ptr
    use sk_kinds, only: dp, i4, i8, sp
    use sk_status, only: sk_callback, sk_interrupt, sk_ok, sk_step, sk_steps
    implicit none
    private
    public :: ode_state, rhs_interface, combine_interface, stages_interface
    public :: set_strictness, strictness_of
    public :: evaluate, evaluate_residual, seen_time, poll_user, scaled_norm, scaled_squares, first_step, set_control, next_factor, accept, least_spacing, next_size, aim, rejected_factor
    public :: nested_from_power, nested_values, nested_slope
    public :: col_y, col_y_old, col_y_new, n_common_columns

    !> The same layout as struct sk_ode in sk_integrate.h, where the members are explained.
    type, bind(c) :: ode_state
        integer(i8) :: n, ld
        integer(i8) :: nfev, njev, nlu, nsteps, nrejected, max_steps
        integer(i4) :: method, is_complex, fixed, constant_jac, max_order, min_order, order, consistent, begun, literal_tol
        real(dp) :: t, t_old, t_bound, direction
        real(dp) :: h, h_abs
        real(dp) :: log_error, log_error_old
        real(dp) :: strictness
        real(dp) :: max_step, min_step, rtol_all, atol_all
        type(c_ptr) :: rtol, atol
        real(dp) :: safety, min_factor, max_factor, gain(4)
        type(c_ptr) :: work
        type(c_funptr) :: rhs
        type(c_ptr) :: data
        type(c_funptr) :: poll
        type(c_ptr) :: poll_data
        type(c_funptr) :: combine, stages, values
        type(c_funptr) :: jac
        type(c_ptr) :: jac_data
        integer(i8) :: lower, upper
        type(c_ptr) :: mass
        type(c_funptr) :: linear
        type(c_ptr) :: linear_data
        type(c_ptr) :: own
        type(c_funptr) :: rhs_explicit
        type(c_ptr) :: data_explicit
        type(c_funptr) :: radius
        type(c_ptr) :: radius_data
        type(c_ptr) :: rate, differential, counted
        real(dp) :: t_least, t_most
        integer(i4) :: explicit_method, implicit_method, stiff, terms
        integer(i8) :: steps_explicit, steps_implicit
        type(c_ptr) :: switching
    end type ode_state

    !> The first columns of every method's workspace; the padding rows n + 1 to ld stay zero.
    integer, parameter :: col_y = 1, col_y_old = 2, col_y_new = 3, n_common_columns = 3

    !> Below this relative tolerance the errors of steps are kept the lower (see strictness_of).
    real(dp), parameter :: ordinary = 1e-8_dp

    real(dp), parameter :: least_log_error = log(1e-4_dp)

    abstract interface
        function rhs_interface(t, y, dydt, data) bind(c) result(status)
            import :: c_int, c_ptr, dp
            real(dp), value :: t
            real(dp), intent(in) :: y(*)
            real(dp), intent(inout) :: dydt(*)
            type(c_ptr), value :: data
            integer(c_int) :: status
        end function rhs_interface

        function residual_interface(t, y, rate, r, data) bind(c) result(status)
            import :: c_int, c_ptr, dp
            real(dp), value :: t
            real(dp), intent(in) :: y(*), rate(*)
            real(dp), intent(inout) :: r(*)
            type(c_ptr), value :: data
            integer(c_int) :: status
        end function residual_interface

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

        function stages_interface(s, n_stages, first, column, weight, c, y, h, t_new, k, y_new) bind(c) result(status)
            import :: c_int, dp, i4, ode_state
            type(ode_state), intent(inout) :: s
            integer(i4), value :: n_stages
            integer(i4), intent(in) :: first(*), column(*)
            real(dp), intent(in) :: weight(*), c(*), y(s%ld)
            real(dp), value :: h, t_new
            real(dp), intent(inout) :: k(s%ld, *), y_new(s%ld)
            integer(c_int) :: status
        end function stages_interface

        subroutine values_interface(n, terms, dense, count, x, stride, out) bind(c)
            import :: dp, i8
            integer(i8), value :: n, terms, count, stride
            real(dp), intent(in) :: dense(n, 0:terms), x(count)
            real(dp), intent(inout) :: out(stride, count)
        end subroutine values_interface
    end interface

contains

    !> dydt = f(t, y); counts the call.
    subroutine evaluate(s, t, y, dydt, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(in) :: t
        real(dp), intent(in) :: y(s%ld)
        real(dp), intent(inout) :: dydt(s%ld)
        integer(c_int), intent(out) :: status
        procedure(rhs_interface), pointer :: rhs
        call c_f_procpointer(s%rhs, rhs)
        s%nfev = s%nfev + 1
        status = sk_ok
        if (rhs(seen_time(s, t), y, dydt, s%data) /= 0) status = sk_callback
    end subroutine evaluate

    !> r = F(t, y, y') of a system F = 0, whose residual stands in the place of the right-hand side; counts the call.
    subroutine evaluate_residual(s, t, y, rate, r, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(in) :: t
        real(dp), intent(in) :: y(s%ld), rate(s%ld)
        real(dp), intent(inout) :: r(s%ld)
        integer(c_int), intent(out) :: status
        procedure(residual_interface), pointer :: residual
        call c_f_procpointer(s%rhs, residual)
        s%nfev = s%nfev + 1
        status = sk_ok
        if (residual(seen_time(s, t), y, rate, r, s%data) /= 0) status = sk_callback
    end subroutine evaluate_residual

    !> The time that the user's functions are called with: where they jump at an end of the integration, they shall not
    !> tell of what is beyond.
    pure function seen_time(s, t) result(seen)
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: t
        real(dp) :: seen
        seen = max(s%t_least, min(s%t_most, t))
    end function seen_time

    !> Whether to go on: the user may have interrupted, or the number of steps be used up.
    subroutine poll_user(s, every, status)
        type(ode_state), intent(in) :: s
        integer(i8), intent(in) :: every
        integer(c_int), intent(out) :: status
        procedure(poll_interface), pointer :: poll
        status = sk_ok
        if (s%nsteps + s%nrejected >= s%max_steps) then
            status = sk_steps
        else if (c_associated(s%poll) .and. mod(s%nsteps, every) == 0) then
            call c_f_procpointer(s%poll, poll)
            if (poll(s%poll_data) /= 0) status = sk_interrupt
        end if
    end subroutine poll_user

    !> The smallest step that t can be told from.
    pure function least_spacing(s) result(spacing)
        type(ode_state), intent(in) :: s
        real(dp) :: spacing
        spacing = 10 * abs(nearest(s%t, s%direction) - s%t)
    end function least_spacing

    !> Size of the next step to try, at most max_step; a step below the spacing is taken once more at it. Where max_step
    !> itself is below, the result is too, which ends the integration.
    pure function next_size(s, spacing) result(h_abs)
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: spacing
        real(dp) :: h_abs
        h_abs = s%h_abs
        if (h_abs > s%max_step) then
            h_abs = s%max_step
        else if (h_abs < spacing) then
            h_abs = spacing
        end if
        ! towards an infinite t_bound: no step beyond the range of numbers
        h_abs = min(h_abs, 1e-3_dp * huge(h_abs))
        if (abs(s%t) > 1e-2_dp * huge(h_abs)) h_abs = 0
    end function next_size

    !> Where a step of size h_abs ends, not beyond t_bound; h and h_abs are made exact for that. sk_step if it is too small.
    pure subroutine aim(s, spacing, h_abs, t_new, h, status)
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: spacing
        real(dp), intent(inout) :: h_abs
        real(dp), intent(out) :: t_new, h
        integer(c_int), intent(out) :: status
        t_new = s%t + h_abs * s%direction
        if (s%direction * (t_new - s%t_bound) > 0) t_new = s%t_bound
        h = t_new - s%t
        status = merge(sk_ok, sk_step, h_abs >= spacing)
        h_abs = abs(h)
    end subroutine aim

    !> Factor from a rejected step to its repetition; `exponent` is that of the error. A NaN shrinks the most.
    pure function rejected_factor(s, error, exponent) result(factor)
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: error, exponent
        real(dp) :: factor
        factor = s%min_factor
        if (error <= huge(error)) factor = max(factor, s%safety * error**(-exponent))
    end function rejected_factor

    !> Factor of the tolerances of a step. The errors of accepted steps add up: for a method of order p that takes
    !> steps in proportion to tol**(-1 / p), and for problems that enlarge errors on the way. At tight tolerances, asked
    !> for by those who want that many digits, the tolerance of a step is tol * (tol / 1e-8)**rule(1), but not below
    !> rule(2), next to rounding. The exponents are such that on the usual non-stiff problems (Hairer et al., II.10)
    !> 1e-10 gives errors below 1e-8.
    pure function strictness_of(tol, rule) result(strictness)
        real(dp), intent(in) :: tol, rule(2)
        real(dp) :: strictness
        strictness = 1
        if (tol < ordinary .and. tol > 0) strictness = max((tol / ordinary)**rule(1), min(1.0_dp, rule(2) / tol))
    end function strictness_of

    !> The state's, from its tolerances unless they are to be taken literally; an absolute one counts relative to the
    !> largest component of y.
    subroutine set_strictness(s, y, rule)
        type(ode_state), intent(inout) :: s
        real(dp), intent(in) :: y(s%ld), rule(2)
        real(dp), pointer, contiguous :: atol(:), rtol(:)
        real(dp) :: tol, absolute, largest
        if (s%literal_tol /= 0) return
        tol = s%rtol_all
        absolute = s%atol_all
        if (c_associated(s%atol)) then
            call c_f_pointer(s%atol, atol, [s%n])
            call c_f_pointer(s%rtol, rtol, [s%n])
            tol = minval(rtol)
            absolute = minval(atol)
        end if
        largest = maxval(abs(y(1:s%n)))
        if (largest > 0) tol = max(tol, absolute / largest)
        s%strictness = strictness_of(tol, rule)
    end subroutine set_strictness

    !> Root mean square of x(i) / (atol(i) + rtol * |y(i)|).
    function scaled_norm(s, x, y) result(norm)
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: x(s%ld), y(s%ld)
        real(dp) :: norm, unused
        call scaled_squares(s, x, x, y, y, norm, unused)
        norm = sqrt(norm)
    end function scaled_norm

    !> Mean squares of u(i) and v(i) / (atol(i) + rtol * max(|a(i)|, |b(i)|)) / strictness; a complex value counts as
    !> one.
    subroutine scaled_squares(s, u, v, a, b, mean_u, mean_v)
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: u(s%ld), v(s%ld), a(s%ld), b(s%ld)
        real(dp), intent(out) :: mean_u, mean_v
        real(dp), pointer, contiguous :: atol(:), rtol(:)
        real(dp) :: scale, absolute, relative, over
        integer(i8) :: i, j
        mean_u = 0
        mean_v = 0
        absolute = s%atol_all
        relative = s%rtol_all
        over = 1 / s%strictness
        call c_f_pointer(s%atol, atol, [s%n])
        call c_f_pointer(s%rtol, rtol, [s%n])
        if (s%is_complex == 0) then
            do i = 1, s%n
                if (c_associated(s%atol)) then
                    absolute = atol(i)
                    relative = rtol(i)
                end if
                scale = absolute + relative * max(abs(a(i)), abs(b(i)))
                ! no error counts as none even where the scale is 0; a NaN goes through
                if (abs(u(i)) <= 0 .and. abs(v(i)) <= 0) cycle
                scale = over / scale
                mean_u = mean_u + (u(i) * scale)**2
                mean_v = mean_v + (v(i) * scale)**2
            end do
            over = 1 / real(s%n, dp) ! known before the sums are
            mean_u = mean_u * over
            mean_v = mean_v * over
        else
            do i = 1, s%n, 2
                j = i + 1
                if (c_associated(s%atol)) then
                    absolute = atol(i)
                    relative = rtol(i)
                end if
                scale = absolute + relative * max(hypot(a(i), a(j)), hypot(b(i), b(j)))
                if (all(abs(u(i:j)) <= 0) .and. all(abs(v(i:j)) <= 0)) cycle
                mean_u = mean_u + (u(i)**2 + u(j)**2) / scale**2
                mean_v = mean_v + (v(i)**2 + v(j)**2) / scale**2
            end do
            mean_u = mean_u * over**2 * 2 / real(s%n, dp)
            mean_v = mean_v * over**2 * 2 / real(s%n, dp)
        end if
    end subroutine scaled_squares

    !> f = f(t, y), and s%h_abs unless the caller set it (Hairer et al., II.4, algorithm page 169).
    !> y_trial and f_trial are workspace; `order` is that of the error estimate.
    subroutine first_step(s, order, y, f, y_trial, f_trial, status)
        type(ode_state), intent(inout) :: s
        integer, intent(in) :: order
        real(dp), intent(in) :: y(s%ld)
        real(dp), intent(inout) :: f(s%ld), y_trial(s%ld), f_trial(s%ld)
        integer(c_int), intent(out) :: status
        real(dp) :: d0, d1, d2, h0, h1, span

        s%log_error_old = least_log_error
        s%log_error = least_log_error
        call evaluate(s, s%t, y, f, status)
        span = abs(s%t_bound - s%t)
        if (status /= sk_ok .or. s%h_abs > 0 .or. .not. span > 0) return
        d0 = scaled_norm(s, y, y)
        d1 = scaled_norm(s, f, y)
        h0 = merge(1e-6_dp, 0.01_dp * d0 / d1, d0 < 1e-5_dp .or. d1 < 1e-5_dp)
        h0 = min(h0, span)
        y_trial = y + h0 * s%direction * f
        call evaluate(s, s%t + h0 * s%direction, y_trial, f_trial, status)
        if (status /= sk_ok) return
        f_trial = f_trial - f
        d2 = scaled_norm(s, f_trial, y) / h0
        if (d1 <= 1e-15_dp .and. d2 <= 1e-15_dp) then
            h1 = max(1e-6_dp, h0 * 1e-3_dp)
        else
            h1 = (0.01_dp / max(d1, d2))**(1.0_dp / (order + 1))
        end if
        s%h_abs = min(100 * h0, h1, span, s%max_step)
    end subroutine first_step

    !> A method's own control, unless the caller chose one (gain(1) > 0). The next step is the last one times
    !> safety * e**-gain(1) * e_old**-gain(2) * e_older**-gain(3) * (h / h_old)**gain(4), e the error relative to the
    !> tolerance.
    subroutine set_control(s, order, safety, beta, max_factor)
        type(ode_state), intent(inout) :: s
        integer, intent(in) :: order
        real(dp), intent(in) :: safety, beta, max_factor
        if (.not. s%safety > 0) s%safety = safety
        if (.not. s%min_factor > 0) s%min_factor = 0.2_dp
        if (.not. s%max_factor > 0) s%max_factor = max_factor
        if (s%gain(1) > 0) then ! given as for a method of order 0
            s%gain(1:3) = s%gain(1:3) / (order + 1)
        else ! proportional-integral with the exponent beta, Hairer & Wanner II, IV.2
            s%gain = [1.0_dp / (order + 1) - 0.2_dp * beta, -beta, 0.0_dp, 0.0_dp]
        end if
    end subroutine set_control

    !> Factor from an accepted step of size h to the next one; remembers its error.
    function next_factor(s, h, log_error, rejected) result(factor)
        type(ode_state), intent(inout) :: s
        real(dp), intent(in) :: h
        real(sp), intent(in) :: log_error
        logical, intent(in) :: rejected
        real(dp) :: factor
        real(sp) :: power
        power = real(s%gain(1), sp) * log_error + real(s%gain(2) * s%log_error, sp) + real(s%gain(3) * s%log_error_old, sp)
        if (s%gain(4) > 0 .and. abs(s%h) > 0) power = power - real(s%gain(4) * log(abs(h / s%h)), sp)
        factor = s%safety * exp(-power)
        factor = max(s%min_factor, min(s%max_factor, factor))
        if (rejected) factor = min(1.0_dp, factor)
        s%log_error_old = s%log_error
        s%log_error = max(real(log_error, dp), least_log_error)
    end function next_factor

    !> Make the attempted step the current one; the next one has the size h_next, unless steps are fixed.
    subroutine accept(s, w, t_new, h, h_next)
        type(ode_state), intent(inout) :: s
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
        if (s%fixed == 0) s%h_abs = h_next
        s%nsteps = s%nsteps + 1
        s%begun = 1
    end subroutine accept

    !> A polynomial y0 + x p(1) + x**2 p(2) + ... into the nested form: in, the powers' coefficients (n, terms); out, F.
    !> These are the divided differences at the nodes 0, 1, 0, 1, ..., found by synthetic division.
    pure subroutine nested_from_power(n, terms, p)
        integer(i8), intent(in) :: n
        integer, intent(in) :: terms
        real(dp), intent(inout) :: p(n, terms)
        integer :: first, j
        ! now p(first) + x p(first + 1) + ... is what is left to be nested; odd terms divide by x - 1
        do first = 1, terms - 1
            if (mod(first, 2) == 0) cycle
            do j = terms - 1, first, -1
                p(:, j) = p(:, j) + p(:, j + 1)
            end do
            p(:, first + 1:terms) = -p(:, first + 1:terms)
        end do
    end subroutine nested_from_power

    !> F0 + x (F1 + (1-x) (F2 + x (F3 + (1-x) (F4 + ...)))), Hairer et al., equation (II.6.13), at every x.
    !> The values lie `stride` numbers apart.
    subroutine nested_values(s, terms, dense, count, x, stride, out)
        type(ode_state), intent(in) :: s
        integer(i8), intent(in) :: terms, count, stride
        real(dp), intent(in) :: dense(s%n, 0:terms), x(count)
        real(dp), intent(inout) :: out(stride, count)
        procedure(values_interface), pointer :: values
        call c_f_procpointer(s%values, values)
        call values(s%n, terms, dense, count, x, stride, out)
    end subroutine nested_values

    !> The derivative of that by x.
    pure subroutine nested_slope(n, terms, dense, x, slope)
        integer(i8), intent(in) :: n, terms
        real(dp), intent(in) :: dense(n, 0:terms), x
        real(dp), intent(out) :: slope(n)
        real(dp) :: value, factor, sign_here
        integer(i8) :: i, j
        do i = 1, n
            value = 0
            slope(i) = 0
            do j = terms, 1, -1
                factor = merge(x, 1 - x, mod(j, 2_i8) == 1)
                sign_here = merge(1, -1, mod(j, 2_i8) == 1)
                value = value + dense(i, j)
                slope(i) = slope(i) * factor + value * sign_here
                value = value * factor
            end do
        end do
    end subroutine nested_slope

end module sk_integrate_core

!> Singly diagonally implicit Runge-Kutta methods with an explicit first stage; with a second right-hand side, the
!> additive methods of which these are the implicit halves. The method is a table.
!>
!> C. A. Kennedy, M. H. Carpenter, Appl. Numer. Math. 44 (2003) 139-181, doi:10.1016/S0168-9274(02)00138-1; the
!> iteration as in E. Hairer, G. Wanner: Solving Ordinary Differential Equations II, 2nd ed., Springer 1996, IV.8.
!> Stage i is Y = r + z, where r holds what the earlier stages give and z = h gamma k, M k = f(Y), so that the Newton
!> matrix is shift * M - J with shift = 1 / (h gamma) in every stage.
module sk_integrate_esdirk
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_f_procpointer, c_funptr, c_int, c_loc, c_null_ptr, c_ptr
    use sk_kinds, only: dp, i4, i8, sp
    use sk_status, only: sk_memory, sk_ok, sk_singular
    use sk_integrate_core, only: accept, aim, col_y, col_y_new, col_y_old, combine_interface, evaluate, &
        first_step, least_spacing, nested_from_power, next_factor, next_size, ode_state, poll_user, &
        rejected_factor, scaled_norm, scaled_squares, set_control
    use sk_integrate_linear, only: factor, jacobian, linear_create, linear_system, mass_times, solve
    use sk_integrate_esdirk_tables, only: esdirk_table, max_stages
    implicit none
    private
    public :: esdirk_start, esdirk_destroy, esdirk_advance, esdirk_interpolant, esdirk_terms

    integer(i8), parameter :: esdirk_terms = 4
    !> Of the stages' equations, relative to the tolerance of a step.
    real(dp), parameter :: newton_share = 0.01_dp
    integer, parameter :: max_iterations = 8
    !> Corrections below this part of the iteration's tolerance, and below so many units of rounding, end it.
    real(dp), parameter :: negligible = 0.01_dp, rounding = 8

    type :: esdirk_state
        type(esdirk_table) :: table
        type(linear_system) :: linear
        logical :: additive = .false., stale = .true., fresh_jacobian = .false., factored = .false.
        logical :: rejected = .false., ended = .false.
        real(dp) :: h_factored = 0, rate = 1, worst_rate = 1, newton_tolerance = newton_share
        integer :: iterations = 0 ! the most of a stage
        integer(i4) :: column(max_stages)
        !> Stages 1 to max_stages of the implicit half, then those of the explicit one.
        real(dp), allocatable :: k(:, :)
        real(dp), allocatable :: f(:), r(:), z(:), residual(:)
    end type esdirk_state

contains

    subroutine esdirk_start(table, s, w, status)
        type(esdirk_table), intent(in) :: table
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(esdirk_state), pointer :: m
        real(dp), pointer, contiguous :: rtol(:)
        real(dp) :: relative, h_given
        integer :: flag, i, columns

        allocate (m, stat=flag)
        if (flag == 0) then
            s%own = c_loc(m)
            m%table = table
            m%additive = c_associated(s%rhs_explicit)
            m%column = [(i, i=1, max_stages)]
            columns = merge(2, 1, m%additive) * max_stages
            allocate (m%k(s%ld, columns), stat=flag)
        end if
        if (flag == 0) allocate (m%f(s%ld), m%r(s%ld), m%z(s%ld), m%residual(s%ld), stat=flag)
        if (flag /= 0) then
            status = sk_memory
            return
        end if
        m%k = 0
        m%f = 0
        m%r = 0
        m%z = 0
        m%residual = 0
        call linear_create(m%linear, s, 1, 0, status)
        if (status /= sk_ok) return
        call c_f_pointer(s%rtol, rtol, [s%n])
        relative = s%rtol_all
        if (c_associated(s%rtol)) relative = minval(rtol)
        m%newton_tolerance = max(newton_share, 10 * epsilon(relative) / max(relative, epsilon(relative)))
        call set_control(s, table%error_order, table%safety, table%beta, table%max_factor)
        h_given = s%h_abs
        call first_step(s, table%error_order, w(:, col_y), m%f, w(:, col_y_new), m%residual, status)
        if (status /= sk_ok) return
        m%k(:, 1) = m%f
        if (m%additive) call start_explicit(s, m, w, h_given, status)
        if (status == sk_ok .and. c_associated(s%mass)) call start_mass(s, m, w, status)
    end subroutine esdirk_start

    !> The explicit half: its first derivative, and the smaller one of both halves' first steps.
    subroutine start_explicit(s, m, w, h_given, status)
        type(ode_state), intent(inout) :: s
        type(esdirk_state), intent(inout) :: m
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(in) :: h_given
        integer(c_int), intent(out) :: status
        real(dp) :: h_implicit
        h_implicit = s%h_abs
        s%h_abs = h_given
        call swap_sides(s)
        call first_step(s, m%table%error_order, w(:, col_y), m%k(:, max_stages + 1), w(:, col_y_new), m%residual, status)
        call swap_sides(s)
        s%h_abs = min(s%h_abs, h_implicit)
    end subroutine start_explicit

    subroutine swap_sides(s)
        type(ode_state), intent(inout) :: s
        type(c_funptr) :: rhs
        type(c_ptr) :: data
        rhs = s%rhs
        data = s%data
        s%rhs = s%rhs_explicit
        s%data = s%data_explicit
        s%rhs_explicit = rhs
        s%data_explicit = data
    end subroutine swap_sides

    !> k_1 from M k_1 = f, as the limit of backward Euler steps; unlike M**-1 this serves also where M is singular.
    subroutine start_mass(s, m, w, status)
        type(ode_state), intent(inout) :: s
        type(esdirk_state), intent(inout) :: m
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        real(dp) :: step, t
        step = sqrt(epsilon(step)) * max(abs(s%t), min(s%h_abs, abs(s%t_bound - s%t)))
        t = s%t + s%direction * min(step, abs(s%t_bound - s%t))
        step = t - s%t
        status = sk_ok
        if (.not. abs(step) > 0) return
        call jacobian(m%linear, s, s%t, w(:, col_y), m%f, status)
        if (status == sk_ok) call factor(m%linear, s, 1, 1 / step, status)
        if (status /= sk_ok) return
        m%stale = .false.
        m%fresh_jacobian = .true.
        call evaluate(s, t, w(:, col_y), m%k(:, 1), status)
        if (status == sk_ok) call solve(m%linear, s, 1, m%k(:, 1), status)
        m%k(:, 1) = m%k(:, 1) / step
    end subroutine start_mass

    subroutine esdirk_destroy(s)
        type(ode_state), intent(inout) :: s
        type(esdirk_state), pointer :: m
        integer :: flag
        if (.not. c_associated(s%own)) return
        call c_f_pointer(s%own, m)
        deallocate (m, stat=flag)
        s%own = c_null_ptr
    end subroutine esdirk_destroy

    !> One accepted step from s%t.
    subroutine esdirk_advance(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(esdirk_state), pointer :: m
        real(dp) :: h_abs, h, t_new, error, spacing
        logical :: converged

        call c_f_pointer(s%own, m)
        call poll_user(s, 1_i8, status)
        if (status == sk_ok) call first_stage(s, m, w, status)
        if (status /= sk_ok) return
        spacing = max(least_spacing(s), s%min_step)
        h_abs = next_size(s, spacing)
        m%rejected = .false.
        do
            call aim(s, spacing, h_abs, t_new, h, status)
            if (status /= sk_ok) return
            call prepare(s, m, w(:, col_y), h, status)
            if (status /= sk_ok .and. status /= sk_singular) return
            converged = .false.
            if (status == sk_ok) then
                call stages(s, m, w, t_new, h, converged, status)
                if (status /= sk_ok) return
            end if
            if (.not. converged) then
                s%nrejected = s%nrejected + 1
                if (m%fresh_jacobian .or. s%constant_jac /= 0) then
                    h_abs = 0.5_dp * h_abs
                    m%rejected = .true.
                end if
                m%stale = .true.
                m%rate = 1
                cycle
            end if
            call estimate(s, m, w, error, status)
            if (status /= sk_ok) return
            if (error <= 1 .or. s%fixed /= 0) exit
            m%rejected = .true.
            s%nrejected = s%nrejected + 1
            h_abs = h_abs * rejected_factor(s, error, s%gain(1))
        end do
        call finish(s, m, w, t_new, h, error)
    end subroutine esdirk_advance

    !> The derivative at the end of the last step begins this one (kept until now for the last step's interpolant).
    subroutine first_stage(s, m, w, status)
        type(ode_state), intent(inout) :: s
        type(esdirk_state), intent(inout) :: m
        real(dp), intent(in) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        status = sk_ok
        if (.not. m%ended) return
        if (m%additive) then
            ! the last stage is not the solution where the halves differ
            call evaluate(s, s%t, w(:, col_y), m%k(:, 1), status)
            if (status == sk_ok) call evaluate_explicit(s, s%t, w(:, col_y), m%k(:, max_stages + 1), status)
        else
            m%k(:, 1) = m%k(:, m%table%n_stages)
        end if
        m%ended = .false.
    end subroutine first_stage

    subroutine evaluate_explicit(s, t, y, dydt, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(in) :: t, y(s%ld)
        real(dp), intent(inout) :: dydt(s%ld)
        integer(c_int), intent(out) :: status
        call swap_sides(s)
        call evaluate(s, t, y, dydt, status)
        call swap_sides(s)
    end subroutine evaluate_explicit

    !> J, unless it serves still, and the factored matrix for h.
    subroutine prepare(s, m, y, h, status)
        type(ode_state), intent(inout) :: s
        type(esdirk_state), intent(inout) :: m
        real(dp), intent(in) :: y(s%ld), h
        integer(c_int), intent(out) :: status
        status = sk_ok
        if (m%stale .and. .not. m%fresh_jacobian) then
            ! k_1 satisfies the stage's equation only within the iteration's tolerance: too little for differences
            if (s%constant_jac == 0 .and. s%begun /= 0) call evaluate(s, s%t, y, m%f, status)
            if (status == sk_ok) call jacobian(m%linear, s, s%t, y, m%f, status)
            if (status /= sk_ok) return
            m%fresh_jacobian = .true.
            m%factored = .false.
        end if
        m%stale = .false.
        if (m%factored .and. abs(h - m%h_factored) <= 1e-12_dp * abs(h)) return
        call factor(m%linear, s, 1, 1 / (h * m%table%gamma), status)
        m%factored = status == sk_ok
        m%h_factored = h
    end subroutine prepare

    !> All stages of a step of size h; `converged` tells whether every stage's iteration did.
    subroutine stages(s, m, w, t_new, h, converged, status)
        type(ode_state), intent(inout) :: s
        type(esdirk_state), intent(inout) :: m
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(in) :: t_new, h
        logical, intent(out) :: converged
        integer(c_int), intent(out) :: status
        procedure(combine_interface), pointer :: combine
        real(dp) :: t
        integer :: i

        call c_f_procpointer(s%combine, combine)
        m%worst_rate = 0
        m%iterations = 0
        associate (table => m%table, y => w(1:s%ld, col_y), y_new => w(1:s%ld, col_y_new))
            do i = 2, table%n_stages
                t = s%t + table%c(i) * h
                if (i == table%n_stages) t = t_new
                call both_halves(s, m, i - 1, table%implicit(:, i), table%explicit(:, i), h, m%r, y)
                call combine(s%n, s%ld, int(i - 1, i4), m%column, table%predictor(1, i), m%k, h=h * table%gamma, out=m%z)
                call newton(s, m, t, h, y, y_new, converged, status)
                if (status /= sk_ok .or. .not. converged) return
                m%k(:, i) = m%z / (h * table%gamma)
                if (m%additive) call evaluate_explicit(s, t, y_new, m%k(:, max_stages + i), status)
                if (status /= sk_ok) return
            end do
            if (m%additive) call both_halves(s, m, table%n_stages, table%b, table%b, h, y_new, y)
        end associate
    end subroutine stages

    !> out = y + h * (the first stages, weighted), y taken as 0 if not given.
    subroutine both_halves(s, m, count, implicit, explicit, h, out, y)
        type(ode_state), intent(in) :: s
        type(esdirk_state), intent(in) :: m
        integer, intent(in) :: count
        real(dp), intent(in) :: implicit(max_stages), explicit(max_stages), h
        real(dp), intent(inout) :: out(s%ld)
        real(dp), intent(in), optional :: y(s%ld)
        procedure(combine_interface), pointer :: combine
        real(dp) :: weight(2 * max_stages)
        integer(i4) :: column(2 * max_stages)
        integer :: terms, i
        call c_f_procpointer(s%combine, combine)
        terms = count
        weight(1:count) = implicit(1:count)
        column(1:count) = [(i, i=1, count)]
        if (m%additive) then
            terms = 2 * count
            weight(count + 1:terms) = explicit(1:count)
            column(count + 1:terms) = [(max_stages + i, i=1, count)]
        end if
        call combine(s%n, s%ld, int(terms, i4), column, weight, m%k, y, h, out)
    end subroutine both_halves

    !> Simplified Newton iteration for one stage: from m%r and a guess of z to z and the stage's value.
    subroutine newton(s, m, t, h, y, stage, converged, status)
        type(ode_state), intent(inout) :: s
        type(esdirk_state), intent(inout) :: m
        real(dp), intent(in) :: t, h, y(s%ld)
        real(dp), intent(inout) :: stage(s%ld)
        logical, intent(out) :: converged
        integer(c_int), intent(out) :: status
        real(dp) :: norm, norm_old, rate, shift
        integer :: iteration

        shift = 1 / (h * m%table%gamma)
        converged = .false.
        norm_old = 0
        ! what an earlier stage has shown counts for less and less
        rate = max(m%rate, epsilon(rate))**0.8_dp
        do iteration = 1, max_iterations
            stage = m%r + m%z
            call evaluate(s, t, stage, m%f, status)
            if (status /= sk_ok) return
            call mass_times(s, m%z, m%residual)
            m%residual = m%f - shift * m%residual
            call solve(m%linear, s, 1, m%residual, status)
            if (status /= sk_ok) return
            m%z = m%z + m%residual
            norm = scaled_norm(s, m%residual, y)
            if (.not. norm <= huge(norm)) exit
            if (iteration > 1) then
                rate = norm / norm_old
                m%worst_rate = max(m%worst_rate, rate)
                ! it diverges, or will not have converged when the iterations are used up
                if (rate >= 0.99_dp) exit
                if (rate**(max_iterations - iteration) / (1 - rate) * norm > 10 * m%newton_tolerance) exit
                converged = rate / (1 - rate) * norm <= m%newton_tolerance
            else if (rate < 1) then
                ! the first iteration: the rate of the last stage foretells this one's
                converged = rate / (1 - rate) * norm <= m%newton_tolerance
            end if
            if (norm <= 0) converged = .true.
            if (converged) exit
            norm_old = max(norm, tiny(norm))
        end do
        stage = m%r + m%z
        ! corrections that are rounding errors no longer become smaller
        if (.not. converged .and. norm <= huge(norm)) converged = norm <= max(negligible * m%newton_tolerance, &
            rounding * epsilon(norm) * scaled_norm(s, stage, y))
        m%rate = min(rate, 1.0_dp)
        m%iterations = max(m%iterations, iteration)
    end subroutine newton

    !> The error relative to the tolerance: the difference from the embedded solution, damped in the stiff components
    !> (Hairer & Wanner II, equation (IV.8.20)).
    subroutine estimate(s, m, w, error, status)
        type(ode_state), intent(inout) :: s
        type(esdirk_state), intent(inout) :: m
        real(dp), intent(in) :: w(s%ld, *)
        real(dp), intent(out) :: error
        integer(c_int), intent(out) :: status
        real(dp) :: unused, scale
        ! times the shift 1 / (h gamma)
        scale = merge(1.0_dp, m%table%error_scale, m%additive) / m%table%gamma
        call both_halves(s, m, m%table%n_stages, m%table%error, m%table%error, scale, m%r)
        call mass_times(s, m%r, m%residual)
        call solve(m%linear, s, 1, m%residual, status)
        call scaled_squares(s, m%residual, m%residual, w(:, col_y), w(:, col_y_new), error, unused)
        error = sqrt(error)
    end subroutine estimate

    !> The step is accepted: the next one's size, and whether J and its factors serve on.
    subroutine finish(s, m, w, t_new, h, error)
        type(ode_state), intent(inout) :: s
        type(esdirk_state), intent(inout) :: m
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(in) :: t_new, h, error
        real(dp) :: ratio
        real(sp) :: log_error
        log_error = log(max(real(error, sp), tiny(log_error)))
        m%stale = s%constant_jac == 0 .and. m%iterations > 2 .and. m%worst_rate > 1e-3_dp
        m%fresh_jacobian = .false.
        m%ended = .true.
        if (s%fixed /= 0) then
            call accept(s, w, t_new, h, s%h_abs)
            return
        end if
        ratio = next_factor(s, h, log_error, m%rejected)
        ! factors serve on for a step that would grow a little only
        if (.not. m%stale .and. ratio >= 1 .and. ratio <= 1.2_dp) ratio = 1
        call accept(s, w, t_new, h, abs(h) * ratio)
    end subroutine finish

    !> The last step's interpolant in nested form, y + h sum_i b*_i(x) k_i.
    subroutine esdirk_interpolant(s, w, dense)
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: w(s%ld, *)
        real(dp), intent(out) :: dense(s%n, 0:esdirk_terms)
        type(esdirk_state), pointer :: m
        integer :: i, power
        call c_f_pointer(s%own, m)
        associate (n => s%n, table => m%table)
            dense = 0
            do i = 1, table%n_stages
                if (m%additive) then
                    do power = 1, table%n_dense
                        dense(:, power) = dense(:, power) &
                            + (s%h * table%dense(i, power)) * (m%k(1:n, i) + m%k(1:n, max_stages + i))
                    end do
                else
                    do power = 1, int(esdirk_terms)
                        dense(:, power) = dense(:, power) + (s%h * table%quartic(i, power)) * m%k(1:n, i)
                    end do
                end if
            end do
            call nested_from_power(n, int(esdirk_terms), dense(:, 1:esdirk_terms))
            dense(:, 0) = w(1:n, col_y_old)
            dense(:, 1) = w(1:n, col_y) - w(1:n, col_y_old)
        end associate
    end subroutine esdirk_interpolant

end module sk_integrate_esdirk

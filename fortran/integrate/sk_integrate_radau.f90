!> Radau IIA methods of orders 5, 9 and 13, the order chosen on the way.
!>
!> E. Hairer, G. Wanner: Solving Ordinary Differential Equations II, 2nd ed., Springer 1996, section IV.8, and the same:
!> Stiff differential equations solved by Radau methods, J. Comput. Appl. Math. 111 (1999) 93-111,
!> doi:10.1016/S0377-0427(99)00134-X (order selection). The stages are z_i = y(t + c_i h) - y, corrected in the transformed
!> variables w = T**-1 z, in which the Newton matrix falls apart into one real and (s - 1) / 2 complex systems. Residuals
!> are those of z: T has a condition of 1000 for seven stages, A**-1 of 40, and only corrections pass through T.
module sk_integrate_radau
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_int, c_loc, c_null_ptr
    use sk_kinds, only: dp, i8
    use sk_status, only: sk_memory, sk_ok, sk_singular
    use sk_integrate_core, only: accept, aim, col_y, col_y_new, evaluate, first_step, least_spacing, nested_values, &
        next_size, ode_state, poll_user, rejected_factor, scaled_squares, set_control
    use sk_integrate_linear, only: factor, factor_complex, jacobian, linear_create, linear_system, mass_times, solve, &
        solve_complex
    use sk_integrate_radau_tables, only: max_pairs, max_stages, radau_table, radau_table_of
    implicit none
    private
    public :: radau_start, radau_destroy, radau_advance, radau_interpolant, radau_terms

    integer(i8), parameter :: radau_terms = max_stages
    ! Hairer & Wanner 1999, section 3: more stages where Newton converges this fast, fewer where this slowly. (At loose
    ! tolerances more stages seldom pay: Newton must converge faster by as much as the tolerance exceeds 1e-6.)
    real(dp), parameter :: faster = 0.002_dp, slower = 0.8_dp
    integer, parameter :: patience = 10

    type :: radau_state
        type(radau_table) :: table
        type(linear_system) :: linear
        logical :: stale = .true., fresh_jacobian = .false., factored = .false., rejected = .false.
        integer :: least_stages, most_stages, since_change = 0, max_iterations
        real(dp) :: h_factored = 0, h_last = 0, error_last = 1
        real(dp) :: rate = 1, newton_tolerance, newton_floor, fast
        real(dp), allocatable :: f(:), z(:, :), w(:, :), stage_f(:, :), dense(:, :), work(:, :), error(:)
        complex(dp), allocatable :: pair(:)
    end type radau_state

contains

    subroutine radau_start(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(radau_state), pointer :: m
        real(dp), pointer, contiguous :: rtol(:)
        real(dp) :: relative
        integer :: flag

        allocate (m, stat=flag)
        if (flag == 0) then
            s%own = c_loc(m)
            allocate (m%f(s%ld), m%z(s%ld, max_stages), m%w(s%ld, max_stages), m%stage_f(s%ld, max_stages), stat=flag)
        end if
        if (flag == 0) allocate (m%dense(s%n, 0:max_stages), m%work(s%ld, 2), m%error(s%ld), m%pair(s%ld), stat=flag)
        if (flag /= 0) then
            status = sk_memory
            return
        end if
        m%f = 0
        m%z = 0
        m%w = 0
        m%stage_f = 0
        m%work = 0
        m%error = 0
        m%pair = 0
        m%most_stages = max_stages
        if (s%max_order > 0) m%most_stages = max(3, min(max_stages, (s%max_order + 1) / 4 * 2 + 1))
        m%least_stages = 3
        if (s%min_order > 0) m%least_stages = max(3, min(m%most_stages, (s%min_order + 1) / 4 * 2 + 1))
        call linear_create(m%linear, s, 1, (m%most_stages - 1) / 2, status)
        if (status /= sk_ok) return
        call change_stages(m, m%least_stages)
        call c_f_pointer(s%rtol, rtol, [s%n])
        relative = s%rtol_all
        if (c_associated(s%rtol)) relative = minval(rtol)
        relative = max(relative, epsilon(relative))
        m%fast = faster * min(1.0_dp, 1e-6_dp / relative)
        m%newton_tolerance = max(epsilon(relative) / relative, min(0.03_dp, sqrt(relative)))
        m%newton_floor = 10 * epsilon(relative) / relative
        call set_control(s, m%table%n_stages, 0.9_dp, 0.0_dp, 10.0_dp)
        call first_step(s, 3, w(:, col_y), m%f, w(:, col_y_new), m%work(:, 1), status)
    end subroutine radau_start

    subroutine radau_destroy(s)
        type(ode_state), intent(inout) :: s
        type(radau_state), pointer :: m
        integer :: flag
        if (.not. c_associated(s%own)) return
        call c_f_pointer(s%own, m)
        deallocate (m, stat=flag)
        s%own = c_null_ptr
    end subroutine radau_destroy

    subroutine change_stages(m, n_stages)
        type(radau_state), intent(inout) :: m
        integer, intent(in) :: n_stages
        m%table = radau_table_of(n_stages)
        m%max_iterations = 7 + (n_stages - 3) * 5 / 2
        m%since_change = 0
        m%factored = .false.
    end subroutine change_stages

    !> One accepted step from s%t.
    subroutine radau_advance(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(radau_state), pointer :: m
        real(dp) :: h_abs, h, t_new, error, spacing
        integer :: iterations
        logical :: converged

        call c_f_pointer(s%own, m)
        call poll_user(s, 1_i8, status)
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
                call newton(s, m, w, h, iterations, converged, status)
                if (status /= sk_ok) return
            end if
            if (.not. converged) then
                call not_converged(s, m, h_abs)
                cycle
            end if
            w(:s%ld, col_y_new) = w(:s%ld, col_y) + m%z(:, m%table%n_stages)
            call estimate(s, m, w, h, error, status)
            if (status /= sk_ok) return
            if (error <= 1 .or. s%fixed /= 0) exit
            m%rejected = .true.
            s%nrejected = s%nrejected + 1
            h_abs = h_abs * rejected_factor(s, error, 1.0_dp / (m%table%n_stages + 1))
        end do
        call finish(s, m, w, t_new, h, error, iterations, status)
    end subroutine radau_advance

    !> J, unless it serves still, and the factored matrices for h.
    subroutine prepare(s, m, y, h, status)
        type(ode_state), intent(inout) :: s
        type(radau_state), intent(inout) :: m
        real(dp), intent(in) :: y(s%ld), h
        integer(c_int), intent(out) :: status
        integer :: k
        status = sk_ok
        if (m%stale) then
            call jacobian(m%linear, s, s%t, y, m%f, status)
            if (status /= sk_ok) return
            m%stale = .false.
            m%fresh_jacobian = .true.
            m%factored = .false.
        end if
        if (m%factored .and. abs(h - m%h_factored) <= 1e-12_dp * abs(h)) return
        call factor(m%linear, s, 1, m%table%gamma / h, status)
        do k = 1, (m%table%n_stages - 1) / 2
            if (status /= sk_ok) return
            call factor_complex(m%linear, s, k, m%table%shift(k) / h, status)
        end do
        if (status /= sk_ok) return
        m%factored = .true.
        m%h_factored = h
    end subroutine prepare

    !> Simplified Newton iteration for the stages (Hairer & Wanner II, IV.8).
    subroutine newton(s, m, w, h, iterations, converged, status)
        type(ode_state), intent(inout) :: s
        type(radau_state), intent(inout) :: m
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(in) :: h
        integer, intent(out) :: iterations
        logical, intent(out) :: converged
        integer(c_int), intent(out) :: status
        real(dp) :: norm, norm_old, rate, rate_old
        integer :: i, n_stages

        n_stages = m%table%n_stages
        call starting_values(s, m, w, h)
        converged = .false.
        norm_old = 0
        rate_old = 1
        rate = 1
        do iterations = 1, m%max_iterations
            do i = 1, n_stages
                w(:s%ld, col_y_new) = w(:s%ld, col_y) + m%z(:, i)
                call evaluate(s, s%t + m%table%c(i) * h, w(:, col_y_new), m%stage_f(:, i), status)
                if (status /= sk_ok) return
            end do
            call correct(s, m, w, h, norm, status)
            if (status /= sk_ok) return
            if (.not. norm <= huge(norm)) exit
            if (iterations > 1) then
                rate = norm / norm_old
                if (iterations > 2) rate = sqrt(rate * rate_old)
                rate_old = norm / norm_old
                ! rounding errors let it go no further
                converged = rate_old >= 0.1_dp .and. norm <= m%newton_floor
                if (converged) exit
                ! it diverges, or will not have converged when the iterations are used up
                if (rate >= 0.99_dp) exit
                if (rate**(m%max_iterations - iterations) / (1 - rate) * norm > m%newton_tolerance * 10) exit
                m%rate = rate
            end if
            norm_old = max(norm, tiny(norm))
            if (iterations == 1) then
                ! The rate of the last step foretells that of one of like size, the less the longer it has not been
                ! measured.
                m%rate = max(m%rate, epsilon(rate))**0.8_dp
                if (abs(h) > 2 * abs(m%h_last)) m%rate = 1
                rate = m%rate
            end if
            converged = norm <= 0
            if (rate < 1) converged = converged .or. rate / (1 - rate) * norm <= m%newton_tolerance
            if (converged) exit
        end do
    end subroutine newton

    !> From f at the stages to new z; the norm of its change. m%w holds residuals.
    subroutine correct(s, m, w, h, norm, status)
        type(ode_state), intent(inout) :: s
        type(radau_state), intent(inout) :: m
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(in) :: h
        real(dp), intent(out) :: norm
        integer(c_int), intent(out) :: status
        integer :: i, j, k, n_stages
        real(dp) :: part, unused

        n_stages = m%table%n_stages
        norm = 0
        call residuals(s, m, h)
        ! the real system
        m%error = 0
        do j = 1, n_stages
            m%error = m%error + m%table%t_inverse(1, j) * m%w(:, j)
        end do
        call solve(m%linear, s, 1, m%error, status)
        if (status /= sk_ok) return
        do i = 1, n_stages
            m%stage_f(:, i) = m%table%t(i, 1) * m%error ! the changes of z
        end do
        ! the complex ones
        do k = 1, (n_stages - 1) / 2
            m%pair = 0
            do j = 1, n_stages
                m%pair = m%pair + cmplx(m%table%t_inverse(2 * k, j), m%table%t_inverse(2 * k + 1, j), dp) * m%w(:, j)
            end do
            call solve_complex(m%linear, s, k, m%pair, status)
            if (status /= sk_ok) return
            do i = 1, n_stages
                m%stage_f(:, i) = m%stage_f(:, i) + m%table%t(i, 2 * k) * real(m%pair) &
                    + m%table%t(i, 2 * k + 1) * aimag(m%pair)
            end do
        end do
        do i = 1, n_stages
            call scaled_squares(s, m%stage_f(:, i), m%stage_f(:, i), w(:, col_y), w(:, col_y), part, unused)
            norm = norm + part
            m%z(:, i) = m%z(:, i) + m%stage_f(:, i)
        end do
        norm = sqrt(norm / n_stages)
    end subroutine correct

    !> m%w(:, i) = f_i - M sum_j (A**-1)_ij z_j / h.
    subroutine residuals(s, m, h)
        type(ode_state), intent(in) :: s
        type(radau_state), intent(inout) :: m
        real(dp), intent(in) :: h
        integer :: i, j
        do i = 1, m%table%n_stages
            m%work(:, 1) = 0
            do j = 1, m%table%n_stages
                m%work(:, 1) = m%work(:, 1) + (m%table%a_inverse(i, j) / h) * m%z(:, j)
            end do
            if (c_associated(s%mass)) then
                call mass_times(s, m%work(:, 1), m%work(:, 2))
                m%w(:, i) = m%stage_f(:, i) - m%work(:, 2)
            else
                m%w(:, i) = m%stage_f(:, i) - m%work(:, 1)
            end if
        end do
    end subroutine residuals

    !> z from the last step's polynomial, continued; zero where there is none.
    subroutine starting_values(s, m, w, h)
        type(ode_state), intent(in) :: s
        type(radau_state), intent(inout) :: m
        real(dp), intent(in) :: w(s%ld, *), h
        real(dp) :: x(max_stages)
        integer :: i
        if (s%begun == 0 .or. .not. abs(m%h_last) > 0) then
            m%z = 0
            return
        end if
        do i = 1, m%table%n_stages
            x(i) = 1 + m%table%c(i) * h / m%h_last
        end do
        call nested_values(s, radau_terms, m%dense, int(m%table%n_stages, i8), x, s%ld, m%z(1, 1))
        do i = 1, m%table%n_stages
            m%z(1:s%n, i) = m%z(1:s%n, i) - w(1:s%n, col_y)
        end do
    end subroutine starting_values

    !> Newton did not converge: a new J if the present one is old, else a smaller step, and fewer stages.
    subroutine not_converged(s, m, h_abs)
        type(ode_state), intent(inout) :: s
        type(radau_state), intent(inout) :: m
        real(dp), intent(inout) :: h_abs
        s%nrejected = s%nrejected + 1
        m%rate = 1
        if (.not. m%fresh_jacobian .and. s%constant_jac == 0) then
            m%stale = .true.
        else
            h_abs = 0.5_dp * h_abs
            m%rejected = .true.
            m%factored = .false.
            if (m%table%n_stages > m%least_stages) call change_stages(m, m%table%n_stages - 2)
        end if
    end subroutine not_converged

    !> The error of the step relative to the tolerance (Hairer & Wanner II, equations (IV.8.19) and (IV.8.20)).
    subroutine estimate(s, m, w, h, error, status)
        type(ode_state), intent(inout) :: s
        type(radau_state), intent(inout) :: m
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(in) :: h
        real(dp), intent(out) :: error
        integer(c_int), intent(out) :: status
        real(dp) :: unused
        integer :: i
        m%work(:, 1) = 0
        do i = 1, m%table%n_stages
            m%work(:, 1) = m%work(:, 1) + (m%table%error(i) / h) * m%z(:, i)
        end do
        call mass_times(s, m%work(:, 1), m%work(:, 2))
        m%error = m%work(:, 2) + m%f
        call solve(m%linear, s, 1, m%error, status)
        if (status /= sk_ok) return
        call scaled_squares(s, m%error, m%error, w(:, col_y), w(:, col_y_new), error, unused)
        error = sqrt(error)
        if (error >= 1 .and. (s%begun == 0 .or. m%rejected)) then
            m%error = w(1:s%ld, col_y) + m%error
            call evaluate(s, s%t, m%error, m%work(:, 1), status)
            if (status /= sk_ok) return
            m%error = m%work(:, 1) + m%work(:, 2)
            call solve(m%linear, s, 1, m%error, status)
            if (status /= sk_ok) return
            call scaled_squares(s, m%error, m%error, w(:, col_y), w(:, col_y_new), error, unused)
            error = sqrt(error)
        end if
    end subroutine estimate

    !> The step is accepted: its polynomial, the next step's size and order, and whether J and its factors serve on.
    subroutine finish(s, m, w, t_new, h, error, iterations, status)
        type(ode_state), intent(inout) :: s
        type(radau_state), intent(inout) :: m
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(in) :: t_new, h, error
        integer, intent(in) :: iterations
        integer(c_int), intent(out) :: status
        real(dp) :: ratio, exponent, next, e
        integer :: i, j

        m%dense(:, 0) = w(1:s%n, col_y)
        do j = 1, max_stages
            m%dense(:, j) = 0
            do i = 1, m%table%n_stages
                m%dense(:, j) = m%dense(:, j) + m%table%dense(j, i) * m%z(1:s%n, i)
            end do
        end do
        m%dense(:, 1) = w(1:s%n, col_y_new) - w(1:s%n, col_y)
        ! Gustafsson's predictive control, Hairer & Wanner II, equation (IV.8.25)
        exponent = 1.0_dp / (m%table%n_stages + 1)
        e = max(error, 1e-10_dp)
        ratio = s%safety * (2 * m%max_iterations + 1) / real(2 * m%max_iterations + iterations, dp)
        next = e**(-exponent)
        if (abs(m%h_last) > 0) next = min(next, next * abs(h / m%h_last) * (m%error_last / e)**exponent)
        ratio = max(s%min_factor, min(s%max_factor, ratio * next))
        if (m%rejected) ratio = min(ratio, 1.0_dp)
        m%error_last = e
        m%h_last = h
        m%since_change = m%since_change + 1
        m%stale = s%constant_jac == 0 .and. iterations > 2 .and. m%rate > 1e-3_dp
        ! factors serve on for a step that would change a little only
        if (.not. m%stale .and. ratio >= 0.9_dp .and. ratio <= 1.2_dp) ratio = 1
        call accept(s, w, t_new, h, abs(h) * ratio)
        call evaluate(s, s%t, w(:, col_y), m%f, status)
        m%fresh_jacobian = .false.
        if (m%since_change >= patience .and. ratio >= 0.8_dp .and. ratio <= 1.2_dp) then
            if (m%rate <= m%fast .and. m%table%n_stages < m%most_stages) then
                call change_stages(m, m%table%n_stages + 2)
            else if (m%rate >= slower .and. m%table%n_stages > m%least_stages) then
                call change_stages(m, m%table%n_stages - 2)
            end if
        end if
    end subroutine finish

    subroutine radau_interpolant(s, dense)
        type(ode_state), intent(in) :: s
        real(dp), intent(out) :: dense(s%n, 0:radau_terms)
        type(radau_state), pointer :: m
        call c_f_pointer(s%own, m)
        dense = m%dense
    end subroutine radau_interpolant

end module sk_integrate_radau

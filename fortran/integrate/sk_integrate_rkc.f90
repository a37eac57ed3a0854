!> Runge-Kutta-Chebyshev method of order 2: explicit, with as many stages as the spectral radius of df/dy asks for.
!>
!> B. P. Sommeijer, L. F. Shampine, J. G. Verwer: RKC: an explicit solver for parabolic PDEs, J. Comput. Appl. Math. 88
!> (1998) 315-326, doi:10.1016/S0377-0427(97)00219-7. The interval of stability on the negative real axis is as long as
!> 0.65 times the square of the number of stages.
module sk_integrate_rkc
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_f_procpointer, c_int, c_loc, c_null_ptr
    use sk_kinds, only: dp, i8, sp
    use sk_status, only: sk_argument, sk_callback, sk_memory, sk_ok
    use sk_integrate_core, only: accept, aim, col_y, col_y_new, col_y_old, evaluate, first_step, least_spacing, &
        next_factor, next_size, ode_state, poll_user, rejected_factor, rhs_interface, scaled_squares, &
        set_control
    implicit none
    private
    public :: rkc_start, rkc_destroy, rkc_advance, rkc_interpolant, rkc_terms

    integer(i8), parameter :: rkc_terms = 3
    integer, parameter :: error_order = 2
    !> Steps for which an estimate of the spectral radius serves.
    integer, parameter :: radius_serves = 25
    integer, parameter :: max_power_iterations = 50
    real(dp), parameter :: damping = 2 / 13.0_dp

    type :: rkc_state
        real(dp) :: radius = 0
        integer :: radius_age = radius_serves
        integer(i8) :: most_stages = 2
        logical :: ended = .false.
        !> Derivatives at both ends and at a stage, the two last stages, and the direction of the power iteration.
        real(dp), allocatable :: f(:), f_new(:), stage_f(:), y1(:), y2(:), direction(:)
    end type rkc_state

contains

    subroutine rkc_start(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(rkc_state), pointer :: m
        real(dp), pointer, contiguous :: rtol(:)
        real(dp) :: relative
        integer :: flag
        allocate (m, stat=flag)
        if (flag == 0) then
            s%own = c_loc(m)
            allocate (m%f(s%ld), m%f_new(s%ld), m%stage_f(s%ld), m%y1(s%ld), m%y2(s%ld), m%direction(s%ld), stat=flag)
        end if
        if (flag /= 0) then
            status = sk_memory
            return
        end if
        m%f = 0
        m%f_new = 0
        m%stage_f = 0
        m%direction = 0
        m%y1 = 0
        m%y2 = 0
        call c_f_pointer(s%rtol, rtol, [s%n])
        relative = s%rtol_all
        if (c_associated(s%rtol)) relative = minval(rtol)
        ! rounding errors grow with the square of the number of stages (section 2.4)
        m%most_stages = max(2_i8, nint(sqrt(max(relative, 1e-15_dp) / (10 * epsilon(relative))), i8))
        call set_control(s, error_order, 0.8_dp, 0.0_dp, 10.0_dp)
        call first_step(s, error_order, w(:, col_y), m%f, w(:, col_y_new), m%f_new, status)
    end subroutine rkc_start

    subroutine rkc_destroy(s)
        type(ode_state), intent(inout) :: s
        type(rkc_state), pointer :: m
        integer :: flag
        if (.not. c_associated(s%own)) return
        call c_f_pointer(s%own, m)
        deallocate (m, stat=flag)
        s%own = c_null_ptr
    end subroutine rkc_destroy

    !> One accepted step from s%t.
    subroutine rkc_advance(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(rkc_state), pointer :: m
        real(dp) :: h, h_abs, t_new, error, spacing
        integer(i8) :: n_stages
        logical :: rejected

        call c_f_pointer(s%own, m)
        call poll_user(s, 1_i8, status)
        if (status /= sk_ok) return
        ! kept until now for the last step's interpolant
        if (m%ended) m%f = m%f_new
        m%ended = .false.
        spacing = max(least_spacing(s), s%min_step)
        h_abs = next_size(s, spacing)
        rejected = .false.
        do
            call find_radius(s, m, w(:, col_y), status)
            if (status /= sk_ok) return
            call choose_stages(m, abs(s%t_bound - s%t), h_abs, n_stages)
            call aim(s, spacing, h_abs, t_new, h, status)
            if (status /= sk_ok) return
            call stages(s, m, n_stages, h, w(:, col_y), w(:, col_y_new), status)
            if (status == sk_ok) call evaluate(s, t_new, w(:, col_y_new), m%f_new, status)
            if (status /= sk_ok) return
            call estimate(s, m, h, w(:, col_y), w(:, col_y_new), error)
            if (error <= 1 .or. s%fixed /= 0) exit
            h_abs = h_abs * rejected_factor(s, error, s%gain(1))
            rejected = .true.
            s%nrejected = s%nrejected + 1
            ! an old estimate may be to blame
            if (m%radius_age > 0) m%radius_age = radius_serves
        end do
        m%ended = .true.
        m%radius_age = m%radius_age + 1
        call accept(s, w, t_new, h, h_abs * next_factor(s, h, log(max(real(error, sp), tiny(1.0_sp))), rejected))
    end subroutine rkc_advance

    !> Stages for a step of size h_abs, which is made smaller where there would be too many.
    pure subroutine choose_stages(m, left, h_abs, n_stages)
        type(rkc_state), intent(in) :: m
        real(dp), intent(in) :: left
        real(dp), intent(inout) :: h_abs
        integer(i8), intent(out) :: n_stages
        real(dp) :: wanted
        ! section 2.3: beta(s) = (s**2 - 1) * 2 / 3 * (1 - 2 / 15 * damping), and a little more
        wanted = 1 + sqrt(1 + 1.54_dp * min(h_abs, left) * m%radius)
        if (wanted <= real(m%most_stages, dp)) then
            n_stages = max(2_i8, int(wanted, i8))
        else
            n_stages = m%most_stages
            h_abs = real(n_stages**2 - 1, dp) / (1.54_dp * m%radius)
        end if
    end subroutine choose_stages

    !> y_new from n_stages Chebyshev stages (equations (2.2) to (2.6)).
    subroutine stages(s, m, n_stages, h, y, y_new, status)
        type(ode_state), intent(inout) :: s
        type(rkc_state), intent(inout) :: m
        integer(i8), intent(in) :: n_stages
        real(dp), intent(in) :: h, y(s%ld)
        real(dp), intent(inout) :: y_new(s%ld)
        integer(c_int), intent(out) :: status
        real(dp) :: w0, w1, mu, nu, mu_f, gamma_f, a, b(3), c(3), t(3), dt(3), d2t(3)
        integer(i8) :: j

        w0 = 1 + damping / real(n_stages, dp)**2
        w1 = slope_ratio(n_stages, w0)
        ! Chebyshev polynomials T_j(w0) and their derivatives for j - 2, j - 1 and j
        t = [1.0_dp, w0, 0.0_dp]
        dt = [0.0_dp, 1.0_dp, 0.0_dp]
        d2t = 0
        b = 1 / (2 * w0)**2
        c = [0.0_dp, b(2) * w1, 0.0_dp]
        m%y2 = y
        m%y1 = y + (h * b(2) * w1) * m%f
        do j = 2, n_stages
            t(3) = 2 * w0 * t(2) - t(1)
            dt(3) = 2 * w0 * dt(2) - dt(1) + 2 * t(2)
            d2t(3) = 2 * w0 * d2t(2) - d2t(1) + 4 * dt(2)
            b(3) = d2t(3) / dt(3)**2
            a = 1 - b(2) * t(2)
            mu = 2 * w0 * b(3) / b(2)
            nu = -b(3) / b(1)
            mu_f = 2 * w1 * b(3) / b(2)
            gamma_f = -a * mu_f
            status = sk_ok
            if (mod(j, 16_i8) == 0) call poll_user(s, 1_i8, status) ! a step may have hundreds of stages
            if (status == sk_ok) call evaluate(s, s%t + c(2) * h, m%y1, m%stage_f, status)
            if (status /= sk_ok) return
            c(3) = mu * c(2) + nu * c(1) + mu_f + gamma_f
            call combine_stage(s%ld, [1 - mu - nu, mu, nu, h * mu_f, h * gamma_f], y, m%y1, m%y2, m%stage_f, m%f)
            t(1:2) = t(2:3)
            dt(1:2) = dt(2:3)
            d2t(1:2) = d2t(2:3)
            b(1:2) = b(2:3)
            c(1:2) = c(2:3)
        end do
        y_new = m%y1
        status = sk_ok
    end subroutine stages

    !> The next stage into y1, the present one into y2.
    pure subroutine combine_stage(ld, weight, y, y1, y2, f, f0)
        integer(i8), intent(in) :: ld
        real(dp), intent(in) :: weight(5), y(ld), f(ld), f0(ld)
        real(dp), intent(inout) :: y1(ld), y2(ld)
        real(dp) :: value
        integer(i8) :: i
        do i = 1, ld
            value = weight(1) * y(i) + weight(2) * y1(i) + weight(3) * y2(i) + weight(4) * f(i) + weight(5) * f0(i)
            y2(i) = y1(i)
            y1(i) = value
        end do
    end subroutine combine_stage

    !> T_s'(w0) / T_s''(w0), which makes the method consistent of order 2.
    pure function slope_ratio(n_stages, w0) result(ratio)
        integer(i8), intent(in) :: n_stages
        real(dp), intent(in) :: w0
        real(dp) :: ratio, x, sx, cx, root
        ! T_s(cosh x) = cosh(s x)
        root = sqrt(w0 * w0 - 1)
        x = log(w0 + root)
        sx = sinh(n_stages * x)
        cx = cosh(n_stages * x)
        ratio = sx * n_stages * root**2 / (n_stages * (cx * n_stages * root - w0 * sx))
    end function slope_ratio

    !> The error of the step relative to the tolerance (section 2.4).
    subroutine estimate(s, m, h, y, y_new, error)
        type(ode_state), intent(in) :: s
        type(rkc_state), intent(inout) :: m
        real(dp), intent(in) :: h, y(s%ld), y_new(s%ld)
        real(dp), intent(out) :: error
        real(dp) :: unused
        m%y2 = 0.8_dp * (y - y_new) + (0.4_dp * h) * (m%f + m%f_new)
        call scaled_squares(s, m%y2, m%y2, y, y_new, error, unused)
        error = sqrt(error)
    end subroutine estimate

    !> The user's bound of the spectral radius, or an estimate that is not too old.
    subroutine find_radius(s, m, y, status)
        type(ode_state), intent(inout) :: s
        type(rkc_state), intent(inout) :: m
        real(dp), intent(in) :: y(s%ld)
        integer(c_int), intent(out) :: status
        procedure(rhs_interface), pointer :: radius
        status = sk_ok
        if (c_associated(s%radius)) then
            if (m%radius_age == 0) return
            call c_f_procpointer(s%radius, radius)
            if (radius(s%t, y, m%stage_f, s%radius_data) /= 0) status = sk_callback
            m%stage_f(s%n + 1:) = 0
            m%radius = m%stage_f(1)
            m%radius_age = 0
        else if (m%radius_age >= radius_serves) then
            call power_method(s, m, y, status)
            m%radius_age = 0
        end if
        if (status == sk_ok .and. .not. (m%radius >= 0 .and. m%radius <= huge(m%radius))) status = sk_argument
    end subroutine find_radius

    !> Power iteration with differences of f, from the direction that was left by the last one (section 3.2).
    subroutine power_method(s, m, y, status)
        type(ode_state), intent(inout) :: s
        type(rkc_state), intent(inout) :: m
        real(dp), intent(in) :: y(s%ld)
        integer(c_int), intent(out) :: status
        real(dp) :: size_y, size_v, step, norm, rate, rate_old
        integer :: iteration
        integer(i8) :: turn

        size_y = norm2(y(1:s%n))
        if (.not. any(abs(m%direction) > 0)) m%direction = m%f
        size_v = norm2(m%direction(1:s%n))
        step = merge(size_y * sqrt(epsilon(step)), epsilon(step), size_y > 0)
        if (.not. size_v > 0) then
            m%direction(1:s%n) = 1
            size_v = sqrt(real(s%n, dp))
        end if
        rate = 0
        turn = 0
        do iteration = 1, max_power_iterations
            m%y1 = y + (step / size_v) * m%direction
            call evaluate(s, s%t, m%y1, m%stage_f, status)
            if (status /= sk_ok) return
            m%stage_f = m%stage_f - m%f
            norm = norm2(m%stage_f(1:s%n))
            rate_old = rate
            rate = norm / step
            if (.not. rate <= huge(rate)) exit
            if (iteration > 1 .and. abs(rate - rate_old) <= 0.01_dp * max(rate, 1 / max(abs(s%t_bound - s%t), s%h_abs))) exit
            if (norm > 0) then
                m%direction = m%stage_f
                size_v = norm
            else ! an accident: another direction
                turn = mod(turn, s%n) + 1
                m%direction(turn) = -m%direction(turn) - size_v
                size_v = norm2(m%direction(1:s%n))
            end if
        end do
        m%radius = 1.2_dp * rate
        ! a direction that is not finite would spoil the next estimate; f is finite where a step can be taken
        if (.not. rate <= huge(rate)) m%direction = 0
        if (.not. m%radius <= huge(rate)) m%radius = 0
    end subroutine power_method

    !> The last step's interpolant: the cubic through y and dy/dt at both ends.
    subroutine rkc_interpolant(s, w, dense)
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: w(s%ld, *)
        real(dp), intent(out) :: dense(s%n, 0:3)
        type(rkc_state), pointer :: m
        call c_f_pointer(s%own, m)
        associate (n => s%n)
            dense(:, 0) = w(1:n, col_y_old)
            dense(:, 1) = w(1:n, col_y) - w(1:n, col_y_old)
            dense(:, 2) = s%h * m%f(1:n) - dense(:, 1)
            dense(:, 3) = 2 * dense(:, 1) - s%h * (m%f(1:n) + m%f_new(1:n))
        end associate
    end subroutine rkc_interpolant

end module sk_integrate_rkc

!> The stages of the stabilised methods: how many, and what they compute.
!>
!> RKC: B. P. Sommeijer, L. F. Shampine, J. G. Verwer, J. Comput. Appl. Math. 88 (1998) 315-326,
!> doi:10.1016/S0377-0427(97)00219-7. ROCK2: A. Abdulle, A. A. Medovikov, Numer. Math. 90 (2001) 1-18,
!> doi:10.1007/s002110100292. ROCK4: A. Abdulle, SIAM J. Sci. Comput. 23 (2002) 2041-2054,
!> doi:10.1137/S1064827500379549. The coefficients of the last two are made by wrappers/gen/make_rock_tables.py.
module sk_integrate_stabilised_stages
    use, intrinsic :: iso_c_binding, only: c_int
    use sk_kinds, only: dp, i4, i8
    use sk_status, only: sk_memory, sk_ok
    use sk_integrate_core, only: evaluate, ode_state, poll_user
    use sk_integrate_radius, only: radius_estimate
    use sk_integrate_rock_tables, only: rock2_first, rock2_kappa, rock2_last, rock2_length, rock2_mu, &
        rock4_first, rock4_kappa, rock4_last, rock4_length, rock4_mu
    implicit none
    private
    public :: stages_create, choose_stages, stages

    !> As in enum sk_ode_method.
    integer(i4), parameter, public :: method_rkc = 80, method_rock2 = 81, method_rock4 = 82
    real(dp), parameter :: damping = 2 / 13.0_dp

    type, public :: stabilised_state
        type(radius_estimate) :: radius
        integer :: radius_age = huge(0)
        integer(i8) :: most_stages = 2 ! of RKC
        logical :: ended = .false.
        !> Derivatives at both ends and at a stage, the two last stages, and derivatives of ROCK4's last stages.
        real(dp), allocatable :: f(:), f_new(:), stage_f(:), y1(:), y2(:), k(:, :)
    end type stabilised_state

contains

    subroutine stages_create(s, m, status)
        type(ode_state), intent(in) :: s
        type(stabilised_state), intent(inout) :: m
        integer(c_int), intent(out) :: status
        integer :: flag
        allocate (m%f(s%ld), m%f_new(s%ld), m%stage_f(s%ld), m%y1(s%ld), m%y2(s%ld), stat=flag)
        if (flag == 0) allocate (m%k(s%ld, merge(5, 0, s%method == method_rock4)), stat=flag)
        status = merge(sk_ok, sk_memory, flag == 0)
        if (flag /= 0) return
        m%f = 0
        m%f_new = 0
        m%stage_f = 0
        m%y1 = 0
        m%y2 = 0
        m%k = 0
    end subroutine stages_create

    !> Stages for a step of size h_abs, which is made smaller where there would be too many; of ROCK, the row in its
    !> table. `left` is what is left of the interval.
    pure subroutine choose_stages(method, m, left, h_abs, choice)
        integer(i4), intent(in) :: method
        type(stabilised_state), intent(in) :: m
        real(dp), intent(in) :: left
        real(dp), intent(inout) :: h_abs
        integer(i8), intent(out) :: choice
        real(dp) :: wanted
        select case (method)
        case (method_rock2)
            call choose_row(rock2_length, m, left, h_abs, choice)
        case (method_rock4)
            call choose_row(rock4_length, m, left, h_abs, choice)
        case default
            ! section 2.3: beta(s) = (s**2 - 1) * 2 / 3 * (1 - 2 / 15 * damping), and a little more
            wanted = 1 + sqrt(1 + 1.54_dp * min(h_abs, left) * m%radius%value)
            if (wanted <= real(m%most_stages, dp)) then
                choice = max(2_i8, int(wanted, i8))
            else
                choice = m%most_stages
                h_abs = real(choice**2 - 1, dp) / (1.54_dp * m%radius%value)
            end if
        end select
    end subroutine choose_stages

    !> The first row of ROCK's table whose interval of stability is long enough.
    pure subroutine choose_row(length, m, left, h_abs, row)
        real(dp), intent(in) :: length(:), left
        type(stabilised_state), intent(in) :: m
        real(dp), intent(inout) :: h_abs
        integer(i8), intent(out) :: row
        real(dp), parameter :: reserve = 0.98_dp
        real(dp) :: wanted
        wanted = min(h_abs, left) * m%radius%value
        row = 1
        do while (wanted > reserve * length(row) .and. row < size(length))
            row = row + 1
        end do
        if (wanted > reserve * length(row)) h_abs = reserve * length(row) / m%radius%value
    end subroutine choose_row

    !> y_new, and of ROCK4 the derivatives m%k; `choice` is that of choose_stages.
    subroutine stages(s, m, choice, h, y, y_new, status)
        type(ode_state), intent(inout) :: s
        type(stabilised_state), intent(inout) :: m
        integer(i8), intent(in) :: choice
        real(dp), intent(in) :: h, y(s%ld)
        real(dp), intent(inout) :: y_new(s%ld)
        integer(c_int), intent(out) :: status
        integer :: first, last
        real(dp) :: c
        select case (s%method)
        case (method_rock2)
            first = rock2_first(choice)
            last = rock2_first(choice + 1) - 1
            call recurrence(s, m, rock2_mu(first:last), rock2_kappa(first:last), h, y, c, status)
            if (status == sk_ok) call last_two(s, m, rock2_last(:, choice), c, h, y_new, status)
        case (method_rock4)
            first = rock4_first(choice)
            last = rock4_first(choice + 1) - 1
            call recurrence(s, m, rock4_mu(first:last), rock4_kappa(first:last), h, y, c, status)
            if (status == sk_ok) call last_four(s, m, rock4_last(:, choice), c, h, y_new, status)
        case default
            call chebyshev_stages(s, m, choice, h, y, y_new, status)
        end select
    end subroutine stages

    !> RKC's stages (equations (2.2) to (2.6)).
    subroutine chebyshev_stages(s, m, n_stages, h, y, y_new, status)
        type(ode_state), intent(inout) :: s
        type(stabilised_state), intent(inout) :: m
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
            call stage_derivative(s, m, j, c(2) * h, status)
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
    end subroutine chebyshev_stages

    !> T_s'(w0) / T_s''(w0), which makes RKC consistent of order 2.
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

    !> ROCK's recurrence: m%y1 at t + c h, and m%stage_f, the derivative there.
    subroutine recurrence(s, m, mu, kappa, h, y, c, status)
        type(ode_state), intent(inout) :: s
        type(stabilised_state), intent(inout) :: m
        real(dp), intent(in) :: mu(:), kappa(:), h, y(s%ld)
        real(dp), intent(out) :: c
        integer(c_int), intent(out) :: status
        real(dp) :: c_old, c_new
        integer :: j
        m%y2 = y
        m%y1 = y + (h * mu(1)) * m%f
        c_old = 0
        c = mu(1)
        do j = 2, size(mu)
            call stage_derivative(s, m, int(j, i8), c * h, status)
            if (status /= sk_ok) return
            call combine_stage(s%ld, [0.0_dp, 1 + kappa(j), -kappa(j), h * mu(j), 0.0_dp], y, m%y1, m%y2, m%stage_f, m%f)
            c_new = c + kappa(j) * (c - c_old) + mu(j)
            c_old = c
            c = c_new
        end do
        call stage_derivative(s, m, size(mu, kind=i8), c * h, status)
    end subroutine recurrence

    !> m%stage_f = f(t + distance, m%y1). Now and then asks the user: a step may have hundreds of stages.
    subroutine stage_derivative(s, m, j, distance, status)
        type(ode_state), intent(inout) :: s
        type(stabilised_state), intent(inout) :: m
        integer(i8), intent(in) :: j
        real(dp), intent(in) :: distance
        integer(c_int), intent(out) :: status
        status = sk_ok
        if (mod(j, 16_i8) == 0) call poll_user(s, 1_i8, status)
        if (status == sk_ok) call evaluate(s, s%t + distance, m%y1, m%stage_f, status)
    end subroutine stage_derivative

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

    !> ROCK2's end: two stages with the stability polynomial 1 + 2 sigma z + tau z**2.
    subroutine last_two(s, m, coefficients, c, h, y_new, status)
        type(ode_state), intent(inout) :: s
        type(stabilised_state), intent(inout) :: m
        real(dp), intent(in) :: coefficients(2), c, h
        real(dp), intent(inout) :: y_new(s%ld)
        integer(c_int), intent(out) :: status
        associate (sigma => coefficients(1), tau => coefficients(2))
            y_new = m%y1 + (h * sigma) * m%stage_f
            call evaluate(s, s%t + (c + sigma) * h, y_new, m%y2, status)
            y_new = m%y1 + (h * (2 * sigma - tau / sigma)) * m%stage_f + (h * tau / sigma) * m%y2
        end associate
    end subroutine last_two

    !> ROCK4's end: an explicit method of four stages, and an Euler step as the fifth. The coefficients are c (5), the
    !> first four rows of A (6), b (5), and the weights of the error's estimate (5).
    subroutine last_four(s, m, coefficients, c, h, y_new, status)
        type(ode_state), intent(inout) :: s
        type(stabilised_state), intent(inout) :: m
        real(dp), intent(in) :: coefficients(21), c, h
        real(dp), intent(inout) :: y_new(s%ld)
        integer(c_int), intent(out) :: status
        integer :: i, j, row
        m%k(:, 1) = m%stage_f
        row = 5
        do i = 2, 4
            y_new = m%y1
            do j = 1, i - 1
                y_new = y_new + (h * coefficients(row + j)) * m%k(:, j)
            end do
            row = row + i - 1
            call evaluate(s, s%t + (c + coefficients(i)) * h, y_new, m%k(:, i), status)
            if (status /= sk_ok) return
        end do
        y_new = m%y1 + (h * coefficients(5)) * m%stage_f
        call evaluate(s, s%t + (c + coefficients(5)) * h, y_new, m%k(:, 5), status)
        y_new = m%y1
        do j = 1, 5
            y_new = y_new + (h * coefficients(11 + j)) * m%k(:, j)
        end do
    end subroutine last_four

end module sk_integrate_stabilised_stages

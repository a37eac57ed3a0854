!> The Nordsieck array of the multistep methods: prediction, changes of step and order, weights, and the corrector.
!>
!> Corrector iterations and their tests as in A. C. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363-396,
!> section 2.1, doi:10.1145/1089014.1089020.
module sk_integrate_nordsieck_array
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_int
    use sk_kinds, only: dp, i8
    use sk_status, only: sk_ok, sk_singular
    use sk_integrate_core, only: evaluate, evaluate_residual, ode_state
    use sk_integrate_linear, only: factor, factor_residual, jacobian, jacobian_damping, jacobian_norm, linear_system, &
        mass_times, solve
    use sk_integrate_nordsieck_formulas, only: formula, lowering, max_order, raising, set_formula, stable
    implicit none
    private
    public :: nordsieck_state, set_weights, weighted_norm, error_norm, set_step, change_order, predict, restore, update_formula, correct

    type :: nordsieck_state
        type(linear_system) :: linear
        type(formula) :: f
        real(dp), allocatable :: z(:, :)           ! (ld, 0:most)
        real(dp), allocatable :: e(:), e_old(:)    ! the correction; that of the step before an order is chosen
        real(dp), allocatable :: weight(:), rate(:), change(:), product(:)
        real(dp), allocatable :: slope(:)          ! y' of the iterate, of a residual's arguments
        logical, allocatable :: is_rate(:)         ! of the differential components
        real(dp), allocatable :: counted(:)        ! components' factors in the error test, where there are any
        real(dp) :: past(max_order + 1)            ! sizes of the last steps, the newest first
        real(dp) :: h                              ! the step that z is scaled with
        real(dp) :: one_over_n
        integer(i8) :: rows = 0                    ! n rounded up to a multiple of 4
        real(dp) :: e_norm, quotient_old
        real(dp) :: gamma_factored = 0             ! h / l_1 of the factors; 0: there are none
        real(dp) :: convergence = 1                ! estimate of the iteration's rate
        real(dp) :: most_growth
        real(dp) :: lipschitz_now = 0              ! of h f, by the functional iteration
        real(dp) :: lipschitz = 0                  ! of f, the last estimate
        real(dp) :: jac_norm = 0, damping = 0
        integer :: q = 1, q_next = 1, wait = 2, most = 5, most_adams = 12, most_bdf = 5
        integer :: order_set = 0                   ! of the Adams formula in f
        integer :: same = 0                        ! steps since the formula changed, counted up to the number that matters
        integer :: countdown = 0                   ! steps until Adams and BDF are compared
        integer(i8) :: step_factored = 0, step_jacobian = -1, step_probed = 0
        logical :: bdf = .true., newton = .true., switching = .false., linear_ready = .false.
        logical :: residual = .false.              ! F(t, y, y') = 0 in place of y' = f(t, y)
        logical :: literal = .false.               ! this step's tolerances are those asked for
        logical :: refactor = .true., renew = .true. ! what the next correction has to do
    end type nordsieck_state

    integer, parameter :: most_iterations = 3
    integer(i8), parameter :: factors_live = 20, jacobian_lives = 50, probe_every = 4
    !> The iteration's error relative to that of the step.
    real(dp), parameter :: iteration_share = 0.02_dp, share_adams = 0.001_dp
    real(dp), parameter :: rate_memory = 0.3_dp, diverging = 2

    !> h times the rate at which errors die out from which on the problem counts as stiff a little, and entirely.
    real(dp), parameter :: least_stiff = 0.5_dp, surely_stiff = 5

    integer, private :: i_, j_
    real(dp), parameter :: binomial(0:max_order, 0:max_order) = &
        reshape([((anint(gamma(i_ + 1.0_dp) / (gamma(j_ + 1.0_dp) * gamma(max(i_ - j_, 0) + 1.0_dp))), &
        i_=0, max_order), j_=0, max_order)], [max_order + 1, max_order + 1])

contains

    !> weight(i) = 1 / damped_strictness / (atol(i) + rtol(i) |y(i)|); a pair of a complex value shares one.
    subroutine set_weights(s, m, y)
        type(ode_state), intent(in) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: y(s%ld)
        real(dp), pointer, contiguous :: atol(:), rtol(:)
        real(dp) :: over
        integer(i8) :: i
        over = 1 / damped_strictness(s, m)
        if (s%is_complex /= 0) then
            do i = 1, s%n, 2
                m%weight(i:i + 1) = hypot(y(i), y(i + 1))
            end do
        else
            do i = 1, s%n
                m%weight(i) = abs(y(i))
            end do
        end if
        if (c_associated(s%atol)) then
            call c_f_pointer(s%atol, atol, [s%n])
            call c_f_pointer(s%rtol, rtol, [s%n])
            do i = 1, s%n
                m%weight(i) = over / max(atol(i) + rtol(i) * m%weight(i), tiny(1.0_dp))
            end do
        else
            do i = 1, s%n
                m%weight(i) = over / max(s%atol_all + s%rtol_all * m%weight(i), tiny(1.0_dp))
            end do
        end if
    end subroutine set_weights

    !> The rule for tight tolerances counts with errors that add up. It fades out where BDF's steps are so large that the
    !> problem must be stiff: there errors are damped.
    pure function damped_strictness(s, m) result(strictness)
        type(ode_state), intent(in) :: s
        type(nordsieck_state), intent(in) :: m
        real(dp) :: strictness, stiffness
        strictness = s%strictness
        if (m%literal) strictness = 1
        if (.not. m%bdf .or. .not. strictness < 1) return
        stiffness = m%damping * abs(m%h)
        if (stiffness > least_stiff) strictness = strictness**max(0.0_dp, &
            log(surely_stiff / stiffness) / log(surely_stiff / least_stiff))
    end function damped_strictness

    !> Root mean square of x times the weights.
    pure function weighted_norm(m, ld, x) result(norm)
        type(nordsieck_state), intent(in) :: m
        integer(i8), intent(in) :: ld
        real(dp), intent(in) :: x(ld)
        real(dp) :: norm, total(4)
        integer(i8) :: i
        total = 0
        do i = 1, m%rows, 4 ! the rows from n + 1 on are zero
            total = total + (x(i:i + 3) * m%weight(i:i + 3))**2
        end do
        norm = sqrt(((total(1) + total(2)) + (total(3) + total(4))) * m%one_over_n)
    end function weighted_norm

    !> The same for errors: of the components that count.
    function error_norm(m, ld, x) result(norm)
        type(nordsieck_state), intent(inout) :: m
        integer(i8), intent(in) :: ld
        real(dp), intent(in) :: x(ld)
        real(dp) :: norm
        if (allocated(m%counted)) then
            m%product = m%counted * x
            norm = weighted_norm(m, ld, m%product)
        else
            norm = weighted_norm(m, ld, x)
        end if
    end function error_norm

    !> Scale the array to a step of size h.
    subroutine set_step(m, h)
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: h
        real(dp) :: ratio, power
        integer :: j
        if (.not. abs(h - m%h) > 0) return
        ratio = h / m%h
        power = 1
        do j = 1, m%q
            power = power * ratio
            m%z(1:m%rows, j) = m%z(1:m%rows, j) * power
        end do
        m%h = h
        m%same = 0
    end subroutine set_step

    !> Go to the order q + 1 or q - 1; z holds the end of a step, e its correction.
    subroutine change_order(m, q_new)
        type(nordsieck_state), intent(inout) :: m
        integer, intent(in) :: q_new
        real(dp) :: d(0:max_order), scale
        integer :: j
        if (q_new == m%q) return
        if (q_new > m%q) then
            if (m%bdf) then
                call raising(m%q, m%h, m%past, d, scale)
                m%z(:, q_new) = scale * m%e
                do j = 2, m%q
                    m%z(:, j) = m%z(:, j) + d(j) * m%z(:, q_new)
                end do
            else
                m%z(:, q_new) = m%e * m%f%l(m%q) / q_new
            end if
        else if (m%bdf) then
            call lowering(m%q, m%h, m%past, d)
            do j = 2, q_new
                m%z(:, j) = m%z(:, j) - d(j) * m%z(:, m%q)
            end do
        end if
        m%q = q_new
        m%wait = q_new + 1
        m%same = 0
    end subroutine change_order

    !> The array at the end of the step by its polynomial: z_j + sum_(i > j) binomial(i, j) z_i.
    pure subroutine predict(rows, ld, q, z)
        integer(i8), intent(in) :: rows, ld
        integer, intent(in) :: q
        real(dp), intent(inout) :: z(ld, 0:q)
        real(dp) :: total(4)
        integer(i8) :: first
        integer :: i, j
        ! sums are independent of each other, additions in the triangle would wait for one another
        do first = 1, rows, 4
            do j = 0, q - 1
                total = z(first:first + 3, j)
                do i = j + 1, q
                    total = total + binomial(i, j) * z(first:first + 3, i)
                end do
                z(first:first + 3, j) = total
            end do
        end do
    end subroutine predict

    !> Take a prediction back.
    pure subroutine restore(ld, q, z)
        integer(i8), intent(in) :: ld
        integer, intent(in) :: q
        real(dp), intent(inout) :: z(ld, 0:q)
        integer :: j, k
        do k = 1, q
            do j = q, k, -1
                z(:, j - 1) = z(:, j - 1) - z(:, j)
            end do
        end do
    end subroutine restore

    !> The step's formula. It stays while the last q + 1 steps had one size.
    subroutine update_formula(m)
        type(nordsieck_state), intent(inout) :: m
        real(dp) :: uniform(max_order + 1)
        if (m%bdf) then
            m%order_set = 0
            if (m%same > m%q + 1 .and. m%wait > 1) return
        else if (m%same > m%q) then ! of constant steps: with those of its neighbours
            if (m%order_set == m%q) return
            uniform = 1
            call set_formula(m%bdf, m%q, 1.0_dp, uniform, .true., m%f)
            m%order_set = m%q
            return
        end if
        m%order_set = 0
        m%same = m%same + 1
        call set_formula(m%bdf, m%q, m%h, m%past, m%wait <= 1, m%f)
    end subroutine update_formula

    !> Solve for the correction e at t; y = z_0 + e. `converged` false asks for a smaller step.
    subroutine correct(s, m, t, y, converged, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: t
        real(dp), intent(inout) :: y(s%ld)
        logical, intent(out) :: converged
        integer(c_int), intent(out) :: status
        logical :: fresh
        if (.not. m%newton) then
            call functional(s, m, t, y, converged, status)
            return
        end if
        do
            y = m%z(:, 0)
            m%e = 0
            call evaluate_system(s, m, t, y, status)
            if (status /= sk_ok) return
            call prepare_factors(s, m, t, y, fresh, status)
            converged = status == sk_ok
            if (converged) call newton(s, m, t, y, converged, status)
            if (status == sk_singular) then
                converged = .false.
                status = sk_ok
            end if
            if (converged .or. status /= sk_ok) return
            m%refactor = .true.
            m%renew = .true. ! the Jacobian is not as old as that, but bad
            if (fresh) return
        end do
    end subroutine correct

    !> rate = f(t, y), or F(t, y, y') with the y' that belongs to the correction e.
    subroutine evaluate_system(s, m, t, y, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: t, y(s%ld)
        integer(c_int), intent(out) :: status
        if (m%residual) then
            m%slope = (m%z(:, 1) + m%f%l(1) * m%e) / m%h
            call evaluate_residual(s, t, y, m%slope, m%rate, status)
        else
            call evaluate(s, t, y, m%rate, status)
        end if
    end subroutine evaluate_system

    !> Factors of M - gamma J, gamma = h / l_1; renewed if they are old, or gamma has changed. `fresh`: J is of this step.
    subroutine prepare_factors(s, m, t, y, fresh, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: t, y(s%ld)
        logical, intent(out) :: fresh
        integer(c_int), intent(out) :: status
        real(dp) :: gamma
        status = sk_ok
        fresh = .false.
        gamma = m%h / m%f%l(1)
        if (.not. m%refactor) m%refactor = abs(gamma - m%gamma_factored) > 0.3_dp * abs(m%gamma_factored) &
            .or. s%nsteps >= m%step_factored + factors_live
        if (.not. m%refactor) return
        if (m%residual) then
            m%gamma_factored = 0
            call factor_residual(m%linear, s, t, y, m%slope, m%rate, 1 / gamma, .false., status)
            fresh = .true.
        else
            call renew_factors(s, m, t, y, gamma, fresh, status)
        end if
        if (status /= sk_ok) return
        m%gamma_factored = gamma
        m%step_factored = s%nsteps
        m%convergence = 1
        m%refactor = .false.
    end subroutine prepare_factors

    !> Factors of M - gamma J, with a new J if it is old.
    subroutine renew_factors(s, m, t, y, gamma, fresh, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: t, y(s%ld), gamma
        logical, intent(inout) :: fresh
        integer(c_int), intent(out) :: status
        status = sk_ok
        if (m%renew .or. s%nsteps > m%step_jacobian + jacobian_lives) then
            call jacobian(m%linear, s, t, y, m%rate, status)
            if (status /= sk_ok) return
            m%step_jacobian = s%nsteps
            if (m%bdf) m%damping = jacobian_damping(m%linear, s%direction)
            if (m%switching) m%jac_norm = jacobian_norm(m%linear, m%weight)
            m%renew = .false.
            fresh = .true.
        end if
        m%gamma_factored = 0
        call factor(m%linear, s, 1, 1 / gamma, status)
    end subroutine renew_factors

    !> Modified Newton iteration for M (l_1 e + z_1) = h f(t, z_0 + e), or F(t, z_0 + e, (l_1 e + z_1) / h) = 0; in,
    !> e = 0 and rate = f or F for it.
    subroutine newton(s, m, t, y, converged, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: t
        real(dp), intent(inout) :: y(s%ld)
        logical, intent(out) :: converged
        integer(c_int), intent(out) :: status
        real(dp) :: size_old, scale, l1_over_h, one_over_h
        integer(i8) :: i
        integer :: k
        l1_over_h = m%f%l(1) / m%h
        one_over_h = 1 / m%h
        ! the stale gamma's part of the error, for the stiff components
        scale = 1
        if (m%bdf) scale = 2 / (1 + m%h / (m%f%l(1) * m%gamma_factored))
        size_old = 0
        do k = 1, most_iterations
            if (m%residual) then
                m%change = -m%rate
            else if (c_associated(s%mass)) then
                m%product = l1_over_h * m%e + one_over_h * m%z(:, 1)
                call mass_times(s, m%product, m%change)
                m%change = m%rate - m%change
            else
                do i = 1, m%rows
                    m%change(i) = m%rate(i) - (l1_over_h * m%e(i) + one_over_h * m%z(i, 1))
                end do
            end if
            call solve(m%linear, s, 1, m%change, status)
            if (status /= sk_ok) return
            do i = 1, m%rows
                m%change(i) = m%change(i) * scale
                m%e(i) = m%e(i) + m%change(i)
                y(i) = m%z(i, 0) + m%e(i)
            end do
            call judge(m, s%ld, k, size_old, converged)
            if (converged .or. k == most_iterations .or. size_old < 0) return
            call evaluate_system(s, m, t, y, status)
            if (status /= sk_ok) return
        end do
    end subroutine newton

    !> Functional iteration e <- (h f(t, z_0 + e) - z_1) / l_1.
    subroutine functional(s, m, t, y, converged, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: t
        real(dp), intent(inout) :: y(s%ld)
        logical, intent(out) :: converged
        integer(c_int), intent(out) :: status
        real(dp) :: size_old, size_before, over_l1, e_new
        logical :: probing
        integer(i8) :: i, rows
        integer :: k
        over_l1 = 1 / m%f%l(1)
        m%convergence = 1
        size_old = 0
        m%e = 0
        y = m%z(:, 0)
        rows = m%rows
        ! one iteration leaves an error that hides how small the step's is where stability limits it
        probing = m%switching .and. (s%nsteps >= m%step_probed + probe_every &
            .or. m%lipschitz * abs(m%h) > 0.5_dp * stable(m%q))
        do k = 1, most_iterations
            call evaluate(s, t, y, m%rate, status)
            if (status /= sk_ok) return
            do i = 1, rows
                e_new = (m%h * m%rate(i) - m%z(i, 1)) * over_l1
                m%change(i) = e_new - m%e(i)
                m%e(i) = e_new
                y(i) = m%z(i, 0) + e_new
            end do
            size_before = size_old
            call judge(m, s%ld, k, size_old, converged)
            if (k > 1 .and. size_before > 0) then
                m%lipschitz = abs(size_old) / (size_before * over_l1 * abs(m%h))
                m%lipschitz_now = max(m%lipschitz_now, m%lipschitz * abs(m%h))
            end if
            if (k > 1 .and. converged) m%step_probed = s%nsteps
            if (k == 1 .and. probing .and. size_old > 100 * epsilon(1.0_dp)) converged = .false.
            if (converged .or. size_old < 0) return
        end do
    end subroutine functional

    !> Whether the k-th iterate is good enough, by the size of its change and the rate. size_old: in, that of the change
    !> before; out, of this one, negative if the iteration diverges.
    subroutine judge(m, ld, k, size_old, converged)
        type(nordsieck_state), intent(inout) :: m
        integer(i8), intent(in) :: ld
        integer, intent(in) :: k
        real(dp), intent(inout) :: size_old
        logical, intent(out) :: converged
        real(dp) :: size_now, share
        size_now = weighted_norm(m, ld, m%change)
        if (k > 1) m%convergence = max(rate_memory * m%convergence, size_now / size_old)
        share = iteration_share
        if (m%newton .and. .not. m%bdf) share = share_adams
        converged = size_now * min(1.0_dp, m%convergence) * m%f%error <= share
        if (converged) then
            m%e_norm = size_now
            if (k > 1 .or. allocated(m%counted)) m%e_norm = error_norm(m, ld, m%e)
        else if (.not. size_now <= huge(size_now) .or. (k > 1 .and. size_now > diverging * size_old)) then
            size_now = -1
        end if
        size_old = size_now
    end subroutine judge

end module sk_integrate_nordsieck_array

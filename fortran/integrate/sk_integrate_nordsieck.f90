!> Variable-step, variable-order multistep methods: BDF, also of F(t, y, y') = 0, Adams-Moulton, and the switch between
!> them.
!>
!> Step and order control as in A. C. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363-396, section 2.1,
!> doi:10.1145/1089014.1089020.
module sk_integrate_nordsieck
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_int, c_loc, c_null_ptr
    use sk_kinds, only: dp, i4, i8, sp
    use sk_status, only: sk_argument, sk_memory, sk_ok, sk_singular, sk_step
    use sk_integrate_core, only: accept, aim, col_y, col_y_new, col_y_old, evaluate, first_step, least_spacing, &
        nested_from_power, next_size, ode_state, poll_user, set_strictness
    use sk_integrate_dae, only: dae_start
    use sk_integrate_linear, only: factor, jacobian, linear_create, solve
    use sk_integrate_nordsieck_array, only: change_order, correct, error_norm, nordsieck_state, predict, restore, set_step, set_weights, &
        update_formula
    use sk_integrate_nordsieck_formulas, only: max_adams, max_bdf, stable
    use sk_integrate_nordsieck_switch, only: consider_switch, steps_between
    implicit none
    private
    public :: nordsieck_start, nordsieck_destroy, nordsieck_advance, nordsieck_interpolant, nordsieck_terms, nordsieck_rate

    integer(i4), parameter :: sk_bdf = 64, sk_adams = 65, sk_lsoda = 66, sk_dae = 67 ! of enum sk_ode_method

    ! Steps grow as if errors were larger than they are, those of other orders more than those of the same.
    real(dp), parameter :: bias_down = 6, bias_same = 4, bias_up = 10, addend = 1e-6_dp
    !> The error that the tolerance allows is this much smaller: errors of many steps add up.
    real(dp), parameter :: caution = 3
    !> The rule for tight tolerances (sk_integrate_core: strictness_of): low orders take many steps.
    real(dp), parameter :: strict_adams(2) = [1.5_dp, 1e-14_dp], strict_bdf(2) = [2.1_dp, 6e-15_dp]
    real(dp), parameter :: least_growth = 1.1_dp
    real(dp), parameter :: bolder = 5
    real(dp), parameter :: growth_first = 1e4_dp, growth_later = 10
    real(dp), parameter :: cut_convergence = 0.25_dp, cut_least = 0.1_dp, cut_repeated = 0.2_dp
    integer, parameter :: failures_before_lower = 3, wait_after_restart = 10

contains

    pure function nordsieck_terms(method) result(count)
        integer(i4), intent(in) :: method
        integer(i8) :: count
        count = merge(max_bdf, max_adams, method == sk_bdf .or. method == sk_dae)
    end function nordsieck_terms

    subroutine nordsieck_start(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(nordsieck_state), pointer :: m
        integer :: flag
        logical :: linear, chosen

        status = sk_argument
        if (s%method < sk_bdf .or. s%method > sk_dae) return
        allocate (m, stat=flag)
        if (flag == 0) then
            s%own = c_loc(m)
            if (mod(s%max_order, 256) > 0) m%most_adams = min(max_adams, mod(int(s%max_order), 256))
            m%most_bdf = min(m%most_adams, max_bdf)
            if (s%max_order >= 256) m%most_bdf = min(max_bdf, int(s%max_order) / 256)
            m%most = merge(m%most_bdf, m%most_adams, s%method == sk_bdf .or. s%method == sk_dae)
            allocate (m%z(s%ld, 0:max(m%most, m%most_bdf)), m%e(s%ld), m%e_old(s%ld), m%weight(s%ld), stat=flag)
        end if
        if (flag == 0) allocate (m%rate(s%ld), m%change(s%ld), m%product(s%ld), stat=flag)
        if (flag /= 0) then
            status = sk_memory
            return
        end if
        linear = c_associated(s%mass) .or. c_associated(s%jac) .or. c_associated(s%linear)
        m%residual = s%method == sk_dae
        m%bdf = s%method == sk_bdf .or. m%residual .or. (s%method == sk_lsoda .and. c_associated(s%mass))
        m%switching = s%method == sk_lsoda .and. .not. c_associated(s%mass)
        m%newton = m%bdf .or. (s%method == sk_adams .and. linear)
        if (m%bdf) m%most = m%most_bdf
        m%one_over_n = merge(2, 1, s%is_complex /= 0) / real(s%n, dp)
        m%rows = (s%n + 3) / 4 * 4
        m%most_growth = growth_first
        m%countdown = steps_between
        m%z = 0
        m%e = 0
        m%e_old = 0
        m%weight = 0
        m%rate = 0
        m%change = 0
        m%past = 0
        m%quotient_old = 0
        if (m%newton) then
            call linear_create(m%linear, s, 1, 0, status)
            if (status /= sk_ok) return
        end if
        if (m%residual) then
            call dae_start(s, m, w(1:s%ld, col_y), status)
            return
        end if
        if (s%method == sk_bdf) then
            call set_strictness(s, w(:, col_y), strict_bdf)
        else
            call set_strictness(s, w(:, col_y), strict_adams)
        end if
        chosen = .not. s%h_abs > 0
        call first_step(s, 1, w(:, col_y), m%rate, w(:, col_y_new), m%change, status)
        if (status /= sk_ok) return
        ! it was chosen for an error of 0.005
        if (chosen) s%h_abs = min(bolder * s%h_abs, s%max_step, max(s%h_abs, 0.1_dp * abs(s%t_bound - s%t)))
        m%h = s%direction * s%h_abs
        if (.not. s%h_abs > 0) m%h = s%direction
        m%z(:, 0) = w(1:s%ld, col_y)
        m%z(:, 1) = m%h * m%rate
        if (c_associated(s%mass)) call first_derivative(s, m, w(1:s%ld, col_y), status)
    end subroutine nordsieck_start

    !> z_1 where M y' = f with an M that may be singular: a linearised implicit step z, (M / d - J) z = f, of a hundredth
    !> of the size, for one of the whole size is what the corrector finds, and would hide the first step's error. The whole
    !> one is taken for components that do not shrink with d: stiff ones, and algebraic ones that are not consistent.
    subroutine first_derivative(s, m, y, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: y(s%ld)
        integer(c_int), intent(out) :: status
        real(dp), parameter :: part = 0.01_dp, share = 10
        call jacobian(m%linear, s, s%t, y, m%rate, status)
        if (status /= sk_ok) return
        call implicit_step(s, m, m%h, m%z(:, 1), status)
        if (status == sk_ok) call implicit_step(s, m, part * m%h, m%change, status)
        if (status /= sk_ok) return
        where (abs(m%change) <= share * part * abs(m%z(:, 1))) m%z(:, 1) = m%change / part
    end subroutine first_derivative

    subroutine implicit_step(s, m, h, z, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: h
        real(dp), intent(inout) :: z(s%ld)
        integer(c_int), intent(out) :: status
        call factor(m%linear, s, 1, 1 / h, status)
        z = m%rate
        if (status == sk_ok) call solve(m%linear, s, 1, z, status)
        if (status == sk_singular) then ! the steps will find out
            z = 0
            status = sk_ok
        end if
    end subroutine implicit_step

    subroutine nordsieck_destroy(s)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), pointer :: m
        integer :: flag
        if (.not. c_associated(s%own)) return
        call c_f_pointer(s%own, m)
        deallocate (m, stat=flag)
        s%own = c_null_ptr
    end subroutine nordsieck_destroy

    !> One accepted step from s%t.
    subroutine nordsieck_advance(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(nordsieck_state), pointer :: m
        real(dp) :: h_abs, h, t_new, error, spacing, growth
        integer :: failures
        logical :: converged

        call c_f_pointer(s%own, m)
        call poll_user(s, 4_i8, status)
        if (status /= sk_ok) return
        call change_order(m, m%q_next)
        m%literal = .false.
        call set_weights(s, m, w(:, col_y))
        spacing = max(least_spacing(s), s%min_step)
        h_abs = next_size(s, spacing)
        failures = 0
        do
            call aim(s, spacing, h_abs, t_new, h, status)
            if (status == sk_step .and. s%strictness < 1 .and. .not. m%literal .and. s%max_step >= spacing) then
                ! a jump of f, say, that the lowered tolerance cannot resolve: this step has the one asked for
                m%literal = .true.
                call set_weights(s, m, w(:, col_y))
                h_abs = spacing
                call aim(s, spacing, h_abs, t_new, h, status)
            end if
            if (status /= sk_ok) return
            call set_step(m, h)
            call predict(m%rows, s%ld, m%q, m%z)
            call update_formula(m)
            call correct(s, m, t_new, w(1:s%ld, col_y_new), converged, status)
            if (status /= sk_ok) then
                call restore(s%ld, m%q, m%z)
                return
            end if
            error = huge(error)
            if (converged) error = caution * m%e_norm * m%f%error
            if (error <= 1 .or. (converged .and. s%fixed /= 0)) exit
            call restore(s%ld, m%q, m%z)
            m%z(:, 0) = w(1:s%ld, col_y)
            s%nrejected = s%nrejected + 1
            m%most_growth = 1
            m%refactor = .true.
            if (converged) failures = failures + 1
            call shrink(s, m, error, converged, failures, h_abs, status)
            if (status /= sk_ok) return
        end do
        s%order = merge(-m%q, m%q, m%bdf)
        call complete(m)
        w(1:s%ld, col_y_new) = m%z(:, 0)
        call next_step(s, m, error, growth, status)
        if (status /= sk_ok) return
        call accept(s, w, t_new, m%h, h_abs * growth)
    end subroutine nordsieck_advance

    !> After a step that failed: its next size, and after many failures a lower order or a new start.
    subroutine shrink(s, m, error, converged, failures, h_abs, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: error
        logical, intent(in) :: converged
        integer, intent(in) :: failures
        real(dp), intent(inout) :: h_abs
        integer(c_int), intent(out) :: status
        real(dp) :: cut
        status = sk_ok
        if (.not. converged) then
            h_abs = h_abs * cut_convergence
        else if (failures <= failures_before_lower) then
            cut = max(cut_least, growth_of(error, m%q, bias_same))
            if (failures > 1) cut = min(cut, cut_repeated)
            h_abs = h_abs * cut
        else if (m%q > 1) then
            h_abs = h_abs * cut_least
            call change_order(m, m%q - 1)
        else
            h_abs = h_abs * cut_least
            if (.not. m%residual) then
                call evaluate(s, s%t, m%z(:, 0), m%rate, status)
                m%h = s%direction * h_abs
                m%z(:, 1) = m%h * m%rate
                if (c_associated(s%mass) .and. status == sk_ok) call first_derivative(s, m, m%z(:, 0), status)
            end if
            m%wait = wait_after_restart
            m%same = 0
        end if
        m%q_next = m%q
    end subroutine shrink

    !> The corrected array, and what later choices of the order need.
    subroutine complete(m)
        type(nordsieck_state), intent(inout) :: m
        integer(i8) :: i
        integer :: j
        m%past(2:) = m%past(:size(m%past) - 1)
        m%past(1) = m%h
        do j = 0, m%q
            do i = 1, m%rows
                m%z(i, j) = m%z(i, j) + m%f%l(j) * m%e(i)
            end do
        end do
        m%wait = m%wait - 1
        if (m%wait == 1 .and. m%q < m%most) then
            m%e_old = m%e
            m%quotient_old = m%f%quotient
        end if
    end subroutine complete

    !> The next step's order, and its size relative to this one's.
    subroutine next_step(s, m, error, growth, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: error
        real(dp), intent(out) :: growth
        integer(c_int), intent(out) :: status
        real(dp) :: growth_other
        logical :: switched

        m%q_next = m%q
        growth = 1
        status = sk_ok
        if (m%switching) then
            call consider_switch(s, m, error, growth, switched, status)
            if (switched) m%most_growth = growth_later
            if (switched) return
        end if
        if (m%most_growth <= 1) then ! not right after a failure
            m%wait = max(m%wait, 2)
        else if (m%wait <= 0) then
            growth = min(growth_of(error, m%q, bias_same), most_stable(m, m%q))
                m%wait = 2
                if (s%fixed /= 0) growth = 0 ! only the order grows, up to the highest
                growth_other = growth_down(s, m)
                if (s%fixed /= 0) growth_other = 0
                if (growth_other > growth) m%q_next = m%q - 1
                growth = max(growth, growth_other)
                growth_other = growth_up(s, m)
                if (growth_other > growth) m%q_next = m%q + 1
                growth = max(growth, growth_other)
                if (s%fixed /= 0) growth = least_growth
            if (growth < least_growth .and. (growth >= 1 .or. s%fixed /= 0 .or. most_stable(m, m%q) >= 1)) then
                m%q_next = m%q
                growth = 1
            else
                growth = max(cut_repeated, min(growth, m%most_growth))
                m%wait = m%q + 1
            end if
        end if
        m%most_growth = growth_later
    end subroutine next_step

    !> The step size that a method of order q is worth, relative to the one of this error.
    pure function growth_of(error, q, bias) result(growth)
        real(dp), intent(in) :: error, bias
        integer, intent(in) :: q
        real(dp) :: growth
        real(sp) :: size ! single precision is enough for the size of a step
        size = real(max(tiny(1.0_sp) + 0.0_dp, min(bias * error, huge(1.0_sp) + 0.0_dp)), sp)
        growth = 1 / (exp(log(size) / (q + 1)) + addend)
    end function growth_of

    !> The growth that leaves the functional iteration's Adams method of order q stable.
    pure function most_stable(m, q) result(growth)
        type(nordsieck_state), intent(in) :: m
        integer, intent(in) :: q
        real(dp) :: growth
        growth = huge(growth)
        if (m%switching .and. .not. m%bdf .and. m%lipschitz > 0) growth = stable(q) / (m%lipschitz * abs(m%h))
    end function most_stable

    function growth_down(s, m) result(growth)
        type(ode_state), intent(in) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp) :: growth
        growth = 0
        if (m%q == 1) return
        growth = error_norm(m, s%ld, m%z(:, m%q)) * m%f%error_down
        growth = min(growth_of(growth, m%q - 1, bias_down), most_stable(m, m%q - 1))
    end function growth_down

    function growth_up(s, m) result(growth)
        type(ode_state), intent(in) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp) :: growth, quotient
        growth = 0
        if (m%q >= m%most .or. .not. abs(m%quotient_old) > 0) return
        quotient = m%f%quotient / m%quotient_old * (m%h / m%past(2))**(m%q + 1)
        m%change = m%e - quotient * m%e_old
        growth = error_norm(m, s%ld, m%change) * m%f%error_up
        growth = min(growth_of(growth, m%q + 1, bias_up), most_stable(m, m%q + 1))
    end function growth_up

    !> y' at t, which belongs to the array.
    subroutine nordsieck_rate(s, rate)
        type(ode_state), intent(in) :: s
        real(dp), intent(out) :: rate(s%n)
        type(nordsieck_state), pointer :: m
        call c_f_pointer(s%own, m)
        rate = m%z(1:s%n, 1) / m%h
    end subroutine nordsieck_rate

    !> The last step's polynomial in nested form.
    subroutine nordsieck_interpolant(s, w, dense, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(in) :: w(s%ld, *)
        real(dp), intent(out) :: dense(s%n, 0:*)
        integer(c_int), intent(out) :: status
        type(nordsieck_state), pointer :: m
        integer :: j, k, terms
        call c_f_pointer(s%own, m)
        status = sk_ok
        terms = int(nordsieck_terms(s%method))
        ! from powers of x - 1 to powers of x
        do j = 1, terms
            dense(:, j) = 0
            if (j <= m%q) dense(:, j) = m%z(1:s%n, j)
        end do
        dense(:, 0) = 0
        do k = 0, m%q - 1
            do j = m%q - 1, k, -1
                dense(:, j) = dense(:, j) - dense(:, j + 1)
            end do
        end do
        call nested_from_power(s%n, m%q, dense(:, 1:m%q))
        dense(:, 0) = w(1:s%n, col_y_old)
        dense(:, 1) = w(1:s%n, col_y) - w(1:s%n, col_y_old)
    end subroutine nordsieck_interpolant

end module sk_integrate_nordsieck

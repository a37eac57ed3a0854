!> Adams while a problem is not stiff, BDF while it is: the choice of L. Petzold, SIAM J. Sci. Stat. Comput. 4 (1983)
!> 136-148, doi:10.1137/0904010. The Nordsieck array is the same for both.
module sk_integrate_nordsieck_switch
    use, intrinsic :: iso_c_binding, only: c_int
    use sk_kinds, only: dp
    use sk_status, only: sk_ok
    use sk_integrate_core, only: ode_state
    use sk_integrate_linear, only: linear_create
    use sk_integrate_nordsieck_array, only: nordsieck_state, weighted_norm
    use sk_integrate_nordsieck_formulas, only: max_bdf, stable
    implicit none
    private
    public :: consider_switch, steps_between

    !> Steps that a method is given before the other one is looked at.
    integer, parameter :: steps_between = 20, steps_reconsider = 5
    !> BDF's steps cost more: its step size has to be larger by this factor.
    real(dp), parameter :: advantage = 5
    real(dp), parameter :: bias = 1.2_dp, addend = 1.2e-6_dp
    !> The errors of constant steps are these times h**(q + 1) y^(q + 1).
    real(dp), parameter :: constant_adams(max_bdf) = [1 / 2.0_dp, 1 / 12.0_dp, 1 / 24.0_dp, 19 / 720.0_dp, 3 / 160.0_dp]
    real(dp), parameter :: constant_bdf(max_bdf) = [1 / 2.0_dp, 2 / 9.0_dp, 3 / 22.0_dp, 12 / 125.0_dp, 10 / 137.0_dp]
    real(dp), parameter :: factorial(max_bdf + 1) = [1.0_dp, 2.0_dp, 6.0_dp, 24.0_dp, 120.0_dp, 720.0_dp]

contains

    !> After an accepted step: change the method if the other one would do better. `growth` is then the step's.
    subroutine consider_switch(s, m, error, growth, switched, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: error
        real(dp), intent(inout) :: growth
        logical, intent(out) :: switched
        integer(c_int), intent(out) :: status
        real(dp) :: reach, growth_adams, growth_bdf, error_adams, error_bdf
        integer :: q

        switched = .false.
        status = sk_ok
        m%countdown = m%countdown - 1
        if (m%countdown > 0) return
        m%countdown = steps_reconsider
        q = min(m%q, m%most_bdf)
        if (m%bdf) then
            reach = stable(m%q) / (m%jac_norm * abs(m%h))
            if (reach < 0.2_dp) return ! far from it
        else
            if (.not. m%lipschitz_now > 0) return
            reach = stable(m%q) / m%lipschitz_now
            m%lipschitz_now = 0
            if (reach > 5) return
        end if
        error_adams = error
        error_bdf = error
        if (m%bdf) then
            error_adams = error * (constant_adams(q) / constant_bdf(q))
        else if (m%q == q) then
            error_bdf = error * (constant_bdf(q) / constant_adams(q))
        else ! z_(q + 1) is there, of the next derivative
            error_bdf = constant_bdf(q) * factorial(q + 1) * weighted_norm(m, s%ld, m%z(:, q + 1))
        end if
        growth_bdf = 1 / ((bias * error_bdf)**(1.0_dp / (q + 1)) + addend)
        growth_adams = 1 / ((bias * error_adams)**(1.0_dp / (m%q + 1)) + addend)
        growth_adams = min(growth_adams, reach)
        if (m%bdf) then
            if (.not. growth_adams >= growth_bdf .or. m%q > m%most_adams) return
            growth = growth_adams
        else
            if (growth_bdf < advantage * growth_adams) return
            growth = growth_bdf
            m%q = q
            m%q_next = q
            if (.not. m%linear_ready) call linear_create(m%linear, s, 1, 0, status)
            m%linear_ready = .true.
            m%refactor = .true.
            m%renew = .true.
        end if
        m%bdf = .not. m%bdf
        m%newton = m%bdf
        m%most = merge(m%most_bdf, m%most_adams, m%bdf)
        growth = min(growth, m%most_growth)
        m%countdown = steps_between
        m%wait = m%q + 1
        m%quotient_old = 0
        m%convergence = 1
        m%same = 0
        switched = .true.
    end subroutine consider_switch

end module sk_integrate_nordsieck_switch

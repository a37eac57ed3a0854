!> An estimate of the spectral radius of df/dy, by power iteration with differences of f.
module sk_integrate_radius
    use, intrinsic :: iso_c_binding, only: c_int
    use sk_kinds, only: dp, i8
    use sk_status, only: sk_memory, sk_ok
    use sk_integrate_core, only: evaluate, ode_state
    implicit none
    private
    public :: radius_create, power_iteration

    !> The estimate, the direction that the last iteration left, and workspace.
    type, public :: radius_estimate
        real(dp) :: value = 0
        real(dp), allocatable :: direction(:), trial(:), f_trial(:)
    end type radius_estimate

contains

    subroutine radius_create(r, s, status)
        type(radius_estimate), intent(inout) :: r
        type(ode_state), intent(in) :: s
        integer(c_int), intent(out) :: status
        integer :: flag
        allocate (r%direction(s%ld), r%trial(s%ld), r%f_trial(s%ld), stat=flag)
        status = merge(sk_ok, sk_memory, flag == 0)
        if (flag /= 0) return
        r%direction = 0
        r%trial = 0
        r%f_trial = 0
    end subroutine radius_create

    !> The radius at (s%t, y), where f = f(t, y); 0 if f is not finite nearby. B. P. Sommeijer, L. F. Shampine, J. G.
    !> Verwer, J. Comput. Appl. Math. 88 (1998) 315-326, section 3.2.
    subroutine power_iteration(s, r, y, f, max_iterations, status)
        type(ode_state), intent(inout) :: s
        type(radius_estimate), intent(inout) :: r
        real(dp), intent(in) :: y(s%ld), f(s%ld)
        integer, intent(in) :: max_iterations
        integer(c_int), intent(out) :: status
        real(dp) :: size_y, size_v, step, norm, rate, rate_old
        integer :: iteration
        integer(i8) :: turn

        status = sk_ok
        size_y = norm2(y(1:s%n))
        if (.not. any(abs(r%direction) > 0)) r%direction = f
        size_v = norm2(r%direction(1:s%n))
        step = merge(size_y * sqrt(epsilon(step)), epsilon(step), size_y > 0)
        if (.not. size_v > 0) then
            r%direction(1:s%n) = 1
            size_v = sqrt(real(s%n, dp))
        end if
        rate = 0
        turn = 0
        do iteration = 1, max_iterations
            r%trial = y + (step / size_v) * r%direction
            call evaluate(s, s%t, r%trial, r%f_trial, status)
            if (status /= sk_ok) return
            r%f_trial = r%f_trial - f
            norm = norm2(r%f_trial(1:s%n))
            rate_old = rate
            rate = norm / step
            if (.not. rate <= huge(rate)) exit
            if (iteration > 1 .and. abs(rate - rate_old) <= 0.01_dp * max(rate, 1 / max(abs(s%t_bound - s%t), s%h_abs))) exit
            if (norm > 0) then
                r%direction = r%f_trial
                size_v = norm
            else ! an accident: another direction
                turn = mod(turn, s%n) + 1
                r%direction(turn) = -r%direction(turn) - size_v
                size_v = norm2(r%direction(1:s%n))
            end if
        end do
        r%value = 1.2_dp * rate
        ! a direction that is not finite would spoil the next estimate; f is finite where a step can be taken
        if (.not. rate <= huge(rate)) r%direction = 0
        if (.not. r%value <= huge(rate)) r%value = 0
    end subroutine power_iteration

end module sk_integrate_radius

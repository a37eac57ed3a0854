!> Start of an integration of F(t, y, y') = 0: values of y and y' that satisfy it, and the first step's size.
!>
!> P. N. Brown, A. C. Hindmarsh, L. R. Petzold, SIAM J. Sci. Comput. 19 (1998) 1495-1512, doi:10.1137/S1064827595289996:
!> in a system of index 1, y' of the differential components and y of the algebraic ones are the unknowns of Newton's
!> method. The step size as in A. C. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363-396, section 2.2.
module sk_integrate_dae
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_int
    use sk_kinds, only: dp, i4
    use sk_status, only: sk_convergence, sk_memory, sk_ok, sk_singular
    use sk_integrate_core, only: evaluate_residual, ode_state
    use sk_integrate_linear, only: factor_residual, solve
    use sk_integrate_nordsieck_array, only: error_norm, nordsieck_state, set_weights
    implicit none
    private
    public :: dae_start

    integer(i4), parameter :: given = 0, rate_only = 2 ! of sk_ode's member `consistent`
    integer, parameter :: most_iterations = 30
    !> Largest change by the last iteration, and what may be left, relative to the tolerance.
    real(dp), parameter :: near = 1e-2_dp, enough = 1e-4_dp
    real(dp), parameter :: least_damping = 1e-3_dp

contains

    !> The Nordsieck array at the start; y is made consistent as far as the caller wants it.
    subroutine dae_start(s, m, y, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(inout) :: y(s%ld)
        integer(c_int), intent(out) :: status
        real(dp), pointer, contiguous :: values(:)
        integer :: flag
        status = sk_ok
        allocate (m%slope(s%ld), m%is_rate(s%ld), stat=flag)
        if (flag == 0 .and. c_associated(s%counted)) allocate (m%counted(s%ld), stat=flag)
        if (flag /= 0) then
            status = sk_memory
            return
        end if
        call c_f_pointer(s%rate, values, [s%n])
        m%slope = 0
        m%slope(1:s%n) = values
        if (allocated(m%counted)) then
            call c_f_pointer(s%counted, values, [s%n])
            m%counted = 0
            m%counted(1:s%n) = values
        end if
        m%is_rate = .true.
        if (c_associated(s%differential)) then
            call c_f_pointer(s%differential, values, [s%n])
            m%is_rate(1:s%n) = values > 0
        end if
        call set_weights(s, m, y)
        if (s%consistent /= given) call start_values(s, m, y, status)
        if (status /= sk_ok) return
        call set_weights(s, m, y)
        if (.not. s%h_abs > 0) s%h_abs = first_size(s, m)
        m%h = s%direction * s%h_abs
        if (.not. s%h_abs > 0) m%h = s%direction
        m%z(:, 0) = y
        m%z(:, 1) = m%h * m%slope
    end subroutine dae_start

    !> A step over which y changes by half the tolerance, and a thousandth of the interval at most.
    function first_size(s, m) result(h_abs)
        type(ode_state), intent(in) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp) :: h_abs, norm
        h_abs = 1e-3_dp * abs(s%t_bound - s%t)
        norm = error_norm(m, s%ld, m%slope)
        if (h_abs > huge(h_abs) .and. .not. norm > 0) h_abs = 1
        if (norm * h_abs > 0.5_dp) h_abs = 0.5_dp / norm
        h_abs = min(h_abs, s%max_step)
    end function first_size

    !> Newton's method, damped so that the size of its corrections falls.
    subroutine start_values(s, m, y, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(inout) :: y(s%ld)
        integer(c_int), intent(out) :: status
        real(dp) :: size_now, size_next, scale, damping
        integer :: iteration

        call evaluate_residual(s, s%t, y, m%slope, m%rate, status)
        do iteration = 1, most_iterations
            if (status /= sk_ok) exit
            call factor_residual(m%linear, s, s%t, y, m%slope, m%rate, 1.0_dp, .true., status)
            if (status /= sk_ok) exit
            m%change = -m%rate
            call solve_start(s, m, m%change, status)
            if (status /= sk_ok) exit
            scale = max(maxval(abs(m%slope)), maxval(abs(m%slope + m%change), mask=m%is_rate))
            size_now = change_size(s, m, m%change, scale)
            if (.not. size_now <= huge(size_now)) exit
            damping = 1
            do
                ! e: y of the trial, product: y', e_old: the correction that would follow
                call try(s, m, y, damping)
                call evaluate_residual(s, s%t, m%e, m%product, m%rate, status)
                if (status /= sk_ok) return
                m%e_old = -m%rate
                call solve_start(s, m, m%e_old, status)
                if (status /= sk_ok) exit
                size_next = change_size(s, m, m%e_old, scale)
                if (size_next <= (1 - damping / 4) * size_now .or. size_now <= near) exit
                damping = damping / 2
                if (damping < least_damping) exit
            end do
            if (status /= sk_ok .or. damping < least_damping) exit
            y = m%e
            m%slope = m%product
            if (size_now <= near .or. size_next <= enough) then
                if (s%consistent == rate_only .and. algebraic_size(s, m, m%e_old) > 1) exit
                m%change = m%e_old ! it costs nothing any more
                call try(s, m, y, 1.0_dp)
                y = m%e
                m%slope = m%product
                m%e = 0
                m%e_old = 0
                return
            end if
            call set_weights(s, m, y)
        end do
        if (status == sk_ok .or. status == sk_singular) status = sk_convergence
    end subroutine start_values

    !> The factors belong to the slot 1, or 2 where they are the caller's.
    subroutine solve_start(s, m, x, status)
        type(ode_state), intent(inout) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(inout) :: x(s%ld)
        integer(c_int), intent(out) :: status
        call solve(m%linear, s, merge(2, 1, c_associated(s%linear)), x, status)
    end subroutine solve_start

    !> The iterate after a damped correction.
    subroutine try(s, m, y, damping)
        type(ode_state), intent(in) :: s
        type(nordsieck_state), intent(inout) :: m
        real(dp), intent(in) :: y(s%ld), damping
        m%e = y
        m%product = m%slope
        where (m%is_rate) m%product = m%slope + damping * m%change
        if (s%consistent == rate_only) return
        where (.not. m%is_rate) m%e = y + damping * m%change
    end subroutine try

    !> The largest change relative to the tolerance, that of y' to the largest of all y'.
    function change_size(s, m, change, scale) result(largest)
        type(ode_state), intent(in) :: s
        type(nordsieck_state), intent(in) :: m
        real(dp), intent(in) :: change(s%ld), scale
        real(dp) :: largest
        real(dp), pointer, contiguous :: rtol(:)
        real(dp) :: tolerance
        tolerance = s%rtol_all
        if (c_associated(s%atol)) then
            call c_f_pointer(s%rtol, rtol, [s%n])
            tolerance = minval(rtol)
        end if
        largest = maxval(abs(change), mask=m%is_rate)
        if (largest > 0) largest = largest / (max(tolerance, epsilon(tolerance)) * scale)
        largest = max(largest, 0.0_dp)
        if (s%consistent /= rate_only) largest = max(largest, algebraic_size(s, m, change))
        if (.not. sum(abs(change)) <= huge(largest)) largest = sum(abs(change)) ! maxval passes over NaNs
    end function change_size

    pure function algebraic_size(s, m, change) result(largest)
        type(ode_state), intent(in) :: s
        type(nordsieck_state), intent(in) :: m
        real(dp), intent(in) :: change(s%ld)
        real(dp) :: largest
        largest = max(0.0_dp, maxval(abs(change) * m%weight, mask=.not. m%is_rate))
    end function algebraic_size

end module sk_integrate_dae

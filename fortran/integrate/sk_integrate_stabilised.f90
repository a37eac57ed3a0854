!> Stabilised explicit methods: as many stages as the spectral radius of df/dy asks for.
!>
!> RKC and ROCK2 (order 2) and ROCK4 (order 4) for problems whose Jacobian has eigenvalues near the negative real axis.
!> The interval of stability there is as long as 0.65, 0.81 and 0.35 times the square of the number of stages. The
!> control follows B. P. Sommeijer, L. F. Shampine, J. G. Verwer: RKC: an explicit solver for parabolic PDEs, J. Comput.
!> Appl. Math. 88 (1998) 315-326, doi:10.1016/S0377-0427(97)00219-7.
module sk_integrate_stabilised
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_f_procpointer, c_int, c_loc, c_null_ptr
    use sk_kinds, only: dp, i8, sp
    use sk_status, only: sk_argument, sk_callback, sk_memory, sk_ok
    use sk_integrate_core, only: accept, aim, col_y, col_y_new, col_y_old, evaluate, first_step, least_spacing, &
        next_factor, next_size, ode_state, poll_user, rejected_factor, rhs_interface, scaled_squares, &
        seen_time, set_control
    use sk_integrate_radius, only: power_iteration, radius_create
    use sk_integrate_rock_tables, only: rock4_last
    use sk_integrate_stabilised_stages, only: choose_stages, method_rock4, stabilised_state, stages, stages_create
    implicit none
    private
    public :: stabilised_start, stabilised_destroy, stabilised_advance, stabilised_interpolant, stabilised_terms

    integer(i8), parameter :: stabilised_terms = 3
    !> Steps for which an estimate of the spectral radius serves.
    integer, parameter :: radius_serves = 25
    integer, parameter :: max_power_iterations = 50

contains

    subroutine stabilised_start(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(stabilised_state), pointer :: m
        real(dp), pointer, contiguous :: rtol(:)
        real(dp) :: relative
        integer :: flag, error_order
        allocate (m, stat=flag)
        if (flag /= 0) then
            status = sk_memory
            return
        end if
        s%own = c_loc(m)
        call stages_create(s, m, status)
        if (status == sk_ok) call radius_create(m%radius, s, status)
        if (status /= sk_ok) return
        call c_f_pointer(s%rtol, rtol, [s%n])
        relative = s%rtol_all
        if (c_associated(s%rtol)) relative = minval(rtol)
        ! rounding errors grow with the square of the number of stages (section 2.4)
        m%most_stages = max(2_i8, nint(sqrt(max(relative, 1e-15_dp) / (10 * epsilon(relative))), i8))
        m%radius_age = radius_serves
        error_order = merge(3, 2, s%method == method_rock4)
        call set_control(s, error_order, 0.8_dp, 0.0_dp, 10.0_dp)
        call first_step(s, error_order, w(:, col_y), m%f, w(:, col_y_new), m%f_new, status)
    end subroutine stabilised_start

    subroutine stabilised_destroy(s)
        type(ode_state), intent(inout) :: s
        type(stabilised_state), pointer :: m
        integer :: flag
        if (.not. c_associated(s%own)) return
        call c_f_pointer(s%own, m)
        deallocate (m, stat=flag)
        s%own = c_null_ptr
    end subroutine stabilised_destroy

    !> One accepted step from s%t.
    subroutine stabilised_advance(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(stabilised_state), pointer :: m
        real(dp) :: h, h_abs, t_new, error, spacing
        integer(i8) :: choice
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
            call choose_stages(s%method, m, abs(s%t_bound - s%t), h_abs, choice)
            call aim(s, spacing, h_abs, t_new, h, status)
            if (status /= sk_ok) return
            call stages(s, m, choice, h, w(:, col_y), w(:, col_y_new), status)
            if (status == sk_ok) call evaluate(s, t_new, w(:, col_y_new), m%f_new, status)
            if (status /= sk_ok) return
            call estimate(s, m, choice, h, w(:, col_y), w(:, col_y_new), error)
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
    end subroutine stabilised_advance

    !> The error of the step relative to the tolerance: from y and dy/dt at both ends (section 2.4; the h**3 y''' that it
    !> finds has nearly the same factor in RKC and ROCK2), or by ROCK4's embedded formula.
    subroutine estimate(s, m, choice, h, y, y_new, error)
        type(ode_state), intent(in) :: s
        type(stabilised_state), intent(inout) :: m
        integer(i8), intent(in) :: choice
        real(dp), intent(in) :: h, y(s%ld), y_new(s%ld)
        real(dp), intent(out) :: error
        real(dp) :: unused
        integer :: j
        if (s%method == method_rock4) then
            m%y2 = 0
            do j = 1, 5
                m%y2 = m%y2 + (h * rock4_last(16 + j, choice)) * m%k(:, j)
            end do
        else
            m%y2 = 0.8_dp * (y - y_new) + (0.4_dp * h) * (m%f + m%f_new)
        end if
        call scaled_squares(s, m%y2, m%y2, y, y_new, error, unused)
        error = sqrt(error)
    end subroutine estimate

    !> The user's bound of the spectral radius, or an estimate that is not too old.
    subroutine find_radius(s, m, y, status)
        type(ode_state), intent(inout) :: s
        type(stabilised_state), intent(inout) :: m
        real(dp), intent(in) :: y(s%ld)
        integer(c_int), intent(out) :: status
        procedure(rhs_interface), pointer :: radius
        status = sk_ok
        if (c_associated(s%radius)) then
            if (m%radius_age == 0) return
            call c_f_procpointer(s%radius, radius)
            if (radius(seen_time(s, s%t), y, m%stage_f, s%radius_data) /= 0) status = sk_callback
            m%stage_f(s%n + 1:) = 0
            m%radius%value = m%stage_f(1)
            m%radius_age = 0
        else if (m%radius_age >= radius_serves) then
            call power_iteration(s, m%radius, y, m%f, max_power_iterations, status)
            m%radius_age = 0
        end if
        if (status == sk_ok .and. .not. (m%radius%value >= 0 .and. m%radius%value <= huge(m%radius%value))) &
            status = sk_argument
    end subroutine find_radius

    !> The last step's interpolant: the cubic through y and dy/dt at both ends.
    subroutine stabilised_interpolant(s, w, dense)
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: w(s%ld, *)
        real(dp), intent(out) :: dense(s%n, 0:3)
        type(stabilised_state), pointer :: m
        call c_f_pointer(s%own, m)
        associate (n => s%n)
            dense(:, 0) = w(1:n, col_y_old)
            dense(:, 1) = w(1:n, col_y) - w(1:n, col_y_old)
            dense(:, 2) = s%h * m%f(1:n) - dense(:, 1)
            dense(:, 3) = 2 * dense(:, 1) - s%h * (m%f(1:n) + m%f_new(1:n))
        end associate
    end subroutine stabilised_interpolant

end module sk_integrate_stabilised

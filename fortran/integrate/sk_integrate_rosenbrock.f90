!> Rosenbrock methods: linearly implicit, one linear system a stage and no iteration; the method is a table.
!>
!> E. Hairer, G. Wanner: Solving Ordinary Differential Equations II, 2nd ed., Springer 1996, section IV.7, in the
!> variables U of equation (IV.7.25): (M / (h gamma) - J) U_i = f(t + alpha_i h, y + sum a_ij U_j)
!> + M sum (c_ij / h) U_j + d_i h f_t.
module sk_integrate_rosenbrock
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_f_procpointer, c_int, c_loc, c_null_ptr
    use sk_kinds, only: dp, i4, i8, sp
    use sk_status, only: sk_memory, sk_ok, sk_singular
    use sk_integrate_core, only: accept, aim, col_y, col_y_new, col_y_old, combine_interface, evaluate, &
        first_step, least_spacing, next_factor, next_size, ode_state, poll_user, rejected_factor, &
        scaled_squares, set_control
    use sk_integrate_linear, only: factor, jacobian, linear_create, linear_system, mass_times, solve
    use sk_integrate_rosenbrock_tables, only: max_stages, rosenbrock_table
    implicit none
    private
    public :: rosenbrock_start, rosenbrock_destroy, rosenbrock_advance, rosenbrock_interpolant, rosenbrock_terms

    type :: rosenbrock_state
        type(rosenbrock_table) :: table
        type(linear_system) :: linear
        real(dp), allocatable :: f(:), f_t(:), right(:), trial(:), u(:, :)
        integer(i4) :: column(max_stages)
    end type rosenbrock_state

contains

    pure function rosenbrock_terms(table) result(count)
        type(rosenbrock_table), intent(in) :: table
        integer(i8) :: count
        count = 1 + table%n_dense
    end function rosenbrock_terms

    subroutine rosenbrock_start(table, s, w, status)
        type(rosenbrock_table), intent(in) :: table
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(rosenbrock_state), pointer :: m
        integer :: flag, i
        allocate (m, stat=flag)
        if (flag == 0) then
            s%own = c_loc(m)
            m%table = table
            m%column = [(i, i=1, max_stages)]
            allocate (m%f(s%ld), m%f_t(s%ld), m%right(s%ld), m%trial(s%ld), m%u(s%ld, table%n_stages), stat=flag)
        end if
        if (flag /= 0) then
            status = sk_memory
            return
        end if
        m%f = 0
        m%f_t = 0
        m%right = 0
        m%u = 0
        call linear_create(m%linear, s, 1, 0, status)
        if (status /= sk_ok) return
        call set_control(s, table%error_order, table%safety, table%beta, table%max_factor)
        call first_step(s, table%error_order, w(:, col_y), m%f, w(:, col_y_new), m%right, status)
    end subroutine rosenbrock_start

    subroutine rosenbrock_destroy(s)
        type(ode_state), intent(inout) :: s
        type(rosenbrock_state), pointer :: m
        integer :: flag
        if (.not. c_associated(s%own)) return
        call c_f_pointer(s%own, m)
        deallocate (m, stat=flag)
        s%own = c_null_ptr
    end subroutine rosenbrock_destroy

    !> One accepted step from s%t.
    subroutine rosenbrock_advance(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(rosenbrock_state), pointer :: m
        real(dp) :: h, h_abs, t_new, error, spacing
        real(sp) :: log_error
        logical :: rejected

        call c_f_pointer(s%own, m)
        call poll_user(s, 4_i8, status)
        if (status /= sk_ok) return
        if (s%begun /= 0) then
            call evaluate(s, s%t, w(:, col_y), m%f, status)
            if (status /= sk_ok) return
        end if
        call jacobian(m%linear, s, s%t, w(:, col_y), m%f, status)
        if (status == sk_ok) call time_derivative(s, m, w(:, col_y), status)
        if (status /= sk_ok) return
        spacing = max(least_spacing(s), s%min_step)
        h_abs = next_size(s, spacing)
        rejected = .false.
        do
            call aim(s, spacing, h_abs, t_new, h, status)
            if (status /= sk_ok) return
            call attempt(s, m, w, h, error, status)
            if (status /= sk_ok .and. status /= sk_singular) return
            if (status == sk_ok .and. (error <= 1 .or. s%fixed /= 0)) exit
            h_abs = h_abs * rejected_factor(s, error, s%gain(1)) ! the error of a singular matrix is huge
            rejected = .true.
            s%nrejected = s%nrejected + 1
        end do
        log_error = log(max(real(error, sp), tiny(log_error)))
        call accept(s, w, t_new, h, h_abs * next_factor(s, h, log_error, rejected))
    end subroutine rosenbrock_advance

    !> m%f_t = df/dt by a forward difference that stays within the interval.
    subroutine time_derivative(s, m, y, status)
        type(ode_state), intent(inout) :: s
        type(rosenbrock_state), intent(inout) :: m
        real(dp), intent(in) :: y(s%ld)
        integer(c_int), intent(out) :: status
        real(dp) :: t, step
        step = sqrt(epsilon(step)) * max(abs(s%t), min(s%h_abs, abs(s%t_bound - s%t)))
        t = s%t + s%direction * min(step, abs(s%t_bound - s%t))
        step = t - s%t
        call evaluate(s, t, y, m%f_t, status)
        m%f_t = (m%f_t - m%f) / step
    end subroutine time_derivative

    !> The stages of a step of size h, the new solution, and its error relative to the tolerance.
    subroutine attempt(s, m, w, h, error, status)
        type(ode_state), intent(inout) :: s
        type(rosenbrock_state), intent(inout) :: m
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(in) :: h
        real(dp), intent(out) :: error
        integer(c_int), intent(out) :: status
        procedure(combine_interface), pointer :: combine
        real(dp) :: unused
        integer :: i
        logical :: few

        error = huge(error)
        call c_f_procpointer(s%combine, combine)
        call factor(m%linear, s, 1, 1 / (h * m%table%gamma), status)
        if (status /= sk_ok) return
        few = m%linear%inverting .and. .not. c_associated(s%mass)
        associate (table => m%table, y => w(1:s%ld, col_y), y_new => w(1:s%ld, col_y_new))
            do i = 1, table%n_stages
                if (i == 1) then
                    m%u(1:s%n, i) = m%f(1:s%n)
                else
                    if (few) then
                        call m%linear%small%sum(i - 1_i8, table%a(:, i), m%u, y, y_new)
                    else
                        call combine(s%n, s%ld, int(i - 1, i4), m%column, table%a(1, i), m%u, y, 1.0_dp, y_new)
                    end if
                    call evaluate(s, s%t + table%alpha(i) * h, y_new, m%u(:, i), status)
                    if (status /= sk_ok) return
                end if
                if (few) then
                    call m%linear%small%stage(s%n, m%linear%small%inverse, i - 1_i8, table%c(:, i), m%u, 1 / h, &
                        table%d(i) * h, m%f_t, m%u(:, i))
                else
                    call solve_stage(s, m, combine, h, i, status)
                    if (status /= sk_ok) return
                end if
            end do
            if (few) then
                call m%linear%small%sum(int(table%n_stages, i8), table%m, m%u, y, y_new)
            else
                call combine(s%n, s%ld, int(table%n_stages, i4), m%column, table%m, m%u, y, 1.0_dp, y_new)
            end if
            call combine(s%n, s%ld, int(table%n_stages, i4), m%column, table%e, m%u, h=1.0_dp, out=m%right)
            call scaled_squares(s, m%right, m%right, y, y_new, error, unused)
            error = sqrt(error)
        end associate
    end subroutine attempt

    !> U_i from the right-hand side's value in its place.
    subroutine solve_stage(s, m, combine, h, i, status)
        type(ode_state), intent(inout) :: s
        type(rosenbrock_state), intent(inout) :: m
        procedure(combine_interface), pointer, intent(in) :: combine
        real(dp), intent(in) :: h
        integer, intent(in) :: i
        integer(c_int), intent(out) :: status
        associate (table => m%table)
            if (i > 1) then
                call combine(s%n, s%ld, int(i - 1, i4), m%column, table%c(1, i), m%u, h=1 / h, out=m%right)
                if (c_associated(s%mass)) then
                    call mass_times(s, m%right, m%trial)
                    m%u(:, i) = m%u(:, i) + m%trial
                else
                    m%u(:, i) = m%u(:, i) + m%right
                end if
            end if
            if (abs(table%d(i)) > 0) m%u(:, i) = m%u(:, i) + (table%d(i) * h) * m%f_t
            call solve(m%linear, s, 1, m%u(:, i), status)
        end associate
    end subroutine solve_stage

    !> The last step's interpolant in nested form; its rows are combinations of the U.
    subroutine rosenbrock_interpolant(s, w, dense, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(out) :: dense(s%n, 0:*)
        integer(c_int), intent(out) :: status
        type(rosenbrock_state), pointer :: m
        integer :: i, j
        call c_f_pointer(s%own, m)
        status = sk_ok
        dense(:, 0) = w(1:s%n, col_y_old)
        dense(:, 1) = w(1:s%n, col_y) - w(1:s%n, col_y_old)
        do i = 1, m%table%n_dense
            dense(:, i + 1) = 0
            do j = 1, m%table%n_stages
                dense(:, i + 1) = dense(:, i + 1) + m%table%dense(j, i) * m%u(1:s%n, j)
            end do
        end do
    end subroutine rosenbrock_interpolant

end module sk_integrate_rosenbrock

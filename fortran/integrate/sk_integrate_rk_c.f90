!> The C face of the Runge-Kutta engine: types and statuses only. See sk_integrate.h.
module sk_integrate_rk_c
    use, intrinsic :: iso_c_binding, only: c_f_pointer, c_int, c_ptr
    use sk_kinds, only: dp, i4, i8
    use sk_status, only: sk_more, sk_ok
    use sk_integrate_rk, only: col_y, col_y_old, n_fixed_columns, nested_value, rk_advance, rk_interpolant, rk_start, &
        rk_state
    use sk_integrate_rk_tables, only: rk_table, table_dop853, table_rk23, table_rk45
    implicit none
    private

    !> The same layout as struct sk_rk_output in sk_integrate.h.
    type, bind(c) :: rk_output
        integer(i8) :: capacity, count
        type(c_ptr) :: t, y, dense
        integer(i4) :: all_dense
        integer(i8) :: n_eval, i_eval
        type(c_ptr) :: t_eval, y_eval
    end type rk_output

    integer(i4), parameter :: method_rk23 = 0, method_rk45 = 1, method_dop853 = 2

contains

    pure function table_of(method) result(table)
        integer(i4), intent(in) :: method
        type(rk_table) :: table
        select case (method)
        case (method_rk23)
            table = table_rk23
        case (method_rk45)
            table = table_rk45
        case default
            table = table_dop853
        end select
    end function table_of

    function columns(method) bind(c, name="sk_rk_columns") result(count)
        integer(i4), value :: method
        integer(i8) :: count
        type(rk_table) :: table
        table = table_of(method)
        count = n_fixed_columns + table%n_stages + 1 + table%n_extra
    end function columns

    function terms(method) bind(c, name="sk_rk_terms") result(count)
        integer(i4), value :: method
        integer(i8) :: count
        type(rk_table) :: table
        table = table_of(method)
        count = 3 + table%n_dense
    end function terms

    function start(state) bind(c, name="sk_rk_start") result(status)
        type(rk_state), intent(inout) :: state
        integer(c_int) :: status
        real(dp), pointer, contiguous :: w(:)
        call c_f_pointer(state%work, w, [1])
        call rk_start(table_of(state%method), state, w, status)
    end function start

    function step(state) bind(c, name="sk_rk_step") result(status)
        type(rk_state), intent(inout) :: state
        integer(c_int) :: status
        real(dp), pointer, contiguous :: w(:)
        call c_f_pointer(state%work, w, [1])
        call rk_advance(table_of(state%method), state, w, status)
    end function step

    function dense(state, f) bind(c, name="sk_rk_dense") result(status)
        type(rk_state), intent(inout) :: state
        real(dp), intent(out) :: f(*)
        integer(c_int) :: status
        real(dp), pointer, contiguous :: w(:)
        call c_f_pointer(state%work, w, [1])
        call rk_interpolant(table_of(state%method), state, w, f, status)
    end function dense

    function run(state, output) bind(c, name="sk_rk_run") result(status)
        type(rk_state), intent(inout) :: state
        type(rk_output), intent(inout) :: output
        integer(c_int) :: status
        real(dp), pointer, contiguous :: w(:), t(:), y(:), f(:), t_eval(:), y_eval(:)
        type(rk_table) :: table
        integer(i8) :: m
        table = table_of(state%method)
        m = 3 + table%n_dense
        call c_f_pointer(state%work, w, [1])
        call c_f_pointer(output%t, t, [output%capacity])
        call c_f_pointer(output%y, y, [state%n * output%capacity])
        call c_f_pointer(output%dense, f, [state%n * m * output%capacity])
        call c_f_pointer(output%t_eval, t_eval, [output%n_eval])
        call c_f_pointer(output%y_eval, y_eval, [state%n * output%n_eval])
        ! a null pointer is an absent argument to run_steps
        call run_steps(table, m, state, w, output, t, y, f, t_eval, y_eval, status)
    end function run

    subroutine run_steps(table, m, s, w, output, t, y, f, t_eval, y_eval, status)
        type(rk_table), intent(in) :: table
        integer(i8), intent(in) :: m
        type(rk_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        type(rk_output), intent(inout) :: output
        real(dp), intent(inout), optional :: t(output%capacity), y(s%n, output%capacity)
        real(dp), intent(inout), optional :: f(s%n, m, output%capacity), y_eval(s%n, output%n_eval)
        real(dp), intent(in), optional :: t_eval(output%n_eval)
        integer(c_int), intent(out) :: status
        integer(i8) :: slot

        status = sk_ok
        do while (s%direction * (s%t_bound - s%t) > 0)
            if (output%count == output%capacity) then
                status = sk_more
                return
            end if
            call rk_advance(table, s, w, status)
            if (status /= sk_ok) return
            ! unless every step's interpolant is kept, the first slot serves as scratch
            slot = merge(output%count + 1, 1_i8, output%all_dense /= 0)
            if (due() .or. output%all_dense /= 0) then
                call rk_interpolant(table, s, w, f(:, :, slot), status)
                if (status /= sk_ok) return
            end if
            do while (due())
                output%i_eval = output%i_eval + 1
                call nested_value(s%n, m, f(:, :, slot), w(1, col_y_old), &
                    (t_eval(output%i_eval) - s%t_old) / s%h, y_eval(:, output%i_eval))
            end do
            if (present(t)) then
                output%count = output%count + 1
                t(output%count) = s%t
                if (present(y)) y(:, output%count) = w(1:s%n, col_y)
            end if
        end do

    contains

        !> Whether the step just taken covers the next point of t_eval.
        pure logical function due()
            due = .false.
            if (output%i_eval < output%n_eval) due = s%direction * (t_eval(output%i_eval + 1) - s%t) <= 0
        end function due

    end subroutine run_steps

    subroutine interpolate(n, n_terms, f, y_old, x, y) bind(c, name="sk_rk_interpolate")
        integer(i8), value :: n, n_terms
        real(dp), intent(in) :: f(n, n_terms), y_old(n)
        real(dp), value :: x
        real(dp), intent(out) :: y(n)
        call nested_value(n, n_terms, f, y_old, x, y)
    end subroutine interpolate

end module sk_integrate_rk_c

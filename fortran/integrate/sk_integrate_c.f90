!> The C face of the integrators: types, statuses, and which method does what. See sk_integrate.h.
module sk_integrate_c
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_int, c_ptr
    use sk_kinds, only: dp, i4, i8
    use sk_status, only: sk_argument, sk_more, sk_ok
    use sk_integrate_core, only: n_common_columns, nested_slope, nested_values, ode_state, strictness_of
    use sk_integrate_esdirk, only: esdirk_advance, esdirk_destroy, esdirk_interpolant, esdirk_start, esdirk_terms
    use sk_integrate_esdirk_tables, only: esdirk_table_of
    use sk_integrate_nordsieck, only: nordsieck_advance, nordsieck_destroy, nordsieck_interpolant, nordsieck_rate, &
        nordsieck_start, nordsieck_terms
    use sk_integrate_radau, only: radau_advance, radau_destroy, radau_interpolant, radau_start, radau_terms
    use sk_integrate_rk, only: rk_advance, rk_columns, rk_hermite, rk_interpolant, rk_start, strict_rk
    use sk_integrate_rk_tables, only: rk_sizes_of, rk_table, rk_table_of
    use sk_integrate_stabilised, only: stabilised_advance, stabilised_destroy, stabilised_interpolant, stabilised_start, &
        stabilised_terms
    use sk_integrate_rosenbrock, only: rosenbrock_advance, rosenbrock_destroy, rosenbrock_interpolant, rosenbrock_start, &
        rosenbrock_terms
    use sk_integrate_rosenbrock_tables, only: rosenbrock_table, rosenbrock_table_of
    use sk_integrate_switch, only: method_auto, observe_explicit, observe_implicit, switch_create, switch_destroy, switch_reset, &
        switch_wanted, tsit5, vern7
    implicit none
    private

    !> The same layout as struct sk_ode_output in sk_integrate.h.
    type, bind(c) :: ode_output
        integer(i8) :: capacity, count
        type(c_ptr) :: t, y, dense
        integer(i4) :: all_dense
        integer(i8) :: n_eval, i_eval
        type(c_ptr) :: t_eval, y_eval, rate, rate_eval
    end type ode_output

    ! Families of methods, by the number before the last four bits of sk_ode_method.
    integer(i4), parameter :: family_rk = 0, family_rosenbrock = 1, family_radau = 2, family_esdirk = 3, &
        family_nordsieck = 4, family_stabilised = 5

contains

    pure function family(method) result(number)
        integer(i4), intent(in) :: method
        integer(i4) :: number
        number = method / 16
    end function family

    function columns(method) bind(c, name="sk_ode_columns") result(count)
        integer(i4), value :: method
        integer(i8) :: count
        count = n_common_columns
        if (method == method_auto) count = max(rk_columns(tsit5), rk_columns(vern7))
        if (family(method) == family_rk) count = rk_columns(method)
    end function columns

    !> A table of the explicit methods; the arrays are filled where they are given. See sk_integrate.h.
    function describe(method, counts, control, c, first, column, weight) bind(c, name="sk_rk_describe") result(status)
        integer(i4), value :: method
        integer(i4), intent(out) :: counts(7)
        real(dp), intent(out) :: control(3)
        real(dp), intent(inout), optional :: c(*), weight(*)
        integer(i4), intent(inout), optional :: first(*), column(*)
        integer(c_int) :: status
        type(rk_table) :: table
        integer :: rows, terms, stages
        status = merge(sk_ok, sk_argument, family(method) == family_rk)
        if (status /= sk_ok) return
        table = rk_table_of(method)
        rows = table%n_stages + table%n_extra + table%n_error + table%n_dense
        terms = table%first(rows + 1) - 1
        stages = table%n_stages + 1 + table%n_extra
        counts = [table%n_stages, table%n_extra, table%n_error, table%n_dense, table%error_order, rows, terms]
        control = [table%safety, table%beta, table%max_factor]
        if (present(c)) c(1:stages) = table%c(1:stages)
        if (present(first)) first(1:rows + 1) = table%first(1:rows + 1)
        if (present(column)) column(1:terms) = table%column(1:terms)
        if (present(weight)) weight(1:terms) = table%weight(1:terms)
    end function describe

    !> A table of the Rosenbrock methods; the arrays are filled where they are given. See sk_integrate.h.
    function describe_rosenbrock(method, stages, gamma, vectors, a, c) bind(c, name="sk_rosenbrock_describe") result(status)
        integer(i4), value :: method
        integer(i4), intent(inout) :: stages
        real(dp), intent(out) :: gamma
        real(dp), intent(inout), optional :: vectors(stages, 3), a(stages, stages), c(stages, stages)
        integer(c_int) :: status
        type(rosenbrock_table) :: table
        status = merge(sk_ok, sk_argument, family(method) == family_rosenbrock)
        if (status /= sk_ok) return
        table = rosenbrock_table_of(method - 16)
        gamma = table%gamma
        if (present(vectors) .and. present(a) .and. present(c) .and. stages == table%n_stages) then
            vectors(:, 1) = table%alpha(1:stages)
            vectors(:, 2) = table%d(1:stages)
            vectors(:, 3) = table%m(1:stages)
            a = table%a(1:stages, 1:stages)
            c = table%c(1:stages, 1:stages)
        end if
        stages = table%n_stages
    end function describe_rosenbrock

    function rk_strictness(tol) bind(c, name="sk_rk_strictness") result(strictness)
        real(dp), value :: tol
        real(dp) :: strictness
        strictness = strictness_of(tol, strict_rk)
    end function rk_strictness

    pure function terms_of(method) result(count)
        integer(i4), intent(in) :: method
        integer(i8) :: count
        integer :: sizes(3)
        select case (family(method))
        case (family_rk)
            sizes = rk_sizes_of(method)
            count = 3 + sizes(3)
        case (family_rosenbrock)
            count = rosenbrock_terms(rosenbrock_table_of(method - 16))
        case (family_nordsieck)
            count = nordsieck_terms(method)
        case (family_radau)
            count = radau_terms
        case (family_esdirk)
            count = esdirk_terms
        case (family_stabilised)
            count = stabilised_terms
        case default
            count = 0
        end select
    end function terms_of

    function start(s) bind(c, name="sk_ode_start") result(status)
        type(ode_state), intent(inout) :: s
        integer(c_int) :: status
        status = sk_ok
        if (s%method == method_auto) call switch_create(s, status)
        if (status /= sk_ok) return
        s%terms = int(terms_of(s%method), i4)
        if (c_associated(s%switching)) s%terms = int(max(terms_of(s%explicit_method), terms_of(s%implicit_method)), i4)
        call start_method(s, status)
    end function start

    subroutine start_method(s, status)
        type(ode_state), intent(inout) :: s
        integer(c_int), intent(out) :: status
        real(dp), pointer, contiguous :: w(:)
        call c_f_pointer(s%work, w, [1])
        s%strictness = 1
        select case (family(s%method))
        case (family_rk)
            call rk_start(rk_table_of(s%method), s, w, status)
        case (family_rosenbrock)
            call rosenbrock_start(rosenbrock_table_of(s%method - 16), s, w, status)
        case (family_nordsieck)
            call nordsieck_start(s, w, status)
        case (family_radau)
            call radau_start(s, w, status)
        case (family_esdirk)
            call esdirk_start(esdirk_table_of(s%method - 48), s, w, status)
        case (family_stabilised)
            call stabilised_start(s, w, status)
        case default
            status = sk_argument
        end select
    end subroutine start_method

    subroutine destroy(s) bind(c, name="sk_ode_destroy")
        type(ode_state), intent(inout) :: s
        call destroy_method(s)
        call switch_destroy(s)
    end subroutine destroy

    subroutine destroy_method(s)
        type(ode_state), intent(inout) :: s
        select case (family(s%method))
        case (family_rosenbrock)
            call rosenbrock_destroy(s)
        case (family_nordsieck)
            call nordsieck_destroy(s)
        case (family_radau)
            call radau_destroy(s)
        case (family_esdirk)
            call esdirk_destroy(s)
        case (family_stabilised)
            call stabilised_destroy(s)
        end select
    end subroutine destroy_method

    !> The other method of an automatic choice takes over.
    subroutine change_method(s, status)
        type(ode_state), intent(inout) :: s
        integer(c_int), intent(out) :: status
        call destroy_method(s)
        call switch_reset(s)
        call start_method(s, status)
    end subroutine change_method

    function step(s) bind(c, name="sk_ode_step") result(status)
        type(ode_state), intent(inout) :: s
        integer(c_int) :: status
        real(dp), pointer, contiguous :: w(:)
        status = sk_ok
        ! not before: the caller may have wanted the last step's interpolant
        if (switch_wanted(s)) call change_method(s, status)
        if (status /= sk_ok) return
        call c_f_pointer(s%work, w, [1])
        if (family(s%method) == family_rk) then
            call advance_explicit(rk_table_of(s%method), s, w, status)
        else
            call advance(s, w, status)
        end if
    end function step

    subroutine advance_explicit(table, s, w, status)
        type(rk_table), intent(in) :: table
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        call rk_advance(table, s, w, status)
        if (status == sk_ok .and. c_associated(s%switching)) call observe_explicit(table, s, w)
    end subroutine advance_explicit

    !> One step of any method that is not explicit Runge-Kutta.
    subroutine advance(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        select case (family(s%method))
        case (family_rosenbrock)
            call rosenbrock_advance(s, w, status)
        case (family_nordsieck)
            call nordsieck_advance(s, w, status)
        case (family_radau)
            call radau_advance(s, w, status)
        case (family_esdirk)
            call esdirk_advance(s, w, status)
        case (family_stabilised)
            call stabilised_advance(s, w, status)
        case default
            status = sk_argument
        end select
        if (status == sk_ok .and. c_associated(s%switching)) call observe_implicit(s, w, status)
    end subroutine advance

    !> The last step's interpolant in nested form, [0:terms][n].
    function dense(s, f) bind(c, name="sk_ode_dense") result(status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(out) :: f(*)
        integer(c_int) :: status
        real(dp), pointer, contiguous :: w(:)
        call c_f_pointer(s%work, w, [1])
        if (family(s%method) == family_rk) then
            call interpolant(s, w, f, status, rk_table_of(s%method))
        else
            call interpolant(s, w, f, status)
        end if
    end function dense

    !> `table` is that of an explicit method.
    subroutine interpolant(s, w, f, status, table)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        real(dp), intent(out) :: f(s%n, 0:s%terms)
        integer(c_int), intent(out) :: status
        type(rk_table), intent(in), optional :: table
        ! of two methods one may have fewer terms
        if (c_associated(s%switching)) f = 0
        if (present(table)) then
            call rk_interpolant(table, s, w, f, status)
            return
        end if
        select case (family(s%method))
        case (family_rosenbrock)
            call rosenbrock_interpolant(s, w, f, status)
        case (family_nordsieck)
            call nordsieck_interpolant(s, w, f, status)
        case (family_radau)
            call radau_interpolant(s, f)
            status = sk_ok
        case (family_esdirk)
            call esdirk_interpolant(s, w, f)
            status = sk_ok
        case (family_stabilised)
            call stabilised_interpolant(s, w, f)
            status = sk_ok
        case default
            status = sk_argument
        end select
    end subroutine interpolant

    function hermite(s, f) bind(c, name="sk_ode_hermite") result(status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: f(*)
        integer(c_int) :: status
        real(dp), pointer, contiguous :: w(:)
        status = merge(sk_ok, sk_argument, family(s%method) == family_rk)
        if (status /= sk_ok) return
        call c_f_pointer(s%work, w, [1])
        call rk_hermite(rk_table_of(s%method), s, w, f)
    end function hermite

    function dense_costs(s) bind(c, name="sk_ode_dense_costs") result(costs)
        type(ode_state), intent(in) :: s
        integer(c_int) :: costs
        integer :: sizes(3)
        costs = 0
        if (family(s%method) /= family_rk) return
        sizes = rk_sizes_of(s%method)
        if (sizes(2) > 0) costs = 1
    end function dense_costs

    function run(s, output) bind(c, name="sk_ode_run") result(status)
        type(ode_state), intent(inout) :: s
        type(ode_output), intent(inout) :: output
        integer(c_int) :: status
        real(dp), pointer, contiguous :: w(:), t(:), y(:), f(:), t_eval(:), y_eval(:), rate(:), rate_eval(:)
        integer(i8) :: m
        m = s%terms
        call c_f_pointer(s%work, w, [1])
        call c_f_pointer(output%t, t, [output%capacity])
        call c_f_pointer(output%y, y, [s%n * output%capacity])
        call c_f_pointer(output%dense, f, [s%n * (m + 1) * output%capacity])
        call c_f_pointer(output%t_eval, t_eval, [output%n_eval])
        call c_f_pointer(output%y_eval, y_eval, [s%n * output%n_eval])
        call c_f_pointer(output%rate, rate, [s%n * output%capacity])
        call c_f_pointer(output%rate_eval, rate_eval, [s%n * output%n_eval])
        ! a null pointer is an absent argument to run_steps
        do
            if (family(s%method) == family_rk) then
                call run_steps(m, s, w, output, t, y, f, t_eval, y_eval, rate, rate_eval, status, rk_table_of(s%method))
            else
                call run_steps(m, s, w, output, t, y, f, t_eval, y_eval, rate, rate_eval, status)
            end if
            if (status /= sk_ok) return
            if (.not. s%direction * (s%t_bound - s%t) > 0) return
            call change_method(s, status) ! or else it would have gone on
            if (status /= sk_ok) return
        end do
    end function run

    subroutine run_steps(m, s, w, output, t, y, f, t_eval, y_eval, rate, rate_eval, status, table)
        integer(i8), intent(in) :: m
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        type(ode_output), intent(inout) :: output
        real(dp), intent(inout), optional :: t(output%capacity), y(s%n, output%capacity)
        real(dp), intent(inout), optional :: f(s%n, 0:m, output%capacity), y_eval(s%n, output%n_eval)
        real(dp), intent(in), optional :: t_eval(output%n_eval)
        real(dp), intent(inout), optional :: rate(s%n, output%capacity), rate_eval(s%n, output%n_eval)
        integer(c_int), intent(out) :: status
        type(rk_table), intent(in), optional :: table
        integer(i8) :: slot

        status = sk_ok
        do while (s%direction * (s%t_bound - s%t) > 0)
            if (output%count == output%capacity) then
                status = sk_more
                return
            end if
            if (present(table)) then
                call advance_explicit(table, s, w, status)
            else
                call advance(s, w, status)
            end if
            if (status /= sk_ok) return
            ! unless every step's interpolant is kept, the first slot serves as scratch
            slot = merge(output%count + 1, 1_i8, output%all_dense /= 0)
            if (due() .or. output%all_dense /= 0) then
                call interpolant(s, w, f(:, :, slot), status, table)
                if (status /= sk_ok) return
            end if
            do while (due())
                call fill(f(:, :, slot))
            end do
            if (present(t)) then
                output%count = output%count + 1
                t(output%count) = s%t
                if (present(y)) y(:, output%count) = w(1:s%n, 1)
                if (present(rate)) call nordsieck_rate(s, rate(:, output%count))
            end if
            if (switch_wanted(s)) return
        end do

    contains

        !> Whether the step just taken covers the next point of t_eval.
        pure logical function due()
            due = .false.
            if (output%i_eval < output%n_eval) due = s%direction * (t_eval(output%i_eval + 1) - s%t) <= 0
        end function due

        !> Some of the points that the step covers, by its interpolant.
        subroutine fill(dense)
            real(dp), intent(in) :: dense(s%n, 0:m)
            integer(i8), parameter :: most = 64
            real(dp) :: x(most)
            integer(i8) :: begin, count, i
            begin = output%i_eval
            count = 0
            do while (count < most .and. due())
                output%i_eval = output%i_eval + 1
                count = count + 1
                x(count) = (t_eval(output%i_eval) - s%t_old) / s%h
            end do
            call nested_values(s, m, dense, count, x, s%n, y_eval(1, begin + 1))
            if (.not. present(rate_eval)) return
            do i = 1, count
                call nested_slope(s%n, m, dense, x(i), rate_eval(:, begin + i))
                rate_eval(:, begin + i) = rate_eval(:, begin + i) / s%h
            end do
        end subroutine fill

    end subroutine run_steps

    subroutine rate_now(s, rate) bind(c, name="sk_ode_rate")
        type(ode_state), intent(in) :: s
        real(dp), intent(out) :: rate(s%n)
        rate = 0
        if (family(s%method) == family_nordsieck) call nordsieck_rate(s, rate)
    end subroutine rate_now

    subroutine slope(n, n_terms, f, x, out) bind(c, name="sk_ode_slope")
        integer(i8), value :: n, n_terms
        real(dp), intent(in) :: f(n, 0:n_terms)
        real(dp), value :: x
        real(dp), intent(out) :: out(n)
        call nested_slope(n, n_terms, f, x, out)
    end subroutine slope

end module sk_integrate_c

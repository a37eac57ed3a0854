!> An explicit method while a problem is not stiff, an implicit one while it is.
!>
!> Stiffness shows in the explicit steps: two of their stages lie at the step's end, and the quotient of the differences
!> of f and of y there estimates the largest eigenvalue of df/dy (E. Hairer, G. Wanner: Solving Ordinary Differential
!> Equations II, 2nd ed., Springer 1996, section IV.2, equation (2.9); L. F. Shampine, ACM Trans. Math. Softw. 3 (1977)
!> 44-53, doi:10.1145/355719.355722). In implicit steps now and then a power iteration tells whether the explicit
!> method would be stable with the same step.
module sk_integrate_switch
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_f_procpointer, c_int, c_loc, c_null_ptr
    use sk_kinds, only: dp, i4, i8
    use sk_status, only: sk_memory, sk_ok
    use sk_integrate_core, only: col_y, col_y_old, combine_interface, evaluate, ode_state
    use sk_integrate_radius, only: power_iteration, radius_create, radius_estimate
    use sk_integrate_rk, only: rk_first_stage, rk_scratch
    use sk_integrate_rk_tables, only: rk_table
    implicit none
    private
    public :: switch_create, switch_destroy, switch_wanted, switch_reset, observe_explicit, observe_implicit

    ! Of enum sk_ode_method.
    integer(i4), parameter, public :: method_auto = 96
    integer(i4), parameter, public :: tsit5 = 3, vern7 = 4
    integer(i4), parameter :: rodas5p = 17, radau = 32, bdf = 64
    !> The tolerance from which on the higher order is taken, and up to which Rodas5P.
    real(dp), parameter :: tolerance_vern7 = 1e-6_dp, tolerance_rodas5p = 1e-5_dp
    !> Sizes up to which Rodas5P is taken, with a Jacobian in every step, and Radau, with its complex systems.
    integer(i8), parameter :: size_rodas5p = 8, size_radau = 100
    !> Lengths of the intervals of stability on the negative real axis.
    real(dp), parameter :: length_tsit5 = 3.50_dp, length_vern7 = 4.64_dp
    !> A step is stiff that comes so near to the end of that interval, and half stiff one that is beyond `part_way` while
    !> the difference of f is so opposite to that of y: a decaying component bounds the step through its error.
    real(dp), parameter :: near_the_end = 0.85_dp, part_way = 0.15_dp, opposite = -0.9_dp
    !> Every so many steps it is looked for stiffness, until some is found, and for its end; in the cheaper steps of BDF
    !> less often.
    integer, parameter :: look_every = 5, look_every_bdf = 20
    !> Stiff steps that make a problem stiff, others that make one think better of it, and looks that find it stiff no more.
    integer, parameter :: stiff_steps = 10, other_steps = 6, looks = 2
    !> Half stiff steps that do it; twice as many after they have been wrong.
    integer, parameter :: half_stiff_steps = 50
    !> The explicit method was not worth it for fewer steps: it takes twice as many looks to come back to it.
    integer(i8), parameter :: hasty = 50
    integer, parameter :: most_patience = 32
    !> Stages of the explicit methods, at most.
    integer, parameter :: max_stages = 10

    type :: switch_state
        logical :: wanted = .false.
        integer :: stiff = 0, half_stiff = 0, others = 0, patience = 1, needed = half_stiff_steps
        integer(i8) :: since = 0
        real(dp) :: length, h_stable = 0
        real(dp) :: safety, min_factor, max_factor, gain(4) ! as the caller gave them
        ! the last stage less the solution, as a combination of the derivatives
        integer(i4) :: n_terms = 0, column(max_stages)
        real(dp) :: weight(max_stages)
        type(radius_estimate) :: radius
        real(dp), allocatable :: f(:)
    end type switch_state

contains

    !> Choose the methods and the one to begin with, which is then s%method.
    subroutine switch_create(s, status)
        type(ode_state), intent(inout) :: s
        integer(c_int), intent(out) :: status
        type(switch_state), pointer :: m
        real(dp), pointer, contiguous :: rtol(:)
        real(dp) :: relative
        integer :: flag

        call c_f_pointer(s%rtol, rtol, [s%n])
        relative = s%rtol_all
        if (c_associated(s%rtol)) relative = minval(rtol)
        s%explicit_method = merge(vern7, tsit5, relative < tolerance_vern7)
        if (s%n > size_radau .or. c_associated(s%linear)) then
            s%implicit_method = bdf
        else if (relative >= tolerance_rodas5p .and. s%n <= size_rodas5p) then
            s%implicit_method = rodas5p
        else
            s%implicit_method = radau
        end if
        s%method = merge(s%implicit_method, s%explicit_method, s%stiff /= 0 .or. c_associated(s%mass))
        s%stiff = merge(1, 0, s%method == s%implicit_method)
        status = sk_ok
        if (c_associated(s%mass)) return
        allocate (m, stat=flag)
        if (flag /= 0) then
            status = sk_memory
            return
        end if
        s%switching = c_loc(m)
        m%length = merge(length_vern7, length_tsit5, s%explicit_method == vern7)
        m%safety = s%safety
        m%min_factor = s%min_factor
        m%max_factor = s%max_factor
        m%gain = s%gain
    end subroutine switch_create

    subroutine switch_destroy(s)
        type(ode_state), intent(inout) :: s
        type(switch_state), pointer :: m
        integer :: flag
        if (.not. c_associated(s%switching)) return
        call c_f_pointer(s%switching, m)
        deallocate (m, stat=flag)
        s%switching = c_null_ptr
    end subroutine switch_destroy

    function switch_wanted(s) result(wanted)
        type(ode_state), intent(in) :: s
        logical :: wanted
        type(switch_state), pointer :: m
        wanted = .false.
        if (.not. c_associated(s%switching)) return
        call c_f_pointer(s%switching, m)
        wanted = m%wanted
    end function switch_wanted

    !> The other method is s%method from now on, with the caller's control and a fit size of its first step.
    subroutine switch_reset(s)
        type(ode_state), intent(inout) :: s
        type(switch_state), pointer :: m
        call c_f_pointer(s%switching, m)
        m%wanted = .false.
        if (s%stiff /= 0 .and. m%since <= looks * interval(s) * m%patience) m%needed = 2 * m%needed
        if (s%stiff == 0) m%patience = merge(min(2 * m%patience, most_patience), 1, m%since < hasty)
        m%since = 0
        m%stiff = 0
        m%half_stiff = 0
        m%others = 0
        s%stiff = 1 - s%stiff
        s%method = merge(s%implicit_method, s%explicit_method, s%stiff /= 0)
        if (s%stiff == 0) then
            s%h_abs = min(s%h_abs, m%h_stable)
        else if (s%method == bdf) then
            s%h_abs = 0 ! it begins with order 1
        end if
        s%safety = m%safety
        s%min_factor = m%min_factor
        s%max_factor = m%max_factor
        s%gain = m%gain
        s%begun = 0
    end subroutine switch_reset

    !> After an accepted step of the explicit method.
    subroutine observe_explicit(table, s, w)
        type(rk_table), intent(in) :: table
        type(ode_state), intent(inout) :: s
        real(dp), intent(inout) :: w(s%ld, *)
        type(switch_state), pointer :: m
        procedure(combine_interface), pointer :: combine
        real(dp) :: change_y, change_f, product
        integer :: k

        call c_f_pointer(s%switching, m)
        s%steps_explicit = s%steps_explicit + 1
        m%since = m%since + 1
        if (m%stiff == 0 .and. m%half_stiff == 0 .and. mod(m%since, int(look_every, i8)) /= 0) return
        if (m%n_terms == 0) call difference_of_rows(table, m)
        call c_f_procpointer(s%combine, combine)
        k = rk_first_stage
        call combine(s%n, s%ld, m%n_terms, m%column, m%weight, w(1, k), h=s%h, out=w(1, rk_scratch))
        call compare(s, w(:, col_y_old), w(:, col_y), w(:, k + table%n_stages), w(:, k + table%n_stages - 1), &
            w(:, rk_scratch), change_f, change_y, product)
        change_f = abs(s%h) * sqrt(change_f)
        change_y = m%length * sqrt(change_y)
        if (change_f > near_the_end * change_y .and. change_y > 0) then
            m%stiff = m%stiff + 1
            m%half_stiff = m%half_stiff + 1
            m%others = 0
        else if (change_f > part_way * change_y .and. s%h * product * m%length < opposite * change_f * change_y) then
            m%half_stiff = m%half_stiff + 1
            m%others = 0
        else
            m%others = m%others + 1
            if (m%others >= other_steps) then
                m%stiff = 0
                m%half_stiff = 0
            end if
        end if
        m%wanted = m%stiff >= stiff_steps .or. m%half_stiff >= m%needed
    end subroutine observe_explicit

    !> Squares of f_last - f_new and of dy, and their product, in units of the tolerance: else a system in mixed units,
    !> like an oscillator's place and speed, would seem to have larger eigenvalues.
    subroutine compare(s, y_old, y_new, f_new, f_last, dy, change_f, change_y, product)
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: y_old(s%ld), y_new(s%ld), f_new(s%ld), f_last(s%ld), dy(s%ld)
        real(dp), intent(out) :: change_f, change_y, product
        real(dp), pointer, contiguous :: atol(:), rtol(:)
        real(dp) :: absolute, relative, scale, df
        integer(i8) :: i
        change_f = 0
        change_y = 0
        product = 0
        absolute = s%atol_all
        relative = s%rtol_all
        call c_f_pointer(s%atol, atol, [s%n])
        call c_f_pointer(s%rtol, rtol, [s%n])
        do i = 1, s%n
            if (c_associated(s%atol)) then
                absolute = atol(i)
                relative = rtol(i)
            end if
            scale = absolute + relative * max(abs(y_old(i)), abs(y_new(i)))
            if (.not. scale > 0) cycle
            scale = 1 / scale**2
            df = f_last(i) - f_new(i)
            change_f = change_f + scale * df**2
            change_y = change_y + scale * dy(i)**2
            product = product + scale * df * dy(i)
        end do
    end subroutine compare

    !> The last stage less the solution: their rows are the last two of the table's stages.
    subroutine difference_of_rows(table, m)
        type(rk_table), intent(in) :: table
        type(switch_state), intent(inout) :: m
        real(dp) :: weight(max_stages)
        integer :: j
        weight = 0
        do j = table%first(table%n_stages - 1), table%first(table%n_stages) - 1
            weight(table%column(j)) = table%weight(j)
        end do
        do j = table%first(table%n_stages), table%first(table%n_stages + 1) - 1
            weight(table%column(j)) = weight(table%column(j)) - table%weight(j)
        end do
        do j = 1, size(weight)
            if (.not. abs(weight(j)) > 0) cycle
            m%n_terms = m%n_terms + 1
            m%column(m%n_terms) = int(j, i4)
            m%weight(m%n_terms) = weight(j)
        end do
    end subroutine difference_of_rows

    !> Steps of the implicit method between two looks.
    pure function interval(s) result(steps)
        type(ode_state), intent(in) :: s
        integer :: steps
        steps = merge(look_every_bdf, look_every, s%implicit_method == bdf)
    end function interval

    !> After an accepted step of the implicit method.
    subroutine observe_implicit(s, w, status)
        type(ode_state), intent(inout) :: s
        real(dp), intent(in) :: w(s%ld, *)
        integer(c_int), intent(out) :: status
        type(switch_state), pointer :: m
        real(dp) :: radius

        call c_f_pointer(s%switching, m)
        status = sk_ok
        s%steps_implicit = s%steps_implicit + 1
        m%since = m%since + 1
        if (mod(m%since, int(interval(s), i8)) /= 0 .or. .not. abs(s%t_bound - s%t) > 0) return
        if (.not. allocated(m%f)) call prepare(s, m, status)
        if (status == sk_ok) call evaluate(s, s%t, w(:, col_y), m%f, status)
        ! the mean growth of two iterations: mixed units make one of them too large and the other too small
        if (status == sk_ok) call power_iteration(s, m%radius, w(:, col_y), m%f, 1, status)
        radius = m%radius%value
        if (status == sk_ok) call power_iteration(s, m%radius, w(:, col_y), m%f, 1, status)
        if (status /= sk_ok) return
        radius = sqrt(radius) * sqrt(m%radius%value)
        if (abs(s%h) * radius <= m%length) then
            m%others = m%others + 1
            m%wanted = m%others >= looks * m%patience
            if (m%wanted) m%h_stable = m%length / max(radius, m%length / abs(s%t_bound - s%t))
        else
            m%others = 0
        end if
    end subroutine observe_implicit

    !> What only looks in implicit steps need.
    subroutine prepare(s, m, status)
        type(ode_state), intent(in) :: s
        type(switch_state), intent(inout) :: m
        integer(c_int), intent(out) :: status
        integer :: flag
        call radius_create(m%radius, s, status)
        if (status /= sk_ok) return
        allocate (m%f(s%ld), stat=flag)
        status = merge(sk_ok, sk_memory, flag == 0)
        if (flag == 0) m%f = 0
    end subroutine prepare

end module sk_integrate_switch

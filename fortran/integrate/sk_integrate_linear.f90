!> The linear algebra of the implicit methods: Jacobian, iteration matrices shift * M - J and their factors.
!>
!> For systems F(t, y, y') = 0 the iteration matrix is dF/dy + shift * dF/dy'.
!>
!> J is full, banded, or belongs to the caller (sparse, matrix-free), who then does all three through one function.
module sk_integrate_linear
    use, intrinsic :: iso_c_binding, only: c_associated, c_f_pointer, c_f_procpointer, c_int, &
        c_loc, c_null_ptr, c_ptr
    use sk_kinds, only: dp, i4, i8
    use sk_lapack, only: dgbtrf, dgbtrs, dgetrf, dgetrs, zgbtrf, zgbtrs, zgetrf, zgetrs
    use sk_status, only: sk_callback, sk_memory, sk_ok, sk_singular, sk_size
    use sk_integrate_core, only: ode_state, seen_time
    use sk_integrate_differences, only: differences, jacobian_matrix, residual_differences, shares
    use sk_integrate_inverse, only: inverses, inverses_create, smallest
    use sk_integrate_small_d, only: small_factor_d, small_solve_d
    use sk_integrate_small_z, only: small_factor_z, small_solve_z
    implicit none
    private
    public :: linear_system, linear_create, jacobian, factor, solve, factor_complex, solve_complex, mass_times, &
        jacobian_norm, jacobian_damping, factor_residual

    integer(c_int), parameter :: task_jacobian = 0, task_factor = 1, task_solve = 2, task_factor_complex = 3, &
        task_solve_complex = 4
    !> Up to here own elimination is faster than a call of LAPACK.
    integer(i8), parameter :: small = 12

    type, extends(jacobian_matrix) :: linear_system
        private
        logical :: external = .false.
        logical :: has_jacobian = .false.
        real(dp), allocatable :: lu(:, :, :)
        complex(dp), allocatable :: zlu(:, :, :)
        integer(i4), allocatable :: pivot(:, :), zpivot(:, :)
        real(dp), allocatable :: jac_rate(:, :)            ! of F(t, y, y') = 0
        logical, public :: inverting = .false.             ! `small` in place of lu and zlu
        type(inverses), public :: small
    end type linear_system

    abstract interface
        function jac_interface(t, y, jac, data) bind(c) result(status)
            import :: c_int, c_ptr, dp
            real(dp), value :: t
            real(dp), intent(in) :: y(*)
            real(dp), intent(inout) :: jac(*)
            type(c_ptr), value :: data
            integer(c_int) :: status
        end function jac_interface

        function residual_jac_interface(t, y, rate, by_y, by_rate, data) bind(c) result(status)
            import :: c_int, c_ptr, dp
            real(dp), value :: t
            real(dp), intent(in) :: y(*), rate(*)
            real(dp), intent(inout) :: by_y(*), by_rate(*)
            type(c_ptr), value :: data
            integer(c_int) :: status
        end function residual_jac_interface

        function linear_interface(task, slot, t, y, f, re, im, x, data) bind(c) result(status)
            import :: c_int, c_ptr, dp
            integer(c_int), value :: task, slot
            real(dp), value :: t, re, im
            type(c_ptr), value :: y, f, x
            type(c_ptr), value :: data
            integer(c_int) :: status
        end function linear_interface
    end interface

contains

    !> Storage for J and for `reals` real and `complexes` complex factored matrices.
    subroutine linear_create(a, s, reals, complexes, status)
        type(linear_system), intent(inout) :: a
        type(ode_state), intent(in) :: s
        integer, intent(in) :: reals, complexes
        integer(c_int), intent(out) :: status
        integer(i8) :: rows, lu_rows
        integer :: flag

        status = sk_ok
        a%n = s%n
        a%lower = s%lower
        a%upper = s%upper
        a%external = c_associated(s%linear)
        if (a%external) return
        if (4 * s%n > huge(1_i4)) then
            status = sk_size
            return
        end if
        if (s%lower < 0 .and. s%n <= smallest .and. .not. c_associated(s%rate)) then
            a%inverting = .true.
            call inverses_create(a%small, s%n, reals, complexes, status)
            if (status /= sk_ok) return
            allocate (a%jac(s%n, s%n), a%trial(s%ld), a%f_trial(s%ld), a%increment(s%n), stat=flag)
            if (flag /= 0) status = sk_memory
            if (flag == 0) a%jac = 0
            return
        end if
        rows = merge(s%lower + s%upper + 1, s%n, s%lower >= 0)
        lu_rows = merge(rows + s%lower, s%n, s%lower >= 0)
        allocate (a%jac(rows, s%n), a%lu(lu_rows, s%n, reals), a%pivot(s%n, reals), stat=flag)
        if (flag == 0) allocate (a%zlu(lu_rows, s%n, complexes), a%zpivot(s%n, complexes), stat=flag)
        if (flag == 0) allocate (a%trial(s%ld), a%f_trial(s%ld), a%increment(s%n), stat=flag)
        if (flag == 0 .and. c_associated(s%rate)) then
            allocate (a%trial_rate(s%ld), stat=flag)
            if (flag == 0 .and. c_associated(s%jac)) allocate (a%jac_rate(rows, s%n), stat=flag)
        end if
        if (flag /= 0) status = sk_memory
        if (flag == 0) a%jac = 0
    end subroutine linear_create

    !> J = df/dy at (t, y), where f = f(t, y). `reused` tells that a constant one is there already.
    subroutine jacobian(a, s, t, y, f, status)
        type(linear_system), intent(inout) :: a
        type(ode_state), intent(inout) :: s
        real(dp), intent(in) :: t
        real(dp), intent(in), target :: y(s%ld), f(s%ld)
        integer(c_int), intent(out) :: status
        procedure(jac_interface), pointer :: jac
        status = sk_ok
        if (s%constant_jac /= 0 .and. a%has_jacobian) return
        a%has_jacobian = .true.
        if (s%constant_jac == 0) s%njev = s%njev + 1
        if (a%external) then
            status = external_task(s, task_jacobian, 0, t, y, f, 0.0_dp, 0.0_dp, c_null_ptr)
        else if (c_associated(s%jac)) then
            call c_f_procpointer(s%jac, jac)
            if (jac(seen_time(s, t), y, a%jac, s%jac_data) /= 0) status = sk_callback
        else
            call differences(a%jacobian_matrix, s, t, y, f, status)
        end if
    end subroutine jacobian

    !> Factor shift * M - J into a slot; sk_singular if it is singular.
    subroutine factor(a, s, slot, shift, status)
        type(linear_system), intent(inout) :: a
        type(ode_state), intent(inout) :: s
        integer, intent(in) :: slot
        real(dp), intent(in) :: shift
        integer(c_int), intent(out) :: status
        real(dp), pointer, contiguous :: mass(:, :)
        integer(i8) :: i, j, n, kl, ku
        s%nlu = s%nlu + 1
        if (a%external) then
            status = external_task(s, task_factor, slot, s%t, re=shift, im=0.0_dp, x=c_null_ptr)
            return
        end if
        n = a%n
        kl = a%lower
        ku = a%upper
        call c_f_pointer(s%mass, mass, shape(a%jac))
        if (a%inverting) then ! a null pointer is an absent argument
            status = merge(sk_ok, sk_singular, a%small%invert(n, a%jac, mass, shift, a%small%inverse(:, :, slot)) == 0)
            return
        end if
        if (kl < 0) then
            associate (lu => a%lu(:, :, slot))
                lu = -a%jac
                if (c_associated(s%mass)) then
                    lu = lu + shift * mass
                else
                    do i = 1, n
                        lu(i, i) = lu(i, i) + shift
                    end do
                end if
            end associate
        else
            associate (lu => a%lu(:, :, slot))
                do j = 1, n
                    lu(1:kl, j) = 0
                    lu(kl + 1:, j) = -a%jac(:, j)
                    if (c_associated(s%mass)) then
                        lu(kl + 1:, j) = lu(kl + 1:, j) + shift * mass(:, j)
                    else
                        lu(kl + ku + 1, j) = lu(kl + ku + 1, j) + shift
                    end if
                end do
            end associate
        end if
        call decompose(a, slot, status)
    end subroutine factor

    !> The matrix in a slot becomes its factors.
    subroutine decompose(a, slot, status)
        type(linear_system), intent(inout) :: a
        integer, intent(in) :: slot
        integer(c_int), intent(out) :: status
        integer(i4) :: info, n
        n = int(a%n, i4)
        associate (lu => a%lu(:, :, slot))
            if (a%lower >= 0) then
                call dgbtrf(n, n, int(a%lower, i4), int(a%upper, i4), lu, size(lu, 1, i4), a%pivot(:, slot), info)
            else if (a%n <= small) then
                call small_factor_d(a%n, lu, a%pivot(:, slot), info)
            else
                call dgetrf(n, n, lu, n, a%pivot(:, slot), info)
            end if
        end associate
        status = merge(sk_ok, sk_singular, info == 0)
    end subroutine decompose

    !> Factor dF/dy + shift * dF/dy' at (t, y, y' = rate), where r = F. `starting`: dF/dy' in the columns of the
    !> differential components, dF/dy in those of the others, which is the matrix of Newton's method for start values.
    subroutine factor_residual(a, s, t, y, rate, r, shift, starting, status)
        type(linear_system), intent(inout) :: a
        type(ode_state), intent(inout) :: s
        real(dp), intent(in) :: t, y(s%ld), rate(s%ld), r(s%ld), shift
        logical, intent(in) :: starting
        integer(c_int), intent(out) :: status
        procedure(residual_jac_interface), pointer :: jac
        real(dp) :: weight(2)
        integer(i8) :: j
        s%njev = s%njev + 1
        s%nlu = s%nlu + 1
        if (a%external) then
            status = external_task(s, task_jacobian, 0, t, y, rate, 0.0_dp, 0.0_dp, c_null_ptr)
            if (status == sk_ok) status = external_task(s, task_factor, merge(2, 1, starting), t, re=shift, im=0.0_dp, &
                x=c_null_ptr)
            return
        end if
        if (c_associated(s%jac)) then
            call c_f_procpointer(s%jac, jac)
            status = merge(sk_callback, sk_ok, jac(t, y, rate, a%jac, a%jac_rate, s%jac_data) /= 0)
            do j = 1, a%n
                weight = shares(s, j, shift, starting)
                a%jac(:, j) = weight(1) * a%jac(:, j) + weight(2) * a%jac_rate(:, j)
            end do
        else
            call residual_differences(a%jacobian_matrix, s, t, y, rate, r, shift, starting, status)
        end if
        if (status /= sk_ok) return
        j = max(a%lower, 0_i8)
        a%lu(1:j, :, 1) = 0
        a%lu(j + 1:, :, 1) = a%jac
        call decompose(a, 1, status)
    end subroutine factor_residual

    !> x = (shift * M - J)**-1 x with the factors in a slot.
    subroutine solve(a, s, slot, x, status)
        type(linear_system), intent(inout) :: a
        type(ode_state), intent(inout) :: s
        integer, intent(in) :: slot
        real(dp), intent(inout), target :: x(s%ld)
        integer(c_int), intent(out) :: status
        integer(i4) :: info, n
        status = sk_ok
        if (a%inverting) then
            call a%small%apply(a%n, a%small%inverse(:, :, slot), c_loc(x))
            return
        end if
        n = int(min(a%n, int(huge(1_i4), i8)), i4)
        if (a%external) then
            status = external_task(s, task_solve, slot, s%t, re=0.0_dp, im=0.0_dp, x=c_loc(x))
        else if (a%lower >= 0) then
            call dgbtrs('N', n, int(a%lower, i4), int(a%upper, i4), 1_i4, a%lu(:, :, slot), size(a%lu, 1, i4), &
                a%pivot(:, slot), x, n, info)
        else if (n <= small) then
            call small_solve_d(a%n, a%lu(:, :, slot), a%pivot(:, slot), x)
        else
            call dgetrs('N', n, 1_i4, a%lu(:, :, slot), n, a%pivot(:, slot), x, n, info)
        end if
    end subroutine solve

    !> Factor shift * M - J, shift complex.
    subroutine factor_complex(a, s, slot, shift, status)
        type(linear_system), intent(inout) :: a
        type(ode_state), intent(inout) :: s
        integer, intent(in) :: slot
        complex(dp), intent(in) :: shift
        integer(c_int), intent(out) :: status
        real(dp), pointer, contiguous :: mass(:, :)
        integer(i8) :: i, j, n, kl, ku
        integer(i4) :: info
        s%nlu = s%nlu + 1
        if (a%external) then
            status = external_task(s, task_factor_complex, slot, s%t, re=real(shift), im=aimag(shift), x=c_null_ptr)
            return
        end if
        n = a%n
        kl = a%lower
        ku = a%upper
        call c_f_pointer(s%mass, mass, shape(a%jac))
        if (a%inverting) then
            status = merge(sk_ok, sk_singular, &
                a%small%invert_complex(n, a%jac, mass, real(shift), aimag(shift), a%small%zinverse(:, :, :, slot)) == 0)
            return
        end if
        associate (lu => a%zlu(:, :, slot))
            if (kl < 0) then
                lu = -a%jac
                if (c_associated(s%mass)) then
                    lu = lu + shift * mass
                else
                    do i = 1, n
                        lu(i, i) = lu(i, i) + shift
                    end do
                end if
                if (n <= small) then
                    call small_factor_z(n, lu, a%zpivot(:, slot), info)
                else
                    call zgetrf(int(n, i4), int(n, i4), lu, int(n, i4), a%zpivot(:, slot), info)
                end if
            else
                do j = 1, n
                    lu(1:kl, j) = 0
                    lu(kl + 1:, j) = -a%jac(:, j)
                    if (c_associated(s%mass)) then
                        lu(kl + 1:, j) = lu(kl + 1:, j) + shift * mass(:, j)
                    else
                        lu(kl + ku + 1, j) = lu(kl + ku + 1, j) + shift
                    end if
                end do
                call zgbtrf(int(n, i4), int(n, i4), int(kl, i4), int(ku, i4), lu, size(lu, 1, i4), a%zpivot(:, slot), info)
            end if
        end associate
        status = merge(sk_ok, sk_singular, info == 0)
    end subroutine factor_complex

    subroutine solve_complex(a, s, slot, x, status)
        type(linear_system), intent(inout) :: a
        type(ode_state), intent(inout) :: s
        integer, intent(in) :: slot
        complex(dp), intent(inout), target :: x(s%ld)
        integer(c_int), intent(out) :: status
        integer(i4) :: info, n
        status = sk_ok
        if (a%inverting) then
            call a%small%apply_complex(a%n, a%small%zinverse(:, :, :, slot), c_loc(x))
            return
        end if
        n = int(min(a%n, int(huge(1_i4), i8)), i4)
        if (a%external) then
            status = external_task(s, task_solve_complex, slot, s%t, re=0.0_dp, im=0.0_dp, x=c_loc(x))
        else if (a%lower >= 0) then
            call zgbtrs('N', n, int(a%lower, i4), int(a%upper, i4), 1_i4, a%zlu(:, :, slot), size(a%zlu, 1, i4), &
                a%zpivot(:, slot), x, n, info)
        else if (n <= small) then
            call small_solve_z(a%n, a%zlu(:, :, slot), a%zpivot(:, slot), x)
        else
            call zgetrs('N', n, 1_i4, a%zlu(:, :, slot), n, a%zpivot(:, slot), x, n, info)
        end if
    end subroutine solve_complex

    !> The largest of weight(i) * sum_j |J(i, j)| / weight(j); huge if J is the caller's.
    pure function jacobian_norm(a, weight) result(norm)
        type(linear_system), intent(in) :: a
        real(dp), intent(in) :: weight(a%n)
        real(dp) :: norm, total
        integer(i8) :: i, j
        norm = huge(norm)
        if (a%external) return
        norm = 0
        do i = 1, a%n
            total = 0
            if (a%lower < 0) then
                do j = 1, a%n
                    total = total + abs(a%jac(i, j)) / weight(j)
                end do
            else
                do j = max(1_i8, i - a%lower), min(a%n, i + a%upper)
                    total = total + abs(a%jac(a%upper + 1 + i - j, j)) / weight(j)
                end do
            end if
            norm = max(norm, total * weight(i))
        end do
    end function jacobian_norm

    !> How fast errors die out: the mean of the eigenvalues weighted with themselves, which the fastest dominate, as
    !> -sum(lambda**2) / sum(lambda), both traces; 0 where they are not of damping, huge if J is the caller's.
    pure function jacobian_damping(a, direction) result(rate)
        type(linear_system), intent(in) :: a
        real(dp), intent(in) :: direction
        real(dp) :: rate, trace, squares
        integer(i8) :: i, j
        rate = huge(rate)
        if (a%external) return
        trace = 0
        squares = 0
        do j = 1, a%n
            if (a%lower < 0) then
                trace = trace + a%jac(j, j)
                do i = 1, a%n
                    squares = squares + a%jac(i, j) * a%jac(j, i)
                end do
            else
                trace = trace + a%jac(a%upper + 1, j)
                do i = max(1_i8, j - min(a%lower, a%upper)), min(a%n, j + min(a%lower, a%upper))
                    squares = squares + a%jac(a%upper + 1 + i - j, j) * a%jac(a%upper + 1 + j - i, i)
                end do
            end if
        end do
        trace = -trace * direction
        rate = 0
        if (trace > 0 .and. squares > 0) rate = squares / trace
    end function jacobian_damping

    !> y = M x, for any M that the state may carry.
    subroutine mass_times(s, x, y)
        type(ode_state), intent(in) :: s
        real(dp), intent(in) :: x(s%ld)
        real(dp), intent(inout) :: y(s%ld)
        real(dp), pointer, contiguous :: mass(:, :)
        integer(i8) :: j, first, last
        if (.not. c_associated(s%mass)) then
            y = x
            return
        end if
        y = 0
        if (s%lower < 0) then
            call c_f_pointer(s%mass, mass, [s%n, s%n])
            do j = 1, s%n
                y(1:s%n) = y(1:s%n) + mass(:, j) * x(j)
            end do
        else
            call c_f_pointer(s%mass, mass, [s%lower + s%upper + 1, s%n])
            do j = 1, s%n
                first = max(1_i8, j - s%upper)
                last = min(s%n, j + s%lower)
                y(first:last) = y(first:last) + mass(s%upper + 1 + first - j:s%upper + 1 + last - j, j) * x(j)
            end do
        end if
    end subroutine mass_times

    function external_task(s, task, slot, t, y, f, re, im, x) result(status)
        type(ode_state), intent(in) :: s
        integer(c_int), intent(in) :: task
        integer, intent(in) :: slot
        real(dp), intent(in) :: t, re, im
        real(dp), intent(in), target, optional :: y(s%ld), f(s%ld)
        type(c_ptr), intent(in) :: x
        integer(c_int) :: status
        procedure(linear_interface), pointer :: linear
        type(c_ptr) :: y_address, f_address
        call c_f_procpointer(s%linear, linear)
        y_address = c_null_ptr
        f_address = c_null_ptr
        if (present(y)) y_address = c_loc(y)
        if (present(f)) f_address = c_loc(f)
        status = linear(task, int(slot, c_int), seen_time(s, t), y_address, f_address, re, im, x, s%linear_data)
        if (status /= sk_ok .and. status /= sk_singular) status = sk_callback
    end function external_task

end module sk_integrate_linear

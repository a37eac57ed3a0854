!> out = y + h * (linear combination of stages), the arithmetic of every Runge-Kutta step.
subroutine sk_rk_combine(n, ld, n_terms, column, weight, k, y, h, out) &
    bind(c, name="sk_rk_combine"//SK_ISA_SUFFIX)
    use sk_kinds, only: dp, i4, i8
    implicit none
    integer(i8), value :: n, ld
    integer(i4), value :: n_terms
    integer(i4), intent(in) :: column(n_terms)
    real(dp), intent(in) :: weight(n_terms), k(ld, *)
    real(dp), intent(in), optional :: y(ld)
    real(dp), value :: h
    real(dp), intent(out) :: out(ld)
    integer, parameter :: lanes = 8
    real(dp) :: total(lanes), pair(2), w
    integer(i8) :: i
    integer :: j

    if (n < lanes) then
        ! In pairs, the newest stage (the last term) apart and last: all else is ready while that one is being
        ! computed, and no vector load has to wait for what was stored value by value a moment ago.
        do i = 1, n, 2
            pair = 0
            do j = 1, n_terms - 1
                pair = pair + weight(j) * k(i:i + 1, column(j))
            end do
            pair = h * pair
            if (present(y)) pair = y(i:i + 1) + pair
            w = h * weight(n_terms)
            out(i) = pair(1) + w * k(i, column(n_terms))
            out(i + 1) = pair(2) + w * k(i + 1, column(n_terms))
        end do
        return
    end if
    do i = 0, ld - lanes, lanes
        total = weight(1) * k(i + 1:i + lanes, column(1))
        do j = 2, n_terms
            total = total + weight(j) * k(i + 1:i + lanes, column(j))
        end do
        if (present(y)) then
            out(i + 1:i + lanes) = y(i + 1:i + lanes) + h * total
        else
            out(i + 1:i + lanes) = h * total
        end if
    end do
end subroutine sk_rk_combine

!> Formulas on the Nordsieck array: BDF of orders 1 to 5 with fixed leading coefficient, Adams-Moulton of orders 1 to 12
!> with the coefficients of constant steps (the array is interpolated to each new step size).
!>
!> The array holds z_j = h**j y^(j) / j!. A step predicts with z's polynomial and corrects by e * l(x), x = (t - t_n) / h,
!> e the correction of y. With xi_i = (t_n - t_(n-i)) / h,
!>   BDF    l(x) = (1 + x / xi*) prod_(i < q) (1 + x / xi_i), where 1 / xi* makes l_1 = 1 + 1/2 + ... + 1/q;
!>   Adams  l(x) = int_-1^x m(u) du / int_-1^0 m(u) du, m(u) = prod_(i < q) (1 + u / xi_i).
!> G. D. Byrne, A. C. Hindmarsh, ACM Trans. Math. Softw. 1 (1975) 71-96, doi:10.1145/355626.355636;
!> K. R. Jackson, R. Sacks-Davis, ACM Trans. Math. Softw. 6 (1980) 295-318, doi:10.1145/355900.355903;
!> P. N. Brown, G. D. Byrne, A. C. Hindmarsh, SIAM J. Sci. Stat. Comput. 10 (1989) 1038-1051, doi:10.1137/0910062.
module sk_integrate_nordsieck_formulas
    use sk_kinds, only: dp
    implicit none
    private
    public :: formula, set_formula, lowering, raising
    public :: max_adams, max_bdf, max_order, stable

    integer, parameter :: max_adams = 12, max_bdf = 5, max_order = 12

    !> h times the Lipschitz constant up to which Adams methods of orders 1 to 12 are stable (Petzold).
    real(dp), parameter :: stable(max_adams) = [0.5_dp, 0.575_dp, 0.55_dp, 0.45_dp, 0.35_dp, 0.25_dp, 0.2_dp, 0.15_dp, &
        0.1_dp, 0.075_dp, 0.05_dp, 0.025_dp]

    integer, private :: k_
    real(dp), parameter :: reciprocal(max_order + 2) = [(1.0_dp / k_, k_=1, max_order + 2)]
    real(dp), parameter :: alternating(0:max_order) = [(1.0_dp - 2 * mod(k_, 2), k_=0, max_order)]

    !> One step's formula. The error of the step is error * |e|, that of the order below error_down * |z_q|, and that of
    !> the order above error_up * |e - c e_old|, c the quotient of `quotient`s times (h / h_old)**(q + 1).
    type :: formula
        real(dp) :: l(0:max_order)
        real(dp) :: error, error_down, error_up, quotient
    end type formula

contains

    !> The formula of order q for a step of size h; past(1), past(2), ... are the sizes of the steps before it.
    !> error_down and error_up are set if `neighbours`.
    pure subroutine set_formula(bdf, q, h, past, neighbours, f)
        logical, intent(in) :: bdf, neighbours
        integer, intent(in) :: q
        real(dp), intent(in) :: h, past(max_order + 1)
        type(formula), intent(inout) :: f
        real(dp) :: inverse(max_order + 1), reach ! 1 / xi_i
        integer :: i
        inverse(1) = 1
        reach = h
        do i = 2, merge(q + 1, q, neighbours)
            reach = reach + past(i - 1)
            inverse(i) = h / reach
        end do
        if (bdf) then
            call set_bdf(q, inverse, neighbours, f)
        else
            call set_adams(q, inverse, neighbours, f)
        end if
    end subroutine set_formula

    pure subroutine set_bdf(q, inverse, neighbours, f)
        integer, intent(in) :: q
        real(dp), intent(in) :: inverse(max_order + 1)
        logical, intent(in) :: neighbours
        type(formula), intent(inout) :: f
        real(dp) :: harmonic, spread, star, a1, a2, l1, l2, l3, l4, l5, factor
        integer :: i
        harmonic = sum(reciprocal(1:q))
        spread = sum(inverse(1:q - 1))
        star = harmonic - spread
        ! the product in registers: through memory every factor would wait for the one before it
        l1 = 0
        l2 = 0
        l3 = 0
        l4 = 0
        l5 = 0
        do i = 1, q
            factor = inverse(i)
            if (i == q) factor = star
            l5 = l5 + l4 * factor
            l4 = l4 + l3 * factor
            l3 = l3 + l2 * factor
            l2 = l2 + l1 * factor
            l1 = l1 + factor
        end do
        f%l(0:max_bdf) = [1.0_dp, l1, l2, l3, l4, l5]
        spread = spread + inverse(q)
        a1 = 1 + spread - harmonic
        a2 = 1 + q * a1
        f%error = abs(a1 / (harmonic * a2))
        f%quotient = abs(a2 * star / (f%l(q) * inverse(q)))
        if (.not. neighbours) return
        f%error_down = 1
        if (q > 1) f%error_down = abs(star / f%l(q) * (a1 - inverse(q) + 1.0_dp / q) / (harmonic - 1.0_dp / q))
        harmonic = harmonic + 1.0_dp / (q + 1)
        spread = spread + inverse(q + 1)
        f%error_up = abs((1 + spread - harmonic) / (a2 * inverse(q + 1) * (q + 2) * harmonic))
    end subroutine set_bdf

    pure subroutine set_adams(q, inverse, neighbours, f)
        integer, intent(in) :: q
        real(dp), intent(in) :: inverse(max_order + 1)
        logical, intent(in) :: neighbours
        type(formula), intent(inout) :: f
        real(dp) :: m(0:max_order), over_whole
        integer :: i
        m(0) = 1
        f%error_down = 1
        do i = 1, q - 1
            if (neighbours .and. i == q - 1) f%error_down = q * moment(m, q - 2, 2) / m(q - 2)
            call multiply(m, i, inverse(i))
        end do
        over_whole = 1 / moment(m, q - 1, 1)
        f%l(0) = 1
        do i = 1, q
            f%l(i) = m(i - 1) * (reciprocal(i) * over_whole)
        end do
        if (q == 1) then
            f%error = 0.5_dp
            f%quotient = 1
            f%error_up = 1 / 12.0_dp
            return
        end if
        f%error = moment(m, q - 1, 2) * over_whole * inverse(q)
        f%quotient = 1 / (inverse(q) * f%l(q))
        if (.not. neighbours) return
        call multiply(m, q, inverse(q))
        f%error_up = moment(m, q, 2) * over_whole * reciprocal(q + 1)
    end subroutine set_adams

    !> A polynomial of degree < n times (1 + c x).
    pure subroutine multiply(p, n, c)
        real(dp), intent(inout) :: p(0:max_order)
        integer, intent(in) :: n
        real(dp), intent(in) :: c
        integer :: i
        p(n) = 0
        do i = n, 1, -1
            p(i) = p(i) + p(i - 1) * c
        end do
    end subroutine multiply

    !> The integral from -1 to 0 of (-u)**(k - 1) p(u), p of degree n.
    pure function moment(p, n, k) result(total)
        real(dp), intent(in) :: p(0:max_order)
        integer, intent(in) :: n, k
        real(dp) :: total
        integer :: i
        total = 0
        do i = 0, n
            total = total + alternating(i) * p(i) * reciprocal(i + k)
        end do
    end function moment

    !> BDF of order q to q - 1: z_j - d_j z_q, j = 2 to q - 1, keeps y at t_n and before, and y' at t_n, by
    !> d = x**2 prod (x + xi_i), i = 1 to q - 2.
    pure subroutine lowering(q, h, past, d)
        integer, intent(in) :: q
        real(dp), intent(in) :: h, past(max_order + 1)
        real(dp), intent(out) :: d(0:max_order)
        real(dp) :: reach
        integer :: i
        d = 0
        d(2) = 1
        reach = 0
        do i = 1, q - 2
            reach = reach + past(i)
            call times_shift(d, 2 + i, reach / h)
        end do
    end subroutine lowering

    !> BDF of order q to q + 1: z_(q+1) = scale * e, and z_j + d_j z_(q+1) for j = 2 to q, e the last correction.
    pure subroutine raising(q, h, past, d, scale)
        integer, intent(in) :: q
        real(dp), intent(in) :: h, past(max_order + 1)
        real(dp), intent(out) :: d(0:max_order), scale
        real(dp) :: reach, product, harmonic, spread, xi
        integer :: i
        d = 0
        d(2) = 1
        reach = h
        product = 1
        harmonic = 1
        spread = 1
        xi = 1
        do i = 1, q - 1
            call times_shift(d, i + 2, xi)
            reach = reach + past(i + 1)
            xi = reach / h
            product = product * xi
            harmonic = harmonic + 1.0_dp / (i + 1)
            spread = spread + 1 / xi
        end do
        scale = (harmonic - spread) / product
    end subroutine raising

    !> A polynomial of degree n - 1 times (x + c).
    pure subroutine times_shift(p, n, c)
        real(dp), intent(inout) :: p(0:max_order)
        integer, intent(in) :: n
        real(dp), intent(in) :: c
        integer :: i
        do i = n, 1, -1
            p(i) = p(i) * c + p(i - 1)
        end do
        p(0) = p(0) * c
    end subroutine times_shift

end module sk_integrate_nordsieck_formulas

!> The BLAS and LAPACK procedures that the Fortran kernels call: the one place that knows the library's symbol names.
!> SK_BLAS_PREFIX is 'scipy_' for the library of scipy-openblas32 and '' for a system LAPACK. Integers are 32-bit (LP64);
!> callers guard their sizes. Hidden lengths of character arguments are not passed, as C callers do not.
module sk_lapack
    use, intrinsic :: iso_c_binding, only: c_char
    use sk_kinds, only: dp, i4
    implicit none
    private
    public :: dgemm, zgemm, dgesv, zgesv, dgetrf, zgetrf, dgetrs, zgetrs, dgbtrf, zgbtrf, dgbtrs, zgbtrs

    interface
        subroutine dgemm(transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) &
            bind(c, name=SK_BLAS_PREFIX//"dgemm_")
            import :: c_char, dp, i4
            character(kind=c_char, len=1), intent(in) :: transa, transb
            integer(i4), intent(in) :: m, n, k, lda, ldb, ldc
            real(dp), intent(in) :: alpha, beta, a(lda, *), b(ldb, *)
            real(dp), intent(inout) :: c(ldc, *)
        end subroutine dgemm

        subroutine zgemm(transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) &
            bind(c, name=SK_BLAS_PREFIX//"zgemm_")
            import :: c_char, dp, i4
            character(kind=c_char, len=1), intent(in) :: transa, transb
            integer(i4), intent(in) :: m, n, k, lda, ldb, ldc
            complex(dp), intent(in) :: alpha, beta, a(lda, *), b(ldb, *)
            complex(dp), intent(inout) :: c(ldc, *)
        end subroutine zgemm

        subroutine dgesv(n, nrhs, a, lda, ipiv, b, ldb, info) bind(c, name=SK_BLAS_PREFIX//"dgesv_")
            import :: dp, i4
            integer(i4), intent(in) :: n, nrhs, lda, ldb
            real(dp), intent(inout) :: a(lda, *), b(ldb, *)
            integer(i4), intent(out) :: ipiv(*), info
        end subroutine dgesv

        subroutine zgesv(n, nrhs, a, lda, ipiv, b, ldb, info) bind(c, name=SK_BLAS_PREFIX//"zgesv_")
            import :: dp, i4
            integer(i4), intent(in) :: n, nrhs, lda, ldb
            complex(dp), intent(inout) :: a(lda, *), b(ldb, *)
            integer(i4), intent(out) :: ipiv(*), info
        end subroutine zgesv

        subroutine dgetrf(m, n, a, lda, ipiv, info) bind(c, name=SK_BLAS_PREFIX//"dgetrf_")
            import :: dp, i4
            integer(i4), intent(in) :: m, n, lda
            real(dp), intent(inout) :: a(lda, *)
            integer(i4), intent(out) :: ipiv(*), info
        end subroutine dgetrf

        subroutine dgetrs(trans, n, nrhs, a, lda, ipiv, b, ldb, info) bind(c, name=SK_BLAS_PREFIX//"dgetrs_")
            import :: c_char, dp, i4
            character(kind=c_char, len=1), intent(in) :: trans
            integer(i4), intent(in) :: n, nrhs, lda, ldb, ipiv(*)
            real(dp), intent(in) :: a(lda, *)
            real(dp), intent(inout) :: b(ldb, *)
            integer(i4), intent(out) :: info
        end subroutine dgetrs

        subroutine dgbtrf(m, n, kl, ku, ab, ldab, ipiv, info) bind(c, name=SK_BLAS_PREFIX//"dgbtrf_")
            import :: dp, i4
            integer(i4), intent(in) :: m, n, kl, ku, ldab
            real(dp), intent(inout) :: ab(ldab, *)
            integer(i4), intent(out) :: ipiv(*), info
        end subroutine dgbtrf

        subroutine dgbtrs(trans, n, kl, ku, nrhs, ab, ldab, ipiv, b, ldb, info) &
            bind(c, name=SK_BLAS_PREFIX//"dgbtrs_")
            import :: c_char, dp, i4
            character(kind=c_char, len=1), intent(in) :: trans
            integer(i4), intent(in) :: n, kl, ku, nrhs, ldab, ldb, ipiv(*)
            real(dp), intent(in) :: ab(ldab, *)
            real(dp), intent(inout) :: b(ldb, *)
            integer(i4), intent(out) :: info
        end subroutine dgbtrs

        subroutine zgetrf(m, n, a, lda, ipiv, info) bind(c, name=SK_BLAS_PREFIX//"zgetrf_")
            import :: dp, i4
            integer(i4), intent(in) :: m, n, lda
            complex(dp), intent(inout) :: a(lda, *)
            integer(i4), intent(out) :: ipiv(*), info
        end subroutine zgetrf

        subroutine zgetrs(trans, n, nrhs, a, lda, ipiv, b, ldb, info) bind(c, name=SK_BLAS_PREFIX//"zgetrs_")
            import :: c_char, dp, i4
            character(kind=c_char, len=1), intent(in) :: trans
            integer(i4), intent(in) :: n, nrhs, lda, ldb, ipiv(*)
            complex(dp), intent(in) :: a(lda, *)
            complex(dp), intent(inout) :: b(ldb, *)
            integer(i4), intent(out) :: info
        end subroutine zgetrs

        subroutine zgbtrf(m, n, kl, ku, ab, ldab, ipiv, info) bind(c, name=SK_BLAS_PREFIX//"zgbtrf_")
            import :: dp, i4
            integer(i4), intent(in) :: m, n, kl, ku, ldab
            complex(dp), intent(inout) :: ab(ldab, *)
            integer(i4), intent(out) :: ipiv(*), info
        end subroutine zgbtrf

        subroutine zgbtrs(trans, n, kl, ku, nrhs, ab, ldab, ipiv, b, ldb, info) &
            bind(c, name=SK_BLAS_PREFIX//"zgbtrs_")
            import :: c_char, dp, i4
            character(kind=c_char, len=1), intent(in) :: trans
            integer(i4), intent(in) :: n, kl, ku, nrhs, ldab, ldb, ipiv(*)
            complex(dp), intent(in) :: ab(ldab, *)
            complex(dp), intent(inout) :: b(ldb, *)
            integer(i4), intent(out) :: info
        end subroutine zgbtrs
    end interface
end module sk_lapack

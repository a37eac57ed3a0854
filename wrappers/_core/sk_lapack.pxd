"""The LAPACK procedures that Cython modules call; sk_lapack.h knows the symbols."""

cdef extern from "sk_lapack.h" nogil:
    void sgetrf "SK_LAPACK(sgetrf)" (int *m, int *n, float *a, int *lda, int *ipiv, int *info)
    void sgetri "SK_LAPACK(sgetri)" (int *n, float *a, int *lda, int *ipiv, float *work, int *lwork, int *info)
    void sgetrs "SK_LAPACK(sgetrs)" (char *trans, int *n, int *nrhs, float *a, int *lda, int *ipiv, float *b, int *ldb, int *info)
    void spotrf "SK_LAPACK(spotrf)" (char *uplo, int *n, float *a, int *lda, int *info)
    void spotrs "SK_LAPACK(spotrs)" (char *uplo, int *n, int *nrhs, float *a, int *lda, float *b, int *ldb, int *info)
    void sgecon "SK_LAPACK(sgecon)" (char *norm, int *n, float *a, int *lda, float *anorm, float *rcond, float *work, int *iwork, int *info)
    void ssyevd "SK_LAPACK(ssyevd)" (char *jobz, char *uplo, int *n, float *a, int *lda, float *w, float *work, int *lwork, int *iwork,
               int *liwork, int *info)
    void dgetrf "SK_LAPACK(dgetrf)" (int *m, int *n, double *a, int *lda, int *ipiv, int *info)
    void dgetri "SK_LAPACK(dgetri)" (int *n, double *a, int *lda, int *ipiv, double *work, int *lwork, int *info)
    void dgetrs "SK_LAPACK(dgetrs)" (char *trans, int *n, int *nrhs, double *a, int *lda, int *ipiv, double *b, int *ldb, int *info)
    void dpotrf "SK_LAPACK(dpotrf)" (char *uplo, int *n, double *a, int *lda, int *info)
    void dpotrs "SK_LAPACK(dpotrs)" (char *uplo, int *n, int *nrhs, double *a, int *lda, double *b, int *ldb, int *info)
    void dgecon "SK_LAPACK(dgecon)" (char *norm, int *n, double *a, int *lda, double *anorm, double *rcond, double *work, int *iwork, int *info)
    void dsyevd "SK_LAPACK(dsyevd)" (char *jobz, char *uplo, int *n, double *a, int *lda, double *w, double *work, int *lwork, int *iwork,
               int *liwork, int *info)
    void cgetrf "SK_LAPACK(cgetrf)" (int *m, int *n, float complex *a, int *lda, int *ipiv, int *info)
    void cgetri "SK_LAPACK(cgetri)" (int *n, float complex *a, int *lda, int *ipiv, float complex *work, int *lwork, int *info)
    void cgetrs "SK_LAPACK(cgetrs)" (char *trans, int *n, int *nrhs, float complex *a, int *lda, int *ipiv, float complex *b, int *ldb, int *info)
    void cpotrf "SK_LAPACK(cpotrf)" (char *uplo, int *n, float complex *a, int *lda, int *info)
    void cpotrs "SK_LAPACK(cpotrs)" (char *uplo, int *n, int *nrhs, float complex *a, int *lda, float complex *b, int *ldb, int *info)
    void cgecon "SK_LAPACK(cgecon)" (char *norm, int *n, float complex *a, int *lda, float *anorm, float *rcond, float complex *work, float *rwork, int *info)
    void cheevd "SK_LAPACK(cheevd)" (char *jobz, char *uplo, int *n, float complex *a, int *lda, float *w, float complex *work, int *lwork,
               float *rwork, int *lrwork, int *iwork, int *liwork, int *info)
    void zgetrf "SK_LAPACK(zgetrf)" (int *m, int *n, double complex *a, int *lda, int *ipiv, int *info)
    void zgetri "SK_LAPACK(zgetri)" (int *n, double complex *a, int *lda, int *ipiv, double complex *work, int *lwork, int *info)
    void zgetrs "SK_LAPACK(zgetrs)" (char *trans, int *n, int *nrhs, double complex *a, int *lda, int *ipiv, double complex *b, int *ldb, int *info)
    void zpotrf "SK_LAPACK(zpotrf)" (char *uplo, int *n, double complex *a, int *lda, int *info)
    void zpotrs "SK_LAPACK(zpotrs)" (char *uplo, int *n, int *nrhs, double complex *a, int *lda, double complex *b, int *ldb, int *info)
    void zgecon "SK_LAPACK(zgecon)" (char *norm, int *n, double complex *a, int *lda, double *anorm, double *rcond, double complex *work, double *rwork, int *info)
    void zheevd "SK_LAPACK(zheevd)" (char *jobz, char *uplo, int *n, double complex *a, int *lda, double *w, double complex *work, int *lwork,
               double *rwork, int *lrwork, int *iwork, int *liwork, int *info)

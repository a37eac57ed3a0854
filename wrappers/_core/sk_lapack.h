/* The LAPACK procedures that Cython modules call: the one C header that knows the library's symbol names.
 * SK_BLAS_PREFIX is scipy_ for the library of scipy-openblas32 and empty for a system LAPACK. Integers are 32-bit. */
#ifndef SK_LAPACK_H
#define SK_LAPACK_H

#include <complex.h>

#define SK_LAPACK_JOIN_(prefix, name) prefix##name##_
#define SK_LAPACK_JOIN(prefix, name) SK_LAPACK_JOIN_(prefix, name)
#define SK_LAPACK(name) SK_LAPACK_JOIN(SK_BLAS_PREFIX, name)

/* One prototype for each of the four types; R is the real type, T the matrix's. */
#define SK_LAPACK_GENERAL(c, R, T)                                                                                 \
    void SK_LAPACK(c##getrf)(int *m, int *n, T *a, int *lda, int *ipiv, int *info);                                \
    void SK_LAPACK(c##getri)(int *n, T *a, int *lda, int *ipiv, T *work, int *lwork, int *info);                   \
    void SK_LAPACK(c##getrs)(char *trans, int *n, int *nrhs, T *a, int *lda, int *ipiv, T *b, int *ldb, int *info); \
    void SK_LAPACK(c##potrf)(char *uplo, int *n, T *a, int *lda, int *info);                                       \
    void SK_LAPACK(c##potrs)(char *uplo, int *n, int *nrhs, T *a, int *lda, T *b, int *ldb, int *info)
#define SK_LAPACK_REAL(c, T)                                                                                       \
    void SK_LAPACK(c##gecon)(char *norm, int *n, T *a, int *lda, T *anorm, T *rcond, T *work, int *iwork, int *info); \
    void SK_LAPACK(c##syevd)(char *jobz, char *uplo, int *n, T *a, int *lda, T *w, T *work, int *lwork, int *iwork, \
                             int *liwork, int *info)
#define SK_LAPACK_COMPLEX(c, R, T)                                                                                 \
    void SK_LAPACK(c##gecon)(char *norm, int *n, T *a, int *lda, R *anorm, R *rcond, T *work, R *rwork, int *info); \
    void SK_LAPACK(c##heevd)(char *jobz, char *uplo, int *n, T *a, int *lda, R *w, T *work, int *lwork, R *rwork,   \
                             int *lrwork, int *iwork, int *liwork, int *info)

SK_LAPACK_GENERAL(s, float, float);
SK_LAPACK_GENERAL(d, double, double);
SK_LAPACK_GENERAL(c, float, float complex);
SK_LAPACK_GENERAL(z, double, double complex);
SK_LAPACK_REAL(s, float);
SK_LAPACK_REAL(d, double);
SK_LAPACK_COMPLEX(c, float, float complex);
SK_LAPACK_COMPLEX(z, double, double complex);

#endif

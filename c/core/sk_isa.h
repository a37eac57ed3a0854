/* Which build of a hot kernel runs on this processor.
 *
 * A hot kernel's file is compiled once per instruction-set level with SK_ISA set to base, v3 or v4.
 * It names its functions with SK_NAME(f), which gives f_base, f_v3 or f_v4. A caller declares them
 * with SK_DECLARE and calls SK_PICK(f)(...).
 *
 * The level is the highest that both the build and the processor have; the environment variable
 * SCIKIT_ISA (base, v3 or v4), read when the library is loaded, lowers it.
 */
#ifndef SK_ISA_H
#define SK_ISA_H

enum sk_isa_level { SK_ISA_LEVEL_BASE = 0, SK_ISA_LEVEL_V3 = 3, SK_ISA_LEVEL_V4 = 4 };

/* The level in force; constant after the library has been loaded. */
int sk_isa_level(void);
/* The highest level that this build and this processor have, whatever SCIKIT_ISA says. */
int sk_isa_best(void);

#define SK_JOIN_(a, b) a##_##b
#define SK_JOIN(a, b) SK_JOIN_(a, b)
#ifdef SK_ISA
#define SK_NAME(f) SK_JOIN(f, SK_ISA)
#endif

/* Bytes of the widest vector of the level that a file is compiled for. */
#if defined(__AVX512F__)
#define SK_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define SK_VECTOR_BYTES 32
#else
#define SK_VECTOR_BYTES 16
#endif

#ifdef SK_HAVE_ISA_V3
#define SK_IF_V3(x, y) x
#else
#define SK_IF_V3(x, y) y
#endif
#ifdef SK_HAVE_ISA_V4
#define SK_IF_V4(x, y) x
#else
#define SK_IF_V4(x, y) y
#endif

#define SK_DECLARE(type, f, params) type f##_base params; type f##_v3 params; type f##_v4 params
#define SK_PICK(f)                                                                   \
    (sk_isa_level() >= SK_ISA_LEVEL_V4 ? SK_IF_V4(f##_v4, SK_IF_V3(f##_v3, f##_base)) \
     : sk_isa_level() >= SK_ISA_LEVEL_V3 ? SK_IF_V3(f##_v3, f##_base)                 \
                                         : f##_base)

#endif

#include "sk_isa.h"

#include <stdlib.h>
#include <string.h>

static int best = SK_ISA_LEVEL_BASE;
static int level = SK_ISA_LEVEL_BASE;

static int detect(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi")
             && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
    int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
             && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq")
             && __builtin_cpu_supports("avx512vl");
    (void)v4;
    return v4 ? SK_IF_V4(SK_ISA_LEVEL_V4, SK_IF_V3(SK_ISA_LEVEL_V3, SK_ISA_LEVEL_BASE))
         : v3 ? SK_IF_V3(SK_ISA_LEVEL_V3, SK_ISA_LEVEL_BASE)
              : SK_ISA_LEVEL_BASE;
#else
    return SK_ISA_LEVEL_BASE;
#endif
}

/* Written once, before any thread can call a kernel. An unknown name is reported by the Python side. */
__attribute__((constructor)) static void choose(void)
{
    best = level = detect();
    const char *wish = getenv("SCIKIT_ISA");
    if (!wish)
        return;
    int wanted = strcmp(wish, "base") == 0 ? SK_ISA_LEVEL_BASE
                 : strcmp(wish, "v3") == 0 ? SK_ISA_LEVEL_V3
                                           : SK_ISA_LEVEL_V4;
    if (wanted < level)
        level = wanted;
}

int sk_isa_level(void) { return level; }
int sk_isa_best(void) { return best; }

/* Vector lanes of one type, for the bodies that are included once a type: REAL, its MASK integer, LETTER. */
#define NAME(f) SK_JOIN(f, LETTER)
#define LANES ((int)(LANES_BYTES / sizeof(REAL)))
#define VEC NAME(vec)
#define IVEC NAME(ivec)

typedef REAL VEC __attribute__((vector_size(LANES_BYTES)));
typedef MASK IVEC __attribute__((vector_size(LANES_BYTES)));

INLINE VEC NAME(select)(IVEC mask, VEC a, VEC b) { return (VEC)(((IVEC)a & mask) | ((IVEC)b & ~mask)); }
INLINE VEC NAME(magnitude)(VEC a) { return NAME(select)(a < 0, -a, a); }

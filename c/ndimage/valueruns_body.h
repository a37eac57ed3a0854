/* Runs of values of one type T; OF(name) names the functions, EQUAL(a, b) compares 64 of them. */

/* Which of up to 64 voxels from place a on equal those from place b on; what lies outside the image does not. */
static inline uint64_t OF(equal)(const value_job *job, int64_t a, int64_t b)
{
    const T *image = job->image;
    const int64_t low = a < b ? a : b, high = a < b ? b : a;
    if (low >= 0 && high + 64 <= job->size)
        return EQUAL(image + a, image + b);
    uint64_t word = 0;
    for (int64_t i = low < 0 ? -low : 0; i < 64 && high + i < job->size; i++)
        word |= (uint64_t)(image[a + i] == image[b + i]) << i;
    return word;
}

/* Which of up to 64 voxels are 0. */
static inline uint64_t OF(clear)(const value_job *job, int64_t a)
{
    static const T zeros[64];
    const T *image = job->image;
    if (a + 64 <= job->size)
        return EQUAL(image + a, zeros);
    uint64_t word = 0;
    for (int64_t i = 0; a + i < job->size; i++)
        word |= (uint64_t)(image[a + i] == 0) << i;
    return word;
}

/* The words of row r, whose runs come after n others; returns how many there are with them. */
static int64_t OF(scan_row)(const value_job *job, int64_t r, int64_t n)
{
    const int64_t nx = job->g->nx;
    sk_valueword *word = job->word + r * job->words;
    for (int64_t at = 0; at < nx; at += 64, word++) {
        uint64_t differs = ~UINT64_C(0);
        if (job->nb->along_x)
            differs = ~OF(equal)(job, r * nx + at, r * nx + at - 1) | (at == 0);
        if (nx - at < 64)
            differs &= ~(~UINT64_C(0) << (nx - at));
        word->differs = differs;
        word->starts = differs ? differs & ~OF(clear)(job, r * nx + at) : 0;
        word->before = n - 1;
        n += __builtin_popcountll(word->starts);
    }
    return n;
}

/* Neighbours on one side only, voxel by voxel. */
static void OF(join_aside)(const value_job *job, int64_t r, int64_t s, int64_t dx)
{
    const int64_t nx = job->g->nx;
    const T *a = (const T *)job->image + r * nx, *b = (const T *)job->image + s * nx + dx;
    const sk_valueword *wa = job->word + r * job->words, *wb = job->word + s * job->words;
    for (int64_t x = dx < 0; x < nx - (dx > 0); x++)
        if (a[x] && a[x] == b[x])
            sk_join_roots(job->label, run_at(wa + x / 64, (int)(x % 64)),
                          run_at(wb + (x + dx) / 64, (int)((x + dx) % 64)));
}

/* Joins voxels with those at the same x: where one of the runs starts. Puts into same[k] which equal. */
static ALWAYS_INLINE void OF(join_level)(const value_job *job, const sk_valueword *a, int64_t place, uint64_t any,
                                         uint64_t *same, int64_t shared)
{
    for (int64_t p = 0; p < job->present; p++) {
        const int64_t k = job->near[p].k;
        const sk_valueword *b = a - job->near[p].back * job->words;
        const uint64_t open = ~closed(same, job->near[p].rule->level, shared);
        uint64_t equal = 0;
        if ((any & open) && !is_aside(job->nb, k))
            equal = OF(equal)(job, place, place - job->near[p].back * job->g->nx);
        if (k < SHARED)
            same[k] = equal;
        for (uint64_t meet = equal & open & (a->starts | b->starts); meet; meet &= meet - 1) {
            const int x = __builtin_ctzll(meet);
            sk_join_roots(job->label, run_at(a, x), run_at(b, x));
        }
    }
}

/* Joins voxels with those at x - 1, and those at x - 1 with those at x, where both rows change at x: `inner` has the
 * bits of voxels that have one before them, last[k] whether the last voxels of the word before are the same. */
static ALWAYS_INLINE void OF(join_corners)(const value_job *job, const sk_valueword *a, int64_t place,
                                           uint64_t inner, const uint64_t *same, const uint64_t *last, int64_t shared)
{
    uint64_t left[SHARED], right[SHARED], before[SHARED], some = 0;
    for (int64_t m = 0; m < shared; m++) {
        before[m] = same[m] << 1 | last[m];
        left[m] = right[m] = 0;
    }
    for (int64_t p = 0; p < job->present; p++) {
        const near_row *near = job->near + p;
        const sk_valueword *b = a - near->back * job->words;
        some |= near->left & a->starts & b->differs & ~closed(same, near->rule->left, shared);
        some |= near->right & b->starts & a->differs & ~closed(before, near->rule->right, shared);
    }
    if (!(some & inner))
        return;
    for (int64_t p = 0; p < job->present; p++) {
        const near_row *near = job->near + p;
        const int64_t k = near->k, there = place - near->back * job->g->nx;
        const sk_valueword *b = a - near->back * job->words;
        uint64_t meet = near->left & a->starts & b->differs & inner & ~closed(same, near->rule->left, shared) &
                        ~closed(left, near->rule->level, shared);
        if (meet) {
            meet &= OF(equal)(job, place, there - 1);
            if (k < SHARED)
                left[k] = meet;
        }
        for (; meet; meet &= meet - 1) {
            const int x = __builtin_ctzll(meet);
            sk_join_roots(job->label, run_at(a, x), run_before(b, x));
        }
        meet = near->right & b->starts & a->differs & inner & ~closed(before, near->rule->right, shared) &
               ~closed(right, near->rule->level, shared);
        if (meet) {
            meet &= OF(equal)(job, place - 1, there);
            if (k < SHARED)
                right[k] = meet;
        }
        for (; meet; meet &= meet - 1) {
            const int x = __builtin_ctzll(meet);
            sk_join_roots(job->label, run_before(a, x), run_at(b, x));
        }
    }
}

/* Joins the runs of row r with those of the earlier rows in `near`, but for neighbours on one side only. */
static ALWAYS_INLINE void OF(join_words)(const value_job *job, int64_t r, int64_t shared)
{
    uint64_t same[SHARED], last[SHARED];
    for (int64_t m = 0; m < shared; m++)
        same[m] = last[m] = 0;
    for (int64_t w = 0; w < job->words; w++) {
        const sk_valueword *a = job->word + r * job->words + w;
        const int64_t place = r * job->g->nx + 64 * w;
        const uint64_t inner = w ? ~UINT64_C(0) : ~UINT64_C(1);
        uint64_t any = a->starts, around = 0;
        for (int64_t p = 0; p < job->present; p++) {
            const sk_valueword *b = a - job->near[p].back * job->words;
            any |= b->starts;
            around |= b->differs;
        }
        if (any) {
            OF(join_level)(job, a, place, any, same, shared);
            if (a->differs & around & inner)
                OF(join_corners)(job, a, place, inner, same, last, shared);
        }
        for (int64_t m = 0; m < shared; m++)
            last[m] = any ? same[m] >> 63 : 0;
    }
}

static void OF(join_row)(const value_job *job, int64_t r)
{
    if (job->shared <= 4) /* in three dimensions: short loops of known length */
        OF(join_words)(job, r, 4);
    else
        OF(join_words)(job, r, job->shared);
    for (int64_t p = 0; p < job->present; p++)
        if (is_aside(job->nb, job->near[p].k))
            OF(join_aside)(job, r, r - job->near[p].back, job->nb->lo[job->near[p].k]);
}

#undef T
#undef OF
#undef EQUAL

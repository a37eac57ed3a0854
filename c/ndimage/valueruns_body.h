/* Runs of values of one type T; OF(name) names the functions. */

/* The first two rows of bits of a row; returns how many runs start. */
static int64_t OF(row_ends)(const T *row, int64_t nx, int single, uint64_t *differs, uint64_t *starts)
{
    int64_t n = 0;
    for (int64_t at = 0; at < nx; at += 64) {
        const int64_t count = nx - at < 64 ? nx - at : 64;
        uint8_t change[64], set[64];
        if (count < 64) {
            memset(change, 0, sizeof change);
            memset(set, 0, sizeof set);
        }
        change[0] = at == 0 || row[at] != row[at - 1];
        for (int64_t i = 1; i < count; i++)
            change[i] = row[at + i] != row[at + i - 1];
        for (int64_t i = 0; i < count; i++)
            set[i] = row[at + i] != 0;
        differs[at / 64] = single ? ~UINT64_C(0) >> (64 - count) : bits_of(change);
        starts[at / 64] = differs[at / 64] & bits_of(set);
        n += __builtin_popcountll(starts[at / 64]);
    }
    return n;
}

static int64_t OF(count_runs)(const sk_bitgrid *g, const void *image, int single, uint64_t *ends)
{
    const int64_t rows = g->planes * g->ny, words = words_of(g);
    int64_t n = 0;
    for (int64_t r = 0; r < rows; r++)
        n += OF(row_ends)((const T *)image + r * g->nx, g->nx, single, ends + 3 * words * r, ends + (3 * r + 1) * words);
    return n;
}

/* By the runs' ends, for neighbours on one side only. */
static void OF(join_aside)(const T *a, const T *b, int64_t lo, int64_t hi, sk_bitruns *runs, int64_t r, int64_t s)
{
    const int64_t iend = runs->first[r + 1], jend = runs->first[s + 1];
    int64_t j = runs->first[s];
    for (int64_t i = runs->first[r]; i < iend && j < jend; i++) {
        const int64_t start = runs->start[i] + lo, stop = runs->stop[i] + hi;
        const T value = a[runs->start[i]];
        while (j < jend && runs->stop[j] <= start)
            j++;
        for (int64_t m = j; m < jend && runs->start[m] < stop; m++)
            if (b[runs->start[m]] == value)
                sk_join_roots(runs->label, (int32_t)i, (int32_t)m);
    }
}

/* Which of 64 voxels are equal. */
static inline uint64_t OF(equal)(const T *a, const T *b, int64_t count)
{
    uint8_t same[64];
    if (count >= 64) {
        for (int i = 0; i < 64; i++)
            same[i] = a[i] == b[i];
        return bits_of(same);
    }
    memset(same, 0, sizeof same);
    for (int64_t i = 0; i < count; i++)
        same[i] = a[i] == b[i];
    return bits_of(same);
}

/* Two runs meet at a corner where both rows change, at bit x of word w; of a row whose run starts there, the run before
 * is one less. */
static inline void OF(join_corner)(const T *a, const T *b, int64_t lo, int64_t hi, int32_t *label, int32_t i, int32_t j,
                                   int new_i, int new_j)
{
    if (hi > 0 && b[0] && a[-1] == b[0])
        sk_join_roots(label, i - new_i, j);
    if (lo < 0 && a[0] && a[0] == b[-1])
        sk_join_roots(label, i, j - new_j);
}

/* Two runs meet where one starts beside the other, or at a corner. */
static void OF(join_rows)(const void *image, const sk_bitgrid *g, const sk_bitnb *nb, int64_t k, sk_bitruns *runs,
                          int64_t r, int64_t s)
{
    const T *a = (const T *)image + r * g->nx, *b = (const T *)image + s * g->nx;
    const int64_t lo = nb->lo[k], hi = nb->hi[k], words = words_of(g);
    if (lo > 0 || hi < 0) {
        OF(join_aside)(a, b, lo, hi, runs, r, s);
        return;
    }
    uint64_t *da = runs->ends + 3 * words * r, *sa = da + words, *covered = sa + words, last = 1;
    const uint64_t *db = runs->ends + 3 * words * s, *sb = db + words;
    int64_t i = runs->first[r] - 1, j = runs->first[s] - 1;
    for (int64_t w = 0; w < words; w++) {
        const uint64_t open = ~covered[w]; /* all, but for further rows of a full neighbourhood */
        uint64_t meet = (sa[w] | sb[w]) & open, corner = lo < hi ? da[w] & db[w] & (open | ~(covered[w] << 1 | last)) : 0;
        last = covered[w] >> 63;
        corner &= w ? ~UINT64_C(0) : ~UINT64_C(1);
        if (meet || (nb->full && k == 0)) {
            const uint64_t same = OF(equal)(a + 64 * w, b + 64 * w, g->nx - 64 * w);
            meet &= same;
            if (nb->full && k == 0)
                covered[w] = same;
        }
        for (; meet; meet &= meet - 1) {
            const int x = __builtin_ctzll(meet);
            sk_join_roots(runs->label, run_at(i, sa[w], x), run_at(j, sb[w], x));
        }
        for (; corner; corner &= corner - 1) {
            const int x = __builtin_ctzll(corner);
            OF(join_corner)(a + 64 * w + x, b + 64 * w + x, lo, hi, runs->label, run_at(i, sa[w], x),
                            run_at(j, sb[w], x), sa[w] >> x & 1, sb[w] >> x & 1);
        }
        i += __builtin_popcountll(sa[w]);
        j += __builtin_popcountll(sb[w]);
    }
}

#undef T
#undef OF

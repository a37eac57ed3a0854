/* Runs of values of one type T; OF(name) names the functions. */

static int64_t OF(count_runs)(const sk_bitgrid *g, const void *image, int single)
{
    const T *row = image;
    const int64_t rows = g->planes * g->ny;
    int64_t n = 0;
    for (int64_t r = 0; r < rows; r++, row += g->nx) {
        n += row[0] != 0;
        if (single)
            for (int64_t i = 1; i < g->nx; i++)
                n += row[i] != 0;
        else
            for (int64_t i = 1; i < g->nx; i++)
                n += (row[i] != row[i - 1]) & (row[i] != 0);
    }
    return n;
}

/* The runs of a row from the n-th on; returns behind the last one. */
static int64_t OF(row_runs)(const T *row, int64_t nx, sk_bitruns *out, int64_t n)
{
    uint8_t differs[CHUNK + 8];
    int64_t start = 0;
    for (int64_t at = 0; at < nx; at += CHUNK) {
        const int64_t count = nx - at < CHUNK ? nx - at : CHUNK;
        differs[0] = at && row[at] != row[at - 1];
        for (int64_t i = 1; i < count; i++)
            differs[i] = row[at + i] != row[at + i - 1];
        memset(differs + count, 0, 8);
        for (int64_t w = 0; w < count; w += 8) {
            uint64_t bits;
            memcpy(&bits, differs + w, 8);
            for (; bits; bits &= bits - 1) {
                const int64_t stop = at + w + (__builtin_ctzll(bits) >> 3);
                out->start[n] = (int32_t)start;
                out->stop[n] = (int32_t)stop;
                n += row[start] != 0;
                start = stop;
            }
        }
    }
    out->start[n] = (int32_t)start;
    out->stop[n] = (int32_t)nx;
    return n + (row[start] != 0);
}

static void OF(find_runs)(const sk_bitgrid *g, const void *image, int single, sk_bitruns *out)
{
    const T *row = image;
    const int64_t rows = g->planes * g->ny;
    int64_t n = 0;
    for (int64_t r = 0; r < rows; r++, row += g->nx) {
        out->first[r] = n;
        if (!single) {
            n = OF(row_runs)(row, g->nx, out, n);
            continue;
        }
        for (int64_t i = 0; i < g->nx; i++) {
            out->start[n] = (int32_t)i;
            out->stop[n] = (int32_t)(i + 1);
            n += row[i] != 0;
        }
    }
    out->first[rows] = n;
}

static void OF(join_rows)(const void *image, const sk_bitgrid *g, const sk_bitnb *nb, int64_t k, sk_bitruns *runs,
                          int64_t r, int64_t s)
{
    const T *a = (const T *)image + r * g->nx, *b = (const T *)image + s * g->nx;
    const int64_t iend = runs->first[r + 1], jend = runs->first[s + 1], lo = nb->lo[k], hi = nb->hi[k];
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

#undef T
#undef OF

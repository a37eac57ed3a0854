/* Filling with labels of type T; OF(name) names the functions. */

typedef T OF(lanes) __attribute__((vector_size(SK_VECTOR_BYTES), aligned(sizeof(T)), may_alias));
#define LANES ((int64_t)(SK_VECTOR_BYTES / sizeof(T)))

/* `count` labels at `to`, and more behind them, up to `end`: those are written over later. */
static inline void OF(paint)(T *to, T label, int64_t count, const T *end)
{
    if (count >= SK_LONG_RUN || end - to < count + LANES) {
        OF(sk_paint_int)(to, label, count);
        return;
    }
    const OF(lanes) value = label - (OF(lanes)){0};
    for (int64_t i = 0; i < count; i += LANES)
        *(OF(lanes) *)(to + i) = value;
}

/* The voxels of a word one by one; returns the label of the last one. */
static inline T OF(paint_word)(T *to, const sk_valueword *word, const int32_t *label, int64_t count, int on)
{
    const uint64_t zeros = zeros_of(word, (uint64_t)on), starts = word->starts;
    int64_t run = word->before;
    for (int64_t x = 0; x < count; x++) {
        run += (int64_t)(starts >> x & 1);
        to[x] = label[run < 0 ? 0 : run] & ((T)(zeros >> x & 1) - 1);
    }
    return to[count - 1];
}

void SK_NAME(OF(sk_valueruns_fill)) SK_FILL_PARAMS(T)
{
    const int64_t nx = g->nx, words = (nx + 63) / 64;
    const T *end = dst + row1 * nx;
    const int32_t *label = runs->label;
    for (int64_t r = row0; r < row1; r++) {
        T *row = dst + r * nx, value = 0;
        int64_t from = 0;
        for (int64_t w = 0; w < words; w++) {
            const sk_valueword *word = runs->words + r * words + w;
            int64_t run = word->before;
            if (__builtin_popcountll(word->differs) > MANY_ENDS) {
                if (from < 64 * w)
                    OF(paint)(row + from, value, 64 * w - from, end);
                from = 64 * w + 64 < nx ? 64 * w + 64 : nx;
                value = OF(paint_word)(row + 64 * w, word, label, from - 64 * w, w && value == 0);
                continue;
            }
            for (uint64_t d = word->differs; d; d &= d - 1) {
                const int x = __builtin_ctzll(d);
                if (from < 64 * w + x)
                    OF(paint)(row + from, value, 64 * w + x - from, end);
                from = 64 * w + x;
                const int set = word->starts >> x & 1;
                run += set;
                value = set ? label[run] : 0;
            }
        }
        if (from < nx)
            OF(paint)(row + from, value, nx - from, end);
    }
    sk_stream_end();
}

#undef T
#undef OF
#undef LANES

/* Body of window_rank.c for keys of one width, which defines
 *   KEY, UKEY   the signed and unsigned integer
 *   NAME(f)     the functions' names
 */
typedef KEY NAME(vec) __attribute__((vector_size(SK_VECTOR_BYTES), aligned(sizeof(KEY)), may_alias));

/* Keys relative to the smallest one, with the sign bit flipped: signed comparison orders them. */
static void NAME(relate)(KEY *keys, int64_t n, uint64_t *low, int *bits)
{
    KEY least = keys[0], most = keys[0];
    for (int64_t i = 0; i < n; i++) {
        least = keys[i] < least ? keys[i] : least;
        most = keys[i] > most ? keys[i] : most;
    }
    const UKEY sign = (UKEY)((UKEY)1 << (8 * sizeof(KEY) - 1)), shift = (UKEY)(sign - (UKEY)least);
    for (int64_t i = 0; i < n; i++)
        keys[i] = (KEY)(UKEY)((UKEY)keys[i] + shift);
    *low = (uint64_t)(int64_t)least;
    *bits = 0;
    for (UKEY range = (UKEY)((UKEY)most - (UKEY)least); range; range = (UKEY)(range >> 1))
        ++*bits;
}

/* The keys of rank `rank` of two vectors of windows. From the highest bit on, a bit belongs to the key exactly if no
 * more than `rank` keys of the window lie below the number that it makes. */
static inline void NAME(select)(const sk_window_rank *w, const KEY *at, const NAME(vec) *ranks, NAME(vec) *found)
{
    const UKEY sign = (UKEY)((UKEY)1 << (8 * sizeof(KEY) - 1));
    const int lanes = SK_VECTOR_BYTES / (int)sizeof(KEY);
    NAME(vec) a = {0}, b = {0};
    const NAME(vec) flip = a + (KEY)sign;
    for (int bit = w->bits - 1; bit >= 0; bit--) {
        const KEY value = (KEY)(UKEY)((UKEY)1 << bit);
        const NAME(vec) trial_a = (a | value) ^ flip, trial_b = (b | value) ^ flip;
        NAME(vec) below_a = {0}, below_b = {0};
        for (int64_t k = 0; k < w->size; k++) {
            const KEY *p = at + w->distance[k];
            below_a -= (NAME(vec))(*(const NAME(vec) *)p < trial_a);
            below_b -= (NAME(vec))(*(const NAME(vec) *)(p + lanes) < trial_b);
        }
        a |= (NAME(vec))(below_a <= ranks[0]) & value;
        b |= (NAME(vec))(below_b <= ranks[1]) & value;
    }
    found[0] = a;
    found[1] = b;
}

/* The ranks in windows that leave out what lies above `last`. */
static void NAME(ranks)(const sk_window_rank *w, const KEY *at, KEY last, NAME(vec) *ranks)
{
    const int lanes = 2 * SK_VECTOR_BYTES / (int)sizeof(KEY);
    KEY *to = (KEY *)ranks;
    for (int l = 0; l < lanes; l++) {
        int64_t count = 0;
        for (int64_t k = 0; k < w->size; k++)
            count += at[l + w->distance[k]] <= last;
        const int64_t rank = (int64_t)((double)count * w->part);
        to[l] = (KEY)(rank < count ? rank : count > 0 ? count - 1 : 0);
    }
}

static void NAME(row)(const sk_window_rank *w, const KEY *at, int64_t n, KEY *to)
{
    const int64_t lanes = 2 * SK_VECTOR_BYTES / (int64_t)sizeof(KEY);
    for (int64_t i = 0; i < n; i += lanes) {
        NAME(vec) found[2], ranks[2];
        ranks[0] = ranks[1] = (NAME(vec)){0} + (KEY)w->rank;
        if (w->part >= 0)
            NAME(ranks)(w, at + i, (KEY)w->last, ranks);
        NAME(select)(w, at + i, ranks, found);
        const int64_t left = n - i < lanes ? n - i : lanes;
        memcpy(to + i, found, (size_t)left * sizeof(KEY));
    }
}

/* Regional maxima for keys of type T; see extrema.c. */

/* Strike out the voxels of each row that have a higher neighbour. */
static int NAME(strike)(const sk_padded *v, int64_t n, const int64_t *offset, const T *keys, uint8_t *state, T *flag)
{
    int64_t done = 0;
    for (int64_t r = 0; r < v->nrows; r++) {
        const T *row = keys + v->row[r];
        uint8_t *out = state + v->row[r];
        memset(flag, 0, (size_t)v->nx * sizeof *flag);
        for (int64_t k = 0; k < n; k++) {
            const T *other = row + offset[k];
            for (int64_t x = 0; x < v->nx; x++)
                flag[x] |= (T)(other[x] > row[x]);
        }
        for (int64_t x = 0; x < v->nx; x++)
            out[x] |= (uint8_t)flag[x];
        if ((done += n * v->nx) > POLL_ROWS) {
            done = 0;
            if (sk_padded_stop(v))
                return SK_INTERRUPT;
        }
    }
    return SK_OK;
}

/* Whether an equal neighbour of p is struck out. */
static int NAME(tied)(int64_t n, const int64_t *offset, const T *keys, const uint8_t *state, int64_t p)
{
    for (int64_t k = 0; k < n; k++)
        if (state[p + offset[k]] && keys[p + offset[k]] == keys[p])
            return 1;
    return 0;
}

/* Strike out p, and its plateau: the equal voxels that have a struck one for a neighbour. */
static int NAME(flood)(const sk_padded *v, int64_t n, const int64_t *offset, const T *keys, uint8_t *state, int64_t p,
                       sk_places *stack, int64_t *done)
{
    const T value = keys[p];
    state[p] = 1;
    for (;;) {
        for (int64_t k = 0; k < n; k++) {
            const int64_t q = p - offset[k];
            if (!state[q] && keys[q] == value) {
                state[q] = 1;
                if (!sk_places_push(stack, (int32_t)q))
                    return SK_MEMORY;
            }
        }
        if (++*done % POLL_STACK == 0 && sk_padded_stop(v))
            return SK_INTERRUPT;
        if (!stack->count)
            return SK_OK;
        p = sk_places_take_last(stack);
    }
}

static int NAME(plateaus)(const sk_padded *v, int64_t n, const int64_t *offset, const T *keys, uint8_t *state,
                          sk_places *stack)
{
    int64_t done = 0, floods = 0;
    for (int64_t r = 0; r < v->nrows; r++) {
        const int64_t end = v->row[r] + v->nx;
        for (int64_t p = v->row[r]; p < end; p++) {
            if (state[p])
                continue;
            if (NAME(tied)(n, offset, keys, state, p)) {
                const int status = NAME(flood)(v, n, offset, keys, state, p, stack, &floods);
                if (status != SK_OK)
                    return status;
            }
        }
        if ((done += n * v->nx) > POLL_ROWS) {
            done = 0;
            if (sk_padded_stop(v))
                return SK_INTERRUPT;
        }
    }
    return SK_OK;
}

static int NAME(run)(const sk_padded *v, int64_t n, const int64_t *offset, const T *keys, uint8_t *state)
{
    sk_places stack = {0};
    T *flag = malloc((size_t)v->nx * sizeof *flag);
    int status = flag ? NAME(strike)(v, n, offset, keys, state, flag) : SK_MEMORY;
    if (status == SK_OK)
        status = NAME(plateaus)(v, n, offset, keys, state, &stack);
    free(stack.at);
    free(flag);
    return status;
}

#undef T
#undef NAME

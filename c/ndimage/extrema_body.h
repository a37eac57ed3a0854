/* Regional maxima for keys of type T; see extrema.c. */

/* flag[x] |= row[x] is lower than its neighbour in one of four places; how many voxels of the row are left. */
static int64_t NAME(compare)(T *restrict flag, const T *row, const int64_t *offset, int64_t nx)
{
    const T *a = row + offset[0], *b = row + offset[1], *c = row + offset[2], *d = row + offset[3];
    int64_t left = 0;
    for (int64_t x = 0; x < nx; x++) {
        const T p = SK_LARGER(a[x], b[x]), q = SK_LARGER(c[x], d[x]);
        flag[x] |= (T)(SK_LARGER(p, q) > row[x]);
    }
    for (int64_t x = 0; x < nx; x++)
        left += flag[x] == 0;
    return left;
}

/* Strike out the voxels of each row that have a higher neighbour: all of a row at once, by four neighbours at a time,
 * until few voxels are left, and then these one by one. */
static int NAME(strike)(const sk_padded *v, int64_t n, const int64_t *offset, const T *keys, uint8_t *state, T *flag)
{
    int64_t done = 0;
    for (int64_t r = 0; r < v->nrows; r++) {
        const T *row = keys + v->row[r];
        uint8_t *out = state + v->row[r];
        int64_t left = v->nx, k = 0;
        for (int64_t x = 0; x < v->nx; x++)
            flag[x] = out[x];
        for (; k + 4 <= n && left > v->nx / FEW; k += 4)
            left = NAME(compare)(flag, row, offset + k, v->nx);
        for (int64_t x = 0; x < v->nx; x++) {
            for (int64_t j = k; !flag[x] && j < n; j++)
                flag[x] = row[x + offset[j]] > row[x];
            out[x] = flag[x] != 0;
        }
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

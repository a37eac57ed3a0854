/* Reconstruction by dilation for keys of type T; see reconstruct.c. */

/* One row takes from the neighbours `offset`, the first nline of which are in the row itself. */
static void NAME(row)(T *row, const T *mask, int64_t nx, int64_t nline, int64_t n, const int64_t *offset)
{
    for (int64_t k = nline; k < n; k++) {
        const T *other = row + offset[k];
        for (int64_t x = 0; x < nx; x++)
            row[x] = row[x] > other[x] ? row[x] : other[x];
    }
    const int up = nline > 0 && offset[0] < 0; /* the sweep's direction, where it matters */
    if (nline == 1 && offset[0] == -1) {
        T value = row[-1];
        for (int64_t x = 0; x < nx; x++) {
            value = value > row[x] ? value : row[x];
            row[x] = value = value < mask[x] ? value : mask[x];
        }
    } else if (nline == 1 && offset[0] == 1) {
        T value = row[nx];
        for (int64_t x = nx - 1; x >= 0; x--) {
            value = value > row[x] ? value : row[x];
            row[x] = value = value < mask[x] ? value : mask[x];
        }
    } else {
        for (int64_t i = 0; i < nx; i++) {
            const int64_t x = up ? i : nx - 1 - i;
            T value = row[x];
            for (int64_t k = 0; k < nline; k++)
                value = value > row[x + offset[k]] ? value : row[x + offset[k]];
            row[x] = value < mask[x] ? value : mask[x];
        }
    }
}

/* Queue the voxels of a row that could raise a voxel at a higher place, p - low[k]. */
static int NAME(leftovers)(const T *marker, const T *mask, int64_t at, int64_t nx, const sk_neighbours *from, T *flag,
                           sk_places *queue)
{
    const T *row = marker + at;
    memset(flag, 0, (size_t)nx * sizeof *flag);
    for (int64_t k = 0; k < from->nlow; k++) {
        const T *other = row - from->low[k], *limit = mask + at - from->low[k];
        for (int64_t x = 0; x < nx; x++)
            flag[x] |= (T)((other[x] < row[x]) & (other[x] < limit[x]));
    }
    for (int64_t x = 0; x < nx; x++)
        if (flag[x] && !sk_places_push(queue, (int32_t)(at + x)))
            return SK_MEMORY;
    return SK_OK;
}

static int NAME(sweeps)(const sk_padded *v, const sk_neighbours *from, T *marker, const T *mask, T *flag,
                        sk_places *queue)
{
    const int64_t work = (from->nlow + from->nhigh + 1) * v->nx;
    int64_t done = 0;
    for (int64_t r = 0; r < v->nrows; r++) {
        NAME(row)(marker + v->row[r], mask + v->row[r], v->nx, from->nlow_line, from->nlow, from->low);
        if ((done += work) > POLL_ROWS) {
            done = 0;
            if (sk_padded_stop(v))
                return SK_INTERRUPT;
        }
    }
    for (int64_t r = v->nrows - 1; r >= 0; r--) {
        NAME(row)(marker + v->row[r], mask + v->row[r], v->nx, from->nhigh_line, from->nhigh, from->high);
        if (NAME(leftovers)(marker, mask, v->row[r], v->nx, from, flag, queue) != SK_OK)
            return SK_MEMORY;
        if ((done += work) > POLL_ROWS) {
            done = 0;
            if (sk_padded_stop(v))
                return SK_INTERRUPT;
        }
    }
    return SK_OK;
}

static int NAME(flood)(const sk_padded *v, int64_t n, const int64_t *offset, T *marker, const T *mask,
                       sk_places *queue)
{
    for (int64_t count = 1; queue->count; count++) {
        const int32_t p = sk_places_take_first(queue);
        const T value = marker[p];
        for (int64_t k = 0; k < n; k++) {
            const int64_t q = p - offset[k];
            if (marker[q] < value && marker[q] < mask[q]) {
                marker[q] = value < mask[q] ? value : mask[q];
                if (!sk_places_push(queue, (int32_t)q))
                    return SK_MEMORY;
            }
        }
        if (count % POLL_QUEUE == 0 && sk_padded_stop(v))
            return SK_INTERRUPT;
    }
    return SK_OK;
}

static int NAME(run)(const sk_padded *v, const sk_neighbours *from, T *marker, const T *mask)
{
    sk_places queue = {0};
    const int64_t n = from->nlow + from->nhigh;
    T *flag = malloc((size_t)v->nx * sizeof *flag);
    int64_t *offset = malloc((size_t)(n + 1) * sizeof *offset);
    int status = SK_MEMORY;
    if (flag && offset) {
        for (int64_t k = 0; k < n; k++)
            offset[k] = k < from->nlow ? from->low[k] : from->high[k - from->nlow];
        status = NAME(sweeps)(v, from, marker, mask, flag, &queue);
        if (status == SK_OK)
            status = NAME(flood)(v, n, offset, marker, mask, &queue);
    }
    free(queue.at);
    free(offset);
    free(flag);
    return status;
}

#undef T
#undef NAME

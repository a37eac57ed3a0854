/* Scans of the DCT processes: sequential (T.81 section F.2) and progressive (section G.2). */
#include "sk_jpeg_parts.h"

typedef struct {
    sk_jpeg_decoder *d;
    sk_bits bits;
    int bad;
    int32_t last_dc[SK_JPEG_MAX_COMPONENTS];
    uint32_t empty; /* progressive: blocks left of a run without further coefficients (EOBRUN) */
} reader;

static inline __attribute__((always_inline)) int next_code(reader *r, const sk_huffman *table) {
    sk_bits_need(&r->bits, 32);
    unsigned found = sk_huffman_find(table, &r->bits);
    if (!found) {
        r->bad = 1;
        return 0;
    }
    sk_bits_skip(&r->bits, (int)(found >> 8));
    return (int)(found & 0xFF);
}

static inline __attribute__((always_inline)) int32_t next_magnitude(reader *r, int size) {
    sk_bits_need(&r->bits, 32);
    return sk_jpeg_extend(sk_bits_take(&r->bits, size), size);
}

static int next_bit(reader *r) {
    sk_bits_need(&r->bits, 1);
    return (int)sk_bits_take(&r->bits, 1);
}

/* The DC coefficient; its sum is taken modulo 2^32, for streams that are none. */
static inline int16_t next_dc(reader *r, int k, const sk_huffman *table) {
    int size = next_code(r, table);
    if (size > 15) {
        r->bad = 1;
        return 0;
    }
    r->last_dc[k] = (int32_t)((uint32_t)r->last_dc[k] + (uint32_t)next_magnitude(r, size));
    return (int16_t)r->last_dc[k];
}

static void sequential_block(reader *shared, int k, int16_t *block) {
    const sk_jpeg_scan *scan = &shared->d->scan;
    const sk_huffman *table = &shared->d->ac[scan->ac[k]];
    block[0] = next_dc(shared, k, &shared->d->dc[scan->dc[k]]);
    reader r = *shared; /* a copy may live in registers */
    for (int i = 1; i < 64; i++) {
        int code = next_code(&r, table), run = code >> 4, size = code & 15;
        if (size == 0) {
            if (run != 15)
                break;
            i += 15;
            continue;
        }
        i += run;
        if (i > 63) {
            r.bad = 1;
            break;
        }
        sk_bits_need(&r.bits, 16);
        block[sk_jpeg_zigzag[i]] = (int16_t)sk_jpeg_extend(sk_bits_take(&r.bits, size), size);
    }
    shared->bits = r.bits;
    shared->bad = r.bad;
}

static void first_dc(reader *r, int k, int16_t *block) {
    const sk_jpeg_scan *scan = &r->d->scan;
    block[0] = (int16_t)((uint32_t)next_dc(r, k, &r->d->dc[scan->dc[k]]) << scan->low);
}

static void refine_dc(reader *r, int16_t *block) {
    if (next_bit(r))
        block[0] = (int16_t)(block[0] | 1 << r->d->scan.low);
}

/* The length of a run of blocks without further coefficients, this one among them. */
static uint32_t next_empty(reader *r, int run) {
    sk_bits_need(&r->bits, 32);
    return (1u << run) + sk_bits_take(&r->bits, run);
}

static void first_ac(reader *r, int16_t *block) {
    const sk_jpeg_scan *scan = &r->d->scan;
    const sk_huffman *table = &r->d->ac[scan->ac[0]];
    if (r->empty) {
        r->empty--;
        return;
    }
    for (int i = scan->first; i <= scan->last; i++) {
        int code = next_code(r, table), run = code >> 4, size = code & 15;
        if (size == 0 && run != 15) {
            r->empty = next_empty(r, run) - 1;
            break;
        }
        i += run;
        if (i > scan->last && size) {
            r->bad = 1;
            break;
        }
        if (size)
            block[sk_jpeg_zigzag[i]] = (int16_t)((uint32_t)next_magnitude(r, size) << scan->low);
    }
}

/* One more bit for the coefficients that are not zero, from the i-th on, until `zeros` zeros have been passed: gives the
 * place of the zero after them, or last + 1 (section G.1.2.3). */
static int correct(reader *r, int16_t *block, int i, int zeros) {
    const sk_jpeg_scan *scan = &r->d->scan;
    for (; i <= scan->last; i++) {
        int16_t *c = block + sk_jpeg_zigzag[i];
        if (*c == 0) {
            if (zeros-- == 0)
                break;
        } else if (next_bit(r) && !((*c < 0 ? -*c : *c) >> scan->low & 1)) {
            *c = (int16_t)(*c + (*c < 0 ? -(1 << scan->low) : 1 << scan->low));
        }
    }
    return i;
}

static void refine_ac(reader *r, int16_t *block) {
    const sk_jpeg_scan *scan = &r->d->scan;
    const sk_huffman *table = &r->d->ac[scan->ac[0]];
    int i = scan->first;
    while (r->empty == 0 && i <= scan->last && !r->bad) {
        int code = next_code(r, table), run = code >> 4, size = code & 15, value = 0;
        if (size > 1)
            r->bad = 1;
        if (size == 0 && run != 15) {
            r->empty = next_empty(r, run);
            break;
        }
        if (size)
            value = next_bit(r) ? 1 << scan->low : -(1 << scan->low);
        i = correct(r, block, i, run);
        if (i <= scan->last && value)
            block[sk_jpeg_zigzag[i]] = (int16_t)value;
        else if (value)
            r->bad = 1;
        i++;
    }
    if (r->empty) {
        correct(r, block, i, 64);
        r->empty--;
    }
}

static void progressive_block(reader *r, int k, int16_t *block) {
    const sk_jpeg_scan *scan = &r->d->scan;
    if (scan->first == 0) {
        if (scan->high == 0)
            first_dc(r, k, block);
        else
            refine_dc(r, block);
    } else if (scan->high == 0) {
        first_ac(r, block);
    } else {
        refine_ac(r, block);
    }
}

static void decode_block(reader *r, int k, int64_t x, int64_t y) {
    sk_jpeg_decoder *d = r->d;
    sk_jpeg_component *c = &d->components[d->scan.component[k]];
    if (c->coefs) {
        progressive_block(r, k, c->coefs + (y * c->across + x) * 64);
    } else {
        int16_t block[64] = {0};
        ptrdiff_t stride = (ptrdiff_t)(c->across * 8);
        sequential_block(r, k, block);
        sk_jpeg_inverse_dct(block, c->steps, d->info.precision, c->plane + y * 8 * stride + x * 8, stride);
    }
}

static int restart(reader *r, int *number) {
    sk_jpeg_decoder *d = r->d;
    d->pos = r->bits.next - d->data;
    if (sk_bits_overrun(&r->bits))
        return sk_jpeg_refuse(d, SK_JPEG_TRUNCATED, d->pos);
    int status = sk_jpeg_pass_restart(d, *number);
    *number = (*number + 1) & 7;
    r->bits = sk_bits_start(d->data + d->pos, d->data + d->size);
    memset(r->last_dc, 0, sizeof r->last_dc);
    r->empty = 0;
    return status;
}

static void decode_unit(reader *r, int64_t column, int64_t row) {
    const sk_jpeg_scan *scan = &r->d->scan;
    if (scan->count == 1) {
        decode_block(r, 0, column, row);
        return;
    }
    for (int k = 0; k < scan->count; k++) {
        const sk_jpeg_component *c = &r->d->components[scan->component[k]];
        for (int y = 0; y < c->v; y++)
            for (int x = 0; x < c->h; x++)
                decode_block(r, k, column * c->h + x, row * c->v + y);
    }
}

static int check(reader *r, int64_t row, int64_t lines_each) {
    sk_jpeg_decoder *d = r->d;
    d->pos = r->bits.next - d->data;
    d->report.lines = row * lines_each;
    if (sk_bits_overrun(&r->bits))
        return sk_jpeg_refuse(d, SK_JPEG_TRUNCATED, d->pos);
    return r->bad ? sk_jpeg_refuse(d, SK_JPEG_BAD_CODE, d->pos) : SK_OK;
}

static int decode_units(reader *r, int64_t across, int64_t down, int64_t lines_each) {
    int64_t interval = r->d->info.restart_interval, left = interval;
    int number = 0, status = SK_OK;
    for (int64_t row = 0; row < down && !status; row++) {
        for (int64_t column = 0; column < across; column++, left--) {
            if (interval && left == 0) {
                if ((status = check(r, row, lines_each)) || (status = restart(r, &number)))
                    return status;
                left = interval;
            }
            decode_unit(r, column, row);
            if (__builtin_expect(r->bad, 0))
                return check(r, row, lines_each);
        }
        status = check(r, row, lines_each);
    }
    return status;
}

/* Each coefficient's bits must come in their order, from the top (section G.1.1.1). */
static int check_progression(sk_jpeg_decoder *d) {
    const sk_jpeg_scan *scan = &d->scan;
    int fits = scan->last <= 63 && scan->first <= scan->last && scan->low <= 13 && (scan->first == 0 ? scan->last == 0 : scan->count == 1);
    fits = fits && (scan->high == 0 || scan->high == scan->low + 1);
    for (int k = 0; k < scan->count && fits; k++) {
        int8_t *low = d->components[scan->component[k]].low;
        for (int i = scan->first; i <= scan->last; i++) {
            fits = fits && low[i] == (scan->high ? scan->high : -1) && (scan->first == 0 || low[0] >= 0);
            low[i] = (int8_t)scan->low;
        }
    }
    return fits ? SK_OK : sk_jpeg_refuse(d, SK_JPEG_BAD_SCAN, d->pos);
}

/* The tables that the scan names; typical ones where none was ever defined, as in abbreviated streams. */
static int check_tables(sk_jpeg_decoder *d) {
    const sk_jpeg_scan *scan = &d->scan;
    int progressive = d->info.process == SK_JPEG_PROGRESSIVE;
    for (int k = 0; k < scan->count; k++)
        for (int ac = 0; ac < 2; ac++) {
            int place = ac ? scan->ac[k] : scan->dc[k];
            sk_huffman *table = ac ? &d->ac[place] : &d->dc[place];
            const uint8_t *counts, *symbols;
            if (progressive && (ac != (scan->first > 0) || (!ac && scan->high)))
                continue;
            if (!table->defined && place > 1)
                return sk_jpeg_refuse(d, SK_JPEG_NO_HUFFMAN, d->pos);
            if (!table->defined) {
                sk_huffman_typical(ac, place, &counts, &symbols);
                sk_huffman_make(table, counts, symbols);
            }
        }
    return SK_OK;
}

int sk_jpeg_dct_scan(sk_jpeg_decoder *d) {
    const sk_jpeg_scan *scan = &d->scan;
    const sk_jpeg_component *only = &d->components[scan->component[0]];
    int alone = scan->count == 1, units = 0;
    int64_t across = sk_ceil_div(alone ? only->width : d->info.columns, 8 * (alone ? 1 : d->max_h));
    int64_t down = sk_ceil_div(alone ? only->height : d->info.rows, 8 * (alone ? 1 : d->max_v));
    reader r = {.d = d, .bits = sk_bits_start(d->data + d->pos, d->data + d->size)};
    int status = check_tables(d);
    if (!status && d->info.process == SK_JPEG_PROGRESSIVE)
        status = check_progression(d);
    for (int k = 0; k < scan->count; k++) {
        sk_jpeg_component *c = &d->components[scan->component[k]];
        units += c->h * c->v;
        if (!status && !c->have_steps && !d->have_quant[c->quant])
            status = sk_jpeg_refuse(d, SK_JPEG_NO_QUANT, d->pos);
        for (int i = 0; i < 64 && !c->have_steps; i++)
            c->steps[i] = (float)d->quant[c->quant][i];
        c->have_steps = 1;
    }
    if (!status && !alone && units > 10) /* section B.2.3 */
        status = sk_jpeg_refuse(d, SK_JPEG_BAD_SCAN, d->pos);
    return status ? status : decode_units(&r, across, down, 8 * (alone ? sk_ceil_div(d->max_v, only->v) : d->max_v));
}

void sk_jpeg_finish_blocks(sk_jpeg_decoder *d) {
    for (int k = 0; k < d->info.components; k++) {
        sk_jpeg_component *c = &d->components[k];
        ptrdiff_t stride = (ptrdiff_t)(c->across * 8);
        for (int64_t y = 0; y < c->down; y++)
            for (int64_t x = 0; x < c->across; x++)
                sk_jpeg_inverse_dct(c->coefs + (y * c->across + x) * 64, c->steps, d->info.precision,
                                    c->plane + y * 8 * stride + x * 8, stride);
    }
}

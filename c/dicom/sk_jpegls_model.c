/* The coding parameters of JPEG-LS and the state of its model. */
#include "sk_jpegls_parts.h"

const uint8_t sk_jpegls_orders[32] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3,  3,  3,  3,
                                      4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static int least(int a, int b) { return a < b ? a : b; }
static int most(int a, int b) { return a > b ? a : b; }

/* Code segment C.2's CLAMP: a value out of its range becomes the lower bound. */
static int threshold(int value, int low, int max_value) { return value > max_value || value < low ? low : value; }

int sk_jpegls_set_parameters(sk_jpegls_model *m, const int preset[5], int precision, int near) {
    int top = preset[0] ? preset[0] : (1 << precision) - 1;
    if (top < 1 || top >= 1 << precision || near < 0 || near > least(255, top / 2))
        return 0;
    int t1, t2, t3;
    if (top >= 128) {
        int factor = (least(top, 4095) + 128) / 256;
        t1 = factor * (3 - 2) + 2 + 3 * near;
        t2 = factor * (7 - 3) + 3 + 5 * near;
        t3 = factor * (21 - 4) + 4 + 7 * near;
    } else {
        int factor = 256 / (top + 1);
        t1 = most(2, 3 / factor + 3 * near);
        t2 = most(3, 7 / factor + 5 * near);
        t3 = most(4, 21 / factor + 7 * near);
    }
    m->t1 = preset[1] ? preset[1] : threshold(t1, near + 1, top);
    m->t2 = preset[2] ? preset[2] : threshold(t2, m->t1, top);
    m->t3 = preset[3] ? preset[3] : threshold(t3, m->t2, top);
    m->reset = preset[4] ? preset[4] : 64;
    if (m->t1 <= near || m->t2 < m->t1 || m->t3 < m->t2 || m->t3 > top || m->reset < 3 || m->reset > most(255, top))
        return 0;
    m->max_value = top;
    m->near = near;
    m->step = 2 * near + 1;
    m->range = (top + 2 * near) / m->step + 1;
    m->bits = sk_bit_length((uint32_t)m->range - 1);
    int depth = most(2, sk_bit_length((uint32_t)top));
    m->limit = 2 * (depth + most(8, depth)) - m->bits - 1;
    m->full = near == 0 && (m->range & (m->range - 1)) == 0;
    return 1;
}

int sk_jpegls_allocate(sk_jpegls_model *m, int64_t columns, int components) {
    size_t samples = 2 * (size_t)sk_jpegls_line_size(columns, components);
    m->storage = malloc(2 * (size_t)m->max_value + 1);
    m->lines = malloc(samples * sizeof *m->lines);
    if (!m->storage || !m->lines)
        return SK_MEMORY;
    m->quantised = m->storage + m->max_value;
    for (int d = 0; d <= m->max_value; d++) {
        int region = d <= m->near ? 0 : d < m->t1 ? 1 : d < m->t2 ? 2 : d < m->t3 ? 3 : 4;
        m->quantised[d] = (int8_t)region;
        m->quantised[-d] = (int8_t)-region;
    }
    return SK_OK;
}

void sk_jpegls_release(sk_jpegls_model *m) {
    free(m->storage);
    free(m->lines);
    m->storage = NULL;
    m->lines = NULL;
}

void sk_jpegls_reset(sk_jpegls_model *m, int64_t columns, int components) {
    uint32_t a = (uint32_t)most(2, (m->range + 32) / 64);
    sk_jpegls_context fresh = {.a = a, .n = 1, .k = (int8_t)sk_jpegls_order(1, a)};
    for (int i = 0; i < SK_JPEGLS_CONTEXTS; i++)
        m->contexts[i] = fresh;
    for (int i = 0; i < 2; i++)
        m->run[i] = (sk_jpegls_run_context){.a = a, .n = 1};
    memset(m->run_index, 0, sizeof m->run_index);
    memset(m->lines, 0, 2 * (size_t)sk_jpegls_line_size(columns, components) * sizeof *m->lines);
}

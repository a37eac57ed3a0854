/* Loops over words of 64 voxels. */
#include "sk_ndimage.h"

#include <string.h>

void SK_NAME(sk_bits_or) SK_OR_PARAMS
{
    for (int64_t i = 0; i < n; i++)
        dst[i] |= src[i];
}

/* a[i] |= the bit string a shifted by s > 0; reads words up to n + s/64. Forward in place is right: words are
 * read before they are written. */
static void or_shifted(uint64_t *a, int64_t n, int64_t s)
{
    const int64_t q = s >> 6;
    const int r = (int)(s & 63);
    const uint64_t *from = a + q;
    if (r == 0) {
        for (int64_t i = 0; i < n; i++)
            a[i] |= from[i];
    } else {
        for (int64_t i = 0; i < n; i++)
            a[i] |= (from[i] >> r) | (from[i + 1] << (64 - r));
    }
}

/* dst = the bit string src shifted by s, of either sign. */
static void shifted(uint64_t *restrict dst, const uint64_t *restrict src, int64_t n, int64_t s)
{
    src += s >> 6;
    const int r = (int)(s & 63);
    if (r == 0) {
        memcpy(dst, src, (size_t)n * sizeof *dst);
    } else {
        for (int64_t i = 0; i < n; i++)
            dst[i] = (src[i] >> r) | (src[i + 1] << (64 - r));
    }
}

/* The commonest run, one voxel to either side. */
static void three(uint64_t *restrict dst, const uint64_t *restrict src, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        dst[i] = src[i] | (src[i] << 1) | (src[i - 1] >> 63) | (src[i] >> 1) | (src[i + 1] << 63);
}

/* A run of L offsets as ceil(log2 L) ORs of the string with itself (doubling), a chunk at a time. */
void SK_NAME(sk_bits_run) SK_RUN_PARAMS
{
    if (x0 == -1 && x1 == 1) {
        three(dst, src, n);
        return;
    }
    if (x0 == x1) {
        shifted(dst, src, n, x0);
        return;
    }
    const int64_t length = x1 - x0 + 1, back = x0 >> 6, extra = (length >> 6) + 2;
    for (int64_t at = 0; at < n; at += SK_RUN_CHUNK) {
        const int64_t m = n - at < SK_RUN_CHUNK ? n - at : SK_RUN_CHUNK;
        /* word i of work is word at + back + i of src; every bit up to the last one needed */
        const int64_t have = m + extra;
        memcpy(work, src + at + back, (size_t)have * sizeof *work);
        memset(work + have, 0, (size_t)extra * sizeof *work);
        for (int64_t done = 1; done < length;) {
            const int64_t s = done < length - done ? done : length - done;
            or_shifted(work, have, s);
            done += s;
        }
        shifted(dst + at, work, m, x0 & 63);
    }
}

int SK_NAME(sk_bits_select) SK_SELECT_PARAMS
{
    uint64_t differ = 0;
    if (mask) {
        for (int64_t i = 0; i < n; i++) {
            const uint64_t change = (now[i] ^ old[i]) & mask[i];
            now[i] = old[i] ^ change;
            differ |= change;
        }
    } else {
        for (int64_t i = 0; i < n; i++)
            differ |= now[i] ^ old[i];
    }
    return differ != 0;
}

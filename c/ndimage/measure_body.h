/* Sums and extremes of runs of one type; see measure_values.c for what is defined before this is included:
 * T the type, OF(name), KIND 1 for integers of up to 16 bits, 2 of 32, 3 of 64, 4 for floating point;
 * there KEY the integers of its size, KEY_MOST the greatest of them, KEY_INFINITY the bits of infinity. */

static void OF(sums)(const void *values, const sk_run *run, int64_t n, sk_sums *sums)
{
    for (int64_t r = 0; r < n; r++) {
        const T *v = (const T *)values + run[r].start;
        const int64_t count = run[r].stop - run[r].start;
        sk_sums *to = sums + run[r].slot;
        to->count += count;
#if KIND == 4
        double lane[8] = {0}, rest[8] = {0};
        int64_t i = 0;
        for (; i + 8 <= count; i += 8)
            for (int k = 0; k < 8; k++)
                sk_add_exact(&lane[k], &rest[k], (double)v[i + k]);
        for (; i < count; i++)
            sk_add_exact(&to->total, &to->carry, (double)v[i]);
        for (int k = 0; k < 8 && count >= 8; k++) {
            sk_add_exact(&to->total, &to->carry, lane[k]);
            to->carry += rest[k];
        }
#elif KIND == 3
        __int128 sum = 0;
        for (int64_t i = 0; i < count; i++)
            sum += v[i];
        to->sum += sum;
#elif KIND == 2
        int64_t sum = 0;
        uint64_t low = 0, high = 0;
        for (int64_t i = 0; i < count; i++) {
            const int64_t x = v[i];
            const uint64_t square = (uint64_t)x * (uint64_t)x;
            sum += x;
            low += (uint32_t)square;
            high += square >> 32;
        }
        to->sum += sum;
        to->squares += ((unsigned __int128)high << 32) + low;
#else
        int32_t sum = 0;
        uint64_t squares = 0;
        for (int64_t i = 0; i < count; i++)
            sum += v[i];
        for (int64_t i = 0; i < count; i++)
            squares += (uint32_t)v[i] * (uint32_t)v[i];
        to->sum += sum;
        to->squares += squares;
#endif
    }
}

#if KIND >= 3
static void OF(deviations)(const void *values, const sk_run *run, int64_t n, const double *centre, sk_sums *sums)
{
    for (int64_t r = 0; r < n; r++) {
        const T *v = (const T *)values + run[r].start;
        const int64_t count = run[r].stop - run[r].start;
        const double c = centre[run[r].slot];
        sk_sums *to = sums + run[r].slot;
        double lane[8] = {0}, power[8] = {0};
        int64_t i = 0;
        for (; i + 8 <= count; i += 8)
            for (int k = 0; k < 8; k++) {
                const double d = (double)v[i + k] - c;
                lane[k] += d;
                power[k] += d * d;
            }
        for (int k = 0; i < count; i++, k++) {
            const double d = (double)v[i] - c;
            lane[k] += d;
            power[k] += d * d;
        }
        to->count += count;
        sk_add_exact(&to->total, &to->carry,
                     ((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7])));
        sk_add_exact(&to->power, &to->power_carry,
                     ((power[0] + power[4]) + (power[1] + power[5])) + ((power[2] + power[6]) + (power[3] + power[7])));
    }
}
#endif

/* One value after the other; only here are NaNs met. */
static void OF(extremes_slow)(const T *v, int64_t count, int64_t at, int32_t slot, const sk_extremes *out)
{
    T *least = (T *)out->least + slot, *greatest = (T *)out->greatest + slot;
    for (int64_t i = 0; i < count; i++) {
        if (v[i] != v[i]) {
            if (out->nan[slot] < 0)
                out->nan[slot] = at + i;
            continue;
        }
        const int first = out->seen[slot]++ == 0;
        if (first || v[i] < *least) {
            *least = v[i];
            out->least_at[slot] = at + i;
        }
        if (first || v[i] > *greatest) {
            *greatest = v[i];
            out->greatest_at[slot] = at + i;
        }
    }
}

/* The least and the greatest of LANES or more values; 1 if one is NaN. */
static int OF(ends)(const T *v, int64_t count, T *least, T *greatest)
{
#if KIND == 4
    /* As integers of the same order, which compilers take as vectors: the bits but the sign turned where it is set. */
    KEY low = (KEY)(KEY_MOST), high = -(KEY)(KEY_MOST) - 1, odd = 0;
    for (int64_t i = 0; i < count; i++) {
        KEY bits;
        memcpy(&bits, v + i, sizeof bits);
        odd |= (bits & KEY_MOST) > KEY_INFINITY;
        bits ^= (bits >> (8 * sizeof bits - 1)) & KEY_MOST;
        low = bits < low ? bits : low;
        high = bits > high ? bits : high;
    }
    low ^= (low >> (8 * sizeof low - 1)) & KEY_MOST;
    high ^= (high >> (8 * sizeof high - 1)) & KEY_MOST;
    memcpy(least, &low, sizeof low);
    memcpy(greatest, &high, sizeof high);
    return odd != 0;
#else
    T low[LANES], high[LANES];
    memcpy(low, v, sizeof low);
    memcpy(high, v, sizeof high);
    for (int64_t i = LANES; i + LANES <= count; i += LANES)
        for (int k = 0; k < LANES; k++) {
            const T x = v[i + k];
            low[k] = x < low[k] ? x : low[k];
            high[k] = x > high[k] ? x : high[k];
        }
    for (int64_t i = count - LANES, k = 0; k < LANES; k++) { /* the last ones, some of them again */
        const T x = v[i + k];
        low[0] = x < low[0] ? x : low[0];
        high[0] = x > high[0] ? x : high[0];
    }
    for (int k = 1; k < LANES; k++) {
        low[0] = low[k] < low[0] ? low[k] : low[0];
        high[0] = high[k] > high[0] ? high[k] : high[0];
    }
    *least = low[0];
    *greatest = high[0];
    return 0;
#endif
}

static void OF(extremes)(const void *values, const sk_run *run, int64_t n, int64_t at, const sk_extremes *out)
{
    for (int64_t r = 0; r < n; r++) {
        const int32_t slot = run[r].slot;
        const T *v = (const T *)values + run[r].start;
        const int64_t count = run[r].stop - run[r].start;
        T low, high;
        if (count < LANES || OF(ends)(v, count, &low, &high)) {
            OF(extremes_slow)(v, count, at + run[r].start, slot, out);
            continue;
        }
        T *least = (T *)out->least + slot, *greatest = (T *)out->greatest + slot;
        const int first = out->seen[slot] == 0;
        out->seen[slot] += count;
        if (first || low < *least) {
            int64_t i = 0;
            while (v[i] != low)
                i++;
            *least = v[i];
            out->least_at[slot] = at + run[r].start + i;
        }
        if (first || high > *greatest) {
            int64_t i = 0;
            while (v[i] != high)
                i++;
            *greatest = v[i];
            out->greatest_at[slot] = at + run[r].start + i;
        }
    }
}

/* Sum of the values, and of the values times their place in the run. */
static void OF(first_moment)(const void *values, const sk_run *run, double *sum, double *moment)
{
    const T *v = (const T *)values + run->start;
    const int32_t count = run->stop - run->start;
#if KIND >= 3
    double lane[8] = {0}, first[8] = {0};
    int32_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int k = 0; k < 8; k++) {
            lane[k] += (double)v[i + k];
            first[k] += (double)v[i + k] * (double)(i + k);
        }
    for (int k = 0; i < count; i++, k++) {
        lane[k] += (double)v[i];
        first[k] += (double)v[i] * (double)i;
    }
    *sum = ((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7]));
    *moment = ((first[0] + first[4]) + (first[1] + first[5])) + ((first[2] + first[6]) + (first[3] + first[7]));
#else
    int64_t total = 0, first = 0;
    for (int32_t i = 0; i < count; i++) {
        total += v[i];
#if KIND == 2
        first += (int64_t)v[i] * i;
#else
        first += (int32_t)v[i] * i; /* below 2^16 2^11 */
#endif
    }
    *sum = (double)total;
    *moment = (double)first;
#endif
}

#undef T
#undef OF
#undef KIND
#undef LANES
#undef KEY
#undef KEY_MOST
#undef KEY_INFINITY

/* Sums and extremes of runs of one type; see measure_values.c for what is defined before this is included:
 * T the type, OF(name), KIND 1 for integers of up to 16 bits, 2 of 32, 3 of 64, 4 for floating point, LANES the values
 * whose extremes are found side by side. */

static void OF(sums)(const void *values, const sk_run *run, int64_t n, sk_sums *sums)
{
    for (int64_t r = 0; r < n; r++) {
        const T *v = (const T *)values + run[r].start;
        const int64_t count = run[r].stop - run[r].start;
        sk_sums *to = sums + run[r].slot;
        to->count += count;
#if KIND == 4
        double total = to->total, carry = to->carry;
        int64_t i = 0;
        if (count >= SK_SUM_LANES) {
            double lane[SK_SUM_LANES] = {0}, rest[SK_SUM_LANES] = {0};
            for (; i + SK_SUM_LANES <= count; i += SK_SUM_LANES)
                for (int k = 0; k < SK_SUM_LANES; k++)
                    sk_add_exact(&lane[k], &rest[k], (double)v[i + k]);
            for (int half = SK_SUM_LANES / 2; half; half /= 2)
                for (int k = 0; k < half; k++) {
                    sk_add_exact(&lane[k], &rest[k], lane[k + half]);
                    rest[k] += rest[k + half];
                }
            sk_add_exact(&total, &carry, lane[0]);
            carry += rest[0];
        }
        for (; i < count; i++)
            sk_add_exact(&total, &carry, (double)v[i]);
        to->total = total;
        to->carry = carry;
#elif KIND == 3
        T high = 0; /* halves, as no vector holds 128 bits */
        uint64_t low = 0;
        for (int64_t i = 0; i < count; i++) {
            low += (uint32_t)v[i];
            high += v[i] >> 32;
        }
        to->sum += (__int128)high * (INT64_C(1) << 32) + low;
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
        double total = 0, power = 0;
        int64_t i = 0;
        if (count >= SK_SUM_LANES) {
            double lane[SK_SUM_LANES] = {0}, square[SK_SUM_LANES] = {0};
            for (; i + SK_SUM_LANES <= count; i += SK_SUM_LANES)
                for (int k = 0; k < SK_SUM_LANES; k++) {
                    const double d = (double)v[i + k] - c;
                    lane[k] += d;
                    square[k] += d * d;
                }
            total = sk_fold(lane);
            power = sk_fold(square);
        }
        for (; i < count; i++) {
            const double d = (double)v[i] - c;
            total += d;
            power += d * d;
        }
        to->count += count;
        sk_add_exact(&to->total, &to->carry, total);
        sk_add_exact(&to->power, &to->power_carry, power);
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

static inline void OF(widen)(T x, T *low, T *high, T *odd)
{
    *low = x < *low ? x : *low;
    *high = x > *high ? x : *high;
#if KIND == 4
    *odd = x == x ? *odd : 1;
#else
    (void)odd;
#endif
}

/* The least and the greatest of LANES values or more; 1 if one is NaN. */
static int OF(ends)(const T *v, int64_t count, T *least, T *greatest)
{
    T low[LANES], high[LANES], odd[LANES] = {0};
    memcpy(low, v, sizeof low);
    memcpy(high, v, sizeof high);
    for (int64_t i = 0; i + LANES <= count; i += LANES)
        for (int k = 0; k < LANES; k++)
            OF(widen)(v[i + k], low + k, high + k, odd + k);
    for (int k = 0; k < LANES; k++) /* the last ones, some of them again */
        OF(widen)(v[count - LANES + k], low + k, high + k, odd + k);
    for (int half = LANES / 2; half; half /= 2)
        for (int k = 0; k < half; k++) {
            low[k] = low[k + half] < low[k] ? low[k + half] : low[k];
            high[k] = high[k + half] > high[k] ? high[k + half] : high[k];
            odd[k] += odd[k + half];
        }
    *least = low[0];
    *greatest = high[0];
    return odd[0] != 0;
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
    double total = 0, first = 0;
    int32_t i = 0;
    if (count >= SK_SUM_LANES) {
        double lane[SK_SUM_LANES] = {0}, place[SK_SUM_LANES] = {0};
        for (; i + SK_SUM_LANES <= count; i += SK_SUM_LANES)
            for (int k = 0; k < SK_SUM_LANES; k++) {
                lane[k] += (double)v[i + k];
                place[k] += (double)v[i + k] * (double)(i + k);
            }
        total = sk_fold(lane);
        first = sk_fold(place);
    }
    for (; i < count; i++) {
        total += (double)v[i];
        first += (double)v[i] * (double)i;
    }
    *sum = total;
    *moment = first;
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

/* Components of equal values: as in bitruns.c, with runs of one value instead of runs of bits. */
#include "sk_ndimage.h"
#include "sk_unionfind.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 2048

#define OF(name) name##8
#define T uint8_t
#include "valueruns_body.h"
#define OF(name) name##16
#define T uint16_t
#include "valueruns_body.h"
#define OF(name) name##32
#define T uint32_t
#include "valueruns_body.h"
#define OF(name) name##64
#define T uint64_t
#include "valueruns_body.h"

typedef struct {
    int64_t (*count)(const sk_bitgrid *, const void *, int);
    void (*find)(const sk_bitgrid *, const void *, int, sk_bitruns *);
    sk_join_rows join;
} value_type;

int SK_NAME(sk_valueruns_label) SK_VALUES_PARAMS
{
    static const value_type types[] = {
        {count_runs8, find_runs8, join_rows8},
        {count_runs16, find_runs16, join_rows16},
        {count_runs32, find_runs32, join_rows32},
        {count_runs64, find_runs64, join_rows64},
    };
    const value_type *type = types + (width == 1 ? 0 : width == 2 ? 1 : width == 4 ? 2 : 3);
    const int64_t rows = g->planes * g->ny;
    memset(out, 0, sizeof *out);
    if (g->nx >= INT32_MAX - 64)
        return SK_SIZE;
    const int64_t n = type->count(g, image, !nb->along_x);
    if (n >= INT32_MAX)
        return SK_SIZE;
    out->n = n;
    out->first = malloc((size_t)(rows + 1) * sizeof *out->first);
    out->start = malloc((size_t)(n + 1) * sizeof *out->start);
    out->stop = malloc((size_t)(n + 1) * sizeof *out->stop);
    out->label = malloc((size_t)(n + 1) * sizeof *out->label);
    int status = SK_MEMORY;
    if (out->first && out->start && out->stop && out->label) {
        type->find(g, image, !nb->along_x, out);
        for (int64_t i = 0; i < n; i++)
            out->label[i] = (int32_t)i;
        status = sk_runs_join(g, nb, image, out, type->join, poll, udata);
    }
    if (status != SK_OK) {
        SK_NAME(sk_bitruns_free)(out);
        return status;
    }
    out->count = sk_number_roots(out->label, n);
    return SK_OK;
}

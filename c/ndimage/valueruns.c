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
    return sk_runs_label(g, nb, image, out, type->count, type->find, type->join, poll, udata);
}

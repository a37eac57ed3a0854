/* Labels of runs of values, into memory that need not be clear. */
#include "sk_ndimage.h"
#include "sk_paint.h"

#define MANY_ENDS 16 /* changes a word from which on it is written voxel by voxel */

/* Which voxels of a word are 0: from where the value changes and no run starts up to the next change. `on`: whether
 * such a stretch goes on from the word before. */
static inline uint64_t zeros_of(const sk_valueword *word, uint64_t on)
{
    const uint64_t first = word->differs & ~word->starts, rest = ~word->differs;
    return first | (((rest + (first << 1 | on)) ^ rest) & rest); /* the sum carries through the rest of each stretch */
}

#define T int32_t
#define OF(name) name##32
#include "valuefill_body.h"
#define T int64_t
#define OF(name) name##64
#include "valuefill_body.h"

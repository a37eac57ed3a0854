/* Places in open-addressed tables. */
#ifndef SK_HASH_H
#define SK_HASH_H

#include <stdint.h>

/* All bits of a key count in all bits of the result (the finaliser of D. Stafford's variant 13 of MurmurHash3, as in
 * SplitMix64, doi:10.1145/2660193.2660195). */
static inline uint64_t sk_hash64(uint64_t key)
{
    key = (key ^ key >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    key = (key ^ key >> 27) * UINT64_C(0x94D049BB133111EB);
    return key ^ key >> 31;
}

#endif

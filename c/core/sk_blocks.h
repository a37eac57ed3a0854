/* Memory of large arrays, kept for the next array of that size.
 *
 * The C library gives a large block back to the system when it is freed, and the next array of that size
 * pays again for every page: filling a fresh block takes about three times as long as filling a used
 * one. Here a few freed blocks are kept. The system is told that it may take their pages
 * whenever it is short of memory (MADV_FREE), and before a new block is taken, kept ones of that size
 * together are given back, so that what is kept never raises the peak.
 *
 * The functions have the signatures of NumPy's memory handlers (NEP 49). They may be called by any thread.
 */
#ifndef SK_BLOCKS_H
#define SK_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

void *sk_blocks_malloc(void *context, size_t size);
void *sk_blocks_calloc(void *context, size_t count, size_t size);
void *sk_blocks_realloc(void *context, void *memory, size_t size);
void sk_blocks_free(void *context, void *memory, size_t size);

/* Most bytes that are kept from now on; 0 keeps none and gives back what is kept. */
void sk_blocks_limit(size_t most);
/* Bytes that are kept. */
size_t sk_blocks_kept(void);

#endif

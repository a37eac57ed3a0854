/* The surface where a volume crosses a level, as triangles: marching cubes. */
#ifndef SK_CUBES_H
#define SK_CUBES_H

#include <stdint.h>

#include "sk_status.h"

typedef struct {
    int64_t shape[3];      /* of the volume, C-contiguous */
    const float *volume;
    const uint8_t *mask;   /* cells with a corner where it is 0 are left out; NULL: none */
    double level;
    double spacing[3];
    const int8_t *edges;   /* of all patterns' triangles, three each */
    const int32_t *first;  /* the first triangle of each pattern; 257 entries */
    int (*poll)(void *udata);
    void *udata;
} sk_cubes;

/* Number of vertices and triangles. */
int sk_cubes_count(const sk_cubes *c, int64_t *vertices, int64_t *triangles);
/* The vertices in space, unit normals toward lower values, values of the larger voxel beside, and triangles as triples
 * of vertices. Sizes as counted. */
int sk_cubes_fill(const sk_cubes *c, float *vertex, float *normal, float *value, int32_t *triangle);

#endif

/* Convex hulls of masks, in whole numbers: coordinates are doubled, so that the middles of voxels' faces have some too. */
#ifndef SK_HULL_H
#define SK_HULL_H

#include <stdint.h>

#include "sk_status.h"

#define SK_HULL_LONGEST (1 << 18) /* axis of a volume, so that volumes of tetrahedra fit 64 bits */

/* A triangle of the hull; inside is where normal . p <= distance. */
typedef struct {
    int64_t normal[3], distance;
    int32_t vertex[3];    /* counterclockwise seen from outside */
    int32_t neighbour[3]; /* beyond the edge from vertex k to the next */
    int32_t points;       /* list of the points that this triangle sees, -1: none */
    int32_t mark;
    int alive;
} sk_facet;

typedef struct {
    int64_t n;
    const int32_t *point; /* n x 3 */
    sk_facet *facet;
    int64_t nfacets, room;
} sk_hull;

/* quickhull.c. SK_SINGULAR if the points lie in a plane. The caller frees `facet` in any case. */
int sk_quickhull(sk_hull *h, int (*poll)(void *udata), void *udata);

/* hull.c. Set the voxels whose middles lie in the hull of those set in `mask`, of shape nz x ny x nx; `faces`: of the
 * middles of their faces, else of their own. In the first function each plane for itself, and of faces in the plane.
 * The second returns SK_SINGULAR where `faces` is 0 and the voxels lie in a plane; `out` is not written then. */
int sk_hull_planes(const int64_t *shape, const uint8_t *mask, int faces, uint8_t *out);
int sk_hull_volume(const int64_t *shape, const uint8_t *mask, int faces, uint8_t *out, int (*poll)(void *udata),
                   void *udata);

#endif

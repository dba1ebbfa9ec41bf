/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seam.h: one seam of a picture that is to wrap, where two opposite edges
 * meet, and the steps that take it away.  "Across" counts pixels from one of
 * the edges to the other, "along" those that run beside them.
 */

#ifndef DIF_PIPELINE_SEAM_H
#define DIF_PIPELINE_SEAM_H

#include "base/memory.h"
#include "base/pool.h"

/* Half the width, at most, of the band about a seam that is made anew, in
 * pixels of the whole picture.
 */
#define DIF_SEAM_BAND 64

typedef struct
{
  float    *rgb;           /* the picture                              */
  gsize     plane;         /* values of one of its planes              */
  int       across;        /* pixels                                   */
  int       along;
  gsize     step_across;   /* from a value to the next                 */
  gsize     step_along;
  gboolean  closed;        /* the other two edges have met already     */
  int       reduction;     /* 1.. as in DifParams                      */
  DifPool  *pool;
} DifSeam;

static inline float *
dif_seam_at (const DifSeam *seam,
             int            c,
             int            across,
             int            along)
{
  return seam->rgb + c * seam->plane + across * seam->step_across
         + along * seam->step_along;
}

/* A length in pixels of the whole, in those of the reduced picture. */
static inline int
dif_seam_pixels (const DifSeam *seam,
                 int            pixels)
{
  return MAX (1, pixels / seam->reduction);
}

/* v + by; a v within [-1,1] does not leave that range. */
static inline float
dif_seam_changed (float v,
                  float by)
{
  return v >= -1.0f && v <= 1.0f ? CLAMP (v + by, -1.0f, 1.0f) : v + by;
}

/* These take their memory from arena.  Where it only counts they do not touch
 * the picture, and rgb may be NULL.
 */

/* How strongly each line along the seam shows, as a rank: the share of the
 * lines within the picture that are weaker.  Line i lies between pixels i and
 * i + 1 across; the last line is the seam.  Lines are ranked by their
 * differences in single pixels, by those on the large scale, and by how far
 * they stand out of the lines beside them, and the highest rank counts.  Where
 * the picture has a frame the seam's rank is 1.  The ranks stay in the arena.
 */
float *dif_seam_ranks (const DifSeam *seam,
                       DifArena      *arena);

/* Spreads what the edges differ by on the large scale over the picture. */
void dif_seam_level  (const DifSeam *seam,
                      DifArena      *arena);

/* Half the width of the band in this picture; 0 if it is too small for one. */
int  dif_seam_band   (const DifSeam *seam);

/* Pixels of half such a band, next to the seam, that are replaced in any case.
 */
int  dif_seam_core   (const DifSeam *seam,
                      int            band);

/* How far from the seam the middle of the part lies that fits best between
 * both sides of the band.  It is so far from the edges that the part is whole.
 * ranks: those of the lines.
 */
int  dif_seam_search (const DifSeam *seam,
                      int            band,
                      const float   *ranks,
                      DifArena      *arena);

/* Puts that part over the seam, cut out where the difference is least. */
void dif_seam_patch  (const DifSeam *seam,
                      int            band,
                      int            offset,
                      DifArena      *arena);

#endif

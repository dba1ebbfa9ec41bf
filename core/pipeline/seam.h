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

/* Half of the band about a seam that is made anew, at most: pixels of the
 * whole picture.
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

/* v changed by something, but not to beyond [-1,1] if it was within. */
static inline float
dif_seam_changed (float v,
                  float by)
{
  return v >= -1.0f && v <= 1.0f ? CLAMP (v + by, -1.0f, 1.0f) : v + by;
}

/* What they take comes from arena.  One that only counts leaves the picture,
 * which then may be NULL, alone.
 */

/* How strongly line i along the seam shows, which lies between pixels i and
 * i + 1 across: the share of the lines within the picture that are weaker,
 * in what they are strongest in: single pixels, the large scale, or standing
 * out of the lines beside them.  The last line is the seam; with a frame
 * about the picture none is stronger.  The ranks stay in the arena.
 */
float *dif_seam_ranks (const DifSeam *seam,
                       DifArena      *arena);

/* Spreads what the edges differ by on the large scale over the picture. */
void dif_seam_level  (const DifSeam *seam,
                      DifArena      *arena);

/* The half width of that band here, 0 if the picture is too small for one. */
int  dif_seam_band   (const DifSeam *seam);

/* Pixels of that half which belong to the new at the least. */
int  dif_seam_core   (const DifSeam *seam,
                      int            band);

/* How far from the seam lies what goes on best from both sides of the band:
 * the picture is whole there, a band's width to either side.  ranks: of the
 * lines.
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

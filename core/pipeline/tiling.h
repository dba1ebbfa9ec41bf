/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tiling.h: a picture of any size through a denoiser that sees a tile at
 * a time.  The tiles of a step overlap and the estimates of them are blended
 * with smooth windows before the sampler's one step for the whole
 * picture (MultiDiffusion, Bar-Tal et al. 2023, section 3).
 *
 * The canvas is the picture with a margin: its sides are multiples of
 * what the denoiser wants, and never smaller than its native size.  Where
 * the tiles lie depends on the size of the picture and on the denoiser alone.
 *
 * On a wrapped canvas left continues at the right and the top at the
 * bottom: its margins show the other side of the picture, at least an
 * overlap's width of it, and estimates of the same pixel are blended
 * wherever on the canvas they were made.
 *
 * A part of a tiling has some of its tiles, where they lie in the whole.
 */

#ifndef DIF_PIPELINE_TILING_H
#define DIF_PIPELINE_TILING_H

#include "dif.h"
#include "base/pool.h"

/* The longest side of a tile, in pixels, and the least overlap. */
#define DIF_TILE_SIDE    384
#define DIF_TILE_OVERLAP 48

typedef struct
{
  int    length;      /* of the canvas                                    */
  int    before;      /* canvas pixels in front of the picture            */
  int    n;           /* tiles                                            */
  int    size;        /* of each                                          */
  int    picture;     /* length of the picture                            */
  int    overlap;     /* of neighbours, at least                          */
  int    offset;      /* where it begins in the whole: 0 but for a part   */
  int   *start;       /* [n], multiples of the denoiser's                 */
  float *window;      /* [n][size]; over all tiles they sum to 1 at each
                         canvas pixel, wrapped at each picture pixel      */
} DifAxis;

typedef struct
{
  DifAxis  x;
  DifAxis  y;
  gboolean wrapped;
} DifTiling;

/* multiple and native: as in DifTraits. */
DifTiling *dif_tiling_new     (int               width,
                               int               height,
                               int               multiple,
                               int               native,
                               gboolean          wrapped);

/* The tiles of whole that touch rect, a part of its picture that is not empty;
 * where within is TRUE, those that see nothing outside rect; where whole is
 * wrapped, all of them.  The picture of the new tiling is what these tiles see:
 * x.offset, x.picture, y.offset, y.picture.
 */
DifTiling *dif_tiling_part    (const DifTiling  *whole,
                               const DifRect    *rect,
                               gboolean          within);
void       dif_tiling_free    (DifTiling        *tiling);
int        dif_tiling_n_tiles (const DifTiling  *tiling);

/* Values of the three planes of the canvas. */
gsize      dif_tiling_values  (const DifTiling  *tiling);

/* Where on the canvas tiles first .. first + n - 1 lie. */
void       dif_tiling_place   (const DifTiling  *tiling,
                               int               first,
                               int               n,
                               DifRect          *tiles);

/* How many rows of the canvas have to be at hand at once where batch tiles are
 * taken at a time, in their order, and rows above the tiles to come are done
 * with.  On a wrapped canvas these are all rows.
 */
int        dif_tiling_band    (const DifTiling  *tiling,
                               int               batch);

/* The first row that tiles from first on touch; the end if there are none. */
int        dif_tiling_row     (const DifTiling  *tiling,
                               int               first);

/* Adds estimates of tiles first .. first + n - 1, [n][3][height][width], times
 * their windows, to planes that hold the canvas rows from .. from + height - 1.
 * The tiles' rows are among these.
 */
void       dif_tiling_add     (const DifTiling  *tiling,
                               DifPool          *pool,
                               int               first,
                               int               n,
                               const float      *estimates,
                               int               from,
                               int               height,
                               float            *planes);

/* After all tiles of a wrapped canvas: adds up what was estimated of
 * the same pixel and puts the sum in each of its places.  Does nothing
 * to any other canvas.
 */
void       dif_tiling_fold    (const DifTiling  *tiling,
                               DifPool          *pool,
                               float            *planes);

/* The picture's pixel that is seen at place i of the canvas: mirrored
 * beyond the edges, the edge itself not repeated, or wrapped.
 */
int        dif_axis_source    (const DifAxis    *axis,
                               gboolean          wrapped,
                               int               i);

#endif

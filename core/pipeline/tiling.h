/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tiling.h: a picture of any size through a network that sees a tile at
 * a time.  The tiles of a step overlap and their predictions are blended
 * with smooth windows before the sampler's one step for the whole
 * picture (MultiDiffusion, Bar-Tal et al. 2023, section 3).
 *
 * The canvas is the picture with a margin: its sides are multiples of
 * what the network halves, and never smaller than the network's native
 * size.  Where the tiles lie depends on the size of the picture and on
 * the network alone.
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
  int   *start;       /* [n], multiples of the network's                  */
  float *window;      /* [n][size]; over all tiles they sum to 1 at each
                         canvas pixel                                     */
} DifAxis;

typedef struct
{
  DifAxis x;
  DifAxis y;
  int     unshuffle;  /* p: p x p pixels are one of the network's, with
                         channel (c * p + dy) * p + dx                    */
} DifTiling;

/* multiple: of p and of the network's halvings together. */
DifTiling *dif_tiling_new     (int               width,
                               int               height,
                               int               multiple,
                               int               native,
                               int               unshuffle);
void       dif_tiling_free    (DifTiling        *tiling);
int        dif_tiling_n_tiles (const DifTiling  *tiling);

/* Values of the three planes of the canvas. */
gsize      dif_tiling_values  (const DifTiling  *tiling);

/* Tiles first .. first + n - 1 of the canvas planes [3][height][width]
 * as network input [n][h/p][w/p][3 p p].
 */
void       dif_tiling_gather  (const DifTiling  *tiling,
                               DifPool          *pool,
                               int               first,
                               int               n,
                               const float      *planes,
                               float            *input);

/* Adds the same tiles of network output, windowed, to the planes. */
void       dif_tiling_scatter (const DifTiling  *tiling,
                               DifPool          *pool,
                               int               first,
                               int               n,
                               const float      *output,
                               float            *planes);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-canvas.h: a picture cut into patches.  A patch is P x P pixels of three
 * planes, its values in the order [plane][row][column], and lies wholly inside
 * the picture.  Where that is wrapped, a patch begins at every pixel and goes
 * on at the other side.
 */

#ifndef DIF_DENOISE_PATCHES_PATCH_CANVAS_H
#define DIF_DENOISE_PATCHES_PATCH_CANVAS_H

#include <glib.h>
#include <stddef.h>

/* Pixels of a patch's side, at the most. */
#define DIF_PATCH_MAX_SIDE 31

/* The picture's values, with the beginnings of its rows and columns behind
 * their ends where it is wrapped.
 */
typedef struct
{
  int       patch;         /* P                                        */
  int       picture_width;
  int       picture_height;
  gboolean  wrapped;
  int       width;         /* with what is behind the ends             */
  int       height;
  int       columns;       /* of patches: where they begin             */
  int       rows;
  float    *values;        /* [3][height][width], the caller's         */
} DifPatchCanvas;

/* Values of a patch. */
static inline int
dif_patch_values (int patch)
{
  return 3 * patch * patch;
}

/* Without its values.  A picture that is not wrapped is not smaller than a
 * patch.
 */
DifPatchCanvas dif_patch_canvas_new    (int                   patch,
                                        int                   width,
                                        int                   height,
                                        gboolean              wrapped);

/* How many values it has. */
size_t         dif_patch_canvas_size   (const DifPatchCanvas *canvas);

/* Fills canvas->values with factor * x - shift[plane]. */
void           dif_patch_canvas_fill   (const DifPatchCanvas *canvas,
                                        const float          *x,
                                        size_t                row_stride,
                                        size_t                plane_stride,
                                        float                 factor,
                                        const float           shift[3]);

/* The patch that begins at (x, y). */
void           dif_patch_canvas_gather (const DifPatchCanvas *canvas,
                                        int                   x,
                                        int                   y,
                                        float                *patch);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-canvas.c: see patch-canvas.h.
 */

#include <string.h>

#include "denoise/patches/patch-canvas.h"

DifPatchCanvas
dif_patch_canvas_new (int      patch,
                      int      width,
                      int      height,
                      gboolean wrapped)
{
  int behind = wrapped ? patch - 1 : 0;

  return (DifPatchCanvas) {
    .patch = patch, .picture_width = width, .picture_height = height,
    .wrapped = wrapped, .width = width + behind, .height = height + behind,
    .columns = width + behind - patch + 1, .rows = height + behind - patch + 1,
  };
}

size_t
dif_patch_canvas_size (const DifPatchCanvas *canvas)
{
  return (size_t) 3 * canvas->height * canvas->width;
}

void
dif_patch_canvas_fill (const DifPatchCanvas *canvas,
                       const float          *x,
                       size_t                row_stride,
                       size_t                plane_stride,
                       float                 factor,
                       const float           shift[3])
{
  float *to = canvas->values;
  int    c, row, column;

  for (c = 0; c < 3; c++)
    for (row = 0; row < canvas->height; row++)
      {
        const float *from = x + c * plane_stride
                            + row % canvas->picture_height * row_stride;

        for (column = 0; column < canvas->picture_width; column++)
          to[column] = factor * from[column] - shift[c];
        for (; column < canvas->width; column++)
          to[column] = to[column - canvas->picture_width];
        to += canvas->width;
      }
}

void
dif_patch_canvas_gather (const DifPatchCanvas *canvas,
                         int                   x,
                         int                   y,
                         float                *patch)
{
  int side = canvas->patch, c, row;

  for (c = 0; c < 3; c++)
    for (row = 0; row < side; row++, patch += side)
      memcpy (patch,
              canvas->values
              + ((size_t) c * canvas->height + y + row) * canvas->width + x,
              side * sizeof (float));
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * window.h: the prepared rows that a 3 x 3 convolution reads, a few at a
 * time: normalised, through SiLU, resized, with a border, in the kernels'
 * own type.
 */

#ifndef DIF_NN_WINDOW_H
#define DIF_NN_WINDOW_H

#include "nn/tensor.h"

/* What a 3 x 3 convolution reads, with a border of zero pixels around it:
 * resize (act (scale * x + shift)), act SiLU or nothing, where x has the
 * channels of two tensors side by side; the second may have none.
 */
typedef struct
{
  DifTensor    x[2];
  const float *scale;       /* [n][channels of both], or NULL */
  const float *shift;
  bool         silu;
  DifResize    resize;
} DifInput;

/* Rows are numbered as in the bordered input: 0 is the border above. */
typedef struct
{
  const DifKernels *kernels;
  const DifInput   *input;
  char             *data;
  int               first;    /* row at data              */
  int               end;      /* behind the last row      */
  int               w;        /* of the input, in pixels  */
  int               h;
  int               channels;
  size_t            bytes;    /* of a value               */
  size_t            pixel;    /* in bytes                 */
  size_t            row;
} DifWindow;

/* A window in memory, without rows, for a convolution that makes an output
 * of that width and height.
 */
DifWindow dif_window_new    (const DifKernels   *kernels,
                             const DifConvShape *shape,
                             const DifInput     *input,
                             int                 width,
                             int                 height,
                             float              *memory);

/* Floats of memory for a window on the input of the largest strip of such
 * an output.
 */
size_t    dif_window_floats (const DifKernels   *kernels,
                             const DifConvShape *shape,
                             int                 width,
                             int                 height);

/* Moves on to the rows first .. end - 1 of a picture.  Those that it has are
 * not prepared again.  Behind them come the zeros that the kernels ask for.
 */
void      dif_window_move   (DifWindow          *win,
                             int                 picture,
                             int                 first,
                             int                 end);

#endif

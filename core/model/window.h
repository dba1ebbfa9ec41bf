/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * window.h: the prepared rows that a 3 x 3 convolution reads, a few at a
 * time: normalised, through SiLU, resized, with a border, in the kernels'
 * own type.
 */

#ifndef DIF_MODEL_WINDOW_H
#define DIF_MODEL_WINDOW_H

#include "model/layers-private.h"

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
DifWindow dif_window_new    (const DifConv  *conv,
                             const DifInput *input,
                             int             width,
                             int             height,
                             float          *memory);

/* Floats of memory for a window on the input of the largest strip of such
 * an output.
 */
size_t    dif_window_floats (const DifConv  *conv,
                             int             width,
                             int             height);

/* Moves on to the rows first .. end - 1 of a picture, of which it keeps
 * those it has.  Behind them come the zeros that the kernels ask for.
 */
void      dif_window_move   (DifWindow      *win,
                             int             picture,
                             int             first,
                             int             end);

#endif

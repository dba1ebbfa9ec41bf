/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * strips.c: see strips.h.
 */

#include <glib.h>

#include "kernels/kernels.h"
#include "nn/strips.h"

/* Pixels of a strip at the most, unless DIF_ROWS rows have more: enough to be
 * worth reading the weights for, few enough to share small pictures between
 * threads.
 */
#define STRIP_PIXELS 512

/* Strips end at multiples of DIF_ROWS. */
int
dif_strips_of (int h,
               int w)
{
  int units = (h + DIF_ROWS - 1) / DIF_ROWS;
  int most = MAX (1, STRIP_PIXELS / (w * DIF_ROWS));

  return (units + most - 1) / most;
}

int
dif_strip_rows (int h,
                int w)
{
  int units = (h + DIF_ROWS - 1) / DIF_ROWS, n = dif_strips_of (h, w);

  return (units + n - 1) / n * DIF_ROWS;
}

void
dif_strip (int  chunk,
           int  n_strips,
           int  h,
           int *picture,
           int *y0,
           int *y1)
{
  int    s = chunk % n_strips;
  gint64 units = (h + DIF_ROWS - 1) / DIF_ROWS;

  *picture = chunk / n_strips;
  *y0 = (int) (units * s / n_strips) * DIF_ROWS;
  *y1 = MIN (h, (int) (units * (s + 1) / n_strips) * DIF_ROWS);
}

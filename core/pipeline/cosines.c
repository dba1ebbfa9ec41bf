/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cosines.c: see cosines.h.
 */

#include <glib.h>
#include <math.h>

#include "pipeline/cosines.h"

void
dif_cosines (float matrix[DIF_COSINES][DIF_COSINES])
{
  int i, j;

  for (i = 0; i < DIF_COSINES; i++)
    for (j = 0; j < DIF_COSINES; j++)
      matrix[i][j] = (float) (sqrt ((i == 0 ? 1.0 : 2.0) / DIF_COSINES)
                              * cos (G_PI * (2 * j + 1) * i
                                     / (2 * DIF_COSINES)));
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * uses.c: see uses.h.
 */

#include <string.h>

#include "quilt/uses.h"

/* The means of 2 * reach + 1 values each, the ends repeated beyond them. */
static void
average_line (const float *in,
              int          n,
              gsize        step,
              int          reach,
              float       *out)
{
  double sum = 0.0;
  int    i;

  for (i = -reach; i <= reach; i++)
    sum += in[CLAMP (i, 0, n - 1) * step];
  for (i = 0; i < n; i++)
    {
      out[i * step] = (float) (sum / (2 * reach + 1));
      sum += in[MIN (i + reach + 1, n - 1) * step]
             - in[MAX (i - reach, 0) * step];
    }
}

void
dif_uses_count (const DifField *field,
                int             columns,
                int             rows,
                int             reach,
                float          *often,
                float          *scratch)
{
  gsize n = (gsize) field->columns * field->rows, i;
  float share = (float) ((double) columns * rows / n);
  int   x, y;

  memset (often, 0, (gsize) columns * rows * sizeof (float));
  for (i = 0; i < n; i++)
    often[(gsize) field->at[i].y * columns + field->at[i].x] += share;
  for (y = 0; y < rows; y++)
    average_line (often + (gsize) y * columns, columns, 1, reach,
                  scratch + (gsize) y * columns);
  for (x = 0; x < columns; x++)
    average_line (scratch + x, rows, columns, reach, often + x);
}

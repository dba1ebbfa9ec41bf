/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * screened.c: see screened.h.
 */

#include "screened.h"

/* Neighbour k of a pixel, or -1. */
static gssize
beside (const Screened *e,
        gsize           at,
        int             k)
{
  int x = at % e->width + (k == 0) - (k == 1);
  int y = at / e->width + (k == 2) - (k == 3);

  if (e->wrapped && (k < 2 ? e->width : e->height) > 1)
    {
      x = (x + e->width) % e->width;
      y = (y + e->height) % e->height;
    }
  if (x < 0 || y < 0 || x >= e->width || y >= e->height)
    return -1;
  return (gssize) y * e->width + x;
}

void
screened_apply (const Screened *e,
                const double   *d,
                double         *out)
{
  gsize n = (gsize) e->width * e->height, i;
  int   k;

  for (i = 0; i < n; i++)
    {
      out[i] = e->hold * d[i];
      for (k = 0; k < 4; k++)
        {
          gssize next = beside (e, i, k);

          if (next >= 0)
            out[i] += d[i] - d[next];
        }
      if (e->fixed && e->fixed[i])
        out[i] = 0.0;
    }
}

static double
dot (const double *a,
     const double *b,
     gsize         n)
{
  double sum = 0.0;
  gsize  i;

  for (i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

double *
screened_solve (const Screened *e,
                const float    *right)
{
  gsize   n = (gsize) e->width * e->height, i;
  double *d = g_new0 (double, n), *r = g_new (double, n);
  double *p = g_new (double, n), *q = g_new (double, n);
  double  before, after;

  for (i = 0; i < n; i++)
    p[i] = r[i] = e->fixed && e->fixed[i] ? 0.0 : right[i];
  before = dot (r, r, n);
  while (before > 1e-20)
    {
      double length;

      screened_apply (e, p, q);
      length = before / dot (p, q, n);
      for (i = 0; i < n; i++)
        {
          d[i] += length * p[i];
          r[i] -= length * q[i];
        }
      after = dot (r, r, n);
      for (i = 0; i < n; i++)
        p[i] = r[i] + after / before * p[i];
      before = after;
    }
  g_free (r);
  g_free (p);
  g_free (q);
  return d;
}

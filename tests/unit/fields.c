/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fields.c: see fields.h.
 */

#include "fields.h"

DifImage *
fields_picture (GRand *rand,
                int    width,
                int    height)
{
  g_autoptr (GError)  error = NULL;
  DifImage           *picture = dif_image_new (width, height, &error);
  int                 i;

  g_assert_no_error (error);
  for (i = 0; i < 3 * width * height; i++)
    picture->rgb[i] = (float) g_rand_double_range (rand, -1.0, 1.0);
  return picture;
}

DifField *
fields_identity (int      patch,
                 int      width,
                 int      height,
                 gboolean wrapped)
{
  g_autoptr (GError)  error = NULL;
  DifField           *f = dif_field_new (patch, width, height, wrapped, &error);
  int                 x, y;

  g_assert_no_error (error);
  for (y = 0; y < f->rows; y++)
    for (x = 0; x < f->columns; x++)
      f->at[y * f->columns + x] = (DifMatch) { (guint16) y, (guint16) x };
  return f;
}

DifField *
fields_random (GRand          *rand,
               int             patch,
               int             width,
               int             height,
               gboolean        wrapped,
               const DifImage *source)
{
  DifField *f = fields_identity (patch, width, height, wrapped);
  int       columns = dif_field_places (source->width, patch, wrapped);
  int       rows = dif_field_places (source->height, patch, wrapped);
  int       i, n, run = 0, x = 0, y = 0;

  for (i = 0, n = f->columns * f->rows; i < n; i++, run--, x++)
    {
      if (run <= 0 || x >= columns)
        {
          run = g_rand_int_range (rand, 1, 4);
          run *= run * run;
          x = g_rand_int_range (rand, 0, columns);
          y = g_rand_int_range (rand, 0, rows);
          if (i >= f->columns && g_rand_boolean (rand))
            {
              y = MIN (f->at[i - f->columns].y + 1, rows - 1);
              x = f->at[i - f->columns].x;
            }
        }
      f->at[i] = (DifMatch) { (guint16) y, (guint16) x };
    }
  return f;
}

DifTexels *
fields_texels (const DifImage *picture,
               int             patch,
               gboolean        wrapped)
{
  g_autoptr (GError)  error = NULL;
  DifTexels          *t = dif_texels_new (picture->width, picture->height,
                                          wrapped ? patch : 0, &error);
  DifPool            *pool = dif_pool_new (1);

  g_assert_no_error (error);
  dif_texels_fill (t, picture, 0.0, 0, 0, pool);
  dif_pool_free (pool);
  return t;
}

void
fields_assert_equal (const DifField *a,
                     const DifField *b)
{
  g_assert_cmpint (a->columns, ==, b->columns);
  g_assert_cmpint (a->rows, ==, b->rows);
  g_assert_cmpmem (a->at, a->columns * a->rows * sizeof (DifMatch),
                   b->at, b->columns * b->rows * sizeof (DifMatch));
}

int
fields_round (int      v,
              int      n,
              gboolean wrapped)
{
  if (wrapped)
    v = (v % n + n) % n;
  g_assert_cmpint (v, >=, 0);
  g_assert_cmpint (v, <, n);
  return v;
}

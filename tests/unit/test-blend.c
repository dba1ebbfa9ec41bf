/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-blend.c: blended pictures against the equation written out in double
 * precision; steps that go and edges that stay; what must not change; and what
 * it takes.
 */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "quilt/blend.h"
#include "screened.h"
#include "../larger.h"

#define HOLD 0.003
#define EDGE 0.2

/* A fifth of a level of 8 bits. */
#define LIMIT (0.2 / 127.5)

#define MIB (1024.0 * 1024.0)

/* Pictures ------------------------------------------------------------ */

static float *
pixel (const DifImage *image,
       int             channel,
       int             x,
       int             y)
{
  return &image->rgb[((gsize) channel * image->height + y) * image->width + x];
}

/* Slopes, an edge and grain. */
static DifImage *
source_new (int width,
            int height)
{
  DifImage *image = dif_image_new (width, height, NULL);
  gsize     plane = (gsize) width * height;
  int       x, y, c;

  for (y = 0; y < height; y++)
    {
      dif_rng_normal_rgb (3, 0, 0, y, width, image->rgb + (gsize) y * width,
                          plane);
      for (c = 0; c < 3; c++)
        for (x = 0; x < width; x++)
          {
            float *v = pixel (image, c, x, y);

            *v = 0.02f * *v + 0.5f * sinf (0.07f * x + c)
                 + (2 * y > height ? 0.3f : -0.3f * y / height);
          }
    }
  return image;
}

static DifField *
field_new (int      patch,
           int      width,
           int      height,
           gboolean wrapped)
{
  DifField *f = dif_field_new (patch, width, height, wrapped, NULL);
  int       i;

  for (i = 0; i < f->columns * f->rows; i++)
    f->at[i] = (DifMatch) { (guint16) (i / f->columns),
                            (guint16) (i % f->columns) };
  return f;
}

/* Blocks of places are displaced at random. */
static void
displace (DifField *f,
          int       block,
          int       source_width,
          int       source_height)
{
  int columns = dif_field_places (source_width, f->patch, f->wrapped);
  int rows = dif_field_places (source_height, f->patch, f->wrapped);
  int x, y;

  for (y = 0; y < f->rows; y++)
    for (x = 0; x < f->columns; x++)
      {
        guint32   draw = (guint32) (x / block * 7919 + y / block * 104729)
                         * 2654435761u;
        DifMatch *m = &f->at[(gsize) y * f->columns + x];

        m->x = (guint16) CLAMP (x + (int) (draw >> 8) % 23 - 11, 0, columns - 1);
        m->y = (guint16) CLAMP (y + (int) (draw >> 20) % 9 - 4, 0, rows - 1);
      }
}

static DifImage *
blend (const DifImage *source,
       const DifField *field,
       double          hold,
       const guint8   *fixed,
       int             n_threads)
{
  DifPool  *pool = dif_pool_new (n_threads);
  DifImage *picture = dif_image_new (field->width, field->height, NULL);

  dif_field_vote (field, source, 1.0, picture, pool);
  g_assert_true (dif_quilt_blend (picture, source, field, hold, EDGE, fixed,
                                  pool, NULL));
  dif_pool_free (pool);
  return picture;
}

/* The equation ------------------------------------------------------ */

/* The source's value so far from where pixel (x, y) of the picture comes from. */
static double
source_value (const DifImage *source,
              const DifField *f,
              int             channel,
              int             x,
              int             y,
              int             dx,
              int             dy)
{
  int             half = f->patch / 2, u = x - half, v = y - half;
  const DifMatch *m;

  if (f->wrapped)
    {
      m = &f->at[(v + f->rows) % f->rows * f->columns
                 + (u + f->columns) % f->columns];
      return *pixel (source, channel,
                     (m->x + half + dx + source->width) % source->width,
                     (m->y + half + dy + source->height) % source->height);
    }
  u = CLAMP (u, 0, f->columns - 1);
  v = CLAMP (v, 0, f->rows - 1);
  m = &f->at[v * f->columns + u];
  return *pixel (source, channel,
                 CLAMP (m->x + x - u + dx, 0, source->width - 1),
                 CLAMP (m->y + y - v + dy, 0, source->height - 1));
}

/* How differently the source goes on where pixel (x, y) and the next one, (dx, dy)
 * away, come from; 0 where there is none.
 */
static double
apart (const DifImage *source,
       const DifField *f,
       int             x,
       int             y,
       int             dx,
       int             dy)
{
  double sum = 0.0;
  int    u = x + dx, v = y + dy, c;

  if (f->wrapped && (dx ? f->width : f->height) > 1)
    {
      x = (x + f->width) % f->width;
      y = (y + f->height) % f->height;
      u = (u + f->width) % f->width;
      v = (v + f->height) % f->height;
    }
  if (x < 0 || y < 0 || x >= f->width || y >= f->height || u < 0 || v < 0
      || u >= f->width || v >= f->height)
    return 0.0;
  for (c = 0; c < 3; c++)
    sum += pow (source_value (source, f, c, x, y, dx, dy)
                - source_value (source, f, c, u, v, 0, 0), 2.0)
           + pow (source_value (source, f, c, x, y, 0, 0)
                  - source_value (source, f, c, u, v, -dx, -dy), 2.0);
  return sum / 6.0;
}

/* What is missing of the difference between a pixel and the next. */
static double
missing (const DifImage *picture,
         const DifImage *source,
         const DifField *f,
         int             channel,
         int             x,
         int             y,
         int             dx,
         int             dy)
{
  int    u = (x + dx) % f->width, v = (y + dy) % f->height, i, j;
  double most = 0.0;

  for (j = -2; j <= 2; j++)
    for (i = -2; i <= 2; i++)
      most = larger (most, apart (source, f, x + i, y + j, dx, dy));
  return exp (-most / (EDGE * EDGE))
         * ((source_value (source, f, channel, x, y, dx, dy)
             - source_value (source, f, channel, x, y, 0, 0)
             + source_value (source, f, channel, u, v, 0, 0)
             - source_value (source, f, channel, u, v, -dx, -dy)) / 2.0
            - (*pixel (picture, channel, u, v) - *pixel (picture, channel, x, y)));
}

/* What blend() should make of a channel, less what was there. */
static double *
correction (const DifImage *picture,
            const DifImage *source,
            const DifField *f,
            double          hold,
            const guint8   *fixed,
            int             channel)
{
  Screened e = { f->width, f->height, f->wrapped,
                 hold * pow (512.0 / MIN (f->width, f->height), 2.0), fixed };
  g_autofree float *right = g_new0 (float, (gsize) f->width * f->height);
  int               x, y, down;

  for (down = 0; down < 2; down++)
    for (y = 0; y < f->height; y++)
      for (x = 0; x < f->width; x++)
        {
          int    u = x + ! down, v = y + down;
          double more;

          if (u == f->width || v == f->height)
            {
              if (! f->wrapped || (down ? f->height : f->width) == 1)
                continue;
              u %= f->width;
              v %= f->height;
            }
          more = missing (picture, source, f, channel, x, y, ! down, down);
          right[y * f->width + x] -= more;
          right[v * f->width + u] += more;
        }
  return screened_solve (&e, right);
}

static const int sizes[][3] = {   /* width, height, patch */
  { 97, 70, 7 }, { 64, 41, 5 }, { 7, 90, 7 }, { 60, 9, 7 }, { 33, 3, 3 },
  { 31, 1, 1 }, { 1, 40, 1 }, { 2, 2, 1 }
};

static void
test_equation (gconstpointer data)
{
  gboolean wrapped = data != NULL;
  DifPool *pool = dif_pool_new (2);
  gsize    i;

  for (i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
    {
      int       width = sizes[i / 2][0], height = sizes[i / 2][1], c, j;
      DifImage *source = source_new (width + 5, MAX (height - 3, sizes[i / 2][2]));
      DifField *f = field_new (sizes[i / 2][2], width, height, wrapped);
      DifImage *picture = dif_image_new (width, height, NULL), *result;
      guint8   *fixed = i % 2 ? g_new0 (guint8, width * height) : NULL;
      double    hold = HOLD * pow (MIN (width, height) / 128.0, 2.0);
      double    worst = 0.0;

      for (j = 0; fixed && j < width * height; j++)
        fixed[j] = j % width > width / 2 && j % 5 > 0;
      displace (f, 9, source->width, source->height);
      dif_field_vote (f, source, 1.0, picture, pool);
      result = blend (source, f, hold, fixed, 2);
      for (c = 0; c < 3; c++)
        {
          g_autofree double *d = correction (picture, source, f, hold, fixed, c);

          for (j = 0; j < width * height; j++)
            {
              float  *was = pixel (picture, c, 0, 0) + j;
              double  is = pixel (result, c, 0, 0)[j];

              worst = larger (worst, fabs (CLAMP (*was + d[j], -1.0, 1.0) - is));
              if (fixed && fixed[j])
                g_assert_cmpfloat (is, ==, *was);
            }
        }
      g_test_message ("%d x %d: %.4f of a level", width, height, 127.5 * worst);
      g_assert_cmpfloat (worst, <, LIMIT);
      dif_image_free (source);
      dif_image_free (picture);
      dif_image_free (result);
      dif_field_free (f);
      g_free (fixed);
    }
  dif_pool_free (pool);
}

/* What it is for ------------------------------------------------------ */

/* A picture of two halves of a source, the right one from so much lower down. */
static DifField *
halves_new (int size,
            int down)
{
  DifField *f = field_new (7, size, size, FALSE);
  int       x, y;

  for (y = 0; y < f->rows; y++)
    for (x = f->columns / 2; x < f->columns; x++)
      f->at[y * f->columns + x].y = (guint16) MIN (y + down, f->rows - 1);
  return f;
}

/* Largest difference of neighbours in the middle row. */
static double
steepest (const DifImage *image)
{
  double most = 0.0;
  int    x;

  for (x = 1; x < image->width; x++)
    most = larger (most, fabs (*pixel (image, 1, x, image->height / 2)
                               - *pixel (image, 1, x - 1, image->height / 2)));
  return most;
}

/* A sky that grades from -0.5 to 0.5. */
static DifImage *
sky_new (int size)
{
  DifImage *sky = dif_image_new (size, size, NULL);
  int       i, c;

  for (c = 0; c < 3; c++)
    for (i = 0; i < size * size; i++)
      *(pixel (sky, c, 0, 0) + i) = (float) (i / size) / size - 0.5f;
  return sky;
}

/* A step of ten levels in a sky is spread over many pixels, in a larger picture
 * over as many more.
 */
static void
test_sky (void)
{
  double widths[2];
  int    k, x;

  for (k = 0; k < 2; k++)
    {
      int       size = 192 << k;
      DifImage *sky = sky_new (size);
      DifField *f = halves_new (size, (int) (0.08 * size));
      DifImage *made = blend (sky, f, HOLD, NULL, 2);
      double    low = *pixel (made, 1, 0, size / 2);
      double    high = *pixel (made, 1, size - 1, size / 2), from = 0, to = 0;

      g_assert_cmpfloat (high - low, >, 0.07);
      g_assert_cmpfloat (steepest (made), <, 0.08 * 6.0 / (size / 32.0));
      for (x = 0; x < size; x++)
        {
          double v = (*pixel (made, 1, x, size / 2) - low) / (high - low);

          from = v < 0.2 ? x : from;
          to = v < 0.8 ? x : to;
        }
      widths[k] = to - from;
      dif_image_free (sky);
      dif_image_free (made);
      dif_field_free (f);
    }
  g_test_message ("a step becomes %g and %g pixels wide", widths[0], widths[1]);
  g_assert_cmpfloat (fabs (widths[1] / widths[0] - 2.0), <, 0.3);
}

/* Where a house that is cut out meets the sky, its edge is not blurred, and nothing
 * glows round it.
 */
static void
test_edge (void)
{
  DifPool  *pool = dif_pool_new (1);
  DifImage *source = sky_new (96), *was, *made;
  DifField *f = field_new (7, 96, 96, FALSE);
  int       i, c;

  /* The wall begins at column 60, and comes to lie where column 46 is. */
  for (c = 0; c < 3; c++)
    for (i = 0; i < 96 * 96; i++)
      if (i % 96 >= 60)
        *(pixel (source, c, 0, 0) + i) = 0.9f;
  for (i = 0; i < f->rows * f->columns; i++)
    if (f->at[i].x >= 43)
      f->at[i].x = (guint16) MIN (f->at[i].x + 20, f->columns - 1);
  was = dif_image_new (96, 96, NULL);
  dif_field_vote (f, source, 1.0, was, pool);
  made = blend (source, f, HOLD, NULL, 1);
  g_assert_cmpfloat (steepest (was), >, 0.3);
  for (c = 0; c < 3; c++)
    for (i = 0; i < 96 * 96; i++)
      if (abs (i % 96 - 46) > 4)
        g_assert_cmpfloat (fabs (pixel (made, c, 0, 0)[i]
                                 - pixel (was, c, 0, 0)[i]), <, 0.01);
  dif_image_free (source);
  dif_image_free (was);
  dif_image_free (made);
  dif_field_free (f);
  dif_pool_free (pool);
}

/* What must not change ---------------------------------------------- */

/* A picture that is its source keeps every bit, however far out values are. */
static void
test_copy (gconstpointer data)
{
  DifImage *source = source_new (80, 60), *made;
  DifField *f = field_new (7, 80, 60, data != NULL);
  int       i;

  *pixel (source, 0, 20, 20) = 3.0f;
  made = blend (source, f, HOLD, NULL, 2);
  dif_image_free (made);
  made = dif_image_copy (source, NULL);
  {
    DifPool *pool = dif_pool_new (2);

    g_assert_true (dif_quilt_blend (made, source, f, HOLD, EDGE, NULL, pool,
                                    NULL));
    dif_pool_free (pool);
  }
  for (i = 0; i < 3 * 80 * 60; i++)
    g_assert_cmpfloat (made->rgb[i], ==, source->rgb[i]);
  dif_image_free (source);
  dif_image_free (made);
  dif_field_free (f);
}

/* Values within the range stay in it; those beyond are not cut off. */
static void
test_range (void)
{
  DifPool  *pool = dif_pool_new (2);
  DifImage *source = sky_new (128), *made, *was;
  DifField *f = halves_new (128, 10);
  int       i, pushed = 0, beyond = 0;

  /* The sky reaches from below -1 to above it, by 0.2 in part. */
  for (i = 0; i < 3 * 128 * 128; i++)
    source->rgb[i] = 0.1f * source->rgb[i] + (i % 128 < 40 ? 1.15f : 0.98f);
  was = dif_image_new (128, 128, NULL);
  dif_field_vote (f, source, 1.0, was, pool);
  made = dif_image_copy (was, NULL);
  g_assert_true (dif_quilt_blend (made, source, f, HOLD, EDGE, NULL, pool, NULL));
  for (i = 0; i < 3 * 128 * 128; i++)
    if (fabsf (was->rgb[i]) <= 1.0f)
      {
        g_assert_cmpfloat (fabsf (made->rgb[i]), <=, 1.0f);
        pushed += made->rgb[i] == 1.0f && was->rgb[i] < 1.0f;
      }
    else
      {
        g_assert_cmpfloat (fabsf (made->rgb[i] - was->rgb[i]), <, 0.02f);
        beyond++;
      }
  g_assert_cmpint (pushed, >, 0);
  g_assert_cmpint (beyond, >, 1000);
  dif_image_free (source);
  dif_image_free (was);
  dif_image_free (made);
  dif_field_free (f);
  dif_pool_free (pool);
}

/* Large enough to be shared out. */
static void
test_threads (gconstpointer data)
{
  DifImage *source = source_new (191, 137);
  DifField *f = field_new (7, 191, 137, data != NULL);
  DifImage *first;
  int       n;

  displace (f, 8, 191, 137);
  first = blend (source, f, HOLD, NULL, 1);
  for (n = 2; n <= 5; n++)
    {
      DifImage *other = blend (source, f, HOLD, NULL, n);

      g_assert_cmpmem (first->rgb, 3 * 191 * 137 * sizeof (float), other->rgb,
                       3 * 191 * 137 * sizeof (float));
      dif_image_free (other);
    }
  dif_image_free (source);
  dif_image_free (first);
  dif_field_free (f);
}

static void
test_stop (void)
{
  DifPool  *pool = dif_pool_new (2);
  DifImage *source = source_new (100, 80);
  DifImage *picture = dif_image_copy (source, NULL);
  DifField *f = field_new (7, 100, 80, FALSE);
  int       stop = 1;

  displace (f, 8, 100, 80);
  dif_pool_set_stop (pool, &stop);
  g_assert_true (dif_quilt_blend (picture, source, f, HOLD, EDGE, NULL, pool,
                                  NULL));
  g_assert_cmpmem (picture->rgb, 3 * 8000 * sizeof (float), source->rgb,
                   3 * 8000 * sizeof (float));
  dif_image_free (source);
  dif_image_free (picture);
  dif_field_free (f);
  dif_pool_free (pool);
}

/* What it takes ------------------------------------------------------- */

#if ! defined __SANITIZE_ADDRESS__ && ! defined __SANITIZE_THREAD__
/* A line of /proc/self/status in bytes, 0 if there is none. */
static double
status (const char *key)
{
  g_autofree char *text = NULL;
  const char      *line;

  if (! g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0.0;
  line = strstr (text, key);
  return line ? 1024.0 * g_ascii_strtoull (line + strlen (key), NULL, 10) : 0.0;
}

/* Run first, so that nothing else has been counted. */
static void
test_memory (void)
{
  DifPool  *pool = dif_pool_new (2);
  DifImage *picture = source_new (2000, 1500), *source = source_new (2000, 1500);
  DifField *f = field_new (7, 2000, 1500, FALSE);
  guint8   *fixed = g_malloc (2000 * 1500);
  double    before, taken, estimate = dif_quilt_blend_memory (2000, 1500);

  memset (fixed, 0, 2000 * 1500);
  fixed[1000] = 1;
  displace (f, 100, 2000, 1500);
  before = status ("VmRSS:");
  if (before == 0.0 || before < status ("VmHWM:") - MIB)
    g_test_skip ("the system does not count a process's memory");
  else
    {
      g_assert_true (dif_quilt_blend (picture, source, f, HOLD, EDGE, fixed,
                                      pool, NULL));
      taken = status ("VmHWM:") - before;
      g_test_message ("estimated %.1f MiB, taken %.1f MiB", estimate / MIB,
                      taken / MIB);
      g_assert_cmpfloat (taken, <, 1.1 * estimate);
      g_assert_cmpfloat (estimate, <, 1.2 * taken);
    }
  /* A plane and a half of 24 megapixels. */
  g_assert_cmpfloat (dif_quilt_blend_memory (6000, 4000), <, 1.5 * 4 * 24e6);
  g_free (fixed);
  dif_image_free (picture);
  dif_image_free (source);
  dif_field_free (f);
  dif_pool_free (pool);
}
#endif

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#if ! defined __SANITIZE_ADDRESS__ && ! defined __SANITIZE_THREAD__
  g_test_add_func ("/blend/memory", test_memory);
#endif
  g_test_add_data_func ("/blend/equation", NULL, test_equation);
  g_test_add_data_func ("/blend/equation/wrapped", "", test_equation);
  g_test_add_func ("/blend/sky", test_sky);
  g_test_add_func ("/blend/edge", test_edge);
  g_test_add_data_func ("/blend/copy", NULL, test_copy);
  g_test_add_data_func ("/blend/copy/wrapped", "", test_copy);
  g_test_add_func ("/blend/range", test_range);
  g_test_add_data_func ("/blend/threads", NULL, test_threads);
  g_test_add_data_func ("/blend/threads/wrapped", "", test_threads);
  g_test_add_func ("/blend/stop", test_stop);
  return g_test_run ();
}

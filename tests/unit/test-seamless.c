/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-seamless.c: sources that are made to wrap before they are noised.
 */

#include <math.h>
#include <string.h>

#include "base/pool.h"
#include "pipeline/seam.h"
#include "pipeline/seamless.h"
#include "textures.h"
#include "../larger.h"

static DifImage *
copy_of (const DifImage *image)
{
  DifImage *copy = dif_image_new (image->width, image->height, NULL);

  memcpy (copy->rgb, image->rgb, (gsize) 12 * image->width * image->height);
  return copy;
}

static gboolean
same (const DifImage *a,
      const DifImage *b)
{
  return memcmp (a->rgb, b->rgb, (gsize) 12 * a->width * a->height) == 0;
}

static void
join (DifImage *image,
      int       reduction,
      int       threads)
{
  g_autoptr (GError) error = NULL;
  DifPool           *pool = dif_pool_new (threads);

  g_assert_true (dif_seamless (image, reduction, pool, &error));
  g_assert_no_error (error);
  dif_pool_free (pool);
}

/* Where the edges of image meet there is one line among others: neither
 * stronger, of single pixels or on the large scale, nor blurred.
 */
static void
check_wrap (const DifImage *image,
            gboolean        down,
            const char     *name)
{
  int    last = (down ? image->height : image->width) - 1;
  double fine = texture_rank (image, down, last, 1);
  double coarse = texture_rank (image, down, last, 8);

  g_test_message ("%s, %s: the seam is stronger than %.0f %% of the lines, "
                  "%.0f %% on the large scale", name, down ? "down" : "across",
                  100.0 * fine, 100.0 * coarse);
  g_assert_cmpfloat (fine, <=, 0.95);
  g_assert_cmpfloat (fine, >=, 0.05);
  g_assert_cmpfloat (coarse, <=, 0.95);
}

/* The mean strength of lines from .. to-1, some of which are counted from
 * the wrap.
 */
static double
strength (const DifImage *image,
          gboolean        down,
          int             from,
          int             to)
{
  int    n = down ? image->height : image->width, i;
  double sum = 0.0;

  for (i = from; i < to; i++)
    sum += texture_line (image, down, (i + n) % n, 1);
  return sum / (to - from);
}

/* About the seam the picture is as sharp as it is elsewhere. */
static void
check_sharp (const DifImage *image,
             gboolean        down)
{
  int    n = down ? image->height : image->width, band = MIN (64, n / 6);
  double about = strength (image, down, -band, band);
  double elsewhere = strength (image, down, band, n - band);

  g_test_message ("sharpness about the seam: %.2f of that elsewhere",
                  about / elsewhere);
  g_assert_cmpfloat (about, >, 0.8 * elsewhere);
  g_assert_cmpfloat (about, <, 1.25 * elsewhere);
}

/* In the middle, what was added is smooth. */
static void
check_middle (const DifImage *source,
              const DifImage *image)
{
  int w = image->width, h = image->height, c, x, y;

  for (c = 0; c < 3; c++)
    for (y = h / 5; y < h - h / 5; y++)
      for (x = w / 5; x < w - w / 5; x++)
        {
          gsize at = ((gsize) c * h + y) * w + x;
          float added = image->rgb[at] - source->rgb[at];

          /* Not where it was cut off; what is no number is found. */
          if (fabsf (image->rgb[at]) >= 1.0f || fabsf (image->rgb[at + 1]) >= 1.0f)
            continue;
          g_assert_cmpfloat (fabsf (image->rgb[at + 1] - source->rgb[at + 1]
                                    - added), <, 0.02f);
        }
}

static void
test_joins (void)
{
  int kind, seams = 0;

  for (kind = 0; kind < N_TEXTURES; kind++)
    {
      g_autoptr (DifImage) source = texture_new (kind);
      g_autoptr (DifImage) image = copy_of (source);
      g_autoptr (DifImage) again = NULL;
      int                  down;

      join (image, 1, 2);
      for (down = 0; down < 2; down++)
        {
          int last = (down ? source->height : source->width) - 1;

          seams += texture_rank (source, down, last, 1) > 0.95;
          check_wrap (image, down, texture_name (kind));
          check_sharp (image, down);
        }
      check_middle (source, image);
      again = copy_of (image);
      join (again, 1, 1);
      g_assert_true (same (image, again));
    }
  g_assert_cmpint (seams, >=, 2 * N_TEXTURES - 1);
}

/* Sides that are reduced for the search as far as that goes, and those of
 * long strips, are joined like others: the line where they meet is as strong
 * as the mean of those that are left alone, of which many are nearly equal.
 */
static void
test_large (void)
{
  static const int sizes[][2] = {
    { 320, 128 }, { 4400, 150 }, { 90, 4300 }, { 100, 2000 }, { 1000, 60 },
  };
  guint            i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (DifImage) image = texture_new_sized (0, sizes[i][0], sizes[i][1]);
      int                  down;

      join (image, 1, 2);
      for (down = 0; down < 2; down++)
        {
          int    n = sizes[i][down], band = MIN (64, n / 6);
          double line = strength (image, down, -1, 0)
                        / strength (image, down, band, n - band);

          g_test_message ("%d x %d, %s: the seam is %.2f as strong", sizes[i][0],
                          sizes[i][1], down ? "down" : "across", line);
          g_assert_cmpfloat (line, >, 0.8);
          g_assert_cmpfloat (line, <, 1.25);
          check_sharp (image, down);
        }
    }
}

/* What lies about the seam of a picture, seen again at offset, is found. */
static void
check_search (const DifImage *source,
              gboolean        down,
              int             reduction,
              int             k)
{
  g_autoptr (DifImage) image = copy_of (source);
  int                  w = image->width, h = image->height;
  DifSeam              seam = { image->rgb, (gsize) w * h, down ? h : w,
                                down ? w : h, down ? w : 1, down ? 1 : w,
                                FALSE, reduction, dif_pool_new (2) };
  int                  band = dif_seam_band (&seam), c, i, j;
  int                  offset = 2 * band + k * (seam.across - 4 * band) / 3;
  DifArena             count = { NULL }, arena = { NULL };

  for (c = 0; c < 3; c++)
    for (i = -band; i < band; i++)
      for (j = 0; j < seam.along; j++)
        *dif_seam_at (&seam, c, offset + i, j)
          = *dif_seam_at (&seam, c, (i + seam.across) % seam.across, j);
  dif_seam_search (&seam, band, NULL, &count);
  arena.size = count.peak;
  arena.base = dif_alloc (count.peak, 1, "the search", NULL);
  g_assert_cmpint (dif_seam_search (&seam, band, NULL, &arena), ==, offset);
  dif_free (arena.base);
  dif_pool_free (seam.pool);
}

static void
test_search (void)
{
  static const struct { int width, height, reduction; } sizes[] = {
    { 4400, 40, 1 }, { 60, 1000, 1 }, { 100, 2000, 1 }, { 320, 128, 1 },
    { 6000, 14, 1 }, { 600, 13, 1 }, { 1100, 75, 4 }, { 240, 240, 16 },
  };
  guint i;
  int   down, k;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (DifImage) image = texture_new_sized (0, sizes[i].width,
                                                      sizes[i].height);

      for (down = 0; down < 2; down++)
        for (k = 0; k <= 3; k++)
          check_search (image, down, sizes[i].reduction, k);
    }
}

static void
test_threads (void)
{
  g_autoptr (DifImage) one = texture_new (0);
  g_autoptr (DifImage) three = texture_new (0);

  join (one, 1, 1);
  join (three, 1, 3);
  g_assert_true (same (one, three));
}

/* Any size, at any reduction. */
static void
test_sizes (void)
{
  static const int sizes[] = { 1, 2, 3, 11, 12, 13, 24, 40, 300 };
  int              i, j, reduction, k;

  for (i = 0; i < (int) G_N_ELEMENTS (sizes); i++)
    for (j = 0; j < (int) G_N_ELEMENTS (sizes); j++)
      for (reduction = 0; reduction <= DIF_MAX_REDUCTION;
           reduction = MAX (1, 4 * reduction))
        {
          g_autoptr (DifImage) image = dif_image_new (sizes[i], sizes[j], NULL);
          int                  n = 3 * sizes[i] * sizes[j];

          for (k = 0; k < n; k++)
            image->rgb[k] = (float) (0.9 * sin (k * 0.37) + 0.1 * k / n);
          join (image, reduction, 1);
          for (k = 0; k < n; k++)
            {
              g_assert_cmpfloat (image->rgb[k], >=, -1.0f);
              g_assert_cmpfloat (image->rgb[k], <=, 1.0f);
            }
        }
}

/* What is beyond [-1,1], or no number, does not spread over the picture, and
 * is moved along with what is about it.
 */
static void
test_beyond (void)
{
  g_autoptr (DifImage) plain = texture_new (0);
  g_autoptr (DifImage) bright = texture_new (0);
  int                  w = bright->width, h = bright->height;
  gsize                i, n = (gsize) 3 * w * h, beyond = 0;
  int                  y;

  for (y = 30; y < 40; y++)
    {
      bright->rgb[(gsize) y * w] = 1e30f;
      bright->rgb[(gsize) y * w + w / 2] = 40.0f;
      bright->rgb[(gsize) y * w + w - 1] = NAN;
      bright->rgb[(gsize) (y + h) * w + 2] = INFINITY;
    }
  join (plain, 1, 1);
  join (bright, 1, 1);
  for (i = 0; i < n; i++)
    {
      if (fabsf (bright->rgb[i]) > 1.0f)
        beyond++;
      else
        g_assert_false (isnan (bright->rgb[i]));
    }
  g_assert_cmpint (beyond, >=, 10);
  g_assert_cmpint (beyond, <=, 60);
  g_assert_cmpfloat (bright->rgb[(gsize) 35 * w + w / 2], >, 39.0f);
  for (i = 0; i < n; i++)
    g_assert_cmpfloat (fabsf (plain->rgb[i]), <=, 1.0f);
}

/* Such a picture has nothing to be joined. */
static void
test_periodic (void)
{
  g_autoptr (DifImage) image = dif_image_new (300, 90, NULL);
  g_autoptr (DifImage) source = NULL;
  int                  c, x, y;

  for (c = 0; c < 3; c++)
    for (y = 0; y < 90; y++)
      for (x = 0; x < 300; x++)
        image->rgb[(c * 90 + y) * 300 + x] = (float)
          (0.7 * sin (2 * G_PI * (2 * x / 300.0 + c / 3.0 + 0.1))
           * cos (2 * G_PI * (y / 90.0 + 0.3)));
  source = copy_of (image);
  join (image, 1, 2);
  g_assert_true (same (image, source));
}

/* Nor does a frame stay, which has nothing to be joined where it meets
 * itself.
 */
static void
test_frame (void)
{
  int kind;

  for (kind = 0; kind < N_TEXTURES; kind++)
    {
      g_autoptr (DifImage) image = texture_new (kind);
      int                  w = image->width, h = image->height, down, c, x, y, i;

      for (c = 0; c < 3; c++)
        for (y = 0; y < h; y++)
          for (x = 0; x < w; x++)
            if (MIN (MIN (x, y), MIN (w - 1 - x, h - 1 - y)) < 3)
              image->rgb[((gsize) c * h + y) * w + x] = 0.9f;
      join (image, 1, 2);
      for (down = 0; down < 2; down++)
        {
          int    n = down ? h : w;
          double most = 0.0;

          for (i = 12; i < n - 12; i++)
            most = larger (most, texture_line (image, down, i, 1));
          for (i = n - 12; i < n + 12; i++)
            g_assert_cmpfloat (texture_line (image, down, i % n, 1), <,
                               1.3 * most);
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seamless/joins", test_joins);
  g_test_add_func ("/seamless/large", test_large);
  g_test_add_func ("/seamless/search", test_search);
  g_test_add_func ("/seamless/threads", test_threads);
  g_test_add_func ("/seamless/sizes", test_sizes);
  g_test_add_func ("/seamless/beyond", test_beyond);
  g_test_add_func ("/seamless/periodic", test_periodic);
  g_test_add_func ("/seamless/frame", test_frame);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-patches.c: estimates by a picture's own patches against the formula
 * written out, which patches are candidates, and what must not matter.
 */

#include <math.h>
#include <string.h>

#include "denoise/model.h"
#include "denoise/patches/patch-denoiser.h"
#include "denoise/patches/patch-estimate.h"
#include "denoise/patches/patch-limits.h"
#include "job-fixture.h"
#include "../larger.h"

#define LIMIT 1e-5

/* The formula -------------------------------------------------------- */

/* Value d of the patch at a corner, where the picture is wrapped if need be. */
static double
patch_value (const DifImage *picture,
             int             side,
             int             x,
             int             y,
             int             d)
{
  int column = (x + d % side) % picture->width;
  int row = (y + d / side % side) % picture->height;

  return picture->rgb[(d / (side * side) * picture->height + row)
                      * picture->width + column];
}

static gboolean
touches (const DifPatchSource *source,
         int                   x,
         int                   y)
{
  int side = source->patch, i;

  for (i = 0; i < side * side; i++)
    if (source->excluded
        && source->excluded[(y + i / side) % source->picture->height
                            * source->picture->width
                            + (x + i % side) % source->picture->width])
      return TRUE;
  return FALSE;
}

/* The mean of what may be behind the patch of x at a corner. */
static void
patch_mean (const DifPatchSource *source,
            const DifImage       *x,
            int                   column,
            int                   row,
            double                alpha_bar,
            double               *mean)
{
  const DifImage *picture = source->picture;
  int             side = source->patch, n = 3 * side * side, pass, d, u, v;
  int             behind = source->wrapped ? 0 : side - 1;
  double          largest = -INFINITY, total = 0.0;

  memset (mean, 0, n * sizeof (double));
  for (pass = 0; pass < 2; pass++)
    for (v = 0; v < picture->height - behind; v++)
      for (u = 0; u < picture->width - behind; u++)
        {
          int    corner = v * (picture->width - behind) + u;
          double square = 0.0, score, weight;

          if (touches (source, u, v))
            continue;
          for (d = 0; d < n; d++)
            square += pow (patch_value (x, side, column, row, d)
                           / sqrt (alpha_bar)
                           - patch_value (picture, side, u, v, d), 2.0);
          score = (source->bias ? source->bias[corner] : 0.0)
                  - square * alpha_bar / (2.0 * (1.0 - alpha_bar));
          largest = pass == 0 ? fmax (largest, score) : largest;
          weight = pass == 1 ? exp (score - largest) : 0.0;
          total += weight;
          for (d = 0; d < n && weight > 0.0; d++)
            mean[d] += weight * patch_value (picture, side, u, v, d);
        }
  for (d = 0; d < n; d++)
    mean[d] /= total;
}

static DifImage *
formula (const DifPatchSource *source,
         const DifImage       *x,
         gboolean              wrapped,
         double                alpha_bar)
{
  DifImage          *out = dif_image_new (x->width, x->height, NULL);
  int                side = source->patch, n = 3 * side * side, row, column, d;
  int                behind = wrapped ? 0 : side - 1;
  gsize              size = (gsize) x->width * x->height, i;
  g_autofree double *sum = g_new0 (double, 3 * size);
  g_autofree double *mean = g_new (double, n);
  g_autofree int    *count = g_new0 (int, size);

  for (row = 0; row < x->height - behind; row++)
    for (column = 0; column < x->width - behind; column++)
      {
        patch_mean (source, x, column, row, alpha_bar, mean);
        for (d = 0; d < n; d++)
          {
            gsize pixel = (gsize) ((row + d / side % side) % x->height) * x->width
                          + (column + d % side) % x->width;

            sum[d / (side * side) * size + pixel] += mean[d];
            count[pixel] += d < side * side;
          }
      }
  for (i = 0; i < 3 * size; i++)
    out->rgb[i] = (float) (sum[i] / count[i % size]);
  return out;
}

/* Estimates ---------------------------------------------------------- */

/* Waves of a seed of their own, with a flat part. */
static DifImage *
new_picture (int width,
             int height,
             int seed)
{
  DifImage *picture = dif_image_new (width, height, NULL);
  GRand    *rand = g_rand_new_with_seed (seed);
  double    slope[3];
  int       i, x, y;

  for (i = 0; i < 3; i++)
    slope[i] = g_rand_double_range (rand, 0.1, 0.9);
  for (i = 0; i < 3 * width * height; i++)
    {
      x = i % width;
      y = i / width % height;
      picture->rgb[i] = x < width / 3 ? 0.3f
        : (float) (0.1 + 0.4 * sin (slope[0] * x) * cos (slope[1] * y + i % 3)
                   + 0.2 * sin (slope[2] * (x + y))
                   + 0.1 * g_rand_double_range (rand, -1.0, 1.0));
    }
  g_rand_free (rand);
  return picture;
}

static DifImage *
noised (const DifImage *picture,
        double          alpha_bar,
        int             seed)
{
  DifImage *x = dif_image_copy (picture, NULL);
  GRand    *rand = g_rand_new_with_seed (seed);
  int       i, j;

  for (i = 0; i < 3 * x->width * x->height; i++)
    {
      double noise = -6.0;

      for (j = 0; j < 12; j++)
        noise += g_rand_double (rand);
      x->rgb[i] = (float) (sqrt (alpha_bar) * x->rgb[i]
                           + sqrt (1.0 - alpha_bar) * noise);
    }
  g_rand_free (rand);
  return x;
}

static DifPatchSet *
new_set (const DifPatchSource *source)
{
  g_autoptr (GError) error = NULL;
  DifPatchSet       *set = dif_patch_set_new (source, dif_kernels_float (),
                                              &error);

  g_assert_no_error (error);
  return set;
}

/* What the arena held before must not matter: it is all NaN. */
static DifArena
new_arena (size_t size)
{
  DifArena arena = { NULL, size, 0, 0 };

  arena.base = dif_alloc (size, 1, "the workspace", NULL);
  g_assert_nonnull (arena.base);
  memset (arena.base, 0xff, size);
  return arena;
}

/* By so many threads; free the result. */
static DifImage *
estimate_with (const DifPatchSet *set,
               const DifImage    *x,
               gboolean           wrapped,
               double             alpha_bar,
               const float       *limits,
               int                n_threads)
{
  DifPool     *pool = dif_pool_new (n_threads);
  DifImage    *out = dif_image_new (x->width, x->height, NULL);
  DifPatchView view = {
    .x = x->rgb, .row_stride = x->width,
    .plane_stride = (gsize) x->width * x->height, .width = x->width,
    .height = x->height, .wrapped = wrapped, .alpha_bar = alpha_bar,
    .limits = limits,
  };
  DifArena     arena = new_arena (dif_patch_estimate_workspace (set, &view,
                                                                n_threads));

  g_assert_true (dif_patch_estimate (set, &view, pool, &arena, NULL, NULL,
                                     out->rgb));
  g_assert_cmpuint (arena.used, ==, 0);
  dif_free (arena.base);
  dif_pool_free (pool);
  return out;
}

static DifImage *
estimate (const DifPatchSource *source,
          const DifImage       *x,
          gboolean              wrapped,
          double                alpha_bar)
{
  g_autoptr (DifPatchSet) set = new_set (source);

  return estimate_with (set, x, wrapped, alpha_bar, NULL, 2);
}

static double
difference (const DifImage *a,
            const DifImage *b)
{
  double worst = 0.0;
  int    i;

  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  for (i = 0; i < 3 * a->width * a->height; i++)
    worst = larger (worst, fabs ((double) a->rgb[i] - b->rgb[i]));
  return worst;
}

static gboolean
same_bits (const DifImage *a,
           const DifImage *b)
{
  return memcmp (a->rgb, b->rgb, (gsize) 12 * a->width * a->height) == 0;
}

/* Of the picture itself and of another one, wrapped or not each. */
static void
test_formula (void)
{
  static const struct
  {
    int      patch, width, height, wide, high;
    gboolean wraps, wrapped, bias, excluded;
    double   alpha_bar;
  } cases[] = {
    { 1, 9, 7, 8, 5, FALSE, FALSE, FALSE, FALSE, 0.7 },
    { 2, 9, 7, 8, 5, FALSE, FALSE, TRUE, FALSE, 0.97 },
    { 3, 20, 14, 14, 15, FALSE, FALSE, FALSE, TRUE, 0.9 },
    { 5, 17, 15, 16, 5, FALSE, FALSE, TRUE, TRUE, 0.5 },
    { 7, 16, 13, 7, 19, FALSE, FALSE, FALSE, FALSE, 0.8 },
    { 7, 7, 7, 12, 11, FALSE, FALSE, FALSE, FALSE, 0.3 },
    { 9, 14, 15, 11, 12, FALSE, FALSE, FALSE, FALSE, 0.99 },
    { 4, 12, 10, 9, 11, TRUE, TRUE, TRUE, TRUE, 0.6 },
    { 3, 12, 10, 9, 11, TRUE, FALSE, FALSE, TRUE, 0.95 },
    { 3, 12, 10, 9, 11, FALSE, TRUE, TRUE, FALSE, 0.2 },
    { 7, 5, 4, 3, 2, TRUE, TRUE, FALSE, FALSE, 0.6 },
    { 5, 17, 15, 16, 12, FALSE, FALSE, FALSE, FALSE, 0.9999 },
  };
  guint k;
  int   i;

  for (k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      g_autoptr (DifImage) picture = new_picture (cases[k].width, cases[k].height,
                                                  k);
      g_autoptr (DifImage) other = new_picture (cases[k].wide, cases[k].high,
                                                k % 2 ? k : 100 + k);
      g_autoptr (DifImage) x = noised (other, cases[k].alpha_bar, k);
      int                  n = picture->width * picture->height;
      g_autofree guint8   *excluded = g_new0 (guint8, n);
      g_autofree float    *bias = g_new0 (float, n);
      DifPatchSource       source = {
        picture, cases[k].patch, cases[k].wraps,
        cases[k].excluded ? excluded : NULL, cases[k].bias ? bias : NULL
      };
      g_autoptr (DifImage) wanted = NULL, got = NULL;
      double               worst;

      for (i = 0; i < n; i++)
        bias[i] = i % 5 == 3 ? -INFINITY : (float) sin (i) * 2.0f;
      excluded[n / 2] = 255;
      excluded[n - 1] = 1;
      wanted = formula (&source, x, cases[k].wrapped, cases[k].alpha_bar);
      got = estimate (&source, x, cases[k].wrapped, cases[k].alpha_bar);
      worst = difference (wanted, got);
      g_test_message ("%u: off by %.1e", k, worst);
      g_assert_cmpfloat (worst, <=, LIMIT);
    }
}

/* Candidates --------------------------------------------------------- */

/* Pixels that are excluded or not finite are in no candidate: what they hold
 * changes no bit, and a set without them has those of the others.
 */
static void
test_excluded (void)
{
  g_autoptr (DifImage) picture = new_picture (24, 20, 1);
  g_autoptr (DifImage) x = noised (picture, 0.6, 2);
  g_autofree guint8   *excluded = g_new0 (guint8, 24 * 20);
  DifPatchSource       source = { picture, 5, FALSE, excluded, NULL };
  g_autoptr (DifImage) hidden = NULL, broken = NULL;
  g_autoptr (DifPatchSet) whole = NULL, part = NULL;
  int                  i;

  whole = new_set (&source);
  g_assert_cmpint (whole->n, ==, 20 * 16);
  for (i = 0; i < whole->n; i++)
    g_assert_cmpint (whole->corner[i], ==, i);
  excluded[10 * 24 + 12] = 1;
  part = new_set (&source);
  g_assert_cmpint (part->n, ==, 20 * 16 - 25);
  for (i = 0; i < part->n; i++)
    g_assert_true (ABS (part->corner[i] % 20 - 10) > 2
                   || ABS (part->corner[i] / 20 - 8) > 2);
  hidden = estimate (&source, x, FALSE, 0.6);
  for (i = 0; i < 3; i++)
    {
      static const float values[] = { NAN, -INFINITY, 7e30f };

      g_clear_pointer (&broken, dif_image_free);
      picture->rgb[i * 24 * 20 + 10 * 24 + 12] = values[i];
      broken = estimate (&source, x, FALSE, 0.6);
      g_assert_true (same_bits (hidden, broken));
    }
  excluded[10 * 24 + 12] = 0;
  g_clear_pointer (&broken, dif_image_free);
  broken = estimate (&source, x, FALSE, 0.6);
  g_assert_true (same_bits (hidden, broken));
}

static void
assert_fault (const DifPatchSource *source,
              const char           *fault)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (dif_patch_set_new (source, dif_kernels_get (), &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, fault));
}

static void
test_faults (void)
{
  g_autoptr (DifImage) picture = new_picture (8, 6, 1);
  guint8               excluded[48];
  float                bias[48] = { 0.0f };
  DifPatchSource       source = { picture, 7, FALSE, NULL, NULL };
  int                  i;

  assert_fault (&source, "has 8 × 6 pixels; a patch has 7 × 7");
  source.patch = 5;
  source.excluded = excluded;
  memset (excluded, 0, sizeof (excluded));
  excluded[2 * 8 + 4] = 1;
  assert_fault (&source, "No patch of 5 × 5 pixels is left");
  source.excluded = NULL;
  source.bias = bias;
  bias[5] = NAN;
  assert_fault (&source, "bias of patch 5 is");
  bias[5] = INFINITY;
  assert_fault (&source, "bias of patch 5 is");
  for (i = 0; i < 8; i++)
    bias[i] = -INFINITY;
  assert_fault (&source, "No patch of 5 × 5 pixels is left");
  source.bias = NULL;
  for (i = 0; i < 3 * 48; i++)
    picture->rgb[i] = NAN;
  assert_fault (&source, "No patch of 5 × 5 pixels is left");
}

/* Extremes ----------------------------------------------------------- */

/* With no noise at all a picture made of the patches is itself; of nothing but
 * noise all that is known is the mean; and one colour stays what it is.
 */
static void
test_extremes (void)
{
  g_autoptr (DifImage) picture = new_picture (18, 15, 3);
  g_autoptr (DifImage) flat = dif_image_new (12, 9, NULL);
  DifPatchSource       source = { picture, 5, TRUE, NULL, NULL };
  g_autoptr (DifImage) same = estimate (&source, picture, TRUE, 1.0);
  g_autoptr (DifImage) noise = noised (picture, 0.0, 4), mean = NULL;
  static const double  levels[] = { 0.0, 1e-9, 0.5, 1.0 - 1e-9, 1.0 };
  double               sum[3] = { 0.0 };
  guint                k;
  int                  i, n = 18 * 15;

  g_assert_cmpfloat (difference (same, picture), <=, 1e-6);
  mean = estimate (&source, noise, TRUE, 0.0);
  for (i = 0; i < 3 * n; i++)
    sum[i / n] += picture->rgb[i] / n;
  for (i = 0; i < 3 * n; i++)
    g_assert_cmpfloat (fabs (mean->rgb[i] - sum[i / n]), <=, LIMIT);
  for (i = 0; i < 3 * 12 * 9; i++)
    flat->rgb[i] = 0.25f * (float) (i / (12 * 9)) - 0.5f;
  source.picture = flat;
  source.wrapped = FALSE;
  for (k = 0; k < G_N_ELEMENTS (levels); k++)
    {
      g_autoptr (DifImage) colour = estimate (&source, noise, FALSE, levels[k]);

      for (i = 0; i < 3 * n; i++)
        g_assert_cmpfloat (fabs (colour->rgb[i] - (0.25 * (i / n) - 0.5)), <=,
                           1e-6);
    }
}

/* A value that is not finite makes NaN of the pixels that share a patch with
 * it, whatever the noise, and changes no bit of the others.
 */
static void
test_not_finite (void)
{
  static const double  levels[] = { 0.0, 0.1, 0.9, 1.0 };
  g_autoptr (DifImage) picture = new_picture (30, 20, 5);
  DifPatchSource       source = { picture, 5, FALSE, NULL, NULL };
  guint                k;
  int                  i;

  for (k = 0; k < G_N_ELEMENTS (levels); k++)
    {
      g_autoptr (DifImage) x = noised (picture, levels[k], 6);
      g_autoptr (DifImage) whole = estimate (&source, x, FALSE, levels[k]);
      g_autoptr (DifImage) broken = NULL;

      x->rgb[30 * 20 + 8 * 30 + 12] = k % 2 ? NAN : -INFINITY;
      broken = estimate (&source, x, FALSE, levels[k]);
      for (i = 0; i < 3 * 30 * 20; i++)
        if (ABS (i % 30 - 12) <= 4 && ABS (i / 30 % 20 - 8) <= 4)
          g_assert_true (isnan (broken->rgb[i]));
        else
          g_assert_cmpfloat (broken->rgb[i], ==, whole->rgb[i]);
    }
}

/* What does not matter ----------------------------------------------- */

/* The number of threads, with which the bands become higher. */
static void
test_threads (gconstpointer data)
{
  gboolean                wrapped = GPOINTER_TO_INT (data);
  g_autoptr (DifImage)    picture = new_picture (22, 21, 7);
  g_autoptr (DifImage)    canvas = new_picture (57, 60, 8);
  g_autoptr (DifImage)    x = noised (canvas, 0.7, 8);
  DifPatchSource          source = { picture, 7, wrapped, NULL, NULL };
  g_autoptr (DifPatchSet) set = new_set (&source);
  g_autoptr (DifImage)    one = estimate_with (set, x, wrapped, 0.7, NULL, 1);
  int                     n;

  for (n = 2; n < 6; n++)
    {
      g_autoptr (DifImage) more = estimate_with (set, x, wrapped, 0.7, NULL, n);

      g_assert_true (same_bits (one, more));
    }
}

/* What an estimate takes is two canvases and some rows of patches, whatever the
 * number of candidates; limits take one, and some for each candidate.
 */
static void
test_memory (void)
{
  g_autoptr (DifImage)    picture = new_picture (100, 90, 23);
  DifPatchSource          source = { picture, 7, FALSE, NULL, NULL };
  g_autoptr (DifPatchSet) set = new_set (&source);
  DifPatchView            view = { .width = 4000, .height = 3000 };
  size_t                  canvas = (size_t) 12 * 4000 * 3000;

  g_assert_cmpint (set->n, ==, 94 * 84);
  g_assert_cmpuint (dif_patch_estimate_workspace (set, &view, 2), <,
                    2 * canvas + (16 << 20));
  g_assert_cmpuint (dif_patch_limits_workspace (set, &view, 2), <,
                    canvas + (4 << 20));
}

/* Where a picture that wraps begins: estimates move with it. */
static void
test_shift (void)
{
  g_autoptr (DifImage) picture = new_picture (16, 14, 9);
  g_autoptr (DifImage) x = noised (picture, 0.8, 10);
  g_autoptr (DifImage) moved = dif_image_new (16, 14, NULL);
  DifPatchSource       source = { picture, 5, TRUE, NULL, NULL };
  g_autoptr (DifImage) here = estimate (&source, x, TRUE, 0.8), there = NULL;
  int                  c, row, column;

  for (c = 0; c < 3; c++)
    for (row = 0; row < 14; row++)
      for (column = 0; column < 16; column++)
        moved->rgb[(c * 14 + row) * 16 + column]
          = x->rgb[(c * 14 + (row + 5) % 14) * 16 + (column + 11) % 16];
  there = estimate (&source, moved, TRUE, 0.8);
  for (c = 0; c < 3; c++)
    for (row = 0; row < 14; row++)
      for (column = 0; column < 16; column++)
        g_assert_cmpfloat (
          fabs (there->rgb[(c * 14 + row) * 16 + column]
                - here->rgb[(c * 14 + (row + 5) % 14) * 16 + (column + 11) % 16]),
          <=, 1e-6);
}

/* Limits are added to biases, to those that a set has or to none. */
static void
test_limits (void)
{
  g_autoptr (DifImage) picture = new_picture (12, 11, 11);
  g_autoptr (DifImage) x = noised (picture, 0.5, 12);
  float                bias[90], limits[90], both[90];
  DifPatchSource       source = { picture, 3, FALSE, NULL, NULL };
  DifPatchSource       biased = { picture, 3, FALSE, NULL, bias };
  int                  i;

  for (i = 0; i < 90; i++)
    {
      bias[i] = (float) (i % 7) - 3.0f;
      limits[i] = -(float) (i % 5);
      both[i] = bias[i] + limits[i];
    }
  {
    g_autoptr (DifPatchSet) plain = new_set (&source);
    g_autoptr (DifPatchSet) own = new_set (&biased);
    g_autoptr (DifImage)    a = estimate_with (plain, x, FALSE, 0.5, both, 2);
    g_autoptr (DifImage)    b = estimate_with (own, x, FALSE, 0.5, limits, 2);

    g_assert_cmpint (plain->n, ==, 90);
    g_assert_true (same_bits (a, b));
  }
}

/* Limits ------------------------------------------------------------- */

/* log sum over j of exp (score_ij), as the formula has it, and what each
 * candidate makes: [candidates].
 */
static void
shares_of (const DifPatchSource *source,
           const DifImage       *x,
           double                alpha_bar,
           const float          *limits,
           double               *share)
{
  int                side = source->patch, n = 3 * side * side, i, j, d;
  int                columns = x->width - side + 1, rows = x->height - side + 1;
  int                wide = source->picture->width - side + 1;
  int                m = wide * (source->picture->height - side + 1);
  g_autofree double *score = g_new (double, m);

  memset (share, 0, m * sizeof (double));
  for (i = 0; i < rows * columns; i++)
    {
      double largest = -INFINITY, total = 0.0;

      for (j = 0; j < m; j++)
        {
          double square = 0.0;

          for (d = 0; d < n; d++)
            square += pow (patch_value (x, side, i % columns, i / columns, d)
                           / sqrt (alpha_bar)
                           - patch_value (source->picture, side, j % wide,
                                          j / wide, d), 2.0);
          score[j] = limits[j] + (source->bias ? source->bias[j] : 0.0)
                     - square * alpha_bar / (2.0 * (1.0 - alpha_bar));
          largest = fmax (largest, score[j]);
        }
      for (j = 0; j < m; j++)
        total += exp (score[j] - largest);
      for (j = 0; j < m; j++)
        share[j] += exp (score[j] - largest) / total;
    }
}

static void
adjust (const DifPatchSet *set,
        const DifImage    *x,
        double             alpha_bar,
        double             slack,
        int                n_threads,
        float             *limits)
{
  DifPool     *pool = dif_pool_new (n_threads);
  DifPatchView view = {
    .x = x->rgb, .row_stride = x->width,
    .plane_stride = (gsize) x->width * x->height, .width = x->width,
    .height = x->height, .alpha_bar = alpha_bar,
  };
  DifArena     arena = new_arena (dif_patch_limits_workspace (set, &view,
                                                              n_threads));

  g_assert_true (dif_patch_limits_adjust (set, &view, pool, &arena, slack,
                                          limits));
  g_assert_cmpuint (arena.used, ==, 0);
  dif_free (arena.base);
  dif_pool_free (pool);
}

/* Round by round they are what the formula says, on any number of threads; in
 * the end nothing is used too much, as at the beginning some was.
 */
static void
test_limits_adjust (gconstpointer data)
{
  gboolean                biased = GPOINTER_TO_INT (data);
  const double            alpha_bar = 0.5, slack = 1.1;
  g_autoptr (DifImage)    picture = new_picture (18, 16, 20);
  g_autoptr (DifImage)    x = noised (picture, alpha_bar, 21);
  float                   bias[224], limits[224] = { 0 }, others[224] = { 0 };
  DifPatchSource          source = { picture, 3, FALSE, NULL,
                                     biased ? bias : NULL };
  g_autoptr (DifPatchSet) set = NULL;
  double                  share[224], most = 0.0, first = 0.0;
  int                     round, j, n_rounds = 30, n = 16 * 14;

  for (j = 0; j < n; j++)
    bias[j] = (float) (j % 3);
  set = new_set (&source);
  g_assert_cmpint (set->n, ==, n);
  for (round = 0; round < n_rounds; round++)
    {
      shares_of (&source, x, alpha_bar, limits, share);
      for (j = 0, most = 0.0; j < n; j++)
        most = fmax (most, share[j]);
      first = round == 0 ? most : first;
      for (j = 0; j < n; j++)
        share[j] = fmin (0.0, limits[j] - log (share[j] / slack));
      adjust (set, x, alpha_bar, slack, 1, limits);
      adjust (set, x, alpha_bar, slack, 3, others);
      g_assert_cmpmem (limits, sizeof (limits), others, sizeof (others));
      for (j = 0; j < n; j++)
        g_assert_cmpfloat (fabs (limits[j] - share[j]), <, 2e-4);
    }
  g_test_message ("a candidate made up to %.2f patches, then %.2f", first, most);
  g_assert_cmpfloat (first, >, 1.3);
  g_assert_cmpfloat (most, <, slack * 1.01);
}

/* One that is used for nothing is not held back. */
static void
test_limits_unused (void)
{
  g_autoptr (DifImage)    picture = new_picture (12, 9, 22);
  DifPatchSource          source = { picture, 3, FALSE, NULL, NULL };
  g_autoptr (DifPatchSet) set = NULL;
  float                   limits[70];
  int                     j;

  for (j = 0; j < 3 * 12 * 9; j++)
    if (j % 12 > 5)
      picture->rgb[j] += 1000.0f;
  set = new_set (&source);
  {
    g_autoptr (DifImage) x = dif_image_new (12, 9, NULL);

    for (j = 0; j < 70; j++)
      limits[j] = -5.0f;
    adjust (set, x, 0.9, 1.0, 2, limits);
  }
  for (j = 0; j < 70; j++)
    if (j % 10 > 5)
      g_assert_cmpfloat (limits[j], ==, 0.0);
    else
      g_assert_true (isfinite (limits[j]) && limits[j] <= 0.0f);
}

/* The denoiser ------------------------------------------------------- */

/* Tiles of a canvas are what they are alone, and progress is told. */
static void
test_denoiser (void)
{
  g_autoptr (DifImage) picture = new_picture (20, 16, 13);
  g_autoptr (DifImage) canvas = new_picture (50, 40, 14);
  g_autoptr (DifImage) x = noised (canvas, 0.6, 15);
  DifPatchSource       source = { picture, 5, FALSE, NULL, NULL };
  DifDenoiser         *denoiser = dif_patch_denoiser_new (new_set (&source));
  DifRect              tiles[2] = { { 3, 4, 24, 20 }, { 26, 17, 24, 20 } };
  g_autofree float    *out = g_new (float, 2 * 3 * 24 * 20);
  DifControl           control = { 0, 0 };
  DifPool             *pool = dif_pool_new (2);
  DifCall              call = { .x = x->rgb, .row_stride = 50,
                                .plane_stride = 50 * 40, .n = 2, .tiles = tiles,
                                .timestep = 400.0, .alpha_bar = 0.6, .side = 40,
                                .out = out };
  DifArena             arena = new_arena (denoiser->workspace (denoiser, 2, 20,
                                                               24, 2));
  int                  t, i;

  g_assert_cmpint (denoiser->traits.multiple, ==, 1);
  g_assert_cmpint (denoiser->traits.native, ==, 5);
  g_assert_cmpint (denoiser->traits.prediction, ==, DIF_PREDICTION_SAMPLE);
  g_assert_true (denoiser->run (denoiser, pool, &arena, &call, &control));
  g_assert_cmpint (control.done, ==, 1000);
  for (t = 0; t < 2; t++)
    {
      g_autoptr (DifImage) part = dif_image_new (24, 20, NULL), alone = NULL;

      for (i = 0; i < 3 * 24 * 20; i++)
        part->rgb[i] = x->rgb[(i / 480 * 40 + tiles[t].y + i / 24 % 20) * 50
                              + tiles[t].x + i % 24];
      alone = estimate (&source, part, FALSE, 0.6);
      g_assert_cmpmem (alone->rgb, 12 * 24 * 20, out + t * 3 * 24 * 20,
                       12 * 24 * 20);
    }
  control.cancel = 1;
  g_assert_false (denoiser->run (denoiser, pool, &arena, &call, &control));
  control.cancel = 0;
  t = 1;
  dif_pool_set_stop (pool, &t);
  g_assert_false (denoiser->run (denoiser, pool, &arena, &call, &control));
  g_assert_cmpuint (arena.used, ==, 0);
  dif_pool_free (pool);
  dif_free (arena.base);
  denoiser->free (denoiser);
}

/* A whole job: noise on a picture and the way back by its own patches.  With
 * little noise it is the picture again, with much another one, but never one
 * that leaves the range of the candidates.
 */
static void
test_job (void)
{
  g_autofree char     *path = fixture_source (
    "plugin/models/photo/scheduler/scheduler_config.json");
  g_autoptr (DifImage) picture = new_picture (40, 30, 16);
  DifPatchSource       source = { picture, 7, FALSE, NULL, NULL };
  DifModelInfo         info = { .id = "patches", .name = "A picture's patches" };
  g_autoptr (DifModel) model = dif_model_new (
    dif_patch_denoiser_new (new_set (&source)), dif_schedule_read (path, NULL),
    &info);
  DifParams            params = { .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
                                  .strength = 0.1, .num_variations = 1,
                                  .steps = 8, .seed = 5 };
  double               little, much;
  int                  i;

  {
    g_autoptr (GPtrArray) results = fixture_run (model,
                                                 dif_image_copy (picture, NULL),
                                                 params);

    little = difference (picture, results->pdata[0]);
  }
  params.strength = 0.9;
  {
    g_autoptr (GPtrArray) results = fixture_run (model,
                                                 dif_image_copy (picture, NULL),
                                                 params);
    const DifImage       *made = results->pdata[0];

    much = difference (picture, made);
    for (i = 0; i < 3 * 40 * 30; i++)
      g_assert_cmpfloat (fabs (made->rgb[i] - 0.1), <, 0.71);
  }
  g_test_message ("changed by %.3f at most, and by %.3f", little, much);
  g_assert_cmpfloat (little, <, 0.15);
  g_assert_cmpfloat (much, >, 0.3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/patches/formula", test_formula);
  g_test_add_func ("/patches/excluded", test_excluded);
  g_test_add_func ("/patches/faults", test_faults);
  g_test_add_func ("/patches/extremes", test_extremes);
  g_test_add_func ("/patches/not-finite", test_not_finite);
  g_test_add_data_func ("/patches/threads", GINT_TO_POINTER (FALSE),
                        test_threads);
  g_test_add_data_func ("/patches/threads-wrapped", GINT_TO_POINTER (TRUE),
                        test_threads);
  g_test_add_func ("/patches/memory", test_memory);
  g_test_add_func ("/patches/shift", test_shift);
  g_test_add_func ("/patches/limits", test_limits);
  g_test_add_data_func ("/patches/limits-adjust", GINT_TO_POINTER (FALSE),
                        test_limits_adjust);
  g_test_add_data_func ("/patches/limits-adjust-biased", GINT_TO_POINTER (TRUE),
                        test_limits_adjust);
  g_test_add_func ("/patches/limits-unused", test_limits_unused);
  g_test_add_func ("/patches/denoiser", test_denoiser);
  g_test_add_func ("/patches/job", test_job);
  return g_test_run ();
}

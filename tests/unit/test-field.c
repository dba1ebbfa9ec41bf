/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-field.c: texels, fields that are carried on, the vote against its formula
 * written out, and windows against the whole.
 */

#include <math.h>
#include <string.h>

#include "fields.h"
#include "fixture.h"
#include "../larger.h"

/* Texels -------------------------------------------------------------- */

static void
test_texels (void)
{
  static const float  values[] = { -1.0f, 1.0f, 0.0f, 0.2509f, 5.0f, -5.0f };
  static const gint16 expected[] = { -512, 512, 0, 128, DIF_TEXEL_END,
                                     -DIF_TEXEL_END };
  GRand               *rand = g_rand_new_with_seed (1);
  g_autoptr (DifImage) picture = fields_picture (rand, 6, 4);
  g_autoptr (DifTexels) t = NULL;
  int                  x, y, c;

  memcpy (picture->rgb, values, sizeof (values));
  t = fields_texels (picture, 5, TRUE);
  g_assert_cmpint (t->width, ==, 10);
  g_assert_cmpint (t->height, ==, 8);
  for (y = 0; y < t->height; y++)
    for (x = 0; x < t->width; x++)
      for (c = 0; c < 3; c++)
        {
          int v = t->values[(y * t->width + x) * 3 + c];

          if (c == 0 && y % 4 == 0)
            g_assert_cmpint (v, ==, expected[x % 6]);
          else
            g_assert_cmpint (v, ==, lrint (DIF_TEXEL_UNIT
                                           * picture->rgb[(c * 4 + y % 4) * 6
                                                          + x % 6]));
        }
  for (x = 0; x < DIF_PATCH_SLACK; x++)
    g_assert_cmpint (t->values[3 * t->width * t->height + x], ==, 0);
  g_rand_free (rand);
}

/* A window has the noise of the whole, on the other side too. */
static void
test_texels_noise (void)
{
  g_autoptr (GError)    error = NULL;
  DifPool              *pool = dif_pool_new (2);
  g_autoptr (DifImage)  grey = dif_image_new (700, 9, &error);
  g_autoptr (DifImage)  part = dif_image_new (350, 8, &error);
  g_autoptr (DifTexels) whole = dif_texels_new (700, 9, 5, &error);
  DifRect               pixels = { 600, 3, 350, 8 };
  g_autoptr (DifTexels) window = dif_texels_new_window (700, 9, &pixels, &error);
  double                square = 0.0;
  int                   x, y, c;

  g_assert_no_error (error);
  for (x = 0; x < 3 * 700 * 9; x++)
    grey->rgb[x] = 0.0f;
  for (x = 0; x < 3 * 350 * 8; x++)
    part->rgb[x] = 0.0f;
  dif_texels_fill (whole, grey, 0.1, 7, 3, pool);
  dif_texels_fill (window, part, 0.1, 7, 3, pool);
  for (y = 0; y < 13; y++)
    for (x = 0; x < 704; x++)
      for (c = 0; c < 3; c++)
        {
          int v = whole->values[(y * 704 + x) * 3 + c];

          square += (double) v * v / (13 * 704 * 3);
          g_assert_cmpint (v, ==, whole->values[(y % 9 * 704 + x % 700) * 3 + c]);
        }
  g_assert_cmpfloat (fabs (sqrt (square) / DIF_TEXEL_UNIT - 0.1), <, 0.002);
  for (y = 0; y < 8; y++)
    for (x = 0; x < 350; x++)
      for (c = 0; c < 3; c++)
        g_assert_cmpint (window->values[(y * 350 + x) * 3 + c], ==,
                         whole->values[((y + 3) % 9 * 704 + (x + 600) % 700) * 3
                                       + c]);
  dif_pool_free (pool);
}

/* Carrying ------------------------------------------------------------ */

static void
test_carry_identity (void)
{
  GRand *rand = g_rand_new_with_seed (2);
  int    i;

  for (i = 0; i < 200; i++)
    {
      gboolean             wrapped = i % 2;
      int                  from_patch = g_rand_int_range (rand, 1, 10);
      int                  patch = g_rand_int_range (rand, 1, 10);
      int                  width = patch + g_rand_int_range (rand, 0, 90);
      int                  height = patch + g_rand_int_range (rand, 0, 90);
      g_autoptr (DifField) from = fields_identity (
        from_patch, from_patch + g_rand_int_range (rand, 0, 90),
        from_patch + g_rand_int_range (rand, 0, 90), wrapped);
      g_autoptr (DifField) expected = fields_identity (patch, width, height,
                                                       wrapped);
      g_autoptr (DifField) to = fields_identity (patch, width, height, wrapped);

      memset (to->at, 0, to->columns * to->rows * sizeof (DifMatch));
      dif_field_carry (from, to, width, height);
      fields_assert_equal (to, expected);
    }
  g_rand_free (rand);
}

/* A displacement grows with the picture; what lies outside then, ends. */
static void
test_carry_displacement (gconstpointer data)
{
  gboolean             wrapped = GPOINTER_TO_INT (data);
  g_autoptr (DifField) from = fields_identity (7, 60, 40, wrapped);
  g_autoptr (DifField) to = fields_identity (7, 80, 60, wrapped);
  int                  x, y;

  for (y = 0; y < from->rows; y++)
    for (x = 0; x < from->columns; x++)
      from->at[y * from->columns + x] = (DifMatch) {
        (guint16) (wrapped ? (y + 38) % 40 : MAX (y - 2, 0)),
        (guint16) (wrapped ? (x + 6) % 60 : MIN (x + 6, from->columns - 1))
      };
  dif_field_carry (from, to, 80, 60);
  for (y = wrapped ? 0 : 6; y < to->rows; y++)
    for (x = 0; x < to->columns - (wrapped ? 0 : 12); x++)
      {
        DifMatch match = to->at[y * to->columns + x];

        g_assert_cmpint (match.x, ==, (x + 8) % 80);
        g_assert_cmpint (match.y, ==, (y + 57) % 60);
      }
}

/* Any field, patch, ratio and source: matches lie inside. */
static void
test_carry_inside (void)
{
  GRand *rand = g_rand_new_with_seed (3);
  int    i, k, side[8];

  for (i = 0; i < 100; i++)
    {
      int                  patch = g_rand_int_range (rand, 1, 10);
      int                  from_patch = g_rand_int_range (rand, 1, 10);
      g_autoptr (DifImage) source = NULL;
      g_autoptr (DifField) from = NULL;
      g_autoptr (DifField) to = NULL;

      for (k = 0; k < 6; k++)
        side[k] = MAX (patch, from_patch)
                  + (i % 3 ? g_rand_int_range (rand, 0, 60) : 0);
      source = fields_picture (rand, side[0], side[1]);
      from = fields_random (rand, from_patch, side[2], side[3], i % 2, source);
      to = fields_identity (patch, side[4], side[5], i % 2);
      dif_field_carry (from, to, side[0], side[1]);
      for (k = 0; k < to->columns * to->rows; k++)
        {
          g_assert_cmpint (to->at[k].x, <, dif_field_places (side[0], patch, i % 2));
          g_assert_cmpint (to->at[k].y, <, dif_field_places (side[1], patch, i % 2));
        }
    }
  g_rand_free (rand);
}

/* Vote ----------------------------------------------------------------- */

/* The mean of what is put at a pixel; alike: whether it is one pixel alone. */
static double
expected_pixel (const DifField *f,
                const DifImage *source,
                double          width,
                int             x,
                int             y,
                int             c,
                gboolean       *alike)
{
  double sum = 0.0, total = 0.0;
  int    i, j, first = -1;

  *alike = TRUE;
  for (j = 0; j < f->patch; j++)
    for (i = 0; i < f->patch; i++)
      {
        int      px = x - i, py = y - j, dx = i - f->patch / 2;
        int      dy = j - f->patch / 2, at;
        double   weight = exp (-(dx * dx + dy * dy) / (2.0 * width * width));
        DifMatch m;

        if (f->wrapped)
          {
            px = fields_round (px, f->columns, TRUE);
            py = fields_round (py, f->rows, TRUE);
          }
        if (px < 0 || py < 0 || px >= f->columns || py >= f->rows)
          continue;
        m = f->at[py * f->columns + px];
        at = fields_round (m.y + j, source->height, f->wrapped) * source->width
             + fields_round (m.x + i, source->width, f->wrapped);
        if (first >= 0 && first != at)
          *alike = FALSE;
        first = at;
        sum += weight * source->rgb[c * source->width * source->height + at];
        total += weight;
      }
  return sum / total;
}

static DifImage *
voted (const DifField *field,
       const DifImage *source,
       double          width,
       int             threads)
{
  g_autoptr (GError)  error = NULL;
  DifImage           *picture = dif_image_new (field->width, field->height, &error);
  DifPool            *pool = dif_pool_new (threads);

  g_assert_no_error (error);
  dif_field_vote (field, source, width, picture, pool);
  dif_pool_free (pool);
  return picture;
}

static void
check_vote (GRand    *rand,
            int       patch,
            int       width,
            int       height,
            gboolean  wrapped,
            double    vote_width)
{
  int                   sw = patch + g_rand_int_range (rand, 0, 60);
  int                   sh = patch + g_rand_int_range (rand, 0, 60);
  g_autoptr (DifImage)  source = fields_picture (rand, sw, sh);
  g_autoptr (DifField)  field = fields_random (rand, patch, width, height, wrapped,
                                               source);
  g_autoptr (DifImage)  picture = voted (field, source, vote_width, 1);
  g_autoptr (DifImage)  again = voted (field, source, vote_width, 3);
  double                worst = 0.0;
  int                   x, y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < height; y++)
      for (x = 0; x < width; x++)
        {
          gboolean alike;
          double   expected = expected_pixel (field, source, vote_width, x, y, c,
                                              &alike);
          float    got = picture->rgb[(c * height + y) * width + x];

          if (alike)
            g_assert_cmpfloat (fabs (expected - got), <, 1e-12);
          worst = larger (worst, fabs (expected - got));
        }
  g_assert_cmpfloat (worst, <, 2e-6);
  g_assert_cmpmem (picture->rgb, 3 * width * height * sizeof (float),
                   again->rgb, 3 * width * height * sizeof (float));
}

static void
test_vote (void)
{
  GRand *rand = g_rand_new_with_seed (4);
  int    i;

  for (i = 0; i < 150; i++)
    {
      int patch = i % 2 ? 7 : g_rand_int_range (rand, 1, 18);
      int width = patch + (i % 5 ? g_rand_int_range (rand, 0, 50) : 0);
      int height = patch + (i % 7 ? g_rand_int_range (rand, 0, 50) : 0);

      check_vote (rand, patch, width, height, i % 3 == 0, i % 2 ? 1.5 : 4.0);
    }
  /* More than are made together. */
  check_vote (rand, 7, 900, 9, FALSE, 1.0);
  check_vote (rand, 7, 900, 9, TRUE, 1.0);
  g_rand_free (rand);
}

/* A picture of itself, wherever the source is rolled to, is the source. */
static void
test_vote_identity (void)
{
  GRand *rand = g_rand_new_with_seed (5);
  int    by, x, y, c;

  for (by = 0; by < 30; by += 7)
    {
      g_autoptr (DifImage) source = fields_picture (rand, 300, 20);
      g_autoptr (DifField) field = fields_identity (7, 300, 20, by > 0);
      g_autoptr (DifImage) picture = NULL;

      for (y = 0; y < field->rows; y++)
        for (x = 0; x < field->columns; x++)
          field->at[y * field->columns + x] = (DifMatch) {
            (guint16) ((y + 2 * by) % 20), (guint16) ((x + by) % 300)
          };
      picture = voted (field, source, 1.5, 2);
      for (c = 0; c < 3; c++)
        for (y = 0; y < 20; y++)
          for (x = 0; x < 300; x++)
            g_assert_cmpfloat (picture->rgb[(c * 20 + y) * 300 + x], ==,
                               source->rgb[(c * 20 + (y + 2 * by) % 20) * 300
                                           + (x + by) % 300]);
    }
  g_rand_free (rand);
}

/* Without the picture in between. */
static void
test_vote_texels (void)
{
  GRand   *rand = g_rand_new_with_seed (6);
  DifPool *pool = dif_pool_new (2);
  int      i;

  for (i = 0; i < 8; i++)
    {
      g_autoptr (GError)    error = NULL;
      gboolean              wrapped = i % 2;
      double                noise = i & 2 ? 0.06 : 0.0;
      g_autoptr (DifImage)  source = fields_picture (rand, 60, 40);
      g_autoptr (DifField)  field = fields_random (rand, 7, 290, 30, wrapped, source);
      g_autoptr (DifImage)  picture = voted (field, source, 1.5, 1);
      g_autoptr (DifTexels) expected = fields_texels (picture, 7, wrapped);
      g_autoptr (DifTexels) got = fields_texels (picture, 7, wrapped);
      gsize                 size = got->width * got->height * 3 * sizeof (gint16);

      memset (got->values, 0, size);
      dif_texels_fill (expected, picture, noise, 9, 4, pool);
      dif_field_vote_texels (field, source, 1.5, noise, 9, 4, got, pool);
      g_assert_no_error (error);
      g_assert_cmpmem (got->values, size, expected->values, size);
    }
  dif_pool_free (pool);
  g_rand_free (rand);
}

/* Windows -------------------------------------------------------------- */

#define PATCH  7
#define PASSES 3
#define WIDTH  120
#define HEIGHT 100
#define NOISE  0.05

/* Some passes on a field, from a picture; the last vote goes there too. */
static void
run_passes (DifField         *field,
            const DifTexels  *key,
            const DifImage   *source,
            DifImage         *picture,
            DifTexels        *query,
            DifPool          *pool)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (DifField) found = dif_field_copy (field, &error);
  DifFieldSearch       search = {
    .query = query, .key = key, .layout_y = 0.1f, .tearing = 0.01f,
    .jumps = { 1, 3 }, .reaches = { 2, 6 }, .anywhere = 2,
  };
  int                  pass;

  g_assert_no_error (error);
  dif_texels_fill (query, picture, NOISE, 1, 0, pool);
  for (pass = 0; pass < PASSES; pass++)
    {
      search.seed = pass;
      dif_field_search (&search, field, found, NULL, pool);
      memcpy (field->at, found->at,
              field->columns * field->rows * sizeof (DifMatch));
      dif_field_vote (field, source, 1.5, picture, pool);
      dif_field_vote_texels (field, source, 1.5, NOISE, 1, pass + 1, query, pool);
    }
}

/* The part of a picture that a window's patches have, on the other side if need
 * be.
 */
static DifImage *
cut (const DifImage *picture,
     int             left,
     int             top,
     int             width,
     int             height)
{
  g_autoptr (GError)  error = NULL;
  DifImage           *part = dif_image_new (width, height, &error);
  int                 x, y, c;

  g_assert_no_error (error);
  for (c = 0; c < 3; c++)
    for (y = 0; y < height; y++)
      for (x = 0; x < width; x++)
        part->rgb[(c * height + y) * width + x]
          = picture->rgb[(c * picture->height + (top + y) % picture->height)
                         * picture->width + (left + x) % picture->width];
  return part;
}

/* Sides of the window that are the whole's too end nothing. */
static void
check_window (gboolean wrapped,
              DifRect  places)
{
  g_autoptr (GError)    error = NULL;
  GRand                *rand = g_rand_new_with_seed (7);
  DifPool              *pool = dif_pool_new (1);
  g_autoptr (DifImage)  source = fields_picture (rand, 90, 110);
  g_autoptr (DifImage)  picture = fields_picture (rand, WIDTH, HEIGHT);
  g_autoptr (DifTexels) key = fields_texels (source, PATCH, wrapped);
  g_autoptr (DifTexels) query = fields_texels (picture, PATCH, wrapped);
  g_autoptr (DifField)  whole = fields_random (rand, PATCH, WIDTH, HEIGHT, wrapped,
                                               source);
  gboolean              round_x = wrapped && places.width == WIDTH;
  gboolean              round_y = wrapped && places.height == HEIGHT;
  DifRect               pixels = { places.x, places.y, places.width + PATCH - 1,
                                   places.height + PATCH - 1 };
  g_autoptr (DifImage)  part = cut (picture, places.x, places.y,
                                    round_x ? WIDTH : pixels.width,
                                    round_y ? HEIGHT : pixels.height);
  g_autoptr (DifTexels) window_query = dif_texels_new_window (WIDTH, HEIGHT,
                                                              &pixels, &error);
  g_autoptr (DifField)  window = dif_field_new_window (PATCH, WIDTH, HEIGHT,
                                                       wrapped, &places, &error);
  int                   reach = PASSES * DIF_FIELD_REACH (PATCH, 3), same = 0, x, y;
  int                   left = round_x || (! wrapped && places.x == 0) ? 0 : reach;
  int                   top = round_y || (! wrapped && places.y == 0) ? 0 : reach;
  int                   right = round_x || (! wrapped && places.x + places.width
                                                         == whole->columns)
                                ? 0 : reach;
  int                   bottom = round_y || (! wrapped && places.y + places.height
                                                          == whole->rows)
                                 ? 0 : reach;

  g_assert_no_error (error);
  for (y = 0; y < places.height; y++)
    for (x = 0; x < places.width; x++)
      window->at[y * places.width + x]
        = whole->at[(places.y + y) % whole->rows * whole->columns
                    + (places.x + x) % whole->columns];
  run_passes (whole, key, source, picture, query, pool);
  run_passes (window, key, source, part, window_query, pool);
  for (y = top; y < places.height - bottom; y++)
    for (x = left; x < places.width - right; x++)
      {
        DifMatch a = whole->at[(places.y + y) % whole->rows * whole->columns
                               + (places.x + x) % whole->columns];
        DifMatch b = window->at[y * places.width + x];
        int      at = (places.y + y) % HEIGHT * WIDTH + (places.x + x) % WIDTH;

        same++;
        g_assert_cmpint (a.x, ==, b.x);
        g_assert_cmpint (a.y, ==, b.y);
        /* Of the picture, what the places before have put there too. */
        if ((x >= left + PATCH - 1 || ! left) && (y >= top + PATCH - 1 || ! top))
          g_assert_cmpfloat (picture->rgb[at], ==, part->rgb[y * part->width + x]);
      }
  g_assert_cmpint (same, >, 0);
  dif_pool_free (pool);
  g_rand_free (rand);
}

static void
test_window (void)
{
  int columns = WIDTH - PATCH + 1, rows = HEIGHT - PATCH + 1;

  check_window (FALSE, (DifRect) { 0, 0, columns, rows });
  check_window (FALSE, (DifRect) { 20, 15, 60, 50 });
  check_window (FALSE, (DifRect) { 0, 30, 50, rows - 30 });
  check_window (FALSE, (DifRect) { columns - 60, 0, 60, 45 });
  check_window (TRUE, (DifRect) { 0, 0, WIDTH, HEIGHT });
  check_window (TRUE, (DifRect) { 30, 20, 60, 50 });
  check_window (TRUE, (DifRect) { WIDTH - 30, HEIGHT - 20, 60, 50 });
  check_window (TRUE, (DifRect) { 50, 10, WIDTH, 50 });
  check_window (TRUE, (DifRect) { WIDTH - 20, 10, 45, HEIGHT });
}

/* From a window to one of the next level, as from the whole. */
static void
test_window_carry (gconstpointer data)
{
  gboolean             wrapped = GPOINTER_TO_INT (data);
  g_autoptr (GError)   error = NULL;
  GRand               *rand = g_rand_new_with_seed (8);
  g_autoptr (DifImage) source = fields_picture (rand, 90, 75);
  g_autoptr (DifField) from = fields_random (rand, 9, 90, 75, wrapped, source);
  g_autoptr (DifField) to = fields_identity (7, 120, 100, wrapped);
  DifRect              before = { 30, 20, 60, 50 };
  DifRect              after = { wrapped ? 60 : 48, 40, 55, 40 };
  g_autoptr (DifField) from_window = dif_field_new_window (9, 90, 75, wrapped,
                                                           &before, &error);
  g_autoptr (DifField) to_window = dif_field_new_window (7, 120, 100, wrapped,
                                                         &after, &error);
  int                  x, y;

  g_assert_no_error (error);
  if (! wrapped)
    {
      from_window->columns = from->columns - before.x;
      from_window->rows = from->rows - before.y;
    }
  for (y = 0; y < from_window->rows; y++)
    for (x = 0; x < from_window->columns; x++)
      from_window->at[y * from_window->columns + x]
        = from->at[(before.y + y) % from->rows * from->columns
                   + (before.x + x) % from->columns];
  dif_field_carry (from, to, 120, 100);
  dif_field_carry (from_window, to_window, 120, 100);
  for (y = 0; y < after.height; y++)
    for (x = 0; x < after.width; x++)
      g_assert_cmpmem (to_window->at + y * after.width + x, sizeof (DifMatch),
                       to->at + (after.y + y) * to->columns + after.x + x,
                       sizeof (DifMatch));
  g_rand_free (rand);
}

int
main (int    argc,
      char **argv)
{
  gconstpointer plain = GINT_TO_POINTER (FALSE), wrapped = GINT_TO_POINTER (TRUE);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/field/texels", test_texels);
  g_test_add_func ("/field/texels-noise", test_texels_noise);
  g_test_add_func ("/field/carry-identity", test_carry_identity);
  g_test_add_data_func ("/field/carry-displacement", plain, test_carry_displacement);
  g_test_add_data_func ("/field/carry-displacement-wrapped", wrapped,
                        test_carry_displacement);
  g_test_add_func ("/field/carry-inside", test_carry_inside);
  g_test_add_func ("/field/vote", test_vote);
  g_test_add_func ("/field/vote-identity", test_vote_identity);
  g_test_add_func ("/field/vote-texels", test_vote_texels);
  g_test_add_func ("/field/window", test_window);
  g_test_add_data_func ("/field/window-carry", plain, test_window_carry);
  g_test_add_data_func ("/field/window-carry-wrapped", wrapped, test_window_carry);
  return g_test_run ();
}

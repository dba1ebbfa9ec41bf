/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-field WIDTH HEIGHT THREADS IN [OUT [PASSES ANYWHERE]]: search and vote at
 * all levels of a picture, from a coarsest one of 32 pixels on which pieces of it
 * lie anywhere, and blending at the end.  Prints what each level took, all of them
 * and blending: processor time, time, cost per place, and the memory at most.  IN
 * and OUT are files of float32 planes, [3][height][width], in [-1,1].  PASSES and
 * ANYWHERE count on levels of more than a megapixel.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "kernels/kernels.h"
#include "quilt/blend.h"
#include "quilt/field.h"

#define PATCH  7
#define PASSES 4
#define START  32
#define RATIO  0.75
#define NOISE  0.06
#define PIECE  8        /* places of a side that lie together at first */
#define HOLD   0.003
#define EDGE   0.2

typedef struct
{
  double search;        /* processor time, seconds */
  double vote;
  double other;
  double wall;
  double cost;          /* mean of the last pass   */
} Spent;

static double
processor (void)
{
  struct rusage r;

  getrusage (RUSAGE_SELF, &r);
  return r.ru_utime.tv_sec + r.ru_stime.tv_sec
         + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static void
must (const void   *made,
      const GError *error)
{
  if (! made)
    g_error ("%s", error->message);
}

static DifImage *
read_planes (const char *path,
             int         width,
             int         height)
{
  g_autoptr (GError)  error = NULL;
  DifImage           *image = dif_image_new (width, height, &error);
  gsize               n = (gsize) 3 * width * height;
  FILE               *file = fopen (path, "rb");

  must (image, error);
  if (! file || fread (image->rgb, sizeof (float), n, file) != n)
    g_error ("%s cannot be read, or is too short", path);
  fclose (file);
  return image;
}

/* Row y of a picture that is made smaller or larger: by means of the pixels that
 * are covered, or by straight lines between them.
 */
static void
resize_row (const DifImage *from,
            int             width,
            int             height,
            int             y,
            float          *to,
            gsize           to_plane)
{
  double sx = (double) from->width / width, sy = (double) from->height / height;
  double rx = MAX (sx, 1.0), ry = MAX (sy, 1.0), cy = (y + 0.5) * sy - 0.5;
  int    c, x, i, j;

  for (c = 0; c < 3; c++)
    for (x = 0; x < width; x++)
      {
        double cx = (x + 0.5) * sx - 0.5, sum = 0.0, total = 0.0;

        for (j = (int) ceil (cy - ry); j <= (int) floor (cy + ry); j++)
          for (i = (int) ceil (cx - rx); i <= (int) floor (cx + rx); i++)
            {
              double w = (1.0 - fabs (j - cy) / ry) * (1.0 - fabs (i - cx) / rx);
              int    px = CLAMP (i, 0, from->width - 1);
              int    py = CLAMP (j, 0, from->height - 1);

              sum += w * from->rgb[((gsize) c * from->height + py) * from->width
                                   + px];
              total += w;
            }
        to[c * to_plane + x] = (float) (sum / total);
      }
}

static DifImage *
resized (const DifImage *from,
         int             width,
         int             height)
{
  g_autoptr (GError)  error = NULL;
  DifImage           *to = dif_image_new (width, height, &error);
  int                 y;

  must (to, error);
  for (y = 0; y < height; y++)
    resize_row (from, width, height, y, to->rgb + (gsize) y * width,
                (gsize) width * height);
  return to;
}

/* Pieces that lie anywhere across, and nearly where they were down. */
static void
scatter (DifField *field)
{
  GRand *rand = g_rand_new_with_seed (1);
  int    x, y, i, j;

  for (y = 0; y < field->rows; y += PIECE)
    for (x = 0; x < field->columns; x += PIECE)
      {
        int dx = g_rand_int_range (rand, -field->columns / 2, field->columns / 2);
        int dy = g_rand_int_range (rand, -3, 4);

        for (j = y; j < MIN (y + PIECE, field->rows); j++)
          for (i = x; i < MIN (x + PIECE, field->columns); i++)
            field->at[j * field->columns + i] = (DifMatch) {
              (guint16) CLAMP (j + dy, 0, field->rows - 1),
              (guint16) CLAMP (i + dx, 0, field->columns - 1)
            };
      }
  g_rand_free (rand);
}

/* The memory of a level, as little as there can be: what is made is planes at the
 * end alone, and texels until then.
 */
typedef struct
{
  const DifImage *source;
  DifField       *field;
  DifField       *other;
  DifTexels      *query;
  DifTexels      *key;
  float          *bias;
} Level;

/* Texels of a picture that is enlarged, and no longer needed then. */
static DifTexels *
enlarged (DifImage **small,
          int        width,
          int        height)
{
  g_autoptr (GError)  error = NULL;
  DifTexels          *t = dif_texels_new (width, height, 0, &error);
  g_autofree float   *row = g_new (float, 3 * width);
  int                 y;

  must (t, error);
  for (y = 0; y < height; y++)
    {
      resize_row (*small, width, height, y, row, width);
      dif_texels_put (t, 0, y, width, row, width, 0.0f, 0, 0);
    }
  g_clear_pointer (small, dif_image_free);
  return t;
}

/* blurred, and picture, which is what was made so far, are of the level before. */
static Level
level_new (const DifImage  *source,
           DifImage       **blurred,
           DifImage       **picture,
           DifField        *field)
{
  g_autoptr (GError) error = NULL;
  int                w = source->width, h = source->height;
  gsize              n = (gsize) field->columns * field->rows, i;
  Level              l = { source, field };

  l.key = enlarged (blurred, w, h);
  l.query = enlarged (picture, w, h);
  l.other = dif_field_new (PATCH, w, h, FALSE, &error);
  must (l.other, error);
  l.bias = g_new (float, n);
  for (i = 0; i < n; i++)
    l.bias[i] = 0.0f;
  return l;
}

static void
level_clear (Level *l)
{
  dif_field_free (l->other);
  dif_texels_free (l->query);
  dif_texels_free (l->key);
  g_free (l->bias);
}

static void
run_pass (Level   *l,
          int      level,
          int      pass,
          int      passes,
          int      anywhere,
          DifPool *pool,
          Spent   *spent)
{
  gsize             n = (gsize) l->field->columns * l->field->rows, i;
  gboolean          is_last = pass + 1 == passes;
  g_autofree float *costs = is_last ? g_new (float, n) : NULL;
  DifFieldSearch    search = {
    .query = l->query, .key = l->key, .bias = l->bias, .layout_y = 0.4f,
    .tearing = 0.002f, .jumps = { 1, 3 }, .reaches = { 2, 6 },
    .anywhere = anywhere, .seed = 16 * level + pass,
  };
  DifMatch         *swap = l->field->at;
  double            before = processor ();

  if (pass == 1)
    dif_texels_fill (l->key, l->source, 0.0, 0, 0, pool);
  spent->other += processor () - before;

  before = processor ();
  dif_field_search (&search, l->field, l->other, costs, pool);
  l->field->at = l->other->at;
  l->other->at = swap;
  spent->search += processor () - before;

  before = processor ();
  if (! is_last)
    dif_field_vote_texels (l->field, l->source, 1.5,
                           NOISE * (1.0 - (pass + 1.0) / passes), 1,
                           16 * level + pass, l->query, pool);
  spent->vote += processor () - before;
  for (i = 0; costs && i < n; i++)
    spent->cost += costs[i] / n;
}

/* What the field makes of the source. */
static DifImage *
made (const DifImage *source,
      const DifField *field,
      DifPool        *pool,
      Spent          *spent)
{
  g_autoptr (GError)  error = NULL;
  DifImage           *picture = dif_image_new (source->width, source->height,
                                               &error);
  double              before = processor ();

  must (picture, error);
  dif_field_vote (field, source, 1.5, picture, pool);
  spent->vote += processor () - before;
  return picture;
}

static void
print_spent (const char  *name,
             const Spent *s)
{
  printf ("%-13s  processor %7.2f s (search %.2f, vote %.2f, other %.2f), "
          "time %6.2f s, mean cost %.5f\n", name,
          s->search + s->vote + s->other, s->search, s->vote, s->other, s->wall,
          s->cost);
}

static void
run_blend (DifImage       *picture,
           const DifImage *source,
           const DifField *field,
           DifPool        *pool)
{
  g_autoptr (GError) error = NULL;
  double             before = processor ();
  gint64             start = g_get_monotonic_time ();

  if (! dif_quilt_blend (picture, source, field, HOLD, EDGE, NULL, pool, &error))
    g_error ("%s", error->message);
  printf ("%-13s  processor %7.2f s, time %6.2f s\n", "blending",
          processor () - before, (g_get_monotonic_time () - start) / 1e6);
}

typedef struct
{
  int         passes;      /* above a megapixel */
  int         anywhere;
  const char *out;
} Options;

static void
run_all (const DifImage  *source,
         const Options   *options,
         DifPool         *pool)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (DifImage) picture = NULL;
  g_autoptr (DifField) field = NULL;
  Spent                total = { 0 };
  int                  least = MIN (source->width, source->height), level = 0;
  int                  pass, i;

  while (least * pow (RATIO, level + 1) >= START)
    level++;
  for (; level >= 0; level--)
    {
      double               scale = pow (RATIO, level);
      int                  w = (int) lrint (source->width * scale);
      int                  h = (int) lrint (source->height * scale);
      gboolean             is_large = (gsize) w * h > 1000000;
      int                  passes = is_large ? options->passes : PASSES;
      g_autoptr (DifImage) own = level ? resized (source, w, h) : NULL;
      const DifImage      *now = level ? own : source;
      g_autoptr (DifImage) less = resized (now, (int) lrint (w * RATIO),
                                           (int) lrint (h * RATIO));
      DifField            *next = dif_field_new (PATCH, w, h, FALSE, &error);
      Spent                spent = { 0 };
      g_autofree char     *name = g_strdup_printf ("%d x %d", w, h);
      double               before = processor ();
      gint64               start = g_get_monotonic_time (), aside;
      Level                l;

      must (next, error);
      if (field)
        dif_field_carry (field, next, w, h);
      else
        {
          scatter (next);
          picture = made (now, next, pool, &spent);
        }
      spent.other += processor () - before;
      g_clear_pointer (&field, dif_field_free);
      field = next;
      aside = g_get_monotonic_time ();
      l = level_new (now, &less, &picture, field);
      start += g_get_monotonic_time () - aside;
      for (pass = 0; pass < passes; pass++)
        run_pass (&l, level, pass, passes, is_large ? options->anywhere : 1, pool,
                  &spent);
      level_clear (&l);
      picture = made (now, field, pool, &spent);
      spent.wall = (g_get_monotonic_time () - start) / 1e6;
      print_spent (name, &spent);
      for (i = 0; i < 4; i++)
        (&total.search)[i] += (&spent.search)[i];
      total.cost = spent.cost;
    }
  print_spent ("all levels", &total);
  run_blend (picture, source, field, pool);
  if (options->out
      && ! g_file_set_contents (options->out, (const char *) picture->rgb,
                                (gssize) 3 * picture->width * picture->height
                                * (gssize) sizeof (float), &error))
    g_error ("%s", error->message);
}

int
main (int    argc,
      char **argv)
{
  DifImage      *source;
  DifPool       *pool;
  struct rusage  usage;
  Options        options = { PASSES, 1, NULL };

  if (argc != 5 && argc != 6 && argc != 8)
    {
      fprintf (stderr, "usage: bench-field WIDTH HEIGHT THREADS IN "
               "[OUT [PASSES ANYWHERE]]\n");
      return 2;
    }
  source = read_planes (argv[4], atoi (argv[1]), atoi (argv[2]));
  pool = dif_pool_new (atoi (argv[3]));
  printf ("%s, %d threads\n", dif_kernels_get ()->name, dif_pool_n_threads (pool));
  options.out = argc > 5 ? argv[5] : NULL;
  if (argc > 6)
    {
      options.passes = atoi (argv[6]);
      options.anywhere = atoi (argv[7]);
    }
  run_all (source, &options, pool);
  getrusage (RUSAGE_SELF, &usage);
  printf ("memory at most %ld MiB\n", usage.ru_maxrss / 1024);
  dif_pool_free (pool);
  dif_image_free (source);
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * judge.c: see judge.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/blas.h"
#include "quilt/fresh.h"
#include "quilt/judge.h"
#include "quilt/uses.h"

/* Shorter side, in pixels, of the level at which attempts are judged. */
#define JUDGED_SIDE 72

/* Places, at most, of the level at which it is looked for singular figures. */
#define SINGLE_PLACES 6000

/* Of what is judged: weight of singular figures that are there too often, and of
 * the worst two in a hundred.
 */
#define AGAIN       0.5f
#define MAX_AGAIN  1.5f
#define WORST       0.1
#define WORST_SHARE 0.02

/* How far a change at the coarsest level reaches, in its pixels. */
#define REACH (DIF_LEVELS_COARSE_PATCH + 1)

/* Singular figures -------------------------------------------------- */

typedef struct
{
  const float *patches;     /* [n][dim]   */
  const float *norms;       /* [n]        */
  float       *least;       /* [n]        */
  float       *scratch;     /* [worker][SINGLE_BLOCK][n] */
  int          n;
  int          dim;
  int          columns;
  int          patch;
} Single;

#define SINGLE_BLOCK 32

static void
find_likest (int   chunk,
             int   worker,
             void *data)
{
  const Single *s = data;
  int           first = chunk * SINGLE_BLOCK, n = MIN (SINGLE_BLOCK, s->n - first);
  float        *products = s->scratch + (gsize) worker * SINGLE_BLOCK * s->n;
  int           i, k;

  dif_blas_gemm (true, n, s->n, s->dim, -2.0f, s->patches + (gsize) first * s->dim,
                 s->dim, s->patches, s->dim, products, s->n);
  for (i = 0; i < n; i++)
    {
      const float *d = products + (gsize) i * s->n;
      int          x = (first + i) % s->columns, y = (first + i) / s->columns;
      float        least = INFINITY;

      for (k = 0; k < s->n; k++)
        if (d[k] + s->norms[k] < least
            && (ABS (k % s->columns - x) >= s->patch
                || ABS (k / s->columns - y) >= s->patch))
          least = d[k] + s->norms[k];
      s->least[first + i] = isfinite (least)
                            ? MAX (0.0f, (least + s->norms[first + i]) / s->dim)
                            : 0.0f;
    }
}

static gboolean
find_single (DifJudge  *j,
             DifPool   *pool,
             GError   **error)
{
  const DifImage *p = dif_levels_picture (j->levels, j->single_level);
  int             wide = p->width - DIF_LEVELS_PATCH + 1;
  int             tall = p->height - DIF_LEVELS_PATCH + 1, x, y, c, k, l;
  Single          s = { .n = wide * tall, .columns = wide,
                        .dim = 3 * DIF_LEVELS_PATCH * DIF_LEVELS_PATCH,
                        .patch = DIF_LEVELS_PATCH };
  float          *patches = dif_alloc ((gsize) s.n * s.dim, sizeof (float),
                                       "patches", error);
  float          *norms = dif_alloc (s.n, sizeof (float), "patches", error);

  s.scratch = dif_alloc ((gsize) s.n * SINGLE_BLOCK * dif_pool_n_threads (pool),
                         sizeof (float), "patches", error);
  j->single = dif_alloc (s.n, sizeof (float), "patches", error);
  if (patches && norms && s.scratch && j->single)
    {
      float *to = patches;

      for (y = 0; y < tall; y++)
        for (x = 0; x < wide; x++)
          {
            float sum = 0.0f;

            for (c = 0; c < 3; c++)
              for (k = 0; k < DIF_LEVELS_PATCH; k++)
                for (l = 0; l < DIF_LEVELS_PATCH; l++, to++)
                  {
                    *to = p->rgb[((gsize) c * p->height + y + k) * p->width + x + l];
                    sum += *to * *to;
                  }
            norms[y * wide + x] = sum;
          }
      s.patches = patches;
      s.norms = norms;
      s.least = j->single;
      dif_pool_run (pool, (s.n + SINGLE_BLOCK - 1) / SINGLE_BLOCK, find_likest, &s);
    }
  dif_free (patches);
  dif_free (norms);
  dif_free (s.scratch);
  return patches && norms && s.scratch && j->single;
}

/* Memory -------------------------------------------------------------- */

void
dif_judge_free (DifJudge *judge)
{
  int i;

  if (! judge)
    return;
  for (i = 0; i <= judge->last; i++)
    {
      dif_refine_free (judge->refines[i]);
      dif_free (judge->fixed[i]);
      dif_free (judge->held[i]);
    }
  g_free (judge->refines);
  g_free (judge->fixed);
  g_free (judge->held);
  dif_free (judge->single);
  dif_field_free (judge->spare);
  dif_free (judge->often);
  dif_free (judge->scratch);
  dif_free (judge->shifts);
  g_free (judge);
}

static gboolean
prepare_level (DifJudge      *j,
               int            i,
               const guint8  *change,
               DifPool       *pool,
               GError       **error)
{
  const DifQuiltLevel *level = &j->levels->levels[i];
  gsize           n = (gsize) level->canvas_width * level->canvas_height;

  if (i > 0)
    {
      j->refines[i] = dif_refine_new (j->levels, i, TRUE, pool, error);
      if (! j->refines[i])
        return FALSE;
    }
  j->held[i] = dif_alloc (n, 1, "a mask", error);
  if (! j->held[i])
    return FALSE;
  if (! change)
    return TRUE;
  j->fixed[i] = dif_levels_fix (j->levels, i, DIF_LEVELS_PATCH, change, error);
  return j->fixed[i] != NULL;
}

DifJudge *
dif_judge_new (DifQuiltLevels  *levels,
               const guint8    *change,
               gboolean         fresh,
               DifPool       *pool,
               GError       **error)
{
  DifJudge       *j = g_new0 (DifJudge, 1);
  const DifQuiltLevel *level;
  gboolean        good = TRUE;
  gsize           n;
  int             i;

  j->levels = levels;
  j->last = MAX (1, dif_levels_find (levels, JUDGED_SIDE));
  j->fresh_level = fresh ? MAX (j->last, dif_levels_find (levels, DIF_FRESH_SIDE))
                         : -1;
  j->refines = g_new0 (DifRefine *, j->last + 1);
  j->fixed = g_new0 (guint8 *, j->last + 1);
  j->held = g_new0 (guint8 *, j->last + 1);
  for (i = 0; i <= j->last
              && levels->levels[i].width * levels->levels[i].height <= SINGLE_PLACES;
       i++)
    j->single_level = i;
  good = dif_levels_make (levels, MAX (j->fresh_level, j->last), pool, error);
  for (i = j->last; i >= 0 && good; i--)
    good = dif_levels_make (levels, i, pool, error) && ! dif_pool_is_stopped (pool);
  for (i = 0; i <= j->last && good; i++)
    good = prepare_level (j, i, change, pool, error) && ! dif_pool_is_stopped (pool);
  level = &levels->levels[j->last];
  n = (gsize) MAX (level->width * level->height,
                   level->canvas_width * level->canvas_height);
  if (good)
    {
      j->spare = dif_field_new (DIF_LEVELS_PATCH, level->canvas_width,
                                level->canvas_height, levels->wrapped, error);
      j->often = dif_alloc (n, sizeof (float), "counts", error);
      j->scratch = dif_alloc (n, sizeof (float), "counts", error);
      j->shifts = dif_alloc (n, sizeof (DifShift), "shifts", error);
      good = j->spare && j->often && j->scratch && j->shifts && find_single (j, pool, error);
    }
  if (! good)
    g_clear_pointer (&j, dif_judge_free);
  return j;
}

void
dif_attempt_free (DifAttempt *attempt)
{
  int i;

  if (! attempt)
    return;
  dif_image_free (attempt->coarse);
  dif_field_free (attempt->coarse_field);
  for (i = 0; i <= attempt->last; i++)
    {
      dif_field_free (attempt->fields[i]);
      dif_image_free (attempt->pictures[i]);
    }
  g_free (attempt->fields);
  g_free (attempt->pictures);
  dif_field_free (attempt->near);
  dif_free (attempt->costs);
  dif_free (attempt->unlike);
  g_free (attempt);
}

DifAttempt *
dif_attempt_new (const DifJudge  *judge,
                 GError         **error)
{
  DifAttempt      *a = g_new0 (DifAttempt, 1);
  const DifQuiltLevels *l = judge->levels;
  const DifQuiltLevel  *level = &l->levels[0];
  gboolean         good;
  gsize            n;
  int              i;

  a->last = judge->last;
  a->fields = g_new0 (DifField *, a->last + 1);
  a->pictures = g_new0 (DifImage *, a->last + 1);
  a->coarse = dif_image_new (level->canvas_width, level->canvas_height, error);
  a->coarse_field = dif_field_new (DIF_LEVELS_COARSE_PATCH, level->canvas_width,
                                   level->canvas_height, l->wrapped, error);
  good = a->coarse && a->coarse_field;
  for (i = 0; i <= a->last && good; i++)
    {
      level = &l->levels[i];
      a->fields[i] = dif_field_new (DIF_LEVELS_PATCH, level->canvas_width,
                                    level->canvas_height, l->wrapped, error);
      if (i > 0)
        a->pictures[i] = dif_image_new (level->canvas_width, level->canvas_height,
                                        error);
      good = a->fields[i] && (i == 0 || a->pictures[i]);
    }
  if (good)
    {
      n = (gsize) level->canvas_width * level->canvas_height;
      a->near = dif_field_copy (a->fields[a->last], error);
      a->costs = dif_alloc (n, sizeof (float), "costs", error);
      a->unlike = dif_alloc (n, sizeof (float), "costs", error);
      good = a->near && a->costs && a->unlike;
    }
  if (! good)
    g_clear_pointer (&a, dif_attempt_free);
  return a;
}

/* Judging ------------------------------------------------------------- */

/* Whether a place of level i is taken over, by where its middle lies at the
 * coarsest level.  wide: mask, made larger by what a change reaches.
 */
static void
hold_places (DifJudge     *j,
             int           i,
             const guint8 *wide)
{
  const DifQuiltLevel *coarse = &j->levels->levels[0], *level = &j->levels->levels[i];
  int             columns = dif_field_places (level->canvas_width, DIF_LEVELS_PATCH,
                                              j->levels->wrapped);
  int             rows = dif_field_places (level->canvas_height, DIF_LEVELS_PATCH,
                                           j->levels->wrapped), x, y;

  for (y = 0; y < rows; y++)
    for (x = 0; x < columns; x++)
      {
        int cx = (x + DIF_LEVELS_PATCH / 2) * coarse->canvas_width
                 / level->canvas_width;
        int cy = (y + DIF_LEVELS_PATCH / 2) * coarse->canvas_height
                 / level->canvas_height;
        gsize at = (gsize) y * columns + x;

        cx = MIN (cx, coarse->canvas_width - 1);
        cy = MIN (cy, coarse->canvas_height - 1);
        j->held[i][at] = (wide && ! wide[cy * coarse->canvas_width + cx])
                         || (j->fixed[i] && j->fixed[i][at]);
      }
}

/* mask, made larger.  Free with g_free(). */
static guint8 *
widen (const guint8 *mask,
       int           width,
       int           height,
       gboolean      wrapped)
{
  guint8 *wide = g_malloc0 ((gsize) width * height);
  int     x, y, dx, dy;

  for (y = 0; y < height; y++)
    for (x = 0; x < width; x++)
      if (mask[y * width + x])
        for (dy = -REACH; dy <= REACH; dy++)
          for (dx = -REACH; dx <= REACH; dx++)
            {
              int wx = x + dx, wy = y + dy;

              if (wrapped)
                {
                  wx = ((wx % width) + width) % width;
                  wy = ((wy % height) + height) % height;
                }
              if (wx >= 0 && wy >= 0 && wx < width && wy < height)
                wide[wy * width + wx] = 1;
            }
  return wide;
}

/* Gives places that are held the matches of base, or the source's own. */
static void
keep_held (const DifJudge *j,
           int             i,
           const DifField *base,
           DifField       *field)
{
  int n = field->columns * field->rows, k;

  for (k = 0; base && k < n; k++)
    if (j->held[i][k])
      field->at[k] = base->at[k];
  if (j->fixed[i])
    dif_field_fix (field, j->fixed[i]);
}

/* The nearest patches of the last level. */
static void
find_nearest (DifJudge         *j,
              DifAttempt       *a,
              const DifAttempt *base,
              DifPool          *pool)
{
  DifRefine     *r = j->refines[j->last];
  DifFieldSearch search = {
    .query = r->query, .key = r->key, .bias = j->levels->levels[j->last].bias,
    .held = j->held[j->last], .jumps = { 1, 4 }, .reaches = { 2, 8 },
    .anywhere = 4
  };
  gsize          n = (gsize) a->near->columns * a->near->rows;
  int            pass;

  memcpy (a->near->at, base ? base->near->at : a->fields[j->last]->at,
          n * sizeof (DifMatch));
  if (base)
    {
      gsize i;

      memcpy (a->costs, base->costs, n * sizeof (float));
      for (i = 0; i < n; i++)
        if (! j->held[j->last][i])
          a->near->at[i] = a->fields[j->last]->at[i];
    }
  else
    memset (a->costs, 0, n * sizeof (float));
  dif_texels_fill (r->query, a->pictures[j->last], 0.0, 0, 0, pool);
  for (pass = 0; pass < 2; pass++)
    {
      DifMatch *at = a->near->at;

      search.seed = 1 + (guint64) pass;
      dif_field_search (&search, a->near, j->spare, a->costs, pool);
      a->near->at = j->spare->at;
      j->spare->at = at;
    }
}

/* How unlike the source each pixel is: its patch's, and more where what it shows is
 * singular and is there too often.
 */
static void
measure_unlikeliness (DifJudge   *j,
                      DifAttempt *a)
{
  const DifQuiltLevel *level = &j->levels->levels[j->last];
  const DifQuiltLevel *single = &j->levels->levels[j->single_level];
  const DifField *f = a->near;
  int             columns = dif_field_places (level->width, f->patch, f->wrapped);
  int             rows = dif_field_places (level->height, f->patch, f->wrapped);
  int             wide = single->width - DIF_LEVELS_PATCH + 1;
  int             tall = single->height - DIF_LEVELS_PATCH + 1;
  gsize           n = (gsize) level->canvas_width * level->canvas_height, left;
  int             histogram[1024] = { 0 }, x, y, k;
  double          sum = 0.0, worst = 0.0;

  dif_uses_count (f, columns, rows, f->patch - 1, j->often, j->scratch);
  for (y = 0; y < level->canvas_height; y++)
    for (x = 0; x < level->canvas_width; x++)
      {
        int             px = CLAMP (x - f->patch / 2, 0, f->columns - 1);
        int             py = CLAMP (y - f->patch / 2, 0, f->rows - 1);
        gsize           at = (gsize) py * f->columns + px;
        const DifMatch *m = &f->at[at];
        float           often = j->often[(gsize) m->y * columns + m->x] - 1.0f;
        int             sx = CLAMP (m->x * single->width / level->width, 0, wide - 1);
        int             sy = CLAMP (m->y * single->height / level->height, 0,
                                    tall - 1);
        float           unlike = a->costs[at];
        float           root;

        unlike += AGAIN * CLAMP (often, 0.0f, MAX_AGAIN) * j->single[sy * wide + sx];
        a->unlike[(gsize) y * level->canvas_width + x] = unlike;
        root = sqrtf (MAX (unlike, 0.0f));
        sum += root;
        histogram[MIN (1023, (int) (root * 1024.0f))]++;
      }
  left = (gsize) (WORST_SHARE * n);
  for (k = 1023; k > 0 && left >= (gsize) histogram[k]; k--)
    left -= histogram[k];
  worst = (k + 0.5) / 1024.0;
  a->unlikely = sum / n + WORST * worst;
}

gboolean
dif_judge_run (DifJudge          *j,
               DifAttempt        *a,
               guint64            seed,
               const DifAttempt  *base,
               const guint8      *mask,
               DifPool           *pool,
               GError           **error)
{
  const DifQuiltLevel *coarse = &j->levels->levels[0];
  guint8         *wide = base ? widen (mask, coarse->canvas_width,
                                       coarse->canvas_height, j->levels->wrapped)
                              : NULL;
  gboolean        good = TRUE;
  int             i;

  dif_field_carry (a->coarse_field, a->fields[0], coarse->width, coarse->height);
  hold_places (j, 0, wide);
  keep_held (j, 0, base ? base->fields[0] : NULL, a->fields[0]);
  for (i = 1; i <= j->last && good; i++)
    {
      const DifQuiltLevel *level = &j->levels->levels[i];

      dif_field_carry (a->fields[i - 1], a->fields[i], level->width, level->height);
      hold_places (j, i, wide);
      keep_held (j, i, base ? base->fields[i] : NULL, a->fields[i]);
      good = dif_refine_run (j->refines[i], seed,
                             i == 1 ? a->coarse : a->pictures[i - 1], j->held[i],
                             a->fields[i], a->pictures[i], pool, error);
    }
  g_free (wide);
  if (! good)
    return FALSE;
  find_nearest (j, a, base, pool);
  if (dif_pool_is_stopped (pool))
    return FALSE;
  measure_unlikeliness (j, a);
  a->fresh = 0.0;
  if (j->fresh_level >= 0)
    {
      dif_field_shifts (a->fields[j->last], j->shifts);
      a->fresh = dif_fresh_share (j->levels, j->fresh_level, j->shifts,
                                  a->near->width, a->near->height, DIF_FRESH_FAR);
    }
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * quilt.c: see quilt.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "quilt/heal.h"
#include "quilt/quilt.h"
#include "quilt/refine.h"

/* Steps of the chain at the coarsest level. */
#define STEPS 16

/* The prior on vertical displacements. */
#define LAYOUT 100.0

/* Rounds of looking for the noise that makes as much new as strength asks for,
 * chains at that, and rounds of healing; these use HEAL_T at least.
 */
#define SEARCHES 5
#define TRIES    3
#define HEALS    24
#define HEAL_T   0.8

/* Noise that is tried: from, to, and first. */
#define LEAST_T 0.3
#define MOST_T  0.99
#define FIRST_T 0.8

/* What the tries' noise differs by. */
#define TRY_T 0.03

struct _DifQuilt
{
  DifQuiltSource  what;
  DifPool        *pool;
  DifLevels      *levels;
  DifCoarse      *coarse;
  DifJudge       *judge;
  DifAttempt     *attempts[3];
  guint8         *open;        /* change at the coarsest level, or NULL      */
  double          aim;
  double          t;           /* that makes as much new as is aimed at      */
};

double
dif_quilt_novelty (double strength)
{
  static const double novelty[] = { 0.0, 0.05, 0.13, 0.30, 0.52, 0.78 };
  double              at = CLAMP (strength, 0.0, 1.0) * (G_N_ELEMENTS (novelty) - 1);
  int                 i = MIN ((int) at, (int) G_N_ELEMENTS (novelty) - 2);

  return novelty[i] + (at - i) * (novelty[i + 1] - novelty[i]);
}

void
dif_quilt_free (DifQuilt *quilt)
{
  gsize i;

  if (! quilt)
    return;
  for (i = 0; i < G_N_ELEMENTS (quilt->attempts); i++)
    dif_attempt_free (quilt->attempts[i]);
  dif_judge_free (quilt->judge);
  dif_coarse_free (quilt->coarse);
  dif_levels_free (quilt->levels);
  dif_free (quilt->open);
  g_free (quilt);
}

/* What may change at the coarsest level. */
static gboolean
make_open (DifQuilt  *q,
           GError   **error)
{
  const DifLevel *level = &q->levels->levels[0];
  int             x, y;

  if (! q->what.change)
    return TRUE;
  q->open = dif_levels_fix (q->levels, 0, 1, q->what.change, error);
  for (y = 0; q->open && y < level->height; y++)
    for (x = 0; x < level->width; x++)
      q->open[y * level->width + x] = ! q->open[y * level->width + x];
  return q->open != NULL;
}

/* The source as the result of the coarsest level. */
static DifField *
own_field (const DifQuilt  *q,
           GError         **error)
{
  const DifLevel *level = &q->levels->levels[0];
  DifField       *f = dif_field_new (DIF_LEVELS_COARSE_PATCH, level->canvas_width,
                                     level->canvas_height, q->levels->wrapped, error);
  int             x, y;

  for (y = 0; f && y < f->rows; y++)
    for (x = 0; x < f->columns; x++)
      f->at[y * f->columns + x] = (DifMatch) { (guint16) y, (guint16) x };
  return f;
}

/* Noises the source to t, goes back and judges. */
static gboolean
attempt (DifQuilt    *q,
         double       t,
         guint64      seed,
         guint32      number,
         DifAttempt  *a,
         GError     **error)
{
  const DifImage *source = dif_levels_picture (q->levels, 0);
  DifField       *own = own_field (q, error);
  DifCoarseWay    way = {
    .start = source, .t = t, .steps = STEPS, .seed = seed,
    .stream = DIF_STREAM_QUILT (0x200000 + number),
    .mask = q->open, .held = source, .held_field = own
  };
  gboolean        good;

  good = own && dif_coarse_go (q->coarse, &way, a->coarse, a->coarse_field, q->pool)
         && dif_judge_run (q->judge, a, seed, NULL, NULL, q->pool, error);
  dif_field_free (own);
  return good;
}

/* Looks for the noise by halving. */
static gboolean
find_noise (DifQuilt      *q,
            DifQuiltFunc   progress,
            void          *data,
            GError       **error)
{
  double low = LEAST_T, high = MOST_T;
  int    i;

  q->t = FIRST_T;
  for (i = 0; i < SEARCHES; i++)
    {
      if (! attempt (q, q->t, 0, 0, q->attempts[0], error))
        return FALSE;
      if (q->attempts[0]->fresh < q->aim)
        low = q->t;
      else
        high = q->t;
      q->t = (low + high) / 2.0;
      if (progress)
        progress ((i + 1.0) / SEARCHES, data);
    }
  return TRUE;
}

static DifQuilt *
stopped (DifQuilt  *quilt,
         GError   **error)
{
  if (error && ! *error)
    g_set_error_literal (error, DIF_ERROR, DIF_ERROR_CANCELLED,
                         "The job was cancelled.");
  dif_quilt_free (quilt);
  return NULL;
}

DifQuilt *
dif_quilt_new (const DifQuiltSource  *source,
               DifPool               *pool,
               DifQuiltFunc           progress,
               void                  *data,
               GError               **error)
{
  DifQuilt       *q = g_new0 (DifQuilt, 1);
  int             width = source->source->width, height = source->source->height;
  DifCoarseSource coarse;
  float          *bias = NULL;
  gsize           i, n;

  q->what = *source;
  q->pool = pool;
  q->aim = dif_quilt_novelty (source->strength);
  q->levels = dif_levels_new (source->source, source->excluded, width, height,
                              source->wrapped);
  q->judge = dif_judge_new (q->levels, source->change, pool, error);
  if (! q->judge || ! make_open (q, error))
    return stopped (q, error);
  coarse = (DifCoarseSource) {
    .patch = DIF_LEVELS_COARSE_PATCH, .source = dif_levels_picture (q->levels, 0),
    .width = q->levels->levels[0].width, .height = q->levels->levels[0].height,
    .wrapped = source->wrapped, .layout_y = LAYOUT
  };
  if (q->levels->levels[0].bias)
    {
      n = (gsize) dif_field_places (coarse.width, coarse.patch, coarse.wrapped)
          * dif_field_places (coarse.height, coarse.patch, coarse.wrapped);
      bias = dif_alloc (n, sizeof (float), "biases", error);
      if (! bias)
        return stopped (q, error);
      for (i = 0; i < n; i++)
        bias[i] = - q->levels->levels[0].bias[i];
      coarse.bias = bias;
    }
  q->coarse = dif_coarse_new (&coarse, error);
  dif_free (bias);
  if (! q->coarse)
    return stopped (q, error);
  for (i = 0; i < G_N_ELEMENTS (q->attempts); i++)
    {
      q->attempts[i] = dif_attempt_new (q->judge, error);
      if (! q->attempts[i])
        return stopped (q, error);
    }
  if (! find_noise (q, progress, data, error))
    return stopped (q, error);
  return q;
}

/* The levels from the judged one on. */
static DifImage *
finish (DifQuilt          *q,
        const DifAttempt  *a,
        guint64            seed,
        DifQuiltFunc       progress,
        void              *data,
        GError           **error)
{
  DifLevels *l = q->levels;
  DifImage  *before = dif_image_copy (a->pictures[a->last], error);
  DifField  *field = before ? dif_field_copy (a->fields[a->last], error) : NULL;
  gboolean   good = field != NULL;
  double     all = 0.0, done = 0.0;
  int        i;

  for (i = a->last + 1; i < l->n; i++)
    all += (double) l->levels[i].width * l->levels[i].height;
  for (i = a->last + 1; i < l->n && good; i++)
    {
      const DifLevel *level = &l->levels[i];
      gboolean        kept = level->picture != NULL;
      DifImage       *picture = NULL;
      DifField       *finer = NULL;
      DifRefine      *refine = NULL;
      guint8         *fixed = NULL;

      good = dif_levels_make (l, i, q->pool, error);
      if (good)
        refine = dif_refine_new (l, i, FALSE, q->pool, error);
      if (refine)
        picture = dif_image_new (level->canvas_width, level->canvas_height, error);
      if (picture)
        finer = dif_field_new (DIF_LEVELS_PATCH, level->canvas_width,
                               level->canvas_height, l->wrapped, error);
      good = finer != NULL;
      if (good && q->what.change)
        {
          fixed = dif_levels_fix (l, i, DIF_LEVELS_PATCH, q->what.change, error);
          good = fixed != NULL;
        }
      if (good)
        {
          dif_field_carry (field, finer, level->width, level->height);
          if (fixed)
            dif_field_fix (finer, fixed);
          good = dif_refine_run (refine, seed, before, fixed, finer, picture,
                                 q->pool, error);
        }
      dif_refine_free (refine);
      dif_free (fixed);
      dif_image_free (before);
      dif_field_free (field);
      before = picture;
      field = finer;
      if (i - 1 > a->last && i - 1 != q->judge->fresh_level)
        dif_levels_drop (l, i - 1);
      if (! good && ! kept)
        dif_levels_drop (l, i);
      done += (double) level->width * level->height;
      if (progress)
        progress (0.5 + 0.5 * done / all, data);
    }
  dif_field_free (field);
  if (! good)
    g_clear_pointer (&before, dif_image_free);
  return before;
}

/* Where nothing may change, and what is beyond the range, is the source's. */
static void
keep_source (const DifQuilt *q,
             DifImage       *picture)
{
  gsize plane = (gsize) picture->width * picture->height, i;

  if (! q->what.change)
    return;
  for (i = 0; i < 3 * plane; i++)
    if (! q->what.change[i % plane])
      picture->rgb[i] = q->what.source->rgb[i];
}

DifImage *
dif_quilt_vary (DifQuilt      *q,
                guint64        seed,
                DifQuiltFunc   progress,
                void          *data,
                GError       **error)
{
  DifAttempt **best = &q->attempts[0], **other = &q->attempts[1];
  DifHealing   healing = { q->coarse, q->judge, q->open, q->aim, q->pool };
  double       best_t = q->t;
  DifImage    *picture;
  int          i;

  for (i = 0; i < TRIES; i++)
    {
      float  noise[3];
      double t;

      dif_rng_normal_rgb (seed, DIF_STREAM_QUILT (0x300000), i, 0, 1, noise, 1);
      t = CLAMP (q->t + TRY_T * noise[0], LEAST_T, MOST_T);
      if (! attempt (q, t, seed, 1 + i, *other, error))
        return (DifImage *) stopped (NULL, error);
      if (i == 0 || dif_heal_badness (&healing, *other)
                    < dif_heal_badness (&healing, *best))
        {
          DifAttempt *a = *best;

          *best = *other;
          *other = a;
          best_t = t;
        }
    }
  for (i = 0; i < HEALS; i++)
    {
      if (! dif_heal_round (&healing, i, seed, MAX (best_t, HEAL_T), best, other,
                            q->attempts[2], error))
        return (DifImage *) stopped (NULL, error);
      if (progress)
        progress (0.5 * (i + 1) / HEALS, data);
    }
  picture = finish (q, *best, seed, progress, data, error);
  if (! picture)
    return (DifImage *) stopped (NULL, error);
  keep_source (q, picture);
  return picture;
}

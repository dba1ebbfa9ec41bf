/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * quilt.c: see quilt.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "quilt/blend.h"
#include "quilt/colour-match.h"
#include "quilt/fresh.h"
#include "quilt/hard-chain.h"
#include "quilt/heal.h"
#include "quilt/montage.h"
#include "quilt/quilt.h"
#include "quilt/refine.h"
#include "quilt/resample.h"

/* Chains of which montages are made, each by one round of expansions; the BEST of
 * these are made once more with twice and with less of the cost of differing from the
 * chain's picture; and the best of all by ROUNDS, with and without making repeats
 * dearer.
 */
#define CHAINS    6
#define BEST      2
#define MONTAGES  (CHAINS + 4 * BEST + 2)
#define KEEP      0.6
#define KEEP_MORE 1.2
#define KEEP_LESS 0.36
#define ROUNDS    3

/* Where the best has less than TOO_LITTLE of what is aimed at, the source itself
 * becomes dearer for the BEST, by DEPART and by DEPART_MORE; where it has less than
 * NOTHING in the end, a chain's own picture is taken.
 */
#define TOO_LITTLE  0.5
#define NOTHING     0.05
#define DEPART      0.05
#define DEPART_MORE 0.2

/* Chains make more new than is aimed at, since montages take some of it back; of one
 * that has less than AIM_LEAST none is made, if another has more.
 */
#define AIM_MORE  1.15
#define MAX_AIM   0.95
#define AIM_LEAST 0.75

/* Steps of the chain at the coarsest level. */
#define STEPS 16

/* The prior on vertical displacements at the coarsest level, and what one by the
 * whole height costs at the others, at a layout of 1.
 */
#define LAYOUT      400.0
#define LAYOUT_COST 0.4f

/* Variance of what is known round what is filled, and how many times its share a patch
 * may be used there.
 */
#define KNOWN 0.05
#define OFTEN 6.0

/* Time of what is made from noise alone. */
#define NOISE_T 0.98

/* Rounds of looking for the noise that makes as much new as strength asks for,
 * chains at that, and rounds of healing; these use HEAL_T at least.
 */
#define SEARCHES 5
#define TRIES    3
#define HEALS    24
#define HEAL_T   0.8

/* What the result is held by while its parts are blended, and how large a difference
 * is an edge that is not.
 */
#define HOLD 0.003
#define EDGE 0.2

/* The same of what is filled, whose colours are to go on from what is round it. */
#define FILL_HOLD 0.0005
#define FILL_EDGE 1.0

/* Rounds in which places of a variation become those of one near it, and how much
 * worse each may make it.
 */
#define NEARS          4
#define NEAR_ALLOWANCE 0.005

/* Noise that is tried: from, to, and first. */
#define MIN_T   0.3
#define MAX_T   0.99
#define FIRST_T 0.8

/* How many rounds of healing take as long as a chain. */
#define TRY_ROUNDS 1.5

/* What the tries' noise differs by; and by how much the chains of montages go up or
 * down, as the last had too little or enough that was new.
 */
#define TRY_T  0.03
#define STEP_T 0.05

/* Noise that is tried at a finer level, from and to, as a mean square difference. */
#define MIN_COST 0.0002
#define MAX_COST 0.08

/* Cost there of a match that lies the size of the largest thing away that may change.
 */
#define FINE_LAYOUT 0.0006

struct _DifQuilt
{
  DifQuiltSource  what;
  DifPool        *pool;
  DifImage       *matched;     /* the reference with the source's colours, or
                                  NULL                                        */
  guint8         *excluded;    /* with what is filled, or NULL               */
  DifImage       *start;       /* what is noised at the coarsest level, where
                                  that is not the level's own picture        */
  gboolean        counts;      /* it counts what is new                      */
  DifQuiltLevels *levels;
  DifCoarse      *coarse;
  DifJudge       *judge;
  DifMontage     *montage;     /* where it counts what is new                */
  DifAttempt     *attempts[CHAINS + 2];
  DifShift       *shifts;      /* [MONTAGES][height][width] of the judged level,
                                  or [height][width] of the level of the turn  */
  guint8         *open;        /* change at the coarsest level, or NULL      */
  DifField       *own;         /* with that, the source's own field there    */
  int             fresh_level;
  double          aim;
  double          t;           /* that makes as much new as is aimed at      */

  /* Where the chain turns round at a finer level, and the above but levels and
   * aim are NULL.
   */
  int             turn;        /* the level; else 0                          */
  DifHardChain   *chain;
  guint8         *fixed;       /* [rows][columns] of its places, or NULL     */
  DifField       *fields[2];
  DifImage       *pictures[2];
  double          cost;        /* that makes as much new as is aimed at      */
};

/* Who is told how far a variation is, and how much of its work comes before the
 * levels finer than that where it is decided what goes where.
 */
typedef struct
{
  DifQuiltFunc progress;
  void        *data;
  double       first;
} Share;

static void
tell (const Share *share,
      double       done)
{
  if (share->progress)
    share->progress (done, share->data);
}

double
dif_quilt_novelty (double strength)
{
  static const double novelty[] = { 0.0, 0.07, 0.18, 0.37, 0.58, 0.8 };
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
  for (i = 0; i < G_N_ELEMENTS (quilt->fields); i++)
    {
      dif_field_free (quilt->fields[i]);
      dif_image_free (quilt->pictures[i]);
    }
  dif_hard_chain_free (quilt->chain);
  dif_free (quilt->fixed);
  dif_free (quilt->shifts);
  dif_montage_free (quilt->montage);
  dif_judge_free (quilt->judge);
  dif_coarse_free (quilt->coarse);
  dif_levels_free (quilt->levels);
  dif_image_free (quilt->matched);
  dif_image_free (quilt->start);
  dif_free (quilt->excluded);
  dif_free (quilt->open);
  dif_field_free (quilt->own);
  g_free (quilt);
}

/* What may change at the coarsest level. */
static gboolean
make_open (DifQuilt      *q,
           const guint8  *change,
           GError       **error)
{
  const DifQuiltLevel *level = &q->levels->levels[0];
  int                  n = level->canvas_width * level->canvas_height, i;

  if (! change)
    return TRUE;
  q->open = dif_levels_fix (q->levels, 0, 1, change, error);
  for (i = 0; q->open && i < n; i++)
    q->open[i] = ! q->open[i];
  if (q->open)
    q->own = dif_field_new (DIF_LEVELS_COARSE_PATCH, level->canvas_width,
                            level->canvas_height, q->levels->wrapped, error);
  if (q->own)
    dif_field_fix (q->own, NULL);
  return q->own != NULL;
}

/* What is noised at the coarsest level: of a texture even colour, its mean, and of what
 * is filled what was there.
 */
static gboolean
make_start (DifQuilt  *q,
            GError   **error)
{
  const DifQuiltLevel *level = &q->levels->levels[0];
  const DifImage      *picture = dif_levels_picture (q->levels, 0);
  gsize                plane = (gsize) level->canvas_width * level->canvas_height;
  gsize                n = (gsize) picture->width * picture->height, i;
  int                  c;

  if (q->what.width == 0 && ! q->what.reference && ! q->what.before)
    return TRUE;
  q->start = dif_image_new (level->canvas_width, level->canvas_height, error);
  if (! q->start)
    return FALSE;
  if (q->what.reference || q->what.before)
    return dif_resample (q->what.before ? q->what.before : q->what.source, q->start,
                         q->levels->wrapped, q->pool, error);
  for (c = 0; c < 3; c++)
    {
      double mean = 0.0;

      for (i = 0; i < n; i++)
        mean += picture->rgb[c * n + i] / n;
      for (i = 0; i < plane; i++)
        q->start->rgb[c * plane + i] = (float) mean;
    }
  return TRUE;
}

/* The variance of what is known: the more that is kept of what was there, the less what
 * is round it counts.
 */
static double
known_variance (const DifQuilt *q)
{
  return q->what.fill ? KNOWN / MAX (pow (q->what.strength, 4.0), 1e-6) : 0.0;
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
  DifCoarseWay    way = {
    .start = q->start ? q->start : source, .t = t, .steps = STEPS, .seed = seed,
    .stream = DIF_STREAM_QUILT (0x200000 + number),
    .mask = q->open, .held = source, .held_field = q->own,
    .known = known_variance (q), .often = q->what.fill ? OFTEN : 0.0
  };

  return dif_coarse_go (q->coarse, &way, a->coarse, a->coarse_field, q->pool)
         && dif_judge_run (q->judge, a, seed, NULL, NULL, q->pool, error);
}

/* Looks for the noise by halving. */
static gboolean
find_noise (DifQuilt      *q,
            DifQuiltFunc   progress,
            void          *data,
            GError       **error)
{
  double low = MIN_T, high = MAX_T, aim = MIN (MAX_AIM, q->aim * AIM_MORE);
  int    i;

  q->t = FIRST_T;
  if (! q->counts)
    q->t = q->what.width > 0 ? NOISE_T
                             : MIN_T + q->what.strength * (NOISE_T - MIN_T);
  if (! q->counts)
    return TRUE;
  for (i = 0; i < SEARCHES; i++)
    {
      if (! attempt (q, q->t, 0, 0, q->attempts[0], error))
        return FALSE;
      if (q->attempts[0]->fresh < aim)
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

static gboolean
prepare_montage (DifQuilt  *q,
                 GError   **error)
{
  const DifJudge      *j = q->judge;
  const DifQuiltLevel *level = &q->levels->levels[j->last];
  const DifQuiltLevel *single = &q->levels->levels[j->single_level];

  if (! q->counts)
    return TRUE;
  q->shifts = dif_alloc ((gsize) MONTAGES * level->width * level->height,
                         sizeof (DifShift), "shifts", error);
  if (q->shifts)
    q->montage = dif_montage_new (q->levels, j->last, j->fresh_level, j->single,
                                  single->width - DIF_LEVELS_PATCH + 1,
                                  single->height - DIF_LEVELS_PATCH + 1,
                                  q->what.change, error);
  return q->montage != NULL;
}

static gboolean
prepare_exact (DifQuilt      *q,
               DifQuiltFunc   progress,
               void          *data,
               GError       **error)
{
  const DifQuiltLevel *level = &q->levels->levels[0];
  const guint8        *change = q->what.reference ? NULL : q->what.change;
  DifCoarseSource      coarse;
  float               *bias = NULL;
  gsize                i, n;

  q->judge = dif_judge_new (q->levels, change, q->counts, q->pool, error);
  q->fresh_level = q->judge ? q->judge->fresh_level : 0;
  if (! q->judge || ! make_open (q, change, error) || ! make_start (q, error))
    return FALSE;
  coarse = (DifCoarseSource) {
    .patch = DIF_LEVELS_COARSE_PATCH, .source = dif_levels_picture (q->levels, 0),
    .width = level->canvas_width, .height = level->canvas_height,
    .wrapped = q->levels->wrapped, .knows = q->what.fill,
    .layout_y = q->what.width > 0 ? 0.0 : LAYOUT * q->what.layout * q->what.layout
  };
  if (level->bias)
    {
      n = (gsize) dif_field_places (level->width, coarse.patch, coarse.wrapped)
          * dif_field_places (level->height, coarse.patch, coarse.wrapped);
      bias = dif_alloc (n, sizeof (float), "biases", error);
      if (! bias)
        return FALSE;
      for (i = 0; i < n; i++)
        bias[i] = - level->bias[i];
      coarse.bias = bias;
    }
  q->coarse = dif_coarse_new (&coarse, error);
  dif_free (bias);
  if (! q->coarse)
    return FALSE;
  for (i = 0; i < G_N_ELEMENTS (q->attempts); i++)
    {
      q->attempts[i] = dif_attempt_new (q->judge, error);
      if (! q->attempts[i])
        return FALSE;
    }
  return prepare_montage (q, error) && find_noise (q, progress, data, error);
}

/* At a finer level ---------------------------------------------------- */

/* The share that is new after the way into so much noise and back; filled into
 * fields[which] and pictures[which].
 */
static double
go_fine (DifQuilt *q,
         double    cost,
         guint64   seed,
         int       which)
{
  double size = MAX (q->what.structure, 0.01);

  dif_hard_chain_go (q->chain, cost, FINE_LAYOUT / (size * size), seed, q->fixed,
                     q->fields[which], q->pictures[which], q->pool);
  dif_field_shifts (q->fields[which], q->shifts);
  return dif_fresh_share (q->levels, q->fresh_level, q->shifts,
                          q->fields[which]->width, q->fields[which]->height, 0.0);
}

/* What is asked for is a share of what much noise makes new. */
static gboolean
find_cost (DifQuilt     *q,
            DifQuiltFunc  progress,
            void         *data)
{
  double low = log (MIN_COST), high = log (MAX_COST);
  int    i;

  q->aim *= go_fine (q, MAX_COST, 0, 0) / dif_quilt_novelty (1.0);
  for (i = 0; i < SEARCHES && ! dif_pool_is_stopped (q->pool); i++)
    {
      double middle = (low + high) / 2.0;

      if (go_fine (q, exp (middle), 0, 0) < q->aim)
        low = middle;
      else
        high = middle;
      if (progress)
        progress ((i + 1.0) / SEARCHES, data);
    }
  q->cost = exp ((low + high) / 2.0);
  return ! dif_pool_is_stopped (q->pool);
}

static gboolean
prepare_fine (DifQuilt      *q,
              DifQuiltFunc   progress,
              void          *data,
              GError       **error)
{
  const DifQuiltLevel *level = &q->levels->levels[q->turn];
  int             i;

  q->fresh_level = MAX (q->turn, dif_levels_find (q->levels, DIF_FRESH_SIDE));
  if (! dif_levels_make (q->levels, q->fresh_level, q->pool, error)
      || ! dif_levels_make (q->levels, q->turn, q->pool, error))
    return FALSE;
  q->chain = dif_hard_chain_new (q->levels, q->turn, q->pool, error);
  q->shifts = q->chain ? dif_alloc ((gsize) level->width * level->height,
                                    sizeof (DifShift), "shifts", error) : NULL;
  if (! q->shifts)
    return FALSE;
  for (i = 0; i < 2; i++)
    {
      q->fields[i] = dif_field_new (DIF_LEVELS_PATCH, level->canvas_width,
                                    level->canvas_height, q->levels->wrapped, error);
      q->pictures[i] = q->fields[i] ? dif_image_new (level->canvas_width,
                                                     level->canvas_height, error)
                                    : NULL;
      if (! q->pictures[i])
        return FALSE;
    }
  if (q->what.change)
    {
      q->fixed = dif_levels_fix (q->levels, q->turn, DIF_LEVELS_PATCH,
                                 q->what.change, error);
      if (! q->fixed)
        return FALSE;
    }
  return find_cost (q, progress, data);
}

static double
mean_cost (const DifHardChain *chain,
           const DifField     *field)
{
  gsize  n = (gsize) field->columns * field->rows, i;
  double sum = 0.0;

  for (i = 0; i < n; i++)
    sum += sqrt (MAX (0.0f, chain->costs[i]));
  return sum / n;
}

/* The likeliest of some. */
static gboolean
try_fine (DifQuilt    *q,
          guint64      seed,
          const Share *share)
{
  double least = INFINITY;
  int    i;

  for (i = 0; i < TRIES; i++)
    {
      double fresh = go_fine (q, q->cost, seed + 0x1000003u * (guint64) i, 1);
      double cost = mean_cost (q->chain, q->fields[1]) + MAX (0.0, q->aim - fresh);

      if (cost < least)
        {
          DifField *field = q->fields[0];
          DifImage *picture = q->pictures[0];

          least = cost;
          q->fields[0] = q->fields[1];
          q->pictures[0] = q->pictures[1];
          q->fields[1] = field;
          q->pictures[1] = picture;
        }
      tell (share, share->first * (i + 1) / TRIES);
    }
  return ! dif_pool_is_stopped (q->pool);
}

/* What patches are copied from. */
static gboolean
choose_stuff (DifQuilt        *q,
              const DifImage **stuff,
              GError         **error)
{
  const DifQuiltSource *what = &q->what;
  gsize                 n = (gsize) what->source->width * what->source->height, i;

  *stuff = what->source;
  if (what->reference)
    {
      *stuff = q->matched = dif_image_copy (what->reference, error);
      if (q->matched)
        dif_colour_match (q->matched, what->source, NULL);
    }
  if (*stuff && what->fill && what->change && ! what->reference)
    {
      q->excluded = dif_alloc (n, 1, "a mask", error);
      if (! q->excluded)
        return FALSE;
      for (i = 0; i < n; i++)
        q->excluded[i] = what->change[i] || (what->excluded && what->excluded[i]);
    }
  return *stuff != NULL;
}

DifQuilt *
dif_quilt_new (const DifQuiltSource  *source,
               DifPool               *pool,
               DifQuiltFunc           progress,
               void                  *data,
               GError               **error)
{
  DifQuilt       *q = g_new0 (DifQuilt, 1);
  gboolean        texture = source->width > 0, good;
  const DifImage *stuff;

  q->what = *source;
  q->pool = pool;
  q->counts = ! source->reference && ! source->fill && ! texture;
  q->aim = q->counts ? dif_quilt_novelty (source->strength) : 0.0;
  if (! choose_stuff (q, &stuff, error))
    return stopped (q, error);
  q->levels = dif_levels_new (stuff, q->excluded ? q->excluded : source->excluded,
                              texture ? source->width : source->source->width,
                              texture ? source->height : source->source->height,
                              source->wrapped);
  q->levels->filled = source->fill && ! source->reference ? source->change : NULL;
  q->levels->cut = source->wrapped && (texture || source->reference);
  q->levels->layout = texture ? 0.0f : (float) (LAYOUT_COST * source->layout
                                                * source->layout);
  q->turn = q->counts ? dif_levels_turn (q->levels, source->structure) : 0;
  good = q->turn > 0 ? prepare_fine (q, progress, data, error)
                     : prepare_exact (q, progress, data, error);
  return good ? q : stopped (q, error);
}

/* At level i, where nothing may change is the source's, and the parts that were
 * copied are blended.
 */
static gboolean
blend (const DifQuilt  *q,
       int              i,
       const DifField  *field,
       DifImage        *picture,
       GError         **error)
{
  const DifImage *keep = q->what.source;
  DifImage       *own = NULL;
  gsize           plane = (gsize) picture->width * picture->height, k;
  guint8         *fixed = NULL;
  gboolean        good = TRUE;

  if (q->what.change)
    {
      if (picture->width != keep->width || picture->height != keep->height)
        {
          keep = own = dif_image_new (picture->width, picture->height, error);
          good = own && dif_resample (q->what.source, own, q->levels->wrapped,
                                      q->pool, error);
        }
      if (good)
        fixed = dif_levels_fix (q->levels, i, 1, q->what.change, error);
      good = fixed != NULL;
      for (k = 0; good && k < 3 * plane; k++)
        if (fixed[k % plane])
          picture->rgb[k] = keep->rgb[k];
    }
  good = good && dif_quilt_blend (picture, dif_levels_picture (q->levels, i), field,
                                  q->what.fill ? FILL_HOLD : HOLD,
                                  q->what.fill ? FILL_EDGE : EDGE, fixed, q->pool,
                                  error);
  dif_image_free (own);
  dif_free (fixed);
  return good;
}

/* The levels after level from, which made these, up to the first whose shorter side
 * is level_side or longer, but one at least if there is one; 0: all of them.
 */
static DifImage *
finish (DifQuilt        *q,
        int              from,
        const DifField  *first_field,
        const DifImage  *first,
        guint64          seed,
        int              level_side,
        const Share     *share,
        GError         **error)
{
  DifQuiltLevels *l = q->levels;
  int             n = level_side > 0
                      ? MIN (l->n, MAX (from + 2, 1 + dif_levels_find (l, level_side)))
                      : l->n;
  DifImage       *before = dif_image_copy (first, error);
  DifField       *field = before ? dif_field_copy (first_field, error) : NULL;
  gboolean        good = field != NULL;
  double          all = 0.0, done = 0.0;
  int             i;

  for (i = from + 1; i < n; i++)
    all += (double) l->levels[i].canvas_width * l->levels[i].canvas_height;
  all += DIF_QUILT_BLENDING * l->levels[n - 1].canvas_width
         * l->levels[n - 1].canvas_height;
  for (i = from + 1; i < n && good; i++)
    {
      const DifQuiltLevel *level = &l->levels[i];
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
      if (good && q->what.change && ! q->what.reference)
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
      if (i - 1 > from && i - 1 != q->fresh_level)
        dif_levels_drop (l, i - 1);
      if (! good && ! kept)
        dif_levels_drop (l, i);
      done += (double) level->canvas_width * level->canvas_height;
      tell (share, share->first + (1.0 - share->first) * done / all);
    }
  good = good && blend (q, n - 1, field, before, error);
  if (n - 1 > from && n - 1 != q->fresh_level)
    dif_levels_drop (l, n - 1);
  dif_field_free (field);
  if (! good)
    g_clear_pointer (&before, dif_image_free);
  return before;
}

/* The noise of the i-th try. */
static double
try_t (const DifQuilt *q,
       guint64         seed,
       int             i)
{
  float noise[3];

  dif_rng_normal_rgb (seed, DIF_STREAM_QUILT (0x300000), i, 0, 1, noise, 1);
  return CLAMP (q->t + TRY_T * noise[0], MIN_T, MAX_T);
}

/* The best of some attempts, healed. */
static const DifAttempt *
try_healed (DifQuilt     *q,
            guint64       seed,
            const Share  *share,
            GError      **error)
{
  DifAttempt **best = &q->attempts[0], **other = &q->attempts[1];
  DifHealing   healing = { q->coarse, q->judge, q->open,
                           known_variance (q), 0.0, q->pool };
  double       best_t = q->t;
  int          heals = HEALS, i;

  /* They would take what is to be kept for a fault. */
  if (q->what.fill)
    heals = (int) (HEALS * MAX (0.0, 2.0 * q->what.strength - 1.0));

  for (i = 0; i < TRIES; i++)
    {
      double t = try_t (q, seed, i);

      if (! attempt (q, t, seed, 1 + i, *other, error))
        return NULL;
      if (i == 0 || (*other)->unlikely < (*best)->unlikely)
        {
          DifAttempt *a = *best;

          *best = *other;
          *other = a;
          best_t = t;
        }
      tell (share, share->first * TRY_ROUNDS * (i + 1)
                   / (TRY_ROUNDS * TRIES + HEALS));
    }
  for (i = 0; i < heals; i++)
    {
      if (! dif_heal_round (&healing, i, seed, MAX (best_t, HEAL_T), best, other,
                            q->attempts[2], error))
        return NULL;
      tell (share, share->first * (TRY_ROUNDS * TRIES + i + 1)
                   / (TRY_ROUNDS * TRIES + HEALS));
    }
  return *best;
}

/* Montages of attempts under way: those of an earlier call, and what the next are to
 * be.
 */
typedef struct
{
  DifQuilt      *quilt;
  DifMontageTry  tries[MONTAGES];
  int            of[MONTAGES];      /* which attempt each is made of */
  int            n;
} Montages;

static void
add_montage (Montages *m,
             int       attempt,
             double    keep,
             double    depart,
             int       rounds,
             gboolean  again)
{
  DifQuilt         *q = m->quilt;
  const DifAttempt *a = q->attempts[attempt];
  gsize             size = (gsize) q->montage->width * q->montage->height;

  m->of[m->n] = attempt;
  m->tries[m->n] = (DifMontageTry) {
    .picture = a->pictures[a->last], .field = a->fields[a->last],
    .unlike = a->unlike, .keep = keep, .depart = depart, .rounds = rounds,
    .again = again, .aim = q->aim, .shifts = q->shifts + m->n * size
  };
  m->n++;
}

/* Makes those from first on. */
static gboolean
make_montages (Montages  *m,
               int        first,
               GError   **error)
{
  gboolean good = dif_montage_run (m->quilt->montage, m->tries + first,
                                   m->n - first, m->quilt->pool);
  int      i;

  for (i = first; i < m->n; i++)
    if (m->tries[i].error)
      {
        if (error && ! *error)
          *error = g_steal_pointer (&m->tries[i].error);
        g_clear_error (&m->tries[i].error);
      }
  return good;
}

/* The best of those below n that is not among the first n_taken. */
static int
best_montage (const Montages *m,
              int             n,
              const int      *taken,
              int             n_taken)
{
  int best = -1, i, k;

  for (i = 0; i < n; i++)
    {
      for (k = 0; k < n_taken && taken[k] != i; k++);
      if (k == n_taken && (best < 0 || m->tries[i].doubt < m->tries[best].doubt))
        best = i;
    }
  return best;
}

/* The likeliest of the chains that have most of what is aimed at, or that with most. */
static const DifAttempt *
freshest (const DifQuilt *q)
{
  const DifAttempt *best = q->attempts[0];
  int               i;

  for (i = 1; i < CHAINS; i++)
    {
      const DifAttempt *a = q->attempts[i];
      double            least = AIM_LEAST * q->aim;

      if (MIN (a->fresh, least) > MIN (best->fresh, least)
          || (a->fresh >= least && best->fresh >= least
              && a->unlikely < best->unlikely))
        best = a;
    }
  return best;
}

/* A few places of the attempt made anew, as detail says. */
static gboolean
go_near (DifQuilt  *q,
         int        which,
         double     t,
         guint64    detail,
         GError   **error)
{
  DifHealing healing = { q->coarse, q->judge, q->open, 0.0, NEAR_ALLOWANCE,
                         q->pool };
  int        i;

  for (i = 0; i < NEARS; i++)
    if (! dif_heal_round (&healing, i, detail, MAX (t, HEAL_T), &q->attempts[which],
                          &q->attempts[CHAINS], q->attempts[CHAINS + 1], error))
      return FALSE;
  return TRUE;
}

/* The best montage of some chains, put into the last attempt. */
static const DifAttempt *
try_montages (DifQuilt     *q,
              guint64       seed,
              guint64       detail,
              const Share  *share,
              GError      **error)
{
  DifAttempt *result = q->attempts[CHAINS + 1];
  Montages    m = { q };
  int         taken[BEST], n_chains, best, i;
  double      t[CHAINS + 1] = { q->t }, least = 0.0;

  /* What noise makes new differs much from one to the next. */
  for (i = 0; i < CHAINS; i++)
    {
      if (! attempt (q, t[i], seed, 1 + i, q->attempts[i], error))
        return NULL;
      least = MAX (least, q->attempts[i]->fresh);
      t[i + 1] = q->attempts[i]->fresh < q->aim ? MIN (t[i] + STEP_T, MAX_T)
                                                : MAX (t[i] - STEP_T, MIN_T);
      tell (share, share->first * 0.6 * (i + 1) / CHAINS);
    }
  least = MIN (least, AIM_LEAST * q->aim);
  for (i = 0; i < CHAINS; i++)
    if (q->attempts[i]->fresh >= least)
      add_montage (&m, i, KEEP, 0.0, 1, FALSE);
  n_chains = m.n;
  if (! make_montages (&m, 0, error))
    return NULL;
  tell (share, share->first * 0.75);
  for (i = 0; i < MIN (BEST, n_chains); i++)
    {
      taken[i] = best_montage (&m, n_chains, taken, i);
      add_montage (&m, m.of[taken[i]], KEEP_MORE, 0.0, 1, FALSE);
      add_montage (&m, m.of[taken[i]], KEEP_LESS, 0.0, 1, FALSE);
      if (m.tries[taken[0]].fresh < TOO_LITTLE * q->aim)
        {
          add_montage (&m, m.of[taken[i]], KEEP_MORE, DEPART, 1, FALSE);
          add_montage (&m, m.of[taken[i]], KEEP_MORE, DEPART_MORE, 1, FALSE);
        }
    }
  if (! make_montages (&m, n_chains, error))
    return NULL;
  tell (share, share->first * 0.9);
  best = best_montage (&m, m.n, NULL, 0);
  if (detail != seed
      && ! go_near (q, m.of[best], t[m.of[best]], detail, error))
    return NULL;
  i = m.n;
  add_montage (&m, m.of[best], m.tries[best].keep, m.tries[best].depart, ROUNDS,
               FALSE);
  add_montage (&m, m.of[best], m.tries[best].keep, m.tries[best].depart, ROUNDS,
               TRUE);
  if (! make_montages (&m, i, error))
    return NULL;
  best = detail != seed ? (m.tries[i + 1].doubt < m.tries[i].doubt ? i + 1 : i)
                        : best_montage (&m, m.n, NULL, 0);
  /* Rather a chain's own picture than none that is new. */
  if (m.tries[best].fresh < NOTHING * q->aim)
    return freshest (q);
  dif_montage_show (q->montage, m.tries[best].shifts, result->pictures[result->last],
                    result->fields[result->last]);
  return result;
}

DifImage *
dif_quilt_vary (DifQuilt      *q,
                guint64        seed,
                guint64        detail,
                int            level_side,
                DifQuiltFunc   progress,
                void          *data,
                GError       **error)
{
  const DifImage *source = q->what.source;
  DifImage       *picture = NULL;
  DifQuiltWork    work;
  Share           share = { progress, data, 0.0 };

  if (q->what.width > 0)
    work = dif_quilt_texture_work (source->width, source->height, q->what.width,
                                   q->what.height);
  else if (q->what.fill)
    work = dif_quilt_fill_work (source->width, source->height);
  else
    work = dif_quilt_work (source->width, source->height, q->what.structure,
                           level_side);
  share.first = work.first / (work.first + work.finer);
  if (q->turn > 0)
    {
      if (try_fine (q, seed, &share))
        picture = finish (q, q->turn, q->fields[0], q->pictures[0], detail,
                          level_side, &share, error);
    }
  else
    {
      const DifAttempt *a = q->counts
                            ? try_montages (q, seed, detail, &share, error)
                            : try_healed (q, seed, &share, error);

      if (a)
        picture = finish (q, a->last, a->fields[a->last], a->pictures[a->last],
                          detail, level_side, &share, error);
    }
  return picture ? picture : (DifImage *) stopped (NULL, error);
}

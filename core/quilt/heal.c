/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * heal.c: see heal.h.
 */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "quilt/heal.h"

/* Places of a round, their radius in pixels, and the steps of the way back. */
#define PLACES 4
#define SIZE   7.0
#define STEPS  10

/* Prior against what the surroundings use. */
#define USE 1.0

/* The numbers of a round, from its seed (Steele et al. 2014, SplitMix). */
typedef struct
{
  guint64 state;
} Random;

static double
draw (Random *r)
{
  guint64 v = r->state += 0x9e3779b97f4a7c15u;

  v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9u;
  v = (v ^ (v >> 27)) * 0x94d049bb133111ebu;
  v ^= v >> 31;
  return (double) (v >> 11) / 9007199254740992.0;
}

/* Where the attempt is unlike, or everywhere alike, of the coarsest level. */
static void
weigh_pixels (const DifHealing *h,
              const DifAttempt *a,
              gboolean          alike,
              float            *weights)
{
  const DifQuiltLevels *l = h->judge->levels;
  int              wide = l->levels[h->judge->last].canvas_width;
  int              tall = l->levels[h->judge->last].canvas_height;
  int              width = l->levels[0].canvas_width;
  int              height = l->levels[0].canvas_height, x, y, i, j;

  for (y = 0; y < height; y++)
    for (x = 0; x < width; x++)
      {
        int    x0 = x * wide / width, x1 = MAX (x0 + 1, (x + 1) * wide / width);
        int    y0 = y * tall / height, y1 = MAX (y0 + 1, (y + 1) * tall / height);
        double sum = 0.0, mean;

        for (j = y0; j < y1; j++)
          for (i = x0; i < x1; i++)
            sum += sqrt (MAX (0.0f, a->unlike[(gsize) j * wide + i]));
        mean = alike ? 1.0 : sum / ((x1 - x0) * (y1 - y0));
        if (h->open && ! h->open[y * width + x])
          mean = 0.0;
        weights[y * width + x] = (float) (mean * mean);
      }
}

/* Fills marks with 1, 2, ... in ellipses where weights are large, else 0; how many
 * there are.
 */
static int
mark_places (const float *weights,
             int          width,
             int          height,
             Random      *random,
             guint8      *marks)
{
  float *chance = g_new (float, width * height);
  int    n = width * height, i, k, marked = 0;

  for (i = 0; i < n; i++)
    chance[i] = (float) (weights[i] * draw (random));
  memset (marks, 0, n);
  for (k = 0; k < PLACES; k++)
    {
      double   ry = SIZE * (0.6 + 0.8 * draw (random));
      double   rx = SIZE * (0.6 + 0.8 * draw (random));
      double   away = 1.4 * SIZE;
      gboolean taken = FALSE;
      int      most = 0;

      for (i = 1; i < n; i++)
        most = chance[i] > chance[most] ? i : most;
      if (chance[most] <= 0.0f)
        break;
#define INSIDE(rx, ry) (pow ((i / width - most / width) / (ry), 2.0)          \
                        + pow ((i % width - most % width) / (rx), 2.0) < 1.0)
      for (i = 0; i < n; i++)
        taken = taken || (INSIDE (rx, ry) && marks[i]);
      for (i = 0; i < n; i++)
        {
          if (! taken && INSIDE (rx, ry))
            marks[i] = (guint8) (marked + 1);
          if (INSIDE (rx + away, ry + away))
            chance[i] = 0.0f;
        }
#undef INSIDE
      marked += ! taken;
    }
  g_free (chance);
  return marked;
}

/* Puts something else in the marked places of start, which is the attempt's coarse
 * picture: what lies beside them going on there, or, far, what lies elsewhere in
 * the same rows; or without aside the source.
 */
static void
propose (const DifHealing *h,
         const DifAttempt *a,
         const guint8     *marks,
         int               n_marks,
         gboolean          aside,
         gboolean          far,
         Random           *random,
         DifImage         *start)
{
  const DifImage *source = dif_levels_picture (h->judge->levels, 0);
  const DifField *f = a->coarse_field;
  int             width = start->width, height = start->height, mark, x, y, c;
  gsize           plane = (gsize) width * height;

  for (mark = 1; mark <= n_marks; mark++)
    {
      int    left = width, right = 0, n = 0, dx = 0, dy = 0;
      double middle_x = 0.0, middle_y = 0.0;

      for (y = 0; y < height; y++)
        for (x = 0; x < width; x++)
          if (marks[y * width + x] == mark)
            {
              left = MIN (left, x);
              right = MAX (right, x);
              middle_x += x;
              middle_y += y;
              n++;
            }
      if (aside && far)
        dx = (int) floor (draw (random) * (width - right + left)) - left;
      else if (aside)
        {
          double angle = 2.0 * G_PI * draw (random), away = SIZE;
          int    half = f->patch / 2;

          y = CLAMP ((int) (middle_y / n + away * sin (angle)) - half, 0,
                     f->rows - 1);
          x = CLAMP ((int) (middle_x / n + away * cos (angle)) - half, 0,
                     f->columns - 1);
          dy = f->at[y * f->columns + x].y - y;
          dx = f->at[y * f->columns + x].x - x;
        }
      for (c = 0; c < 3; c++)
        for (y = 0; y < height; y++)
          for (x = 0; x < width; x++)
            if (marks[y * width + x] == mark)
              start->rgb[c * plane + y * width + x] =
                source->rgb[((gsize) c * source->height
                             + CLAMP (y + dy, 0, source->height - 1))
                            * source->width
                            + CLAMP (x + dx, 0, source->width - 1)];
    }
}

/* Makes of to what base has, but where mask is other than 0 what the way back has
 * made: picture and field.
 */
static void
merge (const DifAttempt *base,
       const DifImage   *picture,
       const DifField   *field,
       const guint8     *mask,
       guint8           *touched,
       DifAttempt       *to)
{
  gsize plane = (gsize) picture->width * picture->height, i;
  gsize n = (gsize) field->columns * field->rows;

  dif_coarse_touch (field, mask, touched);
  for (i = 0; i < 3 * plane; i++)
    to->coarse->rgb[i] = mask[i % plane] ? picture->rgb[i] : base->coarse->rgb[i];
  for (i = 0; i < n; i++)
    to->coarse_field->at[i] = touched[i] ? field->at[i] : base->coarse_field->at[i];
}

/* The marks of a round that are kept: all of them if that makes it better, else
 * those that do each for itself.
 */
static gboolean
keep_better (const DifHealing *h,
             guint64           seed,
             const guint8     *marks,
             int               n_marks,
             guint8           *mask,
             guint8           *touched,
             const DifAttempt *made,
             DifAttempt      **best,
             DifAttempt      **other,
             GError          **error)
{
  int  n = made->coarse->width * made->coarse->height, mark, i;

  for (mark = 0; mark <= n_marks; mark++)
    {
      for (i = 0; i < n; i++)
        mask[i] = marks[i] && (mark == 0 || marks[i] == mark);
      merge (*best, made->coarse, made->coarse_field, mask, touched, *other);
      if (! dif_judge_run (h->judge, *other, seed, *best, mask, h->pool, error))
        return FALSE;
      if ((*other)->unlikely < (*best)->unlikely + h->allowance)
        {
          DifAttempt *better = *other;

          *other = *best;
          *best = better;
          if (mark == 0)
            break;
        }
      if (n_marks == 1)
        break;
    }
  return TRUE;
}

gboolean
dif_heal_round (const DifHealing *h,
                int               round,
                guint64           seed,
                double            t,
                DifAttempt      **best,
                DifAttempt      **other,
                DifAttempt       *third,
                GError          **error)
{
  const DifAttempt *a = *best;
  int               width = a->coarse->width, height = a->coarse->height, n = width
                    * height, n_marks, i;
  Random            random = { seed + 0x51ed270b7a2cu * (guint64) (round + 1) };
  gboolean          far = h->allowance > 0.0;
  int               way = far ? round % 2 : round % 3;
  float            *weights = g_new (float, n);
  guint8           *marks = g_new (guint8, 3 * n), *mask = marks + n;
  guint8           *touched = mask + n;
  DifCoarseWay      back = {
    .start = third->coarse, .t = MIN (0.98, t * (0.75 + 0.3 * draw (&random))),
    .steps = STEPS, .seed = seed, .stream = DIF_STREAM_QUILT (0x100000 + round),
    .mask = mask, .held = a->coarse, .held_field = a->coarse_field, .use = USE,
    .known = h->known
  };
  DifImage         *made;
  gboolean          good = TRUE;

  weigh_pixels (h, a, far, weights);
  n_marks = mark_places (weights, width, height, &random, marks);
  for (i = 0; i < n; i++)
    {
      if (h->open && ! h->open[i])
        marks[i] = 0;
      mask[i] = marks[i] != 0;
    }
  memcpy (third->coarse->rgb, a->coarse->rgb, 3 * (gsize) n * sizeof (float));
  if (way > 0)
    {
      propose (h, a, marks, n_marks, way == 1, far, &random, third->coarse);
      back.t = 0.35 + 0.3 * draw (&random);
    }
  if (n_marks > 0)
    {
      made = dif_image_new (width, height, error);
      good = made && dif_coarse_go (h->coarse, &back, made, third->coarse_field,
                                    h->pool);
      if (good)
        {
          DifImage *start = third->coarse;

          third->coarse = made;
          made = start;
          good = keep_better (h, (guint64) round, marks, n_marks, mask, touched,
                              third, best, other, error);
        }
      dif_image_free (made);
    }
  g_free (weights);
  g_free (marks);
  return good;
}

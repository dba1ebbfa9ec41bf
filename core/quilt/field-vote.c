/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * field-vote.c: see dif_field_vote().
 *
 * A run is some places side by side whose matches are so too.  What its
 * patches put into a row of pixels is a row of the source, each pixel weighted
 * by which columns of patches lie over it.  Down a patch the weight is another
 * factor.
 */

#include <math.h>
#include <string.h>

#include "quilt/field.h"
#include "quilt/field-private.h"

#define P DIF_TEXEL_MAX_PATCH

/* Pixels of a row that are made together. */
#define SEGMENT 256

typedef struct
{
  const DifField *field;
  const DifImage *source;
  DifImage       *picture;             /* or: */
  DifTexels      *texels;
  float           noise;
  guint64         seed;
  guint32         stream;
  int             width;               /* of what is made                   */
  int             height;
  float           weight[P];           /* along a patch's side              */
  float           over[P + 1][2 * P];  /* [n][]: of the pixels of a run of n
                                          places, its ends if there are more */
} Vote;

/* Some pixels of a row. */
typedef struct
{
  int     x;
  int     n;
  float   sum[3][SEGMENT];
  guint32 from[SEGMENT];     /* row of the source << 16 | how much farther
                                right it lies, by the first patches seen    */
  guint32 differ[SEGMENT];   /* other than 0: not so by all patches         */
} Segment;

/* Places px .. px + n - 1 with matches from (x, y) on; y: of the row that is put
 * there.
 */
typedef struct
{
  int px;
  int n;
  int x;
  int y;
} VoteRun;

/* Adds weights (one for all, or each its own) times the source's row y from x
 * on to the pixels at .. end - 1 of the segment.
 */
static void
add_pixels (const Vote  *v,
            Segment     *s,
            int          at,
            int          end,
            int          x,
            int          y,
            const float *each,
            float        all)
{
  int   first = MAX (at, s->x), last = MIN (end, s->x + s->n), i, c, n;
  gsize plane = (gsize) v->source->width * v->source->height;

  if (first >= last)
    return;
  x += first - at;
  if (each)
    each += first - at;
  for (; first < last; first += n, x += n)
    {
      const float *from;

      if (x >= v->source->width)
        x %= v->source->width;
      n = MIN (last - first, v->source->width - x);
      from = v->source->rgb + (gsize) y * v->source->width + x;
      for (c = 0; c < 3; c++)
        {
          float *restrict       sum = s->sum[c] + first - s->x;
          const float *restrict row = from + c * plane;
          const float *restrict by = each;

          if (each)
            for (i = 0; i < n; i++)
              sum[i] += all * by[i] * row[i];
          else
            for (i = 0; i < n; i++)
              sum[i] += all * row[i];
        }
      if (each)
        each += n;
    }
}

/* All the pixels of a run, by row j of its patches. */
static void
add_run (const Vote *v,
         Segment    *s,
         const VoteRun  *run,
         int         j)
{
  int patch = v->field->patch, short_n = MIN (run->n, patch);
  int middle = run->n - short_n;     /* pixels under all of a patch's columns,
                                        beyond the first                     */
  int          up = run->n < patch ? run->n + patch - 1 : patch;
  const float *over = v->over[short_n];

  add_pixels (v, s, run->px, run->px + up, run->x, run->y, over, v->weight[j]);
  if (run->n < patch)
    return;
  add_pixels (v, s, run->px + up, run->px + up + middle, run->x + up, run->y, NULL,
              v->weight[j] * over[patch - 1]);
  up += middle;
  add_pixels (v, s, run->px + up, run->px + up + patch - 1, run->x + up, run->y,
              over + patch, v->weight[j]);
}

/* Where a run alone lies over a pixel, marks which of the source this is. */
static void
mark_run (const Vote *v,
          Segment    *s,
          const VoteRun  *run,
          gboolean    is_first,
          int        *marked)
{
  const DifField *f = v->field;
  gboolean        is_round = dif_field_is_round_x (f);
  int             by = run->x - run->px, first = run->px, end = run->px + run->n, i;
  guint32         from;

  if (f->wrapped)
    by = dif_field_within (by, v->source->width, TRUE);
  from = (guint32) run->y << 16 | ((guint32) by & 0xffff);
  if (first > 0 || is_round)
    first += f->patch - 1;
  if (end == f->columns && ! is_round)
    end += f->patch - 1;
  first = MAX (first - s->x, *marked);
  end = MIN (end - s->x, s->n);
  if (end <= first)
    return;
  for (i = *marked; i < first; i++)
    s->differ[i] = 1;
  if (is_first)
    for (i = first; i < end; i++)
      s->from[i] = from;
  else
    for (i = first; i < end; i++)
      s->differ[i] |= s->from[i] ^ from;
  *marked = end;
}

/* Row j of all patches over the segment, which lies in row y of the pixels.
 * Returns whether there are any.
 */
static gboolean
add_patches (const Vote *v,
             Segment    *s,
             int         y,
             int         j,
             gboolean    is_first)
{
  const DifField *f = v->field;
  int             row = y - j, first = s->x - f->patch + 1, last = s->x + s->n - 1;
  int             marked = 0, px;
  const DifMatch *at;
  VoteRun             run = { 0 };

  if (dif_field_is_round_y (f))
    row = dif_field_within (row, f->rows, TRUE);
  if (row < 0 || row >= f->rows)
    return FALSE;
  at = f->at + (gsize) row * f->columns;
  if (! dif_field_is_round_x (f))
    first = MAX (first, 0);
  last = MIN (last, f->columns - 1);
  for (px = first; px <= last; px += run.n)
    {
      DifMatch match = at[dif_field_within (px, f->columns, TRUE)];
      int      next_x = match.x, match_y = match.y;

      run = (VoteRun) { px, 0, match.x, match_y + j };
      if (run.y >= v->source->height)
        run.y -= v->source->height;
      do
        {
          run.n++;
          if (++next_x == v->source->width && f->wrapped)
            next_x = 0;
          if (px + run.n > last)
            break;
          match = at[dif_field_within (px + run.n, f->columns, TRUE)];
        }
      while (match.x == next_x && match.y == match_y);
      add_run (v, s, &run, j);
      mark_run (v, s, &run, is_first, &marked);
    }
  for (; marked < s->n; marked++)
    s->differ[marked] = 1;
  return TRUE;
}

/* What the weights along a side add up to where there are patches. */
static float
weights_over (const Vote *v,
              int         at,
              int         n_places,
              gboolean    is_round)
{
  float sum = 0.0f;
  int   i;

  for (i = 0; i < v->field->patch; i++)
    if (is_round || (at - i >= 0 && at - i < n_places))
      sum += v->weight[i];
  return sum;
}

/* The source's pixel where all patches put the same one, and the mean where
 * they do not.
 */
static void
end_segment (const Vote *v,
             Segment    *s,
             int         y)
{
  const DifField *f = v->field;
  const DifImage *source = v->source;
  gsize           plane = (gsize) source->width * source->height;
  float           over_y = weights_over (v, y, f->rows, dif_field_is_round_y (f));
  int             i, c;

  for (i = 0; i < s->n; i++)
    if (s->differ[i])
      {
        float by = 1.0f / (over_y * weights_over (v, s->x + i, f->columns,
                                                  dif_field_is_round_x (f)));

        for (c = 0; c < 3; c++)
          s->sum[c][i] *= by;
      }
    else
      {
        int          x = (s->x + i + (s->from[i] & 0xffff)) & 0xffff;
        const float *from = source->rgb + (gsize) (s->from[i] >> 16) * source->width
                            + (f->wrapped ? x % source->width : x);

        for (c = 0; c < 3; c++)
          s->sum[c][i] = from[c * plane];
      }
}

static void
vote_segment (const Vote *v,
              Segment    *s,
              int         y)
{
  gboolean is_first = TRUE;
  int      j;

  memset (s->sum, 0, sizeof (s->sum));
  memset (s->differ, 0, sizeof (s->differ));
  for (j = 0; j < v->field->patch; j++)
    if (add_patches (v, s, y, j, is_first))
      is_first = FALSE;
  end_segment (v, s, y);
}

static void
vote_row (int   y,
          int   worker,
          void *data)
{
  const Vote *v = data;
  gsize       plane = (gsize) v->width * v->height;
  Segment     s;
  int         c;

  for (s.x = 0; s.x < v->width; s.x += s.n)
    {
      s.n = MIN (SEGMENT, v->width - s.x);
      vote_segment (v, &s, y % v->height);
      if (v->picture)
        for (c = 0; c < 3; c++)
          memcpy (v->picture->rgb + c * plane + (gsize) y * v->width + s.x,
                  s.sum[c], s.n * sizeof (float));
      else
        dif_texels_put (v->texels, s.x, y, s.n, s.sum[0], SEGMENT, v->noise,
                        v->seed, v->stream);
    }
  if (v->texels)
    dif_texels_close_row (v->texels, v->width, y);
}

/* For so many pixels about the middles of patches. */
static Vote
vote_of (const DifField *field,
         const DifImage *source,
         double          width)
{
  Vote v = {
    .field = field, .source = source,
    .width = field->columns + (dif_field_is_round_x (field) ? 0 : field->patch - 1),
    .height = field->rows + (dif_field_is_round_y (field) ? 0 : field->patch - 1),
  };
  int  patch = field->patch, n, i, k;

  for (i = 0; i < patch; i++)
    v.weight[i] = (float) exp (-(i - patch / 2) * (i - patch / 2)
                               / (2.0 * width * width));
  for (n = 1; n <= patch; n++)
    for (k = 0; k < n + patch - 1; k++)
      for (i = MAX (0, k - n + 1); i <= MIN (k, patch - 1); i++)
        v.over[n][k] += v.weight[i];
  return v;
}

void
dif_field_vote (const DifField *field,
                const DifImage *source,
                double          width,
                DifImage       *picture,
                DifPool        *pool)
{
  Vote v = vote_of (field, source, width);

  v.picture = picture;
  dif_pool_run (pool, v.height, vote_row, &v);
}

void
dif_field_vote_texels (const DifField *field,
                       const DifImage *source,
                       double          width,
                       double          noise,
                       guint64         seed,
                       guint32         stream,
                       DifTexels      *texels,
                       DifPool        *pool)
{
  Vote v = vote_of (field, source, width);

  v.texels = texels;
  v.noise = (float) noise;
  v.seed = seed;
  v.stream = stream;
  dif_pool_run (pool, texels->height, vote_row, &v);
}

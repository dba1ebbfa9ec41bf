/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * field.c: see field.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "quilt/field.h"
#include "quilt/field-private.h"

DifField *
dif_field_new_window (int             patch,
                      int             width,
                      int             height,
                      gboolean        wrapped,
                      const DifRect  *places,
                      GError        **error)
{
  DifField *f = g_new0 (DifField, 1);

  f->patch = patch;
  f->width = width;
  f->height = height;
  f->wrapped = wrapped;
  f->left = places->x;
  f->top = places->y;
  f->columns = places->width;
  f->rows = places->height;
  f->at = dif_alloc (dif_product (f->columns, f->rows), sizeof (DifMatch),
                     "the matches", error);
  if (! f->at)
    g_clear_pointer (&f, g_free);
  return f;
}

DifField *
dif_field_new (int        patch,
               int        width,
               int        height,
               gboolean   wrapped,
               GError   **error)
{
  DifRect all = { 0, 0, dif_field_places (width, patch, wrapped),
                  dif_field_places (height, patch, wrapped) };

  return dif_field_new_window (patch, width, height, wrapped, &all, error);
}

DifField *
dif_field_copy (const DifField *field,
                GError        **error)
{
  DifRect   places = { field->left, field->top, field->columns, field->rows };
  DifField *copy = dif_field_new_window (field->patch, field->width,
                                         field->height, field->wrapped, &places,
                                         error);

  if (copy)
    memcpy (copy->at, field->at,
            (gsize) field->columns * field->rows * sizeof (DifMatch));
  return copy;
}

void
dif_field_free (DifField *field)
{
  if (! field)
    return;
  dif_free (field->at);
  g_free (field);
}

static inline int
nearest (double v)
{
  return (int) (v < 0.0 ? v - 0.5 : v + 0.5);
}

/* One side of a field and of the one that it comes from. */
typedef struct
{
  int      from;          /* pixels of the whole            */
  int      from_patch;
  int      from_first;    /* place of the window's first    */
  int      from_places;   /* in the window                  */
  int      to;
  int      to_patch;
  gboolean wrapped;
} Side;

/* Which place of the window that it comes from lies where place i of the whole
 * lies, by the middles of their patches.
 */
static int
place_before (const Side *s,
              int         i)
{
  int at = nearest ((i + 0.5 * s->to_patch) * s->from / s->to
                    - 0.5 * s->from_patch);

  if (s->wrapped)
    at = dif_field_within (at, s->from, TRUE);
  at -= s->from_first;
  if (s->wrapped && at < 0)
    at += s->from;
  return CLAMP (at, 0, s->from_places - 1);
}

void
dif_field_carry (const DifField *from,
                 DifField       *to,
                 int             source_width,
                 int             source_height)
{
  Side            across = { from->width, from->patch, from->left, from->columns,
                             to->width, to->patch, from->wrapped };
  Side            down = { from->height, from->patch, from->top, from->rows,
                           to->height, to->patch, from->wrapped };
  double          scale_x = (double) to->width / from->width;
  double          scale_y = (double) to->height / from->height;
  int             columns = dif_field_places (source_width, to->patch, to->wrapped);
  int             rows = dif_field_places (source_height, to->patch, to->wrapped);
  g_autofree int *before = g_new (int, to->columns);
  int             x, y;

  for (x = 0; x < to->columns; x++)
    before[x] = place_before (&across, dif_field_whole_x (to, x));
  for (y = 0; y < to->rows; y++)
    {
      int             here_y = dif_field_whole_y (to, y);
      int             row = place_before (&down, here_y);
      int             from_y = dif_field_whole_y (from, row);
      const DifMatch *match = from->at + (gsize) row * from->columns;
      DifMatch       *at = to->at + (gsize) y * to->columns;

      for (x = 0; x < to->columns; x++)
        {
          DifMatch m = match[before[x]];
          int      from_x = dif_field_whole_x (from, before[x]);
          int      to_x = dif_field_whole_x (to, x)
                          + nearest ((m.x - from_x) * scale_x);
          int      to_y = here_y + nearest ((m.y - from_y) * scale_y);

          at[x] = (DifMatch) {
            (guint16) dif_field_within (to_y, rows, to->wrapped),
            (guint16) dif_field_within (to_x, columns, to->wrapped)
          };
        }
    }
}
<<<<<<< HEAD

void
dif_field_fix (DifField     *field,
               const guint8 *fixed)
{
  int x, y;

  for (y = 0; y < field->rows; y++)
    for (x = 0; x < field->columns; x++)
      if (fixed[(gsize) y * field->columns + x])
        field->at[(gsize) y * field->columns + x] = (DifMatch) { (guint16) y,
                                                                 (guint16) x };
}

/* Search ------------------------------------------------------------- */

typedef struct
{
  DifFieldSearch  search;
  const DifField *old;
  DifField       *found;
  float          *costs;
  int             key_columns;    /* places of the source */
  int             key_rows;
} Pass;

static inline guint64
mixed (guint64 v)
{
  v += 0x9e3779b97f4a7c15u;
  v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9u;
  v = (v ^ (v >> 27)) * 0x94d049bb133111ebu;
  return v ^ (v >> 31);
}

/* The old match of the place that lies so far from (x, y); NULL if there is
 * none.
 */
static inline const DifMatch *
neighbour (const Pass *p,
           int         x,
           int         y)
{
  const DifField *f = p->old;

  if (f->wrapped)
    {
      x = within (x, f->columns, TRUE);
      y = within (y, f->rows, TRUE);
    }
  else if (x < 0 || y < 0 || x >= f->columns || y >= f->rows)
    return NULL;
  return &f->at[(gsize) y * f->columns + x];
}

/* Whether the neighbour (dx, dy) away lies elsewhere than beside the match. */
static inline gboolean
is_torn (const Pass *p,
         int         x,
         int         y,
         int         dx,
         int         dy,
         int         match_x,
         int         match_y)
{
  const DifMatch *n = neighbour (p, x + dx, y + dy);

  return n && (n->x != within (match_x + dx, p->key_columns, p->old->wrapped)
               || n->y != within (match_y + dy, p->key_rows, p->old->wrapped));
}

/* What the match costs beside its differences. */
static float
prior_cost (const Pass *p,
            int         x,
            int         y,
            int         match_x,
            int         match_y)
{
  const DifFieldSearch *s = &p->search;
  float dy = (float) match_y / p->key_rows - (float) y / p->old->rows;
  float dx = (float) match_x / p->key_columns - (float) x / p->old->columns;
  float cost = s->layout_y * dy * dy + s->layout_x * dx * dx;

  if (s->bias)
    cost += s->bias[(gsize) match_y * p->key_columns + match_x];
  if (s->tearing > 0.0f)
    cost += 0.25f * s->tearing
            * (is_torn (p, x, y, 0, -1, match_x, match_y)
               + is_torn (p, x, y, 0, 1, match_x, match_y)
               + is_torn (p, x, y, -1, 0, match_x, match_y)
               + is_torn (p, x, y, 1, 0, match_x, match_y));
  return cost;
}

/* The sum of the squares of two patches' differences, or more than limit. */
static gint32
difference (const gint16 *a,
            gsize         a_row,
            const gint16 *b,
            gsize         b_row,
            int           patch,
            gint32        limit)
{
  gint32 sum = 0;
  int    row, i;

  for (row = 0; row < patch && sum <= limit; row++, a += a_row, b += b_row)
    for (i = 0; i < 3 * patch; i++)
      {
        gint32 d = a[i] - b[i];

        sum += d * d;
      }
  return sum;
}

typedef struct
{
  int   x;
  int   y;
  float cost;
} Best;

static void
try_match (const Pass *p,
           int         x,
           int         y,
           int         match_x,
           int         match_y,
           Best       *best)
{
  const DifFieldSearch *s = &p->search;
  int                   patch = p->old->patch;
  float                 unit = 1.0f / (3.0f * patch * patch * DIF_TEXEL_UNIT
                                       * DIF_TEXEL_UNIT);
  gsize                 query_row = (gsize) s->query->width * 3;
  gsize                 key_row = (gsize) s->key->width * 3;
  float                 prior, left;
  gint32                sum, limit;

  match_x = within (match_x, p->key_columns, p->old->wrapped);
  match_y = within (match_y, p->key_rows, p->old->wrapped);
  if (match_x == best->x && match_y == best->y)
    return;
  prior = prior_cost (p, x, y, match_x, match_y);
  left = (best->cost - prior) / unit;
  if (! (left > 0.0f))
    return;
  limit = left < (float) G_MAXINT32 ? (gint32) left : G_MAXINT32;
  sum = difference (s->query->values + y * query_row + 3 * x, query_row,
                    s->key->values + match_y * key_row + 3 * match_x, key_row,
                    patch, limit);
  if (sum <= limit && prior + sum * unit < best->cost)
    *best = (Best) { match_x, match_y, prior + sum * unit };
}

/* The best match of place (x, y) among its own, its neighbours' and some drawn
 * at random.
 */
static Best
find_match (const Pass *p,
            int         x,
            int         y)
{
  const DifFieldSearch *s = &p->search;
  gsize                 at = (gsize) y * p->old->columns + x;
  DifMatch              own = p->old->at[at];
  Best                  best = { -1, -1, INFINITY };
  guint64               random = mixed (s->seed * 0x100000001b3u + at);
  gsize                 i;
  int                   dx, dy, k;

  try_match (p, x, y, own.x, own.y, &best);
  for (i = 0; i < G_N_ELEMENTS (s->jumps) && s->jumps[i] > 0; i++)
    for (dy = -s->jumps[i]; dy <= s->jumps[i]; dy += s->jumps[i])
      for (dx = -s->jumps[i]; dx <= s->jumps[i]; dx += s->jumps[i])
        {
          const DifMatch *n = neighbour (p, x + dx, y + dy);

          if (n && (dx || dy))
            try_match (p, x, y, n->x - dx, n->y - dy, &best);
        }
  for (i = 0; i < G_N_ELEMENTS (s->reaches) && s->reaches[i] > 0; i++)
    {
      int wide = 2 * s->reaches[i] + 1;

      random = mixed (random);
      try_match (p, x, y, own.x + (int) ((random & 0xffffffff) % wide)
                          - s->reaches[i],
                 own.y + (int) ((random >> 32) % wide) - s->reaches[i], &best);
    }
  for (k = 0; k < s->anywhere; k++)
    {
      random = mixed (random);
      try_match (p, x, y, (int) ((random & 0xffffffff) % p->key_columns),
                 (int) ((random >> 32) % p->key_rows), &best);
    }
  /* Where all that was tried is forbidden. */
  if (best.x < 0)
    best = (Best) { own.x, own.y, INFINITY };
  return best;
}

static void
search_row (int   y,
            int   worker,
            void *data)
{
  const Pass *p = data;
  int         columns = p->old->columns, x;
  gsize       at = (gsize) y * columns;

  for (x = 0; x < columns; x++, at++)
    {
      if (p->search.held && p->search.held[at])
        p->found->at[at] = p->old->at[at];
      else
        {
          Best best = find_match (p, x, y);

          p->found->at[at] = (DifMatch) { (guint16) best.y, (guint16) best.x };
          if (p->costs)
            p->costs[at] = best.cost;
        }
    }
}

void
dif_field_search (const DifFieldSearch *search,
                  const DifField       *old,
                  DifField             *found,
                  float                *costs,
                  DifPool              *pool)
{
  int  more = old->wrapped ? old->patch - 1 : 0;
  Pass p = {
    *search, old, found, costs,
    dif_field_places (search->key->width - more, old->patch, old->wrapped),
    dif_field_places (search->key->height - more, old->patch, old->wrapped)
  };

  dif_pool_run (pool, old->rows, search_row, &p);
}

/* Vote ---------------------------------------------------------------- */

typedef struct
{
  const DifField *field;
  const DifImage *source;
  DifImage       *picture;
  float           weights[DIF_TEXEL_MAX_PATCH * DIF_TEXEL_MAX_PATCH];
} Vote;

static void
vote_pixel (const Vote *v,
            int         x,
            int         y,
            float       sum[3])
{
  const DifField *f = v->field;
  gsize           plane = (gsize) v->source->width * v->source->height;
  float           total = 0.0f;
  int             i, j, c;

  sum[0] = sum[1] = sum[2] = 0.0f;
  for (j = 0; j < f->patch; j++)
    for (i = 0; i < f->patch; i++)
      {
        int             px = x - i, py = y - j;
        const DifMatch *match;
        const float    *from;
        float           weight = v->weights[j * f->patch + i];

        if (f->wrapped)
          {
            px = within (px, f->columns, TRUE);
            py = within (py, f->rows, TRUE);
          }
        else if (px < 0 || py < 0 || px >= f->columns || py >= f->rows)
          continue;
        match = &f->at[(gsize) py * f->columns + px];
        px = match->x + i;
        py = match->y + j;
        if (f->wrapped)
          {
            px %= v->source->width;
            py %= v->source->height;
          }
        from = v->source->rgb + (gsize) py * v->source->width + px;
        for (c = 0; c < 3; c++)
          sum[c] += weight * from[c * plane];
        total += weight;
      }
  for (c = 0; c < 3; c++)
    sum[c] /= total;
}

static void
vote_row (int   y,
          int   worker,
          void *data)
{
  const Vote *v = data;
  gsize       plane = (gsize) v->picture->width * v->picture->height;
  float      *out = v->picture->rgb + (gsize) y * v->picture->width;
  float       sum[3];
  int         x, c;

  for (x = 0; x < v->picture->width; x++, out++)
    {
      vote_pixel (v, x, y, sum);
      for (c = 0; c < 3; c++)
        out[c * plane] = sum[c];
    }
}

void
dif_field_vote (const DifField *field,
                const DifImage *source,
                double          width,
                DifImage       *picture,
                DifPool        *pool)
{
  Vote v = { field, source, picture };
  int  i, j;

  for (j = 0; j < field->patch; j++)
    for (i = 0; i < field->patch; i++)
      {
        int dx = i - field->patch / 2, dy = j - field->patch / 2;

        v.weights[j * field->patch + i] = (float) exp (-(dx * dx + dy * dy)
                                                       / (2.0 * width * width));
      }
  dif_pool_run (pool, picture->height, vote_row, &v);
}
=======
>>>>>>> field

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * field-search.c: see dif_field_search().
 *
 * Most places of a field lie in pieces that were taken as they are: all
 * neighbours' matches, less their distance, are the place's own.  Which places
 * these are is seen for many at once, and nothing else is tried there but what
 * is drawn at random.
 */

#include <math.h>
#include <string.h>

#include "quilt/field.h"
#include "quilt/field-private.h"

#define JUMPS   2
#define REACHES 2

/* Places of a row that are looked at together. */
#define SEGMENT 256

/* So many places on the memory of what is drawn anywhere is asked for. */
#define AHEAD 8

/* Matches of a place that are known to have been tried. */
#define MAX_TRIED (1 + 8 * JUMPS + REACHES)

typedef struct
{
  DifFieldSearch    search;
  const DifKernels *kernels;
  const DifField   *old;
  DifField         *found;
  float            *costs;
  int               key_columns;   /* places of the source                    */
  int               key_rows;
  int               far;           /* the largest jump                        */
  int               n_jumps;
  int               n_reaches;
  float             unit;          /* cost of 1 in a sum of squares           */
  float             key_step_x;    /* a place of the source, in its width     */
  float             key_step_y;
  float             step_x;        /* and of the picture                      */
  float             step_y;
} Pass;

/* A place, and the best match that was found for it. */
typedef struct
{
  const Pass   *p;
  int           x;
  int           y;
  const gint16 *query;
  float         home_x;            /* where it lies, in widths                */
  float         home_y;
  gboolean      alike;             /* neighbours 1 away go on its own match   */
  int           best_x;
  int           best_y;
  float         cost;
  int           n_tried;
  guint32       tried[MAX_TRIED];
} Place;

static inline guint64
mixed (guint64 v)
{
  v += 0x9e3779b97f4a7c15u;
  v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9u;
  v = (v ^ (v >> 27)) * 0x94d049bb133111ebu;
  return v ^ (v >> 31);
}

/* 64 random bits: draw 0 is for the reaches, the others are anywhere. */
static inline guint64
drawn (const Pass *p,
       int         x,
       int         y,
       int         draw)
{
  const DifField *f = p->old;
  guint64         at = (guint64) dif_field_whole_y (f, y)
                       * dif_field_places (f->width, f->patch, f->wrapped)
                       + dif_field_whole_x (f, x);

  return mixed (mixed (p->search.seed + draw) ^ at);
}

/* The old match of the place (x, y); NULL if there is none. */
static inline const DifMatch *
old_match (const Pass *p,
           int         x,
           int         y)
{
  const DifField *f = p->old;

  if (dif_field_is_round_x (f))
    x = dif_field_within (x, f->columns, TRUE);
  if (dif_field_is_round_y (f))
    y = dif_field_within (y, f->rows, TRUE);
  if (x < 0 || y < 0 || x >= f->columns || y >= f->rows)
    return NULL;
  return &f->at[(gsize) y * f->columns + x];
}

/* Whether the neighbour (dx, dy) away lies elsewhere than beside the match. */
static inline gboolean
is_torn (const Place *place,
         int          dx,
         int          dy,
         int          x,
         int          y)
{
  const Pass     *p = place->p;
  const DifMatch *n = old_match (p, place->x + dx, place->y + dy);

  return n && (n->x != dif_field_within (x + dx, p->key_columns, p->old->wrapped)
               || n->y != dif_field_within (y + dy, p->key_rows,
                                            p->old->wrapped));
}

static float
tearing_cost (const Place *place,
              int          x,
              int          y)
{
  return 0.25f * place->p->search.tearing
         * (is_torn (place, 0, -1, x, y) + is_torn (place, 0, 1, x, y)
            + is_torn (place, -1, 0, x, y) + is_torn (place, 1, 0, x, y));
}

static inline void
try_match (Place   *place,
           int      x,
           int      y,
           gboolean is_own)
{
  const Pass           *p = place->p;
  const DifFieldSearch *s = &p->search;
  gsize                 query_row = (gsize) s->query->width * 3;
  gsize                 key_row = (gsize) s->key->width * 3;
  float                 dy = (float) y * p->key_step_y - place->home_y;
  float                 dx = (float) x * p->key_step_x - place->home_x;
  float                 cost = s->layout_y * dy * dy + s->layout_x * dx * dx;
  float                 left;
  gint32                sum, limit;

  if (s->bias)
    cost += s->bias[(gsize) y * p->key_columns + x];
  /* As much as the differences may cost, rounded up. */
  left = (place->cost - cost) * (1.00001f / p->unit) + 1.0f;
  if (! (left > 0.0f))
    return;
  limit = left < (float) G_MAXINT32 ? (gint32) left : G_MAXINT32;
  sum = p->kernels->patch_difference (place->query, query_row,
                                      s->key->values + y * key_row + 3 * x,
                                      key_row, p->old->patch, limit);
  if (sum > limit)
    return;
  if (s->tearing > 0.0f && ! (is_own && place->alike))
    cost += tearing_cost (place, x, y);
  cost += (float) sum * p->unit;
  if (cost < place->cost)
    {
      place->best_x = x;
      place->best_y = y;
      place->cost = cost;
    }
}

/* The same where it may have been tried, or lie outside. */
static inline void
try_again (Place *place,
           int    x,
           int    y)
{
  const Pass *p = place->p;
  guint32     match;
  int         i;

  x = dif_field_within (x, p->key_columns, p->old->wrapped);
  y = dif_field_within (y, p->key_rows, p->old->wrapped);
  match = (guint32) y << 16 | (guint32) x;
  for (i = 0; i < place->n_tried; i++)
    if (place->tried[i] == match)
      return;
  place->tried[place->n_tried++] = match;
  try_match (place, x, y, FALSE);
}

static void
try_neighbours (Place *place)
{
  const Pass *p = place->p;
  int         i, dx, dy;

  for (i = 0; i < p->n_jumps; i++)
    {
      int jump = p->search.jumps[i];

      for (dy = -jump; dy <= jump; dy += jump)
        for (dx = -jump; dx <= jump; dx += jump)
          {
            const DifMatch *n = old_match (p, place->x + dx, place->y + dy);

            if (n && (dx || dy))
              try_again (place, n->x - dx, n->y - dy);
          }
    }
}

/* 16 random bits as one of -reach .. reach. */
static inline int
near_by (guint64 random,
         int     reach)
{
  return (int) ((random & 0xffff) * (2 * reach + 1) >> 16) - reach;
}

static inline int
any_of (guint64 random,
        int     n)
{
  return (int) ((random & 0xffffffff) * n >> 32);
}

static void
try_random (Place    *place,
            DifMatch  own)
{
  const Pass *p = place->p;
  guint64     random = drawn (p, place->x, place->y, 0);
  int         i;

  for (i = 0; i < p->n_reaches; i++, random >>= 32)
    {
      int reach = p->search.reaches[i];

      try_again (place, own.x + near_by (random, reach),
                 own.y + near_by (random >> 16, reach));
    }
  for (i = 1; i <= p->search.anywhere; i++)
    {
      random = drawn (p, place->x, place->y, i);
      try_match (place, any_of (random, p->key_columns),
                 any_of (random >> 32, p->key_rows), FALSE);
    }
}

static void
find_match (Place    *place,
            int       x,
            gboolean  alike)
{
  const Pass           *p = place->p;
  const DifFieldSearch *s = &p->search;
  gsize                 at = (gsize) place->y * p->old->columns + x;
  DifMatch              own = p->old->at[at];

  place->x = x;
  place->query = s->query->values
                 + ((gsize) place->y * s->query->width + x) * 3;
  place->home_x = (float) dif_field_whole_x (p->old, x) * p->step_x;
  place->alike = alike;
  place->best_x = own.x;
  place->best_y = own.y;
  place->cost = INFINITY;
  place->tried[0] = (guint32) own.y << 16 | own.x;
  place->n_tried = 1;
  try_match (place, own.x, own.y, TRUE);
  if (! alike)
    try_neighbours (place);
  try_random (place, own);
  p->found->at[at] = (DifMatch) { (guint16) place->best_y,
                                  (guint16) place->best_x };
  if (p->costs)
    p->costs[at] = place->cost;
}

/* Four matches. */
typedef guint16 Four __attribute__ ((vector_size (16), aligned (4), may_alias));

#define FOUR 4

static inline void
see_differences (const Pass     *p,
                 const DifMatch *own,
                 int             jump,
                 Four           *differ)
{
  Four here = *(const Four *) own;
  int  dx, dy;

  for (dy = -jump; dy <= jump; dy += jump)
    for (dx = -jump; dx <= jump; dx += jump)
      {
        guint16 y = (guint16) dy, x = (guint16) dx;
        Four    by = { y, x, y, x, y, x, y, x };
        Four    there = *(const Four *) (own + (gssize) dy * p->old->columns + dx);

        *differ |= (there - here) ^ by;
      }
}

/* Which of n places from (x0, y) on have neighbours whose matches all lie
 * beside their own.  Where that is not easily seen it is denied.
 */
static void
see_alike (const Pass *p,
           int         x0,
           int         y,
           int         n,
           guint32    *differ)
{
  const DifField *f = p->old;
  int             far = p->far, i, k;
  gboolean        seen = y >= far && y < f->rows - far && p->n_jumps > 0
                         && p->search.jumps[0] == 1
                         && MAX (p->key_columns, p->key_rows) + far
                            <= DIF_FIELD_MAX_SIDE;

  for (i = 0; i < n; i += FOUR)
    {
      int  x = x0 + i;
      Four some = { 0 };

      if (seen && x >= far && x + FOUR + far <= f->columns)
        for (k = 0; k < p->n_jumps; k++)
          see_differences (p, f->at + (gsize) y * f->columns + x,
                           p->search.jumps[k], &some);
      else
        some = ~some;
      memcpy (differ + i, &some, sizeof (some));
    }
}

/* Asks for the memory of the first rows of what is drawn there. */
static inline void
look_ahead (const Pass *p,
            int         x,
            int         y)
{
  guint64       random = drawn (p, x, y, 1);
  gsize         row = (gsize) p->search.key->width * 3;
  gsize         key_x = any_of (random, p->key_columns);
  gsize         key_y = any_of (random >> 32, p->key_rows);
  const gint16 *key = p->search.key->values + key_y * row + 3 * key_x;
  int           i;

  for (i = 0; i < MIN (3, p->old->patch); i++)
    __builtin_prefetch (key + i * row);
  if (p->search.bias)
    __builtin_prefetch (p->search.bias + key_y * p->key_columns + key_x);
}

static void
search_row (int   y,
            int   worker,
            void *data)
{
  const Pass     *p = data;
  const DifField *f = p->old;
  guint32         differ[SEGMENT + FOUR];
  Place           place = { p, 0, y };
  int             x, i, n;

  place.home_y = (float) dif_field_whole_y (f, y) * p->step_y;
  for (x = 0; x < f->columns; x += n)
    {
      gsize at = (gsize) y * f->columns + x;

      n = MIN (SEGMENT, f->columns - x);
      see_alike (p, x, y, n, differ);
      for (i = 0; i < n; i++)
        {
          if (p->search.anywhere > 0 && x + i + AHEAD < f->columns)
            look_ahead (p, x + i + AHEAD, y);
          if (p->search.held && p->search.held[at + i])
            p->found->at[at + i] = f->at[at + i];
          else
            find_match (&place, x + i, ! differ[i]);
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
  int  more = old->wrapped ? old->patch - 1 : 0, i;
  Pass p = {
    .search = *search, .old = old, .found = found, .costs = costs,
    .kernels = search->kernels ? search->kernels : dif_kernels_get (),
    .key_columns = dif_field_places (search->key->width - more, old->patch,
                                     old->wrapped),
    .key_rows = dif_field_places (search->key->height - more, old->patch,
                                  old->wrapped),
    .unit = 1.0f / (3.0f * old->patch * old->patch * DIF_TEXEL_UNIT
                    * DIF_TEXEL_UNIT),
  };

  p.key_step_x = 1.0f / p.key_columns;
  p.key_step_y = 1.0f / p.key_rows;
  p.step_x = 1.0f / dif_field_places (old->width, old->patch, old->wrapped);
  p.step_y = 1.0f / dif_field_places (old->height, old->patch, old->wrapped);
  while (p.n_jumps < JUMPS && search->jumps[p.n_jumps] > 0)
    p.n_jumps++;
  while (p.n_reaches < REACHES && search->reaches[p.n_reaches] > 0)
    p.n_reaches++;
  for (i = 0; i < p.n_jumps; i++)
    p.far = MAX (p.far, search->jumps[i]);
  dif_pool_run (pool, old->rows, search_row, &p);
}

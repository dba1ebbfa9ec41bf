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
#define AROUND  (8 * JUMPS)    /* neighbours of a place */

/* Of the first eight those above, beside and below. */
#define CROSS 0x5a

/* Places of a row that are looked at together. */
#define SEGMENT 256

/* So many places on the memory of what is drawn anywhere is asked for. */
#define AHEAD 8

/* Matches of a place that are known to have been tried. */
#define MAX_TRIED (1 + AROUND + REACHES)

/* Four matches, and a word for each. */
typedef guint16 Four __attribute__ ((vector_size (16), aligned (4), may_alias));
typedef guint32 Words __attribute__ ((vector_size (16), aligned (4), may_alias));

#define FOUR 4

/* A neighbour. */
typedef struct
{
  int    dx;
  int    dy;
  gssize offset;       /* of its match from the place's              */
  Four   by;           /* by which its match differs if it is beside */
} Neighbour;

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
  int               n_around;
  Neighbour         around[AROUND];
  gboolean          crossed;       /* the first ones are the nearest          */
  int               n_reaches;
  guint64           salt[2];       /* of what is drawn near, and anywhere     */
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
  gboolean      whole;             /* the nearest go on where its match does  */
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

/* The number of a place, alike in all windows. */
static inline guint64
number_of (const DifField *f,
           int             x,
           int             y)
{
  return (guint64) dif_field_whole_y (f, y) << 32
         | (guint64) dif_field_whole_x (f, x);
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
  if (s->tearing > 0.0f && ! (is_own && place->whole))
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

/* The neighbours whose bits are set; inside: all of them exist. */
static void
try_neighbours (Place   *place,
                guint32  some,
                gboolean inside)
{
  const Pass     *p = place->p;
  const DifMatch *own = p->old->at + (gsize) place->y * p->old->columns + place->x;

  for (; some; some &= some - 1)
    {
      const Neighbour *around = &p->around[__builtin_ctz (some)];
      const DifMatch  *n = inside ? own + around->offset
                                  : old_match (p, place->x + around->dx,
                                               place->y + around->dy);

      if (n)
        try_again (place, n->x - around->dx, n->y - around->dy);
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
            DifMatch  own,
            guint64   random)
{
  const Pass *p = place->p;
  guint64     near_random;
  int         i;

  if (p->n_reaches > 0)
    near_random = mixed (p->salt[0] ^ number_of (p->old, place->x, place->y));
  for (i = 0; i < p->n_reaches; i++, near_random >>= 32)
    {
      int reach = p->search.reaches[i];

      try_again (place, own.x + near_by (near_random, reach),
                 own.y + near_by (near_random >> 16, reach));
    }
  for (i = 0; i < p->search.anywhere; i++, random = mixed (random))
    try_match (place, any_of (random, p->key_columns),
               any_of (random >> 32, p->key_rows), FALSE);
}

/* differ: a bit for each neighbour whose match does not lie beside the place's;
 * random: what is drawn anywhere.
 */
static void
find_match (Place    *place,
            int       x,
            guint32   differ,
            gboolean  inside,
            guint64   random)
{
  const Pass           *p = place->p;
  const DifFieldSearch *s = &p->search;
  gsize                 at = (gsize) place->y * p->old->columns + x;
  DifMatch              own = p->old->at[at];

  place->x = x;
  place->query = s->query->values
                 + ((gsize) place->y * s->query->width + x) * 3;
  place->home_x = (float) dif_field_whole_x (p->old, x) * p->step_x;
  place->whole = inside && p->crossed && ! (differ & CROSS);
  place->best_x = own.x;
  place->best_y = own.y;
  place->cost = INFINITY;
  place->tried[0] = (guint32) own.y << 16 | own.x;
  place->n_tried = 1;
  try_match (place, own.x, own.y, TRUE);
  try_neighbours (place, differ, inside);
  try_random (place, own, random);
  p->found->at[at] = (DifMatch) { (guint16) place->best_y,
                                  (guint16) place->best_x };
  if (p->costs)
    p->costs[at] = place->cost;
}

/* Rows and places of a segment. */
typedef struct
{
  guint32 differ[SEGMENT + FOUR];    /* see find_match()                     */
  guint8  inside[SEGMENT + FOUR];
  guint64 random[SEGMENT + AHEAD];
} Seen;

/* Looks at n places from (x0, y) on, four at a time. */
static void
see_differences (const Pass *p,
                 int         x0,
                 int         y,
                 int         n,
                 Seen       *seen)
{
  const DifField *f = p->old;
  gboolean        rows = y >= p->far && y < f->rows - p->far
                         && MAX (p->key_columns, p->key_rows) + p->far
                            <= DIF_FIELD_MAX_SIDE;
  int             i, k;

  for (i = 0; i < n; i += FOUR)
    {
      int      x = x0 + i;
      gboolean inside = rows && x >= p->far && x + FOUR + p->far <= f->columns;
      Words    differ = { 0 };

      if (inside)
        {
          const DifMatch *own = f->at + (gsize) y * f->columns + x;
          Four            here = *(const Four *) own;

          for (k = 0; k < p->n_around; k++)
            {
              Four there = *(const Four *) (own + p->around[k].offset);
              Four other = (there - here) ^ p->around[k].by;

              differ |= (Words) ((Words) other != 0) & ((guint32) 1 << k);
            }
        }
      else
        differ |= ((guint32) 1 << p->n_around) - 1;
      memcpy (seen->differ + i, &differ, sizeof (differ));
      memset (seen->inside + i, inside, FOUR);
    }
}

/* Asks for the memory of the first rows of what is drawn anywhere. */
static inline void
look_ahead (const Pass *p,
            guint64     random)
{
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
search_segment (const Pass *p,
                Place      *place,
                int         x0,
                int         n)
{
  const DifField *f = p->old;
  gsize           at = (gsize) place->y * f->columns + x0;
  const guint8   *held = p->search.held ? p->search.held + at : NULL;
  Seen            seen;
  int             i;

  if (held && ! memchr (held, 0, n))
    {
      memcpy (p->found->at + at, f->at + at, n * sizeof (DifMatch));
      return;
    }
  see_differences (p, x0, place->y, n, &seen);
  if (p->search.anywhere > 0)
    for (i = 0; i < n; i++)
      seen.random[i] = mixed (p->salt[1] ^ number_of (f, x0 + i, place->y));
  for (i = 0; i < n; i++)
    {
      if (p->search.anywhere > 0 && i + AHEAD < n)
        look_ahead (p, seen.random[i + AHEAD]);
      if (held && held[i])
        p->found->at[at + i] = f->at[at + i];
      else
        find_match (place, x0 + i, seen.differ[i], seen.inside[i],
                    p->search.anywhere > 0 ? seen.random[i] : 0);
    }
}

static void
search_row (int   y,
            int   worker,
            void *data)
{
  const Pass     *p = data;
  const DifField *f = p->old;
  Place           place = { p, 0, y };
  int             x, n;

  place.home_y = (float) dif_field_whole_y (f, y) * p->step_y;
  for (x = 0; x < f->columns; x += n)
    {
      n = MIN (SEGMENT, f->columns - x);
      search_segment (p, &place, x, n);
    }
}

static void
add_jump (Pass *p,
          int   jump)
{
  int dx, dy;

  p->far = MAX (p->far, jump);
  for (dy = -jump; dy <= jump; dy += jump)
    for (dx = -jump; dx <= jump; dx += jump)
      if (dx || dy)
        {
          guint16 y = (guint16) dy, x = (guint16) dx;

          p->around[p->n_around++] = (Neighbour) {
            dx, dy, (gssize) dy * p->old->columns + dx, { y, x, y, x, y, x, y, x }
          };
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
  for (i = 0; i < JUMPS && search->jumps[i] > 0; i++)
    add_jump (&p, search->jumps[i]);
  p.crossed = search->jumps[0] == 1;
  while (p.n_reaches < REACHES && search->reaches[p.n_reaches] > 0)
    p.n_reaches++;
  for (i = 0; i < 2; i++)
    p.salt[i] = mixed (mixed (search->seed) + i);
  dif_pool_run (pool, old->rows, search_row, &p);
}

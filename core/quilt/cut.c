/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cut.c: see cut.h.
 */

#include <math.h>

#include "base/memory.h"
#include "quilt/cut.h"

#define DIRECTIONS 8                 /* k and 7 - k are opposite */
static const int step_y[DIRECTIONS] = { -1, -1, -1, 0, 0, 1, 1, 1 };
static const int step_x[DIRECTIONS] = { -1, 0, 1, -1, 1, -1, 0, 1 };

enum
{
  FREE = -1,                         /* in neither tree */
  ROOT = DIRECTIONS,                 /* hangs on a terminal */
  ORPHAN                             /* has lost its parent */
};

/* A graph whose nodes have up to eight neighbours, and the two trees that grow in it
 * from the source and from the sink.
 */
typedef struct
{
  int     count;
  gint32 *link;                      /* [count][8] neighbours, or -1            */
  gint32 *room;                      /* [count][8] what still fits through      */
  gint32 *terminal;                  /* [count] what still fits from the source
                                        (or, negative, to the sink)             */
  gint8  *parent;                    /* [count] direction, or as above          */
  guint8 *to_sink;                   /* [count] which tree                      */
  gint32 *stamp;                     /* [count] when the depth was true         */
  gint32 *depth;
  gint32 *queue;                     /* [count] ring of growing nodes           */
  guint8 *queued;
  int     first;
  int     waiting;
  gint32 *orphans;                   /* [count] ring                            */
  int     first_orphan;
  int     n_orphans;
  gint32  time;
} Flow;

static void
wake (Flow   *f,
      gint32  node)
{
  if (f->queued[node])
    return;
  f->queued[node] = 1;
  f->queue[(f->first + f->waiting++) % f->count] = node;
}

static void
lose_parent (Flow   *f,
             gint32  node)
{
  f->parent[node] = ORPHAN;
  f->orphans[(f->first_orphan + f->n_orphans++) % f->count] = node;
}

/* What still fits through the edge of a tree between `node` and its neighbour
 * `other` in direction k: towards the node in the source's tree, away from it
 * in the sink's, when `other` is nearer the root.
 */
static inline gint32 *
edge_of (const Flow *f,
         gint32      node,
         gint32      other,
         int         k,
         gboolean    to_sink)
{
  return to_sink ? f->room + (gsize) node * DIRECTIONS + k
                 : f->room + (gsize) other * DIRECTIONS + 7 - k;
}

/* Pushes all that fits along the path through the edge from `from` (in the
 * source's tree) in direction k.
 */
static void
augment (Flow   *f,
         gint32  from,
         int     k)
{
  gint32  ends[2] = { from, f->link[(gsize) from * DIRECTIONS + k] };
  gint32 *bridge = f->room + (gsize) from * DIRECTIONS + k;
  gint32  amount = *bridge;

  for (int t = 0; t < 2; t++)
    {
      gint32 node = ends[t], rest;

      while (f->parent[node] != ROOT)
        {
          int     up = f->parent[node];
          gint32 next = f->link[(gsize) node * DIRECTIONS + up];
          gint32 room = *edge_of (f, node, next, up, t);

          amount = room < amount ? room : amount;
          node = next;
        }
      rest = t ? -f->terminal[node] : f->terminal[node];
      amount = rest < amount ? rest : amount;
    }

  *bridge -= amount;
  f->room[(gsize) ends[1] * DIRECTIONS + 7 - k] += amount;
  for (int t = 0; t < 2; t++)
    {
      gint32 node = ends[t];

      while (f->parent[node] != ROOT)
        {
          int      up = f->parent[node];
          gint32  next = f->link[(gsize) node * DIRECTIONS + up];
          gint32 *room = edge_of (f, node, next, up, t);

          *room -= amount;
          *edge_of (f, node, next, up, ! t) += amount;
          if (! *room)
            lose_parent (f, node);
          node = next;
        }
      f->terminal[node] += t ? amount : -amount;
      if (! f->terminal[node])
        lose_parent (f, node);
    }
}

/* The length of the way from `node` to its root, or G_MAXINT32 where it ends
 * at an orphan; stamps what it has found.
 */
static gint32
way_to_root (Flow   *f,
             gint32  node)
{
  gint32 length = 0;

  for (gint32 at = node;;)
    {
      int up = f->parent[at];

      if (f->stamp[at] == f->time)
        {
          length += f->depth[at];
          break;
        }
      if (up == ORPHAN)
        return G_MAXINT32;
      length++;
      if (up == ROOT)
        {
          f->stamp[at] = f->time;
          f->depth[at] = 1;
          break;
        }
      at = f->link[(gsize) at * DIRECTIONS + up];
    }
  for (gint32 at = node, left = length; f->stamp[at] != f->time; left--)
    {
      f->stamp[at] = f->time;
      f->depth[at] = left;
      at = f->link[(gsize) at * DIRECTIONS + f->parent[at]];
    }
  return length;
}

/* Every orphan finds another parent in its tree, or leaves it.
 */
static void
adopt (Flow *f)
{
  while (f->n_orphans)
    {
      gint32 node = f->orphans[f->first_orphan];
      gboolean    sink = f->to_sink[node];
      gint32 least = G_MAXINT32;
      int     best = FREE;

      f->first_orphan = (f->first_orphan + 1) % f->count;
      f->n_orphans--;
      for (int k = 0; k < DIRECTIONS; k++)
        {
          gint32 other = f->link[(gsize) node * DIRECTIONS + k], length;

          if (other < 0 || f->to_sink[other] != sink
              || f->parent[other] == FREE || f->parent[other] == ORPHAN
              || ! *edge_of (f, node, other, k, sink))
            continue;
          length = way_to_root (f, other);
          if (length < least)
            {
              least = length;
              best = k;
            }
        }
      f->parent[node] = (gint8) best;
      if (best != FREE)
        {
          f->stamp[node] = f->time;
          f->depth[node] = least + 1;
          continue;
        }
      for (int k = 0; k < DIRECTIONS; k++)
        {
          gint32 other = f->link[(gsize) node * DIRECTIONS + k];

          if (other < 0 || f->to_sink[other] != sink
              || f->parent[other] == FREE)
            continue;
          if (*edge_of (f, node, other, k, sink))
            wake (f, other);
          if (f->parent[other] == 7 - k)
            lose_parent (f, other);
        }
    }
}

/* Grows the tree of `node` by its neighbours.  Returns the direction of an
 * edge to the other tree, or -1.
 */
static int
grow (Flow   *f,
      gint32  node)
{
  gboolean sink = f->to_sink[node];

  for (int k = 0; k < DIRECTIONS; k++)
    {
      gint32 other = f->link[(gsize) node * DIRECTIONS + k];

      if (other < 0 || ! *edge_of (f, other, node, 7 - k, sink))
        continue;
      if (f->parent[other] == FREE)
        {
          f->to_sink[other] = sink;
          f->parent[other] = (gint8) (7 - k);
          f->stamp[other] = f->stamp[node];
          f->depth[other] = f->depth[node] + 1;
          wake (f, other);
        }
      else if (f->to_sink[other] != sink)
        return k;
      else if (f->stamp[other] <= f->stamp[node]
               && f->depth[other] > f->depth[node])
        {
          f->parent[other] = (gint8) (7 - k);
          f->stamp[other] = f->stamp[node];
          f->depth[other] = f->depth[node] + 1;
        }
    }
  return -1;
}

/* The maximum flow from `terminal` and `room`: afterwards the nodes of the
 * sink's tree are the sink's side of a minimum cut.  FALSE if it was stopped.
 */
static gboolean
run_flow (Flow          *f,
          const DifPool *pool)
{
  f->first = f->waiting = f->first_orphan = f->n_orphans = 0;
  f->time = 1;
  for (int i = 0; i < f->count; i++)
    {
      f->queued[i] = 0;
      f->stamp[i] = 0;
      f->depth[i] = 1;
      f->parent[i] = f->terminal[i] ? ROOT : FREE;
      f->to_sink[i] = f->terminal[i] < 0;
    }
  for (int i = 0; i < f->count; i++)
    if (f->terminal[i])
      wake (f, (gint32) i);
  while (f->waiting && ! (pool && dif_pool_is_stopped (pool)))
    {
      gint32 node = f->queue[f->first];
      int     k;

      while (f->parent[node] != FREE && (k = grow (f, node)) >= 0)
        {
          f->time++;
          if (f->to_sink[node])
            augment (f, f->link[(gsize) node * DIRECTIONS + k], 7 - k);
          else
            augment (f, node, k);
          adopt (f);
        }
      f->queued[node] = 0;
      f->first = (f->first + 1) % f->count;
      f->waiting--;
    }
  return f->waiting == 0;
}

/* Costs -------------------------------------------------------------- */

static inline int
within (int      v,
        int      n,
        gboolean wrapped)
{
  if (v >= 0 && v < n)
    return v;
  if (wrapped)
    return (v % n + n) % n;
  return v < 0 ? 0 : n - 1;
}

/* The place in the source that label a brings to (y, x). */
static inline gsize
brought (const DifCut *c,
         gint32        a,
         int           y,
         int           x)
{
  const DifShift *l = c->labels + a;

  return (gsize) within (y + l->y, c->source_height, c->wrapped) * c->source_width
         + within (x + l->x, c->source_width, c->wrapped);
}

/* How much two places of the source differ. */
static inline float
gap (const DifCut *c,
     gsize         here,
     gsize         there)
{
  const float *f = c->features + here * DIF_CUT_FEATURES;
  const float *g = c->features + there * DIF_CUT_FEATURES;
  float        square = 0.0f;
  int          k;

  for (k = 0; k < DIF_CUT_FEATURES; k++)
    square += (f[k] - g[k]) * (f[k] - g[k]);
  return square / (sqrtf (square) + c->slack);
}

/* How much dearer a seam through an edge is, between neighbours in directions 4 to 7,
 * and so in the opposite ones.
 */
static void
fill_guards (const DifCut *c,
             float        *guards)
{
  gsize n = (gsize) c->source_height * c->source_width, i;
  int   k;

  for (i = 0; i < n; i++)
    for (k = 0; k < DIRECTIONS / 2; k++)
      {
        const float *g = c->guard + 3 * i;
        float        ey = (float) step_y[k + 4], ex = (float) step_x[k + 4];

        guards[4 * i + k] = g[0] * ex * ex + g[1] * ey * ey - 2.0f * g[2] * ey * ex;
      }
}

/* The cost of a seam between neighbours in direction k, the sum of whose gaps is sum;
 * two labels bring the places pa and qa, pb and qb to them.
 */
static inline gint32
priced (const DifCut *c,
        const float  *guards,
        int           k,
        float         sum,
        gsize         pa,
        gsize         qa,
        gsize         pb,
        gsize         qb)
{
  int   way = k < DIRECTIONS / 2 ? DIRECTIONS / 2 - 1 - k : k - DIRECTIONS / 2;
  float half = step_y[k] && step_x[k] ? 0.5f : 1.0f;
  float guard = MAX (MAX (guards[4 * pa + way], guards[4 * pb + way]),
                     MAX (guards[4 * qa + way], guards[4 * qb + way]));

  sum = (sum * (1.0f + half * guard) + c->corner) * DIF_CUT_UNIT
        * (half < 1.0f ? 0.70710678f : 1.0f);
  return (gint32) (sum + 0.5f);
}

/* The cost of labels a at (y, x) and b at its neighbour in direction k. */
static gint32
seam_cost (const DifCut *c,
           const float  *guards,
           gint32        a,
           gint32        b,
           int           y,
           int           x,
           int           k)
{
  int   ny = y + step_y[k], nx = x + step_x[k];
  gsize pa, pb, qa, qb;

  if (a == b)
    return 0;
  if (c->wrapped)
    {
      ny = within (ny, c->height, TRUE);
      nx = within (nx, c->width, TRUE);
    }
  pa = brought (c, a, y, x);
  pb = brought (c, b, y, x);
  qa = brought (c, a, ny, nx);
  qb = brought (c, b, ny, nx);
  return priced (c, guards, k, gap (c, pa, pb) + gap (c, qa, qb), pa, qa, pb, qb);
}

/* The pixel that is the neighbour of (y, x) in direction k; -1 if there is none. */
static inline int
neighbour (const DifCut *c,
           int           y,
           int           x,
           int           k)
{
  y += step_y[k];
  x += step_x[k];
  if (c->wrapped)
    {
      y = within (y, c->height, TRUE);
      x = within (x, c->width, TRUE);
    }
  return y < 0 || x < 0 || y >= c->height || x >= c->width ? -1
                                                           : y * c->width + x;
}

/* Expansion ----------------------------------------------------------- */

/* One label offered to all. */
typedef struct
{
  const DifCut *cut;
  float        *guards;    /* [source height][source width][4]                */
  gint32       *map;
  Flow          flow;
  gint32       *node;      /* [height][width], of each pixel; -1: it has none */
  gint32       *pixel;     /* of each node                                    */
  gint32       *own;       /* [height][width], what its label brings there    */
  gint32       *offered;   /* [height][width], what the offered one brings    */
  float        *gaps;      /* [height][width], between these                  */
} Offer;

/* Adds the pair of node n, at (y, x), and its neighbour in direction k. */
static inline void
add_pair (Offer  *o,
          gint32  a,
          int     n,
          int     y,
          int     x,
          int     k)
{
  const DifCut *c = o->cut;
  Flow         *f = &o->flow;
  int           i = o->pixel[n], j = neighbour (c, y, x, k);
  gint32        here, there, other, keep = 0, first, second;

  if (j < 0 || j == i)
    return;
  other = o->node[j];
  if (other >= 0 && k < DIRECTIONS / 2)   /* each pair once */
    return;
  here = o->map[i];
  there = o->map[j];
  if (here == there)
    first = second = priced (c, o->guards, k, o->gaps[i] + o->gaps[j], o->own[i],
                             o->own[j], o->offered[i], o->offered[j]);
  else
    {
      keep = seam_cost (c, o->guards, here, there, y, x, k);
      second = seam_cost (c, o->guards, here, a, y, x, k);
      first = seam_cost (c, o->guards, a, there, y, x, k);
    }
  if (other < 0)                          /* it stays as it is */
    {
      f->terminal[n] += here == there && a == here ? 0 : first - keep;
      return;
    }
  if (first + second < keep)              /* no metric here: as if they were dearer */
    {
      gint32 lack = keep - first - second;

      first += lack / 2;
      second += lack - lack / 2;
    }
  f->link[(gsize) n * DIRECTIONS + k] = other;
  f->link[(gsize) other * DIRECTIONS + 7 - k] = n;
  f->terminal[n] += first - keep;
  f->terminal[other] -= first;
  f->room[(gsize) n * DIRECTIONS + k] = first + second - keep;
}

/* What the present labels bring. */
static void
fill_own (Offer *o)
{
  const DifCut *c = o->cut;
  int           x, y;

  for (y = 0; y < c->height; y++)
    for (x = 0; x < c->width; x++)
      o->own[y * c->width + x] = (gint32) brought (c, o->map[y * c->width + x], y, x);
}

/* Offers label a to every pixel that may have it; how many took it. */
static int
expand (Offer         *o,
        gint32         a,
        const DifPool *pool)
{
  const DifCut *c = o->cut;
  Flow         *f = &o->flow;
  int           pixels = c->height * c->width, taken = 0, i, k, n, x, y;
  const gint32 *offer = c->data + (gsize) a * pixels;

  f->count = 0;
  for (i = 0, y = 0; y < c->height; y++)
    for (x = 0; x < c->width; x++, i++)
      {
        o->node[i] = -1;
        o->offered[i] = (gint32) brought (c, a, y, x);
        o->gaps[i] = o->offered[i] == o->own[i]
                     ? 0.0f : gap (c, o->own[i], o->offered[i]);
        if (o->map[i] != a && offer[i] >= 0)
          {
            n = f->count++;
            o->pixel[n] = i;
            o->node[i] = n;
            f->terminal[n] = offer[i] - c->data[(gsize) o->map[i] * pixels + i];
            for (k = 0; k < DIRECTIONS; k++)
              {
                f->link[(gsize) n * DIRECTIONS + k] = -1;
                f->room[(gsize) n * DIRECTIONS + k] = 0;
              }
          }
      }
  if (f->count == 0)
    return 0;
  for (n = 0; n < f->count; n++)
    {
      y = o->pixel[n] / c->width;
      x = o->pixel[n] % c->width;
      for (k = 0; k < DIRECTIONS; k++)
        add_pair (o, a, n, y, x, k);
    }
  if (! run_flow (f, pool))
    return 0;
  for (n = 0; n < f->count; n++)
    if (f->parent[n] != FREE && f->to_sink[n])
      {
        i = o->pixel[n];
        o->map[i] = a;
        o->own[i] = o->offered[i];
        taken++;
      }
  return taken;
}

gboolean
dif_cut_improve (const DifCut   *c,
                 int             rounds,
                 const DifPool  *pool,
                 gint32         *map,
                 GError        **error)
{
  gsize   most = (gsize) c->height * c->width;
  gsize   source = (gsize) c->source_height * c->source_width;
  gint32 *words = dif_alloc (most * (2 * DIRECTIONS + 9), sizeof (gint32),
                             "cuts", error);
  guint8 *bytes = words ? dif_alloc (most, 3, "cuts", error) : NULL;
  float  *gaps = bytes ? dif_alloc (most + 4 * source, sizeof (float), "cuts", error)
                       : NULL;
  Offer   o = { .cut = c, .map = map, .gaps = gaps };
  int     still = 0, n;

  if (gaps)
    {
      o.guards = gaps + most;
      o.flow.link = words;
      o.flow.room = o.flow.link + most * DIRECTIONS;
      o.flow.terminal = o.flow.room + most * DIRECTIONS;
      o.flow.stamp = o.flow.terminal + most;
      o.flow.depth = o.flow.stamp + most;
      o.flow.queue = o.flow.depth + most;
      o.flow.orphans = o.flow.queue + most;
      o.node = o.flow.orphans + most;
      o.pixel = o.node + most;
      o.own = o.pixel + most;
      o.offered = o.own + most;
      o.flow.parent = (gint8 *) bytes;
      o.flow.to_sink = bytes + most;
      o.flow.queued = o.flow.to_sink + most;
      fill_guards (c, o.guards);
      fill_own (&o);
      for (n = 0; n < rounds * c->n_labels && still < c->n_labels
                  && ! (pool && dif_pool_is_stopped (pool)); n++)
        still = expand (&o, n % c->n_labels, pool) > 0 ? 0 : still + 1;
    }
  dif_free (words);
  dif_free (bytes);
  dif_free (gaps);
  return gaps != NULL && ! (pool && dif_pool_is_stopped (pool));
}

gboolean
dif_cut_seams (const DifCut  *c,
               const gint32  *map,
               gint32        *costs,
               GError       **error)
{
  float *guards = dif_alloc ((gsize) c->source_height * c->source_width,
                             4 * sizeof (float), "cuts", error);
  int    i, j, k;

  if (! guards)
    return FALSE;
  fill_guards (c, guards);
  for (i = 0; i < c->height * c->width; i++)
    for (costs[i] = 0, k = DIRECTIONS / 2; k < DIRECTIONS; k++)
      {
        j = neighbour (c, i / c->width, i % c->width, k);
        if (j >= 0)
          costs[i] += seam_cost (c, guards, map[i], map[j], i / c->width,
                                 i % c->width, k);
      }
  dif_free (guards);
  return TRUE;
}

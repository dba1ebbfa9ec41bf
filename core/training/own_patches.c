/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Search, vote and cut for own_patches.py, which builds and calls this.  With
 * the same old field search and vote give the same result in any order of
 * places.
 *
 * Pictures are float [height][width][3].  A patch is `side` x `side` pixels
 * and lies wholly inside; its place is that of its upper left pixel.  A field
 * is int32 [rows][columns][2]: for every patch of the result the place (y, x)
 * of its patch in the source. */

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static inline uint64_t
mixed (uint64_t v)
{
  v += 0x9e3779b97f4a7c15u;
  v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9u;
  v = (v ^ (v >> 27)) * 0x94d049bb133111ebu;
  return v ^ (v >> 31);
}

static inline long
within (long v, long count)
{
  return v < 0 ? 0 : v >= count ? count - 1 : v;
}

typedef struct
{
  const float *query, *key;
  const float *bias;                /* [key rows][key columns] */
  long         rows, columns;       /* of patches in the result */
  long         key_rows, key_columns;
  long         side;
  float        layout_y, layout_x;  /* cost of a displacement by the whole
                                       height or width, squared */
  float        tearing;             /* cost of four neighbours that go
                                       elsewhere */
} Search;

static inline float
cost_at (const Search *s, const int32_t *old, long y, long x, long ky,
         long kx, float limit)
{
  long  wide = (s->columns + s->side - 1) * 3;
  long  key_wide = (s->key_columns + s->side - 1) * 3;
  long  run = s->side * 3;
  float share = 1.0f / (s->side * run);
  float cost = s->bias[ky * s->key_columns + kx];
  float dy = (float) ky / s->key_rows - (float) y / s->rows;
  float dx = (float) kx / s->key_columns - (float) x / s->columns;

  cost += s->layout_y * dy * dy + s->layout_x * dx * dx;
  if (s->tearing > 0)
    {
      int torn = 0;
      if (y > 0)
        {
          const int32_t *n = old + ((y - 1) * s->columns + x) * 2;
          torn += n[0] + 1 != ky || n[1] != kx;
        }
      if (y + 1 < s->rows)
        {
          const int32_t *n = old + ((y + 1) * s->columns + x) * 2;
          torn += n[0] - 1 != ky || n[1] != kx;
        }
      if (x > 0)
        {
          const int32_t *n = old + (y * s->columns + x - 1) * 2;
          torn += n[0] != ky || n[1] + 1 != kx;
        }
      if (x + 1 < s->columns)
        {
          const int32_t *n = old + (y * s->columns + x + 1) * 2;
          torn += n[0] != ky || n[1] - 1 != kx;
        }
      cost += s->tearing * torn * 0.25f;
    }
  for (long row = 0; row < s->side && cost < limit; row++)
    {
      const float *a = s->query + (y + row) * wide + x * 3;
      const float *b = s->key + (ky + row) * key_wide + kx * 3;
      float        sum = 0;

      for (long i = 0; i < run; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
      cost += sum * share;
    }
  return cost;
}

/* Every place tries its own match, its neighbours' at the distances `jumps`
 * and random ones within each of `reaches` (of the match), all of the old
 * field; `anywhere` more lie anywhere.  `cost` and `found` get the best. */
void
search (const Search *s, const int32_t *old, int32_t *found, float *costs,
        const int32_t *jumps, long n_jumps, const int32_t *reaches,
        long n_reaches, long anywhere, uint64_t seed)
{
  for (long y = 0; y < s->rows; y++)
    for (long x = 0; x < s->columns; x++)
      {
        long           at = y * s->columns + x;
        const int32_t *own = old + at * 2;
        long           best_y = within (own[0], s->key_rows);
        long           best_x = within (own[1], s->key_columns);
        float best = cost_at (s, old, y, x, best_y, best_x, INFINITY);
        uint64_t random = mixed (seed * 0x100000001b3u + at);

#define TRY(Y, X)                                                             \
  do                                                                          \
    {                                                                         \
      long cy = within ((Y), s->key_rows), cx = within ((X), s->key_columns); \
      if (cy != best_y || cx != best_x)                                       \
        {                                                                     \
          float c = cost_at (s, old, y, x, cy, cx, best);                     \
          if (c < best)                                                       \
            best = c, best_y = cy, best_x = cx;                               \
        }                                                                     \
    }                                                                         \
  while (0)

        for (long j = 0; j < n_jumps; j++)
          for (long dy = -1; dy <= 1; dy++)
            for (long dx = -1; dx <= 1; dx++)
              {
                long ny = y + dy * jumps[j], nx = x + dx * jumps[j];
                const int32_t *n;

                if ((!dy && !dx) || ny < 0 || nx < 0 || ny >= s->rows
                    || nx >= s->columns)
                  continue;
                n = old + (ny * s->columns + nx) * 2;
                TRY (n[0] - dy * jumps[j], n[1] - dx * jumps[j]);
              }
        for (long j = 0; j < n_reaches; j++)
          {
            long wide = 2 * reaches[j] + 1;
            random = mixed (random);
            TRY (own[0] + (long) ((random & 0xffffffff) % wide) - reaches[j],
                 own[1] + (long) ((random >> 32) % wide) - reaches[j]);
          }
        for (long j = 0; j < anywhere; j++)
          {
            random = mixed (random);
            TRY ((long) ((random & 0xffffffff) % s->key_rows),
                 (long) ((random >> 32) % s->key_columns));
          }
        costs[at] = best;
        found[at * 2] = (int32_t) best_y;
        found[at * 2 + 1] = (int32_t) best_x;
      }
#undef TRY
}

/* Every pixel becomes the mean of the source's pixels that the patches over
 * it put there, weighted by where in the patch it lies ([side][side]) and by
 * each patch's trust ([rows][columns]).  out: [rows+side-1][columns+side-1][3],
 * sum: the same without the 3; both are zero before. */
void
vote (const float *source, long source_wide, const int32_t *field,
      long rows, long columns, long side,
      const float *weights, float *out, float *sum)
{
  long wide = columns + side - 1, tall = rows + side - 1;

  for (long y = 0; y < rows; y++)
    for (long x = 0; x < columns; x++)
      {
        const int32_t *f = field + (y * columns + x) * 2;

        for (long j = 0; j < side; j++)
          {
            const float *from = source + ((f[0] + j) * source_wide + f[1]) * 3;
            float       *to = out + ((y + j) * wide + x) * 3;
            float       *total = sum + (y + j) * wide + x;

            for (long i = 0; i < side; i++)
              {
                float w = weights[j * side + i];
                to[i * 3] += w * from[i * 3];
                to[i * 3 + 1] += w * from[i * 3 + 1];
                to[i * 3 + 2] += w * from[i * 3 + 2];
                total[i] += w;
              }
          }
      }
  for (long i = 0; i < tall * wide; i++)
    for (long c = 0; c < 3; c++)
      out[i * 3 + c] /= sum[i];
}

/* Seams by minimum cuts.  A result whose pixels are copied, each from the
 * source's pixel at its own place plus a displacement, is a map of labels, a
 * label being a displacement; a seam is wherever two neighbours' labels differ
 * (shift-maps: Pritch, Kav-Venaki, Peleg 2009).  What a seam costs is compared
 * as Kwatra et al. 2003 do: what the two displacements bring to both of its
 * sides.  The labels are optimised by expansion (Boykov, Veksler, Zabih 2001):
 * each label in turn is offered to all pixels at once, and the best set of
 * pixels that take it is a minimum cut, found after Boykov and Kolmogorov 2004
 * by two trees that grow from the source and the sink.  All costs are
 * integers; the same input gives the same labels. */

#define DIRECTIONS 8                 /* k and 7 - k are opposite */
static const int step_y[DIRECTIONS] = { -1, -1, -1, 0, 0, 1, 1, 1 };
static const int step_x[DIRECTIONS] = { -1, 0, 1, -1, 1, -1, 0, 1 };

enum
{
  FREE = -1,                         /* in neither tree */
  ROOT = DIRECTIONS,                 /* hangs on a terminal */
  ORPHAN                             /* has lost its parent */
};

typedef struct
{
  long     count;
  int32_t *link;                     /* [count][8] neighbours, or -1 */
  int32_t *room;                     /* [count][8] what still fits through */
  int32_t *terminal;                 /* [count] what still fits from the source
                                        (or, negative, to the sink) */
  int8_t  *parent;                   /* [count] direction, or as above */
  uint8_t *to_sink;                  /* [count] which tree */
  int32_t *stamp, *depth;            /* [count] when the depth was true */
  int32_t *queue;                    /* [count] ring of growing nodes */
  uint8_t *queued;
  long     first, waiting;
  int32_t *orphans;                  /* [count] ring */
  long     first_orphan, n_orphans;
  int32_t  time;
} Flow;

static void
wake (Flow *f, int32_t node)
{
  if (f->queued[node])
    return;
  f->queued[node] = 1;
  f->queue[(f->first + f->waiting++) % f->count] = node;
}

static void
lose_parent (Flow *f, int32_t node)
{
  f->parent[node] = ORPHAN;
  f->orphans[(f->first_orphan + f->n_orphans++) % f->count] = node;
}

/* What still fits through the edge of a tree between `node` and its neighbour
 * `other` in direction k: towards the node in the source's tree, away from it
 * in the sink's, when `other` is nearer the root. */
static inline int32_t *
edge_of (const Flow *f, int32_t node, int32_t other, int k, bool to_sink)
{
  return to_sink ? f->room + (long) node * DIRECTIONS + k
                 : f->room + (long) other * DIRECTIONS + 7 - k;
}

/* Pushes all that fits along the path through the edge from `from` (in the
 * source's tree) in direction k. */
static void
augment (Flow *f, int32_t from, int k)
{
  int32_t  ends[2] = { from, f->link[(long) from * DIRECTIONS + k] };
  int32_t *bridge = f->room + (long) from * DIRECTIONS + k;
  int32_t  amount = *bridge;

  for (int t = 0; t < 2; t++)
    {
      int32_t node = ends[t], rest;

      while (f->parent[node] != ROOT)
        {
          int     up = f->parent[node];
          int32_t next = f->link[(long) node * DIRECTIONS + up];
          int32_t room = *edge_of (f, node, next, up, t);

          amount = room < amount ? room : amount;
          node = next;
        }
      rest = t ? -f->terminal[node] : f->terminal[node];
      amount = rest < amount ? rest : amount;
    }

  *bridge -= amount;
  f->room[(long) ends[1] * DIRECTIONS + 7 - k] += amount;
  for (int t = 0; t < 2; t++)
    {
      int32_t node = ends[t];

      while (f->parent[node] != ROOT)
        {
          int      up = f->parent[node];
          int32_t  next = f->link[(long) node * DIRECTIONS + up];
          int32_t *room = edge_of (f, node, next, up, t);

          *room -= amount;
          *edge_of (f, node, next, up, !t) += amount;
          if (!*room)
            lose_parent (f, node);
          node = next;
        }
      f->terminal[node] += t ? amount : -amount;
      if (!f->terminal[node])
        lose_parent (f, node);
    }
}

/* The length of the way from `node` to its root, or INT32_MAX where it ends
 * at an orphan; stamps what it has found. */
static int32_t
way_to_root (Flow *f, int32_t node)
{
  int32_t length = 0;

  for (int32_t at = node;;)
    {
      int up = f->parent[at];

      if (f->stamp[at] == f->time)
        {
          length += f->depth[at];
          break;
        }
      if (up == ORPHAN)
        return INT32_MAX;
      length++;
      if (up == ROOT)
        {
          f->stamp[at] = f->time;
          f->depth[at] = 1;
          break;
        }
      at = f->link[(long) at * DIRECTIONS + up];
    }
  for (int32_t at = node, left = length; f->stamp[at] != f->time; left--)
    {
      f->stamp[at] = f->time;
      f->depth[at] = left;
      at = f->link[(long) at * DIRECTIONS + f->parent[at]];
    }
  return length;
}

/* Every orphan finds another parent in its tree, or leaves it. */
static void
adopt (Flow *f)
{
  while (f->n_orphans)
    {
      int32_t node = f->orphans[f->first_orphan];
      bool    sink = f->to_sink[node];
      int32_t least = INT32_MAX;
      int     best = FREE;

      f->first_orphan = (f->first_orphan + 1) % f->count;
      f->n_orphans--;
      for (int k = 0; k < DIRECTIONS; k++)
        {
          int32_t other = f->link[(long) node * DIRECTIONS + k], length;

          if (other < 0 || f->to_sink[other] != sink
              || f->parent[other] == FREE || f->parent[other] == ORPHAN
              || !*edge_of (f, node, other, k, sink))
            continue;
          length = way_to_root (f, other);
          if (length < least)
            {
              least = length;
              best = k;
            }
        }
      f->parent[node] = (int8_t) best;
      if (best != FREE)
        {
          f->stamp[node] = f->time;
          f->depth[node] = least + 1;
          continue;
        }
      for (int k = 0; k < DIRECTIONS; k++)
        {
          int32_t other = f->link[(long) node * DIRECTIONS + k];

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
 * edge to the other tree, or -1. */
static int
grow (Flow *f, int32_t node)
{
  bool sink = f->to_sink[node];

  for (int k = 0; k < DIRECTIONS; k++)
    {
      int32_t other = f->link[(long) node * DIRECTIONS + k];

      if (other < 0 || !*edge_of (f, other, node, 7 - k, sink))
        continue;
      if (f->parent[other] == FREE)
        {
          f->to_sink[other] = sink;
          f->parent[other] = (int8_t) (7 - k);
          f->stamp[other] = f->stamp[node];
          f->depth[other] = f->depth[node] + 1;
          wake (f, other);
        }
      else if (f->to_sink[other] != sink)
        return k;
      else if (f->stamp[other] <= f->stamp[node]
               && f->depth[other] > f->depth[node])
        {
          f->parent[other] = (int8_t) (7 - k);
          f->stamp[other] = f->stamp[node];
          f->depth[other] = f->depth[node] + 1;
        }
    }
  return -1;
}

/* The maximum flow from `terminal` and `room`: afterwards the nodes of the
 * sink's tree are the sink's side of a minimum cut. */
static void
run_flow (Flow *f)
{
  f->first = f->waiting = f->first_orphan = f->n_orphans = 0;
  f->time = 1;
  for (long i = 0; i < f->count; i++)
    {
      f->queued[i] = 0;
      f->stamp[i] = 0;
      f->depth[i] = 1;
      f->parent[i] = f->terminal[i] ? ROOT : FREE;
      f->to_sink[i] = f->terminal[i] < 0;
    }
  for (long i = 0; i < f->count; i++)
    if (f->terminal[i])
      wake (f, (int32_t) i);
  while (f->waiting)
    {
      int32_t node = f->queue[f->first];
      int     k;

      while (f->parent[node] != FREE && (k = grow (f, node)) >= 0)
        {
          f->time++;
          if (f->to_sink[node])
            augment (f, f->link[(long) node * DIRECTIONS + k], 7 - k);
          else
            augment (f, node, k);
          adopt (f);
        }
      f->queued[node] = 0;
      f->first = (f->first + 1) % f->count;
      f->waiting--;
    }
}

typedef struct
{
  const float   *features;           /* [source height][source width][channels]
                                        what a seam compares */
  const float   *guard;              /* [source height][source width][3] how
                                        much more a seam costs that goes down
                                        there (yy), or across (xx), or aslant
                                        (xy): a tensor */
  const int32_t *labels;             /* [n_labels][2] displacements (y, x) */
  const int32_t *data;               /* [n_labels][height][width] a label's
                                        cost at a pixel; negative: it may not
                                        lie there */
  long           height, width;      /* of the result */
  long           source_height, source_width;
  long           channels, n_labels;
  float          seam;               /* cost of a large difference, for 1, */
  float          slack;              /* a small one's being less: squared,
                                        divided by the sum of both */
  float          corner;             /* and of any seam at all */
} Cut;

/* The place in the source that label `a` brings to (y, x). */
static inline long
brought (const Cut *c, int32_t a, long y, long x)
{
  const int32_t *l = c->labels + 2 * a;

  return within (y + l[0], c->source_height) * c->source_width
         + within (x + l[1], c->source_width);
}

/* How much two places of the source differ. */
static inline float
gap (const Cut *c, long here, long there)
{
  const float *f = c->features + here * c->channels;
  const float *g = c->features + there * c->channels;
  float        square = 0;

  for (long k = 0; k < c->channels; k++)
    square += (f[k] - g[k]) * (f[k] - g[k]);
  return square / (sqrtf (square) + c->slack);
}

/* How much dearer a seam through an edge at `place` is, between neighbours in
 * direction (ey, ex). */
static inline float
guard_at (const Cut *c, long place, float ey, float ex)
{
  const float *g = c->guard + place * 3;

  return g[0] * ex * ex + g[1] * ey * ey - 2 * g[2] * ey * ex;
}

/* The cost of the labels a and b at the neighbours p and q (y, x).  `gaps`,
 * if given, has their gaps at p and at q. */
static int32_t
seam_cost (const Cut *c, int32_t a, int32_t b, long py, long px, long qy,
           long qx, const float *gaps)
{
  const float ey = (float) (qy - py), ex = (float) (qx - px);
  const float half = ey && ex ? 0.5f : 1;
  long        pa, pb, qa, qb;
  float       guard, sum;

  if (a == b)
    return 0;
  pa = brought (c, a, py, px);
  pb = brought (c, b, py, px);
  qa = brought (c, a, qy, qx);
  qb = brought (c, b, qy, qx);
  sum = gaps ? gaps[0] + gaps[1] : gap (c, pa, pb) + gap (c, qa, qb);
  guard = fmaxf (fmaxf (guard_at (c, pa, ey, ex), guard_at (c, pb, ey, ex)),
                 fmaxf (guard_at (c, qa, ey, ex), guard_at (c, qb, ey, ex)));
  sum = (sum * (1 + half * guard) * c->seam + c->corner) * sqrtf (half);
  return (int32_t) (sum + 0.5f);
}

/* Offers label `a` to every pixel that may have it; `node` [height][width],
 * `pixel` and `gaps` are room for as many.  Returns how many took it. */
static long
expand (const Cut *c, int32_t a, int32_t *map, Flow *f, int32_t *node,
        int32_t *pixel, float *gaps)
{
  const int32_t *offer = c->data + (long) a * c->height * c->width;
  long           taken = 0;

  f->count = 0;
  for (long i = 0; i < c->height * c->width; i++)
    {
      long y = i / c->width, x = i % c->width;

      node[i] = -1;
      gaps[i] = map[i] == a ? 0
                            : gap (c, brought (c, map[i], y, x),
                                   brought (c, a, y, x));
      if (map[i] != a && offer[i] >= 0)
        {
          pixel[f->count] = (int32_t) i;
          node[i] = (int32_t) f->count++;
        }
    }
  if (!f->count)
    return 0;
  for (long n = 0; n < f->count; n++)
    {
      long    i = pixel[n];
      int32_t own = c->data[(long) map[i] * c->height * c->width + i];

      f->terminal[n] = offer[i] - own;
      for (int k = 0; k < DIRECTIONS; k++)
        f->link[n * DIRECTIONS + k] = -1, f->room[n * DIRECTIONS + k] = 0;
    }
  for (long n = 0; n < f->count; n++)
    {
      long i = pixel[n], y = i / c->width, x = i % c->width;

      for (int k = 0; k < DIRECTIONS; k++)
        {
          long    ny = y + step_y[k], nx = x + step_x[k], j;
          int32_t here = map[i], there, keep, second, first, other;
          float   both[2];

          if (ny < 0 || nx < 0 || ny >= c->height || nx >= c->width)
            continue;
          j = ny * c->width + nx;
          there = map[j];
          other = node[j];
          both[0] = gaps[i];
          both[1] = gaps[j];
          if (other < 0)             /* stays as it is */
            {
              f->terminal[n] += here == there
                                  ? seam_cost (c, a, here, y, x, ny, nx, both)
                                  : seam_cost (c, a, there, y, x, ny, nx, NULL)
                                      - seam_cost (c, here, there, y, x, ny,
                                                   nx, NULL);
              continue;
            }
          if (k < DIRECTIONS / 2)    /* each pair once */
            continue;
          if (here == there)
            {
              keep = 0;
              first = second = seam_cost (c, a, here, y, x, ny, nx, both);
            }
          else
            {
              keep = seam_cost (c, here, there, y, x, ny, nx, NULL);
              second = seam_cost (c, here, a, y, x, ny, nx, NULL);
              first = seam_cost (c, a, there, y, x, ny, nx, NULL);
            }
          if (first + second < keep) /* not a metric here: as if dearer */
            {
              int32_t lack = keep - first - second;
              first += lack / 2;
              second += lack - lack / 2;
            }
          f->link[n * DIRECTIONS + k] = other;
          f->link[other * DIRECTIONS + 7 - k] = (int32_t) n;
          f->terminal[n] += first - keep;
          f->terminal[other] -= first;
          f->room[n * DIRECTIONS + k] = first + second - keep;
        }
    }
  run_flow (f);
  for (long n = 0; n < f->count; n++)
    if (f->parent[n] != FREE && f->to_sink[n])
      {
        map[pixel[n]] = a;
        taken++;
      }
  return taken;
}

/* `costs` [height][width], zero before, gets what the seams of `map` [height]
 * [width] cost, at one side of each. */
void
seams (const Cut *c, const int32_t *map, int32_t *costs)
{
  for (long y = 0; y < c->height; y++)
    for (long x = 0; x < c->width; x++)
      for (int k = DIRECTIONS / 2; k < DIRECTIONS; k++)
        {
          long ny = y + step_y[k], nx = x + step_x[k];

          if (ny < c->height && nx >= 0 && nx < c->width)
            costs[y * c->width + x]
              += seam_cost (c, map[y * c->width + x],
                            map[ny * c->width + nx], y, x, ny, nx, NULL);
        }
}

/* Improves `map` [height][width] of labels by up to `rounds` of expansions.
 * Returns how many pixels changed in all, or -1 without memory. */
long
cut (const Cut *c, int32_t *map, long rounds)
{
  long     most = c->height * c->width, changed = 0, still = 0;
  int32_t *words = malloc ((size_t) most * (2 * DIRECTIONS + 7)
                           * sizeof (int32_t));
  uint8_t *bytes = malloc ((size_t) most * 3);
  float   *gaps = malloc ((size_t) most * sizeof (float));
  Flow     f = { 0 };

  if (words && bytes && gaps)
    {
      int32_t *node, *pixel;

      f.link = words;
      f.room = f.link + most * DIRECTIONS;
      f.terminal = f.room + most * DIRECTIONS;
      f.stamp = f.terminal + most;
      f.depth = f.stamp + most;
      f.queue = f.depth + most;
      f.orphans = f.queue + most;
      node = f.orphans + most;
      pixel = node + most;
      f.parent = (int8_t *) bytes;
      f.to_sink = bytes + most;
      f.queued = f.to_sink + most;
      for (long n = 0; n < rounds * c->n_labels && still < c->n_labels; n++)
        {
          long taken = expand (c, (int32_t) (n % c->n_labels), map, &f, node,
                               pixel, gaps);

          still = taken ? 0 : still + 1;
          changed += taken;
        }
    }
  else
    changed = -1;
  free (words);
  free (bytes);
  free (gaps);
  return changed;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Search and vote for own_patches.py, which builds and calls this.  With the
 * same old field they give the same result in any order of places.
 *
 * Pictures are float [height][width][3].  A patch is `side` x `side` pixels
 * and lies wholly inside; its place is that of its upper left pixel.  A field
 * is int32 [rows][columns][2]: for every patch of the result the place (y, x)
 * of its patch in the source. */

#include <math.h>
#include <stdint.h>

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

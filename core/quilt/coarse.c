/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * coarse.c: see coarse.h.  All weights of all places are kept at once: the
 * limits go over them many times.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "kernels/blas.h"
#include "quilt/coarse.h"

/* Places that a thread calculates at a time. */
#define BLOCK 64

/* Places of the source for which a thread adds up what is used of them. */
#define USE_BLOCK 64

/* A patch of the source may be used so many times its share, and so many rounds
 * are taken to bring it there: at the first step, and at the others, which begin
 * with the limits of the one before.
 */
#define SLACK        1.1f
#define FIRST_ROUNDS 24
#define ROUNDS       8

/* Added to the variance of the noise, so that the last steps do not divide by
 * nothing.
 */
#define LEAST_VARIANCE 1e-4

/* exp (LEAST_LOG) and less counts for nothing, and no weight is denormal. */
#define LEAST_LOG -45.0f

struct _DifCoarse
{
  int             patch;
  int             dim;           /* values of a patch                       */
  gboolean        wrapped;
  int             width;         /* of the canvas                           */
  int             height;
  int             columns;       /* of its places                           */
  int             rows;
  int             key_columns;   /* of the source's places                  */
  int             key_rows;
  int             n_queries;
  int             n_keys;
  float          *layout_rows;   /* [rows][key_rows], the prior             */
  float          *keys;          /* [n_keys][dim]                           */
  float          *norms;         /* [n_keys]                                */
  float          *bias;          /* [n_keys], of the source                 */
  float          *way_bias;      /* [n_keys], with that of the way          */
  float          *weights;       /* [n_queries][n_keys]                     */
  float          *means;         /* [n_queries][dim]                        */
  float          *both_keys;     /* [n_keys][2 dim], with their squares; NULL
                                    where nothing is known                  */
  float          *both_queries;  /* [n_queries][2 dim], to go with them     */
  float          *limits;        /* [n_keys], factors                       */
  float          *ones;          /* [n_keys]                                */
  float          *shares;        /* [n_queries]                             */
  float          *noisy;         /* [3][height][width], x_t                 */
  float          *noise;         /* [3][height][width]                      */
  int            *places;        /* [n_queries], those that are calculated  */
  int            *index;         /* [n_queries], where a place is in places;
                                    -1: nowhere                             */
  guint8         *touched;       /* [n_queries]                             */
};

void
dif_coarse_free (DifCoarse *c)
{
  if (! c)
    return;
  dif_free (c->keys);
  dif_free (c->norms);
  dif_free (c->bias);
  dif_free (c->way_bias);
  dif_free (c->weights);
  dif_free (c->means);
  dif_free (c->both_keys);
  dif_free (c->both_queries);
  dif_free (c->limits);
  dif_free (c->ones);
  dif_free (c->layout_rows);
  dif_free (c->index);
  dif_free (c->shares);
  dif_free (c->noisy);
  dif_free (c->noise);
  dif_free (c->places);
  dif_free (c->touched);
  g_free (c);
}

/* The patch at place i of a picture of three planes, as [plane][row][column]. */
static void
gather (const float *planes,
        int          width,
        int          height,
        int          columns,
        int          patch,
        int          i,
        float        factor,
        float       *out)
{
  int    x0 = i % columns, y0 = i / columns, c, x, y;
  gsize  plane = (gsize) width * height;

  for (c = 0; c < 3; c++)
    for (y = 0; y < patch; y++)
      {
        const float *row = planes + c * plane
                           + (gsize) ((y0 + y) % height) * width;

        for (x = 0; x < patch; x++)
          *out++ = factor * row[x0 + x < width ? x0 + x : (x0 + x) % width];
      }
}

static gboolean
take_memory (DifCoarse  *c,
             gboolean    knows,
             GError    **error)
{
  gsize pixels = (gsize) c->width * c->height;
  gsize twice = knows ? 2 * (gsize) c->dim : 0;
  struct
  {
    void  **at;
    gsize   n;
    gsize   size;
  } blocks[] =
  {
    { (void **) &c->keys, (gsize) c->n_keys * c->dim, sizeof (float) },
    { (void **) &c->norms, c->n_keys, sizeof (float) },
    { (void **) &c->bias, c->n_keys, sizeof (float) },
    { (void **) &c->way_bias, c->n_keys, sizeof (float) },
    { (void **) &c->weights, (gsize) c->n_queries * c->n_keys, sizeof (float) },
    { (void **) &c->means, (gsize) c->n_queries * c->dim, sizeof (float) },
    { (void **) &c->both_keys, c->n_keys * twice, sizeof (float) },
    { (void **) &c->both_queries, c->n_queries * twice, sizeof (float) },
    { (void **) &c->limits, c->n_keys, sizeof (float) },
    { (void **) &c->ones, c->n_keys, sizeof (float) },
    { (void **) &c->layout_rows, (gsize) c->rows * c->key_rows, sizeof (float) },
    { (void **) &c->index, c->n_queries, sizeof (int) },
    { (void **) &c->shares, c->n_queries, sizeof (float) },
    { (void **) &c->noisy, 3 * pixels, sizeof (float) },
    { (void **) &c->noise, 3 * pixels, sizeof (float) },
    { (void **) &c->places, c->n_queries, sizeof (int) },
    { (void **) &c->touched, c->n_queries, 1 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      if (blocks[i].n == 0)
        continue;
      *blocks[i].at = dif_alloc (blocks[i].n, blocks[i].size,
                                 "the coarsest level", error);
      if (! *blocks[i].at)
        return FALSE;
    }
  return TRUE;
}

/* The logarithm of the prior, for n places of the canvas and n_keys of the
 * source, whose sides both count as 2.
 */
static void
fill_layout (float  *prior,
             int     n,
             int     n_keys,
             double  strength)
{
  int i, k;

  for (i = 0; i < n; i++)
    for (k = 0; k < n_keys; k++)
      {
        double d = 2.0 * k / MAX (n_keys - 1, 1) - 2.0 * i / MAX (n - 1, 1);

        prior[i * n_keys + k] = (float) (- strength * d * d);
      }
}

DifCoarse *
dif_coarse_new (const DifCoarseSource  *source,
                GError                **error)
{
  DifCoarse      *c = g_new0 (DifCoarse, 1);
  const DifImage *p = source->source;
  int             i, k;

  c->patch = source->patch;
  c->dim = 3 * c->patch * c->patch;
  c->wrapped = source->wrapped;
  c->width = source->width;
  c->height = source->height;
  c->columns = dif_field_places (c->width, c->patch, c->wrapped);
  c->rows = dif_field_places (c->height, c->patch, c->wrapped);
  c->key_columns = dif_field_places (p->width, c->patch, c->wrapped);
  c->key_rows = dif_field_places (p->height, c->patch, c->wrapped);
  c->n_queries = c->columns * c->rows;
  c->n_keys = c->key_columns * c->key_rows;
  if (! take_memory (c, source->knows, error))
    {
      dif_coarse_free (c);
      return NULL;
    }
  fill_layout (c->layout_rows, c->rows, c->key_rows, source->layout_y);
  for (i = 0; i < c->n_keys; i++)
    {
      float *key = c->keys + (gsize) i * c->dim, sum = 0.0f;

      gather (p->rgb, p->width, p->height, c->key_columns, c->patch, i, 1.0f, key);
      for (k = 0; k < c->dim; k++)
        sum += key[k] * key[k];
      for (k = 0; source->knows && k < c->dim; k++)
        {
          float *both = c->both_keys + (gsize) i * 2 * c->dim;

          both[k] = key[k];
          both[c->dim + k] = key[k] * key[k];
        }
      c->norms[i] = sum;
      c->ones[i] = 1.0f;
      c->bias[i] = source->bias ? source->bias[i] : 0.0f;
    }
  return c;
}

/* Weights ------------------------------------------------------------ */

#define LANES 16

/* x[i] = exp (x[i] - most), from exp (LEAST_LOG) to 1, to about 2e-7 of it; in
 * steps that lend themselves to vectors.
 */
static void
exponentials (float *x,
              int    n,
              float  most)
{
  int i, k;

  for (i = 0; i < n; i += LANES)
    {
      int    some = MIN (LANES, n - i);
      float  v[LANES] = { 0.0f }, power[LANES];
      gint32 whole[LANES];

      for (k = 0; k < some; k++)
        v[k] = x[i + k] - most;
      for (k = 0; k < LANES; k++)
        v[k] = v[k] > LEAST_LOG ? v[k] : LEAST_LOG;
      for (k = 0; k < LANES; k++)
        whole[k] = (gint32) (v[k] * 1.44269504f - 0.5f);
      for (k = 0; k < LANES; k++)
        {
          float r = (v[k] * 1.44269504f - (float) whole[k]) * 0.693147181f;

          v[k] = 1.0f + r * (1.0f + r * (0.5f + r * (1.0f / 6 + r * (1.0f / 24
                 + r * (1.0f / 120 + r * (1.0f / 720))))));
        }
      for (k = 0; k < LANES; k++)
        whole[k] = (whole[k] + 127) << 23;
      memcpy (power, whole, sizeof power);
      for (k = 0; k < LANES; k++)
        v[k] *= power[k];
      for (k = 0; k < some; k++)
        x[i + k] = v[k];
    }
}

static float
greatest (const float *x,
          int          n)
{
  float part[LANES], most = -INFINITY;
  int   i, k;

  for (k = 0; k < LANES; k++)
    part[k] = -INFINITY;
  for (i = 0; i + LANES <= n; i += LANES)
    for (k = 0; k < LANES; k++)
      part[k] = x[i + k] > part[k] ? x[i + k] : part[k];
  for (; i < n; i++)
    part[0] = MAX (part[0], x[i]);
  for (k = 0; k < LANES; k++)
    most = MAX (most, part[k]);
  return most;
}

typedef struct
{
  DifCoarse *coarse;
  int        n;           /* of c->places                              */
  double     abar;
  float      allowed;     /* use of each key                           */
  gboolean   limited;
  const DifCoarseWay *way;
  DifField  *field;       /* NULL: not wanted                          */
  DifImage  *picture;     /* where the estimate goes                   */
} Weighing;

/* The logarithms of the weights of n places from first on, but for their priors: minus
 * half the squares of distances over variances, which are those of what is known and of
 * what is noisy.
 */
static void
compare_known (const Weighing *e,
               int             first,
               int             n,
               float           scale)
{
  DifCoarse          *c = e->coarse;
  const DifCoarseWay *way = e->way;
  gsize               plane = (gsize) c->width * c->height, row = 2 * (gsize) c->dim;
  float               factor = (float) (1.0 / sqrt (e->abar));
  float               sure = (float) MAX (0.5 / way->known, scale);
  float              *queries = c->both_queries + first * row;
  int                 i, k, x, y;

  for (i = 0; i < n; i++)
    {
      int    x0 = c->places[first + i] % c->columns;
      int    y0 = c->places[first + i] / c->columns;
      float *to = queries + i * row;

      for (k = 0; k < 3; k++)
        for (y = 0; y < c->patch; y++)
          for (x = 0; x < c->patch; x++, to++)
            {
              gsize    at = (gsize) ((y0 + y) % c->height) * c->width
                            + (x0 + x) % c->width;
              gboolean known = ! way->mask[at];
              float    value = known ? way->held->rgb[k * plane + at]
                                     : factor * c->noisy[k * plane + at];
              float    weight = known ? sure : scale;

              to[0] = 2.0f * weight * value;
              to[c->dim] = - weight;
            }
    }
  dif_blas_gemm (true, n, c->n_keys, 2 * c->dim, 1.0f, queries, 2 * c->dim,
                 c->both_keys, 2 * c->dim, c->weights + (gsize) first * c->n_keys,
                 c->n_keys);
}

/* The weights of some places, the greatest of each being 1. */
static void
weigh_block (int   chunk,
             int   worker,
             void *data)
{
  const Weighing *e = data;
  DifCoarse      *c = e->coarse;
  int             first = chunk * BLOCK, n = MIN (BLOCK, e->n - first), i, k, row;
  float           scale = (float) (e->abar / (2.0 * (1.0 - e->abar)
                                              + LEAST_VARIANCE));
  float          *queries = c->means + (gsize) first * c->dim;
  gboolean        knows = e->way->mask && e->way->known > 0.0;

  if (knows)
    compare_known (e, first, n, scale);
  for (i = 0; i < n && ! knows; i++)
    gather (c->noisy, c->width, c->height, c->columns, c->patch,
            c->places[first + i], (float) (1.0 / sqrt (e->abar)),
            queries + (gsize) i * c->dim);
  if (! knows)
    dif_blas_gemm (true, n, c->n_keys, c->dim, 2.0f * scale, queries, c->dim,
                   c->keys, c->dim, c->weights + (gsize) first * c->n_keys,
                   c->n_keys);
  for (i = 0; i < n; i++)
    {
      float       *w = c->weights + (gsize) (first + i) * c->n_keys;
      int          place = c->places[first + i];
      const float *down = c->layout_rows + (gsize) (place / c->columns)
                                           * c->key_rows;

      for (k = 0; k < c->n_keys && knows; k++)
        w[k] += c->way_bias[k];
      for (k = 0; k < c->n_keys && ! knows; k++)
        w[k] += c->way_bias[k] - scale * c->norms[k];
      for (row = 0; row < c->key_rows; row++)
        for (k = 0; k < c->key_columns; k++)
          w[row * c->key_columns + k] += down[row];
      exponentials (w, c->n_keys, greatest (w, c->n_keys));
    }
}

/* The sum of a[i] * b[i], in an order that lets vectors be used. */
static float
dot (const float *a,
     const float *b,
     int          n)
{
  float part[LANES] = { 0.0f }, sum = 0.0f;
  int   i, k;

  for (i = 0; i + LANES <= n; i += LANES)
    for (k = 0; k < LANES; k++)
      part[k] += a[i + k] * b[i + k];
  for (; i < n; i++)
    part[0] += a[i] * b[i];
  for (k = 0; k < LANES; k++)
    sum += part[k];
  return sum;
}

/* 1 over the sum of the limited weights of some places. */
static void
share_block (int   chunk,
             int   worker,
             void *data)
{
  const Weighing *e = data;
  DifCoarse      *c = e->coarse;
  int             i, end = MIN ((chunk + 1) * BLOCK, e->n);

  for (i = chunk * BLOCK; i < end; i++)
    c->shares[i] = 1.0f / MAX (dot (c->weights + (gsize) i * c->n_keys, c->limits,
                                    c->n_keys), 1e-30f);
}

/* Lowers the limits of some keys that are used more than they may be. */
static void
limit_block (int   chunk,
             int   worker,
             void *data)
{
  const Weighing *e = data;
  DifCoarse      *c = e->coarse;
  int             first = chunk * USE_BLOCK;
  int             n = MIN (USE_BLOCK, c->n_keys - first), i, k;
  float           allowed = e->allowed;
  float           used[USE_BLOCK] = { 0.0f };

  for (i = 0; i < e->n; i++)
    {
      const float *w = c->weights + (gsize) i * c->n_keys + first;
      float        share = c->shares[i];

      for (k = 0; k < n; k++)
        used[k] += share * w[k];
    }
  for (k = 0; k < n; k++)
    {
      float limit = c->limits[first + k];

      c->limits[first + k] = MIN (1.0f, limit * allowed
                                        / MAX (used[k] * limit, 1e-30f));
    }
}

/* The likeliest key and the mean of all, for some places. */
static void
mean_block (int   chunk,
            int   worker,
            void *data)
{
  const Weighing *e = data;
  DifCoarse      *c = e->coarse;
  int             first = chunk * BLOCK, n = MIN (BLOCK, e->n - first), i, k;

  for (i = 0; i < n; i++)
    {
      float *w = c->weights + (gsize) (first + i) * c->n_keys;
      float  total;
      int    best = 0;

      if (e->limited)
        for (k = 0; k < c->n_keys; k++)
          w[k] *= c->limits[k];
      total = 1.0f / MAX (dot (w, c->ones, c->n_keys), 1e-30f);
      for (k = 0; k < c->n_keys; k++)
        {
          best = w[k] > w[best] ? k : best;
          w[k] *= total;
        }
      if (e->field)
        e->field->at[c->places[first + i]] = (DifMatch) {
          (guint16) (best / c->key_columns), (guint16) (best % c->key_columns)
        };
    }
  dif_blas_gemm (false, n, c->dim, c->n_keys, 1.0f,
                 c->weights + (gsize) first * c->n_keys, c->n_keys, c->keys,
                 c->dim, c->means + (gsize) first * c->dim, c->dim);
}

/* A row of the estimate: each pixel is the mean of what the calculated patches
 * over it say.  Pixels that none covers stay as they are.
 */
static void
average_row (int   y,
             int   worker,
             void *data)
{
  const Weighing *e = data;
  DifCoarse      *c = e->coarse;
  gsize           plane = (gsize) c->width * c->height;
  int             x, i, j, k;

  for (x = 0; x < c->width; x++)
    {
      float sum[3] = { 0.0f };
      int   n = 0;

      for (j = 0; j < c->patch; j++)
        for (i = 0; i < c->patch; i++)
          {
            int          px = x - i, py = y - j, at;
            const float *mean;

            if (c->wrapped)
              {
                px = (px % c->width + c->width) % c->width;
                py = (py % c->height + c->height) % c->height;
              }
            if (px < 0 || py < 0 || px >= c->columns || py >= c->rows)
              continue;
            at = c->index[py * c->columns + px];
            if (at < 0)
              continue;
            mean = c->means + (gsize) at * c->dim + j * c->patch + i;
            for (k = 0; k < 3; k++)
              sum[k] += mean[k * c->patch * c->patch];
            n++;
          }
      for (k = 0; n > 0 && k < 3; k++)
        e->picture->rgb[k * plane + (gsize) y * c->width + x] = sum[k] / n;
    }
}

#define BLOCKS(n, size) (((n) + (size) - 1) / (size))

/* The estimate of x_0 behind c->noisy. */
static void
estimate (Weighing *e,
          int       rounds,
          DifPool  *pool)
{
  DifCoarse *c = e->coarse;
  int        i;

  dif_pool_run (pool, BLOCKS (e->n, BLOCK), weigh_block, e);
  for (i = 0; i < rounds; i++)
    {
      dif_pool_run (pool, BLOCKS (e->n, BLOCK), share_block, e);
      dif_pool_run (pool, BLOCKS (c->n_keys, USE_BLOCK), limit_block, e);
    }
  dif_pool_run (pool, BLOCKS (e->n, BLOCK), mean_block, e);
  dif_pool_run (pool, c->height, average_row, e);
}

/* Ways --------------------------------------------------------------- */

/* The signal's share of the variance at t of 1. */
static double
alpha_bar (double t)
{
  double s = cos ((t + 0.008) / 1.008 * G_PI / 2.0);

  return MAX (s * s, 1e-5);
}

void
dif_coarse_touch (const DifField *field,
                  const guint8   *mask,
                  guint8         *touched)
{
  int x, y, i, j;

  for (y = 0; y < field->rows; y++)
    for (x = 0; x < field->columns; x++)
      {
        guint8 any = 0;

        for (j = 0; j < field->patch && ! any; j++)
          for (i = 0; i < field->patch && ! any; i++)
            any = mask[(gsize) ((y + j) % field->height) * field->width
                       + (x + i) % field->width];
        touched[(gsize) y * field->columns + x] = any != 0;
      }
}

/* The places that are calculated, and what the others are told to have used. */
static int
choose_places (DifCoarse          *c,
               const DifCoarseWay *way,
               DifField           *field)
{
  int n = 0, i, x, y, dx, dy;
  int half = c->patch / 2;

  for (i = 0; i < c->n_keys; i++)
    c->way_bias[i] = c->bias[i];
  if (way->mask)
    dif_coarse_touch (way->held_field, way->mask, c->touched);
  for (i = 0; i < c->n_queries; i++)
    {
      c->index[i] = -1;
      if (! way->mask || c->touched[i])
        {
          c->index[i] = n;
          c->places[n++] = i;
        }
      else
        field->at[i] = way->held_field->at[i];
    }
  if (! way->mask || way->use <= 0.0)
    return n;
  for (i = 0; i < c->n_keys; i++)
    c->limits[i] = 0.0f;
  for (i = 0; i < c->n_queries; i++)
    if (c->index[i] < 0)
      c->limits[field->at[i].y * c->key_columns + field->at[i].x] += 1.0f;
  for (y = 0; y < c->key_rows; y++)
    for (x = 0; x < c->key_columns; x++)
      {
        float sum = 0.0f;

        for (dy = -half; dy <= half; dy++)
          for (dx = -half; dx <= half; dx++)
            sum += c->limits[CLAMP (y + dy, 0, c->key_rows - 1) * c->key_columns
                             + CLAMP (x + dx, 0, c->key_columns - 1)];
        c->way_bias[y * c->key_columns + x] -=
          (float) (way->use * log1p (sum / (c->patch * c->patch)));
      }
  return n;
}

/* How many keys may be used. */
static int
count_keys (const DifCoarse *c)
{
  int n = 0, k;

  for (k = 0; k < c->n_keys; k++)
    n += isfinite (c->way_bias[k]) != 0;
  return MAX (n, 1);
}

gboolean
dif_coarse_go (DifCoarse          *c,
               const DifCoarseWay *way,
               DifImage           *picture,
               DifField           *field,
               DifPool            *pool)
{
  gsize    n = (gsize) c->width * c->height, i;
  double   a = alpha_bar (way->t);
  Weighing e = { c, choose_places (c, way, field), a, 0.0f,
                 ! way->mask || way->often > 0.0, way, field, picture };
  int      step, y, k;

  e.allowed = SLACK * e.n / c->n_keys;
  if (way->mask && way->often > 0.0)
    e.allowed = (float) (way->often * e.n / count_keys (c));
  for (k = 0; k < c->n_keys; k++)
    c->limits[k] = 1.0f;
  for (y = 0; y < c->height; y++)
    dif_rng_normal_rgb (way->seed, way->stream, 0, y, c->width,
                        c->noise + (gsize) y * c->width, n);
  for (i = 0; i < 3 * n; i++)
    c->noisy[i] = (float) (sqrt (a) * way->start->rgb[i]
                           + sqrt (1.0 - a) * c->noise[i]);
  for (step = 0; step < way->steps && ! dif_pool_is_stopped (pool); step++)
    {
      double next = alpha_bar (way->t * (way->steps - step - 1) / way->steps);
      float  keep = (float) sqrt ((1.0 - next) / (1.0 - a));

      e.abar = a;
      estimate (&e, ! e.limited ? 0 : step == 0 ? FIRST_ROUNDS : ROUNDS, pool);
      for (i = 0; i < 3 * n; i++)
        {
          if (way->mask && ! way->mask[i % n])
            picture->rgb[i] = way->held->rgb[i];
          c->noisy[i] = way->mask && ! way->mask[i % n]
                        ? (float) (sqrt (next) * way->held->rgb[i]
                                   + sqrt (1.0 - next) * c->noise[i])
                        : (float) sqrt (next) * picture->rgb[i]
                          + keep * (c->noisy[i]
                                    - (float) sqrt (a) * picture->rgb[i]);
        }
      a = next;
    }
  return ! dif_pool_is_stopped (pool);
}

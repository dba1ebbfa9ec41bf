/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * montage.c: see montage.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "quilt/fresh.h"
#include "quilt/montage.h"

/* Displacements at most, that one pixel in so many has at least. */
#define MAX_LABELS 80
#define MIN_PART   1600

/* A label may lie so far from where the chain had it, of the shorter side. */
#define REACH 0.4

/* A difference from what was there counts up to FAR; its cost falls with how unlikely
 * the result is there, to 1 / e at the square of TRUST.
 */
#define FAR   0.2f
#define TRUST 0.12f

/* Pixels each way over which it is averaged. */
#define AROUND 2

/* See DifCut; how much dearer a seam through the strongest edge is. */
#define SLACK  0.3f
#define CORNER 0.02f
#define GUARD  20.0f

/* Gaussian of the tensor of edges, in pixels, and what counts as a strong one. */
#define GUARD_WIDTH  1.2
#define GUARD_STRONG 0.03f

/* Cost of what is shown twice, for a root mean square difference of 1. */
#define REPEAT 1.5f

/* Of how bad a montage is: weight of its worst place, blurred by a Gaussian of
 * WORST_WIDTH pixels, of singular figures that are shown twice, and of what is
 * lacking in new blocks, without what one displacement has beyond PART of the picture.
 */
#define WORST       0.02
#define WORST_WIDTH 3.0
#define TWICE       2.0
#define WISH        1.0
#define PART        0.4

/* What has less than this share of the new blocks that are aimed at is no variation:
 * it is worse than all that has more.
 */
#define TOO_LITTLE 0.25

/* Planes -------------------------------------------------------------- */

/* Reflects what is beyond the ends: c b a | a b c. */
static inline int
reflected (int i,
           int n)
{
  while (i < 0 || i >= n)
    i = i < 0 ? -1 - i : 2 * n - 1 - i;
  return i;
}

/* One line, weighted by kernel, 2 * reach + 1 values. */
static void
filter_line (const float *in,
             int          n,
             gsize        step,
             const float *kernel,
             int          reach,
             float       *out)
{
  int i, k;

  for (i = 0; i < n; i++)
    {
      float sum = 0.0f;

      for (k = -reach; k <= reach; k++)
        sum += kernel[k + reach] * in[reflected (i + k, n) * step];
      out[i * step] = sum;
    }
}

static void
filter_plane (float       *plane,
              int          width,
              int          height,
              const float *kernel,
              int          reach,
              float       *scratch)
{
  int x, y;

  for (y = 0; y < height; y++)
    filter_line (plane + y * width, width, 1, kernel, reach, scratch + y * width);
  for (x = 0; x < width; x++)
    filter_line (scratch + x, height, width, kernel, reach, plane + x);
}

#define MAX_REACH 12

/* A Gaussian of so many pixels, to four of them; its reach. */
static int
fill_gaussian (float  kernel[2 * MAX_REACH + 1],
               double width)
{
  int    reach = MIN (MAX_REACH, (int) (4.0 * width + 0.5)), k;
  double sum = 0.0;

  for (k = -reach; k <= reach; k++)
    sum += exp (-k * k / (2.0 * width * width));
  for (k = -reach; k <= reach; k++)
    kernel[k + reach] = (float) (exp (-k * k / (2.0 * width * width)) / sum);
  return reach;
}

/* Other than 0 wherever mask is within so many pixels each way. */
static void
widen_line (const guint8 *in,
            int           n,
            gsize         step,
            int           reach,
            guint8       *out)
{
  int last = -reach - 1, i;

  for (i = 0; i < n; i++)
    {
      last = in[i * step] ? i : last;
      out[i * step] = i - last <= reach;
    }
  last = n + reach;
  for (i = n - 1; i >= 0; i--)
    {
      last = in[i * step] ? i : last;
      out[i * step] |= last - i <= reach;
    }
}

static void
widen (guint8 *mask,
       int     width,
       int     height,
       int     reach,
       guint8 *scratch)
{
  int x, y;

  for (y = 0; y < height; y++)
    widen_line (mask + y * width, width, 1, reach, scratch + y * width);
  for (x = 0; x < width; x++)
    widen_line (scratch + x, height, width, reach, mask + x);
}

/* The source ------------------------------------------------------------ */

void
dif_montage_free (DifMontage *montage)
{
  if (! montage)
    return;
  dif_free (montage->features);
  dif_free (montage->guard);
  dif_free (montage->single);
  dif_free (montage->fixed);
  dif_free (montage->hidden);
  g_free (montage);
}

/* Half the difference of a line's neighbours; at the ends, that to the only one. */
static float
slope (const float *line,
       int          i,
       int          n,
       gsize        step)
{
  int before = MAX (i - 1, 0), after = MIN (i + 1, n - 1);

  return after > before
         ? (line[after * step] - line[before * step]) / (after - before) : 0.0f;
}

/* Features: three channels, and their slopes down and across. */
static void
fill_features (DifMontage     *m,
               const DifImage *p)
{
  gsize plane = (gsize) p->width * p->height;
  int   x, y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < p->height; y++)
      for (x = 0; x < p->width; x++)
        {
          const float *at = p->rgb + c * plane;
          float       *f = m->features
                           + ((gsize) y * p->width + x) * DIF_CUT_FEATURES;

          f[c] = at[y * p->width + x];
          f[3 + c] = slope (at + x, y, p->height, p->width);
          f[6 + c] = slope (at + y * p->width, x, p->width, 1);
        }
}

/* The tensor of edges and of thin things. */
static gboolean
fill_guard (DifMontage  *m,
            GError     **error)
{
  gsize  n = (gsize) m->width * m->height, i;
  float *planes = dif_alloc (n, 4 * sizeof (float), "edges", error);
  float  kernel[2 * MAX_REACH + 1];
  int    reach = fill_gaussian (kernel, GUARD_WIDTH), c, k;

  if (! planes)
    return FALSE;
  memset (planes, 0, 3 * n * sizeof (float));
  for (i = 0; i < n; i++)
    for (c = 0; c < 3; c++)
      {
        float dy = m->features[i * DIF_CUT_FEATURES + 3 + c];
        float dx = m->features[i * DIF_CUT_FEATURES + 6 + c];

        planes[i] += dy * dy;
        planes[n + i] += dx * dx;
        planes[2 * n + i] += dy * dx;
      }
  for (k = 0; k < 3; k++)
    filter_plane (planes + k * n, m->width, m->height, kernel, reach,
                  planes + 3 * n);
  for (i = 0; i < n; i++)
    {
      float yy = planes[i], xx = planes[n + i], xy = planes[2 * n + i];
      float apart = sqrtf ((yy - xx) * (yy - xx) + 4.0f * xy * xy);
      float coherent = apart / (yy + xx + 1e-4f);
      float strong = GUARD * coherent * coherent / (yy + xx + GUARD_STRONG);

      m->guard[3 * i] = yy * strong;
      m->guard[3 * i + 1] = xx * strong;
      m->guard[3 * i + 2] = xy * strong;
    }
  dif_free (planes);
  return TRUE;
}

DifMontage *
dif_montage_new (const DifQuiltLevels  *levels,
                 int                    i,
                 int                    fresh_level,
                 const float           *single,
                 int                    single_width,
                 int                    single_height,
                 const guint8          *change,
                 GError               **error)
{
  DifMontage     *m = g_new0 (DifMontage, 1);
  const DifImage *p = dif_levels_picture (levels, i);
  gsize           n = (gsize) p->width * p->height;
  gboolean        good;
  int             x, y;

  m->levels = levels;
  m->i = i;
  m->fresh_level = fresh_level;
  m->width = p->width;
  m->height = p->height;
  m->features = dif_alloc (n * DIF_CUT_FEATURES, sizeof (float), "edges", error);
  m->guard = m->features ? dif_alloc (3 * n, sizeof (float), "edges", error) : NULL;
  m->single = m->guard ? dif_alloc (n, sizeof (float), "figures", error) : NULL;
  good = m->single != NULL;
  if (good)
    {
      for (y = 0; y < p->height; y++)
        for (x = 0; x < p->width; x++)
          {
            int sx = x * single_width / p->width, sy = y * single_height / p->height;

            m->single[y * p->width + x] =
              sqrtf (MAX (0.0f, single[sy * single_width + sx]));
          }
      fill_features (m, p);
      good = fill_guard (m, error);
    }
  if (good && change)
    {
      m->fixed = dif_levels_fix (levels, i, 1, change, error);
      good = m->fixed != NULL;
    }
  if (good && levels->excluded)
    {
      m->hidden = dif_levels_hide (levels, i, error);
      good = m->hidden != NULL;
    }
  if (! good)
    g_clear_pointer (&m, dif_montage_free);
  return m;
}

/* Labels ---------------------------------------------------------------- */

/* One montage under way. */
typedef struct
{
  const DifMontage *m;
  DifMontageTry    *t;
  int               n;              /* pixels                              */
  DifShift          labels[MAX_LABELS + 1];
  int               n_labels;
  int               zero;           /* the one without displacement        */
  gint32           *own;            /* [height][width], the chain's; -1: none */
  gint32           *map;            /* [height][width]                     */
  gint32           *data;           /* [n_labels][height][width]           */
  gint32           *costs;          /* [height][width]                     */
  float            *plane;          /* [height][width]                     */
  float            *scratch;        /* [height][width]                     */
  guint8           *mask;           /* [height][width]                     */
  guint8           *mask_scratch;
} MontageWork;

typedef struct
{
  DifShift shift;
  int      n;
} Counted;

static gint
compare_counts (gconstpointer a,
                gconstpointer b)
{
  const Counted *p = a, *q = b;

  if (p->n != q->n)
    return q->n - p->n;
  return p->shift.y != q->shift.y ? p->shift.y - q->shift.y
                                  : p->shift.x - q->shift.x;
}

/* Chooses the labels, and finds which each pixel has. */
static void
choose_labels (MontageWork *w)
{
  const DifMontage *m = w->m;
  int               wide = 2 * m->width + 1, tall = 2 * m->height + 1, x, y, i;
  int              *index = g_new0 (int, (gsize) wide * tall);
  Counted          *counted;
  int               n = 0;

  dif_field_shifts (w->t->field, w->t->shifts);
  for (y = 0; y < m->height; y++)
    for (x = 0; x < m->width; x++)
      {
        DifShift s = w->t->shifts[y * m->width + x];

        n += index[(s.y + m->height) * wide + s.x + m->width]++ == 0;
      }
  counted = g_new (Counted, n);
  for (n = 0, i = 0; i < wide * tall; i++)
    {
      DifShift s = { i / wide - m->height, i % wide - m->width };

      /* What is nearly the source is none. */
      if (index[i] >= MAX (4, w->n / MIN_PART)
          && ((s.y == 0 && s.x == 0) || ABS (s.y) > 1 || ABS (s.x) > 1))
        counted[n++] = (Counted) { s, index[i] };
      index[i] = -1;
    }
  qsort (counted, n, sizeof (Counted), compare_counts);
  w->n_labels = MIN (n, MAX_LABELS);
  w->zero = -1;
  for (i = 0; i < w->n_labels; i++)
    {
      w->labels[i] = counted[i].shift;
      if (w->labels[i].y == 0 && w->labels[i].x == 0)
        w->zero = i;
    }
  if (w->zero < 0)
    {
      w->zero = w->n_labels++;
      w->labels[w->zero] = (DifShift) { 0, 0 };
    }
  for (i = 0; i < w->n_labels; i++)
    index[(w->labels[i].y + m->height) * wide + w->labels[i].x + m->width] = i;
  for (y = 0; y < m->height; y++)
    for (x = 0; x < m->width; x++)
      {
        DifShift s = w->t->shifts[y * m->width + x];

        w->own[y * m->width + x] =
          index[(s.y + m->height) * wide + s.x + m->width];
      }
  g_free (counted);
  g_free (index);
}

/* The source's pixel that a shift brings to (x, y); -1 where it is outside or may
 * not be shown.
 */
static int
source_pixel (const DifMontage *m,
              DifShift          s,
              int               x,
              int               y)
{
  int sx = x + s.x, sy = y + s.y;

  if (m->levels->wrapped)
    {
      sx = ((sx % m->width) + m->width) % m->width;
      sy = ((sy % m->height) + m->height) % m->height;
    }
  if (sx < 0 || sy < 0 || sx >= m->width || sy >= m->height)
    return -1;
  sx += sy * m->width;
  return m->hidden && m->hidden[sx] && (s.x != 0 || s.y != 0) ? -1 : sx;
}

/* What label k costs at each pixel. */
static void
fill_label (MontageWork        *w,
            int          k,
            const float *box)
{
  const DifMontage *m = w->m;
  const DifImage   *p = dif_levels_picture (m->levels, m->i);
  const float      *made = w->t->picture->rgb;
  gint32           *data = w->data + (gsize) k * w->n;
  int               reach = (int) lrint (REACH * MIN (m->width, m->height));
  int               i, c;

  for (i = 0; i < w->n; i++)
    {
      int   from = source_pixel (m, w->labels[k], i % m->width, i / m->width);
      float sum = 0.0f;

      data[i] = from < 0 ? -1 : 0;
      for (c = 0; c < 3; c++)
        {
          float d = made[c * w->n + i] - p->rgb[c * w->n + MAX (from, 0)];

          sum += d * d;
        }
      w->plane[i] = sum / 3.0f;
      w->mask[i] = w->own[i] == k || (k == w->zero && w->own[i] < 0);
    }
  filter_plane (w->plane, m->width, m->height, box, AROUND, w->scratch);
  widen (w->mask, m->width, m->height, reach, w->mask_scratch);
  for (i = 0; i < w->n; i++)
    {
      float trust = expf (-MAX (w->t->unlike[i], 0.0f) / (TRUST * TRUST));
      float cost = (float) w->t->keep * trust * sqrtf (MIN (w->plane[i], FAR * FAR));

      if (k == w->zero && w->own[i] != k)
        cost += (float) w->t->depart;
      if (! w->mask[i])
        data[i] = -1;
      if (m->fixed && m->fixed[i])
        data[i] = k == w->zero ? 0 : -1;
      if (data[i] >= 0)
        data[i] = (gint32) lrintf (cost * DIF_CUT_UNIT);
    }
}

/* What each label costs, and where the map begins: with the chain's label, or with
 * the cheapest.
 */
static void
fill_data (MontageWork *w)
{
  float box[2 * AROUND + 1];
  int   i, k;

  for (k = 0; k <= 2 * AROUND; k++)
    box[k] = 1.0f / (2 * AROUND + 1);
  for (k = 0; k < w->n_labels; k++)
    fill_label (w, k, box);
  for (i = 0; i < w->n; i++)
    {
      int best = -1;

      for (k = 0; k < w->n_labels; k++)
        if (w->data[(gsize) k * w->n + i] >= 0
            && (best < 0 || w->data[(gsize) k * w->n + i]
                            < w->data[(gsize) best * w->n + i]))
          best = k;
      if (best < 0)
        {
          best = w->zero;
          w->data[(gsize) best * w->n + i] =
            (gint32) (w->t->keep * FAR * DIF_CUT_UNIT);
        }
      w->map[i] = w->own[i] >= 0 && w->data[(gsize) w->own[i] * w->n + i] >= 0
                  ? w->own[i] : best;
    }
}

/* Repeats ------------------------------------------------------------- */

/* Where label k is shown in the source: [height][width] of it. */
static void
mark_shown (const MontageWork *w,
            int         k,
            guint8     *shown)
{
  int i, from;

  memset (shown, 0, w->n);
  for (i = 0; i < w->n; i++)
    if (w->map[i] == k)
      {
        from = source_pixel (w->m, w->labels[k], i % w->m->width, i / w->m->width);
        if (from >= 0)
          shown[from] = 1;
      }
}

/* Of what several labels show of the source the one keeps it that shows most of what
 * lies round it; for the others it becomes dearer, the more singular it is.
 */
static gboolean
make_repeats_dearer (MontageWork    *w,
                     GError **error)
{
  const DifMontage *m = w->m;
  int               reach = MIN (m->width, m->height) / 12, i, k;
  gsize             n = w->n;
  float             box[2 * MAX_REACH + 1];
  float            *most = dif_alloc (n, sizeof (float), "repeats", error);
  guint8           *bytes = most ? dif_alloc (n, 2, "repeats", error) : NULL;
  gint16           *best = bytes ? dif_alloc (n, sizeof (gint16), "repeats", error)
                                 : NULL;
  guint8           *times = bytes, *shown = bytes + n;

  if (best)
    {
      reach = MIN (reach, MAX_REACH);
      for (k = 0; k <= 2 * reach; k++)
        box[k] = 1.0f / (2 * reach + 1);
      memset (times, 0, n);
      memset (most, 0, n * sizeof (float));
      for (k = 0; k < w->n_labels; k++)
        {
          mark_shown (w, k, shown);
          for (i = 0; i < w->n; i++)
            w->plane[i] = shown[i];
          filter_plane (w->plane, m->width, m->height, box, reach, w->scratch);
          for (i = 0; i < w->n; i++)
            if (shown[i])
              {
                times[i] = MIN (times[i] + 1, 2);
                if (w->plane[i] > most[i])
                  {
                    most[i] = w->plane[i];
                    best[i] = (gint16) k;
                  }
              }
        }
      for (k = 0; k < w->n_labels; k++)
        {
          gint32 *data = w->data + (gsize) k * w->n;
          int     x, y, dx, dy;

          mark_shown (w, k, shown);
          for (i = 0; i < w->n; i++)
            w->plane[i] = shown[i] && times[i] > 1 && best[i] != k ? m->single[i]
                                                                   : 0.0f;
          /* The largest within two pixels each way. */
          for (y = 0; y < m->height; y++)
            for (x = 0; x < m->width; x++)
              {
                float largest = 0.0f;

                for (dy = MAX (-2, -y); dy <= MIN (2, m->height - 1 - y); dy++)
                  for (dx = MAX (-2, -x); dx <= MIN (2, m->width - 1 - x); dx++)
                    largest = MAX (largest,
                                   w->plane[(y + dy) * m->width + x + dx]);
                w->scratch[y * m->width + x] = largest;
              }
          for (i = 0; i < w->n; i++)
            {
              int from = source_pixel (m, w->labels[k], i % m->width,
                                       i / m->width);

              if (data[i] >= 0 && from >= 0)
                data[i] += (gint32) lrintf (REPEAT * w->scratch[from]
                                            * DIF_CUT_UNIT);
            }
        }
    }
  dif_free (most);
  dif_free (bytes);
  dif_free (best);
  return best != NULL;
}

/* How bad it is -------------------------------------------------------- */

/* Mean singularity of what is shown twice. */
static double
measure_twice (const MontageWork *w)
{
  const DifMontage *m = w->m;
  int               i, from;
  double            sum = 0.0;

  memset (w->costs, 0, w->n * sizeof (gint32));
  for (i = 0; i < w->n; i++)
    {
      from = source_pixel (m, w->t->shifts[i], i % m->width, i / m->width);
      if (from >= 0)
        w->costs[from]++;
    }
  for (i = 0; i < w->n; i++)
    {
      from = source_pixel (m, w->t->shifts[i], i % m->width, i / m->width);
      if (from >= 0 && w->costs[from] > 1)
        sum += m->single[from];
    }
  return sum / w->n;
}

/* The share that the commonest displacement has. */
static double
largest_part (const MontageWork *w)
{
  int count[MAX_LABELS + 1] = { 0 }, most = 0, i;

  for (i = 0; i < w->n; i++)
    count[w->map[i]]++;
  for (i = 0; i < w->n_labels; i++)
    if (i != w->zero)
      most = MAX (most, count[i]);
  return (double) most / w->n;
}

static gboolean
measure_doubt (MontageWork         *w,
               const DifCut *cut)
{
  const DifMontage *m = w->m;
  float             kernel[2 * MAX_REACH + 1], worst = 0.0f;
  int               reach = fill_gaussian (kernel, WORST_WIDTH), i;
  double            sum = 0.0, fresh;

  if (! dif_cut_seams (cut, w->map, w->costs, &w->t->error))
    return FALSE;
  for (i = 0; i < w->n; i++)
    {
      w->plane[i] = (float) w->costs[i] / DIF_CUT_UNIT;
      sum += w->plane[i];
    }
  filter_plane (w->plane, m->width, m->height, kernel, reach, w->scratch);
  for (i = 0; i < w->n; i++)
    worst = MAX (worst, w->plane[i]);
  fresh = dif_fresh_share (m->levels, m->fresh_level, w->t->shifts, m->width,
                           m->height, DIF_FRESH_FAR)
          - MAX (0.0, largest_part (w) - PART);
  w->t->fresh = fresh;
  if (fresh < TOO_LITTLE * w->t->aim)
    fresh -= 1.0;
  w->t->doubt = sum / w->n + WORST * worst + TWICE * measure_twice (w)
                + WISH * MAX (0.0, w->t->aim - fresh);
  return TRUE;
}

/* Making --------------------------------------------------------------- */

typedef struct
{
  const DifMontage *m;
  DifMontageTry    *tries;
  const DifPool    *pool;
} MontageRun;

static gboolean
take_memory (MontageWork *w)
{
  gsize    n = w->n;
  GError **error = &w->t->error;

  w->own = dif_alloc (n, 3 * sizeof (gint32), "montages", error);
  w->plane = w->own ? dif_alloc (n, 2 * sizeof (float), "montages", error) : NULL;
  w->mask = w->plane ? dif_alloc (n, 2, "montages", error) : NULL;
  if (! w->mask)
    return FALSE;
  w->map = w->own + n;
  w->costs = w->map + n;
  w->scratch = w->plane + n;
  w->mask_scratch = w->mask + n;
  choose_labels (w);
  w->data = dif_alloc (dif_product (w->n_labels, n), sizeof (gint32), "montages",
                       error);
  return w->data != NULL;
}

static void
make (int   chunk,
      int   worker,
      void *data)
{
  const MontageRun        *run = data;
  const DifMontage *m = run->m;
  MontageWork             *w = g_new0 (MontageWork, 1);
  gboolean          good;
  DifCut            cut;
  int               i;

  w->m = m;
  w->t = &run->tries[chunk];
  w->n = m->width * m->height;
  good = take_memory (w);
  if (good)
    {
      cut = (DifCut) {
        .features = m->features, .guard = m->guard, .labels = w->labels,
        .data = w->data, .n_labels = w->n_labels, .width = m->width,
        .height = m->height, .source_width = m->width,
        .source_height = m->height, .wrapped = m->levels->wrapped,
        .slack = SLACK, .corner = CORNER
      };
      fill_data (w);
      good = dif_cut_improve (&cut, w->t->rounds, run->pool, w->map, &w->t->error);
      if (good && w->t->again)
        good = make_repeats_dearer (w, &w->t->error)
               && dif_cut_improve (&cut, w->t->rounds, run->pool, w->map,
                                   &w->t->error);
    }
  if (good)
    {
      for (i = 0; i < w->n; i++)
        w->t->shifts[i] = w->labels[w->map[i]];
      measure_doubt (w, &cut);
    }
  dif_free (w->own);
  dif_free (w->plane);
  dif_free (w->mask);
  dif_free (w->data);
  g_free (w);
}

gboolean
dif_montage_run (const DifMontage *montage,
                 DifMontageTry    *tries,
                 int               n,
                 DifPool          *pool)
{
  MontageRun run = { montage, tries, pool };
  int i;

  dif_pool_run (pool, n, make, &run);
  for (i = 0; i < n; i++)
    if (tries[i].error)
      return FALSE;
  return ! dif_pool_is_stopped (pool);
}

void
dif_montage_show (const DifMontage *m,
                  const DifShift   *shifts,
                  DifImage         *picture,
                  DifField         *field)
{
  const DifImage *p = dif_levels_picture (m->levels, m->i);
  int             n = m->width * m->height, rows, columns, i, c, x, y;

  for (i = 0; i < n; i++)
    {
      int from = source_pixel (m, shifts[i], i % m->width, i / m->width);

      for (c = 0; c < 3; c++)
        picture->rgb[c * n + i] = p->rgb[c * n + (from < 0 ? i : from)];
    }
  rows = field->rows;
  columns = field->columns;
  for (y = 0; y < rows; y++)
    for (x = 0; x < columns; x++)
      {
        int      px = (x + field->patch / 2) % m->width;
        int      py = (y + field->patch / 2) % m->height;
        DifShift s = shifts[py * m->width + px];
        int      mx = x + s.x, my = y + s.y;

        if (field->wrapped)
          {
            mx = ((mx % columns) + columns) % columns;
            my = ((my % rows) + rows) % rows;
          }
        field->at[y * columns + x] = (DifMatch) {
          (guint16) CLAMP (my, 0, rows - 1), (guint16) CLAMP (mx, 0, columns - 1)
        };
      }
}

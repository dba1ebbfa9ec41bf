/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fill.c: see fill.h.
 */

#include <string.h>

#include "base/memory.h"
#include "pipeline/fill.h"
#include "pipeline/holes.h"
#include "quilt/quilt.h"

struct _DifFill
{
  DifParams       params;
  const DifImage *source;
  const guint8   *excluded;   /* or NULL                                     */
  const guint8   *change;
  DifPool        *pool;
  GArray         *holes;
  double          work;       /* of all of them                              */
  guint           hole;       /* whose context these are, if there is a quilt */
  DifImage       *before;     /* the source                                  */
  DifImage       *smooth;     /* with a smooth continuation of what is round
                                 the hole in it                              */
  guint8         *opaque;     /* where nothing is copied from                */
  guint8         *open;       /* where it is filled                          */
  DifQuilt       *quilt;
};

typedef struct
{
  DifFillFunc  progress;
  void        *data;
  double       from;          /* what is done, of 1                          */
  double       share;         /* and what this is of it                      */
} Part;

static void
drop_context (DifFill *fill)
{
  g_clear_pointer (&fill->quilt, dif_quilt_free);
  g_clear_pointer (&fill->before, dif_image_free);
  g_clear_pointer (&fill->smooth, dif_image_free);
  g_clear_pointer (&fill->opaque, dif_free);
  g_clear_pointer (&fill->open, dif_free);
}

void
dif_fill_free (DifFill *fill)
{
  if (! fill)
    return;
  drop_context (fill);
  g_clear_pointer (&fill->holes, g_array_unref);
  g_free (fill);
}

static gboolean
refuse (const char  *message,
        GError     **error)
{
  g_set_error_literal (error, DIF_ERROR, DIF_ERROR_ARGUMENT, message);
  return FALSE;
}

static gboolean
check (const DifImage *source,
       const guint8   *excluded,
       const guint8   *change,
       GError        **error)
{
  gsize n = (gsize) source->width * source->height, filled = 0, known = 0, i;

  for (i = 0; i < n; i++)
    {
      filled += ! change || change[i] != 0;
      known += change && change[i] == 0 && ! (excluded && excluded[i]);
    }
  if (filled == 0)
    return refuse ("Nothing is to be filled: nothing is selected, and nothing is "
                   "transparent.", error);
  if (known == 0)
    return refuse ("All of the picture is to be filled or transparent: nothing is "
                   "left to fill it from. Select less.", error);
  if (! dif_quilt_is_small (source->width, source->height))
    return dif_quilt_check (source->width, source->height, error);
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "A picture of %d x %d pixels has too little to fill anything from.",
               source->width, source->height);
  return FALSE;
}

static double
work_of (const DifHole *hole)
{
  DifQuiltWork work = dif_quilt_fill_work (hole->context.width,
                                           hole->context.height);

  return work.once + work.first + work.finer;
}

DifFill *
dif_fill_new (const DifParams  *params,
              const DifImage   *source,
              const guint8     *excluded,
              const guint8     *change,
              DifPool          *pool,
              GError          **error)
{
  DifFill *fill;
  guint    i;

  if (! check (source, excluded, change, error))
    return NULL;
  fill = g_new0 (DifFill, 1);
  fill->params = *params;
  fill->source = source;
  fill->excluded = excluded;
  fill->change = change;
  fill->pool = pool;
  fill->holes = dif_holes_find (change, source->width, source->height,
                                params->context);
  for (i = 0; i < fill->holes->len; i++)
    fill->work += work_of (&g_array_index (fill->holes, DifHole, i));
  return fill;
}

/* A context ---------------------------------------------------------- */

static gboolean
cut_masks (DifFill        *fill,
           const DifHole  *hole,
           GError        **error)
{
  const DifRect *part = &hole->context, *box = &hole->box;
  gsize          n = (gsize) part->width * part->height;
  int            x, y;

  fill->opaque = dif_alloc (n, 1, "a mask", error);
  fill->open = fill->opaque ? dif_alloc (n, 1, "a mask", error) : NULL;
  if (! fill->open)
    return FALSE;
  for (y = 0; y < part->height; y++)
    for (x = 0; x < part->width; x++)
      {
        int      px = part->x + x, py = part->y + y;
        gsize    from = (gsize) py * fill->source->width + px;
        gsize    to = (gsize) y * part->width + x;
        gboolean inside = px >= box->x && py >= box->y && px < box->x + box->width
                          && py < box->y + box->height;

        fill->open[to] = inside ? fill->change[from] : 0;
        fill->opaque[to] = fill->change[from] != 0
                           || (fill->excluded && fill->excluded[from]);
      }
  return TRUE;
}

static gboolean
cut_pictures (DifFill        *fill,
              const DifRect  *part,
              GError        **error)
{
  gsize    n = (gsize) part->width * part->height, i;
  gsize    plane = (gsize) fill->source->width * fill->source->height;
  float   *alpha = dif_alloc (n, sizeof (float), "a mask", error);
  gboolean good = FALSE;
  int      y, c;

  fill->before = alpha ? dif_image_new (part->width, part->height, error) : NULL;
  if (fill->before)
    {
      for (c = 0; c < 3; c++)
        for (y = 0; y < part->height; y++)
          memcpy (fill->before->rgb + c * n + (gsize) y * part->width,
                  fill->source->rgb + c * plane
                  + (gsize) (part->y + y) * fill->source->width + part->x,
                  part->width * sizeof (float));
      for (i = 0; i < n; i++)
        alpha[i] = fill->opaque[i] ? 0.0f : 1.0f;
      fill->smooth = dif_image_copy (fill->before, error);
      good = fill->smooth
             && dif_image_fill_transparent (fill->smooth, alpha, error);
    }
  dif_free (alpha);
  return good;
}

static gboolean
open_context (DifFill        *fill,
              const DifHole  *hole,
              GError        **error)
{
  DifQuiltSource what = { .fill = TRUE, .strength = fill->params.strength,
                          .layout = fill->params.layout };

  drop_context (fill);
  if (! cut_masks (fill, hole, error)
      || ! cut_pictures (fill, &hole->context, error))
    return FALSE;
  what.source = fill->smooth;
  what.before = fill->before;
  what.excluded = fill->opaque;
  what.change = fill->open;
  fill->quilt = dif_quilt_new (&what, fill->pool, NULL, NULL, error);
  return fill->quilt != NULL;
}

/* The same with a hole whose context is widened until there is enough in it. */
static gboolean
prepare (DifFill   *fill,
         guint      i,
         GError   **error)
{
  DifHole *hole = &g_array_index (fill->holes, DifHole, i);

  if (fill->quilt && fill->hole == i)
    return TRUE;
  fill->hole = i;
  while (TRUE)
    {
      g_autoptr (GError) fault = NULL;
      int                side = MIN (hole->context.width, hole->context.height);

      if (dif_quilt_is_small (side, side)
          || ! dif_quilt_check (hole->context.width, hole->context.height, NULL))
        fault = g_error_new_literal (DIF_ERROR, DIF_ERROR_ARGUMENT,
                                     "Too little of the picture can be copied: no "
                                     "patch of it is left.");
      else if (open_context (fill, hole, &fault))
        return TRUE;
      if (! g_error_matches (fault, DIF_ERROR, DIF_ERROR_ARGUMENT)
          || ! dif_hole_widen (hole, fill->source->width, fill->source->height))
        {
          g_propagate_error (error, g_steal_pointer (&fault));
          return FALSE;
        }
    }
}

/* Making ------------------------------------------------------------- */

static void
on_part (double  done,
         void   *data)
{
  const Part *part = data;

  part->progress (part->from + part->share * done, part->data);
}

/* What was made of the context of hole goes into picture. */
static void
put (const DifFill  *fill,
     const DifHole  *hole,
     const DifImage *made,
     DifImage       *picture)
{
  const DifRect *part = &hole->context;
  gsize          n = (gsize) part->width * part->height;
  gsize          plane = (gsize) picture->width * picture->height;
  int            x, y, c;

  for (y = 0; y < part->height; y++)
    for (x = 0; x < part->width; x++)
      {
        gsize from = (gsize) y * part->width + x;
        gsize to = (gsize) (part->y + y) * picture->width + part->x + x;

        for (c = 0; fill->open[from] && c < 3; c++)
          picture->rgb[c * plane + to] = made->rgb[c * n + from];
      }
}

DifImage *
dif_fill_vary (DifFill      *fill,
               guint64       seed,
               DifFillFunc   progress,
               void         *data,
               GError      **error)
{
  DifImage *picture = dif_image_copy (fill->source, error);
  Part      part = { progress, data, 0.0, 0.0 };
  guint     i;

  for (i = 0; picture && i < fill->holes->len; i++)
    {
      const DifHole *hole = &g_array_index (fill->holes, DifHole, i);
      DifImage      *made = NULL;

      part.from += part.share;
      part.share = work_of (hole) / fill->work;
      if (prepare (fill, i, error))
        made = dif_quilt_vary (fill->quilt, seed, seed, 0,
                               progress ? on_part : NULL, &part, error);
      if (made)
        put (fill, hole, made, picture);
      else
        g_clear_pointer (&picture, dif_image_free);
      dif_image_free (made);
    }
  return picture;
}

/* Figures ------------------------------------------------------------ */

double
dif_fill_work (const DifParams *params,
               int              width,
               int              height,
               const guint8    *change)
{
  DifHole all = { .context = { 0, 0, width, height } };
  GArray *holes;
  double  work = 0.0;
  guint   i;

  if (! change)
    return work_of (&all);
  holes = dif_holes_find (change, width, height, params->context);
  for (i = 0; i < holes->len; i++)
    work += work_of (&g_array_index (holes, DifHole, i));
  g_array_unref (holes);
  return work;
}

guint64
dif_fill_memory (int width,
                 int height)
{
  guint64 pixels = (guint64) width * height;

  /* The picture that it hands over; of the context two pictures and three masks, of
   * which one is as large as four.
   */
  return dif_quilt_memory (width, height, FALSE, 0)
         + pixels * (3 * 3 * sizeof (float) + 2 + sizeof (float));
}

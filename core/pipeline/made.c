/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * made.c: see made.h.
 */

#include <math.h>

#include "pipeline/colours.h"
#include "pipeline/fill.h"
#include "pipeline/image.h"
#include "pipeline/made.h"
#include "pipeline/seamless.h"
#include "quilt/quilt.h"
#include "quilt/resample.h"

/* How the network goes over them: as far as it takes to join what was put side by
 * side, and not so far that it would be seen.
 */
#define FINISH_STRENGTH 0.04
#define FINISH_STEPS    3

/* Work of the network, in megapixels times steps, that takes as long as a unit of
 * dif_quilt_work(): with the bundled model on AVX2.  Matrix units make the network
 * faster, so that it is 0.7 there.
 */
#define QUILT_WORK 0.3

struct _DifMade
{
  DifParams      params;
  DifMadeSource  what;
  DifPool       *pool;
  DifQuilt      *quilt;    /* NULL: the variations are the source, or fill's */
  DifFill       *fill;     /* or NULL                             */
};

gboolean
dif_made_is_asked (const DifParams *params)
{
  return params->task == DIF_JOB_FILL || params->task == DIF_JOB_TEXTURE
         || (params->made_of != DIF_MADE_OF_MODEL && params->task == DIF_JOB_VARY
             && ! params->from_noise);
}

gboolean
dif_made_check (const DifParams *params,
                int              width,
                int              height,
                GError         **error)
{
  if (params->task == DIF_JOB_TEXTURE)
    return dif_quilt_check_texture (width, height, params->texture_width,
                                    params->texture_height, error);
  return dif_quilt_is_small (width, height)
         || dif_quilt_check (width, height, error);
}

gboolean
dif_made_check_reference (int      width,
                          int      height,
                          GError **error)
{
  if (! dif_quilt_is_small (width, height))
    return dif_quilt_check (width, height, error);
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "The reference has %d x %d pixels: it is too small to copy parts of "
               "it.", width, height);
  return FALSE;
}

DifParams
dif_made_finish (const DifParams *params,
                 int              width,
                 int              height)
{
  DifParams finish = *params;

  finish.strength = params->strength > 0.0 ? FINISH_STRENGTH : 0.0;
  if (params->made_of == DIF_MADE_OF_LAYER || params->task != DIF_JOB_VARY
      || dif_quilt_is_small (width, height))
    finish.strength = 0.0;
  finish.made_of = DIF_MADE_OF_MODEL;
  finish.steps = FINISH_STEPS;
  finish.sampler = DIF_SAMPLER_DPMPP_2M_KARRAS;
  finish.eta = 0.0;
  finish.keep_colours = FALSE;
  return finish;
}

/* Making ------------------------------------------------------------- */

static void
remove_non_finite (DifImage *image)
{
  gsize n = (gsize) 3 * image->width * image->height, i;

  for (i = 0; i < n; i++)
    if (! isfinite (image->rgb[i]))
      image->rgb[i] = dif_sane (image->rgb[i]);
}

static gboolean
may_change (const DifImage *source,
            const guint8   *change)
{
  gsize n = (gsize) source->width * source->height, i;

  for (i = 0; change && i < n && change[i] == 0; i++);
  return ! change || i < n;
}

/* How many colours it has to copy: 0, 1 or 2 for more. */
static int
count_colours (const DifImage *source,
               const guint8   *excluded)
{
  gsize n = (gsize) source->width * source->height, first = n, i;

  for (i = 0; i < n; i++)
    if (excluded && excluded[i])
      continue;
    else if (first == n)
      first = i;
    else if (source->rgb[i] != source->rgb[first]
             || source->rgb[n + i] != source->rgb[n + first]
             || source->rgb[2 * n + i] != source->rgb[2 * n + first])
      return 2;
  return first < n ? 1 : 0;
}

/* FALSE, always: there is nothing to copy. */
static gboolean
refuse_stuff (gboolean   reference,
              int        colours,
              GError   **error)
{
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "All of the %s is %s: there is nothing to make variations of.",
               reference ? "reference" : "picture",
               colours == 0 ? "transparent" : "of one colour");
  return FALSE;
}

static gboolean
new_quilt (DifMade      *made,
           DifMadeFunc   progress,
           void         *data,
           GError      **error)
{
  const DifParams *params = &made->params;
  DifQuiltSource   source = {
    .source = made->what.source, .reference = made->what.reference,
    .excluded = made->what.excluded, .change = made->what.change,
    .wrapped = params->tileable, .strength = params->strength,
    .structure = params->structure, .layout = params->layout
  };

  if (params->task == DIF_JOB_TEXTURE)
    {
      source.width = params->texture_width;
      source.height = params->texture_height;
    }
  else if (params->tileable && ! dif_seamless (made->what.source, params->reduction,
                                               made->pool, error))
    return FALSE;
  made->quilt = dif_quilt_new (&source, made->pool, progress, data, error);
  return made->quilt != NULL;
}

DifMade *
dif_made_new (const DifParams      *params,
              const DifMadeSource  *source,
              DifControl           *control,
              DifMadeFunc           progress,
              void                 *data,
              GError              **error)
{
  DifMade  *made = g_new0 (DifMade, 1);
  DifImage *stuff = source->reference ? source->reference : source->source;
  gboolean  texture = params->task == DIF_JOB_TEXTURE, good = TRUE;
  int       colours;

  made->params = *params;
  made->what = *source;
  made->pool = dif_pool_new (params->threads);
  dif_pool_set_stop (made->pool, &control->cancel);
  if (params->strength == 0.0 && ! texture)
    return made;
  if (params->task == DIF_JOB_FILL)
    {
      remove_non_finite (source->source);
      made->fill = dif_fill_new (params, source->source, source->excluded,
                                 source->change, made->pool, error);
      if (! made->fill)
        g_clear_pointer (&made, dif_made_free);
      return made;
    }
  if (dif_quilt_is_small (source->source->width, source->source->height)
      || ! may_change (source->source, source->change))
    return made;
  remove_non_finite (source->source);
  if (source->reference)
    remove_non_finite (source->reference);
  colours = count_colours (stuff, source->excluded);
  if (colours == 0 || (colours == 1 && source->reference))
    good = refuse_stuff (source->reference != NULL, colours, error);
  else if (colours == 2 || texture)
    good = new_quilt (made, progress, data, error);
  if (! good)
    g_clear_pointer (&made, dif_made_free);
  return made;
}

void
dif_made_free (DifMade *made)
{
  if (! made)
    return;
  dif_quilt_free (made->quilt);
  dif_fill_free (made->fill);
  dif_pool_free (made->pool);
  g_free (made);
}

gboolean
dif_made_is_source (const DifMade *made)
{
  return made->quilt == NULL;
}

/* All variations near another have its seed where it is decided what goes where,
 * and differ in detail.
 */
DifImage *
dif_made_vary (DifMade      *made,
               int           i,
               DifMadeFunc   progress,
               void         *data,
               GError      **error)
{
  const DifParams *params = &made->params;
  gboolean         near = params->vary > 0.0;
  guint64          seed = params->seed + (near ? 0 : (guint64) i);
  guint64          detail = near ? params->vary_seed + (guint64) i : seed;

  if (made->fill)
    return dif_fill_vary (made->fill, seed, progress, data, error);
  if (! made->quilt)
    return dif_image_copy (made->what.source, error);
  return dif_quilt_vary (made->quilt, seed, detail, made->what.side, progress, data,
                         error);
}

/* Colours ------------------------------------------------------------ */

static gboolean
is_within (const DifImage *image)
{
  gsize n = (gsize) 3 * image->width * image->height, i;

  for (i = 0; i < n; i++)
    if (dif_sane (image->rgb[i]) != image->rgb[i])
      return FALSE;
  return TRUE;
}

/* What a picture has outside [-1,1] does not count for its colours. */
static gboolean
keep_beyond (DifImage        *picture,
             const DifImage  *source,
             int              reduction,
             gboolean         wrapped,
             DifPool         *pool,
             GError         **error)
{
  g_autoptr (DifImage) inner = dif_image_copy (picture, error);
  gsize                n = (gsize) 3 * picture->width * picture->height, i;

  for (i = 0; inner && i < n; i++)
    inner->rgb[i] = dif_sane (inner->rgb[i]);
  if (! inner || ! dif_colours_keep (inner, source, 0, 0, reduction, wrapped, pool,
                                     error))
    return FALSE;
  for (i = 0; i < n; i++)
    picture->rgb[i] += inner->rgb[i] - dif_sane (picture->rgb[i]);
  return TRUE;
}

gboolean
dif_made_colour (DifMade   *made,
                 DifImage  *picture,
                 GError   **error)
{
  const DifImage      *source = made->what.source;
  gboolean             wrapped = made->params.tileable, good = TRUE;
  int                  reduction = MAX (1, made->params.reduction);
  g_autoptr (DifImage) small = NULL;

  if (! made->params.keep_colours || ! made->quilt
      || made->params.task != DIF_JOB_VARY)
    return TRUE;
  if (picture->width != source->width)
    {
      reduction *= MAX (1, (int) lrint ((double) source->width / picture->width));
      small = dif_image_new (picture->width, picture->height, error);
      good = small && dif_resample (source, small, wrapped, made->pool, error);
      source = small;
    }
  if (good)
    good = is_within (picture)
           ? dif_colours_keep (picture, source, 0, 0, reduction, wrapped,
                               made->pool, error)
           : keep_beyond (picture, source, reduction, wrapped, made->pool, error);
  if (good && dif_pool_is_stopped (made->pool))
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_CANCELLED,
                           "The job was cancelled.");
      good = FALSE;
    }
  return good;
}

/* Figures ------------------------------------------------------------ */

static gboolean
is_made (const DifParams *params,
         int              width,
         int              height)
{
  return params->strength > 0.0 && ! dif_quilt_is_small (width, height)
         && dif_quilt_check (width, height, NULL);
}

guint64
dif_made_memory (const DifParams *params,
                 int              width,
                 int              height,
                 int              side)
{
  guint64 most, seamless = 0;

  if (params->task == DIF_JOB_TEXTURE)
    return dif_quilt_texture_memory (width, height, params->texture_width,
                                     params->texture_height, params->tileable);
  if (params->task == DIF_JOB_FILL)
    return dif_fill_memory (width, height);
  if (! is_made (params, width, height))
    return (guint64) width * height * 3 * sizeof (float);
  most = dif_quilt_memory (width, height, params->tileable, side);
  if (params->tileable)
    seamless = dif_seamless_memory (width, height, MAX (1, params->reduction));
  return MAX (most, seamless);
}

void
dif_made_work (const DifParams *params,
               int              width,
               int              height,
               const guint8    *change,
               int              side,
               double          *once,
               double          *each)
{
  DifQuiltWork work = { 0 };

  if (params->task == DIF_JOB_TEXTURE)
    work = dif_quilt_texture_work (width, height, params->texture_width,
                                   params->texture_height);
  else if (params->task == DIF_JOB_FILL)
    work.first = dif_fill_work (params, width, height, change);
  else if (is_made (params, width, height))
    work = dif_quilt_work (width, height, params->structure, side);
  *once = QUILT_WORK * work.once;
  *each = QUILT_WORK * (work.first + work.finer);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layer-out.c: makes the layers of a run and puts them in the image.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "drop.h"
#include "feed.h"
#include "fit.h"
#include "frame-log.h"
#include "layer-out.h"
#include "lineage.h"
#include "messages.h"
#include "record.h"


static void
set_name (GimpLayer           *layer,
          const DifGimpSource *source,
          const DifParams     *params,
          int                  variation)
{
  char *name = dif_ui_message_layer_name (source->name, params, variation);

  gimp_item_set_name (GIMP_ITEM (layer), name);
  g_free (name);
}

static void
attach_record (GimpLayer           *layer,
               const DifGimpSource *source,
               const DifSettings   *settings,
               const DifModel      *model,
               int                  variation)
{
  GimpParasite *record = dif_gimp_record_to_parasite (settings, model,
                                                      variation, source->name,
                                                      source->tattoo,
                                                      source->protected_by,
                                                      source->made_with);

  gimp_item_attach_parasite (GIMP_ITEM (layer), record);
  gimp_parasite_free (record);
}

struct _DifGimpLayerOut
{
  const DifGimpSource *source;
  DifImage            *picture;
  GimpLayer           *layer;
  DifGimpWriter       *writer;
};

/* A copy of the stand-in that is going to show picture.  beyond, clip and
 * fill: see dif_gimp_writer_new().
 */
static DifGimpLayerOut *
begin (const DifGimpSource  *source,
       DifImage             *picture,
       double                beyond,
       gboolean              clip,
       gboolean              fill,
       GError              **error)
{
  GimpLayer       *layer = NULL;
  DifGimpLayerOut *out;
  GeglBuffer      *buffer;

  if (gimp_image_is_valid (source->image))
    {
      DifUiClocks start = dif_ui_frame_log_now ();

      layer = gimp_layer_copy (source->stand_in);
      dif_ui_frame_log_call (start, "gimp_layer_copy");
    }
  if (! layer)
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _("The image was closed before its results "
                             "were finished."));
      dif_gimp_drop (picture, (GDestroyNotify) dif_image_free);
      return NULL;
    }

  out = g_new0 (DifGimpLayerOut, 1);
  out->source = source;
  out->picture = picture;
  out->layer = layer;
  buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  /* Its pixels are the stand-in's, also if the image has another profile
   * by now.
   */
  gegl_buffer_set_format (buffer, source->format);
  out->writer = dif_gimp_writer_new (source, picture, beyond, clip, fill, buffer,
                                     error);
  g_object_unref (buffer);
  if (! out->writer)
    {
      gimp_item_delete (GIMP_ITEM (dif_gimp_layer_out_end (out)));
      return NULL;
    }
  return out;
}

DifGimpLayerOut *
dif_gimp_layer_out_new (const DifGimpSource  *source,
                        DifImage             *result,
                        const DifSettings    *settings,
                        const DifModel       *model,
                        int                   variation,
                        GError              **error)
{
  const DifParams *params = &settings->params;
  DifGimpLayerOut *out = begin (source, result,
                                dif_params_beyond (model, params),
                                dif_gimp_feed_clips (params),
                                params->task == DIF_JOB_FILL, error);

  /* A parasite for a layer of an image that was closed meanwhile makes GIMP
   * crash.  That the image is gone is told when pixels are written.
   */
  if (out && gimp_image_is_valid (source->image))
    {
      set_name (out->layer, source, params, variation);
      attach_record (out->layer, source, settings, model, variation);
    }
  return out;
}

DifGimpLayerOut *
dif_gimp_layer_out_frame (const DifGimpSource  *source,
                          DifImage             *picture,
                          double                t,
                          int                   number,
                          int                   n_frames,
                          GError              **error)
{
  DifGimpLayerOut *out = begin (source, picture, 0.0, TRUE, FALSE, error);
  char            *name;

  if (out)
    {
      /* TRANSLATORS: pictures of the chain; 100ms is for GIMP, which shows
       * each so long in an animation, and has to stay as it is.
       */
      name = g_strdup_printf (number == n_frames
                              ? _("%d: result, t = %.0f (100ms)")
                              : number == 1
                              ? _("%d: layer, t = %.0f (100ms)")
                              : _("%d: t = %.0f (100ms)"), number, t);
      gimp_item_set_name (GIMP_ITEM (out->layer), name);
      g_free (name);
    }
  return out;
}

gboolean
dif_gimp_layer_out_more (DifGimpLayerOut  *out,
                         gint64            until,
                         gboolean         *more,
                         GError          **error)
{
  *more = TRUE;
  while (*more)
    {
      if (! gimp_image_is_valid (out->source->image))
        {
          g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                               _("The image was closed before its results "
                                 "were finished."));
          return FALSE;
        }
      *more = dif_gimp_writer_next (out->writer);
      if (g_get_monotonic_time () >= until)
        break;
    }
  return TRUE;
}

GimpLayer *
dif_gimp_layer_out_end (DifGimpLayerOut *out)
{
  GimpLayer *layer = out->layer;

  dif_gimp_writer_free (out->writer);
  dif_gimp_drop (out->picture, (GDestroyNotify) dif_image_free);
  g_free (out);
  return layer;
}

/* Whether layer is one of items or in a group among them.  Takes
 * ownership of items.
 */
static gboolean
contains (GimpItem  **items,
          GimpLayer  *layer)
{
  gboolean  found = FALSE;
  GimpItem **item;

  for (item = items; items && *item && ! found; item++)
    {
      found = *item == GIMP_ITEM (layer);
      if (! found && gimp_item_is_group (*item))
        found = contains (gimp_item_get_children (*item), layer);
    }
  g_free (items);
  return found;
}

/* What new results of source go above: its uppermost earlier result, so that
 * they are seen, or source itself.
 */
static GimpLayer *
topmost (GimpImage *image,
         GimpLayer *source)
{
  return contains ((GimpItem **) gimp_image_get_layers (image), source)
         ? dif_gimp_lineage_topmost (image, source) : source;
}

/* Puts layer above another one. */
static gboolean
insert (GimpImage *image,
        GimpLayer *layer,
        GimpLayer *below)
{
  GimpItem *parent = NULL;
  int       position = 0;

  if (contains ((GimpItem **) gimp_image_get_layers (image), below))
    {
      parent = gimp_item_get_parent (GIMP_ITEM (below));
      position = gimp_image_get_item_position (image, GIMP_ITEM (below));
    }
  return gimp_image_insert_layer (image, layer, (GimpLayer *) parent,
                                  position);
}

/* An empty group above source, which leaves the picture as it was without
 * it; NULL if GIMP refused.
 */
static GimpLayer *
insert_group (GimpImage  *image,
              GimpLayer  *source,
              gboolean    chain,
              char      **why)
{
  char      *of = gimp_item_is_valid (GIMP_ITEM (source))
                  ? gimp_item_get_name (GIMP_ITEM (source))
                  : g_strdup (_("Layer"));
  char      *name = g_strdup_printf (chain ? _("Chain – %s")
                                           : _("Variations – %s"), of);
  GimpLayer *group = GIMP_LAYER (gimp_group_layer_new (image, name));

  if (! group)
    dif_gimp_fit_note (why);
  else
    {
      gimp_layer_set_mode (group, GIMP_LAYER_MODE_PASS_THROUGH);
      if (gimp_item_is_valid (GIMP_ITEM (source)))
        dif_gimp_lineage_sign_group (group, source);
      if (! insert (image, group, topmost (image, source)))
        {
          dif_gimp_fit_note (why);
          gimp_item_delete (GIMP_ITEM (g_steal_pointer (&group)));
        }
    }
  g_free (name);
  g_free (of);
  return group;
}

/* Moves layer, which is not in the image yet, to where its source is now. */
static void
follow (GimpLayer           *layer,
        const DifGimpOrigin *source)
{
  GimpDrawable *now = GIMP_DRAWABLE (source->layer);
  int           x, y, to_x, to_y;

  if (! gimp_item_is_valid (GIMP_ITEM (now)))
    return;
  gimp_drawable_get_offsets (GIMP_DRAWABLE (layer), &x, &y);
  gimp_drawable_get_offsets (now, &to_x, &to_y);
  x += to_x - source->x + (gimp_drawable_get_width (now) - source->width) / 2;
  y += to_y - source->y + (gimp_drawable_get_height (now) - source->height) / 2;
  gimp_layer_set_offsets (layer, x, y);
}

/* What is selected: channels, or else layers.  With neither, GIMP selects the
 * last layer that is inserted, and no plug-in can change that.
 */
typedef struct
{
  GimpLayer   **layers;
  GimpChannel **channels;
} Selected;

static void
select_again (GimpImage *image,
              Selected  *selected)
{
  if (selected->channels && selected->channels[0])
    gimp_image_set_selected_channels (image, (const GimpChannel **)
                                      selected->channels);
  else if (selected->layers && selected->layers[0])
    gimp_image_set_selected_layers (image, (const GimpLayer **)
                                    selected->layers);
}

/* Puts layer, which is made invisible, on top of parent, or, where that is
 * NULL, above the layer below.  Returns what it has become, or NULL if GIMP
 * refused, and why.
 */
static GimpLayer *
insert_one (GimpImage            *image,
            GimpLayer            *layer,
            const DifGimpOrigin  *source,
            GimpLayer            *parent,
            GimpLayer            *below,
            char                **why)
{
  GimpLayer *fit = dif_gimp_fit (layer, source->format, image);
  gboolean   good = fit != NULL;

  if (good)
    {
      follow (fit, source);
      gimp_item_set_visible (GIMP_ITEM (fit), FALSE);
      dif_gimp_lineage_sign (fit);
      good = parent ? gimp_image_insert_layer (image, fit, parent, 0)
                    : insert (image, fit, below);
    }
  if (good)
    return fit;
  dif_gimp_fit_note (why);
  if (gimp_image_is_valid (image))
    gimp_item_delete (GIMP_ITEM (fit ? fit : layer));
  return NULL;
}

/* Hides the results of source that earlier runs have made, among items and in
 * groups there: they would show through new ones.  Results with a layer mask
 * where source has none stay, since they may be of other parts of it.  Items
 * in stay are left as they are, and so are groups with one of them or a result
 * inside.  Takes ownership of items; TRUE if any of them is a result, in stay,
 * or such a group.
 */
static gboolean
hide_results (GimpItem  **items,
              GimpLayer  *source,
              GPtrArray  *stay)
{
  gboolean   found = FALSE;
  GimpItem **item;

  for (item = items; item && *item; item++)
    if (g_ptr_array_find (stay, *item, NULL) ||
        (gimp_item_is_group (*item) &&
         hide_results (gimp_item_get_children (*item), source, stay)))
      found = TRUE;
    else if (dif_gimp_lineage_source (GIMP_LAYER (*item)) == source)
      {
        found = TRUE;
        if (gimp_item_get_visible (*item) &&
            (! gimp_layer_get_mask (GIMP_LAYER (*item)) ||
             gimp_layer_get_mask (source)))
          gimp_item_set_visible (*item, FALSE);
      }
  g_free (items);
  return found;
}

/* Puts the layers of one source into the image, without a group if GIMP
 * refuses that.  Layers that it refuses become NULL, and *why becomes what it
 * said then.  stay: see hide_results().
 */
static void
insert_all (GimpImage            *image,
            GimpLayer           **layers,
            int                   n,
            const DifGimpOrigin  *source,
            gboolean              group,
            gboolean              chain,
            GPtrArray            *stay,
            char                **why)
{
  GimpLayer *parent = NULL;
  GimpLayer *top = NULL;
  int        i;

  if (group && gimp_image_is_valid (image))
    parent = insert_group (image, source->layer, chain, why);
  for (i = 0; i < n && gimp_image_is_valid (image); i++)
    {
      layers[i] = insert_one (image, layers[i], source, parent,
                              top ? top : topmost (image, source->layer),
                              why);
      if (layers[i])
        top = layers[i];
    }

  if (! gimp_image_is_valid (image))
    return;
  g_ptr_array_add (stay, parent);
  if (top && gimp_item_is_valid (GIMP_ITEM (source->layer)))
    hide_results ((GimpItem **) gimp_image_get_layers (image), source->layer,
                  stay);
  if (top)
    gimp_item_set_visible (GIMP_ITEM (top), TRUE);
  else if (parent)
    gimp_image_remove_layer (image, parent);
}

/* Makes all layers NULL, which went with their image. */
static void
forget (GPtrArray  *layers,
        char      **why)
{
  memset (layers->pdata, 0, layers->len * sizeof *layers->pdata);
  g_free (*why);
  *why = g_strdup (_("The image was closed."));
}

void
dif_gimp_layer_out_insert (GimpImage  *image,
                           GPtrArray  *layers,
                           GPtrArray  *sources,
                           gboolean    group,
                           gboolean    chain,
                           GError    **error)
{
  Selected    selected = { gimp_image_get_selected_layers (image),
                           gimp_image_get_selected_channels (image) };
  DifUiClocks start = dif_ui_frame_log_now ();
  GPtrArray  *stay = g_ptr_array_new ();
  char       *why = NULL;
  guint       n = layers->len;
  guint       i, j;

  for (i = 0; i < n; i++)
    g_ptr_array_add (stay, ((DifGimpOrigin *) sources->pdata[i])->layer);
  /* GIMP has no groups in such an image. */
  if (gimp_image_get_base_type (image) == GIMP_INDEXED)
    group = FALSE;
  gimp_image_undo_group_start (image);
  gimp_image_freeze_layers (image);

  for (i = 0; i < n; i = j)
    {
      for (j = i + 1; j < n && sources->pdata[j] == sources->pdata[i]; j++);
      insert_all (image, (GimpLayer **) layers->pdata + i, (int) (j - i),
                  sources->pdata[i], group, chain, stay, &why);
    }

  if (gimp_image_is_valid (image))
    {
      select_again (image, &selected);
      gimp_image_thaw_layers (image);
      gimp_image_undo_group_end (image);
    }
  else
    forget (layers, &why);
  g_free (selected.layers);
  g_free (selected.channels);
  g_ptr_array_unref (stay);

  while (g_ptr_array_remove (layers, NULL));
  dif_gimp_fit_refuse ((int) (n - layers->len), why, error);
  dif_ui_frame_log_call (start, "insertion");
}

void
dif_gimp_layer_out_delete (GimpImage *image,
                           GPtrArray *layers)
{
  guint i;

  if (gimp_image_is_valid (image))
    for (i = 0; i < layers->len; i++)
      gimp_item_delete (layers->pdata[i]);
  g_ptr_array_set_size (layers, 0);
}

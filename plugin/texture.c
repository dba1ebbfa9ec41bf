/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * texture.c: see texture.h.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "alloc.h"
#include "ask.h"
#include "drawable-io.h"
#include "messages.h"
#include "params.h"
#include "progress.h"
#include "texture.h"

typedef struct
{
  DifSettings    settings;
  GimpImage     *image;
  DifGimpSource  source;
  char          *name;        /* of the layer                                 */
  DifJob        *job;
  GPtrArray     *layers;      /* that are in their images                     */
  gboolean       show;        /* new images get windows                       */
} TextureSession;

/* The sample ---------------------------------------------------------- */

/* The selected part of the layer.  *excluded: other than 0 where it is transparent or
 * not selected.
 */
static DifImage *
read_sample (const DifGimpSource  *source,
             guint8              **excluded,
             GError              **error)
{
  const GeglRectangle *part = &source->selected;
  gsize                n = (gsize) part->width * (gsize) part->height, i;
  float               *rgba = dif_gimp_source_get (source, part, error);
  float               *selected = NULL;
  float               *alpha = dif_ui_try_alloc (n, sizeof (float),
                                                 "the layer's transparency", error);
  DifImage            *sample = NULL;

  *excluded = rgba && alpha ? dif_ui_try_alloc (n, 1, "the selection", error) : NULL;
  if (*excluded && source->selection)
    selected = dif_gimp_source_get_selected (source, part, error);
  if (*excluded && (selected || ! source->selection))
    sample = dif_image_new (part->width, part->height, error);
  if (sample)
    {
      dif_gimp_source_put (part, part, rgba, FALSE, sample, alpha);
      for (i = 0; i < n; i++)
        (*excluded)[i] = ! (alpha[i] > 0.0f)
                         || (selected && ! (selected[i] > 0.0f));
      if (! dif_image_fill_transparent (sample, alpha, error))
        g_clear_pointer (&sample, dif_image_free);
    }
  g_free (rgba);
  g_free (alpha);
  g_free (selected);
  return sample;
}

static gboolean
check_memory (DifModel         *model,
              const DifImage   *sample,
              const DifParams  *params,
              GError          **error)
{
  guint64 available = dif_memory_available ();
  guint64 needed = dif_job_memory (model, sample->width, sample->height, params);
  char   *need, *have;

  if (available == 0 || needed <= available)
    return TRUE;
  need = g_format_size (needed);
  have = g_format_size (available);
  g_set_error (error, DIF_ERROR, DIF_ERROR_MEMORY,
               "%d x %d pixels need %s; %s are free.", params->texture_width,
               params->texture_height, need, have);
  g_free (need);
  g_free (have);
  return FALSE;
}

static gboolean
start (TextureSession  *session,
       GimpDrawable    *drawable,
       GError         **error)
{
  const DifParams *params = &session->settings.params;
  DifModel        *model;
  DifImage        *sample = NULL;
  guint8          *excluded = NULL;

  if (! dif_gimp_source_init (&session->source, drawable, NULL, error)
      || ! dif_gimp_source_copy (&session->source, FALSE, error))
    return FALSE;
  model = dif_gimp_params_load_model (session->settings.model, error);
  if (model)
    sample = read_sample (&session->source, &excluded, error);
  if (sample && check_memory (model, sample, params, error))
    session->job = dif_job_new (model, g_steal_pointer (&sample), params, error);
  if (session->job && ! dif_job_set_masks (session->job, excluded, NULL, error))
    g_clear_pointer (&session->job, dif_job_free);
  dif_image_free (sample);
  g_free (excluded);
  g_clear_pointer (&model, dif_model_unref);
  if (session->job)
    dif_job_start (session->job);
  return session->job != NULL;
}

/* Textures ------------------------------------------------------------ */

/* A layer of image, not in it yet, with the picture's pixels. */
static GimpLayer *
new_layer (const TextureSession *session,
           GimpImage            *image,
           const DifImage       *picture,
           int                   i)
{
  gboolean      grey = gimp_image_get_base_type (image) == GIMP_GRAY;
  char         *name = dif_ui_message_layer_name (session->name,
                                                  &session->settings.params, i);
  GimpLayer    *layer = gimp_layer_new (image, name, picture->width, picture->height,
                                        grey ? GIMP_GRAY_IMAGE : GIMP_RGB_IMAGE, 100.0,
                                        GIMP_LAYER_MODE_NORMAL);
  gsize         n = (gsize) picture->width * (gsize) picture->height;
  float        *row = g_new (float, 3 * picture->width);
  GeglBuffer   *buffer;
  int           x, y, c;

  g_free (name);
  buffer = layer ? gimp_drawable_get_buffer (GIMP_DRAWABLE (layer)) : NULL;
  for (y = 0; buffer && y < picture->height; y++)
    {
      for (x = 0; x < picture->width; x++)
        for (c = 0; c < 3; c++)
          row[3 * x + c] = 0.5f * picture->rgb[(gsize) c * n
                                               + (gsize) y * picture->width + x] + 0.5f;
      gegl_buffer_set (buffer, GEGL_RECTANGLE (0, y, picture->width, 1), 0,
                       babl_format ("R'G'B' float"), row, GEGL_AUTO_ROWSTRIDE);
    }
  if (buffer)
    {
      gegl_buffer_flush (buffer);
      g_object_unref (buffer);
      gimp_drawable_update (GIMP_DRAWABLE (layer), 0, 0, picture->width,
                            picture->height);
    }
  g_free (row);
  return layer;
}

/* Puts picture into the image, or into one of its own, like the one that the sample is
 * of.  FALSE if GIMP refuses.
 */
static gboolean
put (TextureSession *session,
     const DifImage *picture,
     int             i)
{
  gboolean   own = session->settings.texture_as == DIF_TEXTURE_IMAGE;
  GimpImage *image = session->image;
  GimpLayer *layer;

  if (own)
    image = gimp_image_new_with_precision (
      picture->width, picture->height,
      gimp_image_get_base_type (session->image) == GIMP_GRAY ? GIMP_GRAY : GIMP_RGB,
      gimp_image_get_precision (session->image));
  if (! image)
    return FALSE;
  if (own)
    gimp_image_undo_disable (image);
  layer = new_layer (session, image, picture, i);
  if (layer && ! gimp_image_insert_layer (image, layer, NULL, own ? 0 : -1))
    {
      gimp_item_delete (GIMP_ITEM (layer));
      layer = NULL;
    }
  if (own)
    gimp_image_undo_enable (image);
  if (own && ! layer)
    gimp_image_delete (image);
  else if (own && session->show)
    gimp_display_new (image);
  if (layer)
    g_ptr_array_add (session->layers, layer);
  return layer != NULL;
}

static gboolean
work (double   *fraction,
      char    **text,
      gpointer  data)
{
  TextureSession *session = data;
  DifProgress     progress;
  gboolean        running = dif_job_poll (session->job, &progress);

  *fraction = progress.fraction;
  *text = dif_ui_message_progress (&progress, &session->settings.params, 0, 1,
                                   progress.remaining);
  return running;
}

/* All that is finished goes into images, in one undo step. */
static void
finish (TextureSession  *session,
        GError         **error)
{
  int      n = session->settings.params.num_variations, i;
  gboolean own = session->settings.texture_as == DIF_TEXTURE_IMAGE, good = TRUE;

  if (! gimp_image_is_valid (session->image))
    {
      g_clear_error (error);
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, _("The image was closed."));
      return;
    }
  if (! own)
    gimp_image_undo_group_start (session->image);
  for (i = 0; i < n && good; i++)
    {
      DifImage *picture = dif_job_take_result (session->job, i);

      if (picture)
        good = put (session, picture, i);
      dif_image_free (picture);
    }
  if (! own)
    gimp_image_undo_group_end (session->image);
  if (! good && error && ! *error)
    g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, gimp_pdb_get_last_error (
                           gimp_get_pdb ()));
}

static GimpValueArray *
return_values (GimpProcedure *procedure,
               GPtrArray     *layers,
               GError        *error)
{
  GimpValueArray *values;

  if (error && layers->len == 0
      && g_error_matches (error, DIF_ERROR, DIF_ERROR_CANCELLED))
    {
      g_error_free (error);
      return gimp_procedure_new_return_values (procedure, GIMP_PDB_CANCEL, NULL);
    }
  if (error && ! g_error_matches (error, DIF_ERROR, DIF_ERROR_CANCELLED))
    return gimp_procedure_new_return_values (
      procedure, GIMP_PDB_EXECUTION_ERROR,
      dif_ui_message_made_before (error, layers->len));
  g_clear_error (&error);
  g_ptr_array_add (layers, NULL);
  values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS, NULL);
  GIMP_VALUES_SET_CORE_OBJECT_ARRAY (values, 1, layers->pdata);
  return values;
}

static gboolean
check_drawable (GimpImage     *image,
                GimpDrawable **drawables,
                GError       **error)
{
  if (! drawables || ! drawables[0] || drawables[1])
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _("Select one layer: a texture is made of one."));
      return FALSE;
    }
  return dif_gimp_source_check (drawables[0], error);
}

GimpValueArray *
dif_gimp_texture_run (GimpProcedure        *procedure,
                      GimpRunMode           run_mode,
                      GimpImage            *image,
                      GimpDrawable        **drawables,
                      GimpProcedureConfig  *config,
                      gpointer              run_data)
{
  TextureSession  session = { .image = image,
                              .show = run_mode != GIMP_RUN_NONINTERACTIVE };
  GError         *error = NULL;
  GimpValueArray *values;

  gegl_init (NULL, NULL);
  if (! check_drawable (image, drawables, &error))
    return gimp_procedure_new_return_values (procedure, GIMP_PDB_CALLING_ERROR,
                                             error);
  if (run_mode == GIMP_RUN_INTERACTIVE && ! dif_gimp_ask (procedure, config))
    return gimp_procedure_new_return_values (procedure, GIMP_PDB_CANCEL, NULL);
  dif_gimp_settings_from_config (G_OBJECT (config), &session.settings);
  session.name = gimp_item_get_name (GIMP_ITEM (drawables[0]));
  session.layers = g_ptr_array_new ();
  if (start (&session, drawables[0], &error))
    {
      if (! dif_gimp_progress_run (gimp_procedure_get_plug_in (procedure), work,
                                   &session))
        dif_job_cancel (session.job);
      dif_job_wait (session.job, &error);
      finish (&session, &error);
    }
  dif_job_free (session.job);
  dif_gimp_source_clear (&session.source);
  dif_settings_clear (&session.settings);
  g_free (session.name);
  values = return_values (procedure, session.layers, error);
  g_ptr_array_unref (session.layers);
  if (session.show)
    gimp_displays_flush ();
  return values;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * request.c: see request.h.
 */

#include <stdio.h>
#include <string.h>

#include "params.h"
#include "picks.h"
#include "request.h"

/* A parasite of GIMP's, with the ids of what protects and of the reference, or 0. */
#define LAST "gimp-diffusion-drawables"

static GimpDrawable *
drawable_of (GObject    *config,
             const char *setting)
{
  GimpDrawable *drawable = NULL;

  if (dif_gimp_params_task (config) == DIF_TASK_VARY)
    g_object_get (config, setting, &drawable, NULL);
  return drawable;
}

GimpDrawable *
dif_gimp_request_protect (GObject *config)
{
  return drawable_of (config, "protect");
}

GimpDrawable *
dif_gimp_request_reference (GObject *config)
{
  return drawable_of (config, "reference");
}

gboolean
dif_gimp_request_init (DifGimpRequest  *request,
                       GObject         *config,
                       GError         **error)
{
  dif_gimp_settings_from_config (config, &request->settings);
  request->show = FALSE;
  request->protect = dif_gimp_request_protect (config);
  request->reference = dif_gimp_request_reference (config);
  request->picks = dif_ui_picks_from_string (request->settings.picks, error);
  return request->picks != NULL;
}

void
dif_gimp_request_clear (DifGimpRequest *request)
{
  dif_settings_clear (&request->settings);
  g_clear_pointer (&request->picks, g_array_unref);
  g_clear_object (&request->protect);
  g_clear_object (&request->reference);
}

static int
id_of (GObject    *config,
       const char *setting)
{
  GimpDrawable *drawable = drawable_of (config, setting);
  int           id = 0;

  if (drawable && gimp_item_is_valid (GIMP_ITEM (drawable)))
    id = gimp_item_get_id (GIMP_ITEM (drawable));
  g_clear_object (&drawable);
  return id;
}

void
dif_gimp_request_remember (GObject *config)
{
  char         *text;
  GimpParasite *last;

  if (dif_gimp_params_task (config) != DIF_TASK_VARY)
    return;
  text = g_strdup_printf ("%d %d", id_of (config, "protect"),
                          id_of (config, "reference"));
  last = gimp_parasite_new (LAST, 0, (guint32) strlen (text) + 1, text);
  gimp_attach_parasite (last);
  gimp_parasite_free (last);
  g_free (text);
}

static void
give (GObject    *config,
      const char *setting,
      int         id,
      GimpImage  *image)
{
  GimpItem     *item = id > 0 && gimp_item_id_is_drawable (id)
                       ? gimp_item_get_by_id (id) : NULL;
  GimpDrawable *there = drawable_of (config, setting);

  if (item && ! there && (! image || gimp_item_get_image (item) == image))
    g_object_set (config, setting, item, NULL);
  g_clear_object (&there);
}

void
dif_gimp_request_recall (GObject   *config,
                         GimpImage *image)
{
  GimpParasite *last;
  const char   *text;
  guint32       size = 0;
  int           protect, reference;

  if (dif_gimp_params_task (config) != DIF_TASK_VARY)
    return;
  last = gimp_get_parasite (LAST);
  if (! last)
    return;
  text = gimp_parasite_get_data (last, &size);
  if (text && size > 0 && text[size - 1] == '\0'
      && sscanf (text, "%d %d", &protect, &reference) == 2)
    {
      give (config, "protect", protect, image);
      give (config, "reference", reference, NULL);
    }
  gimp_parasite_free (last);
}

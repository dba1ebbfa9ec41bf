/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * presets-factory.c: see presets-factory.h.  Each has all that its results go by,
 * so that it makes the same whatever was set before.
 */

#include <glib/gi18n.h>

#include "presets-factory.h"

typedef struct
{
  const char *name;
  const char *made_of;
  double      strength;
  double      structure;
  double      layout;
  int         steps;
  gboolean    tileable;
} Factory;

static const Factory factory[] =
{
  { N_("Touch up"), "model", 20, 30, 50, 12, FALSE },
  { N_("Other foliage, rocks, water"), "layer-finished", 60, 10, 50, 12, FALSE },
  { N_("Another arrangement"), "layer-finished", 60, 30, 50, 12, FALSE },
  { N_("Anew from the same material"), "layer-finished", 100, 30, 0, 12, FALSE },
  { N_("Seamless texture"), "layer", 60, 30, 0, 12, TRUE },
  { N_("Loose sketch"), "model", 70, 30, 50, 24, FALSE }
};

GKeyFile *
dif_ui_presets_factory (void)
{
  GKeyFile *file = g_key_file_new ();
  gsize     i;

  for (i = 0; i < G_N_ELEMENTS (factory); i++)
    {
      const Factory *f = &factory[i];

      g_key_file_set_string (file, f->name, "made-of", f->made_of);
      g_key_file_set_string (file, f->name, "model", "photo");
      g_key_file_set_double (file, f->name, "strength", f->strength);
      g_key_file_set_double (file, f->name, "structure", f->structure);
      g_key_file_set_double (file, f->name, "layout", f->layout);
      g_key_file_set_string (file, f->name, "sampler", "dpmpp-2m-karras");
      g_key_file_set_integer (file, f->name, "steps", f->steps);
      g_key_file_set_double (file, f->name, "eta", 0.0);
      g_key_file_set_boolean (file, f->name, "tileable", f->tileable);
      g_key_file_set_boolean (file, f->name, "keep-colours", FALSE);
    }
  return file;
}

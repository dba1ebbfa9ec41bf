/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * lineage.c: see lineage.h.  GIMP knows images by ids that last as long as
 * it runs, so a number tells one run of GIMP from others: a parasite of
 * GIMP itself, which is not saved.
 */

#include <math.h>
#include <string.h>

#include <libgimp/gimp.h>

#include "lineage.h"
#include "record.h"

#define SESSION "gimp-diffusion-session"

static guint64
session (void)
{
  GimpParasite *parasite = gimp_get_parasite (SESSION);
  const char   *text;
  guint32       size = 0;
  guint64       number = 0;

  if (parasite)
    {
      text = gimp_parasite_get_data (parasite, &size);
      if (size == 0 || text[size - 1] != '\0'
          || ! g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT64, &number,
                                           NULL))
        number = 0;
      gimp_parasite_free (parasite);
    }
  if (number == 0)
    {
      char words[24];

      number = (guint64) g_random_int () << 32 | g_random_int () | 1;
      g_snprintf (words, sizeof words, "%" G_GUINT64_FORMAT, number);
      parasite = gimp_parasite_new (SESSION, 0, strlen (words) + 1, words);
      gimp_attach_parasite (parasite);
      gimp_parasite_free (parasite);
    }
  return number;
}

/* Writes file, a record, to layer, with where that is. */
static void
attach (GimpLayer *layer,
        GKeyFile  *file)
{
  GimpImage    *image = gimp_item_get_image (GIMP_ITEM (layer));
  GimpParasite *parasite;
  char         *data;
  gsize         length;

  g_key_file_set_uint64 (file, "diffusion", "tattoo",
                         gimp_item_get_tattoo (GIMP_ITEM (layer)));
  g_key_file_set_uint64 (file, "diffusion", "session", session ());
  g_key_file_set_integer (file, "diffusion", "image",
                          gimp_image_get_id (image));
  data = g_key_file_to_data (file, &length, NULL);
  parasite = gimp_parasite_new (DIF_GIMP_PARASITE, GIMP_PARASITE_PERSISTENT,
                                length + 1, data);
  gimp_item_attach_parasite (GIMP_ITEM (layer), parasite);
  gimp_parasite_free (parasite);
  g_free (data);
}

void
dif_gimp_lineage_sign (GimpLayer *layer)
{
  GimpParasite *parasite = gimp_item_get_parasite (GIMP_ITEM (layer),
                                                   DIF_GIMP_PARASITE);
  GKeyFile     *file;
  const char   *text;
  guint32       size = 0;

  if (! parasite)
    return;
  file = g_key_file_new ();
  text = gimp_parasite_get_data (parasite, &size);
  if (size > 1 && g_key_file_load_from_data (file, text, size - 1,
                                             G_KEY_FILE_NONE, NULL))
    attach (layer, file);
  g_key_file_unref (file);
  gimp_parasite_free (parasite);
}

void
dif_gimp_lineage_sign_group (GimpLayer *group,
                             GimpLayer *source)
{
  GKeyFile *file = g_key_file_new ();
  char     *name = gimp_item_get_name (GIMP_ITEM (source));

  g_key_file_set_string (file, "diffusion", "version", DIF_VERSION);
  g_key_file_set_string (file, "diffusion", "source", name);
  g_key_file_set_uint64 (file, "diffusion", "source-tattoo",
                         gimp_item_get_tattoo (GIMP_ITEM (source)));
  attach (group, file);
  g_free (name);
  g_key_file_unref (file);
}

static gboolean
has_name (GimpLayer  *layer,
          const char *name)
{
  char     *own = gimp_item_get_name (GIMP_ITEM (layer));
  gboolean  has = g_strcmp0 (own, name) == 0;

  g_free (own);
  return has;
}

GimpLayer *
dif_gimp_lineage_source (GimpLayer *result)
{
  GimpImage    *image = gimp_item_get_image (GIMP_ITEM (result));
  GimpLayer    *source = NULL;
  DifGimpRecord record;
  gboolean      open, good;

  if (dif_gimp_record_read (result, &record) && record.source_tattoo > 0)
    source = gimp_image_get_layer_by_tattoo (image, record.source_tattoo);
  if (source)
    {
      /* Whether the image that the record was written in is open. */
      open = record.image > 0 && record.session == session ()
             && gimp_image_id_is_valid (record.image);
      if (open)
        good = record.image == gimp_image_get_id (image);
      else
        good = has_name (source, record.source)
               && (record.tattoo == 0
                   || record.tattoo == gimp_item_get_tattoo (
                        GIMP_ITEM (result)));
      if (! good)
        source = NULL;
    }
  dif_gimp_record_clear (&record);
  return source;
}

GimpLayer *
dif_gimp_lineage_topmost (GimpImage *image,
                          GimpLayer *source)
{
  GimpItem  *parent = gimp_item_get_parent (GIMP_ITEM (source));
  GimpItem **items = parent ? gimp_item_get_children (parent)
                            : (GimpItem **) gimp_image_get_layers (image);
  GimpLayer *top = source;
  int        i;

  for (i = 0; items && items[i] && items[i] != GIMP_ITEM (source); i++)
    if (dif_gimp_lineage_source (GIMP_LAYER (items[i])) == source)
      {
        top = GIMP_LAYER (items[i]);
        break;
      }
  g_free (items);
  return top;
}

static gboolean
is_among (GimpLayer     *layer,
          GimpDrawable **drawables)
{
  while (*drawables && *drawables != GIMP_DRAWABLE (layer))
    drawables++;
  return layer && *drawables;
}

/* Moves *seed past the seeds of results, among items and in groups there, that
 * n variations from *seed on would make again; TRUE if there are any.  Takes
 * ownership of items.
 */
static gboolean
move_past (GimpItem      **items,
           GimpDrawable  **sources,
           double          strength,
           int             n,
           guint64        *seed)
{
  gboolean   moved = FALSE;
  GimpItem **item;

  for (item = items; item && *item; item++)
    {
      DifGimpRecord record;
      gboolean      good = dif_gimp_record_read (GIMP_LAYER (*item), &record);
      const GValue *its = dif_gimp_record_value (&record, "strength");

      if (good && record.has_seed && ! (record.vary > 0.0)
          && its && fabs (g_value_get_double (its) - strength) < 1e-6
          && record.seed >= *seed && record.seed - *seed < (guint64) n
          && is_among (dif_gimp_lineage_source (GIMP_LAYER (*item)), sources))
        {
          *seed = record.seed + 1;
          moved = TRUE;
        }
      dif_gimp_record_clear (&record);
      if (gimp_item_is_group (*item))
        moved |= move_past (gimp_item_get_children (*item), sources, strength,
                            n, seed);
    }
  g_free (items);
  return moved;
}

guint64
dif_gimp_lineage_seed_after (GimpImage        *image,
                             GimpDrawable    **sources,
                             const DifParams  *params)
{
  guint64 seed = params->seed;

  while (move_past ((GimpItem **) gimp_image_get_layers (image), sources,
                    params->strength * 100.0, params->num_variations, &seed));
  return seed;
}

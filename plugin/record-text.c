/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * record-text.c: see record-text.h.
 */

#include <math.h>
#include <string.h>

#include "record-text.h"

#define GROUP      "diffusion"
#define MOST_BYTES 65536

static char *
get_text (GKeyFile   *file,
          const char *key)
{
  return g_key_file_get_string (file, GROUP, key, NULL);
}

static double
get_double (GKeyFile   *file,
            const char *key,
            double      most)
{
  char   *text = get_text (file, key);
  char   *end = text;
  double  value = text ? g_ascii_strtod (text, &end) : -1.0;
  gboolean good = text && end != text && *end == '\0' && isfinite (value)
                  && value >= 0.0 && value <= most && ! signbit (value);

  g_free (text);
  return good ? value : -1.0;
}

static gboolean
get_number (GKeyFile   *file,
            const char *key,
            guint64     least,
            guint64     most,
            guint64    *number)
{
  char    *text = get_text (file, key);
  gboolean good = text && g_ascii_string_to_unsigned (text, 10, least, most,
                                                      number, NULL);

  g_free (text);
  return good;
}

static int
get_boolean (GKeyFile   *file,
             const char *key)
{
  char *text = get_text (file, key);
  int   value = g_strcmp0 (text, "true") == 0    ? 1
                : g_strcmp0 (text, "false") == 0 ? 0
                                                 : -1;

  g_free (text);
  return value;
}

static int
get_sampler (GKeyFile *file)
{
  char           *text = get_text (file, "sampler");
  DifSamplerKind  kind;
  gboolean        good = text && dif_sampler_kind_from_string (text, &kind,
                                                                  NULL);

  g_free (text);
  return good ? (int) kind : -1;
}

static void
get_seeds (GKeyFile  *file,
           DifRecord *record)
{
  record->vary = get_double (file, "vary", 1.0);
  record->has_seed = get_number (file, "seed", 0, G_MAXUINT64, &record->seed)
                     && (! (record->vary > 0.0)
                         || get_number (file, "vary-seed", 0, G_MAXUINT64,
                                        &record->vary_seed));
}

static void
get_lineage (GKeyFile  *file,
             DifRecord *record)
{
  guint64 number;

  record->source = get_text (file, "source");
  if (get_number (file, "source-tattoo", 1, G_MAXUINT32, &number))
    record->source_tattoo = (guint) number;
  if (get_number (file, "tattoo", 1, G_MAXUINT32, &number))
    record->tattoo = (guint) number;
  if (get_number (file, "session", 1, G_MAXUINT64, &number))
    record->session = number;
  if (get_number (file, "image", 1, G_MAXINT, &number))
    record->image = (int) number;
}

gboolean
dif_record_parse (DifRecord  *record,
                  const void *data,
                  gsize       size)
{
  const char *text = data;
  GKeyFile   *file = g_key_file_new ();
  guint64     number;
  gboolean    good = size > 0 && size <= MOST_BYTES
                     && strnlen (text, size) == size - 1
                     && g_key_file_load_from_data (file, text, size - 1,
                                                   G_KEY_FILE_NONE, NULL)
                     && g_key_file_has_group (file, GROUP);

  memset (record, 0, sizeof *record);
  if (good)
    {
      record->strength = get_double (file, "strength", 100.0);
      record->eta = get_double (file, "eta", 1.0);
      record->steps = get_number (file, "steps", 1, DIF_MAX_STEPS, &number)
                      ? (int) number : -1;
      record->sampler = get_sampler (file);
      record->tileable = get_boolean (file, "tileable");
      record->keep_colours = get_boolean (file, "keep-colours");
      record->group = get_boolean (file, "group");
      record->selection_mask = get_boolean (file, "selection-mask");
      get_seeds (file, record);
      get_lineage (file, record);
      record->model = get_text (file, "model");
      record->model_hash = get_text (file, "model-hash");
    }
  g_key_file_unref (file);
  return good;
}

void
dif_record_clear (DifRecord *record)
{
  g_clear_pointer (&record->source, g_free);
  g_clear_pointer (&record->model, g_free);
  g_clear_pointer (&record->model_hash, g_free);
}
